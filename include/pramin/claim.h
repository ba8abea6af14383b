/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Whose a range of VRAM is, among all who have the GPU open.
 *
 * Nobody manages the VRAM of a GPU that has no driver. Those who put something
 * there for longer, page tables for example, claim the range first: it is theirs
 * alone, or they hear who has it. A claim keeps nobody from reading or writing
 * the range. It ends when it is released, when its handle is closed, or when its
 * process dies.
 */
#ifndef PRAMIN_CLAIM_H
#define PRAMIN_CLAIM_H

#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pramin_dev;

/** PRAMIN_CLAIMS_MAX - claims that one GPU may have, of all handles together */
#define PRAMIN_CLAIMS_MAX 256u

/** enum pramin_claim_kind - what a claim is for */
enum pramin_claim_kind {
	PRAMIN_CLAIM_NONE = 0,
	PRAMIN_CLAIM_VRAM, /* a range of VRAM */
	PRAMIN_CLAIM_BAR1, /* what BAR1 shows, as a whole */
	PRAMIN_CLAIM_BAR2, /* what BAR2 shows */
};

/**
 * struct pramin_claim - one claim
 * @kind:  what it is for
 * @first: first and
 * @last:  last byte of it: VRAM addresses; 0 and UINT64_MAX for a BAR
 * @pid:   the process that has it
 * @self:  it belongs to the handle that was asked
 */
struct pramin_claim {
	enum pramin_claim_kind kind;
	uint64_t first;
	uint64_t last;
	uint32_t pid;
	bool self;
};

/**
 * pramin_claim_vram() - have a range of VRAM for this handle alone
 * @dev:     a handle
 * @vram_pa: VRAM address of the first byte; no alignment is asked for
 * @len:     bytes; at least 1. They may lie beyond the window's reach.
 *
 * It must not overlap another claim, be it of this handle. Touches no hardware.
 *
 * Thread safe; costs one lock of the meeting and a look at each claim.
 *
 * Return: 0; -EINVAL for no bytes, -ERANGE outside VRAM; -EBUSY with the range and
 * the process that are in the way, or if there are %PRAMIN_CLAIMS_MAX claims;
 * -ENODEV after revoke, -EPERM after fork, -ETIMEDOUT if a process is stopped
 * that has the lock.
 */
int pramin_claim_vram(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len);

/**
 * pramin_release_vram() - give back what pramin_claim_vram() gave
 * @dev:     the same handle
 * @vram_pa: the same address and
 * @len:     length: parts of a claim are not released
 *
 * Thread safe. Return: 0; -ENOENT if that is not a claim of this handle; else as
 * pramin_claim_vram().
 */
int pramin_release_vram(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len);

/**
 * pramin_claims() - all claims on this GPU
 * @dev:    a handle; one that is exclusive has only its own
 * @claims: filled with up to @room of them, in no order
 * @room:   elements of @claims; %PRAMIN_CLAIMS_MAX is always enough
 * @count:  result: how many were filled in
 *
 * One moment's view. Claims of processes that have died may be among them, until
 * somebody needs their place.
 *
 * Thread safe. Return: 0, -EINVAL for a NULL, -ENODEV after revoke, -EPERM after
 * fork, -ETIMEDOUT, -ENOMEM.
 */
int pramin_claims(struct pramin_dev *dev, struct pramin_claim *claims,
		  size_t room, size_t *count);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_CLAIM_H */
