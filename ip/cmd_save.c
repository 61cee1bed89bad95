// SPDX-License-Identifier: GPL-2.0-or-later
/* tun save: the batch that makes again what is there, in iproute2's language where that has the words. */
#include "newfile.h"
#include "tun.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum part { OF_KIND = 1, OF_LINKS = 2, LATER = 4 };

struct saving {
	struct run *run;
	size_t count;         /* of what was saved */
	bool lacks, hangs;    /* something was not; what is looked at hangs on such a link */
	char (*skipped)[16];  /* their names */
	size_t skipped_count;
};

struct line {
	struct run *run;
	const struct tnl_obj *obj;
	unsigned parts; /* which words are printed */
	const char *lead; /* in front of the name and the first that is; then NULL */
	bool later;     /* the kernel takes a word not in the message that makes a link: it is not up before */
	bool secret, controls; /* a word was left out: a cookie, one that no file can have */
	const char *word;
	bool found;     /* it is told */
};

/* ---- words ---- */

static bool has_controls(const char *text)
{
	while (text && *text && !iscntrl((unsigned char)*text))
		text++;
	return text && *text;
}

static bool is_later(const char *word)
{
	static const char *const words[] = { "alias", "addrgenmode", NULL };

	return among(words, word);
}

static enum part part_of(const struct line *line, const struct tnl_row *row)
{
	static const char *const ether[] = { "address", "broadcast", NULL };
	const char *word = tnl_row_word(row);

	if (!tnl_kind_is_link(tnl_obj_kind(line->obj)) || (!tnl_kind_has_row(NULL, row) && !among(ether, word)))
		return OF_KIND;
	return is_later(word) || (line->later && !strcmp(word, "up")) ? LATER : OF_LINKS;
}

static void say_name(struct line *line, const char *lead)
{
	const char *name = tnl_obj_name(line->run->t, line->obj);

	fputs(lead, stdout);
	fputs(is_keyword(line->obj, name) && !strstr(lead, " dev") ? " name " : " ", stdout);
	print_exact(name);
}

static void say(struct line *line, const char *word, const char *text)
{
	if (line->lead)
		say_name(line, line->lead);
	line->lead = NULL;
	printf(" %s%s", word, text ? " " : "");
	if (text)
		print_exact(text);
}

static int say_word(void *arg, const struct tnl_value *value)
{
	bool link = tnl_kind_is_link(tnl_obj_kind(((struct line *)arg)->obj));
	bool pos = tnl_row_flags(value->row) & TNL_POS;
	struct line *line = arg;
	char number[16];

	if ((link && pos) || !(part_of(line, value->row) & line->parts))
		return 0;
	if (is_secret(value->word) && !line->run->secrets)
		line->secret = true;
	else if (has_controls(value->text))
		line->controls = true;
	else if (pos)
		say(line, value->text, NULL); /* an address, or a network */
	else if (!strcmp(value->word, "linkgroup")) /* as ip calls it in front of the kind */
		say(line, "group", value->text);
	else if (value->text && !strncmp(value->text, "inherit/", 8)) /* ip knows only the number */
		snprintf(number, sizeof(number), "0x%02x", (unsigned)value->number), say(line, value->word, number);
	else
		say(line, value->word, value->text);
	return 0;
}

static int say_parts(struct line *line, unsigned parts)
{
	line->parts = parts;
	return tnl_obj_each(line->run->t, line->obj, TNL_WORDS, say_word, line);
}

static int look_for_word(void *arg, const struct tnl_value *value)
{
	struct line *line = arg;

	line->found |= !strcmp(value->word, line->word);
	line->later |= is_later(value->word);
	return 0;
}

static bool tells(struct line *line, const char *word)
{
	line->found = false;
	line->word = word;
	tnl_obj_each(line->run->t, line->obj, TNL_WORDS, look_for_word, line);
	return line->found;
}

static int say_looked_for(void *arg, const struct tnl_value *value)
{
	struct line *line = arg;

	if (!strcmp(tnl_row_word(value->row), line->word))
		say(line, value->text ? value->word : tnl_row_no(value->row), value->text);
	return 0;
}

