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

/* The range that has the MiB at @vram_pa, and which bit it is; NULL: none has */
static struct pramin_heap_range *range_of(const struct pramin_heap *heap,
					  uint64_t vram_pa, uint64_t *bit)
{
	struct pramin_heap_range *range = heap->ranges;

	for (; range; range = range->next) {
		/* Unsigned: an address below the range is far above it. */
		*bit = (vram_pa - range->vram_pa) / PRAMIN_ARENA_SIZE;
		if (*bit < range->mibs)
			break;
	}
	return range;
}

/* @arena, whose address is set, is all free. */
static void link_arena(struct pramin_heap *heap, struct pramin_arena *arena)
{
	struct pramin_arena **at = &heap->arenas;

	set_free(arena, PRAMIN_ARENA_ORDERS - 1, 1);
	while (*at && (*at)->vram_pa < arena->vram_pa)
		at = &(*at)->next;
	arena->next = *at;
	*at = arena;
}

/* Make @arena the lowest MiB that is left; false: none is. */
static bool open_arena(struct pramin_heap *heap, struct pramin_arena *arena)
{
	struct pramin_heap_range *range = heap->ranges;

	while (range && !range_take(range, &arena->vram_pa))
		range = range->next;
	if (range)
		link_arena(heap, arena);
	return range;
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

static struct pramin_arena *arena_of(const struct pramin_heap *heap,
				     uint64_t vram_pa)
{
	struct pramin_arena *arena = heap->arenas;

	while (arena && vram_pa - arena->vram_pa >= PRAMIN_ARENA_SIZE)
		arena = arena->next;
	return arena;
}

static uint32_t piece_of(const struct pramin_arena *arena, unsigned int order,
			 uint64_t vram_pa)
{
	return first_piece(order) + (uint32_t)((vram_pa - arena->vram_pa) /
					       (PRAMIN_TABLE_MIN << order));
}

/* Unlink @arena, which is empty, and give its MiB back. */
static void close_arena(struct pramin_heap *heap, struct pramin_arena *arena)
{
	struct pramin_arena **at = &heap->arenas;
	struct pramin_heap_range *range;
	uint64_t bit = 0;

	while (*at != arena)
		at = &(*at)->next;
	*at = arena->next;
	range = range_of(heap, arena->vram_pa, &bit);
	bit_flip(range->open, bit);
}

int pramin_heap_free(struct pramin_op *op, struct pramin_heap *heap,
		     uint64_t vram_pa, uint32_t bytes)
{
	unsigned int order = order_of(bytes);
	struct pramin_arena *arena, *empty = NULL;
	bool found = false;
	uint32_t piece;

	pramin_mutex_take(&heap->mutex);
	arena = arena_of(heap, vram_pa);
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

/* Take that very piece; false: some of it is out. */
static bool arena_take_at(struct pramin_arena *arena, unsigned int order,
			  uint32_t piece)
{
	unsigned int at = order;
	uint32_t whole = piece;

	while (whole && !bit_get(arena->free, whole)) {
		whole /= 2;
		at++;
	}
	if (!whole)
		return false;
	clear_free(arena, at, whole);
	while (at-- > order) {
		whole = piece >> (at - order);
		set_free(arena, at, whole ^ 1);
	}
	bit_flip(arena->taken, piece);
	arena->used += PRAMIN_TABLE_MIN << order;
	return true;
}

/* Make the MiB at @vram_pa an arena; false: it is none of ours, or reserved. */
static bool open_arena_at(struct pramin_heap *heap, struct pramin_arena *arena,
			  uint64_t vram_pa)
{
	struct pramin_heap_range *range;
	uint64_t bit = 0;

	range = range_of(heap, vram_pa, &bit);
	if (!range || bit_get(range->open, bit))
		return false;
	bit_flip(range->open, bit);
	arena->vram_pa = range->vram_pa + bit * PRAMIN_ARENA_SIZE;
	link_arena(heap, arena);
	return true;
}

int pramin_heap_keep(struct pramin_op *op, struct pramin_heap *heap,
		     uint64_t vram_pa, uint32_t bytes)
{
	unsigned int order = order_of(bytes);
	struct pramin_arena *arena, *fresh;
	bool kept = false;

	if (order == PRAMIN_ARENA_ORDERS || vram_pa % bytes)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_POOL_SIZE, bytes,
				   PRAMIN_TABLE_MIN, PRAMIN_TABLE_MAX);
	fresh = get_memory(op, sizeof(*fresh));
	if (!fresh)
		return -ENOMEM;
	pramin_mutex_take(&heap->mutex);
	arena = arena_of(heap, vram_pa);
	if (!arena && open_arena_at(heap, fresh, vram_pa)) {
		arena = fresh;
		fresh = NULL;
	}
	if (arena)
		kept = arena_take_at(arena, order,
				     piece_of(arena, order, vram_pa));
	if (kept) {
		bit_flip(arena->kept, piece_of(arena, order, vram_pa));
		heap->tables++;
		heap->bytes += bytes;
	}
	pramin_mutex_drop(&heap->mutex);
	if (fresh)
		put_memory(op, fresh);
	return kept ? 0 :
		      pramin_fail(op, -EINVAL, PRAMIN_REASON_POOL_KEEP, vram_pa,
				  bytes, 0);
}

enum pramin_heap_has pramin_heap_adopt(struct pramin_heap *heap,
				       uint64_t vram_pa, uint32_t bytes)
{
	unsigned int order = order_of(bytes);
	enum pramin_heap_has has = PRAMIN_HEAP_NOT;
	struct pramin_arena *arena;

	pramin_mutex_take(&heap->mutex);
	arena = arena_of(heap, vram_pa);
	if (arena) {
		has = PRAMIN_HEAP_CLASHES;
		if (order < PRAMIN_ARENA_ORDERS && !(vram_pa % bytes) &&
		    bit_get(arena->kept, piece_of(arena, order, vram_pa))) {
			bit_flip(arena->kept, piece_of(arena, order, vram_pa));
			has = PRAMIN_HEAP_KEPT;
		}
	}
	pramin_mutex_drop(&heap->mutex);
	return has;
}
