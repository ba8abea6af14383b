// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A view: a stretch of VRAM that the window keeps showing until it ends.
 *
 * While any view is open the base does not change; that is all that the holds
 * counter means. Accessors that do not go through a raw pointer end up here.
 */
#include "scalar.h"
#include "access.h"
#include "window.h"

int pramin_hold_begin(struct pramin_op *op, struct pramin_hold *hold,
		      uint64_t vram_pa, uint64_t len)
{
	struct pramin_gpu *gpu = op->gpu;
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	if (len == 0)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_EMPTY, vram_pa, 0,
				   0);
	ret = pramin_range_check(op, vram_pa, len);
	if (ret)
		return ret;
	if (len > pramin_run_max(vram_pa))
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_TOO_LONG, vram_pa,
				   len, pramin_run_max(vram_pa));
	ret = pramin_place(op, vram_pa, len, len);
	if (ret)
		return ret;

	gpu->holds++;
	*hold = (struct pramin_hold){
		.gpu = gpu,
		.vram_pa = vram_pa,
		.len = len,
	};
	if (gpu->aperture)
		hold->ptr = gpu->aperture + (vram_pa - gpu->base);
	return 0;
}

void pramin_hold_end(struct pramin_hold *hold)
{
	hold->gpu->holds--;
}

/* May this access go ahead? The window shows the view, unless it was lost. */
static int check(struct pramin_op *op, const struct pramin_hold *hold,
		 uint64_t off, unsigned int width)
{
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_WIDTH, width, 0,
				   0);
	if (off >= hold->len || width > hold->len - off)
		return pramin_fail(op, -ERANGE, PRAMIN_REASON_VIEW_END, off,
				   width, hold->len);
	if ((hold->vram_pa + off) & (width - 1))
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MISALIGNED,
				   hold->vram_pa + off, width, 0);
	if (!hold->gpu->base_known)
		return pramin_fail(op, -EIO, PRAMIN_REASON_VIEW_LOST,
				   hold->vram_pa, hold->len, 0);
	return 0;
}

static void note(struct pramin_hold *hold, const struct pramin_op *op)
{
	if (!hold->cause.err)
		hold->cause = op->cause;
}

uint64_t pramin_hold_read(struct pramin_hold *hold, uint64_t off,
			  unsigned int width)
{
	struct pramin_op op = { .gpu = hold->gpu };
	uint64_t val;
	int ret = check(&op, hold, off, width);

	if (!ret)
		ret = pramin_ap_read(&op, hold->vram_pa + off, width, &val);
	if (!ret && val == pramin_ones(width))
		ret = pramin_gpu_alive(&op);
	if (!ret)
		ret = pramin_verify(&op);
	if (!ret)
		return val;
	note(hold, &op);
	return UINT64_MAX;
}

void pramin_hold_write(struct pramin_hold *hold, uint64_t off,
		       unsigned int width, uint64_t val)
{
	struct pramin_op op = { .gpu = hold->gpu };
	int ret = check(&op, hold, off, width);

	if (!ret)
		ret = pramin_ap_write(&op, hold->vram_pa + off, width, val);
	if (!ret)
		ret = pramin_verify(&op);
	if (ret)
		note(hold, &op);
}
