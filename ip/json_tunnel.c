// SPDX-License-Identifier: GPL-2.0-or-later
/* Forms of values in the JSON of ip tunnel, ip l2tp and ip tuntap. */
#include "json.h"

#include <ctype.h>
#include <string.h>

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
	json_add_text(to, key->key, text);
}

/* A name that administrators gave it, or hexadecimal; nothing for plain inherit. */
PUT(tos)
{
	if (!value || value->number <= 1)
		return;
	if (value->number & 1)
		put_hex(shown, to, key, value);
	else if (strncmp(value->text, "0x", 2))
		json_add_text(to, key->key, value->text);
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
		json_add_number(to, "key", in->number);
		return;
	}
	if (in)
		json_add_number(to, "ikey", in->number);
	if (out)
		json_add_number(to, "okey", out->number);
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
	json_add_list(to, key->key, list, NULL);
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
	json_add_number(to, key->key, value ? value->number : 0);
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
		json_add_text(routers->to, routers->key, value_text(&values, "address"));
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
		json_add(to, key->key, json.json_object_new_boolean(value_on(&shown->values, key->word)));
}

/* What is set of a cookie. */
PUT(cookie)
{
	if (value && value->text && strcmp(value->text, "none"))
		json_add_text(to, key->key, value->text);
}

/* "filter" is the same bit as "pi". */
PUT(tuntap)
{
	static const char *const flags[][2] = {
		{ "pi", "pi" }, { "one_queue", "one_queue" }, { "multi_queue", "multi_queue" },
		{ "vnet_hdr", "vnet_hdr" }, { "persist", "persist" }, { "pi", "filter" },
	};
	char list[96];

	snprintf(list, sizeof(list), "%s", tnl_obj_type(shown->obj));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (value_on(&shown->values, flags[i][0]))
			snprintf(list + strlen(list), sizeof(list) - strlen(list), ",%s", flags[i][1]);
	json_add_list(to, key->key, list, NULL);
}

/* A name, or the number of whom has none. */
PUT(person)
{
	if (value && value->text)
		(isdigit((unsigned char)*value->text) ? put_number : put_text)(shown, to, key, value);
}

static void add_holder(void *arg, int pid, const char *program)
{
	struct json_object *holder = json.json_object_new_object();

	json_add_text(holder, "name", program);
	json_add_number(holder, "pid", pid);
	json.json_object_array_add(arg, holder);
}

PUT(processes)
{
	struct json_object *list = json.json_object_new_array();

	each_holder(value_text(&shown->values, "name"), add_holder, list);
	json_add(to, key->key, list);
}

/* Nobody's number is the largest. */
PUT(people)
{
	if (value && value->number != UINT32_MAX)
		json_add_number(to, key->key, value->number);
}

