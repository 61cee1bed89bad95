// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/* Every row of every kind: its keywords, words into attributes and back, negative and composite forms. */
#include "rows.h"

/* ---- the tables themselves ---- */

static void assert_json_key(const char *key)
{
	assert_non_null(key);
	assert_true(*key && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(key));
}

static void every_row_has_help_and_a_json_key_of_its_own(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		int count = 0;

		EACH_ROW(row, kind)
			count++;
		assert_true(count <= ROWS);
		assert_true(tnl_kind_help(kind) && *tnl_kind_help(kind));
		assert_ptr_equal(tnl_kind_find(tnl_kind_name(kind)), kind);
		EACH_ROW(row, kind) {
			if (!tnl_row_help(row) || !*tnl_row_help(row))
				broken("%s %s has no help", tnl_kind_name(kind), tnl_row_word(row));
			assert_json_key(tnl_row_json(row));
			assert_int_equal(!!(tnl_row_flags(row) & TNL_BARE), !*tnl_row_hint(row));
			EACH_ROW(other, kind)
				if (other != row && !strcmp(tnl_row_json(other), tnl_row_json(row)))
					broken("%s: two rows have the JSON key %s", tnl_kind_name(kind),
					       tnl_row_json(row));
		}
	}
}

/* TUN and TAP have Unix groups; there, the group of links goes by its other name only. */
static const struct {
	const char *word, *instead;
} shadowed[] = { { "group", "linkgroup" } };

static bool may_be_shadowed(const struct tnl_kind *kind, const struct tnl_row *row, const char *word)
{
	for (size_t i = 0; i < COUNT(shadowed); i++)
		if (!strcmp(word, shadowed[i].word) && !strcmp(keyword_of(kind, row), shadowed[i].instead))
			return true;
	return false;
}

static void assert_finds(const struct tnl_kind *kind, const struct tnl_row *row, const char *word, bool negative)
{
	bool no = !negative;
	const struct tnl_row *found = tnl_row_find(kind, word, &no);

	if (found != row && !may_be_shadowed(kind, row, word))
		broken("%s: %s finds another row", tnl_kind_name(kind), word);
	if (found == row)
		assert_int_equal(no, negative);
}

static void every_keyword_finds_its_own_row(void **state)
{
	bool no;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			assert_finds(kind, row, tnl_row_word(row), false);
			if (tnl_row_no(row))
				assert_finds(kind, row, tnl_row_no(row), true);
			for (unsigned i = 0; tnl_row_alias(row, i); i++)
				assert_finds(kind, row, tnl_row_alias(row, i), false);
			assert_non_null(keyword_of(kind, row));
		}
		assert_null(tnl_row_find(kind, "nosuchword", &no));
		assert_null(tnl_row_find(kind, "", &no));
	}
	assert_null(tnl_kind_find("nosuchkind"));
	assert_null(tnl_kind_find(""));
}

/* ---- words, attributes, words ---- */

/* A name of a value may have a shorter one: "ip/ip" is printed as "ipip". */
static bool same_value(const struct tnl_row *row, const char *given, const char *printed)
{
	for (unsigned i = 0; strcmp(given, printed) && tnl_row_value(row, i); i++)
		if (!strcmp(tnl_row_value(row, i), printed))
			return true;
	return !strcmp(given, printed);
}

/* "send_seq" is printed as "seq send", and so are iseq and oseq when both are given (TWO). */
static bool said_by_another(const struct tnl_kind *kind, const struct tnl_row *row, const struct speech *speech,
			    bool two)
{
	const struct tnl_row *parts[2];

	EACH_ROW(both, kind) {
		if (!is_both(both) || !(two || tnl_row_value(both, 0)) || !said_of(speech, both))
			continue;
		parts_of(t, samples, kind, both, parts);
		if (parts[0] == row || parts[1] == row)
			return true;
	}
	broken("%s: %s says something else", tnl_kind_name(kind), tnl_row_word(row));
}

