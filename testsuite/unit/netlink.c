// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/*
 * What comes in over netlink: forged answers, torn lists, lost messages. This program's own sendmsg() and recvmsg() stand
 * between the library and the kernel, so that a forger's answer has the right port and number, and comes first.
 */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "words.h"

static struct tnl *t;

/* ---- the forger: another socket of a process that may do anything ---- */

enum lie { TRUTH, LINK, FAMILY, DONE, REFUSAL, DONE_AT_ONCE, LIES };
static const char *const lies[] = {
	[LINK] = "a link", [FAMILY] = "a family", [DONE] = "an acknowledgement", [REFUSAL] = "a refusal",
	[DONE_AT_ONCE] = "an end of the list",
};

static enum lie lie;
static int told; /* lies that were told */

static struct nlmsghdr *forge(char *buf, enum lie what, uint32_t seq)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	struct ifinfomsg *ifi;
	struct nlattr *nest;

	nlh->nlmsg_seq = seq;
	switch (what) {
	case LINK:
		nlh->nlmsg_type = RTM_NEWLINK;
		nlh->nlmsg_flags = NLM_F_MULTI;
		ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
		ifi->ifi_index = 77;
		mnl_attr_put_strz(nlh, IFLA_IFNAME, "forged");
		mnl_attr_put_u32(nlh, IFLA_MTU, 666);
		nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
		mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "gre");
		mnl_attr_nest_end(nlh, nest);
		break;
	case FAMILY:
		nlh->nlmsg_type = GENL_ID_CTRL;
		nlh->nlmsg_flags = NLM_F_MULTI;
		genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
		genl->cmd = CTRL_CMD_NEWFAMILY;
		mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, GENL_ID_CTRL);
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, "l2tp");
		break;
	case DONE:
	case REFUSAL:
		nlh->nlmsg_type = NLMSG_ERROR;
		*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(struct nlmsgerr)) = what == DONE ? 0 : -EBUSY;
		break;
	default:
		nlh->nlmsg_type = NLMSG_DONE;
		mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	}
	return nlh;
}

static void tell(int bus, uint32_t port, const struct nlmsghdr *nlh)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = port };
	int fd = socket(AF_NETLINK, SOCK_RAW, bus);

	assert_true(fd >= 0);
	assert_int_equal(sendto(fd, nlh, nlh->nlmsg_len, 0, (void *)&to, sizeof(to)), nlh->nlmsg_len);
	close(fd);
	told++;
}

/* ---- between the library and the kernel ---- */

static int runs;      /* dumps that were asked for */
static int torn_runs; /* ... of which so many come torn */
static int lost;      /* the error of the next receiving, once */

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(own);
	int bus;

	if (lie) { /* the port comes with the first sending otherwise */
		if (!getsockname(fd, (void *)&own, &len) && !own.nl_pid)
			assert_int_equal(bind(fd, (void *)&own, sizeof(own)), 0);
		len = sizeof(own);
		assert_int_equal(getsockname(fd, (void *)&own, &len), 0);
		len = sizeof(bus);
		assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &bus, &len), 0);
	}
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		const struct nlmsghdr *asked = msg->msg_iov[i].iov_base;
		char buf[1024] __attribute__((aligned(8))) = {0};

		if (lie)
			tell(bus, own.nl_pid, forge(buf, lie, asked->nlmsg_seq));
		runs += (asked->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	}
	return syscall(SYS_sendmsg, fd, msg, flags);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t got = syscall(SYS_recvmsg, fd, msg, flags);

	if (got > 0 && lost) {
		errno = lost;
		lost = 0;
		return -1;
	}
	if (got > 0 && runs <= torn_runs)
		((struct nlmsghdr *)msg->msg_iov[0].iov_base)->nlmsg_flags |= NLM_F_DUMP_INTR;
	return got;
}

/* ---- what there is: lo, t0 and t1 ---- */

static struct tnl_obj *object(const char *kind, const char *words)
{
	struct line line = {0};

	put_all(&line, words);
	return parse(t, tnl_kind_find(kind), &line);
}

static int make(const char *kind, const char *words)
{
	struct tnl_obj *obj = object(kind, words);
	int err = tnl_create(t, obj);

	tnl_obj_free(obj);
	return err;
}

