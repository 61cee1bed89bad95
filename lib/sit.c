// SPDX-License-Identifier: LGPL-2.1-or-later
/* IPv6 in IPv4 (RFC 4213), ISATAP (RFC 5214), 6rd (RFC 5969). Kernel: net/ipv6/sit.c. */
#include "link.h"

static const struct tnl_name modes[] = {
	{ "ip6ip", IPPROTO_IPV6 }, { "ipv6/ip", IPPROTO_IPV6 }, { "ipv6/ipv4", IPPROTO_IPV6 },
	{ "ipip", IPPROTO_IPIP }, { "ipv4/ipv4", IPPROTO_IPIP }, { "ip4ip4", IPPROTO_IPIP },
	{ "mplsip", IPPROTO_MPLS }, { "mpls/ipv4", IPPROTO_MPLS }, { "any", 0 }, { "any/ipv4", 0 }, {0}
};

static const struct tnl_row rows[] = {
	{ .word = "mode", .codec = &tnl_enum8, .names = modes, NEST(IFLA_IPTUN_PROTO), .def = IPPROTO_IPV6, .old = PARM(iph.protocol), .flags = TNL_FIXED, .help = "what it carries" },
	END_ROWS(IFLA_IPTUN_),
	OUTER_ROWS(IFLA_IPTUN_),
	{ .word = "pmtudisc", .no = "nopmtudisc", .codec = &tnl_bool8, NEST(IFLA_IPTUN_PMTUDISC), .def = 1, .old = PARM_DF, .help = "set DF outside (path MTU discovery)" },
	{ .word = "isatap", .no = "noisatap", .codec = &tnl_bit16, NEST(IFLA_IPTUN_FLAGS), .mask = SIT_ISATAP, .old = PARM(i_flags), .flags = TNL_FIXED, .help = "ISATAP: the outer address is in the inner one; see prl" },
	{ .word = "6rd-prefix", .json = "6rd_prefix", .codec = &tnl_prefix6, NEST(IFLA_IPTUN_6RD_PREFIX), .plen_attr = IFLA_IPTUN_6RD_PREFIXLEN, .def_text = "2002::/16", .help = "6rd: the provider's IPv6 prefix, absent: 6to4's 2002::/16" },
	{ .word = "6rd-relay_prefix", .json = "6rd_relay_prefix", .codec = &tnl_prefix4, NEST(IFLA_IPTUN_6RD_RELAY_PREFIX), .plen_attr = IFLA_IPTUN_6RD_RELAY_PREFIXLEN, .def_text = "0.0.0.0/0", .help = "6rd: what all outer addresses begin with" },
	{ .word = "6rd-reset", .json = "6rd_reset", .codec = &tnl_flag, .both = { "6rd-prefix", "6rd-relay_prefix" }, .flags = TNL_BOTH | TNL_RESET, .help = "6to4 again: 2002::/16 and no relay prefix" },
	MARK_ROW(IFLA_IPTUN_),
	ENCAP_ROWS(IFLA_IPTUN_),
	{0}
};

/* What the kernel finds wrong only after the link is there (ipip6_tunnel_update_6rd()). */
static int check_6rd(const struct tnl_obj *obj, struct tnl_error *error)
{
	static const char *const words[] = { "6rd-prefix", "6rd-relay_prefix" };
	struct tnl_val val[2];
	bool no;

	for (int i = 0; i < 2; i++) {
		tnl_row_value_of(tnl_row_find(obj->kind, words[i], &no), obj, &val[i]);
		if (tnl_val_has_host_bits(&val[i]))
			return tnl_check_word(error, words[i], "has bits beyond its length");
	}
	if (val[0].plen + 32 - val[1].plen > 64)
		return tnl_check_word(error, "6rd-prefix", "longer than 64 with the 32 bits of an address, less the relay prefix");
	return 0;
}

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	int err = tnl_check_ends(obj, now, error);

	if (!err)
		err = tnl_check_encap(obj, error);
	if (!err)
		err = tnl_check_df(obj, error);
	if (!err)
		err = check_6rd(obj, error);
	if (!err && tnl_obj_has(obj, "isatap") && tnl_obj_has(obj, "remote"))
		err = tnl_check_word(error, "isatap", "cannot stand beside remote");
	return err;
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, LINK_ROWS };
static const char *const names[] = { "ip6ip", "ipv6/ip", "ipv6/ipv4", "isatap", NULL };

const struct tnl_kind tnl_kind_sit = {
	.name = "sit", .help = "IPv6 in IPv4 (RFC 4213), ISATAP, 6rd",
	.link = "sit", .module = "sit", .pattern = "sit%d", .modes = names, .iff = IFF_NOARP,
	.old = { .base = "sit0", .proto = IPPROTO_IPV6 },
	.rows = tables, .via = tnl_by_rtnl_or_ioctl, .check = check,
};
