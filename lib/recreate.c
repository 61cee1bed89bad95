// SPDX-License-Identifier: LGPL-2.1-or-later
/* Making a link anew where it cannot change alive: under its number, with what hung on it and can be put back. */
#include <errno.h>
#include <string.h>

#include "atomic.h"
#include "journal.h"
#include "link.h"
#include "step.h"
#include "undo.h"

/* What the kernel chooses where nobody does, and which can be chosen only with the first message: its number, queues. */
static bool can_choose(const struct tnl_transport *via, const struct tnl_row *row)
{
	return row->flags & TNL_FIXED && (tnl_step_is_whole(via) || (row->scope == TNL_HEAD && via->numbers));
}

static bool is_of_ether(const struct tnl_row *row)
{
	for (const struct tnl_row *ether = tnl_ether_rows; ether->word; ether++)
		if (ether == row)
			return true;
	return false;
}

/* A word of every link, or of every Ethernet one: others on the wire know its MAC address. */
static bool is_of_links(const struct tnl_row *row)
{
	return tnl_row_ordinal(&tnl_kind_link, row) >= 0 || is_of_ether(row);
}

/* A kind whose packets have no Ethernet header with these words refuses a MAC address beside them. */
static bool has_mac(const struct tnl_obj *want)
{
	static const struct tnl_val mac = { .len = 6, .data = { 2, 0, 0, 0, 0, 1 } };
	bool ether = tnl_row_ordinal(want->kind, &tnl_ether_rows[0]) >= 0;
	struct tnl_obj *probe = ether ? tnl_obj_clone(want) : NULL;
	struct tnl_error why = {0};
	bool has = probe && !tnl_row_put(&tnl_ether_rows[0], probe, &mac);

	if (has) {
		tnl_obj_give(probe, &tnl_ether_rows[0]);
		has = !probe->kind->check || !probe->kind->check(probe, NULL, &why) || strcmp(why.word, tnl_ether_rows[0].word);
	}
	tnl_obj_free(probe);
	return has;
}

/* Gives TO what FROM has and TO was not given: ALL, or the words of links, save the queue and, if not MTU, the MTU, which
 * are the kind's. */
static int take_over(struct tnl_obj *to, const struct tnl_obj *from, const struct tnl_transport *via, bool all, bool mtu)
{
	bool mac = has_mac(to);

	tnl_each_row(row, to->kind) {
		if (!mac && is_of_ether(row))
			continue;
		if (!tnl_row_input(row) || tnl_row_ordinal(from->kind, row) < 0 || tnl_obj_given(to, row))
			continue;
		if (row->flags & TNL_ASIDE && !can_choose(via, row))
			continue;
		if (!all && (!is_of_links(row) || (row->flags & TNL_ALONG && !mtu) || (row->def && to->kind != from->kind)))
			continue;
		if (!tnl_row_is_set(row, from))
			continue;
		if (tnl_row_copy(row, to, from))
			return -ENOMEM;
		tnl_obj_give(to, row);
	}
	return 0;
}

/* The new one is there; the error, if any, is what it lacks. */
static int put_back(struct tnl *t, const struct tnl_obj *was, const struct tnl_obj *now, struct tnl_keep *keep)
{
	struct tnl_error why = {0};

	tnl_keep_renumber(keep, tnl_obj_index(was), tnl_obj_index(now));
	tnl_keep_restore(t, keep, TNL_CHOSEN_YIELD);
	if (tnl_keep_is_empty(keep))
		return t->error.code = 0;
	memcpy(why.object, t->error.object, sizeof(why.object));
	why.code = t->error.code;
	tnl_undo_tell_kept(t, &why, "made anew, but without ", keep);
	t->error = why;
	return why.code;
}

struct tnl_obj *tnl_former(const struct tnl_obj *was)
{
	struct tnl_obj *former = tnl_obj_new(was->kind);

	if (former && take_over(former, was, was->kind->via[0], true, true)) {
		tnl_obj_free(former);
		return NULL;
	}
	return former;
}

int tnl_recreate(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, const struct tnl_transport *via,
		 unsigned flags)
{
	struct tnl_obj *former = tnl_former(now), *next = tnl_obj_clone(want);
	const struct tnl_transport *same;
	struct tnl_keep keep = {0};
	size_t noted = tnl_noted(t);
	int err = -ENOMEM;

	tnl_begin(t, want);
	if (former && next && !take_over(next, now, via, false, flags & TNL_KEEP_MTU))
		err = tnl_obj_set_ifname(next, tnl_obj_ifname(now));
	if (err)
		tnl_nomem(t);
	else
		err = tnl_step_prepare(t, next, &same); /* so that it is refused before, if at all */
	if (!err)
		err = tnl_keep_collect(t, now, &keep);
	if (!err)
		err = tnl_remove(t, now);
	if (!err) {
		err = tnl_journal_mark(t, now, TNL_GONE);
		if (!err)
			err = tnl_step_create(t, next, true);
		if (err)
			tnl_undo_remove(t, now, former, &keep);
		else
			err = put_back(t, now, next, &keep);
		if (!err)
			err = tnl_journal_mark(t, now, TNL_AGAIN);
	}
	tnl_note_settle(t, noted, err);
	tnl_keep_free(&keep);
	tnl_obj_free(former);
	tnl_obj_free(next);
	return err;
}