/* The object says FORM and nothing else that BARE does not say; false where FORM is what an absent word means. */
static bool says_just(const struct tnl_obj *obj, const struct tnl_obj *bare, const struct tnl_row *row,
		      const struct form *form)
{
	struct speech with, without;
	const struct said *said;

	listen_to(t, obj, TNL_WORDS, &with);
	listen_to(t, bare, TNL_WORDS, &without);
	said = said_of(&with, row);
	if (!said && with.count != without.count)
		return said_by_another(tnl_obj_kind(obj), row, &with, false);
	if (!said) {
		if (!tnl_obj_equal(obj, bare, NULL))
			broken("%s: %s %s is lost", tnl_obj_type(obj), form->word, form->text);
		return false;
	}
	if (strcmp(said->word, form->word) || !same_value(row, form->text, said->text))
		broken("%s: \"%s %s\" is printed as \"%s %s\"", tnl_obj_type(obj), form->word, form->text, said->word,
		       said->text);
	assert_int_equal(said->alone, form->alone);
	if (with.count != without.count + !said_of(&without, row))
		broken("%s: %s %s says more than that", tnl_obj_type(obj), form->word, form->text);
	return true;
}

static int check_forms(const struct tnl_kind *kind, const struct tnl_row *row)
{
	struct form forms[FORMS];
	int count = forms_of(samples, kind, row, forms), printed = 0;

	for (int i = 0; i < count; i++) {
		struct line line = {0}, less = {0};
		struct tnl_obj *obj, *bare;

		put_needed(&less, kind, row, i);
		put_needed(&line, kind, row, i);
		put_form(&line, &forms[i]);
		obj = parse(t, kind, &line);
		bare = parse(t, kind, &less);
		printed += says_just(obj, bare, row, &forms[i]);
		assert_repeatable(obj);
		assert_true(tnl_obj_matches(obj, obj, NULL));
		assert_ptr_equal(tnl_obj_kind(obj), kind);
		tnl_obj_free(obj);
		tnl_obj_free(bare);
	}
	return printed;
}

static void a_word_becomes_attributes_and_the_same_word_again(void **state)
{
	(void)state;
	EACH_KIND(kind)
		EACH_ROW(row, kind)
			if (is_input(row) && !check_forms(kind, row))
				broken("%s: no form of %s is printed", tnl_kind_name(kind), tnl_row_word(row));
}

/* All words that FIRST leaves room for: composite ones, or the others. Returns how many were left out. */
static int put_everything(struct line *line, const struct tnl_kind *kind, bool composite, struct form given[])
{
	int left_out = 0;

	EACH_ROW(row, kind) {
		struct form *form = &given[ordinal_of(kind, row)];
		struct line more;

		*form = (struct form){0};
		if (!is_input(row) || (is_both(row) && !composite))
			continue;
		if (!first_form(t, samples, kind, row, form))
			broken("%s: no form of %s says anything", tnl_kind_name(kind), tnl_row_word(row));
		copy_line(&more, line);
		put_form(&more, form);
		if (parses(t, kind, &more)) {
			put_form(line, form);
		} else {
			*form = (struct form){0};
			left_out++;
		}
	}
	return left_out;
}

static void check_everything(const struct tnl_kind *kind, bool composite)
{
	struct form given[ROWS];
	struct line line = {0};
	struct speech speech;
	struct tnl_obj *obj;
	int both = 0, left_out = put_everything(&line, kind, composite, given);

	EACH_ROW(row, kind)
		both += composite && is_both(row);
	assert_int_equal(left_out, 2 * both);
	obj = parse(t, kind, &line);
	listen_to(t, obj, TNL_WORDS, &speech);
	EACH_ROW(row, kind) {
		const struct form *form = &given[ordinal_of(kind, row)];
		const struct said *said = said_of(&speech, row);

		if (form->word &&
		    (said ? strcmp(said->text, form->text) != 0 : !said_by_another(kind, row, &speech, true)))
			broken("%s: of \"%s\" comes %s %s", tnl_kind_name(kind), text_of(&line), form->word,
			       said ? said->text : "never");
	}
	assert_repeatable(obj);
	tnl_obj_free(obj);
}

static void all_words_of_a_kind_live_together(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		check_everything(kind, false);
		check_everything(kind, true);
	}
}

