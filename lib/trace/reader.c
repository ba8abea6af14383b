// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reading a recording: lines, the format they are in, and where the window stands.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace.h"
#include "sys.h"
#include "why.h"
#include "../core/regs/bus.h"
#include "../core/regs/master.h"
#include "../core/regs/pri.h"

int trace_bad(struct pramin_trace *t, const char *format, ...)
{
	char what[160];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return why_set(&t->failed, -EINVAL, PRAMIN_REASON_FILE,
		       "the lines before it are in order",
		       "line %llu of the recording: %s",
		       (unsigned long long)t->line, what);
}

char *trace_word(char **rest)
{
	char *word = *rest, *space = strchr(word, ' ');

	if (space)
		*space++ = '\0';
	*rest = space ? space : word + strlen(word);
	return word;
}

static bool digits(const char *text, unsigned int base, uint64_t *val)
{
	uint64_t sum = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		const char c = *text;
		unsigned int d = 16;

		if (c >= '0' && c <= '9')
			d = (unsigned int)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (unsigned int)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			d = (unsigned int)(c - 'A') + 10;
		if (d >= base || sum > (UINT64_MAX - d) / base)
			return false;
		sum = sum * base + d;
	}
	*val = sum;
	return true;
}

bool trace_hex(const char *text, uint64_t *val)
{
	return digits(text, 16, val);
}

bool trace_number(const char *text, uint64_t *val)
{
	if (text[0] == '0' && text[1] == 'x')
		return digits(text + 2, 16, val);
	return digits(text, 10, val);
}

