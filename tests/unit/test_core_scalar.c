// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One access, views, and flush: what they return, what they touch, what they
 * refuse before anything is touched.
 */
#include "core_rig.h"

static const unsigned int widths[] = { 1, 2, 4, 8 };

static uint64_t mask_of(unsigned int width)
{
	return UINT64_MAX >> (64 - 8 * width);
}

static int random_scalars_agree_with_memory(void)
{
	static uint8_t want[FAKE_VRAM];
	uint64_t seed = 11, pa, val, got, expect;
	unsigned int i, width, mapped;
	struct rig r;

	for (mapped = 0; mapped < 2; mapped++) {
		rig_open(&r, "gh100");
		r.fake.mapped = mapped;
		memcpy(want, r.fake.vram, sizeof(want));
		for (i = 0; i < 20000; i++) {
			width = widths[rnd_below(&seed, 4)];
			pa = rnd_edge(&seed, FAKE_VRAM) / width * width;
			val = rnd(&seed);
			if (i % 2) {
				CHECK_EQ(rig_write(&r, pa, width, val), 0);
				memcpy(want + pa, &val, width);
			}
			expect = 0;
			memcpy(&expect, want + pa, width);
			CHECK_EQ(rig_read(&r, pa, width, &got), 0);
			CHECK(got == expect);
		}
		CHECK(!memcmp(want, r.fake.vram, sizeof(want)));
		CHECK_EQ(r.fake.stray, 0);
	}
	return 0;
}

static int what_one_width_writes_every_other_width_reads(void)
{
	uint64_t seed = 12, pa = 2 * MIB - 16, val, k;
	uint8_t want[32], got[32];
	size_t w, v;
	struct rig r;

	rig_open(&r, "tu102");
	for (w = 0; w < 4; w++) {
		for (v = 0; v < 4; v++) {
			for (k = 0; k < sizeof(want); k++)
				want[k] = (uint8_t)rnd(&seed);
			for (k = 0; k < sizeof(want); k += widths[w]) {
				val = 0;
				memcpy(&val, want + k, widths[w]);
				CHECK_EQ(rig_write(&r, pa + k, widths[w], val),
					 0);
			}
			for (k = 0; k < sizeof(got); k += widths[v]) {
				CHECK_EQ(rig_read(&r, pa + k, widths[v], &val),
					 0);
				memcpy(got + k, &val, widths[v]);
			}
			CHECK(!memcmp(got, want, sizeof(want)));
			CHECK(!memcmp(r.fake.vram + pa, want, sizeof(want)));
		}
	}
	return 0;
}

static int a_scalar_is_one_access_of_its_width(void)
{
	uint64_t val;
	struct rig r;
	size_t w;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, 0), 0);
	for (w = 0; w < 4; w++) {
		fake_forget(&r.fake);
		CHECK_EQ(rig_read(&r, 64, widths[w], &val), 0);
		CHECK_EQ(r.fake.reads[w], 1);
		CHECK_EQ(r.fake.accesses, 1);
		CHECK_EQ(rig_write(&r, 64, widths[w], 1), 0);
		CHECK_EQ(r.fake.writes[w], 1);
		CHECK_EQ(r.fake.accesses, 2);
		CHECK_EQ(r.gpu.stats.writes[w], 1);
	}
	return 0;
}

static int misaligned_scalars_are_refused_before_the_window_moves(void)
{
	uint64_t val = 77, off;
	struct rig r;
	size_t w;

	rig_open(&r, "tu102");
	for (w = 1; w < 4; w++) {
		for (off = 0; off < 16; off++) {
			if (off % widths[w] == 0)
				continue;
			CHECK_EQ(rig_read(&r, 3 * MIB + off, widths[w], &val),
				 -EINVAL);
			CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_MISALIGNED);
			CHECK_EQ(r.op.cause.arg[0], 3 * MIB + off);
			CHECK_EQ(r.op.cause.arg[1], widths[w]);
			CHECK_EQ(rig_write(&r, 3 * MIB + off, widths[w], 0),
				 -EINVAL);
			/* Over a MiB line, and over the end of VRAM */
			CHECK_EQ(rig_read(&r, MIB - 1, widths[w], &val),
				 -EINVAL);
			CHECK_EQ(rig_write(&r, FAKE_VRAM - 1, widths[w], 0),
				 -EINVAL);
		}
	}
	CHECK_EQ(val, 77);
	CHECK_EQ(r.fake.accesses, 0);
	return 0;
}

