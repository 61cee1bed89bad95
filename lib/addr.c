// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses on interfaces: as much of them as tunnels need. Kernel: net/ipv4/devinet.c, net/ipv6/addrconf.c. */
#include <string.h>
#include <sys/socket.h>

#include "link.h"

#define UNSET 0xff /* no prefix length was given */

/* It lasts, or is no source of what is sent from here; what lasts a while is for those who watch over it. */
static const struct tnl_name lifetimes[] = { { "forever", UINT32_MAX }, {0} };

/* What is left of it changes by itself. */
static bool is_source(const struct tnl_obj *obj)
{
	const struct nlattr *info = tnl_set_find(&obj->top, IFA_CACHEINFO);

	return !info || mnl_attr_get_payload_len(info) < 4 || mnl_attr_get_u32(info);
}

static const struct tnl_name scopes[] = { { "global", 0 }, { "site", 200 }, { "link", 253 }, { "host", 254 }, { "nowhere", 255 }, {0} };

#define FLAG_ROW(w, bit, h) \
	{ .word = w, .codec = &tnl_bit32, TOP(IFA_FLAGS), .mask = bit, .help = h }

static const struct tnl_row rows[] = {
	{ .word = "address", .alias = { "local" }, .codec = &tnl_ifaddr, TOP(IFA_LOCAL), .plen = 1 + offsetof(struct ifaddrmsg, ifa_prefixlen), .flags = TNL_ID | TNL_POS, .help = "the address, /LEN: its network" },
	{ .word = "peer", .codec = &tnl_ifaddr, TOP(IFA_ADDRESS), .plen = 1 + offsetof(struct ifaddrmsg, ifa_prefixlen), .help = "the other end's address, /LEN: its network" },
	{ .word = "broadcast", .alias = { "brd" }, .codec = &tnl_broadcast, TOP(IFA_BROADCAST), .help = "broadcast address, +: the last of the network, -: the first" },
	{ .word = "dev", .codec = &tnl_dev, HEAD(ifaddrmsg, ifa_index), .size = 4, .flags = TNL_ID, .help = "interface" },
	{ .word = "scope", .codec = &tnl_enum8, .names = scopes, .file = "rt_scopes", HEAD(ifaddrmsg, ifa_scope), .size = 1, .help = "where it is valid" },
	{ .word = "label", .codec = &tnl_tag, TOP(IFA_LABEL), .flags = TNL_ECHO, .help = "a name for it, by default that of the interface" },
	{ .word = "metric", .alias = { "priority", "preference" }, .codec = &tnl_u32, TOP(IFA_RT_PRIORITY), .help = "of the route to its network" },
	{ .word = "preferred_lft", .codec = &tnl_enum32, .names = lifetimes, TOP(IFA_CACHEINFO), .size = 4, .def = UINT32_MAX, .usual = is_source, .help = "0: no source of what is sent from here" },
	FLAG_ROW("noprefixroute", IFA_F_NOPREFIXROUTE, "without the route to its network"),
	FLAG_ROW("nodad", IFA_F_NODAD, "nobody is asked whether he has it"),
	FLAG_ROW("home", IFA_F_HOMEADDRESS, "the home address of mobile IPv6"),
	FLAG_ROW("mngtmpaddr", IFA_F_MANAGETEMPADDR, "the kernel makes temporary ones beside it"),
	FLAG_ROW("autojoin", IFA_F_MCAUTOJOIN, "a multicast group that is joined"),
	{0}
};

/* "+" and "-" stand for the broadcast address that has all bits of the host, or none. */
static int set_broadcast(struct tnl_obj *obj)
{
	const struct nlattr *said = tnl_set_find(&obj->top, IFA_BROADCAST), *net = tnl_set_find(&obj->top, IFA_ADDRESS);
	const uint8_t plen = ((const struct ifaddrmsg *)obj->head)->ifa_prefixlen;
	uint32_t address, host = plen ? plen < 32 ? UINT32_MAX >> plen : 0 : UINT32_MAX;

	if (!said || mnl_attr_get_payload_len(said) != 1)
		return 0;
	memcpy(&address, mnl_attr_get_payload(net ? net : tnl_set_find(&obj->top, IFA_LOCAL)), sizeof(address));
	host = __cpu_to_be32(host);
	address = mnl_attr_get_u8(said) == '+' ? address | host : address & ~host;
	return tnl_set_put(&obj->top, IFA_BROADCAST, &address, sizeof(address));
}

