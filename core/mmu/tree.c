// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A tree of page tables as a whole: is it one, and how it is found from an
 * instance block.
 */
#include "tree.h"

static int valid_source(const struct pramin_mmu_tree *tree)
{
	return tree && tree->size == sizeof(*tree) && tree->format &&
			       tree->read ?
		       0 :
		       -EINVAL;
}

int pramin_mmu_tree_valid(const struct pramin_mmu_tree *tree)
{
	const struct pramin_mmu_level *root;
	int ret = valid_source(tree);

	if (ret)
		return ret;
	root = &tree->format->level[0];
	if (tree->aperture >= PRAMIN_MMU_APERTURES)
		return -EINVAL;
	if (tree->aperture != PRAMIN_MMU_VIDEO)
		return -EOPNOTSUPP;
	if (tree->root_pa % root->align)
		return -EINVAL;
	if (!pramin_mmu_in_vram(tree, tree->root_pa, root->table_size) ||
	    tree->va_last >> tree->format->va_bits)
		return -ERANGE;
	return 0;
}

uint64_t pramin_mmu_tree_last(const struct pramin_mmu_tree *tree)
{
	return tree->va_last ? tree->va_last :
			       (1ull << tree->format->va_bits) - 1;
}

unsigned int pramin_mmu_table_stop(const struct pramin_mmu_tree *tree,
				   const struct pramin_mmu_entry *entry,
				   unsigned int child, unsigned int pde_size)
{
	const struct pramin_mmu_level *level = &tree->format->level[child];

	if (entry->aperture != PRAMIN_MMU_VIDEO)
		return PRAMIN_MMU_STOP_NOT_VRAM;
	if (!pramin_mmu_in_vram(tree, entry->pa, level->table_size >> pde_size))
		return PRAMIN_MMU_STOP_OUTSIDE;
	return PRAMIN_MMU_STOP_NOT;
}

int pramin_mmu_tree_inst(struct pramin_mmu_tree *tree, uint64_t inst_pa)
{
	uint32_t word[PRAMIN_MMU_INST_WORDS];
	struct pramin_mmu_inst inst;
	struct pramin_mmu_tree found;
	int ret = valid_source(tree);

	if (ret)
		return ret;
	if (inst_pa % PRAMIN_MMU_INST_SIZE)
		return -EINVAL;
	if (!pramin_mmu_in_vram(tree, inst_pa, PRAMIN_MMU_INST_SIZE))
		return -ERANGE;
	ret = tree->read(tree->ctx, inst_pa + PRAMIN_MMU_INST_OFFSET, word,
			 sizeof(word));
	if (ret)
		return ret;
	pramin_mmu_inst_decode(tree->format, word, &inst);
	if (!inst.valid)
		return -ENOENT;
	if (!inst.format)
		return -EOPNOTSUPP;
	found = *tree;
	found.format = inst.format;
	found.root_pa = inst.root_pa;
	found.aperture = inst.aperture;
	/* A limit beyond the format's width limits nothing. */
	found.va_last = inst.limit >> found.format->va_bits ? 0 : inst.limit;
	ret = pramin_mmu_tree_valid(&found);
	if (!ret)
		*tree = found;
	return ret;
}
