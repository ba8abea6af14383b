// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which depth of an invalidate a level of a format is.
 */
#include "vas_tlb.h"
#include "tlb.h"

/* PDE0 is the last directory; the two levels behind it are leaves. */
static enum pramin_tlb_depth depth(const struct pramin_mmu_format *format,
				   unsigned int level)
{
	unsigned int leaves = format->levels - 2u;

	if (level >= leaves)
		return PRAMIN_TLB_PTE_ONLY;
	return (enum pramin_tlb_depth)(PRAMIN_TLB_UP_TO_PDE0 + leaves - 1 -
				       level);
}

static int invalidate(void *ctx, struct pramin_op *op,
		      const struct pramin_mmu_format *format, uint64_t root_pa,
		      unsigned int level, unsigned int flags)
{
	const struct pramin_tlb_request req = {
		.page_dir = root_pa,
		.depth = depth(format, level),
		.bar = flags & PRAMIN_SYNC_HUB_ONLY,
		.downgrade = flags & PRAMIN_SYNC_DOWNGRADE,
	};

	(void)ctx;
	return pramin_tlb_invalidate(op, &req);
}

const struct pramin_vas_sync pramin_vas_tlb = { .invalidate = invalidate };
