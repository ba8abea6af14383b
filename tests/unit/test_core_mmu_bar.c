// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Binding BAR1 and BAR2: what is written on each generation and in what order, how
 * long it is waited for, and what is put back.
 */
#include "core_mmu_bar.h"

static int a_bar_is_bound_by_its_block_the_low_half_first(void)
{
	const struct generation *g;
	unsigned int bar;

	for (EACH(g)) {
		for (bar = 1; bar <= 2; bar++) {
			CHECK_EQ(mmu_open(g->chip), 0);
			CHECK_EQ(take(0, bar), 0);
			CHECK_EQ(dev.writes, 0);
			CHECK_EQ(touch(&dev.t, 0, INST), 0);
			mmu_forget();
			CHECK_EQ(bind_inst(0, bar), 0);
			CHECK_EQ(wrote(g, bar, g->bound[bar - 1], 0), 0);
			/* The tables are in VRAM before. */
			CHECK_EQ(dev.t.fake.reads[2], 1);
			CHECK(dev.flushed_at &&
			      dev.flushed_at < dev.written_at);
			CHECK_EQ(dev.t.p[0].gpu.mmu->binds, 1);
		}
	}
	return 0;
}

static int physical_mode_shows_vram_from_zero(void)
{
	const struct generation *g;
	unsigned int bar;

	for (EACH(g)) {
		for (bar = 1; bar <= 2; bar++) {
			CHECK_EQ(mmu_open(g->chip), 0);
			CHECK_EQ(take(0, bar), 0);
			CHECK_EQ(bind_inst(0, bar), 0);
			mmu_forget();
			CHECK_EQ(pramin_bar_physical(mmu_op(0), bar), 0);
			CHECK_EQ(wrote(g, bar, g->physical[bar - 1], 0), 0);
		}
	}
	return 0;
}

static int the_address_of_an_instance_block_may_be_high(void)
{
	static const uint64_t inst = 0x13bad0b000;
	struct pramin_bar_state state;
	const struct generation *g;

	for (EACH(g)) {
		CHECK_EQ(mmu_open(g->chip), 0);
		dev.t.p[0].gpu.vram_size = 1ull << 40;
		CHECK_EQ(take(0, 1), 0);
		mmu_forget();
		CHECK_EQ(pramin_bar_bind(mmu_op(0), 1, inst), 0);
		CHECK_EQ(wrote(g, 1,
			       g->hopper ? 0xbad0b200 :
					   0x80000000 | (uint32_t)(inst >> 12),
			       0x13),
			 0);
		/* From Hopper on, half of it looks like an error value. */
		CHECK_EQ(pramin_bar_state(mmu_op(0), 1, &state), 0);
		CHECK_EQ(state.inst, inst);
		CHECK_EQ(pramin_bar_unbind(mmu_op(0), 1), 0);
		CHECK_EQ(dev.low[0], 0);
		if (!g->hopper)
			continue;
		/* Which it is, if nobody has bound it. */
		dev.low[0] = 0xbad0b200;
		CHECK_EQ(pramin_bar_state(mmu_op(0), 1, &state), -EIO);
	}
	return 0;
}

static int the_block_is_decoded(void)
{
	const struct generation *g;
	struct pramin_bar_state s;

	for (EACH(g)) {
		CHECK_EQ(mmu_open(g->chip), 0);
		CHECK_EQ(pramin_bar_state(mmu_op(0), 2, &s), 0);
		CHECK(!s.is_virtual && !s.inst && !s.pending && !s.outstanding);
		CHECK_EQ(s.target, PRAMIN_TARGET_VRAM);
		dev.low[1] = g->hopper ? 0x12345a00 : 0xa0012345;
		dev.high[1] = 0xfff00001; /* of which 19:0 count */
		if (g->hopper)
			dev.bind_after = 1;
		else
			dev.bind_before = 1;
		CHECK_EQ(pramin_bar_state(mmu_op(0), 2, &s), 0);
		CHECK(s.is_virtual && s.pending && s.outstanding);
		CHECK_EQ(s.target, PRAMIN_TARGET_SYS_COHERENT);
		CHECK_EQ(s.inst, g->hopper ? 0x112345000 : 0x12345000);
		CHECK_EQ(s.low, g->hopper ? 0x12345a03 : 0xa0012345);
		CHECK_EQ(dev.writes, 0);
	}
	return 0;
}

