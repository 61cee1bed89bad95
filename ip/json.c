// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON through json-c. The library is loaded when JSON is asked for: every library that is linked costs a tenth of
 * the time of a command that only makes one tunnel.
 */
#include "json.h"

#include <dlfcn.h>
#include <string.h>

struct json json;

static int count; /* objects that were printed */

int json_load(void)
{
	void *library = json.json_object_put ? NULL : dlopen(JSON_C, RTLD_NOW | RTLD_LOCAL);

#define LOAD(name) \
	if (library && !(json.name = (__typeof__(name) *)dlsym(library, #name))) \
		library = NULL;
	if (json.json_object_put)
		return 0;
	JSON_FUNCTIONS(LOAD)
	return library ? 0 : complain(NULL, "-j", "cannot load " JSON_C " (json-c)");
}

/* JSON is UTF-8 by definition; bytes of a text that is not are shown as U+0080 to U+00FF. */
struct json_object *json_text(const char *text)
{
	char clean[1024];
	size_t n = 0;
	int len;

	if (!text)
		return NULL;
	for (const char *c = text; *c > 0; c++)
		if (!c[1])
			return json.json_object_new_string(text);
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

void json_add(struct json_object *to, const char *key, struct json_object *value)
{
	json.json_object_object_add(to, key, value);
}

void json_add_text(struct json_object *to, const char *key, const char *text)
{
	json_add(to, key, json_text(text));
}

void json_add_number(struct json_object *to, const char *key, uint64_t number)
{
	json_add(to, key, json.json_object_new_uint64(number));
}

void json_add_quad(struct json_object *to, const char *key, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u.%u.%u.%u", number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255);
	json_add_text(to, key, text);
}

void json_add_list(struct json_object *to, const char *key, const char *text, const char *more)
{
	struct json_object *list = json.json_object_new_array();
	char one[64];
	size_t len;

	for (; *text; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		snprintf(one, sizeof(one), "%.*s", (int)len, text);
		json.json_object_array_add(list, json_text(one));
	}
	if (more)
		json.json_object_array_add(list, json_text(more));
	json_add(to, key, list);
}

/* Keys of rows live as long as the program, and no two rows of a kind have the same. */
static void add_new(struct json_object *to, const char *key, struct json_object *value)
{
	json.json_object_object_add_ex(to, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT);
}

static void add_word(struct json_object *to, const struct tnl_value *value)
{
	const char *key = tnl_row_json(value->row);
	char other[64];

	switch (value->json) {
	case TNL_JSON_BOOL:
		add_new(to, key, json.json_object_new_boolean(value->number != 0));
		break;
	case TNL_JSON_NUMBER:
		add_new(to, key, value->set ? json.json_object_new_uint64(value->number) : NULL);
		break;
	case TNL_JSON_KEY:
		add_new(to, key, value->set ? json.json_object_new_uint64(value->number) : NULL);
		snprintf(other, sizeof(other), "%s_dotted", key);
		if (value->set)
			json_add_quad(to, other, value->number);
		else
			json_add(to, other, NULL);
		break;
	default:
		add_new(to, key, value->set ? json_text(value->text) : NULL);
	}
}

static int add_value(void *arg, const struct tnl_value *value)
{
	struct json_object *to = arg;

	add_word(to, value);
	if (tnl_row_flags(value->row) & TNL_POS)
		json_add(to, "type", NULL); /* its place; filled in by the caller */
	return 0;
}

static int add_object(struct run *run, const struct tnl_obj *obj, struct json_object *to)
{
	struct json_object *state = json.json_object_new_object();
	int err;

	if (!tnl_kind_is_link(tnl_obj_kind(obj)))
		json_add(to, "type", NULL);
	err = tnl_obj_each(run->t, obj, TNL_INPUT, add_value, to);
	if (!err)
		err = tnl_obj_each(run->t, obj, TNL_STATES, add_value, state);
	json_add(to, "type", json.json_object_new_string(tnl_obj_type(obj)));
	json_add(to, "state", state);
	if (tnl_obj_is_partial(obj))
		json_add(to, "partial", json.json_object_new_boolean(true));
	if (!err && run->stats) {
		struct json_object *stats = json.json_object_new_object();

		err = tnl_obj_each(run->t, obj, TNL_STATS, add_value, stats);
		json_add(to, "stats", stats);
	}
	return err;
}

/* json-c escapes what JSON wants to be escaped; a terminal may obey U+007F to U+009F too. */
static void print_json(struct run *run, struct json_object *object)
{
	const int flags = run->pretty ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN;
	const char *text = json.json_object_to_json_string_ext(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE);

	while (*text) {
		const size_t plain = strcspn(text, "\x7f\xc2");
		const unsigned char *odd = (const unsigned char *)text + plain;
		const size_t len = !*odd ? 0 : *odd == 0x7f ? 1 : 2;

		fwrite(text, 1, plain, stdout);
		if (len && odd[len - 1] < 0xa0)
			printf("\\u00%02x", odd[len - 1]);
		else
			fwrite(odd, 1, len, stdout);
		text += plain + len;
	}
	json.json_object_put(object);
}

/* Prints and frees an element of the array. */
void json_element(struct run *run, struct json_object *to)
{
	printf("%s%s", count++ ? "," : "[", run->pretty ? "\n" : "");
	print_json(run, to);
}

int json_print(struct run *run, const struct tnl_obj *obj)
{
	const struct key *keys = ip_keys(run, obj);
	struct json_object *to;
	int err;

	if (keys)
		return json_print_ip(run, keys, obj);
	to = json.json_object_new_object();
	err = add_object(run, obj, to);
	json_element(run, to);
	return err;
}

struct requests {
	struct json_object *list;
	int told, count;
};

static int add_line(void *arg, const char *line)
{
	struct requests *requests = arg;

	if (requests->count++ >= requests->told)
		json.json_object_array_add(requests->list, json_text(line));
	return 0;
}

/* What was recorded since the last call. */
static int add_requests(struct run *run, struct json_object *to)
{
	struct requests requests = { json.json_object_new_array(), run->told, 0 };
	int err = tnl_recorded(run->t, add_line, &requests);

	json_add(to, "requests", requests.list);
	run->told = requests.count;
	return err;
}

/* Of what has no name: what identifies it. */
static int add_identity(void *arg, const struct tnl_value *value)
{
	if (tnl_row_flags(value->row) & TNL_ID)
		add_word(arg, value);
	return 0;
}

int json_result(struct run *run, const struct tnl_obj *obj, const char *action)
{
	struct json_object *to;
	int err = json_load();

	if (err)
		return err;
	to = json.json_object_new_object();
	if (tnl_kind_is_link(tnl_obj_kind(obj))) {
		json_add(to, "name", json_text(tnl_obj_name(run->t, obj)));
	} else {
		json_add(to, "type", json.json_object_new_string(tnl_obj_type(obj)));
		err = tnl_obj_each(run->t, obj, TNL_WORDS, add_identity, to);
	}
	json_add(to, "action", json.json_object_new_string(action));
	if (!err && run->dry)
		err = add_requests(run, to);
	json_element(run, to);
	return err ? err : json_end(run);
}

int json_requests(struct run *run)
{
	struct json_object *to;
	int err = json_load(), told = run->told;

	if (err)
		return err;
	to = json.json_object_new_object();
	err = add_requests(run, to);
	if (run->told == told) {
		json.json_object_put(to);
		return err;
	}
	json_element(run, to);
	return err ? err : json_end(run);
}

int json_end(struct run *run)
{
	if (run->line) /* a batch has one array */
		return 0;
	printf("%s%s]\n", count ? "" : "[", run->pretty && count ? "\n" : "");
	return 0;
}

/* ---- events: an object on each line ---- */

struct before {
	const struct tnl_obj *now, *was;
	struct json_object *to;
	bool any;
};

static int add_former(void *arg, const struct tnl_value *value)
{
	struct before *before = arg;

	if (tnl_row_same(value->row, before->now, before->was))
		return 0;
	add_word(before->to, value);
	before->any = true;
	return 0;
}

int json_event(struct run *run, const char *time, const char *happened, const struct tnl_obj *obj,
	       const struct tnl_obj *was)
{
	struct json_object *event = json.json_object_new_object();
	int err = 0;

	if (time)
		json_add(event, "time", json.json_object_new_string(time));
	json_add(event, "event", json.json_object_new_string(happened));
	if (obj) {
		struct json_object *to = json.json_object_new_object();

		err = add_object(run, obj, to);
		json_add(event, "object", to);
	}
	if (was && !err) {
		struct before words = { obj, was, json.json_object_new_object() };
		struct before states = { obj, was, json.json_object_new_object() };

		err = tnl_obj_each(run->t, was, TNL_INPUT, add_former, &words);
		if (!err)
			err = tnl_obj_each(run->t, was, TNL_STATES, add_former, &states);
		if (states.any)
			json_add(words.to, "state", states.to);
		else
			json.json_object_put(states.to);
		json_add(event, "was", words.to);
	}
	print_json(run, event);
	putchar('\n');
	return err;
}
