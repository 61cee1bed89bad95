// SPDX-License-Identifier: GPL-2.0-or-later
/* A set of names. */
#include "names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *one, const void *other)
{
	return strcmp(one, other);
}

bool names_add(struct names *names, const char *name)
{
	char *copy = names_have(names, name) ? NULL : strdup(name);

	if (!copy)
		return names_have(names, name);
	if (tsearch(copy, &names->tree, compare))
		return true;
	free(copy);
	return false;
}

bool names_have(const struct names *names, const char *name)
{
	return tfind(name, &names->tree, compare);
}

void names_free(struct names *names)
{
	tdestroy(names->tree, free);
	names->tree = NULL;
}
