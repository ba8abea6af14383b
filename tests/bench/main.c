// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bench [FILE]: measure everything, print a table, write FILE. Without an
 * argument FILE is bench.json beside the program.
 *
 * A figure that misses its limit is reported and is no failure: times depend on
 * the machine. Exit status 1 means that something could not be measured.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SCAN_BYTES  (256 * MIB)
#define SCAN_STRIDE 4096u
#define TRACE_COUNT 65536u
/* VRAM that bulk calls need at most; boards that have less are left out */
#define BULK_ROOM (192 * MIB)

static const uint64_t bulk_bytes[] = { MIB + 1, 8 * MIB + 1, 64 * MIB + 1 };
/* The larger sizes are read and written only: each adds seconds. */
#define BULK_BYTES_FEW 1u

/*
 * Odd addresses in the middle of a MiB, and on its last byte. A start costs the
 * same at any length, so the smallest length shows which one is worse.
 */
static const uint64_t bulk_starts[] = { 64 * MIB + 12345, 65 * MIB - 1 };

static int failed(const char *what, int ret)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(-ret));
	return ret;
}

/* One chip for each kind of window is enough where VRAM is not the subject. */
static bool first_of_kind(size_t index)
{
	const struct pramin_model_chip *chip = pramin_model_chips(index);
	size_t i;

	for (i = 0; i < index; i++) {
		const struct pramin_model_chip *other = pramin_model_chips(i);

		if (other->window_register == chip->window_register &&
		    other->base_bits == chip->base_bits)
			return false;
	}
	return true;
}

static int add_scan(struct results *r, unsigned int width, uint64_t stride,
		    bool down, bool all_chips)
{
	struct scan_row *row = &r->scans[r->scan_count++];
	const struct pramin_model_chip *chip;
	size_t i;

	*row = (struct scan_row){ .chips = 0 };
	for (i = 0; (chip = pramin_model_chips(i)); i++) {
		struct scan scan = {
			.chip = chip->name,
			.bytes = SCAN_BYTES,
			.stride = stride,
			.width = width,
			.down = down,
		};
		int ret;

		if (chip->vram < scan.bytes ||
		    (!all_chips && strcmp(chip->name, "gh100") != 0))
			continue;
		ret = scan_run(&scan);
		if (ret)
			return failed(chip->name, ret);
		if (!row->chips++ || scan.moves > row->worst.moves)
			row->worst = scan;
	}
	row->per_mib = (double)row->worst.moves / ((double)SCAN_BYTES / MIB);
	return 0;
}

static int run_scans(struct results *r)
{
	unsigned int width;
	int ret = 0;

	for (width = 1; width <= 8 && !ret; width *= 2) {
		ret = add_scan(r, width, SCAN_STRIDE, false, true);
		if (!ret)
			ret = add_scan(r, width, SCAN_STRIDE, true, true);
	}
	/* Once with nothing left out, to show that the stride hides nothing */
	if (!ret)
		ret = add_scan(r, 8, 8, false, false);
	if (!ret)
		ret = add_scan(r, 8, 8, true, false);
	return ret;
}

static int add_bulk(struct results *r, enum bulk_op op,
		    enum bulk_content content, uint64_t len)
{
	struct bulk_case *worst = &r->bulks[r->bulk_count++];
	const size_t starts = len == bulk_bytes[0] ? ARRAY_SIZE(bulk_starts) :
						     1;
	const struct pramin_model_chip *chip;
	size_t i, s;

	*worst = (struct bulk_case){ .chip = NULL };
	for (i = 0; (chip = pramin_model_chips(i)); i++) {
		if (!first_of_kind(i) || chip->vram < BULK_ROOM)
			continue;
		for (s = 0; s < starts; s++) {
			struct bulk_case c = {
				.chip = chip->name,
				.op = op,
				.content = content,
				.vram_pa = bulk_starts[s],
				.len = len,
			};
			int ret = bulk_run(&c);

			if (ret)
				return failed(bulk_op_names[op], ret);
			if (!worst->chip || c.fraction < worst->fraction)
				*worst = c;
		}
	}
	return 0;
}

static int run_bulks(struct results *r)
{
	unsigned int op, content;
	size_t i;
	int ret;

	for (op = 0; op < BULK_OPS; op++) {
		bool all = op == BULK_READ || op == BULK_WRITE;
		size_t n = all ? ARRAY_SIZE(bulk_bytes) : BULK_BYTES_FEW;

		for (content = 0; content < BULK_CONTENTS; content++) {
			for (i = 0; i < n; i++) {
				ret = add_bulk(r, (enum bulk_op)op,
					       (enum bulk_content)content,
					       bulk_bytes[i]);
				if (ret)
					return ret;
			}
		}
	}
	return 0;
}

