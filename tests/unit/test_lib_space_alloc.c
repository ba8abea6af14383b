// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Memory that runs out: prepare takes nothing if it fails, and execute needs none.
 */
#define _GNU_SOURCE
#include "lib_alloc.h"
#include "lib_space.h"

static struct space_rig s;

/* A change that needs tables of all levels, splits, pins, and an address */
#define OPS 5
static const struct pramin_map_piece pieces[] = {
	{ DATA_PA, 4 * MIB },
	{ DATA_PA + 8 * MIB, 64 * KIB },
	{ DATA_PA + 9 * MIB + 4096, MIB },
};

static void make_ops(struct pramin_map_op *op)
{
	op[0] = (struct pramin_map_op){
		.kind = PRAMIN_MAP,
		.gpu_va = 1ull << 47,
		.len = 4 * MIB,
		.page_size = 4096,
		.pieces = &pieces[0],
		.count = 1,
	};
	op[1] = (struct pramin_map_op){
		.kind = PRAMIN_MAP,
		.gpu_va = PRAMIN_VA_ANY,
		.len = 64 * KIB,
		.pieces = &pieces[1],
		.count = 1,
	};
	/* The middle of a page of 2 MiB */
	op[2] = (struct pramin_map_op){
		.kind = PRAMIN_UNMAP,
		.gpu_va = 4096,
		.len = 4096,
	};
	op[3] = (struct pramin_map_op){
		.kind = PRAMIN_MAP_SPARSE,
		.gpu_va = 64 * MIB,
		.len = 3 * MIB,
	};
	/* Over half of it */
	op[4] = (struct pramin_map_op){
		.kind = PRAMIN_MAP,
		.flags = PRAMIN_MAP_REPLACE,
		.gpu_va = MIB,
		.len = MIB,
		.pieces = &pieces[2],
		.count = 1,
	};
}

static int open_one(void)
{
	CHECK_EQ(space_open(&s, "tu102", 0), 0);
	CHECK_EQ(space_map(&s, 0, DATA_PA, 2 * MIB, 0), 0);
	return 0;
}

static int sweep(bool sticky)
{
	struct pramin_space_info before = { .size = sizeof(before) };
	struct pramin_space_info after = { .size = sizeof(after) };
	struct pramin_change *change = NULL;
	struct pramin_map_op op[OPS];
	unsigned long nth;
	int ret = -ENOMEM;

	for (nth = 1; nth < 200; nth++) {
		CHECK_EQ(open_one(), 0);
		make_ops(op);
		CHECK_EQ(pramin_space_info(s.space, &before), 0);
		alloc_arm(nth, sticky);
		ret = pramin_space_prepare(s.space, op, OPS, &change);
		alloc_relent();
		if (ret)
			CHECK_EQ(alloc_live, 0);
		alloc_disarm();
		if (!ret)
			break;
		CHECK_EQ(ret, -ENOMEM);
		CHECK_EQ(pramin_last_why(s.rig.dev)->reason,
			 PRAMIN_REASON_NO_MEMORY);
		CHECK_EQ(op[1].gpu_va, PRAMIN_VA_ANY);
		CHECK_EQ(pramin_space_info(s.space, &after), 0);
		CHECK(space_same(&before, &after));
		/* And it can be done right afterwards. */
		CHECK_EQ(pramin_space_map(s.space, op, OPS, NULL), 0);
		CHECK_EQ(space_close(&s), 0);
	}
	CHECK_EQ(ret, 0);
	CHECK(nth > 10);
	CHECK_EQ(pramin_space_drop(s.space, change), 0);
	CHECK_EQ(pramin_space_info(s.space, &after), 0);
	CHECK(space_same(&before, &after));
	return space_close(&s);
}

static int a_prepare_that_fails_takes_nothing(void)
{
	CHECK_EQ(sweep(false), 0);
	return sweep(true);
}

