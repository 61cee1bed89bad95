// SPDX-License-Identifier: LGPL-2.1-or-later
/* IPv6 or IPv4 in IPv6 (RFC 2473). Kernel: net/ipv6/ip6_tunnel.c. */
#include "link.h"

static const struct tnl_name modes[] = {
	{ "ip6ip6", IPPROTO_IPV6 }, { "ipv6/ipv6", IPPROTO_IPV6 },
	{ "ipip6", IPPROTO_IPIP }, { "ip/ipv6", IPPROTO_IPIP }, { "ipv4/ipv6", IPPROTO_IPIP }, { "ip4ip6", IPPROTO_IPIP },
	{ "any", 0 }, { "any/ipv6", 0 }, {0}
};

static const struct tnl_row rows[] = {
	{ .word = "mode", .codec = &tnl_enum8, .names = modes, NEST(IFLA_IPTUN_PROTO), .old = PARM6(proto), .help = "what it carries, absent: any" },
	END6_ROWS(IFLA_IPTUN_, 0),
	DEV6_ROW(IFLA_IPTUN_, TNL_UNIQ),
	OUTER6_ROWS(IFLA_IPTUN_),
	MARK6_ROW(IFLA_IPTUN_),
	ENCAP_ROWS(IFLA_IPTUN_),
	EXTERNAL_ROW(IFLA_IPTUN_),
	{0}
};

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	int err = tnl_check_external(obj, error);

	if (!err)
		err = tnl_check_ends(obj, now, error);
	return err ? err : tnl_check_encap(obj, error);
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, LINK_ROWS };
static const char *const names[] = {
	"ip6ip6", "ipv6/ipv6", "ipip6", "ip/ipv6", "ipv4/ipv6", "ip4ip6", "any/ipv6", NULL
};

const struct tnl_kind tnl_kind_ip6tnl = {
	.name = "ip6tnl", .help = "IPv6 or IPv4 in IPv6 (RFC 2473)",
	.link = "ip6tnl", .module = "ip6_tunnel", .pattern = "ip6tnl%d", .modes = names, .iff = IFF_NOARP,
	.old = { .base = "ip6tnl0", .v6 = true },
	.rows = tables, .via = tnl_by_rtnl_or_ioctl, .check = check,
};
