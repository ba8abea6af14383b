// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin_batch() through a handle: its arguments, what reaches the bus and in
 * which order, and figures of the model. The plan itself is tested with the
 * core.
 */
#include "lib_rig.h"

#define READ(pa, width_)                                                       \
	{                                                                      \
		.kind = PRAMIN_ACCESS_READ, .vram_pa = (pa), .width = (width_) \
	}
#define WRITE(pa, width_, val_)                               \
	{                                                     \
		.kind = PRAMIN_ACCESS_WRITE, .vram_pa = (pa), \
		.width = (width_), .val = (val_)              \
	}
#define BARRIER                               \
	{                                     \
		.kind = PRAMIN_ACCESS_BARRIER \
	}

static struct rig rig;

static int arguments_are_checked_and_nothing_is_touched(void)
{
	struct pramin_access list[] = { WRITE(0, 4, 1) };
	struct pramin_batch batch = { .size = sizeof(batch), .done = 9 };
	uint64_t before;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	before = rig.accesses;
	CHECK_EQ(pramin_batch(NULL, list, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_batch(rig.dev, NULL, 1, &batch), -EINVAL);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_ARGUMENT);
	batch.size--;
	CHECK_EQ(pramin_batch(rig.dev, list, 1, &batch), -EINVAL);
	CHECK_HAS(pramin_last_why(rig.dev)->what, "size");
	batch.size++;
	batch.flags = 1u << 2;
	CHECK_EQ(pramin_batch(rig.dev, list, 1, &batch), -EINVAL);
	CHECK_HAS(pramin_last_why(rig.dev)->what, "flags");
	CHECK_EQ(batch.done, 9);
	batch.flags = 0;
	CHECK_EQ(pramin_batch(rig.dev, NULL, 0, &batch), 0);
	CHECK_EQ(batch.done, 0);
	CHECK_EQ(pramin_batch(rig.dev, NULL, 0, NULL), 0);
	CHECK_EQ(rig.accesses, before);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int every_width_reads_what_it_wrote_on_a_trapped_and_a_flat_model(void)
{
	int flat;

	for (flat = 0; flat <= 1; flat++) {
		struct pramin_access list[] = {
			WRITE(5 * MIB, 1, 0x1234567890abcdef),
			WRITE(3 * MIB + 2, 2, 0x1234567890abcdef),
			WRITE(9 * MIB - 4, 4, 0x1234567890abcdef),
			WRITE(16 * MIB - 8, 8, 0x1234567890abcdef),
			READ(16 * MIB - 8, 8),
			READ(9 * MIB - 4, 4),
			READ(3 * MIB + 2, 2),
			READ(5 * MIB, 1),
		};
		struct pramin_batch batch = {
			.size = sizeof(batch),
			.flags = PRAMIN_BATCH_FLUSH,
		};

		CHECK_EQ(rig_open(&rig, "gh100", 16 * MIB, flat), 0);
		CHECK_EQ(pramin_batch(rig.dev, list, 8, &batch), 0);
		CHECK_EQ(list[7].val, 0xef);
		CHECK_EQ(list[6].val, 0xcdef);
		CHECK_EQ(list[5].val, 0x90abcdef);
		CHECK_EQ(list[4].val, 0x1234567890abcdef);
		CHECK_EQ(batch.done, 8);
		CHECK_EQ(batch.moves, 4);
		CHECK_EQ(batch.least, 4);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

static int nothing_crosses_a_barrier_on_the_bus(void)
{
	struct pramin_access list[] = {
		WRITE(3 * MIB, 4, 1),
		WRITE(64, 4, 2),
		READ(2 * MIB, 8),
		BARRIER,
		WRITE(64, 4, 3),
		READ(3 * MIB, 4),
		WRITE(2 * MIB, 8, 4),
		BARRIER,
		BARRIER,
		READ(2 * MIB, 8),
		READ(64, 4),
	};
	static const size_t phase_len[] = { 3, 3, 2 };
	struct rig_access log[64];
	uint64_t seen = 0, i;
	size_t phase, n;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	rig_log_here(&rig, log, ARRAY_LEN(log));
	CHECK_EQ(pramin_batch(rig.dev, list, ARRAY_LEN(list), NULL), 0);
	CHECK_EQ(list[5].val, 1);
	CHECK_EQ(list[9].val, 4);
	CHECK_EQ(list[10].val, 3);
	CHECK(rig.accesses - rig.log_from <= ARRAY_LEN(log));

	/* In the log: the entries of each phase, in any order, then the next */
	for (phase = 0, i = 0; phase < 3; phase++) {
		unsigned int sum = 0;

		for (n = 0; n < phase_len[phase]; i++) {
			CHECK(i < rig.accesses - rig.log_from);
			if (!rig_in_aperture(log[i].off))
				continue;
			n++;
			sum += (unsigned int)(log[i].vram_pa / MIB) * 2 +
			       log[i].write;
		}
		seen += n;
		CHECK_EQ(sum, phase == 0 ? 7 + 1 + 4 :
			      phase == 1 ? 1 + 6 + 5 :
					   4 + 0);
	}
	CHECK_EQ(seen, 8);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int merged_page_table_entries_take_half_the_writes(void)
{
	struct pramin_access list[1024];
	struct pramin_batch batch = {
		.size = sizeof(batch),
		.flags = PRAMIN_BATCH_MERGE | PRAMIN_BATCH_FLUSH,
	};
	struct pramin_stats stats = { .size = sizeof(stats) };
	uint32_t i, val;

	for (i = 0; i < ARRAY_LEN(list); i++)
		list[i] = (struct pramin_access)WRITE(
			(i % 2 ? 6 * MIB : 0) + i / 2 * 4, 4, i);
	CHECK_EQ(rig_open(&rig, "ga102", 8 * MIB, false), 0);
	CHECK_EQ(pramin_batch(rig.dev, list, ARRAY_LEN(list), &batch), 0);
	CHECK_EQ(pramin_stats(rig.dev, &stats), 0);
	CHECK_EQ(batch.moves, 2);
	CHECK_EQ(stats.moves, 2);
	CHECK_EQ(stats.writes[3], 512);
	CHECK_EQ(stats.writes[2], 0);
	CHECK_EQ(stats.flushes, 1);
	for (i = 0; i < ARRAY_LEN(list); i++) {
		CHECK_EQ(pramin_model_peek(rig.model, list[i].vram_pa, &val,
					   sizeof(val)),
			 0);
		CHECK_EQ(val, i);
	}
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int a_batch_leaves_the_gpu_usable_and_its_window_restored(void)
{
	struct pramin_access list[] = { WRITE(3 * MIB, 4, 1), READ(0, 4) };
	struct pramin_batch batch = { .size = sizeof(batch) };
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	rig.fail_at = rig.accesses + 2;
	rig.fail_code = -EPERM;
	CHECK_EQ(pramin_batch(rig.dev, list, 2, &batch), -EPERM);
	CHECK_EQ(batch.bad, 2);
	CHECK_EQ(pramin_batch(rig.dev, list, 2, &batch), 0);
	CHECK_EQ(batch.done, 2);
	CHECK_EQ(pramin_read32(rig.dev, 3 * MIB, &val), 0);
	CHECK_EQ(val, 1);
	CHECK_EQ(pramin_close(rig.dev, NULL), 0);
	CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	pramin_model_destroy(rig.model);
	return 0;
}

static const struct check_test tests[] = {
	TEST(arguments_are_checked_and_nothing_is_touched),
	TEST(every_width_reads_what_it_wrote_on_a_trapped_and_a_flat_model),
	TEST(nothing_crosses_a_barrier_on_the_bus),
	TEST(merged_page_table_entries_take_half_the_writes),
	TEST(a_batch_leaves_the_gpu_usable_and_its_window_restored),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
