// SPDX-License-Identifier: GPL-2.0-or-later
/* tun set: changes a tunnel in place and keeps every word that it is not given. */
#include "tun.h"

#include <string.h>

/* "name NEW" among the words renames: NEW takes the old name's place in front. */
static void take_new_name(const struct tnl_kind *kind, int *argc, char **argv)
{
	bool no;

	for (int i = 2; i + 1 < *argc; i++) {
		const struct tnl_row *row = tnl_row_find(kind, argv[i], &no);

		if (row && (tnl_row_flags(row) & TNL_POS)) {
			argv[1] = argv[i + 1];
			memmove(argv + i, argv + i + 2, (*argc - i - 2) * sizeof(*argv));
			*argc -= 2;
			return;
		}
		if (row && !no && !(tnl_row_flags(row) & TNL_BARE))
			i++;
	}
}

int cmd_set(struct run *run, const struct family *family, int argc, char **argv)
{
	struct tnl_obj *now, *want;
	int err;

	if (family->kind || family->objects)
		return complain(NULL, family->name, "cannot be changed: delete it and add it anew");
	err = line_link(run, family, &argc, &argv, &now);
	if (err)
		return err;
	take_new_name(tnl_obj_kind(now), &argc, argv);
	err = tnl_parse(run->t, tnl_obj_kind(now), argc, argv, &want);
	if (!err) {
		err = tnl_change(run->t, now, want);
		tnl_obj_free(want);
	}
	tnl_obj_free(now);
	return err ? failed(run->t) : DONE;
}
