// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests that are sent together, as many as there is room for their answers. */
#include "step.h"

#include <errno.h>
#include <sys/socket.h>

#define SMALL 1280 /* what an answer without much in it takes up; measured: 277 of them in the usual buffer */

void tnl_stream_open(struct tnl_stream *stream)
{
	stream->messages = (struct tnl_pile){0};
	stream->count = stream->used = stream->room = 0;
}

struct nlmsghdr *tnl_stream_message(const struct tnl_stream *stream, size_t at)
{
	return (struct nlmsghdr *)(stream->messages.data + stream->asked[at].offset);
}

/* A refusal quotes what it refuses, in a buffer of twice its size at most. */
static size_t room_for(const struct nlmsghdr *nlh, size_t more)
{
	return SMALL + 2 * (nlh->nlmsg_len + more);
}

bool tnl_stream_fits(struct tnl_nl *nl, struct tnl_stream *stream, const struct nlmsghdr *nlh, size_t more)
{
	socklen_t len = sizeof(stream->room);

	if (!stream->count)
		return true;
	if (!stream->room && getsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &stream->room, &len))
		return false;
	return stream->count < TNL_STREAM && stream->used + room_for(nlh, more) <= (size_t)stream->room;
}

int tnl_stream_add(struct tnl_stream *stream, const struct nlmsghdr *nlh, size_t more)
{
	struct tnl_asked *asked = &stream->asked[stream->count];
	size_t offset = stream->messages.len;
	int err = tnl_pile_add(&stream->messages, nlh, MNL_ALIGN(nlh->nlmsg_len));

	if (err)
		return err;
	*asked = (struct tnl_asked){ .offset = offset };
	stream->count++;
	stream->used += room_for(nlh, more);
	return 0;
}

void tnl_stream_empty(struct tnl_stream *stream)
{
	stream->messages.len = stream->count = stream->used = 0;
}

/* ---- what failed ---- */

void tnl_tell_failure(struct tnl *t, struct tnl_verdict *verdict, size_t at, int err)
{
	struct tnl_error why = t->error;
	int ret = verdict->failed(verdict->arg, at);

	if (!verdict->err || (ret && !verdict->ended)) {
		verdict->err = ret ? ret : err;
		verdict->why = why;
	}
	verdict->ended |= ret != 0;
}

bool tnl_is_ended(struct tnl *t, struct tnl_verdict *verdict)
{
	if (!verdict->ended && t->stop.asked && t->stop.asked(t->stop.arg)) {
		tnl_begin(t, NULL);
		verdict->err = tnl_fail(t, TNL_KERNEL, -EINTR, NULL, "interrupted");
		verdict->why = t->error;
		verdict->ended = true;
	}
	return verdict->ended;
}

int tnl_verdict_of(struct tnl *t, const struct tnl_verdict *verdict)
{
	t->error = verdict->why;
	return verdict->err;
}
