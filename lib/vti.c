// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * VTI: a routable interface in front of IPsec, over IPv4 and IPv6. The keys are the marks of xfrm states and policies:
 * what leaves is looked up with okey, what arrives with ikey. Kernel: net/ipv4/ip_vti.c, net/ipv6/ip6_vti.c.
 */
#include "link.h"

static const struct tnl_row rows[] = {
	END_ROWS(IFLA_VTI_),
	VTI_ROWS(PARM),
	MARK_ROW(IFLA_VTI_),
	{0}
};

static const struct tnl_row rows6[] = {
	END6_ROWS(IFLA_VTI_, TNL_MTU),
	DEV6_ROW(IFLA_VTI_, TNL_MTU), /* two of the same ends collide whatever their devices (vti6_locate()) */
	VTI_ROWS(PARM6),
	MARK_ROW(IFLA_VTI_),
	{0}
};

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	return tnl_check_ends(obj, now, error);
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, LINK_ROWS };
static const struct tnl_row *const tables6[] = { tnl_name_rows, rows6, LINK_ROWS };

const struct tnl_kind tnl_kind_vti = {
	.name = "vti", .help = "routable IPsec over IPv4: keys are xfrm marks",
	.link = "vti", .module = "ip_vti", .pattern = "vti%d", .iff = IFF_NOARP,
	.old = { .base = "ip_vti0", .proto = IPPROTO_IPIP, .iflags = VTI_ISVTI },
	.rows = tables, .via = tnl_by_rtnl_or_ioctl, .check = check,
};

const struct tnl_kind tnl_kind_vti6 = {
	.name = "vti6", .help = "routable IPsec over IPv6: keys are xfrm marks",
	.link = "vti6", .module = "ip6_vti", .pattern = "vti6_%d", .iff = IFF_NOARP,
	.old = { .base = "ip6_vti0", .proto = IPPROTO_IPV6, .iflags = VTI_ISVTI, .v6 = true },
	.rows = tables6, .via = tnl_by_rtnl_or_ioctl, .check = check,
};
