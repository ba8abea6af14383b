/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A GPU: opening it, what it is, closing it.
 *
 * Thread safety: every function here may be called from any thread, on one
 * handle or on many, and a GPU may be open in many processes at once. They share
 * its window: who needs what it shows goes ahead together, the others take turns
 * (docs/sharing.md). Where a call has to wait it does so for a bounded time.
 *
 * After fork() a handle stays with the parent. Every call of the child on it is
 * -EPERM and touches nothing; pramin_close() frees the child's copy.
 */
#ifndef PRAMIN_DEV_H
#define PRAMIN_DEV_H

#include <pramin/error.h>
#include <pramin/io.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct pramin_dev - an open GPU; opaque, owned by the caller of open */
struct pramin_dev;

/** enum pramin_log_level - how much a log line matters */
enum pramin_log_level {
	PRAMIN_LOG_ERROR,	/* a call fails because of this */
	PRAMIN_LOG_NOTICE,	/* the user would want to know */
	PRAMIN_LOG_DEBUG,	/* each step of open and close */
};

/** enum pramin_force - what the user insists on; bits of pramin_open_opts.force */
enum pramin_force {
	/*
	 * A driver is bound: look at what the window shows now. Nothing is
	 * written, neither VRAM nor a register, and every access looks where the
	 * window is before and after. One thread at a time.
	 */
	PRAMIN_FORCE_SHARED = 1,
	/*
	 * A driver is bound: move the window all the same. The driver may move it
	 * at any moment too, and then either writes to VRAM that it does not mean.
	 */
	PRAMIN_FORCE_MOVE = 2,
	/* Write to ranges that are reserved, too; see pramin_reserved(). */
	PRAMIN_FORCE_RESERVED = 4,
};

/**
 * struct pramin_open_opts - options of pramin_open()
 * @size:   sizeof(struct pramin_open_opts)
 * @chip:   treat the GPU as this chip or family ("gh100", "turing") whatever
 *          its identification registers say; NULL: believe them
 * @vram:   size of VRAM in bytes, given by hand; 0: ask the GPU
 * @base_bits: width of the window's BASE field where the published sources
 *          disagree (GB10B, GB20B, GB20C: 22 to 25); 0: the narrowest
 * @verify: check the window register after every move and every access;
 *          each check costs one BAR0 read
 * @log:    called with each log line (no newline at its end); may be NULL;
 *          must not call the library
 * @log_ctx: first argument of @log
 * @exclusive: this is the GPU's only handle, in all processes, and one thread
 *          at a time uses it: no locks, the least cost. Others are refused with
 *          -EBUSY, and so is this one if there are others.
 * @timeout_ms: how long a call may wait for the window before it is -ETIMEDOUT;
 *          0: 5000
 * @force:  enum pramin_force, or-ed
 *
 * A zeroed struct, but for @size, asks for nothing special. The keys chip=,
 * vram= and base_bits= of the GPU string win over these members.
 */
struct pramin_open_opts {
	size_t size;
	const char *chip;
	uint64_t vram;
	unsigned int base_bits;
	bool verify;
	void (*log)(void *ctx, enum pramin_log_level level, const char *line);
	void *log_ctx;
	bool exclusive;
	unsigned int timeout_ms;
	unsigned int force;
};

