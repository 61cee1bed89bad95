// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What of a state somebody gave: tunnels and what belongs to them, in an order in which they can be made again, which is
 * the same each time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keep.h"
#include "kernel.h"
#include "state.h"

struct given {
	const struct tnl_obj *obj;
	int rank;            /* of its kind, and of a route with a gateway after one without */
	int depth;           /* of a link over others */
	size_t place;        /* in the state */
};

struct numbered {
	uint32_t number;
	const struct tnl_obj *link;
	int place; /* among those that are given; -1: it is not */
};

struct collect {
	struct tnl_state *state;
	const struct tnl_selector *sel;
	struct numbered *numbers; /* all links, by their numbers */
	size_t number_count;
	struct given *given;
	size_t count;
};

#define DEEP 16 /* no tunnel has more others below it */

static struct numbered *find(const struct collect *c, uint32_t number)
{
	const struct numbered key = { .number = number };

	return number ? bsearch(&key, c->numbers, c->number_count, sizeof(key), tnl_by_number) : NULL;
}

/* How many links of ours are below it, or hold it. */
static int depth_of(const struct collect *c, const struct tnl_obj *link, int deep)
{
	int depth = 0;

	if (deep > DEEP)
		return deep;
	tnl_each_row(row, link->kind) {
		const struct numbered *other;
		struct tnl_val val;
		int below;

		if (row->codec->shape != TNL_INDEX || !tnl_row_input(row) || row->flags & TNL_ASIDE || tnl_obj_is_foreign(link, row) ||
		    !tnl_row_get(row, link, &val))
			continue;
		other = find(c, tnl_val_number(row->codec, &val));
		below = other && other->link != link && tnl_obj_is_tunnel(other->link) ? 1 + depth_of(c, other->link, deep + 1) : 0;
		depth = below > depth ? below : depth;
	}
	return depth;
}

static bool is_link_given(const struct collect *c, const struct tnl_obj *link)
{
	return tnl_obj_is_tunnel(link) && !tnl_obj_is_fallback(link) && (!c->sel || tnl_selected(c->sel, link));
}

/* Of what has no name of its own, that which belongs to a link that is given. */
static bool belongs(const struct collect *c, const struct tnl_obj *obj)
{
	const struct tnl_obj *link;
	struct tnl_val val;
	bool no;

	if (!c->sel)
		return true;
	if (tnl_obj_interface(obj)) { /* a session */
		link = tnl_state_link(c->state, tnl_obj_interface(obj));
		return link && is_link_given(c, link);
	}
	for (size_t i = 0; i < c->state->count; i++) { /* the tunnel of such a session */
		const struct tnl_obj *other = c->state->members[i]->obj;
		const struct tnl_row *id = tnl_row_find(obj->kind, "tunnel_id", &no);

		if (id && other->kind == &tnl_kind_l2tp_session && tnl_obj_interface(other) &&
		    tnl_row_get(id, obj, &val) && tnl_row_equal(id, obj, other) && belongs(c, other))
			return true;
	}
	return false;
}

static bool is_number_given(const struct collect *c, uint32_t number)
{
	const struct numbered *numbered = find(c, number);

	return numbered && numbered->place >= 0;
}

/* An address or a route of a link that is given, or a router in its list. */
static bool is_about_given(const struct collect *c, const struct tnl_obj *obj)
{
	uint32_t number;

	if (obj->kind->rtnl && !tnl_keep_is_given(obj))
		return false;
	for (unsigned i = 0; (number = tnl_keep_number(obj, i)); i++)
		if (is_number_given(c, number))
			return true;
	return false;
}

/* By the words that identify them; addresses of a link as they came, those of IPv6 the last first, as the kernel tells them. */
static int compare_words(const struct given *a, const struct given *b)
{
	struct tnl_val x, y;
	int diff = 0;

	if (a->obj->kind->pattern)
		return strcmp(tnl_obj_ifname(a->obj), tnl_obj_ifname(b->obj));
	tnl_each_row(row, a->obj->kind) {
		if (!(row->flags & (TNL_ID | TNL_UNIQ)) && strcmp(row->word, "metric"))
			continue;
		tnl_row_value_of(row, a->obj, &x);
		tnl_row_value_of(row, b->obj, &y);
		diff = x.len != y.len ? x.len - y.len : memcmp(x.data, y.data, x.len);
		if (!diff)
			diff = x.plen - y.plen;
		if (diff)
			return diff;
	}
	return diff;
}

