// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/* Changing links: each word and back, collisions, what is gone and what is not ours. */
#include "kernel.h"

/* ---- changing ---- */

/* What a kernel may change without being asked: vxlan's MTU goes with its underlay. */
static bool may_move(const struct tnl_obj *obj, const struct tnl_row *row)
{
	return tnl_row_flags(row) & TNL_DRIFTS ||
	       (!strcmp(tnl_obj_type(obj), "vxlan") && !strcmp(tnl_row_word(row), "mtu"));
}

/* Every word but ROW and its parts is as before. */
static void assert_rest_kept(const struct tnl_obj *before, const struct tnl_obj *after, const struct tnl_row *row,
			     const struct tnl_row *const parts[2], const struct line *change)
{
	struct speech one, other;

	if (!strcmp(tnl_row_word(row), "erspan_ver")) /* the words of one version mean nothing in the other */
		return;
	listen_to(t, before, TNL_INPUT, &one);
	listen_to(t, after, TNL_INPUT, &other);
	assert_int_equal(one.count, other.count);
	for (int i = 0; i < one.count; i++) {
		const struct said *x = &one.said[i], *y = &other.said[i];

		if (x->row == row || x->row == parts[0] || x->row == parts[1] || may_move(before, x->row))
			continue;
		if (x->set != y->set || strcmp(x->text, y->text) || x->number != y->number)
			broken("%s: set \"%s\" changed %s from %s to %s", tnl_obj_type(before), text_of(change),
			       x->word, x->text, y->text);
	}
}

/* The words that bring ROW back to what OBJ has. */
static void put_former(struct line *line, const struct tnl_obj *obj, const struct tnl_row *row)
{
	const struct said *said;
	struct speech speech;

	listen_to(t, obj, TNL_INPUT, &speech);
	said = said_of(&speech, row);
	assert_non_null(said);
	if (!said->set && tnl_row_no(row)) {
		put(line, tnl_row_no(row));
	} else if (tnl_row_flags(row) & TNL_BARE) {
		put(line, said->number ? said->word : tnl_row_no(row));
	} else {
		put(line, said->word);
		put(line, said->text);
	}
}

static void change_and_back(struct tnl_obj **now, const struct tnl_row *row, const struct form *form,
			    struct tally *tally)
{
	const struct tnl_kind *kind = tnl_obj_kind(*now);
	const struct tnl_row *parts[2] = { row, row };
	struct choice choice = { row, *form };
	struct tnl_obj *want, *after, *back;
	struct line line = {0}, former = {0};

	if (is_both(row))
		parts_of(t, samples, kind, row, parts);
	put_form(&line, form);
	put_former(&former, *now, parts[0]);
	if (is_both(row))
		put_former(&former, *now, parts[1]);
	want = parse(t, kind, &line);
	if (tnl_change(t, *now, want)) {
		if (tnl_error(t)->outcome != TNL_REFUSED)
			broken("%s: set \"%s\": %s: %s", tnl_kind_name(kind), text_of(&line), tnl_error(t)->word,
			       tnl_error(t)->text);
		tally->refused++;
		tnl_obj_free(want);
		return;
	}
	after = get("rich0");
	assert_says(after, &choice, 1, &line);
	assert_rest_kept(*now, after, row, parts, &line);
	tnl_obj_free(want);
	want = parse(t, kind, &former);
	if (tnl_change(t, after, want) && tnl_error(t)->outcome == TNL_REFUSED) { /* "a living vxlan stays bound to one" */
		tnl_obj_free(want);
		tnl_obj_free(*now);
		*now = after;
		tally->made++;
		return;
	}
	if (tnl_error(t)->code)
		broken("%s: set \"%s\", then back to \"%s\": %s: %s", tnl_kind_name(kind), text_of(&line),
		       text_of(&former), tnl_error(t)->word, tnl_error(t)->text);
	back = get("rich0");
	if (strcmp(tnl_row_word(row), "erspan_ver") && strcmp(tnl_row_word(row), "dev"))
		assert_equal(*now, back, "changed there and back", &line);
	tnl_obj_free(want);
	tnl_obj_free(after);
	tnl_obj_free(*now);
	*now = back;
	tally->made++;
}

static bool can_change(const struct tnl_row *row)
{
	return is_input(row) && !(tnl_row_flags(row) & (TNL_FIXED | TNL_ID)); /* a link that is up keeps its name */
}

/* SET: which rows could be changed, on whatever base. */
static void check_changes(const struct tnl_kind *kind, const struct line *line, struct tally *tally, bool set[])
{
	struct tnl_obj *now = create(kind, line);
	struct form forms[FORMS];

	EACH_ROW(row, kind) {
		int before = tally->made;

		if (!can_change(row))
			continue;
		for (int i = 0, count = forms_of(samples, kind, row, forms); i < count; i++)
			change_and_back(&now, row, &forms[i], tally);
		if (tnl_row_no(row) && !(tnl_row_flags(row) & TNL_BARE))
			change_and_back(&now, row, &(struct form){ .word = tnl_row_no(row), .alone = true }, tally);
		set[ordinal_of(kind, row)] |= tally->made > before;
	}
	take_away(now, line);
}

