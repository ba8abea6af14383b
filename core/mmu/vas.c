// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The two phases of a change: prepare, and execute or drop.
 *
 * Prepare allocates with no lock held; then it looks at the tree again, under the
 * lock, and if that needs more by now, it allocates once more. Each time it has
 * more than before, and no tree needs more than all tables on the way: it ends.
 */
#include "vas.h"
#include "../bits.h"

static void *get_memory(struct pramin_op *op, uint64_t size)
{
	const struct pramin_gpu_config *config = &op->gpu->config;
	void *ptr = config->env_ops->alloc(config->env, size);

	if (!ptr)
		pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, size, 0, 0);
	return ptr;
}

static void put_memory(struct pramin_op *op, void *ptr)
{
	const struct pramin_gpu_config *config = &op->gpu->config;

	if (ptr)
		config->env_ops->free(config->env, ptr);
}

void pramin_change_init(struct pramin_vas *vas, struct pramin_change *change)
{
	unsigned int level;

	memset(change, 0, sizeof(*change));
	change->vas = vas;
	change->taken = true;
	for (level = 0; level < PRAMIN_MMU_LEVELS_MAX; level++)
		pramin_tables_init(&change->reserve[level]);
	pramin_tables_init(&change->fresh);
	pramin_tables_init(&change->touched);
	pramin_tables_init(&change->doomed);
	change->stale = PRAMIN_MMU_NO_LEVEL;
	change->stale_break = PRAMIN_MMU_NO_LEVEL;
}

static void put_tables(struct pramin_op *op, struct pramin_vas *vas,
		       struct pramin_tables *list)
{
	struct pramin_table *table;

	while ((table = pramin_tables_take(list)) != NULL)
		pramin_table_unmake(op, vas, table);
}

void pramin_change_put(struct pramin_op *op, struct pramin_change *change)
{
	struct pramin_cause cause = op->cause;
	unsigned int level;

	for (level = 0; level < PRAMIN_MMU_LEVELS_MAX; level++)
		put_tables(op, change->vas, &change->reserve[level]);
	put_tables(op, change->vas, &change->doomed);
	put_memory(op, change->pinned);
	put_memory(op, change->breaks);
	put_memory(op, change->steps);
	change->pinned = NULL;
	change->breaks = NULL;
	change->steps = NULL;
	change->pin_room = 0;
	change->break_room = 0;
	op->cause = cause;
}

/* Copies of the operations and of their pieces, in one block */
static int copy_ops(struct pramin_op *op, struct pramin_change *change,
		    const struct pramin_map_op *ops, size_t count)
{
	struct pramin_map_piece *piece;
	uint64_t pieces = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (ops[i].kind == PRAMIN_MAP)
			pieces += ops[i].count;
	change->steps = get_memory(op, count * sizeof(*change->steps) +
					       pieces * sizeof(*piece));
	if (!change->steps)
		return -ENOMEM;
	change->count = count;
	piece = (void *)(change->steps + count);
	for (i = 0; i < count; i++) {
		struct pramin_step *step = &change->steps[i];

		step->map = ops[i];
		step->index = i;
		step->any = ops[i].gpu_va == PRAMIN_VA_ANY;
		if (ops[i].kind != PRAMIN_MAP)
			continue;
		memcpy(piece, ops[i].pieces, ops[i].count * sizeof(*piece));
		step->map.pieces = piece;
		piece += ops[i].count;
	}
	return 0;
}

/* Make room for @need records of @size bytes; what they held is not needed. */
static int grow(struct pramin_op *op, void **records, uint32_t *room,
		uint32_t need, uint64_t size)
{
	void *more;

	if (need <= *room)
		return 0;
	more = get_memory(op, need * size);
	if (!more)
		return -ENOMEM;
	put_memory(op, *records);
	*records = more;
	*room = need;
	return 0;
}

static bool has_enough(const struct pramin_change *change,
		       const struct pramin_needs *needs)
{
	unsigned int level;

	if (change->pin_room < needs->pins ||
	    change->break_room < needs->breaks)
		return false;
	for (level = 0; level < PRAMIN_MMU_LEVELS_MAX; level++)
		if (change->reserve[level].count < needs->tables[level])
			return false;
	return true;
}

static int get_enough(struct pramin_op *op, struct pramin_change *change,
		      const struct pramin_needs *needs)
{
	void *pinned = change->pinned, *breaks = change->breaks;
	unsigned int level;
	int ret = grow(op, &pinned, &change->pin_room, needs->pins,
		       sizeof(void *));

	change->pinned = pinned;
	if (!ret)
		ret = grow(op, &breaks, &change->break_room, needs->breaks,
			   sizeof(*change->breaks));
	change->breaks = breaks;
	for (level = 0; level < PRAMIN_MMU_LEVELS_MAX && !ret; level++) {
		struct pramin_tables *list = &change->reserve[level];

		while (!ret && list->count < needs->tables[level]) {
			struct pramin_table *table;

			ret = pramin_table_make(op, change->vas, level, &table);
			if (!ret)
				pramin_tables_add(list, table);
		}
	}
	return ret;
}

static int may_change(struct pramin_op *op, const struct pramin_vas *vas)
{
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	if (vas->config.adopt && !vas->config.exclusive)
		return pramin_fail(op, -EPERM, PRAMIN_REASON_SPACE_READ_ONLY, 0,
				   0, 0);
	if (vas->storing)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_SPACE_UNFINISHED,
				   0, 0, 0);
	return 0;
}

