// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * L2TPv3 (RFC 3931): a tunnel between two hosts, Ethernet sessions in it, an interface for each session. The kernel
 * keeps tunnel and session as objects without a name; the flat kind "l2tp" is both of them and the interface.
 */
#include <string.h>
#include <time.h>

#include "link.h"

#define ENCAP_UDP 0 /* enum l2tp_encap_type */
#define PW_ETH 5    /* enum l2tp_pwtype */
#define MODULES "l2tp_eth"

static const struct tnl_name encaps[] = { { "udp", ENCAP_UDP }, { "ip", 1 }, {0} };
static const struct tnl_name l2specs[] = { { "default", 1 }, { "none", 0 }, {0} };
static const struct tnl_name sequences[] = { { "none", 0 }, { "send", 1 }, { "recv", 2 }, { "both", 3 }, {0} };

#define L2TP_COUNTER(w, a, h) \
	{ .word = w, .codec = &tnl_u64, NEST(L2TP_ATTR_STATS), .sub = { a }, .flags = TNL_STAT, .help = h }

static const struct tnl_row id_rows[] = {
	{ .word = "tunnel_id", .alias = { "tid" }, .codec = &tnl_id, NEST(L2TP_ATTR_CONN_ID), .flags = TNL_ID | TNL_FIXED, .help = "this side's number of the tunnel" },
	{0}
};

static const struct tnl_row tunnel_rows[] = {
	{ .word = "peer_tunnel_id", .alias = { "ptid" }, .codec = &tnl_id, NEST(L2TP_ATTR_PEER_CONN_ID), .flags = TNL_FIXED, .help = "the other side's number of the tunnel" },
	{ .word = "local", .codec = &tnl_addr, NEST(L2TP_ATTR_IP_SADDR), .attr6 = L2TP_ATTR_IP6_SADDR, .fault = { { EADDRNOTAVAIL } }, .flags = TNL_FIXED, .help = "outer source, an address of this host" },
	{ .word = "remote", .codec = &tnl_addr, NEST(L2TP_ATTR_IP_DADDR), .attr6 = L2TP_ATTR_IP6_DADDR, .fault = { { ENETUNREACH }, { EACCES } }, .flags = TNL_FIXED, .help = "outer destination" },
	{ .word = "encap", .codec = &tnl_enum16, .names = encaps, NEST(L2TP_ATTR_ENCAP_TYPE), .flags = TNL_FIXED | TNL_SEND, .help = "what carries it, absent: udp" },
	{ .word = "udp_sport", .codec = &tnl_port16, NEST(L2TP_ATTR_UDP_SPORT), .fault = { { EADDRINUSE } }, .flags = TNL_FIXED, .help = "this side's UDP port" },
	{ .word = "udp_dport", .codec = &tnl_port16, NEST(L2TP_ATTR_UDP_DPORT), .flags = TNL_FIXED, .help = "the other side's UDP port" },
	{ .word = "udp_csum", .codec = &tnl_onflag, NEST(L2TP_ATTR_UDP_CSUM), .flags = TNL_FIXED, .help = "outer UDP checksums over IPv4" },
	{ .word = "udp6_csum_tx", .codec = &tnl_offflag, NEST(L2TP_ATTR_UDP_ZERO_CSUM6_TX), .flags = TNL_FIXED, .help = "send UDP checksums over IPv6 (on)" },
	{ .word = "udp6_csum_rx", .codec = &tnl_offflag, NEST(L2TP_ATTR_UDP_ZERO_CSUM6_RX), .flags = TNL_FIXED, .help = "want UDP checksums over IPv6 (on)" },
	{ .word = "version", .codec = &tnl_u8, NEST(L2TP_ATTR_PROTO_VERSION), .def = 3, .flags = TNL_FIXED | TNL_SEND, .help = "L2TP version" },
	{0}
};