static int all_ones_is_data_while_the_gpu_answers(void)
{
	uint64_t val;
	struct rig r;
	size_t w;

	rig_open(&r, "tu102");
	memset(r.fake.vram + 4096, 0xff, 8);
	CHECK_EQ(rig_touch(&r, 0), 0);
	for (w = 0; w < 4; w++) {
		fake_forget(&r.fake);
		CHECK_EQ(rig_read(&r, 4096, widths[w], &val), 0);
		CHECK(val == mask_of(widths[w]));
		/* One look at PMC_BOOT_0 */
		CHECK_EQ(r.fake.accesses, 2);
		CHECK_EQ(r.fake.boot_0_reads, 1);
		CHECK_EQ(r.gpu.stats.liveness, w + 1);
	}
	return 0;
}

static int a_value_that_looks_like_a_pri_error_is_data(void)
{
	static const uint32_t words[] = { 0xbad0b012, 0xbadf1100, 0xbadfffff,
					  0xbad00000 };
	uint64_t val;
	struct rig r;
	size_t i;

	rig_open(&r, "gb100");
	for (i = 0; i < ARRAY_LEN(words); i++) {
		memcpy(r.fake.vram + MIB, &words[i], 4);
		CHECK_EQ(rig_read(&r, MIB, 4, &val), 0);
		CHECK_EQ(val, words[i]);
	}
	CHECK_EQ(r.fake.boot_0_reads, 0);
	return 0;
}

static int a_gpu_whose_boot_0_changed_is_gone(void)
{
	static const struct {
		uint32_t boot_0;
		enum pramin_reason reason;
	} cases[] = {
		{ 0xffffffff, PRAMIN_REASON_ALL_ONES },
		{ 0xbadf0200, PRAMIN_REASON_BOOT0_CHANGED },
		{ 0x164000a1, PRAMIN_REASON_BOOT0_CHANGED },
	};
	uint64_t val = 77;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open(&r, "tu102");
		memset(r.fake.vram, 0xff, 8);
		r.fake.regs[0].val = cases[i].boot_0;
		CHECK_EQ(rig_read(&r, 0, 8, &val), -ENODEV);
		CHECK_EQ(r.op.cause.reason, cases[i].reason);
		CHECK_EQ(r.op.cause.arg[0], 0x162000a1);
		CHECK_EQ(r.op.cause.arg[1], cases[i].boot_0);
		CHECK_EQ(val, 77);
		CHECK(r.gpu.gone && !r.gpu.base_known);
		CHECK_EQ(rig_read(&r, 16, 8, &val), -ENODEV);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_WAS_GONE);
	}
	return 0;
}

static int a_flush_is_one_read_where_the_window_stands(void)
{
	struct rig r;
	unsigned int mapped;

	for (mapped = 0; mapped < 2; mapped++) {
		rig_open(&r, "tu102");
		r.fake.mapped = mapped;
		CHECK_EQ(rig_write(&r, MIB + 64, 8, 0), 0);
		fake_forget(&r.fake);
		CHECK_EQ(pramin_scalar_flush(rig_op(&r)), 0);
		CHECK_EQ(r.fake.accesses, mapped ? 0 : 1);
		CHECK_EQ(r.fake.reads[2], mapped ? 0 : 1);
		CHECK_EQ(r.gpu.stats.flushes, 1);

		/* Erased VRAM there costs a look at PMC_BOOT_0. */
		memset(r.fake.vram + MIB, 0xff, 4);
		CHECK_EQ(pramin_scalar_flush(rig_op(&r)), 0);
		CHECK_EQ(r.fake.boot_0_reads, 1);
		r.fake.regs[0].val = FAKE_GONE;
		CHECK_EQ(pramin_scalar_flush(rig_op(&r)), -ENODEV);
	}
	return 0;
}

static int a_flush_after_an_error_places_the_window_first(void)
{
	struct pramin_hold hold;
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_write(&r, MIB + 64, 8, 0), 0);
	fake_forget(&r.fake);
	r.fake.fault = (struct fake_fault){ .at = 1, .err = -ENOMEM };
	CHECK_EQ(rig_write(&r, MIB + 64, 8, 0), -ENOMEM);
	r.fake.fault.at = 0;
	fake_forget(&r.fake);
	CHECK_EQ(pramin_scalar_flush(rig_op(&r)), 0);
	CHECK_EQ(r.fake.window_writes, 1);
	CHECK_EQ(r.fake.reads[2], 1);
	CHECK_EQ(rig_window(&r), MIB);

	/* With a view open it may not. */
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, MIB, 64, false), 0);
	fake_forget(&r.fake);
	r.fake.fault = (struct fake_fault){ .at = 1, .err = -ENOMEM };
	CHECK_EQ(rig_write(&r, MIB + 64, 8, 0), -ENOMEM);
	CHECK_EQ(pramin_scalar_flush(rig_op(&r)), -EIO);
	pramin_hold_end(&hold);
	CHECK_EQ(pramin_scalar_flush(rig_op(&r)), 0);
	return 0;
}

