// SPDX-License-Identifier: GPL-2.0-or-later
/* tun -batch: a command from each line of a file. */
#include "tokens.h"
#include "tun.h"

#include <stdlib.h>
#include <string.h>

/* One command: its options are its own. */
static int serve(struct run *run, int argc, char **argv)
{
	struct run line = *run;
	int ret;

	line.line = true;
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

/* The words are read twice, and whoever reads them may move them. */
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

static int serve_all(struct run *run, const struct tokens *file)
{
	int ret, worst = DONE;

	for (size_t i = 0; i < file->count; i++) {
		ret = serve_entry(run, file, &file->entries[i]);
		if (!ret)
			continue;
		worst = REFUSED;
		if (!run->force && !run->check)
			break;
	}
	return worst;
}

/* A fault in the last line shall not leave the others done, as far as it shows in the text. All that are there are told. */
static int check(const struct run *run, const struct tokens *file)
{
	struct run ahead = *run;
	int ret;

	if (run->force)
		return DONE;
	ahead.check = true;
	ahead.t = tnl_open(TNL_DRY | TNL_AHEAD);
	if (!ahead.t)
		return complain(NULL, NULL, "out of memory");
	ret = serve_all(&ahead, file);
	tnl_close(ahead.t);
	return ret;
}

int cmd_batch(struct run *run)
{
	struct tokens file;
	int ret = tokens_read(&file, run->batch);

	if (!ret && run->json)
		ret = json_load();
	if (!ret)
		ret = check(run, &file);
	if (!ret) {
		ret = serve_all(run, &file);
		if (run->json)
			json_end(run);
	}
	tokens_free(&file);
	return ret;
}
