// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Bulk read, write and fill against plain memory, and what they cost: the
 * fewest accesses that there can be, one move per MiB, one proof per chunk.
 */
#include "core_rig.h"

#define CHUNK GRAIN

static uint8_t want[FAKE_VRAM], buf[FAKE_VRAM + 64];

static int random_reads_agree_with_memory_and_write_nothing_beyond(void)
{
	uint64_t seed = 31, pa, len;
	unsigned int i, mapped;
	struct rig r;

	for (mapped = 0; mapped < 2; mapped++) {
		rig_open(&r, "gh100");
		r.fake.mapped = mapped;
		for (i = 0; i < 400; i++) {
			pa = rnd_edge(&seed, FAKE_VRAM);
			len = rnd_edge(&seed, FAKE_VRAM - pa + 1);
			len = i % 20 ? len % 5000 : len;
			memset(buf, 0x5a, len + 64);
			CHECK_EQ(pramin_bulk_read(rig_op(&r), pa, buf + 32, len,
						  &r.bulk),
				 0);
			CHECK(!memcmp(buf + 32, r.fake.vram + pa, len));
			CHECK_EQ(buf[31], 0x5a);
			CHECK_EQ(buf[32 + len], 0x5a);
			CHECK_EQ(r.bulk.done, len);
		}
		CHECK_EQ(r.fake.stray, 0);
	}
	return 0;
}

static int random_writes_agree_with_memory_and_touch_no_neighbour(void)
{
	uint64_t seed = 32, pa, len, k;
	unsigned int i, mapped;
	struct rig r;

	for (mapped = 0; mapped < 2; mapped++) {
		rig_open(&r, "tu102");
		r.fake.mapped = mapped;
		memcpy(want, r.fake.vram, sizeof(want));
		for (i = 0; i < 400; i++) {
			pa = rnd_edge(&seed, FAKE_VRAM);
			len = rnd_edge(&seed, FAKE_VRAM - pa + 1);
			len = i % 20 ? len % 5000 : len;
			for (k = 0; k < len; k += 8) {
				uint64_t v = rnd(&seed);

				memcpy(buf + k, &v, 8);
			}
			memcpy(want + pa, buf, len);
			CHECK_EQ(pramin_bulk_write(rig_op(&r), pa, buf, len,
						   &r.bulk),
				 0);
			CHECK_EQ(r.bulk.done, len);
			if (i % 20 == 0)
				CHECK(!memcmp(want, r.fake.vram, FAKE_VRAM));
		}
		CHECK(!memcmp(want, r.fake.vram, FAKE_VRAM));
		CHECK_EQ(r.fake.stray, 0);
	}
	return 0;
}

static int random_fills_repeat_the_pattern_from_the_first_byte_on(void)
{
	uint64_t seed = 33, pa, len, k;
	unsigned int i, n;
	uint8_t pattern[8];
	struct rig r;

	rig_open(&r, "tu102");
	memcpy(want, r.fake.vram, sizeof(want));
	for (i = 0; i < 400; i++) {
		n = 1u << i % 4;
		pa = rnd_edge(&seed, FAKE_VRAM - 8);
		len = rnd_edge(&seed, FAKE_VRAM - pa + 1);
		len = (i % 20 ? len % 5000 : len) / n * n;
		for (k = 0; k < n; k++)
			pattern[k] = (uint8_t)rnd(&seed);
		for (k = 0; k < len; k++)
			want[pa + k] = pattern[k % n];
		CHECK_EQ(pramin_bulk_fill(rig_op(&r), pa, len, pattern, n,
					  &r.bulk),
			 0);
		CHECK_EQ(r.bulk.done, len);
		if (i % 20 == 0)
			CHECK(!memcmp(want, r.fake.vram, FAKE_VRAM));
	}
	CHECK(!memcmp(want, r.fake.vram, FAKE_VRAM));
	CHECK_EQ(r.fake.stray, 0);
	return 0;
}

