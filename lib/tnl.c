// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Create, change, remove, get, dump: picks the transport, sees to what it cannot carry, reads back what was made,
 * compares it word by word with what was asked, and undoes what differs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic.h"
#include "kernel.h"
#include "step.h"
#include "undo.h"

struct tnl *tnl_open(unsigned flags)
{
	struct tnl *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->look = (struct tnl_look){ .index = tnl_look_index, .name = tnl_look_name, .netns = tnl_netns_id };
	t->route = (struct tnl_nl){ .bus = NETLINK_ROUTE, .fd = -1 };
	t->genl = (struct tnl_nl){ .bus = NETLINK_GENERIC, .fd = -1 };
	t->inet = t->inet6 = -1;
	t->dry = flags & TNL_DRY;
	t->ahead = flags & TNL_AHEAD;
	tnl_nl_open(&t->route); /* now, as the thread may go elsewhere; what fails here is tried and told when it is needed */
	return t;
}

void tnl_close(struct tnl *t)
{
	if (!t)
		return;
	tnl_nl_close(&t->route);
	tnl_nl_close(&t->genl);
	if (t->inet >= 0)
		close(t->inet);
	if (t->inet6 >= 0)
		close(t->inet6);
	tnl_atomic_commit(t);
	tnl_pile_free(&t->lines);
	tnl_names_free(&t->names);
	tnl_names_free(&t->born);
	tnl_set_free(&t->about.top);
	tnl_set_free(&t->about.nest);
	free(t);
}

const char *tnl_version(void)
{
	return TNL_VERSION;
}

int tnl_via(struct tnl *t, const char *transport)
{
	tnl_begin(t, NULL);
	t->via = NULL;
	if (!transport)
		return 0;
	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
		for (const struct tnl_transport *const *via = kind->via; *via; via++)
			if (!strcmp((*via)->name, transport))
				t->via = (*via)->name;
	return t->via ? 0 : tnl_refuse(t, transport, "not a transport (rtnl, ioctl, genl, tuntap)");
}

void tnl_names(struct tnl *t, enum tnl_naming naming)
{
	t->look.naming = naming;
}

void tnl_stop_when(struct tnl *t, int (*asked)(void *arg), void *arg)
{
	t->stop.asked = asked;
	t->stop.arg = arg;
}

/* ---- the five verbs ---- */

/* By the kind's own transport; by its second where the kernel lacks netlink for the kind. */
static int make(struct tnl *t, const struct tnl_transport **via, struct tnl_obj *obj, struct tnl_obj *back)
{
	const struct tnl_transport *second = t->via ? NULL : obj->kind->via[1];
	int err = (*via)->create(t, obj, back);
	struct tnl_error why = t->error;

	if (err == -EPROTONOSUPPORT && second && second->create && !tnl_step_carried(t, second, obj) &&
	    !second->create(t, obj, NULL)) {
		*via = second;
		t->error.code = 0;
		return 0;
	}
	t->error = why;
	return err ? tnl_step_blame(t, obj, (*via)->scopes) : 0;
}

#define TRIES 100

