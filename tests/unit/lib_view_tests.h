/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Tests of views that hold with and without PRAMIN_CHECK_SPANS. Two programs
 * include this: test_lib_view.c and test_lib_check_spans.c.
 */
#ifndef PRAMIN_TESTS_LIB_VIEW_TESTS_H
#define PRAMIN_TESTS_LIB_VIEW_TESTS_H

#include "lib_rig.h"

#define VIEW_PA		(3 * MIB - 32) /* over a MiB line */
#define VIEW_LEN	64u

static struct rig rig;
static uint8_t view_bytes[VIEW_LEN];

static inline int view_start(bool flat, struct pramin_view **view)
{
	CHECK_EQ(rig_open(&rig, "tu102", 8 * MIB, flat), 0);
	rig_pattern(view_bytes, VIEW_LEN, 2);
	CHECK_EQ(pramin_model_poke(rig.model, VIEW_PA, view_bytes, VIEW_LEN),
		 0);
	CHECK_EQ(pramin_view_begin(rig.dev, VIEW_PA, VIEW_LEN, view), 0);
	CHECK_EQ(pramin_view_span(*view).ptr != NULL, flat);
	CHECK_EQ(pramin_view_span(*view).len, VIEW_LEN);
	CHECK(pramin_view_span(*view).view == *view);
	return 0;
}

