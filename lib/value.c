// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a row means in an object: where its bytes are, whether they count, how to put them. */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "kernel.h"
#include "row.h"

/* Says what it says by being there at all. */
static bool is_flag(const struct tnl_row *row)
{
	return row->codec->shape == TNL_THERE || row->codec->shape == TNL_NOT_THERE;
}

/* Nothing but flags in an attribute or a header that other rows share. */
static bool only_bits(const struct tnl_row *row)
{
	return row->mask && !row->bits;
}

/* A value that counts while a flag elsewhere is on. */
static bool is_flagged(const struct tnl_row *row)
{
	return row->bits && !row->instead;
}

static struct tnl_set *set_of(const struct tnl_row *row, const struct tnl_obj *obj)
{
	return (struct tnl_set *)(row->scope == TNL_TOP ? &obj->top : &obj->nest);
}

static uint16_t size_of(const struct tnl_row *row)
{
	return row->size ? row->size : row->codec->size;
}

void tnl_row_drop(const struct tnl_row *row, struct tnl_obj *obj)
{
	const uint16_t attrs[] = { row->attr, row->attr6, row->plen_attr };

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		if (attrs[i])
			tnl_set_drop(set_of(row, obj), attrs[i]);
}

/* ---- where the bytes are ---- */

/* Of what is nested in ATTR. */
static const struct nlattr *find_in(const struct nlattr *attr, const uint16_t sub[2])
{
	for (int i = 0; attr && i < 2 && sub[i]; i++) {
		const struct tnl_set in = { .data = (void *)tnl_attr_data(attr), .len = tnl_attr_len(attr) };

		attr = tnl_set_search(&in, sub[i]);
	}
	return attr;
}

/* The bytes of a row where they lie in the object; NULL: not there, or shorter than the row expects. */
static inline const uint8_t *find(const struct tnl_row *row, const struct tnl_obj *obj, uint16_t *len)
{
	const struct nlattr *attr;
	const uint8_t *data;

	if (row->scope == TNL_HEAD) {
		*len = size_of(row);
		return obj->head + row->at;
	}
	attr = tnl_set_find(set_of(row, obj), row->attr);
	if (!attr && row->attr6)
		attr = tnl_set_find(set_of(row, obj), row->attr6);
	if (attr && row->sub[0])
		attr = find_in(attr, row->sub);
	if (!attr)
		return NULL;
	data = tnl_attr_data(attr);
	*len = tnl_attr_len(attr);
	if (row->size) {
		if (*len < row->at + row->size)
			return NULL;
		*len = row->size;
		data += row->at;
	}
	return *len < row->codec->size || *len > TNL_VAL_MAX ? NULL : data;
}

/* Puts the attribute at the end of PATH, which 0 ends; those on the way are nests. */
static int put_deep(struct tnl_set *set, const uint16_t *path, const struct tnl_val *val)
{
	const struct nlattr *old = tnl_set_find(set, path[0]);
	struct tnl_set in = {0};
	int err = 0;

	if (!path[1])
		return tnl_set_put(set, path[0], val->data, val->len);
	if (old)
		err = tnl_set_load(&in, mnl_attr_get_payload(old), mnl_attr_get_payload_len(old));
	if (!err)
		err = put_deep(&in, path + 1, val);
	if (!err)
		err = tnl_set_put(set, path[0], in.data, in.len);
	tnl_set_free(&in);
	return err;
}

static int put_bytes(const struct tnl_row *row, struct tnl_obj *obj, uint16_t attr, const struct tnl_val *val)
{
	const uint16_t path[4] = { attr, row->sub[0], row->sub[1] };

	return put_deep(set_of(row, obj), path, val);
}

/* ---- flags ---- */

/* Raw, as the kernel's own constants are (GRE_KEY is big endian). */
static uint32_t bits_of(const uint8_t *data, uint16_t size)
{
	uint32_t u32 = 0;
	uint16_t u16 = 0;

	memcpy(size == 2 ? (void *)&u16 : (void *)&u32, data, size == 2 ? 2 : 4);
	return size == 2 ? u16 : u32;
}

/* Whether the flag in BITS is on. */
static bool flag_on(const struct tnl_row *row, const struct tnl_obj *obj)
{
	const struct nlattr *attr = tnl_set_find(set_of(row, obj), row->bits);

	if (!attr || !row->bits_size) /* vxlan tells a flag as a truth */
		return attr && (!mnl_attr_get_payload_len(attr) || mnl_attr_get_u8(attr));
	if (mnl_attr_get_payload_len(attr) < row->bits_size)
		return false;
	return row->bits_size == 1 ? mnl_attr_get_u8(attr) :
	       bits_of(mnl_attr_get_payload(attr), row->bits_size) & row->mask;
}

