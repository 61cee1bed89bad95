/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtunnel: every tunnel interface of Linux as an object made of netlink attributes.
 *
 * An object is a kind (gre, l2tp, address ...) and its attributes. A kind is a table of rows; a row is one
 * word of the user's language. Programs speak in words, never in attribute numbers: they parse words into an
 * object, hand it to the kernel, and walk the words of what the kernel has.
 *
 * Functions that can fail return 0 or -errno (-EPROTONOSUPPORT: the kernel has no such kind) and leave the whole story
 * in tnl_error(). The library never prints, exits, reads the environment or keeps state outside of struct tnl, which
 * one thread at a time may use.
 */
#ifndef LIBTUNNEL_H
#define LIBTUNNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TNL_API __attribute__((visibility("default")))

struct tnl;      /* a handle: sockets, what is recorded, the last error */
struct tnl_obj;  /* one link, L2TP tunnel or session, address or route */
struct tnl_kind; /* what an object can be; constant, never freed */
struct tnl_row;  /* one word of a kind; constant, never freed */

/* ---- errors ------------------------------------------------------------------------------------------- */

/* How far it came. The values are tun's exit codes. */
enum tnl_outcome {
	TNL_REFUSED = 1,  /* before any change: usage, value, rule between words */
	TNL_KERNEL = 2,   /* the kernel refused; what was there before is there again */
	TNL_BROKEN = 3,   /* the kernel refused half-way and undoing failed; text lists the words that differ */
	TNL_INCOMPLETE = 4 /* the answer is cut short: lost messages, a dump that kept changing */
};

/* What helps that only the program can say in its own words. */
enum tnl_cure {
	TNL_CURE_NONE,
	TNL_CURE_KINDS,    /* tell which kinds there are: tnl_kind_next() */
	TNL_CURE_WORDS,    /* tell which words KIND has: tnl_row_next() */
	TNL_CURE_RECREATE, /* TNL_RECREATE */
	TNL_CURE_MTU,      /* say mtu, or TNL_RECREATE */
	TNL_CURE_THERE,    /* a handle of that namespace */
	TNL_CURE_RTNL      /* tnl_via("rtnl") */
};

struct tnl_error {
	int code;             /* -errno, 0: no error */
	enum tnl_outcome outcome;
	enum tnl_cure cure;
	const struct tnl_kind *kind; /* with TNL_CURE_WORDS: whose */
	char object[64];      /* "gre1", "l2tp-tunnel 5"; may be empty */
	char word[48];        /* the user's word that is to blame; may be empty */
	char text[256];       /* the reason, lower case, with the usual cure where we know one */
};

/* How the last call on T ended that parses words or asks the kernel: code 0, or the story of its failure. Borrowed, valid
 * until the next call on T. */
TNL_API const struct tnl_error *tnl_error(const struct tnl *t);

/* ---- the handle --------------------------------------------------------------------------------------- */

#define TNL_DRY 1u   /* record what would change the kernel instead of doing it; reading stays real */
#define TNL_AHEAD 2u /* names of devices need not be there yet: to check words, not to do what they say */

/* A handle for the network namespace that the calling thread is in now. Links, addresses and routes stay there wherever
 * the thread goes later; for L2TP, FOU, tun, tap, prl and "ioctl" the thread must be there when they are first used.
 * Close it with tnl_close(). NULL: out of memory. */
TNL_API struct tnl *tnl_open(unsigned flags);
TNL_API void tnl_close(struct tnl *t);

/* Which names values get beside the library's own. Names of /etc/iproute2 are always understood. */
enum tnl_naming {
	TNL_NAMES_OWN, /* none: what is told means the same everywhere; so at first */
	TNL_NAMES_ALL, /* those of /etc/iproute2 (groups of links, routing tables, scopes) */
	TNL_NAMES_NONE /* numbers, also where the library has a name itself */
};
TNL_API void tnl_names(struct tnl *t, enum tnl_naming naming);

/* Sends by this transport from now on: "rtnl", "ioctl", "tuntap", "genl" (the text is not kept); NULL: each kind's own
 * choice, as after an error. -EINVAL: no such transport. Kinds that do not know it refuse when they are sent. */
TNL_API int tnl_via(struct tnl *t, const char *transport);

