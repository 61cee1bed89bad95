// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON as iproute2 has it, inconsistent as it is: which keys there are, and in what form a value stands there. A key
 * whose value is not set is absent.
 */
#include "json.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void add(struct json_object *to, const char *key, struct json_object *value)
{
	json.json_object_object_add(to, key, value);
}

static void add_text(struct json_object *to, const char *key, const char *text)
{
	add(to, key, json_text(text));
}

static void add_number(struct json_object *to, const char *key, uint64_t number)
{
	add(to, key, json.json_object_new_uint64(number));
}

#define UNUSED __attribute__((unused))
#define PUT(form) \
	void put_##form(UNUSED struct shown *shown, UNUSED struct json_object *to, UNUSED const struct key *key, \
			       UNUSED const struct value *value)

/* ---- one value; NULL: it is not set ---- */

PUT(text)
{
	if (value && value->text && *value->text)
		add_text(to, key->key, value->text);
}

PUT(upper)
{
	char text[64];
	size_t n = 0;

	if (!value || !value->text)
		return;
	for (; value->text[n] && n < sizeof(text) - 1; n++)
		text[n] = toupper((unsigned char)value->text[n]);
	text[n] = 0;
	add_text(to, key->key, text);
}

PUT(number)
{
	if (value)
		add_number(to, key->key, value->number);
}

/* A number that is not 0. */
PUT(some)
{
	if (value && value->number)
		add_number(to, key->key, value->number);
}

PUT(bool)
{
	if (value)
		add(to, key->key, json.json_object_new_boolean(value->number != 0));
}

/* The same, where the kernel sends no truth that is at its default. */
PUT(truth)
{
	add(to, key->key, json.json_object_new_boolean(value_on(&shown->values, key->word)));
}

/* What is not told is true. */
PUT(truth_or_true)
{
	add(to, key->key, json.json_object_new_boolean(!value || value->number));
}

PUT(true)
{
	if (value && value->number)
		add(to, key->key, json.json_object_new_boolean(true));
}

/* null means on ... */
PUT(null)
{
	if (value && value->number)
		add(to, key->key, NULL);
}

/* ... or off. */
PUT(off)
{
	if (value && !value->number)
		add(to, key->key, NULL);
}

/* An address; ARG in place of none. */
PUT(addr)
{
	const char *text = value && value->text && strcmp(value->text, "any") ? value->text : key->arg;

	if (text)
		add_text(to, key->key, text);
}

PUT(quad)
{
	char text[16];

	if (!value)
		return;
	snprintf(text, sizeof(text), "%u.%u.%u.%u", (unsigned)(value->number >> 24 & 255),
		 (unsigned)(value->number >> 16 & 255), (unsigned)(value->number >> 8 & 255), (unsigned)(value->number & 255));
	add_text(to, key->key, text);
}

/* Hexadecimal, with as many digits as ARG says; without ARG only if it is not 0. */
PUT(hex)
{
	char text[24];

	if (!value || (!key->arg && !value->number))
		return;
	snprintf(text, sizeof(text), "0x%0*llx", key->arg ? atoi(key->arg) : 1, (unsigned long long)value->number);
	add_text(to, key->key, text);
}

/* A prefix in two keys, unless its length is 0. */
PUT(prefix)
{
	char addr[64], len[64];
	size_t size;

	if (!value || !value->text)
		return;
	size = strcspn(value->text, "/");
	snprintf(addr, sizeof(addr), "%.*s", (int)size, value->text);
	snprintf(len, sizeof(len), "%slen", key->key);
	if (value->text[size] && !atoi(value->text + size + 1))
		return;
	add_text(to, key->key, addr);
	add_number(to, len, value->text[size] ? atoi(value->text + size + 1) : strchr(addr, ':') ? 128 : 32);
}

