// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Addresses and routes go with their link. They are kept as the kernel told them, also what no word can say, and are
 * sent again as they came: on a link of the same number they mean the same.
 */
#include "keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "link.h"
#include "rtnl.h"

struct collect {
	struct tnl *t;
	uint32_t index;
	struct tnl_roll *roll;
};

static uint32_t number_in(const struct tnl_obj *obj, uint16_t attr)
{
	const struct nlattr *found = tnl_set_find(&obj->top, attr);
	size_t len = found ? mnl_attr_get_payload_len(found) : 0;

	return len == 4 ? mnl_attr_get_u32(found) : len == 1 ? mnl_attr_get_u8(found) : 0;
}

/* The next hop of a route with several; NULL to begin with. */
static struct rtnexthop *next_hop(const struct tnl_obj *route, struct rtnexthop *hop)
{
	const struct nlattr *hops = tnl_set_find(&route->top, RTA_MULTIPATH);
	char *end = hops ? (char *)mnl_attr_get_payload(hops) + mnl_attr_get_payload_len(hops) : NULL;

	hop = !hops ? NULL : hop ? RTNH_NEXT(hop) : mnl_attr_get_payload(hops);
	return hop && (char *)hop < end && RTNH_OK(hop, end - (char *)hop) ? hop : NULL;
}

uint32_t tnl_keep_number(const struct tnl_obj *obj, unsigned i)
{
	const struct nlattr *oif = tnl_set_find(&obj->top, RTA_OIF);
	struct rtnexthop *hop = NULL;

	if (obj->kind == &tnl_kind_addr)
		return i ? 0 : ((const struct ifaddrmsg *)obj->head)->ifa_index;
	if (obj->kind == &tnl_kind_prl)
		return i ? 0 : tnl_obj_number(obj, "dev");
	if (oif && mnl_attr_get_payload_len(oif) == 4 && !i--)
		return mnl_attr_get_u32(oif);
	do
		hop = next_hop(obj, hop);
	while (hop && i--);
	return hop ? hop->rtnh_ifindex : 0;
}

/* The kernel itself makes those of router advertisements, and temporary ones; link-local ones too, but not always the same. */
static bool is_kept_address(const struct tnl_obj *obj)
{
	uint32_t proto = number_in(obj, IFA_PROTO);

	return (!proto || proto >= IFAPROT_KERNEL_LL) && !(*obj->head == AF_INET6 && number_in(obj, IFA_FLAGS) & IFA_F_TEMPORARY);
}

/* A daemon is told that its route has gone, and knows better than we whether it shall be there. */
static bool is_kept_route(const struct tnl_obj *obj)
{
	const struct rtmsg *rtm = (const void *)obj->head;

	return rtm->rtm_protocol != RTPROT_KERNEL && rtm->rtm_protocol != RTPROT_REDIRECT &&
	       rtm->rtm_protocol <= RTPROT_STATIC;
}

bool tnl_keep_is_kept(const struct tnl_obj *obj)
{
	return obj->kind == &tnl_kind_addr ? is_kept_address(obj) : obj->kind != &tnl_kind_route || is_kept_route(obj);
}

bool tnl_keep_is_given(const struct tnl_obj *obj)
{
	return tnl_keep_is_kept(obj) && (obj->kind != &tnl_kind_addr || number_in(obj, IFA_PROTO) != IFAPROT_KERNEL_LL);
}

bool tnl_keep_is_about(const struct tnl_obj *obj, uint32_t index)
{
	uint32_t number;

	for (unsigned i = 0; (number = tnl_keep_number(obj, i)); i++)
		if (number == index)
			return true;
	return false;
}

static int take(void *arg, const struct tnl_obj *obj)
{
	const struct collect *collect = arg;

	if (!tnl_keep_is_about(obj, collect->index) || !tnl_keep_is_kept(obj))
		return 0;
	return tnl_roll_add(collect->roll, tnl_obj_clone(obj)) ? tnl_nomem(collect->t) : 0;
}

/* Asked for by their interface: a kernel that does not heed it tells all. */
static int collect_routes(struct tnl *t, struct collect *collect)
{
	struct tnl_obj about = { .kind = &tnl_kind_route };
	int err = tnl_set_put(&about.top, RTA_OIF, &collect->index, sizeof(collect->index)) ? tnl_nomem(t) :
		  tnl_rtnl_dump_about(t, &tnl_kind_route, &about, take, collect);

	tnl_set_free(&about.top);
	return err;
}

static int each_addr(struct tnl *t, uint32_t index, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	struct tnl_obj about = { .kind = &tnl_kind_addr };

	((struct ifaddrmsg *)about.head)->ifa_index = index;
	return tnl_rtnl_dump_about(t, &tnl_kind_addr, &about, cb, arg);
}

/* Of those of one scope, IPv6 tells the newest first. */
static void turn_round(struct tnl_roll *addrs)
{
	size_t first = 0, last = addrs->count;

	while (first < last && *addrs->objs[first]->head != AF_INET6)
		first++;
	for (; last > first + 1; first++, last--) {
		struct tnl_obj *obj = addrs->objs[first];

		addrs->objs[first] = addrs->objs[last - 1];
		addrs->objs[last - 1] = obj;
	}
}

