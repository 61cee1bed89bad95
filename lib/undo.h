/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Taking back what one verb did. The handle's error is the story of why, which these keep and go on telling: what is not
 * as before, and then it is TNL_BROKEN.
 */
#ifndef TNL_UNDO_H
#define TNL_UNDO_H

#include "keep.h"

/* What somebody else has taken away needs no taking away: whether ERR, of that, says so. */
bool tnl_is_gone(int err);
void tnl_undo_create(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj);
/* Those words in which it is not what it WAS, and which were for WANT to decide; NULL: all. Puts back KEEP. */
void tnl_undo_change(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *was, const struct tnl_obj *want,
		     struct tnl_keep *keep);
/* Makes FORMER, of tnl_former(WAS), again, which then is what the kernel has, and puts back KEEP. */
void tnl_undo_remove(struct tnl *t, const struct tnl_obj *was, struct tnl_obj *former, struct tnl_keep *keep);

/* Adds to the story WHY that NAME, or what could not be put back, is lost; BEFORE stands before the first. */
void tnl_undo_tell(struct tnl_error *why, const char *before, const char *name);
void tnl_undo_tell_kept(struct tnl *t, struct tnl_error *why, const char *before, const struct tnl_keep *keep);

#endif
