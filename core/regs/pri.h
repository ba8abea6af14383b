/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a read returns when the GPU could not serve it.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04),
 * src/common/inc/swref/published/maxwell/gm107/dev_pri_ringstation_sys.h;
 * the mask from src/nvidia/generated/g_gpu_nvoc.h; TARGET_LOCKED from
 * kernel/gpu/fsp/arch/hopper/kern_fsp_gh100.c; the SCPM pattern from
 * hopper/gh100/dev_nv_xal_ep_zb.h as used in kern_gpu_gh100.c.
 *
 * The code is in bits 31:8; the low byte carries more. VRAM may hold any of
 * these values as data.
 */
#ifndef PRAMIN_REGS_PRI_H
#define PRAMIN_REGS_PRI_H

#include "../bits.h"

#define PRAMIN_ALL_ONES				0xffffffffu

#define GPU_READ_PRI_ERROR_MASK			BITS32(31, 20)
#define GPU_READ_PRI_ERROR_CODE			0xbad00000u

#define PRAMIN_PRI_CODE				BITS32(31, 8)

#define PRAMIN_PRI_HOST_FB_ACK_TIMEOUT		0xbad0b000u
#define PRAMIN_PRI_FECS_PRI_DECODE		0xbadf1100u

/* Code, name: every published one */
#define PRAMIN_PRI_ERRORS(X)				\
	X(0xbad00f00u, "HOST_FECS_ERR")			\
	X(0xbad00100u, "HOST_PRI_TIMEOUT")		\
	X(0xbad0b000u, "HOST_FB_ACK_TIMEOUT")		\
	X(0xbadf1000u, "FECS_PRI_TIMEOUT")		\
	X(0xbadf1100u, "FECS_PRI_DECODE")		\
	X(0xbadf1200u, "FECS_PRI_RESET")		\
	X(0xbadf1300u, "FECS_PRI_FLOORSWEEP")		\
	X(0xbadf1400u, "FECS_PRI_STUCK_ACK")		\
	X(0xbadf1500u, "FECS_PRI_0_EXPECTED_ACK")	\
	X(0xbadf1600u, "FECS_PRI_FENCE_ERROR")		\
	X(0xbadf1700u, "FECS_PRI_SUBID_ERROR")		\
	X(0xbadf2000u, "FECS_PRI_ORPHAN")		\
	X(0xbadf3000u, "FECS_DEAD_RING")		\
	X(0xbadf4000u, "FECS_TRAP")			\
	X(0xbadf4100u, "TARGET_LOCKED")			\
	X(0xbadf5000u, "FECS_PRI_CLIENT_ERR")		\
	X(0xbadf0200u, "SCPM_PRI_DUMMY_DATA")

#endif /* PRAMIN_REGS_PRI_H */
