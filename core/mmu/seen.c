// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which parts of VRAM have been seen as tables.
 */
#include "seen.h"
#include "../bits.h"

#define UNIT	   256ull
#define UNITS	   16ull /* per page */
#define PAGE	   (UNIT * UNITS)
#define PAGE_SHIFT 16 /* of its number in a slot */
#define FIRST_BITS 8

void pramin_mmu_seen_fini(struct mmu_seen *seen)
{
	if (seen->slot)
		seen->tree->free(seen->tree->ctx, seen->slot);
	seen->slot = NULL;
}

/* The slot of a page, or the empty one where it would be */
static uint64_t *slot_of(uint64_t *slot, uint32_t bits, uint64_t page)
{
	const uint64_t mask = (1ull << bits) - 1;
	uint64_t i = page * 0x9e3779b97f4a7c15ull >> (64 - bits);

	while (slot[i] && slot[i] >> PAGE_SHIFT != page)
		i = (i + 1) & mask;
	return &slot[i];
}

/* Twice as many slots; the first time some */
static int grow(struct mmu_seen *seen)
{
	const uint32_t bits = seen->slot ? seen->bits + 1 : FIRST_BITS;
	const uint64_t bytes = sizeof(uint64_t) << bits;
	uint64_t *slot;
	uint64_t i;

	if (bytes > seen->max)
		return -ENOMEM;
	slot = seen->tree->alloc(seen->tree->ctx, (size_t)bytes);
	if (!slot)
		return -ENOMEM;
	memset(slot, 0, (size_t)bytes);
	for (i = 0; seen->slot && i < 1ull << seen->bits; i++)
		if (seen->slot[i])
			*slot_of(slot, bits, seen->slot[i] >> PAGE_SHIFT) =
				seen->slot[i];
	pramin_mmu_seen_fini(seen);
	seen->slot = slot;
	seen->bits = bits;
	return 0;
}

static int add_page(struct mmu_seen *seen, uint64_t page, uint64_t units,
		    bool *twice)
{
	uint64_t *slot;
	int ret;

	if (!seen->slot || seen->used * 3 >= 2ull << seen->bits) {
		ret = grow(seen);
		if (ret)
			return ret;
	}
	slot = slot_of(seen->slot, seen->bits, page);
	if (!*slot) {
		*slot = page << PAGE_SHIFT;
		seen->used++;
	}
	if (*slot & units)
		*twice = true;
	*slot |= units;
	return 0;
}

int pramin_mmu_seen_add(struct mmu_seen *seen, uint64_t pa, uint64_t len,
			bool *twice)
{
	const uint64_t end = pa + len;
	int ret = 0;

	*twice = false;
	while (pa < end && !ret) {
		const uint64_t next = pa - pa % PAGE + PAGE;
		const uint64_t to = next < end ? next : end;
		const uint64_t from_unit = pa % PAGE / UNIT;
		const uint64_t count = (to - pa) / UNIT;

		ret = add_page(seen, pa / PAGE,
			       ((1ull << count) - 1) << from_unit, twice);
		pa = to;
	}
	return ret;
}
