/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a failure means, and why it happened.
 *
 * Every function returns 0 or a negative errno value. One value, one meaning:
 *
 *	-EINVAL		misaligned, bad width, bad string or option
 *	-ERANGE		outside VRAM or the chip's reach, or the sum overflows
 *	-ENODEV		the GPU is gone; final until it is opened again
 *	-EIO		the window is not where it was put
 *	-EBUSY		held by another, nested, or a driver is bound
 *	-EPERM		not allowed here
 *	-EOPNOTSUPP	this GPU or mode has no usable window
 *	-ETIMEDOUT	a bounded wait ended
 *	-ECANCELED	the progress callback said stop
 *	-ENOMEM		host memory (or the disk under a model GPU) is full
 *	-EEXIST, -ENOENT  a mapping or a claim exists, does not exist
 *
 * Beside the number there is a struct pramin_why: which of the many causes it
 * was, in one sentence, and what to do next.
 */
#ifndef PRAMIN_ERROR_H
#define PRAMIN_ERROR_H

#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum pramin_reason - the cause behind an error code
 *
 * The numbers are stable within a soname; scripts use pramin_reason_name().
 */
enum pramin_reason {
	PRAMIN_REASON_NONE = 0,

	/* -EINVAL: the call itself */
	PRAMIN_REASON_ARGUMENT,		/* a NULL or otherwise unusable argument */
	PRAMIN_REASON_MISALIGNED,	/* address not a multiple of the width */
	PRAMIN_REASON_WIDTH,		/* width or pattern size not 1, 2, 4, 8 */
	PRAMIN_REASON_PATTERN,		/* length not a multiple of the pattern */
	PRAMIN_REASON_EMPTY,		/* length 0 where there must be bytes */
	PRAMIN_REASON_FIND_LEN,		/* pattern of find empty or too long */
	PRAMIN_REASON_TOO_LONG,		/* a view that no position can show */
	PRAMIN_REASON_BASE_BITS,	/* a BASE width that the chip cannot have */
	PRAMIN_REASON_STRING,		/* the GPU string does not parse */
	PRAMIN_REASON_FILE,		/* the model's image cannot be used */
	PRAMIN_REASON_BATCH_LENGTH,	/* too many accesses in one batch */
	PRAMIN_REASON_BATCH_KIND,	/* an access neither reads nor writes */
	PRAMIN_REASON_BATCH_WIDTH,	/* an access of another width */
	PRAMIN_REASON_BATCH_MISALIGNED,	/* an access not on its width */
	PRAMIN_REASON_TABLE_MISALIGNED,	/* a page directory, instance block */
	PRAMIN_REASON_CLAIM_EMPTY,	/* a claim of 0 bytes */

	/* -ERANGE */
	PRAMIN_REASON_OVERFLOW,		/* address + length exceeds 2^64 */
	PRAMIN_REASON_VRAM_END,		/* past the last byte of VRAM */
	PRAMIN_REASON_REACH,		/* past what the BASE field can address */
	PRAMIN_REASON_VIEW_END,		/* past the last byte of the view */
	PRAMIN_REASON_BATCH_RANGE,	/* an access outside VRAM or the reach */

	/* -ENODEV */
	PRAMIN_REASON_ALL_ONES,		/* PMC_BOOT_0 reads 0xffffffff */
	PRAMIN_REASON_BOOT0_CHANGED,	/* PMC_BOOT_0 is not what it was */
	PRAMIN_REASON_BACKEND_GONE,	/* the backend says so */
	PRAMIN_REASON_WAS_GONE,		/* found gone by an earlier call */
	PRAMIN_REASON_REVOKED,		/* the handle was revoked or is closed */

	/* -EIO */
	PRAMIN_REASON_MISPLACED,	/* window register reads back otherwise */
	PRAMIN_REASON_NOT_RESTORED,	/* the saved value would not go back */
	PRAMIN_REASON_VIEW_LOST,	/* the position under a view was lost */
	PRAMIN_REASON_LOST,		/* the position was lost during the call */
	PRAMIN_REASON_REGISTER_ERROR,	/* a register reads an error value */
	PRAMIN_REASON_NOT_BOUND,	/* a BAR's block reads back otherwise */

	/* -EBUSY */
	PRAMIN_REASON_HELD,		/* another handle or process has the GPU */
	PRAMIN_REASON_VIEW_OPEN,	/* an open view needs another position */
	PRAMIN_REASON_TOO_MANY,		/* no seat or no request is free */
	PRAMIN_REASON_CLAIMED,		/* a range is somebody's */
	PRAMIN_REASON_CLAIMS_FULL,	/* too many ranges are */
	PRAMIN_REASON_BAR_CONSOLE,	/* somebody scans out or maps the BAR */
	PRAMIN_REASON_BAR_IN_USE,	/* it shows somebody's page tables */

