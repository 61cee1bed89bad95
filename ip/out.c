// SPDX-License-Identifier: GPL-2.0-or-later
/* What people read: lines that are input again, and errors of one line. */
#include "setup.h"
#include "tokens.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* The length of the UTF-8 character at C, 0: not one. */
int utf8(const unsigned char *c)
{
	int len = *c < 0x80 ? 1 : *c >= 0xc2 && *c < 0xe0 ? 2 : (*c & 0xf0) == 0xe0 ? 3 : *c >= 0xf0 && *c < 0xf5 ? 4 : 0;

	for (int i = 1; i < len; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) || (*c == 0xf0 && c[1] < 0x90) ||
	    (*c == 0xf4 && c[1] > 0x8f))
		return 0;
	return len;
}

/* Names and texts may come from anybody: what a terminal would obey or choke on is shown as \xNN. */
void print_safe(FILE *to, const char *text)
{
	bool plain = true;

	for (const char *c = text; *c && plain; c++)
		plain = *c >= ' ' && *c <= '~';
	if (plain) {
		fputs(text, to);
		return;
	}
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		int len = utf8(c);
		bool control = iscntrl(*c) || (*c == 0xc2 && c[1] < 0xa0);

		if (len && !control)
			fwrite(c, 1, len, to);
		for (int i = 0; (!len || control) && i < (len ? len : 1); i++)
			fprintf(to, "\\x%02x", c[i]);
		c += len ? len : 1;
	}
}

/* ---- errors ---- */

/* The command of a file that errors are about. */
static struct {
	const struct tokens *file;
	const struct entry *entry; /* NULL: none */
} about;

int look_at(const struct tokens *t, const struct entry *entry)
{
	about.file = t;
	about.entry = entry;
	return entry && entry->fault ? complain(NULL, NULL, entry->fault) : 0;
}

/* Where in the command WORD stands, which the library has room for in part; else the command. */
static struct place place_of(const struct entry *entry, const char *word)
{
	const size_t room = sizeof(((struct tnl_error *)0)->word) - 1;

	if (entry->fault)
		return entry->at[entry->argc];
	if (word && !strcmp(word, "\"\"")) /* as the library shows that there is nothing */
		word = "";
	for (int i = 0; word && i < entry->argc; i++)
		if (!strcmp(entry->argv[i], word) || (strlen(word) == room && !strncmp(entry->argv[i], word, room)))
			return entry->at[i];
	return entry->at[0];
}

static FILE *kept; /* where errors go; NULL: to standard error */

void complain_to(FILE *to)
{
	kept = to;
}

int complain(const char *object, const char *word, const char *text)
{
	FILE *to = kept ? kept : stderr;

	progress_erase();
	fputs("tun", to);
	if (about.entry) {
		struct place at = place_of(about.entry, word);

		fputs(": ", to);
		print_safe(to, about.file->file);
		fprintf(to, ":%u:%u", at.line, at.column);
	}
	for (int i = 0; i < 2; i++) {
		const char *part = i ? word : object;

		if (!part || (i && object && !strcmp(object, part)))
			continue;
		fputs(": ", to);
		print_safe(to, *part ? part : "\"\"");
	}
	fputs(": ", to);
	print_safe(to, text);
	putc('\n', to);
	return REFUSED;
}

/* What the library knows to help, as this program does it. */
static const char *const cures[] = {
	[TNL_CURE_NONE] = "",
	[TNL_CURE_KINDS] = " (tun help lists them)",
	[TNL_CURE_RECREATE] = ": --recreate makes it anew",
	[TNL_CURE_MTU] = ": say mtu, or --recreate",
	[TNL_CURE_THERE] = ": say -n instead",
	[TNL_CURE_RTNL] = " (--via rtnl deletes it all the same)",
};

/* What was taken for a name or a word and looks like an option. */
static bool is_option(const struct tnl_error *e)
{
	const char *word = *e->word ? e->word : e->object;

	return word[0] == '-' && word[1] && (e->cure == TNL_CURE_WORDS || (!*e->word && !e->cure));
}