static int compare(const void *one, const void *other)
{
	const struct given *a = one, *b = other;

	if (a->rank != b->rank)
		return a->rank - b->rank;
	if (a->depth != b->depth)
		return a->depth - b->depth;
	if (a->obj->kind != &tnl_kind_addr && compare_words(a, b))
		return compare_words(a, b);
	if (a->obj->kind == &tnl_kind_addr && *a->obj->head == AF_INET6)
		return a->place < b->place ? 1 : -1;
	return a->place < b->place ? -1 : 1;
}

static int rank_of(const struct collect *c, const struct tnl_obj *obj)
{
	static const char *const order[] = { "fou", "l2tp-tunnel", "l2tp-session", "", "address", "prl", "route" };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (!strcmp(obj->kind->pattern ? "" : obj->kind->name, order[i]))
			return i + (obj->kind == &tnl_kind_route &&
				    (tnl_obj_has(obj, "via") || tnl_state_beside(c->state, obj) & TNL_BESIDE_GATEWAY));
	return 0;
}

/* Which routes stand behind others. */
static void put_in_line(struct collect *c, size_t first)
{
	for (size_t i = first; i < c->count; i++) {
		struct tnl_member *there = NULL, *own = NULL;
		bool behind = false;

		while (c->given[i].obj->kind == &tnl_kind_route && (there = tnl_state_find(c->state, c->given[i].obj, there)))
			if (there->obj == c->given[i].obj)
				own = there;
			else
				behind |= there->met && tnl_route_is_beside(there->obj, c->given[i].obj);
		if (own) {
			own->met = true;
			own->obj->beside = behind ? TNL_BESIDE : 0;
		}
	}
}

/* First what makes links, and the links; then what HANGS on them. */
static void take(struct collect *c, bool hangs)
{
	size_t first = c->count;

	for (size_t i = 0; i < c->state->count; i++) {
		const struct tnl_obj *obj = c->state->members[i]->obj;
		struct given *given = &c->given[c->count];

		if ((obj->kind->rtnl || !strcmp(obj->kind->name, "prl")) != hangs)
			continue;
		if (!(hangs ? is_about_given(c, obj) : obj->kind->pattern ? is_link_given(c, obj) : belongs(c, obj)))
			continue;
		*given = (struct given){ .obj = obj, .rank = rank_of(c, obj), .place = i };
		if (obj->kind->pattern)
			given->depth = depth_of(c, obj, 0);
		else if (obj->kind == &tnl_kind_addr) /* those of a link stay together */
			given->depth = 2 * find(c, tnl_keep_number(obj, 0))->place + (*obj->head == AF_INET6);
		c->count++;
	}
	qsort(c->given + first, c->count - first, sizeof(*c->given), compare);
	put_in_line(c, first);
	for (size_t i = first; i < c->count; i++)
		if (c->given[i].obj->kind->pattern)
			find(c, tnl_obj_index(c->given[i].obj))->place = i;
}

static int number_links(struct collect *c)
{
	c->numbers = calloc(c->state->count + 1, sizeof(*c->numbers));
	c->given = calloc(c->state->count + 1, sizeof(*c->given));
	if (!c->numbers || !c->given)
		return -ENOMEM;
	for (size_t i = 0; i < c->state->count; i++) {
		const struct tnl_obj *obj = c->state->members[i]->obj;

		if (obj->kind->pattern)
			c->numbers[c->number_count++] = (struct numbered){ tnl_obj_index(obj), obj, -1 };
	}
	qsort(c->numbers, c->number_count, sizeof(*c->numbers), tnl_by_number);
	return 0;
}

int tnl_state_each_given(struct tnl *t, struct tnl_state *state, const struct tnl_selector *sel,
			 int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	struct collect c = { .state = state, .sel = sel };
	int err;

	tnl_begin(t, NULL);
	err = number_links(&c) ? tnl_nomem(t) : 0;
	if (!err) {
		take(&c, false);
		take(&c, true);
	}
	for (size_t i = 0; i < c.count && !err; i++)
		err = cb(arg, c.given[i].obj);
	free(c.numbers);
	free(c.given);
	return err;
}
