// SPDX-License-Identifier: GPL-2.0-or-later
/* tun -batch: a command from each line of a file, which is read and checked wholly before the first is done. */
#include "batch.h"
#include "stop.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* One command: its options are its own. */
static int serve(struct run *run, int argc, char **argv)
{
	struct run line = *run;
	int ret;

	line.line = true;
	line.window = NULL;
	tnl_via(run->t, NULL);
	ret = take_options(&line, &argc, argv);
	if (!ret && line.via && tnl_via(run->t, line.via))
		return failed(run->t);
	if (!ret && argc)
		ret = dispatch(&line, argc, argv);
	if (!ret && line.json && !line.check)
		ret = json_requests(&line);
	run->told = line.told;
	return ret;
}

/* The words are read more than once, and whoever reads them may move them. */
static int serve_entry(struct run *run, const struct tokens *file, const struct entry *entry)
{
	char **argv = NULL;
	int ret = look_at(file, entry);

	if (!ret) {
		argv = reallocarray(NULL, entry->argc + 1, sizeof(*argv));
		if (!argv)
			ret = complain(NULL, NULL, "out of memory");
		else
			ret = serve(run, entry->argc, memcpy(argv, entry->argv, (entry->argc + 1) * sizeof(*argv)));
	}
	free(argv);
	look_at(file, NULL);
	return ret;
}

/* All that is wrong is told, as far as it shows in the text. */
static int check(struct batch *batch)
{
	const struct tokens *file = &batch->file;
	struct run ahead = *batch->run;
	int ret = DONE;

	ahead.check = true;
	ahead.victims = ahead.atomic ? &batch->victims : NULL;
	ahead.t = tnl_open(TNL_DRY | TNL_AHEAD);
	if (!ahead.t)
		return complain(NULL, NULL, "out of memory");
	for (size_t i = 0; i < file->count; i++) {
		batch->victims.entry = i;
		if (serve_entry(&ahead, file, &file->entries[i]))
			ret = REFUSED;
	}
	tnl_close(ahead.t);
	return ret ? ret : victims_check(batch);
}

/* ---- running ---- */

void batch_failed(struct batch *batch, size_t at, int code)
{
	batch->done[at] = false;
	if (!batch->worst)
		batch->failed = at;
	if (batch->worst < code)
		batch->worst = code;
}

bool batch_ended(const struct batch *batch)
{
	return stop_signal() || (batch->worst && !batch->run->force);
}

/*
 * What is to go, and was put off, is in the way of a line, which the kernel tells: then that is done once more. Or a line
 * fails, and what stands in front of it is done before that is told; if it is not, nobody would have come to this line.
 */
static int serve_again(struct batch *batch, const struct entry *entry, int ret, const char *text)
{
	bool in_the_way = batch->last && ret == FAILED && later_is_in_the_way(batch);

	if (in_the_way || (ret > 0 && !batch->last && !batch->run->force)) {
		if (later_remove_all(batch))
			return -1;
		if (in_the_way)
			return serve_entry(batch->run, &batch->file, entry);
	}
	fputs(text, stderr);
	return ret;
}

static int serve_around(struct batch *batch, const struct entry *entry)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = batch->going_count ? open_memstream(&text, &size) : NULL;
	int ret;

	complain_to(to);
	ret = serve_entry(batch->run, &batch->file, entry);
	complain_to(NULL);
	if (to) {
		fclose(to);
		ret = serve_again(batch, entry, ret, text);
	}
	free(text);
	return ret;
}

static void serve_all(struct batch *batch)
{
	for (batch->at = 0; batch->at < batch->file.count && !batch_ended(batch); batch->at++) {
		int ret;

		progress(batch->at, batch->file.count);
		batch->done[batch->at] = true;
		ret = serve_around(batch, &batch->file.entries[batch->at]);
		if (ret < 0)
			batch->done[batch->at] = false;
		else if (ret)
			batch_failed(batch, batch->at, ret);
	}
	if (!batch_ended(batch))
		later_make_all(batch);
	if (!batch_ended(batch))
		later_remove_all(batch);
	later_drop(batch);
	progress_erase();
}

/* Says where it ended and what became of it; returns the exit code. */
static int end(const struct batch *batch, size_t done, const char *became)
{
	char text[160], where[40] = "";

	if (stop_signal())
		strlcpy(where, "interrupted: ", sizeof(where));
	else if (!batch->run->force)
		snprintf(where, sizeof(where), "stopped at line %u: ", batch->file.entries[batch->failed].at->line);
	snprintf(text, sizeof(text), "%s%s", where, became);
	complain(NULL, batch->file.file, text);
	if (stop_signal())
		return 128 + stop_signal();
	return done && batch->worst == REFUSED ? FAILED : batch->worst;
}

/* A signal that comes when all is done changes nothing any more. */
static bool is_whole(const struct batch *batch, size_t done)
{
	return !batch->worst && done == batch->file.count;
}

static size_t count_done(const struct batch *batch)
{
	size_t done = 0;

	for (size_t i = 0; i < batch->file.count; i++)
		done += batch->done[i];
	return done;
}

static int run_file(struct batch *batch)
{
	char became[64];
	size_t done;

	stop_catch();
	serve_all(batch);
	done = count_done(batch);
	if (is_whole(batch, done))
		return DONE;
	snprintf(became, sizeof(became), "%zu of %zu commands done", done, batch->file.count);
	return end(batch, done, became);
}

/* All or nothing. */
static int run_whole(struct batch *batch)
{
	struct tnl *t = batch->run->t;
	size_t done;
	int ret;

	if (tnl_atomic_begin(t))
		return failed(t);
	stop_catch();
	serve_all(batch);
	done = count_done(batch);
	if (is_whole(batch, done)) {
		tnl_atomic_commit(t);
		return DONE;
	}
	tnl_via(t, NULL);
	ret = tnl_atomic_rollback(t) ? failed(t) : DONE;
	if (!ret)
		return end(batch, done, "all is undone");
	end(batch, done, "not all is undone");
	return ret;
}

#define WIDEST 128 /* what the kernel keeps answers for, whatever they are */

/* How many requests go out before their answers are awaited: in a batch that ends where it fails, one. */
static int read_window(struct batch *batch)
{
	const char *text = batch->run->window ? batch->run->window : "64";
	char *end;
	long window = strtol(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end || window < 1 || window > WIDEST)
		return complain("--window", text, "not a number from 1 to 128");
	if (batch->run->force || batch->run->atomic)
		batch->window = window;
	return 0;
}

static int begin(struct batch *batch)
{
	if (batch->run->force && batch->run->atomic)
		return complain("--atomic", "-force", "says otherwise");
	return read_window(batch);
}

int cmd_batch(struct run *run)
{
	struct batch batch = { .run = run, .last = run->atomic };
	int ret = begin(&batch);

	if (!ret)
		ret = tokens_read(&batch.file, run->batch);
	if (!ret && run->json)
		ret = json_load();
	if (!ret && !run->force)
		ret = check(&batch);
	batch.done = calloc(batch.file.count + 1, sizeof(*batch.done));
	if (!ret && !batch.done)
		ret = complain(NULL, NULL, "out of memory");
	if (!ret) {
		run->in = &batch;
		ret = run->atomic && !run->dry ? run_whole(&batch) : run_file(&batch);
		if (run->json)
			json_end(run);
	}
	later_free(&batch);
	victims_free(&batch.victims);
	free(batch.done);
	tokens_free(&batch.file);
	return ret;
}