static int a_byte_fill_fills_bytes_and_splits_at_the_end_of_the_aperture(void)
{
	struct rig r;
	uint64_t i;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, 0), 0);
	CHECK_EQ(pramin_bulk_fill(rig_op(&r), MIB - 3, 2 * MIB + 7, "\xa5", 1,
				  &r.bulk),
		 0);
	for (i = 0; i < 2 * MIB + 7; i++)
		CHECK_EQ(r.fake.vram[MIB - 3 + i], 0xa5);
	CHECK_EQ(r.fake.vram[MIB - 4], fake_byte(MIB - 4));
	CHECK_EQ(r.fake.vram[3 * MIB + 4], fake_byte(3 * MIB + 4));
	CHECK_EQ(r.fake.stray, 0);
	return 0;
}

static int a_fill_refuses_what_does_not_repeat(void)
{
	static const struct {
		uint64_t len;
		unsigned int pattern;
		int err;
		enum pramin_reason reason;
	} cases[] = {
		{ 16, 0, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 15, 3, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 16, 5, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 16, 16, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 16, UINT32_MAX, -EINVAL, PRAMIN_REASON_WIDTH },
		{ 1, 2, -EINVAL, PRAMIN_REASON_PATTERN },
		{ 6, 4, -EINVAL, PRAMIN_REASON_PATTERN },
		{ 12, 8, -EINVAL, PRAMIN_REASON_PATTERN },
		{ 0, 8, 0, 0 },
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open(&r, "tu102");
		r.bulk.done = 99;
		CHECK_EQ(pramin_bulk_fill(rig_op(&r), 0, cases[i].len,
					  "abcdefg", cases[i].pattern, &r.bulk),
			 cases[i].err);
		CHECK_EQ(r.op.cause.reason, cases[i].reason);
		/* After -EINVAL the results are left alone. */
		CHECK_EQ(r.bulk.done, cases[i].err ? 99 : 0);
		CHECK_EQ(r.fake.accesses, 0);
	}
	return 0;
}

/* The fewest aligned accesses that cover a run exactly, by trying them all */
static uint64_t oracle_accesses(uint64_t pa, uint64_t len)
{
	static uint64_t best[512];
	uint64_t i, w;

	best[len] = 0;
	for (i = len; i-- > 0;) {
		best[i] = UINT64_MAX;
		for (w = 1; w <= 8; w *= 2)
			if ((pa + i) % w == 0 && i + w <= len &&
			    best[i + w] + 1 < best[i])
				best[i] = best[i + w] + 1;
	}
	return best[0];
}

static uint64_t sum(const uint64_t *n)
{
	return n[0] + n[1] + n[2] + n[3];
}

/* All but the looks at PMC_BOOT_0, which depend on the data */
static uint64_t accesses(const struct rig *r)
{
	return r->fake.accesses - r->fake.boot_0_reads;
}

static int short_runs_take_the_fewest_accesses_there_can_be(void)
{
	uint64_t pa, len, n, same;
	struct rig r;

	rig_open(&r, "tu102");
	for (pa = MIB + 240; pa < MIB + 272; pa++) {
		for (len = 1; len < 300; len += len < 40 ? 1 : 37) {
			n = oracle_accesses(pa, len);
			CHECK_EQ(rig_touch(&r, pa), 0);

			fake_forget(&r.fake);
			CHECK_EQ(pramin_bulk_read(rig_op(&r), pa, buf, len,
						  &r.bulk),
				 0);
			CHECK_EQ(sum(r.fake.reads), n);

			fake_forget(&r.fake);
			CHECK_EQ(pramin_bulk_write(rig_op(&r), pa, buf, len,
						   &r.bulk),
				 0);
			CHECK_EQ(sum(r.fake.writes), n);
			/* and the read that proves them */
			CHECK_EQ(accesses(&r), n + 1);

			fake_forget(&r.fake);
			CHECK_EQ(pramin_bulk_compare(rig_op(&r), pa, buf, len,
						     &same, &r.bulk),
				 0);
			CHECK_EQ(same, len);
			CHECK_EQ(accesses(&r), n);

			fake_forget(&r.fake);
			CHECK_EQ(pramin_bulk_fill(rig_op(&r), pa, len, "Q", 1,
						  &r.bulk),
				 0);
			CHECK_EQ(accesses(&r), n + 1);
		}
	}
	return 0;
}

