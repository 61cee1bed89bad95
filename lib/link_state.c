// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel tells of every link and nobody sets: its state and its counters. */
#include "link.h"

#include <linux/if_arp.h>
#include <stdio.h>
#include <string.h>

static const struct tnl_name operstates[] = {
	{ "unknown", 0 }, { "notpresent", 1 }, { "down", 2 }, { "lowerlayerdown", 3 }, { "testing", 4 }, { "dormant", 5 }, { "up", 6 }, {0}
};
static const struct tnl_name linkmodes[] = { { "default", 0 }, { "dormant", 1 }, {0} };

/* Of the hardware types those that tunnels have, and what they run over. */
static const struct tnl_name hardware[] = {
	{ "ether", ARPHRD_ETHER }, { "loopback", ARPHRD_LOOPBACK }, { "ipip", ARPHRD_TUNNEL }, { "tunnel6", ARPHRD_TUNNEL6 },
	{ "sit", ARPHRD_SIT }, { "gre", ARPHRD_IPGRE }, { "gre6", ARPHRD_IP6GRE }, { "none", ARPHRD_NONE },
	{ "ppp", ARPHRD_PPP }, { "infiniband", ARPHRD_INFINIBAND }, { "netlink", ARPHRD_NETLINK }, { "void", ARPHRD_VOID },
	{ "rawip", ARPHRD_RAWIP }, { "ieee802.11", ARPHRD_IEEE80211 }, { "can", ARPHRD_CAN }, {0}
};

/* IFF_*, in the order in which ip tells them. */
static const struct tnl_name flags[] = {
	{ "LOOPBACK", IFF_LOOPBACK }, { "BROADCAST", IFF_BROADCAST }, { "POINTOPOINT", IFF_POINTOPOINT },
	{ "MULTICAST", IFF_MULTICAST }, { "NOARP", IFF_NOARP }, { "ALLMULTI", IFF_ALLMULTI }, { "PROMISC", IFF_PROMISC },
	{ "MASTER", IFF_MASTER }, { "SLAVE", IFF_SLAVE }, { "DEBUG", IFF_DEBUG }, { "DYNAMIC", IFF_DYNAMIC },
	{ "AUTOMEDIA", IFF_AUTOMEDIA }, { "PORTSEL", IFF_PORTSEL }, { "NOTRAILERS", IFF_NOTRAILERS }, { "UP", IFF_UP },
	{ "LOWER_UP", IFF_LOWER_UP }, { "DORMANT", IFF_DORMANT }, { "ECHO", IFF_ECHO }, {0}
};

static size_t add_flag(char *text, size_t used, size_t size, const char *flag)
{
	if (used && used + 1 < size)
		text[used++] = ',';
	return used + strlcpy(text + used, flag, size - used);
}

/* "NO-CARRIER,BROADCAST,UP" */
static void flags_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			 struct tnl_look *look)
{
	uint32_t left = tnl_val_number(row->codec, val);
	size_t used = 0;
	char rest[12];

	(void)look;
	*text = 0;
	if ((left & IFF_UP) && !(left & IFF_RUNNING))
		used = add_flag(text, used, size, "NO-CARRIER");
	left &= ~IFF_RUNNING;
	for (const struct tnl_name *flag = row->names; flag->name; flag++) {
		if (left & flag->value && used < size)
			used = add_flag(text, used, size, flag->name);
		left &= ~flag->value;
	}
	if (left && used < size) {
		snprintf(rest, sizeof(rest), "%x", left);
		add_flag(text, used, size, rest);
	}
}

static const struct tnl_codec tnl_flags = { .hint = "FLAGS", .size = 4, .parse = tnl_number_parse, .format = flags_format };

#define FEW (TNL_STATE | TNL_FEW)
#define NUMBER(w, a, f, h) { .word = w, .codec = &tnl_u32, .scope = TNL_TOP, .attr = a, .attr_name = #a, .flags = f, .help = h }
#define COUNTER(w, field, f, h) \
	{ .word = w, .codec = &tnl_u64, TOP(IFLA_STATS64), .at = offsetof(struct rtnl_link_stats64, field), .size = 8, .flags = f, .help = h }

