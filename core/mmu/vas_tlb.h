/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The TLB of the GPU, for address spaces.
 */
#ifndef PRAMIN_CORE_MMU_VAS_TLB_H
#define PRAMIN_CORE_MMU_VAS_TLB_H

#include "vas.h"

extern const struct pramin_vas_sync pramin_vas_tlb;

#endif /* PRAMIN_CORE_MMU_VAS_TLB_H */
