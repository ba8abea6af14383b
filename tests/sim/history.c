// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Clients that fight for the same words, of several processes, in an order that a
 * seed decides: what they wrote and saw has to be a history of one memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <pramin/pramin.h>

#include "history_check.h"
#include "scalars.h"
#include "sim_gpu.h"
#include "torture.h"

#define PROCESSES 2u
#define CLIENTS	  4u
#define CALLS	  14u
#define AREA	  32u
#define LONG	  1024u /* long enough to give way */

static struct sim_gpu gpu;
static struct history history;
static struct pramin_dev *devs[PROCESSES];
static unsigned int numbers[CLIENTS];
/* Over a line of a MiB, over one of 64 KiB, and elsewhere */
static const uint64_t areas[] = {
	SIM_MIB - 16,
	3 * SIM_MIB + 0x10000 - 16,
	5 * SIM_MIB,
};
static uint64_t written;

/* No two are alike, in any byte if it can be helped. */
static uint64_t fresh(void)
{
	uint64_t x = ++written * 0x9e3779b97f4a7c15;

	return (x ^ x >> 32) * 0xd6e8feb86659fd93;
}

/* One access, by itself or as a batch */
static int access_word(struct pramin_dev *dev, bool write, uint64_t pa,
		       unsigned int width, uint64_t *val)
{
	struct pramin_access one = {
		.vram_pa = pa,
		.val = *val,
		.width = (uint8_t)width,
		.kind = write ? PRAMIN_ACCESS_WRITE : PRAMIN_ACCESS_READ,
	};
	int ret;

	if (sim_below(2))
		return write ? scalar_write(dev, pa, width, *val) :
			       scalar_read(dev, pa, width, val);
	ret = pramin_batch(dev, &one, 1, NULL);
	*val = one.val;
	return ret;
}

static int one_word(struct pramin_dev *dev, unsigned int client)
{
	const unsigned int width = 1u << sim_below(4);
	const bool write = sim_below(2);
	uint64_t pa = areas[sim_below(3)] + width * sim_below(AREA / width);
	uint64_t val = write ? fresh() : 0;
	struct history_op *op;
	int ret;

	op = history_begin(&history, client,
			   write ? HISTORY_WRITE : HISTORY_READ, pa, width, 8,
			   &val);
	ret = access_word(dev, write, pa, width, &val);
	if (!ret)
		history_end(&history, op, &val);
	return ret;
}

static int many_words(struct pramin_dev *dev, unsigned int client)
{
	const bool write = sim_below(2);
	const uint64_t pa = SIM_MIB - LONG / 2;
	uint8_t buf[LONG];
	struct history_op *op;
	unsigned int i;
	int ret;

	for (i = 0; i < LONG; i++)
		buf[i] = (uint8_t)fresh();
	op = history_begin(&history, client,
			   write ? HISTORY_WRITE : HISTORY_READ, pa, LONG, 8,
			   buf);
	ret = write ? pramin_write(dev, pa, buf, LONG, NULL) :
		      pramin_read(dev, pa, buf, LONG, NULL);
	if (!ret)
		history_end(&history, op, buf);
	return ret;
}

static int a_view(struct pramin_dev *dev, unsigned int client)
{
	const uint64_t pa = areas[sim_below(3)];
	const uint64_t off = 8 * sim_below(AREA / 8);
	uint64_t val = fresh();
	struct history_op *w, *r;
	struct pramin_view *view;
	int ret = pramin_view_begin(dev, pa, AREA, &view);

	if (ret)
		return ret;
	w = history_begin(&history, client, HISTORY_WRITE, pa + off, 8, 8,
			  &val);
	pramin_view_write(view, off, 8, val);
	history_end(&history, w, NULL);
	r = history_begin(&history, client, HISTORY_READ, pa + AREA - 8, 8, 8,
			  NULL);
	val = pramin_view_read(view, AREA - 8, 8);
	history_end(&history, r, &val);
	return pramin_view_end(view);
}

static void open_it(void *arg)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = SIM_VRAM,
		.timeout_ms = 60000,
	};

	if (pramin_open_io(&sim_gpu_ops, &gpu, &opts, arg, NULL))
		sim_fail("not opened");
}

static void work(void *arg)
{
	const unsigned int client = *(unsigned int *)arg;
	struct pramin_dev *dev = devs[client % PROCESSES];
	unsigned int i;

	for (i = 0; i < CALLS && !sim_failed(); i++) {
		const uint64_t what = sim_below(8);
		int ret = what == 0 ? many_words(dev, client) :
			  what == 1 ? a_view(dev, client) :
				      one_word(dev, client);

		if (ret)
			sim_fail("client %u: %d: %s", client, ret,
				 pramin_last_why(dev)->what);
	}
}

static void close_it(void *arg)
{
	if (pramin_close(*(struct pramin_dev **)arg, NULL))
		sim_fail("not closed");
}

static const char *play(uint64_t seed)
{
	struct sim_process *process[PROCESSES];
	const char *failure = NULL;
	unsigned int i;

	sim_begin(SIM_RANDOM, seed, NULL, NULL);
	sim_gpu_begin(&gpu, NULL);
	sim_place_reset();
	written = 0;
	for (i = 0; i < PROCESSES; i++) {
		process[i] = sim_process_new();
		sim_client_new(process[i], open_it, &devs[i]);
	}
	failure = sim_run();
	for (i = 0; i < CLIENTS && !failure; i++) {
		numbers[i] = i;
		sim_client_new(process[i % PROCESSES], work, &numbers[i]);
	}
	if (!failure)
		failure = sim_run();
	for (i = 0; i < PROCESSES && !failure; i++)
		sim_client_new(process[i], close_it, &devs[i]);
	if (!failure)
		failure = sim_run();
	sim_end();
	return failure;
}

const char *history_run(uint64_t seed)
{
	static char text[200];
	struct history_fault fault;
	const char *failure = "no memory for a history";
	int err;

	if (!history_init(&history, CLIENTS, 4 * CALLS, CALLS * (LONG + 64)))
		return failure;
	failure = play(seed);
	err = failure ? 0 : history_check(&history, NULL, &fault);
	if (err) {
		history_print(&history, &fault);
		snprintf(text, sizeof(text), "seed %" PRIu64 ": no history: %d",
			 seed, err);
		failure = text;
	}
	history_free(&history);
	return failure;
}
