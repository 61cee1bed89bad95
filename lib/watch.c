// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Watching: what the kernel tells of links and generic netlink objects, and what it does not tell, by reading the
 * lists again. Events are in order and whole as long as nothing was dropped, so they are believed as they come, and a
 * list only where no event came while it was read. An object that the kernel says is being deleted is told when it is
 * gone, as an L2TP tunnel is not for a while; many of them die without a word.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "step.h"
#include "watch.h"

#define SOON 100   /* ms after an event until what it may have done to others is read */
#define LATER 1000 /* ms until a list that kept changing is read again */
#define MAX_PATIENCE 10000 /* ms; what is being deleted is read after ever longer times up to this one */

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static void due(struct tnl_watch *w, uint64_t ms, bool links_too)
{
	uint64_t at = now() + ms;

	if (!w->soon || at < w->soon)
		w->soon = at;
	w->links_too |= links_too;
}

static void arm(struct tnl_watch *w)
{
	uint64_t at = !w->soon || (w->tick && w->tick < w->soon) ? w->tick : w->soon;
	struct itimerspec spec = { .it_value = { at / 1000, at % 1000 * 1000000 } };

	timerfd_settime(w->timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

/* ---- events ---- */

/* Bridges and wireless drivers use the same messages for things of their own. */
static bool is_whole_link(const struct tnl_obj *obj)
{
	return ((const struct ifinfomsg *)obj->head)->ifi_family == AF_UNSPEC && tnl_set_find(&obj->top, IFLA_MTU) &&
	       tnl_obj_ifname(obj);
}

static int take_link(void *arg, const struct nlmsghdr *nlh)
{
	struct tnl_watch *w = arg;
	const struct tnl_known *known;
	struct tnl_obj *obj;
	int err;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return 0;
	obj = tnl_obj_new(&tnl_kind_link);
	if (!obj)
		return tnl_nomem(w->t);
	err = tnl_rtnl_read_link(obj, nlh);
	known = err || !is_whole_link(obj) ? NULL : tnl_known_find(&w->table, obj);
	if (err || !is_whole_link(obj)) {
		tnl_obj_free(obj);
		return err == -ENOMEM ? tnl_nomem(w->t) : 0;
	}
	due(w, SOON, false);
	if (nlh->nlmsg_type == RTM_DELLINK)
		return tnl_forget(w, obj);
	err = tnl_step_claim(w->t, obj);
	if (known && !known->gone && !err && known->obj->kind != obj->kind) {
		/* a link stays what it is: what claims it is coming or going */
		due(w, SOON, true);
		err = -EAGAIN;
	}
	if (err)
		tnl_obj_free(obj);
	return err == -EAGAIN ? 0 : err ? err : tnl_note(w, obj);
}

/* Families come and go with their modules. */
static void join_families(struct tnl_watch *w)
{
	tnl_genl_forget(w->t);
	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
		uint32_t group = kind->genl ? tnl_genl_group(w->t, kind->genl->family) : 0;

		if (group)
			tnl_nl_join(&w->genl, group);
	}
}

static const struct tnl_kind *kind_of_command(struct tnl_watch *w, uint16_t family, uint8_t cmd)
{
	for (const struct tnl_kind *kind = NULL; (kind = tnl_kind_next(kind));) {
		const struct tnl_genl *genl = kind->genl;

		if (genl && (cmd == genl->cmd.create || cmd == genl->cmd.change || cmd == genl->cmd.remove) &&
		    tnl_genl_family(w->t, genl->family, false) == family)
			return kind;
	}
	return NULL;
}

/* What there is of OBJ's identity: *OUT belongs to the caller. */
static int ask(struct tnl_watch *w, const struct tnl_obj *obj, struct tnl_obj **out)
{
	int err = 0;

	*out = tnl_obj_new(obj->kind);
	if (!*out)
		return -ENOMEM;
	tnl_each_row(row, obj->kind)
		if (!err && (row->flags & (TNL_ID | TNL_UNIQ)))
			err = tnl_row_copy(row, *out, obj);
	if (!err)
		err = obj->kind->via[0]->get ? obj->kind->via[0]->get(w->t, *out) : -ENOENT;
	w->t->error.code = 0;
	if (err) {
		tnl_obj_free(*out);
		*out = NULL;
	}
	return err;
}

/* L2TP tells of all namespaces, so what it says is asked for in ours. */
static int take_genl(void *arg, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct tnl_watch *w = arg;
	const struct tnl_kind *kind;
	struct tnl_obj *said, *obj = NULL;
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL) {
		join_families(w);
		due(w, SOON, true);
		return 0;
	}
	kind = kind_of_command(w, nlh->nlmsg_type, genl->cmd);
	if (!kind)
		return 0;
	said = tnl_obj_new(kind);
	err = said ? tnl_genl_read(said, nlh) : -ENOMEM;
	if (!err && genl->cmd == kind->genl->cmd.remove && tnl_known_find(&w->table, said)) {
		w->patience = SOON; /* on its way: to be told when it is gone */
		due(w, SOON, true);
	} else if (!err) {
		err = ask(w, said, &obj);
	}
	tnl_obj_free(said);
	if (err == -ENOMEM)
		return tnl_nomem(w->t);
	if (err || !obj)
		return 0; /* of another namespace, gone again, or nothing that we understand */
	due(w, SOON, true); /* the words of an L2TP link are in its tunnel and session */
	return tnl_note(w, obj);
}

