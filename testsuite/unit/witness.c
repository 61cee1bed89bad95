// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/* What somebody else reads of each word: `ip`. */
#include "kernel.h"

/* Both directions of our own tables could be wrong together; `ip` has tables of its own. */
struct witness {
	const struct tnl_row *row;
	char name[16];
};

/* Many links at once: each has a remote end of its own, unless it is given one or the kind has none. */
static bool make_witness(const struct tnl_kind *kind, const struct tnl_row *row, const struct form *form, int number,
			 struct witness *witness)
{
	for (int with_base = 1; with_base >= 0; with_base--) {
		struct line line = {0};
		struct tnl_obj *obj;
		int err;

		snprintf(witness->name, sizeof(witness->name), "o%d", number);
		put_all(&line, "name");
		put(&line, witness->name);
		put_form(&line, form);
		put_beside(&line, kind, row);
		if (with_base)
			put_ends(&line, kind, number);
		obj = parse(t, kind, &line);
		err = tnl_create(t, obj);
		tnl_obj_free(obj);
		witness->row = row;
		if (!err)
			return true;
	}
	return false;
}

/* The part about NAME, with single spaces around each word. */
static void section_of(const char *text, const char *name, char *section, size_t size)
{
	char start[2][24];
	const char *at, *end;
	size_t used = 0;

	snprintf(start[0], sizeof(start[0]), ": %s@", name);
	snprintf(start[1], sizeof(start[1]), ": %s:", name);
	at = strstr(text, start[0]) ? strstr(text, start[0]) : strstr(text, start[1]);
	assert_non_null(at);
	for (end = at; *end && !(end[0] == '\n' && end[1] != ' '); end++)
		;
	section[used++] = ' ';
	for (; at < end && used + 2 < size; at++) {
		char c = *at == '\n' ? ' ' : *at;

		if (c != ' ' || section[used - 1] != ' ')
			section[used++] = c;
	}
	section[used++] = ' ';
	section[used] = 0;
}

static bool ip_says(const char *section, const struct tnl_row *row, const struct said *said)
{
	uint32_t number = said->number;
	char words[400], text[300];

	snprintf(text, sizeof(text), "%s", said->text);
	if (!strcmp(tnl_row_hint(row), "KEY"))
		snprintf(text, sizeof(text), "%u.%u.%u.%u", number >> 24, number >> 16 & 255, number >> 8 & 255,
			 number & 255);
	if (!strncmp(text, "inherit/", 8)) /* an extension of ours */
		snprintf(text, sizeof(text), "0x%02x", number);
	if (!strcmp(tnl_row_word(row), "erspan_hwid") || !strcmp(tnl_row_word(row), "label"))
		snprintf(text, sizeof(text), "0x%x", number);
	for (int i = -2; i < 0 || tnl_row_alias(row, i); i++) {
		const char *word = i == -2 ? said->word : i == -1 ? tnl_row_word(row) : tnl_row_alias(row, i);

		snprintf(words, sizeof(words), " %s%s%s ", word, said->alone ? "" : " ", text);
		if (strstr(section, words) && (!said->alone || !strstr(strstr(section, words), " off ") ||
					       strncmp(strstr(section, words) + strlen(words), "off ", 4)))
			return true;
	}
	if (strstr(section, " vnifilterid") && !strcmp(said->word, "vnifilter")) /* ip 6.1 forgets the space */
		return true;
	snprintf(words, sizeof(words), "@%s: ", text); /* xfrm's */
	if (!strcmp(tnl_row_hint(row), "DEV") && strstr(section, words))
		return true;
	snprintf(words, sizeof(words), " %s ", text); /* modes stand alone, as do MAC addresses */
	return (tnl_row_value(row, 0) || !strcmp(tnl_row_hint(row), "MAC")) && *text && strstr(section, words);
}

static void check_witnesses(const struct witness *witnesses, int count)
{
	const char *text = output_of("ip -d link show");
	static char section[4096];

	for (int i = 0; i < count; i++) {
		struct tnl_obj *obj = get(witnesses[i].name);
		const struct said *said;
		struct speech speech;

		listen_to(t, obj, TNL_WORDS, &speech);
		said = said_of(&speech, witnesses[i].row);
		section_of(text, witnesses[i].name, section, sizeof(section));
		if (said && !ip_says(section, witnesses[i].row, said))
			broken("%s: ip says nothing of \"%s %s\":%s", tnl_obj_type(obj), said->word, said->text,
			       section);
		tnl_obj_free(obj);
	}
}

/* Words that ip cannot reach: tap.bats asks sysfs. */
static bool is_ours_alone(const struct tnl_row *row)
{
	static const char *const words[] = { "napi", "napi_frags", "one_queue" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(words[i], tnl_row_word(row)))
			return true;
	return false;
}

static void ip_reads_the_same_of_each_word(void **state)
{
	static struct witness witnesses[200];
	struct form forms[FORMS];

	(void)state;
	EACH_KIND(kind) {
		int count = 0;

		if (!tnl_kind_is_link(kind) || tnl_kind_has_via(kind, "genl")) /* of L2TP it says nothing */
			continue;
		EACH_ROW(row, kind) {
			if (!is_input(row) || is_common(row) || is_both(row) || is_ours_alone(row) || tnl_row_flags(row) & TNL_BLIND)
				continue;
			for (int i = 0, n = forms_of(samples, kind, row, forms); i < n; i++)
				count += make_witness(kind, row, &forms[i], count, &witnesses[count]);
		}
		print_message("# %s: %d links\n", tnl_kind_name(kind), count);
		check_witnesses(witnesses, count);
		for (int i = 0; i < count; i++) {
			struct tnl_obj *obj = get(witnesses[i].name);

			assert_int_equal(tnl_remove(t, obj), 0);
			tnl_obj_free(obj);
		}
	}
}

/* Of L2TP it has no words in the order of ours; each value is another one. */
static void ip_reads_the_same_of_an_l2tp_link(void **state)
{
	static const char *const phrases[] = {
		"Tunnel 70001, encap UDP", "From 127.0.0.1 to 127.0.0.2", "Peer tunnel 70002", "ports: 5001/5002",
		"UDP checksum: enabled",
		"Session 70003 in tunnel 70001", "Peer session 70004, tunnel 70002",
		"interface name: tt0", "  cookie deadbe01",
		"peer cookie 0123456789abcd02", "sequence numbering: send\n", "reorder timeout: 1000",
	};
	const struct tnl_kind *kind = tnl_kind_find("l2tp");
	struct line line = {0};
	struct tnl_obj *obj;
	const char *text;

	(void)state;
	put_all(&line,
		"name tt0 tunnel_id 70001 peer_tunnel_id 70002 session_id 70003 peer_session_id 70004 local 127.0.0.1 "
		"remote 127.0.0.2 encap udp udp_sport 5001 udp_dport 5002 udp_csum on cookie deadbe01 "
		"peer_cookie 0123456789abcd02 send_seq reorder_timeout 1000");
	obj = create(kind, &line);
	text = output_of("ip l2tp show tunnel && ip l2tp show session");
	for (size_t i = 0; i < COUNT(phrases); i++)
		if (!strstr(text, phrases[i]))
			broken("ip does not say \"%s\" but:\n%s", phrases[i], text);
	take_away(obj, &line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ip_reads_the_same_of_each_word),
		TEST(ip_reads_the_same_of_an_l2tp_link),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
