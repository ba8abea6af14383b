// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Batches that fail in the middle: which entries are marked, and that the marks
 * are true. And merged writes, entry by entry.
 */
#include "core_batch.h"

#define ENTRIES 128u

static struct rig rig;
static struct pramin_access list[ENTRIES];
static struct pramin_batch batch;
static uint32_t count;

static int run(uint32_t flags)
{
	memset(&batch, 0, sizeof(batch));
	batch.flags = flags;
	return pramin_batch_run(rig_op(&rig), list, count, &batch);
}

static void put(unsigned int kind, uint64_t pa, unsigned int width,
		uint64_t val)
{
	list[count++] = (struct pramin_access){
		.vram_pa = pa,
		.val = val,
		.width = (uint8_t)width,
		.kind = (uint8_t)kind,
	};
}

/* Two phases over three positions; each word is written, then read back. */
static void make_list(void)
{
	uint32_t i;

	count = 0;
	for (i = 0; i < 12; i++)
		put(PRAMIN_ACCESS_WRITE, (i * 5 % 12) * 5 * GRAIN + i * 8, 4,
		    0xa0000000u + i);
	put(PRAMIN_ACCESS_BARRIER, 0, 0, 0);
	for (i = 0; i < 12; i++)
		put(PRAMIN_ACCESS_READ, (i * 5 % 12) * 5 * GRAIN + i * 8, 4, 0);
	for (i = 0; i < 6; i++)
		put(PRAMIN_ACCESS_WRITE, i * GRAIN + 4096 + i, 1, 0x5a);
}

/* What a mark promises, on a GPU that has not lost anything */
static int check_marks(void)
{
	uint64_t done = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		const struct pramin_access *a = &list[i];
		uint64_t val = 0;

		memcpy(&val, rig.fake.vram + a->vram_pa, a->width);
		done += a->done;
		if (a->done)
			CHECK_EQ(a->val, val);
		else if (a->kind == PRAMIN_ACCESS_WRITE)
			CHECK(a->val != val);
	}
	CHECK_EQ(done, batch.done);
	return 0;
}

static int sweep(int err, bool verify, bool sticky, int want, uint64_t *steps)
{
	uint64_t nth;

	for (nth = 1;; nth++) {
		int ret;

		rig_init(&rig, "gh100");
		rig.config.verify = verify;
		CHECK_EQ(rig_attach(&rig), 0);
		fake_forget(&rig.fake);
		make_list();
		rig.fake.fault = (struct fake_fault){ nth, err, sticky };
		ret = run(PRAMIN_BATCH_FLUSH);
		CHECK_EQ(rig.env.allocs, rig.env.frees);
		if (rig.fake.accesses < nth)
			break;
		if (err || sticky)
			CHECK_EQ(ret, want);
		if (err)
			CHECK_EQ(check_marks(), 0);
		/* The next one works, if the GPU does. */
		if (err == -EIO) {
			rig.fake.fault.at = 0;
			CHECK_EQ(run(0), 0);
			CHECK_EQ(check_marks(), 0);
			CHECK_EQ(batch.done, count - 1);
		}
	}
	*steps = nth;
	return 0;
}

static int a_fault_that_the_backend_reports_leaves_true_marks(void)
{
	uint64_t steps, verified;

	CHECK_EQ(sweep(-EIO, false, false, -EIO, &steps), 0);
	CHECK(steps > 30);
	CHECK_EQ(sweep(-EIO, true, false, -EIO, &verified), 0);
	CHECK(verified > steps);
	CHECK_EQ(sweep(-ENODEV, false, true, -ENODEV, &steps), 0);
	return 0;
}

static int a_gpu_that_is_silently_lost_is_noticed_wherever_it_goes(void)
{
	uint64_t steps;

	CHECK_EQ(sweep(0, false, true, -ENODEV, &steps), 0);
	CHECK_EQ(sweep(0, true, true, -ENODEV, &steps), 0);
	return 0;
}

