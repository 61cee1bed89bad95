// SPDX-License-Identifier: GPL-2.0-or-later
/* l2tpowner ID PORT: makes an L2TP tunnel over a UDP socket of its own; the tunnel goes with it, at the end of input. */
#include <arpa/inet.h>
#include <err.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/l2tp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char buf[4096];
static struct mnl_socket *nl;

static struct nlmsghdr *begin(uint16_t type, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static int take_id(const struct nlattr *attr, void *id)
{
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		*(uint16_t *)id = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int take_family(const struct nlmsghdr *nlh, void *id)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), take_id, id);
}

static void talk(const struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	int ret = mnl_socket_sendto(nl, nlh, nlh->nlmsg_len);

	while (ret > 0) {
		ret = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (ret > 0)
			ret = mnl_cb_run(buf, ret, 1, mnl_socket_get_portid(nl), cb, arg);
	}
	if (ret < 0)
		err(1, "netlink");
}

int main(int argc, char **argv)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) }, peer = own;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), id = argc > 1 ? atoi(argv[1]) : 1, port = argc > 2 ? atoi(argv[2]) : 5000;
	struct nlmsghdr *nlh;
	uint16_t family = 0;

	own.sin_port = htons(port);
	peer.sin_port = htons(port + 1);
	if (fd < 0 || bind(fd, (void *)&own, sizeof(own)) || connect(fd, (void *)&peer, sizeof(peer)))
		err(1, "socket");
	nl = mnl_socket_open(NETLINK_GENERIC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		err(1, "netlink");
	nlh = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, L2TP_GENL_NAME);
	talk(nlh, take_family, &family);
	nlh = begin(family, L2TP_CMD_TUNNEL_CREATE);
	mnl_attr_put_u32(nlh, L2TP_ATTR_CONN_ID, id);
	mnl_attr_put_u32(nlh, L2TP_ATTR_PEER_CONN_ID, id);
	mnl_attr_put_u8(nlh, L2TP_ATTR_PROTO_VERSION, 3);
	mnl_attr_put_u16(nlh, L2TP_ATTR_ENCAP_TYPE, 0);
	mnl_attr_put_u32(nlh, L2TP_ATTR_FD, fd);
	talk(nlh, NULL, NULL);
	while (read(STDIN_FILENO, buf, sizeof(buf)) > 0)
		;
	return 0;
}
