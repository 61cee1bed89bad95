// SPDX-License-Identifier: LGPL-2.1-or-later
/* The steps that create, change and remove have in common: rules before, reading back and comparing after. */
#include "step.h"

#include <errno.h>
#include <string.h>

#include "kernel.h"

#define TRIES 5 /* against somebody who renames */

/* ---- before anything is sent ---- */

const struct tnl_transport *tnl_step_pick(struct tnl *t, const struct tnl_kind *kind)
{
	for (const struct tnl_transport *const *via = kind->via; *via; via++)
		if (!t->via || !strcmp(t->via, (*via)->name))
			return *via;
	tnl_refuse(t, t->via, "%s cannot be sent this way", kind->name);
	return NULL;
}

int tnl_step_check(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *now)
{
	struct tnl_error why = {0};

	if (obj->kind->check && obj->kind->check(obj, now, &why))
		return tnl_refuse(t, why.word, "%s", why.text);
	return 0;
}

/* The link that OBJ is about must be a tunnel of ours. */
int tnl_step_ours(struct tnl *t, const struct tnl_obj *obj)
{
	if (obj->kind == &tnl_kind_link)
		return tnl_refuse(t, NULL, "is %s, no tunnel: left alone", obj->type);
	return 0;
}

/* Beside words of every link a fallback device stays what it is. */
int tnl_step_free(struct tnl *t, const struct tnl_obj *now)
{
	return tnl_obj_is_fallback(now) ? tnl_refuse(t, NULL, "is the fallback device of %s: only words of every link can change",
						     now->kind->name) : 0;
}

int tnl_step_needed(struct tnl *t, const struct tnl_obj *obj, unsigned flags)
{
	tnl_each_row(row, obj->kind)
		if ((row->flags & flags) && !tnl_obj_given(obj, row) && !tnl_row_is_set(row, obj) &&
		    !(obj->kind->pattern && (row->flags & TNL_POS))) /* a name can be chosen */
			return tnl_refuse(t, row->word, "missing");
	return 0;
}

/* What this transport cannot carry is refused by name; words of every link follow over rtnetlink. */
int tnl_step_carried(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj)
{
	int place = 0;

	if (via->get && !tnl_step_is_whole(via) && tnl_obj_netns(obj)) /* it asks a socket of this namespace */
		return tnl_refuse(t, "netns", "cannot be sent over %s", via->name);
	tnl_each_row(row, obj->kind) {
		bool later = row->scope != TNL_NEST &&
			     (!(row->flags & TNL_FIXED) || tnl_step_is_whole(via) || (row->scope == TNL_HEAD && via->numbers));

		if (tnl_obj_given_at(obj, place++) && !later && tnl_row_is_set(row, obj) && !tnl_carries(via, row))
			return tnl_refuse(t, tnl_obj_said(obj, row), "cannot be sent over %s", via->name);
	}
	return 0;
}

/* What the kernel wants to be told even when the user did not say it. */
static int send_constants(struct tnl_obj *obj)
{
	const struct tnl_row *alone = tnl_obj_alone(obj);
	int err = 0;

	tnl_each_row(row, obj->kind) {
		struct tnl_val val;

		if (err || !(row->flags & TNL_SEND) || tnl_obj_given(obj, row) || tnl_row_overlooked(row, alone))
			continue;
		tnl_val_set(row->codec, &val, row->def);
		err = tnl_row_put(row, obj, &val);
	}
	return err;
}

/* All that can be said of a new object before the kernel is asked. */
int tnl_step_makeable(struct tnl *t, struct tnl_obj *obj, const struct tnl_transport **via)
{
	int err;

	*via = tnl_step_pick(t, obj->kind);
	if (!*via)
		return -EINVAL;
	if (!(*via)->create)
		return tnl_refuse(t, (*via)->name, "%s cannot be made this way", obj->kind->name);
	err = tnl_step_needed(t, obj, TNL_ID | TNL_NEED);
	if (!err)
		err = tnl_step_check(t, obj, NULL);
	return err ? err : tnl_step_carried(t, *via, obj);
}