/* What is not said means something else in ip's language. */
static int say_meant(struct line *line)
{
	const char *word, *beside;
	int err = 0;

	for (int i = 0; !err && (word = meant_word(IN_LINK, tnl_obj_type(line->obj), i, &beside)); i++) {
		if (tells(line, word) || (beside && !tells(line, beside)))
			continue;
		line->word = word;
		err = tnl_obj_each(line->run->t, line->obj, TNL_INPUT, say_looked_for, line);
	}
	return err;
}

/* ---- lines ---- */

/* Words of links that cannot stand in the line that makes it, if there are any. */
static int print_set(struct line *line, unsigned parts)
{
	int err;

	line->lead = "link set dev";
	err = say_parts(line, parts);
	if (!line->lead)
		putchar('\n');
	line->lead = NULL;
	return err;
}

static int print_link(struct line *line)
{
	int err;

	say_name(line, "link add");
	err = say_parts(line, OF_LINKS);
	printf(" type %s", tnl_obj_type(line->obj));
	if (!err)
		err = say_parts(line, OF_KIND);
	if (!err)
		err = say_meant(line);
	putchar('\n');
	return err ? err : print_set(line, LATER);
}

static int print_tuntap(struct line *line)
{
	int err;

	say_name(line, "tuntap add dev");
	printf(" mode %s", tnl_obj_type(line->obj));
	err = say_parts(line, OF_KIND);
	putchar('\n');
	return err ? err : print_set(line, OF_LINKS | LATER);
}

/* Its session has been printed, and makes it. */
static int print_l2tp(struct line *line)
{
	return print_set(line, OF_LINKS | LATER);
}

static int print_flat(struct line *line)
{
	int err;

	fputs("add ", stdout);
	err = print_words(line->run, line->obj);
	putchar('\n');
	return err;
}

/* ip has words of its own for two values. */
static int say_of_fou(void *arg, const struct tnl_value *value)
{
	const char *text = value->text ? value->text : "";

	if (!strcmp(text, "gue") || !strcmp(text, "inet6"))
		say(arg, !strcmp(text, "gue") ? "gue" : "-6", NULL);
	else
		say(arg, value->word, value->text);
	return 0;
}

static int print_fou(struct line *line)
{
	int err;

	fputs("fou add", stdout);
	err = tnl_obj_each(line->run->t, line->obj, TNL_WORDS, say_of_fou, line);
	putchar('\n');
	return err;
}

/* "tunnel prl dev NAME prl-default ADDR" */
static int say_of_prl(void *arg, const struct tnl_value *value)
{
	struct line *line = arg;

	if (!strcmp(value->word, "address"))
		say(line, line->found ? "prl-default" : "prl-nodefault", value->text);
	else if (strcmp(value->word, "default"))
		say(line, value->word, value->text);
	return 0;
}

static int print_prl(struct line *line)
{
	int err;

	tells(line, "default");
	fputs("tunnel prl", stdout);
	err = tnl_obj_each(line->run->t, line->obj, TNL_WORDS, say_of_prl, line);
	putchar('\n');
	return err;
}

static int print_behind(struct line *line, const char *lead)
{
	int err;

	fputs(lead, stdout);
	err = say_parts(line, OF_KIND);
	putchar('\n');
	return err;
}

static int print_tunnel(struct line *line)
{
	return print_behind(line, "l2tp add tunnel");
}

static int print_session(struct line *line)
{
	return print_behind(line, "l2tp add session");
}

static int print_address(struct line *line)
{
	return print_behind(line, tnl_obj_is_partial(line->obj) ? "# addr add" : "addr add");
}

static int print_route(struct line *line)
{
	return print_behind(line, tnl_obj_is_partial(line->obj) ? "# route add" : tnl_obj_is_behind(line->obj) ? "route append" :
			    "route add");
}

/* ---- all ---- */

static const struct form {
	const char *kind;
	int (*print)(struct line *line);
	const char *words[8]; /* that ip has not: then it is a flat line */
} forms[] = {
	{ "fou", print_fou },
	{ "l2tp-tunnel", print_tunnel },
	{ "l2tp-session", print_session },
	{ "l2tp", print_l2tp },
	{ "tap", print_tuntap, { "napi", "napi_frags" } },
	{ "tun", print_tuntap, { "napi" } },
	{ "address", print_address },
	{ "route", print_route },
	{ "prl", print_prl },
};

