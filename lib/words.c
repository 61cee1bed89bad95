// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words into objects and objects into words, by the rows of the kind. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel.h"
#include "words.h"

/* ---- text -> object ---- */

int tnl_bad_value(struct tnl *t, const struct tnl_row *row, const char *word, const char *text, const char *why)
{
	char values[160] = "";

	for (const struct tnl_name *n = row->names; n && n->name && !strncmp(why, "not one", 7); n++) {
		strlcat(values, n == row->names ? ": " : ", ", sizeof(values));
		strlcat(values, n->name, sizeof(values));
	}
	return text == word ? tnl_refuse(t, word, "%s", why) :
	       tnl_refuse(t, word, "%.40s%s: %s%s", *text ? text : "\"\"", strlen(text) > 40 ? "..." : "", why, values);
}

int tnl_not_a_word(struct tnl *t, const struct tnl_kind *kind, const char *word)
{
	t->error.kind = kind;
	return tnl_cure(t, TNL_CURE_WORDS, tnl_refuse(t, word, "not a word of %s", kind->name));
}

int tnl_not_a_kind(struct tnl *t, const char *word, const char *text)
{
	return tnl_cure(t, TNL_CURE_KINDS, tnl_refuse(t, word, "%.40s: unknown kind", *text ? text : "\"\""));
}

/* By the same word, or by another one for the same. */
int tnl_given_twice(struct tnl *t, const struct tnl_kind *kind, const struct tnl_row *row, const char *word)
{
	for (int i = 0; i < t->said.count; i++) {
		const char *other = t->said.argv[i];
		bool no = false, type = kind->pattern && tnl_is_type(other);
		const struct tnl_row *said = type ? NULL : tnl_row_find(kind, other, &no), *pair[2] = { said, said };

		if (said && said->flags & TNL_BOTH)
			tnl_row_pair(kind, said, pair);
		if (said && (pair[0] == row || pair[1] == row) && strcmp(other, word))
			return tnl_refuse(t, word, "given already, as %s", other);
		i += type || (said && !no && said->codec->hint);
	}
	return tnl_refuse(t, word, "given twice");
}

static int parse_value(struct tnl *t, struct tnl_obj *obj, const struct tnl_row *row, const char *word, const char *text)
{
	const char *why = "not a value";
	struct tnl_val val = { .plen = -1 };
	int err;

	if (tnl_obj_given(obj, row))
		return row->flags & TNL_POS ? tnl_refuse(t, word, "the name is said already") :
					      tnl_given_twice(t, obj->kind, row, word);
	if (text && row->instead && !strcmp(text, row->instead)) {
		val.instead = true;
	} else if (text) {
		err = row->codec->parse(row, text, &val, &t->look, &why);
		if (err == -EINVAL)
			return tnl_bad_value(t, row, word, text, why);
		if (err)
			return tnl_kernel_says(t, obj->kind, err, word, NULL);
	} else {
		tnl_val_set(row->codec, &val, 1);
	}
	if (row->plen && val.plen >= 0) { /* two addresses, one prefix length */
		uint8_t unset = obj->kind->init[row->plen - 1], there = obj->head[row->plen - 1];

		if (there != unset && there != val.plen)
			return tnl_refuse(t, word, "%s: another prefix length was given", text);
	}
	err = tnl_row_put(row, obj, &val);
	if (err)
		return tnl_fail(t, TNL_REFUSED, err, word, "%s", strerror(-err));
	tnl_obj_give(obj, row);
	return 0;
}

static int clear_value(struct tnl *t, struct tnl_obj *obj, const struct tnl_row *row, const char *word)
{
	if (tnl_obj_given(obj, row))
		return tnl_given_twice(t, obj->kind, row, word);
	if (tnl_row_clear(row, obj))
		return tnl_nomem(t);
	tnl_obj_give(obj, row);
	return 0;
}

/* A word that stands for two: the same value for both, or a named pair of bits ("send", "both"). */
static int parse_both(struct tnl *t, struct tnl_obj *obj, const struct tnl_row *row, const char *word, const char *text,
		      bool no)
{
	const char *why = "not one of its values";
	const struct tnl_row *pair[2];
	struct tnl_val val = { .plen = -1 };
	uint64_t bits = 0;

	tnl_row_pair(obj->kind, row, pair);
	no |= row->flags & TNL_RESET;
	if (row->names) {
		if (row->codec->parse(row, text, &val, &t->look, &why))
			return tnl_bad_value(t, row, word, text, why);
		bits = tnl_val_number(row->codec, &val);
	}
	for (int i = 0; i < 2; i++) {
		int err = no || (row->names && !(bits >> i & 1)) ?
			  clear_value(t, obj, pair[i], word) :
			  parse_value(t, obj, pair[i], word, row->names ? NULL : text);

		if (err)
			return err;
	}
	return 0;
}

