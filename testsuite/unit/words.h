/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of rows share: lines of words, sample values for what rows take, and what an object says. */
#ifndef UNIT_WORDS_H
#define UNIT_WORDS_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <cmocka.h>

#include "libtunnel.h"

#define ROWS 128 /* of a kind at most: objects keep a bit for each */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EACH_KIND(kind) for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
#define EACH_ROW(row, kind) for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)

/* Like fail_msg(), which 1.1.5 cannot be told from a function that returns. */
#define broken(...) \
	do { \
		fail_msg(__VA_ARGS__); \
		abort(); \
	} while (0)

/* ---- a line of words, as a program gives it to tnl_parse() ---- */

struct line {
	int argc;
	char *argv[256];
	char room[8192];
	size_t used;
};

static inline void put(struct line *line, const char *word)
{
	size_t len = strlen(word) + 1;

	assert_true(line->used + len <= sizeof(line->room) && line->argc < (int)COUNT(line->argv));
	line->argv[line->argc++] = memcpy(line->room + line->used, word, len);
	line->used += len;
}

/* Words that are separated by one space. */
static inline void put_all(struct line *line, const char *words)
{
	char copy[512], *rest = copy, *word;

	assert_true(strlen(words) < sizeof(copy));
	strcpy(copy, words);
	while ((word = strsep(&rest, " ")))
		if (*word)
			put(line, word);
}

static inline void copy_line(struct line *to, const struct line *from)
{
	*to = (struct line){0};
	for (int i = 0; i < from->argc; i++)
		put(to, from->argv[i]);
}

static inline bool has_word(const struct line *line, const char *word)
{
	for (int i = 0; i < line->argc; i++)
		if (!strcmp(line->argv[i], word))
			return true;
	return false;
}

/* For messages; lent until the next call but one. */
static inline const char *text_of(const struct line *line)
{
	static char text[2][9000];
	static int turn;
	char *to = text[turn ^= 1];

	*to = 0;
	for (int i = 0; i < line->argc; i++)
		sprintf(to + strlen(to), "%s%s", i ? " " : "", line->argv[i]);
	return to;
}

/* Parses what has to be parsable. */
static inline struct tnl_obj *parse(struct tnl *t, const struct tnl_kind *kind, const struct line *line)
{
	struct tnl_obj *obj = NULL;

	if (tnl_parse(t, kind, line->argc, line->argv, &obj))
		broken("%s: \"%s\" is refused: %s: %s", tnl_kind_name(kind), text_of(line), tnl_error(t)->word,
		       tnl_error(t)->text);
	return obj;
}

static inline bool parses(struct tnl *t, const struct tnl_kind *kind, const struct line *line)
{
	struct tnl_obj *obj = NULL;
	int err = tnl_parse(t, kind, line->argc, line->argv, &obj);

	if (!err)
		tnl_obj_free(obj);
	return !err;
}

/* ---- what an object says ---- */

struct said {
	const struct tnl_row *row;
	char word[48], text[300];
	bool alone, set;
	enum tnl_json json;
	uint64_t number;
};

struct speech {
	int count;
	struct said said[ROWS];
};

static inline int hear(void *arg, const struct tnl_value *value)
{
	struct speech *speech = arg;
	struct said *said = &speech->said[speech->count++];

	assert_true(speech->count <= (int)COUNT(speech->said));
	assert_non_null(value->word);
	snprintf(said->word, sizeof(said->word), "%s", value->word);
	snprintf(said->text, sizeof(said->text), "%s", value->text ? value->text : "");
	said->row = value->row;
	said->alone = !value->text;
	said->set = value->set;
	said->json = value->json;
	said->number = value->number;
	return 0;
}

static inline void listen_to(struct tnl *t, const struct tnl_obj *obj, enum tnl_walk walk, struct speech *speech)
{
	memset(speech, 0, sizeof(*speech));
	assert_int_equal(tnl_obj_each(t, obj, walk, hear, speech), 0);
}