static int set_up(void **state)
{
	(void)state;
	lie = TRUTH;
	told = torn_runs = lost = 0;
	if (unshare(CLONE_NEWNET))
		return -1;
	t = tnl_open(0);
	return !t || make("tun", "t0 mtu 1400") || make("tun", "t1") ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	tnl_close(t);
	return 0;
}

static int name_of(void *arg, const struct tnl_obj *obj)
{
	strcat(strcat(arg, " "), tnl_obj_name(t, obj));
	return 0;
}

static int read_names(char names[256])
{
	*names = 0;
	return tnl_dump(t, NULL, name_of, names);
}

static void is_mtu(const char *name, const char *mtu)
{
	struct tnl_obj *obj = NULL, *want = object("tun", mtu);

	assert_int_equal(tnl_get(t, name, &obj), 0);
	assert_string_equal(tnl_obj_name(t, obj), name);
	assert_true(tnl_obj_matches(want, obj, NULL));
	tnl_obj_free(obj);
	tnl_obj_free(want);
}

#define EACH_LIE for (lie = TRUTH + 1, told = 0; lie < LIES; lie++, told = 0)
#define assert_told() \
	do { \
		if (!told) \
			broken("%s was not told", lies[lie]); \
	} while (0)

/* ---- forged answers ---- */

static void a_forged_answer_to_get_is_not_believed(void **state)
{
	(void)state;
	EACH_LIE {
		struct tnl_obj *obj;

		is_mtu("t0", "mtu 1400");
		assert_int_equal(tnl_get(t, "forged", &obj), -ENODEV);
		assert_told();
	}
}

static void a_forged_list_is_not_believed(void **state)
{
	char names[256];

	(void)state;
	EACH_LIE {
		assert_int_equal(read_names(names), 0);
		assert_string_equal(names, " lo t0 t1");
		assert_told();
	}
}

static void a_forged_answer_to_create_is_not_believed(void **state)
{
	char names[256];

	(void)state;
	EACH_LIE {
		char words[32];

		snprintf(words, sizeof(words), "new%d mtu 1300 up", lie);
		assert_int_equal(make("tun", words), 0);
		*strchr(words, ' ') = 0;
		is_mtu(words, "mtu 1300");
		assert_int_equal(make("tun", "t0"), -EEXIST);
		assert_int_equal(make("address", "10.0.0.1/24 dev t0"), lie == TRUTH + 1 ? 0 : -EEXIST);
		assert_told();
	}
	lie = TRUTH;
	assert_int_equal(read_names(names), 0);
	assert_string_equal(names, " lo t0 t1 new1 new2 new3 new4 new5");
}

static void a_forged_answer_to_change_and_remove_is_not_believed(void **state)
{
	char names[256];

	(void)state;
	EACH_LIE {
		struct tnl_obj *now = NULL, *want;
		char words[32];

		snprintf(words, sizeof(words), "mtu %d", 1200 + lie);
		want = object("tun", words);
		assert_int_equal(tnl_get(t, "t0", &now), 0);
		assert_int_equal(tnl_change(t, now, want), 0);
		is_mtu("t0", words);
		tnl_obj_free(now);
		tnl_obj_free(want);
		now = object("tun", "forged");
		assert_int_equal(tnl_remove(t, now), -ENODEV);
		tnl_obj_free(now);
		assert_told();
	}
	lie = TRUTH;
	assert_int_equal(read_names(names), 0);
	assert_string_equal(names, " lo t0 t1");
}

static void a_forged_family_has_no_objects(void **state)
{
	char names[256] = "";

	(void)state;
	for (lie = FAMILY; lie <= DONE_AT_ONCE; lie++) {
		tnl_close(t); /* it remembers families */
		t = tnl_open(0);
		told = 0;
		assert_int_equal(tnl_dump(t, tnl_kind_find("l2tp-tunnel"), name_of, names), 0);
		assert_string_equal(names, "");
		assert_told();
	}
}

static int note_event(void *arg, const struct tnl_event *event)
{
	static const char *const happened[] = { "present", "watching", "created", "changed", "renamed", "deleted", "overrun" };

	if (event->happened == TNL_EVENT_CHANGED)
		return 0; /* states of a tun, as the kernel has them */
	strcat(strcat(strcat(arg, " "), happened[event->happened]), event->obj ? ":" : "");
	return event->obj ? name_of(arg, event->obj) : 0;
}

