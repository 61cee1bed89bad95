/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests on a kernel share: values that it accepts, a namespace for each test, links made of words. */
#ifndef UNIT_KERNEL_H
#define UNIT_KERNEL_H

#include <sched.h>
#include <sys/wait.h>

#include "words.h"

/* Values that a kernel accepts; an index above 255 shows where only a byte of it arrives. */
static const struct sample samples[] = {
	{ "ADDR", "local", "l2tp", { "127.0.0.1" } },
	{ "ADDR", "remote", "l2tp", { "127.0.0.1" } },
	{ "ADDR", NULL, NULL, { "192.0.2.%u", "198.51.100.%u" } },
	{ "ADDR6", NULL, NULL, { "2001:db8::%u", "2001:db8:1::%u" } },
	{ "BYTES", NULL, NULL, { "1300", "1401" } },
	{ "DEV", "master", NULL, { "vrf0", "none" } },
	{ "DEV", "dev", "vti6", { "under", "none" } }, /* over lo its own MTU is more than it takes */
	{ "DEV", NULL, NULL, { "under", "lo", "none" } },
	{ "DSFIELD", NULL, NULL, { "0x%u", "inherit" } },
	{ "GROUP", NULL, NULL, { "43%u", "root" } },
	{ "HEX", NULL, NULL, { "deadbe%u", "0123456789abcd%u" } },
	{ "ID", NULL, NULL, { "700%u", "4294967295" } },
	{ "IF_ID", NULL, NULL, { "0x7%u", "0xffffffff" } },
	{ "KEY", NULL, "erspan", { "9%u", "1" } },
	{ "KEY", NULL, "ip6erspan", { "9%u", "1" } },
	{ "KEY", NULL, "ip6gre", { "169090%u", "4294967295", "1" } }, /* key 0 is that of ip6gre0 */
	{ "KEY", NULL, "ip6gretap", { "169090%u", "4294967295", "1" } },
	{ "KEY", NULL, NULL, { "169090%u", "4294967295", "1", "0" } },
	{ "LABEL", NULL, NULL, { "0x000%u", "0xfffff" } },
	{ "LOW-HIGH", NULL, NULL, { "100%u-20000", "65535-65535" } },
	{ "MAC", NULL, NULL, { "02:00:5e:10:20:%u" } },
	{ "MARK", NULL, NULL, { "0x12345%u", "0xffffffff" } },
	{ "MSEC", NULL, NULL, { "1000", "2000" } }, /* whole jiffies of any kernel */
	{ "N", "encaplimit", NULL, { "1%u", "none", "255" } },
	{ "N", "erspan_hwid", NULL, { "%u", "0" } },
	{ "N", "erspan_ver", "ip6erspan", { "2", "1" } },
	{ "N", "erspan_ver", NULL, { "2", "1", "0" } },
	{ "N", "version", NULL, { "3" } },
	{ "N", "preferred_lft", NULL, { "0", "forever" } },
	{ "N", "pw_type", NULL, { "5" } },
	{ "N", NULL, NULL, { "99%u", "500" } },
	{ "NAME", "addrgenmode", NULL, { "none", "random", "eui64" } }, /* stable_secret needs its secret */
	{ "NAME", "name", NULL, { "tt0", "0123456789abcde", "-x", "\xff\xfe" } },
	{ "NAME", "label", NULL, { "tt%u:1", "x" } },
	{ "NAME", "group", NULL, { "4294967295", "7" } },
	{ "PREFIX4", NULL, NULL, { "10.%u.0.0/16", "192.0.2.1/32" } },
	{ "PREFIX6", NULL, NULL, { "2001:%u::/32", "2002::/16" } },
	{ "PORT", NULL, NULL, { "46%u", "65535" } },
	{ "TCLASS", NULL, NULL, { "0x%u", "0xff", "inherit" } },
	{ "TEXT", NULL, NULL, { "text of row %u", "x" } },
	{ "TOS", NULL, NULL, { "0x%u", "inherit/0x10", "inherit" } },
	{ "TTL", "ttl", "vxlan", { "%u", "inherit", "255" } },
	{ "TTL", NULL, NULL, { "%u", "255", "1" } },
	{ "VNI", NULL, NULL, { "99%u", "16777215", "0" } },
	{ "USER", NULL, NULL, { "42%u", "root" } },
	{ "on|off", NULL, NULL, { "on", "off" } },
	{ 0 }
};

