/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Touching the aperture where it stands. Callers have checked the range and
 * placed the window; the only thing that can go wrong here is the device.
 */
#ifndef PRAMIN_CORE_ACCESS_H
#define PRAMIN_CORE_ACCESS_H

#include "gpu.h"
#include "regs/bus.h"

/* What a lost GPU answers at a width of 1, 2, 4 or 8 bytes */
static inline uint64_t pramin_ones(unsigned int width)
{
	return width == 8 ? UINT64_MAX : (1ull << (8 * width)) - 1;
}

/* The index of a width in the counters */
static inline unsigned int pramin_width_index(unsigned int width)
{
	return (width > 1 ? 1u : 0u) + (width > 2 ? 1u : 0u) +
	       (width > 4 ? 1u : 0u);
}

/* The one place in core that says "volatile": loads and stores of a mapping. */
static inline uint64_t pramin_load(const volatile unsigned char *at,
				   unsigned int width)
{
	const volatile void *p = at;

	switch (width) {
	case 1:
		return *(const volatile uint8_t *)p;
	case 2:
		return *(const volatile uint16_t *)p;
	case 4:
		return *(const volatile uint32_t *)p;
	default:
		return *(const volatile uint64_t *)p;
	}
}

static inline void pramin_store(volatile unsigned char *at, unsigned int width,
				uint64_t val)
{
	volatile void *p = at;

	switch (width) {
	case 1:
		*(volatile uint8_t *)p = (uint8_t)val;
		break;
	case 2:
		*(volatile uint16_t *)p = (uint16_t)val;
		break;
	case 4:
		*(volatile uint32_t *)p = (uint32_t)val;
		break;
	default:
		*(volatile uint64_t *)p = val;
		break;
	}
}

/*
 * One access; @width is 1, 2, 4 or 8 and divides @vram_pa. The caller counts:
 * those who make many do it once for all of them.
 */
static inline int pramin_touch_read(struct pramin_op *op, uint64_t vram_pa,
				    unsigned int width, uint64_t *val)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t off = (uint32_t)(vram_pa - op->base);
	int ret;

	if (op->aperture) {
		*val = pramin_load(op->aperture + off, width);
		return 0;
	}
	ret = gpu->ops->read(gpu->io, NV_PRAMIN + off, width, val);
	return ret ? pramin_gpu_failed(op, ret) : 0;
}

static inline int pramin_touch_write(struct pramin_op *op, uint64_t vram_pa,
				     unsigned int width, uint64_t val)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t off = (uint32_t)(vram_pa - op->base);
	int ret;

	if (op->aperture) {
		pramin_store(op->aperture + off, width, val);
		return 0;
	}
	ret = gpu->ops->write(gpu->io, NV_PRAMIN + off, width, val);
	return ret ? pramin_gpu_failed(op, ret) : 0;
}

/* One access that counts itself */
static inline int pramin_ap_read(struct pramin_op *op, uint64_t vram_pa,
				 unsigned int width, uint64_t *val)
{
	pramin_count(op, reads[pramin_width_index(width)], 1);
	return pramin_touch_read(op, vram_pa, width, val);
}

static inline int pramin_ap_write(struct pramin_op *op, uint64_t vram_pa,
				  unsigned int width, uint64_t val)
{
	pramin_count(op, writes[pramin_width_index(width)], 1);
	return pramin_touch_write(op, vram_pa, width, val);
}

/**
 * pramin_ap_read_run() - copy a run out of the aperture
 * @ones: set if the last access of the run answered all ones, else cleared.
 *        A GPU that is gone stays gone, so the last answer tells for all.
 *
 * The widest access that each address allows; never memcpy(), which may split
 * into bytes. Gives way to those who wait after each slice, so the window may
 * stand elsewhere afterwards, where it shows the end of the run.
 */
int pramin_ap_read_run(struct pramin_op *op, uint64_t vram_pa, void *buf,
		       uint64_t len, bool *ones);
int pramin_ap_write_run(struct pramin_op *op, uint64_t vram_pa,
			const void *buf, uint64_t len);

/**
 * pramin_ap_flush() - prove posted writes: one read of the aperture
 *
 * A read pushes the writes ahead of it. Any address serves, as long as the
 * window is placed (open-gpu-kernel-modules, kern_bus_gm107.c).
 */
int pramin_ap_flush(struct pramin_op *op);

#endif /* PRAMIN_CORE_ACCESS_H */
