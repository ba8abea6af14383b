// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The results, as a table for people and as JSON for programs. A metric is the
 * worst of its rows, over widths, sizes and chips.
 */
#include <inttypes.h>
#include <string.h>

#include "bench.h"

enum relation {
	AT_MOST,
	AT_LEAST,
	EQUAL,
	BELOW
};

static const char *const relations[] = {
	[AT_MOST] = "<=",
	[AT_LEAST] = ">=",
	[EQUAL] = "==",
	[BELOW] = "<",
};

static double view_ratio(const struct results *r)
{
	double worst = 0;
	size_t i;

	for (i = 0; i < VIEW_SIZES; i++)
		if (r->views[i].ratio > worst)
			worst = r->views[i].ratio;
	return worst;
}

static double worst_overhead(const struct scalar_time *times)
{
	double worst = times[0].overhead_ns;
	size_t i;

	for (i = 1; i < SCALAR_TIMES; i++)
		if (times[i].overhead_ns > worst)
			worst = times[i].overhead_ns;
	return worst;
}

static double scalar_overhead(const struct results *r)
{
	return worst_overhead(r->scalars[ALONE]);
}

static double thread_overhead(const struct results *r)
{
	return worst_overhead(r->scalars[THREADS]);
}

static double process_overhead(const struct results *r)
{
	return worst_overhead(r->scalars[PROCESSES]);
}

static double wall_2t(const struct results *r)
{
	return wall_ratio(&r->walls[0]);
}

static double wall_8t(const struct results *r)
{
	return wall_ratio(&r->walls[1]);
}

static double wall_32t(const struct results *r)
{
	return wall_ratio(&r->walls[2]);
}

static double moves_per_mib(const struct results *r, bool down)
{
	double worst = 0;
	size_t i;

	for (i = 0; i < r->scan_count; i++)
		if (r->scans[i].worst.down == down &&
		    r->scans[i].per_mib > worst)
			worst = r->scans[i].per_mib;
	return worst;
}

static double moves_up(const struct results *r)
{
	return moves_per_mib(r, false);
}

static double moves_down(const struct results *r)
{
	return moves_per_mib(r, true);
}

static double bulk_fraction(const struct results *r, bool reads)
{
	double worst = 2;
	size_t i;

	for (i = 0; i < r->bulk_count; i++)
		if (bulk_reads(r->bulks[i].op) == reads &&
		    r->bulks[i].fraction < worst)
			worst = r->bulks[i].fraction;
	return worst > 1 ? 0 : worst;
}

static double bulk_read(const struct results *r)
{
	return bulk_fraction(r, true);
}

static double bulk_write(const struct results *r)
{
	return bulk_fraction(r, false);
}

static double batch_exact(const struct results *r)
{
	return r->batch_exact.worst;
}

static double batch_long(const struct results *r)
{
	return r->batch_long.worst;
}

static double sparse_model(const struct results *r)
{
	uint64_t worst = 0;
	size_t i;

	for (i = 0; i < MEMORY_FORMS; i++)
		if (r->memory[i].resident > worst)
			worst = r->memory[i].resident;
	return (double)worst;
}

static double room_1pos(const struct results *r)
{
	return share_speedup(&r->share.row[0]);
}

static double room_4pos(const struct results *r)
{
	return share_speedup(&r->share.row[1]);
}

static double room_fair(const struct results *r)
{
	return share_least_part(&r->share);
}

static double room_reader(const struct results *r)
{
	const struct sim_dump *d = r->share.dump;

	return (double)(d[1].p99_ns > d[2].p99_ns ? d[1].p99_ns : d[2].p99_ns);
}

static double dump_kept(const struct results *r)
{
	const struct sim_dump *d = r->share.dump;
	double with = d[1].per_us < d[2].per_us ? d[1].per_us : d[2].per_us;

	return with / d[0].per_us;
}

#define MMU_METRIC(name)                                 \
	static double of_##name(const struct results *r) \
	{                                                \
		return name(&r->mmu);                    \
	}

MMU_METRIC(mmu_stores)
MMU_METRIC(mmu_fresh)
MMU_METRIC(mmu_reads)
MMU_METRIC(mmu_large)
MMU_METRIC(mmu_over_limit)
MMU_METRIC(mmu_unmap)
MMU_METRIC(mmu_invalidates)
MMU_METRIC(mmu_flushes)
MMU_METRIC(mmu_flushes_linked)

