// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The begin and the end of an address space.
 */
#include "vas.h"
#include "../bits.h"
#include "../scalar.h"

/* What the entries of this format look like that are nothing to speak of */
static void learn_format(struct pramin_vas *vas)
{
	const struct pramin_mmu_format *format = vas->format;
	unsigned int level;

	for (level = 0; level < format->levels; level++) {
		struct pramin_mmu_entry e[2] = {
			{ .type = PRAMIN_MMU_SPARSE },
		};
		uint64_t raw[2];

		if (format->level[level].big) {
			e[0].type = PRAMIN_MMU_UNMAPPED;
			pramin_mmu_encode(format, level, e, &vas->blank_big,
					  NULL);
			continue;
		}
		if (!pramin_mmu_encode(format, level, e, raw, NULL))
			vas->sparse |= 1u << level;
	}
}

/* A root of zeros, in VRAM before anybody is told of it */
static int make_root(struct pramin_op *op, struct pramin_vas *vas)
{
	int ret = pramin_table_make(op, vas, 0, &vas->root);

	if (ret)
		return ret;
	pramin_change_init(vas, &vas->last);
	vas->root->list = PRAMIN_TABLE_FRESH;
	pramin_tables_add(&vas->last.fresh, vas->root);
	ret = pramin_vas_store(op, &vas->last);
	pramin_tables_take(&vas->last.fresh);
	vas->root->list = PRAMIN_TABLE_QUIET;
	if (ret)
		pramin_table_unmake(op, vas, vas->root);
	return ret;
}

int pramin_vas_init(struct pramin_op *op, struct pramin_vas *vas,
		    const struct pramin_vas_config *config)
{
	const struct pramin_mmu_format *format = config->format;
	uint64_t end = 1ull << format->va_bits;
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	memset(vas, 0, sizeof(*vas));
	vas->config = *config;
	vas->format = format;
	vas->end = config->va_limit ? config->va_limit : end;
	vas->table_count = 1;
	pramin_tables_init(&vas->empty);
	if (vas->end > end || vas->end % 4096)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_SPACE_LIMIT,
				   vas->end, end, 0);
	learn_format(vas);
	return config->adopt ? pramin_vas_load_root(op, vas) :
			       make_root(op, vas);
}

/* The first table below @table from slot @at on */
static struct pramin_table *child_from(const struct pramin_vas *vas,
				       const struct pramin_table *table,
				       uint32_t *at)
{
	const struct pramin_mmu_level *l = pramin_table_level(vas, table);
	uint32_t slots = table->child ? l->entries * l->halves : 0;

	for (; *at < slots; ++*at)
		if (table->child[*at])
			return table->child[*at];
	return NULL;
}

/* Own tables must not be known to foreign ones when they go. */
static void unlink_own(struct pramin_vas *vas, struct pramin_change *change)
{
	struct pramin_table *table = vas->root;
	uint32_t slot = 0;

	while (table->foreign) {
		struct pramin_table *child = child_from(vas, table, &slot);

		if (child && child->foreign) {
			table = child;
			slot = 0;
		} else if (child) {
			pramin_vas_link(vas, change, table, slot, NULL);
			/* Still to be freed */
			table->child[slot++] = child;
		} else if (table != vas->root) {
			slot = table->slot + 1;
			table = table->parent;
		} else {
			break;
		}
	}
}

/* Make the GPU forget the tree, which is to be freed. */
static int forget(struct pramin_op *op, struct pramin_vas *vas)
{
	struct pramin_change *change = &vas->last;
	struct pramin_table *table;

	pramin_change_init(vas, change);
	/* What a change that was left half-way has not stored yet */
	while (vas->storing &&
	       (table = pramin_tables_take(&vas->changes->touched)) != NULL)
		pramin_tables_add(&change->touched, table);
	unlink_own(vas, change);
	change->stale = 0;
	change->downgrade = true;
	return pramin_vas_store(op, change);
}

/* All tables, those below first. Without @vram, their VRAM is lost. */
static void free_tables(struct pramin_op *op, struct pramin_vas *vas, bool vram)
{
	struct pramin_table *table = vas->root;
	uint32_t slot = 0;

	while (table) {
		struct pramin_table *child = child_from(vas, table, &slot);
		struct pramin_table *parent = table->parent;

		if (child) {
			table = child;
			slot = 0;
			continue;
		}
		slot = table->slot + 1;
		if (vram && !table->foreign)
			pramin_table_unmake(op, vas, table);
		else
			pramin_table_free(op, table);
		table = parent;
	}
	vas->root = NULL;
}

/*
 * What a change has in reserve, or had unlinked. Without @vram, the VRAM of what
 * was unlinked is lost.
 */
static void end_change(struct pramin_op *op, struct pramin_vas *vas, bool vram)
{
	struct pramin_change *change = vas->changes;
	struct pramin_table *table;

	while (!vram && (table = pramin_tables_take(&change->doomed)) != NULL)
		pramin_table_free(op, table);
	change->state = PRAMIN_CHANGE_DONE;
	vas->changes = change->next;
	pramin_change_put(op, change);
}

int pramin_vas_fini(struct pramin_op *op, struct pramin_vas *vas)
{
	struct pramin_cause cause;
	int ret;

	if (vas->change_count > vas->storing)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_SPACE_PENDING,
				   vas->change_count - vas->storing, 0, 0);
	ret = pramin_gpu_check(op);
	if (!ret &&
	    (!vas->config.adopt || (vas->config.exclusive && !vas->config.own)))
		ret = forget(op, vas);
	cause = op->cause;
	if (vas->storing)
		end_change(op, vas, !ret);
	/* A tree of one's own stays, and so does the heap's note of its tables. */
	free_tables(op, vas, !ret && !vas->config.own);
	op->cause = cause;
	return ret;
}

void pramin_vas_abandon(struct pramin_op *op, struct pramin_vas *vas)
{
	while (vas->changes)
		end_change(op, vas, false);
	free_tables(op, vas, false);
}
