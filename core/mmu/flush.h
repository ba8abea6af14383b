/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Pushing writes to VRAM, so that the GPU's MMU sees them.
 */
#ifndef PRAMIN_CORE_MMU_FLUSH_H
#define PRAMIN_CORE_MMU_FLUSH_H

#include "../gpu.h"

/*
 * Stores of this CPU that it may still combine leave it now. For mappings of BAR1;
 * the aperture is not combined.
 */
static inline void pramin_store_barrier(void)
{
#if defined(__x86_64__)
	__asm__ volatile("sfence" ::: "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dsb st" ::: "memory");
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/**
 * pramin_mmu_flush() - what was written through the window is in VRAM
 *
 * One read of the aperture, wherever it stands; none if nobody has used it yet. Not
 * a barrier for system memory. Not with the invalidate lock held, since it enters
 * the window.
 *
 * Return: 0, -ENODEV, -ETIMEDOUT, -EIO.
 */
int pramin_mmu_flush(struct pramin_op *op);

/**
 * pramin_bar_flush() - what was written through a BAR is in VRAM
 * @bar: 1 or 2
 * @off: an offset that it maps
 *
 * A barrier of this CPU, then one read there. Return: 0, -ENODEV, or a code of
 * the backend.
 */
int pramin_bar_flush(struct pramin_op *op, unsigned int bar, uint64_t off);

#endif /* PRAMIN_CORE_MMU_FLUSH_H */
