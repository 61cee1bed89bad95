// SPDX-License-Identifier: GPL-2.0-or-later
/* tun -batch: a command from each line of a file. */
#include "tun.h"
#include "tokens.h"

#include <errno.h>
#include <string.h>

/* One line: its options are its own. */
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

static int each_line(struct run *run, struct tokens *lines)
{
	int more, ret, worst = DONE;

	while ((more = tokens_next(lines)) > 0) {
		ret = lines->fault ? complain(NULL, NULL, lines->fault) : serve(run, lines->argc, lines->argv);
		if (!ret)
			continue;
		fputs("Command failed ", stderr);
		print_safe(stderr, run->batch);
		fprintf(stderr, ":%d\n", lines->line);
		worst = REFUSED;
		if (!run->force)
			break;
	}
	return more < 0 ? complain("-batch", run->batch, strerror(-more)) : worst;
}

/* A fault in the last line shall not leave the others done, as far as it shows in the text. A pipe is read only once. */
static int check(const struct run *run, struct tokens *lines)
{
	struct run ahead = *run;
	int ret;

	if (run->force || !tokens_again(lines))
		return DONE;
	ahead.check = true;
	ahead.t = tnl_open(TNL_DRY | TNL_AHEAD);
	if (!ahead.t)
		return complain(NULL, NULL, "out of memory");
	ret = each_line(&ahead, lines);
	tnl_close(ahead.t);
	tokens_again(lines);
	return ret;
}

int cmd_batch(struct run *run)
{
	bool standard = !strcmp(run->batch, "-");
	FILE *from = standard ? stdin : fopen(run->batch, "re");
	struct tokens lines;
	int ret;

	if (!from)
		return complain("-batch", run->batch, strerror(errno));
	tokens_open(&lines, from);
	ret = run->json ? json_load() : 0;
	if (!ret)
		ret = check(run, &lines);
	if (!ret) {
		ret = each_line(run, &lines);
		if (run->json)
			json_end(run);
	}
	tokens_free(&lines);
	if (!standard)
		fclose(from);
	return ret;
}
