/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The model GPU as its own engines see it: translate a virtual address by the
 * page tables in VRAM, read and write through them, and look at what would have
 * gone wrong on hardware. For tests; docs/model.md says what is modelled.
 *
 * Thread safety: every function may be called from any thread at any time, but
 * not from a signal handler, where it returns -EBUSY if it has interrupted
 * another call. A thread that keeps calling pramin_model_gpu_read() is a GPU
 * that translates all the time.
 *
 * None of them counts as an access or takes simulated time.
 */
#ifndef PRAMIN_MODELGPU_H
#define PRAMIN_MODELGPU_H

#include <pramin/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct pramin_model_space - page tables, as an engine is told of them
 * @size:     sizeof(struct pramin_model_space)
 * @root:     VRAM address of the page directory base, a multiple of 4096
 * @version:  1, 2 or 3; 0: what the chip has
 * @big_page: bytes of a big page, 65536 or (version 1) 131072; 0: 65536
 * @gpc:      through the TLB of an engine, which an invalidate with HUBTLB_ONLY
 *            leaves alone; else through the one that BAR1 and BAR2 use
 */
struct pramin_model_space {
	size_t size;
	uint64_t root;
	unsigned int version;
	uint32_t big_page;
	bool gpc;
};

/**
 * enum pramin_model_mapping - what a virtual address leads to
 * @PRAMIN_MAPPING_NONE:   nothing: an invalid entry ended the walk
 * @PRAMIN_MAPPING_PAGE:   a page
 * @PRAMIN_MAPPING_SPARSE: nothing, without a fault
 * @PRAMIN_MAPPING_HIDDEN: nothing: a big entry says that no small page is valid
 * @PRAMIN_MAPPING_NOWHERE: version 3: MAPPING_NOWHERE
 * @PRAMIN_MAPPING_BROKEN: the walk could not go on: a table outside VRAM or in
 *                         system memory, or a page at a level that has none
 */
enum pramin_model_mapping {
	PRAMIN_MAPPING_NONE,
	PRAMIN_MAPPING_PAGE,
	PRAMIN_MAPPING_SPARSE,
	PRAMIN_MAPPING_HIDDEN,
	PRAMIN_MAPPING_NOWHERE,
	PRAMIN_MAPPING_BROKEN
};

/** enum pramin_model_aperture - where a page lies */
enum pramin_model_aperture {
	PRAMIN_MODEL_VIDEO,
	PRAMIN_MODEL_PEER,
	PRAMIN_MODEL_SYS_COHERENT,
	PRAMIN_MODEL_SYS_NONCOHERENT
};

/**
 * struct pramin_model_translation - the result of a walk
 * @size:     set by the caller to sizeof(struct pramin_model_translation)
 * @mapping:  what is there
 * @level:    of the entry that ended the walk: n for PDEn, -1 for a PTE
 * @entry_pa: VRAM address of that entry
 * @entry:    its first 64 bits
 *
 * The rest is for a page:
 * @pa:       physical address of the byte, in @aperture
 * @page_bytes: size of the page
 * @aperture: where it lies
 * @peer:     which peer, if it lies in one
 * @kind:     PTE kind
 * @read_only, @privileged, @uncached (VOL), @no_atomics: attributes
 */
struct pramin_model_translation {
	size_t size;
	enum pramin_model_mapping mapping;
	int level;
	uint64_t entry_pa;
	uint64_t entry;
	uint64_t pa;
	uint64_t page_bytes;
	enum pramin_model_aperture aperture;
	unsigned int peer;
	unsigned int kind;
	bool read_only;
	bool privileged;
	bool uncached;
	bool no_atomics;
};

/**
 * pramin_model_translate() - what the tables in VRAM say now
 * @model:  a model
 * @space:  which tables
 * @gpu_va: virtual address of a byte
 * @t:      filled up to @t->size
 *
 * As the CPU sees them: no TLB, no write that is still on its way.
 *
 * Return: 0 (also if nothing is mapped: @t->mapping says so), or
 *   -EINVAL  a member cannot be: size, version (the chip has not that one), big
 *            page, alignment of the root
 *   -ERANGE  @gpu_va is wider than the format, or the root is outside VRAM
 *   -EBUSY   from a signal handler
 *   -ENODEV  in a forked child
 */
int pramin_model_translate(struct pramin_model *model,
			   const struct pramin_model_space *space,
			   uint64_t gpu_va, struct pramin_model_translation *t);

/**
 * pramin_model_gpu_translate() - what the GPU takes @gpu_va for
 * @model:  a model
 * @space:  which tables
 * @gpu_va: virtual address of a byte
 * @t:      filled up to @t->size
 *
 * By its TLB first, then by the tables, of which it may see writes late.
 *
 * Return: as pramin_model_translate(), or -ENOMEM.
 */
int pramin_model_gpu_translate(struct pramin_model *model,
			       const struct pramin_model_space *space,
			       uint64_t gpu_va,
			       struct pramin_model_translation *t);

