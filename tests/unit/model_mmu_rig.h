/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the tests of the model's MMU have in common: entries as words, tables at
 * fixed places, and registers by generation. All written out from the published
 * layouts; nothing of it comes from the model.
 */
#ifndef PRAMIN_TESTS_MODEL_MMU_RIG_H
#define PRAMIN_TESTS_MODEL_MMU_RIG_H

#include <pramin/modelgpu.h>

#include "model_rig.h"

/* Registers of a generation, and a chip that has them */
struct gen {
	const char *chip;
	unsigned int version;
	uint32_t trigger, pdb, upper, fifo;
	uint32_t block[2], high[2], status;
};

static const struct gen gens[] = {
	{ "gf100", 1, 0x100cbc, 0x100cb8, 0, 0x100c80,
	  { 0x1704, 0x1714 }, { 0, 0 }, 0x1710 },
	{ "gm206", 1, 0x100cbc, 0x100cb8, 0, 0x100c80,
	  { 0x1704, 0x1714 }, { 0, 0 }, 0x1710 },
	{ "gp100", 2, 0x100cbc, 0x100cb8, 0x100cec, 0x100c80,
	  { 0x1704, 0x1714 }, { 0, 0 }, 0x1710 },
	{ "gv100", 2, 0x100cbc, 0x100cb8, 0x100cec, 0x100c80,
	  { 0x1704, 0x1714 }, { 0, 0 }, 0x1710 },
	{ "tu102", 2, 0xb830b0, 0xb830a0, 0xb830a4, 0,
	  { 0xb80f40, 0xb80f48 }, { 0, 0 }, 0xb80f50 },
	{ "ga102", 2, 0xb830b0, 0xb830a0, 0xb830a4, 0,
	  { 0xb80f40, 0xb80f48 }, { 0, 0 }, 0xb80f50 },
	{ "ad102", 2, 0xb830b0, 0xb830a0, 0xb830a4, 0,
	  { 0xb80f40, 0xb80f48 }, { 0, 0 }, 0xb80f50 },
	{ "gh100", 3, 0xb830b0, 0xb830a0, 0xb830a4, 0,
	  { 0xb80f60, 0xb80f70 }, { 0xb80f64, 0xb80f74 }, 0 },
	{ "gb202", 3, 0xb830b0, 0xb830a0, 0xb830a4, 0,
	  { 0xb80f60, 0xb80f70 }, { 0xb80f64, 0xb80f74 }, 0 },
};

#define ALL_VA	     0x00000001u
#define ALL_PDB	     0x00000002u
#define HUBTLB_ONLY  0x00000004u
#define DEPTH(n)     ((n) * 0x01000000u) /* 1: PTE_ONLY, 2 + n: UP_TO_PDEn */
#define GO	     0x80000000u

/* Where the tables of these tests lie; each is 4 KiB, and on v1 larger */
#define INST   (1 * MIB)
#define ROOT   (2 * MIB)
#define TABLE3 (2 * MIB + 0x1000)
#define TABLE2 (2 * MIB + 0x2000)
#define TABLE1 (2 * MIB + 0x3000)
#define TABLE0 (2 * MIB + 0x4000)
#define SMALL  (3 * MIB) /* page tables */
#define BIG    (4 * MIB)
#define PAGE   (8 * MIB) /* what they map */

static inline uint64_t pde(unsigned int version, uint64_t pa)
{
	return version == 2 ? 2 | pa >> 4 : 2 | pa;
}

/* Low half of PDE0 */
static inline uint64_t pde_big(unsigned int version, uint64_t pa)
{
	return version == 1 ? 1 | pa >> 8 : pde(version, pa);
}

/* Version 1: upper half of the same word */
static inline uint64_t pde_small(unsigned int version, uint64_t pa)
{
	return version == 1 ? (1 | pa >> 8) << 32 : pde(version, pa);
}

