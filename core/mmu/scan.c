// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A walk over many addresses: depth first, in the order of addresses, with a stack
 * of its own.
 *
 * Each level keeps the part of a table that it is in, 4 KiB at most, so that every
 * table on the way is read once. The two page tables below a dual entry are looked
 * at side by side: the small entries of a big page right after it.
 *
 * However the tables are tangled, it ends: each look at an entry takes one from the
 * budget, and a table that lies in one of its ancestors is not followed.
 */
#include "scan.h"

static const struct pramin_mmu_level *level_of(const struct mmu_scan *s,
					       unsigned int level)
{
	return &s->tree->format->level[level];
}

/* Bytes of a table; those of pages may be short. */
static uint64_t table_bytes(const struct mmu_scan *s, unsigned int level)
{
	const struct pramin_mmu_level *lv = level_of(s, level);

	return lv->child[0] == PRAMIN_MMU_NO_LEVEL ?
		       lv->table_size >> s->pde_size :
		       lv->table_size;
}

/* The words of an entry, read if need be with those around it */
static int load(struct mmu_scan *s, unsigned int level, uint64_t table_pa,
		uint32_t index, const uint64_t **raw)
{
	const uint32_t byte = index * level_of(s, level)->entry_size;
	const uint32_t offset = byte & ~(MMU_ROW_BYTES - 1);
	struct mmu_row *row = &s->row[level];
	uint64_t len;
	int ret;

	if (!s->left)
		return -ETIMEDOUT;
	s->left--;
	s->entries++;
	*raw = &row->words[(byte - offset) / 8];
	if (row->valid && row->table_pa == table_pa && row->offset == offset)
		return 0;
	len = table_bytes(s, level) - offset;
	if (len > MMU_ROW_BYTES)
		len = MMU_ROW_BYTES;
	row->valid = false;
	s->reads++;
	ret = s->tree->read(s->tree->ctx, table_pa + offset, row->words,
			    (size_t)len);
	if (ret)
		return ret;
	row->table_pa = table_pa;
	row->offset = offset;
	row->valid = true;
	return 0;
}

/* Does [@pa, @pa + @len) share a byte with a directory that the scan is in? */
static bool in_ancestor(const struct mmu_scan *s, uint64_t pa, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < s->depth; i++) {
		const uint64_t from = s->frame[i].table_pa;

		if (pa < from + level_of(s, i)->table_size && from < pa + len)
			return true;
	}
	return false;
}

/* Why half @half of an entry of @level is not followed */
static unsigned int stop_of(const struct mmu_scan *s, unsigned int level,
			    unsigned int half,
			    const struct pramin_mmu_entry *entry)
{
	const unsigned int child = level_of(s, level)->child[half];
	unsigned int stop;

	if (entry->type != PRAMIN_MMU_TABLE)
		return PRAMIN_MMU_STOP_ENTRY;
	stop = pramin_mmu_table_stop(s->tree, entry, child, s->pde_size);
	if (!stop && in_ancestor(s, entry->pa, table_bytes(s, child)))
		stop = PRAMIN_MMU_STOP_LOOP;
	return stop;
}

static void push(struct mmu_scan *s, uint64_t table_pa, uint64_t va)
{
	const struct pramin_mmu_level *lv = level_of(s, s->depth);
	struct mmu_frame *f = &s->frame[s->depth++];
	const uint64_t end = va + (lv->span * lv->entries - 1);

	f->table_pa = table_pa;
	f->va = va;
	f->index = s->va > va ? (uint32_t)((s->va - va) >> lv->va_lo) : 0;
	f->last =
		(uint32_t)(((s->last < end ? s->last : end) - va) >> lv->va_lo);
	s->tables++;
}

/* A page table below a dual entry, and how much of it to look at */
struct pages {
	const struct mmu_visit *dual; /* the half that leads to it */
	const struct pramin_mmu_level *lv;
	unsigned int level;
	uint32_t entries;
	bool follow;
};

