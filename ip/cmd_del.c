// SPDX-License-Identifier: GPL-2.0-or-later
/* tun del: removes one object. Words after a link's name say what it must be. */
#include "tun.h"

static int del_link(struct run *run, const struct family *family, int argc, char **argv)
{
	const char *name = line_name(family, &argc, &argv);
	struct tnl_obj *now, *want;
	const struct tnl_row *row;
	int err;

	if (!name)
		return REFUSED;
	if (tnl_get(run->t, name, &now))
		return failed(run->t);
	err = tnl_parse(run->t, tnl_obj_kind(now), argc, argv, &want);
	if (!err && !tnl_obj_matches(want, now, &row)) {
		tnl_obj_free(want);
		tnl_obj_free(now);
		return complain(name, tnl_row_word(row), "has another value: not deleted");
	}
	if (!err) {
		err = tnl_remove(run->t, now);
		tnl_obj_free(want);
	}
	tnl_obj_free(now);
	return err ? failed(run->t) : DONE;
}

int cmd_del(struct run *run, const struct family *family, int argc, char **argv)
{
	const struct tnl_kind *kind;
	struct tnl_obj *obj;
	int err;

	if (family_kind(family, &argc, &argv, &kind))
		return REFUSED;
	if (!kind)
		return del_link(run, family, argc, argv);
	if (tnl_parse(run->t, kind, argc, argv, &obj))
		return failed(run->t);
	err = tnl_remove(run->t, obj);
	tnl_obj_free(obj);
	return err ? failed(run->t) : DONE;
}
