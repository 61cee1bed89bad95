// SPDX-License-Identifier: GPL-2.0-or-later
/* How far a batch is that takes its time: a line that people see, and no file. */
#include "batch.h"

#include <time.h>
#include <unistd.h>

#define PATIENCE 1000 /* ms until it begins, and between two */
#define PAUSE 200

static long next; /* when; 0: not known yet */
static int width; /* characters of the line that is there */

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void progress(size_t done, size_t count)
{
	static int terminal = -1;

	if (terminal < 0)
		terminal = isatty(STDERR_FILENO);
	if (!terminal)
		return;
	if (!next)
		next = now() + PATIENCE;
	if (now() < next)
		return;
	width = fprintf(stderr, "\r  %zu of %zu", done, count);
	fflush(stderr);
	next = now() + PAUSE;
}

void progress_erase(void)
{
	if (width)
		fprintf(stderr, "\r%*s\r", width - 1, "");
	width = 0;
}
