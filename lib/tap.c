// SPDX-License-Identifier: LGPL-2.1-or-later
/* TUN and TAP: interfaces whose other end is a program. Kernel: drivers/net/tun.c. */
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include "link.h"

#define IFF(bit) { TNL_OLD_IFF, 0, 0, bit, #bit }
#define NOIFF(bit) { TNL_OLD_NOIFF, 0, 0, bit, #bit }
#define CALL(request) { TNL_OLD_CALL, 0, 0, request, #request }

static const struct tnl_row rows[] = {
	{ .word = "user", .alias = { "owner" }, .codec = &tnl_user, NEST(IFLA_TUN_OWNER), .def = -1, .old = CALL(TUNSETOWNER), .help = "who may attach, beside root" },
	{ .word = "group", .codec = &tnl_gid, NEST(IFLA_TUN_GROUP), .def = -1, .old = CALL(TUNSETGROUP), .help = "whose members may attach" },
	{ .word = "pi", .no = "nopi", .codec = &tnl_bool8, NEST(IFLA_TUN_PI), .old = NOIFF(IFF_NO_PI), .flags = TNL_FIXED, .help = "4 bytes of packet information before each packet" },
	{ .word = "vnet_hdr", .no = "novnet_hdr", .codec = &tnl_bool8, NEST(IFLA_TUN_VNET_HDR), .old = IFF(IFF_VNET_HDR), .flags = TNL_FIXED, .help = "a virtio header before each packet (offloads)" },
	{ .word = "multi_queue", .no = "nomulti_queue", .codec = &tnl_bool8, NEST(IFLA_TUN_MULTI_QUEUE), .old = IFF(IFF_MULTI_QUEUE), .flags = TNL_FIXED, .help = "several programs or threads may attach" },
	{ .word = "one_queue", .codec = &tnl_flag, NEST(TNL_TUN_ONE_QUEUE), .old = IFF(IFF_ONE_QUEUE), .flags = TNL_FIXED | TNL_BLIND, .help = "accepted for old scripts: no effect since Linux 3.8" },
	{ .word = "persist", .codec = &tnl_onoff8, NEST(IFLA_TUN_PERSIST), .flags = TNL_STATE, .help = "stays when nobody is attached" },
	{ .word = "numqueues", .codec = &tnl_u32, NEST(IFLA_TUN_NUM_QUEUES), .flags = TNL_STATE, .help = "queues that are attached" },
	{ .word = "numdisabled", .codec = &tnl_u32, NEST(IFLA_TUN_NUM_DISABLED_QUEUES), .flags = TNL_STATE, .help = "queues that are switched off" },
	{0}
};

static const struct tnl_transport *const via[] = { &tnl_tuntap, &tnl_under_program, NULL };
static const struct tnl_row *const tun_tables[] = { tnl_name_rows, rows, tnl_link_rows, NULL };
static const struct tnl_row *const tap_tables[] = { tnl_name_rows, rows, tnl_ether_rows, tnl_link_rows, NULL };

const struct tnl_kind tnl_kind_tun = {
	.name = "tun", .help = "IP packets to and from a program",
	.link = "tun", .module = "tun", .pattern = "tun%d", .tell = { IFLA_TUN_TYPE, IFF_TUN },
	.rows = tun_tables, .via = via,
};

const struct tnl_kind tnl_kind_tap = {
	.name = "tap", .help = "Ethernet frames to and from a program",
	.link = "tun", .module = "tun", .pattern = "tap%d", .tell = { IFLA_TUN_TYPE, IFF_TAP },
	.rows = tap_tables, .via = via,
};
