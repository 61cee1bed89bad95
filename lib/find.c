// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finding one address or route: they cannot be asked for one by one, as IPv4 knows no such question about addresses and
 * a route lookup is another.
 */
#include <errno.h>
#include <string.h>

#include "handle.h"
#include "kernel.h"

struct search {
	const struct tnl_obj *obj;
	struct tnl_obj *found;
	int count;
	bool fits; /* every word, not only the identity */
};

/* Default routes of both families are 0/0: what tells them apart is the length of any address, or none, which is IPv4. */
static uint8_t route_family(const struct tnl_obj *route)
{
	static const uint16_t addresses[] = { RTA_DST, RTA_GATEWAY, RTA_PREFSRC };

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const struct nlattr *attr = tnl_set_find(&route->top, addresses[i]);

		if (attr)
			return mnl_attr_get_payload_len(attr) == 4 ? AF_INET : AF_INET6;
	}
	return AF_INET;
}

/* Of the same identity and table. An address that was said without a prefix length means whichever there is. */
static bool is_meant(const struct tnl_obj *want, const struct tnl_obj *obj)
{
	const size_t plen = offsetof(struct ifaddrmsg, ifa_prefixlen);
	struct tnl_obj probe = *want; /* borrows its attributes */

	if (obj->kind->rtnl == &tnl_rtnl_addr && probe.head[plen] == obj->kind->init[plen])
		probe.head[plen] = obj->head[plen];
	if (obj->kind->rtnl == &tnl_rtnl_route && ((const struct rtmsg *)obj->head)->rtm_family != route_family(want))
		return false;
	tnl_each_row(row, obj->kind)
		if (tnl_row_input(row) && (row->flags & (TNL_ID | TNL_UNIQ)) && !tnl_row_equal(row, obj, &probe))
			return false;
	return true;
}

/* Finds the one that every word fits, else the first. */
static int search_one(void *arg, const struct tnl_obj *obj)
{
	struct search *search = arg;

	if (!is_meant(search->obj, obj))
		return 0;
	search->count++;
	if (search->fits)
		return 0;
	search->fits = tnl_obj_was_said(search->obj) ? tnl_obj_matches(search->obj, obj, NULL) : tnl_obj_equal(search->obj, obj, NULL);
	if (search->count > 1 && !search->fits)
		return 0;
	memcpy(search->found->head, obj->head, sizeof(obj->head));
	search->found->partial = obj->partial;
	return tnl_set_copy(&search->found->top, &obj->top);
}

int tnl_find(struct tnl *t, struct tnl_obj *obj)
{
	struct search search = { .obj = obj, .found = tnl_obj_new(obj->kind) };
	int err = search.found ? tnl_rtnl_dump_about(t, obj->kind, obj, search_one, &search) : tnl_nomem(t);

	if (!err && !search.count)
		err = tnl_fail(t, TNL_KERNEL, -ENOENT, NULL, "no such %s", obj->kind->name);
	if (!err && search.count > 1 && obj->kind->rtnl == &tnl_rtnl_addr)
		err = tnl_refuse(t, NULL, "there are %d: say which prefix length", search.count);
	if (!err) {
		memcpy(obj->head, search.found->head, sizeof(obj->head));
		obj->partial = search.found->partial;
		err = tnl_set_copy(&obj->top, &search.found->top) ? tnl_nomem(t) : 0;
	}
	tnl_obj_free(search.found);
	return err;
}
