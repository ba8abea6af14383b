/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Reading the page tables of a GPU: one address, a range, all of them.
 *
 * The tables are wherever the caller's read function finds VRAM: in a GPU, in a
 * model of one, in a dump. Nothing is ever written, and tables in system memory
 * are never followed: they are said to be there.
 *
 * Tables may hold anything. A call looks at a bounded number of entries, never
 * follows a table that lies in one of its own ancestors, and reads inside VRAM
 * only. What cannot be followed is reported and passed over.
 *
 * Thread safety: a call keeps what it knows on its stack and in memory of its own,
 * so any number may run at once, on one tree too if its functions allow it. They
 * may see the tables change; each aligned word is what was there at one moment, if
 * the read function gives it whole.
 *
 * Codes that every function here may return:
 *   -EINVAL  an argument is NULL, a @size is wrong, the tree has no format or
 *            function, its root is not aligned, or a length is 0
 *   -ERANGE  the root or a range is not inside VRAM, an address is wider than the
 *            format has it, or a sum overflows
 *   -EOPNOTSUPP  the root is in system or peer memory
 * and what the read function returned. After these nothing but the callbacks that
 * were made has happened.
 */
#ifndef PRAMIN_WALK_H
#define PRAMIN_WALK_H

#include <pramin/dev.h>
#include <pramin/mmu.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct pramin_mmu_tree - page tables, and how to read them
 * @size:      sizeof(struct pramin_mmu_tree)
 * @format:    of its entries
 * @root_pa:   address of the root table, which has to lie in VRAM
 * @aperture:  where the root is; an enum pramin_mmu_aperture
 * @va_last:   last virtual address that the GPU looks up; 0: as wide as @format
 * @vram_size: bytes of VRAM
 * @read:      @len bytes at @vram_pa, or a negative errno value; never called
 *             for bytes outside VRAM; both are multiples of 8, and @len is at
 *             most 4096
 * @alloc:     memory, or NULL; for list, find and check
 * @free:      give it back
 * @ctx:       first argument of these
 */
struct pramin_mmu_tree {
	size_t size;
	const struct pramin_mmu_format *format;
	uint64_t root_pa;
	uint64_t va_last;
	uint64_t vram_size;
	int (*read)(void *ctx, uint64_t vram_pa, void *buf, size_t len);
	void *(*alloc)(void *ctx, size_t size);
	void (*free)(void *ctx, void *ptr);
	void *ctx;
	uint8_t aperture;
};

/*
 * The instance block: 4 KiB of VRAM through which an engine or a BAR finds the
 * root. These four words at byte PRAMIN_MMU_INST_OFFSET of it matter here.
 */
#define PRAMIN_MMU_INST_SIZE   4096u
#define PRAMIN_MMU_INST_OFFSET 0x200u
#define PRAMIN_MMU_INST_WORDS  4

/**
 * struct pramin_mmu_inst - what an instance block says of page tables
 * @format:   of the tables; decode: NULL if the library does not have it (v1 on
 *            Pascal and later, which Volta refuses too)
 * @root_pa:  of the root table
 * @limit:    last virtual address; up to Pascal, later 0
 * @aperture: of the root; never %PRAMIN_MMU_PEER
 * @valid:    false: TARGET is INVALID, nothing is bound; from Volta on
 * @vol:      may L2 keep entries of the root? As it is called
 * @replay_tex: faults of TEX are replayed; from Pascal on
 * @replay_gcc: the same of GCC
 */
struct pramin_mmu_inst {
	const struct pramin_mmu_format *format;
	uint64_t root_pa;
	uint64_t limit;
	uint8_t aperture;
	bool valid;
	bool vol;
	bool replay_tex;
	bool replay_gcc;
};

/**
 * pramin_mmu_inst_encode() - the words of an instance block
 * @inst: what they shall say
 * @word: %PRAMIN_MMU_INST_WORDS words; untouched on failure
 *
 * The format gives USE_VER2_PT_FORMAT and BIG_PAGE_SIZE. On v3 the former is 0,
 * as NVIDIA's driver writes it; nouveau writes 1, and both work.
 *
 * Return: 0, or -EINVAL: a root that is not on a 4 KiB line or too wide, peer
 * memory, a limit that does not end in 0xfff or is wider than the format, or
 * something that this generation has not.
 */