/* Over a MiB line, in one move */
static int use_view(struct rig *r, struct pramin_hold *hold)
{
	uint64_t k, want;
	size_t w;

	CHECK_EQ(pramin_hold_begin(rig_op(r), hold, MIB - 64, 128, false), 0);
	for (w = 0; w < 4; w++) {
		for (k = 0; k < 128; k += widths[w]) {
			want = 0;
			memcpy(&want, r->fake.vram + MIB - 64 + k, widths[w]);
			CHECK(pramin_hold_read(hold, k, widths[w]) == want);
			pramin_hold_write(hold, k, widths[w], ~want);
			want = ~want & mask_of(widths[w]);
			CHECK(pramin_hold_read(hold, k, widths[w]) == want);
		}
	}
	CHECK_EQ(hold->cause.err, 0);
	pramin_hold_end(hold);
	CHECK_EQ(r->gpu.stats.moves, 1);
	CHECK_EQ(r->fake.stray, 0);
	return 0;
}

static int a_view_reads_and_writes_at_every_width(void)
{
	struct pramin_hold hold;
	unsigned int mapped;
	struct rig r;
	size_t w;

	for (mapped = 0; mapped < 2; mapped++) {
		rig_open(&r, "tu102");
		r.fake.mapped = mapped;
		CHECK_EQ(use_view(&r, &hold), 0);
		CHECK_EQ(hold.ptr != NULL, mapped);
		for (w = 0; w < 4; w++) {
			CHECK_EQ(r.fake.reads[w],
				 mapped ? 0 : 2 * 128 / widths[w]);
			CHECK_EQ(r.fake.writes[w],
				 mapped ? 0 : 128 / widths[w]);
			CHECK_EQ(r.gpu.stats.writes[w], 128 / widths[w]);
		}
	}
	return 0;
}

static int a_mapped_view_points_at_its_first_byte(void)
{
	struct pramin_hold hold;
	struct rig r;

	rig_open(&r, "tu102");
	r.fake.mapped = true;
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, MIB + 12345, 1, false), 0);
	CHECK(hold.ptr == r.fake.vram + MIB + 12345);
	CHECK_EQ(*hold.ptr, fake_byte(MIB + 12345));
	CHECK_EQ(pramin_hold_read(&hold, 0, 1), fake_byte(MIB + 12345));
	pramin_hold_end(&hold);
	return 0;
}

static int a_view_has_a_length_that_one_position_can_show(void)
{
	static const struct {
		uint64_t pa, len;
		int want;
		enum pramin_reason reason;
	} cases[] = {
		{ 0, 0, -EINVAL, PRAMIN_REASON_EMPTY },
		{ FAKE_VRAM, 0, -EINVAL, PRAMIN_REASON_EMPTY },
		{ 0, 1, 0, 0 },
		{ 0, WINDOW, 0, 0 },
		{ 0, WINDOW + 1, -EINVAL, PRAMIN_REASON_TOO_LONG },
		{ 1, WINDOW - 1, 0, 0 },
		{ 1, WINDOW, -EINVAL, PRAMIN_REASON_TOO_LONG },
		{ GRAIN - 1, WINDOW - GRAIN + 1, 0, 0 },
		{ GRAIN - 1, WINDOW - GRAIN + 2, -EINVAL,
		  PRAMIN_REASON_TOO_LONG },
		{ GRAIN, WINDOW, 0, 0 },
		{ FAKE_VRAM - 1, 1, 0, 0 },
		{ FAKE_VRAM - 1, 2, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ FAKE_VRAM - WINDOW, WINDOW, 0, 0 },
		{ 5, UINT64_MAX, -ERANGE, PRAMIN_REASON_OVERFLOW },
	};
	struct pramin_hold hold;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open(&r, "gh100");
		CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, cases[i].pa,
					   cases[i].len, false),
			 cases[i].want);
		CHECK_EQ(r.op.cause.reason, cases[i].reason);
		CHECK_EQ(r.gpu.holds, cases[i].want == 0);
		CHECK_EQ(r.fake.accesses, cases[i].want ? 0 : 2);
	}
	return 0;
}

