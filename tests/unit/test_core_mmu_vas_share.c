// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Stores to tables while others want the window.
 */
#include "../../core/mmu/vas.h"
#include "core_share.h"

static struct table t;
static struct pramin_heap heap;
static struct pramin_vas vas;

/* In a TLB's stead: the first invalidate from now on may meet a reset. */
static bool reset_next;

static int no_tlb(void *ctx, struct pramin_op *op,
		  const struct pramin_mmu_format *format, uint64_t root_pa,
		  unsigned int level, unsigned int flags)
{
	(void)ctx;
	(void)op;
	(void)format;
	(void)root_pa;
	(void)level;
	(void)flags;
	if (reset_next) {
		t.fake.window = 0;
		pramin_share_forget(op_of(&t, 1));
	}
	reset_next = false;
	return 0;
}

static int begin(void)
{
	static const struct pramin_vas_sync sync = { .invalidate = no_tlb };
	const struct pramin_vas_config config = {
		.format = pramin_mmu_format(PRAMIN_MMU_V2_TU102),
		.heap = &heap,
		.sync = &sync,
	};

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_heap_add(op_of(&t, 0), &heap, MIB, MIB, NULL, 0), 0);
	CHECK_EQ(pramin_vas_init(op_of(&t, 0), &vas, &config), 0);
	return 0;
}

static int end(void)
{
	CHECK_EQ(pramin_vas_fini(op_of(&t, 0), &vas), 0);
	CHECK_EQ(pramin_heap_fini(op_of(&t, 0), &heap), 0);
	return 0;
}

static struct pramin_change change;

/* Four tables in full, and the root's entry */
static int prepare(void)
{
	struct pramin_map_op op = { .kind = PRAMIN_MAP_SPARSE, .len = 4096 };

	return pramin_vas_prepare(op_of(&t, 0), &vas, &op, 1, &change);
}

static unsigned int slices;

/* Somebody begins to wait; and again, as often as the call looks. */
static void somebody_waits(struct table *table)
{
	table->m->wanted = 1;
	slices++;
	if (slices < 20) {
		table->at_access = somebody_waits;
		table->access = 64;
	}
}

static int tables_are_stored_in_slices_while_others_wait(void)
{
	CHECK_EQ(begin(), 0);
	CHECK_EQ(prepare(), 0);
	slices = 0;
	t.at_access = somebody_waits;
	t.access = 1;
	CHECK_EQ(pramin_vas_execute(op_of(&t, 0), &change), 0);
	CHECK_EQ(slices, 20);
	CHECK_EQ(change.result.stores, 4 * 512 + 1);
	CHECK(!t.p[0].op.inside);
	return end();
}

static void somebody_moves_it(struct table *table)
{
	table->fake.window = 0x77;
	table->m->wanted = 1;
}

static int a_window_that_is_moved_away_is_noticed_between_slices(void)
{
	CHECK_EQ(begin(), 0);
	t.p[0].gpu.config.verify = true;
	CHECK_EQ(prepare(), 0);
	t.at_access = somebody_moves_it;
	t.access = 10;
	CHECK_EQ(pramin_vas_execute(op_of(&t, 0), &change), -EIO);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_MISPLACED);
	CHECK(!t.p[0].op.inside);
	/* Nothing is written twice unless it is asked for. */
	CHECK(change.result.stores < 4 * 512);
	CHECK_EQ(pramin_vas_execute(op_of(&t, 0), &change), 0);
	return end();
}

static int do_one(const struct pramin_map_op *map)
{
	struct pramin_map_op op = *map;
	int ret = pramin_vas_prepare(op_of(&t, 0), &vas, &op, 1, &change);

	return ret ? ret : pramin_vas_execute(op_of(&t, 0), &change);
}

/* Between the invalidate of a page that is split and the words of its parts */
static int a_reset_between_two_tables_is_noticed(void)
{
	const struct pramin_map_piece piece = { 2 * MIB, 2 * MIB };
	const struct pramin_map_op map = {
		.kind = PRAMIN_MAP,
		.len = 2 * MIB,
		.pieces = &piece,
		.count = 1,
	};
	const struct pramin_map_op unmap = { .kind = PRAMIN_UNMAP,
					     .len = 4096 };
	struct pramin_map_op later = unmap;
	struct pramin_change other;
	uint64_t stores;

	CHECK_EQ(begin(), 0);
	CHECK_EQ(do_one(&map), 0);
	reset_next = true;
	CHECK_EQ(do_one(&unmap), -EIO);
	CHECK(!reset_next);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_LOST);
	CHECK(vas.storing);
	CHECK_EQ(pramin_vas_prepare(op_of(&t, 1), &vas, &later, 1, &other),
		 -EBUSY);
	/* Once more, and all of it: the new table, and the entry twice */
	stores = change.result.stores;
	CHECK(stores >= 512 + 2);
	CHECK_EQ(pramin_vas_execute(op_of(&t, 0), &change), 0);
	CHECK_EQ(change.result.stores, 2 * stores);
	CHECK(!vas.storing);
	return end();
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(tables_are_stored_in_slices_while_others_wait),
		TEST(a_window_that_is_moved_away_is_noticed_between_slices),
		TEST(a_reset_between_two_tables_is_noticed),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
