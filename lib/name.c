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

static void note_name(struct taken *taken, const char *name)
{
	char again[IFNAMSIZ + 16];
	unsigned n;

	if (strncmp(name, taken->pattern, taken->stem))
		return;
	n = strtoul(name + taken->stem, NULL, 10);
	snprintf(again, sizeof(again), "%.*s%u%s", (int)taken->stem, taken->pattern, n, taken->pattern + taken->stem + 2);
	if (n < 8 * sizeof(taken->used) && !strcmp(again, name))
		taken->used[n / 8] |= 1 << n % 8;
}

/* All its names: the kernel gives none of them to another link. */
static int note_link(void *arg, const struct tnl_obj *link)
{
	const struct nlattr *more = tnl_set_find(&link->top, IFLA_PROP_LIST), *attr;

	if (tnl_obj_ifname(link))
		note_name(arg, tnl_obj_ifname(link));
	if (more)
		mnl_attr_for_each_nested(attr, more)
			if (mnl_attr_get_type(attr) == IFLA_ALT_IFNAME &&
			    memchr(mnl_attr_get_payload(attr), 0, mnl_attr_get_payload_len(attr)))
				note_name(arg, mnl_attr_get_payload(attr));
	return 0;
}

/* Calls FN where OBJ goes, if that can be entered, and HERE, until it says something else than 0. */
static int look_where(struct tnl *t, const struct tnl_obj *obj, bool here,
		      int (*fn)(struct tnl *t, void *arg, const char *netns), void *arg)
{
	const char *netns = tnl_obj_netns(obj);
	struct tnl_nl own = { .fd = -1 };
	int err = 0;

	if (netns && !tnl_netns_enter(t, netns, &own)) {
		err = fn(t, arg, netns);
		tnl_netns_leave(t, &own);
	} else {
		here = true;
	}
	return err || !here ? err : fn(t, arg, NULL);
}

static int note_links(struct tnl *t, void *arg, const char *netns)
{
	(void)netns;
	return tnl_rtnl.dump(t, &tnl_kind_link, note_link, arg);
}

/* The kernel could choose a name, but then nobody knows which: choose it here. A link that is made here and moved
 * needs it in both places, and before 6.15 every one does. */
static int choose_name(struct tnl *t, struct tnl_obj *obj)
{
	struct taken taken = { .pattern = tnl_obj_ifname(obj) ? tnl_obj_ifname(obj) : obj->kind->pattern };
	const char *percent = strchr(taken.pattern, '%');
	char name[IFNAMSIZ + 16];
	unsigned n = 0;
	int err;

	taken.stem = percent - taken.pattern;
	err = look_where(t, obj, true, note_links, &taken);
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

/* Most have one, and the table of those that are taken is large. */
int tnl_choose_name(struct tnl *t, struct tnl_obj *obj)
{
	const char *name = tnl_obj_ifname(obj) ? tnl_obj_ifname(obj) : obj->kind->pattern;

	return strchr(name, '%') ? choose_name(t, obj) : 0;
}

bool tnl_choose_other(struct tnl *t, struct tnl_obj *obj, const char *pattern)
{
	char name[IFNAMSIZ];

	if (!obj->chosen || !*pattern)
		return false;
	strlcpy(name, tnl_obj_ifname(obj), sizeof(name));
	if (!tnl_obj_set_ifname(obj, pattern) && !tnl_choose_name(t, obj))
		return strcmp(name, tnl_obj_ifname(obj));
	tnl_obj_set_ifname(obj, name);
	return false;
}

/* Which tunnel already has what makes this one unique. */
struct twin {
	const struct tnl_obj *want;
	char name[IFNAMSIZ];
};

static int find_twin(void *arg, const struct tnl_obj *obj)
{
	struct twin *twin = arg;

	if (!*twin->name && tnl_obj_is_twin(obj, twin->want) && strcmp(tnl_obj_ifname(obj), tnl_obj_ifname(twin->want)))
		strlcpy(twin->name, tnl_obj_ifname(obj), sizeof(twin->name));
	return 0;
}

/* "local, remote and ikey" */
static const char *same_words(const struct tnl_obj *want, char words[128])
{
	const struct tnl_row *last = NULL;

	*words = 0;
	tnl_each_row(row, want->kind)
		if ((row->flags & TNL_UNIQ) && tnl_row_is_set(row, want))
			last = row;
	tnl_each_row(row, want->kind) {
		size_t used = strlen(words);

		if ((row->flags & TNL_UNIQ) && tnl_row_is_set(row, want))
			snprintf(words + used, 128 - used, "%s%s", !used ? "" : row == last ? " and " : ", ", row->word);
	}
	return *words ? words : "ends";
}

/* What is in the way of WANT; each says it in the handle's error, or returns 0. NOW: what changes; NULL: a new one. */
struct clash {
	const struct tnl_obj *want, *now;
};

static int check_name(struct tnl *t, void *arg, const char *netns)
{
	const struct clash *clash = arg;
	const char *name = tnl_obj_interface(clash->want);
	bool renamed = clash->now && name && strcmp(name, tnl_obj_interface(clash->now));

	if (!name || (clash->now && !renamed) || tnl_ifindex(t, name) < 0)
		return 0;
	if (!clash->want->kind->pattern || renamed)
		return tnl_fail(t, TNL_KERNEL, -EEXIST, "name", "%s exists", name);
	return netns ? tnl_fail(t, TNL_KERNEL, -EEXIST, NULL, "exists in %s", netns) :
	       tnl_fail(t, TNL_KERNEL, -EEXIST, NULL, "exists");
}

static int check_number(struct tnl *t, const struct clash *clash)
{
	bool made = clash->want->kind->pattern && !clash->now;
	int index = made ? ((const struct ifinfomsg *)clash->want->head)->ifi_index : 0;
	char name[IFNAMSIZ];

	if (!index || tnl_ifname_now(t, index, name))
		return 0;
	return tnl_fail(t, TNL_KERNEL, -EBUSY, "ifindex", "%s has it", name);
}

static int check_all(struct tnl *t, void *arg, const char *netns)
{
	const struct clash *clash = arg;
	struct twin twin = { clash->want, "" };
	int err = check_name(t, arg, netns);
	char words[128];

	if (!err)
		err = check_number(t, clash);
	if (err || !clash->want->kind->link || tnl_rtnl.dump(t, clash->want->kind, find_twin, &twin) || !*twin.name)
		return err;
	return tnl_fail(t, TNL_KERNEL, -EEXIST, NULL, "%s has the same %s", twin.name, same_words(clash->want, words));
}

int tnl_check_name(struct tnl *t, const struct tnl_obj *obj, bool here)
{
	struct clash clash = { obj, NULL };

	return look_where(t, obj, here, check_name, &clash);
}

int tnl_explain_exists(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now)
{
	struct clash clash = { want, now };
	struct tnl_error why = t->error;
	int err = now ? check_all(t, &clash, NULL) : look_where(t, want, true, check_all, &clash);

	if (err)
		return err;
	t->error = why;
	return -EEXIST;
}
