/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an apply takes from links, in a file until all is done and nobody wants it undone: nobody else would know it after
 * a crash. It is written as a whole before anything is done; after that only marks are set in it, in place, so that it
 * says of each link how far apply came with it.
 */
#ifndef TNL_JOURNAL_H
#define TNL_JOURNAL_H

#include "plan.h"

enum tnl_mark {
	TNL_WHOLE,  /* nothing was done to it */
	TNL_SHAKEN, /* it was changed: only undoing that may take something from it */
	TNL_GOING,  /* it was to be deleted, perhaps is */
	TNL_GONE,   /* it is, or an address of it: what hung on it may be gone, also where the link is there again */
	TNL_AGAIN,  /* it has back what it shall have */
	TNL_STUCK,  /* undoing failed */
	TNL_MARKS,
};

/* Until tnl_journal_end() the handle has it. Nothing where PLAN takes nothing. */
int tnl_journal_write(struct tnl *t, const struct tnl_plan *plan, const char *path);
/* The link that OBJ, an address or a route is about; nothing where it is not in the journal, or there is none. */
int tnl_journal_mark(struct tnl *t, const struct tnl_obj *obj, enum tnl_mark mark);
/* It came back under another number. */
void tnl_journal_renumber(struct tnl *t, int from, int to);
/* From here on all is undone: also what was to go comes back. */
void tnl_journal_back(struct tnl *t);
/* BROKEN: what is marked so stays in it, for the next apply. */
void tnl_journal_end(struct tnl *t, bool broken);

/* ---- the file: a header, then records, each with both sets of its object's attributes ---- */

struct tnl_journal_header {
	char magic[24], boot[40];
	uint32_t back; /* tnl_journal_back() */
};

#define TNL_JOURNAL_MAGIC "tunnel journal 2"

enum tnl_journal_what {
	TNL_JOURNAL_STAYS, /* a link that may lose what hangs on it */
	TNL_JOURNAL_GOES,  /* ... that is deleted */
	TNL_JOURNAL_ANEW,  /* ... that is made anew */
	TNL_JOURNAL_HANGS, /* an address, a route or a router of the last link */
};

struct tnl_journal_record {
	uint32_t what, mark, top, nest;
	char kind[16], type[16];
	uint8_t head[16];
};

void tnl_journal_boot(char boot[40]); /* which one this is; other links had the numbers in another */
bool tnl_journal_hangs(const struct tnl_obj *obj);

#endif
