// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of ip's JSON. */
#include "json.h"

#include <string.h>

/* ---- ip -d link: what the kinds have in "info_data" ---- */

static const struct key encap_keys[] = {
	{ "type", "encap", put_text },
	{ "sport", "encap_sport", put_number },
	{ "dport", "encap_dport", put_number },
	{ "csum", "encap_csum", put_truth },
	{ "csum6", "encap_udp6_csum", put_truth },
	{ "remcsum", "encap_remcsum", put_truth },
	{0}
};

/* gre, gretap, erspan, ipip, sit, vti */
static const struct key data4_keys[] = {
	{ "external", "external", put_true },
	{ "proto", "mode", put_text },
	{ "remote", "remote", put_addr, "any" },
	{ "local", "local", put_addr, "any" },
	{ "link", "dev", put_text },
	{ "ttl", "ttl", put_number, .zero = true },
	{ "tos", "tos", put_hex },
	{ "pmtudisc", "pmtudisc", put_bool },
	{ "ignore_df", "ignore_df", put_true },
	{ "isatap", "isatap", put_true },
	{ "prefix", "6rd_prefix", put_prefix },
	{ "relay_prefix", "6rd_relay_prefix", put_prefix },
	{ "ikey", "ikey", put_quad },
	{ "okey", "okey", put_quad },
	{ "iseq", "iseq", put_true },
	{ "oseq", "oseq", put_true },
	{ "icsum", "icsum", put_true },
	{ "ocsum", "ocsum", put_true },
	{ "fwmark", "fwmark", put_hex },
	{ "erspan_index", "erspan_index", put_number, .zero = true },
	{ "erspan_ver", "erspan_ver", put_number },
	{ "erspan_dir", "erspan_dir", put_text },
	{ "erspan_hwid", "erspan_hwid", put_hex },
	{ "encap", "encap", put_object, .in = encap_keys },
	{0}
};

/* ip6gre, ip6gretap, ip6erspan, ip6tnl, vti6 */
static const struct key data6_keys[] = {
	{ "external", "external", put_true },
	{ "proto", "mode", put_text },
	{ "remote", "remote", put_addr, "any" },
	{ "local", "local", put_addr, "any" },
	{ "link", "dev", put_text },
	{ "ttl", "ttl", put_number, .zero = true },
	{ "encap_limit", "encap_limit", put_number, .instead = "none", .zero = true },
	{ "ip6_tnl_f_ign_encap_limit", "encap_limit", put_is, "none" },
	{ "tclass", "tos", put_hex, "2", .instead = "inherit", .zero = true },
	{ "ip6_tnl_f_use_orig_tclass", "tos", put_is, "inherit" },
	{ "flowlabel", "flowlabel", put_hex, "5", .instead = "inherit", .zero = true },
	{ "ip6_tnl_f_use_orig_flowlabel", "flowlabel", put_is, "inherit" },
	{ "ip6_tnl_f_rcv_dscp_copy", "dscp", put_true },
	{ "ip6_tnl_f_allow_local_remote", "allow_localremote", put_true },
	{ "ikey", "ikey", put_quad },
	{ "okey", "okey", put_quad },
	{ "iseq", "iseq", put_true },
	{ "oseq", "oseq", put_true },
	{ "icsum", "icsum", put_true },
	{ "ocsum", "ocsum", put_true },
	{ "fwmark", "fwmark", put_hex, .instead = "inherit" },
	{ "ip6_tnl_f_use_orig_fwmark", "fwmark", put_is, "inherit" },
	{ "erspan_index", "erspan_index", put_number, .zero = true },
	{ "erspan_ver", "erspan_ver", put_number },
	{ "erspan_dir", "erspan_dir", put_text },
	{ "erspan_hwid", "erspan_hwid", put_hex },
	{ "encap", "encap", put_object, .in = encap_keys },
	{0}
};

static const struct key xfrm_keys[] = {
	{ "external", "external", put_true },
	{ "if_id", "if_id", put_hex },
	{ "link", "dev", put_text },
	{0}
};

