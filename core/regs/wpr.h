/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Write-protected regions (WPR): VRAM that firmware keeps for itself.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published:
 *	TU102-GH100	turing/tu102/dev_fb.h, hopper/gh100/dev_fb.h
 *	GB100-		blackwell/gb100/dev_hubmmu_base.h, hwproject.h
 * A region ends before its HI, and there is none if LO and HI are the same or HI is
 * 0 (kernel/gpu/bus/arch/hopper/kern_bus_gh100.c). What a read of such VRAM returns
 * is not stated.
 *
 * HI lies 4 behind LO, and the registers of region 2 behind those of region 1.
 */
#ifndef PRAMIN_REGS_WPR_H
#define PRAMIN_REGS_WPR_H

#include "../bits.h"

#define NV_PFB_PRI_MMU_WPR1_ADDR_LO		0x001fa81cu	/* TU102-GH100 */
#define NV_HUBMMU_PRI_MMU_WPR1_ADDR_LO		0x0088a81cu	/* GB100- */
#define   NV_PFB_PRI_MMU_WPR_ADDR_VAL		BITS32(31, 4)	/* bytes >> 12 */

/* Ours */
#define PRAMIN_WPR_REGIONS			2u
#define PRAMIN_WPR_SHIFT			12

#endif /* PRAMIN_REGS_WPR_H */
