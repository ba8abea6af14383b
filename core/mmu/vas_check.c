// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Operations that no tree would allow; and where they are to be.
 */
#include "vas.h"
#include "../bits.h"

#define SMALL_PAGE 4096u

static int bad_entry(struct pramin_op *op, size_t index,
		     enum pramin_mmu_refusal why)
{
	pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_ENTRY, index, 0, 0);
	op->cause.text = pramin_mmu_refusal_text(why);
	return -EINVAL;
}

static int misaligned(struct pramin_op *op, size_t index, uint64_t what,
		      uint64_t page)
{
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_MISALIGNED, index,
			   what, page);
}

/* The bytes of memory that an aperture has, as far as is known */
static uint64_t memory_end(const struct pramin_op *op,
			   const struct pramin_vas *vas,
			   const struct pramin_map_op *map)
{
	unsigned int bits = pramin_mmu_pa_bits(vas->format,
					       vas->format->levels - 1u,
					       PRAMIN_MMU_PAGE, map->aperture);
	uint64_t end = 1ull << bits;

	if (map->aperture == PRAMIN_MMU_VIDEO && op->gpu->vram_size < end)
		end = op->gpu->vram_size;
	return end;
}

static int check_pieces(struct pramin_op *op, const struct pramin_vas *vas,
			const struct pramin_map_op *map, size_t index)
{
	uint64_t page = map->page_size ? map->page_size : SMALL_PAGE;
	uint64_t end = memory_end(op, vas, map);
	uint64_t sum = 0;
	size_t i;

	for (i = 0; map->pieces && i < map->count; i++) {
		const struct pramin_map_piece *p = &map->pieces[i];

		if ((p->pa | p->len) % page)
			return misaligned(op, index,
					  p->pa % page ? p->pa : p->len, page);
		if (p->len > end || p->pa > end - p->len)
			return pramin_fail(op, -ERANGE, PRAMIN_REASON_MAP_PA,
					   index, p->pa, p->len);
		if (!p->len || p->len > map->len - sum)
			break;
		sum += p->len;
	}
	if (sum == map->len && i == map->count)
		return 0;
	return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_PIECES, index, sum,
			   map->len);
}

static int check_map(struct pramin_op *op, const struct pramin_vas *vas,
		     const struct pramin_map_op *map, size_t index)
{
	unsigned int level = vas->format->levels - 1u;
	enum pramin_mmu_refusal why;
	struct pramin_pte pte;

	if (map->page_size)
		level = pramin_mmu_level_of_page(vas->format, map->page_size);
	if (map->kind == PRAMIN_MAP && map->aperture >= PRAMIN_MMU_APERTURES)
		return bad_entry(op, index, PRAMIN_MMU_REFUSED_APERTURE);
	if (map->kind == PRAMIN_MAP_SPARSE && map->page_size)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_PAGE_SIZE,
				   index, map->page_size, 0);
	if (pramin_pte_begin(vas, map, level, &pte, &why))
		return bad_entry(op, index, why);
	return map->kind == PRAMIN_MAP ? check_pieces(op, vas, map, index) : 0;
}

