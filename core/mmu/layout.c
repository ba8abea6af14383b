// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which field of an entry is where, by version. Names and sources of the
 * fields: regs/mmu.h. What an entry means that is not VALID:
 *
 *			v1		v2		v3
 *	sparse PTE	VOL, GM200-	VOL		PCF 1
 *	no 4 KiB below	PRIVILEGE	PRIVILEGE	PCF 3
 *	  the same with VOL		GV100-
 *	sparse PDE	VOL_BIG, GM200-	VOL		PCF 1 or 3
 *
 * (kern_gmmu_gm200.c, kern_gmmu_gv100.c, kern_gmmu_gh100.c of NVIDIA's
 * open-gpu-kernel-modules; open-gpu-doc, pascal/gp100-mmu-format.pdf.)
 */
#include "layout.h"
#include "../regs/mmu.h"

#define VIDEO  PRAMIN_MMU_VIDEO
#define PEER   PRAMIN_MMU_PEER
#define COH    PRAMIN_MMU_SYS_COH
#define NONCOH PRAMIN_MMU_SYS_NONCOH

/* clang-format off */
#define V1_ADDR(field)	{ NV_MMU_PTE_ADDRESS_##field, 0, NV_MMU_PTE_ADDRESS_SHIFT }
#define V1_TABLE(field)	{ NV_MMU_PDE_ADDRESS_##field, 0, NV_MMU_PDE_ADDRESS_SHIFT }

#define V1_PTE								\
	.valid = NV_MMU_PTE_VALID,					\
	.aperture = NV_MMU_PTE_APERTURE,				\
	.addr = {							\
		[VIDEO] = V1_ADDR(VID), [PEER] = V1_ADDR(VID),		\
		[COH] = V1_ADDR(SYS), [NONCOH] = V1_ADDR(SYS),		\
	},								\
	.comptag = {							\
		NV_MMU_PTE_COMPTAGLINE, NV_MMU_PTE_COMPTAGLINE,		\
		NV_MMU_PTE_COMPTAGLINE, NV_MMU_PTE_COMPTAGLINE,		\
	},								\
	.peer = NV_MMU_PTE_ADDRESS_VID_PEER,				\
	.kind = NV_MMU_PTE_KIND,					\
	.attr = {							\
		{ PRAMIN_MMU_VOLATILE, NV_MMU_PTE_VOL },		\
		{ PRAMIN_MMU_PRIVILEGE, NV_MMU_PTE_PRIVILEGE },		\
		{ PRAMIN_MMU_READ_ONLY, NV_MMU_PTE_READ_ONLY },		\
		{ PRAMIN_MMU_ENCRYPTED, NV_MMU_PTE_ENCRYPTED },		\
		{ PRAMIN_MMU_LOCK, NV_MMU_PTE_LOCK },			\
		{ PRAMIN_MMU_READ_DISABLE, NV_MMU_PTE_READ_DISABLE },	\
		{ PRAMIN_MMU_WRITE_DISABLE, NV_MMU_PTE_WRITE_DISABLE },	\
	}

#define V1_BIG								\
	.own = BITS64(31, 0) | NV_MMU_PDE_VOL_BIG,			\
	.aperture = NV_MMU_PDE_APERTURE_BIG,				\
	.vol = NV_MMU_PDE_VOL_BIG,					\
	.size = NV_MMU_PDE_SIZE,					\
	.addr = {							\
		[VIDEO] = V1_TABLE(BIG_VID),				\
		[COH] = V1_TABLE(BIG_SYS), [NONCOH] = V1_TABLE(BIG_SYS),\
	}
#define V1_SMALL							\
	.own = BITS64(63, 32) & ~NV_MMU_PDE_VOL_BIG,			\
	.aperture = NV_MMU_PDE_APERTURE_SMALL,				\
	.vol = NV_MMU_PDE_VOL_SMALL,					\
	.addr = {							\
		[VIDEO] = V1_TABLE(SMALL_VID),				\
		[COH] = V1_TABLE(SMALL_SYS), [NONCOH] = V1_TABLE(SMALL_SYS),\
	}

