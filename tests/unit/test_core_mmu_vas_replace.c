// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Mapping over what is mapped, if it is asked for.
 */
#include "core_vas.h"

static struct vas_rig v;

static int replace(uint64_t gpu_va, uint64_t pa, uint64_t len,
		   uint64_t page_size, uint32_t flags)
{
	struct pramin_map_piece piece = { pa, len };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.flags = PRAMIN_MAP_REPLACE | flags,
		.gpu_va = gpu_va,
		.len = len,
		.page_size = page_size,
		.pieces = &piece,
		.count = 1,
	};

	return vas_batch(&v, &op, 1);
}

static int make_sparse(uint64_t gpu_va, uint64_t len, uint32_t flags)
{
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP_SPARSE,
		.flags = flags,
		.gpu_va = gpu_va,
		.len = len,
	};

	return vas_batch(&v, &op, 1);
}

static int pages_of_one_size_are_replaced_by_one_store_each(void)
{
	static const uint64_t sizes[] = { 4 * KIB, 64 * KIB, 2 * MIB };
	size_t i;

	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		const uint64_t page = sizes[i];

		vas_open(&v, "tu102", 0);
		CHECK_EQ(vas_map(&v, 0, DATA_PA, 8 * page, page), 0);
		CHECK_EQ(vas_map(&v, 2 * page, 2 * DATA_PA, page, 0), -EEXIST);
		CHECK_EQ(replace(2 * page, 2 * DATA_PA, 3 * page, page, 0), 0);
		CHECK_EQ(v.cost.stores, 3);
		CHECK_EQ(v.cost.flushes, 1);
		CHECK_EQ(v.cost.tables_made, 0);
		CHECK_EQ(v.sync.calls, 1);
		CHECK_EQ(v.sync.level, vas_level(&v, page));
		/* The TLB may hold the old ones. */
		CHECK(v.sync.flags & PRAMIN_SYNC_DOWNGRADE);
		CHECK(vas_is(&v, page, DATA_PA + page, page));
		CHECK(vas_is(&v, 2 * page, 2 * DATA_PA, page));
		CHECK(vas_is(&v, 5 * page - 4096, 2 * DATA_PA + 3 * page - 4096,
			     page));
		CHECK(vas_is(&v, 5 * page, DATA_PA + 5 * page, page));
		CHECK_EQ(vas_refs(&v, 0, vas_level(&v, page)), 8);
		CHECK(vas_true(&v));
		CHECK_EQ(vas_unmap(&v, 0, 8 * page), 0);
		CHECK_EQ(v.vas.table_count, 1);
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

static int a_larger_page_is_invalid_before_smaller_ones_replace_it(void)
{
	vas_open(&v, "ga102", 0);
	CHECK_EQ(vas_map(&v, GIB, DATA_PA, 512 * MIB, 512 * MIB), 0);
	/* All of it, by memory that only small pages fit to */
	CHECK_EQ(replace(GIB, 2 * DATA_PA + 4096, 4 * MIB, 0,
			 PRAMIN_MAP_NO_SPLIT),
		 -EINVAL);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_MAP_SPLIT);
	CHECK_EQ(replace(GIB, 2 * DATA_PA + 4096, 4 * MIB, 0, 0), 0);
	CHECK_EQ(v.cost.invalidates, 2);
	CHECK_EQ(v.sync.levels[0], vas_level(&v, 512 * MIB));
	CHECK(vas_is(&v, GIB, 2 * DATA_PA + 4096, 4096));
	CHECK(vas_is(&v, GIB + 4 * MIB - 4096, 2 * DATA_PA + 4 * MIB, 4096));
	CHECK(vas_is(&v, GIB + 4 * MIB, DATA_PA + 4 * MIB, 2 * MIB));
	CHECK(vas_true(&v));
	/* A whole page of 2 MiB: nothing to be split, and the same order */
	CHECK_EQ(replace(GIB + 4 * MIB, 2 * DATA_PA + 64 * KIB, 2 * MIB, 0,
			 PRAMIN_MAP_NO_SPLIT),
		 -EINVAL);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_MAP_SPLIT);
	CHECK_EQ(v.rig.op.cause.arg[1], GIB + 4 * MIB);
	CHECK_EQ(replace(GIB + 4 * MIB, 2 * DATA_PA + 64 * KIB, 2 * MIB, 0, 0),
		 0);
	CHECK_EQ(v.cost.invalidates, 2);
	CHECK_EQ(v.sync.levels[0], vas_level(&v, 2 * MIB));
	CHECK(vas_is(&v, GIB + 4 * MIB, 2 * DATA_PA + 64 * KIB, 64 * KIB));
	/* And big ones, where small ones are in a table beside them already */
	CHECK_EQ(replace(GIB + 5 * MIB + 4096, DATA_PA, 4096, 0, 0), 0);
	CHECK_EQ(v.cost.invalidates, 2);
	CHECK_EQ(replace(GIB + 4 * MIB, DATA_PA + 4096, MIB, 0, 0), 0);
	CHECK_EQ(v.cost.invalidates, 2);
	CHECK(vas_is(&v, GIB + 4 * MIB, DATA_PA + 4096, 4096));
	CHECK(vas_true(&v));
	CHECK_EQ(vas_unmap(&v, GIB, 512 * MIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	return vas_close(&v);
}

static int small_pages_that_are_there_are_replaced_by_small_ones(void)
{
	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 2 * MIB, DATA_PA, 4096, 4096), 0);
	CHECK_EQ(replace(0, 2 * DATA_PA, 6 * MIB, 2 * MIB, 0), -EEXIST);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_MAP_EXISTS);
	CHECK_EQ(v.rig.op.cause.arg[1], 2 * MIB);
	CHECK_EQ(replace(2 * MIB, 2 * DATA_PA, 64 * KIB, 64 * KIB, 0), -EEXIST);
	CHECK_EQ(replace(0, 2 * DATA_PA, 6 * MIB, 0, 0), 0);
	CHECK(vas_is(&v, 0, 2 * DATA_PA, 2 * MIB));
	CHECK(vas_is(&v, 2 * MIB, 2 * DATA_PA + 2 * MIB, 4096));
	CHECK(vas_is(&v, 2 * MIB + 60 * KIB, 2 * DATA_PA + 2 * MIB + 60 * KIB,
		     4096));
	CHECK(vas_is(&v, 2 * MIB + 64 * KIB, 2 * DATA_PA + 2 * MIB + 64 * KIB,
		     64 * KIB));
	CHECK(vas_is(&v, 4 * MIB, 2 * DATA_PA + 4 * MIB, 2 * MIB));
	/* No larger page was there: one invalidate is enough. */
	CHECK_EQ(v.cost.invalidates, 1);
	CHECK(vas_true(&v));
	CHECK_EQ(vas_unmap(&v, 0, 6 * MIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	return vas_close(&v);
}

static int sparse_ranges_are_replaced_and_replace(void)
{
	vas_open(&v, "gh100", 0);
	CHECK_EQ(make_sparse(0, GIB, 0), 0);
	CHECK_EQ(replace(512 * MIB, DATA_PA, 2 * MIB + 4096, 0, 0), 0);
	CHECK_EQ(v.cost.invalidates, 2);
	CHECK(vas_is(&v, 512 * MIB, DATA_PA, 2 * MIB));
	CHECK(vas_is(&v, 514 * MIB, DATA_PA + 2 * MIB, 4096));
	CHECK_EQ(vas_type(&v, 514 * MIB + 4096), PRAMIN_MMU_SPARSE);
	CHECK_EQ(vas_type(&v, 511 * MIB), PRAMIN_MMU_SPARSE);
	CHECK_EQ(make_sparse(512 * MIB, 2 * MIB, 0), -EEXIST);
	CHECK_EQ(make_sparse(513 * MIB, MIB,
			     PRAMIN_MAP_REPLACE | PRAMIN_MAP_NO_SPLIT),
		 -EINVAL);
	CHECK_EQ(make_sparse(513 * MIB, MIB, PRAMIN_MAP_REPLACE), 0);
	CHECK_EQ(vas_type(&v, 513 * MIB), PRAMIN_MMU_SPARSE);
	CHECK(vas_is(&v, 512 * MIB, DATA_PA, 64 * KIB));
	CHECK(vas_true(&v));
	CHECK_EQ(vas_unmap(&v, 0, GIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	return vas_close(&v);
}

static int flags_that_do_not_fit_are_refused(void)
{
	static const struct {
		uint32_t kind, flags;
		uint64_t gpu_va;
	} cases[] = {
		{ PRAMIN_MAP, PRAMIN_MAP_REPLACE, PRAMIN_VA_ANY },
		{ PRAMIN_MAP, PRAMIN_MAP_NO_SPLIT, 0 },
		{ PRAMIN_MAP_SPARSE, PRAMIN_MAP_NO_SPLIT, 0 },
		{ PRAMIN_MAP_SPARSE, PRAMIN_MAP_EXACT_ATTRS, 0 },
		{ PRAMIN_UNMAP, PRAMIN_MAP_REPLACE, 0 },
		{ PRAMIN_PROTECT, PRAMIN_MAP_REPLACE, 0 },
	};
	struct pramin_map_piece piece = { DATA_PA, 4096 };
	size_t i;

	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 4096, 0), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_map_op op = {
			.kind = cases[i].kind,
			.flags = cases[i].flags,
			.gpu_va = cases[i].gpu_va,
			.len = 4096,
			.pieces = &piece,
			.count = 1,
		};

		CHECK_EQ(vas_batch(&v, &op, 1), -EINVAL);
		CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_MAP_FLAGS);
	}
	CHECK(vas_true(&v));
	return vas_close(&v);
}

