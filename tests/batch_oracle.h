/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The fewest moves for a batch by trying everything: all bases that fit, all
 * subsets of what a phase has left, all end positions. It shares nothing with
 * the planner. For the tests of the core, and for the benchmark.
 */
#ifndef PRAMIN_TESTS_BATCH_ORACLE_H
#define PRAMIN_TESTS_BATCH_ORACLE_H

#include <string.h>

#include <pramin/batch.h>

#define ORACLE_GRAIN (64u * 1024)

#define ORACLE_BASES   65u /* the last one: nowhere */
#define ORACLE_UNITS   6u
#define ORACLE_NEVER   0xffffu
#define ORACLE_NOWHERE 0xffffffffu

/* The list's granules, phase by phase; a phase may be empty */
struct oracle {
	uint32_t granules; /* of VRAM, 64 at most */
	uint32_t start;	   /* a base, or ORACLE_NOWHERE */
	uint16_t cost[ORACLE_BASES];
};

static inline bool oracle_shows(uint32_t base, uint32_t g)
{
	return base < ORACLE_BASES - 1 && g >= base && g < base + 16;
}

static inline uint32_t oracle_left(uint32_t base, const uint32_t *units,
				   uint32_t n, uint32_t left)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (oracle_shows(base, units[i]))
			left &= ~(1u << i);
	return left;
}

/* Breadth first over (what is left, position), one level of cost at a time */
static inline void oracle_phase(struct oracle *o, const uint32_t *units,
				uint32_t n)
{
	static uint16_t dist[1u << ORACLE_UNITS][ORACLE_BASES];
	const uint32_t all = 1u << n;
	uint32_t bases = o->granules < 16 ? 1 : o->granules - 15;
	uint32_t left, b, t;
	uint16_t level = ORACLE_NEVER;
	bool more;

	memset(dist, 0xff, sizeof(dist));
	for (b = 0; b < ORACLE_BASES; b++) {
		left = oracle_left(b, units, n, all - 1);
		dist[left][b] = o->cost[b];
		if (o->cost[b] < level)
			level = o->cost[b];
	}
	do {
		more = false;
		for (left = 0; left < all; left++) {
			for (b = 0; b < ORACLE_BASES; b++) {
				if (dist[left][b] < ORACLE_NEVER &&
				    dist[left][b] > level)
					more = true;
				if (dist[left][b] != level)
					continue;
				for (t = 0; t < bases; t++) {
					uint16_t *d = &dist[oracle_left(
						t, units, n, left)][t];

					if (*d <= level + 1)
						continue;
					*d = (uint16_t)(level + 1);
					more = true;
				}
			}
		}
		level++;
	} while (more);
	memcpy(o->cost, dist[0], sizeof(o->cost));
}

/* Fewest moves for a list with at most ORACLE_UNITS granules in each phase */
static inline uint32_t
oracle_moves(struct oracle *o, const struct pramin_access *list, uint32_t count)
{
	uint32_t units[ORACLE_UNITS];
	uint32_t n = 0, i, k, least = ORACLE_NEVER;

	memset(o->cost, 0xff, sizeof(o->cost));
	o->cost[o->start == ORACLE_NOWHERE ? ORACLE_BASES - 1 : o->start] = 0;
	for (i = 0; i <= count; i++) {
		uint32_t g;

		if (i == count || list[i].kind == PRAMIN_ACCESS_BARRIER) {
			oracle_phase(o, units, n);
			n = 0;
			continue;
		}
		g = (uint32_t)(list[i].vram_pa / ORACLE_GRAIN);
		for (k = 0; k < n; k++)
			if (units[k] == g)
				break;
		if (k == n)
			units[n++] = g;
	}
	for (i = 0; i < ORACLE_BASES; i++)
		if (o->cost[i] < least)
			least = o->cost[i];
	return least;
}

#endif /* PRAMIN_TESTS_BATCH_ORACLE_H */
