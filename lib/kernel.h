/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's words, and what the system's headers may lack of them. Values are uapi: they never change. */
#ifndef TNL_KERNEL_H
#define TNL_KERNEL_H

#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/if_tunnel.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ip6_tunnel.h>
#include <linux/l2tp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#ifndef RTEXT_FILTER_SKIP_STATS
#define RTEXT_FILTER_SKIP_STATS (1 << 3) /* 4.4 */
#endif
#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12 /* 4.20 */
#endif

#ifndef IFAPROT_KERNEL_LL
#define IFAPROT_KERNEL_LL 3 /* 5.18 */
#endif

#define IP6_RT_PRIO_USER 1024 /* the metric of routes that are given none; in the kernel's own headers only */
#define TNL_IP_DF __cpu_to_be16(0x4000) /* of frag_off; in the kernel's own headers only */

/* Members of enums, of which the preprocessor cannot tell whether the headers (of 5.15 or later) have them. */
#define IFA_PROTO 11                       /* 5.18 */
#define IFLA_GENEVE_INNER_PROTO_INHERIT 14 /* 5.17 */
#define IFLA_VXLAN_VNIFILTER 30            /* 5.18 */
#define IFLA_VXLAN_LOCALBYPASS 31          /* 6.4 */
#define IFLA_GRO_MAX_SIZE 58               /* 5.19 */
#define IFLA_TSO_MAX_SIZE 59               /* 5.19 */
#define IFLA_TSO_MAX_SEGS 60               /* 5.19 */
#define IFLA_ALLMULTI 61                   /* 6.0 */
#define IFLA_XFRM_COLLECT_METADATA 3       /* 6.1 */

/*
 * What the kernel keeps but never reports over netlink has no attribute of its own. These stand in, far from the kernel's
 * numbers; they live in objects only and no transport sends them in a message.
 */
enum {
	TNL_PRIVATE = 0x1000,
	TNL_TUN_FLAGS,   /* those of TUNSETIFF that no IFLA_TUN_* tells */
	TNL_PRL_DEV,
	TNL_PRL_ADDR,
	TNL_PRL_DEFAULT,
	TNL_NETNS,       /* where a link goes; IFLA_NET_NS_FD when it is sent */
};

#endif
