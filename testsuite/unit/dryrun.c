// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/* What would be sent: a dry run names each word, and refuses what it cannot send. */
#include "rows.h"

/* What the other kinds stand on; the first entry that fits. */
static const struct beside bases[] = {
	{ "l2tp", "encap", "local 192.0.2.1 remote 192.0.2.2 peer_tunnel_id 5" },
	{ "l2tp-tunnel", "encap", "local 192.0.2.1 remote 192.0.2.2 peer_tunnel_id 5" },
	{ "l2tp", "udp6_csum_tx", "local ::1 remote ::2 peer_tunnel_id 5 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp", "udp6_csum_rx", "local ::1 remote ::2 peer_tunnel_id 5 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp-tunnel", "udp6_csum_tx",
	  "local ::1 remote ::2 peer_tunnel_id 5 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp-tunnel", "udp6_csum_rx",
	  "local ::1 remote ::2 peer_tunnel_id 5 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp", NULL, "local 192.0.2.1 remote 192.0.2.2 peer_tunnel_id 5 encap udp udp_sport 5000 udp_dport 5001" },
	{ "l2tp-tunnel", NULL,
	  "local 192.0.2.1 remote 192.0.2.2 peer_tunnel_id 5 encap udp udp_sport 5000 udp_dport 5001" },
	{ "route", "via", "dev lo" }, { "route", NULL, "dev lo" }, { "address", NULL, "dev lo" },
	{ 0 }
};

struct record {
	size_t used;
	int lines;
	char text[16384];
};

static int note_line(void *arg, const char *line)
{
	struct record *record = arg;

	record->used += snprintf(record->text + record->used, sizeof(record->text) - record->used, "%s\n", line);
	record->lines++;
	return 0;
}

/* A header that lacks an attribute may leave its number in place of its name. */
static int check_line(void *arg, const char *line)
{
	(void)arg;
	if (strspn(line, " ") && strspn(line + strspn(line, " "), "0123456789"))
		broken("no name: \"%s\"", line);
	return 0;
}

/* Makes the object of LINE in a new handle that records; false: refused, with the word in *ERROR. */
static bool record_of(const struct tnl_kind *kind, const struct line *line, const char *via, struct record *record,
		      struct tnl_error *error)
{
	struct tnl *dry = tnl_open(TNL_DRY);
	struct tnl_obj *obj;
	int err;

	memset(record, 0, sizeof(*record));
	assert_non_null(dry);
	assert_int_equal(tnl_via(dry, via), 0);
	obj = parse(dry, kind, line);
	err = tnl_create(dry, obj);
	*error = *tnl_error(dry);
	assert_int_equal(tnl_recorded(dry, note_line, record), 0);
	assert_int_equal(tnl_recorded(dry, check_line, NULL), 0);
	tnl_obj_free(obj);
	tnl_close(dry);
	if (err)
		assert_int_equal(error->outcome, TNL_REFUSED);
	return !err;
}

/* "(ikey okey)" names both. */
static bool names(const struct record *record, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = record->text; (at = strstr(at, word)); at++)
		if ((at[-1] == '(' || at[-1] == ' ') && (at[len] == ')' || at[len] == ' '))
			return true;
	return false;
}

/* A line on which the row says something, with what the kind needs beside it. */
static bool line_with(struct line *line, const struct tnl_kind *kind, const struct tnl_row *row)
{
	struct form form;

	if (!is_input(row) || !first_form(t, samples, kind, row, &form))
		return false;
	put_form(line, &form);
	put_needed(line, kind, row, 0);
	put_first(line, bases, false, kind, row);
	put_beside(line, kind, row);
	return true;
}

static bool carries(const struct tnl_kind *kind, const struct tnl_row *row, const char *via)
{
	return is_common(row) || tnl_row_has_via(kind, row, via); /* those of every link follow over rtnetlink */
}

