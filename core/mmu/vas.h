/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A virtual address space: a tree of tables in VRAM, and its shadow in host
 * memory.
 *
 * The shadow has every word of every table, so that a change reads nothing of
 * VRAM: it is made in the shadow first, which finds out what has to be stored, and
 * then stored in an order that is safe for a GPU that is walking meanwhile.
 *
 *	vas.c		a change: prepare, execute, drop
 *	vas_life.c	begin and end of a space
 *	vas_table.c	tables of the shadow: make, find, look at
 *	vas_check.c	prepare: what no tree allows; addresses
 *	vas_plan.c	prepare: is it allowed, and what does it need at most?
 *	vas_chunk.c	from pieces of memory to pages
 *	vas_apply.c	execute: change the shadow
 *	vas_split.c	execute: a page becomes a table of smaller ones
 *	vas_store.c	execute: store what has changed
 *	vas_load.c	trees that somebody else has made
 *
 * All is done under one lock for each address space, the tree's, which covers
 * its leaf tables too: a change of a leaf may empty it, and then changes the
 * tables above. Spaces do not wait for each other. Under the lock a change uses the
 * window and invalidates, one after the other; it allocates nothing.
 */
#ifndef PRAMIN_CORE_MMU_VAS_H
#define PRAMIN_CORE_MMU_VAS_H

#include <pramin/map.h>

#include "../gpu.h"
#include "heap.h"
#include "mutex.h"
#include "order.h"

struct pramin_vas;

/* What the store of an invalidate needs to know; see struct pramin_vas_sync */
#define PRAMIN_SYNC_DOWNGRADE (1u << 0) /* something cached had more rights */
#define PRAMIN_SYNC_HUB_ONLY  (1u << 1) /* the space of a BAR */

/**
 * struct pramin_vas_sync - how the GPU is made to forget
 * @invalidate: entries of that page directory base, from @level of @format down;
 *              waits until it is done. 0 or a negative code, and the reason noted
 */
struct pramin_vas_sync {
	int (*invalidate)(void *ctx, struct pramin_op *op,
			  const struct pramin_mmu_format *format,
			  uint64_t root_pa, unsigned int level,
			  unsigned int flags);
};

/* The list that a table is in; it is in one at most */
enum pramin_table_list {
	PRAMIN_TABLE_QUIET,   /* none */
	PRAMIN_TABLE_FRESH,   /* made, and not yet stored */
	PRAMIN_TABLE_TOUCHED, /* has words to be stored */
	PRAMIN_TABLE_DOOMED,  /* unlinked; freed after the invalidate */
};

/**
 * struct pramin_table - one table
 * @next:    in the list that @list names, or among those kept in reserve
 * @next_foreign: of all that were read
 * @blank:   a word, beside 0, that maps nothing: "no 4 KiB page below"
 * @slot:    which half of which entry of @parent leads here
 * @used:    entries that map something, and tables below
 * @pins:    prepared changes that count on it
 * @foreign: made by somebody else: never freed
 * @read:    from VRAM: its entries may lead to tables that were not read yet
 * @links:   has a word to be stored that leads to a new table, or a part of a page
 *           that was split: it waits until the GPU may see that
 * @word:    as in VRAM; @words of them
 * @dirty:   one bit for each word to be stored
 * @child:   one for each half of each entry; NULL in leaf tables
 */
struct pramin_table {
	struct pramin_table *parent;
	struct pramin_table *next;
	struct pramin_table *next_foreign;
	uint64_t vram_pa;
	uint64_t blank;
	uint32_t slot;
	uint32_t words;
	uint32_t used;
	uint32_t pins;
	uint8_t level;
	uint8_t list;
	bool foreign;
	bool read;
	bool links;
	uint64_t *word;
	uint64_t *dirty;
	struct pramin_table **child;
};

/** struct pramin_table_list_head - first in, first out */
struct pramin_tables {
	struct pramin_table *first;
	struct pramin_table **end;
	uint32_t count;
};

/**
 * struct pramin_break - an entry that is made invalid before it is made new
 *
 * So that a page never turns into smaller ones at once: the TLB could hold one
 * address twice.
 */
struct pramin_break {
	struct pramin_table *table;
	uint32_t entry;
};

/** struct pramin_needs - what a change needs at most */
struct pramin_needs {
	uint32_t tables[PRAMIN_MMU_LEVELS_MAX];
	uint32_t pins;
	uint32_t breaks;
};

enum pramin_change_state {
	PRAMIN_CHANGE_PREPARED,
	PRAMIN_CHANGE_STORING, /* the shadow is ahead of VRAM */
	PRAMIN_CHANGE_DONE,
};

