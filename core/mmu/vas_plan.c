// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a change may do to the tree as it is, and what it needs for that at most.
 *
 * The tree may change between here and execute, but not where this change is: its
 * ranges are its own from now on. Tables on the way there could go, if all else in
 * them is unmapped: so the lowest one that exists is pinned. Tables could come, too;
 * then what was had for them is given back in the end.
 */
#include "vas.h"
#include "../bits.h"

/* One look at all steps */
struct survey {
	struct pramin_op *op;
	struct pramin_vas *vas;
	struct pramin_change *change;
	struct pramin_needs *needs;
	struct pramin_at *unknown;
	const struct pramin_step *step;
	struct pramin_table *last_pin;
	/* The table of each level that was counted last, by address */
	uint64_t counted[PRAMIN_MMU_LEVELS_MAX];
	bool pin;
};

static int refuse(struct survey *s, int err, enum pramin_reason reason,
		  uint64_t gpu_va, uint64_t size)
{
	return pramin_fail(s->op, err, reason, s->step->index, gpu_va, size);
}

static void pin(struct survey *s, struct pramin_table *table)
{
	if (table == s->last_pin)
		return;
	s->last_pin = table;
	if (s->pin) {
		table->pins++;
		s->change->pinned[s->change->pin_count++] = table;
	}
	s->needs->pins++;
}

/* A table of that level for @gpu_va, if it was not counted just before */
static void count_table(struct survey *s, uint64_t gpu_va, unsigned int level)
{
	const struct pramin_mmu_level *l = &s->vas->format->level[level];
	uint64_t first = gpu_va - gpu_va % pramin_level_reach(l);

	if (s->counted[level] == first)
		return;
	s->counted[level] = first;
	s->needs->tables[level]++;
}

/* All tables from below @table to @level that are on the way to @gpu_va */
static void count_way(struct survey *s, const struct pramin_table *table,
		      uint64_t gpu_va, unsigned int level)
{
	const struct pramin_mmu_format *format = s->vas->format;
	unsigned int at = table->level;

	while (at != level) {
		const struct pramin_mmu_level *l = &format->level[at];

		at = l->halves == 2 && l->child[1] == level ? level :
							      l->child[0];
		count_table(s, gpu_va, at);
	}
}

unsigned int pramin_vas_split_level(const struct pramin_vas *vas,
				    unsigned int level, uint64_t gpu_va,
				    bool sparse)
{
	const struct pramin_mmu_level *l = &vas->format->level[level];

	if (l->big)
		return level + 1;
	/* Small sparse pages only: of big ones it is not clear what they hide. */
	if (l->halves == 2 &&
	    (sparse ||
	     gpu_va % vas->format->level[l->child[PRAMIN_MMU_BIG]].span))
		return l->child[PRAMIN_MMU_SMALL];
	return l->child[PRAMIN_MMU_BIG];
}

/* The page of @at, or sparse range, has to be cut at @gpu_va. */
static int survey_split(struct survey *s, const struct pramin_at *at,
			uint64_t gpu_va, bool sparse)
{
	const struct pramin_vas *vas = s->vas;
	unsigned int level = at->table->level;
	uint64_t span = vas->format->level[level].span;

	if (s->step->map.flags & PRAMIN_MAP_NO_SPLIT)
		return refuse(s, -EINVAL, PRAMIN_REASON_MAP_SPLIT,
			      gpu_va - gpu_va % span, span);
	if (vas->format->level[level].big)
		pin(s, pramin_vas_find(vas, gpu_va, level + 1));
	while (gpu_va % span) {
		level = pramin_vas_split_level(vas, level, gpu_va, sparse);
		s->needs->tables[level]++;
		span = vas->format->level[level].span;
	}
	s->needs->breaks++;
	return 0;
}

/*
 * What is there that a chunk replaces: larger pages and sparse ranges have to be
 * invalid first.
 */
static int survey_over(struct survey *s, const struct pramin_chunk *chunk)
{
	const uint64_t end = chunk->gpu_va + chunk->len;
	uint64_t gpu_va = chunk->gpu_va;
	struct pramin_at at;

	for (; gpu_va < end; gpu_va = at.end) {
		uint64_t span;

		pramin_vas_look(s->vas, gpu_va, &at);
		if (at.what == PRAMIN_AT_HOLE ||
		    at.table->level == chunk->level)
			continue;
		span = pramin_table_level(s->vas, at.table)->span;
		if (s->step->map.flags & PRAMIN_MAP_NO_SPLIT)
			return refuse(s, -EINVAL, PRAMIN_REASON_MAP_SPLIT,
				      at.start, span);
		if (at.end > end)
			at.end = end;
		s->needs->breaks +=
			(uint32_t)((at.end - at.start + span - 1) / span);
	}
	return 0;
}

