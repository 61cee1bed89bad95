/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a batch file, a command at a time. */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct tokens {
	int argc;
	char **argv;       /* valid until the next call */
	int line;          /* where the command begins */
	const char *fault; /* what is wrong with it; NULL: nothing */
	struct {           /* private */
		FILE *from;
		off_t begin; /* where it was opened, -1: it can be read only once */
		char *text; /* the words, each with its end */
		size_t used, size;
		int read;   /* lines */
		bool begun;
	} in;
};

void tokens_open(struct tokens *t, FILE *from); /* from where FROM is now */
/* 1: a command or a fault, 0: the end, -errno: the file cannot be read. */
int tokens_next(struct tokens *t);
bool tokens_again(struct tokens *t); /* from there again; false: it can be read only once */
void tokens_free(struct tokens *t);

#endif
