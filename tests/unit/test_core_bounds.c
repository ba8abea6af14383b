// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The ends: of VRAM, of what the BASE field reaches, of 64 bits, and lengths
 * of nothing and of more than a window. Big GPUs are modelled ones.
 */
#include "core_rig.h"

#define TIB (1024 * GIB)

/* A GPU whose last byte is where something ends */
struct board {
	const char *chip;
	uint64_t vram;
	unsigned int base_bits;
	uint64_t end; /* the first byte that cannot be had */
	enum pramin_reason reason;
};

static const struct board boards[] = {
	/* VRAM ends first */
	{ "gh100", 96 * GIB, 0, 96 * GIB, PRAMIN_REASON_VRAM_END },
	{ "gb100", 192 * GIB, 0, 192 * GIB, PRAMIN_REASON_VRAM_END },
	{ "tu102", 8 * GIB, 0, 8 * GIB, PRAMIN_REASON_VRAM_END },
	/* Both end together */
	{ "gh100", 256 * GIB, 0, 256 * GIB, PRAMIN_REASON_VRAM_END },
	{ "gb100", 512 * GIB, 0, 512 * GIB, PRAMIN_REASON_VRAM_END },
	{ "ga102", TIB, 0, TIB, PRAMIN_REASON_VRAM_END },
	{ "gb10b", 2 * TIB, 25, 2 * TIB, PRAMIN_REASON_VRAM_END },
	/* BASE ends first: 2^38, 2^39, 2^40 */
	{ "gh100", 2 * TIB, 0, 256 * GIB, PRAMIN_REASON_REACH },
	{ "gb100", 2 * TIB, 0, 512 * GIB, PRAMIN_REASON_REACH },
	{ "gb202", TIB, 0, 512 * GIB, PRAMIN_REASON_REACH },
	{ "ga102", 2 * TIB, 0, TIB, PRAMIN_REASON_REACH },
	{ "tu102", 63ull << 34, 0, 63ull << 34, PRAMIN_REASON_VRAM_END },
	{ "tu102", 63ull << 35, 0, TIB, PRAMIN_REASON_REACH },
	/* Where the sources disagree: the narrower, unless told otherwise */
	{ "gb10b", 2 * TIB, 0, 256 * GIB, PRAMIN_REASON_REACH },
	{ "gb20c", 2 * TIB, 23, 512 * GIB, PRAMIN_REASON_REACH },
	{ "gb10b", 2 * TIB, 24, TIB, PRAMIN_REASON_REACH },
};

static int open_board(struct rig *r, const struct board *b,
		      struct pramin_model **model)
{
	rig_open_model(r, b->chip, b->vram, model);
	r->config.base_bits = b->base_bits;
	CHECK_EQ(rig_attach_model(r, *model), 0);
	CHECK_EQ(r->gpu.vram_size, b->vram);
	return 0;
}

static uint64_t accesses(const struct pramin_model *model)
{
	struct pramin_model_counters c = { .size = sizeof(c) };

	pramin_model_counters(model, &c);
	return c.accesses;
}

/* The last bytes are there at every width, the next ones are refused. */
static int check_scalars_at_end(struct rig *r, struct pramin_model *model,
				const struct board *b)
{
	uint64_t before, val, got;
	unsigned int width;
	uint8_t bytes[8];

	for (width = 1; width <= 8; width *= 2) {
		val = 0x8877665544332211ull >> (64 - 8 * width);
		CHECK_EQ(rig_write(r, b->end - width, width, val), 0);
		CHECK_EQ(pramin_model_peek(model, b->end - width, bytes, width),
			 0);
		CHECK(!memcmp(bytes, &val, width));
		CHECK_EQ(rig_read(r, b->end - width, width, &got), 0);
		CHECK(got == val);

		before = accesses(model);
		CHECK_EQ(rig_read(r, b->end, width, &got), -ERANGE);
		CHECK_EQ(r->op.cause.reason, b->reason);
		CHECK_EQ(r->op.cause.arg[0], b->end);
		CHECK_EQ(r->op.cause.arg[2], b->end);
		CHECK_EQ(rig_write(r, b->end, width, 0), -ERANGE);
		CHECK_EQ(rig_write(r, b->end + WINDOW, width, 0), -ERANGE);
		/* What it would be if the BASE field cut it off */
		CHECK_EQ(rig_write(r, b->end * 2, width, 0), -ERANGE);
		CHECK_EQ(accesses(model), before);
	}
	return 0;
}