/* Small entries for the addresses @from to @to */
static int visit_small(struct mmu_scan *s, const struct pages *small,
		       uint64_t from, uint64_t to, unsigned int hider)
{
	const struct mmu_visit *dual = small->dual;
	struct pramin_mmu_entry entry;
	struct mmu_visit v = {
		.size = small->lv->span,
		.entry = &entry,
		.level = small->level,
		.stop = PRAMIN_MMU_STOP_ENTRY,
		.depth = s->depth,
		.hider = hider,
	};
	uint32_t i = (uint32_t)((from - dual->va) >> small->lv->va_lo);
	const uint32_t last = (uint32_t)((to - dual->va) >> small->lv->va_lo);
	int ret = 0;

	for (; i <= last && i < small->entries && !ret; i++) {
		s->at = dual->va + i * small->lv->span;
		ret = load(s, small->level, dual->entry->pa, i, &v.raw);
		if (ret || !v.raw[0])
			continue;
		pramin_mmu_decode_level(s->tree->format, small->level, v.raw,
					&entry);
		v.va = s->at;
		v.entry_pa = dual->entry->pa + 8ull * i;
		ret = s->visit(s, &v);
	}
	return ret;
}

/* What the small half has for addresses that the big half leaves to it */
static int visit_below(struct mmu_scan *s, const struct pages *small,
		       uint64_t from, uint64_t to, unsigned int hider)
{
	struct mmu_visit v = *small->dual;

	if (small->follow)
		return visit_small(s, small, from, to, hider);
	if (s->hidden || v.entry->type != PRAMIN_MMU_TABLE)
		return 0;
	/* A table that cannot be read: only here is it known for what. */
	v.va = from;
	v.size = to - from + 1;
	return s->visit(s, &v);
}

static int visit_big(struct mmu_scan *s, const struct pages *big,
		     const struct pages *small, uint64_t from, uint64_t to)
{
	const struct mmu_visit *dual = big->dual;
	const uint64_t span = big->lv->span;
	struct pramin_mmu_entry entry;
	struct mmu_visit v = {
		.size = span,
		.entry = &entry,
		.level = big->level,
		.stop = PRAMIN_MMU_STOP_ENTRY,
		.depth = s->depth,
	};
	uint64_t end;
	int ret;

	for (; from <= to; from = end + 1) {
		const uint32_t i =
			(uint32_t)((from - dual->va) >> big->lv->va_lo);

		if (i >= big->entries)
			break;
		v.va = dual->va + i * span;
		end = v.va + span - 1 < to ? v.va + span - 1 : to;
		s->at = from;
		ret = load(s, big->level, dual->entry->pa, i, &v.raw);
		if (ret)
			return ret;
		pramin_mmu_decode_level(s->tree->format, big->level, v.raw,
					&entry);
		v.entry_pa = dual->entry->pa + 8ull * i;
		ret = v.raw[0] ? s->visit(s, &v) : 0;
		if (ret)
			return ret;
		if (entry.type != PRAMIN_MMU_INVALID && !s->hidden)
			continue;
		ret = visit_below(s, small, from, end, entry.type);
		if (ret)
			return ret;
	}
	return 0;
}

/* The small page table alone decides, as in the lookup of one address. */
static bool leaves_all(const struct pramin_mmu_entry half[2])
{
	return half[PRAMIN_MMU_BIG].type != PRAMIN_MMU_TABLE &&
	       half[PRAMIN_MMU_SMALL].type == PRAMIN_MMU_TABLE;
}

/* An entry with two halves, and the page tables below it */
static int visit_dual(struct mmu_scan *s, const struct mmu_visit *v)
{
	const struct pramin_mmu_entry *half = s->half;
	const struct pramin_mmu_level *lv = level_of(s, v->level);
	const uint64_t end = v->va + lv->span - 1;
	const uint64_t from = s->va > v->va ? s->va : v->va;
	const uint64_t to = s->last < end ? s->last : end;
	struct mmu_visit *at = s->dual;
	struct pages pages[2];
	unsigned int i;
	int ret;

	s->pde_size = half[0].pde_size;
	for (i = 0; i < 2; i++) {
		const unsigned int child = lv->child[i];

		at[i] = *v;
		at[i].half = i;
		at[i].entry = &half[i];
		at[i].stop = stop_of(s, v->level, i, &half[i]);
		pages[i].dual = &at[i];
		pages[i].lv = level_of(s, child);
		pages[i].level = child;
		pages[i].entries = pramin_mmu_entries(pages[i].lv, s->pde_size);
		ret = 0;
		if (s->hidden || (i == PRAMIN_MMU_BIG && !leaves_all(half)))
			ret = s->visit(s, &at[i]);
		if (ret < 0)
			return ret;
		pages[i].follow = !at[i].stop && !ret;
		s->tables += pages[i].follow;
	}
	if (pages[PRAMIN_MMU_BIG].follow)
		return visit_big(s, &pages[0], &pages[1], from, to);
	/* Not known whether small pages count */
	if (half[0].type == PRAMIN_MMU_TABLE && !s->hidden)
		return 0;
	return visit_below(s, &pages[1], from, to,
			   half[0].type == PRAMIN_MMU_TABLE ?
				   PRAMIN_MMU_TABLE :
				   PRAMIN_MMU_INVALID);
}

