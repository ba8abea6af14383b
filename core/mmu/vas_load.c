// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Trees that somebody else has made: their tables are read when they are needed
 * first, by prepare, whole and once. They are never freed.
 *
 * In the shadow a foreign entry that maps nothing is a zero, whatever the ignored
 * bits of it are; so the rest of the mapper knows one kind of hole only.
 */
#include "vas.h"
#include "../bits.h"
#include "../bulk.h"
#include "../guard.h"

static int bad_tree(struct pramin_op *op, enum pramin_reason reason, int err,
		    const struct pramin_at *at, uint64_t pa)
{
	return pramin_fail(op, err, reason, at->start, at->table->level, pa);
}

/*
 * May the tables below be where this entry of a root says? A page that is no root is
 * hardly ever like that, and would be written to.
 */
static int check_root_entry(struct pramin_op *op, const struct pramin_vas *vas,
			    struct pramin_table *root, uint32_t index,
			    const struct pramin_mmu_entry *half)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, root);
	const struct pramin_at at = { .table = root, .start = index * l->span };
	uint32_t i;

	for (i = 0; i < l->halves; i++) {
		const struct pramin_mmu_level *below =
			&vas->format->level[l->child[i]];
		const struct pramin_mmu_entry *e = &half[i];
		bool leads = e->type == PRAMIN_MMU_TABLE &&
			     e->aperture == PRAMIN_MMU_VIDEO;

		if (e->reserved || e->ignored ||
		    (leads &&
		     e->pa > op->gpu->vram_size - (uint64_t)below->entries *
							  below->entry_size))
			return bad_tree(op, PRAMIN_REASON_SPACE_TREE, -EIO, &at,
					e->pa);
	}
	return 0;
}

/* Read @table->word, and count what it has. */
static int read_table(struct pramin_op *op, struct pramin_vas *vas,
		      struct pramin_table *table)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	uint32_t step = l->entry_size / 8u;
	uint32_t i, half;
	int ret;

	/* Of a root, only the entries: what lies behind is not ours. */
	table->words = l->entries * step;
	/* Now, and not in the middle of a change that has to be stored */
	ret = vas->config.exclusive ? pramin_guard_check(op, table->vram_pa,
							 table->words * 8ull) :
				      0;
	if (ret)
		return ret;
	ret = pramin_bulk_read(op, table->vram_pa, table->word,
			       table->words * 8ull, &bulk);
	if (ret)
		return ret;
	for (i = 0; i < l->entries; i++) {
		struct pramin_mmu_entry e[2];
		uint64_t *word = &table->word[(size_t)i * step];
		uint32_t used = 0;
		bool unmapped;

		pramin_mmu_decode(vas->format, table->level, word, e);
		if (!table->level && vas->config.exclusive)
			ret = check_root_entry(op, vas, table, i, e);
		if (ret)
			return ret;
		unmapped = e[0].type == PRAMIN_MMU_UNMAPPED;
		for (half = 0; half < l->halves; half++)
			used += e[half].type != PRAMIN_MMU_INVALID;
		if (!used || unmapped) {
			memset(word, 0, step * 8ull);
			word[0] = unmapped ? vas->blank_big : 0;
		} else {
			table->used += used;
		}
	}
	return 0;
}

/* Does a table of this tree lie where @table does? */
static bool is_known(const struct pramin_vas *vas,
		     const struct pramin_table *table)
{
	const struct pramin_table *other;

	for (other = vas->foreign; other; other = other->next_foreign)
		if (table->vram_pa < other->vram_pa + other->words * 8ull &&
		    other->vram_pa < table->vram_pa + table->words * 8ull)
			return true;
	return false;
}

/* Is it one that the heap has kept for us? false: it lies where none can be. */
static bool claim_own(struct pramin_vas *vas, struct pramin_table *table)
{
	enum pramin_heap_has has = PRAMIN_HEAP_NOT;

	if (vas->config.own)
		has = pramin_heap_adopt(
			vas->config.heap, table->vram_pa,
			pramin_level_bytes(pramin_table_level(vas, table)));
	table->foreign = has != PRAMIN_HEAP_KEPT;
	return has != PRAMIN_HEAP_CLASHES;
}