static int chips_before_gf100_are_refused_by_name(void)
{
	struct pramin_bar_state state;
	struct pramin_bar_status status;

	CHECK_EQ(mmu_open("g84"), 0);
	CHECK_EQ(take(0, 1), -EOPNOTSUPP);
	CHECK_EQ(reason(0), PRAMIN_REASON_NO_MMU);
	CHECK(!strcmp(mmu_cause(0)->text, "g84"));
	CHECK_EQ(bind_inst(0, 1), -EOPNOTSUPP);
	CHECK_EQ(pramin_bar_physical(mmu_op(0), 1), -EOPNOTSUPP);
	CHECK_EQ(pramin_bar_unbind(mmu_op(0), 1), -EOPNOTSUPP);
	CHECK_EQ(pramin_bar_state(mmu_op(0), 1, &state), -EOPNOTSUPP);
	CHECK_EQ(pramin_bar_status(mmu_op(0), 1, &status), -EOPNOTSUPP);
	CHECK_EQ(pramin_bar_give_all(mmu_op(0)), 0);
	CHECK_EQ(dev.t.fake.accesses, 0);
	return 0;
}

static int only_a_bar_that_was_taken_is_bound(void)
{
	CHECK_EQ(mmu_meet("tu102", 2), 0);
	CHECK_EQ(take(0, 1), 0);
	mmu_forget();
	CHECK_EQ(bind_inst(1, 1), -ENOENT);
	CHECK_EQ(reason(1), PRAMIN_REASON_NOT_CLAIMED);
	CHECK_EQ(bind_inst(0, 2), -ENOENT);
	CHECK_EQ(pramin_bar_physical(mmu_op(1), 1), -ENOENT);
	CHECK_EQ(pramin_bar_unbind(mmu_op(1), 1), -ENOENT);
	CHECK_EQ(pramin_bar_give(mmu_op(1), 1), -ENOENT);
	CHECK_EQ(pramin_bar_bind(mmu_op(0), 1, INST + 0x800), -EINVAL);
	CHECK_EQ(reason(0), PRAMIN_REASON_TABLE_MISALIGNED);
	CHECK_EQ(pramin_bar_bind(mmu_op(0), 1, FAKE_VRAM), -ERANGE);
	CHECK_EQ(dev.t.fake.accesses, 0);
	return 0;
}

static int what_was_found_is_put_back(void)
{
	const struct generation *g;
	unsigned int bar;

	for (EACH(g)) {
		for (bar = 1; bar <= 2; bar++) {
			uint32_t was = g->is_virtual |
				       (g->hopper ? 0xfff000 : 0xfff);

			CHECK_EQ(mmu_open(g->chip), 0);
			dev.low[bar - 1] = was;
			dev.high[bar - 1] = 0x7;
			CHECK_EQ(take(0, bar), 0);
			CHECK_EQ(bind_inst(0, bar), 0);
			/* The second time it is not what was found. */
			CHECK_EQ(pramin_bar_bind(mmu_op(0), bar, 0x5000), 0);
			mmu_forget();
			CHECK_EQ(pramin_bar_unbind(mmu_op(0), bar), 0);
			CHECK_EQ(wrote(g, bar, was, 0x7), 0);
			mmu_forget();
			CHECK_EQ(pramin_bar_unbind(mmu_op(0), bar), 0);
			CHECK_EQ(pramin_bar_give(mmu_op(0), bar), 0);
			CHECK_EQ(dev.t.fake.accesses, 0);
		}
	}
	return 0;
}

static int a_bind_under_way_is_waited_for_and_ones_own_is(void)
{
	const struct generation *g;

	for (EACH(g)) {
		CHECK_EQ(mmu_open(g->chip), 0);
		CHECK_EQ(take(0, 1), 0);
		if (g->hopper)
			dev.bind_after = 70;
		else
			dev.bind_before = 70;
		CHECK_EQ(bind_inst(0, 1), 0);
		CHECK_EQ(dev.low[0], g->bound[0]);
		CHECK_EQ(pramin_bar_unbind(mmu_op(0), 1), 0);
		CHECK_EQ(dev.low[0], 0);
	}
	return 0;
}

static int a_bind_that_does_not_get_done_is_given_up(void)
{
	const struct generation *g;
	uint64_t began;

	for (EACH(g)) {
		CHECK_EQ(mmu_open(g->chip), 0);
		CHECK_EQ(take(0, 1), 0);
		mmu_forget();
		if (g->hopper)
			dev.bind_after = FOREVER;
		else
			dev.bind_before = FOREVER;
		began = dev.t.now;
		CHECK_EQ(bind_inst(0, 1), -ETIMEDOUT);
		CHECK_EQ(reason(0), PRAMIN_REASON_BIND_STUCK);
		CHECK_EQ(mmu_cause(0)->arg[0], g->status);
		CHECK_EQ(mmu_cause(0)->arg[1], g->hopper ? 3 : 0xf);
		CHECK(strstr(mmu_cause(0)->text, g->hopper ?
							 "BAR1_BLOCK_LOW_ADDR" :
							 "BIND_STATUS"));
		CHECK(dev.t.now - began >= 2000000000ull);
		CHECK(dev.bind_reads < 2500);
		/* Another bind is under way: nothing was written. */
		CHECK_EQ(dev.writes, 0);
		CHECK_EQ(dev.t.p[0].gpu.mmu->bar[0].bound, 0);
	}
	return 0;
}

