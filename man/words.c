// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes into the manual pages what the rows of the kinds know better than people; `make man` runs it.
 *
 * usage: man/words [-n] PAGE...      -n: only name the pages that are stale, with exit status 1
 *
 * In a page it replaces what stands between one of these lines and the next .\" end:
 *
 *   .\" words of KIND [beyond KIND...]   the words of a kind, except those of every link and of the other kinds
 *   .\" words of every link             the words that all kinds of links have
 *   .\" kinds                           all kinds, and in which of the pages their words are
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libtunnel.h>

#define OF ".\\\" words of "
#define EVERY ".\\\" words of every link\n"
#define KINDS ".\\\" kinds\n"
#define END ".\\\" end\n"

struct table {
	const struct tnl_kind *kind;
	bool every;                     /* link; then KIND is any of them */
	const struct tnl_kind *less[4]; /* "beyond" these; NULL at the end */
};

struct page {
	const char *path;
	char *text;
};

static struct tnl *tnl;

/* ---- rows ---- */

struct search {
	const struct tnl_row *row;
	char text[128];
	bool found, on;
};

static int find_default(void *arg, const struct tnl_value *value)
{
	struct search *search = arg;

	if (value->row != search->row)
		return 0;
	search->on = value->set && value->json == TNL_JSON_BOOL && value->number;
	/* a number that is not set means that there is none; a word ("any", "auto") is one all the same */
	search->found = value->text && (value->set || isalpha((unsigned char)*value->text));
	snprintf(search->text, sizeof(search->text), "%s", value->text ? value->text : "");
	return 1;
}

/* What a row says in an object of KIND of which nothing was said. */
static struct search default_of(const struct tnl_kind *kind, const struct tnl_row *row)
{
	struct search search = { .row = row };
	struct tnl_obj *obj;

	if (tnl_parse(tnl, kind, 0, NULL, &obj))
		errx(2, "%s: %s", tnl_kind_name(kind), tnl_error(tnl)->text);
	tnl_obj_each(tnl, obj, TNL_INPUT, find_default, &search);
	tnl_obj_free(obj);
	return search;
}

/* The first of the values that means the same as value N. */
static unsigned first_like(const struct tnl_kind *kind, const struct tnl_row *row, unsigned n)
{
	struct tnl_obj *obj[2] = { NULL, NULL };
	unsigned first = 0;

	for (bool same = false; first < n && !same; first += !same) {
		for (int i = 0; i < 2; i++) {
			char *words[] = { (char *)tnl_row_word(row), (char *)tnl_row_value(row, i ? n : first) };

			if (tnl_parse(tnl, kind, 2, words, &obj[i]))
				errx(2, "%s %s: %s", words[0], words[1], tnl_error(tnl)->text);
		}
		same = tnl_obj_equal(obj[0], obj[1], NULL);
		tnl_obj_free(obj[0]);
		tnl_obj_free(obj[1]);
	}
	return first;
}

/* ---- text ---- */

static void sentence(FILE *to, const char *text)
{
	fprintf(to, "%s%c%s.\n", ispunct((unsigned char)*text) ? "\\&" : "", toupper((unsigned char)*text), text + 1);
}

/* Separates the words of a list; the comma is one of its own in mdoc. */
static void item(FILE *to, unsigned *count, const char *word)
{
	fprintf(to, "%s%s", (*count)++ ? " , " : "", word);
}

static void print_values(FILE *to, const struct tnl_kind *kind, const struct tnl_row *row)
{
	unsigned shown = 0;

	for (unsigned i = 0; tnl_row_value(row, i); i++)
		if (first_like(kind, row, i) == i)
			fprintf(to, " %s%s", shown++ ? "| " : "Cm ", tnl_row_value(row, i));
	if (shown && strcmp(tnl_row_hint(row), "N"))
		return;
	if (!strcmp(tnl_row_hint(row), "on|off")) {
		fputs(" Cm on | off", to);
		return;
	}
	fputs(shown ? " | Ar " : " Ar ", to);
	for (const char *c = tnl_row_hint(row); *c; c++)
		fputc(tolower((unsigned char)*c), to);
}

