/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * VRAM through a BAR that this handle has taken: by page tables of its own, or
 * from address 0 on.
 *
 *	pramin_bar_take		is it there, and nobody else's?
 *	pramin_bar_map_begin	instance block, bind
 *	 ... accesses; the address space maps and unmaps meanwhile
 *	pramin_bar_map_end	flush, put back, give
 *
 * What is not mapped is not touched: an access holds the lock of the address space,
 * so that a page does not go away under it. Pointers are their user's own risk.
 */
#ifndef PRAMIN_CORE_MMU_BAR_MAP_H
#define PRAMIN_CORE_MMU_BAR_MAP_H

#include "bar.h"
#include "heap.h"
#include "vas.h"

/* Bytes moved under one hold of the address space's lock */
#define PRAMIN_BAR_SLICE 512u

/**
 * struct pramin_bar_map - a BAR in use
 * @bar:   1 or 2
 * @limit: offsets end here: pramin_bar_take(), in whole pages
 * @vas:   what is mapped; its limit is @limit. NULL: physical
 * @heap:  with @vas: where the instance block comes from
 * @inst:  of that block; 0: there is none
 * @ptr:   offset 0 of the BAR, if the CPU may touch it
 * @resets: of the GPU, when it was bound: after another one it shows something else
 * @bound: it shows what it should: it may be touched
 * @stale: the GPU may still know tables and instance block: they must stay
 */
struct pramin_bar_map {
	unsigned int bar;
	uint64_t limit;
	struct pramin_vas *vas;
	struct pramin_heap *heap;
	uint64_t inst;
	volatile unsigned char *ptr;
	uint64_t resets;
	bool bound;
	bool stale;
};

/**
 * pramin_bar_map_begin() - show what @map says
 *
 * The BAR is taken. The instance block is written whole: 514 stores.
 *
 * Return: 0, -ENOMEM, or as pramin_bar_bind(). Whatever it is,
 * pramin_bar_map_end() has to follow.
 */
int pramin_bar_map_begin(struct pramin_op *op, struct pramin_bar_map *map);

/**
 * pramin_bar_map_end() - flush, show what was there before, and give the BAR
 *
 * Return: 0, or the first failure; the BAR is given all the same. If @map->stale is
 * set then, VRAM of tables and instance block must not be used for anything else.
 */
int pramin_bar_map_end(struct pramin_op *op, struct pramin_bar_map *map);

/**
 * pramin_bar_map_read() - one access
 * @off: offset in the BAR, a multiple of @width
 *
 * Return: 0, -EINVAL for a bad width or alignment, -ERANGE beyond the limit,
 * -ENOENT if nothing is mapped there, -EIO after a reset, -EBUSY while a change of the address space is
 * left half-way, -ENODEV, or a code of the backend; @val is untouched on failure.
 */
int pramin_bar_map_read(struct pramin_op *op, const struct pramin_bar_map *map,
			uint64_t off, unsigned int width, uint64_t *val);
/* Posted */
int pramin_bar_map_write(struct pramin_op *op, const struct pramin_bar_map *map,
			 uint64_t off, unsigned int width, uint64_t val);

/**
 * pramin_bar_map_load() - many bytes, at any alignment
 *
 * All of them have to be mapped; that is checked before the first access, and again
 * at each slice, in case another thread unmaps meanwhile. The widest access that
 * each address allows.
 */
int pramin_bar_map_load(struct pramin_op *op, const struct pramin_bar_map *map,
			uint64_t off, void *buf, uint64_t len);
/* Ends with a flush, which proves the stores. */
int pramin_bar_map_store(struct pramin_op *op, const struct pramin_bar_map *map,
			 uint64_t off, const void *buf, uint64_t len);

/* All that this CPU has stored by the BAR is in VRAM. One read, if it maps anything */
int pramin_bar_map_flush(struct pramin_op *op,
			 const struct pramin_bar_map *map);

/* Where offsets end: physical, no BAR shows more than there is. */
uint64_t pramin_bar_map_end_of(const struct pramin_op *op,
			       const struct pramin_bar_map *map);

/* Is all of that mapped? 0, -EINVAL for no bytes, -ERANGE, -ENOENT, -EIO, -EBUSY */
int pramin_bar_map_check(struct pramin_op *op, const struct pramin_bar_map *map,
			 uint64_t off, uint64_t len);

#endif /* PRAMIN_CORE_MMU_BAR_MAP_H */