int tnl_keep_collect(struct tnl *t, const struct tnl_obj *obj, struct tnl_keep *keep)
{
	bool link = obj->kind->pattern;
	struct collect collect = { t, link ? tnl_obj_index(obj) : (int)((const struct ifaddrmsg *)obj->head)->ifa_index, &keep->addrs };
	int err = each_addr(t, collect.index, take, &collect);

	keep->link = collect.index;
	turn_round(&keep->addrs);
	collect.roll = &keep->routes;
	if (!err)
		err = collect_routes(t, &collect);
	collect.roll = &keep->routers;
	if (!err && tnl_obj_has(obj, "isatap"))
		err = tnl_dump(t, &tnl_kind_prl, take, &collect);
	return err;
}

struct gathering {
	struct tnl *t;
	const struct tnl_keeping *links;
	size_t count;
};

static int gather(void *arg, const struct tnl_obj *obj)
{
	const struct gathering *gathering = arg;
	int err = 0;

	for (unsigned i = 0; !err && tnl_keep_is_kept(obj) && tnl_keep_number(obj, i); i++) {
		const struct tnl_keeping key = { .number = tnl_keep_number(obj, i) };
		const struct tnl_keeping *link = bsearch(&key, gathering->links, gathering->count, sizeof(key), tnl_by_number);

		if (link && tnl_roll_add(tnl_keep_roll(link->keep, obj), tnl_obj_clone(obj)))
			err = tnl_nomem(gathering->t);
	}
	return err;
}

int tnl_keep_collect_all(struct tnl *t, struct tnl_keeping *links, size_t count)
{
	struct gathering gathering = { t, links, count };
	int err;

	if (!count)
		return 0;
	qsort(links, count, sizeof(*links), tnl_by_number);
	err = tnl_dump(t, &tnl_kind_addr, gather, &gathering);
	if (!err)
		err = tnl_dump(t, &tnl_kind_route, gather, &gathering);
	if (!err)
		err = tnl_dump(t, &tnl_kind_prl, gather, &gathering);
	for (size_t i = 0; i < count; i++) {
		links[i].keep->link = links[i].number;
		turn_round(&links[i].keep->addrs);
	}
	return err;
}

/* Up and nothing else: that is done or not, and loses nothing unless it is undone later. */
static bool only_goes_up(const struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *next)
{
	const uint32_t was = ((const struct ifinfomsg *)now->head)->ifi_flags, is = ((const struct ifinfomsg *)next->head)->ifi_flags;

	if (t->log || !now->kind->pattern || was & IFF_UP || !(is & IFF_UP))
		return false;
	tnl_each_row(row, now->kind)
		if (tnl_row_input(row) && strcmp(row->word, "up") != 0 && !tnl_row_equal(row, now, next))
			return false;
	return true;
}

int tnl_keep_shaken(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *next, struct tnl_keep *keep)
{
	static const char *const words[] = { "up", "mtu", "master", "netns" };
	bool no;

	if (only_goes_up(t, now, next))
		return 0;
	for (size_t i = 0; now->kind->pattern && i < sizeof(words) / sizeof(words[0]); i++) {
		const struct tnl_row *row = tnl_row_find(now->kind, words[i], &no);

		if (row && !tnl_row_equal(row, now, next))
			return tnl_keep_collect(t, now, keep);
	}
	return 0;
}

void tnl_renumber(struct tnl_obj *obj, int from, int to)
{
	struct ifinfomsg *ifi = (void *)obj->head;

	if (obj->kind->pattern && ifi->ifi_index == from)
		ifi->ifi_index = to;
	for (struct rtnexthop *hop = obj->kind == &tnl_kind_route ? next_hop(obj, NULL) : NULL; hop; hop = next_hop(obj, hop))
		if (hop->rtnh_ifindex == from)
			hop->rtnh_ifindex = to;
	tnl_each_row(row, obj->kind) {
		struct tnl_val val;

		if (row->codec->shape != TNL_INDEX || !tnl_row_get(row, obj, &val) ||
		    tnl_val_number(row->codec, &val) != (uint64_t)from || tnl_obj_is_foreign(obj, row))
			continue;
		tnl_val_set(row->codec, &val, to);
		tnl_row_put(row, obj, &val); /* in place */
	}
}

void tnl_keep_renumber(struct tnl_keep *keep, int from, int to)
{
	struct tnl_roll *rolls[] = { &keep->addrs, &keep->routes, &keep->routers };

	if (to && keep->link == (uint32_t)from)
		keep->link = to;
	for (size_t roll = 0; to && from != to && roll < sizeof(rolls) / sizeof(rolls[0]); roll++)
		for (size_t i = 0; i < rolls[roll]->count; i++)
			tnl_renumber(rolls[roll]->objs[i], from, to);
}

/* IPv6 keeps the hops over links that stay: it exists, but it is not whole. */
static bool may_lack_hops(const struct tnl_obj *obj)
{
	return obj->kind == &tnl_kind_route && *obj->head == AF_INET6 && tnl_set_find(&obj->top, RTA_MULTIPATH);
}

