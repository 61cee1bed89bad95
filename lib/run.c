// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Plans, carried out: what changes first, then what is new, links before what hangs on them, deletions last. All of it, or
 * nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "keep.h"
#include "kernel.h"
#include "plan.h"
#include "step.h"

struct run {
	struct tnl *t;
	struct tnl_plan *plan;
	unsigned window;
	bool makes; /* links, or changes them */
	bool fresh; /* the handle knows which links have been made */
};

static int stopped(struct run *run)
{
	struct tnl *t = run->t;

	return t->stop.asked && t->stop.asked(t->stop.arg) ? tnl_fail(t, TNL_KERNEL, -EINTR, NULL, "stopped") : 0;
}

/* ---- names of links that were not there ---- */

static int note_link(void *arg, const struct tnl_obj *link)
{
	return tnl_names_put(arg, tnl_obj_ifname(link), ((const struct ifinfomsg *)link->head)->ifi_index);
}

static int refresh(struct run *run)
{
	int err = 0;

	if (!run->fresh)
		err = tnl_rtnl.dump(run->t, &tnl_kind_link, note_link, &run->t->born);
	run->fresh = true;
	return err;
}

/* The row of OBJ that is about a link without a number yet; NULL: none. */
static const struct tnl_row *unborn(struct tnl *t, const struct tnl_obj *obj, const char **name)
{
	struct tnl_val val;

	tnl_each_row(row, obj->kind) {
		if (row->codec->shape != TNL_INDEX || !tnl_row_input(row) || !tnl_row_get(row, obj, &val) ||
		    !tnl_names_is_unborn(&t->names, tnl_val_number(row->codec, &val)))
			continue;
		*name = tnl_names_name(&t->names, tnl_val_number(row->codec, &val));
		return row;
	}
	return NULL;
}

