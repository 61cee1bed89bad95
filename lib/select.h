/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a selector is made of. */
#ifndef TNL_SELECT_H
#define TNL_SELECT_H

#include "handle.h"

/* What is no word of an object that can be made: what can only be read, and all addresses of a network. */
struct tnl_term {
	const struct tnl_row *row;
	struct tnl_val val;
	unsigned bits; /* how many have to agree, from the front */
};

/* The line as one kind understands it. */
struct tnl_reading {
	struct tnl_obj *words;
	bool any; /* anything of the kind */
	struct tnl_term *terms;
	int term_count;
	int *names; /* where in the line names stand */
	int name_count;
};

struct tnl_selector {
	unsigned flags;
	struct tnl_named {
		char *text;
		bool pattern;
	} *names;
	int name_count;
	struct tnl_reading *readings;
	int reading_count;
};

#endif
