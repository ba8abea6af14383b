// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Batches as a caller sees them: what is read and written, in which order, with
 * how many accesses and moves; what is refused. Against a memory that does the
 * list in its own order. A failure prints the seed that repeats it.
 */
#include "core_batch.h"

#define ENTRIES	 512u
#define GRANULES ((uint32_t)(FAKE_VRAM / GRAIN))
#define CASES	 1000u

static struct rig rig;
static struct pramin_access list[ENTRIES], want[ENTRIES];
static uint8_t memory[FAKE_VRAM + MIB];
static struct pramin_batch batch;

static void open_rig(uint64_t vram)
{
	rig_open(&rig, "gh100");
	rig.gpu.vram_size = vram;
}

static int run(uint32_t count, uint32_t flags)
{
	memset(&batch, 0xee, sizeof(batch));
	batch.flags = flags;
	return pramin_batch_run(rig_op(&rig), list, count, &batch);
}

static void put(uint32_t *count, unsigned int kind, uint64_t pa,
		unsigned int width, uint64_t val)
{
	list[(*count)++] = (struct pramin_access){
		.vram_pa = pa,
		.val = val,
		.width = (uint8_t)width,
		.kind = (uint8_t)kind,
	};
}

/* What the list does, one entry after the other; how many of each kind */
static void in_order(uint32_t count, uint64_t *reads, uint64_t *writes)
{
	uint32_t i;

	memcpy(memory, rig.fake.vram, sizeof(memory));
	memcpy(want, list, sizeof(want));
	*reads = 0;
	*writes = 0;
	for (i = 0; i < count; i++) {
		struct pramin_access *a = &want[i];

		a->done = a->kind != PRAMIN_ACCESS_BARRIER;
		if (a->kind == PRAMIN_ACCESS_WRITE) {
			memcpy(memory + a->vram_pa, &a->val, a->width);
			++*writes;
		} else if (a->kind == PRAMIN_ACCESS_READ) {
			a->val = 0;
			memcpy(&a->val, memory + a->vram_pa, a->width);
			++*reads;
		}
	}
}

static bool lists_agree(uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (list[i].val != want[i].val || list[i].done != want[i].done)
			return false;
	return !memcmp(memory, rig.fake.vram, FAKE_VRAM);
}

static uint64_t sum(const uint64_t *counts)
{
	return counts[0] + counts[1] + counts[2] + counts[3];
}

static int random_batches_do_what_the_list_in_its_own_order_does(void)
{
	uint64_t seed = 11, start, reads, writes;
	unsigned int i;

	for (i = 0; i < CASES; i++) {
		bool merge;
		uint32_t granules, count;

		start = seed;
		merge = rnd_below(&seed, 2);
		granules = 1 + (uint32_t)rnd_below(&seed, GRANULES);
		open_rig(FAKE_VRAM);
		rig.fake.mapped = rnd_below(&seed, 4) == 0;
		count = random_batch(&seed, granules,
				     1 + (uint32_t)rnd_below(&seed, 5), list);
		in_order(count, &reads, &writes);
		CHECK_SEED(run(count, merge ? PRAMIN_BATCH_MERGE : 0) == 0);
		CHECK_SEED(lists_agree(count));
		CHECK_SEED(batch.done == reads + writes);
		CHECK_SEED(batch.bad == count);
		CHECK_SEED(rig.fake.stray == 0);
		CHECK_SEED(rig.gpu.stats.moves == batch.moves);
		CHECK_SEED(sum(rig.gpu.stats.reads) == reads);
		if (merge)
			CHECK_SEED(sum(rig.gpu.stats.writes) <= writes);
		else
			CHECK_SEED(sum(rig.gpu.stats.writes) == writes);
		CHECK_SEED(rig.env.allocs == rig.env.frees);
	}
	return 0;
}

