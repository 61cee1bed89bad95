// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/* Files of commands: random ones, of which the words are known, and random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/mman.h>

#include "../../ip/tokens.c"

int complain(const char *object, const char *word, const char *text)
{
	(void)object;
	(void)word;
	(void)text;
	return REFUSED;
}

static uint32_t seed = 1;

static unsigned rnd(unsigned below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* ---- files ---- */

static int memory;
static char text[1 << 16];
static size_t len;

static void put(const char *part)
{
	len += strlen(strcpy(text + len, part));
}

static int read_back(struct tokens *t)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	assert_int_equal(ftruncate(memory, 0), 0);
	assert_int_equal(pwrite(memory, text, len, 0), len);
	return tokens_read(t, path);
}

static int set_up(void **state)
{
	(void)state;
	memory = memfd_create("file", MFD_CLOEXEC);
	return memory < 0;
}

/* ---- what is known ---- */

#define WORDS 4000

static struct {
	char text[8];
	unsigned line, column;
	bool last; /* of its command */
} known[WORDS];
static int count;
static unsigned line;
static size_t begin;

static const char *any(const char *const *list, unsigned n)
{
	return list[rnd(n)];
}

static void put_end_of_line(void)
{
	static const char *const ends[] = { "\n", "\r\n", " \n", "# 'x\n", "\t#x \\\n" };

	put(any(ends, 5));
	line++;
	begin = len;
}

static void put_join(void)
{
	put(rnd(2) ? "\\\n" : "\\\r\n");
	line++;
	begin = len;
}

static void put_blank(void)
{
	put(rnd(4) ? " " : "\t ");
	while (!rnd(8))
		put_join();
}

/* A word in one of its spellings. */
static void put_word(void)
{
	static const char letters[] = "ab1\\'\" #\t\xc3\xff";
	char *word = known[count].text, quote = "'\"\0"[rnd(3)];

	known[count].line = line;
	known[count].column = len - begin + 1;
	if (quote)
		text[len++] = quote;
	for (unsigned n = rnd(7) + !quote; n; n--) {
		char c = quote ? letters[rnd(sizeof(letters) - 1)] : letters[rnd(3)];

		if (c == quote && c == '"')
			continue;
		*word++ = c;
		text[len++] = c;
		if (c == quote) {
			len--;
			put("'\\''");
		}
		if (!rnd(16))
			put_join();
	}
	*word = 0;
	if (quote)
		text[len++] = quote;
	count++;
}

static void put_command(void)
{
	for (unsigned n = rnd(5); n; n--) {
		if (!rnd(3))
			put_blank();
		put_word();
		known[count - 1].last = n == 1;
		put_blank();
	}
	put_end_of_line();
}

static void words_and_places_are_those_that_were_written(void **state)
{
	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct tokens t;
		int at = 0;

		count = 0;
		len = 0;
		line = 1;
		put(i % 2 ? "\xef\xbb\xbf" : "");
		begin = len;
		for (unsigned n = rnd(30); n; n--)
			put_command();
		if (len && rnd(2) && text[len - 1] == '\n')
			len--;
		assert_int_equal(read_back(&t), DONE);
		for (size_t e = 0; e < t.count; e++) {
			const struct entry *entry = &t.entries[e];

			assert_null(entry->fault);
			assert_null(entry->argv[entry->argc]);
			for (int w = 0; w < entry->argc; w++, at++) {
				assert_string_equal(entry->argv[w], known[at].text);
				assert_int_equal(entry->at[w].line, known[at].line);
				assert_int_equal(entry->at[w].column, known[at].column);
				assert_int_equal(known[at].last, w == entry->argc - 1);
			}
		}
		assert_int_equal(at, count);
		tokens_free(&t);
	}
}

/* ---- what is not ---- */

static void check_bounds(const struct tokens *t)
{
	struct place last = { 1, 0 };

	for (size_t e = 0; e < t->count; e++) {
		const struct entry *entry = &t->entries[e];

		assert_true(entry->argc || entry->fault);
		assert_null(entry->argv[entry->argc]);
		for (int w = 0; w < entry->argc; w++) {
			struct place at = entry->at[w];

			assert_true(at.line > last.line || (at.line == last.line && at.column > last.column));
			assert_in_range(strlen(entry->argv[w]), 0, len);
			last = at;
		}
		assert_in_range(entry->fault ? entry->at[entry->argc].line : 1, 1, len + 1);
	}
}

static void any_bytes_are_read_within_their_bounds(void **state)
{
	static const char likely[] = "aab  \\\\\n\n\r\r'''\"\"#\t\0\v\xef\xbb\xbf";

	(void)state;
	for (int i = 0; i < 20000; i++) {
		bool bad = false, told = false;
		struct tokens t;

		len = rnd(60);
		for (size_t c = 0; c < len; c++)
			text[c] = rnd(8) ? likely[rnd(sizeof(likely) - 1)] : (char)rnd(256);
		for (size_t c = 0; c < len; c++) /* a CR is not where a line ends */
			bad |= iscntrl((unsigned char)text[c]) && !strchr("\t\n\r", text[c] ? text[c] : 1);
		assert_int_equal(read_back(&t), DONE);
		check_bounds(&t);
		for (size_t e = 0; e < t.count; e++)
			told |= t.entries[e].fault != NULL;
		assert_true(told || !bad);
		tokens_free(&t);
	}
}

/* At most 2 KiB for a line such as people write. */
static void memory_is_small(void **state)
{
	struct tokens t;
	size_t size;

	(void)state;
	len = 0;
	for (int i = 0; i < 500; i++)
		put("add gre1000 type gre local 192.0.2.1 remote 192.0.2.2 key 1000 ttl 64 up addr 10.0.0.1/30\n");
	assert_int_equal(read_back(&t), DONE);
	assert_int_equal(t.count, 500);
	size = len + t.in.size * (sizeof(*t.in.words) + sizeof(*t.in.places)) + t.in.room * sizeof(*t.entries);
	assert_in_range(size / t.count, 0, 1024);
	tokens_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_places_are_those_that_were_written),
		cmocka_unit_test(any_bytes_are_read_within_their_bounds),
		cmocka_unit_test(memory_is_small),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
