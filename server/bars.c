// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 and BAR3 show VRAM: by the model's page tables, or, on Tesla, whose page
 * tables it does not have, from address 0 on. The ROM BAR shows the VBIOS.
 */
#include <string.h>

#include "device.h"
#include "vbios.h"

static uint64_t width_mask(unsigned int width)
{
	return width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

static bool in_vram(const struct device *d, uint64_t off, unsigned int width)
{
	return off <= d->vram - width;
}

int vram_bar_read(struct device *d, unsigned int bar, uint64_t off,
		  unsigned int width, uint64_t *val, uint64_t *vram_pa)
{
	if (d->has_bars) {
		if (d->trace)
			pramin_model_locate(d->model, bar, off, width, vram_pa);
		return d->ops->bar_read(d->model, bar, off, width, val);
	}
	*val = width_mask(width);
	if (device_gone(d) || !in_vram(d, off, width))
		return 0;
	*vram_pa = off;
	*val = 0;
	return pramin_model_peek(d->model, off, val, width);
}

int vram_bar_write(struct device *d, unsigned int bar, uint64_t off,
		   unsigned int width, uint64_t val, uint64_t *vram_pa)
{
	if (d->has_bars) {
		if (d->trace)
			pramin_model_locate(d->model, bar, off, width, vram_pa);
		return d->ops->bar_write(d->model, bar, off, width, val);
	}
	if (device_gone(d) || !in_vram(d, off, width))
		return 0;
	*vram_pa = off;
	return pramin_model_poke(d->model, off, &val, width);
}

/* Behind the VBIOS there is nothing. */
uint64_t rom_read(const struct device *d, uint32_t off, unsigned int width)
{
	uint64_t val = 0;

	if (off >= VBIOS_MAX)
		return width_mask(width);
	memcpy(&val, d->rom + off, width);
	return val;
}
