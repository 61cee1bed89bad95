// SPDX-License-Identifier: GPL-2.0-or-later
/* tun add: makes one object. A name that was chosen for it is printed. */
#include "tun.h"

int cmd_add(struct run *run, const struct family *family, int argc, char **argv)
{
	const struct tnl_kind *kind;
	struct tnl_obj *obj;
	int err;

	if (family_kind(family, &argc, &argv, &kind))
		return REFUSED;
	if (tnl_parse(run->t, kind, argc, argv, &obj))
		return failed(run->t);
	err = tnl_create(run->t, obj);
	if (!err && !run->dry && !run->quiet && tnl_obj_chosen(obj))
		puts(tnl_obj_chosen(obj));
	tnl_obj_free(obj);
	return err ? failed(run->t) : DONE;
}
