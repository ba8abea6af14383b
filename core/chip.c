// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The table of chips, and how a GPU finds its row.
 *
 * The key is what PMC_BOOT_0 says, never the PCI device id: new boards of a
 * known chip keep appearing. Sources of the ids: regs/master.h; of the
 * registers: regs/bus.h, regs/fb.h, regs/ready.h, regs/wpr.h, and chip_mmu.c; of the formats
 * of page tables: mmu/format.c.
 */
#include "chip.h"

#include <pramin/mmu.h>

#include "chip_mmu.h"
#include "regs/bus.h"
#include "regs/fb.h"
#include "regs/master.h"
#include "regs/ready.h"
#include "regs/wpr.h"

/* G80-AD10x */
static const struct pramin_window_desc win_pbus = {
	.name = "NV_PBUS_BAR0_WINDOW",
	.off = NV_PBUS_BAR0_WINDOW,
	.base = NV_PBUS_BAR0_WINDOW_BASE,
	.base_widest = NV_PBUS_BAR0_WINDOW_BASE,
	.target = NV_PBUS_BAR0_WINDOW_TARGET,
};

static const struct pramin_window_desc win_gh100 = {
	.name = "NV_XAL_EP_ZB_BAR0_WINDOW",
	.off = NV_XAL_EP_ZB_BAR0_WINDOW,
	.base = NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GH100,
	.base_widest = NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GH100,
};

static const struct pramin_window_desc win_gb100 = {
	.name = "NV_XAL_EP_ZB_BAR0_WINDOW",
	.off = NV_XAL_EP_ZB_BAR0_WINDOW,
	.base = NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GB100,
	.base_widest = NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GB100,
};

/* The narrower of two published widths, unless the user knows better */
static const struct pramin_window_desc win_gb10b = {
	.name = "NV_XAL_EP_ZB_BAR0_WINDOW",
	.off = NV_XAL_EP_ZB_BAR0_WINDOW,
	.base = NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GH100,
	.base_widest = NV_XAL_EP_ZB_BAR0_WINDOW_BASE_GB10B,
};

static uint64_t decode_g80(uint32_t raw)
{
	uint64_t hi = FLD_GET(PRAMIN_G80_VRAM_SIZE_HI, raw);

	return hi << 32 | (raw & PRAMIN_G80_VRAM_SIZE_LO);
}

static uint64_t decode_gp102(uint32_t raw)
{
	uint64_t mag =
		FLD_GET(NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_LOWER_MAG, raw);
	unsigned int scale =
		FLD_GET(NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_LOWER_SCALE, raw);
	uint64_t size = mag * PRAMIN_MIB << scale;

	if (raw & NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE_ECC_MODE)
		size = size / 16 * 15;
	return size;
}

static uint64_t decode_ga102(uint32_t raw)
{
	return raw * PRAMIN_MIB;
}

static const struct pramin_vram_desc vram_g80 = {
	.name = "0x10020c",
	.off = PRAMIN_G80_VRAM_SIZE,
	.decode = decode_g80,
};

static const struct pramin_vram_desc vram_gp102 = {
	.name = "NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE",
	.off = NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE,
	.decode = decode_gp102,
};

static const struct pramin_vram_desc vram_ga102 = {
	.name = "NV_USABLE_FB_SIZE_IN_MB",
	.off = NV_USABLE_FB_SIZE_IN_MB,
	.decode = decode_ga102,
};

static const struct pramin_ready_desc ready_tu102 = {
	.name = "NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT",
	.off = NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT,
	.mask = NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT_PROGRESS,
	.done = NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT_PROGRESS_COMPLETED,
	.gate = NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_PRIV_LEVEL_MASK,
	.gate_mask =
		NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_PRIV_LEVEL_MASK_READ_PROTECTION_LEVEL0,
};

static const struct pramin_ready_desc ready_gh100 = {
	.name = "NV_THERM_I2CS_SCRATCH",
	.off = NV_THERM_I2CS_SCRATCH,
	.mask = 0xffffffffu,
	.done = NV_THERM_I2CS_SCRATCH_FSP_BOOT_COMPLETE_STATUS_SUCCESS,
};

static const struct pramin_ready_desc ready_gb202 = {
	.name = "NV_THERM_I2CS_SCRATCH",
	.off = NV_THERM_I2CS_SCRATCH_GB202,
	.mask = 0xffffffffu,
	.done = NV_THERM_I2CS_SCRATCH_FSP_BOOT_COMPLETE_STATUS_SUCCESS,
};