static const struct tnl_row session_rows[] = {
	{ .word = "session_id", .alias = { "sid" }, .codec = &tnl_id, NEST(L2TP_ATTR_SESSION_ID), .flags = TNL_ID | TNL_FIXED, .help = "this side's number of the session" },
	{ .word = "peer_session_id", .alias = { "psid" }, .codec = &tnl_id, NEST(L2TP_ATTR_PEER_SESSION_ID), .flags = TNL_NEED | TNL_FIXED, .help = "the other side's number of the session" },
	{ .word = "cookie", .codec = &tnl_hex, NEST(L2TP_ATTR_COOKIE), .flags = TNL_FIXED, .help = "8 or 16 hex digits that leaving packets get" },
	{ .word = "peer_cookie", .codec = &tnl_hex, NEST(L2TP_ATTR_PEER_COOKIE), .flags = TNL_FIXED, .help = "8 or 16 hex digits that arriving packets must have" },
	{ .word = "l2spec_type", .codec = &tnl_enum8, .names = l2specs, NEST(L2TP_ATTR_L2SPEC_TYPE), .def = 1, .flags = TNL_FIXED | TNL_BLIND, .help = "L2-specific sublayer" },
	{ .word = "seq", .codec = &tnl_enum8, .names = sequences, .both = { "send_seq", "recv_seq" }, .flags = TNL_BOTH, .help = "sequence numbers" },
	{ .word = "send_seq", .no = "nosend_seq", .codec = &tnl_bool8, NEST(L2TP_ATTR_SEND_SEQ), .help = "number leaving packets" },
	{ .word = "recv_seq", .no = "norecv_seq", .codec = &tnl_bool8, NEST(L2TP_ATTR_RECV_SEQ), .help = "want numbers on arriving packets" },
	{ .word = "lns_mode", .no = "nolns_mode", .codec = &tnl_bool8, NEST(L2TP_ATTR_LNS_MODE), .help = "this side decides on sequence numbers" },
	{ .word = "reorder_timeout", .codec = &tnl_msec, NEST(L2TP_ATTR_RECV_TIMEOUT), .help = "how long to wait for a missing number" },
	{ .word = "pw_type", .codec = &tnl_u16, NEST(L2TP_ATTR_PW_TYPE), .fault = { { EPROTONOSUPPORT }, { EINVAL } }, .def = PW_ETH, .flags = TNL_FIXED | TNL_SEND, .help = "pseudowire type, 5: Ethernet" },
	L2TP_COUNTER("l2tp_rx_packets", L2TP_ATTR_RX_PACKETS, "packets received by the session"),
	L2TP_COUNTER("l2tp_rx_errors", L2TP_ATTR_RX_ERRORS, "bad packets received by the session"),
	L2TP_COUNTER("l2tp_rx_seq_discards", L2TP_ATTR_RX_SEQ_DISCARDS, "packets dropped for their number"),
	L2TP_COUNTER("l2tp_rx_oos_packets", L2TP_ATTR_RX_OOS_PACKETS, "packets out of order"),
	L2TP_COUNTER("l2tp_rx_cookie_discards", L2TP_ATTR_RX_COOKIE_DISCARDS, "packets dropped for their cookie"),
	L2TP_COUNTER("l2tp_rx_invalid", L2TP_ATTR_RX_INVALID, "packets that made no sense"),
	L2TP_COUNTER("l2tp_tx_packets", L2TP_ATTR_TX_PACKETS, "packets sent by the session"),
	L2TP_COUNTER("l2tp_tx_errors", L2TP_ATTR_TX_ERRORS, "packets that the session could not send"),
	{0}
};

/* A session tells it of its tunnel. */
static const struct tnl_row peer_rows[] = {
	{ .word = "peer_tunnel_id", .alias = { "ptid" }, .codec = &tnl_id, NEST(L2TP_ATTR_PEER_CONN_ID), .flags = TNL_STATE, .help = "the other side's number of the tunnel" },
	{0}
};

static const struct tnl_row interface_rows[] = {
	{ .word = "name", .codec = &tnl_ifname, NEST(L2TP_ATTR_IFNAME), .flags = TNL_FIXED, .help = "the session's interface" },
	{0}
};

