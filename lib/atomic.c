// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * All or nothing: what is done after tnl_atomic_begin() is noted, so that it can be undone, the last first. Links go by
 * their number, as anybody may rename them meanwhile; one that comes back under another takes its new one through the
 * rest of the notes.
 */
#include "atomic.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "journal.h"
#include "kernel.h"
#include "risk.h"
#include "step.h"
#include "undo.h"

struct deed {
	struct tnl_obj *was; /* NULL: it was made */
	struct tnl_obj *is;  /* NULL: it was removed; of a change, its words are given */
	const struct tnl_transport *via;
	struct tnl_keep keep; /* what may have gone with it */
};

struct tnl_log {
	struct deed *deeds;
	size_t count, room;
	struct tnl_risk risk; /* of what does not come back with what is undone */
};

/* ---- the notes ---- */

static void forget(struct deed *deed)
{
	tnl_obj_free(deed->was);
	tnl_obj_free(deed->is);
	tnl_keep_free(&deed->keep);
}

static struct deed *new_deed(struct tnl *t, const struct tnl_transport *via)
{
	struct tnl_log *log = t->log;

	if (log->count == log->room) {
		size_t room = log->room ? 2 * log->room : 16;
		struct deed *more = realloc(log->deeds, room * sizeof(*more));

		if (!more)
			return NULL;
		log->deeds = more;
		log->room = room;
	}
	log->deeds[log->count] = (struct deed){ .via = via };
	return &log->deeds[log->count++];
}

size_t tnl_noted(const struct tnl *t)
{
	return t->log ? t->log->count : 0;
}

/* What taking it away needs to know: of most links name and number are enough. */
static struct tnl_obj *outline(const struct tnl_obj *obj)
{
	struct tnl_obj *link = tnl_obj_outline(obj);
	const char *netns = tnl_obj_netns(obj);

	if (link)
		link->made_more = obj->made_more;
	if (link && (tnl_set_copy(&link->nest, &obj->nest) ||
		     (netns && tnl_set_put(&link->top, TNL_NETNS, netns, strlen(netns) + 1)))) {
		tnl_obj_free(link);
		return NULL;
	}
	return link;
}

int tnl_note_made(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj)
{
	struct deed *deed = t->log && !t->dry ? new_deed(t, via) : NULL;

	if (!t->log || t->dry)
		return 0;
	if (deed)
		deed->is = obj->kind->pattern ? outline(obj) : tnl_obj_clone(obj);
	return deed && deed->is ? 0 : tnl_nomem(t);
}

static bool is_ours(const struct tnl_log *log, const struct tnl_obj *link)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct deed *deed = &log->deeds[i];

		if (!deed->was && deed->is && deed->is->kind->pattern && tnl_obj_index(deed->is) == tnl_obj_index(link))
			return true;
	}
	return false;
}

/* The link is going to lose what hangs on it; one that was made since goes anyway. */
static int risk(struct tnl *t, const struct tnl_obj *link)
{
	bool seen = t->log->risk.seen;
	int err;

	if (!link->kind->pattern || (!seen && is_ours(t->log, link)))
		return 0;
	err = tnl_risk_link(t, &t->log->risk, tnl_obj_index(link));
	if (!err && !seen)
		tnl_begin(t, link);
	return err;
}

int tnl_note_change(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *now, const struct tnl_obj *next)
{
	int err = t->log && !t->dry && tnl_risk_is_in(now, next) ? risk(t, now) : 0;
	struct deed *deed = !err && t->log && !t->dry ? new_deed(t, via) : NULL;

	if (err || !t->log || t->dry)
		return err;
	if (deed) {
		deed->was = tnl_obj_clone(now);
		deed->is = tnl_obj_clone(next);
	}
	if (!deed || !deed->was || !deed->is)
		return tnl_nomem(t);
	return tnl_journal_mark(t, now, TNL_SHAKEN);
}

/* Words that went along with a change count as given. */
static void give_changed(struct tnl_obj *is, const struct tnl_obj *was, const struct tnl_obj *back)
{
	tnl_each_row(row, was->kind)
		if (back->kind == was->kind && tnl_row_input(row) && !(row->flags & TNL_ASIDE) &&
		    !tnl_row_equal(row, was, back))
			tnl_obj_give(is, row);
}

