// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A VBIOS is a PCI expansion ROM:
 *
 *	0x00	55 aa, then its length in units of 512 bytes
 *	0x18	where the PCIR structure is
 *	PCIR	"PCIR", vendor, device, ..., 0x10: length again, 0x14: what code it
 *		is, 0x15: bit 7, the last image
 *
 * All bytes of it sum up to 0. From the PCI Firmware Specification 3.0, 5.1.
 */
#include <string.h>

#include "vbios.h"

#define UNIT	   512u
#define PCIR_AT	   0x18u
#define PCIR_BYTES 0x18u
#define NVIDIA	   0x10deu
#define SYNTHETIC  (32u << 10)

static unsigned int word(const uint8_t *p)
{
	return p[0] | (unsigned int)p[1] << 8;
}

static void put(uint8_t *p, unsigned int val)
{
	p[0] = (uint8_t)val;
	p[1] = (uint8_t)(val >> 8);
}

static uint8_t sum(const uint8_t *buf, size_t bytes)
{
	uint8_t all = 0;

	while (bytes--)
		all = (uint8_t)(all + *buf++);
	return all;
}

int server_vbios_make(const struct pramin_model_chip *chip, uint8_t *buf,
		      size_t *bytes)
{
	uint8_t *pcir = buf + 0x40;

	memset(buf, 0, SYNTHETIC);
	buf[0] = 0x55;
	buf[1] = 0xaa;
	buf[2] = SYNTHETIC / UNIT;
	put(buf + PCIR_AT, 0x40);
	memcpy(pcir, "PCIR", 4);
	put(pcir + 4, NVIDIA);
	put(pcir + 6, chip->device_id);
	put(pcir + 0xa, PCIR_BYTES);
	pcir[0xf] = 0x03; /* a display */
	put(pcir + 0x10, SYNTHETIC / UNIT);
	pcir[0x15] = 0x80;
	buf[SYNTHETIC - 1] = (uint8_t)-sum(buf, SYNTHETIC);
	*bytes = SYNTHETIC;
	return 0;
}

const char *server_vbios_check(const uint8_t *buf, size_t bytes)
{
	size_t length, pcir;

	if (bytes < UNIT)
		return "it is shorter than 512 bytes";
	if (bytes > VBIOS_MAX)
		return "it is longer than 1 MiB";
	if (buf[0] != 0x55 || buf[1] != 0xaa)
		return "it does not begin with 55 aa";
	pcir = word(buf + PCIR_AT);
	if (pcir + PCIR_BYTES > bytes || memcmp(buf + pcir, "PCIR", 4))
		return "it has no PCIR structure where its header says";
	if (word(buf + pcir + 4) != NVIDIA)
		return "its PCIR structure names a vendor other than NVIDIA";
	length = (size_t)word(buf + pcir + 0x10) * UNIT;
	if (!length || length > bytes)
		return "it is shorter than its PCIR structure says";
	if (sum(buf, length))
		return "its checksum is wrong: the bytes do not sum up to 0";
	return NULL;
}
