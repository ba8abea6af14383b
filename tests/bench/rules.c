// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Placement rules of other PRAMIN code, written from their description, and
 * the traces on which they and this library are counted.
 *
 * What is counted is writes of the window register: each is a posted store
 * that the access has to wait behind. For rules that remember the base this is
 * the number of moves.
 */
#include "bench.h"

#define BOARD_VRAM (8 * GIB)
/* Where the traces lie: clear of the position that the board starts with */
#define TRACE_BASE   (4 * GIB)
#define TRACE_STRIDE 4096u

const struct rule rules[RULES] = {
	{
		.name = "each_64k",
		.what = "re-aligned whenever the 64 KiB-aligned address "
			"differs from the base",
		.align = 64 * KIB,
		.keep = 64 * KIB,
	},
	{
		.name = "64k_in_1m",
		.what = "64 KiB-aligned, kept while the access lies in the "
			"1 MiB shown",
		.align = 64 * KIB,
		.keep = MIB,
	},
	{
		.name = "1m",
		.what = "1 MiB-aligned, kept while the access lies in it",
		.align = MIB,
		.keep = MIB,
	},
	{
		.name = "per_byte",
		.what = "written before each byte",
		.align = 64 * KIB,
		.every_byte = true,
	},
};

const char *const trace_names[TRACES] = {
	[TRACE_UP] = "up",
	[TRACE_DOWN] = "down",
	[TRACE_RANDOM] = "random",
	[TRACE_NEAR] = "random_2m",
	[TRACE_PING_64K] = "ping_pong_64k",
	[TRACE_PING_1M] = "ping_pong_1m",
};

uint64_t trace_at(const struct trace *trace, uint64_t i)
{
	switch (trace->kind) {
	case TRACE_UP:
		return TRACE_BASE + i * TRACE_STRIDE;
	case TRACE_DOWN:
		return TRACE_BASE + (trace->count - 1 - i) * TRACE_STRIDE;
	case TRACE_RANDOM:
		return mix64(i) % BOARD_VRAM / 4 * 4;
	case TRACE_NEAR:
		return TRACE_BASE + mix64(i) % (2 * MIB) / 4 * 4;
	case TRACE_PING_64K:
		/* The last word before a line and the first behind it */
		return TRACE_BASE + 64 * KIB - (i % 2 ? 0 : 4);
	default:
		return TRACE_BASE + MIB - (i % 2 ? 0 : 4);
	}
}

uint64_t rule_count(const struct rule *rule, const struct trace *trace)
{
	const unsigned int width = 4;
	uint64_t writes = 0, base = 0, i;
	bool known = false;

	for (i = 0; i < trace->count; i++) {
		uint64_t pa = trace_at(trace, i);

		if (rule->every_byte) {
			writes += width;
			continue;
		}
		if (known && pa >= base && pa - base <= rule->keep - width)
			continue;
		base = pa - pa % rule->align;
		known = true;
		writes++;
	}
	return writes;
}

int ours_count(const struct trace *trace, uint64_t *writes)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = BOARD_VRAM,
	};
	struct board board;
	uint64_t before, i;
	uint32_t val;
	int ret = board_open(&params, true, &board);

	if (ret)
		return ret;
	before = board_counters(&board).window_writes;
	for (i = 0; i < trace->count && !ret; i++)
		ret = pramin_read32(board.dev, trace_at(trace, i), &val);
	/* Closing restores the register, which no trace asks for. */
	*writes = board_counters(&board).window_writes - before;
	board_close(&board);
	return ret;
}