/* Tells each port of this namespace of a link, new or gone. */
static void tell_everybody(uint16_t type, int index)
{
	FILE *file = fopen("/proc/thread-self/net/netlink", "r");
	char buf[1024] __attribute__((aligned(8))) = {0}, line[256];
	struct nlmsghdr *nlh = forge(buf, LINK, 0);
	unsigned bus, port;

	nlh->nlmsg_type = type;
	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = index;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %u %u", &bus, &port) == 2 && port && bus == NETLINK_ROUTE)
			tell(bus, port, nlh);
	fclose(file);
}

static void a_forged_event_is_not_believed(void **state)
{
	struct tnl_watch *watch;
	char events[256] = "";

	(void)state;
	assert_int_equal(tnl_watch_open(t, 0, &watch), 0);
	assert_int_equal(tnl_watch_read(watch, note_event, events), 0);
	assert_string_equal(events, " present: lo present: t0 present: t1 watching");
	tell_everybody(RTM_NEWLINK, 77);
	tell_everybody(RTM_DELLINK, 2);
	assert_true(told >= 2);
	*events = 0;
	assert_int_equal(make("tun", "true0"), 0);
	assert_int_equal(tnl_watch_read(watch, note_event, events), 0);
	assert_string_equal(events, " created: true0");
	tnl_watch_close(watch);
}

/* ---- torn and lost ---- */

static void a_torn_list_is_read_again_at_most_ten_times(void **state)
{
	char names[256];

	(void)state;
	for (torn_runs = 0; torn_runs < 10; torn_runs += 3) {
		runs = 0;
		assert_int_equal(read_names(names), 0);
		assert_string_equal(names, " lo t0 t1");
		assert_int_equal(runs, torn_runs + 1);
	}
	torn_runs = 10;
	runs = 0;
	assert_int_equal(read_names(names), -EINTR);
	assert_int_equal(tnl_error(t)->outcome, TNL_INCOMPLETE);
	assert_string_equal(names, "");
	assert_int_equal(runs, 10);
}

static void a_lost_message_makes_the_answer_incomplete(void **state)
{
	char names[256];
	struct tnl_obj *obj;

	(void)state;
	lost = ENOBUFS;
	assert_int_equal(read_names(names), -ENOBUFS);
	assert_int_equal(tnl_error(t)->outcome, TNL_INCOMPLETE);
	assert_string_equal(names, "");
	assert_int_equal(read_names(names), 0); /* what is left of the first answer is not taken for the second's */
	assert_string_equal(names, " lo t0 t1");
	lost = ENOBUFS;
	assert_int_equal(tnl_get(t, "t0", &obj), -ENOBUFS);
	assert_int_equal(tnl_error(t)->outcome, TNL_INCOMPLETE);
	is_mtu("t1", "mtu 1500");
}

static void a_watch_that_loses_messages_says_so_and_finds_the_differences(void **state)
{
	struct tnl_watch *watch;
	char events[256] = "";

	(void)state;
	assert_int_equal(tnl_watch_open(t, 0, &watch), 0);
	assert_int_equal(tnl_watch_read(watch, note_event, events), 0);
	assert_int_equal(make("tun", "first"), 0);
	assert_int_equal(make("tun", "second"), 0);
	*events = 0;
	lost = ENOBUFS; /* the message of "first" */
	for (int i = 0; i < 50 && !strstr(events, "first"); i++) {
		assert_int_equal(tnl_watch_read(watch, note_event, events), 0);
		poll(&(struct pollfd){ .fd = tnl_watch_fd(watch), .events = POLLIN }, 1, 200);
	}
	assert_string_equal(events, " overrun created: second created: first");
	tnl_watch_close(watch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_forged_answer_to_get_is_not_believed),
		TEST(a_forged_list_is_not_believed),
		TEST(a_forged_answer_to_create_is_not_believed),
		TEST(a_forged_answer_to_change_and_remove_is_not_believed),
		TEST(a_forged_family_has_no_objects),
		TEST(a_forged_event_is_not_believed),
		TEST(a_torn_list_is_read_again_at_most_ten_times),
		TEST(a_lost_message_makes_the_answer_incomplete),
		TEST(a_watch_that_loses_messages_says_so_and_finds_the_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