static void set_changes_one_word_and_keeps_the_others(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		struct tally tally = {0};
		bool set[ROWS] = {0};

		if (!tnl_kind_is_link(kind))
			continue;
		for (int base = 0;; base++) {
			struct line line = {0};

			if (!put_rich(&line, kind, base, "rich0"))
				break;
			check_changes(kind, &line, &tally, set);
		}
		EACH_ROW(row, kind)
			if (can_change(row) && !set[ordinal_of(kind, row)])
				broken("%s: no form of %s can be set", tnl_kind_name(kind), tnl_row_word(row));
		print_message("# %s: %d changed, %d refused by rules\n", tnl_kind_name(kind), tally.made,
			      tally.refused);
	}
}

static void a_word_that_cannot_change_is_refused_and_nothing_changes(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		struct line line = {0};
		struct tnl_obj *now, *want, *after;
		struct form forms[FORMS];

		if (!tnl_kind_is_link(kind))
			continue;
		assert_true(put_rich(&line, kind, 0, "rich0"));
		now = create(kind, &line);
		EACH_ROW(row, kind) {
			int count = is_input(row) ? forms_of(samples, kind, row, forms) : 0;

			for (int i = 0;
			     i < count && tnl_row_flags(row) & TNL_FIXED && !(tnl_row_flags(row) & TNL_BLIND); i++) {
				struct line change = {0};

				put_form(&change, &forms[i]);
				want = parse(t, kind, &change);
				if (tnl_obj_matches(want, now, NULL)) {
					assert_int_equal(tnl_change(t, now, want), 0);
				} else {
					assert_int_equal(tnl_change(t, now, want), -EINVAL);
					assert_int_equal(tnl_error(t)->outcome, TNL_REFUSED);
					if (strcmp(tnl_error(t)->word, forms[i].word))
						broken("%s: set \"%s\" blames %s: %s", tnl_kind_name(kind), text_of(&change),
						       tnl_error(t)->word, tnl_error(t)->text);
				}
				after = get("rich0");
				assert_equal(now, after, "after a refused change", &line);
				tnl_obj_free(after);
				tnl_obj_free(want);
			}
		}
		take_away(now, &line);
	}
}

/* ---- collisions ---- */

static void assert_exists(const struct tnl_kind *kind, const struct line *line)
{
	struct tnl_obj *obj = parse(t, kind, line);
	int before = links();

	if (tnl_create(t, obj) != -EEXIST)
		broken("%s: a second \"%s\": %d %s", tnl_kind_name(kind), text_of(line), tnl_error(t)->code,
		       tnl_error(t)->text);
	assert_int_equal(tnl_error(t)->outcome, TNL_KERNEL);
	assert_int_equal(links(), before);
	tnl_obj_free(obj);
}

static void a_second_link_of_the_same_name_or_the_same_ends_is_refused(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		struct line line = {0}, other = {0};
		struct tnl_obj *first, *after;
		bool unique = false;

		if (!tnl_kind_is_link(kind))
			continue;
		assert_true(put_rich(&line, kind, 0, "rich0"));
		first = create(kind, &line);
		assert_exists(kind, &line);
		EACH_ROW(row, kind)
			unique |= !!(tnl_row_flags(row) & (TNL_UNIQ | TNL_NEED));
		for (int i = 0; i < line.argc; i++)
			put(&other, !strcmp(line.argv[i], "rich0") ? "rich1" : line.argv[i]);
		if (unique)
			assert_exists(kind, &other);
		after = get("rich0");
		assert_equal(first, after, "after a collision", &line);
		tnl_obj_free(after);
		take_away(first, &line);
	}
}

/* Two links that differ in one word of their identity, and then the second is to become the first. */
static int collide(const struct tnl_kind *kind, const struct tnl_row *row)
{
	struct form forms[FORMS];
	struct tnl_obj *pair[2], *want, *after;
	struct line line[2] = {0}, change = {0};
	int before;

	if (forms_of(samples, kind, row, forms) < 2)
		broken("%s %s: needs two samples", tnl_kind_name(kind), tnl_row_word(row));
	for (int i = 0; i < 2; i++) {
		put_all(&line[i], i ? "name tt1" : "name tt0");
		put_form(&line[i], &forms[i]);
		put_beside(&line[i], kind, row);
		put_ends(&line[i], kind, 9);
		pair[i] = create(kind, &line[i]);
	}
	before = links();
	put_form(&change, &forms[0]);
	want = parse(t, kind, &change);
	if (tnl_change(t, pair[1], want) != -EEXIST)
		broken("%s: %s of %s: %d %s", tnl_kind_name(kind), text_of(&change), text_of(&line[1]),
		       tnl_error(t)->code, tnl_error(t)->text);
	assert_int_equal(tnl_error(t)->outcome, TNL_KERNEL);
	assert_int_equal(links(), before);
	for (int i = 0; i < 2; i++) {
		after = get(i ? "tt1" : "tt0");
		assert_equal(pair[i], after, "after a collision", &change);
		tnl_obj_free(after);
		take_away(pair[i], &line[i]);
	}
	tnl_obj_free(want);
	return 1;
}