/* ---- kinds and rows ----------------------------------------------------------------------------------- */

/* The kind that NAME means: its own name or one of its modes ("ipip", "ip/ip"). NULL: not one of ours. */
TNL_API const struct tnl_kind *tnl_kind_find(const char *name);
/* All kinds, first with NULL; NULL at the end. */
TNL_API const struct tnl_kind *tnl_kind_next(const struct tnl_kind *kind);
TNL_API const char *tnl_kind_name(const struct tnl_kind *kind);
TNL_API const char *tnl_kind_help(const struct tnl_kind *kind);
TNL_API bool tnl_kind_is_link(const struct tnl_kind *kind);   /* has an interface name */
/* Whether KIND can be made by this transport. */
TNL_API bool tnl_kind_has_via(const struct tnl_kind *kind, const char *transport);
/* Whether ROW is one of KIND's; kinds share rows. NULL: whether all kinds of links have it (mtu, up ...). */
TNL_API bool tnl_kind_has_row(const struct tnl_kind *kind, const struct tnl_row *row);

enum tnl_row_flags {
	TNL_ID = 1 << 0,    /* tells objects of a kind apart; needed to make one */
	TNL_POS = 1 << 1,   /* may stand without its keyword */
	TNL_FIXED = 1 << 2, /* the kernel cannot change it on a living object */
	TNL_BLIND = 1 << 3, /* the kernel never reports it */
	TNL_STATE = 1 << 4, /* read only: state (-d) */
	TNL_STAT = 1 << 5,  /* read only: counters (-s) */
	TNL_BARE = 1 << 6,  /* takes no value */
	TNL_BOTH = 1 << 7,  /* stands for two other words */
	TNL_UNIQ = 1 << 8,  /* no two tunnels of a kind may agree in all of these */
	TNL_NEED = 1 << 9,  /* needed to make one, though not an identity */
	TNL_SEND = 1 << 10, /* sent even when it was not asked for */
	TNL_LATER = 1 << 11, /* the kernel overlooks it in the message that makes a link: it follows in another */
	TNL_ALONG = 1 << 12, /* goes along with every change of the kind's own words, as some of them reset it */
	TNL_ASIDE = 1 << 13, /* can be given, but is told as state: the kernel chooses it where nobody does */
	TNL_RESET = 1 << 14, /* a bare TNL_BOTH word that brings its two back to their defaults */
	TNL_DRIFTS = 1 << 15, /* the kernel may change it by itself */
	TNL_MTU = 1 << 16, /* a new link's MTU depends on it; that of a living link the kernel adapts, if it is let */
	TNL_STALE = 1 << 17, /* a new link's MTU depends on it; that of a living link the kernel leaves as it was */
	TNL_ALONE = 1 << 18, /* beside it the kernel overlooks the kind's other words, save the mode */
	TNL_FEW = 1 << 19,  /* of TNL_STATE and TNL_STAT: of interest to few */
	TNL_ECHO = 1 << 20  /* is the interface's name where nobody says another: told only if it is another */
};

/* All rows of KIND in the order of printing, first with NULL; NULL at the end. */
TNL_API const struct tnl_row *tnl_row_next(const struct tnl_kind *kind, const struct tnl_row *row);
/* The row that a keyword of KIND means. *NO, never NULL itself, tells whether it is the negative form ("nokey").
 * NULL: no such word; *NO means nothing then. */
TNL_API const struct tnl_row *tnl_row_find(const struct tnl_kind *kind, const char *word, bool *no);
TNL_API const char *tnl_row_word(const struct tnl_row *row);
TNL_API const char *tnl_row_no(const struct tnl_row *row);        /* negative form or NULL */
TNL_API const char *tnl_row_alias(const struct tnl_row *row, unsigned n); /* NULL at the end */
TNL_API const char *tnl_row_value(const struct tnl_row *row, unsigned n); /* values by name; NULL at the end */
TNL_API const char *tnl_row_json(const struct tnl_row *row);
TNL_API const char *tnl_row_help(const struct tnl_row *row);
TNL_API const char *tnl_row_hint(const struct tnl_row *row);      /* "ADDR", "KEY"; "" for a bare word */
TNL_API unsigned tnl_row_flags(const struct tnl_row *row);        /* enum tnl_row_flags */
/* Whether this transport itself can carry the row for KIND. Words of every link (mtu, up ...) follow over rtnetlink
 * where it cannot; a word that stands for two is carried when both are. */
