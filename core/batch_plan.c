// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fewest moves for a batch, by dynamic programming over its phases.
 *
 * A window at granule b shows b to b + 15. A plan is a sequence of stays; each
 * unit is served at one of them, and phases in their order. Then:
 *
 * 1. Candidates. Slide a stay upwards until the lowest unit that it serves
 *    comes first: it still shows all that it served. Back it down to the last
 *    base that hangs over no end of VRAM: it shows more. So bases at granules
 *    of the batch suffice, and the place where the window stands, which cannot
 *    be slid but is never worth coming back to.
 *
 * 2. Cost. A phase with units S that begins with the window at b and ends with
 *    it at t costs nothing if t is b and shows all of S, else
 *    1 + C(S - shown(b) - shown(t)), where C is the fewest windows that cover
 *    a set: put one at the lowest unit left, and again. No window reaches over
 *    a gap of 16, so C of what lies around gaps is the sum of the parts.
 *
 * 3. Levels. Let m be the least cost of the phases so far. Any end position can
 *    be had for m + 1, by one move more. One that costs m + 1 need not be
 *    kept: what goes on from it costs no less than to go on from one of cost m
 *    and visit it on the way. So a level is the set of end positions that cost
 *    exactly m. In the next phase the increase is the least C(S - shown(b))
 *    over the level, for the last window of a minimal cover is an end.
 *
 * Beyond the exact size the batch is cut between phases into parts, each
 * planned exactly from where the one before ends. A part that costs a from
 * there costs at least a - 1 from anywhere: that is the reported bound.
 */
#include "batch.h"

/* In place of a state; there are fewer. */
#define NO_STATE 0xffffffffu

static bool shows(uint32_t base, uint32_t granule)
{
	return base != BATCH_NOWHERE && granule >= base &&
	       granule - base < BATCH_SHOWN;
}

/* The units of one phase: granules, ascending */
struct units {
	const uint32_t *g;
	uint32_t n;
};

static struct units units_of(const struct batch_plan *plan, uint32_t phase)
{
	uint32_t first = plan->phase_first[phase];

	return (struct units){ plan->granule + first,
			       plan->phase_first[phase + 1] - first };
}

