// SPDX-License-Identifier: LGPL-2.1-or-later
/* All kinds. A new one is a file and a line here. */
#include <string.h>

#include "handle.h"

extern const struct tnl_kind tnl_kind_ipip, tnl_kind_sit, tnl_kind_gre, tnl_kind_gretap, tnl_kind_erspan, tnl_kind_ip6tnl;
extern const struct tnl_kind tnl_kind_ip6gre, tnl_kind_ip6gretap, tnl_kind_ip6erspan, tnl_kind_vti, tnl_kind_vti6;
extern const struct tnl_kind tnl_kind_xfrm, tnl_kind_vxlan, tnl_kind_geneve, tnl_kind_tun, tnl_kind_tap;
extern const struct tnl_kind tnl_kind_l2tp, tnl_kind_l2tp_tunnel, tnl_kind_l2tp_session;
extern const struct tnl_kind tnl_kind_fou, tnl_kind_prl;

static const struct tnl_kind *const kinds[] = {
	&tnl_kind_ipip,
	&tnl_kind_sit,
	&tnl_kind_gre,
	&tnl_kind_gretap,
	&tnl_kind_erspan,
	&tnl_kind_ip6tnl,
	&tnl_kind_ip6gre,
	&tnl_kind_ip6gretap,
	&tnl_kind_ip6erspan,
	&tnl_kind_vti,
	&tnl_kind_vti6,
	&tnl_kind_xfrm,
	&tnl_kind_vxlan,
	&tnl_kind_geneve,
	&tnl_kind_l2tp,
	&tnl_kind_l2tp_tunnel,
	&tnl_kind_l2tp_session,
	&tnl_kind_tap,
	&tnl_kind_tun,
	&tnl_kind_fou,
	&tnl_kind_prl,
	&tnl_kind_addr,
	&tnl_kind_route,
	NULL
};

const struct tnl_kind *tnl_kind_next(const struct tnl_kind *kind)
{
	const struct tnl_kind *const *at = kinds;

	if (!kind)
		return *at;
	while (*at && *at != kind)
		at++;
	return *at ? at[1] : NULL;
}

const struct tnl_kind *tnl_kind_find(const char *name)
{
	for (const struct tnl_kind *const *kind = kinds; *kind; kind++) {
		if (tnl_word_is((*kind)->name, name))
			return *kind;
		for (const char *const *mode = (*kind)->modes; mode && *mode; mode++)
			if (tnl_word_is(*mode, name))
				return *kind;
	}
	return NULL;
}

const struct tnl_kind *tnl_kind_of_link(const char *name, const struct tnl_set *data)
{
	for (const struct tnl_kind *const *at = kinds; *at; at++) {
		const struct tnl_kind *kind = *at;
		const struct nlattr *attr;

		if (!kind->link || strcmp(kind->link, name))
			continue;
		attr = kind->tell.attr ? tnl_set_find(data, kind->tell.attr) : NULL;
		if (!kind->tell.attr ||
		    (attr && mnl_attr_get_payload_len(attr) >= 1 && mnl_attr_get_u8(attr) == kind->tell.value))
			return kind;
	}
	return &tnl_kind_link;
}

const char *tnl_kind_name(const struct tnl_kind *kind)
{
	return kind->name;
}

const char *tnl_kind_help(const struct tnl_kind *kind)
{
	return kind->help;
}

bool tnl_kind_is_link(const struct tnl_kind *kind)
{
	return kind->pattern != NULL;
}

bool tnl_kind_has_row(const struct tnl_kind *kind, const struct tnl_row *row)
{
	if (kind)
		return tnl_row_ordinal(kind, row) >= 0;
	while ((kind = tnl_kind_next(kind)))
		if (kind->pattern && tnl_row_ordinal(kind, row) < 0)
			return false;
	return true;
}

static const struct tnl_transport *via_of(const struct tnl_kind *kind, const char *transport)
{
	for (const struct tnl_transport *const *via = kind->via; *via; via++)
		if (!strcmp((*via)->name, transport))
			return *via;
	return NULL;
}

bool tnl_kind_has_via(const struct tnl_kind *kind, const char *transport)
{
	const struct tnl_transport *via = via_of(kind, transport);

	return via && via->create;
}

bool tnl_carries(const struct tnl_transport *via, const struct tnl_row *row)
{
	return (via->scopes >> row->scope & 1) && (!via->old || row->old.how);
}

bool tnl_row_has_via(const struct tnl_kind *kind, const struct tnl_row *row, const char *transport)
{
	const struct tnl_transport *via = via_of(kind, transport);
	const struct tnl_row *pair[2] = { row, row };

	if (row->flags & TNL_BOTH)
		tnl_row_pair(kind, row, pair);
	return via && tnl_carries(via, pair[0]) && tnl_carries(via, pair[1]);
}