static int a_thousand_multi_phase_batches_make_the_fewest_moves_there_are(void)
{
	uint64_t seed = 12, start;
	unsigned int i;

	open_rig(FAKE_VRAM);
	for (i = 0; i < CASES; i++) {
		struct oracle o = { .granules = GRANULES };
		uint64_t before;
		uint32_t count, least;

		start = seed;
		/* Every second one from wherever the last batch ended */
		if (i % 2)
			CHECK_EQ(rig_touch(&rig, rnd_below(&seed, FAKE_VRAM)),
				 0);
		before = rig.gpu.stats.moves;
		o.start = rig.gpu.base_known ?
				  (uint32_t)(rig.gpu.base / GRAIN) :
				  BATCH_NOWHERE;
		count = random_batch(&seed, GRANULES,
				     2 + (uint32_t)rnd_below(&seed, 5), list);
		least = oracle_moves(&o, list, count);
		CHECK_SEED(run(count, 0) == 0);
		CHECK_SEED(rig.gpu.stats.moves - before == least);
		CHECK_SEED(batch.moves == least);
		CHECK_SEED(batch.least == least);
	}
	return 0;
}

static int what_one_position_shows_needs_no_memory_and_one_move(void)
{
	uint32_t count = 0;

	open_rig(FAKE_VRAM);
	put(&count, PRAMIN_ACCESS_WRITE, 2 * MIB - 4, 4, 1);
	put(&count, PRAMIN_ACCESS_BARRIER, 0, 0, 0);
	put(&count, PRAMIN_ACCESS_WRITE, MIB + GRAIN, 8, 2);
	put(&count, PRAMIN_ACCESS_READ, 2 * MIB - 4, 4, 0);
	CHECK_EQ(run(count, 0), 0);
	CHECK_EQ(batch.moves, 1);
	CHECK_EQ(batch.least, 1);
	CHECK_EQ(rig_window(&rig), MIB);
	CHECK_EQ(list[3].val, 1);
	CHECK_EQ(rig.env.allocs, 0);
	/* It stands there now. */
	CHECK_EQ(run(count, 0), 0);
	CHECK_EQ(batch.moves, 0);
	CHECK_EQ(batch.least, 0);
	/* Over a MiB line, and then over the end of VRAM */
	put(&count, PRAMIN_ACCESS_READ, 2 * MIB + GRAIN - 8, 8, 0);
	CHECK_EQ(run(count, 0), 0);
	CHECK_EQ(rig_window(&rig), MIB + GRAIN);
	rig.gpu.vram_size = 4 * MIB - GRAIN;
	count = 0;
	put(&count, PRAMIN_ACCESS_READ, 4 * MIB - 2 * GRAIN, 8, 0);
	put(&count, PRAMIN_ACCESS_READ, 3 * MIB - GRAIN, 8, 0);
	CHECK_EQ(run(count, 0), 0);
	CHECK_EQ(rig_window(&rig), 3 * MIB - GRAIN);
	CHECK_EQ(rig_touch(&rig, 0), 0);
	CHECK_EQ(run(1, 0), 0);
	CHECK_EQ(rig_window(&rig), 3 * MIB - GRAIN);
	CHECK_EQ(rig.gpu.stats.moves, 5);
	CHECK_EQ(rig.env.allocs, 0);
	return 0;
}

static int an_empty_batch_touches_nothing(void)
{
	uint32_t count = 0;

	open_rig(FAKE_VRAM);
	CHECK_EQ(run(0, PRAMIN_BATCH_FLUSH), 0);
	CHECK_EQ(batch.done, 0);
	put(&count, PRAMIN_ACCESS_BARRIER, 3, 3, 0);
	list[0].done = true;
	CHECK_EQ(run(1, PRAMIN_BATCH_FLUSH | PRAMIN_BATCH_MERGE), 0);
	CHECK(!list[0].done);
	CHECK_EQ(batch.moves, 0);
	CHECK_EQ(rig.fake.accesses, 0);
	CHECK_EQ(rig.env.allocs, 0);
	return 0;
}

