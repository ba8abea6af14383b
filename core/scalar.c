// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One access of 1, 2, 4 or 8 bytes anywhere in VRAM.
 *
 * Every argument is checked before the device is touched: a refused access
 * leaves the window where it was.
 */
#include "scalar.h"
#include "access.h"
#include "window.h"

static inline int begin(struct pramin_op *op, uint64_t vram_pa, unsigned int width)
{
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	if (vram_pa & (width - 1))
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MISALIGNED,
				   vram_pa, width, 0);
	ret = pramin_range_check(op, vram_pa, width);
	if (ret)
		return ret;
	/* Aligned, so it never straddles the end of the aperture. */
	return pramin_place(op, vram_pa, width, width);
}

int pramin_scalar_read(struct pramin_op *op, uint64_t vram_pa,
		       unsigned int width, uint64_t *val)
{
	uint64_t got;
	int ret = begin(op, vram_pa, width);

	if (ret)
		return ret;
	ret = pramin_ap_read(op, vram_pa, width, &got);
	if (ret)
		return ret;
	if (got == pramin_ones(width)) {
		ret = pramin_gpu_alive(op);
		if (ret)
			return ret;
	}
	ret = pramin_verify(op);
	if (ret)
		return ret;
	*val = got;
	return 0;
}

int pramin_scalar_write(struct pramin_op *op, uint64_t vram_pa,
			unsigned int width, uint64_t val)
{
	int ret = begin(op, vram_pa, width);

	if (ret)
		return ret;
	ret = pramin_ap_write(op, vram_pa, width, val);
	if (ret)
		return ret;
	return pramin_verify(op);
}

int pramin_scalar_flush(struct pramin_op *op)
{
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	/* Not placed since open: there is nothing to prove. */
	if (!op->gpu->moved)
		return 0;
	/* An error made the position unknown: any position flushes. */
	if (!op->gpu->base_known) {
		ret = pramin_place(op, op->gpu->base, 1, 1);
		if (ret)
			return ret;
	}
	return pramin_ap_flush(op);
}
