// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The table of formats: levels, and how they are found. Which chip has which:
 * core/chip.c.
 *
 * Levels are from NVIDIA's open-gpu-kernel-modules, src/nvidia/src/kernel/gpu/mmu/
 * arch/{maxwell,pascal,ampere,hopper,blackwell}/kern_gmmu_fmt_*.c; alignment of
 * tables follows from the address fields (regs/mmu.h).
 */
#include "format.h"
#include "layout.h"
#include "../bits.h"
#include "../chip.h"

/* clang-format off */
#define DIR(level_name, hi, lo, to, page) {				\
	.name = level_name, .va_hi = hi, .va_lo = lo,			\
	.span = 1ull << (lo), .entries = 1u << ((hi) - (lo) + 1),	\
	.table_size = 8ull << ((hi) - (lo) + 1), .align = 4096,		\
	.entry_size = 8, .halves = 1,					\
	.child = { to, PRAMIN_MMU_NO_LEVEL }, .page_size = page }
#define DUAL(level_name, hi, lo, size, to, leaf) {			\
	.name = level_name, .va_hi = hi, .va_lo = lo,			\
	.span = 1ull << (lo), .entries = 1u << ((hi) - (lo) + 1),	\
	.table_size = (size##ull) << ((hi) - (lo) + 1), .align = 4096,	\
	.entry_size = size, .halves = 2,				\
	.child = { to, (to) + 1 }, .page_size = leaf }
#define PT(level_name, hi, lo, alignment, is_big) {			\
	.name = level_name, .va_hi = hi, .va_lo = lo,			\
	.span = 1ull << (lo), .entries = 1u << ((hi) - (lo) + 1),	\
	.table_size = 8ull << ((hi) - (lo) + 1), .align = alignment,	\
	.entry_size = 8, .halves = 1,					\
	.child = { PRAMIN_MMU_NO_LEVEL, PRAMIN_MMU_NO_LEVEL },		\
	.page_size = 1ull << (lo), .big = is_big }

#define V1(id_, name_, chips_, pd_lo, big_lo, big_name, layout_) {	\
	.name = name_, .chips = chips_, .id = id_, .version = 1,	\
	.va_bits = 40, .levels = 3,					\
	.level = {							\
		DUAL("PD", 39, pd_lo, 8, 1, 0),				\
		PT(big_name, (pd_lo) - 1, big_lo, 4096, true),		\
		PT("PT4K", (pd_lo) - 1, 12, 4096, false),		\
	},								\
	.page = { 0, 0, PRAMIN_MMU_VOLATILE, PRAMIN_MMU_VOLATILE },	\
	.table = { 0, 0, PRAMIN_MMU_VOLATILE, PRAMIN_MMU_VOLATILE },	\
	.layout = &layout_ }

#define V2(id_, name_, chips_, pd1_page, layout_) {			\
	.name = name_, .chips = chips_, .id = id_, .version = 2,	\
	.va_bits = 49, .levels = 6,					\
	.level = {							\
		DIR("PD3", 48, 47, 1, 0),				\
		DIR("PD2", 46, 38, 2, 0),				\
		DIR("PD1", 37, 29, 3, pd1_page),			\
		DUAL("PD0", 28, 21, 16, 4, 2 * PRAMIN_MIB),		\
		PT("PT64K", 20, 16, 256, true),				\
		PT("PT4K", 20, 12, 4096, false),			\
	},								\
	.page = { 0, 0, PRAMIN_MMU_VOLATILE, PRAMIN_MMU_VOLATILE },	\
	.table = { 0, 0, PRAMIN_MMU_VOLATILE, PRAMIN_MMU_VOLATILE },	\
	.layout = &layout_ }

/*
 * What a page and a table get by default is what nouveau writes
 * (nvkm/subdev/mmu/vmmgh100.c): PCF 0x10 in VRAM and 0x11 elsewhere; PDEs with
 * PCF 2 in VRAM and 1 in system memory.
 */
