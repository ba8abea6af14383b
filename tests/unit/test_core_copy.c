// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Copy within VRAM against memmove(): near, far, overlapping either way, and
 * how often the window has to move for it.
 */
#include "core_rig.h"

#define PIECE (WINDOW - GRAIN) /* what a position shows at least */

static uint8_t want[FAKE_VRAM];

static int copy(struct rig *r, uint64_t dst, uint64_t src, uint64_t len)
{
	return pramin_bulk_copy(rig_op(r), dst, src, len, &r->bulk);
}

static int random_copies_agree_with_memmove(void)
{
	static const uint64_t aparts[] = { 8,	      300, GRAIN,
					   512 * KIB, MIB, FAKE_VRAM };
	uint64_t seed = 51, dst, src, len, room;
	unsigned int i, mapped;
	struct rig r;

	for (mapped = 0; mapped < 2; mapped++) {
		rig_open(&r, "gh100");
		r.fake.mapped = mapped;
		memcpy(want, r.fake.vram, sizeof(want));
		for (i = 0; i < 400; i++) {
			uint64_t apart = rnd_edge(&seed, aparts[i % 6]);

			src = rnd_edge(&seed, FAKE_VRAM);
			dst = i & 8 ? src + apart : src - apart;
			if (dst >= FAKE_VRAM)
				dst = rnd_edge(&seed, FAKE_VRAM);
			room = FAKE_VRAM - (dst > src ? dst : src);
			len = rnd_edge(&seed, room + 1);
			if (i % 16)
				len %= 4000;
			memmove(want + dst, want + src, len);
			CHECK_EQ(copy(&r, dst, src, len), 0);
			CHECK_EQ(r.bulk.done, len);
			if (i % 16 == 0)
				CHECK(!memcmp(want, r.fake.vram, FAKE_VRAM));
		}
		CHECK(!memcmp(want, r.fake.vram, FAKE_VRAM));
		CHECK_EQ(r.fake.stray, 0);
		CHECK_EQ(r.env.allocs, r.env.frees);
	}
	return 0;
}

/* Where one byte more or less changes the direction, or near to far */
static int copies_at_every_distance_that_matters_agree_with_memmove(void)
{
	static const uint64_t aparts[] = { 1,
					   7,
					   8,
					   GRAIN - 1,
					   GRAIN,
					   GRAIN + 1,
					   512 * KIB - 1,
					   512 * KIB,
					   512 * KIB + 1,
					   PIECE - 1,
					   PIECE,
					   PIECE + 1,
					   MIB - 1,
					   MIB,
					   MIB + 1 };
	uint64_t at = 777, len, apart, off;
	unsigned int down;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(aparts); i++) {
		apart = aparts[i];
		for (down = 0; down < 2; down++) {
			for (off = 0; off <= 2; off++) {
				rig_open(&r, "tu102");
				memcpy(want, r.fake.vram, sizeof(want));
				len = 2 * MIB - 1 + off;
				if (i % 2)
					len = apart - 1 + off;
				memmove(want + at + (down ? apart : 0),
					want + at + (down ? 0 : apart), len);
				CHECK_EQ(copy(&r, at + (down ? apart : 0),
					      at + (down ? 0 : apart), len),
					 0);
				CHECK(!memcmp(want, r.fake.vram, FAKE_VRAM));
				CHECK_EQ(r.fake.stray, 0);
			}
		}
	}
	return 0;
}

static int a_copy_onto_itself_touches_nothing(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(copy(&r, 12345, 12345, 2 * MIB), 0);
	CHECK_EQ(r.bulk.done, 2 * MIB);
	CHECK_EQ(r.fake.accesses, 0);
	CHECK_EQ(r.env.allocs, 0);
	return 0;
}

