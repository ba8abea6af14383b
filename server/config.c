// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * PCI configuration space. Offsets and bits that have names in the PCI and PCI
 * Express specifications come from the system's header.
 */
#include <linux/pci_regs.h>
#include <string.h>

#include "../core/bits.h"
#include "config.h"

#define NVIDIA	     0x10deu
#define SUBSYSTEM_AT 0x40u
#define SHADOW_AT    0x50u
#define VENDOR_AT    0x400u
#define FIREWALL_AT  0xaf8u /* the model answers it */

#define MSI_CONTROL (CONFIG_MSI + PCI_MSI_FLAGS)
#define PM_CONTROL  (CONFIG_PM + PCI_PM_CTRL)

static void put(uint8_t *bytes, uint32_t off, unsigned int width, uint32_t val)
{
	memcpy(bytes + off, &val, width);
}

static uint32_t get(const uint8_t *bytes, uint32_t off, unsigned int width)
{
	uint32_t val = 0;

	memcpy(&val, bytes + off, width);
	return val;
}

static void put_bar(struct config *c, unsigned int bar, uint64_t size,
		    uint32_t flags)
{
	uint32_t off = CONFIG_BAR0 + 4 * bar;
	uint64_t mask = ~(size - 1);

	if (!size)
		return;
	put(c->start, off, 4, flags);
	put(c->mask, off, 4, (uint32_t)mask);
	if (flags & PCI_BASE_ADDRESS_MEM_TYPE_64)
		put(c->mask, off + 4, 4, (uint32_t)(mask >> 32));
}

static void put_bars(struct config *c, const struct config_bars *bars)
{
	const uint32_t wide = PCI_BASE_ADDRESS_MEM_TYPE_64;
	const uint32_t ahead = PCI_BASE_ADDRESS_MEM_PREFETCH;

	put_bar(c, 0, bars->bar[0], 0);
	put_bar(c, 1, bars->bar[1], wide | ahead);
	put_bar(c, 3, bars->bar[3],
		bars->bar3_prefetchable ? wide | ahead : wide);
	put_bar(c, 5, bars->bar[5], PCI_BASE_ADDRESS_SPACE_IO);
	if (bars->rom)
		put(c->mask, CONFIG_ROM, 4,
		    (uint32_t) ~(bars->rom - 1) | PCI_ROM_ADDRESS_ENABLE);
}

