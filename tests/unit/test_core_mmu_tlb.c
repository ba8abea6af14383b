// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * TLB invalidates: what is written on each generation and in what order, how long
 * it is waited for, and what happens if the hardware does not play along.
 */
#include "core_mmu_dev.h"

#define ROOT 0x123000ull

static int invalidate(const struct pramin_tlb_request *req)
{
	return pramin_tlb_invalidate(mmu_op(0), req);
}

static int plain(void)
{
	const struct pramin_tlb_request req = { .page_dir = ROOT };

	return invalidate(&req);
}

/* The registers of each generation, and what goes there */
static const struct generation {
	const char *chip;
	uint32_t pdb, upper, trigger, state;
	uint32_t scope; /* for one page directory */
	bool fields;	/* CACHE_LEVEL and ACK */
} generations[] = {
	{ "gf100", 0x100cb8, 0, 0x100cbc, 0x100c80, 0, false },
	{ "gp102", 0x100cb8, 0x100cec, 0x100cbc, 0x100c80, 0, true },
	{ "tu102", 0xb830a0, 0xb830a4, 0xb830b0, 0xb830b0, 0, true },
	{ "ga102", 0xb830a0, 0xb830a4, 0xb830b0, 0xb830b0, 0x10000, true },
	{ "gh100", 0xb830a0, 0xb830a4, 0xb830b0, 0xb830b0, 0x10000, true },
	{ "gb202", 0xb830a0, 0xb830a4, 0xb830b0, 0xb830b0, 0x10000, true },
};

#define EACH(g)                                   \
	g = generations;                          \
	g < generations + ARRAY_LEN(generations); \
	g++

static int one(const struct generation *g, uint64_t root, uint32_t trigger)
{
	struct mmu_write want[3];
	unsigned int n = 0;

	want[n++] = (struct mmu_write){ g->pdb, (uint32_t)(root >> 8) };
	if (g->upper)
		want[n++] =
			(struct mmu_write){ g->upper, (uint32_t)(root >> 40) };
	want[n++] = (struct mmu_write){ g->trigger, trigger };
	CHECK_EQ(mmu_wrote(want, n), 0);
	/* Once before, once after */
	CHECK_EQ(dev.tlb_reads, 2);
	CHECK_EQ(dev.t.fake.accesses, n + 2);
	return 0;
}

static int one_page_directory_is_written_before_the_trigger(void)
{
	const struct generation *g;

	for (EACH(g)) {
		CHECK_EQ(mmu_open(g->chip), 0);
		CHECK_EQ(plain(), 0);
		CHECK_EQ(one(g, ROOT, 0x80000001 | g->scope), 0);
		CHECK_EQ(dev.t.p[0].gpu.mmu->invalidates, 1);
	}
	return 0;
}

static int the_trigger_says_what_is_asked_for_where_the_chip_can(void)
{
	const struct generation *g;

	for (EACH(g)) {
		struct pramin_tlb_request req = { .page_dir = ROOT };
		unsigned int depth;

		for (depth = 0; depth < 8; depth++) {
			CHECK_EQ(mmu_open(g->chip), 0);
			req.depth = (enum pramin_tlb_depth)depth;
			CHECK_EQ(invalidate(&req), 0);
			CHECK_EQ(one(g, ROOT,
				     0x80000001 | g->scope |
					     (g->fields ? depth << 24 : 0)),
				 0);
		}
		CHECK_EQ(mmu_open(g->chip), 0);
		req = (struct pramin_tlb_request){
			.page_dir = ROOT,
			.bar = true,
			.downgrade = true,
		};
		CHECK_EQ(invalidate(&req), 0);
		/* Never SYS_MEMBAR, which is bit 6 */
		CHECK_EQ(one(g, ROOT,
			     0x80000005 | g->scope | (g->fields ? 0x80 : 0)),
			 0);
	}
	return 0;
}

static int all_page_directories_need_no_address_and_every_tlb(void)
{
	const struct pramin_tlb_request req = {
		.page_dir = 0x1234567, /* not looked at */
		.all = true,
	};
	const struct generation *g;

	for (EACH(g)) {
		const struct mmu_write want[] = { { g->trigger, 0x80000003 } };

		CHECK_EQ(mmu_open(g->chip), 0);
		CHECK_EQ(invalidate(&req), 0);
		CHECK_EQ(mmu_wrote(want, 1), 0);
		CHECK_EQ(dev.tlb_reads, 2);
	}
	return 0;
}

static int a_high_address_is_cut_in_two(void)
{
	/* A BASE field that reaches it, and VRAM that has it */
	const struct mmu_write want[] = {
		{ 0xb830a0, 0x34567890 & 0xfffffff0 },
		{ 0xb830a4, 1 },
		{ 0xb830b0, 0x80010001 },
	};
	struct pramin_tlb_request req = { .page_dir = 0x13456789000 };

	mmu_new("gb10b");
	CHECK_EQ(mmu_attach(0, &mmu_ops), 0);
	dev.t.p[0].gpu.vram_size = 2ull << 40;
	dev.t.p[0].gpu.reach = 2ull << 40;
	mmu_forget();
	CHECK_EQ(invalidate(&req), 0);
	CHECK_EQ(mmu_wrote(want, 3), 0);
	return 0;
}

