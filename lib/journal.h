/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What making links anew takes from them, on disk until they have it again: nobody else would know it after a crash. */
#ifndef TNL_JOURNAL_H
#define TNL_JOURNAL_H

#include "plan.h"

/* Nothing where PLAN takes nothing. It is on the disk when this returns. */
int tnl_journal_write(struct tnl *t, const struct tnl_plan *plan, const char *path);
void tnl_journal_done(const char *path);

#endif
