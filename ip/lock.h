/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOCK_H
#define LOCK_H

#include <stddef.h>

#define RUN "/run/tun"

/* PATH becomes that of WHAT belongs to this network namespace, in a folder that only root writes to. 0 or REFUSED. */
int run_path(char *path, size_t size, const char *what);
/* Nobody else has this namespace until unlock_namespace(); waits SECONDS for it, 0, or an exit code
 * and said why. */
int lock_namespace(int seconds, int *fd);
void unlock_namespace(int fd); /* -1: nothing */

#endif
