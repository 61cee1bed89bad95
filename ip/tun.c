// SPDX-License-Identifier: GPL-2.0-or-later
/* tun: options, the table of families and verbs, and which function serves them. */
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static const char *const l2tp_objects[] = { "tunnel", "session", NULL };
static const char *const ip_tunnels[] = { "ipip", "gre", "vti", NULL }, *const tuntaps[] = { "tun", "tap", NULL };
static const char *const main_table[] = { "table", "main" };
static const char *const l2tp_kinds[] = { "l2tp-tunnel", "l2tp-session" };

const struct family families[] = {
	{ .name = "", .help = "tunnels of every kind" },
	{ .name = "tunnel", .help = "those of ip tunnel", .shows = ip_tunnels },
	{ .name = "link", .help = "tunnels of every kind; shows every link", .dev_names = DEV_FIRST, .all_links = true },
	{ .name = "tuntap", .help = "those of ip tuntap", .shows = tuntaps, .dev_names = DEV_ANYWHERE },
	{ .name = "l2tp", .help = "L2TPv3 tunnels and sessions", .objects = l2tp_objects, .kinds = l2tp_kinds },
	{ .name = "addr", .other = "address", .help = "addresses on interfaces", .kind = "address" },
	{ .name = "route", .help = "routes", .kind = "route", .shown = main_table },
	{0}
};

static const struct verb {
	const char *names[4];
	command *run;
} verbs[] = {
	{ { "add" }, cmd_add },
	{ { "ensure" }, cmd_ensure },
	{ { "replace" }, cmd_replace },
	{ { "set", "change" }, cmd_set },
	{ { "del", "delete" }, cmd_del },
	{ { "show", "list", "ls", "lst" }, cmd_show },
	{ { "monitor" }, cmd_monitor },
};

const struct family *find_family(const char *word)
{
	for (const struct family *family = families; family->name; family++)
		if (!strcmp(family->name, word) || (family->other && !strcmp(family->other, word)))
			return family;
	return NULL;
}

static const struct verb *find_verb(const char *word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		for (int n = 0; n < 4 && verbs[i].names[n]; n++)
			if (!strcmp(verbs[i].names[n], word))
				return &verbs[i];
	return NULL;
}

static int dispatch(struct run *run, int argc, char **argv)
{
	const struct family *family = argc ? find_family(argv[0]) : NULL;
	const struct verb *verb;

	if (!argc)
		return usage(stderr);
	if (!strcmp(argv[0], "help"))
		return cmd_help(run, argc - 1, argv + 1);
	if (family && *family->name) {
		argc--;
		argv++;
	} else {
		family = families;
	}
	if (!argc)
		return cmd_show(run, family, 0, argv);
	if (!strcmp(argv[0], "help"))
		return cmd_help(run, argc > 1 ? argc - 1 : family->kind ? 1 : 0, argc > 1 ? argv + 1 : argv - 1);
	verb = find_verb(argv[0]);
	if (!verb)
		return complain(NULL, argv[0], "unknown command (tun help lists them)");
	if (run->recreate && verb->run != cmd_ensure && verb->run != cmd_replace)
		return complain(NULL, "--recreate", "only for ensure and replace");
	for (int i = 1; i < argc && family->all_links; i++)
		if (!strcmp(argv[i], "group"))
			argv[i] = "linkgroup"; /* as in ip link, also of a TAP, whose own group is of users */
	return verb->run(run, family, argc - 1, argv + 1);
}

int family_kind(const struct family *family, int *argc, char ***argv, const struct tnl_kind **kind)
{
	*kind = family->kind ? tnl_kind_find(family->kind) : NULL;
	if (!family->objects)
		return 0;
	for (int i = 0; *argc && family->objects[i]; i++)
		if (!strcmp(**argv, family->objects[i])) {
			*kind = tnl_kind_find(family->kinds[i]);
			(*argc)--;
			(*argv)++;
			return 0;
		}
	return complain(NULL, *argc ? **argv : family->name, "say tunnel or session");
}

void family_names(const struct family *family, int argc, char **argv)
{
	for (int i = 0; i < argc && (i < 1 || family->dev_names == DEV_ANYWHERE); i++)
		if (family->dev_names && !strcmp(argv[i], "dev"))
			argv[i] = "name";
}

int line_link(struct run *run, const struct family *family, int *argc, char ***argv, struct tnl_obj **link)
{
	static char name[16];

	/* ip tuntap takes "mode tap" in front of the name too */
	if (*argc > 2 && (!strcmp(**argv, "mode") || !strcmp(**argv, "type"))) {
		char *pair[2] = { (*argv)[0], (*argv)[1] };

		memmove(*argv, *argv + 2, (*argc - 2) * sizeof(**argv));
		memcpy(*argv + *argc - 2, pair, sizeof(pair));
	}
	if (*argc > 1 && (!strcmp(**argv, "name") || (family->dev_names && !strcmp(**argv, "dev")))) {
		(*argc)--;
		(*argv)++;
	}
	if (!*argc)
		return complain(NULL, "name", "missing");
	if (tnl_get(run->t, **argv, link))
		return failed(run->t);
	/* the verb's place in ARGV is free by now; an alternative name becomes the link's own */
	strlcpy(name, tnl_obj_name(run->t, *link), sizeof(name));
	(*argv)[0] = name;
	(*argv)[-1] = "name";
	(*argc)++;
	(*argv)--;
	return 0;
}

