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
#include "run.h"
#include "step.h"

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

/* ---- what there is by now: each is looked at as it comes, and none is kept ---- */

static int see(void *arg, const struct tnl_obj *obj)
{
	const struct tnl_run *run = arg;
	struct tnl_member *member = tnl_state_find(run->plan->now, obj, NULL);

	if (member)
		member->seen = true;
	for (member = NULL; (member = tnl_state_find(run->plan->want, obj, member));)
		member->seen |= tnl_plan_is_right(run->t, member->obj, obj);
	return 0;
}

static int look_round(struct tnl_run *run)
{
	tnl_state_rekey(run->plan->want);
	for (size_t i = 0; i < run->plan->count; i++) {
		if (run->plan->steps[i].now)
			run->plan->steps[i].now->seen = false;
		if (run->plan->steps[i].want)
			run->plan->steps[i].want->seen = false;
	}
	return tnl_state_list(run->t, see, run);
}

struct other {
	const struct tnl_obj *want;
	struct tnl_obj *found;
};

static int find_other(void *arg, const struct tnl_obj *obj)
{
	struct other *other = arg;

	if (other->found || !tnl_obj_is_same(other->want, obj))
		return 0;
	other->found = tnl_obj_clone(obj);
	return other->found ? 0 : -ENOMEM;
}

/* WANT is not there, or is another. */
static int tell_wrong(struct tnl_run *run, const struct tnl_obj *want)
{
	struct other other = { .want = want };
	struct tnl_planned told = { .want = want };
	int err = tnl_state_list(run->t, find_other, &other);

	told.now = other.found;
	tnl_begin(run->t, want);
	if (!err)
		err = tnl_planned_each(run->t, &told, differs, run->t);
	if (!err)
		err = tnl_fail(run->t, TNL_KERNEL, -EIO, NULL, "is not there after it was applied");
	tnl_obj_free(other.found);
	return err;
}

/* Is all now as it shall be? */
static int verify(struct tnl_run *run)
{
	int err = look_round(run);

	for (size_t i = 0; i < run->plan->count && !err; i++) {
		const struct tnl_planstep *step = &run->plan->steps[i];

		if (step->want && !step->want->seen) {
			err = tell_wrong(run, step->want->obj);
		} else if (!step->want && step->told.action == TNL_REMOVED && step->now->seen && !step->now->obj->kind->rtnl) {
			tnl_begin(run->t, step->now->obj);
			err = tnl_fail(run->t, TNL_KERNEL, -EIO, NULL, "is there again after it was deleted");
		}
	}
	return err;
}

/* A link that goes down, or under 1280 octets, loses what was right: then that is made again. */
static int look_again(struct tnl_run *run)
{
	struct tnl_plan *plan = run->plan;
	bool changed = false;
	int err;

	for (size_t i = 0; i < plan->count; i++)
		changed |= plan->steps[i].done && plan->steps[i].told.want && plan->steps[i].told.want->kind->pattern;
	err = changed ? look_round(run) : 0;
	for (size_t i = 0; changed && !err && i < plan->count; i++) {
		struct tnl_planstep *step = &plan->steps[i];

		if (step->want && step->want->obj->kind->rtnl && step->told.action == TNL_UNCHANGED && !step->want->seen)
			step->told.action = TNL_CREATED;
	}
	return err;
}

/* What hangs on a link that goes goes with it, unless something new takes its place. */
static int spare(struct tnl_run *run)
{
	const struct tnl_plan *plan = run->plan;
	uint32_t *numbers = calloc(plan->count + 1, sizeof(*numbers));
	size_t count = 0;

	if (!numbers)
		return tnl_nomem(run->t);
	for (size_t i = 0; i < plan->count; i++) {
		const struct tnl_planned *step = &plan->steps[i].told;

		if (step->action == TNL_REMOVED && step->now->kind->pattern)
			numbers[count++] = tnl_obj_index(step->now);
	}
	qsort(numbers, count, sizeof(*numbers), tnl_by_number);
	for (size_t i = 0; i < plan->count; i++) {
		struct tnl_planstep *step = &plan->steps[i];
		uint32_t number = step->told.action == TNL_REMOVED && tnl_run_round(step->told.now) > 2 ?
				  tnl_keep_number(step->told.now, 0) : 0;

		if (number && bsearch(&number, numbers, count, sizeof(*numbers), tnl_by_number))
			step->done = !tnl_state_find(plan->want, step->told.now, NULL) || plan->flags & TNL_UNMAKE;
	}
	free(numbers);
	return 0;
}

/* What is new comes before what goes, save addresses: with the last one routes would go, also new ones. */
static int act(struct tnl_run *run)
{
	int err = tnl_run_remove_all(run, 2, 1, true);

	if (!err)
		err = tnl_run_change_all(run, true);
	if (!err)
		err = look_again(run);
	if (!err)
		err = tnl_run_create_all(run, 1, 3);
	if (!err)
		err = tnl_run_remove_all(run, 6, 4, false);
	if (!err)
		err = tnl_run_remove_addresses(run);
	if (!err)
		err = tnl_run_create_all(run, 4, 6);
	if (!err)
		err = tnl_run_remove_all(run, 2, 1, false);
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
	struct tnl_run run = { .t = t, .plan = plan, .window = window };
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
	if (err) {
		tnl_atomic_commit(t); /* of nothing */
		return err;
	}
	err = act(&run);
	return err ? undo(t, err) : 0;
}
