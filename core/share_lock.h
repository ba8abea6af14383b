/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of sharing use of each other: share.c, calls; share_gate.c,
 * gates and leases; share_life.c, handles that come, go and die.
 */
#ifndef PRAMIN_CORE_SHARE_LOCK_H
#define PRAMIN_CORE_SHARE_LOCK_H

#include "share.h"

/* Two looks at whether those who are waited for have died, in ns */
#define PRAMIN_LOOK_NS 100000000ull

/* Owners: threads below, and the leases, which no thread is */
#define PRAMIN_OWNER_LEASE (1ull << 63)

static inline uint64_t pramin_now(const struct pramin_gpu *gpu)
{
	return gpu->config.env_ops->now(gpu->config.env);
}

/*
 * The lock, and all in order even if its last owner died with it. 0, or
 * -ETIMEDOUT with its reason: somebody is stopped who has it. The first waits for
 * as long as a call may.
 */
int pramin_share_lock(struct pramin_op *op);
int pramin_share_lock_by(struct pramin_op *op, uint64_t until);

/* Under the lock: free what the dead have held. How many others are alive? */
uint32_t pramin_share_reap_dead(struct pramin_gpu *gpu);

/*
 * After every call of the room, still under the lock: wake whom it lists, and
 * bring the gates in line with it.
 */
void pramin_share_settle(struct pramin_gpu *gpu);
void pramin_share_unlock(struct pramin_gpu *gpu);

/* A free request, or NULL; under the lock */
struct pramin_request *pramin_request_get(struct pramin_meeting *meeting);

/* Its thread may look at what the room says of it; under the lock */
void pramin_request_wake(struct pramin_gpu *gpu,
			 struct pramin_request *request);

/* Without the lock: leave it to whoever has it next to end a request. */
void pramin_request_abandon(struct pramin_meeting *meeting,
			    struct pramin_request *request);

/* From the meeting to the mover, and back: what is known of the register */
void pramin_share_take_notes(struct pramin_gpu *gpu, uint64_t epoch);
void pramin_share_leave_notes(struct pramin_gpu *gpu, uint64_t epoch);

/* Make a call that is inside as @r one inside the gate, if that can be opened. */
void pramin_lease_begin(struct pramin_op *op, struct pramin_request *r);

/* Close a gate that nobody is in, and give its lease back; under the lock */
void pramin_lease_end(struct pramin_gpu *gpu, uint32_t seat);

#endif /* PRAMIN_CORE_SHARE_LOCK_H */
