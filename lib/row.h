/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows, kinds and objects: the model that everything else walks. */
#ifndef TNL_ROW_H
#define TNL_ROW_H

#include <string.h>

#include "codec.h"
#include "set.h"

/* Where in an object a row's bytes are. */
enum tnl_scope {
	TNL_NOWHERE, /* in the two rows it stands for */
	TNL_HEAD,    /* in the fixed header of the family: ifinfomsg, ifaddrmsg, rtmsg */
	TNL_TOP,     /* an attribute of the message */
	TNL_NEST     /* an attribute of the kind's own: IFLA_INFO_DATA; of a generic netlink message, any */
};

/* How the legacy ioctls keep the same bytes. */
enum tnl_how {
	TNL_OLD_NONE,  /* they have no room for it */
	TNL_OLD_COPY,  /* the same bytes at OFF in the struct */
	TNL_OLD_KEY,   /* as COPY, and valid only with GRE_KEY in the flags at ARG */
	TNL_OLD_DF,    /* IP_DF in frag_off */
	TNL_OLD_IFF,   /* a flag ARG of TUNSETIFF */
	TNL_OLD_NOIFF, /* the absence of a flag ARG of TUNSETIFF */
	TNL_OLD_CALL   /* an ioctl ARG of its own */
};

struct tnl_row {
	const char *word, *no;       /* keyword; its negative form */
	const char *json, *help;
	const char *alias[4];
	const struct tnl_codec *codec;
	const struct tnl_name *names; /* values by name; ended by NULL */
	const char *file;            /* of /etc/iproute2, with more names; NULL: none */
	const char *both[2];         /* the two words this one stands for */
	uint8_t scope;
	uint8_t plen;                /* 1 + offset in the header of the prefix length, 0: none */
	uint16_t at, size;           /* offset in the header or payload, if only a part of it is meant */
	uint16_t attr, attr6, sub[2]; /* attribute; the one for an IPv6 address; those nested in it */
	uint16_t plen_attr;          /* the attribute with the prefix length, 0: none */
	uint16_t bits;               /* the attribute with flags that say whether this one counts */
	uint8_t bits_size;           /* its size; 0: being there is the flag */
	uint8_t shift;               /* how far up FIELD the value is */
	uint32_t mask;               /* which flags: in BITS, or in ATTR when the row is nothing but flags */
	uint32_t field;              /* the bits of a number that are meant, 0: all; host order */
	bool (*usual)(const struct tnl_obj *obj); /* whether it is as the object's other words have it; NULL: DEF says that */
	const char *instead;         /* the word for the flag in BITS, which then stands in place of a value */
	uint32_t flags;              /* enum tnl_row_flags */
	uint32_t def;                /* value of an absent attribute, host order */
	const char *def_text;        /* the same where it is no number */
	const char *attr_name;       /* for people: "IFLA_GRE_TTL" */
	struct {
		int code;            /* by which errno the kernel finds this word, unnamed, at fault */
		const char *cure;    /* what usually helps then; NULL: not known */
	} fault[2];
	const char *differs;         /* why an ioctl-made link may differ from a netlink-made one */
	struct {
		uint8_t how;
		uint16_t off, len;
		uint32_t arg;
		const char *name; /* for people: "iph.ttl" */
	} old;
};

/* The attribute's number and its name in one stroke: not by way of another macro where kernel.h defines the number. */
#define TOP(a) .scope = TNL_TOP, .attr = a, .attr_name = #a
#define NEST(a) .scope = TNL_NEST, .attr = a, .attr_name = #a
#define HEAD(type, field) .scope = TNL_HEAD, .at = offsetof(struct type, field), .attr_name = #field

struct tnl;
struct tnl_transport;
struct tnl_rtnl;
struct tnl_genl;

enum tnl_beside { TNL_BESIDE = 1, TNL_BESIDE_GATEWAY = 2 /* one of them leads through a gateway */ };

