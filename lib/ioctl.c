// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects over SIOC*TUNNEL: rows say where struct ip_tunnel_parm keeps their bytes. Kernel: net/ipv4/ip_tunnel.c. */
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

static void encode(const struct tnl_obj *obj, struct ip_tunnel_parm *parm)
{
	uint8_t *raw = (uint8_t *)parm;
	struct tnl_val val;

	memset(parm, 0, sizeof(*parm));
	strlcpy(parm->name, tnl_obj_ifname(obj), sizeof(parm->name));
	parm->iph.version = 4;
	parm->iph.ihl = 5;
	parm->iph.protocol = obj->kind->old.proto;
	parm->i_flags = obj->kind->old.iflags;
	tnl_each_row(row, obj->kind) {
		if (!row->old.how)
			continue;
		tnl_row_value_of(row, obj, &val);
		if (row->old.how == TNL_OLD_DF && val.data[0])
			parm->iph.frag_off = TNL_IP_DF;
		else if (row->old.how == TNL_OLD_COPY && row->mask && tnl_row_set(row, obj))
			or16(raw + row->old.off, row->mask);
		else if (row->old.how == TNL_OLD_COPY && !row->mask)
			memcpy(raw + row->old.off, val.data, row->old.len);
		else if (row->old.how == TNL_OLD_KEY && tnl_row_set(row, obj)) {
			memcpy(raw + row->old.off, val.data, row->old.len);
			or16(raw + row->old.arg, GRE_KEY);
		}
	}
}

static int decode(const struct ip_tunnel_parm *parm, struct tnl_obj *obj)
{
	const uint8_t *raw = (const uint8_t *)parm;
	int err = 0;

	tnl_each_row(row, obj->kind) {
		struct tnl_val val = { .len = row->codec->size, .plen = -1 };
		bool on = true;

		if (!row->old.how || err)
			continue;
		if (row->old.how == TNL_OLD_DF) {
			val.data[0] = (parm->iph.frag_off & TNL_IP_DF) != 0;
		} else if (row->mask && !row->bits) {
			on = has16(raw + row->old.off, row->mask);
			tnl_val_set(row->codec, &val, on);
		} else {
			on = row->old.how != TNL_OLD_KEY || has16(raw + row->old.arg, GRE_KEY);
			memcpy(val.data, raw + row->old.off, row->old.len);
		}
		err = on ? tnl_row_put(row, obj, &val) : tnl_row_clear(row, obj);
	}
	return err;
}

static int request(struct tnl *t, const struct tnl_obj *obj, const char *device, unsigned long request, const char *name,
		   struct ip_tunnel_parm *parm)
{
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

			if (err || !row->old.how || (row->mask && !tnl_row_set(row, obj)))
				continue;
			tnl_row_value_of(row, obj, &val);
			zero = !tnl_val_number(row->codec, &val);
			if (zero && !tnl_row_set(row, obj))
				continue;
			err = tnl_record_value(t, row->old.name, row, &val,
					       zero && !row->codec->hint ? row->no : row->word);
		}
		return err;
	}
	if (t->inet < 0)
		t->inet = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->inet < 0)
		return tnl_kernel_says(t, obj->kind, -errno, NULL, NULL);
	if (ioctl(t->inet, request, &ifr) == 0)
		return 0;
	err = -errno;
	if (err == -ENODEV && !strcmp(device, obj->kind->old.base))
		return tnl_fail(t, TNL_KERNEL, err, NULL, "no device %s to ask: modprobe %s, or the namespace has none "
				"(net.core.fb_tunnels_only_for_init_net)", device, obj->kind->module);
	return tnl_kernel_says(t, obj->kind, err, NULL, NULL);
}

static int ioctl_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	struct ip_tunnel_parm parm;

	(void)back;
	encode(want, &parm);
	return request(t, want, want->kind->old.base, SIOCADDTUNNEL, "SIOCADDTUNNEL", &parm);
}

static int ioctl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back)
{
	struct ip_tunnel_parm parm;

	(void)back;
	encode(want, &parm);
	return request(t, want, tnl_obj_ifname(now), SIOCCHGTUNNEL, "SIOCCHGTUNNEL", &parm);
}

static int ioctl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	struct ip_tunnel_parm parm;

	encode(obj, &parm);
	return request(t, obj, tnl_obj_ifname(obj), SIOCDELTUNNEL, "SIOCDELTUNNEL", &parm);
}

/* Puts the ioctl's answer over what rtnetlink said of the same rows. */
static int ioctl_get(struct tnl *t, struct tnl_obj *obj)
{
	struct ip_tunnel_parm parm = {0};
	int err = request(t, obj, tnl_obj_ifname(obj), SIOCGETTUNNEL, NULL, &parm);

	if (!err && decode(&parm, obj))
		err = tnl_nomem(t);
	return err;
}

const struct tnl_transport tnl_ioctl = {
	.name = "ioctl", .scopes = 1 << TNL_NEST, .old = true, .replaces = true,
	.create = ioctl_create, .change = ioctl_change, .remove = ioctl_remove, .get = ioctl_get,
};
