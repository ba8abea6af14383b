/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A model with a BAR1, a pool in it, and BAR1 taken.
 */
#ifndef PRAMIN_TESTS_LIB_BAR1_H
#define PRAMIN_TESTS_LIB_BAR1_H

#include <unistd.h>

#include "lib_space.h"

#define BAR1_BYTES (64 * MIB)
#define BAR1_LIMIT (BAR1_BYTES - 4 * KIB)

struct bar1_rig {
	struct space_rig s;
	struct pramin_bar1 *bar1;
	struct pramin_bar1_params params;
	struct pramin_bar1_status found; /* before it was taken */
	struct pramin_io_ops ops;	 /* the model's, without its end */
};

/* One of each generation */
static const char *const bar1_chips[] = { "gf100", "gk104", "gm204", "gp102",
					  "gv100", "tu102", "ga102", "ad102",
					  "gh100", "gb100", "gb202" };

/* How the next GPU is made, beyond what all have in common */
static struct pramin_model_params bar1_model;
static uint32_t bar1_timeout_ms;

static inline int bar1_see(struct bar1_rig *b, struct pramin_bar1_status *s)
{
	*s = (struct pramin_bar1_status){ .size = sizeof(*s) };
	return pramin_bar1_status(b->s.rig.dev, s);
}

/* A handle and a pool */
static inline int bar1_begin(struct bar1_rig *b, const char *chip)
{
	struct pramin_model_params params = bar1_model;
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = rig_exclusive || getenv("TEST_EXCLUSIVE"),
		.vram = GIB,
		.timeout_ms = bar1_timeout_ms,
	};
	struct rig *r = &b->s.rig;

	memset(b, 0, sizeof(*b));
	params.size = sizeof(params);
	params.chip = chip;
	params.vram = GIB;
	params.bar1 = params.bar1 ? params.bar1 : BAR1_BYTES;
	/* Stores that the GPU's walks see late, in any order */
	params.posted = params.posted ? params.posted : 7;
	b->ops = *pramin_model_ops();
	b->ops.close = NULL;
	if (pramin_model_create(&params, &r->model, &r->why) ||
	    pramin_open_io(&b->ops, r->model, &opts, &r->dev, &r->why)) {
		printf("%s: %s\n", chip, r->why.what);
		return CHECK_FAILED;
	}
	CHECK_EQ(pramin_pool_create(r->dev, &b->s.pool), 0);
	CHECK_EQ(pramin_pool_add(b->s.pool, POOL_PA, POOL_LEN), 0);
	b->s.params.size = sizeof(b->s.params);
	b->s.params.pool = b->s.pool;
	b->params.size = sizeof(b->params);
	b->params.pool = b->s.pool;
	CHECK_EQ(bar1_see(b, &b->found), 0);
	return 0;
}

static inline int bar1_take(struct bar1_rig *b)
{
	return pramin_bar1_take(b->s.rig.dev, &b->params, &b->bar1);
}

static inline int bar1_open(struct bar1_rig *b, const char *chip)
{
	int ret = bar1_begin(b, chip);

	if (ret)
		return ret;
	CHECK_EQ(bar1_take(b), 0);
	return 0;
}

/* One piece */
static inline int bar1_map(struct bar1_rig *b, uint64_t off, uint64_t pa,
			   uint64_t len)
{
	const struct pramin_map_piece piece = { pa, len };

	b->s.cost = (struct pramin_map_result){ .size = sizeof(b->s.cost) };
	return pramin_bar1_map(b->bar1, &off, &piece, 1, &b->s.cost);
}

static inline struct pramin_model_counters bar1_count(const struct bar1_rig *b)
{
	struct pramin_model_counters c = { .size = sizeof(c) };

	pramin_model_counters(b->s.rig.model, &c);
	return c;
}

/* The last failure has this reason, and a sentence. */
static inline int bar1_why(const struct bar1_rig *b, int err,
			   enum pramin_reason reason)
{
	const struct pramin_why *why = pramin_last_why(b->s.rig.dev);

	if (why->reason != reason)
		printf("%s: %s\n", pramin_reason_name(why->reason), why->what);
	CHECK_EQ(why->reason, reason);
	CHECK_EQ(why->err, err);
	CHECK(why->what[0]);
	return 0;
}

/* BAR1 shows what it showed at first, and nobody has it. */
static inline int bar1_as_found(struct bar1_rig *b)
{
	struct pramin_bar1_status now;

	CHECK_EQ(bar1_see(b, &now), 0);
	CHECK_EQ(now.block, b->found.block);
	CHECK_EQ(now.block_high, b->found.block_high);
	CHECK_EQ(now.pid, 0);
	CHECK(!now.bound && !now.pending && !now.outstanding);
	return 0;
}

/* Give all back: no byte of the pool is left taken, and no access met nothing. */
static inline int bar1_close(struct bar1_rig *b)
{
	CHECK_EQ(pramin_bar1_release(b->bar1), 0);
	CHECK_EQ(bar1_as_found(b), 0);
	CHECK_EQ(bar1_count(b).bar_faults, 0);
	CHECK_EQ(bar1_count(b).unknown, 0);
	CHECK_EQ(pramin_pool_destroy(b->s.pool), 0);
	CHECK_EQ(space_safe(&b->s), 0);
	return rig_close(&b->s.rig);
}

#endif /* PRAMIN_TESTS_LIB_BAR1_H */
