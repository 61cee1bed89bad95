// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ensure: an object is made, left, changed or made anew, until it is what its words say. Words of the kind's own that
 * are not said are meant at their defaults; those of every link (mtu, up ...) count when they are said.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel.h"
#include "step.h"

#define TRIES 5 /* others may make or remove it meanwhile */

struct ensure {
	struct tnl *t;
	const struct tnl_obj *want; /* as it was said */
	struct tnl_obj *whole;      /* ... with all that creating it would send */
	struct tnl_obj *now;        /* what is there; NULL: nothing */
	struct tnl_obj *next;       /* what it becomes */
	const struct tnl_transport *via;
	unsigned flags;
};

/* Whether a row takes part in the comparison: said, or meant at its default. */
static bool counts(const struct ensure *e, const struct tnl_row *row)
{
	const struct tnl_row *open = e->want->kind->open;

	if (!tnl_row_input(row) || row->flags & TNL_BLIND)
		return false;
	if (tnl_obj_given(e->want, row))
		return true;
	while (open && open->word && open != row)
		open++;
	return row->scope == TNL_NEST && !(row->flags & (TNL_ASIDE | TNL_DRIFTS)) && !(open && open->word);
}

static int prepare(struct ensure *e)
{
	struct tnl *t = e->t;
	const char *name = tnl_obj_ifname(e->want);

	if (e->want->kind->pattern && (!name || strchr(name, '%')))
		return tnl_refuse(t, "name", name ? "a pattern does not say which" : "missing");
	if (tnl_obj_netns(e->want))
		return tnl_cure(t, TNL_CURE_THERE, tnl_refuse(t, "netns", "would look here and make it there"));
	e->whole = tnl_obj_clone(e->want);
	return e->whole ? tnl_step_prepare(t, e->whole, &e->via) : tnl_nomem(t);
}

struct search {
	const struct tnl_obj *want;
	struct tnl_obj *found;
};

/* Addresses and routes are there when all their words are; what else is in the way, the kernel says. */
static int search_one(void *arg, const struct tnl_obj *obj)
{
	struct search *search = arg;

	if (search->found || obj->partial || !tnl_obj_matches(search->want, obj, NULL))
		return 0;
	search->found = tnl_obj_clone(obj);
	return search->found ? 0 : -ENOMEM;
}

/* What is there of that name or identity. */
static int look(struct ensure *e)
{
	struct search search = { .want = e->whole };
	int err;

	tnl_begin(e->t, e->want);
	if (e->want->kind->rtnl) {
		err = tnl_dump(e->t, e->want->kind, search_one, &search);
		e->now = search.found;
		return err;
	}
	err = tnl_step_read_back(e->t, e->via, e->whole, &e->now);
	if (err == -ENODEV || err == -ENOENT || err == -EPROTONOSUPPORT)
		return 0;
	if (err || !e->want->kind->pattern)
		return err;
	if (tnl_obj_set_ifname(e->whole, tnl_obj_ifname(e->now))) /* it may go by another name */
		return tnl_nomem(e->t);
	return tnl_step_ours(e->t, e->now);
}

/* ---- in place ---- */

static bool is_other(const struct ensure *e, const struct tnl_row *row)
{
	return counts(e, row) && !tnl_row_equal(row, e->now, e->whole) && !tnl_step_untold(row, e->now);
}

static bool differs(const struct ensure *e, unsigned flags)
{
	tnl_each_row(row, e->whole->kind)
		if ((!flags || row->flags & flags) && is_other(e, row))
			return true;
	return false;
}

/* A word that differs and that a living object cannot take over, or not so that it becomes what a new one would be. */
static int check_row(struct ensure *e, const struct tnl_row *row)
{
	const char *kind = e->now->kind->name, *said = tnl_obj_said(e->want, row);
	bool stale = row->flags & TNL_STALE || (row->flags & TNL_MTU && !tnl_step_is_whole(e->via));

	if (row->flags & TNL_FIXED)
		return e->now->kind->pattern ?
		       tnl_cure(e->t, TNL_CURE_RECREATE,
				tnl_refuse(e->t, said, "the kernel cannot change it on a living %s", kind)) :
		       tnl_refuse(e->t, said, "the kernel cannot change it on a living %s: delete it and add it anew", kind);
	if (stale && !tnl_obj_was_given(e->want, "mtu"))
		return tnl_cure(e->t, TNL_CURE_MTU,
				tnl_refuse(e->t, said, "a living %s keeps its MTU, a new one chooses another", kind));
	return 0;
}

