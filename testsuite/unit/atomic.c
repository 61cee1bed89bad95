// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/* All or nothing: whatever was made, changed and removed, after undoing it everything is as before. */
#include <time.h>

#include "kernel.h"

/* ---- the whole state, as another program tells it ---- */

/*
 * Numbers of L2TP's links cannot be chosen; an outer address remains as the "permaddr" with which a link began; how the
 * kernel came to an address cannot be said; of a carrier, and that nobody else has an address, it tells in its own time.
 */
#define COMPARABLE \
	"sed 's/^[0-9]*: /: /; s/ permaddr [^ ]*//; s/ stable-privacy//; s/NO-CARRIER,//; s/,LOWER_UP//; " \
	"s/ state [A-Z]* / /; s/ linkdown//; s/ tentative//'"

/* All that the namespace has of links, addresses, routes and L2TP; numbers of links are compared apart. */
static char *state_now(void)
{
	static const char command[] =
		"{ printf 'addr show\\nl2tp show tunnel\\nl2tp show session\\nfou show\\n' | ip -d -batch -;"
		"echo route show table all | ip -batch - | sort; echo route show table all | ip -6 -batch - | sort;"
		"[ ! -e /sys/class/net/isatap0 ] || ip tunnel prl dev isatap0; } 2>&1 | " COMPARABLE;
	size_t size = 1 << 20, used = 0, got;
	char *text = calloc(1, size);
	FILE *from = popen(command, "r");

	assert_non_null(text);
	assert_non_null(from);
	while (used + 1 < size && (got = fread(text + used, 1, size - 1 - used, from)) > 0)
		used += got;
	assert_int_equal(pclose(from), 0);
	return text;
}

/* Where two texts begin to differ, for people. */
static const char *difference(const char *a, const char *b)
{
	static char text[1200];
	size_t line = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '\n')
			line = i + 1;
	snprintf(text, sizeof(text), "before:\n%.500s\nafter:\n%.500s", a + line, b + line);
	return text;
}

static void begin(void)
{
	assert_int_equal(tnl_atomic_begin(t), 0);
	assert_int_equal(tnl_atomic_begin(t), -EALREADY);
}

/* A word of L2TP that the kernel does not tell may be another one now; nothing else may. */
static bool is_untold(const char *text)
{
	static const char untold[] = ": lost: l2spec_type";

	while (*text) { /* "not undone: l1: lost: l2spec_type; l2: lost: l2spec_type" */
		size_t len = strcspn(text, ";");

		if (len < strlen(untold) || strncmp(text + len - strlen(untold), untold, strlen(untold)) != 0)
			return false;
		text += len + !!text[len];
	}
	return true;
}

/* Undoes, and everything is as BEFORE, which is freed. */
static void roll_back(char *before, const char *what, const struct line *line)
{
	char *after;

	if (tnl_atomic_rollback(t) && !is_untold(tnl_error(t)->text))
		broken("%s \"%s\": %s", what, text_of(line), tnl_error(t)->text);
	after = state_now();
	for (int i = 0; i < 40 && strcmp(before, after); i++) { /* to an IPv6 address its route comes a little later */
		nanosleep(&(struct timespec){ .tv_nsec = 30000000 }, NULL);
		free(after);
		after = state_now();
	}
	if (strcmp(before, after))
		broken("%s \"%s\": not as before: %s", what, text_of(line), difference(before, after));
	free(before);
	free(after);
}

/* ---- links ---- */

static int index_of(const char *name)
{
	char path[80], command[128];
	FILE *from;
	int index = 0;

	snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", name);
	snprintf(command, sizeof(command), "cat %s", path);
	from = popen(command, "r");
	assert_non_null(from);
	assert_int_equal(fscanf(from, "%d", &index), 1);
	pclose(from);
	return index;
}

static bool chooses_number(const struct tnl_kind *kind)
{
	return strcmp(tnl_kind_name(kind), "l2tp");
}

