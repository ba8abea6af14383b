// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What operations on shared words cost, and the seeded numbers.
 */
#include <string.h>

#include "sim.h"

/* Words that are shared, by cache line: when the last operation is over */
#define LINES	  1024u
#define LINE_SIZE 64u

struct line {
	uintptr_t address;
	uint64_t free_at;
};

const struct sim_costs sim_usual_costs = {
	.read = 900,
	.store = 100,
	.accept = 20,
	.atomic = 20,
	.handoff = 100,
};

static struct sim_costs costs;
static struct line lines[LINES];
static uint64_t state;

void sim_charge_begin(const struct sim_costs *c)
{
	costs = c ? *c : sim_usual_costs;
	memset(lines, 0, sizeof(lines));
}

const struct sim_costs *sim_costs(void)
{
	return &costs;
}

static struct line *line_of(const void *word)
{
	uintptr_t address = (uintptr_t)word / LINE_SIZE;
	size_t i = address % LINES;

	/* No run has as many lines as there are places. */
	while (lines[i].address && lines[i].address != address)
		i = (i + 1) % LINES;
	lines[i].address = address;
	return &lines[i];
}

uint64_t sim_charge(const void *word, uint64_t now)
{
	struct line *line = line_of(word);

	if (line->free_at > now)
		now = line->free_at;
	line->free_at = now + costs.atomic;
	return line->free_at;
}

void sim_seed(uint64_t seed)
{
	state = seed;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
uint64_t sim_random(void)
{
	uint64_t n = state += 0x9e3779b97f4a7c15u;

	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
	n = (n ^ n >> 27) * 0x94d049bb133111ebu;
	return n ^ n >> 31;
}
