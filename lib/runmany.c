// SPDX-License-Identifier: LGPL-2.1-or-later
/* Steps of a plan that are done many at a time: what is made, and what goes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keep.h"
#include "kernel.h"
#include "run.h"
#include "step.h"

struct lot {
	struct tnl_run *run;
	struct tnl_obj **objs;
	struct tnl_planstep **steps;
	size_t count;
	struct tnl_error why;
};

static int lot_open(struct tnl_run *run, struct lot *lot)
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
	int err = tnl_run_stopped(lot->run);

	if (!err && lot->count)
		err = finish(lot, tnl_make_all(lot->run->t, lot->objs, lot->count, lot->run->window, false, failed, lot));
	return err;
}

int tnl_run_round(const struct tnl_obj *obj)
{
	if (obj->kind == &tnl_kind_route)
		return tnl_obj_has(obj, "via") || obj->beside & TNL_BESIDE_GATEWAY ? 5 : 4;
	if (obj->kind->pattern || obj->kind == &tnl_kind_l2tp_session) /* which makes a link */
		return 2;
	return obj->kind == &tnl_kind_addr ? 3 : obj->kind->genl ? 1 : 6;
}

/* ---- L2TP: a tunnel is bound to an address, which may be one that is made too ---- */

static bool is_same(const struct tnl_obj *a, const char *word, const struct tnl_obj *b, const char *other)
{
	struct tnl_val x, y;
	bool no;

	return tnl_row_get(tnl_row_find(a->kind, word, &no), a, &x) && tnl_row_get(tnl_row_find(b->kind, other, &no), b, &y) &&
	       x.len == y.len && !memcmp(x.data, y.data, x.len);
}

/* For its address, or a session for its tunnel. */
static bool waits(struct tnl_run *run, const struct tnl_obj *obj)
{
	const struct tnl_kind *tunnel = &tnl_kind_l2tp_tunnel;
	bool session = obj->kind == &tnl_kind_l2tp_session;

	for (size_t i = 0; (session || obj->kind == tunnel) && i < run->plan->count; i++) {
		const struct tnl_planstep *step = &run->plan->steps[i];
		const struct tnl_obj *want = step->told.want;

		if (step->told.action != TNL_CREATED || step->done)
			continue;
		if (session ? want->kind == tunnel && is_same(obj, "tunnel_id", want, "tunnel_id") :
			      want->kind == &tnl_kind_addr && is_same(obj, "local", want, "address")) {
			tnl_begin(run->t, obj);
			tnl_fail(run->t, TNL_KERNEL, -ENODEV, session ? "tunnel_id" : "local", "is made only after it");
			return true;
		}
	}
	return false;
}

/* All of a round that can be made now. *LEFT: how many cannot; the error then says what the last of them lacks. */
static int create_some(struct tnl_run *run, int round, size_t *made, size_t *left)
{
	struct lot lot;
	int err = lot_open(run, &lot);

	*left = 0;
	for (size_t i = 0; i < run->plan->count && !err; i++) {
		struct tnl_planstep *step = &run->plan->steps[i];

		if (step->told.action != TNL_CREATED || step->done || tnl_run_round(step->told.want) != round)
			continue;
		err = waits(run, step->told.want) ? -ENODEV : tnl_run_settle(run, step->want->obj);
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

/* A round, as long as some of it can be made. */
static int create_round(struct tnl_run *run, int round, size_t *made, size_t *left)
{
	size_t more;
	int err;

	do {
		run->t->error.code = 0;
		err = create_some(run, round, &more, left);
		*made += more;
	} while (!err && *left && more);
	return err;
}

int tnl_run_create_all(struct tnl_run *run, int first, int last)
{
	struct tnl_error why = {0};
	size_t made, left, lacking;
	int err = 0;

	do {
		made = lacking = 0;
		for (int round = first; round <= last && !err; round++) {
			err = create_round(run, round, &made, &left);
			lacking += left;
			if (!err && left)
				why = run->t->error;
			if (!err && round == 2)
				err = tnl_run_change_all(run, false);
		}
	} while (!err && lacking && made);
	if (err || !lacking)
		return err;
	run->t->error = why;
	return why.code ? why.code : -ENODEV;
}

/* A link that comes, by what no two may share. */
struct coming {
	uint64_t key;
	const struct tnl_obj *obj;
};

static int by_key(const void *one, const void *other)
{
	const struct coming *a = one, *b = other;

	return (a->key > b->key) - (a->key < b->key);
}

static bool is_in_the_way(const struct coming *coming, size_t count, const struct tnl_obj *obj)
{
	const struct coming key = { .key = tnl_obj_twin_key(obj) }, *at = bsearch(&key, coming, count, sizeof(key), by_key);

	while (at && at > coming && at[-1].key == key.key)
		at--;
	for (; at && at < coming + count && at->key == key.key; at++)
		if (tnl_obj_is_twin(obj, at->obj))
			return true;
	return false;
}

/* A link that goes may have the ends of one that comes. */
static int mark_in_the_way(struct tnl_run *run)
{
	struct coming *coming = calloc(run->plan->count + 1, sizeof(*coming));
	size_t count = 0;

	if (!coming)
		return tnl_nomem(run->t);
	for (size_t i = 0; i < run->plan->count; i++) {
		const struct tnl_planned *step = &run->plan->steps[i].told;

		if (step->want && step->want->kind->pattern && step->action != TNL_UNCHANGED)
			coming[count++] = (struct coming){ tnl_obj_twin_key(step->want), step->want };
	}
	qsort(coming, count, sizeof(*coming), by_key);
	for (size_t i = 0; count && i < run->plan->count; i++) {
		struct tnl_planstep *step = &run->plan->steps[i];

		if (step->told.action == TNL_REMOVED && step->told.now->kind->pattern)
			step->in_the_way = is_in_the_way(coming, count, step->told.now);
	}
	free(coming);
	return 0;
}

static int remove_round(struct tnl_run *run, int round, bool first)
{
	struct lot lot;
	int err = lot_open(run, &lot);

	for (size_t i = run->plan->count; i-- && !err;) {
		struct tnl_planstep *step = &run->plan->steps[i];

		if (step->told.action == TNL_REMOVED && !step->done && tnl_run_round(step->told.now) == round &&
		    (!first || step->in_the_way))
			err = put(&lot, step, step->told.now);
	}
	if (!err)
		err = tnl_run_stopped(run);
	if (!err && lot.count)
		err = finish(&lot, tnl_remove_all(run->t, lot.objs, lot.count, run->plan->flags & TNL_ONE_BY_ONE, failed, &lot));
	lot_close(&lot);
	return err;
}

int tnl_run_remove_all(struct tnl_run *run, int last, int first_round, bool first)
{
	int err = first ? mark_in_the_way(run) : 0;

	for (int round = last; round >= first_round && !err; round--)
		err = remove_round(run, round, first);
	return err;
}

int tnl_run_remove_addresses(struct tnl_run *run)
{
	int err = 0;

	for (size_t i = run->plan->count; i-- && !err;) {
		struct tnl_planstep *step = &run->plan->steps[i];

		if (step->told.action != TNL_REMOVED || step->done || step->told.now->kind != &tnl_kind_addr)
			continue;
		err = tnl_run_stopped(run);
		if (!err)
			err = tnl_run_remove_address(run, step->told.now);
		step->done = !err;
	}
	return err;
}
