// SPDX-License-Identifier: LGPL-2.1-or-later
/* Selectors, compiled: words that say which objects are meant. Every kind reads the line by its own rows. */
#include "select.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "words.h"

static void free_reading(struct tnl_reading *reading)
{
	tnl_obj_free(reading->words);
	free(reading->terms);
	free(reading->names);
}

void tnl_select_free(struct tnl_selector *sel)
{
	for (int i = 0; sel && i < sel->reading_count; i++)
		free_reading(&sel->readings[i]);
	for (int i = 0; sel && i < sel->name_count; i++)
		free(sel->names[i].text);
	if (sel) {
		free(sel->readings);
		free(sel->names);
	}
	free(sel);
}

/* ---- one reading ---- */

struct line {
	struct tnl *t;
	int argc;
	char *const *argv;
	int type;  /* where "type" or "mode" stands, -1: nowhere */
	bool lone; /* one word, which would need a value in some kind: by itself it is a name, as "add" may have made it */
	bool many; /* several kinds read it */
	int at;    /* where this reading is */
	bool lacks; /* it failed as the kind has no such word */
	struct {
		int at; /* of all readings that fail, the one that comes furthest tells why ... */
		bool lacks; /* ... and a bad value tells more than a missing word */
		struct tnl_error error;
	} failure;
};

static bool takes_value(const struct tnl_row *row, bool no)
{
	return !no && row->codec->hint;
}

/* A word of every link, or as far as kinds are not said, of any kind. */
static bool is_word(const char *word)
{
	bool no;

	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
		if (kind->pattern && tnl_row_find(kind, word, &no))
			return true;
	return tnl_is_type(word);
}

/* As long as no kind is said, a word of every link means just that: "group" is not the one of a TAP's users. */
static const struct tnl_row *row_of(const struct line *line, const struct tnl_kind *kind, const char *word, bool *no)
{
	const struct tnl_row *common = line->type < 0 ? tnl_row_find(&tnl_kind_link, word, no) : NULL;

	return common && tnl_row_ordinal(kind, common) >= 0 ? common : tnl_row_find(kind, word, no);
}

static int read_term(struct line *line, struct tnl_reading *reading, const struct tnl_row *row, const char *word,
		     const char *text)
{
	const char *slash = tnl_row_input(row) ? strchr(text, '/') : NULL, *why = "not a value";
	struct tnl_term *more = realloc(reading->terms, (reading->term_count + 1) * sizeof(*more)), *term;
	char addr[INET6_ADDRSTRLEN] = "";
	uint64_t len;
	int err;

	if (!more)
		return tnl_nomem(line->t);
	reading->terms = more;
	term = &more[reading->term_count];
	*term = (struct tnl_term){ .row = row, .val.plen = -1 };
	if (slash && (size_t)(slash - text) < sizeof(addr))
		memcpy(addr, text, slash - text);
	err = row->codec->parse(row, slash ? addr : text, &term->val, &line->t->look, &why);
	if (err && err != -EINVAL)
		return tnl_kernel_says(line->t, reading->words->kind, err, word, NULL);
	term->bits = 8 * term->val.len;
	if (!err && slash) {
		err = tnl_number(slash + 1, 8, &len, &why);
		why = "not a prefix length of that address family";
		if (!err && len > term->bits)
			err = -EINVAL;
		term->bits = len;
	}
	if (err)
		return tnl_bad_value(line->t, row, word, text, why);
	reading->term_count++;
	return 0;
}

static bool is_network(const struct tnl_row *row, const char *text)
{
	return row->codec->hint && !strncmp(row->codec->hint, "ADDR", 4) && strchr(text, '/');
}

static int read_word(struct line *line, struct tnl_reading *reading, const struct tnl_row *row, bool no)
{
	char *const *argv = line->argv + line->at;
	const char *text = takes_value(row, no) ? argv[1] : NULL;

	if (row->flags & TNL_BLIND)
		return tnl_refuse(line->t, *argv, "the kernel does not report it");
	if (!text || ((tnl_row_input(row) || row->flags & TNL_BOTH) && !is_network(row, text)))
		return tnl_parse_word(line->t, reading->words, row, no, *argv, text);
	if (tnl_obj_given(reading->words, row))
		return tnl_given_twice(line->t, reading->words->kind, row, *argv);
	tnl_obj_give(reading->words, row);
	return read_term(line, reading, row, *argv, text);
}

static int add_name(struct line *line, struct tnl_reading *reading, int at)
{
	int *more = realloc(reading->names, (reading->name_count + 1) * sizeof(*more));

	if (!more)
		return tnl_nomem(line->t);
	more[reading->name_count++] = at;
	reading->names = more;
	return 0;
}