static double vgpu_scaling_64(const struct results *r)
{
	return vgpu_scaling(&r->vgpus[0]);
}

static double vgpu_moves_per_pte(const struct results *r)
{
	return vgpu_moves(r->vgpus);
}

static double vgpu_fair(const struct results *r)
{
	return vgpu_least_part(r->vgpus);
}

static double map_host(const struct results *r)
{
	return r->mmu.times.map_ns;
}

static double walk_time(const struct results *r)
{
	return r->mmu.times.walk_ns;
}

static const struct metric {
	const char *name;
	double (*value)(const struct results *r);
	double limit;
	enum relation relation;
	int decimals;
} metrics[] = {
	{ "view_ratio", view_ratio, 1.05, AT_MOST, 4 },
	{ "scalar_overhead_ns", scalar_overhead, 10, AT_MOST, 3 },
	{ "uncontended_scalar_overhead_ns", thread_overhead, 60, AT_MOST, 3 },
	{ "uncontended_process_overhead_ns", process_overhead, 120, AT_MOST,
	  3 },
	{ "wall_speedup_2t", wall_2t, 1.5, AT_LEAST, 3 },
	{ "wall_speedup_8t", wall_8t, 0.9, AT_LEAST, 3 },
	{ "wall_speedup_32t", wall_32t, 0.9, AT_LEAST, 3 },
	{ "moves_per_mib_up", moves_up, 1, EQUAL, 6 },
	{ "moves_per_mib_down", moves_down, 1, EQUAL, 6 },
	{ "bulk_read_fraction", bulk_read, 0.99, AT_LEAST, 6 },
	{ "bulk_write_fraction", bulk_write, 0.99, AT_LEAST, 6 },
	{ "batch_moves_over_optimum", batch_exact, 1, EQUAL, 6 },
	{ "batch_fallback_worst_ratio", batch_long, 1.05, AT_MOST, 6 },
	{ "sparse_model_bytes", sparse_model, 83886080, BELOW, 0 },
	{ "room_speedup_1pos_16t", room_1pos, 12, AT_LEAST, 6 },
	{ "room_speedup_4pos_16t", room_4pos, 4, AT_LEAST, 6 },
	{ "room_fair_share_min", room_fair, 0.5, AT_LEAST, 6 },
	{ "room_reader_p99_ns", room_reader, 120000, AT_MOST, 0 },
	{ "dump_rate_kept", dump_kept, 0.9, AT_LEAST, 6 },
	{ "stores_per_pte", of_mmu_stores, 1.01, AT_MOST, 6 },
	{ "stores_per_pte_fresh", of_mmu_fresh, 1.02, AT_MOST, 6 },
	{ "reads_per_pte", of_mmu_reads, 0, EQUAL, 6 },
	{ "stores_2m_gib", of_mmu_large, 512, EQUAL, 0 },
	{ "map_time_over_limit", of_mmu_over_limit, 1.01, AT_MOST, 6 },
	{ "unmap_stores_per_pte", of_mmu_unmap, 1.01, AT_MOST, 6 },
	{ "invalidates_per_batch", of_mmu_invalidates, 1, AT_MOST, 0 },
	{ "flushes_per_batch", of_mmu_flushes, 1, EQUAL, 0 },
	{ "flushes_per_batch_linking", of_mmu_flushes_linked, 2, EQUAL, 0 },
	{ "vgpu_scaling_64", vgpu_scaling_64, 3, AT_LEAST, 6 },
	{ "vgpu_moves_per_pte", vgpu_moves_per_pte, 0.01, AT_MOST, 6 },
	{ "vgpu_fair_share_min", vgpu_fair, 0.5, AT_LEAST, 6 },
	{ "map_host_ns_per_pte", map_host, 15, AT_MOST, 3 },
	{ "walk_ns", walk_time, 500, AT_MOST, 1 },
	{ "loopback_read_ratio", loopback_reads, 0.7, AT_LEAST, 3 },
	{ "loopback_write_ratio", loopback_writes, 0.5, AT_LEAST, 3 },
	{ "server_memory_mib", loopback_memory, 100, BELOW, 2 },
};

static bool within(const struct metric *m, double value)
{
	switch (m->relation) {
	case AT_MOST:
		return value <= m->limit;
	case AT_LEAST:
		return value >= m->limit;
	case BELOW:
		return value > 0 && value < m->limit;
	default:
		/* A count over a power of two: exact in binary */
		return !(value < m->limit) && !(value > m->limit);
	}
}

