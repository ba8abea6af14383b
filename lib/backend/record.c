// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A backend around another one: every access is made and written down.
 *
 * No line is ever held back, and none needs memory: it is put together on the
 * stack by functions that a signal handler may call, and given to the system by
 * one write().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "record.h"
#include "sys.h"
#include "why.h"
#include "../core/share.h"

#define CONFIG_BYTES 4096u

struct record {
	struct pramin_io_ops ops; /* as the library sees it */
	const struct pramin_io_ops *inner;
	void *io;		      /* of the inner one */
	const struct pramin_gpu *gpu; /* NULL until it is identified */
	struct sys_lock lock;
	int fd;
	int err; /* why the file ends too early */
	bool finish_failed;
	uint32_t pid;
	uint32_t thread; /* that opened the GPU */
	uint64_t accesses;
	uint64_t lost; /* not written down, atomic */
	uint64_t told; /* of them, by an event */
	char text[PRAMIN_WHY_TEXT];
};

/* The record whose lock this thread has, for its signal handlers */
static SYS_PER_THREAD const struct record *inside;

/* Give the line to the system, or note why it cannot have it. */
static void put_line(struct record *r, struct line *l)
{
	size_t done = 0;

	if (r->err)
		return;
	l->text[l->len++] = '\n';
	while (done < l->len) {
		const ssize_t n = write(r->fd, l->text + done, l->len - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR) {
			r->err = n ? -errno : -ENOSPC;
			return;
		}
	}
}

/* False: a signal handler has interrupted this thread in here. */
static bool enter(struct record *r)
{
	if (inside == r)
		return false;
	inside = r;
	if (sys_lock_take(&r->lock, UINT64_MAX) >= 0)
		return true;
	inside = NULL;
	return false;
}

static void leave(struct record *r)
{
	sys_lock_drop(&r->lock);
	inside = NULL;
}

static void lose(struct record *r)
{
	__atomic_fetch_add(&r->lost, 1, __ATOMIC_RELAXED);
}

static void tell_lost(struct record *r)
{
	const uint64_t lost = __atomic_load_n(&r->lost, __ATOMIC_RELAXED);
	struct line l = { .len = 0 };

	if (lost == r->told)
		return;
	line_text(&l, "event lost count=");
	line_dec(&l, lost - r->told);
	put_line(r, &l);
	r->told = lost;
}

/* Where the window stands: the access is made under a hold, so it stays there. */
static bool shown(const struct record *r, uint64_t off, uint64_t *vram_pa)
{
	const struct pramin_gpu *gpu = r->gpu;
	uint64_t base;

	if (!gpu || off < NV_PRAMIN || off - NV_PRAMIN >= PRAMIN_APERTURE_SIZE)
		return false;
	base = gpu->meeting ? __atomic_load_n(&gpu->meeting->room.base,
					      __ATOMIC_RELAXED) :
			      gpu->base;
	*vram_pa = base + (off - NV_PRAMIN);
	return true;
}

/* One access that was made; @val is NULL if a read failed. */
static void note(struct record *r, const char *kind, const char *region,
		 uint64_t off, unsigned int width, const uint64_t *val, int err)
{
	const uint32_t thread = sys_thread();
	struct line l = { .len = 0 };
	uint64_t vram_pa = 0;

	tell_lost(r);
	line_text(&l, kind);
	line_dec(&l, 8ull * width);
	line_text(&l, region);
	line_hex(&l, off, region[1] == 'c' ? 3 : 6);
	line_text(&l, " ");
	if (val)
		line_hex(&l,
			 width < 8 ? *val & ((1ull << 8 * width) - 1) : *val,
			 2 * width);
	else
		line_text(&l, "-");
	if (region[4] == '0' && shown(r, off, &vram_pa))
		line_key_hex(&l, " vram=", vram_pa);
	if (err) {
		line_text(&l, " err=");
		line_dec(&l, (uint64_t) - (int64_t)err);
	}
	if (thread != r->thread) {
		line_text(&l, " thread=");
		line_dec(&l, thread);
	}
	put_line(r, &l);
	r->accesses += !r->err;
}

static int record_read(void *io, uint32_t off, unsigned int width,
		       uint64_t *val)
{
	struct record *r = io;
	int ret;

	if (!enter(r)) {
		lose(r);
		return r->inner->read(r->io, off, width, val);
	}
	ret = r->inner->read(r->io, off, width, val);
	note(r, "r", " bar0 ", off, width, ret ? NULL : val, ret);
	leave(r);
	return ret;
}

