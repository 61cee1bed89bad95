/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle, errors, netlink sockets, the recorder, and the seam that transports implement. */
#ifndef TNL_HANDLE_H
#define TNL_HANDLE_H

#include <linux/netlink.h>

#include "linknames.h"
#include "pile.h"
#include "row.h"

struct tnl_nl {
	int bus; /* NETLINK_ROUTE, NETLINK_GENERIC */
	int fd;  /* -1: not opened yet */
	uint32_t seq;
	bool bound; /* has a port for what is sent to groups */
};

struct tnl {
	struct tnl_look look; /* first: codecs get it, nl.c casts it back */
	struct tnl_nl route, genl;
	int inet, inet6;      /* datagram sockets for the legacy ioctls, -1: not opened yet */
	const char *via;      /* the transport that was asked for, NULL: each kind's own */
	bool dry, ahead;
	bool counters;        /* are wanted of a list of links */
	struct tnl_names names; /* with AHEAD: those that were looked up, also of links that are not there yet */
	struct tnl_names born;  /* ... and of those, the ones that are there by now */
	struct tnl_family {
		const char *name;
		int id;         /* -ENOENT: it is not there; 0: not known */
		uint32_t group; /* of its notifications, 0: none */
	} family[4];          /* generic netlink families that were looked up */
	struct tnl_pile lines; /* what was recorded, each with its end */
	struct {
		int index;
		char name[16];
	} known;              /* the last interface that was looked up */
	struct tnl_walked {
		const struct tnl_kind *kind;
		struct tnl_told {
			const struct tnl_row *row;
			const char *word;             /* its keyword, NULL: not looked up yet */
			const struct tnl_row *pair[2]; /* those it stands for, NULL: none */
			uint8_t place, pair_place[2]; /* among the rows of the kind */
		} rows[129];          /* ended by an empty one */
	} walked[4];          /* the rows of the last kind that was told, by enum tnl_walk */
	struct {
		char *const *argv;
		int count;
	} said;               /* of the line that is parsed, what stands in front of the word at hand */
	struct {
		int (*asked)(void *arg);
		void *arg;
	} stop;               /* whether what is done with several objects shall end */
	struct tnl_log *log; /* atomic.c: what was done, to be undone; NULL: nobody asked to remember it */
	struct tnl_journal *journal; /* journal.c: how far a plan came, on disk; NULL: nobody asked for it */
	struct tnl_error error;
	struct tnl_obj about; /* what errors are about; its kind is NULL: nothing, or a link that is named already */
	char text[128];       /* what tnl_obj_name() lends */
};

/* ---- error.c: every function returns CODE, so that "return tnl_fail(...)" reads well ---- */

