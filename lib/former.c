// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reading the journal of an apply that did not come to its end. It may be damaged: all is checked before anything is done. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link.h"
#include "recovery.h"
#include "step.h"

#define LARGEST (256 << 20) /* bytes that are read */

static int load(const char *path, struct tnl_pile *pile)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), err = 0;
	char buf[16384];
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		err = -EPERM;
	else if (st.st_size > LARGEST)
		err = -EFBIG;
	while (!err && n > 0) {
		n = read(fd, buf, sizeof(buf));
		err = n < 0 ? errno == EINTR ? 0 : -errno : tnl_pile_add(pile, buf, n);
		n = n < 0 && !err ? 1 : n;
	}
	close(fd);
	return err;
}

/* The next object of what is left; NULL: there is no whole one. */
static struct tnl_obj *take(const char **data, size_t *left, struct tnl_journal_record *record)
{
	const struct tnl_kind *kind;
	struct tnl_obj *obj;

	if (*left < sizeof(*record))
		return NULL;
	memcpy(record, *data, sizeof(*record));
	*data += sizeof(*record);
	*left -= sizeof(*record);
	if (record->what > TNL_JOURNAL_HANGS || record->mark >= TNL_MARKS || record->top > *left ||
	    record->nest > *left - record->top || !memchr(record->kind, 0, sizeof(record->kind)) ||
	    !memchr(record->type, 0, sizeof(record->type)))
		return NULL;
	kind = tnl_kind_find(record->kind);
	obj = kind ? tnl_obj_new(kind) : NULL;
	if (!obj)
		return NULL;
	memcpy(obj->head, record->head, sizeof(obj->head));
	memcpy(obj->type, record->type, sizeof(obj->type));
	if (tnl_set_load(&obj->top, *data, record->top) ||
	    tnl_set_load(&obj->nest, *data + record->top, record->nest) ||
	    (record->what == TNL_JOURNAL_HANGS ? !tnl_journal_hangs(obj) : !kind->pattern || !tnl_obj_ifname(obj))) {
		tnl_obj_free(obj);
		return NULL;
	}
	*data += record->top + record->nest;
	*left -= record->top + record->nest;
	return obj;
}

static int read_all(struct tnl_recovery *recovery, const char *data, size_t left)
{
	const size_t size = sizeof(struct tnl_journal_header) + left;
	struct tnl_journal_record record;

	recovery->formers = calloc(left / sizeof(record) + 1, sizeof(*recovery->formers));
	if (!recovery->formers)
		return -ENOMEM;
	while (left) {
		const off_t at = size - left;
		struct tnl_obj *obj = take(&data, &left, &record);
		struct tnl_former *last = recovery->formers + recovery->count - 1;

		if (!obj)
			return -EBADMSG;
		if (record.what != TNL_JOURNAL_HANGS) {
			recovery->formers[recovery->count++] = (struct tnl_former){ .what = record.what, .at = at,
				.mark = record.mark, .link = obj, .keep.link = tnl_obj_index(obj) };
		} else if (!recovery->count || !tnl_keep_is_about(obj, tnl_obj_index(last->link))) {
			tnl_obj_free(obj);
			return -EBADMSG;
		} else if (tnl_roll_add(tnl_keep_roll(&last->keep, obj), obj)) {
			return -ENOMEM;
		}
	}
	return 0;
}

int tnl_recovery_open(struct tnl_recovery *recovery, const char *path)
{
	struct tnl_journal_header header;
	struct tnl_pile pile = {0};
	int err = load(path, &pile);
	char boot[40];

	tnl_journal_boot(boot);
	if (!err && pile.len < sizeof(header))
		err = -EBADMSG;
	if (!err)
		memcpy(&header, pile.data, sizeof(header));
	if (!err && memcmp(header.magic, TNL_JOURNAL_MAGIC, sizeof(TNL_JOURNAL_MAGIC)))
		err = -EBADMSG;
	if (!err && memcmp(header.boot, boot, sizeof(boot)))
		err = -ENOENT;
	if (!err) {
		recovery->back = header.back;
		err = read_all(recovery, pile.data + sizeof(header), pile.len - sizeof(header));
	}
	tnl_pile_free(&pile);
	return err;
}

int tnl_recovery_blame(struct tnl *t, const char *path, int err)
{
	return tnl_fail(t, TNL_REFUSED, err, NULL, "%s: %s: delete it to go on without", path, strerror(-err));
}

void tnl_recovery_close(struct tnl_recovery *recovery)
{
	for (size_t i = 0; i < recovery->count; i++) {
		tnl_obj_free(recovery->formers[i].link);
		tnl_obj_free(recovery->formers[i].now);
		tnl_keep_free(&recovery->formers[i].keep);
	}
	free(recovery->formers);
}

/* ---- what is there now ---- */

bool tnl_former_is_made_again(const struct tnl_recovery *recovery, const struct tnl_former *former)
{
	return former->what == TNL_JOURNAL_ANEW || (former->what == TNL_JOURNAL_GOES && recovery->back);
}

bool tnl_former_is_due(const struct tnl_recovery *recovery, const struct tnl_former *former)
{
	return recovery->back ? former->mark != TNL_WHOLE : former->mark == TNL_GOING || former->mark == TNL_GONE;
}

bool tnl_former_is_it(const struct tnl_recovery *recovery, const struct tnl_former *former)
{
	return !recovery->back && former->mark == TNL_GOING;
}

bool tnl_former_may_be(const struct tnl_recovery *recovery, const struct tnl_former *former, const struct tnl_obj *now)
{
	return now->kind == former->link->kind || (!tnl_former_is_it(recovery, former) && tnl_obj_is_tunnel(now));
}

bool tnl_former_is_named(const struct tnl_recovery *recovery, const struct tnl_former *former, const struct tnl_obj *now)
{
	return !tnl_former_is_it(recovery, former) && tnl_obj_is_tunnel(now) && !tnl_step_is_whole(now->kind->via[0]) &&
	       !now->kind->via[0]->numbers;
}

bool tnl_former_lacks(const struct tnl_recovery *recovery, const struct tnl_former *former, const struct tnl_row *row,
		       const struct tnl_obj *now)
{
	return tnl_row_input(row) && !(row->flags & (TNL_ASIDE | TNL_FIXED)) &&
	       (!tnl_former_is_it(recovery, former) || row->attr == IFLA_GROUP) && !tnl_row_equal(row, now, former->link);
}
