/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Flushes that the library does not use, and why their registers are named.
 *
 * A write to VRAM is pushed by a read through the aperture (core/access.h). The
 * registers here wait for writes to *system* memory, or for the L2 cache in front
 * of it. They read a page of host memory that a driver has set up
 * (NV_PFB_NISO_FLUSH_SYSMEM_ADDR): without one, that read goes anywhere. The model
 * records it as a fault when one of them is used.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published: maxwell/gm107/dev_flush.h, whose field names
 * are those of the L2 registers in maxwell/gm200/dev_flush.h; and
 * hopper/gh100/dev_nv_xal_ep_zb.h, where a *read* begins the flush
 * (kern_bus_gh100.c).
 */
#ifndef PRAMIN_REGS_FLUSH_H
#define PRAMIN_REGS_FLUSH_H

#include "../bits.h"

#define NV_UFLUSH_FB_FLUSH			0x00070000u	/* RW, G84-AD10x */
#define NV_UFLUSH_L2_SYSMEM_INVALIDATE		0x00070004u
#define NV_UFLUSH_L2_PEERMEM_INVALIDATE		0x00070008u
#define NV_UFLUSH_L2_CLEAN_COMPTAGS		0x0007000cu
#define NV_UFLUSH_L2_FLUSH_DIRTY		0x00070010u
/* Of all of them: written 1 to begin, and done when both read 0 */
#define   NV_UFLUSH_L2_FLUSH_DIRTY_PENDING	BIT32(0)
#define   NV_UFLUSH_L2_FLUSH_DIRTY_OUTSTANDING	BIT32(1)

#define NV_XAL_EP_UFLUSH_FB_FLUSH		0x0010f800u	/* R, GH100- */
#define NV_XAL_EP_UFLUSH_FB_FLUSH_COMPLETED	0x0010f804u	/* R */
#define NV_XAL_EP_UFLUSH_L2_FLUSH_DIRTY		0x0010f810u	/* R */
#define NV_XAL_EP_UFLUSH_L2_FLUSH_DIRTY_COMPLETED 0x0010f814u	/* R */
#define   NV_XAL_EP_UFLUSH_FB_FLUSH_TOKEN	BITS32(30, 0)
#define   NV_XAL_EP_UFLUSH_FB_FLUSH_COMPLETED_STATUS BIT32(31)
#define     NV_XAL_EP_UFLUSH_FB_FLUSH_COMPLETED_STATUS_BUSY	1u

#define NV_PFB_NISO_FLUSH_SYSMEM_ADDR		0x00100c10u	/* RW */

#endif /* PRAMIN_REGS_FLUSH_H */
