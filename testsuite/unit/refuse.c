// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/* What is refused, for every row of every kind, and by which word; names and kinds. */
#include "rows.h"

/* ---- what is refused ---- */

static void a_repeated_word_is_refused_by_name(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct form forms[FORMS];
			struct line line = {0};
			int count;

			if (!is_input(row))
				continue;
			count = forms_of(samples, kind, row, forms);
			assert_true(first_form(t, samples, kind, row, &forms[0]));
			put_form(&line, &forms[0]);
			assert_true(parses(t, kind, &line));
			put_form(&line, &forms[count - 1]);
			assert_refused(kind, &line, forms[count - 1].word);
		}
	}
}

static void a_word_and_its_composite_exclude_each_other(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			const struct tnl_row *parts[2];
			struct form whole[FORMS], part[FORMS];

			if (!is_both(row))
				continue;
			parts_of(t, samples, kind, row, parts);
			forms_of(samples, kind, row, whole);
			for (int i = 0; i < 2; i++) {
				struct line after = {0}, before = {0};

				forms_of(samples, kind, parts[i], part);
				put_form(&after, &whole[0]);
				put_form(&after, &part[0]);
				assert_refused(kind, &after, part[0].word);
				put_form(&before, &part[0]);
				put_form(&before, &whole[0]);
				assert_refused(kind, &before, whole[0].word);
			}
		}
	}
}

static void an_unknown_word_is_refused_by_name(void **state)
{
	static const char *const unknown[] = { "nosuchword", "nolocal2", "Remote", "--help", "key=5" };

	(void)state;
	EACH_KIND(kind) {
		for (size_t i = 0; i < COUNT(unknown); i++) {
			struct line line = {0};

			put_needed(&line, kind, NULL, 0);
			put(&line, unknown[i]);
			assert_refused(kind, &line, unknown[i]);
		}
	}
}

/* Abbreviations would change their meaning with each new word. */
static void a_word_is_never_abbreviated(void **state)
{
	bool no;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0};
			char shorter[32];

			snprintf(shorter, sizeof(shorter), "%s", keyword_of(kind, row));
			shorter[strlen(shorter) - 1] = 0;
			if (!*shorter || tnl_row_find(kind, shorter, &no))
				continue;
			put_needed(&line, kind, NULL, 0);
			put(&line, shorter);
			put(&line, "1");
			assert_refused(kind, &line, shorter);
		}
	}
}

static void a_missing_value_is_refused_by_name(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0};

			if (!is_input(row) || (tnl_row_flags(row) & TNL_BARE))
				continue;
			put_needed(&line, kind, row, 0);
			put(&line, keyword_of(kind, row));
			assert_refused(kind, &line, keyword_of(kind, row));
		}
	}
}

static void what_can_only_be_read_is_refused_by_name(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0};

			if (!is_read_only(row))
				continue;
			put(&line, keyword_of(kind, row));
			put(&line, "1");
			assert_refused(kind, &line, keyword_of(kind, row));
			seen++;
		}
	}
	assert_true(seen);
}

