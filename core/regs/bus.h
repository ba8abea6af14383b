/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The BAR0 window: 1 MiB of BAR0 that shows any 64 KiB-aligned part of VRAM.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published:
 *	NV_PRAMIN		maxwell/gm107/dev_ram.h and later generations
 *	NV_PBUS_BAR0_WINDOW	maxwell/gm107/dev_bus.h
 *	NV_XAL_EP_ZB_BAR0_WINDOW
 *	  GH100			hopper/gh100/dev_nv_xal_ep_zb.h, hwproject.h
 *	  GB1xx			blackwell/gb100/dev_nv_xal_ep_zb.h
 *	  GB2xx			blackwell/gb202/dev_nv_xal_ep_zb.h (offset only;
 *				the kernel module uses GB100's field)
 *	  GB10B, GB20B, GB20C	blackwell/gb10b/dev_nv_xal_ep_zb.h says 24:0,
 *				the kernel module since 590 uses GH100's 21:0
 * and github.com/envytools/envytools, rnndb/bus/pbus.xml (HOST_MEM.PMEM, the
 * same register and fields on G80 to Kepler).
 */
#ifndef PRAMIN_REGS_BUS_H
#define PRAMIN_REGS_BUS_H

#include "../bits.h"

#define NV_PRAMIN				0x00700000u	/* to 0x7fffff */

#define NV_PBUS_BAR0_WINDOW			0x00001700u	/* RW, G80-AD10x */
#define   NV_PBUS_BAR0_WINDOW_TARGET		BITS32(25, 24)
#define     NV_PBUS_BAR0_WINDOW_TARGET_VID_MEM			0u
#define     NV_PBUS_BAR0_WINDOW_TARGET_SYS_MEM_COHERENT		2u
#define     NV_PBUS_BAR0_WINDOW_TARGET_SYS_MEM_NONCOHERENT	3u
#define   NV_PBUS_BAR0_WINDOW_BASE		BITS32(23, 0)

#define NV_XAL_EP_ZB_BAR0_WINDOW		0x0010fd40u	/* RW, GH100- */
#define   NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GH100	BITS32(21, 0)
#define   NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GB100	BITS32(22, 0)
#define   NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GB10B	BITS32(24, 0)

/* Ours, not NVIDIA's: the same for every chip above. */
#define PRAMIN_APERTURE_SIZE			0x00100000u	/* bytes */
#define PRAMIN_WINDOW_GRAIN			0x00010000u	/* bytes per BASE */
#define PRAMIN_BAR0_SIZE			0x01000000u	/* bytes */

#endif /* PRAMIN_REGS_BUS_H */
