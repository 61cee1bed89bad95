// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plans: what is there is compared with what shall be, object by object, and nothing is sent. */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keep.h"
#include "kernel.h"
#include "step.h"

/* ---- one object ---- */

/* Only words of a link that something else makes, or that is there. */
static int judge_part(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now, enum tnl_action *action)
{
	*action = TNL_CHANGED;
	if (!now)
		return 0;
	if (now->kind != want->kind)
		return tnl_refuse(t, "type", "is %s, not %s", tnl_obj_type(now), want->kind->name);
	*action = TNL_UNCHANGED;
	tnl_each_row(row, want->kind) {
		if (!tnl_row_input(row) || row->flags & (TNL_BLIND | TNL_POS) || !tnl_obj_given(want, row) ||
		    tnl_row_equal(row, now, want))
			continue;
		*action = TNL_CHANGED;
		if (row->flags & TNL_FIXED)
			return tnl_refuse(t, row->word, "the kernel cannot change it on a living %s", now->kind->name);
	}
	return 0;
}

/* IPv4 takes one address beside itself with another peer. */
static bool is_in_the_way(const struct tnl_obj *there, const struct tnl_obj *want)
{
	bool no;

	return *want->head == AF_INET6 || tnl_row_equal(tnl_row_find(want->kind, "peer", &no), there, want);
}

static struct tnl_member *find_fit(struct tnl_state *now, const struct tnl_obj *want)
{
	struct tnl_member *there = NULL;

	while ((there = tnl_state_find(now, want, there)))
		if (!there->obj->partial && tnl_obj_matches(want, there->obj, NULL) && tnl_obj_matches(there->obj, want, NULL))
			break; /* of two files all words of both count */
	return there;
}

/* Of what shall be, that which is there is in nobody's way; and routes that have others beside them say so. */
static void meet(struct tnl_state *now, struct tnl_state *want, struct tnl_obj *obj)
{
	struct tnl_member *there = find_fit(now, obj);

	if (there)
		there->met = true;
	obj->beside = tnl_state_beside(want, obj) | tnl_state_beside(now, obj);
}

/* There may be several of the same identity: the one that fits, or else the one that is in the way. */
static struct tnl_member *find_rtnl(struct tnl_state *now, const struct tnl_obj *want)
{
	struct tnl_member *there = find_fit(now, want);

	if (there)
		return there;
	while ((there = tnl_state_find(now, want, there)))
		if (!there->met && (want->kind == &tnl_kind_addr ? is_in_the_way(there->obj, want) : tnl_route_is_beside(there->obj, want)))
			break;
	return there;
}

static int judge_rtnl(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now, enum tnl_action *action)
{
	const struct tnl_row *row = NULL;
	bool fits = now && tnl_obj_matches(want, now, &row);

	*action = !now ? TNL_CREATED : fits ? TNL_UNCHANGED : TNL_RECREATED;
	if (*action != TNL_RECREATED)
		return 0;
	if (now->partial || !tnl_keep_is_given(now))
		return tnl_refuse(t, row ? row->word : NULL, "there is another one, which nobody made by words");
	return 0;
}

static int judge(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now, enum tnl_action *action)
{
	tnl_begin(t, want);
	*action = TNL_UNCHANGED;
	if (now && tnl_step_ours(t, now))
		return -EINVAL;
	return want->part ? judge_part(t, want, now, action) : want->kind->rtnl ? judge_rtnl(t, want, now, action) :
	       tnl_judge(t, want, now, action);
}

bool tnl_plan_is_right(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now)
{
	enum tnl_action action;
	bool right = !(want->kind->rtnl && now->partial) && !judge(t, want, now, &action) && action == TNL_UNCHANGED;

	t->error.code = 0;
	return right;
}

/* ---- the list ---- */

static bool is_up(const struct tnl_obj *link)
{
	return link && link->kind->pattern && ((const struct ifinfomsg *)link->head)->ifi_flags & IFF_UP;
}

static bool goes_down(const struct tnl_obj *now, const struct tnl_obj *want)
{
	return is_up(now) && want && tnl_obj_was_given(want, "up") && !is_up(want);
}

static struct tnl_planstep *add_step(struct tnl_plan *plan, enum tnl_action action, struct tnl_member *now,
				     struct tnl_member *want)
{
	struct tnl_planstep *step = &plan->steps[plan->count++];
	const struct tnl_obj *was = now ? now->obj : NULL, *is = want ? want->obj : NULL;