const struct pramin_mmu_layout pramin_mmu_layout_v1 = {
	.pte = {
		V1_PTE,
		.void_mask = { 0, NV_MMU_PTE_PRIVILEGE },
		.voids = {
			{ NV_MMU_PTE_PRIVILEGE, PRAMIN_MMU_UNMAPPED, 0, true },
		},
	},
	.dual = { { V1_BIG }, { V1_SMALL } },
};

const struct pramin_mmu_layout pramin_mmu_layout_v1_gm200 = {
	.pte = {
		V1_PTE,
		.void_mask = {
			NV_MMU_PTE_VOL, NV_MMU_PTE_VOL | NV_MMU_PTE_PRIVILEGE,
		},
		.voids = {
			{ NV_MMU_PTE_VOL, PRAMIN_MMU_SPARSE, 0, false },
			{ NV_MMU_PTE_PRIVILEGE, PRAMIN_MMU_UNMAPPED, 0, true },
			/* Not said which of the two wins: nothing is mapped. */
			{ NV_MMU_PTE_VOL | NV_MMU_PTE_PRIVILEGE,
			  PRAMIN_MMU_SPARSE, PRAMIN_MMU_PRIVILEGE, true },
		},
	},
	.dual = { { V1_BIG, .sparse = true }, { V1_SMALL } },
};

#define V2_ADDR(field) {						\
	NV_MMU_VER2_PTE_ADDRESS_##field, 0, NV_MMU_VER2_PTE_ADDRESS_SHIFT }
#define V2_TABLE(field) {						\
	NV_MMU_VER2_PDE_ADDRESS_##field, 0, NV_MMU_VER2_PDE_ADDRESS_SHIFT }
#define V2_BIG(field) {							\
	NV_MMU_VER2_DUAL_PDE_ADDRESS_BIG_##field, 0,			\
	NV_MMU_VER2_DUAL_PDE_ADDRESS_BIG_SHIFT }
#define V2_SMALL(field) {						\
	NV_MMU_VER2_DUAL_PDE_ADDRESS_SMALL_##field, 0,			\
	NV_MMU_VER2_DUAL_PDE_ADDRESS_SHIFT }

#define V2_PTE								\
	.valid = NV_MMU_VER2_PTE_VALID,					\
	.aperture = NV_MMU_VER2_PTE_APERTURE,				\
	.peer = NV_MMU_VER2_PTE_ADDRESS_VID_PEER,			\
	.kind = NV_MMU_VER2_PTE_KIND,					\
	.attr = {							\
		{ PRAMIN_MMU_VOLATILE, NV_MMU_VER2_PTE_VOL },		\
		{ PRAMIN_MMU_PRIVILEGE, NV_MMU_VER2_PTE_PRIVILEGE },	\
		{ PRAMIN_MMU_READ_ONLY, NV_MMU_VER2_PTE_READ_ONLY },	\
		{ PRAMIN_MMU_ATOMIC_DISABLE,				\
		  NV_MMU_VER2_PTE_ATOMIC_DISABLE },			\
	},								\
	.void_mask = {							\
		NV_MMU_VER2_PTE_VOL,					\
		NV_MMU_VER2_PTE_VOL | NV_MMU_VER2_PTE_PRIVILEGE,	\
	}
#define V2_VOIDS(both, attrs)						\
	{ NV_MMU_VER2_PTE_VOL, PRAMIN_MMU_SPARSE, 0, false },		\
	{ NV_MMU_VER2_PTE_PRIVILEGE, PRAMIN_MMU_UNMAPPED, 0, true },	\
	{ NV_MMU_VER2_PTE_VOL | NV_MMU_VER2_PTE_PRIVILEGE,		\
	  both, attrs, true }

/* COMPTAGLINE shares bits with the address in system memory. */
#define V2_PTE_GP100							\
	.addr = {							\
		[VIDEO] = V2_ADDR(VID), [PEER] = V2_ADDR(VID),		\
		[COH] = V2_ADDR(SYS), [NONCOH] = V2_ADDR(SYS),		\
	},								\
	.comptag = {							\
		[VIDEO] = NV_MMU_VER2_PTE_COMPTAGLINE_GP100,		\
		[PEER] = NV_MMU_VER2_PTE_COMPTAGLINE_GP100,		\
	}
