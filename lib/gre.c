// SPDX-License-Identifier: LGPL-2.1-or-later
/* GRE over IPv4 (RFC 2784; key and sequence numbers RFC 2890). Kernel: net/ipv4/ip_gre.c. */
#include "link.h"

const struct tnl_row tnl_gre_rows[] = {
	END_ROWS(IFLA_GRE_),
	GRE_KEY_ROWS(PARM, TNL_MTU),
	GRE_CSUM_ROWS(PARM, TNL_MTU),
	OUTER_ROWS(IFLA_GRE_),
	{ .word = "pmtudisc", .no = "nopmtudisc", .codec = &tnl_bool8, NEST(IFLA_GRE_PMTUDISC), .def = 1, .old = PARM_DF, .differs = "ioctl sets DF where there is a ttl", .help = "set DF outside (path MTU discovery)" },
	{ .word = "ignore-df", .no = "noignore-df", .json = "ignore_df", .codec = &tnl_bool8, NEST(IFLA_GRE_IGNORE_DF), .help = "fragment outside although the inner packet forbids it" },
	MARK_ROW(IFLA_GRE_),
	ENCAP_ROWS(IFLA_GRE_),
	EXTERNAL_ROW(IFLA_GRE_),
	{0}
};

/* A multicast remote makes every sender's packets arrive here: the group is the key unless one is given (as ip does). */
static int check_multicast(struct tnl_obj *obj, struct tnl_error *error)
{
	struct tnl_val group;
	bool no;

	if (!tnl_is_multicast(obj, "remote"))
		return 0;
	if (!tnl_obj_has(obj, "local"))
		return tnl_check_word(error, "remote", "a multicast group needs local");
	if (tnl_obj_has(obj, "ikey") || tnl_obj_has(obj, "okey"))
		return 0;
	tnl_row_get(tnl_row_find(obj->kind, "remote", &no), obj, &group);
	tnl_row_put(tnl_row_find(obj->kind, "ikey", &no), obj, &group);
	return tnl_row_put(tnl_row_find(obj->kind, "okey", &no), obj, &group);
}

int tnl_check_gre(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	int err = tnl_check_external(obj, error);

	if (!err)
		err = tnl_check_ends(obj, now, error);
	if (!err)
		err = tnl_check_encap(obj, error);
	if (!err && tnl_obj_has(obj, "ignore-df") && tnl_obj_number(obj, "pmtudisc"))
		err = tnl_check_word(error, "ignore-df", "needs nopmtudisc");
	/* the kernel tests the old ignore-df against the new DF */
	if (!err && now && tnl_obj_has(now, "ignore-df") && tnl_obj_number(obj, "pmtudisc"))
		err = tnl_check_word(error, "pmtudisc", "set noignore-df first, on its own");
	if (!err && !now)
		err = check_multicast(obj, error);
	return err;
}

static const struct tnl_row *const tables[] = { tnl_name_rows, tnl_gre_rows, LINK_ROWS };
static const struct tnl_row *const tap_tables[] = { tnl_name_rows, tnl_gre_rows, tnl_ether_rows, LINK_ROWS };
static const char *const names[] = { "gre/ip", "gre/ipv4", NULL };

const struct tnl_kind tnl_kind_gre = {
	.name = "gre", .help = "GRE over IPv4 (RFC 2784, RFC 2890)",
	.link = "gre", .module = "ip_gre", .pattern = "gre%d", .modes = names, .iff = IFF_NOARP,
	.old = { .base = "gre0", .proto = IPPROTO_GRE },
	.rows = tables, .via = tnl_by_rtnl_or_ioctl, .check = tnl_check_gre,
};

const struct tnl_kind tnl_kind_gretap = {
	.name = "gretap", .help = "Ethernet over GRE over IPv4",
	.link = "gretap", .module = "ip_gre", .pattern = "gretap%d", .iff = IFF_MULTICAST,
	.old = { .base = "gretap0" },
	.rows = tap_tables, .via = tnl_by_rtnl, .check = tnl_check_gre,
};
