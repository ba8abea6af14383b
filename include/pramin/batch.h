/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Many scattered accesses in one call, in an order that moves the window as
 * seldom as the caller's ordering allows.
 *
 * Without barriers a batch is one phase: accesses that share no byte may be
 * made in any order, those that share one are made in the order of the list.
 * A barrier ends a phase: everything before it in the list is on the bus
 * before anything behind it. It does not flush.
 */
#ifndef PRAMIN_BATCH_H
#define PRAMIN_BATCH_H

#include <pramin/dev.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum pramin_access_kind - what one entry of a batch does */
enum pramin_access_kind {
	PRAMIN_ACCESS_READ,
	PRAMIN_ACCESS_WRITE,
	PRAMIN_ACCESS_BARRIER,	/* the other members are ignored */
};

/**
 * struct pramin_access - one entry of a batch
 * @vram_pa: VRAM address in bytes, a multiple of @width
 * @val:     what to write, in its low bytes; or the result of a read, zero
 *           extended
 * @width:   1, 2, 4 or 8 bytes
 * @kind:    an enum pramin_access_kind
 * @done:    result: a write has left the CPU; the value of a read is known to
 *           come from the GPU. Never set for a barrier.
 */
struct pramin_access {
	uint64_t vram_pa;
	uint64_t val;
	uint8_t width;
	uint8_t kind;
	bool done;
};

/** PRAMIN_BATCH_MAX - most entries of one batch, barriers included */
#define PRAMIN_BATCH_MAX (1u << 24)

/*
 * Up to here the number of moves is always the exact minimum: distinct 64 KiB
 * units of VRAM touched, and that number times the number of phases. A batch
 * of a single phase is exact at any size.
 */
#define PRAMIN_BATCH_EXACT_UNITS 128u
#define PRAMIN_BATCH_EXACT_PRODUCT 8192u

/*
 * PRAMIN_BATCH_MERGE: writes that lie side by side in an aligned word of
 * 8 bytes may become one wider aligned write. Every byte is still written as
 * often, with the same values, in the same order; a byte that is not in the
 * batch is never written.
 */
#define PRAMIN_BATCH_MERGE (1u << 0)
/* PRAMIN_BATCH_FLUSH: prove all writes at the end, by one read */
#define PRAMIN_BATCH_FLUSH (1u << 1)

/**
 * struct pramin_batch - options and results of one batch
 * @size:  sizeof(struct pramin_batch)
 * @flags: PRAMIN_BATCH_MERGE, PRAMIN_BATCH_FLUSH
 * @done:  result: how many accesses have their own @done set
 * @bad:   result: index of the entry that was refused; else the length of the
 *         list
 * @moves: result: writes of the window register that the plan needs, the first
 *         one included unless the window already stands there
 * @least: result: no order that keeps the barriers needs fewer from where the
 *         window stood. Equal to @moves up to the exact size; beyond it
 *         smaller by at most 1 for each further part that the batch had to be
 *         cut into
 *
 * The results are set on success and on failure, except after -EINVAL for a
 * missing argument or a wrong @size or @flags. @moves and @least are 0 if the
 * call failed before there was a plan.
 */
struct pramin_batch {
	size_t size;
	uint32_t flags;
	uint64_t done;
	uint64_t bad;
	uint64_t moves;
	uint64_t least;
};

/**
 * pramin_batch() - make the accesses of a list
 * @dev:   a handle
 * @list:  @count entries; values of reads and all @done are filled in
 * @count: at most %PRAMIN_BATCH_MAX; 0 touches nothing
 * @batch: options and results, or NULL
 *
 * One BAR0 access per entry, or fewer writes with %PRAMIN_BATCH_MERGE; one
 * posted write per move; at most one read of PMC_BOOT_0 for each position of
 * the window whose last read answered all ones; one read for
 * %PRAMIN_BATCH_FLUSH, if the list has any access. In verify mode one read of
 * the window register per 64 accesses, per move and per barrier.
 *
 * A batch that one position shows is made in the order of the list and needs
 * no memory, unless writes are to be merged. Any other is sorted and planned
 * before the device is touched: about 48 bytes of memory per entry and 64 KiB
 * at most besides; time about n log n, and in the worst case 8192 * 128 steps
 * for each part of the exact size.
 *
 * A batch gives way to others after each 64 accesses, and takes the window to the
 * planned place again: @batch->moves is the plan, pramin_stats() what was needed.
 * An open view of the calling thread makes it fail where an access needs another
 * position; on an exclusive handle before anything is done.
 *
 * Thread safety: as every call on a handle.
 *
 * After a failure each entry says in @done whether it was made (except after
 * -EINVAL for anything but an entry, when the list is not touched). After -ENODEV
 * marked writes may be lost all the same, as they are posted. After -EIO in
 * verify mode the last 64 accesses may have met another place of VRAM; their
 * reads are not marked. @val of a read that is not marked may have changed.
 *
 * Return: 0 (writes are posted; proved with %PRAMIN_BATCH_FLUSH), or
 *   -EINVAL  an entry has a bad kind or width or is misaligned, the list is too
 *            long, an argument is NULL, or @batch has a wrong size or flags;
 *            nothing was touched
 *   -ERANGE  an entry is outside VRAM or reach; nothing was touched
 *   -ENOMEM  no memory for the plan; nothing was touched
 *   -EBUSY   this thread has a view open and an access needs another position;
 *            on an exclusive handle nothing was touched, else see @done
 *   -ETIMEDOUT  others kept the window elsewhere for too long; see @done
 *   -ENODEV  the GPU is gone
 *   -EIO     the window register does not hold what was written to it: at the
 *            first move after open that changes it, or in verify mode; or the
 *            position was lost, by a reset or under an open view. What was made
 *            of the last 64 accesses is not marked then
 * and any other code that the backend returned.
 */
int pramin_batch(struct pramin_dev *dev, struct pramin_access *list,
		 size_t count, struct pramin_batch *batch);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_BATCH_H */
