// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Wall clock, real threads: reads through one shared handle, against the same
 * accesses with one pthread mutex around each.
 *
 * An access of a real GPU is a round trip that the CPU waits for. Here it is a
 * wait of 1 us that spins, so it needs a core of its own: more threads than
 * cores gain nothing over that, and must not lose much. How long each side runs
 * is bounded by time; what is compared is how much it did.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "bench.h"

#define ACCESS_NS 1000u
#define RUN_NS	  40000000u
#define RUNS	  5u
#define MAX	  32u
#define WINDOW	  0x700000u

struct wall {
	struct pramin_model *model;
	struct pramin_dev *dev;
	pthread_mutex_t mutex;
	pthread_barrier_t together;
	const struct wall_row *row;
	bool locked;   /* the other scheme */
	uint32_t base; /* of it: the position the mutex protects */
};

struct runner {
	struct wall *wall;
	uint64_t vram_pa;
	uint64_t done;
};

static struct wall *wall_now;

static void spin(void)
{
	uint64_t until = now_ns() + ACCESS_NS;

	while (wall_now->row->busy && now_ns() < until)
		;
}

static int wall_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	if (off >= WINDOW && off < WINDOW + MIB) {
		spin();
		*val = 1;
		return 0;
	}
	return pramin_model_ops()->read(io, off, width, val);
}

static int wall_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	return pramin_model_ops()->write(io, off, width, val);
}

static int wall_config_read(void *io, uint32_t off, uint32_t *val)
{
	return pramin_model_ops()->config_read(io, off, val);
}

static const struct pramin_io_ops wall_ops = {
	.name = "wall",
	.read = wall_read,
	.write = wall_write,
	.config_read = wall_config_read,
};

/* What a driver with one lock does: place if need be, access */
static int locked_read(struct wall *w, uint64_t vram_pa)
{
	uint32_t base = (uint32_t)(vram_pa / MIB * 16);
	uint64_t val;
	int ret = 0;

	pthread_mutex_lock(&w->mutex);
	if (base != w->base)
		ret = wall_ops.write(w->model, 0x1700, 4, base);
	w->base = base;
	if (!ret)
		ret = wall_ops.read(w->model, WINDOW, 4, &val);
	pthread_mutex_unlock(&w->mutex);
	return ret;
}

static void *run(void *arg)
{
	struct runner *r = arg;
	struct wall *w = r->wall;
	uint64_t until;
	uint32_t val;
	int ret = 0;

	pthread_barrier_wait(&w->together);
	until = now_ns() + RUN_NS;
	while (!ret && now_ns() < until) {
		ret = w->locked ? locked_read(w, r->vram_pa) :
				  pramin_read32(w->dev, r->vram_pa, &val);
		r->done++;
	}
	if (ret)
		r->done = 0;
	return NULL;
}

/* Accesses per us of all threads together, or 0 */
static double measure(struct wall *w)
{
	struct runner runners[MAX];
	pthread_t threads[MAX];
	unsigned int i, n = w->row->threads;
	uint64_t start, sum = 0;

	pthread_barrier_init(&w->together, NULL, n);
	for (i = 0; i < n; i++) {
		runners[i] = (struct runner){
			.wall = w,
			.vram_pa = i % w->row->positions * MIB,
		};
		if (pthread_create(&threads[i], NULL, run, &runners[i]))
			abort();
	}
	start = now_ns();
	for (i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		sum += runners[i].done;
	}
	pthread_barrier_destroy(&w->together);
	return (double)sum * 1000 / (double)(now_ns() - start);
}

static int compare(struct wall *w, struct wall_row *row)
{
	unsigned int i;

	w->row = row;
	for (i = 0; i < RUNS; i++) {
		double rate;

		w->locked = false;
		rate = measure(w);
		if (rate > row->ours)
			row->ours = rate;
		w->locked = true;
		w->base = UINT32_MAX;
		rate = measure(w);
		if (rate > row->theirs)
			row->theirs = rate;
		/* The other scheme moved the window behind our back. */
		if (pramin_forget(w->dev))
			return -EIO;
	}
	return row->ours > 0 && row->theirs > 0 ? 0 : -EIO;
}

int wall_run(struct wall_row rows[WALL_ROWS])
{
	static const struct wall_row all[WALL_ROWS] = {
		{ "2 threads, 1 position", 2, 1, true, 0, 0 },
		{ "8 threads, 1 position", 8, 1, true, 0, 0 },
		{ "32 threads, 1 position", 32, 1, true, 0, 0 },
		{ "2 threads, 2 positions", 2, 2, true, 0, 0 },
		{ "8 threads, 4 positions", 8, 4, true, 0, 0 },
		{ "32 threads, 4 positions", 32, 4, true, 0, 0 },
		{ "2 threads, bare memory", 2, 1, false, 0, 0 },
		{ "8 threads, bare memory", 8, 1, false, 0, 0 },
		{ "32 threads, bare memory", 32, 1, false, 0, 0 },
	};
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 16 * MIB,
	};
	struct wall wall = { .locked = false };
	unsigned int i;
	int ret = pramin_model_create(&params, &wall.model, NULL);

	if (ret)
		return ret;
	wall_now = &wall;
	wall.row = &all[0];
	pthread_mutex_init(&wall.mutex, NULL);
	ret = pramin_open_io(&wall_ops, wall.model, NULL, &wall.dev, NULL);
	for (i = 0; i < WALL_ROWS && !ret; i++) {
		rows[i] = all[i];
		ret = compare(&wall, &rows[i]);
	}
	pramin_close(wall.dev, NULL);
	pramin_model_destroy(wall.model);
	return ret;
}

double wall_ratio(const struct wall_row *row)
{
	return row->theirs > 0 ? row->ours / row->theirs : 0;
}

void wall_text(const struct wall_row rows[WALL_ROWS], FILE *f)
{
	unsigned int i;

	fprintf(f,
		"\nreal threads, wall clock, 1 us a read; the best of %u runs\n"
		"%-28s %10s %10s %8s\n%-28s %10s %10s\n",
		RUNS, "", "accesses", "one lock", "times", "", "per us",
		"per us");
	for (i = 0; i < WALL_ROWS; i++)
		fprintf(f, "%-28s %10.3f %10.3f %8.2f\n", rows[i].name,
			rows[i].ours, rows[i].theirs, wall_ratio(&rows[i]));
}

void wall_json(const struct wall_row rows[WALL_ROWS], FILE *f)
{
	unsigned int i;

	fprintf(f, "    \"threads\": [");
	for (i = 0; i < WALL_ROWS; i++)
		fprintf(f,
			"%s\n      {\"name\": \"%s\", \"threads\": %u, "
			"\"positions\": %u, \"busy\": %s, "
			"\"per_us\": %.4f, \"one_lock_per_us\": %.4f, "
			"\"ratio\": %.4f}",
			i ? "," : "", rows[i].name, rows[i].threads,
			rows[i].positions, rows[i].busy ? "true" : "false",
			rows[i].ours, rows[i].theirs, wall_ratio(&rows[i]));
	fprintf(f, "\n    ],\n");
}
