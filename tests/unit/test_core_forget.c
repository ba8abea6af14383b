// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A GPU that was reset, or slept, under an open handle: the register holds what
 * it holds after power-up, and nothing that was learned of it counts.
 */
#include "core_rig.h"

/* What a reset does to the register */
static void reset_gpu(struct rig *r)
{
	r->fake.window = 0;
	pramin_window_forget(&r->gpu);
}

static int after_a_reset_the_next_access_places_and_proves(void)
{
	struct rig r;
	uint64_t val;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	reset_gpu(&r);
	fake_forget(&r.fake);
	/* Where it is not known to stand there is nothing to check. */
	CHECK_EQ(pramin_scalar_check(rig_op(&r)), 0);
	CHECK_EQ(r.fake.accesses, 0);
	CHECK_EQ(rig_read(&r, MIB + 5, 1, &val), 0);
	CHECK_EQ(val, fake_byte(MIB + 5));
	/* What it holds, the move, its proof; then the byte */
	CHECK_EQ(r.fake.window_reads, 2);
	CHECK_EQ(r.fake.window_writes, 1);
	CHECK_EQ(r.fake.accesses, 4);
	CHECK_EQ(rig_read(&r, MIB + 6, 1, &val), 0);
	CHECK_EQ(r.fake.accesses, 5);
	CHECK_EQ(pramin_scalar_check(rig_op(&r)), 0);
	CHECK_EQ(r.fake.accesses, 6);
	return 0;
}

static int a_move_to_where_the_reset_left_the_window_proves_nothing_yet(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	reset_gpu(&r);
	r.fake.stuck = true;
	/* The register holds 0 already: that it takes values is not shown. */
	CHECK_EQ(rig_touch(&r, 5), 0);
	CHECK_EQ(rig_touch(&r, MIB), -EIO);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_MISPLACED);
	return 0;
}

static int a_register_that_the_reset_broke_is_found_by_the_next_access(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	reset_gpu(&r);
	r.fake.stuck = true;
	CHECK_EQ(rig_touch(&r, 2 * MIB), -EIO);
	CHECK_EQ(r.op.cause.arg[0], 0x20);
	CHECK_EQ(r.op.cause.arg[1], 0);
	return 0;
}

static int a_gpu_that_fails_while_it_is_asked_is_asked_again(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	reset_gpu(&r);
	fake_forget(&r.fake);
	r.fake.fault = (struct fake_fault){ .at = 1, .err = -ENOMEM };
	CHECK_EQ(rig_touch(&r, MIB), -ENOMEM);
	CHECK_EQ(r.fake.window_writes, 0);
	r.fake.fault = (struct fake_fault){ .at = 0 };
	fake_forget(&r.fake);
	CHECK_EQ(rig_touch(&r, MIB), 0);
	CHECK_EQ(r.fake.window_reads, 2);
	return 0;
}

static int a_reset_loses_open_views(void)
{
	struct pramin_hold view;
	struct rig r;
	uint64_t val;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &view, MIB, 64, false), 0);
	reset_gpu(&r);
	fake_forget(&r.fake);
	CHECK_EQ(pramin_hold_read(&view, 0, 4), UINT64_MAX);
	CHECK_EQ(view.cause.err, -EIO);
	CHECK_EQ(view.cause.reason, PRAMIN_REASON_VIEW_LOST);
	CHECK_EQ(rig_read(&r, MIB, 4, &val), -EIO);
	CHECK_EQ(r.fake.accesses, 0);
	pramin_hold_end(&view);
	CHECK_EQ(rig_read(&r, MIB, 1, &val), 0);
	CHECK_EQ(val, fake_byte(MIB));
	return 0;
}

static int reset_between_chunks(void *ctx, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	reset_gpu(ctx);
	return 0;
}

static int a_reset_between_two_chunks_misplaces_no_byte(void)
{
	static uint8_t buf[200000];
	const uint64_t at = MIB - 70001;
	struct rig r;
	size_t i;

	rig_open(&r, "tu102");
	r.bulk = (struct pramin_bulk){
		.size = sizeof(r.bulk),
		.progress = reset_between_chunks,
		.ctx = &r,
	};
	CHECK_EQ(pramin_bulk_read(rig_op(&r), at, buf, sizeof(buf), &r.bulk), 0);
	CHECK(r.fake.window_writes >= 3);
	for (i = 0; i < sizeof(buf); i++)
		CHECK_EQ(buf[i], fake_byte(at + i));
	return 0;
}

static int close_after_a_reset_writes_the_value_of_open(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	reset_gpu(&r);
	CHECK_EQ(rig_detach(&r), 0);
	CHECK_EQ(r.fake.window, 0x8000003d);
	return 0;
}

static const struct check_test tests[] = {
	TEST(after_a_reset_the_next_access_places_and_proves),
	TEST(a_move_to_where_the_reset_left_the_window_proves_nothing_yet),
	TEST(a_register_that_the_reset_broke_is_found_by_the_next_access),
	TEST(a_gpu_that_fails_while_it_is_asked_is_asked_again),
	TEST(a_reset_loses_open_views),
	TEST(a_reset_between_two_chunks_misplaces_no_byte),
	TEST(close_after_a_reset_writes_the_value_of_open),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