static const struct key vxlan_keys[] = {
	{ "external", "external", put_true },
	{ "vnifilter", "vnifilter", put_true },
	{ "id", "id", put_number, .zero = true },
	{ "remote", "remote", put_udp_addr },
	{ "local", "local", put_udp_addr },
	{ "link", "dev", put_text },
	{ "port_range", "srcport", put_range },
	{ "port", "dstport", put_number },
	{ "learning", "learning", put_bool },
	{ "proxy", "proxy", put_true },
	{ "rsc", "rsc", put_true },
	{ "l2miss", "l2miss", put_true },
	{ "l3miss", "l3miss", put_true },
	{ "tos", "tos", put_hex },
	{ "ttl", "ttl", put_number, .instead = "inherit" },
	{ "df", "df", put_text },
	{ "label", "label", put_hex },
	{ "ageing", "ageing", put_number },
	{ "limit", "maxaddress", put_some },
	{ "udp_csum", "udpcsum", put_bool },
	{ "udp_zero_csum6_tx", "udp6zerocsumtx", put_bool },
	{ "udp_zero_csum6_rx", "udp6zerocsumrx", put_bool },
	{ "remcsum_tx", "remcsumtx", put_true },
	{ "remcsum_rx", "remcsumrx", put_true },
	{ "localbypass", "localbypass", put_bool },
	{ "gbp", "gbp", put_true },
	{ "gpe", "gpe", put_true },
	{0}
};

static const struct key geneve_keys[] = {
	{ "external", "external", put_true },
	{ "id", "id", put_number, .zero = true },
	{ "remote", "remote", put_udp_addr },
	{ "ttl", "ttl", put_number, .instead = "inherit" },
	{ "tos", "tos", put_hex },
	{ "df", "df", put_text },
	{ "label", "label", put_hex },
	{ "port", "dstport", put_number },
	{ "udp_csum", "udpcsum", put_bool },
	{ "udp_zero_csum6_tx", "udp6zerocsumtx", put_bool },
	{ "udp_zero_csum6_rx", "udp6zerocsumrx", put_truth_or_true },
	{ "inner_proto_inherit", "innerprotoinherit", put_true },
	{0}
};

static const struct key tun_keys[] = {
	{ "type", NULL, put_type },
	{ "pi", "pi", put_bool },
	{ "vnet_hdr", "vnet_hdr", put_bool },
	{ "multi_queue", "multi_queue", put_bool },
	{ "numqueues", "numqueues", put_number },
	{ "numdisabled", "numdisabled", put_number },
	{ "persist", "persist", put_bool },
	{ "user", "user", put_person },
	{ "group", "group", put_person },
	{0}
};

const struct key *info_keys(const char *kind)
{
	static const struct {
		const char *kind;
		const struct key *keys;
	} kinds[] = {
		{ "ipip", data4_keys }, { "sit", data4_keys }, { "gre", data4_keys }, { "gretap", data4_keys },
		{ "erspan", data4_keys }, { "vti", data4_keys }, { "ip6tnl", data6_keys }, { "ip6gre", data6_keys },
		{ "ip6gretap", data6_keys }, { "ip6erspan", data6_keys }, { "vti6", data6_keys }, { "xfrm", xfrm_keys },
		{ "vxlan", vxlan_keys }, { "geneve", geneve_keys }, { "tun", tun_keys }, { "tap", tun_keys },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].kind, kind))
			return kinds[i].keys;
	return NULL;
}

/* ---- ip link ---- */

static const struct key rx_keys[] = {
	{ "bytes", "rx_bytes", put_number },
	{ "packets", "rx_packets", put_number },
	{ "errors", "rx_errors", put_number },
	{ "dropped", "rx_dropped", put_number },
	{ "over_errors", "rx_over_errors", put_number },
	{ "multicast", "rx_multicast", put_number },
	{ "compressed", "rx_compressed", put_some },
	{ "length_errors", "rx_length_errors", put_number, .stats = 2 },
	{ "crc_errors", "rx_crc_errors", put_number, .stats = 2 },
	{ "frame_errors", "rx_frame_errors", put_number, .stats = 2 },
	{ "fifo_errors", "rx_fifo_errors", put_number, .stats = 2 },
	{ "missed_errors", "rx_missed_errors", put_number, .stats = 2 },
	{ "nohandler", "rx_nohandler", put_some, .stats = 2 },
	{0}
};

static const struct key tx_keys[] = {
	{ "bytes", "tx_bytes", put_number },
	{ "packets", "tx_packets", put_number },
	{ "errors", "tx_errors", put_number },
	{ "dropped", "tx_dropped", put_number },
	{ "carrier_errors", "tx_carrier_errors", put_number },
	{ "collisions", "tx_collisions", put_number },
	{ "compressed", "tx_compressed", put_some },
	{ "aborted_errors", "tx_aborted_errors", put_number, .stats = 2 },
	{ "fifo_errors", "tx_fifo_errors", put_number, .stats = 2 },
	{ "window_errors", "tx_window_errors", put_number, .stats = 2 },
	{ "heartbeat_errors", "tx_heartbeat_errors", put_number, .stats = 2 },
	{ "carrier_changes", "carrier_changes", put_number, .stats = 2 },
	{0}
};

