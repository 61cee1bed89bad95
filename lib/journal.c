// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keep.h"
#include "link.h"
#include "step.h"
#include "undo.h"

#define MAGIC "tunnel journal 1"
#define LARGEST (256 << 20) /* bytes that are read */

enum what {
	ANEW,  /* a link that is made anew */
	GOES,  /* a link that goes: it may be in a group of strangers until then */
	HANGS, /* an address, a route or a router of the last link */
};

/* As it is in the file; both sets of attributes follow. */
struct record {
	uint32_t what, top, nest;
	char kind[16], type[16];
	uint8_t head[16];
};

/* ---- writing ---- */

static int put(struct tnl_pile *pile, enum what what, const struct tnl_obj *obj)
{
	struct record record = { .what = what, .top = obj->top.len, .nest = obj->nest.len };
	int err;

	strlcpy(record.kind, obj->kind->name, sizeof(record.kind));
	strlcpy(record.type, obj->type, sizeof(record.type));
	memcpy(record.head, obj->head, sizeof(record.head));
	err = tnl_pile_add(pile, &record, sizeof(record));
	if (!err)
		err = tnl_pile_add(pile, obj->top.data, obj->top.len);
	return err ? err : tnl_pile_add(pile, obj->nest.data, obj->nest.len);
}

static bool hangs(const struct tnl_obj *obj)
{
	return obj->kind->rtnl || obj->kind == &tnl_kind_prl;
}

static int put_hanging(struct tnl_pile *pile, const struct tnl_state *state, const struct tnl_obj *link)
{
	uint32_t number = tnl_obj_index(link);
	int err = 0;

	for (size_t i = 0; i < state->count && !err; i++) {
		const struct tnl_obj *obj = state->members[i]->obj;

		if (hangs(obj) && tnl_keep_is_about(obj, number) && tnl_keep_is_kept(obj))
			err = put(pile, HANGS, obj);
	}
	return err;
}

/* An address that goes may take others along, and routes. */
static int put_link_of(struct tnl_pile *pile, const struct tnl_plan *plan, const struct tnl_obj *address)
{
	const uint32_t number = tnl_keep_number(address, 0);
	int err = 0;

	for (size_t i = 0; i < plan->now->count && !err; i++) {
		const struct tnl_obj *obj = plan->now->members[i]->obj;

		if (!tnl_obj_is_tunnel(obj) || (uint32_t)tnl_obj_index(obj) != number)
			continue;
		err = put(pile, ANEW, obj);
		return err ? err : put_hanging(pile, plan->now, obj);
	}
	return err;
}

static int put_all(struct tnl_pile *pile, const struct tnl_plan *plan)
{
	int err = tnl_pile_add(pile, MAGIC, sizeof(MAGIC));
	uint32_t last = 0;

	for (size_t i = 0; i < plan->count && !err; i++) {
		const struct tnl_planned *step = &plan->steps[i].told;
		bool link = step->now && step->now->kind->pattern;

		if (step->action == TNL_REMOVED && link) {
			err = put(pile, GOES, step->now);
		} else if (step->now && step->action != TNL_UNCHANGED && step->now->kind == &tnl_kind_addr && !plan->steps[i].done) {
			if (last != tnl_keep_number(step->now, 0))
				err = put_link_of(pile, plan, step->now);
			last = tnl_keep_number(step->now, 0);
		} else if (step->action == TNL_RECREATED && link) {
			err = put(pile, ANEW, step->now);
			if (!err)
				err = put_hanging(pile, plan->now, step->now);
		}
	}
	return err;
}

static int sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, err;

	strlcpy(copy, path, sizeof(copy));
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = fd < 0 || fsync(fd) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return err;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		data += n;
		len -= n;
	}
	return fsync(fd) ? -errno : 0;
}

/* Under another name until it is whole. */
static int save(const struct tnl_pile *pile, const char *path)
{
	char part[PATH_MAX];
	int fd, err;

	if ((size_t)snprintf(part, sizeof(part), "%s.part", path) >= sizeof(part))
		return -ENAMETOOLONG;
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	err = write_all(fd, pile->data, pile->len);
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(part, path))
		err = -errno;
	if (err)
		unlink(part);
	return err ? err : sync_folder(path);
}

int tnl_journal_write(struct tnl *t, const struct tnl_plan *plan, const char *path)
{
	struct tnl_pile pile = {0};
	int err = put_all(&pile, plan);

	if (!err && pile.len > sizeof(MAGIC))
		err = save(&pile, path);
	tnl_pile_free(&pile);
	return err ? tnl_fail(t, TNL_REFUSED, err, NULL, "%s: %s", path, strerror(-err)) : 0;
}

void tnl_journal_done(const char *path)
{
	unlink(path);
}

/* ---- recovering ---- */

struct former {
	enum what what;
	struct tnl_obj *link;
	struct tnl_keep keep;
};

/* The next object of what is left; NULL: there is no whole one. */
static struct tnl_obj *take(const char **data, size_t *left, enum what *what)
{
	const struct tnl_kind *kind;
	struct record record;
	struct tnl_obj *obj;

