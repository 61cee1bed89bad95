/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kinds of links share: the words of every link, of every Ethernet one, and of tunnels over IPv4. */
#ifndef TNL_LINK_H
#define TNL_LINK_H

#include "handle.h"
#include "kernel.h"

extern const struct tnl_row tnl_name_rows[], tnl_link_rows[], tnl_ether_rows[];
extern const struct tnl_transport *const tnl_by_rtnl[], *const tnl_by_rtnl_or_ioctl[];
extern const struct tnl_name tnl_encap_types[];

/* Where struct ip_tunnel_parm keeps a row's bytes. */
#define PARM(field) { TNL_OLD_COPY, offsetof(struct ip_tunnel_parm, field), sizeof(((struct ip_tunnel_parm *)0)->field), 0, #field }
#define PARM_KEY(key, flags) { TNL_OLD_KEY, offsetof(struct ip_tunnel_parm, key), 4, offsetof(struct ip_tunnel_parm, flags), #key }
#define PARM_DF { TNL_OLD_DF, 0, 0, 0, "iph.frag_off" }

/* The outer header, the same words with other numbers: IFLA_GRE_, IFLA_IPTUN_. */
#define END_ROWS(p) \
	{ .word = "remote", .codec = &tnl_addr4, NEST(p##REMOTE), .old = PARM(iph.daddr), .flags = TNL_UNIQ, .help = "outer destination, any: point to multipoint" }, \
	{ .word = "local", .codec = &tnl_addr4, NEST(p##LOCAL), .old = PARM(iph.saddr), .flags = TNL_UNIQ, .help = "outer source, any: chosen by routing" }, \
	{ .word = "dev", .codec = &tnl_dev, NEST(p##LINK), .old = PARM(link), .flags = TNL_UNIQ, .help = "underlay device that it is bound to" }

#define OUTER_ROWS(p) \
	{ .word = "ttl", .alias = { "hoplimit", "hlim" }, .codec = &tnl_ttl, NEST(p##TTL), .old = PARM(iph.ttl), .help = "outer TTL, inherit: the inner packet's" }, \
	{ .word = "tos", .alias = { "tclass", "tc", "dsfield" }, .codec = &tnl_tos, NEST(p##TOS), .old = PARM(iph.tos), .help = "outer TOS in hexadecimal, inherit: the inner packet's" }

#define ENCAP_ROWS(p) \
	{ .word = "encap", .no = "noencap", .codec = &tnl_enum16, .names = tnl_encap_types, NEST(p##ENCAP_TYPE), .cure = "modprobe fou", .help = "UDP encapsulation of what it sends" }, \
	{ .word = "encap-sport", .json = "encap_sport", .codec = &tnl_autoport, NEST(p##ENCAP_SPORT), .help = "outer UDP source port, auto: by flow" }, \
	{ .word = "encap-dport", .json = "encap_dport", .codec = &tnl_port, NEST(p##ENCAP_DPORT), .help = "outer UDP destination port" }, \
	{ .word = "encap-csum", .no = "noencap-csum", .json = "encap_csum", .codec = &tnl_bit16, NEST(p##ENCAP_FLAGS), .mask = TUNNEL_ENCAP_FLAG_CSUM, .help = "outer UDP checksums" }, \
	{ .word = "encap-udp6-csum", .no = "noencap-udp6-csum", .alias = { "encap-csum6" }, .json = "encap_udp6_csum", .codec = &tnl_bit16, NEST(p##ENCAP_FLAGS), .mask = TUNNEL_ENCAP_FLAG_CSUM6, .help = "outer UDP checksums over IPv6" }, \
	{ .word = "encap-remcsum", .no = "noencap-remcsum", .json = "encap_remcsum", .codec = &tnl_bit16, NEST(p##ENCAP_FLAGS), .mask = TUNNEL_ENCAP_FLAG_REMCSUM, .help = "remote checksum offload" }

#define MARK_ROW(p) \
	{ .word = "fwmark", .codec = &tnl_mark, NEST(p##FWMARK), .help = "mark for the outer route lookup" }

#define EXTERNAL_ROW(p) \
	{ .word = "external", .codec = &tnl_flag, NEST(p##COLLECT_METADATA), .flags = TNL_FIXED, .help = "outer headers come with each packet (tc, routes, eBPF)" }

/* Rules that tunnels over IPv4 share: each says why in *ERROR and returns -EINVAL. */
int tnl_check_word(struct tnl_error *error, const char *word, const char *text);
int tnl_check_external(const struct tnl_obj *obj, struct tnl_error *error, const char *except);
int tnl_check_ends(const struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error);
int tnl_check_encap(const struct tnl_obj *obj, struct tnl_error *error);
bool tnl_is_multicast(const struct tnl_obj *obj, const char *word);

#endif