/* Other ways to write a value, and how it is printed. */
static const struct {
	const char *hint, *given, *printed;
} ways[] = {
	{ "ADDR", "192.0.2.1", "192.0.2.1" }, { "BYTES", "0x514", "1300" }, { "DEV", "if1", "lo" },
	{ "DEV", "none", "none" }, { "GROUP", "0", "root" }, { "HEX", "DEADBEEF", "deadbeef" }, { "ID", "0x10", "16" },
	{ "ID", "0XfF", "255" }, { "KEY", "0x10", "16" }, { "KEY", "0xffffffff", "4294967295" },
	{ "KEY", "1.2.3.4", "16909060" }, { "KEY", "0.0.0.1", "1" }, { "KEY", "255.255.255.254", "4294967294" },
	{ "MAC", "02:AA:bb:CC:dd:EE", "02:aa:bb:cc:dd:ee" }, { "MARK", "16", "0x10" }, { "MARK", "0X1F", "0x1f" },
	{ "MSEC", "0x10", "16" }, { "N", "0x10", "16" }, { "PORT", "0x1234", "4660" },
	{ "PREFIX", "192.0.2.7/32", "192.0.2.7" }, { "PREFIX", "2001:DB8:0::1/128", "2001:db8::1" },
	{ "PREFIX", "128.0.0.0/1", "128.0.0.0/1" }, { "TOS", "10", "0x10" }, { "TOS", "a0", "0xa0" },
	{ "TOS", "0XA0", "0xa0" }, { "TOS", "4", "0x04" }, { "TOS", "1", "inherit" },
	{ "TOS", "inherit/10", "inherit/0x10" }, { "TTL", "0x41", "65" }, { "USER", "0", "root" },
};

static void a_value_may_be_written_in_other_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ways); i++) {
		int rows = 0;

		EACH_KIND(kind) {
			EACH_ROW(row, kind) {
				if (!is_input(row) || strcmp(tnl_row_hint(row), ways[i].hint) || tnl_row_value(row, 0))
					continue;
				check_way(kind, row, ways[i].given, ways[i].printed);
				rows++;
			}
		}
		assert_true(rows);
	}
}

/* A program that reads JSON needs the same number that a person reads. */
static void a_number_is_told_in_host_order(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0};
			struct speech speech;
			struct tnl_obj *obj;
			struct form form;
			const struct said *said;

			if (!is_input(row) || !first_form(t, samples, kind, row, &form))
				continue;
			put_form(&line, &form);
			obj = parse(t, kind, &line);
			listen_to(t, obj, is_both(row) ? TNL_WORDS : TNL_INPUT, &speech);
			said = said_of(&speech, row);
			if (said->json == TNL_JSON_NUMBER || said->json == TNL_JSON_KEY)
				assert_int_equal(said->number, strtoull(form.text, NULL, 0));
			if (said->json == TNL_JSON_BOOL)
				assert_int_equal(said->number, tnl_row_no(row) && form.alone
								   ? strcmp(form.word, tnl_row_no(row)) != 0
								   : strcmp(form.text, "off") != 0);
			tnl_obj_free(obj);
		}
	}
}

static int find_word(void *arg, const struct tnl_value *value)
{
	const struct tnl_kind *kind = arg;
	bool no;

	if (tnl_row_find(kind, value->word, &no) != value->row)
		broken("%s: %s is said of another row", tnl_kind_name(kind), value->word);
	return 0;
}

static void each_walk_says_words_that_find_their_row(void **state)
{
	static const enum tnl_walk walks[] = { TNL_WORDS, TNL_INPUT, TNL_STATES, TNL_STATS };

	(void)state;
	EACH_KIND(kind) {
		struct form given[ROWS];
		struct line line = {0};
		struct tnl_obj *obj;

		put_everything(&line, kind, false, given);
		obj = parse(t, kind, &line);
		for (size_t i = 0; i < COUNT(walks); i++)
			assert_int_equal(tnl_obj_each(t, obj, walks[i], find_word, (void *)kind), 0);
		tnl_obj_free(obj);
	}
}

/* ---- negative forms and composite words ---- */

