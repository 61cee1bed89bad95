// SPDX-License-Identifier: GPL-2.0-or-later
/* The programs at the other end of a TUN or TAP: /proc tells which open file is which interface. */
#include "tun.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEVICE "/dev/net/tun"

/* Whether open file FD of the process in directory PROCESS is the interface NAME. */
static bool is_interface(int process, const char *fd, const char *name)
{
	char path[64], line[128], held[64] = "";
	ssize_t len;
	FILE *info;
	int file;

	snprintf(path, sizeof(path), "fd/%.20s", fd);
	len = readlinkat(process, path, line, sizeof(line) - 1);
	line[len > 0 ? len : 0] = 0;
	if (strcmp(line, DEVICE))
		return false;
	snprintf(path, sizeof(path), "fdinfo/%.20s", fd);
	file = openat(process, path, O_RDONLY | O_CLOEXEC);
	info = file < 0 ? NULL : fdopen(file, "r");
	while (info && fgets(line, sizeof(line), info))
		if (sscanf(line, "iff: %63[^\n]", held) == 1)
			break;
	if (info)
		fclose(info);
	else if (file >= 0)
		close(file);
	return !strcmp(held, name);
}

/*
 * Names of interfaces mean something in a namespace only. That of a program says nothing: who gives containers a network
 * holds an interface inside from outside. So the open file itself is asked; if that is not to be had, it may be the one.
 */
static bool may_be_here(int pid, const char *fd)
{
	struct stat here, there;
	int process = syscall(SYS_pidfd_open, pid, 0);
	int file = process < 0 ? -1 : syscall(SYS_pidfd_getfd, process, atoi(fd), 0);
	int netns = file < 0 ? -1 : ioctl(file, TUNGETDEVNETNS);
	bool elsewhere = netns >= 0 && !fstat(netns, &there) && !stat("/proc/thread-self/ns/net", &here) &&
			 (here.st_dev != there.st_dev || here.st_ino != there.st_ino);

	if (netns >= 0)
		close(netns);
	if (file >= 0)
		close(file);
	if (process >= 0)
		close(process);
	return !elsewhere;
}

static bool holds(int process, int pid, const char *name)
{
	int fds = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *all = fds < 0 ? NULL : fdopendir(fds);
	const struct dirent *entry;
	bool found = false;

	while (all && !found && (entry = readdir(all)))
		found = isdigit((unsigned char)*entry->d_name) && is_interface(process, entry->d_name, name) &&
			may_be_here(pid, entry->d_name);
	if (all)
		closedir(all);
	return found;
}

void each_holder(const char *name, void (*cb)(void *arg, int pid, const char *program), void *arg)
{
	DIR *all = opendir("/proc");
	const struct dirent *entry;

	while (all && (entry = readdir(all))) {
		char program[64] = "";
		int process, comm;
		ssize_t len;

		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		process = openat(dirfd(all), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (process < 0)
			continue;
		if (holds(process, atoi(entry->d_name), name)) {
			comm = openat(process, "comm", O_RDONLY | O_CLOEXEC);
			len = comm < 0 ? 0 : read(comm, program, sizeof(program) - 1);
			program[len > 0 ? len - 1 : 0] = 0;
			cb(arg, atoi(entry->d_name), program);
			if (comm >= 0)
				close(comm);
		}
		close(process);
	}
	if (all)
		closedir(all);
}
