/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the handles of one GPU share beside its window: who may invalidate or
 * bind, what its BARs showed before, and which VRAM is whose. It lies in the
 * meeting, or in the GPU's own state if nobody can be met.
 *
 * It is changed under the environment's lock, and each row says last of all that
 * it is one: whoever dies in the middle of something leaves nothing to repair.
 */
#ifndef PRAMIN_CORE_MMU_STATE_H
#define PRAMIN_CORE_MMU_STATE_H

#include <pramin/claim.h>

#include "../env.h"

/* Those who wait to invalidate or bind, and claims of all handles together */
#define PRAMIN_MMU_WAITS 256u
#define PRAMIN_CLAIMS	 256u

/* One who waits for the lock; free if @state is 0 (lock.c) */
struct pramin_mmu_wait {
	uint64_t ticket;
	uint32_t seat;
	uint32_t state;
	uint32_t wake; /* what the environment sleeps on */
	uint32_t spare;
};

/**
 * struct pramin_mmu_lock - who may invalidate or bind: one per GPU
 * @word: who has it, and whether somebody waits (lock.c)
 * @pid, @since: of whoever has it, for messages
 */
struct pramin_mmu_lock {
	uint32_t word __attribute__((aligned(64)));
	uint32_t pid;
	uint64_t since;
	uint64_t ticket; /* of the next one to wait */
	struct pramin_mmu_wait wait[PRAMIN_MMU_WAITS];
};

/**
 * struct pramin_bar_note - what a BAR showed before it was bound
 * @bound: not 0: the rest counts, and has to be written back
 * @low, @high: the block registers as they were found; @high is 0 if there is none
 * @now_low, @now_high: as they were written
 */
struct pramin_bar_note {
	uint32_t bound;
	uint32_t low;
	uint32_t high;
	uint32_t now_low;
	uint32_t now_high;
	uint32_t spare;
};

/*
 * A range that a handle has for itself; free if @kind is 0. Two overlap only if they
 * are of one kind.
 */
struct pramin_claim_row {
	uint64_t first;
	uint64_t last;
	uint32_t seat;
	uint32_t pid; /* for messages */
	uint32_t kind;
	uint32_t spare;
};

struct pramin_mmu_state {
	struct pramin_bar_note bar[2]; /* BAR1, BAR2; first, see pramin_meeting */
	struct pramin_mmu_lock lock;
	uint64_t invalidates;	       /* that have been triggered, and ... */
	uint64_t binds;		       /* ... written to a block register */
	uint64_t resets;	       /* that were told of: pramin_resets() */
	struct pramin_claim_row claim[PRAMIN_CLAIMS];
};

#endif /* PRAMIN_CORE_MMU_STATE_H */