static int after_the_gpu_was_lost_nothing_is_touched(void)
{
	uint64_t before;

	rig_open(&rig, "gh100");
	make_list();
	rig.fake.fault = (struct fake_fault){ 1, -ENODEV, true };
	CHECK_EQ(run(0), -ENODEV);
	before = rig.fake.accesses;
	list[0].done = true;
	CHECK_EQ(run(0), -ENODEV);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_WAS_GONE);
	CHECK(!list[0].done);
	CHECK_EQ(rig.fake.accesses, before);
	return 0;
}

/* Of reads that end in all ones, those before the last other answer count. */
static int reads_of_a_lost_gpu_are_not_marked_but_those_before_are(void)
{
	uint32_t i;

	rig_open(&rig, "gh100");
	CHECK_EQ(rig_touch(&rig, 0), 0);
	count = 0;
	for (i = 0; i < 100; i++)
		put(PRAMIN_ACCESS_READ, i * 4, 4, 0);
	fake_forget(&rig.fake);
	rig.fake.fault = (struct fake_fault){ 71, 0, true };
	CHECK_EQ(run(0), -ENODEV);
	CHECK_EQ(batch.done, 70);
	for (i = 0; i < count; i++)
		CHECK_EQ(list[i].done, i < 70);
	return 0;
}

static int in_verify_mode_a_stolen_window_leaves_its_reads_unmarked(void)
{
	uint32_t i;

	rig_init(&rig, "gh100");
	rig.config.verify = true;
	CHECK_EQ(rig_attach(&rig), 0);
	CHECK_EQ(rig_touch(&rig, 0), 0);
	count = 0;
	for (i = 0; i < 128; i++)
		put(PRAMIN_ACCESS_READ, i * 4, 4, 0);
	fake_forget(&rig.fake);
	/* 64 reads and a proof, then 10 more */
	rig.fake.meddle_at = 64 + 1 + 10 + 1;
	rig.fake.meddle_raw = 0x20;
	CHECK_EQ(run(0), -EIO);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_MISPLACED);
	CHECK_EQ(batch.done, 64);
	CHECK_EQ(list[63].done, true);
	CHECK_EQ(list[64].done, false);
	CHECK_EQ(rig.fake.accesses, 2 * 65);
	CHECK_EQ(run(0), 0);
	CHECK_EQ(batch.done, 128);
	return 0;
}

/* Writes of one word and what becomes of them: widths in hex digits */
static const struct {
	const char *name;
	struct {
		uint8_t at, width;
	} writes[8];
	uint64_t want[4]; /* accesses of 1, 2, 4, 8 bytes */
} merges[] = {
	{ "eight bytes, in any order",
	  { { 7, 1 },
	    { 0, 1 },
	    { 3, 1 },
	    { 2, 1 },
	    { 5, 1 },
	    { 4, 1 },
	    { 6, 1 },
	    { 1, 1 } },
	  { 0, 0, 0, 1 } },
	{ "two halves", { { 4, 4 }, { 0, 4 } }, { 0, 0, 0, 1 } },
	{ "the middle", { { 2, 2 }, { 4, 2 } }, { 0, 2, 0, 0 } },
	{ "all but the first byte",
	  { { 1, 1 }, { 2, 2 }, { 4, 4 } },
	  { 1, 1, 1, 0 } },
	{ "a byte twice", { { 0, 1 }, { 1, 1 }, { 0, 1 } }, { 1, 1, 0, 0 } },
	{ "two words", { { 4, 4 }, { 8, 4 } }, { 0, 0, 2, 0 } },
	{ "neighbours over three words",
	  { { 0, 8 }, { 8, 8 }, { 16, 4 }, { 20, 2 }, { 22, 2 } },
	  { 0, 0, 0, 3 } },
};