/* ---- rules between words ---- */

/* What the kernel would take without a sound, or find invalid without a word. */
static int check_values(const struct tnl_obj *obj, struct tnl_error *error)
{
	static const struct {
		const char *word, *text;
		uint32_t least, most;
	} values[] = {
		{ "encap", "neither udp nor ip", ENCAP_UDP, 1 },
		{ "version", "neither 2 nor 3", 2, 3 },
		{ "l2spec_type", "neither default nor none", 0, 1 },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (tnl_obj_was_given(obj, values[i].word) && (tnl_obj_number(obj, values[i].word) < values[i].least ||
							       tnl_obj_number(obj, values[i].word) > values[i].most))
			return tnl_check_word(error, values[i].word, values[i].text);
	return 0;
}

/* An address that needs a device to be of use, which L2TP cannot be told. */
static bool is_on_link(const struct tnl_obj *obj, uint16_t attr)
{
	const struct nlattr *end = tnl_set_find(&obj->nest, attr);
	const uint8_t *addr = end ? mnl_attr_get_payload(end) : NULL;

	return addr && (addr[0] == 0xff || (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80));
}

static int check_tunnel(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	static const char *const needs[] = { "local", "remote", "peer_tunnel_id" };
	static const char *const ports[] = { "udp_sport", "udp_dport" };
	static const struct {
		const char *word;
		bool v6;
	} sums[] = { { "udp_csum", false }, { "udp6_csum_tx", true }, { "udp6_csum_rx", true } };
	bool udp = tnl_obj_number(obj, "encap") == ENCAP_UDP, v6 = tnl_set_find(&obj->nest, L2TP_ATTR_IP6_SADDR);

	if (now)
		return 0;
	if (check_values(obj, error))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (!tnl_obj_was_given(obj, needs[i]))
			return tnl_check_word(error, needs[i], "missing: there is no such tunnel yet");
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (tnl_obj_has(obj, ports[i]) != udp)
			return tnl_check_word(error, ports[i],
					      udp ? "missing: encap udp needs it" : "means nothing with encap ip");
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		if (tnl_obj_has(obj, sums[i].word) && (!udp || sums[i].v6 != v6))
			return tnl_check_word(error, sums[i].word, !udp ? "means nothing with encap ip" :
					      v6 ? "means nothing over IPv6" : "means nothing over IPv4");
	if (!tnl_set_find(&obj->nest, L2TP_ATTR_IP_SADDR) != !tnl_set_find(&obj->nest, L2TP_ATTR_IP_DADDR))
		return tnl_check_word(error, "remote", "is of another address family than local");
	for (int i = 0; i < 2; i++)
		if (is_on_link(obj, i ? L2TP_ATTR_IP6_DADDR : L2TP_ATTR_IP6_SADDR))
			return tnl_check_word(error, needs[i], "a multicast or link-local address");
	return 0;
}

static int check_session(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	return now ? 0 : check_values(obj, error);
}

/* Other pseudowires, and L2TPv2, have no interface that could have the name. */
static int check_flat(struct tnl_obj *obj, const struct tnl_obj *now, struct tnl_error *error)
{
	if (!now && tnl_obj_number(obj, "version") != 3)
		return tnl_check_word(error, "version", "only L2TPv3 has interfaces");
	if (!now && tnl_obj_number(obj, "pw_type") != PW_ETH)
		return tnl_check_word(error, "pw_type", "only Ethernet (5) has an interface");
	return check_session(obj, now, error);
}

static const struct tnl_genl tunnel_commands = {
	.family = L2TP_GENL_NAME, .version = L2TP_GENL_VERSION, .name = "L2TP_CMD_TUNNEL_", .verb = { "CREATE", "DELETE", "MODIFY" },
	.cmd = { L2TP_CMD_TUNNEL_CREATE, L2TP_CMD_TUNNEL_DELETE, L2TP_CMD_TUNNEL_MODIFY, L2TP_CMD_TUNNEL_GET },
};
static const struct tnl_genl session_commands = {
	.family = L2TP_GENL_NAME, .version = L2TP_GENL_VERSION, .name = "L2TP_CMD_SESSION_", .verb = { "CREATE", "DELETE", "MODIFY" },
	.cmd = { L2TP_CMD_SESSION_CREATE, L2TP_CMD_SESSION_DELETE, L2TP_CMD_SESSION_MODIFY, L2TP_CMD_SESSION_GET },
};

static int claim(struct tnl *t, struct tnl_obj *link);
static const struct tnl_transport flat;
static const struct tnl_transport tunnel_by_genl, session_by_genl;
static const struct tnl_transport *const tunnel_via[] = { &tunnel_by_genl, NULL };
static const struct tnl_transport *const session_via[] = { &session_by_genl, NULL };
static const struct tnl_transport *const by_flat[] = { &flat, NULL };
static const struct tnl_row *const tunnel_tables[] = { id_rows, tunnel_rows, NULL };
static const struct tnl_row *const session_tables[] = { interface_rows, id_rows, session_rows, peer_rows, NULL };
static const struct tnl_row *const flat_tables[] = {
	tnl_name_rows, id_rows, tunnel_rows, session_rows, tnl_ether_rows, LINK_ROWS
};

const struct tnl_kind tnl_kind_l2tp_tunnel = {
	.name = "l2tp-tunnel", .help = "an L2TPv3 tunnel (RFC 3931)", .module = MODULES,
	.rows = tunnel_tables, .via = tunnel_via, .lookup = true, .genl = &tunnel_commands, .check = check_tunnel,
};

const struct tnl_kind tnl_kind_l2tp_session = {
	.name = "l2tp-session", .help = "an Ethernet session in an L2TPv3 tunnel", .module = MODULES,
	.rows = session_tables, .open = interface_rows, .via = session_via, .lookup = true, .genl = &session_commands,
	.check = check_session,
};

const struct tnl_kind tnl_kind_l2tp = {
	.name = "l2tp", .help = "Ethernet over L2TPv3 (RFC 3931): tunnel, session and interface",
	.module = MODULES, .pattern = "l2tpeth%d", .iff = IFF_MULTICAST, .rows = flat_tables, .open = tunnel_rows,
	.via = by_flat, .claim = claim, .check = check_flat,
};

/* ---- letting go: an acknowledged deletion is not a finished one ---- */

#define PATIENCE 20000 /* ms in which not one session goes; each takes 33, one tunnel's go one after the other */

struct count {
	const struct tnl_obj *tunnel;
	int sessions;
};

static int count_session(void *arg, const struct tnl_obj *session)
{
	struct count *count = arg;

	count->sessions += tnl_obj_number(session, "tunnel_id") == tnl_obj_number(count->tunnel, "tunnel_id");
	return 0;
}

/* Whether a tunnel that was told to go has fewer sessions than LEFT, which becomes what it has. */
static bool is_going(struct tnl *t, const struct tnl_obj *obj, int *left)
{
	struct count count = { obj, 0 };
	bool fewer = obj->kind == &tnl_kind_l2tp_tunnel && !tnl_genl_dump(t, &tnl_kind_l2tp_session, count_session, &count) &&
		     count.sessions < *left;

	*left = count.sessions;
	return fewer;
}

static int wait_until_gone(struct tnl *t, struct tnl_obj *obj)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int err, left = INT32_MAX;
	long waited = 0;

	while (!t->dry) {
		err = tnl_genl_get(t, obj);
		if (err == -ENODEV || err == -ENOENT)
			break;
		if (err)
			return err;
		if (waited > PATIENCE && is_going(t, obj, &left))
			waited = 0;
		if (waited > PATIENCE)
			return tnl_fail(t, TNL_BROKEN, -ETIMEDOUT, NULL, "deleted, but the kernel has not let go of it");
		nanosleep(&pause, NULL);
		waited += pause.tv_nsec / 1000000;
		if (pause.tv_nsec < 50000000)
			pause.tv_nsec *= 2;
	}
	t->error.code = 0;
	return 0;
}