/* Writes flags into an attribute of SIZE bytes (0: its presence, 1: a truth) or into the header. */
static int put_bits(const struct tnl_row *row, struct tnl_obj *obj, uint16_t attr, uint16_t size, bool on)
{
	const struct nlattr *old = row->scope == TNL_HEAD ? NULL : tnl_set_find(set_of(row, obj), attr);
	uint8_t *head = row->scope == TNL_HEAD ? obj->head + row->at : NULL;
	uint32_t bits = 0;
	uint16_t u16;

	if (size < 2 && !on) {
		tnl_set_drop(set_of(row, obj), attr);
		return 0;
	}
	if (size < 2)
		return tnl_set_put(set_of(row, obj), attr, &on, size);
	if (head)
		bits = bits_of(head, size);
	else if (old && mnl_attr_get_payload_len(old) >= size)
		bits = bits_of(mnl_attr_get_payload(old), size);
	bits = on ? bits | row->mask : bits & ~row->mask;
	u16 = bits;
	if (head) {
		memcpy(head, size == 2 ? (void *)&u16 : (void *)&bits, size);
		return 0;
	}
	return tnl_set_put(set_of(row, obj), attr, size == 2 ? (void *)&u16 : (void *)&bits, size);
}

static bool inverted(const struct tnl_row *row)
{
	return row->codec->shape == TNL_OFF_BIT;
}

/* What a row of flags says where nobody said anything. */
static bool bits_default(const struct tnl_row *row, const struct tnl_obj *obj)
{
	return row->scope == TNL_HEAD ? !(obj->kind->iff & row->mask) == inverted(row) : row->def;
}

/* ---- part of a number ---- */

static void get_field(const struct tnl_row *row, struct tnl_val *val)
{
	tnl_val_set(row->codec, val, (tnl_val_number(row->codec, val) & row->field) >> row->shift);
}

static int put_field(const struct tnl_row *row, struct tnl_obj *obj, const struct tnl_val *val)
{
	struct tnl_val whole = { .len = row->codec->size };
	uint16_t len;
	const uint8_t *data = find(row, obj, &len);
	uint64_t number = tnl_val_number(row->codec, val) << row->shift & row->field;

	if (data)
		memcpy(whole.data, data, whole.len);
	tnl_val_set(row->codec, &whole, number | (tnl_val_number(row->codec, &whole) & ~(uint64_t)row->field));
	return put_bytes(row, obj, row->attr, &whole);
}

/* ---- values ---- */

static int16_t plen_of(const struct tnl_row *row, const struct tnl_obj *obj)
{
	const struct nlattr *attr = row->plen_attr ? tnl_set_find(set_of(row, obj), row->plen_attr) : NULL;

	if (row->plen)
		return obj->head[row->plen - 1];
	return attr && mnl_attr_get_payload_len(attr) >= 2 ? mnl_attr_get_u16(attr) : -1;
}

static int put_plen(const struct tnl_row *row, struct tnl_obj *obj, int16_t plen)
{
	uint16_t u16 = plen;

	if (row->plen && plen >= 0)
		obj->head[row->plen - 1] = plen;
	return row->plen_attr && plen >= 0 ? tnl_set_put(set_of(row, obj), row->plen_attr, &u16, sizeof(u16)) : 0;
}

/* Of a row that is more than the payload of its attribute. */
static bool get_other(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val)
{
	uint16_t len;
	const uint8_t *data = row->scope ? find(row, obj, &len) : NULL;

	val->len = 0;
	val->plen = -1;
	val->instead = row->instead && flag_on(row, obj);
	if (val->instead)
		return true;
	if (is_flagged(row) && !flag_on(row, obj))
		return false;
	if (!data && row->plen && !obj->head[row->plen - 1])
		val->plen = 0; /* the default route: no attribute at all */
	if (!data)
		return false;
	if (only_bits(row)) {
		bool on = !(bits_of(data, size_of(row)) & row->mask) == inverted(row);

		tnl_val_set(row->codec, val, on);
		return on;
	}
	if (row->codec->shape == TNL_NOT_THERE) { /* its presence means off */
		val->len = 1;
		val->data[0] = 0;
		return true;
	}
	memcpy(val->data, data, len);
	val->len = len;
	val->plen = plen_of(row, obj);
	if (row->field)
		get_field(row, val);
	return true;
}