static int a_bad_entry_is_named_and_nothing_is_touched(void)
{
	static const struct {
		uint8_t kind, width;
		uint64_t pa;
		int err;
		enum pramin_reason reason;
	} bad[] = {
		{ 3, 4, 0, -EINVAL, PRAMIN_REASON_BATCH_KIND },
		{ 255, 4, 0, -EINVAL, PRAMIN_REASON_BATCH_KIND },
		{ 0, 0, 0, -EINVAL, PRAMIN_REASON_BATCH_WIDTH },
		{ 1, 3, 0, -EINVAL, PRAMIN_REASON_BATCH_WIDTH },
		{ 1, 16, 0, -EINVAL, PRAMIN_REASON_BATCH_WIDTH },
		{ 0, 8, 4, -EINVAL, PRAMIN_REASON_BATCH_MISALIGNED },
		{ 1, 2, 1, -EINVAL, PRAMIN_REASON_BATCH_MISALIGNED },
		{ 0, 1, FAKE_VRAM - 1, 0, PRAMIN_REASON_NONE },
		{ 0, 1, FAKE_VRAM, -ERANGE, PRAMIN_REASON_BATCH_RANGE },
		{ 1, 8, UINT64_MAX - 7, -ERANGE, PRAMIN_REASON_BATCH_RANGE },
		/* VRAM may end in mid-word. */
		{ 0, 8, FAKE_VRAM - 4, -EINVAL,
		  PRAMIN_REASON_BATCH_MISALIGNED },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		uint32_t count = 0;

		open_rig(FAKE_VRAM);
		put(&count, PRAMIN_ACCESS_WRITE, 0, 4, 5);
		put(&count, bad[i].kind, bad[i].pa, bad[i].width, 0);
		list[0].done = true;
		CHECK_EQ(run(count, 0), bad[i].err);
		if (!bad[i].err)
			continue;
		CHECK_EQ(rig.op.cause.reason, bad[i].reason);
		CHECK_EQ(rig.op.cause.arg[0], 1);
		CHECK_EQ(batch.bad, 1);
		CHECK_EQ(batch.done, 0);
		CHECK(!list[0].done);
		CHECK_EQ(rig.fake.accesses, 0);
	}
	return 0;
}

static int the_end_of_vram_and_of_the_reach_are_exact(void)
{
	uint32_t count = 0;

	open_rig(FAKE_VRAM - 4);
	put(&count, PRAMIN_ACCESS_READ, FAKE_VRAM - 8, 4, 0);
	CHECK_EQ(run(count, 0), 0);
	list[0].width = 8;
	CHECK_EQ(run(count, 0), -ERANGE);
	rig.gpu.vram_size = FAKE_VRAM;
	CHECK_EQ(run(count, 0), 0);
	rig.gpu.reach = FAKE_VRAM - MIB;
	CHECK_EQ(run(count, 0), -ERANGE);
	CHECK_EQ(rig.op.cause.arg[2], FAKE_VRAM - MIB);
	/* VRAM that is smaller than a window */
	rig.gpu.vram_size = GRAIN;
	list[0].vram_pa = GRAIN - 8;
	CHECK_EQ(run(count, PRAMIN_BATCH_MERGE), 0);
	CHECK_EQ(rig_window(&rig), 0);
	return 0;
}

static int a_batch_that_is_too_long_is_refused_unread(void)
{
	open_rig(FAKE_VRAM);
	CHECK_EQ(pramin_batch_run(rig_op(&rig), NULL,
				  (size_t)PRAMIN_BATCH_MAX + 1, &batch),
		 -EINVAL);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_BATCH_LENGTH);
	CHECK_EQ(rig.fake.accesses, 0);
	return 0;
}

static int a_view_allows_a_batch_that_its_window_shows_and_no_other(void)
{
	struct pramin_hold hold;
	uint32_t count = 0;
	uint64_t before;

	open_rig(FAKE_VRAM);
	CHECK_EQ(pramin_hold_begin(rig_op(&rig), &hold, MIB, 8, false), 0);
	put(&count, PRAMIN_ACCESS_WRITE, MIB, 8, 1);
	put(&count, PRAMIN_ACCESS_WRITE, 2 * MIB - 8, 8, 2);
	CHECK_EQ(run(count, PRAMIN_BATCH_MERGE), 0);
	CHECK_EQ(run(count, PRAMIN_BATCH_FLUSH), 0);
	before = rig.fake.accesses;
	list[1].vram_pa = 2 * MIB;
	CHECK_EQ(run(count, 0), -EBUSY);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_VIEW_OPEN);
	CHECK_EQ(rig.op.cause.arg[0], 2 * MIB);
	list[0].vram_pa = MIB - 8;
	CHECK_EQ(run(count, 0), -EBUSY);
	CHECK_EQ(rig.op.cause.arg[0], MIB - 8);
	/* And not where nobody knows what it shows */
	list[0].vram_pa = list[1].vram_pa = MIB;
	rig.gpu.base_known = false;
	CHECK_EQ(run(count, 0), -EIO);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_VIEW_LOST);
	CHECK_EQ(pramin_move(rig_op(&rig), MIB, MIB), -EIO);
	CHECK_EQ(batch.done, 0);
	CHECK_EQ(rig.fake.accesses, before);
	pramin_hold_end(&hold);
	CHECK_EQ(run(count, 0), 0);
	return 0;
}

