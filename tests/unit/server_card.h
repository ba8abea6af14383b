/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A modelled card without a socket: accesses come through its door.
 */
#ifndef PRAMIN_TESTS_SERVER_CARD_H
#define PRAMIN_TESTS_SERVER_CARD_H

#include <errno.h>
#include <linux/pci_regs.h>

#include "../../server/device.h"
#include "check.h"

#define MIB (1024ull * 1024)

static struct device *dev;

static inline int begin_params(const struct device_params *params)
{
	struct pramin_why why;

	if (device_create(params, &dev, &why)) {
		printf("%s: %s\n", params->chip, why.what);
		return CHECK_FAILED;
	}
	return 0;
}

static inline uint64_t get(uint32_t region, uint64_t off, uint32_t width)
{
	uint64_t val = 0;

	if (device_read(dev, region, off, &val, width))
		return 0xdead0000dead0000;
	return val;
}

static inline int put(uint32_t region, uint64_t off, uint32_t width, uint64_t val)
{
	return device_write(dev, region, off, &val, width);
}

static inline int begin(const char *chip, const char *faults)
{
	const struct device_params params = { .chip = chip,
					      .vram = 64 * MIB,
					      .faults = faults };

	CHECK_EQ(begin_params(&params), 0);
	CHECK_EQ(put(VFU_CONFIG, PCI_COMMAND, 2,
		     PCI_COMMAND_MEMORY | PCI_COMMAND_IO),
		 0);
	return 0;
}

#define BEGIN(chip)	  CHECK_EQ(begin(chip, NULL), 0)
#define BROKEN(chip, how) CHECK_EQ(begin(chip, how), 0)
#define END()		  CHECK_EQ(device_destroy(dev), 0)
#define BAR0(off)	  get(VFU_BAR0, off, 4)
#define CONFIG(off, w)	  get(VFU_CONFIG, off, w)

#endif /* PRAMIN_TESTS_SERVER_CARD_H */
