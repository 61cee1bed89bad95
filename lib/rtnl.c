// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects over rtnetlink: links, addresses and routes differ in a line of layout each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "rtnl.h"

static const struct tnl_rtnl link_layout = { .name = "LINK", .add = RTM_NEWLINK, .del = RTM_DELLINK, .get = RTM_GETLINK,
	.head = sizeof(struct ifinfomsg), .link = true };
const struct tnl_rtnl tnl_rtnl_addr = { .name = "ADDR", .add = RTM_NEWADDR, .del = RTM_DELADDR, .get = RTM_GETADDR,
	.head = sizeof(struct ifaddrmsg) };
const struct tnl_rtnl tnl_rtnl_route = { .name = "ROUTE", .add = RTM_NEWROUTE, .del = RTM_DELROUTE, .get = RTM_GETROUTE,
	.head = sizeof(struct rtmsg) };

static const struct tnl_rtnl *layout_of(const struct tnl_kind *kind)
{
	return kind->rtnl ? kind->rtnl : &link_layout;
}

/* ---- building ---- */

static struct nlmsghdr *start(char *buf, const struct tnl_rtnl *layout, uint16_t type, uint16_t flags, const void *head)
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

/* ---- reading ---- */

static int read_info(struct tnl_obj *obj, const struct nlattr *info)
{
	struct tnl_set in = { .data = mnl_attr_get_payload(info), .len = mnl_attr_get_payload_len(info) };
	const struct nlattr *kind = tnl_set_find(&in, IFLA_INFO_KIND), *data = tnl_set_find(&in, IFLA_INFO_DATA);

	if (kind) {
		size_t len = strnlen(mnl_attr_get_payload(kind), mnl_attr_get_payload_len(kind));

		len = len < sizeof(obj->type) ? len : sizeof(obj->type) - 1;
		memcpy(obj->type, mnl_attr_get_payload(kind), len);
		obj->type[len] = 0;
	}
	return data ? tnl_set_load(&obj->nest, mnl_attr_get_payload(data), mnl_attr_get_payload_len(data)) : 0;
}

static const char *type_of_hardware(uint16_t type)
{
	return type == ARPHRD_LOOPBACK ? "loopback" : type == ARPHRD_ETHER ? "ether" : "hardware";
}

/* Reads a message into OBJ: kind, header and attributes. 1: nothing of its kind; -EBADMSG. */
static int rtnl_read(struct tnl_obj *obj, const struct tnl_rtnl *layout, const struct nlmsghdr *nlh)
{
	const struct tnl_kind *was = obj->kind;
	const struct nlattr *info;
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < layout->head)
		return -EBADMSG;
	memcpy(obj->head, mnl_nlmsg_get_payload(nlh), layout->head);
	tnl_set_empty(&obj->nest);
	obj->partial = obj->passing = false;
	err = tnl_set_load(&obj->top, mnl_nlmsg_get_payload_offset(nlh, layout->head),
			   mnl_nlmsg_get_payload_len(nlh) - layout->head);
	if (!err && layout->link) {
		info = tnl_set_find(&obj->top, IFLA_LINKINFO);
		*obj->type = 0;
		if (info)
			err = read_info(obj, info);
		if (!*obj->type)
			snprintf(obj->type, sizeof(obj->type), "%s",
				 type_of_hardware(((struct ifinfomsg *)obj->head)->ifi_type));
		obj->kind = tnl_kind_of_link(obj->type, &obj->nest);
		tnl_set_drop(&obj->top, IFLA_LINKINFO);
	}
	if (!obj->kind)
		obj->kind = was;
	tnl_obj_drop_overlooked(obj);
	return !err && obj->kind->read && !obj->kind->read(obj) ? 1 : err;
}

int tnl_rtnl_read(struct tnl_obj *obj, const struct nlmsghdr *nlh)
{
	const struct tnl_rtnl *layout = layout_of(obj->kind);

	return nlh->nlmsg_type == layout->add ? rtnl_read(obj, layout, nlh) : 1;
}

int tnl_rtnl_read_link(struct tnl_obj *obj, const struct nlmsghdr *nlh)
{
	return rtnl_read(obj, &link_layout, nlh);
}

struct reading {
	struct tnl_obj *obj;
	const struct tnl_rtnl *layout;
	const struct tnl_kind *kind;
	int (*cb)(void *arg, const struct tnl_obj *obj);
	void *arg;
	bool told;
};