static const struct key stats_keys[] = {
	{ "rx", NULL, put_object, .in = rx_keys },
	{ "tx", NULL, put_object, .in = tx_keys },
	{0}
};

static const struct key link_keys[] = {
	{ "ifindex", "ifindex", put_number },
	{ "link", "iflink", put_lower },
	{ "ifname", "name", put_text },
	{ "flags", "flags", put_flags },
	{ "mtu", "mtu", put_number },
	{ "qdisc", "qdisc", put_text },
	{ "master", "master", put_text },
	{ "operstate", "state", put_upper },
	{ "linkmode", "linkmode", put_upper },
	{ "group", "link_group", put_text },
	{ "txqlen", "txqueuelen", put_some },
	{ "link_type", "link_type", put_hardware },
	{ "address", "hwaddr", put_hwaddr },
	{ "link_pointtopoint", "flags", put_pointtopoint },
	{ "broadcast", "hwpeer", put_hwaddr },
	{ "permaddr", "permaddr", put_permaddr },
	{ "link_netnsid", "link_netnsid", put_number },
	{ "ifalias", "alias", put_text },
	{ "promiscuity", "promiscuity", put_number, .details = 1 },
	{ "allmulti", "allmulti", put_number, .details = 1 },
	{ "min_mtu", "min_mtu", put_number, .details = 1 },
	{ "max_mtu", "max_mtu", put_number, .details = 1 },
	{ "linkinfo", NULL, put_linkinfo, .details = 1 },
	{ "inet6_addr_gen_mode", "addrgenmode", put_text, .details = 1 },
	{ "num_tx_queues", "numtxqueues", put_number, .details = 1 },
	{ "num_rx_queues", "numrxqueues", put_number, .details = 1 },
	{ "gso_max_size", "gso_max_size", put_number, .details = 1 },
	{ "gso_max_segs", "gso_max_segs", put_number, .details = 1 },
	{ "tso_max_size", "tso_max_size", put_number, .details = 1 },
	{ "tso_max_segs", "tso_max_segs", put_number, .details = 1 },
	{ "gro_max_size", "gro_max_size", put_number, .details = 1 },
	{ "parentbus", "parentbus", put_text, .details = 1 },
	{ "parentdev", "parentdev", put_text, .details = 1 },
	{ "stats64", NULL, put_object, .in = stats_keys, .stats = 1 },
	{0}
};

static const struct key brief_keys[] = {
	{ "link", "iflink", put_lower },
	{ "ifname", "name", put_text },
	{ "operstate", "state", put_upper },
	{ "address", "hwaddr", put_hwaddr },
	{ "flags", "flags", put_flags },
	{0}
};

/* ---- ip tunnel: what ip's lacks, because the ioctls lack it, comes last ---- */

static const struct key tunnel_keys[] = {
	{ "ifname", "name", put_text },
	{ "mode", "mode", put_mode, "ip" },
	{ "remote", "remote", put_addr, "0.0.0.0" },
	{ "local", "local", put_addr, "0.0.0.0" },
	{ "pdr", "isatap", put_routers, "default" },
	{ "pr", "isatap", put_routers, "other" },
	{ "dev", "dev", put_text },
	{ "ttl", "ttl", put_some },
	{ "tos", "tos", put_tos },
	{ "nopmtudisc", "pmtudisc", put_off },
	{ "6rd-prefix", "6rd_prefix", put_prefix },
	{ "6rd-relay_prefix", "6rd_relay_prefix", put_prefix },
	{ "key", NULL, put_keys_of },
	{ "flags", NULL, put_gre_flags, "gre" },
	{ "kind", NULL, put_type },
	{ "external", "external", put_true },
	{ "ignore_df", "ignore_df", put_true },
	{ "fwmark", "fwmark", put_hex },
	{ "encap", "encap", put_object, .in = encap_keys },
	{ "stats64", NULL, put_object, .in = stats_keys, .stats = 1 },
	{0}
};