static int check_one(struct pramin_op *op, const struct pramin_vas *vas,
		     const struct pramin_map_op *map, size_t index)
{
	static const uint32_t flags[PRAMIN_MAP_KINDS] = {
		[PRAMIN_MAP] = PRAMIN_MAP_EXACT_ATTRS | PRAMIN_MAP_REPLACE,
		[PRAMIN_MAP_SPARSE] = PRAMIN_MAP_REPLACE,
		[PRAMIN_UNMAP] = PRAMIN_MAP_NO_SPLIT,
		[PRAMIN_PROTECT] = PRAMIN_MAP_NO_SPLIT,
	};
	bool maps = map->kind <= PRAMIN_MAP_SPARSE;
	uint64_t page = maps && map->page_size ? map->page_size : SMALL_PAGE;
	unsigned int rights = pramin_mmu_attrs(vas->format,
					       vas->format->levels - 1u,
					       PRAMIN_MMU_PAGE) &
			      PRAMIN_MAP_PERMISSIONS;

	if (map->kind >= PRAMIN_MAP_KINDS)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_KIND, index,
				   map->kind, 0);
	/* What is replaced may be split; and it is somewhere. */
	if (map->flags & ~(flags[map->kind] | (map->flags & PRAMIN_MAP_REPLACE ?
						       PRAMIN_MAP_NO_SPLIT :
						       0)) ||
	    (map->flags & PRAMIN_MAP_REPLACE && map->gpu_va == PRAMIN_VA_ANY))
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_FLAGS, index,
				   map->flags, 0);
	if (!map->len)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_EMPTY, index,
				   0, 0);
	/* Before anything is divided by its size of page */
	if (maps && map->page_size &&
	    pramin_mmu_level_of_page(vas->format, map->page_size) ==
		    PRAMIN_MMU_NO_LEVEL)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_PAGE_SIZE,
				   index, map->page_size, 0);
	if (map->len % page)
		return misaligned(op, index, map->len, page);
	if (!(maps && map->gpu_va == PRAMIN_VA_ANY)) {
		if (map->gpu_va % page)
			return misaligned(op, index, map->gpu_va, page);
		if (map->len > vas->end || map->gpu_va > vas->end - map->len)
			return pramin_fail(op, -ERANGE, PRAMIN_REASON_MAP_RANGE,
					   index, map->gpu_va, map->len);
	}
	if (map->kind == PRAMIN_PROTECT && (map->attrs & ~rights))
		return bad_entry(op, index, PRAMIN_MMU_REFUSED_ATTRIBUTE);
	return maps ? check_map(op, vas, map, index) : 0;
}

int pramin_vas_check(struct pramin_op *op, const struct pramin_vas *vas,
		     const struct pramin_map_op *ops, size_t count)
{
	size_t i;
	int ret = 0;

	if (!count)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_MAP_EMPTY, 0, 0,
				   0);
	for (i = 0; i < count && !ret; i++)
		ret = check_one(op, vas, &ops[i], i);
	return ret;
}