int pramin_mmu_inst_encode(const struct pramin_mmu_inst *inst, uint32_t *word);

/**
 * pramin_mmu_inst_decode() - what the words of an instance block say
 * @format: a format of the chip; from GM200 to GM20x the block says which one of
 *          the two
 * @word:   %PRAMIN_MMU_INST_WORDS words
 * @inst:   the result
 *
 * Any words decode.
 *
 * Return: 0, or -EINVAL for an argument that is NULL.
 */
int pramin_mmu_inst_decode(const struct pramin_mmu_format *format,
			   const uint32_t *word, struct pramin_mmu_inst *inst);

/**
 * pramin_mmu_tree_inst() - the tree that an instance block leads to
 * @tree:    has all but its root; @format is one of the chip's
 * @inst_pa: address of the block in VRAM
 *
 * One read of 16 bytes. Sets the root, @va_last and, on GM20x, @format.
 *
 * Return: 0, or
 *   -EINVAL  @inst_pa is not on a 4 KiB line, or the root that it names is not
 *   -ERANGE  the block, or the root, is not inside VRAM
 *   -ENOENT  nothing is bound: TARGET is INVALID
 *   -EOPNOTSUPP  the tables are v1 on a chip that has v2, or the root is in system
 *                memory
 * and what the read function returned; @tree is unchanged on failure.
 */
int pramin_mmu_tree_inst(struct pramin_mmu_tree *tree, uint64_t inst_pa);

/**
 * pramin_mmu_tree_dev() - page tables of an open GPU
 * @dev:      a handle, which the tree uses as long as it is used
 * @big_page: as for pramin_mmu_format_of_chip()
 * @tree:     all but its root, which the caller or pramin_mmu_tree_inst() sets;
 *            untouched on failure
 *
 * Tables are read with pramin_read(), so that each read of the tree is at most
 * 512 BAR0 reads and one move, and returns its codes; pramin_last_why() has the
 * reason. The tree ends where VRAM or the reach of the window does. Reads give way
 * to others as every bulk read does. Touches no hardware itself.
 *
 * Return: 0, or
 *   -EINVAL  an argument is NULL, or the chip has no big pages of that size
 *   -EOPNOTSUPP  Tesla: its page tables are not modelled
 *   -EPERM   after fork()
 */
int pramin_mmu_tree_dev(struct pramin_dev *dev, uint64_t big_page,
			struct pramin_mmu_tree *tree);

/**
 * pramin_mmu_tree_file() - page tables in a dump of VRAM
 * @fd:     a regular file or block device, open for reading as long as the tree is
 *          used; byte N of it is VRAM address N. Its position does not matter and
 *          does not change, but for that of a block device.
 * @format: of the chip that the dump is from
 * @tree:   all but its root, as above; untouched on failure
 *
 * A read fails with -EIO where the file has become shorter, or with the code of
 * pread().
 *
 * Return: 0, or
 *   -EINVAL  an argument is NULL, or @fd is neither file nor block device
 *   and any code of fstat() or lseek(), such as -EBADF
 */
int pramin_mmu_tree_file(int fd, const struct pramin_mmu_format *format,
			 struct pramin_mmu_tree *tree);

/**
 * pramin_mmu_tree_cache() - the same page tables, of which nothing is read twice
 * @inner: a tree; it is copied, and what it leads to has to stay
 * @most:  bytes of host memory for tables that were read; at least 4096
 * @tree:  result; ends with pramin_mmu_tree_uncache(); untouched on failure
 *
 * Reads are of whole pages of 4 KiB, which are kept while there is room. So it tells
 * what was there when a page was read first: for dumps, and for tables that nobody
 * changes. Of a dump a walk costs no system call then, where all of it is kept.
 *
 * Thread safe as the other trees are, at a lock for each read.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int pramin_mmu_tree_cache(const struct pramin_mmu_tree *inner, uint64_t most,
			  struct pramin_mmu_tree *tree);

/**
 * pramin_mmu_tree_uncache() - give back what was kept
 * @tree: of pramin_mmu_tree_cache(), not in use: the tree below it again. NULL, or
 *        another tree: nothing happens
 */
