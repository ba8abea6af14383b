// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which VRAM a heap has: ranges come one by one, and go with the heap.
 */
#include "heap.h"
#include "../bits.h"
#include "../window.h"

static void *get_memory(struct pramin_op *op, uint64_t size)
{
	const struct pramin_gpu_config *config = &op->gpu->config;
	void *ptr = config->env_ops->alloc(config->env, size);

	if (ptr)
		memset(ptr, 0, size);
	else
		pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, size, 0, 0);
	return ptr;
}

static void put_memory(struct pramin_op *op, void *ptr)
{
	const struct pramin_gpu_config *config = &op->gpu->config;

	config->env_ops->free(config->env, ptr);
}

/* Is any of these MiBs in the heap already? */
static bool overlaps(const struct pramin_heap *heap, uint64_t first,
		     uint64_t end)
{
	const struct pramin_heap_range *range = heap->ranges;

	for (; range; range = range->next)
		if (first < range->vram_pa + range->mibs * PRAMIN_ARENA_SIZE &&
		    range->vram_pa < end)
			return true;
	return false;
}

/* Keep the ranges in ascending order. */
static void link_range(struct pramin_heap *heap,
		       struct pramin_heap_range *range)
{
	struct pramin_heap_range **at = &heap->ranges;

	while (*at && (*at)->vram_pa < range->vram_pa)
		at = &(*at)->next;
	range->next = *at;
	*at = range;
}

static int no_mib(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_POOL_RANGE, vram_pa, len,
			   0);
}

/* Take the MiBs that have a reserved byte; how many are left? */
static uint64_t set_aside(struct pramin_heap_range *range,
			  const struct pramin_reserved *reserved,
			  unsigned int count)
{
	uint64_t i, left = range->mibs;

	for (i = 0; i < range->mibs; i++) {
		uint64_t pa = range->vram_pa + i * PRAMIN_ARENA_SIZE;

		if (!pramin_reserved_hit(reserved, count, pa,
					 PRAMIN_ARENA_SIZE))
			continue;
		range->open[i / 64] |= 1ull << i % 64;
		left--;
	}
	return left;
}

int pramin_heap_add(struct pramin_op *op, struct pramin_heap *heap,
		    uint64_t vram_pa, uint64_t len,
		    const struct pramin_reserved *reserved, unsigned int count)
{
	const struct pramin_gpu *gpu = op->gpu;
	struct pramin_heap_range *range;
	uint64_t first, end, words, last;
	int ret = pramin_range_check(op, vram_pa, len);
	bool known;

	if (ret)
		return ret;
	first = (vram_pa + PRAMIN_ARENA_SIZE - 1) / PRAMIN_ARENA_SIZE;
	end = (vram_pa + len) / PRAMIN_ARENA_SIZE;
	last = (gpu->vram_size - 1) / PRAMIN_ARENA_SIZE;
	/* Odd sizes: the workspace begins in the MiB before the last line. */
	if (gpu->vram_size % PRAMIN_ARENA_SIZE)
		last--;
	if (end > last)
		end = last;
	if (first >= end)
		return no_mib(op, vram_pa, len);
	words = (end - first + 63) / 64;
	range = get_memory(op, sizeof(*range) + words * sizeof(uint64_t));
	if (!range)
		return -ENOMEM;
	range->vram_pa = first * PRAMIN_ARENA_SIZE;
	range->mibs = end - first;
	range->words = words;
	if (!set_aside(range, reserved, count)) {
		put_memory(op, range);
		return no_mib(op, vram_pa, len);
	}
	pramin_mutex_take(&heap->mutex);
	known = overlaps(heap, range->vram_pa, end * PRAMIN_ARENA_SIZE);
	if (!known)
		link_range(heap, range);
	pramin_mutex_drop(&heap->mutex);
	if (!known)
		return 0;
	put_memory(op, range);
	return pramin_fail(op, -EEXIST, PRAMIN_REASON_POOL_OVERLAP, vram_pa,
			   len, 0);
}

void pramin_heap_abandon(struct pramin_op *op, struct pramin_heap *heap)
{
	while (heap->arenas) {
		struct pramin_arena *arena = heap->arenas;

		heap->arenas = arena->next;
		put_memory(op, arena);
	}
	while (heap->ranges) {
		struct pramin_heap_range *range = heap->ranges;

		heap->ranges = range->next;
		put_memory(op, range);
	}
	heap->tables = 0;
	heap->bytes = 0;
}

int pramin_heap_fini(struct pramin_op *op, struct pramin_heap *heap)
{
	if (heap->tables)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_POOL_IN_USE,
				   heap->tables, heap->bytes, 0);
	pramin_heap_abandon(op, heap);
	return 0;
}
