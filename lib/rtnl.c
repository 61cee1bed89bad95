// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects over rtnetlink: asked for, made, changed and removed by the messages of rtnl_build.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "rtnl.h"

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
	const struct tnl_rtnl *layout = tnl_rtnl_layout(obj->kind);

	return nlh->nlmsg_type == layout->add ? rtnl_read(obj, layout, nlh) : 1;
}

int tnl_rtnl_read_link(struct tnl_obj *obj, const struct nlmsghdr *nlh)
{
	return rtnl_read(obj, &tnl_rtnl_link, nlh);
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
	const struct tnl_rtnl *layout = tnl_rtnl_layout(kind);
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

/* Sends a change and, for links, the question what came of it in the same breath. */
static int send_change(struct tnl *t, struct nlmsghdr *nlh, const struct tnl_obj *want, struct tnl_obj *back)
{
	const struct tnl_rtnl *layout = tnl_rtnl_layout(want->kind);
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

/* Geneve says -EBUSY of what exists, and of a number that is taken every kind. */
int tnl_rtnl_call_it_exists(struct tnl *t, const struct tnl_kind *kind, int err)
{
	return err == -EBUSY && tnl_rtnl_layout(kind)->link ? t->error.code = -EEXIST : err;
}

static int rtnl_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0};
	const char *netns = tnl_rtnl_layout(want->kind)->link ? tnl_obj_netns(want) : NULL;
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
	struct nlmsghdr *nlh = tnl_rtnl_start(buf, &tnl_rtnl_link, RTM_NEWLINK, 0, NULL);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	int err;

	ifi->ifi_index = ((const struct ifinfomsg *)link->head)->ifi_index;
	if (!ifi->ifi_index)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, tnl_obj_ifname(link));
	err = send_there(t, nlh, link, netns);
	return err == -EEXIST ? tnl_fail(t, TNL_KERNEL, err, NULL, "exists in %s", netns) : err;
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

int tnl_rtnl_record(struct tnl *t, const struct nlmsghdr *nlh)
{
	return tnl_record_rtnl(t, &tnl_kind_link, &tnl_rtnl_link, nlh);
}

static int rtnl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	char buf[TNL_MESSAGE] __attribute__((aligned(8))) = {0};
	int err = tnl_rtnl_build_remove(buf, obj);

	return err ? tnl_fail(t, TNL_REFUSED, err, NULL, "too large for a message") : send_change(t, (void *)buf, obj, NULL);
}

int tnl_rtnl_dump_about(struct tnl *t, const struct tnl_kind *kind, const struct tnl_obj *about,
		      int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	const struct tnl_rtnl *layout = tnl_rtnl_layout(kind);
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = tnl_rtnl_start(buf, layout, layout->get, NLM_F_DUMP, NULL);
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
	struct reading reading = { .obj = obj, .layout = &tnl_rtnl_link, .kind = obj->kind };
	char buf[256] __attribute__((aligned(8))) = {0};
	struct tnl_answer answer[2];
	int err;

	if (!tnl_rtnl_layout(obj->kind)->link)
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
