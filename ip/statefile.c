// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of a file as a state: what they make is put together, and nothing is done. */
#include "setup.h"
#include "statefile.h"
#include "tokens.h"

#include <stdlib.h>
#include <string.h>

/* Of a link that the file makes, or that is there. */
static const struct tnl_kind *kind_of(struct run *run, const char *name)
{
	const struct tnl_kind *kind = tnl_state_kind(run->into, name);

	return kind || !run->from ? kind : tnl_state_kind(run->from, name);
}

/* "[name] NAME WORD ..." are words for what makes the link. */
static int take_set(struct run *run, int argc, char **argv)
{
	bool keyword = argc && !strcmp(argv[0], "name");
	const char *name = argc > keyword ? argv[keyword] : NULL;
	const struct tnl_kind *kind = name ? kind_of(run, name) : NULL;
	const char *of = name && !kind && run->from ? tnl_state_alias(run->from, name) : NULL;
	struct tnl_obj *obj;
	char **words, text[48];
	int err;

	if (!name)
		return complain(NULL, "name", "missing");
	if (of)
		snprintf(text, sizeof(text), "is another name of %s", of);
	if (of)
		return complain(name, NULL, text);
	if (!kind)
		return complain(name, NULL, "no line makes it, and it is not there");
	words = calloc(argc + 2, sizeof(*words));
	if (!words)
		return complain(NULL, NULL, "out of memory");
	words[0] = "name";
	memcpy(words + 1, argv + keyword, (argc - keyword) * sizeof(*words));
	err = tnl_parse(run->t, kind, argc - keyword + 1, words, &obj) ? failed(run->t) : 0;
	free(words);
	if (err)
		return err;
	err = tnl_state_add(run->t, run->into, obj, TNL_STATE_WORDS) ? failed(run->t) : 0;
	tnl_obj_free(obj);
	return err;
}

/* What is made, and the addresses and routes that stand in the same line. */
static int take_made(struct run *run, const struct family *family, int argc, char **argv, const struct setup *setup)
{
	const struct tnl_kind *kind;
	struct tnl *t = run->t;
	struct tnl_obj *obj;
	int err = family_kind(family, &argc, &argv, &kind);

	if (err)
		return err;
	if (tnl_parse(t, kind, argc, argv, &obj))
		return failed(t);
	err = tnl_state_add(t, run->into, obj, 0);
	for (size_t i = 0; i < setup->count && !err; i++) {
		err = tnl_attach(t, setup->parts[i], obj);
		if (!err)
			err = tnl_state_add(t, run->into, setup->parts[i], 0);
	}
	tnl_obj_free(obj);
	return err ? failed(t) : 0;
}

int take_line(struct run *run, const struct family *family, const struct verb *verb, int argc, char **argv)
{
	struct setup setup;
	int err;

	if ((verb->run == cmd_set) != run->sets)
		return 0;
	if (verb->run == cmd_set)
		return take_set(run, argc, argv);
	if (verb->run == cmd_prl)
		return cmd_prl(run, family, argc, argv);
	err = setup_read(run, family, &argc, &argv, &setup);
	if (!err)
		err = take_made(run, family, argc, argv, &setup);
	setup_free(&setup);
	return err;
}

static int read_entry(const struct run *run, const struct entry *entry)
{
	struct run line = { .t = run->t, .into = run->into, .from = run->from, .sets = run->sets, .json = run->json, .line = true };
	int argc = entry->argc, err;

	tnl_via(run->t, NULL);
	err = take_options(&line, &argc, entry->argv);
	return err || !argc ? err : dispatch(&line, argc, entry->argv);
}

int state_of_file(struct run *run, const char *file, struct tnl_state *from, struct tnl_state **into)
{
	struct tokens lines;
	bool *wrong;
	int err = tokens_read(&lines, file);

	if (!err)
		err = tnl_state_new(run->t, into) ? failed(run->t) : 0;
	run->into = err ? NULL : *into;
	run->from = from;
	wrong = calloc(lines.count + 1, sizeof(*wrong));
	if (!err && !wrong)
		err = complain(NULL, NULL, "out of memory");
	for (int pass = 0; !(err && !run->into) && wrong && pass < 2; pass++) { /* more words for a link come after it */
		run->sets = pass;
		for (size_t i = 0; i < lines.count; i++) {
			if (wrong[i])
				continue;
			wrong[i] = look_at(&lines, &lines.entries[i]) || read_entry(run, &lines.entries[i]);
			err |= wrong[i]; /* all that is wrong is said at once */
		}
	}
	free(wrong);
	look_at(&lines, NULL);
	tokens_free(&lines);
	run->into = run->from = NULL;
	return err;
}