/**
 * struct pramin_step - one operation of a change
 * @map:   what the caller gave; its address is found
 * @index: its place in what the caller gave; the steps are sorted by address
 * @any:   the address was left to prepare
 */
struct pramin_step {
	struct pramin_map_op map;
	size_t index;
	bool any;
};

/** struct pramin_change - a batch of operations, on its way */
struct pramin_change {
	struct pramin_vas *vas;
	struct pramin_change *next; /* of the space */
	enum pramin_change_state state;
	bool taken; /* lib: a call has it; under the lock */

	/* With copies of their pieces, in one block of memory */
	struct pramin_step *steps;
	size_t count;

	/* Had in prepare */
	struct pramin_needs needs;
	struct pramin_tables reserve[PRAMIN_MMU_LEVELS_MAX];
	struct pramin_table **pinned;
	struct pramin_break *breaks;
	uint32_t pin_count, break_count;
	uint32_t pin_room, break_room;

	/* Found while the shadow is changed */
	struct pramin_tables fresh;
	struct pramin_tables touched;
	struct pramin_tables doomed;
	unsigned int stale;	  /* level, as in the result */
	unsigned int stale_break; /* the same for @breaks */
	bool linked;
	bool downgrade;
	struct pramin_map_result result;
};

/** struct pramin_vas_config - what a space is made from */
struct pramin_vas_config {
	const struct pramin_mmu_format *format;
	struct pramin_heap *heap;
	const struct pramin_vas_sync *sync;
	void *sync_ctx;
	struct pramin_mutex mutex;
	uint64_t va_limit; /* the first address not used; 0: of the format */
	uint64_t root_pa;  /* adopted: of its root */
	bool adopt;
	bool exclusive; /* adopted, and nobody else writes to it */
	bool own;	/* adopted: tables that the heap has kept are its own */
	bool bar;	/* only a BAR uses it */
};

/** struct pramin_vas - one address space */
struct pramin_vas {
	struct pramin_vas_config config;
	const struct pramin_mmu_format *format;
	struct pramin_table *root;
	struct pramin_change *changes; /* prepared, or being stored */
	struct pramin_table *foreign;  /* all that were read */
	struct pramin_tables empty;    /* pinned when the last page went */
	uint32_t change_count;
	uint32_t table_count;
	uint64_t end;	     /* of addresses */
	uint64_t blank_big;  /* "no 4 KiB page below" */
	unsigned int sparse; /* one bit for each level that can be sparse */
	uint64_t hint;	     /* where to look for a hole first */
	uint64_t reads;	     /* of an adopted tree, in 64-bit words */
	bool storing;	     /* a change was left half-way */
	struct pramin_change last; /* unlinks own tables from foreign ones */
};

/**
 * pramin_vas_init() - an empty space, or one around a tree that exists
 * @vas: memory for it; on failure nothing has to be undone
 *
 * A new root is zeroed whole, and flushed.
 *
 * Return: 0, -EINVAL, -ENOMEM, or a code of the device.
 */
int pramin_vas_init(struct pramin_op *op, struct pramin_vas *vas,
		    const struct pramin_vas_config *config);

/**
 * pramin_vas_fini() - the end of a space that the GPU does not use any more
 *
 * Invalidates, then gives the tables back. Own tables below foreign ones are
 * unlinked first. If the device fails, VRAM of tables is not given back, as the
 * GPU may still know it; host memory is.
 *
 * Return: 0; -EBUSY while changes are prepared: nothing is done; or a code of the
 * device.
 */
int pramin_vas_fini(struct pramin_op *op, struct pramin_vas *vas);

/**
 * pramin_vas_prepare() - check operations, and take all that they may need
 * @change: memory for it; on failure nothing has to be undone
 *
 * May wait and allocate. Addresses that were left to it are set in @ops.
 */
int pramin_vas_prepare(struct pramin_op *op, struct pramin_vas *vas,
		       struct pramin_map_op *ops, size_t count,
		       struct pramin_change *change);

/**
 * pramin_vas_execute() - make a prepared change
 *
 * Allocates nothing. A failure is the device's: then the change has to be executed
 * again, which stores all of it once more, before the space takes others.
 */
int pramin_vas_execute(struct pramin_op *op, struct pramin_change *change);

/* Give back what a change has taken and not used; -EBUSY if it is half-way */
int pramin_vas_drop(struct pramin_op *op, struct pramin_change *change);

/**
 * pramin_vas_abandon() - the end of a space whose tables stay as they are
 *
 * Frees host memory, of changes too, and touches nothing else. Its heap has to be
 * abandoned as well.
 */
void pramin_vas_abandon(struct pramin_op *op, struct pramin_vas *vas);

