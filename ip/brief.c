// SPDX-License-Identifier: GPL-2.0-or-later
/* tun -br link: a table with a line for each link, as ip has it. */
#include "values.h"

#include <ctype.h>
#include <string.h>

/* TEXT in its colour, and blanks up to WIDTH. */
static void cell(const struct run *run, const char *color, const char *text, int width)
{
	int left = width - (int)strlen(text);

	if (run->color)
		printf("\033[%sm", color);
	print_safe(stdout, text);
	fputs(run->color ? "\033[0m " : " ", stdout);
	if (left > 0)
		printf("%*s", left, "");
}

int print_brief(struct run *run, const struct tnl_obj *obj)
{
	char name[40], state[32] = "";
	const struct value *lower;
	struct values values;
	const char *text;
	int err = values_read(run, obj, &values);

	if (err)
		return err;
	lower = value_of(&values, "iflink");
	snprintf(name, sizeof(name), "%s%s%s", value_text(&values, "name"), lower ? "@" : "",
		 !lower ? "" : !lower->number ? "NONE" : lower->text);
	text = value_text(&values, "state");
	for (size_t i = 0; text && text[i] && i < sizeof(state) - 1; i++)
		state[i] = toupper((unsigned char)text[i]);
	cell(run, "36", name, 16);
	cell(run, !strcmp(state, "UP") ? "32" : !strcmp(state, "DOWN") ? "31" : "0", state, 14);
	text = value_text(&values, "hwaddr");
	if (text)
		cell(run, "33", text, 0);
	text = value_text(&values, "flags");
	printf("<%s%s>\n", text ? text : "", lower_is_down(run, &values) ? ",M-DOWN" : "");
	return 0;
}
