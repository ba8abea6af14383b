// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The order of locks, by the function that the checks in debug builds ask.
 */
#ifndef PRAMIN_DEBUG
#define PRAMIN_DEBUG
#endif
#include "../../core/mmu/order.h"
#include "core_rig.h"

static int locks_are_taken_from_the_left_to_the_right(void)
{
	static const enum pramin_rank ranks[] = {
		PRAMIN_RANK_DEVICE, PRAMIN_RANK_TREE, PRAMIN_RANK_LEAF,
		PRAMIN_RANK_WINDOW, PRAMIN_RANK_MMU
	};
	size_t held, next;

	for (held = 0; held < ARRAY_LEN(ranks); held++)
		for (next = 0; next < ARRAY_LEN(ranks); next++)
			CHECK_EQ(pramin_rank_allowed(1u << ranks[held],
						     ranks[next]),
				 held < next && held < 3);
	for (next = 0; next < ARRAY_LEN(ranks); next++)
		CHECK(pramin_rank_allowed(0, ranks[next]));
	CHECK(pramin_rank_allowed(7, PRAMIN_RANK_WINDOW));
	CHECK(!pramin_rank_allowed(9, PRAMIN_RANK_TREE));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(locks_are_taken_from_the_left_to_the_right),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
