// SPDX-License-Identifier: LGPL-2.1-or-later
/* IP in IP over IPv4 (RFC 2003). Kernel: net/ipv4/ipip.c. */
#include "link.h"

static const struct tnl_name modes[] = {
	{ "ipip", IPPROTO_IPIP }, { "ip/ip", IPPROTO_IPIP }, { "ipv4/ipv4", IPPROTO_IPIP }, { "ip4ip4", IPPROTO_IPIP },
	{ "mplsip", IPPROTO_MPLS }, { "mpls/ipv4", IPPROTO_MPLS }, { "any", 0 }, { "any/ipv4", 0 }, {0}
};

static const struct tnl_row rows[] = {
	{ .word = "mode", .codec = &tnl_enum8, .names = modes, NEST(IFLA_IPTUN_PROTO), .def = IPPROTO_IPIP, .old = PARM(iph.protocol), .flags = TNL_FIXED, .help = "what it carries" },
	END_ROWS(IFLA_IPTUN_),
	OUTER_ROWS(IFLA_IPTUN_),
	{ .word = "pmtudisc", .no = "nopmtudisc", .codec = &tnl_bool8, NEST(IFLA_IPTUN_PMTUDISC), .def = 1, .old = PARM_DF, .help = "set DF outside (path MTU discovery)" },
	MARK_ROW(IFLA_IPTUN_),
	ENCAP_ROWS(IFLA_IPTUN_),
	EXTERNAL_ROW(IFLA_IPTUN_),
	{0}
};

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	int err = tnl_check_external(obj, error);

	if (!err)
		err = tnl_check_ends(obj, now, error);
	if (!err)
		err = tnl_check_encap(obj, error);
	if (!err)
		err = tnl_check_df(obj, error);
	return err;
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, LINK_ROWS };
static const char *const names[] = { "ip/ip", "ipv4/ipv4", "ip4ip4", "mplsip", "mpls/ipv4", NULL };

const struct tnl_kind tnl_kind_ipip = {
	.name = "ipip", .help = "IP in IP over IPv4 (RFC 2003)",
	.link = "ipip", .module = "ipip", .pattern = "ipip%d", .modes = names, .iff = IFF_NOARP,
	.old = { .base = "tunl0", .proto = IPPROTO_IPIP },
	.rows = tables, .via = tnl_by_rtnl_or_ioctl, .check = check,
};