static int record_write(void *io, uint32_t off, unsigned int width,
			uint64_t val)
{
	struct record *r = io;
	int ret;

	if (!enter(r)) {
		lose(r);
		return r->inner->write(r->io, off, width, val);
	}
	ret = r->inner->write(r->io, off, width, val);
	note(r, "w", " bar0 ", off, width, &val, ret);
	leave(r);
	return ret;
}

static int record_config_read(void *io, uint32_t off, uint32_t *val)
{
	struct record *r = io;
	uint64_t wide;
	int ret;

	if (!enter(r)) {
		lose(r);
		return r->inner->config_read(r->io, off, val);
	}
	ret = r->inner->config_read(r->io, off, val);
	wide = ret ? 0 : *val;
	note(r, "r", " config ", off, 4, ret ? NULL : &wide, ret);
	leave(r);
	return ret;
}

static int record_bar_read(void *io, unsigned int bar, uint64_t off,
			   unsigned int width, uint64_t *val)
{
	struct record *r = io;
	int ret;

	if (!enter(r)) {
		lose(r);
		return r->inner->bar_read(r->io, bar, off, width, val);
	}
	ret = r->inner->bar_read(r->io, bar, off, width, val);
	note(r, "r", bar == 1 ? " bar1 " : " bar2 ", off, width,
	     ret ? NULL : val, ret);
	leave(r);
	return ret;
}

static int record_bar_write(void *io, unsigned int bar, uint64_t off,
			    unsigned int width, uint64_t val)
{
	struct record *r = io;
	int ret;

	if (!enter(r)) {
		lose(r);
		return r->inner->bar_write(r->io, bar, off, width, val);
	}
	ret = r->inner->bar_write(r->io, bar, off, width, val);
	note(r, "w", bar == 1 ? " bar1 " : " bar2 ", off, width, &val, ret);
	leave(r);
	return ret;
}

static int record_bar_info(void *io, unsigned int bar,
			   struct pramin_bar_info *info)
{
	struct record *r = io;

	return r->inner->bar_info(r->io, bar, info);
}

static const char *record_explain(void *io)
{
	struct record *r = io;

	if (r->err && !r->finish_failed)
		return r->text;
	return r->inner->explain ? r->inner->explain(r->io) : NULL;
}

static uint64_t record_clock_ns(void *io)
{
	struct record *r = io;

	return r->inner->clock_ns(r->io);
}

static const uint32_t *record_noticed(void *io)
{
	struct record *r = io;

	return r->inner->noticed(r->io);
}

static int record_present(void *io)
{
	struct record *r = io;

	return r->inner->present(r->io);
}

static const char *record_meeting(void *io, uint64_t *offset)
{
	struct record *r = io;

	return r->inner->meeting(r->io, offset);
}

/* The last line, unless this is a forked child's copy */
static void end(struct record *r)
{
	struct line l = { .len = 0 };

	if (r->fd < 0)
		return;
	if (r->pid == sys_process()) {
		tell_lost(r);
		line_text(&l, "event end accesses=");
		line_dec(&l, r->accesses);
		put_line(r, &l);
	}
	if (close(r->fd) && !r->err)
		r->err = -errno;
	r->fd = -1;
}

static int record_finish(void *io)
{
	struct record *r = io;
	int ret = r->inner->finish ? r->inner->finish(r->io) : 0;

	r->finish_failed = ret != 0;
	end(r);
	if (!r->err)
		return ret;
	snprintf(
		r->text, sizeof(r->text),
		"the recording ends after %llu accesses: %s; what was read and "
		"written is as it should be",
		(unsigned long long)r->accesses, strerror(-r->err));
	return ret ? ret : -EIO;
}

void record_drop(struct record *record)
{
	if (!record)
		return;
	end(record);
	sys_free(record);
}

static void record_close(void *io)
{
	struct record *r = io;

	if (r->inner->close)
		r->inner->close(r->io);
	record_drop(r);
}

/* What the backend has not, its recording has not. No raw pointers. */
static void wrap(struct record *r)
{
	const struct pramin_io_ops *inner = r->inner;

	r->ops = (struct pramin_io_ops){
		.name = inner->name,
		.read = record_read,
		.write = record_write,
		.config_read = inner->config_read ? record_config_read : NULL,
		.explain = record_explain,
		.clock_ns = inner->clock_ns ? record_clock_ns : NULL,
		.meeting = inner->meeting ? record_meeting : NULL,
		.noticed = inner->noticed ? record_noticed : NULL,
		.present = inner->present ? record_present : NULL,
		.close = record_close,
		.bar_info = inner->bar_info ? record_bar_info : NULL,
		.bar_read = record_bar_read,
		.bar_write = record_bar_write,
		.real = inner->real,
		.finish = record_finish,
	};
}