const struct tnl_row tnl_state_rows[] = {
	{ .word = "state", .codec = &tnl_enum8, .names = operstates, TOP(IFLA_OPERSTATE), .flags = TNL_STATE, .help = "operational state (RFC 2863)" },
	{ .word = "flags", .codec = &tnl_flags, .names = flags, HEAD(ifinfomsg, ifi_flags), .size = 4, .flags = FEW, .help = "all flags" },
	{ .word = "link_type", .codec = &tnl_enum16, .names = hardware, HEAD(ifinfomsg, ifi_type), .size = 2, .flags = FEW, .help = "type of the hardware" },
	{ .word = "iflink", .codec = &tnl_iflink, TOP(IFLA_LINK), .flags = FEW, .help = "the interface under it" },
	{ .word = "qdisc", .codec = &tnl_str, TOP(IFLA_QDISC), .flags = FEW, .help = "queueing discipline" },
	{ .word = "linkmode", .codec = &tnl_enum8, .names = linkmodes, TOP(IFLA_LINKMODE), .flags = FEW, .help = "what sets the operational state (RFC 2863)" },
	{ .word = "hwaddr", .codec = &tnl_lladdr, TOP(IFLA_ADDRESS), .flags = FEW, .help = "address of the link layer" },
	{ .word = "hwpeer", .codec = &tnl_lladdr, TOP(IFLA_BROADCAST), .flags = FEW, .help = "address of the link layer of the peer, or of all" },
	{ .word = "permaddr", .codec = &tnl_lladdr, TOP(IFLA_PERM_ADDRESS), .flags = FEW, .help = "the first address of the link layer" },
	NUMBER("promiscuity", IFLA_PROMISCUITY, FEW, "how many want all packets"),
	NUMBER("allmulti", IFLA_ALLMULTI, FEW, "how many want all multicast packets"),
	NUMBER("min_mtu", IFLA_MIN_MTU, FEW, "the smallest MTU that it takes"),
	NUMBER("max_mtu", IFLA_MAX_MTU, FEW, "the largest MTU that it takes, 0: any"),
	NUMBER("tso_max_size", IFLA_TSO_MAX_SIZE, FEW, "the longest packet that the device can cut up"),
	NUMBER("tso_max_segs", IFLA_TSO_MAX_SEGS, FEW, "... into how many"),
	{ .word = "parentbus", .codec = &tnl_str, TOP(IFLA_PARENT_DEV_BUS_NAME), .flags = FEW, .help = "bus of the device that it is on" },
	{ .word = "parentdev", .codec = &tnl_str, TOP(IFLA_PARENT_DEV_NAME), .flags = FEW, .help = "device that it is on" },
	NUMBER("carrier_changes", IFLA_CARRIER_CHANGES, FEW, "how often the carrier came and went"),
	COUNTER("rx_packets", rx_packets, TNL_STAT, "packets received"),
	COUNTER("rx_bytes", rx_bytes, TNL_STAT, "bytes received"),
	COUNTER("rx_errors", rx_errors, TNL_STAT, "bad packets received"),
	COUNTER("rx_dropped", rx_dropped, TNL_STAT, "packets received and dropped"),
	COUNTER("tx_packets", tx_packets, TNL_STAT, "packets sent"),
	COUNTER("tx_bytes", tx_bytes, TNL_STAT, "bytes sent"),
	COUNTER("tx_errors", tx_errors, TNL_STAT, "packets that could not be sent"),
	COUNTER("tx_dropped", tx_dropped, TNL_STAT, "packets dropped on the way out"),
	COUNTER("tx_carrier_errors", tx_carrier_errors, TNL_STAT, "packets without a way out (no route, no xfrm state)"),
#define MORE(w, h) COUNTER(#w, w, TNL_STAT | TNL_FEW, h)
	COUNTER("rx_multicast", multicast, TNL_STAT | TNL_FEW, "multicast packets received"),
	COUNTER("tx_collisions", collisions, TNL_STAT | TNL_FEW, "collisions; of tunnels: loops"),
	MORE(rx_over_errors, "packets received for which there was no room"),
	MORE(rx_length_errors, "packets received of a wrong length"),
	MORE(rx_crc_errors, "packets received with a wrong checksum"),
	MORE(rx_frame_errors, "packets received that were misaligned"),
	MORE(rx_fifo_errors, "packets received out of order"),
	MORE(rx_missed_errors, "packets missed"),
	MORE(rx_compressed, "compressed packets received"),
	MORE(rx_nohandler, "packets received that nobody wanted"),
	MORE(tx_aborted_errors, "transmissions that were given up"),
	MORE(tx_fifo_errors, "transmissions that ran dry"),
	MORE(tx_heartbeat_errors, "transmissions without a heartbeat"),
	MORE(tx_window_errors, "transmissions that were late"),
	MORE(tx_compressed, "compressed packets sent"),
	{0}
};
