/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Layouts of page-table entries as data: which field of which word. The codec
 * is generic over them.
 */
#ifndef PRAMIN_CORE_MMU_FORMAT_H
#define PRAMIN_CORE_MMU_FORMAT_H

#include <pramin/mmu.h>

#include "../env.h"

/*
 * Where an address stands: address >> shift in the bits of @mask, and what does
 * not fit there in those of @mask_hi. A mask of 0: no such address.
 */
struct mmu_addr {
	uint64_t mask;
	uint64_t mask_hi;
	uint8_t shift;
};

struct mmu_attr {
	uint16_t attr;	/* PRAMIN_MMU_VOLATILE ... */
	uint64_t mask;	/* its bit */
};

#define MMU_ATTRS 9

/* A code of a PTE that is not VALID; 0 is INVALID everywhere */
struct mmu_void {
	uint64_t bits;	/* of the mask below */
	uint8_t type;
	uint8_t attrs;	/* that it includes */
	bool big;	/* in tables of big pages only */
};

#define MMU_VOIDS 3

struct mmu_pte_layout {
	uint64_t valid;
	uint64_t aperture;
	struct mmu_addr addr[PRAMIN_MMU_APERTURES];
	uint64_t comptag[PRAMIN_MMU_APERTURES];
	uint64_t peer;
	uint64_t kind;
	struct mmu_attr attr[MMU_ATTRS];
	uint64_t void_mask[2];	/* bits looked at if not VALID; [1]: big */
	struct mmu_void voids[MMU_VOIDS];
};

/* A directory entry, or one half of it */
struct mmu_pde_layout {
	uint8_t word;
	uint64_t own;		/* bits of the word that belong to this half */
	uint64_t is_pte;	/* 0: no such bit */
	uint64_t aperture;
	uint64_t vol;
	uint64_t no_ats;
	uint64_t size;
	bool sparse;		/* no aperture and VOL is sparse */
	struct mmu_addr addr[PRAMIN_MMU_APERTURES];
};

struct pramin_mmu_layout {
	struct mmu_pte_layout pte;
	struct mmu_pde_layout pde;	/* where there is one half */
	struct mmu_pde_layout dual[2];	/* where there are two */
};

/* What is added to the raw word of a page for the next one of the same size */
uint64_t pramin_mmu_pte_step(const struct pramin_mmu_format *format,
			     unsigned int level, unsigned int aperture);

/* The same decode without checks of its arguments, for the walker */
void pramin_mmu_decode_level(const struct pramin_mmu_format *format,
			     unsigned int level, const uint64_t *raw,
			     struct pramin_mmu_entry *half);

#endif /* PRAMIN_CORE_MMU_FORMAT_H */
