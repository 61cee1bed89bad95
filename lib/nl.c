// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Netlink sockets. Everything that comes in passes receive(): only the kernel is believed (any process may send to
 * our port), only whole messages, only answers to what we asked. libmnl's own receive path checks no sender.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "handle.h"
#include "kernel.h"

#define RECEIVE 32768 /* the kernel makes no larger piece of a dump */
#define DUMP_TRIES 10

int tnl_nl_open(struct tnl_nl *nl)
{
	static const int on = 1;
	struct timespec now;

	if (nl->fd >= 0)
		return 0;
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, nl->bus);
	if (nl->fd < 0)
		return -errno;
	clock_gettime(CLOCK_MONOTONIC, &now);
	nl->seq = now.tv_nsec;
	/* Kernels before 4.12 do not know it; then errors have no words. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	return 0;
}

void tnl_nl_close(struct tnl_nl *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
}

/* One datagram from the kernel, its length, or -errno. Datagrams of others are dropped. */
static ssize_t receive(struct tnl_nl *nl, void *buf, size_t size, int flags)
{
	for (;;) {
		struct sockaddr_nl from;
		struct iovec iov = { .iov_base = buf, .iov_len = size };
		struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1 };
		ssize_t len = recvmsg(nl->fd, &msg, flags);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		if (msg.msg_namelen != sizeof(from) || from.nl_family != AF_NETLINK || from.nl_pid != 0)
			continue;
		if (msg.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		return len;
	}
}

/*
 * As receive(), of answers. When something was lost, what did come is there already, as the kernel answers while we send: it
 * is read and no more is waited for. *WHY, 0 at first, is then what is returned at the end.
 */
static ssize_t receive_answer(struct tnl_nl *nl, void *buf, size_t size, int *why)
{
	for (;;) {
		ssize_t got = receive(nl, buf, size, *why ? MSG_DONTWAIT : 0);

		if (got >= 0)
			return got;
		if (*why && got != -ENOBUFS)
			return *why;
		*why = got;
	}
}

static int send_parts(struct tnl_nl *nl, struct iovec *iov, size_t count)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel), .msg_iov = iov, .msg_iovlen = count };

	for (;;) {
		if (sendmsg(nl->fd, &msg, 0) >= 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

static int transmit(struct tnl_nl *nl, struct nlmsghdr *first, struct nlmsghdr *second)
{
	struct iovec iov[2] = { { first, first->nlmsg_len }, { second, second ? second->nlmsg_len : 0 } };

	first->nlmsg_seq = ++nl->seq;
	if (second)
		second->nlmsg_seq = ++nl->seq;
	return send_parts(nl, iov, second ? 2 : 1);
}

/* Takes an acknowledgement apart: the code, and the kernel's own words where it has some. */
static void read_ack(const struct nlmsghdr *nlh, struct tnl_answer *answer)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh), skip = sizeof(*ack);
	const struct nlattr *attr;
	const void *at;

	answer->code = len < sizeof(*ack) ? -EBADMSG : ack->error;
	if (len < sizeof(*ack) || !(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += ack->msg.nlmsg_len - NLMSG_HDRLEN;
	if (MNL_ALIGN(skip) > len)
		return;
	at = (const char *)ack + MNL_ALIGN(skip);
	mnl_attr_for_each_payload(at, len - MNL_ALIGN(skip)) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG && mnl_attr_get_payload_len(attr) > 0)
			strncpy(answer->text, mnl_attr_get_payload(attr),
				mnl_attr_get_payload_len(attr) < sizeof(answer->text) ?
				mnl_attr_get_payload_len(attr) : sizeof(answer->text) - 1);
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS && mnl_attr_get_payload_len(attr) == 4)
			answer->offset = mnl_attr_get_u32(attr);
	}
}

int tnl_nl_talk(struct tnl_nl *nl, struct nlmsghdr *first, struct nlmsghdr *second,
		tnl_message *cb, void *arg, struct tnl_answer answer[2])
{
	struct nlmsghdr *const asked[2] = { first, second };
	bool open[2] = { true, second != NULL };
	char buf[RECEIVE] __attribute__((aligned(8)));
	int why = 0, err = tnl_nl_open(nl);

	memset(answer, 0, 2 * sizeof(*answer));
	if (!err)
		err = transmit(nl, first, second);
	while (!err && (open[0] || open[1])) {
		ssize_t got = receive_answer(nl, buf, sizeof(buf), &why);
		int len = got;

		if (got < 0)
			return got;
		for (struct nlmsghdr *nlh = (void *)buf; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
			int i = nlh->nlmsg_seq == first->nlmsg_seq ? 0 : 1;

			if (!open[i] || nlh->nlmsg_seq != asked[i]->nlmsg_seq)
				continue;
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				read_ack(nlh, &answer[i]);
				answer[i].done = true;
				open[i] = false;
				continue;
			}
			if (!(asked[i]->nlmsg_flags & NLM_F_ACK))
				open[i] = false; /* a question: its answer ends it */
			if (cb && !err)
				err = cb(arg, nlh);
		}
	}
	return err;
}

