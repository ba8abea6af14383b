/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What every test of the core starts from: a GPU attached over the fake or the
 * model, host memory that can be made to fail, and repeatable random numbers.
 */
#ifndef PRAMIN_TESTS_CORE_RIG_H
#define PRAMIN_TESTS_CORE_RIG_H

#include <pramin/model.h>

#include "../../core/bulk.h"
#include "../../core/gpu.h"
#include "../../core/scalar.h"
#include "../../core/window.h"
#include "core_fake.h"

#define WINDOW MIB	  /* bytes the aperture shows */
#define GRAIN  (64 * KIB) /* what its base is a multiple of */

/* Host memory; the allocation number @fail_at fails, and all after it */
struct rig_env {
	unsigned int allocs, frees, fail_at;
};

struct rig {
	struct fake fake;
	struct rig_env env;
	struct pramin_gpu gpu;
	struct pramin_op op;
	struct pramin_gpu_config config;
	struct pramin_bulk bulk;
};

static inline void *rig_alloc(void *ctx, size_t size)
{
	struct rig_env *env = ctx;

	env->allocs++;
	if (env->fail_at && env->allocs >= env->fail_at)
		return NULL;
	return malloc(size);
}

static inline void rig_free(void *ctx, void *ptr)
{
	struct rig_env *env = ctx;

	env->frees++;
	free(ptr);
}

/* Each call of the library has an op of its own, without a cause yet. */
static inline struct pramin_op *rig_op(struct rig *r)
{
	memset(&r->op, 0, sizeof(r->op));
	pramin_op_init(&r->op, &r->gpu);
	return &r->op;
}

/* A fake of that kind, not attached: the test may still change it. */
static inline void rig_init(struct rig *r, const char *chip)
{
	static const struct pramin_env_ops env_ops = {
		.alloc = rig_alloc,
		.free = rig_free,
	};

	memset(r, 0, sizeof(*r));
	fake_init(&r->fake, chip);
	r->config.env_ops = &env_ops;
	r->config.env = &r->env;
	r->bulk.size = sizeof(r->bulk);
}

static inline int rig_attach(struct rig *r)
{
	return pramin_gpu_attach(rig_op(r), &fake_ops, &r->fake, &r->config);
}

/* Attached, and nothing counted yet; aborts the program if it cannot be. */
static inline void rig_open(struct rig *r, const char *chip)
{
	rig_init(r, chip);
	if (rig_attach(r)) {
		printf("%s does not attach: %s\n", chip,
		       r->op.cause.text ? r->op.cause.text : "");
		exit(1);
	}
	fake_forget(&r->fake);
}

static inline void rig_open_model(struct rig *r, const char *chip,
				  uint64_t vram, struct pramin_model **model)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = chip,
		.vram = vram,
	};
	struct pramin_why why;

	rig_init(r, "tu102");
	if (pramin_model_create(&params, model, &why)) {
		printf("no model of %s: %s\n", chip, why.what);
		exit(1);
	}
}

static inline int rig_attach_model(struct rig *r, struct pramin_model *model)
{
	return pramin_gpu_attach(rig_op(r), pramin_model_ops(), model,
				 &r->config);
}

static inline int rig_detach(struct rig *r)
{
	return pramin_gpu_detach(rig_op(r));
}

static inline int rig_read(struct rig *r, uint64_t pa, unsigned int width,
			   uint64_t *val)
{
	return pramin_scalar_read(rig_op(r), pa, width, val);
}

static inline int rig_write(struct rig *r, uint64_t pa, unsigned int width,
			    uint64_t val)
{
	return pramin_scalar_write(rig_op(r), pa, width, val);
}

/* Put the window where its BASE field says @base, as an access would. */
static inline int rig_touch(struct rig *r, uint64_t pa)
{
	uint64_t val;

	return rig_read(r, pa, 1, &val);
}

static inline uint64_t rig_window(const struct rig *r)
{
	return (uint64_t)(r->fake.window & r->fake.kind->base_mask) * GRAIN;
}

/* SplitMix64: a seed names a whole run */
static inline uint64_t rnd(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* A failure names the seed, in the local variable start, that repeats it. */
#define CHECK_SEED(cond)                                       \
	do {                                                   \
		if (!(cond)) {                                 \
			printf("seed 0x%" PRIx64 "\n", start); \
			CHECK(cond);                           \
		}                                              \
	} while (0)

static inline uint64_t rnd_below(uint64_t *seed, uint64_t limit)
{
	return rnd(seed) % limit;
}

/*
 * An address or a length, as often next to a line that matters as anywhere: a
 * uniform one would hardly ever be.
 */
static inline uint64_t rnd_edge(uint64_t *seed, uint64_t limit)
{
	static const uint64_t lines[] = { 8, 256, 4 * KIB, GRAIN, WINDOW };
	uint64_t line = lines[rnd_below(seed, ARRAY_LEN(lines))];
	uint64_t at = rnd_below(seed, limit);

	if (rnd_below(seed, 4))
		at = at / line * line + rnd_below(seed, 17) - 8;
	return at < limit ? at : limit - 1;
}

#endif /* PRAMIN_TESTS_CORE_RIG_H */
