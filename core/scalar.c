// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One access of 1, 2, 4 or 8 bytes anywhere in VRAM.
 *
 * Every argument is checked before the device is touched: a refused access
 * leaves the window where it was.
 */
#include "scalar.h"
#include "access.h"
#include "guard.h"
#include "share.h"
#include "window.h"

static inline int begin(struct pramin_op *op, uint64_t vram_pa,
			unsigned int width, bool write)
{
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	if (vram_pa & (width - 1))
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MISALIGNED,
				   vram_pa, width, 0);
	ret = write ? pramin_write_check(op, vram_pa, width) :
		      pramin_range_check(op, vram_pa, width);
	if (ret)
		return ret;
	/* Aligned, so it never straddles the end of the aperture. */
	return pramin_enter(op, vram_pa, width, width, 1);
}

int pramin_scalar_read(struct pramin_op *op, uint64_t vram_pa,
		       unsigned int width, uint64_t *val)
{
	uint64_t got;
	int ret = begin(op, vram_pa, width, false);

	if (ret)
		return ret;
	ret = pramin_ap_read(op, vram_pa, width, &got);
	if (!ret && got == pramin_ones(width))
		ret = pramin_gpu_alive(op);
	if (!ret)
		ret = pramin_verify(op);
	ret = pramin_leave(op, ret);
	if (ret)
		return ret;
	*val = got;
	return 0;
}

int pramin_scalar_write(struct pramin_op *op, uint64_t vram_pa,
			unsigned int width, uint64_t val)
{
	int ret = begin(op, vram_pa, width, true);

	if (ret)
		return ret;
	ret = pramin_ap_write(op, vram_pa, width, val);
	if (!ret)
		ret = pramin_verify(op);
	return pramin_leave(op, ret);
}

int pramin_scalar_flush(struct pramin_op *op)
{
	int ret = pramin_gpu_check(op);
	uint64_t base;

	if (ret)
		return ret;
	/* Not placed since open, or only to be read: there is nothing to prove. */
	if (!pramin_last_base(op->gpu, &base) || op->gpu->config.shared)
		return 0;
	/* Any position flushes; where it stands costs no move. */
	ret = pramin_enter(op, base, 1, 1, 1);
	if (ret)
		return ret;
	ret = pramin_ap_flush(op);
	if (!ret)
		ret = pramin_verify(op);
	return pramin_leave(op, ret);
}

int pramin_scalar_check(struct pramin_op *op)
{
	int ret = pramin_gpu_check(op);
	uint64_t base;

	if (ret || !pramin_last_base(op->gpu, &base))
		return ret;
	if (!op->gpu->meeting && !op->gpu->base_known)
		return 0;
	ret = pramin_enter(op, base, 1, 1, 1);
	if (ret)
		return ret;
	return pramin_leave(op, pramin_prove(op));
}