static inline uint64_t pte(unsigned int version, uint64_t pa)
{
	switch (version) {
	case 1:
		return 1 | pa >> 8;
	case 2:
		return 1 | pa >> 4;
	default:
		return 0x81 | pa; /* PCF 0x10 */
	}
}

static inline int poke64(struct pramin_model *m, uint64_t pa, uint64_t val)
{
	return pramin_model_poke(m, pa, &val, 8);
}

static inline int clear(struct pramin_model *m, uint64_t pa, uint64_t len)
{
	static const uint8_t zeros[MIB];

	return pramin_model_poke(m, pa, zeros, len);
}

/* Directories down to PDE0 of address 0, poked; page tables are zeros */
static inline int make_tree(struct pramin_model *m, unsigned int version)
{
	static const uint64_t at[] = { TABLE0, TABLE1, TABLE2, TABLE3, ROOT };
	unsigned int level, top = version == 3 ? 4 : 3;
	int ret = clear(m, ROOT, MIB) | clear(m, SMALL, MIB) |
		  clear(m, BIG, MIB);

	if (version == 1)
		return ret | poke64(m, ROOT,
				    pde_big(1, BIG) | pde_small(1, SMALL));
	for (level = top; level; level--)
		ret |= poke64(m, level == top ? ROOT : at[level],
			      pde(version, at[level - 1]));
	return ret | poke64(m, TABLE0, pde_big(version, BIG)) |
	       poke64(m, TABLE0 + 8, pde_small(version, SMALL));
}

static inline struct pramin_model_space space_of(uint64_t root)
{
	struct pramin_model_space s = { .size = sizeof(s), .root = root };

	return s;
}

/* What memory says of @va; -1 - the code, if it says nothing */
static inline struct pramin_model_translation walk(struct pramin_model *m,
						   uint64_t va)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct pramin_model_space s = space_of(ROOT);

	if (pramin_model_translate(m, &s, va, &t))
		t.level = 99;
	return t;
}

/* Likewise the GPU */
static inline struct pramin_model_translation gpu_walk(struct pramin_model *m,
						       uint64_t va)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct pramin_model_space s = space_of(ROOT);

	if (pramin_model_gpu_translate(m, &s, va, &t))
		t.level = 99;
	return t;
}

static inline struct pramin_model_hazards hazards(struct pramin_model *m)
{
	struct pramin_model_hazards h = { .size = sizeof(h) };

	pramin_model_hazards(m, &h);
	return h;
}

static inline uint64_t all_hazards(struct pramin_model *m)
{
	struct pramin_model_hazards h = hazards(m);
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < PRAMIN_HAZARDS; i++)
		sum += h.count[i];
	return sum;
}

/* Through the aperture, wherever it stands */
static inline int vram_wr(struct pramin_model *m, uint64_t pa,
			  unsigned int width, uint64_t val)
{
	pramin_model_set_window(m, (uint32_t)(pa >> 20 << 4));
	return wr(m, APERTURE + (uint32_t)(pa & (MIB - 1)), width, val);
}

static inline uint64_t vram_rd(struct pramin_model *m, uint64_t pa,
			       unsigned int width)
{
	pramin_model_set_window(m, (uint32_t)(pa >> 20 << 4));
	return get(m, APERTURE + (uint32_t)(pa & (MIB - 1)), width);
}

/* Ask for an invalidate and wait for its end: polls, or -1 */
static inline int invalidate(struct pramin_model *m, const struct gen *g,
			     uint64_t root, uint32_t bits)
{
	int polls;

	wr(m, g->pdb, 4, root >> 8 & 0xfffffff0u);
	if (g->upper)
		wr(m, g->upper, 4, root >> 40);
	wr(m, g->trigger, 4, GO | bits);
	for (polls = 1; polls < 1000; polls++)
		if (g->fifo ? get(m, g->fifo, 4) & 0x8000 :
			      !(get(m, g->trigger, 4) & GO))
			return polls;
	return -1;
}

#endif /* PRAMIN_TESTS_MODEL_MMU_RIG_H */