/* ---- streams ---- */

/* What one datagram says. */
static int sort_answers(struct tnl_stream *stream, uint32_t first, const struct nlmsghdr *nlh, int len, size_t *open,
			int (*cb)(void *arg, size_t at, const struct nlmsghdr *nlh), void *arg)
{
	int err = 0;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		uint32_t at = nlh->nlmsg_seq - first;
		struct tnl_answer *answer;

		if (at >= stream->count || stream->asked[at].answer.done)
			continue;
		answer = &stream->asked[at].answer;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			read_ack(nlh, answer);
		else if (cb && !err)
			err = cb(arg, at, nlh);
		if (nlh->nlmsg_type != NLMSG_ERROR && tnl_stream_message(stream, at)->nlmsg_flags & NLM_F_ACK)
			continue;
		answer->done = true;
		--*open;
	}
	return err;
}

int tnl_nl_stream(struct tnl_nl *nl, struct tnl_stream *stream,
		  int (*cb)(void *arg, size_t at, const struct nlmsghdr *nlh), void *arg)
{
	char buf[RECEIVE] __attribute__((aligned(8)));
	struct iovec iov = { stream->messages.data, stream->messages.len };
	size_t open = stream->count;
	int why = 0, err = tnl_nl_open(nl);
	uint32_t first = nl->seq + 1;

	for (size_t at = 0; at < stream->count; at++)
		tnl_stream_message(stream, at)->nlmsg_seq = ++nl->seq;
	if (!err && open)
		err = send_parts(nl, &iov, 1);
	stream->sent = !err;
	while (!err && open) {
		ssize_t got = receive_answer(nl, buf, sizeof(buf), &why);

		if (got < 0)
			return got;
		err = sort_answers(stream, first, (void *)buf, got, &open, cb, arg);
	}
	return err;
}

/* ---- groups ---- */

#define LISTEN_ROOM (8 << 20) /* bytes of events that may wait; the kernel grants a part of it to those without privilege */

