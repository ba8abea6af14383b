/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of the model's MMU share.
 *
 *	mmu_chip.c	which chip has which tables and registers
 *	mmu_entry.c	the bits of an entry
 *	mmu_walk.c	from a root and an address to a page
 *	mmu_tlb.c	what the GPU remembers of earlier walks
 *	posted.c	writes that the walker does not see yet
 *	mmu_regs.c	flush, invalidate and bind registers
 *	bar.c		BAR1 and BAR2
 *	mmu_gpu.c	the GPU's own accesses, for tests
 *	hazard.c	what hardware would not have forgiven
 */
#ifndef PRAMIN_MODEL_MMU_INTERNAL_H
#define PRAMIN_MODEL_MMU_INTERNAL_H

#include <pramin/modelgpu.h>

#include "internal.h"

/* Levels count from 0 for PDE0, as NVIDIA's names do; a PTE is below. */
#define MODEL_PTE	(-1)
#define MODEL_LEVELS	5 /* PDE4 to PDE0 */

/* Where a chip has its registers; 0: it has not that one */
struct model_mmu_regs {
	uint32_t trigger, pdb, upper_pdb;
	uint32_t fifo;	       /* before Turing, requests queue */
	bool depth;	       /* CACHE_LEVEL */
	uint32_t block[2];     /* of BAR1 and BAR2; the lower half */
	uint32_t high[2];      /* the upper half: its write binds */
	uint32_t bind_status;  /* 0: in the lower half */
	uint32_t flush;	       /* of system memory */
	uint32_t flush_status; /* 0: in @flush; else reads of @flush begin it */
	uint32_t wpr[4]; /* read only: LO and HI of each protected region */
};

/* Which tables a chip has */
struct model_mmu_chip {
	unsigned int oldest, newest; /* versions; 0: none that are modelled */
	int large;		     /* the highest level that can be a page */
	bool v1_sparse;
	bool wide_peer; /* version 2: addresses of peers in two parts */
	const struct model_mmu_regs *regs;
};

const struct model_mmu_chip *model_mmu_chip(const struct pramin_model *m);

/* A space whose members have been checked */
struct model_space {
	uint64_t root;
	unsigned int version;
	unsigned int big_shift;
	bool gpc;
	bool v1_sparse;
	bool wide_peer;
	int large;
};

int model_space_check(const struct pramin_model *m,
		      const struct pramin_model_space *from,
		      struct model_space *to);

/* mmu_entry.c */
enum model_entry_kind {
	ENTRY_NONE,
	ENTRY_PAGE,
	ENTRY_SPARSE,
	ENTRY_HIDES,
	ENTRY_NOWHERE,
	ENTRY_TABLE
};

struct model_entry {
	enum model_entry_kind kind;
	enum pramin_model_aperture aperture;
	uint64_t pa;
	unsigned int halvings; /* of the tables, version 1 */
	unsigned int peer, pte_kind;
	bool read_only, privileged, uncached, no_atomics;
};

struct model_entry model_pte(const struct model_space *s, bool big,
			     uint64_t word);
struct model_entry model_pde(const struct model_space *s, uint64_t word);
/* Both halves; @big may be a page. @word[1] is not used by version 1. */
void model_dual_pde(const struct model_space *s, const uint64_t word[2],
		    struct model_entry *big, struct model_entry *small);

/*
 * mmu_walk.c: where its words come from. @level is that of the entry; @va tells
 * a cache which one it is. False: it cannot be had, and the walk is over.
 */
struct model_fetch {
	struct pramin_model *m;
	bool (*words)(struct model_fetch *f, const struct model_space *s,
		      int level, uint64_t va, uint64_t pa, unsigned int count,
		      uint64_t word[2]);
	struct model_mmu *mmu; /* for those that need it */
	bool cached;	       /* a word came from the TLB */
	bool pending;	       /* a word may change without a write */
};

unsigned int model_va_bits(const struct model_space *s);
unsigned int model_level_shift(const struct model_space *s, int level);
int model_top_level(const struct model_space *s);
void model_walk(struct model_fetch *f, const struct model_space *s,
		uint64_t va, struct pramin_model_translation *t);

/* A word of VRAM, and what it was before writes that may still be on their way */
#define MODEL_VERSIONS 4
#define MODEL_POSTED   4096u

