/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of BARs use of each other: bar.c, block registers; bar_take.c, whose
 * a BAR is.
 */
#ifndef PRAMIN_CORE_MMU_BAR_BLOCK_H
#define PRAMIN_CORE_MMU_BAR_BLOCK_H

#include "bar.h"
#include "claim.h"

static inline struct pramin_bar_note *
pramin_bar_note(const struct pramin_gpu *gpu, unsigned int bar)
{
	return &gpu->mmu->bar[bar - 1];
}

/* A BAR is claimed as a whole, from 0 to UINT64_MAX. */
static inline enum pramin_claim_kind pramin_bar_kind(unsigned int bar)
{
	return bar == 1 ? PRAMIN_CLAIM_BAR1 : PRAMIN_CLAIM_BAR2;
}

/* Is the GPU there, and its BARs known? 0, -ENODEV, -EOPNOTSUPP */
int pramin_bar_check(struct pramin_op *op);

/* Write back what was found, if the note says so. The BAR is this handle's. */
int pramin_bar_put_back(struct pramin_op *op, unsigned int bar);

#endif /* PRAMIN_CORE_MMU_BAR_BLOCK_H */
