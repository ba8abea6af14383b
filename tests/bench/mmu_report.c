// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What was counted and measured of page tables, for people and for programs.
 */
#include <inttypes.h>

#include "bench.h"

static const struct {
	const char *name;
	const char *what;
} ways[MMU_WAYS] = {
	[MMU_OURS] = { "ours", "a shadow of the directories, one 64-bit store "
			       "for each page; tables, flushes and invalidate "
			       "included" },
	[MMU_REWALK] = { "rewalk", "from the root through the window for each "
				   "page, and a read-back of what is written" },
	[MMU_HALVES] = { "halves", "two stores of 32 bits for each page, and "
				   "one flush" },
};

void mmu_text(const struct mmu_results *m, FILE *f)
{
	const struct mmu_times *t = &m->times;
	size_t i;

	fprintf(f,
		"\npage tables, 1 GiB of 4 KiB pages\n"
		"%-7s %-14s %9s %9s %6s %9s %9s %6s %9s\n",
		"", "", "stores", "fresh", "2 MiB", "unmap", "of limit",
		"moves", "ms");
	for (i = 0; i < MMU_ROWS; i++) {
		const struct mmu_row *r = &m->row[i];

		fprintf(f,
			"%-7s %-14s %9.6f %9.6f %6" PRIu64
			" %9.6f %9.6f %6" PRIu64 " %9.3f\n",
			r->chip, r->format, r->stores, r->fresh, r->large,
			r->unmap, r->over_limit, r->moves,
			(double)r->map_ns / 1e6);
	}
	fprintf(f, "\nfor each page of 64 MiB  stores   reads        ns\n");
	for (i = 0; i < MMU_WAYS; i++)
		fprintf(f, "%-22s %8.4f %7.4f %9.2f\n", ways[i].name,
			m->way[i].stores, m->way[i].reads, m->way[i].ns);
	for (i = 0; i < MMU_WAYS; i++)
		fprintf(f, "%s: %s\n", ways[i].name, ways[i].what);
	fprintf(f,
		"\nwall clock, ns for each page: map %.2f, its stores alone "
		"%.2f, unmap %.2f\n"
		"walk among %" PRIu64 " leaves, ns: in memory %.0f, in a file "
		"%.0f\n",
		t->map_ns, t->bare_ns, t->unmap_ns, t->leaves, t->walk_ns,
		t->walk_file_ns);
}

static const char *sep(size_t i)
{
	return i ? ",\n" : "\n";
}

void mmu_json(const struct mmu_results *m, FILE *f)
{
	const struct mmu_times *t = &m->times;
	size_t i;

	fprintf(f, "    \"mmu\": [");
	for (i = 0; i < MMU_ROWS; i++) {
		const struct mmu_row *r = &m->row[i];

		fprintf(f,
			"%s      {\"chip\": \"%s\", \"format\": \"%s\", "
			"\"stores_per_pte\": %.6f, \"fresh\": %.6f, "
			"\"stores_2m\": %" PRIu64 ", \"unmap\": %.6f, "
			"\"over_limit\": %.6f, \"moves\": %" PRIu64
			", \"map_ns\": %" PRIu64 ", \"batches\": %" PRIu64
			", \"reads\": %" PRIu64 ", \"flushes\": %" PRIu64
			", \"flushes_linking\": %" PRIu64
			", \"invalidates\": %" PRIu64 "}",
			sep(i), r->chip, r->format, r->stores, r->fresh,
			r->large, r->unmap, r->over_limit, r->moves, r->map_ns,
			r->batches, r->reads, r->flushes, r->flushes_linked,
			r->invalidates);
	}
	fprintf(f, "\n    ],\n    \"mmu_ways\": [");
	for (i = 0; i < MMU_WAYS; i++)
		fprintf(f,
			"%s      {\"way\": \"%s\", \"what\": \"%s\", "
			"\"stores\": %.6f, \"reads\": %.6f, \"ns\": %.3f}",
			sep(i), ways[i].name, ways[i].what, m->way[i].stores,
			m->way[i].reads, m->way[i].ns);
	fprintf(f,
		"\n    ],\n    \"mmu_times\": {\"map_ns\": %.3f, "
		"\"bare_ns\": %.3f, \"unmap_ns\": %.3f, \"leaves\": %" PRIu64
		", \"walk_ns\": %.1f, \"walk_file_ns\": %.1f},\n",
		t->map_ns, t->bare_ns, t->unmap_ns, t->leaves, t->walk_ns,
		t->walk_file_ns);
}
