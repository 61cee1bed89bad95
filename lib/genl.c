// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects over generic netlink: flat attributes, a command for each verb. Kernel: net/l2tp/l2tp_netlink.c. */
#include <errno.h>
#include <string.h>

#include "handle.h"
#include "kernel.h"

#define MESSAGE 4096

static struct nlmsghdr *start(char *buf, uint16_t type, uint16_t flags, uint8_t cmd, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/* ---- families ---- */

static bool says(const struct nlattr *attr, const char *name)
{
	return attr && mnl_attr_get_payload_len(attr) == strlen(name) + 1 &&
	       !memcmp(mnl_attr_get_payload(attr), name, strlen(name) + 1);
}

/* The group that is called like its family. */
static uint32_t group_among(const struct nlattr *groups, const char *name)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, groups) {
		struct tnl_set group = { .data = mnl_attr_get_payload(attr), .len = mnl_attr_get_payload_len(attr) };
		const struct nlattr *id = tnl_set_find(&group, CTRL_ATTR_MCAST_GRP_ID);

		if (says(tnl_set_find(&group, CTRL_ATTR_MCAST_GRP_NAME), name) && id && mnl_attr_get_payload_len(id) == 4)
			return mnl_attr_get_u32(id);
	}
	return 0;
}

static int take_family(void *arg, const struct nlmsghdr *nlh)
{
	struct tnl_family *family = arg;
	const size_t head = sizeof(struct genlmsghdr);
	struct tnl_set set = { .data = mnl_nlmsg_get_payload_offset(nlh, head),
			       .len = mnl_nlmsg_get_payload_len(nlh) - head };
	const struct nlattr *id, *groups;

	if (mnl_nlmsg_get_payload_len(nlh) < head)
		return -EBADMSG;
	id = tnl_set_find(&set, CTRL_ATTR_FAMILY_ID);
	groups = tnl_set_find(&set, CTRL_ATTR_MCAST_GROUPS);
	if (!says(tnl_set_find(&set, CTRL_ATTR_FAMILY_NAME), family->name) || !id || mnl_attr_get_payload_len(id) != 2)
		return 0;
	family->id = mnl_attr_get_u16(id);
	family->group = groups ? group_among(groups, family->name) : 0;
	return 0;
}

/* Where NAME is remembered, or is going to be. */
static struct tnl_family *slot_of(struct tnl *t, const char *name)
{
	size_t i = 0, slots = sizeof(t->family) / sizeof(t->family[0]);

	while (i < slots && t->family[i].name && strcmp(t->family[i].name, name))
		i++;
	return &t->family[i % slots];
}

/* Asking by name loads the module; the list of families does not, so reading leaves the kernel as it is. */
int tnl_genl_family(struct tnl *t, const char *name, bool load)
{
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = start(buf, GENL_ID_CTRL, load ? 0 : NLM_F_DUMP, CTRL_CMD_GETFAMILY, 1);
	struct tnl_family *known = slot_of(t, name), family = { .name = name };
	struct tnl_answer answer[2] = {0};
	int err;

	if (known->name && !strcmp(known->name, name) && (load ? known->id > 0 : known->id))
		return known->id;
	if (load) {
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
		err = tnl_nl_talk(&t->genl, nlh, NULL, take_family, &family, answer);
	} else {
		err = tnl_nl_dump(t, &t->genl, nlh, NULL, take_family, &family);
	}
	if (err)
		return t->error.code ? err : tnl_lost(t, err);
	if (answer[0].code)
		return answer[0].code;
	if (!family.id)
		family.id = -ENOENT;
	*known = family;
	return known->id;
}

/* After -ENOENT: whether the module came anew meanwhile, with another number. *FAMILY: what there is now, or -errno. */
static bool is_renumbered(struct tnl *t, const char *name, bool load, int *family)
{
	int was = *family;

	tnl_genl_forget(t);
	*family = tnl_genl_family(t, name, load);
	return *family > 0 && *family != was;
}

uint32_t tnl_genl_group(struct tnl *t, const char *name)
{
	return tnl_genl_family(t, name, false) > 0 ? slot_of(t, name)->group : 0;
}