/* ip6gre_changelink_common() looks among tunnels without Ethernet only, geneve_changelink() not at all (6.1). */
static const char *const blind_to_twins[] = { "ip6gretap", "ip6erspan", "geneve" };

static bool sees_twins(const struct tnl_kind *kind)
{
	for (size_t i = 0; i < COUNT(blind_to_twins); i++)
		if (!strcmp(blind_to_twins[i], tnl_kind_name(kind)))
			return false;
	return true;
}

static void a_change_that_collides_leaves_both_links_as_they_were(void **state)
{
	int seen = 0;

	(void)state;
	EACH_KIND(kind)
		EACH_ROW(row, kind)
			if (tnl_kind_is_link(kind) && sees_twins(kind) && (tnl_row_flags(row) & (TNL_UNIQ | TNL_FIXED)) == TNL_UNIQ)
				seen += collide(kind, row);
	assert_true(seen > 5);
}

/* What it was when it was read is not what it has to be. */
static void a_change_leaves_what_others_have_set_meanwhile(void **state)
{
	int tried = 0;

	(void)state;
	EACH_KIND(kind) {
		struct line line = {0}, change = {0};
		struct tnl_obj *old, *want, *now;
		struct speech speech;
		bool no, renames;

		if (!tnl_kind_is_link(kind))
			continue;
		assert_true(put_rich(&line, kind, 0, "rich0"));
		put_all(&change, "alias changed");
		for (int via = 0; via < 2; via++) {
			if (via && !tnl_kind_has_via(kind, "ioctl"))
				continue;
			old = create(kind, &line);
			/* the kernel finds the session of an interface by its first name only (6.1) */
			renames = !tnl_kind_has_via(kind, "genl");
			assert_int_equal(system_ok("ip link set rich0 mtu 1410"), 0);
			if (renames)
				assert_int_equal(system_ok("ip link set rich0 down && ip link set rich0 name other"), 0);
			assert_int_equal(tnl_via(t, via ? "ioctl" : NULL), 0);
			want = parse(t, kind, &change);
			if (tnl_change(t, old, want))
				broken("%s: %s: %s", tnl_kind_name(kind), tnl_error(t)->word, tnl_error(t)->text);
			assert_int_equal(tnl_via(t, NULL), 0);
			now = get(renames ? "other" : "rich0");
			listen_to(t, now, TNL_INPUT, &speech);
			assert_string_equal(said_of(&speech, tnl_row_find(kind, "mtu", &no))->text, "1410");
			assert_string_equal(said_of(&speech, tnl_row_find(kind, "alias", &no))->text, "changed");
			take_away(now, &line);
			tnl_obj_free(want);
			tnl_obj_free(old);
			tried++;
		}
	}
	assert_true(tried > 20);
}

static void what_is_gone_cannot_be_read_changed_or_removed(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		struct line line = {0}, change = {0};
		struct tnl_obj *obj, *want, *back;

		if (!tnl_kind_is_link(kind))
			continue;
		assert_true(put_rich(&line, kind, 0, "rich0"));
		obj = create(kind, &line);
		assert_int_equal(tnl_remove(t, obj), 0);
		assert_int_equal(tnl_remove(t, obj), -ENODEV);
		assert_int_equal(tnl_error(t)->outcome, TNL_KERNEL);
		put_all(&change, "mtu 1400");
		want = parse(t, kind, &change);
		assert_true(tnl_change(t, obj, want) < 0);
		assert_int_not_equal(tnl_error(t)->outcome, TNL_REFUSED);
		assert_int_equal(tnl_get(t, "rich0", &back), -ENODEV);
		tnl_obj_free(want);
		tnl_obj_free(obj);
	}
}

static void what_is_not_ours_is_left_alone(void **state)
{
	static const char *const names[] = { "lo", "under", "vrf0", "gre0", "tunl0", "ip_vti0" };
	int before = links();

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct tnl_obj *obj = get(names[i]);

		assert_int_equal(tnl_remove(t, obj), -EINVAL);
		assert_int_equal(tnl_error(t)->outcome, TNL_REFUSED);
		assert_int_equal(tnl_obj_is_fallback(obj), i > 2);
		tnl_obj_free(obj);
	}
	assert_int_equal(links(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(set_changes_one_word_and_keeps_the_others),
		TEST(a_word_that_cannot_change_is_refused_and_nothing_changes),
		TEST(a_second_link_of_the_same_name_or_the_same_ends_is_refused),
		TEST(a_change_that_collides_leaves_both_links_as_they_were),
		TEST(a_change_leaves_what_others_have_set_meanwhile),
		TEST(what_is_gone_cannot_be_read_changed_or_removed),
		TEST(what_is_not_ours_is_left_alone),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
