// SPDX-License-Identifier: LGPL-2.1-or-later
/* Codecs of numbers, truths, texts and people. */
#include "codec.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "row.h"

/* ---- numbers ---- */

int tnl_number(const char *text, unsigned bits, uint64_t *number, const char **why)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	char *end;

	*why = "not a number (decimal or 0x...)";
	if (!*digits)
		return -EINVAL;
	for (const char *c = digits; *c; c++)
		if (hex ? !isxdigit((unsigned char)*c) : !isdigit((unsigned char)*c))
			return -EINVAL;
	*why = "a leading 0 is ambiguous: write it decimal or with 0x";
	if (!hex && digits[0] == '0' && digits[1])
		return -EINVAL;
	*why = bits == 8 ? "out of range (0 to 255)" : bits == 16 ? "out of range (0 to 65535)" :
	       bits == 32 ? "out of range (0 to 4294967295)" : "out of range";
	errno = 0;
	*number = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || (bits < 64 && *number >> bits))
		return -EINVAL;
	return 0;
}

size_t tnl_digits(char *text, size_t size, uint64_t number)
{
	char digits[20], *at = digits + sizeof(digits);
	size_t len;

	do
		*--at = '0' + number % 10;
	while (number /= 10);
	len = digits + sizeof(digits) - at;
	if (len >= size)
		len = size - 1;
	memcpy(text, at, len);
	text[len] = 0;
	return len;
}

void tnl_val_set(const struct tnl_codec *codec, struct tnl_val *val, uint64_t number)
{
	uint64_t u64 = codec->order ? htobe64(number) : number;
	uint32_t u32 = codec->order ? htobe32(number) : number;
	uint16_t u16 = codec->order ? htobe16(number) : number;

	val->len = codec->size;
	val->plen = -1;
	val->instead = false;
	switch (codec->size) {
	case 1:
		val->data[0] = number;
		break;
	case 2:
		memcpy(val->data, &u16, 2);
		break;
	case 4:
		memcpy(val->data, &u32, 4);
		break;
	case 8:
		memcpy(val->data, &u64, 8);
		break;
	}
}

static const struct tnl_name *by_name(const struct tnl_row *row, const char *text)
{
	for (const struct tnl_name *n = row->names; n && n->name; n++)
		if (!strcmp(n->name, text))
			return n;
	return NULL;
}

int tnl_number_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			const char **why)
{
	const struct tnl_codec *codec = row->codec;
	const struct tnl_name *name = by_name(row, text);
	uint64_t number = 0;
	int err = 0;

	(void)look;
	if (name)
		number = name->value;
	else if (row->file && !isdigit((unsigned char)*text) && tnl_named_number(row->file, text, &number))
		err = codec->size < 8 && number >> codec->size * 8 ? -EINVAL : 0;
	else if (!codec->zero || strcmp(text, codec->zero))
		err = tnl_number(text, codec->size * 8, &number, why);
	if (!err)
		tnl_val_set(codec, val, number);
	return err;
}

void tnl_number_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			  struct tnl_look *look)
{
	uint64_t number = tnl_val_number(row->codec, val);
	bool digits = row->file && look->naming == TNL_NAMES_NONE;
	const char *name = row->file && look->naming == TNL_NAMES_ALL ? tnl_number_name(row->file, number, look) : NULL;

	for (const struct tnl_name *n = row->names; !digits && n && n->name; n++) {
		if (n->value == number) {
			strlcpy(text, n->name, size);
			return;
		}
	}
	if (name)
		strlcpy(text, name, size);
	else if (!number && row->codec->zero)
		strlcpy(text, row->codec->zero, size);
	else
		tnl_digits(text, size, number);
}

static void hexnumber_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			     struct tnl_look *look)
{
	(void)look;
	snprintf(text, size, "0x%llx", (unsigned long long)tnl_val_number(row->codec, val));
}

static int id_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		    const char **why)
{
	int err = tnl_number_parse(row, text, val, look, why);

	if (!err && !tnl_val_number(row->codec, val)) {
		*why = "out of range (1 to 4294967295)";
		err = -EINVAL;
	}
	return err;
}

static int index_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		       const char **why)
{
	int err = tnl_number_parse(row, text, val, look, why);

	if (!err && (!tnl_val_number(row->codec, val) || tnl_val_number(row->codec, val) > INT32_MAX)) {
		*why = "out of range (1 to 2147483647)";
		err = -EINVAL;
	}
	return err;
}

static int vni_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	int err = tnl_number_parse(row, text, val, look, why);

	if (!err && tnl_val_number(row->codec, val) > 0xffffff) {
		*why = "out of range (0 to 16777215)";
		err = -EINVAL;
	}
	return err;
}

