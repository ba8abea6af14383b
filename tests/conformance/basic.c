// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the GPU is, single accesses, views, and where the window stands.
 */
#include <errno.h>

#include "check.h"
#include "suite.h"

#define KIB 1024ull
#define MIB (1024 * KIB)

static int read_any(struct pramin_dev *dev, uint64_t pa, unsigned int width,
		    uint64_t *val)
{
	uint8_t v8 = 0;
	uint16_t v16 = 0;
	uint32_t v32 = 0;
	int ret;

	switch (width) {
	case 1:
		ret = pramin_read8(dev, pa, &v8);
		*val = v8;
		return ret;
	case 2:
		ret = pramin_read16(dev, pa, &v16);
		*val = v16;
		return ret;
	case 4:
		ret = pramin_read32(dev, pa, &v32);
		*val = v32;
		return ret;
	default:
		return pramin_read64(dev, pa, val);
	}
}

static int write_any(struct pramin_dev *dev, uint64_t pa, unsigned int width,
		     uint64_t val)
{
	switch (width) {
	case 1:
		return pramin_write8(dev, pa, (uint8_t)val);
	case 2:
		return pramin_write16(dev, pa, (uint16_t)val);
	case 4:
		return pramin_write32(dev, pa, (uint32_t)val);
	default:
		return pramin_write64(dev, pa, val);
	}
}

static uint64_t mask(unsigned int width)
{
	return width == 8 ? UINT64_MAX : (1ull << (8 * width)) - 1;
}

/* Accesses to VRAM and moves so far */
static uint64_t touched(struct conform *c)
{
	struct pramin_stats s = { .size = sizeof(s) };
	uint64_t sum = 0;
	unsigned int i;

	if (pramin_stats(c->dev, &s))
		return UINT64_MAX;
	for (i = 0; i < 4; i++)
		sum += s.reads[i] + s.writes[i];
	return sum + s.moves;
}

static int the_gpu_says_what_it_is(struct conform *c)
{
	const struct pramin_info *info = &c->info;

	CHECK(*info->backend && *info->chip && *info->family);
	CHECK(info->chip_by_hand ||
	      (info->boot0 != 0 && info->boot0 != UINT32_MAX));
	CHECK(info->vram_size >= MIB);
	CHECK(info->reach >= MIB);
	CHECK(info->window_register == 0x1700 ||
	      info->window_register == 0x10fd40);
	CHECK_EQ(info->has_target, info->window_register == 0x1700);
	CHECK(*info->window_name);
	return 0;
}

static int opening_moves_nothing(struct conform *c)
{
	struct pramin_position before, after;
	struct pramin_stats s = { .size = sizeof(s) };

	CHECK_EQ(conform_close(c, c->dev), 0);
	CHECK_EQ(conform_open(c, false, &c->dev, NULL), 0);
	CONFORM_OK(c, pramin_position(c->dev, &before));
	CONFORM_OK(c, pramin_stats(c->dev, &s));
	CHECK_EQ(s.moves, 0);
	CHECK_EQ(conform_close(c, c->dev), 0);
	CHECK_EQ(conform_open(c, false, &c->dev, NULL), 0);
	CONFORM_OK(c, pramin_position(c->dev, &after));
	CHECK_EQ(after.raw, before.raw);
	return 0;
}

static int close_puts_the_window_back(struct conform *c)
{
	struct pramin_position first, moved, last;
	uint32_t val;

	CHECK_EQ(conform_close(c, c->dev), 0);
	CHECK_EQ(conform_open(c, false, &c->dev, NULL), 0);
	CONFORM_OK(c, pramin_position(c->dev, &first));
	/* One of them is not where it stands. */
	CONFORM_OK(c, pramin_read32(c->dev, c->line - MIB, &val));
	CONFORM_OK(c, pramin_read32(c->dev, c->line, &val));
	CONFORM_OK(c, pramin_position(c->dev, &moved));
	CHECK_EQ(moved.base, c->line);
	CHECK_EQ(moved.target, PRAMIN_TARGET_VRAM);
	CHECK_EQ(conform_close(c, c->dev), 0);
	CHECK_EQ(conform_open(c, false, &c->dev, NULL), 0);
	CONFORM_OK(c, pramin_position(c->dev, &last));
	CHECK_EQ(last.raw, first.raw);
	return 0;
}