void tnl_note_became(struct tnl *t, const struct tnl_obj *back, struct tnl_keep *keep)
{
	struct deed *deed = tnl_noted(t) ? &t->log->deeds[t->log->count - 1] : NULL;

	if (!deed || t->dry)
		return;
	if (keep) {
		deed->keep = *keep;
		*keep = (struct tnl_keep){0};
	}
	if (deed->was)
		give_changed(deed->is, deed->was, back);
	else if (back->kind->pattern)
		((struct ifinfomsg *)deed->is->head)->ifi_index = tnl_obj_index(back);
}

static int note_gone(struct tnl *t, const struct tnl_obj *obj, bool collect)
{
	int err = risk(t, obj);
	struct deed *deed = err ? NULL : new_deed(t, obj->kind->via[0]);

	if (err)
		return err;
	if (deed)
		deed->was = tnl_obj_clone(obj);
	if (!deed || !deed->was)
		return tnl_nomem(t);
	if (collect && (obj->kind->pattern || obj->kind == &tnl_kind_addr))
		err = tnl_keep_collect(t, obj, &deed->keep);
	if (!err && obj->kind->pattern)
		err = tnl_journal_mark(t, obj, TNL_GOING);
	else if (!err && obj->kind == &tnl_kind_addr)
		err = tnl_journal_mark(t, obj, TNL_GONE);
	return err;
}

/* A session of L2TP is known best as its link, which goes with it. */
static int note_session(struct tnl *t, const struct tnl_obj *session)
{
	const char *name = tnl_obj_interface(session);
	struct tnl_obj named = { .kind = &tnl_kind_link }, *link = NULL;
	int err = name ? tnl_obj_set_ifname(&named, name) ? tnl_nomem(t) : tnl_step_get_link(t, &named, &link) : 0;

	if (err == -ENODEV)
		err = t->error.code = 0;
	if (!err)
		err = note_gone(t, link && link->kind->pattern && link->kind != &tnl_kind_link ? link : session, true);
	tnl_obj_free(link);
	tnl_set_free(&named.top);
	return err;
}

struct sessions {
	struct tnl *t;
	const struct tnl_obj *tunnel;
};

static int note_one_of(void *arg, const struct tnl_obj *session)
{
	const struct sessions *sessions = arg;
	bool its = tnl_obj_number(session, "tunnel_id") == tnl_obj_number(sessions->tunnel, "tunnel_id");

	return its ? note_session(sessions->t, session) : 0;
}

/* Their numbers cannot be chosen: in the order of the former ones they come back by undoing the last first. */
static int newest_first(const void *one, const void *other)
{
	const struct deed *a = one, *b = other;
	int first = a->was->kind->pattern ? tnl_obj_index(a->was) : 0, second = b->was->kind->pattern ? tnl_obj_index(b->was) : 0;

	return (first < second) - (first > second);
}

int tnl_note_removal(struct tnl *t, const struct tnl_obj *which)
{
	struct sessions sessions = { t, which };
	const size_t mark = tnl_noted(t);
	int err = 0;

	if (!t->log || t->dry)
		return 0;
	if (which->kind == &tnl_kind_l2tp_session)
		return note_session(t, which);
	if (which->kind == &tnl_kind_l2tp_tunnel)
		err = tnl_dump(t, &tnl_kind_l2tp_session, note_one_of, &sessions);
	if (!err && tnl_noted(t) > mark)
		qsort(t->log->deeds + mark, tnl_noted(t) - mark, sizeof(*t->log->deeds), newest_first);
	return err ? err : note_gone(t, which, true);
}

int tnl_note_going(struct tnl *t, const struct tnl_obj *link)
{
	return t->log && !t->dry ? note_gone(t, link, false) : 0;
}

int tnl_note_gone(struct tnl *t, size_t mark)
{
	size_t count = tnl_noted(t) - mark;
	struct tnl_keeping *links = count ? calloc(count, sizeof(*links)) : NULL;
	int err = count && !links ? tnl_nomem(t) : 0;

	for (size_t i = 0; i < count && !err; i++) {
		struct deed *deed = &t->log->deeds[mark + i];

		links[i] = (struct tnl_keeping){ tnl_obj_index(deed->was), &deed->keep };
	}
	if (!err)
		err = tnl_keep_collect_all(t, links, count);
	free(links);
	return err;
}

void tnl_note_void(struct tnl *t, size_t count)
{
	if (!t->log || !count)
		return;
	forget(&t->log->deeds[count - 1]);
	t->log->deeds[count - 1] = (struct deed){0};
}

