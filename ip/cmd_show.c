// SPDX-License-Identifier: GPL-2.0-or-later
/* tun show: lines that add accepts, or JSON. */
#include "tun.h"

#include <string.h>

static int find_family_of(void *arg, const struct tnl_value *value)
{
	int *inet = arg;

	*inet = value->text && strchr(value->text, ':') ? INET6 : INET4;
	return 1; /* the first word is the address or the network */
}

/* -4 and -6 choose addresses and routes. */
static bool is_of_family(struct run *run, const struct tnl_obj *obj)
{
	int inet = INET_ANY;

	if (run->inet == INET_ANY || !(run->family->is & (IN_ADDR | IN_ROUTE)))
		return true;
	tnl_obj_each(run->t, obj, TNL_WORDS, find_family_of, &inet);
	return inet == run->inet;
}

static int show_one(void *arg, const struct tnl_obj *obj)
{
	struct run *run = arg;

	if (!is_of_family(run, obj))
		return 0;
	return run->json ? json_print(run, obj) : print_object(run, obj);
}

int show_object(struct run *run, const struct tnl_obj *obj)
{
	int err = run->json ? json_load() : 0;

	if (!err && show_one(run, obj))
		err = failed(run->t);
	return err || !run->json ? err : json_end(run);
}

int cmd_show(struct run *run, const struct family *family, int argc, char **argv)
{
	struct tnl_selector *sel;
	const struct tnl_kind *kind;
	int err = family_kind(family, &argc, &argv, &kind);

	if (!err)
		err = line_select(run, family, kind, shown(run, family), argc, argv, &sel);
	if (err)
		return err;
	err = run->json ? json_load() : 0;
	if (!err && tnl_select_each(run->t, sel, show_one, run))
		err = failed(run->t);
	if (!err && run->json)
		err = json_end(run);
	tnl_select_free(sel);
	return err;
}
