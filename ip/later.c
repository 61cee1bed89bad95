// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What lines of a batch put off: making, until something else is to be done, as many can be made at a time; removing too, as
 * the kernel lets go of many links in the time of one, and with --atomic until nothing else is left, as it is what undoing
 * costs most.
 */
#include "batch.h"
#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST 2048 /* so many links are made before anybody looks whether a signal came */

struct going {
	struct tnl_obj *obj;
	const char *via; /* the transport, NULL: the kind's own */
	size_t at;       /* whose command */
	bool gone;
};

/* One more in a list; NULL: out of memory. */
static void *one_more(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 64;
	void *longer;

	if (count < *room)
		return list;
	longer = reallocarray(list, more, size);
	if (longer)
		*room = more;
	return longer;
}

static void look_at_command(const struct batch *batch, size_t at)
{
	look_at(&batch->file, &batch->file.entries[at]);
}

/* The line at hand goes on where it was. */
static void come_back(const struct batch *batch, const struct run *run)
{
	look_at_command(batch, batch->at);
	tnl_via(run->t, run->via);
}

bool later_is_in_the_way(const struct batch *batch)
{
	int code = tnl_error(batch->run->t)->code;

	return code == -EEXIST || code == -EBUSY || code == -EADDRINUSE;
}

/* ---- making ---- */

bool later_takes(const struct run *run)
{
	return run->in && run->in->window && !run->dry && !run->echo && !run->via;
}

int later_make(struct run *run, const struct making *making)
{
	struct batch *batch = run->in;
	struct making *more = one_more(batch->makings, batch->making_count, &batch->making_room, sizeof(*more));

	if (!more) {
		tnl_obj_free(making->obj);
		return complain(NULL, NULL, "out of memory");
	}
	batch->makings = more;
	more[batch->making_count] = *making;
	more[batch->making_count++].at = batch->at;
	return 0;
}

/* -force goes on until all were tried, whatever signal came: nobody could tell which were. */
static bool is_enough(const struct batch *batch)
{
	return !batch->run->force && batch_ended(batch);
}

static int note_not_made(void *arg, size_t i)
{
	struct batch *batch = arg;
	struct making *making = &batch->makings[i];

	making->again = batch->last && batch->going_count && later_is_in_the_way(batch);
	making->made = false;
	batch->some_failed = true;
	if (making->again)
		return 0;
	look_at_command(batch, making->at);
	batch_failed(batch, making->at, failed(batch->run->t));
	return is_enough(batch);
}

/* What was in the way of some is gone by now. */
static void make_again(struct batch *batch)
{
	for (size_t i = 0; i < batch->making_count && !batch_ended(batch); i++) {
		struct making *making = &batch->makings[i];

		if (!making->again || later_remove_all(batch))
			continue;
		making->made = true;
		if (tnl_create(batch->run->t, making->obj))
			note_not_made(batch, i);
	}
}

static int ask(void *arg)
{
	struct batch *batch = arg;

	if (batch->sent < batch->making_count)
		batch->sent++;
	progress(batch->at - batch->making_count + batch->sent, batch->file.count);
	return batch->last && stop_signal();
}

static void make_all(struct batch *batch, struct tnl_obj **objs)
{
	struct tnl *t = batch->run->t;
	int err;

	for (size_t i = 0; i < batch->making_count; i++) {
		objs[i] = batch->makings[i].obj;
		batch->makings[i].made = true;
	}
	batch->some_failed = false;
	batch->sent = 0;
	tnl_via(t, NULL);
	tnl_stop_when(t, ask, batch);
	err = tnl_create_all(t, objs, batch->making_count, batch->window, note_not_made, batch);
	tnl_stop_when(t, NULL, NULL);
	if (err && !batch->some_failed) { /* all of it, or a signal came */
		for (size_t i = 0; i < batch->making_count; i++)
			batch->makings[i].made = false;
		if (!batch_ended(batch))
			batch_failed(batch, batch->makings->at, failed(t));
	}
	make_again(batch);
	for (size_t i = 0; i < batch->making_count && !batch_ended(batch); i++) {
		look_at_command(batch, batch->makings[i].at);
		if (batch->makings[i].made && tell_made(&batch->makings[i]))
			batch_failed(batch, batch->makings[i].at, INCOMPLETE);
	}
}

/* What is not made is not done. */
static void drop_makings(struct batch *batch)
{
	while (batch->making_count) {
		const struct making *making = &batch->makings[--batch->making_count];

		if (!making->made)
			batch->done[making->at] = false;
		tnl_obj_free(making->obj);
	}
}

bool later_make_all(struct batch *batch)
{
	struct tnl_obj **objs;

	if (!batch->making_count)
		return false;
	objs = reallocarray(NULL, batch->making_count, sizeof(*objs));
	if (objs)
		make_all(batch, objs);
	else
		batch_failed(batch, batch->makings->at, complain(NULL, NULL, "out of memory"));
	look_at(&batch->file, NULL);
	free(objs);
	drop_makings(batch);
	return true;
}

bool later_catch_up(const struct run *run)
{
	bool any = run->in && later_make_all(run->in);

	if (any)
		come_back(run->in, run);
	return any;
}

/* ---- removing ---- */