int tnl_fail(struct tnl *t, enum tnl_outcome outcome, int code, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
int tnl_refuse(struct tnl *t, const char *word, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Around one of these: what helps. */
int tnl_cure(struct tnl *t, enum tnl_cure cure, int code);
/* The kernel said CODE; TEXT is its own words or NULL. Adds the cure where one is known. */
int tnl_kernel_says(struct tnl *t, const struct tnl_kind *kind, int code, const char *word, const char *text);
int tnl_lost(struct tnl *t, int code); /* the kernel's answer did not come whole */
/* -EPROTONOSUPPORT: the module is not there. */
int tnl_no_kind(struct tnl *t, const struct tnl_kind *kind);
void tnl_begin(struct tnl *t, const struct tnl_obj *obj); /* forgets the last error; errors name OBJ from now on */
void tnl_about(struct tnl *t); /* names it at once, for an error that others put together */
#define tnl_nomem(t) tnl_fail(t, TNL_KERNEL, -ENOMEM, NULL, "out of memory")

/* ---- nl.c: one place sends, receives and believes ---- */

struct tnl_answer {
	bool done;           /* the acknowledgement came */
	int code;            /* 0 or -errno of the acknowledgement */
	uint32_t offset;     /* of the attribute that the kernel complains about, 0: none */
	char text[200];      /* its words, may be empty */
};

/* Called for each message of an answer, 0 to go on. */
typedef int tnl_message(void *arg, const struct nlmsghdr *nlh);

/*
 * Sends FIRST and, in the same call, SECOND (may be NULL), and collects what each is told. Messages that are not an
 * acknowledgement go to CB. A transport error is returned; what the kernel thinks of the requests is in ANSWER[].
 */
int tnl_nl_talk(struct tnl_nl *nl, struct nlmsghdr *first, struct nlmsghdr *second,
		tnl_message *cb, void *arg, struct tnl_answer answer[2]);
/*
 * Up to TNL_STREAM messages in one call, each of which asks for an acknowledgement or has one answer, and what each was
 * told: never more than there is room for in the socket's buffer, as what does not fit is lost. Zeroed, it is empty, as after
 * tnl_stream_open(); tnl_pile_free() of its messages frees it.
 */
#define TNL_STREAM 128

struct tnl_stream {
	struct tnl_pile messages;
	size_t count, used; /* used: of the buffer, by the answers */
	int room;           /* of the buffer, 0: not known yet */
	bool sent;          /* they went out */
	struct tnl_asked {
		size_t offset;
		struct tnl_answer answer;
	} asked[TNL_STREAM];
};

void tnl_stream_open(struct tnl_stream *stream);
/* MORE: the size of what is told beside the acknowledgement, 0: nothing. */
bool tnl_stream_fits(struct tnl_nl *nl, struct tnl_stream *stream, const struct nlmsghdr *nlh, size_t more);
int tnl_stream_add(struct tnl_stream *stream, const struct nlmsghdr *nlh, size_t more);
struct nlmsghdr *tnl_stream_message(const struct tnl_stream *stream, size_t at);
void tnl_stream_empty(struct tnl_stream *stream);
/*
 * Sends all of them; what is no acknowledgement goes to CB, with the place of the message that it answers. An error is of
 * the transport: if SENT, what was not answered (not DONE) may have been done, as with -ENOBUFS.
 */
int tnl_nl_stream(struct tnl_nl *nl, struct tnl_stream *stream,
		  int (*cb)(void *arg, size_t at, const struct nlmsghdr *nlh), void *arg);
/* A dump, whole and untorn before CB sees the first message. SLIM (NULL: nobody) takes away before what CB does not need. */
int tnl_nl_dump(struct tnl *t, struct tnl_nl *nl, struct nlmsghdr *request, void (*slim)(struct nlmsghdr *nlh),
		tnl_message *cb, void *arg);
void tnl_slim_link(struct nlmsghdr *nlh); /* slim.c */
/* Joins a multicast group; with the first comes a large buffer. */
int tnl_nl_join(struct tnl_nl *nl, uint32_t group);
/* Hands what was sent to the groups to CB until nothing waits any more. -ENOBUFS: the kernel dropped something. */
int tnl_nl_listen(struct tnl_nl *nl, tnl_message *cb, void *arg);
int tnl_nl_open(struct tnl_nl *nl); /* where it is not open yet */
void tnl_nl_close(struct tnl_nl *nl);
int tnl_ifindex(struct tnl *t, const char *name); /* > 0, or -errno */
int tnl_ifname_now(struct tnl *t, int index, char name[16]); /* of the link that has it now; -errno */
int tnl_look_index(struct tnl_look *look, const char *name);
int tnl_look_name(struct tnl_look *look, int index, char name[16]);

/* ---- netns.c: NAME is one of /run/netns, a path, or the number of a process ---- */

int tnl_netns_open(const char *name); /* a descriptor, or -errno */
/* From here to tnl_netns_leave() questions about links are asked there. HERE, of which FD is -1 before, keeps T's socket. */
int tnl_netns_enter(struct tnl *t, const char *name, struct tnl_nl *here);
void tnl_netns_leave(struct tnl *t, struct tnl_nl *here); /* nothing where nobody entered */
int tnl_netns_id(struct tnl_look *look, const char *name);

/* ---- record.c: what would have been sent, as lines ---- */

int tnl_record(struct tnl *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "NAME value  (WORD)": what a row says, for people. */
int tnl_record_value(struct tnl *t, const char *name, const struct tnl_row *row, const struct tnl_val *val,
		     const char *word);
int tnl_record_rtnl(struct tnl *t, const struct tnl_kind *kind, const struct tnl_rtnl *layout, const struct nlmsghdr *nlh);
/* One line for each attribute of PAYLOAD, with the word of KIND that owns it. */
int tnl_record_attrs(struct tnl *t, const struct tnl_kind *kind, uint8_t scope, const void *payload, size_t len);

/* ---- transports ---- */

struct tnl_transport {
	const char *name;
	uint8_t scopes;   /* of which rows it carries: 1 << enum tnl_scope */
	bool old;         /* only rows that have a place in the legacy structs */
	bool numbers;     /* can choose the interface's number */
	bool replaces;    /* a change replaces everything that it could carry, and drops the rest */
	/* Makes WANT. BACK gets what the kernel then has, where that comes in the same breath; its kind stays NULL if not. */
	int (*create)(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back);
	int (*change)(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back);
	int (*remove)(struct tnl *t, const struct tnl_obj *obj);
	int (*removable)(struct tnl *t, const struct tnl_obj *obj); /* what can be known before; NULL: nothing */
	int (*undo)(struct tnl *t, const struct tnl_obj *obj); /* of create; NULL: remove does it */
	/* Fills OBJ, whose identity is set, with what the kernel has. */
	int (*get)(struct tnl *t, struct tnl_obj *obj);
	int (*dump)(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);
};

extern const struct tnl_transport tnl_rtnl, tnl_ioctl, tnl_tuntap, tnl_under_program;

/* ---- rtnl.c ---- */

struct tnl_rtnl {
	const char *name;             /* "LINK": of RTM_NEWLINK */
	uint16_t add, del, get;       /* message types */
	uint16_t head;                /* size of the family's header */
	bool link;                    /* attributes of the kind nest in IFLA_LINKINFO */
};

extern const struct tnl_rtnl tnl_rtnl_addr, tnl_rtnl_route;
int tnl_rtnl_read_link(struct tnl_obj *obj, const struct nlmsghdr *nlh);

/* ABOUT: only addresses of the same family and interface as this one, or routes over the same interface; NULL: all. */
int tnl_rtnl_dump_about(struct tnl *t, const struct tnl_kind *kind, const struct tnl_obj *about,
			int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);
/* find.c: fills OBJ, an address or a route of which the identity is known. */
int tnl_find(struct tnl *t, struct tnl_obj *obj);
int tnl_rtnl_move(struct tnl *t, const struct tnl_obj *link, const char *netns); /* to another namespace */

/* ---- genl.c ---- */

struct tnl_genl {
	const char *family;
	uint8_t version;
	struct {
		uint8_t create, remove, change, get;
	} cmd;
	const char *name;             /* how its commands begin: "L2TP_CMD_TUNNEL_" */
	const char *verb[3];          /* and end: create, remove, change */
};

int tnl_genl_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back);
int tnl_genl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back);
int tnl_genl_remove(struct tnl *t, const struct tnl_obj *obj);
int tnl_genl_get(struct tnl *t, struct tnl_obj *obj);
int tnl_genl_dump(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg);
int tnl_genl_read(struct tnl_obj *obj, const struct nlmsghdr *nlh);
/* The family's id; LOAD: let the kernel load its module. -ENOENT: not there. */
int tnl_genl_family(struct tnl *t, const char *family, bool load);
uint32_t tnl_genl_group(struct tnl *t, const char *family); /* of its notifications; 0: none, or no family */
void tnl_genl_forget(struct tnl *t);                        /* families come and go with their modules */
void tnl_genl_forget_missing(struct tnl *t);                /* ... and those that were not there may be by now */

/* ---- name.c ---- */

/* Replaces a missing name or pattern by a name that is free here and where the link goes. */
int tnl_choose_name(struct tnl *t, struct tnl_obj *obj);
/* Another one in place of a chosen name that somebody took meanwhile; false: that is not what was in the way. */
bool tnl_choose_other(struct tnl *t, struct tnl_obj *obj, const char *pattern);
/* Whether another link has the name of the new OBJ where that goes, and HERE: -EEXIST says so. */
int tnl_check_name(struct tnl *t, const struct tnl_obj *obj, bool here);
/* After -EEXIST: the name or number is taken, or which tunnel has the same ends and key? NOW: what changes; NULL: a new one. */
int tnl_explain_exists(struct tnl *t, const struct tnl_obj *want, const struct tnl_obj *now);

/* ---- addr.c, route.c, link.c, kind.c ---- */

extern const struct tnl_kind tnl_kind_addr, tnl_kind_route, tnl_kind_l2tp_tunnel, tnl_kind_l2tp_session;
extern const struct tnl_kind tnl_kind_link; /* any link that is not a tunnel: shown and left alone */
/* The kind of a link that the kernel calls NAME and whose own attributes are DATA. */
const struct tnl_kind *tnl_kind_of_link(const char *name, const struct tnl_set *data);
bool tnl_carries(const struct tnl_transport *via, const struct tnl_row *row);

#endif