/* Where something begins or ends that is replaced in part */
static int survey_ends(struct survey *s)
{
	const struct pramin_map_op *map = &s->step->map;
	const uint64_t place[2] = { map->gpu_va, map->gpu_va + map->len };
	unsigned int i;
	int ret = 0;

	for (i = 0; i < 2 && !ret; i++) {
		struct pramin_at at;
		uint64_t word;

		if (place[i] == s->vas->end)
			break;
		pramin_vas_look(s->vas, place[i], &at);
		if (at.what == PRAMIN_AT_UNKNOWN) {
			*s->unknown = at;
			return PRAMIN_SURVEY_UNKNOWN;
		}
		if (at.what == PRAMIN_AT_HOLE || at.start == place[i])
			continue;
		word = at.table->word[pramin_table_word(s->vas, at.table,
							at.index)];
		ret = survey_split(s, &at, place[i], !PRAMIN_IS_PAGE(word));
	}
	return ret;
}

/* Is all of the range free? Or: is what is there known, and may it be replaced? */
static int survey_place(struct survey *s)
{
	const struct pramin_map_op *map = &s->step->map;
	const uint64_t end = map->gpu_va + map->len;
	const bool replace = map->flags & PRAMIN_MAP_REPLACE;
	struct pramin_at *at = s->unknown;
	uint64_t used = map->gpu_va;

	for (;;) {
		used = pramin_vas_next_used(s->vas, used, end, at);
		if (used >= end)
			return replace ? survey_ends(s) : 0;
		if (at->what == PRAMIN_AT_UNKNOWN)
			return PRAMIN_SURVEY_UNKNOWN;
		if (!replace)
			return refuse(s, -EEXIST, PRAMIN_REASON_MAP_EXISTS,
				      used, 0);
		used = at->end;
	}
}

static int survey_map(struct survey *s)
{
	const struct pramin_map_op *map = &s->step->map;
	struct pramin_cursor cursor;
	struct pramin_chunk chunk;
	int ret = survey_place(s);

	pramin_vas_first_chunk(map, &cursor);
	while (!ret && pramin_vas_next_chunk(s->vas, map, &cursor, &chunk)) {
		struct pramin_table *table =
			pramin_vas_find(s->vas, chunk.gpu_va, chunk.level);

		/* An empty table that cannot go is where the page would be. */
		if (map->page_size && chunk.page != map->page_size)
			return refuse(s, -EEXIST, PRAMIN_REASON_MAP_EXISTS,
				      chunk.gpu_va, 0);
		pin(s, table);
		count_way(s, table, chunk.gpu_va, chunk.level);
		if (map->flags & PRAMIN_MAP_REPLACE)
			ret = survey_over(s, &chunk);
	}
	return ret;
}

/* Unmap, protect: everything is mapped, and pages are whole or may be split. */
static int survey_mapped(struct survey *s)
{
	const struct pramin_map_op *map = &s->step->map;
	const uint64_t end = map->gpu_va + map->len;
	uint64_t gpu_va = map->gpu_va;
	struct pramin_at *at = s->unknown;
	int ret = 0;

	while (gpu_va < end && !ret) {
		bool sparse;

		pramin_vas_look(s->vas, gpu_va, at);
		if (at->what == PRAMIN_AT_UNKNOWN)
			return PRAMIN_SURVEY_UNKNOWN;
		if (at->what == PRAMIN_AT_HOLE)
			return refuse(s, -ENOENT, PRAMIN_REASON_MAP_NOTHING,
				      gpu_va, 0);
		sparse = !PRAMIN_IS_PAGE(at->table->word[pramin_table_word(
			s->vas, at->table, at->index)]);
		if (map->kind == PRAMIN_PROTECT && sparse)
			return refuse(s, -EINVAL, PRAMIN_REASON_MAP_SPARSE,
				      gpu_va, 0);
		if (at->start < gpu_va)
			ret = survey_split(s, at, gpu_va, sparse);
		if (!ret && at->end > end &&
		    end % pramin_table_level(s->vas, at->table)->span)
			ret = survey_split(s, at, end, sparse);
		gpu_va = at->end;
	}
	return ret;
}

int pramin_vas_survey(struct pramin_op *op, struct pramin_vas *vas,
		      struct pramin_change *change, struct pramin_needs *needs,
		      struct pramin_at *unknown, bool pinning)
{
	struct survey s = {
		.op = op,
		.vas = vas,
		.change = change,
		.needs = needs,
		.unknown = unknown,
		.pin = pinning,
	};
	unsigned int level;
	size_t i;
	int ret = 0;

	for (level = 0; level < PRAMIN_MMU_LEVELS_MAX; level++)
		s.counted[level] = UINT64_MAX;
	*needs = (struct pramin_needs){ .pins = 0 };
	for (i = 0; i < change->count && !ret; i++) {
		s.step = &change->steps[i];
		ret = s.step->map.kind <= PRAMIN_MAP_SPARSE ? survey_map(&s) :
							      survey_mapped(&s);
	}
	return ret;
}
