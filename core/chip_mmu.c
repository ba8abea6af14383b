// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The registers of TLB, BARs and write-protected regions by generation. Sources:
 * regs/tlb.h, regs/bar.h, regs/wpr.h.
 */
#include "chip_mmu.h"
#include "regs/bar.h"
#include "regs/tlb.h"
#include "regs/wpr.h"

/* GF100-GM2xx */
const struct pramin_tlb_desc pramin_tlb_gf100 = {
	.name = "NV_PFB_PRI_MMU_INVALIDATE",
	.trigger = NV_PFB_PRI_MMU_INVALIDATE,
	.pdb = NV_PFB_PRI_MMU_INVALIDATE_PDB,
	.ctrl = NV_PFB_PRI_MMU_CTRL,
};

const struct pramin_tlb_desc pramin_tlb_gp100 = {
	.name = "NV_PFB_PRI_MMU_INVALIDATE",
	.trigger = NV_PFB_PRI_MMU_INVALIDATE,
	.pdb = NV_PFB_PRI_MMU_INVALIDATE_PDB,
	.upper_pdb = NV_PFB_PRI_MMU_INVALIDATE_UPPER_PDB,
	.ctrl = NV_PFB_PRI_MMU_CTRL,
	.ack = NV_PFB_PRI_MMU_INVALIDATE_ACK,
	.cache_level = NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL,
};

#define TLB_VF                                                                \
	.name = "NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE",                    \
	.trigger = PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE),        \
	.pdb = PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_PDB),        \
	.upper_pdb =                                                          \
		PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_UPPER_PDB), \
	.ack = NV_PFB_PRI_MMU_INVALIDATE_ACK,                                 \
	.cache_level = NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL

const struct pramin_tlb_desc pramin_tlb_tu102 = { TLB_VF };

const struct pramin_tlb_desc pramin_tlb_ga100 = {
	TLB_VF,
	.inval_scope = NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_INVAL_SCOPE,
};

#define BAR_FIELDS                                 \
	.ptr = NV_PBUS_BAR1_BLOCK_PTR,             \
	.ptr_shift = NV_PBUS_BAR1_BLOCK_PTR_SHIFT, \
	.target = NV_PBUS_BAR1_BLOCK_TARGET, .mode = NV_PBUS_BAR1_BLOCK_MODE

#define BAR1_STATUS                                  \
	.pending = NV_PBUS_BIND_STATUS_BAR1_PENDING, \
	.outstanding = NV_PBUS_BIND_STATUS_BAR1_OUTSTANDING

#define BAR2_STATUS                                          \
	.pending = NV_PBUS_BIND_STATUS_BAR2_PENDING,         \
	.outstanding = NV_PBUS_BIND_STATUS_BAR2_OUTSTANDING, \
	.always = NV_PBUS_BAR2_BLOCK_DEBUG_CYA

/* GF100-GV100 */
const struct pramin_bar_desc pramin_bar_gf100 = {
	BAR_FIELDS,
	.block = {
		{
			.name = "NV_PBUS_BAR1_BLOCK",
			.off = NV_PBUS_BAR1_BLOCK,
			.status = NV_PBUS_BIND_STATUS,
			BAR1_STATUS,
		},
		{
			.name = "NV_PBUS_BAR2_BLOCK",
			.off = NV_PBUS_BAR2_BLOCK,
			.status = NV_PBUS_BIND_STATUS,
			BAR2_STATUS,
		},
	},
};

/* TU102-AD10x */
const struct pramin_bar_desc pramin_bar_tu102 = {
	BAR_FIELDS,
	.block = {
		{
			.name = "NV_VIRTUAL_FUNCTION_PRIV_BAR1_BLOCK",
			.off = PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_BAR1_BLOCK),
			.status =
				PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_BIND_STATUS),
			BAR1_STATUS,
		},
		{
			.name = "NV_VIRTUAL_FUNCTION_PRIV_BAR2_BLOCK",
			.off = PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_BAR2_BLOCK),
			.status =
				PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_BIND_STATUS),
			BAR2_STATUS,
		},
	},
};

/* clang-format off */
#define BLOCK_GH100(n)                                                       \
	{                                                                    \
		.name = "NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR" #n "_BLOCK_LOW_ADDR", \
		.off = PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR##n##_BLOCK_LOW_ADDR), \
		.high = PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR##n##_BLOCK_HIGH_ADDR), \
		.high_ptr = NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR##n##_BLOCK_HIGH_ADDR_PTR, \
		.status = PRAMIN_VF(NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR##n##_BLOCK_LOW_ADDR), \
		.pending = NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_BAR1_PENDING, \
		.outstanding = NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_BAR1_OUTSTANDING, \
	}
/* clang-format on */

const struct pramin_bar_desc pramin_bar_gh100 = {
	.ptr = NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_PTR,
	.ptr_shift = NV_PBUS_BAR1_BLOCK_PTR_SHIFT,
	.target = NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_TARGET,
	.mode = NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_MODE,
	.block = { BLOCK_GH100(1), BLOCK_GH100(2) },
};

/* TU102-GH100 */
const struct pramin_wpr_desc pramin_wpr_tu102[2] = {
	{ NV_PFB_PRI_MMU_WPR1_ADDR_LO, NV_PFB_PRI_MMU_WPR1_ADDR_HI },
	{ NV_PFB_PRI_MMU_WPR2_ADDR_LO, NV_PFB_PRI_MMU_WPR2_ADDR_HI },
};

const struct pramin_wpr_desc pramin_wpr_gb100[2] = {
	{ 0, 0 },
	{ PRAMIN_GB100_WPR2_ADDR_LO, PRAMIN_GB100_WPR2_ADDR_HI },
};
