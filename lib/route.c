// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes: as much of them as tunnels need. Kernel: net/ipv4/fib_frontend.c, net/ipv6/route.c. */
#include <sys/socket.h>

#include "link.h"

#define UNSET 0xff /* no prefix length was given */

static const struct tnl_name tables_by_name[] = { { "main", RT_TABLE_MAIN }, { "local", RT_TABLE_LOCAL }, { "default", RT_TABLE_DEFAULT }, {0} };

/* As in iproute2; numbers of daemons have their names in rt_protos. */
static const struct tnl_name protocols[] = { { "boot", RTPROT_BOOT }, { "static", RTPROT_STATIC }, { "kernel", RTPROT_KERNEL },
	{ "redirect", RTPROT_REDIRECT }, { "ra", RTPROT_RA }, { "dhcp", RTPROT_DHCP }, {0} };
static const struct tnl_name scopes[] = { { "global", RT_SCOPE_UNIVERSE }, { "site", RT_SCOPE_SITE }, { "link", RT_SCOPE_LINK },
	{ "host", RT_SCOPE_HOST }, {0} };

/* What is next to this host needs no gateway. IPv6 knows no scopes of routes. */
static uint8_t scope_of(const struct tnl_obj *route)
{
	return *route->head == AF_INET6 || tnl_set_find(&route->top, RTA_GATEWAY) ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
}

static bool has_usual_scope(const struct tnl_obj *route)
{
	const struct rtmsg *rtm = (const void *)route->head;

	return route->partial || rtm->rtm_scope == (rtm->rtm_family ? scope_of(route) : RT_SCOPE_UNIVERSE);
}

static const struct tnl_row rows[] = {
	{ .word = "destination", .alias = { "to" }, .codec = &tnl_prefix, TOP(RTA_DST), .plen = 1 + offsetof(struct rtmsg, rtm_dst_len), .flags = TNL_ID | TNL_POS, .help = "network or host, or default" },
	{ .word = "via", .codec = &tnl_addr, TOP(RTA_GATEWAY), .help = "gateway" },
	{ .word = "dev", .codec = &tnl_dev, TOP(RTA_OIF), .help = "interface" },
	{ .word = "src", .codec = &tnl_addr, TOP(RTA_PREFSRC), .help = "source address of what is sent from here" },
	{ .word = "metric", .alias = { "priority", "preference" }, .codec = &tnl_u32, TOP(RTA_PRIORITY), .help = "the lowest wins" },
	{ .word = "table", .codec = &tnl_enum32, .names = tables_by_name, .file = "rt_tables", TOP(RTA_TABLE), .def = RT_TABLE_MAIN, .flags = TNL_UNIQ, .help = "routing table" },
	{ .word = "proto", .codec = &tnl_enum8, .names = protocols, .file = "rt_protos", HEAD(rtmsg, rtm_protocol), .size = 1, .def = RTPROT_BOOT, .help = "who made it" },
	{ .word = "scope", .codec = &tnl_enum8, .names = scopes, .file = "rt_scopes", HEAD(rtmsg, rtm_scope), .size = 1, .usual = has_usual_scope, .help = "how far away it ends; without a gateway it is link" },
	{ .word = "onlink", .codec = &tnl_bit32, HEAD(rtmsg, rtm_flags), .mask = RTNH_F_ONLINK, .help = "the gateway is on the link whatever the routes say" },
	{ .word = "mtu", .codec = &tnl_mtu, TOP(RTA_METRICS), .sub = { RTAX_MTU }, .help = "path MTU" },
	{ .word = "advmss", .codec = &tnl_u32, TOP(RTA_METRICS), .sub = { RTAX_ADVMSS }, .help = "largest TCP segment that is asked for" },
	{0}
};

/* All addresses of a route are of one family; a route without a gateway is of scope link. */
static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	static const char *const words[] = { "destination", "via", "src" };
	struct rtmsg *rtm = (void *)obj->head;
	struct tnl_val val;
	bool no;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		uint8_t family;

		if (!tnl_row_get(tnl_row_find(obj->kind, words[i], &no), obj, &val))
			continue;
		family = val.len == 4 ? AF_INET : AF_INET6;
		if (rtm->rtm_family && rtm->rtm_family != family)
			return tnl_check_word(error, words[i], "is of another address family");
		rtm->rtm_family = family;
	}
	if (!rtm->rtm_family)
		rtm->rtm_family = AF_INET;
	if (rtm->rtm_dst_len == UNSET)
		rtm->rtm_dst_len = rtm->rtm_family == AF_INET ? 32 : 128;
	if (now == obj) /* as it was found */
		return 0;
	if (!tnl_obj_has(obj, "via") && !tnl_obj_has(obj, "dev"))
		return tnl_check_word(error, "dev", "missing: say dev or via");
	if (!tnl_obj_was_given(obj, "scope"))
		rtm->rtm_scope = scope_of(obj);
	else if (rtm->rtm_family == AF_INET6 && rtm->rtm_scope != RT_SCOPE_UNIVERSE)
		return tnl_check_word(error, "scope", "only routes of IPv4 have one");
	return 0;
}

/* Whether the rows say it, or it is state. */
static bool is_said(const struct nlattr *attr)
{
	const struct nlattr *metric;

	switch (mnl_attr_get_type(attr)) {
	case RTA_DST:
	case RTA_OIF:
	case RTA_GATEWAY:
	case RTA_PRIORITY:
	case RTA_PREFSRC:
	case RTA_TABLE:
		return true;
	case RTA_METRICS:
		mnl_attr_for_each_nested(metric, attr)
			if (mnl_attr_get_type(metric) != RTAX_MTU && mnl_attr_get_type(metric) != RTAX_ADVMSS)
				return false;
		return true;
	case RTA_CACHEINFO:
		return mnl_attr_get_payload_len(attr) < sizeof(struct rta_cacheinfo) ||
		       !((const struct rta_cacheinfo *)mnl_attr_get_payload(attr))->rta_expires;
	case RTA_PREF: /* medium */
		return mnl_attr_get_payload_len(attr) < 1 || !mnl_attr_get_u8(attr);
	default:
		return false;
	}
}

/* What the rows cannot say (blackhole, multipath, nexthop objects ...) would be another route if it were read again. */
static bool read_back(struct tnl_obj *obj)
{
	const struct rtmsg *rtm = (void *)obj->head;
	static const uint8_t any[16];
	const struct nlattr *attr;

	if (rtm->rtm_family == AF_INET6 && !rtm->rtm_dst_len && !tnl_set_find(&obj->top, RTA_DST) &&
	    tnl_set_put(&obj->top, RTA_DST, any, sizeof(any)))
		return false; /* "default" alone would be read as IPv4's */
	obj->partial = rtm->rtm_type != RTN_UNICAST || rtm->rtm_tos || rtm->rtm_src_len || rtm->rtm_flags & RTNH_F_PERVASIVE;
	tnl_set_each(attr, &obj->top)
		obj->partial |= !is_said(attr);
	return rtm->rtm_family == AF_INET || rtm->rtm_family == AF_INET6;
}

static const struct tnl_row *const tables[] = { rows, NULL };

const struct tnl_kind tnl_kind_route = {
	.name = "route", .help = "a route to a network or host", .rows = tables, .via = tnl_by_rtnl, .rtnl = &tnl_rtnl_route,
	.init = { [offsetof(struct rtmsg, rtm_dst_len)] = UNSET, [offsetof(struct rtmsg, rtm_protocol)] = RTPROT_BOOT,
		  [offsetof(struct rtmsg, rtm_type)] = RTN_UNICAST },
	.lookup = true, .check = check, .read = read_back,
};
