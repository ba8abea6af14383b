/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What tests of address spaces start from: a model with a heap in it, a stand-in
 * for the TLB that notes what it is told, and a walker of the test's own, which
 * knows nothing of the shadow.
 */
#ifndef PRAMIN_TESTS_CORE_VAS_H
#define PRAMIN_TESTS_CORE_VAS_H

#include "../../core/mmu/vas.h"
#include "core_rig.h"

#define TIB (1024 * GIB)

/* Where the tables are; and memory to be mapped, which nobody looks at */
#define HEAP_PA	  (16 * MIB)
#define HEAP_SIZE (64 * MIB)
#define DATA_PA	  (1 * GIB)

struct vas_sync {
	unsigned int calls, level, flags;
	uint64_t root_pa;
	int err;	      /* what it returns */
	unsigned int fail_at; /* the call that does; 0: none */
	/* Levels of the calls, the first eight */
	unsigned int levels[8];
};

struct vas_rig {
	struct rig rig;
	struct pramin_model *model;
	struct pramin_heap heap;
	struct pramin_vas vas;
	struct vas_sync sync;
	struct pramin_vas_config config;
	struct pramin_map_result cost; /* of the last change */
};

static inline int vas_sync_invalidate(void *ctx, struct pramin_op *op,
				      const struct pramin_mmu_format *format,
				      uint64_t root_pa, unsigned int level,
				      unsigned int flags)
{
	struct vas_sync *s = ctx;

	(void)format;
	if (s->calls < ARRAY_LEN(s->levels))
		s->levels[s->calls] = level;
	s->calls++;
	s->root_pa = root_pa;
	s->level = level;
	s->flags = flags;
	if (s->fail_at && s->calls == s->fail_at)
		return pramin_fail(op, s->err, PRAMIN_REASON_BACKEND, 5, 0, 0);
	return 0;
}

static const struct pramin_vas_sync vas_sync_ops = {
	.invalidate = vas_sync_invalidate,
};

static inline struct pramin_op *vas_op(struct vas_rig *v)
{
	return rig_op(&v->rig);
}

/* A GPU with a heap and no space; aborts the program if that fails. */
static inline void vas_begin(struct vas_rig *v, const char *chip,
			     uint64_t big_page)
{
	memset(v, 0, sizeof(*v));
	rig_open_model(&v->rig, chip, 4 * GIB, &v->model);
	v->rig.config.vram_fallback = 4 * GIB;
	if (rig_attach_model(&v->rig, v->model) ||
	    pramin_heap_add(vas_op(v), &v->heap, HEAP_PA, HEAP_SIZE,
			    NULL, 0) ||
	    pramin_mmu_format_of_chip(chip, big_page, &v->config.format)) {
		printf("no rig for %s\n", chip);
		exit(1);
	}
	v->config.heap = &v->heap;
	v->config.sync = &vas_sync_ops;
	v->config.sync_ctx = &v->sync;
}

static inline int vas_new(struct vas_rig *v)
{
	return pramin_vas_init(vas_op(v), &v->vas, &v->config);
}

static inline void vas_open(struct vas_rig *v, const char *chip,
			    uint64_t big_page)
{
	vas_begin(v, chip, big_page);
	if (vas_new(v)) {
		printf("no space for %s\n", chip);
		exit(1);
	}
	v->sync.calls = 0;
}

/* After the space has ended: the model goes, and nothing is left of host memory */
static inline int vas_end(struct vas_rig *v)
{
	CHECK_EQ(v->heap.tables, 0);
	CHECK_EQ(pramin_heap_fini(vas_op(v), &v->heap), 0);
	CHECK_EQ(v->rig.env.allocs, v->rig.env.frees);
	CHECK_EQ(rig_detach(&v->rig), 0);
	pramin_model_destroy(v->model);
	return 0;
}

static inline int vas_close(struct vas_rig *v)
{
	CHECK_EQ(pramin_vas_fini(vas_op(v), &v->vas), 0);
	return vas_end(v);
}

/* All operations as one change */
static inline int vas_batch(struct vas_rig *v, struct pramin_map_op *ops,
			    size_t count)
{
	struct pramin_change change;
	int ret = pramin_vas_prepare(vas_op(v), &v->vas, ops, count, &change);

	if (ret)
		return ret;
	v->sync.calls = 0;
	ret = pramin_vas_execute(vas_op(v), &change);
	v->cost = change.result;
	return ret;
}

static inline int vas_map(struct vas_rig *v, uint64_t gpu_va, uint64_t pa,
			  uint64_t len, uint64_t page_size)
{
	struct pramin_map_piece piece = { pa, len };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = gpu_va,
		.len = len,
		.page_size = page_size,
		.pieces = &piece,
		.count = 1,
	};

	return vas_batch(v, &op, 1);
}

static inline int vas_do(struct vas_rig *v, enum pramin_map_kind kind,
			 uint64_t gpu_va, uint64_t len, unsigned int attrs)
{
	struct pramin_map_op op = {
		.kind = kind,
		.gpu_va = gpu_va,
		.len = len,
		.attrs = (uint16_t)attrs,
	};

	return vas_batch(v, &op, 1);
}

static inline int vas_unmap(struct vas_rig *v, uint64_t gpu_va, uint64_t len)
{
	return vas_do(v, PRAMIN_UNMAP, gpu_va, len, 0);
}

