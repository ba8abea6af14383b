/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the tests of BAR1 and BAR2 share.
 */
#ifndef PRAMIN_TESTS_CORE_MMU_BAR_H
#define PRAMIN_TESTS_CORE_MMU_BAR_H

#include "../../core/mmu/bar.h"
#include "core_mmu_dev.h"

#define INST 0x12000ull

/* Registers, and what they hold */
static const struct generation {
	const char *chip;
	uint32_t off[2], high[2], status;
	uint32_t bound[2], inst_high;
	uint32_t is_virtual, physical[2];
	bool hopper;
} generations[] = {
	{ "gf100", { 0x1704, 0x1714 }, { 0, 0 }, 0x1710,
	  { 0x80000012, 0xc0000012 }, 0, 0x80000000, { 0, 0x40000000 }, false },
	{ "gp102", { 0x1704, 0x1714 }, { 0, 0 }, 0x1710,
	  { 0x80000012, 0xc0000012 }, 0, 0x80000000, { 0, 0x40000000 }, false },
	{ "tu102", { 0xb80f40, 0xb80f48 }, { 0, 0 }, 0xb80f50,
	  { 0x80000012, 0xc0000012 }, 0, 0x80000000, { 0, 0x40000000 }, false },
	{ "ga102", { 0xb80f40, 0xb80f48 }, { 0, 0 }, 0xb80f50,
	  { 0x80000012, 0xc0000012 }, 0, 0x80000000, { 0, 0x40000000 }, false },
	{ "gh100", { 0xb80f60, 0xb80f70 }, { 0xb80f64, 0xb80f74 }, 0xb80f60,
	  { 0x12200, 0x12200 }, 0, 0x200, { 0, 0 }, true },
	{ "gb202", { 0xb80f60, 0xb80f70 }, { 0xb80f64, 0xb80f74 }, 0xb80f60,
	  { 0x12200, 0x12200 }, 0, 0x200, { 0, 0 }, true },
};

#define EACH(g) \
	g = generations; g < generations + ARRAY_LEN(generations); g++

static inline int take(unsigned int i, unsigned int bar)
{
	return pramin_bar_take(mmu_op(i), bar, 0, NULL);
}

static inline int bind_inst(unsigned int i, unsigned int bar)
{
	return pramin_bar_bind(mmu_op(i), bar, INST);
}

static inline enum pramin_reason reason(unsigned int i)
{
	return mmu_cause(i)->reason;
}

static inline int wrote(const struct generation *g, unsigned int bar, uint32_t low,
		 uint32_t high)
{
	const struct mmu_write want[] = {
		{ g->off[bar - 1], low },
		{ g->high[bar - 1], high },
	};

	return mmu_wrote(want, g->hopper ? 2 : 1);
}

#endif /* PRAMIN_TESTS_CORE_MMU_BAR_H */
