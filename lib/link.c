// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words of every link, and the rules that tunnels share. */
#include "link.h"

#include <string.h>
#include <sys/socket.h>

const struct tnl_row tnl_name_rows[] = {
	{ .word = "name", .codec = &tnl_ifname, TOP(IFLA_IFNAME), .flags = TNL_ID | TNL_POS, .help = "the interface's name; with %d in it: the first that is free" },
	{0}
};

const struct tnl_row tnl_ether_rows[] = {
	{ .word = "address", .alias = { "lladdr" }, .codec = &tnl_mac, TOP(IFLA_ADDRESS), .fault = { { EADDRNOTAVAIL }, { EBUSY, "set it down first" } }, .help = "MAC address" },
	{ .word = "broadcast", .alias = { "brd" }, .codec = &tnl_mac, TOP(IFLA_BROADCAST), .def_text = "ff:ff:ff:ff:ff:ff", .help = "broadcast MAC address" },
	{0}
};

static const struct tnl_name genmodes[] = { { "eui64", 0 }, { "none", 1 }, { "stable_secret", 2 }, { "random", 3 }, {0} };
static const struct tnl_name groups[] = { { "default", 0 }, {0} };
#define ONOFF_ROW(w, c, bit, h) { .word = w, .codec = &c, HEAD(ifinfomsg, ifi_flags), .mask = bit, .help = h }
#define IFF_ROW(w, n, bit, h) { .word = w, .no = n, .codec = &tnl_bit32, HEAD(ifinfomsg, ifi_flags), .mask = bit, .help = h }

const struct tnl_row tnl_iff_rows[] = {
	ONOFF_ROW("arp", tnl_offbit32, IFF_NOARP, "address resolution"),
	ONOFF_ROW("multicast", tnl_onbit32, IFF_MULTICAST, "multicast"),
	ONOFF_ROW("allmulticast", tnl_onbit32, IFF_ALLMULTI, "take all multicast packets"),
	ONOFF_ROW("promisc", tnl_onbit32, IFF_PROMISC, "take all packets"),
	ONOFF_ROW("dynamic", tnl_onbit32, IFF_DYNAMIC, "mark of a link whose addresses may go when it goes down"),
	ONOFF_ROW("trailers", tnl_offbit32, IFF_NOTRAILERS, "mark of a link with trailers"),
	{0}
};

const struct tnl_row tnl_link_rows[] = {
	{ .word = "mtu", .codec = &tnl_mtu, TOP(IFLA_MTU), .fault = { { EINVAL } }, .flags = TNL_ALONG, .help = "largest packet it takes, absent: from the underlay" },
	{ .word = "txqueuelen", .alias = { "qlen", "txqlen" }, .codec = &tnl_u32, TOP(IFLA_TXQLEN), .fault = { { ENOMEM } }, .def = 1000, .help = "length of the transmit queue" },
	{ .word = "group", .alias = { "linkgroup" }, .json = "link_group", .codec = &tnl_enum32, .names = groups, .file = "group", TOP(IFLA_GROUP), .help = "group of links" },
	{ .word = "master", .no = "nomaster", .alias = { "vrf" }, .codec = &tnl_dev, TOP(IFLA_MASTER), .fault = { { EOPNOTSUPP, "name a bridge or VRF" } }, .help = "bridge or VRF that it belongs to" },
	{ .word = "alias", .codec = &tnl_str, TOP(IFLA_IFALIAS), .flags = TNL_LATER, .help = "text for people" },
	{ .word = "addrgenmode", .codec = &tnl_enum8, .names = genmodes, TOP(IFLA_AF_SPEC), .sub = { AF_INET6, IFLA_INET6_ADDR_GEN_MODE }, .fault = { { EINVAL }, { EAFNOSUPPORT, "mtu 1280 or more, for IPv6" } }, .flags = TNL_LATER | TNL_DRIFTS, .help = "how its link-local IPv6 address is made" },
	IFF_ROW("up", "down", IFF_UP, "administratively up"),
	{ .word = "netns", .codec = &tnl_netns, TOP(TNL_NETNS), .help = "namespace that it goes to: name, path or process" },
	{ .word = "link-netnsid", .alias = { "link-netns" }, .json = "link_netnsid", .codec = &tnl_netnsid, TOP(IFLA_LINK_NETNSID), .def = -1, .flags = TNL_FIXED, .help = "namespace of its underlay, as numbered here, or its name" },
	{ .word = "ifindex", .alias = { "index" }, .codec = &tnl_index, HEAD(ifinfomsg, ifi_index), .flags = TNL_ASIDE | TNL_FIXED, .help = "number of the interface" },
	{ .word = "numtxqueues", .codec = &tnl_u32, TOP(IFLA_NUM_TX_QUEUES), .flags = TNL_ASIDE | TNL_FIXED, .help = "transmit queues" },
	{ .word = "numrxqueues", .codec = &tnl_u32, TOP(IFLA_NUM_RX_QUEUES), .flags = TNL_ASIDE | TNL_FIXED, .help = "receive queues" },
	{ .word = "gso_max_size", .codec = &tnl_u32, TOP(IFLA_GSO_MAX_SIZE), .flags = TNL_ASIDE | TNL_FEW, .help = "longest packet that is cut up late" },
	{ .word = "gso_max_segs", .codec = &tnl_u32, TOP(IFLA_GSO_MAX_SEGS), .flags = TNL_ASIDE | TNL_FEW, .help = "... into how many" },
	{ .word = "gro_max_size", .codec = &tnl_u32, TOP(IFLA_GRO_MAX_SIZE), .flags = TNL_ASIDE | TNL_FEW, .help = "longest packet that is put together early" },
	{ .word = "carrier", .codec = &tnl_onoff8, TOP(IFLA_CARRIER), .flags = TNL_ASIDE, .help = "carrier" },
	{0}
};

