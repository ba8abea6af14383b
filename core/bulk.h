/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Any length, any alignment. Semantics and errors as in pramin/vram.h; @bulk is
 * never NULL here, and its results are set whatever happens after the
 * arguments were found good.
 */
#ifndef PRAMIN_CORE_BULK_H
#define PRAMIN_CORE_BULK_H

#include <pramin/vram.h>

#include "gpu.h"

/* Between two calls of the progress callback, in bytes; divides a position */
#define PRAMIN_BULK_CHUNK	0x00010000u

int pramin_bulk_read(struct pramin_op *op, uint64_t vram_pa, void *buf,
		     uint64_t len, struct pramin_bulk *bulk);
int pramin_bulk_write(struct pramin_op *op, uint64_t vram_pa, const void *buf,
		      uint64_t len, struct pramin_bulk *bulk);
int pramin_bulk_fill(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		     const void *pattern, unsigned int pattern_len,
		     struct pramin_bulk *bulk);
int pramin_bulk_compare(struct pramin_op *op, uint64_t vram_pa,
			const void *buf, uint64_t len, uint64_t *same,
			struct pramin_bulk *bulk);
int pramin_bulk_find(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		     const void *pattern, uint64_t pattern_len, bool *found,
		     uint64_t *at, struct pramin_bulk *bulk);
int pramin_bulk_copy(struct pramin_op *op, uint64_t dst_pa, uint64_t src_pa,
		     uint64_t len, struct pramin_bulk *bulk);

/*
 * Shared by the passes and by copy.
 */

/* Check the handle and a range, and clear the results in @bulk. */
int pramin_bulk_begin(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		      bool write, struct pramin_bulk *bulk);

/* After a chunk: set @bulk->done; -ECANCELED if the callback says stop */
int pramin_bulk_progress(struct pramin_op *op, struct pramin_bulk *bulk,
			 uint64_t done, uint64_t len);

/* Note the words of a chunk just read that look like a PRI error. */
void pramin_bulk_suspects(struct pramin_bulk *bulk, uint64_t vram_pa,
			  const void *buf, uint64_t len);

#endif /* PRAMIN_CORE_BULK_H */
