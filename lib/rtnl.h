/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of rtnetlink: built in a buffer of TNL_MESSAGE zeroed bytes, and what the kernel says to them. */
#ifndef TNL_RTNL_H
#define TNL_RTNL_H

#include "handle.h"

#define TNL_MESSAGE 8192

/* rtnl_build.c */
extern const struct tnl_rtnl tnl_rtnl_link;
const struct tnl_rtnl *tnl_rtnl_layout(const struct tnl_kind *kind);
/* Into BUF; HEAD: its header; NULL: zeros. */
struct nlmsghdr *tnl_rtnl_start(char *buf, const struct tnl_rtnl *layout, uint16_t type, uint16_t flags, const void *head);
int tnl_rtnl_build_create(char *buf, const struct tnl_obj *want); /* -EMSGSIZE, -ENOMEM */
/* Words of links from TOP with the header's flags, those of the kind from DATA; NULL: none of them. */
int tnl_rtnl_build_change(char *buf, const struct tnl_obj *now, const struct tnl_obj *want, const struct tnl_set *top,
			  const struct tnl_obj *data);
/* The values of WANT that NOW has not, in attributes of their own. DATA: words of the kind are among them. */
int tnl_rtnl_differences(const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *delta, bool *data);
int tnl_rtnl_build_remove(char *buf, const struct tnl_obj *obj);
/* The question for a link. */
struct nlmsghdr *tnl_rtnl_ask(char *buf, const struct tnl_obj *obj);

/* Link INDEX into that group; 0: all links of the group away, at once. */
struct nlmsghdr *tnl_rtnl_build_group(char *buf, int index, uint32_t group);
/* rtnl.c */
int tnl_rtnl_record(struct tnl *t, const struct nlmsghdr *nlh); /* one that would have been sent, of links */

int tnl_rtnl_read(struct tnl_obj *obj, const struct nlmsghdr *nlh); /* 1: nothing of its kind; -EBADMSG */
/* The kernel's complaint as an error that names the word it points at. */
int tnl_rtnl_complain(struct tnl *t, const struct tnl_kind *kind, const struct nlmsghdr *nlh,
		      const struct tnl_answer *answer);
/* WANT, a route, in the place of what has its destination and metric. */
int tnl_rtnl_replace(struct tnl *t, const struct tnl_obj *want);
/* After a creation failed with ERR. */
int tnl_rtnl_call_it_exists(struct tnl *t, const struct tnl_kind *kind, int err);

#endif