TNL_API bool tnl_row_has_via(const struct tnl_kind *kind, const struct tnl_row *row, const char *transport);
/* Why a link made by ioctl may differ in this row from one made by netlink; NULL: it may not. Constant text. */
TNL_API const char *tnl_row_differs(const struct tnl_row *row);

/* ---- objects ------------------------------------------------------------------------------------------ */

/* Parses words into a new object, in any order: [NAME] type KIND word value ... KIND may be given instead of type.
 * Every word is checked, repeated ones refused. *OUT belongs to the caller: tnl_obj_free(). Outcome TNL_REFUSED. */
TNL_API int tnl_parse(struct tnl *t, const struct tnl_kind *kind, int argc, char *const argv[], struct tnl_obj **out);
TNL_API void tnl_obj_free(struct tnl_obj *obj); /* NULL is fine */
TNL_API struct tnl_obj *tnl_obj_clone(const struct tnl_obj *obj); /* a copy of one's own; NULL: out of memory */
/* Of a link a copy of its name and number alone, of others of all: as much as tnl_remove() needs, in little memory. */
TNL_API struct tnl_obj *tnl_obj_outline(const struct tnl_obj *obj);
TNL_API const struct tnl_kind *tnl_obj_kind(const struct tnl_obj *obj);
/* The kind's name ("tap"); of links that are not tunnels what the kernel calls them ("bridge", "loopback"). Borrowed. */
TNL_API const char *tnl_obj_type(const struct tnl_obj *obj);
/* The interface name that was chosen at tnl_create(); NULL: it was given, or there is none. Borrowed. */
TNL_API const char *tnl_obj_chosen(const struct tnl_obj *obj);
/* Whether it is a tunnel interface of a kind that the library handles. */
TNL_API bool tnl_obj_is_tunnel(const struct tnl_obj *obj);
/* Whether there is more to OBJ than its words say (routes: blackhole, multipath ...; addresses that expire): shown, not
 * to be made again. */
TNL_API bool tnl_obj_is_partial(const struct tnl_obj *obj);
/* A route that is made behind others to the same place with the same metric, if there are any, instead of being refused;
 * and whether it stands behind one, as tnl_state_each_given() tells. */
TNL_API void tnl_obj_append(struct tnl_obj *route);
TNL_API bool tnl_obj_is_behind(const struct tnl_obj *route);
/* gre0, tunl0 ...: made with the module, takes what matches no other, cannot be deleted. */
TNL_API bool tnl_obj_is_fallback(const struct tnl_obj *obj);
/* "gre1", "l2tp-tunnel 5", "10.0.0.1/24": what identifies the object. Borrowed from T until the next call. */
TNL_API const char *tnl_obj_name(struct tnl *t, const struct tnl_obj *obj);
/* Whether OBJ agrees with WANT in every word that WANT was given. *ROW (may be NULL): the first that differs. */
TNL_API bool tnl_obj_matches(const struct tnl_obj *want, const struct tnl_obj *obj, const struct tnl_row **row);
/* Whether two objects of one kind agree in ROW, input or not. */
TNL_API bool tnl_row_equal(const struct tnl_row *row, const struct tnl_obj *a, const struct tnl_obj *b);
/* ... and in having it or not, if not having it is as good as its default. */
TNL_API bool tnl_row_same(const struct tnl_row *row, const struct tnl_obj *a, const struct tnl_obj *b);
/* Whether two objects of one kind agree in every word that can be input, save those that are told as state (TNL_ASIDE).
 * *ROW as above. */
TNL_API bool tnl_obj_equal(const struct tnl_obj *a, const struct tnl_obj *b, const struct tnl_row **row);

enum tnl_walk {
	TNL_WORDS, /* what differs from the defaults: tnl_parse() of it makes the object again */
	TNL_INPUT, /* every word that can be input, also at its default */
	TNL_STATES, /* state, not input */
	TNL_STATS  /* counters */
};

