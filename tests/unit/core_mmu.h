/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the tests of page tables share: entries compared, and random words.
 */
#ifndef PRAMIN_TESTS_CORE_MMU_H
#define PRAMIN_TESTS_CORE_MMU_H

#include "../check.h"

#include <errno.h>

#include <pramin/mmu.h>

/* The same sequence in every run */
static inline uint64_t mmu_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* But for what decode sets apart, and padding */
static inline bool mmu_same(const struct pramin_mmu_entry *a,
			    const struct pramin_mmu_entry *b)
{
	return a->pa == b->pa && a->type == b->type &&
	       a->aperture == b->aperture && a->attrs == b->attrs &&
	       a->kind == b->kind && a->peer == b->peer &&
	       a->pde_size == b->pde_size && a->comptag == b->comptag;
}

#endif /* PRAMIN_TESTS_CORE_MMU_H */
