/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where the window stands, and moving it.
 */
#ifndef PRAMIN_CORE_WINDOW_H
#define PRAMIN_CORE_WINDOW_H

#include "gpu.h"
#include "regs/bus.h"

/**
 * pramin_range_check() - do these bytes exist, and can the window show them?
 *
 * Return: 0, or -ERANGE with its reason. Touches nothing.
 */
int pramin_range_check(struct pramin_op *op, uint64_t vram_pa, uint64_t len);

/* Longest run from @vram_pa that one position can show, in bytes */
uint64_t pramin_run_max(uint64_t vram_pa);

/**
 * pramin_plan_base() - where to put the window for a run
 * @vram_pa: first byte
 * @len:     at most pramin_run_max(@vram_pa)
 *
 * On a 1 MiB line if the run stays within one MiB, so that neighbours share
 * the position; else on the 64 KiB line below @vram_pa.
 */
uint64_t pramin_plan_base(uint64_t vram_pa, uint64_t len);

/* How many bytes from @vram_pa on a window at @base shows; 0: not even one */
static inline uint64_t pramin_shown(uint64_t base, uint64_t vram_pa)
{
	/* Below the base first: the difference must not wrap. */
	if (vram_pa < base || vram_pa - base >= PRAMIN_APERTURE_SIZE)
		return 0;
	return PRAMIN_APERTURE_SIZE - (vram_pa - base);
}

/**
 * pramin_holds_check() - may the window move, to show @run bytes at @vram_pa?
 *
 * Return: 0, -EBUSY while a view is open, -EIO if its position was lost. The
 * device is not touched.
 */
int pramin_holds_check(struct pramin_op *op, uint64_t vram_pa, uint64_t run);

/* Move the window for a run, unless a view holds it; see pramin_place(). */
int pramin_move(struct pramin_op *op, uint64_t vram_pa, uint64_t run);

/**
 * pramin_move_to() - write the register; the caller is the only one inside
 *
 * Proves the first move since open, or since the position was lost.
 *
 * Return: 0, -ENODEV, -EIO.
 */
int pramin_move_to(struct pramin_op *op, uint64_t base);

/**
 * pramin_guard_look() - a window that is not ours to move: where is it now?
 * @len: bytes that it has to show
 *
 * One register read. Return: 0 and @op->gpu->base, -EPERM if it shows something
 * else, -ENODEV.
 */
int pramin_guard_look(struct pramin_op *op, uint64_t vram_pa, uint64_t len);

/**
 * pramin_place() - make the window show @len bytes; checked by the caller
 * @run: @len or more: what to plan for if the window has to move
 *
 * Return: 0, -EBUSY, -ENODEV, -EIO.
 */
static inline int pramin_place(struct pramin_op *op, uint64_t vram_pa,
			       uint64_t len, uint64_t run)
{
	const struct pramin_gpu *gpu = op->gpu;

	if (gpu->base_known && len <= pramin_shown(gpu->base, vram_pa))
		return 0;
	if (gpu->config.shared)
		return pramin_guard_look(op, vram_pa, len);
	return pramin_move(op, vram_pa, run);
}

/**
 * pramin_prove() - read the window register back and compare
 *
 * Return: 0, -ENODEV, or -EIO and the position is forgotten.
 */
int pramin_prove(struct pramin_op *op);

/* In verify mode: pramin_prove(), after an access or a chunk of them */
static inline int pramin_verify(struct pramin_op *op)
{
	return op->gpu->config.verify ? pramin_prove(op) : 0;
}

/* Read the register; decode any value of it. */
int pramin_window_read(struct pramin_op *op, struct pramin_position *pos);

/**
 * pramin_window_forget() - the device was reset: trust nothing learned of it
 *
 * Touches no hardware. The next access places the window and proves the move;
 * open views are lost. The value to restore stays what it was at open.
 */
void pramin_window_forget(struct pramin_gpu *gpu);

/* Write the saved value back if the window was moved. No lock, no proof. */
int pramin_window_restore(struct pramin_gpu *gpu);

#endif /* PRAMIN_CORE_WINDOW_H */
