// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects: a kind, its header, its attributes, and which words were given. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"
#include "kernel.h"

struct tnl_obj *tnl_obj_new(const struct tnl_kind *kind)
{
	struct tnl_obj *obj = calloc(1, sizeof(*obj));

	if (!obj)
		return NULL;
	obj->kind = kind;
	memcpy(obj->head, kind->init, sizeof(obj->head));
	if (kind->iff)
		((struct ifinfomsg *)obj->head)->ifi_flags = kind->iff;
	return obj;
}

void tnl_obj_list_places(struct tnl_obj *obj)
{
	tnl_set_list_places(&obj->top);
	tnl_set_list_places(&obj->nest);
}

void tnl_obj_free(struct tnl_obj *obj)
{
	if (!obj)
		return;
	tnl_set_free(&obj->top);
	tnl_set_free(&obj->nest);
	free(obj);
}

struct tnl_obj *tnl_obj_clone(const struct tnl_obj *obj)
{
	struct tnl_obj *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *obj;
	copy->top = copy->nest = (struct tnl_set){0};
	if (tnl_set_copy(&copy->top, &obj->top) || tnl_set_copy(&copy->nest, &obj->nest)) {
		tnl_obj_free(copy);
		return NULL;
	}
	return copy;
}

int tnl_obj_become(struct tnl_obj *obj, const struct tnl_obj *back)
{
	if (tnl_set_copy(&obj->nest, &back->nest) || tnl_set_copy(&obj->top, &back->top))
		return -ENOMEM;
	memcpy(obj->head, back->head, sizeof(obj->head));
	return 0;
}

struct tnl_obj *tnl_obj_outline(const struct tnl_obj *obj)
{
	struct tnl_obj *link = obj->kind->pattern ? tnl_obj_new(obj->kind) : tnl_obj_clone(obj);
	const struct nlattr *name = tnl_set_find(&obj->top, IFLA_IFNAME);
	struct tnl_set one = { .data = (void *)name, .len = name ? MNL_ALIGN(name->nla_len) : 0 };

	if (!link || !obj->kind->pattern)
		return link;
	memcpy(link->head, obj->head, sizeof(link->head));
	if (tnl_set_copy(&link->top, &one)) {
		tnl_obj_free(link);
		return NULL;
	}
	return link;
}

static uint64_t mark_of(const struct tnl_row *row)
{
	return 1ull << (uintptr_t)row / sizeof(*row) % 64;
}

bool tnl_obj_given(const struct tnl_obj *obj, const struct tnl_row *row)
{
	int n = obj->given[2] & mark_of(row) ? tnl_row_ordinal(obj->kind, row) : -1; /* which takes time, and most were not */

	return n >= 0 && obj->given[n / 64] >> n % 64 & 1;
}

void tnl_obj_give(struct tnl_obj *obj, const struct tnl_row *row)
{
	int n = tnl_row_ordinal(obj->kind, row);

	obj->given[n / 64] |= 1ull << n % 64;
	obj->given[2] |= mark_of(row);
}

bool tnl_obj_is_foreign(const struct tnl_obj *obj, const struct tnl_row *row)
{
	bool lower = row->scope == TNL_NEST ? row->codec->shape == TNL_INDEX :
					      row->scope == TNL_TOP && row->attr == IFLA_LINK && obj->kind->pattern;

	return lower && tnl_set_find(&obj->top, IFLA_LINK_NETNSID);
}

int tnl_obj_merge(struct tnl_obj *dst, const struct tnl_obj *src, bool all)
{
	int err, place = 0;

	tnl_each_row(row, src->kind) {
		bool given = tnl_obj_given_at(src, place++);

		if (!tnl_row_input(row) || !((all && !(row->flags & TNL_ASIDE)) || given))
			continue;
		err = tnl_row_copy(row, dst, src);
		if (err)
			return err;
	}
	return 0;
}

bool tnl_obj_is_twin(const struct tnl_obj *a, const struct tnl_obj *b)
{
	bool some = false;

	if (a->kind != b->kind)
		return false;
	tnl_each_row(row, a->kind) {
		if (!(row->flags & TNL_UNIQ))
			continue;
		if (!tnl_row_equal(row, a, b))
			return false;
		some = true;
	}
	return some;
}

int tnl_obj_order(const struct tnl_obj *a, const struct tnl_obj *b)
{
	struct tnl_val x, y;
	int diff;

	tnl_each_row(row, a->kind) {
		if (!(row->flags & (TNL_ID | TNL_UNIQ)))
			continue;
		tnl_row_value_of(row, a, &x);
		tnl_row_value_of(row, b, &y);
		diff = x.len != y.len ? x.len - y.len : memcmp(x.data, y.data, x.len);
		if (diff)
			return diff;
	}
	return 0;
}