static int it_waits_for_a_request_under_way_and_for_its_own(void)
{
	static const uint64_t busy[] = { 1, 31, 32, 33, 100, 500 };
	const struct generation *g;
	size_t i;

	for (EACH(g)) {
		for (i = 0; i < ARRAY_LEN(busy); i++) {
			uint64_t began;

			CHECK_EQ(mmu_open(g->chip), 0);
			dev.tlb_before = busy[i];
			dev.tlb_after = busy[i];
			began = dev.t.now;
			CHECK_EQ(plain(), 0);
			CHECK_EQ(dev.tlb_reads, 2 * busy[i] + 2);
			CHECK_EQ(dev.writes, g->upper ? 3 : 2);
			/* The first reads follow each other. */
			CHECK_EQ(dev.t.now != began, busy[i] > 31);
		}
	}
	return 0;
}

static int stuck(const struct generation *g, bool after)
{
	const struct pramin_cause *cause = mmu_cause(0);
	uint64_t began;

	CHECK_EQ(mmu_open(g->chip), 0);
	if (after)
		dev.tlb_after = FOREVER;
	else
		dev.tlb_before = FOREVER;
	began = dev.t.now;
	CHECK_EQ(plain(), -ETIMEDOUT);
	CHECK_EQ(cause->reason, PRAMIN_REASON_TLB_STUCK);
	CHECK(!strcmp(cause->text,
		      g->state == 0x100c80 ?
			      "NV_PFB_PRI_MMU_CTRL" :
			      "NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE"));
	CHECK_EQ(cause->arg[0], g->state);
	CHECK_EQ(cause->arg[1], g->state != 0x100c80 ? 0x80000001 :
				after		     ? 0x1f0000 :
						       0);
	/* Two seconds, and a bounded number of looks */
	CHECK(dev.t.now - began >= 2000000000ull);
	CHECK(dev.t.now - began < 2010000000ull);
	CHECK(dev.tlb_reads < 2500);
	/* Nothing is written while another request is under way. */
	CHECK_EQ(dev.writes, after ? (g->upper ? 3 : 2) : 0);
	/* And the next one may try. */
	dev.tlb_before = 0;
	dev.tlb_after = 0;
	dev.triggered = false;
	CHECK_EQ(plain(), 0);
	return 0;
}

static int stuck_hardware_is_given_up_after_two_seconds_with_its_value(void)
{
	const struct generation *g;

	for (EACH(g)) {
		CHECK_EQ(stuck(g, false), 0);
		CHECK_EQ(stuck(g, true), 0);
	}
	return 0;
}

static void three_seconds_pass(struct table *t)
{
	t->now += 3000000000ull;
}

static int a_call_that_was_stopped_itself_looks_once_more(void)
{
	CHECK_EQ(mmu_open("tu102"), 0);
	/* Stopped at the first read after the trigger, which finds it busy */
	dev.t.at_access = three_seconds_pass;
	dev.t.access = 5;
	dev.tlb_after = 1;
	CHECK_EQ(plain(), 0);
	CHECK_EQ(dev.tlb_reads, 3);
	return 0;
}

static int error_values_are_no_state(void)
{
	static const uint32_t values[] = { 0xbadf1100, 0xbad00100, 0xffffffff };
	const struct generation *g;
	size_t i;

	for (EACH(g)) {
		for (i = 0; i < ARRAY_LEN(values); i++) {
			CHECK_EQ(mmu_open(g->chip), 0);
			dev.bad = g->state;
			dev.bad_val = values[i];
			CHECK_EQ(plain(), -EIO);
			CHECK_EQ(mmu_cause(0)->reason,
				 PRAMIN_REASON_REGISTER_ERROR);
			CHECK_EQ(mmu_cause(0)->arg[0], g->state);
			CHECK_EQ(mmu_cause(0)->arg[1], values[i]);
			CHECK_EQ(dev.writes, 0);
		}
	}
	return 0;
}

static int a_gpu_that_is_gone_is_said_to_be(void)
{
	CHECK_EQ(mmu_open("tu102"), 0);
	dev.t.fake.fault.at = 1;
	dev.t.fake.fault.sticky = true;
	CHECK_EQ(plain(), -ENODEV);
	CHECK_EQ(mmu_cause(0)->reason, PRAMIN_REASON_ALL_ONES);
	CHECK_EQ(dev.writes, 0);
	mmu_forget();
	CHECK_EQ(plain(), -ENODEV);
	CHECK_EQ(mmu_cause(0)->reason, PRAMIN_REASON_WAS_GONE);
	CHECK_EQ(dev.t.fake.accesses, 0);
	return 0;
}