	*step = (struct tnl_planstep){ .now = now, .want = want };
	step->told = (struct tnl_planned){ .action = action, .now = was, .want = is, .word = "" };
	step->told.stops = action == TNL_CHANGED ? goes_down(was, is) :
			   (action == TNL_RECREATED || action == TNL_REMOVED) && was && (!was->kind->pattern || is_up(was));
	if (now)
		now->met = true;
	return step;
}

static int refuse(struct tnl *t, struct tnl_planstep *step)
{
	struct tnl_refusal *refusal = malloc(sizeof(*refusal));

	if (!refusal)
		return tnl_nomem(t);
	step->told.lacks = t->error.code == -ENODEV;
	strlcpy(refusal->why, t->error.text, sizeof(refusal->why));
	strlcpy(refusal->word, t->error.word, sizeof(refusal->word));
	step->refusal = refusal;
	step->told.why = refusal->why;
	step->told.word = refusal->word;
	return t->error.code = 0;
}

/* What has no name can be deleted and made anew, unless others live in it. */
static bool can_be_anew(struct tnl *t, const struct tnl_obj *want)
{
	if (!want->kind->genl || want->kind == tnl_kind_find("l2tp-tunnel"))
		return false;
	strlcpy(t->error.text, "the kernel cannot change it on a living ", sizeof(t->error.text));
	strlcat(t->error.text, want->kind->name, sizeof(t->error.text));
	return true;
}

const struct tnl_row *tnl_plan_unborn(struct tnl *t, const struct tnl_obj *obj, const struct tnl_row *last, const char **name)
{
	bool behind = !last;
	struct tnl_val val;

	tnl_each_row(row, obj->kind) {
		bool about = behind && row->codec->shape == TNL_INDEX && tnl_row_input(row) && tnl_row_get(row, obj, &val);

		behind |= row == last;
		if (!about || !tnl_names_is_unborn(&t->names, tnl_val_number(row->codec, &val)))
			continue;
		*name = tnl_names_name(&t->names, tnl_val_number(row->codec, &val));
		return row;
	}
	return NULL;
}

/* A name that the kernel keeps for another link. */
static int check_alias(struct tnl *t, const struct tnl_plan *plan, const struct tnl_obj *want)
{
	const char *name = tnl_obj_interface(want), *of = name ? tnl_state_alias(plan->now, name) : NULL;

	return of ? tnl_refuse(t, NULL, "is another name of %s", of) : 0;
}

/* A device that is not there and that nothing makes. */
static int check_devices(struct tnl *t, struct tnl_plan *plan, const struct tnl_obj *want)
{
	const struct tnl_row *row = NULL;
	const char *name;

	while ((row = tnl_plan_unborn(t, want, row, &name)))
		if (!tnl_state_kind(plan->want, name))
			return tnl_fail(t, TNL_REFUSED, -ENODEV, row->word, "%s: no such device, and nothing makes it", name);
	return 0;
}

static int plan_one(struct tnl *t, struct tnl_plan *plan, struct tnl_member *want)
{
	struct tnl_member *there = want->obj->kind->rtnl ? find_rtnl(plan->now, want->obj) : tnl_state_find(plan->now, want->obj, NULL);
	struct tnl_planstep *step;
	enum tnl_action action;
	int err;
	bool anew;

	if (plan->flags & TNL_BETWEEN) {
		add_step(plan, tnl_plan_between(there ? there->obj : NULL, want->obj), there, want);
		return 0;
	}
	err = judge(t, want->obj, there ? there->obj : NULL, &action);
	anew = action == TNL_RECREATED && !want->obj->kind->rtnl;

	if (err == -EINVAL && there && !anew && can_be_anew(t, want->obj)) {
		action = TNL_RECREATED;
		anew = true;
	}
	if (plan->flags & TNL_UNMAKE) {
		t->error.code = 0;
		if (there && !want->obj->part && there->obj->kind == want->obj->kind &&
		    (!want->obj->kind->rtnl || action == TNL_UNCHANGED)) /* not what is in the way */
			add_step(plan, TNL_REMOVED, there, NULL);
		return 0;
	}
	if (!err && action == TNL_CREATED)
		err = check_alias(t, plan, want->obj);
	if (!err && action == TNL_CREATED)
		err = check_devices(t, plan, want->obj);
	if (err && err != -EINVAL && err != -ENODEV)
		return err;
	step = add_step(plan, err && !anew && there ? TNL_CHANGED : action, there, want);
	if (err && !(anew && plan->flags & TNL_RECREATE))
		return refuse(t, step);
	return t->error.code = 0;
}