int tnl_nl_join(struct tnl_nl *nl, uint32_t group)
{
	static const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	static const int room = LISTEN_ROOM;
	int err = tnl_nl_open(nl);
	bool fresh = !nl->bound;

	if (!err && fresh && bind(nl->fd, (const void *)&any, sizeof(any))) /* without a port nothing is delivered */
		err = -errno;
	if (!err && fresh && setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	nl->bound |= !err;
	if (!err && setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		err = -errno;
	return err;
}

int tnl_nl_listen(struct tnl_nl *nl, tnl_message *cb, void *arg)
{
	char buf[RECEIVE] __attribute__((aligned(8)));
	int err = 0;

	while (!err) {
		ssize_t got = receive(nl, buf, sizeof(buf), MSG_DONTWAIT);
		int len = got;

		if (got == -EAGAIN)
			return 0;
		if (got < 0)
			return got == -EMSGSIZE ? -ENOBUFS : got;
		for (struct nlmsghdr *nlh = (void *)buf; !err && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			err = cb(arg, nlh);
	}
	return err;
}

/* ---- dumps ---- */

/* One run of a dump into PILE. 1: done, 0: torn by a change meanwhile, -errno; said why when messages were lost. */
static int dump_once(struct tnl *t, struct tnl_nl *nl, struct nlmsghdr *request, void (*slim)(struct nlmsghdr *nlh),
		     struct tnl_pile *pile)
{
	char buf[RECEIVE] __attribute__((aligned(8)));
	bool torn = false;
	int err = transmit(nl, request, NULL);

	pile->len = 0;
	while (!err) {
		ssize_t got = receive(nl, buf, sizeof(buf), 0);
		int len = got;

		if (got < 0)
			return tnl_lost(t, got);
		for (struct nlmsghdr *nlh = (void *)buf, *next; mnl_nlmsg_ok(nlh, len); nlh = next) {
			next = mnl_nlmsg_next(nlh, &len);
			if (nlh->nlmsg_seq != request->nlmsg_seq)
				continue;
			torn |= nlh->nlmsg_flags & NLM_F_DUMP_INTR;
			if (nlh->nlmsg_type == NLMSG_DONE) { /* with the code of what cut it short, if anything did */
				int code = 0;

				if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
					memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
				return code < 0 ? code : !torn;
			}
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				struct tnl_answer answer = {0};

				read_ack(nlh, &answer);
				return answer.code;
			}
			if (slim)
				slim(nlh);
			err = tnl_pile_add(pile, nlh, MNL_ALIGN(nlh->nlmsg_len));
			if (err)
				return err;
		}
	}
	return err;
}

int tnl_nl_dump(struct tnl *t, struct tnl_nl *nl, struct nlmsghdr *request, void (*slim)(struct nlmsghdr *nlh),
		tnl_message *cb, void *arg)
{
	struct tnl_pile pile = {0};
	struct timespec pause = { .tv_nsec = 1000000 };
	static const int on = 1;
	int done, err = tnl_nl_open(nl);
	int left;

	if (err)
		return err;
	/* the kernel then filters by what the request names; before 4.20 everything comes and callers sort it out */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	done = dump_once(t, nl, request, slim, &pile);
	for (int i = 1; !done && i < DUMP_TRIES; i++) {
		nanosleep(&pause, NULL); /* whoever changes things gets a chance to finish */
		pause.tv_nsec *= 2;
		if (pause.tv_nsec > 500000000)
			pause.tv_nsec = 500000000;
		done = dump_once(t, nl, request, slim, &pile);
	}
	if (!done)
		err = tnl_fail(t, TNL_INCOMPLETE, -EINTR, NULL, "the kernel's list changed during each of %d readings",
			       DUMP_TRIES);
	else if (done < 0)
		err = done;
	left = pile.len;
	for (struct nlmsghdr *nlh = (void *)pile.data; !err && left && mnl_nlmsg_ok(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left))
		err = cb(arg, nlh);
	tnl_pile_free(&pile);
	return err;
}

/* ---- names and indexes of interfaces ---- */

static int take_index(void *arg, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct tnl *t = arg;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		size_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) == IFLA_IFNAME && len <= IFNAMSIZ &&
		    memchr(mnl_attr_get_payload(attr), 0, len)) {
			t->known.index = ifi->ifi_index;
			strcpy(t->known.name, mnl_attr_get_payload(attr));
		}
	}
	return 0;
}

static int look_up(struct tnl *t, int index, const char *name)
{
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	struct tnl_answer answer[2];
	int err;

	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	ifi->ifi_index = index;
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	t->known.index = 0;
	err = tnl_nl_talk(&t->route, nlh, NULL, take_index, t, answer);
	if (!err)
		err = answer[0].code;
	return err ? err : t->known.index ? 0 : -ENODEV;
}

int tnl_ifindex(struct tnl *t, const char *name)
{
	int err = 0;

	if (!t->known.index || strcmp(t->known.name, name))
		err = look_up(t, 0, name);
	return err ? err : t->known.index;
}

/* With AHEAD, each is looked up once, and what is not there gets a number for the time being. */
int tnl_look_index(struct tnl_look *look, const char *name)
{
	struct tnl *t = (struct tnl *)look;
	int index = t->ahead ? tnl_names_number(&t->names, name) : 0, err;

	if (index)
		return index;
	index = tnl_ifindex(t, name);
	if (index == -ENODEV && t->ahead)
		return tnl_names_expect(&t->names, name);
	err = index > 0 && t->ahead ? tnl_names_put(&t->names, t->known.name, index) : 0; /* NAME may be another of its names */
	return err ? err : index;
}

int tnl_ifname_now(struct tnl *t, int index, char name[16])
{
	int err = t->known.index != index ? look_up(t, index, NULL) : 0;

	if (!err)
		strcpy(name, t->known.name);
	return err;
}

int tnl_look_name(struct tnl_look *look, int index, char name[16])
{
	struct tnl *t = (struct tnl *)look;
	const char *known = t->ahead || tnl_names_is_unborn(&t->names, index) ? tnl_names_name(&t->names, index) : NULL;

	if (!known && t->ahead)
		known = tnl_names_name(&t->born, index);
	if (!known)
		return tnl_ifname_now(t, index, name);
	strcpy(name, known);
	return 0;
}
