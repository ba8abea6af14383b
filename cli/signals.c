// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * SIGINT, SIGTERM and SIGHUP.
 *
 * The first one only sets a flag: loops and progress callbacks see it, and the
 * command ends the normal way, which restores the window. The second one does
 * not wait: it restores the window from the handler and leaves.
 *
 * A signal that was ignored when the process began (nohup, a background job of
 * a script) stays ignored.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cli.h"

static const int handled[] = { SIGINT, SIGTERM, SIGHUP };
#define HANDLED (sizeof(handled) / sizeof(handled[0]))

static volatile sig_atomic_t stop_signal;
static struct pramin_dev *volatile restore_dev;

static void on_signal(int sig)
{
	struct pramin_dev *dev = restore_dev;

	if (stop_signal) {
		if (dev)
			pramin_restore(dev);
		_exit(128 + sig);
	}
	stop_signal = sig;
}

/* No SA_RESTART: a blocked read or open has to notice. */
void cli_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal }, old;
	size_t i;

	sigemptyset(&act.sa_mask);
	for (i = 0; i < HANDLED; i++)
		sigaddset(&act.sa_mask, handled[i]);
	for (i = 0; i < HANDLED; i++) {
		sigaction(handled[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(handled[i], &act, NULL);
	}

	/* Then write() says EPIPE, or EFBIG, and the window is restored. */
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
	sigaction(SIGXFSZ, &act, NULL);
}

int cli_stopped(void)
{
	return stop_signal;
}

void cli_signals_dev(struct pramin_dev *dev)
{
	restore_dev = dev;
}

void cli_signals_block(bool block)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < HANDLED; i++)
		sigaddset(&set, handled[i]);
	sigprocmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}