bool later_goes(const struct run *run, const char *name)
{
	return run->in && names_have(&run->in->names, name);
}

static int put_off(struct batch *batch, struct tnl_obj *obj, const char *via)
{
	struct going *more = one_more(batch->goings, batch->going_count, &batch->going_room, sizeof(*more));

	if (more)
		batch->goings = more;
	if (!more || !names_add(&batch->names, tnl_obj_name(batch->run->t, obj))) {
		tnl_obj_free(obj);
		return complain(NULL, NULL, "out of memory");
	}
	more[batch->going_count++] = (struct going){ .obj = obj, .via = via, .at = batch->at };
	return 0;
}

/* Alone, in its turn: what will fail, and what goes in no company. */
static int remove_now(struct run *run, struct tnl_obj *obj)
{
	int err;

	if (run->in->going_count) {
		later_remove_all(run->in);
		come_back(run->in, run);
	}
	err = batch_ended(run->in) ? -1 : tnl_remove(run->t, obj) ? failed(run->t) : 0;
	tnl_obj_free(obj);
	return err;
}

int later_remove(struct run *run, struct tnl_obj *obj, const char *via)
{
	const struct tnl_kind *kind = tnl_obj_kind(obj);

	if (run->dry || run->one_by_one || !tnl_kind_is_link(kind) || tnl_kind_has_via(kind, "genl") ||
	    tnl_removable(run->t, obj))
		return remove_now(run, obj);
	return put_off(run->in, obj, via);
}

static int note_not_gone(void *arg, size_t i)
{
	struct batch *batch = arg;
	struct going *going = &batch->goings[batch->gone + i];

	going->gone = false;
	batch->some_failed = true;
	look_at_command(batch, going->at);
	batch_failed(batch, going->at, failed(batch->run->t));
	return is_enough(batch);
}

/* Of what was to go together, what stands in front of the one that failed goes all the same; not what stands behind it. */
static void remove_in_order(struct batch *batch)
{
	for (size_t i = 0; i < batch->going_count; i++) {
		struct going *going = &batch->goings[i];
		int err = going->at < batch->failed ? tnl_via(batch->run->t, going->via) : -EAGAIN;

		if (!err)
			err = tnl_remove(batch->run->t, going->obj);
		going->gone = !err || err == -ENODEV;
	}
}

/* Those with one transport; GONE are gone already. */
static void remove_part(struct batch *batch, struct tnl_obj **objs)
{
	struct tnl *t = batch->run->t;
	struct going *first = &batch->goings[batch->gone];
	size_t count = 0;

	for (; batch->gone + count < batch->going_count && first[count].via == first->via; count++) {
		objs[count] = first[count].obj;
		first[count].gone = true;
	}
	tnl_via(t, first->via);
	batch->some_failed = false;
	if (tnl_remove_all(t, objs, count, 0, note_not_gone, batch) && !batch->some_failed) {
		batch_failed(batch, first->at, failed(t));
		for (size_t i = 0; i < count; i++)
			first[i].gone = false;
	}
	batch->gone += count;
}

/* What is not gone is not done. */
static void drop_goings(struct batch *batch)
{
	while (batch->going_count) {
		const struct going *going = &batch->goings[--batch->going_count];

		if (!going->gone)
			batch->done[going->at] = false;
		tnl_obj_free(going->obj);
	}
	names_free(&batch->names);
}

int later_remove_all(struct batch *batch)
{
	struct tnl_obj **objs;

	if (!batch->going_count)
		return 0;
	objs = reallocarray(NULL, batch->going_count, sizeof(*objs));
	for (batch->gone = 0; objs && batch->gone < batch->going_count && !batch_ended(batch);)
		remove_part(batch, objs);
	if (!objs)
		batch_failed(batch, batch->goings->at, complain(NULL, NULL, "out of memory"));
	if (batch->worst && !batch->run->force && !batch->last)
		remove_in_order(batch);
	look_at(&batch->file, NULL);
	free(objs);
	drop_goings(batch);
	return batch_ended(batch);
}

/* ---- what lines need ---- */

static bool names_any(const struct run *run, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (later_goes(run, argv[i]))
			return true;
	return false;
}

/* "del NAME", which depends on nothing else that goes. */
static bool is_plain(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[0], "name"))
		argv++, argc--;
	return argc == 1 && !strpbrk(argv[0], "*?[") && strcmp(argv[0], "all") != 0;
}

int later_before(struct run *run, const struct verb *verb, int argc, char **argv)
{
	struct batch *batch = run->in;
	bool goes = verb->run == cmd_del, changes = verb->makes || goes || verb->run == cmd_set;

	if (!changes)
		progress_erase();
	if (!(verb->run == cmd_add && later_takes(run)) || batch->making_count >= MOST)
		later_make_all(batch);
	if (names_any(run, argc, argv) ||
	    !(batch->last ? changes : goes && is_plain(argc, argv) && batch->going_count < MOST))
		later_remove_all(batch);
	come_back(batch, run);
	return batch_ended(batch) ? -1 : 0;
}

void later_drop(struct batch *batch)
{
	drop_makings(batch);
	drop_goings(batch);
}

void later_free(struct batch *batch)
{
	free(batch->makings);
	free(batch->goings);
}