#define V2_PTE_TU102							\
	.addr = {							\
		[VIDEO] = V2_ADDR(VID),					\
		[PEER] = { NV_MMU_VER2_PTE_ADDRESS_VID,			\
			   NV_MMU_VER2_PTE_COMPTAGLINE_TU102,		\
			   NV_MMU_VER2_PTE_ADDRESS_SHIFT },		\
		[COH] = V2_ADDR(SYS), [NONCOH] = V2_ADDR(SYS),		\
	},								\
	.comptag = { [VIDEO] = NV_MMU_VER2_PTE_COMPTAGLINE_TU102 }

#define V2_PDES(ats_pde, ats_dual)					\
	.pde = {							\
		.own = ~0ull,						\
		.is_pte = NV_MMU_VER2_PDE_IS_PTE,			\
		.aperture = NV_MMU_VER2_PDE_APERTURE,			\
		.vol = NV_MMU_VER2_PDE_VOL,				\
		.no_ats = ats_pde,					\
		.sparse = true,						\
		.addr = {						\
			[VIDEO] = V2_TABLE(VID),			\
			[COH] = V2_TABLE(SYS), [NONCOH] = V2_TABLE(SYS),\
		},							\
	},								\
	.dual = {							\
		{							\
			.own = ~0ull,					\
			.is_pte = NV_MMU_VER2_DUAL_PDE_IS_PTE,		\
			.aperture = NV_MMU_VER2_DUAL_PDE_APERTURE_BIG,	\
			.vol = NV_MMU_VER2_DUAL_PDE_VOL_BIG,		\
			.no_ats = ats_dual,				\
			.sparse = true,					\
			.addr = {					\
				[VIDEO] = V2_BIG(VID),			\
				[COH] = V2_BIG(SYS),			\
				[NONCOH] = V2_BIG(SYS),			\
			},						\
		}, {							\
			.word = 1,					\
			.own = ~0ull,					\
			.aperture = NV_MMU_VER2_DUAL_PDE_APERTURE_SMALL,\
			.vol = NV_MMU_VER2_DUAL_PDE_VOL_SMALL,		\
			.addr = {					\
				[VIDEO] = V2_SMALL(VID),		\
				[COH] = V2_SMALL(SYS),			\
				[NONCOH] = V2_SMALL(SYS),		\
			},						\
		},							\
	}

const struct pramin_mmu_layout pramin_mmu_layout_v2_gp100 = {
	.pte = {
		V2_PTE, V2_PTE_GP100,
		/* Not said which of the two wins: nothing is mapped. */
		.voids = { V2_VOIDS(PRAMIN_MMU_SPARSE, PRAMIN_MMU_PRIVILEGE) },
	},
	V2_PDES(0, 0),
};

const struct pramin_mmu_layout pramin_mmu_layout_v2_gv100 = {
	.pte = {
		V2_PTE, V2_PTE_GP100,
		.voids = { V2_VOIDS(PRAMIN_MMU_UNMAPPED, PRAMIN_MMU_VOLATILE) },
	},
	V2_PDES(NV_MMU_VER2_PDE_NO_ATS, NV_MMU_VER2_DUAL_PDE_NO_ATS),
};

const struct pramin_mmu_layout pramin_mmu_layout_v2_tu102 = {
	.pte = {
		V2_PTE, V2_PTE_TU102,
		.voids = { V2_VOIDS(PRAMIN_MMU_UNMAPPED, PRAMIN_MMU_VOLATILE) },
	},
	V2_PDES(NV_MMU_VER2_PDE_NO_ATS, NV_MMU_VER2_DUAL_PDE_NO_ATS),
};

