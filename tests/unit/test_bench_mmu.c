// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The counted figures of page tables, on one chip of v1 and one of v3: a change
 * that costs a store, a flush or an invalidate more fails here, before anybody runs
 * the benchmark.
 */
/* NOLINTNEXTLINE(bugprone-suspicious-include): the benchmark is no library */
#include "bench/counts.c"
/* NOLINTNEXTLINE(bugprone-suspicious-include): likewise */
#include "bench/mmu.c"
#include "check.h"

static int is_as_said(const char *chip, double stores, double fresh,
		      uint64_t large, uint64_t moves)
{
	struct mmu_row row = { .chip = chip };

	CHECK_EQ(run_row(&row), 0);
	CHECK(row.stores <= stores);
	CHECK(row.fresh <= fresh);
	CHECK(row.over_limit <= 1.0001);
	CHECK(row.unmap <= 1);
	CHECK_EQ(row.reads, 0);
	CHECK_EQ(row.large, large);
	CHECK_EQ(row.moves, moves);
	CHECK_EQ(row.flushes, 1);
	CHECK_EQ(row.flushes_linked, 2);
	CHECK_EQ(row.invalidates, 1);
	CHECK(row.batches > BATCHES);
	return 0;
}

static int a_gib_costs_a_store_for_each_page_and_little_more(void)
{
	CHECK_EQ(is_as_said("gm206", 1.00004, 1.00004, 0, 3), 0);
	CHECK_EQ(is_as_said("gh100", 1.00392, 1.00977, 512, 5), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_gib_costs_a_store_for_each_page_and_little_more),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
