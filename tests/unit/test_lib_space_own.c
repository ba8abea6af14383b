// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Going on with a tree that was left in VRAM: its tables are kept in a pool, and are
 * the space's own then.
 */
#include "lib_space.h"

#define TABLES_MAX 64u

static struct space_rig s;

static struct {
	uint64_t pa;
	uint32_t bytes;
} tables[TABLES_MAX];
static unsigned int table_count;
static const struct pramin_mmu_format *table_format;

static int on_ref(void *ctx, const struct pramin_mmu_ref *ref)
{
	const struct pramin_mmu_format *f = table_format;
	const struct pramin_mmu_level *l = &f->level[0];

	(void)ctx;
	if (ref->level < f->levels)
		l = &f->level[f->level[ref->level].child[ref->half]];
	tables[table_count].pa = ref->entry.pa;
	tables[table_count++].bytes =
		(uint32_t)(l->table_size < l->align ? l->align : l->table_size);
	return table_count == TABLES_MAX;
}

/* A tree is left in VRAM by one handle's space; then another pool has its VRAM. */
static int leave_a_tree(const char *chip, struct pramin_space_params *params)
{
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_space *space;
	struct pramin_mmu_tree tree;
	struct pramin_pool *pool;

	CHECK_EQ(space_begin(&s, chip, 0), 0);
	CHECK_EQ(pramin_pool_create(s.rig.dev, &pool), 0);
	CHECK_EQ(pramin_pool_add(pool, 64 * MIB, MIB), 0);
	*params = s.params;
	params->pool = pool;
	CHECK_EQ(pramin_space_create(s.rig.dev, params, &space), 0);
	s.space = space;
	CHECK_EQ(space_map(&s, 0, DATA_PA, 3 * MIB, 0), 0);
	CHECK_EQ(space_map(&s, 1ull << 40, DATA_PA + 4096, 4096, 0), 0);
	CHECK_EQ(pramin_space_info(space, &info), 0);
	CHECK_EQ(pramin_mmu_tree_dev(s.rig.dev, 0, &tree), 0);
	tree.root_pa = info.root_pa;
	params->root_pa = info.root_pa;
	params->format = info.format;
	table_count = 0;
	table_format = info.format;
	CHECK_EQ(pramin_mmu_find(&tree, PRAMIN_MMU_VIDEO, 64 * MIB, MIB, on_ref,
				 NULL, NULL),
		 0);
	CHECK(table_count >= 7);
	/* The handle goes, with what it knows; the tree stays. */
	CHECK_EQ(pramin_close(s.rig.dev, &s.rig.why), 0);
	return 0;
}

static int open_again(struct pramin_space_params *params)
{
	static struct pramin_io_ops plain;
	const struct pramin_open_opts opts = { .size = sizeof(opts),
					       .vram = GIB };

	plain = rig_ops;
	plain.close = NULL;
	CHECK_EQ(pramin_open_io(&plain, &s.rig, &opts, &s.rig.dev, &s.rig.why),
		 0);
	CHECK_EQ(pramin_pool_create(s.rig.dev, &s.pool), 0);
	CHECK_EQ(pramin_pool_add(s.pool, 64 * MIB, MIB), 0);
	params->pool = s.pool;
	params->flags = PRAMIN_SPACE_ADOPT | PRAMIN_SPACE_EXCLUSIVE |
			PRAMIN_SPACE_OWN;
	return 0;
}

