// SPDX-License-Identifier: LGPL-2.1-or-later
/* What recover.c would bring back, put into a list of what is there: so that a plan can be made without doing anything. */
#include <errno.h>

#include "link.h"
#include "recovery.h"

struct foreseen {
	struct tnl_recovery *recovery;
	struct tnl_state *state;
	int (*cb)(void *arg, const struct tnl_obj *link);
	void *arg;
	bool told; /* that of this link */
};

static int tell_link(struct foreseen *f, const struct tnl_former *former)
{
	int err = f->told ? 0 : f->cb(f->arg, former->link);

	f->told = true;
	return err;
}

/* As find(). *TAKEN: another one has its name. */
static struct tnl_obj *find_in(const struct foreseen *f, const struct tnl_former *former, bool *taken)
{
	struct tnl_member *named = tnl_state_find(f->state, former->link, NULL);

	for (size_t i = 0; i < f->state->count; i++) {
		struct tnl_obj *obj = f->state->members[i]->obj;

		if (obj->kind->pattern && tnl_obj_index(obj) == tnl_obj_index(former->link) && tnl_former_may_be(f->recovery, former, obj))
			return obj;
	}
	*taken = named && !tnl_former_is_named(f->recovery, former, named->obj);
	return named && !*taken ? named->obj : NULL;
}

static int foresee_words(struct foreseen *f, const struct tnl_former *former, struct tnl_obj *there)
{
	int err = 0;

	for (const struct tnl_row *row = tnl_link_rows; row->word && !err; row++) {
		if (former->what == TNL_JOURNAL_STAYS || !tnl_former_lacks(f->recovery, former, row, there))
			continue;
		err = tell_link(f, former);
		if (!err && tnl_row_copy(row, there, former->link))
			err = tnl_nomem(f->recovery->t);
	}
	return err;
}

static int foresee_link(struct foreseen *f, const struct tnl_former *former)
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

static int foresee_rest(struct foreseen *f, const struct tnl_former *former, const struct tnl_roll *roll)
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

static int foresee(struct foreseen *f, struct tnl_former *former)
{
	bool taken = false, anew = tnl_former_is_made_again(f->recovery, former);
	struct tnl_obj *there = find_in(f, former, &taken);
	int err;

	f->told = false;
	if (!there && (taken || !anew))
		return 0;
	err = there ? foresee_words(f, former, there) : foresee_link(f, former);
	if (err || (there && tnl_former_is_it(f->recovery, former)))
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
	struct tnl_recovery recovery = { .t = t, .path = path };
	struct foreseen f = { .recovery = &recovery, .state = state, .cb = cb, .arg = arg };
	int err = tnl_recovery_open(&recovery, path);

	tnl_begin(t, NULL);
	if (err && err != -ENOENT)
		err = tnl_recovery_blame(t, path, err);
	else
		err = 0;
	for (size_t i = 0; i < recovery.count && !err; i++)
		if (tnl_former_is_due(&recovery, &recovery.formers[i]))
			err = foresee(&f, &recovery.formers[i]);
	tnl_recovery_close(&recovery);
	return err;
}
