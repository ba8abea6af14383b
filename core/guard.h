/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * VRAM that is not to be written, and a window that is not to be moved.
 *
 * On a card, firmware keeps ranges of VRAM for itself; a write there breaks what the
 * GPU runs on. Where a driver is bound and the user insists, the GPU may be looked at
 * as it stands: nothing is written, and every access says whether the window was
 * where it was thought to be, before and after.
 */
#ifndef PRAMIN_CORE_GUARD_H
#define PRAMIN_CORE_GUARD_H

#include "gpu.h"
#include "window.h"

/* Which ranges are reserved; at open. Reads registers only. 0, or -ENODEV */
int pramin_guard_learn(struct pramin_op *op);

/**
 * pramin_guard_refuse() - may these bytes be written? Where writes are guarded
 * @len: any; nothing overflows
 *
 * Return: 0, or -EPERM with its reason. Touches nothing.
 */
int pramin_guard_refuse(struct pramin_op *op, uint64_t vram_pa, uint64_t len);

static inline int pramin_guard_check(struct pramin_op *op, uint64_t vram_pa,
				     uint64_t len)
{
	return op->gpu->guarded ? pramin_guard_refuse(op, vram_pa, len) : 0;
}

/* pramin_range_check() for writes */
static inline int pramin_write_check(struct pramin_op *op, uint64_t vram_pa,
				     uint64_t len)
{
	int ret = pramin_range_check(op, vram_pa, len);

	return ret ? ret : pramin_guard_check(op, vram_pa, len);
}

#endif /* PRAMIN_CORE_GUARD_H */
