// SPDX-License-Identifier: GPL-2.0-or-later
/* tun add: makes one object. A name that was chosen for it is printed. */
#include "batch.h"
#include "setup.h"

/* What the kernel takes and never tells cannot be proven. */
static int note_word(void *arg, const struct tnl_value *value)
{
	struct making *making = arg;
	int i = 0;

	while (i < UNPROVEN && making->unproven[i])
		i++;
	if ((tnl_row_flags(value->row) & TNL_BLIND) && i < UNPROVEN)
		making->unproven[i] = tnl_row_word(value->row);
	return 0;
}

/* Few kinds have such words. */
static void note_unproven(struct run *run, struct making *making)
{
	const struct tnl_kind *kind = tnl_obj_kind(making->obj);
	const struct tnl_row *row = NULL;

	while ((row = tnl_row_next(kind, row)))
		if (tnl_row_flags(row) & TNL_BLIND) {
			tnl_obj_each(run->t, making->obj, TNL_WORDS, note_word, making);
			return;
		}
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

int tell_made(struct making *making)
{
	struct run *run = &making->run;
	int err = tell(run, making->obj);

	for (int i = 0; !err && !run->dry && !run->quiet && i < UNPROVEN && making->unproven[i]; i++)
		complain(tnl_obj_name(run->t, making->obj), making->unproven[i],
			 "done, but the kernel does not report it: not proven");
	return err;
}

/* Devices that it names may have been put off. */
static int parse(struct run *run, const struct tnl_kind *kind, int argc, char **argv, struct tnl_obj **obj)
{
	int err = tnl_parse(run->t, kind, argc, argv, obj);

	if (err && later_catch_up(run)) {
		if (batch_ended(run->in))
			return -1;
		err = tnl_parse(run->t, kind, argc, argv, obj);
	}
	return err ? failed(run->t) : 0;
}

static int add(struct run *run, const struct family *family, struct setup *setup, int argc, char **argv)
{
	const struct tnl_kind *kind;
	struct making making = {0};
	int err;

	if (family_kind(family, &argc, &argv, &kind))
		return REFUSED;
	err = parse(run, kind, argc, argv, &making.obj);
	if (err)
		return err;
	if (run->append)
		tnl_obj_append(making.obj);
	note_unproven(run, &making);
	making.run = *run;
	if (!setup->count && later_takes(run))
		return later_make(run, &making);
	if (setup->count && later_catch_up(run) && batch_ended(run->in))
		err = -1;
	else if (setup->count)
		err = setup_do(run, setup, making.obj, 0, NULL);
	else if (tnl_create(run->t, making.obj))
		err = failed(run->t);
	if (!err)
		err = tell_made(&making);
	run->told = making.run.told;
	tnl_obj_free(making.obj);
	return err;
}

int cmd_append(struct run *run, const struct family *family, int argc, char **argv)
{
	run->append = true;
	return cmd_add(run, family, argc, argv);
}

int cmd_add(struct run *run, const struct family *family, int argc, char **argv)
{
	struct setup setup;
	int err = setup_read(run, family, &argc, &argv, &setup);

	if (!err)
		err = add(run, family, &setup, argc, argv);
	setup_free(&setup);
	return err;
}