void tnl_genl_forget(struct tnl *t)
{
	memset(t->family, 0, sizeof(t->family));
}

void tnl_genl_forget_missing(struct tnl *t)
{
	for (size_t i = 0; i < sizeof(t->family) / sizeof(t->family[0]); i++)
		if (t->family[i].id < 0)
			t->family[i].id = 0;
}

/* ---- objects ---- */

static int record(struct tnl *t, const struct tnl_obj *obj, const char *verb, const struct nlmsghdr *nlh)
{
	const size_t head = sizeof(struct genlmsghdr);
	int err = tnl_record(t, "%s%s", obj->kind->genl->name, verb);

	return err ? err : tnl_record_attrs(t, obj->kind, TNL_NEST, mnl_nlmsg_get_payload_offset(nlh, head),
					    mnl_nlmsg_get_payload_len(nlh) - head);
}

int tnl_genl_read(struct tnl_obj *obj, const struct nlmsghdr *nlh)
{
	const size_t head = sizeof(struct genlmsghdr);

	if (mnl_nlmsg_get_payload_len(nlh) < head)
		return -EBADMSG;
	return tnl_set_load(&obj->nest, mnl_nlmsg_get_payload_offset(nlh, head), mnl_nlmsg_get_payload_len(nlh) - head);
}

static int take_object(void *arg, const struct nlmsghdr *nlh)
{
	return tnl_genl_read(arg, nlh);
}

/* Sends CMD with those rows of OBJ that are its identity or that PICK wants; the answer fills BACK. */
static int send_command(struct tnl *t, const struct tnl_obj *obj, uint8_t cmd, const char *verb,
			bool (*pick)(const struct tnl_row *, const struct tnl_obj *, const struct tnl_obj *),
			const struct tnl_obj *now, struct tnl_obj *back)
{
	const struct tnl_genl *genl = obj->kind->genl;
	char buf[MESSAGE] __attribute__((aligned(8))) = {0};
	struct tnl_answer answer[2];
	struct nlmsghdr *nlh;
	int err, family = t->dry && !back ? GENL_ID_CTRL : tnl_genl_family(t, genl->family, !back);

	if (family == -ENOENT)
		return tnl_no_kind(t, obj->kind);
	if (family < 0)
		return t->error.code ? family : tnl_kernel_says(t, obj->kind, family, NULL, NULL);
	nlh = start(buf, family, back ? 0 : NLM_F_ACK, cmd, genl->version);
	tnl_each_row(row, obj->kind) {
		const uint16_t type[2] = { row->attr, row->attr6 };
		struct tnl_val val;

		if (row->scope != TNL_NEST || !tnl_row_input(row))
			continue;
		if (!(row->flags & (TNL_ID | TNL_UNIQ)) && !(pick && pick(row, obj, now)))
			continue;
		if (now && row->codec->size && !tnl_row_get(row, obj, &val)) { /* what is gone has to be said */
			tnl_row_value_of(row, obj, &val);
			mnl_attr_put(nlh, row->attr, val.len, val.data);
			continue;
		}
		for (int i = 0; i < 2; i++) {
			const struct nlattr *attr = type[i] ? tnl_set_find(&obj->nest, type[i]) : NULL;

			if (attr && !mnl_attr_put_check(nlh, sizeof(buf), type[i], mnl_attr_get_payload_len(attr),
							mnl_attr_get_payload(attr)))
				return tnl_fail(t, TNL_REFUSED, -EMSGSIZE, row->word, "too large for a message");
		}
	}
	if (t->dry && !back)
		return record(t, obj, verb, nlh);
	err = tnl_nl_talk(&t->genl, nlh, NULL, back ? take_object : NULL, back, answer);
	if (!err && answer[0].code == -ENOENT && is_renumbered(t, genl->family, !back, &family)) {
		nlh->nlmsg_type = family;
		err = tnl_nl_talk(&t->genl, nlh, NULL, back ? take_object : NULL, back, answer);
	}
	if (err)
		return tnl_lost(t, err);
	return answer[0].code ? tnl_kernel_says(t, obj->kind, answer[0].code, NULL, answer[0].text) : 0;
}