int tnl_step_create(struct tnl *t, struct tnl_obj *obj, bool again)
{
	struct tnl_obj *back = tnl_obj_new(obj->kind);
	const char *name = tnl_obj_ifname(obj);
	const struct tnl_transport *via = NULL;
	struct tnl_nl here = { .fd = -1 };
	char pattern[IFNAMSIZ] = "";
	int number = ((const struct ifinfomsg *)obj->head)->ifi_index, err;
	uint8_t head[sizeof(obj->head)];
	size_t noted = tnl_noted(t);

	memcpy(head, obj->head, sizeof(head));
	if (obj->kind->pattern)
		strlcpy(pattern, name ? name : obj->kind->pattern, sizeof(pattern));
	tnl_begin(t, obj);
	err = back ? tnl_step_prepare(t, obj, &via) : tnl_nomem(t);
	if (err)
		goto out;
	back->kind = NULL;
	if (t->dry && !again && obj->kind->pattern)
		err = tnl_check_name(t, obj, !tnl_step_is_whole(via));
	if (err)
		goto out;
	for (int i = 0; i < TRIES; i++) {
		err = make(t, &via, obj, back);
		if (err != -EEXIST || !tnl_choose_other(t, obj, pattern))
			break;
		back->kind = NULL;
	}
	if (err == -EEXIST)
		err = tnl_explain_exists(t, obj, NULL);
	if (err)
		goto out;
	err = tnl_note_made(t, via, obj);
	if (!err)
		err = tnl_step_follow(t, via, obj, &here);
	if (here.fd >= 0) /* its number is another there */
		((struct ifinfomsg *)obj->head)->ifi_index = 0;
	if (!err && !t->dry && obj->kind->pattern) {
		err = tnl_made_find(t, obj, back);
		if (err && obj->kind->link) /* there is nothing that could be taken away */
			goto out;
	}
	if (!err && here.fd >= 0 && number && number != ((struct ifinfomsg *)obj->head)->ifi_index)
		err = tnl_fail(t, TNL_KERNEL, -EBUSY, "ifindex", "another link has it there");
	if (!err)
		err = tnl_made_complete(t, via, obj, &back);
	if (!err && t->dry)
		goto out;
	if (!err && tnl_obj_become(obj, back))
		err = tnl_nomem(t);
	if (err) {
		tnl_undo_create(t, via, obj);
		memcpy(obj->head, head, sizeof(head));
	} else {
		tnl_note_became(t, obj, NULL);
	}
out:
	tnl_note_settle(t, noted, err);
	tnl_netns_leave(t, &here);
	tnl_obj_free(back);
	return err;
}

int tnl_creatable(struct tnl *t, struct tnl_obj *obj)
{
	const struct tnl_transport *via;

	tnl_begin(t, obj);
	return tnl_step_makeable(t, obj, &via);
}

int tnl_create(struct tnl *t, struct tnl_obj *obj)
{
	return tnl_step_create(t, obj, false);
}

/* Words that the kernel cannot change on a living object. */
static int changeable(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want)
{
	if (now->kind != want->kind)
		return tnl_refuse(t, "type", "is %s and cannot become %s", now->kind->name, want->kind->name);
	tnl_each_row(row, want->kind)
		if ((row->flags & TNL_FIXED) && tnl_obj_given(want, row) && !tnl_row_equal(row, now, want))
			return tnl_refuse(t, tnl_obj_said(want, row),
					  "the kernel cannot change it on a living %s: delete and add it anew", now->kind->name);
	return 0;
}

/* A transport that replaces everything would drop what it cannot carry. */
static int kept(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *now)
{
	tnl_each_row(row, now->kind)
		if (via->replaces && row->scope == TNL_NEST && tnl_row_input(row) && tnl_row_is_set(row, now) &&
		    !tnl_carries(via, row))
			return tnl_refuse(t, row->word, "would be lost over %s", via->name);
	return 0;
}

/* Everything that can be said before the kernel is asked. NEXT becomes what shall be. */
static int prepare_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *next,
			  const struct tnl_transport **via)
{
	int err = tnl_step_ours(t, now);

	if (!err && now->kind->rtnl)
		err = tnl_refuse(t, NULL, "cannot be changed: delete it and add it anew");
	if (!err)
		err = changeable(t, now, want);
	*via = err ? NULL : tnl_step_pick(t, now->kind);
	if (!*via)
		return -EINVAL;
	if (!(*via)->change)
		return tnl_refuse(t, (*via)->name, "%s cannot be changed this way", now->kind->name);
	err = tnl_step_carried(t, *via, want);
	if (err)
		return err;
	memcpy(next->given, want->given, sizeof(next->given));
	err = tnl_obj_merge(next, want, false) ? tnl_nomem(t) : tnl_step_check(t, next, now);
	if (!err && tnl_step_nest_differs(now, next)) {
		err = kept(t, *via, now);
		if (!err)
			err = tnl_step_free(t, now);
	}
	return err;
}

/* What goes along with a change so that it stays: left out, the kernel may choose it; then it is what the kernel has. */
static int leave_open(struct tnl_obj *next, const struct tnl_obj *back)
{
	int err = 0;

	tnl_each_row(row, next->kind)
		if (!err && row->flags & TNL_ALONG && back)
			err = tnl_row_copy(row, next, back);
		else if (row->flags & TNL_ALONG)
			tnl_set_drop(&next->top, row->attr);
	return err;
}

