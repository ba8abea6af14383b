// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Views in a program that is compiled with PRAMIN_CHECK_SPANS: what holds for
 * all of them, and that bad accesses through a raw pointer are caught.
 */
#define PRAMIN_CHECK_SPANS
#include "lib_view_tests.h"

static int a_bad_access_through_a_pointer_is_reported(void)
{
	static const struct {
		uint64_t off;
		int want;
	} cases[] = {
		{ VIEW_LEN, -ERANGE },		{ VIEW_LEN - 2, -ERANGE },
		{ UINT64_MAX - 3, -ERANGE },	{ (uint64_t)0 - 32, -ERANGE },
		{ 2, -EINVAL },			{ 1, -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t now[VIEW_LEN];
		struct pramin_span span;
		struct pramin_view *view;

		CHECK_EQ(view_start(true, &view), 0);
		span = pramin_view_span(view);
		CHECK_EQ(pramin_span_read32(span, cases[i].off), UINT32_MAX);
		pramin_span_write32(span, cases[i].off, 0x11111111);
		CHECK_EQ(pramin_span_read8(span, 3), view_bytes[3]);
		CHECK_EQ(pramin_view_end(view), cases[i].want);
		CHECK_EQ(pramin_model_peek(rig.model, VIEW_PA, now, VIEW_LEN),
			 0);
		CHECK(!memcmp(now, view_bytes, VIEW_LEN));
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		VIEW_TESTS,
		TEST(a_bad_access_through_a_pointer_is_reported),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
