// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * trace:FILE, a GPU that answers what another one has answered.
 *
 * Every access has to be the next one of the recording. From the first that is not
 * on, the GPU is gone, and the reason says where the two part.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "gpu_string.h"
#include "sys.h"
#include "why.h"
#include "trace/trace.h"
#include "../core/bits.h"
#include "../core/gpu.h"

struct replay {
	struct pramin_io_ops ops;
	struct pramin_trace *trace;
	struct sys_lock lock;
	struct pramin_trace_entry next; /* what has to come */
	bool ready;			/* @next is set */
	bool failed;
	char text[PRAMIN_WHY_TEXT];
	struct pramin_bar_info bar[2];
};

/* An access, for comparison and for messages */
struct want {
	uint32_t kind;
	uint32_t region;
	uint32_t width;
	uint64_t off;
	uint64_t val;
};

#define SHOWN 64

static const char *show(char text[SHOWN], const struct want *w, bool val)
{
	int n = snprintf(text, SHOWN, "%c%u %s 0x%06llx",
			 w->kind == PRAMIN_TRACE_READ ? 'r' : 'w', 8 * w->width,
			 pramin_trace_region_name(w->region),
			 (unsigned long long)w->off);

	if (val && w->kind == PRAMIN_TRACE_WRITE)
		snprintf(text + n, SHOWN - (size_t)n, " 0x%0*llx",
			 (int)(2 * w->width), (unsigned long long)w->val);
	return text;
}

static int parted(struct replay *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int parted(struct replay *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->text, sizeof(r->text), format, args);
	va_end(args);
	r->failed = true;
	return -ENODEV;
}

/* The next access of the recording in r->next, whatever events lie between */
static int look(struct replay *r)
{
	struct pramin_why why;

	while (!r->ready) {
		struct pramin_trace_entry *e = &r->next;

		e->size = sizeof(*e);
		if (pramin_trace_next(r->trace, e, &why))
			return parted(r, "%s", why.what);
		if (e->kind == PRAMIN_TRACE_EVENT &&
		    !strncmp(e->text, "lost ", 5))
			return parted(
				r,
				"line %llu of the recording: accesses are "
				"missing there, so it cannot be replayed "
				"any further",
				(unsigned long long)e->line);
		r->ready = e->kind != PRAMIN_TRACE_EVENT;
	}
	return 0;
}

static int differs(struct replay *r, const struct want *came)
{
	const struct pramin_trace_entry *e = &r->next;
	const struct want had = {
		e->kind, e->region, e->width, e->off, e->val,
	};
	char text[2][SHOWN];

	if (e->kind == PRAMIN_TRACE_END)
		return parted(
			r,
			"the recording ends behind line %llu%s; then came "
			"%s",
			(unsigned long long)r->trace->line,
			r->trace->is_whole ? "" : ", cut off",
			show(text[0], came, true));
	return parted(
		r,
		"line %llu of the recording: %s is what it has, and %s is "
		"what came",
		(unsigned long long)e->line, show(text[0], &had, true),
		show(text[1], came, true));
}

/* One access; *@val is set if it is a read that did not fail. */
static int replay(struct replay *r, const struct want *came, uint64_t *val)
{
	const struct pramin_trace_entry *e = &r->next;
	int ret;

	if (sys_lock_take(&r->lock, UINT64_MAX) < 0)
		return -ENODEV;
	ret = r->failed ? -ENODEV : look(r);
	if (!ret && (e->kind != came->kind || e->region != came->region ||
		     e->width != came->width || e->off != came->off ||
		     (e->kind == PRAMIN_TRACE_WRITE && e->val != came->val)))
		ret = differs(r, came);
	if (!ret) {
		ret = -e->err;
		if (ret)
			snprintf(r->text, sizeof(r->text),
				 "line %llu of the recording: it failed there "
				 "too: %s",
				 (unsigned long long)e->line, strerror(e->err));
		else if (val)
			*val = e->val;
		r->ready = false;
	}
	sys_lock_drop(&r->lock);
	return ret;
}

static uint64_t low(uint64_t val, unsigned int width)
{
	return width < 8 ? val & ((1ull << (8 * width)) - 1) : val;
}

static int trace_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	const struct want w = { PRAMIN_TRACE_READ, PRAMIN_TRACE_BAR0, width,
				off, 0 };

	return replay(io, &w, val);
}

static int trace_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	const struct want w = { PRAMIN_TRACE_WRITE, PRAMIN_TRACE_BAR0, width,
				off, low(val, width) };

	return replay(io, &w, NULL);
}

static int trace_config_read(void *io, uint32_t off, uint32_t *val)
{
	const struct want w = { PRAMIN_TRACE_READ, PRAMIN_TRACE_CONFIG, 4, off,
				0 };
	uint64_t wide = 0;
	int ret = replay(io, &w, &wide);

	if (!ret)
		*val = (uint32_t)wide;
	return ret;
}

static int trace_bar_read(void *io, unsigned int bar, uint64_t off,
			  unsigned int width, uint64_t *val)
{
	const struct want w = { PRAMIN_TRACE_READ, PRAMIN_TRACE_BAR0 + bar,
				width, off, 0 };

	return replay(io, &w, val);
}