#define ROUND_TRIP(bits)                                                      \
	static inline int view_accessors##bits(struct pramin_view *view)      \
	{                                                                     \
		const uint##bits##_t val = (uint##bits##_t)0xf0e1d2c3b4a59687; \
		struct pramin_span span = pramin_view_span(view);             \
		uint##bits##_t want;                                          \
		uint64_t off;                                                 \
                                                                              \
		for (off = 0; off < VIEW_LEN; off += bits / 8) {              \
			memcpy(&want, view_bytes + off, sizeof(want));        \
			CHECK_EQ(pramin_span_read##bits(span, off), want);    \
			CHECK_EQ(pramin_view_read(view, off, bits / 8), want); \
			pramin_span_write##bits(span, off,                    \
						(uint##bits##_t)(val + off)); \
		}                                                             \
		for (off = 0; off < VIEW_LEN; off += bits / 8) {              \
			CHECK_EQ(pramin_model_peek(rig.model, VIEW_PA + off,  \
						   &want, sizeof(want)), 0);  \
			CHECK_EQ(want, (uint##bits##_t)(val + off));          \
		}                                                             \
		return 0;                                                     \
	}

ROUND_TRIP(8)
ROUND_TRIP(16)
ROUND_TRIP(32)
ROUND_TRIP(64)

static inline int view_all_widths(bool flat)
{
	static int (*const tests[])(struct pramin_view *view) = {
		view_accessors8, view_accessors16, view_accessors32,
		view_accessors64,
	};
	struct pramin_view *view;
	uint8_t around[2];
	size_t i;

	for (i = 0; i < ARRAY_LEN(tests); i++) {
		CHECK_EQ(view_start(flat, &view), 0);
		CHECK_EQ(tests[i](view), 0);
		CHECK_EQ(pramin_view_end(view), 0);
		CHECK_EQ(pramin_model_peek(rig.model, VIEW_PA - 1, around, 1),
			 0);
		CHECK_EQ(pramin_model_peek(rig.model, VIEW_PA + VIEW_LEN,
					   around + 1, 1), 0);
		CHECK_EQ(around[0] | around[1], 0);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

static int accessors_of_all_widths_work_on_a_trapped_model(void)
{
	return view_all_widths(false);
}

static int accessors_of_all_widths_work_on_a_flat_model(void)
{
	return view_all_widths(true);
}

/* One bad access by @off and @width: what view_end reports, and no effect */
static inline int view_bad(bool flat, uint64_t off, unsigned int width,
			   int want)
{
	uint8_t now[VIEW_LEN], zero[64] = { 0 }, past[64];
	struct pramin_view *view;

	CHECK_EQ(view_start(flat, &view), 0);
	rig_log_here(&rig, NULL, 0);
	CHECK_EQ(pramin_view_read(view, off, width), UINT64_MAX);
	pramin_view_write(view, off, width, 0x1111111111111111);
	CHECK_EQ(rig.accesses, rig.log_from);
	/* Good ones go on working, and do not hide the bad one. */
	CHECK_EQ(pramin_view_read(view, 0, 1), view_bytes[0]);
	CHECK_EQ(pramin_view_end(view), want);
	CHECK_EQ(pramin_last_why(rig.dev)->err, want);
	CHECK_EQ(pramin_model_peek(rig.model, VIEW_PA, now, VIEW_LEN), 0);
	CHECK(!memcmp(now, view_bytes, VIEW_LEN));
	CHECK_EQ(pramin_model_peek(rig.model, VIEW_PA + VIEW_LEN, past, 64), 0);
	CHECK(!memcmp(past, zero, 64));
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int bad_accesses_by_offset_do_nothing_and_are_reported(void)
{
	static const struct {
		uint64_t off;
		unsigned int width;
		int want;
	} cases[] = {
		{ VIEW_LEN, 1, -ERANGE },
		{ VIEW_LEN - 1, 2, -ERANGE },
		{ VIEW_LEN - 4, 8, -ERANGE },
		{ UINT64_MAX, 1, -ERANGE },
		{ UINT64_MAX - 7, 8, -ERANGE },
		{ (uint64_t)0 - 32, 4, -ERANGE },
		{ 1, 2, -EINVAL },
		{ 2, 4, -EINVAL },
		{ 4, 8, -EINVAL },
		{ 0, 0, -EINVAL },
		{ 0, 3, -EINVAL },
		{ 0, 16, -EINVAL },
		{ 0, UINT32_MAX, -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(view_bad(false, cases[i].off, cases[i].width,
				  cases[i].want), 0);
		CHECK_EQ(view_bad(true, cases[i].off, cases[i].width,
				  cases[i].want), 0);
	}
	return 0;
}

static int the_first_bad_access_is_the_one_reported(void)
{
	struct pramin_view *view;

	CHECK_EQ(view_start(false, &view), 0);
	CHECK_EQ(pramin_view_read(view, 2, 4), UINT64_MAX);
	CHECK_EQ(pramin_view_read(view, VIEW_LEN, 4), UINT64_MAX);
	CHECK_EQ(rig_fault(&rig, "fail", 1), 0);
	CHECK_EQ(pramin_view_read(view, 0, 4), UINT64_MAX);
	CHECK_EQ(pramin_view_end(view), -EINVAL);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_MISALIGNED);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

/* Nested views share a position; none may take it from the others. */
static int nested_views_share_one_position(void)
{
	struct pramin_view *outer, *inner, *none = NULL;
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "tu102", 8 * MIB, false), 0);
	CHECK_EQ(pramin_view_begin(rig.dev, MIB, 16, &outer), 0);
	CHECK_EQ(pramin_view_begin(rig.dev, 2 * MIB - 16, 16, &inner), 0);
	CHECK_EQ(pramin_view_begin(rig.dev, 2 * MIB - 16, 17, &none), -EBUSY);
	CHECK_EQ(pramin_view_begin(rig.dev, 0, 1, &none), -EBUSY);
	CHECK(!none);
	CHECK_EQ(pramin_read32(rig.dev, 2 * MIB - 4, &val), 0);
	CHECK_EQ(pramin_write32(rig.dev, 2 * MIB, 1), -EBUSY);
	CHECK_EQ(pramin_fill(rig.dev, 2 * MIB - 4, 8, "\1", 1, NULL), -EBUSY);
	CHECK_EQ(pramin_view_end(outer), 0);
	CHECK_EQ(pramin_write32(rig.dev, 2 * MIB, 1), -EBUSY);
	CHECK_EQ(pramin_view_end(inner), 0);
	CHECK_EQ(pramin_write32(rig.dev, 2 * MIB, 1), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

/* All ones in a view are data only while PMC_BOOT_0 answers. */
static int ones_in_a_view_ask_whether_the_gpu_is_there(void)
{
	struct pramin_view *view;
	uint32_t ones = UINT32_MAX;

	CHECK_EQ(view_start(false, &view), 0);
	CHECK_EQ(pramin_model_poke(rig.model, VIEW_PA + 8, &ones, 4), 0);
	rig_log_here(&rig, NULL, 0);
	CHECK_EQ(pramin_span_read32(pramin_view_span(view), 8), UINT32_MAX);
	CHECK_EQ(rig.accesses - rig.log_from, 2);
	CHECK_EQ(pramin_span_read8(pramin_view_span(view), 0), view_bytes[0]);
	CHECK_EQ(rig.accesses - rig.log_from, 3);
	CHECK_EQ(rig_fault(&rig, "gone", 1), 0);
	CHECK_EQ(pramin_span_read8(pramin_view_span(view), 0), 0xff);
	CHECK_EQ(pramin_view_end(view), -ENODEV);
	CHECK_EQ(rig_close(&rig), -ENODEV);
	return 0;
}

static int views_of_every_length_that_fits_begin(void)
{
	static const struct {
		uint64_t pa, len;
		int want;
	} cases[] = {
		{ 0, MIB, 0 },
		{ 0, MIB + 1, -EINVAL },
		{ 1, MIB - 1, 0 },
		{ 1, MIB, -EINVAL },
		{ 65535, MIB - 65535, 0 },
		{ 65536, MIB, 0 },
		{ MIB - 1, 2, 0 },
		{ 7 * MIB, MIB, 0 },
		{ 7 * MIB + 65536, MIB - 65536, 0 },
		{ 7 * MIB + 65536, MIB, -ERANGE },
		{ 8 * MIB - 1, 1, 0 },
		{ 8 * MIB - 1, 2, -ERANGE },
		{ 8 * MIB, 1, -ERANGE },
		{ UINT64_MAX, 1, -ERANGE },
		{ 1, UINT64_MAX, -ERANGE },
		{ 0, 0, -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_view *view = NULL;

		CHECK_EQ(rig_open(&rig, "tu102", 8 * MIB, false), 0);
		CHECK_EQ(pramin_view_begin(rig.dev, cases[i].pa, cases[i].len,
					   &view), cases[i].want);
		CHECK_EQ(view != NULL, cases[i].want == 0);
		if (view) {
			pramin_view_write(view, cases[i].len - 1, 1, 0x42);
			CHECK_EQ(pramin_view_read(view, cases[i].len - 1, 1),
				 0x42);
		}
		CHECK_EQ(pramin_view_end(view), 0);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

#define VIEW_TESTS                                                       \
	TEST(accessors_of_all_widths_work_on_a_trapped_model),           \
	TEST(accessors_of_all_widths_work_on_a_flat_model),              \
	TEST(bad_accesses_by_offset_do_nothing_and_are_reported),        \
	TEST(the_first_bad_access_is_the_one_reported),                  \
	TEST(nested_views_share_one_position),                           \
	TEST(ones_in_a_view_ask_whether_the_gpu_is_there),               \
	TEST(views_of_every_length_that_fits_begin)

#endif /* PRAMIN_TESTS_LIB_VIEW_TESTS_H */
