// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * TLB invalidates, as open-gpu-kernel-modules does them
 * (kernel/gpu/mmu/arch/maxwell/kern_gmmu_gm107.c, turing/kern_gmmu_tu102.c), but
 * for the barrier to system memory:
 *
 *	wait until a request can be made
 *	page directory			(unless all are meant)
 *	trigger
 *	wait until it is done
 */
#include "tlb.h"
#include "lock.h"
#include "poll.h"
#include "../regs/tlb.h"
#include "../window.h"

#define PAGE_DIR_ALIGN (1u << NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR_ALIGNMENT)

static int check(struct pramin_op *op, const struct pramin_tlb_request *req)
{
	const struct pramin_chip *chip = op->gpu->chip;
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	if (!chip->family->tlb) {
		pramin_fail(op, -EOPNOTSUPP, PRAMIN_REASON_NO_MMU, 0, 0, 0);
		op->cause.text = chip->name;
		return -EOPNOTSUPP;
	}
	if ((unsigned int)req->depth > PRAMIN_TLB_UP_TO_PDE5)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_ARGUMENT, 0, 0,
				   0);
	if (req->all)
		return 0;
	if (req->page_dir % PAGE_DIR_ALIGN) {
		pramin_fail(op, -EINVAL, PRAMIN_REASON_TABLE_MISALIGNED,
			    req->page_dir, PAGE_DIR_ALIGN, 0);
		op->cause.text = "a page directory";
		return -EINVAL;
	}
	return pramin_range_check(op, req->page_dir, PAGE_DIR_ALIGN);
}

/* The value of the trigger register. A mask of 0 leaves its field out. */
static uint32_t trigger_value(const struct pramin_tlb_desc *tlb,
			      const struct pramin_tlb_request *req)
{
	uint32_t val = NV_PFB_PRI_MMU_INVALIDATE_TRIGGER |
		       NV_PFB_PRI_MMU_INVALIDATE_ALL_VA;

	if (tlb->cache_level)
		val |= FLD_PREP(tlb->cache_level, (uint32_t)req->depth);
	if (tlb->ack && req->downgrade)
		val |= FLD_PREP(tlb->ack,
				NV_PFB_PRI_MMU_INVALIDATE_ACK_GLOBALLY);
	if (req->bar)
		val |= NV_PFB_PRI_MMU_INVALIDATE_HUBTLB_ONLY;
	if (req->all)
		val |= NV_PFB_PRI_MMU_INVALIDATE_ALL_PDB;
	/* The TLBs of links hold nothing of ours; for all, all of them. */
	else if (tlb->inval_scope)
		val |= FLD_PREP(
			tlb->inval_scope,
			NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_INVAL_SCOPE_NON_LINK_TLBS);
	return val;
}

/*
 * Before a request: room for it, or none under way. After it: none waiting, or
 * none under way.
 */
static int wait_until(struct pramin_op *op, const struct pramin_tlb_desc *tlb,
		      bool before)
{
	struct pramin_poll poll = {
		.name = tlb->name,
		.off = tlb->trigger,
		.mask = NV_PFB_PRI_MMU_INVALIDATE_TRIGGER,
		.reason = PRAMIN_REASON_TLB_STUCK,
	};

	if (tlb->ctrl) {
		poll.name = "NV_PFB_PRI_MMU_CTRL";
		poll.off = tlb->ctrl;
		poll.mask = before ? NV_PFB_PRI_MMU_CTRL_PRI_FIFO_SPACE :
				     NV_PFB_PRI_MMU_CTRL_PRI_FIFO_EMPTY;
		poll.any = true;
	}
	return pramin_mmu_poll(op, &poll);
}

static int write_page_dir(struct pramin_op *op,
			  const struct pramin_tlb_desc *tlb, uint64_t page_dir)
{
	uint32_t lo = (uint32_t)(page_dir >>
				 NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR_ALIGNMENT);
	uint64_t hi = page_dir >> PRAMIN_MMU_INVALIDATE_UPPER_PDB_SHIFT;
	int ret;

	/* APERTURE_VID_MEM is 0. */
	ret = pramin_reg_write(
		op, tlb->pdb, FLD_PREP(NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR, lo));
	if (ret || !tlb->upper_pdb)
		return ret;
	return pramin_reg_write(op, tlb->upper_pdb, (uint32_t)hi);
}

static int invalidate(struct pramin_op *op,
		      const struct pramin_tlb_request *req)
{
	const struct pramin_tlb_desc *tlb = op->gpu->chip->family->tlb;
	int ret = wait_until(op, tlb, true);

	if (!ret && !req->all)
		ret = write_page_dir(op, tlb, req->page_dir);
	if (!ret)
		ret = pramin_reg_write(op, tlb->trigger,
				       trigger_value(tlb, req));
	if (ret)
		return ret;
	__atomic_fetch_add(&op->gpu->mmu->invalidates, 1, __ATOMIC_RELAXED);
	return wait_until(op, tlb, false);
}

int pramin_tlb_invalidate(struct pramin_op *op,
			  const struct pramin_tlb_request *req)
{
	struct pramin_mmu_hold hold;
	int ret = check(op, req);

	if (!ret)
		ret = pramin_mmu_take(op, &hold);
	if (ret)
		return ret;
	ret = invalidate(op, req);
	pramin_mmu_drop(op, &hold);
	return ret;
}