void tnl_note_settle(struct tnl *t, size_t mark, int err)
{
	if (!t->log || !err || t->error.outcome == TNL_BROKEN)
		return;
	while (t->log->count > mark)
		forget(&t->log->deeds[--t->log->count]);
}

/* ---- undoing ---- */

/* The interface FROM is TO since it has come back. */
static void renumber(struct tnl_log *log, int from, int to)
{
	if (!to || from == to)
		return;
	tnl_risk_renumber(&log->risk, from, to);
	for (size_t i = 0; i < log->count; i++) {
		struct deed *deed = &log->deeds[i];

		if (deed->was)
			tnl_renumber(deed->was, from, to);
		if (deed->is)
			tnl_renumber(deed->is, from, to);
		tnl_keep_renumber(&deed->keep, from, to);
	}
}

/* What went wrong while undoing is told as the others tell it. */
static void tell(struct tnl *t, struct tnl_error why, const char *what)
{
	strlcat(why.text, what, sizeof(why.text));
	strlcat(why.text, t->error.text, sizeof(why.text));
	why.outcome = TNL_BROKEN;
	t->error = why;
}

static void restore(struct tnl *t, struct tnl_keep *keep)
{
	struct tnl_error why = t->error;

	tnl_keep_restore(t, keep, TNL_CHOSEN_STAY);
	tnl_undo_tell_kept(t, &why, "; lost: ", keep);
	t->error = why;
}

/* It may have another name by now; what is no more needs no undoing. */
static void unmake(struct tnl *t, struct tnl_log *log, struct deed *deed)
{
	struct tnl_error why = t->error;
	struct tnl_obj *living = NULL;
	bool link = deed->is->kind->pattern, lost = link && !tnl_obj_index(deed->is);
	int err = link ? tnl_step_get_link(t, deed->is, &living) : 0;

	if (link)
		tnl_risk_forget(&log->risk, tnl_obj_ifname(deed->is));
	t->error = why;
	if (living)
		living->made_more = deed->is->made_more;
	if (err && lost)
		tell(t, why, "; it was made and not found again");
	else if (!link || (living && living->kind == deed->is->kind))
		tnl_undo_create(t, deed->via, living ? living : deed->is);
	tnl_obj_free(living);
}

