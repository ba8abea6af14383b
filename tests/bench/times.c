// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Wall-clock figures, on the flat model: what the library adds to a bare load
 * or store.
 *
 * The two sides of a comparison take turns, 21 times, and the best of each
 * counts: the best is the one that nothing else on the machine disturbed. How
 * fast a short loop is also depends on where the linker puts it, so each view
 * loop exists in several copies at different addresses, and the best copy of
 * one side is compared with the best of the other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>

#include "bench.h"

/* Where BAR0 shows the window */
#define APERTURE 0x700000u

#define SAMPLE_READS   (256 * KIB)
#define SAMPLE_SCALARS 32768u
/* Scalars stay within this much of VRAM: the first-level cache holds it. */
#define SCALAR_BYTES 4096u
#define VIEW_PA	     (2 * GIB)

static const uint64_t view_bytes[VIEW_SIZES] = { 4 * KIB, 64 * KIB, MIB };

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void keep_least(double *least, double val)
{
	if (*least == 0 || val < *least)
		*least = val;
}

/*
 * The loops that are compared. Both get the view, and both return what they
 * read, so that no read can be left out. The nops put each copy at another
 * distance from a line of the instruction cache.
 */
typedef uint32_t view_loop(struct pramin_view *view, uint64_t len,
			   uint64_t rounds);

#define VIEW_LOOPS(copy, nops)                                              \
	static __attribute__((noinline, aligned(64))) uint32_t view_##copy( \
		struct pramin_view *view, uint64_t len, uint64_t rounds)    \
	{                                                                   \
		struct pramin_span span = pramin_view_span(view);           \
		uint32_t sum = 0;                                           \
		uint64_t off;                                               \
                                                                            \
		__asm__ volatile(".rept " #nops "\n\tnop\n\t.endr");        \
		while (rounds--)                                            \
			for (off = 0; off < len; off += 4)                  \
				sum += pramin_span_read32(span, off);       \
		return sum;                                                 \
	}                                                                   \
	static __attribute__((noinline, aligned(64))) uint32_t bare_##copy( \
		struct pramin_view *view, uint64_t len, uint64_t rounds)    \
	{                                                                   \
		volatile uint32_t *ptr =                                    \
			(volatile void *)pramin_view_span(view).ptr;        \
		uint32_t sum = 0;                                           \
		uint64_t i;                                                 \
                                                                            \
		__asm__ volatile(".rept " #nops "\n\tnop\n\t.endr");        \
		while (rounds--)                                            \
			for (i = 0; i < len / 4; i++)                       \
				sum += ptr[i];                              \
		return sum;                                                 \
	}

VIEW_LOOPS(a, 0)
VIEW_LOOPS(b, 16)
VIEW_LOOPS(c, 32)
VIEW_LOOPS(d, 48)

static view_loop *const view_loops[VIEW_COPIES] = {
	view_a,
	view_b,
	view_c,
	view_d,
};
static view_loop *const bare_loops[VIEW_COPIES] = {
	bare_a,
	bare_b,
	bare_c,
	bare_d,
};

static double time_view(view_loop *loop, struct pramin_view *view,
			uint64_t bytes, uint32_t *sum)
{
	uint64_t start = now_ns();

	*sum = loop(view, bytes, SAMPLE_READS * 4 / bytes);
	return (double)(now_ns() - start) / (double)SAMPLE_READS;
}

static int measure_view(struct pramin_view *view, struct view_time *t)
{
	double views[VIEW_COPIES] = { 0 }, bares[VIEW_COPIES] = { 0 };
	unsigned int run, i;
	uint32_t got, want;

	for (run = 0; run < BEST_OF; run++) {
		for (i = 0; i < VIEW_COPIES; i++) {
			keep_least(&views[i], time_view(view_loops[i], view,
							t->bytes, &got));
			keep_least(&bares[i], time_view(bare_loops[i], view,
							t->bytes, &want));
			if (got != want)
				return -EIO;
		}
	}
	for (i = 0; i < VIEW_COPIES; i++) {
		double ratio = views[i] / bares[i];

		keep_least(&t->view_ns, views[i]);
		keep_least(&t->bare_ns, bares[i]);
		if (ratio > t->worst_copy)
			t->worst_copy = ratio;
	}
	t->ratio = t->view_ns / t->bare_ns;
	return 0;
}

/* A flat board, with data that is not all ones where it will be read */
static int open_flat(enum scalar_form form, const char *image,
		     struct board *board)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 8 * GIB,
		.flat = true,
		.file = form == PROCESSES ? image : NULL,
	};
	uint64_t off;
	int ret = board_open(&params, form == ALONE, board);

	for (off = 0; off < MIB && !ret; off += 8)
		ret = pramin_write64(board->dev, VIEW_PA + off,
				     mix64(off) & 0x7f7f7f7f7f7f7f7fu);
	return ret;
}