/* Whether all links that OBJ is about are there; it gets their numbers. -ENODEV: not yet. */
static int settle(struct run *run, struct tnl_obj *obj)
{
	const struct tnl_row *row;
	const char *name;

	while ((row = unborn(run->t, obj, &name))) {
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

static int change_part(struct run *run, const struct tnl_obj *want)
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
static int renumber(struct run *run, const struct tnl_obj *was, const char *name)
{
	struct tnl_obj *link;
	int from, to, err = tnl_get(run->t, name, &link);

	if (err)
		return err;
	to = tnl_obj_index(link);
	tnl_obj_free(link);
	from = tnl_obj_index(was);
	for (size_t i = 0; from != to && i < run->plan->want->count; i++)
		tnl_renumber(run->plan->want->members[i]->obj, from, to);
	return 0;
}

/* A session with its interface, which keeps what it has. */
static int make_session_anew(struct run *run, const struct tnl_obj *want, const char *name)
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

/* With an address others of its link may go, and with the last one all routes: those that shall stay come back. */
static int remove_address(struct run *run, const struct tnl_obj *address)
{
	struct tnl_keep keep = {0};
	int err = tnl_keep_collect(run->t, address, &keep);

	if (!err)
		err = tnl_remove(run->t, address);
	if (err == -ENOENT || err == -EADDRNOTAVAIL) /* it went with another */
		err = run->t->error.code = 0;
	if (!err) {
		tnl_keep_drop(&keep, address);
		tnl_keep_restore(run->t, &keep, false);
		run->t->error.code = 0;
	}
	tnl_keep_free(&keep);
	return err;
}

/* What is deleted and made anew because another one is in the way. */
static int replace(struct run *run, const struct tnl_planstep *step)
{
	const struct tnl_obj *now = step->told.now;
	struct tnl_obj *obj = tnl_obj_clone(step->told.want);
	int err = !obj ? tnl_nomem(run->t) : now->kind == &tnl_kind_addr ? remove_address(run, now) : tnl_remove(run->t, now);

	if (!err)
		err = tnl_create(run->t, obj);
	tnl_obj_free(obj);
	return err;
}

static int change_one(struct run *run, struct tnl_planstep *step)
{
	const struct tnl_obj *want = step->told.want, *now = step->told.now;
	bool anew = step->told.action == TNL_RECREATED;
	int err = settle(run, step->want->obj);
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

/* Those that need no link which is made by the plan (FIRST), or all the rest. */
static int change_all(struct run *run, bool first)
{
	const char *name;
	int err = 0;

	for (size_t i = 0; i < run->plan->count && !err; i++) {
		struct tnl_planstep *step = &run->plan->steps[i];
		bool changes = step->told.action == TNL_CHANGED || step->told.action == TNL_RECREATED;

		if (!changes || step->done || (first && (!step->now || unborn(run->t, step->told.want, &name))))
			continue;
		err = stopped(run);
		if (!err)
			err = change_one(run, step);
	}
	return err;
}

/* ---- many at a time ---- */

struct lot {
	struct run *run;
	struct tnl_obj **objs;
	struct tnl_planstep **steps;
	size_t count;
	struct tnl_error why;
};

static int lot_open(struct run *run, struct lot *lot)
{
	*lot = (struct lot){ .run = run };
	lot->objs = calloc(run->plan->count + 1, sizeof(*lot->objs));
	lot->steps = calloc(run->plan->count + 1, sizeof(*lot->steps));
	return lot->objs && lot->steps ? 0 : tnl_nomem(run->t);
}

static void lot_close(struct lot *lot)
{
	for (size_t i = 0; lot->objs && i < lot->count; i++)
		tnl_obj_free(lot->objs[i]);
	free(lot->objs);
	free(lot->steps);
}

static int put(struct lot *lot, struct tnl_planstep *step, const struct tnl_obj *obj)
{
	lot->objs[lot->count] = tnl_obj_clone(obj);
	lot->steps[lot->count] = step;
	return lot->objs[lot->count++] ? 0 : tnl_nomem(lot->run->t);
}

/* The first that fails ends it. */
static int failed(void *arg, size_t at)
{
	struct lot *lot = arg;

	(void)at;
	if (!lot->why.code)
		lot->why = *tnl_error(lot->run->t);
	return lot->why.code ? lot->why.code : -EIO;
}

static int finish(struct lot *lot, int err)
{
	if (err && lot->why.code)
		lot->run->t->error = lot->why;
	for (size_t i = 0; i < lot->count && !err; i++)
		lot->steps[i]->done = true;
	lot->run->fresh = false;
	return err;
}

static int create_lot(struct lot *lot)
{
	int err = stopped(lot->run);

	if (!err && lot->count)
		err = finish(lot, tnl_create_all(lot->run->t, lot->objs, lot->count, lot->run->window, failed, lot));
	return err;
}

/* What is made in the same round: first what makes links, then links, then what hangs on them. */
static int round_of(const struct tnl_obj *obj)
{
	if (obj->kind == &tnl_kind_route)
		return tnl_obj_has(obj, "via") ? 5 : 4;
	return obj->kind == &tnl_kind_addr ? 3 : obj->kind->genl ? 1 : obj->kind->pattern ? 2 : 6;
}

/* All of a round that can be made now. *LEFT: how many cannot, *WHY not. */
static int create_some(struct run *run, int round, size_t *made, size_t *left)
{
	struct lot lot;
	int err = lot_open(run, &lot);

	*left = 0;
	for (size_t i = 0; i < run->plan->count && !err; i++) {
		struct tnl_planstep *step = &run->plan->steps[i];

		if (step->told.action != TNL_CREATED || step->done || round_of(step->told.want) != round)
			continue;
		err = settle(run, step->want->obj);
		if (!err)
			err = put(&lot, step, step->told.want);
		else if (err == -ENODEV && ++*left)
			err = 0;
	}
	if (!err)
		err = create_lot(&lot);
	*made = lot.count;
	lot_close(&lot);
	return err;
}

static int create_all(struct run *run, int first, int last)
{
	struct tnl_error why;
	size_t made, left;
	int err = 0;

	for (int round = first; round <= last && !err; round++)
		do {
			run->t->error.code = 0;
			err = create_some(run, round, &made, &left);
			why = run->t->error;
			if (!err && left && !made) { /* the last that was tried says which device is missing */
				run->t->error = why;
				err = why.code ? why.code : -ENODEV;
			}
		} while (!err && left);
	return err;
}

/* A link that goes may have the ends of one that comes. */
static bool is_in_the_way(struct run *run, const struct tnl_obj *obj)
{
	for (size_t i = 0; obj->kind->pattern && run->makes && i < run->plan->count; i++) {
		const struct tnl_planned *step = &run->plan->steps[i].told;

		if (step->want && step->action != TNL_UNCHANGED && tnl_obj_is_twin(obj, step->want))
			return true;
	}
	return false;
}

static int remove_round(struct run *run, int round, bool first)
{
	struct lot lot;
	int err = lot_open(run, &lot);

	for (size_t i = run->plan->count; i-- && !err;) {
		struct tnl_planstep *step = &run->plan->steps[i];

		if (step->told.action == TNL_REMOVED && !step->done && round_of(step->told.now) == round &&
		    (!first || is_in_the_way(run, step->told.now)))
			err = put(&lot, step, step->told.now);
	}
	if (!err)
		err = stopped(run);
	if (!err && lot.count)
		err = finish(&lot, tnl_remove_all(run->t, lot.objs, lot.count, run->plan->flags & TNL_ONE_BY_ONE, failed, &lot));
	lot_close(&lot);
	return err;
}

/* Against the order in which they are made. FIRST: only those that are in the way of others. */
static int remove_all(struct run *run, int last, int first_round, bool first)
{
	int err = 0;

	for (int round = last; round >= first_round && !err; round--)
		err = remove_round(run, round, first);
	return err;
}

static int remove_addresses(struct run *run)
{
	int err = 0;

	for (size_t i = run->plan->count; i-- && !err;) {
		struct tnl_planstep *step = &run->plan->steps[i];

		if (step->told.action != TNL_REMOVED || step->done || step->told.now->kind != &tnl_kind_addr)
			continue;
		err = stopped(run);
		if (!err)
			err = remove_address(run, step->told.now);
		step->done = !err;
	}
	return err;
}

/* ---- before and after ---- */

static int check_refused(struct tnl *t, const struct tnl_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct tnl_planned *step = &plan->steps[i].told;

		if (!step->why || step->action == TNL_UNCHANGED)
			continue;
		tnl_begin(t, step->want ? step->want : step->now);
		return tnl_refuse(t, *step->word ? step->word : NULL, "%s", step->why);
	}
	return 0;
}

static bool is_empty(const struct tnl_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].told.action != TNL_UNCHANGED)
			return false;
	return true;
}