static inline const struct said *said_of(const struct speech *speech, const struct tnl_row *row)
{
	for (int i = 0; i < speech->count; i++)
		if (speech->said[i].row == row)
			return &speech->said[i];
	return NULL;
}

/* The printed words as a line that can be parsed again. */
static inline void repeat(const struct speech *speech, struct line *line)
{
	for (int i = 0; i < speech->count; i++) {
		put(line, speech->said[i].word);
		if (!speech->said[i].alone)
			put(line, speech->said[i].text);
	}
}

static inline void words_of(struct tnl *t, const struct tnl_obj *obj, struct line *line)
{
	struct speech speech;

	listen_to(t, obj, TNL_WORDS, &speech);
	repeat(&speech, line);
}

/* ---- rows ---- */

/* Words that a kernel knows only from some version on; older ones drop them without a sound, tun refuses then. */
static inline bool kernel_knows(const struct tnl_row *row)
{
	static const struct {
		const char *word;
		int major, minor;
	} since[] = { { "localbypass", 6, 4 } };
	struct utsname name;
	int major, minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return true;
	for (size_t i = 0; i < COUNT(since); i++)
		if (!strcmp(since[i].word, tnl_row_word(row)))
			return major > since[i].major || (major == since[i].major && minor >= since[i].minor);
	return true;
}

static inline bool is_read_only(const struct tnl_row *row)
{
	return tnl_row_flags(row) & (TNL_STATE | TNL_STAT);
}

/*
 * Given and told again; not those that are told as state, and not those that only reset others. A link in another
 * namespace is a matter of its own: netns.bats.
 */
static inline bool is_input(const struct tnl_row *row)
{
	return !is_read_only(row) && !(tnl_row_flags(row) & (TNL_ASIDE | TNL_RESET)) &&
	       strcmp(tnl_row_hint(row), "NETNS") && kernel_knows(row);
}

static inline bool is_reset(const struct tnl_row *row)
{
	return tnl_row_flags(row) & TNL_RESET;
}

static inline bool is_both(const struct tnl_row *row)
{
	return (tnl_row_flags(row) & TNL_BOTH) && !is_reset(row);
}

static inline int ordinal_of(const struct tnl_kind *kind, const struct tnl_row *wanted)
{
	int n = 0;

	EACH_ROW(row, kind) {
		if (row == wanted)
			return n;
		n++;
	}
	return -1;
}

/* A word of every link: name, mtu, up ... The others are the kind's own. */
static inline bool is_common(const struct tnl_row *row)
{
	EACH_KIND(kind)
		if (tnl_kind_is_link(kind) && ordinal_of(kind, row) < 0)
			return false;
	return true;
}

/* The keyword under which a row is found, where an earlier row of the kind has the same word. */
static inline const char *keyword_of(const struct tnl_kind *kind, const struct tnl_row *row)
{
	bool no;

	if (tnl_row_find(kind, tnl_row_word(row), &no) == row)
		return tnl_row_word(row);
	for (unsigned i = 0; tnl_row_alias(row, i); i++)
		if (tnl_row_find(kind, tnl_row_alias(row, i), &no) == row)
			return tnl_row_alias(row, i);
	broken("%s: no word finds the row %s", tnl_kind_name(kind), tnl_row_word(row));
}

/* ---- samples: what a row may be given, by the hint of its value ---- */

#define FORMS 12

/* The first entry that fits counts. Texts are as tun prints them; %u becomes a number that differs from row to row. */
struct sample {
	const char *hint, *word, *kind; /* WORD, KIND: NULL for any */
	const char *texts[FORMS];
};

/* One way to give a row: "ttl 64", "nopmtudisc". */
struct form {
	const char *word;
	bool alone;
	char text[300];
};

static inline const struct sample *sample_of(const struct sample *samples, const struct tnl_kind *kind,
					     const struct tnl_row *row)
{
	for (; samples->hint; samples++)
		if (!strcmp(samples->hint, tnl_row_hint(row)) &&
		    (!samples->word || !strcmp(samples->word, tnl_row_word(row))) &&
		    (!samples->kind || !strcmp(samples->kind, tnl_kind_name(kind))))
			return samples;
	return NULL;
}