/*
 * For the files of this part.
 */

static inline void pramin_vas_lock(struct pramin_op *op,
				   const struct pramin_vas *vas)
{
	pramin_rank_take(op, PRAMIN_RANK_TREE);
	pramin_mutex_take(&vas->config.mutex);
}

static inline void pramin_vas_unlock(struct pramin_op *op,
				     const struct pramin_vas *vas)
{
	pramin_mutex_drop(&vas->config.mutex);
	pramin_rank_drop(op, PRAMIN_RANK_TREE);
}

/* Bit 0 of an entry says, in all versions, that it is a page. */
#define PRAMIN_IS_PAGE(word) ((word)&1)

/** enum pramin_at_what - what is at an address */
enum pramin_at_what {
	PRAMIN_AT_HOLE,	   /* nothing */
	PRAMIN_AT_LEAF,	   /* a page, or sparse */
	PRAMIN_AT_UNKNOWN, /* a foreign table that was not read yet */
};

/**
 * struct pramin_at - what is at an address, and how far that goes
 * @table: where it is said; of a hole, the lowest table looked at
 * @index: entry in @table
 * @slot:  unknown: which half of which entry
 * @start: address that entry @index begins at
 * @end:   the same holds up to here, at least; leaf: @count entries of one kind
 */
struct pramin_at {
	enum pramin_at_what what;
	struct pramin_table *table;
	uint32_t index;
	uint32_t slot;
	uint32_t count;
	uint64_t start;
	uint64_t end;
};

static inline const struct pramin_mmu_level *
pramin_table_level(const struct pramin_vas *vas,
		   const struct pramin_table *table)
{
	return &vas->format->level[table->level];
}

static inline uint32_t pramin_table_index(const struct pramin_vas *vas,
					  const struct pramin_table *table,
					  uint64_t gpu_va)
{
	const struct pramin_mmu_level *level = pramin_table_level(vas, table);

	return (uint32_t)(gpu_va >> level->va_lo) & (level->entries - 1);
}

/* VRAM of a table: the root has a page, however few entries */
static inline uint32_t pramin_level_bytes(const struct pramin_mmu_level *level)
{
	return level->table_size < level->align ? level->align :
						  (uint32_t)level->table_size;
}

/* Addresses that one table covers; of the root, all */
static inline uint64_t pramin_level_reach(const struct pramin_mmu_level *level)
{
	return level->span * level->entries;
}

/* The first word of an entry */
static inline uint32_t pramin_table_word(const struct pramin_vas *vas,
					 const struct pramin_table *table,
					 uint32_t index)
{
	return index * (pramin_table_level(vas, table)->entry_size / 8u);
}

static inline void pramin_tables_init(struct pramin_tables *list)
{
	list->first = NULL;
	list->end = &list->first;
	list->count = 0;
}

void pramin_tables_add(struct pramin_tables *list, struct pramin_table *table);
struct pramin_table *pramin_tables_take(struct pramin_tables *list);

/* Host memory and VRAM for a table; not linked, all zero */
int pramin_table_make(struct pramin_op *op, const struct pramin_vas *vas,
		      unsigned int level, struct pramin_table **table);

/* Host memory only; @vram_pa is set by the caller */
struct pramin_table *pramin_table_alloc(struct pramin_op *op,
					const struct pramin_vas *vas,
					unsigned int level);
void pramin_table_free(struct pramin_op *op, struct pramin_table *table);

/* Give a table back, VRAM and host memory */
void pramin_table_unmake(struct pramin_op *op, const struct pramin_vas *vas,
			 struct pramin_table *table);

void pramin_vas_look(const struct pramin_vas *vas, uint64_t gpu_va,
		     struct pramin_at *at);

/* The first address from @gpu_va on, below @end, that is mapped or unknown */
uint64_t pramin_vas_next_used(const struct pramin_vas *vas, uint64_t gpu_va,
			      uint64_t end, struct pramin_at *at);
/* ... or that is not mapped, or unknown */
uint64_t pramin_vas_next_hole(const struct pramin_vas *vas, uint64_t gpu_va,
			      uint64_t end, struct pramin_at *at);

/* The table of that level for an address, or the last one on the way to it */
struct pramin_table *pramin_vas_find(const struct pramin_vas *vas,
				     uint64_t gpu_va, unsigned int level);

/**
 * struct pramin_chunk - pages that are made by one run of stores
 * @level: of the table that they are in
 * @page:  bytes of one
 */
struct pramin_chunk {
	uint64_t gpu_va;
	uint64_t pa;
	uint64_t len;
	uint64_t page;
	unsigned int level;
};

