// SPDX-License-Identifier: LGPL-2.1-or-later
/* Taking back: a creation, a change, a removal. */
#include "undo.h"

#include <errno.h>
#include <string.h>

#include "step.h"

void tnl_undo_tell(struct tnl_error *why, const char *before, const char *name)
{
	strlcat(why->text, why->outcome == TNL_BROKEN ? ", " : before, sizeof(why->text));
	strlcat(why->text, name, sizeof(why->text));
	why->outcome = TNL_BROKEN;
}

void tnl_undo_tell_kept(struct tnl *t, struct tnl_error *why, const char *before, const struct tnl_keep *keep)
{
	const struct tnl_roll *rolls[] = { &keep->addrs, &keep->routes, &keep->routers };

	for (size_t roll = 0; roll < sizeof(rolls) / sizeof(rolls[0]); roll++)
		for (size_t i = 0; i < rolls[roll]->count; i++)
			tnl_undo_tell(why, before, tnl_obj_name(t, rolls[roll]->objs[i]));
}

/* ---- a creation ---- */

bool tnl_is_gone(int err)
{
	static const int gone[] = { ENODEV, ENOENT, ESRCH, EADDRNOTAVAIL, ENXIO };

	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		if (err == -gone[i])
			return true;
	return false;
}

/* As tnl_remove() does it: rules first, so that no other object is meant. */
static int take_away(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj)
{
	struct tnl_obj *which = tnl_obj_clone(obj);
	int err = which ? 0 : tnl_nomem(t);

	if (!err && !obj->kind->pattern)
		err = tnl_step_check(t, which, which);
	if (!err)
		err = via->undo ? via->undo(t, which) : via->remove(t, which);
	tnl_obj_free(which);
	return tnl_is_gone(err) ? 0 : err;
}

void tnl_undo_create(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj)
{
	struct tnl_error why = t->error;

	if (take_away(t, via, obj)) {
		why.outcome = TNL_BROKEN;
		strlcat(why.text, "; it could not be taken away again: ", sizeof(why.text));
		strlcat(why.text, t->error.text, sizeof(why.text));
	}
	t->error = why;
}

/* ---- a change ---- */

/* Sets BACK to what it was before WANT, as far as the two differ, or only in ROW; *BACK becomes what then is there. */
static int set_back(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *was, const struct tnl_obj *want,
		    const struct tnl_row *only, struct tnl_obj **back)
{
	struct tnl_obj *then = tnl_obj_clone(*back);
	bool lost = false;
	int err = then ? 0 : tnl_nomem(t);

	if (then && want)
		memcpy(then->given, want->given, sizeof(then->given));
	tnl_each_row(row, was->kind) {
		if (err || (only && row != only) || !tnl_step_is_lost(row, was, *back, want))
			continue;
		lost = true;
		err = tnl_row_copy(row, then, was) ? tnl_nomem(t) : 0;
	}
	if (!err && lost) {
		tnl_step_apply(t, via, *back, then, NULL);
		tnl_obj_free(*back);
		*back = NULL;
		err = tnl_step_read_back(t, via, was, back);
	}
	tnl_obj_free(then);
	return err;
}

/* At once; what the kernel does not take so, one by one: without IPv6, for which its MTU is too small, a link has no
 * addrgenmode. */
static int set_all_back(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *was,
			const struct tnl_obj *want, struct tnl_obj **back)
{
	int err = set_back(t, via, was, want, NULL, back);

	tnl_each_row(row, was->kind)
		if (!err && tnl_step_is_lost(row, was, *back, want))
			err = set_back(t, via, was, want, row, back);
	return err;
}

void tnl_undo_change(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *was, const struct tnl_obj *want,
		     struct tnl_keep *keep)
{
	struct tnl_error why = t->error;
	struct tnl_obj *back = NULL;
	int err = tnl_step_read_back(t, via, was, &back);

	if (!err)
		err = set_all_back(t, via, was, want, &back);
	if (err) {
		why.outcome = TNL_BROKEN;
		strlcat(why.text, "; it is gone", sizeof(why.text));
	}
	tnl_each_row(row, was->kind)
		if (!err && tnl_step_is_lost(row, was, back, want))
			tnl_undo_tell(&why, "; not as before: ", row->word);
	tnl_keep_restore(t, keep, TNL_CHOSEN_GO);
	tnl_undo_tell_kept(t, &why, "; lost: ", keep);
	tnl_obj_free(back);
	t->error = why;
}

/* ---- a removal ---- */

void tnl_undo_remove(struct tnl *t, const struct tnl_obj *was, struct tnl_obj *former, struct tnl_keep *keep)
{
	static const char without[] = "; made again without ";
	struct tnl_error why = t->error;
	struct tnl_obj *back = NULL;
	const char *via = t->via;
	int err;

	t->via = NULL; /* what was asked for may not carry all of it */
	err = tnl_step_create(t, former, true);
	t->via = via;
	if (!err)
		err = tnl_step_read_back(t, former->kind->via[0], former, &back);
	if (err) {
		why.outcome = TNL_BROKEN;
		strlcat(why.text, "; what was there is gone, as making it again fails: ", sizeof(why.text));
		strlcat(why.text, t->error.text, sizeof(why.text));
	} else {
		why.outcome = TNL_KERNEL;
		tnl_each_row(row, was->kind)
			if (tnl_step_is_lost(row, was, back, NULL))
				tnl_undo_tell(&why, without, row->word);
		if (was->kind->pattern)
			tnl_keep_renumber(keep, tnl_obj_index(was), tnl_obj_index(back));
		tnl_keep_restore(t, keep, TNL_CHOSEN_GO);
		tnl_undo_tell_kept(t, &why, without, keep);
	}
	tnl_obj_free(back);
	t->error = why;
}
