// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keep.h"
#include "link.h"

struct place {
	uint32_t number; /* first: tnl_by_number() */
	off_t at;        /* of the record */
	uint32_t mark;
};

struct tnl_journal {
	char path[PATH_MAX];
	int fd;
	struct place *places; /* of the links, by their numbers */
	size_t count;
};

void tnl_journal_boot(char boot[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, boot, 36);

	memset(boot + (n > 0 ? n : 0), 0, 40 - (n > 0 ? n : 0));
	if (fd >= 0)
		close(fd);
}

bool tnl_journal_hangs(const struct tnl_obj *obj)
{
	return obj->kind->rtnl || obj->kind == &tnl_kind_prl;
}

/* ---- what is in it ---- */

/* A tunnel, or what hangs on one. */
struct entry {
	uint32_t number; /* of the link; first: tnl_by_number() */
	size_t at;       /* in the state */
	int what;        /* -1: it is not in danger */
};

struct contents {
	const struct tnl_plan *plan;
	struct entry *links, *hanging; /* by their numbers */
	size_t link_count, hanging_count;
	struct tnl_pile pile;
	struct place *places;
	size_t place_count;
};

static int put(struct contents *contents, enum tnl_journal_what what, const struct tnl_obj *obj)
{
	struct tnl_journal_record record = { .what = what, .top = obj->top.len, .nest = obj->nest.len };
	int err;

	if (what != TNL_JOURNAL_HANGS)
		contents->places[contents->place_count++] =
			(struct place){ tnl_obj_index(obj), contents->pile.len, TNL_WHOLE };
	strlcpy(record.kind, obj->kind->name, sizeof(record.kind));
	strlcpy(record.type, obj->type, sizeof(record.type));
	memcpy(record.head, obj->head, sizeof(record.head));
	err = tnl_pile_add(&contents->pile, &record, sizeof(record));
	if (!err)
		err = tnl_pile_add(&contents->pile, obj->top.data, obj->top.len);
	return err ? err : tnl_pile_add(&contents->pile, obj->nest.data, obj->nest.len);
}

/* Of one number in the order of the state. */
static int by_number_and_place(const void *one, const void *other)
{
	const struct entry *a = one, *b = other;
	int order = tnl_by_number(one, other);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static int list(struct contents *contents)
{
	const struct tnl_state *now = contents->plan->now;
	size_t room = 0;

	contents->links = calloc(now->count + 1, sizeof(*contents->links));
	contents->places = calloc(now->count + 1, sizeof(*contents->places));
	if (!contents->links || !contents->places)
		return -ENOMEM;
	for (size_t at = 0; at < now->count; at++) {
		const struct tnl_obj *obj = now->members[at]->obj;

		if (tnl_obj_is_tunnel(obj) && obj->kind->pattern && tnl_obj_index(obj))
			contents->links[contents->link_count++] = (struct entry){ tnl_obj_index(obj), at, -1 };
		for (unsigned i = 0; tnl_journal_hangs(obj) && tnl_keep_is_kept(obj) && tnl_keep_number(obj, i); i++) {
			if (contents->hanging_count == room) {
				size_t more = room ? 2 * room : 64;
				struct entry *grown = realloc(contents->hanging, more * sizeof(*grown));

				if (!grown)
					return -ENOMEM;
				contents->hanging = grown;
				room = more;
			}
			contents->hanging[contents->hanging_count++] = (struct entry){ tnl_keep_number(obj, i), at, 0 };
		}
	}
	qsort(contents->links, contents->link_count, sizeof(struct entry), by_number_and_place);
	if (room)
		qsort(contents->hanging, contents->hanging_count, sizeof(struct entry), by_number_and_place);
	return 0;
}

/* The number of the link from which a step may take something; 0: none. */
static uint32_t endangers(const struct contents *contents, const struct tnl_planned *step, enum tnl_journal_what *what)
{
	const struct tnl_obj *now = step->now, *link = now;

	*what = TNL_JOURNAL_STAYS; /* an address that goes may take others along, and routes */
	if (!now || step->action == TNL_UNCHANGED)
		return 0;
	if (now->kind == &tnl_kind_addr)
		return tnl_keep_number(now, 0);
	if (tnl_obj_interface(now)) /* a session of L2TP */
		link = tnl_state_link(contents->plan->now, tnl_obj_interface(now));
	if (step->action != TNL_CHANGED)
		*what = step->action == TNL_REMOVED ? TNL_JOURNAL_GOES : TNL_JOURNAL_ANEW;
	return link && link->kind->pattern ? tnl_obj_index(link) : 0;
}

static struct entry *look_up(const struct entry *key, struct entry *entries, size_t count)
{
	return count ? bsearch(key, entries, count, sizeof(*key), tnl_by_number) : NULL;
}

static void look_for_dangers(struct contents *contents)
{
	for (size_t i = 0; i < contents->plan->count; i++) {
		const struct tnl_planstep *step = &contents->plan->steps[i];
		enum tnl_journal_what what;
		const struct entry key = { .number = step->done ? 0 : endangers(contents, &step->told, &what) };
		struct entry *link = key.number ? look_up(&key, contents->links, contents->link_count) : NULL;

		if (link && link->what < (int)what)
			link->what = what;
	}
}

static int put_link(struct contents *contents, const struct entry *link)
{
	struct tnl_member *const *members = contents->plan->now->members;
	const struct entry *hanging = look_up(link, contents->hanging, contents->hanging_count);
	const struct entry *end = contents->hanging + contents->hanging_count;
	int err = put(contents, link->what, members[link->at]->obj);

	while (hanging && hanging > contents->hanging && hanging[-1].number == link->number)
		hanging--;
	for (; hanging && !err && hanging < end && hanging->number == link->number; hanging++)
		err = put(contents, TNL_JOURNAL_HANGS, members[hanging->at]->obj);
	return err;
}

static int collect(struct contents *contents)
{
	struct tnl_journal_header header = { .magic = TNL_JOURNAL_MAGIC };
	int err = list(contents);

	tnl_journal_boot(header.boot);
	if (!err)
		err = tnl_pile_add(&contents->pile, &header, sizeof(header));
	if (!err)
		look_for_dangers(contents);
	for (size_t i = 0; i < contents->link_count && !err; i++)
		if (contents->links[i].what >= 0)
			err = put_link(contents, &contents->links[i]);
	return err;
}

/* ---- writing ---- */

static int sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, err;

	strlcpy(copy, path, sizeof(copy));
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = fd < 0 || fsync(fd) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return err;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		data += n;
		len -= n;
	}
	return fsync(fd) ? -errno : 0;
}

