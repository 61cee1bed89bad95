// SPDX-License-Identifier: LGPL-2.1-or-later
/* What differs between two files. All words of both count, so that it is the same from either side. */
#include "plan.h"
#include "step.h"

static bool counts(const struct tnl_obj *a, const struct tnl_obj *b, const struct tnl_row *row)
{
	return (tnl_judge_counts(a, row) || tnl_judge_counts(b, row)) && !tnl_row_equal(row, a, b);
}

/* Whether ROW of a living object stays what it is; its MTU, too, is no other where that is said. */
static bool is_fixed(const struct tnl_obj *a, const struct tnl_obj *b, const struct tnl_row *row)
{
	bool stale = row->flags & TNL_STALE || (row->flags & TNL_MTU && !tnl_step_is_whole(a->kind->via[0]));

	return a->kind->rtnl || row->flags & TNL_FIXED || (stale && !tnl_obj_was_given(a, "mtu") && !tnl_obj_was_given(b, "mtu"));
}

enum tnl_action tnl_plan_between(const struct tnl_obj *now, const struct tnl_obj *want)
{
	enum tnl_action action = TNL_UNCHANGED;

	if (!now)
		return TNL_CREATED;
	if (now->kind != want->kind)
		return TNL_RECREATED;
	tnl_each_row(row, want->kind)
		if (action != TNL_RECREATED && counts(now, want, row))
			action = is_fixed(now, want, row) ? TNL_RECREATED : TNL_CHANGED;
	return action;
}
