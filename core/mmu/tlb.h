/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Making the GPU's MMU forget what it has cached of page tables.
 */
#ifndef PRAMIN_CORE_MMU_TLB_H
#define PRAMIN_CORE_MMU_TLB_H

#include "../gpu.h"

/*
 * How deep: entries of that level and of those below it are forgotten. PDE0 is the
 * last directory before the leaf tables. A chip that cannot tell forgets all, and
 * any may forget more than it was asked to.
 */
enum pramin_tlb_depth {
	PRAMIN_TLB_ALL = 0,
	PRAMIN_TLB_PTE_ONLY,
	PRAMIN_TLB_UP_TO_PDE0,
	PRAMIN_TLB_UP_TO_PDE1,
	PRAMIN_TLB_UP_TO_PDE2,
	PRAMIN_TLB_UP_TO_PDE3,
	PRAMIN_TLB_UP_TO_PDE4,
	PRAMIN_TLB_UP_TO_PDE5,
};

/**
 * struct pramin_tlb_request - what is to be forgotten
 * @page_dir:  VRAM address of the root of an address space
 * @all:       of all address spaces; @page_dir is not looked at
 * @bar:       an address space that only BAR1 or BAR2 uses
 * @downgrade: something was valid, or allowed more, before: wait until no access by
 *             it is under way anywhere
 */
struct pramin_tlb_request {
	uint64_t page_dir;
	enum pramin_tlb_depth depth;
	bool all;
	bool bar;
	bool downgrade;
};

/**
 * pramin_tlb_invalidate() - forget, and wait until it is done
 *
 * One at a time on a GPU, whatever process asks. The writes to the tables are
 * flushed before (pramin_mmu_flush()). If this fails, what the GPU still has
 * cached is not known: memory of tables must not be used for anything else.
 *
 * No barrier for system memory: that would read a page which only a driver sets up.
 *
 * Return: 0; -EINVAL, -ERANGE, -EOPNOTSUPP before anything is touched; -ETIMEDOUT
 * if another process or the hardware does not get done, -EIO for an error value,
 * -ENODEV.
 */
int pramin_tlb_invalidate(struct pramin_op *op,
			  const struct pramin_tlb_request *req);

#endif /* PRAMIN_CORE_MMU_TLB_H */