/* A nested object, if there is this word, and not at its default. */
PUT(object)
{
	struct json_object *in;

	if (key->word && (!value || !value->number))
		return;
	in = json.json_object_new_object();
	put_keys(shown, in, key->in);
	add(to, key->key, in);
}

/* ---- links ---- */

static void add_list(struct json_object *to, const char *key, const char *text, const char *more)
{
	struct json_object *list = json.json_object_new_array();
	char one[64];
	size_t len;

	for (; *text; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		snprintf(one, sizeof(one), "%.*s", (int)len, text);
		json.json_object_array_add(list, json_text(one));
	}
	if (more)
		json.json_object_array_add(list, json_text(more));
	add(to, key, list);
}

/* Whether the link under this one is down. */
static bool lower_down(struct shown *shown)
{
	const struct value *lower = value_of(&shown->values, "iflink");
	struct values values;
	struct tnl_obj *obj;
	bool down;

	if (!lower || !lower->number || value_of(&shown->values, "link_netnsid") || tnl_get(shown->run->t, lower->text, &obj))
		return false;
	down = !values_read(shown->run, obj, &values) && !value_on(&values, "up");
	tnl_obj_free(obj);
	return down;
}

PUT(flags)
{
	if (value && value->text)
		add_list(to, key->key, value->text, lower_down(shown) ? "M-DOWN" : NULL);
}

/* The link under it: by its name, by its number in another namespace, or null for none. */
PUT(lower)
{
	if (value && value->number && value_of(&shown->values, "link_netnsid"))
		add_number(to, "link_index", value->number);
	else if (value)
		add(to, key->key, value->number ? json_text(value->text) : NULL);
}

PUT(pointtopoint)
{
	if (value && value->text && strstr(value->text, "POINTOPOINT"))
		add(to, key->key, json.json_object_new_boolean(true));
}

/* A name of the hardware, or its number. */
PUT(hardware)
{
	char text[24];

	if (!value)
		return;
	snprintf(text, sizeof(text), "[%llu]", (unsigned long long)value->number);
	add_text(to, key->key, shown->run->numeric || isdigit((unsigned char)*value->text) ? text : value->text);
}

