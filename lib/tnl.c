// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Create, change, remove, get, dump: picks the transport, sees to what it cannot carry, reads back what was made,
 * compares it word by word with what was asked, and undoes what differs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handle.h"
#include "kernel.h"

extern const struct tnl_kind tnl_kind_l2tp;

struct tnl *tnl_open(unsigned flags)
{
	struct tnl *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->look = (struct tnl_look){ tnl_look_index, tnl_look_name };
	t->route = (struct tnl_nl){ .bus = NETLINK_ROUTE, .fd = -1 };
	t->genl = (struct tnl_nl){ .bus = NETLINK_GENERIC, .fd = -1 };
	t->inet = -1;
	t->dry = flags & TNL_DRY;
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
	tnl_set_free(&t->lines);
	free(t);
}

const char *tnl_version(void)
{
	return TNL_VERSION;
}

int tnl_via(struct tnl *t, const char *transport)
{
	t->via = transport;
	if (!transport)
		return 0;
	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));)
		if (tnl_kind_has_via(kind, transport))
			return 0;
	tnl_begin(t, NULL);
	return tnl_refuse(t, "--via", "%s: not a transport (rtnl, ioctl, genl, tuntap)", transport);
}

/* ---- before anything is sent ---- */

static const struct tnl_transport *pick(struct tnl *t, const struct tnl_kind *kind)
{
	for (const struct tnl_transport *const *via = kind->via; *via; via++)
		if (!t->via || !strcmp(t->via, (*via)->name))
			return *via;
	tnl_refuse(t, "--via", "%s cannot be sent over %s", kind->name, t->via);
	return NULL;
}

static int check(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *now)
{
	struct tnl_error why = {0};

	if (obj->kind->check && obj->kind->check(obj, now, &why))
		return tnl_refuse(t, why.word, "%s", why.text);
	return 0;
}

/* The link that OBJ is about must be a tunnel of ours. */
static int ours(struct tnl *t, const struct tnl_obj *obj)
{
	if (obj->kind == &tnl_kind_link)
		return tnl_refuse(t, NULL, "is %s, which tun leaves alone", obj->type);
	return 0;
}

static int needed(struct tnl *t, const struct tnl_obj *obj, unsigned flags)
{
	tnl_each_row(row, obj->kind)
		if ((row->flags & flags) && !(row->scope == TNL_TOP && row->attr == IFLA_IFNAME && obj->kind->pattern) &&
		    !tnl_obj_given(obj, row) && !tnl_row_set(row, obj))
			return tnl_refuse(t, row->word, "missing");
	return 0;
}

/* What this transport cannot carry is refused by name; words of every link follow over rtnetlink. */
static int carried(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj)
{
	tnl_each_row(row, obj->kind)
		if (row->scope == TNL_NEST && tnl_obj_given(obj, row) && tnl_row_set(row, obj) && !tnl_carries(via, row))
			return tnl_refuse(t, row->word, "cannot be sent over %s", via->name);
	return 0;
}

static void send_constants(struct tnl_obj *obj)
{
	tnl_each_row(row, obj->kind) {
		struct tnl_val val;

		if (!(row->flags & TNL_SEND) || tnl_obj_given(obj, row))
			continue;
		tnl_val_set(row->codec, &val, row->def);
		tnl_row_put(row, obj, &val);
	}
}

/* ---- after it was sent ---- */

static int compare(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *back, bool all)
{
	char asked[TNL_TEXT_MAX] = "", got[TNL_TEXT_MAX] = "";
	struct tnl_val val;

	if (want->kind != back->kind)
		return tnl_fail(t, TNL_KERNEL, -EIO, "type", "the kernel made %s of it", back->type);
	tnl_each_row(row, want->kind) {
		if (!tnl_row_input(row) || (row->flags & TNL_BLIND) || !(all || tnl_obj_given(want, row)))
			continue;
		if (tnl_row_equal(row, want, back))
			continue;
		tnl_row_value_of(row, want, &val);
		if (row->codec->hint)
			row->codec->format(row, &val, asked, sizeof(asked), &t->look);
		tnl_row_value_of(row, back, &val);
		if (row->codec->hint)
			row->codec->format(row, &val, got, sizeof(got), &t->look);
		return tnl_fail(t, TNL_KERNEL, -EIO, row->word, row->codec->hint ? "asked for %.90s, the kernel made it %.90s" :
				"the kernel did not do it", asked, got);
	}
	return 0;
}

static bool is_whole(const struct tnl_transport *via)
{
	return via->scopes >> TNL_TOP & 1;
}

/* Whether the words of the interface that were given are not all in the transport's own message. */
static bool has_rest(const struct tnl_transport *via, const struct tnl_obj *want)
{
	tnl_each_row(row, want->kind)
		if ((row->scope == TNL_TOP || row->scope == TNL_HEAD) && tnl_row_input(row) && !(row->flags & TNL_ID) &&
		    tnl_obj_given(want, row) && (!is_whole(via) || (row->flags & TNL_LATER)))
			return want->kind->pattern;
	return false;
}