/* Other spellings: of the word, and of each value. */
static void print_aliases(FILE *to, const struct tnl_kind *kind, const struct tnl_row *row)
{
	unsigned count = 0, groups = 0;

	for (unsigned i = 0; tnl_row_alias(row, i); i++)
		item(to, &count, (fputs(i ? "" : "Also\n.Cm ", to), tnl_row_alias(row, i)));
	fputs(count ? " .\n" : "", to);
	for (unsigned first = 0; tnl_row_value(row, first); first++) {
		count = 0;
		for (unsigned i = first + 1; tnl_row_value(row, i); i++)
			if (first_like(kind, row, i) == first)
				item(to, &count, (fputs(count ? "" : groups++ ? " ;\n.Cm " : "Also\n.Cm ", to),
						  tnl_row_value(row, i)));
		if (count)
			fprintf(to, "\nfor\n.Cm %s", tnl_row_value(row, first));
	}
	fputs(groups ? " .\n" : "", to);
}

/* Links of which another word has this name, so that it goes by its alias. */
static void print_shadowed(FILE *to, const struct tnl_row *row)
{
	unsigned count = 0;
	bool no;

	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
		if (tnl_kind_is_link(kind) && tnl_row_find(kind, tnl_row_word(row), &no) != row)
			item(to, &count, (fputs(count ? "" : "It goes by that name for\n.Cm ", to), tnl_kind_name(kind)));
	fputs(count ? " .\n" : "", to);
}

/* Of every link, only what all kinds have alike. */
static void print_default(FILE *to, const struct table *table, const struct tnl_row *row)
{
	struct search first = default_of(table->kind, row);

	if (tnl_row_flags(row) & (TNL_ID | TNL_ASIDE | TNL_DRIFTS | TNL_BOTH))
		return;
	for (const struct tnl_kind *kind = NULL; table->every && (kind = tnl_kind_next(kind));) {
		struct search other = tnl_kind_is_link(kind) ? default_of(kind, row) : first;

		if (other.found != first.found || other.on != first.on || strcmp(other.text, first.text))
			return;
	}
	if (first.found && strcmp(tnl_row_hint(row), "on|off"))
		fprintf(to, "Default:\n.Cm %s .\n", first.text);
	else if (first.on)
		fputs("On by default.\n", to);
}

/* The key in JSON, where it is not the word with underscores. */
static void print_json(FILE *to, const struct tnl_row *row)
{
	const char *json = tnl_row_json(row), *word = tnl_row_word(row);

	if (tnl_row_flags(row) & TNL_BOTH)
		return;
	while (*json && (*json == *word || (*json == '_' && *word == '-')))
		json++, word++;
	if (*json || *word)
		fprintf(to, "In JSON:\n.Qq %s .\n", tnl_row_json(row));
}

