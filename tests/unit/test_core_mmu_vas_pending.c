// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Changes that are prepared at the same time.
 */
#include "core_vas.h"

static struct vas_rig v;

/* Several changes at once, with each other's ranges and tables in mind */
static int prepared_changes_keep_out_of_each_other_s_way(void)
{
	struct pramin_map_op a[2] = {
		{ .kind = PRAMIN_MAP_SPARSE, .gpu_va = 64 * KIB, .len = 8192 },
		{ .kind = PRAMIN_MAP_SPARSE, .gpu_va = 16384, .len = 8192 },
	};
	struct pramin_map_op any = {
		.kind = PRAMIN_MAP_SPARSE,
		.gpu_va = PRAMIN_VA_ANY,
		.len = 8192,
	};
	struct pramin_map_op bad[2] = {
		{ .kind = PRAMIN_UNMAP, .len = 1 },
		{ .kind = PRAMIN_UNMAP, .len = 4096 },
	};
	struct pramin_change change[4];
	unsigned int i;

	vas_open(&v, "tu102", 0);
	/* The first that is wrong is the one that is named. */
	CHECK_EQ(vas_batch(&v, bad, 2), -EINVAL);
	CHECK_EQ(v.rig.op.cause.arg[0], 0);
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, a, 2, &change[0]), 0);
	a[0].gpu_va = 1 << 20;
	a[1].gpu_va = 20480;
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, a, 2, &change[1]),
		 -EBUSY);
	CHECK_EQ(v.rig.op.cause.arg[0], 1);
	CHECK_EQ(v.rig.op.cause.arg[1], 20480);
	a[1].gpu_va = 24576;
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, a, 2, &change[1]), 0);
	/* The holes between: 0, 8192; then behind them */
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &any, 1, &change[2]),
		 0);
	CHECK_EQ(any.gpu_va, 0);
	any.gpu_va = PRAMIN_VA_ANY;
	any.len = 16384;
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &any, 1, &change[3]),
		 0);
	CHECK_EQ(any.gpu_va, 32768);
	for (i = 0; i < 4; i++)
		CHECK_EQ(pramin_vas_execute(vas_op(&v), &change[3 - i]), 0);
	CHECK(vas_true(&v));
	/* Empty when its last user drops it, and then wanted again */
	CHECK_EQ(vas_map(&v, GIB, DATA_PA, 4096, 0), 0);
	any.gpu_va = GIB + 4096;
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &any, 1, &change[0]),
		 0);
	CHECK_EQ(vas_unmap(&v, GIB, 4096), 0);
	CHECK_EQ(pramin_vas_drop(vas_op(&v), &change[0]), 0);
	CHECK_EQ(vas_refs(&v, GIB, 5), 0);
	/* It waits to be freed already. */
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &any, 1, &change[0]),
		 0);
	CHECK_EQ(pramin_vas_drop(vas_op(&v), &change[0]), 0);
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &any, 1, &change[0]),
		 0);
	CHECK_EQ(vas_map(&v, 512 * KIB, DATA_PA, 4096, 0), 0);
	CHECK_EQ(vas_refs(&v, GIB, 5), 0);
	CHECK_EQ(pramin_vas_execute(vas_op(&v), &change[0]), 0);
	CHECK_EQ(vas_refs(&v, GIB, 5), 4);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

/* A range of large pages, in whose second place there is a table, if an empty one */
static int a_large_page_is_not_mapped_over_a_table_in_its_way(void)
{
	struct pramin_map_op wait = {
		.kind = PRAMIN_MAP_SPARSE,
		.gpu_va = 2 * MIB + 4096,
		.len = 8192,
	};
	struct pramin_change change;

	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 2 * MIB, DATA_PA, 4096, 0), 0);
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &wait, 1, &change), 0);
	CHECK_EQ(vas_unmap(&v, 2 * MIB, 4096), 0);
	CHECK_EQ(pramin_vas_drop(vas_op(&v), &change), 0);
	/* Empty, and still linked */
	CHECK_EQ(vas_refs(&v, 2 * MIB, 5), 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 6 * MIB, 0), 0);
	CHECK(vas_is(&v, 0, DATA_PA, 2 * MIB));
	CHECK(vas_is(&v, 3 * MIB, DATA_PA + 3 * MIB, 64 * KIB));
	CHECK(vas_is(&v, 4 * MIB, DATA_PA + 4 * MIB, 2 * MIB));
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static unsigned int takes;

/* Another thread unmaps what else is in the table, before the second look. */
static void take(void *ctx)
{
	(void)ctx;
	if (++takes == 2)
		vas_unmap(&v, 4096, 4096);
}

static void drop(void *ctx)
{
	(void)ctx;
}

static int a_tree_that_needs_more_by_then_is_given_more(void)
{
	static const struct pramin_mutex_ops ops = { take, drop };

	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 4096, DATA_PA, 4096, 0), 0);
	takes = 0;
	v.vas.config.mutex.ops = &ops;
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 4096, 0), 0);
	CHECK_EQ(v.cost.tables_made, 4);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(prepared_changes_keep_out_of_each_other_s_way),
		TEST(a_large_page_is_not_mapped_over_a_table_in_its_way),
		TEST(a_tree_that_needs_more_by_then_is_given_more),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