static int check_runs_at_end(struct rig *r, struct pramin_model *model,
			     const struct board *b)
{
	static uint8_t buf[2 * GRAIN];
	uint64_t n = GRAIN + 7, before, i;
	struct pramin_hold hold;
	uint8_t got[16];

	for (i = 0; i < n; i++)
		buf[i] = fake_byte(i);
	CHECK_EQ(pramin_bulk_write(rig_op(r), b->end - n, buf, n, &r->bulk), 0);
	CHECK_EQ(pramin_model_peek(model, b->end - 16, got, 16), 0);
	CHECK(!memcmp(got, buf + n - 16, 16));
	memset(buf, 0, n);
	CHECK_EQ(pramin_bulk_read(rig_op(r), b->end - n, buf, n, &r->bulk), 0);
	for (i = 0; i < n; i++)
		CHECK_EQ(buf[i], fake_byte(i));
	CHECK_EQ(pramin_bulk_read(rig_op(r), b->end, buf, 0, &r->bulk), 0);

	before = accesses(model);
	CHECK_EQ(pramin_bulk_read(rig_op(r), b->end, buf, 1, &r->bulk),
		 -ERANGE);
	CHECK_EQ(r->op.cause.reason, b->reason);
	CHECK_EQ(pramin_bulk_write(rig_op(r), b->end - n, buf, n + 1, &r->bulk),
		 -ERANGE);
	CHECK_EQ(pramin_hold_begin(rig_op(r), &hold, b->end - 1, 2, false), -ERANGE);
	CHECK_EQ(accesses(model), before);
	CHECK_EQ(pramin_hold_begin(rig_op(r), &hold, b->end - GRAIN, GRAIN, false), 0);
	CHECK_EQ(pramin_hold_read(&hold, GRAIN - 1, 1), fake_byte(n - 1));
	pramin_hold_end(&hold);
	return 0;
}

static int the_last_byte_is_there_and_the_next_is_refused_on_every_reach(void)
{
	struct pramin_model_counters c = { .size = sizeof(c) };
	struct pramin_model *model;
	struct rig r;
	uint32_t raw;
	size_t i;

	for (i = 0; i < ARRAY_LEN(boards); i++) {
		CHECK_EQ(open_board(&r, &boards[i], &model), 0);
		raw = pramin_model_window(model);
		CHECK_EQ(check_scalars_at_end(&r, model, &boards[i]), 0);
		CHECK_EQ(check_runs_at_end(&r, model, &boards[i]), 0);
		CHECK_EQ(rig_detach(&r), 0);
		CHECK_EQ(pramin_model_window(model), raw);
		CHECK_EQ(pramin_model_counters(model, &c), 0);
		CHECK_EQ(c.outside, 0);
		CHECK_EQ(c.unknown, 0);
		pramin_model_destroy(model);
	}
	return 0;
}

/* Both sides of every power of two that ends some BASE field */
static int each_side_of_each_line_is_its_own_place(void)
{
	static const struct board b = { "gb10b", 2 * TIB, 25, 2 * TIB, 0 };
	struct pramin_model *model;
	unsigned int shift;
	struct rig r;
	uint64_t at, val;
	uint8_t byte;

	CHECK_EQ(open_board(&r, &b, &model), 0);
	for (shift = 32; shift <= 40; shift++) {
		at = 1ull << shift;
		CHECK_EQ(rig_write(&r, at - 1, 1, shift), 0);
		CHECK_EQ(rig_write(&r, at, 1, shift + 100), 0);
		CHECK_EQ(rig_write(&r, at + 1, 1, shift + 200), 0);
	}
	for (shift = 32; shift <= 40; shift++) {
		at = 1ull << shift;
		CHECK_EQ(pramin_model_peek(model, at - 1, &byte, 1), 0);
		CHECK_EQ(byte, shift);
		CHECK_EQ(rig_read(&r, at, 1, &val), 0);
		CHECK_EQ(val, shift + 100);
		CHECK_EQ(rig_read(&r, at + 1, 1, &val), 0);
		CHECK_EQ(val, shift + 200);
	}
	/* Nothing wrapped to the bottom. */
	CHECK_EQ(rig_read(&r, 0, 8, &val), 0);
	CHECK_EQ(val, 0);
	pramin_model_destroy(model);
	return 0;
}

