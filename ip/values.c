// SPDX-License-Identifier: GPL-2.0-or-later
/* All values of an object at once. */
#include "values.h"

#include <errno.h>
#include <string.h>

static int keep(void *arg, const struct tnl_value *value)
{
	struct values *values = arg;
	struct value *to = &values->value[values->count];
	size_t len = value->text ? strlen(value->text) + 1 : 0;

	if (values->count == VALUES || values->used + len > sizeof(values->text))
		return -E2BIG;
	*to = (struct value){ tnl_row_json(value->row), value->set, value->number, NULL };
	if (value->text)
		to->text = memcpy(values->text + values->used, value->text, len);
	values->used += len;
	values->count++;
	return 0;
}

int values_read(struct run *run, const struct tnl_obj *obj, struct values *values)
{
	static const enum tnl_walk walks[] = { TNL_INPUT, TNL_STATES, TNL_STATS };
	int err = 0;

	values->count = 0;
	values->used = 0;
	for (size_t i = 0; !err && i < sizeof(walks) / sizeof(walks[0]); i++)
		err = tnl_obj_each(run->t, obj, walks[i], keep, values);
	return err;
}

static const struct value *find(const struct values *values, const char *key)
{
	for (int i = 0; i < values->count; i++)
		if (!strcmp(values->value[i].key, key))
			return &values->value[i];
	return NULL;
}

const struct value *value_of(const struct values *values, const char *key)
{
	const struct value *value = find(values, key);

	return value && value->set ? value : NULL;
}

bool value_on(const struct values *values, const char *key)
{
	const struct value *value = find(values, key);

	return value && value->number;
}

const char *value_text(const struct values *values, const char *key)
{
	const struct value *value = value_of(values, key);

	return value ? value->text : NULL;
}

bool lower_is_down(struct run *run, const struct values *values)
{
	const struct value *lower = value_of(values, "iflink");
	struct values of;
	struct tnl_obj *obj;
	bool down;

	if (!lower || !lower->number || value_of(values, "link_netnsid") || tnl_get(run->t, lower->text, &obj))
		return false;
	down = !values_read(run, obj, &of) && !value_on(&of, "up");
	tnl_obj_free(obj);
	return down;
}