/* The tables of one space, adopted by another: they are read as far as needed. */
static int pages_in_tables_of_others_are_replaced(void)
{
	struct pramin_vas own;

	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 2 * MIB, 64 * KIB), 0);
	CHECK_EQ(vas_map(&v, 2 * MIB, DATA_PA, 2 * MIB, 0), 0);
	own = v.vas;
	v.config.adopt = true;
	v.config.exclusive = true;
	v.config.root_pa = own.root->vram_pa;
	CHECK_EQ(vas_new(&v), 0);
	/* It begins, and it ends, inside something. */
	CHECK_EQ(replace(MIB + 4096, 2 * DATA_PA + 4096, 2 * MIB, 0, 0), 0);
	CHECK_EQ(v.cost.invalidates, 2);
	CHECK(vas_is(&v, MIB, DATA_PA + MIB, 4096));
	CHECK(vas_is(&v, MIB + 4096, 2 * DATA_PA + 4096, 4096));
	CHECK(vas_is(&v, 3 * MIB, 2 * DATA_PA + 2 * MIB, 4096));
	CHECK(vas_is(&v, 3 * MIB + 4096, DATA_PA + MIB + 4096, 4096));
	/* Where the space ends, nothing behind it has to be known. */
	CHECK_EQ(replace((1ull << 49) - 4096, DATA_PA, 4096, 0, 0), 0);
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	v.vas = own;
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return vas_end(&v);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(pages_of_one_size_are_replaced_by_one_store_each),
		TEST(a_larger_page_is_invalid_before_smaller_ones_replace_it),
		TEST(small_pages_that_are_there_are_replaced_by_small_ones),
		TEST(sparse_ranges_are_replaced_and_replace),
		TEST(flags_that_do_not_fit_are_refused),
		TEST(pages_in_tables_of_others_are_replaced),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
