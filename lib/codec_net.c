// SPDX-License-Identifier: LGPL-2.1-or-later
/* Codecs of addresses, keys, interfaces and bytes. */
#include "codec.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handle.h"
#include "kernel.h"

/* ---- addresses ---- */

static bool is_any(const char *text)
{
	return !strcmp(text, "any") || !strcmp(text, "default") || !strcmp(text, "all");
}

/* An address of the one family that the codec's size tells. */
static int fixed_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		       const char **why)
{
	const bool v4 = row->codec->size == 4;
	uint8_t other[16];

	(void)look;
	val->len = row->codec->size;
	val->plen = -1;
	memset(val->data, 0, val->len);
	if (is_any(text) || inet_pton(v4 ? AF_INET : AF_INET6, text, val->data) == 1)
		return 0;
	if (inet_pton(v4 ? AF_INET6 : AF_INET, text, other) == 1)
		*why = v4 ? "an IPv6 address, but this kind wants IPv4" : "an IPv4 address, but this kind wants IPv6";
	else
		*why = v4 ? "not a complete IPv4 address" : "not a complete IPv6 address";
	return -EINVAL;
}

static int addr_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		      const char **why)
{
	(void)row, (void)look;
	val->plen = -1;
	if (inet_pton(AF_INET, text, val->data) == 1)
		val->len = 4;
	else if (inet_pton(AF_INET6, text, val->data) == 1)
		val->len = 16;
	else
		*why = "not a complete IPv4 or IPv6 address";
	return val->len ? 0 : -EINVAL;
}

/* Of either family, or none at all. */
static int anyaddr_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			 const char **why)
{
	if (!is_any(text))
		return addr_parse(row, text, val, look, why);
	val->len = 4;
	val->plen = -1;
	memset(val->data, 0, 4);
	return 0;
}

/* By hand: lists are full of them, and inet_ntop() goes by way of sprintf(). */
static void quad_format(const uint8_t *data, char *text, size_t size)
{
	size_t used = tnl_digits(text, size, data[0]);

	for (int i = 1; i < 4 && used + 1 < size; i++) {
		text[used++] = '.';
		used += tnl_digits(text + used, size - used, data[i]);
	}
}

static void ip_format(const struct tnl_val *val, char *text, size_t size)
{
	if (val->len == 4)
		quad_format(val->data, text, size);
	else
		inet_ntop(AF_INET6, val->data, text, size);
}

static void addr_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			struct tnl_look *look)
{
	static const uint8_t zero[16];

	(void)look;
	if (val->len != 4 && val->len != 16)
		strlcpy(text, "any", size);
	else if (row->codec->parse != addr_parse && row->codec->shape != TNL_PREFIX && !memcmp(val->data, zero, val->len))
		strlcpy(text, "any", size);
	else
		ip_format(val, text, size);
}

static int prefix_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			const char **why)
{
	const char *slash = strchr(text, '/');
	char addr[INET6_ADDRSTRLEN];
	uint64_t plen;
	int err;

	if (!strcmp(text, "default")) {
		val->len = 0;
		val->plen = 0;
		return 0;
	}
	if (!slash)
		return addr_parse(row, text, val, look, why);
	*why = "not a complete IPv4 or IPv6 address";
	if ((size_t)(slash - text) >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, slash - text);
	addr[slash - text] = 0;
	err = addr_parse(row, addr, val, look, why);
	if (err)
		return err;
	err = tnl_number(slash + 1, 8, &plen, why);
	*why = "not a prefix length of that address family";
	if (err || plen > val->len * 8u)
		return -EINVAL;
	val->plen = plen;
	return 0;
}

/* An IPv4 address, or how it follows from another word. */
static int broadcast_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			   const char **why)
{
	(void)row, (void)look;
	val->plen = -1;
	val->len = 1;
	val->data[0] = *text;
	if (!strcmp(text, "+") || !strcmp(text, "-"))
		return 0;
	*why = "neither a complete IPv4 address nor + or -";
	val->len = 4;
	return inet_pton(AF_INET, text, val->data) == 1 ? 0 : -EINVAL;
}

static void broadcast_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			     struct tnl_look *look)
{
	(void)row, (void)look;
	if (val->len == 1)
		snprintf(text, size, "%c", val->data[0]);
	else if (val->len != 4 || !inet_ntop(AF_INET, val->data, text, size))
		strlcpy(text, "none", size);
}

static void network_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			   struct tnl_look *look)
{
	size_t used;

	addr_format(row, val, text, size, look);
	used = strlen(text);
	snprintf(text + used, size - used, "/%d", val->plen);
}