static int tables_that_are_kept_are_freed_and_made_again(void)
{
	struct pramin_space_params params;
	struct pramin_space_info info = { .size = sizeof(info) };
	uint64_t all;
	unsigned int i, k;

	CHECK_EQ(leave_a_tree("tu102", &params), 0);
	CHECK_EQ(open_again(&params), 0);
	for (i = 0; i < table_count; i++)
		CHECK_EQ(pramin_pool_keep(s.pool, tables[i].pa,
					  tables[i].bytes),
			 0);
	CHECK_EQ(pramin_space_create(s.rig.dev, &params, &s.space), 0);
	s.gpu = (struct pramin_model_space){ .size = sizeof(s.gpu),
					     .root = params.root_pa,
					     .gpc = true };
	CHECK_EQ(pramin_space_info(s.space, &info), 0);
	all = info.pool_bytes;
	for (k = 0; k < 3; k++) {
		CHECK_EQ(space_unmap(&s, 1ull << 40, 4096), 0);
		CHECK_EQ(s.cost.tables_freed, 3);
		CHECK_EQ(pramin_space_info(s.space, &info), 0);
		CHECK_EQ(info.pool_bytes, all - 3 * 4096);
		CHECK_EQ(space_gpu_pa(&s, 1ull << 40), UINT64_MAX);
		CHECK_EQ(space_map(&s, 1ull << 40, DATA_PA + 8192, 4096, 0), 0);
		CHECK_EQ(s.cost.tables_made, 3);
		CHECK_EQ(space_gpu_pa(&s, 1ull << 40), DATA_PA + 8192);
	}
	CHECK_EQ(pramin_space_info(s.space, &info), 0);
	CHECK_EQ(info.pool_bytes, all);
	CHECK_EQ(space_unmap(&s, 0, 3 * MIB), 0);
	CHECK_EQ(s.cost.tables_freed, 3);
	/* The tree outlives the space, and its pool does not forget. */
	CHECK_EQ(pramin_space_destroy(s.space), 0);
	CHECK_EQ(space_gpu_pa(&s, 1ull << 40), DATA_PA + 8192);
	CHECK_EQ(pramin_pool_destroy(s.pool), -EBUSY);
	CHECK_EQ(space_safe(&s), 0);
	CHECK_EQ(pramin_close(s.rig.dev, NULL), 0);
	pramin_model_destroy(s.rig.model);
	return 0;
}

static int what_cannot_be_kept_is_refused(void)
{
	static const struct {
		uint64_t pa;
		uint32_t bytes;
	} bad[] = {
		{ 64 * MIB, 100 },	   { 64 * MIB + 256, 4096 },
		{ 65 * MIB, 4096 },	   { 63 * MIB, 4096 },
		{ UINT64_MAX, 256 },	   { 64 * MIB, 512 * KIB },
		{ 64 * MIB + 4096, 4096 }, { 64 * MIB, 16 * KIB },
		{ 64 * MIB + 4096, 256 },
	};
	struct pramin_space_params params;
	struct pramin_space *space;
	size_t i;

	CHECK_EQ(leave_a_tree("gh100", &params), 0);
	CHECK_EQ(open_again(&params), 0);
	CHECK_EQ(pramin_pool_keep(NULL, 64 * MIB, 4096), -EINVAL);
	CHECK_EQ(pramin_pool_keep(s.pool, 64 * MIB + 4096, 4096), 0);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_EQ(pramin_pool_keep(s.pool, bad[i].pa, bad[i].bytes),
			 -EINVAL);
		CHECK(pramin_last_why(s.rig.dev)->reason ==
			      PRAMIN_REASON_POOL_KEEP ||
		      pramin_last_why(s.rig.dev)->reason ==
			      PRAMIN_REASON_POOL_SIZE);
	}
	params.flags = PRAMIN_SPACE_ADOPT | PRAMIN_SPACE_OWN;
	CHECK_EQ(pramin_space_create(s.rig.dev, &params, &space), -EINVAL);
	CHECK_HAS(pramin_last_why(s.rig.dev)->what, "OWN without EXCLUSIVE");
	params.flags |= PRAMIN_SPACE_EXCLUSIVE;
	/* Tables in an arena that were not kept would be made anew over. */
	CHECK_EQ(pramin_space_create(s.rig.dev, &params, &s.space), 0);
	CHECK_EQ(space_unmap(&s, 0, 4096), -EIO);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_SPACE_TREE);
	CHECK_EQ(pramin_space_destroy(s.space), 0);
	CHECK_EQ(pramin_close(s.rig.dev, NULL), 0);
	pramin_model_destroy(s.rig.model);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(tables_that_are_kept_are_freed_and_made_again),
		TEST(what_cannot_be_kept_is_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
