// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses and routes of a link that may not be there yet, and which of them are there. */
#include <errno.h>
#include <string.h>

#include "handle.h"
#include "kernel.h"

int tnl_attach(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *link)
{
	const char *name = tnl_obj_ifname(link);
	int index = tnl_obj_index(link);
	struct tnl_val val;
	bool no;
	const struct tnl_row *dev = tnl_row_find(obj->kind, "dev", &no);

	tnl_begin(t, NULL);
	if (!dev || !obj->kind->rtnl)
		return tnl_refuse(t, NULL, "belongs to no interface");
	if (!index)
		index = tnl_names_expect(&t->names, name ? name : link->kind->name);
	if (index < 0)
		return tnl_nomem(t);
	tnl_val_set(dev->codec, &val, index);
	if (tnl_row_put(dev, obj, &val))
		return tnl_nomem(t);
	tnl_obj_give(obj, dev);
	return 0;
}

/* Those of one kind and interface, which are asked for in one question. */
struct some {
	struct tnl_obj *const *objs;
	size_t count;
	bool *there;
};

static int look_for(void *arg, const struct tnl_obj *obj)
{
	const struct some *some = arg;

	for (size_t i = 0; i < some->count && !obj->partial; i++)
		some->there[i] |= *some->objs[i]->head == *obj->head && tnl_obj_matches(some->objs[i], obj, NULL);
	return 0;
}

static bool go_together(const struct tnl_obj *a, const struct tnl_obj *b)
{
	return a->kind == b->kind && tnl_obj_number(a, "dev") == tnl_obj_number(b, "dev");
}

/* Their heads begin with the family, which only this one has. */
static int ask_about(struct tnl *t, const struct tnl_obj *obj, struct some *some)
{
	struct tnl_obj *about = tnl_obj_clone(obj);
	int err;

	if (!about)
		return tnl_nomem(t);
	*about->head = 0;
	err = tnl_rtnl_dump_about(t, obj->kind, about, look_for, some);
	tnl_obj_free(about);
	return err;
}

int tnl_there(struct tnl *t, struct tnl_obj *const objs[], size_t count, bool there[])
{
	int err = 0;

	tnl_begin(t, NULL);
	memset(there, 0, count * sizeof(*there));
	for (size_t at = 0, next; at < count && !err; at = next) {
		struct some some = { .objs = &objs[at], .there = &there[at] };

		for (next = at + 1; next < count && go_together(objs[at], objs[next]); next++)
			;
		some.count = next - at;
		if (!objs[at]->kind->rtnl)
			err = tnl_refuse(t, NULL, "neither an address nor a route");
		else if (!tnl_names_is_unborn(&t->names, tnl_obj_number(objs[at], "dev")))
			err = ask_about(t, objs[at], &some);
	}
	return err;
}
