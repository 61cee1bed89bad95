/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a link in /proc/sys/net, as the kernel tells them with the link itself. */
#ifndef TNL_DEVCONF_H
#define TNL_DEVCONF_H

#include "set.h"

/* What new links get; zeroed, nobody has looked yet. */
struct tnl_devconf {
	bool known;
	struct tnl_usual {
		bool is;
		int32_t value;
	} v4[40], v6[64];
};

/* Calls CB for each setting of the link with these attributes that a new one would not have: "net.ipv4 rp_filter". */
int tnl_devconf_each(struct tnl_devconf *usual, const struct tnl_set *link, int (*cb)(void *arg, const char *which), void *arg);

#endif
