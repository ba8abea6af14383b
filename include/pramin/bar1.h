/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * BAR1: VRAM at the CPU's own addresses, by page tables of the GPU.
 *
 *	pramin_bar1_take(dev, &params, &bar1);
 *	pramin_bar1_map(bar1, &off, pieces, count, NULL);
 *	pramin_bar1_store(bar1, off, buf, len);		or by pramin_bar1_pointer()
 *	pramin_bar1_release(bar1);
 *
 * Taking it writes an instance block and a root table through the window, and binds
 * BAR1 to them. It is one handle's among all processes. What BAR1 showed before is
 * written back by its release, by the end of the handle, or, if its owner dies, by whoever
 * takes it next. A BAR1 that is absent, too small, used by somebody's page tables or by
 * the firmware's console is refused before anything is written; the window
 * does not depend on it.
 *
 * Offsets are bytes from the beginning of BAR1. Its last 4 KiB are never mapped,
 * because the host may read ahead of an access (docs/bar1.md).
 *
 * Stores are posted, and may be combined on their way. Others (the GPU, another CPU
 * through the window) may look after pramin_bar1_flush() by the thread that has
 * stored; pramin_bar1_store() ends with it. It is needed too before what was stored to is
 * unmapped. Releasing BAR1 and closing the GPU's handle flush what the closing thread
 * has stored.
 *
 * A reset binds nothing: BAR1 shows VRAM from address 0 on then. Once it was told of
 * (pramin_forget(), by any handle), all accesses are -EIO until BAR1 is released and
 * taken again. Pointers are not stopped.
 *
 * Threads: every call may come from any thread. pramin_bar1_release() waits for calls
 * under way; afterwards the handle is refused by name, until the GPU's handle is
 * closed. A forked child has none of it.
 *
 * Return codes that all calls share: -ENODEV the GPU is gone or the handle was
 * revoked, -EPERM after fork, -EINVAL for an argument that is NULL or a BAR1 that was
 * released, -EIO and -ETIMEDOUT as in pramin/vram.h.
 */
#ifndef PRAMIN_BAR1_H
#define PRAMIN_BAR1_H

#include <pramin/dev.h>
#include <pramin/map.h>
#include <pramin/space.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct pramin_bar1_status - what can be said of BAR1 without touching it
 * @size:       set by the caller to sizeof(struct pramin_bar1_status)
 * @bytes:      of BAR1; 0: there is none, or the backend does not reach it
 * @usable:     bytes of it that can be mapped
 * @claimed_by: who has claimed a range in it, as the system says ("efifb"); or NULL
 * @boot_vga:   the firmware's console is on this GPU, and may scan out from BAR1
 * @write_combined: stores by a pointer may be combined
 * @is_virtual: it shows page tables; else VRAM from address 0 on
 * @bound:      and they are those of a handle of this library, dead or alive
 * @pid:        of the process that has taken it; 0: nobody
 * @target:     memory that the instance block is in, if @is_virtual
 * @inst_pa:    its address
 * @pending, @outstanding: a bind is under way
 * @block:      the block register; @block_high: its other half, on Hopper and later
 */
struct pramin_bar1_status {
	size_t size;
	uint64_t bytes;
	uint64_t usable;
	const char *claimed_by;
	bool boot_vga;
	bool write_combined;
	bool is_virtual;
	bool bound;
	uint32_t pid;
	enum pramin_target target;
	uint64_t inst_pa;
	bool pending;
	bool outstanding;
	uint32_t block;
	uint32_t block_high;
};

/**
 * pramin_bar1_status() - look at BAR1; nothing is written
 * @dev:    a handle
 * @status: filled up to @status->size
 *
 * One to three register reads.
 *
 * Return: 0, -EOPNOTSUPP before Fermi, -EIO if a register reads an error value.
 */
int pramin_bar1_status(struct pramin_dev *dev,
		       struct pramin_bar1_status *status);

/** struct pramin_bar1 - BAR1, taken by this handle; opaque */
struct pramin_bar1;

/* PHYSICAL: VRAM from address 0 on, without page tables */
#define PRAMIN_BAR1_PHYSICAL (1u << 0)

/**
 * struct pramin_bar1_params - how BAR1 is to be used
 * @size:  sizeof(struct pramin_bar1_params)
 * @pool:  where page tables and the instance block come from; NULL if physical
 * @need:  bytes of it that have to be usable; 0: any
 * @flags: PRAMIN_BAR1_PHYSICAL
 */
