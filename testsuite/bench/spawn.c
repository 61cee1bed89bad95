// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Times whole processes: spawn [-f] [-b BEFORE] [-a AFTER] RUNS COMMAND... runs each command RUNS times, in turn, and prints for
 * each the median in microseconds and the most memory that it had in KiB. Commands are words with blanks between them, in
 * which @ is the number of the run; what they print is dropped. BEFORE and AFTER each are given to the shell and not timed. A command that fails
 * ends it, but with -f all do.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS 64

extern char **environ;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* COMMAND as words, with N for every @. */
static void split(const char *command, int n, char text[4096], char *argv[WORDS + 1])
{
	size_t used = 0;
	int argc = 0;

	for (; *command && used < 4000; command++)
		if (*command == '@')
			used += sprintf(text + used, "%d", n);
		else
			text[used++] = *command;
	text[used] = 0;
	for (char *word = strtok(text, " "); word && argc < WORDS; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
}

static int failing; /* all commands shall fail */

/* Runs COMMAND, and returns the microseconds it took. */
static double run(const char *command, int n, const posix_spawn_file_actions_t *quiet, long *kib)
{
	char text[4096 + 16], *argv[WORDS + 1];
	struct rusage usage;
	double start;
	int status;
	pid_t pid;

	split(command, n, text, argv);
	start = now();
	if (posix_spawn(&pid, argv[0], quiet, NULL, argv, environ) || wait4(pid, &status, 0, &usage) < 0 || !status == failing) {
		fprintf(stderr, "spawn: run %d of %s failed\n", n, command);
		exit(1);
	}
	start = now() - start;
	if (usage.ru_maxrss > *kib)
		*kib = usage.ru_maxrss;
	return start;
}

static void unmeasured(const char *command)
{
	if (command && system(command)) {
		fprintf(stderr, "spawn: %s failed\n", command);
		exit(1);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	const char *before = NULL, *after = NULL;
	posix_spawn_file_actions_t quiet;
	int n, count, option;

	while ((option = getopt(argc, argv, "fb:a:")) != -1)
		if (option == 'f')
			failing = 1;
		else
			*(option == 'b' ? &before : &after) = optarg;
	n = optind < argc ? atoi(argv[optind++]) : 0;
	count = argc - optind;
	if (n < 1 || count < 1) {
		fprintf(stderr, "usage: spawn [-f] [-b BEFORE] [-a AFTER] RUNS COMMAND...\n");
		return 1;
	}
	argv += optind;

	double took[count][n];
	long kib[count];

	memset(kib, 0, sizeof(kib));
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	if (failing)
		posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < count; j++) {
			int which = (i + j) % count; /* each goes first as often as the others */

			unmeasured(before);
			took[which][i] = run(argv[which], i, &quiet, &kib[which]);
			unmeasured(after);
		}
	for (int i = 0; i < count; i++) {
		qsort(took[i], n, sizeof(double), compare);
		printf("%.0f %ld\n", took[i][n / 2], kib[i]);
	}
	return 0;
}
