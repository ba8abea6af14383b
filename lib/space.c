// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Address spaces through a handle.
 */
#include <errno.h>
#include <string.h>

#include "space.h"
#include "sys.h"
#include "../core/guard.h"
#include "../core/mmu/vas_tlb.h"

/* The chip's own format; of v1, with the default size of big pages */
static int chip_format(struct pramin_op *op,
		       const struct pramin_mmu_format **format)
{
	*format = pramin_mmu_format(op->gpu->chip->family->mmu[0]);
	if (*format)
		return 0;
	return pramin_fail(op, -EOPNOTSUPP, PRAMIN_REASON_SPACE_FORMAT, 0, 0,
			   0);
}

/* A pool may be given up only while no space has it. */
static int hold_pool(struct pramin_op *op, struct pramin_pool *pool)
{
	int ret = 0;

	if (!pool)
		return 0;
	__atomic_fetch_add(&pool->named.users, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&pool->named.dead, __ATOMIC_SEQ_CST))
		ret = pramin_fail(op, -EINVAL, PRAMIN_REASON_SPACE_GONE, 0, 0,
				  0);
	else
		__atomic_fetch_add(&pool->spaces, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&pool->named.users, 1, __ATOMIC_SEQ_CST);
	return ret;
}

static void let_go_pool(struct pramin_pool *pool)
{
	if (pool)
		__atomic_fetch_sub(&pool->spaces, 1, __ATOMIC_SEQ_CST);
}

int space_make(struct pramin_dev *dev, struct pramin_op *op,
	       const struct pramin_space_params *params,
	       struct pramin_space **space)
{
	struct pramin_vas_config config = {
		.format = params->format,
		.heap = params->pool ? &params->pool->heap : NULL,
		.sync = &pramin_vas_tlb,
		.va_limit = params->va_limit,
		.root_pa = params->root_pa,
		.adopt = params->flags & PRAMIN_SPACE_ADOPT,
		.exclusive = params->flags & PRAMIN_SPACE_EXCLUSIVE,
		.own = params->flags & PRAMIN_SPACE_OWN,
		.bar = params->flags & PRAMIN_SPACE_BAR,
	};
	struct pramin_space *s;
	int ret = config.format ? 0 : chip_format(op, &config.format);

	if (!ret)
		ret = hold_pool(op, params->pool);
	if (ret)
		return ret;
	s = named_new(dev, op, sizeof(*s), NAMED_SPACE);
	if (!s) {
		let_go_pool(params->pool);
		return -ENOMEM;
	}
	s->pool = params->pool;
	config.mutex.ops = &space_mutex_ops;
	config.mutex.ctx = &s->named.lock;
	ret = pramin_vas_init(op, &s->vas, &config);
	if (ret) {
		let_go_pool(params->pool);
		sys_free(s);
		return ret;
	}
	named_add(&s->named);
	*space = s;
	return 0;
}

/* What is wrong with parameters, or NULL */
static const char *refuse(const struct pramin_dev *dev,
			  const struct pramin_space_params *params)
{
	const uint32_t known = PRAMIN_SPACE_ADOPT | PRAMIN_SPACE_EXCLUSIVE |
			       PRAMIN_SPACE_BAR | PRAMIN_SPACE_OWN;
	uint32_t adopt = params->flags &
			 (PRAMIN_SPACE_ADOPT | PRAMIN_SPACE_EXCLUSIVE);

	if (params->size != sizeof(*params))
		return "pramin_space_params.size is not "
		       "sizeof(struct pramin_space_params)";
	if (params->flags & ~known || adopt == PRAMIN_SPACE_EXCLUSIVE ||
	    (params->flags & PRAMIN_SPACE_OWN &&
	     !(adopt & PRAMIN_SPACE_EXCLUSIVE)))
		return "pramin_space_params.flags has unknown bits, "
		       "EXCLUSIVE without ADOPT, or OWN without EXCLUSIVE";
	if (!params->pool && adopt != PRAMIN_SPACE_ADOPT)
		return "a space that is changed needs a pool";
	if (params->pool && params->pool->named.dev != dev)
		return "the pool is of another handle";
	return NULL;
}

int pramin_space_create(struct pramin_dev *dev,
			const struct pramin_space_params *params,
			struct pramin_space **space)
{
	const char *what;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!params || !space)
		return dev_refused(dev, "params or space is NULL");
	what = refuse(dev, params);
	if (what)
		return dev_refused(dev, what);
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, space_make(dev, &op, params, space), &op);
}