static int take_events(struct tnl_watch *w)
{
	int err = tnl_nl_listen(&w->links, take_link, w);

	return err ? err : tnl_nl_listen(&w->genl, take_genl, w);
}

/* ---- lists ---- */

static int take_object(void *arg, const struct tnl_obj *obj)
{
	return tnl_roll_add(arg, tnl_obj_clone(obj));
}

/* Whether lists of this kind can be had: without privilege L2TP tells nothing at all. */
static int read_kind(struct tnl_watch *w, const struct tnl_kind *kind, struct tnl_roll *roll)
{
	int err = tnl_dump(w->t, kind, take_object, roll);

	return err == -EPERM ? 0 : err == -ENOMEM ? tnl_nomem(w->t) : err;
}

/* Lists leave out living ones at times (see genl.c): who is missing is asked for. */
static bool is_missed(struct tnl_watch *w, const struct tnl_obj *obj)
{
	struct tnl_obj *there;
	int err = obj->kind->genl ? ask(w, obj, &there) : -ENOENT;

	if (!err)
		tnl_obj_free(there);
	return err == -ENODEV || err == -ENOENT || err == -ESRCH || err == -EPROTONOSUPPORT;
}

/* What the lists say of all that no event told of meanwhile. */
static int take_roll(struct tnl_watch *w, struct tnl_roll *roll, bool links)
{
	struct tnl_known *known, *next;
	int err = 0;

	for (size_t i = 0; i < roll->count; i++) {
		known = tnl_known_find(&w->table, roll->objs[i]);
		if (known)
			known->read = w->reading;
	}
	for (known = w->table.first; known && !err; known = known->next)
		if (known->read != w->reading && known->told != w->reading && !known->gone &&
		    (links || !known->obj->kind->pattern) && is_missed(w, known->obj))
			err = tnl_bury(w, known);
	for (size_t i = 0; i < roll->count && !err; i++) {
		struct tnl_obj *obj = roll->objs[i];

		known = tnl_known_find(&w->table, obj);
		if (known && known->told == w->reading)
			continue;
		roll->objs[i] = NULL;
		err = tnl_note(w, obj);
	}
	for (known = w->table.first; known; known = next) {
		next = known->next;
		if (known->gone)
			tnl_known_drop(&w->table, known);
	}
	return err;
}

