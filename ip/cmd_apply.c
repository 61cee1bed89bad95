// SPDX-License-Identifier: GPL-2.0-or-later
/* tun apply: makes the kernel equal to a file, all of it or nothing. tun diff: what that would do. */
#include "confirm.h"
#include "lock.h"
#include "statefile.h"
#include "stop.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS 64
#define PATIENCE 30 /* seconds that another apply may take */

struct apply {
	struct run *run;
	struct tnl_state *now, *want;
	struct tnl_selector *prune;
	struct tnl_plan *plan;
	const char *journal; /* NULL: nothing is looked for in it */
	char path[64];       /* where it is */
	bool recovers;       /* something comes back from there */
	int lock;
	bool lost; /* by an apply before */
};

/* Its words stand between spaces. */
static int read_selector(struct run *run, const struct family *family, const char *text, struct tnl_selector **sel)
{
	char *copy = strdup(text), *rest = copy, *word, *words[WORDS];
	int count = 0, err = copy ? 0 : complain(NULL, NULL, "out of memory");

	while (!err && (word = strsep(&rest, " \t\n")))
		if (*word && count == WORDS)
			err = complain("--prune", word, "too many words");
		else if (*word)
			words[count++] = word;
	if (!err && !count)
		err = complain("--prune", text, "say which: a name, a pattern, words that it has, or all");
	if (!err)
		err = line_select(run, family, NULL, 0, count, words, sel);
	free(copy);
	return err;
}

static int read_number(const char *option, const char *text, int least, int most, int *number)
{
	char *end;
	long value = text ? strtol(text, &end, 10) : *number;

	if (text && (!isdigit(*text) || *end || value < least || value > most))
		return complain(option, text, "not a number, or out of range");
	*number = value;
	return 0;
}

static unsigned flags_of(const struct run *run)
{
	return (run->recreate ? TNL_RECREATE : 0) | (run->remove ? TNL_UNMAKE : 0) | (run->one_by_one ? TNL_ONE_BY_ONE : 0);
}

/* Said where nothing is done; else it is just done. */
static int note_recovery(void *arg, const struct tnl_obj *link)
{
	struct apply *apply = arg;
	char name[64];

	strlcpy(name, tnl_obj_name(apply->run->t, link), sizeof(name));
	if (apply->run->plan_only)
		complain(name, NULL, "an interrupted apply took something from it, which comes back first");
	apply->recovers = true;
	return 0;
}

/* The kernel as it is, the file, the difference. */
static int make_plan(struct apply *apply, const struct family *family, const char *file)
{
	struct run *run = apply->run;
	int err = tnl_state_read(run->t, &apply->now) ? failed(run->t) : 0;

	if (!err && apply->journal && tnl_recoverable(run->t, apply->journal, apply->now, note_recovery, apply))
		err = failed(run->t);
	if (!err)
		err = state_of_file(run, file, apply->now, &apply->want);
	if (!err && run->prune)
		err = read_selector(run, family, run->prune, &apply->prune);
	if (!err && tnl_plan_make(run->t, apply->now, apply->want, apply->prune, flags_of(run), &apply->plan))
		err = failed(run->t);
	return err;
}

/* Beside the kernel. */
static int tell_plan(struct apply *apply)
{
	int err = tell_losses(apply->run, apply->plan);

	return err ? err : print_plan(apply->run, apply->plan);
}

static int open_ahead(struct apply *apply)
{
	tnl_close(apply->run->t);
	apply->run->t = tnl_open(TNL_AHEAD);
	return apply->run->t ? 0 : complain(NULL, NULL, "out of memory");
}

static int act(struct apply *apply, const char *journal, int window, int confirm)
{
	struct run *run = apply->run;
	int err;

	err = finish(DONE); /* who does not see the plan cannot stop it */
	if (err)
		return err;
	stop_catch();
	tnl_stop_when(run->t, stop_asked, NULL);
	err = tnl_plan_run(run->t, apply->plan, window, journal) ? failed(run->t) : 0;
	if (err)
		return stop_signal() && err == FAILED ? 128 + stop_signal() : err;
	if (confirm && !is_confirmed(confirm)) {
		if (tnl_atomic_rollback(run->t))
			return failed(run->t);
		complain("apply", NULL, "not confirmed: all is undone");
		return stop_signal() ? 128 + stop_signal() : FAILED;
	}
	tnl_atomic_commit(run->t);
	return 0;
}