/*
 * What a link stands on, as far as it is not given: the first that the kind does not refuse. Without an end, a tunnel
 * would collide with gre0 and its like.
 */
#define IDS "tunnel_id 5 peer_tunnel_id 6 session_id 7 peer_session_id 8 "
static const struct beside bases[] = {
	{ "l2tp", NULL, IDS "local 127.0.0.1 remote 127.0.0.1 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp", NULL, IDS "local 127.0.0.1 remote 127.0.0.1 encap ip" },
	{ "l2tp", NULL, IDS "local ::1 remote ::1 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp", NULL, IDS "local ::1 remote ::1 encap ip" },
	{ "erspan", NULL, "erspan_ver 1 seq key 5 remote 203.0.113.9" },
	{ "ip6erspan", NULL, "erspan_ver 1 seq key 5 remote 2001:db8::9" },
	{ "erspan", NULL, "erspan_ver 2 seq key 5 remote 203.0.113.9" },
	{ "ip6erspan", NULL, "erspan_ver 2 seq key 5 remote 2001:db8::9" },
	{ "erspan", NULL, "erspan_ver 0 remote 203.0.113.9" },
	{ "geneve", NULL, "id 5 remote 203.0.113.9" }, { "geneve", NULL, "id 5 remote 2001:db8::9" }, { "geneve", NULL, "external" },
	{ "ip6gre", NULL, "remote 2001:db8::9" }, { "ip6gretap", NULL, "remote 2001:db8::9" },
	{ "ip6tnl", NULL, "remote 2001:db8::9" }, { "vti6", NULL, "remote 2001:db8::9" },
	{ "vxlan", NULL, "id 5 dev under" }, { "vxlan", NULL, "id 5 dev under remote 2001:db8::9" }, { "vxlan", NULL, "external" },
	{ "xfrm", NULL, "if_id 7" }, { "xfrm", NULL, "external" },
	{ "erspan", NULL, "" }, { "ip6erspan", NULL, "" }, { "ip6gre", NULL, "" }, { "ip6gretap", NULL, "" },
	{ "geneve", NULL, "" }, { "vxlan", NULL, "" }, { "xfrm", NULL, "" }, { "ip6tnl", NULL, "" }, { "vti6", NULL, "" },
	{ NULL, NULL, "remote 203.0.113.9" },
	{ NULL, NULL, "" },
};

static inline bool is_base(const struct beside *base, const struct tnl_kind *kind)
{
	if (base->kind)
		return !strcmp(base->kind, tnl_kind_name(kind));
	for (size_t i = 0; i < COUNT(bases); i++)
		if (bases[i].kind && !strcmp(bases[i].kind, tnl_kind_name(kind)))
			return false;
	return true;
}

static struct tnl *t;

/* Ends of a tunnel of this kind, NUMBER apart. */
static inline void put_ends(struct line *line, const struct tnl_kind *kind, int number)
{
	const struct tnl_row *remote;
	bool no, v6;
	char words[80];

	remote = tnl_row_find(kind, "remote", &no);
	v6 = remote && !strcmp(tnl_row_hint(remote), "ADDR6");
	snprintf(words, sizeof(words), v6 ? "remote 2001:db8::%x" : "remote 203.0.113.%d", number);
	put_missing(line, kind, NULL, words);
}

static inline int system_ok(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

/* What COMMAND prints, a whole of it; it has to succeed. */
static inline const char *output_of(const char *command)
{
	static char text[1 << 17];
	FILE *pipe = popen(command, "r");
	size_t len;

	assert_non_null(pipe);
	len = fread(text, 1, sizeof(text) - 1, pipe);
	text[len] = 0;
	if (pclose(pipe))
		broken("%s:\n%s", command, text);
	return text;
}

/* A namespace for each test; the underlay's index does not fit into a byte. */
static inline int set_up(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) ||
	    system_ok("mount --make-rprivate / && mount -t sysfs sysfs /sys && ip link set lo up && ip link add under index 300 type dummy && "
					       "ip link add vrf0 index 301 type vrf table 10"))
		return -1;
	t = tnl_open(0);
	return t ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	tnl_close(t);
	return 0;
}

