// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * After an apply that did not come to its end: what it took from links comes back. What it had not touched yet, or had
 * finished with, may have been changed by hand since, and is left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "keep.h"
#include "link.h"
#include "step.h"
#include "undo.h"

#define LARGEST (256 << 20) /* bytes that are read */

struct former {
	enum tnl_journal_what what;
	enum tnl_mark mark;
	struct tnl_obj *link, *now; /* NOW: to get back what hung on it */
	struct tnl_keep keep;
	off_t at; /* in the file */
	bool settled, changed;
	struct tnl_error why; /* what it does not get back */
};

struct recovery {
	struct tnl *t;
	const char *path;
	bool back; /* all was being undone */
	struct former *formers;
	size_t count;
};

/* ---- reading ---- */

static int load(const char *path, struct tnl_pile *pile)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), err = 0;
	char buf[16384];
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		err = -EPERM;
	else if (st.st_size > LARGEST)
		err = -EFBIG;
	while (!err && n > 0) {
		n = read(fd, buf, sizeof(buf));
		err = n < 0 ? errno == EINTR ? 0 : -errno : tnl_pile_add(pile, buf, n);
		n = n < 0 && !err ? 1 : n;
	}
	close(fd);
	return err;
}

/* The next object of what is left; NULL: there is no whole one. */
static struct tnl_obj *take(const char **data, size_t *left, struct tnl_journal_record *record)
{
	const struct tnl_kind *kind;
	struct tnl_obj *obj;

	if (*left < sizeof(*record))
		return NULL;
	memcpy(record, *data, sizeof(*record));
	*data += sizeof(*record);
	*left -= sizeof(*record);
	if (record->what > TNL_JOURNAL_HANGS || record->mark >= TNL_MARKS || record->top > *left ||
	    record->nest > *left - record->top || !memchr(record->kind, 0, sizeof(record->kind)) ||
	    !memchr(record->type, 0, sizeof(record->type)))
		return NULL;
	kind = tnl_kind_find(record->kind);
	obj = kind ? tnl_obj_new(kind) : NULL;
	if (!obj)
		return NULL;
	memcpy(obj->head, record->head, sizeof(obj->head));
	memcpy(obj->type, record->type, sizeof(obj->type));
	if (tnl_set_load(&obj->top, *data, record->top) ||
	    tnl_set_load(&obj->nest, *data + record->top, record->nest) ||
	    (record->what == TNL_JOURNAL_HANGS ? !tnl_journal_hangs(obj) : !kind->pattern || !tnl_obj_ifname(obj))) {
		tnl_obj_free(obj);
		return NULL;
	}
	*data += record->top + record->nest;
	*left -= record->top + record->nest;
	return obj;
}

static int read_all(struct recovery *recovery, const char *data, size_t left)
{
	const size_t size = sizeof(struct tnl_journal_header) + left;
	struct tnl_journal_record record;

	recovery->formers = calloc(left / sizeof(record) + 1, sizeof(*recovery->formers));
	if (!recovery->formers)
		return -ENOMEM;
	while (left) {
		const off_t at = size - left;
		struct tnl_obj *obj = take(&data, &left, &record);
		struct former *last = recovery->formers + recovery->count - 1;

		if (!obj)
			return -EBADMSG;
		if (record.what != TNL_JOURNAL_HANGS) {
			recovery->formers[recovery->count++] = (struct former){ .what = record.what, .at = at,
				.mark = record.mark, .link = obj, .keep.link = tnl_obj_index(obj) };
		} else if (!recovery->count || !tnl_keep_is_about(obj, tnl_obj_index(last->link))) {
			tnl_obj_free(obj);
			return -EBADMSG;
		} else if (tnl_roll_add(tnl_keep_roll(&last->keep, obj), obj)) {
			return -ENOMEM;
		}
	}
	return 0;
}

