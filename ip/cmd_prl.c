// SPDX-License-Identifier: GPL-2.0-or-later
/* ip tunnel prl, ip tunnel 6rd: what ISATAP and 6rd add to a sit link. Each is pairs of a word and its value. */
#include "statefile.h"

#include <string.h>

#define WORDS 16

static const struct act {
	const char *word;
	command *run;
	char *more;
} acts[] = {
	{ "prl-default", cmd_add, "default" },
	{ "prl-nodefault", cmd_add, NULL },
	{ "prl-delete", cmd_del, NULL },
};

static const struct act *find_act(const char *word)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(acts[i].word, word))
			return &acts[i];
	return NULL;
}

/* "prl dev NAME prl-default ADDR". Without an address: the routers that are known. */
int cmd_prl(struct run *run, const struct family *family, int argc, char **argv)
{
	static const struct family routers = { IN_FLAT, .name = "prl", .kind = "prl" };
	const struct act *act = NULL, *found;
	char *words[WORDS + 1];
	int count = 0;

	(void)family;
	if (argc > WORDS)
		return complain(NULL, argv[WORDS], "too many words");
	for (int i = 0; i < argc; i += 2) {
		found = find_act(argv[i]);
		if (act && found)
			return complain("prl", argv[i], "one router at a time");
		words[count++] = found ? "address" : argv[i];
		if (i + 1 < argc)
			words[count++] = argv[i + 1];
		if (found && found->more)
			words[count++] = found->more;
		act = found ? found : act;
	}
	run->family = &routers;
	if (run->into)
		return act && act->run == cmd_add ? take_line(run, &routers, find_verb(&routers, "add"), count, words) :
		       complain("prl", NULL, "makes no router");
	return (act ? act->run : cmd_show)(run, &routers, count, words);
}

/* "6rd dev NAME 6rd-prefix PREFIX [6rd-relay_prefix PREFIX]" or "6rd-reset": the relay's prefix is none if not said. */
int cmd_6rd(struct run *run, const struct family *family, int argc, char **argv)
{
	char *words[WORDS + 5] = { NULL, "name", NULL };
	bool whole = false;
	int count = 3;

	if (argc > WORDS)
		return complain(NULL, argv[WORDS], "too many words");
	for (int i = 0; i < argc; i++) {
		whole |= !strcmp(argv[i], "6rd-reset") || !strcmp(argv[i], "6rd-relay_prefix");
		if (i + 1 < argc && !words[2] && !strcmp(argv[i], "dev"))
			words[2] = argv[++i];
		else
			words[count++] = argv[i];
	}
	if (!words[2])
		return complain("6rd", "dev", "missing: say which link");
	if (!whole) {
		words[count++] = "6rd-relay_prefix";
		words[count++] = "0.0.0.0/0";
	}
	return cmd_set(run, family, count - 1, words + 1);
}
