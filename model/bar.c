// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 and BAR2: VRAM from address 0 on, or by the page tables of the instance
 * block that they are bound to.
 *
 * An instance block is 4 KiB of VRAM; what counts here stands at 0x200:
 *
 *	0x200	PAGE_DIR_BASE_LO 31:12, BIG_PAGE_SIZE 11, USE_VER2_PT_FORMAT 10,
 *		PAGE_DIR_BASE_TARGET 1:0
 *	0x204	PAGE_DIR_BASE_HI
 *	0x208	ADR_LIMIT, up to Pascal
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published: maxwell/gm107/dev_ram.h, pascal/gp100/dev_ram.h;
 * and github.com/NVIDIA/open-gpu-doc, manuals/ampere/ga100/dev_ram.ref.txt (from
 * Volta on without bit 10 there is nothing bound). On Hopper and later both
 * drivers that are public work, one with and one without it.
 *
 * It is read once for each bind.
 */
#include <errno.h>
#include <string.h>

#include "../core/regs/bar.h"
#include "../core/regs/bus.h"
#include "mmu.h"
#include "shared.h"

#define INST_PDB   0x200u
#define INST_LIMIT 0x208u
#define VER2	   (1u << 10)
#define BIG_64K	   (1u << 11)

#define LOW(field) NV_VIRTUAL_FUNCTION_PRIV_FUNC_BAR1_BLOCK_LOW_ADDR_##field

static bool is_virtual(const struct pramin_model *m, unsigned int bar)
{
	uint32_t low = model_get32(&m->live->bar_bound[bar][0]);

	return m->mmu_chip->regs->high[bar] ? low & LOW(MODE) :
					      low & NV_PBUS_BAR1_BLOCK_MODE;
}

/* Where the instance block is; false: not in VRAM */
static bool instance(const struct pramin_model *m, unsigned int bar,
		     uint64_t *inst)
{
	uint32_t low = model_get32(&m->live->bar_bound[bar][0]), target;
	uint64_t high = model_get32(&m->live->bar_bound[bar][1]);

	if (m->mmu_chip->regs->high[bar]) {
		*inst = (low & LOW(PTR)) | high << 32;
		target = FLD_GET(LOW(TARGET), low);
	} else {
		*inst = (uint64_t)FLD_GET(NV_PBUS_BAR1_BLOCK_PTR, low) << 12;
		target = FLD_GET(NV_PBUS_BAR1_BLOCK_TARGET, low);
	}
	return !target && *inst < m->vram_size;
}

static uint64_t inst_word(struct pramin_model *m, struct model_mmu *mmu,
			  uint64_t pa)
{
	if (!model_is_written(m, pa, 8))
		model_hazard(m, PRAMIN_HAZARD_GARBAGE, pa);
	return model_posted_read(m, mmu, pa);
}

/* What the words at the instance block say; none if it is not in VRAM */
static void decode(struct pramin_model *m, uint64_t pdb, uint64_t limit,
		   struct model_bar *b)
{
	const struct model_mmu_chip *chip = m->mmu_chip;
	struct pramin_model_space s = { .size = sizeof(s) };

	s.root = pdb & ~UINT64_C(0xfff);
	s.version = chip->newest;
	if (s.version == 2 && !(pdb & VER2))
		s.version = 1;
	s.big_page = pdb & BIG_64K || s.version > 1 ? 0x10000 : 0x20000;
	b->limit = UINT64_MAX;
	/* Those that know version 1 have the limit too. */
	if (chip->oldest == 1)
		b->limit = limit | 0xfff;
	b->valid = !(pdb & 3) && !model_space_check(m, &s, &b->space);
}

/* Read the instance block, unless that has been done. */
static void load(struct pramin_model *m, struct model_mmu *mmu,
		 unsigned int bar)
{
	uint32_t binds =
		__atomic_load_n(&m->live->binds[bar], __ATOMIC_ACQUIRE);
	struct model_bar *b = &mmu->bar[bar];
	uint64_t inst, pdb, limit = 0;

	if (b->known && b->binds == binds)
		return;
	b->known = true;
	b->valid = false;
	b->binds = binds;
	if (!instance(m, bar, &inst))
		return;
	pdb = inst_word(m, mmu, inst + INST_PDB);
	if (m->mmu_chip->oldest == 1)
		limit = inst_word(m, mmu, inst + INST_LIMIT);
	decode(m, pdb, limit, b);
}

/* Under the lock: where @off of a bound BAR lies in VRAM */
static bool by_tables(struct pramin_model *m, unsigned int bar, uint64_t off,
		      bool write, uint64_t *vram_pa)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct model_mmu *mmu = model_mmu_get(m);
	const struct model_bar *b;

	if (!mmu)
		return false;
	b = &mmu->bar[bar];
	load(m, mmu, bar);
	if (!b->valid || off > b->limit)
		return false;
	model_gpu_translate(m, mmu, &b->space, off, &t);
	*vram_pa = t.pa;
	return t.mapping == PRAMIN_MAPPING_PAGE &&
	       t.aperture == PRAMIN_MODEL_VIDEO && !(write && t.read_only);
}