	/* -EOPNOTSUPP */
	PRAMIN_REASON_NO_BACKEND,	/* this build cannot open such a GPU */
	PRAMIN_REASON_UNKNOWN_CHIP,	/* no row for these identification values */
	PRAMIN_REASON_ID_CONFLICT,	/* BOOT_0 and BOOT_42 name two chips */
	PRAMIN_REASON_TOO_OLD,		/* before G80: the aperture does not move */
	PRAMIN_REASON_INTEGRATED,	/* no VRAM of its own */
	PRAMIN_REASON_VF,		/* SR-IOV virtual function */
	PRAMIN_REASON_COHERENT,		/* PRAMIN is off on coherent platforms */
	PRAMIN_REASON_CONFIDENTIAL,	/* confidential computing blocks the BARs */
	PRAMIN_REASON_FIREWALL,		/* BAR firewall: a reset is pending */
	PRAMIN_REASON_FIRMWARE,		/* firmware has not initialised VRAM */
	PRAMIN_REASON_WRONG_CHIP,	/* chip= names another generation */
	PRAMIN_REASON_WINDOW_POISON,	/* window register reads a PRI error */
	PRAMIN_REASON_VRAM_NO_REGISTER,	/* size must be given by hand */
	PRAMIN_REASON_VRAM_ZERO,	/* size register reads 0 */
	PRAMIN_REASON_VRAM_POISON,	/* size register reads a PRI error */
	PRAMIN_REASON_VRAM_ABSURD,	/* no board has this size */
	PRAMIN_REASON_NO_MMU,		/* page tables of this chip: not known */
	PRAMIN_REASON_BAR_ABSENT,	/* there is no such BAR */
	PRAMIN_REASON_BAR_SMALL,	/* it is smaller than what is needed */

	/* -ETIMEDOUT */
	PRAMIN_REASON_TIMED_OUT,	/* another user kept the window */
	PRAMIN_REASON_STOPPED,		/* its owner is stopped in the lock */
	PRAMIN_REASON_MMU_BUSY,		/* another user invalidates or binds */
	PRAMIN_REASON_TLB_STUCK,	/* an invalidate does not get done */
	PRAMIN_REASON_BIND_STUCK,	/* a bind does not get done */

	/* the rest */
	PRAMIN_REASON_NOT_CLAIMED,	/* -ENOENT: no such claim */
	PRAMIN_REASON_CANCELED,		/* -ECANCELED */
	PRAMIN_REASON_NO_MEMORY,	/* -ENOMEM */
	PRAMIN_REASON_NOT_ALLOWED,	/* -EPERM */
	PRAMIN_REASON_FORKED,		/* -EPERM: the parent's handle */
	PRAMIN_REASON_BACKEND,		/* the backend failed, for its own reason */

	/* page tables: pools and address spaces, pramin/space.h */
	PRAMIN_REASON_POOL_SIZE,	/* -EINVAL: no size of a table */
	PRAMIN_REASON_POOL_FREE,	/* -EINVAL: not given out, or given back */
	PRAMIN_REASON_POOL_RANGE,	/* -EINVAL: no whole MiB inside */
	PRAMIN_REASON_POOL_KEEP,	/* -EINVAL: no table can be there */
	PRAMIN_REASON_POOL_OVERLAP,	/* -EEXIST: in the pool already */
	PRAMIN_REASON_POOL_FULL,	/* -ENOMEM: no room for another table */
	PRAMIN_REASON_POOL_IN_USE,	/* -EBUSY: tables of it are in use */
	PRAMIN_REASON_SPACE_GONE,	/* -EINVAL: it was destroyed */
	PRAMIN_REASON_SPACE_FORMAT,	/* -EOPNOTSUPP: no page tables known */
	PRAMIN_REASON_SPACE_LIMIT,	/* -EINVAL: a limit outside the format */
	PRAMIN_REASON_SPACE_ROOT,	/* -EINVAL: the root is no table */
	PRAMIN_REASON_SPACE_SYSMEM,	/* -EOPNOTSUPP: a table in system memory */
	PRAMIN_REASON_SPACE_TREE,	/* -EIO: an adopted tree is not one */
	PRAMIN_REASON_SPACE_READ_ONLY,	/* -EPERM: adopted to be read */
	PRAMIN_REASON_SPACE_UNFINISHED,	/* -EBUSY: a change was left half-way */
	PRAMIN_REASON_SPACE_PENDING,	/* -EBUSY: changes are still prepared */
	PRAMIN_REASON_SPACE_FULL,	/* -ENOMEM: no hole of this length */
	PRAMIN_REASON_MAP_KIND,		/* -EINVAL: an operation that is none */
	PRAMIN_REASON_MAP_FLAGS,	/* -EINVAL: unknown or contradicting */
	PRAMIN_REASON_MAP_EMPTY,	/* -EINVAL: length 0, or no operation */
	PRAMIN_REASON_MAP_MISALIGNED,	/* -EINVAL: not a multiple of the page */
	PRAMIN_REASON_MAP_RANGE,	/* -ERANGE: outside the address space */
	PRAMIN_REASON_MAP_PIECES,	/* -EINVAL: pieces are not the length */
	PRAMIN_REASON_MAP_PA,		/* -ERANGE: no such physical address */
	PRAMIN_REASON_MAP_PAGE_SIZE,	/* -EINVAL: the chip has no such page */
	PRAMIN_REASON_MAP_ENTRY,	/* -EINVAL: the format has no such entry */
	PRAMIN_REASON_MAP_OVERLAP,	/* -EINVAL: two operations of one batch */
	PRAMIN_REASON_MAP_BUSY,		/* -EBUSY: another prepared change */
	PRAMIN_REASON_MAP_EXISTS,	/* -EEXIST: something is mapped there */
	PRAMIN_REASON_MAP_NOTHING,	/* -ENOENT: nothing is mapped there */
	PRAMIN_REASON_MAP_SPARSE,	/* -EINVAL: sparse has no permissions */
	PRAMIN_REASON_MAP_SPLIT,	/* -EINVAL: would split a page */
	PRAMIN_REASON_CHANGE_STATE,	/* -EINVAL: executed or dropped before */

