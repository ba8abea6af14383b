/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * One at a time invalidates the TLB or binds a BAR, in all processes: their
 * registers take one request at a time.
 *
 * Uncontended it costs one atomic operation to take and one to drop. Whoever
 * finds it taken waits in order of arrival. If its owner dies, those who wait
 * notice (pramin_share_reap_all()); what it has left in the hardware is waited for
 * before the next request, as always.
 */
#ifndef PRAMIN_CORE_MMU_LOCK_H
#define PRAMIN_CORE_MMU_LOCK_H

#include "../gpu.h"

/**
 * struct pramin_mmu_hold - one hold of the lock, on the stack of a call
 * @owner: as it is in the lock's word
 */
struct pramin_mmu_hold {
	uint32_t owner;
};

/**
 * pramin_mmu_take() - wait until nobody else invalidates or binds
 *
 * Not with the window held. Return: 0, -ETIMEDOUT with its reason, -EBUSY if
 * too many wait, -ENODEV after revoke.
 */
int pramin_mmu_take(struct pramin_op *op, struct pramin_mmu_hold *hold);
void pramin_mmu_drop(struct pramin_op *op, const struct pramin_mmu_hold *hold);

/* Under the environment's lock: what a dead seat held or waited for */
void pramin_mmu_reap(struct pramin_gpu *gpu, uint32_t seat);

/* Under the environment's lock: hand it on, if nobody has it and somebody waits. */
void pramin_mmu_settle(struct pramin_gpu *gpu);

#endif /* PRAMIN_CORE_MMU_LOCK_H */