int tnl_step_prepare(struct tnl *t, struct tnl_obj *obj, const struct tnl_transport **via)
{
	bool no;
	int err = tnl_step_makeable(t, obj, via);

	if (!err)
		err = send_constants(obj) ? tnl_nomem(t) : 0;
	if (!err && obj->kind->pattern)
		err = tnl_choose_name(t, obj);
	else if (!err && tnl_row_find(obj->kind, "name", &no))
		obj->chosen = !tnl_obj_was_given(obj, "name");
	if (!err)
		tnl_begin(t, obj);
	return err;
}

/* ---- after it was sent ---- */

/* Told by other means than netlink, and these were not at hand. */
bool tnl_step_untold(const struct tnl_row *row, const struct tnl_obj *back)
{
	return row->attr >= TNL_PRIVATE && !tnl_set_find(row->scope == TNL_TOP ? &back->top : &back->nest, row->attr);
}

/* Whether nobody asked for it and the kernel may have moved it: vxlan's MTU goes with its underlay. */
static bool may_move(const struct tnl_row *row, const struct tnl_obj *want, bool given)
{
	return !given && ((row->flags & TNL_DRIFTS) || (want->kind->keeps && (row->flags & TNL_ALONG)));
}

/* What WANT decides: others may have set the rest of the link meanwhile. WHOLE: all words of the kind were sent. */
static bool is_meant(const struct tnl_row *row, bool given, bool whole)
{
	return given || (whole && (row->scope == TNL_NEST || row->flags & TNL_ALONG) && !(row->flags & TNL_ASIDE));
}

int tnl_step_compare(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *back, bool whole)
{
	char asked[TNL_TEXT_MAX], got[TNL_TEXT_MAX];
	struct tnl_val val;
	int place = 0;

	if (want->kind != back->kind)
		return tnl_fail(t, TNL_KERNEL, -EIO, "type", "the kernel made %s of it", back->type);
	tnl_each_row(row, want->kind) {
		bool given = tnl_obj_given_at(want, place++);

		if (!tnl_row_input(row) || row->flags & TNL_BLIND || !is_meant(row, given, whole) ||
		    may_move(row, want, given))
			continue;
		if (tnl_row_equal(row, want, back) || tnl_step_untold(row, back))
			continue;
		tnl_row_value_of(row, want, &val);
		tnl_row_text(row, &val, asked, sizeof(asked), &t->look);
		tnl_row_value_of(row, back, &val);
		tnl_row_text(row, &val, got, sizeof(got), &t->look);
		return tnl_fail(t, TNL_KERNEL, -EIO, tnl_obj_said(want, row), row->codec->hint ?
				"asked for %.90s, the kernel made it %.90s" : "the kernel did not do it", asked, got);
	}
	return 0;
}

bool tnl_step_is_lost(const struct tnl_row *row, const struct tnl_obj *was, const struct tnl_obj *back,
		      const struct tnl_obj *want)
{
	if (!tnl_row_input(row) || row->flags & TNL_BLIND || (want ? !is_meant(row, tnl_obj_given(want, row), true) : row->flags & TNL_ASIDE))
		return false;
	return !tnl_row_equal(row, was, back) && !tnl_step_untold(row, was) && !tnl_step_untold(row, back);
}

bool tnl_step_is_done(const struct tnl_obj *now, const struct tnl_obj *then, const struct tnl_obj *want)
{
	tnl_each_row(row, now->kind)
		if ((row->flags & TNL_ASIDE) && tnl_obj_given(want, row) && !tnl_row_equal(row, now, then))
			return false;
	return tnl_obj_equal(now, then, NULL);
}

bool tnl_step_is_whole(const struct tnl_transport *via)
{
	return via->scopes >> TNL_TOP & 1;
}

