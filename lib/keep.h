/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making a link anew under its number, so that what hung on it can hang on it again. */
#ifndef TNL_KEEP_H
#define TNL_KEEP_H

#include "handle.h"
#include "pile.h"

/* keep.c: addresses and routes of a link. Zeroed, none. */
struct tnl_keep {
	struct tnl_roll addrs, routes;
};

/* What goes with the link of that number and nobody puts back: not what the kernel or a routing daemon will. */
int tnl_keep_collect(struct tnl *t, int index, struct tnl_keep *keep);
/* Puts all back; what cannot be stays in KEEP. */
void tnl_keep_restore(struct tnl *t, struct tnl_keep *keep);
void tnl_keep_free(struct tnl_keep *keep);

/* recreate.c: NOW goes, and what WANT says comes in its place. If it cannot be made, NOW comes back. */
int tnl_recreate(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, const struct tnl_transport *via);

#endif
