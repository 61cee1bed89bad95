// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Times whole processes: spawn N COMMAND... -- COMMAND... runs both N times in turn and prints the median of each in
 * microseconds. An @ in an argument becomes the number of the run; what the commands print is dropped.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* Runs WORDS, with N for every @, and returns the microseconds it took. */
static double run(char **words, int n, posix_spawn_file_actions_t *quiet)
{
	static char text[64][256];
	char *argv[65];
	double start;
	pid_t pid;
	int i, status;

	for (i = 0; words[i] && i < 64; i++) {
		char *at = strchr(words[i], '@');

		argv[i] = words[i];
		if (!at)
			continue;
		snprintf(text[i], sizeof(text[i]), "%.*s%d%s", (int)(at - words[i]), words[i], n, at + 1);
		argv[i] = text[i];
	}
	argv[i] = NULL;
	start = now();
	if (posix_spawn(&pid, argv[0], quiet, NULL, argv, environ) || waitpid(pid, &status, 0) < 0 || status) {
		fprintf(stderr, "spawn: run %d of %s failed\n", n, argv[0]);
		exit(1);
	}
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0, second = 2;
	posix_spawn_file_actions_t quiet;
	double *took[2];

	while (second < argc && strcmp(argv[second], "--"))
		second++;
	if (n < 1 || second + 1 >= argc || second == 2) {
		fprintf(stderr, "usage: spawn N COMMAND... -- COMMAND...\n");
		return 1;
	}
	argv[second] = NULL;
	char **words[2] = { argv + 2, argv + second + 1 };

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < 2; i++) {
		took[i] = calloc(n, sizeof(double));
		if (!took[i])
			return 1;
	}
	for (int i = 0; i < n; i++) { /* each goes first every other time */
		took[i & 1][i] = run(words[i & 1], i, &quiet);
		took[!(i & 1)][i] = run(words[!(i & 1)], i, &quiet);
	}
	for (int i = 0; i < 2; i++) {
		qsort(took[i], n, sizeof(double), compare);
		printf("%.0f%c", took[i][n / 2], i ? '\n' : ' ');
	}
	return 0;
}
