// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The families of iproute2: "tun tunnel add ..." as "ip tunnel add ...". They differ from the flat commands in what is
 * a name, in what is meant by an absent word, and in that beginnings of objects and verbs will do. Here their lines
 * become those that the library reads.
 */
#include "tun.h"

#include <stdlib.h>
#include <string.h>

static const char *const l2tp_objects[] = { "tunnel", "session", NULL };
static const char *const ip_tunnels[] = { "ipip", "gre", "sit", "vti", NULL };
static const char *const ip6_tunnels[] = { "ip6tnl", "ip6gre", "vti6", NULL };
static const char *const tuntaps[] = { "tun", "tap", NULL };
static const char *const main_table[] = { "table", "main" };
static const char *const l2tp_kinds[] = { "l2tp-tunnel", "l2tp-session" };

/* In the order in which ip looks for one that begins with what was said. */
const struct family families[] = {
	{ IN_FLAT, "", .help = "tunnels of every kind" },
	{ IN_ADDR, "addr", "address", "addresses on interfaces", .kind = "address" },
	{ IN_ROUTE, "route", .help = "routes", .kind = "route", .shown = main_table },
	{ IN_LINK, "link", .help = "tunnels of every kind; shows every link", .all_links = true },
	{ IN_L2TP, "l2tp", .help = "L2TPv3 tunnels and sessions", .objects = l2tp_objects, .kinds = l2tp_kinds },
	{ IN_FOU, "fou", .help = "UDP ports where FOU or GUE arrives", .kind = "fou" },
	{ IN_TUNNEL, "tunnel", "tunl", "those of ip tunnel; with -6 those of ip -6 tunnel", .shows = ip_tunnels },
	{ IN_TUNTAP, "tuntap", "tap", "those of ip tuntap", .shows = tuntaps },
	{0}
};

static const struct family tunnel6 = { IN_TUNNEL6, "tunnel", .shows = ip6_tunnels };

/*
 * Words that mean another one or, if they take no value, another one and its value; in some families only in front of
 * "type KIND", behind which the kind's own words stand.
 */
static const struct renamed {
	unsigned in;
	const char *word, *as, *value;
	bool before_type;
} renamed[] = {
	{ IN_LINK, "dev", "name", NULL, true },
	{ IN_LINK, "group", "linkgroup", NULL, true }, /* a TAP's own is of users, a VXLAN's of multicast */
	{ IN_LINK, "link", "link", NULL, true }, /* no name: a word that tunnels have no use for */
	{ IN_TUNTAP, "dev", "name" },
	{ IN_FOU, "gue", "encap", "gue" },
	{ IN_FOU, "-6", "family", "inet6" },
};

