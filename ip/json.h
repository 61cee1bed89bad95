/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-c, which is loaded when the first JSON is wanted, and what both schemas share. */
#ifndef JSON_H
#define JSON_H

#include <json-c/json.h>

#include "values.h"

#define JSON_FUNCTIONS(F) \
	F(json_object_new_object) F(json_object_new_array) F(json_object_new_string) F(json_object_new_uint64) \
	F(json_object_new_boolean) F(json_object_object_add) F(json_object_object_add_ex) F(json_object_array_add) F(json_object_to_json_string_ext) \
	F(json_object_put)

#define JSON_POINTER(name) __typeof__(name) *name;
extern struct json {
	JSON_FUNCTIONS(JSON_POINTER)
} json;

struct json_object *json_text(const char *text); /* NULL: null; what is not UTF-8 becomes it */
void json_add(struct json_object *to, const char *key, struct json_object *value);
void json_add_text(struct json_object *to, const char *key, const char *text);
void json_add_number(struct json_object *to, const char *key, uint64_t number);
void json_add_quad(struct json_object *to, const char *key, uint32_t number); /* as an IPv4 address */
/* The parts of TEXT between commas, and MORE (may be NULL). */
void json_add_list(struct json_object *to, const char *key, const char *text, const char *more);

void json_element(struct run *run, struct json_object *to); /* prints and frees an element of the array */

/* ---- ip's schema ---- */

struct shown {
	struct run *run;
	const struct tnl_obj *obj;
	struct values values;
};

struct key;
typedef void json_form(struct shown *shown, struct json_object *to, const struct key *key, const struct value *value);

struct key {
	const char *key, *word; /* in ip's JSON; in ours, NULL: the form sees to it */
	json_form *put;
	const char *arg;        /* for the form */
	const struct key *in;   /* keys of an object */
	const char *instead;    /* this text is told under another key */
	bool zero;              /* beside external it means nothing and is told as 0 */
	int details, stats;     /* only if -d, -s are given so many times */
};

/* A form; VALUE is NULL if it is not set. */
#define UNUSED __attribute__((unused))
#define PUT(form) \
	void put_##form(UNUSED struct shown *shown, UNUSED struct json_object *to, UNUSED const struct key *key, \
			UNUSED const struct value *value)

/* json_ip.c, json_tunnel.c */
json_form put_text, put_upper, put_number, put_some, put_bool, put_truth, put_truth_or_true, put_true, put_null, put_off,
	put_addr, put_quad, put_hex, put_prefix, put_object, put_flags, put_lower, put_pointtopoint, put_hardware,
	put_hwaddr, put_permaddr, put_linkinfo, put_type, put_udp_addr, put_range, put_is, put_is_null,
	put_mode, put_tos, put_keys_of, put_gre_flags, put_flowinfo, put_number_or_0, put_hex_or_0,
	put_routers, put_sum, put_cookie, put_tuntap, put_person, put_people, put_processes;
void put_keys(struct shown *shown, struct json_object *to, const struct key *keys);
int json_print_ip(struct run *run, const struct key *keys, const struct tnl_obj *obj);

/* json_keys.c: of OBJ on a line of one of ip's families; in "info_data" of a kind; NULL: there are none */
const struct key *ip_keys(const struct run *run, const struct tnl_obj *obj);
const struct key *info_keys(const char *kind);

#endif
