// SPDX-License-Identifier: LGPL-2.1-or-later
/* TUN and TAP: interfaces whose other end is a program. Kernel: drivers/net/tun.c. */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
	{ .word = "napi", .no = "nonapi", .codec = &tnl_bit32, NEST(TNL_TUN_FLAGS), .mask = IFF_NAPI, .old = IFF(IFF_NAPI), .flags = TNL_FIXED, .help = "packets that a program writes go through NAPI" },
	{ .word = "one_queue", .codec = &tnl_bit32, NEST(TNL_TUN_FLAGS), .mask = IFF_ONE_QUEUE, .old = IFF(IFF_ONE_QUEUE), .flags = TNL_FIXED, .help = "accepted for old scripts: no effect since Linux 3.8" },
	{ .word = "persist", .codec = &tnl_onoff8, NEST(IFLA_TUN_PERSIST), .flags = TNL_STATE, .help = "stays when nobody is attached" },
	{ .word = "numqueues", .codec = &tnl_u32, NEST(IFLA_TUN_NUM_QUEUES), .flags = TNL_STATE, .help = "queues that are attached" },
	{ .word = "numdisabled", .codec = &tnl_u32, NEST(IFLA_TUN_NUM_DISABLED_QUEUES), .flags = TNL_STATE, .help = "queues that are switched off" },
	{0}
};

static const struct tnl_row tap_rows[] = {
	{ .word = "napi_frags", .no = "nonapi_frags", .codec = &tnl_bit32, NEST(TNL_TUN_FLAGS), .mask = IFF_NAPI_FRAGS, .old = IFF(IFF_NAPI_FRAGS), .flags = TNL_FIXED, .help = "in fragments as the program wrote them, needs napi" },
	{0}
};

#define TOLD_ELSEWHERE (IFF_NAPI | IFF_NAPI_FRAGS | IFF_ONE_QUEUE)

/* A number in a file of /sys/class/net/NAME, -1: none. */
static long sysfs_number(const char *name, const char *file)
{
	char path[80], text[32];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = 0;
	return got > 0 ? strtol(text, NULL, 0) : -1;
}

/* Some flags are told in sysfs alone, which may be that of another namespace: then they stay unknown. */
static bool read_flags(struct tnl_obj *obj)
{
	const struct ifinfomsg *ifi = (void *)obj->head;
	const char *name = tnl_obj_ifname(obj);
	uint32_t told;
	long flags;

	if (!name || sysfs_number(name, "ifindex") != ifi->ifi_index)
		return true;
	flags = sysfs_number(name, "tun_flags");
	if (flags < 0 || (flags & (IFF_TUN | IFF_TAP)) != obj->kind->tell.value)
		return true;
	told = flags & TOLD_ELSEWHERE;
	return !tnl_set_put(&obj->nest, TNL_TUN_FLAGS, &told, sizeof(told));
}

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	if (tnl_obj_has(obj, "napi_frags") && !tnl_obj_has(obj, "napi"))
		return tnl_check_word(error, "napi_frags", "needs napi");
	tnl_each_row(row, obj->kind) /* TUNSETOWNER and TUNSETGROUP know no nobody */
		if (now && row->old.how == TNL_OLD_CALL && tnl_row_is_set(row, now) && !tnl_row_is_set(row, obj))
			return tnl_check_word(error, row->word, "cannot be taken away from a living one: delete it and add it anew");
	return 0;
}

static const struct tnl_transport *const via[] = { &tnl_tuntap, &tnl_under_program, NULL };
static const struct tnl_row *const tun_tables[] = { tnl_name_rows, rows, LINK_ROWS };
static const struct tnl_row *const tap_tables[] = { tnl_name_rows, rows, tap_rows, tnl_ether_rows, LINK_ROWS };

const struct tnl_kind tnl_kind_tun = {
	.name = "tun", .help = "IP packets to and from a program",
	.link = "tun", .module = "tun", .pattern = "tun%d", .tell = { IFLA_TUN_TYPE, IFF_TUN }, .iff = IFF_NOARP | IFF_MULTICAST,
	.rows = tun_tables, .via = via, .check = check, .read = read_flags,
};

const struct tnl_kind tnl_kind_tap = {
	.name = "tap", .help = "Ethernet frames to and from a program",
	.link = "tun", .module = "tun", .pattern = "tap%d", .tell = { IFLA_TUN_TYPE, IFF_TAP }, .iff = IFF_MULTICAST,
	.rows = tap_tables, .via = via, .check = check, .read = read_flags,
};