enum tnl_json { TNL_JSON_TEXT, TNL_JSON_NUMBER, TNL_JSON_BOOL, TNL_JSON_KEY };

struct tnl_value {
	const struct tnl_row *row;
	const char *word;   /* as tnl_parse() reads it, negative form included */
	const char *text;   /* NULL: the word stands alone */
	bool set;           /* false: there is no such value, not even a default; always true in TNL_WORDS */
	enum tnl_json json; /* what the value is best told as */
	uint64_t number;    /* for NUMBER, BOOL and KEY, in host order; 0 or the default where it is not set */
};

/* Calls CB for each value of OBJ in the order of the table. Values are borrowed during the call.
 * Returns what CB returned when that was not 0, -errno when a value cannot be told. */
TNL_API int tnl_obj_each(struct tnl *t, const struct tnl_obj *obj, enum tnl_walk walk,
			 int (*cb)(void *arg, const struct tnl_value *value), void *arg);

/* ---- the kernel --------------------------------------------------------------------------------------- */

/* Makes OBJ (from tnl_parse()), reads it back and compares every word; on any difference it is taken away again. A name
 * that is missing or a pattern ("gre%d") is chosen. OBJ becomes what the kernel has; after an error, or in TNL_DRY, it
 * keeps only the chosen name. -EEXIST etc., outcome TNL_KERNEL. */
TNL_API int tnl_create(struct tnl *t, struct tnl_obj *obj);
/* All that tnl_create() looks at before it asks the kernel: what it would refuse by OBJ's words alone, is refused here. */
TNL_API int tnl_creatable(struct tnl *t, struct tnl_obj *obj);
/* As tnl_create() of each in order, but many at a time: up to WINDOW requests (128 at most) are sent before their answers
 * are awaited; what cannot be sent so (ioctl, generic netlink, other namespaces, chosen names) is made in its turn. All is
 * read back at the end by one list of each kind; what differs is taken away again. FAILED is called for each OBJS[AT] that
 * failed, tnl_error() is its story; what it returns, if not 0, ends it: what was sent by then is still awaited and told.
 * Returns 0, what FAILED returned, or the first error. */
TNL_API int tnl_create_all(struct tnl *t, struct tnl_obj *const objs[], size_t count, unsigned window,
			   int (*failed)(void *arg, size_t at), void *arg);
/* Changes what NOW (from tnl_get()) is into NOW plus the words of WANT; keeps every other word, the MTU too.
 * Reads back; on any difference the former state is restored. A word that cannot change: TNL_REFUSED. */
TNL_API int tnl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want);
#define TNL_RECREATE 1u /* makes a link anew where the kernel cannot change it alive */
#define TNL_KEEP_MTU 2u /* ... with its former MTU, unless that is said; else the kernel chooses the MTU of the new one */
enum tnl_action { TNL_UNCHANGED, TNL_CHANGED, TNL_CREATED, TNL_RECREATED, TNL_REMOVED };

/* Makes what is there into what WANT (from tnl_parse()) defines: words of the kind's own that it was not given are meant
 * at their defaults, those of every link (mtu, up ...) as they are. Sends nothing if all agree; else changes only what
 * differs. What a living link cannot take over is TNL_REFUSED, or the link is made anew, with its other words and its
 * number; if that fails, the former is made again, and TNL_BROKEN lists what it lacks. *ACTION: what was done. */
TNL_API int tnl_ensure(struct tnl *t, const struct tnl_obj *want, unsigned flags, enum tnl_action *action);
/* OBJ, an address or a route, becomes one of LINK: from tnl_create() or tnl_get(), or not made yet, which is enough to
 * look at OBJ by tnl_creatable(). */
TNL_API int tnl_attach(struct tnl *t, struct tnl_obj *obj, const struct tnl_obj *link);
/* Which of OBJS, addresses and routes that tnl_creatable() has looked at, are there with all their words: THERE[i].
 * Asks for each list of an interface once if they stand together. */
TNL_API int tnl_there(struct tnl *t, struct tnl_obj *const objs[], size_t count, bool there[]);
/* Removes what OBJ identifies and returns when the kernel has let go. What is there must be of OBJ's kind and agree with
 * every word that OBJ was given, else TNL_REFUSED; so are fallback devices and links that are not tunnels. A link that
 * came from the kernel must be that very one, else -ENODEV. */
