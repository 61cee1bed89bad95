// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int tnl_pile_add(struct tnl_pile *pile, const void *data, size_t len)
{
	if (!len)
		return 0;
	if (pile->len + len > pile->room) {
		size_t room = (pile->len + len) * 2;
		char *more = realloc(pile->data, room);

		if (!more)
			return -ENOMEM;
		pile->data = more;
		pile->room = room;
	}
	memcpy(pile->data + pile->len, data, len);
	pile->len += len;
	return 0;
}

void tnl_pile_free(struct tnl_pile *pile)
{
	free(pile->data);
	*pile = (struct tnl_pile){0};
}

int tnl_roll_add(struct tnl_roll *roll, struct tnl_obj *obj)
{
	bool full = !(roll->count & (roll->count - 1)); /* room is for the next power of two */
	struct tnl_obj **objs = roll->objs;

	if (obj && full)
		objs = realloc(objs, (roll->count ? 2 * roll->count : 1) * sizeof(*objs));
	if (!obj || !objs) {
		tnl_obj_free(obj);
		return -ENOMEM;
	}
	roll->objs = objs;
	roll->objs[roll->count++] = obj;
	return 0;
}

void tnl_roll_empty(struct tnl_roll *roll)
{
	while (roll->count)
		tnl_obj_free(roll->objs[--roll->count]);
}

void tnl_roll_free(struct tnl_roll *roll)
{
	tnl_roll_empty(roll);
	free(roll->objs);
	*roll = (struct tnl_roll){0};
}

int tnl_by_number(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return a < b ? -1 : a > b;
}
