/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words into an object one by one. Refusals fill the handle's error and return -EINVAL. */
#ifndef TNL_WORDS_H
#define TNL_WORDS_H

#include "handle.h"

/* "type" and "mode" are one word: a kind, a mode of the kind, or both. *TYPED: the kind is said already. */
bool tnl_is_type(const char *word);
int tnl_parse_type(struct tnl *t, struct tnl_obj *obj, bool *typed, const char *word, const char *value);
/* ROW's WORD, NO: its negative form; TEXT: its value, NULL where it takes none. */
int tnl_parse_word(struct tnl *t, struct tnl_obj *obj, const struct tnl_row *row, bool no, const char *word,
		   const char *text);
/* ROW was given before, by WORD or another one. */
int tnl_given_twice(struct tnl *t, const struct tnl_kind *kind, const struct tnl_row *row, const char *word);
int tnl_bad_value(struct tnl *t, const struct tnl_row *row, const char *word, const char *text, const char *why);
/* WORD is none of KIND; WORD says TEXT, which is no kind. */
int tnl_not_a_word(struct tnl *t, const struct tnl_kind *kind, const char *word);
int tnl_not_a_kind(struct tnl *t, const char *word, const char *text);

#endif