/* Page tables of Tesla are not modelled. */
static const struct pramin_family tesla = { .name = "tesla" };
static const struct pramin_family fermi = {
	.name = "fermi",
	.mmu = { PRAMIN_MMU_V1_128K, PRAMIN_MMU_V1_64K },
	.tlb = &pramin_tlb_gf100,
	.bar = &pramin_bar_gf100,
};
static const struct pramin_family kepler = {
	.name = "kepler",
	.mmu = { PRAMIN_MMU_V1_128K, PRAMIN_MMU_V1_64K },
	.tlb = &pramin_tlb_gf100,
	.bar = &pramin_bar_gf100,
};
static const struct pramin_family maxwell_gm10x = {
	.name = "maxwell",
	.mmu = { PRAMIN_MMU_V1_128K, PRAMIN_MMU_V1_64K },
	.tlb = &pramin_tlb_gf100,
	.bar = &pramin_bar_gf100,
};
static const struct pramin_family maxwell_gm20x = {
	.name = "maxwell",
	.mmu = { PRAMIN_MMU_V1_128K_GM200, PRAMIN_MMU_V1_64K_GM200 },
	.tlb = &pramin_tlb_gf100,
	.bar = &pramin_bar_gf100,
};
static const struct pramin_family pascal = {
	.name = "pascal",
	.mmu = { PRAMIN_MMU_V2_GP100 },
	.tlb = &pramin_tlb_gp100,
	.bar = &pramin_bar_gf100,
};
static const struct pramin_family volta = {
	.name = "volta",
	.mmu = { PRAMIN_MMU_V2_GV100 },
	.tlb = &pramin_tlb_gp100,
	.bar = &pramin_bar_gf100,
};
static const struct pramin_family turing = {
	.name = "turing",
	.wpr = NV_PFB_PRI_MMU_WPR1_ADDR_LO,
	.ready = &ready_tu102,
	.mmu = { PRAMIN_MMU_V2_TU102 },
	.tlb = &pramin_tlb_tu102,
	.bar = &pramin_bar_tu102,
};
static const struct pramin_family ampere = {
	.name = "ampere",
	.wpr = NV_PFB_PRI_MMU_WPR1_ADDR_LO,
	.ready = &ready_tu102,
	.mmu = { PRAMIN_MMU_V2_GA100 },
	.tlb = &pramin_tlb_ga100,
	.bar = &pramin_bar_tu102,
};
static const struct pramin_family ada = {
	.name = "ada",
	.wpr = NV_PFB_PRI_MMU_WPR1_ADDR_LO,
	.ready = &ready_tu102,
	.mmu = { PRAMIN_MMU_V2_GA100 },
	.tlb = &pramin_tlb_ga100,
	.bar = &pramin_bar_tu102,
};
static const struct pramin_family hopper = {
	.name = "hopper",
	.cc_mode = PRAMIN_CC_MODE_GH100,
	.wpr = NV_PFB_PRI_MMU_WPR1_ADDR_LO,
	.ready = &ready_gh100,
	.mmu = { PRAMIN_MMU_V3_GH100 },
	.tlb = &pramin_tlb_ga100,
	.bar = &pramin_bar_gh100,
};
static const struct pramin_family blackwell_gb1xx = {
	.name = "blackwell",
	.cc_mode = PRAMIN_CC_MODE_GB100,
	.wpr = NV_HUBMMU_PRI_MMU_WPR1_ADDR_LO,
	.ready = &ready_gh100,
	.mmu = { PRAMIN_MMU_V3_GB100 },
	.tlb = &pramin_tlb_ga100,
	.bar = &pramin_bar_gh100,
};
static const struct pramin_family blackwell_gb2xx = {
	.name = "blackwell",
	.cc_mode = PRAMIN_CC_MODE_GB100,
	.wpr = NV_HUBMMU_PRI_MMU_WPR1_ADDR_LO,
	.ready = &ready_gb202,
	.mmu = { PRAMIN_MMU_V3_GB100 },
	.tlb = &pramin_tlb_ga100,
	.bar = &pramin_bar_gh100,
};

/* clang-format off */
#define CHIP(id, name, family, window, vram) \
	{ name, id, false, &family, &window, vram }
#define INTEGRATED(id, name, family) \
	{ name, id, true, &family, &win_pbus, NULL }