/* 3 MiB and 192 KiB: the last window shows more than there is. */
static int a_window_may_hang_over_the_end_of_vram(void)
{
	static uint8_t buf[WINDOW];
	uint64_t end = 3 * MIB + 3 * GRAIN, val;
	unsigned int mapped;
	struct rig r;

	for (mapped = 0; mapped < 2; mapped++) {
		rig_init(&r, "tu102");
		r.config.vram = end;
		r.fake.mapped = mapped;
		CHECK_EQ(rig_attach(&r), 0);
		CHECK_EQ(rig_read(&r, end - 8, 8, &val), 0);
		CHECK_EQ(rig_window(&r), 3 * MIB);
		CHECK_EQ(rig_read(&r, end, 1, &val), -ERANGE);
		CHECK_EQ(rig_write(&r, end, 8, 0), -ERANGE);
		CHECK_EQ(pramin_bulk_fill(rig_op(&r), 3 * MIB - GRAIN / 2,
					  3 * GRAIN + GRAIN / 2, "\0", 1,
					  &r.bulk),
			 0);
		CHECK_EQ(pramin_bulk_read(rig_op(&r), 3 * MIB - GRAIN / 2, buf,
					  3 * GRAIN + GRAIN / 2, &r.bulk),
			 0);
		CHECK_EQ(pramin_bulk_fill(rig_op(&r), 3 * MIB, 3 * GRAIN + 1,
					  "\0", 1, &r.bulk),
			 -ERANGE);
		CHECK_EQ(r.fake.vram[end - 1], 0);
		/* Not a byte beyond it was written. */
		CHECK_EQ(r.fake.vram[end], fake_byte(end));
		CHECK_EQ(r.fake.stray, 0);
	}
	return 0;
}

static int vram_whose_size_is_odd_ends_at_its_last_byte(void)
{
	struct rig r;
	uint64_t val;

	rig_init(&r, "tu102");
	r.config.vram = 2 * MIB + 13;
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(rig_read(&r, 2 * MIB + 12, 1, &val), 0);
	CHECK_EQ(val, fake_byte(2 * MIB + 12));
	CHECK_EQ(rig_read(&r, 2 * MIB + 12, 2, &val), -ERANGE);
	CHECK_EQ(rig_read(&r, 2 * MIB + 8, 8, &val), -ERANGE);
	CHECK_EQ(rig_read(&r, 2 * MIB + 8, 4, &val), 0);
	return 0;
}

/* Addresses and lengths whose sum does not fit, and nearly so */
static const struct {
	uint64_t pa, len;
	enum pramin_reason reason; /* 0: fine */
} ranges[] = {
	{ 0, 0, 0 },
	{ FAKE_VRAM, 0, 0 },
	{ FAKE_VRAM + 1, 0, PRAMIN_REASON_VRAM_END },
	{ UINT64_MAX, 0, PRAMIN_REASON_VRAM_END },
	{ FAKE_VRAM - 1, 1, 0 },
	{ FAKE_VRAM, 1, PRAMIN_REASON_VRAM_END },
	{ FAKE_VRAM - 1, 2, PRAMIN_REASON_VRAM_END },
	{ 0, FAKE_VRAM + 1, PRAMIN_REASON_VRAM_END },
	{ 1, FAKE_VRAM, PRAMIN_REASON_VRAM_END },
	{ 0, UINT64_MAX, PRAMIN_REASON_VRAM_END },
	{ 1, UINT64_MAX, PRAMIN_REASON_OVERFLOW },
	{ UINT64_MAX, 1, PRAMIN_REASON_OVERFLOW },
	{ UINT64_MAX, 2, PRAMIN_REASON_OVERFLOW },
	{ UINT64_MAX, UINT64_MAX, PRAMIN_REASON_OVERFLOW },
	{ UINT64_MAX - 15, 8, PRAMIN_REASON_VRAM_END },
	{ 1ull << 63, 1ull << 63, PRAMIN_REASON_OVERFLOW },
};