/* Some flags of TUN and TAP are told in sysfs alone, which shows the namespace that it was mounted in. */
static void show_sysfs(void)
{
	if (unshare(CLONE_NEWNS) || mount("", "/", NULL, MS_SLAVE | MS_REC, NULL))
		return; /* the library notices that it is not the right one */
	umount2("/sys", MNT_DETACH);
	mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL);
}

/* A name in /run/netns or a path. */
static int enter(const char *netns)
{
	char path[4096];
	int fd, err;

	snprintf(path, sizeof(path), strchr(netns, '/') ? "%s" : "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 || setns(fd, CLONE_NEWNET) ? errno : 0;
	if (fd < 0 && err == ENOENT)
		return complain(NULL, netns, "no such namespace");
	if (err) {
		bool denied = err == EPERM || err == EACCES;

		complain(NULL, netns, denied ? "not permitted: run it as root (it needs CAP_NET_ADMIN)" :
			 "not a network namespace");
		return denied ? FAILED : REFUSED;
	}
	close(fd);
	show_sysfs();
	return 0;
}

/* A closed descriptor must not become a netlink socket that output goes to: reading ends refuse writing. */
static void keep_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			_exit(INCOMPLETE);
}

struct options {
	struct run *run;
	const char *via;
	bool help, version;
};

/* Takes the option at *AT and its value; 0: taken, -1: not an option, REFUSED: said why. */
static int take_option(struct options *o, char **argv, int argc, int *at)
{
	const char *shown = argv[*at], *word = shown + (shown[1] == '-'); /* --json and -json are one */
	const char **value = NULL;

	if (!strcmp(word, "-j") || !strcmp(word, "-json"))
		o->run->json = true;
	else if (!strcmp(word, "-p") || !strcmp(word, "-pretty"))
		o->run->pretty = true;
	else if (!strcmp(word, "-d") || !strcmp(word, "-details"))
		o->run->details = true;
	else if (!strcmp(word, "-s") || !strcmp(word, "-stats"))
		o->run->stats = true;
	else if (!strcmp(word, "-a") || !strcmp(word, "-all"))
		o->run->all = true;
	else if (!strcmp(word, "-V") || !strcmp(word, "-Version") || !strcmp(word, "-version"))
		o->version = true;
	else if (!strcmp(word, "-h") || !strcmp(word, "-help"))
		o->help = true;
	else if (!strcmp(word, "-q") || !strcmp(word, "-quiet"))
		o->run->quiet = true;
	else if (!strcmp(word, "-dry-run"))
		o->run->dry = true;
	else if (!strcmp(word, "-recreate"))
		o->run->recreate = true;
	else if (!strcmp(word, "-n") || !strcmp(word, "-netns"))
		value = &o->run->netns;
	else if (!strcmp(word, "-t") || !strcmp(word, "-timestamp"))
		o->run->timestamp = 1;
	else if (!strcmp(word, "-ts") || !strcmp(word, "-tshort"))
		o->run->timestamp = 2;
	else if (!strcmp(word, "-initial"))
		o->run->initial = true;
	else if (!strcmp(word, "-interval"))
		value = &o->run->interval;
	else if (!strcmp(word, "-via"))
		value = &o->via;
	else
		return -1;
	if (value && *at + 1 >= argc)
		return complain(NULL, shown, "needs a value");
	if (value)
		*value = argv[++*at];
	return 0;
}

/* Options stand before the command; those with two dashes may stand anywhere. The rest stays in ARGV. */
static int take_options(struct options *o, int *argc, char **argv)
{
	bool before = true;
	int kept = 0, ret;

	for (int i = 0; i < *argc; i++) {
		bool twice = argv[i][0] == '-' && argv[i][1] == '-' && argv[i][2];

		if (!strcmp(argv[i], "--")) {
			while (++i < *argc)
				argv[kept++] = argv[i];
			break;
		}
		if (twice || (before && argv[i][0] == '-')) {
			ret = take_option(o, argv, *argc, &i);
			if (ret < 0)
				return complain(NULL, argv[i], "unknown option (tun help lists them)");
			if (ret)
				return ret;
			continue;
		}
		before = false;
		argv[kept++] = argv[i];
	}
	*argc = kept;
	return 0;
}

int main(int argc, char **argv)
{
	struct run run = {0};
	struct options o = { .run = &run };
	int ret;

	keep_standard_descriptors();
	argc--;
	argv++;
	ret = take_options(&o, &argc, argv);
	if (ret)
		return finish(ret);
	if (o.version || o.help) {
		if (o.version)
			printf("tun %s\n", tnl_version());
		return finish(o.version ? DONE : usage(stdout));
	}
	if (run.netns && (ret = enter(run.netns)))
		return finish(ret);
	run.t = tnl_open(run.dry ? TNL_DRY : 0);
	if (!run.t)
		return finish(complain(NULL, NULL, "out of memory"));
	run.via = o.via;
	ret = o.via && tnl_via(run.t, o.via) ? failed(run.t) : dispatch(&run, argc, argv);
	if (!ret && run.dry && !run.told)
		ret = print_recorded(&run);
	ret = finish(ret);
	tnl_close(run.t);
	return ret;
}
