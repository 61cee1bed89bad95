/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the tun program share. */
#ifndef TUN_H
#define TUN_H

#include <libtunnel.h>
#include <stdio.h>

enum { DONE = 0, REFUSED = TNL_REFUSED, FAILED = TNL_KERNEL, BROKEN = TNL_BROKEN, INCOMPLETE = TNL_INCOMPLETE };

struct run {
	struct tnl *t;
	const char *via; /* the transport that was asked for; NULL: each kind's own */
	bool json, pretty, details, stats, all, quiet, dry, recreate, initial;
	bool told; /* what was recorded */
	int timestamp;              /* 1: date and time, 2: time */
	const char *netns, *interval;
};

/* "tun FAMILY VERB ...": the flat verbs are the family without a name. */
struct family {
	const char *name, *other;    /* how it is called, and how too */
	const char *kind;            /* its only kind; NULL: links */
	const char *const *objects;  /* words after the verb that choose the kind: "tunnel", "session" */
	const char *const *kinds;    /* ... and the kinds they choose */
	const char *const *shows;    /* only these kinds; NULL: all */
	const char *const *shown;    /* a word and its value: shown when the word is not asked for */
	const char *help;
	enum { DEV_IS_UNDERLAY, DEV_FIRST, DEV_ANYWHERE } dev_names; /* where "dev NAME" is the link's own name */
	bool all_links;              /* shows links that are not tunnels too */
};

typedef int command(struct run *run, const struct family *family, int argc, char **argv);

command cmd_add, cmd_ensure, cmd_replace, cmd_set, cmd_del, cmd_show, cmd_monitor;
const struct family *find_family(const char *word);
int cmd_help(struct run *run, int argc, char **argv);
int usage(FILE *to);
extern const struct family families[];

/* The kind that a family's line is about: from the family, or from "tunnel"/"session" in argv[0], which it eats. */
int family_kind(const struct family *family, int *argc, char ***argv, const struct tnl_kind **kind);
/* Where "dev" is the link's own name, the line says "name". */
void family_names(const struct family *family, int argc, char **argv);
/* Which objects a family shows beside its tunnels, as enum tnl_select_flags. */
unsigned shown(const struct run *run, const struct family *family);
/* The objects that a line means, kinds and words of its family included. 0, or an exit code and said why. */
int line_select(struct run *run, const struct family *family, const struct tnl_kind *kind, unsigned flags, int argc,
		char **argv, struct tnl_selector **sel);
/*
 * The link that a line begins with, read from the kernel; the line then says "name NAME" in front of the other words.
 * 0, or an exit code and said why.
 */
int line_link(struct run *run, const struct family *family, int *argc, char ***argv, struct tnl_obj **link);

/* out.c */
int complain(const char *object, const char *word, const char *text); /* returns REFUSED */
int failed(const struct tnl *t);                                      /* says tnl_error(), returns the exit code */
int finish(int code);                                                 /* flushes; INCOMPLETE when output was lost */
int print_object(struct run *run, const struct tnl_obj *obj);
int print_words(struct run *run, const struct tnl_obj *obj);  /* its line, without the end */
int print_states(struct run *run, const struct tnl_obj *obj); /* the end, and the lines that -d and -s add */
void print_value(const char *text);                           /* quoted where it needs to be */
int print_recorded(struct run *run);

int utf8(const unsigned char *c); /* the length of the character at C, 0: not UTF-8 */

/* json.c: json-c is loaded when the first of these is called */
int json_begin(struct run *run);
int json_print(struct run *run, const struct tnl_obj *obj);
int json_end(struct run *run);
/* One object with what was done to OBJ, and what was recorded. */
int json_result(struct run *run, const struct tnl_obj *obj, const char *action);
/* A line: TIME (may be NULL), what happened, to what, and of WAS (may be NULL) what differed. */
int json_load(void);
int json_event(struct run *run, const char *time, const char *happened, const struct tnl_obj *obj,
	       const struct tnl_obj *was);

#endif
