// SPDX-License-Identifier: GPL-2.0-or-later
/* tun del: removes one object, whose words say what it must be, or all tunnels that words select. */
#include "batch.h"
#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Removes OBJ, or lets the batch do so; it is gone from here on. */
static int remove_one(struct run *run, struct tnl_obj *obj, const char *via)
{
	int err;

	if (tnl_via(run->t, via))
		err = failed(run->t);
	else if (run->in)
		return later_remove(run, obj, via);
	else
		err = tnl_remove(run->t, obj) ? failed(run->t) : DONE;
	tnl_obj_free(obj);
	return err;
}

static int remove_parsed(struct run *run, const struct tnl_kind *kind, const char *via, int argc, char **argv)
{
	struct tnl_obj *obj;

	return tnl_parse(run->t, kind, argc, argv, &obj) ? failed(run->t) : remove_one(run, obj, via);
}

/* ip link del, unlike ip tuntap del, takes a TAP away under a program. */
static const char *via_of(const struct run *run, const struct family *family, const struct tnl_obj *obj)
{
	return family->all_links && tnl_kind_has_via(tnl_obj_kind(obj), "tuntap") ? "rtnl" : run->via;
}

static int choose_via(struct run *run, const struct family *family, const struct tnl_obj *obj)
{
	return tnl_via(run->t, via_of(run, family, obj)) ? failed(run->t) : 0;
}

static int remove_named(struct run *run, const struct family *family, const char *name, int argc, char **argv)
{
	char *alone[] = { "name", (char *)name };
	struct tnl_obj *now;
	int err;

	if (tnl_get(run->t, name, &now))
		return failed(run->t);
	if (argc == 1 || !tnl_obj_is_tunnel(now)) { /* then it will be refused, whatever the words say */
		argc = 2;
		argv = alone;
	}
	err = remove_parsed(run, tnl_obj_kind(now), via_of(run, family, now), argc, argv);
	tnl_obj_free(now);
	return err;
}

/* ---- several ---- */

struct chosen {
	struct run *run;
	struct tnl_obj **objs;
	size_t count;
};

static int choose(void *arg, const struct tnl_obj *obj)
{
	struct chosen *chosen = arg;
	struct tnl_obj **more;

	if (later_goes(chosen->run, tnl_obj_name(chosen->run->t, obj)))
		return 0;
	more = realloc(chosen->objs, (chosen->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	chosen->objs = more;
	more[chosen->count] = tnl_obj_outline(obj);
	return more[chosen->count++] ? 0 : -ENOMEM;
}

struct deletion {
	struct run *run;
	struct tnl_obj **objs; /* those that go in one call */
	size_t count;
	struct tnl_error why; /* code 0: all went well */
};

/* Those that went away by themselves meanwhile are as good as deleted. */
static int note_failure(void *arg, size_t at)
{
	struct deletion *deletion = arg;

	(void)at;
	if (tnl_error(deletion->run->t)->code == -ENODEV)
		return 0;
	deletion->why = *tnl_error(deletion->run->t);
	return 1;
}

/* An error, and which are gone in spite of it. */
static int failed_after(struct run *run, const struct chosen *chosen, const struct tnl_error why)
{
	char *text = NULL;
	size_t size = 0, gone = 0;
	FILE *to = open_memstream(&text, &size);
	int ret = 0;

	if (!to)
		return complain(NULL, NULL, "out of memory");
	fputs(why.text, to);
	for (size_t i = 0; i < chosen->count; i++) {
		struct tnl_obj *obj;
		char name[64];

		strlcpy(name, tnl_obj_name(run->t, chosen->objs[i]), sizeof(name));
		if (!tnl_get(run->t, name, &obj))
			tnl_obj_free(obj);
		else if (tnl_error(run->t)->code == -ENODEV)
			fprintf(to, "%s %s", gone++ ? "" : "; deleted before it:", name);
	}
	fclose(to);
	if (gone)
		complain(*why.object ? why.object : "del", *why.word ? why.word : NULL, text);
	else
		ret = failed_so(&why);
	free(text);
	return stop_signal() ? 128 + stop_signal() : gone ? BROKEN : ret;
}

/* All that go by one transport. A link that is to go whoever holds it, as with ip link, goes by another. */
static int remove_part(struct run *run, const struct family *family, const struct chosen *chosen, bool held)
{
	struct deletion deletion = { .run = run, .objs = calloc(chosen->count, sizeof(*deletion.objs)) };
	int err = 0;

	if (!deletion.objs)
		return complain(NULL, NULL, "out of memory");
	for (size_t i = 0; i < chosen->count; i++)
		if (held == (family->all_links && tnl_kind_has_via(tnl_obj_kind(chosen->objs[i]), "tuntap")))
			deletion.objs[deletion.count++] = chosen->objs[i];
	if (deletion.count)
		err = choose_via(run, family, deletion.objs[0]);
	if (!err && tnl_remove_all(run->t, deletion.objs, deletion.count, run->one_by_one ? TNL_ONE_BY_ONE : 0, note_failure,
				   &deletion) && (deletion.why.code || stop_signal()))
		err = failed_after(run, chosen, deletion.why.code ? deletion.why : *tnl_error(run->t));
	free(deletion.objs);
	return err;
}

/* They go with what else the batch removes, at its end. */
static int put_off(struct run *run, const struct family *family, struct chosen *chosen)
{
	int err = 0;

	while (!err && chosen->count) {
		struct tnl_obj *obj = chosen->objs[--chosen->count];

		err = remove_one(run, obj, via_of(run, family, obj));
	}
	return err;
}

static int remove_chosen(struct run *run, const struct family *family, struct chosen *chosen)
{
	int err = 0;

	if (run->in && run->in->last)
		return put_off(run, family, chosen);
	for (size_t i = 0; i < chosen->count && family->all_links && !err; i++) { /* before the first part goes */
		err = choose_via(run, family, chosen->objs[i]);
		if (!err && tnl_removable(run->t, chosen->objs[i]) && tnl_error(run->t)->code != -ENODEV)
			err = failed(run->t);
	}
	stop_catch();
	tnl_stop_when(run->t, stop_asked, NULL);
	for (int held = 0; held < 2 && !err; held++)
		err = remove_part(run, family, chosen, held);
	tnl_stop_when(run->t, NULL, NULL);
	stop_release();
	return err;
}

int cmd_del(struct run *run, const struct family *family, int argc, char **argv)
{
	struct chosen chosen = { .run = run };
	struct tnl_selector *sel = NULL;
	const struct tnl_kind *kind;
	const char *name;
	int err = family_kind(family, &argc, &argv, &kind);

	if (!err && kind)
		return remove_parsed(run, kind, run->via, argc, argv);
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
