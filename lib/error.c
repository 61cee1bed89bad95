// SPDX-License-Identifier: LGPL-2.1-or-later
/* Errors: what failed, at which of the user's words, why, and the usual cure. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "handle.h"

static const struct {
	int code;
	const char *kind; /* NULL: any */
	const char *text, *cure;
} cures[] = {
	{ EPERM, NULL, "not permitted: run it as root (it needs CAP_NET_ADMIN)", NULL },
	{ EACCES, "l2tp", "a broadcast address", NULL },
	{ EACCES, NULL, "not permitted: run it as root (it needs CAP_NET_ADMIN)", NULL },
	{ EADDRNOTAVAIL, "l2tp", "the local address is not one of this host", "add it first" },
	{ EADDRINUSE, "l2tp", "another socket has this address and port", NULL },
	{ ENETUNREACH, "route", "the gateway is not reachable", "give dev and onlink, or a route to it first" },
	{ EEXIST, "l2tp", "this session_id or tunnel_id is taken in this namespace", NULL },
	{ EADDRINUSE, "fou", "a socket has this port", NULL },
	{ EALREADY, "fou", "exists", NULL },
	{ ENOENT, "fou", "no such port", NULL },
	{ ESRCH, "fou", "no such port", NULL },
	{ EEXIST, NULL, "exists", NULL },
	{ ENODEV, "l2tp", "no such tunnel or session", NULL },
	{ ENOENT, "l2tp", "no such tunnel or session", NULL },
	{ ESRCH, "route", "no such route", NULL },
	{ EADDRNOTAVAIL, "address", "no such address", NULL },
	{ ENXIO, "prl", "no such router in the list", NULL },
	{ ENODEV, "prl", "not an ISATAP link", NULL },
	{ ENOBUFS, NULL, "the kernel is out of memory or answers were lost", NULL },
};

static void vset(struct tnl *t, enum tnl_outcome outcome, int code, const char *word, const char *fmt, va_list ap)
{
	struct tnl_error *e = &t->error;

	e->code = code;
	e->outcome = outcome;
	e->cure = TNL_CURE_NONE;
	strlcpy(e->word, !word ? "" : *word ? word : "\"\"", sizeof(e->word));
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	tnl_about(t);
}

int tnl_fail(struct tnl *t, enum tnl_outcome outcome, int code, const char *word, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vset(t, outcome, code, word, fmt, ap);
	va_end(ap);
	return code;
}

int tnl_refuse(struct tnl *t, const char *word, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vset(t, TNL_REFUSED, -EINVAL, word, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

int tnl_cure(struct tnl *t, enum tnl_cure cure, int code)
{
	t->error.cure = cure;
	return code;
}

int tnl_kernel_says(struct tnl *t, const struct tnl_kind *kind, int code, const char *word, const char *text)
{
	const char *known = NULL, *cure = NULL;
	char lower[80];

	for (size_t i = 0; i < sizeof(cures) / sizeof(cures[0]) && !known; i++) {
		if (cures[i].code != -code)
			continue;
		if (cures[i].kind && strncmp(cures[i].kind, kind->name, strlen(cures[i].kind)))
			continue;
		known = cures[i].text;
		cure = cures[i].cure;
	}
	strlcpy(lower, known ? known : strerror(-code), sizeof(lower));
	lower[0] = tolower((unsigned char)lower[0]);
	if (!text || !*text)
		text = lower;
	if (cure)
		return tnl_fail(t, TNL_KERNEL, code, word, "%s: %s", text, cure);
	return tnl_fail(t, TNL_KERNEL, code, word, "%s", text);
}

int tnl_lost(struct tnl *t, int code)
{
	return tnl_fail(t, TNL_INCOMPLETE, code, NULL, "no whole answer from the kernel: %s", strerror(-code));
}

int tnl_no_kind(struct tnl *t, const struct tnl_kind *kind)
{
	return tnl_fail(t, TNL_KERNEL, -EPROTONOSUPPORT, NULL, "kernel has no kind %s: modprobe %s", kind->name,
			kind->module);
}

/* A link says its name itself. Of all else a copy is kept, as it is named by links, which the kernel has to be asked about. */
void tnl_begin(struct tnl *t, const struct tnl_obj *obj)
{
	struct tnl_obj *about = &t->about;

	t->error = (struct tnl_error){0};
	t->known.index = 0; /* names move */
	tnl_genl_forget_missing(t);
	about->kind = NULL;
	if (obj && obj->kind->pattern) {
		strlcpy(t->error.object, tnl_obj_name(t, obj), sizeof(t->error.object));
	} else if (obj && !tnl_set_copy(&about->top, &obj->top) && !tnl_set_copy(&about->nest, &obj->nest)) {
		about->kind = obj->kind;
		memcpy(about->head, obj->head, sizeof(about->head));
		memcpy(about->given, obj->given, sizeof(about->given));
	}
}

void tnl_about(struct tnl *t)
{
	if (!*t->error.object && t->about.kind)
		strlcpy(t->error.object, tnl_obj_name(t, &t->about), sizeof(t->error.object));
}

const struct tnl_error *tnl_error(const struct tnl *t)
{
	return &t->error;
}
