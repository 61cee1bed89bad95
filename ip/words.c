// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of a line that nobody has read yet: which are keywords, and which are their values. */
#include "tun.h"

#include <string.h>

bool is_type(const char *word)
{
	return !strcmp(word, "type") || !strcmp(word, "mode");
}

/* What KIND knows by WORD: 1 a bare word, 2 one that takes a value, 0 nothing. */
static int span_of(const struct tnl_kind *kind, const char *word)
{
	bool no;
	const struct tnl_row *row = tnl_row_find(kind, word, &no);

	return !row ? 0 : no || (tnl_row_flags(row) & TNL_BARE) ? 1 : 2;
}

int span(const struct tnl_kind *kind, const char *word)
{
	int words = is_type(word) ? 2 : kind ? span_of(kind, word) : 0;

	for (const struct tnl_kind *any = NULL; !kind && !words && (any = tnl_kind_next(any));)
		words = span_of(any, word);
	return words;
}

bool takes_value(const char *word)
{
	int most = is_type(word) ? 2 : 0;

	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
		int words = span_of(kind, word);

		if (words == 1)
			return false;
		most = words > most ? words : most;
	}
	return most == 2;
}

int find_word(const char *word, int argc, char **argv)
{
	int at = 0;

	while (at < argc && strcmp(argv[at], word))
		at += span(NULL, argv[at]) == 2 ? 2 : 1;
	return at < argc ? at : argc;
}
