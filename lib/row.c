// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rows in their tables: walking, finding, and what programs may know of them. */
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
	for (const struct tnl_row *const *table = kind->rows; *table; table++) {
		for (const struct tnl_row *row = *table; row->word; row++) {
			*no = row->no && tnl_word_is(row->no, word);
			if (*no || tnl_word_is(row->word, word))
				return row;
			for (int i = 0; i < 4 && row->alias[i]; i++)
				if (tnl_word_is(row->alias[i], word))
					return row;
		}
	}
	return NULL;
}

int tnl_row_ordinal(const struct tnl_kind *kind, const struct tnl_row *wanted)
{
	int n = 0;

	for (const struct tnl_row *const *table = kind->rows; *table; table++) {
		const struct tnl_row *row = *table;

		for (; row->word; row++)
			if (row == wanted)
				return n + (row - *table);
		n += row - *table;
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

const struct tnl_row *tnl_obj_alone(const struct tnl_obj *obj)
{
	tnl_each_row(row, obj->kind)
		if (row->flags & TNL_ALONE)
			return tnl_row_is_set(row, obj) ? row : NULL;
	return NULL;
}

void tnl_obj_drop_overlooked(struct tnl_obj *obj)
{
	const struct tnl_row *alone = tnl_obj_alone(obj);

	if (!alone)
		return;
	tnl_each_row(row, obj->kind)
		if (tnl_row_overlooked(row, alone))
			tnl_row_drop(row, obj);
}

bool tnl_row_overlooked(const struct tnl_row *row, const struct tnl_row *alone)
{
	return alone && row != alone && row->scope == TNL_NEST && strcmp(row->word, "mode");
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
