// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/* Making a link anew: what it keeps, what comes back when it fails, and what is never touched. */
#include "kernel.h"

/* ---- when it cannot be made anew ---- */

/* A line of the kind TUN that passes all rules and that the kernel refuses: 67 is less than any link's MTU. */
static void fail_to_recreate(const char *name)
{
	struct line line = { 0 };
	struct tnl_obj *want;
	enum tnl_action action;

	put_all(&line, "mtu 67 name");
	put(&line, name);
	want = parse(t, tnl_kind_find("tun"), &line);
	assert_int_equal(tnl_ensure(t, want, 0, &action), -EINVAL);
	assert_int_equal(tnl_error(t)->outcome, TNL_REFUSED);
	assert_string_equal(tnl_error(t)->word, "type");
	assert_true(tnl_ensure(t, want, TNL_RECREATE, &action) < 0);
	tnl_obj_free(want);
}

static uint64_t index_of(const struct tnl_obj *obj)
{
	struct speech speech;

	listen_to(t, obj, TNL_STATES, &speech);
	for (int i = 0; i < speech.count; i++)
		if (!strcmp(speech.said[i].word, "ifindex"))
			return speech.said[i].number;
	return 0;
}

static void what_cannot_be_made_anew_comes_back_with_all_its_words(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		struct line line = { 0 };
		struct tnl_obj *before, *after;

		if (!tnl_kind_is_link(kind) || !strcmp(tnl_kind_name(kind), "tun"))
			continue;
		assert_true(put_rich(&line, kind, 0, "rich0"));
		before = create(kind, &line);
		fail_to_recreate("rich0");
		if (tnl_error(t)->outcome != TNL_KERNEL)
			broken("%s: %s", tnl_kind_name(kind), tnl_error(t)->text);
		after = get("rich0");
		assert_equal(before, after, "brought back", &line);
		if (tnl_kind_has_via(kind, "rtnl"))
			assert_int_equal(index_of(before), index_of(after));
		tnl_obj_free(before);
		take_away(after, &line);
	}
}

static void addresses_and_routes_come_back_with_it(void **state)
{
	struct line line = { 0 };
	struct tnl_obj *obj;

	(void)state;
	put_all(&line, "name tt0 remote 192.0.2.9 ttl 9 up");
	obj = create(tnl_kind_find("gre"), &line);
	assert_int_equal(system_ok("ip addr add 10.0.0.1/24 dev tt0 && ip addr add 10.0.1.1/24 dev tt0 && "
				   "ip addr add 2001:db8::1/64 dev tt0 && ip route add 10.9.0.0/16 dev tt0"),
			 0);
	fail_to_recreate("tt0");
	assert_int_equal(tnl_error(t)->outcome, TNL_KERNEL);
	assert_int_equal(system_ok("test $(ip addr show dev tt0 | grep -c 'inet.* global') = 3 && "
				   "ip route show dev tt0 | grep -q '^10.9.0.0/16'"),
			 0);
	take_away(obj, &line);
}

/* Words of every link that are not said stay; the number, too, where the kernel lets it be chosen. */
static void make_anew_of_gre(const struct tnl_kind *kind, const char *base)
{
	static const char *const kept = "linkgroup 7 master vrf0 alias kept up";
	struct line line = {0}, bare = {0}, words = {0};
	struct tnl_obj *before, *want, *after;
	const struct tnl_row *row = NULL;
	enum tnl_action action;

	put_all(&line, "name tt0 remote 203.0.113.9 mtu 1300");
	put_all(&line, kept);
	before = create(tnl_kind_find("gre"), &line);
	put_all(&bare, "name tt0");
	put_missing(&bare, kind, NULL, base);
	want = parse(t, kind, &bare);
	if (tnl_ensure(t, want, TNL_RECREATE, &action))
		broken("%s: %s: %s", tnl_kind_name(kind), tnl_error(t)->word, tnl_error(t)->text);
	assert_int_equal(action, TNL_RECREATED);
	tnl_obj_free(want);
	after = get("tt0");
	if (strcmp(tnl_kind_name(kind), "l2tp"))
		assert_int_equal(index_of(before), index_of(after));
	put_all(&words, kept);
	want = parse(t, kind, &words);
	if (!tnl_obj_matches(want, after, &row))
		broken("%s made of gre has another %s", tnl_kind_name(kind), tnl_row_word(row));
	tnl_obj_free(want);
	tnl_obj_free(before);
	take_away(after, &line);
}

