/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A set of ranges of VRAM, in units of 256 bytes: the smallest page table.
 */
#ifndef PRAMIN_CORE_MMU_SEEN_H
#define PRAMIN_CORE_MMU_SEEN_H

#include "tree.h"

/*
 * A hash table with one word per 4 KiB: its number, and below it a bit for each
 * 256 bytes, of which one is set: 0 is an empty slot. A third is kept empty.
 */
struct mmu_seen {
	const struct pramin_mmu_tree *tree;	/* gives memory */
	uint64_t max;				/* bytes of it */
	uint64_t *slot;
	uint32_t bits;				/* slots: 2^bits */
	uint64_t used;
};

void pramin_mmu_seen_fini(struct mmu_seen *seen);

/*
 * Add [@pa, @pa + @len), on lines of 256 bytes; *@twice: some of it was there.
 * 0 or -ENOMEM.
 */
int pramin_mmu_seen_add(struct mmu_seen *seen, uint64_t pa, uint64_t len,
			bool *twice);

#endif /* PRAMIN_CORE_MMU_SEEN_H */
