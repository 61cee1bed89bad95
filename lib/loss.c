// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What hangs on a link that making it again does not bring back. Words, addresses and routes do come back: recreate.c,
 * keep.c. What the kernel made itself, or learned, it makes or learns again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "devconf.h"
#include "handle.h"
#include "kernel.h"
#include "risk.h"

/* A link that is to go. */
struct link {
	uint32_t index;
	size_t at;
	const struct tnl_obj *obj;
};

struct loss {
	struct tnl *t;
	int (*cb)(void *arg, size_t at, const char *text);
	void *arg;
	struct link *links; /* by their numbers */
	size_t count;
	struct tnl_devconf usual;
};

static int tell(const struct loss *loss, const struct link *link, const char *what, const char *which)
{
	char text[TNL_TEXT_MAX];

	snprintf(text, sizeof(text), "%s %s", what, which);
	return loss->cb(loss->arg, link->at, text);
}

/* NULL: it stays. */
static const struct link *link_of(const struct loss *loss, uint32_t index)
{
	const struct link key = { .index = index };

	return bsearch(&key, loss->links, loss->count, sizeof(key), tnl_by_number);
}

/* The attributes of a message behind its header of SIZE bytes; -EBADMSG. */
static int read_attrs(const struct nlmsghdr *nlh, size_t size, struct tnl_set *set)
{
	if (mnl_nlmsg_get_payload_len(nlh) < size)
		return -EBADMSG;
	*set = (struct tnl_set){ .data = mnl_nlmsg_get_payload_offset(nlh, size),
				 .len = mnl_nlmsg_get_payload_len(nlh) - MNL_ALIGN(size) };
	return 0;
}

/* A text in SET; NULL: none, or without an end. */
static const char *text_in(const struct tnl_set *set, uint16_t type)
{
	const struct nlattr *attr = tnl_set_find(set, type);

	return attr && memchr(mnl_attr_get_payload(attr), 0, mnl_attr_get_payload_len(attr)) ?
	       mnl_attr_get_payload(attr) : NULL;
}

static uint32_t number_in(const struct tnl_set *set, uint16_t type)
{
	const struct nlattr *attr = tnl_set_find(set, type);

	return attr && mnl_attr_get_payload_len(attr) == 4 ? mnl_attr_get_u32(attr) : 0;
}

/* ---- each of them ---- */

static int tell_altnames(const struct loss *loss, const struct link *link)
{
	const struct nlattr *list = tnl_set_find(&link->obj->top, IFLA_PROP_LIST), *attr;
	int err = 0;

	if (list)
		mnl_attr_for_each_nested(attr, list)
			if (!err && mnl_attr_get_type(attr) == IFLA_ALT_IFNAME &&
			    memchr(mnl_attr_get_payload(attr), 0, mnl_attr_get_payload_len(attr)))
				err = tell(loss, link, "altname", mnl_attr_get_payload(attr));
	return err;
}

/* The kernel's own have no handle, or are leaves below one. */
static int tell_qdisc(void *arg, const struct nlmsghdr *nlh)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	const struct loss *loss = arg;
	const struct link *link;
	struct tnl_set set;
	const char *kind;

	if (read_attrs(nlh, sizeof(*tc), &set))
		return -EBADMSG;
	kind = text_in(&set, TCA_KIND);
	link = link_of(loss, tc->tcm_ifindex);
	if (!link || !tc->tcm_handle || !kind ||
	    (tc->tcm_parent != TC_H_ROOT && tc->tcm_parent != TC_H_INGRESS))
		return 0;
	return tell(loss, link, "qdisc", kind);
}

static int tell_neighbour(void *arg, const struct nlmsghdr *nlh)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	char text[INET6_ADDRSTRLEN];
	const struct loss *loss = arg;
	const struct nlattr *dst;
	const struct link *link;
	struct tnl_set set;

	if (read_attrs(nlh, sizeof(*nd), &set))
		return -EBADMSG;
	dst = tnl_set_find(&set, NDA_DST);
	link = link_of(loss, nd->ndm_ifindex);
	if (!link || !dst || !(nd->ndm_state & NUD_PERMANENT || nd->ndm_flags & NTF_PROXY) ||
	    mnl_attr_get_payload_len(dst) != (nd->ndm_family == AF_INET6 ? 16 : 4) ||
	    !inet_ntop(nd->ndm_family, mnl_attr_get_payload(dst), text, sizeof(text)))
		return 0;
	return tell(loss, link, nd->ndm_flags & NTF_PROXY ? "proxy neighbour" : "neighbour", text);
}