/* From the namespace that was entered to that of the socket HERE. */
static int fetch(struct tnl *t, const struct tnl_obj *link, const struct tnl_nl *here)
{
	int err, fd = ioctl(here->fd, SIOCGSKNS);
	struct tnl_obj *living = NULL;
	char path[32];

	if (fd < 0)
		return tnl_kernel_says(t, link->kind, -errno, NULL, NULL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = tnl_step_get_link(t, link, &living);
	if (!err)
		err = tnl_rtnl_move(t, living, path);
	close(fd);
	tnl_obj_free(living);
	return err;
}

/* It may have gone by another number there, and have another since. */
static int come_home(struct tnl *t, struct tnl_log *log, const struct tnl_obj *was, const char *netns)
{
	struct tnl_obj named = { .kind = &tnl_kind_link }, *living = NULL;
	struct tnl_nl here = { .fd = -1 };
	int err = tnl_obj_set_ifname(&named, tnl_obj_ifname(was)) ? tnl_nomem(t) : 0;

	if (!err) {
		err = tnl_netns_enter(t, netns, &here);
		err = err ? tnl_kernel_says(t, was->kind, err, NULL, NULL) : fetch(t, &named, &here);
		tnl_netns_leave(t, &here);
	}
	if (!err)
		err = tnl_step_get_link(t, &named, &living);
	if (!err)
		renumber(log, tnl_obj_index(was), tnl_obj_index(living));
	tnl_obj_free(living);
	tnl_set_free(&named.top);
	return err;
}

static void change_back(struct tnl *t, struct tnl_log *log, struct deed *deed)
{
	const char *netns = tnl_obj_netns(deed->is);
	struct tnl_error why = t->error;

	if (netns && come_home(t, log, deed->was, netns)) {
		tell(t, why, "; it could not be moved back: ");
		return;
	}
	t->error = why;
	/* moving it has cost it more than words */
	tnl_undo_change(t, deed->via, deed->was, netns ? NULL : deed->is, &deed->keep);
}

/* An address or a route comes as the kernel told it, like those that went with it. */
static void make_again(struct tnl *t, struct tnl_log *log, struct deed *deed)
{
	struct tnl_error why = t->error;
	struct tnl_obj *former = NULL;
	int err;

	if (deed->was->kind->rtnl) {
		restore(t, &deed->keep);
		why = t->error;
		tnl_keep_ready(deed->was);
		err = tnl_rtnl.create(t, deed->was, NULL);
		if (err && err != -EEXIST)
			tell(t, why, "; it could not be put back: ");
		else
			t->error = why;
		return;
	}
	former = tnl_former(deed->was);
	if (!former) {
		tnl_nomem(t);
		tell(t, why, "; it is gone: ");
		return;
	}
	tnl_undo_remove(t, deed->was, former, &deed->keep);
	if (former->kind->pattern)
		renumber(log, tnl_obj_index(deed->was), tnl_obj_index(former));
	tnl_obj_free(former);
}

static void unmake_there(struct tnl *t, struct tnl_log *log, struct deed *deed)
{
	const char *netns = tnl_obj_netns(deed->is);
	struct tnl_error why = t->error;
	struct tnl_nl here = { .fd = -1 };
	int err = netns ? tnl_netns_enter(t, netns, &here) : 0;

	if (err) {
		tnl_kernel_says(t, deed->is->kind, err, NULL, NULL);
		tell(t, why, "; where it is cannot be entered: ");
	} else {
		unmake(t, log, deed);
	}
	tnl_netns_leave(t, &here);
}

static void undo(struct tnl *t, struct tnl_log *log, struct deed *deed)
{
	tnl_begin(t, deed->was ? deed->was : deed->is);
	tnl_about(t);
	t->error.outcome = TNL_KERNEL;
	if (!deed->was)
		unmake_there(t, log, deed);
	else if (deed->is)
		change_back(t, log, deed);
	else
		make_again(t, log, deed);
}

static void tell_broken(struct tnl_error *whole, const char *object, const char *what)
{
	static const char more[] = " ..."; /* no room to tell all */
	size_t room = sizeof(whole->text);

	strlcat(whole->text, whole->code ? "; " : "not undone: ", room);
	strlcat(whole->text, object, room);
	strlcat(whole->text, ": ", room);
	if (strlcat(whole->text, what, room) >= room)
		strlcpy(whole->text + room - sizeof(more), more, sizeof(more));
	whole->outcome = TNL_BROKEN;
	whole->code = -EIO;
}

static void tell_lost(void *arg, const struct tnl_obj *link, const char *what)
{
	char text[TNL_TEXT_MAX];

	snprintf(text, sizeof(text), "lost: %s", what);
	tell_broken(arg, tnl_obj_ifname(link), text);
}

int tnl_atomic_rollback(struct tnl *t)
{
	struct tnl_log *log = t->log;
	struct tnl_error whole = {0};
	const char *via = t->via;

	tnl_journal_back(t);
	t->log = NULL; /* what is done from here on is no deed */
	t->via = NULL;
	while (log && log->count) {
		struct deed deed = log->deeds[--log->count];

		if (!deed.was && !deed.is)
			continue;
		undo(t, log, &deed);
		if (t->error.outcome == TNL_BROKEN) {
			tell_broken(&whole, t->error.object, t->error.text + strspn(t->error.text, "; "));
			tnl_journal_mark(t, deed.was ? deed.was : deed.is, TNL_STUCK);
		}
		forget(&deed);
	}
	tnl_journal_end(t, whole.code != 0); /* what is lost for good, no other try brings back */
	if (log && tnl_risk_lost(t, &log->risk, tell_lost, &whole))
		tell_broken(&whole, "nobody knows what links have lost", t->error.text);
	t->via = via;
	t->log = log;
	tnl_atomic_commit(t);
	t->error = whole;
	return whole.code;
}

int tnl_atomic_begin(struct tnl *t)
{
	tnl_begin(t, NULL);
	if (t->log)
		return tnl_fail(t, TNL_REFUSED, -EALREADY, NULL, "began before");
	t->log = calloc(1, sizeof(*t->log));
	return t->log ? 0 : tnl_nomem(t);
}

void tnl_atomic_commit(struct tnl *t)
{
	tnl_journal_end(t, false);
	while (t->log && t->log->count)
		forget(&t->log->deeds[--t->log->count]);
	if (t->log) {
		free(t->log->deeds);
		tnl_risk_free(&t->log->risk);
	}
	free(t->log);
	t->log = NULL;
}
