/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans that are carried out. */
#ifndef TNL_RUN_H
#define TNL_RUN_H

#include "plan.h"

struct tnl_run {
	struct tnl *t;
	struct tnl_plan *plan;
	unsigned window;
	bool fresh; /* the handle knows which links have been made */
};

/* runone.c: one step after the other */
int tnl_run_stopped(struct tnl_run *run); /* -EINTR, if somebody wants it to end */
/* Whether all links that OBJ is about are there; it gets their numbers. -ENODEV: not yet. */
int tnl_run_settle(struct tnl_run *run, struct tnl_obj *obj);
/* Changes, and what is made anew: those that need no link which is made by the plan (FIRST), or all the rest. */
int tnl_run_change_all(struct tnl_run *run, bool first);
/* With it others of its link may go, and with the last one all routes: those that shall stay come back. */
int tnl_run_remove_address(struct tnl_run *run, const struct tnl_obj *address);

/* runmany.c: many steps at a time, in rounds */
/* What is made in the same round: first what makes links, then links, then what hangs on them. */
int tnl_run_round(const struct tnl_obj *obj);
/* All of these rounds. What has to wait for a later one, as tunnels over tunnels may, is tried again after it; changes that
 * were left (tnl_run_change_all()) come after links. */
int tnl_run_create_all(struct tnl_run *run, int first, int last);
/* Against the order in which they are made. FIRST: only those that are in the way of others. */
int tnl_run_remove_all(struct tnl_run *run, int last, int first_round, bool first);
int tnl_run_remove_addresses(struct tnl_run *run);

#endif