struct pramin_bar1_params {
	size_t size;
	struct pramin_pool *pool;
	uint64_t need;
	uint32_t flags;
};

/**
 * pramin_bar1_take() - have BAR1
 * @dev:    a handle
 * @params: how
 * @bar1:   result; untouched on failure
 *
 * About 1030 posted stores (the zeroed root and instance block; more with the larger
 * root of v1), and one bind. Physical: one bind.
 *
 * Return: 0, or
 *   -EOPNOTSUPP  before Fermi; there is no BAR1; it is smaller than @need
 *   -EBUSY       another handle has it (the reason names the process), it shows page
 *                tables of somebody, or the console or a driver uses it
 *   -ENOMEM      host memory or the pool is full
 *   -ETIMEDOUT   the bind does not get done
 *   -EIO         the block register does not hold what was written
 * The first two, before anything was written. After the others BAR1 shows again
 * what was there; if that fails too, whoever takes it next tries again.
 */
int pramin_bar1_take(struct pramin_dev *dev,
		     const struct pramin_bar1_params *params,
		     struct pramin_bar1 **bar1);

/**
 * pramin_bar1_release() - give BAR1 back
 * @bar1: BAR1; NULL does nothing
 *
 * Flushes, writes back what BAR1 showed, invalidates, and gives tables and instance
 * block back to the pool. Pointers into BAR1 must not be used any more.
 *
 * Return: 0; -EBUSY while changes of its address space are prepared: nothing is done;
 * or a code of the device: it is released all the same, but if BAR1 could not be
 * unbound its tables stay taken from the pool, as the GPU may still walk them.
 */
int pramin_bar1_release(struct pramin_bar1 *bar1);

/**
 * struct pramin_bar1_info - what a BAR1 is
 * @size:     set by the caller to sizeof(struct pramin_bar1_info)
 * @usable:   offsets end here; physical, or where VRAM ends
 * @inst_pa:  VRAM address of its instance block; 0 if physical
 * @mapped:   pramin_bar1_pointer() works
 * @write_combined: stores by a pointer may be combined
 * @physical: VRAM from address 0 on
 */
struct pramin_bar1_info {
	size_t size;
	uint64_t usable;
	uint64_t inst_pa;
	bool mapped;
	bool write_combined;
	bool physical;
};

/** pramin_bar1_info() - touches no hardware. 0, or -EINVAL */
int pramin_bar1_info(struct pramin_bar1 *bar1, struct pramin_bar1_info *info);

/**
 * pramin_bar1_space() - the address space that BAR1 shows
 * @bar1: BAR1
 *
 * For batches, permissions, and what a failed change needs (pramin_space_retry()):
 * its virtual addresses are offsets in BAR1. It ends with BAR1 and cannot be destroyed
 * before. Unmap nothing that was stored to without pramin_bar1_flush().
 *
 * Return: the space; NULL if @bar1 is physical, was released, or its GPU is gone.
 */
struct pramin_space *pramin_bar1_space(struct pramin_bar1 *bar1);

/**
 * pramin_bar1_map() - show VRAM in BAR1
 * @bar1:   BAR1, not physical
 * @off:    where, a multiple of 4 KiB; %PRAMIN_VA_ANY: any place that is free, and
 *          set to it
 * @pieces: VRAM, multiples of 4 KiB, one behind the other
 * @count:  of @pieces
 * @result: what it has cost, or NULL
 *
 * The largest pages that fit, so one store for each page of 4 KiB to 2 MiB or more.
 *
 * Return: as pramin_space_map() for a map; -EINVAL if BAR1 is physical.
 */
int pramin_bar1_map(struct pramin_bar1 *bar1, uint64_t *off,
		    const struct pramin_map_piece *pieces, size_t count,
		    struct pramin_map_result *result);

/**
 * pramin_bar1_unmap() - flush, and show nothing there any more
 * @bar1:   BAR1, not physical
 * @off:    a multiple of 4 KiB
 * @len:    bytes, all mapped; a multiple of 4 KiB
 * @result: what it has cost, or NULL
 *
 * Other threads that have stored there have to flush before.
 *
 * Return: as pramin_space_map() for an unmap; -EINVAL if BAR1 is physical.
 */
int pramin_bar1_unmap(struct pramin_bar1 *bar1, uint64_t off, uint64_t len,
		      struct pramin_map_result *result);

