// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --env PREFIX: words of a line that the environment has, one in a variable: with IF_TUN_, IF_TUN_TYPE=gre and
 * IF_TUN_ENCAP_DPORT=5555 are "type gre encap-dport 5555". ifupdown hands them to its scripts so. Which of - and _ a word
 * has, and whether it takes a value, the rows know.
 */
#include "tun.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether the variable that begins at NAME is how WORD is written there. */
static bool spells(const char *name, const char *word)
{
	while (*word && *name == (*word == '-' ? '_' : toupper((unsigned char)*word)))
		name++, word++;
	return *name == '=' && !*word;
}

/* The word of KIND that NAME means, in any of its forms; NULL: none. */
static const char *find(const struct tnl_kind *kind, const char *name)
{
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));) {
		const char *word = tnl_row_word(row);

		if (spells(name, word))
			return word;
		if (tnl_row_no(row) && spells(name, tnl_row_no(row)))
			return tnl_row_no(row);
		for (unsigned i = 0; (word = tnl_row_alias(row, i)); i++)
			if (spells(name, word))
				return word;
	}
	return NULL;
}

/* What a word without a value comes to when it is said to be VALUE: itself, its opposite, "" if it has none; NULL:
 * neither. */
static const char *switched(const struct tnl_row *row, bool no, const char *word, const char *value)
{
	const char *opposite = !no ? tnl_row_no(row) : tnl_row_flags(row) & TNL_BARE ? tnl_row_word(row) : NULL;

	if (!strcmp(value, "yes") || !strcmp(value, "on"))
		return word;
	if (!strcmp(value, "no") || !strcmp(value, "off"))
		return opposite ? opposite : "";
	return NULL;
}

/* Adds what VARIABLE says of KIND, LEN its prefix. 0, or REFUSED and said why. */
static int add_word(const struct tnl_kind *kind, char *variable, size_t len, int *argc, char **argv)
{
	const char *word = find(kind, variable + len), *value;
	bool no;
	const struct tnl_row *row = word ? tnl_row_find(kind, word, &no) : NULL;

	if (!row) {
		argv[(*argc)++] = variable; /* who reads the line says that it is no word */
		return 0;
	}
	value = variable + len + strlen(word) + 1;
	if (!no && !(tnl_row_flags(row) & TNL_BARE)) {
		argv[(*argc)++] = (char *)word;
		argv[(*argc)++] = (char *)value;
		return 0;
	}
	word = switched(row, no, word, value);
	if (!word)
		return complain(variable, NULL, "say yes or no");
	if (*word)
		argv[(*argc)++] = (char *)word;
	return 0;
}

int env_words(const char *prefix, int *argc, char ***argv, char ***memory)
{
	size_t len = strlen(prefix), count = 0;
	const struct tnl_kind *kind;
	char *type = NULL;

	for (char **each = environ; *each; each++, count++)
		if (!strncmp(*each, prefix, len) && !strncmp(*each + len, "TYPE=", 5))
			type = *each + len + 5;
	if (!type)
		return 0; /* who reads the line says that it is missing */
	*memory = calloc(*argc + 2 * count + 1, sizeof(**memory));
	if (!*memory)
		return complain(NULL, NULL, "out of memory");
	*argv = memcpy(*memory, *argv, *argc * sizeof(**memory));
	(*argv)[(*argc)++] = "type";
	(*argv)[(*argc)++] = type;
	kind = tnl_kind_find(type);
	for (char **each = environ; kind && *each; each++)
		if (!strncmp(*each, prefix, len) && strncmp(*each + len, "TYPE=", 5) &&
		    add_word(kind, *each, len, argc, *argv))
			return REFUSED;
	return 0;
}
