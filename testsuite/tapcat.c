// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tapcat NAME tap|tun [pi] [vnet_hdr] [multi_queue] [one_queue]: the program at the other end of a TUN or TAP interface.
 *
 * Its standard input is /dev/net/tun. Attaches to the interface with these flags, prints "attached NAME" and answers whatever asks, for any address:
 * ARP requests with the MAC address 02:00:00:00:00:02, echo requests with their replies, until it is ended.
 * Exit status 1, with the reason: it may not attach.
 */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const unsigned char own[6] = { 2, 0, 0, 0, 0, 2 };

static void swap(unsigned char *a, unsigned char *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = a[i];

		a[i] = b[i];
		b[i] = c;
	}
}

/* Turns an echo request over IPv4 into its reply: type 8 becomes 0, which the checksum follows. */
static int answer_ip(unsigned char *ip, size_t len)
{
	unsigned char *icmp = ip + 4 * (size_t)(ip[0] & 15);
	unsigned sum;

	if (len < 28 || ip[0] >> 4 != 4 || ip[9] != 1 || icmp + 8 > ip + len || icmp[0] != 8)
		return 0;
	swap(ip + 12, ip + 16, 4);
	icmp[0] = 0;
	sum = (icmp[2] << 8 | icmp[3]) + 0x800;
	sum = (sum & 0xffff) + (sum >> 16);
	icmp[2] = sum >> 8;
	icmp[3] = sum & 0xff;
	return 1;
}

static int answer_frame(unsigned char *frame, size_t len)
{
	if (len >= 42 && frame[12] == 8 && frame[13] == 6 && frame[21] == 1) {
		frame[21] = 2;
		memcpy(frame, frame + 6, 6);
		memcpy(frame + 6, own, 6);
		swap(frame + 22, frame + 32, 10);
		memcpy(frame + 22, own, 6);
		return 1;
	}
	if (len < 14 || frame[12] != 8 || frame[13] != 0 || !answer_ip(frame + 14, len - 14))
		return 0;
	swap(frame, frame + 6, 6);
	return 1;
}

int main(int argc, char **argv)
{
	struct ifreq ifr = {0};
	unsigned char packet[65536];
	size_t head = 0;
	ssize_t len;
	int tap;

	if (argc < 3)
		return 2;
	tap = !strcmp(argv[2], "tap");
	ifr.ifr_flags = (tap ? IFF_TAP : IFF_TUN) | IFF_NO_PI;
	for (int i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "pi"))
			ifr.ifr_flags &= ~IFF_NO_PI;
		if (!strcmp(argv[i], "vnet_hdr"))
			ifr.ifr_flags |= IFF_VNET_HDR;
		if (!strcmp(argv[i], "multi_queue"))
			ifr.ifr_flags |= IFF_MULTI_QUEUE;
		if (!strcmp(argv[i], "one_queue"))
			ifr.ifr_flags |= IFF_ONE_QUEUE;
	}
	head += ifr.ifr_flags & IFF_NO_PI ? 0 : sizeof(struct tun_pi);
	head += ifr.ifr_flags & IFF_VNET_HDR ? sizeof(struct virtio_net_hdr) : 0;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", argv[1]);
	if (ioctl(0, TUNSETIFF, &ifr)) {
		fprintf(stderr, "tapcat: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	printf("attached %s\n", ifr.ifr_name);
	fflush(stdout);
	while ((len = read(0, packet, sizeof(packet))) >= (ssize_t)head) {
		size_t rest = (size_t)len - head;

		if (tap ? answer_frame(packet + head, rest) : answer_ip(packet + head, rest))
			if (write(0, packet, (size_t)len) != len)
				return 1;
	}
	return 0;
}