static int read_one(void *arg, const struct nlmsghdr *nlh)
{
	struct reading *reading = arg;

	if (nlh->nlmsg_type != reading->layout->add)
		return 0;
	reading->obj->kind = reading->kind;
	return rtnl_read(reading->obj, reading->layout, nlh);
}

static int read_each(void *arg, const struct nlmsghdr *nlh)
{
	struct reading *reading = arg;
	int err = read_one(arg, nlh);

	if (err)
		return err < 0 ? err : 0;
	reading->told = true; /* from here on codes are the callback's own */
	return reading->cb(reading->arg, reading->obj);
}

/* ---- the requests ---- */

static bool inside(const struct nlattr *outer, const struct nlattr *attr)
{
	return attr > outer && (const char *)attr < (const char *)outer + outer->nla_len;
}

int tnl_rtnl_complain(struct tnl *t, const struct tnl_kind *kind, const struct nlmsghdr *nlh,
		      const struct tnl_answer *answer)
{
	const struct tnl_rtnl *layout = layout_of(kind);
	const struct tnl_row *row = NULL;
	const struct nlattr *attr;
	uint8_t scope = TNL_TOP;

	if (answer->offset >= (uint32_t)NLMSG_HDRLEN + layout->head && answer->offset + sizeof(*attr) <= nlh->nlmsg_len) {
		const struct nlattr *outer, *in;

		attr = (const struct nlattr *)((const char *)nlh + answer->offset);
		mnl_attr_for_each(outer, nlh, layout->head) {
			if (!layout->link || mnl_attr_get_type(outer) != IFLA_LINKINFO || !inside(outer, attr))
				continue;
			scope = TNL_NOWHERE;
			mnl_attr_for_each_nested(in, outer)
				if (mnl_attr_get_type(in) == IFLA_INFO_DATA && inside(in, attr))
					scope = TNL_NEST;
		}
		row = scope ? tnl_row_of_attr(kind, scope, mnl_attr_get_type(attr)) : NULL;
	}
	if (answer->code == -EOPNOTSUPP && layout->link && !strcmp(answer->text, "Unknown device type"))
		return tnl_no_kind(t, kind);
	return tnl_kernel_says(t, kind, answer->code, row ? row->word : NULL, answer->text);
}

struct nlmsghdr *tnl_rtnl_ask(char *buf, const struct tnl_obj *obj)
{
	struct nlmsghdr *nlh = start(buf, &link_layout, RTM_GETLINK, 0, NULL);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_index = ((const struct ifinfomsg *)obj->head)->ifi_index;
	if (!ifi->ifi_index)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, tnl_obj_ifname(obj));
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS); /* of address families; the link's own come */
	return nlh;
}

/* Sends a change and, for links, the question what came of it in the same breath. */
static int send_change(struct tnl *t, struct nlmsghdr *nlh, const struct tnl_obj *want, struct tnl_obj *back)
{
	const struct tnl_rtnl *layout = layout_of(want->kind);
	char buf[256] __attribute__((aligned(8))) = {0};
	struct reading reading = { .obj = back, .layout = layout, .kind = want->kind };
	struct nlmsghdr *ask = NULL;
	struct tnl_answer answer[2];
	int err;

	nlh->nlmsg_flags |= NLM_F_ACK;
	if (t->dry)
		return tnl_record_rtnl(t, want->kind, layout, nlh);
	if (back && layout->link)
		ask = tnl_rtnl_ask(buf, want);
	else if (back)
		nlh->nlmsg_flags |= NLM_F_ECHO;
	err = tnl_nl_talk(&t->route, nlh, ask, back ? read_one : NULL, &reading, answer);
	if (answer[0].code)
		return tnl_rtnl_complain(t, want->kind, nlh, &answer[0]);
	if (err < 0 && !answer[0].done)
		return tnl_lost(t, err);
	if (back && (err || answer[1].code))
		back->kind = NULL; /* done, but not seen: it will be asked for again */
	return 0;
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

/* The descriptor of the namespace lives as long as the message needs it. */
static int send_there(struct tnl *t, struct nlmsghdr *nlh, const struct tnl_obj *want, const char *netns)
{
	int err, fd = tnl_netns_open(netns);

	if (fd < 0)
		return tnl_refuse(t, "netns", "%s: %s", netns, strerror(-fd));
	if (!t->dry)
		mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, fd);
	err = send_change(t, nlh, want, NULL);
	close(fd);
	return err || !t->dry ? err : tnl_record(t, "    IFLA_NET_NS_FD %s  (netns)", netns);
}