void pramin_mmu_tree_uncache(struct pramin_mmu_tree *tree);

/** enum pramin_mmu_stop - why a walk ends at an entry */
enum pramin_mmu_stop {
	PRAMIN_MMU_STOP_NOT = 0,  /* it does not: the next table is read */
	PRAMIN_MMU_STOP_ENTRY,	  /* the entry is no table */
	PRAMIN_MMU_STOP_NOT_VRAM, /* the table is in system memory */
	PRAMIN_MMU_STOP_OUTSIDE,  /* the table is not inside VRAM */
	PRAMIN_MMU_STOP_LOOP,	  /* the table lies in one of its ancestors */
	PRAMIN_MMU_STOP_SIZE,	  /* v1: beyond what SIZE leaves of the table */
	PRAMIN_MMU_STOPS
};

/** pramin_mmu_stop_name() - "entry", "outside" ...; "unknown" for other values */
const char *pramin_mmu_stop_name(unsigned int stop);

/**
 * struct pramin_mmu_walk - where an address leads
 * @entry:     the entry at which the walk ended; its type says what is there
 * @pa:        of the byte, if the type is %PRAMIN_MMU_PAGE; else 0
 * @size:      bytes of virtual addresses for which the entry speaks
 * @entry_pa:  VRAM address of the entry
 * @level:     of the table that it is in
 * @half:      %PRAMIN_MMU_BIG or %PRAMIN_MMU_SMALL, of a dual entry
 * @stop:      an enum pramin_mmu_stop; with %PRAMIN_MMU_STOP_ENTRY the GPU would
 *             see the same, with others what is there is not known
 * @reads:     calls of the read function
 */
struct pramin_mmu_walk {
	struct pramin_mmu_entry entry;
	uint64_t pa;
	uint64_t size;
	uint64_t entry_pa;
	uint8_t level;
	uint8_t half;
	uint8_t stop;
	uint8_t reads;
};

/**
 * pramin_mmu_translate() - look up one address as the GPU does
 * @tree: page tables
 * @va:   a virtual address, of any alignment
 * @walk: the result; untouched on failure
 *
 * One read of 8 or 16 bytes per level, and one more where a big page table does
 * not decide and the small one has to be read.
 *
 * An address that is not mapped is a result and no failure.
 *
 * Return: 0, or see above.
 */
int pramin_mmu_translate(const struct pramin_mmu_tree *tree, uint64_t va,
			 struct pramin_mmu_walk *walk);

/**
 * struct pramin_mmu_step - one table on the way of an address
 * @table_pa: of the table
 * @entry_pa: of the entry
 * @raw:      its words
 * @half:     decoded
 * @index:    of the entry in the table
 * @level:    of the table
 * @halves:   how many of @half there are
 * @next:     which half leads on, %PRAMIN_MMU_BIG or %PRAMIN_MMU_SMALL; of a dual
 *            entry with two tables the big one, whose step comes next and is
 *            followed by that of the small table if it did not decide
 * @stop:     %PRAMIN_MMU_STOP_NOT if it does
 */
struct pramin_mmu_step {
	uint64_t table_pa;
	uint64_t entry_pa;
	uint64_t raw[2];
	struct pramin_mmu_entry half[2];
	uint32_t index;
	uint8_t level;
	uint8_t halves;
	uint8_t next;
	uint8_t stop;
};

/**
 * pramin_mmu_explain() - every table that the lookup of one address reads
 * @tree:  page tables
 * @va:    a virtual address
 * @step:  %PRAMIN_MMU_LEVELS_MAX elements
 * @count: how many of them are set
 * @walk:  the result; may be NULL
 *
 * Costs what translate costs. After a failure of the read function the steps before
 * it are set, and @count says how many.
 *
 * Return: 0, or see above.
 */