static int lack(struct line *line, const struct tnl_kind *kind, const char *word)
{
	line->lacks = true;
	return line->many ? tnl_refuse(line->t, word, "no kind has it beside the other words") :
	       tnl_not_a_word(line->t, kind, word);
}

static bool says_nothing(const struct tnl_obj *obj)
{
	static const struct tnl_obj none;

	return !memcmp(obj->given, none.given, sizeof(obj->given));
}

/* Reads the line as KIND does; what "type" says has become TYPE. -EINVAL: not a line of this kind. */
static int read_line(struct line *line, const struct tnl_kind *kind, const char *type, struct tnl_reading *reading)
{
	bool no, typed = false;
	int err = 0, step;

	*reading = (struct tnl_reading){ .words = tnl_obj_new(kind) };
	if (!reading->words)
		return tnl_nomem(line->t);
	line->lacks = false;
	for (line->at = 0; line->at < line->argc && !err; line->at += step) {
		const char *word = line->argv[line->at];
		const struct tnl_row *row = tnl_is_type(word) ? NULL : row_of(line, kind, word, &no);
		bool valued = tnl_is_type(word) || (row && takes_value(row, no)), last = line->at + 1 == line->argc;

		line->t->said.argv = line->argv;
		line->t->said.count = line->at;
		step = 1 + valued;
		if (line->lone && (valued || !row))
			err = add_name(line, reading, line->at);
		else if (valued && last)
			err = tnl_refuse(line->t, word, "needs a value");
		else if (tnl_is_type(word))
			err = tnl_parse_type(line->t, reading->words, &typed, word,
					     type && line->at == line->type ? type : line->argv[line->at + 1]);
		else if (row && row->flags & TNL_POS)
			err = add_name(line, reading, line->at + 1);
		else if (row)
			err = read_word(line, reading, row, no);
		else if (is_word(word))
			err = lack(line, kind, word);
		else if (strcmp(word, "all"))
			err = add_name(line, reading, line->at);
		if (err)
			break;
	}
	reading->any = says_nothing(reading->words);
	return err;
}

/* ---- all readings ---- */

static int try_kind(struct line *line, const struct tnl_kind *kind, const char *type, struct tnl_selector *sel)
{
	struct tnl_reading *reading = &sel->readings[sel->reading_count];
	int err = read_line(line, kind, type, reading);
	bool better = line->at > line->failure.at || !line->failure.error.code ||
		      (line->at == line->failure.at && line->failure.lacks && !line->lacks);

	if (!err) {
		sel->reading_count++;
		return 0;
	}
	free_reading(reading);
	if (err != -EINVAL)
		return err;
	if (better) {
		line->failure.at = line->at;
		line->failure.lacks = line->lacks;
		line->failure.error = line->t->error;
	}
	return 0;
}

/* A kind may need "seq both" where to another "both" is a name: what leaves the fewest names is meant. */
static void keep_best(struct tnl_selector *sel)
{
	int fewest = INT_MAX, kept = 0;

	for (int i = 0; i < sel->reading_count; i++)
		if (sel->readings[i].name_count < fewest)
			fewest = sel->readings[i].name_count;
	for (int i = 0; i < sel->reading_count; i++)
		if (sel->readings[i].name_count == fewest)
			sel->readings[kept++] = sel->readings[i];
		else
			free_reading(&sel->readings[i]);
	sel->reading_count = kept;
}

/* Whether WORD takes a value in some kind. */
static bool may_take_value(const char *word)
{
	bool no;

	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
		const struct tnl_row *row = kind->pattern ? tnl_row_find(kind, word, &no) : NULL;

		if (row && takes_value(row, no))
			return true;
	}
	return tnl_is_type(word);
}

/* Where "type" stands, or else "mode", as far as no kind takes it for a value. */
static int find_type(const struct line *line)
{
	int mode = -1;

	for (int i = 0, step; i + 1 < line->argc; i += step) {
		bool no, valued = false, bare = false;

		if (!strcmp(line->argv[i], "type"))
			return i;
		if (tnl_is_type(line->argv[i]) && mode < 0)
			mode = i;
		for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
			const struct tnl_row *row = kind->pattern ? tnl_row_find(kind, line->argv[i], &no) : NULL;

			valued |= row && takes_value(row, no);
			bare |= row && !takes_value(row, no);
		}
		step = (valued && !bare) || tnl_is_type(line->argv[i]) ? 2 : 1;
	}
	return mode;
}

