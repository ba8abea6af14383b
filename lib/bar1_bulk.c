// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Bulk transfers through BAR1, and what they cost.
 *
 *	VRAM	|-----[==========|==========|====]------|
 *	BAR1	    [ one stretch mapped at a time ]
 *
 * A stretch is mapped where BAR1 has room, and unmapped behind the last byte. Within
 * it, chunks are as those of core/bulk.c: after each there is a proof, and the callback.
 */
#include <errno.h>
#include <string.h>

#include "bar1.h"
#include "sys.h"
#include "../core/bulk.h"

#define PAGE	4096ull
#define STRETCH (16ull << 20)

/* One transfer */
struct transfer {
	struct pramin_bar1 *bar1;
	struct pramin_bulk *bulk;
	uint64_t vram_pa;
	unsigned char *to; /* NULL: a write */
	const unsigned char *from;
	uint64_t len;
	uint64_t done;
};

static uint64_t now(const struct pramin_gpu *gpu)
{
	if (gpu->ops->clock_ns)
		return gpu->ops->clock_ns(gpu->io);
	return gpu->config.env_ops->now(gpu->config.env);
}

/* Map @len bytes at any place, or unmap those at *@off. */
static int change(struct pramin_op *op, struct pramin_bar1 *bar1,
		  enum pramin_map_kind kind, uint64_t pa, uint64_t len,
		  uint64_t *off)
{
	const struct pramin_map_piece piece = { pa, len };
	struct pramin_map_op map = {
		.kind = kind,
		.gpu_va = kind == PRAMIN_MAP ? PRAMIN_VA_ANY : *off,
		.len = len,
		.pieces = &piece,
		.count = 1,
	};
	int ret = space_change(op, bar1->space, &map, 1, NULL);

	*off = map.gpu_va;
	return ret;
}

/* The same at the end of something that may have failed: the first failure counts. */
static int undo(struct pramin_op *op, struct pramin_bar1 *bar1, uint64_t off,
		uint64_t len, int ret)
{
	const struct pramin_cause cause = op->cause;
	int err = change(op, bar1, PRAMIN_UNMAP, 0, len, &off);

	if (!ret)
		return err;
	op->cause = cause;
	return ret;
}

/* Both ways, in memory that is mapped at @off */
static int time_ways(struct pramin_op *op, struct pramin_bar1 *bar1,
		     uint64_t pa, uint64_t off)
{
	static const unsigned char zero[PAGE];
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	struct pramin_bar1_costs *c = &bar1->costs;
	unsigned char *buf = sys_alloc(PAGE);
	uint64_t t[5];
	int ret;

	if (!buf)
		return pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, PAGE,
				   0, 0);
	t[0] = now(op->gpu);
	ret = pramin_bulk_write(op, pa, zero, PAGE, &bulk);
	t[1] = now(op->gpu);
	if (!ret)
		ret = pramin_bulk_read(op, pa, buf, PAGE, &bulk);
	t[2] = now(op->gpu);
	if (!ret)
		ret = pramin_bar_map_store(op, &bar1->map, off, zero, PAGE);
	t[3] = now(op->gpu);
	if (!ret)
		ret = pramin_bar_map_load(op, &bar1->map, off, buf, PAGE);
	t[4] = now(op->gpu);
	sys_free(buf);
	c->window_write = t[1] - t[0];
	c->window_read = t[2] - t[1];
	c->bar1_write = t[3] - t[2];
	c->bar1_read = t[4] - t[3];
	return ret;
}

/* In 4 KiB of the pool: what is in there is nobody's. */
static int measure(struct pramin_op *op, struct pramin_bar1 *bar1)
{
	struct pramin_bar1_costs *c = &bar1->costs;
	struct pramin_heap *heap = bar1->map.heap;
	uint64_t pa, off = 0, t[4] = { 0 };
	struct pramin_cause cause;
	int ret = pramin_heap_alloc(op, heap, PAGE, &pa);

	if (ret)
		return ret;
	t[0] = now(op->gpu);
	ret = change(op, bar1, PRAMIN_MAP, pa, PAGE, &off);
	t[1] = now(op->gpu);
	if (!ret) {
		ret = time_ways(op, bar1, pa, off);
		t[2] = now(op->gpu);
		ret = undo(op, bar1, off, PAGE, ret);
		t[3] = now(op->gpu);
	}
	cause = op->cause;
	/* Half-way, it may be mapped still. */
	if (!bar1->space->vas.storing)
		pramin_heap_free(op, heap, pa, PAGE);
	op->cause = cause;
	if (ret)
		return ret;
	c->map = t[1] - t[0] + (t[3] - t[2]);
	c->size = sizeof(*c);
	return 0;
}

static int get_costs(struct pramin_op *op, struct pramin_bar1 *bar1,
		     struct pramin_bar1_costs *costs)
{
	int ret = 0;

	if (!bar1->space)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_BAR_PHYSICAL, 0,
				   0, 0);
	sys_lock_take(&bar1->named.lock, UINT64_MAX / 2);
	if (!bar1->costs.size)
		ret = measure(op, bar1);
	*costs = bar1->costs;
	sys_lock_drop(&bar1->named.lock);
	return ret;
}

int pramin_bar1_costs(struct pramin_bar1 *bar1, struct pramin_bar1_costs *costs)
{
	struct pramin_bar1_costs full;
	struct pramin_op op;
	int ret;

	if (!bar1)
		return -EINVAL;
	ret = named_begin(&bar1->named, &op);
	if (ret)
		return ret;
	if (!costs || !costs->size || costs->size > sizeof(full))
		return named_refuse(&bar1->named, &op,
				    "pramin_bar1_costs.size is not set");
	ret = get_costs(&op, bar1, &full);
	if (!ret) {
		full.size = costs->size;
		memcpy(costs, &full, costs->size);
	}
	return named_end(&bar1->named, ret, &op);
}

