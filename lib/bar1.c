// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 through a handle.
 */
#include <errno.h>
#include <string.h>

#include <pramin/bar1.h>

#include "bar1.h"
#include "sys.h"
#include "../core/guard.h"

#define PAGE 4096ull

int pramin_bar1_status(struct pramin_dev *dev,
		       struct pramin_bar1_status *status)
{
	struct pramin_bar1_status full;
	struct pramin_bar_status s;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!status || !status->size || status->size > sizeof(full))
		return dev_refused(dev, "pramin_bar1_status.size is not set");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	ret = pramin_bar_status(&op, 1, &s);
	if (ret)
		return dev_end(dev, ret, &op);
	memset(&full, 0, sizeof(full));
	full.size = status->size;
	full.bytes = s.info.bytes;
	full.usable = pramin_bar_limit(1, s.info.bytes);
	full.claimed_by = s.info.claimed_by;
	full.boot_vga = s.info.boot_vga;
	full.write_combined = s.info.write_combined;
	full.is_virtual = s.state.is_virtual;
	full.bound = s.bound;
	full.pid = s.pid;
	full.target = s.state.target;
	full.inst_pa = s.state.inst;
	full.pending = s.state.pending;
	full.outstanding = s.state.outstanding;
	full.block = s.state.low;
	full.block_high = s.state.high;
	memcpy(status, &full, status->size);
	return dev_end(dev, 0, &op);
}

/* What is wrong with parameters, or NULL */
static const char *refuse(const struct pramin_dev *dev,
			  const struct pramin_bar1_params *params)
{
	const bool physical = params->flags & PRAMIN_BAR1_PHYSICAL;

	if (params->size != sizeof(*params))
		return "pramin_bar1_params.size is not "
		       "sizeof(struct pramin_bar1_params)";
	if (params->flags & ~PRAMIN_BAR1_PHYSICAL)
		return "pramin_bar1_params.flags has unknown bits";
	if (!params->pool != physical)
		return "BAR1 has a pool for its page tables, or is physical";
	if (params->pool && params->pool->named.dev != dev)
		return "the pool is of another handle";
	return NULL;
}

/* Its page tables, empty: BAR1 is taken, and does not show them yet. */
static int make_space(struct pramin_op *op, struct pramin_bar1 *bar1,
		      struct pramin_pool *pool)
{
	const struct pramin_space_params params = {
		.size = sizeof(params),
		.pool = pool,
		.va_limit = bar1->map.limit,
		.flags = PRAMIN_SPACE_BAR,
	};
	int ret = space_make(bar1->named.dev, op, &params, &bar1->space);

	if (ret)
		return ret;
	bar1->space->of_bar = true;
	bar1->map.vas = &bar1->space->vas;
	bar1->map.heap = &pool->heap;
	return 0;
}

/* Give all back: the BAR first, so that the GPU does not know the tables any more. */
static int let_go(struct pramin_op *op, struct pramin_bar1 *bar1)
{
	struct pramin_cause cause;
	int ret = pramin_bar_map_end(op, &bar1->map), err = 0;

	cause = op->cause;
	if (bar1->space)
		err = space_over(op, bar1->space, bar1->map.stale);
	if (ret)
		op->cause = cause;
	return ret ? ret : err;
}

void bar1_flush_all(struct pramin_dev *dev, struct pramin_op *op)
{
	const struct named *named;

	for (named = dev->named; named; named = named->next) {
		const struct pramin_bar1 *bar1 = (const void *)named;

		if (named->kind == NAMED_BAR1 && !named->dead &&
		    !(bar1->space && bar1->space->vas.storing))
			pramin_bar_map_flush(op, &bar1->map);
	}
}

static int show(struct pramin_op *op, struct pramin_bar1 *bar1,
		struct pramin_pool *pool)
{
	struct pramin_cause cause;
	int ret = 0;

	bar1->map.limit -= bar1->map.limit % PAGE;
	if (pool)
		ret = make_space(op, bar1, pool);
	if (!ret)
		ret = pramin_bar_map_begin(op, &bar1->map);
	if (!ret)
		return 0;
	cause = op->cause;
	if (bar1->space)
		bar1->space->named.dead = 1;
	let_go(op, bar1);
	op->cause = cause;
	return ret;
}

static int take(struct pramin_op *op, struct pramin_dev *dev,
		const struct pramin_bar1_params *params,
		struct pramin_bar1 **bar1)
{
	const uint64_t need = params->need < PAGE ? PAGE : params->need;
	struct pramin_bar1 *b = named_new(dev, op, sizeof(*b), NAMED_BAR1);
	int ret;

	if (!b)
		return -ENOMEM;
	b->map.bar = 1;
	ret = pramin_bar_take(op, 1, need, &b->map.limit);
	if (!ret)
		ret = show(op, b, params->pool);
	if (ret) {
		sys_free(b);
		return ret;
	}
	named_add(&b->named);
	*bar1 = b;
	return 0;
}

int pramin_bar1_take(struct pramin_dev *dev,
		     const struct pramin_bar1_params *params,
		     struct pramin_bar1 **bar1)
{
	const char *what;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!params || !bar1)
		return dev_refused(dev, "params or bar1 is NULL");
	what = refuse(dev, params);
	if (what)
		return dev_refused(dev, what);
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, take(&op, dev, params, bar1), &op);
}

static int release(struct pramin_op *op, struct pramin_bar1 *bar1)
{
	int ret = named_kill(&bar1->named, op);

	if (ret)
		return ret;
	if (bar1->space) {
		/* Nobody else can have killed it. */
		__atomic_store_n(&bar1->space->named.dead, 1, __ATOMIC_SEQ_CST);
		named_drain(&bar1->space->named, 0);
		ret = space_settled(op, bar1->space);
		if (ret) {
			named_revive(&bar1->space->named);
			named_revive(&bar1->named);
			return ret;
		}
	}
	return let_go(op, bar1);
}

