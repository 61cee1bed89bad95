/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONFIRM_H
#define CONFIRM_H

#include <stdbool.h>

bool is_confirmed(int seconds); /* whether within this time somebody says that what was applied shall stay */
int accept_waiting(void);       /* says so to the apply that waits in this namespace; an exit code */

#endif
