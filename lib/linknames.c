// SPDX-License-Identifier: LGPL-2.1-or-later
#include "linknames.h"

#include <errno.h>
#include <net/if.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct named {
	int number;
	bool unborn;
	char name[IFNAMSIZ];
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static int by_number(const void *a, const void *b)
{
	const struct named *one = a, *other = b;

	return one->number < other->number ? -1 : one->number > other->number;
}

static struct named *find_name(const struct tnl_names *names, const char *name)
{
	struct named key;
	void *const *at;

	if (strlen(name) >= sizeof(key.name))
		return NULL;
	strlcpy(key.name, name, sizeof(key.name));
	at = tfind(&key, &names->by_name, by_name);
	return at ? *at : NULL;
}

static struct named *find_number(const struct tnl_names *names, int number)
{
	const struct named key = { .number = number };
	void *const *at = tfind(&key, &names->by_number, by_number);

	return at ? *at : NULL;
}

static void drop(struct tnl_names *names, struct named *named)
{
	if (!named)
		return;
	tdelete(named, &names->by_name, by_name);
	tdelete(named, &names->by_number, by_number);
	free(named);
}

int tnl_names_put(struct tnl_names *names, const char *name, int number)
{
	struct named *named;

	drop(names, find_name(names, name));
	drop(names, find_number(names, number));
	named = calloc(1, sizeof(*named));
	if (!named)
		return -ENOMEM;
	named->number = number;
	strlcpy(named->name, name, sizeof(named->name));
	if (tsearch(named, &names->by_name, by_name) && tsearch(named, &names->by_number, by_number))
		return 0;
	drop(names, named);
	return -ENOMEM;
}

int tnl_names_number(const struct tnl_names *names, const char *name)
{
	const struct named *named = find_name(names, name);

	return named ? named->number : 0;
}

const char *tnl_names_name(const struct tnl_names *names, int number)
{
	const struct named *named = find_number(names, number);

	return named ? named->name : NULL;
}

int tnl_names_expect(struct tnl_names *names, const char *name)
{
	int number = tnl_names_number(names, name);

	if (number)
		return number;
	while (find_number(names, INT32_MAX - names->unborn))
		names->unborn++;
	number = INT32_MAX - names->unborn;
	if (tnl_names_put(names, name, number))
		return -ENOMEM;
	find_number(names, number)->unborn = true;
	return number;
}

bool tnl_names_is_unborn(const struct tnl_names *names, int number)
{
	const struct named *named = find_number(names, number);

	return named && named->unborn;
}

static void ignore(void *named)
{
	(void)named;
}

void tnl_names_free(struct tnl_names *names)
{
	tdestroy(names->by_number, ignore);
	tdestroy(names->by_name, free);
	*names = (struct tnl_names){0};
}