	/* BAR1, pramin/bar1.h */
	PRAMIN_REASON_BAR_RANGE,	/* -ERANGE: past what may be used of it */
	PRAMIN_REASON_BAR_HOLE,		/* -ENOENT: it shows nothing there */
	PRAMIN_REASON_BAR_PHYSICAL,	/* -EINVAL: it maps nothing in this mode */
	PRAMIN_REASON_BAR_SPACE,	/* -EBUSY: the address space is a BAR's */
	PRAMIN_REASON_BAR_RESET,	/* -EIO: bound before the GPU was reset */

	/* cards, and the system around them: docs/hardware-access.md */
	PRAMIN_REASON_NO_DEVICE,	/* -ENODEV: no such PCI device */
	PRAMIN_REASON_NOT_NVIDIA,	/* -EINVAL: somebody else's */
	PRAMIN_REASON_NOT_DISPLAY,	/* -EINVAL: NVIDIA's, but not a GPU */
	PRAMIN_REASON_DRIVER,		/* -EBUSY: a driver is bound */
	PRAMIN_REASON_NO_PERMISSION,	/* -EPERM: not this user */
	PRAMIN_REASON_LOCKDOWN,		/* -EPERM: the kernel is locked down */
	PRAMIN_REASON_STRICT,		/* -EPERM: BAR claimed, IO_STRICT_DEVMEM */
	PRAMIN_REASON_ASLEEP,		/* -EOPNOTSUPP: D3, and stays there */
	PRAMIN_REASON_NO_DECODING,	/* -EOPNOTSUPP: memory decoding is off */
	PRAMIN_REASON_NO_BAR0,		/* -EOPNOTSUPP: missing or too small */
	PRAMIN_REASON_SYSTEM,		/* the system's files say nonsense, or fail */
	PRAMIN_REASON_MEETING,		/* -EPERM: no safe place to share it */
	PRAMIN_REASON_FORCED_WRITE,	/* -EPERM: sharing with a driver */
	PRAMIN_REASON_FORCED_MOVE,	/* -EPERM: likewise */
	PRAMIN_REASON_FORCED_MOVED,	/* -EIO: the driver has moved it */
	PRAMIN_REASON_RESERVED,		/* -EPERM: VRAM that is not to be written */

	/* VFIO: docs/vfio.md */
	PRAMIN_REASON_NO_IOMMU,		/* -EOPNOTSUPP: in no IOMMU group */
	PRAMIN_REASON_NOT_VFIO,		/* -EOPNOTSUPP: not bound to vfio-pci */
	PRAMIN_REASON_NO_VFIO,		/* -EOPNOTSUPP: the kernel has it not */
	PRAMIN_REASON_GROUP,		/* -EBUSY: others of its group are in use */

	PRAMIN_REASON_COUNT
};

/** PRAMIN_WHY_TEXT - bytes of each text in struct pramin_why, with its NUL */
#define PRAMIN_WHY_TEXT 256

/**
 * struct pramin_why - why a call failed
 * @err:    the code that the call returned
 * @reason: its cause
 * @what:   one sentence, with the values that matter; never empty on failure
 * @next:   what to do about it; may be empty
 */
struct pramin_why {
	int err;
	enum pramin_reason reason;
	char what[PRAMIN_WHY_TEXT];
	char next[PRAMIN_WHY_TEXT];
};

/**
 * pramin_reason_name() - a reason as a word, for logs and JSON
 * @reason: any value
 *
 * Thread safe, no cost, never fails.
 *
 * Return: a static string such as "vram_end"; "unknown" for other values.
 */
const char *pramin_reason_name(enum pramin_reason reason);

/**
 * pramin_suspect_name() - does a 32-bit value look like a PRI error?
 * @val: a value read from VRAM or from a register
 *
 * The GPU answers a failed read with 0xbadXXXXX instead of an error. VRAM may
 * hold such a value as data, so the value is a suspicion, never an error.
 *
 * Thread safe, no cost, never fails. The codes are NVIDIA's
 * (open-gpu-kernel-modules, maxwell/gm107/dev_pri_ringstation_sys.h).
 *
 * Return: NULL if @val is not of the form 0xbadXXXXX; else the name of the
 * code, or "unlisted" where none is published.
 */
const char *pramin_suspect_name(uint32_t val);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_ERROR_H */
