// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/*
 * The rows against the kernel's own descriptions of its messages: number, size, byte order, flags, structs and nests of
 * each attribute. The tables themselves are judged, hence the private header, and the bytes that words become.
 */
#include "rows.h"

#include <arpa/inet.h>

#include "../../lib/row.h"

/* An attribute, or the member of a struct that is NUMBER bytes from its start. */
struct fact {
	const char *set, *name;
	int number;
	const char *type;
	int size; /* -1: varies */
	bool big;
	const char *hint, *within; /* how people see it; the struct or the nested attributes that it holds */
};

struct described {
	const char *kind, *set;
};

#include "specs.h"

/* ---- which description a row has ---- */

/* Kinds whose attributes are not described, or under another name. */
static const struct {
	const char *kind, *set, *why;
} others[] = {
	{ "ip6gretap", "linkinfo-gre6-attrs", "the kernel has one policy for all three (net/ipv6/ip6_gre.c)" },
	{ "ip6erspan", "linkinfo-gre6-attrs", "the kernel has one policy for all three (net/ipv6/ip6_gre.c)" },
	{ "l2tp", NULL, "there is no description of L2TP" },
	{ "l2tp-tunnel", NULL, "there is no description of L2TP" },
	{ "l2tp-session", NULL, "there is no description of L2TP" },
	{ "fou", "fou", "generic netlink" },
	{ "vxlan", NULL, "rt-link.yaml leaves out vxlan" },
	{ "xfrm", NULL, "rt-link.yaml leaves out xfrm" },
};

static const char *own_set(const struct tnl_kind *kind)
{
	for (size_t i = 0; i < COUNT(others); i++)
		if (!strcmp(others[i].kind, kind->name))
			return others[i].set;
	for (size_t i = 0; i < COUNT(described); i++)
		if (kind->link && !strcmp(described[i].kind, kind->link))
			return described[i].set;
	return NULL;
}

static const char *set_of(const struct tnl_kind *kind, uint8_t scope)
{
	bool addr = !strcmp(kind->name, "address"), route = !strcmp(kind->name, "route");

	if (scope == TNL_NEST)
		return own_set(kind);
	if (scope == TNL_HEAD)
		return addr ? "ifaddrmsg" : route ? "rtmsg" : "ifinfomsg";
	return addr ? "addr-attrs" : route ? "route-attrs" : "link-attrs";
}

static const struct fact *fact_named(const char *set, const char *name)
{
	for (size_t i = 0; i < COUNT(facts); i++)
		if (set && !strcmp(facts[i].set, set) && !strcmp(facts[i].name, name))
			return &facts[i];
	return NULL;
}

static const struct fact *fact_at(const char *set, int number)
{
	for (size_t i = 0; i < COUNT(facts); i++)
		if (set && !strcmp(facts[i].set, set) && facts[i].number == number)
			return &facts[i];
	return NULL;
}

/* Rows that hold bytes of a message; a composite word has none of its own, and private numbers are never sent. */
static bool is_sent(const struct tnl_row *row)
{
	return row->scope != TNL_NOWHERE && row->attr < 0x1000;
}

static const struct fact *fact_of(const struct tnl_kind *kind, const struct tnl_row *row)
{
	return is_sent(row) ? fact_named(set_of(kind, row->scope), row->attr_name) : NULL;
}

/* ---- the judge: NULL, or what is wrong with a row ---- */

static bool is_address(const struct tnl_row *row)
{
	return row->codec->shape == TNL_PREFIX ||
	       (row->codec->hint && (!strncmp(row->codec->hint, "ADDR", 4) || !strncmp(row->codec->hint, "PREFIX", 6)));
}