struct tnl_obj {
	const struct tnl_kind *kind;
	uint8_t head[16] __attribute__((aligned(4)));
	struct tnl_set top, nest;
	uint64_t given[3]; /* rows that words were given for, by their place in the table; the last: perhaps, by their address */
	char type[16];     /* what the kernel calls the kind of a link */
	bool part;         /* only what it was given is meant: it has to be there */
	bool partial;      /* there is more to it than the rows can say */
	bool passing;      /* an address that somebody looks after: made again, it would be another */
	uint8_t beside;    /* enum tnl_beside: a route that may stand behind others to the same place */
	bool chosen;       /* its name was not the user's */
	bool made_more;    /* creating it made something else too, which undoing takes away again */
};

struct tnl_kind {
	const char *name, *help;
	const char *link;                    /* IFLA_INFO_KIND; NULL: has none */
	const char *module;
	const char *pattern;                 /* of chosen names, "gre%d"; NULL: not an interface */
	const char *const *modes;            /* other names of the kind; ended by NULL */
	const struct tnl_row *const *rows;   /* tables, each ended by an empty row; ended by NULL */
	const struct tnl_row *open;          /* one of them: words of what others share; unsaid, they mean what is there */
	const struct tnl_transport *const *via; /* the first is the default; ended by NULL */
	const struct tnl_rtnl *rtnl;         /* message layout */
	const struct tnl_genl *genl;
	struct {
		uint16_t attr;               /* kinds with the same IFLA_INFO_KIND differ in this attribute */
		uint8_t value;
	} tell;
	struct {
		const char *base;            /* the fallback device, of which SIOC*TUNNEL is asked */
		uint8_t proto;
		uint16_t iflags;             /* always in i_flags */
		bool v6;                     /* struct ip6_tnl_parm2 on an IPv6 socket */
	} old;
	uint8_t init[16];                    /* the header of a new object */
	uint32_t iff;                        /* IFF_* that a new link has by itself */
	/* Rules between words; says why in *ERROR (word and text). NOW: what is there; NULL when it is made, OBJ itself
	 * when it is removed. */
	int (*check)(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error);
	/* Brings what the kernel sent into the shape that words make. */
	bool (*read)(struct tnl_obj *obj); /* false: nothing of this kind at all */
	/* Makes a link that no kind has claimed into one of this kind, if it is. -ENOENT: it is not. */
	int (*claim)(struct tnl *t, struct tnl_obj *link);
	bool lookup;                         /* one object can be asked for alone */
	bool keeps;                          /* a change keeps what it does not say, and refuses what cannot change */
};

/* Most words differ in their first letter, and a short command compares thousands. */
static inline bool tnl_word_is(const char *a, const char *b)
{
	return *a == *b && !strcmp(a, b);
}

/* row.c: walking tables; value.c: what a row means in an object */
static inline const struct tnl_row *tnl_row_after(const struct tnl_row *const **table, const struct tnl_row *row)
{
	return row[1].word ? row + 1 : *++*table;
}

