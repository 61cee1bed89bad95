// SPDX-License-Identifier: GPL-2.0-or-later
/* tun help: usage, made from the tables. */
#include "tun.h"

#include <string.h>

/* ---- usage ---- */

/* What makes an object that has no name: the words that it needs. */
static void print_needed(FILE *to, const struct tnl_kind *kind)
{
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));) {
		unsigned flags = tnl_row_flags(row);

		if (flags & TNL_POS && flags & (TNL_ID | TNL_NEED))
			fprintf(to, " %s", tnl_row_hint(row));
		else if (flags & (TNL_ID | TNL_NEED))
			fprintf(to, " %s %s", tnl_row_word(row), tnl_row_hint(row));
	}
}

/* OBJECT: the word that chooses the kind, NULL: none does. */
static void print_line(FILE *to, const char **lead, const struct family *family, const struct verb *verb,
		       const char *object, const char *kind)
{
	fprintf(to, "%s tun [OPTIONS] %s%s%s%s%s", *lead, family->name, *family->name ? " " : "", verb->name,
		object ? " " : "", object ? object : "");
	*lead = "      ";
	if (!kind && verb->named)
		fputs(verb->run == cmd_add ? " [NAME]" : " NAME", to);
	if (verb->words)
		fprintf(to, " %s", verb->words);
	else if (kind)
		print_needed(to, tnl_kind_find(kind));
	else
		fputs(" type KIND", to);
	fputs(verb->words ? "\n" : " [WORD [VALUE]]...\n", to);
}

static void print_verb(FILE *to, const char **lead, const struct family *family, const struct verb *verb)
{
	if (!verb->help || !(verb->in & ~verb->untold & family->is))
		return;
	if (!family->objects)
		print_line(to, lead, family, verb, NULL, family->kind);
	for (int i = 0; family->objects && family->objects[i]; i++)
		print_line(to, lead, family, verb, family->objects[i], family->kinds[i]);
}

static void print_family(FILE *to, const struct family *family)
{
	const char *lead = "Usage:";

	for (const struct verb *verb = verbs; verb->name; verb++)
		print_verb(to, &lead, family, verb);
}

int usage(FILE *to)
{
	print_family(to, families);
	fputs("       tun [OPTIONS] FAMILY [COMMAND ...]\n"
	      "       tun [OPTIONS] -batch FILE\n"
	      "tun help lists options, families and kinds.\n", to);
	return to == stderr ? REFUSED : DONE;
}

static void print_selectors(void)
{
	puts("Selectors, all of which must hold:\n"
	     "  NAME...             any of these\n"
	     "  PATTERN...          ... of those whose names it fits: * ? [a-z]\n"
	     "  type KIND[,KIND]    any of these kinds\n"
	     "  WORD [VALUE]        those that have it, of any word of a kind; no VALUE: at all, if the word can be without\n"
	     "  WORD ADDR/LEN       those whose address is in this network\n"
	     "  all                 all tunnels");
}

int help_all(void)
{
	usage(stdout);
	print_selectors();
	puts("Options; those that begin with one dash may be shortened:");
	usage_options(stdout);
	puts("Families (tun help FAMILY):");
	for (const struct family *family = families + 1; family->name; family++)
		printf("  %-14s%s\n", family->name, family->help);
	for (int links = 1; links >= 0; links--) {
		puts(links ? "Kinds (tun help KIND lists their words):" : "Objects of families (tun help OBJECT):");
		for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
			if (tnl_kind_is_link(kind) == (links == 1))
				printf("  %-14s%s\n", tnl_kind_name(kind), tnl_kind_help(kind));
	}
	return DONE;
}

/* Those of one verb: in a family, or in all of them. */
static void print_lines(const struct family *family, const struct verb *verb)
{
	const char *lead = "Usage:";

	for (const struct family *each = families; each->name; each++)
		if (!*family->name || each == family)
			print_verb(stdout, &lead, each, verb);
}

int help_verb(const struct family *family, const struct verb *verb)
{
	const struct verb *told = verbs;

	while (told->run != verb->run || !told->help)
		told++;
	printf("%s: %s\n", told->name, told->help);
	print_lines(family, told);
	return DONE;
}

/* ---- words ---- */