static const char *judge_value(const struct tnl_row *row, const struct fact *fact, int size)
{
	bool flag = row->codec->shape == TNL_THERE || row->codec->shape == TNL_NOT_THERE;

	if (flag != !strcmp(fact->type, "flag"))
		return "flag or not";
	if ((row->codec->shape == TNL_TEXT) != !strcmp(fact->type, "string"))
		return "text or not";
	if (is_address(row) && !row->codec->size) /* of either family */
		return !strcmp(fact->hint, "ipv4-or-v6") || row->attr6 ? NULL : "size";
	if (row->codec->hint && !strcmp(row->codec->hint, "LLADDR")) /* it knows only Ethernet's */
		return fact->size == 6 ? NULL : "size";
	if (fact->size >= 0 && size != fact->size)
		return "size";
	if (fact->size < 0 && row->codec->shape != TNL_TEXT)
		return "size";
	if (row->mask && !row->bits) /* flags are written as the kernel's constants are, swapped already */
		return size < 4 && row->mask >> size * 8 ? "mask" : NULL;
	if (is_address(row) || fact->size == 6) /* bytes in their order */
		return NULL;
	return fact->size > 1 && row->codec->order != fact->big ? "byte order" : NULL;
}

/* A member of a struct, named in the word, or both where a range is one word; or what is deep in nests. */
static const char *judge_part(const struct tnl_row *row, const struct fact *whole)
{
	const struct fact *part = whole;

	if (!*whole->within || !strcmp(whole->type, "nest") != !!row->sub[0])
		return "nest or struct";
	for (int i = 0; i < 2 && row->sub[i] && part; i++)
		part = fact_at(part->within, row->sub[i]);
	if (part && !row->sub[0])
		part = fact_at(whole->within, row->at);
	if (!part)
		return "part";
	if (!row->sub[0] && !strstr(row->word, part->name) && strcmp(part->name, "ifa_prefered")) /* preferred_lft */
		return "member";
	return judge_value(row, part, row->size ? row->size : row->codec->size);
}

static const char *judge_beside(const struct tnl_row *row, const struct fact *fact)
{
	const struct fact *other;

	other = row->attr6 ? fact_at(fact->set, row->attr6) : NULL;
	if (row->attr6 && (!other || other->size != 16))
		return "number for IPv6";
	other = row->bits ? fact_at(fact->set, row->bits) : NULL;
	if (row->bits && (!other || other->size != row->bits_size))
		return "number of the flags";
	if (row->bits && row->bits_size < 4 && row->mask >> row->bits_size * 8)
		return "mask";
	other = row->plen_attr ? fact_at(fact->set, row->plen_attr) : NULL;
	if (row->plen_attr && (!other || other->size != 2 || other->big || !strstr(other->name, "PREFIXLEN")))
		return "number of the prefix length";
	return NULL;
}

static const char *judge(const struct tnl_kind *kind, const struct tnl_row *row)
{
	const struct fact *fact = fact_of(kind, row);

	if (fact->number != (row->scope == TNL_HEAD ? row->at : row->attr))
		return "number";
	if (judge_beside(row, fact))
		return judge_beside(row, fact);
	if (row->sub[0] || (row->scope != TNL_HEAD && row->size))
		return judge_part(row, fact);
	return judge_value(row, fact, row->size ? row->size : row->codec->size);
}

/* ---- the tests ---- */

static void each_row_agrees_with_its_description(void **state)
{
	(void)state;
	EACH_KIND(kind) {
		int judged = 0;

		EACH_ROW(row, kind) {
			const char *wrong;

			if (!fact_of(kind, row))
				continue;
			wrong = judge(kind, row);
			if (wrong)
				broken("%s %s, %s: another %s", tnl_kind_name(kind), row->word, row->attr_name, wrong);
			judged++;
		}
		print_message("# %s: %d rows\n", tnl_kind_name(kind), judged);
	}
}

static void each_row_is_described_unless_its_kind_is_not(void **state)
{
	bool seen[COUNT(others)] = {0};

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			if (!is_sent(row) || fact_of(kind, row))
				continue;
			if (row->scope != TNL_NEST || own_set(kind))
				broken("%s %s: %s is not described", tnl_kind_name(kind), row->word, row->attr_name);
			for (size_t i = 0; i < COUNT(others); i++)
				seen[i] |= !strcmp(others[i].kind, kind->name);
		}
	}
	for (size_t i = 0; i < COUNT(others); i++)
		if (!others[i].set && tnl_kind_find(others[i].kind) && !seen[i])
			broken("%s: why is it in the list?", others[i].kind);
}