/* Names; numbers too, for a newer kernel may report values that have no name here. */
static int enum_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		      const char **why)
{
	int err = tnl_number_parse(row, text, val, look, why);

	if (err && !isdigit((unsigned char)*text))
		*why = "not one of its values";
	return err;
}

/* Hexadecimal with or without 0x, as everybody's scripts have it. -1: not of at most DIGITS digits. */
static long hex_of(const char *text, size_t digits)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	if (!*text || strlen(text) > digits || strspn(text, "0123456789abcdefABCDEF") != strlen(text))
		return -1;
	return strtol(text, NULL, 16);
}

/* A name of the administrator's, or hexadecimal: EF is a name before it is a number. */
static long dsfield_of(const char *text)
{
	uint64_t number;

	if (isalpha((unsigned char)*text) && tnl_named_number("rt_dsfield", text, &number) && number <= 0xff)
		return number;
	return hex_of(text, 2);
}

/* NULL: numbers are wanted, or it has no name. */
static const char *dsfield_name(unsigned field, struct tnl_look *look)
{
	return look->naming == TNL_NAMES_ALL ? tnl_number_name("rt_dsfield", field, look) : NULL;
}

/* The bit 0 of the TOS means inherit. */
static int tos_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	bool inherit = !strncmp(text, "inherit", 7) && (!text[7] || text[7] == '/');
	long tos = dsfield_of(!inherit ? text : text[7] ? text + 8 : "0");

	(void)look;
	*why = "not a TOS (inherit, or hexadecimal 00 to ff)";
	if (tos < 0)
		return -EINVAL;
	tnl_val_set(row->codec, val, tos | (inherit ? 1 : 0));
	return 0;
}

/* Where only the value 1 as a whole means inherit. */
static int dsfield_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			 const char **why)
{
	long field = strcmp(text, "inherit") ? dsfield_of(text) : 1;

	(void)look;
	*why = "not a DS field (inherit, or hexadecimal 00 to ff)";
	if (field < 0)
		return -EINVAL;
	tnl_val_set(row->codec, val, field);
	return 0;
}

static void dsfield_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			   struct tnl_look *look)
{
	const char *name = dsfield_name(val->data[0], look);

	(void)row;
	if (name && val->data[0] != 1)
		snprintf(text, size, "%s", name);
	else
		snprintf(text, size, val->data[0] == 1 ? "inherit" : "0x%02x", val->data[0]);
}

static int tclass_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			const char **why)
{
	long tclass = hex_of(text, 2);

	(void)look;
	*why = "not a traffic class (inherit, or hexadecimal 00 to ff)";
	if (tclass < 0)
		return -EINVAL;
	tnl_val_set(row->codec, val, tclass);
	return 0;
}

static int label_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		       const char **why)
{
	long label = hex_of(text, 5);

	(void)look;
	*why = "not a flow label (hexadecimal 00000 to fffff)";
	if (label < 0)
		return -EINVAL;
	tnl_val_set(row->codec, val, label);
	return 0;
}

/* Where ip takes digits without 0x for decimal. */
static int label0x_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			 const char **why)
{
	int err = label_parse(row, text, val, look, why);

	if (err || !text[1] || text[1] == 'x' || text[1] == 'X')
		return err;
	*why = "ambiguous: write it with 0x";
	return -EINVAL;
}

static void tos_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
		       struct tnl_look *look)
{
	const char *inherit = val->data[0] & 1 ? "inherit/" : "", *name = dsfield_name(val->data[0] & ~1u, look);

	(void)row;
	if (val->data[0] == 1)
		strlcpy(text, "inherit", size);
	else if (name)
		snprintf(text, size, "%s%s", inherit, name);
	else if (!val->data[0])
		strlcpy(text, "0x00", size);
	else
		snprintf(text, size, "%s0x%02x", inherit, val->data[0] & ~1u);
}

static void label_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			 struct tnl_look *look)
{
	(void)look;
	snprintf(text, size, "0x%05llx", (unsigned long long)tnl_val_number(row->codec, val));
}

/* ---- truth ---- */

static int onoff_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		       const char **why)
{
	bool on = !strcmp(text, "on");

	(void)row, (void)look;
	*why = "neither on nor off";
	if (!on && strcmp(text, "off"))
		return -EINVAL;
	val->len = 1;
	val->data[0] = on;
	return 0;
}

static void onoff_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
			 struct tnl_look *look)
{
	(void)look;
	strlcpy(text, tnl_val_number(row->codec, val) ? "on" : "off", size);
}

/* ---- text and people ---- */

static int str_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	size_t len = strlen(text);

	(void)row, (void)look;
	*why = "too long (at most 255 bytes)";
	if (len >= TNL_VAL_MAX)
		return -EINVAL;
	memcpy(val->data, text, len + 1);
	val->len = len + 1;
	val->plen = -1;
	return 0;
}