/* Whether the words of the interface that were given are not all in the transport's own message. */
bool tnl_step_has_rest(const struct tnl_transport *via, const struct tnl_obj *want)
{
	int place = 0;

	tnl_each_row(row, want->kind)
		if (tnl_obj_given_at(want, place++) && (row->scope == TNL_TOP || row->scope == TNL_HEAD) &&
		    tnl_row_input(row) && !(row->flags & TNL_ID) && (!tnl_step_is_whole(via) || (row->flags & TNL_LATER)))
			return want->kind->pattern;
	return false;
}

int tnl_step_take_rest(struct tnl_obj *then, const struct tnl_obj *want, const struct tnl_obj *was, bool reset)
{
	int err = 0, place = 0;

	tnl_each_row(row, want->kind) {
		bool given = tnl_obj_given_at(want, place++);

		if (err || row->scope == TNL_NEST || !tnl_row_input(row) || (!given && (!was || row->flags & TNL_ASIDE)) ||
		    (was && tnl_row_equal(row, was, want) && !(reset && row->flags & TNL_ALONG)))
			continue;
		err = tnl_row_copy(row, then, want);
	}
	return err;
}

/* Words of the interface that the transport did not carry: mtu, up, address ... */
int tnl_step_set_rest(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *was, bool reset)
{
	struct tnl_obj *now = NULL, *then = NULL;
	int err = 0;

	now = tnl_obj_new(want->kind);
	if (!now || tnl_obj_set_ifname(now, tnl_obj_ifname(want)))
		err = tnl_nomem(t);
	else
		((struct ifinfomsg *)now->head)->ifi_index = ((const struct ifinfomsg *)want->head)->ifi_index;
	if (!err)
		err = tnl_rtnl.get(t, now);
	if (err && t->dry) /* it would have been made by now */
		err = t->error.code = 0;
	if (!err) {
		now->kind = want->kind;
		then = tnl_obj_clone(now);
		if (!then || tnl_step_take_rest(then, want, was, reset))
			err = tnl_nomem(t);
		else if (!was && tnl_obj_ifname(now)) /* a new link that somebody has renamed keeps that name */
			err = tnl_obj_set_ifname(then, tnl_obj_ifname(now)) ? tnl_nomem(t) : 0;
	}
	if (!err && !tnl_step_is_done(now, then, want))
		err = tnl_rtnl.change(t, now, then, NULL) ? tnl_step_blame(t, want, ~0u) : 0;
	tnl_obj_free(now);
	tnl_obj_free(then);
	return err;
}

bool tnl_step_nest_differs(const struct tnl_obj *now, const struct tnl_obj *next)
{
	tnl_each_row(row, next->kind)
		if (row->scope == TNL_NEST && tnl_row_input(row) && !(row->flags & TNL_BLIND) &&
		    !tnl_row_equal(row, now, next))
			return true;
	return false;
}

/*
 * The interface's words first, as they can always be set back, unlike a TAP's owner; but last where the transport may
 * reset them.
 */
int tnl_step_apply(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *now, const struct tnl_obj *next,
		   struct tnl_obj *back)
{
	bool link = next->kind->pattern, nest = tnl_step_nest_differs(now, next);
	int err = 0;

	if (tnl_step_is_whole(via))
		return via->change(t, now, next, back);
	if (link && !via->replaces)
		err = tnl_step_set_rest(t, next, now, false);
	if (!err && nest)
		err = via->change(t, now, next, NULL);
	if (!err && link && via->replaces)
		err = tnl_step_set_rest(t, next, now, nest);
	return err;
}

/* A transport without words of links makes it here: then it has to move first. */
static int move(struct tnl *t, const struct tnl_obj *obj)
{
	struct tnl_obj *now = tnl_obj_new(obj->kind);
	int err = !now || tnl_obj_set_ifname(now, tnl_obj_ifname(obj)) ? tnl_nomem(t) : 0;

	if (!err) {
		((struct ifinfomsg *)now->head)->ifi_index = ((const struct ifinfomsg *)obj->head)->ifi_index;
		err = tnl_rtnl.get(t, now);
	}
	if (!err)
		err = tnl_rtnl_move(t, now, tnl_obj_netns(obj));
	tnl_obj_free(now);
	return err;
}

