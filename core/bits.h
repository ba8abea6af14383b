/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Bit fields of registers. A field is its mask; the shift follows from it, so
 * that no register file ever writes a shift by hand.
 */
#ifndef PRAMIN_CORE_BITS_H
#define PRAMIN_CORE_BITS_H

#define PRAMIN_KIB	1024ull
#define PRAMIN_MIB	(1024ull * PRAMIN_KIB)
#define PRAMIN_GIB	(1024ull * PRAMIN_MIB)
#define PRAMIN_TIB	(1024ull * PRAMIN_GIB)

/* Bits @hi down to @lo, as NVIDIA writes 23:0 */
#define BITS32(hi, lo)	((0xffffffffu >> (31 - (hi))) & (0xffffffffu << (lo)))
#define BIT32(n)	BITS32(n, n)
#define BITS64(hi, lo)	((~0ull >> (63 - (hi))) & (~0ull << (lo)))
#define BIT64(n)	BITS64(n, n)

/* The lowest set bit of a mask is the unit of its field. */
#define FLD_UNIT(mask)		((mask) & (~(mask) + 1u))
#define FLD_GET(mask, val)	(((val) & (mask)) / FLD_UNIT(mask))
#define FLD_PREP(mask, val)	(((val) * FLD_UNIT(mask)) & (mask))
/* The largest value that fits */
#define FLD_MAX(mask)		((mask) / FLD_UNIT(mask))
/*
 * For a mask that is data: no division. The mask is not 0, and in one piece
 * for FLD_BITS.
 */
#define FLD_SHIFT(mask)		((unsigned int)__builtin_ctzll(mask))
#define FLD_BITS(mask)		\
	(64u - (unsigned int)__builtin_clzll(mask) - FLD_SHIFT(mask))

#endif /* PRAMIN_CORE_BITS_H */
