// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A change, made in the shadow: what is new is noted as to be stored.
 *
 * No part of this fails. What a step does was checked when it was prepared, its
 * range is its own since then, and the tables that it may need are in reserve.
 */
#include "vas.h"
#include "../bits.h"

/* @table, which the GPU may be walking, has words to be stored. */
void pramin_vas_touch(struct pramin_change *change, struct pramin_table *table)
{
	if (table->list != PRAMIN_TABLE_QUIET)
		return;
	table->list = PRAMIN_TABLE_TOUCHED;
	pramin_tables_add(&change->touched, table);
}

/*
 * An entry of @table has changed. The GPU keeps directory entries, also those that
 * lead nowhere, and entries of leaf tables unless they are invalid: @old.
 */
static void outdate(struct pramin_change *change,
		    const struct pramin_table *table, uint64_t old)
{
	if (!table->child && !old)
		return;
	if (table->level < change->stale)
		change->stale = table->level;
	change->downgrade |= old != 0;
}

void pramin_vas_set(struct pramin_change *change, struct pramin_table *table,
		    uint32_t word, uint64_t val)
{
	uint64_t old = table->word[word];

	if (old == val)
		return;
	table->word[word] = val;
	if (table->list == PRAMIN_TABLE_FRESH)
		return;
	table->dirty[word / 64] |= 1ull << word % 64;
	pramin_vas_touch(change, table);
	outdate(change, table, old);
}

void pramin_vas_link(struct pramin_vas *vas, struct pramin_change *change,
		     struct pramin_table *table, uint32_t slot,
		     struct pramin_table *child)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	uint32_t word = pramin_table_word(vas, table, slot / l->halves);
	struct pramin_mmu_entry e[2];
	uint64_t raw[2] = { 0 };
	unsigned int i;

	/* What decodes can be encoded, and tables were made for this format. */
	pramin_mmu_decode(vas->format, table->level, &table->word[word], e);
	e[slot % l->halves] = (struct pramin_mmu_entry){
		.type = child ? PRAMIN_MMU_TABLE : PRAMIN_MMU_INVALID,
		.pa = child ? child->vram_pa : 0,
		.attrs = child ? vas->format->table[PRAMIN_MMU_VIDEO] : 0,
	};
	pramin_mmu_encode(vas->format, table->level, e, raw, NULL);
	for (i = 0; i < l->entry_size / 8u; i++)
		pramin_vas_set(change, table, word + i, raw[i]);
	table->child[slot] = child;
	if (!child) {
		table->used--;
		return;
	}
	table->used++;
	child->parent = table;
	child->slot = slot;
	if (table->list == PRAMIN_TABLE_FRESH)
		return;
	table->links = true;
	change->linked = true;
}

struct pramin_table *pramin_vas_reach(struct pramin_vas *vas,
				      struct pramin_change *change,
				      uint64_t gpu_va, unsigned int level)
{
	struct pramin_table *table = vas->root;

	while (table->level != level) {
		const struct pramin_mmu_level *l =
			pramin_table_level(vas, table);
		uint32_t half = l->halves == 2 && l->child[1] == level;
		uint32_t slot =
			pramin_table_index(vas, table, gpu_va) * l->halves +
			half;
		struct pramin_table *child = table->child[slot];

		if (!child) {
			child = pramin_tables_take(
				&change->reserve[l->child[half]]);
			child->list = PRAMIN_TABLE_FRESH;
			pramin_tables_add(&change->fresh, child);
			pramin_vas_link(vas, change, table, slot, child);
			vas->table_count++;
		}
		table = child;
	}
	return table;
}

/* Words [@first, @first + @count) of a table that the GPU may be walking */
static void mark(struct pramin_table *table, uint32_t first, uint32_t count)
{
	while (count) {
		uint32_t bit = first % 64;
		uint32_t n = 64 - bit < count ? 64 - bit : count;

		uint64_t bits = n < 64 ? (1ull << n) - 1 : UINT64_MAX;

		table->dirty[first / 64] |= bits << bit;
		first += n;
		count -= n;
	}
}

