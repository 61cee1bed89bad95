/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and routes in a line that makes a link: "addr ADDR [peer ADDR] route PREFIX [via ADDR]". */
#ifndef SETUP_H
#define SETUP_H

#include "tun.h"

struct setup {
	struct tnl_obj **parts; /* in the order of the line, addresses first */
	size_t count;
	char **words;           /* of the link */
};

bool setup_word(const char *word); /* it begins such a part */
/* Takes them out of a flat line; *ARGV, what is left, then lies in SETUP, which is to be freed, also after an error. 0, or an
 * exit code and said why. */
int setup_read(struct run *run, const struct family *family, int *argc, char ***argv, struct setup *setup);
/* The same of what can be said of them before there is the link. */
int setup_check(struct run *run, const struct setup *setup, const struct tnl_obj *link);
/* Makes the link and its parts or, with ACTION, ensures them: all of it or nothing. An exit code, said why. */
int setup_do(struct run *run, struct setup *setup, struct tnl_obj *link, unsigned flags, enum tnl_action *action);
void setup_free(struct setup *setup);

#endif
