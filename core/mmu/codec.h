/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What encode and decode share.
 */
#ifndef PRAMIN_CORE_MMU_CODEC_H
#define PRAMIN_CORE_MMU_CODEC_H

#include "format.h"
#include "../regs/mmu.h"

/* The mask is not 0. */
static inline uint64_t pramin_mmu_fld_get(uint64_t mask, uint64_t word)
{
	return (word & mask) >> FLD_SHIFT(mask);
}

static inline uint64_t pramin_mmu_fld_put(uint64_t mask, uint64_t val)
{
	return val << FLD_SHIFT(mask) & mask;
}

/* Codes of apertures in a directory: 0 is no table, and peers have none. */
static inline unsigned int pramin_mmu_pde_aperture(unsigned int code)
{
	return code == NV_MMU_PDE_APERTURE_VIDEO_MEMORY ? PRAMIN_MMU_VIDEO :
							  code;
}

static inline unsigned int pramin_mmu_pde_code(unsigned int aperture)
{
	return aperture == PRAMIN_MMU_VIDEO ? NV_MMU_PDE_APERTURE_VIDEO_MEMORY :
					      aperture;
}

uint64_t pramin_mmu_addr_get(const struct mmu_addr *addr, uint64_t word);
/* Bits that do not fit are dropped. */
uint64_t pramin_mmu_addr_put(const struct mmu_addr *addr, uint64_t pa);

#endif /* PRAMIN_CORE_MMU_CODEC_H */
