/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Entries of GPU page tables, and the page directory base in an instance block.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules, src/common/inc/swref/published:
 *	NV_MMU_*	maxwell/gm107/dev_mmu.h (v1, Fermi to Maxwell)
 *	NV_MMU_VER2_*	pascal/gp100/dev_mmu.h, turing/tu102/dev_mmu.h
 *	NV_MMU_VER3_*	hopper/gh100/dev_mmu.h
 *	NV_RAMIN_*	maxwell/gm107/dev_ram.h, pascal/gp100/dev_ram.h
 * IS_PTE and NO_ATS of v2: github.com/NVIDIA/open-gpu-doc,
 * manuals/volta/gv100/dev_mmu.ref.txt. PAGE_DIR_BASE_TARGET_INVALID and
 * USE_VER2_PT_FORMAT: manuals/volta/gv100/dev_ram.ref.txt.
 *
 * A field is its mask in the 64-bit word that it lies in. NVIDIA counts the bits
 * of an entry through all its words: where the two differ, their numbers stand
 * beside the mask.
 */
#ifndef PRAMIN_REGS_MMU_H
#define PRAMIN_REGS_MMU_H

#include "../bits.h"

/* Page directory entries, all versions; 0 is "no table" */
#define NV_MMU_PDE_APERTURE_INVALID			0u
#define NV_MMU_PDE_APERTURE_VIDEO_MEMORY		1u
#define NV_MMU_PDE_APERTURE_SYSTEM_COHERENT_MEMORY	2u
#define NV_MMU_PDE_APERTURE_SYSTEM_NON_COHERENT_MEMORY	3u
/* Page table entries, all versions; 0 is VRAM */
#define NV_MMU_PTE_APERTURE_VIDEO_MEMORY		0u
#define NV_MMU_PTE_APERTURE_PEER_MEMORY			1u
#define NV_MMU_PTE_APERTURE_SYSTEM_COHERENT_MEMORY	2u
#define NV_MMU_PTE_APERTURE_SYSTEM_NON_COHERENT_MEMORY	3u

/* Kinds, 8 bits up to Ada; INVALID is 0xff before Turing */
#define NV_MMU_PTE_KIND_PITCH				0x00u
#define NV_MMU_PTE_KIND_GENERIC_MEMORY			0x06u	/* TU102- */
#define NV_MMU_PTE_KIND_INVALID				0x07u	/* TU102- */
#define NV_MMU_PTE_KIND_SMSKED_MESSAGE			0x0fu	/* TU102- */

/*
 * v1. A directory entry has both tables in one word. Addresses are bytes >> 12.
 */
#define NV_MMU_PDE_APERTURE_BIG			BITS64(1, 0)
#define NV_MMU_PDE_SIZE				BITS64(3, 2)	/* table: 1 / 2^SIZE */
#define NV_MMU_PDE_ADDRESS_BIG_SYS		BITS64(31, 4)
#define NV_MMU_PDE_ADDRESS_BIG_VID		BITS64(28, 4)
#define NV_MMU_PDE_APERTURE_SMALL		BITS64(33, 32)
#define NV_MMU_PDE_VOL_SMALL			BIT64(34)
#define NV_MMU_PDE_VOL_BIG			BIT64(35)
#define NV_MMU_PDE_ADDRESS_SMALL_SYS		BITS64(63, 36)
#define NV_MMU_PDE_ADDRESS_SMALL_VID		BITS64(60, 36)
#define NV_MMU_PDE_ADDRESS_SHIFT		12

#define NV_MMU_PTE_VALID			BIT64(0)
#define NV_MMU_PTE_PRIVILEGE			BIT64(1)
#define NV_MMU_PTE_READ_ONLY			BIT64(2)
#define NV_MMU_PTE_ENCRYPTED			BIT64(3)
#define NV_MMU_PTE_ADDRESS_SYS			BITS64(31, 4)
#define NV_MMU_PTE_ADDRESS_VID			BITS64(28, 4)
#define NV_MMU_PTE_ADDRESS_VID_PEER		BITS64(31, 29)
#define NV_MMU_PTE_VOL				BIT64(32)
#define NV_MMU_PTE_APERTURE			BITS64(34, 33)
#define NV_MMU_PTE_LOCK				BIT64(35)
#define NV_MMU_PTE_KIND				BITS64(43, 36)
#define NV_MMU_PTE_COMPTAGLINE			BITS64(60, 44)
#define NV_MMU_PTE_READ_DISABLE			BIT64(62)
#define NV_MMU_PTE_WRITE_DISABLE		BIT64(63)
#define NV_MMU_PTE_ADDRESS_SHIFT		12

/*
 * v2. PD0 entries are two words: the big-page half, which may be a PTE of 2 MiB,
 * and the small-page half.
 */
