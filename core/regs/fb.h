/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * How much VRAM is there?
 *
 *	G80-GT2xx	0x10020c: Linux nouveau, nvkm/subdev/fb/ramnv50.c.
 *			Not in NVIDIA's headers, so the name is ours.
 *	GP102-TU117,	swref/published/pascal/gp102/dev_fb.h and
 *	GA100		kernel/gpu/mem_sys/arch/pascal/kern_mem_sys_gp102.c
 *	GA102-		swref/published/ampere/ga102/dev_gc6_island.h and its
 *			addendum, mem_sys/arch/ampere/kern_mem_sys_ga102.c
 * (github.com/NVIDIA/open-gpu-kernel-modules, 595.45.04)
 *
 * GF100 to GM2xx, GP100 and GV100 have no single register.
 */
#ifndef PRAMIN_REGS_FB_H
#define PRAMIN_REGS_FB_H

#include "../bits.h"

#define PRAMIN_G80_VRAM_SIZE			0x0010020cu	/* R, G80-GT2xx */
#define   PRAMIN_G80_VRAM_SIZE_LO		BITS32(31, 8)	/* bits 31:8 */
#define   PRAMIN_G80_VRAM_SIZE_HI		BITS32(7, 0)	/* bits 39:32 */

#define NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE	0x00100ce0u	/* R, GP102-GA100 */
#define   NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_ECC_MODE	BIT32(30)
#define   NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_LOWER_MAG	BITS32(9, 4)
/* size = MAG << (SCALE + 20) bytes; 15/16 of it where ECC_MODE is set */
#define   NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_LOWER_SCALE	BITS32(3, 0)

#define NV_USABLE_FB_SIZE_IN_MB			0x001183a4u	/* R, GA102- */

#endif /* PRAMIN_REGS_FB_H */
