/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * BAR1 of a handle, for the files of lib/.
 */
#ifndef PRAMIN_LIB_BAR1_H
#define PRAMIN_LIB_BAR1_H

#include <pramin/bar1.h>
#include <pramin/vram.h>

#include "space.h"
#include "../core/mmu/bar_map.h"

/*
 * @space: what it shows; NULL: physical
 * @costs: under the named lock; measured if its size is not 0
 */
struct pramin_bar1 {
	struct named named;
	struct pramin_space *space;
	struct pramin_bar_map map;
	struct pramin_bar1_costs costs;
};

/* What is wrong with @bulk for a call on @dev, or NULL */
const char *bar1_refuse(const struct pramin_dev *dev,
			const struct pramin_bulk *bulk);

/**
 * bar1_bulk() - pramin_read() or pramin_write(), if it is to go through BAR1
 * @to:   bytes from VRAM; NULL: they go
 * @from: from here to VRAM
 * @went: false: nothing was done, and it has to go through the window
 */
int bar1_bulk(struct pramin_op *op, uint64_t vram_pa, void *to,
	      const void *from, uint64_t len, struct pramin_bulk *bulk,
	      bool *went);

#endif /* PRAMIN_LIB_BAR1_H */
