// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A batch by phase, then by aligned word of 8 bytes, then by place in the list.
 *
 * Accesses that share a byte lie in one such word, as each is aligned and at
 * most 8 bytes wide: so they keep their order. The last key makes all keys
 * different, so any sort is a stable one; heap sort needs neither memory nor
 * recursion.
 */
#include "batch.h"

static bool is_less(const struct pramin_access *list, uint32_t a, uint32_t b)
{
	uint64_t word_a = list[a].vram_pa / 8;
	uint64_t word_b = list[b].vram_pa / 8;

	return word_a != word_b ? word_a < word_b : a < b;
}

/* Let what lies at @at sink until both below it are less. */
static void sink(const struct pramin_access *list, uint32_t *heap, uint32_t at,
		 uint32_t n)
{
	uint32_t val = heap[at];

	while (at < n / 2) {
		uint32_t child = 2 * at + 1;

		if (child + 1 < n &&
		    is_less(list, heap[child], heap[child + 1]))
			child++;
		if (!is_less(list, val, heap[child]))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = val;
}

static void sort(const struct pramin_access *list, uint32_t *order, uint32_t n)
{
	uint32_t i;

	/* Page tables and the like come sorted. */
	for (i = 1; i < n; i++)
		if (is_less(list, order[i], order[i - 1]))
			break;
	if (i >= n)
		return;
	for (i = n / 2; i > 0; i--)
		sink(list, order, i - 1, n);
	for (i = n - 1; i > 0; i--) {
		uint32_t most = order[0];

		order[0] = order[i];
		order[i] = most;
		sink(list, order, 0, i);
	}
}

/* Sort the @n entries from place @first on, and cut them into units. */
static uint32_t end_phase(struct batch_plan *plan, uint32_t first, uint32_t n,
			  uint32_t units)
{
	const struct pramin_access *list = plan->list;
	uint32_t i;

	if (!n)
		return units;
	plan->phase_first[plan->phases++] = units;
	sort(list, plan->order + first, n);
	for (i = first; i < first + n; i++) {
		uint32_t g = (uint32_t)(list[plan->order[i]].vram_pa /
					PRAMIN_WINDOW_GRAIN);

		if (i > first && plan->granule[units - 1] == g)
			continue;
		plan->granule[units] = g;
		plan->unit_first[units++] = i;
	}
	return units;
}

void pramin_batch_sort(struct batch_plan *plan, uint32_t count)
{
	uint32_t first = 0, at = 0, units = 0;
	uint32_t i;

	plan->phases = 0;
	for (i = 0; i < count; i++) {
		if (plan->list[i].kind != PRAMIN_ACCESS_BARRIER) {
			plan->order[at++] = i;
			continue;
		}
		units = end_phase(plan, first, at - first, units);
		first = at;
	}
	units = end_phase(plan, first, at - first, units);
	plan->unit_first[units] = at;
	plan->phase_first[plan->phases] = units;
}

static uint64_t state_room(uint64_t accesses)
{
	uint64_t room = PRAMIN_BATCH_EXACT_PRODUCT;

	/* So many candidates at most, in so many phases */
	if (accesses < PRAMIN_BATCH_EXACT_UNITS && accesses * accesses < room)
		room = accesses * accesses;
	return room + 1;
}

uint64_t pramin_batch_words(uint64_t accesses)
{
	return 10 * (accesses + 1) + 2ull * PRAMIN_BATCH_EXACT_UNITS +
	       2 * state_room(accesses);
}

void pramin_batch_carve(struct batch_plan *plan, uint32_t *words)
{
	uint64_t n = (uint64_t)plan->accesses + 1;

	plan->visits = (struct batch_visit *)(void *)words;
	words += 2 * n;
	plan->seq = words;
	plan->order = words += n;
	plan->granule = words += n;
	plan->unit_first = words += n;
	plan->phase_first = words += n;
	plan->below = words += n;
	plan->above = words += n;
	plan->end_base = words += n;
	plan->cand = words += n;
	plan->parent_of = words += PRAMIN_BATCH_EXACT_UNITS;
	plan->state_base = words += PRAMIN_BATCH_EXACT_UNITS;
	plan->state_parent = words + state_room(plan->accesses);
	plan->max_units = PRAMIN_BATCH_EXACT_UNITS;
	plan->max_product = PRAMIN_BATCH_EXACT_PRODUCT;
}
