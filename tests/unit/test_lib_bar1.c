// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 on every generation: take, map, access, unmap, physical, give back.
 */
#include "lib_bar1.h"

static struct bar1_rig b;

#define EACH(chip)                                 \
	chip = bar1_chips;                         \
	chip < bar1_chips + ARRAY_LEN(bar1_chips); \
	chip++

static int bar1_is_taken_bound_and_given_back(void)
{
	const char *const *chip;

	for (EACH(chip)) {
		struct pramin_bar1_status now;
		struct pramin_bar1_info info = { .size = sizeof(info) };
		uint64_t binds;

		CHECK_EQ(bar1_begin(&b, *chip), 0);
		CHECK_EQ(b.found.bytes, BAR1_BYTES);
		CHECK_EQ(b.found.usable, BAR1_LIMIT);
		CHECK(b.found.write_combined && !b.found.boot_vga);
		CHECK(!b.found.claimed_by && !b.found.is_virtual);
		CHECK_EQ(b.found.pid, 0);
		/* To look writes nothing. */
		CHECK_EQ(bar1_count(&b).register_writes, 0);
		binds = bar1_count(&b).binds;
		CHECK_EQ(bar1_take(&b), 0);
		CHECK_EQ(bar1_count(&b).binds, binds + 1);
		CHECK_EQ(pramin_bar1_info(b.bar1, &info), 0);
		CHECK_EQ(info.usable, BAR1_LIMIT);
		CHECK(!info.physical && !info.mapped && info.write_combined);
		CHECK(info.inst_pa >= POOL_PA && info.inst_pa % 4096 == 0);
		CHECK_EQ(bar1_see(&b, &now), 0);
		CHECK(now.is_virtual && now.bound && !now.pending);
		CHECK_EQ(now.target, PRAMIN_TARGET_VRAM);
		CHECK_EQ(now.inst_pa, info.inst_pa);
		CHECK_EQ(now.pid, getpid());
		CHECK_EQ(bar1_close(&b), 0);
	}
	return 0;
}

/* Scattered pieces, in VRAM that the window reaches too: both show the same. */
static int scattered_vram_is_mapped_read_and_written(void)
{
	static const struct pramin_map_piece pieces[] = {
		{ DATA_PA, 4 * MIB },
		{ DATA_PA + 100 * MIB, 64 * KIB },
		{ DATA_PA + 50 * MIB, 4 * KIB },
		{ DATA_PA + 33 * MIB + 8 * KIB, 4 * KIB },
	};
	static uint8_t out[4 * MIB + 72 * KIB], in[sizeof(out)], seen[64 * KIB];
	const char *const *chip;

	rig_pattern(out, sizeof(out), 3);
	for (EACH(chip)) {
		uint64_t off = 8 * MIB, val = 0, at = 0;
		size_t i;

		CHECK_EQ(bar1_open(&b, *chip), 0);
		CHECK_EQ(pramin_bar1_map(b.bar1, &off, pieces,
					 ARRAY_LEN(pieces), NULL),
			 0);
		CHECK_EQ(pramin_bar1_store(b.bar1, off + 3 * MIB + 1,
					   out + 3 * MIB + 1,
					   sizeof(out) - 3 * MIB - 1),
			 0);
		/* What the window shows */
		for (i = 0; i < ARRAY_LEN(pieces); i++) {
			const uint64_t skip = i ? 0 : 4 * MIB - 64 * KIB;
			const uint64_t n = pieces[i].len - skip;

			CHECK_EQ(pramin_read(b.s.rig.dev, pieces[i].pa + skip,
					     seen, n, NULL),
				 0);
			CHECK(!memcmp(seen, out + at + skip, n));
			at += pieces[i].len;
		}
		CHECK_EQ(pramin_bar1_load(b.bar1, off + 4 * MIB - 5,
					  in + 4 * MIB - 5, 72 * KIB + 5),
			 0);
		CHECK(!memcmp(in + 4 * MIB - 5, out + 4 * MIB - 5,
			      72 * KIB + 5));
		memset(in, 0, sizeof(in));

		/* The four widths, and the other way round */
		for (i = 1; i <= 8; i *= 2) {
			const uint64_t pa = DATA_PA + 100 * MIB + 8 * i;

			CHECK_EQ(pramin_bar1_write(b.bar1,
						   off + 4 * MIB + 8 * i,
						   (unsigned int)i,
						   0x8877665544332211ull),
				 0);
			CHECK_EQ(pramin_bar1_flush(b.bar1), 0);
			CHECK_EQ(pramin_read64(b.s.rig.dev, pa, &val), 0);
			CHECK_EQ(val & 0xff, 0x11);
			CHECK_EQ(pramin_write64(b.s.rig.dev, pa,
						0x0123456789abcdefull),
				 0);
			CHECK_EQ(pramin_bar1_read(b.bar1, off + 4 * MIB + 8 * i,
						  (unsigned int)i, &val),
				 0);
			CHECK_EQ(val, i == 8 ? 0x0123456789abcdefull :
					       0x0123456789abcdefull &
						       ((1ull << 8 * i) - 1));
		}
		CHECK_EQ(pramin_bar1_unmap(b.bar1, off, sizeof(out), NULL), 0);
		CHECK_EQ(pramin_bar1_read(b.bar1, off, 4, &val), -ENOENT);
		CHECK_EQ(bar1_close(&b), 0);
	}
	return 0;
}