static int without_memory_nothing_is_touched(void)
{
	uint32_t count = 0;

	open_rig(FAKE_VRAM);
	put(&count, PRAMIN_ACCESS_WRITE, 0, 8, 1);
	put(&count, PRAMIN_ACCESS_WRITE, 3 * MIB, 8, 1);
	rig.env.fail_at = 1;
	CHECK_EQ(run(count, 0), -ENOMEM);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_NO_MEMORY);
	CHECK_EQ(batch.done, 0);
	CHECK_EQ(rig.fake.accesses, 0);
	return 0;
}

static int a_flush_costs_one_read_at_the_end(void)
{
	uint32_t count = 0;

	open_rig(FAKE_VRAM);
	put(&count, PRAMIN_ACCESS_WRITE, 0, 8, 1);
	put(&count, PRAMIN_ACCESS_WRITE, 3 * MIB, 8, 1);
	CHECK_EQ(run(count, PRAMIN_BATCH_FLUSH), 0);
	CHECK_EQ(rig.gpu.stats.flushes, 1);
	CHECK_EQ(run(count, 0), 0);
	CHECK_EQ(rig.gpu.stats.flushes, 1);
	return 0;
}

static int all_ones_cost_one_look_at_boot_0_per_position(void)
{
	uint32_t count = 0, i;

	open_rig(FAKE_VRAM);
	for (i = 0; i < 200; i++) {
		put(&count, PRAMIN_ACCESS_WRITE, i * 8, 8, UINT64_MAX);
		put(&count, PRAMIN_ACCESS_WRITE, 2 * MIB + i, 1, 0xff);
	}
	CHECK_EQ(run(count, 0), 0);
	for (i = 0; i < count; i++)
		list[i].kind = PRAMIN_ACCESS_READ;
	rig.fake.boot_0_reads = 0;
	CHECK_EQ(run(count, 0), 0);
	CHECK_EQ(batch.done, count);
	CHECK_EQ(batch.moves, 1);
	CHECK_EQ(rig.fake.boot_0_reads, 2);
	/* Something else behind them proves as well; a barrier costs none. */
	list[count - 1].vram_pa = 2 * MIB + 4096;
	list[6].kind = PRAMIN_ACCESS_BARRIER;
	CHECK_EQ(run(count, 0), 0);
	CHECK_EQ(batch.done, count - 1);
	CHECK_EQ(batch.moves, 2);
	CHECK_EQ(rig.fake.boot_0_reads, 2 + 2);
	return 0;
}

static const struct check_test tests[] = {
	TEST(random_batches_do_what_the_list_in_its_own_order_does),
	TEST(a_thousand_multi_phase_batches_make_the_fewest_moves_there_are),
	TEST(what_one_position_shows_needs_no_memory_and_one_move),
	TEST(an_empty_batch_touches_nothing),
	TEST(a_bad_entry_is_named_and_nothing_is_touched),
	TEST(the_end_of_vram_and_of_the_reach_are_exact),
	TEST(a_batch_that_is_too_long_is_refused_unread),
	TEST(a_view_allows_a_batch_that_its_window_shows_and_no_other),
	TEST(without_memory_nothing_is_touched),
	TEST(a_flush_costs_one_read_at_the_end),
	TEST(all_ones_cost_one_look_at_boot_0_per_position),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