int tnl_parse_word(struct tnl *t, struct tnl_obj *obj, const struct tnl_row *row, bool no, const char *word,
		   const char *text)
{
	if (row->flags & (TNL_STATE | TNL_STAT))
		return tnl_refuse(t, word, "can be read, not set");
	if (row->flags & TNL_BOTH)
		return parse_both(t, obj, row, word, text, no);
	if (no)
		return clear_value(t, obj, row, word);
	return parse_value(t, obj, row, word, text);
}

bool tnl_is_type(const char *word)
{
	return !strcmp(word, "type") || !strcmp(word, "mode");
}

/* "type" and "mode" are one word: it says the kind, or a mode of the kind, or both; "type ipip" only the kind. */
int tnl_parse_type(struct tnl *t, struct tnl_obj *obj, bool *typed, const char *word, const char *value)
{
	const struct tnl_kind *kind = tnl_kind_find(value);
	bool no, own = !strcmp(value, obj->kind->name);
	const struct tnl_row *mode = own && !strcmp(word, "type") ? NULL : tnl_row_find(obj->kind, "mode", &no);

	if (kind && kind != obj->kind && !strcmp(word, "type") && !strcmp(kind->name, value))
		mode = NULL; /* sit has a mode ipip, but is not ipip */
	for (unsigned i = 0; mode && tnl_row_value(mode, i); i++)
		if (!strcmp(value, tnl_row_value(mode, i)))
			return parse_value(t, obj, mode, word, value);
	if (kind && kind != obj->kind)
		return tnl_refuse(t, word, "%s: it is %s", value, obj->kind->name);
	if (!kind)
		return tnl_refuse(t, word, "%s: not a mode of %s", value, obj->kind->name);
	if (*typed)
		return tnl_refuse(t, word, "given twice");
	*typed = true;
	/* "isatap": a mode that is a word of the kind too says that word */
	mode = own ? NULL : tnl_row_find(obj->kind, value, &no);
	return mode && !mode->codec->hint ? parse_value(t, obj, mode, word, NULL) : 0;
}

static int find_kind(struct tnl *t, int argc, char *const argv[], const struct tnl_kind **kind)
{
	const char *unknown = NULL, *word = NULL;

	for (int i = 0; i + 1 < argc; i++)
		if (!strcmp(argv[i], "type") && (*kind = tnl_kind_find(argv[i + 1])) && (*kind)->pattern)
			return 0; /* "mode any type sit": many kinds have the modes */
	for (int i = 0; i + 1 < argc; i++) {
		if (!tnl_is_type(argv[i]))
			continue;
		*kind = tnl_kind_find(argv[i + 1]);
		if (*kind && (*kind)->pattern)
			return 0;
		unknown = argv[i + 1];
		word = argv[i];
	}
	if (unknown)
		return tnl_not_a_kind(t, word, unknown);
	return tnl_cure(t, TNL_CURE_KINDS, tnl_refuse(t, "type", "missing: say which kind of tunnel"));
}

/* "srcport 1000 2000" as "1000-2000". */
static bool is_pair(const char *low, const char *high, char pair[16])
{
	const char digits[] = "0123456789";

	if (!*low || !*high || strspn(low, digits) != strlen(low) || strspn(high, digits) != strlen(high))
		return false;
	snprintf(pair, 16, "%.5s-%.5s", low, high);
	return true;
}

