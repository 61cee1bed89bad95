// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ERSPAN over IPv4 and IPv6: mirrored frames in GRE (draft-foschiano-erspan). The key is the session's number.
 * Kernel: net/ipv4/ip_gre.c, net/ipv6/ip6_gre.c.
 */
#include <string.h>

#include "link.h"

static const struct tnl_name directions[] = { { "ingress", 0 }, { "egress", 1 }, {0} };

static const struct tnl_row rows[] = {
	{ .word = "erspan_ver", .codec = &tnl_u8, NEST(IFLA_GRE_ERSPAN_VER), .def = 1, .flags = TNL_SEND | TNL_STALE, .help = "0: bare frames in GRE, 1: type II, 2: type III" },
	{ .word = "erspan", .alias = { "erspan_index" }, .json = "erspan_index", .codec = &tnl_u32, NEST(IFLA_GRE_ERSPAN_INDEX), .help = "port that the frames are from, of erspan_ver 1: at most 1048575" },
	{ .word = "erspan_dir", .codec = &tnl_enum8, .names = directions, NEST(IFLA_GRE_ERSPAN_DIR), .fault = { { EINVAL } }, .help = "direction that is mirrored, of erspan_ver 2" },
	{ .word = "erspan_hwid", .codec = &tnl_u16, NEST(IFLA_GRE_ERSPAN_HWID), .help = "number of the mirroring engine, of erspan_ver 2: at most 63" },
	{0}
};

/* Over IPv6 there are no checksums at all. */
static const struct tnl_row outer6[] = {
	END6_ROWS(IFLA_GRE_, 0),
	DEV6_ROW(IFLA_GRE_, TNL_UNIQ),
	GRE_KEY_ROWS(PARM6, 0),
	OUTER6_ROWS(IFLA_GRE_),
	MARK6_ROW(IFLA_GRE_),
	ENCAP_ROWS(IFLA_GRE_),
	EXTERNAL_ROW(IFLA_GRE_),
	{0}
};

#define SESSION_MAX 1023
#define INDEX_MAX 0xfffff
#define HWID_MAX 63

static int check_version(struct tnl_obj *obj, const struct tnl_obj *now, bool v6, struct tnl_error *error)
{
	static const struct {
		const char *word;
		unsigned version;
	} words[] = { { "erspan", 1 }, { "erspan_dir", 2 }, { "erspan_hwid", 2 } };
	unsigned version = tnl_obj_number(obj, "erspan_ver");
	bool no;

	if (version > 2 || (v6 && !version))
		return tnl_check_word(error, "erspan_ver", v6 ? "is 1 or 2 over IPv6" : "is 0, 1 or 2");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (tnl_obj_was_given(obj, words[i].word) && words[i].version != version)
			return tnl_check_word(error, words[i].word, words[i].version == 1 ? "means something only with erspan_ver 1" :
					      "means something only with erspan_ver 2");
	/* what the other version had means nothing now, and the kernel would keep it */
	for (size_t i = 0; now && i < sizeof(words) / sizeof(words[0]); i++)
		if (version != tnl_obj_number(now, "erspan_ver") && !tnl_obj_was_given(obj, words[i].word))
			tnl_row_clear(tnl_row_find(obj->kind, words[i].word, &no), obj);
	if (tnl_obj_number(obj, "erspan") > INDEX_MAX)
		return tnl_check_word(error, "erspan", "out of range (0 to 1048575)");
	if (tnl_obj_number(obj, "erspan_hwid") > HWID_MAX)
		return tnl_check_word(error, "erspan_hwid", "out of range (0 to 63)");
	return 0;
}

/* The header of types II and III has a sequence number and ten bits of key, no checksum. */
static int check_flags(const struct tnl_obj *obj, struct tnl_error *error)
{
	static const char *const needs[] = { "ikey", "okey", "iseq", "oseq" }, *const said[] = { "key", "key", "seq", "seq" };

	if (tnl_obj_has(obj, "external"))
		return 0;
	if (!tnl_obj_number(obj, "erspan_ver")) /* erspan_xmit() sends neither, and forgets them */
		return tnl_obj_has(obj, "okey") ? tnl_check_word(error, "key", "nothing sends it with erspan_ver 0: say ikey") :
		       tnl_obj_has(obj, "oseq") ? tnl_check_word(error, "seq", "nothing sends it with erspan_ver 0: say iseq") : 0;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (!tnl_obj_has(obj, needs[i]))
			return tnl_check_word(error, said[i], "missing: erspan_ver 1 and 2 need seq and key");
	tnl_each_row(row, obj->kind) {
		if ((!strcmp(row->word, "ikey") || !strcmp(row->word, "okey")) && tnl_obj_number(obj, row->word) > SESSION_MAX)
			return tnl_check_word(error, tnl_obj_said(obj, row), "out of range (0 to 1023 with erspan_ver 1 and 2)");
		if ((!strcmp(row->word, "icsum") || !strcmp(row->word, "ocsum")) && tnl_row_is_set(row, obj))
			return tnl_check_word(error, tnl_obj_said(obj, row), "cannot stand beside erspan_ver 1 and 2");
	}
	return 0;
}

static int check_both(struct tnl_obj *obj, const struct tnl_obj *now, bool v6, struct tnl_error *error)
{
	int err = check_version(obj, now, v6, error);

	return err ? err : check_flags(obj, error);
}

static int check(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	int err = tnl_check_gre(obj, now, error);

	return err ? err : check_both(obj, now, false, error);
}

static int check6(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	int err = tnl_check_gre6(obj, now, error);

	return err ? err : check_both(obj, now, true, error);
}

static const struct tnl_row *const tables[] = { tnl_name_rows, tnl_gre_rows, rows, tnl_ether_rows, LINK_ROWS };
static const struct tnl_row *const tables6[] = { tnl_name_rows, outer6, rows, tnl_ether_rows, LINK_ROWS };

const struct tnl_kind tnl_kind_erspan = {
	.name = "erspan", .help = "mirrored Ethernet frames in GRE over IPv4",
	.link = "erspan", .module = "ip_gre", .pattern = "erspan%d", .iff = IFF_MULTICAST,
	.old = { .base = "erspan0" },
	.rows = tables, .via = tnl_by_rtnl, .check = check,
};

const struct tnl_kind tnl_kind_ip6erspan = {
	.name = "ip6erspan", .help = "mirrored Ethernet frames in GRE over IPv6",
	.link = "ip6erspan", .module = "ip6_gre", .pattern = "ip6erspan%d", .iff = IFF_MULTICAST,
	.rows = tables6, .via = tnl_by_rtnl, .check = check6,
};
