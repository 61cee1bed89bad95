// SPDX-License-Identifier: LGPL-2.1-or-later
/* GRE over IPv6 (RFC 7676). Kernel: net/ipv6/ip6_gre.c. */
#include "link.h"

static const struct tnl_row rows[] = {
	END6_ROWS(IFLA_GRE_, 0),
	DEV6_ROW(IFLA_GRE_, TNL_UNIQ),
	GRE_KEY_ROWS(PARM6, TNL_STALE),
	GRE_CSUM_ROWS(PARM6, TNL_STALE),
	OUTER6_ROWS(IFLA_GRE_),
	MARK6_ROW(IFLA_GRE_),
	ENCAP_ROWS(IFLA_GRE_),
	EXTERNAL_ROW(IFLA_GRE_),
	{0}
};

int tnl_check_gre6(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	int err = tnl_check_external(obj, error);

	if (!err)
		err = tnl_check_ends(obj, now, error);
	return err ? err : tnl_check_encap(obj, error);
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, LINK_ROWS };
static const struct tnl_row *const tap_tables[] = { tnl_name_rows, rows, tnl_ether_rows, LINK_ROWS };
static const char *const names[] = { "gre/ipv6", NULL };

const struct tnl_kind tnl_kind_ip6gre = {
	.name = "ip6gre", .help = "GRE over IPv6 (RFC 7676)",
	.link = "ip6gre", .module = "ip6_gre", .pattern = "ip6gre%d", .modes = names, .iff = IFF_NOARP,
	.old = { .base = "ip6gre0", .proto = IPPROTO_GRE, .v6 = true },
	.rows = tables, .via = tnl_by_rtnl_or_ioctl, .check = tnl_check_gre6,
};

const struct tnl_kind tnl_kind_ip6gretap = {
	.name = "ip6gretap", .help = "Ethernet over GRE over IPv6",
	.link = "ip6gretap", .module = "ip6_gre", .pattern = "ip6gretap%d", .iff = IFF_MULTICAST,
	.rows = tap_tables, .via = tnl_by_rtnl, .check = tnl_check_gre6,
};