int tnl_rtnl_build_create(char *buf, const struct tnl_obj *want)
{
	const struct tnl_rtnl *layout = layout_of(want->kind);
	struct nlmsghdr *nlh = start(buf, layout, layout->add, NLM_F_CREATE | (want->beside ? NLM_F_APPEND : NLM_F_EXCL), want->head);

	if (layout->link) {
		struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

		ifi->ifi_change = given_flags(want);
		ifi->ifi_flags &= ifi->ifi_change; /* without a change all flags would count */
	}
	return put_all(nlh, want);
}

/* Geneve says -EBUSY of what exists, and of a number that is taken every kind. */
int tnl_rtnl_call_it_exists(struct tnl *t, const struct tnl_kind *kind, int err)
{
	return err == -EBUSY && layout_of(kind)->link ? t->error.code = -EEXIST : err;
}

static int rtnl_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0};
	const char *netns = layout_of(want->kind)->link ? tnl_obj_netns(want) : NULL;
	int err = tnl_rtnl_build_create(buf, want);

	if (err)
		return tnl_fail(t, TNL_REFUSED, err, NULL, "too large for a message");
	err = netns ? send_there(t, (void *)buf, want, netns) : send_change(t, (void *)buf, want, back);
	return tnl_rtnl_call_it_exists(t, want->kind, err);
}

int tnl_rtnl_replace(struct tnl *t, const struct tnl_obj *want)
{
	char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0};
	int err = tnl_rtnl_build_create(buf, want);

	if (err)
		return tnl_fail(t, TNL_REFUSED, err, NULL, "too large for a message");
	((struct nlmsghdr *)buf)->nlmsg_flags ^= NLM_F_EXCL | NLM_F_REPLACE;
	return send_change(t, (void *)buf, want, NULL);
}

int tnl_rtnl_move(struct tnl *t, const struct tnl_obj *link, const char *netns)
{
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = start(buf, &link_layout, RTM_NEWLINK, 0, NULL);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	int err;

	ifi->ifi_index = ((const struct ifinfomsg *)link->head)->ifi_index;
	if (!ifi->ifi_index)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, tnl_obj_ifname(link));
	err = send_there(t, nlh, link, netns);
	return err == -EEXIST ? tnl_fail(t, TNL_KERNEL, err, NULL, "exists in %s", netns) : err;
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
	struct nlmsghdr *nlh = start(buf, &link_layout, RTM_NEWLINK, 0, NULL);
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

static int send_part(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, const struct tnl_set *top,
		     const struct tnl_obj *data, struct tnl_obj *back)
{
	char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0};
	int err = tnl_rtnl_build_change(buf, now, want, top, data);

	return err ? tnl_fail(t, TNL_REFUSED, err, NULL, "too large for a message") : send_change(t, (void *)buf, want, back);
}

/* Before 6.2, an interface that is up keeps its name. */
static int blame_name(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, int err)
{
	const struct tnl_error why = t->error;
	const char *name = tnl_obj_ifname(want);
	bool up = ((const struct ifinfomsg *)now->head)->ifi_flags & IFF_UP;

	if (err != -EBUSY || *why.word || !up || !name || !tnl_obj_ifname(now) || !strcmp(name, tnl_obj_ifname(now)))
		return err;
	return tnl_fail(t, why.outcome, err, "name", "%s: %s (usual cure: set it down first)", name, why.text);
}

/* Most kinds forget what a change does not say, so all of the kind's attributes go along, and the MTU too. */
static int rtnl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back)
{
	const struct ifinfomsg *old = (void *)now->head, *new = (void *)want->head;
	struct tnl_obj delta = { .kind = want->kind };
	bool data, more = true;
	int err = tnl_rtnl_differences(now, want, &delta, &data) ? tnl_nomem(t) : 0;

	data &= want->kind->link != NULL;
	if (!err && data && want->kind->keeps) { /* vxlan takes no MTU beside its own words */
		err = send_part(t, now, want, NULL, &delta, back);
		data = false;
		more = delta.top.len || old->ifi_flags != new->ifi_flags;
	}
	if (!err && more)
		err = send_part(t, now, want, &delta.top, data ? want : NULL, back);
	if (!tnl_set_find(&delta.top, IFLA_ADDRESS)) /* which may be at fault too */
		err = blame_name(t, now, want, err);
	tnl_set_free(&delta.top);
	tnl_set_free(&delta.nest);
	return err;
}

