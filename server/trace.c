// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A recording. A disk that is full must not stop the device: what cannot be written
 * is counted, and the file says at its end that it is not whole, by having none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

#define BUFFER (256u << 10)
#define LINE   160u

struct trace {
	int fd;
	int err; /* the first; nothing is written after it */
	uint64_t accesses;
	size_t used;
	char text[BUFFER];
};

static void drain(struct trace *t)
{
	const char *from = t->text;

	while (t->used && !t->err) {
		ssize_t n = write(t->fd, from, t->used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			t->err = -errno;
			break;
		}
		from += n;
		t->used -= (size_t)n;
	}
	t->used = 0;
}

/* Room for one more line */
static char *room(struct trace *t)
{
	if (BUFFER - t->used < LINE)
		drain(t);
	return t->text + t->used;
}

int trace_open(const char *path, const struct trace_header *h,
	       struct trace **trace)
{
	struct trace *t = malloc(sizeof(*t));
	int n;

	if (!t)
		return -ENOMEM;
	t->err = 0;
	t->accesses = 0;
	t->used = 0;
	t->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
		     0600);
	if (t->fd < 0) {
		int ret = -errno;

		free(t);
		return ret;
	}
	n = snprintf(t->text, BUFFER,
		     "pramin-trace 1 by=pramin-gpu-" PRAMIN_VERSION
		     " backend=device bar0=0x%" PRIx64 " bar1=0x%" PRIx64
		     " bar2=0x%" PRIx64 " config=0x%" PRIx32 " rom=0x%" PRIx32
		     " chip=%s boot0=0x%08" PRIx32 " vram=0x%" PRIx64 "\n",
		     h->bar0, h->bar1, h->bar2, h->config, h->rom, h->chip,
		     h->boot0, h->vram);
	t->used = (size_t)n;
	drain(t);
	if (t->err) {
		int ret = t->err;

		trace_close(t);
		return ret;
	}
	*trace = t;
	return 0;
}

/* @val in hexadecimal with at least @digits digits; printf() takes far longer. */
static char *hex(char *to, uint64_t val, unsigned int digits)
{
	unsigned int bits = val ? 64 - (unsigned int)__builtin_clzll(val) : 1;
	unsigned int n = (bits + 3) / 4;

	if (n < digits)
		n = digits;
	*to++ = '0';
	*to++ = 'x';
	while (n--)
		*to++ = "0123456789abcdef"[n < 16 ? val >> (4 * n) & 0xf : 0];
	return to;
}

static char *word(char *to, const char *text)
{
	size_t len = strlen(text);

	memcpy(to, text, len);
	return to + len;
}

void trace_access(struct trace *t, const struct trace_access *a)
{
	static const char *const widths[] = { "", "8 ", "16 ", "",   "32 ",
					      "", "",	"",    "64 " };
	char *to;

	if (!t || t->err || !a->region)
		return;
	to = room(t);
	*to++ = a->write ? 'w' : 'r';
	to = word(to, widths[a->width]);
	to = word(to, a->region);
	*to++ = ' ';
	to = hex(to, a->off, *a->region == 'c' ? 3 : 6);
	*to++ = ' ';
	if (a->err && !a->write)
		*to++ = '-';
	else
		to = hex(to, a->val, 2 * a->width);
	if (a->vram_pa != TRACE_NO_VRAM)
		to = hex(word(to, " vram="), a->vram_pa, 1);
	if (a->err)
		to += snprintf(to, 24, " err=%d", a->err);
	*to++ = '\n';
	t->used = (size_t)(to - t->text);
	t->accesses++;
}

void trace_event(struct trace *t, const char *name)
{
	if (!t || t->err)
		return;
	room(t);
	t->used += (size_t)snprintf(t->text + t->used, LINE, "event %.100s\n",
				    name);
}

void trace_flush(struct trace *t)
{
	if (t)
		drain(t);
}

int trace_close(struct trace *t)
{
	char end[64];
	int ret;

	if (!t)
		return 0;
	snprintf(end, sizeof(end), "end accesses=%" PRIu64, t->accesses);
	trace_event(t, end);
	drain(t);
	ret = t->err;
	if (close(t->fd) && !ret)
		ret = -errno;
	free(t);
	return ret;
}