int pramin_mmu_explain(const struct pramin_mmu_tree *tree, uint64_t va,
		       struct pramin_mmu_step *step, unsigned int *count,
		       struct pramin_mmu_walk *walk);

/* Entries that one call of list, find or check looks at, unless told otherwise */
#define PRAMIN_MMU_BUDGET (1ull << 26)
/* Bytes of host memory that check may use for what it has seen */
#define PRAMIN_MMU_MEMORY (64ull << 20)

/**
 * struct pramin_mmu_scan - options and results of list, find and check
 * @size:      sizeof(struct pramin_mmu_scan)
 * @budget:    most entries to look at; 0: %PRAMIN_MMU_BUDGET
 * @memory:    check: most bytes of memory; 0: %PRAMIN_MMU_MEMORY
 * @apertures: check: which memory entries may name, a bit for each enum
 *             pramin_mmu_aperture; 0: any
 * @entries:   result: entries looked at
 * @reads:     result: calls of the read function
 * @tables:    result: tables read, the root included
 * @called:    result: calls of the callback
 * @va:        result: where the scan ended, if it failed
 *
 * The results are set on success and on failure, except after -EINVAL.
 */
struct pramin_mmu_scan {
	size_t size;
	uint64_t budget;
	uint64_t memory;
	uint32_t apertures;
	uint64_t entries;
	uint64_t reads;
	uint64_t tables;
	uint64_t called;
	uint64_t va;
};

/**
 * struct pramin_mmu_run - a range of addresses for which the same holds
 * @va:        first address
 * @len:       bytes
 * @entry:     of the first page, or what is there instead: of pages each has the
 *             same attributes and the address behind the one before
 * @page_size: bytes of a page; of the first entry, if they are no pages
 * @count:     entries
 * @level:     of the table with the first entry
 * @stop:      other than %PRAMIN_MMU_STOP_ENTRY: a table that cannot be read; what
 *             is there is not known
 */
struct pramin_mmu_run {
	uint64_t va;
	uint64_t len;
	struct pramin_mmu_entry entry;
	uint64_t page_size;
	uint64_t count;
	uint8_t level;
	uint8_t stop;
};

/**
 * pramin_mmu_list() - what a range of addresses is mapped to
 * @tree: page tables
 * @va:   first address
 * @len:  bytes
 * @call: called with each run in the order of addresses; anything but 0 ends the
 *        scan
 * @ctx:  first argument of @call
 * @scan: options and results, or NULL
 *
 * Runs are as long as they can be and are cut at the ends of the range. Pages,
 * sparse, unmapped and nowhere are reported, and tables that cannot be read;
 * invalid entries are not. Entries that another one hides are not looked at.
 *
 * Tables are read 4 KiB at a time, or whole if they are shorter; what no directory
 * leads to is not read. Uses about 30 KiB of memory.
 *
 * Return: 0, or see above, or
 *   -ECANCELED  @call said so
 *   -ETIMEDOUT  the budget was spent at @scan->va
 *   -ENOMEM     no memory; nothing was read
 */
int pramin_mmu_list(const struct pramin_mmu_tree *tree, uint64_t va,
		    uint64_t len,
		    int (*call)(void *ctx, const struct pramin_mmu_run *run),
		    void *ctx, struct pramin_mmu_scan *scan);

/**
 * struct pramin_mmu_ref - an entry that refers to memory
 * @va:       first address that it is for
 * @size:     bytes of virtual addresses
 * @entry:    the entry: a page or a table
 * @entry_pa: VRAM address of the entry; of the root 0
 * @raw:      its words
 * @path:     VRAM addresses of the entries that lead to it, root first
 * @depth:    how many
 * @level:    of the table that it is in; %PRAMIN_MMU_NO_LEVEL: it is the root
 *            itself that lies there
 * @half:     %PRAMIN_MMU_BIG or %PRAMIN_MMU_SMALL
 * @hidden:   another entry hides it from the GPU
 */
