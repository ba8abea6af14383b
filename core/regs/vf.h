/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where the registers of a virtual function lie for the physical one, from
 * Turing on: the headers give them as offsets into this block.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04),
 * src/common/inc/swref/published/turing/tu102/dev_vm.h and
 * blackwell/gb100/dev_vm.h; that the physical function adds the offset:
 * kernel/gpu/arch/turing/kern_gpu_tu102.c.
 */
#ifndef PRAMIN_REGS_VF_H
#define PRAMIN_REGS_VF_H

#define NV_VIRTUAL_FUNCTION_FULL_PHYS_OFFSET	0x00b80000u	/* to 0xbbffff */

/* BAR0 offset of a NV_VIRTUAL_FUNCTION_PRIV_* register */
#define PRAMIN_VF(off)	(NV_VIRTUAL_FUNCTION_FULL_PHYS_OFFSET + (off))

#endif /* PRAMIN_REGS_VF_H */
