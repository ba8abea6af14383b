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

	/** @close: free @io; NULL if there is nothing to free */
	void (*close)(void *io);
};

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_IO_H */
