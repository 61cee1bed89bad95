// SPDX-License-Identifier: LGPL-2.1-or-later
#include "set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int grow(struct tnl_set *set, size_t more)
{
	size_t room = set->room ? set->room : 256;
	void *data;

	if (more > UINT16_MAX * 4)
		return -EMSGSIZE;
	while (room < set->len + more)
		room *= 2;
	if (room == set->room)
		return 0;
	data = realloc(set->data, room);
	if (!data)
		return -ENOMEM;
	set->data = data;
	set->room = room;
	return 0;
}

/* ---- places ---- */

static void note_place(struct tnl_set *set, const struct nlattr *attr, uint32_t at)
{
	uint16_t type = attr->nla_type & NLA_TYPE_MASK;

	if (set->places && type < TNL_SET_TYPES && !set->places[type])
		set->places[type] = at / MNL_ALIGNTO + 1;
}

static void drop_places(struct tnl_set *set)
{
	free(set->places);
	set->places = NULL;
}

static void note_places(struct tnl_set *set)
{
	if (set->places && set->len > UINT16_MAX)
		drop_places(set);
	if (!set->places)
		return;
	memset(set->places, 0, TNL_SET_TYPES * sizeof(*set->places));
	for (uint32_t at = 0; at + sizeof(struct nlattr) <= set->len;) {
		const struct nlattr *attr = (const struct nlattr *)((const char *)set->data + at);

		if (attr->nla_len < sizeof(*attr) || attr->nla_len > set->len - at)
			break;
		note_place(set, attr, at);
		at += MNL_ALIGN(attr->nla_len);
	}
}

/* What was at PLACE is gone, and what follows is SIZE nearer. */
static void move_places(struct tnl_set *set, size_t place, size_t size)
{
	for (int i = 0; set->places && i < TNL_SET_TYPES; i++)
		if (set->places[i] >= place)
			set->places[i] = set->places[i] == place ? 0 : set->places[i] - size;
}

void tnl_set_list_places(struct tnl_set *set)
{
	if (!set->places)
		set->places = calloc(TNL_SET_TYPES, sizeof(*set->places));
	note_places(set);
}

/* ---- attributes ---- */

/* By hand, not by libmnl's calls for each step. */
const struct nlattr *tnl_set_search(const struct tnl_set *set, uint16_t type)
{
	for (uint32_t at = 0; at + sizeof(struct nlattr) <= set->len;) {
		const struct nlattr *attr = (const struct nlattr *)((const char *)set->data + at);

		if (attr->nla_len < sizeof(*attr) || attr->nla_len > set->len - at)
			return NULL;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		at += MNL_ALIGN(attr->nla_len);
	}
	return NULL;
}

void tnl_set_drop(struct tnl_set *set, uint16_t type)
{
	const struct nlattr *attr = tnl_set_find(set, type);

	if (!attr)
		return;
	size_t size = MNL_ALIGN(attr->nla_len);
	char *at = (char *)set->data + ((const char *)attr - (const char *)set->data);

	memmove(at, at + size, (char *)set->data + set->len - at - size);
	set->len -= size;
	move_places(set, (at - (char *)set->data) / MNL_ALIGNTO + 1, size / MNL_ALIGNTO);
}

void tnl_set_rename(struct tnl_set *set, uint16_t from, uint16_t to)
{
	struct nlattr *attr = (struct nlattr *)tnl_set_find(set, from);

	if (attr)
		attr->nla_type = to;
	note_places(set);
}

int tnl_set_put(struct tnl_set *set, uint16_t type, const void *payload, size_t len)
{
	const struct nlattr *old = tnl_set_find(set, type);
	size_t size = MNL_ALIGN(MNL_ATTR_HDRLEN + len);
	struct nlattr *attr;
	int err;

	if (len > UINT16_MAX - MNL_ATTR_HDRLEN)
		return -EMSGSIZE;
	if (old && mnl_attr_get_payload_len(old) == len) {
		attr = (struct nlattr *)((char *)set->data + ((const char *)old - (const char *)set->data));
	} else {
		tnl_set_drop(set, type);
		err = grow(set, size);
		if (err)
			return err;
		attr = (struct nlattr *)((char *)set->data + set->len);
		memset(attr, 0, size);
		attr->nla_type = type;
		attr->nla_len = MNL_ATTR_HDRLEN + len;
		set->len += size;
		note_places(set);
	}
	if (len)
		memcpy(mnl_attr_get_payload(attr), payload, len);
	return 0;
}

void tnl_set_empty(struct tnl_set *set)
{
	set->len = 0;
	note_places(set);
}

int tnl_set_load(struct tnl_set *set, const void *payload, size_t len)
{
	size_t at = 0;
	int err;

	if (len > UINT16_MAX)
		drop_places(set);
	tnl_set_empty(set);
	err = grow(set, MNL_ALIGN(len));
	if (err)
		return err;
	while (at < len && len - at >= MNL_ATTR_HDRLEN) {
		struct nlattr attr;

		memcpy(&attr, (const char *)payload + at, sizeof(attr));
		if (attr.nla_len < MNL_ATTR_HDRLEN || attr.nla_len > len - at) {
			tnl_set_empty(set);
			return -EBADMSG;
		}
		note_place(set, &attr, at);
		at += MNL_ALIGN(attr.nla_len);
	}
	if (!at) /* what is too short for another attribute is left out */
		return 0;
	memset((char *)set->data + at - MNL_ALIGNTO, 0, MNL_ALIGNTO);
	memcpy(set->data, payload, at < len ? at : len);
	set->len = at;
	return 0;
}

int tnl_set_copy(struct tnl_set *dst, const struct tnl_set *src)
{
	tnl_set_empty(dst);
	if (src->len > dst->room) { /* without room for more: copies are kept by the thousand */
		void *data = realloc(dst->data, src->len);

		if (!data)
			return -ENOMEM;
		dst->data = data;
		dst->room = src->len;
	}
	if (src->len)
		memcpy(dst->data, src->data, src->len);
	dst->len = src->len;
	note_places(dst);
	return 0;
}

void tnl_set_free(struct tnl_set *set)
{
	free(set->data);
	drop_places(set);
	*set = (struct tnl_set){0};
}