static int writes_merge_within_an_aligned_word_and_no_further(void)
{
	uint8_t before[32];
	size_t i;
	unsigned int k;

	for (i = 0; i < ARRAY_LEN(merges); i++) {
		rig_open(&rig, "gh100");
		memcpy(before, rig.fake.vram + MIB, sizeof(before));
		count = 0;
		for (k = 0; k < 8 && merges[i].writes[k].width; k++) {
			uint64_t val = (k + 1) * 0x0101010101010101ull;

			put(PRAMIN_ACCESS_WRITE, MIB + merges[i].writes[k].at,
			    merges[i].writes[k].width, val);
			memset(before + merges[i].writes[k].at, (int)(k + 1),
			       merges[i].writes[k].width);
		}
		CHECK_EQ(run(PRAMIN_BATCH_MERGE), 0);
		CHECK_EQ(batch.done, count);
		if (memcmp(rig.gpu.stats.writes, merges[i].want,
			   sizeof(merges[i].want)) != 0 ||
		    memcmp(before, rig.fake.vram + MIB, sizeof(before)) != 0) {
			printf("%s\n", merges[i].name);
			return CHECK_FAILED;
		}
	}
	return 0;
}

static int neither_a_read_nor_a_barrier_lets_writes_merge_across_it(void)
{
	uint64_t old;

	rig_open(&rig, "gh100");
	count = 0;
	memcpy(&old, rig.fake.vram, sizeof(old));
	put(PRAMIN_ACCESS_WRITE, 0, 1, 1);
	put(PRAMIN_ACCESS_READ, 0, 2, 0);
	put(PRAMIN_ACCESS_WRITE, 1, 1, 2);
	put(PRAMIN_ACCESS_BARRIER, 0, 0, 0);
	put(PRAMIN_ACCESS_WRITE, 2, 1, 3);
	put(PRAMIN_ACCESS_WRITE, 3, 1, 4);
	CHECK_EQ(run(PRAMIN_BATCH_MERGE), 0);
	CHECK_EQ(list[1].val, (old & 0xff00) | 1);
	CHECK_EQ(rig.gpu.stats.writes[0], 2);
	CHECK_EQ(rig.gpu.stats.writes[1], 1);
	CHECK_EQ(batch.done, 5);
	return 0;
}

static int a_merged_write_that_fails_leaves_its_entries_unmarked(void)
{
	uint64_t nth;

	for (nth = 1;; nth++) {
		uint32_t i;

		rig_open(&rig, "gh100");
		CHECK_EQ(rig_touch(&rig, 0), 0);
		fake_forget(&rig.fake);
		count = 0;
		for (i = 0; i < 8; i++)
			put(PRAMIN_ACCESS_WRITE, i * 2, 2, 0x4242);
		put(PRAMIN_ACCESS_READ, 16, 8, 0);
		put(PRAMIN_ACCESS_WRITE, 24, 4, 7);
		rig.fake.fault = (struct fake_fault){ nth, -EIO, false };
		if (!run(PRAMIN_BATCH_MERGE))
			break;
		for (i = 0; i < 8; i++)
			CHECK_EQ(list[i].done, i / 4 + 1 < nth);
		CHECK_EQ(list[8].done, nth > 3);
		CHECK(!list[9].done);
	}
	CHECK_EQ(nth, 5);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_fault_that_the_backend_reports_leaves_true_marks),
	TEST(a_gpu_that_is_silently_lost_is_noticed_wherever_it_goes),
	TEST(after_the_gpu_was_lost_nothing_is_touched),
	TEST(reads_of_a_lost_gpu_are_not_marked_but_those_before_are),
	TEST(in_verify_mode_a_stolen_window_leaves_its_reads_unmarked),
	TEST(writes_merge_within_an_aligned_word_and_no_further),
	TEST(neither_a_read_nor_a_barrier_lets_writes_merge_across_it),
	TEST(a_merged_write_that_fails_leaves_its_entries_unmarked),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