static bool has_many_words(const struct tnl_obj *obj)
{
	return __builtin_popcountll(obj->given[0]) + __builtin_popcountll(obj->given[1]) > 1;
}

int tnl_step_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *base, const struct tnl_obj *want,
		    bool open)
{
	struct tnl_obj *next = tnl_obj_clone(base), *back = tnl_obj_new(now->kind);
	const struct tnl_transport *via = NULL;
	size_t noted = tnl_noted(t);
	struct tnl_keep keep = {0};
	int err;

	tnl_begin(t, now);
	if (next && back) {
		tnl_obj_list_places(next);
		tnl_obj_list_places(back);
	}
	err = next && back ? prepare_change(t, now, want, next, &via) : tnl_nomem(t);
	if (err || tnl_step_is_done(now, next, want))
		goto out;
	back->kind = NULL;
	if (open)
		leave_open(next, NULL);
	if (!t->dry && (t->log || has_many_words(next))) /* of one word, nothing is done if it fails */
		err = tnl_keep_shaken(t, now, next, &keep);
	if (!err)
		err = tnl_note_change(t, via, now, next);
	if (err)
		goto out;
	err = tnl_step_apply(t, via, now, next, via == &tnl_rtnl ? back : NULL);
	if (err)
		err = tnl_step_blame(t, next, via->scopes);
	if (err == -EEXIST)
		err = tnl_explain_exists(t, next, now);
	if (t->dry)
		goto out;
	if (!err && !back->kind) {
		tnl_obj_free(back);
		back = NULL;
		err = tnl_step_read_back(t, via, next, &back);
	}
	if (!err && open && leave_open(next, back))
		err = tnl_nomem(t);
	if (!err)
		err = tnl_step_compare(t, next, back, tnl_step_nest_differs(now, next));
	if (!err && tnl_obj_netns(want)) /* last, as nothing can be undone from here then */
		err = tnl_rtnl_move(t, back, tnl_obj_netns(want));
	if (err) /* gre takes over encap before it finds fault with the rest, and the like */
		tnl_undo_change(t, via, now, want, &keep);
	else
		tnl_note_became(t, back, &keep);
	tnl_note_settle(t, noted, err);
out:
	tnl_keep_free(&keep);
	tnl_obj_free(next);
	tnl_obj_free(back);
	return err;
}

int tnl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want)
{
	return tnl_step_change(t, now, now, want, false);
}

/* What is really there of what OBJ says: it must be ours, of its kind, and agree with every given word. */
static int find_living(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj, struct tnl_obj **living)
{
	int err;

	if (obj->kind->pattern && !tnl_obj_ifname(obj))
		return tnl_refuse(t, "name", "missing");
	err = tnl_step_read_back(t, via, obj, living);
	if (!err)
		err = tnl_step_ours(t, *living);
	if (err)
		return err;
	if (obj->kind->pattern && ((const struct ifinfomsg *)obj->head)->ifi_index && /* it was found by its number */
	    strcmp(tnl_obj_ifname(obj), tnl_obj_ifname(*living)))
		return tnl_fail(t, TNL_KERNEL, -ENODEV, NULL, "has another name by now");
	if ((*living)->kind != obj->kind)
		return tnl_refuse(t, "type", "it is %s, not %s", tnl_obj_type(*living), obj->kind->name);
	tnl_each_row(row, obj->kind) {
		/* it was found by its name, which may be one of several, or by its identity */
		if (row->flags & (obj->kind->pattern ? TNL_POS : TNL_ID))
			continue;
		if (!tnl_row_input(row) || !tnl_obj_given(obj, row) || (row->flags & TNL_BLIND) ||
		    tnl_row_equal(row, obj, *living))
			continue;
		return obj->kind->rtnl == &tnl_rtnl_route ?
		       tnl_fail(t, TNL_KERNEL, -ENOENT, NULL, "no such route") :
		       tnl_refuse(t, row->word, "it has another: not deleted");
	}
	if ((*living)->partial)
		return tnl_refuse(t, NULL, "there is more to it than words can say (multipath, blackhole ...): left alone");
	if (tnl_obj_is_fallback(*living))
		return tnl_refuse(t, NULL, "is the fallback device of %s: the kernel keeps it as long as the module",
				  obj->kind->name);
	return 0;
}