static inline void fill_in(char *text, size_t size, const char *pattern, int number)
{
	const char *hole = strstr(pattern, "%u");

	if (hole)
		snprintf(text, size, "%.*s%d%s", (int)(hole - pattern), pattern, number, hole + 2);
	else
		snprintf(text, size, "%s", pattern);
}

/* All forms of a row; a row without any is one that nobody has thought of, and a failure. */
static inline int forms_of(const struct sample *samples, const struct tnl_kind *kind, const struct tnl_row *row,
			   struct form forms[FORMS])
{
	const struct sample *sample = sample_of(samples, kind, row);
	const char *word = keyword_of(kind, row), *text;
	int count = 0;

	memset(forms, 0, FORMS * sizeof(*forms));
	if (tnl_row_flags(row) & TNL_BARE)
		forms[count++] = (struct form){ word, true, "" };
	if (tnl_row_flags(row) & TNL_BARE && tnl_row_no(row))
		forms[count++] = (struct form){ tnl_row_no(row), true, "" };
	for (int i = 0; !(tnl_row_flags(row) & TNL_BARE) && i < FORMS; i++) {
		text = sample ? sample->texts[i] : tnl_row_value(row, i);
		if (!text)
			break;
		forms[count].word = word;
		fill_in(forms[count++].text, sizeof(forms->text), text, 20 + ordinal_of(kind, row));
	}
	if (!count)
		broken("%s %s: no sample for %s", tnl_kind_name(kind), word, tnl_row_hint(row));
	return count;
}

static inline void put_form(struct line *line, const struct form *form)
{
	put(line, form->word);
	if (!form->alone)
		put(line, form->text);
}

/* The first form that means something else than the absence of the word. */
static inline bool first_form(struct tnl *t, const struct sample *samples, const struct tnl_kind *kind,
			      const struct tnl_row *row, struct form *form)
{
	struct form forms[FORMS];
	int count = forms_of(samples, kind, row, forms);
	bool equal = true;

	for (int i = 0; i < count && equal; i++) {
		struct line line = {0}, nothing = {0};
		struct tnl_obj *obj, *bare;

		*form = forms[i];
		put_form(&line, form);
		obj = parse(t, kind, &line);
		bare = parse(t, kind, &nothing);
		equal = tnl_obj_equal(obj, bare, NULL);
		tnl_obj_free(obj);
		tnl_obj_free(bare);
	}
	return !equal;
}

/* Words that others need beside them, by the kinds' own rules. The first entry that fits counts. */
struct beside {
	const char *kind, *word, *words; /* KIND, WORD: NULL for any */
};

/* Those of WORDS whose words are not there yet, save SKIP. */
static inline void put_missing(struct line *line, const struct tnl_kind *kind, const struct tnl_row *skip,
			       const char *words)
{
	char copy[256], *word, *value, *rest = copy;
	bool no;

	snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&rest, " ")) && *word) {
		const struct tnl_row *row = tnl_row_find(kind, word, &no);

		value = row && (no || (tnl_row_flags(row) & TNL_BARE)) ? NULL : strsep(&rest, " ");
		if (!row || row == skip || has_word(line, word))
			continue;
		put(line, word);
		if (value)
			put(line, value);
	}
}

