// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * TUN and TAP by ioctl: the kernel refuses to make them over netlink but reports IFLA_TUN_*, so rows are acted out as
 * flags of TUNSETIFF and as TUNSET* calls. Attaching with other flags changes them: attach with what is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "handle.h"
#include "kernel.h"

#define TRIES 100 /* against somebody who renames */

static unsigned flags_of(const struct tnl_obj *obj)
{
	unsigned flags = obj->kind->tell.value;

	tnl_each_row(row, obj->kind) {
		if (row->old.how == TNL_OLD_IFF && tnl_row_is_set(row, obj))
			flags |= row->old.arg;
		if (row->old.how == TNL_OLD_NOIFF && !tnl_row_is_set(row, obj))
			flags |= row->old.arg;
	}
	return flags;
}

static int call(struct tnl *t, const struct tnl_obj *obj, int fd, unsigned long request, const char *name,
		unsigned long arg, const char *word)
{
	if (t->dry)
		return tnl_record(t, "ioctl %s %lu%s%s%s", name, arg, word ? "  (" : "", word ? word : "", word ? ")" : "");
	return ioctl(fd, request, arg) ? tnl_kernel_says(t, obj->kind, -errno, word, NULL) : 0;
}

/* Flags that this kernel does not know are dropped without a sound. */
static int check_flags(struct tnl *t, const struct tnl_obj *obj, int fd)
{
	struct ifreq ifr = {0};

	if (ioctl(fd, TUNGETIFF, &ifr))
		return tnl_kernel_says(t, obj->kind, -errno, NULL, NULL);
	tnl_each_row(row, obj->kind)
		if (row->old.how == TNL_OLD_IFF && tnl_row_is_set(row, obj) &&
		    !(ifr.ifr_flags & row->old.arg))
			return tnl_fail(t, TNL_KERNEL, -EOPNOTSUPP, row->word, "this kernel does not know it");
	return 0;
}

/* Attaches to OBJ's interface, making it when EXCL is IFF_TUN_EXCL. *FD is -1 where nothing was opened. */
static int attach(struct tnl *t, const struct tnl_obj *obj, unsigned excl, int *fd)
{
	unsigned index = ((const struct ifinfomsg *)obj->head)->ifi_index;
	struct ifreq ifr = {0};
	int err;

	*fd = -1;
	strlcpy(ifr.ifr_name, tnl_obj_ifname(obj), sizeof(ifr.ifr_name));
	ifr.ifr_flags = flags_of(obj) | excl;
	if (t->dry)
		return tnl_record(t, "ioctl TUNSETIFF %s flags 0x%04x", ifr.ifr_name, (uint16_t)ifr.ifr_flags);
	*fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (*fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO))
		return tnl_fail(t, TNL_KERNEL, -EPROTONOSUPPORT, NULL, "no /dev/net/tun: modprobe tun, or make the node "
				"(mknod /dev/net/tun c 10 200)");
	if (*fd < 0)
		return tnl_kernel_says(t, obj->kind, -errno, NULL, NULL);
	if (excl && index && ioctl(*fd, TUNSETIFINDEX, &index))
		err = -errno;
	else if (ioctl(*fd, TUNSETIFF, &ifr) == 0)
		return 0;
	else
		err = -errno;
	close(*fd);
	*fd = -1;
	if (excl && (err == -EBUSY || err == -EBADFD)) /* what TUNSETIFF says for a name that is taken by another tun */
		err = -EEXIST;
	if (excl && err == -EINVAL && tnl_ifindex(t, ifr.ifr_name) > 0) /* ... by another kind of link */
		err = -EEXIST;
	return tnl_kernel_says(t, obj->kind, err, NULL, !excl && err == -EBUSY ? "a program holds it" : NULL);
}

static int set_people(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, int fd)
{
	struct tnl_val val;
	int err = 0;

	tnl_each_row(row, want->kind) {
		if (err || row->old.how != TNL_OLD_CALL || !tnl_row_is_set(row, want))
			continue;
		if (now && tnl_row_equal(row, now, want))
			continue;
		tnl_row_get(row, want, &val);
		err = call(t, want, fd, row->old.arg, row->old.name, tnl_val_number(row->codec, &val), row->word);
	}
	return err;
}

