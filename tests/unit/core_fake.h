/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A small GPU for tests of the core that need to see and to break every single
 * access. It knows the window, a stretch of VRAM and a list of registers, and
 * nothing else: an access to anything but these is counted as a stray.
 *
 * Everything a test may break or look at is a plain member of struct fake.
 */
#ifndef PRAMIN_TESTS_CORE_FAKE_H
#define PRAMIN_TESTS_CORE_FAKE_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <pramin/io.h>

#include "check.h"

#define KIB	    1024ull
#define MIB	    (1024ull * KIB)
#define GIB	    (1024ull * MIB)
#define FAKE_VRAM   (4 * MIB)
#define FAKE_PRAMIN 0x700000u
#define FAKE_GONE   0xffffffffu

struct fake_reg {
	uint32_t off, val;
};

/* What a chip looks like from outside */
struct fake_kind {
	const char *name;
	uint32_t window_off;
	uint32_t base_mask;
	struct fake_reg regs[8]; /* BOOT_0 first */
};

/* clang-format off */
static const struct fake_kind fake_kinds[] = {
	{ "g84", 0x1700, 0xffffff,
	  { { 0, 0x084000a2 }, { 4, 0 }, { 0x10020c, 0x00400000 } } },
	{ "gf100", 0x1700, 0xffffff, { { 0, 0x0c0000a1 }, { 4, 0 } } },
	{ "gp102", 0x1700, 0xffffff,
	  { { 0, 0x132000a1 }, { 4, 0 }, { 0xa00, 0x132a1000 },
	    { 0x100ce0, 0x40 } } },
	{ "tu102", 0x1700, 0xffffff,
	  { { 0, 0x162000a1 }, { 4, 0 }, { 0xa00, 0x162a1000 },
	    { 0x118128, 0xffffff8f }, { 0x118234, 0x3ff },
	    { 0x100ce0, 0x40 } } },
	{ "ga102", 0x1700, 0xffffff,
	  { { 0, 0x172000a1 }, { 4, 0 }, { 0xa00, 0x172a1000 },
	    { 0x118128, 0xffffff8f }, { 0x118234, 0xff },
	    { 0x1183a4, 4 } } },
	{ "gh100", 0x10fd40, 0x3fffff,
	  { { 0, 0x180000a1 }, { 4, 0 }, { 0xa00, 0x180a1000 },
	    { 0x1182cc, 0 }, { 0x200bc, 0xff }, { 0x1183a4, 4 } } },
	{ "gb100", 0x10fd40, 0x7fffff,
	  { { 0, 0x1a0000a1 }, { 4, 0 }, { 0xa00, 0x1a0a1000 },
	    { 0x590, 0 }, { 0x200bc, 0xff }, { 0x1183a4, 4 } } },
	{ "gb10b", 0x10fd40, 0x1ffffff,
	  { { 0, 0x1ab000a1 }, { 4, 0 }, { 0xa00, 0x1aba1000 },
	    { 0x590, 0 }, { 0x200bc, 0xff }, { 0x1183a4, 4 } } },
	{ "gb202", 0x10fd40, 0x7fffff,
	  { { 0, 0x1b2000a1 }, { 4, 0 }, { 0xa00, 0x1b2a1000 },
	    { 0x590, 0 }, { 0xad00bc, 0xff }, { 0x1183a4, 4 } } },
};
/* clang-format on */

/*
 * A fault comes at one access, counted from 1, and stays if it is sticky. With
 * an error the backend reports it; without one reads answer all ones and
 * writes vanish.
 */
struct fake_fault {
	uint64_t at; /* 0: never */
	int err;
	bool sticky;
};

struct fake {
	const struct fake_kind *kind;
	struct fake_reg regs[8];
	uint32_t window;  /* the raw latch */
	uint8_t *vram;	  /* FAKE_VRAM bytes, and 1 MiB that is none */
	uint64_t vram_pa; /* where in VRAM those bytes are */
	bool mapped;	  /* the CPU may load and store */
	uint32_t pci_id, pci_subsystem, pci_general;
	int pci_err; /* of the configuration read number pci_at */
	unsigned int pci_at;

	struct fake_fault fault;
	bool stuck;	     /* the window register ignores writes */
	unsigned int lose;   /* so many window writes vanish */
	uint64_t meddle_at;  /* before this access another agent ... */
	uint32_t meddle_raw; /* ... puts this into the window register */

	uint64_t accesses;
	uint64_t reads[4], writes[4]; /* of VRAM, by width */
	uint64_t reg_reads, reg_writes;
	uint64_t boot_0_reads;
	uint64_t window_reads, window_writes, window_changes;
	uint64_t config_reads;
	uint64_t stray; /* accesses to what is not there */
};

static inline unsigned int fake_width_index(unsigned int width)
{
	return width == 8 ? 3 : width / 2;
}

/* What VRAM holds before anything is written: no two places look alike. */
static inline uint8_t fake_byte(uint64_t vram_pa)
{
	return (uint8_t)((vram_pa + 1) * 0x9e3779b97f4a7c15ull >> 40);
}

static inline void fake_fill_vram(uint8_t *vram)
{
	static uint8_t *first;
	uint64_t i;

	if (!first) {
		static uint8_t bytes[FAKE_VRAM + MIB];

		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = fake_byte(i);
		first = bytes;
	}
	memcpy(vram, first, FAKE_VRAM + MIB);
}

static inline struct fake_reg *fake_reg(struct fake *f, uint32_t off)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(f->regs); i++)
		if (f->regs[i].off == off && (i == 0 || off))
			return &f->regs[i];
	return NULL;
}

