// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a row means in an object: where its bytes are, whether they count, how to put them. */
#include "row.h"

#include <string.h>

#include "kernel.h"

/* ---- walking tables ---- */

const struct tnl_row *tnl_row_next(const struct tnl_kind *kind, const struct tnl_row *row)
{
	const struct tnl_row *const *table = kind->rows;

	if (row && row[1].word)
		return row + 1;
	if (row) {
		const struct tnl_row *last;

		do {
			for (last = *table; last[1].word; last++)
				;
			table++;
		} while (last != row);
	}
	return *table;
}

const struct tnl_row *tnl_row_find(const struct tnl_kind *kind, const char *word, bool *no)
{
	tnl_each_row(row, kind) {
		*no = row->no && !strcmp(row->no, word);
		if (*no || !strcmp(row->word, word))
			return row;
		for (int i = 0; i < 4 && row->alias[i]; i++)
			if (!strcmp(row->alias[i], word))
				return row;
	}
	return NULL;
}

int tnl_row_ordinal(const struct tnl_kind *kind, const struct tnl_row *wanted)
{
	int n = 0;

	tnl_each_row(row, kind) {
		if (row == wanted)
			return n;
		n++;
	}
	return -1;
}

const struct tnl_row *tnl_row_of_attr(const struct tnl_kind *kind, uint8_t scope, uint16_t attr)
{
	tnl_each_row(row, kind)
		if (row->scope == scope && (row->attr == attr || (row->attr6 && row->attr6 == attr)))
			return row;
	return NULL;
}

void tnl_row_pair(const struct tnl_kind *kind, const struct tnl_row *row, const struct tnl_row *pair[2])
{
	bool no;

	for (int i = 0; i < 2; i++)
		pair[i] = tnl_row_find(kind, row->both[i], &no);
}

bool tnl_row_input(const struct tnl_row *row)
{
	return !(row->flags & (TNL_STATE | TNL_STAT | TNL_BOTH));
}

/* ---- bytes ---- */

/* Says what it says by being there at all. */
static bool is_flag(const struct tnl_row *row)
{
	return row->codec->shape == TNL_THERE || row->codec->shape == TNL_NOT_THERE;
}

static bool only_bits(const struct tnl_row *row)
{
	return row->mask && !row->bits;
}

static struct tnl_set *set_of(const struct tnl_row *row, const struct tnl_obj *obj)
{
	return (struct tnl_set *)(row->scope == TNL_TOP ? &obj->top : &obj->nest);
}

static uint16_t size_of(const struct tnl_row *row)
{
	return row->size ? row->size : row->codec->size;
}

/* The bytes of a row where they lie in the object; NULL: not there, or shorter than the row expects. */
static const uint8_t *find(const struct tnl_row *row, const struct tnl_obj *obj, uint16_t *len)
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
	if (attr && row->sub) {
		struct tnl_set in = { .data = mnl_attr_get_payload(attr), .len = mnl_attr_get_payload_len(attr) };

		attr = tnl_set_find(&in, row->sub);
	}
	if (!attr)
		return NULL;
	data = mnl_attr_get_payload(attr);
	*len = mnl_attr_get_payload_len(attr);
	if (row->size) {
		if (*len < row->at + row->size)
			return NULL;
		*len = row->size;
		data += row->at;
	}
	return *len < row->codec->size || *len > TNL_VAL_MAX ? NULL : data;
}

static uint32_t mask_of(const uint8_t *data, uint16_t len)
{
	uint32_t u32 = 0;
	uint16_t u16 = 0;

	/* raw, as the kernel's own constants are (GRE_KEY is big endian) */
	memcpy(len == 2 ? (void *)&u16 : (void *)&u32, data, len == 2 ? 2 : 4);
	return len == 2 ? u16 : u32;
}

