// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Standard output.
 *
 * The first error sticks: later calls do nothing and main() reports it once.
 * With --json the output is held back until the command has succeeded, in
 * memory at first and then in an unnamed file, so that a failure leaves
 * standard output empty and a long answer takes no more memory than a short
 * one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static struct {
	int err;
	bool hold;
	bool color;
	bool spill_failed;
	FILE *spill;
	size_t len;
	char buf[1 << 16];
} out;

void out_hold(void)
{
	out.hold = true;
}

int out_error(void)
{
	return out.err;
}

const char *out_error_where(void)
{
	return out.spill_failed ? "temporary file in /tmp" : "standard output";
}

static void spill_failed(int err)
{
	out.err = err ? -err : -EIO;
	out.spill_failed = true;
}

static int emit(const void *buf, size_t len)
{
	if (out.err)
		return out.err;
	if (!out.hold) {
		out.err = cli_write_fd(STDOUT_FILENO, buf, len);
		return out.err;
	}
	if (!out.spill)
		out.spill = tmpfile();
	if (!out.spill || fwrite(buf, 1, len, out.spill) != len)
		spill_failed(errno);
	return out.err;
}

int out_flush(void)
{
	size_t len = out.len;

	out.len = 0;
	return emit(out.buf, len);
}

int out_bytes(const void *buf, size_t len)
{
	if (len > sizeof(out.buf) - out.len && out_flush())
		return out.err;
	if (len > sizeof(out.buf))
		return emit(buf, len);
	memcpy(out.buf + out.len, buf, len);
	out.len += len;
	return out.err;
}

int out_text(const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	if (out.err)
		return out.err;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		out.err = -ENOMEM;
		return out.err;
	}
	out_bytes(text, (size_t)n);
	free(text);
	return out.err;
}

/* What was held back goes out, or is forgotten. */
static void release(bool commit)
{
	static char piece[1 << 16];
	FILE *spill = out.spill;
	size_t n;

	out.spill = NULL;
	out.hold = false;
	if (!commit)
		out.len = 0;
	if (!spill)
		return;
	if (commit && (fflush(spill) || fseeko(spill, 0, SEEK_SET)))
		spill_failed(errno);
	while (commit && !out.err) {
		n = fread(piece, 1, sizeof(piece), spill);
		if (n == 0)
			break;
		emit(piece, n);
	}
	if (!out.err && ferror(spill))
		spill_failed(EIO);
	fclose(spill);
}

int out_finish(bool commit)
{
	if (out.hold)
		release(commit);
	return out_flush();
}

/* ADDRESS  16 bytes in order  |as text| */
void out_hexdump(uint64_t vram_pa, const uint8_t *buf, size_t len)
{
	char line[128];
	size_t i, n;

	for (; len && !out.err; len -= n, buf += n, vram_pa += n) {
		int at = 0;

		n = len < 16 ? len : 16;
		for (i = 0; i < 16; i++) {
			const char *gap = i == 8 ? "  " : " ";

			if (i < n)
				at += sprintf(line + at, "%s%02x", gap, buf[i]);
			else
				at += sprintf(line + at, "%s  ", gap);
		}
		at += sprintf(line + at, "  |");
		for (i = 0; i < n; i++)
			line[at++] = buf[i] >= 0x20 && buf[i] < 0x7f ?
					     (char)buf[i] :
					     '.';
		line[at++] = '|';
		line[at] = 0;
		out_text("%s0x%016" PRIx64 "%s %s\n", out_dim(), vram_pa,
			 out_plain(), line);
	}
}

/* An explicit option wins over NO_COLOR, which wins over the terminal. */
void out_color(enum cli_color color)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color == CLI_COLOR_AUTO)
		out.color = !(no && *no) && isatty(STDOUT_FILENO) && term &&
			    strcmp(term, "dumb") != 0;
	else
		out.color = color == CLI_COLOR_ALWAYS;
}

const char *out_bold(void)
{
	return out.color ? "\033[1m" : "";
}

const char *out_dim(void)
{
	return out.color ? "\033[2m" : "";
}

const char *out_plain(void)
{
	return out.color ? "\033[0m" : "";
}
