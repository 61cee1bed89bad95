// SPDX-License-Identifier: LGPL-2.1-or-later
/* Kernels send a kilobyte with each link, most of it counters and settings of address families. Who keeps many needs none. */
#include <string.h>

#include "handle.h"
#include "kernel.h"

/* All that rows own of the settings. */
struct settings {
	struct nlattr all, inet6, mode;
	uint8_t value, pad[3];
};

static const struct nlattr *find_inside(const struct nlattr *nest, uint16_t type)
{
	const struct tnl_set in = { .data = mnl_attr_get_payload(nest), .len = mnl_attr_get_payload_len(nest) };

	return tnl_set_find(&in, type);
}

/* ATTR, which takes up SIZE bytes, goes to TO without what no row owns; returns what it then takes up. */
static size_t move(char *to, const struct nlattr *attr, size_t size)
{
	struct settings settings = { { sizeof(settings), IFLA_AF_SPEC }, { 12, AF_INET6 }, { 5, IFLA_INET6_ADDR_GEN_MODE }, 0, {0} };
	const struct nlattr *inet6, *mode;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_STATS:
	case IFLA_STATS64:
		return 0;
	case IFLA_AF_SPEC:
		inet6 = find_inside(attr, AF_INET6);
		mode = inet6 ? find_inside(inet6, IFLA_INET6_ADDR_GEN_MODE) : NULL;
		if (!mode || mnl_attr_get_payload_len(mode) != 1)
			return 0;
		settings.value = mnl_attr_get_u8(mode);
		memcpy(to, &settings, sizeof(settings)); /* no more than there was, as it was inside */
		return sizeof(settings);
	default:
		memmove(to, attr, size);
		return size;
	}
}

/* Attributes of a link; returns what is left of LEN. */
static size_t slim(char *data, size_t len)
{
	size_t from = 0, to = 0, size;

	for (; len - from >= MNL_ATTR_HDRLEN; from += size) {
		const struct nlattr *attr = (const struct nlattr *)(data + from);

		size = MNL_ALIGN(attr->nla_len);
		if (attr->nla_len < MNL_ATTR_HDRLEN || size > len - from)
			break; /* whoever reads it finds the fault */
		to += move(data + to, attr, size);
	}
	memmove(data + to, data + from, len - from);
	return to + len - from;
}

void tnl_slim_link(struct nlmsghdr *nlh)
{
	size_t head = MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(struct ifinfomsg));

	if (nlh->nlmsg_type == RTM_NEWLINK && nlh->nlmsg_len >= head)
		nlh->nlmsg_len = head + slim((char *)nlh + head, nlh->nlmsg_len - head);
}

struct tnl_obj *tnl_obj_slim(struct tnl_obj *obj)
{
	struct tnl_obj *copy;

	if (obj->kind->pattern && obj->top.len)
		obj->top.len = slim(obj->top.data, obj->top.len);
	copy = tnl_obj_clone(obj);
	tnl_obj_free(obj);
	return copy;
}