#define V3_ADDR		{ NV_MMU_VER3_PTE_ADDRESS, 0, NV_MMU_VER3_PTE_ADDRESS_SHIFT }
#define V3_TABLE	{ NV_MMU_VER3_PDE_ADDRESS, 0, NV_MMU_VER3_PDE_ADDRESS_SHIFT }
#define V3_BIG {							\
	NV_MMU_VER3_DUAL_PDE_ADDRESS_BIG, 0,				\
	NV_MMU_VER3_DUAL_PDE_ADDRESS_BIG_SHIFT }
#define V3_SMALL {							\
	NV_MMU_VER3_DUAL_PDE_ADDRESS_SMALL, 0,				\
	NV_MMU_VER3_DUAL_PDE_ADDRESS_SHIFT }
#define V3_VOID(code, type, big)					\
	{ FLD_PREP(NV_MMU_VER3_PTE_PCF, (uint64_t)(code)), type, 0, big }

const struct pramin_mmu_layout pramin_mmu_layout_v3 = {
	.pte = {
		.valid = NV_MMU_VER3_PTE_VALID,
		.aperture = NV_MMU_VER3_PTE_APERTURE,
		.addr = { V3_ADDR, V3_ADDR, V3_ADDR, V3_ADDR },
		.peer = NV_MMU_VER3_PTE_PEER_ID,
		.kind = NV_MMU_VER3_PTE_KIND,
		.attr = {
			{ PRAMIN_MMU_VOLATILE, PRAMIN_VER3_PTE_PCF_UNCACHED },
			{ PRAMIN_MMU_PRIVILEGE, PRAMIN_VER3_PTE_PCF_PRIVILEGE },
			{ PRAMIN_MMU_READ_ONLY, PRAMIN_VER3_PTE_PCF_RO },
			{ PRAMIN_MMU_ATOMIC_DISABLE,
			  PRAMIN_VER3_PTE_PCF_NO_ATOMIC },
			{ PRAMIN_MMU_ACD, PRAMIN_VER3_PTE_PCF_ACD },
		},
		.void_mask = { NV_MMU_VER3_PTE_PCF, NV_MMU_VER3_PTE_PCF },
		.voids = {
			V3_VOID(NV_MMU_VER3_PTE_PCF_SPARSE,
				PRAMIN_MMU_SPARSE, false),
			V3_VOID(NV_MMU_VER3_PTE_PCF_MAPPING_NOWHERE,
				PRAMIN_MMU_NOWHERE, false),
			V3_VOID(NV_MMU_VER3_PTE_PCF_NO_VALID_4KB_PAGE,
				PRAMIN_MMU_UNMAPPED, true),
		},
	},
	.pde = {
		.own = ~0ull,
		.is_pte = NV_MMU_VER3_PDE_IS_PTE,
		.aperture = NV_MMU_VER3_PDE_APERTURE,
		.vol = PRAMIN_VER3_PDE_PCF_UNCACHED,
		.no_ats = PRAMIN_VER3_PDE_PCF_ATS_NOT_ALLOWED,
		.sparse = true,
		.addr = {
			[VIDEO] = V3_TABLE,
			[COH] = V3_TABLE, [NONCOH] = V3_TABLE,
		},
	},
	.dual = {
		{
			.own = ~0ull,
			.is_pte = NV_MMU_VER3_DUAL_PDE_IS_PTE,
			.aperture = NV_MMU_VER3_DUAL_PDE_APERTURE_BIG,
			.vol = PRAMIN_VER3_PDE_PCF_UNCACHED,
			.no_ats = PRAMIN_VER3_PDE_PCF_ATS_NOT_ALLOWED,
			.sparse = true,
			.addr = {
				[VIDEO] = V3_BIG,
				[COH] = V3_BIG, [NONCOH] = V3_BIG,
			},
		}, {
			.word = 1,
			.own = ~0ull,
			.aperture = NV_MMU_VER3_DUAL_PDE_APERTURE_SMALL,
			.vol = PRAMIN_VER3_PDE_PCF_UNCACHED,
			.no_ats = PRAMIN_VER3_PDE_PCF_ATS_NOT_ALLOWED,
			.addr = {
				[VIDEO] = V3_SMALL,
				[COH] = V3_SMALL, [NONCOH] = V3_SMALL,
			},
		},
	},
};
/* clang-format on */
