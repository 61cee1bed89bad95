// SPDX-License-Identifier: GPL-2.0-or-later
/* One at a time in a network namespace: a lock in a folder of root's, where apply's journal is too. */
#include "lock.h"
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
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
	if (lstat(RUN, &st) || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		return complain(NULL, RUN, "is not a folder that only its owner writes to");
	snprintf(path, size, RUN "/net-%llu.%s", namespace_number(), what);
	return 0;
}

static void ring(int signal)
{
	(void)signal;
}

/* Waits so long, -1: for ever. */
static int wait_for(int fd, int seconds)
{
	const struct itimerval after = { .it_value = { .tv_sec = seconds }, .it_interval = { .tv_usec = 100000 } }, never = {0};
	struct sigaction alarm = { .sa_handler = ring }, before;
	int err;

	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK || !seconds)
		return errno;
	sigaction(SIGALRM, &alarm, &before);
	if (seconds > 0)
		setitimer(ITIMER_REAL, &after, NULL);
	err = flock(fd, LOCK_EX) ? errno : 0; /* EINTR: the time is over, or somebody stops us */
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	return err;
}

/* Whoever had it before may have taken the file away. */
static bool is_there(int fd, const char *path)
{
	struct stat ours, theirs;

	return !fstat(fd, &ours) && !stat(path, &theirs) && ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

int lock_namespace(int seconds, int *fd)
{
	char path[64];
	int err = 0;

	if (run_path(path, sizeof(path), "lock"))
		return REFUSED;
	while (!err) {
		*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (*fd < 0)
			return complain(NULL, path, strerror(errno));
		err = wait_for(*fd, seconds);
		if (!err && is_there(*fd, path))
			return 0;
		close(*fd);
		*fd = -1;
	}
	if (err != EWOULDBLOCK && err != EINTR)
		return complain(NULL, path, strerror(err));
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