static int tag_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why)
{
	*why = "not of 1 to 15 characters";
	return *text && strlen(text) < IFNAMSIZ ? str_parse(row, text, val, look, why) : -EINVAL;
}

static int ifname_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
			const char **why)
{
	const char *percent = strchr(text, '%');

	*why = "name too long (at most 15 characters)";
	if (strlen(text) >= IFNAMSIZ)
		return -EINVAL;
	*why = "not a name for an interface";
	if (!*text || !strcmp(text, ".") || !strcmp(text, "..") || !strcmp(text, "all") || !strcmp(text, "default"))
		return -EINVAL;
	for (const char *c = text; *c; c++)
		if (*c == '/' || *c == ':' || isspace((unsigned char)*c))
			return -EINVAL;
	*why = "the only pattern in a name is one %d";
	if (percent && (percent[1] != 'd' || strchr(percent + 1, '%')))
		return -EINVAL;
	return str_parse(row, text, val, look, why);
}

void tnl_str_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
		       struct tnl_look *look)
{
	size_t len = strnlen((const char *)val->data, val->len);

	(void)row, (void)look;
	len = len < size ? len : size - 1;
	memcpy(text, val->data, len);
	text[len] = 0;
}

/*
 * The reentrant look-ups, because handles in several threads must not share libc's one buffer. A group with many
 * members needs a large one.
 */
#define PEOPLE_BUFFER (1 << 20)
#define PEOPLE(what, type, by_name, by_id, name, id)                                                                   \
	static int what##_parse(const struct tnl_row *row, const char *text, struct tnl_val *val,                      \
				struct tnl_look *look, const char **why)                                               \
	{                                                                                                              \
		struct type found, *result = NULL;                                                                     \
		char *buf;                                                                                             \
                                                                                                                       \
		int err = isdigit((unsigned char)*text) ? tnl_number_parse(row, text, val, look, why) : 1;             \
                                                                                                                       \
		if (err < 0)                                                                                           \
			return err;                                                                                    \
		*why = "no such " #what;                                                                               \
		if (!err) /* the kernel means nobody by the last number */                                             \
			return tnl_val_number(row->codec, val) == UINT32_MAX ? -EINVAL : 0;                            \
		buf = malloc(PEOPLE_BUFFER);                                                                           \
		if (!buf)                                                                                              \
			return -ENOMEM;                                                                                \
		if (!by_name(text, &found, buf, PEOPLE_BUFFER, &result) && result)                                     \
			tnl_val_set(row->codec, val, result->id);                                                      \
		free(buf);                                                                                             \
		return result ? 0 : -EINVAL;                                                                           \
	}                                                                                                              \
                                                                                                                       \
	static void what##_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,       \
				  struct tnl_look *look)                                                               \
	{                                                                                                              \
		struct type found, *result = NULL;                                                                     \
		char *buf = malloc(PEOPLE_BUFFER);                                                                     \
                                                                                                                       \
		if (buf && !by_id(tnl_val_number(row->codec, val), &found, buf, PEOPLE_BUFFER, &result) && result)     \
			strlcpy(text, result->name, size);                                                             \
		else                                                                                                   \
			tnl_number_format(row, val, text, size, look);                                                 \
		free(buf);                                                                                             \
	}

PEOPLE(user, passwd, getpwnam_r, getpwuid_r, pw_name, pw_uid)
PEOPLE(group, group, getgrnam_r, getgrgid_r, gr_name, gr_gid)

/* ---- the table ---- */

#define NUMBER .json = TNL_JSON_NUMBER, .parse = tnl_number_parse, .format = tnl_number_format
#define BOOL .json = TNL_JSON_BOOL