/**
 * struct pramin_cursor - how far an operation has been cut into chunks
 * @run: bytes from here on that are contiguous, in this piece and those behind
 */
struct pramin_cursor {
	uint64_t gpu_va;
	size_t piece;
	uint64_t in_piece;
	uint64_t run;
};

void pramin_vas_first_chunk(const struct pramin_map_op *map,
			    struct pramin_cursor *cursor);
/* false: there are no more */
bool pramin_vas_next_chunk(const struct pramin_vas *vas,
			   const struct pramin_map_op *map,
			   struct pramin_cursor *cursor,
			   struct pramin_chunk *chunk);

/**
 * struct pramin_pte - pages of one operation and level, as words
 *
 * A page at pa has the word @base + (pa >> 12) * @unit, unless @step says that
 * each has to be encoded.
 */
struct pramin_pte {
	uint64_t base;
	uint64_t unit;
	bool step;
};

int pramin_pte_begin(const struct pramin_vas *vas,
		     const struct pramin_map_op *map, unsigned int level,
		     struct pramin_pte *pte, enum pramin_mmu_refusal *why);
uint64_t pramin_pte_word(const struct pramin_vas *vas,
			 const struct pramin_map_op *map, unsigned int level,
			 const struct pramin_pte *pte, uint64_t pa);

/* The level of the tables that a page of @level, or sparse range, is split into */
unsigned int pramin_vas_split_level(const struct pramin_vas *vas,
				    unsigned int level, uint64_t gpu_va,
				    bool sparse);

/* What survey returns if a foreign table has to be read first */
#define PRAMIN_SURVEY_UNKNOWN 1

/* Without the lock: operations that no tree would allow */
int pramin_vas_check(struct pramin_op *op, const struct pramin_vas *vas,
		     const struct pramin_map_op *ops, size_t count);

/* Under the lock: find addresses, sort the steps, and see whether they overlap. */
int pramin_vas_place(struct pramin_op *op, struct pramin_vas *vas,
		     struct pramin_change *change, struct pramin_at *unknown);

/*
 * Under the lock: is it allowed, and what does it need? With @pin, tables that it
 * counts on are pinned too.
 */
int pramin_vas_survey(struct pramin_op *op, struct pramin_vas *vas,
		      struct pramin_change *change, struct pramin_needs *needs,
		      struct pramin_at *unknown, bool pin);

/* Change the shadow. Nothing can go wrong here. */
void pramin_vas_apply(struct pramin_vas *vas, struct pramin_change *change);
/* Make @gpu_va the first address of a page, if it is inside one. */
void pramin_vas_split_at(struct pramin_vas *vas, struct pramin_change *change,
			 uint64_t gpu_va);

/*
 * Larger pages, and sparse ranges of other levels, where the pages of @chunk come:
 * they become nothing. Does the GPU know one of them? Then it has to be invalid first.
 */
bool pramin_vas_break_over(struct pramin_vas *vas, struct pramin_change *change,
			   const struct pramin_chunk *chunk);

/* A word of the shadow is new: note that it has to be stored. */
void pramin_vas_set(struct pramin_change *change, struct pramin_table *table,
		    uint32_t word, uint64_t val);
void pramin_vas_touch(struct pramin_change *change, struct pramin_table *table);
/* The table that @slot of @table leads to; NULL: none any more */
void pramin_vas_link(struct pramin_vas *vas, struct pramin_change *change,
		     struct pramin_table *table, uint32_t slot,
		     struct pramin_table *child);
/* The table of that level for an address, made if need be */
struct pramin_table *pramin_vas_reach(struct pramin_vas *vas,
				      struct pramin_change *change,
				      uint64_t gpu_va, unsigned int level);

/* A change of no steps; and the end of what it has and does not need any more */
void pramin_change_init(struct pramin_vas *vas, struct pramin_change *change);
void pramin_change_put(struct pramin_op *op, struct pramin_change *change);

/* Store what has changed, flush, invalidate: whatever was done of it before */
int pramin_vas_store(struct pramin_op *op, struct pramin_change *change);
int pramin_vas_invalidate(struct pramin_op *op, struct pramin_change *change,
			  unsigned int level);

/* Read the root of a tree that exists. */
int pramin_vas_load_root(struct pramin_op *op, struct pramin_vas *vas);

/*
 * Read a foreign table, without the lock, and then take it into the shadow if it
 * is still unknown there. @unknown is from pramin_vas_look(); tables are never
 * freed while a foreign one leads to them, so it is still good.
 */
int pramin_vas_load(struct pramin_op *op, struct pramin_vas *vas,
		    const struct pramin_at *unknown);

#endif /* PRAMIN_CORE_MMU_VAS_H */