static int run_traces(struct results *r)
{
	unsigned int kind, i;

	r->trace_count = TRACE_COUNT;
	for (kind = 0; kind < TRACES; kind++) {
		struct trace trace = {
			.kind = (enum trace_kind)kind,
			.count = TRACE_COUNT,
		};
		int ret;

		for (i = 0; i < RULES; i++)
			r->traces[kind][i] = rule_count(&rules[i], &trace);
		ret = ours_count(&trace, &r->traces[kind][RULES]);
		if (ret)
			return failed(trace_names[kind], ret);
	}
	return 0;
}

static int run_batches(struct results *r)
{
	int ret;

	r->batch_exact = (struct batch_set){
		.batches = 1000,
		.max_phases = 8,
		.max_units = 6,
	};
	/* 64 units in VRAM, so 128 phases are planned exactly. */
	r->batch_long = (struct batch_set){
		.batches = 200,
		.max_phases = 1000,
		.max_units = 4,
		.seed = 1u << 30,
	};
	ret = batch_set_run(&r->batch_exact);
	if (!ret)
		ret = batch_set_run(&r->batch_long);
	return ret ? failed("batch", ret) : 0;
}

static int run_memory(struct results *r, const char *json_path)
{
	unsigned int i;
	char *image;
	int ret = 0;

	if (asprintf(&image, "%s.image", json_path) < 0)
		return -1;
	for (i = 0; i < MEMORY_FORMS && !ret; i++) {
		r->memory[i] = (struct memory_use){
			.flat = i >= 2,
			.file = i % 2,
		};
		ret = memory_measure(image, &r->memory[i]);
	}
	free(image);
	return ret ? failed("memory", ret) : 0;
}

static int run_scalars(struct results *r, const char *json_path)
{
	char *image, *state;
	int form, ret = 0;

	if (asprintf(&image, "%s.flat", json_path) < 0)
		return -ENOMEM;
	if (asprintf(&state, "%s.state", image) < 0) {
		free(image);
		return -ENOMEM;
	}
	unlink(image);
	unlink(state);
	for (form = ALONE; form < SCALAR_FORMS && !ret; form++)
		ret = times_scalar((enum scalar_form)form, image,
				   r->scalars[form]);
	unlink(image);
	unlink(state);
	free(state);
	free(image);
	return ret;
}

static int run_mmu(struct results *r, const char *json_path)
{
	char *dump;
	int ret;

	if (asprintf(&dump, "%s.dump", json_path) < 0)
		return -ENOMEM;
	ret = mmu_time(dump, &r->mmu.times);
	free(dump);
	if (!ret)
		ret = mmu_run(&r->mmu);
	if (!ret)
		ret = mmu_compare(&r->mmu);
	if (!ret)
		ret = vgpu_run(r->vgpus);
	return ret ? failed("page tables", ret) : 0;
}

/* The server lies beside this program. */
static int run_loopback(struct results *r, const char *program)
{
	const char *slash = strrchr(program, '/');
	int dir = slash ? (int)(slash - program) + 1 : 0, ret;
	char *server;

	if (asprintf(&server, "%.*spramin-gpu", dir, program) < 0)
		return -ENOMEM;
	ret = loopback_run(server, &r->loopback);
	free(server);
	return ret ? failed("loopback", ret) : 0;
}

static int run_all(struct results *r, const char *program,
		   const char *json_path)
{
	int ret;

	/* Memory first, while this process is small; then times. */
	ret = run_memory(r, json_path);
	if (ret)
		return ret;
	ret = times_view(r->views);
	if (ret)
		return failed("view", ret);
	ret = run_scalars(r, json_path);
	if (!ret)
		ret = wall_run(r->walls);
	if (ret)
		return failed("scalar", ret);
	ret = run_loopback(r, program);
	if (!ret)
		ret = run_mmu(r, json_path);
	if (!ret)
		ret = run_scans(r);
	if (!ret)
		ret = run_bulks(r);
	if (!ret)
		ret = run_traces(r);
	if (!ret)
		ret = run_batches(r);
	if (!ret)
		ret = share_run(&r->share);
	return ret;
}

static char *default_path(const char *program)
{
	const char *slash = strrchr(program, '/');
	int dir = slash ? (int)(slash - program) + 1 : 0;
	char *path;

	if (asprintf(&path, "%.*sbench.json", dir, program) < 0)
		return NULL;
	return path;
}

int main(int argc, char **argv)
{
	static struct results results;
	char *path = argc > 1 ? strdup(argv[1]) : default_path(argv[0]);
	int status = 1;
	FILE *f;

	if (argc > 2 || !path) {
		fprintf(stderr, "usage: bench [FILE]\n");
	} else if (run_all(&results, argv[0], path) == 0) {
		f = fopen(path, "we");
		if (f) {
			report(&results, stdout, f);
			status = fclose(f) ? 1 : 0;
		}
		if (status)
			perror(path);
		else
			printf("written: %s\n", path);
	}
	free(path);
	return status;
}
