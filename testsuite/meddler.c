// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * meddler rename|address: as udev and others do, sets the name or the MAC address of each new link as soon as the kernel
 * tells of it: X becomes X_r, an address 02:00:00:00:00:99. Says "ready", and "done NAME" for each.
 */
#include <err.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static struct mnl_socket *in, *out;
static bool renames;
static uint8_t met[1 << 16];

static int take_name(const struct nlattr *attr, void *name)
{
	if (mnl_attr_get_type(attr) == IFLA_IFNAME)
		*(const char **)name = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

static int meddle(const struct nlmsghdr *nlh, void *arg)
{
	static const uint8_t mac[] = { 2, 0, 0, 0, 0, 0x99 };
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(nlh);
	char buf[1024] __attribute__((aligned(8))) = {0}, other[32];
	struct nlmsghdr *ask = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(ask, sizeof(*ifi));
	const char *name = NULL;

	(void)arg;
	if (nlh->nlmsg_type != RTM_NEWLINK || link->ifi_index <= 0 || met[link->ifi_index & 0xffff]++)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*link), take_name, &name);
	if (!name || (!renames && link->ifi_type != ARPHRD_ETHER))
		return MNL_CB_OK;
	ask->nlmsg_type = RTM_NEWLINK;
	ask->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	ifi->ifi_index = link->ifi_index;
	snprintf(other, sizeof(other), "%.13s_r", name);
	if (renames)
		mnl_attr_put_strz(ask, IFLA_IFNAME, other);
	else
		mnl_attr_put(ask, IFLA_ADDRESS, sizeof(mac), mac);
	mnl_socket_sendto(out, ask, ask->nlmsg_len);
	mnl_socket_recvfrom(out, buf, sizeof(buf));
	printf("done %s: %s\n", name, strerror(-((struct nlmsgerr *)mnl_nlmsg_get_payload((void *)buf))->error));
	fflush(stdout);
	return MNL_CB_OK;
}

int main(int argc, char **argv)
{
	char buf[32768];
	ssize_t got;

	renames = argc > 1 && !strcmp(argv[1], "rename");
	in = mnl_socket_open(NETLINK_ROUTE);
	out = mnl_socket_open(NETLINK_ROUTE);
	if (!in || !out || mnl_socket_bind(in, RTMGRP_LINK, MNL_SOCKET_AUTOPID) || mnl_socket_bind(out, 0, MNL_SOCKET_AUTOPID))
		err(1, "netlink");
	puts("ready");
	fflush(stdout);
	while ((got = mnl_socket_recvfrom(in, buf, sizeof(buf))) > 0 || errno == ENOBUFS)
		if (got > 0)
			mnl_cb_run(buf, got, 0, 0, meddle, NULL);
	err(1, "netlink");
}