static int trace_bar_write(void *io, unsigned int bar, uint64_t off,
			   unsigned int width, uint64_t val)
{
	const struct want w = { PRAMIN_TRACE_WRITE, PRAMIN_TRACE_BAR0 + bar,
				width, off, low(val, width) };

	return replay(io, &w, NULL);
}

static int trace_bar_info(void *io, unsigned int bar,
			  struct pramin_bar_info *info)
{
	const struct replay *r = io;

	*info = r->bar[bar - 1];
	return 0;
}

static const char *trace_explain(void *io)
{
	const struct replay *r = io;

	return *r->text ? r->text : NULL;
}

/* What the recording has and this session had not */
static int trace_finish(void *io)
{
	struct replay *r = io;
	struct want first;
	uint64_t line, more = 0;
	char text[SHOWN];

	if (r->failed || look(r))
		return -EIO;
	if (r->next.kind == PRAMIN_TRACE_END)
		return 0;
	first = (struct want){ r->next.kind, r->next.region, r->next.width,
			       r->next.off, r->next.val };
	line = r->next.line;
	for (; r->next.kind != PRAMIN_TRACE_END; more++) {
		r->ready = false;
		if (look(r))
			break;
	}
	snprintf(r->text, sizeof(r->text),
		 "the recording goes on where the session ends: line %llu has "
		 "%s, and %llu accesses in all were not made",
		 (unsigned long long)line, show(text, &first, true),
		 (unsigned long long)more);
	r->failed = true;
	return -EIO;
}

static void trace_close(void *io)
{
	struct replay *r = io;

	pramin_trace_close(r->trace);
	sys_free(r);
}

static void make_ops(struct replay *r)
{
	const struct pramin_trace *t = r->trace;
	unsigned int i;

	for (i = 0; i < 2; i++)
		r->bar[i] = (struct pramin_bar_info){
			.bytes = t->bytes[PRAMIN_TRACE_BAR1 + i],
			.claimed_by = *t->claimed[i] ? t->claimed[i] : NULL,
			.boot_vga = strstr(t->flags[i], "boot_vga") != NULL,
			.write_combined = strstr(t->flags[i], "wc") != NULL,
		};
	r->ops = (struct pramin_io_ops){
		.name = "trace",
		.read = trace_read,
		.write = trace_write,
		.config_read = t->bytes[PRAMIN_TRACE_CONFIG] ?
				       trace_config_read :
				       NULL,
		.explain = trace_explain,
		.close = trace_close,
		.bar_info = trace_bar_info,
		.bar_read = trace_bar_read,
		.bar_write = trace_bar_write,
		.finish = trace_finish,
	};
}

/* What was set when it was recorded is set again: it decides on the accesses. */
static void take_set(const void *io, struct pramin_gpu_config *config)
{
	const struct replay *r = io;
	const struct trace_set *set = &r->trace->set;

	if (*set->chip)
		config->chip = pramin_chip_by_name(set->chip);
	if (set->vram)
		config->vram = set->vram;
	if (set->size)
		config->vram_fallback = set->size;
	if (set->base_bits)
		config->base_bits = (unsigned int)set->base_bits;
	if (set->verify)
		config->verify = true;
	config->real |= set->real != 0;
	config->shared |= (set->force & PRAMIN_FORCE_SHARED) != 0;
	config->foreign |= (set->force & PRAMIN_FORCE_MOVE) != 0;
	config->write_reserved |= (set->force & PRAMIN_FORCE_RESERVED) != 0;
}

static bool size_is_possible(uint64_t bytes)
{
	return !bytes || (bytes >= PRAMIN_MIB && bytes <= 2 * PRAMIN_TIB &&
			  bytes % 4096 == 0);
}

static bool set_is_possible(const struct trace_set *set)
{
	return size_is_possible(set->vram) && size_is_possible(set->size) &&
	       (!*set->chip || pramin_chip_by_name(set->chip));
}

static int open_trace(const struct gpu_string *gpu,
		      const struct pramin_open_opts *opts,
		      const struct pramin_io_ops **ops, void **io,
		      struct pramin_why *why)
{
	struct replay *r;
	int ret;

	(void)opts;
	r = sys_alloc(sizeof(*r));
	if (!r || sys_lock_init(&r->lock, false)) {
		sys_free(r);
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	}
	ret = pramin_trace_open(gpu->which, NULL, &r->trace, why);
	if (!ret && r->trace->is_mmio) {
		ret = why_set(
			why, -EINVAL, PRAMIN_REASON_FILE,
			"pramin trace show reads it",
			"%.120s is of a driver, and not a session of this "
			"library that could be replayed",
			gpu->which);
		pramin_trace_close(r->trace);
	}
	if (!ret && !set_is_possible(&r->trace->set)) {
		ret = why_set(why, -EINVAL, PRAMIN_REASON_FILE, "",
			      "%.120s was recorded with options that no GPU "
			      "can have",
			      gpu->which);
		pramin_trace_close(r->trace);
	}
	if (ret) {
		sys_free(r);
		return ret;
	}
	make_ops(r);
	*ops = &r->ops;
	*io = r;
	return 0;
}

const struct backend backend_trace = {
	.prefix = "trace:",
	.which = "a file",
	.example = "as in trace:session.txt",
	.is_path = true,
	.open = open_trace,
	.set = take_set,
};