struct pramin_mmu_ref {
	uint64_t va;
	uint64_t size;
	struct pramin_mmu_entry entry;
	uint64_t entry_pa;
	uint64_t raw[2];
	uint64_t path[PRAMIN_MMU_LEVELS_MAX];
	uint8_t depth;
	uint8_t level;
	uint8_t half;
	bool hidden;
};

/**
 * pramin_mmu_find() - everything that refers to a range of memory
 * @tree:     page tables
 * @aperture: in which memory; an enum pramin_mmu_aperture
 * @pa:       first byte
 * @len:      bytes
 * @call:     called with each reference, in the order of addresses; anything but
 *            0 ends the scan
 * @ctx:      first argument of @call
 * @scan:     options and results, or NULL
 *
 * Pages and tables that share a byte with the range. A peer is not told from
 * another one. A table that many entries lead to is looked at again for each.
 * Cost and codes as of pramin_mmu_list().
 */
int pramin_mmu_find(const struct pramin_mmu_tree *tree, unsigned int aperture,
		    uint64_t pa, uint64_t len,
		    int (*call)(void *ctx, const struct pramin_mmu_ref *ref),
		    void *ctx, struct pramin_mmu_scan *scan);

/** enum pramin_mmu_fault - what is wrong with an entry */
enum pramin_mmu_fault {
	PRAMIN_MMU_FAULT_TABLE_OUTSIDE,	 /* its table is not inside VRAM */
	PRAMIN_MMU_FAULT_TABLE_NOT_VRAM, /* its table cannot be read */
	PRAMIN_MMU_FAULT_TABLE_LOOP,	 /* its table lies in an ancestor */
	PRAMIN_MMU_FAULT_TABLE_TWICE,	 /* its table is in use already */
	PRAMIN_MMU_FAULT_PAGE_OUTSIDE,	 /* its page is not inside VRAM */
	PRAMIN_MMU_FAULT_PAGE_MISALIGNED, /* address bits below the page's size */
	PRAMIN_MMU_FAULT_PAGE_LEVEL,	 /* a page at a level that has none */
	PRAMIN_MMU_FAULT_RESERVED,	 /* reserved bits are set */
	PRAMIN_MMU_FAULT_APERTURE,	 /* memory that this GPU has not */
	PRAMIN_MMU_FAULT_OVERLAP,	 /* a valid page and valid smaller ones */
	PRAMIN_MMU_FAULT_HIDDEN,	 /* valid pages below "nothing is here" */
	PRAMIN_MMU_FAULT_BUDGET,	 /* too many entries: the rest is not known */
	PRAMIN_MMU_FAULTS
};

/** pramin_mmu_fault_name() - as a word, for JSON; "unknown" for other values */
const char *pramin_mmu_fault_name(unsigned int fault);

/** pramin_mmu_fault_text() - as a sentence; "unknown" for other values */
const char *pramin_mmu_fault_text(unsigned int fault);

/**
 * struct pramin_mmu_finding - one thing that is wrong
 * @fault: an enum pramin_mmu_fault
 * @ref:   the entry
 */
struct pramin_mmu_finding {
	unsigned int fault;
	struct pramin_mmu_ref ref;
};

/**
 * pramin_mmu_check() - look for what is wrong with a tree
 * @tree: page tables
 * @call: called with each finding; anything but 0 ends the scan
 * @ctx:  first argument of @call
 * @scan: options and results, or NULL
 *
 * Each table is read once, however many entries lead to it, so the cost is that of
 * the tables there are. An entry may have more than one finding. Of a big page over
 * smaller ones there is one finding, at the first of the small ones.
 *
 * Uses about 30 KiB of memory, and 16 to 32 bytes for each 4 KiB of tables.
 *
 * Return: 0 whatever was found, or see above, or
 *   -ECANCELED  @call said so
 *   -ETIMEDOUT  the budget was spent; there is a finding for it
 *   -ENOMEM     no memory, or more than @scan->memory
 */
int pramin_mmu_check(const struct pramin_mmu_tree *tree,
		     int (*call)(void *ctx,
				 const struct pramin_mmu_finding *finding),
		     void *ctx, struct pramin_mmu_scan *scan);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_WALK_H */