/* "type gre,ipip": one reading for each. */
static int try_types(struct line *line, struct tnl_selector *sel)
{
	char list[256], *rest = list, *one;
	int err = 0;

	if (strlcpy(list, line->argv[line->type + 1], sizeof(list)) >= sizeof(list))
		return tnl_refuse(line->t, line->argv[line->type], "too long");
	line->many = strchr(list, ',');
	while (!err && (one = strsep(&rest, ","))) {
		const struct tnl_kind *kind = tnl_kind_find(one);

		if (!kind || !kind->pattern)
			return tnl_not_a_kind(line->t, line->argv[line->type], one);
		err = try_kind(line, kind, one, sel);
	}
	return err;
}

static bool is_mode(const char *value)
{
	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
		bool no;
		const struct tnl_row *mode = kind->pattern ? tnl_row_find(kind, "mode", &no) : NULL;

		for (unsigned i = 0; mode && tnl_row_value(mode, i); i++)
			if (!strcmp(tnl_row_value(mode, i), value))
				return true;
	}
	return tnl_kind_find(value) && tnl_kind_find(value)->pattern;
}

static int try_all(struct line *line, struct tnl_selector *sel)
{
	int err = 0;

	if (line->type >= 0 && !is_mode(line->argv[line->type + 1]))
		return tnl_not_a_kind(line->t, line->argv[line->type], line->argv[line->type + 1]);
	line->many = true;
	for (const struct tnl_kind *kind = NULL; !err && (kind = tnl_kind_next(kind));)
		if (kind->pattern)
			err = try_kind(line, kind, NULL, sel);
	return err ? err : try_kind(line, &tnl_kind_link, NULL, sel);
}

/* How many readings there can be. */
static int count_readings(const struct line *line)
{
	int count = 1;

	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
		count++;
	for (const char *c = line->type < 0 ? "" : line->argv[line->type + 1]; *c; c++)
		count += *c == ',';
	return count;
}

/* Links may be called like patterns. */
static int check_pattern(struct tnl *t, unsigned flags, struct tnl_named *name)
{
	int index = -ENODEV;

	if (flags & TNL_SELECT_LITERAL || !strpbrk(name->text, "*?["))
		return 0;
	if (strlen(name->text) < IFNAMSIZ)
		index = tnl_ifindex(t, name->text);
	name->pattern = index == -ENODEV;
	return index < 0 && !name->pattern ? tnl_kernel_says(t, &tnl_kind_link, index, name->text, NULL) : 0;
}

static int take_names(struct line *line, struct tnl_selector *sel)
{
	const struct tnl_reading *first = sel->readings;
	int err = 0;

	sel->names = calloc(first->name_count + 1, sizeof(*sel->names));
	if (!sel->names)
		return tnl_nomem(line->t);
	for (int i = 0; !err && i < first->name_count; i++) {
		struct tnl_named *name = &sel->names[sel->name_count];

		name->text = strdup(line->argv[first->names[i]]);
		if (!name->text)
			return tnl_nomem(line->t);
		sel->name_count++;
		err = check_pattern(line->t, sel->flags, name);
	}
	return err;
}

static int read_links(struct line *line, struct tnl_selector *sel)
{
	int err;

	if (line->type >= 0 && !strcmp(line->argv[line->type], "type"))
		err = try_types(line, sel);
	else
		err = try_all(line, sel);
	if (!err && !sel->reading_count) {
		line->t->error = line->failure.error;
		err = -EINVAL;
	}
	if (!err) {
		keep_best(sel);
		err = take_names(line, sel);
	}
	return err;
}

int tnl_select(struct tnl *t, const struct tnl_kind *kind, unsigned flags, int argc, char *const argv[],
	       struct tnl_selector **out)
{
	struct line line = { .t = t, .argc = argc, .argv = argv };
	struct tnl_selector *sel = calloc(1, sizeof(*sel));
	int err;

	tnl_begin(t, NULL);
	line.type = kind ? -1 : find_type(&line);
	line.lone = argc == 1 && may_take_value(*argv);
	if (sel) {
		sel->flags = flags;
		sel->readings = calloc(count_readings(&line), sizeof(*sel->readings));
	}
	if (!sel || !sel->readings) {
		err = tnl_nomem(t);
	} else if (kind) {
		err = tnl_parse(t, kind, argc, argv, &sel->readings->words);
		sel->reading_count = !err;
		sel->readings->any = !argc;
	} else {
		err = read_links(&line, sel);
	}
	if (err) {
		tnl_select_free(sel);
		return err;
	}
	*out = sel;
	return 0;
}
