/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The library's scalars, for tests that choose a width at run time.
 */
#ifndef PRAMIN_TESTS_SCALARS_H
#define PRAMIN_TESTS_SCALARS_H

#include <pramin/vram.h>

/* @val: @width bytes, of which none is touched on failure */
static inline int scalar_read(struct pramin_dev *dev, uint64_t pa,
			      unsigned int width, void *val)
{
	switch (width) {
	case 1:
		return pramin_read8(dev, pa, val);
	case 2:
		return pramin_read16(dev, pa, val);
	case 4:
		return pramin_read32(dev, pa, val);
	default:
		return pramin_read64(dev, pa, val);
	}
}

/* The low @width bytes of @val */
static inline int scalar_write(struct pramin_dev *dev, uint64_t pa,
			       unsigned int width, uint64_t val)
{
	switch (width) {
	case 1:
		return pramin_write8(dev, pa, (uint8_t)val);
	case 2:
		return pramin_write16(dev, pa, (uint16_t)val);
	case 4:
		return pramin_write32(dev, pa, (uint32_t)val);
	default:
		return pramin_write64(dev, pa, val);
	}
}

#endif /* PRAMIN_TESTS_SCALARS_H */
