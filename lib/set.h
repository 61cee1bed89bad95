/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of netlink attributes in a growing buffer, in the kernel's own encoding; each type at most once. */
#ifndef TNL_SET_H
#define TNL_SET_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

#define TNL_SET_TYPES 72 /* those below are found at once, where there is a list of places */

struct tnl_set {
	void *data;
	uint32_t len, room;
	uint16_t *places; /* of the attributes by type, in words and from 1; NULL: they are looked for */
};

/* From here on SET keeps a list of places: it pays where many sets are loaded into one. */
void tnl_set_list_places(struct tnl_set *set);

/* Puts or replaces the attribute TYPE. PAYLOAD must not lie in SET itself, which may move. -ENOMEM, -EMSGSIZE. */
int tnl_set_put(struct tnl_set *set, uint16_t type, const void *payload, size_t len);
const struct nlattr *tnl_set_search(const struct tnl_set *set, uint16_t type);
void tnl_set_empty(struct tnl_set *set);
void tnl_set_rename(struct tnl_set *set, uint16_t from, uint16_t to); /* of which there is none */
void tnl_set_drop(struct tnl_set *set, uint16_t type);
/* Fills SET with the attributes of a payload that came from outside. -EBADMSG: an attribute runs over the end. */
int tnl_set_load(struct tnl_set *set, const void *payload, size_t len);
int tnl_set_copy(struct tnl_set *dst, const struct tnl_set *src);
void tnl_set_free(struct tnl_set *set);

/* Rows ask for every word of every object that is shown: inline, as are the two below. NULL: not there. */
static inline const struct nlattr *tnl_set_find(const struct tnl_set *set, uint16_t type)
{
	if (!set->places || type >= TNL_SET_TYPES)
		return tnl_set_search(set, type);
	return set->places[type] ? (const struct nlattr *)((const char *)set->data + (set->places[type] - 1) * MNL_ALIGNTO) : NULL;
}

static inline const uint8_t *tnl_attr_data(const struct nlattr *attr)
{
	return (const uint8_t *)attr + MNL_ATTR_HDRLEN;
}

static inline uint16_t tnl_attr_len(const struct nlattr *attr)
{
	return attr->nla_len - MNL_ATTR_HDRLEN;
}

#define tnl_set_each(attr, set) mnl_attr_for_each_payload((set)->data, (set)->len)

#endif