/* The first of @count steps, sorted by address, that ends behind @gpu_va */
static size_t first_behind(const struct pramin_step *steps, size_t count,
			   uint64_t gpu_va)
{
	size_t low = 0;

	while (low < count) {
		size_t mid = low + (count - low) / 2;
		const struct pramin_map_op *map = &steps[mid].map;

		if (map->gpu_va + map->len > gpu_va)
			count = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* Where a step that overlaps [gpu_va, end) ends; 0: none does */
static uint64_t taken_until(const struct pramin_step *steps, size_t count,
			    uint64_t gpu_va, uint64_t end)
{
	size_t i = first_behind(steps, count, gpu_va);

	if (i == count || steps[i].map.gpu_va >= end)
		return 0;
	return steps[i].map.gpu_va + steps[i].map.len;
}

static uint64_t taken_by_others(const struct pramin_vas *vas, uint64_t gpu_va,
				uint64_t end)
{
	const struct pramin_change *c;
	uint64_t until = 0;

	for (c = vas->changes; c && !until; c = c->next)
		until = taken_until(c->steps, c->count, gpu_va, end);
	return until;
}

/* Sift down in a heap with the highest address on top. */
static void sift(struct pramin_step *steps, size_t at, size_t count)
{
	for (;;) {
		size_t child = 2 * at + 1;
		struct pramin_step step;

		if (child >= count)
			return;
		if (child + 1 < count &&
		    steps[child + 1].map.gpu_va > steps[child].map.gpu_va)
			child++;
		if (steps[at].map.gpu_va >= steps[child].map.gpu_va)
			return;
		step = steps[at];
		steps[at] = steps[child];
		steps[child] = step;
		at = child;
	}
}

static void sort(struct pramin_step *steps, size_t count)
{
	size_t i;

	for (i = count / 2; i-- > 0;)
		sift(steps, i, count);
	while (count-- > 1) {
		struct pramin_step step = steps[0];

		steps[0] = steps[count];
		steps[count] = step;
		sift(steps, 0, count);
	}
}

/* What an address that is left to us is a multiple of */
static uint64_t alignment(const struct pramin_vas *vas,
			  const struct pramin_map_op *map)
{
	uint64_t align = SMALL_PAGE;
	unsigned int level;

	if (map->page_size)
		return map->page_size;
	for (level = vas->format->levels - 1u; level-- > 0;) {
		uint64_t page = vas->format->level[level].page_size;

		if (page && page <= map->len)
			align = page;
	}
	return align;
}

/*
 * A hole for @map between @from and the end of the space. @count steps have their
 * addresses already.
 */
static int find_hole(const struct pramin_vas *vas,
		     const struct pramin_change *change, size_t count,
		     struct pramin_map_op *map, uint64_t from,
		     struct pramin_at *unknown)
{
	uint64_t align = alignment(vas, map);
	uint64_t at = from;

	for (;;) {
		uint64_t end, used;

		at += (align - at % align) % align;
		if (map->len > vas->end || at > vas->end - map->len)
			return -ENOMEM;
		end = at + map->len;
		used = pramin_vas_next_used(vas, at, end, unknown);
		if (used < end) {
			if (unknown->what == PRAMIN_AT_UNKNOWN)
				return PRAMIN_SURVEY_UNKNOWN;
			at = pramin_vas_next_hole(vas, used, vas->end, unknown);
			continue;
		}
		used = taken_by_others(vas, at, end);
		if (!used)
			used = taken_until(change->steps, count, at, end);
		if (!used)
			break;
		at = used;
	}
	map->gpu_va = at;
	return 0;
}

static int place_any(struct pramin_op *op, struct pramin_vas *vas,
		     struct pramin_change *change, size_t at,
		     struct pramin_at *unknown)
{
	struct pramin_map_op *map = &change->steps[at].map;
	int ret = find_hole(vas, change, at, map, vas->hint, unknown);

	if (ret == -ENOMEM)
		ret = find_hole(vas, change, at, map, 0, unknown);
	if (ret == -ENOMEM)
		return pramin_fail(op, ret, PRAMIN_REASON_SPACE_FULL, map->len,
				   alignment(vas, map), vas->end);
	if (!ret)
		vas->hint = map->gpu_va + map->len;
	return ret;
}

/* Do two steps of the change overlap, or one with another change? */
static int check_overlaps(struct pramin_op *op, const struct pramin_vas *vas,
			  const struct pramin_change *change)
{
	const struct pramin_step *steps = change->steps;
	size_t i;

	for (i = 0; i < change->count; i++) {
		uint64_t gpu_va = steps[i].map.gpu_va;
		uint64_t end = gpu_va + steps[i].map.len;

		if (i + 1 < change->count && steps[i + 1].map.gpu_va < end)
			return pramin_fail(op, -EINVAL,
					   PRAMIN_REASON_MAP_OVERLAP,
					   steps[i].index, steps[i + 1].index,
					   steps[i + 1].map.gpu_va);
		if (taken_by_others(vas, gpu_va, end))
			return pramin_fail(op, -EBUSY, PRAMIN_REASON_MAP_BUSY,
					   steps[i].index, gpu_va, 0);
	}
	return 0;
}

int pramin_vas_place(struct pramin_op *op, struct pramin_vas *vas,
		     struct pramin_change *change, struct pramin_at *unknown)
{
	struct pramin_step *steps = change->steps;
	size_t i;

	/* Those without an address have the highest one there is: they go last. */
	for (i = 0; i < change->count; i++)
		if (steps[i].any)
			steps[i].map.gpu_va = PRAMIN_VA_ANY;
	sort(steps, change->count);
	for (i = 0; i < change->count; i++) {
		int ret = 0;

		if (!steps[i].any)
			continue;
		ret = place_any(op, vas, change, i, unknown);
		if (ret)
			return ret;
		sort(steps, i + 1);
		/* The ones behind are as they were, and so is this place's. */
	}
	return check_overlaps(op, vas, change);
}
