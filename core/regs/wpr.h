/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Write-protected regions: VRAM that firmware has locked for itself.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published:
 *	TU102-AD10x, GH100	turing/tu102/dev_fb.h, hopper/gh100/dev_fb.h
 *	GB100			blackwell/gb100/dev_hubmmu_base.h and hwproject.h:
 *				the second region only; the names are ours
 * GB202 and its like: not published.
 *
 * A region is [LO, HI) in units of 4 KiB. There is none where HI is 0, or not above
 * LO: after a reset LO is all ones and HI is 0.
 */
#ifndef PRAMIN_REGS_WPR_H
#define PRAMIN_REGS_WPR_H

#include "../bits.h"

#define NV_PFB_PRI_MMU_WPR1_ADDR_LO		0x001fa81cu	/* R, TU102-GH100 */
#define NV_PFB_PRI_MMU_WPR1_ADDR_HI		0x001fa820u
#define NV_PFB_PRI_MMU_WPR2_ADDR_LO		0x001fa824u
#define NV_PFB_PRI_MMU_WPR2_ADDR_HI		0x001fa828u
#define   NV_PFB_PRI_MMU_WPR_ADDR_VAL		BITS32(31, 4)	/* bytes >> 12 */

#define PRAMIN_GB100_WPR2_ADDR_LO		0x0088a824u	/* R, GB100 */
#define PRAMIN_GB100_WPR2_ADDR_HI		0x0088a828u

/* Ours */
#define PRAMIN_WPR_SHIFT			12

#endif /* PRAMIN_REGS_WPR_H */
