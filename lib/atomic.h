/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log of tnl_atomic_begin(): notes about what the verbs do, of which nothing happens where nobody asked for them.
 * Each verb takes the mark tnl_noted(), notes, does, and settles. What fails fills the handle's error.
 */
#ifndef TNL_ATOMIC_H
#define TNL_ATOMIC_H

#include "keep.h"

size_t tnl_noted(const struct tnl *t);
/* OBJ was made, by this transport; its name and number are its own. */
int tnl_note_made(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj);
/* NOW is going to be changed into NEXT, or what is there of WHICH to be removed. */
int tnl_note_change(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *now, const struct tnl_obj *next);
int tnl_note_removal(struct tnl *t, const struct tnl_obj *which);
/* The same of many links: each, and then, once, what hangs on all that were noted since MARK. */
int tnl_note_going(struct tnl *t, const struct tnl_obj *link);
int tnl_note_gone(struct tnl *t, size_t mark);
/* The last that was noted, made or changed, is BACK now; what may have gone with a change is taken from KEEP (may be NULL). */
void tnl_note_became(struct tnl *t, const struct tnl_obj *back, struct tnl_keep *keep);
/* What was noted last when there were COUNT notes, if any, did not happen. */
void tnl_note_void(struct tnl *t, size_t count);
/* What was noted since the mark ended with ERR: if all is as before, it is forgotten. */
void tnl_note_settle(struct tnl *t, size_t mark, int err);

#endif
