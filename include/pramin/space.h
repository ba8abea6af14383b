/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Address spaces: map VRAM at GPU virtual addresses, unmap, change permissions.
 *
 *	pramin_pool_create(dev, &pool);
 *	pramin_pool_add(pool, 16 << 20, 64 << 20);	VRAM for tables
 *	pramin_space_create(dev, &params, &space);
 *	pramin_space_map(space, ops, count, NULL);
 *
 * A space is a tree of page tables in VRAM, written through the window, and a copy
 * of it in host memory, so that no change reads VRAM. docs/mmu-map.md tells what is
 * stored in which order.
 *
 * All operations of one batch are checked before any is made: what is refused has
 * changed nothing. A batch costs one posted store for each page, one or two reads that
 * flush, and at most one invalidate of the TLB; two if it splits a page.
 *
 * Threads: every call may come from any thread. Batches of one space wait for each
 * other, those of different spaces do not. pramin_space_destroy() and
 * pramin_pool_destroy() wait for calls under way; afterwards their handle is refused
 * by name, until the GPU's handle is closed. Closing that one ends all of its pools
 * and spaces without touching VRAM: what is mapped stays mapped.
 *
 * A reset of the GPU that somebody tells of (pramin_forget()) in the middle of a batch
 * makes it -EIO, and leaves it half-way: pramin_space_retry() stores all of that batch
 * once more, and nothing of those before. Whether VRAM has kept them is for whoever
 * resets to know; if it has not, destroy the space and map all of it anew.
 *
 * Return codes that all calls share: -ENODEV the GPU is gone or the handle was
 * revoked, -EPERM after fork, -EIO and -ETIMEDOUT as in pramin/vram.h, -EINVAL for an
 * argument that is NULL or a handle that was destroyed.
 */
#ifndef PRAMIN_SPACE_H
#define PRAMIN_SPACE_H

#include <pramin/map.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pramin_dev;

/** struct pramin_pool - VRAM for page tables; of one handle, for many spaces */
struct pramin_pool;

/** struct pramin_space - one address space */
struct pramin_space;

/** struct pramin_change - a batch that is prepared */
struct pramin_change;

/**
 * pramin_pool_create() - a pool without VRAM
 * @dev:  a handle
 * @pool: result
 *
 * Return: 0, -ENOMEM.
 */
int pramin_pool_create(struct pramin_dev *dev, struct pramin_pool **pool);

/**
 * pramin_pool_add() - a range of VRAM is free for tables
 * @pool:    a pool
 * @vram_pa: VRAM address of the first byte
 * @len:     bytes
 *
 * Only whole MiBs on MiB lines inside are used, and none that is reserved as far as
 * the GPU tells (pramin/reserved.h): the last MiB of VRAM, where the VBIOS has its
 * workspace, and what firmware has locked. The range is claimed (pramin/claim.h) until
 * the pool is destroyed. Whether something else is there is for the caller to know.
 * Costs the register reads of pramin_reserved(); touches no VRAM.
 *
 * Return: 0; -EINVAL if no MiB is left, -ERANGE outside VRAM or beyond the window's
 * reach, -EBUSY if some of it is claimed: the reason names the process; -ENOMEM.
 */
int pramin_pool_add(struct pramin_pool *pool, uint64_t vram_pa, uint64_t len);

/**
 * pramin_pool_keep() - a table that was made before is in the pool
 * @pool:    a pool
 * @vram_pa: VRAM address of the table, in a range that was added
 * @bytes:   of it, 256 to 256 KiB, a power of two
 *
 * Nothing else will be made there. To go on with a tree that was left in VRAM: keep all
 * of its tables (pramin_mmu_find() tells them), then adopt it with %PRAMIN_SPACE_OWN.
 *
 * Return: 0; -EINVAL if no table of that size can be there, or some of it is one
 * already; -ENOMEM.
 */
int pramin_pool_keep(struct pramin_pool *pool, uint64_t vram_pa,
		     uint32_t bytes);

/**
 * pramin_pool_destroy() - give up a pool's VRAM
 * @pool: a pool; NULL does nothing
 *
 * Return: 0; -EBUSY while a space has it.
 */
int pramin_pool_destroy(struct pramin_pool *pool);

/*
 * Flags of a space.
 *
 * ADOPT: its root is at @root_pa and was made by somebody else, firmware for example.
 * Its tables are read when they are needed first, whole, and never freed. Without
 * EXCLUSIVE no change is allowed.
 *
 * EXCLUSIVE: with ADOPT: nobody else writes to these tables.
 *
 * OWN: with EXCLUSIVE: tables that the pool has kept are the space's own, and are freed
 * when they are empty. When the space ends the tree stays as it is, and its tables
 * stay taken from the pool.
 *
 * BAR: only BAR1 or BAR2 uses the space; invalidates need not reach the engines.
 */
#define PRAMIN_SPACE_ADOPT     (1u << 0)
#define PRAMIN_SPACE_EXCLUSIVE (1u << 1)
#define PRAMIN_SPACE_BAR       (1u << 2)
#define PRAMIN_SPACE_OWN       (1u << 3)

/**
 * struct pramin_space_params - what a space is made from
 * @size:     sizeof(struct pramin_space_params)
 * @format:   of its tables; NULL: the chip's
 * @pool:     where its tables come from; not needed to adopt without EXCLUSIVE
 * @va_limit: bytes of addresses that are used, a multiple of 4 KiB: for a BAR, its
 *            size; 0: as many as the format has
 * @root_pa:  with ADOPT: VRAM address of the root
 * @flags:    PRAMIN_SPACE_ADOPT and so on
 */
