// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR5: a few ports through which code that cannot reach the other BARs does.
 *
 *	0x00	reads a signature; 1 unlocks the rest
 *	0x04	bit 0: the data ports do something
 *	0x08	address, 0x0c data: BAR0
 *	0x10	address, 0x14 data: BAR1
 *	0x18	address, 0x1c data: BAR3
 *
 * What a data port does is an access of that BAR like any other, recorded as such.
 *
 * From github.com/envytools/envytools, docs/hw/bus/bars.rst.
 */
#include "../core/bits.h"
#include "device.h"

#define SIGNATURE      0x2469fdb9u
#define PORT_ENABLE    0x04u
#define PORTS_FIRST    0x08u
#define PORTS_END      0x20u
#define PORT_DATA      4u
#define ADDRESS	       BITS32(31, 2)
#define ADDRESS_NARROW BITS32(23, 2)

static unsigned int which(uint32_t off)
{
	return (off - PORTS_FIRST) / 8;
}

/* The BAR behind the data port at @off, and the byte of it that comes next */
static uint32_t target(const struct device *d, uint32_t off, uint64_t *at)
{
	static const uint32_t region[] = { VFU_BAR0, VFU_BAR1, VFU_BAR3 };
	unsigned int i = which(off);

	*at = d->ports.address[i] & (i == 1 ? ADDRESS : ADDRESS_NARROW);
	return region[i];
}

static int data_read(struct device *d, uint32_t off, uint64_t *val)
{
	uint32_t region, word = UINT32_MAX;
	uint64_t at;
	int ret = 0;

	if (d->ports.active) {
		region = target(d, off, &at);
		if (at < device_region_bytes(d, region))
			ret = device_read(d, region, at, &word, 4);
	} else {
		word = d->ports.data[which(off)];
	}
	*val = word;
	return ret;
}

static int data_write(struct device *d, uint32_t off, uint32_t val)
{
	uint32_t region;
	uint64_t at;

	if (!d->ports.active) {
		d->ports.data[which(off)] = val;
		return 0;
	}
	region = target(d, off, &at);
	return at < device_region_bytes(d, region) ?
		       device_write(d, region, at, &val, 4) :
		       0;
}

/* Ports of 32 bits: others see nothing. */
int ports_read(struct device *d, uint32_t off, unsigned int width,
	       uint64_t *val)
{
	if (width != 4)
		return 0;
	if (!off)
		*val = SIGNATURE;
	else if (!d->ports.unlocked || off >= PORTS_END)
		*val = UINT32_MAX;
	else if (off == PORT_ENABLE)
		*val = d->ports.active;
	else if (off & PORT_DATA)
		return data_read(d, off, val);
	else
		*val = d->ports.address[which(off)];
	return 0;
}

int ports_write(struct device *d, uint32_t off, unsigned int width,
		uint64_t val)
{
	if (width != 4)
		return 0;
	if (!off)
		d->ports.unlocked = val & 1;
	else if (!d->ports.unlocked || off >= PORTS_END)
		return 0;
	else if (off == PORT_ENABLE)
		d->ports.active = val & 1;
	else if (off & PORT_DATA)
		return data_write(d, off, (uint32_t)val);
	else
		d->ports.address[which(off)] = (uint32_t)val;
	return 0;
}
