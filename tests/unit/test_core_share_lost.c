// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Positions that are lost, or in doubt, under those who share them.
 */
#include "core_share.h"

static struct table t;
static struct pramin_hold view;

static void reset(struct table *table)
{
	table->fake.window = 0;
	pramin_share_forget(op_of(table, 3));
}

static int a_reset_fails_those_inside_and_the_next_one_proves(void)
{
	CHECK_EQ(set_table(&t, 4), 0);
	CHECK_EQ(touch(&t, 0, MIB), 0);
	CHECK_EQ(come_in(&t, 0, MIB), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 1), &view, MIB, 8, false), 0);
	reset(&t);
	CHECK_EQ(touch(&t, 0, MIB), -ETIMEDOUT);
	pramin_hold_write(&view, 0, 1, 2);
	CHECK_EQ(view.cause.err, -EIO);
	CHECK_EQ(touch(&t, 1, MIB), -EIO);
	pramin_hold_end(&view);
	CHECK_EQ(come_in(&t, 2, MIB), -ETIMEDOUT);
	CHECK_EQ(pramin_share_lost(&t.p[0].op), true);
	return 0;
}

static int a_call_that_a_reset_overtook_says_so(void)
{
	CHECK_EQ(set_table(&t, 4), 0);
	CHECK_EQ(come_in(&t, 0, MIB), 0);
	reset(&t);
	CHECK_EQ(go_out(&t, 0), -EIO);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_LOST);
	t.fake.window_reads = 0;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(t.fake.window_reads, 2);
	/* While it is moved: the move is made again. */
	t.at_move = reset;
	t.fake.window_writes = 0;
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(t.fake.window_writes, 2);
	return 0;
}

static int a_foreign_mover_is_reported_to_all_inside(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	t.p[0].gpu.config.verify = true;
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(come_in(&t, 1, 5), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 2), &view, 8, 8, false), 0);
	t.fake.window = 0x123;
	CHECK_EQ(touch(&t, 0, 5), -EIO);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_MISPLACED);
	CHECK_EQ(t.p[0].op.cause.arg[1], 0x123);
	CHECK_EQ(go_out(&t, 1), -EIO);
	pramin_hold_end(&view);
	CHECK_EQ(view.cause.reason, PRAMIN_REASON_LOST);
	CHECK_EQ(touch(&t, 1, 5), 0);
	/* A view that finds out by itself tells the others at once. */
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 8, 8, false), 0);
	CHECK_EQ(come_in(&t, 1, 5), 0);
	t.fake.window = 0x123;
	CHECK_EQ(pramin_hold_read(&view, 0, 1), UINT64_MAX);
	CHECK_EQ(go_out(&t, 1), -EIO);
	pramin_hold_end(&view);
	CHECK_EQ(view.cause.reason, PRAMIN_REASON_MISPLACED);
	return 0;
}

static int an_error_of_one_is_no_error_of_the_others(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(come_in(&t, 1, 5), 0);
	t.fake.fault.at = t.fake.accesses + 1;
	t.fake.fault.err = -EPERM;
	CHECK_EQ(touch(&t, 0, 5), -EPERM);
	CHECK_EQ(go_out(&t, 1), 0);
	/* The next one places, and proves it. */
	t.fake.window_writes = t.fake.window_reads = 0;
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(t.fake.window_writes, 1);
	CHECK_EQ(t.fake.window_reads, 1);
	/* A move that fails */
	t.fake.fault.at = t.fake.accesses + 1;
	CHECK_EQ(touch(&t, 1, MIB), -EPERM);
	CHECK_EQ(touch(&t, 1, MIB), 0);
	return 0;
}

static void somebody_moves_it_and_somebody_waits(struct table *table)
{
	table->fake.window = 0x77;
	table->m->wanted = 1;
}

static int a_run_looks_where_it_stands_before_it_gives_way(void)
{
	static uint8_t buf[64 * 8 * 3];
	struct pramin_bulk bulk = { .size = sizeof(bulk) };

	CHECK_EQ(set_table(&t, 1), 0);
	t.p[0].gpu.config.verify = true;
	CHECK_EQ(touch(&t, 0, 5), 0);
	t.at_access = somebody_moves_it_and_somebody_waits;
	t.access = 10;
	CHECK_EQ(pramin_bulk_read(op_of(&t, 0), 0, buf, sizeof(buf), &bulk),
		 -EIO);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_MISPLACED);
	CHECK_EQ(bulk.done, 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_run_looks_where_it_stands_before_it_gives_way),
	TEST(a_reset_fails_those_inside_and_the_next_one_proves),
	TEST(a_call_that_a_reset_overtook_says_so),
	TEST(a_foreign_mover_is_reported_to_all_inside),
	TEST(an_error_of_one_is_no_error_of_the_others),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
