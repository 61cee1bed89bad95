// SPDX-License-Identifier: GPL-2.0-or-later
/* The options: one table, in the order in which iproute2 looks for one that begins with what was said. */
#include "tun.h"

#include <string.h>
#include <unistd.h>

enum what { FLAG, COUNT, VALUE, NUMBER, FAMILY, COLOR };

#define TO(field) .at = offsetof(struct run, field)

static const struct option {
	const char *name, *hint, *help;
	enum what what;
	size_t at;    /* in struct run */
	int value;    /* of a FLAG */
	bool exact;   /* no beginning of it means it */
	bool whole;   /* for the whole run, not for a line of a batch */
	const char *only[4]; /* with these verbs; none: with all */
} options[] = {
	{ "loops", "N", "taken for the sake of scripts, as are -resolve and -rcvbuf", NUMBER, TO(ignored) },
	{ "family", "F", "inet, inet6, link, bridge or mpls", FAMILY, TO(inet) },
	{ "4", "", "IPv4", FLAG, TO(inet), INET4, .exact = true },
	{ "6", "", "IPv6", FLAG, TO(inet), INET6, .exact = true },
	{ "0", "", "-family link", FLAG, TO(inet), INET_OTHER, .exact = true },
	{ "M", NULL, NULL, FLAG, TO(inet), INET_OTHER, .exact = true },
	{ "B", NULL, NULL, FLAG, TO(inet), INET_OTHER, .exact = true },
	{ "human-readable", "", "counters with K, M, G", FLAG, TO(human), 1 },
	{ "iec", "", "... of 1024", FLAG, TO(iec), 1 },
	{ "stats", "", "counters; twice: all of them", COUNT, TO(stats) },
	{ "statistics", NULL, NULL, COUNT, TO(stats) },
	{ "details", "", "state; twice: all of it", COUNT, TO(details) },
	{ "resolve", NULL, NULL, FLAG, TO(ignored), 1 },
	{ "oneline", "", "each object on one line", FLAG, TO(oneline), 1 },
	{ "timestamp", "", "monitor: date and time in front of each line", FLAG, TO(timestamp), 1 },
	{ "tshort", "", "... the time only", FLAG, TO(timestamp), 2 },
	{ "Version", "", "print the version", FLAG, TO(version), 1, .whole = true },
	{ "version", NULL, NULL, FLAG, TO(version), 1, .whole = true, .exact = true },
	{ "force", "", "go on after a line that failed", FLAG, TO(force), 1, .whole = true },
	{ "atomic", "", "undo all of a batch if a line fails", FLAG, TO(atomic), 1, .exact = true, .whole = true },
	{ "window", "N", "requests that wait for answers, of -force, --atomic and apply: 1 to 128", VALUE, TO(window),
	  .exact = true, .whole = true },
	{ "batch", "FILE", "a command from each line; -: standard input", VALUE, TO(batch), .whole = true },
	{ "brief", "", "links as a table", FLAG, TO(brief), 1 },
	{ "json", "", "JSON", FLAG, TO(json), 1, .whole = true },
	{ "pretty", "", "... in lines", FLAG, TO(pretty), 1, .whole = true },
	{ "rcvbuf", NULL, NULL, NUMBER, TO(ignored) },
	{ "color", "", "=always, auto or never", COLOR, TO(color) },
	{ "help", "", "this text", FLAG, TO(help), 1, .whole = true },
	{ "netns", "NETNS", "the network namespace: a name or a path", VALUE, TO(netns), .whole = true },
	{ "Numeric", "", "numbers instead of names", FLAG, TO(numeric), 1 },
	{ "all", "", "fallback devices too", FLAG, TO(all), 1 },
	{ "echo", "", "show what was made", FLAG, TO(echo), 1, .exact = true },
	{ "dry-run", "", "print what would be sent, send nothing", FLAG, TO(dry), 1, .exact = true, .whole = true },
	{ "quiet", "", "ensure: do not say what was done", FLAG, TO(quiet), 1 },
	{ "recreate", "", "ensure, apply: make anew what the kernel cannot change", FLAG, TO(recreate), 1, .exact = true,
	  .only = { "ensure", "replace", "apply" } },
	{ "secrets", "", "save: cookies too", FLAG, TO(secrets), 1, .exact = true, .only = { "save" } },
	{ "check", "", "apply: print what would be done; exit 6 if anything would", FLAG, TO(plan_only), 1, .exact = true, .only = { "apply" } },
	{ "prune", "SELECTOR", "apply: delete what it means and the file has not", VALUE, TO(prune), .exact = true, .only = { "apply" } },
	{ "remove", "", "apply: delete what the file makes", FLAG, TO(remove), 1, .exact = true, .only = { "apply" } },
	{ "confirm", "SECONDS", "apply: undo it unless it is confirmed", VALUE, TO(confirm), .exact = true, .only = { "apply" } },
	{ "accept", "", "apply: confirm one that waits", FLAG, TO(accept), 1, .exact = true, .only = { "apply" } },
	{ "wait", "SECONDS", "apply: how long for another apply", VALUE, TO(wait), .exact = true, .only = { "apply" } },
	{ "env", "PREFIX", "words of add, ensure and replace that the environment has", VALUE, TO(env), .exact = true,
	  .only = { "add", "ensure", "replace" } },
	{ "one-by-one", "", "del, apply: no group of links that goes at once", FLAG, TO(one_by_one), 1, .exact = true,
	  .only = { "del", "delete", "apply" } },
	{ "initial", "", "monitor: begin with what is there", FLAG, TO(initial), 1, .exact = true },
	{ "interval", "SECONDS", "monitor: how often to read what the kernel does not tell", VALUE, TO(interval), .exact = true },
	{ "via", "HOW", "rtnl, ioctl, genl or tuntap", VALUE, TO(via), .exact = true },
};

