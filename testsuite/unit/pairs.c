// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/* What a kernel makes of each word alone and of each pair: shown, added again, by either wire. */
#include "kernel.h"

/* ---- every combination ---- */

/* What to do with each combination that can be made; OBJ is what the kernel has, and it has to take it away. */
typedef void proof(const struct tnl_kind *kind, const struct choice *choices, int count, const struct line *line,
		 struct tnl_obj *obj);

static void attempt(const struct tnl_kind *kind, const struct choice *choices, int count, proof *prove,
		    struct tally *tally)
{
	struct line line;
	struct tnl_obj *obj = made(kind, choices, count, &line);

	if (obj) {
		assert_ptr_equal(tnl_obj_kind(obj), kind);
		assert_says(obj, choices, count, &line);
		prove(kind, choices, count, &line, obj);
	}
	*(obj ? &tally->made : &tally->refused) += 1;
}

/* Each form of each row alone. */
static void each_alone(const struct tnl_kind *kind, proof *prove, struct tally *tally)
{
	struct form forms[FORMS];

	EACH_ROW(row, kind) {
		int before = tally->made, count = is_input(row) ? forms_of(samples, kind, row, forms) : 0;

		for (int i = 0; i < count; i++) {
			struct choice choice = { row, forms[i] };

			attempt(kind, &choice, 1, prove, tally);
		}
		if (count && tally->made == before)
			broken("%s: no form of %s can be made", tnl_kind_name(kind), tnl_row_word(row));
	}
}

static void each_pair(const struct tnl_kind *kind, proof *prove, struct tally *tally)
{
	EACH_ROW(row, kind) {
		struct choice pair[2] = { { .row = row } };

		if (!is_input(row) || is_common(row) || !first_form(t, samples, kind, row, &pair[0].form))
			continue;
		for (pair[1].row = row; (pair[1].row = tnl_row_next(kind, pair[1].row));) {
			if (!is_input(pair[1].row) || is_common(pair[1].row) ||
			    !first_form(t, samples, kind, pair[1].row, &pair[1].form))
				continue;
			attempt(kind, pair, 2, prove, tally);
		}
	}
}

static void for_each_combination(bool pairs, proof *prove, const char *via)
{
	EACH_KIND(kind) {
		struct tally tally = {0};

		if (!tnl_kind_is_link(kind) || (via && !tnl_kind_has_via(kind, via)))
			continue;
		if (pairs)
			each_pair(kind, prove, &tally);
		else
			each_alone(kind, prove, &tally);
		print_message("# %s: %d made, %d refused by rules\n", tnl_kind_name(kind), tally.made, tally.refused);
		assert_true(tally.made);
	}
}

static void just_remove(const struct tnl_kind *kind, const struct choice *choices, int count, const struct line *line,
			struct tnl_obj *obj)
{
	(void)kind, (void)choices, (void)count;
	take_away(obj, line);
}

static void each_word_alone_becomes_what_it_says(void **state)
{
	(void)state;
	for_each_combination(false, just_remove, NULL);
}

static void each_pair_of_words_becomes_what_it_says(void **state)
{
	(void)state;
	for_each_combination(true, just_remove, NULL);
}

/* ---- show, then add ---- */

static void add_again(const struct tnl_kind *kind, const struct choice *choices, int count, const struct line *line,
		      struct tnl_obj *obj)
{
	struct line shown = {0}, again = {0};
	struct tnl_obj *copy, *back;

	(void)choices, (void)count;
	words_of(t, obj, &shown);
	if (tnl_remove(t, obj))
		broken("\"%s\" cannot be removed: %s", text_of(line), tnl_error(t)->text);
	copy = parse(t, kind, &shown);
	if (tnl_create(t, copy))
		broken("\"%s\" is shown as \"%s\": %s: %s", text_of(line), text_of(&shown), tnl_error(t)->word,
		       tnl_error(t)->text);
	back = get(name_in(&shown));
	assert_equal(obj, back, "shown and added again", line);
	words_of(t, back, &again);
	assert_string_equal(text_of(&again), text_of(&shown));
	tnl_obj_free(copy);
	tnl_obj_free(obj);
	take_away(back, line);
}

static void what_is_shown_makes_the_same_link_again(void **state)
{
	(void)state;
	for_each_combination(false, add_again, NULL);
}

static void all_words_together_are_shown_and_added_again(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		int bases_seen = 0;

		for (; tnl_kind_is_link(kind); bases_seen++) {
			struct line line = {0};
			struct tnl_obj *obj;

			if (!put_rich(&line, kind, bases_seen, "rich0"))
				break;
			obj = create(kind, &line);
			assert_says(obj, NULL, 0, &line);
			print_message("# %s: %s\n", tnl_kind_name(kind), text_of(&line));
			add_again(kind, NULL, 0, &line, obj);
		}
		assert_true(bases_seen || !tnl_kind_is_link(kind));
	}
}