/* Not what comes with the link: its own MAC address, multicast, and where its own remote is. */
static bool is_own(const struct tnl_obj *link, const struct nlattr *mac, const struct nlattr *dst)
{
	const struct nlattr *own = tnl_set_find(&link->top, IFLA_ADDRESS);
	static const uint8_t none[6];
	const uint8_t *bytes = mnl_attr_get_payload(mac);
	struct tnl_val remote;
	bool no;
	const struct tnl_row *row = tnl_row_find(link->kind, "remote", &no);

	if (bytes[0] & 1 || (own && mnl_attr_get_payload_len(own) == 6 && !memcmp(mnl_attr_get_payload(own), bytes, 6)))
		return true;
	return !memcmp(bytes, none, 6) && row && dst && tnl_row_get(row, link, &remote) &&
	       mnl_attr_get_payload_len(dst) == remote.len && !memcmp(mnl_attr_get_payload(dst), remote.data, remote.len);
}

static int tell_fdb(void *arg, const struct nlmsghdr *nlh)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	const struct loss *loss = arg;
	const struct nlattr *mac;
	const struct link *link;
	const uint8_t *byte;
	struct tnl_set set;
	char text[20];

	if (read_attrs(nlh, sizeof(*nd), &set))
		return -EBADMSG;
	mac = tnl_set_find(&set, NDA_LLADDR);
	link = link_of(loss, nd->ndm_ifindex);
	if (!link || !mac || mnl_attr_get_payload_len(mac) != 6 ||
	    !(nd->ndm_state & (NUD_PERMANENT | NUD_NOARP)) || is_own(link->obj, mac, tnl_set_find(&set, NDA_DST)))
		return 0;
	byte = mnl_attr_get_payload(mac);
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", byte[0], byte[1], byte[2], byte[3], byte[4], byte[5]);
	return tell(loss, link, "fdb", text);
}

static int tell_nexthop(void *arg, const struct nlmsghdr *nlh)
{
	const struct loss *loss = arg;
	const struct link *link;
	struct tnl_set set;
	char text[12];

	if (read_attrs(nlh, sizeof(struct nhmsg), &set))
		return -EBADMSG;
	link = link_of(loss, number_in(&set, NHA_OIF));
	if (!link)
		return 0;
	snprintf(text, sizeof(text), "%u", number_in(&set, NHA_ID));
	return tell(loss, link, "nexthop", text);
}

struct telling {
	const struct loss *loss;
	const struct link *link;
};

static int tell_setting(void *arg, const char *which)
{
	const struct telling *telling = arg;

	return tell(telling->loss, telling->link, "sysctl", which);
}

static int tell_settings(struct loss *loss, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct telling telling = { loss, NULL };
	struct tnl_set set;

	if (read_attrs(nlh, sizeof(*ifi), &set))
		return -EBADMSG;
	telling.link = link_of(loss, ifi->ifi_index);
	return telling.link ? tnl_devconf_each(&loss->usual, &set, tell_setting, &telling) : 0;
}

static const char *const uppers[] = { "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec", "vxlan" };

static bool find_upper(const char *type, size_t len)
{
	for (size_t i = 0; i < sizeof(uppers) / sizeof(uppers[0]); i++)
		if (strlen(uppers[i]) == len && !strncmp(uppers[i], type, len))
			return true;
	return false;
}