static int differs(void *arg, const struct tnl_row *row, const char *now, const char *want)
{
	struct tnl *t = arg;

	return tnl_fail(t, TNL_KERNEL, -EIO, row->word, "is %.90s after it was applied, not %.90s", now ? now : "not there",
			want ? want : "absent");
}

/* Is all now as it shall be? */
static int verify(struct run *run)
{
	struct tnl_state *after;
	int err = tnl_state_read(run->t, &after);

	for (size_t i = 0; i < run->plan->count && !err; i++) {
		const struct tnl_planstep *step = &run->plan->steps[i];
		const struct tnl_obj *obj = step->want ? step->want->obj : step->now->obj;
		struct tnl_member *there;
		enum tnl_action action;

		if (!step->want) {
			if (step->told.action == TNL_REMOVED && tnl_state_find(after, obj, NULL) && !obj->kind->rtnl)
				err = tnl_fail(run->t, TNL_KERNEL, -EIO, NULL, "is there again after it was deleted");
			continue;
		}
		err = tnl_plan_judge(run->t, after, obj, &there, &action);
		if (!err && action != TNL_UNCHANGED) {
			struct tnl_planned told = { .now = there ? there->obj : NULL, .want = obj };

			err = tnl_planned_each(run->t, &told, differs, run->t);
			if (!err)
				err = tnl_fail(run->t, TNL_KERNEL, -EIO, NULL, "is not there after it was applied");
		}
	}
	tnl_state_free(after);
	return err;
}

