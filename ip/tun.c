// SPDX-License-Identifier: GPL-2.0-or-later
/* tun: options, the table of families and verbs, and which function serves them. */
#include "batch.h"
#include "statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define IN_FAMILIES (IN_ANY - IN_FLAT)

#define IN_OBJECTS (IN_ADDR | IN_ROUTE | IN_L2TP | IN_FOU)

const struct verb verbs[] = {
	{ "add", cmd_add, IN_ANY, IN_FAMILIES, .makes = true, .named = true, .help = "make one; without a name: choose it" },
	{ "append", cmd_append, IN_ROUTE, IN_ROUTE, .makes = true, .help = "make one behind others to the same place" },
	{ "ensure", cmd_ensure, IN_ANY, .makes = true, .named = true,
	  .help = "make one, or change what is there only as the line differs" },
	{ "set", cmd_set, IN_ANY, IN_LINK, IN_OBJECTS, .named = true, .words = "WORD [VALUE]...",
	  .help = "change one in place" },
	{ "change", cmd_set, IN_ANY, IN_TUNNEL | IN_LINK },
	{ "replace", cmd_replace, IN_ANY, IN_LINK, IN_ADDR | IN_ROUTE | IN_FOU, .makes = true, .named = true,
	  .help = "make one, change it, or make it anew" },
	{ "delete", cmd_del, IN_ANY, IN_FAMILIES },
	{ "del", cmd_del, IN_ANY, .words = "SELECTOR...", .help = "delete what is selected" },
	{ "show", cmd_show, IN_ANY, IN_FAMILIES, .words = "[SELECTOR...]", .help = "show what is selected, or all" },
	{ "lst", cmd_show, IN_ANY, IN_FAMILIES },
	{ "list", cmd_show, IN_ANY, IN_FAMILIES },
	{ "ls", cmd_show, IN_ANY },
	{ "monitor", cmd_monitor, IN_ANY, .untold = IN_ADDR | IN_ROUTE, .alone = true, .words = "[SELECTOR...]",
	  .help = "tell what happens to it" },
	{ "prl", cmd_prl, IN_TUNNEL, IN_TUNNEL, .raw = true, .words = "dev NAME [prl-default|prl-nodefault|prl-delete ADDR]",
	  .help = "the routers of an ISATAP link" },
	{ "6rd", cmd_6rd, IN_TUNNEL, IN_TUNNEL, .raw = true,
	  .words = "dev NAME 6rd-prefix PREFIX [6rd-relay_prefix PREFIX] | 6rd-reset", .help = "the prefixes of a sit link" },
	{ "save", cmd_save, IN_FLAT, .words = "[SELECTOR...] [-o FILE]", .help = "print the batch that makes all again" },
	{ "apply", cmd_apply, IN_FLAT, .raw = true, .alone = true, .words = "FILE", .help = "make the kernel equal to a file, as a whole" },
	{ "diff", cmd_diff, IN_FLAT, .raw = true, .alone = true, .words = "FILE [FILE]", .help = "what apply would do; between two files" },
	{ "help", cmd_help, IN_ANY, IN_FAMILIES, IN_FAMILIES, .raw = true,
	  .words = "[COMMAND | FAMILY [COMMAND] | KIND | selectors]", .help = "this text, or more of it" },
	{0}
};

const struct verb *find_verb(const struct family *family, const char *word)
{
	for (const struct verb *verb = verbs; verb->name; verb++)
		if ((verb->in & family->is) && !strcmp(verb->name, word))
			return verb;
	for (const struct verb *verb = verbs; verb->name && *word; verb++)
		if ((verb->shortened & family->is) && !strncmp(verb->name, word, strlen(word)))
			return verb;
	return NULL;
}

