// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans, as people and programs read them. */
#include "json.h"
#include "statefile.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	char mark;
	const char *name;
} actions[] = {
	[TNL_UNCHANGED] = { '=', "unchanged" },
	[TNL_CHANGED] = { '~', "change" },
	[TNL_CREATED] = { '+', "create" },
	[TNL_RECREATED] = { '!', "recreate" },
	[TNL_REMOVED] = { '-', "delete" },
};

struct printing {
	struct run *run;
	bool differs;
	int refused; /* DONE, or the exit code */
	int words;                /* that were printed */
	struct json_object *list; /* of words */
};

static int print_difference(void *arg, const struct tnl_row *row, const char *now, const char *want)
{
	struct printing *printing = arg;

	printf("%s %s ", printing->words++ ? "," : ":", tnl_row_word(row));
	if (is_secret(tnl_row_word(row))) {
		fputs("is another", stdout);
		return 0;
	}
	print_value(now ? now : "-");
	fputs(" -> ", stdout);
	print_value(want ? want : "-");
	return 0;
}

/* "gre1"; "address 10.0.0.1/24 dev gre1": what it is, or all its words. */
static int print_what(struct run *run, const struct tnl_obj *obj, bool whole)
{
	if (tnl_kind_is_link(tnl_obj_kind(obj)) && !whole) {
		print_value(tnl_obj_name(run->t, obj));
		return 0;
	}
	if (!tnl_kind_is_link(tnl_obj_kind(obj)))
		printf("%s ", tnl_obj_type(obj));
	return print_words(run, obj);
}

static int print_step(void *arg, const struct tnl_planned *step)
{
	struct printing *printing = arg;
	bool rest = step->now && step->want && step->action != TNL_UNCHANGED;
	int err;

	printing->words = 0;
	if (step->action == TNL_UNCHANGED && printing->run->quiet && !step->why)
		return 0;
	printing->differs |= step->action != TNL_UNCHANGED;
	printf("%c ", actions[step->action].mark);
	err = print_what(printing->run, step->want ? step->want : step->now, step->action == TNL_CREATED);
	if (!err && rest && tnl_obj_kind(step->now) != tnl_obj_kind(step->want))
		printf(": type %s -> %s", tnl_obj_type(step->now), tnl_obj_type(step->want));
	else if (!err && rest)
		err = tnl_planned_each(printing->run->t, step, print_difference, printing);
	if (step->why)
		printf("\t# %s: %s", step->action == TNL_UNCHANGED ? "left alone" : "refused", step->why);
	else if (step->stops)
		fputs(step->action == TNL_RECREATED ? "\t# traffic stops meanwhile" : "\t# traffic stops", stdout);
	putchar('\n');
	return err;
}

/* ---- JSON ---- */

static int add_difference(void *arg, const struct tnl_row *row, const char *now, const char *want)
{
	struct printing *printing = arg;
	struct json_object *word = json.json_object_new_object();

	json_add_text(word, "word", tnl_row_word(row));
	if (!is_secret(tnl_row_word(row))) {
		json_add(word, "from", json_text(now));
		json_add(word, "to", json_text(want));
	}
	json.json_object_array_add(printing->list, word);
	return 0;
}

static int add_step(void *arg, const struct tnl_planned *step)
{
	const struct tnl_obj *obj = step->want ? step->want : step->now;
	struct printing *printing = arg;
	struct json_object *to = json.json_object_new_object();
	int err = 0;

	printing->differs |= step->action != TNL_UNCHANGED;
	printing->list = json.json_object_new_array();
	json_add_text(to, "action", actions[step->action].name);
	json_add_text(to, "type", tnl_obj_type(obj));
	json_add_text(to, "object", tnl_obj_name(printing->run->t, obj));
	json_add(to, "stops", json.json_object_new_boolean(step->stops));
	if (step->why)
		json_add_text(to, step->action == TNL_UNCHANGED ? "left_alone" : "refused", step->why);
	if (step->action == TNL_CHANGED || step->action == TNL_RECREATED)
		err = tnl_planned_each(printing->run->t, step, add_difference, printing);
	json_add(to, "changes", printing->list);
	json_element(printing->run, to);
	return err;
}

int print_plan(struct run *run, const struct tnl_plan *plan)
{
	struct printing printing = { .run = run };
	int err = run->json ? json_load() : 0;

	if (err)
		return err;
	err = tnl_plan_each(plan, run->json ? add_step : print_step, &printing);
	if (!err && run->json)
		err = json_end(run);
	return err ? failed(run->t) : printing.differs ? DIFFERS : DONE;
}

/* ---- what is lost ---- */

struct losing {
	struct run *run;
	struct tnl_obj **links; /* borrowed */
	size_t count;
};

static int count_anew(void *arg, const struct tnl_planned *step)
{
	struct losing *losing = arg;

	if (step->action == TNL_RECREATED && !step->why && tnl_kind_is_link(tnl_obj_kind(step->now))) {
		if (losing->links)
			losing->links[losing->count] = (struct tnl_obj *)step->now;
		losing->count++;
	}
	return 0;
}

static int tell_loss(void *arg, size_t at, const char *text)
{
	const struct losing *losing = arg;
	char name[64];

	strlcpy(name, tnl_obj_name(losing->run->t, losing->links[at]), sizeof(name));
	complain(name, text, "is lost when it is made anew");
	return 0;
}

int tell_losses(struct run *run, const struct tnl_plan *plan)
{
	struct losing losing = { .run = run };
	int err = 0;

	tnl_plan_each(plan, count_anew, &losing);
	if (!losing.count)
		return 0;
	losing.links = calloc(losing.count, sizeof(struct tnl_obj *));
	if (!losing.links)
		return complain(NULL, NULL, "out of memory");
	losing.count = 0;
	tnl_plan_each(plan, count_anew, &losing);
	if (tnl_irrecoverable(run->t, losing.links, losing.count, tell_loss, &losing))
		err = failed(run->t);
	free(losing.links);
	return err;
}

/* ---- what cannot be done ---- */

static int refuse_step(void *arg, const struct tnl_planned *step)
{
	struct printing *printing = arg;
	const struct tnl_obj *obj = step->want ? step->want : step->now;
	char text[256];

	if (!step->why || step->action == TNL_UNCHANGED)
		return 0;
	snprintf(text, sizeof(text), "%s%s", step->why, step->action == TNL_RECREATED ? ": --recreate makes it anew" : "");
	complain(tnl_obj_name(printing->run->t, obj), *step->word ? step->word : NULL, text);
	printing->refused = step->lacks && printing->refused != REFUSED ? FAILED : REFUSED;
	return 0;
}

/* A file that is wrong stays wrong; with a device that is not there yet it may be right later. */
int refuse_plan(struct run *run, const struct tnl_plan *plan)
{
	struct printing printing = { .run = run };

	tnl_plan_each(plan, refuse_step, &printing);
	return printing.refused;
}