static bool pick_all(const struct tnl_row *row, const struct tnl_obj *obj, const struct tnl_obj *now)
{
	(void)row, (void)obj, (void)now;
	return true;
}

static bool pick_changed(const struct tnl_row *row, const struct tnl_obj *obj, const struct tnl_obj *now)
{
	return !(row->flags & (TNL_FIXED | TNL_BLIND)) && !tnl_row_equal(row, obj, now);
}

int tnl_genl_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	(void)back;
	return send_command(t, want, want->kind->genl->cmd.create, want->kind->genl->verb[0], pick_all, NULL, NULL);
}

int tnl_genl_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back)
{
	(void)back;
	return send_command(t, want, want->kind->genl->cmd.change, want->kind->genl->verb[2], pick_changed, now, NULL);
}

int tnl_genl_remove(struct tnl *t, const struct tnl_obj *obj)
{
	return send_command(t, obj, obj->kind->genl->cmd.remove, obj->kind->genl->verb[1], NULL, NULL, NULL);
}

static bool is_identified(const struct tnl_obj *obj)
{
	tnl_each_row(row, obj->kind)
		if (row->flags & TNL_ID && !tnl_row_is_set(row, obj))
			return false;
	return true;
}

/* By its identity: beside a name, the kernel would not look at that. */
int tnl_genl_get(struct tnl *t, struct tnl_obj *obj)
{
	return send_command(t, obj, obj->kind->genl->cmd.get, NULL, is_identified(obj) ? NULL : pick_all, NULL, obj);
}

/* ---- dumps ---- */

/*
 * A dump of L2TP that runs while something is deleted misses living objects, and no message says so (6.1; deletions
 * move what follows into the part that was already told). So it is read until two runs in a row agree.
 */
#define RUNS 10

struct run {
	struct tnl_roll roll;
	uint64_t sum; /* over the identities, in any order */
	const struct tnl_kind *kind;
};

static int take_one(void *arg, const struct nlmsghdr *nlh)
{
	struct run *run = arg;
	struct tnl_obj *obj = tnl_obj_new(run->kind);
	int err = obj ? tnl_genl_read(obj, nlh) : -ENOMEM;

	if (err) {
		tnl_obj_free(obj);
		return err;
	}
	run->sum += tnl_obj_key(obj);
	return tnl_roll_add(&run->roll, obj);
}

static int read_run(struct tnl *t, int family, struct run *run)
{
	char buf[256] __attribute__((aligned(8))) = {0};
	struct nlmsghdr *nlh = start(buf, family, NLM_F_DUMP, run->kind->genl->cmd.get, run->kind->genl->version);

	tnl_roll_empty(&run->roll);
	run->sum = 0;
	return tnl_nl_dump(t, &t->genl, nlh, NULL, take_one, run);
}

int tnl_genl_dump(struct tnl *t, const struct tnl_kind *kind, int (*cb)(void *arg, const struct tnl_obj *obj), void *arg)
{
	int err = 0, runs = 1, family = tnl_genl_family(t, kind->genl->family, false);
	struct run run = { .kind = kind };
	size_t count;
	uint64_t sum;

	if (family > 0) {
		err = read_run(t, family, &run);
		if (err == -ENOENT && is_renumbered(t, kind->genl->family, false, &family))
			err = read_run(t, family, &run);
	}
	if (family == -ENOENT)
		return 0; /* no module, no objects */
	if (family < 0)
		return t->error.code ? family : tnl_kernel_says(t, kind, family, NULL, NULL);
	do {
		count = run.roll.count;
		sum = run.sum;
		if (!err)
			err = read_run(t, family, &run);
	} while (!err && (count != run.roll.count || sum != run.sum) && ++runs < RUNS);
	if (!err && runs == RUNS)
		err = tnl_fail(t, TNL_INCOMPLETE, -EINTR, NULL, "the kernel's list changed during each of %d readings",
			       RUNS);
	else if (err && !t->error.code)
		tnl_kernel_says(t, kind, err, NULL, NULL);
	for (size_t i = 0; !err && i < run.roll.count; i++)
		err = cb(arg, run.roll.objs[i]);
	tnl_roll_free(&run.roll);
	return err;
}
