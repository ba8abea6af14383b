/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Ranges of VRAM that are not for us.
 */
#ifndef PRAMIN_CORE_RESERVED_H
#define PRAMIN_CORE_RESERVED_H

#include <pramin/reserved.h>

#include "gpu.h"

/**
 * pramin_reserved_list() - what is reserved now
 * @list:  room for %PRAMIN_RESERVED_MAX
 * @count: how many there are; at least the workspace
 * @unknown: set if a register answers an error value, as one does that the CPU may
 *         not read: there may be a region, or none; may be NULL
 *
 * Reads two to four registers where the chip has them. Return: 0, or a code of the
 * device.
 */
int pramin_reserved_list(struct pramin_op *op, struct pramin_reserved *list,
			 unsigned int *count, bool *unknown);

/* "the last MiB, ...": a phrase for one kind; never NULL */
const char *pramin_reserved_text(enum pramin_reserved_kind kind);

/* The first of @count ranges with a byte in [@vram_pa, @vram_pa + @len), or NULL */
const struct pramin_reserved *
pramin_reserved_hit(const struct pramin_reserved *list, unsigned int count,
		    uint64_t vram_pa, uint64_t len);

#endif /* PRAMIN_CORE_RESERVED_H */