const char *bar1_refuse(const struct pramin_dev *dev,
			const struct pramin_bulk *bulk)
{
	if (bulk->way == PRAMIN_WAY_WINDOW)
		return NULL;
	if (bulk->way != PRAMIN_WAY_BAR1 && bulk->way != PRAMIN_WAY_FASTER)
		return "pramin_bulk.way is none";
	if (!bulk->bar1 || bulk->bar1->named.dev != dev)
		return "pramin_bulk.bar1 is no BAR1 of this handle";
	return NULL;
}

/*
 * Not while the callback runs: it may release BAR1, and would wait for itself.
 */
static int hold(struct pramin_op *op, struct pramin_bar1 *bar1)
{
	__atomic_fetch_add(&bar1->named.users, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&bar1->named.dead, __ATOMIC_SEQ_CST))
		return 0;
	__atomic_fetch_sub(&bar1->named.users, 1, __ATOMIC_SEQ_CST);
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_SPACE_GONE, 0, 0, 0);
}

static int let_go(struct pramin_bar1 *bar1, int ret)
{
	__atomic_fetch_sub(&bar1->named.users, 1, __ATOMIC_SEQ_CST);
	return ret;
}

/* The next chunk, of which the first byte is at @off */
static int move_chunk(struct pramin_op *op, struct transfer *t, uint64_t off,
		      uint64_t n)
{
	const struct pramin_bar_map *map = &t->bar1->map;
	int ret = hold(op, t->bar1);

	if (ret)
		return ret;
	if (t->to)
		ret = pramin_bar_map_load(op, map, off, t->to + t->done, n);
	else
		ret = pramin_bar_map_store(op, map, off, t->from + t->done, n);
	return let_go(t->bar1, ret);
}

/* @len bytes from where it has come to, mapped from @off on */
static int move_stretch(struct pramin_op *op, struct transfer *t, uint64_t off,
			uint64_t len)
{
	while (len) {
		const uint64_t pa = t->vram_pa + t->done;
		uint64_t n = PRAMIN_BULK_CHUNK - pa % PRAMIN_BULK_CHUNK;
		int ret;

		if (n > len)
			n = len;
		ret = move_chunk(op, t, off, n);
		if (ret)
			return ret;
		if (t->to)
			pramin_bulk_suspects(t->bulk, pa, t->to + t->done, n);
		t->done += n;
		off += n;
		len -= n;
		ret = pramin_bulk_progress(op, t->bulk, t->done, t->len);
		if (ret)
			return ret;
	}
	return 0;
}

/* The next stretch, whole pages of which are mapped meanwhile */
static int one_stretch(struct pramin_op *op, struct transfer *t)
{
	const uint64_t pa = t->vram_pa + t->done, first = pa - pa % PAGE;
	uint64_t len = STRETCH - pa % STRETCH, mapped, off = 0;
	int ret;

	if (len > t->len - t->done)
		len = t->len - t->done;
	mapped = (pa + len - first + PAGE - 1) / PAGE * PAGE;
	ret = hold(op, t->bar1);
	if (ret)
		return ret;
	ret = let_go(t->bar1,
		     change(op, t->bar1, PRAMIN_MAP, first, mapped, &off));
	if (ret)
		return ret;
	t->bulk->went = PRAMIN_WAY_BAR1;
	ret = move_stretch(op, t, off + pa % PAGE, len);
	/* If the callback has released it, all of it is unmapped. */
	if (!__atomic_load_n(&t->bar1->named.dead, __ATOMIC_SEQ_CST) &&
	    !hold(op, t->bar1))
		ret = let_go(t->bar1, undo(op, t->bar1, off, mapped, ret));
	return ret;
}

/* By what was measured, and with what may be missing: is it to go through BAR1? */
static bool is_faster(struct pramin_op *op, const struct transfer *t)
{
	struct pramin_bar1_costs costs;
	int ret = hold(op, t->bar1);

	if (ret)
		return false;
	ret = let_go(t->bar1, get_costs(op, t->bar1, &costs));
	return !ret && pramin_bar1_pays(&costs, t->len, !t->to);
}

int bar1_bulk(struct pramin_op *op, uint64_t vram_pa, void *to,
	      const void *from, uint64_t len, struct pramin_bulk *bulk,
	      bool *went)
{
	struct transfer t = {
		.bar1 = bulk->bar1,
		.bulk = bulk,
		.vram_pa = vram_pa,
		.to = to,
		.from = from,
		.len = len,
	};
	const bool must = bulk->way == PRAMIN_WAY_BAR1;
	int ret = 0;

	*went = false;
	if (bulk->way == PRAMIN_WAY_WINDOW || !len ||
	    (!must && !is_faster(op, &t)))
		return 0;
	*went = true;
	ret = pramin_bulk_begin(op, vram_pa, len, !to, bulk);
	if (!ret && !t.bar1->space)
		ret = pramin_fail(op, -EINVAL, PRAMIN_REASON_BAR_PHYSICAL, 0, 0,
				  0);
	while (!ret && t.done < len)
		ret = one_stretch(op, &t);
	/* No room in BAR1 or in the pool, before anything was done */
	if (ret == -ENOMEM && !must && bulk->went == PRAMIN_WAY_WINDOW) {
		*went = false;
		ret = 0;
	}
	return ret;
}