static void what_is_made_anew_keeps_what_was_not_said(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		size_t base = 0;

		if (!tnl_kind_is_link(kind) || !strcmp(tnl_kind_name(kind), "gre"))
			continue;
		while (!is_base(&bases[base], kind))
			base++;
		make_anew_of_gre(kind, bases[base].words);
	}
}

/* A new gre with a key takes 4 bytes more. */
static void the_mtu_is_chosen_anew_or_kept(void **state)
{
	static const struct {
		unsigned flags;
		const char *words, *mtu;
	} cases[] = {
		{ TNL_RECREATE, "", "mtu 1468" }, { TNL_RECREATE | TNL_KEEP_MTU, "", "mtu 1300" },
		{ TNL_RECREATE | TNL_KEEP_MTU, "mtu 1200", "mtu 1200" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line = {0}, other = {0}, mtu = {0};
		struct tnl_obj *before, *want, *after;
		enum tnl_action action;

		put_all(&line, "name tt0 remote 192.0.2.9 local 192.0.2.1 mtu 1300");
		before = create(tnl_kind_find("gre"), &line);
		put_all(&other, "name tt0 local 192.0.2.1 key 5 seq");
		put_all(&other, cases[i].words);
		want = parse(t, tnl_kind_find("gre"), &other);
		assert_int_equal(tnl_ensure(t, want, cases[i].flags, &action), 0);
		assert_int_equal(action, TNL_RECREATED);
		tnl_obj_free(want);
		put_all(&mtu, cases[i].mtu);
		want = parse(t, tnl_kind_find("gre"), &mtu);
		after = get("tt0");
		assert_true(tnl_obj_matches(want, after, NULL));
		tnl_obj_free(want);
		tnl_obj_free(before);
		take_away(after, &line);
	}
}

/* ---- others at work ---- */

static void what_is_there_under_the_name_is_not_always_ours(void **state)
{
	static const char *const names[] = { "lo", "under", "vrf0" };
	int before = links();

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct line line = { 0 };
		struct tnl_obj *want;
		enum tnl_action action;

		put_all(&line, "remote 192.0.2.9 name");
		put(&line, names[i]);
		want = parse(t, tnl_kind_find("gre"), &line);
		assert_int_equal(tnl_ensure(t, want, TNL_RECREATE, &action), -EINVAL);
		assert_int_equal(tnl_error(t)->outcome, TNL_REFUSED);
		tnl_obj_free(want);
	}
	assert_int_equal(links(), before);
}

/* The fallback device takes words of every link; it never becomes another, nor goes. */
static void a_fallback_device_stays_what_it_is(void **state)
{
	struct line line = { 0 }, up = { 0 };
	struct tnl_obj *want, *after;
	enum tnl_action action;

	(void)state;
	put_all(&line, "name tunl0 remote 192.0.2.9");
	want = parse(t, tnl_kind_find("ipip"), &line);
	assert_int_equal(tnl_ensure(t, want, TNL_RECREATE, &action), -EINVAL);
	assert_int_equal(tnl_error(t)->outcome, TNL_REFUSED);
	tnl_obj_free(want);
	after = get("tunl0");
	assert_true(tnl_obj_is_fallback(after));
	words_of(t, after, &up);
	put_all(&up, "up");
	want = parse(t, tnl_kind_find("ipip"), &up);
	if (tnl_ensure(t, want, 0, &action))
		broken("tunl0: %s: %s", tnl_error(t)->word, tnl_error(t)->text);
	assert_int_equal(action, TNL_CHANGED);
	tnl_obj_free(want);
	tnl_obj_free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_cannot_be_made_anew_comes_back_with_all_its_words),
		TEST(addresses_and_routes_come_back_with_it),
		TEST(what_is_made_anew_keeps_what_was_not_said),
		TEST(the_mtu_is_chosen_anew_or_kept),
		TEST(what_is_there_under_the_name_is_not_always_ours),
		TEST(a_fallback_device_stays_what_it_is),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