const struct tnl_transport *const tnl_by_rtnl[] = { &tnl_rtnl, NULL };
const struct tnl_transport *const tnl_by_rtnl_or_ioctl[] = { &tnl_rtnl, &tnl_ioctl, NULL };

static const struct tnl_row *const link_tables[] = { tnl_name_rows, tnl_link_rows, tnl_state_rows, NULL };

const struct tnl_kind tnl_kind_link = {
	.name = "link", .help = "any other link: shown and left alone", .pattern = "link%d",
	.rows = link_tables, .via = tnl_by_rtnl,
};

const struct tnl_name tnl_inherit[] = { { "inherit", 1 }, {0} };

const struct tnl_name tnl_dfs[] = { { "unset", 0 }, { "set", 1 }, { "inherit", 2 }, {0} };

const struct tnl_name tnl_encap_types[] = {
	{ "none", TUNNEL_ENCAP_NONE }, { "fou", TUNNEL_ENCAP_FOU }, { "gue", TUNNEL_ENCAP_GUE }, {0}
};

/* ---- rules between words ---- */

int tnl_check_word(struct tnl_error *error, const char *word, const char *text)
{
	strlcpy(error->word, word, sizeof(error->word));
	strlcpy(error->text, text, sizeof(error->text));
	return -EINVAL;
}

/* The kernel drops every other word beside "external" without a sound. */
int tnl_check_external(const struct tnl_obj *obj, struct tnl_error *error)
{
	const struct tnl_row *alone = tnl_obj_alone(obj);

	tnl_each_row(row, obj->kind)
		if (tnl_row_overlooked(row, alone) && tnl_obj_given(obj, row) && tnl_row_is_set(row, obj))
			return tnl_check_word(error, tnl_obj_said(obj, row), "cannot stand beside external");
	return 0;
}

bool tnl_is_multicast(const struct tnl_obj *obj, const char *word)
{
	bool no;
	const struct tnl_row *row = tnl_row_find(obj->kind, word, &no);
	struct tnl_val val;

	return tnl_row_get(row, obj, &val) && ((val.len == 4 && (val.data[0] & 0xf0) == 0xe0) ||
					       (val.len == 16 && val.data[0] == 0xff));
}

/*
 * Over IPv4 a device is point to point, broadcast or neither by its remote, and stays so (ip_tunnel_changelink()). An
 * Ethernet one is none of these, but must not say that it has no remote (ipgre_tap_validate()).
 */
int tnl_check_ends(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	bool no, ether = tnl_row_find(obj->kind, "address", &no);
	const struct tnl_row *remote = tnl_row_find(obj->kind, "remote", &no);

	if (ether && !tnl_row_is_set(remote, obj))
		tnl_set_drop(&obj->nest, remote->attr);
	if (ether || remote->codec != &tnl_addr4 || !now || tnl_obj_has(obj, "external"))
		return 0;
	if (tnl_obj_has(obj, "remote") != tnl_obj_has(now, "remote") ||
	    tnl_is_multicast(obj, "remote") != tnl_is_multicast(now, "remote"))
		return tnl_check_word(error, "remote",
				      "a living tunnel stays point to point or not: delete it and add it anew");
	return 0;
}

/* Beside a ttl of its own the kernel sets DF all the same. */
int tnl_check_df(const struct tnl_obj *obj, struct tnl_error *error)
{
	if (!tnl_obj_has(obj, "ttl") || tnl_obj_number(obj, "pmtudisc"))
		return 0;
	return tnl_obj_was_given(obj, "pmtudisc") ?
	       tnl_check_word(error, "nopmtudisc", "cannot stand beside a ttl other than inherit") :
	       tnl_check_word(error, "ttl", "needs pmtudisc, which is off here");
}

int tnl_check_encap(const struct tnl_obj *obj, struct tnl_error *error)
{
	if (tnl_obj_has(obj, "encap") && !tnl_obj_has(obj, "encap-dport"))
		return tnl_check_word(error, "encap", "needs encap-dport, the UDP port of the other end");
	return 0;
}