static int print_form(struct line *line)
{
	const char *kind = tnl_obj_type(line->obj);

	tells(line, "");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].kind, kind))
			continue;
		for (const char *const *word = forms[i].words; *word; word++)
			if (tells(line, *word))
				return print_flat(line);
		return forms[i].print(line);
	}
	return print_link(line);
}

/* What it took and never tells. */
static void note_untold(const struct line *line)
{
	const struct tnl_kind *kind = tnl_obj_kind(line->obj);

	if (line->secret)
		puts("# its cookies are not saved: --secrets");
	if (line->controls)
		puts("# a word with control characters is not saved");
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(kind, row));)
		if ((tnl_row_flags(row) & TNL_BLIND) && strcmp(tnl_obj_type(line->obj), "l2tp"))
			printf("# the kernel does not tell its %s\n", tnl_row_word(row));
}

/* A link that no line can make: what hangs on it cannot be saved either. */
static const char *obstacle(struct line *line)
{
	if (tells(line, "link-netnsid"))
		return "its underlay is in another namespace";
	return has_controls(tnl_obj_name(line->run->t, line->obj)) ? "its name has control characters" : NULL;
}

static int skip(struct saving *saving, struct line *line, const char *why)
{
	const char *name = tnl_obj_name(line->run->t, line->obj);
	char (*more)[16] = reallocarray(saving->skipped, saving->skipped_count + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	saving->skipped = more;
	strlcpy(more[saving->skipped_count++], name, sizeof(*more));
	fputs("# not saved, as ", stdout);
	printf("%s: ", why);
	print_value(name);
	putchar('\n');
	complain(name, NULL, why);
	saving->lacks = true;
	return 0;
}

static int look_for_skipped(void *arg, const struct tnl_value *value)
{
	struct saving *saving = arg;

	for (size_t i = 0; i < saving->skipped_count && !strcmp(value->word, "dev"); i++)
		saving->hangs |= !strcmp(saving->skipped[i], value->text);
	return 0;
}

static int print_one(void *arg, const struct tnl_obj *obj)
{
	struct saving *saving = arg;
	struct line line = { .run = saving->run, .obj = obj };
	bool link = tnl_kind_is_link(tnl_obj_kind(obj));
	const char *why = link ? obstacle(&line) : NULL;
	int err;

	if (why)
		return skip(saving, &line, why);
	saving->hangs = false;
	err = link ? 0 : tnl_obj_each(line.run->t, obj, TNL_WORDS, look_for_skipped, saving);
	if (err || saving->hangs)
		return err;
	saving->count++;
	err = print_form(&line);
	note_untold(&line);
	saving->lacks |= line.controls;
	return err;
}

/* "-o FILE" may stand anywhere. */
static int take_file(int *argc, char **argv, const char **file)
{
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		if (strcmp(argv[i], "-o"))
			argv[kept++] = argv[i];
		else if (++i == *argc)
			return complain("save", "-o", "needs a value");
		else
			*file = argv[i];
	}
	*argc = kept;
	return 0;
}

int cmd_save(struct run *run, const struct family *family, int argc, char **argv)
{
	struct tnl_selector *sel = NULL;
	struct tnl_state *state = NULL;
	const char *file = NULL;
	struct saving saving = { .run = run };
	struct newfile out;
	int err = take_file(&argc, argv, &file);

	tnl_names(run->t, TNL_NAMES_OWN); /* so that it means the same on every host */
	if (!err && run->json)
		err = complain("save", "-j", "a batch is text: show prints JSON");
	if (!err && argc)
		err = line_select(run, family, NULL, 0, argc, argv, &sel);
	if (!err && tnl_state_read(run->t, &state))
		err = failed(run->t);
	if (!err && file)
		err = newfile_begin(&out, file, run->secrets);
	if (!err) {
		err = tnl_state_each_given(run->t, state, sel, print_one, &saving) ? failed(run->t) : 0;
		if (!err && sel && !saving.count && !saving.lacks) {
			complain(NULL, "save", "no tunnel is selected");
			err = FAILED;
		}
		if (file)
			err = newfile_end(&out, err);
		if (!err && saving.lacks)
			err = INCOMPLETE;
	}
	free(saving.skipped);
	tnl_state_free(state);
	tnl_select_free(sel);
	return err;
}
