// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR0: who answers.
 *
 *	0x000000-0xffffff	the model, where it has a register
 *	0x000100, 140, 640	interrupts (intr.c)
 *	0x009100-0x009420	time (intr.c)
 *	0x088000-0x088fff	configuration space
 *	0x300000-0x3fffff	PROM: the VBIOS
 *	0x700000-0x7fffff	the aperture (the model)
 *	everything else		the board
 *
 * Every access goes to the model first, which counts it and applies its faults. The
 * others answer only if it had no register there, and nothing happened to the
 * access: then it has answered with the error code of an empty place.
 */
#include "../core/regs/bus.h"
#include "../core/regs/pri.h"
#include "device.h"
#include "vbios.h"

#define MIRROR	  0x088000u
#define PROM	  0x300000u
#define MSI_REARM (MIRROR + CONFIG_MSI)
#define EMPTY	  PRAMIN_PRI_FECS_PRI_DECODE

static bool in(uint32_t off, uint32_t first, uint32_t bytes)
{
	return off >= first && off - first < bytes;
}

static uint32_t part_mask(unsigned int width)
{
	return width == 4 ? UINT32_MAX : (1u << (8 * width)) - 1;
}

/* At most 4 bytes that are not the model's */
static uint32_t other_read(struct device *d, uint32_t off, unsigned int width)
{
	uint32_t word = off & ~3u, shift = 8 * (off & 3), val = UINT32_MAX;

	if (in(off, MIRROR, CONFIG_BYTES)) {
		space_read(d, off - MIRROR, width, &val);
		return val;
	}
	if (in(off, PROM, VBIOS_MAX))
		return (uint32_t)rom_read(d, off - PROM, width);
	if (intr_read(&d->intr, word, &val))
		return val >> shift & part_mask(width);
	return board_read(d->board, off, width);
}

static void other_write(struct device *d, uint32_t off, unsigned int width,
			uint32_t val)
{
	uint32_t word = off & ~3u, shift = 8 * (off & 3);

	if (off == MSI_REARM)
		intr_rearm(&d->intr);
	if (in(off, MIRROR, CONFIG_BYTES))
		space_write(d, off - MIRROR, width, val);
	else if (in(off, PROM, VBIOS_MAX))
		return;
	else if (!intr_write(&d->intr, word, (val & part_mask(width)) << shift))
		board_write(d->board, off, width, val);
}

static bool is_model(const struct device *d, uint32_t off, unsigned int width)
{
	return pramin_model_has_register(d->model, off & ~3u) ||
	       (width == 8 && pramin_model_has_register(d->model, off + 4));
}

int bar0_read(struct device *d, uint32_t off, unsigned int width, uint64_t *val,
	      uint64_t *vram_pa)
{
	uint64_t empty = EMPTY | (uint64_t)EMPTY << 32;
	int ret;

	if (in(off, NV_PRAMIN, PRAMIN_APERTURE_SIZE) && d->trace)
		pramin_model_locate(d->model, 0, off, width, vram_pa);
	ret = d->ops->read(d->model, off, width, val);
	if (ret || is_model(d, off, width))
		return ret;
	if (width < 8)
		empty = EMPTY >> (8 * (off & 3)) & part_mask(width);
	if (*val != empty)
		return 0;
	if (width < 8) {
		*val = other_read(d, off, width);
		return 0;
	}
	*val = other_read(d, off, 4);
	*val |= (uint64_t)other_read(d, off + 4, 4) << 32;
	return 0;
}

int bar0_write(struct device *d, uint32_t off, unsigned int width, uint64_t val,
	       uint64_t *vram_pa)
{
	int ret;

	if (in(off, NV_PRAMIN, PRAMIN_APERTURE_SIZE) && d->trace)
		pramin_model_locate(d->model, 0, off, width, vram_pa);
	ret = d->ops->write(d->model, off, width, val);
	if (ret || is_model(d, off, width) || device_gone(d))
		return ret;
	other_write(d, off, width < 8 ? width : 4, (uint32_t)val);
	if (width == 8)
		other_write(d, off + 4, 4, (uint32_t)(val >> 32));
	return 0;
}