int tnl_parse(struct tnl *t, const struct tnl_kind *kind, int argc, char *const argv[], struct tnl_obj **out)
{
	const struct tnl_row *pos = NULL;
	struct tnl_obj *obj;
	bool no, typed = false;
	int err = 0;

	tnl_begin(t, NULL);
	if (!kind)
		err = find_kind(t, argc, argv, &kind);
	if (err)
		return err;
	obj = tnl_obj_new(kind);
	if (!obj)
		return tnl_nomem(t);
	tnl_each_row(row, kind)
		if (row->flags & TNL_POS)
			pos = row;
	for (int i = 0; i < argc && !err; i++) {
		const struct tnl_row *row = tnl_row_find(kind, argv[i], &no);
		char pair[16];
		bool type = tnl_is_type(argv[i]) && kind->pattern;
		bool bare = !type && row && (no || !row->codec->hint);

		t->said.argv = argv;
		t->said.count = i;
		if (!type && !row && pos && !tnl_obj_given(obj, pos))
			err = parse_value(t, obj, pos, argv[i], argv[i]);
		else if (!type && !row)
			err = tnl_not_a_word(t, kind, argv[i]);
		else if (!bare && i + 1 == argc)
			err = tnl_refuse(t, argv[i], "needs a value");
		else if (type)
			err = tnl_parse_type(t, obj, &typed, argv[i], argv[i + 1]);
		else if (row->codec->shape == TNL_PAIR && i + 2 < argc && is_pair(argv[i + 1], argv[i + 2], pair))
			err = tnl_parse_word(t, obj, row, no, argv[i++], pair);
		else
			err = tnl_parse_word(t, obj, row, no, argv[i], bare ? NULL : argv[i + 1]);
		if ((type || row) && !bare)
			i++;
	}
	if (err) {
		tnl_obj_free(obj);
		return err;
	}
	*out = obj;
	return 0;
}

/* ---- object -> text ---- */

static const char *find_keyword(const struct tnl_kind *kind, const struct tnl_row *row)
{
	bool no;

	if (!row->alias[0] || tnl_row_find(kind, row->word, &no) == row)
		return row->word;
	for (int i = 0; i < 4 && row->alias[i]; i++)
		if (tnl_row_find(kind, row->alias[i], &no) == row)
			return row->alias[i];
	return row->word;
}

static bool wanted(const struct tnl_row *row, enum tnl_walk walk)
{
	switch (walk) {
	case TNL_WORDS:
		return !(row->flags & (TNL_STATE | TNL_STAT | TNL_ASIDE));
	case TNL_INPUT:
		return tnl_row_input(row) && !(row->flags & TNL_ASIDE);
	case TNL_STATES:
		return row->flags & (TNL_STATE | TNL_ASIDE);
	default:
		return row->flags & TNL_STAT;
	}
}

static void list_rows(struct tnl_walked *walked, const struct tnl_kind *kind, enum tnl_walk walk)
{
	struct tnl_told *told = walked->rows;
	int place = 0;

	walked->kind = kind;
	tnl_each_row(row, kind) {
		if (wanted(row, walk)) {
			*told = (struct tnl_told){ .row = row, .place = place };
			if (row->flags & TNL_BOTH)
				tnl_row_pair(kind, row, told->pair);
			for (int i = 0; i < 2 && told->pair[i]; i++)
				told->pair_place[i] = tnl_row_ordinal(kind, told->pair[i]);
			told++;
		}
		place++;
	}
	told->row = NULL;
}

/* The row N of a walk. Objects mostly come in lists of a kind: what such a walk needs to know is kept. */
static struct tnl_told *told_at(struct tnl *t, const struct tnl_kind *kind, enum tnl_walk walk, int n)
{
	struct tnl_walked *walked = &t->walked[walk];

	if (walked->kind != kind)
		list_rows(walked, kind, walk);
	return &walked->rows[n];
}

/* The keyword under which this row is found: an earlier row of the kind may own the same word. */
static const char *keyword(const struct tnl_kind *kind, struct tnl_told *told)
{
	if (!told->word)
		told->word = find_keyword(kind, told->row);
	return told->word;
}

/* Whether a TNL_BOTH row says all that its two rows have to say. */
static bool both_say(const struct tnl_told *told, const struct tnl_obj *obj, struct tnl_val *val)
{
	struct tnl_val other;
	uint64_t bits;

	if (told->row->flags & TNL_RESET)
		return false;
	bits = tnl_row_get_set(told->pair[0], obj, val) | tnl_row_get_set(told->pair[1], obj, &other) << 1;
	if (!told->row->names)
		return bits == 3 && val->len == other.len && !memcmp(val->data, other.data, val->len);
	tnl_val_set(told->row->codec, val, bits);
	return bits;
}

/* A walk over an object. */
struct telling {
	struct tnl *t;
	const struct tnl_obj *obj;
	bool abroad;      /* some of its interfaces may be of another namespace */
	uint64_t said[2]; /* rows that another one stood for, by their places */
	struct tnl_val val;
	char text[TNL_TEXT_MAX];
};