#define EACH(option) for (const struct option *option = options; option < options + sizeof(options) / sizeof(*options); option++)

/* WORD begins after the dashes. */
static const struct option *find(const char *word)
{
	size_t len = strcspn(word, "=");

	EACH(option)
		if (!strcmp(option->name, word))
			return option;
	EACH(option)
		if (len && !option->exact && !strncmp(option->name, word, len) && (!word[len] || option->what == COLOR))
			return option;
	return NULL;
}

/* The place of VALUE in a list that ends with NULL, -1: none. */
static int place_in(const char *const *list, const char *value)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(list[i], value))
			return i;
	return -1;
}

static int take(struct run *run, const struct option *option, const char *shown, const char *value)
{
	static const char *const colors[] = { "never", "always", "auto", NULL };
	static const char *const inets[] = { "any", "inet", "inet6", "link", "bridge", "mpls", NULL };
	int *number = (int *)((char *)run + option->at), which;

	switch (option->what) {
	case FLAG:
		*number = option->value;
		return 0;
	case COUNT:
		(*number)++;
		return 0;
	case NUMBER:
		return *value && strspn(value, "0123456789") == strlen(value) ? 0 : complain(shown, value, "not a number");
	case VALUE:
		*(const char **)((char *)run + option->at) = value;
		return 0;
	case FAMILY:
		which = place_in(inets, value);
		*number = which < INET_OTHER ? which : INET_OTHER;
		return which > 0 ? 0 : complain(shown, value, "not a family: inet, inet6, link, bridge or mpls");
	case COLOR:
		which = value ? place_in(colors, value) : 1;
		*number = which == 1 || (which == 2 && isatty(STDOUT_FILENO));
		return which >= 0 ? 0 : complain(shown, NULL, "not a choice: always, auto or never");
	}
	return 0;
}

/* Takes the option at *AT and its value. */
static int take_option(struct run *run, int argc, char **argv, int *at)
{
	const char *shown = argv[*at], *word = shown + 1 + (shown[1] == '-'), *value = strchr(word, '=');
	const struct option *option = find(word); /* --json and -json are one */

	if (!option)
		return complain(NULL, shown, "unknown option (tun help lists them)");
	if (option->whole && run->line)
		return complain(NULL, shown, "is for the whole batch: say it before -batch");
	if (option->what == COLOR)
		return take(run, option, shown, value ? value + 1 : NULL);
	if (option->what != FLAG && option->what != COUNT && ++*at >= argc)
		return complain(NULL, shown, "needs a value");
	return take(run, option, shown, argv[*at]);
}

/* Whether what follows is the value of the last word, which may begin as it likes. The first word is a command. */
static bool is_value(int argc, char **argv)
{
	int at = 1;

	while (at < argc)
		at += takes_value(argv[at]) ? 2 : 1;
	return argc && at > argc;
}

int take_options(struct run *run, int *argc, char **argv)
{
	bool before = true;
	int kept = 0, ret;

	for (int i = 0; i < *argc; i++) {
		bool twice = !strncmp(argv[i], "--", 2) && !is_value(kept, argv);

		if (twice && !argv[i][2]) {
			while (++i < *argc)
				argv[kept++] = argv[i];
			break;
		}
		if (twice || (before && argv[i][0] == '-')) {
			ret = take_option(run, *argc, argv, &i);
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

static bool is_said(const struct run *run, const struct option *option)
{
	const void *at = (const char *)run + option->at;

	return option->what == VALUE ? *(const char *const *)at != NULL : *(const int *)at != 0;
}

int check_options(const struct run *run, const char *verb)
{
	char shown[32], text[64] = "only for ";

	EACH(option) {
		if (!*option->only || !is_said(run, option) || among(option->only, verb))
			continue;
		for (const char *const *only = option->only; *only; only++) {
			strlcat(text, only == option->only ? "" : only[1] ? ", " : " and ", sizeof(text));
			strlcat(text, *only, sizeof(text));
		}
		snprintf(shown, sizeof(shown), "--%s", option->name);
		return complain(NULL, shown, text);
	}
	return 0;
}

void usage_options(FILE *to)
{
	EACH(option) {
		char left[32];

		if (!option->help)
			continue;
		snprintf(left, sizeof(left), "-%s%s%s%s", option->exact && option->name[1] ? "-" : "", option->name,
			 *option->hint ? " " : "", option->hint);
		fprintf(to, "  %-20s%s\n", left, option->help);
	}
}