/* -ENOENT: nothing waits. */
static int open_journal(struct recovery *recovery, const char *path)
{
	struct tnl_journal_header header;
	struct tnl_pile pile = {0};
	int err = load(path, &pile);
	char boot[40];

	tnl_journal_boot(boot);
	if (!err && pile.len < sizeof(header))
		err = -EBADMSG;
	if (!err)
		memcpy(&header, pile.data, sizeof(header));
	if (!err && memcmp(header.magic, TNL_JOURNAL_MAGIC, sizeof(TNL_JOURNAL_MAGIC)))
		err = -EBADMSG;
	if (!err && memcmp(header.boot, boot, sizeof(boot)))
		err = -ENOENT;
	if (!err) {
		recovery->back = header.back;
		err = read_all(recovery, pile.data + sizeof(header), pile.len - sizeof(header));
	}
	tnl_pile_free(&pile);
	return err;
}

static int blame(struct tnl *t, const char *path, int err)
{
	return tnl_fail(t, TNL_REFUSED, err, NULL, "%s: %s: delete it to go on without", path, strerror(-err));
}

static void close_journal(struct recovery *recovery)
{
	for (size_t i = 0; i < recovery->count; i++) {
		tnl_obj_free(recovery->formers[i].link);
		tnl_obj_free(recovery->formers[i].now);
		tnl_keep_free(&recovery->formers[i].keep);
	}
	free(recovery->formers);
}

/* ---- what is there now ---- */

/* If it is not there. */
static bool is_made_again(const struct recovery *recovery, const struct former *former)
{
	return former->what == TNL_JOURNAL_ANEW || (former->what == TNL_JOURNAL_GOES && recovery->back);
}

static bool is_due(const struct recovery *recovery, const struct former *former)
{
	return recovery->back ? former->mark != TNL_WHOLE : former->mark == TNL_GOING || former->mark == TNL_GONE;
}

/* Deleted or not: if it is there, it is the one that was. */
static bool is_former(const struct recovery *recovery, const struct former *former)
{
	return !recovery->back && former->mark == TNL_GOING;
}

/* NOW has its number. */
static bool may_be(const struct recovery *recovery, const struct former *former, const struct tnl_obj *now)
{
	return now->kind == former->link->kind || (!is_former(recovery, former) && tnl_obj_is_tunnel(now));
}

/* NOW has its name: it was made anew, and its number could not be chosen, as with L2TP. */
static bool is_under_its_name(const struct recovery *recovery, const struct former *former, const struct tnl_obj *now)
{
	return !is_former(recovery, former) && tnl_obj_is_tunnel(now) && !tnl_step_is_whole(now->kind->via[0]) &&
	       !now->kind->via[0]->numbers;
}

/* It goes by its number, as anybody may have renamed it, unless it was made anew and could not choose one. -ENODEV;
 * -EEXIST: another one has its name. */
