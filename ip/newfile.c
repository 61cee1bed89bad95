// SPDX-License-Identifier: GPL-2.0-or-later
#include "newfile.h"
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
static int find(struct newfile *file, const char *path, mode_t *mode)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	*mode = 0666 & ~mask;
	if (strlen(path) >= sizeof(file->path))
		return complain("-o", path, strerror(ENAMETOOLONG));
	strcpy(file->path, path);
	if (stat(path, &st))
		return errno == ENOENT ? 0 : complain("-o", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return complain("-o", path, "is not a file: use > to write there");
	*mode = st.st_mode & 07777;
	return realpath(path, file->path) ? 0 : complain("-o", path, strerror(errno));
}

int newfile_begin(struct newfile *file, const char *path, bool private)
{
	mode_t mode;
	int fd, err = find(file, path, &mode);

	if (err)
		return err;
	snprintf(file->part, sizeof(file->part), "%s.XXXXXX", file->path);
	fd = mkostemp(file->part, O_CLOEXEC);
	if (fd < 0)
		return lost(file);
	fflush(stdout);
	file->standard = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fchmod(fd, private ? 0600 : mode) || file->standard < 0 || dup2(fd, STDOUT_FILENO) < 0) {
		lost(file);
		unlink(file->part);
		close(fd);
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
	if (!code && (fflush(stdout) || ferror(stdout) || fsync(STDOUT_FILENO) || rename(file->part, file->path)))
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
	return code;
}
