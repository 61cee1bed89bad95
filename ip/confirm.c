// SPDX-License-Identifier: GPL-2.0-or-later
/* apply --confirm: what was applied is undone again, unless somebody who still gets through says that it shall stay. */
#include "confirm.h"
#include "lock.h"
#include "stop.h"
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int ask(int seconds, char *path, size_t size)
{
	int fd;

	if (run_path(path, size, "confirm"))
		return -1;
	unlink(path);
	fd = mkfifo(path, 0600) ? -1 : open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		complain(NULL, path, strerror(errno));
	fprintf(stderr, "Applied. Press Enter within %d seconds to keep it, or run: tun apply --accept\n", seconds);
	return fd;
}

/* A line; the end of standard input says nothing. */
static bool has_line(struct pollfd *fd)
{
	char text[256];
	ssize_t n = fd->revents ? read(fd->fd, text, sizeof(text)) : 0;

	if (fd->revents && n <= 0 && errno != EINTR)
		fd->fd = -1;
	return n > 0 && memchr(text, '\n', n);
}

bool is_confirmed(int seconds)
{
	char path[64];
	struct pollfd from[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .events = POLLIN } };
	struct timespec now;
	bool yes = false;
	time_t end;

	from[1].fd = ask(seconds, path, sizeof(path));
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
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || write(fd, "\n", 1) != 1) {
		complain("apply", "--accept", "no apply waits to be confirmed");
		err = FAILED;
	}
	if (fd >= 0)
		close(fd);
	return err;
}
