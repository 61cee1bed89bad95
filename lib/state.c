// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * States: what the kernel has, or what a file says that it shall have, as a list of objects in which each can be found
 * by what identifies it: a link by its name, all else by its kind's own words.
 */
#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keep.h"
#include "kernel.h"
#include "step.h"

/* ---- finding ---- */

/* Behind those that are there: many routes of the kernel's own are told apart by nothing that a bucket goes by. */
static void hang_in(struct tnl_state *state, struct tnl_member *member)
{
	struct tnl_bucket *bucket = &state->buckets[member->key % state->bucket_count];

	member->next = NULL;
	if (bucket->last)
		bucket->last->next = member;
	else
		bucket->first = member;
	bucket->last = member;
}

static int rehash(struct tnl_state *state)
{
	size_t count = state->bucket_count ? 2 * state->bucket_count : 64;
	struct tnl_bucket *buckets;

	if (state->bucket_count > state->count)
		return 0;
	buckets = calloc(count, sizeof(*buckets));
	if (!buckets)
		return -ENOMEM;
	free(state->buckets);
	state->buckets = buckets;
	state->bucket_count = count;
	for (size_t i = 0; i < state->count; i++)
		hang_in(state, state->members[i]);
	return 0;
}

void tnl_state_rekey(struct tnl_state *state)
{
	for (size_t i = 0; i < state->bucket_count; i++)
		state->buckets[i] = (struct tnl_bucket){0};
	for (size_t i = 0; i < state->count; i++) {
		state->members[i]->key = tnl_obj_key(state->members[i]->obj);
		hang_in(state, state->members[i]);
	}
}

struct tnl_member *tnl_state_find(struct tnl_state *state, const struct tnl_obj *obj, const struct tnl_member *last)
{
	uint64_t key = last ? last->key : tnl_obj_key(obj);
	struct tnl_member *at;

	if (!state->bucket_count)
		return NULL;
	for (at = last ? last->next : state->buckets[key % state->bucket_count].first; at; at = at->next)
		if (at->key == key && tnl_obj_is_same(at->obj, obj))
			return at;
	return NULL;
}

int tnl_state_take(struct tnl *t, struct tnl_state *state, struct tnl_obj *obj)
{
	struct tnl_member *member = calloc(1, sizeof(*member)), **more = state->members;

	if (!(state->count & (state->count - 1))) /* room is for the next power of two */
		more = realloc(more, (state->count ? 2 * state->count : 1) * sizeof(*more));
	if (more)
		state->members = more;
	if (!member || !more || !obj || rehash(state)) {
		free(member);
		tnl_obj_free(obj);
		return tnl_nomem(t);
	}
	*member = (struct tnl_member){ .obj = obj, .key = tnl_obj_key(obj) };
	state->members[state->count++] = member;
	hang_in(state, member);
	return 0;
}

/* ---- several routes to one place ---- */

static uint32_t metric_of(const struct tnl_obj *route)
{
	uint32_t metric = tnl_obj_number(route, "metric");

	return !metric && *route->head == AF_INET6 ? IP6_RT_PRIO_USER : metric;
}

bool tnl_route_is_beside(const struct tnl_obj *there, const struct tnl_obj *route)
{
	return route->kind == &tnl_kind_route && there != route && metric_of(there) == metric_of(route);
}

uint8_t tnl_state_beside(struct tnl_state *state, const struct tnl_obj *route)
{
	struct tnl_member *there = NULL;
	uint8_t beside = 0;

	while (route->kind == &tnl_kind_route && (there = tnl_state_find(state, route, there)))
		if (tnl_route_is_beside(there->obj, route))
			beside |= tnl_obj_has(there->obj, "via") ? TNL_BESIDE | TNL_BESIDE_GATEWAY : TNL_BESIDE;
	return beside;
}

/* ---- what is there ---- */

struct reading {
	struct tnl *t;
	struct tnl_state *state;
};