/* Ordered by id; of a family, the last row that is not integrated names it. */
static const struct pramin_chip chips[] = {
	CHIP(0x050, "g80",   tesla, win_pbus, &vram_g80),
	CHIP(0x084, "g84",   tesla, win_pbus, &vram_g80),
	CHIP(0x086, "g86",   tesla, win_pbus, &vram_g80),
	CHIP(0x092, "g92",   tesla, win_pbus, &vram_g80),
	CHIP(0x094, "g94",   tesla, win_pbus, &vram_g80),
	CHIP(0x096, "g96",   tesla, win_pbus, &vram_g80),
	CHIP(0x098, "g98",   tesla, win_pbus, &vram_g80),
	CHIP(0x0a0, "gt200", tesla, win_pbus, &vram_g80),
	CHIP(0x0a3, "gt215", tesla, win_pbus, &vram_g80),
	CHIP(0x0a5, "gt216", tesla, win_pbus, &vram_g80),
	CHIP(0x0a8, "gt218", tesla, win_pbus, &vram_g80),
	INTEGRATED(0x0aa, "mcp77", tesla),
	INTEGRATED(0x0ac, "mcp79", tesla),
	INTEGRATED(0x0af, "mcp89", tesla),

	CHIP(0x0c0, "gf100", fermi, win_pbus, NULL),
	CHIP(0x0c1, "gf108", fermi, win_pbus, NULL),
	CHIP(0x0c3, "gf106", fermi, win_pbus, NULL),
	CHIP(0x0c4, "gf104", fermi, win_pbus, NULL),
	CHIP(0x0c8, "gf110", fermi, win_pbus, NULL),
	CHIP(0x0ce, "gf114", fermi, win_pbus, NULL),
	CHIP(0x0cf, "gf116", fermi, win_pbus, NULL),
	CHIP(0x0d7, "gf117", fermi, win_pbus, NULL),
	CHIP(0x0d9, "gf119", fermi, win_pbus, NULL),

	CHIP(0x0e4, "gk104", kepler, win_pbus, NULL),
	CHIP(0x0e6, "gk106", kepler, win_pbus, NULL),
	CHIP(0x0e7, "gk107", kepler, win_pbus, NULL),
	INTEGRATED(0x0ea, "gk20a", kepler),
	CHIP(0x0f0, "gk110", kepler, win_pbus, NULL),
	CHIP(0x0f1, "gk110b", kepler, win_pbus, NULL),
	CHIP(0x106, "gk208b", kepler, win_pbus, NULL),
	CHIP(0x108, "gk208", kepler, win_pbus, NULL),

	CHIP(0x117, "gm107", maxwell_gm10x, win_pbus, NULL),
	CHIP(0x118, "gm108", maxwell_gm10x, win_pbus, NULL),
	CHIP(0x120, "gm200", maxwell_gm20x, win_pbus, NULL),
	CHIP(0x124, "gm204", maxwell_gm20x, win_pbus, NULL),
	CHIP(0x126, "gm206", maxwell_gm20x, win_pbus, NULL),

	CHIP(0x130, "gp100", pascal, win_pbus, NULL),
	CHIP(0x132, "gp102", pascal, win_pbus, &vram_gp102),
	CHIP(0x134, "gp104", pascal, win_pbus, &vram_gp102),
	CHIP(0x136, "gp106", pascal, win_pbus, &vram_gp102),
	CHIP(0x137, "gp107", pascal, win_pbus, &vram_gp102),
	CHIP(0x138, "gp108", pascal, win_pbus, &vram_gp102),

	CHIP(0x140, "gv100", volta, win_pbus, NULL),
	INTEGRATED(0x15b, "gv11b", volta),

	CHIP(0x162, "tu102", turing, win_pbus, &vram_gp102),
	CHIP(0x164, "tu104", turing, win_pbus, &vram_gp102),
	CHIP(0x166, "tu106", turing, win_pbus, &vram_gp102),
	CHIP(0x167, "tu117", turing, win_pbus, &vram_gp102),
	CHIP(0x168, "tu116", turing, win_pbus, &vram_gp102),

	CHIP(0x170, "ga100", ampere, win_pbus, &vram_gp102),
	CHIP(0x172, "ga102", ampere, win_pbus, &vram_ga102),
	CHIP(0x173, "ga103", ampere, win_pbus, &vram_ga102),
	CHIP(0x174, "ga104", ampere, win_pbus, &vram_ga102),
	CHIP(0x176, "ga106", ampere, win_pbus, &vram_ga102),
	CHIP(0x177, "ga107", ampere, win_pbus, &vram_ga102),
	INTEGRATED(0x17b, "ga10b", ampere),
	CHIP(0x17f, "ga102f", ampere, win_pbus, &vram_ga102),

	CHIP(0x180, "gh100", hopper, win_gh100, &vram_ga102),

	CHIP(0x192, "ad102", ada, win_pbus, &vram_ga102),
	CHIP(0x193, "ad103", ada, win_pbus, &vram_ga102),
	CHIP(0x194, "ad104", ada, win_pbus, &vram_ga102),
	CHIP(0x196, "ad106", ada, win_pbus, &vram_ga102),
	CHIP(0x197, "ad107", ada, win_pbus, &vram_ga102),

	CHIP(0x1a0, "gb100", blackwell_gb1xx, win_gb100, &vram_ga102),
	CHIP(0x1a2, "gb102", blackwell_gb1xx, win_gb100, &vram_ga102),
	CHIP(0x1a3, "gb110", blackwell_gb1xx, win_gb100, &vram_ga102),
	CHIP(0x1a4, "gb112", blackwell_gb1xx, win_gb100, &vram_ga102),
	CHIP(0x1ab, "gb10b", blackwell_gb1xx, win_gb10b, &vram_ga102),

	CHIP(0x1b2, "gb202", blackwell_gb2xx, win_gb100, &vram_ga102),
	CHIP(0x1b3, "gb203", blackwell_gb2xx, win_gb100, &vram_ga102),
	CHIP(0x1b5, "gb205", blackwell_gb2xx, win_gb100, &vram_ga102),
	CHIP(0x1b6, "gb206", blackwell_gb2xx, win_gb100, &vram_ga102),
	CHIP(0x1b7, "gb207", blackwell_gb2xx, win_gb100, &vram_ga102),
	CHIP(0x1bb, "gb20b", blackwell_gb2xx, win_gb10b, &vram_ga102),
	CHIP(0x1bc, "gb20c", blackwell_gb2xx, win_gb10b, &vram_ga102),
};
/* clang-format on */