int failed_so(const struct tnl_error *e)
{
	char text[sizeof(e->text) + 80];

	if (is_option(e))
		snprintf(text, sizeof(text), "%s (options stand in front of the command)", e->text);
	else if (e->cure == TNL_CURE_WORDS)
		snprintf(text, sizeof(text), "%s (tun help %s lists them)", e->text, tnl_kind_name(e->kind));
	else
		snprintf(text, sizeof(text), "%s%s", e->text, cures[e->cure]);
	complain(*e->object ? e->object : NULL, *e->word ? e->word : NULL, text);
	return e->outcome ? (int)e->outcome : FAILED;
}

int failed(const struct tnl *t)
{
	return failed_so(tnl_error(t));
}

int finish(int code)
{
	static bool told;

	errno = 0;
	if (told || (fflush(stdout) == 0 && !ferror(stdout)))
		return code;
	told = true;
	complain(NULL, "standard output", errno ? strerror(errno) : "lost");
	return INCOMPLETE;
}

/* ---- objects as lines ---- */

/* Of lists of thousands of short words much of the time would be fputs(). */
static void put(const char *text)
{
	while (*text)
		putchar_unlocked(*text++);
}

/* Letters, digits and _.:/@%+,- mean themselves everywhere. */
static bool is_plain(const char *text)
{
	static const uint64_t plain[4] = { 0x07fff82000000000, 0x07fffffe87ffffff };
	const unsigned char *c = (const unsigned char *)text;

	while (*c && plain[*c / 64] >> *c % 64 & 1)
		c++;
	return *text && !*c;
}

/* A value that a shell or a batch file would not take as it stands is quoted: anybody may have chosen it. */
static void print_quoted(const char *text, void (*print)(FILE *to, const char *text))
{
	char part[1024];

	if (is_plain(text)) {
		put(text);
		return;
	}
	putchar('\'');
	for (;;) {
		size_t n = strcspn(text, "'");

		strlcpy(part, text, n < sizeof(part) ? n + 1 : sizeof(part));
		print(stdout, part);
		if (!text[n])
			break;
		fputs("'\\''", stdout);
		text += n + 1;
	}
	putchar('\'');
}

void print_value(const char *text)
{
	print_quoted(text, print_safe);
}

static void print_bytes(FILE *to, const char *text)
{
	fputs(text, to);
}

void print_exact(const char *text)
{
	if (!strchr(text, '\'') || strpbrk(text, "\"\\$`"))
		print_quoted(text, print_bytes);
	else
		printf("\"%s\"", text); /* which ip reads too */
}

struct line {
	const struct run *run;
	const struct tnl_obj *obj;
	const char *lead; /* begins a line of words that are not input */
	bool begun;
};

/* The colour of names and addresses, as ip has them on a dark ground; NULL: none. */
static const char *color_of(const struct run *run, const struct tnl_value *value)
{
	static const struct {
		const char *hint, *color;
	} colors[] = {
		{ "DEV", "36" }, { "MAC", "33" }, { "LLADDR", "33" }, { "ADDR", "35" }, { "ADDR6", "35" }, { "PREFIX", "35" }
	};

	if (!run->color)
		return NULL;
	if (tnl_row_flags(value->row) & TNL_POS && tnl_row_flags(value->row) & TNL_ID && !strcmp(tnl_row_hint(value->row), "NAME"))
		return "36";
	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
		if (!strcmp(tnl_row_hint(value->row), colors[i].hint))
			return !strcmp(colors[i].color, "35") && strchr(value->text, ':') ? "34" : colors[i].color;
	return NULL;
}