static int settled_remove(struct tnl *t, const struct tnl_obj *obj)
{
	struct tnl_obj *probe = tnl_obj_clone(obj);
	int err = probe ? tnl_genl_remove(t, obj) : tnl_nomem(t);

	if (!err)
		err = wait_until_gone(t, probe);
	tnl_obj_free(probe);
	return err;
}

/* 6.12 takes a second session of the same number over UDP (6.1 refuses it); which of them then gets a packet? */
static int session_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	struct tnl_obj *same = tnl_obj_new(want->kind);
	int err = same ? 0 : tnl_nomem(t);

	tnl_each_row(row, want->kind)
		if (!err && (row->flags & TNL_ID) && tnl_row_copy(row, same, want))
			err = tnl_nomem(t);
	if (!err && !t->dry && tnl_genl_family(t, L2TP_GENL_NAME, true) > 0 && !tnl_genl_get(t, same))
		err = tnl_kernel_says(t, want->kind, -EEXIST, NULL, NULL);
	tnl_obj_free(same);
	return err ? err : tnl_genl_create(t, want, back);
}

#define SETTLED(make) \
	{ .name = "genl", .scopes = 1 << TNL_NEST, .create = make, .change = tnl_genl_change, \
	  .remove = settled_remove, .get = tnl_genl_get, .dump = tnl_genl_dump }

