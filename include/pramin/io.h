/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The backend contract: how the library touches one GPU.
 *
 * Whoever writes a backend implements this struct and nothing else; the rules
 * below are all that the library relies on.
 */
#ifndef PRAMIN_IO_H
#define PRAMIN_IO_H

#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct pramin_bar_info - one of the BARs that show VRAM by page tables
 * @bytes:   of the BAR, as the system has mapped it; 0: it has none
 * @claimed_by: who has claimed a range inside it, as far as the system tells: a
 *           driver, or the firmware's console ("efifb"); NULL: nobody. A static
 *           string, or one that lives as long as the backend.
 * @boot_vga: this is the device that the firmware has put its console on
 * @write_combined: stores by @bar_map may be combined and come late: a write
 *           barrier of the CPU, then a read through the same BAR, is needed
 *           before somebody else may look
 */
struct pramin_bar_info {
	uint64_t bytes;
	const char *claimed_by;
	bool boot_vga;
	bool write_combined;
};

/**
 * struct pramin_io_ops - one GPU's BAR0 and PCI configuration space
 *
 * Rules for every backend:
 *  - @off is a byte offset into BAR0, a multiple of @width, and the access
 *    lies inside BAR0; the library checks before it calls.
 *  - @width is 1, 2, 4 or 8 bytes, one bus access each.
 *  - Accesses happen in program order and are never merged, split or cached.
 *  - Values are in host byte order; the bits above @width are zero on reads
 *    and ignored on writes.
 *  - Writes are posted: only a later read proves that they arrived.
 *  - Moves of the window are serialised by the caller; accesses at one
 *    position may come from several threads at once.
 *  - Codes other than those listed are passed on to the caller as they are.
 *    Whatever the code, the library drops its cached window position.
 */
struct pramin_io_ops {
	/** @name: a word for messages: "model", "sysfs" */
	const char *name;

	/**
	 * @read: 0 and *@val set, or -ENODEV if the backend knows that the
	 * device is gone. A device that is silently gone reads as all ones.
	 */
	int (*read)(void *io, uint32_t off, unsigned int width, uint64_t *val);

	/**
	 * @write: 0 (posted: it may vanish if the device is gone), -ENODEV if
	 * the backend knows that it is gone, -EPERM if it is read-only,
	 * -ENOMEM if a model has no room left for the bytes
	 */
	int (*write)(void *io, uint32_t off, unsigned int width, uint64_t val);

	/**
	 * @aperture: where the CPU can load and store the 1 MiB that
	 * NV_PRAMIN shows now; NULL (the member or its result) if every access
	 * has to go through @read and @write. Called after each move of the
	 * window; the pointer is used until the next move. Bytes beyond the
	 * end of VRAM are never touched.
	 */
	volatile void *(*aperture)(void *io);

	/**
	 * @config_read: the 32 bits at @off (a multiple of 4, below 4096) of
	 * PCI configuration space. NULL if the backend has none; then nothing
	 * that only configuration space tells is checked.
	 */
	int (*config_read)(void *io, uint32_t off, uint32_t *val);

	/**
	 * @explain: one sentence on why the last call of this thread failed,
	 * or NULL; the member may be NULL. For messages only.
	 */
	const char *(*explain)(void *io);

	/** @clock_ns: simulated time since creation; NULL on real hardware */
	uint64_t (*clock_ns)(void *io);

	/**
	 * @meeting: the path of a file, private to its owner and in a directory
	 * where others can replace no file, of which the bytes from *@offset on belong to the library, for what the users of
	 * this GPU share. The path lives as long as @io. NULL (the member or
	 * its result): nobody else can open this GPU through another handle.
	 */
	const char *(*meeting)(void *io, uint64_t *offset);

	/**
	 * @noticed: a word that lives as long as @io, and is not 0 from the
	 * moment on at which the backend has learned that the device is gone:
	 * in the middle of an access through @aperture too, from a signal
	 * handler or another thread. @read, @write and their like are -ENODEV
	 * from then on. Calls look at it when their accesses are over. NULL
	 * (the member or its result): only answers tell. Called at open.
	 */
	const uint32_t *(*noticed)(void *io);

	/**
	 * @present: 0, or -ENODEV if the system says that the device was
	 * removed; does not touch it. Asked at the end of each chunk of a bulk
	 * call, of each batch position, by flushes and before a close puts
	 * registers back, never by single accesses: for systems that leave a
	 * mapping as it is when the device behind it is removed, where anything
	 * may answer then. Accesses fail once it has said so. NULL: not asked.
	 */
	int (*present)(void *io);

	/** @close: free @io; NULL if there is nothing to free */
	void (*close)(void *io);

	/*
	 * BAR1 and BAR2, for backends that reach them. @bar is 1 or 2, as
	 * NVIDIA counts them: 1 is the large one, 2 the one for instance memory
	 * (behind BAR1 in configuration space, whatever its index is there).
	 * What a BAR shows depends on registers that the library writes; it
	 * calls none of these while it binds the BAR.
	 */

	/**
	 * @bar_info: what the system knows of a BAR, without touching it. 0
	 * with @info->bytes = 0 if the device or the backend has no such BAR.
	 * NULL: there is neither BAR1 nor BAR2; then the other three are not
	 * called.
	 *
	 * Return: 0, -ENODEV, or a code of the backend.
	 */
	int (*bar_info)(void *io, unsigned int bar,
			struct pramin_bar_info *info);

	/**
	 * @bar_read, @bar_write: as @read and @write, at byte @off of @bar,
	 * which is a multiple of @width; the access lies inside the BAR. What
	 * the BAR does not map reads as the GPU answers: an error value, all
	 * ones. Needed if @bar_info says that there is a BAR.
	 */
	int (*bar_read)(void *io, unsigned int bar, uint64_t off,
			unsigned int width, uint64_t *val);
	int (*bar_write)(void *io, unsigned int bar, uint64_t off,
			 unsigned int width, uint64_t val);

	/**
	 * @bar_map: where the CPU can load and store the @len bytes of @bar
	 * from @off on; both are multiples of 4096 and lie inside the BAR. The
	 * pointer stays valid until @close, whatever the BAR shows. NULL (the
	 * member or its result): every access goes through @bar_read and
	 * @bar_write.
	 */
	volatile void *(*bar_map)(void *io, unsigned int bar, uint64_t off,
				  uint64_t len);

	/**
	 * @real: a card is behind it: ranges of VRAM that firmware uses are
	 * looked up at open and not written to (pramin_reserved())
	 */
	bool real;

	/**
	 * @finish: called by pramin_close() behind the last access and before
	 * @close: 0, or why the session as a whole was not as it should be (a
	 * replay that is not at its end, a recording that could not be written),
	 * which pramin_close() returns if nothing else is wrong, with the
	 * sentence of @explain. NULL: it is as it is.
	 */
	int (*finish)(void *io);
};

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_IO_H */