static int a_long_run_is_narrow_at_its_ends_only(void)
{
	/* 7 bytes before an 8-byte line, 7 behind one */
	uint64_t pa = MIB + 1, len = 2 * MIB + 6, eights = len / 8 - 1;
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_bulk_read(rig_op(&r), pa, buf, len, &r.bulk), 0);
	CHECK_EQ(r.fake.reads[0], 2);
	CHECK_EQ(r.fake.reads[1], 2);
	CHECK_EQ(r.fake.reads[2], 2);
	CHECK_EQ(r.fake.reads[3], eights);
	CHECK_EQ(sum(r.gpu.stats.reads), eights + 6);
	/* Plus three moves and the one proof */
	CHECK_EQ(accesses(&r), eights + 6 + 3 + 1);
	CHECK_EQ(r.gpu.stats.moves, 3);

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_bulk_write(rig_op(&r), pa, buf, len, &r.bulk), 0);
	CHECK_EQ(r.fake.writes[0], 2);
	CHECK_EQ(r.fake.writes[1], 2);
	CHECK_EQ(r.fake.writes[2], 2);
	CHECK_EQ(r.fake.writes[3], eights);
	/* One read for each of the 33 chunks */
	CHECK_EQ(sum(r.fake.reads), 33);
	CHECK_EQ(r.gpu.stats.flushes, 33);
	return 0;
}

static int nothing_to_do_touches_nothing(void)
{
	uint64_t same = 9, at = 9;
	bool found = true;
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 5, NULL, 0, &r.bulk), 0);
	CHECK_EQ(pramin_bulk_write(rig_op(&r), 5, NULL, 0, &r.bulk), 0);
	CHECK_EQ(pramin_bulk_fill(rig_op(&r), 5, 0, "a", 1, &r.bulk), 0);
	CHECK_EQ(pramin_bulk_compare(rig_op(&r), 5, NULL, 0, &same, &r.bulk),
		 0);
	CHECK_EQ(same, 0);
	CHECK_EQ(pramin_bulk_find(rig_op(&r), 5, 0, "a", 1, &found, &at,
				  &r.bulk),
		 0);
	CHECK(!found);
	CHECK_EQ(at, 9);
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), 5, 99, 0, &r.bulk), 0);
	CHECK_EQ(r.fake.accesses, 0);
	CHECK_EQ(r.env.allocs, r.env.frees);
	return 0;
}

static int erased_vram_costs_one_look_at_boot_0_per_chunk(void)
{
	uint64_t same, at;
	struct rig r;
	bool found;

	rig_open(&r, "tu102");
	memset(r.fake.vram, 0xff, FAKE_VRAM);
	memset(buf, 0xff, 3 * CHUNK);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, buf, 3 * CHUNK, &r.bulk), 0);
	CHECK_EQ(r.fake.boot_0_reads, 3);
	CHECK_EQ(pramin_bulk_compare(rig_op(&r), 0, buf, 3 * CHUNK, &same,
				     &r.bulk),
		 0);
	CHECK_EQ(same, 3 * CHUNK);
	CHECK_EQ(r.fake.boot_0_reads, 6);
	CHECK_EQ(pramin_bulk_find(rig_op(&r), 0, 3 * CHUNK, "x", 1, &found, &at,
				  &r.bulk),
		 0);
	CHECK(!found);
	CHECK_EQ(r.fake.boot_0_reads, 9);
	/* A write looks at what its proof returns. */
	CHECK_EQ(pramin_bulk_write(rig_op(&r), CHUNK, buf, 3 * CHUNK, &r.bulk),
		 0);
	CHECK_EQ(r.fake.boot_0_reads, 12);
	CHECK_EQ(r.gpu.stats.liveness, 12);
	/* Both the read and the write of a copy; 960 KiB is one chunk of it. */
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), 2 * MIB, 0, 15 * CHUNK, &r.bulk),
		 0);
	CHECK_EQ(r.fake.boot_0_reads, 14);
	return 0;
}

