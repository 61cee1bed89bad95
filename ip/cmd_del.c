// SPDX-License-Identifier: GPL-2.0-or-later
/* tun del: removes one object. Words beside its identity say what it must be. */
#include "tun.h"

int cmd_del(struct run *run, const struct family *family, int argc, char **argv)
{
	const struct tnl_kind *kind;
	struct tnl_obj *now = NULL, *obj;
	int err = family_kind(family, &argc, &argv, &kind);

	if (!err && !kind)
		err = line_link(run, family, &argc, &argv, &now);
	if (err)
		return err;
	err = tnl_parse(run->t, now ? tnl_obj_kind(now) : kind, argc, argv, &obj);
	/* ip link del, unlike ip tuntap del, takes a TAP away under a program */
	if (!err && now && family->all_links && tnl_kind_has_via(tnl_obj_kind(now), "tuntap"))
		err = tnl_via(run->t, "rtnl");
	tnl_obj_free(now);
	if (!err) {
		err = tnl_remove(run->t, obj);
		tnl_obj_free(obj);
	}
	return err ? failed(run->t) : DONE;
}