static int tell_recovered(void *arg, const char *name, const char *text, bool whole)
{
	struct apply *apply = arg;

	complain(name, NULL, text);
	apply->lost |= !whole;
	return 0;
}

static void forget_plan(struct apply *apply)
{
	tnl_plan_free(apply->plan);
	tnl_select_free(apply->prune);
	tnl_state_free(apply->want);
	tnl_state_free(apply->now);
	apply->plan = NULL;
	apply->prune = NULL;
	apply->want = apply->now = NULL;
}

/* A plan that works, of what there will be when an interrupted apply has been recovered. */
static int find_plan(struct apply *apply, const struct family *family, const char *file)
{
	int err = make_plan(apply, family, file);

	return err ? err : refuse_plan(apply->run, apply->plan);
}

/* The file is fine: now that is done, and looked at again. */
static int recover(struct apply *apply, const struct family *family, const char *file, const char *journal)
{
	int err;

	forget_plan(apply);
	apply->journal = NULL;
	err = open_ahead(apply);
	if (!err && tnl_recover(apply->run->t, journal, tell_recovered, apply))
		err = failed(apply->run->t);
	return err ? err : find_plan(apply, family, file);
}

static int apply_file(struct apply *apply, const struct family *family, const char *file, int window, int confirm)
{
	const char *journal = apply->journal;
	int err = find_plan(apply, family, file);

	if (!err && !access(journal, F_OK))
		err = recover(apply, family, file, journal);
	if (!err)
		err = tell_plan(apply);
	if (err != DIFFERS)
		return err;
	return act(apply, journal, window, confirm);
}

static void close_all(struct apply *apply)
{
	forget_plan(apply);
	unlock_namespace(apply->lock);
}

/* To look at a plan, nobody has to be root. */
static int find_journal(struct apply *apply)
{
	int err = 0;

	if (!apply->run->plan_only || !access(RUN, R_OK | X_OK)) {
		err = run_path(apply->path, sizeof(apply->path), "journal");
		apply->journal = apply->path;
	}
	return err;
}

int cmd_apply(struct run *run, const struct family *family, int argc, char **argv)
{
	struct apply apply = { .run = run, .lock = -1 };
	int confirm = 0, wait = PATIENCE, window = 64;
	int err = read_number("--confirm", run->confirm, 1, 86400, &confirm);

	if (!err)
		err = read_number("--wait", run->wait, 0, 86400, &wait);
	if (!err)
		err = read_number("--window", run->window, 1, 128, &window);
	if (!err && run->accept)
		return argc ? complain("--accept", argv[0], "stands alone") : accept_waiting();
	if (!err && argc != 1)
		err = complain("apply", argc ? argv[1] : "FILE", argc ? "one file at a time" : "missing");
	if (!err)
		err = find_journal(&apply);
	if (!err)
		err = open_ahead(&apply);
	if (!err && run->plan_only) {
		err = make_plan(&apply, family, argv[0]);
		err = err ? err : tell_plan(&apply);
		err = err || !apply.recovers ? err : DIFFERS;
	} else if (!err) {
		err = lock_namespace(wait, &apply.lock);
		err = err ? err : apply_file(&apply, family, argv[0], window, confirm);
	}
	close_all(&apply);
	return apply.lost ? BROKEN : err;
}

int cmd_diff(struct run *run, const struct family *family, int argc, char **argv)
{
	struct apply apply = { .run = run, .lock = -1 };
	int err = argc == 1 || argc == 2 ? open_ahead(&apply) :
		  complain("diff", argc ? argv[2] : "FILE", argc ? "one or two files" : "missing");

	run->plan_only = true;
	if (!err && argc == 1) {
		err = find_journal(&apply);
		err = err ? err : make_plan(&apply, family, argv[0]);
		err = err ? err : tell_losses(run, apply.plan);
	} else if (!err) {
		err = state_of_file(run, argv[0], NULL, &apply.now);
		if (!err)
			err = state_of_file(run, argv[1], apply.now, &apply.want);
		if (!err && tnl_plan_make(run->t, apply.now, apply.want, NULL, TNL_BETWEEN, &apply.plan))
			err = failed(run->t);
	}
	err = err ? err : print_plan(run, apply.plan);
	close_all(&apply);
	return err || !apply.recovers ? err : DIFFERS;
}