/**
 * pramin_open() - open a GPU
 * @gpu:  which one: "model:CHIP[,KEY=VALUE...]", or a PCI address as in
 *        "0000:41:00.0[,KEY=VALUE...]", or one through VFIO as in
 *        "vfio:0000:41:00.0[,KEY=VALUE...]"; NULL: $PRAMIN_GPU, and with that
 *        unset or empty "model:tu102,vram=8G"
 * @opts: options, or NULL
 * @dev:  the handle; untouched on failure
 * @why:  filled on failure; may be NULL
 *
 * Identifies the chip, checks that its window may be used, learns the size of
 * VRAM, and saves the window register. Does not move the window. Costs at most
 * fourteen BAR0 reads and four PCI configuration reads. A card is kept awake while
 * it is open, and its memory is decoded; both are put back by the last who closes
 * it (docs/hardware-access.md). Through VFIO the kernel resets the card when it is
 * opened and when it is closed; one process has it, with one handle, and a thread of
 * the library waits for the kernel to ask for it back (docs/vfio.md).
 *
 * Thread safe. The order of checks and their sources: docs/hardware.md.
 *
 * Return: 0, or
 *   -EINVAL      the string or an option does not parse, or the image file of
 *                a model cannot be used; it has not been changed
 *   -ENODEV      the GPU does not answer, or there is no such device
 *   -EBUSY       the GPU is open elsewhere, there or here as the only handle;
 *                the sentence names the pid. Or it has 64 handles. Or a driver
 *                is bound to it, which the sentence names
 *   -EOPNOTSUPP  the GPU is not known, or its window cannot be used now
 *   -EPERM       this user may not open it, or the file through which its
 *                users share it belongs to another, or others
 *                could replace that file
 *   -EIO         others died and left the window moved, and the register does
 *                not take its old value back
 *   -ETIMEDOUT   a process is stopped in the middle of a change that concerns all;
 *                the sentence names it
 *   -ENOMEM      out of memory
 *
 * A wait in it, for those who open, close or change something just now, is of
 * @opts->timeout_ms at most; there may be two.
 */
int pramin_open(const char *gpu, const struct pramin_open_opts *opts,
		struct pramin_dev **dev, struct pramin_why *why);

/**
 * pramin_open_io() - open a GPU over a backend of the caller's own
 * @ops:  the backend; must outlive the handle
 * @io:   first argument of its members; @ops->close(@io) is called by
 *        pramin_close(), but not if this call fails
 * @opts: options, or NULL
 * @dev:  the handle; untouched on failure
 * @why:  filled on failure; may be NULL
 *
 * As pramin_open(). A second handle over the same backend shares the window with
 * this one if @ops->meeting names a file; otherwise nothing stops it, and the
 * caller sees to it that there is none.
 *
 * Thread safe. Return: as pramin_open().
 */
int pramin_open_io(const struct pramin_io_ops *ops, void *io,
		   const struct pramin_open_opts *opts,
		   struct pramin_dev **dev, struct pramin_why *why);

/**
 * pramin_close() - restore the window register and free the handle
 * @dev: a handle, or NULL
 * @why: filled on failure; may be NULL
 *
 * If the window was moved, the register value found at open is written back
 * and proved by reading it (two accesses, a few more if it does not take).
 * Where others have the GPU open, that is left to the last of them.
 *
 * Calls under way in other threads finish or fail with -ENODEV, and the handle is
 * freed when the last is out. Except for -EBUSY that happens whatever is returned.
 * No call may begin once this one has been called: where that is not certain,
 * pramin_revoke() comes first, after which calls fail, and the threads are joined.
 * In a progress callback of this handle it is -EBUSY.
 *
 * Return: 0, or
 *   -EBUSY   a view is still open, and the handle is not revoked; nothing has
 *            been done
 *   -ENODEV  the GPU is gone; there is nothing to restore
 *   -EIO     the register does not take the saved value
 *   -ETIMEDOUT  a process is stopped in the middle of a change that concerns all;
 *            the register is left to those who come next. The wait was as long as
 *            that of any call, and as long again if somebody is opening the GPU
 */
int pramin_close(struct pramin_dev *dev, struct pramin_why *why);

/**
 * pramin_revoke() - nobody comes in any more
 * @dev: a handle
 *
 * For the end of a program, or of a device, while other threads still use the
 * handle: their calls fail with -ENODEV from now on, those that wait at once,
 * those under way finish or fail. Accessors of open views fail too; raw pointers
 * cannot be taken away, so the window does not move before such views have
 * ended. pramin_close() does not refuse because of them; the last of them frees
 * the handle.
 *
 * Return: 0, or -EINVAL if @dev is NULL, or -EPERM after fork().
 */
int pramin_revoke(struct pramin_dev *dev);