/* Its name may be another by now, and the one that it had another's: only the descriptor knows. */
static int identify(struct tnl *t, struct tnl_obj *obj, int fd)
{
	struct ifreq link = {0}, own = {0};
	int err = tnl_nl_open(&t->route);

	strlcpy(link.ifr_name, tnl_obj_ifname(obj), sizeof(link.ifr_name));
	for (int i = 0; !err && i < TRIES; i++) {
		bool there = !ioctl(t->route.fd, SIOCGIFINDEX, &link);

		if (ioctl(fd, TUNGETIFF, &own))
			return tnl_kernel_says(t, obj->kind, -errno, NULL, NULL);
		if (there && !strcmp(own.ifr_name, link.ifr_name)) {
			((struct ifinfomsg *)obj->head)->ifi_index = link.ifr_ifindex;
			return tnl_obj_set_ifname(obj, own.ifr_name) ? tnl_nomem(t) : 0;
		}
		strlcpy(link.ifr_name, own.ifr_name, sizeof(link.ifr_name));
	}
	return tnl_kernel_says(t, obj->kind, err ? err : -EBUSY, NULL, err ? NULL : "somebody keeps renaming it");
}

static int tuntap_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	int fd, err = attach(t, want, IFF_TUN_EXCL, &fd);

	(void)back;
	if (!err && fd >= 0)
		err = check_flags(t, want, fd);
	if (!err)
		err = set_people(t, NULL, want, fd);
	if (!err && fd >= 0)
		err = identify(t, want, fd);
	if (!err)
		err = call(t, want, fd, TUNSETPERSIST, "TUNSETPERSIST", 1, NULL);
	if (fd >= 0)
		close(fd); /* on failure the interface goes with its only descriptor */
	return err;
}

/* Attaching with other flags would change them. */
static bool has_flags(const struct tnl_obj *obj)
{
	return tnl_set_find(&obj->nest, TNL_TUN_FLAGS);
}

/* The name that was attached to may be another's by now, or nobody's, and then of one that was made just now. */
static int check_number(struct tnl *t, const struct tnl_obj *now, int fd)
{
	int index = ((const struct ifinfomsg *)now->head)->ifi_index, err;
	struct tnl_obj *own = tnl_obj_clone(now);

	err = own ? identify(t, own, fd) : tnl_nomem(t);
	if (!err && index && index != ((const struct ifinfomsg *)own->head)->ifi_index)
		err = tnl_fail(t, TNL_KERNEL, -ENODEV, NULL, "has another name by now");
	tnl_obj_free(own);
	return err;
}

static int tuntap_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back)
{
	int fd, err;

	(void)back;
	if (!has_flags(now))
		return tnl_refuse(t, NULL, "its flags cannot be read: /sys is not this namespace's");
	err = attach(t, now, 0, &fd);
	if (!err && fd >= 0)
		err = check_number(t, now, fd);
	if (!err)
		err = set_people(t, now, want, fd);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Whether no program is attached. The kernel tells the queues only of those with many; others have room for one. */
static int check_free(struct tnl *t, const struct tnl_obj *obj)
{
	int fd = -1, err = -EBUSY;

	if (t->dry)
		return 0;
	if (!tnl_obj_number(obj, "numqueues") && !tnl_obj_number(obj, "numdisabled"))
		err = attach(t, obj, 0, &fd);
	if (fd >= 0)
		close(fd);
	if (err == -ENOMEM) /* no room for its queue: then it is nobody's, as that is asked first */
		err = t->error.code = 0;
	if (err == -EBUSY) /* of many queues the kernel tells */
		err = tnl_cure(t, TNL_CURE_RTNL, tnl_fail(t, TNL_KERNEL, err, NULL, "a program holds it"));
	return err;
}

/* Where attaching might change flags, only once it is to go. */
static int tuntap_removable(struct tnl *t, const struct tnl_obj *obj)
{
	return has_flags(obj) ? check_free(t, obj) : 0;
}

static int tuntap_remove(struct tnl *t, const struct tnl_obj *obj)
{
	int err = has_flags(obj) ? 0 : check_free(t, obj);

	return err ? err : tnl_rtnl.remove(t, obj); /* needs neither mode nor flags */
}

static int remove_anyway(struct tnl *t, const struct tnl_obj *obj)
{
	return tnl_rtnl.remove(t, obj);
}

/* What --via rtnl can do: delete, whoever holds it. */
const struct tnl_transport tnl_under_program = { .name = "rtnl", .remove = remove_anyway };

const struct tnl_transport tnl_tuntap = {
	.name = "tuntap", .scopes = 1 << TNL_NEST, .old = true, .numbers = true,
	.create = tuntap_create, .change = tuntap_change,
	.remove = tuntap_remove, .removable = tuntap_removable,
};
