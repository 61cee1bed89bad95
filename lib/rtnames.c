// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names that administrators give to numbers, as for ip: lines "NUMBER NAME" in FILE and FILE.d/ANY.conf of these
 * directories. They are read when they are needed; without them everything works by number.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

static const char *const directories[] = { "/etc/iproute2", "/usr/share/iproute2", "/usr/lib/iproute2" };

struct search {
	const char *name; /* NULL: the number is known */
	uint64_t number;
	char found[32];
};

/* "0x10 NAME # comment"; a name that begins with a digit would not be told from a number. */
static bool match(struct search *search, char *line)
{
	char *name, *end, *rest;
	unsigned long long number;

	line[strcspn(line, "#\n")] = 0;
	number = strtoull(line, &end, 0);
	name = strtok_r(end, " \t\r", &rest);
	if (end == line || !name || name == end || isdigit((unsigned char)*name) || strlen(name) >= sizeof(search->found))
		return false;
	if (search->name ? strcmp(search->name, name) : search->number != number)
		return false;
	search->number = number;
	strlcpy(search->found, name, sizeof(search->found));
	return true;
}

static bool search_file(struct search *search, const char *path)
{
	FILE *from = fopen(path, "re");
	char line[512];
	bool found = false;

	while (from && !found && fgets(line, sizeof(line), from))
		found = match(search, line);
	if (from)
		fclose(from);
	return found;
}

static bool search_more(struct search *search, const char *directory)
{
	DIR *all = opendir(directory);
	const struct dirent *entry;
	char path[600];
	bool found = false;

	while (all && !found && (entry = readdir(all))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || dot == entry->d_name || strcmp(dot, ".conf"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		found = search_file(search, path);
	}
	if (all)
		closedir(all);
	return found;
}

static bool find(struct search *search, const char *file)
{
	char path[64];

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], file);
		if (search_file(search, path))
			return true;
		strlcat(path, ".d", sizeof(path));
		if (search_more(search, path))
			return true;
	}
	return false;
}

bool tnl_named_number(const char *file, const char *name, uint64_t *number)
{
	struct search search = { .name = name };

	if (!find(&search, file))
		return false;
	*number = search.number;
	return true;
}

const char *tnl_number_name(const char *file, uint64_t number, struct tnl_look *look)
{
	struct search search = { .number = number };

	if (!look->named.file || strcmp(look->named.file, file) || look->named.number != number) {
		look->named.file = file;
		look->named.number = number;
		strlcpy(look->named.name, find(&search, file) ? search.found : "", sizeof(look->named.name));
	}
	return *look->named.name ? look->named.name : NULL;
}