/* One try under the lock: 0 and it is prepared, or what is missing */
static int try_prepare(struct pramin_op *op, struct pramin_change *change,
		       struct pramin_needs *needs, struct pramin_at *unknown)
{
	struct pramin_vas *vas = change->vas;
	uint64_t hint = vas->hint;
	int ret;

	ret = may_change(op, vas);
	if (!ret)
		ret = pramin_vas_place(op, vas, change, unknown);
	if (!ret)
		ret = pramin_vas_survey(op, vas, change, needs, unknown, false);
	if (!ret && has_enough(change, needs)) {
		ret = pramin_vas_survey(op, vas, change, needs, unknown, true);
		change->next = vas->changes;
		vas->changes = change;
		vas->change_count++;
		return ret;
	}
	vas->hint = hint;
	return ret;
}

int pramin_vas_prepare(struct pramin_op *op, struct pramin_vas *vas,
		       struct pramin_map_op *ops, size_t count,
		       struct pramin_change *change)
{
	struct pramin_needs needs;
	struct pramin_at unknown;
	size_t i;
	int ret;

	pramin_change_init(vas, change);
	ret = pramin_vas_check(op, vas, ops, count);
	if (!ret)
		ret = copy_ops(op, change, ops, count);
	while (!ret) {
		bool done;

		pramin_vas_lock(op, vas);
		ret = try_prepare(op, change, &needs, &unknown);
		done = vas->changes == change;
		pramin_vas_unlock(op, vas);
		if (done)
			break;
		if (ret == PRAMIN_SURVEY_UNKNOWN)
			ret = pramin_vas_load(op, vas, &unknown);
		else if (!ret)
			ret = get_enough(op, change, &needs);
	}
	if (ret) {
		pramin_change_put(op, change);
		return ret;
	}
	for (i = 0; i < count; i++)
		ops[change->steps[i].index].gpu_va =
			change->steps[i].map.gpu_va;
	return 0;
}

/* It does not count on tables any more. Those that are empty go, some time. */
static void unpin(struct pramin_vas *vas, struct pramin_change *change)
{
	uint32_t i;

	for (i = 0; i < change->pin_count; i++) {
		struct pramin_table *table = change->pinned[i];

		table->pins--;
		if (table->pins || table->used || table->foreign ||
		    !table->parent || table->list != PRAMIN_TABLE_QUIET)
			continue;
		table->list = PRAMIN_TABLE_TOUCHED;
		pramin_tables_add(&vas->empty, table);
	}
	change->pin_count = 0;
}

static void unlink_change(struct pramin_vas *vas, struct pramin_change *change)
{
	struct pramin_change **at = &vas->changes;

	while (*at != change)
		at = &(*at)->next;
	*at = change->next;
	vas->change_count--;
}

/* All is in VRAM: forget what was noted. */
static void settle(struct pramin_vas *vas, struct pramin_change *change)
{
	struct pramin_table *table;

	change->result.tables_made = change->fresh.count;
	change->result.tables_freed = change->doomed.count;
	change->result.level = change->stale;
	while ((table = pramin_tables_take(&change->fresh)) != NULL)
		table->list = PRAMIN_TABLE_QUIET;
	while ((table = pramin_tables_take(&change->touched)) != NULL) {
		table->list = PRAMIN_TABLE_QUIET;
		table->links = false;
		memset(table->dirty, 0, (table->words + 63) / 64 * 8ull);
	}
	unpin(vas, change);
	unlink_change(vas, change);
	change->state = PRAMIN_CHANGE_DONE;
	vas->storing = false;
}

/* Begin with those that were left empty, so that they can go. */
static void take_empty(struct pramin_vas *vas, struct pramin_change *change)
{
	struct pramin_table *table;

	while ((table = pramin_tables_take(&vas->empty)) != NULL)
		pramin_tables_add(&change->touched, table);
}

int pramin_vas_execute(struct pramin_op *op, struct pramin_change *change)
{
	struct pramin_vas *vas = change->vas;
	int ret = 0;

	if (change->state == PRAMIN_CHANGE_DONE)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_CHANGE_STATE, 0,
				   0, 0);
	pramin_vas_lock(op, vas);
	if (change->state == PRAMIN_CHANGE_PREPARED)
		ret = may_change(op, vas);
	else
		ret = pramin_gpu_check(op);
	if (!ret && change->state == PRAMIN_CHANGE_PREPARED) {
		take_empty(vas, change);
		pramin_vas_apply(vas, change);
		change->state = PRAMIN_CHANGE_STORING;
		vas->storing = true;
	}
	if (!ret)
		ret = pramin_vas_store(op, change);
	if (!ret)
		settle(vas, change);
	pramin_vas_unlock(op, vas);
	if (!ret)
		pramin_change_put(op, change);
	return ret;
}

int pramin_vas_drop(struct pramin_op *op, struct pramin_change *change)
{
	struct pramin_vas *vas = change->vas;

	if (change->state == PRAMIN_CHANGE_DONE)
		return 0;
	pramin_vas_lock(op, vas);
	if (change->state == PRAMIN_CHANGE_STORING) {
		pramin_vas_unlock(op, vas);
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_SPACE_UNFINISHED,
				   0, 0, 0);
	}
	unpin(vas, change);
	unlink_change(vas, change);
	change->state = PRAMIN_CHANGE_DONE;
	pramin_vas_unlock(op, vas);
	pramin_change_put(op, change);
	return 0;
}
