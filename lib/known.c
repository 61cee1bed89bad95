// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a watch knows, in a list with a tree over it that finds objects by identity, and what is told of it. */
#include "watch.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

static int compare(const void *one, const void *other)
{
	const struct tnl_obj *a = ((const struct tnl_known *)one)->obj, *b = ((const struct tnl_known *)other)->obj;
	bool link = a->kind->pattern;
	int diff = link - (b->kind->pattern != NULL);

	if (!diff && link) /* names move */
		return memcmp(&((const struct ifinfomsg *)a->head)->ifi_index,
			      &((const struct ifinfomsg *)b->head)->ifi_index, sizeof(int));
	if (!diff && a->kind != b->kind)
		diff = (uintptr_t)a->kind < (uintptr_t)b->kind ? -1 : 1;
	return diff ? diff : tnl_obj_order(a, b);
}

struct tnl_known *tnl_known_find(const struct tnl_table *table, const struct tnl_obj *obj)
{
	struct tnl_known key = { .obj = (struct tnl_obj *)obj };
	void *const *at = tfind(&key, &table->tree, compare);

	return at ? *at : NULL;
}

/* Takes OBJ over, also when it fails: NULL is out of memory. Nothing of its identity must be there. */
static struct tnl_known *add(struct tnl_table *table, struct tnl_obj *obj)
{
	struct tnl_known *known = calloc(1, sizeof(*known));

	if (known)
		known->obj = obj;
	if (!known || !tsearch(known, &table->tree, compare)) {
		tnl_obj_free(obj);
		free(known);
		return NULL;
	}
	known->next = table->first;
	known->link = &table->first;
	if (known->next)
		known->next->link = &known->next;
	table->first = known;
	return known;
}

void tnl_known_drop(struct tnl_table *table, struct tnl_known *known)
{
	tdelete(known, &table->tree, compare);
	*known->link = known->next;
	if (known->next)
		known->next->link = known->link;
	tnl_obj_free(known->obj);
	free(known);
}

/* ---- what is told of it ---- */

int tnl_tell(struct tnl_watch *w, enum tnl_happened happened, const struct tnl_obj *obj, const struct tnl_obj *was)
{
	const struct tnl_event event = { happened, obj, was };

	w->verdict = w->cb(w->arg, &event);
	return w->verdict;
}

static bool looks_the_same(const struct tnl_obj *a, const struct tnl_obj *b)
{
	tnl_each_row(row, a->kind)
		if (!(row->flags & (TNL_BOTH | TNL_STAT)) && !tnl_row_same(row, a, b))
			return false;
	return true;
}

static bool is_renamed(const struct tnl_obj *a, const struct tnl_obj *b)
{
	return a->kind->pattern && tnl_obj_ifname(a) && tnl_obj_ifname(b) && strcmp(tnl_obj_ifname(a), tnl_obj_ifname(b));
}

/* What is told by other means than netlink may not be at hand this time. */
static int keep_untold(struct tnl_obj *obj, const struct tnl_obj *was)
{
	const struct nlattr *attr;
	int err = 0;

	tnl_set_each(attr, &was->nest)
		if (!err && mnl_attr_get_type(attr) >= TNL_PRIVATE && !tnl_set_find(&obj->nest, mnl_attr_get_type(attr)))
			err = tnl_set_put(&obj->nest, mnl_attr_get_type(attr), mnl_attr_get_payload(attr),
					  mnl_attr_get_payload_len(attr));
	return err;
}

int tnl_note(struct tnl_watch *w, struct tnl_obj *obj)
{
	struct tnl_known *known = tnl_known_find(&w->table, obj);
	struct tnl_obj *was = known && !known->gone ? known->obj : NULL;
	int err = 0;

	if (was && was->kind != obj->kind) {
		err = tnl_tell(w, TNL_EVENT_DELETED, was, NULL);
		was = NULL;
	}
	if (was && keep_untold(obj, was))
		err = -ENOMEM;
	if (err)
		;
	else if (!was)
		err = tnl_tell(w, w->begun ? TNL_EVENT_CREATED : TNL_EVENT_PRESENT, obj, NULL);
	else if (!looks_the_same(was, obj))
		err = tnl_tell(w, is_renamed(was, obj) ? TNL_EVENT_RENAMED : TNL_EVENT_CHANGED, obj, was);
	obj = tnl_obj_slim(obj);
	if (!obj)
		return tnl_nomem(w->t);
	if (!known) {
		known = add(&w->table, obj);
		if (!known)
			return tnl_nomem(w->t);
	} else {
		tnl_obj_free(known->obj);
		known->obj = obj;
	}
	known->gone = false;
	known->told = w->reading;
	return err;
}

int tnl_bury(struct tnl_watch *w, struct tnl_known *known)
{
	int err = known->gone ? 0 : tnl_tell(w, TNL_EVENT_DELETED, known->obj, NULL);

	known->gone = true;
	known->told = w->reading;
	if (!w->open)
		tnl_known_drop(&w->table, known);
	return err;
}

int tnl_forget(struct tnl_watch *w, struct tnl_obj *obj)
{
	struct tnl_known *known = tnl_known_find(&w->table, obj);
	const struct nlattr *stats = tnl_set_find(&obj->top, IFLA_STATS64);

	if (known && stats)
		tnl_set_put(&known->obj->top, IFLA_STATS64, mnl_attr_get_payload(stats), mnl_attr_get_payload_len(stats));
	if (known || !w->open) {
		tnl_obj_free(obj);
		return known ? tnl_bury(w, known) : 0;
	}
	known = add(&w->table, obj);
	if (!known)
		return tnl_nomem(w->t);
	known->gone = true;
	return tnl_bury(w, known);
}