struct nlmsghdr *tnl_rtnl_build_group(char *buf, int index, uint32_t group)
{
	struct nlmsghdr *nlh = start(buf, &link_layout, index ? RTM_NEWLINK : RTM_DELLINK, NLM_F_ACK, NULL);

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = index;
	mnl_attr_put_u32(nlh, IFLA_GROUP, group);
	return nlh;
}

int tnl_rtnl_record(struct tnl *t, const struct nlmsghdr *nlh)
{
	return tnl_record_rtnl(t, &tnl_kind_link, &link_layout, nlh);
}

static int rtnl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	const struct tnl_rtnl *layout = layout_of(obj->kind);
	char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = start(buf, layout, layout->del, 0, layout->link ? NULL : obj->head);
	int err = 0;

	if (layout->link && ((const struct ifinfomsg *)obj->head)->ifi_index)
		((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = ((struct ifinfomsg *)obj->head)->ifi_index;
	else if (layout->link)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, tnl_obj_ifname(obj));
	else
		err = put_set(nlh, &obj->top);
	return err ? tnl_fail(t, TNL_REFUSED, err, NULL, "too large for a message") : send_change(t, nlh, obj, NULL);
}

int tnl_rtnl_dump_about(struct tnl *t, const struct tnl_kind *kind, const struct tnl_obj *about,
		      int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	const struct tnl_rtnl *layout = layout_of(kind);
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = start(buf, layout, layout->get, NLM_F_DUMP, NULL);
	struct tnl_obj *obj = tnl_obj_new(kind);
	struct reading reading = { .obj = obj, .layout = layout, .kind = kind, .cb = cb, .arg = arg };
	const struct nlattr *oif;
	struct nlattr *info;
	int err;

	if (!obj)
		return tnl_nomem(t);
	tnl_obj_list_places(obj);
	if (about && layout == &tnl_rtnl_addr) {
		struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

		ifa->ifa_family = ((const struct ifaddrmsg *)about->head)->ifa_family;
		ifa->ifa_index = ((const struct ifaddrmsg *)about->head)->ifa_index;
	}
	oif = about && layout == &tnl_rtnl_route ? tnl_set_find(&about->top, RTA_OIF) : NULL;
	if (oif)
		mnl_attr_put(nlh, RTA_OIF, mnl_attr_get_payload_len(oif), mnl_attr_get_payload(oif));
	if (layout->link)
		mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (layout->link && kind->link) {
		info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
		mnl_attr_put_str(nlh, IFLA_INFO_KIND, kind->link);
		mnl_attr_nest_end(nlh, info);
	}
	err = tnl_nl_dump(t, &t->route, nlh, t->counters ? NULL : tnl_slim_link, read_each, &reading);
	tnl_obj_free(obj);
	if (err < 0 && !reading.told && !t->error.code)
		tnl_kernel_says(t, kind, err, NULL, NULL);
	return err;
}

static int rtnl_dump(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	return tnl_rtnl_dump_about(t, kind, NULL, cb, arg);
}

static int rtnl_get(struct tnl *t, struct tnl_obj *obj)
{
	struct reading reading = { .obj = obj, .layout = &link_layout, .kind = obj->kind };
	char buf[256] __attribute__((aligned(8))) = {0};
	struct tnl_answer answer[2];
	int err;

	if (!layout_of(obj->kind)->link)
		return tnl_find(t, obj);
	err = tnl_nl_talk(&t->route, tnl_rtnl_ask(buf, obj), NULL, read_one, &reading, answer);
	if (err)
		return tnl_lost(t, err);
	if (answer[0].code == -ENODEV)
		return tnl_fail(t, TNL_KERNEL, -ENODEV, NULL, "no such link");
	return answer[0].code ? tnl_rtnl_complain(t, obj->kind, (void *)buf, &answer[0]) : 0;
}

const struct tnl_transport tnl_rtnl = {
	.name = "rtnl", .scopes = 1 << TNL_HEAD | 1 << TNL_TOP | 1 << TNL_NEST,
	.create = rtnl_create, .change = rtnl_change, .remove = rtnl_remove, .get = rtnl_get, .dump = rtnl_dump,
};