struct model_posted_word {
	uint64_t pa; /* of its 8 bytes */
	uint64_t epoch;
	bool used, mixed;
	bool garbage;	/* the oldest version was never written */
	uint8_t count;	/* of writes: the newest version */
	uint8_t seen;	/* the walker has; it sees no older one */
	uint8_t picked; /* the last one that it was given */
	uint8_t part[MODEL_VERSIONS]; /* which bytes the write had */
	uint64_t version[MODEL_VERSIONS];
};

#define MODEL_TLB 1024u

struct model_tlb_key {
	uint64_t root;
	uint64_t tag;	/* of the virtual address */
	int level;	/* of the entry */
	uint8_t shift;	/* of @tag */
	bool leaf, gpc, used;
};

struct model_tlb_entry {
	struct model_tlb_key key;
	uint64_t word[2];			/* a directory entry */
	struct pramin_model_translation leaf;	/* or a page */
};

/* An invalidate that has been asked for */
struct model_tlb_request {
	uint64_t done_ns;
	uint64_t root;
	uint32_t bits;
};

/* An address whose translation was used when memory said something else */
struct model_suspect {
	struct model_space space;
	uint64_t va;
};

#define MODEL_REQUESTS 16u
#define MODEL_SUSPECTS 256u
#define MODEL_WATCHES  64u

/* What BAR1 or BAR2 was bound to when it was last used */
struct model_bar {
	uint32_t binds;
	bool known, valid;
	struct model_space space;
	uint64_t limit; /* last address */
};

/* There is one as soon as something translates. Under the model's lock */
struct model_mmu {
	bool posted;
	uint64_t random;
	uint64_t epoch; /* of flushes */
	struct model_posted_word word[MODEL_POSTED];

	struct model_tlb_entry tlb[MODEL_TLB];
	struct model_tlb_request request[MODEL_REQUESTS];
	unsigned int requests;
	uint32_t seen; /* of live->invalidates */
	struct model_suspect suspect[MODEL_SUSPECTS];
	unsigned int suspects;

	struct model_bar bar[2];
	struct model_suspect watch[MODEL_WATCHES];
	unsigned int watches;
};

static inline struct model_mmu *model_mmu_of(const struct pramin_model *m)
{
	return __atomic_load_n(&m->mmu, __ATOMIC_ACQUIRE);
}

/* hazard.c */
void model_hazard(struct pramin_model *m, enum pramin_model_hazard kind,
		  uint64_t first);
/* Have these bytes been written since they were made or given up? */
bool model_is_written(const struct pramin_model *m, uint64_t pa, uint64_t len);

/* posted.c; the first two take the lock, the others are under it */
int model_posted_write(struct pramin_model *m, struct model_mmu *mmu,
		       uint64_t pa, unsigned int width, uint64_t val);
void model_posted_flush(struct pramin_model *m, struct model_mmu *mmu);
uint64_t model_posted_read(struct pramin_model *m, struct model_mmu *mmu,
			   uint64_t pa);
bool model_posted_pending(struct model_mmu *mmu, uint64_t pa);
void model_posted_present(struct pramin_model *m, struct model_mmu *mmu,
			  uint64_t pa);

/* mmu_tlb.c; under the lock */
void model_tlb_request(struct pramin_model *m, struct model_mmu *mmu,
		       uint64_t root, uint32_t bits, uint64_t done_ns);
void model_tlb_mend(struct model_mmu *mmu, uint64_t now);
void model_tlb_settle(struct pramin_model *m, struct model_mmu *mmu);
void model_gpu_translate(struct pramin_model *m, struct model_mmu *mmu,
			 const struct model_space *s, uint64_t va,
			 struct pramin_model_translation *t);
/* As the CPU sees the tables; @pending, if not NULL: the GPU may not yet */
void model_walk_memory(struct pramin_model *m, const struct model_space *s,
		       uint64_t va, struct pramin_model_translation *t,
		       bool *pending);
void model_watch_run(struct pramin_model *m, struct model_mmu *mmu);

/* mmu_gpu.c: under the lock; NULL: no memory */
struct model_mmu *model_mmu_get(struct pramin_model *m);
uint64_t model_word(const struct pramin_model *m, uint64_t pa);

/* mmu_regs.c */
uint64_t model_bind_wait(const struct pramin_model *m, unsigned int bar);

#endif /* PRAMIN_MODEL_MMU_INTERNAL_H */