/* A link that goes down, or under 1280 octets, loses what was right: then that is made again. */
static int look_again(struct run *run)
{
	struct tnl_plan *plan = run->plan;
	struct tnl_state *now = NULL;
	bool changed = false;
	int err = 0;

	for (size_t i = 0; i < plan->count; i++)
		changed |= plan->steps[i].done && plan->steps[i].told.want && plan->steps[i].told.want->kind->pattern;
	if (changed)
		err = tnl_state_read(run->t, &now);
	for (size_t i = 0; changed && !err && i < plan->count; i++) {
		struct tnl_planstep *step = &plan->steps[i];
		struct tnl_member *there;
		enum tnl_action action;

		if (!step->want || !step->want->obj->kind->rtnl || step->told.action != TNL_UNCHANGED)
			continue;
		err = tnl_plan_judge(run->t, now, step->want->obj, &there, &action);
		if (!err && action == TNL_CREATED)
			step->told.action = action;
	}
	tnl_state_free(now);
	return err;
}

static int by_number(const void *one, const void *other)
{
	int a = *(const int *)one, b = *(const int *)other;

	return a < b ? -1 : a > b;
}

/* What hangs on a link that goes goes with it, unless something new takes its place. */
static int spare(struct run *run)
{
	const struct tnl_plan *plan = run->plan;
	int *numbers = calloc(plan->count + 1, sizeof(*numbers));
	size_t count = 0;

	if (!numbers)
		return tnl_nomem(run->t);
	for (size_t i = 0; i < plan->count; i++) {
		const struct tnl_planned *step = &plan->steps[i].told;

		if (step->action == TNL_REMOVED && step->now->kind->pattern)
			numbers[count++] = tnl_obj_index(step->now);
		run->makes |= step->want && step->want->kind->pattern && step->action != TNL_UNCHANGED;
	}
	qsort(numbers, count, sizeof(*numbers), by_number);
	for (size_t i = 0; i < plan->count; i++) {
		struct tnl_planstep *step = &plan->steps[i];
		int number = step->told.action == TNL_REMOVED && round_of(step->told.now) > 2 ?
			     (int)tnl_keep_number(step->told.now, 0) : 0;

		if (number && bsearch(&number, numbers, count, sizeof(*numbers), by_number))
			step->done = !tnl_state_find(plan->want, step->told.now, NULL) || plan->flags & TNL_UNMAKE;
	}
	free(numbers);
	return 0;
}

/* What is new comes before what goes, save addresses: with the last one routes would go, also new ones. */
static int act(struct run *run)
{
	int err = remove_all(run, 2, 1, true);

	if (!err)
		err = change_all(run, true);
	if (!err)
		err = look_again(run);
	if (!err)
		err = create_all(run, 1, 2);
	if (!err)
		err = change_all(run, false);
	if (!err)
		err = create_all(run, 3, 3);
	if (!err)
		err = remove_all(run, 6, 4, false);
	if (!err)
		err = remove_addresses(run);
	if (!err)
		err = create_all(run, 4, 6);
	if (!err)
		err = remove_all(run, 2, 1, false);
	return err ? err : verify(run);
}

/* What came of it is said after what was at fault. */
static int undo(struct tnl *t, int err)
{
	struct tnl_error why = t->error;

	t->stop.asked = NULL; /* it has been heard */
	if (tnl_atomic_rollback(t)) {
		why.outcome = TNL_BROKEN;
		strlcat(why.text, "; ", sizeof(why.text));
		strlcat(why.text, t->error.text, sizeof(why.text));
	} else if (why.outcome != TNL_INCOMPLETE) {
		why.outcome = TNL_KERNEL;
	}
	t->error = why;
	return err;
}

int tnl_plan_run(struct tnl *t, struct tnl_plan *plan, unsigned window, const char *journal)
{
	struct run run = { .t = t, .plan = plan, .window = window };
	int err;

	tnl_begin(t, NULL);
	err = check_refused(t, plan);
	if (!err)
		err = tnl_atomic_begin(t);
	if (err || is_empty(plan))
		return err;
	err = spare(&run);
	if (!err && journal)
		err = tnl_journal_write(t, plan, journal);
	if (!err)
		err = act(&run);
	if (err)
		undo(t, err);
	if (journal && !(err && t->error.outcome == TNL_BROKEN))
		tnl_journal_done(journal);
	return err;
}
