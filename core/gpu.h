/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * One GPU, as core sees it, and one call in progress on it.
 *
 * struct pramin_op lives on the stack of one call. It carries what that call has
 * to say when it fails and, while the call is inside, where the window stands:
 * accesses look there and nowhere else.
 *
 * A GPU that has joined a meeting (share.h) may be used by any number of threads
 * at once; what several of them write is atomic, or belongs to the one that moves
 * the window. Without a meeting, one thread at a time.
 */
#ifndef PRAMIN_CORE_GPU_H
#define PRAMIN_CORE_GPU_H

#include <pramin/dev.h>
#include <pramin/error.h>
#include <pramin/io.h>
#include <pramin/reserved.h>

#include "chip.h"
#include "env.h"
#include "mmu/state.h"

/**
 * struct pramin_cause - why a call failed, in numbers
 * @err:    the code
 * @reason: what the numbers mean
 * @arg:    see the reasons in lib/why.c, which turns them into a sentence
 * @text:   a static name that goes with them, or NULL
 */
struct pramin_cause {
	int err;
	enum pramin_reason reason;
	uint64_t arg[3];
	const char *text;
};

/** struct pramin_gpu_config - what the user says about the GPU */
struct pramin_gpu_config {
	const struct pramin_chip *chip;	/* NULL: believe PMC_BOOT_0 */
	uint64_t vram;			/* bytes; 0: ask the register */
	uint64_t vram_fallback;		/* bytes, for chips without a register */
	unsigned int base_bits;		/* 1 to 32; 0: narrowest published */
	bool verify;
	uint64_t timeout_ns;		/* of a wait for the window */
	bool real;			/* a card: ranges may be reserved */
	bool shared;			/* neither move nor write anything */
	bool foreign;			/* a driver may be bound: repair nothing */
	bool write_reserved;
	const struct pramin_env_ops *env_ops;
	void *env;
};

struct pramin_meeting;
struct pramin_seat;
struct pramin_request;

/** struct pramin_gpu - the state of one GPU */
struct pramin_gpu {
	const struct pramin_io_ops *ops;
	void *io;
	struct pramin_gpu_config config;

	/* Learned at open */
	const struct pramin_chip *chip;
	uint32_t boot_0;
	uint32_t boot_42;
	uint64_t vram_size;	/* bytes */
	uint64_t reach;		/* bytes; may be less than vram_size */
	uint32_t base_mask;
	bool chip_is_kin;	/* row of another implementation */

	struct pramin_reserved reserved[PRAMIN_RESERVED_MAX];
	uint32_t reserved_count;
	bool reserved_unknown;	/* a register did not answer */
	bool guarded;		/* writes have to ask (guard.h) */

	/* The window; in a meeting, the notes of whoever moves it now */
	uint32_t saved_raw;	/* at open; what close writes back */
	uint32_t last_raw;	/* last value read or written */
	bool raw_forgotten;	/* the device may have lost that value */
	uint64_t base;		/* VRAM address of the aperture's first byte */
	bool base_known;
	bool proved;		/* a move has been read back since open */
	bool moved;		/* saved_raw has to be written back */
	unsigned int holds;	/* open views: the base must not change */
	volatile unsigned char *aperture;	/* NULL: through ops */

	bool gone;
	const uint32_t *noticed;	/* the backend's word for that, or NULL */
	struct pramin_stats stats;

	/* Sharing; NULL: the only user, of one thread */
	struct pramin_meeting *meeting;
	struct pramin_seat *seat;
	uint32_t seat_no;
	uint32_t pid;		/* for messages; 0: not told */
	bool revoked;
	volatile unsigned char *gate_aperture;	/* while the gate is open */

	/* Page tables: the meeting's, or its own if it meets nobody */
	struct pramin_mmu_state *mmu;
	struct pramin_mmu_state own_mmu;
};

/**
 * struct pramin_op - one call in progress
 * @base:     while it is inside: where the window stands
 * @aperture: while it is inside: where the CPU sees it, or NULL
 * @request:  its own hold; NULL: it came in through the gate
 * @stats:    in a meeting: where it counts
 * @made:     accesses since it came in, or last gave way
 * @inside:   in a meeting: it has to leave
 * @doubt:    an error made the position doubtful; leave() says so
 * @lost:     the register was found to hold something else; likewise
 */
struct pramin_op {
	struct pramin_gpu *gpu;
	struct pramin_cause cause;
	uint64_t base;
	volatile unsigned char *aperture;
	struct pramin_request *request;
	struct pramin_stats *stats;
	unsigned int made;
	bool inside;
	bool doubt;
	bool lost;
	bool spare;	/* with it, one store clears them all */
#ifdef PRAMIN_DEBUG
	uint32_t ranks;	/* of the locks that it holds (mmu/order.h) */
#endif
};