int pramin_bar1_release(struct pramin_bar1 *bar1)
{
	struct pramin_op op;
	int ret;

	if (!bar1)
		return 0;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	return named_end(&bar1->named, release(&op, bar1), &op);
}

int pramin_bar1_info(struct pramin_bar1 *bar1, struct pramin_bar1_info *info)
{
	struct pramin_bar1_info full;
	struct pramin_bar_info bar;
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	if (!info || !info->size || info->size > sizeof(full))
		return named_refuse(&bar1->named, &op,
				    "pramin_bar1_info.size is not set");
	memset(&bar, 0, sizeof(bar));
	ret = op.gpu->ops->bar_info(op.gpu->io, 1, &bar);
	if (ret)
		return named_end(&bar1->named, pramin_gpu_failed(&op, ret),
				 &op);
	memset(&full, 0, sizeof(full));
	full.size = info->size;
	full.usable = pramin_bar_map_end_of(&op, &bar1->map);
	full.inst_pa = bar1->map.inst;
	full.mapped = bar1->map.ptr != NULL;
	full.write_combined = bar.write_combined;
	full.physical = !bar1->space;
	memcpy(info, &full, info->size);
	return named_end(&bar1->named, 0, &op);
}

struct pramin_space *pramin_bar1_space(struct pramin_bar1 *bar1)
{
	struct pramin_space *space;
	struct pramin_op op;

	if (!bar1 || named_begin(&bar1->named, &op))
		return NULL;
	space = bar1->space;
	named_end(&bar1->named, 0, &op);
	return space;
}

static int no_tables(struct pramin_op *op)
{
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_BAR_PHYSICAL, 0, 0, 0);
}

/* Bytes of all pieces; 0 if that does not fit */
static uint64_t length_of(const struct pramin_map_piece *pieces, size_t count)
{
	uint64_t len = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (__builtin_add_overflow(len, pieces[i].len, &len))
			return 0;
	return len;
}

int pramin_bar1_map(struct pramin_bar1 *bar1, uint64_t *off,
		    const struct pramin_map_piece *pieces, size_t count,
		    struct pramin_map_result *result)
{
	struct pramin_map_op map = { .kind = PRAMIN_MAP };
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	if (!off || (!pieces && count))
		return named_refuse(&bar1->named, &op, "off or pieces is NULL");
	if (!bar1->space)
		return named_end(&bar1->named, no_tables(&op), &op);
	map.gpu_va = *off;
	map.pieces = pieces;
	map.count = count;
	map.len = length_of(pieces, count);
	/* It says itself why not. */
	ret = pramin_space_map(bar1->space, &map, 1, result);
	if (!ret)
		*off = map.gpu_va;
	named_end(&bar1->named, 0, &op);
	return ret;
}

int pramin_bar1_unmap(struct pramin_bar1 *bar1, uint64_t off, uint64_t len,
		      struct pramin_map_result *result)
{
	struct pramin_map_op map = {
		.kind = PRAMIN_UNMAP,
		.gpu_va = off,
		.len = len,
	};
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	ret = bar1->space ? pramin_bar_map_flush(&op, &bar1->map) :
			    no_tables(&op);
	if (ret)
		return named_end(&bar1->named, ret, &op);
	ret = pramin_space_map(bar1->space, &map, 1, result);
	named_end(&bar1->named, 0, &op);
	return ret;
}

int pramin_bar1_pointer(struct pramin_bar1 *bar1, uint64_t off, uint64_t len,
			volatile void **ptr)
{
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	if (!ptr)
		return named_refuse(&bar1->named, &op, "ptr is NULL");
	ret = pramin_bar_map_check(&op, &bar1->map, off, len);
	if (!ret && !bar1->space)
		ret = pramin_guard_check(&op, off, len);
	if (!ret)
		*ptr = bar1->map.ptr ? bar1->map.ptr + off : NULL;
	return named_end(&bar1->named, ret, &op);
}

int pramin_bar1_read(struct pramin_bar1 *bar1, uint64_t off, unsigned int width,
		     uint64_t *val)
{
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	if (!val)
		return named_refuse(&bar1->named, &op, "val is NULL");
	ret = pramin_bar_map_read(&op, &bar1->map, off, width, val);
	return named_end(&bar1->named, ret, &op);
}

int pramin_bar1_write(struct pramin_bar1 *bar1, uint64_t off,
		      unsigned int width, uint64_t val)
{
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	ret = pramin_bar_map_write(&op, &bar1->map, off, width, val);
	return named_end(&bar1->named, ret, &op);
}

int pramin_bar1_load(struct pramin_bar1 *bar1, uint64_t off, void *buf,
		     uint64_t len)
{
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	if (!buf && len)
		return named_refuse(&bar1->named, &op, "buf is NULL");
	ret = pramin_bar_map_load(&op, &bar1->map, off, buf, len);
	return named_end(&bar1->named, ret, &op);
}

int pramin_bar1_store(struct pramin_bar1 *bar1, uint64_t off, const void *buf,
		      uint64_t len)
{
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	if (!buf && len)
		return named_refuse(&bar1->named, &op, "buf is NULL");
	ret = pramin_bar_map_store(&op, &bar1->map, off, buf, len);
	return named_end(&bar1->named, ret, &op);
}

int pramin_bar1_flush(struct pramin_bar1 *bar1)
{
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	return named_end(&bar1->named, pramin_bar_map_flush(&op, &bar1->map),
			 &op);
}
