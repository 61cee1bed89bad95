// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of new interfaces: choosing one that is free, and telling who is in the way. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"
#include "kernel.h"

struct taken {
	const char *pattern;
	size_t stem; /* length before the %d */
	uint8_t used[1 << 13];
};

static int note_number(void *arg, const struct tnl_obj *link)
{
	struct taken *taken = arg;
	const char *name = tnl_obj_ifname(link);
	char again[IFNAMSIZ + 16];
	unsigned n;

	if (!name || strncmp(name, taken->pattern, taken->stem))
		return 0;
	n = strtoul(name + taken->stem, NULL, 10);
	snprintf(again, sizeof(again), "%.*s%u%s", (int)taken->stem, taken->pattern, n, taken->pattern + taken->stem + 2);
	if (n < 8 * sizeof(taken->used) && !strcmp(again, name))
		taken->used[n / 8] |= 1 << n % 8;
	return 0;
}

/* The kernel could choose a name, but then nobody knows which: choose it here. */
int tnl_choose_name(struct tnl *t, struct tnl_obj *obj)
{
	struct taken taken = { .pattern = tnl_obj_ifname(obj) ? tnl_obj_ifname(obj) : obj->kind->pattern };
	const char *percent = strchr(taken.pattern, '%');
	char name[IFNAMSIZ + 16];
	unsigned n = 0;
	int err;

	if (!percent)
		return 0;
	taken.stem = percent - taken.pattern;
	err = tnl_rtnl.dump(t, &tnl_kind_link, note_number, &taken);
	if (err)
		return err;
	while (n < 8 * sizeof(taken.used) && (taken.used[n / 8] >> n % 8 & 1))
		n++;
	snprintf(name, sizeof(name), "%.*s%u%s", (int)taken.stem, taken.pattern, n, percent + 2);
	if (strlen(name) >= IFNAMSIZ || n == 8 * sizeof(taken.used))
		return tnl_refuse(t, "name", "%s leads to no name that is free", taken.pattern);
	obj->chosen = true;
	return tnl_obj_set_ifname(obj, name) ? tnl_nomem(t) : 0;
}

/* Which tunnel already has what makes this one unique. */
struct twin {
	const struct tnl_obj *want;
	char name[IFNAMSIZ];
};

static int find_twin(void *arg, const struct tnl_obj *obj)
{
	struct twin *twin = arg;

	if (obj->kind != twin->want->kind || *twin->name || !strcmp(tnl_obj_ifname(obj), tnl_obj_ifname(twin->want)))
		return 0;
	tnl_each_row(row, obj->kind)
		if ((row->flags & TNL_UNIQ) && !tnl_row_equal(row, obj, twin->want))
			return 0;
	strlcpy(twin->name, tnl_obj_ifname(obj), sizeof(twin->name));
	return 0;
}

/* "local, remote and ikey" */
static const char *same_words(const struct tnl_obj *want, char words[128])
{
	const struct tnl_row *last = NULL;

	*words = 0;
	tnl_each_row(row, want->kind)
		if ((row->flags & TNL_UNIQ) && tnl_row_set(row, want))
			last = row;
	tnl_each_row(row, want->kind) {
		size_t used = strlen(words);

		if ((row->flags & TNL_UNIQ) && tnl_row_set(row, want))
			snprintf(words + used, 128 - used, "%s%s", !used ? "" : row == last ? " and " : ", ", row->word);
	}
	return *words ? words : "ends";
}

int tnl_explain_exists(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now)
{
	struct twin twin = { want, "" };
	struct tnl_error why = t->error;
	const char *name = tnl_obj_interface(want);
	bool renamed = now && name && strcmp(name, tnl_obj_interface(now));
	char words[128];

	if (name && (!now || renamed) && tnl_ifindex(t, name) > 0)
		return want->kind->pattern && !renamed ? tnl_fail(t, TNL_KERNEL, -EEXIST, NULL, "exists") :
		       tnl_fail(t, TNL_KERNEL, -EEXIST, "name", "%s exists", name);
	if (want->kind->link && !tnl_rtnl.dump(t, want->kind, find_twin, &twin) && *twin.name)
		return tnl_fail(t, TNL_KERNEL, -EEXIST, NULL, "%s has the same %s", twin.name, same_words(want, words));
	t->error = why;
	return -EEXIST;
}
