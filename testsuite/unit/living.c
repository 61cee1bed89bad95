// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: kernel */
/*
 * What a living link can take over, and whether it then is what a new one would be: the kernel is asked in its own
 * words, for every row of every kind, and tnl_ensure() has to do what it said. The rows hold the answer.
 */
#include "kernel.h"
#include "raw.h"

/* ---- states of a link that differ in one row ---- */

struct state {
	struct line line;
	struct tnl_obj *obj; /* what creating it makes */
	struct raw raw;
};

#define STATES 4

struct difference {
	char word[48], first[300], second[300];
};

/* The first word but SKIP that is another; not a MAC address, which chance may have chosen. */
static bool find_difference(const struct tnl_obj *a, const struct tnl_obj *b, const char *skip,
			    struct difference *found)
{
	struct speech one, other;

	listen_to(t, a, TNL_INPUT, &one);
	listen_to(t, b, TNL_INPUT, &other);
	assert_int_equal(one.count, other.count);
	for (int i = 0; i < one.count; i++) {
		const struct said *x = &one.said[i], *y = &other.said[i];

		if (!strcmp(x->word, "address") || !strcmp(x->word, skip) ||
		    tnl_row_flags(x->row) & (TNL_BLIND | TNL_DRIFTS))
			continue;
		if (x->set == y->set && !strcmp(x->text, y->text) && x->number == y->number)
			continue;
		snprintf(found->word, sizeof(found->word), "%s", x->word);
		snprintf(found->first, sizeof(found->first), "%s", x->text);
		snprintf(found->second, sizeof(found->second), "%s", y->text);
		return true;
	}
	return false;
}

static bool same_word(const struct tnl_obj *a, const struct tnl_obj *b, const struct tnl_row *row)
{
	struct speech one, other;
	const struct said *x, *y;

	listen_to(t, a, TNL_INPUT, &one);
	listen_to(t, b, TNL_INPUT, &other);
	x = said_of(&one, row);
	y = said_of(&other, row);
	return x->set == y->set && !strcmp(x->text, y->text) && x->number == y->number;
}

static bool same_state(const struct state *a, const struct state *b)
{
	struct difference difference;

	return !find_difference(a->obj, b->obj, "", &difference);
}

/*
 * A word may weigh nothing beside one value of another, and something beside the next; over IPv6 the MTU comes from the
 * route only if both ends are given.
 */
static const struct beside contexts[][6] = {
	{ { 0 } },
	{ { NULL, "encap-csum", "encap gue encap-dport 5555" },
	  { NULL, "encap-udp6-csum", "encap gue encap-dport 5555" },
	  { NULL, "encap-remcsum", "encap gue encap-dport 5555" },
	  { 0 } },
	{ { "ip6tnl", NULL, "local 2001:db8::8" },
	  { "ip6gre", NULL, "local 2001:db8::8" },
	  { "ip6gretap", NULL, "local 2001:db8::8" },
	  { "ip6erspan", NULL, "local 2001:db8::8" },
	  { "vti6", NULL, "local 2001:db8::8" },
	  { 0 } },
};

/* FORM of ROW, or nothing of it, on a base of the kind; false: it cannot be made so. */
static bool make_state(struct state *state, const struct tnl_kind *kind, const struct tnl_row *row,
		       const struct form *form, const struct beside *context, const char *base)
{
	struct tnl_obj *obj;
	struct form forms[FORMS];
	int err;

	memset(state, 0, sizeof(*state));
	put_all(&state->line, "name " NAME);
	if (form)
		put_form(&state->line, form);
	put_first(&state->line, context, false, kind, row);
	put_first(&state->line, context, true, kind, row);
	put_beside(&state->line, kind, row);
	put_missing(&state->line, kind, row, base);
	EACH_ROW(other, kind)
	{ /* so that there is an end even without this one */
		if (!(tnl_row_flags(row) & tnl_row_flags(other) & TNL_UNIQ) || other == row)
			continue;
		forms_of(samples, kind, other, forms);
		if (!has_word(&state->line, forms[0].word))
			put_form(&state->line, &forms[0]);
		break;
	}
	err = tnl_parse(t, kind, state->line.argc, state->line.argv, &obj);
	if (!err) {
		err = tnl_create(t, obj);
		tnl_obj_free(obj);
	}
	if (err)
		return false;
	state->obj = get(NAME);
	if (tnl_kind_has_via(kind, "rtnl"))
		read_raw(&state->raw);
	if (tnl_remove(t, state->obj))
		broken("\"%s\" cannot be removed: %s", text_of(&state->line), tnl_error(t)->text);
	return true;
}