/* A session is made by its line, and the kernel makes its interface: what is in the file under the one name or the other. */
static bool is_wanted(struct tnl_plan *plan, const struct tnl_obj *link)
{
	return tnl_state_find(plan->want, link, NULL) ||
	       (link->kind == tnl_kind_find("l2tp") && tnl_state_has_session(plan->want, tnl_obj_ifname(link)));
}

/* Addresses and routes of links that stay. */
static void prune_rest(struct tnl_plan *plan, uint32_t *stay, size_t count)
{
	uint32_t number;

	qsort(stay, count, sizeof(*stay), tnl_by_number);
	for (size_t i = 0; i < plan->now->count; i++) {
		struct tnl_member *member = plan->now->members[i];
		const struct tnl_obj *obj = member->obj;

		if (!obj->kind->rtnl || member->met || tnl_obj_is_partial(obj) || !tnl_keep_is_given(obj))
			continue;
		for (unsigned n = 0; !member->met && (number = tnl_keep_number(obj, n)); n++)
			if (bsearch(&number, stay, count, sizeof(*stay), tnl_by_number))
				add_step(plan, TNL_REMOVED, member, NULL);
	}
}

/* The numbers of the links that the file hangs something on; NULL: out of memory. */
static uint32_t *named_links(const struct tnl_state *want, size_t *count)
{
	uint32_t *numbers = calloc(want->count + 1, sizeof(*numbers));

	*count = 0;
	for (size_t i = 0; numbers && i < want->count; i++)
		if (want->members[i]->obj->kind->rtnl)
			numbers[(*count)++] = tnl_keep_number(want->members[i]->obj, 0);
	if (numbers)
		qsort(numbers, *count, sizeof(*numbers), tnl_by_number);
	return numbers;
}

/* Of links that the selector means. */
static int prune(struct tnl *t, struct tnl_plan *plan, const struct tnl_selector *sel)
{
	uint32_t *stay = calloc(plan->now->count + 1, sizeof(*stay));
	size_t count = 0, named_count;
	uint32_t *named = named_links(plan->want, &named_count);
	int err = 0;

	if (!stay || !named) {
		free(stay);
		free(named);
		return tnl_nomem(t);
	}
	for (size_t i = 0; !err && i < plan->now->count; i++) {
		struct tnl_member *member = plan->now->members[i];
		const struct tnl_obj *obj = member->obj;
		uint32_t number = obj->kind->pattern ? tnl_obj_index(obj) : 0;

		if (!tnl_obj_is_tunnel(obj) || tnl_obj_is_fallback(obj) || !tnl_selected(sel, obj))
			continue;
		if (is_wanted(plan, obj) || bsearch(&number, named, named_count, sizeof(*named), tnl_by_number)) {
			stay[count++] = number;
			continue;
		}
		err = tnl_removable(t, obj);
		if (err == -EBUSY) { /* a program holds it */
			err = refuse(t, add_step(plan, TNL_UNCHANGED, member, NULL));
		} else if (!err || err == -ENODEV) {
			add_step(plan, TNL_REMOVED, member, NULL);
			err = t->error.code = 0;
		}
	}
	if (!err)
		prune_rest(plan, stay, count);
	free(stay);
	free(named);
	return err;
}

static void prune_all(struct tnl_plan *plan)
{
	for (size_t i = 0; i < plan->now->count; i++)
		if (!plan->now->members[i]->met)
			add_step(plan, TNL_REMOVED, plan->now->members[i], NULL);
}

/* ---- an order of making ---- */

/* The word of a link by which it stands on one that waits, *NAME; NULL: on none. */
static const struct tnl_row *waits_by(struct tnl *t, struct tnl_plan *plan, const struct tnl_obj *link, const char **name)
{
	const struct tnl_row *row = NULL;

	while ((row = tnl_plan_unborn(t, link, row, name))) {
		struct tnl_obj named = { .kind = &tnl_kind_link };
		const struct tnl_member *maker = tnl_obj_set_ifname(&named, *name) ? NULL : tnl_state_find(plan->want, &named, NULL);

		tnl_set_free(&named.top);
		if (maker && maker->waits)
			return row;
	}
	return NULL;
}