/* What the value VAL of ROW is told as. */
static void describe(struct telling *telling, const struct tnl_row *row, struct tnl_value *value)
{
	const struct tnl_val *val = &telling->val;
	char *text = telling->text;

	value->row = row;
	value->json = row->codec->json;
	value->number = tnl_val_number(row->codec, val);
	if (row->codec->json == TNL_JSON_BOOL)
		value->number = row->codec->shape == TNL_THERE ? value->set :
				row->codec->shape == TNL_NOT_THERE ? !value->set : value->number != 0;
	if (telling->abroad && value->number && tnl_obj_is_foreign(telling->obj, row)) {
		memcpy(text, "if", 2);
		tnl_digits(text + 2, sizeof(telling->text) - 2, value->number);
		value->text = text;
	} else if (row->codec->hint && (val->len || val->instead || (row->plen && value->set))) {
		tnl_row_text(row, val, text, sizeof(telling->text), &telling->t->look);
		value->text = text;
	}
	if (val->instead || (value->json == TNL_JSON_NUMBER && !value->number && row->codec->zero))
		value->json = TNL_JSON_TEXT;
}

/* What the kernel calls it where nobody chose a name. */
static bool is_echo(struct tnl *t, const struct tnl_obj *obj, const struct tnl_row *row, const struct tnl_val *val)
{
	char name[IFNAMSIZ];

	return row->flags & TNL_ECHO && !t->look.name(&t->look, tnl_obj_number(obj, "dev"), name) &&
	       val->len == strlen(name) + 1 && !memcmp(val->data, name, val->len);
}

/* Of what add would not make by itself; false: there is nothing to tell. */
static bool tell_word(struct telling *telling, struct tnl_told *told, struct tnl_value *value)
{
	const struct tnl_obj *obj = telling->obj;
	const struct tnl_row *row = told->row;
	struct tnl_val *val = &telling->val;

	if (told->pair[0]) {
		if (!both_say(told, obj, val))
			return false;
		for (int i = 0; i < 2; i++)
			telling->said[told->pair_place[i] / 64] |= 1ull << told->pair_place[i] % 64;
	} else if (telling->said[told->place / 64] >> told->place % 64 & 1) {
		return false;
	} else if (!tnl_row_get_set(row, obj, val) && (!(row->flags & TNL_ID) || (!tnl_row_get(row, obj, val) && !row->plen))) {
		return false;
	} else if (is_echo(telling->t, obj, row, val)) {
		return false;
	}
	value->set = true;
	value->word = keyword(obj->kind, told);
	if (!told->pair[0] && !row->codec->hint && row->codec->size && !tnl_val_number(row->codec, val))
		value->word = row->no; /* on is the default: only off needs saying */
	return true;
}

static bool tell_value(struct telling *telling, struct tnl_told *told, struct tnl_value *value)
{
	const struct tnl_row *row = told->row;
	struct tnl_val *val = &telling->val;

	value->word = keyword(telling->obj->kind, told);
	value->set = tnl_row_get(row, telling->obj, val);
	if (!value->set && (!row->bits || row->instead))
		tnl_row_value_of(row, telling->obj, val);
	if (row->def && !value->set)
		value->set = row->def != (uint32_t)-1 && !(row->flags & TNL_BLIND);
	if (row->codec->shape == TNL_PREFIX && (row->flags & TNL_ID))
		value->set = true; /* the default route */
	if (row->codec->shape == TNL_INDEX && !tnl_val_number(row->codec, val))
		value->set = false;
	return true;
}

int tnl_obj_each(struct tnl *t, const struct tnl_obj *obj, enum tnl_walk walk,
		 int (*cb)(void *arg, const struct tnl_value *value), void *arg)
{
	struct telling telling;
	struct tnl_told *told;
	int err = 0;

	telling.t = t;
	telling.obj = obj;
	telling.abroad = tnl_set_find(&obj->top, IFLA_LINK_NETNSID);
	telling.said[0] = telling.said[1] = 0;
	for (int n = 0; !err && (told = told_at(t, obj->kind, walk, n))->row; n++) {
		struct tnl_value value = {0};

		if (!(walk == TNL_WORDS ? tell_word : tell_value)(&telling, told, &value))
			continue;
		describe(&telling, told->row, &value);
		err = cb(arg, &value);
	}
	return err;
}
