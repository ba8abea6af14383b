/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Random batches, small enough for the oracle.
 */
#ifndef PRAMIN_TESTS_CORE_BATCH_H
#define PRAMIN_TESTS_CORE_BATCH_H

#include "../../core/batch.h"
#include "batch_oracle.h"
#include "core_rig.h"

/*
 * Up to @phases phases of up to ORACLE_UNITS granules below @granules, with two
 * accesses to each or so; addresses that are often near each other.
 */
static inline uint32_t random_batch(uint64_t *seed, uint32_t granules,
				    uint32_t phases, struct pramin_access *list)
{
	uint32_t count = 0;
	uint32_t p, i, n;

	for (p = 0; p < phases; p++) {
		uint32_t units[ORACLE_UNITS];
		uint32_t unit_count =
			1 + (uint32_t)rnd_below(seed, ORACLE_UNITS);

		if (p)
			list[count++].kind = PRAMIN_ACCESS_BARRIER;
		for (i = 0; i < unit_count; i++)
			units[i] = (uint32_t)rnd_below(seed, granules);
		n = (uint32_t)rnd_below(seed, 3 * unit_count + 1);
		for (i = 0; i < n; i++) {
			struct pramin_access *a = &list[count++];

			a->kind = rnd_below(seed, 2) ? PRAMIN_ACCESS_READ :
						       PRAMIN_ACCESS_WRITE;
			a->width = (uint8_t)(1u << rnd_below(seed, 4));
			a->val = rnd(seed);
			a->done = true;
			a->vram_pa =
				units[rnd_below(seed, unit_count)] * GRAIN +
				(rnd_below(seed, 2) ? 0 : GRAIN - 32) +
				rnd_below(seed, 32) / a->width * a->width;
		}
	}
	return count;
}

#endif /* PRAMIN_TESTS_CORE_BATCH_H */
