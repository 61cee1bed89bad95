/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A batch that runs, and what its lines put off so that it is done many at a time. */
#ifndef BATCH_H
#define BATCH_H

#include "names.h"
#include "tokens.h"
#include "tun.h"

/* Links that would be deleted, and by which command. */
struct victims {
	struct tnl_obj **objs;
	size_t *at, count;
	size_t entry; /* at hand */
	bool held;
};

struct batch {
	struct run *run;
	struct tokens file;
	size_t at;       /* the command at hand */
	bool *done;      /* which are, as far as nothing is put off */
	int worst;       /* exit code of what failed; 0: nothing did */
	size_t failed;   /* the first that failed */
	bool last;       /* what is to go goes last (--atomic) */
	int window;      /* requests on their way; 0: what is to be made is made at once */
	struct making *makings;
	struct going *goings;
	size_t sent, gone; /* of those that are at hand */
	bool some_failed;  /* ... and it was told of which */
	size_t making_count, making_room, going_count, going_room;
	struct names names; /* of what is to go */
	struct victims victims;
};

/* Notes that command AT failed with this exit code. */
void batch_failed(struct batch *batch, size_t at, int code);
bool batch_ended(const struct batch *batch); /* for a failure or a signal: nothing more is begun */

/* later.c */

#define UNPROVEN 4

/* Something that is to be made. */
struct making {
	struct run run;          /* of its line */
	struct tnl_obj *obj;
	const char *unproven[UNPROVEN]; /* words that the kernel takes and never tells, then NULL */
	size_t at;               /* whose command */
	bool made, again;
};
int tell_made(struct making *making); /* cmd_add.c: it is made; what is to be said of it */

/* Before a line does what it says: what it needs done is done. -1: that failed, and the batch has ended. */
int later_before(struct run *run, const struct verb *verb, int argc, char **argv);
bool later_takes(const struct run *run); /* what the line makes is put off */
/* Puts it off; its object is the batch's from here on. */
int later_make(struct run *run, const struct making *making);
/* Removes OBJ by this transport, in its turn or later; it is the batch's from here on. An exit code. */
int later_remove(struct run *run, struct tnl_obj *obj, const char *via);
bool later_goes(const struct run *run, const char *name); /* it is to be removed */
bool later_make_all(struct batch *batch);   /* what was put off; false: nothing was */
bool later_catch_up(const struct run *run); /* ... that the line at hand may need */
int later_remove_all(struct batch *batch); /* not 0: the batch has ended */
bool later_is_in_the_way(const struct batch *batch); /* what is to go made the last call fail */
void later_drop(struct batch *batch); /* what is put off still will not be done */
void later_free(struct batch *batch);

/* victims.c */
int victims_add(void *arg, const struct tnl_obj *obj); /* to a struct victims; -ENOMEM */
int victims_check(struct batch *batch); /* what would be lost; REFUSED: what nobody could undo */
void victims_free(struct victims *victims);

void progress(size_t done, size_t count); /* progress.c: says on a terminal, now and then, how many commands are done */

#endif
