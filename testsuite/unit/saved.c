// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/* Each word is saved, and comes back: save, delete, apply and save again, and what ip makes of the same lines. */
#include "kernel.h"

#include <unistd.h>

/* Of kinds that are told apart by one. */
static void put_number(struct line *line, const struct tnl_kind *kind, int number)
{
	static const char *const words[] = { "id", "if_id" };
	char text[32];
	bool no;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!tnl_row_find(kind, words[i], &no))
			continue;
		snprintf(text, sizeof(text), "%s %d", words[i], number + 1);
		put_missing(line, kind, NULL, text);
	}
}

/* What can be told and differs from one link to the next by itself. */
static bool is_made(const struct tnl_kind *kind, const struct tnl_row *row, const struct form *form, int number)
{
	for (int with_base = 1; with_base >= 0; with_base--) {
		struct line line = {0};
		struct tnl_obj *obj;
		char name[16];
		int err;

		snprintf(name, sizeof(name), "o%d", number);
		if (strcmp(tnl_row_word(row), "name")) {
			put_all(&line, "name");
			put(&line, name);
		}
		put_form(&line, form);
		put_beside(&line, kind, row);
		if (with_base) {
			put_ends(&line, kind, number);
			put_number(&line, kind, number);
		}
		if (tnl_parse(t, kind, line.argc, line.argv, &obj))
			continue;
		err = tnl_create(t, obj);
		tnl_obj_free(obj);
		if (!err)
			return true;
	}
	return false;
}

#define SAVED "/tmp/saved.unit"

static void check_saved(void)
{
	output_of("exec 2>&1; ip/tun save --secrets -o " SAVED);
	output_of("exec 2>&1; ip/tun -quiet apply " SAVED " | grep . && exit 1; exit 0"); /* nothing to do */
	output_of("exec 2>&1; ip/tun del all");
	output_of("exec 2>&1; ip/tun -quiet apply " SAVED " >/dev/null");
	output_of("exec 2>&1; ip/tun save --secrets | diff " SAVED " -");
	output_of("exec 2>&1; ip/tun -quiet apply " SAVED " --remove >/dev/null; ip/tun save --secrets | grep . && exit 1; exit 0");
	output_of("exec 2>&1; grep -av '^add ' " SAVED " >" SAVED ".ip; ip -batch " SAVED ".ip");
	/* it sets this flag also of tunnels in which it means nothing */
	output_of("exec 2>&1; plain() { sed 's/ encap-udp6-csum//' \"$@\"; }; plain " SAVED ".ip >" SAVED
		    "; ip/tun save --secrets | plain | diff " SAVED " -");
}

static void each_word_is_saved_and_comes_back(void **state)
{
	struct form forms[FORMS];

	(void)state;
	EACH_KIND(kind) {
		int count = 0, flat = 0;

		if (!tnl_kind_is_link(kind) || tnl_kind_has_via(kind, "genl"))
			continue;
		EACH_ROW(row, kind) {
			if (!is_input(row) || !strcmp(tnl_row_word(row), "netns") || tnl_row_flags(row) & TNL_ASIDE)
				continue;
			for (int i = 0, n = forms_of(samples, kind, row, forms); i < n; i++)
				count += is_made(kind, row, &forms[i], count);
		}
		print_message("# %s: %d links\n", tnl_kind_name(kind), count);
		check_saved();
		flat += system("grep -aq '^add ' " SAVED) == 0;
		if (flat)
			print_message("# %s: not all of it in ip's language\n", tnl_kind_name(kind));
		output_of("exec 2>&1; ip/tun del all");
	}
	unlink(SAVED);
	unlink(SAVED ".ip");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_word_is_saved_and_comes_back),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
