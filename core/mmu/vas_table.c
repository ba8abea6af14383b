// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Tables of the shadow: made, found, looked at.
 *
 * A dual entry leads to a table of big pages and to one of small pages for the
 * same addresses. A big page that is mapped hides the small ones below it. A big
 * entry that is "unmapped" would hide them too; the mapper itself never leaves one
 * behind, and takes small pages below a foreign one as mapped.
 */
#include "vas.h"
#include "../bits.h"

void pramin_tables_add(struct pramin_tables *list, struct pramin_table *table)
{
	table->next = NULL;
	*list->end = table;
	list->end = &table->next;
	list->count++;
}

struct pramin_table *pramin_tables_take(struct pramin_tables *list)
{
	struct pramin_table *table = list->first;

	if (!table)
		return NULL;
	list->first = table->next;
	if (!list->first)
		list->end = &list->first;
	list->count--;
	return table;
}

struct pramin_table *pramin_table_alloc(struct pramin_op *op,
					const struct pramin_vas *vas,
					unsigned int level)
{
	const struct pramin_gpu_config *config = &op->gpu->config;
	const struct pramin_mmu_level *l = &vas->format->level[level];
	uint64_t words = pramin_level_bytes(l) / 8;
	uint64_t dirty = (words + 63) / 64;
	bool leads = l->child[0] != PRAMIN_MMU_NO_LEVEL;
	uint64_t children = leads ? (uint64_t)l->entries * l->halves : 0;
	uint64_t size = sizeof(struct pramin_table) + (words + dirty) * 8 +
			children * sizeof(struct pramin_table *);
	struct pramin_table *table;

	table = config->env_ops->alloc(config->env, size);
	if (!table) {
		pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, size, 0, 0);
		return NULL;
	}
	memset(table, 0, size);
	table->word = (uint64_t *)(void *)(table + 1);
	table->dirty = table->word + words;
	if (leads)
		table->child = (void *)(table->dirty + dirty);
	table->words = (uint32_t)words;
	table->level = (uint8_t)level;
	table->blank = l->big ? vas->blank_big : 0;
	return table;
}

void pramin_table_free(struct pramin_op *op, struct pramin_table *table)
{
	const struct pramin_gpu_config *config = &op->gpu->config;

	config->env_ops->free(config->env, table);
}

int pramin_table_make(struct pramin_op *op, const struct pramin_vas *vas,
		      unsigned int level, struct pramin_table **table)
{
	uint32_t bytes = pramin_level_bytes(&vas->format->level[level]);
	struct pramin_table *made = pramin_table_alloc(op, vas, level);
	int ret;

	if (!made)
		return -ENOMEM;
	ret = pramin_heap_alloc(op, vas->config.heap, bytes, &made->vram_pa);
	if (ret) {
		pramin_table_free(op, made);
		return ret;
	}
	*table = made;
	return 0;
}

void pramin_table_unmake(struct pramin_op *op, const struct pramin_vas *vas,
			 struct pramin_table *table)
{
	uint32_t bytes = pramin_level_bytes(pramin_table_level(vas, table));

	pramin_heap_free(op, vas->config.heap, table->vram_pa, bytes);
	pramin_table_free(op, table);
}

static bool is_blank(const struct pramin_table *table, uint32_t index)
{
	uint64_t word = table->word[index];

	return !word || word == table->blank;
}

/*
 * In a leaf table: entries from @at->index on that are like it, up to @limit of
 * them
 */
static void look_along(const struct pramin_vas *vas, struct pramin_at *at,
		       uint32_t limit)
{
	const struct pramin_table *table = at->table;
	uint64_t span = pramin_table_level(vas, table)->span;
	bool blank = is_blank(table, at->index);
	uint64_t first = table->word[at->index];
	uint32_t end = at->index + 1;

	while (end < limit && is_blank(table, end) == blank &&
	       (blank || !PRAMIN_IS_PAGE(first ^ table->word[end])))
		end++;
	at->what = blank ? PRAMIN_AT_HOLE : PRAMIN_AT_LEAF;
	at->count = end - at->index;
	at->end = at->start + at->count * span;
}

/* At @gpu_va in the table @table, which is a leaf */
static void look_at_leaf(const struct pramin_vas *vas,
			 struct pramin_table *table, uint64_t gpu_va,
			 uint64_t until, struct pramin_at *at)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	uint64_t limit;

	at->table = table;
	at->index = pramin_table_index(vas, table, gpu_va);
	at->start = gpu_va - gpu_va % l->span;
	limit = at->index + (until - at->start + l->span - 1) / l->span;
	look_along(vas, at, limit < l->entries ? (uint32_t)limit : l->entries);
}

