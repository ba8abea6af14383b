// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Every chip that has VRAM of its own, Tesla to Blackwell. This is the model's
 * own table: the library has another, and tests compare both with published
 * rows.
 *
 * A generation is a list of values that its rows begin with. The device ids
 * and sizes are those of one board that was sold with the chip; for GA102F,
 * GB102, GB112, GB10B, GB20B and GB20C they are guesses. Identification never
 * depends on them, except for the BAR firewall and coherent platforms.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../core/regs/bus.h"
#include "../core/regs/fb.h"
#include "../core/regs/master.h"
#include "../core/regs/ready.h"
#include "internal.h"

#define LOCAL_RANGE NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE
#define GFW	    NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT
#define FSP	    NV_THERM_I2CS_SCRATCH
#define FSP_GB202   NV_THERM_I2CS_SCRATCH_GB202
#define PBUS	    NV_PBUS_BAR0_WINDOW
#define XAL	    NV_XAL_EP_ZB_BAR0_WINDOW

/* clang-format off */
/*		family, VRAM size, window, BASE bits, ready, CC mode */
#define TESLA	"tesla", PRAMIN_G80_VRAM_SIZE, PBUS, 24, 0, 0
#define FERMI	"fermi", 0, PBUS, 24, 0, 0
#define KEPLER	"kepler", 0, PBUS, 24, 0, 0
#define MAXWELL	"maxwell", 0, PBUS, 24, 0, 0
#define GP100	"pascal", 0, PBUS, 24, 0, 0
#define PASCAL	"pascal", LOCAL_RANGE, PBUS, 24, 0, 0
#define VOLTA	"volta", 0, PBUS, 24, 0, 0
#define TURING	"turing", LOCAL_RANGE, PBUS, 24, GFW, 0
#define GA100	"ampere", LOCAL_RANGE, PBUS, 24, GFW, 0
#define AMPERE	"ampere", NV_USABLE_FB_SIZE_IN_MB, PBUS, 24, GFW, 0
#define ADA	"ada", NV_USABLE_FB_SIZE_IN_MB, PBUS, 24, GFW, 0
#define HOPPER	"hopper", NV_USABLE_FB_SIZE_IN_MB, XAL, 22, FSP, \
		PRAMIN_CC_MODE_GH100
#define GB1XX	"blackwell", NV_USABLE_FB_SIZE_IN_MB, XAL, 23, FSP, \
		PRAMIN_CC_MODE_GB100
#define GB10B	"blackwell", NV_USABLE_FB_SIZE_IN_MB, XAL, 25, FSP, \
		PRAMIN_CC_MODE_GB100
#define GB2XX	"blackwell", NV_USABLE_FB_SIZE_IN_MB, XAL, 23, FSP_GB202, \
		PRAMIN_CC_MODE_GB100
#define GB20B	"blackwell", NV_USABLE_FB_SIZE_IN_MB, XAL, 25, FSP_GB202, \
		PRAMIN_CC_MODE_GB100

/* @id: architecture, then implementation, as in 0x162; revision A1 */
#define BOOT0(id)						\
	(FLD_PREP(NV_PMC_BOOT_0_ARCHITECTURE_0, (id) / 16u) |	\
	 FLD_PREP(NV_PMC_BOOT_0_IMPLEMENTATION, (id) % 16u) |	\
	 FLD_PREP(NV_PMC_BOOT_0_MAJOR_REVISION, 0xau) |		\
	 FLD_PREP(NV_PMC_BOOT_0_MINOR_REVISION, 0x1u))

/* A generation counts as one argument until it has been expanded. */
#define ROW(gen, name, id, device, mib, coherent) \
	ROW_(gen, name, id, device, mib, coherent)
#define ROW_(family, size, window, bits, ready, cc, name, id, device, mib,   \
	     coherent)                                                       \
	{ { name, family, BOOT0(id), device, (mib) * PRAMIN_MIB, size,       \
	    window, bits }, ready, cc, coherent }

