// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The handler of SIGBUS, for programs that ask for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>

#include <pramin/unplug.h>

#include "sys.h"
#include "unplug.h"

/* What was there before; written before the handler is installed */
static struct sigaction before;

/* An access that failed, and not a misaligned one, which is a program's mistake */
static bool is_fault(const siginfo_t *info)
{
	return info->si_code == BUS_ADRERR || info->si_code == BUS_OBJERR ||
	       info->si_code == BUS_MCEERR_AR;
}

/* As if no handler were there */
static void act_by_default(int sig, const siginfo_t *info)
{
	struct sigaction act = { .sa_handler = SIG_DFL };

	/* Somebody has sent it, and it is not wanted. */
	if (info->si_code <= 0 && before.sa_handler == SIG_IGN)
		return;
	sigaction(sig, &act, NULL);
	/* A fault repeats itself on return; a signal that was sent does not. */
	if (info->si_code <= 0)
		raise(sig);
}

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	const int err = errno;

	if (is_fault(info) && unplug_fault(info->si_addr)) {
		errno = err;
		return;
	}
	errno = err;
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(sig, info, context);
	else if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN)
		act_by_default(sig, info);
	else
		before.sa_handler(sig);
}

int pramin_catch_sigbus(void)
{
	static bool installed;
	struct sigaction act = { .sa_sigaction = on_sigbus };
	int ret = 0;

	sys_global_take();
	if (!installed) {
		/* The old handler runs as it would have run. */
		sigaction(SIGBUS, NULL, &before);
		act.sa_mask = before.sa_mask;
		act.sa_flags = SA_SIGINFO | SA_ONSTACK |
			       (before.sa_flags & (SA_NODEFER | SA_RESTART));
		ret = sigaction(SIGBUS, &act, NULL) ? -errno : 0;
		installed = !ret;
	}
	sys_global_drop();
	return ret;
}
