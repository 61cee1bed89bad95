// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Making many at a time: requests go out together, their answers are told apart by their sequence numbers, and all is read
 * back by one list of each kind at the end. What needs an answer before the next one can be sent is made in its turn.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "atomic.h"
#include "kernel.h"
#include "rtnl.h"
#include "step.h"
#include "undo.h"

#define FEW 16    /* that many are read one by one, as the list may be long */
#define TOLD 1536 /* a link takes that many bytes, an address or a route less */

/* It was made, or its answer was lost. */
struct made {
	struct tnl_obj *obj;
	size_t at;
	int number;          /* that was asked for, 0: none */
	bool sure, done;
	struct tnl_obj *now; /* as it was read, if words are to follow */
};

struct many {
	struct tnl *t;
	struct tnl_obj *const *objs;
	unsigned window;
	struct tnl_verdict verdict;
	struct tnl_stream stream;
	size_t at[TNL_STREAM];            /* whose the messages are */
	struct tnl_obj *told[TNL_STREAM]; /* what came beside the acknowledgement */
	struct made *made;
	size_t count;
	bool become;            /* objects become what the kernel has */
	int first;              /* the lowest number that a link got here; 0: none */
};

static void tell(struct many *many, size_t at, int err)
{
	tnl_tell_failure(many->t, &many->verdict, at, err);
}

static void make_in_turn(struct many *many, size_t at)
{
	int err = tnl_is_ended(many->t, &many->verdict) ? 0 : tnl_create(many->t, many->objs[at]);

	if (err)
		tell(many, at, err);
}

static int *number_of(struct tnl_obj *link)
{
	return &((struct ifinfomsg *)link->head)->ifi_index;
}

/* ---- reading back ---- */

static void take_back(struct many *many, struct made *made, size_t noted, int err)
{
	tnl_undo_create(many->t, &tnl_rtnl, made->obj);
	tnl_note_settle(many->t, noted, err);
	if (made->obj->kind->pattern)
		*number_of(made->obj) = made->number;
	tell(many, made->at, err);
}

/* BACK is what the kernel has: that is what the object becomes, if it is what was meant. */
static void finish(struct many *many, struct made *made, const struct tnl_obj *back)
{
	struct tnl_obj *obj = made->obj;
	struct tnl *t = many->t;
	size_t noted = tnl_noted(t);
	int err;

	made->done = true;
	tnl_begin(t, obj);
	err = tnl_note_made(t, &tnl_rtnl, obj);
	if (!err)
		err = tnl_step_compare(t, obj, back, false);
	if (!err && many->become && tnl_obj_become(obj, back))
		err = tnl_nomem(t);
	if (err)
		take_back(many, made, noted, err);
}

/* As tnl_create() does it: what was renamed is found again, and words that others set meanwhile are set once more. */
static void finish_alone(struct many *many, struct made *made)
{
	struct tnl_obj *obj = made->obj, *back = tnl_obj_new(obj->kind);
	struct tnl *t = many->t;
	size_t noted = tnl_noted(t);
	int err;

	made->done = true;
	tnl_begin(t, obj);
	err = back ? tnl_note_made(t, &tnl_rtnl, obj) : tnl_nomem(t);
	if (back)
		back->kind = NULL;
	if (!err && obj->kind->pattern) {
		err = tnl_made_find(t, obj, back);
		tnl_note_settle(t, noted, err);
		if (err) /* there is nothing that could be taken away */
			tell(many, made->at, err);
		else
			tnl_note_became(t, obj, NULL);
	}
	if (!err) {
		err = tnl_made_complete(t, &tnl_rtnl, obj, &back);
		if (!err && many->become && tnl_obj_become(obj, back))
			err = tnl_nomem(t);
		if (err)
			take_back(many, made, noted, err);
	}
	tnl_obj_free(back);
}

/* Its answer was lost. Numbers of links grow, so what is older than all of ours was there before. */
static void find_out(struct many *many, struct made *made)
{
	struct tnl_obj *back = NULL;
	int err;

	tnl_begin(many->t, made->obj);
	err = tnl_step_read_back(many->t, &tnl_rtnl, made->obj, &back);
	if (err == -ENODEV || err == -ENOENT)
		make_in_turn(many, made->at);
	else if (!err && back->kind->pattern && !made->number && many->first && *number_of(back) > many->first)
		finish_alone(many, made);
	else
		tell(many, made->at, tnl_fail(many->t, TNL_INCOMPLETE, -ENOBUFS, NULL,
					      "the kernel's answer was lost, so nobody knows whether it was there before"));
	made->done = true;
	tnl_obj_free(back);
}

/* ---- one list of each kind ---- */

static const char *list_of(const struct tnl_kind *kind)
{
	return kind->link ? kind->link : kind->name;
}

/* By list; in it links by their names, as nobody knows their numbers yet. */
static int compare(const void *one, const void *other)
{
	const struct tnl_obj *a = ((const struct made *)one)->obj, *b = ((const struct made *)other)->obj;
	int diff = a->kind == b->kind ? 0 : strcmp(list_of(a->kind), list_of(b->kind));

	if (diff)
		return diff;
	return a->kind->pattern ? strcmp(tnl_obj_ifname(a), tnl_obj_ifname(b)) : tnl_obj_order(a, b);
}