struct pramin_space_params {
	size_t size;
	const struct pramin_mmu_format *format;
	struct pramin_pool *pool;
	uint64_t va_limit;
	uint64_t root_pa;
	uint32_t flags;
};

/**
 * pramin_space_create() - an empty space, or one around a tree that exists
 * @dev:    a handle
 * @params: what it is made from
 * @space:  result
 *
 * A new root is written whole (512 stores; with the big tables of v1, 16384) and
 * flushed. An adopted one is read; to be changed, all of its entries have to make sense.
 *
 * Return: 0; -EINVAL for a bad parameter or root, -EIO if what is at the root is no
 * table, -EOPNOTSUPP if the chip's page tables are not known, -ENOMEM if host memory or
 * the pool is full.
 */
int pramin_space_create(struct pramin_dev *dev,
			const struct pramin_space_params *params,
			struct pramin_space **space);

/**
 * pramin_space_destroy() - the end of a space that no engine uses any more
 * @space: a space; NULL does nothing
 *
 * Invalidates, then gives the tables back to the pool. Own tables in an adopted tree
 * are unlinked first; pages mapped in foreign tables stay mapped.
 *
 * If the device fails, host memory is freed, and the VRAM of the tables is not used
 * again while the pool lives, as the GPU may still know them.
 *
 * Return: 0; -EBUSY while changes are prepared: nothing is done; a code of the
 * device: it is destroyed all the same.
 */
int pramin_space_destroy(struct pramin_space *space);

/**
 * pramin_space_prepare() - check a batch, and take all that it may need
 * @space:  a space
 * @ops:    operations on ranges that do not overlap; copied, with their pieces.
 *          Addresses that were %PRAMIN_VA_ANY are set.
 * @count:  at least 1
 * @change: result
 *
 * May wait and allocate. Until the change is executed or dropped, its ranges are
 * refused to others. Reads VRAM only of adopted trees.
 *
 * To map: all of the range must be free, or %PRAMIN_MAP_REPLACE be said. To unmap or protect: all must be mapped. A
 * page is split if the range begins or ends inside it.
 *
 * Return: 0, or with nothing taken and nothing changed:
 *   -EINVAL   an operation that makes no sense, or that the format cannot say
 *   -ERANGE   addresses outside the space, or memory that does not exist
 *   -EEXIST   something is mapped there
 *   -ENOENT   nothing is mapped there
 *   -EBUSY    another prepared change has that range, or an earlier one was left
 *             half-way
 *   -EPERM    the space was adopted without EXCLUSIVE; or it is a BAR's, and memory is
 *             reserved (pramin/reserved.h): what a BAR shows can be written
 *   -ENOMEM   host memory, the pool, or the space is full
 *   -EOPNOTSUPP, -EIO  an adopted tree has tables in system memory, or is none
 */
int pramin_space_prepare(struct pramin_space *space, struct pramin_map_op *ops,
			 size_t count, struct pramin_change **change);

/**
 * pramin_space_execute() - make a prepared change
 * @space:  its space
 * @change: the change; it has ended if 0 is returned
 * @result: what it has cost; NULL if nobody wants to know
 *
 * Allocates nothing. What fails here is the device. Then it is not known what has
 * arrived, and the space refuses other changes until this one was executed again
 * (pramin_space_retry() does that too), which stores all of it once more.
 *
 * Return: 0, a code of the device, -EINVAL if there is no such change any more, or
 * -EBUSY if another one was left half-way: then it is still prepared.
 */
int pramin_space_execute(struct pramin_space *space,
			 struct pramin_change *change,
			 struct pramin_map_result *result);

/**
 * pramin_space_drop() - give up a prepared change
 * @space:  its space
 * @change: the change; NULL does nothing
 *
 * Return: 0, -EINVAL if there is no such change any more, -EBUSY if it was left
 * half-way.
 */
int pramin_space_drop(struct pramin_space *space, struct pramin_change *change);

/**
 * pramin_space_map() - prepare and execute in one call
 *
 * Arguments and codes are those of both.
 */
int pramin_space_map(struct pramin_space *space, struct pramin_map_op *ops,
		     size_t count, struct pramin_map_result *result);

/**
 * pramin_space_retry() - execute the change again that was left half-way
 * @space:  a space
 * @result: as above
 *
 * Return: 0, also if there is none; or a code of the device.
 */
int pramin_space_retry(struct pramin_space *space,
		       struct pramin_map_result *result);

/**
 * struct pramin_space_info - what a space is
 * @size:       sizeof(struct pramin_space_info), set by the caller
 * @format:     of its tables
 * @root_pa:    VRAM address of the root
 * @va_end:     the first address that is not used
 * @tables:     of the tree, as far as it is known
 * @pool_bytes: VRAM that its pool has given out, to all spaces
 * @reads:      64-bit words read of an adopted tree
 * @prepared:   changes that are prepared or half-way
 * @unfinished: one of them is half-way
 */
struct pramin_space_info {
	size_t size;
	const struct pramin_mmu_format *format;
	uint64_t root_pa;
	uint64_t va_end;
	uint64_t pool_bytes;
	uint64_t reads;
	uint32_t tables;
	uint32_t prepared;
	bool unfinished;
};

/** pramin_space_info() - what a space is; costs one lock. 0, or -EINVAL */
int pramin_space_info(struct pramin_space *space,
		      struct pramin_space_info *info);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_SPACE_H */