struct tnl_obj *tnl_obj_project(const struct tnl_obj *obj, const struct tnl_kind *kind)
{
	struct tnl_obj *part = tnl_obj_new(kind);

	if (!part)
		return NULL;
	tnl_each_row(row, kind) {
		if (!tnl_row_input(row) || tnl_row_ordinal(obj->kind, row) < 0)
			continue;
		if (tnl_row_copy(row, part, obj)) {
			tnl_obj_free(part);
			return NULL;
		}
		if (tnl_obj_given(obj, row))
			tnl_obj_give(part, row);
	}
	return part;
}

/* ---- one word of an object ---- */

static const struct tnl_row *row_of(const struct tnl_obj *obj, const char *word)
{
	bool no;

	return tnl_row_find(obj->kind, word, &no);
}

/* The text of an attribute; NULL: not there, or without an end. */
static const char *text_of(const struct tnl_set *set, uint16_t type)
{
	const struct nlattr *attr = tnl_set_find(set, type);

	return attr && memchr(mnl_attr_get_payload(attr), 0, mnl_attr_get_payload_len(attr)) ?
	       mnl_attr_get_payload(attr) : NULL;
}

const char *tnl_obj_ifname(const struct tnl_obj *obj)
{
	return text_of(&obj->top, IFLA_IFNAME);
}

int tnl_obj_index(const struct tnl_obj *link)
{
	return ((const struct ifinfomsg *)link->head)->ifi_index;
}

const char *tnl_obj_netns(const struct tnl_obj *obj)
{
	return text_of(&obj->top, TNL_NETNS);
}

int tnl_obj_set_ifname(struct tnl_obj *obj, const char *name)
{
	return tnl_set_put(&obj->top, IFLA_IFNAME, name, strlen(name) + 1);
}

bool tnl_obj_has(const struct tnl_obj *obj, const char *word)
{
	const struct tnl_row *row = row_of(obj, word);

	return row && tnl_row_is_set(row, obj);
}

bool tnl_obj_was_given(const struct tnl_obj *obj, const char *word)
{
	const struct tnl_row *row = row_of(obj, word);

	return row && tnl_obj_given(obj, row);
}

const char *tnl_obj_said(const struct tnl_obj *obj, const struct tnl_row *row)
{
	const struct tnl_row *pair[2];

	tnl_each_row(both, obj->kind) {
		if (!(both->flags & TNL_BOTH) || (both->flags & TNL_RESET) || (strcmp(both->both[0], row->word) && strcmp(both->both[1], row->word)))
			continue;
		tnl_row_pair(obj->kind, both, pair);
		if (tnl_obj_given(obj, pair[0]) && tnl_obj_given(obj, pair[1]))
			row = both;
	}
	return row->no && !(row->flags & TNL_BOTH) && !tnl_row_is_set(row, obj) == !row->def ? row->no : row->word;
}

uint32_t tnl_obj_number(const struct tnl_obj *obj, const char *word)
{
	const struct tnl_row *row = row_of(obj, word);
	struct tnl_val val;

	tnl_row_value_of(row, obj, &val);
	return tnl_val_number(row->codec, &val);
}

const struct tnl_kind *tnl_obj_kind(const struct tnl_obj *obj)
{
	return obj->kind;
}

const char *tnl_obj_type(const struct tnl_obj *obj)
{
	return obj->kind == &tnl_kind_link ? obj->type : obj->kind->name;
}

const char *tnl_obj_interface(const struct tnl_obj *obj)
{
	const struct tnl_row *row = row_of(obj, "name");

	return row ? text_of(row->scope == TNL_TOP ? &obj->top : &obj->nest, row->attr) : NULL;
}

const char *tnl_obj_chosen(const struct tnl_obj *obj)
{
	return obj->chosen ? tnl_obj_interface(obj) : NULL;
}

bool tnl_obj_is_partial(const struct tnl_obj *obj)
{
	return obj->partial || obj->passing;
}

void tnl_obj_append(struct tnl_obj *route)
{
	route->beside = route->kind->rtnl == &tnl_rtnl_route ? TNL_BESIDE : 0;
}

bool tnl_obj_is_behind(const struct tnl_obj *route)
{
	return route->beside;
}

bool tnl_obj_is_tunnel(const struct tnl_obj *obj)
{
	return obj->kind->pattern && obj->kind != &tnl_kind_link;
}

