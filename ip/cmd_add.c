// SPDX-License-Identifier: GPL-2.0-or-later
/* tun add: makes one object. A name that was chosen for it is printed. */
#include "tun.h"

#include <string.h>

static int print_name(void *arg, const struct tnl_value *value)
{
	(void)arg;
	if (strcmp(tnl_row_word(value->row), "name"))
		return 0;
	puts(value->text);
	return 1;
}

int cmd_add(struct run *run, const struct family *family, int argc, char **argv)
{
	const struct tnl_row *name;
	const struct tnl_kind *kind;
	struct tnl_obj *obj;
	char before[128];
	bool no;

	if (family_kind(family, &argc, &argv, &kind))
		return REFUSED;
	if (argc > 1 && family->dev_names && !strcmp(argv[0], "dev")) {
		argc--;
		argv++;
	}
	if (tnl_parse(run->t, kind, argc, argv, &obj))
		return failed(run->t);
	strlcpy(before, tnl_obj_name(run->t, obj), sizeof(before));
	name = tnl_row_find(tnl_obj_kind(obj), "name", &no);
	if (tnl_create(run->t, obj)) {
		tnl_obj_free(obj);
		return failed(run->t);
	}
	if (name && !run->dry && (strcmp(before, tnl_obj_name(run->t, obj)) || !tnl_kind_is_link(tnl_obj_kind(obj)))) {
		bool asked = false;

		for (int i = 0; i < argc; i++)
			asked |= !strcmp(argv[i], "name") && !tnl_kind_is_link(tnl_obj_kind(obj));
		if (!asked)
			tnl_obj_each(run->t, obj, TNL_INPUT, print_name, NULL);
	}
	tnl_obj_free(obj);
	return DONE;
}
