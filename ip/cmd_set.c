// SPDX-License-Identifier: GPL-2.0-or-later
/* tun set: changes a tunnel in place and keeps every word that it is not given. */
#include "tun.h"

#include <errno.h>
#include <string.h>

void take_new_name(const struct tnl_kind *kind, int *argc, char **argv)
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

/* ---- ip link set group GROUP ... ---- */

struct members {
	struct run *run;
	int argc;
	char **argv;
	char changed[128]; /* whose names have room */
};

static int set_member(void *arg, const struct tnl_obj *now)
{
	struct members *members = arg;
	struct tnl_obj *want;
	int err = tnl_parse(members->run->t, tnl_obj_kind(now), members->argc, members->argv, &want);

	if (!err) {
		err = tnl_change(members->run->t, now, want);
		tnl_obj_free(want);
	}
	if (!err) {
		strlcat(members->changed, " ", sizeof(members->changed));
		strlcat(members->changed, tnl_obj_name(members->run->t, now), sizeof(members->changed));
	}
	return err;
}

/* All tunnels of a group, one after the other. */
static int set_group(struct run *run, int argc, char **argv)
{
	struct members members = { run, argc - 2, argv + 2, "" };
	struct tnl_selector *sel;
	char text[512];
	int err;

	if (tnl_select(run->t, NULL, 0, 2, argv, &sel))
		return failed(run->t);
	err = tnl_select_each(run->t, sel, set_member, &members);
	tnl_select_free(sel);
	if (!err && !*members.changed) {
		complain("group", argv[1], "no tunnel is in it");
		return FAILED;
	}
	if (!err || !*members.changed)
		return err ? failed(run->t) : DONE;
	snprintf(text, sizeof(text), "%s; changed before it:%s", tnl_error(run->t)->text, members.changed);
	complain(tnl_error(run->t)->object, tnl_error(run->t)->word, text);
	return BROKEN;
}

/* ---- one ---- */

/* It may have left for another namespace by "netns", or by somebody else. */
static int show_changed(struct run *run, const char *name)
{
	struct tnl_obj *now;
	int err = tnl_get(run->t, name, &now);

	if (err)
		return err == -ENODEV ? DONE : failed(run->t);
	err = show_object(run, now);
	tnl_obj_free(now);
	return err;
}

static int set_link(struct run *run, const struct tnl_obj *now, int argc, char **argv)
{
	struct tnl_obj *want;
	int err;

	if (!tnl_obj_is_tunnel(now))
		argc = 2; /* it will be refused, whatever the words say */
	take_new_name(tnl_obj_kind(now), &argc, argv);
	if (tnl_parse(run->t, tnl_obj_kind(now), argc, argv, &want))
		return failed(run->t);
	if (strchr(argv[1], '%'))
		err = complain(tnl_obj_name(run->t, now), "name", "a pattern is for new interfaces: say a name");
	else if (tnl_change(run->t, now, want))
		err = failed(run->t);
	else
		err = run->echo && !run->dry ? show_changed(run, argv[1]) : DONE;
	tnl_obj_free(want);
	return err;
}

int cmd_set(struct run *run, const struct family *family, int argc, char **argv)
{
	struct tnl_obj *now;
	int err;

	if (family->kind || family->objects)
		return complain(NULL, family->name, "cannot be changed: delete it and add it anew");
	if ((family->is & IN_LINK) && argc > 2 && !strcmp(argv[0], "linkgroup"))
		return set_group(run, argc, argv);
	err = line_link(run, &argc, &argv, &now);
	if (err)
		return err;
	if (find_word("type", argc, argv) == argc && find_word("mode", argc, argv) == argc) /* else that is compared */
		err = in_family(run, family, now);
	if (!err)
		err = set_link(run, now, argc, argv);
	tnl_obj_free(now);
	return err;
}
