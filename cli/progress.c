// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The progress line, and the stop flag on its way into the library.
 *
 * The line is drawn only on a terminal, only after half a second, and wiped
 * before anything else is said.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define NS_PER_S 1000000000ull
#define FIRST_NS (NS_PER_S / 2)
#define EVERY_NS (NS_PER_S / 5)

static struct {
	const char *name;
	uint64_t total;
	uint64_t start_ns;
	uint64_t next_ns; /* when to draw; 0: never */
	bool drawn;
} bar;

uint64_t cli_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void put(const char *text, size_t len)
{
	ssize_t ret = write(STDERR_FILENO, text, len);

	(void)ret; /* progress that cannot be shown is not worth an error */
}

/* @to_stdout: results appear there meanwhile, so not on one terminal */
void cli_progress_begin(const struct cli *cli, uint64_t total, bool to_stdout)
{
	memset(&bar, 0, sizeof(bar));
	if (to_stdout && isatty(STDOUT_FILENO))
		return;
	if (cli->quiet || !total || !isatty(STDERR_FILENO))
		return;
	bar.name = cli->cmd->name;
	bar.total = total;
	bar.start_ns = cli_now_ns();
	bar.next_ns = bar.start_ns + FIRST_NS;
}

static void draw(uint64_t done, uint64_t now)
{
	double seconds = (double)(now - bar.start_ns) / (double)NS_PER_S;
	double rate = (double)done / seconds;
	char line[128], size[CLI_SIZE_TEXT];
	uint64_t left = 0;
	int n;

	if (rate >= 1)
		left = (uint64_t)((double)(bar.total - done) / rate);
	n = snprintf(line, sizeof(line),
		     "\r\033[Kpramin %s: %u%%  %s/s  %" PRIu64 ":%02u left",
		     bar.name,
		     (unsigned int)(100.0 * (double)done / (double)bar.total),
		     cli_size_text(size, (uint64_t)rate), left / 60,
		     (unsigned int)(left % 60));
	if (n > 0)
		put(line, (size_t)n);
	bar.drawn = true;
	bar.next_ns = now + EVERY_NS;
}

int cli_progress(uint64_t done)
{
	uint64_t now;

	if (bar.next_ns && done <= bar.total) {
		now = cli_now_ns();
		if (now >= bar.next_ns)
			draw(done, now);
	}
	return cli_stopped();
}

void cli_progress_end(void)
{
	static const char wipe[] = "\r\033[K";

	if (bar.drawn)
		put(wipe, sizeof(wipe) - 1);
	bar.drawn = false;
}

/* The library counts from 0 in each call; @ctx is what earlier calls did. */
static int on_progress(void *ctx, uint64_t done, uint64_t total)
{
	const uint64_t *base = ctx;

	(void)total;
	return cli_progress(*base + done);
}

void cli_bulk(struct pramin_bulk *bulk, uint64_t *base)
{
	memset(bulk, 0, sizeof(*bulk));
	bulk->size = sizeof(*bulk);
	bulk->progress = on_progress;
	bulk->ctx = base;
}
