// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tun monitor: what happens to links and to L2TP, a line for each event. What follows the mark in a line is what show
 * prints; the words that changed follow a #.
 */
#include "tun.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL 10 /* s */

struct monitor {
	struct run *run;
	const struct tnl_kind *kind; /* only of this kind; NULL: links, and what is no link where nothing is selected */
	struct tnl_selector *sel;
	bool all;                    /* nothing is selected */
};

static const char *const marks[] = {
	[TNL_EVENT_PRESENT] = "present", [TNL_EVENT_WATCHING] = "watching", [TNL_EVENT_CREATED] = "created",
	[TNL_EVENT_CHANGED] = "changed", [TNL_EVENT_RENAMED] = "renamed", [TNL_EVENT_DELETED] = "deleted",
	[TNL_EVENT_OVERRUN] = "overrun",
};

/* ---- which ---- */

static bool is_meant(const struct monitor *m, const struct tnl_obj *obj)
{
	const struct tnl_kind *kind = tnl_obj_kind(obj);

	if (m->kind ? kind != m->kind : !tnl_kind_is_link(kind))
		return !m->kind && m->all;
	return tnl_selected(m->sel, obj);
}

/* ---- what changed, for people ---- */

struct search {
	const struct tnl_row *row;
	bool before; /* with its word in front */
};

static int print_if_meant(void *arg, const struct tnl_value *value)
{
	const struct search *search = arg;
	const char *no = tnl_row_no(value->row);
	bool told = value->text && (value->set || value->json == TNL_JSON_BOOL);

	if (value->row != search->row)
		return 0;
	if (tnl_row_flags(value->row) & TNL_BARE) {
		/* some have no negative form: nobody can say it */
		printf("%s%s", value->number || no ? "" : "no ", value->number || !no ? value->word : no);
		return 0;
	}
	if (search->before)
		printf("%s ", value->word);
	print_value(told ? value->text : no ? no : "none");
	return 0;
}

static bool is_state(const struct tnl_row *row)
{
	return tnl_row_flags(row) & (TNL_STATE | TNL_ASIDE);
}

static int print_half(struct run *run, const struct tnl_obj *obj, const struct tnl_row *row, bool before)
{
	struct search search = { row, before };

	return tnl_obj_each(run->t, obj, is_state(row) ? TNL_STATES : TNL_INPUT, print_if_meant, &search);
}

/* Whether the line shows this row; JSON always has the states too. */
static bool is_shown(const struct run *run, const struct tnl_row *row)
{
	return !(tnl_row_flags(row) & (TNL_BOTH | TNL_STAT)) && (run->details || run->json || !is_state(row));
}

static int print_changes(struct run *run, const struct tnl_obj *was, const struct tnl_obj *obj)
{
	const char *lead = "  # ";
	int err = 0;

	for (const struct tnl_row *row = NULL; !err && (row = tnl_row_next(tnl_obj_kind(obj), row));) {
		if (!is_shown(run, row) || tnl_row_equal(row, was, obj))
			continue;
		fputs(lead, stdout);
		err = print_half(run, was, row, true);
		fputs(" -> ", stdout);
		if (!err)
			err = print_half(run, obj, row, false);
		lead = ", ";
	}
	return err;
}

static bool shows_change(const struct run *run, const struct tnl_event *event)
{
	if (!event->was)
		return true;
	for (const struct tnl_row *row = NULL; (row = tnl_row_next(tnl_obj_kind(event->obj), row));)
		if (is_shown(run, row) && !(run->json ? tnl_row_same : tnl_row_equal)(row, event->was, event->obj))
			return true;
	return false;
}

/* ---- lines ---- */

static const char *stamp(const struct run *run, char text[64])
{
	struct timespec ts;
	struct tm tm;
	size_t used;
	char zone[8] = "";

	if (!run->timestamp)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	strftime(text, 32, run->timestamp == 1 ? "%FT%T" : "%T", &tm);
	used = strlen(text);
	if (run->timestamp == 1)
		strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text + used, 64 - used, ".%06ld%.3s%s%s", ts.tv_nsec / 1000, zone, *zone ? ":" : "",
		 *zone ? zone + 3 : "");
	return text;
}

static int print_event(struct run *run, const char *time, const struct tnl_event *event)
{
	const char *mark = marks[event->happened];
	int err;

	if (time)
		printf("%s ", time);
	if (!event->obj) {
		printf("# %s\n", event->happened == TNL_EVENT_OVERRUN ?
		       "overrun: events were lost, everything is read again" : mark);
		return 0;
	}
	printf("%s ", mark);
	if (!tnl_kind_is_link(tnl_obj_kind(event->obj)))
		printf("%s ", tnl_obj_type(event->obj));
	err = print_words(run, event->obj);
	if (!err && event->was)
		err = print_changes(run, event->was, event->obj);
	return err ? err : print_states(run, event->obj);
}