struct list {
	struct many *many;
	struct made *made;
	size_t count;
};

static int read_one(void *arg, const struct tnl_obj *back)
{
	const struct list *list = arg;
	struct made key = { .obj = (struct tnl_obj *)back }, *made;
	int number;

	if (back->kind != list->made->obj->kind || (back->kind->pattern && !tnl_obj_ifname(back)))
		return 0;
	made = bsearch(&key, list->made, list->count, sizeof(*made), compare);
	if (!made || made->done || made->now || !made->sure)
		return 0;
	if (!back->kind->pattern) {
		if (tnl_obj_matches(made->obj, back, NULL)) /* routes may have others beside them */
			finish(list->many, made, back);
		return 0;
	}
	number = tnl_obj_index(back);
	if (made->number ? made->number != number : !tnl_made_is(made->obj, back))
		return 0;
	*number_of(made->obj) = number;
	if (!made->number && (!list->many->first || number < list->many->first))
		list->many->first = number;
	if (tnl_step_has_rest(&tnl_rtnl, made->obj))
		made->now = tnl_obj_clone(back);
	else
		finish(list->many, made, back);
	return 0;
}

static void read_lists(struct many *many)
{
	struct list list = { .many = many };

	for (size_t at = 0; at < many->count; at += list.count) {
		const struct tnl_kind *kind = many->made[at].obj->kind;

		list.made = &many->made[at];
		list.count = 1;
		while (at + list.count < many->count && !strcmp(list_of(list.made[list.count].obj->kind), list_of(kind)))
			list.count++;
		if (list.count > FEW)
			tnl_rtnl.dump(many->t, kind, read_one, &list); /* what is not in it is looked for one by one */
	}
}

/* ---- sending ---- */

static int take_told(void *arg, size_t at, const struct nlmsghdr *nlh)
{
	struct many *many = arg;
	struct tnl_obj *told = tnl_obj_new(many->made[many->at[at]].obj->kind);

	if (told && !many->told[at] && !tnl_rtnl_read(told, nlh))
		many->told[at] = told;
	else
		tnl_obj_free(told);
	return 0; /* what is not told so is read otherwise */
}

static void forget_told(struct many *many)
{
	for (size_t i = 0; i < many->stream.count; i++)
		tnl_obj_free(many->told[i]);
	tnl_stream_empty(&many->stream);
}

/* Words that the kernel overlooks in the message that makes a link, and the question what came of them. */
static void send_rest(struct many *many)
{
	tnl_nl_stream(&many->t->route, &many->stream, take_told, many);
	for (size_t i = 0; i + 1 < many->stream.count; i += 2) {
		struct made *made = &many->made[many->at[i]];
		const struct tnl_answer *answer = &many->stream.asked[i].answer;

		if (answer->done && !answer->code && many->told[i + 1] &&
		    !tnl_step_compare(many->t, made->obj, many->told[i + 1], false))
			finish(many, made, many->told[i + 1]);
	}
	forget_told(many); /* where that did not do, it is done alone, and what is wrong is told */
}

/* The message that sets what is left of MADE, in BUF. */
static int build_rest(char *buf, const struct made *made)
{
	struct tnl_obj delta = { .kind = made->obj->kind }, *then = tnl_obj_clone(made->now);
	bool data;
	int err = then ? tnl_step_take_rest(then, made->obj, NULL, false) : -ENOMEM;

	if (!err)
		err = tnl_rtnl_differences(made->now, then, &delta, &data);
	if (!err)
		err = tnl_rtnl_build_change(buf, made->now, then, &delta.top, NULL);
	tnl_set_free(&delta.top);
	tnl_set_free(&delta.nest);
	tnl_obj_free(then);
	return err;
}

static void follow(struct many *many)
{
	struct tnl_stream *stream = &many->stream;

	for (size_t i = 0; i < many->count; i++) {
		char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0}, ask[256] __attribute__((aligned(8))) = {0};
		struct nlmsghdr *nlh = (void *)buf;

		if (!many->made[i].now || build_rest(buf, &many->made[i]))
			continue;
		nlh->nlmsg_flags |= NLM_F_ACK;
		if ((stream->count && stream->count / 2 >= many->window) || stream->count + 2 > TNL_STREAM ||
		    !tnl_stream_fits(&many->t->route, stream, nlh, 3 * TOLD))
			send_rest(many);
		many->at[stream->count] = many->at[stream->count + 1] = i;
		many->told[stream->count] = many->told[stream->count + 1] = NULL;
		if (!tnl_stream_add(stream, nlh, 0))
			tnl_stream_add(stream, tnl_rtnl_ask(ask, many->made[i].now), TOLD);
	}
	send_rest(many);
}