/*
 * Small pages come where a foreign big entry may say that there are none: it has
 * to be plainly invalid. Big pages are not there, or there would be no room.
 */
static void unhide(struct pramin_vas *vas, struct pramin_change *change,
		   const struct pramin_table *small, uint64_t gpu_va,
		   uint64_t len)
{
	struct pramin_table *big = small->parent->child[small->slot - 1];
	uint32_t i, end;

	if (!big || !big->read)
		return;
	i = pramin_table_index(vas, big, gpu_va);
	end = pramin_table_index(vas, big, gpu_va + len - 1);
	for (; i <= end; i++)
		pramin_vas_set(change, big, i, 0);
}

/* Of @count entries of @table, those that map something and are to be replaced */
static uint32_t count_used(const struct pramin_table *table, uint32_t word,
			   uint32_t stride, uint32_t count)
{
	uint32_t used = 0;

	for (; count--; word += stride)
		used += table->word[word] && table->word[word] != table->blank;
	return used;
}

/* One run of pages, in one table */
static void map_chunk(struct pramin_vas *vas, struct pramin_change *change,
		      const struct pramin_map_op *map,
		      const struct pramin_chunk *chunk,
		      const struct pramin_pte *pte)
{
	const bool replace = map->flags & PRAMIN_MAP_REPLACE;
	const bool late = replace && pramin_vas_break_over(vas, change, chunk);
	struct pramin_table *table =
		pramin_vas_reach(vas, change, chunk->gpu_va, chunk->level);
	uint32_t stride = pramin_table_level(vas, table)->entry_size / 8u;
	uint32_t index = pramin_table_index(vas, table, chunk->gpu_va);
	uint32_t count = (uint32_t)(chunk->len / chunk->page);
	uint64_t *word = &table->word[(size_t)index * stride];
	uint64_t val = pramin_pte_word(vas, map, chunk->level, pte, chunk->pa);
	uint64_t step = (chunk->page >> 12) * pte->unit;
	uint64_t old = 0;
	uint32_t i;

	if (replace)
		table->used -= count_used(table, index * stride, stride, count);
	for (i = 0; i < count; i++) {
		old |= *word;
		*word = val;
		word += stride;
		val += step;
		if (pte->step && i + 1 < count)
			val = pramin_pte_word(vas, map, chunk->level, pte,
					      chunk->pa +
						      (i + 1) * chunk->page);
	}
	table->used += count;
	if (!table->child && !pramin_table_level(vas, table)->big)
		unhide(vas, change, table, chunk->gpu_va, chunk->len);
	if (table->list == PRAMIN_TABLE_FRESH)
		return;
	if (stride == 1)
		mark(table, index, count);
	else
		for (i = 0; i < count; i++)
			mark(table, (index + i) * stride, 1);
	pramin_vas_touch(change, table);
	table->links |= late;
	outdate(change, table, old);
}

static void apply_map(struct pramin_vas *vas, struct pramin_change *change,
		      const struct pramin_map_op *map)
{
	struct pramin_pte pte = { .base = 0 };
	unsigned int level = PRAMIN_MMU_NO_LEVEL;
	struct pramin_cursor cursor;
	struct pramin_chunk chunk;
	enum pramin_mmu_refusal why;

	if (map->flags & PRAMIN_MAP_REPLACE) {
		pramin_vas_split_at(vas, change, map->gpu_va);
		pramin_vas_split_at(vas, change, map->gpu_va + map->len);
	}
	pramin_vas_first_chunk(map, &cursor);
	while (pramin_vas_next_chunk(vas, map, &cursor, &chunk)) {
		if (chunk.level != level)
			pramin_pte_begin(vas, map, chunk.level, &pte, &why);
		level = chunk.level;
		map_chunk(vas, change, map, &chunk, &pte);
	}
}

/* What a run of entries becomes: (old & @keep) | @set */
struct rewrite {
	uint64_t keep[PRAMIN_MMU_LEVELS_MAX];
	uint64_t set[PRAMIN_MMU_LEVELS_MAX];
};