static void help_row(const struct tnl_row *row)
{
	unsigned flags = tnl_row_flags(row);
	char left[256], values[128] = "";
	const char *value;

	for (unsigned i = 0; (value = tnl_row_value(row, i)); i++)
		snprintf(values + strlen(values), sizeof(values) - strlen(values), "%s%s", i ? "|" : "", value);
	if (*values && !strcmp(tnl_row_hint(row), "N"))
		strlcat(values, "|N", sizeof(values));
	snprintf(left, sizeof(left), "%s%s%s", tnl_row_word(row), flags & TNL_BARE ? "" : " ",
		 flags & TNL_BARE ? "" : *values ? values : tnl_row_hint(row));
	if (tnl_row_no(row))
		snprintf(left + strlen(left), sizeof(left) - strlen(left), ", %s", tnl_row_no(row));
	printf("  %-34s%s%s%s", left, strlen(left) > 33 ? "\n                                    " : "",
	       tnl_row_help(row), flags & (TNL_ID | TNL_NEED) && !(flags & TNL_POS) ? " (needed)" : "");
	for (unsigned i = 0; tnl_row_alias(row, i); i++)
		printf("%s%s", i ? ", " : " (also ", tnl_row_alias(row, i));
	printf("%s%s%s\n", tnl_row_alias(row, 0) ? ")" : "",
	       (flags & (TNL_FIXED | TNL_ID)) == TNL_FIXED ? " [cannot change]" :
	       flags & TNL_STALE ? " [ensure wants mtu or --recreate]" :
	       flags & TNL_MTU ? " [ensure: the MTU follows]" : "",
	       flags & TNL_ASIDE ? " [shown as state]" : "");
}

/* The words of a kind; of every link, if EVERY. */
static void list_words(const struct tnl_kind *kind, bool every)
{
	bool shown = false;

	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if (!(tnl_row_flags(row) & (TNL_STATE | TNL_STAT)) && tnl_kind_has_row(NULL, row) == every)
			help_row(row);
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if (tnl_row_flags(row) & (TNL_STATE | TNL_STAT) && tnl_kind_has_row(NULL, row) == every) {
			fputs(shown ? "" : "shown only:\n", stdout);
			printf("  %-34s%s\n", tnl_row_word(row), tnl_row_help(row));
			shown = true;
		}
}

/* FAMILY and VERB: those that have its name, NULL: none. */
static int help_kind(const struct tnl_kind *kind, const struct family *family, const struct verb *verb)
{
	printf("%s: %s\n", tnl_kind_name(kind), tnl_kind_help(kind));
	if (family && (family->kind || !strcmp(family->name, tnl_kind_name(kind))))
		print_family(stdout, family);
	if (verb)
		print_lines(families, verb);
	list_words(kind, false);
	if (tnl_kind_is_link(kind))
		puts("and the words of every link: tun help link\n"
		     "and, in add and ensure, any number of: addr ADDR[/LEN] [peer ADDR], route PREFIX [via ADDR]");
	return DONE;
}

static int help_family(const struct family *family)
{
	const struct tnl_kind *kind = family->kind ? tnl_kind_find(family->kind) : NULL;

	if (kind)
		return help_kind(kind, family, NULL);
	printf("%s: %s\n", family->name, family->help);
	print_family(stdout, family);
	if (family->is & IN_LINK) {
		puts("Words of every link:");
		while (!tnl_kind_is_link(kind = tnl_kind_next(kind)))
			;
		list_words(kind, true);
	}
	return DONE;
}

/* By its whole name; of the flat commands, in any family. */
static const struct verb *named_verb(const struct family *family, const char *word)
{
	for (const struct verb *verb = verbs; verb->name; verb++)
		if (verb->in & (*family->name ? family->is : IN_ANY) && !strcmp(verb->name, word))
			return verb;
	return NULL;
}

/* "help [FAMILY] [COMMAND]", "help KIND", "help selectors". In a family its commands come before kinds of their name. */
int cmd_help(struct run *run, const struct family *family, int argc, char **argv)
{
	const struct family *named = argc && !*family->name ? find_family(argv[0], false) : NULL;
	const struct tnl_kind *kind;

	(void)run;
	kind = argc == 1 && !(*family->name && named_verb(family, argv[0])) ? tnl_kind_find(argv[0]) : NULL;
	if (kind)
		return help_kind(kind, named, named_verb(families, argv[0]));
	if (named) {
		family = named;
		argc--;
		argv++;
	}
	if (!argc)
		return *family->name ? help_family(family) : help_all();
	if (argc > 1)
		return complain("help", argv[1], "too many words");
	if (named_verb(family, argv[0]))
		return help_verb(family, named_verb(family, argv[0]));
	if (strcmp(argv[0], "selectors") != 0)
		return complain(NULL, argv[0], "no command, family or kind (tun help lists them)");
	print_selectors();
	return DONE;
}