static int bad_accesses_of_a_view_are_noted_once_and_touch_nothing(void)
{
	static const struct {
		uint64_t off;
		unsigned int width;
		int err;
		enum pramin_reason reason;
	} cases[] = {
		{ 0, 0, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 0, 3, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 0, 16, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 0, UINT32_MAX, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 64, 1, -ERANGE, PRAMIN_REASON_VIEW_END },
		{ 60, 8, -ERANGE, PRAMIN_REASON_VIEW_END },
		{ UINT64_MAX, 1, -ERANGE, PRAMIN_REASON_VIEW_END },
		{ UINT64_MAX - 6, 8, -ERANGE, PRAMIN_REASON_VIEW_END },
		/* Aligned in the view, which begins at an odd address */
		{ 0, 2, -EINVAL, PRAMIN_REASON_MISALIGNED },
		{ 8, 8, -EINVAL, PRAMIN_REASON_MISALIGNED },
	};
	struct pramin_hold hold;
	struct rig r;
	unsigned int write;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		for (write = 0; write < 2; write++) {
			rig_open(&r, "tu102");
			CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, MIB + 1,
						   64, false),
				 0);
			fake_forget(&r.fake);
			if (write)
				pramin_hold_write(&hold, cases[i].off,
						  cases[i].width, 0);
			else
				CHECK(pramin_hold_read(&hold, cases[i].off,
						       cases[i].width) ==
				      UINT64_MAX);
			CHECK_EQ(hold.cause.err, cases[i].err);
			CHECK_EQ(hold.cause.reason, cases[i].reason);
			/* The first one stays. */
			pramin_hold_write(&hold, 64, 1, 0);
			CHECK_EQ(hold.cause.reason, cases[i].reason);
			CHECK_EQ(r.fake.accesses, 0);
			pramin_hold_end(&hold);
		}
	}
	return 0;
}

static int nothing_moves_a_window_that_was_lost_under_a_view(void)
{
	struct pramin_hold view;
	struct rig r;
	uint64_t val;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &view, MIB, 100, false), 0);
	r.gpu.base_known = false;
	fake_forget(&r.fake);
	CHECK_EQ(rig_read(&r, MIB, 4, &val), -EIO);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_VIEW_LOST);
	CHECK_EQ(r.op.cause.arg[0], MIB);
	CHECK_EQ(rig_write(&r, 0, 4, 0), -EIO);
	CHECK_EQ(r.fake.accesses, 0);

	pramin_hold_end(&view);
	CHECK_EQ(rig_read(&r, MIB, 4, &val), 0);
	CHECK_EQ(rig_detach(&r), 0);
	return 0;
}

static int an_open_view_keeps_the_window_and_close_waits_for_it(void)
{
	struct pramin_hold a, b;
	struct rig r;
	uint64_t val;
	uint8_t byte;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &a, MIB + 5, 100, false), 0);
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &b, 2 * MIB - 1, 1, false), 0);
	CHECK_EQ(rig_read(&r, MIB, 8, &val), 0);
	CHECK_EQ(r.fake.window_writes, 1);

	fake_forget(&r.fake);
	CHECK_EQ(rig_read(&r, MIB - 1, 1, &val), -EBUSY);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_VIEW_OPEN);
	CHECK_EQ(r.op.cause.arg[0], MIB - 1);
	CHECK_EQ(r.op.cause.arg[2], MIB);
	CHECK_EQ(rig_write(&r, 2 * MIB, 8, 0), -EBUSY);
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &b, 2 * MIB - 1, 2, false), -EBUSY);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, &byte, 1, &r.bulk), -EBUSY);
	CHECK_EQ(rig_detach(&r), -EBUSY);
	CHECK_EQ(r.fake.accesses, 0);

	pramin_hold_end(&a);
	CHECK_EQ(rig_write(&r, 2 * MIB, 8, 0), -EBUSY);
	pramin_hold_end(&b);
	CHECK_EQ(rig_write(&r, 2 * MIB, 8, 0), 0);
	CHECK_EQ(rig_detach(&r), 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(random_scalars_agree_with_memory),
	TEST(what_one_width_writes_every_other_width_reads),
	TEST(a_scalar_is_one_access_of_its_width),
	TEST(misaligned_scalars_are_refused_before_the_window_moves),
	TEST(all_ones_is_data_while_the_gpu_answers),
	TEST(a_value_that_looks_like_a_pri_error_is_data),
	TEST(a_gpu_whose_boot_0_changed_is_gone),
	TEST(a_flush_is_one_read_where_the_window_stands),
	TEST(a_flush_after_an_error_places_the_window_first),
	TEST(a_view_reads_and_writes_at_every_width),
	TEST(a_mapped_view_points_at_its_first_byte),
	TEST(a_view_has_a_length_that_one_position_can_show),
	TEST(bad_accesses_of_a_view_are_noted_once_and_touch_nothing),
	TEST(nothing_moves_a_window_that_was_lost_under_a_view),
	TEST(an_open_view_keeps_the_window_and_close_waits_for_it),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
