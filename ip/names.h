/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of names; at first all zero. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

struct names {
	void *tree;
};

bool names_add(struct names *names, const char *name); /* false: out of memory */
bool names_have(const struct names *names, const char *name);
void names_free(struct names *names); /* it is empty then */

#endif
