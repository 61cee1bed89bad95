// SPDX-License-Identifier: GPL-2.0-or-later
/* tun show: lines that add accepts, or JSON. */
#include "tun.h"

#include <string.h>

struct show {
	struct run *run;
	const struct tnl_obj *filter; /* only what agrees with it; NULL: all */
	const char *const *kinds;     /* only of these; NULL: all */
	bool all_links;
};

static bool among(const char *const *kinds, const char *type)
{
	for (; *kinds; kinds++)
		if (!strcmp(*kinds, type))
			return true;
	return false;
}

static int show_one(void *arg, const struct tnl_obj *obj)
{
	struct show *show = arg;

	if (tnl_obj_is_fallback(obj) && !show->run->all && !show->all_links)
		return 0;
	if (tnl_kind_is_link(tnl_obj_kind(obj)) && !show->all_links && !tnl_obj_is_tunnel(obj))
		return 0;
	if (show->kinds && !among(show->kinds, tnl_obj_type(obj)))
		return 0;
	if (show->filter && !tnl_obj_matches(show->filter, obj, NULL))
		return 0;
	return show->run->json ? json_print(show->run, obj) : print_object(show->run, obj);
}

static int show_link(struct show *show, const struct family *family, int argc, char **argv)
{
	struct tnl_obj *obj;
	int err = line_link(show->run, family, &argc, &argv, &obj);

	if (err)
		return err;
	if (argc > 2)
		err = complain(argv[1], argv[2], "one name, or type KIND and its words");
	show->all_links = true;
	if (!err && show->run->json)
		err = json_begin(show->run);
	if (!err)
		err = show_one(show, obj);
	if (!err && show->run->json)
		err = json_end(show->run);
	tnl_obj_free(obj);
	return err;
}

static bool asked_for(const char *word, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], word))
			return true;
	return false;
}

int cmd_show(struct run *run, const struct family *family, int argc, char **argv)
{
	struct show show = { .run = run, .all_links = family->all_links };
	const struct tnl_kind *kind;
	struct tnl_obj *filter = NULL;
	char *words[64];
	int err = 0;

	if (family_kind(family, &argc, &argv, &kind))
		return REFUSED;
	if (!kind && argc && !(argc > 1 && (!strcmp(argv[0], "type") || !strcmp(argv[0], "mode"))))
		return show_link(&show, family, argc, argv);
	if (family->shown && !asked_for(family->shown[0], argc, argv) &&
	    argc + 2 <= (int)(sizeof(words) / sizeof(words[0]))) {
		memcpy(words, argv, argc * sizeof(*argv));
		words[argc] = (char *)family->shown[0];
		words[argc + 1] = (char *)family->shown[1];
		argv = words;
		argc += 2;
	}
	if (argc && tnl_parse(run->t, kind, argc, argv, &filter))
		return failed(run->t);
	show.filter = filter;
	show.kinds = family->shows;
	if (filter)
		kind = tnl_obj_kind(filter);
	if (run->json)
		err = json_begin(run);
	if (!err && tnl_dump(run->t, kind, show_one, &show))
		err = failed(run->t);
	if (!err && run->json)
		err = json_end(run);
	tnl_obj_free(filter);
	return err;
}