static void a_negative_form_undoes_its_word(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line nothing = {0}, line = {0}, no = {0};
			struct tnl_obj *bare, *with, *without;
			struct form forms[FORMS];

			if (!tnl_row_no(row))
				continue;
			if (tnl_row_flags(row) & TNL_BARE)
				forms_of(samples, kind, row, forms);
			else
				assert_true(first_form(t, samples, kind, row, &forms[0]));
			put_form(&line, &forms[0]);
			put(&no, tnl_row_no(row));
			bare = parse(t, kind, &nothing);
			with = parse(t, kind, &line);
			without = parse(t, kind, &no);
			assert_false(tnl_obj_equal(with, without, NULL));
			assert_false(tnl_obj_matches(without, with, NULL));
			assert_false(tnl_obj_matches(with, without, NULL));
			assert_true(tnl_obj_equal(with, bare, NULL) != tnl_obj_equal(without, bare, NULL));
			assert_repeatable(without);
			tnl_obj_free(bare);
			tnl_obj_free(with);
			tnl_obj_free(without);
			put(&line, tnl_row_no(row));
			assert_refused(kind, &line, tnl_row_no(row));
			seen++;
		}
	}
	assert_true(seen > 10);
}

/* "ikey 1 okey 1" is "key 1". */
static void check_agreeing(const struct tnl_kind *kind, const struct tnl_row *both,
			   const struct tnl_row *const parts[2])
{
	struct form whole[FORMS], part[2][FORMS];
	int count = forms_of(samples, kind, both, whole);

	forms_of(samples, kind, parts[0], part[0]);
	forms_of(samples, kind, parts[1], part[1]);
	for (int i = 0; i < count && !tnl_row_value(both, 0); i++) {
		struct line line = {0}, two = {0};
		struct tnl_obj *obj, *pair;
		struct speech speech;

		put_form(&line, &whole[i]);
		for (int side = 0; side < 2; side++) {
			put(&two, part[side][whole[i].alone ? i : 0].word);
			if (!whole[i].alone)
				put(&two, whole[i].text);
		}
		obj = parse(t, kind, &line);
		pair = parse(t, kind, &two);
		assert_true(tnl_obj_equal(obj, pair, NULL));
		assert_true(tnl_obj_matches(obj, pair, NULL) && tnl_obj_matches(pair, obj, NULL));
		listen_to(t, pair, TNL_WORDS, &speech);
		assert_null(said_of(&speech, parts[0]));
		assert_null(said_of(&speech, parts[1]));
		tnl_obj_free(obj);
		tnl_obj_free(pair);
	}
}

/* "ikey 1 okey 2" and "ikey 1" are not; the two directions are not mistaken for each other. */
static void check_differing(const struct tnl_kind *kind, const struct tnl_row *both,
			    const struct tnl_row *const parts[2])
{
	struct form forms[FORMS];
	struct speech speech;

	for (int sides = 1; sides < 4; sides++) {
		struct line line = {0};
		struct tnl_obj *obj;

		for (int side = 0; side < 2; side++) {
			forms_of(samples, kind, parts[side], forms);
			if (sides >> side & 1)
				put_form(&line, &forms[0]); /* values differ by %u */
		}
		obj = parse(t, kind, &line);
		listen_to(t, obj, TNL_WORDS, &speech);
		if (tnl_row_value(both, 0)) {
			assert_int_equal(speech.count, 1);
			assert_string_equal(speech.said[0].text, tnl_row_value(both, sides));
		} else if (sides != 3 || !forms[0].alone) {
			assert_null(said_of(&speech, both));
			assert_int_equal(!!said_of(&speech, parts[0]), sides & 1);
			assert_int_equal(!!said_of(&speech, parts[1]), sides >> 1);
		}
		assert_repeatable(obj);
		tnl_obj_free(obj);
	}
}

static void a_composite_word_is_said_when_its_two_agree(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			const struct tnl_row *parts[2];

			if (!is_both(row))
				continue;
			parts_of(t, samples, kind, row, parts);
			check_agreeing(kind, row, parts);
			check_differing(kind, row, parts);
			seen++;
		}
	}
	assert_true(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_help_and_a_json_key_of_its_own),
		cmocka_unit_test(every_keyword_finds_its_own_row),
		cmocka_unit_test(a_word_becomes_attributes_and_the_same_word_again),
		cmocka_unit_test(all_words_of_a_kind_live_together),
		cmocka_unit_test(a_value_may_be_written_in_other_ways),
		cmocka_unit_test(a_number_is_told_in_host_order),
		cmocka_unit_test(each_walk_says_words_that_find_their_row),
		cmocka_unit_test(a_negative_form_undoes_its_word),
		cmocka_unit_test(a_composite_word_is_said_when_its_two_agree),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
