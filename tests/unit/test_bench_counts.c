// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The counted figures of the benchmark, on small ranges: a change that costs a
 * move or an access more fails here, before anybody runs the benchmark. Times
 * are never looked at.
 *
 * The code that counts is the benchmark's own, so that both mean the same.
 */
/* NOLINTNEXTLINE(bugprone-suspicious-include): the benchmark is no library */
#include "bench/batch.c"
/* NOLINTNEXTLINE(bugprone-suspicious-include): likewise */
#include "bench/counts.c"
/* NOLINTNEXTLINE(bugprone-suspicious-include): likewise */
#include "bench/rules.c"
#include "check.h"

/* One chip for each window register and BASE width */
static const char *const chips[] = { "g84", "tu102", "gh100", "gb100",
				     "gb10b" };

static int scan_once(const char *chip, unsigned int width, uint64_t stride,
		     bool down, struct scan *scan)
{
	*scan = (struct scan){
		.chip = chip,
		.bytes = 4 * MIB,
		.stride = stride,
		.width = width,
		.down = down,
	};
	return scan_run(scan);
}

static int a_scan_moves_once_per_mib_at_every_width_up_and_down(void)
{
	struct scan scan;
	unsigned int width, down;
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		for (width = 1; width <= 8; width *= 2) {
			for (down = 0; down <= 1; down++) {
				CHECK_EQ(scan_once(chips[i], width, 4096, down,
						   &scan),
					 0);
				CHECK_EQ(scan.moves, 4);
				/* 64 blocks, each read at both of its ends */
				CHECK_EQ(scan.accesses,
					 64 * (15 + 128 / width));
			}
		}
	}
	return 0;
}

static int
a_scan_that_leaves_nothing_out_moves_no_more_than_one_with_a_stride(void)
{
	struct scan scan;
	unsigned int down;

	for (down = 0; down <= 1; down++) {
		CHECK_EQ(scan_once("gh100", 4, 4, down, &scan), 0);
		CHECK_EQ(scan.accesses, 4 * MIB / 4);
		CHECK_EQ(scan.moves, 4);
	}
	return 0;
}

static int bulk_once(const char *chip, unsigned int op, unsigned int content,
		     struct bulk_case *c)
{
	*c = (struct bulk_case){
		.chip = chip,
		.op = (enum bulk_op)op,
		.content = (enum bulk_content)content,
		.vram_pa = 3 * MIB + 12345,
		.len = MIB + 1,
	};
	return bulk_run(c);
}

static int bulk_calls_reach_99_percent_of_the_bus_over_any_content(void)
{
	struct bulk_case c;
	unsigned int op, content;

	for (op = 0; op < BULK_OPS; op++) {
		for (content = 0; content < BULK_CONTENTS; content++) {
			CHECK_EQ(bulk_once("gh100", op, content, &c), 0);
			CHECK(c.fraction >= 0.99);
			/* Nor can it be faster than the bus. */
			CHECK(c.simulated_ns > c.ideal_ns);
			CHECK_EQ(c.moves, 2);
		}
	}
	return 0;
}

static int counted_figures_are_the_same_in_every_run_and_on_every_chip(void)
{
	struct bulk_case first, c;
	unsigned int op;
	size_t i;

	for (op = BULK_READ; op <= BULK_WRITE; op += BULK_WRITE - BULK_READ) {
		CHECK_EQ(bulk_once(chips[0], op, CONTENT_ERASED, &first), 0);
		for (i = 0; i < ARRAY_LEN(chips); i++) {
			CHECK_EQ(bulk_once(chips[i], op, CONTENT_ERASED, &c),
				 0);
			CHECK_EQ(c.simulated_ns, first.simulated_ns);
			CHECK_EQ(c.moves, first.moves);
		}
	}
	return 0;
}

/* What each rule writes for 4096 accesses, by arithmetic */
static const struct {
	enum trace_kind kind;
	uint64_t ours, rule[RULES];
} expected[] = {
	/*		     ours  each_64k 64k_in_1m 1m  per_byte */
	{ TRACE_UP, 16, { 256, 16, 16, 16384 } },
	{ TRACE_DOWN, 16, { 256, 256, 16, 16384 } },
	{ TRACE_PING_64K, 1, { 4096, 1, 1, 16384 } },
	/* The price of whole MiBs, which these two rules do not pay */
	{ TRACE_PING_1M, 4096, { 4096, 1, 4096, 16384 } },
};

static int placement_rules_cost_what_arithmetic_says(void)
{
	uint64_t ours;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(expected); i++) {
		struct trace trace = { expected[i].kind, 4096 };

		for (n = 0; n < RULES; n++)
			CHECK_EQ(rule_count(&rules[n], &trace),
				 expected[i].rule[n]);
		CHECK_EQ(ours_count(&trace, &ours), 0);
		CHECK_EQ(ours, expected[i].ours);
	}
	return 0;
}

static int a_random_trace_costs_no_more_than_under_the_1_mib_rule(void)
{
	static const enum trace_kind kinds[] = { TRACE_RANDOM, TRACE_NEAR };
	uint64_t ours;
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		struct trace trace = { kinds[i], 4096 };

		CHECK_EQ(ours_count(&trace, &ours), 0);
		CHECK(ours > 0 && ours <= trace.count);
		CHECK_EQ(ours, rule_count(&rules[2], &trace));
	}
	return 0;
}

static int batches_make_the_fewest_moves_and_long_ones_hardly_more(void)
{
	struct batch_set exact = {
		.batches = 200,
		.max_phases = 8,
		.max_units = 6,
	};
	struct batch_set longer = {
		.batches = 4,
		.max_phases = 600,
		.max_units = 4,
	};

	CHECK_EQ(batch_set_run(&exact), 0);
	CHECK(exact.moves > exact.batches);
	CHECK_EQ(exact.moves, exact.least);
	CHECK_EQ(exact.inexact, 0);
	CHECK(exact.worst <= 1 && exact.bound <= 1);
	CHECK_EQ(batch_set_run(&longer), 0);
	CHECK(longer.worst <= longer.bound);
	CHECK(longer.bound < 1.05);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_scan_moves_once_per_mib_at_every_width_up_and_down),
	TEST(a_scan_that_leaves_nothing_out_moves_no_more_than_one_with_a_stride),
	TEST(bulk_calls_reach_99_percent_of_the_bus_over_any_content),
	TEST(counted_figures_are_the_same_in_every_run_and_on_every_chip),
	TEST(placement_rules_cost_what_arithmetic_says),
	TEST(a_random_trace_costs_no_more_than_under_the_1_mib_rule),
	TEST(batches_make_the_fewest_moves_and_long_ones_hardly_more),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
