/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What is changed in an address space: operations, and what they cost. The calls
 * that take them are in pramin/space.h.
 */
#ifndef PRAMIN_MAP_H
#define PRAMIN_MAP_H

#include <pramin/mmu.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum pramin_map_kind - what one operation does */
enum pramin_map_kind {
	PRAMIN_MAP,	   /* map pieces of memory */
	PRAMIN_MAP_SPARSE, /* reads as 0, writes are dropped */
	PRAMIN_UNMAP,	   /* pages or sparse ranges */
	PRAMIN_PROTECT,	   /* change permissions of pages */
	PRAMIN_MAP_KINDS
};

/* In pramin_map_op.gpu_va: any address that is free; it is set to the one found */
#define PRAMIN_VA_ANY UINT64_MAX

/*
 * Flags of an operation.
 *
 * NO_SPLIT: unmap, protect, replace: the range may not begin or end inside a larger
 * page, nor be mapped by larger pages than those that replace them, because such a
 * page faults for a moment while it is split.
 *
 * REPLACE: map, sparse: what is mapped in the range goes. A page that is replaced by
 * one of its size leads to the old memory until the change is done, and then to the
 * new; it never faults. Tables that are there stay: where small pages are
 * mapped, small ones come. For larger ones unmap first. Not with %PRAMIN_VA_ANY.
 *
 * EXACT_ATTRS: map: @attrs are all attributes. Without it those are added that
 * pages of the aperture have by default (struct pramin_mmu_format).
 */
#define PRAMIN_MAP_NO_SPLIT    (1u << 0)
#define PRAMIN_MAP_EXACT_ATTRS (1u << 1)
#define PRAMIN_MAP_REPLACE     (1u << 2)

/* What PRAMIN_PROTECT sets or clears; all others stay as they are */
#define PRAMIN_MAP_PERMISSIONS                                 \
	(PRAMIN_MMU_PRIVILEGE | PRAMIN_MMU_READ_ONLY |         \
	 PRAMIN_MMU_ATOMIC_DISABLE | PRAMIN_MMU_READ_DISABLE | \
	 PRAMIN_MMU_WRITE_DISABLE)

/** struct pramin_map_piece - memory that is contiguous; bytes */
struct pramin_map_piece {
	uint64_t pa;
	uint64_t len;
};

/**
 * struct pramin_map_op - one operation
 * @kind:      enum pramin_map_kind
 * @flags:     PRAMIN_MAP_NO_SPLIT and so on
 * @gpu_va:    where; or, to map, %PRAMIN_VA_ANY
 * @len:       bytes; a multiple of 4 KiB, and of @page_size
 * @page_size: to map: bytes of a page, which @gpu_va, @len and all pieces are
 *             multiples of. 0: at each place the largest one that fits
 * @pieces:    to map: memory, one piece behind the other, @len bytes in all
 * @count:     of @pieces
 * @aperture:  enum pramin_mmu_aperture; 0 is this GPU's VRAM, and the pieces are
 *             checked against its size
 * @pte_kind:  NV_MMU_PTE_KIND_*; 0 is PITCH
 * @peer:      with %PRAMIN_MMU_PEER: which GPU
 * @attrs:     PRAMIN_MMU_READ_ONLY and so on; to protect: a set of
 *             %PRAMIN_MAP_PERMISSIONS
 */
struct pramin_map_op {
	uint32_t kind;
	uint32_t flags;
	uint64_t gpu_va;
	uint64_t len;
	uint64_t page_size;
	const struct pramin_map_piece *pieces;
	size_t count;
	uint8_t aperture;
	uint8_t pte_kind;
	uint8_t peer;
	uint16_t attrs;
};

/**
 * struct pramin_map_result - what a batch of operations has cost
 * @size:        sizeof(struct pramin_map_result), set by the caller
 * @stores:      64-bit stores to tables
 * @reads:       64-bit reads of tables; of adopted trees only
 * @flushes:     reads that push stores
 * @invalidates: of the TLB
 * @level:       the highest level of which an entry that the GPU could know has
 *               changed; %PRAMIN_MMU_NO_LEVEL: none has, and nothing was
 *               invalidated
 * @tables_made: tables that were linked
 * @tables_freed: tables that were given back to the pool
 */
struct pramin_map_result {
	size_t size;
	uint64_t stores;
	uint64_t reads;
	uint32_t flushes;
	uint32_t invalidates;
	uint32_t level;
	uint32_t tables_made;
	uint32_t tables_freed;
};

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_MAP_H */
