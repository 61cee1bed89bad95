// SPDX-License-Identifier: LGPL-2.1-or-later
/* VXLAN (RFC 7348): Ethernet over UDP to one remote, a multicast group or a table. Kernel: drivers/net/vxlan. */
#include <errno.h>

#include "link.h"

static const struct tnl_name unlimited[] = { { "unlimited", 0 }, {0} };

#define PRESENT(w, a, h) { .word = w, .no = "no" w, .codec = &tnl_flag, NEST(a), .flags = TNL_FIXED, .help = h }

static const struct tnl_row rows[] = {
	{ .word = "id", .alias = { "vni" }, .codec = &tnl_vni, NEST(IFLA_VXLAN_ID), .def = -1, .flags = TNL_UNIQ | TNL_FIXED, .help = "VXLAN network identifier, 0 to 16777215" },
	{ .word = "remote", .alias = { "group" }, .codec = &tnl_anyaddr, NEST(IFLA_VXLAN_GROUP), .attr6 = IFLA_VXLAN_GROUP6, .def_text = "any", .help = "where frames go that no table entry has: a host or a multicast group" },
	{ .word = "local", .codec = &tnl_anyaddr, NEST(IFLA_VXLAN_LOCAL), .attr6 = IFLA_VXLAN_LOCAL6, .def_text = "any", .help = "outer source" },
	{ .word = "dev", .codec = &tnl_dev, NEST(IFLA_VXLAN_LINK), .flags = TNL_STALE, .help = "underlay device" },
	{ .word = "dstport", .codec = &tnl_port, NEST(IFLA_VXLAN_PORT), .def = 8472, .flags = TNL_UNIQ | TNL_FIXED, .help = "UDP port, absent: Linux' 8472; IANA's is 4789" },
	{ .word = "srcport", .alias = { "port" }, .codec = &tnl_range, NEST(IFLA_VXLAN_PORT_RANGE), .flags = TNL_FIXED, .help = "range of outer source ports, 0-0: the host's" },
	{ .word = "ttl", .alias = { "hoplimit" }, .codec = &tnl_autottl, NEST(IFLA_VXLAN_TTL), .instead = "inherit", .bits = IFLA_VXLAN_TTL_INHERIT, .help = "outer TTL, auto: 1 to a group, else the host's" },
	{ .word = "tos", .alias = { "dsfield" }, .codec = &tnl_dsfield, NEST(IFLA_VXLAN_TOS), .help = "outer TOS in hexadecimal, inherit: the inner packet's" },
	{ .word = "df", .codec = &tnl_enum8, .names = tnl_dfs, NEST(IFLA_VXLAN_DF), .help = "outer DF" },
	{ .word = "label", .alias = { "flowlabel" }, .codec = &tnl_label0x, NEST(IFLA_VXLAN_LABEL), .help = "outer flow label in hexadecimal, with 0x" },
	{ .word = "ageing", .codec = &tnl_u32, NEST(IFLA_VXLAN_AGEING), .def = 300, .help = "seconds that a learned entry lives" },
	{ .word = "maxaddress", .codec = &tnl_u32, .names = unlimited, NEST(IFLA_VXLAN_LIMIT), .flags = TNL_FIXED, .help = "most entries" },
	TRUTH("learning", IFLA_VXLAN_LEARNING, 1, 0, "learn from arriving frames who is where"),
	TRUTH("proxy", IFLA_VXLAN_PROXY, 0, TNL_FIXED, "answer ARP and neighbour discovery itself"),
	TRUTH("rsc", IFLA_VXLAN_RSC, 0, TNL_FIXED, "route short circuit"),
	TRUTH("l2miss", IFLA_VXLAN_L2MISS, 0, TNL_FIXED, "tell user space of unknown MAC addresses"),
	TRUTH("l3miss", IFLA_VXLAN_L3MISS, 0, TNL_FIXED, "tell user space of unknown IP addresses"),
	TRUTH("udpcsum", IFLA_VXLAN_UDP_CSUM, 1, TNL_FIXED, "outer UDP checksums over IPv4"),
	TRUTH("udp6zerocsumtx", IFLA_VXLAN_UDP_ZERO_CSUM6_TX, 0, TNL_FIXED, "send no UDP checksums over IPv6"),
	TRUTH("udp6zerocsumrx", IFLA_VXLAN_UDP_ZERO_CSUM6_RX, 0, TNL_FIXED, "take packets without UDP checksum over IPv6"),
	TRUTH("remcsumtx", IFLA_VXLAN_REMCSUM_TX, 0, TNL_FIXED, "remote checksum offload, sending"),
	TRUTH("remcsumrx", IFLA_VXLAN_REMCSUM_RX, 0, TNL_FIXED, "remote checksum offload, receiving"),
	TRUTH("localbypass", IFLA_VXLAN_LOCALBYPASS, 1, 0, "frames to this host's own VXLAN stay inside (Linux 6.4)"),
	TRUTH("external", IFLA_VXLAN_COLLECT_METADATA, 0, TNL_FIXED, "outer headers come with each packet (tc, routes, eBPF)"),
	TRUTH("vnifilter", IFLA_VXLAN_VNIFILTER, 0, TNL_FIXED, "take only identifiers that bridge vni lists"),
	PRESENT("gbp", IFLA_VXLAN_GBP, "group based policy extension"),
	PRESENT("gpe", IFLA_VXLAN_GPE, "generic protocol extension, needs external"),
	{0}
};