static int note_aliases(struct tnl_state *state, const struct tnl_obj *link)
{
	const struct nlattr *names = link->kind->pattern ? tnl_set_find(&link->top, IFLA_PROP_LIST) : NULL, *attr;
	struct tnl_alias *more;

	if (!names)
		return 0;
	mnl_attr_for_each_nested(attr, names) {
		if (mnl_attr_get_type(attr) != IFLA_ALT_IFNAME || !memchr(mnl_attr_get_payload(attr), 0, mnl_attr_get_payload_len(attr)))
			continue;
		more = reallocarray(state->aliases, state->alias_count + 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		state->aliases = more;
		more += state->alias_count;
		if (strlcpy(more->name, mnl_attr_get_payload(attr), sizeof(more->name)) < sizeof(more->name)) /* else no link is called so */
			state->alias_count++;
		strlcpy(more->of, tnl_obj_ifname(link), sizeof(more->of));
	}
	return 0;
}

const char *tnl_state_alias(const struct tnl_state *state, const char *name)
{
	for (size_t i = 0; i < state->alias_count; i++)
		if (!strcmp(state->aliases[i].name, name))
			return state->aliases[i].of;
	return NULL;
}

static int take_one(void *arg, const struct tnl_obj *obj)
{
	const struct reading *reading = arg;
	struct tnl_obj *copy = tnl_obj_clone(obj);
	struct tnl *t = reading->t;

	if (copy && (note_aliases(reading->state, obj) ||
		     (obj->kind->pattern && t->ahead && tnl_names_put(&t->names, tnl_obj_ifname(obj), tnl_obj_index(obj))))) {
		tnl_obj_free(copy);
		return tnl_nomem(t);
	}
	return tnl_state_take(t, reading->state, copy);
}

int tnl_state_new(struct tnl *t, struct tnl_state **out)
{
	tnl_begin(t, NULL);
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : tnl_nomem(t);
}

/* ---- addresses that the kernel makes itself, and tells as if somebody had given them ---- */

struct embedding { /* a link that gets fe80:: with IPv4 addresses in it */
	uint32_t number, local; /* LOCAL: this one; 0: all of this host's */
};

static uint32_t local_of(const struct tnl_obj *link)
{
	bool no;
	const struct tnl_row *row = tnl_row_find(link->kind, "local", &no);
	struct tnl_val val;
	uint32_t local = 0;

	if (row && tnl_row_get(row, link, &val) && val.len == sizeof(local))
		memcpy(&local, val.data, sizeof(local));
	return local;
}

/* The IPv4 address in fe80::/64; 0: not such an address. */
static uint32_t embedded(const struct tnl_obj *obj)
{
	static const uint8_t prefix[12] = { 0xfe, 0x80 };
	const struct nlattr *address = obj->kind == &tnl_kind_addr ? tnl_set_find(&obj->top, IFA_LOCAL) : NULL;
	const uint8_t *bytes = address && mnl_attr_get_payload_len(address) == 16 ? mnl_attr_get_payload(address) : NULL;
	uint32_t inside = 0;

	if (bytes && !memcmp(bytes, prefix, sizeof(prefix)) && bytes[12] && ((const struct ifaddrmsg *)obj->head)->ifa_prefixlen == 64)
		memcpy(&inside, bytes + 12, sizeof(inside));
	return inside;
}

/* They get the mark that other link-local addresses by the kernel have. */
static int mark_embedded(struct tnl *t, const struct tnl_state *state)
{
	static const uint8_t proto = IFAPROT_KERNEL_LL;
	struct embedding *links = calloc(state->count + 1, sizeof(*links));
	size_t count = 0;
	int err = 0;

	if (!links)
		return tnl_nomem(t);
	for (size_t i = 0; i < state->count; i++) {
		const struct tnl_obj *obj = state->members[i]->obj;

		if (!strcmp(obj->kind->name, "sit") || !strcmp(obj->kind->name, "gre")) /* gre: from Linux 6.3 on */
			links[count++] = (struct embedding){ tnl_obj_index(obj), local_of(obj) };
	}
	qsort(links, count, sizeof(*links), tnl_by_number);
	for (size_t i = 0; !err && count && i < state->count; i++) {
		struct tnl_obj *obj = state->members[i]->obj;
		const struct embedding key = { .local = embedded(obj), .number = tnl_keep_number(obj, 0) };
		const struct embedding *link = key.local ? bsearch(&key, links, count, sizeof(*links), tnl_by_number) : NULL;

		if (link && (!link->local || link->local == key.local) && tnl_set_put(&obj->top, IFA_PROTO, &proto, sizeof(proto)))
			err = tnl_nomem(t);
	}
	free(links);
	return err;
}

int tnl_state_list(struct tnl *t, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	int err = tnl_list(t, NULL, cb, arg);

	for (const struct tnl_kind *kind = NULL; !err && (kind = tnl_kind_next(kind));)
		if (!kind->pattern)
			err = tnl_list(t, kind, cb, arg);
	return err;
}

int tnl_state_read(struct tnl *t, struct tnl_state **out)
{
	struct reading reading = { .t = t };
	int err = tnl_state_new(t, &reading.state);

	if (!err)
		err = tnl_state_list(t, take_one, &reading);
	if (!err)
		err = mark_embedded(t, reading.state);
	if (err)
		tnl_state_free(reading.state);
	*out = err ? NULL : reading.state;
	return err;
}

void tnl_state_free(struct tnl_state *state)
{
	if (!state)
		return;
	for (size_t i = 0; i < state->count; i++) {
		tnl_obj_free(state->members[i]->obj);
		free(state->members[i]);
	}
	free(state->members);
	free(state->buckets);
	free(state->aliases);
	free(state);
}

int tnl_state_each(const struct tnl_state *state, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	int err = 0;

	for (size_t i = 0; i < state->count && !err; i++)
		err = cb(arg, state->members[i]->obj);
	return err;
}

/* ---- what shall be ---- */

/* A link that was said before, or is there, has a kind of which the words are. */
const struct tnl_obj *tnl_state_link(struct tnl_state *state, const char *name)
{
	struct tnl_obj named = { .kind = &tnl_kind_link };
	struct tnl_member *member = NULL;

	if (!tnl_obj_set_ifname(&named, name))
		member = tnl_state_find(state, &named, NULL);
	tnl_set_free(&named.top);
	return member ? member->obj : NULL;
}

bool tnl_state_has_session(const struct tnl_state *state, const char *name)
{
	for (size_t i = 0; i < state->count; i++) {
		const struct tnl_obj *obj = state->members[i]->obj;

		if (!obj->kind->pattern && obj->kind->genl && tnl_obj_interface(obj) && !strcmp(tnl_obj_interface(obj), name))
			return true;
	}
	return false;
}

const struct tnl_kind *tnl_state_kind(struct tnl_state *state, const char *name)
{
	const struct tnl_obj *link = tnl_state_link(state, name);

	return link ? link->kind : tnl_state_has_session(state, name) ? tnl_kind_find("l2tp") : NULL;
}

/* More words for what was said before. */
static int add_words(struct tnl *t, struct tnl_obj *to, const struct tnl_obj *more)
{
	int err = 0;

	tnl_each_row(row, more->kind) {
		if (err || !tnl_obj_given(more, row) || row->flags & (TNL_POS | TNL_ID))
			continue;
		if (tnl_obj_given(to, row) && !tnl_row_equal(row, to, more))
			return tnl_refuse(t, row->word, "given twice, and unlike");
		err = tnl_row_copy(row, to, more) ? tnl_nomem(t) : 0;
		tnl_obj_give(to, row);
	}
	return err;
}

static int check_whole(struct tnl *t, struct tnl_obj *obj)
{
	const struct tnl_transport *via;
	const char *name = tnl_obj_ifname(obj);

	if (obj->kind->pattern && (!name || strchr(name, '%')))
		return tnl_refuse(t, "name", name ? "a pattern does not say which" : "missing");
	if (tnl_obj_netns(obj))
		return tnl_cure(t, TNL_CURE_THERE, tnl_refuse(t, "netns", "would look here and make it there"));
	return tnl_step_prepare(t, obj, &via);
}

int tnl_state_add(struct tnl *t, struct tnl_state *state, const struct tnl_obj *obj, unsigned flags)
{
	struct tnl_obj *copy = tnl_obj_clone(obj);
	struct tnl_member *there = NULL;
	int err;

	tnl_begin(t, obj);
	err = !copy ? tnl_nomem(t) : flags & TNL_STATE_WORDS ? 0 : check_whole(t, copy);
	if (!err && (!obj->kind->pattern || tnl_obj_ifname(copy)))
		there = tnl_state_find(state, copy, NULL);
	if (!err && there && obj->kind == there->obj->kind && flags & TNL_STATE_WORDS) {
		err = add_words(t, there->obj, obj);
		tnl_obj_free(copy);
		return err;
	}
	while (!err && there && obj->kind->rtnl && !tnl_obj_equal(there->obj, copy, NULL)) { /* there may be several */
		if (tnl_route_is_beside(there->obj, copy) && *copy->head == AF_INET6 && tnl_obj_has(copy, "via") && tnl_obj_has(there->obj, "via"))
			err = tnl_refuse(t, "via", "IPv6 makes one route of several gateways (multipath), which no word says");
		there = tnl_state_find(state, copy, there);
	}
	if (!err && there)
		err = tnl_refuse(t, NULL, "said twice");
	if (err) {
		tnl_obj_free(copy);
		return err;
	}
	copy->part = flags & TNL_STATE_WORDS;
	return tnl_state_take(t, state, copy);
}
