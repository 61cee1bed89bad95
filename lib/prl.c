// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The potential router list of an ISATAP link (RFC 5214): the only thing about tunnels that the kernel tells by ioctl
 * alone. What it keeps has no attributes, so private ones stand in. Kernel: net/ipv6/sit.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "link.h"

static const struct tnl_row rows[] = {
	{ .word = "dev", .codec = &tnl_dev, .scope = TNL_NEST, .attr = TNL_PRL_DEV, .attr_name = "device", .flags = TNL_ID | TNL_FIXED, .help = "the ISATAP link" },
	{ .word = "address", .codec = &tnl_addr4, .scope = TNL_NEST, .attr = TNL_PRL_ADDR, .attr_name = "addr", .flags = TNL_ID | TNL_FIXED, .help = "a router's address" },
	{ .word = "default", .no = "nodefault", .codec = &tnl_bool8, .scope = TNL_NEST, .attr = TNL_PRL_DEFAULT, .attr_name = "PRL_DEFAULT", .help = "default routes may lead there" },
	{0}
};

static int call(struct tnl *t, const struct tnl_obj *obj, unsigned long request, const char *name,
		struct ip_tunnel_prl *prl)
{
	struct ifreq ifr = { .ifr_data = (void *)prl };
	int err = t->look.name(&t->look, tnl_obj_number(obj, "dev"), ifr.ifr_name);

	if (err)
		return tnl_kernel_says(t, obj->kind, err, "dev", NULL);
	if (t->dry && request != SIOCGETPRL) {
		err = tnl_record(t, "ioctl %s of %s", name, ifr.ifr_name);
		return err ? err : tnl_record_attrs(t, obj->kind, TNL_NEST, obj->nest.data, obj->nest.len);
	}
	if (t->inet < 0)
		t->inet = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->inet < 0)
		return tnl_kernel_says(t, obj->kind, -errno, NULL, NULL);
	if (ioctl(t->inet, request, &ifr) == 0)
		return 0;
	return tnl_kernel_says(t, obj->kind, errno == EINVAL ? -ENODEV : -errno, NULL, NULL);
}

static struct ip_tunnel_prl encode(const struct tnl_obj *obj)
{
	struct ip_tunnel_prl prl = { .flags = tnl_obj_has(obj, "default") ? PRL_DEFAULT : 0 };
	struct tnl_val val;
	bool no;

	tnl_row_value_of(tnl_row_find(obj->kind, "address", &no), obj, &val);
	memcpy(&prl.addr, val.data, sizeof(prl.addr));
	return prl;
}

static int prl_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	struct ip_tunnel_prl prl = encode(want);

	(void)back;
	return call(t, want, SIOCADDPRL, "SIOCADDPRL", &prl);
}

static int prl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back)
{
	struct ip_tunnel_prl prl = encode(want);

	(void)now, (void)back;
	return call(t, want, SIOCCHGPRL, "SIOCCHGPRL", &prl);
}

static int prl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	struct ip_tunnel_prl prl = encode(obj);

	return call(t, obj, SIOCDELPRL, "SIOCDELPRL", &prl);
}

#define ROOM 256 /* routers that are asked for at first */

static int decode(struct tnl_obj *obj, uint32_t index, const struct ip_tunnel_prl *prl)
{
	uint8_t on = prl->flags & PRL_DEFAULT ? 1 : 0;

	if (tnl_set_put(&obj->nest, TNL_PRL_DEV, &index, sizeof(index)) ||
	    tnl_set_put(&obj->nest, TNL_PRL_ADDR, &prl->addr, sizeof(prl->addr)) ||
	    tnl_set_put(&obj->nest, TNL_PRL_DEFAULT, &on, sizeof(on)))
		return -ENOMEM;
	return 0;
}

/* Asks for the routers of the link that OBJ names until there is room for one more. *PRL, the first of which is the header
 * and which has *COUNT others, is the caller's, also after an error. */
static int read_list(struct tnl *t, const struct tnl_obj *obj, struct ip_tunnel_prl **prl, size_t *count)
{
	struct ip_tunnel_prl *more;
	int err;

	for (size_t room = ROOM;; room *= 2) {
		more = realloc(*prl, (1 + room) * sizeof(*more));
		if (!more)
			return tnl_nomem(t);
		*prl = more;
		more[0] = (struct ip_tunnel_prl){ .datalen = room * sizeof(*more) };
		err = call(t, obj, SIOCGETPRL, NULL, more);
		*count = more[0].datalen / sizeof(*more);
		if (err || *count < room)
			return err;
	}
}

struct list {
	struct tnl *t;
	struct tnl_roll routers;
};

/* A link that is gone has no routers. */
static int list_link(void *arg, const struct tnl_obj *link)
{
	uint32_t index = ((const struct ifinfomsg *)link->head)->ifi_index;
	struct ip_tunnel_prl *prl = NULL, none = {0};
	struct list *list = arg;
	struct tnl_obj *obj;
	size_t count = 0;
	int err;

	if (!tnl_obj_has(link, "isatap"))
		return 0;
	obj = tnl_obj_new(&tnl_kind_prl);
	err = !obj || decode(obj, index, &none) ? tnl_nomem(list->t) : read_list(list->t, obj, &prl, &count);
	for (size_t i = 1; !err && i <= count; i++)
		if (decode(obj, index, &prl[i]) || tnl_roll_add(&list->routers, tnl_obj_clone(obj)))
			err = tnl_nomem(list->t);
	if (err == -ENODEV)
		err = list->t->error.code = 0;
	tnl_obj_free(obj);
	free(prl);
	return err;
}

static int prl_dump(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	struct list list = { .t = t };
	int err = tnl_rtnl.dump(t, &tnl_kind_sit, list_link, &list);

	(void)kind;
	for (size_t i = 0; !err && i < list.routers.count; i++)
		err = cb(arg, list.routers.objs[i]);
	tnl_roll_free(&list.routers);
	return err;
}

struct search {
	struct tnl_obj *obj;
	bool found;
};

static int search_one(void *arg, const struct tnl_obj *obj)
{
	struct search *search = arg;

	tnl_each_row(row, obj->kind)
		if ((row->flags & TNL_ID) && !tnl_row_equal(row, obj, search->obj))
			return 0;
	search->found = true;
	return tnl_set_copy(&search->obj->nest, &obj->nest);
}

static int prl_get(struct tnl *t, struct tnl_obj *obj)
{
	struct search search = { obj, false };
	int err = prl_dump(t, obj->kind, search_one, &search);

	return err || search.found ? err : tnl_fail(t, TNL_KERNEL, -ENOENT, NULL, "no such router in the list");
}

static const struct tnl_transport by_ioctl = {
	.name = "ioctl", .scopes = 1 << TNL_NEST,
	.create = prl_create, .change = prl_change, .remove = prl_remove, .get = prl_get, .dump = prl_dump,
};
static const struct tnl_transport *const via[] = { &by_ioctl, NULL };
static const struct tnl_row *const tables[] = { rows, NULL };

const struct tnl_kind tnl_kind_prl = {
	.name = "prl", .help = "a router in the list of an ISATAP link", .module = "sit",
	.rows = tables, .via = via, .lookup = true,
};