/* What hangs on it. Links without IPv6 or with a small MTU take a part of it. */
static void hang_on(const char *name)
{
	char command[1000];

	snprintf(command, sizeof(command),
		 "ip -force -batch - 2>/dev/null <<-END\n"
		 "link set %1$s up\naddr add 10.0.0.1/24 dev %1$s\naddr add 10.0.0.2/24 dev %1$s\n"
		 "addr add 10.0.1.1/24 dev %1$s\naddr add 10.0.2.1/32 dev %1$s\naddr add 10.0.3.1 peer 10.0.3.2/32 dev %1$s\n"
		 "addr add 2001:db8:5::1/64 dev %1$s\naddr add 2001:db8:5::2/64 dev %1$s\n"
		 "route add 10.9.0.0/16 dev %1$s\nroute add 10.8.0.0/16 via 10.0.0.9 dev %1$s metric 7 src 10.0.0.2\n"
		 "route add 10.7.0.0/16 dev %1$s table 9\nroute add 2001:db8:9::/48 dev %1$s\n"
		 "route add default via 10.0.0.8 dev %1$s onlink\nEND\ntrue",
		 name);
	assert_int_equal(system_ok(command), 0);
}

static void words_say(struct tnl_obj **now, const struct line *line)
{
	struct tnl_obj *want;

	if (tnl_parse(t, tnl_obj_kind(*now), line->argc, line->argv, &want))
		return;
	if (tnl_change(t, *now, want) && tnl_error(t)->outcome != TNL_REFUSED && tnl_error(t)->outcome != TNL_KERNEL)
		broken("%s: \"%s\": %s: %s", tnl_obj_type(*now), text_of(line), tnl_error(t)->word, tnl_error(t)->text);
	tnl_obj_free(want);
	tnl_obj_free(*now);
	*now = get("rich0");
}

static bool can_change(const struct tnl_row *row)
{
	return is_input(row) && !(tnl_row_flags(row) & (TNL_FIXED | TNL_ID)) && strcmp(tnl_row_word(row), "user");
}

/* Every word that it takes, one after the other. */
static void change_all(const char *name)
{
	struct tnl_obj *now = get(name);
	const struct tnl_kind *kind = tnl_obj_kind(now);
	struct form forms[FORMS];
	struct line down = {0}, small = {0};

	put_all(&down, "down");
	put_all(&small, "mtu 1100");
	words_say(&now, &small);
	EACH_ROW(row, kind) {
		struct line line = {0};

		if (!can_change(row))
			continue;
		put_form(&line, &forms[forms_of(samples, kind, row, forms) - 1]); /* it was made with the first */
		put_beside(&line, kind, row);
		words_say(&now, &line);
	}
	words_say(&now, &down);
	tnl_obj_free(now);
}

static void remove_link(const char *name, const struct line *line)
{
	take_away(get(name), line);
}

static void make_and_remove(const struct tnl_kind *kind, const struct line *line)
{
	char *before = state_now();
	int index;

	begin();
	tnl_obj_free(create(kind, line));
	hang_on("rich0");
	roll_back(before, "made", line);

	tnl_obj_free(create(kind, line));
	hang_on("rich0");
	index = index_of("rich0");
	before = state_now();
	begin();
	remove_link("rich0", line);
	roll_back(before, "removed", line);
	if (chooses_number(kind))
		assert_int_equal(index_of("rich0"), index);
}

static void make_anew(const struct tnl_kind *kind, const struct line *line)
{
	char *before = state_now();
	struct line other = {0};
	enum tnl_action action;
	struct tnl_obj *want;

	begin();
	put_all(&other, "name rich0 type");
	put(&other, strcmp(tnl_kind_name(kind), "tun") ? "tun" : "tap");
	want = parse(t, tnl_kind_find(other.argv[3]), &other);
	if (tnl_ensure(t, want, TNL_RECREATE, &action))
		broken("%s: %s", text_of(&other), tnl_error(t)->text);
	assert_int_equal(action, TNL_RECREATED);
	tnl_obj_free(want);
	roll_back(before, "made anew", line);
}

