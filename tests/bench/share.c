// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Sharing, in the simulator's time (tests/sim/): the library beside one lock
 * around placing and access, on the same work with the same charges.
 */
#include <inttypes.h>

#include "bench.h"

/* @n clients of @k handles at @p positions */
#define ROW(label, k, n, p, ...)           \
	{                                  \
		.name = (label), .ours = { \
			.processes = (k),  \
			.clients = (n),    \
			.positions = (p),  \
			__VA_ARGS__        \
		}                          \
	}

/* The first two are those of the metrics. */
static const struct share_row all_rows[SHARE_ROWS] = {
	ROW("16 readers, 1 position", 1, 16, 1, ),
	ROW("16 readers, 4 positions", 1, 16, 4, ),
	ROW("1 reader", 1, 1, 1, ),
	ROW("2 readers, 1 position", 1, 2, 1, ),
	ROW("4 readers, 1 position", 1, 4, 1, ),
	ROW("8 readers, 1 position", 1, 8, 1, ),
	ROW("32 readers, 1 position", 1, 32, 1, ),
	ROW("4 readers, 4 positions", 1, 4, 4, ),
	ROW("8 readers, 4 positions", 1, 8, 4, ),
	ROW("32 readers, 4 positions", 1, 32, 4, ),
	ROW("handoff 50 ns, 1 position", 1, 16, 1, .handoff = 50),
	ROW("handoff 50 ns, 4 positions", 1, 16, 4, .handoff = 50),
	ROW("handoff 200 ns, 1 position", 1, 16, 1, .handoff = 200),
	ROW("handoff 200 ns, 4 positions", 1, 16, 4, .handoff = 200),
	ROW("16 writers, 1 position, 5 ns", 1, 16, 1, .write = true,
	    .accept = 5),
	ROW("16 writers, 1 position, 20 ns", 1, 16, 1, .write = true),
	ROW("16 writers, 1 position, 100 ns", 1, 16, 1, .write = true,
	    .accept = 100),
	ROW("16 writers, 4 positions, 5 ns", 1, 16, 4, .write = true,
	    .accept = 5),
	ROW("16 writers, 4 positions, 20 ns", 1, 16, 4, .write = true),
	ROW("16 writers, 4 positions, 100 ns", 1, 16, 4, .write = true,
	    .accept = 100),
	ROW("4 processes of 4, 1 position", 4, 16, 1, ),
	ROW("4 processes of 4, each its own", 4, 16, 4, ),
	ROW("4 processes of 4, each at all 4", 4, 16, 4, .crossed = true),
	ROW("16 processes of 1, 1 position", 16, 16, 1, ),
	ROW("16 processes of 1, 4 positions", 16, 16, 4, ),
	ROW("lost exchanges cost, 1 position", 1, 16, 1, .apart = true),
	ROW("lost exchanges cost, 4 positions", 1, 16, 4, .apart = true),
};

static const struct share_row all_batches[SHARE_BATCHES] = {
	ROW("16 x 8 reads, 1 position", 1, 16, 1, .batch = 8),
	ROW("16 x 8 reads, 4 positions", 1, 16, 4, .batch = 8),
	ROW("16 x 8 reads, 8 positions", 1, 16, 8, .batch = 8),
	ROW("16 x 8 writes, 1 position", 1, 16, 1, .batch = 8, .write = true),
	ROW("16 x 8 writes, 4 positions", 1, 16, 4, .batch = 8, .write = true),
	ROW("16 x 8 writes, 8 positions", 1, 16, 8, .batch = 8, .write = true),
};

/* Where a GPU serves one read at a time, which of these rows may differ? */
static bool has_reads(const struct share_row *row)
{
	return !row->ours.write && !row->ours.handoff && !row->ours.apart;
}

static int run_both(struct share_row *row, bool combined)
{
	int ret;

	row->theirs = row->ours;
	row->theirs.mutex = !combined;
	row->theirs.combined = combined;
	ret = sim_load_run(&row->ours);
	return ret ? ret : sim_load_run(&row->theirs);
}

int share_run(struct share_results *s)
{
	size_t i;
	int ret;

	s->ones = 0;
	for (i = 0; i < SHARE_ROWS; i++) {
		s->row[i] = all_rows[i];
		ret = run_both(&s->row[i], false);
		if (!ret && has_reads(&s->row[i])) {
			struct share_row *one = &s->one[s->ones++];

			*one = all_rows[i];
			one->ours.one_read = true;
			ret = run_both(one, false);
		}
		if (ret)
			return ret;
	}
	for (i = 0; i < SHARE_BATCHES; i++) {
		s->batch[i] = all_batches[i];
		ret = run_both(&s->batch[i], true);
		if (ret)
			return ret;
	}
	for (i = 0; i < SHARE_DUMPS; i++) {
		s->dump[i] = (struct sim_dump){
			.reader = i % 3 > 0,
			.apart = i % 3 > 1,
			.one_read = i >= 3,
		};
		ret = sim_dump_run(&s->dump[i]);
		if (ret)
			return ret;
	}
	return 0;
}