static int execute_works_when_there_is_no_memory_at_all(void)
{
	struct pramin_map_result cost = { .size = sizeof(cost) };
	struct pramin_change *change;
	struct pramin_map_op op[OPS];
	int ret;

	CHECK_EQ(space_begin(&s, "tu102", 0), 0);
	/* The model takes memory for VRAM when it is written first. */
	CHECK_EQ(pramin_fill(s.rig.dev, POOL_PA, MIB, "\xa5", 1, NULL), 0);
	CHECK_EQ(space_new(&s), 0);
	CHECK_EQ(space_map(&s, 0, DATA_PA, 2 * MIB, 0), 0);
	make_ops(op);
	CHECK_EQ(pramin_space_prepare(s.space, op, OPS, &change), 0);
	alloc_arm(1, true);
	ret = pramin_space_execute(s.space, change, &cost);
	CHECK_EQ(alloc_count, 0);
	alloc_disarm();
	CHECK_EQ(ret, 0);
	CHECK_EQ(cost.invalidates, 2);
	CHECK_EQ(space_gpu_pa(&s, (1ull << 47) + MIB), DATA_PA + MIB);
	CHECK_EQ(space_gpu_pa(&s, 4096), UINT64_MAX);
	CHECK_EQ(space_gpu_pa(&s, 8192), DATA_PA + 8192);
	return space_close(&s);
}

static int pools_and_spaces_that_cannot_be_made_leave_nothing(void)
{
	struct pramin_pool *pool = NULL;
	struct pramin_space *space = NULL;
	unsigned long nth;
	int ret = -ENOMEM;

	CHECK_EQ(space_begin(&s, "gh100", 0), 0);
	for (nth = 1; ret && nth < 20; nth++) {
		alloc_arm(nth, false);
		ret = pramin_pool_create(s.rig.dev, &pool);
		alloc_disarm();
		CHECK(!ret == !!pool);
	}
	ret = -ENOMEM;
	for (nth = 1; ret && nth < 20; nth++) {
		alloc_arm(nth, false);
		ret = pramin_pool_add(pool, 128 * MIB, MIB);
		if (ret)
			CHECK_EQ(alloc_live, 0);
		alloc_disarm();
	}
	CHECK_EQ(ret, 0);
	ret = -ENOMEM;
	for (nth = 1; ret && nth < 20; nth++) {
		alloc_arm(nth, false);
		ret = pramin_space_create(s.rig.dev, &s.params, &space);
		if (ret)
			CHECK_EQ(alloc_live, 0);
		alloc_disarm();
		CHECK(!ret == !!space);
	}
	CHECK_EQ(ret, 0);
	CHECK_EQ(pramin_space_destroy(space), 0);
	CHECK_EQ(pramin_pool_destroy(pool), 0);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	return rig_close(&s.rig);
}

static int a_list_of_claims_that_cannot_be_had_is_not_begun(void)
{
	struct pramin_claim claims[4];
	struct pramin_mmu_tree inner, tree = { .size = 7 };
	size_t count = 99;

	CHECK_EQ(space_begin(&s, "tu102", 0), 0);
	alloc_arm(1, false);
	CHECK_EQ(pramin_claims(s.rig.dev, claims, 4, &count), -ENOMEM);
	CHECK_EQ(alloc_live, 0);
	alloc_disarm();
	CHECK_EQ(count, 99);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_NO_MEMORY);
	CHECK_EQ(pramin_claims(s.rig.dev, claims, 4, &count), 0);
	CHECK_EQ(count, 1);
	/* A table that is to be kept, and a cache */
	alloc_arm(1, false);
	CHECK_EQ(pramin_pool_keep(s.pool, POOL_PA, 4096), -ENOMEM);
	CHECK_EQ(alloc_live, 0);
	alloc_disarm();
	CHECK_EQ(pramin_mmu_tree_dev(s.rig.dev, 0, &inner), 0);
	alloc_arm(1, false);
	CHECK_EQ(pramin_mmu_tree_cache(&inner, 1 << 20, &tree), -ENOMEM);
	CHECK_EQ(alloc_live, 0);
	alloc_disarm();
	CHECK_EQ(tree.size, 7);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	return rig_close(&s.rig);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_prepare_that_fails_takes_nothing),
		TEST(execute_works_when_there_is_no_memory_at_all),
		TEST(pools_and_spaces_that_cannot_be_made_leave_nothing),
		TEST(a_list_of_claims_that_cannot_be_had_is_not_begun),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
