// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes: as much of them as tunnels need. Kernel: net/ipv4/fib_frontend.c, net/ipv6/route.c. */
#include <sys/socket.h>

#include "link.h"

#define UNSET 0xff /* no prefix length was given */

static const struct tnl_name tables_by_name[] = { { "main", RT_TABLE_MAIN }, { "local", RT_TABLE_LOCAL }, { "default", RT_TABLE_DEFAULT }, {0} };

static const struct tnl_row rows[] = {
	{ .word = "destination", .alias = { "to" }, .codec = &tnl_prefix, TOP(RTA_DST), .plen = 1 + offsetof(struct rtmsg, rtm_dst_len), .flags = TNL_ID | TNL_POS, .help = "network or host, or default" },
	{ .word = "via", .codec = &tnl_addr, TOP(RTA_GATEWAY), .help = "gateway" },
	{ .word = "dev", .codec = &tnl_dev, TOP(RTA_OIF), .help = "interface" },
	{ .word = "src", .codec = &tnl_addr, TOP(RTA_PREFSRC), .help = "source address of what is sent from here" },
	{ .word = "metric", .alias = { "priority", "preference" }, .codec = &tnl_u32, TOP(RTA_PRIORITY), .help = "the lowest wins" },
	{ .word = "table", .codec = &tnl_enum32, .names = tables_by_name, .file = "rt_tables", TOP(RTA_TABLE), .def = RT_TABLE_MAIN, .flags = TNL_UNIQ, .help = "routing table" },
	{ .word = "onlink", .codec = &tnl_bit32, HEAD(rtmsg, rtm_flags), .mask = RTNH_F_ONLINK, .help = "the gateway is on the link whatever the routes say" },
	{ .word = "mtu", .codec = &tnl_mtu, TOP(RTA_METRICS), .sub = { RTAX_MTU }, .help = "path MTU" },
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
	if (now == obj) { /* deleting: whichever fits the words */
		rtm->rtm_scope = RT_SCOPE_NOWHERE;
		rtm->rtm_protocol = rtm->rtm_type = 0;
		return 0;
	}
	if (!tnl_obj_has(obj, "via") && !tnl_obj_has(obj, "dev"))
		return tnl_check_word(error, "dev", "missing: say dev or via");
	rtm->rtm_scope = tnl_obj_has(obj, "via") ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	return 0;
}

/* What the rows cannot say (blackhole, multipath, nexthop objects ...) would be another route if it were read again. */
static bool read_back(struct tnl_obj *obj)
{
	static const uint16_t beyond[] = { RTA_MULTIPATH, RTA_ENCAP, RTA_NH_ID, RTA_VIA, RTA_NEWDST };
	const struct rtmsg *rtm = (void *)obj->head;
	static const uint8_t any[16];

	if (rtm->rtm_family == AF_INET6 && !rtm->rtm_dst_len && !tnl_set_find(&obj->top, RTA_DST) &&
	    tnl_set_put(&obj->top, RTA_DST, any, sizeof(any)))
		return false; /* "default" alone would be read as IPv4's */
	obj->partial = rtm->rtm_type != RTN_UNICAST || rtm->rtm_tos || rtm->rtm_src_len;
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++)
		obj->partial |= tnl_set_find(&obj->top, beyond[i]) != NULL;
	return rtm->rtm_family == AF_INET || rtm->rtm_family == AF_INET6;
}

static const struct tnl_row *const tables[] = { rows, NULL };

const struct tnl_kind tnl_kind_route = {
	.name = "route", .help = "a route to a network or host", .rows = tables, .via = tnl_by_rtnl, .rtnl = &tnl_rtnl_route,
	.init = { [offsetof(struct rtmsg, rtm_dst_len)] = UNSET, [offsetof(struct rtmsg, rtm_protocol)] = RTPROT_BOOT,
		  [offsetof(struct rtmsg, rtm_type)] = RTN_UNICAST },
	.lookup = true, .check = check, .read = read_back,
};