/* A network of the one family that the codec's size tells. */
static int network_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			 const char **why)
{
	int err;

	*why = row->codec->size == 4 ? "not an IPv4 prefix" : "not an IPv6 prefix";
	if (!strcmp(text, "default"))
		return -EINVAL;
	err = prefix_parse(row, text, val, look, why);
	if (!err && val->len != row->codec->size)
		return -EINVAL;
	if (!err && val->plen < 0)
		val->plen = val->len * 8;
	return err;
}

bool tnl_val_has_host_bits(const struct tnl_val *val)
{
	for (int bit = val->plen < 0 ? val->len * 8 : val->plen; bit < val->len * 8; bit++)
		if (val->data[bit / 8] >> (7 - bit % 8) & 1)
			return true;
	return false;
}

/* An interface has no address "default". */
static int ifaddr_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			const char **why)
{
	*why = "not a complete IPv4 or IPv6 address";
	return strcmp(text, "default") ? prefix_parse(row, text, val, look, why) : -EINVAL;
}

static void prefix_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			  struct tnl_look *look)
{
	size_t used;

	if (!val->len) {
		snprintf(text, size, "default");
		return;
	}
	addr_format(row, val, text, size, look);
	used = strlen(text);
	if (val->plen >= 0 && val->plen < val->len * 8)
		snprintf(text + used, size - used, "/%d", val->plen);
}

static int key_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	if (!strchr(text, '.'))
		return tnl_number_parse(row, text, val, look, why);
	val->len = 4;
	val->plen = -1;
	*why = "neither a number nor a dotted quad";
	return inet_pton(AF_INET, text, val->data) == 1 ? 0 : -EINVAL;
}

/* ---- port ranges: two ports in network byte order ---- */

static int range_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		       const char **why)
{
	const char *high = strpbrk(text, "- ");
	const char *why_not;
	uint64_t port[2];
	char low[8];

	(void)row, (void)look;
	*why = "not a range of ports (LOW-HIGH)";
	if (!high || (size_t)(high - text) >= sizeof(low))
		return -EINVAL;
	memcpy(low, text, high - text);
	low[high - text] = 0;
	if (tnl_number(low, 16, &port[0], &why_not) || tnl_number(high + 1, 16, &port[1], &why_not) || port[0] > port[1])
		return -EINVAL;
	for (int i = 0; i < 2; i++) {
		val->data[2 * i] = port[i] >> 8;
		val->data[2 * i + 1] = port[i];
	}
	val->len = 4;
	val->plen = -1;
	return 0;
}

static void range_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			 struct tnl_look *look)
{
	size_t used = tnl_digits(text, size, val->data[0] << 8 | val->data[1]);

	(void)row, (void)look;
	if (used + 1 < size)
		text[used++] = '-';
	tnl_digits(text + used, size - used, val->data[2] << 8 | val->data[3]);
}

/* ---- devices, people, bytes ---- */

static int dev_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	uint64_t number;
	int index = -ENODEV;

	if (!strcmp(text, "none")) {
		tnl_val_set(row->codec, val, 0);
		return 0;
	}
	*why = "no such device";
	if (strlen(text) < IFNAMSIZ && *text)
		index = look->index(look, text);
	if (index == -ENODEV && !strncmp(text, "if", 2) && !tnl_number(text + 2, 31, &number, why))
		index = number;
	*why = "no such device";
	if (index <= 0)
		return index == -ENODEV || !index ? -EINVAL : index;
	tnl_val_set(row->codec, val, index);
	return 0;
}

static void dev_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
		       struct tnl_look *look)
{
	int index = tnl_val_number(row->codec, val);
	char name[IFNAMSIZ];

	if (!index)
		strlcpy(text, "none", size);
	else if (look->name(look, index, name))
		snprintf(text, size, "if%d", index);
	else
		strlcpy(text, name, size);
}

static bool denied(int err)
{
	return err == -EACCES || err == -EPERM;
}

static int netns_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		       const char **why)
{
	int fd = strlen(text) < TNL_VAL_MAX ? tnl_netns_open(text) : -ENAMETOOLONG;

	(void)row, (void)look;
	*why = fd == -ENOENT ? "no such namespace" : denied(fd) ? "permission denied" : "cannot be opened as a namespace";
	if (fd < 0)
		return -EINVAL;
	close(fd);
	val->len = strlen(text) + 1;
	val->plen = -1;
	memcpy(val->data, text, val->len);
	return 0;
}

static int netnsid_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			 const char **why)
{
	uint64_t number;
	int id;

	if (!tnl_number(text, 31, &number, why)) {
		tnl_val_set(row->codec, val, number);
		return 0;
	}
	id = look->netns(look, text);
	*why = id == -ENOENT ? "no such namespace, or it has no number here (ip netns set NAME auto)" :
	       denied(id)    ? "permission denied" :
			       "not a network namespace";
	if (id < 0)
		return -EINVAL;
	tnl_val_set(row->codec, val, id);
	return 0;
}

/* 0 to 15; -1: no digit. */
static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | ' ') - 'a' + 10 : -1;
}