static void change(const struct tnl_kind *kind, const struct line *line)
{
	char *before = state_now();

	begin();
	change_all("rich0");
	roll_back(before, "changed", line);
	before = state_now();
	begin();
	change_all("rich0");
	remove_link("rich0", line);
	tnl_obj_free(create(kind, line));
	change_all("rich0");
	remove_link("rich0", line);
	roll_back(before, "all at once", line);
}

static void of_links_everything_comes_back(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		if (!tnl_kind_is_link(kind))
			continue;
		for (int base = 0;; base++) {
			struct line line = {0};

			if (!put_rich(&line, kind, base, "rich0"))
				break;
			make_and_remove(kind, &line);
			if (!base) {
				make_anew(kind, &line);
				change(kind, &line);
			}
			remove_link("rich0", &line);
		}
		print_message("# %s\n", tnl_kind_name(kind));
	}
}

#define MANY 40

static int never(void *arg, size_t at)
{
	broken("%zu of %s: %s", at, (const char *)arg, tnl_error(t)->text);
}

static int expected(void *arg, size_t at)
{
	assert_int_equal(at, 3);
	++*(int *)arg;
	return 0;
}

/* One of them fails, as somebody has its name. */
static void many_at_a_time_come_back_too(void **state)
{
	struct tnl_obj *objs[MANY];
	struct line line[MANY] = { { 0 } };
	char *before, words[96];
	int failures = 0, others_are;

	(void)state;
	assert_int_equal(system_ok("ip link set under up; ip link add many3 type dummy"), 0);
	before = state_now();
	begin();
	for (int i = 0; i < MANY; i++) {
		snprintf(words, sizeof(words), "name many%d local 198.51.100.1 remote 192.0.2.%d alias %d", i, i + 1, i);
		put_all(&line[i], words);
		objs[i] = parse(t, tnl_kind_find("gre"), &line[i]);
	}
	assert_int_equal(tnl_create_all(t, objs, MANY, 64, expected, &failures), -EEXIST);
	assert_int_equal(failures, 1);
	roll_back(before, "made many of", &line[0]);
	assert_int_equal(system_ok("ip link del many3"), 0);
	for (int i = 0; i < MANY; i++) {
		tnl_obj_free(objs[i]);
		objs[i] = parse(t, tnl_kind_find("gre"), &line[i]);
	}
	assert_int_equal(tnl_create_all(t, objs, MANY, 64, never, "creation"), 0);
	assert_int_equal(system_ok("for i in 1 2 3; do ip link set many$i up; ip addr add 10.0.$i.1/24 dev many$i; "
				   "ip route add 10.1.$i.0/24 dev many$i; done"), 0);
	before = state_now();
	others_are = links() - MANY;
	begin();
	assert_int_equal(tnl_remove_all(t, objs, MANY, 0, never, "removal"), 0);
	assert_int_equal(links(), others_are);
	roll_back(before, "removed many of", &line[0]);
	for (int i = 0; i < MANY; i++)
		tnl_obj_free(objs[i]);
}

/* ---- what is no link ---- */