TNL_API int tnl_remove(struct tnl *t, const struct tnl_obj *obj);
/* All that tnl_remove() does before it asks the kernel to remove: what it would refuse, is refused here. */
TNL_API int tnl_removable(struct tnl *t, const struct tnl_obj *obj);
#define TNL_ONE_BY_ONE 4u /* no group: for hosts with firewall rules that look at groups */

/* As tnl_remove() of each, but links that can go together do: moved into a spare group of links, of which the kernel lets go
 * at once. All is checked before, as by tnl_removable(). If anything is not as it should be, links get their former groups
 * back and are removed one by one. FAILED as for tnl_create_all(): what it returns, if not 0, ends it, and what is there then
 * is as it was. */
TNL_API int tnl_remove_all(struct tnl *t, struct tnl_obj *const objs[], size_t count, unsigned flags,
			   int (*failed)(void *arg, size_t at), void *arg);
/* ASKED is called now and then during tnl_create_all() and tnl_remove_all(): if it returns not 0, these end where nothing is
 * half done, with -EINTR. NULL: nobody is asked. */
TNL_API void tnl_stop_when(struct tnl *t, int (*asked)(void *arg), void *arg);
/* The link called NAME with all its attributes; *OUT belongs to the caller. -ENODEV: no such link. */
TNL_API int tnl_get(struct tnl *t, const char *name, struct tnl_obj **out);
/* Calls CB for every object of KIND; NULL: for every link, tunnel or not (their tnl_obj_kind() is "link", which is not
 * among tnl_kind_next()). Objects are borrowed during the call, in which T may be used. What CB returns, if not 0, ends
 * it and is returned. The list is whole and not torn, else CB is not called and the outcome TNL_INCOMPLETE: -EINTR, or
 * -ENOBUFS or -EMSGSIZE where messages were lost. Routes of other families than IPv4 and IPv6 are left out. */
TNL_API int tnl_dump(struct tnl *t, const struct tnl_kind *kind,
		     int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);

/* ---- all or nothing ---------------------------------------------------------------------------------- */

/* From here on what calls on T make, change and remove is remembered, until tnl_atomic_commit() forgets it or
 * tnl_atomic_rollback() undoes it, the last first: links that were removed come back under their number, with addresses
 * and routes. -EALREADY: it began before. */
TNL_API int tnl_atomic_begin(struct tnl *t);
TNL_API void tnl_atomic_commit(struct tnl *t);
/* 0: all is as before. Else TNL_BROKEN, and the text lists what is not. */
TNL_API int tnl_atomic_rollback(struct tnl *t);
/* Calls CB with a line for each thing that hangs on a link OBJS[AT] (from tnl_get() or tnl_dump()) and that is lost if it is
 * deleted, even if it is made again: "qdisc htb", "neighbour 10.0.0.2", "nexthop 5", "altname x" ... What CB returns, if
 * not 0, ends it and is returned; lines are borrowed during the call. Other objects lose nothing. */
TNL_API int tnl_irrecoverable(struct tnl *t, struct tnl_obj *const objs[], size_t count,
			      int (*cb)(void *arg, size_t at, const char *text), void *arg);

/* ---- selectors ---------------------------------------------------------------------------------------- */

struct tnl_selector; /* which objects are meant */

enum tnl_select_flags {
	TNL_SELECT_FALLBACK = 1 << 0, /* fallback devices too; else only those that are named */
	TNL_SELECT_OTHER = 1 << 1,    /* links that are not tunnels too; else only those that are named */
	TNL_SELECT_LITERAL = 1 << 2   /* names are no patterns */
};

/* Compiles words into *OUT, which belongs to the caller: tnl_select_free(). Of links (KIND NULL): names, patterns of
 * names (* ? [...]) unless a link is called just so, "type KIND[,KIND]", "all", and words of any kind with their values as tnl_parse() reads them; what
 * can only be read (state ...) selects too, and an address may be ADDR/LEN. Of several names one must hold, and all else.
 * No words mean all. KIND: words of this kind. Devices are looked up now. Outcome TNL_REFUSED names the word. */
