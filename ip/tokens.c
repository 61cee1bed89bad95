// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ip's grammar of batches: a command a line; what follows a # is a comment; a backslash at the end of a line joins it
 * with the next; a word that begins with a quote ends with it. What tun itself prints is read too: '\'' in a quoted word
 * is a quote. Unlike ip, a # in a quoted word is text, and 'a'b, which ip reads as two words, is refused.
 */
#include "tokens.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int put(struct tokens *t, int c)
{
	if (t->in.used == t->in.size) {
		size_t size = t->in.size ? 2 * t->in.size : 1024;
		char *text = realloc(t->in.text, size);

		if (!text)
			return -ENOMEM;
		t->in.text = text;
		t->in.size = size;
	}
	t->in.text[t->in.used++] = c;
	return 0;
}

/* What Windows puts in front of UTF-8. */
static void skip_mark(struct tokens *t)
{
	const int mark[] = { 0xef, 0xbb, 0xbf };
	int c[3], n = 0;

	t->in.begun = true;
	do
		c[n] = getc(t->in.from);
	while (c[n] == mark[n] && ++n < 3);
	for (; n < 3 && n >= 0; n--)
		ungetc(c[n], t->in.from);
}

/* Whether what follows a backslash ends a line; else it is still there. */
static bool joins(FILE *from)
{
	int first = getc(from), second = first == '\r' ? getc(from) : first;

	if (second == '\n')
		return true;
	if (first == '\r')
		ungetc(second, from);
	ungetc(first, from);
	return false;
}

/* The next character of a command. */
static int get(struct tokens *t)
{
	int c;

	if (!t->in.begun)
		skip_mark(t);
	while ((c = getc(t->in.from)) == '\\' && joins(t->in.from))
		t->in.read++;
	if (!c)
		t->fault = "a zero byte";
	return c;
}

/* Whether C ends a word. */
static int ends(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '#' || c == EOF;
}

/* The rest of a quoted word; *C becomes what ends it. */
static int quoted(struct tokens *t, int *c)
{
	int quote = *c, err = 0;

	while (!err && !t->fault) {
		for (*c = get(t); !err && *c != quote && *c != '\n' && *c != EOF; *c = get(t))
			err = put(t, *c);
		if (err || *c != quote) {
			t->fault = "a quote is not closed";
			break;
		}
		*c = get(t);
		if (ends(*c))
			break;
		if (*c != '\\' || quote != '\'' || (*c = get(t)) != quote || (*c = get(t)) != quote) {
			t->fault = "no space behind a quoted word";
			break;
		}
		err = put(t, quote);
	}
	return err;
}

static int plain(struct tokens *t, int *c)
{
	int err = 0;

	for (; !err && !ends(*c); *c = get(t))
		err = put(t, *c);
	return err;
}

/* The words have their last place now. */
static int list(struct tokens *t)
{
	char *word = t->in.text, **argv = reallocarray(t->argv, t->argc + 1, sizeof(*argv));

	if (!argv)
		return -ENOMEM;
	t->argv = argv;
	for (int i = 0; i < t->argc; i++, word += strlen(word) + 1)
		argv[i] = word;
	argv[t->argc] = NULL;
	return 1;
}

int tokens_next(struct tokens *t)
{
	int c = 0, err = 0;

	t->argc = 0;
	t->in.used = 0;
	t->fault = NULL;
	while (!err && c != EOF && !t->argc && !t->fault) {
		t->line = t->in.read + 1;
		c = get(t);
		while (!err && !t->fault && c != '\n' && c != '#' && c != EOF) {
			if (ends(c)) {
				c = get(t);
				continue;
			}
			err = c == '\'' || c == '"' ? quoted(t, &c) : plain(t, &c);
			if (!err)
				err = put(t, 0);
			t->argc++;
		}
		while (c != '\n' && c != EOF) /* a comment, or what is behind a fault */
			c = getc(t->in.from);
		t->in.read += c == '\n';
	}
	if (ferror(t->in.from))
		return errno ? -errno : -EIO;
	return err ? err : t->argc || t->fault ? list(t) : 0;
}

void tokens_open(struct tokens *t, FILE *from)
{
	*t = (struct tokens){ .in = { .from = from, .begin = ftello(from) } };
}

bool tokens_again(struct tokens *t)
{
	t->in.read = 0;
	t->in.begun = false;
	return t->in.begin >= 0 && fseeko(t->in.from, t->in.begin, SEEK_SET) == 0;
}

void tokens_free(struct tokens *t)
{
	free(t->argv);
	free(t->in.text);
}