/* Most rows are: lists ask for thousands of them, and most of those are not there. */
static inline bool is_plain(const struct tnl_row *row)
{
	return row->scope >= TNL_TOP && row->codec->shape != TNL_NOT_THERE &&
	       !(row->size | row->sub[0] | row->bits | row->mask | row->field | row->plen | row->plen_attr);
}

bool tnl_row_get(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val)
{
	const struct nlattr *attr;
	uint16_t len;

	if (!is_plain(row))
		return get_other(row, obj, val);
	val->len = 0;
	val->plen = -1;
	val->instead = false;
	attr = tnl_set_find(set_of(row, obj), row->attr);
	if (!attr && row->attr6)
		attr = tnl_set_find(set_of(row, obj), row->attr6);
	if (!attr)
		return false;
	len = tnl_attr_len(attr);
	if (len < row->codec->size || len > TNL_VAL_MAX)
		return false;
	val->len = len;
	if (len == 4) /* which needs no call */
		memcpy(val->data, tnl_attr_data(attr), 4);
	else
		memcpy(val->data, tnl_attr_data(attr), len);
	return true;
}

/* The word in place of a value: the flag on, the value's own bytes as if nobody had said any. */
static int put_instead(const struct tnl_row *row, struct tnl_obj *obj, bool on)
{
	struct tnl_val zero = { .len = row->codec->size };
	int err = put_bits(row, obj, row->bits, row->bits_size, on);

	if (err || !on)
		return err;
	if (row->field)
		return put_field(row, obj, &zero);
	tnl_set_drop(set_of(row, obj), row->attr);
	return 0;
}

/* A flag by presence: there, or not there. */
static int put_presence(const struct tnl_row *row, struct tnl_obj *obj, const struct tnl_val *val)
{
	tnl_set_drop(set_of(row, obj), row->attr);
	if (row->codec->shape == TNL_NOT_THERE && val->data[0])
		return 0;
	return tnl_set_put(set_of(row, obj), row->attr, NULL, 0);
}

int tnl_row_put(const struct tnl_row *row, struct tnl_obj *obj, const struct tnl_val *val)
{
	uint16_t attr = row->attr;
	int err = 0;

	if (only_bits(row))
		return put_bits(row, obj, attr, size_of(row), !tnl_val_number(row->codec, val) == inverted(row));
	if (row->instead)
		err = put_instead(row, obj, val->instead);
	if (!err)
		err = put_plen(row, obj, val->plen);
	if (err || val->instead)
		return err;
	if (row->scope == TNL_HEAD) {
		memcpy(obj->head + row->at, val->data, size_of(row));
		return 0;
	}
	if (row->field)
		return put_field(row, obj, val);
	if (row->codec->shape == TNL_IF_ON && !val->data[0]) { /* its presence means on, whatever it says */
		tnl_set_drop(set_of(row, obj), attr);
		return 0;
	}
	if (row->attr6 && val->len == 16) {
		tnl_set_drop(set_of(row, obj), attr);
		attr = row->attr6;
	} else if (row->attr6) {
		tnl_set_drop(set_of(row, obj), row->attr6);
	}
	if (row->codec->shape == TNL_PREFIX && !val->len)
		return 0;
	if (is_flag(row))
		return put_presence(row, obj, val);
	err = put_bytes(row, obj, attr, val);
	if (!err && is_flagged(row))
		err = put_bits(row, obj, row->bits, row->bits_size, true);
	return err;
}

/* What an absent attribute means. */
static void default_of(const struct tnl_row *row, struct tnl_val *val)
{
	const char *why;

	val->len = 0;
	val->plen = -1;
	val->instead = false;
	memset(val->data, 0, row->codec->size + 1); /* not the room for the longest text: lists ask for every word */
	if (row->def_text)
		row->codec->parse(row, row->def_text, val, NULL, &why);
	else if (only_bits(row) || is_flagged(row))
		val->len = row->codec->size;
	else if (row->codec->size)
		tnl_val_set(row->codec, val, row->def);
	if (row->codec->shape == TNL_NOT_THERE)
		val->data[0] = val->len = 1;
}

int tnl_row_clear(const struct tnl_row *row, struct tnl_obj *obj)
{
	struct tnl_val zero = { .len = row->codec->size, .plen = -1 };

	if (only_bits(row))
		return put_bits(row, obj, row->attr, size_of(row), inverted(row));
	if (is_flag(row)) {
		tnl_set_drop(set_of(row, obj), row->attr);
		return 0;
	}
	if (row->def_text)
		default_of(row, &zero);
	if (!is_flagged(row))
		return tnl_row_put(row, obj, &zero);
	tnl_set_put(set_of(row, obj), row->attr, zero.data, zero.len);
	return put_bits(row, obj, row->bits, row->bits_size, false);
}

