// SPDX-License-Identifier: LGPL-2.1-or-later
/* Messages of rtnetlink: links, addresses and routes differ in a line of layout each. */
#include <errno.h>
#include <string.h>

#include "kernel.h"
#include "rtnl.h"

const struct tnl_rtnl tnl_rtnl_link = { .name = "LINK", .add = RTM_NEWLINK, .del = RTM_DELLINK, .get = RTM_GETLINK,
	.head = sizeof(struct ifinfomsg), .link = true };
const struct tnl_rtnl tnl_rtnl_addr = { .name = "ADDR", .add = RTM_NEWADDR, .del = RTM_DELADDR, .get = RTM_GETADDR,
	.head = sizeof(struct ifaddrmsg) };
const struct tnl_rtnl tnl_rtnl_route = { .name = "ROUTE", .add = RTM_NEWROUTE, .del = RTM_DELROUTE, .get = RTM_GETROUTE,
	.head = sizeof(struct rtmsg) };

const struct tnl_rtnl *tnl_rtnl_layout(const struct tnl_kind *kind)
{
	return kind->rtnl ? kind->rtnl : &tnl_rtnl_link;
}

struct nlmsghdr *tnl_rtnl_start(char *buf, const struct tnl_rtnl *layout, uint16_t type, uint16_t flags, const void *head)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	void *extra = mnl_nlmsg_put_extra_header(nlh, layout->head);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	if (head)
		memcpy(extra, head, layout->head);
	return nlh;
}

static int put_set(struct nlmsghdr *nlh, const struct tnl_set *set)
{
	const struct nlattr *attr;

	tnl_set_each(attr, set)
		if (mnl_attr_get_type(attr) < TNL_PRIVATE &&
		    !mnl_attr_put_check(nlh, TNL_MESSAGE, mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr),
					mnl_attr_get_payload(attr)))
			return -EMSGSIZE;
	return 0;
}

static int put_info(struct nlmsghdr *nlh, const struct tnl_obj *obj)
{
	struct nlattr *info, *data;
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) + obj->nest.len + 128 > TNL_MESSAGE)
		return -EMSGSIZE;
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_str(nlh, IFLA_INFO_KIND, obj->kind->link);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	err = put_set(nlh, &obj->nest);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return err;
}

/* The flags of the header that words were given for. */
static uint32_t given_flags(const struct tnl_obj *obj)
{
	uint32_t flags = 0;
	int place = 0;

	tnl_each_row(row, obj->kind) {
		bool given = tnl_obj_given_at(obj, place++);

		if (given && row->scope == TNL_HEAD && row->mask)
			flags |= row->mask;
	}
	return flags;
}

static int put_all(struct nlmsghdr *nlh, const struct tnl_obj *want)
{
	struct tnl_set top = {0};
	int err = tnl_set_copy(&top, &want->top);

	tnl_each_row(row, want->kind)
		if ((row->flags & TNL_LATER) && row->scope == TNL_TOP)
			tnl_set_drop(&top, row->attr);
	if (!err)
		err = put_set(nlh, &top);
	if (!err && want->kind->link)
		err = put_info(nlh, want);
	tnl_set_free(&top);
	return err;
}

int tnl_rtnl_build_create(char *buf, const struct tnl_obj *want)
{
	const struct tnl_rtnl *layout = tnl_rtnl_layout(want->kind);
	struct nlmsghdr *nlh = tnl_rtnl_start(buf, layout, layout->add, NLM_F_CREATE | (want->beside ? NLM_F_APPEND : NLM_F_EXCL), want->head);

	if (layout->link) {
		struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

		ifi->ifi_change = given_flags(want);
		ifi->ifi_flags &= ifi->ifi_change; /* without a change all flags would count */
	}
	return put_all(nlh, want);
}

int tnl_rtnl_differences(const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *delta, bool *data)
{
	bool known = ((const struct ifinfomsg *)now->head)->ifi_index;
	int err = 0;

	*data = false;
	tnl_each_row(row, want->kind)
		*data |= row->scope == TNL_NEST && tnl_row_input(row) && !tnl_row_equal(row, now, want);
	tnl_each_row(row, want->kind) {
		struct tnl_val val;

		if (err || !tnl_row_input(row) || row->attr >= TNL_PRIVATE || ((row->flags & TNL_POS) && !known))
			continue;
		if (row->scope != TNL_TOP && row->scope != TNL_NEST)
			continue;
		if (tnl_row_equal(row, now, want) && !(*data && (row->flags & TNL_ALONG) && !want->kind->keeps))
			continue;
		if (row->flags & TNL_ALONG && !tnl_row_get(row, want, &val)) /* left to the kernel */
			continue;
		tnl_row_value_of(row, want, &val); /* zeros where there was a value and shall be none */
		if (!val.len && !val.instead)
			val.data[val.len++] = 0;
		err = tnl_row_put(row, delta, &val);
	}
	return err;
}

int tnl_rtnl_build_change(char *buf, const struct tnl_obj *now, const struct tnl_obj *want, const struct tnl_set *top,
			  const struct tnl_obj *data)
{
	struct nlmsghdr *nlh = tnl_rtnl_start(buf, &tnl_rtnl_link, RTM_NEWLINK, 0, NULL);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct ifinfomsg *old = (void *)now->head, *new = (void *)want->head;
	int err = 0;

	ifi->ifi_index = old->ifi_index;
	if (!ifi->ifi_index)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, tnl_obj_ifname(want));
	if (top) {
		ifi->ifi_change = old->ifi_flags ^ new->ifi_flags;
		ifi->ifi_flags = new->ifi_flags & ifi->ifi_change;
		err = put_set(nlh, top);
	}
	return !err && data ? put_info(nlh, data) : err;
}

/* By its number where that is known, as a name may move meanwhile. */
static void name_link(struct nlmsghdr *nlh, const struct tnl_obj *obj)
{
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_index = ((const struct ifinfomsg *)obj->head)->ifi_index;
	if (!ifi->ifi_index)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, tnl_obj_ifname(obj));
}

int tnl_rtnl_build_remove(char *buf, const struct tnl_obj *obj)
{
	const struct tnl_rtnl *layout = tnl_rtnl_layout(obj->kind);
	struct nlmsghdr *nlh = tnl_rtnl_start(buf, layout, layout->del, 0, layout->link ? NULL : obj->head);

	if (!layout->link)
		return put_set(nlh, &obj->top);
	name_link(nlh, obj);
	return 0;
}

struct nlmsghdr *tnl_rtnl_build_group(char *buf, int index, uint32_t group)
{
	struct nlmsghdr *nlh = tnl_rtnl_start(buf, &tnl_rtnl_link, index ? RTM_NEWLINK : RTM_DELLINK, NLM_F_ACK, NULL);

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = index;
	mnl_attr_put_u32(nlh, IFLA_GROUP, group);
	return nlh;
}

struct nlmsghdr *tnl_rtnl_ask(char *buf, const struct tnl_obj *obj)
{
	struct nlmsghdr *nlh = tnl_rtnl_start(buf, &tnl_rtnl_link, RTM_GETLINK, 0, NULL);

	name_link(nlh, obj);
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS); /* of address families; the link's own come */
	return nlh;
}
