// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Virtual GPUs in simulated time: address spaces that are filled at the same time,
 * by threads of one handle, with tables from one pool.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <pramin/pramin.h>

#include "figures.h"
#include "sim_gpu.h"
#include "../../lib/sys.h"

#define SPACES	 64u
#define VRAM	 (128ull * SIM_MIB)
#define POOL_PA	 (1ull * SIM_MIB)
#define POOL_LEN (32ull * SIM_MIB)
#define DATA_PA	 (48ull * SIM_MIB)

static struct {
	struct sim_gpu gpu;
	struct sim_vgpu vgpu;
	struct pramin_dev *dev;
	struct pramin_pool *pool;
	struct pramin_space *space[SPACES];
	unsigned int client[SPACES]; /* their numbers, for the argument */
	uint64_t stores[SIM_CLIENTS];
	unsigned int first; /* number of client 0 in the run */
	bool done;	    /* the first has done all of its own */
	struct sys_lock lock;
} vg;

static void check(int ret)
{
	if (ret)
		sim_fail("client %u: a call returned %d (%s): %s",
			 sim_self()->number, ret, strerror(-ret),
			 vg.dev ? pramin_last_why(vg.dev)->what : "");
}

static void open_all(void *arg)
{
	const struct pramin_open_opts opts = { .size = sizeof(opts),
					       .vram = VRAM };
	struct pramin_space_params params = { .size = sizeof(params) };
	unsigned int i;

	(void)arg;
	check(pramin_open_io(&sim_gpu_ops, &vg.gpu, &opts, &vg.dev, NULL));
	if (sim_failed())
		return;
	check(pramin_pool_create(vg.dev, &vg.pool));
	check(pramin_pool_add(vg.pool, POOL_PA, POOL_LEN));
	params.pool = vg.pool;
	for (i = 0; i < vg.vgpu.spaces && !sim_failed(); i++)
		check(pramin_space_create(vg.dev, &params, &vg.space[i]));
	sys_lock_init(&vg.lock, false);
}

static void close_all(void *arg)
{
	(void)arg;
	check(pramin_close(vg.dev, NULL));
}

static void map(struct pramin_space *space, uint64_t off, uint64_t len)
{
	struct pramin_map_piece piece = { DATA_PA + off, len };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = off,
		.len = len,
		.page_size = 4096,
		.pieces = &piece,
		.count = 1,
	};

	if (vg.vgpu.mutex)
		sys_lock_take(&vg.lock, SIM_NEVER);
	check(pramin_space_map(space, &op, 1, NULL));
	if (vg.vgpu.mutex)
		sys_lock_drop(&vg.lock);
}

static void fill_spaces(void *arg)
{
	const unsigned int i = *(unsigned int *)arg;
	const unsigned int own = vg.vgpu.spaces / vg.vgpu.clients;
	const uint64_t len = vg.vgpu.bytes / vg.vgpu.batches;
	unsigned int s, b;

	for (s = 0; s < own && !sim_failed(); s++)
		for (b = 0; b < vg.vgpu.batches && !sim_failed(); b++)
			map(vg.space[i * own + s], b * len, len);
	vg.done = true;
}

/* Whose store is it? Counted until the first client is done. */
static void stored(uint64_t vram_pa, unsigned int width, uint64_t val)
{
	unsigned int i = sim_self()->number - vg.first;

	(void)vram_pa;
	(void)width;
	(void)val;
	if (!vg.done && i < SIM_CLIENTS)
		vg.stores[i]++;
}

static const char *run_one(struct sim_process *process, void (*run)(void *arg))
{
	sim_client_new(process, run, NULL);
	return sim_run();
}

static void results(struct sim_vgpu *vgpu, uint64_t begun)
{
	uint64_t least = UINT64_MAX, all = 0;
	unsigned int i;

	for (i = 0; i < vgpu->clients; i++) {
		all += vg.stores[i];
		if (vg.stores[i] < least)
			least = vg.stores[i];
	}
	vgpu->ns = sim_latest() - begun;
	vgpu->pages = vgpu->spaces * (vgpu->bytes / 4096);
	vgpu->stores = vg.gpu.writes;
	vgpu->moves = vg.gpu.moves;
	vgpu->invalidates = vg.gpu.invalidates;
	vgpu->per_us = (double)vgpu->pages * 1000 / (double)vgpu->ns;
	vgpu->least_part = (double)least * vgpu->clients / (double)all;
}

int sim_vgpu_run(struct sim_vgpu *vgpu)
{
	static const struct sim_gpu_watch watch = { .write = stored };
	struct sim_costs costs = sim_usual_costs;
	struct sim_process *process;
	const char *failure;
	uint64_t begun;
	unsigned int i;

	if (vgpu->spaces > SPACES || vgpu->clients > vgpu->spaces)
		return -EINVAL;
	if (vgpu->accept)
		costs.accept = vgpu->accept;
	if (vgpu->handoff)
		costs.handoff = vgpu->handoff;
	memset(&vg, 0, sizeof(vg));
	vg.vgpu = *vgpu;
	vg.first = 1;
	sim_begin(SIM_TIME, 1, &costs, NULL);
	sim_gpu_begin(&vg.gpu, &watch);
	vg.gpu.size = VRAM;
	process = sim_process_new();
	failure = run_one(process, open_all);
	memset(vg.stores, 0, sizeof(vg.stores));
	vg.gpu.writes = 0;
	vg.gpu.moves = 0;
	vg.gpu.invalidates = 0;
	begun = sim_latest();
	for (i = 0; i < vgpu->clients && !failure; i++) {
		vg.client[i] = i;
		sim_client_new(process, fill_spaces, &vg.client[i]);
	}
	if (!failure)
		failure = sim_run();
	results(vgpu, begun);
	if (!failure && vg.gpu.too_early)
		failure =
			"an invalidate was asked for before the last was done";
	if (!failure)
		failure = run_one(process, close_all);
	if (failure)
		fprintf(stderr, "sim: %s\n", failure);
	sim_end();
	return failure ? -EIO : 0;
}