TNL_API int tnl_select(struct tnl *t, const struct tnl_kind *kind, unsigned flags, int argc, char *const argv[],
		       struct tnl_selector **out);
TNL_API void tnl_select_free(struct tnl_selector *sel); /* NULL is fine */
/* Whether SEL means OBJ, which may come from anywhere: tnl_get(), tnl_dump(), an event. */
TNL_API bool tnl_selected(const struct tnl_selector *sel, const struct tnl_obj *obj);
/* The name that SEL is about if it is a single one and no pattern, NULL otherwise. Borrowed from SEL. */
TNL_API const char *tnl_select_name(const struct tnl_selector *sel);
/* Calls CB as tnl_dump() does, for those that SEL means. A name that is not there is -ENODEV before CB is called, or
 * TNL_REFUSED if it is one of several, as it may be a word misspelt; names without patterns are asked for one by one, in
 * their order. */
TNL_API int tnl_select_each(struct tnl *t, const struct tnl_selector *sel,
			    int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);

/* ---- states --------------------------------------------------------------------------------------------- */

struct tnl_state; /* objects that are there, or that shall be, each once */
struct tnl_plan;  /* what it takes to make the one into the other */

/* An empty one. *OUT belongs to the caller: tnl_state_free(). */
TNL_API int tnl_state_new(struct tnl *t, struct tnl_state **out);
/* All that the kernel has: links, tunnels or not, L2TP, FOU, PRL, addresses, routes. Of a handle that was opened with TNL_AHEAD,
 * links are known by what was read from here on. *OUT belongs to the caller. */
TNL_API int tnl_state_read(struct tnl *t, struct tnl_state **out);
TNL_API void tnl_state_free(struct tnl_state *state); /* NULL is fine */

#define TNL_STATE_WORDS 1u /* words of a link that was added before, or is made by something else */

/* Adds a copy of OBJ (from tnl_parse()), all of whose words are checked. TNL_REFUSED: it is there already, or not complete. */
TNL_API int tnl_state_add(struct tnl *t, struct tnl_state *state, const struct tnl_obj *obj, unsigned flags);
/* The kind of the link called NAME; NULL: it is not in STATE. */
TNL_API const struct tnl_kind *tnl_state_kind(struct tnl_state *state, const char *name);
/* The link of STATE, which was read, that has NAME as another name; NULL: none. Borrowed. */
TNL_API const char *tnl_state_alias(const struct tnl_state *state, const char *name);
/* Calls CB for each, in the order in which they came. What CB returns, if not 0, ends it and is returned. */
TNL_API int tnl_state_each(const struct tnl_state *state, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);
/* ... for those of what was read that tnl_state_add() could be told, so that they are made in an order that works: the tunnels
 * that SEL means (NULL: all), what belongs to them, addresses and routes that somebody gave them. */
TNL_API int tnl_state_each_given(struct tnl *t, struct tnl_state *state, const struct tnl_selector *sel,
				 int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);

struct tnl_planned {
	enum tnl_action action;
	const struct tnl_obj *now, *want; /* NULL: nothing */
	bool stops;                       /* packets, while it is done or from then on */
	const char *why;                  /* it cannot be done so, or at all, or (unchanged) is left alone; NULL: it can */
	const char *word;                 /* ... because of this one; may be empty */
	bool lacks;                       /* ... as a device is not there, which may come */
};

#define TNL_BETWEEN 8u   /* NOW is what a file says, too: what WANT has not shall go, and all words of both count */
#define TNL_UNMAKE 16u   /* what WANT has shall go, all else stay */

/* What makes NOW equal to WANT, as tnl_ensure() does it for each; with PRUNE (NULL: nothing) the tunnels that it means and WANT
 * has not go, as do addresses and routes of those that stay. FLAGS: TNL_RECREATE, TNL_ONE_BY_ONE and these. Both states have to live
 * longer than *OUT, which belongs to the caller: tnl_plan_free(). */
TNL_API int tnl_plan_make(struct tnl *t, struct tnl_state *now, struct tnl_state *want, const struct tnl_selector *prune,
			  unsigned flags, struct tnl_plan **out);
