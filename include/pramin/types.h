/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The integer types of the public headers, in user space and in the kernel,
 * and the one refusal of hosts on which the accessors would be wrong.
 */
#ifndef PRAMIN_TYPES_H
#define PRAMIN_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || \
	!defined(__LP64__) || !defined(__linux__)
#error "pramin supports 64-bit little-endian Linux only: BAR0 is little-endian and VRAM addresses need 64 bits"
#endif

#endif /* PRAMIN_TYPES_H */
