/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The layouts of entries. Formats that differ in their levels only share one.
 */
#ifndef PRAMIN_CORE_MMU_LAYOUT_H
#define PRAMIN_CORE_MMU_LAYOUT_H

#include "format.h"

extern const struct pramin_mmu_layout pramin_mmu_layout_v1;
extern const struct pramin_mmu_layout pramin_mmu_layout_v1_gm200;
extern const struct pramin_mmu_layout pramin_mmu_layout_v2_gp100;
extern const struct pramin_mmu_layout pramin_mmu_layout_v2_gv100;
extern const struct pramin_mmu_layout pramin_mmu_layout_v2_tu102;
extern const struct pramin_mmu_layout pramin_mmu_layout_v3;

#endif /* PRAMIN_CORE_MMU_LAYOUT_H */