static int take_event(void *arg, const struct tnl_event *event)
{
	const struct monitor *m = arg;
	char text[64];
	int err;

	if ((event->happened == TNL_EVENT_PRESENT || event->happened == TNL_EVENT_WATCHING) && !m->run->initial)
		return 0;
	if (event->obj && !is_meant(m, event->obj) && !(event->was && is_meant(m, event->was)))
		return 0;
	if (!shows_change(m->run, event))
		return 0;
	err = m->run->json ? json_event(m->run, stamp(m->run, text), marks[event->happened], event->obj, event->was) :
	      print_event(m->run, stamp(m->run, text), event);
	return err ? err : fflush(stdout) ? -EPIPE : 0;
}

/* ---- the loop ---- */

/* A namespace lives as long as we are in it, but its name may go: that is all its deletion can be. */
struct netns {
	char path[4096];
	int fd; /* tells of changes near it */
};

static bool is_netns_gone(const struct netns *netns)
{
	struct stat there, ours;

	return *netns->path && !stat("/proc/self/ns/net", &ours) &&
	       (stat(netns->path, &there) || there.st_dev != ours.st_dev || there.st_ino != ours.st_ino);
}

static void watch_netns(struct netns *netns, const char *name)
{
	char *slash;

	*netns = (struct netns){ .fd = -1 };
	if (!name)
		return;
	netns_path(name, netns->path, sizeof(netns->path));
	if (is_netns_gone(netns)) /* it was said in another way */
		*netns->path = 0;
	if (!*netns->path)
		return;
	slash = strrchr(netns->path, '/');
	netns->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	*slash = 0;
	if (netns->fd >= 0)
		inotify_add_watch(netns->fd, *netns->path ? netns->path : "/", IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF);
	*slash = '/';
}

static int loop(struct monitor *m, struct tnl_watch *watch, int signals, const struct netns *netns, int interval)
{
	struct pollfd fds[] = {
		{ .fd = tnl_watch_fd(watch), .events = POLLIN }, { .fd = signals, .events = POLLIN },
		{ .fd = netns->fd, .events = POLLIN }, { .fd = STDOUT_FILENO }, /* its reader may leave */
	};
	char news[4096];
	int err;

	for (;;) {
		if (poll(fds, sizeof(fds) / sizeof(fds[0]), *netns->path && interval ? interval : -1) < 0 && errno != EINTR)
			return complain(NULL, "monitor", strerror(errno));
		if (fds[1].revents || fds[3].revents)
			return DONE;
		if (fds[2].revents)
			(void)!read(netns->fd, news, sizeof(news));
		if (is_netns_gone(netns))
			return DONE;
		err = fds[0].revents ? tnl_watch_read(watch, take_event, m) : 0;
		if (err)
			return ferror(stdout) ? INCOMPLETE : failed(m->run->t);
	}
}

static int read_interval(const char *text, int *ms)
{
	char *end;
	double seconds;

	*ms = INTERVAL * 1000;
	if (!text)
		return 0;
	seconds = strtod(text, &end);
	if (*end || !strpbrk(text, "0123456789") || strpbrk(text, "xXeE-+ ") || seconds > 86400)
		return complain("--interval", text, "not a number of seconds (up to 86400)");
	*ms = seconds * 1000;
	return 0;
}

static int watch(struct monitor *m, int ms)
{
	struct tnl_watch *watch = NULL;
	struct netns netns;
	sigset_t ends;
	int signals, ret;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	signals = signalfd(-1, &ends, SFD_CLOEXEC);
	watch_netns(&netns, m->run->netns);
	ret = signals < 0 ? complain(NULL, "monitor", strerror(errno)) :
	      tnl_watch_open(m->run->t, ms, &watch) ? failed(m->run->t) : loop(m, watch, signals, &netns, ms);
	tnl_watch_close(watch);
	if (signals >= 0)
		close(signals);
	if (netns.fd >= 0)
		close(netns.fd);
	return ret;
}

/* Links of these names are told by "name NAME". */
static bool is_of_ip(const char *word)
{
	static const char *const words[] = {
		"all-nsid", "file", "label", "maddress", "mroute", "neigh", "netconf", "nexthop", "nsid", "prefix", "rule",
		"stats", NULL
	};

	return among(words, word);
}

int cmd_monitor(struct run *run, const struct family *family, int argc, char **argv)
{
	struct monitor m = { .run = run };
	int ms, ret = family_kind(family, &argc, &argv, &m.kind);

	if (!ret && m.kind && !tnl_kind_has_via(m.kind, "genl"))
		ret = complain(NULL, family->name, "cannot be watched");
	if (!ret && argc && is_of_ip(argv[0]))
		ret = complain("monitor", argv[0], "only in ip monitor: here links and L2TP are watched");
	if (!ret)
		ret = read_interval(run->interval, &ms);
	if (!ret)
		ret = line_select(run, family, m.kind, shown(run, family), argc, argv, &m.sel);
	if (ret)
		return ret;
	m.all = !argc && !*family->name;
	ret = run->json ? json_load() : 0;
	if (!ret)
		ret = watch(&m, ms);
	tnl_select_free(m.sel);
	return ret;
}
