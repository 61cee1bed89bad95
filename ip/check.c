// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with a line of a batch, before the first line is done. What there will be then, nobody knows yet. */
#include "setup.h"

#include <stdlib.h>
#include <string.h>

/* Of what is to be made, the words say all. */
static int check_made(struct run *run, const struct family *family, int argc, char **argv, bool whole)
{
	const struct tnl_kind *kind;
	struct tnl_obj *obj;
	int err = family_kind(family, &argc, &argv, &kind);

	if (err)
		return err;
	if (tnl_parse(run->t, kind, argc, argv, &obj))
		return failed(run->t);
	err = whole && tnl_creatable(run->t, obj) ? failed(run->t) : 0;
	tnl_obj_free(obj);
	return err;
}

static int check_setup(struct run *run, const struct family *family, int argc, char **argv)
{
	struct setup setup;
	int err = setup_read(run, family, &argc, &argv, &setup);

	if (!err)
		err = check_made(run, family, argc, argv, true);
	setup_free(&setup);
	return err;
}

struct victims {
	struct run *run;
	const char *name; /* of the one at hand */
	int ret;
};

static void refuse_held(void *arg, int pid, const char *program)
{
	struct victims *victims = arg;
	char text[128];

	snprintf(text, sizeof(text), "held by %s %d: that it is deleted could not be undone", program, pid);
	victims->ret = complain(victims->name, NULL, text);
}

/* A program that holds a TUN or TAP loses it for good. */
static int look_at_victim(void *arg, const struct tnl_obj *obj)
{
	struct victims *victims = arg;

	victims->name = tnl_obj_name(victims->run->t, obj);
	if (tnl_kind_has_via(tnl_obj_kind(obj), "tuntap"))
		each_holder(victims->name, refuse_held, victims);
	return 0;
}

/* What is not there yet may be by then. */
static int check_selector(struct run *run, const struct family *family, int argc, char **argv)
{
	struct victims victims = { .run = run };
	struct tnl_selector *sel;

	if (tnl_select(run->t, NULL, *family->name ? TNL_SELECT_LITERAL : 0, argc, argv, &sel))
		return failed(run->t);
	if (run->atomic)
		tnl_select_each(run->t, sel, look_at_victim, &victims);
	tnl_select_free(sel);
	return victims.ret;
}

/* Whether WORDS change a link of KIND; they are moved about. */
static int try_change(struct run *run, const struct tnl_kind *kind, int argc, char **argv)
{
	struct tnl_obj *want;
	int err;

	take_new_name(kind, &argc, argv);
	err = tnl_parse(run->t, kind, argc, argv, &want);
	if (!err)
		tnl_obj_free(want);
	return err;
}

/* Words that no kind of link takes. The error is that of a kind that knows them, if there is one. */
static int check_change(struct run *run, int argc, char **argv)
{
	char **words = reallocarray(NULL, argc + 2, sizeof(*words));
	struct tnl_error why = {0};
	int err = words ? -1 : complain(NULL, NULL, "out of memory");

	for (const struct tnl_kind *kind = NULL; err < 0 && (kind = tnl_kind_next(kind));) {
		if (!tnl_kind_is_link(kind))
			continue;
		words[0] = (char *)"name";
		memcpy(words + 1, argv, (argc + 1) * sizeof(*words));
		err = try_change(run, kind, argc + 1, words);
		if (err && (!why.code || (why.cure == TNL_CURE_WORDS && tnl_error(run->t)->cure != TNL_CURE_WORDS)))
			why = *tnl_error(run->t);
	}
	free(words);
	if (err >= 0)
		return err;
	if (why.cure == TNL_CURE_WORDS)
		return complain(NULL, why.word, "not a word of any kind");
	return failed_so(&why);
}

int check_line(struct run *run, const struct verb *verb, const struct family *family, int argc, char **argv)
{
	if (verb->makes)
		return check_setup(run, family, argc, argv);
	if (verb->run == cmd_del && (family->kind || family->objects))
		return check_made(run, family, argc, argv, false);
	if (verb->run == cmd_del)
		return check_selector(run, family, argc, argv);
	if (verb->run != cmd_set || family->kind || family->objects)
		return 0;
	if (argc > 1 && !strcmp(argv[0], "name")) {
		argc--;
		argv++;
	}
	return argc > 1 && strcmp(argv[0], "linkgroup") ? check_change(run, argc, argv) : 0;
}
