/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * VRAM for page tables.
 *
 * A heap ("pool" in pramin/space.h) is told which ranges of VRAM are free and touches no other byte. It cuts
 * them into arenas, whole aligned MiBs, because that is what one position of the
 * window shows: tables of one arena are written without a move, and spaces that
 * share a heap share few positions.
 *
 *	range	|....[ MiB ][ MiB ][ MiB ]..|	the ends are not used
 *	arena	     [4K|4K|256|... buddies]
 *
 * A table takes 256 bytes to 256 KiB, naturally aligned, from the lowest arena
 * that has a piece of its size. What is known of an arena (which pieces are free,
 * which are taken and how large they are) lies in host memory: VRAM is neither
 * read nor written here. An arena that is empty again gives its MiB back.
 *
 * Any number of threads and spaces may use one heap.
 */
#ifndef PRAMIN_CORE_MMU_HEAP_H
#define PRAMIN_CORE_MMU_HEAP_H

#include "../gpu.h"
#include "../reserved.h"
#include "mutex.h"

#define PRAMIN_TABLE_MIN  256u	      /* bytes */
#define PRAMIN_TABLE_MAX  0x00040000u /* 256 KiB */
#define PRAMIN_ARENA_SIZE 0x00100000u

/* Pieces of 256 << order bytes; order 12 is the whole arena */
#define PRAMIN_ARENA_ORDERS 13u
#define PRAMIN_ARENA_UNITS  (PRAMIN_ARENA_SIZE / PRAMIN_TABLE_MIN)

/**
 * struct pramin_arena - one MiB of tables
 * @used: bytes that are taken
 * @free: one bit for each piece that is free as a whole, numbered as a binary tree:
 *        1 the arena, 2 and 3 its halves, ...
 * @taken: likewise, the pieces that were given out
 * @kept: likewise, those that nobody has asked for yet: tables of before
 */
struct pramin_arena {
	struct pramin_arena *next; /* ascending by address */
	uint64_t vram_pa;
	uint32_t used;
	uint16_t free_count[PRAMIN_ARENA_ORDERS];
	uint64_t free[2 * PRAMIN_ARENA_UNITS / 64];
	uint64_t taken[2 * PRAMIN_ARENA_UNITS / 64];
	uint64_t kept[2 * PRAMIN_ARENA_UNITS / 64];
};

/** struct pramin_heap_range - free VRAM, in whole MiBs */
struct pramin_heap_range {
	struct pramin_heap_range *next;
	uint64_t vram_pa;
	uint64_t mibs;
	uint64_t words;	 /* of @open */
	uint64_t open[]; /* one bit for each MiB that is an arena, or reserved */
};

/** struct pramin_heap - see above; zeroed, it is empty and of one thread */
struct pramin_heap {
	struct pramin_mutex mutex;
	struct pramin_heap_range *ranges;
	struct pramin_arena *arenas;
	uint64_t tables; /* given out */
	uint64_t bytes;	 /* of those */
};

/**
 * pramin_heap_add() - @len bytes of VRAM at @vram_pa are free, and stay so
 *
 * @reserved: @count ranges that are not used, of pramin_reserved_list()
 *
 * Only whole aligned MiBs inside are used that have no reserved byte, and never the
 * last MiB of VRAM, where the VBIOS has its workspace.
 *
 * Return: 0; -EINVAL if no MiB is left; -ERANGE outside of what the window shows;
 * -EEXIST if some of it is in the heap already; -ENOMEM.
 */
int pramin_heap_add(struct pramin_op *op, struct pramin_heap *heap,
		    uint64_t vram_pa, uint64_t len,
		    const struct pramin_reserved *reserved, unsigned int count);

/**
 * pramin_heap_alloc() - a piece for one table
 * @bytes: a power of two, 256 bytes to 256 KiB
 *
 * May allocate host memory: no lock but the device's may be held.
 *
 * Return: 0; -ENOMEM if the heap, or host memory, has no room.
 */
int pramin_heap_alloc(struct pramin_op *op, struct pramin_heap *heap,
		      uint32_t bytes, uint64_t *vram_pa);

/**
 * pramin_heap_free() - give a piece back
 *
 * Allocates nothing. Return: 0; -EINVAL if there is no such piece, or it was given
 * back before: then nothing has changed.
 */
int pramin_heap_free(struct pramin_op *op, struct pramin_heap *heap,
		     uint64_t vram_pa, uint32_t bytes);

/**
 * pramin_heap_keep() - there is a table already, made before the heap was
 *
 * It counts as given out. May allocate host memory.
 *
 * Return: 0; -EINVAL if there cannot be such a piece, or some of it was given out;
 * -ENOMEM.
 */
int pramin_heap_keep(struct pramin_op *op, struct pramin_heap *heap,
		     uint64_t vram_pa, uint32_t bytes);

/* What a table is to a heap, by its address and size */
enum pramin_heap_has {
	PRAMIN_HEAP_NOT,     /* it is not in one of its arenas */
	PRAMIN_HEAP_KEPT,    /* it was kept, and is its finder's now */
	PRAMIN_HEAP_CLASHES, /* it is free there, given out, or of another size */
};

/* Allocates nothing. */
enum pramin_heap_has pramin_heap_adopt(struct pramin_heap *heap,
				       uint64_t vram_pa, uint32_t bytes);

/* -EBUSY while tables are out; else the heap is empty, as if zeroed */
int pramin_heap_fini(struct pramin_op *op, struct pramin_heap *heap);

/* Free host memory, whatever is out: the heap is empty, as if zeroed */
void pramin_heap_abandon(struct pramin_op *op, struct pramin_heap *heap);

#endif /* PRAMIN_CORE_MMU_HEAP_H */
