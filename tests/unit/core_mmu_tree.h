/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A piece of memory as VRAM, with page tables that tests put into it.
 */
#ifndef PRAMIN_TESTS_CORE_MMU_TREE_H
#define PRAMIN_TESTS_CORE_MMU_TREE_H

#include "core_mmu.h"

#include <stdlib.h>

#include <pramin/walk.h>

#define MMU_VRAM (4u << 20)

struct mmu_board {
	uint8_t *vram;
	uint64_t next;		/* free for tables from there */
	unsigned int reads;
	unsigned int fail_read;	/* the n-th fails, from 1; 0: none */
	unsigned int allocs;
	unsigned int fail_alloc;
	unsigned int live;	/* pieces of memory not given back */
	bool bad;		/* a read that the contract forbids */
	struct pramin_mmu_tree tree;
};

static inline int board_read(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	struct mmu_board *b = ctx;

	if (vram_pa % 8 || len % 8 || !len || len > 4096 ||
	    vram_pa > b->tree.vram_size || len > b->tree.vram_size - vram_pa)
		b->bad = true;
	if (++b->reads == b->fail_read)
		return -EIO;
	if (!b->bad)
		memcpy(buf, b->vram + vram_pa, len);
	return 0;
}

static inline void *board_alloc(void *ctx, size_t size)
{
	struct mmu_board *b = ctx;
	void *ptr;

	if (++b->allocs == b->fail_alloc)
		return NULL;
	ptr = malloc(size);
	if (ptr) {
		b->live++;
		memset(ptr, 0xa5, size);
	}
	return ptr;
}

static inline void board_free(void *ctx, void *ptr)
{
	struct mmu_board *b = ctx;

	b->live -= ptr != NULL;
	free(ptr);
}

static inline int board_init(struct mmu_board *b, unsigned int format)
{
	const struct pramin_mmu_format *f = pramin_mmu_format(format);

	*b = (struct mmu_board){ .vram = calloc(1, MMU_VRAM) };
	if (!b->vram || !f)
		return -ENOMEM;
	b->tree = (struct pramin_mmu_tree){
		.size = sizeof(b->tree),
		.format = f,
		.root_pa = 0x10000,
		.vram_size = MMU_VRAM,
		.read = board_read,
		.alloc = board_alloc,
		.free = board_free,
		.ctx = b,
	};
	b->next = b->tree.root_pa + f->level[0].table_size;
	return 0;
}

static inline void board_fini(struct mmu_board *b)
{
	free(b->vram);
	b->vram = NULL;
}

static inline uint64_t *board_words(struct mmu_board *b, uint64_t pa)
{
	return (uint64_t *)(void *)(b->vram + pa);
}

static inline uint64_t board_table(struct mmu_board *b,
				   const struct pramin_mmu_level *lv)
{
	uint64_t pa = (b->next + lv->align - 1) / lv->align * lv->align;

	b->next = pa + lv->table_size;
	return pa;
}

/* Encoded into the entry at @pa, one half of it if it has two */
static inline int board_put(struct mmu_board *b, unsigned int level,
			    uint64_t pa, unsigned int half,
			    const struct pramin_mmu_entry *e)
{
	const struct pramin_mmu_format *f = b->tree.format;
	struct pramin_mmu_entry halves[2] = { { 0 }, { 0 } };

	pramin_mmu_decode(f, level, board_words(b, pa), halves);
	halves[half] = *e;
	return pramin_mmu_encode(f, level, halves, board_words(b, pa), NULL);
}

/* Where the entry of @level for @va is; tables on the way are made. 0: cannot */
static inline uint64_t board_entry(struct mmu_board *b, unsigned int level,
				   uint64_t va)
{
	const struct pramin_mmu_format *f = b->tree.format;
	uint64_t table_pa = b->tree.root_pa;
	unsigned int at = 0;

	for (;;) {
		const struct pramin_mmu_level *lv = &f->level[at];
		uint64_t pa = table_pa + (va >> lv->va_lo & (lv->entries - 1)) *
						 lv->entry_size;
		unsigned int half = lv->halves == 2 &&
				    level == lv->child[1];
		struct pramin_mmu_entry e[2];

		if (at == level)
			return pa;
		pramin_mmu_decode(f, at, board_words(b, pa), e);
		at = lv->child[half];
		if (e[half].type != PRAMIN_MMU_TABLE) {
			struct pramin_mmu_entry new = {
				.type = PRAMIN_MMU_TABLE,
				.pa = board_table(b, &f->level[at]),
			};

			if (b->next > MMU_VRAM ||
			    board_put(b, (unsigned int)(lv - f->level), pa,
				      half, &new))
				return 0;
			e[half] = new;
		}
		/* Somewhere else: a test has put that there. */
		if (e[half].aperture || e[half].pa >= MMU_VRAM ||
		    MMU_VRAM - e[half].pa < f->level[at].table_size)
			return 0;
		table_pa = e[half].pa;
	}
}

/* 0, or negative if it cannot be */
static inline int board_map(struct mmu_board *b, unsigned int level,
			    uint64_t va, const struct pramin_mmu_entry *e)
{
	uint64_t pa = board_entry(b, level, va);

	return pa ? board_put(b, level, pa, 0, e) : -ENOMEM;
}

static inline int board_page(struct mmu_board *b, uint64_t page_size,
			     uint64_t va, uint64_t pa)
{
	const struct pramin_mmu_entry e = { .type = PRAMIN_MMU_PAGE, .pa = pa };

	return board_map(b, pramin_mmu_level_of_page(b->tree.format, page_size),
			 va, &e);
}

/* The levels of big and of small pages */
static inline unsigned int board_big(const struct mmu_board *b)
{
	return b->tree.format->levels - 2u;
}

static inline unsigned int board_small(const struct mmu_board *b)
{
	return b->tree.format->levels - 1u;
}

/* What a list tells, or a find, or a check */
struct mmu_told {
	unsigned int count;
	unsigned int stop_at;	/* say stop at the n-th; 0: never */
	struct pramin_mmu_run run[64];
	struct pramin_mmu_ref ref[64];
	struct pramin_mmu_finding finding[64];
};

static inline int told_run(void *ctx, const struct pramin_mmu_run *run)
{
	struct mmu_told *t = ctx;

	if (t->count < 64)
		t->run[t->count] = *run;
	return ++t->count == t->stop_at;
}

static inline int told_ref(void *ctx, const struct pramin_mmu_ref *ref)
{
	struct mmu_told *t = ctx;

	if (t->count < 64)
		t->ref[t->count] = *ref;
	return ++t->count == t->stop_at;
}

static inline int told_finding(void *ctx,
			       const struct pramin_mmu_finding *finding)
{
	struct mmu_told *t = ctx;

	if (t->count < 64)
		t->finding[t->count] = *finding;
	return ++t->count == t->stop_at;
}

#endif /* PRAMIN_TESTS_CORE_MMU_TREE_H */