static int what_looks_like_a_pri_error_is_counted_and_is_data(void)
{
	static const uint32_t word = 0xbadf1312;
	/* Before the run, in it, over lines of 256 bytes and of 64 KiB */
	static const uint64_t at[] = { 0,     4,       252, 256,    CHUNK - 4,
				       CHUNK, MIB - 4, MIB, MIB + 8 };
	uint64_t first, n, same;
	struct rig r;
	size_t i;

	rig_open(&r, "gh100");
	memset(r.fake.vram, 0, FAKE_VRAM);
	for (i = 0; i < ARRAY_LEN(at); i++)
		memcpy(r.fake.vram + at[i], &word, 4);
	/* Not aligned: two halves of something else */
	memcpy(r.fake.vram + 1026, &word, 4);

	for (first = 0; first <= 8; first++) {
		n = first == 0 ? 9 : first <= 4 ? 8 : 7;
		CHECK_EQ(pramin_bulk_read(rig_op(&r), first, buf, 2 * MIB,
					  &r.bulk),
			 0);
		CHECK_EQ(r.bulk.suspects, n);
		CHECK_EQ(r.bulk.first_suspect, n == 9 ? 0 : n == 8 ? 4 : 252);
		CHECK_EQ(pramin_bulk_compare(rig_op(&r), first, buf, 2 * MIB,
					     &same, &r.bulk),
			 0);
		CHECK_EQ(same, 2 * MIB);
		CHECK_EQ(r.bulk.suspects, n);
		CHECK(!memcmp(buf, r.fake.vram + first, 2 * MIB));
	}
	/* Cut off at its end it is no word either. */
	CHECK_EQ(pramin_bulk_read(rig_op(&r), MIB + 4, buf, 7, &r.bulk), 0);
	CHECK_EQ(r.bulk.suspects, 0);
	CHECK_EQ(r.bulk.first_suspect, 0);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), MIB + 4, buf, 8, &r.bulk), 0);
	CHECK_EQ(r.bulk.suspects, 1);
	return 0;
}

static int vram_full_of_pri_errors_is_read_as_it_is(void)
{
	uint64_t i;
	struct rig r;

	rig_open(&r, "tu102");
	for (i = 0; i < FAKE_VRAM; i += 4)
		memcpy(r.fake.vram + i, "\x10\xb0\xd0\xba", 4);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, buf, FAKE_VRAM, &r.bulk), 0);
	CHECK(!memcmp(buf, r.fake.vram, FAKE_VRAM));
	CHECK_EQ(r.bulk.suspects, FAKE_VRAM / 4);
	CHECK_EQ(r.bulk.first_suspect, 0);
	CHECK_EQ(r.fake.boot_0_reads, 0);
	return 0;
}

static int more_than_a_window_takes_one_move_per_mib(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, buf, FAKE_VRAM, &r.bulk), 0);
	CHECK_EQ(r.gpu.stats.moves, 4);
	/* The window stands in the last MiB: three to come, and back. */
	CHECK_EQ(pramin_bulk_write(rig_op(&r), 0, buf, FAKE_VRAM, &r.bulk), 0);
	CHECK_EQ(r.gpu.stats.moves, 8);
	CHECK_EQ(r.fake.window_writes, 8);
	CHECK_EQ(r.fake.window_reads, 1);
	return 0;
}

static const struct check_test tests[] = {
	TEST(random_reads_agree_with_memory_and_write_nothing_beyond),
	TEST(random_writes_agree_with_memory_and_touch_no_neighbour),
	TEST(random_fills_repeat_the_pattern_from_the_first_byte_on),
	TEST(a_byte_fill_fills_bytes_and_splits_at_the_end_of_the_aperture),
	TEST(a_fill_refuses_what_does_not_repeat),
	TEST(short_runs_take_the_fewest_accesses_there_can_be),
	TEST(a_long_run_is_narrow_at_its_ends_only),
	TEST(nothing_to_do_touches_nothing),
	TEST(erased_vram_costs_one_look_at_boot_0_per_chunk),
	TEST(what_looks_like_a_pri_error_is_counted_and_is_data),
	TEST(vram_full_of_pri_errors_is_read_as_it_is),
	TEST(more_than_a_window_takes_one_move_per_mib),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