int times_view(struct view_time out[VIEW_SIZES])
{
	struct pramin_view *view;
	struct board board;
	unsigned int i;
	int ret = open_flat(ALONE, NULL, &board);

	if (ret)
		return ret;
	ret = pramin_view_begin(board.dev, VIEW_PA, MIB, &view);
	if (!ret && !pramin_view_span(view).ptr)
		ret = -EOPNOTSUPP;
	for (i = 0; i < VIEW_SIZES && !ret; i++) {
		out[i] = (struct view_time){ .bytes = view_bytes[i] };
		ret = measure_view(view, &out[i]);
	}
	if (!ret)
		ret = pramin_view_end(view);
	board_close(&board);
	return ret;
}

/*
 * Scalars: for each width a loop over the library's call, one over the bare
 * access, and one over the backend's own function, for reads and for writes.
 * All touch the same addresses in the same order. What a loop returns is its
 * checksum, or the value that it wrote last.
 */
struct scalar_env {
	struct pramin_dev *dev;
	struct pramin_model *model;
	volatile unsigned char *ptr; /* of the first byte in VRAM */
	uint64_t window_off;	     /* of that byte in the aperture */
};

typedef uint64_t scalar_loop(const struct scalar_env *env);

#define FOR_EACH_SCALAR(bits)           \
	for (i = 0; i < SAMPLE_SCALARS; \
	     i++, off = (off + (bits) / 8) % SCALAR_BYTES)