/* Below a dual entry, whose halves lead to @big and @small */
static void look_at_both(const struct pramin_vas *vas, struct pramin_table *big,
			 struct pramin_table *small, uint64_t gpu_va,
			 struct pramin_at *at)
{
	look_at_leaf(vas, big, gpu_va, gpu_va + 1, at);
	if (at->what == PRAMIN_AT_LEAF) {
		look_along(vas, at, pramin_table_level(vas, big)->entries);
		return;
	}
	look_at_leaf(vas, small, gpu_va, at->end, at);
}

/* Does an entry of a directory map nothing, and lead nowhere? */
static bool is_empty(const struct pramin_vas *vas,
		     const struct pramin_table *table, uint32_t index)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	uint32_t word = pramin_table_word(vas, table, index);
	unsigned int i;

	for (i = 0; i < l->entry_size / 8u; i++)
		if (table->word[word + i])
			return false;
	return true;
}

/* The half of a foreign entry whose table is not known yet; -1: none */
static int unknown_half(const struct pramin_vas *vas,
			const struct pramin_table *table, uint32_t index)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	struct pramin_mmu_entry e[2];
	int i;

	pramin_mmu_decode(vas->format, table->level,
			  &table->word[pramin_table_word(vas, table, index)],
			  e);
	for (i = 0; i < l->halves; i++)
		if (e[i].type == PRAMIN_MMU_TABLE &&
		    !table->child[index * l->halves + (uint32_t)i])
			return i;
	return -1;
}

/* At an entry of a directory that leads nowhere as far as is known */
static void look_at_entry(const struct pramin_vas *vas, struct pramin_at *at)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, at->table);

	at->count = 1;
	at->what = PRAMIN_AT_LEAF;
	if (is_empty(vas, at->table, at->index)) {
		at->what = PRAMIN_AT_HOLE;
		while (at->index + at->count < l->entries &&
		       is_empty(vas, at->table, at->index + at->count))
			at->count++;
	}
	at->end = at->start + at->count * l->span;
}

/* At a dual entry: in the tables that its halves lead to, or NULL */
static void look_below(const struct pramin_vas *vas, struct pramin_table *big,
		       struct pramin_table *small, uint64_t gpu_va,
		       struct pramin_at *at)
{
	const uint64_t all = UINT64_MAX / 2;

	if (big && small)
		look_at_both(vas, big, small, gpu_va, at);
	else if (big)
		look_at_leaf(vas, big, gpu_va, all, at);
	else if (small)
		look_at_leaf(vas, small, gpu_va, all, at);
	else
		look_at_entry(vas, at);
}

void pramin_vas_look(const struct pramin_vas *vas, uint64_t gpu_va,
		     struct pramin_at *at)
{
	struct pramin_table *table = vas->root;

	for (;;) {
		const struct pramin_mmu_level *l =
			pramin_table_level(vas, table);
		uint32_t index = pramin_table_index(vas, table, gpu_va);
		struct pramin_table **child =
			&table->child[(size_t)index * l->halves];

		at->table = table;
		at->index = index;
		at->start = gpu_va - gpu_va % l->span;
		at->end = at->start + l->span;
		if (table->read) {
			int half = unknown_half(vas, table, index);

			at->what = PRAMIN_AT_UNKNOWN;
			at->slot = index * l->halves + (uint32_t)half;
			if (half >= 0)
				return;
		}
		if (l->halves == 2) {
			look_below(vas, child[PRAMIN_MMU_BIG],
				   child[PRAMIN_MMU_SMALL], gpu_va, at);
			return;
		}
		if (!child[0]) {
			look_at_entry(vas, at);
			return;
		}
		table = child[0];
	}
}

uint64_t pramin_vas_next_used(const struct pramin_vas *vas, uint64_t gpu_va,
			      uint64_t end, struct pramin_at *at)
{
	while (gpu_va < end) {
		pramin_vas_look(vas, gpu_va, at);
		if (at->what != PRAMIN_AT_HOLE)
			return gpu_va;
		gpu_va = at->end;
	}
	return end;
}

uint64_t pramin_vas_next_hole(const struct pramin_vas *vas, uint64_t gpu_va,
			      uint64_t end, struct pramin_at *at)
{
	while (gpu_va < end) {
		pramin_vas_look(vas, gpu_va, at);
		if (at->what != PRAMIN_AT_LEAF)
			return gpu_va;
		gpu_va = at->end;
	}
	return end;
}

struct pramin_table *pramin_vas_find(const struct pramin_vas *vas,
				     uint64_t gpu_va, unsigned int level)
{
	struct pramin_table *table = vas->root;

	while (table->level < level) {
		const struct pramin_mmu_level *l =
			pramin_table_level(vas, table);
		uint32_t index = pramin_table_index(vas, table, gpu_va);
		uint32_t half = l->halves == 2 && l->child[1] == level;
		struct pramin_table *child =
			table->child[index * l->halves + half];

		if (!child)
			break;
		table = child;
	}
	return table;
}
