// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with a line of a batch, before the first line is done. What there will be then, nobody knows yet. */
#include "batch.h"
#include "setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of what is to be made, with its SETUP, the words say all; of what goes they say which. */
static int check_object(struct run *run, const struct family *family, int argc, char **argv, const struct setup *setup)
{
	const struct tnl_kind *kind;
	struct tnl_obj *obj;
	int err = family_kind(family, &argc, &argv, &kind);

	if (err)
		return err;
	if (tnl_parse(run->t, kind, argc, argv, &obj))
		return failed(run->t);
	err = setup && tnl_creatable(run->t, obj) ? failed(run->t) : 0;
	if (!err && setup)
		err = setup_check(run, setup, obj);
	tnl_obj_free(obj);
	return err;
}

static int check_made(struct run *run, const struct family *family, int argc, char **argv)
{
	struct setup setup;
	int err = setup_read(run, family, &argc, &argv, &setup);

	if (!err)
		err = check_object(run, family, argc, argv, &setup);
	setup_free(&setup);
	return err;
}

/* Those that are there; what is not yet, may be by then. */
static int add_victims(struct run *run, const struct tnl_selector *sel, int argc, char **argv)
{
	struct tnl_obj *obj;
	int err = tnl_select_each(run->t, sel, victims_add, run->victims);

	if (err && tnl_error(run->t)->outcome != TNL_REFUSED)
		return err == -ENODEV ? 0 : err;
	for (int i = 0; err && err != -ENOMEM && i < argc; i++) /* several names, and not all of them are there */
		if (!tnl_get(run->t, argv[i], &obj)) {
			err = victims_add(run->victims, obj) ? -ENOMEM : err;
			tnl_obj_free(obj);
		}
	return err == -ENOMEM ? err : 0;
}

static int check_selector(struct run *run, const struct family *family, int argc, char **argv)
{
	struct tnl_selector *sel;
	int err = 0;

	if (tnl_select(run->t, NULL, *family->name ? TNL_SELECT_LITERAL : 0, argc, argv, &sel))
		return failed(run->t);
	if (run->victims && add_victims(run, sel, argc, argv))
		err = failed(run->t);
	tnl_select_free(sel);
	return err;
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
		return check_made(run, family, argc, argv);
	if (verb->run == cmd_del && (family->kind || family->objects))
		return check_object(run, family, argc, argv, NULL);
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