/* What is meant by an absent word when something is made, where that is not what the flat commands mean. */
static const struct {
	unsigned in;
	const char *kind, *word, *value;
	int inet;           /* only with -4 or -6 */
	const char *beside; /* only beside this word */
} meant[] = {
	{ IN_LINK, "ipip", "mode", "any" },
	{ IN_LINK, "sit", "mode", "any" },
	{ IN_LINK, "ip6tnl", "mode", "any" },
	{ IN_LINK, "ip6tnl", "encap-udp6-csum", .beside = "encap" },
	{ IN_LINK, "ip6gre", "encap-udp6-csum", .beside = "encap" },
	{ IN_LINK, "ip6gretap", "encap-udp6-csum", .beside = "encap" },
	{ IN_LINK, "ip6erspan", "encap-udp6-csum", .beside = "encap" },
	{ IN_FOU, "fou", "family", "inet6", INET6 },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const struct family *find_family(const char *word, bool begun)
{
	for (const struct family *family = families + 1; family->name; family++)
		for (int i = 0; i < 2; i++) {
			const char *name = i ? family->other : family->name;

			if (name && *word && (begun ? !strncmp(name, word, strlen(word)) : !strcmp(name, word)))
				return family;
		}
	return NULL;
}

bool among(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (!strcmp(*list, word))
			return true;
	return false;
}

const char *meant_word(unsigned family, const char *kind, int n, const char **beside)
{
	for (size_t i = 0; i < COUNT(meant); i++) {
		if (!(meant[i].in & family) || strcmp(meant[i].kind, kind) || n--)
			continue;
		*beside = meant[i].beside;
		return meant[i].word;
	}
	return NULL;
}

/* ---- kinds ---- */

/* What is said without -6 may be either's. */
static bool has_kind(const struct family *family, const char *kind)
{
	return !family->shows || among(family->shows, kind) || ((family->is & IN_TUNNEL) && among(tunnel6.shows, kind));
}

static const char *six(const struct family *family)
{
	return family->is & IN_TUNNEL6 ? "-6 " : "";
}

int in_family(struct run *run, const struct family *family, const struct tnl_obj *obj)
{
	char text[80];

	if (has_kind(family, tnl_obj_type(obj)))
		return 0;
	snprintf(text, sizeof(text), "is %s, not one of ip %s%s's", tnl_obj_type(obj), six(family), family->name);
	return complain(tnl_obj_name(run->t, obj), NULL, text);
}

int in_family_now(struct run *run, const struct family *family, const char *name)
{
	struct tnl_obj *now;
	int err;

	if (!family->shows || tnl_get(run->t, name, &now))
		return 0; /* whoever needs it, will miss it */
	err = in_family(run, family, now);
	tnl_obj_free(now);
	return err;
}

/* ---- lines ---- */

struct line {
	const struct family *family;
	const struct tnl_kind *kind; /* NULL: not said */
	int argc, type, name;        /* of what was said; where "type" or "mode" and the name stand, ARGC: nowhere */
	char **argv;
	int count;                   /* of what becomes of it */
	char **words;
};

#define MORE 16 /* words that are not said */

static const struct renamed *renames(const struct line *line, int at)
{
	for (size_t i = 0; i < COUNT(renamed); i++)
		if ((line->family->is & renamed[i].in) && !strcmp(line->argv[at], renamed[i].word) &&
		    (!renamed[i].before_type || at < line->type))
			return &renamed[i];
	return NULL;
}

/* How many words the one at AT takes, itself included; 0: it is no keyword. Where no kind is said, of any kind. */
static int span_at(const struct line *line, int at)
{
	const struct renamed *as = renames(line, at);

	return as ? as->value ? 1 : 2 : span(line->kind, line->argv[at]);
}

static int next(const struct line *line, int at)
{
	int words = span_at(line, at);

	return at + (words ? words : 1);
}

static const char *value_at(const struct line *line, int at)
{
	return at + 1 < line->argc ? line->argv[at + 1] : NULL;
}

/* ip l2tp takes them and says that it ignores them. */
static void drop_offsets(struct run *run, struct line *line)
{
	static const char *const offsets[] = { "offset", "peer_offset", NULL };

	for (int at = 0; at < line->argc;) {
		if (!among(offsets, line->argv[at])) {
			at = next(line, at);
			continue;
		}
		if (!run->check) /* a batch comes by twice */
			complain("l2tp", line->argv[at], "ignored: Linux has none since 4.16");
		line->argc -= at + 1 < line->argc ? 2 : 1;
		memmove(line->argv + at, line->argv + at + 2, (line->argc - at) * sizeof(*line->argv));
	}
}

/* What ip link set has, and tunnels have no use for. */
static bool is_link_mode(const struct line *line, int at)
{
	static const char *const modes[] = { "default", "dormant", NULL };

	return (line->family->is & IN_LINK) && !strcmp(line->argv[at], "mode") && value_at(line, at) &&
	       among(modes, value_at(line, at));
}

static void find_type(struct line *line)
{
	line->type = line->argc;
	for (int at = 0; at < line->argc && line->type == line->argc; at = next(line, at))
		if (is_type(line->argv[at]) && !is_link_mode(line, at))
			line->type = at;
	if (value_at(line, line->type))
		line->kind = tnl_kind_find(value_at(line, line->type));
}

static bool is_name(const struct line *line, int at, int pass)
{
	const struct renamed *as = renames(line, at);

	switch (pass) {
	case 0:
		return as && !strcmp(as->as, "name");
	case 1:
		return !span_at(line, at);
	default:
		return !strcmp(line->argv[at], "name");
	}
}

/* "dev NAME" where that is the name, or the first word that is no keyword; else "name NAME", which beside them renames. */
static void find_name(struct line *line)
{
	for (int pass = 0; pass < 3; pass++)
		for (line->name = 0; line->name < line->argc; line->name = next(line, line->name))
			if (is_name(line, line->name, pass))
				return;
}

/* Without a name, the group whose links are meant stands in its place. */
static void find_group(struct line *line)
{
	for (int at = 0; at < line->argc && line->name == line->argc; at = next(line, at)) {
		const struct renamed *as = renames(line, at);

		if (as && !strcmp(as->as, "linkgroup"))
			line->name = at;
	}
}

/* What the library would take for a name, as it stands alone. */
static int check_end(const struct line *line)
{
	for (int at = 0; at < line->argc; at = next(line, at)) {
		const struct renamed *as = renames(line, at);

		if (((as && !as->value) || is_type(line->argv[at])) && !value_at(line, at))
			return complain(NULL, line->argv[at], "needs a value");
	}
	return 0;
}

static void say(struct line *line, const char *word, const char *value)
{
	line->words[line->count++] = (char *)word;
	if (value)
		line->words[line->count++] = (char *)value;
}

/* What stands at AT, as the library has it. */
static void copy(struct line *line, int at)
{
	const struct renamed *as = renames(line, at);

	if (as && as->value)
		say(line, as->as, as->value);
	else
		say(line, as ? as->as : line->argv[at], span_at(line, at) == 2 ? value_at(line, at) : NULL);
}

/* ip l2tp takes "tunnel" or "session" in any place. */
static int find_object(const struct line *line)
{
	int at = 0;

	while (at < line->argc && !among(line->family->objects, line->argv[at]))
		at = next(line, at);
	return at;
}

/* ---- what is not said ---- */

/* The mode that the beginning of the name means. */
static const char *guess(const struct line *line)
{
	static const char *const modes[] = { "gre", "ipip", "sit", "isatap", "vti", NULL };
	int at = line->name + (line->name < line->argc && span_at(line, line->name) == 2);

	for (int i = 0; modes[i] && at < line->argc; i++)
		if (!strncmp(line->argv[at], modes[i], strlen(modes[i])))
			return modes[i];
	return NULL;
}

/* ip tunnel has two families: the mode tells which, or -6. There "any" is a mode over IPv6. */
static void tunnel_mode(struct run *run, struct line *line, bool makes)
{
	const char *mode = value_at(line, line->type);
	bool v6;

	if (!mode && makes && (mode = run->inet == INET6 ? "ip6ip6" : guess(line)))
		say(line, "mode", mode);
	if (mode && (!strcmp(mode, "any") || !strcmp(mode, "any/ipv6")))
		say(line, "type", mode = "ip6tnl");
	line->kind = mode ? tnl_kind_find(mode) : NULL;
	v6 = line->kind && among(tunnel6.shows, tnl_kind_name(line->kind));
	if (run->inet == INET6 || v6)
		line->family = &tunnel6;
}

static int not_a_mode(const struct line *line, const char *kind)
{
	char text[64];

	snprintf(text, sizeof(text), "not a mode of ip %s%s", six(line->family), line->family->name);
	return complain(line->argv[line->type], kind, text);
}

/* What the line says is one kind or mode or, to choose among what is there, several. */
static int check_kinds(const struct line *line)
{
	const char *list = value_at(line, line->type);
	char one[64];

	if (list && line->kind)
		return has_kind(line->family, tnl_kind_name(line->kind)) ? 0 : not_a_mode(line, list);
	for (size_t len; list && *list; list += len + (list[len] == ',')) {
		const struct tnl_kind *kind;

		len = strcspn(list, ",");
		snprintf(one, sizeof(one), "%.*s", (int)len, list);
		kind = tnl_kind_find(one);
		if (kind && !has_kind(line->family, tnl_kind_name(kind)))
			return not_a_mode(line, one);
	}
	return 0;
}

static bool said(const struct line *line, const char *word)
{
	bool no;
	const struct tnl_row *row = tnl_row_find(line->kind, word, &no);

	for (int at = 0; at < line->argc; at = next(line, at))
		if (tnl_row_find(line->kind, line->argv[at], &no) == row)
			return true;
	return false;
}

static void add_meant(struct run *run, struct line *line)
{
	for (size_t i = 0; line->kind && i < COUNT(meant); i++)
		if ((line->family->is & meant[i].in) && !strcmp(meant[i].kind, tnl_kind_name(line->kind)) &&
		    (!meant[i].inet || meant[i].inet == run->inet) &&
		    (!meant[i].beside || said(line, meant[i].beside)) && !said(line, meant[i].word))
			say(line, meant[i].word, meant[i].value);
}

int read_line(struct run *run, const struct family **family, bool makes, int *argc, char ***argv, char ***memory)
{
	struct line line = { .family = *family, .argc = *argc, .argv = *argv, .type = *argc, .name = *argc };
	int err = 0;

	*memory = calloc(2 * *argc + 1 + MORE, sizeof(**memory));
	if (!*memory)
		return complain(NULL, NULL, "out of memory");
	line.words = *memory + 1; /* the verb's place stays free */
	if (line.family->kind)
		line.kind = tnl_kind_find(line.family->kind);
	if (line.family->is & (IN_LINK | IN_TUNNEL | IN_TUNTAP)) {
		find_type(&line);
		find_name(&line);
		find_group(&line);
		err = check_end(&line);
	} else if (line.family->objects) {
		drop_offsets(run, &line);
		line.name = find_object(&line);
	}
	if (err)
		return err;
	if (line.name < line.argc)
		copy(&line, line.name);
	for (int at = 0; at < line.argc; at = next(&line, at))
		if (at != line.name)
			copy(&line, at);
	if (line.family->is & IN_TUNNEL)
		tunnel_mode(run, &line, makes);
	err = check_kinds(&line);
	if (makes)
		add_meant(run, &line);
	*family = line.family;
	*argc = line.count;
	*argv = line.words;
	return err;
}
