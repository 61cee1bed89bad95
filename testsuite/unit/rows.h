/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of every row share: sample values, the handle, and what is refused or said again. */
#ifndef UNIT_ROWS_H
#define UNIT_ROWS_H

#include "words.h"

/* Several rows may have the same hint: %u keeps their values apart, so that no two rows can share an attribute. */
static const struct sample samples[] = {
	{ "ADDR", NULL, NULL, { "192.0.2.%u", "255.255.255.255" } },
	{ "ADDR6", NULL, NULL, { "2001:db8::%u", "ff02::1" } },
	{ "BYTES", NULL, NULL, { "13%u", "4294967295" } },
	{ "DEV", NULL, NULL, { "lo", "if10%u" } },
	{ "DSFIELD", NULL, NULL, { "0x%u", "inherit", "0xff" } },
	{ "GROUP", NULL, NULL, { "43%u", "root" } },
	{ "HEX", NULL, NULL, { "deadbe%u", "0123456789abcd%u" } },
	{ "ID", NULL, NULL, { "700%u", "4294967295" } },
	{ "IF_ID", NULL, NULL, { "0x7%u", "0xffffffff" } },
	{ "KEY", NULL, "erspan", { "9%u", "1" } },
	{ "KEY", NULL, "ip6erspan", { "9%u", "1" } },
	{ "KEY", NULL, NULL, { "169090%u", "4294967295", "1", "0" } },
	{ "LABEL", NULL, NULL, { "0x000%u", "0xfffff" } },
	{ "LOW-HIGH", NULL, NULL, { "100%u-20000", "65535-65535" } },
	{ "MAC", NULL, NULL, { "02:00:5e:10:20:%u" } },
	{ "MARK", NULL, NULL, { "0x12345%u", "0xffffffff" } },
	{ "MSEC", NULL, NULL, { "25%u", "18446744073709551615" } },
	{ "N", "encaplimit", NULL, { "1%u", "none", "255" } },
	{ "N", "erspan_hwid", NULL, { "%u", "0" } },
	{ "N", "erspan_ver", NULL, { "2", "1", "0" } },
	{ "N", "version", NULL, { "2", "3", "255" } },
	{ "N", "preferred_lft", NULL, { "0", "forever" } },
	{ "N", "pw_type", NULL, { "4", "5", "65535" } },
	{ "N", NULL, NULL, { "99%u", "4294967295" } },
	{ "NAME", "name", NULL, { "tt%u", "0123456789abcde", "-x", "\xff\xfe", "type%u", "tt%d" } },
	{ "NAME", "label", NULL, { "tt%u:1", "x" } },
	{ "NAME", "group", NULL, { "4294967295", "7" } },
	{ "PORT", NULL, NULL, { "46%u", "65535" } },
	{ "PREFIX4", NULL, NULL, { "10.%u.0.0/16", "192.0.2.1/32" } },
	{ "PREFIX6", NULL, NULL, { "2001:%u::/32", "::/0" } },
	{ "PREFIX", NULL, NULL, { "198.51.100.%u/24", "2001:db8::%u/64", "198.51.100.%u" } },
	{ "TCLASS", NULL, NULL, { "0x%u", "0xff", "inherit" } },
	{ "TEXT", NULL, NULL, { "text of row %u", "x" } },
	{ "TOS", NULL, NULL, { "0x%u", "inherit/0x10", "inherit", "0xfe" } },
	{ "TTL", NULL, NULL, { "%u", "255", "1" } },
	{ "VNI", NULL, NULL, { "99%u", "16777215" } },
	{ "USER", NULL, NULL, { "42%u", "root" } },
	{ "on|off", NULL, NULL, { "on", "off" } },
	{ 0 }
};

static struct tnl *t;

static inline int set_up(void **state)
{
	(void)state;
	t = tnl_open(TNL_DRY);
	return t ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	tnl_close(t);
	return 0;
}

/* Refused, before anything is sent, and BLAMED is the word that it names. */
static inline void assert_refused(const struct tnl_kind *kind, const struct line *line, const char *blamed)
{
	const struct tnl_error *error = tnl_error(t);
	struct tnl_obj *obj = NULL;
	int err = tnl_parse(t, kind, line->argc, line->argv, &obj);

	if (!err)
		broken("%s: \"%s\" passes", kind ? tnl_kind_name(kind) : "", text_of(line));
	assert_null(obj);
	assert_int_equal(err, -EINVAL);
	assert_int_equal(error->code, -EINVAL);
	assert_int_equal(error->outcome, TNL_REFUSED);
	if (strcmp(error->word, blamed))
		broken("%s: \"%s\" blames \"%s\"", kind ? tnl_kind_name(kind) : "", text_of(line), error->word);
	assert_true(*error->text);
}

/* The words without which no object of the kind is made; all but those of SKIP. */
static inline void put_needed(struct line *line, const struct tnl_kind *kind, const struct tnl_row *skip, int which)
{
	struct form forms[FORMS];

	EACH_ROW(row, kind) {
		int count;

		if (row == skip || !(tnl_row_flags(row) & (TNL_ID | TNL_NEED)))
			continue;
		count = forms_of(samples, kind, row, forms);
		put_form(line, &forms[which < count ? which : 0]);
	}
}

/* What is printed makes an equal object, which prints the same. */
static inline void assert_repeatable(const struct tnl_obj *obj)
{
	const struct tnl_row *differs = NULL;
	struct line line = {0}, again = {0};
	struct tnl_obj *copy;

	words_of(t, obj, &line);
	copy = parse(t, tnl_obj_kind(obj), &line);
	if (!tnl_obj_equal(obj, copy, &differs) || !tnl_obj_equal(copy, obj, &differs))
		broken("%s: \"%s\" parsed again differs in %s", tnl_obj_type(obj), text_of(&line),
		       tnl_row_word(differs));
	words_of(t, copy, &again);
	assert_string_equal(text_of(&line), text_of(&again));
	tnl_obj_free(copy);
}

/* The word and those that are needed beside it; all prefixes of an address have one length. */
static inline void put_alike(struct line *line, const struct tnl_kind *kind, const struct tnl_row *row,
			     const char *text)
{
	struct form forms[FORMS];

	EACH_ROW(other, kind) {
		if (other != row && !(tnl_row_flags(other) & (TNL_ID | TNL_NEED)))
			continue;
		forms_of(samples, kind, other, forms);
		put(line, keyword_of(kind, other));
		put(line,
		    other == row || (!strcmp(tnl_row_hint(row), "PREFIX") && !strcmp(tnl_row_hint(other), "PREFIX"))
			? text
			: forms[0].text);
	}
}

static inline void check_way(const struct tnl_kind *kind, const struct tnl_row *row, const char *given,
			     const char *printed)
{
	struct line line = {0}, plain = {0};
	struct tnl_obj *obj, *same;
	struct speech speech;

	put_alike(&line, kind, row, given);
	put_alike(&plain, kind, row, printed);
	obj = parse(t, kind, &line);
	same = parse(t, kind, &plain);
	listen_to(t, obj, TNL_WORDS, &speech);
	if (!tnl_obj_equal(obj, same, NULL))
		broken("%s: \"%s\" is not \"%s\"", tnl_kind_name(kind), text_of(&line), printed);
	if (said_of(&speech, row))
		assert_string_equal(said_of(&speech, row)->text, printed);
	else
		assert_true(!strcmp(printed, "none"));
	assert_repeatable(obj);
	tnl_obj_free(obj);
	tnl_obj_free(same);
}

#endif
