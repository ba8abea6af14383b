// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A BAR that shows VRAM: its instance block, and accesses.
 *
 * A store through a BAR is posted, and where the CPU combines writes it may not even
 * have left the CPU. A barrier and a read through the same BAR, which passes no
 * write, make it visible to others; that is needed too before a page that was
 * written to is unmapped.
 */
#include <pramin/walk.h>

#include "bar_map.h"
#include "flush.h"
#include "../access.h"
#include "../guard.h"
#include "../bulk.h"
#include "../regs/bar.h"
#include "../regs/mmu.h"
#include "../scalar.h"

#define INST_PDB 0x200u /* NV_RAMIN_PAGE_DIR_BASE_TARGET is in word 128 */

/* All zero, but for where the root is, and where its addresses end */
static int write_inst(struct pramin_op *op, const struct pramin_bar_map *map)
{
	const struct pramin_mmu_inst inst = {
		.format = map->vas->format,
		.root_pa = map->vas->root->vram_pa,
		.valid = true,
		.limit = map->limit - 1,
	};
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	const uint64_t zero = 0;
	uint32_t word[4] = { 0 };
	int ret;

	/* A root in VRAM and a limit of whole pages: nothing to refuse */
	pramin_mmu_inst_encode(&inst, word);
	ret = pramin_bulk_fill(op, map->inst, PRAMIN_INST_SIZE, &zero,
			       sizeof(zero), &bulk);
	if (!ret)
		ret = pramin_scalar_write(op, map->inst + INST_PDB + 8, 8,
					  word[2] | (uint64_t)word[3] << 32);
	return ret ? ret :
		     pramin_scalar_write(op, map->inst + INST_PDB, 8,
					 word[0] | (uint64_t)word[1] << 32);
}

static int bind_tables(struct pramin_op *op, struct pramin_bar_map *map)
{
	int ret =
		pramin_heap_alloc(op, map->heap, PRAMIN_INST_SIZE, &map->inst);

	if (!ret)
		ret = write_inst(op, map);
	return ret ? ret : pramin_bar_bind(op, map->bar, map->inst);
}

int pramin_bar_map_begin(struct pramin_op *op, struct pramin_bar_map *map)
{
	const struct pramin_gpu *gpu = op->gpu;
	int ret;

	map->resets = pramin_resets(gpu);
	ret = map->vas ? bind_tables(op, map) :
			 pramin_bar_physical(op, map->bar);

	map->bound = !ret;
	if (!ret && gpu->ops->bar_map)
		map->ptr = gpu->ops->bar_map(gpu->io, map->bar, 0, map->limit);
	return ret;
}

int pramin_bar_map_end(struct pramin_op *op, struct pramin_bar_map *map)
{
	struct pramin_cause cause;
	int ret = 0, err;

	/*
	 * Of a change left half-way it is not known what the BAR shows; and what was
	 * stored before a reset is there or lost, and cannot be pushed any more.
	 */
	if (map->bound && !(map->vas && map->vas->storing) &&
	    map->resets == pramin_resets(op->gpu))
		ret = pramin_bar_map_flush(op, map);
	cause = op->cause;
	err = pramin_bar_give(op, map->bar);
	map->stale = err != 0;
	map->bound = false;
	map->ptr = NULL;
	if (!ret) {
		ret = err;
		cause = op->cause;
	}
	if (!map->stale && map->inst)
		pramin_heap_free(op, map->heap, map->inst, PRAMIN_INST_SIZE);
	op->cause = cause;
	return ret;
}

static void lock(struct pramin_op *op, const struct pramin_bar_map *map)
{
	if (map->vas)
		pramin_vas_lock(op, map->vas);
}

static void unlock(struct pramin_op *op, const struct pramin_bar_map *map)
{
	if (map->vas)
		pramin_vas_unlock(op, map->vas);
}

uint64_t pramin_bar_map_end_of(const struct pramin_op *op,
			       const struct pramin_bar_map *map)
{
	const uint64_t vram = op->gpu->vram_size;

	return !map->vas && vram < map->limit ? vram : map->limit;
}

static int check_bounds(struct pramin_op *op, const struct pramin_bar_map *map,
			uint64_t off, uint64_t len)
{
	const uint64_t end = pramin_bar_map_end_of(op, map);

	if (len <= end && off <= end - len)
		return 0;
	return pramin_fail(op, -ERANGE, PRAMIN_REASON_BAR_RANGE, off, len, end);
}

static int check_known(struct pramin_op *op, const struct pramin_bar_map *map)
{
	if (map->resets != pramin_resets(op->gpu))
		return pramin_fail(op, -EIO, PRAMIN_REASON_BAR_RESET, map->bar,
				   0, 0);
	if (!map->vas || !map->vas->storing)
		return 0;
	return pramin_fail(op, -EBUSY, PRAMIN_REASON_SPACE_UNFINISHED, 0, 0, 0);
}

/* Under the lock: is all of it mapped? */
static int check_mapped(struct pramin_op *op, const struct pramin_bar_map *map,
			uint64_t off, uint64_t len)
{
	struct pramin_at at;
	uint64_t hole = off + len;
	int ret = check_known(op, map);

	if (ret)
		return ret;
	if (map->vas)
		hole = pramin_vas_next_hole(map->vas, off, off + len, &at);
	if (hole >= off + len)
		return 0;
	return pramin_fail(op, -ENOENT, PRAMIN_REASON_BAR_HOLE, map->bar, hole,
			   0);
}