static const struct tnl_transport tunnel_by_genl = SETTLED(tnl_genl_create), session_by_genl = SETTLED(session_create);

/* ---- the flat kind: tunnel, session and interface as one ---- */

static struct tnl_obj *session_of(const struct tnl_obj *obj)
{
	struct tnl_obj *session = tnl_obj_project(obj, &tnl_kind_l2tp_session);
	const char *name = tnl_obj_ifname(obj);

	if (session && name && tnl_set_put(&session->nest, L2TP_ATTR_IFNAME, name, strlen(name) + 1)) {
		tnl_obj_free(session);
		return NULL;
	}
	return session;
}

/* The tunnel that the session wants: there already and agreeing in every given word, or made now (*MADE). */
static int need_tunnel(struct tnl *t, struct tnl_obj *tunnel, bool *made)
{
	struct tnl_obj *there = tnl_obj_clone(tunnel);
	const struct tnl_row *row;
	struct tnl_error error = {0};
	int err;

	*made = false;
	if (!there)
		return tnl_nomem(t);
	err = tnl_genl_family(t, L2TP_GENL_NAME, !t->dry) < 0 ? -ENODEV : tnl_genl_get(t, there);
	if (!err && !tnl_obj_matches(tunnel, there, &row))
		err = tnl_refuse(t, row->word, "the tunnel exists and has another %s", row->word);
	else if (err == -ENODEV || err == -ENOENT) {
		err = check_tunnel(tunnel, NULL, &error);
		t->error.code = 0;
		if (err)
			err = tnl_refuse(t, error.word, "%s", error.text);
		else
			err = tnl_genl_create(t, tunnel, NULL);
		*made = !err;
	}
	tnl_obj_free(there);
	return err;
}

static int flat_create(struct tnl *t, struct tnl_obj *want, struct tnl_obj *back)
{
	struct tnl_obj *tunnel = tnl_obj_project(want, &tnl_kind_l2tp_tunnel), *session = session_of(want);
	struct tnl_error why;
	int err = tunnel && session ? need_tunnel(t, tunnel, &want->made_more) : tnl_nomem(t);

	(void)back;
	if (!err)
		err = session_create(t, session, NULL);
	if (err && want->made_more) {
		why = t->error;
		if (settled_remove(t, tunnel))
			why.outcome = TNL_BROKEN;
		t->error = why;
	}
	tnl_obj_free(tunnel);
	tnl_obj_free(session);
	return err;
}

