/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Codecs: one payload <-> one word of text. They own byte order; nobody else swaps bytes. */
#ifndef TNL_CODEC_H
#define TNL_CODEC_H

#include <endian.h>
#include <string.h>

#include "libtunnel.h"

#define TNL_VAL_MAX 256
#define TNL_TEXT_MAX 512

struct tnl_val {
	uint16_t len;
	int16_t plen; /* prefix length beside an address; -1: none given */
	bool instead; /* the word that stands in place of a value: "none", "inherit" */
	uint8_t data[TNL_VAL_MAX] __attribute__((aligned(8)));
};

/* Interface names, indexes and namespaces, as the handle's namespace has them; codecs know no sockets. */
struct tnl_look {
	int (*index)(struct tnl_look *look, const char *name); /* ifindex, or -errno */
	int (*name)(struct tnl_look *look, int index, char name[16]);
	int (*netns)(struct tnl_look *look, const char *name); /* the namespace's number here, or -errno */
	enum tnl_naming naming;
	struct {
		const char *file;
		uint64_t number;
		char name[32];
	} named;              /* the last number whose name was looked up; none: empty */
};

/* rtnames.c: the names in FILE of /etc/iproute2. */
bool tnl_named_number(const char *file, const char *name, uint64_t *number); /* false: no such name */
const char *tnl_number_name(const char *file, uint64_t number, struct tnl_look *look); /* NULL: it has none */

struct tnl_name {
	const char *name;
	uint32_t value;
};

struct tnl_row;

/* What is special about a payload; everything else is just its bytes. */
enum tnl_shape {
	TNL_BYTES,
	TNL_THERE,    /* no payload: being there is the value */
	TNL_NOT_THERE, /* no payload: being there means off */
	TNL_IF_ON,    /* being there means on, whatever the payload says */
	TNL_TEXT,     /* may come with its end or without */
	TNL_PREFIX,   /* an address; with prefix length 0 it may be left out */
	TNL_INDEX,    /* of an interface; 0: none */
	TNL_OFF_BIT,  /* a flag that means off */
	TNL_PAIR      /* two numbers LOW-HIGH, which may also come as two words */
};

struct tnl_codec {
	const char *hint; /* what usage shows in place of a value; NULL: a bare word */
	uint8_t shape;    /* enum tnl_shape */
	uint8_t size;     /* of the payload in bytes, 0: none or varying */
	uint8_t json;     /* enum tnl_json */
	uint8_t order;    /* 1: big endian */
	const char *zero; /* the word that means 0: "inherit", "auto" */
	/* 0, or -EINVAL with *WHY, or what a look-up said. */
	int (*parse)(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why);
	/* Writes at most SIZE bytes with the end. */
	void (*format)(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
		       struct tnl_look *look);
};

extern const struct tnl_codec tnl_u8, tnl_u16, tnl_u32, tnl_u64;
extern const struct tnl_codec tnl_ttl, tnl_autottl, tnl_tos, tnl_dsfield, tnl_tclass, tnl_label, tnl_label0x, tnl_mark, tnl_mtu, tnl_port, tnl_autoport, tnl_port16, tnl_msec, tnl_id, tnl_xid, tnl_vni, tnl_index;
extern const struct tnl_codec tnl_bool8, tnl_onoff8, tnl_flag, tnl_onflag, tnl_offflag, tnl_bit16, tnl_bit32;
extern const struct tnl_codec tnl_onbit32, tnl_offbit32, tnl_namedbit32;
extern const struct tnl_codec tnl_enum8, tnl_enum16, tnl_enum32;
extern const struct tnl_codec tnl_addr4, tnl_addr6, tnl_addr, tnl_anyaddr, tnl_broadcast, tnl_prefix, tnl_prefix4, tnl_prefix6, tnl_range, tnl_ifaddr, tnl_key, tnl_dev, tnl_iflink, tnl_lladdr, tnl_mac, tnl_hex, tnl_str, tnl_tag, tnl_ifname;
extern const struct tnl_codec tnl_user, tnl_gid, tnl_netns, tnl_netnsid;

/* Whole decimal or 0x number of at most BITS bits: no sign, no space, no leading zero. */
int tnl_number(const char *text, unsigned bits, uint64_t *number, const char **why);
/* The codec functions of every plain number: a value's name, or digits. */
int tnl_number_parse(const struct tnl_row *row, const char *text, struct tnl_val *val, struct tnl_look *look,
		     const char **why);
void tnl_number_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size,
		       struct tnl_look *look);
void tnl_str_format(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size, struct tnl_look *look);
/* NUMBER in decimal, and its length: lists are full of numbers. */
size_t tnl_digits(char *text, size_t size, uint64_t number);
/* Whether an address has bits beyond its prefix length. */
bool tnl_val_has_host_bits(const struct tnl_val *val);
/* NUMBER as a payload of CODEC. */
void tnl_val_set(const struct tnl_codec *codec, struct tnl_val *val, uint64_t number);

/* The payload as a number in host order; 0 when it is longer than 8 bytes. Inline: it is what most of a list is. */
static inline uint64_t tnl_val_number(const struct tnl_codec *codec, const struct tnl_val *val)
{
	uint64_t u64 = 0;
	uint32_t u32 = 0;
	uint16_t u16 = 0;

	switch (val->len) {
	case 1:
		return val->data[0];
	case 2:
		memcpy(&u16, val->data, 2);
		return codec->order ? be16toh(u16) : u16;
	case 4:
		memcpy(&u32, val->data, 4);
		return codec->order ? be32toh(u32) : u32;
	case 8:
		memcpy(&u64, val->data, 8);
		return codec->order ? be64toh(u64) : u64;
	default:
		return 0;
	}
}

#endif