/* What tells most of the time of long lists. */
#define tnl_each_row(row, kind) \
	for (const struct tnl_row *const *row##_table = (kind)->rows, *row = *row##_table; row; \
	     row = tnl_row_after(&row##_table, row))

/* The value of a row, or false: absent, or its flag is off. */
bool tnl_row_get(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val);
int tnl_row_put(const struct tnl_row *row, struct tnl_obj *obj, const struct tnl_val *val);
int tnl_row_clear(const struct tnl_row *row, struct tnl_obj *obj); /* the negative form */
void tnl_row_drop(const struct tnl_row *row, struct tnl_obj *obj); /* nobody said anything */
int tnl_row_copy(const struct tnl_row *row, struct tnl_obj *dst, const struct tnl_obj *src);
/* Its value differs from the default. */
bool tnl_row_is_set(const struct tnl_row *row, const struct tnl_obj *obj);
bool tnl_row_get_set(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val); /* VAL: the value, if so */
/* The value, or its default, or zeros. */
void tnl_row_value_of(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val);
/* VAL as a word; "" for a bare one. */
void tnl_row_text(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size, struct tnl_look *look);
/* Both words of a TNL_BOTH row, as rows of KIND. */
void tnl_row_pair(const struct tnl_kind *kind, const struct tnl_row *row, const struct tnl_row *pair[2]);
bool tnl_row_input(const struct tnl_row *row); /* a row that can be input and holds a value itself */
int tnl_row_ordinal(const struct tnl_kind *kind, const struct tnl_row *row);
/* The row that stands alone, if it is set; and whether ROW means nothing beside it. */
const struct tnl_row *tnl_obj_alone(const struct tnl_obj *obj);
bool tnl_row_overlooked(const struct tnl_row *row, const struct tnl_row *alone);
void tnl_obj_drop_overlooked(struct tnl_obj *obj); /* what the kernel tells of such rows is no input */
/* The row that owns an attribute in a scope, for naming what the kernel complains about. */
const struct tnl_row *tnl_row_of_attr(const struct tnl_kind *kind, uint8_t scope, uint16_t attr);

/* slim.c: OBJ, taken over, without what the kernel tells of links and no row but a counter owns; NULL: out of memory. */
struct tnl_obj *tnl_obj_slim(struct tnl_obj *obj);

/* obj.c */
struct tnl_obj *tnl_obj_new(const struct tnl_kind *kind);
void tnl_obj_list_places(struct tnl_obj *obj); /* of its attributes: it is going to be asked for every word */
int tnl_obj_become(struct tnl_obj *obj, const struct tnl_obj *back); /* what the kernel has of it, given words stay; -ENOMEM */
bool tnl_obj_given(const struct tnl_obj *obj, const struct tnl_row *row);
/* The same by the row's place in the table, for those who count while they walk. */
static inline bool tnl_obj_given_at(const struct tnl_obj *obj, int place)
{
	return obj->given[place / 64] >> place % 64 & 1;
}
/* In words; else the kernel told it. */
static inline bool tnl_obj_was_said(const struct tnl_obj *obj)
{
	return obj->given[0] || obj->given[1];
}
void tnl_obj_give(struct tnl_obj *obj, const struct tnl_row *row);
/* Whether ROW is an interface of another namespace: here its number is none, or that of another one. */
bool tnl_obj_is_foreign(const struct tnl_obj *obj, const struct tnl_row *row);
/* Whether they agree in all words in which no two of their kind may: false where the kind has no such words. */
bool tnl_obj_is_twin(const struct tnl_obj *a, const struct tnl_obj *b);
uint64_t tnl_obj_twin_key(const struct tnl_obj *obj); /* equal where that is so */
/* By the words of their identity, of one kind: as memcmp() says it. */
int tnl_obj_order(const struct tnl_obj *a, const struct tnl_obj *b);
/* What identifies OBJ, a link by its name, all else by its kind's own words: equal where tnl_obj_is_same(). */
uint64_t tnl_obj_key(const struct tnl_obj *obj);
bool tnl_obj_is_same(const struct tnl_obj *a, const struct tnl_obj *b);
/* A new object of KIND with those words of OBJ that KIND has too; given words stay given. */
struct tnl_obj *tnl_obj_project(const struct tnl_obj *obj, const struct tnl_kind *kind);
/* Copies the rows that SRC was given, or all of its input rows, over those of DST. */
int tnl_obj_merge(struct tnl_obj *dst, const struct tnl_obj *src, bool all);
/* Shorthand for one word of a kind. */
const char *tnl_obj_ifname(const struct tnl_obj *obj);    /* of a link; NULL: none */
const char *tnl_obj_interface(const struct tnl_obj *obj); /* of a link or an L2TP session; NULL: none */
const char *tnl_obj_netns(const struct tnl_obj *obj);     /* where the link shall go; NULL: here */
int tnl_obj_index(const struct tnl_obj *link);            /* its number; 0: not known */
int tnl_obj_set_ifname(struct tnl_obj *obj, const char *name);
bool tnl_obj_has(const struct tnl_obj *obj, const char *word);       /* a word of its kind, and not at its default */
bool tnl_obj_was_given(const struct tnl_obj *obj, const char *word);
/* The word that the user is likely to have said for a given row: "key" for ikey and okey alike, "nopi" for pi off. */
const char *tnl_obj_said(const struct tnl_obj *obj, const struct tnl_row *row);
uint32_t tnl_obj_number(const struct tnl_obj *obj, const char *word);

#endif