/* A tunnel that was there before stays. */
static int flat_undo(struct tnl *t, const struct tnl_obj *obj)
{
	struct tnl_obj *tunnel = tnl_obj_project(obj, &tnl_kind_l2tp_tunnel), *session = session_of(obj);
	int err = tunnel && session ? settled_remove(t, session) : tnl_nomem(t);

	if ((!err || err == -ENODEV || err == -ENOENT) && obj->made_more) /* somebody may have taken the session away */
		err = settled_remove(t, tunnel);
	tnl_obj_free(tunnel);
	tnl_obj_free(session);
	return err;
}

static int flat_change(struct tnl *t, const struct tnl_obj *now, const struct tnl_obj *want, struct tnl_obj *back)
{
	struct tnl_obj *before = session_of(now), *after = session_of(want);
	int err = before && after ? tnl_genl_change(t, before, after, back) : tnl_nomem(t);

	tnl_obj_free(before);
	tnl_obj_free(after);
	return err;
}

/* The last session takes its tunnel along: what one "add" made, one "del" removes. */
static int flat_remove(struct tnl *t, const struct tnl_obj *obj)
{
	struct tnl_obj *tunnel = tnl_obj_project(obj, &tnl_kind_l2tp_tunnel), *session = session_of(obj);
	struct count count = { tunnel, 0 };
	int err = tunnel && session ? settled_remove(t, session) : tnl_nomem(t);
	bool gone = !err;

	if (gone) {
		err = tnl_genl_dump(t, &tnl_kind_l2tp_session, count_session, &count);
		if (!err && count.sessions <= (t->dry ? 1 : 0))
			err = settled_remove(t, tunnel);
		if (err == -ENODEV || err == -ENOENT) /* somebody else was faster */
			err = t->error.code = 0;
	}
	if (err && gone) {
		t->error.outcome = TNL_BROKEN;
		strlcat(t->error.text, "; the session is gone, its tunnel is left", sizeof(t->error.text));
	}
	tnl_obj_free(tunnel);
	tnl_obj_free(session);
	return err;
}

/* Whether a session owns this link; then it becomes an l2tp object with the words of session and tunnel. */
static int claim(struct tnl *t, struct tnl_obj *link)
{
	struct tnl_obj *tunnel, *session;
	const char *name = tnl_obj_ifname(link);
	const struct nlattr *id;
	int err;

	if (strcmp(link->type, "ether") || tnl_genl_family(t, L2TP_GENL_NAME, false) < 0)
		return -ENOENT;
	tunnel = tnl_obj_new(&tnl_kind_l2tp_tunnel);
	session = tnl_obj_new(&tnl_kind_l2tp_session);
	err = tunnel && session ? tnl_set_put(&session->nest, L2TP_ATTR_IFNAME, name, strlen(name) + 1) : -ENOMEM;
	err = err ? tnl_nomem(t) : tnl_genl_get(t, session);
	id = err ? NULL : tnl_set_find(&session->nest, L2TP_ATTR_CONN_ID);
	if (!err)
		err = id && mnl_attr_get_payload_len(id) == 4 ? 0 : -ENOENT;
	if (!err)
		err = tnl_set_put(&tunnel->nest, L2TP_ATTR_CONN_ID, mnl_attr_get_payload(id), 4) ? tnl_nomem(t) :
		      tnl_genl_get(t, tunnel);
	if (!err) {
		link->kind = &tnl_kind_l2tp;
		err = tnl_set_copy(&link->nest, &session->nest) || tnl_obj_merge(link, tunnel, true) ? tnl_nomem(t) : 0;
	}
	tnl_obj_free(tunnel);
	tnl_obj_free(session);
	/* gone meanwhile, or we may not ask: then it is just a link */
	return err == -ENODEV || err == -EPERM ? -ENOENT : err;
}

static const struct tnl_transport flat = {
	.name = "genl", .scopes = 1 << TNL_NEST,
	.create = flat_create, .change = flat_change, .remove = flat_remove, .undo = flat_undo,
};
