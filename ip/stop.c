// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals end what is done as a whole at a place where it can be undone. */
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static void note(int signal);

static const struct sigaction noted = { .sa_handler = note }, ignored = { .sa_handler = SIG_IGN };
static const struct {
	int number;
	const struct sigaction *action;
} signals[] = {
	{ SIGINT, &noted }, { SIGTERM, &noted }, { SIGHUP, &noted }, { SIGQUIT, &noted },
	{ SIGPIPE, &ignored }, /* whoever listened may be gone: what was begun ends all the same */
};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct sigaction before[SIGNALS];
static volatile sig_atomic_t came;

static void note(int signal)
{
	came = signal;
}

void stop_catch(void)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i].number, NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN) /* nohup */
			sigaction(signals[i].number, signals[i].action, NULL);
	}
}

void stop_release(void)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i].number, &before[i], NULL);
}

int stop_signal(void)
{
	return came;
}

int stop_asked(void *none)
{
	(void)none;
	return came;
}