static int a_copy_that_one_position_shows_takes_one_move(void)
{
	static const struct {
		uint64_t dst, src, len;
	} cases[] = {
		{ 0, 512 * KIB, 512 * KIB },
		{ 512 * KIB, 0, 512 * KIB },
		{ MIB + 3, MIB, MIB - 3 },
		{ MIB, MIB + 3, MIB - 3 },
		{ MIB + 900 * KIB, MIB, 100 },
		/* Over a MiB line */
		{ MIB - 100, MIB + 100, 5000 },
		{ MIB + 100, MIB - 100, 5000 },
		{ 2 * MIB - 8 * KIB, 2 * MIB + 8 * KIB, 500 * KIB },
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open(&r, "tu102");
		CHECK_EQ(copy(&r, cases[i].dst, cases[i].src, cases[i].len), 0);
		CHECK_EQ(r.gpu.stats.moves, 1);
		CHECK_EQ(r.fake.window_writes, 1);
	}
	return 0;
}

static int a_far_copy_takes_two_moves_for_each_960_kib_or_more(void)
{
	static const struct {
		uint64_t dst, src, len, moves;
	} cases[] = {
		{ 2 * MIB, 0, 2 * MIB, 4 },
		{ 0, 2 * MIB, 2 * MIB, 4 },
		{ 2 * MIB, 0, 1, 2 },
		{ 3 * MIB, 5, PIECE, 2 },
		/* Overlapping: downwards and upwards */
		{ MIB, 0, 3 * MIB, 6 },
		{ 0, MIB, 3 * MIB, 6 },
		{ 600 * KIB, 0, 3 * MIB, 8 },
	};
	uint64_t bound;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open(&r, "gh100");
		CHECK_EQ(copy(&r, cases[i].dst, cases[i].src, cases[i].len), 0);
		CHECK(r.gpu.stats.moves <= cases[i].moves);
		CHECK_EQ(r.fake.window_writes, r.gpu.stats.moves);
	}

	/* Whatever the offsets inside 64 KiB */
	for (i = 0; i < 64; i++) {
		uint64_t src = i * 4099 % GRAIN, dst = i * 8221 % GRAIN;
		uint64_t len = 2 * MIB - GRAIN;

		rig_open(&r, "gh100");
		CHECK_EQ(copy(&r, 2 * MIB + dst, src, len), 0);
		bound = (len + PIECE - 1) / PIECE + 1;
		CHECK(r.gpu.stats.moves <= 2 * bound);
	}
	return 0;
}

/* Where the end of a chunk in the source falls least well */
static int a_far_copy_of_twice_960_kib_takes_four_moves_at_any_offset(void)
{
	uint64_t src, dst;
	struct rig r;

	for (src = 0; src < 8; src++) {
		for (dst = GRAIN - 8; dst <= GRAIN; dst++) {
			rig_open(&r, "gh100");
			CHECK_EQ(copy(&r, 2 * MIB + dst, src, 2 * PIECE), 0);
			CHECK(r.gpu.stats.moves <= 4);
		}
	}
	return 0;
}

/* Each byte is read once and written once, 8 at a time where it can be. */
static int an_aligned_copy_is_one_read_and_one_write_per_8_bytes(void)
{
	static const struct {
		uint64_t dst, src;
	} cases[] = { { 2 * MIB + GRAIN, 8 },
		      { 8, 2 * MIB + GRAIN },
		      { 4096, 0 },
		      { 0, 4096 } };
	uint64_t len = MIB + 512 * KIB;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open(&r, "tu102");
		CHECK_EQ(copy(&r, cases[i].dst, cases[i].src, len), 0);
		CHECK_EQ(r.fake.writes[3], len / 8);
		CHECK_EQ(r.fake.reads[3], len / 8);
		CHECK_EQ(r.fake.writes[0] + r.fake.writes[1] + r.fake.writes[2],
			 0);
		/* Narrow reads: only those that prove the writes */
		CHECK_EQ(r.fake.reads[2], r.gpu.stats.flushes);
		CHECK_EQ(r.fake.reads[0] + r.fake.reads[1], 0);
	}
	return 0;
}