const struct tnl_codec tnl_index = { .hint = "INDEX", .size = 4, .json = TNL_JSON_NUMBER, .parse = index_parse, .format = tnl_number_format };
const struct tnl_codec tnl_u8 = { .hint = "N", .size = 1, NUMBER };
const struct tnl_codec tnl_u16 = { .hint = "N", .size = 2, NUMBER };
const struct tnl_codec tnl_u32 = { .hint = "N", .size = 4, NUMBER };
const struct tnl_codec tnl_u64 = { .hint = "N", .size = 8, NUMBER };
const struct tnl_codec tnl_msec = { .hint = "MSEC", .size = 8, NUMBER };
const struct tnl_codec tnl_mtu = { .hint = "BYTES", .size = 4, NUMBER };
const struct tnl_codec tnl_ttl = { .hint = "TTL", .size = 1, .zero = "inherit", NUMBER };
const struct tnl_codec tnl_autottl = { .hint = "TTL", .size = 1, .zero = "auto", NUMBER };
const struct tnl_codec tnl_port = { .hint = "PORT", .size = 2, .order = 1, NUMBER };
const struct tnl_codec tnl_autoport = { .hint = "PORT", .size = 2, .order = 1, .zero = "auto", NUMBER };
const struct tnl_codec tnl_port16 = { .hint = "PORT", .size = 2, NUMBER };
const struct tnl_codec tnl_id = { .hint = "ID", .size = 4, .json = TNL_JSON_NUMBER, .parse = id_parse, .format = tnl_number_format };
const struct tnl_codec tnl_xid = { .hint = "IF_ID", .size = 4, .json = TNL_JSON_NUMBER, .parse = id_parse, .format = hexnumber_format };
const struct tnl_codec tnl_vni = { .hint = "VNI", .size = 4, .json = TNL_JSON_NUMBER, .parse = vni_parse, .format = tnl_number_format };
const struct tnl_codec tnl_mark = { .hint = "MARK", .size = 4, .json = TNL_JSON_NUMBER, .parse = tnl_number_parse, .format = hexnumber_format };
const struct tnl_codec tnl_tos = { .hint = "TOS", .size = 1, .json = TNL_JSON_TEXT, .parse = tos_parse, .format = tos_format };
const struct tnl_codec tnl_dsfield = { .hint = "DSFIELD", .size = 1, .json = TNL_JSON_TEXT, .parse = dsfield_parse, .format = dsfield_format };
const struct tnl_codec tnl_tclass = { .hint = "TCLASS", .size = 4, .order = 1, .json = TNL_JSON_NUMBER, .parse = tclass_parse, .format = hexnumber_format };
const struct tnl_codec tnl_label = { .hint = "LABEL", .size = 4, .order = 1, .json = TNL_JSON_NUMBER, .parse = label_parse, .format = label_format };
const struct tnl_codec tnl_label0x = { .hint = "LABEL", .size = 4, .order = 1, .json = TNL_JSON_NUMBER, .parse = label0x_parse, .format = label_format };
const struct tnl_codec tnl_enum8 = { .hint = "NAME", .size = 1, .json = TNL_JSON_TEXT, .parse = enum_parse, .format = tnl_number_format };
const struct tnl_codec tnl_enum16 = { .hint = "NAME", .size = 2, .json = TNL_JSON_TEXT, .parse = enum_parse, .format = tnl_number_format };
const struct tnl_codec tnl_enum32 = { .hint = "N", .size = 4, .json = TNL_JSON_TEXT, .parse = enum_parse, .format = tnl_number_format };

const struct tnl_codec tnl_bool8 = { .size = 1, BOOL };
const struct tnl_codec tnl_bit16 = { .size = 2, BOOL };
const struct tnl_codec tnl_bit32 = { .size = 4, BOOL };
const struct tnl_codec tnl_onbit32 = { .hint = "on|off", .size = 4, BOOL, .parse = onoff_parse, .format = onoff_format };
const struct tnl_codec tnl_offbit32 = { .shape = TNL_OFF_BIT, .hint = "on|off", .size = 4, BOOL, .parse = onoff_parse, .format = onoff_format };
const struct tnl_codec tnl_namedbit32 = { .hint = "NAME", .size = 4, .json = TNL_JSON_TEXT, .parse = enum_parse, .format = tnl_number_format };
const struct tnl_codec tnl_flag = { .shape = TNL_THERE, BOOL };
const struct tnl_codec tnl_onflag = { .shape = TNL_IF_ON, .hint = "on|off", .size = 1, BOOL, .parse = onoff_parse, .format = onoff_format };
const struct tnl_codec tnl_offflag = { .shape = TNL_NOT_THERE, .hint = "on|off", BOOL, .parse = onoff_parse, .format = onoff_format };
const struct tnl_codec tnl_onoff8 = { .hint = "on|off", .size = 1, BOOL, .parse = onoff_parse, .format = onoff_format };

const struct tnl_codec tnl_str = { .shape = TNL_TEXT, .hint = "TEXT", .parse = str_parse, .format = tnl_str_format };
const struct tnl_codec tnl_tag = { .shape = TNL_TEXT, .hint = "NAME", .parse = tag_parse, .format = tnl_str_format };
const struct tnl_codec tnl_ifname = { .shape = TNL_TEXT, .hint = "NAME", .parse = ifname_parse, .format = tnl_str_format };
const struct tnl_codec tnl_user = { .hint = "USER", .size = 4, .parse = user_parse, .format = user_format };
const struct tnl_codec tnl_gid = { .hint = "GROUP", .size = 4, .parse = group_parse, .format = group_format };
