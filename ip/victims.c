// SPDX-License-Identifier: GPL-2.0-or-later
/* Links that a batch would delete: what of them would not come back, if that had to be undone. */
#include "batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int victims_add(void *arg, const struct tnl_obj *obj)
{
	struct victims *victims = arg;
	size_t room = victims->count ? 2 * victims->count : 1;

	if (!(victims->count & (victims->count - 1))) { /* a power of two: it is full */
		struct tnl_obj **objs = reallocarray(victims->objs, room, sizeof(*objs));
		size_t *at = objs ? reallocarray(victims->at, room, sizeof(*at)) : NULL;

		victims->objs = objs ? objs : victims->objs;
		victims->at = at ? at : victims->at;
		if (!at)
			return -ENOMEM;
	}
	victims->objs[victims->count] = tnl_obj_clone(obj);
	victims->at[victims->count] = victims->entry;
	return victims->objs[victims->count++] ? 0 : -ENOMEM;
}

/* Says so of the one I. */
static void say(struct batch *batch, size_t i, const char *word, const char *text)
{
	const struct victims *victims = &batch->victims;
	char name[64];

	strlcpy(name, tnl_obj_name(batch->run->t, victims->objs[i]), sizeof(name));
	look_at(&batch->file, &batch->file.entries[victims->at[i]]);
	complain(name, word, text);
	look_at(&batch->file, NULL);
}

static void refuse_held(void *arg, int pid, const char *program)
{
	struct batch *batch = arg;
	char text[128];

	snprintf(text, sizeof(text), "held by %s %d: that it is deleted could not be undone", program, pid);
	say(batch, batch->victims.entry, NULL, text);
	batch->victims.held = true;
}

static int tell_loss(void *arg, size_t i, const char *text)
{
	say(arg, i, text, "does not come back, if all is undone");
	return 0;
}

/* A program that holds a TUN or TAP loses it for good. */
int victims_check(struct batch *batch)
{
	struct victims *victims = &batch->victims;
	struct tnl *t = batch->run->t;

	for (size_t i = 0; i < victims->count; i++) {
		char name[64];

		victims->entry = i;
		strlcpy(name, tnl_obj_name(t, victims->objs[i]), sizeof(name));
		if (tnl_kind_has_via(tnl_obj_kind(victims->objs[i]), "tuntap"))
			each_holder(name, refuse_held, batch);
	}
	if (victims->held)
		return REFUSED;
	return tnl_irrecoverable(t, victims->objs, victims->count, tell_loss, batch) ? failed(t) : 0;
}

void victims_free(struct victims *victims)
{
	while (victims->count)
		tnl_obj_free(victims->objs[--victims->count]);
	free(victims->objs);
	free(victims->at);
}
