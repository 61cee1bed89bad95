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

/* ---- one value; NULL: it is not set ---- */

PUT(text)
{
	if (value && value->text && *value->text)
		json_add_text(to, key->key, value->text);
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
	json_add_text(to, key->key, text);
}

PUT(number)
{
	if (value)
		json_add_number(to, key->key, value->number);
}

/* A number that is not 0. */
PUT(some)
{
	if (value && value->number)
		json_add_number(to, key->key, value->number);
}

PUT(bool)
{
	if (value)
		json_add(to, key->key, json.json_object_new_boolean(value->number != 0));
}

/* The same, where the kernel sends no truth that is at its default. */
PUT(truth)
{
	json_add(to, key->key, json.json_object_new_boolean(value_on(&shown->values, key->word)));
}

/* What is not told is true. */
PUT(truth_or_true)
{
	json_add(to, key->key, json.json_object_new_boolean(!value || value->number));
}

PUT(true)
{
	if (value && value->number)
		json_add(to, key->key, json.json_object_new_boolean(true));
}

/* null means on ... */
PUT(null)
{
	if (value && value->number)
		json_add(to, key->key, NULL);
}

/* ... or off. */
PUT(off)
{
	if (value && !value->number)
		json_add(to, key->key, NULL);
}

/* An address; ARG in place of none. */
PUT(addr)
{
	const char *text = value && value->text && strcmp(value->text, "any") ? value->text : key->arg;

	if (text)
		json_add_text(to, key->key, text);
}

PUT(quad)
{
	if (value)
		json_add_quad(to, key->key, value->number);
}

/* Hexadecimal, with as many digits as ARG says; without ARG only if it is not 0. */
PUT(hex)
{
	char text[24];

	if (!value || (!key->arg && !value->number))
		return;
	snprintf(text, sizeof(text), "0x%0*llx", key->arg ? atoi(key->arg) : 1, (unsigned long long)value->number);
	json_add_text(to, key->key, text);
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
	json_add_text(to, key->key, addr);
	json_add_number(to, len, value->text[size] ? atoi(value->text + size + 1) : strchr(addr, ':') ? 128 : 32);
}

/* A nested object, if there is this word, and not at its default. */
PUT(object)
{
	struct json_object *in;

	if (key->word && (!value || !value->number))
		return;
	in = json.json_object_new_object();
	put_keys(shown, in, key->in);
	json_add(to, key->key, in);
}

/* ---- links ---- */

PUT(flags)
{
	if (value && value->text)
		json_add_list(to, key->key, value->text, lower_is_down(shown->run, &shown->values) ? "M-DOWN" : NULL);
}

/* The link under it: by its name, by its number in another namespace, or null for none. */
PUT(lower)
{
	if (value && value->number && value_of(&shown->values, "link_netnsid"))
		json_add_number(to, "link_index", value->number);
	else if (value)
		json_add(to, key->key, value->number ? json_text(value->text) : NULL);
}

/* What "broadcast" is then. */
PUT(pointtopoint)
{
	if (value && value->text && strstr(value->text, "POINTOPOINT") && value_of(&shown->values, "hwpeer"))
		json_add(to, key->key, json.json_object_new_boolean(true));
}

/* A name of the hardware, or its number. */
PUT(hardware)
{
	char text[24];

	if (!value)
		return;
	snprintf(text, sizeof(text), "[%llu]", (unsigned long long)value->number);
	json_add_text(to, key->key, shown->run->numeric || isdigit((unsigned char)*value->text) ? text : value->text);
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
	json_add_text(to, key->key, text);
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
	json_add_text(info, "info_kind", strcmp(type, "tap") ? type : "tun");
	if (keys) {
		data = json.json_object_new_object();
		put_keys(shown, data, keys);
		json_add(info, "info_data", data);
	}
	json_add(to, key->key, info);
}

PUT(type)
{
	json_add_text(to, key->key, tnl_obj_type(shown->obj));
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
	json_add_text(to, name, text);
}

PUT(range)
{
	struct json_object *range;
	char *end;

	if (!value || !value->text)
		return;
	range = json.json_object_new_object();
	json_add_number(range, "low", strtoul(value->text, &end, 10));
	json_add_number(range, "high", strtoul(*end ? end + 1 : end, NULL, 10));
	json_add(to, key->key, range);
}

/* Text that says ARG: true, or null. */
PUT(is)
{
	if (value && value->text && !strcmp(value->text, key->arg))
		json_add(to, key->key, json.json_object_new_boolean(true));
}

PUT(is_null)
{
	if (value && value->text && !strcmp(value->text, key->arg))
		json_add(to, key->key, NULL);
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
