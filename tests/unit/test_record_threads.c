// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Threads that are recorded: the order of the lines is one that the GPU can have
 * had.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "lib_record.h"

#define THREADS 4u
#define ROUNDS	200u
#define VRAM	(4 * MIB)

struct worker {
	struct pramin_dev *dev;
	unsigned int number;
	int ret;
};

/* All threads use the same words at two positions of the window. */
static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned int i;

	for (i = 0; i < ROUNDS && !w->ret; i++) {
		const uint64_t pa = (i % 2 ? MIB : 2 * MIB) + i % 8 * 4;
		uint32_t val;

		w->ret =
			i % 3 ? pramin_read32(w->dev, pa, &val) :
				pramin_write32(w->dev, pa, w->number << 16 | i);
	}
	return NULL;
}

static int run_threads(struct pramin_dev *dev)
{
	struct worker w[THREADS];
	pthread_t thread[THREADS];
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ dev, i + 1, 0 };
		CHECK_EQ(pthread_create(&thread[i], NULL, work, &w[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(w[i].ret, 0);
	return 0;
}

/* A GPU made of nothing but the lines: the window, and bytes. */
struct copy {
	uint8_t vram[VRAM];
	uint64_t base;
	uint64_t checked;
};

static int replay_line(struct copy *c, const struct pramin_trace_entry *e)
{
	uint64_t val = 0;

	if (e->window) {
		if (e->kind == PRAMIN_TRACE_WRITE)
			c->base = e->vram_pa;
		else
			CHECK_EQ(e->vram_pa, c->base);
		return 0;
	}
	if (e->region != PRAMIN_TRACE_BAR0 || e->off < APERTURE ||
	    e->off >= APERTURE + MIB)
		return 0;
	/* What the writer says is where the lines before have put the window. */
	CHECK(e->has_vram);
	CHECK_EQ(e->vram_pa, c->base + e->off - APERTURE);
	CHECK(e->vram_pa <= VRAM - e->width);
	if (e->kind == PRAMIN_TRACE_WRITE) {
		memcpy(c->vram + e->vram_pa, &e->val, e->width);
		return 0;
	}
	memcpy(&val, c->vram + e->vram_pa, e->width);
	CHECK_EQ(e->val, val);
	c->checked++;
	return 0;
}

static int lines_of_threads_are_in_an_order_that_can_have_been(void)
{
	const char *path = record_path("threads");
	struct pramin_trace_entry e = { .size = sizeof(e) };
	struct pramin_trace *trace;
	static struct copy copy;
	struct rig r;
	int ret;

	/* The rig counts without a lock; the model's own backend does not. */
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = VRAM,
	};
	struct pramin_open_opts opts = { .size = sizeof(opts), .record = path };

	CHECK_EQ(pramin_model_create(&params, &r.model, NULL), 0);
	copy.base = (uint64_t)pramin_model_window(r.model) << 16;
	CHECK_EQ(pramin_open_io(pramin_model_ops(), r.model, &opts, &r.dev,
				NULL),
		 0);
	ret = run_threads(r.dev);
	CHECK_EQ(pramin_close(r.dev, NULL), 0);
	CHECK_EQ(ret, 0);
	CHECK_EQ(pramin_trace_open(path, NULL, &trace, NULL), 0);
	do {
		CHECK_EQ(pramin_trace_next(trace, &e, NULL), 0);
		if (e.kind == PRAMIN_TRACE_READ || e.kind == PRAMIN_TRACE_WRITE)
			CHECK_EQ(replay_line(&copy, &e), 0);
	} while (e.kind != PRAMIN_TRACE_END);
	pramin_trace_close(trace);
	CHECK(copy.checked >= THREADS * ROUNDS / 2);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(lines_of_threads_are_in_an_order_that_can_have_been),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
