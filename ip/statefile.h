/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States and plans, as the program reads and prints them. */
#ifndef STATEFILE_H
#define STATEFILE_H

#include "tun.h"

/* What the lines of FILE make, of which all errors are told. FROM: what is there, NULL: nothing is known. *INTO belongs to
 * the caller, unless it is an error, which is said. */
int state_of_file(struct run *run, const char *file, struct tnl_state *from, struct tnl_state **into);
/* A line of such a file, which has been dispatched. */
int take_line(struct run *run, const struct family *family, const struct verb *verb, int argc, char **argv);

/* plan.c: a line for each step, or an array. DIFFERS, DONE, or another exit code and said why. */
int print_plan(struct run *run, const struct tnl_plan *plan);
/* Of what is made anew, all that does not come back. 0, or an exit code and said why. */
int tell_losses(struct run *run, const struct tnl_plan *plan);
/* All that cannot be done. 0 or REFUSED. */
int refuse_plan(struct run *run, const struct tnl_plan *plan);

#endif
