// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The window of the model: a raw latch, base times 64 KiB plus offset, and
 * nothing but VRAM behind it.
 */
#include "model_rig.h"

#define OUTSIDE	  0xbad0b000u
#define SMALL	  (16 * MIB)
#define OUTSIDE64 UINT64_C(0xbad0b000bad0b000)

static int the_window_register_is_a_latch_of_32_bits(void)
{
	static const uint32_t values[] = {
		0, 0xffffffff, 0xfc000000, 0x01000000, 0x00ffffff, 0x5a5a5a5a,
	};
	const struct pramin_model_chip *c;
	size_t i, j;

	for (i = 0; (c = pramin_model_chips(i)); i++) {
		struct pramin_model *m;

		CHECK_EQ(build(c->name, 0, &m), 0);
		for (j = 0; j < ARRAY_LEN(values); j++) {
			CHECK_EQ(wr(m, c->window_register, 4, values[j]), 0);
			CHECK_EQ(get(m, c->window_register, 4), values[j]);
			CHECK_EQ(pramin_model_window(m), values[j]);
		}
		pramin_model_destroy(m);
	}
	return 0;
}

static int narrow_and_wide_accesses_reach_parts_of_the_latch(void)
{
	struct pramin_model *m;

	CHECK_EQ(build("tu102", GIB, &m), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0x11223344), 0);
	CHECK_EQ(get(m, PBUS, 1), 0x44);
	CHECK_EQ(get(m, PBUS + 3, 1), 0x11);
	CHECK_EQ(get(m, PBUS + 2, 2), 0x1122);
	CHECK_EQ(wr(m, PBUS + 1, 1, 0xffffff99), 0);
	CHECK_EQ(pramin_model_window(m), 0x11229944);
	CHECK_EQ(wr(m, PBUS + 2, 2, 0xaabbccdd), 0);
	CHECK_EQ(pramin_model_window(m), 0xccdd9944);
	/* Eight bytes are two registers, and there is none above this one. */
	CHECK_EQ(counters(m).unknown, 0);
	CHECK_EQ(get(m, PBUS, 8), UINT64_C(0xbadf1100ccdd9944));
	CHECK_EQ(wr(m, PBUS, 8, UINT64_C(0x8765432112345678)), 0);
	CHECK_EQ(pramin_model_window(m), 0x12345678);
	CHECK_EQ(counters(m).unknown, 2);
	CHECK_EQ(counters(m).window_writes, 4);
	pramin_model_destroy(m);
	return 0;
}

