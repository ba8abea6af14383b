// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The walker of the simulator's GPU: version 2 of the tables, as Volta has them, and a
 * TLB that keeps directory entries, also those that lead nowhere, and valid entries
 * of leaf tables, for as long as it can: an entry goes by chance when its place is
 * needed, or because an invalidate that covers it is done.
 *
 * Nothing here is the library's. Bits as in docs/mmu.md.
 */
#include <inttypes.h>
#include <string.h>

#include "maps.h"
#include "../../core/regs/tlb.h"
#include "../../lib/space.h"

#define LEVELS	   4u /* PD3 to PD0; then the page tables */
#define LEAF_BIG   4u
#define LEAF_SMALL 5u
#define PLACES	   96u

#define INVALIDATE_NS 2000u
#define STUCK_NS      3000000000ull

/* The first bit of an address that indexes each level */
static const unsigned int shift[] = { 47, 38, 29, 21, 16, 12 };
static const uint64_t mask[] = { 3, 511, 511, 255, 31, 511 };

struct place {
	const struct maps_space *space; /* NULL: free */
	unsigned int level;
	uint64_t tag;	/* the address above @shift */
	uint64_t until; /* an invalidate is under way, and done then */
	uint64_t word[2];
};

static struct place tlb[PLACES];
/* Which space each page of VRAM was last walked as a table of */
static uint8_t walked[MAPS_TEAMS * POOL_MIBS * (SIM_MIB / PAGE)];

void maps_gpu_begin(void)
{
	memset(tlb, 0, sizeof(tlb));
	memset(walked, 0, sizeof(walked));
}

void maps_forget_space(const struct maps_space *space)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++)
		if (tlb[i].space == space)
			tlb[i].space = NULL;
}

static struct place *lookup(const struct maps_space *space, unsigned int level,
			    uint64_t va)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		struct place *p = &tlb[i];

		if (p->space && p->until <= sim_now()) {
			p->space = NULL;
			maps_seen[MAPS_FORGOTTEN]++;
		}
		if (p->space == space && p->level == level &&
		    p->tag == va >> shift[level])
			return p;
	}
	return NULL;
}

/* Was a piece of the pool that has this byte given out? */
static bool is_taken(const struct pramin_heap *heap, uint64_t pa)
{
	const struct pramin_arena *a = heap->arenas;
	unsigned int order;

	while (a && pa - a->vram_pa >= PRAMIN_ARENA_SIZE)
		a = a->next;
	for (order = 0; a && order < PRAMIN_ARENA_ORDERS; order++) {
		const uint64_t piece =
			(1u << (PRAMIN_ARENA_ORDERS - 1 - order)) +
			(pa - a->vram_pa) / (PRAMIN_TABLE_MIN << order);

		if (a->taken[piece / 64] >> piece % 64 & 1)
			return true;
	}
	return false;
}

/* The GPU reads a table of @space: it has to be one. */
static bool may_walk(const struct maps_space *space, uint64_t pa)
{
	const struct maps_team *team = space->team;
	const uint64_t first = POOL_PA(team->number);
	uint8_t *who;

	if (pa < first || pa >= first + POOL_MIBS * SIM_MIB) {
		sim_fail("a walk of space %u came to 0x%" PRIx64
			 ", where none of its tables can be",
			 space->number, pa);
		return false;
	}
	if (!team->process->dead && team->pool &&
	    !is_taken(&team->pool->heap, pa)) {
		sim_fail("a walk of space %u came to 0x%" PRIx64
			 ", a table that was freed",
			 space->number, pa);
		return false;
	}
	who = &walked[(pa - POOL_PA(0)) / PAGE];
	maps_seen[MAPS_REUSED] += *who && *who != space->number + 1;
	*who = (uint8_t)(space->number + 1);
	return true;
}

static void keep(const struct maps_space *space, unsigned int level,
		 uint64_t va, const uint64_t word[2])
{
	struct place *p = &tlb[sim_below(PLACES)];

	*p = (struct place){
		.space = space,
		.level = level,
		.tag = va >> shift[level],
		.until = SIM_NEVER,
		.word = { word[0], word[1] },
	};
}

/* The entry for @va in the table at @pa, or what the TLB has kept of it */
static bool entry(const struct maps_space *space, unsigned int level,
		  uint64_t va, uint64_t pa, uint64_t word[2])
{
	const unsigned int size = level == 3 ? 16 : 8;
	const unsigned char *at =
		maps.gpu.vram + pa + (va >> shift[level] & mask[level]) * size;
	const struct place *p = lookup(space, level, va);

	word[1] = 0;
	if (p) {
		maps_seen[MAPS_STALE] += memcmp(p->word, at, 8) != 0;
		memcpy(word, p->word, sizeof(p->word));
		return true;
	}
	if (!may_walk(space, pa))
		return false;
	memcpy(word, at, size);
	if ((level < LEAF_BIG || word[0] & 1) && sim_below(4))
		keep(space, level, va, word);
	return true;
}

