/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What all readers of a tree share: its bounds.
 */
#ifndef PRAMIN_CORE_MMU_TREE_H
#define PRAMIN_CORE_MMU_TREE_H

#include <pramin/walk.h>

#include "format.h"

/* 0, or what is wrong with the tree */
int pramin_mmu_tree_valid(const struct pramin_mmu_tree *tree);

/* The last address that can be looked up */
uint64_t pramin_mmu_tree_last(const struct pramin_mmu_tree *tree);

/* Is [@pa, @pa + @len) inside VRAM? */
static inline bool pramin_mmu_in_vram(const struct pramin_mmu_tree *tree,
				      uint64_t pa, uint64_t len)
{
	return len <= tree->vram_size && pa <= tree->vram_size - len;
}

/* Entries of a table of @level; v1 may have shorter ones. */
static inline uint32_t
pramin_mmu_entries(const struct pramin_mmu_level *level, unsigned int pde_size)
{
	return level->entries >> pde_size;
}

static inline uint32_t pramin_mmu_index(const struct pramin_mmu_level *level,
					uint64_t va)
{
	return (uint32_t)(va >> level->va_lo) & (level->entries - 1);
}

/* May the table that @entry leads to, of level @child, be read? */
unsigned int pramin_mmu_table_stop(const struct pramin_mmu_tree *tree,
				   const struct pramin_mmu_entry *entry,
				   unsigned int child, unsigned int pde_size);

#endif /* PRAMIN_CORE_MMU_TREE_H */
