// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the window stands, and moving it.
 *
 *	VRAM  |-------|=======|-----------------|
 *	              ^ base: on a 1 MiB line, or a 64 KiB line if a run needs it
 *	BAR0  |---------------------|=======|---|
 *	                            ^ NV_PRAMIN
 *
 * The hardware asks for 64 KiB alignment only. Whole MiBs are the rule because
 * then no aligned word straddles the end of the aperture, a linear scan moves
 * once per MiB in either direction, and users of one MiB agree on a position.
 *
 * The cached base carries a flag of its own: 0 is a position like any other.
 */
#include "window.h"

int pramin_range_check(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	const struct pramin_gpu *gpu = op->gpu;

	if (len > UINT64_MAX - vram_pa)
		return pramin_fail(op, -ERANGE, PRAMIN_REASON_OVERFLOW, vram_pa,
				   len, gpu->vram_size);
	if (vram_pa + len > gpu->vram_size)
		return pramin_fail(op, -ERANGE, PRAMIN_REASON_VRAM_END, vram_pa,
				   len, gpu->vram_size);
	if (vram_pa + len > gpu->reach)
		return pramin_fail(op, -ERANGE, PRAMIN_REASON_REACH, vram_pa,
				   len, gpu->reach);
	return 0;
}

uint64_t pramin_run_max(uint64_t vram_pa)
{
	return PRAMIN_APERTURE_SIZE - vram_pa % PRAMIN_WINDOW_GRAIN;
}

uint64_t pramin_plan_base(uint64_t vram_pa, uint64_t len)
{
	uint64_t in_mib = vram_pa % PRAMIN_APERTURE_SIZE;

	if (len <= PRAMIN_APERTURE_SIZE - in_mib)
		return vram_pa - in_mib;
	return vram_pa - vram_pa % PRAMIN_WINDOW_GRAIN;
}

/* The register's value for a base: one write sets BASE and TARGET together */
static uint32_t window_value(const struct pramin_gpu *gpu, uint64_t base)
{
	const uint32_t vid_mem = NV_PBUS_BAR0_WINDOW_TARGET_VID_MEM;

	return FLD_PREP(gpu->base_mask,
			(uint32_t)(base / PRAMIN_WINDOW_GRAIN)) |
	       FLD_PREP(NV_PBUS_BAR0_WINDOW_TARGET, vid_mem);
}

int pramin_prove(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t fields = gpu->base_mask | gpu->chip->window->target;
	uint32_t want = window_value(gpu, op->base);
	uint32_t got;
	int ret;

	pramin_count(op, proofs, 1);
	ret = pramin_reg_read_live(op, gpu->chip->window->off, &got);
	if (ret)
		return ret;
	if ((got & fields) == want)
		return 0;
	/* Nobody has moved it if it is gone. */
	ret = pramin_gpu_there(op, false);
	if (ret)
		return ret;
	op->lost = true;
	if (!gpu->meeting) {
		gpu->last_raw = got;
		gpu->base_known = false;
	}
	return pramin_fail(op, -EIO,
			   gpu->config.shared ? PRAMIN_REASON_FORCED_MOVED :
						PRAMIN_REASON_MISPLACED,
			   want, got, gpu->chip->window->off);
}

/* What the register holds after a reset, without which no proof can tell */
static int learn_raw(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	int ret = pramin_reg_read_live(op, gpu->chip->window->off,
				       &gpu->last_raw);

	if (!ret)
		gpu->raw_forgotten = false;
	return ret;
}

int pramin_move_to(struct pramin_op *op, uint64_t base)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t raw = window_value(gpu, base);
	int ret = gpu->raw_forgotten ? learn_raw(op) : 0;
	bool tells;

	if (ret)
		return ret;
	/* A value that is there already proves nothing by being read back. */
	tells = ((raw ^ gpu->last_raw) & gpu->base_mask) != 0;

	/* Until the write is accepted, the position is unknown. */
	gpu->base_known = false;
	gpu->moved = true;

	/* Posted, and ordered before the accesses that follow: no read-back. */
	ret = pramin_reg_write(op, gpu->chip->window->off, raw);
	if (ret)
		return ret;
	if (raw != gpu->last_raw)
		pramin_count(op, moves, 1);
	gpu->last_raw = raw;
	gpu->base = base;
	op->base = base;

	/* Once, to learn that the register is there and takes values at all */
	if (!gpu->proved || gpu->config.verify) {
		ret = pramin_prove(op);
		if (ret)
			return ret;
		gpu->proved |= tells;
	}
	gpu->base_known = true;
	if (gpu->ops->aperture)
		gpu->aperture = gpu->ops->aperture(gpu->io);
	return 0;
}

int pramin_holds_check(struct pramin_op *op, uint64_t vram_pa, uint64_t run)
{
	const struct pramin_gpu *gpu = op->gpu;

	if (!gpu->holds)
		return 0;
	/* An error made the position unknown, and a view may rely on it. */
	if (!gpu->base_known)
		return pramin_fail(op, -EIO, PRAMIN_REASON_VIEW_LOST, vram_pa,
				   run, 0);
	return pramin_fail(op, -EBUSY, PRAMIN_REASON_VIEW_OPEN, vram_pa, run,
			   gpu->base);
}

int pramin_move(struct pramin_op *op, uint64_t vram_pa, uint64_t run)
{
	int ret = pramin_holds_check(op, vram_pa, run);

	return ret ? ret : pramin_move_to(op, pramin_plan_base(vram_pa, run));
}

int pramin_window_read(struct pramin_op *op, struct pramin_position *pos)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t raw;
	int ret = pramin_gpu_check(op);

	if (ret)
		return ret;
	ret = pramin_reg_read_live(op, gpu->chip->window->off, &raw);
	if (ret)
		return ret;
	pos->raw = raw;
	pos->base =
		(uint64_t)FLD_GET(gpu->base_mask, raw) * PRAMIN_WINDOW_GRAIN;
	pos->target = PRAMIN_TARGET_VRAM;
	if (gpu->chip->window->target)
		pos->target = (enum pramin_target)FLD_GET(
			NV_PBUS_BAR0_WINDOW_TARGET, raw);
	return 0;
}

void pramin_window_forget(struct pramin_gpu *gpu)
{
	gpu->base_known = false;
	gpu->proved = false;
	gpu->raw_forgotten = true;
	pramin_reset_note(gpu);
}

int pramin_window_restore(struct pramin_gpu *gpu)
{
	if (!gpu->moved || gpu->gone)
		return 0;
	/* Dropped first: whoever goes on after a signal must place again. */
	gpu->base_known = false;
	gpu->last_raw = gpu->saved_raw;
	gpu->stats.restores++;
	return gpu->ops->write(gpu->io, gpu->chip->window->off, 4,
			       gpu->saved_raw);
}
