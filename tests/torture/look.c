// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Does VRAM hold what it may hold? The parent looks at the file that keeps it,
 * while its owners go on.
 */
#include "torture.h"

static int wrong(struct board *board, uint64_t at)
{
	torture_fail(board, "0x%llx holds 0x%02x, not 0x%02x or 0x%02x",
		     (unsigned long long)at, board->image[at], board->sure[at],
		     board->next[at]);
	return -1;
}

/* Wrong, and not because it changes just now? */
static int look_at_byte(struct board *board, unsigned int lane, uint64_t at)
{
	const uint64_t *steps = &board->lane[lane].steps;
	uint64_t before;

	do {
		before = __atomic_load_n(steps, __ATOMIC_SEQ_CST);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (may_be(board, at,
			   __atomic_load_n(&board->image[at],
					   __ATOMIC_SEQ_CST)))
			return 0;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	} while (before != __atomic_load_n(steps, __ATOMIC_SEQ_CST));
	return wrong(board, at);
}

int torture_look_at(struct board *board, unsigned int lane)
{
	unsigned int i;

	for (i = 0; i < LANE_BYTES; i++) {
		uint64_t at = lane_at(lane, i);

		if (!may_be(board, at,
			    __atomic_load_n(&board->image[at],
					    __ATOMIC_RELAXED)) &&
		    look_at_byte(board, lane, at))
			return -1;
	}
	return 0;
}

int torture_look_between(struct board *board)
{
	uint64_t from = 0, at;
	unsigned int patch;

	for (patch = 0; patch <= PATCHES; patch++) {
		uint64_t to = patch < PATCHES ? patch_at(patch) : VRAM_BYTES;

		for (at = from; at < to; at++)
			if (board->image[at])
				return wrong(board, at);
		from = to + PATCH_BYTES;
	}
	return 0;
}

int torture_look(struct board *board)
{
	unsigned int lane;

	for (lane = 0; lane < LANES; lane++)
		if (torture_look_at(board, lane))
			return -1;
	return 0;
}
