// SPDX-License-Identifier: GPL-2.0-or-later
/* tun set: changes a tunnel in place and keeps every word that it is not given. */
#include "tun.h"

int cmd_set(struct run *run, const struct family *family, int argc, char **argv)
{
	struct tnl_obj *now, *want;
	int err;

	if (family->kind || family->objects)
		return complain(NULL, family->name, "cannot be changed: delete it and add it anew");
	err = line_link(run, family, &argc, &argv, &now);
	if (err)
		return err;
	err = tnl_parse(run->t, tnl_obj_kind(now), argc, argv, &want);
	if (!err) {
		err = tnl_change(run->t, now, want);
		tnl_obj_free(want);
	}
	tnl_obj_free(now);
	return err ? failed(run->t) : DONE;
}
