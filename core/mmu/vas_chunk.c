// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * From pieces of memory to pages: which size, and how many in a row.
 *
 * At each address the largest page is taken that fits there: its address, and that
 * of the memory, are multiples of its size, and enough of the piece is left. A run
 * of smaller ones goes on until a larger one could begin.
 */
#include "vas.h"

void pramin_vas_first_chunk(const struct pramin_map_op *map,
			    struct pramin_cursor *cursor)
{
	*cursor = (struct pramin_cursor){ .gpu_va = map->gpu_va };
}

/* Bytes of a page of that level for this operation; 0: it has none */
static uint64_t page_of(const struct pramin_vas *vas,
			const struct pramin_map_op *map, unsigned int level)
{
	const struct pramin_mmu_level *l = &vas->format->level[level];

	if (map->kind == PRAMIN_MAP_SPARSE)
		return vas->sparse >> level & 1 ? l->span : 0;
	if (map->page_size && map->page_size != l->page_size)
		return 0;
	return l->page_size;
}

/* Are small pages mapped where a big one would be? */
static bool has_small(const struct pramin_vas *vas, uint64_t gpu_va,
		      uint64_t page)
{
	struct pramin_at at;

	return pramin_vas_next_used(vas, gpu_va, gpu_va + page, &at) <
		       gpu_va + page &&
	       at.what == PRAMIN_AT_LEAF &&
	       at.table->level == vas->format->levels - 1u;
}

/* Does a table, perhaps an empty one, stand where @table would have a page? */
static bool has_table(const struct pramin_vas *vas,
		      const struct pramin_table *table, uint64_t gpu_va)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	const size_t slot =
		(size_t)pramin_table_index(vas, table, gpu_va) * l->halves;

	return table->child[slot] || (l->halves == 2 && table->child[slot + 1]);
}

/*
 * Of @run bytes, a multiple of the page: how many until a page of that level would
 * stand where a table is, or where small pages are mapped? Small pages are there only
 * if they are to be replaced.
 */
static uint64_t until_taken(const struct pramin_vas *vas,
			    const struct pramin_map_op *map, uint64_t gpu_va,
			    unsigned int level, uint64_t run)
{
	const struct pramin_mmu_level *l = &vas->format->level[level];
	const struct pramin_table *table = pramin_vas_find(vas, gpu_va, level);
	const bool leads = table->level == level && table->child;
	const bool small = l->big && map->flags & PRAMIN_MAP_REPLACE;
	uint64_t reach = pramin_level_reach(l), at;

	reach -= gpu_va % reach;
	if (run > reach)
		run = reach;
	if (!leads && !small)
		return run;
	for (at = 0; at < run; at += l->span)
		if (leads ? has_table(vas, table, gpu_va + at) :
			    has_small(vas, gpu_va + at, l->span))
			return at;
	return run;
}

/* Find @cursor->run, at the first byte of a piece. */
static void find_run(const struct pramin_map_op *map,
		     struct pramin_cursor *cursor)
{
	uint64_t pa = map->pieces[cursor->piece].pa;
	size_t i;

	for (i = cursor->piece; i < map->count; i++) {
		if (map->pieces[i].pa != pa + cursor->run)
			break;
		cursor->run += map->pieces[i].len;
	}
}

static void advance(const struct pramin_map_op *map,
		    struct pramin_cursor *cursor, uint64_t len)
{
	cursor->gpu_va += len;
	if (map->kind == PRAMIN_MAP_SPARSE)
		return;
	cursor->run -= len;
	cursor->in_piece += len;
	while (cursor->piece < map->count &&
	       cursor->in_piece >= map->pieces[cursor->piece].len)
		cursor->in_piece -= map->pieces[cursor->piece++].len;
}

/*
 * How far from @chunk->gpu_va on no larger page than that of @chunk->level can
 * begin, of the @run bytes there
 */
static uint64_t until_larger(const struct pramin_vas *vas,
			     const struct pramin_map_op *map,
			     const struct pramin_chunk *chunk, uint64_t run)
{
	unsigned int level;

	for (level = chunk->level; level-- > 0;) {
		uint64_t page = page_of(vas, map, level);
		uint64_t ahead;

		if (!page || (chunk->gpu_va ^ chunk->pa) % page)
			continue;
		/* A whole page, if there was a table in the way of one here. */
		ahead = page - chunk->gpu_va % page;
		if (ahead < run && run - ahead >= page)
			run = ahead;
	}
	return run;
}

