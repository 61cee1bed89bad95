/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kinds of links share: the words of every link, of every Ethernet one, and of tunnels over IPv4 and IPv6. */
#ifndef TNL_LINK_H
#define TNL_LINK_H

#include <errno.h>

#include "handle.h"
#include "kernel.h"

extern const struct tnl_row tnl_name_rows[], tnl_iff_rows[], tnl_link_rows[], tnl_state_rows[], tnl_ether_rows[];
#define LINK_ROWS tnl_iff_rows, tnl_link_rows, tnl_state_rows, NULL
extern const struct tnl_transport *const tnl_by_rtnl[], *const tnl_by_rtnl_or_ioctl[];
extern const struct tnl_name tnl_encap_types[], tnl_inherit[], tnl_dfs[];
extern const struct tnl_row tnl_gre_rows[];
extern const struct tnl_kind tnl_kind_sit, tnl_kind_prl;

/* On or off in a byte; A by itself, so that its name stays one. */
#define TRUTH(w, a, d, f, h) \
	{ .word = w, .no = "no" w, .codec = &tnl_bool8, .scope = TNL_NEST, .attr = a, .attr_name = #a, .def = d, .flags = f, .help = h }

/* Where struct ip_tunnel_parm keeps a row's bytes ... */
#define PARM(field) { TNL_OLD_COPY, offsetof(struct ip_tunnel_parm, field), sizeof(((struct ip_tunnel_parm *)0)->field), 0, #field }
#define PARM_KEY(key, flags) { TNL_OLD_KEY, offsetof(struct ip_tunnel_parm, key), 4, offsetof(struct ip_tunnel_parm, flags), #key }
#define PARM_DF { TNL_OLD_DF, 0, 0, 0, "iph.frag_off" }
/* ... and struct ip6_tnl_parm2, of which ip6_tnl_parm is the beginning. */
#define PARM6(field) { TNL_OLD_COPY, offsetof(struct ip6_tnl_parm2, field), sizeof(((struct ip6_tnl_parm2 *)0)->field), 0, #field }
#define PARM6_KEY(key, flags) { TNL_OLD_KEY, offsetof(struct ip6_tnl_parm2, key), 4, offsetof(struct ip6_tnl_parm2, flags), #key }

/* The outer header, the same words with other numbers: IFLA_GRE_, IFLA_IPTUN_. */
#define END_ROWS(p) \
	{ .word = "remote", .codec = &tnl_addr4, NEST(p##REMOTE), .old = PARM(iph.daddr), .flags = TNL_UNIQ, .help = "outer destination, any: point to multipoint" }, \
	{ .word = "local", .codec = &tnl_addr4, NEST(p##LOCAL), .old = PARM(iph.saddr), .flags = TNL_UNIQ, .help = "outer source, any: chosen by routing" }, \
	{ .word = "dev", .codec = &tnl_dev, NEST(p##LINK), .old = PARM(link), .flags = TNL_UNIQ | TNL_MTU, .help = "underlay device that it is bound to" }

#define OUTER_ROWS(p) \
	{ .word = "ttl", .alias = { "hoplimit", "hlim" }, .codec = &tnl_ttl, NEST(p##TTL), .old = PARM(iph.ttl), .flags = TNL_SEND, .help = "outer TTL, inherit: the inner packet's" }, \
	{ .word = "tos", .alias = { "tclass", "tc", "dsfield" }, .codec = &tnl_tos, NEST(p##TOS), .old = PARM(iph.tos), .help = "outer TOS in hexadecimal, inherit: the inner packet's" }

#define ENCAP_ROWS(p) \
	{ .word = "encap", .no = "noencap", .codec = &tnl_enum16, .names = tnl_encap_types, NEST(p##ENCAP_TYPE), .flags = TNL_STALE, .fault = { { EINVAL, "modprobe -a fou fou6" } }, .help = "UDP encapsulation of what it sends" }, \
	{ .word = "encap-sport", .json = "encap_sport", .codec = &tnl_autoport, NEST(p##ENCAP_SPORT), .help = "outer UDP source port, auto: by flow" }, \
	{ .word = "encap-dport", .json = "encap_dport", .codec = &tnl_port, NEST(p##ENCAP_DPORT), .help = "outer UDP destination port" }, \
	{ .word = "encap-csum", .no = "noencap-csum", .json = "encap_csum", .codec = &tnl_bit16, NEST(p##ENCAP_FLAGS), .mask = TUNNEL_ENCAP_FLAG_CSUM, .help = "outer UDP checksums" }, \
	{ .word = "encap-udp6-csum", .no = "noencap-udp6-csum", .alias = { "encap-csum6" }, .json = "encap_udp6_csum", .codec = &tnl_bit16, NEST(p##ENCAP_FLAGS), .mask = TUNNEL_ENCAP_FLAG_CSUM6, .help = "outer UDP checksums over IPv6" }, \
	{ .word = "encap-remcsum", .no = "noencap-remcsum", .json = "encap_remcsum", .codec = &tnl_bit16, NEST(p##ENCAP_FLAGS), .mask = TUNNEL_ENCAP_FLAG_REMCSUM, .flags = TNL_STALE, .help = "remote checksum offload" }

/* The same over IPv6. Without a word the kernel would take 0 for the hop limit and the encapsulation limit. */
#define END6_ROWS(p, f) \
	{ .word = "remote", .codec = &tnl_addr6, NEST(p##REMOTE), .old = PARM6(raddr), .flags = TNL_UNIQ | (f), .help = "outer destination, any: point to multipoint" }, \
	{ .word = "local", .codec = &tnl_addr6, NEST(p##LOCAL), .old = PARM6(laddr), .flags = TNL_UNIQ | (f), .help = "outer source, any: chosen by routing" }

#define DEV6_ROW(p, f) \
	{ .word = "dev", .codec = &tnl_dev, NEST(p##LINK), .old = PARM6(link), .flags = f, .help = "underlay device that it is bound to" }

#define FLAG6(p, bit) .bits = p##FLAGS, .bits_size = 4, .mask = bit

#define OUTER6_ROWS(p) \
	{ .word = "hoplimit", .alias = { "ttl", "hlim" }, .json = "ttl", .codec = &tnl_ttl, NEST(p##TTL), .def = 64, .old = PARM6(hop_limit), .flags = TNL_SEND, .help = "outer hop limit, inherit: the inner packet's" }, \
	{ .word = "encaplimit", .json = "encap_limit", .codec = &tnl_u8, NEST(p##ENCAP_LIMIT), .instead = "none", FLAG6(p, IP6_TNL_F_IGN_ENCAP_LIMIT), .def = 4, .old = PARM6(encap_limit), .flags = TNL_SEND | TNL_STALE, .help = "tunnels that a packet may yet enter, none: say no limit" }, \
	{ .word = "tclass", .alias = { "tos", "tc", "dsfield" }, .json = "tos", .codec = &tnl_tclass, NEST(p##FLOWINFO), .field = 0x0ff00000, .shift = 20, .instead = "inherit", FLAG6(p, IP6_TNL_F_USE_ORIG_TCLASS), .old = PARM6(flowinfo), .help = "outer traffic class in hexadecimal, inherit: the inner packet's" }, \
	{ .word = "flowlabel", .alias = { "fl" }, .codec = &tnl_label, NEST(p##FLOWINFO), .field = 0x000fffff, .instead = "inherit", FLAG6(p, IP6_TNL_F_USE_ORIG_FLOWLABEL), .old = PARM6(flowinfo), .help = "outer flow label in hexadecimal, inherit: the inner packet's" }, \
	{ .word = "dscp", .no = "nodscp", .codec = &tnl_namedbit32, .names = tnl_inherit, NEST(p##FLAGS), .mask = IP6_TNL_F_RCV_DSCP_COPY, .old = PARM6(flags), .help = "take the DSCP over into the inner packet on arrival" }, \
	{ .word = "allow-localremote", .no = "noallow-localremote", .json = "allow_localremote", .codec = &tnl_bit32, NEST(p##FLAGS), .mask = IP6_TNL_F_ALLOW_LOCAL_REMOTE, .old = PARM6(flags), .help = "the remote may be an address of this host" }

#define MARK6_ROW(p) \
	{ .word = "fwmark", .no = "nofwmark", .codec = &tnl_mark, NEST(p##FWMARK), .instead = "inherit", FLAG6(p, IP6_TNL_F_USE_ORIG_FWMARK), .help = "mark for the outer route lookup, inherit: the inner packet's" }

/*
 * Keys, and a row for each bit in GRE's flag words. P: PARM or PARM6, where the legacy structs keep them; F: what those
 * do that make the header longer (over IPv6 the kernel adapts the MTU only if both ends are given).
 */
#define GRE_KEY_ROW(w, n, a, f, old_, u, h) \
	{ .word = w, .no = n, .codec = &tnl_key, NEST(a), .bits = f, .bits_size = 2, .mask = GRE_KEY, .old = old_, .flags = u, .help = h }
#define GRE_FLAG_ROW(w, n, a, bit, old_, u, h) \
	{ .word = w, .no = n, .codec = &tnl_bit16, NEST(a), .mask = bit, .old = old_, .flags = u, .help = h }
#define BOTH_ROW(w, n, c, a, b, h) \
	{ .word = w, .no = n, .codec = &c, .both = { a, b }, .flags = TNL_BOTH, .help = h }

#define GRE_KEY_ROWS(p, f) \
	BOTH_ROW("key", "nokey", tnl_key, "ikey", "okey", "key in both directions, a number or dotted quad"), \
	GRE_KEY_ROW("ikey", "noikey", IFLA_GRE_IKEY, IFLA_GRE_IFLAGS, p##_KEY(i_key, i_flags), TNL_UNIQ, "key that arriving packets must have"), \
	GRE_KEY_ROW("okey", "nookey", IFLA_GRE_OKEY, IFLA_GRE_OFLAGS, p##_KEY(o_key, o_flags), f, "key that leaving packets get"), \
	BOTH_ROW("seq", "noseq", tnl_bit16, "iseq", "oseq", "sequence numbers in both directions"), \
	GRE_FLAG_ROW("iseq", "noiseq", IFLA_GRE_IFLAGS, GRE_SEQ, p(i_flags), 0, "drop packets that arrive out of sequence"), \
	GRE_FLAG_ROW("oseq", "nooseq", IFLA_GRE_OFLAGS, GRE_SEQ, p(o_flags), f, "number leaving packets")

#define GRE_CSUM_ROWS(p, f) \
	BOTH_ROW("csum", "nocsum", tnl_bit16, "icsum", "ocsum", "checksums in both directions"), \
	GRE_FLAG_ROW("icsum", "noicsum", IFLA_GRE_IFLAGS, GRE_CSUM, p(i_flags), 0, "arriving packets must have a checksum"), \
	GRE_FLAG_ROW("ocsum", "noocsum", IFLA_GRE_OFLAGS, GRE_CSUM, p(o_flags), f, "leaving packets get a checksum")

#define VTI_ROWS(p) \
	BOTH_ROW("key", "nokey", tnl_key, "ikey", "okey", "xfrm mark in both directions, a number or dotted quad"), \
	{ .word = "ikey", .no = "noikey", .codec = &tnl_key, NEST(IFLA_VTI_IKEY), .old = p##_KEY(i_key, i_flags), .help = "xfrm mark of arriving packets, 0: none" }, \
	{ .word = "okey", .no = "nookey", .codec = &tnl_key, NEST(IFLA_VTI_OKEY), .old = p##_KEY(o_key, o_flags), .help = "xfrm mark of leaving packets, 0: none" }

#define MARK_ROW(p) \
	{ .word = "fwmark", .no = "nofwmark", .codec = &tnl_mark, NEST(p##FWMARK), .help = "mark for the outer route lookup" }

#define EXTERNAL_ROW(p) \
	{ .word = "external", .codec = &tnl_flag, NEST(p##COLLECT_METADATA), .flags = TNL_FIXED | TNL_ALONE, .help = "outer headers come with each packet (tc, routes, eBPF)" }

/* Rules that tunnels share: each says why in *ERROR and returns -EINVAL. */
int tnl_check_word(struct tnl_error *error, const char *word, const char *text);
int tnl_check_external(const struct tnl_obj *obj, struct tnl_error *error);
int tnl_check_ends(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error);
int tnl_check_encap(const struct tnl_obj *obj, struct tnl_error *error);
int tnl_check_df(const struct tnl_obj *obj, struct tnl_error *error);
int tnl_check_gre(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error);
int tnl_check_gre6(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error);
bool tnl_is_multicast(const struct tnl_obj *obj, const char *word);

#endif