static const struct {
	const char *kind, *words, *hangs; /* HANGS: a command for what goes with it */
} others[] = {
	{ "address", "10.5.0.1/24 dev under", "ip addr add 10.5.0.2/24 dev under; ip route add 10.60.0.0/16 via 10.5.0.9 src 10.5.0.1" },
	{ "address", "10.5.0.1 peer 10.5.0.2/32 dev under scope link", "true" },
	{ "address", "2001:db8:5::1/64 dev under", "ip route add 2001:db8:60::/48 via 2001:db8:5::9" },
	{ "route", "10.6.0.0/16 dev under metric 5 mtu 1300", "true" },
	{ "route", "10.6.0.0/16 via 192.0.2.9 src 192.0.2.1 onlink dev under table 7", "true" },
	{ "route", "2001:db8:6::/48 dev under", "true" },
	{ "route", "default dev under", "true" }, { "route", "::/0 dev under", "true" },
	{ "fou", "port 5555 ipproto gre", "true" }, { "fou", "port 5556 encap gue family inet6", "true" },
	{ "fou", "port 5557 ipproto ipip local 192.0.2.1 peer 192.0.2.2 peer_port 99 dev under", "true" },
	{ "prl", "dev isatap0 address 192.0.2.7 default", "true" }, { "prl", "dev isatap0 address 192.0.2.8", "true" },
	{ "l2tp-tunnel", "tunnel_id 5 peer_tunnel_id 6 local 127.0.0.1 remote 127.0.0.1 encap udp udp_sport 5000 udp_dport 5001",
	  "ip l2tp add session tunnel_id 5 session_id 7 peer_session_id 8 cookie deadbeef; "
	  "ip l2tp add session name named tunnel_id 5 session_id 8 peer_session_id 9 seq both; "
	  "ip link set named mtu 1300 up; ip addr add 10.7.0.1/24 dev named; ip route add 10.8.0.0/16 via 10.7.0.2" },
	{ "l2tp-session", "name named tunnel_id 1 session_id 8 peer_session_id 9",
	  "ip link set named address 02:00:00:00:00:07 up; ip addr add 10.7.0.1/24 dev named; ip route add 10.8.0.0/16 dev named" },
	{ "l2tp-session", "tunnel_id 2 session_id 8 peer_session_id 9", "true" },
};

static void of_all_else_everything_comes_back(void **state)
{
	(void)state;
	assert_int_equal(system_ok("ip link set under up; ip addr add 192.0.2.1/24 dev under; ip addr add 2001:db8::1/64 dev under;"
				   "ip tunnel add isatap0 mode isatap local 192.0.2.1; ip l2tp add tunnel tunnel_id 1 "
				   "peer_tunnel_id 1 encap ip local 127.0.0.1 remote 127.0.0.1; ip l2tp add tunnel tunnel_id 2 "
				   "peer_tunnel_id 1 encap udp local 127.0.0.1 remote 127.0.0.1 udp_sport 6000 udp_dport 6000"), 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		const struct tnl_kind *kind = tnl_kind_find(others[i].kind);
		char *before = state_now();
		struct line line = {0};
		struct tnl_obj *obj;

		put_all(&line, others[i].words);
		obj = parse(t, kind, &line);
		begin();
		if (tnl_create(t, obj))
			broken("%s: %s", text_of(&line), tnl_error(t)->text);
		roll_back(before, "made", &line);
		tnl_obj_free(obj);

		obj = parse(t, kind, &line);
		assert_int_equal(tnl_create(t, obj), 0);
		assert_int_equal(system_ok(others[i].hangs), 0);
		before = state_now();
		begin();
		take_away(obj, &line);
		roll_back(before, "removed", &line);
		take_away(parse(t, kind, &line), &line);
	}
}

/* ---- others at work ---- */

static void links_are_known_by_their_numbers(void **state)
{
	struct line line = {0}, up = {0}, name = {0};
	struct tnl_obj *now, *want;
	char *before = state_now();

	(void)state;
	put_all(&line, "name tt0 remote 192.0.2.9");
	begin();
	tnl_obj_free(create(tnl_kind_find("gre"), &line));
	assert_int_equal(system_ok("ip link set tt0 name theirs; ip link add tt0 type dummy; ip link set tt0 up"), 0);
	assert_int_equal(tnl_atomic_rollback(t), 0);
	assert_int_equal(system_ok("ip link del tt0"), 0);
	tnl_obj_free(create(tnl_kind_find("gre"), &line));
	free(before);

	assert_int_equal(system_ok("ip link set tt0 up; ip link set tt0 down"), 0); /* it has a queue since */
	before = state_now();
	put_all(&up, "up alias mine");
	put_all(&name, "name mine");
	begin();
	now = get("tt0");
	want = parse(t, tnl_obj_kind(now), &name);
	assert_int_equal(tnl_change(t, now, want), 0);
	tnl_obj_free(want);
	tnl_obj_free(now);
	now = get("mine");
	want = parse(t, tnl_obj_kind(now), &up);
	assert_int_equal(tnl_change(t, now, want), 0);
	tnl_obj_free(want);
	tnl_obj_free(now);
	assert_int_equal(system_ok("ip link set mine down; ip link set mine name theirs"), 0);
	roll_back(before, "renamed", &name);
	take_away(get("tt0"), &line);
}

