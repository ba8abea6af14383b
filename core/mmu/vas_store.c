// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * From the shadow to VRAM, in an order that a walking GPU may see at any moment.
 *
 *	1. new tables, in full; leaf entries and entries that lead nowhere
 *	2. if pages are split: flush, make them invalid, flush, invalidate
 *	   else if tables are linked: flush
 *	3. entries that lead to new tables, and parts of pages in tables that are there
 *	4. flush, and invalidate if the GPU may have kept what was there
 *
 * What is to be stored stays noted until all of it is done: so a change whose
 * store has failed can be stored again from the beginning.
 */
#include "vas.h"
#include "../access.h"
#include "../scalar.h"
#include "../share.h"

/* Words to where the window shows them, in slices; the caller is inside. */
static int put_words(struct pramin_op *op, uint64_t vram_pa,
		     const uint64_t *word, uint32_t count)
{
	while (count) {
		uint32_t n = PRAMIN_SLICE - op->made;
		uint32_t i;
		int ret;

		if (!n) {
			ret = pramin_give_way(op, vram_pa, count * 8ull);
			if (ret)
				return ret;
			continue;
		}
		if (n > count)
			n = count;
		if (op->aperture) {
			volatile unsigned char *to =
				op->aperture + (vram_pa - op->base);

			for (i = 0; i < n; i++)
				pramin_store(to + 8 * (size_t)i, 8, word[i]);
		} else {
			for (i = 0; i < n; i++) {
				ret = pramin_touch_write(op, vram_pa + 8ull * i,
							 8, word[i]);
				if (ret)
					return ret;
			}
		}
		pramin_count(op, writes[3], n);
		op->made += n;
		vram_pa += 8ull * n;
		word += n;
		count -= n;
	}
	return 0;
}

/* The next run of dirty words from @at on; its length, or 0 */
static uint32_t dirty_run(const struct pramin_table *table, uint32_t *at)
{
	uint32_t i = *at, first;

	while (i < table->words && !(table->dirty[i / 64] >> i % 64))
		i = (i / 64 + 1) * 64;
	if (i >= table->words)
		return 0;
	i += (uint32_t)__builtin_ctzll(table->dirty[i / 64] >> i % 64);
	first = i;
	while (i < table->words && table->dirty[i / 64] >> i % 64 & 1)
		i++;
	*at = first;
	return i - first;
}

/* Dirty words of a table, or all of them */
static int put_table(struct pramin_op *op, struct pramin_change *change,
		     const struct pramin_table *table, bool all)
{
	uint64_t bytes = table->words * 8ull;
	uint32_t at = 0;
	uint32_t n = all ? table->words : dirty_run(table, &at);
	int ret;

	if (!n)
		return 0;
	/* A table never crosses a MiB: one position shows it. */
	ret = pramin_enter(op, table->vram_pa, bytes, bytes, PRAMIN_SLICE);
	if (ret)
		return ret;
	while (n && !ret) {
		ret = put_words(op, table->vram_pa + 8ull * at,
				&table->word[at], n);
		change->result.stores += n;
		at += n;
		n = all ? 0 : dirty_run(table, &at);
	}
	if (!ret)
		ret = pramin_verify(op);
	return pramin_leave(op, ret);
}

static int put_list(struct pramin_op *op, struct pramin_change *change,
		    const struct pramin_tables *list, bool all, bool links)
{
	const struct pramin_table *table;
	int ret = 0;

	for (table = list->first; table && !ret; table = table->next)
		if (all || table->links == links)
			ret = put_table(op, change, table, all);
	return ret;
}

static int flush(struct pramin_op *op, struct pramin_change *change)
{
	change->result.flushes++;
	return pramin_scalar_flush(op);
}

int pramin_vas_invalidate(struct pramin_op *op, struct pramin_change *change,
			  unsigned int level)
{
	const struct pramin_vas *vas = change->vas;
	const struct pramin_vas_config *config = &vas->config;
	unsigned int flags = 0;

	if (level == PRAMIN_MMU_NO_LEVEL)
		return 0;
	if (change->downgrade)
		flags |= PRAMIN_SYNC_DOWNGRADE;
	if (config->bar)
		flags |= PRAMIN_SYNC_HUB_ONLY;
	change->result.invalidates++;
	return config->sync->invalidate(config->sync_ctx, op, vas->format,
					vas->root->vram_pa, level, flags);
}

/* Step 2: what is split is invalid for a while. */
static int put_breaks(struct pramin_op *op, struct pramin_change *change)
{
	const struct pramin_vas *vas = change->vas;
	const uint64_t invalid = 0;
	uint32_t i;
	int ret = flush(op, change);

	for (i = 0; i < change->break_count && !ret; i++) {
		const struct pramin_break *b = &change->breaks[i];
		uint32_t word = pramin_table_word(vas, b->table, b->entry);

		ret = pramin_enter(op, b->table->vram_pa + 8ull * word, 8, 8,
				   1);
		if (ret)
			return ret;
		ret = put_words(op, b->table->vram_pa + 8ull * word, &invalid,
				1);
		change->result.stores++;
		if (!ret)
			ret = pramin_verify(op);
		ret = pramin_leave(op, ret);
	}
	if (!ret)
		ret = flush(op, change);
	return ret ? ret :
		     pramin_vas_invalidate(op, change, change->stale_break);
}

int pramin_vas_store(struct pramin_op *op, struct pramin_change *change)
{
	const uint64_t resets = pramin_resets(op->gpu);
	uint64_t before = change->result.stores;
	int ret = put_list(op, change, &change->fresh, true, false);

	if (!ret)
		ret = put_list(op, change, &change->touched, false, false);
	if (!ret && change->break_count)
		ret = put_breaks(op, change);
	else if (!ret && change->linked)
		ret = flush(op, change);
	if (!ret)
		ret = put_list(op, change, &change->touched, false, true);
	if (!ret && change->result.stores != before)
		ret = flush(op, change);
	/* Of some tables it is not known then what they hold. */
	if (!ret && pramin_resets(op->gpu) != resets)
		ret = pramin_fail(op, -EIO, PRAMIN_REASON_LOST,
				  change->vas->root->vram_pa, 0, 0);
	return ret ? ret : pramin_vas_invalidate(op, change, change->stale);
}
