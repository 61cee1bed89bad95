// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of a line that nobody has read yet: which are keywords, and which are their values. */
#include "tun.h"

#include <string.h>

bool is_secret(const char *word)
{
	static const char *const words[] = { "cookie", "peer_cookie", NULL };

	return among(words, word);
}

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

/* All words of all kinds by their hash: a batch asks for so many that it pays. */
#define PLACES 4096 /* the kinds have some 600 words */
#define SOME 32     /* questions that are answered without */

static struct {
	const char *word;
	int words;
} known[PLACES];

static unsigned place_of(const char *word)
{
	unsigned hash = 5381;

	for (const char *c = word; *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	hash %= PLACES;
	while (known[hash].word && strcmp(known[hash].word, word))
		hash = (hash + 1) % PLACES;
	return hash;
}

/* Of kinds that have the same word the first says what it is, as of rows. */
static void put_word(const char *word, int words)
{
	unsigned place = place_of(word);

	if (known[place].word)
		return;
	known[place].word = word;
	known[place].words = words;
}

static void make_index(void)
{
	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
		for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));) {
			int words = tnl_row_flags(row) & TNL_BARE ? 1 : 2;
			const char *alias;

			if (tnl_row_no(row))
				put_word(tnl_row_no(row), 1);
			put_word(tnl_row_word(row), words);
			for (unsigned i = 0; (alias = tnl_row_alias(row, i)); i++)
				put_word(alias, words);
		}
}

int span(const struct tnl_kind *kind, const char *word)
{
	static int asked;
	int words = is_type(word) ? 2 : kind ? span_of(kind, word) : 0;

	if (words || kind)
		return words;
	if (asked == SOME)
		make_index();
	if (asked++ >= SOME) {
		asked = SOME + 1;
		return known[place_of(word)].words;
	}
	for (const struct tnl_kind *any = NULL; !words && (any = tnl_kind_next(any));)
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
