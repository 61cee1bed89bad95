// SPDX-License-Identifier: GPL-2.0-or-later
/* The objects that a line of a family means. */
#include "tun.h"

#include <string.h>

#define WORDS 256
#define LIST 512 /* of kinds */

static bool says(const char *word, int argc, char **argv)
{
	return find_word(word, argc, argv) < argc;
}

/* What a family means when the line does not say it: certain kinds, a table. */
static int complete(const struct family *family, int argc, char *words[], char kinds[LIST])
{
	if (family->shown && !says(family->shown[0], argc, words)) {
		words[argc++] = (char *)family->shown[0];
		words[argc++] = (char *)family->shown[1];
	}
	if (!family->shows || says("type", argc, words) || says("mode", argc, words))
		return argc;
	*kinds = 0;
	for (const char *const *kind = family->shows; *kind; kind++) {
		strlcat(kinds, *kinds ? "," : "", LIST);
		strlcat(kinds, *kind, LIST);
	}
	words[argc++] = "type";
	words[argc++] = kinds;
	return argc;
}

unsigned shown(const struct run *run, const struct family *family)
{
	return (run->all || family->all_links ? TNL_SELECT_FALLBACK : 0) | (family->all_links ? TNL_SELECT_OTHER : 0);
}

static bool exists(struct run *run, const char *name)
{
	struct tnl_obj *link;

	if (tnl_get(run->t, name, &link))
		return false;
	tnl_obj_free(link);
	return true;
}

/* A bare word that a link is called like; those that ip has there itself stay words. */
static bool is_link(struct run *run, const struct family *family, const char *word)
{
	static const char *const words[] = { "up", "nomaster", NULL };

	return (family->is & (IN_LINK | IN_TUNNEL | IN_TUNNEL6 | IN_TUNTAP)) && span(NULL, word) == 1 &&
	       !among(words, word) && exists(run, word);
}

/* The keyword that a word which stands alone lacks. NULL: none; "": and it makes no sense without one. */
static const char *lacking(struct run *run, const struct family *family, const struct tnl_kind *kind, const char *word)
{
	if (!(family->is & IN_ADDR))
		return is_link(run, family, word) ? "name" : NULL;
	if (span(kind, word) || strpbrk(word, ":/")) /* no name has them */
		return NULL;
	return exists(run, word) ? "dev" : strchr(word, '.') ? NULL : "";
}

/* The kernel calls TAPs tun too: "type tun" becomes "type tun,tap", in LIST. */
static void widen_type(int argc, char *words[], char list[LIST])
{
	int at = find_word("type", argc, words) + 1;
	const char *kinds = at < argc ? words[at] : "";

	if (!*kinds || strlen(kinds) >= LIST / 2) /* as the library will say */
		return;
	*list = 0;
	for (size_t len; *kinds; kinds += len) {
		len = *kinds == ',' ? 1 : strcspn(kinds, ",");
		strncat(list, kinds, len);
		if (len == 3 && !strncmp(kinds, "tun", len))
			strcat(list, ",tap");
	}
	words[at] = list;
}

/* Who says the name of another kind's link means something else than the family. */
static int check_names(struct run *run, const struct family *family, int argc, char *words[])
{
	int err = 0;

	for (int at = 0, step; at < argc && !err; at += step) {
		step = span(NULL, words[at]) == 2 ? 2 : 1;
		if (!span(NULL, words[at]))
			err = in_family_now(run, family, words[at]);
		else if (!strcmp(words[at], "name") && at + 1 < argc)
			err = in_family_now(run, family, words[at + 1]);
	}
	return err;
}

int line_select(struct run *run, const struct family *family, const struct tnl_kind *kind, unsigned flags, int argc,
		char **argv, struct tnl_selector **sel)
{
	char *words[WORDS + 4], kinds[LIST];
	const char *lacks;
	bool named;
	int err;

	if (argc > WORDS)
		return complain(NULL, argv[WORDS], "too many words");
	memcpy(words, argv, argc * sizeof(*argv));
	if (argc == 1 && (lacks = lacking(run, family, kind, *argv))) {
		if (!*lacks)
			return complain(NULL, *argv, "neither a link nor an address");
		words[0] = (char *)lacks;
		words[argc++] = *argv;
	}
	if (family->is & IN_LINK)
		widen_type(argc, words, kinds);
	if (tnl_select(run->t, kind, flags, argc, words, sel))
		return failed(run->t);
	named = tnl_select_name(*sel);
	err = check_names(run, family, argc, words);
	if (!err && (named || (!family->shown && !family->shows)))
		return 0;
	tnl_select_free(*sel);
	if (err)
		return err;
	argc = complete(family, argc, words, kinds);
	return tnl_select(run->t, kind, flags, argc, words, sel) ? failed(run->t) : 0;
}
