/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Loads and stores of device memory that is mapped: one bus access each.
 */
#ifndef PRAMIN_LIB_BACKEND_MMIO_H
#define PRAMIN_LIB_BACKEND_MMIO_H

#include <stdint.h>

/* @width is 1, 2, 4 or 8, and divides the address. */
static inline uint64_t mmio_load(const volatile void *at, unsigned int width)
{
	switch (width) {
	case 1:
		return *(const volatile uint8_t *)at;
	case 2:
		return *(const volatile uint16_t *)at;
	case 4:
		return *(const volatile uint32_t *)at;
	default:
		return *(const volatile uint64_t *)at;
	}
}

static inline void mmio_store(volatile void *at, unsigned int width,
			      uint64_t val)
{
	switch (width) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)val;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)val;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)val;
		break;
	default:
		*(volatile uint64_t *)at = val;
		break;
	}
}

#endif /* PRAMIN_LIB_BACKEND_MMIO_H */
