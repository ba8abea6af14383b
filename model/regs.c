// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The registers of BAR0 and the dwords of PCI configuration space. Of those that
 * are here only the window register can be written; the MMU's are in mmu_regs.c.
 *
 * The window register is a plain 32-bit latch: reserved bits stay. The address
 * that the aperture begins at is its BASE field times 64 KiB; offsets into the
 * aperture are added to it, and the sum is 64 bits wide.
 */
#include "../core/regs/bus.h"
#include "../core/regs/fb.h"
#include "../core/regs/master.h"
#include "../core/regs/pri.h"
#include "../core/regs/ready.h"
#include "internal.h"
#include "shared.h"

#define GFW_MASK NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_PRIV_LEVEL_MASK
#define GFW_READABLE \
	NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_PRIV_LEVEL_MASK_READ_PROTECTION_LEVEL0
#define GFW_BOOT NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT
#define GFW_DONE \
	NV_PGC6_AON_SECURE_SCRATCH_GROUP_05_0_GFW_BOOT_PROGRESS_COMPLETED
#define FSP_DONE  NV_THERM_I2CS_SCRATCH_FSP_BOOT_COMPLETE_STATUS_SUCCESS
#define PCI_CLASS 0x008u
#define FIREWALL  NV_PF0_DESIGNATED_VENDOR_SPECIFIC_0_HEADER_2_AND_GENERAL
#define FIREWALL_UP \
	NV_PF0_DESIGNATED_VENDOR_SPECIFIC_0_HEADER_2_AND_GENERAL_BAR_FIREWALL_STATUS

bool model_in_aperture(uint32_t off)
{
	return off >= NV_PRAMIN && off - NV_PRAMIN < PRAMIN_APERTURE_SIZE;
}

/* Where the VBIOS leaves it: on the last MiB, or as near as BASE can say */
void model_window_init(struct pramin_model *m)
{
	uint64_t last = m->vram_size - PRAMIN_APERTURE_SIZE;
	uint64_t mask = m->base_mask;
	uint64_t field = last / PRAMIN_WINDOW_GRAIN;

	model_put32(&m->live->window, (uint32_t)(field < mask ? field : mask));
}

