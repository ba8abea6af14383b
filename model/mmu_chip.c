// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which page tables a chip has, and where its MMU has its registers.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), kernel/gpu/mmu/arch:
 * kern_gmmu_fmt_gm10x.c, _gp10x.c, _ga10x.c, _gh10x.c, _gb10x.c (which level can
 * be a page), kern_gmmu_gm200.c (sparse), inc/libraries/mmu/gmmu_fmt.h (Pascal can
 * still read version 1). That Fermi and Kepler have the formats of Maxwell: there
 * too. Sources of the registers: the headers in core/regs.
 *
 * Tesla has page tables of another kind, and they are not modelled.
 */
#include <errno.h>
#include <string.h>

#include "../core/regs/bar.h"
#include "../core/regs/flush.h"
#include "../core/regs/master.h"
#include "../core/regs/tlb.h"
#include "../core/regs/wpr.h"
#include "mmu.h"

#define VF(name) (0xb80000u + NV_VIRTUAL_FUNCTION_PRIV_##name)

static const struct model_mmu_regs none = { .flush = NV_UFLUSH_FB_FLUSH };

#define PFB                                                                \
	.trigger = NV_PFB_PRI_MMU_INVALIDATE,                              \
	.pdb = NV_PFB_PRI_MMU_INVALIDATE_PDB, .fifo = NV_PFB_PRI_MMU_CTRL, \
	.block = { NV_PBUS_BAR1_BLOCK, NV_PBUS_BAR2_BLOCK },               \
	.bind_status = NV_PBUS_BIND_STATUS, .flush = NV_UFLUSH_FB_FLUSH

#define WPR                                                                \
	.wpr = { NV_PFB_PRI_MMU_WPR1_ADDR_LO, NV_PFB_PRI_MMU_WPR1_ADDR_HI, \
		 NV_PFB_PRI_MMU_WPR2_ADDR_LO, NV_PFB_PRI_MMU_WPR2_ADDR_HI }

static const struct model_mmu_regs gf100 = { PFB };
static const struct model_mmu_regs gp100 = {
	PFB,
	.upper_pdb = NV_PFB_PRI_MMU_INVALIDATE_UPPER_PDB,
	.depth = true,
};
static const struct model_mmu_regs tu102 = {
	.trigger = VF(MMU_INVALIDATE),
	.pdb = VF(MMU_INVALIDATE_PDB),
	.upper_pdb = VF(MMU_INVALIDATE_UPPER_PDB),
	.depth = true,
	.block = { VF(BAR1_BLOCK), VF(BAR2_BLOCK) },
	.bind_status = VF(BIND_STATUS),
	.flush = NV_UFLUSH_FB_FLUSH,
	WPR,
};

#define GH100                                                         \
	.trigger = VF(MMU_INVALIDATE), .pdb = VF(MMU_INVALIDATE_PDB), \
	.upper_pdb = VF(MMU_INVALIDATE_UPPER_PDB), .depth = true,     \
	.block = { VF(FUNC_BAR1_BLOCK_LOW_ADDR),                      \
		   VF(FUNC_BAR2_BLOCK_LOW_ADDR) },                    \
	.high = { VF(FUNC_BAR1_BLOCK_HIGH_ADDR),                      \
		  VF(FUNC_BAR2_BLOCK_HIGH_ADDR) },                    \
	.flush = NV_XAL_EP_UFLUSH_FB_FLUSH,                           \
	.flush_status = NV_XAL_EP_UFLUSH_FB_FLUSH_COMPLETED

static const struct model_mmu_regs gh100 = { GH100, WPR };
static const struct model_mmu_regs gb100 = {
	GH100,
	.wpr = { 0, 0, PRAMIN_GB100_WPR2_ADDR_LO, PRAMIN_GB100_WPR2_ADDR_HI },
};
static const struct model_mmu_regs gb202 = { GH100 };

/* By the architecture of NV_PMC_BOOT_0, from its number on */
static const struct {
	unsigned int arch;
	struct model_mmu_chip chip;
} archs[] = {
	{ 0x1b, { 3, 3, 2, true, true, &gb202 } }, /* Blackwell */
	{ 0x1a, { 3, 3, 2, true, true, &gb100 } },
	{ 0x19, { 2, 2, 1, true, true, &tu102 } },  /* Ada */
	{ 0x18, { 3, 3, 1, true, true, &gh100 } },  /* Hopper */
	{ 0x17, { 2, 2, 1, true, true, &tu102 } },  /* Ampere */
	{ 0x16, { 2, 2, 0, true, true, &tu102 } },  /* Turing */
	{ 0x14, { 2, 2, 0, true, false, &gp100 } }, /* Volta */
	{ 0x13, { 1, 2, 0, true, false, &gp100 } }, /* Pascal */
	{ 0x12, { 1, 1, 0, true, false, &gf100 } }, /* GM2xx */
	{ 0x0c, { 1, 1, 0, false, false, &gf100 } },
	{ 0x00, { 0, 0, 0, false, false, &none } },
};

const struct model_mmu_chip *model_mmu_chip(const struct pramin_model *m)
{
	unsigned int arch = model_chip_arch(m->chip);
	size_t i = 0;

	while (archs[i].arch > arch)
		i++;
	return &archs[i].chip;
}

int model_space_check(const struct pramin_model *m,
		      const struct pramin_model_space *from,
		      struct model_space *to)
{
	const struct model_mmu_chip *chip = m->mmu_chip;
	struct pramin_model_space s = { .size = 0 };

	if (!from || !from->size || from->size > sizeof(s))
		return -EINVAL;
	memcpy(&s, from, from->size);
	to->version = s.version ? s.version : chip->newest;
	if (!to->version || to->version < chip->oldest ||
	    to->version > chip->newest)
		return -EINVAL;
	if (!s.big_page)
		s.big_page = 64 * (uint32_t)PRAMIN_KIB;
	if (s.big_page == 128 * PRAMIN_KIB && to->version == 1)
		to->big_shift = 17;
	else if (s.big_page == 64 * PRAMIN_KIB)
		to->big_shift = 16;
	else
		return -EINVAL;
	if (s.root % 4096)
		return -EINVAL;
	if (s.root >= m->vram_size)
		return -ERANGE;
	to->root = s.root;
	to->gpc = s.gpc;
	to->v1_sparse = chip->v1_sparse;
	to->wide_peer = chip->wide_peer;
	to->large = chip->large;
	return 0;
}
