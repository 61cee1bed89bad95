// SPDX-License-Identifier: LGPL-2.1-or-later
/* The recorder: what would have been sent, as lines that a person can read. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "handle.h"
#include "kernel.h"

int tnl_record(struct tnl *t, const char *fmt, ...)
{
	char line[TNL_TEXT_MAX];
	const struct nlattr *attr;
	uint16_t n = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	tnl_set_each(attr, &t->lines)
		n++;
	return tnl_set_put(&t->lines, n, line, strlen(line) + 1);
}

/* Flags: the number, and the words that it says. */
static int record_flags(struct tnl *t, const struct tnl_kind *kind, const char *name, const struct nlattr *attr)
{
	uint16_t len = mnl_attr_get_payload_len(attr), type = mnl_attr_get_type(attr);
	char words[TNL_TEXT_MAX] = "", hex[13] = "";
	const uint8_t *data = mnl_attr_get_payload(attr);
	uint32_t bits = 0;

	memcpy(&bits, data, len < sizeof(bits) ? len : sizeof(bits));
	tnl_each_row(row, kind)
		if ((row->bits == type || (row->attr == type && !row->bits)) && row->scope == TNL_NEST && bits & row->mask)
			snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s", *words ? " " : "", row->word);
	for (int i = 0; i < len && i < 4; i++)
		snprintf(hex + 3 * i, 4, " %02x", data[i]);
	return *words ? tnl_record(t, "    %s%s  (%s)", name, hex, words) : tnl_record(t, "    %s%s", name, hex);
}

int tnl_record_value(struct tnl *t, const char *name, const struct tnl_row *row, const struct tnl_val *val,
		     const char *word)
{
	char text[TNL_TEXT_MAX];

	tnl_row_text(row, val, text, sizeof(text), &t->look);
	return tnl_record(t, "    %s%s%s  (%s)", name, *text ? " " : "", text, word);
}

static int record_attr(struct tnl *t, const struct tnl_row *row, const struct nlattr *attr)
{
	struct tnl_val val = { .len = mnl_attr_get_payload_len(attr), .plen = -1 };
	char hex[3 * 32 + 1] = "";

	if (val.len > TNL_VAL_MAX)
		val.len = TNL_VAL_MAX;
	memcpy(val.data, mnl_attr_get_payload(attr), val.len);
	if (!row->sub[0] && row->codec->hint && row->codec->shape != TNL_NOT_THERE)
		return tnl_record_value(t, row->attr_name, row, &val, row->word);
	for (size_t i = 0; i < val.len && i < 32; i++) /* a nest or a truth: its bytes */
		snprintf(hex + 3 * i, 4, " %02x", val.data[i]);
	return tnl_record(t, "    %s%s  (%s)", row->attr_name, hex, row->word);
}

/* Several rows share a number: each with its part. */
static int record_fields(struct tnl *t, struct tnl_obj *part, const struct nlattr *attr)
{
	int err = tnl_set_put(&part->nest, mnl_attr_get_type(attr), mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	tnl_each_row(row, part->kind) {
		struct tnl_val val;

		if (err || !row->field || row->attr != mnl_attr_get_type(attr) || !tnl_row_set(row, part))
			continue;
		tnl_row_get(row, part, &val);
		err = tnl_record_value(t, row->attr_name, row, &val, row->word);
	}
	tnl_set_free(&part->nest);
	return err;
}

int tnl_record_attrs(struct tnl *t, const struct tnl_kind *kind, uint8_t scope, const void *payload, size_t len)
{
	const struct nlattr *attr;
	int err = 0;

	mnl_attr_for_each_payload(payload, len) {
		const struct tnl_row *row = tnl_row_of_attr(kind, scope, mnl_attr_get_type(attr));
		struct tnl_obj part = { .kind = kind };

		if (!row)
			err = tnl_record(t, "    attribute %u, %u bytes", mnl_attr_get_type(attr),
					 mnl_attr_get_payload_len(attr));
		else if (row->field)
			err = record_fields(t, &part, attr);
		else if (row->mask && !row->bits)
			err = record_flags(t, kind, row->attr_name, attr);
		else
			err = record_attr(t, row, attr);
		if (err)
			return err;
	}
	return 0;
}

int tnl_recorded(struct tnl *t, int (*cb)(void *arg, const char *line), void *arg)
{
	const struct nlattr *attr;
	int err;

	tnl_set_each(attr, &t->lines) {
		err = cb(arg, mnl_attr_get_payload(attr));
		if (err)
			return err;
	}
	return 0;
}