static int mac_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	(void)row, (void)look;
	*why = "not a MAC address";
	if (strlen(text) != 17)
		return -EINVAL;
	for (int i = 0; i < 6; i++) {
		const char *c = text + 3 * i;

		if (hex_digit(c[0]) < 0 || hex_digit(c[1]) < 0 || (i < 5 && c[2] != ':'))
			return -EINVAL;
		val->data[i] = hex_digit(c[0]) << 4 | hex_digit(c[1]);
	}
	val->len = 6;
	val->plen = -1;
	return 0;
}

/* Of tunnels it is the outer address. */
static int lladdr_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			const char **why)
{
	return strlen(text) == 17 && text[2] == ':' ? mac_parse(row, text, val, look, why) :
						      addr_parse(row, text, val, look, why);
}

static int hex_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	size_t len = strlen(text);

	(void)row, (void)look;
	*why = "not 8 or 16 hexadecimal digits";
	if ((len != 8 && len != 16) || strspn(text, "0123456789abcdefABCDEF") != len)
		return -EINVAL;
	for (size_t i = 0; i < len / 2; i++) {
		char byte[3] = { text[2 * i], text[2 * i + 1], 0 };

		val->data[i] = strtoul(byte, NULL, 16);
	}
	val->len = len / 2;
	val->plen = -1;
	return 0;
}

static void bytes_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			 struct tnl_look *look)
{
	static const char digits[] = "0123456789abcdef";
	bool colons = row->codec->parse != hex_parse;
	size_t used = 0;

	(void)look;
	if (!val->len)
		strlcpy(text, "none", size);
	for (size_t i = 0; i < val->len && used + 4 < size; i++) {
		if (i && colons)
			text[used++] = ':';
		text[used++] = digits[val->data[i] >> 4];
		text[used++] = digits[val->data[i] & 15];
		text[used] = 0;
	}
}

static void lladdr_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			  struct tnl_look *look)
{
	if (val->len == 4 || val->len == 16)
		ip_format(val, text, size);
	else
		bytes_format(row, val, text, size, look);
}

const struct tnl_codec tnl_key = { .hint = "KEY", .size = 4, .order = 1, .json = TNL_JSON_KEY, .parse = key_parse, .format = tnl_number_format };
const struct tnl_codec tnl_addr4 = { .hint = "ADDR", .size = 4, .parse = fixed_parse, .format = addr_format };
const struct tnl_codec tnl_addr6 = { .hint = "ADDR6", .size = 16, .parse = fixed_parse, .format = addr_format };
const struct tnl_codec tnl_broadcast = { .hint = "ADDR", .size = 4, .parse = broadcast_parse, .format = broadcast_format };
const struct tnl_codec tnl_anyaddr = { .hint = "ADDR", .parse = anyaddr_parse, .format = addr_format };
const struct tnl_codec tnl_addr = { .hint = "ADDR", .parse = addr_parse, .format = addr_format };
const struct tnl_codec tnl_prefix = { .shape = TNL_PREFIX, .hint = "PREFIX", .parse = prefix_parse, .format = prefix_format };
const struct tnl_codec tnl_prefix4 = { .shape = TNL_PREFIX, .hint = "PREFIX4", .size = 4, .parse = network_parse, .format = network_format };
const struct tnl_codec tnl_prefix6 = { .shape = TNL_PREFIX, .hint = "PREFIX6", .size = 16, .parse = network_parse, .format = network_format };
const struct tnl_codec tnl_ifaddr = { .shape = TNL_PREFIX, .hint = "PREFIX", .parse = ifaddr_parse, .format = prefix_format };
const struct tnl_codec tnl_range = { .shape = TNL_PAIR, .hint = "LOW-HIGH", .size = 4, .parse = range_parse, .format = range_format };
const struct tnl_codec tnl_dev = { .shape = TNL_INDEX, .hint = "DEV", .size = 4, .parse = dev_parse, .format = dev_format };
const struct tnl_codec tnl_netns = { .shape = TNL_TEXT, .hint = "NETNS", .parse = netns_parse, .format = tnl_str_format };
const struct tnl_codec tnl_netnsid = { .hint = "NETNS", .size = 4, .json = TNL_JSON_NUMBER, .parse = netnsid_parse, .format = tnl_number_format };
const struct tnl_codec tnl_iflink = { .hint = "DEV", .size = 4, .parse = dev_parse, .format = dev_format };
const struct tnl_codec tnl_lladdr = { .hint = "LLADDR", .parse = lladdr_parse, .format = lladdr_format };
const struct tnl_codec tnl_mac = { .hint = "MAC", .size = 6, .parse = mac_parse, .format = bytes_format };
const struct tnl_codec tnl_hex = { .hint = "HEX", .parse = hex_parse, .format = bytes_format };