static void settle(struct many *many)
{
	qsort(many->made, many->count, sizeof(*many->made), compare);
	read_lists(many);
	follow(many);
	for (size_t i = 0; i < many->count; i++)
		if (!many->made[i].done && many->made[i].sure)
			finish_alone(many, &many->made[i]);
	for (size_t i = 0; i < many->count; i++)
		if (!many->made[i].done)
			find_out(many, &many->made[i]);
}

/* The kernel said no, and why. */
static void refused(struct many *many, size_t i, const struct made *made)
{
	const struct tnl_stream *stream = &many->stream;
	struct tnl_obj *obj = made->obj;
	struct tnl *t = many->t;
	int err;

	tnl_begin(t, obj);
	tnl_rtnl_complain(t, obj->kind, tnl_stream_message(stream, i), &stream->asked[i].answer);
	err = tnl_rtnl_call_it_exists(t, obj->kind, t->error.code);
	if (err == -EPROTONOSUPPORT) { /* there may be another way */
		make_in_turn(many, made->at);
		return;
	}
	err = tnl_step_blame(t, obj, tnl_rtnl.scopes);
	if (err == -EEXIST)
		err = tnl_explain_exists(t, obj, NULL);
	tell(many, made->at, err);
}

static void flush(struct many *many)
{
	struct tnl_stream *stream = &many->stream;
	size_t kept = many->count - stream->count;

	tnl_nl_stream(&many->t->route, stream, take_told, many);
	for (size_t i = 0; i < stream->count; i++) {
		struct made *made = &many->made[many->at[i]];
		const struct tnl_answer *answer = &stream->asked[i].answer;

		if (!stream->sent) {
			make_in_turn(many, made->at);
		} else if (answer->done && answer->code) {
			refused(many, i, made);
		} else {
			made->sure = answer->done || many->told[i];
			if (many->told[i])
				finish(many, made, many->told[i]);
			else
				many->made[kept++] = *made;
		}
	}
	many->count = kept;
	forget_told(many);
}

/* Whether OBJ can go out before it is known what became of others. */
static bool can_wait(struct tnl *t, const struct tnl_obj *obj)
{
	const char *name = tnl_obj_ifname(obj);

	return !t->dry && tnl_step_pick(t, obj->kind) == &tnl_rtnl &&
	       (!obj->kind->pattern || (name && !strchr(name, '%') && !tnl_obj_netns(obj)));
}

/* OBJS[AT] into the stream. -EAGAIN: that is full. */
static int put(struct many *many, size_t at)
{
	char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = (void *)buf;
	const struct tnl_transport *via;
	struct tnl_obj *obj = many->objs[at];
	struct tnl *t = many->t;
	size_t more = obj->kind->pattern ? 0 : TOLD;
	int err = tnl_step_prepare(t, obj, &via);

	if (!err)
		err = tnl_nl_open(&t->route);
	if (!err)
		err = tnl_rtnl_build_create(buf, obj);
	if (err)
		return err;
	nlh->nlmsg_flags |= NLM_F_ACK | (more ? NLM_F_ECHO : 0);
	if ((many->stream.count && many->stream.count >= many->window) ||
	    !tnl_stream_fits(&t->route, &many->stream, nlh, more))
		return -EAGAIN;
	many->at[many->stream.count] = many->count;
	many->told[many->stream.count] = NULL;
	many->made[many->count] = (struct made){ .obj = obj, .at = at, .number = obj->kind->pattern ? *number_of(obj) : 0 };
	err = tnl_stream_add(&many->stream, nlh, more);
	many->count += !err;
	return err;
}

int tnl_make_all(struct tnl *t, struct tnl_obj *const objs[], size_t count, unsigned window, bool become,
		 int (*failed)(void *arg, size_t at), void *arg)
{
	struct many *many = malloc(sizeof(*many)); /* most of it is for streams: not worth clearing for a few */
	struct made *made = calloc(count + 1, sizeof(*made));
	int err;

	tnl_begin(t, NULL);
	if (!many || !made) {
		free(many);
		free(made);
		return tnl_nomem(t);
	}
	many->t = t;
	many->objs = objs;
	many->window = window;
	many->become = become;
	many->verdict = (struct tnl_verdict){ failed, arg };
	many->made = made;
	many->count = many->first = 0;
	tnl_stream_open(&many->stream);
	for (size_t at = 0; at < count && !tnl_is_ended(t, &many->verdict); at++) {
		err = can_wait(t, objs[at]) ? put(many, at) : -EINVAL;
		if (err)
			flush(many);
		if (err == -EAGAIN && !many->verdict.ended)
			err = put(many, at);
		if (err)
			make_in_turn(many, at);
	}
	flush(many);
	settle(many);
	err = tnl_verdict_of(t, &many->verdict);
	for (size_t i = 0; i < many->count; i++)
		tnl_obj_free(made[i].now);
	tnl_pile_free(&many->stream.messages);
	free(made);
	free(many);
	return err;
}

int tnl_create_all(struct tnl *t, struct tnl_obj *const objs[], size_t count, unsigned window,
		   int (*failed)(void *arg, size_t at), void *arg)
{
	return tnl_make_all(t, objs, count, window, true, failed, arg);
}