static int find_obstacle(struct ensure *e)
{
	bool other = e->now->kind != e->whole->kind;
	int err = 0;

	tnl_each_row(row, e->whole->kind)
		other |= row->scope == TNL_NEST && is_other(e, row);
	if (other)
		err = tnl_step_free(e->t, e->now);
	if (!err && e->now->kind != e->whole->kind)
		err = tnl_cure(e->t, TNL_CURE_RECREATE, tnl_refuse(e->t, "type", "it is %s", e->now->kind->name));
	for (int said = 1; said >= 0; said--) /* what was said is named first */
		tnl_each_row(row, e->whole->kind)
			if (!err && tnl_obj_given(e->want, row) == said && is_other(e, row))
				err = check_row(e, row);
	return err;
}

/* What NOW becomes; rules between words that only a living object has: it stays point to point or not. */
static int check_living(struct ensure *e)
{
	int err = 0;

	e->next = tnl_obj_clone(e->now);
	if (!e->next)
		return tnl_nomem(e->t);
	memcpy(e->next->given, e->want->given, sizeof(e->next->given));
	tnl_each_row(row, e->whole->kind)
		if (!err && counts(e, row))
			err = tnl_row_copy(row, e->next, e->whole);
	return err ? tnl_nomem(e->t) : tnl_step_check(e->t, e->next, e->now);
}

/* Where the MTU depends on what changes, the kernel chooses it anew, unless it is said. */
static int change(struct ensure *e)
{
	bool open = differs(e, TNL_MTU) && !tnl_obj_was_given(e->want, "mtu") && tnl_step_is_whole(e->via);

	return tnl_step_change(e->t, e->now, e->next, e->whole, open);
}

/* ---- anew ---- */

/* What the kernel chooses where nobody does, and which can be chosen only with the first message: its number, queues. */
static bool can_choose(const struct tnl_transport *via, const struct tnl_row *row)
{
	return row->flags & TNL_FIXED && (tnl_step_is_whole(via) || (row->scope == TNL_HEAD && via->numbers));
}

/* Gives TO what FROM has and TO was not given: ALL, or the words of every link, save MTU and queue, which are the kind's.
 * A MAC address and the like are not those of every link. */
static int take_over(struct tnl_obj *to, const struct tnl_obj *from, const struct tnl_transport *via, bool all)
{
	tnl_each_row(row, to->kind) {
		if (!tnl_row_input(row) || tnl_row_ordinal(from->kind, row) < 0 || tnl_obj_given(to, row))
			continue;
		if (row->flags & TNL_ASIDE && !can_choose(via, row))
			continue;
		if (!all && (tnl_row_ordinal(&tnl_kind_link, row) < 0 || row->flags & TNL_ALONG ||
			     (row->def && to->kind != from->kind)))
			continue;
		if (!tnl_row_is_set(row, from))
			continue;
		if (tnl_row_copy(row, to, from))
			return -ENOMEM;
		tnl_obj_give(to, row);
	}
	return 0;
}

struct count {
	int index, addresses, routes;
};

static int count_address(void *arg, const struct tnl_obj *obj)
{
	const struct ifaddrmsg *ifa = (const void *)obj->head;
	struct count *count = arg;

	/* the kernel makes the link-local ones anew */
	count->addresses += (int)ifa->ifa_index == count->index && ifa->ifa_scope != RT_SCOPE_LINK;
	return 0;
}

static int count_route(void *arg, const struct tnl_obj *obj)
{
	const struct rtmsg *rtm = (const void *)obj->head;
	struct count *count = arg;

	count->routes += (int)tnl_obj_number(obj, "dev") == count->index && rtm->rtm_protocol != RTPROT_KERNEL;
	return 0;
}

/* What goes with a link and does not come back by itself. */
static int count_lost(struct ensure *e, struct count *count)
{
	int err = e->t->dry ? 0 : tnl_dump(e->t, &tnl_kind_addr, count_address, count);

	return err || e->t->dry ? err : tnl_dump(e->t, &tnl_kind_route, count_route, count);
}