static void put_bar(const struct record *r, struct line *l, unsigned int bar)
{
	const char *key = bar == 1 ? " bar1" : " bar2";
	struct pramin_bar_info info = { .bytes = 0 };

	if (!r->inner->bar_info || r->inner->bar_info(r->io, bar, &info) ||
	    !info.bytes)
		return;
	line_text(l, key);
	line_key_hex(l, "=", info.bytes);
	if (info.write_combined || info.boot_vga) {
		line_text(l, key);
		line_text(l, "_flags=");
		line_text(l, info.write_combined ? "wc" : "");
		line_text(l, info.write_combined && info.boot_vga ? "," : "");
		line_text(l, info.boot_vga ? "boot_vga" : "");
	}
	if (info.claimed_by) {
		line_text(l, key);
		line_key_text(l, "_claimed=", info.claimed_by);
	}
}

/* What the user insists on, as enum pramin_force */
static unsigned int force_of(const struct pramin_gpu_config *config)
{
	return (config->shared ? PRAMIN_FORCE_SHARED : 0u) |
	       (config->foreign ? PRAMIN_FORCE_MOVE : 0u) |
	       (config->write_reserved ? PRAMIN_FORCE_RESERVED : 0u);
}

static void put_header(struct record *r, const struct pramin_gpu_config *config)
{
	struct line l = { .len = 0 };

	line_text(&l, "pramin-trace 1 by=pramin-" PRAMIN_VERSION);
	line_key_text(&l, " backend=", r->inner->name);
	line_key_hex(&l, " bar0=", PRAMIN_BAR0_SIZE);
	put_bar(r, &l, 1);
	put_bar(r, &l, 2);
	if (r->inner->config_read)
		line_key_hex(&l, " config=", CONFIG_BYTES);
	if (config->chip)
		line_key_text(&l, " set_chip=", config->chip->name);
	if (config->vram)
		line_key_hex(&l, " set_vram=", config->vram);
	if (config->vram_fallback)
		line_key_hex(&l, " set_size=", config->vram_fallback);
	if (config->base_bits) {
		line_text(&l, " set_base_bits=");
		line_dec(&l, config->base_bits);
	}
	if (config->verify)
		line_text(&l, " set_verify=1");
	if (config->real)
		line_text(&l, " set_real=1");
	if (force_of(config)) {
		line_text(&l, " set_force=");
		line_dec(&l, force_of(config));
	}
	put_line(r, &l);
}

void record_identified(struct record *record, const struct pramin_gpu *gpu)
{
	struct line l = { .len = 0 };

	if (!record || !enter(record))
		return;
	line_key_text(&l, "info chip=", gpu->chip->name);
	line_text(&l, " boot0=");
	line_hex(&l, gpu->boot_0, 8);
	line_key_hex(&l, " vram=", gpu->vram_size);
	put_line(record, &l);
	record->gpu = gpu;
	leave(record);
}

static int cannot(struct pramin_why *why, const char *path, int err)
{
	return why_set(why, -EINVAL, PRAMIN_REASON_FILE,
		       err == EEXIST ? "remove it, or name another file" :
				       "name a file that can be made",
		       "no recording in %.160s: %s", path, strerror(err));
}

int record_begin(const char *path, const struct pramin_gpu_config *config,
		 const struct pramin_io_ops **ops, void **io,
		 struct record **record, struct pramin_why *why)
{
	struct record *r = NULL;

	*record = NULL;
	if (!path)
		return 0;
	r = sys_alloc(sizeof(*r));

	if (!r || sys_lock_init(&r->lock, false)) {
		sys_free(r);
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	}
	r->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC,
		     0600);
	if (r->fd < 0) {
		const int err = errno;

		sys_free(r);
		return cannot(why, path, err);
	}
	r->inner = *ops;
	r->io = *io;
	r->pid = sys_process();
	r->thread = sys_thread();
	wrap(r);
	put_header(r, config);
	if (r->err) {
		const int err = r->err;

		unlink(path);
		close(r->fd);
		sys_free(r);
		return cannot(why, path, -err);
	}
	*record = r;
	*ops = &r->ops;
	*io = r;
	return 0;
}
