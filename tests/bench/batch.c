// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Moves of batches on the trapped model, against an oracle that tries every
 * base and every order. Counts: the same in every run.
 */
#include <errno.h>

#include "bench.h"
#include "batch_oracle.h"

#define BATCH_VRAM    (4 * MIB)
#define BATCH_ENTRIES 8192u

static uint64_t below(uint64_t *seed, uint64_t limit)
{
	return mix64((*seed)++) % limit;
}

static uint32_t random_list(struct batch_set *set, struct pramin_access *list)
{
	uint64_t phases = set->max_phases / 2 +
			  below(&set->seed, set->max_phases / 2 + 1);
	uint32_t count = 0;
	uint64_t p, i;

	for (p = 0; p < phases; p++) {
		uint64_t n = 1 + below(&set->seed, set->max_units);

		for (i = 0; i < n; i++)
			list[count++] = (struct pramin_access){
				.vram_pa =
					below(&set->seed, BATCH_VRAM / 4) * 4,
				.width = 4,
				.kind = PRAMIN_ACCESS_READ,
			};
		list[count++].kind = PRAMIN_ACCESS_BARRIER;
	}
	return count;
}

static int run_one(struct batch_set *set, const struct board *board)
{
	static struct pramin_access list[BATCH_ENTRIES];
	struct pramin_batch batch = { .size = sizeof(batch) };
	struct oracle oracle = {
		.granules = BATCH_VRAM / (64 * KIB),
		.start = pramin_model_window(board->model) & 0xffffff,
	};
	uint64_t moves = board_counters(board).moves;
	uint32_t count = random_list(set, list), least;
	int ret = pramin_batch(board->dev, list, count, &batch);
	double ratio;

	if (ret)
		return ret;
	moves = board_counters(board).moves - moves;
	least = oracle_moves(&oracle, list, count);
	/* What the library says about itself has to be true. */
	if (batch.moves != moves || batch.least > least)
		return -EIO;
	set->moves += moves;
	set->least += least;
	set->inexact += moves != least;
	ratio = least ? (double)moves / least : 1 + (double)moves;
	if (ratio > set->worst)
		set->worst = ratio;
	ratio = batch.least ? (double)moves / (double)batch.least : 1;
	if (ratio > set->bound)
		set->bound = ratio;
	return 0;
}

int batch_set_run(struct batch_set *set)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = BATCH_VRAM,
	};
	struct board board;
	unsigned int i;
	uint8_t val;
	int ret;

	if (set->max_units > ORACLE_UNITS ||
	    set->max_phases * (set->max_units + 1) > BATCH_ENTRIES)
		return -EINVAL;
	ret = board_open(&params, true, &board);
	if (ret)
		return ret;
	/* From here on the handle knows where its window stands. */
	ret = pramin_read8(board.dev, 0, &val);
	for (i = 0; i < set->batches && !ret; i++)
		ret = run_one(set, &board);
	board_close(&board);
	return ret;
}
