// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A view: a stretch of VRAM that the window keeps showing until it ends.
 *
 * In a meeting it is a request that stays inside; to the only user, a count that
 * keeps the base from changing. Accessors that do not go through a raw pointer
 * end up here.
 */
#include "scalar.h"
#include "access.h"
#include "guard.h"
#include "share.h"
#include "window.h"

/* Come inside for a view, and stay. */
static int come_in(struct pramin_op *op, struct pramin_hold *hold)
{
	const struct pramin_want want = {
		.vram_pa = hold->vram_pa,
		.len = hold->len,
		.run = hold->len,
		.cost = 1,
		.alone = hold->alone,
		.lasting = true,
	};
	int ret;

	pramin_rank_take(op, PRAMIN_RANK_WINDOW);
	ret = op->gpu->meeting ? pramin_share_ask(op, &want) :
				 pramin_enter_alone(op, want.vram_pa, want.len,
						    want.run);
	if (ret) {
		pramin_rank_drop(op, PRAMIN_RANK_WINDOW);
		return ret;
	}
	hold->inside = *op;
	hold->ptr = NULL;
	/* Stores through a pointer could not be refused. */
	if (op->aperture && !hold->checked)
		hold->ptr = op->aperture + (hold->vram_pa - op->base);
	return 0;
}

int pramin_hold_begin(struct pramin_op *op, struct pramin_hold *hold,
		      uint64_t vram_pa, uint64_t len, bool alone)
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
	*hold = (struct pramin_hold){
		.gpu = gpu,
		.vram_pa = vram_pa,
		.len = len,
		.alone = alone,
		.inside = *op,
		.checked = pramin_guard_check(op, vram_pa, len) != 0,
	};
	ret = come_in(op, hold);
	if (!ret && !gpu->meeting)
		gpu->holds++;
	return ret;
}

void pramin_hold_end(struct pramin_hold *hold)
{
	int ret;

	if (!hold->gpu->meeting) {
		hold->gpu->holds--;
		ret = pramin_gpu_noticed(&hold->inside);
	} else {
		ret = pramin_leave(&hold->inside, 0);
	}
	if (ret && !hold->cause.err)
		hold->cause = hold->inside.cause;
}

int pramin_hold_yield(struct pramin_op *op, struct pramin_hold *hold)
{
	int ret;

	if (!pramin_wanted(&hold->inside))
		return 0;
	*op = hold->inside;
	ret = pramin_leave(op, pramin_verify(op));
	if (!ret)
		ret = come_in(op, hold);
	if (!ret)
		return 0;
	hold->inside.inside = false;
	hold->ptr = NULL;
	if (!hold->cause.err)
		hold->cause = op->cause;
	return ret;
}

/* Is the position under a view lost? */
static bool lost(const struct pramin_hold *hold)
{
	/* Of a window that is not ours, nothing is known between two accesses. */
	if (!hold->gpu->meeting)
		return !hold->gpu->base_known && !hold->gpu->config.shared;
	return !hold->inside.inside || pramin_share_lost(&hold->inside);
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
	if (pramin_share_revoked(hold->gpu))
		return pramin_fail(op, -ENODEV, PRAMIN_REASON_REVOKED, 0, 0, 0);
	if (lost(hold))
		return pramin_fail(op, -EIO, PRAMIN_REASON_VIEW_LOST,
				   hold->vram_pa, hold->len, 0);
	return hold->gpu->config.shared ? pramin_prove(op) : 0;
}

/*
 * An access made under a hold. What it finds out about the position is told at
 * once: the hold may last.
 */
static void settle(struct pramin_hold *hold, struct pramin_op *op, int ret)
{
	if ((op->doubt || op->lost) && hold->gpu->meeting)
		pramin_share_tell(op);
	if (ret && !hold->cause.err)
		hold->cause = op->cause;
}

uint64_t pramin_hold_read(struct pramin_hold *hold, uint64_t off,
			  unsigned int width)
{
	struct pramin_op op = hold->inside;
	uint64_t val = UINT64_MAX;
	int ret = check(&op, hold, off, width);

	if (!ret)
		ret = pramin_ap_read(&op, hold->vram_pa + off, width, &val);
	if (!ret && val == pramin_ones(width))
		ret = pramin_gpu_alive(&op);
	if (!ret)
		ret = pramin_verify(&op);
	settle(hold, &op, ret);
	return ret ? UINT64_MAX : val;
}

void pramin_hold_write(struct pramin_hold *hold, uint64_t off,
		       unsigned int width, uint64_t val)
{
	struct pramin_op op = hold->inside;
	int ret = check(&op, hold, off, width);

	if (!ret && hold->checked)
		ret = pramin_guard_check(&op, hold->vram_pa + off, width);
	if (!ret)
		ret = pramin_ap_write(&op, hold->vram_pa + off, width, val);
	if (!ret)
		ret = pramin_verify(&op);
	settle(hold, &op, ret);
}
