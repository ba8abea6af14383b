// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM that is not to be written, and a window that is not to be moved.
 */
#include "guard.h"
#include "reserved.h"

int pramin_guard_learn(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	const struct pramin_gpu_config *config = &gpu->config;
	int ret;

	gpu->guarded = config->shared;
	if (!config->real)
		return 0;
	ret = pramin_reserved_list(op, gpu->reserved, &gpu->reserved_count,
				   &gpu->reserved_unknown);
	gpu->guarded = config->shared || !config->write_reserved;
	return ret;
}

int pramin_guard_refuse(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	const struct pramin_gpu *gpu = op->gpu;
	const struct pramin_reserved *r;

	if (gpu->config.shared)
		return pramin_fail(op, -EPERM, PRAMIN_REASON_FORCED_WRITE, 0, 0,
				   0);
	r = pramin_reserved_hit(gpu->reserved, gpu->reserved_count, vram_pa,
				len);
	if (!r)
		return 0;
	pramin_fail(op, -EPERM, PRAMIN_REASON_RESERVED, r->first, r->last, 0);
	op->cause.text = pramin_reserved_text(r->kind);
	return -EPERM;
}

int pramin_guard_look(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_position pos;
	int ret = pramin_window_read(op, &pos);

	if (ret)
		return ret;
	if (pos.target == PRAMIN_TARGET_VRAM) {
		gpu->base = pos.base;
		if (pramin_shown(pos.base, vram_pa) >= len)
			return 0;
	}
	pramin_fail(op, -EPERM, PRAMIN_REASON_FORCED_MOVE, vram_pa, len,
		    pos.base);
	op->cause.text = pos.target == PRAMIN_TARGET_VRAM ? "VRAM" :
							    "system memory";
	return -EPERM;
}
