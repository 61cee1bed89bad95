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
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return tnl_pile_add(&t->lines, line, strlen(line) + 1);
}

/* Flags: the number, and the words that it says. */
static int record_flags(struct tnl *t, const struct tnl_kind *kind, uint8_t scope, const char *name, const struct nlattr *attr)
{
	uint16_t len = mnl_attr_get_payload_len(attr), type = mnl_attr_get_type(attr);
	char words[TNL_TEXT_MAX] = "", hex[13] = "";
	const uint8_t *data = mnl_attr_get_payload(attr);
	uint32_t bits = 0;

	memcpy(&bits, data, len < sizeof(bits) ? len : sizeof(bits));
	tnl_each_row(row, kind)
		if ((row->bits == type || (row->attr == type && !row->bits)) && row->scope == scope && bits & row->mask)
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

static int record_attr(struct tnl *t, const struct tnl_row *row, const struct tnl_obj *all, const struct nlattr *attr)
{
	const uint8_t *data = mnl_attr_get_payload(attr);
	char hex[3 * 32 + 1] = "";
	struct tnl_val val;
	bool got = tnl_row_get(row, all, &val);

	if (row->plen) /* in the header, said above */
		val.plen = -1;
	if (got && !row->sub[0] && row->codec->hint && row->codec->shape != TNL_NOT_THERE)
		return tnl_record_value(t, row->attr_name, row, &val, row->word);
	for (size_t i = 0; i < mnl_attr_get_payload_len(attr) && i < 32; i++) /* a nest or a truth: its bytes */
		snprintf(hex + 3 * i, 4, " %02x", data[i]);
	return tnl_record(t, "    %s%s  (%s)", row->attr_name, hex, row->word);
}

/* Rows may share an attribute, each with its part, or have a part of what they say in an attribute beside. */
static int record_rows(struct tnl *t, const struct tnl_obj *all, uint8_t scope, const struct nlattr *attr)
{
	uint16_t type = mnl_attr_get_type(attr);
	const struct tnl_row *beside = NULL;
	struct tnl_val val;
	int err = 0, told = 0;

	tnl_each_row(row, all->kind) {
		if (row->scope == scope && (row->plen_attr == type || (row->bits == type && row->bits_size < 2)))
			beside = row;
		if (row->scope != scope || (row->attr != type && row->attr6 != type))
			continue;
		if (row->mask && !row->bits)
			return record_flags(t, all->kind, scope, row->attr_name, attr);
		if (err || (told && !row->field && !row->sub[0]) || (row->field && !tnl_row_is_set(row, all)) ||
		    (row->sub[0] && !tnl_row_get(row, all, &val)))
			continue;
		err = record_attr(t, row, all, attr);
		told++;
	}
	if (err || told)
		return err;
	return tnl_record(t, beside ? "    attribute %u, %u bytes  (%s)" : "    attribute %u, %u bytes", type,
			  mnl_attr_get_payload_len(attr), beside ? beside->word : "");
}

int tnl_record_attrs(struct tnl *t, const struct tnl_kind *kind, uint8_t scope, const void *payload, size_t len)
{
	struct tnl_obj all = { .kind = kind };
	struct tnl_set *set = scope == TNL_TOP ? &all.top : &all.nest;
	const struct nlattr *attr;
	int err = tnl_set_load(set, payload, len);

	tnl_set_each(attr, set) {
		if (err)
			break;
		err = record_rows(t, &all, scope, attr);
	}
	tnl_set_free(set);
	return err;
}

/* ---- messages of rtnetlink ---- */

int tnl_record_rtnl(struct tnl *t, const struct tnl_kind *kind, const struct tnl_rtnl *layout, const struct nlmsghdr *nlh)
{
	bool del = nlh->nlmsg_type == layout->del;
	const char *how = nlh->nlmsg_flags & NLM_F_CREATE ? nlh->nlmsg_flags & NLM_F_APPEND ? " create,append" : " create,excl" : "";
	struct tnl_obj head = { .kind = kind };
	const struct nlattr *attr, *in;
	struct tnl_val val;
	char text[TNL_TEXT_MAX];
	int err = tnl_record(t, "RTM_%s%s%s", del ? "DEL" : "NEW", layout->name, del ? "" : how);

	memcpy(head.head, mnl_nlmsg_get_payload(nlh), layout->head);
	if (!err && layout->link && ((struct ifinfomsg *)head.head)->ifi_index) {
		const int index = ((struct ifinfomsg *)head.head)->ifi_index;

		err = t->look.name(&t->look, index, text) ? tnl_record(t, "    ifi_index %d", index) :
		      tnl_record(t, "    ifi_index %d  (%s)", index, text);
	}
	tnl_each_row(row, kind) {
		if (!err && row->plen && (row->flags & TNL_ID))
			err = tnl_record(t, "    prefix length %u  (%s)", head.head[row->plen - 1], row->word);
		if (err || row->scope != TNL_HEAD || !tnl_row_input(row) || (row->flags & TNL_ASIDE) || /* said above */
		    (layout->link && row->mask ? !(((struct ifinfomsg *)head.head)->ifi_change & row->mask) :
						 !tnl_row_is_set(row, &head)))
			continue;
		tnl_row_value_of(row, &head, &val);
		err = tnl_record_value(t, row->attr_name, row, &val, row->word);
	}
	mnl_attr_for_each(attr, nlh, layout->head) {
		if (err)
			break;
		if (!layout->link || mnl_attr_get_type(attr) != IFLA_LINKINFO) {
			err = tnl_record_attrs(t, kind, TNL_TOP, attr, MNL_ALIGN(attr->nla_len));
			continue;
		}
		mnl_attr_for_each_nested(in, attr) {
			if (mnl_attr_get_type(in) == IFLA_INFO_KIND)
				err = tnl_record(t, "  IFLA_LINKINFO, IFLA_INFO_KIND %s, IFLA_INFO_DATA", kind->link);
			else if (!err)
				err = tnl_record_attrs(t, kind, TNL_NEST, mnl_attr_get_payload(in),
						       mnl_attr_get_payload_len(in));
		}
	}
	return err;
}

int tnl_recorded(struct tnl *t, int (*cb)(void *arg, const char *line), void *arg)
{
	int err = 0;

	for (size_t at = 0; !err && at < t->lines.len; at += strlen(t->lines.data + at) + 1)
		err = cb(arg, t->lines.data + at);
	return err;
}
