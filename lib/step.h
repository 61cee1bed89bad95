/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps that create, change and remove are made of. Those that can fail fill the handle's error. */
#ifndef TNL_STEP_H
#define TNL_STEP_H

#include "handle.h"

/* Before: which transport, and is everything said, allowed, and of a kind that it carries? */
const struct tnl_transport *tnl_step_pick(struct tnl *t, const struct tnl_kind *kind);
int tnl_step_check(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *now);
int tnl_step_ours(struct tnl *t, const struct tnl_obj *obj);
int tnl_step_free(struct tnl *t, const struct tnl_obj *now);
int tnl_step_needed(struct tnl *t, const struct tnl_obj *obj, unsigned flags);
int tnl_step_carried(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj);

/* All of these for a new object. */
int tnl_step_makeable(struct tnl *t, struct tnl_obj *obj, const struct tnl_transport **via);
/* ... its name chosen; *VIA: by which transport. */
int tnl_step_prepare(struct tnl *t, struct tnl_obj *obj, const struct tnl_transport **via);

/* ensure.c: what tnl_ensure() of WANT would do with NOW (NULL: nothing is there). -EINVAL and TNL_RECREATED: NOW cannot become
 * it alive, as the error says. */
int tnl_judge(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now, enum tnl_action *action);

/* Whether a row takes part in that: said, or meant at its default. */
bool tnl_judge_counts(const struct tnl_obj *want, const struct tnl_row *row);

/* The verbs with a choice. AGAIN: what OBJ says was there and is gone; only a dry run does not know. */
int tnl_step_create(struct tnl *t, struct tnl_obj *obj, bool again);
/* All that can be said before the kernel is asked to remove. *WHICH, what that is, belongs to the caller, also after an
 * error. NOTE: it is going to be removed, so what is there is noted. */
int tnl_step_prepare_remove(struct tnl *t, const struct tnl_obj *obj, bool note, const struct tnl_transport **via,
			    struct tnl_obj **which);
/* NOW becomes BASE plus the words of WANT. OPEN: the kernel may choose anew what goes along with a change: the MTU. */
int tnl_step_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *base, const struct tnl_obj *want,
		    bool open);

/* Whether NOW is THEN already, also in those words that WANT was given though they are told as state. */
bool tnl_step_is_done(const struct tnl_obj *now, const struct tnl_obj *then, const struct tnl_obj *want);

/* After WANT failed: whether a word is another in BACK than it WAS, and that was for WANT to decide; NULL:
 * everything was. */
bool tnl_step_is_lost(const struct tnl_row *row, const struct tnl_obj *was, const struct tnl_obj *back,
		      const struct tnl_obj *want);

/* After: does the kernel have what was asked for, in the given words, or in all of the kind's (WHOLE)? */
int tnl_step_compare(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *back, bool whole);
/* The kernel named no word: which of those given, in SCOPES (1 << enum tnl_scope), is to blame? Returns the error's code. */
int tnl_step_blame(struct tnl *t, const struct tnl_obj *obj, unsigned scopes);
bool tnl_step_untold(const struct tnl_row *row, const struct tnl_obj *back); /* BACK could not be asked for it */

/*
 * made.c: OBJ, which was made just now, gets the name and number of the link that it is; *BACK is what was read in the same
 * breath, if its kind is set. Then the words that the transport did not carry, and whether all is as it was said; *BACK
 * becomes what there is.
 */
bool tnl_made_is(const struct tnl_obj *want, const struct tnl_obj *link); /* as far as its words tell */
int tnl_made_find(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *back);
int tnl_made_complete(struct tnl *t, const struct tnl_transport *via, struct tnl_obj *obj, struct tnl_obj **back);

/* Words of the interface that the transport's own message does not carry: is there any, and set them. */
bool tnl_step_is_whole(const struct tnl_transport *via);
bool tnl_step_has_rest(const struct tnl_transport *via, const struct tnl_obj *want);
/* Those that WANT was given, or, if it is to be changed, those that are another than it WAS or that were RESET. */
int tnl_step_set_rest(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *was, bool reset);
/* These alone, into THEN. RESET: the transport has set those that go along with a change. */
int tnl_step_take_rest(struct tnl_obj *then, const struct tnl_obj *want, const struct tnl_obj *was, bool reset);

/* Sends what NEXT differs in from NOW, words of the kind and of the interface. BACK: as of tnl_transport, or NULL. */
int tnl_step_apply(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *now, const struct tnl_obj *next,
		   struct tnl_obj *back);
bool tnl_step_nest_differs(const struct tnl_obj *now, const struct tnl_obj *next); /* in words of the kind */

/*
 * To where a link was made or moved: from here to tnl_netns_leave() questions about links are asked there. HERE keeps
 * the socket of this namespace.
 */
int tnl_step_follow(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj, struct tnl_nl *here);

/* Reading: as tnl_dump() without the counters of links; the link with the name of NAMED; a link that does not say its kind; whatever OBJ identifies. */
int tnl_list(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);
int tnl_step_get_link(struct tnl *t, const struct tnl_obj *named, struct tnl_obj **out);
int tnl_step_claim(struct tnl *t, struct tnl_obj *link);
int tnl_step_read_back(struct tnl *t, const struct tnl_transport *via, const struct tnl_obj *obj, struct tnl_obj **out);

/* ---- several at once (stream.c) ---- */

/* Whom failures are told, and what came of that. */
struct tnl_verdict {
	int (*failed)(void *arg, size_t at);
	void *arg;
	int err; /* the first, or what FAILED returned; WHY is its story */
	struct tnl_error why;
	bool ended;
};

/* many.c: tnl_create_all(); with BECOME each is all that the kernel has of it afterwards. */
int tnl_make_all(struct tnl *t, struct tnl_obj *const objs[], size_t count, unsigned window, bool become,
		 int (*failed)(void *arg, size_t at), void *arg);

void tnl_tell_failure(struct tnl *t, struct tnl_verdict *verdict, size_t at, int err);
bool tnl_is_ended(struct tnl *t, struct tnl_verdict *verdict); /* also because somebody asked to stop */
int tnl_verdict_of(struct tnl *t, const struct tnl_verdict *verdict); /* the handle's error becomes its story */

#endif
