/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Making the GPU's MMU forget what it has cached.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published:
 *	NV_PFB_PRI_MMU_INVALIDATE*	maxwell/gm107/dev_fb.h (ALL_VA, ALL_PDB,
 *		HUBTLB_ONLY, TRIGGER), pascal/gp100/dev_fb.h (the rest)
 *	NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE*  turing/tu102/dev_vm.h,
 *		ampere/ga100/dev_vm.h (INVAL_SCOPE), blackwell/gb100/dev_vm.h
 * and github.com/NVIDIA/open-gpu-doc, manuals/volta/gv100/pri_mmu_hub.ref.txt
 * (UPPER_PDB) and pri_mmu_both.ref.txt (NV_PFB_PRI_MMU_CTRL). That Fermi and
 * Kepler have Maxwell's registers, and Pascal Volta's UPPER_PDB: Linux nouveau,
 * nvkm/subdev/mmu/vmmgf100.c and vmmgp100.c.
 *
 * One request is written in two or three registers. The one with TRIGGER comes
 * last. Its fields stand at the same bits in every generation that has them.
 */
#ifndef PRAMIN_REGS_TLB_H
#define PRAMIN_REGS_TLB_H

#include "../bits.h"
#include "vf.h"

/* GF100-GV100 */
#define NV_PFB_PRI_MMU_INVALIDATE_PDB		0x00100cb8u	/* RW */
#define NV_PFB_PRI_MMU_INVALIDATE_UPPER_PDB	0x00100cecu	/* RW, GP100- */
#define NV_PFB_PRI_MMU_INVALIDATE		0x00100cbcu	/* RW */

/* A request waits in a FIFO: room for it before, all of it done after */
#define NV_PFB_PRI_MMU_CTRL			0x00100c80u	/* RW */
#define   NV_PFB_PRI_MMU_CTRL_PRI_FIFO_SPACE	BITS32(23, 16)
#define   NV_PFB_PRI_MMU_CTRL_PRI_FIFO_EMPTY	BIT32(15)

/* TU102-: offsets for PRAMIN_VF(). TRIGGER reads 1 until the request is done. */
#define NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_PDB		0x000030a0u
#define NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_UPPER_PDB	0x000030a4u
#define NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE			0x000030b0u

/* Address bits 39:12 of the page directory; 63:40 (59:40) in UPPER_PDB */
#define   NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR		BITS32(31, 4)
#define     NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR_ALIGNMENT	12u
#define   NV_PFB_PRI_MMU_INVALIDATE_PDB_APERTURE	BIT32(1)
#define     NV_PFB_PRI_MMU_INVALIDATE_PDB_APERTURE_VID_MEM	0u
#define     NV_PFB_PRI_MMU_INVALIDATE_PDB_APERTURE_SYS_MEM	1u
#define   NV_PFB_PRI_MMU_INVALIDATE_UPPER_PDB_ADDR	BITS32(19, 0)
#define     PRAMIN_MMU_INVALIDATE_UPPER_PDB_SHIFT		40u

#define   NV_PFB_PRI_MMU_INVALIDATE_ALL_VA		BIT32(0)
#define   NV_PFB_PRI_MMU_INVALIDATE_ALL_PDB		BIT32(1)
#define   NV_PFB_PRI_MMU_INVALIDATE_HUBTLB_ONLY		BIT32(2)
#define   NV_PFB_PRI_MMU_INVALIDATE_TRIGGER		BIT32(31)

/* GP100- */
#define   NV_PFB_PRI_MMU_INVALIDATE_REPLAY		BITS32(5, 3)
/* Needs a page of host memory that a GPU without driver has not: never set */
#define   NV_PFB_PRI_MMU_INVALIDATE_SYS_MEMBAR		BIT32(6)
#define   NV_PFB_PRI_MMU_INVALIDATE_ACK			BITS32(8, 7)
#define     NV_PFB_PRI_MMU_INVALIDATE_ACK_NONE_REQUIRED		0u
#define     NV_PFB_PRI_MMU_INVALIDATE_ACK_GLOBALLY		1u
#define     NV_PFB_PRI_MMU_INVALIDATE_ACK_INTRANODE		2u
#define   NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL		BITS32(26, 24)
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_ALL		0u
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_PTE_ONLY	1u
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_UP_TO_PDE0	2u
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_UP_TO_PDE1	3u
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_UP_TO_PDE2	4u
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_UP_TO_PDE3	5u
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_UP_TO_PDE4	6u
#define     NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_UP_TO_PDE5	7u

/* GA100- */
#define   NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_INVAL_SCOPE	BITS32(16, 15)
#define     NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_INVAL_SCOPE_ALL_TLBS 0u
#define     NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_INVAL_SCOPE_LINK_TLBS 1u
#define     NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE_INVAL_SCOPE_NON_LINK_TLBS \
	2u

#endif /* PRAMIN_REGS_TLB_H */
