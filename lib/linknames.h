/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of links and their numbers, known without asking; names of links that are not there yet get numbers too. */
#ifndef TNL_LINKNAMES_H
#define TNL_LINKNAMES_H

#include <stdbool.h>

struct tnl_names {
	void *by_name, *by_number; /* trees of the same entries */
	int unborn;                /* numbers made up so far */
};

int tnl_names_put(struct tnl_names *names, const char *name, int number); /* -ENOMEM; what was known of either is replaced */
int tnl_names_number(const struct tnl_names *names, const char *name);    /* 0: not known */
const char *tnl_names_name(const struct tnl_names *names, int number);    /* NULL: not known */
/* A number for NAME, which no link has; the same each time. -ENOMEM. */
int tnl_names_expect(struct tnl_names *names, const char *name);
/* Whether it is such a number. */
bool tnl_names_is_unborn(const struct tnl_names *names, int number);
void tnl_names_free(struct tnl_names *names);

#endif
