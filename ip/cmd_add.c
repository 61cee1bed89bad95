// SPDX-License-Identifier: GPL-2.0-or-later
/* tun add: makes one object. A name that was chosen for it is printed. */
#include "tun.h"

/* What the kernel takes and never tells cannot be proven. */
struct unproven {
	const char *words[4];
	int count;
};

static int note_word(void *arg, const struct tnl_value *value)
{
	struct unproven *unproven = arg;

	if ((tnl_row_flags(value->row) & TNL_BLIND) && unproven->count < 4)
		unproven->words[unproven->count++] = tnl_row_word(value->row);
	return 0;
}

/* What was made: all of it, or what nobody said. */
static int tell(struct run *run, const struct tnl_obj *obj)
{
	const char *chosen = tnl_obj_chosen(obj);

	if (run->echo && !run->dry)
		return show_object(run, obj);
	if (run->json && !run->quiet && (chosen || run->dry))
		return json_result(run, obj, "created");
	if (chosen && !run->json && !run->quiet && !run->dry) {
		print_safe(stdout, chosen);
		putchar('\n');
	}
	return 0;
}

int cmd_add(struct run *run, const struct family *family, int argc, char **argv)
{
	const struct tnl_kind *kind;
	struct unproven unproven = {0};
	struct tnl_obj *obj;
	int err;

	if (family_kind(family, &argc, &argv, &kind))
		return REFUSED;
	if (tnl_parse(run->t, kind, argc, argv, &obj))
		return failed(run->t);
	tnl_obj_each(run->t, obj, TNL_WORDS, note_word, &unproven);
	err = tnl_create(run->t, obj) ? failed(run->t) : tell(run, obj);
	for (int i = 0; !err && !run->dry && !run->quiet && i < unproven.count; i++)
		complain(tnl_obj_name(run->t, obj), unproven.words[i], "done, but the kernel does not report it: not proven");
	tnl_obj_free(obj);
	return err;
}
