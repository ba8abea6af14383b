// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM that is not to be written, and a window that is not to be moved.
 */
#include "guard.h"
#include "regs/pri.h"
#include "regs/wpr.h"

static const char *const names[] = {
	[PRAMIN_RESERVED_VBIOS] = "the last MiB of VRAM, the VBIOS's own",
	[PRAMIN_RESERVED_WPR1] = "a region that firmware protects (WPR1)",
	[PRAMIN_RESERVED_WPR2] = "a region that firmware protects (WPR2)",
};

static void add(struct pramin_gpu *gpu, enum pramin_reserved_kind kind,
		uint64_t first, uint64_t last)
{
	gpu->reserved[gpu->reserved_count++] = (struct pramin_reserved){
		.kind = kind,
		.first = first,
		.last = last,
	};
}

static bool is_poison(uint32_t val)
{
	return val == PRAMIN_ALL_ONES ||
	       (val & GPU_READ_PRI_ERROR_MASK) == GPU_READ_PRI_ERROR_CODE;
}

static uint64_t bytes_of(uint32_t raw)
{
	return (uint64_t)FLD_GET(NV_PFB_PRI_MMU_WPR_ADDR_VAL, raw)
	       << PRAMIN_WPR_SHIFT;
}

/* One region; a register that does not answer leaves it unknown. */
static int learn_region(struct pramin_op *op, uint32_t off,
			enum pramin_reserved_kind kind)
{
	struct pramin_gpu *gpu = op->gpu;
	uint64_t start, end;
	uint32_t lo, hi;
	int ret = pramin_reg_read_live(op, off, &lo);

	if (!ret)
		ret = pramin_reg_read_live(op, off + 4, &hi);
	if (ret)
		return ret;
	if (is_poison(lo) || is_poison(hi)) {
		gpu->reserved_unknown = true;
		return 0;
	}
	start = bytes_of(lo);
	end = bytes_of(hi);
	if (end && start < end)
		add(gpu, kind, start, end - 1);
	return 0;
}

int pramin_guard_learn(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	const struct pramin_gpu_config *config = &gpu->config;
	const uint32_t wpr = gpu->chip->family->wpr;
	uint64_t last_mib = PRAMIN_APERTURE_SIZE;
	uint32_t i;
	int ret;

	gpu->guarded = config->shared;
	if (!config->real)
		return 0;
	for (i = 0; wpr && i < PRAMIN_WPR_REGIONS; i++) {
		ret = learn_region(op, wpr + 8 * i,
				   i ? PRAMIN_RESERVED_WPR2 :
				       PRAMIN_RESERVED_WPR1);
		if (ret)
			return ret;
	}
	if (last_mib > gpu->vram_size)
		last_mib = gpu->vram_size;
	add(gpu, PRAMIN_RESERVED_VBIOS, gpu->vram_size - last_mib,
	    gpu->vram_size - 1);
	gpu->guarded = config->shared || !config->write_reserved;
	return 0;
}

/* The first reserved range that the bytes touch, from @kind on */
static const struct pramin_reserved *touched(const struct pramin_gpu *gpu,
					     uint64_t vram_pa, uint64_t len,
					     enum pramin_reserved_kind kind)
{
	uint32_t i;

	for (i = 0; len && i < gpu->reserved_count; i++) {
		const struct pramin_reserved *r = &gpu->reserved[i];

		if (r->kind < kind || vram_pa > r->last)
			continue;
		if (vram_pa >= r->first || len > r->first - vram_pa)
			return r;
	}
	return NULL;
}

static int refuse(struct pramin_op *op, const struct pramin_reserved *r)
{
	pramin_fail(op, -EPERM, PRAMIN_REASON_RESERVED, r->first, r->last, 0);
	op->cause.text = names[r->kind];
	return -EPERM;
}

int pramin_guard_refuse(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	const struct pramin_gpu_config *config = &op->gpu->config;
	const struct pramin_reserved *r;

	if (config->shared)
		return pramin_fail(op, -EPERM, PRAMIN_REASON_FORCED_WRITE, 0, 0,
				   0);
	r = touched(op->gpu, vram_pa, len, PRAMIN_RESERVED_VBIOS);
	return r ? refuse(op, r) : 0;
}

int pramin_guard_refuse_use(struct pramin_op *op, uint64_t vram_pa,
			    uint64_t len)
{
	const struct pramin_reserved *r =
		touched(op->gpu, vram_pa, len, PRAMIN_RESERVED_WPR1);

	return r ? refuse(op, r) : 0;
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
