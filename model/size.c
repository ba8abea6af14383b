// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM sizes and the registers that tell them. A register does not hold every
 * size, so a size is encoded first, and refused if that is not possible.
 */
#include <errno.h>
#include <stdio.h>

#include "../core/regs/fb.h"
#include "internal.h"

#define LMR_ECC	  NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_ECC_MODE
#define LMR_MAG	  NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_LOWER_MAG
#define LMR_SCALE NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_LOWER_SCALE

/* Sizes that are multiples of @unit up to @max */
struct steps {
	uint64_t unit, max;
};

static struct steps steps_of(uint32_t size_register)
{
	struct steps steps = { 4 * PRAMIN_KIB, MODEL_VRAM_MAX };

	if (size_register == PRAMIN_G80_VRAM_SIZE) {
		/* 40 bits of address, of which the low eight are not there */
		steps.unit = 256;
		steps.max = PRAMIN_TIB - steps.unit;
	} else if (size_register == NV_USABLE_FB_SIZE_IN_MB) {
		steps.unit = PRAMIN_MIB;
	}
	return steps;
}

/* What one value of the MAG/SCALE register stands for */
static uint64_t lmr_bytes(uint32_t mag, uint32_t scale, bool ecc)
{
	uint64_t bytes = (uint64_t)mag << (scale + 20);

	return ecc ? bytes / 16 * 15 : bytes;
}

/*
 * Walk over all values of the MAG/SCALE register that mean a size in range.
 * The plain values come before those with ECC, and the largest SCALE first, so
 * that the first hit is the value in lowest terms.
 */
static bool lmr_find(uint64_t size, uint32_t *raw, uint64_t *below,
		     uint64_t *above)
{
	uint32_t ecc, i, mag;

	*below = 0;
	*above = 0;
	for (ecc = 0; ecc <= 1; ecc++) {
		for (i = 0; i <= FLD_MAX(LMR_SCALE); i++) {
			uint32_t scale = FLD_MAX(LMR_SCALE) - i;

			for (mag = 1; mag <= FLD_MAX(LMR_MAG); mag++) {
				uint64_t b = lmr_bytes(mag, scale, ecc);

				if (b < MODEL_VRAM_MIN || b > MODEL_VRAM_MAX)
					continue;
				if (b == size) {
					*raw = FLD_PREP(LMR_ECC, ecc) |
					       FLD_PREP(LMR_MAG, mag) |
					       FLD_PREP(LMR_SCALE, scale);
					return true;
				}
				if (b < size && b > *below)
					*below = b;
				if (b > size && (!*above || b < *above))
					*above = b;
			}
		}
	}
	return false;
}

static bool steps_find(struct steps steps, uint64_t size, uint64_t *below,
		       uint64_t *above)
{
	*below = 0;
	*above = 0;
	if (size < MODEL_VRAM_MIN) {
		*above = MODEL_VRAM_MIN;
		return false;
	}
	if (size > steps.max) {
		*below = steps.max;
		return false;
	}
	*below = size - size % steps.unit;
	*above = *below + steps.unit;
	return *below == size;
}

static uint32_t steps_encode(uint32_t size_register, uint64_t size)
{
	if (size_register == PRAMIN_G80_VRAM_SIZE)
		return ((uint32_t)size & PRAMIN_G80_VRAM_SIZE_LO) |
		       FLD_PREP(PRAMIN_G80_VRAM_SIZE_HI,
				(uint32_t)(size >> 32));
	if (size_register == NV_USABLE_FB_SIZE_IN_MB)
		return (uint32_t)(size / PRAMIN_MIB);
	return 0;
}

int model_size_check(const struct model_chip *chip, uint64_t size,
		     uint32_t *raw, struct pramin_why *why)
{
	uint32_t reg = chip->row.vram_register;
	char next[PRAMIN_WHY_TEXT];
	uint64_t below, above;

	if (reg == NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE) {
		if (lmr_find(size, raw, &below, &above))
			return 0;
	} else if (steps_find(steps_of(reg), size, &below, &above)) {
		*raw = steps_encode(reg, size);
		return 0;
	}

	if (below && above)
		snprintf(next, sizeof(next),
			 "the nearest sizes that it can have are %s and %s",
			 model_size_text(below).s, model_size_text(above).s);
	else
		snprintf(next, sizeof(next),
			 "the nearest size that it can have is %s",
			 model_size_text(below ? below : above).s);
	if (size < MODEL_VRAM_MIN || size > MODEL_VRAM_MAX)
		return model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT, next,
				  "vram=%s: a modelled GPU has 1M to 2T",
				  model_size_text(size).s);
	if (reg)
		return model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT, next,
				  "vram=%s: the VRAM-size register of %s "
				  "(0x%06x) cannot hold that",
				  model_size_text(size).s, chip->row.name, reg);
	return model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT, next,
			  "vram=%s: not a multiple of 4K",
			  model_size_text(size).s);
}