char *trace_key(char *word)
{
	char *value = strchr(word, '='), *to, *from;

	if (!value || value == word)
		return NULL;
	*value++ = '\0';
	for (to = from = value; *from; from++) {
		char code[3] = { 0 };
		uint64_t c;

		if (*from == '%') {
			strncpy(code, from + 1, 2);
			if (strlen(code) != 2 || !trace_hex(code, &c) || !c)
				return NULL;
			from += 2;
			*to++ = (char)c;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return value;
}

void trace_forget_window(struct pramin_trace *t)
{
	t->raw_known = false;
}

/* Where a value of the window register leads; false: not VRAM */
static bool base_of(const struct pramin_trace *t, uint32_t raw, uint64_t *base)
{
	const struct pramin_window_desc *w = t->chip->window;

	*base = (uint64_t)FLD_GET(w->base, raw) * PRAMIN_WINDOW_GRAIN;
	return !(raw & w->target);
}

static void window_register(struct pramin_trace *t,
			    struct pramin_trace_entry *e)
{
	const uint32_t raw = (uint32_t)e->val;

	e->window = true;
	if (e->width != 4 || e->err) {
		t->raw_known = false;
		return;
	}
	e->has_vram = base_of(t, raw, &e->vram_pa);
	e->moved = t->raw_known ? raw != t->raw : e->kind == PRAMIN_TRACE_WRITE;
	t->raw = raw;
	t->raw_known = true;
}

void trace_resolve(struct pramin_trace *t, struct pramin_trace_entry *e)
{
	uint64_t base;

	if (e->region != PRAMIN_TRACE_BAR0)
		return;
	if (e->off == NV_PMC_BOOT_0 && e->width == 4 && !e->err &&
	    e->kind == PRAMIN_TRACE_READ && !t->boot0 &&
	    e->val != PRAMIN_ALL_ONES) {
		t->boot0 = (uint32_t)e->val;
		if (!t->chip)
			t->chip = pramin_chip_by_id(
				pramin_chip_id_boot_0(t->boot0));
	}
	if (!t->chip)
		return;
	if (e->off / 4 == t->chip->window->off / 4) {
		window_register(t, e);
		return;
	}
	if (e->off < NV_PRAMIN || e->off - NV_PRAMIN >= PRAMIN_APERTURE_SIZE ||
	    e->has_vram || !t->raw_known)
		return;
	/* Behind the end of VRAM there is nothing to be met. */
	if (base_of(t, t->raw, &base) &&
	    (!t->vram || base + (e->off - NV_PRAMIN) < t->vram)) {
		e->has_vram = true;
		e->vram_pa = base + (e->off - NV_PRAMIN);
	}
}

/* One more line in t->text, without its newline. 1: there is none. */
static int next_line(struct pramin_trace *t)
{
	const size_t most = t->is_mmio ? TRACE_MMIO_LINE : TRACE_LINE;
	char *end;

	for (;;) {
		const size_t left = t->have - t->at;
		ssize_t n;

		end = memchr(t->buffer + t->at, '\n', left);
		if (end || left >= TRACE_MMIO_LINE || t->eof)
			break;
		memmove(t->buffer, t->buffer + t->at, left);
		t->at = 0;
		t->have = left;
		n = read(t->fd, t->buffer + left, TRACE_BUFFER - left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_set(&t->failed, -EIO, PRAMIN_REASON_FILE, "",
				       "the recording cannot be read: %s",
				       strerror(errno));
		t->eof = n == 0;
		t->have += (size_t)n;
	}
	if (!end && t->eof) {
		t->is_cut = t->have != t->at;
		return 1;
	}
	t->line++;
	if (!end || (size_t)(end - t->buffer) - t->at >= most)
		return trace_bad(t, "it has more than %zu bytes", most);
	*end = '\0';
	t->text = t->buffer + t->at;
	t->at = (size_t)(end - t->buffer) + 1;
	if (strlen(t->text) != (size_t)(end - t->text))
		return trace_bad(t, "there is a byte 0 in it");
	return 0;
}

/* Marks of mmiotrace are what somebody has typed. */
static int check_text(struct pramin_trace *t)
{
	const char *p;

	for (p = t->text; *p; p++)
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 127 ||
		    (!t->is_mmio && (*p & 0x80 || *p == '\t')))
			return trace_bad(t, "byte %d of it, 0x%02x, is no text",
					 (int)(p - t->text) + 1,
					 (unsigned char)*p);
	return 0;
}

static int begin(struct pramin_trace *t)
{
	static const char native[] = "pramin-trace ", mmio[] = "VERSION ";
	int ret = next_line(t);

	if (ret < 0 || (!ret && check_text(t)))
		return t->failed.err;
	if (ret == 1)
		return why_set(&t->failed, -EINVAL, PRAMIN_REASON_FILE,
			       "docs/trace.md has the format",
			       t->is_cut ? "it has not one whole line" :
					   "it is empty");
	if (!strncmp(t->text, native, sizeof(native) - 1))
		return trace_native_header(t, t->text + sizeof(native) - 1);
	t->is_mmio = true;
	if (!strncmp(t->text, mmio, sizeof(mmio) - 1)) {
		if (!strcmp(t->text + sizeof(mmio) - 1, "20070824"))
			return 0;
		return trace_bad(t, "mmiotrace of another version than "
				    "20070824");
	}
	return why_set(&t->failed, -EINVAL, PRAMIN_REASON_FILE,
		       "docs/trace.md has the format",
		       "it begins with neither \"pramin-trace 1\" nor "
		       "mmiotrace's \"VERSION 20070824\"");
}

static int open_file(struct pramin_trace *t, const char *path)
{
	struct stat st;

	t->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (t->fd < 0 || fstat(t->fd, &st))
		return why_set(&t->failed, -EINVAL, PRAMIN_REASON_FILE, "",
			       "%s", strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return why_set(&t->failed, -EINVAL, PRAMIN_REASON_FILE, "",
			       "it is neither a file nor a pipe");
	return begin(t);
}

int pramin_trace_open(const char *path, const char *chip,
		      struct pramin_trace **trace, struct pramin_why *why)
{
	struct pramin_trace *t;
	int ret;

	if (!path || !trace)
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT, "",
			       "a path and a place for the result are needed");
	t = sys_alloc(sizeof(*t));
	if (!t)
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	t->used = -1;
	if (chip) {
		t->chip = pramin_chip_by_name(chip);
		t->chip_by_hand = true;
		if (!t->chip) {
			sys_free(t);
			return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
				       "pramin list shows the chips",
				       "\"%.40s\" is not a chip or a family",
				       chip);
		}
	}
	ret = open_file(t, path);
	if (ret) {
		why_set(why, ret, t->failed.reason, t->failed.next,
			"recording %.90s: %.150s", path, t->failed.what);
		pramin_trace_close(t);
		return ret;
	}
	*trace = t;
	return 0;
}

int pramin_trace_next(struct pramin_trace *trace,
		      struct pramin_trace_entry *entry, struct pramin_why *why)
{
	struct pramin_trace_entry e = { .size = 0 };
	bool found = false;
	int ret = 0;

	if (!trace || !entry || !entry->size || entry->size > sizeof(e))
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT, "",
			       "pramin_trace_entry.size is not set");
	while (!found && !ret && !trace->failed.err) {
		ret = next_line(trace);
		if (!ret)
			ret = check_text(trace);
		if (!ret)
			ret = trace->is_mmio ?
				      trace_mmio_line(trace, &e, &found) :
				      trace_native_line(trace, &e, &found);
	}
	if (trace->failed.err) {
		if (why)
			*why = trace->failed;
		return trace->failed.err;
	}
	e.size = entry->size;
	e.line = trace->line;
	memcpy(entry, &e, entry->size);
	return 0;
}

int pramin_trace_facts(const struct pramin_trace *trace,
		       struct pramin_trace_facts *facts)
{
	struct pramin_trace_facts f;

	if (!trace || !facts || !facts->size || facts->size > sizeof(f))
		return -EINVAL;
	f = (struct pramin_trace_facts){
		.size = facts->size,
		.format = trace->is_mmio ? "mmiotrace" : "pramin-trace",
		.by = trace->by,
		.chip = trace->chip ? trace->chip->name : NULL,
		.boot0 = trace->boot0,
		.vram = trace->vram,
		.lost = trace->lost,
		.others = trace->others,
		.is_whole = trace->is_whole,
		.is_cut = trace->is_cut,
	};
	memcpy(f.bytes, trace->bytes, sizeof(f.bytes));
	memcpy(facts, &f, facts->size);
	return 0;
}

void pramin_trace_close(struct pramin_trace *trace)
{
	if (!trace)
		return;
	if (trace->fd >= 0)
		close(trace->fd);
	sys_free(trace);
}