/* False, and counted, if there is no VRAM behind it */
static bool reach(struct pramin_model *m, uint32_t flags, unsigned int bar,
		  uint64_t off, unsigned int width, bool write,
		  uint64_t *vram_pa)
{
	bool found = true;

	*vram_pa = off;
	if (flags & MODEL_NO_APERTURE)
		found = false;
	else if (model_bind_wait(m, bar)) {
		model_hazard(m, PRAMIN_HAZARD_BUSY, off);
		found = false;
	} else if (is_virtual(m, bar)) {
		found = model_lock(m);
		if (found) {
			found = by_tables(m, bar, off, write, vram_pa);
			model_unlock(m);
		}
	}
	if (found && *vram_pa <= m->vram_size - width)
		return true;
	if (!__atomic_fetch_add(&m->live->bar_faults, 1, __ATOMIC_RELAXED))
		__atomic_store_n(&m->live->bar_fault, off, __ATOMIC_RELAXED);
	return false;
}

static bool access_ok(const struct pramin_model *m, unsigned int bar,
		      uint64_t off, unsigned int width)
{
	if (bar != 1 && bar != 2)
		return false;
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return false;
	return off % width == 0 && off < m->bar_bytes[bar - 1];
}

int model_bar_info(void *io, unsigned int bar, struct pramin_bar_info *info)
{
	const struct pramin_model *m = io;
	uint32_t flags = model_get32(&m->flags);

	if (bar != 1 && bar != 2)
		return -EINVAL;
	if (flags & (MODEL_DEAD | MODEL_ORPHAN))
		return -ENODEV;
	memset(info, 0, sizeof(*info));
	info->bytes = m->bar_bytes[bar - 1];
	info->write_combined = true;
	if (bar == 1 && flags & MODEL_CONSOLE) {
		info->boot_vga = true;
		info->claimed_by = "efifb";
	}
	return 0;
}

int model_bar_read(void *io, unsigned int bar, uint64_t off, unsigned int width,
		   uint64_t *val)
{
	struct pramin_model *m = io;
	struct model_mmu *mmu;
	uint32_t flags = 0;
	uint64_t n, pa;

	if (!access_ok(m, bar, off, width))
		return -EINVAL;
	n = model_account(m, &m->live->bar_reads[model_width_index(width)],
			  m->extra_read_ns);
	if (model_suspicious(m, n)) {
		struct model_verdict v = model_faults_judge(m, n);

		if (v.err)
			return v.err;
		if (v.vanish || v.answer) {
			*val = (v.vanish ? UINT64_MAX : v.value) &
			       model_width_mask(width);
			return 0;
		}
		flags = v.flags;
	}
	/* Like any read of the device, behind all writes before it */
	mmu = model_mmu_of(m);
	if (mmu)
		model_posted_flush(m, mmu);
	*val = reach(m, flags, bar - 1, off, width, false, &pa) ?
		       model_vram_read(m, pa, width) :
		       model_no_vram((uint32_t)off, width);
	return 0;
}

int model_bar_write(void *io, unsigned int bar, uint64_t off,
		    unsigned int width, uint64_t val)
{
	struct pramin_model *m = io;
	struct model_mmu *mmu;
	uint32_t flags = 0;
	uint64_t n, pa;

	if (!access_ok(m, bar, off, width))
		return -EINVAL;
	n = model_account(m, &m->live->bar_writes[model_width_index(width)],
			  m->extra_write_ns);
	if (model_suspicious(m, n)) {
		struct model_verdict v = model_faults_judge(m, n);

		if (v.err)
			return v.err;
		if (v.vanish)
			return 0;
		if (v.flags & MODEL_FULL)
			return -ENOMEM;
		flags = v.flags;
	}
	if (!reach(m, flags, bar - 1, off, width, true, &pa))
		return 0;
	mmu = model_mmu_of(m);
	return mmu ? model_posted_write(m, mmu, pa, width, val) :
		     model_vram_write(m, pa, width, val);
}

/* Where @off of a bound BAR lies, with no trace of the look */
static bool look(struct pramin_model *m, unsigned int bar, uint64_t off,
		 uint64_t *vram_pa)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct model_bar b = { .valid = false };
	uint64_t inst;

	if (!is_virtual(m, bar)) {
		*vram_pa = off;
		return true;
	}
	if (!instance(m, bar, &inst))
		return false;
	decode(m, model_word(m, inst + INST_PDB),
	       model_word(m, inst + INST_LIMIT), &b);
	if (!b.valid || off > b.limit || !model_lock(m))
		return false;
	model_walk_memory(m, &b.space, off, &t, NULL);
	model_unlock(m);
	*vram_pa = t.pa;
	return t.mapping == PRAMIN_MAPPING_PAGE &&
	       t.aperture == PRAMIN_MODEL_VIDEO;
}

int pramin_model_locate(struct pramin_model *m, unsigned int bar, uint64_t off,
			unsigned int width, uint64_t *vram_pa)
{
	uint32_t flags = model_get32(&m->flags);
	uint64_t pa;
	bool found;

	pa = 0;
	if (bar) {
		found = access_ok(m, bar, off, width) &&
			!(flags & MODEL_NO_APERTURE) &&
			look(m, bar - 1, off, &pa);
	} else {
		found = off < PRAMIN_BAR0_SIZE &&
			model_in_aperture((uint32_t)off) &&
			model_window_base(m, flags, &pa);
		pa += off - NV_PRAMIN;
	}
	if (!found || pa > m->vram_size - width)
		return -ENOENT;
	*vram_pa = pa;
	return 0;
}
