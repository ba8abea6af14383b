// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The library's address spaces under the model's eyes: what is mapped is what the
 * GPU translates, after each batch, and while the batches are made a GPU that
 * translates at every step meets nothing that hardware would not forgive.
 */
#include <pramin/pramin.h>

#include "model_mmu_rig.h"

#define HEAP	(16 * MIB)
#define DATA	(128 * MIB)
#define SPAN	(64 * MIB)
#define PAGES	(SPAN / 4096)
#define STEPS	300u

struct world {
	struct pramin_model *m;
	struct pramin_dev *dev;
	struct pramin_pool *pool;
	struct pramin_space *space;
	struct pramin_model_space gpu;
	/* 0: nothing; 1: sparse; else address | 2 if read-only */
	uint64_t page[PAGES];
	uint64_t x;
};

static uint64_t next(struct world *w, uint64_t limit)
{
	w->x = w->x * 6364136223846793005u + 1442695040888963407u;
	return (w->x >> 33) % limit;
}

static int world_open(struct world *w, const char *chip, uint32_t seed)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = chip,
		.vram = GIB,
		.posted = seed,
	};
	const struct pramin_open_opts opts = { .size = sizeof(opts),
					       .vram = GIB };
	struct pramin_space_params sp = { .size = sizeof(sp) };
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_why why;
	unsigned int i;

	memset(w, 0, sizeof(*w));
	w->x = seed;
	CHECK_EQ(pramin_model_create(&params, &w->m, NULL), 0);
	if (pramin_open_io(pramin_model_ops(), w->m, &opts, &w->dev, &why)) {
		printf("%s: %s\n", chip, why.what);
		return CHECK_FAILED;
	}
	CHECK_EQ(pramin_pool_create(w->dev, &w->pool), 0);
	CHECK_EQ(pramin_pool_add(w->pool, HEAP, 16 * MIB), 0);
	sp.pool = w->pool;
	CHECK_EQ(pramin_space_create(w->dev, &sp, &w->space), 0);
	CHECK_EQ(pramin_space_info(w->space, &info), 0);
	w->gpu.size = sizeof(w->gpu);
	w->gpu.root = info.root_pa;
	w->gpu.gpc = true;
	if (info.format->version == 1)
		w->gpu.big_page = (uint32_t)info.format
					  ->level[info.format->levels - 2]
					  .page_size;
	for (i = 0; i < 48; i++)
		CHECK_EQ(pramin_model_watch(w->m, &w->gpu, next(w, SPAN)), 0);
	return 0;
}

static int world_check(struct world *w)
{
	uint64_t i;

	for (i = 0; i < PAGES; i += 1 + next(w, 3)) {
		struct pramin_model_translation t = { .size = sizeof(t) };
		uint64_t is = w->page[i];

		CHECK_EQ(pramin_model_gpu_translate(w->m, &w->gpu, i << 12, &t),
			 0);
		if (is < 2) {
			CHECK(t.mapping != PRAMIN_MAPPING_PAGE);
			CHECK_EQ(is, t.mapping == PRAMIN_MAPPING_SPARSE);
			continue;
		}
		CHECK_EQ(t.mapping, PRAMIN_MAPPING_PAGE);
		CHECK_EQ(t.pa, is & ~4095ull);
		CHECK_EQ(t.read_only, is >> 1 & 1);
	}
	return 0;
}

