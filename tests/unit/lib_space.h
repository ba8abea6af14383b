/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A model whose GPU sees stores late and in any order, a pool in it, and spaces.
 */
#ifndef PRAMIN_TESTS_LIB_SPACE_H
#define PRAMIN_TESTS_LIB_SPACE_H

#include <pramin/pramin.h>

#include "lib_rig.h"

#define POOL_PA	 (16 * MIB)
#define POOL_LEN (32 * MIB)
#define DATA_PA	 (256 * MIB)

struct space_rig {
	struct rig rig;
	struct pramin_pool *pool;
	struct pramin_space *space;
	struct pramin_space_params params;
	struct pramin_model_space gpu; /* how an engine is told of it */
	struct pramin_map_result cost;
};

/* Many threads: without the rig's counts, which are one thread's */
static bool space_of_threads;

/* A handle and a pool */
static inline int space_begin(struct space_rig *s, const char *chip,
			      uint32_t posted)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = chip,
		.vram = GIB,
		.posted = posted,
	};

	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = rig_exclusive || getenv("TEST_EXCLUSIVE"),
		.vram = GIB,
	};

	static struct pramin_io_ops plain;

	/* The model outlives the handle. */
	plain = *pramin_model_ops();
	plain.close = NULL;
	memset(s, 0, sizeof(*s));
	if (pramin_model_create(&params, &s->rig.model, &s->rig.why) ||
	    pramin_open_io(space_of_threads ? &plain : &rig_ops,
			   space_of_threads ? (void *)s->rig.model : &s->rig,
			   &opts, &s->rig.dev, &s->rig.why)) {
		printf("%s: %s\n", chip, s->rig.why.what);
		return CHECK_FAILED;
	}
	s->params.size = sizeof(s->params);
	CHECK_EQ(pramin_pool_create(s->rig.dev, &s->pool), 0);
	CHECK_EQ(pramin_pool_add(s->pool, POOL_PA, POOL_LEN), 0);
	s->params.pool = s->pool;
	return 0;
}

static inline int space_new(struct space_rig *s)
{
	struct pramin_space_info info = { .size = sizeof(info) };

	CHECK_EQ(pramin_space_create(s->rig.dev, &s->params, &s->space), 0);
	CHECK_EQ(pramin_space_info(s->space, &info), 0);
	s->gpu = (struct pramin_model_space){
		.size = sizeof(s->gpu),
		.root = info.root_pa,
		.big_page =
			(uint32_t)info.format->level[info.format->levels - 2]
				.page_size,
		.gpc = !(s->params.flags & PRAMIN_SPACE_BAR),
	};
	return 0;
}

static inline int space_open(struct space_rig *s, const char *chip,
			     uint32_t posted)
{
	CHECK_EQ(space_begin(s, chip, posted), 0);
	return space_new(s);
}

static inline int space_one(struct space_rig *s, enum pramin_map_kind kind,
			    uint64_t gpu_va, uint64_t pa, uint64_t len,
			    uint64_t page_size)
{
	struct pramin_map_piece piece = { pa, len };
	struct pramin_map_op op = {
		.kind = kind,
		.gpu_va = gpu_va,
		.len = len,
		.page_size = page_size,
		.pieces = &piece,
		.count = 1,
	};

	s->cost = (struct pramin_map_result){ .size = sizeof(s->cost) };
	return pramin_space_map(s->space, &op, 1, &s->cost);
}

static inline int space_map(struct space_rig *s, uint64_t gpu_va, uint64_t pa,
			    uint64_t len, uint64_t page_size)
{
	return space_one(s, PRAMIN_MAP, gpu_va, pa, len, page_size);
}

static inline int space_unmap(struct space_rig *s, uint64_t gpu_va,
			      uint64_t len)
{
	return space_one(s, PRAMIN_UNMAP, gpu_va, 0, len, 0);
}

/* What the GPU takes an address for; UINT64_MAX: nothing is mapped there */
static inline uint64_t space_gpu_pa(struct space_rig *s, uint64_t gpu_va)
{
	struct pramin_model_translation t = { .size = sizeof(t) };

	if (pramin_model_gpu_translate(s->rig.model, &s->gpu, gpu_va, &t) ||
	    t.mapping != PRAMIN_MAPPING_PAGE)
		return UINT64_MAX;
	return t.pa;
}

/* Nothing that hardware would not have forgiven */
static inline int space_safe(struct space_rig *s)
{
	struct pramin_model_hazards h = { .size = sizeof(h) };
	int i;

	CHECK_EQ(pramin_model_hazards(s->rig.model, &h), 0);
	for (i = 0; i < PRAMIN_HAZARDS; i++)
		if (h.count[i]) {
			printf("%s: %" PRIu64 " times, first at 0x%" PRIx64
			       "\n",
			       pramin_model_hazard_name(
				       (enum pramin_model_hazard)i),
			       h.count[i], h.first[i]);
			return CHECK_FAILED;
		}
	return 0;
}

static inline bool space_same(const struct pramin_space_info *a,
			      const struct pramin_space_info *b)
{
	return a->format == b->format && a->root_pa == b->root_pa &&
	       a->va_end == b->va_end && a->pool_bytes == b->pool_bytes &&
	       a->reads == b->reads && a->tables == b->tables &&
	       a->prepared == b->prepared && a->unfinished == b->unfinished;
}

static inline int space_close(struct space_rig *s)
{
	struct pramin_space_info info = { .size = sizeof(info) };

	if (s->space)
		CHECK_EQ(pramin_space_destroy(s->space), 0);
	CHECK_EQ(pramin_pool_destroy(s->pool), 0);
	CHECK_EQ(pramin_space_info(s->space, &info), -EINVAL);
	CHECK_EQ(space_safe(s), 0);
	return rig_close(&s->rig);
}

#endif /* PRAMIN_TESTS_LIB_SPACE_H */