static void put_header(struct config *c, const struct pramin_model_chip *chip)
{
	uint32_t subsystem = NVIDIA | 0x1000u << 16;

	put(c->start, PCI_VENDOR_ID, 4,
	    NVIDIA | (uint32_t)chip->device_id << 16);
	put(c->start, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	put(c->start, PCI_CLASS_REVISION, 4,
	    0x03000000u | (chip->boot0 & 0xff));
	put(c->start, PCI_SUBSYSTEM_VENDOR_ID, 4, subsystem);
	put(c->start, SUBSYSTEM_AT, 4, subsystem);
	put(c->start, PCI_CAPABILITY_LIST, 1, CONFIG_PM);
	put(c->start, PCI_INTERRUPT_PIN, 1, 1);

	put(c->mask, PCI_COMMAND, 2,
	    PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
		    PCI_COMMAND_PARITY | PCI_COMMAND_SERR |
		    PCI_COMMAND_INTX_DISABLE);
	put(c->clear, PCI_STATUS, 2,
	    PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |
		    PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |
		    PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY);
	put(c->mask, PCI_CACHE_LINE_SIZE, 1, 0xff);
	put(c->mask, PCI_INTERRUPT_LINE, 1, 0xff);
	put(c->mask, SUBSYSTEM_AT, 4, ~0u);
	put(c->mask, SHADOW_AT, 4, 1);
}

static void put_pm(struct config *c)
{
	/* Version 3; it keeps its registers on the way from D3hot to D0. */
	put(c->start, CONFIG_PM, 4, PCI_CAP_ID_PM | CONFIG_MSI << 8 | 3u << 16);
	put(c->start, PM_CONTROL, 2, PCI_PM_CTRL_NO_SOFT_RESET);
	put(c->mask, PM_CONTROL, 2, PCI_PM_CTRL_STATE_MASK);
}

static void put_msi(struct config *c)
{
	put(c->start, CONFIG_MSI, 4,
	    PCI_CAP_ID_MSI | CONFIG_PCIE << 8 |
		    (uint32_t)PCI_MSI_FLAGS_64BIT << 16);
	put(c->mask, MSI_CONTROL, 2, PCI_MSI_FLAGS_ENABLE);
	put(c->mask, CONFIG_MSI + PCI_MSI_ADDRESS_LO, 4, ~3u);
	put(c->mask, CONFIG_MSI + PCI_MSI_ADDRESS_HI, 4, ~0u);
	put(c->mask, CONFIG_MSI + PCI_MSI_DATA_64, 2, 0xffff);
}

/* A link of 16 lanes at 2.5 GT/s: what it is at makes no difference here. */
static void put_pcie(struct config *c)
{
	const uint32_t at = CONFIG_PCIE, x16 = 16u << 4;

	put(c->start, at, 4,
	    PCI_CAP_ID_EXP | (2u | PCI_EXP_TYPE_ENDPOINT << 4) << 16);
	put(c->start, at + PCI_EXP_DEVCAP, 4,
	    PCI_EXP_DEVCAP_EXT_TAG | PCI_EXP_DEVCAP_RBER);
	put(c->start, at + PCI_EXP_DEVCTL, 2,
	    PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN);
	put(c->start, at + PCI_EXP_LNKCAP, 4, PCI_EXP_LNKCAP_SLS_2_5GB | x16);
	put(c->start, at + PCI_EXP_LNKSTA, 2, PCI_EXP_LNKSTA_CLS_2_5GB | x16);

	put(c->mask, at + PCI_EXP_DEVCTL, 2, 0x7fff);
	put(c->clear, at + PCI_EXP_DEVSTA, 2,
	    PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED | PCI_EXP_DEVSTA_FED |
		    PCI_EXP_DEVSTA_URD);
	put(c->mask, at + PCI_EXP_LNKCTL, 2,
	    PCI_EXP_LNKCTL_ASPMC | PCI_EXP_LNKCTL_RCB | PCI_EXP_LNKCTL_CCC |
		    PCI_EXP_LNKCTL_ES);
}

void config_init(struct config *c, const struct pramin_model_chip *chip,
		 const struct config_bars *bars)
{
	memset(c, 0, sizeof(*c));
	put_header(c, chip);
	put_bars(c, bars);
	put_pm(c);
	put_msi(c);
	put_pcie(c);
	memset(c->mask + VENDOR_AT, 0xff, CONFIG_BYTES - VENDOR_AT);
	put(c->mask, FIREWALL_AT, 4, 0);
	config_reset(c);
}

void config_reset(struct config *c)
{
	memcpy(c->bytes, c->start, sizeof(c->bytes));
}

uint32_t config_read(const struct config *c, uint32_t off, unsigned int width)
{
	return get(c->bytes, off, width);
}

void config_write(struct config *c, uint32_t off, unsigned int width,
		  uint32_t val)
{
	uint32_t mask = get(c->mask, off, width);
	uint32_t clear = get(c->clear, off, width);
	uint32_t old = get(c->bytes, off, width);

	put(c->bytes, off, width,
	    ((old & ~mask) | (val & mask)) & ~(val & clear));
	/* The ids of the subsystem show in the header. */
	memcpy(c->bytes + PCI_SUBSYSTEM_VENDOR_ID, c->bytes + SUBSYSTEM_AT, 4);
}

void config_set_intx(struct config *c, bool wanted)
{
	uint32_t status = get(c->bytes, PCI_STATUS, 2) &
			  ~(uint32_t)PCI_STATUS_INTERRUPT;

	put(c->bytes, PCI_STATUS, 2,
	    wanted ? status | PCI_STATUS_INTERRUPT : status);
}

static bool decodes(const struct config *c, uint32_t bit)
{
	return get(c->bytes, PCI_COMMAND, 2) & bit &&
	       !(get(c->bytes, PM_CONTROL, 2) & PCI_PM_CTRL_STATE_MASK);
}

bool config_memory(const struct config *c)
{
	return decodes(c, PCI_COMMAND_MEMORY);
}

bool config_io(const struct config *c)
{
	return decodes(c, PCI_COMMAND_IO);
}

bool config_intx_off(const struct config *c)
{
	return get(c->bytes, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE;
}

bool config_msi_on(const struct config *c)
{
	return get(c->bytes, MSI_CONTROL, 2) & PCI_MSI_FLAGS_ENABLE;
}
