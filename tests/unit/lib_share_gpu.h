/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A GPU for many threads, handles and processes at once: a tu102 of 8 MiB whose
 * window is what all of them share. It lies in memory that forked children see
 * too, and it watches its users:
 *
 *  - "under": the window was written while an access to VRAM was being made,
 *  - "slid":  an access ended in another position than it began,
 *  - "strays": a thread wrote outside the bytes that it said are its own.
 *
 * All of them stay 0 whatever the users do, or the sharing is broken. Its own
 * operations are relaxed atomics: they order nothing for the library, so they
 * hide no race of it from ThreadSanitizer.
 */
#ifndef PRAMIN_TESTS_LIB_SHARE_GPU_H
#define PRAMIN_TESTS_LIB_SHARE_GPU_H

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <pramin/pramin.h>

#include "check.h"
#include "lib_scratch.h"

#define KIB	    1024ull
#define MIB	    (1024 * KIB)
#define SHARE_VRAM  (8 * MIB)
#define SHARE_PRAMIN 0x700000u
#define SHARE_WINDOW 0x1700u
#define SHARE_RAW   0x8000003du /* in the window register at first */

struct share_gpu {
	uint32_t window;
	uint32_t gone;	 /* reads answer all ones, writes vanish */
	uint32_t unrest; /* one access in so many lets others run; 0: none */
	uint64_t accesses;
	uint64_t inside; /* accesses to VRAM that are being made */
	uint64_t under, slid, strays;
	uint64_t reads[4], writes[4];
	uint64_t window_reads, window_writes, window_changes;
	uint64_t boot_0_reads;
	/* What a window at the end of VRAM shows behind it is nobody's. */
	uint8_t vram[SHARE_VRAM + MIB] __attribute__((aligned(8)));
};

/* What one handle has of it */
struct share_io {
	struct share_gpu *gpu;
	char path[300]; /* where its users meet; empty: nowhere */
	bool mapped;	/* the CPU loads and stores: nothing is watched */
	uint64_t closed;
};

/* What the calling thread may write, if @to is not 0 */
static _Thread_local uint64_t share_own, share_own_to;
/* The code of the thread's access after so many more; 0: never */
static _Thread_local unsigned int share_fail_in;
static _Thread_local int share_fail_code;
/* Called by the thread once, at its access after so many more */
static _Thread_local unsigned int share_stop_in;
static _Thread_local void (*share_stop)(void);

#define share_get(p)	 __atomic_load_n((p), __ATOMIC_RELAXED)
#define share_put(p, v)	 __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define share_add(p, v)	 __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)