/* ---- either wire ---- */

static const char *const legacy = "ioctl";

/* Equal in all words but those where the kernel is known to differ. */
static void assert_alike(const struct tnl_obj *a, const struct tnl_obj *b, const char *what, const struct line *line)
{
	struct speech one, other;

	listen_to(t, a, TNL_INPUT, &one);
	listen_to(t, b, TNL_INPUT, &other);
	assert_int_equal(one.count, other.count);
	for (int i = 0; i < one.count; i++) {
		const struct said *x = &one.said[i], *y = &other.said[i];

		if (x->set == y->set && !strcmp(x->text, y->text) && x->number == y->number)
			continue;
		/* gre with a ttl and without DF: the ioctl sets DF all the same */
		if (tnl_row_differs(x->row) && has_word(line, "ttl") && has_word(line, tnl_row_no(x->row)))
			continue;
		broken("\"%s\" %s: %s %s, not %s", text_of(line), what, x->word, y->text, x->text);
	}
}

/* Whether the ioctl has room for all that OBJ says. */
static bool is_carried(const struct tnl_obj *obj)
{
	const struct tnl_kind *kind = tnl_obj_kind(obj);
	const struct tnl_row *parts[2];
	struct speech speech;

	listen_to(t, obj, TNL_WORDS, &speech);
	for (int i = 0; i < speech.count; i++) {
		parts[0] = parts[1] = speech.said[i].row;
		if (is_both(speech.said[i].row))
			parts_of(t, samples, kind, speech.said[i].row, parts);
		for (int side = 0; side < 2; side++)
			if (!is_common(parts[side]) && !tnl_row_has_via(kind, parts[side], legacy))
				return false;
	}
	return true;
}

/* gre with a ttl and without DF: the kernel sets DF all the same, which is found and undone. */
static bool is_excused(const struct tnl_kind *kind, const struct tnl_error *error, const struct line *line)
{
	bool no;
	const struct tnl_row *row = tnl_row_find(kind, error->word, &no);

	return error->outcome == TNL_KERNEL && row && tnl_row_differs(row) && has_word(line, "ttl") &&
	       has_word(line, tnl_row_no(row));
}

/* The same words by the other wire; reading goes by the wire of the handle, too. */
static void make_by_ioctl(const struct tnl_kind *kind, const struct choice *choices, int count, const struct line *line,
			  struct tnl_obj *obj)
{
	struct tnl_obj *want = parse(t, kind, line), *read;
	struct tnl_error error;
	bool all = is_carried(want);
	int before, err;

	(void)choices, (void)count;
	assert_int_equal(tnl_via(t, legacy), 0);
	read = get(name_in(line));
	assert_alike(obj, read, "read by ioctl", line);
	tnl_obj_free(read);
	take_away(get(name_in(line)), line);
	before = links();
	err = tnl_create(t, want);
	error = *tnl_error(t);
	if (all && err && !is_excused(kind, &error, line))
		broken("\"%s\" by ioctl: %s: %s", text_of(line), error.word, error.text);
	if (!all && (err != -EINVAL || error.outcome != TNL_REFUSED || !*error.word || !says(line, kind, error.word)))
		broken("\"%s\" by ioctl is not refused by its word but: %d %s: %s", text_of(line), err, error.word,
		       error.text);
	if (err)
		assert_int_equal(links(), before);
	assert_int_equal(tnl_via(t, NULL), 0);
	if (!err) {
		read = get(name_in(line));
		assert_alike(obj, read, "made by ioctl", line);
		take_away(read, line);
	}
	tnl_obj_free(want);
	tnl_obj_free(obj);
}

static void a_word_by_ioctl_equals_the_same_by_netlink(void **state)
{
	(void)state;
	for_each_combination(false, make_by_ioctl, legacy);
}

static void a_pair_by_ioctl_equals_the_same_by_netlink(void **state)
{
	(void)state;
	for_each_combination(true, make_by_ioctl, legacy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_word_alone_becomes_what_it_says),
		TEST(each_pair_of_words_becomes_what_it_says),
		TEST(what_is_shown_makes_the_same_link_again),
		TEST(all_words_together_are_shown_and_added_again),
		TEST(a_word_by_ioctl_equals_the_same_by_netlink),
		TEST(a_pair_by_ioctl_equals_the_same_by_netlink),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
