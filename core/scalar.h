/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * One access of 1, 2, 4 or 8 bytes anywhere in VRAM, and stretches held for
 * many of them.
 */
#ifndef PRAMIN_CORE_SCALAR_H
#define PRAMIN_CORE_SCALAR_H

#include "gpu.h"

/* Errors as in pramin/vram.h; *@val is untouched unless 0 is returned. */
int pramin_scalar_read(struct pramin_op *op, uint64_t vram_pa,
		       unsigned int width, uint64_t *val);
int pramin_scalar_write(struct pramin_op *op, uint64_t vram_pa,
			unsigned int width, uint64_t val);
int pramin_scalar_flush(struct pramin_op *op);

/* pramin_prove(), if the window has been placed at all */
int pramin_scalar_check(struct pramin_op *op);

/**
 * struct pramin_hold - an open view
 * @checked: not all of it may be written: there is no @ptr
 * @ptr:   its first byte, or NULL where the backend does not map
 * @cause: of the first access that failed; @cause.err is 0 if none did
 */
struct pramin_hold {
	struct pramin_gpu *gpu;
	uint64_t vram_pa;
	uint64_t len;
	bool alone;
	bool checked;
	volatile unsigned char *ptr;
	struct pramin_op inside;	/* where it stands, and how to leave */
	struct pramin_cause cause;
};

/* @alone: with nobody else inside; errors as in pramin/vram.h */
int pramin_hold_begin(struct pramin_op *op, struct pramin_hold *hold,
		      uint64_t vram_pa, uint64_t len, bool alone);
void pramin_hold_end(struct pramin_hold *hold);

/**
 * pramin_hold_yield() - let those in who wait, then go on
 *
 * The window may stand elsewhere afterwards: @hold->ptr is new. On failure the
 * hold is not inside any more, and its accesses fail.
 */
int pramin_hold_yield(struct pramin_op *op, struct pramin_hold *hold);

/* All ones on failure, which is noted in @hold->cause */
uint64_t pramin_hold_read(struct pramin_hold *hold, uint64_t off,
			  unsigned int width);
void pramin_hold_write(struct pramin_hold *hold, uint64_t off,
		       unsigned int width, uint64_t val);

#endif /* PRAMIN_CORE_SCALAR_H */