static void then_it_sticks(struct table *t)
{
	(void)t;
	dev.bind_before = FOREVER;
}

static int one_that_sticks_after_the_write_is_still_put_back(void)
{
	CHECK_EQ(mmu_open("tu102"), 0);
	CHECK_EQ(take(0, 1), 0);
	mmu_forget();
	/* Block, status, the write */
	dev.t.at_access = then_it_sticks;
	dev.t.access = 3;
	CHECK_EQ(bind_inst(0, 1), -ETIMEDOUT);
	CHECK_EQ(reason(0), PRAMIN_REASON_BIND_STUCK);
	CHECK_EQ(dev.writes, 1);
	dev.bind_before = 0;
	CHECK_EQ(pramin_bar_give(mmu_op(0), 1), 0);
	CHECK_EQ(dev.low[0], 0);
	return 0;
}

static void then_it_cannot_be_read(struct table *t)
{
	(void)t;
	dev.fail_off = 0xb80f40;
	dev.fail_err = -EPERM;
}

static int one_that_cannot_be_proved_is_no_bind(void)
{
	CHECK_EQ(mmu_open("tu102"), 0);
	CHECK_EQ(take(0, 1), 0);
	mmu_forget();
	/* Block, status, the write, status, block */
	dev.t.at_access = then_it_cannot_be_read;
	dev.t.access = 5;
	CHECK_EQ(bind_inst(0, 1), -EPERM);
	CHECK_EQ(dev.writes, 1);
	dev.fail_off = 0;
	CHECK_EQ(pramin_bar_give(mmu_op(0), 1), 0);
	CHECK_EQ(dev.low[0], 0);
	return 0;
}

static int a_block_that_does_not_take_its_value_is_no_bind(void)
{
	const struct generation *g;

	for (EACH(g)) {
		CHECK_EQ(mmu_open(g->chip), 0);
		CHECK_EQ(take(0, 1), 0);
		dev.deaf = true;
		CHECK_EQ(bind_inst(0, 1), -EIO);
		CHECK_EQ(reason(0), PRAMIN_REASON_NOT_BOUND);
		CHECK_EQ(mmu_cause(0)->arg[0], g->off[0]);
		CHECK_EQ(mmu_cause(0)->arg[1], 0);
		CHECK_EQ(mmu_cause(0)->arg[2], g->bound[0]);
	}
	return 0;
}

/* Each access of a bind fails once, with an error and silently. */
static int a_bind_that_fails_anywhere_says_so(void)
{
	const struct generation *g;
	unsigned int at;

	for (EACH(g)) {
		for (at = 1; at < 32; at++) {
			const uint32_t regs[] = { g->off[0], g->high[0],
						  g->status };
			bool write = at & 1;
			uint32_t off = regs[at / 2 % 3];

			CHECK_EQ(mmu_open(g->chip), 0);
			CHECK_EQ(take(0, 1), 0);
			if (!off || (write && off == g->status && !g->hopper))
				continue;
			dev.fail_off = off;
			dev.fail_write = write;
			dev.fail_err = -EPERM;
			CHECK_EQ(bind_inst(0, 1), -EPERM);
			dev.fail_off = 0;
			CHECK_EQ(pramin_bar_give(mmu_op(0), 1), 0);
			CHECK_EQ(dev.low[0], 0);
		}
		CHECK_EQ(mmu_open(g->chip), 0);
		CHECK_EQ(take(0, 1), 0);
		dev.t.fake.fault.at = 1;
		dev.t.fake.fault.sticky = true;
		CHECK_EQ(bind_inst(0, 1), -ENODEV);
		CHECK_EQ(bind_inst(0, 1), -ENODEV);
		CHECK_EQ(reason(0), PRAMIN_REASON_WAS_GONE);
		/* It is given even so. */
		CHECK_EQ(pramin_bar_give(mmu_op(0), 1), -ENODEV);
		CHECK_EQ(pramin_claim_check(mmu_op(0), PRAMIN_CLAIM_BAR1, 0),
			 -ENOENT);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_bar_is_bound_by_its_block_the_low_half_first),
		TEST(physical_mode_shows_vram_from_zero),
		TEST(the_address_of_an_instance_block_may_be_high),
		TEST(the_block_is_decoded),
		TEST(chips_before_gf100_are_refused_by_name),
		TEST(only_a_bar_that_was_taken_is_bound),
		TEST(what_was_found_is_put_back),
		TEST(a_bind_under_way_is_waited_for_and_ones_own_is),
		TEST(a_bind_that_does_not_get_done_is_given_up),
		TEST(one_that_sticks_after_the_write_is_still_put_back),
		TEST(one_that_cannot_be_proved_is_no_bind),
		TEST(a_block_that_does_not_take_its_value_is_no_bind),
		TEST(a_bind_that_fails_anywhere_says_so),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
