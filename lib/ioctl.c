// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Objects over SIOC*TUNNEL: rows say where struct ip_tunnel_parm or ip6_tnl_parm2 keeps their bytes.
 * Kernel: net/ipv4/ip_tunnel.c, net/ipv6/ip6_tunnel.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "handle.h"
#include "kernel.h"

static void or16(void *at, uint16_t bits)
{
	uint16_t u16;

	memcpy(&u16, at, 2);
	u16 |= bits;
	memcpy(at, &u16, 2);
}

static bool has16(const void *at, uint16_t bits)
{
	uint16_t u16;

	memcpy(&u16, at, 2);
	return u16 & bits;
}

/* What the ioctls carry: the kinds over IPv4 and over IPv6 have a struct each, both begin with the name. */
union parm {
	char name[IFNAMSIZ];
	struct ip_tunnel_parm v4;
	struct ip6_tnl_parm2 v6;
};

/* The attribute's own bytes where other rows share it, else the value or its default. */
static void copy_out(const struct tnl_row *row, const struct tnl_obj *obj, uint8_t *to)
{
	const struct nlattr *attr = tnl_set_find(&obj->nest, row->attr);
	struct tnl_val val;

	if (attr && mnl_attr_get_payload_len(attr) == row->old.len) {
		memcpy(to, mnl_attr_get_payload(attr), row->old.len);
	} else if (!row->mask && !row->field) {
		tnl_row_value_of(row, obj, &val);
		memcpy(to, val.data, row->old.len);
	}
}

static void encode(const struct tnl_obj *obj, union parm *parm)
{
	uint8_t *raw = (uint8_t *)parm;
	struct tnl_val val;

	memset(parm, 0, sizeof(*parm));
	strlcpy(parm->name, tnl_obj_ifname(obj), sizeof(parm->name));
	if (obj->kind->old.v6) {
		parm->v6.proto = obj->kind->old.proto;
		parm->v6.i_flags = obj->kind->old.iflags;
	} else {
		parm->v4.iph.version = 4;
		parm->v4.iph.ihl = 5;
		parm->v4.iph.protocol = obj->kind->old.proto;
		parm->v4.i_flags = obj->kind->old.iflags;
	}
	tnl_each_row(row, obj->kind) {
		if (row->old.how == TNL_OLD_COPY)
			copy_out(row, obj, raw + row->old.off);
		tnl_row_value_of(row, obj, &val);
		if (row->old.how == TNL_OLD_DF && val.data[0])
			parm->v4.iph.frag_off = TNL_IP_DF;
		if (row->old.how == TNL_OLD_KEY && tnl_row_is_set(row, obj)) {
			memcpy(raw + row->old.off, val.data, row->old.len);
			or16(raw + row->old.arg, GRE_KEY);
		}
	}
}

static int decode(const union parm *parm, struct tnl_obj *obj)
{
	const uint8_t *raw = (const uint8_t *)parm;
	int err = 0;

	tnl_each_row(row, obj->kind) {
		struct tnl_val val = { .len = row->codec->size, .plen = -1 };

		if (err)
			break;
		if (row->old.how == TNL_OLD_COPY)
			err = tnl_set_put(&obj->nest, row->attr, raw + row->old.off, row->old.len);
		if (row->old.how == TNL_OLD_DF) {
			val.data[0] = (parm->v4.iph.frag_off & TNL_IP_DF) != 0;
			err = tnl_row_put(row, obj, &val);
		}
		if (row->old.how == TNL_OLD_KEY) {
			memcpy(val.data, raw + row->old.off, row->old.len);
			err = has16(raw + row->old.arg, GRE_KEY) ? tnl_row_put(row, obj, &val) : tnl_row_clear(row, obj);
		}
	}
	return err;
}

static int request(struct tnl *t, const struct tnl_obj *obj, const char *device, unsigned long code, const char *name,
		   union parm *parm)
{
	int *inet = obj->kind->old.v6 ? &t->inet6 : &t->inet;
	struct ifreq ifr = { .ifr_data = (void *)parm };
	int err;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", device);
	if (t->dry && name) {
		err = tnl_record(t, "ioctl %s of %s", name, device);
		if (!err)
			err = tnl_record(t, "    name %s  (name)", parm->name);
		tnl_each_row(row, obj->kind) {
			struct tnl_val val;
			bool zero;

			if (err || !row->old.how || (row->mask && !row->instead && !tnl_row_is_set(row, obj)))
				continue;
			tnl_row_value_of(row, obj, &val);
			zero = !tnl_val_number(row->codec, &val);
			if (zero && !tnl_row_is_set(row, obj))
				continue;
			err = tnl_record_value(t, row->old.name, row, &val,
					       zero && !row->codec->hint ? row->no : row->word);
		}
		return err;
	}
	if (*inet < 0)
		*inet = socket(obj->kind->old.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*inet < 0)
		return tnl_kernel_says(t, obj->kind, -errno, NULL, NULL);
	if (ioctl(*inet, code, &ifr) == 0)
		return 0;
	err = code == SIOCADDTUNNEL && errno == ENOBUFS ? -EEXIST : -errno; /* how sit, ip6gre and vti6 say it */
	if (err == -ENODEV && !strcmp(device, obj->kind->old.base))
		return tnl_fail(t, TNL_KERNEL, err, NULL, "no device %s to ask: modprobe %s, or the namespace has none "
				"(net.core.fb_tunnels_only_for_init_net)", device, obj->kind->module);
	return tnl_kernel_says(t, obj->kind, err, NULL, NULL);
}

static int ioctl_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	union parm parm;

	(void)back;
	encode(want, &parm);
	return request(t, want, want->kind->old.base, SIOCADDTUNNEL, "SIOCADDTUNNEL", &parm);
}

static int ioctl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back)
{
	union parm parm;

	(void)back;
	encode(want, &parm);
	return request(t, want, tnl_obj_ifname(now), SIOCCHGTUNNEL, "SIOCCHGTUNNEL", &parm);
}

static int ioctl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	union parm parm;

	encode(obj, &parm);
	return request(t, obj, tnl_obj_ifname(obj), SIOCDELTUNNEL, "SIOCDELTUNNEL", &parm);
}

/* By its number, where that is known: somebody may have renamed it. */
static int ioctl_undo(struct tnl *t, const struct tnl_obj *obj)
{
	return ((const struct ifinfomsg *)obj->head)->ifi_index ? tnl_rtnl.remove(t, obj) : ioctl_remove(t, obj);
}

/* Puts the ioctl's answer over what rtnetlink said of the same rows. */
static int ioctl_get(struct tnl *t, struct tnl_obj *obj)
{
	union parm parm = {0};
	int err = request(t, obj, tnl_obj_ifname(obj), SIOCGETTUNNEL, NULL, &parm);

	if (!err && decode(&parm, obj))
		err = tnl_nomem(t);
	tnl_obj_drop_overlooked(obj);
	return err;
}

const struct tnl_transport tnl_ioctl = {
	.name = "ioctl", .scopes = 1 << TNL_NEST, .old = true, .replaces = true,
	.create = ioctl_create, .change = ioctl_change, .remove = ioctl_remove, .undo = ioctl_undo, .get = ioctl_get,
};
