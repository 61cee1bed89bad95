/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans: steps from what is there to what shall be. */
#ifndef TNL_PLAN_H
#define TNL_PLAN_H

#include "state.h"

struct tnl_planstep {
	struct tnl_planned told;  /* what the caller sees of it */
	struct tnl_member *now, *want;
	char why[160], word[48];
	bool done;
};

struct tnl_plan {
	struct tnl_state *now, *want;
	struct tnl_planstep *steps;
	size_t count;
	unsigned flags;
};

/* What is there for WANT of the plan. *ACTION as tnl_judge(). */
int tnl_plan_judge(struct tnl *t, struct tnl_state *now, const struct tnl_obj *want, struct tnl_member **there,
		   enum tnl_action *action);

/* The row of OBJ, after LAST (NULL: the first), that is about a link without a number yet, called *NAME; NULL: none. */
const struct tnl_row *tnl_plan_unborn(struct tnl *t, const struct tnl_obj *obj, const struct tnl_row *last, const char **name);

#endif