/* The kinds' own rules. */
static const struct beside usual[] = {
	{ "erspan", "okey", "erspan_ver 1 ikey 5 seq" }, { "ip6erspan", "okey", "erspan_ver 1 ikey 5 seq" },
	{ "erspan", "oseq", "erspan_ver 1 iseq key 5" }, { "ip6erspan", "oseq", "erspan_ver 1 iseq key 5" },
	{ "erspan", "key", "erspan_ver 1 seq" }, { "ip6erspan", "key", "erspan_ver 1 seq" },
	{ "erspan", "seq", "erspan_ver 1 key 5" }, { "ip6erspan", "seq", "erspan_ver 1 key 5" },
	{ "erspan", "erspan_ver", "seq key 5" }, { "ip6erspan", "erspan_ver", "seq key 5" },
	{ "erspan", "erspan", "erspan_ver 1 seq key 5" }, { "ip6erspan", "erspan", "erspan_ver 1 seq key 5" },
	{ "erspan", "erspan_dir", "erspan_ver 2 seq key 5" }, { "ip6erspan", "erspan_dir", "erspan_ver 2 seq key 5" },
	{ "erspan", "erspan_hwid", "erspan_ver 2 seq key 5" }, { "ip6erspan", "erspan_hwid", "erspan_ver 2 seq key 5" },
	{ "erspan", "external", "up" }, { "ip6erspan", "external", "up" },
	{ "erspan", NULL, "erspan_ver 0" }, { "ip6erspan", "ikey", "erspan_ver 1 okey 5 seq" },
	{ "ip6erspan", "iseq", "erspan_ver 1 oseq key 5" }, { "ip6erspan", NULL, "erspan_ver 1 seq key 5" },
	{ "fou", "encap", "port 5555" }, { "fou", "peer", "peer_port 5556 ipproto gre" },
	{ "fou", "peer_port", "peer 192.0.2.1 ipproto gre" }, { "fou", NULL, "ipproto gre" },
	{ "geneve", "external", "up" }, { "geneve", "label", "id 5 remote 2001:db8::1" },
	{ "geneve", "udp6zerocsumtx", "id 5 remote 2001:db8::1" }, { "geneve", "udp6zerocsumrx", "id 5 remote 2001:db8::1" }, { "geneve", NULL, "id 5 remote 192.0.2.1" },
	{ "tap", "napi_frags", "napi" },
	{ "vxlan", "external", "up" }, { "vxlan", "label", "id 5 remote 2001:db8::1" }, { "vxlan", "gpe", "external" }, { "vxlan", "vnifilter", "external" },
	{ "vxlan", NULL, "id 5" },
	{ "xfrm", "external", "up" }, { "xfrm", NULL, "if_id 7" },
	{ "sit", "6rd-relay_prefix", "6rd-prefix 2001:db8::/32" },
	{ NULL, "encap", "encap-dport 5555" }, { NULL, "encap-dport", "encap fou" },
	{ NULL, "encap-sport", "encap fou encap-dport 5555" }, { NULL, "encap-csum", "encap fou encap-dport 5555" },
	{ NULL, "encap-udp6-csum", "encap fou encap-dport 5555" }, { NULL, "encap-remcsum", "encap fou encap-dport 5555" },
	{ NULL, "ignore-df", "nopmtudisc" },
	{ 0 }
};

/* Of entries for this kind, or for any, the first that fits. */
static inline void put_first(struct line *line, const struct beside *table, bool any, const struct tnl_kind *kind,
			     const struct tnl_row *row)
{
	for (; table->words; table++) {
		if (!table->kind != any || (table->kind && strcmp(table->kind, tnl_kind_name(kind))))
			continue;
		if (table->word && strcmp(table->word, tnl_row_word(row)))
			continue;
		put_missing(line, kind, row, table->words);
		return;
	}
}

static inline void put_beside(struct line *line, const struct tnl_kind *kind, const struct tnl_row *row)
{
	put_first(line, usual, false, kind, row);
	put_first(line, usual, true, kind, row);
}

/* The two words that a composite one stands for: no other is refused after it. */
static inline void parts_of(struct tnl *t, const struct sample *samples, const struct tnl_kind *kind,
			    const struct tnl_row *both, const struct tnl_row *parts[2])
{
	struct form whole[FORMS], part[FORMS];
	int count = 0;

	forms_of(samples, kind, both, whole);
	EACH_ROW(row, kind) {
		struct line line = {0};

		if (row == both || !is_input(row))
			continue;
		forms_of(samples, kind, row, part);
		put_form(&line, &whole[0]);
		put_form(&line, &part[0]);
		if (parses(t, kind, &line))
			continue;
		assert_true(count < 2);
		parts[count++] = row;
	}
	assert_int_equal(count, 2);
}

#endif