static uint64_t video(uint64_t word, unsigned int first, unsigned int unit)
{
	return (word >> first & ((1ull << (33 - first)) - 1)) << unit;
}

static void page(uint64_t word, uint64_t va, uint64_t size,
		 struct maps_found *found)
{
	found->state = word & 1 << 6 ? READ_ONLY : MAPPED;
	found->pa = video(word, 8, 12) + va % size;
	if (word & 6)
		sim_fail("0x%" PRIx64 " is mapped to no VRAM: 0x%016" PRIx64,
			 va, word);
}

/* In the two tables that an entry of PD0 leads to */
static void leaves(const struct maps_space *space, uint64_t va,
		   const uint64_t pd0[2], struct maps_found *found)
{
	uint64_t word[2];

	if (pd0[0] >> 1 & 3) {
		if (!entry(space, LEAF_BIG, va, video(pd0[0], 4, 8), word))
			return;
		if (word[0] & 1)
			page(word[0], va, 16 * PAGE, found);
		else if (word[0] & 1 << 3)
			found->state = SPARSE;
		/* 0x20: nothing, whatever the small ones are */
		if (word[0])
			return;
	}
	if (!(pd0[1] >> 1 & 3) ||
	    !entry(space, LEAF_SMALL, va, video(pd0[1], 8, 12), word))
		return;
	if (word[0] & 1)
		page(word[0], va, PAGE, found);
	else if (word[0] & 1 << 3)
		found->state = SPARSE;
}

void maps_walk(const struct maps_space *space, uint64_t va,
	       struct maps_found *found)
{
	uint64_t pa = space->root_pa, word[2];
	unsigned int level;

	*found = (struct maps_found){ .state = NOTHING };
	for (level = 0; level < LEVELS; level++) {
		if (!entry(space, level, va, pa, word))
			return;
		if (level == 3 && word[0] & 1) {
			page(word[0], va, 512 * PAGE, found);
			return;
		}
		if (word[0] & 1) {
			sim_fail("a page at level %u: 0x%016" PRIx64, level,
				 word[0]);
			return;
		}
		if (!(word[0] >> 1 & 3) && word[0] & 1 << 3) {
			found->state = SPARSE;
			return;
		}
		if (level == 3)
			break;
		if (!(word[0] >> 1 & 3))
			return;
		pa = video(word[0], 8, 12);
	}
	leaves(space, va, word, found);
}

void maps_walk_any(void)
{
	const struct maps_team *team = &maps.team[sim_below(maps.teams)];
	const struct maps_space *space = &team->space[sim_below(MAPS_SPACES)];
	const unsigned int zone = (unsigned int)sim_below(MAPS_ZONES);
	const unsigned int n = (unsigned int)sim_below(ZONE_PAGES);
	struct maps_found found;

	if (!space->live || maps.gpu.lost || sim_failed())
		return;
	maps_walk(space, maps_va(zone, n), &found);
	if ((found.state == MAPPED || found.state == READ_ONLY) &&
	    found.pa != maps_pa(space, zone, n))
		sim_fail("space %u: a walk of 0x%" PRIx64 " ends at 0x%" PRIx64
			 " and not at 0x%" PRIx64,
			 space->number, maps_va(zone, n), found.pa,
			 maps_pa(space, zone, n));
}

/* Entries of @level are covered by an invalidate of that depth. */
static bool is_covered(unsigned int level, unsigned int depth)
{
	if (!depth || level >= LEAF_BIG)
		return true;
	return depth >= 2 && 3 - level <= depth - 2;
}

uint64_t maps_invalidate(uint64_t root_pa, uint32_t raw)
{
	const unsigned int depth =
		FLD_GET(NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL, raw);
	/* They queue. */
	uint64_t done =
		INVALIDATE_NS +
		(maps.gpu.tlb_free > sim_now() ? maps.gpu.tlb_free : sim_now());
	unsigned int i;

	if (maps.stuck && maps.stucks < 3 && !sim_below(10)) {
		maps.stucks++;
		maps_seen[MAPS_STUCK]++;
		done += STUCK_NS;
	}
	for (i = 0; i < PLACES; i++)
		if (tlb[i].space && tlb[i].space->root_pa == root_pa &&
		    is_covered(tlb[i].level, depth) && tlb[i].until > done)
			tlb[i].until = done;
	return done;
}
