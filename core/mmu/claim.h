/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Whose a range of VRAM is, or a BAR: said before it is used, so that two who
 * build page tables do not build them on the same bytes.
 *
 * A claim keeps nobody from an access: it is asked for by those who allocate. It ends
 * with its release, with its handle, or with the death of the handle's process.
 */
#ifndef PRAMIN_CORE_MMU_CLAIM_H
#define PRAMIN_CORE_MMU_CLAIM_H

#include "../gpu.h"

/**
 * pramin_claim() - have a range for this handle alone
 * @kind:  what it is a range of; checked by the caller, as are the bounds
 * @first: first and
 * @last:  last, @first or more
 *
 * Claims of one handle must not overlap either.
 *
 * Return: 0, -EBUSY with the claim and the process that are in the way, -EBUSY if
 * there are too many, -ETIMEDOUT if the environment's lock is not had.
 */
int pramin_claim(struct pramin_op *op, enum pramin_claim_kind kind,
		 uint64_t first, uint64_t last);

/* Give back exactly what pramin_claim() gave. 0, -ENOENT, -ETIMEDOUT */
int pramin_claim_drop(struct pramin_op *op, enum pramin_claim_kind kind,
		      uint64_t first, uint64_t last);

/* VRAM of @len bytes, checked: besides, -EINVAL for none and -ERANGE */
int pramin_vram_claim(struct pramin_op *op, uint64_t vram_pa, uint64_t len);
int pramin_vram_unclaim(struct pramin_op *op, uint64_t vram_pa,
			   uint64_t len);

/*
 * All claims at one moment, of whatever kind, in no order; @rows has room for
 * %PRAMIN_CLAIMS. 0, or -ETIMEDOUT.
 */
int pramin_claim_list(struct pramin_op *op, struct pramin_claim_row *rows,
		      uint32_t *count);

/* Has this handle a claim of that kind from @first on? 0, -ENOENT, -ETIMEDOUT */
int pramin_claim_check(struct pramin_op *op, enum pramin_claim_kind kind,
		       uint64_t first);

/* Under the environment's lock: all that a seat has had */
void pramin_claim_reap(struct pramin_gpu *gpu, uint32_t seat);

#endif /* PRAMIN_CORE_MMU_CLAIM_H */