int tnl_step_follow(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj, struct tnl_nl *here)
{
	const char *netns = tnl_obj_netns(obj);
	int err = 0;

	if (!netns || t->dry)
		return netns && !tnl_step_is_whole(via) ? tnl_rtnl_move(t, obj, netns) : 0;
	if (!tnl_step_is_whole(via))
		err = move(t, obj);
	if (!err) {
		err = tnl_netns_enter(t, netns, here);
		if (err)
			return tnl_fail(t, TNL_BROKEN, err, "netns", "it is there, but cannot be read back: %s", strerror(-err));
	}
	return err;
}

/* Kinds whose links do not say what they are. */
int tnl_step_claim(struct tnl *t, struct tnl_obj *link)
{
	int err;

	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
		if (link->kind != &tnl_kind_link || !kind->claim)
			continue;
		err = kind->claim(t, link);
		if (err && err != -ENOENT)
			return err;
		t->error.code = 0;
	}
	return 0;
}

int tnl_step_get_link(struct tnl *t, const struct tnl_obj *named, struct tnl_obj **out)
{
	struct tnl_obj *obj = tnl_obj_new(&tnl_kind_link);
	int err = !obj || tnl_obj_set_ifname(obj, tnl_obj_ifname(named)) ? tnl_nomem(t) : 0;
	bool again = !err;

	if (!err) {
		memcpy(obj->head, named->head, sizeof(obj->head)); /* its number, where that is known */
		tnl_obj_list_places(obj);
	}
	for (int i = 0; again && i < TRIES; i++) { /* an ioctl goes by the name; the number says whether it is gone */
		again = false;
		err = tnl_rtnl.get(t, obj);
		if (!err)
			err = tnl_step_claim(t, obj);
		if (!err && t->via && !strcmp(t->via, tnl_ioctl.name) && tnl_kind_has_via(obj->kind, t->via)) {
			err = tnl_ioctl.get(t, obj);
			again = err == -ENODEV;
		}
	}
	if (!err)
		t->error.code = 0;
	if (err)
		tnl_obj_free(obj);
	else
		*out = obj;
	return err;
}

/* What is there now of OBJ's identity; *OUT belongs to the caller. */
int tnl_step_read_back(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj, struct tnl_obj **out)
{
	int err;

	if (obj->kind->pattern)
		return tnl_step_get_link(t, obj, out);
	*out = tnl_obj_clone(obj);
	err = *out ? via->get(t, *out) : tnl_nomem(t);
	if (err) {
		tnl_obj_free(*out);
		*out = NULL;
	}
	return err;
}

static bool is_at_fault(const struct tnl_row *row, const struct tnl_error *why, const char **cure)
{
	size_t len = strlen(row->word);

	*cure = NULL;
	for (int i = 0; i < 2; i++) {
		if (!row->fault[i].code || row->fault[i].code != -why->code)
			continue;
		*cure = row->fault[i].cure;
		return true;
	}
	return !strncmp(why->text, row->word, len) && why->text[len] == ' ';
}

/* Its errno is one that a given word is known for, or its text begins with that word. */
int tnl_step_blame(struct tnl *t, const struct tnl_obj *obj, unsigned scopes)
{
	struct tnl_error why = t->error;
	char value[TNL_TEXT_MAX];
	struct tnl_val val;
	const char *cure;

	tnl_each_row(row, obj->kind) {
		if (*why.word || !is_at_fault(row, &why, &cure) || !(scopes >> row->scope & 1) || !tnl_obj_given(obj, row) ||
		    !tnl_row_get(row, obj, &val))
			continue;
		tnl_row_text(row, &val, value, sizeof(value), &t->look);
		return tnl_fail(t, TNL_KERNEL, why.code, row->word, "%.80s%s%s%s%s%s", value, *value ? ": " : "", why.text,
				cure ? " (usual cure: " : "", cure ? cure : "", cure ? ")" : "");
	}
	return why.code;
}
