// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/* What words select, for every row of every kind; and how lines are read that kinds read differently. */
#include "rows.h"

static struct tnl_selector *selector(const struct line *line, unsigned flags)
{
	struct tnl_selector *sel = NULL;

	if (tnl_select(t, NULL, flags, line->argc, line->argv, &sel))
		broken("\"%s\" is refused: %s: %s", text_of(line), tnl_error(t)->word, tnl_error(t)->text);
	return sel;
}

static bool selects(const char *words, const struct tnl_obj *obj)
{
	struct line line = { 0 };
	struct tnl_selector *sel;
	bool selected;

	put_all(&line, words);
	sel = selector(&line, 0);
	selected = tnl_selected(sel, obj);
	tnl_select_free(sel);
	return selected;
}

static void assert_select_refused(const struct line *line, const char *blamed)
{
	struct tnl_selector *sel = NULL;

	if (!tnl_select(t, NULL, 0, line->argc, line->argv, &sel))
		broken("\"%s\" passes", text_of(line));
	assert_null(sel);
	assert_int_equal(tnl_error(t)->outcome, TNL_REFUSED);
	if (strcmp(tnl_error(t)->word, blamed))
		broken("\"%s\" blames \"%s\": %s", text_of(line), tnl_error(t)->word, tnl_error(t)->text);
}

static struct tnl_obj *object(const struct tnl_kind *kind, const char *words)
{
	struct line line = { 0 };

	put_all(&line, words);
	return parse(t, kind, &line);
}

/* ---- each row ---- */

/* What a form selects of an object that was made of another: what has the same value. */
static void check_forms(const struct tnl_kind *kind, const struct tnl_row *row, const struct form *of,
			const struct form *by)
{
	struct line words = { 0 }, line = { 0 };
	struct tnl_selector *sel;
	struct tnl_obj *obj, *want;

	put_form(&words, of);
	obj = parse(t, kind, &words);
	put_all(&line, "type");
	put(&line, tnl_kind_name(kind));
	put_form(&line, by);
	words = (struct line){ 0 };
	put_form(&words, by);
	want = parse(t, kind, &words);
	sel = selector(&line, 0);
	if (tnl_selected(sel, obj) != tnl_obj_matches(want, obj, NULL))
		broken("\"%s\" selects %s %s %s: %d", text_of(&line), tnl_kind_name(kind), of->word, of->text,
		       tnl_selected(sel, obj));
	(void)row;
	tnl_select_free(sel);
	tnl_obj_free(want);
	tnl_obj_free(obj);
}

static void every_word_of_every_kind_selects_its_value(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		EACH_ROW(row, kind)
		{
			struct form forms[FORMS];
			int count = tnl_kind_is_link(kind) && is_input(row) ? forms_of(samples, kind, row, forms) : 0;

			for (int of = 0; of < count; of++)
				for (int by = 0; by < count && !(tnl_row_flags(row) & TNL_BLIND); by++)
					check_forms(kind, row, &forms[of], &forms[by]);
		}
	}
}

static void a_kind_that_lacks_a_word_is_not_selected(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind)
	{
		EACH_ROW(row, kind)
		{
			struct form form;
			struct line line = { 0 };
			struct tnl_selector *sel;

			if (!tnl_kind_is_link(kind) || !is_input(row) || is_common(row) ||
			    tnl_row_flags(row) & TNL_BLIND || !first_form(t, samples, kind, row, &form))
				continue;
			put_form(&line, &form);
			sel = selector(&line, 0);
			EACH_KIND(other)
			{
				bool no;
				struct tnl_obj *obj = object(other, "");

				if (!tnl_row_find(other, form.word, &no)) {
					assert_false(tnl_selected(sel, obj));
					seen++;
				}
				tnl_obj_free(obj);
			}
			tnl_select_free(sel);
		}
	}
	assert_true(seen > 100);
}

static void what_the_kernel_does_not_report_cannot_select(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind)
	{
		EACH_ROW(row, kind)
		{
			struct form forms[FORMS];
			struct line line = { 0 };

			if (!tnl_kind_is_link(kind) || !is_input(row) || !(tnl_row_flags(row) & TNL_BLIND))
				continue;
			forms_of(samples, kind, row, forms);
			put_form(&line, &forms[0]);
			assert_select_refused(&line, forms[0].word);
			seen++;
		}
	}
	assert_true(seen);
}

/* ---- networks ---- */

