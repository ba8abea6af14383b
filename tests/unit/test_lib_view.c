// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Views as most programs use them: accessors that do not check where the
 * backend maps, and cost no more than the load.
 */
#define _GNU_SOURCE
#include "lib_code.h"
#include "lib_view_tests.h"

/*
 * A function of its own, which the next test finds in this program's code. Its
 * span is in registers, as the header asks for. On the way where the backend
 * maps there is a test of the pointer, a load, and the return.
 */
__attribute__((noinline, used)) uint32_t
lib_view_one_load(volatile unsigned char *ptr, uint64_t off,
		  struct pramin_view *view);

uint32_t lib_view_one_load(volatile unsigned char *ptr, uint64_t off,
			   struct pramin_view *view)
{
	struct pramin_span span = { ptr, MIB, view };

	return pramin_span_read32(span, off);
}

static int a_flat_accessor_is_a_test_and_a_load(void)
{
	struct pramin_view *view;
	struct pramin_span span;
	unsigned int count;
	uint32_t want;

	CHECK_EQ(view_start(true, &view), 0);
	memcpy(&want, view_bytes, 4);
	span = pramin_view_span(view);
	CHECK_EQ(lib_view_one_load(span.ptr, 0, view), want);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(rig_close(&rig), 0);
	if (!PLAIN_BUILD)
		SKIP("only the plain optimised build is looked at");
	count = code_instructions("lib_view_one_load");
	if (!count)
		SKIP("objdump does not show this program");
	/* Test the pointer, branch, load, return */
	if (count > 4)
		printf("%u instructions\n", count);
	CHECK(count <= 4);
	return 0;
}

/* What the accessors write through a pointer is what the handle reads. */
static int raw_and_checked_accesses_meet_the_same_bytes(void)
{
	struct pramin_span span;
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(view_start(true, &view), 0);
	span = pramin_view_span(view);
	pramin_span_write32(span, 16, 0xcafe0001);
	CHECK_EQ(pramin_view_read(view, 16, 4), 0xcafe0001);
	CHECK_EQ(pramin_read32(rig.dev, VIEW_PA + 16, &val), 0);
	CHECK_EQ(val, 0xcafe0001);
	CHECK_EQ(*(volatile uint32_t *)(volatile void *)(span.ptr + 16),
		 0xcafe0001);
	CHECK_EQ(pramin_write32(rig.dev, VIEW_PA + 16, 7), 0);
	CHECK_EQ(pramin_span_read32(span, 16), 7);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		VIEW_TESTS,
		TEST(a_flat_accessor_is_a_test_and_a_load),
		TEST(raw_and_checked_accesses_meet_the_same_bytes),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
