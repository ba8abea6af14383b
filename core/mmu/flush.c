// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Pushing writes to VRAM: a read that cannot pass them.
 */
#include "flush.h"
#include "../access.h"
#include "../scalar.h"

int pramin_mmu_flush(struct pramin_op *op)
{
	return pramin_scalar_flush(op);
}

int pramin_bar_flush(struct pramin_op *op, unsigned int bar, uint64_t off)
{
	struct pramin_gpu *gpu = op->gpu;
	uint64_t val;
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	pramin_store_barrier();
	ret = gpu->ops->bar_read(gpu->io, bar, off & ~3ull, 4, &val);
	if (ret)
		return pramin_gpu_failed(op, ret);
	return pramin_gpu_there(op, val == pramin_ones(4));
}
