/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link NAME in the kernel's own words: what it tells of its kind, and how it is told to be another. */
#ifndef UNIT_RAW_H
#define UNIT_RAW_H

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#define NAME "tt0"

struct raw {
	char kind[16];
	char data[4096];
	size_t len; /* of DATA: IFLA_INFO_DATA as it came */
	uint32_t mtu;
};

static struct mnl_socket *nl;

static inline int ask(struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	static unsigned seq;
	char buf[32768];
	ssize_t len;

	nlh->nlmsg_seq = ++seq;
	assert_true(mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) > 0);
	len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	assert_true(len > 0);
	return mnl_cb_run(buf, len, seq, 0, cb, arg) < 0 ? -errno : 0;
}

static inline int take_raw(const struct nlmsghdr *nlh, void *arg)
{
	struct raw *raw = arg;
	const struct nlattr *attr, *in;

	mnl_attr_for_each (attr, nlh, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) == IFLA_MTU)
			raw->mtu = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) != IFLA_LINKINFO)
			continue;
		mnl_attr_for_each_nested (in, attr) {
			if (mnl_attr_get_type(in) == IFLA_INFO_KIND)
				snprintf(raw->kind, sizeof(raw->kind), "%s", mnl_attr_get_str(in));
			if (mnl_attr_get_type(in) != IFLA_INFO_DATA)
				continue;
			raw->len = mnl_attr_get_payload_len(in);
			assert_true(raw->len <= sizeof(raw->data));
			memcpy(raw->data, mnl_attr_get_payload(in), raw->len);
		}
	}
	return MNL_CB_OK;
}

static inline struct nlmsghdr *start(char *buf, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, NAME);
	return nlh;
}

static inline void read_raw(struct raw *raw)
{
	char buf[256] __attribute__((aligned(8)));

	memset(raw, 0, sizeof(*raw));
	assert_int_equal(ask(start(buf, RTM_GETLINK, 0), take_raw, raw), 0);
}

static inline const struct nlattr *find_attr(const struct raw *raw, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_payload ((void *)raw->data, raw->len)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static inline bool is_zero(const struct nlattr *attr)
{
	const char *data = mnl_attr_get_payload(attr);

	for (size_t i = 0; i < mnl_attr_get_payload_len(attr); i++)
		if (data[i])
			return false;
	return true;
}

/* Kernels differ in what of a change they want to hear. */
enum manner {
	ALL,
	ALL_BUT_ZEROS,
	ALL_BUT_NEW_ZEROS,
	DIFFERENT, /* what is gone as zeros */
	MANNERS
};

static inline void put_data(struct nlmsghdr *nlh, const struct raw *now, const struct raw *then, enum manner manner)
{
	static const char zeros[256];
	const struct nlattr *attr, *old;
	bool same;

	mnl_attr_for_each_payload ((void *)then->data, then->len) {
		old = find_attr(now, mnl_attr_get_type(attr));
		same = old && old->nla_len == attr->nla_len && !memcmp(old, attr, old->nla_len);
		if ((manner == ALL_BUT_ZEROS && is_zero(attr)) ||
		    (manner == ALL_BUT_NEW_ZEROS && is_zero(attr) && !same) || (manner == DIFFERENT && same))
			continue;
		mnl_attr_put(nlh, mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr), mnl_attr_get_payload(attr));
	}
	mnl_attr_for_each_payload ((void *)now->data, now->len)
		if (manner == DIFFERENT && !find_attr(then, mnl_attr_get_type(attr)))
			mnl_attr_put(nlh, mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr), zeros);
}

/* Tells the living link, which is NOW, to be THEN. */
static inline int change_raw(const struct raw *now, const struct raw *then, enum manner manner)
{
	char buf[8192] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = start(buf, RTM_NEWLINK, NLM_F_ACK);
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO), *data;

	mnl_attr_put_str(nlh, IFLA_INFO_KIND, then->kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	put_data(nlh, now, then, manner);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return ask(nlh, NULL, NULL);
}

#endif