/* Under another name until it is whole. A descriptor, or -errno: there is none then. */
static int save(const struct tnl_pile *pile, const char *path)
{
	char part[PATH_MAX];
	int fd, err;

	if ((size_t)snprintf(part, sizeof(part), "%s.part", path) >= sizeof(part))
		return -ENAMETOOLONG;
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	err = write_all(fd, pile->data, pile->len);
	if (!err && rename(part, path))
		err = -errno;
	if (err)
		unlink(part);
	if (!err)
		err = sync_folder(path);
	if (!err)
		return fd;
	unlink(path);
	close(fd);
	return err;
}

/* Takes over the places. */
static int begin(struct tnl *t, struct contents *contents, const char *path)
{
	struct tnl_journal *journal = calloc(1, sizeof(*journal));

	if (!journal || strlcpy(journal->path, path, sizeof(journal->path)) >= sizeof(journal->path)) {
		free(journal);
		return journal ? -ENAMETOOLONG : -ENOMEM;
	}
	journal->fd = save(&contents->pile, path);
	if (journal->fd < 0) {
		int err = journal->fd;

		free(journal);
		return err;
	}
	journal->places = contents->places;
	journal->count = contents->place_count;
	contents->places = NULL;
	t->journal = journal;
	return 0;
}

int tnl_journal_write(struct tnl *t, const struct tnl_plan *plan, const char *path)
{
	struct contents contents = { .plan = plan };
	int err = collect(&contents);

	if (!err && contents.place_count)
		err = begin(t, &contents, path);
	tnl_pile_free(&contents.pile);
	free(contents.links);
	free(contents.hanging);
	free(contents.places);
	return err ? tnl_fail(t, TNL_REFUSED, err, NULL, "%s: %s", path, strerror(-err)) : 0;
}

/* ---- marks ---- */

static int set_mark(struct tnl_journal *journal, struct place *place, uint32_t mark)
{
	ssize_t n;

	if (place->mark == mark)
		return 0;
	place->mark = mark;
	n = pwrite(journal->fd, &mark, sizeof(mark), place->at + offsetof(struct tnl_journal_record, mark));
	return n == sizeof(mark) ? 0 : n < 0 ? -errno : -EIO;
}

static struct place *find(const struct tnl_journal *journal, uint32_t number)
{
	const struct place key = { .number = number };

	return number ? bsearch(&key, journal->places, journal->count, sizeof(key), tnl_by_number) : NULL;
}

int tnl_journal_mark(struct tnl *t, const struct tnl_obj *obj, enum tnl_mark mark)
{
	struct tnl_journal *journal = t->journal;
	struct place *place;
	int err;

	if (!journal || (!obj->kind->pattern && !tnl_journal_hangs(obj)))
		return 0;
	place = find(journal, obj->kind->pattern ? (uint32_t)tnl_obj_index(obj) : tnl_keep_number(obj, 0));
	if (!place || (mark == TNL_SHAKEN && place->mark != TNL_WHOLE))
		return 0;
	err = set_mark(journal, place, mark);
	return err ? tnl_fail(t, TNL_KERNEL, err, NULL, "%s: %s", journal->path, strerror(-err)) : 0;
}

void tnl_journal_renumber(struct tnl *t, int from, int to)
{
	struct place *place = t->journal ? find(t->journal, from) : NULL;

	if (!place)
		return;
	place->number = to;
	qsort(t->journal->places, t->journal->count, sizeof(*place), tnl_by_number);
}

void tnl_journal_back(struct tnl *t)
{
	const off_t at = offsetof(struct tnl_journal_header, back);
	const uint32_t yes = 1;
	ssize_t n = t->journal ? pwrite(t->journal->fd, &yes, sizeof(yes), at) : 0;

	(void)n; /* undoing is what matters */
}

void tnl_journal_end(struct tnl *t, bool broken)
{
	struct tnl_journal *journal = t->journal;

	if (!journal)
		return;
	for (size_t i = 0; i < journal->count && broken; i++)
		if (journal->places[i].mark != TNL_STUCK)
			set_mark(journal, &journal->places[i], TNL_WHOLE);
	if (!broken)
		unlink(journal->path);
	close(journal->fd);
	free(journal->places);
	free(journal);
	t->journal = NULL;
}
