// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses on interfaces: as much of them as tunnels need. Kernel: net/ipv4/devinet.c, net/ipv6/addrconf.c. */
#include <string.h>
#include <sys/socket.h>

#include "link.h"

#define UNSET 0xff /* no prefix length was given */

static const struct tnl_name scopes[] = { { "global", 0 }, { "site", 200 }, { "link", 253 }, { "host", 254 }, { "nowhere", 255 }, {0} };

static const struct tnl_row rows[] = {
	{ .word = "address", .alias = { "local" }, .codec = &tnl_ifaddr, TOP(IFA_LOCAL), .plen = 1 + offsetof(struct ifaddrmsg, ifa_prefixlen), .flags = TNL_ID | TNL_POS, .help = "the address, /LEN: its network" },
	{ .word = "peer", .codec = &tnl_ifaddr, TOP(IFA_ADDRESS), .plen = 1 + offsetof(struct ifaddrmsg, ifa_prefixlen), .help = "the other end's address, /LEN: its network" },
	{ .word = "dev", .codec = &tnl_dev, HEAD(ifaddrmsg, ifa_index), .size = 4, .flags = TNL_ID, .help = "interface" },
	{ .word = "scope", .codec = &tnl_enum8, .names = scopes, .file = "rt_scopes", HEAD(ifaddrmsg, ifa_scope), .size = 1, .help = "where it is valid" },
	{0}
};

/* The family of the header and the prefix length follow from the addresses. */
static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	const struct nlattr *local = tnl_set_find(&obj->top, IFA_LOCAL), *peer = tnl_set_find(&obj->top, IFA_ADDRESS);
	struct ifaddrmsg *ifa = (void *)obj->head;
	uint8_t copy[16];
	size_t len;

	len = mnl_attr_get_payload_len(local);
	if (peer && mnl_attr_get_payload_len(peer) != len)
		return tnl_check_word(error, "peer", "is of another address family");
	ifa->ifa_family = len == 4 ? AF_INET : AF_INET6;
	if (ifa->ifa_prefixlen == UNSET)
		ifa->ifa_prefixlen = len * 8;
	if (ifa->ifa_prefixlen > len * 8)
		return tnl_check_word(error, "address", "its prefix length belongs to another address family");
	if (now == obj && !peer) { /* IPv4 heeds the prefix length of a deletion only beside IFA_ADDRESS */
		memcpy(copy, mnl_attr_get_payload(local), len);
		return tnl_set_put(&obj->top, IFA_ADDRESS, copy, len);
	}
	return 0;
}

/* IPv4 sends both addresses always, IPv6 sends its only one as the peer's. */
static bool read_back(struct tnl_obj *obj)
{
	const struct nlattr *local = tnl_set_find(&obj->top, IFA_LOCAL), *peer = tnl_set_find(&obj->top, IFA_ADDRESS);

	if (!local && peer)
		tnl_set_rename(&obj->top, IFA_ADDRESS, IFA_LOCAL);
	else if (local && peer && local->nla_len == peer->nla_len &&
		   !memcmp(mnl_attr_get_payload(local), mnl_attr_get_payload(peer), mnl_attr_get_payload_len(local)))
		tnl_set_drop(&obj->top, IFA_ADDRESS);
	return true;
}

static const struct tnl_row *const tables[] = { rows, NULL };

const struct tnl_kind tnl_kind_addr = {
	.name = "address", .help = "an address on an interface", .rows = tables, .via = tnl_by_rtnl, .rtnl = &tnl_rtnl_addr,
	.init = { [offsetof(struct ifaddrmsg, ifa_prefixlen)] = UNSET },
	.lookup = true, .check = check, .read = read_back,
};
