// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ip's grammar of batches: a command a line; what follows a # is a comment; a backslash at the end of a line joins it
 * with the next; a word that begins with a quote ends with it. What tun itself prints is read too: '\'' in a quoted word
 * is a quote. Unlike ip, a # in a quoted word is text, and 'a'b, which ip reads as two words, is refused.
 *
 * The words stay in the memory that the file was read into, as no word is longer than it was written.
 */
#include "tokens.h"
#include "tun.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE (1 << 20)
#define WHOLE (1 << 28)

struct reader {
	char *in, *end;     /* what is still to be read */
	char *begin;        /* of the line */
	char *out;          /* where the next character of a word goes: not behind IN */
	unsigned line;
	const char *fault;  /* of the command at hand */
	struct place wrong; /* where that is */
};

/* ---- characters ---- */

static struct place here(const struct reader *r)
{
	return (struct place){ r->line, r->in - r->begin }; /* of what was read last */
}

/* The first one counts. What follows it in the command is passed over. */
static int fault(struct reader *r, struct place at, const char *text)
{
	if (r->in[-1] == '\n') /* it still ends the line */
		r->in--;
	r->fault = text;
	r->wrong = at;
	return EOF;
}

/* How many characters at IN join two lines. */
static int joint(const struct reader *r)
{
	size_t left = r->end - r->in;

	if (left > 1 && r->in[0] == '\\' && r->in[1] == '\n')
		return 2;
	return left > 2 && !memcmp(r->in, "\\\r\n", 3) ? 3 : 0;
}

static void join(struct reader *r)
{
	for (int len; (len = joint(r)); r->line++)
		r->begin = r->in += len;
}

/* The next character; EOF: there is none, or a fault. */
static int get_raw(struct reader *r)
{
	int c;

	if (r->in == r->end)
		return EOF;
	c = (unsigned char)*r->in++;
	if (r->in - r->begin > LINE && c != '\n')
		return fault(r, here(r), "a line over 1 MiB");
	if (c == '\r' && (r->in == r->end || *r->in == '\n'))
		return ' ';
	if (iscntrl(c) && c != '\t' && c != '\n')
		return fault(r, here(r), c ? "a control byte" : "a zero byte");
	return c;
}

static int get(struct reader *r)
{
	join(r);
	return get_raw(r);
}

/* ---- words ---- */

/* Whether C ends a word. */
static bool ends(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '#' || c == EOF;
}

/* The rest of a quoted word; returns what ends it. */
static int quoted(struct reader *r, int quote)
{
	struct place open = here(r), at;
	int c;

	for (;;) {
		while ((c = get(r)) != quote) {
			if (r->fault)
				return EOF;
			if (c == '\n' || c == EOF)
				return fault(r, open, "a quote is not closed");
			*r->out++ = c;
		}
		c = get(r);
		if (ends(c))
			return c;
		at = here(r);
		if (c != '\\' || quote != '\'' || get(r) != quote || get(r) != quote)
			return r->fault ? EOF : fault(r, at, "no space behind a quoted word");
		*r->out++ = quote;
	}
}

static int plain(struct reader *r, int c)
{
	for (; !ends(c); c = get(r))
		*r->out++ = c;
	return c;
}

/* Puts WORD, which begins at AT, in the list. NULL: the list of a command ends. */
static int list(struct tokens *t, char *word, struct place at)
{
	if (t->in.used == t->in.size) {
		size_t size = t->in.size ? 2 * t->in.size : 256;
		char **words = reallocarray(t->in.words, size, sizeof(*words));
		struct place *places = words ? reallocarray(t->in.places, size, sizeof(*places)) : NULL;

		t->in.words = words ? words : t->in.words;
		if (!places)
			return -ENOMEM;
		t->in.places = places;
		t->in.size = size;
	}
	t->in.words[t->in.used] = word;
	t->in.places[t->in.used++] = at;
	return 0;
}

/* ---- commands ---- */

static int add(struct tokens *t, struct reader *r, int argc)
{
	if (t->count == t->in.room) {
		size_t room = t->in.room ? 2 * t->in.room : 64;
		struct entry *entries = reallocarray(t->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		t->entries = entries;
		t->in.room = room;
	}
	t->entries[t->count++] = (struct entry){ .argc = argc, .fault = r->fault };
	return list(t, NULL, r->wrong);
}

static void skip_line(struct reader *r)
{
	for (join(r); r->in < r->end && *r->in != '\n'; join(r))
		r->in++;
	r->in += r->in < r->end;
}

/* A line and what is joined to it. */
static int read_command(struct tokens *t, struct reader *r)
{
	int argc = 0, err = 0, c;

	r->fault = NULL;
	c = get(r);
	while (!err && c != '\n' && c != '#' && c != EOF) {
		struct place at = here(r);
		char *word = r->out;

		if (ends(c)) {
			c = get(r);
			continue;
		}
		c = c == '\'' || c == '"' ? quoted(r, c) : plain(r, c);
		*r->out++ = 0;
		err = list(t, word, at);
		argc++;
	}
	while (c != '\n' && c != EOF) /* a comment, where nothing joins */
		c = get_raw(r);
	if (r->fault)
		skip_line(r);
	r->line++;
	r->begin = r->in;
	return err || (!argc && !r->fault) ? err : add(t, r, argc);
}

static int split(struct tokens *t, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf"; /* what Windows puts in front of UTF-8 */
	char *from = t->in.text + (len > 2 && !memcmp(t->in.text, mark, 3) ? 3 : 0);
	struct reader r = { .in = from, .end = t->in.text + len, .begin = from, .out = from, .line = 1 };
	int err = 0;

	while (!err && r.in < r.end)
		err = read_command(t, &r);
	for (size_t i = 0, at = 0; !err && i < t->count; at += t->entries[i++].argc + 1) {
		t->entries[i].argv = t->in.words + at;
		t->entries[i].at = t->in.places + at;
	}
	return err;
}

/* ---- the file ---- */

/* Where FROM is too long for a line, there is no need to read on. */
static bool is_too_long(const char *from, size_t len)
{
	return len > LINE && !memrchr(from + len - LINE, '\n', LINE);
}

static int read_text(int fd, char **text, size_t *len)
{
	struct stat about;
	size_t size = !fstat(fd, &about) && about.st_size < WHOLE ? about.st_size + 2 : 4096;
	ssize_t got;

	for (*len = 0;; size *= 2) {
		char *more = realloc(*text, size);

		if (!more)
			return -ENOMEM;
		*text = more;
		while (*len < size - 1) { /* a byte stays free for the end of the last word */
			got = read(fd, *text + *len, size - 1 - *len);
			if (got <= 0)
				return got ? -errno : 0;
			*len += got;
			if (is_too_long(*text, *len))
				return 0;
		}
		if (size > WHOLE)
			return -EFBIG;
	}
}

int tokens_read(struct tokens *t, const char *file)
{
	bool standard = !strcmp(file, "-");
	int fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC), err;
	size_t len;

	*t = (struct tokens){ .file = file };
	if (fd < 0)
		return complain(NULL, file, strerror(errno));
	err = read_text(fd, &t->in.text, &len);
	if (!err)
		err = split(t, len);
	if (!standard)
		close(fd);
	return err ? complain(NULL, file, strerror(-err)) : DONE;
}

void tokens_free(struct tokens *t)
{
	free(t->entries);
	free(t->in.words);
	free(t->in.places);
	free(t->in.text);
}
