// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/*
 * tnl_remove_all(): everything that it was given goes, of every kind, and nothing else, whoever meddles with the group that
 * links go in; where that does not do, they go one by one, and what stays has the group that it had.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kernel.h"

/* ---- the library's calls come here ---- */

static uint32_t drawn[4];        /* what chance will say, first 0: what it likes */
static int drawn_count;
static int lists, groups;        /* lists of all links that were asked for, and groups of links that were told to go */
static const char *at_second_list, *at_group; /* what somebody does just before */
static bool group_lost;          /* the request does not get through, though it seems so */
static int lost_after;           /* that many datagrams behind it, all that is there is dropped as a full buffer does it */

ssize_t getrandom(void *buf, size_t size, unsigned flags)
{
	if (size != sizeof(*drawn) || !drawn[drawn_count])
		return syscall(SYS_getrandom, buf, size, flags);
	memcpy(buf, &drawn[drawn_count++], size);
	return size;
}

static void meddle(const char *command)
{
	if (command && system_ok(command))
		broken("%s failed", command);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct nlmsghdr *nlh = msg->msg_iov->iov_base;
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);

	if (nlh->nlmsg_type == RTM_GETLINK && nlh->nlmsg_flags & NLM_F_DUMP && ++lists == 2)
		meddle(at_second_list);
	if (nlh->nlmsg_type == RTM_DELLINK && !ifi->ifi_index) {
		groups++;
		meddle(at_group);
		if (group_lost)
			((struct ifinfomsg *)NLMSG_DATA(nlh))->ifi_index = 1 << 30; /* nobody's */
	}
	return syscall(SYS_sendmsg, fd, msg, flags);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	if (!groups || !lost_after || --lost_after)
		return syscall(SYS_recvmsg, fd, msg, flags);
	while (syscall(SYS_recvmsg, fd, msg, MSG_DONTWAIT) >= 0)
		;
	errno = ENOBUFS;
	return -1;
}

static void no_meddling(void)
{
	memset(drawn, 0, sizeof(drawn));
	drawn_count = lists = groups = 0;
	at_second_list = at_group = NULL;
	group_lost = false;
	lost_after = 0;
}

/* ---- what shall go ---- */

#define MOST 2200

static struct tnl_obj *objs[MOST];
static size_t count, failures, last_failure;
static int last_code, verdict, asked, stop_at;

static void add(const char *kind, const char *words)
{
	struct line line = {0};

	assert_in_range(count, 0, MOST - 1);
	put_all(&line, words);
	objs[count++] = create(tnl_kind_find(kind), &line);
}

static void add_gre(int number)
{
	char words[80];

	while (number--) {
		snprintf(words, sizeof(words), "name g%zu remote 203.0.113.1 key %zu group %zu", count, count + 1, count % 5);
		add("gre", words);
	}
}

static int note_failure(void *arg, size_t at)
{
	(void)arg;
	last_failure = at;
	last_code = tnl_error(t)->code;
	failures++;
	return verdict;
}

static int remove_all(unsigned flags)
{
	failures = 0;
	return tnl_remove_all(t, objs, count, flags, note_failure, NULL);
}

static void free_objs(void)
{
	while (count)
		tnl_obj_free(objs[--count]);
	verdict = 0;
	no_meddling();
}

/* Those that are there are as they were. */
static size_t left(void)
{
	size_t there = 0;

	for (size_t i = 0; i < count; i++) {
		const struct tnl_row *row = NULL;
		struct tnl_obj *now;
		int err = tnl_get(t, tnl_obj_name(t, objs[i]), &now);

		assert_true(!err || err == -ENODEV);
		if (!err && !tnl_obj_equal(objs[i], now, &row))
			broken("%s has another %s", tnl_obj_name(t, now), tnl_row_word(row));
		there += !err;
		if (!err)
			tnl_obj_free(now);
	}
	return there;
}

/* ---- the tests ---- */

static void test_links_of_all_kinds_go(void **state)
{
	int before = links(), number = 0;

	(void)state;
	EACH_KIND(kind) {
		for (int skip = 0; tnl_kind_is_link(kind) && skip < 2; skip++) {
			struct line line = {0};
			struct tnl_obj *obj;
			char name[16];

			snprintf(name, sizeof(name), "m%d", number++);
			if (!put_rich(&line, kind, skip, name) || tnl_parse(t, kind, line.argc, line.argv, &obj))
				continue;
			tnl_obj_free(obj);
			if (has_word(&line, "netns"))
				continue;
			objs[count] = parse(t, kind, &line);
			if (!tnl_create(t, objs[count]))
				count++;
			else
				tnl_obj_free(objs[count]);
		}
	}
	assert_in_range(count, 15, MOST);
	assert_int_equal(remove_all(0), 0);
	assert_int_equal(failures, 0);
	assert_int_equal(groups, 1);
	assert_int_equal(left(), 0);
	assert_int_equal(links(), before);
	free_objs();
}

static void test_a_thousand_at_a_time(void **state)
{
	int before = links();

	(void)state;
	add_gre(2100);
	assert_int_equal(remove_all(0), 0);
	assert_int_equal(groups, 3);
	assert_int_equal(lists, 3); /* the last is this test's */
	assert_int_equal(links(), before);
	free_objs();
}

static void test_one_by_one(void **state)
{
	(void)state;
	add_gre(5);
	assert_int_equal(remove_all(TNL_ONE_BY_ONE), 0);
	assert_int_equal(groups + lists, 0);
	assert_int_equal(left(), 0);
	free_objs();
}