static int the_window_starts_on_the_last_mib_or_as_near_as_it_can(void)
{
	static const struct {
		const char *chip;
		uint64_t vram;
		uint32_t raw;
	} cases[] = {
		{ "tu102", 8 * GIB, 0x1fff0 },
		{ "g92", MIB, 0 },
		{ "g92", MIB + 256, 0 },
		{ "g92", MIB + GRAIN, 1 },
		{ "gv100", 2 * TIB, 0xffffff },
		{ "gh100", 256 * GIB, 0x3ffff0 },
		{ "gh100", 512 * GIB, 0x3fffff },
		{ "gb202", 512 * GIB, 0x7ffff0 },
		{ "gb202", 2 * TIB, 0x7fffff },
		{ "gb10b", 2 * TIB, 0x1fffff0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model *m;

		CHECK_EQ(build(cases[i].chip, cases[i].vram, &m), 0);
		CHECK_EQ(pramin_model_window(m), cases[i].raw);
		pramin_model_destroy(m);
	}
	return 0;
}

/* One byte of VRAM, for every chip, at both ends of what BASE can say */
static int the_address_is_base_plus_offset(void)
{
	static const uint32_t offs[] = { 0, 0xfff8, 0x10000, 0xffff8 };
	const struct pramin_model_chip *c;
	size_t i, j, k;

	for (i = 0; (c = pramin_model_chips(i)); i++) {
		uint32_t max = (1u << c->base_bits) - 1;
		/* odd, so that an or would not be a sum */
		const uint32_t fields[] = { 0, 1, 15, 255, max };
		struct pramin_model *m;

		CHECK_EQ(build(c->name, c->vram, &m), 0);
		for (j = 0; j < ARRAY_LEN(fields); j++) {
			CHECK_EQ(wr(m, c->window_register, 4, fields[j]), 0);
			for (k = 0; k < ARRAY_LEN(offs); k++) {
				uint64_t pa = fields[j] * GRAIN + offs[k];
				uint64_t want = pa ^ UINT64_C(0x5a5a123400ff);

				if (pa > c->vram - 8)
					continue;
				CHECK_EQ(pramin_model_poke(m, pa, &want, 8), 0);
				CHECK_EQ(get(m, APERTURE + offs[k], 8), want);
			}
		}
		pramin_model_destroy(m);
	}
	return 0;
}

/* Bits above BASE must not move the window; the highest ones of BASE must. */
static int base_is_as_wide_as_published(void)
{
	const struct pramin_model_chip *c;
	size_t i;

	for (i = 0; (c = pramin_model_chips(i)); i++) {
		uint64_t size = c->window_register == XAL ? 2 * TIB :
							    TIB - 32 * GIB;
		uint64_t pa = (uint64_t)1 << (c->base_bits - 1 + 16);
		uint32_t top = 1u << (c->base_bits - 1), above = top * 2;
		uint64_t low = 0x1111, high = 0x2222;
		struct pramin_model *m;

		/* bits 25:24 of the older register are its TARGET */
		if (c->window_register == PBUS)
			above = 1u << 26;
		CHECK_EQ(build(c->name, size, &m), 0);
		CHECK_EQ(pramin_model_poke(m, 0, &low, 8), 0);
		CHECK_EQ(pramin_model_poke(m, pa, &high, 8), 0);
		CHECK_EQ(wr(m, c->window_register, 4, above), 0);
		CHECK_EQ(get(m, APERTURE, 8), low);
		CHECK_EQ(wr(m, c->window_register, 4, top | above), 0);
		CHECK_EQ(get(m, APERTURE, 8), high);
		pramin_model_destroy(m);
	}
	return 0;
}

static int overlapping_positions_show_the_same_bytes(void)
{
	struct pramin_model *m;
	uint32_t off;

	CHECK_EQ(build("gh100", GIB, &m), 0);
	CHECK_EQ(wr(m, XAL, 4, 0x20), 0);
	for (off = 0; off < MIB; off += 4096)
		CHECK_EQ(wr(m, APERTURE + off, 4, off | 1), 0);
	CHECK_EQ(wr(m, XAL, 4, 0x27), 0);
	for (off = 0x70000; off < MIB; off += 4096)
		CHECK_EQ(get(m, APERTURE + off - 0x70000, 4), off | 1);
	pramin_model_destroy(m);
	return 0;
}

static int all_widths_see_little_endian_bytes(void)
{
	struct pramin_model *m;
	uint8_t bytes[8];

	CHECK_EQ(build("tu102", GIB, &m), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0), 0);
	CHECK_EQ(wr(m, APERTURE + 8, 8, UINT64_C(0x8877665544332211)), 0);
	CHECK_EQ(get(m, APERTURE + 8, 1), 0x11);
	CHECK_EQ(get(m, APERTURE + 15, 1), 0x88);
	CHECK_EQ(get(m, APERTURE + 14, 2), 0x8877);
	CHECK_EQ(get(m, APERTURE + 12, 4), 0x88776655);
	CHECK_EQ(get(m, APERTURE + 8, 8), UINT64_C(0x8877665544332211));
	/* What is above the width is ignored. */
	CHECK_EQ(wr(m, APERTURE + 9, 1, 0xfffffffffffffff0), 0);
	CHECK_EQ(wr(m, APERTURE + 10, 2, 0xfffffffffffff1f2), 0);
	CHECK_EQ(wr(m, APERTURE + 12, 4, 0xfffffffff3f4f5f6), 0);
	CHECK_EQ(pramin_model_peek(m, 8, bytes, 8), 0);
	CHECK(!memcmp(bytes, "\x11\xf0\xf2\xf1\xf6\xf5\xf4\xf3", 8));
	pramin_model_destroy(m);
	return 0;
}