/* Rows of an array or object: the separator before each but the first */
static const char *sep(size_t i)
{
	return i ? ",\n" : "\n";
}

static const char *truth(bool yes)
{
	return yes ? "true" : "false";
}

static void json_views(const struct results *r, FILE *f)
{
	size_t i;

	fprintf(f, "    \"view\": [");
	for (i = 0; i < VIEW_SIZES; i++) {
		const struct view_time *t = &r->views[i];

		fprintf(f,
			"%s      {\"bytes\": %" PRIu64 ", \"view_ns\": %.4f, "
			"\"bare_ns\": %.4f, \"ratio\": %.4f, "
			"\"worst_copy\": %.4f}",
			sep(i), t->bytes, t->view_ns, t->bare_ns, t->ratio,
			t->worst_copy);
	}
	fprintf(f, "\n    ],\n    \"scalar\": [");
	for (i = 0; i < SCALAR_FORMS * SCALAR_TIMES; i++) {
		static const char *const forms[] = { "alone", "threads",
						     "processes" };
		const struct scalar_time *t =
			&r->scalars[i / SCALAR_TIMES][i % SCALAR_TIMES];

		fprintf(f,
			"%s      {\"form\": \"%s\", \"op\": \"%s\", "
			"\"bits\": %u, \"call_ns\": %.3f, "
			"\"bare_ns\": %.3f, \"ops_ns\": %.3f, "
			"\"overhead_ns\": %.3f}",
			sep(i), forms[i / SCALAR_TIMES],
			t->write ? "write" : "read", t->bits, t->call_ns,
			t->bare_ns, t->ops_ns, t->overhead_ns);
	}
	fprintf(f, "\n    ],\n");
	wall_json(r->walls, f);
}

static void json_counts(const struct results *r, FILE *f)
{
	size_t i;

	fprintf(f, "    \"scan\": [");
	for (i = 0; i < r->scan_count; i++) {
		const struct scan_row *row = &r->scans[i];
		const struct scan *s = &row->worst;

		fprintf(f,
			"%s      {\"bits\": %u, \"direction\": \"%s\", "
			"\"bytes\": %" PRIu64 ", \"stride\": %" PRIu64 ", "
			"\"accesses\": %" PRIu64 ", \"moves\": %" PRIu64 ", "
			"\"moves_per_mib\": %.6f, \"chips\": %u, "
			"\"worst_chip\": \"%s\"}",
			sep(i), 8 * s->width, s->down ? "down" : "up", s->bytes,
			s->stride, s->accesses, s->moves, row->per_mib,
			row->chips, s->chip);
	}
	fprintf(f, "\n    ],\n    \"bulk\": [");
	for (i = 0; i < r->bulk_count; i++) {
		const struct bulk_case *c = &r->bulks[i];

		fprintf(f,
			"%s      {\"op\": \"%s\", \"content\": \"%s\", "
			"\"bytes\": %" PRIu64 ", \"start\": \"0x%" PRIx64
			"\", \"worst_chip\": \"%s\", \"moves\": %" PRIu64
			", \"simulated_ns\": %" PRIu64
			", \"ideal_ns\": %" PRIu64 ", \"fraction\": %.6f}",
			sep(i), bulk_op_names[c->op],
			bulk_content_names[c->content], c->len, c->vram_pa,
			c->chip, c->moves, c->simulated_ns, c->ideal_ns,
			c->fraction);
	}
	fprintf(f, "\n    ],\n    \"memory\": [");
	for (i = 0; i < MEMORY_FORMS; i++) {
		const struct memory_use *m = &r->memory[i];

		fprintf(f,
			"%s      {\"form\": \"%s\", \"backing\": \"%s\", "
			"\"bytes\": %" PRIu64 ", \"page_table_bytes\": %" PRIu64
			", \"disk_bytes\": %" PRIu64 "}",
			sep(i), m->flat ? "flat" : "trapped",
			m->file ? "file" : "anonymous", m->resident, m->tables,
			m->disk);
	}
	fprintf(f, "\n    ]\n");
}

static void json_batches(const struct results *r, FILE *f)
{
	const struct batch_set *sets[] = { &r->batch_exact, &r->batch_long };
	size_t i;

	fprintf(f, "    \"batch\": [");
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		fprintf(f,
			"%s      {\"batches\": %u, \"max_phases\": %u, "
			"\"moves\": %" PRIu64 ", \"optimum\": %" PRIu64
			", \"inexact\": %" PRIu64 ", \"worst\": %.6f, "
			"\"worst_reported\": %.6f}",
			sep(i), sets[i]->batches, sets[i]->max_phases,
			sets[i]->moves, sets[i]->least, sets[i]->inexact,
			sets[i]->worst, sets[i]->bound);
	fprintf(f, "\n    ],\n");
}

