/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of commands, read as a whole: the words of each, and where they stand. */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stddef.h>

struct place {
	unsigned line, column; /* from 1; columns are bytes */
};

/* One command, on one line or on several that are joined. */
struct entry {
	int argc;
	char **argv;            /* its words, then NULL */
	const struct place *at; /* where each begins, and behind them where the fault is */
	const char *fault;      /* why it could not be read; NULL: it could */
};

struct tokens {
	const char *file; /* as it was called */
	size_t count;
	struct entry *entries;
	struct {          /* private: what the entries point to */
		char *text;
		char **words;
		struct place *places;
		size_t used, size; /* of both */
		size_t room;       /* of the entries */
	} in;
};

/* Reads FILE ("-": standard input, from where it is) to its end. REFUSED, and said why, if that is not possible; faults in
 * its lines are for look_at(). T is to be freed in any case; FILE is kept. */
int tokens_read(struct tokens *t, const char *file);
void tokens_free(struct tokens *t);

/* From here on complain() and failed() tell where in the file it is: at the word of ENTRY that they name, else where ENTRY
 * begins. NULL: no longer. REFUSED, and said why, if ENTRY could not be read. (out.c) */
int look_at(const struct tokens *t, const struct entry *entry);

#endif
