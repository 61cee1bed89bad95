// SPDX-License-Identifier: GPL-2.0-or-later
/* tun ensure, tun replace: makes, changes or leaves one object until it is what its words say. */
#include "setup.h"

#include <string.h>

static int ensure_all(struct run *run, const struct family *family, struct setup *setup, int argc, char **argv,
		      unsigned flags, bool says)
{
	static const char *const words[] = {
		[TNL_UNCHANGED] = "unchanged",
		[TNL_CHANGED] = "changed",
		[TNL_CREATED] = "created",
		[TNL_RECREATED] = "recreated",
	};
	const struct tnl_kind *kind;
	enum tnl_action action = TNL_UNCHANGED;
	char name[64];
	struct tnl_obj *want;
	int err = family_kind(family, &argc, &argv, &kind);

	if (err)
		return err;
	if (tnl_parse(run->t, kind, argc, argv, &want))
		return failed(run->t);
	strlcpy(name, tnl_obj_name(run->t, want), sizeof(name));
	err = in_family_now(run, family, name);
	if (!err && setup->count)
		err = setup_do(run, setup, want, flags, &action);
	else if (!err && tnl_ensure(run->t, want, flags, &action))
		err = failed(run->t);
	if (!err && says && !run->quiet && run->json)
		err = json_result(run, want, words[action]);
	else if (!err && says && !run->quiet)
		puts(words[action]);
	tnl_obj_free(want);
	return err;
}

static int ensure(struct run *run, const struct family *family, int argc, char **argv, unsigned flags, bool says)
{
	struct setup setup;
	int err = setup_read(run, family, &argc, &argv, &setup);

	if (!err)
		err = ensure_all(run, family, &setup, argc, argv, flags, says);
	setup_free(&setup);
	return err;
}

int cmd_ensure(struct run *run, const struct family *family, int argc, char **argv)
{
	return ensure(run, family, argc, argv, run->recreate ? TNL_RECREATE : 0, true);
}

/* In the family of "ip link replace", which makes nothing anew, neither without being told. */
int cmd_replace(struct run *run, const struct family *family, int argc, char **argv)
{
	bool recreate = run->recreate || !family->all_links;

	if (family->kind)
		return complain(NULL, family->name, "cannot be replaced: delete it and add it anew");
	return ensure(run, family, argc, argv, recreate ? TNL_RECREATE : 0, false);
}