bool pramin_vas_next_chunk(const struct pramin_vas *vas,
			   const struct pramin_map_op *map,
			   struct pramin_cursor *cursor,
			   struct pramin_chunk *chunk)
{
	uint64_t left = map->gpu_va + map->len - cursor->gpu_va;
	uint64_t run = left;
	unsigned int level;

	if (!left)
		return false;
	chunk->gpu_va = cursor->gpu_va;
	chunk->pa = cursor->gpu_va;
	if (map->kind == PRAMIN_MAP) {
		if (!cursor->run)
			find_run(map, cursor);
		run = cursor->run;
		chunk->pa = map->pieces[cursor->piece].pa + cursor->in_piece;
	}
	for (level = 0; level + 1u < vas->format->levels; level++) {
		uint64_t page = page_of(vas, map, level);

		/* What has no page of 4 KiB left was refused before. */
		if (page && !((chunk->gpu_va | chunk->pa) % page) &&
		    run >= page &&
		    until_taken(vas, map, chunk->gpu_va, level, page))
			break;
	}
	chunk->level = level;
	chunk->page = vas->format->level[level].span;
	run = until_larger(vas, map, chunk, run);
	run -= run % chunk->page;
	chunk->len = until_taken(vas, map, chunk->gpu_va, level, run);
	advance(map, cursor, chunk->len);
	return true;
}

/* The entry of a page at @pa, or what stands for a sparse one */
static int encode(const struct pramin_vas *vas, const struct pramin_map_op *map,
		  unsigned int level, uint64_t pa, uint64_t *word,
		  enum pramin_mmu_refusal *why)
{
	struct pramin_mmu_entry e[2] = { { .type = PRAMIN_MMU_SPARSE } };
	uint64_t raw[2] = { 0 };
	int ret;

	if (map->kind == PRAMIN_MAP) {
		e[0].type = PRAMIN_MMU_PAGE;
		e[0].pa = pa;
		e[0].aperture = map->aperture;
		e[0].attrs = map->attrs;
		if (!(map->flags & PRAMIN_MAP_EXACT_ATTRS))
			e[0].attrs |= vas->format->page[map->aperture];
		e[0].kind = map->pte_kind;
		e[0].peer = map->peer;
	}
	ret = pramin_mmu_encode(vas->format, level, e, raw, why);
	*word = raw[0];
	return ret;
}

int pramin_pte_begin(const struct pramin_vas *vas,
		     const struct pramin_map_op *map, unsigned int level,
		     struct pramin_pte *pte, enum pramin_mmu_refusal *why)
{
	uint64_t page = vas->format->level[level].page_size;
	uint64_t one, top, top_pa;
	unsigned int bits;
	int ret;

	*pte = (struct pramin_pte){ .base = 0 };
	ret = encode(vas, map, level, 0, &pte->base, why);
	if (ret || map->kind == PRAMIN_MAP_SPARSE)
		return ret;
	bits = pramin_mmu_pa_bits(vas->format, level, PRAMIN_MMU_PAGE,
				  map->aperture);
	top_pa = (1ull << bits) - page;
	encode(vas, map, level, page, &one, why);
	encode(vas, map, level, top_pa, &top, why);
	*why = PRAMIN_MMU_REFUSED_NOT;
	pte->unit = (one - pte->base) / (page >> 12);
	/* Is the address in one piece of the word? */
	pte->step = pte->base + (top_pa >> 12) * pte->unit != top;
	return 0;
}

uint64_t pramin_pte_word(const struct pramin_vas *vas,
			 const struct pramin_map_op *map, unsigned int level,
			 const struct pramin_pte *pte, uint64_t pa)
{
	enum pramin_mmu_refusal why;
	uint64_t word;

	if (!pte->step)
		return pte->base + (pa >> 12) * pte->unit;
	encode(vas, map, level, pa, &word, &why);
	return word;
}
