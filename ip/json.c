// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON through json-c. The library is loaded when JSON is asked for: every library that is linked costs a tenth of
 * the time of a command that only makes one tunnel.
 */
#include "tun.h"

#include <dlfcn.h>
#include <json-c/json.h>
#include <string.h>

#define FUNCTIONS(F) \
	F(json_object_new_object) F(json_object_new_array) F(json_object_new_string) F(json_object_new_uint64) \
	F(json_object_new_boolean) F(json_object_object_add) F(json_object_array_add) F(json_object_to_json_string_ext) F(json_object_put)

#define POINTER(name) __typeof__(name) *name;
static struct {
	FUNCTIONS(POINTER)
} json;

static int count; /* objects that were printed */

int json_begin(struct run *run)
{
	void *library = dlopen(JSON_C, RTLD_NOW | RTLD_LOCAL);

#define LOAD(name) \
	if (library && !(json.name = (__typeof__(name) *)dlsym(library, #name))) \
		library = NULL;
	FUNCTIONS(LOAD)
	(void)run;
	if (!library)
		return complain(NULL, "-j", "cannot load " JSON_C " (json-c)");
	count = 0;
	return 0;
}

/* JSON is UTF-8 by definition; bytes of a text that is not are shown as U+0080 to U+00FF. */
static struct json_object *text_or_null(const char *text)
{
	char clean[1024];
	size_t n = 0;
	int len;

	if (!text)
		return NULL;
	for (const unsigned char *c = (const unsigned char *)text; *c && n + 5 < sizeof(clean); c += len ? len : 1) {
		len = utf8(c);
		if (len) {
			memcpy(clean + n, c, len);
			n += len;
		} else {
			clean[n++] = 0xc0 | *c >> 6;
			clean[n++] = 0x80 | (*c & 0x3f);
		}
	}
	clean[n] = 0;
	return json.json_object_new_string(clean);
}

static int add_value(void *arg, const struct tnl_value *value)
{
	const char *key = tnl_row_json(value->row);
	struct json_object *to = arg;
	char dotted[64], other[64];

	switch (value->json) {
	case TNL_JSON_BOOL:
		json.json_object_object_add(to, key, json.json_object_new_boolean(value->number != 0));
		break;
	case TNL_JSON_NUMBER:
		json.json_object_object_add(to, key, value->set ? json.json_object_new_uint64(value->number) : NULL);
		break;
	case TNL_JSON_KEY:
		json.json_object_object_add(to, key, value->set ? json.json_object_new_uint64(value->number) : NULL);
		snprintf(dotted, sizeof(dotted), "%u.%u.%u.%u", (unsigned)(value->number >> 24 & 255),
			 (unsigned)(value->number >> 16 & 255), (unsigned)(value->number >> 8 & 255),
			 (unsigned)(value->number & 255));
		snprintf(other, sizeof(other), "%s_dotted", key);
		json.json_object_object_add(to, other, value->set ? text_or_null(dotted) : NULL);
		break;
	default:
		json.json_object_object_add(to, key, value->set ? text_or_null(value->text) : NULL);
	}
	if (tnl_row_flags(value->row) & TNL_POS)
		json.json_object_object_add(to, "type", NULL); /* its place; filled in by the caller */
	return 0;
}

/* Prints and frees an element of the array. */
static void json_element(struct run *run, struct json_object *to)
{
	int flags = run->pretty ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN;

	printf("%s%s", count++ ? "," : "[", run->pretty ? "\n" : "");
	fputs(json.json_object_to_json_string_ext(to, flags | JSON_C_TO_STRING_NOSLASHESCAPE), stdout);
	json.json_object_put(to);
}

int json_print(struct run *run, const struct tnl_obj *obj)
{
	struct json_object *to = json.json_object_new_object(), *state = json.json_object_new_object();
	int err;

	if (!tnl_kind_is_link(tnl_obj_kind(obj)))
		json.json_object_object_add(to, "type", NULL);
	err = tnl_obj_each(run->t, obj, TNL_INPUT, add_value, to);
	if (!err)
		err = tnl_obj_each(run->t, obj, TNL_STATES, add_value, state);
	json.json_object_object_add(to, "type", json.json_object_new_string(tnl_obj_type(obj)));
	json.json_object_object_add(to, "state", state);
	if (tnl_obj_is_partial(obj))
		json.json_object_object_add(to, "partial", json.json_object_new_boolean(true));
	if (!err && run->stats) {
		struct json_object *stats = json.json_object_new_object();

		err = tnl_obj_each(run->t, obj, TNL_STATS, add_value, stats);
		json.json_object_object_add(to, "stats", stats);
	}
	json_element(run, to);
	return err;
}

static int add_line(void *arg, const char *line)
{
	json.json_object_array_add(arg, text_or_null(line));
	return 0;
}

int json_result(struct run *run, const struct tnl_obj *obj, const char *action)
{
	struct json_object *to, *lines;
	int err = json_begin(run);

	if (err)
		return err;
	to = json.json_object_new_object();
	json.json_object_object_add(to, "name", text_or_null(tnl_obj_name(run->t, obj)));
	json.json_object_object_add(to, "action", json.json_object_new_string(action));
	if (run->dry) {
		lines = json.json_object_new_array();
		err = tnl_recorded(run->t, add_line, lines);
		json.json_object_object_add(to, "requests", lines);
		run->told = true;
	}
	json_element(run, to);
	return err ? err : json_end(run);
}

int json_end(struct run *run)
{
	printf("%s%s]\n", count ? "" : "[", run->pretty && count ? "\n" : "");
	return 0;
}