/* Values that somebody's parser let through or truncated once; for rows with that hint, or of that WORD only. */
static const struct {
	const char *hint, *word;
	const char *texts[20];
} bad[] = {
	{ "KEY", NULL, { "4294967296", "-1", "+1", " 1", "1 ", "0x", "0x1FFFFFFFF", "010", "1e3", "", "1.2.3",
			 "1.2.3.4.5", "256.1.1.1", "18446744073709551617", "\xd9\xa1", "1.2.3.4/24", "any", "." } },
	{ "TTL", NULL, { "256", "-1", "1.5", "", "064", "+1", " 1", "0x", "0x100", "1e1", "Inherit", "autos" } },
	{ "TOS", NULL, { "100", "256", "0x1ff", "-1", "inherit/300", "inherit/", "inherit/-1", "lowdelay", "", "0x",
			 "+1", " 1", "inherits", "1 " } },
	{ "N", NULL, { "-1", "", "+1", " 1", "1 ", "0x", "1e3", "010", "4294967296", "99999999999999999999", "0x1g" } },
	{ "N", "version", { "256", "0x100" } },
	{ "N", "pw_type", { "65536", "0x10000" } },
	{ "BYTES", NULL, { "-1", "4294967296", "1400x", "", "01400", "0x", " 1400", "1.5k" } },
	{ "PORT", NULL, { "65536", "-1", "http-nosuch", "", "+1", "0x10000", "053", " 53" } },
	{ "ID", NULL, { "0", "0x0", "-5", "4294967296", "", "0x", "007", "5 " } },
	{ "MSEC", NULL, { "-1", "1e3", "", "1.5", "18446744073709551616", "250ms" } },
	{ "MARK", NULL, { "4294967296", "-1", "0x1ffffffff", "", "0x", "1/2", "0x1/0xff", "011" } },
	{ "ADDR", NULL, { "10", "10.1", "256.1.1.1", "1.2.3.4.5", "010.1.1.1", "0x7f.0.0.1", "", "1.2.3.4/24",
			  " 1.2.3.4", "1.2.3.4 ", "fe80::1%lo", "::1/64", "1::2::3", "12345::1", "localhost",
			  "1.2.3.4,5", "1.2.3." } },
	{ "ADDR6", NULL, { "192.0.2.1", "1::2::3", "12345::1", "", "::1/64", "fe80::1%lo", "localhost", " ::1" } },
	{ "PREFIX4", NULL, { "10/8", "10.0.0.0/33", "2001:db8::/32", "", "default", "10.0.0.0/" } },
	{ "PREFIX6", NULL, { "2001:db8::/129", "10.0.0.0/8", "", "default", "2001:db8::/", "2001:db8/32" } },
	{ "PREFIX", NULL, { "10.0.0.0/33", "10/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/+8",
			    "2001:db8::/129", "2001:db8::/256", "", "10.0.0.0/24/24", "/24", "10.0.0.0/255.0.0.0",
			    "10.0.0.0/ 8", "1234:1234:1234:1234:1234:1234:1234:1234:1234:1234:1234/64" } },
	{ "DEV", NULL, { "nosuchdev", "", "0123456789abcdef", "if0", "if", "if-1", "if2147483648", " lo", "lo ",
			 "1" } },
	{ "MAC", NULL, { "02:00", "02-00-5e-10-20-30", "0200.5e10.2030", "02:00:5e:10:20:3", "02:00:5e:10:20:3g", "",
			 "02:00:5e:10:20:30:40", "02:00:5e:10:20 30", "2:00:5e:10:20:300", "garbage" } },
	{ "HEX", NULL, { "abc", "deadbee", "deadbeef00", "deadbeefx", "0xdeadbeef", "", "deadbee ", "0xdeadbe",
			 "deadbeefdeadbee", "deadbeefdeadbeef0" } },
	{ "USER", NULL, { "nosuchuser", "4294967296", "-1", "", "010", "+0" } },
	{ "GROUP", NULL, { "nosuchgroup", "4294967296", "-1", "", "010", "+0" } },
	{ "NAME", "name", { "", "0123456789abcdef", "0123456789abcdefg", ".", "..", "a/b", "/", "a:b", "a b", " a",
			    "a\tb", "a\n", "gre%s", "gre%d%d", "gre%", "%%d", "%" } },
	{ "NAME", "label", { "", "0123456789abcdef" } },
	{ "DSFIELD", NULL, { "100", "-1", "inherit/0x10", "", "0x", "lowdelay", "1 " } },
	{ "IF_ID", NULL, { "0", "0x0", "-5", "4294967296", "", "0x", "007" } },
	{ "INDEX", NULL, { "0", "-1", "2147483648", "", "x" } },
	{ "LABEL", NULL, { "100000", "-1", "", "0x", "g", "inherits", " 1" } },
	{ "LOW-HIGH", NULL, { "1000", "2000-1000", "-", "1-", "-1", "1-65536", "", "1 - 2", "1-2-3" } },
	{ "NETNS", NULL, { "nosuchnetns", "", "/", "-1", "/nosuch" } },
	{ "TCLASS", NULL, { "100", "-1", "", "0x", "g", "inherits", " 1" } },
	{ "VNI", NULL, { "16777216", "-1", "", "0x", "010" } },
	{ "on|off", NULL, { "yes", "1", "0", "ON", "", "true", "on " } },
};

static int check_bad(const char *hint, const char *word, const char *text)
{
	int rows = 0;

	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0};

			if (is_read_only(row) || is_reset(row) || strcmp(tnl_row_hint(row), hint) ||
			    (word && strcmp(word, tnl_row_word(row))))
				continue;
			if (!word && tnl_row_value(row, 0))
				continue;
			put_needed(&line, kind, row, 0);
			put(&line, keyword_of(kind, row));
			put(&line, text);
			assert_refused(kind, &line, keyword_of(kind, row));
			rows++;
		}
	}
	return rows;
}

static void a_bad_value_is_refused_by_its_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		int rows = 0;

		for (size_t j = 0; j < COUNT(bad[i].texts) && bad[i].texts[j]; j++)
			rows += check_bad(bad[i].hint, bad[i].word, bad[i].texts[j]);
		assert_true(rows);
	}
}

/* So that no value of a new sort comes without its bad ones. */
static void every_sort_of_value_has_its_bad_ones(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			bool known = tnl_row_flags(row) & TNL_BARE || tnl_row_value(row, 0) || !is_input(row);

			for (size_t i = 0; i < COUNT(bad); i++)
				known |= !strcmp(bad[i].hint, tnl_row_hint(row)) &&
					 !(bad[i].word && strcmp(bad[i].word, tnl_row_word(row)));
			if (!strcmp(tnl_row_hint(row), "TEXT")) /* anything goes, up to a length: see below */
				known = true;
			if (!known)
				broken("%s %s: no bad values for %s", tnl_kind_name(kind), tnl_row_word(row),
				       tnl_row_hint(row));
		}
	}
}