static int what_is_mapped_elsewhere_is_seen_at_once(void)
{
	const char *const *chip;

	for (EACH(chip)) {
		uint64_t val;
		unsigned int i;

		CHECK_EQ(bar1_open(&b, *chip), 0);
		for (i = 0; i < 8; i++) {
			const uint64_t pa = DATA_PA + i * 3 * MIB;

			CHECK_EQ(pramin_write64(b.s.rig.dev, pa, i + 1), 0);
			CHECK_EQ(bar1_map(&b, 2 * MIB, pa, 64 * KIB), 0);
			CHECK_EQ(pramin_bar1_read(b.bar1, 2 * MIB, 8, &val), 0);
			CHECK_EQ(val, i + 1);
			CHECK_EQ(pramin_bar1_write(b.bar1, 2 * MIB + 8, 8,
						   i + 100),
				 0);
			CHECK_EQ(pramin_bar1_unmap(b.bar1, 2 * MIB, 64 * KIB,
						   &b.s.cost),
				 0);
			CHECK(b.s.cost.invalidates <= 1);
			CHECK_EQ(pramin_read64(b.s.rig.dev, pa + 8, &val), 0);
			CHECK_EQ(val, i + 100);
		}
		CHECK_EQ(bar1_close(&b), 0);
	}
	return 0;
}

static int all_of_it_but_the_last_page_can_be_mapped(void)
{
	const char *const *chip;

	for (EACH(chip)) {
		uint64_t off = PRAMIN_VA_ANY, val;
		const struct pramin_map_piece piece = { DATA_PA, 4 * KIB };
		struct pramin_space_info info = { .size = sizeof(info) };

		CHECK_EQ(bar1_open(&b, *chip), 0);
		CHECK_EQ(bar1_map(&b, 0, DATA_PA, BAR1_LIMIT), 0);
		CHECK_EQ(pramin_bar1_map(b.bar1, &off, &piece, 1, NULL),
			 -ENOMEM);
		CHECK_EQ(off, PRAMIN_VA_ANY);
		CHECK_EQ(bar1_map(&b, BAR1_LIMIT, DATA_PA, 4 * KIB), -ERANGE);
		CHECK_EQ(pramin_bar1_read(b.bar1, BAR1_LIMIT - 8, 8, &val), 0);
		CHECK_EQ(pramin_bar1_read(b.bar1, BAR1_LIMIT, 8, &val),
			 -ERANGE);
		CHECK_EQ(bar1_why(&b, -ERANGE, PRAMIN_REASON_BAR_RANGE), 0);
		/* One hole, which is found */
		CHECK_EQ(pramin_bar1_unmap(b.bar1, 20 * KIB, 4 * KIB, NULL), 0);
		CHECK_EQ(pramin_bar1_map(b.bar1, &off, &piece, 1, NULL), 0);
		CHECK_EQ(off, 20 * KIB);
		CHECK_EQ(pramin_space_info(pramin_bar1_space(b.bar1), &info),
			 0);
		CHECK_EQ(info.va_end, BAR1_LIMIT);
		CHECK_EQ(bar1_close(&b), 0);
	}
	return 0;
}

