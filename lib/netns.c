// SPDX-License-Identifier: LGPL-2.1-or-later
/* Network namespaces: by name, path or process; their numbers; a socket in another one. */
#include <errno.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "handle.h"
#include "kernel.h"

int tnl_netns_open(const char *name)
{
	char path[TNL_TEXT_MAX];
	int fd;

	if (strchr(name, '/'))
		strlcpy(path, name, sizeof(path));
	else if (*name && strspn(name, "0123456789") == strlen(name))
		snprintf(path, sizeof(path), "/proc/%s/ns/net", name);
	else
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		return fd < 0 ? -errno : fd;
	close(fd);
	return -EINVAL;
}

/* Opens NL's socket in the namespace called NAME. */
static int open_there(const char *name, struct tnl_nl *nl)
{
	int err = 0, here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), there = tnl_netns_open(name);

	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET)) {
		err = there < 0 ? there : -errno;
	} else {
		err = tnl_nl_open(nl);
		if (setns(here, CLONE_NEWNET)) { /* the thread would go on in the wrong place */
			tnl_nl_close(nl);
			err = -ENOTRECOVERABLE;
		}
	}
	if (here >= 0)
		close(here);
	if (there >= 0)
		close(there);
	return err;
}

int tnl_netns_enter(struct tnl *t, const char *name, struct tnl_nl *here)
{
	struct tnl_nl there = { .bus = t->route.bus, .fd = -1 };
	int err = tnl_nl_open(&t->route);

	if (!err)
		err = open_there(name, &there);
	if (err)
		return err;
	*here = t->route;
	t->route = there;
	t->known.index = 0;
	return 0;
}

void tnl_netns_leave(struct tnl *t, struct tnl_nl *here)
{
	if (here->fd < 0)
		return;
	tnl_nl_close(&t->route);
	t->route = *here;
	t->known.index = 0;
}

static int take_nsid(void *arg, const struct nlmsghdr *nlh)
{
	int32_t *id = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct rtgenmsg))
		if (mnl_attr_get_type(attr) == NETNSA_NSID && mnl_attr_get_payload_len(attr) == 4)
			*id = mnl_attr_get_u32(attr);
	return 0;
}

/* The number by which this namespace knows the one called NAME; -ENOENT: it has none. */
int tnl_netns_id(struct tnl_look *look, const char *name)
{
	struct tnl *t = (struct tnl *)look;
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int32_t id = NETNSA_NSID_NOT_ASSIGNED;
	struct tnl_answer answer[2];
	int err, fd = tnl_netns_open(name);

	if (fd < 0)
		return fd;
	nlh->nlmsg_type = RTM_GETNSID;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	mnl_nlmsg_put_extra_header(nlh, MNL_ALIGN(sizeof(struct rtgenmsg)));
	mnl_attr_put_u32(nlh, NETNSA_FD, fd);
	err = tnl_nl_talk(&t->route, nlh, NULL, take_nsid, &id, answer);
	close(fd);
	if (!err)
		err = answer[0].code;
	return err ? err : id < 0 ? -ENOENT : id;
}