	if (*left < sizeof(record))
		return NULL;
	memcpy(&record, *data, sizeof(record));
	*data += sizeof(record);
	*left -= sizeof(record);
	if (record.top > *left || record.nest > *left - record.top || !memchr(record.kind, 0, sizeof(record.kind)) ||
	    !memchr(record.type, 0, sizeof(record.type)))
		return NULL;
	kind = tnl_kind_find(record.kind);
	obj = kind ? tnl_obj_new(kind) : NULL;
	if (!obj)
		return NULL;
	memcpy(obj->head, record.head, sizeof(obj->head));
	memcpy(obj->type, record.type, sizeof(obj->type));
	if (tnl_set_load(&obj->top, *data, record.top) || tnl_set_load(&obj->nest, *data + record.top, record.nest) ||
	    (kind->pattern && !tnl_obj_ifname(obj))) {
		tnl_obj_free(obj);
		return NULL;
	}
	*data += record.top + record.nest;
	*left -= record.top + record.nest;
	*what = record.what;
	return obj;
}

static int make_again(struct tnl *t, struct former *former)
{
	struct tnl_obj *again = tnl_former(former->link);

	if (!again)
		return tnl_nomem(t);
	tnl_fail(t, TNL_KERNEL, -EIO, NULL, "an apply did not come to its end");
	tnl_undo_remove(t, former->link, again, &former->keep);
	tnl_obj_free(again);
	if (t->error.outcome != TNL_BROKEN)
		t->error.code = 0;
	return t->error.code;
}

/* Words of every link, if ALL: else only its group. */
static bool comes_back(const struct tnl_row *row, const struct tnl_obj *now, const struct tnl_obj *former, bool all)
{
	return tnl_row_input(row) && !(row->flags & (TNL_ASIDE | TNL_FIXED)) && (all || row->attr == IFLA_GROUP) &&
	       !tnl_row_equal(row, now, former);
}

/* Its words, and what hung on it. */
static int give_back(struct tnl *t, struct former *former, const struct tnl_obj *now, bool all)
{
	struct tnl_obj *want = tnl_obj_new(now->kind);
	int err = !want || tnl_obj_set_ifname(want, tnl_obj_ifname(now)) ? -ENOMEM : 0;

	for (const struct tnl_row *row = tnl_link_rows; row->word && !err; row++) {
		if (!comes_back(row, now, former->link, all))
			continue;
		err = tnl_row_copy(row, want, former->link);
		tnl_obj_give(want, row);
	}
	err = err ? tnl_nomem(t) : tnl_change(t, now, want);
	if (!err && all) {
		tnl_keep_renumber(&former->keep, tnl_obj_index(former->link), tnl_obj_index(now));
		tnl_keep_restore(t, &former->keep, TNL_CHOSEN_GO);
		t->error.code = 0;
		if (!tnl_keep_is_empty(&former->keep)) {
			struct tnl_error why = { .code = -EIO, .text = "an apply did not come to its end" };

			tnl_begin(t, now);
			memcpy(why.object, t->error.object, sizeof(why.object));
			tnl_undo_tell_kept(t, &why, "; lost: ", &former->keep);
			t->error = why;
			err = why.code;
		}
	}
	tnl_obj_free(want);
	return err;
}

static int recover_one(struct tnl *t, struct former *former)
{
	struct tnl_obj *now = NULL;
	int err = tnl_get(t, tnl_obj_ifname(former->link), &now);

	if (!err && tnl_obj_is_tunnel(now) && (former->what == ANEW || tnl_obj_index(now) == tnl_obj_index(former->link)))
		err = give_back(t, former, now, former->what == ANEW);
	else if (err == -ENODEV)
		err = former->what == ANEW ? make_again(t, former) : 0;
	tnl_obj_free(now);
	tnl_obj_free(former->link);
	tnl_keep_free(&former->keep);
	former->link = NULL;
	return err;
}

static int recover_all(struct tnl *t, const char *data, size_t left)
{
	struct former former = {0};
	enum what what;
	struct tnl_obj *obj;
	int err = 0;

	while (!err && left) {
		obj = take(&data, &left, &what);
		if (!obj)
			err = tnl_fail(t, TNL_REFUSED, -EBADMSG, NULL, "the journal is damaged");
		else if (obj->kind->pattern) {
			err = former.link ? recover_one(t, &former) : 0;
			former = (struct former){ .what = what, .link = obj, .keep.link = tnl_obj_index(obj) };
		} else if (tnl_roll_add(tnl_keep_roll(&former.keep, obj), obj)) {
			err = tnl_nomem(t);
		}
	}
	if (!err && former.link)
		return recover_one(t, &former);
	tnl_obj_free(former.link);
	tnl_keep_free(&former.keep);
	return err;
}

static int load(const char *path, struct tnl_pile *pile)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), err = 0;
	char buf[16384];
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022 || st.st_size > LARGEST)
		err = -EPERM;
	while (!err && n > 0) {
		n = read(fd, buf, sizeof(buf));
		err = n < 0 ? errno == EINTR ? 0 : -errno : tnl_pile_add(pile, buf, n);
	}
	close(fd);
	return err;
}