int space_settled(struct pramin_op *op, const struct pramin_space *space)
{
	const uint32_t pending = space->vas.change_count - space->vas.storing;

	if (!pending)
		return 0;
	return pramin_fail(op, -EBUSY, PRAMIN_REASON_SPACE_PENDING, pending, 0,
			   0);
}

int space_over(struct pramin_op *op, struct pramin_space *space, bool stale)
{
	/* One that was left half-way ends with the space. */
	struct pramin_change *left = space->vas.changes;
	int ret = 0;

	if (stale) {
		space_forget(op, space);
	} else {
		ret = pramin_vas_fini(op, &space->vas);
		sys_free(left);
	}
	let_go_pool(space->pool);
	return ret;
}

static int destroy(struct pramin_op *op, struct pramin_space *space)
{
	int ret;

	if (space->of_bar)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_BAR_SPACE, 0, 0,
				   0);
	ret = named_kill(&space->named, op);
	if (ret)
		return ret;
	ret = space_settled(op, space);
	if (ret) {
		named_revive(&space->named);
		return ret;
	}
	return space_over(op, space, false);
}

int pramin_space_destroy(struct pramin_space *space)
{
	struct pramin_op op;
	int ret;

	if (!space)
		return 0;
	ret = named_begin(&space->named, &op);
	if (ret)
		return ret;
	return named_end(&space->named, destroy(&op, space), &op);
}

/*
 * What a BAR shows can be written through it, by a pointer too. Transfers of the library
 * map with space_change(), and see to it themselves: what they read is not guarded.
 */
static int guard(struct pramin_op *op, const struct pramin_space *space,
		 const struct pramin_map_op *ops, size_t count)
{
	size_t i, j;
	int ret = 0;

	for (i = 0; space->vas.config.bar && i < count; i++) {
		const struct pramin_map_op *map = &ops[i];

		if (map->kind != PRAMIN_MAP ||
		    map->aperture != PRAMIN_MMU_VIDEO || !map->pieces)
			continue;
		for (j = 0; j < map->count && !ret; j++)
			ret = pramin_guard_check(op, map->pieces[j].pa,
						 map->pieces[j].len);
	}
	return ret;
}

static int prepare(struct pramin_op *op, struct pramin_space *space,
		   struct pramin_map_op *ops, size_t count,
		   struct pramin_change **change)
{
	struct pramin_change *c = sys_alloc(sizeof(*c));
	int ret;

	if (!c) {
		pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, sizeof(*c), 0,
			    0);
		return -ENOMEM;
	}
	ret = pramin_vas_prepare(op, &space->vas, ops, count, c);
	if (ret)
		sys_free(c);
	else
		*change = c;
	return ret;
}

/*
 * Is @change one of the space's, and in no other call? Only then it may be looked
 * at. NULL: the one that was left half-way, if there is one.
 */
static struct pramin_change *find(struct pramin_op *op,
				  struct pramin_space *space,
				  const struct pramin_change *change)
{
	struct pramin_change *c;

	pramin_vas_lock(op, &space->vas);
	for (c = space->vas.changes; c; c = c->next)
		if (!c->taken &&
		    (change ? c == change : c->state == PRAMIN_CHANGE_STORING))
			break;
	if (c)
		c->taken = true;
	pramin_vas_unlock(op, &space->vas);
	return c;
}

/* This call is done with a change that goes on. */
static void let_go(struct pramin_op *op, struct pramin_space *space,
		   struct pramin_change *change)
{
	pramin_vas_lock(op, &space->vas);
	change->taken = false;
	pramin_vas_unlock(op, &space->vas);
}

/* The change has ended, or is free for the next call. */
static int give_back(struct pramin_op *op, struct pramin_space *space,
		     struct pramin_change *change, int ret)
{
	if (ret)
		let_go(op, space, change);
	else
		sys_free(change);
	return ret;
}

static int execute(struct pramin_op *op, struct pramin_space *space,
		   struct pramin_change *change,
		   struct pramin_map_result *result)
{
	size_t size;
	int ret = pramin_vas_execute(op, change);

	if (result) {
		size = result->size;
		*result = change->result;
		result->size = size;
		result->reads = space->vas.reads;
	}
	return give_back(op, space, change, ret);
}

/* The arguments that most calls have. NULL, or what is wrong */
static const char *bad_result(const struct pramin_map_result *result)
{
	if (!result || result->size == sizeof(*result))
		return NULL;
	return "pramin_map_result.size is not sizeof(struct pramin_map_result)";
}