static int find(const struct recovery *recovery, const struct former *former, struct tnl_obj **now)
{
	struct tnl *t = recovery->t;
	int err;

	tnl_begin(t, former->link);
	err = tnl_step_get_link(t, former->link, now);
	if (!err && may_be(recovery, former, *now))
		return 0;
	if (!err)
		tnl_obj_free(*now);
	else if (err != -ENODEV)
		return err;
	err = tnl_get(t, tnl_obj_ifname(former->link), now);
	if (!err && is_under_its_name(recovery, former, *now))
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
static void renumber(struct recovery *recovery, int from, int to)
{
	for (size_t i = 0; from != to && i < recovery->count; i++) {
		tnl_keep_renumber(&recovery->formers[i].keep, from, to);
		if (!recovery->formers[i].settled)
			tnl_renumber(recovery->formers[i].link, from, to);
	}
}

/* It has nothing yet when it is there again. */
static int note_gone(struct recovery *recovery, struct former *former)
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

static int make_again(struct recovery *recovery, struct former *former)
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

/* The words of every link; a link that was to be deleted may be in a group of strangers, but has its words. */
static bool comes_back(const struct recovery *recovery, const struct former *former, const struct tnl_row *row,
		       const struct tnl_obj *now)
{
	return tnl_row_input(row) && !(row->flags & (TNL_ASIDE | TNL_FIXED)) &&
	       (!is_former(recovery, former) || row->attr == IFLA_GROUP) && !tnl_row_equal(row, now, former->link);
}

static int give_words(struct recovery *recovery, struct former *former, const struct tnl_obj *now)
{
	struct tnl_obj *want = tnl_obj_new(now->kind);
	struct tnl *t = recovery->t;
	int err = !want || tnl_obj_set_ifname(want, tnl_obj_ifname(now)) ? -ENOMEM : 0;
	bool differs = false;

	for (const struct tnl_row *row = tnl_link_rows; row->word && !err; row++) {
		if (!comes_back(recovery, former, row, now))
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
static int settle(struct recovery *recovery, struct former *former)
{
	int err = find(recovery, former, &former->now);

	if (err == -ENODEV)
		err = recovery->t->error.code = is_made_again(recovery, former) ? make_again(recovery, former) : 0;
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
static void settle_all(struct recovery *recovery)
{
	size_t settled;

	do {
		settled = 0;
		for (size_t i = 0; i < recovery->count; i++) {
			struct former *former = &recovery->formers[i];

			if (former->settled || !is_due(recovery, former))
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
static void give_all_back(struct recovery *recovery)
{
	size_t before, left = SIZE_MAX;
	bool came; /* up */

	do {
		before = left;
		left = 0;
		for (size_t i = 0; i < recovery->count; i++) {
			struct former *former = &recovery->formers[i];

			if (!former->settled || !former->now || is_former(recovery, former))
				continue;
			came = before == SIZE_MAX && (recovery->back || former->what == TNL_JOURNAL_ANEW);
			tnl_keep_restore(recovery->t, &former->keep, came ? TNL_CHOSEN_GO : TNL_CHOSEN_STAY);
			former->changed = true;
			left += former->keep.addrs.count + former->keep.routes.count + former->keep.routers.count;
		}
	} while (left && left < before);
}

static int tell(struct recovery *recovery, int (*cb)(void *arg, const char *name, const char *text, bool whole),
		void *arg)
{
	char text[sizeof(((struct tnl_error *)0)->text) + 32];
	int err = 0;

	for (size_t i = 0; i < recovery->count && !err; i++) {
		struct former *former = &recovery->formers[i];

		bool there = former->settled;
		struct tnl_error *why = &former->why;

		if (!is_due(recovery, former) || (there && !former->changed))
			continue;
		if (!there)
			why->outcome = TNL_KERNEL;
		if (!there || !is_former(recovery, former)) /* it has them still */
			tnl_undo_tell_kept(recovery->t, why, there ? " without " : "; lost with it: ", &former->keep);
		snprintf(text, sizeof(text), "%s%s", there ? "recovered" : "not recovered: ", why->text);
		err = cb(arg, tnl_obj_ifname(former->now ? former->now : former->link), text, !*why->text);
	}
	return err;
}

int tnl_recover(struct tnl *t, const char *path,
		int (*cb)(void *arg, const char *name, const char *text, bool whole), void *arg)
{
	struct recovery recovery = { .t = t, .path = path };
	int err = open_journal(&recovery, path);

	tnl_begin(t, NULL);
	if (!err || err == -ENOENT) {
		settle_all(&recovery);
		give_all_back(&recovery);
		unlink(path);
		t->error.code = 0;
		err = tell(&recovery, cb, arg);
	} else {
		err = blame(t, path, err);
	}
	close_journal(&recovery);
	return err;
}

/* ---- what would come back ---- */

struct foreseen {
	struct recovery *recovery;
	struct tnl_state *state;
	int (*cb)(void *arg, const struct tnl_obj *link);
	void *arg;
	bool told; /* that of this link */
};

static int tell_link(struct foreseen *f, const struct former *former)
{
	int err = f->told ? 0 : f->cb(f->arg, former->link);

	f->told = true;
	return err;
}

/* As find(). *TAKEN: another one has its name. */
static struct tnl_obj *find_in(const struct foreseen *f, const struct former *former, bool *taken)
{
	struct tnl_member *named = tnl_state_find(f->state, former->link, NULL);

	for (size_t i = 0; i < f->state->count; i++) {
		struct tnl_obj *obj = f->state->members[i]->obj;

		if (obj->kind->pattern && tnl_obj_index(obj) == tnl_obj_index(former->link) && may_be(f->recovery, former, obj))
			return obj;
	}
	*taken = named && !is_under_its_name(f->recovery, former, named->obj);
	return named && !*taken ? named->obj : NULL;
}

static int foresee_words(struct foreseen *f, const struct former *former, struct tnl_obj *there)
{
	int err = 0;

	for (const struct tnl_row *row = tnl_link_rows; row->word && !err; row++) {
		if (former->what == TNL_JOURNAL_STAYS || !comes_back(f->recovery, former, row, there))
			continue;
		err = tell_link(f, former);
		if (!err && tnl_row_copy(row, there, former->link))
			err = tnl_nomem(f->recovery->t);
	}
	return err;
}

static int foresee_link(struct foreseen *f, const struct former *former)
{
	struct tnl_obj *copy = tnl_obj_clone(former->link);
	struct tnl *t = f->recovery->t;
	int err;

	if (!copy || tnl_names_put(&t->names, tnl_obj_ifname(copy), tnl_obj_index(copy))) {
		tnl_obj_free(copy);
		return tnl_nomem(t);
	}
	err = tell_link(f, former);
	if (!err)
		return tnl_state_take(t, f->state, copy);
	tnl_obj_free(copy);
	return err;
}

static int foresee_rest(struct foreseen *f, const struct former *former, const struct tnl_roll *roll)
{
	int err = 0;

	for (size_t i = 0; i < roll->count && !err; i++) {
		struct tnl_member *there = NULL;
		struct tnl_obj *copy;

		while ((there = tnl_state_find(f->state, roll->objs[i], there)))
			if (tnl_obj_equal(there->obj, roll->objs[i], NULL))
				break;
		if (there || !tnl_keep_is_given(roll->objs[i]))
			continue;
		err = tell_link(f, former);
		copy = err ? NULL : tnl_obj_clone(roll->objs[i]);
		if (!err)
			err = copy ? tnl_state_take(f->recovery->t, f->state, copy) : tnl_nomem(f->recovery->t);
	}
	return err;
}

static int foresee(struct foreseen *f, struct former *former)
{
	bool taken = false, anew = is_made_again(f->recovery, former);
	struct tnl_obj *there = find_in(f, former, &taken);
	int err;

	f->told = false;
	if (!there && (taken || !anew))
		return 0;
	err = there ? foresee_words(f, former, there) : foresee_link(f, former);
	if (err || (there && is_former(f->recovery, former)))
		return err;
	if (there)
		tnl_keep_renumber(&former->keep, tnl_obj_index(former->link), tnl_obj_index(there));
	err = foresee_rest(f, former, &former->keep.addrs);
	if (!err)
		err = foresee_rest(f, former, &former->keep.routes);
	return err ? err : foresee_rest(f, former, &former->keep.routers);
}

int tnl_recoverable(struct tnl *t, const char *path, struct tnl_state *state,
		    int (*cb)(void *arg, const struct tnl_obj *link), void *arg)
{
	struct recovery recovery = { .t = t, .path = path };
	struct foreseen f = { .recovery = &recovery, .state = state, .cb = cb, .arg = arg };
	int err = open_journal(&recovery, path);

	tnl_begin(t, NULL);
	if (err && err != -ENOENT)
		err = blame(t, path, err);
	else
		err = 0;
	for (size_t i = 0; i < recovery.count && !err; i++)
		if (is_due(&recovery, &recovery.formers[i]))
			err = foresee(&f, &recovery.formers[i]);
	close_journal(&recovery);
	return err;
}