static inline int count_link(void *arg, const struct tnl_obj *obj)
{
	(void)obj;
	++*(int *)arg;
	return 0;
}

static inline int links(void)
{
	int count = 0;

	assert_int_equal(tnl_dump(t, NULL, count_link, &count), 0);
	return count;
}

static inline void load_modules(void)
{
	system_ok("modprobe -a fou fou6 ip_gre ip6_gre ipip sit ip6_tunnel ip_vti ip6_vti xfrm_interface vxlan geneve "
		  "tun l2tp_eth l2tp_ip l2tp_ip6");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---- making links of words ---- */

/* A row and the way it is given. */
struct choice {
	const struct tnl_row *row;
	struct form form;
};

static inline bool gives(const struct choice *choices, int count, const struct tnl_kind *kind, const char *word)
{
	bool no;

	for (int i = 0; i < count; i++)
		if (tnl_row_find(kind, word, &no) == choices[i].row)
			return true;
	return false;
}

static inline bool stands_alone(const struct choice *choices, int count)
{
	for (int i = 0; i < count; i++)
		if (!(tnl_row_flags(choices[i].row) & TNL_UNIQ) || !strcmp(choices[i].form.text, "none"))
			return false;
	return count > 0;
}

static inline void build(struct line *line, const struct tnl_kind *kind, const struct choice *choices, int count,
			 const char *base)
{
	*line = (struct line){0};
	for (int i = 0; i < count; i++)
		put_form(line, &choices[i].form);
	for (int i = 0; i < count; i++)
		put_beside(line, kind, choices[i].row);
	put_missing(line, kind, NULL, base);
	if (!gives(choices, count, kind, "name"))
		put_all(line, "name tt0");
}

/* Makes a link of CHOICES and of what they stand on. LINE: all its words. What tnl_parse() or tnl_create() says. */
static inline int make(const struct tnl_kind *kind, const struct choice *choices, int count, struct line *line)
{
	const struct tnl_error *error = tnl_error(t);
	int err = -EINVAL;

	for (size_t i = 0; i < COUNT(bases); i++) {
		struct tnl_obj *obj;

		if (!is_base(&bases[i], kind) || (*bases[i].words && stands_alone(choices, count)))
			continue;
		build(line, kind, choices, count, bases[i].words);
		err = tnl_parse(t, kind, line->argc, line->argv, &obj);
		if (err)
			continue;
		err = tnl_create(t, obj);
		tnl_obj_free(obj);
		if (!err || error->outcome != TNL_REFUSED || gives(choices, count, kind, error->word))
			return err;
	}
	return err;
}

static inline struct tnl_obj *get(const char *name)
{
	struct tnl_obj *obj = NULL;

	if (tnl_get(t, name, &obj))
		broken("%s cannot be read: %s", name, tnl_error(t)->text);
	return obj;
}

static inline const char *name_in(const struct line *line)
{
	for (int i = 0; i + 1 < line->argc; i++)
		if (!strcmp(line->argv[i], "name"))
			return line->argv[i + 1];
	broken("no name in \"%s\"", text_of(line));
}

static inline void take_away(struct tnl_obj *obj, const struct line *line)
{
	if (tnl_remove(t, obj))
		broken("\"%s\" cannot be removed: %s", text_of(line), tnl_error(t)->text);
	tnl_obj_free(obj);
}

/* Whether LINE has the word, its negative form or one that stands for it. */
static inline bool says(const struct line *line, const struct tnl_kind *kind, const char *word)
{
	const struct tnl_row *row;
	bool no;

	for (int i = 0; i < line->argc; i++) {
		row = tnl_row_find(kind, line->argv[i], &no);
		if (!strcmp(line->argv[i], word) || (row && (is_both(row) || row == tnl_row_find(kind, word, &no))))
			return true;
	}
	return false;
}

/* Makes it and reads it; NULL: the kind's rules refuse that combination, by name, and nothing is there. */
static inline struct tnl_obj *made(const struct tnl_kind *kind, const struct choice *choices, int count,
				   struct line *line)
{
	const struct tnl_error *error = tnl_error(t);
	int err = make(kind, choices, count, line);
	struct tnl_obj *obj;

	if (!err)
		return get(name_in(line));
	if (error->outcome != TNL_REFUSED)
		broken("%s: \"%s\": the kernel: %s: %s", tnl_kind_name(kind), text_of(line), error->word, error->text);
	if (error->outcome == TNL_REFUSED && !says(line, kind, error->word))
		broken("%s: \"%s\" blames %s: %s", tnl_kind_name(kind), text_of(line), error->word, error->text);
	assert_int_equal(tnl_get(t, name_in(line), &obj), -ENODEV);
	return NULL;
}

/* The object says each choice, in words. */
static inline void assert_says(const struct tnl_obj *obj, const struct choice *choices, int count,
			       const struct line *line)
{
	struct tnl_obj *want = parse(t, tnl_obj_kind(obj), line);
	const struct tnl_row *row = NULL;
	struct speech speech;

	listen_to(t, obj, TNL_INPUT, &speech);
	for (int i = 0; i < count; i++) {
		const struct said *said = said_of(&speech, choices[i].row);
		const struct form *form = &choices[i].form;
		bool on = !tnl_row_no(choices[i].row) || strcmp(form->word, tnl_row_no(choices[i].row));

		if (is_both(choices[i].row) || (tnl_row_flags(choices[i].row) & TNL_BLIND))
			continue;
		if (form->alone || !strcmp(form->text, "off") ? said->number != (on && strcmp(form->text, "off")) :
		    said->set && strcmp(said->text, form->text) && !tnl_row_value(choices[i].row, 0))
			broken("\"%s\" became %s %s", text_of(line), form->word, said->text);
	}
	if (!tnl_obj_matches(want, obj, &row) && !(tnl_row_flags(row) & TNL_BLIND))
		broken("\"%s\" became another %s", text_of(line), tnl_row_word(row));
	tnl_obj_free(want);
}

static inline void assert_equal(const struct tnl_obj *a, const struct tnl_obj *b, const char *what,
				const struct line *line)
{
	const struct tnl_row *row = NULL;

	if (!tnl_obj_equal(a, b, &row) && !(tnl_row_flags(row) & (TNL_BLIND | TNL_DRIFTS)))
		broken("\"%s\" %s: another %s", text_of(line), what, tnl_row_word(row));
}

/* All words that go together; begins with another base of the kind for each SKIP. */
static inline bool put_rich(struct line *line, const struct tnl_kind *kind, int skip, const char *name)
{
	struct tnl *dry = tnl_open(TNL_DRY);
	size_t i = 0;

	for (; i < COUNT(bases); i++)
		if (is_base(&bases[i], kind) && *bases[i].words && !skip--)
			break;
	if (i < COUNT(bases)) {
		put_all(line, "name");
		put(line, name);
		put_missing(line, kind, NULL, bases[i].words);
	}
	EACH_ROW(row, kind) {
		struct tnl_obj *obj;
		struct form form;
		struct line more;

		if (i == COUNT(bases) || !is_input(row) || is_both(row) || has_word(line, keyword_of(kind, row)) ||
		    !first_form(t, samples, kind, row, &form))
			continue;
		copy_line(&more, line);
		put_form(&more, &form);
		put_beside(&more, kind, row);
		if (tnl_parse(dry, kind, more.argc, more.argv, &obj))
			continue;
		if (!tnl_create(dry, obj))
			copy_line(line, &more);
		tnl_obj_free(obj);
	}
	tnl_close(dry);
	return line->argc;
}

static inline struct tnl_obj *create(const struct tnl_kind *kind, const struct line *line)
{
	struct tnl_obj *obj = parse(t, kind, line), *back;

	if (tnl_create(t, obj))
		broken("%s: \"%s\": %s: %s", tnl_kind_name(kind), text_of(line), tnl_error(t)->word,
		       tnl_error(t)->text);
	back = get(name_in(line));
	assert_equal(back, obj, "read", line);
	tnl_obj_free(obj);
	return back;
}

/* How many could be made or changed, and how many the rules refused. */
struct tally {
	int made, refused;
};

#endif