static const struct model_chip chips[] = {
	/*  generation name    id     device   MiB     coherent */
	ROW(TESLA,   "g80",    0x050, 0x0191,     768, 0),
	ROW(TESLA,   "g84",    0x084, 0x0402,     256, 0),
	ROW(TESLA,   "g86",    0x086, 0x0421,     256, 0),
	ROW(TESLA,   "g92",    0x092, 0x0611,     512, 0),
	ROW(TESLA,   "g94",    0x094, 0x0622,     512, 0),
	ROW(TESLA,   "g96",    0x096, 0x0640,     512, 0),
	ROW(TESLA,   "g98",    0x098, 0x06e4,     256, 0),
	ROW(TESLA,   "gt200",  0x0a0, 0x05e1,    1024, 0),
	ROW(TESLA,   "gt215",  0x0a3, 0x0ca3,     512, 0),
	ROW(TESLA,   "gt216",  0x0a5, 0x0a20,    1024, 0),
	ROW(TESLA,   "gt218",  0x0a8, 0x0a65,     512, 0),

	ROW(FERMI,   "gf100",  0x0c0, 0x06c0,    1536, 0),
	ROW(FERMI,   "gf108",  0x0c1, 0x0de1,    1024, 0),
	ROW(FERMI,   "gf106",  0x0c3, 0x0dc4,    1024, 0),
	ROW(FERMI,   "gf104",  0x0c4, 0x0e22,    1024, 0),
	ROW(FERMI,   "gf110",  0x0c8, 0x1080,    1536, 0),
	ROW(FERMI,   "gf114",  0x0ce, 0x1200,    1024, 0),
	ROW(FERMI,   "gf116",  0x0cf, 0x1244,    1024, 0),
	ROW(FERMI,   "gf117",  0x0d7, 0x1140,    1024, 0),
	ROW(FERMI,   "gf119",  0x0d9, 0x1040,    1024, 0),

	ROW(KEPLER,  "gk104",  0x0e4, 0x1180,    2048, 0),
	ROW(KEPLER,  "gk106",  0x0e6, 0x11c0,    2048, 0),
	ROW(KEPLER,  "gk107",  0x0e7, 0x0fc1,    2048, 0),
	ROW(KEPLER,  "gk110",  0x0f0, 0x1005,    6144, 0),
	ROW(KEPLER,  "gk110b", 0x0f1, 0x100c,    6144, 0),
	ROW(KEPLER,  "gk208b", 0x106, 0x1287,    2048, 0),
	ROW(KEPLER,  "gk208",  0x108, 0x1284,    2048, 0),

	ROW(MAXWELL, "gm107",  0x117, 0x1380,    2048, 0),
	ROW(MAXWELL, "gm108",  0x118, 0x1340,    2048, 0),
	ROW(MAXWELL, "gm200",  0x120, 0x17c2,   12288, 0),
	ROW(MAXWELL, "gm204",  0x124, 0x13c0,    4096, 0),
	ROW(MAXWELL, "gm206",  0x126, 0x1401,    2048, 0),

	ROW(GP100,   "gp100",  0x130, 0x15f8,   16384, 0),
	ROW(PASCAL,  "gp102",  0x132, 0x1b06,   11264, 0),
	ROW(PASCAL,  "gp104",  0x134, 0x1b80,    8192, 0),
	ROW(PASCAL,  "gp106",  0x136, 0x1c03,    6144, 0),
	ROW(PASCAL,  "gp107",  0x137, 0x1c82,    4096, 0),
	ROW(PASCAL,  "gp108",  0x138, 0x1d01,    2048, 0),

	ROW(VOLTA,   "gv100",  0x140, 0x1db1,   16384, 0),

	ROW(TURING,  "tu102",  0x162, 0x1e04,   11264, 0),
	ROW(TURING,  "tu104",  0x164, 0x1e82,    8192, 0),
	ROW(TURING,  "tu106",  0x166, 0x1f02,    8192, 0),
	ROW(TURING,  "tu116",  0x168, 0x2182,    6144, 0),
	ROW(TURING,  "tu117",  0x167, 0x1f82,    4096, 0),

	ROW(GA100,   "ga100",  0x170, 0x20b2,   81920, 0),
	ROW(AMPERE,  "ga102",  0x172, 0x2204,   24576, 0),
	ROW(AMPERE,  "ga103",  0x173, 0x2414,    8192, 0),
	ROW(AMPERE,  "ga104",  0x174, 0x2484,    8192, 0),
	ROW(AMPERE,  "ga106",  0x176, 0x2503,   12288, 0),
	ROW(AMPERE,  "ga107",  0x177, 0x2582,    8192, 0),
	ROW(AMPERE,  "ga102f", 0x17f, 0x2200,   24576, 0),

	ROW(HOPPER,  "gh100",  0x180, 0x2330,   81920, 0x2342),

	ROW(ADA,     "ad102",  0x192, 0x2684,   24576, 0),
	ROW(ADA,     "ad103",  0x193, 0x2704,   16384, 0),
	ROW(ADA,     "ad104",  0x194, 0x2782,   12288, 0),
	ROW(ADA,     "ad106",  0x196, 0x2803,    8192, 0),
	ROW(ADA,     "ad107",  0x197, 0x2882,    8192, 0),

	ROW(GB1XX,   "gb100",  0x1a0, 0x2901,  184320, 0x2941),
	ROW(GB1XX,   "gb102",  0x1a2, 0x29bb,   98304, 0x2941),
	ROW(GB1XX,   "gb110",  0x1a3, 0x3182,  276480, 0x2941),
	ROW(GB1XX,   "gb112",  0x1a4, 0x31a1,  147456, 0x2941),
	ROW(GB10B,   "gb10b",  0x1ab, 0x2b00,  131072, 0x2e12),

	ROW(GB2XX,   "gb202",  0x1b2, 0x2b85,   32768, 0),
	ROW(GB2XX,   "gb203",  0x1b3, 0x2c02,   16384, 0),
	ROW(GB2XX,   "gb205",  0x1b5, 0x2f04,   12288, 0),
	ROW(GB2XX,   "gb206",  0x1b6, 0x2d04,   16384, 0),
	ROW(GB2XX,   "gb207",  0x1b7, 0x2d83,    8192, 0),
	ROW(GB20B,   "gb20b",  0x1bb, 0x2f80,  131072, 0),
	ROW(GB20B,   "gb20c",  0x1bc, 0x2f81,  131072, 0),
};
/* clang-format on */