/* Writes flags into an attribute of LEN bytes or into the header. */
static int put_bits(const struct tnl_row *row, struct tnl_obj *obj, uint16_t attr, uint16_t len, bool on)
{
	const struct nlattr *old = row->scope == TNL_HEAD ? NULL : tnl_set_find(set_of(row, obj), attr);
	uint8_t *head = row->scope == TNL_HEAD ? obj->head + row->at : NULL;
	uint32_t bits = 0;
	uint16_t u16;

	if (head)
		bits = mask_of(head, len);
	else if (old && mnl_attr_get_payload_len(old) >= len)
		bits = mask_of(mnl_attr_get_payload(old), len);
	bits = on ? bits | row->mask : bits & ~row->mask;
	u16 = bits;
	if (head) {
		memcpy(head, len == 2 ? (void *)&u16 : (void *)&bits, len);
		return 0;
	}
	return tnl_set_put(set_of(row, obj), attr, len == 2 ? (void *)&u16 : (void *)&bits, len);
}

bool tnl_row_get(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val)
{
	uint16_t len;
	const uint8_t *data = row->scope ? find(row, obj, &len) : NULL;

	val->len = 0;
	val->plen = -1;
	if (row->bits) {
		const struct nlattr *attr = tnl_set_find(set_of(row, obj), row->bits);

		if (!attr || mnl_attr_get_payload_len(attr) < 2 ||
		    !(mask_of(mnl_attr_get_payload(attr), 2) & row->mask))
			return false;
	}
	if (!data && row->plen && !obj->head[row->plen - 1])
		val->plen = 0; /* the default route: no attribute at all */
	if (!data)
		return false;
	if (only_bits(row)) {
		bool on = mask_of(data, size_of(row)) & row->mask;

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
	if (row->plen)
		val->plen = obj->head[row->plen - 1];
	return true;
}

static int put_nested(const struct tnl_row *row, struct tnl_obj *obj, const struct tnl_val *val)
{
	const struct nlattr *old = tnl_set_find(set_of(row, obj), row->attr);
	struct tnl_set in = {0};
	int err = 0;

	if (old)
		err = tnl_set_load(&in, mnl_attr_get_payload(old), mnl_attr_get_payload_len(old));
	if (!err)
		err = tnl_set_put(&in, row->sub, val->data, val->len);
	if (!err)
		err = tnl_set_put(set_of(row, obj), row->attr, in.data, in.len);
	tnl_set_free(&in);
	return err;
}

int tnl_row_put(const struct tnl_row *row, struct tnl_obj *obj, const struct tnl_val *val)
{
	uint16_t attr = row->attr;
	int err = 0;

	if (only_bits(row))
		return put_bits(row, obj, attr, size_of(row), tnl_val_number(row->codec, val) != 0);
	if (row->plen && val->plen >= 0)
		obj->head[row->plen - 1] = val->plen;
	if (row->scope == TNL_HEAD) {
		memcpy(obj->head + row->at, val->data, size_of(row));
		return 0;
	}
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
	if (is_flag(row)) {
		tnl_set_drop(set_of(row, obj), attr);
		if (row->codec->shape == TNL_NOT_THERE && val->data[0])
			return 0;
		return tnl_set_put(set_of(row, obj), attr, NULL, 0);
	}
	err = row->sub ? put_nested(row, obj, val) : tnl_set_put(set_of(row, obj), attr, val->data, val->len);
	if (!err && row->bits)
		err = put_bits(row, obj, row->bits, 2, true);
	return err;
}

int tnl_row_clear(const struct tnl_row *row, struct tnl_obj *obj)
{
	struct tnl_val zero = { .len = row->codec->size, .plen = -1 };
	int err = 0;

	if (only_bits(row))
		return put_bits(row, obj, row->attr, size_of(row), false);
	if (is_flag(row)) {
		tnl_set_drop(set_of(row, obj), row->attr);
		return 0;
	}
	if (row->bits)
		err = put_bits(row, obj, row->bits, 2, false);
	if (!err && row->scope == TNL_HEAD)
		memset(obj->head + row->at, 0, size_of(row));
	else if (!err && row->sub)
		err = put_nested(row, obj, &zero);
	else if (!err)
		err = tnl_set_put(set_of(row, obj), row->attr, zero.data, zero.len);
	return err;
}

void tnl_row_value_of(const struct tnl_row *row, const struct tnl_obj *obj, struct tnl_val *val)
{
	if (tnl_row_get(row, obj, val))
		return;
	memset(val->data, 0, sizeof(val->data));
	if (only_bits(row) || row->bits)
		val->len = row->codec->size;
	else if (row->codec->size)
		tnl_val_set(row->codec, val, row->def);
	if (row->codec->shape == TNL_NOT_THERE)
		val->data[0] = val->len = 1;
}

int tnl_row_copy(const struct tnl_row *row, struct tnl_obj *dst, const struct tnl_obj *src)
{
	struct tnl_val val;

	if (tnl_row_get(row, src, &val))
		return tnl_row_put(row, dst, &val);
	if (only_bits(row) || row->bits || is_flag(row))
		return tnl_row_clear(row, dst);
	if (row->codec->size && tnl_row_get(row, dst, &val)) {
		tnl_row_value_of(row, src, &val);
		return tnl_row_put(row, dst, &val);
	}
	if (row->scope != TNL_HEAD)
		tnl_set_drop(set_of(row, dst), row->attr);
	return 0;
}

static bool all_zero(const struct tnl_val *val)
{
	for (int i = 0; i < val->len; i++)
		if (val->data[i])
			return false;
	return true;
}

bool tnl_row_equal(const struct tnl_row *row, const struct tnl_obj *a, const struct tnl_obj *b)
{
	struct tnl_val va, vb;
	bool in_a = tnl_row_get(row, a, &va), in_b = tnl_row_get(row, b, &vb);

	if (row->bits || is_flag(row)) {
		if (in_a != in_b)
			return false;
		if (!in_a)
			return true;
	}
	tnl_row_value_of(row, a, &va);
	tnl_row_value_of(row, b, &vb);
	if (row->codec->shape == TNL_TEXT) {
		va.len -= va.len && !va.data[va.len - 1];
		vb.len -= vb.len && !vb.data[vb.len - 1];
	}
	if (va.plen > va.len * 8 && vb.plen >= vb.len * 8)
		va.plen = vb.plen; /* a host, said or not */
	if (vb.plen > vb.len * 8 && va.plen >= va.len * 8)
		vb.plen = va.plen;
	if (row->codec->shape == TNL_PREFIX && !va.plen && !vb.plen && all_zero(&va) && all_zero(&vb))
		return true; /* 0.0.0.0/0 and nothing at all are the default route */
	return va.len == vb.len && va.plen == vb.plen && !memcmp(va.data, vb.data, va.len);
}

bool tnl_row_set(const struct tnl_row *row, const struct tnl_obj *obj)
{
	struct tnl_val val;

	if (!tnl_row_get(row, obj, &val))
		return false;
	if (row->bits || is_flag(row))
		return true;
	if (row->codec->size > 0 && row->codec->size <= 8 && row->codec->size != 6)
		return tnl_val_number(row->codec, &val) != row->def;
	return !all_zero(&val);
}

/* ---- what programs may know ---- */

const char *tnl_row_word(const struct tnl_row *row)
{
	return row->word;
}

const char *tnl_row_no(const struct tnl_row *row)
{
	return row->no;
}

const char *tnl_row_alias(const struct tnl_row *row, unsigned n)
{
	return n < 4 ? row->alias[n] : NULL;
}

const char *tnl_row_value(const struct tnl_row *row, unsigned n)
{
	for (const struct tnl_name *name = row->names; name && name->name; name++)
		if (!n--)
			return name->name;
	return NULL;
}

const char *tnl_row_json(const struct tnl_row *row)
{
	return row->json ? row->json : row->word;
}

const char *tnl_row_help(const struct tnl_row *row)
{
	return row->help;
}

const char *tnl_row_hint(const struct tnl_row *row)
{
	return row->codec->hint ? row->codec->hint : "";
}

unsigned tnl_row_flags(const struct tnl_row *row)
{
	return row->flags | (row->codec->hint ? 0 : TNL_BARE);
}

const char *tnl_row_differs(const struct tnl_row *row)
{
	return row->differs;
}