double share_speedup(const struct share_row *row)
{
	return row->ours.per_us / row->theirs.per_us;
}

/* The worst served client of all rows */
double share_least_part(const struct share_results *s)
{
	double least = 1;
	size_t i;

	for (i = 0; i < SHARE_ROWS; i++)
		if (s->row[i].ours.least_part < least)
			least = s->row[i].ours.least_part;
	for (i = 0; i < s->ones; i++)
		if (s->one[i].ours.least_part < least)
			least = s->one[i].ours.least_part;
	return least;
}

static const char *const dump_names[SHARE_DUMPS] = {
	"a dump alone",
	"a dump and a reader, 1 process",
	"a dump and a reader, 2 processes",
	"one read at a time: a dump",
	"a dump and a reader, 1 process",
	"a dump and a reader, 2 processes",
};

static void rows_text(const struct share_row *rows, size_t count, FILE *f)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct share_row *r = &rows[i];

		fprintf(f,
			"%-32s %8.3f %8.3f %7.2f %7" PRIu64 " %7" PRIu64
			" %6.3f\n",
			r->name, r->ours.per_us, r->theirs.per_us,
			share_speedup(r), r->ours.moves, r->theirs.moves,
			r->ours.least_part);
	}
}

void share_text(const struct share_results *s, FILE *f)
{
	size_t i;

	fprintf(f,
		"\nsharing, simulated\n%-32s %8s %8s %7s %7s %7s %6s\n"
		"%-32s %8s %8s %7s %7s %7s\n",
		"", "accesses", "one lock", "times", "moves", "one", "least",
		"", "per us", "per us", "", "", "lock");
	rows_text(s->row, SHARE_ROWS, f);
	fprintf(f, "\nthe same, if the GPU serves one read at a time\n");
	rows_text(s->one, s->ones, f);
	fprintf(f, "\n%-32s %8s %8s %7s\n", "batches, accesses per us", "each",
		"combined", "times");
	for (i = 0; i < SHARE_BATCHES; i++)
		fprintf(f, "%-32s %8.3f %8.3f %7.2f\n", s->batch[i].name,
			s->batch[i].ours.per_us, s->batch[i].theirs.per_us,
			share_speedup(&s->batch[i]));
	fprintf(f, "\n%-32s %8s %8s %8s %8s %8s\n", "", "bytes/us", "reads",
		"median", "99 %", "worst ns");
	for (i = 0; i < SHARE_DUMPS; i++) {
		const struct sim_dump *d = &s->dump[i];

		fprintf(f,
			"%-32s %8.3f %8" PRIu64 " %8" PRIu64 " %8" PRIu64
			" %8" PRIu64 "\n",
			dump_names[i], d->per_us, d->reads, d->median_ns,
			d->p99_ns, d->worst_ns);
	}
}

static void rows_json(const char *name, const struct share_row *rows,
		      size_t count, FILE *f)
{
	size_t i;

	fprintf(f, "    \"%s\": [", name);
	for (i = 0; i < count; i++) {
		const struct share_row *r = &rows[i];

		fprintf(f,
			"%s      {\"what\": \"%s\", \"per_us\": %.6f, "
			"\"one_lock_per_us\": %.6f, \"speedup\": %.6f, "
			"\"moves\": %" PRIu64 ", \"one_lock_moves\": %" PRIu64
			", \"least_part\": %.6f}",
			i ? ",\n" : "\n", r->name, r->ours.per_us,
			r->theirs.per_us, share_speedup(r), r->ours.moves,
			r->theirs.moves, r->ours.least_part);
	}
	fprintf(f, "\n    ],\n");
}

void share_json(const struct share_results *s, FILE *f)
{
	size_t i;

	rows_json("sharing", s->row, SHARE_ROWS, f);
	rows_json("sharing_one_read", s->one, s->ones, f);
	fprintf(f, "    \"sharing_batches\": [");
	for (i = 0; i < SHARE_BATCHES; i++) {
		const struct share_row *r = &s->batch[i];

		fprintf(f,
			"%s      {\"what\": \"%s\", \"per_us\": %.6f, "
			"\"combined_per_us\": %.6f, \"ratio\": %.6f}",
			i ? ",\n" : "\n", r->name, r->ours.per_us,
			r->theirs.per_us, share_speedup(r));
	}
	fprintf(f, "\n    ],\n    \"sharing_dump\": [");
	for (i = 0; i < SHARE_DUMPS; i++) {
		const struct sim_dump *d = &s->dump[i];

		fprintf(f,
			"%s      {\"what\": \"%s\", \"bytes_per_us\": %.6f, "
			"\"reads\": %" PRIu64 ", \"median_ns\": %" PRIu64
			", \"p99_ns\": %" PRIu64 ", \"worst_ns\": %" PRIu64 "}",
			i ? ",\n" : "\n", dump_names[i], d->per_us, d->reads,
			d->median_ns, d->p99_ns, d->worst_ns);
	}
	fprintf(f, "\n    ],\n");
}