int pramin_bar_map_check(struct pramin_op *op, const struct pramin_bar_map *map,
			 uint64_t off, uint64_t len)
{
	int ret = pramin_gpu_check(op);

	if (!ret && !len)
		ret = pramin_fail(op, -EINVAL, PRAMIN_REASON_EMPTY, 0, 0, 0);
	if (!ret)
		ret = check_bounds(op, map, off, len);
	if (ret)
		return ret;
	lock(op, map);
	ret = check_mapped(op, map, off, len);
	unlock(op, map);
	return ret;
}

static int touch_read(struct pramin_op *op, const struct pramin_bar_map *map,
		      uint64_t off, unsigned int width, uint64_t *val)
{
	const struct pramin_gpu *gpu = op->gpu;
	int ret;

	if (map->ptr) {
		*val = pramin_load(map->ptr + off, width);
		return 0;
	}
	ret = gpu->ops->bar_read(gpu->io, map->bar, off, width, val);
	return ret ? pramin_gpu_failed(op, ret) : 0;
}

static int touch_write(struct pramin_op *op, const struct pramin_bar_map *map,
		       uint64_t off, unsigned int width, uint64_t val)
{
	const struct pramin_gpu *gpu = op->gpu;
	int ret;

	if (map->ptr) {
		pramin_store(map->ptr + off, width, val);
		return 0;
	}
	ret = gpu->ops->bar_write(gpu->io, map->bar, off, width, val);
	return ret ? pramin_gpu_failed(op, ret) : 0;
}

/* One slice, in one direction: @to is for loads, @from for stores */
struct slice {
	uint64_t off;
	uint64_t len;
	bool store;
	unsigned char *to;
	const unsigned char *from;
	bool ones; /* the last load was nothing else */
};

static unsigned int width_at(uint64_t off, uint64_t len)
{
	unsigned int width = 8;

	while (off % width || width > len)
		width /= 2;
	return width;
}

static int move_word(struct pramin_op *op, const struct pramin_bar_map *map,
		     struct slice *s, unsigned int width)
{
	uint64_t val = 0;
	int ret;

	if (s->store) {
		memcpy(&val, s->from, width);
		ret = touch_write(op, map, s->off, width, val);
		s->from += width;
	} else {
		ret = touch_read(op, map, s->off, width, &val);
		if (ret)
			return ret;
		memcpy(s->to, &val, width);
		s->ones = val == pramin_ones(width);
		s->to += width;
	}
	s->off += width;
	s->len -= width;
	return ret;
}

/* With the lock held, so that what is mapped stays mapped */
static int move_slice(struct pramin_op *op, const struct pramin_bar_map *map,
		      struct slice *s)
{
	int ret = check_mapped(op, map, s->off, s->len);

	while (!ret && s->len)
		ret = move_word(op, map, s, width_at(s->off, s->len));
	return ret;
}

static int move(struct pramin_op *op, const struct pramin_bar_map *map,
		struct slice *s, uint64_t len)
{
	int ret = len ? pramin_bar_map_check(op, map, s->off, len) :
			check_bounds(op, map, s->off, 0);

	/* Physical: offsets are addresses. Tables map what may be written. */
	if (!ret && s->store && !map->vas)
		ret = pramin_guard_check(op, s->off, len);

	while (!ret && len) {
		s->len = PRAMIN_BAR_SLICE - s->off % PRAMIN_BAR_SLICE;
		if (s->len > len)
			s->len = len;
		len -= s->len;
		lock(op, map);
		ret = move_slice(op, map, s);
		unlock(op, map);
	}
	return ret ? ret : pramin_gpu_noticed(op);
}

static int check_access(struct pramin_op *op, uint64_t off, unsigned int width)
{
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_WIDTH, width, 0,
				   0);
	if (off % width)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MISALIGNED, off,
				   width, 0);
	return 0;
}

int pramin_bar_map_read(struct pramin_op *op, const struct pramin_bar_map *map,
			uint64_t off, unsigned int width, uint64_t *val)
{
	uint64_t got = 0;
	struct slice s = {
		.off = off,
		.to = (unsigned char *)&got,
	};
	int ret = check_access(op, off, width);

	if (!ret)
		ret = move(op, map, &s, width);
	if (!ret && s.ones)
		ret = pramin_gpu_alive(op);
	if (!ret)
		*val = got;
	return ret;
}

int pramin_bar_map_write(struct pramin_op *op, const struct pramin_bar_map *map,
			 uint64_t off, unsigned int width, uint64_t val)
{
	struct slice s = {
		.off = off,
		.store = true,
		.from = (const unsigned char *)&val,
	};
	int ret = check_access(op, off, width);

	return ret ? ret : move(op, map, &s, width);
}

int pramin_bar_map_load(struct pramin_op *op, const struct pramin_bar_map *map,
			uint64_t off, void *buf, uint64_t len)
{
	struct slice s = {
		.off = off,
		.to = buf,
	};
	int ret = move(op, map, &s, len);

	return ret ? ret : pramin_gpu_there(op, s.ones);
}

int pramin_bar_map_store(struct pramin_op *op, const struct pramin_bar_map *map,
			 uint64_t off, const void *buf, uint64_t len)
{
	struct slice s = {
		.off = off,
		.store = true,
		.from = buf,
	};
	int ret = move(op, map, &s, len);

	return !ret && len ? pramin_bar_map_flush(op, map) : ret;
}

int pramin_bar_map_flush(struct pramin_op *op, const struct pramin_bar_map *map)
{
	const uint64_t end = pramin_bar_map_end_of(op, map);
	struct pramin_at at;
	uint64_t off = 0;
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	lock(op, map);
	ret = check_known(op, map);
	/* If it shows nothing, there is nothing to push. */
	if (map->vas)
		off = pramin_vas_next_used(map->vas, 0, end, &at);
	if (!ret && off < end)
		ret = pramin_bar_flush(op, map->bar, off);
	unlock(op, map);
	return ret;
}