/* What the GPU finds at an address */
struct vas_found {
	struct pramin_mmu_entry entry;
	uint64_t pa; /* of the byte */
	uint64_t page;
	unsigned int level;
	bool wild; /* a table outside the heap */
};

static inline void vas_entry_at(const struct vas_rig *v, unsigned int level,
				uint64_t table_pa, uint64_t gpu_va,
				struct pramin_mmu_entry *e)
{
	const struct pramin_mmu_format *f = v->config.format;
	const struct pramin_mmu_level *l = &f->level[level];
	uint64_t index = (gpu_va >> l->va_lo) & (l->entries - 1);
	uint64_t raw[2];

	pramin_model_peek(v->model, table_pa + index * l->entry_size, raw,
			  l->entry_size);
	pramin_mmu_decode(f, level, raw, e);
}

/* From the root in VRAM, as a GPU would */
static inline void vas_walk(const struct vas_rig *v, uint64_t gpu_va,
			    struct vas_found *found)
{
	const struct pramin_mmu_format *f = v->config.format;
	uint64_t pa = v->vas.root->vram_pa;
	unsigned int level = 0;
	struct pramin_mmu_entry e[2];

	*found = (struct vas_found){ .level = 0 };
	for (;;) {
		const struct pramin_mmu_level *l = &f->level[level];

		vas_entry_at(v, level, pa, gpu_va, e);
		found->level = level;
		found->entry = e[0];
		if (l->halves == 2 && e[0].type == PRAMIN_MMU_TABLE) {
			vas_entry_at(v, l->child[0], e[0].pa, gpu_va,
				     &found->entry);
			found->level = l->child[0];
			if (found->entry.type != PRAMIN_MMU_INVALID)
				break;
		}
		if (l->halves == 2 && e[0].type <= PRAMIN_MMU_TABLE &&
		    e[1].type == PRAMIN_MMU_TABLE) {
			vas_entry_at(v, l->child[1], e[1].pa, gpu_va,
				     &found->entry);
			found->level = l->child[1];
			break;
		}
		if (l->halves == 2 || e[0].type != PRAMIN_MMU_TABLE)
			break;
		pa = e[0].pa;
		found->wild |= pa < HEAP_PA || pa >= HEAP_PA + HEAP_SIZE;
		level = l->child[0];
	}
	if (found->entry.type != PRAMIN_MMU_PAGE)
		return;
	found->page = f->level[found->level].page_size;
	found->pa = found->entry.pa + gpu_va % found->page;
}

/* Is @gpu_va mapped to @pa by a page of that size? */
static inline bool vas_is(const struct vas_rig *v, uint64_t gpu_va, uint64_t pa,
			  uint64_t page)
{
	struct vas_found found;

	vas_walk(v, gpu_va, &found);
	return found.entry.type == PRAMIN_MMU_PAGE && found.pa == pa &&
	       found.page == page && !found.wild;
}

static inline unsigned int vas_type(const struct vas_rig *v, uint64_t gpu_va)
{
	struct vas_found found;

	vas_walk(v, gpu_va, &found);
	return found.entry.type;
}

/* References of the table of that level for an address; -1: there is none */
static inline int vas_refs(const struct vas_rig *v, uint64_t gpu_va,
			   unsigned int level)
{
	const struct pramin_table *t = pramin_vas_find(&v->vas, gpu_va, level);

	return t->level == level ? (int)t->used : -1;
}

static inline unsigned int vas_level(const struct vas_rig *v, uint64_t page)
{
	return pramin_mmu_level_of_page(v->config.format, page);
}

/* Is VRAM what the shadow says, and is every reference counted? */
static inline bool vas_true(const struct vas_rig *v)
{
	struct pramin_table *table = v->vas.root;
	uint32_t slot = 0, tables = 0, i;
	static uint64_t word[32768];

	for (;;) {
		const struct pramin_mmu_level *l =
			&v->config.format->level[table->level];
		uint32_t slots = table->child ? l->entries * l->halves : 0;
		uint32_t used = 0;

		if (!slot) {
			tables++;
			pramin_model_peek(v->model, table->vram_pa, word,
					  table->words * 8ull);
			if (memcmp(word, table->word, table->words * 8ull) ||
			    table->list || table->links)
				return false;
			for (i = 0; i < (table->words + 63) / 64; i++)
				if (table->dirty[i])
					return false;
			for (i = 0; i < l->entries; i++) {
				struct pramin_mmu_entry e[2];

				pramin_mmu_decode(v->config.format,
						  table->level,
						  &word[i * l->entry_size / 8],
						  e);
				used += e[0].type != PRAMIN_MMU_INVALID;
				if (l->halves == 2)
					used += e[1].type != PRAMIN_MMU_INVALID;
			}
			if (used != table->used)
				return false;
		}
		while (slot < slots && !table->child[slot])
			slot++;
		if (slot < slots) {
			table = table->child[slot];
			slot = 0;
		} else if (table->parent) {
			slot = table->slot + 1;
			table = table->parent;
		} else {
			break;
		}
	}
	return tables == v->vas.table_count && tables == v->heap.tables;
}

#endif /* PRAMIN_TESTS_CORE_VAS_H */