static const struct key tunnel6_keys[] = {
	{ "ifname", "name", put_text },
	{ "mode", "mode", put_mode, "ipv6" },
	{ "remote", "remote", put_addr, "::" },
	{ "local", "local", put_addr, "::" },
	{ "link", "dev", put_text },
	{ "encap_limit", "encap_limit", put_number_or_0, .instead = "none", .zero = true },
	{ "ip6_tnl_f_ign_encap_limit", "encap_limit", put_is_null, "none" },
	{ "hoplimit", "ttl", put_some, .zero = true },
	{ "tclass", "tos", put_hex_or_0, "2", .instead = "inherit", .zero = true },
	{ "ip6_tnl_f_use_orig_tclass", "tos", put_is_null, "inherit" },
	{ "flowlabel", "flowlabel", put_hex_or_0, "5", .instead = "inherit", .zero = true },
	{ "ip6_tnl_f_use_orig_flowlabel", "flowlabel", put_is_null, "inherit" },
	{ "flowinfo", NULL, put_flowinfo, "8" },
	{ "ip6_tnl_f_rcv_dscp_copy", "dscp", put_null },
	{ "ip6_tnl_f_allow_local_remote", "allow_localremote", put_null },
	{ "key", NULL, put_keys_of },
	{ "flags", NULL, put_gre_flags, "ip6gre" },
	{ "kind", NULL, put_type },
	{ "external", "external", put_true },
	{ "fwmark", "fwmark", put_hex, .instead = "inherit" },
	{ "ip6_tnl_f_use_orig_fwmark", "fwmark", put_is_null, "inherit" },
	{ "encap", "encap", put_object, .in = encap_keys },
	{ "stats64", NULL, put_object, .in = stats_keys, .stats = 1 },
	{0}
};

/* ---- ip l2tp, ip tuntap, ip fou ---- */

static const struct key l2tp_tunnel_keys[] = {
	{ "tunnel_id", "tunnel_id", put_number },
	{ "encap", "encap", put_upper },
	{ "local", "local", put_text },
	{ "peer", "remote", put_text },
	{ "peer_tunnel", "peer_tunnel_id", put_number },
	{ "local_port", "udp_sport", put_some },
	{ "peer_port", "udp_dport", put_some },
	{ "checksum", "udp_csum", put_sum, "4" },
	{ "checksum_tx", "udp6_csum_tx", put_sum, "6" },
	{ "checksum_rx", "udp6_csum_rx", put_sum, "6" },
	{0}
};

static const struct key l2tp_session_keys[] = {
	{ "session_id", "session_id", put_number },
	{ "tunnel_id", "tunnel_id", put_number },
	{ "peer_session_id", "peer_session_id", put_number },
	{ "peer_tunnel_id", "peer_tunnel_id", put_number },
	{ "interface", "name", put_text },
	{ "cookie", "cookie", put_cookie },
	{ "peer_cookie", "peer_cookie", put_cookie },
	{ "reorder_timeout", "reorder_timeout", put_some },
	{ "send_seq", "send_seq", put_null },
	{ "recv_seq", "recv_seq", put_null },
	{0}
};

static const struct key tuntap_keys[] = {
	{ "ifname", "name", put_text },
	{ "flags", NULL, put_tuntap },
	{ "user", "user", put_people },
	{ "group", "group", put_people },
	{ "processes", NULL, put_processes, .details = 1 },
	{0}
};

static const struct key fou_keys[] = {
	{ "port", "port", put_number },
	{ "ipproto", "ipproto", put_some },
	{ "gue", "encap", put_is_null, "gue" },
	{ "family", "family", put_text },
	{ "local", "local", put_text },
	{ "peer", "peer", put_text },
	{ "peer_port", "peer_port", put_some },
	{ "dev", "dev", put_text },
	{0}
};

/* ---- which ---- */

const struct key *ip_keys(const struct run *run, const struct tnl_obj *obj)
{
	static const struct {
		unsigned in;
		const char *kind; /* NULL: any */
		const struct key *keys;
	} all[] = {
		{ IN_TUNNEL | IN_TUNNEL6, "ip6tnl", tunnel6_keys },
		{ IN_TUNNEL | IN_TUNNEL6, "ip6gre", tunnel6_keys },
		{ IN_TUNNEL | IN_TUNNEL6, "vti6", tunnel6_keys },
		{ IN_TUNNEL | IN_TUNNEL6, NULL, tunnel_keys },
		{ IN_LINK, NULL, link_keys },
		{ IN_L2TP, "l2tp-tunnel", l2tp_tunnel_keys },
		{ IN_L2TP, "l2tp-session", l2tp_session_keys },
		{ IN_TUNTAP, NULL, tuntap_keys },
		{ IN_FOU, NULL, fou_keys },
	};

	if (run->brief && (run->family->is & IN_LINK))
		return brief_keys;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if ((all[i].in & run->family->is) && (!all[i].kind || !strcmp(all[i].kind, tnl_obj_type(obj))))
			return all[i].keys;
	return NULL;
}
