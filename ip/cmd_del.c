// SPDX-License-Identifier: GPL-2.0-or-later
/* tun del: removes one object, whose words say what it must be, or all tunnels that words select. */
#include "tun.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int remove_parsed(struct run *run, const struct tnl_kind *kind, int argc, char **argv)
{
	struct tnl_obj *obj;
	int err = tnl_parse(run->t, kind, argc, argv, &obj);

	if (!err) {
		err = tnl_remove(run->t, obj);
		tnl_obj_free(obj);
	}
	return err ? failed(run->t) : DONE;
}

/* ip link del, unlike ip tuntap del, takes a TAP away under a program. */
static int choose_via(struct run *run, const struct family *family, const struct tnl_obj *obj)
{
	bool tap = tnl_kind_has_via(tnl_obj_kind(obj), "tuntap");

	return family->all_links && tnl_via(run->t, tap ? "rtnl" : run->via) ? failed(run->t) : 0;
}

static int remove_named(struct run *run, const struct family *family, const char *name, int argc, char **argv)
{
	char *alone[] = { "name", (char *)name };
	struct tnl_obj *now;
	int err;

	if (tnl_get(run->t, name, &now))
		return failed(run->t);
	err = choose_via(run, family, now);
	if (argc == 1 || !tnl_obj_is_tunnel(now)) { /* then it will be refused, whatever the words say */
		argc = 2;
		argv = alone;
	}
	if (!err)
		err = remove_parsed(run, tnl_obj_kind(now), argc, argv);
	tnl_obj_free(now);
	return err;
}

/* ---- several ---- */

struct chosen {
	struct tnl_obj **objs;
	size_t count;
};

static int choose(void *arg, const struct tnl_obj *obj)
{
	struct chosen *chosen = arg;
	struct tnl_obj **more = realloc(chosen->objs, (chosen->count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	chosen->objs = more;
	more[chosen->count] = tnl_obj_clone(obj);
	return more[chosen->count++] ? 0 : -ENOMEM;
}

/* An error, and which were deleted before it came. */
static int failed_after(struct run *run, const struct chosen *chosen, size_t count)
{
	const struct tnl_error why = *tnl_error(run->t);
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return failed(run->t);
	fprintf(to, "%s; deleted before it:", why.text);
	for (size_t i = 0; i < count; i++)
		fprintf(to, " %s", tnl_obj_name(run->t, chosen->objs[i]));
	fclose(to);
	complain(*why.object ? why.object : NULL, *why.word ? why.word : NULL, text);
	free(text);
	return BROKEN;
}

/* Those that went away by themselves meanwhile are as good as deleted. */
static int remove_chosen(struct run *run, const struct family *family, struct chosen *chosen)
{
	size_t done = 0;
	int err = 0;

	for (size_t i = 0; i < chosen->count && !err; i++) {
		err = choose_via(run, family, chosen->objs[i]);
		if (!err && tnl_removable(run->t, chosen->objs[i]) && tnl_error(run->t)->code != -ENODEV)
			err = failed(run->t);
	}
	for (size_t i = 0; i < chosen->count && !err; i++) {
		struct tnl_obj *obj = chosen->objs[i];

		err = choose_via(run, family, obj);
		if (err)
			break;
		if (!tnl_remove(run->t, obj)) {
			chosen->objs[i] = chosen->objs[done];
			chosen->objs[done++] = obj;
		} else if (tnl_error(run->t)->code != -ENODEV) {
			err = done ? failed_after(run, chosen, done) : failed(run->t);
		}
	}
	return err;
}

int cmd_del(struct run *run, const struct family *family, int argc, char **argv)
{
	struct chosen chosen = { 0 };
	struct tnl_selector *sel = NULL;
	const struct tnl_kind *kind;
	const char *name;
	int err = family_kind(family, &argc, &argv, &kind);

	if (!err && kind)
		return remove_parsed(run, kind, argc, argv);
	if (!err && !argc)
		err = complain(NULL, "del", "say which: a name, a pattern, words that it has, or all");
	if (!err) /* ip knows no patterns */
		err = line_select(run, family, NULL, *family->name ? TNL_SELECT_LITERAL : 0, argc, argv, &sel);
	if (err)
		return err;
	name = tnl_select_name(sel);
	if (name) {
		err = remove_named(run, family, name, argc, argv);
	} else if (tnl_select_each(run->t, sel, choose, &chosen)) {
		err = failed(run->t);
	} else if (!chosen.count) {
		complain(NULL, "del", "no tunnel is selected");
		err = FAILED;
	} else {
		err = remove_chosen(run, family, &chosen);
	}
	tnl_select_free(sel);
	while (chosen.count)
		tnl_obj_free(chosen.objs[--chosen.count]);
	free(chosen.objs);
	return err;
}