static int physical_it_shows_vram_from_zero_on(void)
{
	const char *const *chip;

	for (EACH(chip)) {
		struct pramin_bar1_info info = { .size = sizeof(info) };
		struct pramin_bar1_status now;
		uint64_t val = 0;

		CHECK_EQ(bar1_begin(&b, *chip), 0);
		b.params.pool = NULL;
		b.params.flags = PRAMIN_BAR1_PHYSICAL;
		CHECK_EQ(bar1_take(&b), 0);
		CHECK_EQ(pramin_bar1_info(b.bar1, &info), 0);
		CHECK(info.physical);
		CHECK_EQ(info.inst_pa, 0);
		CHECK(!pramin_bar1_space(b.bar1));
		CHECK_EQ(bar1_see(&b, &now), 0);
		CHECK(!now.is_virtual && now.bound);
		CHECK_EQ(pramin_bar1_write(b.bar1, 0x123458, 8, 4711), 0);
		CHECK_EQ(pramin_bar1_flush(b.bar1), 0);
		CHECK_EQ(pramin_read64(b.s.rig.dev, 0x123458, &val), 0);
		CHECK_EQ(val, 4711);
		CHECK_EQ(bar1_map(&b, 0, DATA_PA, 4 * KIB), -EINVAL);
		CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_BAR_PHYSICAL), 0);
		CHECK_EQ(pramin_bar1_unmap(b.bar1, 0, 4 * KIB, NULL), -EINVAL);
		CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_BAR_PHYSICAL), 0);
		CHECK_EQ(bar1_close(&b), 0);
	}
	return 0;
}

static int physical_it_ends_with_vram(void)
{
	struct pramin_bar1_info info = { .size = sizeof(info) };
	uint64_t val;

	bar1_model.bar1 = 4 * GIB;
	CHECK_EQ(bar1_begin(&b, "gh100"), 0);
	b.params.pool = NULL;
	b.params.flags = PRAMIN_BAR1_PHYSICAL;
	CHECK_EQ(bar1_take(&b), 0);
	bar1_model.bar1 = 0;
	CHECK_EQ(pramin_bar1_info(b.bar1, &info), 0);
	CHECK_EQ(info.usable, GIB);
	CHECK_EQ(pramin_bar1_read(b.bar1, GIB - 8, 8, &val), 0);
	CHECK_EQ(pramin_bar1_read(b.bar1, GIB, 8, &val), -ERANGE);
	return bar1_close(&b);
}

/* Every access through BAR1 is as wide as its address allows. */
static int accesses_are_counted(void)
{
	struct pramin_model_counters before, now;
	uint8_t buf[4096 + 16];

	CHECK_EQ(bar1_open(&b, "tu102"), 0);
	CHECK_EQ(bar1_map(&b, 0, DATA_PA, 2 * MIB), 0);
	memset(buf, 7, sizeof(buf));
	before = bar1_count(&b);
	CHECK_EQ(pramin_bar1_store(b.bar1, 5, buf, 4096 + 6), 0);
	now = bar1_count(&b);
	CHECK_EQ(now.bar_writes[0] - before.bar_writes[0], 2);
	CHECK_EQ(now.bar_writes[1] - before.bar_writes[1], 2);
	CHECK_EQ(now.bar_writes[2] - before.bar_writes[2], 0);
	CHECK_EQ(now.bar_writes[3] - before.bar_writes[3], 512);
	CHECK_EQ(now.bar_reads[2] - before.bar_reads[2], 1);
	CHECK_EQ(now.moves, before.moves);
	before = now;
	CHECK_EQ(pramin_bar1_load(b.bar1, 5, buf, 4096 + 6), 0);
	now = bar1_count(&b);
	CHECK_EQ(now.bar_reads[0] - before.bar_reads[0], 2);
	CHECK_EQ(now.bar_reads[1] - before.bar_reads[1], 2);
	CHECK_EQ(now.bar_reads[3] - before.bar_reads[3], 512);
	before = now;
	CHECK_EQ(pramin_bar1_load(b.bar1, 5, NULL, 0), 0);
	CHECK_EQ(pramin_bar1_store(b.bar1, 5, NULL, 0), 0);
	CHECK_EQ(bar1_count(&b).accesses, before.accesses);
	CHECK_EQ(bar1_close(&b), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(bar1_is_taken_bound_and_given_back),
		TEST(scattered_vram_is_mapped_read_and_written),
		TEST(what_is_mapped_elsewhere_is_seen_at_once),
		TEST(all_of_it_but_the_last_page_can_be_mapped),
		TEST(physical_it_shows_vram_from_zero_on),
		TEST(physical_it_ends_with_vram),
		TEST(accesses_are_counted),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
