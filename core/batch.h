/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Batches: scattered accesses, in phases, with few moves of the window.
 *
 *	batch.c		checks, memory, and what one position shows at once
 *	batch_plan.c	which positions, and what is done at each
 *	batch_run.c	doing it
 */
#ifndef PRAMIN_CORE_BATCH_H
#define PRAMIN_CORE_BATCH_H

#include <pramin/batch.h>

#include "gpu.h"
#include "regs/bus.h"

/* Granules, 64 KiB of VRAM each, that one position shows */
#define BATCH_SHOWN	(PRAMIN_APERTURE_SIZE / PRAMIN_WINDOW_GRAIN)

/* In place of a base: the window stands nowhere that is known. */
#define BATCH_NOWHERE	0xffffffffu

/**
 * struct batch_visit - accesses of one phase at one position
 * @base: granule at which the window stands
 * @end:  the visit ends before this place in the sequence
 */
struct batch_visit {
	uint32_t base;
	uint32_t end;
};

/**
 * struct batch_plan - from a list to visits
 *
 * Granules and places are counted in 32 bits: a BASE field has no more, and a
 * list is no longer. "Unit": the accesses to one granule in one phase.
 */
struct batch_plan {
	/* Given */
	const struct pramin_access *list;
	uint32_t accesses;	/* entries that are no barriers, at least 1 */
	uint32_t start;		/* where the window stands, or BATCH_NOWHERE */
	uint32_t last_base;	/* the highest base worth planning */
	uint32_t max_units;	/* the exact size */
	uint32_t max_product;

	/* Found: the sequence of list indices, and its visits */
	uint32_t *seq;
	struct batch_visit *visits;
	uint32_t visit_count;
	uint64_t moves;
	uint64_t least;

	/* The list by phase, then address: filled by pramin_batch_sort() */
	uint32_t *order;	/* list indices */
	uint32_t *granule;	/* of each unit */
	uint32_t *unit_first;	/* in order[]; one more than there are units */
	uint32_t *phase_first;	/* in granule[]; one more than phases */
	uint32_t phases;

	/* Of the phase that is looked at: minimal covers, see batch_plan.c */
	uint32_t *below;
	uint32_t *above;
	uint32_t *end_base;	/* of each phase: where the window ends up */

	/* Of the part that is looked at */
	uint32_t *cand;		/* bases, ascending */
	uint32_t cand_count;
	uint32_t *parent_of;	/* of each candidate, while a level is made */
	uint32_t *state_base;	/* levels, one after the other */
	uint32_t *state_parent;
};

/* 32-bit words of memory that a plan for @accesses needs */
uint64_t pramin_batch_words(uint64_t accesses);

/* Hand them out. */
void pramin_batch_carve(struct batch_plan *plan, uint32_t *words);

/* Fill order[] to phase_first[] from a list of @count entries. */
void pramin_batch_sort(struct batch_plan *plan, uint32_t count);

/* Find the visits, after sorting. */
void pramin_batch_plan(struct batch_plan *plan);

/**
 * struct batch_run - a batch being made
 * @seq: list indices in the order of work; NULL: the list's own order
 */
struct batch_run {
	struct pramin_access *list;
	const uint32_t *seq;
	bool merge;

	uint32_t settled;	/* reads before this place are marked */
	uint32_t proved;	/* reads before it have answers of the GPU */
	bool ones;		/* the last read answered all ones */

	/* Writes to one aligned word, not made yet */
	uint32_t held_first, held_end;	/* places; equal: none */
	uint64_t held_pa;
	uint64_t held_val;
	unsigned int held_mask;		/* one bit per byte */
};

/**
 * pramin_batch_visit() - make the accesses up to place @end at @base
 * @first: place
 * @base:  VRAM address where the window is put
 * @leave: the window moves afterwards, or the batch ends: settle the reads
 */
int pramin_batch_visit(struct pramin_op *op, struct batch_run *run,
		       uint64_t base, uint32_t first, uint32_t end, bool leave);

/**
 * pramin_batch_run() - a whole batch; see pramin/batch.h
 *
 * @batch holds the flags, and takes the results.
 */
int pramin_batch_run(struct pramin_op *op, struct pramin_access *list,
		     size_t count, struct pramin_batch *batch);

#endif /* PRAMIN_CORE_BATCH_H */