static int make_states(struct state states[STATES], const struct tnl_kind *kind, const struct tnl_row *row,
		       const struct beside *context)
{
	struct form forms[FORMS];
	int count = forms_of(samples, kind, row, forms), made = 0;

	for (int i = -1; i < count && made < STATES; i++) {
		bool done = false;

		for (size_t base = 0; base < COUNT(bases) && !done; base++)
			if (is_base(&bases[base], kind))
				done = make_state(&states[made], kind, row, i < 0 ? NULL : &forms[i], context,
						  bases[base].words);
		for (int other = 0; other < made && done; other++) /* another name of the same value */
			if (same_state(&states[other], &states[made])) {
				tnl_obj_free(states[made].obj);
				done = false;
			}
		made += done;
	}
	return made;
}

static void free_states(struct state *states, int count)
{
	for (int i = 0; i < count; i++)
		tnl_obj_free(states[i].obj);
}

/* ---- from one to the next ---- */

/* What is known of a row after all its states. */
struct verdict {
	int tried, live;
	bool mtu, stale; /* a change without the MTU gives that of a new link, or does not, where it is another */
};

static struct tnl_obj *be(const struct state *state)
{
	return create(tnl_obj_kind(state->obj), &state->line);
}

static void gone(struct tnl_obj *obj)
{
	if (tnl_remove(t, obj))
		broken(NAME " cannot be removed: %s", tnl_error(t)->text);
	tnl_obj_free(obj);
}

/* Whether the kernel can do it, in any way of saying it, and which MTU it chooses. */
static bool kernel_can(const struct state *from, const struct state *to, uint32_t *mtu)
{
	bool can = false;

	for (enum manner manner = 0; manner < MANNERS && !can; manner++) {
		struct tnl_obj *obj = be(from);
		struct raw after;

		can = !change_raw(&from->raw, &to->raw, manner);
		read_raw(&after);
		can = can && after.len == to->raw.len && !memcmp(after.data, to->raw.data, after.len);
		*mtu = after.mtu;
		gone(obj);
	}
	return can;
}

static const char *const said[] = { "unchanged", "changed", "created", "recreated" };

/* Ensures LINE; the action, or -1: it was refused before anything was changed. */
static int ensure(const struct tnl_kind *kind, const struct line *line, unsigned flags, struct tnl_error *error)
{
	struct tnl_obj *want = parse(t, kind, line), *before = NULL, *after = NULL;
	enum tnl_action action;
	int err;

	if (tnl_get(t, NAME, &before))
		before = NULL;
	err = tnl_ensure(t, want, flags, &action);
	*error = *tnl_error(t);
	if (err && tnl_error(t)->outcome != TNL_REFUSED)
		broken("%s: ensure \"%s\": %s: %s", tnl_kind_name(kind), text_of(line), tnl_error(t)->word,
		       tnl_error(t)->text);
	if (err) {
		const struct tnl_row *row = tnl_row_find(kind, error->word, &(bool){ 0 });

		assert_non_null(row);
		if (!is_both(row) && same_word(before, want, row))
			broken("%s: ensure \"%s\" blames %s: %s", tnl_kind_name(kind), text_of(line), error->word,
			       error->text);
		after = get(NAME);
		assert_equal(before, after, "refused", line);
	}
	tnl_obj_free(before);
	tnl_obj_free(after);
	tnl_obj_free(want);
	return err ? -1 : (int)action;
}

static int count_line(void *arg, const char *line)
{
	(void)line;
	++*(int *)arg;
	return 0;
}

