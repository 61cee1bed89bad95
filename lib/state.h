/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* States: objects that are there, or shall be, each once, and found by what identifies it. */
#ifndef TNL_STATE_H
#define TNL_STATE_H

#include "handle.h"

struct tnl_member {
	struct tnl_obj *obj;
	uint64_t key;             /* of its identity */
	struct tnl_member *next;  /* in the same bucket */
	bool met;                 /* the other state has it too */
	bool seen;                /* later: what was there still is, or again; what shall be there is, and right */
	bool waits;               /* a link that stands on others that wait */
};

struct tnl_alias {
	char name[16], of[16];
};

struct tnl_state {
	struct tnl_member **members; /* in the order in which they came */
	size_t count;
	struct tnl_bucket {
		struct tnl_member *first, *last;
	} *buckets;                  /* made when something is looked for */
	size_t bucket_count;
	struct tnl_alias *aliases;   /* other names of the links, by which the kernel knows them too */
	size_t alias_count;
};

/* All that is there and can be in a state, one after the other. */
int tnl_state_list(struct tnl *t, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);
/* Of OBJ's identity, the one after LAST (NULL: the first); NULL: none, or out of memory. */
struct tnl_member *tnl_state_find(struct tnl_state *state, const struct tnl_obj *obj, const struct tnl_member *last);
const struct tnl_obj *tnl_state_link(struct tnl_state *state, const char *name); /* the link called NAME; NULL: none */
/* Whether there is a session that makes the link NAME. */
bool tnl_state_has_session(const struct tnl_state *state, const char *name);
void tnl_state_rekey(struct tnl_state *state); /* after numbers of links in its objects have changed */
/* Routes to one place with one metric: the first that came is used. Whether THERE is such another one of ROUTE's ... */
bool tnl_route_is_beside(const struct tnl_obj *there, const struct tnl_obj *route);
uint8_t tnl_state_beside(struct tnl_state *state, const struct tnl_obj *route); /* ... and which there are: enum tnl_beside */
int tnl_state_take(struct tnl *t, struct tnl_state *state, struct tnl_obj *obj); /* takes OBJ over */

#endif