/* Links over it that go with it, whatever they are. */
static int tell_upper(const struct loss *loss, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *info, *data;
	const struct link *link;
	const char *type, *name;
	struct tnl_set set, in;
	uint32_t lower;

	if (read_attrs(nlh, sizeof(*ifi), &set))
		return -EBADMSG;
	info = tnl_set_find(&set, IFLA_LINKINFO);
	name = text_in(&set, IFLA_IFNAME);
	if (!info || !name || tnl_set_find(&set, IFLA_LINK_NETNSID))
		return 0;
	in = (struct tnl_set){ .data = mnl_attr_get_payload(info), .len = mnl_attr_get_payload_len(info) };
	type = text_in(&in, IFLA_INFO_KIND);
	data = tnl_set_find(&in, IFLA_INFO_DATA);
	lower = number_in(&set, IFLA_LINK);
	if (type && !strcmp(type, "vxlan") && data) {
		in = (struct tnl_set){ .data = mnl_attr_get_payload(data), .len = mnl_attr_get_payload_len(data) };
		lower = number_in(&in, IFLA_VXLAN_LINK);
	}
	link = link_of(loss, lower);
	return type && link && find_upper(type, strlen(type)) ? tell(loss, link, type, name) : 0;
}

bool tnl_is_upper(const char *what, const char *name)
{
	const size_t len = strcspn(what, " ");

	return what[len] && !strcmp(what + len + 1, name) && find_upper(what, len);
}

static int tell_link(void *arg, const struct nlmsghdr *nlh)
{
	int err = tell_settings(arg, nlh);

	return err ? err : tell_upper(arg, nlh);
}

/* ---- all of them ---- */

/* The lists; what a kernel does not know, nothing can be in. */
static const struct list {
	uint16_t type, size; /* of the message, of its header */
	uint8_t family, flags;
	tnl_message *tell;
} lists[] = {
	{ RTM_GETQDISC, sizeof(struct tcmsg), .tell = tell_qdisc },
	{ RTM_GETNEIGH, sizeof(struct ndmsg), .tell = tell_neighbour },
	{ RTM_GETNEIGH, sizeof(struct ndmsg), .flags = NTF_PROXY, .tell = tell_neighbour },
	{ RTM_GETNEIGH, sizeof(struct ndmsg), .family = AF_BRIDGE, .tell = tell_fdb },
	{ RTM_GETNEXTHOP, sizeof(struct nhmsg), .tell = tell_nexthop },
	{ RTM_GETLINK, sizeof(struct ifinfomsg), .tell = tell_link },
};

static int tell_list(const struct loss *loss, const struct list *list)
{
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	uint8_t *head = mnl_nlmsg_put_extra_header(nlh, list->size);
	int err;

	nlh->nlmsg_type = list->type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	head[0] = list->family;
	if (list->flags)
		((struct ndmsg *)head)->ndm_flags = list->flags;
	if (list->type == RTM_GETLINK)
		mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = tnl_nl_dump(loss->t, &loss->t->route, nlh, NULL, list->tell, (void *)loss);
	if (err == -EOPNOTSUPP)
		err = loss->t->error.code = 0;
	return err < 0 && !loss->t->error.code ? tnl_lost(loss->t, err) : err;
}

/* What the link itself says. */
static int tell_own(const struct loss *loss, const struct link *link)
{
	int err = 0;

	tnl_each_row(row, link->obj->kind) /* the kernel does not tell it, so nobody knows what it was */
		if (!err && row->flags & TNL_BLIND && tnl_row_input(row))
			err = loss->cb(loss->arg, link->at, row->word);
	return err ? err : tell_altnames(loss, link);
}

int tnl_irrecoverable(struct tnl *t, struct tnl_obj *const objs[], size_t count,
		      int (*cb)(void *arg, size_t at, const char *text), void *arg)
{
	struct loss loss = { .t = t, .cb = cb, .arg = arg, .links = calloc(count + 1, sizeof(*loss.links)) };
	int err = 0;

	tnl_begin(t, NULL);
	if (!loss.links)
		return tnl_nomem(t);
	for (size_t at = 0; at < count; at++)
		if (objs[at]->kind->pattern && tnl_obj_index(objs[at]))
			loss.links[loss.count++] = (struct link){ tnl_obj_index(objs[at]), at, objs[at] };
	qsort(loss.links, loss.count, sizeof(*loss.links), tnl_by_number);
	for (size_t i = 0; i < loss.count && !err; i++)
		err = tell_own(&loss, &loss.links[i]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && !err && loss.count; i++)
		err = tell_list(&loss, &lists[i]);
	free(loss.links);
	return err;
}