/* Of own tables the heap knows which were found. */
static void take_in(struct pramin_vas *vas, struct pramin_table *table)
{
	if (table->foreign) {
		table->next_foreign = vas->foreign;
		vas->foreign = table;
	}
	vas->reads += table->words;
}

int pramin_vas_load_root(struct pramin_op *op, struct pramin_vas *vas)
{
	const struct pramin_mmu_level *l = &vas->format->level[0];
	uint64_t pa = vas->config.root_pa;
	uint64_t end = op->gpu->vram_size;
	uint64_t bytes = (uint64_t)l->entries * l->entry_size;
	int ret;

	/* Tables are of 256 KiB at most, and VRAM of 1 MiB at least. */
	if (pa % l->align || pa > end - bytes)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_SPACE_ROOT, pa,
				   l->align, end);
	vas->root = pramin_table_alloc(op, vas, 0);
	if (!vas->root)
		return -ENOMEM;
	vas->root->foreign = true;
	vas->root->read = true;
	vas->root->vram_pa = pa;
	ret = read_table(op, vas, vas->root);
	if (ret)
		pramin_table_free(op, vas->root);
	else
		take_in(vas, vas->root);
	return ret;
}

/* The entry that leads to the table; others may be changing its table. */
static void decode_slot(struct pramin_op *op, const struct pramin_vas *vas,
			const struct pramin_at *at, struct pramin_mmu_entry *e)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, at->table);
	struct pramin_mmu_entry half[2];

	pramin_vas_lock(op, vas);
	pramin_mmu_decode(
		vas->format, at->table->level,
		&at->table->word[pramin_table_word(vas, at->table, at->index)],
		half);
	pramin_vas_unlock(op, vas);
	*e = half[at->slot % l->halves];
}

int pramin_vas_load(struct pramin_op *op, struct pramin_vas *vas,
		    const struct pramin_at *unknown)
{
	const struct pramin_mmu_level *above =
		pramin_table_level(vas, unknown->table);
	unsigned int level = above->child[unknown->slot % above->halves];
	const struct pramin_mmu_level *l = &vas->format->level[level];
	uint64_t bytes = (uint64_t)l->entries * l->entry_size;
	uint64_t end = op->gpu->vram_size;
	struct pramin_mmu_entry e;
	struct pramin_table *table;
	bool known = false;
	int ret;

	decode_slot(op, vas, unknown, &e);
	if (e.aperture != PRAMIN_MMU_VIDEO)
		return bad_tree(op, PRAMIN_REASON_SPACE_SYSMEM, -EOPNOTSUPP,
				unknown, e.pa);
	/* The entry has no bits for an address that is not aligned. */
	if (e.pa > end - bytes || e.pde_size)
		return bad_tree(op, PRAMIN_REASON_SPACE_TREE, -EIO, unknown,
				e.pa);
	table = pramin_table_alloc(op, vas, level);
	if (!table)
		return -ENOMEM;
	table->foreign = true;
	table->read = true;
	table->vram_pa = e.pa;
	ret = read_table(op, vas, table);
	pramin_vas_lock(op, vas);
	/* Another thread may have read it meanwhile: then this one is too many. */
	if (!ret && !unknown->table->child[unknown->slot]) {
		known = is_known(vas, table) || !claim_own(vas, table);
		if (!known) {
			table->parent = unknown->table;
			table->slot = unknown->slot;
			unknown->table->child[unknown->slot] = table;
			take_in(vas, table);
			vas->table_count++;
			table = NULL;
		}
	}
	pramin_vas_unlock(op, vas);
	if (table)
		pramin_table_free(op, table);
	if (known)
		return bad_tree(op, PRAMIN_REASON_SPACE_TREE, -EIO, unknown,
				e.pa);
	return ret;
}