/* A judge that finds nothing wrong with wrong rows is none. */
static void each_wrong_row_is_found(void **state)
{
	int found = 0;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct tnl_codec swapped = *row->codec, longer = *row->codec;
			struct tnl_row wrong[3] = { *row, *row, *row };
			const struct fact *fact = fact_of(kind, row);

			if (!fact)
				continue;
			*(row->scope == TNL_HEAD ? &wrong[0].at : &wrong[0].attr) += 1;
			longer.size = row->codec->size + 1;
			wrong[1].codec = &longer;
			wrong[1].size = row->size ? row->size + 1 : 0;
			swapped.order = !swapped.order;
			wrong[2].codec = &swapped;
			assert_non_null(judge(kind, &wrong[0]));
			if (longer.size > 1 || row->size)
				assert_non_null(judge(kind, &wrong[1]));
			if (swapped.json == TNL_JSON_NUMBER && swapped.size > 1 && !(row->mask && !row->bits))
				assert_non_null(judge(kind, &wrong[2]));
			found++;
		}
	}
	assert_true(found > 100);
}

/* What lies in the object, and is sent as it lies: the number in the order that the description asks for. */
static void assert_bytes(const struct tnl_kind *kind, const struct tnl_row *row, const struct fact *fact,
			 const struct tnl_obj *obj, uint64_t number)
{
	const struct tnl_set *set = row->scope == TNL_TOP ? &obj->top : &obj->nest;
	const struct nlattr *attr = row->scope == TNL_HEAD ? NULL : tnl_set_find(set, fact->number);
	const uint8_t *data = attr ? mnl_attr_get_payload(attr) : NULL;
	const bool big = fact->big || __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	if (row->scope == TNL_HEAD)
		data = obj->head + fact->number;
	if (!data || (attr && mnl_attr_get_payload_len(attr) != fact->size))
		broken("%s %s: not %d bytes", tnl_kind_name(kind), row->word, fact->size);
	for (int i = 0; i < fact->size; i++)
		if (data[big ? fact->size - 1 - i : i] != (uint8_t)(number >> 8 * i))
			broken("%s %s %#llx: byte %d is %02x", tnl_kind_name(kind), row->word,
			       (unsigned long long)number, i, data[i]);
}

static void a_number_lies_in_the_message_as_described(void **state)
{
	static const char *const texts[] = { "0x12", "0x1234", "0x123456", "0x12345678", "0x123456789abcdef0" };
	int seen = 0;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			const struct fact *fact = fact_of(kind, row);
			struct tnl_obj *obj = NULL;

			if (!fact || !is_input(row) || row->sub[0] || (row->size && row->scope != TNL_HEAD) ||
			    row->codec->shape == TNL_TEXT ||
			    (row->mask && !row->bits) || row->codec->json == TNL_JSON_BOOL)
				continue;
			for (int i = COUNT(texts) - 1; i >= 0 && !obj; i--) {
				struct line line = {0};

				put_needed(&line, kind, row, 0);
				put(&line, keyword_of(kind, row));
				put(&line, texts[i]);
				if (tnl_parse(t, kind, line.argc, line.argv, &obj))
					continue;
				assert_bytes(kind, row, fact, obj, strtoull(texts[i], NULL, 0) << row->shift);
				seen++;
			}
			tnl_obj_free(obj);
		}
	}
	assert_true(seen > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_agrees_with_its_description),
		cmocka_unit_test(each_row_is_described_unless_its_kind_is_not),
		cmocka_unit_test(each_wrong_row_is_found),
		cmocka_unit_test(a_number_lies_in_the_message_as_described),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
