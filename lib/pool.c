// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Pools, and what they have in common with address spaces and BAR1: being named.
 */
#include <errno.h>

#include "space.h"
#include "sys.h"
#include "../core/mmu/claim.h"

/* How often a call that destroys something looks whether others are out */
#define LOOK_NS 20000u

static void mutex_take(void *ctx)
{
	sys_lock_take(ctx, UINT64_MAX / 2);
}

static void mutex_drop(void *ctx)
{
	sys_lock_drop(ctx);
}

const struct pramin_mutex_ops space_mutex_ops = {
	.take = mutex_take,
	.drop = mutex_drop,
};

static int gone(struct pramin_op *op)
{
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_SPACE_GONE, 0, 0, 0);
}

int named_begin(struct named *named, struct pramin_op *op)
{
	int ret = dev_begin(named->dev, op);

	if (ret)
		return ret;
	__atomic_fetch_add(&named->users, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&named->dead, __ATOMIC_SEQ_CST))
		return 0;
	return named_end(named, gone(op), op);
}

int named_end(struct named *named, int ret, struct pramin_op *op)
{
	__atomic_fetch_sub(&named->users, 1, __ATOMIC_SEQ_CST);
	return dev_end(named->dev, ret, op);
}

int named_refuse(struct named *named, struct pramin_op *op, const char *what)
{
	int ret = dev_refused(named->dev, what);

	named_end(named, 0, op);
	return ret;
}

void named_drain(const struct named *named, uint32_t own)
{
	while (__atomic_load_n(&named->users, __ATOMIC_SEQ_CST) > own)
		sys_pause(LOOK_NS);
}

int named_kill(struct named *named, struct pramin_op *op)
{
	if (__atomic_exchange_n(&named->dead, 1, __ATOMIC_SEQ_CST))
		return gone(op);
	/* The caller is one of them. */
	named_drain(named, 1);
	return 0;
}

void named_revive(struct named *named)
{
	__atomic_store_n(&named->dead, 0, __ATOMIC_SEQ_CST);
}

void *named_new(struct pramin_dev *dev, struct pramin_op *op, size_t size,
		enum named_kind kind)
{
	struct named *named = sys_alloc(size);

	if (named && sys_lock_init(&named->lock, false)) {
		sys_free(named);
		named = NULL;
	}
	if (!named) {
		pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, size, 0, 0);
		return NULL;
	}
	named->dev = dev;
	named->kind = kind;
	return named;
}

void named_add(struct named *named)
{
	sys_global_take();
	named->next = named->dev->named;
	named->dev->named = named;
	sys_global_drop();
}

int pramin_pool_create(struct pramin_dev *dev, struct pramin_pool **pool)
{
	struct pramin_pool *p;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!pool)
		return dev_refused(dev, "pool is NULL");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	p = named_new(dev, &op, sizeof(*p), NAMED_POOL);
	if (!p)
		return dev_end(dev, -ENOMEM, &op);
	p->heap.mutex.ops = &space_mutex_ops;
	p->heap.mutex.ctx = &p->named.lock;
	named_add(&p->named);
	*pool = p;
	return dev_end(dev, 0, &op);
}

static int add(struct pramin_op *op, struct pramin_pool *pool, uint64_t vram_pa,
	       uint64_t len)
{
	struct pramin_reserved reserved[PRAMIN_RESERVED_MAX];
	struct given *given = sys_alloc(sizeof(*given));
	unsigned int count = 0;
	int ret;

	if (!given)
		return pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY,
				   sizeof(*given), 0, 0);
	ret = pramin_reserved_list(op, reserved, &count, NULL);
	/* A claim of no bytes is refused with a sentence about claims. */
	if (!ret && len)
		ret = pramin_vram_claim(op, vram_pa, len);
	if (!ret) {
		ret = pramin_heap_add(op, &pool->heap, vram_pa, len, reserved,
				      count);
		if (ret && len) {
			struct pramin_cause cause = op->cause;

			pramin_vram_unclaim(op, vram_pa, len);
			op->cause = cause;
		}
	}
	if (ret) {
		sys_free(given);
		return ret;
	}
	given->vram_pa = vram_pa;
	given->len = len;
	sys_lock_take(&pool->named.lock, UINT64_MAX / 2);
	given->next = pool->given;
	pool->given = given;
	sys_lock_drop(&pool->named.lock);
	return 0;
}

int pramin_pool_add(struct pramin_pool *pool, uint64_t vram_pa, uint64_t len)
{
	struct pramin_op op;
	int ret;

	if (!pool)
		return -EINVAL;
	ret = named_begin(&pool->named, &op);
	if (ret)
		return ret;
	return named_end(&pool->named, add(&op, pool, vram_pa, len), &op);
}

int pramin_pool_keep(struct pramin_pool *pool, uint64_t vram_pa, uint32_t bytes)
{
	struct pramin_op op;
	int ret;

	if (!pool)
		return -EINVAL;
	ret = named_begin(&pool->named, &op);
	if (ret)
		return ret;
	ret = pramin_heap_keep(&op, &pool->heap, vram_pa, bytes);
	return named_end(&pool->named, ret, &op);
}

static void free_given(struct pramin_pool *pool, struct pramin_op *op)
{
	while (pool->given) {
		struct given *given = pool->given;

		pool->given = given->next;
		if (op)
			pramin_vram_unclaim(op, given->vram_pa, given->len);
		sys_free(given);
	}
}

static int destroy(struct pramin_op *op, struct pramin_pool *pool)
{
	int ret = named_kill(&pool->named, op);

	if (ret)
		return ret;
	if (pool->spaces || pool->heap.tables) {
		named_revive(&pool->named);
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_POOL_IN_USE,
				   pool->heap.tables, pool->heap.bytes, 0);
	}
	pramin_heap_abandon(op, &pool->heap);
	free_given(pool, op);
	return 0;
}

int pramin_pool_destroy(struct pramin_pool *pool)
{
	struct pramin_op op;
	int ret;

	if (!pool)
		return 0;
	ret = named_begin(&pool->named, &op);
	if (ret)
		return ret;
	return named_end(&pool->named, destroy(&op, pool), &op);
}

void space_forget(struct pramin_op *op, struct pramin_space *space)
{
	struct pramin_change *change = space->vas.changes;

	pramin_vas_abandon(op, &space->vas);
	while (change) {
		struct pramin_change *next = change->next;

		sys_free(change);
		change = next;
	}
}

void space_forget_all(struct pramin_dev *dev)
{
	struct named *named;
	struct pramin_op op;

	pramin_op_init(&op, &dev->gpu);
	/* Spaces first: what their changes had in reserve goes to their pools. */
	for (named = dev->named; named; named = named->next)
		if (named->kind == NAMED_SPACE && !named->dead)
			space_forget(&op, (void *)named);
	while (dev->named) {
		struct pramin_pool *pool;

		named = dev->named;
		pool = (void *)named;
		dev->named = named->next;
		if (named->kind == NAMED_POOL) {
			pramin_heap_abandon(&op, &pool->heap);
			free_given(pool, NULL);
		}
		sys_free(named);
	}
}