#define COUNT (sizeof(chips) / sizeof(chips[0]))

const struct pramin_model_chip *pramin_model_chips(size_t index)
{
	return index < COUNT ? &chips[index].row : NULL;
}

/* The chips that share two letters with what was asked for, as a hint */
static void similar(char *text, size_t size, const char *name)
{
	size_t used = 0, i;

	for (i = 0; i < COUNT && strlen(name) >= 2; i++) {
		int n;

		if (strncasecmp(chips[i].row.name, name, 2))
			continue;
		n = snprintf(text + used, size - used, "%s%s",
			     used ? " " : "use one of ", chips[i].row.name);
		if (n < 0 || (size_t)n >= size - used)
			break;
		used += (size_t)n;
	}
	if (!used)
		snprintf(text, size,
			 "names are those of the chips, not of the boards: "
			 "g80 to gt218, gf1xx, gkxxx, gmxxx, gp1xx, gv100, "
			 "tu1xx, ga1xx, gh100, ad1xx, gb1xx, gb2xx");
}

const struct model_chip *model_chip_find(const char *name,
					 struct pramin_why *why)
{
	char next[PRAMIN_WHY_TEXT] = "";
	size_t i;

	for (i = 0; i < COUNT; i++)
		if (!strcasecmp(chips[i].row.name, name))
			return &chips[i];

	similar(next, sizeof(next), name);
	model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT, next,
		   "no modelled chip is named '%s'", model_quote(name).s);
	return NULL;
}

unsigned int model_chip_arch(const struct model_chip *chip)
{
	return FLD_GET(NV_PMC_BOOT_0_ARCHITECTURE_0, chip->row.boot0);
}

bool model_chip_has_target(const struct model_chip *chip)
{
	return chip->row.window_register == NV_PBUS_BAR0_WINDOW;
}

bool model_chip_has_firewall(const struct model_chip *chip)
{
	return chip->cc_register == PRAMIN_CC_MODE_GB100;
}

uint32_t model_chip_base_mask(const struct model_chip *chip)
{
	return BITS32(chip->row.base_bits - 1, 0);
}
