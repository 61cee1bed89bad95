// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * VTI: a routable interface in front of IPsec. The keys are the marks of xfrm states and policies: what leaves is
 * looked up with okey, what arrives with ikey. Kernel: net/ipv4/ip_vti.c.
 */
#include "link.h"

static const struct tnl_row rows[] = {
	END_ROWS(IFLA_VTI_),
	{ .word = "key", .no = "nokey", .codec = &tnl_key, .both = { "ikey", "okey" }, .flags = TNL_BOTH, .help = "xfrm mark in both directions, a number or dotted quad" },
	{ .word = "ikey", .no = "noikey", .codec = &tnl_key, NEST(IFLA_VTI_IKEY), .old = PARM_KEY(i_key, i_flags), .help = "xfrm mark of arriving packets, 0: none" },
	{ .word = "okey", .no = "nookey", .codec = &tnl_key, NEST(IFLA_VTI_OKEY), .old = PARM_KEY(o_key, o_flags), .help = "xfrm mark of leaving packets, 0: none" },
	MARK_ROW(IFLA_VTI_),
	{0}
};

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	return tnl_check_ends(obj, now, error);
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, tnl_link_rows, NULL };

const struct tnl_kind tnl_kind_vti = {
	.name = "vti", .help = "routable IPsec: keys are xfrm marks",
	.link = "vti", .module = "ip_vti", .pattern = "vti%d",
	.old = { .base = "ip_vti0", .proto = IPPROTO_IPIP, .iflags = VTI_ISVTI },
	.rows = tables, .via = tnl_by_rtnl_or_ioctl, .check = check,
};
