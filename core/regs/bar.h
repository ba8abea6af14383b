/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What BAR1 and BAR2 show: VRAM from address 0 on, or virtual addresses of the
 * page tables that an instance block names.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published:
 *	NV_PBUS_BAR*_BLOCK, _BIND_STATUS	maxwell/gm107/dev_bus.h and
 *		turing/tu102/dev_bus.h; Volta: github.com/NVIDIA/open-gpu-doc,
 *		manuals/volta/gv100/dev_bus.ref.txt. Fermi, Kepler and Pascal:
 *		Linux nouveau, nvkm/subdev/bar/gf100.c
 *	NV_VIRTUAL_FUNCTION_PRIV_BAR*_BLOCK, _BIND_STATUS
 *		turing/tu102/dev_vm.h, used in kern_bus_tu102.c; the same
 *		fields as NV_PBUS's
 *	NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR*_BLOCK_*	hopper/gh100/dev_vm.h,
 *		used in kern_bus_gh100.c for Blackwell too
 */
#ifndef PRAMIN_REGS_BAR_H
#define PRAMIN_REGS_BAR_H

#include "../bits.h"
#include "vf.h"

/* GF100-GV100 */
#define NV_PBUS_BAR1_BLOCK			0x00001704u	/* RW */
#define NV_PBUS_BIND_STATUS			0x00001710u	/* R */
#define NV_PBUS_BAR2_BLOCK			0x00001714u	/* RW */

/* TU102-AD10x: offsets for PRAMIN_VF(); fields of NV_PBUS_* */
#define NV_VIRTUAL_FUNCTION_PRIV_BAR1_BLOCK	0x00000f40u	/* RW */
#define NV_VIRTUAL_FUNCTION_PRIV_BAR2_BLOCK	0x00000f48u	/* RW */
#define NV_VIRTUAL_FUNCTION_PRIV_BIND_STATUS	0x00000f50u	/* R */

/* PTR is the address of the instance block, shifted. */
#define   NV_PBUS_BAR1_BLOCK_PTR		BITS32(27, 0)
#define     NV_PBUS_BAR1_BLOCK_PTR_SHIFT		12u
#define   NV_PBUS_BAR1_BLOCK_TARGET		BITS32(29, 28)
#define     NV_PBUS_BAR1_BLOCK_TARGET_VID_MEM			0u
#define     NV_PBUS_BAR1_BLOCK_TARGET_SYS_MEM_COHERENT		2u
#define     NV_PBUS_BAR1_BLOCK_TARGET_SYS_MEM_NONCOHERENT	3u
#define   NV_PBUS_BAR1_BLOCK_MODE		BIT32(31)
#define     NV_PBUS_BAR1_BLOCK_MODE_PHYSICAL			0u
#define     NV_PBUS_BAR1_BLOCK_MODE_VIRTUAL			1u
/* Of BAR2 only, and 1 at reset */
#define   NV_PBUS_BAR2_BLOCK_DEBUG_CYA		BIT32(30)
#define     NV_PBUS_BAR2_BLOCK_DEBUG_CYA_OFF			1u

#define   NV_PBUS_BIND_STATUS_BAR1_PENDING	BIT32(0)
#define   NV_PBUS_BIND_STATUS_BAR1_OUTSTANDING	BIT32(1)
#define   NV_PBUS_BIND_STATUS_BAR2_PENDING	BIT32(2)
#define   NV_PBUS_BIND_STATUS_BAR2_OUTSTANDING	BIT32(3)

/*
 * GH100-: offsets for PRAMIN_VF(). LOW is written first: the write of HIGH
 * begins the bind. LOW reads its state.
 */
#define NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR	0x00000f60u
#define NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_HIGH_ADDR	0x00000f64u
#define NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR2_BLOCK_LOW_ADDR	0x00000f70u
#define NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR2_BLOCK_HIGH_ADDR	0x00000f74u
/* The same fields in both */
#define   NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_BAR1_PENDING \
	BIT32(0)
#define   NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_BAR1_OUTSTANDING \
	BIT32(1)
#define   NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_MODE BIT32(9)
#define   NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_TARGET \
	BITS32(11, 10)
/* Address bits 31:12, in place */
#define   NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_PTR	BITS32(31, 12)
/* Address bits 63:32; of BAR2 only 51:32 */
#define   NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_HIGH_ADDR_PTR BITS32(31, 0)
#define   NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR2_BLOCK_HIGH_ADDR_PTR BITS32(19, 0)

/* Ours: an instance block's alignment and size, in bytes (dev_ram.h) */
#define PRAMIN_INST_SIZE			0x00001000u
/* BAR1's last page is not mapped: the host reads ahead (kern_bus_gm107.c). */
#define PRAMIN_BAR1_OVERFETCH			0x00001000u

#endif /* PRAMIN_REGS_BAR_H */