static void print_row(FILE *to, const struct table *table, const struct tnl_row *row)
{
	static const struct {
		unsigned flag, unless;
		const char *text;
	} marks[] = {
		{ TNL_ID | TNL_NEED, TNL_POS, "Needed" },
		{ TNL_POS, 0, "May stand without its keyword" },
		{ TNL_FIXED, TNL_ID, "Cannot be changed" },
		{ TNL_ALONE, 0, "Stands alone" },
		{ TNL_STALE, TNL_FIXED, "Ensure wants mtu or --recreate" },
		{ TNL_MTU, TNL_FIXED | TNL_STALE, "Ensure: the MTU follows" },
		{ TNL_BLIND, 0, "The kernel does not report it" },
	};
	unsigned flags = tnl_row_flags(row);

	fprintf(to, ".It Cm %s", tnl_row_word(row));
	if (!(flags & (TNL_BARE | TNL_STATE | TNL_STAT)))
		print_values(to, table->kind, row);
	if (tnl_row_no(row))
		fprintf(to, " Pq Cm %s", tnl_row_no(row));
	fputc('\n', to);
	sentence(to, tnl_row_help(row));
	if (flags & (TNL_STATE | TNL_STAT))
		return;
	print_default(to, table, row);
	for (unsigned i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if ((flags & marks[i].flag) && !(flags & marks[i].unless))
			sentence(to, marks[i].text);
	print_aliases(to, table->kind, row);
	if (table->every)
		print_shadowed(to, row);
	print_json(to, row);
}

/* ---- tables ---- */

static bool belongs(const struct table *table, const struct tnl_row *row)
{
	if (tnl_kind_is_link(table->kind) && tnl_kind_has_row(NULL, row) != table->every)
		return false;
	for (unsigned i = 0; table->less[i]; i++)
		if (tnl_kind_has_row(table->less[i], row))
			return false;
	return true;
}

/* The rows that have one of the flags WITH (0: all) and none of the flags WITHOUT. */
static void print_rows(FILE *to, const struct table *table, unsigned with, unsigned without, const char *head)
{
	bool some = false;

	for (const struct tnl_row *row = NULL; (row = tnl_row_next(table->kind, row));) {
		unsigned flags = tnl_row_flags(row);

		if ((with && !(flags & with)) || (flags & without) || !belongs(table, row))
			continue;
		if (!some)
			fprintf(to, "%s.Bl -tag -width Ds\n", head);
		some = true;
		print_row(to, table, row);
	}
	fputs(some ? ".El\n" : "", to);
}

/* What no two tunnels of a kind may have alike. */
static void print_unique(FILE *to, const struct tnl_kind *kind)
{
	unsigned count = 0;

	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if (tnl_row_flags(row) & TNL_UNIQ)
			item(to, &count, (count ? 0 : fprintf(to, ".Pp\nNo two\n.Cm %s\nmay agree in all of\n.Cm ",
							      tnl_kind_name(kind)), tnl_row_word(row)));
	fputs(count ? " .\n" : "", to);
}

/* What the older way cannot carry. Words of every link follow by the newer one. */
static void print_ioctl(FILE *to, const struct tnl_kind *kind)
{
	unsigned count = 0;

	if (!tnl_kind_has_via(kind, "ioctl") || !tnl_kind_has_via(kind, "rtnl"))
		return;
	fprintf(to, ".Pp\n.Fl -via Cm ioctl\ncarries all words of\n.Cm %s", tnl_kind_name(kind));
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if (!tnl_kind_has_row(NULL, row) && !tnl_row_has_via(kind, row, "ioctl"))
			item(to, &count, (fputs(count ? "" : "\nbut\n.Cm ", to), tnl_row_word(row)));
	fputs(" .\n", to);
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if (tnl_row_differs(row))
			fprintf(to, "Of\n.Cm %s :\n%s.\n", tnl_row_word(row), tnl_row_differs(row));
}

static void print_table(FILE *to, const struct table *table)
{
	print_rows(to, table, 0, TNL_STATE | TNL_STAT | TNL_ASIDE, "");
	if (!table->every && tnl_kind_is_link(table->kind)) {
		print_unique(to, table->kind);
		print_ioctl(to, table->kind);
	}
	print_rows(to, table, TNL_ASIDE, 0,
		   ".Pp\nThe kernel chooses these if nobody does; they are shown as state, with\n.Fl d :\n");
	print_rows(to, table, TNL_STATE, 0, ".Pp\nThese can only be read, with\n.Fl d :\n");
	print_rows(to, table, TNL_STAT, 0, ".Pp\nThese are counters, read with\n.Fl s :\n");
}

/* ---- pages ---- */

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The kind whose name is the word at *AT, which moves to the next one; NULL at the end of the line. */
static const struct tnl_kind *next_kind(const char *path, const char **at)
{
	const struct tnl_kind *kind;
	char name[32];

	if (**at == '\n')
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(*at, " \n"), *at);
	kind = tnl_kind_find(name);
	if (!kind || strcmp(tnl_kind_name(kind), name))
		errx(2, "%s: %s: no such kind", path, name);
	*at += strlen(name);
	*at += **at == ' ';
	return kind;
}

