/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A watch: what it knows to be there, objects by their identity and links by their number. */
#ifndef TNL_WATCH_H
#define TNL_WATCH_H

#include "handle.h"

struct tnl_known {
	struct tnl_obj *obj;
	bool gone;           /* its identity is kept, as a reading that is under way may still tell of it */
	unsigned told, read; /* the number of the reading during which an event told of it; which told of it itself */
	struct tnl_known *next, **link;
};

struct tnl_table {
	void *tree;
	struct tnl_known *first;
};

struct tnl_watch {
	struct tnl *t;
	struct tnl_nl links, genl; /* members of groups; questions go over T's own */
	struct tnl_table table;
	int fd, timer;             /* FD is readable when one of the sockets or the timer is */
	uint64_t interval, tick, soon; /* ms; when to read everything, and when to read what is due; 0: never */
	bool links_too;            /* ... then links too, not only what is without events */
	uint64_t patience;         /* ms; how long to wait for what is being deleted */
	unsigned reading;          /* the number of the list reading that is under way or was last */
	bool open, begun;          /* a reading is under way; the first one is over */
	int (*cb)(void *arg, const struct tnl_event *event);
	void *arg;
	int verdict;               /* what CB said last */
};

/* ---- known.c ---- */

struct tnl_known *tnl_known_find(const struct tnl_table *table, const struct tnl_obj *obj);
void tnl_known_drop(struct tnl_table *table, struct tnl_known *known);

/* These tell the callback the difference that it makes, and return what it said, or -errno. */
int tnl_tell(struct tnl_watch *w, enum tnl_happened happened, const struct tnl_obj *obj, const struct tnl_obj *was);
int tnl_note(struct tnl_watch *w, struct tnl_obj *obj);      /* OBJ, which it takes over, is there */
int tnl_bury(struct tnl_watch *w, struct tnl_known *known);  /* KNOWN is gone */
int tnl_forget(struct tnl_watch *w, struct tnl_obj *obj);    /* OBJ, which it takes over, is gone; it has the last counters */

#endif
