/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What grows while it is collected: bytes, and objects. Zeroed, both are empty. */
#ifndef TNL_PILE_H
#define TNL_PILE_H

#include "row.h"

struct tnl_pile {
	char *data;
	size_t len, room;
};

int tnl_pile_add(struct tnl_pile *pile, const void *data, size_t len); /* -ENOMEM */
void tnl_pile_free(struct tnl_pile *pile);

struct tnl_roll {
	struct tnl_obj **objs;
	size_t count;
};

int tnl_roll_add(struct tnl_roll *roll, struct tnl_obj *obj); /* takes OBJ over; -ENOMEM, also where OBJ is NULL */
void tnl_roll_empty(struct tnl_roll *roll);
void tnl_roll_free(struct tnl_roll *roll);

/* For qsort() and bsearch(): elements that begin with the number of a link, a uint32_t. */
int tnl_by_number(const void *one, const void *other);

#endif