static int read_lists(struct tnl_watch *w, bool links)
{
	struct tnl_roll roll = {0};
	int err = take_events(w);

	if (err)
		return err;
	w->reading++;
	w->open = true;
	if (links)
		err = read_kind(w, NULL, &roll);
	for (const struct tnl_kind *kind = NULL; !err && (kind = tnl_kind_next(kind));)
		if (kind->genl)
			err = read_kind(w, kind, &roll);
	if (!err)
		err = take_events(w);
	if (!err)
		err = take_roll(w, &roll, links);
	w->open = false;
	tnl_roll_free(&roll);
	return err;
}

/* ---- the interface ---- */

int tnl_watch_open(struct tnl *t, unsigned interval, struct tnl_watch **out)
{
	struct tnl_watch *w = calloc(1, sizeof(*w));
	int err = 0;

	tnl_begin(t, NULL);
	if (!w)
		return tnl_nomem(t);
	w->t = t;
	w->interval = interval;
	w->links = (struct tnl_nl){ .bus = NETLINK_ROUTE, .fd = -1 };
	w->genl = (struct tnl_nl){ .bus = NETLINK_GENERIC, .fd = -1 };
	w->fd = epoll_create1(EPOLL_CLOEXEC);
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->fd < 0 || w->timer < 0)
		err = -errno;
	if (!err)
		err = tnl_nl_join(&w->links, RTNLGRP_LINK);
	if (!err)
		err = tnl_nl_join(&w->genl, GENL_ID_CTRL); /* families that come and go; its group has its number */
	if (!err)
		join_families(w);
	for (int i = 0, fds[] = { w->links.fd, w->genl.fd, w->timer }; !err && i < 3; i++)
		if (epoll_ctl(w->fd, EPOLL_CTL_ADD, fds[i], &(struct epoll_event){ .events = EPOLLIN }))
			err = -errno;
	if (!err) {
		due(w, 0, true);
		arm(w);
		*out = w;
		return 0;
	}
	tnl_watch_close(w);
	return tnl_fail(t, TNL_KERNEL, err, NULL, "cannot watch: %s", strerror(-err));
}

void tnl_watch_close(struct tnl_watch *w)
{
	if (!w)
		return;
	while (w->table.first)
		tnl_known_drop(&w->table, w->table.first);
	tnl_nl_close(&w->links);
	tnl_nl_close(&w->genl);
	if (w->fd >= 0)
		close(w->fd);
	if (w->timer >= 0)
		close(w->timer);
	free(w);
}

int tnl_watch_fd(const struct tnl_watch *w)
{
	return w->fd;
}

/* Reads what is due now. A list that kept changing is read again later, but the first must be whole. */
static int read_due(struct tnl_watch *w)
{
	bool tick = w->tick && w->tick <= now(), links = w->links_too || tick;
	int err;

	w->soon = 0;
	w->links_too = false;
	if (tick)
		join_families(w);
	err = read_lists(w, links);
	if (err == -EINTR && w->begun) {
		due(w, LATER, links);
		err = 0;
	}
	if (w->patience) {
		due(w, w->patience, false);
		w->patience = w->patience < MAX_PATIENCE ? 2 * w->patience : 0;
	}
	if (w->interval && (tick || !w->tick))
		w->tick = now() + w->interval;
	return err;
}

int tnl_watch_read(struct tnl_watch *w, int (*cb)(void *arg, const struct tnl_event *event), void *arg)
{
	uint64_t times;
	int err;

	tnl_begin(w->t, NULL);
	w->cb = cb;
	w->arg = arg;
	w->verdict = 0;
	(void)!read(w->timer, &times, sizeof(times));
	err = w->begun ? take_events(w) : 0;
	if (!err && ((w->soon && w->soon <= now()) || (w->tick && w->tick <= now())))
		err = read_due(w);
	if (err == -ENOBUFS && !w->verdict) {
		due(w, 0, true);
		err = w->begun ? tnl_tell(w, TNL_EVENT_OVERRUN, NULL, NULL) : 0;
	} else if (!err && !w->begun) {
		w->begun = true;
		err = tnl_tell(w, TNL_EVENT_WATCHING, NULL, NULL);
	}
	if (err && !w->verdict && !w->t->error.code)
		tnl_lost(w->t, err);
	arm(w);
	return err;
}
