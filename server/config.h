/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * PCI configuration space of the card: 4096 bytes, of which a mask says what a
 * write may change.
 *
 *	0x00	the header, with BARs that can be sized
 *	0x40	the ids of the subsystem, once more (writes change those at 0x2c)
 *	0x50	bit 0: the VBIOS is shadowed in VRAM
 *	0x60	power management
 *	0x68	MSI, one vector, 64-bit address
 *	0x78	PCI Express
 *	0x100	no extended capability; from 0x400 on plain words of the vendor's
 *
 * The places are those of NVIDIA's cards since G80, so that drivers that know
 * them by heart find them. Not thread safe: the device takes its lock.
 */
#ifndef PRAMIN_SERVER_CONFIG_H
#define PRAMIN_SERVER_CONFIG_H

#include <pramin/model.h>

#define CONFIG_BYTES 4096u

/* Offsets that others name too */
#define CONFIG_COMMAND 0x04u
#define CONFIG_STATUS  0x06u
#define CONFIG_BAR0    0x10u
#define CONFIG_ROM     0x30u
#define CONFIG_PM      0x60u
#define CONFIG_MSI     0x68u
#define CONFIG_PCIE    0x78u

/**
 * struct config - one function's configuration space
 * @bytes: what is read
 * @mask:  bits that a write changes
 * @clear: bits that writing a 1 clears
 * @start: @bytes as after power-on
 */
struct config {
	uint8_t bytes[CONFIG_BYTES];
	uint8_t mask[CONFIG_BYTES];
	uint8_t clear[CONFIG_BYTES];
	uint8_t start[CONFIG_BYTES];
};

/**
 * struct config_bars - bytes of each BAR, powers of two; 0: there is none
 * @bar:   by register; a 64-bit BAR has its size at the lower one
 * @rom:   of the expansion ROM
 * @bar3_prefetchable: the one for instance memory may be read ahead
 */
struct config_bars {
	uint64_t bar[6];
	uint64_t rom;
	bool bar3_prefetchable;
};

/** config_init() - as after power-on; ids, class and revision are the model's */
void config_init(struct config *c, const struct pramin_model_chip *chip,
		 const struct config_bars *bars);

/** config_reset() - what a reset of the function leaves */
void config_reset(struct config *c);

/** config_read(), config_write() - @off is a multiple of @width: 1, 2 or 4 */
uint32_t config_read(const struct config *c, uint32_t off, unsigned int width);
void config_write(struct config *c, uint32_t off, unsigned int width,
		  uint32_t val);

/** config_set_intx() - the function asks for its INTx, or no longer does */
void config_set_intx(struct config *c, bool wanted);

/** What the bits of configuration space mean for the rest */
bool config_memory(const struct config *c); /* memory decoding, and in D0 */
bool config_io(const struct config *c);	    /* likewise for ports */
bool config_intx_off(const struct config *c);
bool config_msi_on(const struct config *c);

#endif /* PRAMIN_SERVER_CONFIG_H */
