// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/*
 * tnl_create_all() against what it stands for: tnl_create() of each in order, in another namespace. The same become, the
 * same fail and of the same, however many are sent at a time, and whatever is lost on the way.
 */
#include <errno.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <sys/syscall.h>

#include "kernel.h"

/* ---- a kernel whose answers get lost: the library's calls come here ---- */

static int receipts, lose_at, lose; /* datagrams so far; from which on how many are dropped, as a full buffer does it */
static int most_messages;           /* that may be sent in one call; 0: any */

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	if (lose && ++receipts >= lose_at) {
		while (lose && syscall(SYS_recvmsg, fd, msg, MSG_DONTWAIT) >= 0)
			lose--;
		lose = 0;
		errno = ENOBUFS;
		return -1;
	}
	return syscall(SYS_recvmsg, fd, msg, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	size_t left = msg->msg_iov->iov_len;
	int count = 0;

	for (const struct nlmsghdr *nlh = msg->msg_iov->iov_base; NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left))
		count++;
	if (most_messages && count > most_messages) {
		errno = EMSGSIZE;
		return -1;
	}
	return syscall(SYS_sendmsg, fd, msg, flags);
}

/* ---- what became of them ---- */

#define LINES 400

struct outcome {
	int code[LINES];
	char text[LINES][400]; /* OBJECT: WORD: reason */
	int failures, last;
	char *state[2 * LINES]; /* of the namespace: what there is, in words and in order */
	int count;
};

static const struct tnl_kind *kinds[LINES];
static struct line lines[LINES];
static int line_count;

static void add_line(const char *kind, const char *words)
{
	assert_true(line_count < LINES);
	kinds[line_count] = tnl_kind_find(kind);
	lines[line_count] = (struct line){0};
	put_all(&lines[line_count++], words);
}