/* An outer address only where the hardware is a tunnel's; else bytes, also of a tunnel whose hardware is none. */
PUT(hwaddr)
{
	static const char *const tunnels[] = { "ipip", "sit", "gre", "tunnel6", "gre6", NULL };
	const char *type = value_text(&shown->values, "link_type");
	unsigned char bytes[16];
	char text[64] = "";
	int len = !value ? 0 : inet_pton(AF_INET, value->text, bytes) == 1 ? 4 : inet_pton(AF_INET6, value->text, bytes) == 1 ? 16 : 0;

	if (!len || (type && among(tunnels, type))) {
		put_text(shown, to, key, value);
		return;
	}
	for (int i = 0; i < len; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%02x", i ? ":" : "", bytes[i]);
	add_text(to, key->key, text);
}

/* An address that is not the one it has now. */
PUT(permaddr)
{
	const char *now = value_text(&shown->values, "hwaddr");

	if (value && (!now || strcmp(now, value->text)))
		put_hwaddr(shown, to, key, value);
}

/* What the kernel calls the kind; the kinds of links that have none are the library's own names. */
PUT(linkinfo)
{
	static const char *const none[] = { "loopback", "ether", "hardware", "l2tp", NULL };
	const char *type = tnl_obj_type(shown->obj);
	const struct key *keys = info_keys(type);
	struct json_object *info, *data;

	if (among(none, type))
		return;
	info = json.json_object_new_object();
	add_text(info, "info_kind", strcmp(type, "tap") ? type : "tun");
	if (keys) {
		data = json.json_object_new_object();
		put_keys(shown, data, keys);
		add(info, "info_data", data);
	}
	add(to, key->key, info);
}

PUT(type)
{
	add_text(to, key->key, tnl_obj_type(shown->obj));
}

/* ---- the words of kinds ---- */

/* A key of its own for groups, and for IPv6: remote, group6. */
PUT(udp_addr)
{
	const char *text = value && value->text && strcmp(value->text, "any") ? value->text : NULL;
	bool v6 = text && strchr(text, ':'), group = text && (v6 ? !strncmp(text, "ff", 2) : atoi(text) >> 4 == 14);
	char name[16];

	if (!text)
		return;
	snprintf(name, sizeof(name), "%s%s", group ? "group" : key->key, v6 ? "6" : "");
	add_text(to, name, text);
}

PUT(range)
{
	struct json_object *range;
	char *end;

	if (!value || !value->text)
		return;
	range = json.json_object_new_object();
	add_number(range, "low", strtoul(value->text, &end, 10));
	add_number(range, "high", strtoul(*end ? end + 1 : end, NULL, 10));
	add(to, key->key, range);
}

/* Text that says ARG: true, or null. */
PUT(is)
{
	if (value && value->text && !strcmp(value->text, key->arg))
		add(to, key->key, json.json_object_new_boolean(true));
}

PUT(is_null)
{
	if (value && value->text && !strcmp(value->text, key->arg))
		add(to, key->key, NULL);
}

/* ---- ip tunnel: the kind is in the mode, which also tells how it is carried (ARG) ---- */

PUT(mode)
{
	static const struct {
		const char *kind, *mode;
	} kinds[] = { { "gre", "gre" }, { "ip6gre", "gre" }, { "vti", "ip" }, { "vti6", "ipv6" } };
	static const struct {
		uint64_t protocol;
		const char *mode;
	} protocols[] = { { 0, "any" }, { 4, "ip" }, { 41, "ipv6" }, { 137, "mpls" } };
	const char *type = tnl_obj_type(shown->obj), *mode = value ? "unknown" : type;
	char text[32];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].kind, type))
			mode = kinds[i].mode;
	for (size_t i = 0; value && i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].protocol == value->number)
			mode = protocols[i].mode;
	snprintf(text, sizeof(text), "%s/%s", mode, key->arg);
	add_text(to, key->key, text);
}

/* A name that administrators gave it, or hexadecimal; nothing for plain inherit. */
PUT(tos)
{
	if (!value || value->number <= 1)
		return;
	if (value->number & 1)
		put_hex(shown, to, key, value);
	else if (strncmp(value->text, "0x", 2))
		add_text(to, key->key, value->text);
	else
		put_hex(shown, to, key, value);
}

/* One key, or two that differ; the ioctls of VTI tell keys also where there are none. */
PUT(keys_of)
{
	static const struct value zero = { "", true, 0, "0" };
	bool vti = !strcmp(tnl_obj_type(shown->obj), "vti");
	const struct value *in = value_of(&shown->values, "ikey"), *out = value_of(&shown->values, "okey");

	in = in || !vti ? in : &zero;
	out = out || !vti ? out : &zero;
	if (in && out && in->number == out->number) {
		add_number(to, "key", in->number);
		return;
	}
	if (in)
		add_number(to, "ikey", in->number);
	if (out)
		add_number(to, "okey", out->number);
}

PUT(gre_flags)
{
	static const struct {
		const char *word, *flag;
	} flags[] = { { "iseq", "rx_drop_ooseq" }, { "icsum", "rx_csum" }, { "oseq", "tx_seq" }, { "ocsum", "tx_csum" } };
	char list[64] = "";

	if (strcmp(tnl_obj_type(shown->obj), key->arg))
		return;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (value_on(&shown->values, flags[i].word))
			snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", *list ? "," : "", flags[i].flag);
	add_list(to, key->key, list, NULL);
}

PUT(flowinfo)
{
	const struct value *tclass = value_of(&shown->values, "tos"), *label = value_of(&shown->values, "flowlabel");
	struct value both = { .number = (tclass ? tclass->number << 20 : 0) | (label ? label->number : 0) };

	put_hex(shown, to, key, &both);
}

