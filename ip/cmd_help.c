// SPDX-License-Identifier: GPL-2.0-or-later
/* tun help: usage, made from the tables. */
#include "tun.h"

#include <string.h>

int usage(FILE *to)
{
	fputs("Usage: tun [OPTIONS] add [NAME] type KIND [WORD [VALUE]]...\n"
	      "       tun [OPTIONS] ensure|replace NAME type KIND [WORD [VALUE]]...\n"
	      "       tun [OPTIONS] set NAME WORD [VALUE]...\n"
	      "       tun [OPTIONS] del SELECTOR...\n"
	      "       tun [OPTIONS] show [SELECTOR...]\n"
	      "       tun [OPTIONS] monitor [SELECTOR...]\n"
	      "       tun [OPTIONS] FAMILY add|ensure|replace|set|del|show|monitor ...\n"
	      "       tun help [KIND]\n"
	      "Selectors, all of which must hold:\n"
	      "       NAME... | PATTERN... | all   type KIND[,KIND]   WORD [VALUE], of addresses ADDR/LEN too\n"
	      "Options; those that begin with one dash may be shortened:\n", to);
	usage_options(to);
	fputs("Families:\n", to);
	for (const struct family *family = families + 1; family->name; family++)
		fprintf(to, "  %-14s%s\n", family->name, family->help);
	for (int links = 1; links >= 0; links--) {
		fputs(links ? "Kinds (tun help KIND lists their words):\n" : "Objects of families (tun help OBJECT):\n", to);
		for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
			if (tnl_kind_is_link(kind) == (links == 1))
				fprintf(to, "  %-14s%s\n", tnl_kind_name(kind), tnl_kind_help(kind));
	}
	return to == stderr ? REFUSED : DONE;
}

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

int cmd_help(struct run *run, const struct family *family, int argc, char **argv)
{
	const struct tnl_kind *kind = argc ? tnl_kind_find(argv[0]) : NULL;
	bool shown = false;

	(void)run;
	if (argc && !kind)
		family = find_family(argv[0], false);
	if (!kind && family && family->kind)
		kind = tnl_kind_find(family->kind);
	if (!kind && family)
		return usage(stdout);
	if (!kind)
		return complain(NULL, argv[0], "unknown kind (tun help lists them)");
	printf("%s: %s\n", tnl_kind_name(kind), tnl_kind_help(kind));
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if (!(tnl_row_flags(row) & (TNL_STATE | TNL_STAT)))
			help_row(row);
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if (tnl_row_flags(row) & (TNL_STATE | TNL_STAT)) {
			fputs(shown ? "" : "shown only:\n", stdout);
			printf("  %-34s%s\n", tnl_row_word(row), tnl_row_help(row));
			shown = true;
		}
	return DONE;
}
