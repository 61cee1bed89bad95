// SPDX-License-Identifier: LGPL-2.1-or-later
#include "risk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

#define LEAST_MTU6 1280 /* with less there is no IPv6 on a link */

struct tnl_hanging {
	uint32_t number; /* of the link */
	bool risked, lost;
	char *what; /* as tnl_irrecoverable() tells it */
};

static int compare(const void *one, const void *other)
{
	const struct tnl_hanging *a = one, *b = other;
	int diff = tnl_by_number(a, b);

	return diff ? diff : strcmp(a->what, b->what);
}

static int add(struct tnl_risk *risk, int number, const char *what)
{
	char *text = strdup(what);

	if (risk->count == risk->room) {
		size_t room = risk->room ? 2 * risk->room : 16;
		struct tnl_hanging *more = text ? reallocarray(risk->all, room, sizeof(*more)) : NULL;

		if (!more) {
			free(text);
			return -ENOMEM;
		}
		risk->all = more;
		risk->room = room;
	}
	if (!text)
		return -ENOMEM;
	risk->all[risk->count++] = (struct tnl_hanging){ .number = number, .what = text };
	return 0;
}

/* ---- a look at links ---- */

struct look {
	struct tnl *t;
	const struct tnl_risk *before; /* of these links, those that risk something; NULL: all */
	struct tnl_roll links;
	struct tnl_risk *now;
};

static bool is_risked(const struct tnl_risk *risk, uint32_t number)
{
	for (size_t i = 0; i < risk->count; i++)
		if (risk->all[i].risked && risk->all[i].number == number)
			return true;
	return false;
}

static int take_link(void *arg, const struct tnl_obj *link)
{
	struct look *look = arg;

	if (look->before && !is_risked(look->before, tnl_obj_index(link)))
		return 0;
	return tnl_roll_add(&look->links, tnl_obj_clone(link)) ? tnl_nomem(look->t) : 0;
}

static int take_hanging(void *arg, size_t at, const char *what)
{
	struct look *look = arg;

	return add(look->now, tnl_obj_index(look->links.objs[at]), what) ? tnl_nomem(look->t) : 0;
}

static int look_at(struct look *look)
{
	int err = tnl_dump(look->t, NULL, take_link, look);

	if (!err)
		err = tnl_irrecoverable(look->t, look->links.objs, look->links.count, take_hanging, look);
	if (look->now->count)
		qsort(look->now->all, look->now->count, sizeof(*look->now->all), compare);
	return err;
}

/* ---- before, and afterwards ---- */

/* Neighbours and the like go with these words. */
static bool moves(const struct tnl_obj *now, const struct tnl_obj *next)
{
	static const char *const words[] = { "address", "arp", "master" };
	bool no;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct tnl_row *row = tnl_row_find(now->kind, words[i], &no);

		if (row && !tnl_row_equal(row, now, next))
			return true;
	}
	return false;
}

/* ... and where it goes down, to another namespace, or has no IPv6 any more. */
bool tnl_risk_is_in(const struct tnl_obj *now, const struct tnl_obj *next)
{
	const uint32_t was = ((const struct ifinfomsg *)now->head)->ifi_flags;
	const uint32_t is = ((const struct ifinfomsg *)next->head)->ifi_flags;
	uint32_t mtu = tnl_obj_number(next, "mtu");

	return now->kind->pattern && (tnl_obj_netns(next) || (was & ~is & IFF_UP) || (mtu && mtu < LEAST_MTU6) || moves(now, next));
}

int tnl_risk_link(struct tnl *t, struct tnl_risk *risk, int number)
{
	struct look look = { .t = t, .now = risk };
	int err = risk->seen ? 0 : look_at(&look);

	tnl_roll_free(&look.links);
	if (err) {
		tnl_risk_free(risk);
		return err;
	}
	risk->seen = true;
	for (size_t i = 0; i < risk->count; i++)
		risk->all[i].risked |= risk->all[i].number == (uint32_t)number;
	return 0;
}

void tnl_risk_renumber(struct tnl_risk *risk, int from, int to)
{
	for (size_t i = 0; i < risk->count; i++) {
		struct tnl_hanging *one = &risk->all[i];

		if (one->number != (uint32_t)from)
			continue;
		one->number = to;
		one->lost |= !strchr(one->what, ' '); /* a word that the kernel does not tell, so nobody can say it again */
	}
}

void tnl_risk_forget(struct tnl_risk *risk, const char *name)
{
	for (size_t i = 0; i < risk->count; i++)
		risk->all[i].risked &= !tnl_is_upper(risk->all[i].what, name);
}

int tnl_risk_lost(struct tnl *t, struct tnl_risk *risk, void (*cb)(void *arg, const struct tnl_obj *link, const char *what),
		  void *arg)
{
	struct tnl_risk now = {0};
	struct look look = { .t = t, .before = risk, .now = &now };
	bool any = false;
	int err;

	for (size_t i = 0; i < risk->count; i++)
		any |= risk->all[i].risked;
	err = any ? look_at(&look) : 0;
	for (size_t i = 0; i < look.links.count && !err; i++)
		for (const struct tnl_hanging *one = risk->all; one < risk->all + risk->count; one++)
			if (one->risked && one->number == (uint32_t)tnl_obj_index(look.links.objs[i]) &&
			    (one->lost || !now.count || !bsearch(one, now.all, now.count, sizeof(*one), compare)))
				cb(arg, look.links.objs[i], one->what);
	tnl_roll_free(&look.links);
	tnl_risk_free(&now);
	return err;
}

void tnl_risk_free(struct tnl_risk *risk)
{
	while (risk->count)
		free(risk->all[--risk->count].what);
	free(risk->all);
	*risk = (struct tnl_risk){0};
}