bool tnl_obj_is_fallback(const struct tnl_obj *obj)
{
	const char *base = obj->kind->old.base, *name = tnl_obj_ifname(obj);

	if (!base || !name || strcmp(base, name))
		return false;
	tnl_each_row(row, obj->kind) /* a namespace without fallback devices leaves the name free */
		if ((row->flags & TNL_UNIQ) && tnl_row_is_set(row, obj))
			return false;
	return true;
}

const char *tnl_obj_name(struct tnl *t, const struct tnl_obj *obj)
{
	struct tnl_val val;
	size_t used;

	if (obj->kind->pattern) {
		strlcpy(t->text, tnl_obj_ifname(obj) ? tnl_obj_ifname(obj) : obj->kind->name, sizeof(t->text));
		return t->text;
	}
	strlcpy(t->text, obj->kind->name, sizeof(t->text));
	tnl_each_row(row, obj->kind) {
		used = strlen(t->text);
		if (!(row->flags & TNL_ID) || used + 2 > sizeof(t->text))
			continue;
		/* no destination is the default route, if it was said so */
		if (!tnl_row_get(row, obj, &val) &&
		    (!row->plen || obj->head[row->plen - 1] == obj->kind->init[row->plen - 1]))
			continue;
		if (row->codec->shape == TNL_INDEX && !tnl_val_number(row->codec, &val))
			continue;
		if (used)
			t->text[used++] = ' ';
		row->codec->format(row, &val, t->text + used, sizeof(t->text) - used, &t->look);
	}
	return t->text;
}

bool tnl_obj_matches(const struct tnl_obj *want, const struct tnl_obj *obj, const struct tnl_row **differs)
{
	int place = 0;

	tnl_each_row(row, want->kind) {
		bool given = tnl_obj_given_at(want, place++);

		if (!given || !tnl_row_input(row) || (row->flags & TNL_BLIND) || tnl_row_equal(row, want, obj))
			continue;
		if (differs)
			*differs = row;
		return false;
	}
	return true;
}

bool tnl_obj_equal(const struct tnl_obj *a, const struct tnl_obj *b, const struct tnl_row **differs)
{
	tnl_each_row(row, a->kind) {
		if (!tnl_row_input(row) || (row->flags & TNL_ASIDE) || tnl_row_equal(row, a, b))
			continue;
		if (differs)
			*differs = row;
		return false;
	}
	return true;
}

/* ---- identity ---- */

#define BEGIN 14695981039346656037u /* FNV-1a */

static uint64_t add_bytes(uint64_t key, const void *data, size_t len)
{
	for (const uint8_t *byte = data; len--; byte++)
		key = (key ^ *byte) * 1099511628211u;
	return key;
}

static bool is_identity(const struct tnl_row *row)
{
	return row->flags & (TNL_ID | TNL_UNIQ) && !(row->flags & TNL_BOTH);
}

/* Absent, or zero: both may mean the same. */
static void identity_of(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val)
{
	tnl_row_value_of(row, obj, val);
	while (val->len && !val->data[val->len - 1])
		val->len--;
}

uint64_t tnl_obj_key(const struct tnl_obj *obj)
{
	struct tnl_val val;
	uint64_t key;

	if (obj->kind->pattern)
		return add_bytes(BEGIN, tnl_obj_ifname(obj), strlen(tnl_obj_ifname(obj)));
	key = add_bytes(BEGIN, obj->kind->name, strlen(obj->kind->name));
	tnl_each_row(row, obj->kind) {
		if (!is_identity(row))
			continue;
		identity_of(row, obj, &val);
		key = add_bytes(key, val.data, val.len);
	}
	return key;
}

uint64_t tnl_obj_twin_key(const struct tnl_obj *obj)
{
	uint64_t key = add_bytes(BEGIN, obj->kind->name, strlen(obj->kind->name));

	tnl_each_row(row, obj->kind) {
		struct tnl_val val;

		if (!(row->flags & TNL_UNIQ) || !tnl_row_is_set(row, obj))
			continue;
		identity_of(row, obj, &val);
		if (!val.instead)
			key = add_bytes(key, val.data, val.len);
	}
	return key;
}

bool tnl_obj_is_same(const struct tnl_obj *a, const struct tnl_obj *b)
{
	struct tnl_val x, y;

	if (a->kind->pattern || b->kind->pattern)
		return a->kind->pattern && b->kind->pattern && !strcmp(tnl_obj_ifname(a), tnl_obj_ifname(b));
	if (a->kind != b->kind || (a->kind->rtnl && *a->head != *b->head)) /* which begins with the address family */
		return false;
	tnl_each_row(row, a->kind) {
		if (!is_identity(row))
			continue;
		identity_of(row, a, &x);
		identity_of(row, b, &y);
		if (x.len != y.len || memcmp(x.data, y.data, x.len) || x.plen != y.plen)
			return false;
	}
	return true;
}