/* What somebody has taken away meanwhile is as before; what he has taken the place of, is not. */
static void what_cannot_come_back_is_told(void **state)
{
	struct line line = {0};
	char *before = state_now(), *after;

	(void)state;
	put_all(&line, "name tt0 remote 192.0.2.9");
	begin();
	tnl_obj_free(create(tnl_kind_find("gre"), &line));
	assert_int_equal(system_ok("ip link del tt0"), 0);
	roll_back(before, "deleted", &line);

	tnl_obj_free(create(tnl_kind_find("gre"), &line));
	begin();
	take_away(get("tt0"), &line);
	assert_int_equal(system_ok("ip link add tt0 type dummy"), 0);
	before = state_now();
	assert_int_equal(tnl_atomic_rollback(t), -EIO);
	assert_int_equal(tnl_error(t)->outcome, TNL_BROKEN);
	assert_string_equal(tnl_error(t)->text,
			    "not undone: tt0: what was there is gone, as making it again fails: exists");
	after = state_now();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void what_failed_is_not_undone_twice(void **state)
{
	struct line line = {0}, bad = {0};
	struct tnl_obj *obj, *now;
	char *before;

	(void)state;
	put_all(&line, "name tt0 remote 192.0.2.9");
	tnl_obj_free(create(tnl_kind_find("gre"), &line));
	before = state_now();
	begin();
	obj = parse(t, tnl_kind_find("gre"), &line);
	assert_int_equal(tnl_create(t, obj), -EEXIST);
	tnl_obj_free(obj);
	put_all(&bad, "alias other up mtu 67");
	now = get("tt0");
	obj = parse(t, tnl_obj_kind(now), &bad);
	assert_int_equal(tnl_change(t, now, obj), -EINVAL);
	tnl_obj_free(obj);
	tnl_obj_free(now);
	roll_back(before, "failed", &bad);
	assert_int_equal(tnl_atomic_rollback(t), 0); /* nothing began */
	take_away(get("tt0"), &line);
}

/* The kernel gives a link with IPv6 an address at once, by the mode that a new one has. */
static void what_the_kernel_adds_goes_again(void **state)
{
	struct line line = {0}, small = {0};
	struct tnl_obj *now, *want;
	char *before;

	(void)state;
	put_all(&line, "name tt0 remote 192.0.2.9 addrgenmode none up");
	tnl_obj_free(create(tnl_kind_find("gre"), &line));
	before = state_now();
	put_all(&small, "mtu 1200");
	begin();
	now = get("tt0");
	want = parse(t, tnl_obj_kind(now), &small);
	assert_int_equal(tnl_change(t, now, want), 0);
	tnl_obj_free(want);
	tnl_obj_free(now);
	roll_back(before, "without IPv6", &small);
	take_away(get("tt0"), &line);
}

/* ---- what does not come back ---- */

static int note_text(void *arg, size_t at, const char *text)
{
	assert_int_equal(at, 0);
	strcat(strcat(arg, text), "\n");
	return 0;
}

static void what_would_be_lost_is_told_before(void **state)
{
	static const struct {
		const char *kind, *words, *hangs, *lost;
	} cases[] = {
		{ "gre", "remote 192.0.2.9", "true", "" },
		{ "gre", "remote 192.0.2.9", "ip addr add 10.0.0.1/24 dev tt0; ip route add 10.1.0.0/16 dev tt0", "" },
		{ "gre", "local 192.0.2.1",
		  "ip addr add 10.0.0.1/24 dev tt0; ip neigh add 10.0.0.2 lladdr 192.0.2.2 dev tt0; "
		  "tc qdisc add dev tt0 root handle 1: htb; tc class add dev tt0 parent 1: classid 1:1 htb rate 1mbit; "
		  "tc qdisc add dev tt0 parent 1:1 sfq; tc qdisc add dev tt0 clsact; ip nexthop add id 5 via 10.0.0.3 dev tt0; "
		  "ip link property add dev tt0 altname other; ip link property add dev tt0 altname third; "
		  "sysctl -qw net.ipv4.conf.tt0.rp_filter=2 net.ipv6.conf.tt0.accept_ra=0",
		  "altname other\naltname third\nqdisc htb\nqdisc clsact\nneighbour 10.0.0.2\nnexthop 5\nsysctl net.ipv4 rp_filter\nsysctl net.ipv6 accept_ra\n" },
		{ "tap", "", "ip link add link tt0 name tt0.5 type vlan id 5; ip link add x5 type vxlan id 7 dev tt0 dstport 4789; "
		  "ip neigh add proxy 10.0.0.7 dev tt0", "proxy neighbour 10.0.0.7\nvlan tt0.5\nvxlan x5\n" },
		{ "vxlan", "id 5 remote 192.0.2.9 dstport 4789",
		  "bridge fdb append 02:00:00:00:00:05 dev tt0 dst 192.0.2.7; bridge fdb append 00:00:00:00:00:00 dev tt0 dst 192.0.2.8",
		  "fdb 00:00:00:00:00:00\nfdb 02:00:00:00:00:05\n" },
		{ "l2tp", IDS "local 127.0.0.1 remote 127.0.0.1 encap ip", "true", "l2spec_type\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line = {0};
		struct tnl_obj *obj;
		char lost[1000] = "", command[2000];

		put_all(&line, "name tt0 up");
		put_all(&line, cases[i].words);
		obj = create(tnl_kind_find(cases[i].kind), &line);
		tnl_obj_free(obj);
		snprintf(command, sizeof(command), "set -e; { %s; } 2>&1", cases[i].hangs);
		if (system_ok(command))
			broken("%s", command);
		obj = get("tt0");
		assert_int_equal(tnl_irrecoverable(t, &obj, 1, note_text, lost), 0);
		assert_string_equal(lost, cases[i].lost);
		take_away(obj, &line);
	}
}

/* ... but of a link of any kind with nothing but its words only those that the kernel does not tell. */
static void what_its_words_say_is_not_lost(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		struct line line = {0};
		struct tnl_obj *obj;
		char lost[1000] = "", blind[1000] = "";

		if (!tnl_kind_is_link(kind) || !put_rich(&line, kind, 0, "tt0"))
			continue;
		tnl_obj_free(create(kind, &line));
		assert_int_equal(system_ok("ip link set tt0 mtu 1400; ip link set tt0 up"), 0);
		obj = get("tt0");
		EACH_ROW(row, kind)
			if (tnl_row_flags(row) & TNL_BLIND && is_input(row))
				strcat(strcat(blind, tnl_row_word(row)), "\n");
		assert_int_equal(tnl_irrecoverable(t, &obj, 1, note_text, lost), 0);
		if (strcmp(lost, blind))
			broken("%s: \"%s\" loses %s", tnl_kind_name(kind), text_of(&line), lost);
		take_away(obj, &line);
	}
}

static int prepare(void **state)
{
	return set_up(state) ||
	       system_ok("for what in all default; do echo 0 >/proc/sys/net/ipv6/conf/$what/accept_dad; "
			 "echo 0 >/proc/sys/net/ipv6/conf/$what/router_solicitations; done");
}

#define QUIET_TEST(name) cmocka_unit_test_setup_teardown(name, prepare, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		QUIET_TEST(of_links_everything_comes_back),
		QUIET_TEST(many_at_a_time_come_back_too),
		QUIET_TEST(of_all_else_everything_comes_back),
		QUIET_TEST(links_are_known_by_their_numbers),
		QUIET_TEST(what_cannot_come_back_is_told),
		QUIET_TEST(what_would_be_lost_is_told_before),
		QUIET_TEST(what_its_words_say_is_not_lost),
		QUIET_TEST(what_failed_is_not_undone_twice),
		QUIET_TEST(what_the_kernel_adds_goes_again),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
