/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The rows of chip_mmu.c, for the families of chip.c. Named for the first chip
 * that has them.
 */
#ifndef PRAMIN_CORE_CHIP_MMU_H
#define PRAMIN_CORE_CHIP_MMU_H

#include "chip.h"

extern const struct pramin_tlb_desc pramin_tlb_gf100;
extern const struct pramin_tlb_desc pramin_tlb_gp100;
extern const struct pramin_tlb_desc pramin_tlb_tu102;
extern const struct pramin_tlb_desc pramin_tlb_ga100;

extern const struct pramin_bar_desc pramin_bar_gf100;
extern const struct pramin_bar_desc pramin_bar_tu102;
extern const struct pramin_bar_desc pramin_bar_gh100;

/* Write-protected regions 1 and 2 */
extern const struct pramin_wpr_desc pramin_wpr_tu102[2];
extern const struct pramin_wpr_desc pramin_wpr_gb100[2];

#endif /* PRAMIN_CORE_CHIP_MMU_H */