static int check_gpe(const struct tnl_obj *obj, struct tnl_error *error)
{
	static const char *const others[] = {
		"gbp", "proxy", "rsc", "l2miss", "l3miss", "remcsumtx", "remcsumrx", "vnifilter"
	};

	if (!tnl_obj_has(obj, "external"))
		return tnl_check_word(error, "gpe", "needs external");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (tnl_obj_has(obj, others[i]))
			return tnl_check_word(error, others[i], "cannot stand beside gpe");
	if (tnl_obj_number(obj, "learning"))
		return tnl_check_word(error, "learning", "cannot stand beside gpe");
	return 0;
}

/* Who is where is known from elsewhere then; ip does so too. */
static int stop_learning(struct tnl_obj *obj)
{
	bool no;

	return tnl_row_clear(tnl_row_find(obj->kind, "learning", &no), obj);
}

/* The kernel's default beside gpe is not the one of the row. */
static int choose_gpe_port(struct tnl_obj *obj)
{
	const struct tnl_row *row;
	struct tnl_val val;
	bool no;

	row = tnl_row_find(obj->kind, "dstport", &no);
	tnl_val_set(row->codec, &val, 4790);
	return tnl_row_put(row, obj, &val);
}

static bool inherits_ttl(const struct tnl_obj *obj)
{
	struct tnl_val val;
	bool no;

	return tnl_row_get(tnl_row_find(obj->kind, "ttl", &no), obj, &val) && val.instead;
}

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	bool no, v6 = tnl_set_find(&obj->nest, IFLA_VXLAN_LOCAL6);
	struct tnl_val remote;

	if (!tnl_obj_has(obj, "external") && !tnl_obj_was_given(obj, "id") && !now)
		return tnl_check_word(error, "id", "missing: say id or external");
	if (tnl_obj_has(obj, "external") && tnl_obj_has(obj, "id"))
		return tnl_check_word(error, "id", "cannot stand beside external");
	if (!now && tnl_obj_has(obj, "external") && !tnl_obj_was_given(obj, "learning") && stop_learning(obj))
		return tnl_check_word(error, "external", "out of memory");
	if (tnl_obj_has(obj, "gpe") && tnl_obj_was_given(obj, "address"))
		return tnl_check_word(error, "address", "means nothing with gpe");
	if (tnl_obj_has(obj, "gpe") && check_gpe(obj, error))
		return -EINVAL;
	if (!now && tnl_obj_has(obj, "gpe") && !tnl_obj_was_given(obj, "dstport") && choose_gpe_port(obj))
		return tnl_check_word(error, "gpe", "out of memory");
	if (tnl_obj_has(obj, "vnifilter") && !tnl_obj_has(obj, "external"))
		return tnl_check_word(error, "vnifilter", "needs external");
	if (tnl_obj_has(obj, "remote") && tnl_obj_has(obj, "local") &&
	    tnl_row_get(tnl_row_find(obj->kind, "remote", &no), obj, &remote) &&
	    (remote.len == 16) != v6)
		return tnl_check_word(error, "remote", "is of another address family than local");
	if (tnl_obj_has(obj, "label") && !v6 && !tnl_set_find(&obj->nest, IFLA_VXLAN_GROUP6))
		return tnl_check_word(error, "label", "needs an IPv6 remote or local");
	if (now && tnl_obj_has(now, "dev") && !tnl_obj_has(obj, "dev"))
		return tnl_check_word(error, "dev", "a living vxlan stays bound to one");
	if (now && inherits_ttl(now) != inherits_ttl(obj))
		return tnl_check_word(error, "ttl", "a living vxlan inherits it or not: delete it and add it anew");
	if (tnl_is_multicast(obj, "local"))
		return tnl_check_word(error, "local", "cannot be a multicast group");
	if (tnl_is_multicast(obj, "remote") && !tnl_obj_has(obj, "dev"))
		return tnl_check_word(error, "remote", "a multicast group needs dev");
	return 0;
}

/* Of an external one the kernel tells the number 0, which none has. */
static bool read_back(struct tnl_obj *obj)
{
	if (tnl_obj_has(obj, "external"))
		tnl_set_drop(&obj->nest, IFLA_VXLAN_ID);
	return true;
}

static const struct tnl_row *const tables[] = { tnl_name_rows, rows, tnl_ether_rows, LINK_ROWS };

const struct tnl_kind tnl_kind_vxlan = {
	.name = "vxlan", .help = "Ethernet over UDP (RFC 7348)",
	.link = "vxlan", .module = "vxlan", .pattern = "vxlan%d", .iff = IFF_MULTICAST,
	.rows = tables, .via = tnl_by_rtnl, .check = check, .read = read_back, .keeps = true,
};