static int the_window_stays_within_a_mib(struct conform *c)
{
	struct pramin_stats before = { .size = sizeof(before) }, after;
	struct pramin_position pos;
	uint32_t val;
	uint64_t i;

	CONFORM_OK(c, pramin_read32(c->dev, c->line, &val));
	CONFORM_OK(c, pramin_stats(c->dev, &before));
	for (i = 0; i < 16; i++)
		CONFORM_OK(c, pramin_read32(c->dev, c->line + i * 64 * KIB + 4,
					    &val));
	after.size = sizeof(after);
	CONFORM_OK(c, pramin_stats(c->dev, &after));
	CHECK_EQ(after.moves, before.moves);
	CONFORM_OK(c, pramin_check_window(c->dev));
	CONFORM_OK(c, pramin_read32(c->dev, c->line - 4, &val));
	CONFORM_OK(c, pramin_position(c->dev, &pos));
	CHECK_EQ(pos.base, c->line - MIB);
	return 0;
}

static int a_forgotten_position_is_found_again(struct conform *c)
{
	uint32_t before, after;

	CONFORM_OK(c, pramin_read32(c->dev, c->line + 8, &before));
	CONFORM_OK(c, pramin_forget(c->dev));
	CONFORM_OK(c, pramin_read32(c->dev, c->line + 8, &after));
	CHECK_EQ(after, before);
	return 0;
}

static int the_first_and_the_last_bytes_can_be_read(struct conform *c)
{
	unsigned int width;
	uint64_t val;

	for (width = 1; width <= 8; width *= 2) {
		CONFORM_OK(c, read_any(c->dev, 0, width, &val));
		CONFORM_OK(c, read_any(c->dev, c->end - width, width, &val));
	}
	return 0;
}

static int misaligned_words_are_refused(struct conform *c)
{
	const uint64_t before = touched(c);
	unsigned int width, by;
	uint64_t val = 0;

	for (width = 2; width <= 8; width *= 2)
		for (by = 1; by < width; by++) {
			CHECK_EQ(read_any(c->dev, c->line + by, width, &val),
				 -EINVAL);
			CHECK_EQ(pramin_last_why(c->dev)->reason,
				 PRAMIN_REASON_MISALIGNED);
			CHECK_EQ(write_any(c->dev, c->line - width + by, width,
					   0),
				 -EINVAL);
		}
	CHECK_EQ(touched(c), before);
	return 0;
}

static int addresses_outside_are_refused(struct conform *c)
{
	const uint64_t before = touched(c), end = c->end;
	unsigned int width;
	uint64_t val = 0;
	uint8_t buf[16] = { 0 };

	for (width = 1; width <= 8; width *= 2) {
		const uint64_t at[] = { end, end + MIB, 1ull << 52,
					UINT64_MAX - width + 1 };
		unsigned int i;

		for (i = 0; i < ARRAY_LEN(at); i++) {
			CHECK_EQ(read_any(c->dev, at[i], width, &val), -ERANGE);
			CHECK_EQ(write_any(c->dev, at[i], width, 0), -ERANGE);
		}
	}
	CHECK_EQ(pramin_read(c->dev, end - 8, buf, 9, NULL), -ERANGE);
	CHECK_EQ(pramin_write(c->dev, end - 8, buf, 9, NULL), -ERANGE);
	CHECK_EQ(pramin_fill(c->dev, UINT64_MAX - 3, 8, buf, 4, NULL), -ERANGE);
	CHECK_EQ(touched(c), before);
	return 0;
}

/* At a place on both sides of which the test may write */
static int widths_at(struct conform *c, uint64_t at)
{
	static const uint8_t want[8] = { 0x88, 0x77, 0x66, 0x55,
					 0x44, 0x33, 0x22, 0x11 };
	unsigned int width, i;
	uint64_t val = 0;

	CONFORM_OK(c, pramin_write64(c->dev, at, 0x1122334455667788ull));
	for (i = 0; i < 8; i++) {
		CONFORM_OK(c, read_any(c->dev, at + i, 1, &val));
		CHECK_EQ(val, want[i]);
	}
	for (width = 1; width <= 8; width *= 2) {
		const uint64_t put = 0xa5c3f00d96781234ull & mask(width);

		CONFORM_OK(c, pramin_write64(c->dev, at - 8, UINT64_MAX));
		CONFORM_OK(c, pramin_write64(c->dev, at, 0));
		CONFORM_OK(c, write_any(c->dev, at, width, put));
		CONFORM_OK(c, write_any(c->dev, at - width, width, put));
		CONFORM_OK(c, pramin_read64(c->dev, at, &val));
		CHECK_EQ(val, put);
		CONFORM_OK(c, pramin_read64(c->dev, at - 8, &val));
		CHECK_EQ(val >> (64 - 8 * width), put);
		if (width < 8)
			CHECK_EQ(val << (8 * width), UINT64_MAX << (8 * width));
		CONFORM_OK(c, read_any(c->dev, at, width, &val));
		CHECK_EQ(val, put);
	}
	CONFORM_OK(c, pramin_flush(c->dev));
	return 0;
}

