// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals end what is done as a whole at a place where it can be undone. */
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct sigaction before[SIGNALS];
static volatile sig_atomic_t came;

static void note(int signal)
{
	came = signal;
}

void stop_catch(void)
{
	const struct sigaction action = { .sa_handler = note };

	signal(SIGPIPE, SIG_IGN); /* whoever listened may be gone: what was begun ends all the same */
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN) /* nohup */
			sigaction(signals[i], &action, NULL);
	}
}

void stop_release(void)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
}

int stop_signal(void)
{
	return came;
}