static void test_a_group_that_somebody_has_is_not_taken(void **state)
{
	(void)state;
	add_gre(5);
	assert_int_equal(system_ok("ip link set under group 1761607680"), 0);
	drawn[0] = drawn[1] = 1761607680;
	drawn[2] = 1761607690;
	assert_int_equal(remove_all(0), 0);
	assert_int_equal(drawn_count, 3);
	assert_int_equal(groups, 1);
	assert_int_equal(left(), 0);
	assert_int_equal(system_ok("ip link show under >/dev/null"), 0);
	free_objs();
}

static void test_who_joins_stays(void **state)
{
	(void)state;
	add_gre(5);
	drawn[0] = 1761607680;
	at_second_list = "ip link set under group 1761607680";
	assert_int_equal(remove_all(0), 0);
	assert_int_equal(groups, 0); /* but one by one */
	assert_int_equal(left(), 0);
	assert_int_equal(system_ok("ip link show under >/dev/null"), 0);
	free_objs();
}

static void test_what_the_kernel_refuses_goes_one_by_one(void **state)
{
	(void)state;
	add_gre(5);
	drawn[0] = 1761607680;
	at_group = "ip link set lo group 1761607680";
	assert_int_equal(remove_all(0), 0);
	assert_int_equal(groups, 1);
	assert_int_equal(left(), 0);
	free_objs();
}

static int stop(void *arg)
{
	(void)arg;
	return ++asked >= stop_at;
}

static void test_what_did_not_go_has_its_group_again(void **state)
{
	(void)state;
	add_gre(5);
	group_lost = true;
	asked = 0;
	stop_at = 3; /* when it has failed, before the first goes alone */
	tnl_stop_when(t, stop, NULL);
	assert_int_equal(remove_all(0), -EINTR);
	assert_int_equal(groups, 1);
	assert_int_equal(left(), 5);
	tnl_stop_when(t, NULL, NULL);
	assert_int_equal(remove_all(0), 0);
	assert_int_equal(left(), 0);
	free_objs();
}

static void test_it_ends_where_nothing_is_half_done(void **state)
{
	static const struct {
		int at;
		size_t left;
	} stops[] = { { 1, 2100 }, { 2, 2100 }, { 3, 1100 }, { 4, 100 }, { 5, 0 } };

	(void)state;
	tnl_stop_when(t, stop, NULL);
	for (size_t i = 0; i < COUNT(stops); i++) {
		stop_at = 1000000;
		add_gre(2100);
		asked = 0;
		stop_at = stops[i].at;
		assert_int_equal(remove_all(0), stops[i].left ? -EINTR : 0);
		assert_int_equal(failures, 0);
		assert_int_equal(left(), stops[i].left);
		stop_at = 1000000;
		assert_int_equal(remove_all(0), stops[i].left == 2100 ? 0 : -ENODEV);
		assert_int_equal(failures, 2100 - stops[i].left);
		free_objs();
	}
}

static void test_all_are_looked_at_before_the_first_goes(void **state)
{
	struct tnl_obj *under;

	(void)state;
	add_gre(5);
	assert_int_equal(tnl_get(t, "under", &under), 0);
	objs[count++] = under;
	verdict = -ECANCELED;
	assert_int_equal(remove_all(0), -ECANCELED);
	assert_int_equal(failures, 1);
	assert_int_equal(last_failure, 5);
	assert_int_equal(left(), 6);
	verdict = 0;
	assert_int_equal(remove_all(0), -EINVAL);
	assert_int_equal(failures, 1);
	assert_int_equal(left(), 1);
	free_objs();
}

static void test_what_went_unheard_is_gone_and_comes_back(void **state)
{
	char words[40];

	(void)state;
	for (int after = 1; after <= 4; after++) {
		for (int number = 0; number < 5; number++) {
			snprintf(words, sizeof(words), "name v%d id %d", number, number + 1);
			add("vxlan", words);
		}
		lost_after = after;
		assert_int_equal(tnl_atomic_begin(t), 0);
		assert_int_equal(remove_all(0), 0);
		assert_int_equal(failures, 0);
		assert_int_equal(lost_after, 0);
		assert_int_equal(left(), 0);
		assert_int_equal(tnl_atomic_rollback(t), 0);
		assert_int_equal(left(), 5);
		assert_int_equal(remove_all(0), 0);
		free_objs();
	}
}

static void test_what_is_gone_is_told(void **state)
{
	(void)state;
	add_gre(6);
	assert_int_equal(system_ok("ip link del g3"), 0);
	at_second_list = "ip link del g4";
	assert_int_equal(remove_all(0), -ENODEV);
	assert_int_equal(failures, 2);
	assert_int_equal(last_failure, 4);
	assert_int_equal(last_code, -ENODEV);
	assert_int_equal(left(), 0);
	free_objs();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_links_of_all_kinds_go),
		TEST(test_a_thousand_at_a_time),
		TEST(test_one_by_one),
		TEST(test_a_group_that_somebody_has_is_not_taken),
		TEST(test_who_joins_stays),
		TEST(test_what_the_kernel_refuses_goes_one_by_one),
		TEST(test_what_did_not_go_has_its_group_again),
		TEST(test_it_ends_where_nothing_is_half_done),
		TEST(test_all_are_looked_at_before_the_first_goes),
		TEST(test_what_went_unheard_is_gone_and_comes_back),
		TEST(test_what_is_gone_is_told),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