static int accesses_that_no_bus_makes_are_refused_and_not_counted(void)
{
	static const struct {
		uint32_t off;
		unsigned int width;
	} cases[] = {
		{ 0, 0 },	   { 0, 3 },
		{ 0, 16 },	   { 0, UINT32_MAX },
		{ 1, 2 },	   { 2, 4 },
		{ 4, 8 },	   { APERTURE + 1, 4 },
		{ 0x1000000, 1 },  { 0x1000000, 8 },
		{ UINT32_MAX, 1 }, { UINT32_MAX - 7, 8 },
	};
	struct pramin_model *m;
	uint64_t val = 42;
	size_t i;

	CHECK_EQ(build("tu102", GIB, &m), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(rd(m, cases[i].off, cases[i].width, &val), -EINVAL);
		CHECK_EQ(wr(m, cases[i].off, cases[i].width, 1), -EINVAL);
	}
	CHECK_EQ(val, 42);
	CHECK_EQ(counters(m).accesses, 0);
	CHECK_EQ(counters(m).simulated_ns, 0);
	CHECK_EQ(get(m, 0xfffff8, 8), UINT64_C(0xbadf1100badf1100));
	pramin_model_destroy(m);
	return 0;
}

/* Widths at the last byte of VRAM, with the window hanging over its end */
static int beyond_the_end_nothing_is_read_written_or_wrapped(void)
{
	static const unsigned int widths[] = { 1, 2, 4, 8 };
	uint64_t first = 0x0123456789abcdef, last = 0xfedcba9876543210, val;
	uint64_t vram = 16 * MIB;
	struct pramin_model *m;
	uint32_t end = APERTURE + GRAIN;
	size_t i;

	CHECK_EQ(build("tu102", vram, &m), 0);
	CHECK_EQ(pramin_model_poke(m, 0, &first, 8), 0);
	CHECK_EQ(pramin_model_poke(m, vram - 8, &last, 8), 0);
	/* the last 64 KiB, and 960 KiB of nothing */
	CHECK_EQ(wr(m, PBUS, 4, vram / GRAIN - 1), 0);
	for (i = 0; i < 4; i++) {
		unsigned int w = widths[i];
		uint64_t mask = w == 8 ? UINT64_MAX :
					 (UINT64_C(1) << 8 * w) - 1;

		CHECK_EQ(get(m, end - w, w), last >> (64 - 8 * w));
		CHECK_EQ(get(m, end, w), OUTSIDE64 & mask);
		CHECK_EQ(wr(m, end, w, 0x55), 0);
		CHECK_EQ(get(m, APERTURE + MIB - w, w),
			 (OUTSIDE64 >> (64 - 8 * w)) & mask);
		CHECK_EQ(wr(m, APERTURE + MIB - w, w, 0x55), 0);
	}
	CHECK_EQ(counters(m).outside, 16);
	/* Nothing went round to the other end, and nothing was kept. */
	CHECK_EQ(pramin_model_peek(m, 0, &val, 8), 0);
	CHECK_EQ(val, first);
	CHECK_EQ(pramin_model_peek(m, vram - 8, &val, 8), 0);
	CHECK_EQ(val, last);
	CHECK_EQ(counters(m).vram_bytes, 2 * GRAIN);
	pramin_model_destroy(m);
	return 0;
}

static int at_the_field_maximum_the_aperture_does_not_wrap(void)
{
	const struct pramin_model_chip *c;
	size_t i;

	for (i = 0; (c = pramin_model_chips(i)); i++) {
		uint32_t max = (1u << c->base_bits) - 1;
		uint64_t zero = UINT64_C(0x5555555555555555);
		struct pramin_model *m;

		CHECK_EQ(build(c->name, 16 * MIB, &m), 0);
		CHECK_EQ(pramin_model_poke(m, 0, &zero, 8), 0);
		CHECK_EQ(wr(m, c->window_register, 4, max), 0);
		/* one base unit further would be address 0 again */
		CHECK_EQ(get(m, APERTURE + (uint32_t)GRAIN, 8), OUTSIDE64);
		CHECK_EQ(get(m, APERTURE, 4), OUTSIDE);
		CHECK_EQ(wr(m, APERTURE + (uint32_t)GRAIN, 8, 1), 0);
		CHECK_EQ(counters(m).outside, 3);
		CHECK_EQ(pramin_model_peek(m, 0, &zero, 8), 0);
		CHECK_EQ(zero, UINT64_C(0x5555555555555555));
		pramin_model_destroy(m);
	}
	return 0;
}

/* 1 TiB is the end of BASE; the aperture goes on as the sum says. */
static int the_sum_exceeds_the_reach_of_base_without_losing_a_bit(void)
{
	uint64_t val = 0x600dda7a;
	struct pramin_model *m;

	CHECK_EQ(build("gv100", 2 * TIB, &m), 0);
	CHECK_EQ(pramin_model_poke(m, TIB + 8, &val, 8), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0xffffff), 0);
	CHECK_EQ(get(m, APERTURE + (uint32_t)GRAIN + 8, 8), val);
	pramin_model_destroy(m);
	return 0;
}

