// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Whose BAR1 and BAR2 are: why one cannot be had, and what becomes of it when its
 * owner dies.
 */
#include "core_mmu_bar.h"

/* Refused, and nothing was written or is left claimed */
static int refused(unsigned int bar, uint64_t need, int err,
		   enum pramin_reason why)
{
	static struct pramin_claim_row rows[PRAMIN_CLAIMS];
	uint32_t count;

	CHECK_EQ(pramin_bar_take(mmu_op(0), bar, need, NULL), err);
	CHECK_EQ(reason(0), why);
	CHECK_EQ(dev.writes, 0);
	CHECK_EQ(dev.t.fake.reg_writes, 0);
	CHECK_EQ(pramin_claim_list(mmu_op(0), rows, &count), 0);
	CHECK_EQ(count, 0);
	return 0;
}

static int a_bar_that_is_not_there_or_too_small_is_refused(void)
{
	uint64_t bytes = 0;

	CHECK_EQ(mmu_open("tu102"), 0);
	dev.info[0].bytes = 0;
	CHECK_EQ(refused(1, 0, -EOPNOTSUPP, PRAMIN_REASON_BAR_ABSENT), 0);
	CHECK_EQ(mmu_cause(0)->arg[0], 0); /* a list was asked for since */
	dev.info[0].bytes = 4096;
	CHECK_EQ(refused(1, 1, -EOPNOTSUPP, PRAMIN_REASON_BAR_SMALL), 0);
	/* Its last page is not for use, but for BAR2's. */
	dev.info[0].bytes = 64 * MIB;
	dev.info[1].bytes = 64 * MIB;
	CHECK_EQ(refused(1, 64 * MIB - 4095, -EOPNOTSUPP,
			 PRAMIN_REASON_BAR_SMALL),
		 0);
	CHECK_EQ(dev.t.fake.accesses, 0);
	CHECK_EQ(pramin_bar_take(mmu_op(0), 1, 64 * MIB - 4096, &bytes), 0);
	CHECK_EQ(bytes, 64 * MIB - 4096);
	CHECK_EQ(pramin_bar_take(mmu_op(0), 2, 64 * MIB, &bytes), 0);
	CHECK_EQ(bytes, 64 * MIB);

	/* A backend that knows of no BARs */
	mmu_new("tu102");
	CHECK_EQ(mmu_attach(0, &mmu_ops_no_bars), 0);
	mmu_forget();
	CHECK_EQ(refused(2, 0, -EOPNOTSUPP, PRAMIN_REASON_BAR_ABSENT), 0);
	CHECK_EQ(dev.t.fake.accesses, 0);
	return 0;
}

static int a_bar_that_a_console_or_a_driver_uses_is_refused(void)
{
	CHECK_EQ(mmu_open("tu102"), 0);
	dev.info[0].boot_vga = true;
	CHECK_EQ(take(0, 1), -EBUSY);
	CHECK_EQ(reason(0), PRAMIN_REASON_BAR_CONSOLE);
	CHECK(strstr(mmu_cause(0)->text, "boot_vga"));
	CHECK_EQ(mmu_cause(0)->arg[0], 1);
	dev.info[0].claimed_by = "efifb";
	CHECK_EQ(take(0, 1), -EBUSY);
	CHECK(!strcmp(mmu_cause(0)->text, "efifb"));
	/* The picture is in BAR1; BAR2 may be claimed too. */
	dev.info[1].boot_vga = true;
	CHECK_EQ(take(0, 2), 0);
	CHECK_EQ(pramin_bar_give(mmu_op(0), 2), 0);
	dev.info[1].claimed_by = "nvidia";
	CHECK_EQ(refused(2, 0, -EBUSY, PRAMIN_REASON_BAR_CONSOLE), 0);
	return 0;
}

static int a_bar_that_shows_tables_of_others_is_refused(void)
{
	const struct generation *g;

	for (EACH(g)) {
		const uint32_t ptr = g->hopper ? 0x3ff000 : 0x3ff;
		const uint32_t beyond = g->hopper ? 0x400000 : 0x400;
		const uint32_t sysmem = g->hopper ? 0x800 : 0x20000000;

		CHECK_EQ(mmu_open(g->chip), 0);
		dev.low[0] = g->is_virtual | ptr;
		CHECK_EQ(refused(1, 0, -EBUSY, PRAMIN_REASON_BAR_IN_USE), 0);
		CHECK_EQ(take(0, 1), -EBUSY);
		CHECK_EQ(mmu_cause(0)->arg[0], 1);
		CHECK_EQ(mmu_cause(0)->arg[1], dev.low[0]);
		CHECK_EQ(mmu_cause(0)->arg[2], 0x3ff000);
		/* In system memory: that can only be somebody's. */
		dev.low[0] = g->is_virtual | sysmem | beyond;
		CHECK_EQ(refused(1, 0, -EBUSY, PRAMIN_REASON_BAR_IN_USE), 0);
		/* Not virtual: the pointer does not count. */
		dev.low[0] = ptr;
		CHECK_EQ(take(0, 1), 0);
		CHECK_EQ(pramin_bar_give(mmu_op(0), 1), 0);
		/* To nowhere: nobody's */
		dev.low[0] = g->is_virtual | beyond;
		CHECK_EQ(take(0, 1), 0);
	}
	return 0;
}