/* An address or a route of which nobody said a word: the kernel did, and takes away this one or none. */
static bool is_as_told(const struct tnl_obj *obj)
{
	return obj->kind->rtnl && !obj->partial && !(obj->given[0] | obj->given[1]);
}

int tnl_step_prepare_remove(struct tnl *t, const struct tnl_obj *obj, bool note, const struct tnl_transport **via,
			    struct tnl_obj **which)
{
	int err;

	*which = NULL;
	*via = tnl_step_pick(t, obj->kind);
	if (!*via)
		return -EINVAL;
	tnl_begin(t, obj);
	err = obj->kind->pattern ? 0 : tnl_step_needed(t, obj, TNL_ID);
	if (!err && (obj->kind->pattern || (obj->kind->lookup && !is_as_told(obj)))) {
		err = find_living(t, *via, obj, which);
	} else if (!err) {
		*which = tnl_obj_clone(obj);
		err = *which ? 0 : tnl_nomem(t);
	}
	if (!err && note)
		err = tnl_note_removal(t, *which);
	if (!err && !obj->kind->pattern)
		err = tnl_step_check(t, *which, *which);
	if (!err && (*via)->removable)
		err = (*via)->removable(t, *which);
	return err;
}

int tnl_removable(struct tnl *t, const struct tnl_obj *obj)
{
	const struct tnl_transport *via;
	struct tnl_obj *which;
	int err = tnl_step_prepare_remove(t, obj, false, &via, &which);

	tnl_obj_free(which);
	return err;
}

int tnl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	const struct tnl_transport *via;
	struct tnl_obj *which;
	size_t noted = tnl_noted(t);
	int err = tnl_step_prepare_remove(t, obj, true, &via, &which);

	if (!err)
		err = via->remove(t, which);
	tnl_note_settle(t, noted, err);
	tnl_obj_free(which);
	return err;
}

int tnl_get(struct tnl *t, const char *name, struct tnl_obj **out)
{
	struct tnl_obj named = { .kind = &tnl_kind_link };
	int err;

	tnl_begin(t, NULL);
	if (strlen(name) >= IFNAMSIZ || !*name)
		return tnl_refuse(t, name, *name ? "name too long (at most 15 characters)" : "a name is needed");
	err = tnl_obj_set_ifname(&named, name) ? tnl_nomem(t) : 0;
	if (!err) {
		tnl_begin(t, &named);
		err = tnl_step_get_link(t, &named, out);
	}
	tnl_set_free(&named.top);
	return err;
}

struct filter {
	struct tnl *t;
	const struct tnl_kind *kind; /* NULL: every link */
	int (*cb)(void *arg, const struct tnl_obj *obj);
	void *arg;
};

static int filter(void *arg, const struct tnl_obj *obj)
{
	const struct filter *filter = arg;
	struct tnl_obj *whole = NULL;
	int err = 0;

	if (obj->kind == &tnl_kind_link) {
		whole = tnl_obj_clone(obj);
		err = whole ? tnl_step_claim(filter->t, whole) : tnl_nomem(filter->t);
		obj = whole;
	}
	if (!err && (!filter->kind || obj->kind == filter->kind))
		err = filter->cb(filter->arg, obj);
	tnl_obj_free(whole);
	return err;
}

int tnl_list(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	const struct tnl_kind *asked = kind ? kind : &tnl_kind_link;
	const struct tnl_transport *via = asked->via[0]->dump ? asked->via[0] : &tnl_rtnl;
	struct filter wanted = { t, kind, cb, arg };

	tnl_begin(t, NULL);
	return via->dump(t, asked, filter, &wanted);
}

int tnl_dump(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	int err;

	t->counters = true;
	err = tnl_list(t, kind, cb, arg);
	t->counters = false;
	return err;
}
