// SPDX-License-Identifier: LGPL-2.1-or-later
/* Selectors, applied: whether they mean an object, and all that they mean. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "select.h"

static bool term_holds(const struct tnl_term *term, const struct tnl_obj *obj)
{
	unsigned whole = term->bits / 8, rest = term->bits % 8;
	struct tnl_val val;

	tnl_row_value_of(term->row, obj, &val);
	return val.len == term->val.len && !memcmp(val.data, term->val.data, whole) &&
	       !(rest && (val.data[whole] ^ term->val.data[whole]) >> (8 - rest));
}

static bool row_holds(const struct tnl_reading *reading, const struct tnl_row *row, const struct tnl_obj *obj)
{
	if (tnl_obj_is_foreign(obj, row))
		return false;
	for (int i = 0; i < reading->term_count; i++)
		if (reading->terms[i].row == row)
			return term_holds(&reading->terms[i], obj);
	return tnl_row_equal(row, reading->words, obj);
}

/* The words hold, whatever its name. */
static bool words_hold(const struct tnl_selector *sel, const struct tnl_obj *obj)
{
	for (int i = 0; i < sel->reading_count; i++) {
		const struct tnl_reading *reading = &sel->readings[i];
		bool holds = reading->words->kind == obj->kind;

		if (holds && !reading->any)
			tnl_each_row(row, obj->kind)
				if (holds && tnl_obj_given(reading->words, row))
					holds = row_holds(reading, row, obj);
		if (holds)
			return true;
	}
	return false;
}

bool tnl_selected(const struct tnl_selector *sel, const struct tnl_obj *obj)
{
	const char *name = sel->name_count ? tnl_obj_ifname(obj) : NULL;
	bool named = false, fits = !sel->name_count;

	for (int i = 0; name && i < sel->name_count; i++) {
		named |= !strcmp(sel->names[i].text, name);
		fits |= named || (sel->names[i].pattern && !fnmatch(sel->names[i].text, name, 0));
	}
	if (!fits || !words_hold(sel, obj))
		return false;
	return named || !obj->kind->pattern || ((sel->flags & TNL_SELECT_FALLBACK || !tnl_obj_is_fallback(obj)) &&
						(sel->flags & TNL_SELECT_OTHER || tnl_obj_is_tunnel(obj)));
}

const char *tnl_select_name(const struct tnl_selector *sel)
{
	return sel->name_count == 1 && !sel->names->pattern ? sel->names->text : NULL;
}

/* ---- all of them ---- */

struct each {
	const struct tnl_selector *sel;
	struct tnl_obj **named; /* those that were asked for by their names */
	int named_count;
	bool told; /* ... and CB knows them */
	int (*cb)(void *arg, const struct tnl_obj *obj);
	void *arg;
};

static bool is_named(const struct each *each, const struct tnl_obj *obj)
{
	for (int i = 0; i < each->named_count; i++)
		if (tnl_obj_ifname(obj) && !strcmp(tnl_obj_ifname(each->named[i]), tnl_obj_ifname(obj)))
			return true;
	return false;
}

static int get_named(struct tnl *t, struct each *each)
{
	const struct tnl_selector *sel = each->sel;
	struct tnl_obj *obj;
	int err = 0;

	each->named = calloc(sel->name_count + 1, sizeof(*each->named));
	if (!each->named)
		return tnl_nomem(t);
	for (int i = 0; i < sel->name_count && !err; i++) {
		if (sel->names[i].pattern)
			continue;
		err = tnl_get(t, sel->names[i].text, &obj);
		if (err == -ENODEV && sel->name_count > 1)
			err = tnl_refuse(t, NULL, "neither a link nor a word of any kind");
		if (!err && is_named(each, obj)) /* twice, or by two of its names */
			tnl_obj_free(obj);
		else if (!err)
			each->named[each->named_count++] = obj;
	}
	return err;
}

static int tell_named(struct each *each)
{
	int err = 0;

	for (int i = 0; i < each->named_count && !each->told && !err; i++)
		if (words_hold(each->sel, each->named[i]))
			err = each->cb(each->arg, each->named[i]);
	each->told = true;
	return err;
}

static int tell_dumped(void *arg, const struct tnl_obj *obj)
{
	struct each *each = arg;
	int err = tell_named(each); /* now that nothing can fail any more */

	return err || is_named(each, obj) || !tnl_selected(each->sel, obj) ? err : each->cb(each->arg, obj);
}

/* The only kind that can be meant; NULL: several. */
static const struct tnl_kind *only_kind(const struct tnl_selector *sel)
{
	const struct tnl_kind *kind = sel->readings->words->kind;

	for (int i = 1; i < sel->reading_count; i++)
		if (sel->readings[i].words->kind != kind)
			return NULL;
	return kind == &tnl_kind_link ? NULL : kind;
}

int tnl_select_each(struct tnl *t, const struct tnl_selector *sel, int (*cb)(void *arg, const struct tnl_obj *obj),
		    void *arg)
{
	struct each each = { .sel = sel, .cb = cb, .arg = arg };
	bool dump = !sel->name_count;
	int err;

	tnl_begin(t, NULL);
	for (int i = 0; i < sel->name_count; i++)
		dump |= sel->names[i].pattern;
	err = get_named(t, &each);
	if (!err && dump)
		err = tnl_dump(t, only_kind(sel), tell_dumped, &each);
	if (!err)
		err = tell_named(&each);
	while (each.named_count)
		tnl_obj_free(each.named[--each.named_count]);
	free(each.named);
	return err;
}
