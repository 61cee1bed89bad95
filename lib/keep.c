// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Addresses and routes go with their link. They are kept as the kernel told them, also what no word can say, and are
 * sent again as they came: on a link of the same number they mean the same.
 */
#include "keep.h"

#include <errno.h>

#include "kernel.h"

struct collect {
	struct tnl *t;
	uint32_t index;
	struct tnl_roll *roll;
};

static int take(const struct collect *collect, const struct tnl_obj *obj)
{
	return tnl_roll_add(collect->roll, tnl_obj_clone(obj)) ? tnl_nomem(collect->t) : 0;
}

/* The kernel itself makes those of router advertisements, temporary and link-local ones. */
static int take_address(void *arg, const struct tnl_obj *obj)
{
	const struct nlattr *proto = tnl_set_find(&obj->top, IFA_PROTO), *flags = tnl_set_find(&obj->top, IFA_FLAGS);
	const struct ifaddrmsg *ifa = (const void *)obj->head;
	const struct collect *collect = arg;

	if (ifa->ifa_index != collect->index)
		return 0;
	if (proto && mnl_attr_get_payload_len(proto) == 1 && mnl_attr_get_u8(proto))
		return 0;
	if (flags && mnl_attr_get_payload_len(flags) == 4 && ifa->ifa_family == AF_INET6 &&
	    mnl_attr_get_u32(flags) & IFA_F_TEMPORARY)
		return 0;
	return take(collect, obj);
}

/* The next hop of a route with several; NULL to begin with. */
static struct rtnexthop *next_hop(const struct tnl_obj *route, struct rtnexthop *hop)
{
	const struct nlattr *hops = tnl_set_find(&route->top, RTA_MULTIPATH);
	char *end = hops ? (char *)mnl_attr_get_payload(hops) + mnl_attr_get_payload_len(hops) : NULL;

	hop = !hops ? NULL : hop ? RTNH_NEXT(hop) : mnl_attr_get_payload(hops);
	return hop && (char *)hop < end && RTNH_OK(hop, end - (char *)hop) ? hop : NULL;
}

static bool leads_over(const struct tnl_obj *route, uint32_t index)
{
	const struct nlattr *oif = tnl_set_find(&route->top, RTA_OIF);

	if (oif && mnl_attr_get_payload_len(oif) == 4 && mnl_attr_get_u32(oif) == index)
		return true;
	for (struct rtnexthop *hop = next_hop(route, NULL); hop; hop = next_hop(route, hop))
		if ((uint32_t)hop->rtnh_ifindex == index)
			return true;
	return false;
}

/* A daemon is told that its route has gone, and knows better than we whether it shall be there. */
static int take_route(void *arg, const struct tnl_obj *obj)
{
	struct rtmsg *rtm = (void *)obj->head;
	const struct collect *collect = arg;

	if (rtm->rtm_protocol == RTPROT_KERNEL || rtm->rtm_protocol == RTPROT_REDIRECT || rtm->rtm_protocol > RTPROT_STATIC)
		return 0;
	return leads_over(obj, collect->index) ? take(collect, obj) : 0;
}

int tnl_keep_collect(struct tnl *t, int index, struct tnl_keep *keep)
{
	struct collect collect = { t, index, &keep->addrs };
	int err = tnl_dump(t, &tnl_kind_addr, take_address, &collect);

	collect.roll = &keep->routes;
	return err ? err : tnl_dump(t, &tnl_kind_route, take_route, &collect);
}

/* As long as one more succeeds: a route may need another to reach its gateway. */
static void restore(struct tnl *t, struct tnl_roll *roll)
{
	size_t before, left;

	do {
		before = roll->count;
		left = 0;
		for (size_t i = 0; i < before; i++) {
			int err = tnl_rtnl.create(t, roll->objs[i], NULL);

			if (!err || err == -EEXIST)
				tnl_obj_free(roll->objs[i]);
			else
				roll->objs[left++] = roll->objs[i];
		}
		roll->count = left;
	} while (left && left < before);
}

void tnl_keep_restore(struct tnl *t, struct tnl_keep *keep)
{
	for (size_t i = 0; i < keep->routes.count; i++) { /* they tell, but do not take, that the link was down */
		const struct tnl_obj *route = keep->routes.objs[i];

		((struct rtmsg *)route->head)->rtm_flags &= RTNH_F_ONLINK;
		for (struct rtnexthop *hop = next_hop(route, NULL); hop; hop = next_hop(route, hop))
			hop->rtnh_flags &= RTNH_F_ONLINK;
	}
	restore(t, &keep->addrs);
	restore(t, &keep->routes);
}

void tnl_keep_free(struct tnl_keep *keep)
{
	tnl_roll_free(&keep->addrs);
	tnl_roll_free(&keep->routes);
}
