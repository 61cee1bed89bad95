/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the tun program share. */
#ifndef TUN_H
#define TUN_H

#include <libtunnel.h>
#include <stdio.h>

enum { DONE = 0, REFUSED = TNL_REFUSED, FAILED = TNL_KERNEL, BROKEN = TNL_BROKEN, INCOMPLETE = TNL_INCOMPLETE, LOCKED = 5,
       DIFFERS = 6 };

enum { INET_ANY, INET4, INET6, INET_OTHER };

/* What was asked for: the options, each a number or a text (options.c). */
struct run {
	struct tnl *t;
	const struct family *family; /* of the line */
	int json, pretty, details, stats, all, dry, oneline, brief, human, iec, numeric, color, echo, force, help, version;
	int quiet, recreate, initial, one_by_one;
	int timestamp; /* 1: date and time, 2: time */
	int inet;
	int ignored;   /* options that mean nothing here */
	const char *netns, *via, *batch, *interval, *env;
	int atomic;
	const char *window;
	struct batch *in; /* the batch that the line is of */
	int secrets; /* save */
	int plan_only, remove, accept; /* apply */
	const char *prune, *confirm, *wait;
	bool append;   /* a route behind others */
	bool sets;     /* only words for links that are made elsewhere */
	struct tnl_state *into, *from; /* what a line makes becomes a part of it, and nothing is done; what there is */
	struct victims *victims; /* links that the lines of a batch would delete; NULL: nobody asks */
	bool line;     /* it is a line of a batch */
	bool check;    /* ... which is only looked at, before the first is done */
	int told;      /* lines of what was recorded */
};

/* Families, as bits: where the tables of words and verbs apply. */
enum {
	IN_FLAT = 1, IN_TUNNEL = 2, IN_TUNNEL6 = 4, IN_LINK = 8, IN_L2TP = 16, IN_TUNTAP = 32, IN_FOU = 64, IN_ADDR = 128,
	IN_ROUTE = 256, IN_ANY = 511
};

/* "tun FAMILY VERB ...": the flat verbs are the family without a name. */
struct family {
	unsigned is;                 /* its bit */
	const char *name, *other;    /* how it is called, and how too */
	const char *help;
	const char *kind;            /* its only kind; NULL: links */
	const char *const *objects;  /* words after the verb that choose the kind: "tunnel", "session" */
	const char *const *kinds;    /* ... and the kinds they choose */
	const char *const *shows;    /* only these kinds; NULL: all */
	const char *const *shown;    /* a word and its value: shown when the word is not asked for */
	bool all_links;              /* shows links that are not tunnels too */
};

typedef int command(struct run *run, const struct family *family, int argc, char **argv);

struct verb {
	const char *name;
	command *run;
	unsigned in;        /* families that have it */
	unsigned shortened; /* ... and in which its beginnings mean it; the first that fits, as in ip */
	unsigned untold;    /* ... and whose usage is silent of it: they refuse it, or it is the same in all */
	bool makes;         /* what is not said is meant as the family means it */
	bool alone;         /* has no place in a batch */
	bool raw;           /* reads its words itself */
	bool named;         /* where an object has a name, it comes first */
	const char *words;  /* what follows; NULL: what an object of the family is made of */
	const char *help;   /* NULL: another name for that one with the same function */
};

/* options.c */
int take_options(struct run *run, int *argc, char **argv); /* the rest stays in ARGV; 0, or REFUSED and said why */
int check_options(const struct run *run, const char *verb); /* REFUSED, and said which, if one is not for VERB */
void usage_options(FILE *to);

/* tun.c */
extern const struct verb verbs[];
const struct verb *find_verb(const struct family *family, const char *word);
int dispatch(struct run *run, int argc, char **argv); /* a command, its words */

/* cmd_batch.c */
int cmd_batch(struct run *run);

/* check.c: as far as that can be known before the lines in front of it are done. 0, or REFUSED and said why */
int check_line(struct run *run, const struct verb *verb, const struct family *family, int argc, char **argv);

command cmd_add, cmd_append, cmd_ensure, cmd_replace, cmd_set, cmd_del, cmd_show, cmd_monitor, cmd_help, cmd_prl, cmd_6rd, cmd_save, cmd_apply,
	cmd_diff;
/* cmd_set.c: "name NEW" among the words renames: NEW takes the old name's place in front. */
void take_new_name(const struct tnl_kind *kind, int *argc, char **argv);
int usage(FILE *to); /* in short; DONE, of standard error REFUSED */
int help_all(void);
int help_verb(const struct family *family, const struct verb *verb); /* in it; the family without a name: in all */

/*
 * environ.c: adds the words that variables beginning with PREFIX have to a line, if they say the type. *ARGV then lies in
 * *MEMORY, which is to be freed. 0, or REFUSED and said why.
 */
