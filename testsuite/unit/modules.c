// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel alone */
/* A handle sees modules come, go and come anew with another number of their family. */
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "words.h"

static int set_up(void **state)
{
	(void)state;
	return unshare(CLONE_NEWNET);
}

static void await(const char *command)
{
	for (int i = 0; i < 1000 && system(command); i++)
		usleep(20000);
	assert_int_equal(system(command), 0);
}

struct wanted {
	struct tnl *t;
	const char *name;
};

static int is_wanted(void *arg, const struct tnl_obj *obj)
{
	struct wanted *wanted = arg;

	assert_non_null(wanted->name);
	assert_string_equal(tnl_obj_name(wanted->t, obj), wanted->name);
	wanted->name = NULL;
	return 0;
}

/* That is the only tunnel; NULL: there is none. */
static void assert_tunnel(struct tnl *t, const char *name)
{
	struct wanted wanted = { t, name };

	assert_int_equal(tnl_dump(t, tnl_kind_find("l2tp-tunnel"), is_wanted, &wanted), 0);
	assert_null(wanted.name);
}

static void the_family_of_l2tp_is_looked_up_anew(void **state)
{
	static const char gone[] = "modprobe -r l2tp_eth l2tp_ip6 l2tp_ip l2tp_netlink 2>/dev/null";
	struct tnl *t = tnl_open(0);
	char command[160], name[32];

	(void)state;
	assert_int_equal(system("ip link set dev lo up"), 0);
	await(gone);
	assert_tunnel(t, NULL);
	for (int i = 1; i <= 2; i++) {
		snprintf(name, sizeof(name), "l2tp-tunnel %d", i);
		snprintf(command, sizeof(command), "ip l2tp add tunnel tunnel_id %d peer_tunnel_id 2 encap ip "
			 "local 127.0.0.1 remote 127.0.0.1", i);
		assert_int_equal(system(command), 0);
		assert_tunnel(t, name);
		snprintf(command, sizeof(command), "ip l2tp del tunnel tunnel_id %d", i);
		assert_int_equal(system(command), 0);
		await(gone);
	}
	tnl_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_family_of_l2tp_is_looked_up_anew),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