/* "; made again without mtu, 2 addresses": after an error, what is not as before. */
static void tell_lost(struct tnl_error *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void tell_lost(struct tnl_error *why, const char *fmt, ...)
{
	size_t used;
	va_list ap;

	strlcat(why->text, why->outcome == TNL_BROKEN ? ", " : "; made again without ", sizeof(why->text));
	why->outcome = TNL_BROKEN;
	used = strlen(why->text);
	va_start(ap, fmt);
	vsnprintf(why->text + used, sizeof(why->text) - used, fmt, ap);
	va_end(ap);
}

/* Makes FORMER again, as the new one could not be made. The error stays that one's. */
static void bring_back(struct ensure *e, struct tnl_obj *former, const struct count *count)
{
	struct tnl_error why = e->t->error;
	struct tnl_obj *back = NULL;
	const char *via = e->t->via;
	int err;

	e->t->via = NULL; /* what was asked for may not carry all of it */
	err = tnl_step_create(e->t, former, true);
	e->t->via = via;
	if (!err)
		err = tnl_step_get_link(e->t, former, &back);
	if (err) {
		why.outcome = TNL_BROKEN;
		strlcat(why.text, "; what was there is gone, as making it again fails: ", sizeof(why.text));
		strlcat(why.text, e->t->error.text, sizeof(why.text));
	} else {
		why.outcome = TNL_KERNEL;
		tnl_each_row(row, e->now->kind)
			if (tnl_step_is_lost(row, e->now, back, e->want))
				tell_lost(&why, "%s", row->word);
		if (count->addresses)
			tell_lost(&why, "its addresses (%d)", count->addresses);
		if (count->routes)
			tell_lost(&why, "its routes (%d)", count->routes);
	}
	tnl_obj_free(back);
	e->t->error = why;
}

static int recreate(struct ensure *e)
{
	struct tnl_obj *former = tnl_obj_new(e->now->kind), *next = tnl_obj_clone(e->want);
	struct count count = { .index = ((const struct ifinfomsg *)e->now->head)->ifi_index };
	const struct tnl_transport *via;
	int err = -ENOMEM;

	tnl_begin(e->t, e->want);
	if (former && next && !take_over(former, e->now, e->now->kind->via[0], true) &&
	    !take_over(next, e->now, e->via, false))
		err = tnl_obj_set_ifname(next, tnl_obj_ifname(e->now));
	if (err)
		tnl_nomem(e->t);
	else
		err = tnl_step_prepare(e->t, next, &via); /* so that it is refused before, if at all */
	if (!err)
		err = count_lost(e, &count);
	if (!err)
		err = tnl_remove(e->t, e->now);
	if (!err) {
		err = tnl_step_create(e->t, next, true);
		if (err)
			bring_back(e, former, &count);
	}
	tnl_obj_free(former);
	tnl_obj_free(next);
	return err;
}

/* ---- the verb ---- */

static int create(struct ensure *e)
{
	struct tnl_obj *obj = tnl_obj_clone(e->want);
	int err = obj ? tnl_create(e->t, obj) : tnl_nomem(e->t);

	tnl_obj_free(obj);
	return err;
}

static int act(struct ensure *e, enum tnl_action *action)
{
	bool can_recreate;
	int err;

	*action = TNL_CREATED;
	if (!e->now)
		return create(e);
	*action = TNL_UNCHANGED;
	if (e->now->kind == e->whole->kind && !differs(e, 0))
		return 0;
	*action = TNL_CHANGED;
	can_recreate = e->flags & TNL_RECREATE && e->now->kind->pattern && !tnl_obj_is_fallback(e->now);
	err = find_obstacle(e);
	if (!err)
		err = check_living(e);
	if (!err)
		return change(e);
	if (err != -EINVAL || !can_recreate)
		return err;
	*action = TNL_RECREATED;
	return recreate(e);
}

/* Whether somebody made it, or took it away, after we looked. */
static bool is_outrun(struct ensure *e, int err)
{
	const char *name = tnl_obj_ifname(e->want);

	return (err == -ENODEV && e->now) || (err == -EEXIST && !e->now && name && tnl_ifindex(e->t, name) > 0);
}

int tnl_ensure(struct tnl *t, const struct tnl_obj *want, unsigned flags, enum tnl_action *action)
{
	struct ensure e = { .t = t, .want = want, .flags = flags };
	bool again = true;
	int err;

	tnl_begin(t, want);
	err = prepare(&e);
	for (int i = 0; i < TRIES && !err && again; i++) {
		tnl_obj_free(e.now);
		tnl_obj_free(e.next);
		e.now = e.next = NULL;
		err = look(&e);
		if (!err)
			err = act(&e, action);
		again = is_outrun(&e, err);
		if (again && i + 1 < TRIES)
			err = 0;
	}
	tnl_obj_free(e.whole);
	tnl_obj_free(e.now);
	tnl_obj_free(e.next);
	return err;
}
