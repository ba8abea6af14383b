/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * GPU generations as data. Whatever differs between two chips stands in a row
 * here, and no other file asks which chip it is talking to. The exception is
 * the probe, which has to read registers before it can know the row.
 */
#ifndef PRAMIN_CORE_CHIP_H
#define PRAMIN_CORE_CHIP_H

#include "env.h"

/** struct pramin_window_desc - a window register; masks of its fields */
struct pramin_window_desc {
	const char *name;
	uint32_t off;		/* BAR0 */
	uint32_t base;		/* VRAM address / PRAMIN_WINDOW_GRAIN */
	uint32_t target;	/* 0: always VRAM */
	uint32_t base_widest;	/* where the sources disagree; else @base */
};

/** struct pramin_vram_desc - a size register; NULL stands for none */
struct pramin_vram_desc {
	const char *name;
	uint32_t off;		/* BAR0 */
	/* Bytes of VRAM; any result is checked by the caller */
	uint64_t (*decode)(uint32_t raw);
};

/**
 * struct pramin_ready_desc - a register that says "firmware is done"
 *
 * Ready when (value & mask) == done. Where @gate is not 0, the register may
 * only be read while all bits of @gate_mask are set in the register at @gate.
 */
struct pramin_ready_desc {
	const char *name;
	uint32_t off;		/* BAR0 */
	uint32_t mask;
	uint32_t done;
	uint32_t gate;		/* BAR0 */
	uint32_t gate_mask;
};

/**
 * struct pramin_tlb_desc - the registers of a TLB invalidate
 * @trigger: the last to be written
 * @ctrl:    of the FIFO that a request waits in; 0: @trigger itself reads busy
 * @upper_pdb: 0: the page directory lies below 2^40
 *
 * The rest are masks of fields of @trigger; 0: there is no such field.
 */
struct pramin_tlb_desc {
	const char *name;	/* of @trigger */
	uint32_t trigger;	/* BAR0, like the others */
	uint32_t pdb;
	uint32_t upper_pdb;
	uint32_t ctrl;
	uint32_t ack;
	uint32_t cache_level;
	uint32_t inval_scope;
};

/**
 * struct pramin_block_desc - the register that says what one BAR shows
 * @off:    BAR0, like the others
 * @high:   of the upper half; written last. 0: one register holds it all
 * @high_ptr: mask of @high
 * @status: where @pending and @outstanding are read; may be @off
 * @always: bits that are written as 1
 */
struct pramin_block_desc {
	const char *name;
	uint32_t off;
	uint32_t high;
	uint32_t high_ptr;
	uint32_t status;
	uint32_t pending;
	uint32_t outstanding;
	uint32_t always;
};

/**
 * struct pramin_bar_desc - BAR1, BAR2 and how they are bound
 *
 * Masks of fields of the blocks; the address of an instance block, shifted right
 * by @ptr_shift, is in @ptr, and in high_ptr above it.
 */
struct pramin_bar_desc {
	uint32_t ptr;
	uint32_t target;
	uint32_t mode;
	unsigned int ptr_shift;
	struct pramin_block_desc block[2];	/* BAR1, BAR2 */
};

/** struct pramin_family - what all chips of a generation share */
struct pramin_family {
	const char *name;
	uint32_t cc_mode;	/* BAR0; 0: no confidential computing */
	uint32_t wpr;		/* BAR0: the first of four registers; 0: none */
	const struct pramin_ready_desc *ready;	/* NULL: no register published */
	/* enum pramin_mmu_format_id; v1: both sizes of big pages, default first */
	uint8_t mmu[2];
	const struct pramin_tlb_desc *tlb;	/* NULL: before GF100 */
	const struct pramin_bar_desc *bar;	/* NULL: before GF100 */
};

/** struct pramin_chip - one chip; rows are ordered by id */
struct pramin_chip {
	const char *name;
	uint16_t id;		/* architecture << 4 | implementation */
	bool integrated;	/* no VRAM of its own */
	const struct pramin_family *family;
	const struct pramin_window_desc *window;
	const struct pramin_vram_desc *vram;
};

/* Chip id of NV_PMC_BOOT_0 and of NV_PMC_BOOT_42 */
unsigned int pramin_chip_id_boot_0(uint32_t boot_0);
unsigned int pramin_chip_id_boot_42(uint32_t boot_42);

/**
 * pramin_chip_by_id() - the row for a chip id
 *
 * An implementation without a row of its own gets the row that all listed
 * chips of its architecture agree with, if they agree: a new board of a known
 * architecture works. NULL: unknown.
 */
const struct pramin_chip *pramin_chip_by_id(unsigned int id);

/**
 * pramin_chip_by_name() - a chip ("gh100") or a family ("hopper"), any case
 *
 * A family stands for the chip whose register set its newest boards have.
 * NULL: no such name.
 */
const struct pramin_chip *pramin_chip_by_name(const char *name);

/* The first address that a window with this BASE field cannot show */
uint64_t pramin_base_reach(uint32_t base_mask);

#endif /* PRAMIN_CORE_CHIP_H */
