/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The VBIOS of a modelled card: one that is made here, or what a file holds.
 */
#ifndef PRAMIN_SERVER_VBIOS_H
#define PRAMIN_SERVER_VBIOS_H

#include <pramin/model.h>

/* The most that PROM, at BAR0 0x300000, can show */
#define VBIOS_MAX (1u << 20)

/**
 * server_vbios_make() - make one that drivers accept
 * @chip:  row of the model's table
 * @buf:   VBIOS_MAX bytes
 * @bytes: how many of them are used, a multiple of 512
 *
 * Return: 0.
 */
int server_vbios_make(const struct pramin_model_chip *chip, uint8_t *buf,
		      size_t *bytes);

/**
 * server_vbios_check() - is this a VBIOS?
 * @buf:   what a file holds
 * @bytes: its length
 *
 * A PCI expansion ROM: signature, a PCIR structure inside of it with NVIDIA's
 * vendor id, a length that the file has, and the checksum of that length.
 *
 * Return: NULL, or a sentence on what is wrong with it; a static string.
 */
const char *server_vbios_check(const uint8_t *buf, size_t bytes);

#endif /* PRAMIN_SERVER_VBIOS_H */