/* The bits of the permissions in an entry of each level, and their new values */
static void find_rights(const struct pramin_vas *vas,
			const struct pramin_map_op *map, struct rewrite *r)
{
	const struct pramin_mmu_format *format = vas->format;
	unsigned int level;

	for (level = 0; level < format->levels; level++) {
		struct pramin_mmu_entry e[2] = { { .type = PRAMIN_MMU_PAGE } };
		uint64_t plain[2], all[2], want[2];
		unsigned int rights =
			pramin_mmu_attrs(format, level, PRAMIN_MMU_PAGE) &
			PRAMIN_MAP_PERMISSIONS;

		if (!format->level[level].page_size)
			continue;
		pramin_mmu_encode(format, level, e, plain, NULL);
		e[0].attrs = (uint16_t)rights;
		pramin_mmu_encode(format, level, e, all, NULL);
		e[0].attrs = map->attrs;
		pramin_mmu_encode(format, level, e, want, NULL);
		r->keep[level] = ~(plain[0] ^ all[0]);
		r->set[level] = want[0] & ~r->keep[level];
	}
}

/* All entries from @map->gpu_va on, which are whole pages by now */
static void apply_rewrite(struct pramin_vas *vas, struct pramin_change *change,
			  const struct pramin_map_op *map,
			  const struct rewrite *r)
{
	const uint64_t end = map->gpu_va + map->len;
	uint64_t gpu_va = map->gpu_va;

	while (gpu_va < end) {
		struct pramin_at at;
		uint64_t span, keep, set;
		uint32_t i, word;

		pramin_vas_look(vas, gpu_va, &at);
		span = pramin_table_level(vas, at.table)->span;
		if (at.end > end)
			at.count -= (uint32_t)((at.end - end) / span);
		keep = r->keep[at.table->level];
		set = r->set[at.table->level];
		word = pramin_table_word(vas, at.table, at.index);
		for (i = 0; i < at.count; i++) {
			pramin_vas_set(change, at.table, word,
				       (at.table->word[word] & keep) | set);
			word += pramin_table_level(vas, at.table)->entry_size /
				8u;
		}
		if (map->kind == PRAMIN_UNMAP)
			at.table->used -= at.count;
		gpu_va = at.end;
	}
}

/* Unlink the table, and those above that are empty then. */
static void unlink_empty(struct pramin_vas *vas, struct pramin_change *change,
			 struct pramin_table *table)
{
	while (!table->used && !table->pins && !table->foreign &&
	       table->parent && table->list == PRAMIN_TABLE_TOUCHED) {
		struct pramin_table *parent = table->parent;

		table->list = PRAMIN_TABLE_DOOMED;
		pramin_vas_link(vas, change, parent, table->slot, NULL);
		table = parent;
	}
}

/* Tables in which nothing is mapped any more go. Tables above join the list. */
static void reclaim(struct pramin_vas *vas, struct pramin_change *change)
{
	struct pramin_tables all;
	struct pramin_table *table;

	for (table = change->touched.first; table; table = table->next)
		unlink_empty(vas, change, table);
	all = change->touched;
	pramin_tables_init(&change->touched);
	while ((table = pramin_tables_take(&all)) != NULL) {
		if (table->list == PRAMIN_TABLE_DOOMED) {
			pramin_tables_add(&change->doomed, table);
			vas->table_count--;
		} else {
			pramin_tables_add(&change->touched, table);
		}
	}
}

void pramin_vas_apply(struct pramin_vas *vas, struct pramin_change *change)
{
	size_t i;

	for (i = 0; i < change->count; i++) {
		const struct pramin_map_op *map = &change->steps[i].map;
		struct rewrite r = { .keep = { 0 } };

		if (map->kind <= PRAMIN_MAP_SPARSE) {
			apply_map(vas, change, map);
			continue;
		}
		pramin_vas_split_at(vas, change, map->gpu_va);
		pramin_vas_split_at(vas, change, map->gpu_va + map->len);
		if (map->kind == PRAMIN_PROTECT)
			find_rights(vas, map, &r);
		apply_rewrite(vas, change, map, &r);
	}
	reclaim(vas, change);
}