/* Of two lifetimes the kernel wants both. */
static int set_lifetime(struct tnl_obj *obj, struct tnl_error *error)
{
	const struct nlattr *said = tnl_set_find(&obj->top, IFA_CACHEINFO);
	struct ifa_cacheinfo info = { .ifa_valid = UINT32_MAX };

	if (!said || mnl_attr_get_payload_len(said) >= sizeof(info))
		return 0;
	info.ifa_prefered = mnl_attr_get_u32(said);
	if (info.ifa_prefered && info.ifa_prefered != UINT32_MAX)
		return tnl_check_word(error, "preferred_lft", "neither 0 nor forever");
	return tnl_set_put(&obj->top, IFA_CACHEINFO, &info, sizeof(info));
}

/* The family of the header and the prefix length follow from the addresses. */
static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	const struct nlattr *local = tnl_set_find(&obj->top, IFA_LOCAL), *peer = tnl_set_find(&obj->top, IFA_ADDRESS);
	struct ifaddrmsg *ifa = (void *)obj->head;
	static const char *const only4[] = { "broadcast", "label" };
	uint8_t copy[16];
	size_t len;
	int err;

	len = mnl_attr_get_payload_len(local);
	if (peer && mnl_attr_get_payload_len(peer) != len)
		return tnl_check_word(error, "peer", "is of another address family");
	ifa->ifa_family = len == 4 ? AF_INET : AF_INET6;
	if (ifa->ifa_prefixlen == UNSET)
		ifa->ifa_prefixlen = len * 8;
	if (ifa->ifa_prefixlen > len * 8)
		return tnl_check_word(error, "address", "its prefix length belongs to another address family");
	for (size_t i = 0; len != 4 && i < sizeof(only4) / sizeof(only4[0]); i++)
		if (tnl_obj_was_given(obj, only4[i]))
			return tnl_check_word(error, only4[i], "only IPv4 addresses have one");
	err = set_broadcast(obj);
	if (!err)
		err = set_lifetime(obj, error);
	if (err)
		return err;
	if (now == obj && !peer) { /* IPv4 heeds the prefix length of a deletion only beside IFA_ADDRESS */
		memcpy(copy, mnl_attr_get_payload(local), len);
		return tnl_set_put(&obj->top, IFA_ADDRESS, copy, len);
	}
	return 0;
}

/* Who made it has more to say of it, or will take it away: no word says that. */
static bool is_somebodys(const struct tnl_obj *obj)
{
	static const uint32_t known = IFA_F_SECONDARY | IFA_F_NODAD | IFA_F_OPTIMISTIC | IFA_F_DADFAILED | IFA_F_HOMEADDRESS |
				      IFA_F_DEPRECATED | IFA_F_TENTATIVE | IFA_F_PERMANENT | IFA_F_MANAGETEMPADDR |
				      IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN | IFA_F_STABLE_PRIVACY;
	const struct nlattr *info = tnl_set_find(&obj->top, IFA_CACHEINFO), *flags = tnl_set_find(&obj->top, IFA_FLAGS),
			    *proto = tnl_set_find(&obj->top, IFA_PROTO);
	const struct ifa_cacheinfo *lives = info && mnl_attr_get_payload_len(info) >= sizeof(*lives) ? mnl_attr_get_payload(info) : NULL;

	return (lives && (lives->ifa_valid != UINT32_MAX || (lives->ifa_prefered && lives->ifa_prefered != UINT32_MAX))) ||
	       (flags && mnl_attr_get_payload_len(flags) >= 4 && mnl_attr_get_u32(flags) & ~known) ||
	       (proto && mnl_attr_get_payload_len(proto) && mnl_attr_get_u8(proto) > IFAPROT_KERNEL_LL);
}

/* IPv4 tells only by a flag that it is no source. */
static bool read_lifetime(struct tnl_obj *obj)
{
	const struct nlattr *old = tnl_set_find(&obj->top, IFA_CACHEINFO), *flags = tnl_set_find(&obj->top, IFA_FLAGS);
	struct ifa_cacheinfo info;

	if (!old || mnl_attr_get_payload_len(old) < sizeof(info) || !flags || mnl_attr_get_payload_len(flags) < 4 ||
	    !(mnl_attr_get_u32(flags) & IFA_F_DEPRECATED))
		return true;
	memcpy(&info, mnl_attr_get_payload(old), sizeof(info));
	info.ifa_prefered = 0;
	return !tnl_set_put(&obj->top, IFA_CACHEINFO, &info, sizeof(info));
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
	obj->passing = is_somebodys(obj);
	return read_lifetime(obj);
}

static const struct tnl_row *const tables[] = { rows, NULL };

const struct tnl_kind tnl_kind_addr = {
	.name = "address", .help = "an address on an interface", .rows = tables, .via = tnl_by_rtnl, .rtnl = &tnl_rtnl_addr,
	.init = { [offsetof(struct ifaddrmsg, ifa_prefixlen)] = UNSET },
	.lookup = true, .check = check, .read = read_back,
};