TNL_API void tnl_plan_free(struct tnl_plan *plan); /* NULL is fine */
/* Calls CB for each step, in the order of the states. What CB returns, if not 0, ends it and is returned. */
TNL_API int tnl_plan_each(const struct tnl_plan *plan, int (*cb)(void *arg, const struct tnl_planned *step), void *arg);
/* Calls CB for each word in which what is there differs from what shall be, with both values as text; "on" and "off" of words
 * that stand alone, NULL where there is no value. Texts are borrowed during the call. */
TNL_API int tnl_planned_each(struct tnl *t, const struct tnl_planned *step,
			     int (*cb)(void *arg, const struct tnl_row *row, const char *now, const char *want), void *arg);
/* Does it, up to WINDOW requests at a time, reads all back and compares; if it fails or is stopped (tnl_stop_when()), all is undone. In
 * the file JOURNAL (NULL: nowhere) is what it takes from links. If all went well, it can still be undone: tnl_atomic_commit()
 * or tnl_atomic_rollback() has to follow, which remove JOURNAL. */
TNL_API int tnl_plan_run(struct tnl *t, struct tnl_plan *plan, unsigned window, const char *journal);
/* After that did not come to its end: what it took from links comes back from JOURNAL, which is then removed. Calls CB for
 * each link that gets something back, with a TEXT that says what it does not get, if not WHOLE. What CB returns, if not 0,
 * is returned. */
TNL_API int tnl_recover(struct tnl *t, const char *journal,
			int (*cb)(void *arg, const char *name, const char *text, bool whole), void *arg);
/* Adds to STATE, which was read, what that would bring back, and does nothing; calls CB for each link that would get some. */
TNL_API int tnl_recoverable(struct tnl *t, const char *journal, struct tnl_state *state,
			    int (*cb)(void *arg, const struct tnl_obj *link), void *arg);

/* ---- the recorder, the version ------------------------------------------------------------------------- */

/* Calls CB for all that TNL_DRY recorded since tnl_open(), as lines in order: a message, then its attributes indented.
 * Lines are borrowed during the call. What CB returns, if not 0, ends it and is returned. */
TNL_API int tnl_recorded(struct tnl *t, int (*cb)(void *arg, const char *line), void *arg);

/* ---- watching ----------------------------------------------------------------------------------------- */

enum tnl_happened {
	TNL_EVENT_PRESENT,  /* it was there when watching began */
	TNL_EVENT_WATCHING, /* all that was there has been told; no object */
	TNL_EVENT_CREATED,
	TNL_EVENT_CHANGED,  /* in a word or a state; counters do not count */
	TNL_EVENT_RENAMED,  /* the same in its name, and perhaps in more */
	TNL_EVENT_DELETED,
	TNL_EVENT_OVERRUN   /* the kernel dropped messages; no object; the differences that are found by reading again follow */
};

struct tnl_event {
	enum tnl_happened happened;
	const struct tnl_obj *obj; /* as it is now; TNL_EVENT_DELETED: as it was known last */
	const struct tnl_obj *was; /* before, of TNL_EVENT_CHANGED and TNL_EVENT_RENAMED; of the same kind */
};

struct tnl_watch; /* what is known to be there, and the sockets that tell */

/* Watches all links, tunnels or not, and what generic netlink has (L2TP tunnels and sessions) in T's namespace. T must
 * live longer; it may be used in between. As the kernel does not tell everything, the lists are read again every
 * INTERVAL milliseconds (0: only after events). *OUT belongs to the caller. */
TNL_API int tnl_watch_open(struct tnl *t, unsigned interval, struct tnl_watch **out);
TNL_API void tnl_watch_close(struct tnl_watch *watch); /* NULL is fine */
/* A descriptor that is readable when there is something to do: poll it, then call tnl_watch_read(). Not to be closed. */
TNL_API int tnl_watch_fd(const struct tnl_watch *watch);
/* Calls CB for what happened, and does not wait; the first call tells all that is there. Objects are borrowed during
 * the call, in which T may be used. What CB returns, if not 0, ends it and is returned: close the watch then. */
TNL_API int tnl_watch_read(struct tnl_watch *watch, int (*cb)(void *arg, const struct tnl_event *event), void *arg);

/* The version of the library, "0.1". */
TNL_API const char *tnl_version(void);

#ifdef __cplusplus
}
#endif
#endif
