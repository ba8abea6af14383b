/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * May the window be used now? Firmware, confidential computing, BAR firewall.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published:
 *	NV_PGC6_AON_*		turing/tu102/dev_gc6_island.h and addendum
 *	NV_THERM_I2CS_SCRATCH	hopper/gh100/dev_therm.h, blackwell/gb100/
 *				dev_therm.h, blackwell/gb202/dev_therm.h
 *	BAR firewall		blackwell/gb100/dev_pcfg_pf0.h, and the device
 *				ids in kernel/gpu/arch/blackwell/kern_gpu_gb100.c
 * Confidential computing: github.com/NVIDIA/gpu-admin-tools,
 * nvidia_gpu_tools.py. The names of those two registers are ours.
 */
#ifndef PRAMIN_REGS_READY_H
#define PRAMIN_REGS_READY_H

#include "../bits.h"

/* TU102-AD10x: readable only while bit 0 of the mask is set */
#define NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_PRIV_LEVEL_MASK	0x00118128u
#define   NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_PRIV_LEVEL_MASK_READ_PROTECTION_LEVEL0 \
	BIT32(0)
#define NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT		0x00118234u
#define   NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT_PROGRESS \
	BITS32(7, 0)
#define     NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT_PROGRESS_COMPLETED \
	0xffu

/* FSP boot is complete when the whole register reads 0xff. */
#define NV_THERM_I2CS_SCRATCH			0x000200bcu	/* GH100, GB1xx */
#define NV_THERM_I2CS_SCRATCH_GB202		0x00ad00bcu	/* GB2xx */
#define   NV_THERM_I2CS_SCRATCH_FSP_BOOT_COMPLETE_STATUS_SUCCESS 0xffu

#define PRAMIN_CC_MODE_GH100			0x001182ccu
#define PRAMIN_CC_MODE_GB100			0x00000590u
#define   PRAMIN_CC_MODE_STATE			BITS32(1, 0)
#define     PRAMIN_CC_MODE_STATE_OFF		0u
#define     PRAMIN_CC_MODE_STATE_ON		1u
#define     PRAMIN_CC_MODE_STATE_DEVTOOLS	3u

/* PCI configuration space */
#define PRAMIN_PCI_ID				0x000u
#define   PRAMIN_PCI_ID_DEVICE			BITS32(31, 16)
#define   PRAMIN_PCI_ID_VENDOR			BITS32(15, 0)
#define     PRAMIN_PCI_ID_VENDOR_NVIDIA		0x10deu
#define PRAMIN_PCI_SUBSYSTEM			0x02cu	/* fields as above */
#define NV_PF0_DESIGNATED_VENDOR_SPECIFIC_0_HEADER_2_AND_GENERAL 0xaf8u
#define   NV_PF0_DESIGNATED_VENDOR_SPECIFIC_0_HEADER_2_AND_GENERAL_BAR_FIREWALL_STATUS \
	BIT32(20)

#endif /* PRAMIN_REGS_READY_H */