#define NV_MMU_VER2_PDE_IS_PTE			BIT64(0)
#define NV_MMU_VER2_PDE_APERTURE		BITS64(2, 1)
#define NV_MMU_VER2_PDE_VOL			BIT64(3)
#define NV_MMU_VER2_PDE_NO_ATS			BIT64(5)	/* GV100- */
#define NV_MMU_VER2_PDE_ADDRESS_SYS		BITS64(53, 8)
#define NV_MMU_VER2_PDE_ADDRESS_VID		BITS64(32, 8)
#define NV_MMU_VER2_PDE_ADDRESS_SHIFT		12

#define NV_MMU_VER2_DUAL_PDE_IS_PTE		BIT64(0)
#define NV_MMU_VER2_DUAL_PDE_APERTURE_BIG	BITS64(2, 1)
#define NV_MMU_VER2_DUAL_PDE_VOL_BIG		BIT64(3)
#define NV_MMU_VER2_DUAL_PDE_NO_ATS		BIT64(5)	/* GV100- */
#define NV_MMU_VER2_DUAL_PDE_ADDRESS_BIG_SYS	BITS64(53, 4)
#define NV_MMU_VER2_DUAL_PDE_ADDRESS_BIG_VID	BITS64(32, 4)
#define NV_MMU_VER2_DUAL_PDE_ADDRESS_BIG_SHIFT	8
#define NV_MMU_VER2_DUAL_PDE_APERTURE_SMALL	BITS64(2, 1)	/* 66:65 */
#define NV_MMU_VER2_DUAL_PDE_VOL_SMALL		BIT64(3)	/* 67:67 */
#define NV_MMU_VER2_DUAL_PDE_ADDRESS_SMALL_SYS	BITS64(53, 8)	/* 117:72 */
#define NV_MMU_VER2_DUAL_PDE_ADDRESS_SMALL_VID	BITS64(32, 8)	/* 96:72 */
#define NV_MMU_VER2_DUAL_PDE_ADDRESS_SHIFT	12

#define NV_MMU_VER2_PTE_VALID			BIT64(0)
#define NV_MMU_VER2_PTE_APERTURE		BITS64(2, 1)
#define NV_MMU_VER2_PTE_VOL			BIT64(3)
#define NV_MMU_VER2_PTE_ENCRYPTED		BIT64(4)	/* must be 0 */
#define NV_MMU_VER2_PTE_PRIVILEGE		BIT64(5)
#define NV_MMU_VER2_PTE_READ_ONLY		BIT64(6)
#define NV_MMU_VER2_PTE_ATOMIC_DISABLE		BIT64(7)
#define NV_MMU_VER2_PTE_ADDRESS_SYS		BITS64(53, 8)
#define NV_MMU_VER2_PTE_ADDRESS_VID		BITS64(32, 8)
#define NV_MMU_VER2_PTE_ADDRESS_VID_PEER	BITS64(35, 33)
#define NV_MMU_VER2_PTE_COMPTAGLINE_GP100	BITS64(53, 36)
/* TU102-: of a peer, the bits of its address that ADDRESS_VID cannot hold */
#define NV_MMU_VER2_PTE_COMPTAGLINE_TU102	BITS64(55, 36)
#define NV_MMU_VER2_PTE_KIND			BITS64(63, 56)
#define NV_MMU_VER2_PTE_ADDRESS_SHIFT		12

/*
 * v3. Addresses stand in place. PCF is a code that packs the permissions; all
 * its published values are a bit each.
 */
#define NV_MMU_VER3_PDE_IS_PTE			BIT64(0)
#define NV_MMU_VER3_PDE_APERTURE		BITS64(2, 1)
#define NV_MMU_VER3_PDE_PCF			BITS64(5, 3)
#define   NV_MMU_VER3_PDE_PCF_VALID_CACHED_ATS_ALLOWED		0u
#define   NV_MMU_VER3_PDE_PCF_VALID_UNCACHED_ATS_ALLOWED	1u
#define   NV_MMU_VER3_PDE_PCF_VALID_CACHED_ATS_NOT_ALLOWED	2u
#define   NV_MMU_VER3_PDE_PCF_VALID_UNCACHED_ATS_NOT_ALLOWED	3u
#define   NV_MMU_VER3_PDE_PCF_INVALID_ATS_ALLOWED		0u
#define   NV_MMU_VER3_PDE_PCF_SPARSE_ATS_ALLOWED		1u
#define   NV_MMU_VER3_PDE_PCF_INVALID_ATS_NOT_ALLOWED		2u
#define   NV_MMU_VER3_PDE_PCF_SPARSE_ATS_NOT_ALLOWED		3u
#define NV_MMU_VER3_PDE_ADDRESS			BITS64(51, 12)
#define NV_MMU_VER3_PDE_ADDRESS_SHIFT		12

#define NV_MMU_VER3_DUAL_PDE_IS_PTE		BIT64(0)
#define NV_MMU_VER3_DUAL_PDE_APERTURE_BIG	BITS64(2, 1)
#define NV_MMU_VER3_DUAL_PDE_PCF_BIG		BITS64(5, 3)
#define NV_MMU_VER3_DUAL_PDE_ADDRESS_BIG	BITS64(51, 8)
#define NV_MMU_VER3_DUAL_PDE_ADDRESS_BIG_SHIFT	8
#define NV_MMU_VER3_DUAL_PDE_APERTURE_SMALL	BITS64(2, 1)	/* 66:65 */
#define NV_MMU_VER3_DUAL_PDE_PCF_SMALL		BITS64(5, 3)	/* 69:67 */
#define NV_MMU_VER3_DUAL_PDE_ADDRESS_SMALL	BITS64(51, 12)	/* 115:76 */
#define NV_MMU_VER3_DUAL_PDE_ADDRESS_SHIFT	12

