// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/*
 * The rows of generic netlink against the policy that the running kernel tells of each attribute: what no description
 * has (L2TP), and what this very kernel wants.
 */
#include "rows.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "../../lib/handle.h"
#include "../../lib/kernel.h"

/* A type of attribute that the kernel names (enum netlink_attribute_type), and its size; -1: varies. */
static const struct {
	uint32_t type;
	int size;
} sizes[] = {
	{ NL_ATTR_TYPE_FLAG, 0 }, { NL_ATTR_TYPE_U8, 1 }, { NL_ATTR_TYPE_U16, 2 }, { NL_ATTR_TYPE_U32, 4 },
	{ NL_ATTR_TYPE_U64, 8 }, { NL_ATTR_TYPE_S32, 4 }, { NL_ATTR_TYPE_BINARY, -1 }, { NL_ATTR_TYPE_STRING, -1 },
	{ NL_ATTR_TYPE_NUL_STRING, -1 }, { NL_ATTR_TYPE_NESTED, -1 },
	{ 17, 8 }, /* NL_ATTR_TYPE_UINT, as 6.12 has milliseconds */
};

struct policy {
	uint32_t type[256]; /* 0: the kernel says nothing of it */
	uint32_t longest[256];
	int told;
};

static uint32_t number_in(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return mnl_attr_get_u32(attr);
	return 0;
}

/* CTRL_ATTR_POLICY: for each policy its attributes; families of one policy have only the first. */
static int take_policy(const struct nlmsghdr *nlh, void *arg)
{
	struct policy *policy = arg;
	const struct nlattr *attr, *one, *of;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != CTRL_ATTR_POLICY)
			continue;
		mnl_attr_for_each_nested(one, attr) {
			mnl_attr_for_each_nested(of, one) {
				assert_true(mnl_attr_get_type(of) < COUNT(policy->type));
				policy->type[mnl_attr_get_type(of)] = number_in(of, NL_POLICY_TYPE_ATTR_TYPE);
				policy->longest[mnl_attr_get_type(of)] = number_in(of, NL_POLICY_TYPE_ATTR_MAX_LENGTH);
				policy->told++;
			}
		}
	}
	return MNL_CB_OK;
}

static int take_id(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)arg = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static void ask(uint8_t cmd, const char *name, uint16_t id, mnl_cb_t cb, void *arg)
{
	static char buf[1 << 16];
	struct mnl_socket *nl = mnl_socket_open(NETLINK_GENERIC);
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	int len, ret = MNL_CB_OK;

	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST | (id ? NLM_F_DUMP : NLM_F_ACK);
	*genl = (struct genlmsghdr){ .cmd = cmd, .version = 1 };
	if (id)
		mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, id);
	else
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	assert_true(nl && !mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) && mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) > 0);
	while (ret == MNL_CB_OK) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		ret = len < 0 ? MNL_CB_ERROR : mnl_cb_run(buf, len, 0, 0, cb, arg);
	}
	if (ret < 0)
		broken("%s: %s", name, strerror(errno));
	mnl_socket_close(nl);
}

static int size_of(uint32_t type)
{
	for (size_t i = 0; i < COUNT(sizes); i++)
		if (sizes[i].type == type)
			return sizes[i].size;
	return -2;
}

static void check_row(const struct tnl_kind *kind, const struct tnl_row *row, const struct policy *policy)
{
	bool flag = row->codec->shape == TNL_THERE || row->codec->shape == TNL_NOT_THERE;
	int size = size_of(policy->type[row->attr]);

	if (!policy->type[row->attr] && flag) /* it only looks whether it is there */
		return;
	if (!policy->type[row->attr])
		broken("%s %s: the kernel knows no %s", kind->name, row->word, row->attr_name);
	if (flag != (policy->type[row->attr] == NL_ATTR_TYPE_FLAG) || size == -2)
		broken("%s %s: %s has type %u", kind->name, row->word, row->attr_name, policy->type[row->attr]);
	/* an address is a number to the kernel */
	if (size > 0 && row->codec->size != size && !(row->attr6 && size == 4))
		broken("%s %s: %s has %d bytes", kind->name, row->word, row->attr_name, size);
	if (row->attr6 && policy->type[row->attr6] && policy->longest[row->attr6] != 16)
		broken("%s %s: no IPv6 address goes there", kind->name, row->word);
	if (row->codec->shape == TNL_TEXT && (policy->type[row->attr] != NL_ATTR_TYPE_NUL_STRING || policy->longest[row->attr] != 15))
		broken("%s %s: no name of an interface", kind->name, row->word);
}

static void each_row_is_what_the_kernel_takes(void **state)
{
	int kinds = 0;

	(void)state;
	EACH_KIND(kind) {
		struct policy policy = {0};
		uint16_t id = 0;
		int rows = 0;

		if (!kind->genl)
			continue;
		ask(CTRL_CMD_GETFAMILY, kind->genl->family, 0, take_id, &id);
		assert_int_not_equal(id, 0);
		ask(CTRL_CMD_GETPOLICY, kind->genl->family, id, take_policy, &policy);
		assert_true(policy.told);
		EACH_ROW(row, kind) {
			if (row->scope != TNL_NEST || row->attr >= TNL_PRIVATE || row->sub[0] || !is_input(row))
				continue;
			check_row(kind, row, &policy);
			rows++;
		}
		print_message("# %s: %d rows\n", kind->name, rows);
		kinds++;
	}
	assert_int_equal(kinds, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_is_what_the_kernel_takes),
	};

	if (system("modprobe -a l2tp_eth fou"))
		return 1;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