int dispatch(struct run *run, int argc, char **argv)
{
	const struct family *family = families;
	const struct verb *verb;
	char **memory = NULL;
	int ret = 0;

	if (!argc)
		return usage(stderr);
	if (!find_verb(families, argv[0]) && find_family(argv[0], true)) {
		family = find_family(argv[0], true);
		argc--;
		argv++;
	}
	verb = find_verb(family, argc ? argv[0] : "show");
	if (!verb)
		return complain(NULL, argv[0], "unknown command (tun help lists them)");
	if (run->line && verb->alone)
		return complain(NULL, verb->name, "not in a batch");
	if (run->inet == INET_OTHER && (family->is & (IN_TUNNEL | IN_ADDR | IN_ROUTE)))
		return complain(NULL, family->name, "knows only IPv4 and IPv6");
	if (check_options(run, verb->name))
		return REFUSED;
	if (run->env && family != families)
		return complain(NULL, "--env", "only for add, ensure and replace");
	if (run->into && !verb->makes && verb->run != cmd_set && verb->run != cmd_prl)
		return complain(NULL, verb->name, "does not make anything: a state is lines of add, append, ensure, replace and set");
	if (argc) {
		argc--;
		argv++;
	}
	if (verb->run == cmd_monitor && family == families && argc && find_family(argv[0], false)) {
		family = find_family(argv[0], false); /* ip monitor link */
		argc--;
		argv++;
	}
	if (argc == 1 && verb->run != cmd_help && !strcmp(argv[0], "help"))
		return run->check ? 0 : help_verb(family, verb);
	tnl_names(run->t, run->numeric ? TNL_NAMES_NONE : run->json ? TNL_NAMES_OWN : TNL_NAMES_ALL);
	if (!verb->raw && !(family->is & (IN_FLAT | IN_ADDR | IN_ROUTE)))
		ret = read_line(run, &family, verb->makes, &argc, &argv, &memory);
	if (run->env)
		ret = env_words(run->env, &argc, &argv, &memory);
	run->family = family;
	if (!ret && run->in)
		ret = later_before(run, verb, argc, argv);
	if (!ret && run->into)
		ret = take_line(run, family, verb, argc, argv);
	else if (!ret && run->check)
		ret = check_line(run, verb, family, argc, argv);
	else if (!ret)
		ret = verb->run(run, family, argc, argv);
	free(memory);
	return ret;
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

int line_link(struct run *run, int *argc, char ***argv, struct tnl_obj **link)
{
	static char name[16];

	if (*argc > 1 && !strcmp(**argv, "name")) {
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
	if (unshare(CLONE_NEWNS) || mount("", "/", "", MS_SLAVE | MS_REC, NULL))
		return; /* the library notices that it is not the right one */
	umount2("/sys", MNT_DETACH);
	mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL);
}

void netns_path(const char *netns, char *path, size_t size)
{
	snprintf(path, size, strchr(netns, '/') ? "%s" : "/run/netns/%s", netns);
}

static int enter(const char *netns)
{
	char path[4096];
	int fd, err;

	netns_path(netns, path, sizeof(path));
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

int main(int argc, char **argv)
{
	static char output[1 << 16]; /* a list of ten thousand goes out in a hundred writes, not in two thousand */
	struct run run = {0};
	int ret;

	keep_standard_descriptors();
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, output, _IOFBF, sizeof(output));
	argc--;
	argv++;
	ret = take_options(&run, &argc, argv);
	if (ret)
		return finish(ret);
	if (run.version) {
		printf("tun %s\n", tnl_version());
		return finish(DONE);
	}
	if (run.help)
		return finish(help_all());
	if (run.batch && argc)
		return finish(complain("-batch", argv[0], "commands are in the file alone"));
	if (!run.batch && run.atomic)
		return finish(complain(NULL, "--atomic", "only with -batch"));
	if (run.netns && (ret = enter(run.netns)))
		return finish(ret);
	run.t = tnl_open(run.dry ? TNL_DRY : 0);
	if (!run.t)
		return finish(complain(NULL, NULL, "out of memory"));
	ret = run.via && tnl_via(run.t, run.via) ? failed(run.t) : run.batch ? cmd_batch(&run) : dispatch(&run, argc, argv);
	if (!ret && run.dry)
		ret = run.json ? json_requests(&run) : print_recorded(&run);
	ret = finish(ret);
	tnl_close(run.t);
	return ret;
}
