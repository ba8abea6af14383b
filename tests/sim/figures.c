// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Rates and waits of sharing, in simulated time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pramin/pramin.h>

#include "figures.h"
#include "sim_gpu.h"
#include "../../core/regs/bus.h"
#include "../../lib/sys.h"

/* How long a load goes on, in ns */
#define LOAD_NS 5000000u

#define DUMP_BYTES (2 * SIM_MIB)
#define READS_MAX  65536u
#define BATCH_MAX  1024u

static struct {
	struct sim_gpu gpu;
	struct sim_load load;
	struct sim_process *process[SIM_PROCESSES];
	struct pramin_dev *dev[SIM_PROCESSES];
	uint64_t made[SIM_CLIENTS];
	struct sys_lock lock; /* of the other scheme, and */
	uint64_t base;	      /* where its window stands */

	struct sim_dump dump;
	bool dumped;
	unsigned char buf[DUMP_BYTES];
	uint64_t waits[READS_MAX];
} fig;

static void check(int ret)
{
	if (ret)
		sim_fail("client %u: a call returned %d (%s)",
			 sim_self()->number, ret, strerror(-ret));
}

static void open_it(void *arg)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = SIM_VRAM,
	};
	struct pramin_dev **dev = arg;

	check(pramin_open_io(&sim_gpu_ops, &fig.gpu, &opts, dev, NULL));
}

static void close_it(void *arg)
{
	check(pramin_close(arg, NULL));
}

static void access_ours(struct pramin_dev *dev, uint64_t vram_pa)
{
	uint32_t val;

	check(fig.load.write ? pramin_write32(dev, vram_pa, 1) :
			       pramin_read32(dev, vram_pa, &val));
}

static void access_mutex(uint64_t vram_pa)
{
	const struct pramin_io_ops *ops = &sim_gpu_ops;
	uint64_t base = vram_pa - vram_pa % PRAMIN_APERTURE_SIZE, val;
	uint32_t off;

	sys_lock_take(&fig.lock, SIM_NEVER);
	if (fig.base != base)
		ops->write(&fig.gpu, NV_PBUS_BAR0_WINDOW, 4,
			   base / PRAMIN_WINDOW_GRAIN);
	fig.base = base;
	off = NV_PRAMIN + (uint32_t)(vram_pa - base);
	if (fig.load.write)
		ops->write(&fig.gpu, off, 4, 1);
	else
		ops->read(&fig.gpu, off, 4, &val);
	sys_lock_drop(&fig.lock);
}

static uint64_t position_of(unsigned int client)
{
	const struct sim_load *load = &fig.load;

	return load->crossed ? client % load->positions :
			       client * load->positions / load->clients;
}

static void access_batch(struct pramin_dev *dev, unsigned int client)
{
	struct pramin_access list[BATCH_MAX];
	unsigned int count = fig.load.batch, i;

	if (fig.load.combined)
		count *= fig.load.clients;
	for (i = 0; i < count; i++)
		list[i] = (struct pramin_access){
			.vram_pa = (client + i) % fig.load.positions * SIM_MIB +
				   (client * fig.load.batch + i) * 4,
			.width = 4,
			.kind = fig.load.write ? PRAMIN_ACCESS_WRITE :
						 PRAMIN_ACCESS_READ,
		};
	check(pramin_batch(dev, list, count, NULL));
	fig.made[client] += count;
}

static void load_it(void *arg)
{
	const unsigned int i = (unsigned int)((uint64_t *)arg - fig.made);
	const uint64_t until = fig.load.ns + LOAD_NS;
	uint64_t pa = position_of(i) * SIM_MIB;
	struct pramin_dev *dev =
		fig.dev[i * fig.load.processes / fig.load.clients];

	while (sim_now() < until && !sim_failed() && !fig.load.batch) {
		pa += 4;
		if (fig.load.mutex)
			access_mutex(pa);
		else
			access_ours(dev, pa);
		fig.made[i]++;
	}
	if (fig.load.combined && i)
		return;
	while (sim_now() < until && !sim_failed() && fig.load.batch)
		access_batch(dev, i);
}

static int failed(const char *failure)
{
	if (failure)
		fprintf(stderr, "sim: %s\n", failure);
	sim_end();
	return failure ? -EIO : 0;
}