static int only_target_0_shows_vram_where_there_is_a_target(void)
{
	uint64_t val = 0x1234;
	uint32_t target;
	struct pramin_model *m;

	CHECK_EQ(build("ad102", GIB, &m), 0);
	CHECK_EQ(pramin_model_poke(m, 0, &val, 8), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0), 0);
	CHECK_EQ(get(m, APERTURE, 4), val);
	for (target = 1; target <= 3; target++) {
		CHECK_EQ(wr(m, PBUS, 4, target << 24), 0);
		CHECK_EQ(get(m, APERTURE, 4), OUTSIDE);
		CHECK_EQ(wr(m, APERTURE, 4, 0x777), 0);
		CHECK_EQ(counters(m).outside, 2 * target);
	}
	CHECK_EQ(wr(m, PBUS, 4, 0xfc000000), 0);
	CHECK_EQ(get(m, APERTURE, 4), val);
	pramin_model_destroy(m);
	return 0;
}

static int unknown_registers_answer_with_their_part_of_a_pri_error(void)
{
	struct pramin_model *m;

	CHECK_EQ(build("tu102", GIB, &m), 0);
	CHECK_EQ(get(m, 0x2000, 4), 0xbadf1100);
	CHECK_EQ(get(m, 0x2000, 2), 0x1100);
	CHECK_EQ(get(m, 0x2002, 2), 0xbadf);
	CHECK_EQ(get(m, 0x2003, 1), 0xba);
	CHECK_EQ(get(m, 0x2000, 8), UINT64_C(0xbadf1100badf1100));
	/* the register on the far side of the aperture */
	CHECK_EQ(get(m, APERTURE - 4, 4), 0xbadf1100);
	CHECK_EQ(get(m, APERTURE + (uint32_t)MIB, 4), 0xbadf1100);
	CHECK_EQ(wr(m, 0x2000, 4, 1), 0);
	CHECK_EQ(counters(m).unknown, 8);
	CHECK_EQ(counters(m).outside, 0);
	/* A known register that cannot be written: no effect, not unknown */
	CHECK_EQ(wr(m, 0, 4, 1), 0);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(get(m, 0, 8), 0x162000a1);
	CHECK_EQ(counters(m).unknown, 8);
	pramin_model_destroy(m);
	return 0;
}

static int counters_and_clock_are_exact(void)
{
	struct pramin_model_params p = {
		.chip = "tu102", .vram = GIB, .read_ns = 11, .write_ns = 7
	};
	struct pramin_model_counters c;
	struct pramin_model *m;
	unsigned int w, i;

	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(wr(m, PBUS, 4, 5), 0);
	CHECK_EQ(wr(m, PBUS, 4, 5), 0);
	CHECK_EQ(wr(m, PBUS, 4, 6), 0);
	for (w = 1, i = 1; w <= 8; w *= 2, i++) {
		unsigned int n;

		for (n = 0; n < i; n++)
			get(m, APERTURE, w);
		for (n = 0; n < 10 * i; n++)
			wr(m, APERTURE, w, 1);
	}
	get(m, 0, 4);
	config(m, 0);
	/* None of these is an access. */
	pramin_model_set_window(m, 9);
	pramin_model_window(m);
	pramin_model_peek(m, 0, &w, sizeof(w));
	pramin_model_poke(m, 0, &w, sizeof(w));

	c = counters(m);
	for (i = 0; i < 4; i++) {
		CHECK_EQ(c.reads[i], i + 1);
		CHECK_EQ(c.writes[i], 10 * (i + 1));
	}
	CHECK_EQ(c.register_reads, 1);
	CHECK_EQ(c.register_writes, 3);
	CHECK_EQ(c.window_writes, 3);
	CHECK_EQ(c.moves, 2);
	CHECK_EQ(c.accesses, 10 + 100 + 1 + 3);
	CHECK_EQ(c.config_reads, 1);
	CHECK_EQ(c.outside + c.unknown, 0);
	CHECK_EQ(c.simulated_ns, 12 * 11 + 103 * 7);
	CHECK_EQ(pramin_model_ops()->clock_ns(m), c.simulated_ns);
	pramin_model_destroy(m);

	CHECK_EQ(build("tu102", GIB, &m), 0);
	get(m, 0, 4);
	wr(m, 0, 4, 0);
	CHECK_EQ(counters(m).simulated_ns, 1000);
	pramin_model_destroy(m);
	return 0;
}