/* Words of the interface that the transport did not carry: mtu, up, address ... */
static int set_rest(struct tnl *t, const struct tnl_obj *want, bool all)
{
	struct tnl_obj *now = NULL, *then = NULL;
	int err = 0;

	now = tnl_obj_new(want->kind);
	if (!now || tnl_obj_set_ifname(now, tnl_obj_ifname(want)))
		err = tnl_nomem(t);
	if (!err && !t->dry)
		err = tnl_rtnl.get(t, now);
	if (!err) {
		now->kind = want->kind;
		then = tnl_obj_clone(now);
		if (!then || tnl_obj_merge(then, want, all) || tnl_set_copy(&then->nest, &now->nest))
			err = tnl_nomem(t);
	}
	if (!err)
		err = tnl_rtnl.change(t, now, then, NULL);
	tnl_obj_free(now);
	tnl_obj_free(then);
	return err;
}

static int get_link(struct tnl *t, const struct tnl_obj *named, struct tnl_obj **out)
{
	struct tnl_obj *obj = tnl_obj_new(&tnl_kind_link);
	int err = !obj || tnl_obj_set_ifname(obj, tnl_obj_ifname(named)) ? tnl_nomem(t) : tnl_rtnl.get(t, obj);

	if (!err && obj->kind == &tnl_kind_link && !strcmp(obj->type, "ether")) {
		err = tnl_kind_l2tp.via[0]->get(t, obj);
		if (err == -ENOENT || err == -ENODEV) { /* nobody's session: just a link */
			t->error.code = err = 0;
			obj->kind = &tnl_kind_link;
		}
	}
	if (!err && t->via && !strcmp(t->via, tnl_ioctl.name) && tnl_kind_has_via(obj->kind, t->via))
		err = tnl_ioctl.get(t, obj);
	if (err)
		tnl_obj_free(obj);
	else
		*out = obj;
	return err;
}

/* What is there now of OBJ's identity; *OUT belongs to the caller. */
static int read_back(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj, struct tnl_obj **out)
{
	int err;

	if (obj->kind->pattern)
		return get_link(t, obj, out);
	*out = tnl_obj_clone(obj);
	err = *out ? via->get(t, *out) : tnl_nomem(t);
	if (err) {
		tnl_obj_free(*out);
		*out = NULL;
	}
	return err;
}

/* ---- the five verbs ---- */

static int prepare(struct tnl *t, struct tnl_obj *obj, const struct tnl_transport **via)
{
	bool no;
	int err;

	*via = pick(t, obj->kind);
	if (!*via)
		return -EINVAL;
	err = needed(t, obj, TNL_ID | TNL_NEED);
	if (!err)
		err = check(t, obj, NULL);
	if (!err)
		err = carried(t, *via, obj);
	if (!err && obj->kind->pattern)
		err = tnl_choose_name(t, obj);
	else if (!err && tnl_row_find(obj->kind, "name", &no))
		obj->chosen = !tnl_obj_was_given(obj, "name");
	if (!err)
		tnl_begin(t, obj);
	return err;
}

/* "invalid argument" without a word: a row may know what usually is the matter. */
static int add_cure(struct tnl *t, const struct tnl_obj *obj)
{
	struct tnl_error why = t->error;

	tnl_each_row(row, obj->kind)
		if (!*why.word && row->cure && tnl_obj_given(obj, row) && tnl_row_set(row, obj))
			return tnl_fail(t, TNL_KERNEL, why.code, row->word, "%s (usual cure: %s)", why.text, row->cure);
	return why.code;
}

/* By the kind's own transport; by its second where the kernel lacks netlink for the kind. */
static int make(struct tnl *t, const struct tnl_transport **via, const struct tnl_obj *obj, struct tnl_obj *back)
{
	const struct tnl_transport *second = t->via ? NULL : obj->kind->via[1];
	int err = (*via)->create(t, obj, back);
	struct tnl_error why = t->error;

	if (err == -EPROTONOSUPPORT && second && !carried(t, second, obj) && !second->create(t, obj, NULL)) {
		*via = second;
		return 0;
	}
	t->error = why;
	return err == -EINVAL ? add_cure(t, obj) : err;
}

static void take_back(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj)
{
	struct tnl_error why = t->error;

	if (via->remove(t, obj))
		why.outcome = TNL_BROKEN;
	t->error = why;
}

int tnl_create(struct tnl *t, struct tnl_obj *obj)
{
	struct tnl_obj *back = tnl_obj_new(obj->kind);
	const struct tnl_transport *via;
	int err;

	tnl_begin(t, obj);
	err = back ? prepare(t, obj, &via) : tnl_nomem(t);
	if (err)
		goto out;
	send_constants(obj);
	back->kind = NULL;
	err = make(t, &via, obj, back);
	if (err == -EEXIST && obj->kind->pattern)
		err = tnl_explain_exists(t, obj);
	if (err)
		goto out;
	if (has_rest(via, obj)) {
		err = set_rest(t, obj, false);
		back->kind = NULL;
	}
	if (!err && t->dry)
		goto out;
	if (!err && !back->kind) {
		tnl_obj_free(back);
		back = NULL;
		err = read_back(t, via, obj, &back);
	}
	if (!err)
		err = compare(t, obj, back, false);
	if (err)
		take_back(t, via, obj);
	else if (tnl_set_copy(&obj->nest, &back->nest) || tnl_set_copy(&obj->top, &back->top))
		err = tnl_nomem(t);
	else
		memcpy(obj->head, back->head, sizeof(obj->head));
out:
	tnl_obj_free(back);
	return err;
}

