// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One address, as the GPU looks it up: a table per level, and at the last
 * directory up to two. There, the big page table decides unless its entry is
 * INVALID; then the small one does. So UNMAPPED and sparse big entries hide small
 * ones.
 *
 * Where a directory entry says sparse for its big half and has a small page
 * table all the same, the table is read: which of the two the hardware believes is
 * not published.
 */
#include "tree.h"

struct lookup {
	const struct pramin_mmu_tree *tree;
	uint64_t va;
	struct pramin_mmu_step *step;  /* where to keep all, or NULL */
	struct pramin_mmu_step own[2]; /* the last two, then */
	unsigned int count;
	unsigned int pde_size;
	struct pramin_mmu_walk walk;
};

static const struct pramin_mmu_level *level_of(const struct lookup *l,
					       unsigned int level)
{
	return &l->tree->format->level[level];
}

/* The walk ends at half @half of @step, for the reason @stop. */
static void end_at(struct lookup *l, struct pramin_mmu_step *step,
		   unsigned int half, unsigned int stop)
{
	const struct pramin_mmu_level *lv = level_of(l, step->level);
	struct pramin_mmu_walk *walk = &l->walk;

	walk->entry = step->half[half];
	walk->size = lv->span;
	walk->entry_pa = step->entry_pa;
	walk->level = step->level;
	walk->half = (uint8_t)half;
	walk->stop = (uint8_t)stop;
	step->next = (uint8_t)half;
	step->stop = (uint8_t)stop;
	if (walk->entry.type == PRAMIN_MMU_PAGE)
		walk->pa = walk->entry.pa + (l->va & (lv->span - 1));
}

/* Read and decode the entry of a table for the address. */
static int take_step(struct lookup *l, unsigned int level, uint64_t table_pa,
		     struct pramin_mmu_step **result)
{
	const struct pramin_mmu_level *lv = level_of(l, level);
	struct pramin_mmu_step *step = &l->own[l->count % 2];
	const uint32_t index = pramin_mmu_index(lv, l->va);
	int ret;

	if (l->step) {
		step = &l->step[l->count];
		step->half[1] = (struct pramin_mmu_entry){ 0 };
	}
	step->table_pa = table_pa;
	step->entry_pa = table_pa + (uint64_t)index * lv->entry_size;
	step->index = index;
	step->level = (uint8_t)level;
	step->halves = lv->halves;
	step->next = PRAMIN_MMU_BIG;
	step->stop = PRAMIN_MMU_STOP_NOT;
	step->raw[1] = 0;
	*result = step;
	if (index >= pramin_mmu_entries(lv, l->pde_size)) {
		step->raw[0] = 0;
		step->half[0] = (struct pramin_mmu_entry){ 0 };
		step->stop = PRAMIN_MMU_STOP_SIZE;
		l->count++;
		return 0;
	}
	ret = l->tree->read(l->tree->ctx, step->entry_pa, step->raw,
			    lv->entry_size);
	if (ret)
		return ret;
	l->count++;
	l->walk.reads++;
	pramin_mmu_decode_level(l->tree->format, level, step->raw, step->half);
	return 0;
}

/* A table of pages, which decides unless another one may come after it */
static int take_pages(struct lookup *l, unsigned int level, uint64_t table_pa,
		      bool is_last, bool *decided)
{
	struct pramin_mmu_step *step;
	int ret = take_step(l, level, table_pa, &step);

	if (ret)
		return ret;
	*decided = is_last || step->stop ||
		   step->half[0].type != PRAMIN_MMU_INVALID;
	if (*decided)
		end_at(l, step, 0,
		       step->stop ? step->stop : PRAMIN_MMU_STOP_ENTRY);
	return 0;
}

/* From a directory entry with two halves to its end */
static int take_halves(struct lookup *l, struct pramin_mmu_step *dual)
{
	const struct pramin_mmu_level *lv = level_of(l, dual->level);
	const struct pramin_mmu_entry *big = &dual->half[PRAMIN_MMU_BIG];
	const struct pramin_mmu_entry *small = &dual->half[PRAMIN_MMU_SMALL];
	const bool has_small = small->type == PRAMIN_MMU_TABLE;
	bool decided = false;
	unsigned int stop;
	int ret;

	l->pde_size = big->pde_size;
	if (big->type == PRAMIN_MMU_TABLE) {
		stop = pramin_mmu_table_stop(l->tree, big, lv->child[0],
					     l->pde_size);
		if (stop) {
			end_at(l, dual, PRAMIN_MMU_BIG, stop);
			return 0;
		}
		ret = take_pages(l, lv->child[0], big->pa, !has_small,
				 &decided);
		if (ret || decided)
			return ret;
	} else if (!has_small) {
		end_at(l, dual, PRAMIN_MMU_BIG, PRAMIN_MMU_STOP_ENTRY);
		return 0;
	} else {
		dual->next = PRAMIN_MMU_SMALL;
	}
	stop = pramin_mmu_table_stop(l->tree, small, lv->child[1], l->pde_size);
	if (stop) {
		end_at(l, dual, PRAMIN_MMU_SMALL, stop);
		return 0;
	}
	return take_pages(l, lv->child[1], small->pa, true, &decided);
}

static int look_up(struct lookup *l)
{
	uint64_t table_pa = l->tree->root_pa;
	unsigned int level = 0;
	struct pramin_mmu_step *step;
	unsigned int stop;
	int ret;

	for (;;) {
		const struct pramin_mmu_level *lv = level_of(l, level);

		ret = take_step(l, level, table_pa, &step);
		if (ret)
			return ret;
		if (lv->halves == 2)
			return take_halves(l, step);
		if (step->half[0].type != PRAMIN_MMU_TABLE) {
			end_at(l, step, 0, PRAMIN_MMU_STOP_ENTRY);
			return 0;
		}
		stop = pramin_mmu_table_stop(l->tree, &step->half[0],
					     lv->child[0], 0);
		if (stop) {
			end_at(l, step, 0, stop);
			return 0;
		}
		table_pa = step->half[0].pa;
		level = lv->child[0];
	}
}

static int check_va(const struct pramin_mmu_tree *tree, uint64_t va)
{
	int ret = pramin_mmu_tree_valid(tree);

	if (ret)
		return ret;
	return va > pramin_mmu_tree_last(tree) ? -ERANGE : 0;
}

static int run(const struct pramin_mmu_tree *tree, uint64_t va,
	       struct pramin_mmu_step *step, unsigned int *count,
	       struct pramin_mmu_walk *walk)
{
	struct lookup l;
	int ret;

	*count = 0;
	ret = check_va(tree, va);
	if (ret)
		return ret;
	l.tree = tree;
	l.va = va;
	l.step = step;
	l.count = 0;
	l.pde_size = 0;
	l.walk = (struct pramin_mmu_walk){ .reads = 0 };
	ret = look_up(&l);
	*count = l.count;
	if (!ret && walk)
		*walk = l.walk;
	return ret;
}

int pramin_mmu_translate(const struct pramin_mmu_tree *tree, uint64_t va,
			 struct pramin_mmu_walk *walk)
{
	unsigned int count;

	return walk ? run(tree, va, NULL, &count, walk) : -EINVAL;
}

int pramin_mmu_explain(const struct pramin_mmu_tree *tree, uint64_t va,
		       struct pramin_mmu_step *step, unsigned int *count,
		       struct pramin_mmu_walk *walk)
{
	return step && count ? run(tree, va, step, count, walk) : -EINVAL;
}