/* All is as it should be, so nothing would be sent. */
static void assert_settled(const struct tnl_kind *kind, const struct line *line)
{
	struct tnl *dry = tnl_open(TNL_DRY);
	struct tnl_obj *want = parse(dry, kind, line);
	enum tnl_action action;
	int lines = 0;

	if (tnl_ensure(dry, want, 0, &action))
		broken("%s: \"%s\" again: %s: %s", tnl_kind_name(kind), text_of(line), tnl_error(dry)->word,
		       tnl_error(dry)->text);
	tnl_recorded(dry, count_line, &lines);
	if (action != TNL_UNCHANGED || lines)
		broken("%s: \"%s\" again: %s, %d lines sent", tnl_kind_name(kind), text_of(line), said[action], lines);
	tnl_obj_free(want);
	tnl_close(dry);
}

/* The link is what creating it makes, but for SKIP. */
static void assert_as_new(const struct state *to, const struct line *line, int action, const char *skip)
{
	struct tnl_obj *after = get(NAME);
	struct difference difference;

	if (find_difference(to->obj, after, skip, &difference))
		broken("%s: %s \"%s\": %s is %s, of a new one %s", tnl_obj_type(after), said[action], text_of(line),
		       difference.word, difference.second, difference.first);
	assert_settled(tnl_obj_kind(after), line);
	gone(after);
}

/* Words of an L2TP tunnel, which sessions share: what is not said is meant as it is. */
static bool is_left_open(const struct state *to, const struct tnl_row *row)
{
	return ordinal_of(tnl_kind_find("l2tp-tunnel"), row) >= 0 && !has_word(&to->line, tnl_row_word(row));
}

/* Returns whether the kernel can do it on a living link. */
static bool change_and_compare(const struct state *from, const struct state *to, const struct tnl_row *row,
			       struct verdict *verdict)
{
	const struct tnl_kind *kind = tnl_obj_kind(to->obj);
	uint32_t mtu = to->raw.mtu;
	bool raw = tnl_kind_has_via(kind, "rtnl"), live = !raw || kernel_can(from, to, &mtu);
	bool same = from->raw.mtu == to->raw.mtu, chosen = mtu == to->raw.mtu;
	struct tnl_error error;
	int action;

	tnl_obj_free(be(from));
	action = ensure(kind, &to->line, 0, &error);
	if (action == TNL_UNCHANGED && is_left_open(to, row)) {
		gone(get(NAME));
		return false;
	}
	if (raw && action >= 0 && !live)
		broken("%s: \"%s\" from \"%s\": %s, which the kernel cannot do", tnl_kind_name(kind),
		       text_of(&to->line), text_of(&from->line), said[action]);
	if (raw && action < 0 && live && (same || chosen) && !(tnl_row_flags(row) & TNL_STALE))
		broken("%s: \"%s\" from \"%s\": %s: %s, which the kernel can do", tnl_kind_name(kind),
		       text_of(&to->line), text_of(&from->line), error.word, error.text);
	verdict->tried++;
	verdict->live += raw ? live : action >= 0;
	verdict->mtu |= live && !same && chosen;
	verdict->stale |= live && !same && !chosen;
	if (action < 0) {
		action = ensure(kind, &to->line, TNL_RECREATE, &error);
		assert_int_equal(action, TNL_RECREATED);
	} else {
		if (action != TNL_CHANGED)
			broken("%s: \"%s\" from \"%s\": %s", tnl_kind_name(kind), text_of(&to->line),
			       text_of(&from->line), said[action]);
	}
	assert_as_new(to, &to->line, action, "");
	return live;
}

/* Where only the MTU would be another, saying it is enough. */
static void change_and_say_mtu(const struct state *from, const struct state *to)
{
	const struct tnl_kind *kind = tnl_obj_kind(to->obj);
	struct tnl_error error;
	struct line line;

	copy_line(&line, &to->line);
	put_all(&line, "mtu 1300");
	tnl_obj_free(be(from));
	assert_int_equal(ensure(kind, &line, 0, &error), TNL_CHANGED);
	assert_as_new(to, &line, TNL_CHANGED, "mtu");
}