static int one_step(struct world *w)
{
	uint64_t first = next(w, PAGES), count = 1 + next(w, 700), i;
	struct pramin_map_piece piece = { .len = 0 };
	struct pramin_map_op op = { .kind = PRAMIN_MAP };
	bool any = false, all = true, pages = true;
	int ret;

	if (next(w, 2)) {
		first = first / 512 * 512;
		count = 512 * (1 + next(w, 3));
	}
	if (first + count > PAGES)
		count = PAGES - first;
	for (i = first; i < first + count; i++) {
		any |= w->page[i] != 0;
		all &= w->page[i] != 0;
		pages &= w->page[i] > 1;
	}
	op.gpu_va = first << 12;
	op.len = count << 12;
	if (!any) {
		piece.pa = DATA + (next(w, 2) ? first << 12 :
						next(w, PAGES) << 12);
		piece.len = op.len;
		op.pieces = &piece;
		op.count = 1;
		if (next(w, 4) == 0)
			op.attrs = PRAMIN_MMU_READ_ONLY;
	} else if (all) {
		op.kind = PRAMIN_UNMAP;
		if (pages && next(w, 2)) {
			op.kind = PRAMIN_PROTECT;
			op.attrs = next(w, 2) ? PRAMIN_MMU_READ_ONLY : 0;
		}
	} else {
		/* Only what is mapped, as far as it goes */
		for (i = first; i < first + count && w->page[i]; i++)
			;
		if (i == first)
			return 0;
		count = i - first;
		op.len = count << 12;
		op.kind = PRAMIN_UNMAP;
	}
	ret = pramin_space_map(w->space, &op, 1, NULL);
	if (ret) {
		printf("kind %u at %" PRIx64 " + %" PRIx64 ": %d %s\n", op.kind,
		       op.gpu_va, op.len, ret, pramin_last_why(w->dev)->what);
		return CHECK_FAILED;
	}
	for (i = first; i < first + count; i++) {
		if (op.kind == PRAMIN_UNMAP)
			w->page[i] = 0;
		else if (op.kind == PRAMIN_PROTECT)
			w->page[i] = (w->page[i] & ~2ull) |
				     (op.attrs ? 2 : 0);
		else
			w->page[i] = (piece.pa + ((i - first) << 12)) |
				     (op.attrs ? 2 : 0);
	}
	return 0;
}

static int what_is_mapped_is_what_the_gpu_sees_at_every_step(void)
{
	static const char *const chips[] = { "gf100", "gm206", "gp100", "gv100",
					     "tu102", "ga102", "gh100",
					     "gb202" };
	static struct world w;
	size_t i;
	unsigned int n, h;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		CHECK_EQ(world_open(&w, chips[i], 1 + (uint32_t)i), 0);
		for (n = 0; n < STEPS; n++) {
			struct pramin_model_hazards z;

			CHECK_EQ(one_step(&w), 0);
			z = hazards(w.m);
			for (h = 0; h < PRAMIN_HAZARDS; h++)
				if (z.count[h]) {
					printf("%s step %u: %s %" PRIu64
					       " at %" PRIx64 "\n",
					       chips[i], n,
					       pramin_model_hazard_name(
						       (enum pramin_model_hazard)
							       h),
					       z.count[h], z.first[h]);
					return CHECK_FAILED;
				}
			if (n % 8 == 0)
				CHECK_EQ(world_check(&w), 0);
		}
		CHECK_EQ(pramin_space_destroy(w.space), 0);
		CHECK_EQ(pramin_pool_destroy(w.pool), 0);
		CHECK_EQ(all_hazards(w.m), 0);
		CHECK_EQ(pramin_close(w.dev, NULL), 0);
	}
	return 0;
}

static int change(struct world *w, enum pramin_map_kind kind, uint64_t gpu_va,
		  uint64_t len)
{
	struct pramin_map_piece piece = { DATA + gpu_va, len };
	struct pramin_map_op op = {
		.kind = kind,
		.gpu_va = gpu_va,
		.len = len,
		.pieces = &piece,
		.count = 1,
	};

	return pramin_space_map(w->space, &op, 1, NULL);
}

/*
 * The table of the big pages is empty then and goes, and that of the small ones is
 * linked already: they must not be seen while the TLB may have the big one.
 */
static int the_last_big_page_of_its_table_is_split_in_safe_steps(void)
{
	static const char *const chips[] = { "gm206", "gp100", "tu102",
					     "gh100" };
	static struct world w;
	struct pramin_model_hazards z;
	size_t i;
	unsigned int h;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		CHECK_EQ(world_open(&w, chips[i], 9), 0);
		CHECK_EQ(change(&w, PRAMIN_MAP, 2 * MIB, 4096), 0);
		CHECK_EQ(change(&w, PRAMIN_MAP, 3 * MIB, 128 * KIB), 0);
		CHECK_EQ(pramin_model_watch(w.m, &w.gpu, 3 * MIB + 4096), 0);
		CHECK_EQ(change(&w, PRAMIN_UNMAP, 3 * MIB + 8192,
				128 * KIB - 8192),
			 0);
		z = hazards(w.m);
		for (h = 0; h < PRAMIN_HAZARDS; h++)
			CHECK_EQ(z.count[h], 0);
		CHECK_EQ(pramin_space_destroy(w.space), 0);
		CHECK_EQ(pramin_pool_destroy(w.pool), 0);
		CHECK_EQ(pramin_close(w.dev, NULL), 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(the_last_big_page_of_its_table_is_split_in_safe_steps),
		TEST(what_is_mapped_is_what_the_gpu_sees_at_every_step),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