/* As the ioctls tell VTI, which has neither. */
PUT(number_or_0)
{
	add_number(to, key->key, value ? value->number : 0);
}

PUT(hex_or_0)
{
	static const struct value zero = { .number = 0 };

	put_hex(shown, to, key, value ? value : &zero);
}

struct routers {
	struct shown *shown;
	struct json_object *to;
	const char *key;
	bool usual; /* those that default routes lead to */
};

static int add_router(void *arg, const struct tnl_obj *obj)
{
	struct routers *routers = arg;
	struct values values;
	const char *dev, *name;

	if (values_read(routers->shown->run, obj, &values))
		return 0;
	dev = value_text(&values, "dev");
	name = value_text(&routers->shown->values, "name");
	if (dev && name && !strcmp(dev, name) && value_on(&values, "default") == routers->usual)
		add_text(routers->to, routers->key, value_text(&values, "address"));
	return 0;
}

/* The list of ISATAP's routers: ip repeats the key, and readers take the last. */
PUT(routers)
{
	struct routers routers = { shown, to, key->key, !strcmp(key->arg, "default") };

	if (value && value->number)
		tnl_dump(shown->run->t, tnl_kind_find("prl"), add_router, &routers);
}

/* ---- ip l2tp, ip tuntap ---- */

/* Checksums mean something only over UDP, and not the same over IPv4 and IPv6 (ARG). */
PUT(sum)
{
	const char *encap = value_text(&shown->values, "encap"), *local = value_text(&shown->values, "local");

	if (encap && local && !strcmp(encap, "udp") && !strchr(local, ':') == !strcmp(key->arg, "4"))
		add(to, key->key, json.json_object_new_boolean(value_on(&shown->values, key->word)));
}

/* What is set of a cookie. */
PUT(cookie)
{
	if (value && value->text && strcmp(value->text, "none"))
		add_text(to, key->key, value->text);
}

/* "filter" is the same bit as "pi". */
PUT(tuntap)
{
	static const char *const flags[][2] = {
		{ "pi", "pi" }, { "multi_queue", "multi_queue" }, { "vnet_hdr", "vnet_hdr" }, { "persist", "persist" }, { "pi", "filter" }
	};
	char list[96];

	snprintf(list, sizeof(list), "%s", tnl_obj_type(shown->obj));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (value_on(&shown->values, flags[i][0]))
			snprintf(list + strlen(list), sizeof(list) - strlen(list), ",%s", flags[i][1]);
	add_list(to, key->key, list, NULL);
}

/* A name, or the number of whom has none. */
PUT(person)
{
	if (value && value->text)
		(isdigit((unsigned char)*value->text) ? put_number : put_text)(shown, to, key, value);
}

/* Nobody's number is the largest. */
PUT(people)
{
	if (value && value->number != UINT32_MAX)
		add_number(to, key->key, value->number);
}

/* ---- objects ---- */

void put_keys(struct shown *shown, struct json_object *to, const struct key *keys)
{
	static const struct value zero = { .set = true, .text = "0" };
	bool external = value_on(&shown->values, "external");

	for (const struct key *key = keys; key->put; key++) {
		const struct value *value = !key->word ? NULL : key->zero && external ? &zero :
					    value_of(&shown->values, key->word);

		if (shown->run->details < key->details || shown->run->stats < key->stats)
			continue;
		if (!value || !value->text || !key->instead || strcmp(value->text, key->instead))
			key->put(shown, to, key, value);
	}
}

int json_print_ip(struct run *run, const struct key *keys, const struct tnl_obj *obj)
{
	struct shown shown = { .run = run, .obj = obj };
	struct json_object *to = json.json_object_new_object();
	int err;

	if (!run->numeric)
		tnl_names(run->t, TNL_NAMES_ALL);
	err = values_read(run, obj, &shown.values);
	if (!err)
		put_keys(&shown, to, keys);
	json_element(run, to);
	return err;
}
