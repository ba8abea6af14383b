/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Visiting the entries of a range of addresses in their order: the engine of list,
 * find and check.
 */
#ifndef PRAMIN_CORE_MMU_SCAN_H
#define PRAMIN_CORE_MMU_SCAN_H

#include "tree.h"

#define MMU_ROW_BYTES 4096u
#define MMU_DIRS_MAX  (PRAMIN_MMU_LEVELS_MAX - 2)

/* What a visitor sees of an entry, or of one half of it. Words of 0 are skipped. */
struct mmu_visit {
	uint64_t va;
	uint64_t size;		/* bytes of addresses from there */
	uint64_t entry_pa;
	const uint64_t *raw;
	const struct pramin_mmu_entry *entry;
	unsigned int level;
	unsigned int half;
	unsigned int stop;	/* NOT: a table that can be followed */
	unsigned int depth;	/* entries above this one */
	unsigned int hider;	/* type of the big entry over it; INVALID: none */
};

/* A visitor returns 0, a negative code that ends the scan, or: */
#define MMU_SKIP 1 /* do not follow this table */

/* Part of a table, as it was read */
struct mmu_row {
	uint64_t table_pa;
	uint32_t offset;
	bool valid;
	uint64_t words[MMU_ROW_BYTES / 8];
};

/* A directory on the way to where the scan is */
struct mmu_frame {
	uint64_t table_pa;
	uint64_t va;		/* of its first entry */
	uint64_t entry_pa;	/* that the scan is at */
	uint32_t index;		/* next entry */
	uint32_t last;
};

struct mmu_scan {
	const struct pramin_mmu_tree *tree;
	uint64_t va;		/* the range */
	uint64_t last;
	uint64_t at;		/* where the scan is */
	uint64_t left;		/* of the budget */
	uint64_t entries;
	uint64_t reads;
	uint64_t tables;
	uint64_t called;
	int (*visit)(struct mmu_scan *s, const struct mmu_visit *v);
	void *ctx;
	bool hidden;		/* visit what others hide, and each half at once */
	unsigned int pde_size;	/* of the page tables that are looked at */
	unsigned int depth;
	/* The directory entry that is looked at, and its halves as visited */
	struct pramin_mmu_entry half[2];
	struct mmu_visit dual[2];
	struct mmu_frame frame[MMU_DIRS_MAX];
	struct mmu_row row[PRAMIN_MMU_LEVELS_MAX];
};

/*
 * Begin: everything is checked, *@result has memory, and its @va and @last are all
 * addresses. End: memory is given back, results are stored, and @ret is returned.
 */
int pramin_mmu_scan_begin(const struct pramin_mmu_tree *tree,
			  struct pramin_mmu_scan *opts,
			  struct mmu_scan **result);
int pramin_mmu_scan_run(struct mmu_scan *s);
int pramin_mmu_scan_end(struct mmu_scan *s, struct pramin_mmu_scan *opts,
			int ret);

/* An entry in the words of the public header */
void pramin_mmu_scan_ref(const struct mmu_scan *s, const struct mmu_visit *v,
			 struct pramin_mmu_ref *ref);

#endif /* PRAMIN_CORE_MMU_SCAN_H */
