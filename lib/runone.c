// SPDX-License-Identifier: LGPL-2.1-or-later
/* Steps of a plan that are done one after the other: what changes, and what is made anew. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "keep.h"
#include "kernel.h"
#include "run.h"
#include "step.h"
#include "undo.h"

int tnl_run_stopped(struct tnl_run *run)
{
	struct tnl *t = run->t;

	return t->stop.asked && t->stop.asked(t->stop.arg) ? tnl_fail(t, TNL_KERNEL, -EINTR, NULL, "stopped") : 0;
}

/* ---- names of links that were not there ---- */

static int note_link(void *arg, const struct tnl_obj *link)
{
	return tnl_names_put(arg, tnl_obj_ifname(link), tnl_obj_index(link));
}

static int refresh(struct tnl_run *run)
{
	int err = 0;

	if (!run->fresh)
		err = tnl_rtnl.dump(run->t, &tnl_kind_link, note_link, &run->t->born);
	run->fresh = true;
	return err;
}

int tnl_run_settle(struct tnl_run *run, struct tnl_obj *obj)
{
	const struct tnl_row *row;
	const char *name;

	while ((row = tnl_plan_unborn(run->t, obj, NULL, &name))) {
		struct tnl_val val;
		int err = refresh(run), number = err ? 0 : tnl_names_number(&run->t->born, name);

		if (err)
			return err;
		if (!number) {
			tnl_begin(run->t, obj);
			return tnl_fail(run->t, TNL_KERNEL, -ENODEV, row->word, "%s: no such device", name);
		}
		tnl_val_set(row->codec, &val, number);
		if (tnl_row_put(row, obj, &val))
			return tnl_nomem(run->t);
	}
	return 0;
}

/* ---- one after the other ---- */

static int change_part(struct tnl_run *run, const struct tnl_obj *want)
{
	struct tnl_obj *now = NULL;
	int err = tnl_get(run->t, tnl_obj_ifname(want), &now);

	if (!err && now->kind != want->kind)
		err = tnl_refuse(run->t, "type", "is %s, not %s", tnl_obj_type(now), want->kind->name);
	if (!err)
		err = tnl_change(run->t, now, want);
	tnl_obj_free(now);
	return err;
}

/* Not every link can choose its number: then what is about it is about another one. */
static int renumber(struct tnl_run *run, const struct tnl_obj *was, const char *name)
{
	struct tnl_obj *link;
	int from, to, err = tnl_get(run->t, name, &link);

	if (err)
		return err;
	to = tnl_obj_index(link);
	tnl_obj_free(link);
	from = tnl_obj_index(was);
	tnl_journal_renumber(run->t, from, to);
	for (size_t i = 0; from != to && i < run->plan->want->count; i++)
		tnl_renumber(run->plan->want->members[i]->obj, from, to);
	return 0;
}

/* A session with its interface, which keeps what it has. */
static int make_session_anew(struct tnl_run *run, const struct tnl_obj *want, const char *name)
{
	struct tnl_obj *link = NULL, *next = NULL;
	int err = tnl_get(run->t, name, &link);

	if (!err)
		next = tnl_former(link);
	if (!err && !next)
		err = tnl_nomem(run->t);
	if (!err)
		tnl_each_row(row, want->kind) {
			if (!tnl_row_input(row) || tnl_row_ordinal(next->kind, row) < 0)
				continue;
			if (tnl_row_copy(row, next, want))
				err = tnl_nomem(run->t);
			tnl_obj_give(next, row);
		}
	if (!err)
		err = tnl_recreate(run->t, link, next, next->kind->via[0], TNL_KEEP_MTU);
	if (!err)
		err = renumber(run, link, tnl_obj_ifname(next));
	tnl_obj_free(link);
	tnl_obj_free(next);
	return err;
}

/* With it other addresses and routes of its link may go, which come back if they can without it. */
static int remove_address(struct tnl_run *run, const struct tnl_obj *address, struct tnl_keep *keep)
{
	int err = tnl_keep_collect(run->t, address, keep);

	if (!err)
		err = tnl_remove(run->t, address);
	if (tnl_is_gone(err)) /* with another */
		err = run->t->error.code = 0;
	tnl_keep_drop(keep, address);
	return err;
}