/* Whether a line asks for a table: "words of gretap beyond gre". */
static bool wants_table(const char *path, const char *line, struct table *table)
{
	const char *at = line + strlen(OF);

	*table = (struct table){ .every = !strncmp(line, EVERY, strlen(EVERY)) };
	if (strncmp(line, OF, strlen(OF)))
		return false;
	while (table->every && !(table->kind && tnl_kind_is_link(table->kind)))
		table->kind = tnl_kind_next(table->kind);
	if (table->every)
		return true;
	table->kind = next_kind(path, &at);
	if (!strncmp(at, "beyond ", 7))
		at += 7;
	for (unsigned i = 0; i < 3 && (table->less[i] = next_kind(path, &at)); i++)
		;
	return true;
}

static bool names_kind(const struct page *page, const struct tnl_kind *kind)
{
	struct table table;

	for (const char *line = page->text; *line; line = next_line(line))
		if (wants_table(page->path, line, &table) && !table.every && table.kind == kind)
			return true;
	return false;
}

static void print_kinds(FILE *to, const struct page *pages, int count)
{
	fputs(".Bl -tag -width Ds\n", to);
	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
		fprintf(to, ".It Cm %s\n", tnl_kind_name(kind));
		sentence(to, tnl_kind_help(kind));
		for (int i = 0; i < count; i++)
			if (names_kind(&pages[i], kind)) {
				const char *base = strrchr(pages[i].path, '/');

				base = base ? base + 1 : pages[i].path;
				fprintf(to, "See\n.Xr %.*s 8 .\n", (int)strcspn(base, "."), base);
			}
	}
	fputs(".El\n", to);
}

/* The page with its parts made anew; the caller frees it. */
static char *renewed(const struct page *pages, int count, const struct page *page)
{
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		err(2, "%s", page->path);
	for (const char *line = page->text; *line;) {
		const char *next = next_line(line);
		bool kinds = !strncmp(line, KINDS, strlen(KINDS)), words;
		struct table table;

		fwrite(line, 1, next - line, to);
		if (kinds)
			print_kinds(to, pages, count);
		words = wants_table(page->path, line, &table);
		if (words)
			print_table(to, &table);
		if (kinds || words) {
			next = strstr(next, END);
			if (!next)
				errx(2, "%s: %s is missing", page->path, END);
		}
		line = next;
	}
	if (fclose(to))
		err(2, "%s", page->path);
	return text;
}

static char *read_page(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file || getdelim(&text, &size, '\0', file) < 0)
		err(2, "%s", path);
	fclose(file);
	return text;
}

int main(int argc, char **argv)
{
	bool dry = argc > 1 && !strcmp(argv[1], "-n");
	int count = argc - 1 - dry, stale = 0;
	struct page *pages = calloc(count + 1, sizeof(*pages));

	tnl = tnl_open(TNL_DRY);
	if (!tnl || !pages)
		err(2, NULL);
	for (int i = 0; i < count; i++)
		pages[i] = (struct page){ argv[1 + dry + i], read_page(argv[1 + dry + i]) };
	for (int i = 0; i < count; i++) {
		char *text = renewed(pages, count, &pages[i]);
		FILE *file;

		if (strcmp(text, pages[i].text)) {
			puts(pages[i].path);
			stale++;
			file = dry ? NULL : fopen(pages[i].path, "w");
			if (!dry && (!file || fputs(text, file) < 0 || fclose(file)))
				err(2, "%s", pages[i].path);
		}
		free(text);
	}
	for (int i = 0; i < count; i++)
		free(pages[i].text);
	free(pages);
	tnl_close(tnl);
	return dry && stale ? 1 : 0;
}
