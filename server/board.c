// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Registers that remember what was written, and a table of the few that do not
 * begin with 0 or that answer a write by themselves.
 *
 * The table holds what nouveau waits for or divides by on its way to VRAM: what
 * is not in it, nouveau takes as 0. That the cards have exactly these values is
 * not claimed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../core/regs/bus.h"
#include "board.h"

/* Registers that nouveau names by their numbers, drivers/gpu/drm/nouveau/nvkm */
#define UNITS	      0x001540u /* subdev/devinit/g84.c, engine/gr/nv50.c */
#define RAM_GEOMETRY  0x100204u /* subdev/fb/ramnv50.c */
#define TLB_FLUSH     0x100c80u /* subdev/mmu/vmmnv50.c */
#define SHADOW_TESLA  0x619f04u /* subdev/bios/shadowramin.c */
#define SHADOW_TURING 0x625f04u /* likewise: NV_PDISP_VGA_WORKSPACE_BASE */

#define RAM_ROW_BITS	  BITS32(19, 16)	/* less 8 */
#define RAM_ROW_BYTES	  (UINT64_C(128) << 10) /* with all of UNITS' partitions */
#define TLB_FLUSH_PENDING 0x1u
#define SHADOW_VALID	  0x8u
#define SHADOW_VID_MEM	  0x1u
#define SHADOW_SHIFT	  8

/**
 * struct rule - one register that is more than memory
 * @family: of which chips
 * @off:    its BAR0 offset
 * @start:  after a reset
 * @done:   bits that read 0 whatever was written: what they ask for is done
 */
struct rule {
	const char *family;
	uint32_t off;
	uint32_t start;
	uint32_t done;
};

static const struct rule rules[] = {
	/* One texture unit of four multiprocessors, all four partitions of VRAM */
	{ "tesla", UNITS, 0x000f0001, 0 },
	/* 8 banks, 9 bits of column; the bits of row follow from the size */
	{ "tesla", RAM_GEOMETRY, 0x01009000, 0 },
	{ "tesla", TLB_FLUSH, 0, TLB_FLUSH_PENDING },
};

/* Where the display engine says that the VBIOS lies in VRAM */
static const struct rule shadows[] = {
	{ "tesla", SHADOW_TESLA, SHADOW_VALID | SHADOW_VID_MEM, 0 },
	{ "turing", SHADOW_TURING, SHADOW_VALID | SHADOW_VID_MEM, 0 },
};

struct board {
	struct board_params params;
	uint64_t shadow_pa; /* where VRAM has the VBIOS */
	uint8_t *regs; /* all of BAR0; pages that nobody wrote cost nothing */
};

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static bool applies(const struct board *b, const struct rule *rule)
{
	return !strcmp(rule->family, b->params.chip->family);
}

static void put32(struct board *b, uint32_t off, uint32_t val)
{
	memcpy(b->regs + off, &val, sizeof(val));
}

/* So that rows of all banks and partitions add up to VRAM, or come near */
static uint32_t row_bits(uint64_t vram)
{
	uint32_t bits = 0;

	while (bits < FLD_MAX(RAM_ROW_BITS) &&
	       RAM_ROW_BYTES << (bits + 8) < vram)
		bits++;
	return FLD_PREP(RAM_ROW_BITS, bits);
}

int board_create(const struct board_params *params, struct board **board)
{
	struct board *b = calloc(1, sizeof(*b));
	uint64_t tail = PRAMIN_APERTURE_SIZE;
	void *regs;
	int ret;

	if (!b)
		return -ENOMEM;
	b->params = *params;
	/* On the last MiB, which the window shows after power-on. */
	if (params->vram > tail)
		b->shadow_pa = params->vram - tail;
	b->shadow_pa -= b->shadow_pa % PRAMIN_WINDOW_GRAIN;
	regs = mmap(NULL, PRAMIN_BAR0_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (regs == MAP_FAILED) {
		free(b);
		return -ENOMEM;
	}
	b->regs = regs;
	ret = pramin_model_poke(params->model, b->shadow_pa, params->vbios,
				params->vbios_bytes);
	if (ret) {
		board_destroy(b);
		return ret;
	}
	board_reset(b);
	*board = b;
	return 0;
}

void board_destroy(struct board *b)
{
	if (!b)
		return;
	munmap(b->regs, PRAMIN_BAR0_SIZE);
	free(b);
}

void board_reset(struct board *b)
{
	size_t i;

	/* Gives the pages back: they read 0. */
	madvise(b->regs, PRAMIN_BAR0_SIZE, MADV_DONTNEED);
	for (i = 0; i < ARRAY_LEN(rules); i++) {
		uint32_t start = rules[i].start;

		if (rules[i].off == RAM_GEOMETRY)
			start |= row_bits(b->params.vram);
		if (applies(b, &rules[i]))
			put32(b, rules[i].off, start);
	}
	for (i = 0; i < ARRAY_LEN(shadows); i++)
		if (applies(b, &shadows[i]))
			put32(b, shadows[i].off,
			      (uint32_t)(b->shadow_pa >> SHADOW_SHIFT) |
				      shadows[i].start);
}

uint32_t board_read(struct board *b, uint32_t off, unsigned int width)
{
	uint32_t val = 0;

	memcpy(&val, b->regs + off, width);
	return val;
}

void board_write(struct board *b, uint32_t off, unsigned int width,
		 uint32_t val)
{
	uint32_t reg = off - off % 4, now;
	size_t i;

	memcpy(b->regs + off, &val, width);
	for (i = 0; i < ARRAY_LEN(rules); i++) {
		if (rules[i].off != reg || !applies(b, &rules[i]))
			continue;
		now = board_read(b, reg, 4);
		put32(b, reg, now & ~rules[i].done);
	}
}