/* Links wait until nothing that they stand on does: those that are left stand on each other. */
static int find_circles(struct tnl *t, struct tnl_plan *plan)
{
	bool some = false, fewer = true;
	const char *name;
	int err = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct tnl_planned *step = &plan->steps[i].told;
		bool waits = step->action == TNL_CREATED && step->want->kind->pattern && tnl_plan_unborn(t, step->want, NULL, &name);

		if (waits)
			some = plan->steps[i].want->waits = true;
	}
	for (bool back = false; some && fewer; back = !back) { /* to and fro, as the file may have them in either order */
		fewer = false;
		for (size_t i = 0; i < plan->count; i++) {
			struct tnl_member *link = plan->steps[back ? plan->count - 1 - i : i].want;
			bool ends = link && link->waits && !waits_by(t, plan, link->obj, &name);

			if (ends)
				link->waits = false;
			fewer |= ends;
		}
	}
	for (size_t i = 0; some && !err && i < plan->count; i++) {
		struct tnl_planstep *step = &plan->steps[i];
		const struct tnl_row *row = step->want && step->want->waits && !step->told.why ? waits_by(t, plan, step->want->obj, &name) : NULL;

		if (row && tnl_refuse(t, row->word, "%s: neither can be made first, as they stand on each other", name))
			err = refuse(t, step);
	}
	return err;
}

int tnl_plan_make(struct tnl *t, struct tnl_state *now, struct tnl_state *want, const struct tnl_selector *sel,
		  unsigned flags, struct tnl_plan **out)
{
	struct tnl_plan *plan = calloc(1, sizeof(*plan));
	int err = 0;

	tnl_begin(t, NULL);
	*out = NULL;
	if (plan)
		plan->steps = calloc(now->count + want->count + 1, sizeof(*plan->steps));
	if (!plan || !plan->steps) {
		free(plan);
		return tnl_nomem(t);
	}
	plan->now = now;
	plan->want = want;
	plan->flags = flags;
	for (size_t i = 0; i < want->count; i++)
		if (want->members[i]->obj->kind->rtnl)
			meet(now, want, want->members[i]->obj);
	for (size_t i = 0; i < want->count && !err; i++)
		err = plan_one(t, plan, want->members[i]);
	if (!err && flags & TNL_BETWEEN)
		prune_all(plan);
	else if (!err && sel)
		err = prune(t, plan, sel);
	if (!err && !(flags & TNL_BETWEEN))
		err = find_circles(t, plan);
	if (err)
		tnl_plan_free(plan);
	else
		*out = plan;
	return err;
}

void tnl_plan_free(struct tnl_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->count; i++)
		free(plan->steps[i].refusal);
	free(plan->steps);
	free(plan);
}

int tnl_plan_each(const struct tnl_plan *plan, int (*cb)(void *arg, const struct tnl_planned *step), void *arg)
{
	int err = 0;

	for (size_t i = 0; i < plan->count && !err; i++)
		err = cb(arg, &plan->steps[i].told);
	return err;
}

/* ---- what differs ---- */

static const char *text_of(struct tnl *t, const struct tnl_row *row, const struct tnl_obj *obj, char text[TNL_TEXT_MAX])
{
	struct tnl_val val;

	if (!row->codec->hint)
		return tnl_row_is_set(row, obj) == !row->def ? "on" : "off";
	if (!tnl_row_get(row, obj, &val) && (!row->def || (row->def == UINT32_MAX && !row->names)) && !row->codec->zero)
		return NULL; /* nobody, or nothing */
	tnl_row_value_of(row, obj, &val);
	if (row->codec->shape == TNL_INDEX && !tnl_val_number(row->codec, &val))
		return NULL;
	tnl_row_text(row, &val, text, TNL_TEXT_MAX, &t->look);
	return text;
}

/* Words of a kind's own count also where nobody said them, but for what is said only in part. */
static bool counts(const struct tnl_planned *step, const struct tnl_row *row)
{
	const struct tnl_obj *now = step->now, *want = step->want;
	bool given = want->part || want->kind->rtnl;

	return (tnl_judge_counts(want, row) && (!given || tnl_obj_given(want, row))) ||
	       (tnl_judge_counts(now, row) && tnl_obj_given(now, row));
}

int tnl_planned_each(struct tnl *t, const struct tnl_planned *step,
		     int (*cb)(void *arg, const struct tnl_row *row, const char *now, const char *want), void *arg)
{
	const struct tnl_obj *now = step->now, *want = step->want;
	char was[TNL_TEXT_MAX], is[TNL_TEXT_MAX];
	int err = 0;

	if (!now || !want || now->kind != want->kind)
		return 0;
	tnl_each_row(row, want->kind) {
		if (err || !counts(step, row) || tnl_row_equal(row, now, want) || (tnl_step_untold(row, now) && !tnl_obj_was_said(now)))
			continue;
		err = cb(arg, row, text_of(t, row, now, was), text_of(t, row, want, is));
	}
	return err;
}
