// SPDX-License-Identifier: GPL-2.0-or-later
/* apply --confirm: what was applied is undone again, unless somebody who still gets through says that it shall stay. */
#include "confirm.h"
#include "lock.h"
#include "stop.h"
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* What apply --accept writes to; -1: none, and said why. */
static int open_ear(char *path, size_t size)
{
	int fd;

	if (run_path(path, size, "confirm"))
		return -1;
	unlink(path);
	fd = mkfifo(path, 0600) ? -1 : open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		complain(NULL, path, strerror(errno));
	return fd;
}

/* Only somebody at a terminal presses Enter, and what was typed before the question is no answer to it. A process that is in
 * the background, or gets there, must not be stopped for looking: it reads nothing then. */
static int open_terminal(void)
{
	if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return -1;
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	tcflush(STDIN_FILENO, TCIFLUSH);
	return STDIN_FILENO;
}

static void ask(int seconds, bool terminal, bool ear)
{
	fprintf(stderr, "Applied. To keep it, %s%s%swithin %d seconds\n", terminal ? "press Enter " : "", terminal && ear ? "or " : "",
		ear ? "run tun apply --accept " : "", seconds);
}

/* A line; its end says nothing. */
static bool has_line(struct pollfd *fd)
{
	char text[256];
	ssize_t n = fd->revents ? read(fd->fd, text, sizeof(text)) : 0;

	if (fd->revents && (!n || (n < 0 && errno != EINTR && errno != EAGAIN)))
		fd->fd = -1;
	return n > 0 && memchr(text, '\n', n);
}

bool is_confirmed(int seconds)
{
	char path[64];
	struct pollfd from[2] = { { .events = POLLIN }, { .events = POLLIN } };
	struct timespec now;
	bool yes = false;
	time_t end;

	from[0].fd = open_terminal();
	from[1].fd = open_ear(path, sizeof(path));
	ask(seconds, from[0].fd >= 0, from[1].fd >= 0);
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + seconds;
	while (!yes && !stop_signal() && now.tv_sec < end) {
		if (poll(from, 2, (end - now.tv_sec) * 1000) > 0)
			yes = has_line(&from[0]) || has_line(&from[1]);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	if (from[1].fd >= 0) {
		unlink(path);
		close(from[1].fd);
	}
	return yes;
}

int accept_waiting(void)
{
	char path[64];
	int fd, err = run_path(path, sizeof(path), "confirm");

	if (err)
		return err;
	signal(SIGPIPE, SIG_IGN); /* it may end just now */
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || write(fd, "\n", 1) != 1) {
		complain("apply", "--accept", "no apply waits to be confirmed");
		err = FAILED;
	}
	if (fd >= 0)
		close(fd);
	return err;
}