static void a_value_that_has_no_name_is_refused_by_its_word(void **state)
{
	static const char *const texts[] = { "nosuchvalue", "", "-1", "+1", " 0", "4294967296" };

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			for (size_t i = 0; i < COUNT(texts) && tnl_row_value(row, 0) && is_input(row); i++) {
				struct line line = {0};

				put(&line, keyword_of(kind, row));
				put(&line, texts[i]);
				assert_refused(kind, &line, keyword_of(kind, row));
			}
		}
	}
}

static void a_text_has_at_most_255_bytes(void **state)
{
	char text[257];

	(void)state;
	memset(text, 'x', sizeof(text));
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0}, longer = {0};
			struct tnl_obj *obj;

			if (strcmp(tnl_row_hint(row), "TEXT") || is_read_only(row))
				continue;
			put(&line, keyword_of(kind, row));
			text[255] = 0;
			put(&line, text);
			obj = parse(t, kind, &line);
			assert_repeatable(obj);
			tnl_obj_free(obj);
			put(&longer, keyword_of(kind, row));
			text[255] = 'x';
			text[256] = 0;
			put(&longer, text);
			assert_refused(kind, &longer, keyword_of(kind, row));
		}
	}
}

/* An address of the other family is either understood and printed, or refused by name, as is one mapped into IPv6. */
static void an_ipv6_address_is_understood_or_refused_by_its_word(void **state)
{
	static const char *const texts[] = { "2001:db8::1", "::1", "fe80::1", "::ffff:1.2.3.4" };
	int understood = 0, refused = 0;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			for (size_t i = 0; i < COUNT(texts) && !strcmp(tnl_row_hint(row), "ADDR"); i++) {
				struct line line = {0};

				put(&line, keyword_of(kind, row));
				put(&line, texts[i]);
				if (parses(t, kind, &line)) {
					check_way(kind, row, texts[i], texts[i]);
					understood++;
				} else {
					assert_refused(kind, &line, keyword_of(kind, row));
					assert_non_null(strstr(tnl_error(t)->text, "IPv4"));
					refused++;
				}
			}
		}
	}
	assert_true(understood && refused);
}

/* ---- names and kinds ---- */

static void the_identity_may_stand_without_its_keyword(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0}, bare = {0};
			struct form forms[FORMS];
			struct tnl_obj *obj, *same;

			if (!(tnl_row_flags(row) & TNL_POS))
				continue;
			forms_of(samples, kind, row, forms);
			put_form(&line, &forms[0]);
			put(&bare, forms[0].text);
			obj = parse(t, kind, &line);
			same = parse(t, kind, &bare);
			assert_true(tnl_obj_equal(obj, same, NULL) && tnl_obj_matches(obj, same, NULL));
			tnl_obj_free(obj);
			tnl_obj_free(same);
			seen++;
		}
	}
	assert_true(seen);
}

static void type_says_the_kind_of_a_link_once(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		struct line line = {0};
		struct tnl_obj *obj;

		if (!tnl_kind_is_link(kind))
			continue;
		put_all(&line, "tt0 type");
		put(&line, tnl_kind_name(kind));
		obj = parse(t, NULL, &line);
		assert_ptr_equal(tnl_obj_kind(obj), kind);
		assert_string_equal(tnl_obj_type(obj), tnl_kind_name(kind));
		assert_string_equal(tnl_obj_name(t, obj), "tt0");
		tnl_obj_free(obj);
		obj = parse(t, kind, &line);
		tnl_obj_free(obj);
		EACH_KIND(other) {
			struct line twice = {0};

			if (!tnl_kind_is_link(other) || other == kind)
				continue;
			put_all(&twice, "tt0 type");
			put(&twice, tnl_kind_name(other));
			assert_refused(kind, &twice, "type");
		}
	}
}

static void a_missing_or_unknown_kind_is_refused_by_name(void **state)
{
	static const char *const lines[] = { "tt0",           "tt0 remote 192.0.2.1", "tt0 type",
					     "tt0 type greX", "tt0 type gre0",        "type GRE" };

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct line line = {0};

		put_all(&line, lines[i]);
		assert_refused(NULL, &line, "type");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_repeated_word_is_refused_by_name),
		cmocka_unit_test(a_word_and_its_composite_exclude_each_other),
		cmocka_unit_test(an_unknown_word_is_refused_by_name),
		cmocka_unit_test(a_word_is_never_abbreviated),
		cmocka_unit_test(a_missing_value_is_refused_by_name),
		cmocka_unit_test(what_can_only_be_read_is_refused_by_name),
		cmocka_unit_test(a_bad_value_is_refused_by_its_word),
		cmocka_unit_test(every_sort_of_value_has_its_bad_ones),
		cmocka_unit_test(a_value_that_has_no_name_is_refused_by_its_word),
		cmocka_unit_test(a_text_has_at_most_255_bytes),
		cmocka_unit_test(an_ipv6_address_is_understood_or_refused_by_its_word),
		cmocka_unit_test(the_identity_may_stand_without_its_keyword),
		cmocka_unit_test(type_says_the_kind_of_a_link_once),
		cmocka_unit_test(a_missing_or_unknown_kind_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