static int every_width_writes_its_bytes_and_no_others(struct conform *c)
{
	const uint64_t at[] = { c->line, c->line - 64 * KIB, c->line + 64 * KIB,
				c->line - 64 * KIB - 8, c->line + 1000 };
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(at); i++) {
		int ret = conform_keep(c, at[i] - 8, 16);

		ret = ret ? ret : widths_at(c, at[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static int a_view_shows_and_takes_what_scalars_do(struct conform *c)
{
	const uint64_t at = c->line - 32;
	struct pramin_view *view;
	struct pramin_span span;
	uint64_t val;

	CHECK_EQ(conform_keep(c, at, 64), 0);
	CONFORM_OK(c, pramin_write64(c->dev, at, 0x0123456789abcdefull));
	/* Over the 1 MiB line */
	CONFORM_OK(c, pramin_view_begin(c->dev, at, 64, &view));
	span = pramin_view_span(view);
	CHECK_EQ(pramin_span_read64(span, 0), 0x0123456789abcdefull);
	CHECK_EQ(pramin_span_read32(span, 4), 0x01234567u);
	CHECK_EQ(pramin_span_read16(span, 2), 0x89abu);
	CHECK_EQ(pramin_span_read8(span, 1), 0xcdu);
	pramin_span_write64(span, 32, 0xfedcba9876543210ull);
	pramin_span_write32(span, 40, 0x11111111u);
	pramin_span_write16(span, 44, 0x2222);
	pramin_span_write8(span, 46, 0x33);
	pramin_span_write8(span, 47, 0x44);
	CONFORM_OK(c, pramin_view_end(view));
	CONFORM_OK(c, pramin_read64(c->dev, c->line, &val));
	CHECK_EQ(val, 0xfedcba9876543210ull);
	CONFORM_OK(c, pramin_read64(c->dev, c->line + 8, &val));
	CHECK_EQ(val, 0x4433222211111111ull);
	c->used += 4;
	return 0;
}

static int a_view_keeps_the_window(struct conform *c)
{
	struct pramin_view *view = NULL;
	uint32_t val;

	CHECK_EQ(pramin_view_begin(c->dev, c->line, 0, &view), -EINVAL);
	CHECK_EQ(pramin_view_begin(c->dev, c->line, MIB + 1, &view), -EINVAL);
	CHECK_EQ(pramin_view_begin(c->dev, c->end, 4, &view), -ERANGE);
	CHECK(!view);
	CONFORM_OK(c, pramin_view_begin(c->dev, c->line, 4096, &view));
	CONFORM_OK(c, pramin_read32(c->dev, c->line + 512 * KIB, &val));
	CHECK_EQ(pramin_read32(c->dev, c->line - MIB, &val), -EBUSY);
	CHECK_EQ(pramin_view_read(view, 4096, 4), UINT64_MAX);
	CHECK(pramin_view_end(view) != 0);
	CONFORM_OK(c, pramin_read32(c->dev, c->line - 4, &val));
	CONFORM_OK(c, pramin_view_begin_alone(c->dev, c->line, 8, &view));
	CONFORM_OK(c, pramin_view_end(view));
	return 0;
}

const struct conform_test conform_basic[] = {
#define ROW(fn, writes, fixed)            \
	{                                 \
#fn, fn, writes, fixed, 0 \
	}
	ROW(the_gpu_says_what_it_is, false, 0),
	ROW(opening_moves_nothing, false, 60),
	ROW(close_puts_the_window_back, false, 70),
	ROW(the_window_stays_within_a_mib, false, 60),
	ROW(a_forgotten_position_is_found_again, false, 20),
	ROW(the_first_and_the_last_bytes_can_be_read, false, 40),
	ROW(misaligned_words_are_refused, false, 0),
	ROW(addresses_outside_are_refused, false, 0),
	ROW(every_width_writes_its_bytes_and_no_others, true, 250),
	ROW(a_view_shows_and_takes_what_scalars_do, true, 60),
	ROW(a_view_keeps_the_window, false, 30),
	{ NULL, NULL, false, 0, 0 },
};
