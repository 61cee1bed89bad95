// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devconf.h"

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Names of the numbers that the kernel tells. Not those that words of the link bring (mtu, addr_gen_mode), that are told in
 * other units, or that other parts of the kernel set.
 */
static const char *const names4[] = { /* from 1 on */
	[IPV4_DEVCONF_FORWARDING - 1] = "forwarding",
	[IPV4_DEVCONF_PROXY_ARP - 1] = "proxy_arp",
	[IPV4_DEVCONF_ACCEPT_REDIRECTS - 1] = "accept_redirects",
	[IPV4_DEVCONF_SECURE_REDIRECTS - 1] = "secure_redirects",
	[IPV4_DEVCONF_SEND_REDIRECTS - 1] = "send_redirects",
	[IPV4_DEVCONF_SHARED_MEDIA - 1] = "shared_media",
	[IPV4_DEVCONF_RP_FILTER - 1] = "rp_filter",
	[IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE - 1] = "accept_source_route",
	[IPV4_DEVCONF_BOOTP_RELAY - 1] = "bootp_relay",
	[IPV4_DEVCONF_LOG_MARTIANS - 1] = "log_martians",
	[IPV4_DEVCONF_TAG - 1] = "tag",
	[IPV4_DEVCONF_ARPFILTER - 1] = "arp_filter",
	[IPV4_DEVCONF_MEDIUM_ID - 1] = "medium_id",
	[IPV4_DEVCONF_NOXFRM - 1] = "disable_xfrm",
	[IPV4_DEVCONF_NOPOLICY - 1] = "disable_policy",
	[IPV4_DEVCONF_FORCE_IGMP_VERSION - 1] = "force_igmp_version",
	[IPV4_DEVCONF_ARP_ANNOUNCE - 1] = "arp_announce",
	[IPV4_DEVCONF_ARP_IGNORE - 1] = "arp_ignore",
	[IPV4_DEVCONF_PROMOTE_SECONDARIES - 1] = "promote_secondaries",
	[IPV4_DEVCONF_ARP_ACCEPT - 1] = "arp_accept",
	[IPV4_DEVCONF_ARP_NOTIFY - 1] = "arp_notify",
	[IPV4_DEVCONF_ACCEPT_LOCAL - 1] = "accept_local",
	[IPV4_DEVCONF_SRC_VMARK - 1] = "src_valid_mark",
	[IPV4_DEVCONF_PROXY_ARP_PVLAN - 1] = "proxy_arp_pvlan",
	[IPV4_DEVCONF_ROUTE_LOCALNET - 1] = "route_localnet",
	[IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN - 1] = "ignore_routes_with_linkdown",
	[IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST - 1] = "drop_unicast_in_l2_multicast",
	[IPV4_DEVCONF_DROP_GRATUITOUS_ARP - 1] = "drop_gratuitous_arp",
	[IPV4_DEVCONF_BC_FORWARDING - 1] = "bc_forwarding",
};
static const char *const names6[] = {
	[DEVCONF_FORWARDING] = "forwarding",
	[DEVCONF_HOPLIMIT] = "hop_limit",
	[DEVCONF_ACCEPT_RA] = "accept_ra",
	[DEVCONF_ACCEPT_REDIRECTS] = "accept_redirects",
	[DEVCONF_AUTOCONF] = "autoconf",
	[DEVCONF_DAD_TRANSMITS] = "dad_transmits",
	[DEVCONF_USE_TEMPADDR] = "use_tempaddr",
	[DEVCONF_TEMP_VALID_LFT] = "temp_valid_lft",
	[DEVCONF_TEMP_PREFERED_LFT] = "temp_prefered_lft",
	[DEVCONF_FORCE_MLD_VERSION] = "force_mld_version",
	[DEVCONF_MAX_ADDRESSES] = "max_addresses",
	[DEVCONF_ACCEPT_RA_DEFRTR] = "accept_ra_defrtr",
	[DEVCONF_ACCEPT_RA_PINFO] = "accept_ra_pinfo",
	[DEVCONF_ACCEPT_RA_RTR_PREF] = "accept_ra_rtr_pref",
	[DEVCONF_ACCEPT_RA_RT_INFO_MAX_PLEN] = "accept_ra_rt_info_max_plen",
	[DEVCONF_PROXY_NDP] = "proxy_ndp",
	[DEVCONF_OPTIMISTIC_DAD] = "optimistic_dad",
	[DEVCONF_ACCEPT_SOURCE_ROUTE] = "accept_source_route",
	[DEVCONF_DISABLE_IPV6] = "disable_ipv6",
	[DEVCONF_ACCEPT_DAD] = "accept_dad",
	[DEVCONF_FORCE_TLLAO] = "force_tllao",
	[DEVCONF_NDISC_NOTIFY] = "ndisc_notify",
	[DEVCONF_SUPPRESS_FRAG_NDISC] = "suppress_frag_ndisc",
	[DEVCONF_ACCEPT_RA_FROM_LOCAL] = "accept_ra_from_local",
	[DEVCONF_USE_OPTIMISTIC] = "use_optimistic",
	[DEVCONF_ACCEPT_RA_MTU] = "accept_ra_mtu",
	[DEVCONF_USE_OIF_ADDRS_ONLY] = "use_oif_addrs_only",
	[DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN] = "ignore_routes_with_linkdown",
	[DEVCONF_DROP_UNICAST_IN_L2_MULTICAST] = "drop_unicast_in_l2_multicast",
	[DEVCONF_DROP_UNSOLICITED_NA] = "drop_unsolicited_na",
	[DEVCONF_KEEP_ADDR_ON_DOWN] = "keep_addr_on_down",
	[DEVCONF_SEG6_ENABLED] = "seg6_enabled",
	[DEVCONF_ENHANCED_DAD] = "enhanced_dad",
	[DEVCONF_DISABLE_POLICY] = "disable_policy",
	[DEVCONF_NDISC_TCLASS] = "ndisc_tclass",
	[DEVCONF_RPL_SEG_ENABLED] = "rpl_seg_enabled",
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct family {
	int version;
	uint16_t family, attr;
	const char *const *names;
	size_t count;
};

static const struct family families[] = {
	{ 4, AF_INET, IFLA_INET_CONF, names4, COUNT(names4) },
	{ 6, AF_INET6, IFLA_INET6_CONF, names6, COUNT(names6) },
};

/* A number that the thread's namespace has in that file. */
static bool read_usual(int family, const char *name, int32_t *value)
{
	char path[96], text[16];
	ssize_t len = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv%d/conf/default/%s", family, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[len > 0 ? len : 0] = 0;
	*value = atoi(text);
	return len > 0;
}

static void look(struct tnl_devconf *usual)
{
	_Static_assert(COUNT(names4) <= COUNT(usual->v4) && COUNT(names6) <= COUNT(usual->v6), "room for all");
	for (const struct family *f = families; f < families + COUNT(families); f++)
		for (size_t i = 0; i < f->count; i++) {
			struct tnl_usual *one = f->version == 4 ? &usual->v4[i] : &usual->v6[i];

			one->is = f->names[i] && read_usual(f->version, f->names[i], &one->value);
		}
	usual->known = true;
}

/* The list of numbers ATTR in the part of a family; *COUNT of them. */
static const char *numbers_in(const struct tnl_set *link, uint16_t family, uint16_t attr, size_t *count)
{
	const struct nlattr *spec = tnl_set_find(link, IFLA_AF_SPEC), *found = NULL;

	for (int depth = 0; spec && depth < 2; depth++) {
		struct tnl_set in = { .data = mnl_attr_get_payload(spec), .len = mnl_attr_get_payload_len(spec) };

		spec = tnl_set_find(&in, depth ? attr : family);
		found = depth ? spec : NULL;
	}
	*count = found ? mnl_attr_get_payload_len(found) / sizeof(int32_t) : 0;
	return found ? mnl_attr_get_payload(found) : NULL;
}

/* Where there is no DAD and no temporary addresses, by its kind, the kernel says so itself. */
static bool is_own(unsigned i, int32_t value)
{
	return value == -1 && (i == DEVCONF_ACCEPT_DAD || i == DEVCONF_USE_TEMPADDR);
}

int tnl_devconf_each(struct tnl_devconf *usual, const struct tnl_set *link, int (*cb)(void *arg, const char *which), void *arg)
{
	int err = 0;

	if (!usual->known)
		look(usual);
	for (const struct family *f = families; f < families + COUNT(families); f++) {
		const struct tnl_usual *those = f->version == 4 ? usual->v4 : usual->v6;
		const char *values;
		size_t count;

		values = numbers_in(link, f->family, f->attr, &count);
		for (size_t i = 0; i < count && i < f->count && !err; i++) {
			char which[64];
			int32_t value;

			memcpy(&value, values + i * sizeof(value), sizeof(value));
			if (!those[i].is || value == those[i].value || (f->version == 6 && is_own(i, value)))
				continue;
			snprintf(which, sizeof(which), "net.ipv%d %s", f->version, f->names[i]);
			err = cb(arg, which);
		}
	}
	return err;
}
