/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans: steps from what is there to what shall be. */
#ifndef TNL_PLAN_H
#define TNL_PLAN_H

#include "state.h"

struct tnl_planstep {
	struct tnl_planned told;  /* what the caller sees of it */
	struct tnl_member *now, *want;
	struct tnl_refusal {
		char why[160], word[48];
	} *refusal;               /* that TOLD tells; NULL: none, as of nearly all */
	bool in_the_way;          /* of one that comes: it goes first */
	bool done;
};

struct tnl_plan {
	struct tnl_state *now, *want;
	struct tnl_planstep *steps;
	size_t count;
	unsigned flags;
};

/* Whether NOW is all that WANT says, so that there is nothing to be done. */
bool tnl_plan_is_right(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now);

/* The row of OBJ, after LAST (NULL: the first), that is about a link without a number yet, called *NAME; NULL: none. */
const struct tnl_row *tnl_plan_unborn(struct tnl *t, const struct tnl_obj *obj, const struct tnl_row *last, const char **name);

/* between.c: what makes NOW (NULL: nothing), which a file says, into WANT, which another one does. */
enum tnl_action tnl_plan_between(const struct tnl_obj *now, const struct tnl_obj *want);

#endif