static int what_the_backend_refuses_is_passed_on(void)
{
	const struct generation *g;

	for (EACH(g)) {
		const uint32_t regs[] = { g->pdb, g->upper, g->trigger };
		size_t i;

		for (i = 0; i < ARRAY_LEN(regs); i++) {
			if (!regs[i])
				continue;
			CHECK_EQ(mmu_open(g->chip), 0);
			dev.fail_off = regs[i];
			dev.fail_err = -EPERM;
			dev.fail_write = true;
			CHECK_EQ(plain(), -EPERM);
			CHECK_EQ(mmu_cause(0)->reason,
				 PRAMIN_REASON_NOT_ALLOWED);
			CHECK(!dev.triggered);
			CHECK_EQ(dev.t.p[0].gpu.mmu->invalidates, 0);
		}
		CHECK_EQ(mmu_open(g->chip), 0);
		dev.fail_off = g->state;
		dev.fail_err = -EPERM;
		CHECK_EQ(plain(), -EPERM);
	}
	return 0;
}

static int bad_requests_are_refused_before_anything_is_touched(void)
{
	static const struct {
		struct pramin_tlb_request req;
		int err;
		enum pramin_reason reason;
	} cases[] = {
		{ { .page_dir = 0x123800 },
		  -EINVAL,
		  PRAMIN_REASON_TABLE_MISALIGNED },
		{ { .page_dir = 1 }, -EINVAL, PRAMIN_REASON_TABLE_MISALIGNED },
		{ { .page_dir = FAKE_VRAM }, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ { .page_dir = 1ull << 40 }, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ { .page_dir = ~0xfffull }, -ERANGE, PRAMIN_REASON_OVERFLOW },
		{ { .depth = (enum pramin_tlb_depth)8 },
		  -EINVAL,
		  PRAMIN_REASON_ARGUMENT },
		{ { .depth = (enum pramin_tlb_depth)77, .all = true },
		  -EINVAL,
		  PRAMIN_REASON_ARGUMENT },
	};
	size_t i;

	CHECK_EQ(mmu_open("tu102"), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		int ret = invalidate(&cases[i].req);

		CHECK_EQ(ret, cases[i].err);
		CHECK_EQ(mmu_cause(0)->reason, cases[i].reason);
	}
	CHECK_EQ(dev.t.fake.accesses, 0);
	CHECK_EQ(dev.t.locks, 0);
	return 0;
}

static int chips_before_gf100_are_refused_by_name(void)
{
	CHECK_EQ(mmu_open("g84"), 0);
	CHECK_EQ(plain(), -EOPNOTSUPP);
	CHECK_EQ(mmu_cause(0)->reason, PRAMIN_REASON_NO_MMU);
	CHECK(!strcmp(mmu_cause(0)->text, "g84"));
	CHECK_EQ(dev.t.fake.accesses, 0);
	return 0;
}

static int a_flush_is_one_read_of_the_aperture(void)
{
	CHECK_EQ(mmu_open("gh100"), 0);
	CHECK_EQ(pramin_mmu_flush(mmu_op(0)), 0);
	CHECK_EQ(dev.t.fake.accesses, 0); /* nothing was written yet */
	CHECK_EQ(touch(&dev.t, 0, 0x1000), 0);
	mmu_forget();
	CHECK_EQ(pramin_mmu_flush(mmu_op(0)), 0);
	CHECK_EQ(dev.t.fake.accesses, 1);
	CHECK_EQ(dev.t.fake.reads[2], 1);
	return 0;
}

static int a_flush_of_a_bar_is_one_read_of_it(void)
{
	CHECK_EQ(mmu_open("gh100"), 0);
	CHECK_EQ(pramin_bar_flush(mmu_op(0), 1, 0x2003), 0);
	CHECK_EQ(dev.bar_reads, 1);
	CHECK_EQ(dev.t.fake.accesses, 0);
	CHECK_EQ(dev.t.fake.stray, 0);
	/* All ones are data while the GPU answers. */
	dev.bar_val = 0xffffffff;
	CHECK_EQ(pramin_bar_flush(mmu_op(0), 1, 0), 0);
	CHECK_EQ(dev.t.fake.boot_0_reads, 1);
	dev.bar_err = -ENODEV;
	CHECK_EQ(pramin_bar_flush(mmu_op(0), 1, 0), -ENODEV);
	CHECK_EQ(pramin_bar_flush(mmu_op(0), 1, 0), -ENODEV);
	CHECK_EQ(dev.bar_reads, 3);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(one_page_directory_is_written_before_the_trigger),
		TEST(the_trigger_says_what_is_asked_for_where_the_chip_can),
		TEST(all_page_directories_need_no_address_and_every_tlb),
		TEST(a_high_address_is_cut_in_two),
		TEST(it_waits_for_a_request_under_way_and_for_its_own),
		TEST(stuck_hardware_is_given_up_after_two_seconds_with_its_value),
		TEST(a_call_that_was_stopped_itself_looks_once_more),
		TEST(error_values_are_no_state),
		TEST(a_gpu_that_is_gone_is_said_to_be),
		TEST(what_the_backend_refuses_is_passed_on),
		TEST(bad_requests_are_refused_before_anything_is_touched),
		TEST(chips_before_gf100_are_refused_by_name),
		TEST(a_flush_is_one_read_of_the_aperture),
		TEST(a_flush_of_a_bar_is_one_read_of_it),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
