// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A VBIOS is a PCI expansion ROM:
 *
 *	0x00	55 aa, then its length in units of 512 bytes
 *	0x03	code of an x86 CPU, which the host's firmware calls
 *	0x18	where the PCIR structure is
 *	PCIR	"PCIR", vendor, device, ..., 0x10: length again, 0x14: what code it
 *		is, 0x15: bit 7, the last image
 *
 * All bytes of it sum up to 0. From the PCI Firmware Specification 3.0, 5.1.
 *
 * In NVIDIA's there are also
 *
 *	0x36	where the device control block (DCB) is: which connectors there are
 *	BIT	a table of further tables, each known by a letter
 *
 * (open-gpu-doc, "BIOS Information Table" and "DCB 4.x"). The one made here has no
 * scripts, no connectors, no clocks: its tables are all zeros, as long as a driver
 * wants them at least. Nothing reads them on the card, and there is nothing to set up.
 */
#include <string.h>

#include "vbios.h"

#define UNIT	   512u
#define CODE_AT	   0x03u
#define X86_RETF   0xcbu
#define PCIR_AT	   0x18u
#define DCB_AT	   0x36u
#define PCIR_BYTES 0x18u
#define NVIDIA	   0x10deu
#define SYNTHETIC  (32u << 10)

/* Where the one that is made has its parts */
#define PCIR	   0x40u
#define BIT	   0x100u
#define BIT_HEADER 12u
#define BIT_ENTRY  6u
#define TABLES	   0x200u
#define DCB	   0x800u

/* In the table 'i'; drivers take what is below 0x60 for an older layout. */
#define BIOS_MAJOR	 3u
#define BIOS_MAJOR_TESLA 0x62u

#define DCB_VERSION   0x40u
#define DCB_HEADER    0x1bu
#define DCB_ENTRY     8u
#define DCB_SIGNATURE 0x4edcbdcbu

/* The letters that drivers ask for, and how long what they name has to be */
static const struct {
	uint8_t letter;
	uint8_t version;
	uint16_t bytes;
} bit_entries[] = {
	{ 'i', 2, 32 }, /* version of the VBIOS, marks of the board */
	{ 'I', 1, 32 }, /* scripts that bring the card up */
	{ 'C', 1, 16 }, /* clocks */
	{ 'L', 1, 2 },	/* LVDS */
	{ 'D', 1, 4 },	/* digital outputs */
	{ 'M', 1, 16 }, /* memory */
	{ 'T', 1, 2 },	/* TMDS */
	{ 'A', 1, 3 },	/* analog outputs */
	{ 'U', 1, 4 },	/* scripts of the display */
	{ 'P', 1, 64 }, /* performance, voltage, temperature */
	{ 'd', 1, 4 },	/* DisplayPort */
};

#define BIT_ENTRIES (sizeof(bit_entries) / sizeof(bit_entries[0]))

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

static void put_pcir(const struct pramin_model_chip *chip, uint8_t *pcir)
{
	memcpy(pcir, "PCIR", 4);
	put(pcir + 4, NVIDIA);
	put(pcir + 6, chip->device_id);
	put(pcir + 0xa, PCIR_BYTES);
	pcir[0xf] = 0x03; /* a display */
	put(pcir + 0x10, SYNTHETIC / UNIT);
	pcir[0x15] = 0x80;
}

/* Its header, too, sums up to 0. */
static void put_bit(uint8_t *buf)
{
	uint8_t *bit = buf + BIT, *entry = bit + BIT_HEADER;
	unsigned int at = TABLES;
	size_t i;

	put(bit, 0xb8ff);
	memcpy(bit + 2, "BIT", 3);
	put(bit + 6, 0x0100);
	bit[8] = BIT_HEADER;
	bit[9] = BIT_ENTRY;
	bit[10] = BIT_ENTRIES;
	bit[11] = (uint8_t)-sum(bit, BIT_HEADER);
	for (i = 0; i < BIT_ENTRIES; i++) {
		entry[0] = bit_entries[i].letter;
		entry[1] = bit_entries[i].version;
		put(entry + 2, bit_entries[i].bytes);
		put(entry + 4, at);
		entry += BIT_ENTRY;
		at += bit_entries[i].bytes;
	}
}

static void put_dcb(uint8_t *dcb)
{
	dcb[0] = DCB_VERSION;
	dcb[1] = DCB_HEADER;
	dcb[3] = DCB_ENTRY; /* of which there is none */
	put(dcb + 6, DCB_SIGNATURE & 0xffff);
	put(dcb + 8, DCB_SIGNATURE >> 16);
}

int server_vbios_make(const struct pramin_model_chip *chip, uint8_t *buf,
		      size_t *bytes)
{
	memset(buf, 0, SYNTHETIC);
	buf[0] = 0x55;
	buf[1] = 0xaa;
	buf[2] = SYNTHETIC / UNIT;
	buf[CODE_AT] = X86_RETF;
	put(buf + PCIR_AT, PCIR);
	put(buf + DCB_AT, DCB);
	put_pcir(chip, buf + PCIR);
	put_bit(buf);
	put_dcb(buf + DCB);
	buf[TABLES + BIOS_MAJOR] = BIOS_MAJOR_TESLA;
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