/* How often somebody has said that the GPU was reset. Equal: not in between */
static inline uint64_t pramin_resets(const struct pramin_gpu *gpu)
{
	return __atomic_load_n(&gpu->mmu->resets, __ATOMIC_ACQUIRE);
}

static inline void pramin_reset_note(struct pramin_gpu *gpu)
{
	__atomic_fetch_add(&gpu->mmu->resets, 1, __ATOMIC_ACQ_REL);
}

/* Begin a call of the only user; pramin_share_begin() is for the others. */
static inline void pramin_op_init(struct pramin_op *op, struct pramin_gpu *gpu)
{
	op->gpu = gpu;
	op->stats = NULL;
	op->made = 0;
	op->inside = false;
	op->doubt = false;
	op->lost = false;
	op->spare = false;
#ifdef PRAMIN_DEBUG
	op->ranks = 0;
#endif
}

/* Count @n more of a member of struct pramin_stats. */
#define pramin_count(op, member, n)                                       \
	do {                                                              \
		if (!(op)->gpu->meeting)                                  \
			(op)->gpu->stats.member += (n);                       \
		else                                                      \
			__atomic_fetch_add(&(op)->stats->member, (n),     \
					   __ATOMIC_RELAXED);             \
	} while (0)

/* Note why, and return @err. */
int pramin_fail(struct pramin_op *op, int err, enum pramin_reason reason,
		uint64_t arg0, uint64_t arg1, uint64_t arg2);

/**
 * pramin_gpu_attach() - identify a GPU and save its window register
 * @op:     @op->gpu is memory for the state
 * @ops:    the backend; @io its first argument
 * @config: copied
 *
 * Does not move the window. Nothing has to be undone if it fails.
 *
 * Return: 0, -ENODEV, -EOPNOTSUPP, or a code of the backend.
 */
int pramin_gpu_attach(struct pramin_op *op, const struct pramin_io_ops *ops,
		      void *io, const struct pramin_gpu_config *config);

/* Read the window register: what close will write back. Codes as above */
int pramin_gpu_save_window(struct pramin_op *op);

/**
 * pramin_gpu_detach() - restore the window register and prove it
 *
 * Return: 0, -EBUSY while a view is open (nothing is done), -ENODEV, or -EIO
 * if the register does not take its old value.
 */
int pramin_gpu_detach(struct pramin_op *op);

/* A 32-bit register, through the backend; marks the GPU gone on -ENODEV */
int pramin_reg_read(struct pramin_op *op, uint32_t off, uint32_t *val);
int pramin_reg_write(struct pramin_op *op, uint32_t off, uint32_t val);

/* The same, and if it reads all ones, -ENODEV unless the GPU still answers */
int pramin_reg_read_live(struct pramin_op *op, uint32_t off, uint32_t *val);

/* The backend failed: forget the position, and the GPU if it is gone. */
int pramin_gpu_failed(struct pramin_op *op, int err);

/**
 * pramin_gpu_alive() - is the GPU still there? Asked after all-ones data.
 *
 * One read of PMC_BOOT_0. Return: 0, or -ENODEV, and the GPU is marked gone.
 */
int pramin_gpu_alive(struct pramin_op *op);

/**
 * pramin_gpu_there() - was the GPU there until the end of a run of accesses?
 * @ones: the last of them answered all ones: then as pramin_gpu_alive()
 */
int pramin_gpu_there(struct pramin_op *op, bool ones);

/* Found gone, by this thread or another */
static inline void pramin_gpu_set_gone(struct pramin_gpu *gpu)
{
	__atomic_store_n(&gpu->gone, true, __ATOMIC_RELAXED);
}

/* An error: who uses the window next has to place it. */
static inline void pramin_gpu_doubt(struct pramin_op *op)
{
	op->doubt = true;
	if (!op->gpu->meeting)
		op->gpu->base_known = false;
}

/*
 * -ENODEV if the backend has noticed that the GPU is gone. Loads and stores of a
 * mapping cannot say so, and what has taken its place takes stores and answers
 * with them: so this is asked when accesses are over.
 */
static inline int pramin_gpu_noticed(struct pramin_op *op)
{
	const uint32_t *word = op->gpu->noticed;

	if (!word || !__atomic_load_n(word, __ATOMIC_ACQUIRE))
		return 0;
	return pramin_gpu_alive(op);
}

/* Before anything else: -ENODEV if the GPU was found gone, or is noticed to be */
static inline int pramin_gpu_check(struct pramin_op *op)
{
	if (!__atomic_load_n(&op->gpu->gone, __ATOMIC_RELAXED))
		return pramin_gpu_noticed(op);
	return pramin_fail(op, -ENODEV, PRAMIN_REASON_WAS_GONE, 0, 0, 0);
}

#endif /* PRAMIN_CORE_GPU_H */