void tnl_row_value_of(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val)
{
	int16_t plen;

	if (tnl_row_get(row, obj, val))
		return;
	plen = val->plen; /* of the default route */
	default_of(row, val);
	if (row->plen)
		val->plen = plen;
}

int tnl_row_copy(const struct tnl_row *row, struct tnl_obj *dst, const struct tnl_obj *src)
{
	struct tnl_val val;

	if (tnl_row_get(row, src, &val))
		return tnl_row_put(row, dst, &val);
	if (only_bits(row) || is_flagged(row) || is_flag(row))
		return tnl_row_clear(row, dst);
	if ((row->codec->size || row->def_text) && tnl_row_get(row, dst, &val)) {
		tnl_row_value_of(row, src, &val);
		return tnl_row_put(row, dst, &val);
	}
	if (row->scope != TNL_HEAD)
		tnl_row_drop(row, dst);
	return 0;
}

void tnl_row_text(const struct tnl_row *row, const struct tnl_val *val, char *text, size_t size, struct tnl_look *look)
{
	*text = 0;
	if (val->instead)
		strlcpy(text, row->instead, size);
	else if (row->codec->hint)
		row->codec->format(row, val, text, size, look);
}

/* ---- comparing ---- */

static bool all_zero(const struct tnl_val *val)
{
	for (int i = 0; i < val->len; i++)
		if (val->data[i])
			return false;
	return true;
}

static bool same_value(const struct tnl_row *row, struct tnl_val *a, struct tnl_val *b)
{
	if (a->instead || b->instead)
		return a->instead == b->instead;
	if (row->codec->shape == TNL_TEXT) {
		a->len -= a->len && !a->data[a->len - 1];
		b->len -= b->len && !b->data[b->len - 1];
	}
	if (row->codec == &tnl_addr && (!a->len || !b->len)) /* some kernels tell 0.0.0.0 where nobody gave one */
		return all_zero(a) && all_zero(b);
	if (a->plen > a->len * 8 && b->plen >= b->len * 8)
		a->plen = b->plen; /* a host, said or not */
	if (b->plen > b->len * 8 && a->plen >= a->len * 8)
		b->plen = a->plen;
	if (row->codec->shape == TNL_PREFIX && !a->plen && !b->plen && all_zero(a) && all_zero(b))
		return true; /* 0.0.0.0/0 and nothing at all are the default route */
	return a->len == b->len && a->plen == b->plen && !memcmp(a->data, b->data, a->len);
}

bool tnl_row_equal(const struct tnl_row *row, const struct tnl_obj *a, const struct tnl_obj *b)
{
	struct tnl_val va, vb;

	if (is_flagged(row) || is_flag(row)) {
		bool in_a = tnl_row_get(row, a, &va), in_b = tnl_row_get(row, b, &vb);

		if (in_a != in_b)
			return false;
		if (!in_a)
			return true;
	}
	tnl_row_value_of(row, a, &va);
	tnl_row_value_of(row, b, &vb);
	return same_value(row, &va, &vb);
}

bool tnl_row_same(const struct tnl_row *row, const struct tnl_obj *a, const struct tnl_obj *b)
{
	struct tnl_val val;

	return tnl_row_equal(row, a, b) && tnl_row_get(row, a, &val) == tnl_row_get(row, b, &val);
}

bool tnl_row_get_set(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val)
{
	struct tnl_val def;

	if (only_bits(row)) {
		tnl_row_value_of(row, obj, val);
		return (tnl_val_number(row->codec, val) != 0) != bits_default(row, obj);
	}
	if (!tnl_row_get(row, obj, val))
		return false;
	if (row->usual)
		return !row->usual(obj);
	if (is_flagged(row) || is_flag(row) || val->instead)
		return true;
	if (row->def_text) {
		default_of(row, &def);
		return !same_value(row, val, &def);
	}
	if (row->codec->size > 0 && row->codec->size <= 8 && row->codec->size != 6)
		return tnl_val_number(row->codec, val) != row->def;
	return !all_zero(val);
}

bool tnl_row_is_set(const struct tnl_row *row, const struct tnl_obj *obj)
{
	struct tnl_val val;

	return tnl_row_get_set(row, obj, &val);
}
