// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ensure: an object is made, left, changed or made anew, until it is what its words say. Words of the kind's own that
 * are not said are meant at their defaults; those of every link (mtu, up ...) count when they are said.
 */
#include <errno.h>
#include <string.h>

#include "keep.h"
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

bool tnl_judge_counts(const struct tnl_obj *want, const struct tnl_row *row)
{
	const struct tnl_row *open = want->kind->open;

	if (!tnl_row_input(row) || row->flags & TNL_BLIND)
		return false;
	if (tnl_obj_given(want, row))
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

/* Addresses and routes are there when all their words and the family, which their heads begin with, are. */
static int search_one(void *arg, const struct tnl_obj *obj)
{
	struct search *search = arg;

	if (search->found || obj->partial || *search->want->head != *obj->head || !tnl_obj_matches(search->want, obj, NULL))
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
	return tnl_judge_counts(e->want, row) && !tnl_row_equal(row, e->now, e->whole) && !tnl_step_untold(row, e->now);
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
		if (!err && tnl_judge_counts(e->want, row))
			err = tnl_row_copy(row, e->next, e->whole);
	return err ? tnl_nomem(e->t) : tnl_step_check(e->t, e->next, e->now);
}

/* Where the MTU depends on what changes, the kernel chooses it anew, unless it is said. */
static int change(struct ensure *e)
{
	bool open = differs(e, TNL_MTU) && !tnl_obj_was_given(e->want, "mtu") && tnl_step_is_whole(e->via);

	return tnl_step_change(e->t, e->now, e->next, e->whole, open);
}

/* ---- the verb ---- */

static int create(struct ensure *e)
{
	struct tnl_obj *obj = tnl_obj_clone(e->want);
	int err = obj ? tnl_create(e->t, obj) : tnl_nomem(e->t);

	tnl_obj_free(obj);
	return err;
}

/* What is to be done; -EINVAL, with *ACTION saying whether making it anew helps, if NOW cannot become what is wanted. */
static int decide(struct ensure *e, enum tnl_action *action)
{
	int err;

	*action = TNL_CREATED;
	if (!e->now)
		return 0;
	*action = TNL_UNCHANGED;
	if (e->now->kind == e->whole->kind && !differs(e, 0))
		return 0;
	*action = TNL_CHANGED;
	err = find_obstacle(e);
	if (!err)
		err = check_living(e);
	if (err == -EINVAL && e->now->kind->pattern && !tnl_obj_is_fallback(e->now))
		*action = TNL_RECREATED;
	return err;
}

int tnl_judge(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now, enum tnl_action *action)
{
	struct ensure e = { .t = t, .want = want, .now = (struct tnl_obj *)now };
	int err;

	tnl_begin(t, want);
	err = prepare(&e);
	if (!err)
		err = decide(&e, action);
	tnl_obj_free(e.whole);
	tnl_obj_free(e.next);
	return err;
}

static int act(struct ensure *e, enum tnl_action *action)
{
	int err = decide(e, action);

	if (!err && *action == TNL_CREATED)
		return create(e);
	if (!err && *action == TNL_CHANGED)
		return change(e);
	if (err != -EINVAL || *action != TNL_RECREATED || !(e->flags & TNL_RECREATE))
		return err;
	return tnl_recreate(e->t, e->now, e->want, e->via, e->flags);
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
		again = is_outrun(&e, err) && !(*action == TNL_RECREATED && t->error.outcome == TNL_BROKEN); /* which is told */
		if (again && i + 1 < TRIES)
			err = 0;
	}
	tnl_obj_free(e.whole);
	tnl_obj_free(e.now);
	tnl_obj_free(e.next);
	return err;
}