/* By its word; a line that gave the negative form ("nopmtudisc") may be named by that. */
static void assert_names(const struct tnl_kind *kind, const struct tnl_row *row, const struct record *record,
			 const struct line *line)
{
	const struct tnl_row *parts[2] = { row, row };
	bool no = tnl_row_no(row) && has_word(line, tnl_row_no(row));

	if (is_both(row))
		parts_of(t, samples, kind, row, parts);
	for (int i = 0; i < 2; i++)
		if (!names(record, tnl_row_word(parts[i])) &&
		    !(no && tnl_row_no(parts[i]) && names(record, tnl_row_no(parts[i]))) &&
		    !(tnl_row_flags(row) & TNL_POS && strstr(record->text, "tt20")))
			broken("%s: the record of \"%s\" does not name it:\n%s", tnl_kind_name(kind), text_of(line),
			       record->text);
}

static void check_record(const struct tnl_kind *kind, const struct tnl_row *row, const char *via)
{
	struct line line = {0};
	struct record record;
	struct tnl_error error;

	if (!line_with(&line, kind, row))
		return;
	if (carries(kind, row, via)) {
		if (!record_of(kind, &line, via, &record, &error))
			broken("%s over %s: \"%s\" is refused: %s: %s", tnl_kind_name(kind), via, text_of(&line),
			       error.word, error.text);
		assert_true(record.lines > 0);
		assert_names(kind, row, &record, &line);
	} else {
		assert_false(record_of(kind, &line, via, &record, &error));
		assert_int_equal(record.lines, 0);
		assert_non_null(strstr(error.text, via));
		/* a composite word goes by its first half, a word by itself or by one that it needs */
		assert_true(has_word(&line, error.word) || is_both(row));
	}
}

static void a_dry_run_names_each_word_and_refuses_what_it_cannot_send(void **state)
{
	static const char *const vias[] = { "rtnl", "ioctl" };
	int seen[2] = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		EACH_KIND(kind) {
			if (!tnl_kind_has_via(kind, vias[i]))
				continue;
			EACH_ROW(row, kind)
				check_record(kind, row, vias[i]);
			seen[i]++;
		}
		assert_true(seen[i]);
	}
}

/* By whatever way a kind goes: no word is dropped on it. */
static void a_dry_run_tells_with_the_word_from_without(void **state)
{
	static struct record with, without;
	struct tnl_error error;

	(void)state;
	EACH_KIND(kind) {
		EACH_ROW(row, kind) {
			struct line line = {0}, less = {0};
			struct form form;

			if (!line_with(&line, kind, row) || !first_form(t, samples, kind, row, &form))
				continue;
			put_needed(&less, kind, NULL, 0);
			put_first(&less, bases, false, kind, row);
			put_beside(&less, kind, row);
			if (!record_of(kind, &line, NULL, &with, &error)) {
				if (!strcmp(error.word, tnl_row_word(row))) /* no kernel would take it */
					continue;
				broken("%s: \"%s\" is refused: %s: %s", tnl_kind_name(kind), text_of(&line), error.word,
				       error.text);
			}
			if (!(tnl_row_flags(row) & (TNL_ID | TNL_NEED)) &&
			    record_of(kind, &less, NULL, &without, &error) && !strcmp(with.text, without.text))
				broken("%s: nothing is recorded of \"%s\"", tnl_kind_name(kind), text_of(&line));
		}
	}
}

static void a_transport_that_does_not_exist_is_refused(void **state)
{
	static const char *const vias[] = { "", "netlink", "RTNL" };

	(void)state;
	for (size_t i = 0; i < COUNT(vias); i++) {
		assert_int_equal(tnl_via(t, vias[i]), -EINVAL);
		assert_int_equal(tnl_error(t)->outcome, TNL_REFUSED);
	}
	assert_int_equal(tnl_via(t, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dry_run_names_each_word_and_refuses_what_it_cannot_send),
		cmocka_unit_test(a_dry_run_tells_with_the_word_from_without),
		cmocka_unit_test(a_transport_that_does_not_exist_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