#define SCALAR_LOOPS(bits)                                                 \
	static __attribute__((noinline))                                   \
	uint64_t call_read##bits(const struct scalar_env *env)             \
	{                                                                  \
		uint64_t sum = 0, off = 0, i;                              \
		uint##bits##_t val;                                        \
                                                                           \
		FOR_EACH_SCALAR(bits)                                      \
		if (!pramin_read##bits(env->dev, VIEW_PA + off, &val))     \
			sum += val;                                        \
		return sum;                                                \
	}                                                                  \
	static __attribute__((noinline))                                   \
	uint64_t bare_read##bits(const struct scalar_env *env)             \
	{                                                                  \
		volatile unsigned char *ptr = env->ptr;                    \
		uint64_t sum = 0, off = 0, i;                              \
                                                                           \
		FOR_EACH_SCALAR(bits)                                      \
		sum += *(volatile uint##bits##_t *)(volatile void *)(ptr + \
								     off); \
		return sum;                                                \
	}                                                                  \
	static __attribute__((noinline))                                   \
	uint64_t ops_read##bits(const struct scalar_env *env)              \
	{                                                                  \
		const struct pramin_io_ops *ops = pramin_model_ops();      \
		uint32_t at = APERTURE + (uint32_t)env->window_off;        \
		uint64_t sum = 0, off = 0, val, i;                         \
                                                                           \
		FOR_EACH_SCALAR(bits)                                      \
		if (!ops->read(env->model, at + (uint32_t)off, (bits) / 8, \
			       &val))                                      \
			sum += val;                                        \
		return sum;                                                \
	}                                                                  \
	static __attribute__((noinline))                                   \
	uint64_t call_write##bits(const struct scalar_env *env)            \
	{                                                                  \
		uint64_t bad = 0, off = 0, i;                              \
                                                                           \
		FOR_EACH_SCALAR(bits)                                      \
		if (pramin_write##bits(env->dev, VIEW_PA + off,            \
				       (uint##bits##_t)(i & 0x7f)))        \
			bad = 1;                                           \
		return bad;                                                \
	}                                                                  \
	static __attribute__((noinline))                                   \
	uint64_t bare_write##bits(const struct scalar_env *env)            \
	{                                                                  \
		volatile unsigned char *ptr = env->ptr;                    \
		uint64_t off = 0, i;                                       \
                                                                           \
		FOR_EACH_SCALAR(bits)                                      \
		*(volatile uint##bits##_t *)(volatile void *)(ptr + off) = \
			(uint##bits##_t)(i & 0x7f);                        \
		return 0;                                                  \
	}                                                                  \
	static __attribute__((noinline))                                   \
	uint64_t ops_write##bits(const struct scalar_env *env)             \
	{                                                                  \
		const struct pramin_io_ops *ops = pramin_model_ops();      \
		uint32_t at = APERTURE + (uint32_t)env->window_off;        \
		uint64_t bad = 0, off = 0, i;                              \
                                                                           \
		FOR_EACH_SCALAR(bits)                                      \
		if (ops->write(env->model, at + (uint32_t)off, (bits) / 8, \
			       i & 0x7f))                                  \
			bad = 1;                                           \
		return bad;                                                \
	}

SCALAR_LOOPS(8)
SCALAR_LOOPS(16)
SCALAR_LOOPS(32)
SCALAR_LOOPS(64)

static const struct {
	bool write;
	unsigned int bits;
	scalar_loop *call, *bare, *ops;
} scalar_loops[SCALAR_TIMES] = {
	{ false, 8, call_read8, bare_read8, ops_read8 },
	{ false, 16, call_read16, bare_read16, ops_read16 },
	{ false, 32, call_read32, bare_read32, ops_read32 },
	{ false, 64, call_read64, bare_read64, ops_read64 },
	{ true, 8, call_write8, bare_write8, ops_write8 },
	{ true, 16, call_write16, bare_write16, ops_write16 },
	{ true, 32, call_write32, bare_write32, ops_write32 },
	{ true, 64, call_write64, bare_write64, ops_write64 },
};

static double time_scalar(scalar_loop *loop, const struct scalar_env *env,
			  uint64_t *sum)
{
	uint64_t start = now_ns();

	*sum = loop(env);
	return (double)(now_ns() - start) / (double)SAMPLE_SCALARS;
}

static int measure_scalar(const struct scalar_env *env, unsigned int i,
			  struct scalar_time *t)
{
	uint64_t call, bare, ops;
	unsigned int run;

	*t = (struct scalar_time){
		.write = scalar_loops[i].write,
		.bits = scalar_loops[i].bits,
	};
	for (run = 0; run < BEST_OF; run++) {
		keep_least(&t->call_ns,
			   time_scalar(scalar_loops[i].call, env, &call));
		keep_least(&t->bare_ns,
			   time_scalar(scalar_loops[i].bare, env, &bare));
		keep_least(&t->ops_ns,
			   time_scalar(scalar_loops[i].ops, env, &ops));
		if (call != bare || ops != bare)
			return -EIO;
	}
	t->overhead_ns = t->call_ns - t->bare_ns;
	return 0;
}

int times_scalar(enum scalar_form form, const char *image,
		 struct scalar_time out[SCALAR_TIMES])
{
	struct pramin_position pos;
	struct pramin_view *view;
	struct scalar_env env;
	struct board board;
	unsigned int i;
	int ret = open_flat(form, image, &board);

	if (ret)
		return ret;
	ret = pramin_position(board.dev, &pos);
	if (!ret)
		ret = pramin_view_begin(board.dev, VIEW_PA, MIB, &view);
	if (!ret) {
		env = (struct scalar_env){
			.dev = board.dev,
			.model = board.model,
			.ptr = pramin_view_span(view).ptr,
			.window_off = VIEW_PA - pos.base,
		};
		ret = pramin_view_end(view);
	}
	if (!ret && !env.ptr)
		ret = -EOPNOTSUPP;
	for (i = 0; i < SCALAR_TIMES && !ret; i++)
		ret = measure_scalar(&env, i, &out[i]);
	board_close(&board);
	return ret;
}