/* The next entry of the innermost directory */
static int visit_next(struct mmu_scan *s)
{
	const unsigned int level = s->depth - 1;
	const struct pramin_mmu_level *lv = level_of(s, level);
	struct mmu_frame *f = &s->frame[level];
	struct mmu_visit v = {
		.entry = s->half,
		.level = level,
		.depth = level,
	};
	const uint32_t index = f->index++;
	int ret;

	v.va = f->va + index * lv->span;
	v.size = lv->span;
	f->entry_pa = f->table_pa + (uint64_t)index * lv->entry_size;
	v.entry_pa = f->entry_pa;
	s->at = v.va;
	ret = load(s, level, f->table_pa, index, &v.raw);
	if (ret)
		return ret;
	if (!v.raw[0] && (lv->entry_size == 8 || !v.raw[1]))
		return 0;
	pramin_mmu_decode_level(s->tree->format, level, v.raw, s->half);
	if (lv->halves == 2)
		return visit_dual(s, &v);
	v.stop = stop_of(s, level, 0, s->half);
	ret = s->visit(s, &v);
	if (ret)
		return ret < 0 ? ret : 0;
	if (!v.stop)
		push(s, s->half[0].pa, v.va);
	return 0;
}

int pramin_mmu_scan_run(struct mmu_scan *s)
{
	int ret = 0;

	push(s, s->tree->root_pa, 0);
	while (s->depth && !ret) {
		const struct mmu_frame *f = &s->frame[s->depth - 1];

		if (f->index > f->last)
			s->depth--;
		else
			ret = visit_next(s);
	}
	return ret;
}

int pramin_mmu_scan_begin(const struct pramin_mmu_tree *tree,
			  struct pramin_mmu_scan *opts,
			  struct mmu_scan **result)
{
	struct mmu_scan *s;
	unsigned int i;
	int ret;

	if (opts && opts->size != sizeof(*opts))
		return -EINVAL;
	ret = pramin_mmu_tree_valid(tree);
	if (ret)
		return ret;
	if (!tree->alloc || !tree->free)
		return -EINVAL;
	s = tree->alloc(tree->ctx, sizeof(*s));
	if (!s)
		return -ENOMEM;
	/* All but the rows, which are long */
	memset(s, 0, offsetof(struct mmu_scan, row));
	for (i = 0; i < PRAMIN_MMU_LEVELS_MAX; i++)
		s->row[i].valid = false;
	s->tree = tree;
	s->last = pramin_mmu_tree_last(tree);
	s->left = opts && opts->budget ? opts->budget : PRAMIN_MMU_BUDGET;
	*result = s;
	return 0;
}

int pramin_mmu_scan_end(struct mmu_scan *s, struct pramin_mmu_scan *opts,
			int ret)
{
	if (opts) {
		opts->entries = s->entries;
		opts->reads = s->reads;
		opts->tables = s->tables;
		opts->called = s->called;
		opts->va = s->at;
	}
	s->tree->free(s->tree->ctx, s);
	return ret;
}

void pramin_mmu_scan_ref(const struct mmu_scan *s, const struct mmu_visit *v,
			 struct pramin_mmu_ref *ref)
{
	unsigned int i;

	*ref = (struct pramin_mmu_ref){
		.va = v->va,
		.size = v->size,
		.entry = *v->entry,
		.entry_pa = v->entry_pa,
		.raw = { v->raw[0] },
		.depth = (uint8_t)v->depth,
		.level = (uint8_t)v->level,
		.half = (uint8_t)v->half,
		.hidden = v->hider != PRAMIN_MMU_INVALID,
	};
	if (level_of(s, v->level)->entry_size == 16)
		ref->raw[1] = v->raw[1];
	for (i = 0; i < v->depth; i++)
		ref->path[i] = s->frame[i].entry_pa;
}
