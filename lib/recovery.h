/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal of an apply that did not come to its end, as it is read again. */
#ifndef TNL_RECOVERY_H
#define TNL_RECOVERY_H

#include <sys/types.h>

#include "journal.h"
#include "keep.h"

/* A link as it was. */
struct tnl_former {
	enum tnl_journal_what what;
	enum tnl_mark mark;
	struct tnl_obj *link, *now; /* NOW: to get back what hung on it */
	struct tnl_keep keep;
	off_t at; /* in the file */
	bool settled, changed;
	struct tnl_error why; /* what it does not get back */
};

struct tnl_recovery {
	struct tnl *t;
	const char *path;
	bool back; /* all was being undone */
	struct tnl_former *formers;
	size_t count;
};

/* former.c. -ENOENT: nothing waits. */
int tnl_recovery_open(struct tnl_recovery *recovery, const char *path);
void tnl_recovery_close(struct tnl_recovery *recovery);
int tnl_recovery_blame(struct tnl *t, const char *path, int err);

/* Whether something was taken from it ... */
bool tnl_former_is_due(const struct tnl_recovery *recovery, const struct tnl_former *former);
/* ... and if it is not there, it is made again. */
bool tnl_former_is_made_again(const struct tnl_recovery *recovery, const struct tnl_former *former);
/* Deleted or not: if it is there, it is the one that was. */
bool tnl_former_is_it(const struct tnl_recovery *recovery, const struct tnl_former *former);
/* NOW has its number. */
bool tnl_former_may_be(const struct tnl_recovery *recovery, const struct tnl_former *former, const struct tnl_obj *now);
/* NOW has its name: it was made anew, and its number could not be chosen, as with L2TP. */
bool tnl_former_is_named(const struct tnl_recovery *recovery, const struct tnl_former *former, const struct tnl_obj *now);
/* A word that NOW shall get back: those of every link; one that was to be deleted may be in a group of strangers, but has
 * its words. */
bool tnl_former_lacks(const struct tnl_recovery *recovery, const struct tnl_former *former, const struct tnl_row *row,
		      const struct tnl_obj *now);

#endif
