// SPDX-License-Identifier: GPL-2.0-or-later
/* What people read: lines that are input again, and errors of one line. */
#include "tun.h"

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
static void print_safe(FILE *to, const char *text)
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

int complain(const char *object, const char *word, const char *text)
{
	fputs("tun", stderr);
	for (int i = 0; i < 2; i++) {
		const char *part = i ? word : object;

		if (!part || (i && object && !strcmp(object, part)))
			continue;
		fputs(": ", stderr);
		print_safe(stderr, *part ? part : "\"\"");
	}
	fputs(": ", stderr);
	print_safe(stderr, text);
	putc('\n', stderr);
	return REFUSED;
}

int failed(const struct tnl *t)
{
	const struct tnl_error *e = tnl_error(t);

	complain(*e->object ? e->object : NULL, *e->word ? e->word : NULL, e->text);
	return e->outcome ? (int)e->outcome : FAILED;
}

int finish(int code)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	complain(NULL, "standard output", errno ? strerror(errno) : "lost");
	return INCOMPLETE;
}

/* ---- objects as lines ---- */

/* A value that would be several words, or none, is quoted as batch files quote. */
static void print_value(const char *text)
{
	bool plain = *text && !strpbrk(text, " \t#'\"\\");
	const char *quote = plain ? "" : strchr(text, '"') ? "'" : "\"";

	fputs(quote, stdout);
	print_safe(stdout, text);
	fputs(quote, stdout);
}

struct line {
	const struct tnl_obj *obj;
	bool begun;
	const char *lead;
};

static int print_word(void *arg, const struct tnl_value *value)
{
	bool pos = tnl_row_flags(value->row) & TNL_POS;
	struct line *line = arg;

	if (line->lead)
		fputs(line->begun ? "" : line->lead, stdout);
	if (line->begun || line->lead)
		putchar(' ');
	line->begun = true;
	if (!pos || line->lead)
		fputs(value->word, stdout);
	if (value->text && !(pos && !line->lead))
		putchar(' ');
	if (value->text)
		print_value(value->text);
	if (pos && !line->lead && tnl_kind_is_link(tnl_obj_kind(line->obj)))
		printf(" type %s", tnl_obj_type(line->obj));
	return 0;
}

int print_object(struct run *run, const struct tnl_obj *obj)
{
	static const char lead[] = "\t#";
	struct line line = { .obj = obj };
	int err = tnl_obj_each(run->t, obj, TNL_WORDS, print_word, &line);

	if (!err && run->details) {
		putchar('\n');
		line = (struct line){ .obj = obj, .lead = lead };
		err = tnl_obj_each(run->t, obj, TNL_STATES, print_word, &line);
	}
	if (!err && run->stats) {
		putchar('\n');
		line = (struct line){ .obj = obj, .lead = lead };
		err = tnl_obj_each(run->t, obj, TNL_STATS, print_word, &line);
	}
	putchar('\n');
	return err;
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