static int no_range_wraps_whatever_its_address_and_length(void)
{
	uint64_t at, done;
	struct rig r;
	uint8_t byte = 0;
	bool found;
	size_t i;
	int want;

	for (i = 0; i < ARRAY_LEN(ranges); i++) {
		uint64_t pa = ranges[i].pa, len = ranges[i].len;

		rig_open(&r, "tu102");
		want = ranges[i].reason ? -ERANGE : 0;
		CHECK_EQ(pramin_range_check(rig_op(&r), pa, len), want);
		CHECK_EQ(r.op.cause.reason, ranges[i].reason);
		if (!want && len)
			continue;
		done = r.bulk.done = 99;
		r.bulk.suspects = r.bulk.first_suspect = done;
		CHECK_EQ(pramin_bulk_read(rig_op(&r), pa, &byte, len, &r.bulk),
			 want);
		CHECK_EQ(r.bulk.done | r.bulk.suspects | r.bulk.first_suspect,
			 0);
		CHECK_EQ(pramin_bulk_write(rig_op(&r), pa, &byte, len, &r.bulk),
			 want);
		CHECK_EQ(pramin_bulk_fill(rig_op(&r), pa, len, &byte, 1,
					  &r.bulk),
			 want);
		CHECK_EQ(pramin_bulk_compare(rig_op(&r), pa, &byte, len, &at,
					     &r.bulk),
			 want);
		CHECK_EQ(pramin_bulk_find(rig_op(&r), pa, len, &byte, 1, &found,
					  &at, &r.bulk),
			 want);
		CHECK_EQ(pramin_bulk_copy(rig_op(&r), pa, 0, len, &r.bulk),
			 want);
		CHECK_EQ(pramin_bulk_copy(rig_op(&r), 0, pa, len, &r.bulk),
			 want);
		CHECK_EQ(r.fake.accesses, 0);
		CHECK_EQ(r.gpu.stats.moves, 0);
	}
	return 0;
}

static int nothing_from_outside_can_stop_the_program(void)
{
	static uint8_t buf[256];
	uint64_t seed = 21, pa, len, val;
	unsigned int i, width;
	struct pramin_hold hold;
	struct rig r;
	int ret;

	rig_open(&r, "gb202");
	for (i = 0; i < 20000; i++) {
		pa = rnd(&seed) >> rnd_below(&seed, 64);
		len = rnd(&seed) >> rnd_below(&seed, 64);
		width = 1u << rnd_below(&seed, 4);
		ret = rig_read(&r, pa, width, &val);
		CHECK(ret == 0 || ret == -EINVAL || ret == -ERANGE);
		CHECK_EQ(ret == 0, pa % width == 0 && pa < FAKE_VRAM);
		ret = pramin_hold_begin(rig_op(&r), &hold, pa, len, false);
		CHECK(ret == 0 || ret == -EINVAL || ret == -ERANGE);
		if (!ret) {
			pramin_hold_write(&hold, rnd(&seed), width, 0);
			pramin_hold_read(&hold, rnd(&seed), (unsigned int)pa);
			pramin_hold_end(&hold);
		}
		if (len > sizeof(buf))
			continue;
		ret = pramin_bulk_write(rig_op(&r), pa, buf, len, &r.bulk);
		CHECK(ret == 0 || ret == -ERANGE);
	}
	CHECK_EQ(r.fake.stray, 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(the_last_byte_is_there_and_the_next_is_refused_on_every_reach),
	TEST(each_side_of_each_line_is_its_own_place),
	TEST(a_window_may_hang_over_the_end_of_vram),
	TEST(vram_whose_size_is_odd_ends_at_its_last_byte),
	TEST(no_range_wraps_whatever_its_address_and_length),
	TEST(nothing_from_outside_can_stop_the_program),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