/**
 * pramin_model_gpu_read() - the GPU reads VRAM by virtual address
 * @model:  a model
 * @space:  which tables
 * @gpu_va: a multiple of @width
 * @width:  1, 2, 4 or 8 bytes
 * @val:    what is there
 *
 * Return: 0, as pramin_model_gpu_translate(), or
 *   -ENOENT  nothing is mapped there
 *   -EOPNOTSUPP the page is not in VRAM
 */
int pramin_model_gpu_read(struct pramin_model *model,
			  const struct pramin_model_space *space,
			  uint64_t gpu_va, unsigned int width, uint64_t *val);

/** pramin_model_gpu_write() - likewise writes; or -EPERM: it is read-only */
int pramin_model_gpu_write(struct pramin_model *model,
			   const struct pramin_model_space *space,
			   uint64_t gpu_va, unsigned int width, uint64_t val);

/**
 * pramin_model_watch() - let the GPU translate an address after each access
 * @model:  a model
 * @space:  which tables; NULL: forget all addresses
 * @gpu_va: virtual address of a byte
 *
 * From now on the GPU translates @gpu_va after every access of the CPU to VRAM
 * through this model, so that no state of the tables goes unseen: once by its TLB,
 * and once by an engine that has an empty one. Up to 64
 * addresses. What it finds counts as pramin_model_hazards() says.
 *
 * Return: as pramin_model_gpu_translate(), or -ENOSPC.
 */
int pramin_model_watch(struct pramin_model *model,
		       const struct pramin_model_space *space, uint64_t gpu_va);

/**
 * pramin_model_give_up() - nobody has written these bytes
 * @model:   a model
 * @vram_pa: first byte, a multiple of 8
 * @len:     bytes, a multiple of 8
 *
 * As if they had been garbage since the GPU was switched on: until it has been
 * written again, an entry there that the GPU reads in a walk is a hazard. What
 * the bytes hold does not change. For tables that have been freed.
 *
 * Return: 0, -EINVAL, -ERANGE, or -EOPNOTSUPP: flat models and those with a file
 * do not know what has been written.
 */
int pramin_model_give_up(struct pramin_model *model, uint64_t vram_pa,
			 uint64_t len);

/**
 * enum pramin_model_hazard - what hardware would not have forgiven
 * @PRAMIN_HAZARD_GARBAGE: a walk has read an entry, or one beside it in the same
 *	32 bytes, that was never written; at VRAM address
 * @PRAMIN_HAZARD_SPLIT: while the TLB had a page of one size, memory had one of
 *	another size for the same address; at virtual address
 * @PRAMIN_HAZARD_TORN: a walk has met a valid entry between the two stores that
 *	make it; at VRAM address
 * @PRAMIN_HAZARD_STALE: the TLB was used for an address that memory says
 *	something else of, and no invalidate has dropped that since; at virtual
 *	address
 * @PRAMIN_HAZARD_BUSY: BAR1 or BAR2 was used while it was being bound, or a
 *	register was written before it was done with the last request; at offset
 * @PRAMIN_HAZARD_MEMBAR: a barrier for system memory was asked for, which reads a
 *	page of the host's that nobody has set up; at BAR0 offset
 * @PRAMIN_HAZARDS: how many there are
 */
enum pramin_model_hazard {
	PRAMIN_HAZARD_GARBAGE,
	PRAMIN_HAZARD_SPLIT,
	PRAMIN_HAZARD_TORN,
	PRAMIN_HAZARD_STALE,
	PRAMIN_HAZARD_BUSY,
	PRAMIN_HAZARD_MEMBAR,
	PRAMIN_HAZARDS
};

/**
 * struct pramin_model_hazards - how often, and where for the first time
 * @size:  set by the caller to sizeof(struct pramin_model_hazards)
 * @count: by enum pramin_model_hazard
 * @first: likewise
 */
struct pramin_model_hazards {
	size_t size;
	uint64_t count[PRAMIN_HAZARDS];
	uint64_t first[PRAMIN_HAZARDS];
};

/**
 * pramin_model_hazards() - what would have gone wrong on hardware
 * @model:   a model
 * @hazards: filled up to @hazards->size
 *
 * Call it when no change of the tables is under way: what is stale now counts,
 * though the invalidate may be about to come. With a file they are the GPU's.
 *
 * Return: 0, -EINVAL, or -EBUSY from a signal handler.
 */
int pramin_model_hazards(struct pramin_model *model,
			 struct pramin_model_hazards *hazards);

/**
 * pramin_model_set_wpr() - what firmware would have locked
 * @model:  a model
 * @region: 0 or 1
 * @first:  VRAM address, a multiple of 4096
 * @end:    likewise; of the byte behind it. No bytes: there is no region
 *
 * Only the registers tell of it, of this model and not of its file: what an access
 * of such a region does on hardware is not published, so here it is VRAM.
 *
 * Return: 0, -EINVAL misaligned, or the chip has not that region; -ERANGE.
 */
int pramin_model_set_wpr(struct pramin_model *model, unsigned int region,
			 uint64_t first, uint64_t end);

/** pramin_model_hazard_name() - "garbage", or NULL past the last */
const char *pramin_model_hazard_name(enum pramin_model_hazard hazard);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_MODELGPU_H */