#define V3(id_, name_, chips_, pd2_page) {				\
	.name = name_, .chips = chips_, .id = id_, .version = 3,	\
	.va_bits = 57, .levels = 7,					\
	.level = {							\
		DIR("PD4", 56, 56, 1, 0),				\
		DIR("PD3", 55, 47, 2, 0),				\
		DIR("PD2", 46, 38, 3, pd2_page),			\
		DIR("PD1", 37, 29, 4, 512 * PRAMIN_MIB),		\
		DUAL("PD0", 28, 21, 16, 5, 2 * PRAMIN_MIB),		\
		PT("PT64K", 20, 16, 256, true),				\
		PT("PT4K", 20, 12, 4096, false),			\
	},								\
	.page = { PRAMIN_MMU_ACD, PRAMIN_MMU_ACD,			\
		  PRAMIN_MMU_ACD | PRAMIN_MMU_VOLATILE,			\
		  PRAMIN_MMU_ACD | PRAMIN_MMU_VOLATILE },		\
	.table = { PRAMIN_MMU_NO_ATS, 0,				\
		   PRAMIN_MMU_VOLATILE, PRAMIN_MMU_VOLATILE },		\
	.layout = &pramin_mmu_layout_v3 }

/* Ordered by id, which begins at 1 */
static const struct pramin_mmu_format formats[] = {
	V1(PRAMIN_MMU_V1_128K, "v1-128k", "Fermi, Kepler, GM10x",
	   27, 17, "PT128K", pramin_mmu_layout_v1),
	V1(PRAMIN_MMU_V1_64K, "v1-64k", "Fermi, Kepler, GM10x",
	   26, 16, "PT64K", pramin_mmu_layout_v1),
	V1(PRAMIN_MMU_V1_128K_GM200, "v1-128k-gm200", "GM20x",
	   27, 17, "PT128K", pramin_mmu_layout_v1_gm200),
	V1(PRAMIN_MMU_V1_64K_GM200, "v1-64k-gm200", "GM20x",
	   26, 16, "PT64K", pramin_mmu_layout_v1_gm200),
	V2(PRAMIN_MMU_V2_GP100, "v2-gp100", "Pascal",
	   0, pramin_mmu_layout_v2_gp100),
	V2(PRAMIN_MMU_V2_GV100, "v2-gv100", "Volta",
	   0, pramin_mmu_layout_v2_gv100),
	V2(PRAMIN_MMU_V2_TU102, "v2-tu102", "Turing",
	   0, pramin_mmu_layout_v2_tu102),
	V2(PRAMIN_MMU_V2_GA100, "v2-ga100", "Ampere, Ada",
	   512 * PRAMIN_MIB, pramin_mmu_layout_v2_tu102),
	V3(PRAMIN_MMU_V3_GH100, "v3-gh100", "Hopper", 0),
	V3(PRAMIN_MMU_V3_GB100, "v3-gb100", "Blackwell", 256 * PRAMIN_GIB),
};
/* clang-format on */

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct pramin_mmu_format *pramin_mmu_format(unsigned int id)
{
	return id && id <= FORMATS ? &formats[id - 1] : NULL;
}

static bool equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct pramin_mmu_format *pramin_mmu_format_by_name(const char *name)
{
	size_t i;

	for (i = 0; name && i < FORMATS; i++)
		if (equal(formats[i].name, name))
			return &formats[i];
	return NULL;
}

unsigned int pramin_mmu_level_of_page(const struct pramin_mmu_format *format,
				      uint64_t page_size)
{
	unsigned int i;

	for (i = 0; format && page_size && i < format->levels; i++)
		if (format->level[i].page_size == page_size)
			return i;
	return PRAMIN_MMU_NO_LEVEL;
}

int pramin_mmu_format_of_chip(const char *chip, uint64_t big_page,
			      const struct pramin_mmu_format **format)
{
	const struct pramin_chip *row;
	unsigned int i;

	row = chip ? pramin_chip_by_name(chip) : NULL;
	if (!row || !format)
		return -EINVAL;
	if (!row->family->mmu[0])
		return -EOPNOTSUPP;
	for (i = 0; i < 2; i++) {
		const struct pramin_mmu_format *f =
			pramin_mmu_format(row->family->mmu[i]);

		if (f && (!big_page ||
			  f->level[f->levels - 2].page_size == big_page)) {
			*format = f;
			return 0;
		}
	}
	return -EINVAL;
}