static int what_the_backend_or_the_register_says_is_passed_on(void)
{
	const struct generation *g;

	for (EACH(g)) {
		CHECK_EQ(mmu_open(g->chip), 0);
		dev.info_err = -EPERM;
		CHECK_EQ(refused(1, 0, -EPERM, PRAMIN_REASON_NOT_ALLOWED), 0);
		dev.info_err = 0;
		dev.bad = g->off[0];
		dev.bad_val = 0xbadf1100;
		CHECK_EQ(refused(1, 0, -EIO, PRAMIN_REASON_REGISTER_ERROR), 0);
		dev.bad = g->status;
		CHECK_EQ(refused(1, 0, -EIO, PRAMIN_REASON_REGISTER_ERROR), 0);
	}
	return 0;
}

static int a_bar_is_one_handles_at_a_time(void)
{
	struct pramin_bar_status status;

	CHECK_EQ(mmu_meet("tu102", 2), 0);
	CHECK_EQ(take(0, 1), 0);
	CHECK_EQ(take(1, 1), -EBUSY);
	CHECK_EQ(reason(1), PRAMIN_REASON_CLAIMED);
	CHECK_EQ(mmu_cause(1)->arg[2], 100);
	CHECK_EQ(take(1, 2), 0);
	CHECK_EQ(bind_inst(0, 1), 0);
	CHECK_EQ(pramin_bar_status(mmu_op(1), 1, &status), 0);
	CHECK_EQ(status.pid, 100);
	CHECK(status.bound && status.state.is_virtual);
	CHECK_EQ(status.state.inst, INST);
	CHECK_EQ(status.info.bytes, 256 * MIB);
	CHECK_EQ(pramin_bar_status(mmu_op(0), 2, &status), 0);
	CHECK_EQ(status.pid, 101);
	CHECK(!status.bound && !status.state.is_virtual);
	CHECK_EQ(pramin_bar_give(mmu_op(0), 1), 0);
	CHECK_EQ(take(1, 1), 0);

	/* The only user is asked for nothing else. */
	CHECK_EQ(mmu_open("tu102"), 0);
	CHECK_EQ(take(0, 2), 0);
	dev.t.p[0].gpu.mmu->claim[PRAMIN_CLAIMS - 1].pid = 7;
	CHECK_EQ(pramin_bar_status(mmu_op(0), 2, &status), 0);
	CHECK_EQ(status.pid, 7);
	CHECK_EQ(dev.t.locks, 0);
	return 0;
}

static int giving_all_gives_what_is_taken(void)
{
	CHECK_EQ(mmu_meet("gh100", 2), 0);
	CHECK_EQ(take(0, 1), 0);
	CHECK_EQ(take(1, 2), 0);
	CHECK_EQ(bind_inst(0, 1), 0);
	CHECK_EQ(bind_inst(1, 2), 0);
	CHECK_EQ(pramin_bar_give_all(mmu_op(0)), 0);
	CHECK_EQ(dev.low[0], 0);
	CHECK_EQ(dev.low[1], 0x12200);
	CHECK_EQ(take(1, 1), 0);
	CHECK_EQ(bind_inst(1, 1), 0);
	/* The first failure is told, and both are given. */
	dev.deaf = true;
	CHECK_EQ(pramin_bar_give_all(mmu_op(1)), -EIO);
	CHECK_EQ(reason(1), PRAMIN_REASON_NOT_BOUND);
	CHECK_EQ(mmu_cause(1)->arg[0], 0xb80f60);
	dev.deaf = false;
	CHECK_EQ(take(0, 1), 0);
	CHECK_EQ(take(0, 2), 0);
	CHECK_EQ(dev.low[1], 0);
	return 0;
}