static bool is_shared(const struct tnl_kind *kind, const struct tnl_row *row)
{
	EACH_KIND(other)
		if (other != kind && ordinal_of(other, row) >= 0)
			return true;
	return false;
}

static void judge(const struct tnl_kind *kind, const struct tnl_row *row, const struct verdict *v)
{
	unsigned flags = tnl_row_flags(row);
	const char *want = !v->live ? "TNL_FIXED" : v->stale ? "TNL_STALE" : v->mtu ? "TNL_MTU" : "no flag";
	const char *has = flags & TNL_FIXED   ? "TNL_FIXED"
			  : flags & TNL_STALE ? "TNL_STALE"
			  : flags & TNL_MTU   ? "TNL_MTU"
					      : "no flag";

	if (flags & TNL_MTU && v->live && !v->mtu && !v->stale && is_shared(kind, row))
		has = want; /* it does so in another kind, and does no harm here */
	if (v->tried && strcmp(want, has))
		broken("%s %s: the kernel says %s, the row %s (%d of %d changes live)", tnl_kind_name(kind),
		       tnl_row_word(row), want, has, v->live, v->tried);
}

static void try_row(const struct tnl_kind *kind, const struct tnl_row *row, const struct beside *context,
		    struct verdict *verdict)
{
	struct state states[STATES];
	int count = make_states(states, kind, row, context);

	for (int i = 0; i < count && count > 1; i++) {
		const struct state *from = &states[i], *to = &states[(i + 1) % count];

		if (change_and_compare(from, to, row, verdict) && tnl_row_flags(row) & TNL_STALE)
			change_and_say_mtu(from, to);
	}
	free_states(states, count);
}

/* Whether a context says anything about a row, or is the empty one. */
static bool is_about(const struct beside *context, const struct tnl_kind *kind, const struct tnl_row *row)
{
	if (!context->words)
		return true;
	for (; context->words; context++)
		if ((!context->word || !strcmp(context->word, tnl_row_word(row))) &&
		    (!context->kind || !strcmp(context->kind, tnl_kind_name(kind))))
			return true;
	return false;
}

/* A word of every link, or of every Ethernet one: these count when they are said. */
static bool is_of_links(const struct tnl_row *row)
{
	return is_common(row) ||
	       (ordinal_of(tnl_kind_find("tap"), row) >= 0 && ordinal_of(tnl_kind_find("gretap"), row) >= 0);
}

static void a_living_link_takes_over_what_its_rows_say(void **state)
{
	(void)state;
	/* without a way to the other end the kernel of some kinds leaves the MTU as it is, whatever changes */
	assert_int_equal(system_ok("ip link set under up && ip route add default dev under && "
				   "ip -6 route add default dev under"), 0);
	nl = mnl_socket_open(NETLINK_ROUTE);
	assert_non_null(nl);
	assert_int_equal(mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID), 0);
	EACH_KIND(kind)
	{
		struct tally tally = { 0 };

		if (!tnl_kind_is_link(kind))
			continue;
		EACH_ROW(row, kind)
		{
			struct verdict verdict = { 0 };

			if (!is_input(row) || is_both(row) || is_of_links(row) || tnl_row_flags(row) & TNL_BLIND)
				continue;
			for (size_t i = 0; i < COUNT(contexts); i++)
				if (is_about(contexts[i], kind, row))
					try_row(kind, row, contexts[i], &verdict);
			print_message("# %s %s: %d of %d live%s%s\n", tnl_kind_name(kind), tnl_row_word(row),
				      verdict.live, verdict.tried, verdict.mtu ? ", MTU adapted" : "",
				      verdict.stale ? ", MTU stale" : "");
			if (tnl_kind_has_via(kind, "rtnl"))
				judge(kind, row, &verdict);
			tally.made += verdict.live;
			tally.refused += verdict.tried - verdict.live;
		}
		print_message("# %s: %d changes on living links, %d made anew\n", tnl_kind_name(kind), tally.made,
			      tally.refused);
		assert_true(tally.made);
	}
	mnl_socket_close(nl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_living_link_takes_over_what_its_rows_say),
	};

	load_modules();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