int pramin_space_prepare(struct pramin_space *space, struct pramin_map_op *ops,
			 size_t count, struct pramin_change **change)
{
	struct pramin_change *c = NULL;
	struct pramin_op op;
	int ret;

	if (!space)
		return -EINVAL;
	ret = named_begin(&space->named, &op);
	if (ret)
		return ret;
	if ((!ops && count) || !change)
		return named_refuse(&space->named, &op,
				    "ops or change is NULL");
	ret = guard(&op, space, ops, count);
	if (!ret)
		ret = prepare(&op, space, ops, count, &c);
	if (!ret) {
		*change = c;
		let_go(&op, space, c);
	}
	return named_end(&space->named, ret, &op);
}

static int no_change(struct pramin_op *op)
{
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_CHANGE_STATE, 0, 0, 0);
}

int pramin_space_execute(struct pramin_space *space,
			 struct pramin_change *change,
			 struct pramin_map_result *result)
{
	struct pramin_op op;
	int ret;

	if (!space)
		return -EINVAL;
	ret = named_begin(&space->named, &op);
	if (ret)
		return ret;
	if (bad_result(result))
		return named_refuse(&space->named, &op, bad_result(result));
	if (!change || !find(&op, space, change))
		ret = no_change(&op);
	else
		ret = execute(&op, space, change, result);
	return named_end(&space->named, ret, &op);
}

int pramin_space_drop(struct pramin_space *space, struct pramin_change *change)
{
	struct pramin_op op;
	int ret;

	if (!space)
		return -EINVAL;
	ret = named_begin(&space->named, &op);
	if (ret)
		return ret;
	if (change && !find(&op, space, change))
		ret = no_change(&op);
	else if (change)
		ret = give_back(&op, space, change,
				pramin_vas_drop(&op, change));
	return named_end(&space->named, ret, &op);
}

int space_change(struct pramin_op *op, struct pramin_space *space,
		 struct pramin_map_op *ops, size_t count,
		 struct pramin_map_result *result)
{
	struct pramin_change *change;
	struct pramin_cause cause;
	int ret = prepare(op, space, ops, count, &change);

	if (ret)
		return ret;
	ret = execute(op, space, change, result);
	/* Another thread's change was left half-way after this was prepared. */
	if (ret && op->cause.reason == PRAMIN_REASON_SPACE_UNFINISHED) {
		cause = op->cause;
		give_back(op, space, change, pramin_vas_drop(op, change));
		op->cause = cause;
	}
	return ret;
}

int pramin_space_map(struct pramin_space *space, struct pramin_map_op *ops,
		     size_t count, struct pramin_map_result *result)
{
	struct pramin_op op;
	const char *what;
	int ret;

	if (!space)
		return -EINVAL;
	ret = named_begin(&space->named, &op);
	if (ret)
		return ret;
	what = !ops && count ? "ops is NULL" : bad_result(result);
	if (what)
		return named_refuse(&space->named, &op, what);
	ret = guard(&op, space, ops, count);
	if (!ret)
		ret = space_change(&op, space, ops, count, result);
	return named_end(&space->named, ret, &op);
}

int pramin_space_retry(struct pramin_space *space,
		       struct pramin_map_result *result)
{
	struct pramin_change *change;
	struct pramin_op op;
	int ret;

	if (!space)
		return -EINVAL;
	ret = named_begin(&space->named, &op);
	if (ret)
		return ret;
	if (bad_result(result))
		return named_refuse(&space->named, &op, bad_result(result));
	change = find(&op, space, NULL);
	if (change)
		ret = execute(&op, space, change, result);
	return named_end(&space->named, ret, &op);
}

int pramin_space_info(struct pramin_space *space,
		      struct pramin_space_info *info)
{
	const struct pramin_vas *vas;
	struct pramin_op op;
	int ret;

	if (!space)
		return -EINVAL;
	ret = named_begin(&space->named, &op);
	if (ret)
		return ret;
	if (!info || info->size != sizeof(*info))
		return named_refuse(&space->named, &op,
				    "pramin_space_info.size is not "
				    "sizeof(struct pramin_space_info)");
	vas = &space->vas;
	pramin_vas_lock(&op, vas);
	info->format = vas->format;
	info->root_pa = vas->root->vram_pa;
	info->va_end = vas->end;
	info->reads = vas->reads;
	info->tables = vas->table_count;
	info->prepared = vas->change_count;
	info->unfinished = vas->storing;
	pramin_vas_unlock(&op, vas);
	info->pool_bytes = 0;
	if (space->pool) {
		pramin_mutex_take(&space->pool->heap.mutex);
		info->pool_bytes = space->pool->heap.bytes;
		pramin_mutex_drop(&space->pool->heap.mutex);
	}
	return named_end(&space->named, 0, &op);
}