/* The same random program on both; every pointer access is a real one. */
static int flat_and_trapped_show_the_same_bytes(void)
{
	struct pramin_model_params p = { .chip = "gb202", .vram = SMALL };
	struct pramin_model *trapped, *flat;
	static uint8_t a[SMALL], b[SMALL];
	uint32_t seed = 1, i;

	CHECK_EQ(build_why(&p, &trapped, NULL), 0);
	p.flat = true;
	CHECK_EQ(build_why(&p, &flat, NULL), 0);
	CHECK(!pramin_model_ops()->aperture(trapped));
	for (i = 0; i < 2000; i++) {
		volatile uint32_t *ptr;
		uint32_t field, off;

		seed = seed * 1664525 + 1013904223;
		field = (seed >> 8) % 256;
		off = (seed >> 4) % 0x3fffc & ~3u;
		CHECK_EQ(wr(trapped, XAL, 4, field), 0);
		CHECK_EQ(wr(flat, XAL, 4, field), 0);
		ptr = pramin_model_ops()->aperture(flat);
		CHECK(ptr);
		if (field * GRAIN + off >= SMALL)
			continue;
		CHECK_EQ(ptr[off / 4], get(trapped, APERTURE + off, 4));
		if (i % 3)
			ptr[off / 4] = seed;
		else
			CHECK_EQ(wr(flat, APERTURE + off, 4, seed), 0);
		CHECK_EQ(wr(trapped, APERTURE + off, 4, seed), 0);
		CHECK_EQ(get(flat, APERTURE + off, 4), seed);
	}
	CHECK_EQ(pramin_model_peek(trapped, 0, a, SMALL), 0);
	CHECK_EQ(pramin_model_peek(flat, 0, b, SMALL), 0);
	pramin_model_destroy(trapped);
	pramin_model_destroy(flat);
	CHECK(!memcmp(a, b, SMALL));
	return 0;
}

static int there_is_no_pointer_to_where_no_vram_is(void)
{
	struct pramin_model_params p = { .chip = "tu102",
					 .vram = 16 * MIB,
					 .flat = true };
	struct pramin_model *m;

	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK(pramin_model_ops()->aperture(m));
	pramin_model_set_window(m, 255); /* hangs over the end */
	CHECK(pramin_model_ops()->aperture(m));
	pramin_model_set_window(m, 256);
	CHECK(!pramin_model_ops()->aperture(m));
	pramin_model_set_window(m, 0xffffff);
	CHECK(!pramin_model_ops()->aperture(m));
	pramin_model_set_window(m, 0x02000000); /* system memory */
	CHECK(!pramin_model_ops()->aperture(m));
	pramin_model_set_window(m, 0);
	CHECK(pramin_model_ops()->aperture(m));
	CHECK_EQ(pramin_model_fault(m, "gone", NULL), 0);
	CHECK(!pramin_model_ops()->aperture(m));
	CHECK_EQ(counters(m).accesses, 0);
	pramin_model_destroy(m);
	return 0;
}

static const struct check_test tests[] = {
	TEST(the_window_register_is_a_latch_of_32_bits),
	TEST(narrow_and_wide_accesses_reach_parts_of_the_latch),
	TEST(the_window_starts_on_the_last_mib_or_as_near_as_it_can),
	TEST(the_address_is_base_plus_offset),
	TEST(base_is_as_wide_as_published),
	TEST(overlapping_positions_show_the_same_bytes),
	TEST(all_widths_see_little_endian_bytes),
	TEST(accesses_that_no_bus_makes_are_refused_and_not_counted),
	TEST(beyond_the_end_nothing_is_read_written_or_wrapped),
	TEST(at_the_field_maximum_the_aperture_does_not_wrap),
	TEST(the_sum_exceeds_the_reach_of_base_without_losing_a_bit),
	TEST(only_target_0_shows_vram_where_there_is_a_target),
	TEST(unknown_registers_answer_with_their_part_of_a_pri_error),
	TEST(counters_and_clock_are_exact),
	TEST(flat_and_trapped_show_the_same_bytes),
	TEST(there_is_no_pointer_to_where_no_vram_is),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
