// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the user is told on standard error.
 *
 * A message may quote an argument or a file name, so control characters are
 * taken out before it reaches a terminal, and the middle of a message that is
 * too long to read is left out: its beginning names the argument, its end says
 * what is allowed. Each line is one write(), so that lines of several processes
 * do not mix.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define MOST 1200 /* bytes of a message */
#define KEEP 500  /* of a longer one: from each end */

static void shorten(char *text)
{
	static const char gap[] = " [...] ";
	size_t len = strlen(text);
	char *at = text + KEEP;

	if (len <= MOST)
		return;
	memcpy(at, gap, sizeof(gap) - 1);
	at += sizeof(gap) - 1;
	memmove(at, text + len - KEEP, KEEP + 1);
}

static void say(const char *head, const char *cmd, const char *fmt, va_list ap)
{
	char line[MOST + 64], spare[MOST], *text;
	va_list again;
	ssize_t put;
	int n;

	va_copy(again, ap);
	if (vasprintf(&text, fmt, ap) < 0) {
		/* Out of memory is what most likely has to be said. */
		vsnprintf(spare, sizeof(spare), fmt, again);
		text = spare;
	}
	va_end(again);
	shorten(text);
	/* Last: a cut may have left half a character. */
	cli_make_plain(text);
	n = snprintf(line, sizeof(line), "%s%s%s%s\n", head, cmd,
		     *head == ' ' ? "" : ": ", text);
	if (text != spare)
		free(text);
	put = write(STDERR_FILENO, line, (size_t)n);
	(void)put; /* there is nobody left to tell */
}

static void say_cmd(const struct cli *cli, const char *fmt, va_list ap)
{
	cli_progress_end();
	if (cli->cmd)
		say("pramin ", cli->cmd->name, fmt, ap);
	else
		say("pramin", "", fmt, ap);
}

void cli_error(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_cmd(cli, fmt, ap);
	va_end(ap);
}

void cli_notice(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	say_cmd(cli, fmt, ap);
	va_end(ap);
}

void cli_next(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("  ", "", fmt, ap);
	va_end(ap);
}

int cli_usage(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_cmd(cli, fmt, ap);
	va_end(ap);
	return CLI_USAGE;
}

int cli_bad_arg(const struct cli *cli, const char *name, const char *text,
		const char *allowed)
{
	cli_error(cli, "%s '%s' is %s", name, text, allowed);
	return CLI_USAGE;
}

/* Once, before what is said about how far the command came */
void cli_say_stopped(const struct cli *cli)
{
	static bool said;
	int sig = cli_stopped();

	if (!said)
		cli_error(cli, "stopped by signal %d (%s)", sig,
			  sig == SIGINT	 ? "SIGINT" :
			  sig == SIGTERM ? "SIGTERM" :
					   "SIGHUP");
	said = true;
}

/* Is it the FILE that is wrong, or did the system fail? */
static int errno_code(int err)
{
	switch (err) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP:
	case ENAMETOOLONG:
	case EINVAL:
	case ENXIO:
	case ETXTBSY:
		return CLI_USAGE;
	default:
		return CLI_FAIL;
	}
}

/* @err is an errno value, positive or negative. */
int cli_fail_errno(const struct cli *cli, const char *path, int err)
{
	if (err < 0)
		err = -err;
	if (err == EINTR && cli_stopped()) {
		cli_say_stopped(cli);
		return CLI_FAIL;
	}
	cli_error(cli, "FILE '%s': %s", path, strerror(err));
	return errno_code(err);
}

static bool gone_was_told;

/* Has this command said already that the GPU is gone? */
bool cli_told_gone(void)
{
	return gone_was_told;
}

int cli_fail_why(const struct cli *cli, int ret, const struct pramin_why *why)
{
	if (ret == -ENODEV)
		gone_was_told = true;
	if (ret == -ECANCELED && cli_stopped()) {
		cli_say_stopped(cli);
		return CLI_FAIL;
	}
	if (why->err == ret && why->what[0]) {
		cli_error(cli, "%s", why->what);
		if (why->next[0])
			cli_next("%s", why->next);
	} else {
		cli_error(cli, "%s", strerror(-ret));
	}
	return ret == -EINVAL || ret == -ERANGE ? CLI_USAGE : CLI_FAIL;
}

int cli_fail(const struct cli *cli, int ret)
{
	return cli_fail_why(cli, ret, pramin_last_why(cli->dev));
}

int cli_arg_number(const struct cli *cli, const char *name, const char *text,
		   uint64_t *val)
{
	const char *bad = cli_parse_number(text, val);

	return bad ? cli_bad_arg(cli, name, text, bad) : CLI_OK;
}

void cli_note_suspects(const struct cli *cli, const struct pramin_bulk *bulk)
{
	if (bulk->suspects)
		cli_notice(cli,
			   "%" PRIu64 " word%s like a PRI error "
			   "(0xbad.....), the first at 0x%" PRIx64
			   "; VRAM may hold such values",
			   bulk->suspects,
			   bulk->suspects == 1 ? " looks" : "s look",
			   bulk->first_suspect);
}