static int the_next_one_puts_back_what_the_dead_have_bound(void)
{
	const struct generation *g;

	for (EACH(g)) {
		const uint32_t was = g->hopper ? 0x777000 : 0x777;

		CHECK_EQ(mmu_meet(g->chip, 2), 0);
		dev.low[0] = was;
		CHECK_EQ(take(0, 1), 0);
		CHECK_EQ(bind_inst(0, 1), 0);
		dev.t.p[0].dead = true;
		CHECK_EQ(dev.low[0], g->bound[0]);
		mmu_forget();
		CHECK_EQ(take(1, 1), 0);
		CHECK_EQ(wrote(g, 1, was, 0), 0);
		/* Once */
		CHECK_EQ(pramin_bar_give(mmu_op(1), 1), 0);
		mmu_forget();
		CHECK_EQ(take(1, 1), 0);
		CHECK_EQ(dev.writes, 0);
	}
	return 0;
}

static int what_others_have_bound_since_is_left_alone(void)
{
	const struct generation *g;

	for (EACH(g)) {
		CHECK_EQ(mmu_meet(g->chip, 2), 0);
		CHECK_EQ(take(0, 1), 0);
		CHECK_EQ(bind_inst(0, 1), 0);
		dev.t.p[0].dead = true;
		dev.low[0] = g->is_virtual | (g->hopper ? 0x3000 : 3);
		mmu_forget();
		CHECK_EQ(take(1, 1), -EBUSY);
		CHECK_EQ(reason(1), PRAMIN_REASON_BAR_IN_USE);
		/* A reset: physical, and nothing to put back */
		dev.low[0] = 0;
		CHECK_EQ(take(1, 1), 0);
		CHECK_EQ(dev.writes, 0);
	}
	return 0;
}

static int a_repair_that_fails_leaves_the_bar_to_the_next(void)
{
	CHECK_EQ(mmu_meet("gh100", 2), 0);
	CHECK_EQ(take(0, 1), 0);
	CHECK_EQ(bind_inst(0, 1), 0);
	dev.t.p[0].dead = true;
	dev.bad = 0xb80f60;
	dev.bad_val = 0xbadf1100;
	CHECK_EQ(take(1, 1), -EIO);
	CHECK_EQ(reason(1), PRAMIN_REASON_REGISTER_ERROR);
	dev.bad = 0;
	dev.bind_after = FOREVER;
	CHECK_EQ(take(1, 1), -ETIMEDOUT);
	CHECK_EQ(reason(1), PRAMIN_REASON_BIND_STUCK);
	dev.bind_after = 0;
	CHECK_EQ(take(1, 1), 0);
	CHECK_EQ(dev.low[0], 0);
	return 0;
}

static int a_lock_that_is_not_had_is_said(void)
{
	struct pramin_bar_status status;

	CHECK_EQ(mmu_meet("tu102", 2), 0);
	CHECK_EQ(take(0, 1), 0);
	CHECK_EQ(bind_inst(0, 1), 0);
	dev.t.lock_from = dev.t.locks;
	dev.t.lock_says = -ETIMEDOUT;
	mmu_forget();
	CHECK_EQ(pramin_bar_status(mmu_op(1), 1, &status), -ETIMEDOUT);
	CHECK_EQ(reason(1), PRAMIN_REASON_STOPPED);
	CHECK_EQ(take(1, 2), -ETIMEDOUT);
	CHECK_EQ(bind_inst(0, 1), -ETIMEDOUT);
	CHECK_EQ(pramin_bar_unbind(mmu_op(0), 1), -ETIMEDOUT);
	CHECK_EQ(pramin_bar_give_all(mmu_op(0)), -ETIMEDOUT);
	CHECK_EQ(dev.writes, 0);
	dev.t.lock_says = 0;
	/* Another one invalidates, and does not get done. */
	dev.t.m->mmu.lock.word = 2;
	CHECK_EQ(bind_inst(0, 1), -ETIMEDOUT);
	CHECK_EQ(reason(0), PRAMIN_REASON_MMU_BUSY);
	CHECK_EQ(dev.writes, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_bar_that_is_not_there_or_too_small_is_refused),
		TEST(a_bar_that_a_console_or_a_driver_uses_is_refused),
		TEST(a_bar_that_shows_tables_of_others_is_refused),
		TEST(what_the_backend_or_the_register_says_is_passed_on),
		TEST(a_bar_is_one_handles_at_a_time),
		TEST(giving_all_gives_what_is_taken),
		TEST(the_next_one_puts_back_what_the_dead_have_bound),
		TEST(what_others_have_bound_since_is_left_alone),
		TEST(a_repair_that_fails_leaves_the_bar_to_the_next),
		TEST(a_lock_that_is_not_had_is_said),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
