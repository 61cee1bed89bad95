// SPDX-License-Identifier: GPL-2.0-or-later
#include "newfile.h"
#include "stop.h"
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int lost(const struct newfile *file)
{
	complain(NULL, file->path, errno ? strerror(errno) : "lost");
	return INCOMPLETE;
}

/* Where the name leads, if it is a link; what is no file is not replaced by one. */
static int find(struct newfile *file, const char *path, struct stat *former)
{
	mode_t mask = umask(0);
	struct stat link;

	umask(mask);
	*former = (struct stat){ .st_mode = 0666 & ~mask, .st_uid = geteuid(), .st_gid = getegid() };
	if (!*path)
		return complain("-o", path, strerror(ENOENT));
	if (strlen(path) >= sizeof(file->path))
		return complain("-o", path, strerror(ENAMETOOLONG));
	strcpy(file->path, path);
	if (lstat(path, &link))
		return errno == ENOENT ? 0 : complain("-o", path, strerror(errno));
	if (stat(path, former))
		return complain("-o", path, errno == ENOENT ? "is a link that leads nowhere" : strerror(errno));
	if (!S_ISREG(former->st_mode))
		return complain("-o", path, "is not a file: use > to write there");
	return realpath(path, file->path) ? 0 : complain("-o", path, strerror(errno));
}

/* Its owner's, and as open as it was, but no program's rights. */
static int make_like(int fd, const struct stat *former, bool private)
{
	struct stat is;

	if (fstat(fd, &is) || ((is.st_uid != former->st_uid || is.st_gid != former->st_gid) && fchown(fd, former->st_uid, former->st_gid)))
		return -1;
	return fchmod(fd, private ? 0600 : former->st_mode & 0777);
}

int newfile_begin(struct newfile *file, const char *path, bool private)
{
	struct stat former;
	int fd, err = find(file, path, &former);

	if (err)
		return err;
	stop_catch(); /* the part shall not stay */
	snprintf(file->part, sizeof(file->part), "%s.XXXXXX", file->path);
	fd = mkostemp(file->part, O_CLOEXEC);
	if (fd < 0) {
		stop_release();
		return errno == ENOENT ? complain("-o", path, strerror(errno)) : lost(file);
	}
	fflush(stdout);
	file->standard = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (make_like(fd, &former, private) || file->standard < 0 || dup2(fd, STDOUT_FILENO) < 0) {
		lost(file);
		unlink(file->part);
		close(fd);
		if (file->standard >= 0)
			close(file->standard);
		stop_release();
		return INCOMPLETE;
	}
	close(fd);
	return 0;
}

/* The name is on the disk too when its folder is. */
static int sync_folder(const struct newfile *file)
{
	char path[PATH_MAX];
	int fd, err;

	strcpy(path, file->path);
	fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = fd < 0 || fsync(fd);

	if (fd >= 0)
		close(fd);
	return err;
}

int newfile_end(struct newfile *file, int code)
{
	errno = 0;
	if (!code && (fflush(stdout) || ferror(stdout) || fsync(STDOUT_FILENO)))
		code = lost(file);
	if (!code && stop_signal())
		code = 128 + stop_signal();
	if (!code && rename(file->part, file->path))
		code = lost(file);
	if (code) {
		fflush(stdout); /* what is left of it belongs there too */
		clearerr(stdout);
		unlink(file->part);
	}
	dup2(file->standard, STDOUT_FILENO);
	close(file->standard);
	if (!code && sync_folder(file))
		code = lost(file);
	stop_release();
	return code;
}