/* "1.2M"; with -iec of 1024: "1.2Mi". */
static void print_human(const struct run *run, uint64_t number)
{
	static const char *const units[][2] = {
		{ "", "" }, { "K", "Ki" }, { "M", "Mi" }, { "G", "Gi" }, { "T", "Ti" }, { "P", "Pi" }, { "E", "Ei" }
	};
	double left = number, step = run->iec ? 1024 : 1000;
	int unit = 0;

	for (; left >= step && unit < 6; unit++)
		left /= step;
	printf(unit ? "%.1f%s" : "%.0f%s", left, units[unit][run->iec != 0]);
}

static void print_text(const struct run *run, const struct tnl_value *value)
{
	const char *color = color_of(run, value);

	if (color)
		printf("\033[%sm", color);
	if ((run->human || run->iec) && (tnl_row_flags(value->row) & TNL_STAT))
		print_human(run, value->number);
	else
		print_value(value->text);
	if (color)
		fputs("\033[0m", stdout);
}

/* A name that is a keyword too, or looks like an option, needs its own keyword. */
bool is_keyword(const struct tnl_obj *obj, const char *text)
{
	bool no;

	return !strncmp(text, "--", 2) || is_type(text) || setup_word(text) || tnl_row_find(tnl_obj_kind(obj), text, &no);
}

static void begin_line(struct line *line)
{
	if (line->lead && !line->begun) {
		putchar_unlocked(line->run->oneline ? '\\' : '\n');
		put(line->lead);
	}
	if (line->begun || line->lead)
		putchar_unlocked(' ');
	line->begun = true;
}

static int print_word(void *arg, const struct tnl_value *value)
{
	struct line *line = arg;
	unsigned flags = tnl_row_flags(value->row);
	int asked = flags & TNL_STAT ? line->run->stats : line->run->details;
	bool pos = (flags & TNL_POS) && !line->lead;

	if (line->lead && (!value->set || (flags & TNL_FEW && asked < 2)))
		return 0;
	begin_line(line);
	if (!pos || is_keyword(line->obj, value->text)) {
		put(value->word);
		if (value->text)
			putchar_unlocked(' ');
	}
	if (value->text)
		print_text(line->run, value);
	if (pos && tnl_kind_is_link(tnl_obj_kind(line->obj))) {
		put(" type ");
		put(tnl_obj_type(line->obj));
	}
	return 0;
}

int print_words(struct run *run, const struct tnl_obj *obj)
{
	struct line words = { .run = run, .obj = obj };

	if (tnl_obj_is_partial(obj) || (tnl_kind_is_link(tnl_obj_kind(obj)) && !tnl_obj_is_tunnel(obj)))
		fputs("# ", stdout); /* no line that "add" takes */
	return tnl_obj_each(run->t, obj, TNL_WORDS, print_word, &words);
}

static void print_holder(void *arg, int pid, const char *program)
{
	begin_line(arg);
	fputs("held by ", stdout);
	print_value(program);
	printf(" %d", pid);
}

int print_states(struct run *run, const struct tnl_obj *obj)
{
	struct line states = { .run = run, .obj = obj, .lead = "\t#" }, stats = states, holders = states;
	int err = run->details ? tnl_obj_each(run->t, obj, TNL_STATES, print_word, &states) : 0;

	if (!err && run->details && (run->family->is & IN_TUNTAP))
		each_holder(tnl_obj_name(run->t, obj), print_holder, &holders);
	if (!err && run->stats)
		err = tnl_obj_each(run->t, obj, TNL_STATS, print_word, &stats);
	putchar('\n');
	return err;
}

int print_object(struct run *run, const struct tnl_obj *obj)
{
	int err;

	if (run->brief && (run->family->is & (IN_FLAT | IN_LINK)) && tnl_kind_is_link(tnl_obj_kind(obj)))
		return print_brief(run, obj);
	err = print_words(run, obj);

	return err ? err : print_states(run, obj);
}

static int print_line(void *arg, const char *line)
{
	(void)arg;
	print_safe(stdout, line);
	putchar('\n');
	return 0;
}

int print_recorded(struct run *run)
{
	return tnl_recorded(run->t, print_line, NULL);
}
