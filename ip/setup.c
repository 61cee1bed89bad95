// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A link with its addresses and routes in one line. All is looked at before anything is done, the parts go out together,
 * and if one fails, all that was done is undone.
 */
#include "setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 64 /* parts on their way */

static const struct {
	const char *word, *kind;
} parts[] = { { "addr", "address" }, { "route", "route" } };

#define COUNT (sizeof(parts) / sizeof(parts[0]))

bool setup_word(const char *word)
{
	for (size_t i = 0; i < COUNT; i++)
		if (!strcmp(parts[i].word, word))
			return true;
	return false;
}

/* ---- reading ---- */

/* The kind that a line says; NULL: none that is a link. */
static const struct tnl_kind *kind_in(int argc, char **argv)
{
	static const char *const words[] = { "type", "mode" };
	const struct tnl_kind *kind = NULL;

	for (int i = 0; i < 2 && !kind; i++) {
		int at = find_word(words[i], argc, argv);

		kind = at + 1 < argc ? tnl_kind_find(argv[at + 1]) : NULL;
	}
	return kind && tnl_kind_is_link(kind) ? kind : NULL;
}

/* How many words the part takes that begins at ARGV: what its kind knows and the link's does not, and no interface. */
static int span_of_part(const struct tnl_kind *link, const struct tnl_kind *kind, int argc, char **argv)
{
	int at = 2;

	while (at < argc && strcmp(argv[at], "dev") != 0 && !setup_word(argv[at]) && span(kind, argv[at]) && !is_type(argv[at]) &&
	       !span(link, argv[at]))
		at += span(kind, argv[at]);
	return at < argc ? at : argc;
}

/* In ARGV of ARGC words, the first is "addr" or "route". */
static int parse_part(struct run *run, const struct tnl_kind *kind, int argc, char **argv, struct tnl_obj **obj)
{
	if (argc < 2)
		return complain(NULL, argv[0], "needs a value");
	return tnl_parse(run->t, kind, argc - 1, argv + 1, obj) ? failed(run->t) : 0;
}

/* The parts of one word, and the others' words to the link's. */
static int take_parts(struct run *run, const struct tnl_kind *link, size_t which, int argc, char **argv, struct setup *setup,
		      int *left)
{
	const struct tnl_kind *kind = tnl_kind_find(parts[which].kind);
	int err = 0, words;

	*left = 0;
	for (int at = 0; at < argc && !err; at += words) {
		words = setup_word(argv[at]) ? span_of_part(link, tnl_kind_find(parts[!strcmp(argv[at], parts[1].word)].kind),
							    argc - at, argv + at) :
			span(link, argv[at]) == 2 && at + 1 < argc ? 2 : 1;
		if (!strcmp(argv[at], parts[which].word)) {
			err = parse_part(run, kind, words, argv + at, &setup->parts[setup->count]);
			setup->count += !err;
		} else if (!setup_word(argv[at])) {
			memcpy(setup->words + *left, argv + at, words * sizeof(*argv));
			*left += words;
		}
	}
	return err;
}

int setup_read(struct run *run, const struct family *family, int *argc, char ***argv, struct setup *setup)
{
	const struct tnl_kind *kind;
	int count = 0, left, err = 0;

	*setup = (struct setup){0};
	for (int i = 0; i < *argc; i++)
		count += setup_word((*argv)[i]);
	kind = count && !*family->name ? kind_in(*argc, *argv) : NULL;
	if (!kind)
		return 0;
	setup->words = calloc(*argc + 1, sizeof(*setup->words));
	setup->parts = calloc(count, sizeof(struct tnl_obj *));
	if (!setup->words || !setup->parts)
		return complain(NULL, NULL, "out of memory");
	for (size_t which = 0; which < COUNT && !err; which++)
		err = take_parts(run, kind, which, *argc, *argv, setup, &left);
	if (err)
		return err;
	*argc = left;
	*argv = setup->words;
	if (setup->count && find_word("netns", *argc, *argv) < *argc)
		return complain(NULL, "netns", "cannot stand beside addr or route: say -n instead");
	return 0;
}

int setup_check(struct run *run, const struct setup *setup, const struct tnl_obj *link)
{
	int err = 0;

	for (size_t i = 0; i < setup->count && !err; i++) {
		struct tnl_obj *part = setup->parts[i];

		if (tnl_attach(run->t, part, link) || tnl_creatable(run->t, part))
			err = failed(run->t);
		for (size_t j = 0; j < i && !err; j++)
			if (tnl_obj_kind(part) == tnl_obj_kind(setup->parts[j]) && tnl_obj_equal(part, setup->parts[j], NULL))
				err = complain(tnl_obj_name(run->t, part), NULL, "given twice");
	}
	return err;
}

void setup_free(struct setup *setup)
{
	for (size_t i = 0; i < setup->count; i++)
		tnl_obj_free(setup->parts[i]);
	free(setup->parts);
	free(setup->words);
}

/* ---- doing ---- */

static int stop(void *arg, size_t at)
{
	(void)arg, (void)at;
	return -1;
}

static int make_parts(struct run *run, struct tnl_obj *const list[], size_t count)
{
	return tnl_create_all(run->t, list, count, WINDOW, stop, NULL) ? failed(run->t) : 0;
}

/* Those that are not there yet; *ACTION: there were some. */
static int ensure_parts(struct run *run, const struct setup *setup, enum tnl_action *action)
{
	struct tnl_obj **missing = calloc(setup->count, sizeof(struct tnl_obj *));
	bool *there = calloc(setup->count, sizeof(*there));
	size_t count = 0;
	int err = missing && there ? 0 : complain(NULL, NULL, "out of memory");

	if (!err && tnl_there(run->t, setup->parts, setup->count, there))
		err = failed(run->t);
	for (size_t i = 0; i < setup->count && !err; i++)
		if (!there[i])
			missing[count++] = setup->parts[i];
	if (!err && count && *action == TNL_UNCHANGED)
		*action = TNL_CHANGED;
	if (!err && count)
		err = make_parts(run, missing, count);
	free(missing);
	free(there);
	return err;
}

static int do_all(struct run *run, struct setup *setup, struct tnl_obj *link, unsigned flags, enum tnl_action *action)
{
	struct tnl *t = run->t;
	struct tnl_obj *now = NULL;
	int err = action ? tnl_ensure(t, link, flags, action) : tnl_create(t, link);

	if (!err && action) { /* in a dry run it may not be there */
		err = tnl_get(t, tnl_obj_name(t, link), &now);
		if (run->dry && err == -ENODEV)
			err = 0;
	}
	for (size_t i = 0; i < setup->count && !err; i++)
		err = tnl_attach(t, setup->parts[i], now ? now : link);
	tnl_obj_free(now);
	if (err)
		return failed(t);
	return action ? ensure_parts(run, setup, action) : make_parts(run, setup->parts, setup->count);
}

int setup_do(struct run *run, struct setup *setup, struct tnl_obj *link, unsigned flags, enum tnl_action *action)
{
	struct tnl *t = run->t;
	int began, err = setup_check(run, setup, link);

	if (err)
		return err;
	began = tnl_atomic_begin(t);
	if (began && began != -EALREADY) /* then it is the batch that is undone */
		return failed(t);
	err = do_all(run, setup, link, flags, action);
	if (!began && err && tnl_atomic_rollback(t))
		err = failed(t);
	if (!began)
		tnl_atomic_commit(t);
	return err;
}