/* How many numbers of an ascending list are less than @limit */
static uint32_t count_less(const uint32_t *g, uint32_t n, uint64_t limit)
{
	uint32_t lo = 0;

	while (lo < n) {
		uint32_t mid = lo + (n - lo) / 2;

		if (g[mid] < limit)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

/* below[i] is C of the first i units, above[i] that of the others. */
static void count_covers(struct batch_plan *plan, struct units s)
{
	uint32_t edge = 0;
	uint32_t i;

	plan->below[0] = 0;
	for (i = 0; i < s.n; i++) {
		bool more = i == 0 || s.g[i] - edge >= BATCH_SHOWN;

		plan->below[i + 1] = plan->below[i] + more;
		if (more)
			edge = s.g[i];
	}
	plan->above[s.n] = 0;
	for (i = s.n; i > 0; i--) {
		bool more = i == s.n || edge - s.g[i - 1] >= BATCH_SHOWN;

		plan->above[i - 1] = plan->above[i] + more;
		if (more)
			edge = s.g[i - 1];
	}
}

/* C(S - shown(base)), for the phase whose covers have been counted */
static uint32_t cost_from(const struct batch_plan *plan, struct units s,
			  uint32_t base)
{
	if (base == BATCH_NOWHERE)
		return plan->below[s.n];
	return plan->below[count_less(s.g, s.n, base)] +
	       plan->above[count_less(s.g, s.n, (uint64_t)base + BATCH_SHOWN)];
}

/*
 * Which candidates at @base or above can end a phase that begins there and
 * costs @cost? From nowhere: all of them. The units between the two windows
 * are covered upwards as the upper one goes up.
 */
static void ends_above(struct batch_plan *plan, struct units s, uint32_t state,
		       uint32_t cost)
{
	uint32_t base = plan->state_base[state];
	uint64_t edge = 0;
	uint32_t k = 0, i = 0, left = 0, between = 0, right;

	if (base != BATCH_NOWHERE) {
		k = count_less(plan->cand, plan->cand_count, base);
		left = plan->below[count_less(s.g, s.n, base)];
		i = count_less(s.g, s.n, (uint64_t)base + BATCH_SHOWN);
	}
	for (right = i; k < plan->cand_count; k++) {
		uint32_t end = plan->cand[k];

		for (; i < s.n && s.g[i] < end; i++) {
			if (s.g[i] < edge)
				continue;
			between++;
			edge = (uint64_t)s.g[i] + BATCH_SHOWN;
		}
		while (right < s.n && s.g[right] < (uint64_t)end + BATCH_SHOWN)
			right++;
		if (1 + left + between + plan->above[right] == cost)
			plan->parent_of[k] = state;
	}
}

/* The same for those below it, downwards */
static void ends_below(struct batch_plan *plan, struct units s, uint32_t state,
		       uint32_t cost)
{
	uint32_t base = plan->state_base[state];
	uint32_t k = count_less(plan->cand, plan->cand_count, base);
	uint32_t i = count_less(s.g, s.n, base);
	uint32_t right =
		plan->above[count_less(s.g, s.n, (uint64_t)base + BATCH_SHOWN)];
	uint64_t edge = UINT64_MAX;
	uint32_t left = i, between = 0;

	while (k-- > 0) {
		uint32_t end = plan->cand[k];

		for (; i && s.g[i - 1] >= (uint64_t)end + BATCH_SHOWN; i--) {
			if ((uint64_t)s.g[i - 1] + BATCH_SHOWN > edge)
				continue;
			between++;
			edge = s.g[i - 1];
		}
		while (left && s.g[left - 1] >= end)
			left--;
		if (1 + plan->below[left] + between + right == cost)
			plan->parent_of[k] = state;
	}
}

/* Where a level lies among the states */
struct level {
	uint32_t first, end;
};

static void add_state(struct batch_plan *plan, struct level *level,
		      uint32_t base, uint32_t parent)
{
	plan->state_base[level->end] = base;
	plan->state_parent[level->end++] = parent;
}

/* From the level before a phase to the one behind it; what the phase costs */
static uint32_t next_level(struct batch_plan *plan, struct units s,
			   struct level *level)
{
	struct level next = { level->end, level->end };
	uint32_t least = 0xffffffffu;
	uint32_t i, cost;

	count_covers(plan, s);
	for (i = level->first; i < level->end; i++) {
		cost = cost_from(plan, s, plan->state_base[i]);
		if (cost < least)
			least = cost;
	}
	for (i = 0; i < plan->cand_count; i++)
		plan->parent_of[i] = NO_STATE;
	for (i = level->first; i < level->end; i++) {
		uint32_t base = plan->state_base[i];

		if (cost_from(plan, s, base) != least)
			continue;
		if (!least) {
			add_state(plan, &next, base, i);
			continue;
		}
		ends_above(plan, s, i, least);
		if (base != BATCH_NOWHERE)
			ends_below(plan, s, i, least);
	}
	for (i = 0; i < plan->cand_count; i++)
		if (plan->parent_of[i] != NO_STATE)
			add_state(plan, &next, plan->cand[i],
				  plan->parent_of[i]);
	*level = next;
	return least;
}

static uint32_t base_for(const struct batch_plan *plan, uint32_t granule)
{
	return granule < plan->last_base ? granule : plan->last_base;
}

/* The place of a base among the candidates, and whether it is there */
static bool find_cand(const struct batch_plan *plan, uint32_t base,
		      uint32_t *at)
{
	*at = count_less(plan->cand, plan->cand_count, base);
	return *at < plan->cand_count && plan->cand[*at] == base;
}

/* Take the bases of a phase as candidates, if the part stays exact so. */
static bool add_phase(struct batch_plan *plan, uint32_t phase, uint32_t phases)
{
	struct units s = units_of(plan, phase);
	uint32_t fresh = 0, prev = BATCH_NOWHERE;
	uint32_t i, at, base;

	if (s.n > plan->max_units)
		return false;
	for (i = 0; i < s.n; i++) {
		base = base_for(plan, s.g[i]);
		if (base != prev && !find_cand(plan, base, &at))
			fresh++;
		prev = base;
	}
	if (plan->cand_count + fresh > plan->max_units ||
	    (plan->cand_count + fresh) * phases > plan->max_product)
		return false;
	for (i = 0; i < s.n; i++) {
		base = base_for(plan, s.g[i]);
		if (find_cand(plan, base, &at))
			continue;
		memmove(plan->cand + at + 1, plan->cand + at,
			(plan->cand_count - at) * sizeof(*plan->cand));
		plan->cand[at] = base;
		plan->cand_count++;
	}
	return true;
}

/*
 * The phases from @first on that make one part; its candidates. A phase too
 * large for one has a single candidate: the last window of a minimal cover of
 * what the part's start does not show.
 */
static uint32_t choose_part(struct batch_plan *plan, uint32_t first,
			    uint32_t start)
{
	struct units s = units_of(plan, first);
	uint32_t end = first;
	uint64_t edge = 0;
	uint32_t i;

	plan->cand_count = 0;
	while (end < plan->phases && add_phase(plan, end, end - first + 1))
		end++;
	if (end > first)
		return end;
	for (i = 0; i < s.n; i++) {
		if (shows(start, s.g[i]) || s.g[i] < edge)
			continue;
		plan->cand_count = 1;
		plan->cand[0] = base_for(plan, s.g[i]);
		edge = (uint64_t)s.g[i] + BATCH_SHOWN;
	}
	return first + 1;
}

/* Which state of the last level to end with: the best for the next phase */
static uint32_t choose_end(struct batch_plan *plan, struct level level,
			   uint32_t next_phase)
{
	uint32_t best = level.first, least = 0xffffffffu;
	struct units s;
	uint32_t i;

	if (next_phase == plan->phases)
		return best;
	s = units_of(plan, next_phase);
	count_covers(plan, s);
	for (i = level.first; i < level.end; i++) {
		uint32_t cost = cost_from(plan, s, plan->state_base[i]);

		if (cost >= least)
			continue;
		least = cost;
		best = i;
	}
	return best;
}

/* Plan the part that begins with @first and @start; the phase behind it */
static uint32_t plan_part(struct batch_plan *plan, uint32_t first,
			  uint32_t start)
{
	uint32_t end = choose_part(plan, first, start);
	struct level level = { 0, 0 };
	uint64_t cost = 0;
	uint32_t phase, state;

	add_state(plan, &level, start, 0);
	for (phase = first; phase < end; phase++)
		cost += next_level(plan, units_of(plan, phase), &level);
	state = choose_end(plan, level, end);
	for (phase = end; phase > first; phase--) {
		plan->end_base[phase - 1] = plan->state_base[state];
		state = plan->state_parent[state];
	}
	plan->least += first && cost ? cost - 1 : cost;
	return end;
}

/* Append a unit to the sequence; @fresh: it opens a visit. */
static void emit(struct batch_plan *plan, uint32_t unit, uint32_t base,
		 bool fresh)
{
	uint32_t first = plan->unit_first[unit];
	uint32_t n = plan->unit_first[unit + 1] - first;
	uint32_t at = 0;

	if (plan->visit_count)
		at = plan->visits[plan->visit_count - 1].end;
	if (fresh)
		plan->visits[plan->visit_count++].base = base;
	memcpy(plan->seq + at, plan->order + first, n * sizeof(*plan->seq));
	plan->visits[plan->visit_count - 1].end = at + n;
}

/* The visits of a phase: at @start, between, and at @end */
static void emit_phase(struct batch_plan *plan, uint32_t phase, uint32_t start,
		       uint32_t end)
{
	uint32_t first = plan->phase_first[phase];
	uint32_t n = plan->phase_first[phase + 1];
	uint64_t edge = 0;
	bool fresh = true;
	uint32_t base = 0;
	uint32_t i;

	for (i = first; i < n; i++) {
		if (!shows(start, plan->granule[i]))
			continue;
		emit(plan, i, start, fresh);
		fresh = false;
	}
	for (i = first; i < n; i++) {
		uint32_t g = plan->granule[i];

		if (shows(start, g) || shows(end, g))
			continue;
		fresh = g >= edge;
		if (fresh) {
			base = base_for(plan, g);
			edge = (uint64_t)g + BATCH_SHOWN;
		}
		emit(plan, i, base, fresh);
	}
	fresh = true;
	for (i = first; i < n; i++) {
		uint32_t g = plan->granule[i];

		if (shows(start, g) || !shows(end, g))
			continue;
		emit(plan, i, end, fresh);
		fresh = false;
	}
}

void pramin_batch_plan(struct batch_plan *plan)
{
	uint32_t at = plan->start;
	uint32_t phase, i;

	plan->least = 0;
	plan->moves = 0;
	plan->visit_count = 0;
	for (phase = 0; phase < plan->phases; at = plan->end_base[phase - 1])
		phase = plan_part(plan, phase, at);
	at = plan->start;
	for (phase = 0; phase < plan->phases; phase++) {
		emit_phase(plan, phase, at, plan->end_base[phase]);
		at = plan->end_base[phase];
	}
	at = plan->start;
	for (i = 0; i < plan->visit_count; i++) {
		plan->moves += plan->visits[i].base != at;
		at = plan->visits[i].base;
	}
}