/* What is in the journal, behind its beginning; *THERE: whether it is there. */
static int open_journal(struct tnl *t, const char *path, struct tnl_pile *pile, bool *there)
{
	int err = load(path, pile);

	tnl_begin(t, NULL);
	*there = err != -ENOENT;
	if (!*there)
		return 0;
	if (!err && (pile->len < sizeof(MAGIC) || memcmp(pile->data, MAGIC, sizeof(MAGIC))))
		err = -EBADMSG;
	return err ? tnl_fail(t, TNL_REFUSED, err, NULL, "%s", strerror(-err)) : 0;
}

static int blame(struct tnl *t, const char *path, int err)
{
	if (err && strlen(t->error.text) + strlen(path) + 40 < sizeof(t->error.text)) {
		strlcat(t->error.text, " (", sizeof(t->error.text));
		strlcat(t->error.text, path, sizeof(t->error.text));
		strlcat(t->error.text, ": delete it to go on without)", sizeof(t->error.text));
	}
	return err;
}

int tnl_recover(struct tnl *t, const char *path)
{
	struct tnl_pile pile = {0};
	bool there;
	int err = open_journal(t, path, &pile, &there);

	if (!err && there)
		err = recover_all(t, pile.data + sizeof(MAGIC), pile.len - sizeof(MAGIC));
	tnl_pile_free(&pile);
	if (!err && there)
		unlink(path);
	return blame(t, path, err);
}

/* ---- what recovering would bring back ---- */

struct foreseen {
	struct tnl *t;
	struct tnl_state *state;
	int from, to;     /* the number of the last link, and by now */
	bool comes, told; /* what hangs on it comes back; it was told */
	int (*cb)(void *arg, const struct tnl_obj *link);
	void *arg;
	struct tnl_obj *link;
};

static int tell_link(struct foreseen *f)
{
	int err = f->told ? 0 : f->cb(f->arg, f->link);

	f->told = true;
	return err;
}

/* OBJ is taken over. */
static int bring(struct foreseen *f, struct tnl_obj *obj)
{
	int err = tell_link(f);

	if (err)
		tnl_obj_free(obj);
	return err ? err : tnl_state_take(f->t, f->state, obj);
}

static int foresee_words(struct foreseen *f, struct tnl_obj *there, bool all)
{
	int err = 0;

	for (const struct tnl_row *row = tnl_link_rows; row->word && !err; row++) {
		if (!comes_back(row, there, f->link, all))
			continue;
		err = tell_link(f);
		if (!err && tnl_row_copy(row, there, f->link))
			err = tnl_nomem(f->t);
	}
	return err;
}

/* LINK is taken over. */
static int foresee_link(struct foreseen *f, struct tnl_obj *link, enum what what)
{
	struct tnl_member *there = tnl_state_find(f->state, link, NULL);
	struct tnl_obj *copy;

	tnl_obj_free(f->link);
	f->link = link;
	f->from = f->to = tnl_obj_index(link);
	f->told = false;
	f->comes = what == ANEW && (!there || tnl_obj_is_tunnel(there->obj));
	if (there) {
		f->to = tnl_obj_index(there->obj);
		return tnl_obj_is_tunnel(there->obj) && (f->comes || f->to == f->from) ? foresee_words(f, there->obj, f->comes) : 0;
	}
	copy = f->comes ? tnl_obj_clone(link) : NULL;
	if (f->comes && (!copy || tnl_names_put(&f->t->names, tnl_obj_ifname(link), f->to))) {
		tnl_obj_free(copy);
		return tnl_nomem(f->t);
	}
	return copy ? bring(f, copy) : 0;
}

/* OBJ is taken over. */
static int foresee_rest(struct foreseen *f, struct tnl_obj *obj)
{
	struct tnl_member *there = NULL;

	tnl_renumber(obj, f->from, f->to);
	while (f->comes && (there = tnl_state_find(f->state, obj, there)))
		if (tnl_obj_equal(there->obj, obj, NULL))
			break;
	if (f->comes && !there && tnl_keep_is_given(obj))
		return bring(f, obj);
	tnl_obj_free(obj);
	return 0;
}

int tnl_recoverable(struct tnl *t, const char *path, struct tnl_state *state,
		    int (*cb)(void *arg, const struct tnl_obj *link), void *arg)
{
	struct foreseen f = { .t = t, .state = state, .cb = cb, .arg = arg };
	struct tnl_pile pile = {0};
	const char *data;
	size_t left = 0;
	bool there;
	int err = open_journal(t, path, &pile, &there);

	if (!err && there)
		left = pile.len - sizeof(MAGIC);
	data = left ? pile.data + sizeof(MAGIC) : NULL;
	while (!err && left) {
		enum what what;
		struct tnl_obj *obj = take(&data, &left, &what);

		if (!obj)
			err = tnl_fail(t, TNL_REFUSED, -EBADMSG, NULL, "the journal is damaged");
		else if (obj->kind->pattern)
			err = foresee_link(&f, obj, what);
		else
			err = foresee_rest(&f, obj);
	}
	tnl_obj_free(f.link);
	tnl_pile_free(&pile);
	return blame(t, path, err);
}
