// SPDX-License-Identifier: LGPL-2.1-or-later
/* XFRM interfaces: routable IPsec, joined to states and policies by if_id. Kernel: net/xfrm/xfrm_interface_core.c. */
#include "link.h"

static const struct tnl_row rows[] = {
	{ .word = "dev", .codec = &tnl_dev, NEST(IFLA_XFRM_LINK), .flags = TNL_FIXED, .help = "underlay device" },
	{ .word = "if_id", .codec = &tnl_xid, NEST(IFLA_XFRM_IF_ID), .flags = TNL_UNIQ, .help = "number that its states and policies have too" },
	EXTERNAL_ROW(IFLA_XFRM_),
	{0}
};

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	(void)now;
	if (!tnl_obj_has(obj, "external") && !tnl_obj_has(obj, "if_id"))
		return tnl_check_word(error, "if_id", "missing: say if_id or external");
	return tnl_check_external(obj, error);
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, LINK_ROWS };

const struct tnl_kind tnl_kind_xfrm = {
	.name = "xfrm", .help = "routable IPsec, joined by if_id",
	.link = "xfrm", .module = "xfrm_interface", .pattern = "ipsec%d", .iff = IFF_NOARP,
	.rows = tables, .via = tnl_by_rtnl, .check = check,
};
