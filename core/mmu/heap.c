// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM for page tables: buddies inside arenas of 1 MiB.
 *
 * Host memory for an arena is had with no lock held. While that happens another
 * thread may give back a piece, or open an arena itself: so the heap looks again
 * afterwards, and keeps the new one only if it is needed.
 */
#include "heap.h"
#include "../bits.h"
#include "../guard.h"

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

static bool bit_get(const uint64_t *map, uint64_t bit)
{
	return map[bit / 64] >> bit % 64 & 1;
}

static void bit_flip(uint64_t *map, uint64_t bit)
{
	map[bit / 64] ^= 1ull << bit % 64;
}

/* The number of the first piece of an order, in the tree */
static uint32_t first_piece(unsigned int order)
{
	return 1u << (PRAMIN_ARENA_ORDERS - 1 - order);
}

static void set_free(struct pramin_arena *arena, unsigned int order,
		     uint32_t piece)
{
	bit_flip(arena->free, piece);
	arena->free_count[order]++;
}

static void clear_free(struct pramin_arena *arena, unsigned int order,
		       uint32_t piece)
{
	bit_flip(arena->free, piece);
	arena->free_count[order]--;
}

/* The lowest free piece of an order that has one */
static uint32_t lowest_free(const struct pramin_arena *arena,
			    unsigned int order)
{
	uint32_t piece = first_piece(order);
	uint32_t word = piece / 64;
	uint64_t bits = arena->free[word] & ~((1ull << piece % 64) - 1);

	while (!bits)
		bits = arena->free[++word];
	return word * 64 + (uint32_t)__builtin_ctzll(bits);
}

/* Take the lowest piece of that order; false: the arena has none. */
static bool arena_take(struct pramin_arena *arena, unsigned int order,
		       uint64_t *vram_pa)
{
	unsigned int from = order;
	uint32_t piece;

	while (from < PRAMIN_ARENA_ORDERS && !arena->free_count[from])
		from++;
	if (from == PRAMIN_ARENA_ORDERS)
		return false;
	piece = lowest_free(arena, from);
	clear_free(arena, from, piece);
	for (; from > order; from--) {
		piece *= 2;
		set_free(arena, from - 1, piece + 1);
	}
	bit_flip(arena->taken, piece);
	arena->used += PRAMIN_TABLE_MIN << order;
	*vram_pa = arena->vram_pa + (uint64_t)(piece - first_piece(order)) *
					    (PRAMIN_TABLE_MIN << order);
	return true;
}

static void arena_give(struct pramin_arena *arena, unsigned int order,
		       uint32_t piece)
{
	bit_flip(arena->taken, piece);
	arena->used -= PRAMIN_TABLE_MIN << order;
	while (piece > 1 && bit_get(arena->free, piece ^ 1)) {
		clear_free(arena, order, piece ^ 1);
		piece /= 2;
		order++;
	}
	set_free(arena, order, piece);
}

/* The order of a table's size; PRAMIN_ARENA_ORDERS: it is none */
static unsigned int order_of(uint32_t bytes)
{
	unsigned int order = 0;

	if (bytes < PRAMIN_TABLE_MIN || bytes > PRAMIN_TABLE_MAX ||
	    bytes & (bytes - 1))
		return PRAMIN_ARENA_ORDERS;
	while (PRAMIN_TABLE_MIN << order < bytes)
		order++;
	return order;
}

/* The MiB of a range that is lowest among those that are no arenas */
static bool range_take(struct pramin_heap_range *range, uint64_t *vram_pa)
{
	uint64_t word = 0;
	uint64_t bit;

	while (word < range->words && !~range->open[word])
		word++;
	if (word == range->words)
		return false;
	bit = word * 64 + (uint64_t)__builtin_ctzll(~range->open[word]);
	if (bit >= range->mibs)
		return false;
	bit_flip(range->open, bit);
	*vram_pa = range->vram_pa + bit * PRAMIN_ARENA_SIZE;
	return true;
}

static void range_give(struct pramin_heap *heap, uint64_t vram_pa)
{
	struct pramin_heap_range *range = heap->ranges;

	/* Unsigned: an address below the range is far above it. */
	while ((vram_pa - range->vram_pa) / PRAMIN_ARENA_SIZE >= range->mibs)
		range = range->next;
	bit_flip(range->open, (vram_pa - range->vram_pa) / PRAMIN_ARENA_SIZE);
}

