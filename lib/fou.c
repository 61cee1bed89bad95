// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * FOU and GUE ports: where tunnels in UDP arrive. Sending is the tunnel's own "encap". Kernel: net/ipv4/fou_core.c.
 */
#include <linux/fou.h>
#include <sys/socket.h>

#include "link.h"

static const struct tnl_name families[] = { { "inet", AF_INET }, { "inet6", AF_INET6 }, {0} };
static const struct tnl_name encaps[] = { { "direct", FOU_ENCAP_DIRECT }, { "gue", FOU_ENCAP_GUE }, {0} };
static const struct tnl_name protocols[] = {
	{ "ipip", IPPROTO_IPIP }, { "ipv6", IPPROTO_IPV6 }, { "gre", IPPROTO_GRE }, { "mpls", IPPROTO_MPLS }, {0}
};

static const struct tnl_row rows[] = {
	{ .word = "port", .codec = &tnl_port, NEST(FOU_ATTR_PORT), .flags = TNL_ID | TNL_FIXED, .help = "UDP port" },
	{ .word = "family", .codec = &tnl_enum8, .names = families, NEST(FOU_ATTR_AF), .def = AF_INET, .flags = TNL_UNIQ | TNL_SEND | TNL_FIXED, .help = "address family of the port" },
	{ .word = "encap", .codec = &tnl_enum8, .names = encaps, NEST(FOU_ATTR_TYPE), .def = FOU_ENCAP_DIRECT, .flags = TNL_SEND | TNL_FIXED, .help = "direct: one protocol follows the UDP header; gue: GUE's header says which" },
	{ .word = "ipproto", .codec = &tnl_enum8, .names = protocols, NEST(FOU_ATTR_IPPROTO), .flags = TNL_FIXED, .help = "the protocol that follows, of encap direct" },
	{ .word = "local", .codec = &tnl_addr, NEST(FOU_ATTR_LOCAL_V4), .attr6 = FOU_ATTR_LOCAL_V6, .flags = TNL_UNIQ | TNL_FIXED, .help = "address that the port is on, absent: all" },
	{ .word = "peer", .codec = &tnl_addr, NEST(FOU_ATTR_PEER_V4), .attr6 = FOU_ATTR_PEER_V6, .flags = TNL_UNIQ | TNL_FIXED, .help = "only packets of this sender" },
	{ .word = "peer_port", .codec = &tnl_port, NEST(FOU_ATTR_PEER_PORT), .flags = TNL_UNIQ | TNL_FIXED, .help = "... from this port" },
	{ .word = "dev", .codec = &tnl_dev, NEST(FOU_ATTR_IFINDEX), .flags = TNL_UNIQ | TNL_FIXED, .help = "only packets that arrive here" },
	{0}
};

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	static const char *const ends[] = { "local", "peer" };
	bool gue = tnl_obj_number(obj, "encap") == FOU_ENCAP_GUE, no;
	uint8_t v6 = AF_INET6;
	struct tnl_val val;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (!tnl_row_get(tnl_row_find(obj->kind, ends[i], &no), obj, &val))
			continue;
		if (val.len == 16 && !tnl_obj_was_given(obj, "family") && tnl_set_put(&obj->nest, FOU_ATTR_AF, &v6, 1))
			return tnl_check_word(error, ends[i], "out of memory");
		if ((val.len == 16) != (tnl_obj_number(obj, "family") == AF_INET6))
			return tnl_check_word(error, ends[i], "is of another address family");
	}
	if (now)
		return 0;
	if (!tnl_obj_has(obj, "port"))
		return tnl_check_word(error, "port", "out of range (1 to 65535)");
	if (gue == tnl_obj_has(obj, "ipproto"))
		return tnl_check_word(error, "ipproto", gue ? "means nothing with encap gue" : "missing: encap direct needs it");
	if (tnl_obj_has(obj, "peer") != tnl_obj_has(obj, "peer_port"))
		return tnl_check_word(error, tnl_obj_has(obj, "peer") ? "peer_port" : "peer", "missing: peer and peer_port go together");
	return 0;
}

static const struct tnl_genl commands = {
	.family = FOU_GENL_NAME, .version = FOU_GENL_VERSION, .name = "FOU_CMD_",
	.cmd = { FOU_CMD_ADD, FOU_CMD_DEL, 0, FOU_CMD_GET },
	.verb = { "ADD", "DEL" },
};
static const struct tnl_transport by_genl = {
	.name = "genl", .scopes = 1 << TNL_NEST,
	.create = tnl_genl_create, .remove = tnl_genl_remove, .get = tnl_genl_get, .dump = tnl_genl_dump,
};
static const struct tnl_transport *const via[] = { &by_genl, NULL };
static const struct tnl_row *const tables[] = { rows, NULL };

const struct tnl_kind tnl_kind_fou = {
	.name = "fou", .help = "a UDP port where FOU or GUE arrives", .module = "fou",
	.rows = tables, .via = via, .lookup = true, .genl = &commands, .check = check,
};