/**
 * pramin_restore() - write the saved window register back, now
 * @dev: a handle
 *
 * For a signal handler that ends the process: async-signal-safe, waits for
 * nothing, allocates nothing, does one BAR0 write if the window was moved and
 * none otherwise. The access that the signal interrupted must not go on, or it
 * would land in the restored position. Unless the handle is exclusive it is
 * revoked: only pramin_close() is of use afterwards, and until that, or the end of
 * the process, nobody else can open the GPU or close it.
 *
 * Nothing is written while others use the window: other handles, somebody who is
 * opening or closing the GPU at this moment, other threads with a call under way
 * or a view (beyond eight threads, any call under way). The last of them restores
 * it, or if this was the last process, the next one to open the GPU. A program
 * with threads that wants to leave no such trace has its handler set a flag, calls
 * pramin_revoke(), joins the threads, and closes.
 *
 * A backend of the caller's own needs a @write that is async-signal-safe.
 *
 * Return: 0, or the code of the backend's @write.
 */
int pramin_restore(struct pramin_dev *dev);

/**
 * pramin_last_why() - why the last failed call on this handle failed
 * @dev: a handle
 *
 * Per thread: the calling thread's last failure on this handle; a thread keeps
 * those of the eight handles on which it failed last. The pointer stays valid
 * until the thread's next failing call.
 *
 * Return: never NULL; @err is 0 if no such failure is known.
 */
const struct pramin_why *pramin_last_why(const struct pramin_dev *dev);

/**
 * struct pramin_info - what a GPU is; all but @mapped was learned at open
 * @size:        set by the caller to sizeof(struct pramin_info)
 * @backend:     name of the backend
 * @chip:        chip in lower case: "gh100"
 * @family:      "tesla", ..., "blackwell"
 * @chip_by_hand: the chip was named by the user
 * @boot0:       NV_PMC_BOOT_0 as read
 * @boot42:      NV_PMC_BOOT_42 as read; 0 where the chip has none
 * @vram_size:   bytes of VRAM
 * @vram_by_hand: that size was given by the user
 * @vram_register: BAR0 offset of the size register; 0 if the chip has none
 * @reach:       first VRAM address that the window cannot show
 * @window_register: BAR0 offset of the window register
 * @window_name: its name in NVIDIA's headers
 * @has_target:  the register has a TARGET field
 * @mapped:      the CPU can load and store what the window shows now: a view
 *               there has a raw pointer
 * @not_verified: checks of usability for which no register is published, in
 *               one sentence; empty if there are none
 */
struct pramin_info {
	size_t size;
	const char *backend;
	const char *chip;
	const char *family;
	bool chip_by_hand;
	uint32_t boot0;
	uint32_t boot42;
	uint64_t vram_size;
	bool vram_by_hand;
	uint32_t vram_register;
	uint64_t reach;
	uint32_t window_register;
	const char *window_name;
	bool has_target;
	bool mapped;
	const char *not_verified;
};

/**
 * pramin_info() - what a GPU is
 * @dev:  a handle
 * @info: filled up to @info->size, which the caller sets; the strings live as
 *        long as the handle
 *
 * Touches no hardware. Return: 0, or -EINVAL if @info->size is 0 or larger
 * than this library's struct, or -EPERM after fork().
 */
int pramin_info(struct pramin_dev *dev, struct pramin_info *info);

/** enum pramin_reserved_kind - why a range of VRAM is not to be written */
enum pramin_reserved_kind {
	PRAMIN_RESERVED_VBIOS = 0,	/* the last MiB: workspace of the VBIOS */
	PRAMIN_RESERVED_WPR1 = 1,	/* protected by firmware */
	PRAMIN_RESERVED_WPR2 = 2,
};

#define PRAMIN_RESERVED_MAX 3

/** struct pramin_reserved - one such range; @last is its last byte */
struct pramin_reserved {
	enum pramin_reserved_kind kind;
	uint64_t first;
	uint64_t last;
};

/**
 * pramin_reserved() - which VRAM is not to be written
 * @dev:    a handle
 * @ranges: the first @room of them; may be NULL if @room is 0
 * @count:  how many there are, at most %PRAMIN_RESERVED_MAX
 *
 * As found at open. A model has none unless its string says "real", which is how
 * to try what is refused on a card. Writes to these ranges are -EPERM unless the
 * handle was opened with %PRAMIN_FORCE_RESERVED, and a view that touches one has no
 * raw pointer. Regions that firmware protects never go into a pool
 * (pramin/space.h), whatever is forced. Touches no hardware.
 *
 * The registers are those of NVIDIA's open kernel modules, and exist from Turing
 * on; where one does not answer, pramin_info.not_verified says so.
 *
 * Return: 0, -EINVAL if @count or, with a @room, @ranges is NULL; -EPERM after
 * fork().
 */