static void json_comparisons(const struct results *r, FILE *f)
{
	size_t i, t;

	fprintf(f,
		"  \"comparisons\": {\n"
		"    \"unit\": \"writes of the window register\",\n"
		"    \"accesses\": %" PRIu64 ",\n"
		"    \"rules\": {",
		r->trace_count);
	for (i = 0; i < RULES; i++)
		fprintf(f, "%s      \"%s\": \"%s\"", sep(i), rules[i].name,
			rules[i].what);
	fprintf(f, "\n    },\n    \"traces\": {");
	for (t = 0; t < TRACES; t++) {
		fprintf(f, "%s      \"%s\": {\"ours\": %" PRIu64, sep(t),
			trace_names[t], r->traces[t][RULES]);
		for (i = 0; i < RULES; i++)
			fprintf(f, ", \"%s\": %" PRIu64, rules[i].name,
				r->traces[t][i]);
		fprintf(f, "}");
	}
	fprintf(f, "\n    }\n  }\n");
}

static bool json(const struct results *r, FILE *f)
{
	bool all = true;
	size_t i;

	fprintf(f, "{\n  \"schema\": 1,\n  \"metrics\": {");
	for (i = 0; i < ARRAY_SIZE(metrics); i++)
		fprintf(f, "%s    \"%s\": %.*f", sep(i), metrics[i].name,
			metrics[i].decimals, metrics[i].value(r));
	fprintf(f, "\n  },\n  \"limits\": {");
	for (i = 0; i < ARRAY_SIZE(metrics); i++) {
		const struct metric *m = &metrics[i];
		bool met = within(m, m->value(r));

		fprintf(f,
			"%s    \"%s\": {\"relation\": \"%s\", "
			"\"limit\": %.10g, \"within\": %s}",
			sep(i), m->name, relations[m->relation], m->limit,
			truth(met));
		all = all && met;
	}
	fprintf(f, "\n  },\n  \"within_limits\": %s,\n", truth(all));
	fprintf(f, "  \"details\": {\n");
	json_views(r, f);
	json_batches(r, f);
	share_json(&r->share, f);
	mmu_json(&r->mmu, f);
	vgpu_json(r->vgpus, f);
	loopback_json(&r->loopback, f);
	json_counts(r, f);
	fprintf(f, "  },\n");
	json_comparisons(r, f);
	fprintf(f, "}\n");
	return all;
}

static void text_comparisons(const struct results *r, FILE *f)
{
	size_t i, t;

	fprintf(f,
		"\nwrites of the window register for %" PRIu64
		" reads of 32 bits\n%-14s %9s",
		r->trace_count, "", "ours");
	for (i = 0; i < RULES; i++)
		fprintf(f, " %9s", rules[i].name);
	fprintf(f, "\n");
	for (t = 0; t < TRACES; t++) {
		fprintf(f, "%-14s %9" PRIu64, trace_names[t],
			r->traces[t][RULES]);
		for (i = 0; i < RULES; i++)
			fprintf(f, " %9" PRIu64, r->traces[t][i]);
		fprintf(f, "\n");
	}
	for (i = 0; i < RULES; i++)
		fprintf(f, "%s: %s\n", rules[i].name, rules[i].what);
}

bool report(const struct results *r, FILE *text, FILE *json_file)
{
	bool all = json(r, json_file);
	size_t i;

	fprintf(text, "%-30s %14s %12s\n", "", "measured", "limit");
	for (i = 0; i < ARRAY_SIZE(metrics); i++) {
		const struct metric *m = &metrics[i];
		double value = m->value(r);

		fprintf(text, "%-30s %14.*f %2s %9.10g  %s\n", m->name,
			m->decimals, value, relations[m->relation], m->limit,
			within(m, value) ? "ok" : "MISSED");
	}
	text_comparisons(r, text);
	wall_text(r->walls, text);
	share_text(&r->share, text);
	mmu_text(&r->mmu, text);
	vgpu_text(r->vgpus, text);
	fprintf(text, "\n%s\n",
		all ? "all limits are met" : "NOT ALL LIMITS ARE MET");
	return all;
}
