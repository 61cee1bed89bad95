// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Removing many: each link that goes alone is waited for, 17 to 20 ms of it, but a group of links goes as one. So links are
 * moved into a group that nobody has, which is looked at once more before it goes. A fallback device in it would stay
 * without a word, and a link that the kernel cannot delete so would make it refuse all: neither gets there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "atomic.h"
#include "kernel.h"
#include "rtnl.h"
#include "step.h"

#define LEAST 3     /* fewer are not worth two lists of all links */
#define CHUNK 1000  /* go at once; nobody else can change any link meanwhile */
#define TRIES 10    /* to find groups that nobody has */
#define TOLD 1536   /* a link that is still there is told in that many bytes */

/* Something that shall go. */
struct going {
	uint32_t index; /* of a link that can go with others, 0: alone */
	size_t at;
	uint32_t former, group; /* where it was moved to, 0: nowhere */
	bool seen, gone;
	size_t noted; /* how many notes were there with its own */
};

/* Links with one group. */
struct chunk {
	struct going *going;
	size_t count;
	uint32_t group;
	bool spoilt; /* somebody has that group, or it is not as it should be */
};

struct party {
	struct tnl *t;
	struct going *going; /* those that go together, by their numbers */
	size_t count;
	struct tnl_stream stream;
	struct going *whose[TNL_STREAM];
	size_t chunk_count;
	struct chunk chunks[];
};

/* ---- all links are looked at ---- */

static uint32_t group_of(const struct tnl_obj *link)
{
	const struct nlattr *group = tnl_set_find(&link->top, IFLA_GROUP);

	return group && mnl_attr_get_payload_len(group) == 4 ? mnl_attr_get_u32(group) : 0;
}

/* Who has our groups: those that we moved there, or others. */
static int look_at(void *arg, const struct tnl_obj *link)
{
	struct party *party = arg;
	size_t n = group_of(link) - party->chunks->group;
	struct going key = { .index = tnl_obj_index(link) }, *going;

	if (n >= party->chunk_count)
		return 0;
	going = bsearch(&key, party->going, party->count, sizeof(key), tnl_by_number);
	if (going && going->group == party->chunks[n].group)
		going->seen = true;
	else
		party->chunks[n].spoilt = true;
	return 0;
}

static bool is_spoilt(const struct party *party)
{
	for (size_t i = 0; i < party->chunk_count; i++)
		if (party->chunks[i].spoilt)
			return true;
	return false;
}

/* Numbers that no person would choose. */
static bool choose_groups(struct party *party)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t first;

		if (getrandom(&first, sizeof(first), 0) != sizeof(first))
			return false;
		first = (first & 0x7fffffff) | 0x1000000;
		for (size_t n = 0; n < party->chunk_count; n++) {
			party->chunks[n].group = first + n;
			party->chunks[n].spoilt = false;
		}
		if (party->t->dry)
			return true;
		if (tnl_rtnl.dump(party->t, &tnl_kind_link, look_at, party))
			return false;
		if (!is_spoilt(party))
			return true;
	}
	return false;
}

/* ---- messages ---- */

typedef void hearing(struct going *going, int code);

static void hear_moved(struct going *going, int code)
{
	if (code)
		going->group = 0;
}

/* That it is gone may have been said before, to nobody. */
static void hear_back(struct going *going, int code)
{
	going->gone = code == -ENODEV;
	if (!code || code == -ENODEV)
		going->group = 0;
}

static void hear_asked(struct going *going, int code)
{
	going->gone = code == -ENODEV;
}

static void flush(struct party *party, hearing *hear)
{
	tnl_nl_stream(&party->t->route, &party->stream, NULL, NULL);
	for (size_t i = 0; i < party->stream.count; i++)
		if (party->stream.asked[i].answer.done) /* what is lost is seen when all links are looked at */
			hear(party->whose[i], party->stream.asked[i].answer.code);
	tnl_stream_empty(&party->stream);
}

static void put(struct party *party, struct going *going, const struct nlmsghdr *nlh, size_t more, hearing *hear)
{
	if (party->t->dry) {
		tnl_rtnl_record(party->t, nlh);
		return;
	}
	if (!tnl_stream_fits(&party->t->route, &party->stream, nlh, more))
		flush(party, hear);
	party->whose[party->stream.count] = going;
	if (tnl_stream_add(&party->stream, nlh, more))
		hear(going, -ENOMEM);
}

#define each_going(going, chunk) \
	for (struct going *going = (chunk)->going; going < (chunk)->going + (chunk)->count; going++)

static void move_in(struct party *party, const struct chunk *chunk)
{
	each_going(going, chunk) {
		char buf[64] __attribute__((aligned(8))) = {0};

		going->group = chunk->group;
		put(party, going, tnl_rtnl_build_group(buf, going->index, chunk->group), 0, hear_moved);
	}
	flush(party, hear_moved);
}

static void move_back(struct party *party, const struct chunk *chunk)
{
	each_going(going, chunk) {
		char buf[64] __attribute__((aligned(8))) = {0};

		if (going->group && !going->gone)
			put(party, going, tnl_rtnl_build_group(buf, going->index, going->former), 0, hear_back);
	}
	flush(party, hear_back);
}

/* Whatever the kernel said: a link that it does not know any more is gone. */
static void remove_chunk(struct party *party, const struct chunk *chunk)
{
	char buf[64] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = tnl_rtnl_build_group(buf, 0, chunk->group);
	struct tnl_answer answer[2];

	if (party->t->dry)
		tnl_rtnl_record(party->t, nlh);
	else
		tnl_nl_talk(&party->t->route, nlh, NULL, NULL, NULL, answer);
	each_going(going, chunk) {
		struct tnl_obj which = { .kind = &tnl_kind_link };
		char ask[256] __attribute__((aligned(8))) = {0};

		going->gone = party->t->dry;
		((struct ifinfomsg *)which.head)->ifi_index = going->index;
		if (going->seen && !going->gone)
			put(party, going, tnl_rtnl_ask(ask, &which), TOLD, hear_asked);
	}
	flush(party, hear_asked);
}