static const struct {
	const char *net, *addr;
	bool in;
} nets[] = {
	{ "192.0.2.0/24", "192.0.2.1", true },
	{ "192.0.2.9/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.1", false },
	{ "192.0.2.0/23", "192.0.3.1", true },
	{ "192.0.2.1/32", "192.0.2.1", true },
	{ "192.0.2.1/32", "192.0.2.0", false },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.128/25", "192.0.2.128", true },
	{ "128.0.0.0/1", "192.0.2.1", true },
	{ "0.0.0.0/1", "192.0.2.1", false },
	{ "0.0.0.0/0", "192.0.2.1", true },
	{ "2001:db8::/32", "2001:db8::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "2001:db8::1/128", "2001:db8::1", true },
	{ "2001:db8::1/128", "2001:db8::2", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "192.0.2.1", false },
	{ "0.0.0.0/0", "2001:db8::1", false },
};

static void an_address_with_a_length_selects_its_network(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind)
	{
		EACH_ROW(row, kind)
		{
			if (!tnl_kind_is_link(kind) || !is_input(row) || strcmp(tnl_row_hint(row), "ADDR"))
				continue;
			for (size_t i = 0; i < COUNT(nets); i++) {
				struct line words = { 0 }, line = { 0 };
				struct tnl_selector *sel;
				struct tnl_obj *obj;

				put(&words, tnl_row_word(row));
				put(&words, nets[i].addr);
				put_all(&line, "type");
				put(&line, tnl_kind_name(kind));
				put(&line, tnl_row_word(row));
				put(&line, nets[i].net);
				if (!parses(t, kind, &words) ||
				    tnl_select(t, NULL, 0, line.argc, line.argv, &sel)) /* the other family */
					continue;
				obj = parse(t, kind, &words);
				if (tnl_selected(sel, obj) != nets[i].in)
					broken("\"%s\" selects %s: %d", text_of(&line), text_of(&words), !nets[i].in);
				tnl_obj_free(obj);
				tnl_select_free(sel);
				seen++;
			}
		}
	}
	assert_true(seen > 50);
}

/* ---- how lines are read ---- */

static void a_word_that_some_kinds_give_a_value_is_read_by_each_in_its_way(void **state)
{
	struct tnl_obj *gre = object(tnl_kind_find("gre"), "both seq"),
		       *l2tp = object(tnl_kind_find("l2tp"), "both seq both");

	(void)state;
	assert_true(selects("seq", gre));
	assert_false(selects("seq", l2tp));
	assert_true(selects("seq both", l2tp));
	assert_false(selects("seq both", gre)); /* not a gre called "both" */
	assert_true(selects("seq name both", gre));
	assert_true(selects("type gre seq both", gre));
	assert_true(selects("seq bot*", gre));
	tnl_obj_free(gre);
	tnl_obj_free(l2tp);
}

static void names_patterns_and_types(void **state)
{
	static const struct {
		const char *words;
		bool selects;
	} lines[] = {
		{ "", true },
		{ "all", true },
		{ "tt0", true },
		{ "tt1", false },
		{ "tt1 tt0", true },
		{ "tt*", true },
		{ "name tt?", true },
		{ "t[!t]*", false },
		{ "type gre", true },
		{ "type gre,ipip", true },
		{ "type ipip,gre", true },
		{ "type ipip", false },
		{ "mode gre", true },
		{ "type gre/ip", true },
		{ "mode any", false },
		{ "ttl 64", true },
		{ "ttl 0x40", true },
		{ "hoplimit 64", true },
		{ "tt0 ttl 65", false },
		{ "ttl 64 key 5", true },
		{ "ikey 5", true },
		{ "key 0.0.0.5", true },
		{ "key 6", false },
		{ "nokey", false },
		{ "up", false },
		{ "down", true },
		{ "pmtudisc", true },
		{ "noencap", true },
		{ "remote any", true },
		{ "local any", true },
		{ "dev none", true },
		{ "type gre,ipip remote any tt* down all ttl 64", true },
	};
	struct tnl_obj *obj = object(tnl_kind_find("gre"), "tt0 ttl 64 key 5");

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		if (selects(lines[i].words, obj) != lines[i].selects)
			broken("\"%s\": %d", lines[i].words, !lines[i].selects);
	tnl_obj_free(obj);
}

static void the_name_of_a_line_is_told_if_it_is_one(void **state)
{
	static const struct {
		const char *words, *name;
	} lines[] = {
		{ "", NULL },          { "all", NULL },
		{ "gre1", "gre1" },    { "name gre1", "gre1" },
		{ "gre1 up", "gre1" }, { "ttl 64 gre1", "gre1" },
		{ "gre1 gre2", NULL }, { "gre*", NULL },
		{ "gre? up", NULL },   { "up", NULL },
		{ "type", "type" },    { "key", "key" },
		{ "name all", "all" }, { "type gre", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct line line = { 0 };
		struct tnl_selector *sel;

		put_all(&line, lines[i].words);
		sel = selector(&line, 0);
		if (lines[i].name)
			assert_string_equal(tnl_select_name(sel), lines[i].name);
		else
			assert_null(tnl_select_name(sel));
		tnl_select_free(sel);
	}
}

static void a_word_of_every_link_is_that_of_a_tap_too(void **state)
{
	struct tnl_obj *tap = object(tnl_kind_find("tap"), "group 7 linkgroup 8");

	(void)state;
	assert_false(selects("group 7", tap));
	assert_true(selects("group 8", tap));
	assert_true(selects("linkgroup 8", tap));
	assert_true(selects("type tap group 7", tap));
	assert_true(selects("mode tap group 7", tap));
	assert_false(selects("type tap group 8", tap));
	tnl_obj_free(tap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_of_every_kind_selects_its_value),
		cmocka_unit_test(a_kind_that_lacks_a_word_is_not_selected),
		cmocka_unit_test(what_the_kernel_does_not_report_cannot_select),
		cmocka_unit_test(an_address_with_a_length_selects_its_network),
		cmocka_unit_test(a_word_that_some_kinds_give_a_value_is_read_by_each_in_its_way),
		cmocka_unit_test(names_patterns_and_types),
		cmocka_unit_test(the_name_of_a_line_is_told_if_it_is_one),
		cmocka_unit_test(a_word_of_every_link_is_that_of_a_tap_too),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
