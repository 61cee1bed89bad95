/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making a link anew under its number, so that what hung on it can hang on it again. */
#ifndef TNL_KEEP_H
#define TNL_KEEP_H

#include "handle.h"
#include "pile.h"

/* keep.c: addresses and routes of a link, and the routers in the list of an ISATAP one. Zeroed, none. */
struct tnl_keep {
	uint32_t link; /* 0: nobody has looked what it has */
	struct tnl_roll addrs, routes, routers;
};

/* The numbers of the links that OBJ, one of these, is about, one after the other; 0 at the end. */
uint32_t tnl_keep_number(const struct tnl_obj *obj, unsigned i);
/* Whether it is about the link of that number ... */
bool tnl_keep_is_about(const struct tnl_obj *obj, uint32_t index);
/* ... whether somebody gave it, and whether nobody puts it back: neither the kernel nor a routing daemon. */
bool tnl_keep_is_given(const struct tnl_obj *obj);
bool tnl_keep_is_kept(const struct tnl_obj *obj);
/* What goes with OBJ and nobody puts back: not what the kernel or a routing daemon will. OBJ is a link, or an address,
 * with which other addresses and routes of its link may go. */
int tnl_keep_collect(struct tnl *t, const struct tnl_obj *obj, struct tnl_keep *keep);
/* ... if NOW is a link that a change into NEXT may cost some of it. */
int tnl_keep_shaken(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *next, struct tnl_keep *keep);
/* The same for many links, by one list of each kind. LINKS change places. */
struct tnl_keeping {
	uint32_t number;
	struct tnl_keep *keep;
};
int tnl_keep_collect_all(struct tnl *t, struct tnl_keeping *links, size_t count);
/* The link FROM has come back as TO, perhaps another number; 0: not known. */
void tnl_keep_renumber(struct tnl_keep *keep, int from, int to);
/* Link-local addresses that the kernel may have given the link of its own choice, as it came up: they stay, they go where
 * others were kept, or they go wherever none was. */
enum tnl_chosen { TNL_CHOSEN_STAY, TNL_CHOSEN_YIELD, TNL_CHOSEN_GO };
/* Puts all back; what cannot be stays in KEEP. */
void tnl_keep_restore(struct tnl *t, struct tnl_keep *keep, enum tnl_chosen chosen);
void tnl_keep_ready(struct tnl_obj *route); /* that the kernel told: it can be sent again */
struct tnl_roll *tnl_keep_roll(struct tnl_keep *keep, const struct tnl_obj *obj); /* where it belongs */
void tnl_keep_drop(struct tnl_keep *keep, const struct tnl_obj *obj);             /* it shall not come back */
bool tnl_keep_is_empty(const struct tnl_keep *keep);
void tnl_keep_free(struct tnl_keep *keep);

/* In OBJ, whatever it is: the interface FROM is TO by now. */
void tnl_renumber(struct tnl_obj *obj, int from, int to);

/* recreate.c: words that make WAS again, under its number where that can be chosen; NULL: out of memory. */
struct tnl_obj *tnl_former(const struct tnl_obj *was);
/* NOW goes, and what WANT says comes in its place. If it cannot be made, NOW comes back. FLAGS: TNL_KEEP_MTU. */
int tnl_recreate(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, const struct tnl_transport *via,
		 unsigned flags);

#endif