/* A number of the thread's own, for its choices; never 0 */
static inline uint32_t share_random(void)
{
	static _Thread_local uint32_t x;
	static uint32_t threads;

	if (!x)
		x = 0x9e3779b9u * (share_add(&threads, 1) + 1);
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

/* Let others run in the middle of what must not be disturbed. */
static inline void share_unrest(const struct share_gpu *g)
{
	const struct timespec moment = { .tv_nsec = 20000 };
	uint32_t one_in = share_get(&g->unrest);

	if (!one_in || share_random() % one_in)
		return;
	if (share_random() % 8)
		sched_yield();
	else
		nanosleep(&moment, NULL);
}

static inline uint64_t share_load(const uint8_t *at, unsigned int width)
{
	const void *p = at;

	switch (width) {
	case 1:
		return share_get((const uint8_t *)p);
	case 2:
		return share_get((const uint16_t *)p);
	case 4:
		return share_get((const uint32_t *)p);
	default:
		return share_get((const uint64_t *)p);
	}
}

static inline void share_store(uint8_t *at, unsigned int width, uint64_t val)
{
	void *p = at;

	switch (width) {
	case 1:
		share_put((uint8_t *)p, (uint8_t)val);
		break;
	case 2:
		share_put((uint16_t *)p, (uint16_t)val);
		break;
	case 4:
		share_put((uint32_t *)p, (uint32_t)val);
		break;
	default:
		share_put((uint64_t *)p, val);
		break;
	}
}

static inline unsigned int share_index(unsigned int width)
{
	return width == 8 ? 3 : width / 2;
}

/* One access to VRAM, with all that is watched */
static inline void share_touch(struct share_gpu *g, uint32_t off,
			       unsigned int width, uint64_t *val, bool write)
{
	uint32_t window;
	uint64_t pa;

	share_add(&g->inside, 1);
	window = share_get(&g->window);
	pa = (uint64_t)(window & 0xffffff) * 65536 + off;
	share_unrest(g);
	share_add(write ? &g->writes[share_index(width)] :
			  &g->reads[share_index(width)],
		  1);
	if (pa > SHARE_VRAM - width || window >> 24 & 3 ||
	    (write && share_own_to &&
	     (pa < share_own || pa + width > share_own_to)))
		share_add(&g->strays, 1);
	else if (write && !share_get(&g->gone))
		share_store(&g->vram[pa], width, *val);
	else if (!write && !share_get(&g->gone))
		*val = share_load(&g->vram[pa], width);
	share_unrest(g);
	if (share_get(&g->window) != window)
		share_add(&g->slid, 1);
	share_add(&g->inside, (uint64_t)-1);
}

/* Count an access; its code */
static inline int share_hit(struct share_gpu *g)
{
	share_add(&g->accesses, 1);
	if (share_stop_in && !--share_stop_in)
		share_stop();
	return share_fail_in && !--share_fail_in ? share_fail_code : 0;
}

static inline bool share_in_aperture(uint32_t off)
{
	return off >= SHARE_PRAMIN && off < SHARE_PRAMIN + MIB;
}

static inline uint32_t share_register(uint32_t off)
{
	switch (off) {
	case 0:
		return 0x162000a1;
	case 4:
		return 0;
	case 0xa00:
		return 0x162a1000;
	case 0x118128:
		return 0xffffff8f;
	case 0x118234:
		return 0x3ff;
	case 0x100ce0:
		return 0x80; /* 8 MiB */
	default:
		return 0xbadf1100;
	}
}

static inline int share_read(void *io, uint32_t off, unsigned int width,
			     uint64_t *val)
{
	struct share_gpu *g = ((struct share_io *)io)->gpu;
	int ret = share_hit(g);

	if (ret)
		return ret;
	*val = UINT64_MAX >> (64 - 8 * width);
	if (share_in_aperture(off)) {
		share_touch(g, off - SHARE_PRAMIN, width, val, false);
		return 0;
	}
	share_add(&g->window_reads, off == SHARE_WINDOW);
	share_add(&g->boot_0_reads, off == 0);
	if (share_get(&g->gone))
		return 0;
	*val = off == SHARE_WINDOW ? share_get(&g->window) :
				     share_register(off);
	return 0;
}

static inline int share_write(void *io, uint32_t off, unsigned int width,
			      uint64_t val)
{
	struct share_gpu *g = ((struct share_io *)io)->gpu;
	int ret = share_hit(g);
	uint32_t old;

	if (ret)
		return ret;
	if (share_in_aperture(off)) {
		share_touch(g, off - SHARE_PRAMIN, width, &val, true);
		return 0;
	}
	if (off != SHARE_WINDOW || width != 4) {
		share_add(&g->strays, 1);
		return 0;
	}
	share_unrest(g);
	share_add(&g->window_writes, 1);
	if (share_get(&g->gone))
		return 0;
	share_add(&g->under, share_get(&g->inside) != 0);
	old = __atomic_exchange_n(&g->window, (uint32_t)val, __ATOMIC_RELAXED);
	share_add(&g->window_changes, old != (uint32_t)val);
	share_add(&g->under, share_get(&g->inside) != 0);
	return 0;
}

static inline const char *share_meeting(void *io, uint64_t *offset)
{
	const struct share_io *s = io;

	*offset = 0;
	return s->path[0] ? s->path : NULL;
}

static inline void share_close(void *io)
{
	((struct share_io *)io)->closed++;
}

static inline volatile void *share_aperture(void *io)
{
	const struct share_io *s = io;
	uint64_t pa = (share_get(&s->gpu->window) & 0xffffff) * 65536ull;

	return s->mapped && pa < SHARE_VRAM ? s->gpu->vram + pa : NULL;
}

static const struct pramin_io_ops share_ops = {
	.name = "share",
	.read = share_read,
	.write = share_write,
	.aperture = share_aperture,
	.meeting = share_meeting,
	.close = share_close,
};

/* A fresh GPU, or NULL */
static inline struct share_gpu *share_gpu_new(void)
{
	struct share_gpu *g = mmap(NULL, sizeof(*g), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (g == MAP_FAILED)
		return NULL;
	g->window = SHARE_RAW;
	return g;
}

static inline void share_gpu_free(struct share_gpu *g)
{
	munmap(g, sizeof(*g));
}

/* The file where the users of a GPU meet, made anew */
static inline int share_place(struct share_io *io, const char *name)
{
	scratch_path(io->path, sizeof(io->path), "", name);
	if (!io->path[0])
		return -ENOENT;
	unlink(io->path);
	/* Whatever the umask: a file that others may write to is refused. */
	return scratch_store(io->path, "", 0) || chmod(io->path, 0600) ? -EIO : 0;
}

/* Has anything happened to VRAM that must not? */
static inline int share_check(const struct share_gpu *g)
{
	CHECK_EQ(share_get(&g->under), 0);
	CHECK_EQ(share_get(&g->slid), 0);
	CHECK_EQ(share_get(&g->strays), 0);
	CHECK_EQ(share_get(&g->inside), 0);
	return 0;
}

#endif /* PRAMIN_TESTS_LIB_SHARE_GPU_H */