static int tell_object(void *arg, const struct tnl_obj *obj)
{
	struct outcome *outcome = arg;
	struct speech speech;
	size_t size;
	FILE *to;

	assert_in_range(outcome->count, 0, COUNT(outcome->state) - 1);
	listen_to(t, obj, TNL_INPUT, &speech);
	if (!tnl_kind_is_link(tnl_obj_kind(obj)) && !strncmp(speech.said[0].text, "fe80:", 5))
		return 0; /* of a MAC address that is chance */
	to = open_memstream(&outcome->state[outcome->count++], &size);

	for (int i = 0; i < speech.count; i++) { /* a MAC address may be chance, and numbers move with what failed */
		const char *word = speech.said[i].word;

		if (strcmp(word, "address") || !tnl_kind_is_link(tnl_obj_kind(obj)))
			fprintf(to, "%s %s ", word, speech.said[i].set && strcmp(word, "ifindex") ? speech.said[i].text : "");
	}
	fclose(to);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void tell_state(struct outcome *outcome)
{
	static const char *const lists[] = { "address", "route", "l2tp-tunnel", "l2tp-session" };

	assert_int_equal(tnl_dump(t, NULL, tell_object, outcome), 0);
	for (size_t i = 0; i < COUNT(lists); i++)
		assert_int_equal(tnl_dump(t, tnl_kind_find(lists[i]), tell_object, outcome), 0);
	qsort(outcome->state, outcome->count, sizeof(*outcome->state), compare);
}

static int note_failure(void *arg, size_t at)
{
	const struct tnl_error *error = tnl_error(t);
	struct outcome *outcome = arg;

	assert_in_range(at, 0, line_count - 1);
	if (outcome->code[at])
		broken("\"%s\" fails twice: %s", text_of(&lines[at]), error->text);
	outcome->code[at] = error->code;
	snprintf(outcome->text[at], sizeof(outcome->text[at]), "%d %s: %s: %s", error->outcome, error->object, error->word,
		 error->text);
	outcome->failures++;
	outcome->last = at;
	return 0;
}

static void renew(void)
{
	void *state = NULL;

	tear_down(&state);
	assert_int_equal(set_up(&state), 0);
	system_ok("ip addr add 192.0.2.1/24 dev under && ip link set under up");
}

static struct tnl_obj **parse_lines(void)
{
	struct tnl_obj **objs = calloc(line_count, sizeof(*objs));

	for (int i = 0; i < line_count; i++)
		objs[i] = parse(t, kinds[i], &lines[i]);
	return objs;
}

static void free_objs(struct tnl_obj **objs)
{
	for (int i = 0; i < line_count; i++)
		tnl_obj_free(objs[i]);
	free(objs);
}

static void one_by_one(struct outcome *outcome)
{
	struct tnl_obj **objs;

	renew();
	objs = parse_lines();
	for (int i = 0; i < line_count; i++)
		if (tnl_create(t, objs[i]))
			note_failure(outcome, i);
	tell_state(outcome);
	free_objs(objs);
}

/* Objects that were made are then what the kernel has. */
static void assert_became(struct tnl_obj *const objs[], const struct outcome *outcome)
{
	for (int i = 0; i < line_count; i++) {
		struct tnl_obj *now;

		if (outcome->code[i] || !tnl_kind_is_link(kinds[i]))
			continue;
		now = get(tnl_obj_name(t, objs[i]));
		assert_equal(now, objs[i], "became", &lines[i]);
		if (!tnl_row_equal(tnl_row_find(kinds[i], "ifindex", &(bool){ false }), now, objs[i]))
			broken("\"%s\" became another number", text_of(&lines[i]));
		tnl_obj_free(now);
	}
}

static void all_at_once(struct outcome *outcome, unsigned window)
{
	struct tnl_obj **objs;
	int err;

	renew();
	objs = parse_lines();
	err = tnl_create_all(t, objs, line_count, window, note_failure, outcome);
	assert_int_equal(!err, !outcome->failures);
	assert_int_equal(err, tnl_error(t)->code);
	tell_state(outcome);
	assert_became(objs, outcome);
	free_objs(objs);
}

static void assert_same(const struct outcome *want, const struct outcome *got, const char *how)
{
	for (int i = 0; i < line_count; i++)
		if (want->code[i] != got->code[i] || strcmp(want->text[i], got->text[i]))
			broken("%s: \"%s\": one by one \"%s\", at once \"%s\"", how, text_of(&lines[i]), want->text[i], got->text[i]);
	for (int i = 0; i < want->count && i < got->count; i++)
		if (strcmp(want->state[i], got->state[i]))
			broken("%s: one by one:\n%s\nat once:\n%s", how, want->state[i], got->state[i]);
	assert_int_equal(want->count, got->count);
}

static void free_outcome(struct outcome *outcome)
{
	while (outcome->count)
		free(outcome->state[--outcome->count]);
	free(outcome);
}

static struct outcome *new_outcome(void)
{
	return calloc(1, sizeof(struct outcome));
}

static void assert_agrees(int least)
{
	static const unsigned windows[] = { 64, 1, 100000 };
	struct outcome *want = new_outcome(), *got;
	char how[40];

	one_by_one(want);
	assert_in_range(want->failures, least, line_count);
	for (size_t i = 0; i < COUNT(windows); i++) {
		snprintf(how, sizeof(how), "window %u", windows[i]);
		got = new_outcome();
		all_at_once(got, windows[i]);
		assert_same(want, got, how);
		free_outcome(got);
	}
	free_outcome(want);
}

/* ---- the tests ---- */

/* All kinds of links on all that they stand on, with all words that go together. */
static void add_rich_lines(void)
{
	EACH_KIND(kind) {
		for (int skip = 0; tnl_kind_is_link(kind) && skip < 4; skip++) {
			char name[16];

			snprintf(name, sizeof(name), "m%d", line_count);
			lines[line_count] = (struct line){0};
			if (!put_rich(&lines[line_count], kind, skip, name))
				break;
			kinds[line_count++] = kind;
		}
	}
}

static void test_all_kinds_become_as_one_by_one(void **state)
{
	(void)state;
	line_count = 0;
	renew();
	add_rich_lines();
	assert_in_range(line_count, 20, LINES);
	assert_agrees(0);
}

/* What cannot wait among what can, words that follow, and what fails in every way. */
static const struct {
	const char *kind, *words;
} mixed[] = {
	{ "gre", "name a1 remote 203.0.113.1 local 192.0.2.1 ttl 64 alias first" },
	{ "gre", "name a1 remote 203.0.113.2" },                     /* the name is taken */
	{ "gre", "name a2 remote 203.0.113.1 local 192.0.2.1" },     /* a twin of a1 */
	{ "gre", "name a3 remote 203.0.113.3 mtu 1279 addrgenmode none" }, /* no IPv6, so no addrgenmode */
	{ "gre", "name a4 remote 203.0.113.4 mtu 70000" },
	{ "gre", "remote 203.0.113.5" },                             /* a name is chosen */
	{ "gre", "name a%d remote 203.0.113.6" },
	{ "gre", "name a7 remote 203.0.113.7 master vrf0 up addrgenmode none alias up" },
	{ "gre", "name a8 remote 203.0.113.8 master under" },        /* neither bridge nor VRF */
	{ "tap", "name a9 user nobody alias held" },
	{ "gre", "name a9 remote 203.0.113.9" },                     /* the name is taken by what was made in its turn */
	{ "tap", "name a1" },
	{ "ipip", "name b1 remote 203.0.113.1 ifindex 4711" },
	{ "ipip", "name b2 remote 203.0.113.2 ifindex 4711 alias never" }, /* the number is taken */
	{ "l2tp", "name c1 " IDS "local 127.0.0.1 remote 127.0.0.1 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp-session", "name c2 tunnel_id 5 session_id 9 peer_session_id 10" },
	{ "l2tp-session", "name c3 tunnel_id 5 session_id 9 peer_session_id 10" },
	{ "vxlan", "name d1 id 5 dev under dstport 4789 remote 203.0.113.1" },
	{ "vxlan", "name d2 id 5 dev under dstport 4789 remote 203.0.113.2" },
	{ "geneve", "name d3 id 5 remote 203.0.113.1" },
	{ "geneve", "name d4 id 5 remote 203.0.113.1" },             /* -EBUSY, which means that it exists */
	{ "erspan", "name d5 erspan_ver 1 key 7 remote 203.0.113.1" }, /* no seq: refused before anything is sent */
	{ "sit", "name e1 remote 203.0.113.1" },
	{ "vti", "name e2 local 192.0.2.1 remote 203.0.113.1 key 7" },
	{ "address", "10.1.0.1/24 dev under" },
	{ "address", "10.1.0.1/24 dev under" },
	{ "address", "2001:db8:5::1/64 dev under" },
	{ "address", "2001:db8:5::1/64 dev under" },
	{ "address", "10.1.0.1 peer 10.1.0.2/32 dev lo" },
	{ "route", "10.2.0.0/16 via 10.1.0.9" },
	{ "route", "10.2.0.0/16 via 10.1.0.9" },
	{ "route", "10.3.0.0/16 via 10.99.0.9" },                    /* the gateway is not reachable */
	{ "route", "2001:db8:7::/48 via 2001:db8:5::9 metric 7" },
	{ "route", "2001:db8:7::/48 dev lo metric 8 table 77" },
	{ "gre", "name a1 remote 203.0.113.250 alias last" },
};

static void add_mixed_lines(void)
{
	for (size_t i = 0; i < COUNT(mixed); i++)
		add_line(mixed[i].kind, mixed[i].words);
}

static void test_failures_are_told_of_their_own(void **state)
{
	(void)state;
	line_count = 0;
	add_mixed_lines();
	assert_agrees(12);
}

/* NUMBER links of a kind that goes out many at a time, every SEVENTH of which fails. */
static void add_plain_lines(int number, int seventh)
{
	char words[100];

	for (int i = 0; i < number; i++) {
		snprintf(words, sizeof(words), "name p%d remote 198.51.100.%d key %d%s", i % seventh == seventh - 1 ? i - 1 : i,
			 i % 250 + 1, i, i % 3 ? "" : " alias third");
		add_line("gre", words);
	}
}

static void test_lists_of_more_than_a_window(void **state)
{
	(void)state;
	line_count = 0;
	add_plain_lines(300, 7);
	assert_agrees(40);
}

static int end_at_first(void *arg, size_t at)
{
	*(size_t *)arg = at;
	return -ECANCELED;
}

static void test_a_verdict_ends_it(void **state)
{
	struct tnl_obj **objs;
	size_t at = 0;

	(void)state;
	line_count = 0;
	add_plain_lines(100, 7);
	renew();
	objs = parse_lines();
	assert_int_equal(tnl_create_all(t, objs, line_count, 1, end_at_first, &at), -ECANCELED);
	assert_int_equal(at, 6);
	assert_int_equal(tnl_error(t)->code, -EEXIST);
	free_objs(objs);
	assert_int_equal(system_ok("ip link show p5 >/dev/null && ! ip link show p7 2>/dev/null"), 0);
}

static void test_no_room_to_send(void **state)
{
	struct outcome *want = new_outcome(), *got = new_outcome();

	(void)state;
	line_count = 0;
	add_plain_lines(60, 7);
	one_by_one(want);
	most_messages = 2; /* a request and the question what came of it */
	all_at_once(got, 64);
	most_messages = 0;
	assert_same(want, got, "no room");
	free_outcome(want);
	free_outcome(got);
}

static void lose_some(int at, int count)
{
	struct outcome *got = new_outcome();
	struct tnl_obj **objs;
	int before;

	renew();
	before = links();
	objs = parse_lines();
	receipts = 0;
	lose_at = at;
	lose = count;
	tnl_create_all(t, objs, line_count, 30, note_failure, got);
	assert_int_equal(lose, 0);
	for (int i = 0; i < line_count; i++) {
		struct tnl_obj *now = get(tnl_obj_name(t, objs[i]));

		if (got->code[i] && got->code[i] != -ENOBUFS)
			broken("lost %d at %d: \"%s\": %s", count, at, text_of(&lines[i]), got->text[i]);
		if (!got->code[i])
			assert_equal(now, objs[i], "after a loss", &lines[i]);
		tnl_obj_free(now);
	}
	assert_in_range(got->failures, 0, at > 30 ? 0 : count);
	assert_int_equal(links(), before + line_count);
	free_objs(objs);
	free_outcome(got);
}

/* Nothing is sent again unless it is not there; what is there and may be another's is told and left alone. */
static void test_lost_answers(void **state)
{
	(void)state;
	line_count = 0;
	add_plain_lines(90, 1000);
	for (int at = 1; at <= 61; at += 12)
		for (int count = 1; count <= 40; count += 29)
			lose_some(at, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_kinds_become_as_one_by_one),
		TEST(test_failures_are_told_of_their_own),
		TEST(test_lists_of_more_than_a_window),
		TEST(test_a_verdict_ends_it),
		TEST(test_no_room_to_send),
		TEST(test_lost_answers),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
