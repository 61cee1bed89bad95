// SPDX-License-Identifier: LGPL-2.1-or-later
/* Geneve (RFC 8926): Ethernet over UDP. Kernel: drivers/net/geneve.c. */
#include <errno.h>

#include "link.h"

static const struct tnl_row rows[] = {
	{ .word = "id", .alias = { "vni" }, .codec = &tnl_vni, NEST(IFLA_GENEVE_ID), .def = -1, .flags = TNL_UNIQ | TNL_FIXED, .help = "virtual network identifier, 0 to 16777215" },
	{ .word = "remote", .codec = &tnl_addr, NEST(IFLA_GENEVE_REMOTE), .attr6 = IFLA_GENEVE_REMOTE6, .flags = TNL_UNIQ, .help = "outer destination" },
	{ .word = "dstport", .alias = { "port" }, .codec = &tnl_port, NEST(IFLA_GENEVE_PORT), .def = 6081, .flags = TNL_UNIQ | TNL_FIXED, .help = "UDP port, absent: 6081" },
	{ .word = "ttl", .alias = { "hoplimit" }, .codec = &tnl_autottl, NEST(IFLA_GENEVE_TTL), .instead = "inherit", .bits = IFLA_GENEVE_TTL_INHERIT, .bits_size = 1, .mask = 1, .help = "outer TTL, auto: the host's" },
	{ .word = "tos", .alias = { "dsfield" }, .codec = &tnl_dsfield, NEST(IFLA_GENEVE_TOS), .help = "outer TOS in hexadecimal, inherit: the inner packet's" },
	{ .word = "df", .codec = &tnl_enum8, .names = tnl_dfs, NEST(IFLA_GENEVE_DF), .help = "outer DF" },
	{ .word = "label", .alias = { "flowlabel" }, .codec = &tnl_label0x, NEST(IFLA_GENEVE_LABEL), .help = "outer flow label in hexadecimal, with 0x" },
	TRUTH("udpcsum", IFLA_GENEVE_UDP_CSUM, 0, TNL_FIXED, "outer UDP checksums over IPv4"),
	TRUTH("udp6zerocsumtx", IFLA_GENEVE_UDP_ZERO_CSUM6_TX, 0, TNL_FIXED, "send no UDP checksums over IPv6"),
	TRUTH("udp6zerocsumrx", IFLA_GENEVE_UDP_ZERO_CSUM6_RX, 0, TNL_FIXED, "take packets without UDP checksum over IPv6"),
	{ .word = "innerprotoinherit", .no = "noinnerprotoinherit", .codec = &tnl_flag, NEST(IFLA_GENEVE_INNER_PROTO_INHERIT), .flags = TNL_FIXED, .help = "IP packets without an Ethernet header" },
	{ .word = "external", .no = "noexternal", .codec = &tnl_flag, NEST(IFLA_GENEVE_COLLECT_METADATA), .flags = TNL_FIXED, .help = "outer headers come with each packet (tc, routes, eBPF)" },
	{0}
};

/* One flag of the kernel serves both families. */
static int check_csum(const struct tnl_obj *obj, bool external, struct tnl_error *error)
{
	static const char *const sums6[] = { "udp6zerocsumtx", "udp6zerocsumrx" };
	bool v6 = tnl_set_find(&obj->nest, IFLA_GENEVE_REMOTE6);

	if (tnl_obj_was_given(obj, "udpcsum") && v6)
		return tnl_check_word(error, "udpcsum", "means nothing over IPv6");
	for (size_t i = 0; i < sizeof(sums6) / sizeof(sums6[0]); i++)
		if (tnl_obj_was_given(obj, sums6[i]) && !v6 && !external)
			return tnl_check_word(error, sums6[i], "means nothing over IPv4");
	if (tnl_obj_has(obj, "udpcsum") && tnl_obj_has(obj, "udp6zerocsumtx"))
		return tnl_check_word(error, "udp6zerocsumtx", "cannot stand beside udpcsum");
	return 0;
}

/* geneve_changelink() takes nothing at all then. */
static int check_external_change(const struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	tnl_each_row(row, obj->kind)
		if (row->scope == TNL_NEST && tnl_row_input(row) && tnl_obj_given(obj, row) && !tnl_row_equal(row, obj, now))
			return tnl_check_word(error, tnl_obj_said(obj, row), "a living external geneve cannot change");
	return 0;
}

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	static const char *const ether[] = { "address", "broadcast" };
	static const struct tnl_val on = { .len = 1, .data = { 1 } };
	bool external = tnl_obj_has(obj, "external"), no;

	if (!now && !external && !tnl_obj_was_given(obj, "id"))
		return tnl_check_word(error, "id", "missing: say id and remote, or external");
	if (!now && !external && !tnl_obj_has(obj, "remote"))
		return tnl_check_word(error, "remote", "missing: say id and remote, or external");
	if (now && tnl_obj_has(now, "external") && check_external_change(obj, now, error))
		return -EINVAL;
	if (tnl_is_multicast(obj, "remote"))
		return tnl_check_word(error, "remote", "cannot be a multicast group");
	if (tnl_obj_has(obj, "label") && !tnl_set_find(&obj->nest, IFLA_GENEVE_REMOTE6))
		return tnl_check_word(error, "label", "needs an IPv6 remote");
	for (size_t i = 0; i < sizeof(ether) / sizeof(ether[0]); i++)
		if (tnl_obj_has(obj, "innerprotoinherit") && tnl_obj_was_given(obj, ether[i]))
			return tnl_check_word(error, ether[i], "means nothing with innerprotoinherit");
	if (external && tnl_obj_has(obj, "remote"))
		return tnl_check_word(error, "remote", "cannot stand beside external");
	if (!now && external && !tnl_obj_was_given(obj, "udp6zerocsumrx") &&
	    tnl_row_put(tnl_row_find(obj->kind, "udp6zerocsumrx", &no), obj, &on)) /* the kernel's default there */
		return tnl_check_word(error, "udp6zerocsumrx", "out of memory");
	return now ? 0 : check_csum(obj, external, error);
}

/* Over IPv4 the kernel tells of IPv6 checksums what nobody said, of an external one the number 0, which none has. */
static bool read_back(struct tnl_obj *obj)
{
	if (tnl_obj_has(obj, "external"))
		tnl_set_drop(&obj->nest, IFLA_GENEVE_ID);
	if (tnl_set_find(&obj->nest, IFLA_GENEVE_REMOTE)) {
		tnl_set_drop(&obj->nest, IFLA_GENEVE_UDP_ZERO_CSUM6_TX);
		tnl_set_drop(&obj->nest, IFLA_GENEVE_UDP_ZERO_CSUM6_RX);
	}
	return true;
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, tnl_ether_rows, LINK_ROWS };

const struct tnl_kind tnl_kind_geneve = {
	.name = "geneve", .help = "Ethernet over UDP (RFC 8926)",
	.link = "geneve", .module = "geneve", .pattern = "geneve%d", .iff = IFF_MULTICAST,
	.rows = tables, .via = tnl_by_rtnl, .check = check, .read = read_back, .keeps = true,
};
