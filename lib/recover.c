// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * After an apply that did not come to its end: what it took from links comes back. What it had not touched yet, or had
 * finished with, may have been changed by hand since, and is left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link.h"
#include "recovery.h"
#include "step.h"
#include "undo.h"

/* It goes by its number, as anybody may have renamed it, unless it was made anew and could not choose one. -ENODEV;
 * -EEXIST: another one has its name. */
static int find(const struct tnl_recovery *recovery, const struct tnl_former *former, struct tnl_obj **now)
{
	struct tnl *t = recovery->t;
	int err;

	tnl_begin(t, former->link);
	err = tnl_step_get_link(t, former->link, now);
	if (!err && tnl_former_may_be(recovery, former, *now))
		return 0;
	if (!err)
		tnl_obj_free(*now);
	else if (err != -ENODEV)
		return err;
	err = tnl_get(t, tnl_obj_ifname(former->link), now);
	if (!err && tnl_former_is_named(recovery, former, *now))
		return 0;
	if (!err) {
		tnl_obj_free(*now);
		err = -EEXIST;
	}
	*now = NULL;
	tnl_begin(t, former->link);
	return err == -EEXIST ? tnl_fail(t, TNL_KERNEL, err, NULL, "another link has its name") : err;
}

/* ---- giving back ---- */

/* Not known before it is there. */
static void renumber(struct tnl_recovery *recovery, int from, int to)
{
	for (size_t i = 0; from != to && i < recovery->count; i++) {
		tnl_keep_renumber(&recovery->formers[i].keep, from, to);
		if (!recovery->formers[i].settled)
			tnl_renumber(recovery->formers[i].link, from, to);
	}
}

/* It has nothing yet when it is there again. */
static int note_gone(struct tnl_recovery *recovery, struct tnl_former *former)
{
	const uint32_t gone = TNL_GONE;
	const off_t at = former->at + offsetof(struct tnl_journal_record, mark);
	int fd = open(recovery->path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW), err = 0;

	if (fd < 0 || pwrite(fd, &gone, sizeof(gone), at) != sizeof(gone))
		err = tnl_fail(recovery->t, TNL_KERNEL, -errno, NULL, "%s: %s", recovery->path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (!err)
		former->mark = TNL_GONE;
	return err;
}

static int make_again(struct tnl_recovery *recovery, struct tnl_former *former)
{
	struct tnl_obj *again = tnl_former(former->link);
	struct tnl *t = recovery->t;
	int err = again ? note_gone(recovery, former) : tnl_nomem(t);

	if (!err)
		err = tnl_step_create(t, again, true);
	if (!err)
		err = tnl_step_read_back(t, again->kind->via[0], again, &former->now);
	tnl_obj_free(again);
	if (err)
		return err;
	tnl_each_row(row, former->link->kind)
		if (tnl_step_is_lost(row, former->link, former->now, NULL))
			tnl_undo_tell(&former->why, " without ", row->word);
	former->changed = true;
	return 0;
}

static int give_words(struct tnl_recovery *recovery, struct tnl_former *former, const struct tnl_obj *now)
{
	struct tnl_obj *want = tnl_obj_new(now->kind);
	struct tnl *t = recovery->t;
	int err = !want || tnl_obj_set_ifname(want, tnl_obj_ifname(now)) ? -ENOMEM : 0;
	bool differs = false;

	for (const struct tnl_row *row = tnl_link_rows; row->word && !err; row++) {
		if (!tnl_former_lacks(recovery, former, row, now))
			continue;
		err = tnl_row_copy(row, want, former->link);
		tnl_obj_give(want, row);
		differs = true;
	}
	err = err ? tnl_nomem(t) : differs ? tnl_change(t, now, want) : 0;
	former->changed |= differs;
	tnl_obj_free(want);
	return err;
}

/* Its link is there, if it shall be; then it is settled. */
static int settle(struct tnl_recovery *recovery, struct tnl_former *former)
{
	int err = find(recovery, former, &former->now);

	if (err == -EEXIST && !tnl_former_is_made_again(recovery, former)) /* it went as it should */
		err = -ENODEV;
	if (err == -ENODEV)
		err = recovery->t->error.code = tnl_former_is_made_again(recovery, former) ? make_again(recovery, former) : 0;
	else if (!err && former->what != TNL_JOURNAL_STAYS)
		err = give_words(recovery, former, former->now);
	if (err)
		return err;
	former->settled = true;
	if (former->now)
		renumber(recovery, tnl_obj_index(former->link), tnl_obj_index(former->now));
	return 0;
}

/* As long as one more succeeds: a link may need another one. */
static void settle_all(struct tnl_recovery *recovery)
{
	size_t settled;

	do {
		settled = 0;
		for (size_t i = 0; i < recovery->count; i++) {
			struct tnl_former *former = &recovery->formers[i];

			if (former->settled || !tnl_former_is_due(recovery, former))
				continue;
			tnl_obj_free(former->now);
			former->now = NULL;
			former->why = (struct tnl_error){0};
			if (settle(recovery, former))
				former->why = recovery->t->error;
			settled += former->settled;
		}
	} while (settled);
}

/* A route may need an address of another link. */
static void give_all_back(struct tnl_recovery *recovery)
{
	size_t before, left = SIZE_MAX;
	bool came; /* up */

	do {
		before = left;
		left = 0;
		for (size_t i = 0; i < recovery->count; i++) {
			struct tnl_former *former = &recovery->formers[i];

			if (!former->settled || !former->now || tnl_former_is_it(recovery, former))
				continue;
			came = before == SIZE_MAX && (recovery->back || former->what == TNL_JOURNAL_ANEW);
			tnl_keep_restore(recovery->t, &former->keep, came ? TNL_CHOSEN_GO : TNL_CHOSEN_STAY);
			former->changed = true;
			left += former->keep.addrs.count + former->keep.routes.count + former->keep.routers.count;
		}
	} while (left && left < before);
}

static int tell(struct tnl_recovery *recovery, int (*cb)(void *arg, const char *name, const char *text, bool whole),
		void *arg)
{
	char text[sizeof(((struct tnl_error *)0)->text) + 32];
	int err = 0;

	for (size_t i = 0; i < recovery->count && !err; i++) {
		struct tnl_former *former = &recovery->formers[i];

		bool there = former->settled;
		struct tnl_error *why = &former->why;

		if (!tnl_former_is_due(recovery, former) || (there && !former->changed))
			continue;
		if (!there)
			why->outcome = TNL_KERNEL;
		if (!there || !tnl_former_is_it(recovery, former)) /* it has them still */
			tnl_undo_tell_kept(recovery->t, why, there ? " without " : "; lost with it: ", &former->keep);
		snprintf(text, sizeof(text), "%s%s", there ? "recovered" : "not recovered: ", why->text);
		err = cb(arg, tnl_obj_ifname(former->now ? former->now : former->link), text, !*why->text);
	}
	return err;
}

int tnl_recover(struct tnl *t, const char *path,
		int (*cb)(void *arg, const char *name, const char *text, bool whole), void *arg)
{
	struct tnl_recovery recovery = { .t = t, .path = path };
	int err = tnl_recovery_open(&recovery, path);

	tnl_begin(t, NULL);
	if (!err || err == -ENOENT) {
		settle_all(&recovery);
		give_all_back(&recovery);
		unlink(path);
		t->error.code = 0;
		err = tell(&recovery, cb, arg);
	} else {
		err = tnl_recovery_blame(t, path, err);
	}
	tnl_recovery_close(&recovery);
	return err;
}
