// SPDX-License-Identifier: GPL-2.0-or-later
/* runs: here */
/* What a handle keeps: its namespace, no descriptor too many, no story of a call that went well, every line. */
#include <dirent.h>
#include <sched.h>

#include "words.h"

static struct tnl *t, *dry;

static int set_up(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNET))
		return -1;
	t = tnl_open(0);
	dry = tnl_open(TNL_DRY);
	return t && dry ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tnl_close(t);
	tnl_close(dry);
	return 0;
}

static struct tnl_obj *object(const char *kind, const char *words)
{
	struct line line = {0};

	put_all(&line, words);
	return parse(t, tnl_kind_find(kind), &line);
}

static int make(struct tnl *with, const char *kind, const char *words)
{
	struct tnl_obj *obj = object(kind, words);
	int err = tnl_create(with, obj);

	tnl_obj_free(obj);
	return err;
}

static int count_one(void *arg, const struct tnl_obj *obj)
{
	(void)obj;
	++*(int *)arg;
	return 0;
}

static void it_stays_in_its_namespace(void **state)
{
	struct tnl_obj *obj = NULL;
	int count = 0;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(make(t, "vxlan", "v0 id 5"), 0); /* the first that is asked of it */
	assert_int_equal(tnl_dump(t, NULL, count_one, &count), 0);
	assert_int_equal(count, 2);
	tnl_close(t);
	t = tnl_open(0);
	assert_int_equal(tnl_get(t, "v0", &obj), -ENODEV);
}

static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void a_path_that_is_too_long_leaves_no_descriptor(void **state)
{
	const char end[] = "/proc/self/ns/net";
	char path[400];
	char *argv[] = { "t0", "netns", path };
	int before = descriptors();
	struct tnl_obj *obj;

	(void)state;
	for (int len = 200; len < 400; len += 50) { /* "////proc/self/ns/net" is one too */
		memset(path, '/', sizeof(path));
		strcpy(path + len - strlen(end), end);
		if (tnl_parse(t, tnl_kind_find("tap"), COUNT(argv), argv, &obj))
			assert_string_equal(tnl_error(t)->word, "netns");
		else
			tnl_obj_free(obj);
		assert_int_equal(descriptors(), before);
	}
}

/* What went wrong on the way and did not matter is no error. */
static void a_call_that_goes_well_has_no_story(void **state)
{
	static const char *const words[][2] = { { "tap", "t0 up" }, { "tap", "up" }, { "vxlan", "v0 id 5 alias x up" } };
	struct tnl_obj *obj;

	(void)state;
	assert_int_equal(tnl_get(dry, "nobody", &obj), -ENODEV);
	for (size_t i = 0; i < COUNT(words); i++) {
		assert_int_equal(make(dry, words[i][0], words[i][1]), 0);
		assert_int_equal(tnl_error(dry)->code, 0);
		assert_int_equal(make(t, words[i][0], words[i][1]), 0);
		assert_int_equal(tnl_error(t)->code, 0);
	}
}

struct record {
	int lines;
	char first[64][128]; /* of the first object */
	int each;            /* lines of an object */
};

static int note_line(void *arg, const char *line)
{
	struct record *record = arg;

	if (!record->each && record->lines < (int)COUNT(record->first))
		snprintf(record->first[record->lines], sizeof(record->first[0]), "%s", line);
	else
		assert_string_equal(line, record->first[record->lines % record->each]);
	record->lines++;
	return 0;
}

static void each_line_is_kept(void **state)
{
	struct record record = {0};
	const int objects = 20000;

	(void)state;
	assert_int_equal(make(dry, "address", "10.0.0.1/24 dev lo"), 0);
	assert_int_equal(tnl_recorded(dry, note_line, &record), 0);
	record.each = record.lines;
	assert_true(record.each > 0 && objects * record.each > 65536);
	for (int i = 1; i < objects; i++)
		assert_int_equal(make(dry, "address", "10.0.0.1/24 dev lo"), 0);
	record.lines = 0;
	assert_int_equal(tnl_recorded(dry, note_line, &record), 0);
	assert_int_equal(record.lines, objects * record.each);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_stays_in_its_namespace),
		TEST(a_path_that_is_too_long_leaves_no_descriptor),
		TEST(a_call_that_goes_well_has_no_story),
		TEST(each_line_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