/**
 * pramin_bar1_pointer() - where the CPU can load and store what is mapped
 * @bar1: BAR1
 * @off:  first byte
 * @len:  bytes, at least 1, all mapped
 * @ptr:  result: NULL where every access has to be a call (the model)
 *
 * Valid until the bytes are unmapped, BAR1 is released, or its GPU's handle is closed
 * or revoked. No memcpy() that may use other than aligned accesses of up to 8 bytes
 * for loads; each load is a round trip on the bus.
 *
 * Return: 0, -EINVAL for no bytes, -ERANGE, -ENOENT if some are not mapped, -EBUSY
 * while a change is left half-way.
 */
int pramin_bar1_pointer(struct pramin_bar1 *bar1, uint64_t off, uint64_t len,
			volatile void **ptr);

/**
 * pramin_bar1_read() - one load
 * @bar1:  BAR1
 * @off:   a multiple of @width
 * @width: 1, 2, 4 or 8 bytes
 * @val:   result; untouched on failure
 *
 * One read of the bus; all ones cost another.
 *
 * Return: 0, -EINVAL for another width or a misaligned offset, -ERANGE beyond what is
 * usable, -ENOENT if nothing is mapped there, -EBUSY while a change is left half-way.
 */
int pramin_bar1_read(struct pramin_bar1 *bar1, uint64_t off, unsigned int width,
		     uint64_t *val);

/** pramin_bar1_write() - one store, posted; arguments and codes as of the load */
int pramin_bar1_write(struct pramin_bar1 *bar1, uint64_t off,
		      unsigned int width, uint64_t val);

/**
 * pramin_bar1_load() - copy bytes out of BAR1
 * @bar1: BAR1
 * @off:  first byte; any alignment
 * @buf:  @len bytes
 * @len:  any length; 0 touches nothing
 *
 * One read for each aligned 8 bytes. All bytes have to be mapped; that is checked
 * first. If another thread unmaps some meanwhile, or the device fails, part of @buf
 * may have been changed.
 *
 * Return: 0, -ERANGE, -ENOENT, -EBUSY as pramin_bar1_read().
 */
int pramin_bar1_load(struct pramin_bar1 *bar1, uint64_t off, void *buf,
		     uint64_t len);

/** pramin_bar1_store() - copy bytes into BAR1, and flush; as the load */
int pramin_bar1_store(struct pramin_bar1 *bar1, uint64_t off, const void *buf,
		      uint64_t len);

/**
 * pramin_bar1_flush() - all that this thread has stored through BAR1 is in VRAM
 * @bar1: BAR1
 *
 * A write barrier of the CPU, then one read through BAR1; none if nothing is mapped.
 *
 * Return: 0, -EBUSY while a change is left half-way.
 */
int pramin_bar1_flush(struct pramin_bar1 *bar1);

/**
 * struct pramin_bar1_costs - what 4 KiB cost by each way, in ns
 * @size: set by the caller to sizeof(struct pramin_bar1_costs)
 * @window_read, @window_write: through the window, with its proof
 * @bar1_read, @bar1_write: through BAR1, where it is mapped, with the flush
 * @map: to map and to unmap 4 KiB
 */
struct pramin_bar1_costs {
	size_t size;
	uint64_t window_read;
	uint64_t window_write;
	uint64_t bar1_read;
	uint64_t bar1_write;
	uint64_t map;
};

/**
 * pramin_bar1_costs() - measure both ways, once
 * @bar1:  BAR1, not physical
 * @costs: filled up to @costs->size
 *
 * The first call takes 4 KiB from the pool for as long as it measures, maps them, and
 * reads and writes them both ways: about 2100 accesses. By the clock of the
 * backend if it has one (the model's), else by the system's. Later calls give the same.
 *
 * Return: 0, -EINVAL if BAR1 is physical, -ENOMEM if the pool or BAR1 is full, or a
 * code of the device.
 */
int pramin_bar1_costs(struct pramin_bar1 *bar1,
		      struct pramin_bar1_costs *costs);

/**
 * pramin_bar1_pays() - is a transfer through BAR1 faster, mapping included?
 * @costs: of pramin_bar1_costs()
 * @len:   bytes
 * @write: to VRAM; else from it
 *
 * Pure arithmetic; may be called from anywhere. Equal is not faster.
 */
bool pramin_bar1_pays(const struct pramin_bar1_costs *costs, uint64_t len,
		      bool write);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_BAR1_H */
