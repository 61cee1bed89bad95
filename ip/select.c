// SPDX-License-Identifier: GPL-2.0-or-later
/* The objects that a line of a family means. */
#include "tun.h"

#include <string.h>

#define WORDS 256

static bool says(const char *word, int argc, char **argv)
{
	return find_word(word, argc, argv) < argc;
}

/* What a family means when the line does not say it: certain kinds, a table. */
static int complete(const struct family *family, int argc, char **argv, char *words[], char kinds[], size_t size)
{
	memcpy(words, argv, argc * sizeof(*argv));
	if (family->shown && !says(family->shown[0], argc, argv)) {
		words[argc++] = (char *)family->shown[0];
		words[argc++] = (char *)family->shown[1];
	}
	if (!family->shows || says("type", argc, argv) || says("mode", argc, argv))
		return argc;
	*kinds = 0;
	for (const char *const *kind = family->shows; *kind; kind++) {
		strlcat(kinds, *kinds ? "," : "", size);
		strlcat(kinds, *kind, size);
	}
	words[argc++] = "type";
	words[argc++] = kinds;
	return argc;
}

unsigned shown(const struct run *run, const struct family *family)
{
	return (run->all || family->all_links ? TNL_SELECT_FALLBACK : 0) | (family->all_links ? TNL_SELECT_OTHER : 0);
}

int line_select(struct run *run, const struct family *family, const struct tnl_kind *kind, unsigned flags, int argc,
		char **argv, struct tnl_selector **sel)
{
	char *words[WORDS + 4], kinds[128];

	if (argc > WORDS)
		return complain(NULL, argv[WORDS], "too many words");
	if (tnl_select(run->t, kind, flags, argc, argv, sel))
		return failed(run->t);
	if (tnl_select_name(*sel) || (!family->shown && !family->shows))
		return 0; /* who says a name means it, whatever it is */
	tnl_select_free(*sel);
	argc = complete(family, argc, argv, words, kinds, sizeof(kinds));
	return tnl_select(run->t, kind, flags, argc, words, sel) ? failed(run->t) : 0;
}