static int both_ranges_are_checked_before_anything_happens(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(copy(&r, FAKE_VRAM - 10, 0, 11), -ERANGE);
	CHECK_EQ(r.op.cause.arg[0], FAKE_VRAM - 10);
	CHECK_EQ(copy(&r, 0, FAKE_VRAM - 10, 11), -ERANGE);
	CHECK_EQ(copy(&r, UINT64_MAX - 4, 0, 11), -ERANGE);
	CHECK_EQ(copy(&r, 0, UINT64_MAX - 4, 11), -ERANGE);
	CHECK_EQ(copy(&r, FAKE_VRAM - 10, 0, 10), 0);
	CHECK_EQ(r.env.allocs, 1);
	return 0;
}

static int a_copy_without_memory_says_so_and_touches_nothing(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	r.env.fail_at = 1;
	CHECK_EQ(copy(&r, 0, MIB, 64), -ENOMEM);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_NO_MEMORY);
	CHECK_EQ(r.op.cause.arg[0], 64);
	CHECK_EQ(r.fake.accesses, 0);
	CHECK_EQ(r.env.frees, 0);
	return 0;
}

static int the_ones_of_a_lost_gpu_are_never_written(void)
{
	struct rig r;
	uint64_t i;

	rig_open(&r, "tu102");
	/* Lost while it is read; back by the time of the first write */
	memset(r.fake.vram, 0xff, 64);
	r.fake.regs[0].val = FAKE_GONE;
	CHECK_EQ(copy(&r, MIB, 0, 64), -ENODEV);
	for (i = 0; i < 64; i++)
		CHECK_EQ(r.fake.vram[MIB + i], fake_byte(MIB + i));
	CHECK_EQ(r.bulk.done, 0);
	return 0;
}

static int suspects_in_the_source_are_counted_and_copied(void)
{
	static const uint32_t word = 0xbad0b034;
	struct rig r;

	rig_open(&r, "tu102");
	memset(r.fake.vram, 0, FAKE_VRAM);
	memcpy(r.fake.vram + 4096, &word, 4);
	memcpy(r.fake.vram + MIB + GRAIN, &word, 4);
	/* In the destination it is not read. */
	memcpy(r.fake.vram + 2 * MIB + 16, &word, 4);
	CHECK_EQ(copy(&r, 2 * MIB, 0, 2 * MIB), 0);
	CHECK_EQ(r.bulk.suspects, 2);
	CHECK_EQ(r.bulk.first_suspect, 4096);
	CHECK(!memcmp(r.fake.vram + 2 * MIB + 4096, &word, 4));
	return 0;
}

/*
 * Where source and destination differ in alignment, a chunk may end inside a
 * word of the source; the word is read all the same.
 */
static int a_suspect_that_lies_over_two_chunks_is_counted(void)
{
	static const uint32_t word = 0xbad0b034;
	struct rig r;

	rig_open(&r, "tu102");
	memset(r.fake.vram, 0, FAKE_VRAM);
	memcpy(r.fake.vram + MIB - 4, &word, 4);
	CHECK_EQ(copy(&r, 2 * MIB + 1, 0, MIB + 64), 0);
	CHECK(!memcmp(r.fake.vram + 3 * MIB - 3, &word, 4));
	CHECK_EQ(r.bulk.suspects, 1);
	CHECK_EQ(r.bulk.first_suspect, MIB - 4);
	return 0;
}

static const struct check_test tests[] = {
	TEST(random_copies_agree_with_memmove),
	TEST(copies_at_every_distance_that_matters_agree_with_memmove),
	TEST(a_copy_onto_itself_touches_nothing),
	TEST(a_copy_that_one_position_shows_takes_one_move),
	TEST(a_far_copy_takes_two_moves_for_each_960_kib_or_more),
	TEST(a_far_copy_of_twice_960_kib_takes_four_moves_at_any_offset),
	TEST(an_aligned_copy_is_one_read_and_one_write_per_8_bytes),
	TEST(both_ranges_are_checked_before_anything_happens),
	TEST(a_copy_without_memory_says_so_and_touches_nothing),
	TEST(the_ones_of_a_lost_gpu_are_never_written),
	TEST(suspects_in_the_source_are_counted_and_copied),
	TEST(a_suspect_that_lies_over_two_chunks_is_counted),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
