// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A page becomes a table of smaller ones.
 *
 * The entry of a page that the GPU may have in its TLB becomes invalid, and the GPU
 * is told, before any of its parts can be seen (struct pramin_break). Parts of a
 * directory's page are in a new table, which is linked after that. Those of a big
 * page may be in a table that is linked already: they are stored after that. So it is
 * with smaller pages that replace a larger one.
 */
#include "vas.h"
#include "../bits.h"

/*
 * The word of the first of the pages that @word, of @from, is split into, and how
 * far two of them are apart
 */
static uint64_t first_part(const struct pramin_vas *vas, const uint64_t *word,
			   unsigned int from, unsigned int to, uint64_t *step)
{
	const struct pramin_mmu_format *format = vas->format;
	struct pramin_mmu_entry e[2];
	uint64_t raw[2] = { 0 }, next[2] = { 0 };

	pramin_mmu_decode(format, from, word, e);
	if (e[0].type == PRAMIN_MMU_SPARSE)
		e[0].attrs = 0;
	e[1] = (struct pramin_mmu_entry){ .type = PRAMIN_MMU_INVALID };
	pramin_mmu_encode(format, to, e, raw, NULL);
	*step = 0;
	if (e[0].type == PRAMIN_MMU_PAGE) {
		e[0].pa += format->level[to].span;
		pramin_mmu_encode(format, to, e, next, NULL);
		*step = next[0] - raw[0];
	}
	return raw[0];
}

/* Fill the entries of @table for [@gpu_va, @gpu_va + @len) with parts. */
static void fill(struct pramin_vas *vas, struct pramin_change *change,
		 struct pramin_table *table, uint64_t gpu_va, uint64_t len,
		 uint64_t val, uint64_t step)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	uint32_t word = pramin_table_word(
		vas, table, pramin_table_index(vas, table, gpu_va));
	uint64_t count = len / l->span;

	table->used += (uint32_t)count;
	while (count--) {
		pramin_vas_set(change, table, word, val);
		word += l->entry_size / 8u;
		val += step;
	}
}

/* The entry becomes invalid before its parts are there, if the GPU may know it. */
static void break_entry(struct pramin_change *change,
			struct pramin_table *table, uint32_t index)
{
	struct pramin_break *b;

	if (table->list == PRAMIN_TABLE_FRESH)
		return;
	b = &change->breaks[change->break_count++];
	b->table = table;
	b->entry = index;
	if (table->level < change->stale_break)
		change->stale_break = table->level;
	if (table->level < change->stale)
		change->stale = table->level;
	change->downgrade = true;
	/* It may be empty now. */
	pramin_vas_touch(change, table);
}

/* Split the page of @at so that one begins nearer to @gpu_va. */
static void split(struct pramin_vas *vas, struct pramin_change *change,
		  const struct pramin_at *at, uint64_t gpu_va)
{
	struct pramin_table *table = at->table;
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	uint64_t start = gpu_va - gpu_va % l->span;
	uint32_t index = pramin_table_index(vas, table, start);
	uint32_t word = pramin_table_word(vas, table, index);
	uint64_t old = table->word[word];
	unsigned int to = pramin_vas_split_level(vas, table->level, gpu_va,
						 !PRAMIN_IS_PAGE(old));
	uint64_t step, val;
	struct pramin_table *parts;

	val = first_part(vas, &table->word[word], table->level, to, &step);
	break_entry(change, table, index);
	table->word[word] = 0;
	table->used--;
	parts = pramin_vas_reach(vas, change, start, to);
	fill(vas, change, parts, start, l->span, val, step);
	if (parts->list != PRAMIN_TABLE_FRESH)
		parts->links = true;
}

void pramin_vas_split_at(struct pramin_vas *vas, struct pramin_change *change,
			 uint64_t gpu_va)
{
	struct pramin_at at;

	/* The end of all addresses */
	if (gpu_va == vas->end)
		return;
	for (;;) {
		uint64_t span;

		pramin_vas_look(vas, gpu_va, &at);
		span = pramin_table_level(vas, at.table)->span;
		if (at.what != PRAMIN_AT_LEAF || gpu_va % span == 0)
			return;
		split(vas, change, &at, gpu_va);
	}
}

bool pramin_vas_break_over(struct pramin_vas *vas, struct pramin_change *change,
			   const struct pramin_chunk *chunk)
{
	const uint64_t end = chunk->gpu_va + chunk->len;
	uint64_t gpu_va = chunk->gpu_va;
	bool broken = false;

	while (gpu_va < end) {
		struct pramin_at at;
		uint64_t span;

		pramin_vas_look(vas, gpu_va, &at);
		span = pramin_table_level(vas, at.table)->span;
		gpu_va = at.end;
		if (at.what == PRAMIN_AT_HOLE ||
		    at.table->level == chunk->level)
			continue;
		for (; at.count-- && at.start < end; at.start += span) {
			uint32_t word =
				pramin_table_word(vas, at.table, at.index);

			broken |= at.table->list != PRAMIN_TABLE_FRESH;
			break_entry(change, at.table, at.index++);
			at.table->word[word] = 0;
			at.table->used--;
		}
	}
	return broken;
}
