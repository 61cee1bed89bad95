/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All values of an object at once, by their JSON keys: for outputs that put them together anew. */
#ifndef VALUES_H
#define VALUES_H

#include "tun.h"

struct value {
	const char *key;
	bool set;
	uint64_t number; /* as in struct tnl_value */
	const char *text; /* NULL: a bare word */
};

#define VALUES 128

struct values {
	int count;
	struct value value[VALUES];
	size_t used;
	char text[1 << 16];
};

/* Input, state and counters of OBJ; 0 or -errno. */
int values_read(struct run *run, const struct tnl_obj *obj, struct values *values);
/* NULL: OBJ has no such word, or it is not set. */
const struct value *value_of(const struct values *values, const char *key);
bool value_on(const struct values *values, const char *key); /* it is, or is meant, to be other than 0 */
const char *value_text(const struct values *values, const char *key); /* NULL as above */

/* Of a link: whether the one under it, which is here, is down. */
bool lower_is_down(struct run *run, const struct values *values);

#endif
