/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is replaced as a whole: what is printed goes into another one, which takes its name when it is on the disk. */
#ifndef NEWFILE_H
#define NEWFILE_H

#include <limits.h>
#include <stdbool.h>

struct newfile {
	char path[PATH_MAX], part[PATH_MAX + 16];
	int standard; /* what standard output was */
};

/* From here on standard output goes there. PRIVATE: only its owner reads it. 0, or an exit code and said why. */
int newfile_begin(struct newfile *file, const char *path, bool private);
/* Standard output is what it was. CODE, if it is not 0: FILE stays as it was. Returns the exit code. */
int newfile_end(struct newfile *file, int code);

#endif