static void begin(const struct sim_costs *costs, unsigned int processes)
{
	unsigned int i;

	sim_begin(SIM_TIME, 1, costs, NULL);
	sim_gpu_begin(&fig.gpu, NULL);
	for (i = 0; i < processes; i++) {
		fig.process[i] = sim_process_new();
		fig.dev[i] = NULL;
	}
}

/* A client for each process does that, and all get done. */
static const char *in_each(unsigned int processes, void (*run)(void *arg),
			   bool open)
{
	const char *failure = NULL;
	unsigned int i;

	for (i = 0; i < processes && !failure; i++) {
		sim_client_new(fig.process[i], run,
			       open ? (void *)&fig.dev[i] : fig.dev[i]);
		failure = sim_run();
	}
	return failure;
}

static void load_results(struct sim_load *load)
{
	uint64_t least = UINT64_MAX;
	unsigned int i;

	load->accesses = 0;
	for (i = 0; i < load->clients; i++) {
		load->accesses += fig.made[i];
		if (fig.made[i] < least)
			least = fig.made[i];
	}
	load->ns = LOAD_NS;
	load->moves = fig.gpu.moves;
	load->per_us = (double)load->accesses * 1000 / LOAD_NS;
	load->least_part =
		(double)least * load->clients / (double)load->accesses;
}

int sim_load_run(struct sim_load *load)
{
	struct sim_costs costs = sim_usual_costs;
	const char *failure;
	uint64_t i;

	if (load->handoff)
		costs.handoff = load->handoff;
	if (load->accept)
		costs.accept = load->accept;
	costs.one_read = load->one_read;
	costs.apart = load->apart;
	begin(&costs, load->processes);
	memset(fig.made, 0, sizeof(fig.made));
	memset(&fig.lock, 0, sizeof(fig.lock));
	fig.base = SIM_NEVER;
	fig.load = *load;
	failure = in_each(load->processes, open_it, true);
	fig.load.ns = sim_latest();
	fig.gpu.moves = 0;
	for (i = 0; i < load->clients && !failure; i++)
		sim_client_new(fig.process[i * load->processes / load->clients],
			       load_it, &fig.made[i]);
	if (!failure)
		failure = sim_run();
	load_results(load);
	if (!failure)
		failure = in_each(load->processes, close_it, false);
	return failed(failure);
}

static void dump_it(void *arg)
{
	uint64_t begun = sim_now();

	check(pramin_read(arg, 0, fig.buf, DUMP_BYTES, NULL));
	fig.dump.ns = sim_now() - begun;
	fig.dumped = true;
}

static void read_at_random(void *arg)
{
	uint64_t begun;
	uint32_t val;

	while (!fig.dumped && fig.dump.reads < READS_MAX && !sim_failed()) {
		begun = sim_now();
		check(pramin_read32(arg, sim_below(SIM_VRAM) & ~3ull, &val));
		fig.waits[fig.dump.reads++] = sim_now() - begun;
	}
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void dump_results(struct sim_dump *dump)
{
	const uint64_t n = fig.dump.reads;

	fig.dump.bytes = DUMP_BYTES;
	fig.dump.per_us = (double)DUMP_BYTES * 1000 / (double)fig.dump.ns;
	if (n) {
		qsort(fig.waits, n, sizeof(fig.waits[0]), by_size);
		fig.dump.median_ns = fig.waits[n / 2];
		fig.dump.p99_ns = fig.waits[n - 1 - n / 100];
		fig.dump.worst_ns = fig.waits[n - 1];
	}
	*dump = fig.dump;
}

int sim_dump_run(struct sim_dump *dump)
{
	const unsigned int processes = dump->apart ? 2 : 1;
	struct sim_costs costs = sim_usual_costs;
	const char *failure;

	costs.one_read = dump->one_read;
	begin(&costs, processes);
	fig.dump = *dump;
	fig.dump.reads = 0;
	fig.dumped = false;
	failure = in_each(processes, open_it, true);
	if (!failure) {
		sim_client_new(fig.process[0], dump_it, fig.dev[0]);
		if (dump->reader)
			sim_client_new(fig.process[processes - 1],
				       read_at_random, fig.dev[processes - 1]);
		failure = sim_run();
	}
	dump_results(dump);
	if (!failure)
		failure = in_each(processes, close_it, false);
	return failed(failure);
}
