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

/* By hand, not by libmnl's calls for each step: rows ask for every word of every object that is shown. */
const struct nlattr *tnl_set_find(const struct tnl_set *set, uint16_t type)
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
	}
	if (len)
		memcpy(mnl_attr_get_payload(attr), payload, len);
	return 0;
}

int tnl_set_load(struct tnl_set *set, const void *payload, size_t len)
{
	size_t at = 0;
	int err;

	while (len - at >= MNL_ATTR_HDRLEN) {
		struct nlattr attr;

		memcpy(&attr, (const char *)payload + at, sizeof(attr));
		if (attr.nla_len < MNL_ATTR_HDRLEN || attr.nla_len > len - at)
			return -EBADMSG;
		at += MNL_ALIGN(attr.nla_len);
		if (at >= len)
			break;
	}
	set->len = 0;
	err = grow(set, at); /* what is too short for another attribute is left out */
	if (err || !at)
		return err;
	memset((char *)set->data + at - MNL_ALIGNTO, 0, MNL_ALIGNTO);
	memcpy(set->data, payload, at < len ? at : len);
	set->len = at;
	return 0;
}

int tnl_set_copy(struct tnl_set *dst, const struct tnl_set *src)
{
	int err = grow(dst, 0);

	dst->len = 0;
	if (!err)
		err = grow(dst, src->len);
	if (err)
		return err;
	if (src->len)
		memcpy(dst->data, src->data, src->len);
	dst->len = src->len;
	return 0;
}

void tnl_set_free(struct tnl_set *set)
{
	free(set->data);
	*set = (struct tnl_set){0};
}