int tnl_run_remove_address(struct tnl_run *run, const struct tnl_obj *address)
{
	struct tnl_keep keep = {0};
	int err = remove_address(run, address, &keep);

	if (!err) {
		tnl_keep_restore(run->t, &keep, TNL_CHOSEN_STAY);
		run->t->error.code = 0;
		err = tnl_journal_mark(run->t, address, TNL_AGAIN);
	}
	tnl_keep_free(&keep);
	return err;
}

static bool shall_go(const struct tnl_run *run, const struct tnl_obj *obj)
{
	for (size_t i = 0; i < run->plan->count; i++)
		if (run->plan->steps[i].told.action == TNL_REMOVED && tnl_obj_is_same(run->plan->steps[i].told.now, obj))
			return true;
	return false;
}

/* What does not come back beside the new address would be lost, unless that is what the plan says. */
static int give_back(struct tnl_run *run, const struct tnl_obj *address, struct tnl_keep *keep)
{
	const struct tnl_roll *rolls[] = { &keep->addrs, &keep->routes };

	tnl_keep_restore(run->t, keep, TNL_CHOSEN_STAY);
	run->t->error.code = 0;
	for (size_t roll = 0; roll < sizeof(rolls) / sizeof(rolls[0]); roll++)
		for (size_t i = 0; i < rolls[roll]->count; i++) {
			if (shall_go(run, rolls[roll]->objs[i]))
				continue;
			tnl_begin(run->t, address);
			return tnl_fail(run->t, TNL_KERNEL, -EADDRINUSE, NULL, "needed as it is by %s",
					tnl_obj_name(run->t, rolls[roll]->objs[i]));
		}
	return 0;
}

/* What is deleted and made anew because another one is in the way. */
static int replace(struct tnl_run *run, const struct tnl_planstep *step)
{
	const struct tnl_obj *now = step->told.now;
	struct tnl_obj *obj = tnl_obj_clone(step->told.want);
	bool address = now->kind == &tnl_kind_addr;
	struct tnl_keep keep = {0};
	int err = !obj ? tnl_nomem(run->t) : address ? remove_address(run, now, &keep) : tnl_remove(run->t, now);

	if (tnl_is_gone(err)) /* with its link */
		err = run->t->error.code = 0;
	if (!err)
		err = tnl_create(run->t, obj);
	if (!err && address)
		err = give_back(run, now, &keep);
	if (!err && address)
		err = tnl_journal_mark(run->t, now, TNL_AGAIN);
	tnl_keep_free(&keep);
	tnl_obj_free(obj);
	return err;
}

static int change_one(struct tnl_run *run, struct tnl_planstep *step)
{
	const struct tnl_obj *want = step->told.want, *now = step->told.now;
	bool anew = step->told.action == TNL_RECREATED;
	int err = tnl_run_settle(run, step->want->obj);
	enum tnl_action action;

	if (!err && want->part)
		err = change_part(run, want);
	else if (!err && anew && !want->kind->pattern)
		err = tnl_obj_interface(now) ? make_session_anew(run, want, tnl_obj_interface(now)) : replace(run, step);
	else if (!err)
		err = tnl_ensure(run->t, want, TNL_RECREATE | TNL_KEEP_MTU, &action);
	if (!err && anew && want->kind->pattern)
		err = renumber(run, now, tnl_obj_ifname(want));
	step->done = !err;
	return err;
}

/* Words for the interface of a session that is not there yet. */
static bool is_early(struct tnl_run *run, const struct tnl_planstep *step)
{
	const char *name = tnl_obj_ifname(step->told.want);

	for (size_t i = 0; step->told.want->part && !step->now && i < run->plan->count; i++) {
		const struct tnl_planstep *other = &run->plan->steps[i];
		const char *made = other->told.action == TNL_CREATED && !other->done ? tnl_obj_interface(other->told.want) : NULL;

		if (made && !other->told.want->kind->pattern && !strcmp(made, name))
			return true;
	}
	return false;
}

int tnl_run_change_all(struct tnl_run *run, bool first)
{
	const char *name;
	int err = 0;

	for (size_t i = 0; i < run->plan->count && !err; i++) {
		struct tnl_planstep *step = &run->plan->steps[i];
		bool changes = step->told.action == TNL_CHANGED || step->told.action == TNL_RECREATED;

		if (!changes || step->done)
			continue;
		if (first ? !step->now || tnl_plan_unborn(run->t, step->told.want, NULL, &name) : is_early(run, step))
			continue;
		err = tnl_run_stopped(run);
		if (!err)
			err = change_one(run, step);
	}
	return err;
}
