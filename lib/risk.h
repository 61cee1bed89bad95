/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What deeds may cost links for good: what hung on them before the first such deed, and what of it is not there any more
 * when all is undone. One look at all links does, as nobody here makes such things. Zeroed, nothing is risked.
 */
#ifndef TNL_RISK_H
#define TNL_RISK_H

#include "handle.h"

/* loss.c: whether WHAT, as tnl_irrecoverable() tells it, is the link of that name. */
bool tnl_is_upper(const char *what, const char *name);

struct tnl_risk {
	struct tnl_hanging *all;
	size_t count, room;
	bool seen;
};

/* Whether that change can cost a link what hangs on it. */
bool tnl_risk_is_in(const struct tnl_obj *now, const struct tnl_obj *next);
/* The link of that number is going to lose what hangs on it. */
int tnl_risk_link(struct tnl *t, struct tnl_risk *risk, int number);
/* It was made anew, under this number. */
void tnl_risk_renumber(struct tnl_risk *risk, int from, int to);
/* The link of that name is of today: it may have hung on another, but nobody loses it. */
void tnl_risk_forget(struct tnl_risk *risk, const char *name);
/* Calls CB for each thing that a link, which is there, has lost. */
int tnl_risk_lost(struct tnl *t, struct tnl_risk *risk, void (*cb)(void *arg, const struct tnl_obj *link, const char *what),
		  void *arg);
void tnl_risk_free(struct tnl_risk *risk);

#endif