/* Words that the kernel cannot change on a living object. */
static int changeable(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want)
{
	if (now->kind != want->kind)
		return tnl_refuse(t, "type", "is %s and cannot become %s", now->kind->name, want->kind->name);
	tnl_each_row(row, want->kind)
		if ((row->flags & TNL_FIXED) && !(row->flags & TNL_BLIND) && tnl_obj_given(want, row) &&
		    !tnl_row_equal(row, now, want))
			return tnl_refuse(t, row->word, "the kernel cannot change it on a living %s: delete and add it anew",
					  now->kind->name);
	return 0;
}

static bool nest_differs(const struct tnl_obj *now, const struct tnl_obj *next)
{
	tnl_each_row(row, next->kind)
		if (row->scope == TNL_NEST && tnl_row_input(row) && !(row->flags & TNL_BLIND) &&
		    !tnl_row_equal(row, now, next))
			return true;
	return false;
}

static int apply_change(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *now,
			const struct tnl_obj *next, struct tnl_obj *back)
{
	int err = 0;

	if (is_whole(via))
		return via->change(t, now, next, back);
	if (nest_differs(now, next))
		err = via->change(t, now, next, NULL);
	return err || !next->kind->pattern ? err : set_rest(t, next, true);
}

int tnl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want)
{
	struct tnl_obj *next = tnl_obj_clone(now), *back = tnl_obj_new(now->kind);
	const struct tnl_transport *via = NULL;
	int err;

	tnl_begin(t, now);
	err = next && back ? ours(t, now) : tnl_nomem(t);
	if (!err)
		err = changeable(t, now, want);
	if (!err)
		via = pick(t, now->kind);
	if (!err)
		err = via ? carried(t, via, want) : -EINVAL;
	if (err)
		goto out;
	memcpy(next->given, want->given, sizeof(next->given));
	err = tnl_obj_merge(next, want, false) ? tnl_nomem(t) : check(t, next, now);
	if (!err && tnl_obj_is_fallback(now) && nest_differs(now, next))
		err = tnl_refuse(t, NULL, "is the fallback device of %s: only words of every link can change", now->kind->name);
	if (err || tnl_obj_equal(now, next, NULL))
		goto out;
	back->kind = NULL;
	err = apply_change(t, via, now, next, via == &tnl_rtnl ? back : NULL);
	if (err == -EINVAL)
		err = add_cure(t, next);
	if (t->dry)
		goto out;
	if (!err && !back->kind) {
		tnl_obj_free(back);
		back = NULL;
		err = read_back(t, via, next, &back);
	}
	if (!err)
		err = compare(t, next, back, true);
	if (err && err != -EPERM) { /* gre takes over encap before it finds fault with the rest, and the like */
		struct tnl_error why = t->error;

		tnl_obj_free(back);
		back = NULL;
		if (read_back(t, via, now, &back) ||
		    (!tnl_obj_equal(now, back, NULL) && apply_change(t, via, back, now, NULL)))
			why.outcome = TNL_BROKEN;
		t->error = why;
	}
out:
	tnl_obj_free(next);
	tnl_obj_free(back);
	return err;
}

int tnl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	const struct tnl_transport *via;
	struct tnl_obj *which;
	int err;

	tnl_begin(t, obj);
	err = ours(t, obj);
	if (err)
		return err;
	if (tnl_obj_is_fallback(obj))
		return tnl_refuse(t, NULL, "is the fallback device of %s: the kernel keeps it as long as the module",
				  obj->kind->name);
	via = pick(t, obj->kind);
	if (!via)
		return -EINVAL;
	which = tnl_obj_clone(obj);
	if (!which)
		return tnl_nomem(t);
	err = needed(t, which, TNL_ID);
	if (!err && !obj->kind->pattern)
		err = check(t, which, which);
	if (!err)
		err = via->remove(t, which);
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
		err = get_link(t, &named, out);
	}
	tnl_set_free(&named.top);
	return err;
}

struct filter {
	const struct tnl_kind *kind;
	int (*cb)(void *arg, const struct tnl_obj *obj);
	void *arg;
};

static int filter(void *arg, const struct tnl_obj *obj)
{
	const struct filter *filter = arg;

	return filter->kind && obj->kind != filter->kind ? 0 : filter->cb(filter->arg, obj);
}

int tnl_dump(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	const struct tnl_kind *asked = kind ? kind : &tnl_kind_l2tp; /* which looks at all links */
	const struct tnl_transport *via = asked->via[0]->dump ? asked->via[0] : &tnl_rtnl;
	struct filter wanted = { kind, cb, arg };

	tnl_begin(t, NULL);
	return via->dump(t, asked, filter, &wanted);
}