/* ---- all of it ---- */

/* What is moved is looked at before it goes, all of it and who else has its groups. */
static void remove_chunks(struct party *party, struct tnl_verdict *verdict)
{
	bool torn;

	for (size_t i = 0; i < party->chunk_count; i++)
		move_in(party, &party->chunks[i]);
	torn = !party->t->dry && tnl_rtnl.dump(party->t, &tnl_kind_link, look_at, party);
	for (size_t i = 0; i < party->count && !torn && !party->t->dry; i++)
		if (!party->going[i].seen) /* gone, or somebody gave it another group */
			party->going[i].group = 0;
	for (size_t i = 0; i < party->chunk_count; i++) {
		if (!torn && !party->chunks[i].spoilt && !tnl_is_ended(party->t, verdict))
			remove_chunk(party, &party->chunks[i]);
		move_back(party, &party->chunks[i]);
	}
}

/* What is not gone afterwards has its former group, or that it has not is told. */
static int remove_together(struct tnl *t, struct tnl_obj *const objs[], struct going *going, size_t count,
			   struct tnl_verdict *verdict)
{
	size_t chunks = (count + CHUNK - 1) / CHUNK;
	struct party *party = calloc(1, sizeof(*party) + chunks * sizeof(*party->chunks));

	if (!party)
		return tnl_nomem(t);
	party->t = t;
	party->going = going;
	party->count = count;
	party->chunk_count = chunks;
	qsort(going, count, sizeof(*going), tnl_by_number);
	for (size_t i = 0; i < chunks; i++) {
		party->chunks[i].going = going + i * CHUNK;
		party->chunks[i].count = i + 1 < chunks ? CHUNK : count - i * CHUNK;
	}
	if (choose_groups(party))
		remove_chunks(party, verdict);
	for (size_t i = 0; i < count; i++) {
		if (!going[i].group || going[i].gone)
			continue;
		tnl_begin(t, objs[going[i].at]);
		tnl_tell_failure(t, verdict, going[i].at, tnl_fail(t, TNL_BROKEN, -EIO, "group",
				 "it is in group %u now, and cannot be set back to %u", going[i].group, going[i].former));
	}
	tnl_pile_free(&party->stream.messages);
	free(party);
	return 0;
}

/* Nothing more than a link to the kernel, which deletes it over rtnetlink: a TAP only if it is known that nobody holds
 * it. */
static bool can_go_along(const struct tnl_transport *via, const struct tnl_obj *which)
{
	return which->kind->pattern && tnl_obj_index(which) &&
	       (via == &tnl_rtnl || (via == &tnl_tuntap && tnl_set_find(&which->nest, TNL_TUN_FLAGS)));
}

/* What tnl_remove() would refuse is told, and is not among GOING; those that can go together come first. */
static size_t check(struct tnl *t, struct tnl_obj *const objs[], size_t count, struct going *going, size_t *together,
		    struct tnl_verdict *verdict)
{
	size_t alone = count;

	*together = 0;
	for (size_t at = 0; at < count && !verdict->ended; at++) {
		const struct tnl_transport *via;
		struct tnl_obj *which = NULL;
		size_t noted = tnl_noted(t);
		int err = tnl_step_prepare_remove(t, objs[at], false, &via, &which);

		if (!err && can_go_along(via, which))
			err = tnl_note_going(t, which);
		tnl_note_settle(t, noted, err);
		if (err)
			tnl_tell_failure(t, verdict, at, err);
		else if (can_go_along(via, which))
			going[(*together)++] = (struct going){ .index = tnl_obj_index(which), .at = at, .former = group_of(which),
							       .noted = tnl_noted(t) };
		else
			going[--alone] = (struct going){ .at = at };
		tnl_obj_free(which);
	}
	memmove(going + *together, going + alone, (count - alone) * sizeof(*going));
	return *together + count - alone;
}

static int by_place(const void *one, const void *other)
{
	const struct going *a = one, *b = other;

	return (a->at > b->at) - (a->at < b->at);
}

int tnl_remove_all(struct tnl *t, struct tnl_obj *const objs[], size_t count, unsigned flags,
		   int (*failed)(void *arg, size_t at), void *arg)
{
	struct going *going = calloc(count + 1, sizeof(*going));
	struct tnl_verdict verdict = { failed, arg };
	size_t left, together, noted = tnl_noted(t);
	int err;

	tnl_begin(t, NULL);
	if (!going)
		return tnl_nomem(t);
	left = check(t, objs, count, going, &together, &verdict);
	err = tnl_note_gone(t, noted);
	if (!err && together >= LEAST && !(flags & TNL_ONE_BY_ONE) && !tnl_is_ended(t, &verdict))
		err = remove_together(t, objs, going, together, &verdict);
	for (size_t i = 0; i < together; i++)
		if (!going[i].gone)
			tnl_note_void(t, going[i].noted);
	qsort(going, left, sizeof(*going), by_place);
	for (size_t i = 0; i < left && !err; i++)
		if (!going[i].gone && !tnl_is_ended(t, &verdict) && tnl_remove(t, objs[going[i].at]))
			tnl_tell_failure(t, &verdict, going[i].at, t->error.code);
	free(going);
	return err ? err : tnl_verdict_of(t, &verdict);
}