int pramin_reserved(struct pramin_dev *dev, struct pramin_reserved *ranges,
		    size_t room, size_t *count);

/** enum pramin_target - what the window shows */
enum pramin_target {
	PRAMIN_TARGET_VRAM = 0,
	PRAMIN_TARGET_UNDEFINED = 1,
	PRAMIN_TARGET_SYS_COHERENT = 2,
	PRAMIN_TARGET_SYS_NONCOHERENT = 3,
};

/**
 * struct pramin_position - the window register, decoded
 * @raw:    its 32 bits
 * @base:   address of the first byte in the aperture
 * @target: what @base is an address of; always VRAM where the register has no
 *          TARGET field
 */
struct pramin_position {
	uint32_t raw;
	uint64_t base;
	enum pramin_target target;
};

/**
 * pramin_position() - read the window register
 * @dev: a handle
 * @pos: the result; untouched on failure
 *
 * One BAR0 read; does not move the window.
 *
 * Return: 0, or -ENODEV.
 */
int pramin_position(struct pramin_dev *dev, struct pramin_position *pos);

/**
 * pramin_check_window() - is the window where the library put it?
 * @dev: a handle
 *
 * One BAR0 read, or none while the window has not been placed since open or
 * since an error. For the end of a long piece of work: a register that has
 * stopped taking values, or that something else moves and leaves, is noticed.
 * Somebody who moves it and puts it back is not; verify mode narrows that gap,
 * and only being the sole user closes it.
 *
 * Return: 0, -ENODEV, or -EIO if it stands elsewhere: what was read or written
 * since the last such check may have been other VRAM.
 */
int pramin_check_window(struct pramin_dev *dev);

/**
 * pramin_forget() - the GPU was reset or has slept: trust no position of it
 * @dev: a handle
 *
 * For whoever resets the GPU, or resumes the machine, while it is open. Touches
 * no hardware. The next access reads the window register, places the window
 * and proves that move, three BAR0 accesses; what was posted before may be
 * lost. Open views are lost: their accesses fail until they are ended, and an
 * access that needs a move is -EIO until then. Between the chunks of a bulk
 * call, in its progress callback, it may be called too. Close writes back the
 * value that the register had at open.
 *
 * Return: 0, or -EINVAL if @dev is NULL.
 */
int pramin_forget(struct pramin_dev *dev);

/**
 * struct pramin_stats - what the handle has done to the GPU since open
 * @size:      set by the caller to sizeof(struct pramin_stats)
 * @moves:     register writes that changed the window's position
 * @proofs:    read-backs of the window register
 * @restores:  writes of the saved register value
 * @reads:     VRAM reads of 8, 16, 32, 64 bits; those through the raw pointer
 *             or the accessors of a mapped view are not seen
 * @writes:    VRAM writes, likewise
 * @flushes:   VRAM reads whose only purpose is to prove posted writes
 * @liveness:  reads of PMC_BOOT_0 to tell all-ones data from a lost GPU
 * @simulated_ns: simulated time since open; 0 if the backend has no such clock
 */
struct pramin_stats {
	size_t size;
	uint64_t moves;
	uint64_t proofs;
	uint64_t restores;
	uint64_t reads[4];
	uint64_t writes[4];
	uint64_t flushes;
	uint64_t liveness;
	uint64_t simulated_ns;
};

/**
 * pramin_stats() - what the handle has done so far
 * @dev:   a handle
 * @stats: filled up to @stats->size, which the caller sets
 *
 * Touches no hardware. Return: 0, or -EINVAL if @stats->size is 0 or larger
 * than this library's struct.
 */
int pramin_stats(struct pramin_dev *dev, struct pramin_stats *stats);

/**
 * pramin_version() - version of the library at run time
 *
 * Return: a static string such as "0.1.0".
 */
const char *pramin_version(void);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_DEV_H */
