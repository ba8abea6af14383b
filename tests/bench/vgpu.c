// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Virtual GPUs whose address spaces are filled at the same time, in the
 * simulator's time (tests/sim/): the library beside one lock around each map.
 */
#include <inttypes.h>

#include "bench.h"

/* 64 spaces; @n clients, @m MiB each, in @b batches */
#define ROW(label, n, m, b, ...)           \
	{                                  \
		.name = (label), .ours = { \
			.clients = (n),    \
			.spaces = 64,      \
			.bytes = (m)*MIB,  \
			.batches = (b),    \
			__VA_ARGS__        \
		}                          \
	}

/* The first is that of the metrics. */
static const struct vgpu_row all_rows[VGPU_ROWS] = {
	ROW("16 clients, 64 MiB at once", 16, 64, 1, ),
	ROW("16 clients, 2 MiB at a time", 16, 64, 32, ),
	ROW("4 clients, 16 MiB at once", 4, 16, 1, ),
	ROW("64 clients, 16 MiB at once", 64, 16, 1, ),
	ROW("handoff 50 ns", 16, 16, 1, .handoff = 50),
	ROW("handoff 200 ns", 16, 16, 1, .handoff = 200),
	ROW("a store accepted per 5 ns", 16, 16, 1, .accept = 5),
	ROW("a store accepted per 100 ns", 16, 16, 1, .accept = 100),
};

int vgpu_run(struct vgpu_row rows[VGPU_ROWS])
{
	size_t i;
	int ret = 0;

	for (i = 0; i < VGPU_ROWS && !ret; i++) {
		rows[i] = all_rows[i];
		rows[i].theirs = rows[i].ours;
		rows[i].theirs.mutex = true;
		ret = sim_vgpu_run(&rows[i].ours);
		if (!ret)
			ret = sim_vgpu_run(&rows[i].theirs);
	}
	return ret;
}

double vgpu_scaling(const struct vgpu_row *row)
{
	return row->ours.per_us / row->theirs.per_us;
}

double vgpu_moves(const struct vgpu_row rows[VGPU_ROWS])
{
	double most = 0;
	size_t i;

	for (i = 0; i < VGPU_ROWS; i++) {
		const struct sim_vgpu *v = &rows[i].ours;
		double moves = (double)v->moves / (double)v->pages;

		if (moves > most)
			most = moves;
	}
	return most;
}

double vgpu_least_part(const struct vgpu_row rows[VGPU_ROWS])
{
	double least = 1;
	size_t i;

	for (i = 0; i < VGPU_ROWS; i++)
		if (rows[i].ours.least_part < least)
			least = rows[i].ours.least_part;
	return least;
}

void vgpu_text(const struct vgpu_row rows[VGPU_ROWS], FILE *f)
{
	size_t i;

	fprintf(f,
		"\n64 address spaces, simulated\n%-32s %8s %8s %7s %7s %7s "
		"%6s\n%-32s %8s %8s\n",
		"", "pages", "one lock", "times", "moves", "inval.", "least",
		"", "per us", "per us");
	for (i = 0; i < VGPU_ROWS; i++) {
		const struct vgpu_row *r = &rows[i];

		fprintf(f,
			"%-32s %8.3f %8.3f %7.2f %7" PRIu64 " %7" PRIu64
			" %6.3f\n",
			r->name, r->ours.per_us, r->theirs.per_us,
			vgpu_scaling(r), r->ours.moves, r->ours.invalidates,
			r->ours.least_part);
	}
}

void vgpu_json(const struct vgpu_row rows[VGPU_ROWS], FILE *f)
{
	size_t i;

	fprintf(f, "    \"vgpu\": [");
	for (i = 0; i < VGPU_ROWS; i++) {
		const struct vgpu_row *r = &rows[i];

		fprintf(f,
			"%s      {\"what\": \"%s\", \"pages\": %" PRIu64
			", \"per_us\": %.6f, \"one_lock_per_us\": %.6f, "
			"\"scaling\": %.6f, \"stores\": %" PRIu64
			", \"moves\": %" PRIu64 ", \"one_lock_moves\": %" PRIu64
			", \"invalidates\": %" PRIu64 ", \"least_part\": %.6f}",
			i ? ",\n" : "\n", r->name, r->ours.pages,
			r->ours.per_us, r->theirs.per_us, vgpu_scaling(r),
			r->ours.stores, r->ours.moves, r->theirs.moves,
			r->ours.invalidates, r->ours.least_part);
	}
	fprintf(f, "\n    ],\n");
}