int env_words(const char *prefix, int *argc, char ***argv, char ***memory);

/* family.c */
extern const struct family families[];
const struct family *find_family(const char *word, bool begun); /* BEGUN: a beginning of its name will do */
/*
 * Makes words of the library of a line of a family; MAKES: of one that makes something. *ARGV then lies in *MEMORY, which
 * is to be freed. The family may become another. 0, or REFUSED and said why.
 */
int read_line(struct run *run, const struct family **family, bool makes, int *argc, char ***argv, char ***memory);
bool among(const char *const *list, const char *word);
/* A word that in the family FAMILY means something else, where it is not said, than in flat lines: of KIND the one after N
 * others, NULL at the end. *BESIDE: only where this one is said; NULL: always. */
const char *meant_word(unsigned family, const char *kind, int n, const char **beside);
/* Whether FAMILY has the kind of OBJ; if not, says so: REFUSED. in_family_now: ... of the link called NAME, if there is one. */
int in_family(struct run *run, const struct family *family, const struct tnl_obj *obj);
int in_family_now(struct run *run, const struct family *family, const char *name);

/* words.c: words of a line that nobody has read yet */
bool is_secret(const char *word); /* whose value others shall not read */
bool is_type(const char *word); /* "type", "mode" */
int span(const struct tnl_kind *kind, const char *word); /* how many words it takes, 0: no keyword; KIND NULL: of any */
bool takes_value(const char *word);                      /* ... in every kind that has it */
int find_word(const char *word, int argc, char **argv);  /* where it stands as a keyword, ARGC: nowhere */

/* The kind that a family's line is about: from the family, or from "tunnel"/"session" in argv[0], which it eats. */
int family_kind(const struct family *family, int *argc, char ***argv, const struct tnl_kind **kind);
/* Which objects a family shows beside its tunnels, as enum tnl_select_flags. */
unsigned shown(const struct run *run, const struct family *family);
/* The objects that a line means, kinds and words of its family included. 0, or an exit code and said why. */
int line_select(struct run *run, const struct family *family, const struct tnl_kind *kind, unsigned flags, int argc,
		char **argv, struct tnl_selector **sel);
/*
 * The link that a line begins with, read from the kernel; the line then says "name NAME" in front of the other words.
 * 0, or an exit code and said why.
 */
int line_link(struct run *run, int *argc, char ***argv, struct tnl_obj **link);

/* out.c */
int complain(const char *object, const char *word, const char *text); /* returns REFUSED */
void complain_to(FILE *to);                                           /* NULL: standard error again */
void progress_erase(void);                                            /* progress.c: the line that stands there */
int failed_so(const struct tnl_error *e);                             /* says it */
int failed(const struct tnl *t);                                      /* says tnl_error(), returns the exit code */
int finish(int code);                                                 /* flushes; INCOMPLETE when output was lost */
int show_object(struct run *run, const struct tnl_obj *obj);         /* of -echo: as text or JSON; an exit code */
int print_object(struct run *run, const struct tnl_obj *obj);
int print_words(struct run *run, const struct tnl_obj *obj);  /* its line, without the end */
int print_states(struct run *run, const struct tnl_obj *obj); /* the end, and the lines that -d and -s add */
void print_value(const char *text);                           /* quoted where it needs to be */
void print_exact(const char *text);                           /* ... with all its bytes, for a file */
bool is_keyword(const struct tnl_obj *obj, const char *text); /* as a name it needs its own keyword */
int print_recorded(struct run *run);
/* The file that is the namespace: a name in /run/netns, or a path. */
void netns_path(const char *netns, char *path, size_t size);
void print_safe(FILE *to, const char *text);                  /* without what a terminal would obey */
int print_brief(struct run *run, const struct tnl_obj *obj);  /* brief.c: a link as a line of a table */

/* holders.c: the programs, wherever they are, that have this TUN or TAP of this namespace open */
void each_holder(const char *name, void (*cb)(void *arg, int pid, const char *program), void *arg);

int utf8(const unsigned char *c); /* the length of the character at C, 0: not UTF-8 */

/* json.c */
int json_load(void); /* loads json-c: before any other of these */
int json_print(struct run *run, const struct tnl_obj *obj);
int json_end(struct run *run);
/* An object with what was done to OBJ, and what was recorded. */
int json_result(struct run *run, const struct tnl_obj *obj, const char *action);
int json_requests(struct run *run); /* one with what was recorded and not told, if anything was */
/* A line: TIME (may be NULL), what happened, to what, and of WAS (may be NULL) what differed. */
int json_event(struct run *run, const char *time, const char *happened, const struct tnl_obj *obj,
	       const struct tnl_obj *was);

#endif
