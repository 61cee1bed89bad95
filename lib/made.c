// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which link was made. Some rename each new link as soon as the kernel tells of it, and then another may take its name:
 * from here on it goes by its number.
 */
#include <errno.h>
#include <string.h>

#include "kernel.h"
#include "step.h"

static bool is_it(const struct tnl_obj *want, const struct tnl_obj *link)
{
	return tnl_obj_is_twin(want, link) && !tnl_obj_is_fallback(link);
}

bool tnl_made_is(const struct tnl_obj *want, const struct tnl_obj *link)
{
	return want->kind == link->kind && (!tnl_obj_is_twin(want, want) || is_it(want, link));
}

struct search {
	const struct tnl_obj *want;
	struct tnl_obj *found;
	int count;
};

/* The words of the kind that were given too: some kinds have nothing that is unlike in all. */
static int search_one(void *arg, const struct tnl_obj *link)
{
	struct search *search = arg;

	if (!is_it(search->want, link))
		return 0;
	tnl_each_row(row, link->kind)
		if (row->scope == TNL_NEST && tnl_row_input(row) && !(row->flags & TNL_BLIND) &&
		    tnl_obj_given(search->want, row) && !tnl_row_equal(row, search->want, link))
			return 0;
	if (!search->count++)
		search->found = tnl_obj_clone(link);
	return search->found ? 0 : -ENOMEM;
}

/* OBJ gets the name and number of LINK. */
static int become(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *link)
{
	((struct ifinfomsg *)obj->head)->ifi_index = ((const struct ifinfomsg *)link->head)->ifi_index;
	return tnl_obj_set_ifname(obj, tnl_obj_ifname(link)) ? tnl_nomem(t) : 0;
}

int tnl_made_find(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *back)
{
	const struct tnl_obj *link = back->kind ? back : NULL;
	struct tnl_obj *named = link ? NULL : tnl_obj_new(&tnl_kind_link);
	struct search search = { .want = obj };
	struct tnl_error why;
	int err = 0;

	if (((const struct ifinfomsg *)obj->head)->ifi_index) /* its maker knew it */
		goto out;
	if (!link) {
		err = !named || tnl_obj_set_ifname(named, tnl_obj_ifname(obj)) ? tnl_nomem(t) : tnl_rtnl.get(t, named);
		link = err ? NULL : named;
	}
	if (tnl_obj_is_twin(obj, obj) && (link ? !is_it(obj, link) : err == -ENODEV)) {
		err = tnl_rtnl.dump(t, obj->kind, search_one, &search);
		/* what was read in the same breath is the one, even if the kernel made something else of such a word */
		link = search.count == 1 ? search.found : search.count == 0 && back->kind ? back : NULL;
	}
	if (!err && link && (!obj->kind->link || !strcmp(link->type, obj->kind->link))) {
		t->error.code = 0;
		err = become(t, obj, link);
	} else if (!err && !search.count) {
		err = tnl_fail(t, TNL_KERNEL, -ENODEV, NULL, "made, but somebody deleted it at once");
	} else if (obj->kind->link && err && err != -ENODEV) {
		why = t->error;
		err = tnl_fail(t, TNL_BROKEN, err, why.word, "made, but it could not be read back: %.150s", why.text);
	} else if (obj->kind->link) {
		err = tnl_fail(t, TNL_BROKEN, err ? err : -ENODEV, NULL, "made, but it has another name now and was not found");
	}
out:
	tnl_obj_free(search.found);
	tnl_obj_free(named);
	return err;
}

#define ROUNDS 3

/* Others may be setting words of new links too: then once more. */
int tnl_made_complete(struct tnl *t, const struct tnl_transport *via, struct tnl_obj *obj, struct tnl_obj **back)
{
	bool rest = tnl_step_has_rest(via, obj);
	int err = 0;

	for (int i = 0; i < (rest ? ROUNDS : 1); i++) {
		if (rest)
			err = tnl_step_set_rest(t, obj, NULL, false);
		if (err || t->dry)
			break;
		if (rest || !(*back)->kind) {
			tnl_obj_free(*back);
			*back = NULL;
			err = tnl_step_read_back(t, via, obj, back);
		}
		if (!err && obj->kind->pattern)
			err = become(t, obj, *back);
		if (err)
			break;
		err = tnl_step_compare(t, obj, *back, false);
		if (!err)
			break;
	}
	return err;
}