static int put(struct tnl *t, struct tnl_obj *obj)
{
	int err = obj->kind->via[0]->create(t, obj, NULL);

	if (err == -EEXIST)
		err = may_lack_hops(obj) ? tnl_rtnl_replace(t, obj) : 0;
	return err;
}

/* As long as one more succeeds: a route may need another to reach its gateway. */
static void restore(struct tnl *t, struct tnl_roll *roll)
{
	size_t before, left;

	do {
		before = roll->count;
		left = 0;
		for (size_t i = 0; i < before; i++) {
			if (!put(t, roll->objs[i]))
				tnl_obj_free(roll->objs[i]);
			else
				roll->objs[left++] = roll->objs[i];
		}
		roll->count = left;
	} while (left && left < before);
}

struct way {
	const struct tnl_roll *kept;
	struct tnl_roll foreign; /* in the way */
	bool chosen;             /* so are link-local ones that were not kept */
};

static bool is_local(const struct tnl_obj *addr)
{
	const struct ifaddrmsg *ifa = (const void *)addr->head;

	return ifa->ifa_family == AF_INET6 && ifa->ifa_scope == RT_SCOPE_LINK;
}

static bool is_secondary(const struct tnl_obj *addr)
{
	return *addr->head == AF_INET && number_in(addr, IFA_FLAGS) & IFA_F_SECONDARY;
}

/* A link-local address that the kernel chose anew, or a second one that has become the first of its network. */
static int find_foreign(void *arg, const struct tnl_obj *obj)
{
	const struct tnl_obj *kept = NULL;
	struct way *way = arg;

	for (size_t i = 0; i < way->kept->count && !kept; i++)
		if (*obj->head == *way->kept->objs[i]->head && tnl_obj_equal(way->kept->objs[i], obj, NULL))
			kept = way->kept->objs[i];
	if (kept ? !is_secondary(kept) || is_secondary(obj) : !way->chosen || !is_local(obj))
		return 0;
	return tnl_roll_add(&way->foreign, tnl_obj_clone(obj));
}

/* What comes back shall be what it was, and in its order. */
static void clear_way(struct tnl *t, const struct tnl_keep *keep, enum tnl_chosen chosen)
{
	struct way way = { .kept = &keep->addrs, .chosen = chosen == TNL_CHOSEN_GO };
	bool second = false;

	for (size_t i = 0; i < keep->addrs.count; i++) {
		way.chosen |= chosen == TNL_CHOSEN_YIELD && is_local(keep->addrs.objs[i]);
		second |= is_secondary(keep->addrs.objs[i]);
	}
	if (keep->link && (way.chosen || second))
		each_addr(t, keep->link, find_foreign, &way);
	for (size_t i = 0; i < way.foreign.count; i++)
		if (!tnl_kind_addr.check(way.foreign.objs[i], way.foreign.objs[i], &t->error))
			tnl_rtnl.remove(t, way.foreign.objs[i]);
	tnl_roll_free(&way.foreign);
}

/* It tells, but does not take, that the link was down; and it may have others beside it. */
void tnl_keep_ready(struct tnl_obj *route)
{
	if (route->kind != &tnl_kind_route)
		return;
	route->beside = may_lack_hops(route) ? 0 : TNL_BESIDE;
	((struct rtmsg *)route->head)->rtm_flags &= RTNH_F_ONLINK;
	for (struct rtnexthop *hop = next_hop(route, NULL); hop; hop = next_hop(route, hop))
		hop->rtnh_flags &= RTNH_F_ONLINK;
}

void tnl_keep_restore(struct tnl *t, struct tnl_keep *keep, enum tnl_chosen chosen)
{
	for (size_t i = 0; i < keep->routes.count; i++)
		tnl_keep_ready(keep->routes.objs[i]);
	clear_way(t, keep, chosen);
	restore(t, &keep->addrs);
	restore(t, &keep->routes);
	restore(t, &keep->routers);
}

bool tnl_keep_is_empty(const struct tnl_keep *keep)
{
	return !keep->addrs.count && !keep->routes.count && !keep->routers.count;
}

struct tnl_roll *tnl_keep_roll(struct tnl_keep *keep, const struct tnl_obj *obj)
{
	return obj->kind == &tnl_kind_addr ? &keep->addrs : obj->kind == &tnl_kind_route ? &keep->routes : &keep->routers;
}

void tnl_keep_drop(struct tnl_keep *keep, const struct tnl_obj *obj)
{
	struct tnl_roll *roll = tnl_keep_roll(keep, obj);
	size_t left = 0;

	for (size_t i = 0; i < roll->count; i++)
		if (tnl_obj_is_same(roll->objs[i], obj) && tnl_obj_equal(roll->objs[i], obj, NULL))
			tnl_obj_free(roll->objs[i]);
		else
			roll->objs[left++] = roll->objs[i];
	roll->count = left;
}

void tnl_keep_free(struct tnl_keep *keep)
{
	tnl_roll_free(&keep->addrs);
	tnl_roll_free(&keep->routes);
	tnl_roll_free(&keep->routers);
}
