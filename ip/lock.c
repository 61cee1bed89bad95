// SPDX-License-Identifier: GPL-2.0-or-later
/* One at a time in a network namespace: a lock in a folder of root's, where apply's journal is too. */
#include "lock.h"
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* 5.14 */
#endif

/* What no other namespace has; its inode's number may be another's later. */
static unsigned long long namespace_number(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned long long cookie = 0;
	socklen_t len = sizeof(cookie);
	struct stat st;

	if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		cookie = 0;
	if (fd >= 0)
		close(fd);
	return cookie || stat("/proc/self/ns/net", &st) ? cookie : st.st_ino;
}

int run_path(char *path, size_t size, const char *what)
{
	struct stat st;

	if (mkdir(RUN, 0700) && errno != EEXIST)
		return complain(NULL, RUN, strerror(errno));
	if (lstat(RUN, &st))
		return complain(NULL, RUN, strerror(errno));
	if (st.st_uid != geteuid())
		return complain(NULL, RUN, "belongs to another user");
	if (!S_ISDIR(st.st_mode) || st.st_mode & 022)
		return complain(NULL, RUN, "is not a folder that only its owner writes to");
	snprintf(path, size, RUN "/net-%llu.%s", namespace_number(), what);
	return 0;
}

/* Whether it has come to SECONDS since BEGAN. */
static bool is_over(const struct timespec *began, int seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - began->tv_sec) * 1000 + (now.tv_nsec - began->tv_nsec) / 1000000 >= seconds * 1000L;
}

/* Whoever had it before may have taken the file away. */
static bool is_there(int fd, const char *path)
{
	struct stat ours, theirs;

	return !fstat(fd, &ours) && !stat(path, &theirs) && ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

int lock_namespace(int seconds, int *fd)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	struct timespec began;
	char path[64];

	if (run_path(path, sizeof(path), "lock"))
		return REFUSED;
	clock_gettime(CLOCK_MONOTONIC, &began);
	while (true) {
		*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (*fd < 0)
			return complain(NULL, path, strerror(errno));
		if (!flock(*fd, LOCK_EX | LOCK_NB) && is_there(*fd, path))
			return 0;
		close(*fd);
		*fd = -1;
		if (is_over(&began, seconds))
			break;
		nanosleep(&pause, NULL);
	}
	complain("apply", NULL, "another one works in this namespace (--wait SECONDS)");
	return LOCKED;
}

void unlock_namespace(int fd)
{
	char path[64];

	if (fd < 0)
		return;
	if (!run_path(path, sizeof(path), "lock"))
		unlink(path);
	close(fd);
}