#define NV_MMU_VER3_PTE_VALID			BIT64(0)
#define NV_MMU_VER3_PTE_APERTURE		BITS64(2, 1)
#define NV_MMU_VER3_PTE_PCF			BITS64(7, 3)
/* of an entry that is not VALID */
#define   NV_MMU_VER3_PTE_PCF_INVALID			0u
#define   NV_MMU_VER3_PTE_PCF_SPARSE			1u
#define   NV_MMU_VER3_PTE_PCF_MAPPING_NOWHERE		2u
#define   NV_MMU_VER3_PTE_PCF_NO_VALID_4KB_PAGE		3u
/* of one that is */
#define   NV_MMU_VER3_PTE_PCF_REGULAR_RW_ATOMIC_CACHED_ACE	0x00u
#define   NV_MMU_VER3_PTE_PCF_REGULAR_RW_ATOMIC_CACHED_ACD	0x10u
#define   NV_MMU_VER3_PTE_PCF_REGULAR_RW_ATOMIC_UNCACHED_ACD	0x11u
#define NV_MMU_VER3_PTE_KIND			BITS64(11, 8)
#define NV_MMU_VER3_PTE_ADDRESS			BITS64(51, 12)
#define NV_MMU_VER3_PTE_PEER_ID			BITS64(63, 61)
#define NV_MMU_VER3_PTE_ADDRESS_SHIFT		12

/* Ours: the bits that PCF is made of, by the names of its values */
#define PRAMIN_VER3_PDE_PCF_UNCACHED		BIT64(3)
#define PRAMIN_VER3_PDE_PCF_ATS_NOT_ALLOWED	BIT64(4)
#define PRAMIN_VER3_PTE_PCF_UNCACHED		BIT64(3)
#define PRAMIN_VER3_PTE_PCF_PRIVILEGE		BIT64(4)
#define PRAMIN_VER3_PTE_PCF_RO			BIT64(5)
#define PRAMIN_VER3_PTE_PCF_NO_ATOMIC		BIT64(6)
#define PRAMIN_VER3_PTE_PCF_ACD			BIT64(7)

/*
 * The instance block: 4 KiB on a 4 KiB line. Word 128 and the three behind it
 * say where the page directory is.
 */
#define NV_RAMIN_ALLOC_SIZE				4096u
#define NV_RAMIN_BASE_SHIFT				12
#define PRAMIN_RAMIN_PAGE_DIR				0x200u	/* bytes */
/* word 128 */
#define NV_RAMIN_PAGE_DIR_BASE_TARGET			BITS32(1, 0)
#define   NV_RAMIN_PAGE_DIR_BASE_TARGET_VID_MEM			0u
#define   NV_RAMIN_PAGE_DIR_BASE_TARGET_INVALID			1u	/* GV100- */
#define   NV_RAMIN_PAGE_DIR_BASE_TARGET_SYS_MEM_COHERENT	2u
#define   NV_RAMIN_PAGE_DIR_BASE_TARGET_SYS_MEM_NONCOHERENT	3u
#define NV_RAMIN_PAGE_DIR_BASE_VOL			BIT32(2)
#define NV_RAMIN_PAGE_DIR_BASE_FAULT_REPLAY_TEX		BIT32(4)	/* GP100- */
#define NV_RAMIN_PAGE_DIR_BASE_FAULT_REPLAY_GCC		BIT32(5)	/* GP100- */
#define NV_RAMIN_USE_VER2_PT_FORMAT			BIT32(10)	/* GP100- */
#define NV_RAMIN_BIG_PAGE_SIZE				BIT32(11)	/* GM200- */
#define   NV_RAMIN_BIG_PAGE_SIZE_128KB				0u
#define   NV_RAMIN_BIG_PAGE_SIZE_64KB				1u
#define NV_RAMIN_PAGE_DIR_BASE_LO			BITS32(31, 12)	/* bits 31:12 */
/* word 129 */
#define NV_RAMIN_PAGE_DIR_BASE_HI			BITS32(31, 0)	/* bits 63:32 */
#define NV_RAMIN_PAGE_DIR_BASE_HI_GF100			BITS32(7, 0)	/* -GM20x */
/* words 130 and 131, to GP10x: the last byte of the address space */
#define NV_RAMIN_ADR_LIMIT_LO				BITS32(31, 12)
#define NV_RAMIN_ADR_LIMIT_HI				BITS32(31, 0)
#define NV_RAMIN_ADR_LIMIT_HI_GF100			BITS32(7, 0)	/* -GM20x */

#endif /* PRAMIN_REGS_MMU_H */
