// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/* The ends of what a word can be given: the kernel has it just so, or an error names the word and nothing has changed. */
#include "kernel.h"

/* Every number goes to every number row: what does not fit is refused, as it should be. */
#define NUMBERS "0", "1", "67", "255", "256", "32768", "65535", "65536", "1048575", "1048576", "16777215", "16777216", \
	"2147483647", "2147483648", "4294967295", "9223372036854775808", "18446744073709551615"

static const struct {
	const char *hint, *texts[24];
} ends[] = {
	{ "ADDR", { "any", "0.0.0.0", "0.0.0.1", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
		    "fe80::1", "ff02::1", "2001:db8::1", "::ffff:192.0.2.1", "::192.0.2.1" } },
	{ "PREFIX", { "::/0", "2002::/16", "2001:db8::/32", "2001:db8::/64", "2001:db8::1/128", "0.0.0.0/0",
		      "10.0.0.0/8", "192.0.2.1/32" } },
	{ "DEV", { "none", "lo", "under", "vrf0" } },
	{ "HEX", { "00000000", "ffffffff", "0000000000000000", "ffffffffffffffff" } },
	{ "MAC", { "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "02:00:00:00:00:01",
		   "fe:ff:ff:ff:ff:ff" } },
	{ "TEXT", { "", "x", " ", "\x01\x7f\xff" } },
	{ "NAME", { "tt0", "0123456789abcde", "lo", NUMBERS } },
	{ "TOS", { "0", "1", "2", "3", "fe", "ff", "100", "inherit", "inherit/0", "inherit/fe" } },
	{ "on|off", { "on", "off" } },
};

static const char *text_at(const struct tnl_row *row, size_t n)
{
	static const char *const numbers[] = { NUMBERS };

	for (size_t i = 0; i < COUNT(ends); i++)
		if (!strcmp(ends[i].hint, tnl_row_hint(row)))
			return n < COUNT(ends->texts) ? ends[i].texts[n] : NULL;
	return n < COUNT(numbers) ? numbers[n] : NULL;
}

/* All are tried, and said which go wrong. */
static int wrong;

#define WRONG(...) (print_error(__VA_ARGS__), wrong++)

/* The error names a word of the line, or says which one is missing beside it; of a name, the object itself. What is
 * there already is named as a whole. */
static void expect_named(const struct tnl_kind *kind, const struct tnl_row *row, const struct line *line)
{
	const struct tnl_error *error = tnl_error(t);

	if (error->outcome != TNL_REFUSED && error->outcome != TNL_KERNEL)
		WRONG("%s: \"%s\": not undone: %s: %s\n", tnl_kind_name(kind), text_of(line), error->word, error->text);
	else if (error->code != -EEXIST && !(*error->word && says(line, kind, error->word)) && !strstr(error->text, tnl_row_word(row)) &&
		 !(tnl_row_flags(row) & TNL_POS && *error->object))
		WRONG("%s: \"%s\" blames \"%s\": %s\n", tnl_kind_name(kind), text_of(line), error->word, error->text);
}

/* Every given word is as it was asked for. */
static void expect_matches(const struct tnl_obj *want, const struct tnl_obj *obj, const struct line *line)
{
	const struct tnl_row *row = NULL;

	if (!tnl_obj_matches(want, obj, &row) && !(tnl_row_flags(row) & TNL_BLIND))
		WRONG("%s: \"%s\" became another %s\n", tnl_obj_type(obj), text_of(line), tnl_row_word(row));
}

static bool make_end(const struct tnl_kind *kind, const struct tnl_row *row, const char *text)
{
	struct choice choice = { row, { .word = keyword_of(kind, row) } };
	int before = links();
	struct line line;
	struct tnl_obj *obj, *want;

	snprintf(choice.form.text, sizeof(choice.form.text), "%s", text);
	if (make(kind, &choice, 1, &line)) {
		expect_named(kind, row, &line);
		if (links() != before)
			broken("%s: \"%s\" fails and leaves something", tnl_kind_name(kind), text_of(&line));
		return false;
	}
	obj = get(name_in(&line));
	want = parse(t, kind, &line);
	expect_matches(want, obj, &line);
	tnl_obj_free(want);
	take_away(obj, &line);
	return true;
}

static void each_end_of_each_word_is_made_or_refused(void **state)
{
	(void)state;
	wrong = 0;
	EACH_KIND(kind) {
		struct tally tally = {0};

		EACH_ROW(row, kind) {
			const char *text;

			if (!tnl_kind_is_link(kind) || !is_input(row) || tnl_row_flags(row) & TNL_BARE)
				continue;
			for (size_t i = 0; (text = text_at(row, i)); i++)
				*(make_end(kind, row, text) ? &tally.made : &tally.refused) += 1;
		}
		if (tnl_kind_is_link(kind))
			print_message("# %s: %d made, %d refused\n", tnl_kind_name(kind), tally.made, tally.refused);
	}
	assert_int_equal(wrong, 0);
}

static bool set_end(const struct tnl_kind *kind, const struct tnl_row *row, const char *text, struct tnl_obj **now)
{
	struct tnl_obj *want = NULL, *after;
	struct line line = {0};
	int err;

	put(&line, keyword_of(kind, row));
	put(&line, text);
	err = tnl_parse(t, kind, line.argc, line.argv, &want);
	if (!err)
		err = tnl_change(t, *now, want);
	if (err)
		expect_named(kind, row, &line);
	after = get("rich0");
	if (err)
		assert_equal(*now, after, "failed and changed it", &line);
	else
		expect_matches(want, after, &line);
	tnl_obj_free(want);
	tnl_obj_free(*now);
	*now = after;
	return !err;
}

static void each_end_of_each_word_is_set_or_refused(void **state)
{
	(void)state;
	wrong = 0;
	EACH_KIND(kind) {
		struct tally tally = {0};
		struct line line = {0};
		struct tnl_obj *now;
		const char *text;

		if (!tnl_kind_is_link(kind))
			continue;
		assert_true(put_rich(&line, kind, 0, "rich0"));
		now = create(kind, &line);
		EACH_ROW(row, kind)
			for (size_t i = 0; is_input(row) && !(tnl_row_flags(row) & (TNL_BARE | TNL_POS)) &&
					   (text = text_at(row, i)); i++)
				*(set_end(kind, row, text, &now) ? &tally.made : &tally.refused) += 1;
		print_message("# %s: %d changed, %d refused\n", tnl_kind_name(kind), tally.made, tally.refused);
		take_away(now, &line);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_end_of_each_word_is_made_or_refused),
		TEST(each_end_of_each_word_is_set_or_refused),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
