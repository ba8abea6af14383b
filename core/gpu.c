// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A GPU's life: attach, is it still there, detach.
 *
 * "Gone" on hardware means that reads are all ones and writes vanish, without
 * an error. All ones are therefore only believed after PMC_BOOT_0 has answered
 * with the value that it had at open; once it has not, the GPU is gone for
 * good and is not touched again.
 */
#include "gpu.h"
#include "guard.h"
#include "probe.h"
#include "window.h"
#include "regs/bus.h"
#include "regs/master.h"
#include "regs/pri.h"

/* Writes of the saved register value before it is given up */
#define RESTORE_TRIES	3

int pramin_fail(struct pramin_op *op, int err, enum pramin_reason reason,
		uint64_t arg0, uint64_t arg1, uint64_t arg2)
{
	op->cause = (struct pramin_cause){
		.err = err,
		.reason = reason,
		.arg = { arg0, arg1, arg2 },
	};
	return err;
}

int pramin_gpu_failed(struct pramin_op *op, int err)
{
	struct pramin_gpu *gpu = op->gpu;
	enum pramin_reason reason = PRAMIN_REASON_BACKEND;

	pramin_gpu_doubt(op);
	if (err == -ENODEV) {
		pramin_gpu_set_gone(gpu);
		reason = PRAMIN_REASON_BACKEND_GONE;
	} else if (err == -ENOMEM) {
		reason = PRAMIN_REASON_NO_MEMORY;
	} else if (err == -EPERM) {
		reason = PRAMIN_REASON_NOT_ALLOWED;
	}
	pramin_fail(op, err, reason, (uint64_t)-(int64_t)err, 0, 0);
	return err;
}

int pramin_reg_read(struct pramin_op *op, uint32_t off, uint32_t *val)
{
	struct pramin_gpu *gpu = op->gpu;
	uint64_t wide;
	int ret = gpu->ops->read(gpu->io, off, sizeof(*val), &wide);

	if (ret) {
		pramin_gpu_failed(op, ret);
		return ret;
	}
	*val = (uint32_t)wide;
	return 0;
}

int pramin_reg_write(struct pramin_op *op, uint32_t off, uint32_t val)
{
	struct pramin_gpu *gpu = op->gpu;
	int ret;

	if (gpu->config.shared)
		return pramin_fail(op, -EPERM, PRAMIN_REASON_FORCED_WRITE, 0, 0,
				   0);
	ret = gpu->ops->write(gpu->io, off, sizeof(val), val);
	return ret ? pramin_gpu_failed(op, ret) : 0;
}

int pramin_gpu_alive(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t boot_0;
	int ret;

	pramin_count(op, liveness, 1);
	ret = pramin_reg_read(op, NV_PMC_BOOT_0, &boot_0);
	if (ret)
		return ret;
	if (boot_0 == gpu->boot_0)
		return 0;
	pramin_gpu_set_gone(gpu);
	pramin_gpu_doubt(op);
	return pramin_fail(op, -ENODEV,
			   boot_0 == PRAMIN_ALL_ONES ?
				   PRAMIN_REASON_ALL_ONES :
				   PRAMIN_REASON_BOOT0_CHANGED,
			   gpu->boot_0, boot_0, 0);
}

int pramin_gpu_there(struct pramin_op *op, bool ones)
{
	const struct pramin_io_ops *ops = op->gpu->ops;
	int ret = ops->present ? ops->present(op->gpu->io) : 0;

	if (ret)
		return pramin_gpu_failed(op, ret);
	return ones ? pramin_gpu_alive(op) : 0;
}

int pramin_reg_read_live(struct pramin_op *op, uint32_t off, uint32_t *val)
{
	int ret = pramin_reg_read(op, off, val);

	if (ret)
		return ret;
	return *val == PRAMIN_ALL_ONES ? pramin_gpu_alive(op) : 0;
}

int pramin_gpu_save_window(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t raw;
	int ret = pramin_reg_read_live(op, gpu->chip->window->off, &raw);

	if (ret)
		return ret;
	if (raw == PRAMIN_ALL_ONES ||
	    (raw & GPU_READ_PRI_ERROR_MASK) == GPU_READ_PRI_ERROR_CODE)
		return pramin_fail(op, -EOPNOTSUPP,
				   PRAMIN_REASON_WINDOW_POISON, raw,
				   gpu->chip->window->off, 0);
	gpu->saved_raw = raw;
	gpu->last_raw = raw;
	return 0;
}

int pramin_gpu_attach(struct pramin_op *op, const struct pramin_io_ops *ops,
		      void *io, const struct pramin_gpu_config *config)
{
	struct pramin_gpu *gpu = op->gpu;
	int ret;

	memset(gpu, 0, sizeof(*gpu));
	gpu->ops = ops;
	gpu->io = io;
	gpu->config = *config;
	gpu->mmu = &gpu->own_mmu;
	if (ops->noticed)
		gpu->noticed = ops->noticed(io);

	ret = pramin_probe(op);
	if (!ret)
		ret = pramin_guard_learn(op);
	if (ret)
		return ret;
	return pramin_gpu_save_window(op);
}

int pramin_gpu_detach(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t raw = 0;
	unsigned int tries;
	int ret = 0;

	if (gpu->holds)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_VIEW_OPEN, 0, 0,
				   gpu->base);
	if (!gpu->moved)
		return 0;

	/*
	 * A backend that reported the GPU gone may have failed only once, and
	 * the register is shared with the VBIOS: try, whatever happened.
	 */
	gpu->gone = false;
	for (tries = 0; tries < RESTORE_TRIES; tries++) {
		ret = pramin_window_restore(gpu);
		if (!ret)
			ret = pramin_reg_read(op, gpu->chip->window->off, &raw);
		if (!ret && raw == gpu->saved_raw) {
			gpu->moved = false;
			return 0;
		}
		gpu->gone = false;
	}
	if (ret)
		return pramin_gpu_failed(op, ret);
	if (raw == PRAMIN_ALL_ONES) {
		ret = pramin_gpu_alive(op);
		if (ret)
			return ret;
	}
	return pramin_fail(op, -EIO, PRAMIN_REASON_NOT_RESTORED, gpu->saved_raw,
			   raw, gpu->chip->window->off);
}
