/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Which chip is this?
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04),
 * src/common/inc/swref/published/nv_ref.h and nv_arch.h; architectures before
 * Maxwell from github.com/NVIDIA/open-gpu-doc, volta/gv100/dev_master.ref.txt,
 * and from Linux drivers/gpu/drm/nouveau/nvkm/engine/device/base.c.
 *
 * An architecture is ARCHITECTURE_1 above ARCHITECTURE_0. With the
 * implementation below it, it makes the chip id that nouveau prints: 0x162.
 */
#ifndef PRAMIN_REGS_MASTER_H
#define PRAMIN_REGS_MASTER_H

#include "../bits.h"

#define NV_PMC_BOOT_0				0x00000000u	/* R */
#define   NV_PMC_BOOT_0_ARCHITECTURE_0		BITS32(28, 24)
#define   NV_PMC_BOOT_0_IMPLEMENTATION		BITS32(23, 20)
#define   NV_PMC_BOOT_0_ARCHITECTURE_1		BIT32(8)
#define   NV_PMC_BOOT_0_MAJOR_REVISION		BITS32(7, 4)
#define   NV_PMC_BOOT_0_MINOR_REVISION		BITS32(3, 0)

#define NV_PMC_BOOT_1				0x00000004u	/* R */
#define   NV_PMC_BOOT_1_VGPU			BITS32(17, 16)
#define     NV_PMC_BOOT_1_VGPU_REAL		0u
#define     NV_PMC_BOOT_1_VGPU_PV		1u
#define     NV_PMC_BOOT_1_VGPU_VF		2u

#define NV_PMC_BOOT_42				0x00000a00u	/* R, GM107- */
#define   NV_PMC_BOOT_42_ARCHITECTURE		BITS32(29, 24)
#define   NV_PMC_BOOT_42_IMPLEMENTATION		BITS32(23, 20)
#define   NV_PMC_BOOT_42_MAJOR_REVISION		BITS32(19, 16)
#define   NV_PMC_BOOT_42_MINOR_REVISION		BITS32(15, 12)

/* First architecture that has NV_PMC_BOOT_42, and first with a window */
#define PRAMIN_ARCH_GM100			0x11u
#define PRAMIN_ARCH_G80				0x05u

#endif /* PRAMIN_REGS_MASTER_H */