/* Put @bits where @mask is set, in one step; has that changed the latch? */
static bool latch(struct pramin_model *m, uint32_t mask, uint32_t bits)
{
	uint32_t old = model_get32(&m->live->window), new;

	do {
		new = (old & ~mask) | (bits & mask);
	} while (!__atomic_compare_exchange_n(&m->live->window, &old, new,
					      false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return new != old;
}

/* Another agent puts the window on VRAM at @base; reserved bits stay. */
void model_window_move(struct pramin_model *m, uint64_t base)
{
	if (!(model_get32(&m->flags) & MODEL_NO_WINDOW))
		latch(m, m->base_mask | m->target_mask,
		      (uint32_t)(base / PRAMIN_WINDOW_GRAIN));
}

static uint32_t boot_42(uint32_t boot0)
{
	uint32_t arch = FLD_GET(NV_PMC_BOOT_0_ARCHITECTURE_0, boot0);

	if (boot0 & NV_PMC_BOOT_0_ARCHITECTURE_1)
		arch += FLD_MAX(NV_PMC_BOOT_0_ARCHITECTURE_0) + 1;
	return FLD_PREP(NV_PMC_BOOT_42_ARCHITECTURE, arch) |
	       FLD_PREP(NV_PMC_BOOT_42_IMPLEMENTATION,
			FLD_GET(NV_PMC_BOOT_0_IMPLEMENTATION, boot0)) |
	       FLD_PREP(NV_PMC_BOOT_42_MAJOR_REVISION,
			FLD_GET(NV_PMC_BOOT_0_MAJOR_REVISION, boot0)) |
	       FLD_PREP(NV_PMC_BOOT_42_MINOR_REVISION,
			FLD_GET(NV_PMC_BOOT_0_MINOR_REVISION, boot0));
}

static uint32_t vram_size(const struct pramin_model *m, uint32_t flags)
{
	if (flags & MODEL_FAKE_VRAM)
		return model_get32(&m->fake_vram);
	/* The firmware writes it, as soon as there is VRAM. */
	return flags & MODEL_NOTREADY ? 0 : m->size_raw;
}

static uint32_t cc_mode(uint32_t flags)
{
	uint32_t state = PRAMIN_CC_MODE_STATE_OFF;

	if (flags & MODEL_CC)
		state = PRAMIN_CC_MODE_STATE_ON;
	if (flags & MODEL_DEVTOOLS)
		state = PRAMIN_CC_MODE_STATE_DEVTOOLS;
	return FLD_PREP(PRAMIN_CC_MODE_STATE, state);
}

/* GFW and FSP say "done" with the same value. */
static uint32_t firmware(uint32_t flags)
{
	return flags & MODEL_NOTREADY ? 0 : FSP_DONE;
}

static uint32_t window_read(const struct pramin_model *m, uint32_t flags)
{
	return flags & MODEL_VF ? 0 : model_get32(&m->live->window);
}

/* One 32-bit register at @off; false if this chip has none there */
static bool reg_read(const struct pramin_model *m, uint32_t flags, uint32_t off,
		     uint32_t *val)
{
	const struct model_chip *chip = m->chip;

	if (off == NV_PMC_BOOT_0)
		*val = flags & MODEL_FAKE_BOOT0 ? model_get32(&m->fake_boot0) :
						  m->boot0;
	else if (off == NV_PMC_BOOT_1)
		*val = FLD_PREP(NV_PMC_BOOT_1_VGPU,
				flags & MODEL_VF ? NV_PMC_BOOT_1_VGPU_VF :
						   NV_PMC_BOOT_1_VGPU_REAL);
	else if (off == NV_PMC_BOOT_42 &&
		 model_chip_arch(chip) >= PRAMIN_ARCH_GM100)
		*val = boot_42(m->boot0);
	else if (off == chip->row.window_register)
		*val = window_read(m, flags);
	/* The others read 0 in the table where the chip has none. */
	else if (off && off == chip->row.vram_register)
		*val = vram_size(m, flags);
	else if (off && off == chip->ready_register)
		*val = firmware(flags);
	else if (off == GFW_MASK && chip->ready_register == GFW_BOOT)
		*val = GFW_READABLE;
	else if (off && off == chip->cc_register)
		*val = cc_mode(flags);
	else
		return false;
	return true;
}

/* Reads of the MMU's registers may do something. */
static bool any_read(struct pramin_model *m, uint32_t flags, uint32_t off,
		     uint32_t *val)
{
	return reg_read(m, flags, off, val) ||
	       model_mmu_reg_read(m, flags, off, val);
}

/* A narrow access is a part of a register, a wide one is two registers. */
uint64_t model_regs_read(struct pramin_model *m, uint32_t flags, uint32_t off,
			 unsigned int width)
{
	uint32_t first = off - off % 4, lo, hi = 0;
	bool known = any_read(m, flags, first, &lo);

	if (!known)
		lo = PRAMIN_PRI_FECS_PRI_DECODE;
	if (width == 8 && !any_read(m, flags, first + 4, &hi)) {
		hi = PRAMIN_PRI_FECS_PRI_DECODE;
		known = false;
	}
	if (!known)
		model_add(m, &m->live->unknown, 1);
	if (width == 8)
		return (uint64_t)hi << 32 | lo;
	lo >>= 8 * (off % 4);
	return width == 4 ? lo : lo & BITS32(8 * width - 1, 0);
}

static void window_write(struct pramin_model *m, uint32_t flags, uint32_t mask,
			 uint32_t bits)
{
	model_add(m, &m->live->window_writes, 1);
	if (!(flags & MODEL_NO_WINDOW) && latch(m, mask, bits))
		model_add(m, &m->live->moves, 1);
}

void model_regs_write(struct pramin_model *m, uint32_t flags, uint32_t off,
		      unsigned int width, uint64_t val)
{
	uint32_t first = off - off % 4, end = off + width, reg, old;
	bool known = true;

	for (reg = first; reg < end; reg += 4) {
		uint32_t mask = 0xffffffff, bits = (uint32_t)val;

		if (!reg_read(m, flags, reg, &old) && !model_mmu_has(m, reg))
			known = false;
		if (width < 4) {
			mask = BITS32(8 * width - 1, 0) << (8 * (off % 4));
			bits = (uint32_t)val << (8 * (off % 4));
		}
		if (reg == m->chip->row.window_register)
			window_write(m, flags, mask, bits);
		else if (model_mmu_has(m, reg))
			model_mmu_reg_write(m, flags, reg, mask, bits);
		val >>= 32;
	}
	if (!known)
		model_add(m, &m->live->unknown, 1);
}

uint32_t model_config_read(const struct pramin_model *m, uint32_t flags,
			   uint32_t off)
{
	uint32_t device = m->chip->row.device_id;

	if (flags & MODEL_COHERENT)
		device = m->chip->coherent_id;

	switch (off) {
	case PRAMIN_PCI_ID:
		return FLD_PREP(PRAMIN_PCI_ID_DEVICE, device) |
		       FLD_PREP(PRAMIN_PCI_ID_VENDOR,
				PRAMIN_PCI_ID_VENDOR_NVIDIA);
	case PCI_CLASS:
		/* 03.00: a VGA controller; the low byte is its revision */
		return 0x03000000u | (m->boot0 & BITS32(7, 0));
	case FIREWALL:
		return flags & MODEL_FIREWALL ? FIREWALL_UP : 0;
	default:
		return 0;
	}
}

uint32_t pramin_model_window(const struct pramin_model *m)
{
	return window_read(m, model_get32(&m->flags));
}

void pramin_model_set_window(struct pramin_model *m, uint32_t raw)
{
	if (!(model_get32(&m->flags) & MODEL_NO_WINDOW))
		model_put32(&m->live->window, raw);
}

bool pramin_model_has_register(const struct pramin_model *m, uint32_t off)
{
	uint32_t val;

	return model_in_aperture(off) || reg_read(m, 0, off, &val) ||
	       model_mmu_has(m, off);
}

void pramin_model_reset(struct pramin_model *m)
{
	model_window_init(m);
	model_mmu_reset(m);
}