#define CHIPS (sizeof(chips) / sizeof(chips[0]))

unsigned int pramin_chip_id_boot_0(uint32_t boot_0)
{
	unsigned int arch = FLD_GET(NV_PMC_BOOT_0_ARCHITECTURE_0, boot_0);
	unsigned int impl = FLD_GET(NV_PMC_BOOT_0_IMPLEMENTATION, boot_0);

	if (boot_0 & NV_PMC_BOOT_0_ARCHITECTURE_1)
		arch |= FLD_MAX(NV_PMC_BOOT_0_ARCHITECTURE_0) + 1;
	return arch << 4 | impl;
}

unsigned int pramin_chip_id_boot_42(uint32_t boot_42)
{
	unsigned int arch = FLD_GET(NV_PMC_BOOT_42_ARCHITECTURE, boot_42);
	unsigned int impl = FLD_GET(NV_PMC_BOOT_42_IMPLEMENTATION, boot_42);

	return arch << 4 | impl;
}

/* Of one architecture, and so of one family */
static bool same_registers(const struct pramin_chip *a,
			   const struct pramin_chip *b)
{
	return a->window == b->window && a->vram == b->vram &&
	       a->integrated == b->integrated;
}

const struct pramin_chip *pramin_chip_by_id(unsigned int id)
{
	const struct pramin_chip *kin = NULL;
	bool agree = true;
	size_t i;

	for (i = 0; i < CHIPS; i++) {
		if (chips[i].id == id)
			return &chips[i];
		if (chips[i].id >> 4 != id >> 4)
			continue;
		if (!kin)
			kin = &chips[i];
		else if (!same_registers(kin, &chips[i]))
			agree = false;
	}
	return agree ? kin : NULL;
}

/* Equal but for the case of ASCII letters; @lower has none in upper case */
static bool equal_name(const char *lower, const char *name)
{
	while (*lower) {
		char c = *name++;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != *lower++)
			return false;
	}
	return *name == '\0';
}

const struct pramin_chip *pramin_chip_by_name(const char *name)
{
	const struct pramin_chip *newest = NULL;
	size_t i;

	for (i = 0; i < CHIPS; i++) {
		const struct pramin_chip *chip = &chips[i];

		if (equal_name(chip->name, name))
			return chip;
		if (chip->integrated ||
		    chip->window->base != chip->window->base_widest)
			continue;
		if (equal_name(chip->family->name, name))
			newest = chip;
	}
	return newest;
}

uint64_t pramin_base_reach(uint32_t base_mask)
{
	return (FLD_MAX(base_mask) + 1ull) * PRAMIN_WINDOW_GRAIN;
}