/* Make @arena the lowest MiB that is left; false: none is. */
static bool open_arena(struct pramin_heap *heap, struct pramin_arena *arena)
{
	struct pramin_heap_range *range = heap->ranges;
	struct pramin_arena **at = &heap->arenas;

	while (range && !range_take(range, &arena->vram_pa))
		range = range->next;
	if (!range)
		return false;
	set_free(arena, PRAMIN_ARENA_ORDERS - 1, 1);
	while (*at && (*at)->vram_pa < arena->vram_pa)
		at = &(*at)->next;
	arena->next = *at;
	*at = arena;
	return true;
}

static bool take(struct pramin_heap *heap, unsigned int order,
		 uint64_t *vram_pa)
{
	struct pramin_arena *arena = heap->arenas;

	while (arena && !arena_take(arena, order, vram_pa))
		arena = arena->next;
	if (!arena)
		return false;
	heap->tables++;
	heap->bytes += PRAMIN_TABLE_MIN << order;
	return true;
}

static int no_room(struct pramin_op *op, uint32_t bytes)
{
	return pramin_fail(op, -ENOMEM, PRAMIN_REASON_POOL_FULL, bytes, 0, 0);
}

int pramin_heap_alloc(struct pramin_op *op, struct pramin_heap *heap,
		      uint32_t bytes, uint64_t *vram_pa)
{
	unsigned int order = order_of(bytes);
	struct pramin_arena *fresh;
	bool got;

	if (order == PRAMIN_ARENA_ORDERS)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_POOL_SIZE, bytes,
				   PRAMIN_TABLE_MIN, PRAMIN_TABLE_MAX);
	pramin_mutex_take(&heap->mutex);
	got = take(heap, order, vram_pa);
	pramin_mutex_drop(&heap->mutex);
	if (got)
		return 0;

	fresh = get_memory(op, sizeof(*fresh));
	if (!fresh)
		return -ENOMEM;
	pramin_mutex_take(&heap->mutex);
	got = take(heap, order, vram_pa);
	if (!got && open_arena(heap, fresh)) {
		got = take(heap, order, vram_pa);
		fresh = NULL;
	}
	pramin_mutex_drop(&heap->mutex);
	if (fresh)
		put_memory(op, fresh);
	return got ? 0 : no_room(op, bytes);
}

/* Unlink @arena, which is empty, and give its MiB back. */
static void close_arena(struct pramin_heap *heap, struct pramin_arena *arena)
{
	struct pramin_arena **at = &heap->arenas;

	while (*at != arena)
		at = &(*at)->next;
	*at = arena->next;
	range_give(heap, arena->vram_pa);
}

int pramin_heap_free(struct pramin_op *op, struct pramin_heap *heap,
		     uint64_t vram_pa, uint32_t bytes)
{
	unsigned int order = order_of(bytes);
	struct pramin_arena *arena, *empty = NULL;
	bool found = false;
	uint32_t piece;

	pramin_mutex_take(&heap->mutex);
	arena = heap->arenas;
	while (arena && vram_pa - arena->vram_pa >= PRAMIN_ARENA_SIZE)
		arena = arena->next;
	if (arena && order < PRAMIN_ARENA_ORDERS && !(vram_pa % bytes)) {
		piece = first_piece(order) +
			(uint32_t)((vram_pa - arena->vram_pa) / bytes);
		found = bit_get(arena->taken, piece);
	}
	if (found) {
		arena_give(arena, order, piece);
		heap->tables--;
		heap->bytes -= bytes;
		if (!arena->used)
			empty = arena;
	}
	if (empty)
		close_arena(heap, empty);
	pramin_mutex_drop(&heap->mutex);
	if (empty)
		put_memory(op, empty);
	if (found)
		return 0;
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_POOL_FREE, vram_pa, bytes,
			   0);
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

int pramin_heap_add(struct pramin_op *op, struct pramin_heap *heap,
		    uint64_t vram_pa, uint64_t len)
{
	const struct pramin_gpu *gpu = op->gpu;
	struct pramin_heap_range *range;
	uint64_t first, end, words, last;
	int ret = pramin_range_check(op, vram_pa, len);
	bool known;

	if (!ret)
		ret = pramin_guard_refuse_use(op, vram_pa, len);
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
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_POOL_RANGE,
				   vram_pa, len, 0);
	words = (end - first + 63) / 64;
	range = get_memory(op, sizeof(*range) + words * sizeof(uint64_t));
	if (!range)
		return -ENOMEM;
	range->vram_pa = first * PRAMIN_ARENA_SIZE;
	range->mibs = end - first;
	range->words = words;
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
