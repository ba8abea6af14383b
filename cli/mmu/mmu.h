/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the commands around page tables share: where the tables are, and how an
 * entry is shown.
 */
#ifndef PRAMIN_CLI_MMU_H
#define PRAMIN_CLI_MMU_H

#include "cli.h"

/* How the root was named */
enum mmu_way { MMU_ROOT, MMU_INST, MMU_BAR1, MMU_NEW };

/* Page tables of an open GPU or of a file */
struct mmu_source {
	struct pramin_mmu_tree tree; /* what commands use; it can be stopped */
	struct pramin_mmu_tree inner; /* what reads */
	const char *path; /* the file; NULL: a GPU */
	enum mmu_way way;
	uint64_t named_pa; /* the address behind --root or --inst */
	uint64_t big_page;
	uint32_t owner; /* the process that has taken BAR1; 0: none */
	int fd;
	/* Called with what was read, if not NULL */
	void (*on_read)(void *ctx, uint64_t vram_pa, size_t len);
	void *on_read_ctx;
};

/*
 * tree.c. Arguments first, then what is opened, then what is read: the root is
 * known after mmu_find_root() only. mmu_close() is due even if these fail.
 */
int mmu_arguments(struct cli *cli, struct mmu_source *source);
int mmu_open(struct cli *cli, struct mmu_source *source);
int mmu_find_root(struct cli *cli, struct mmu_source *source);
void mmu_close(struct mmu_source *source);

/* All three; with -n it prints what would be done, and *@done is set */
int mmu_begin(struct cli *cli, struct mmu_source *source, bool *done,
	      const char *fmt, ...) CLI_PRINTF(4, 5);

/* The library could not go on; @at is where it was, for people */
int mmu_failed(struct cli *cli, const struct mmu_source *source, int ret,
	       const struct pramin_mmu_scan *scan);
uint64_t mmu_last_va(const struct pramin_mmu_tree *tree);
int mmu_check_va(struct cli *cli, const struct pramin_mmu_tree *tree,
		 uint64_t va, uint64_t len);
int mmu_scan_options(struct cli *cli, struct pramin_mmu_scan *scan);
int mmu_tables(struct cli *cli, uint64_t *pa, uint64_t *len);
int mmu_aperture(struct cli *cli, const char *text, size_t len,
		 unsigned int *aperture);

/* entry.c */
#define MMU_TEXT 256
int mmu_va_digits(const struct pramin_mmu_format *format);
const char *mmu_level_name(const struct pramin_mmu_format *format,
			   unsigned int level);
void mmu_attr_names(char buf[MMU_TEXT], unsigned int attrs,
		    const char *between);
int mmu_attributes(struct cli *cli, const char *text, uint16_t *attrs);
void mmu_entry_text(char buf[MMU_TEXT], const struct pramin_mmu_entry *entry);
void mmu_json_tree(const struct mmu_source *source);
void mmu_json_entry(const struct pramin_mmu_entry *entry);
void mmu_json_ref(const struct pramin_mmu_format *format,
		  const struct pramin_mmu_ref *ref);

#endif /* PRAMIN_CLI_MMU_H */