/* The bytes of VRAM behind an offset into the aperture, or NULL */
static inline uint8_t *fake_shown(struct fake *f, uint32_t off, uint64_t len)
{
	uint64_t pa = (uint64_t)(f->window & f->kind->base_mask) * 65536 + off;

	/* TARGET, where there is one: not VRAM */
	if (f->kind->window_off == 0x1700 && f->window >> 24 & 3)
		return NULL;
	if (pa < f->vram_pa || pa - f->vram_pa > FAKE_VRAM - len)
		return NULL;
	return f->vram + (pa - f->vram_pa);
}

/* Count an access; true if it fails, with the code, or 0 for a silent one */
static inline bool fake_hit(struct fake *f, int *err)
{
	f->accesses++;
	if (f->accesses == f->meddle_at)
		f->window = f->meddle_raw;
	if (!f->fault.at || f->accesses < f->fault.at ||
	    (f->accesses > f->fault.at && !f->fault.sticky))
		return false;
	*err = f->fault.err;
	return true;
}

static inline bool fake_bad_access(uint32_t off, unsigned int width)
{
	return (width != 1 && width != 2 && width != 4 && width != 8) ||
	       off % width || off >= 0x1000000;
}

static inline int fake_read(void *io, uint32_t off, unsigned int width,
			    uint64_t *val)
{
	struct fake *f = io;
	const struct fake_reg *reg = fake_reg(f, off);
	bool vram = off >= FAKE_PRAMIN && off < FAKE_PRAMIN + MIB;
	const uint8_t *bytes;
	int err;
	bool hit = fake_hit(f, &err);

	if (fake_bad_access(off, width) || (!vram && width != 4))
		f->stray++;
	else if (vram)
		f->reads[fake_width_index(width)]++;
	else
		f->reg_reads++;
	f->boot_0_reads += off == 0;
	f->window_reads += off == f->kind->window_off;

	*val = UINT64_MAX >> (64 - 8 * width);
	if (hit)
		return err;
	if (vram) {
		bytes = fake_shown(f, off - FAKE_PRAMIN, width);
		if (!bytes) {
			f->stray++;
			*val &= 0xbad0b010bad0b010ull;
			return 0;
		}
		*val = 0;
		memcpy(val, bytes, width);
	} else if (off == f->kind->window_off) {
		*val = f->window;
	} else if (reg) {
		*val = reg->val;
	} else {
		f->stray++;
		*val = 0xbadf1100;
	}
	return 0;
}

static inline int fake_write(void *io, uint32_t off, unsigned int width,
			     uint64_t val)
{
	struct fake *f = io;
	bool vram = off >= FAKE_PRAMIN && off < FAKE_PRAMIN + MIB;
	uint8_t *bytes;
	int err;
	bool hit = fake_hit(f, &err);

	if (fake_bad_access(off, width) || (!vram && width != 4))
		f->stray++;
	else if (vram)
		f->writes[fake_width_index(width)]++;
	else
		f->reg_writes++;
	f->window_writes += off == f->kind->window_off;

	if (hit)
		return err;
	if (vram) {
		bytes = fake_shown(f, off - FAKE_PRAMIN, width);
		if (bytes)
			memcpy(bytes, &val, width);
		else
			f->stray++;
	} else if (off != f->kind->window_off) {
		f->stray++;
	} else if (f->lose) {
		f->lose--;
	} else if (!f->stuck) {
		f->window_changes += f->window != (uint32_t)val;
		f->window = (uint32_t)val;
	}
	return 0;
}

static inline volatile void *fake_aperture(void *io)
{
	struct fake *f = io;

	return f->mapped ? fake_shown(f, 0, 1) : NULL;
}

static inline int fake_config_read(void *io, uint32_t off, uint32_t *val)
{
	struct fake *f = io;

	f->config_reads++;
	if (f->pci_err && f->config_reads == f->pci_at)
		return f->pci_err;
	if (off == 0)
		*val = f->pci_id;
	else if (off == 0x2c)
		*val = f->pci_subsystem;
	else if (off == 0xaf8)
		*val = f->pci_general;
	else
		f->stray++;
	return 0;
}

static const struct pramin_io_ops fake_ops = {
	.name = "fake",
	.read = fake_read,
	.write = fake_write,
	.aperture = fake_aperture,
	.config_read = fake_config_read,
};

/* A fresh GPU; its window stands somewhere odd, with a reserved bit set. */
static inline void fake_init(struct fake *f, const char *name)
{
	static uint8_t vram[FAKE_VRAM + MIB];
	size_t i;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < ARRAY_LEN(fake_kinds); i++)
		if (!strcmp(fake_kinds[i].name, name))
			f->kind = &fake_kinds[i];
	memcpy(f->regs, f->kind->regs, sizeof(f->regs));
	f->window = 0x8000003d;
	f->vram = vram;
	f->pci_id = 0x1e0410de;
	fake_fill_vram(vram);
}

/* Forget the counts, keep the state. */
static inline void fake_forget(struct fake *f)
{
	f->accesses = 0;
	memset(f->reads, 0, sizeof(f->reads));
	memset(f->writes, 0, sizeof(f->writes));
	f->reg_reads = 0;
	f->reg_writes = 0;
	f->boot_0_reads = 0;
	f->window_reads = 0;
	f->window_writes = 0;
	f->window_changes = 0;
	f->config_reads = 0;
}

#endif /* PRAMIN_TESTS_CORE_FAKE_H */
