/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What map and unmap share: an address space around a tree, or a new one. */
#ifndef PRAMIN_CLI_CHANGE_H
#define PRAMIN_CLI_CHANGE_H

#include "mmu.h"

struct change {
	struct mmu_source source;
	struct pramin_map_op op;
	struct pramin_map_piece piece;
	struct pramin_map_result result;
	uint64_t tables_pa; /* where tables may be made; @tables_len 0: nowhere */
	uint64_t tables_len;
	struct pramin_pool *pool;
	struct pramin_space *space;
	uint64_t root_pa;
};

/* The options that both have */
int change_arguments(struct cli *cli, struct change *change);
/* What the source is, for a sentence: "the root at 0x100000", "a new root" */
void change_where(const struct change *change, char buf[MMU_TEXT]);
/* By what the GPU is, without touching VRAM */
int change_check(struct cli *cli, const struct change *change);
/* From an open GPU to a change that was made, and reported as @verb: "mapped" */
int change_make(struct cli *cli, struct change *change, const char *verb);

#endif /* PRAMIN_CLI_CHANGE_H */
