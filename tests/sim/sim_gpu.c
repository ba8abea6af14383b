// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The simulator's GPU. Each access is two points: one before it reaches the GPU,
 * one before its client goes on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim_gpu.h"
#include "../../core/regs/bus.h"
#include "../../core/regs/master.h"
#include "../../core/regs/tlb.h"

/* An invalidate takes so long; as in the model, and not measured. */
#define INVALIDATE_NS 2000u

#define BOOT_0 0x140000a1u /* GV100 */

void sim_gpu_begin(struct sim_gpu *gpu, const struct sim_gpu_watch *watch)
{
	static unsigned char *vram;

	if (!vram)
		vram = mmap(NULL, SIM_VRAM_MAX, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* Zeros again */
	if (vram == MAP_FAILED || madvise(vram, SIM_VRAM_MAX, MADV_DONTNEED))
		abort();
	*gpu = (struct sim_gpu){
		.vram = vram,
		.size = SIM_VRAM,
		.latch = SIM_LATCH,
	};
	if (watch)
		gpu->watch = *watch;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* When a round trip is over that begins now; the GPU is met in its middle. */
static uint64_t read_time(struct sim_gpu *gpu)
{
	uint64_t now = sim_now(), start = now;

	if (sim_costs()->one_read) {
		start = later(now, gpu->read_free);
		gpu->read_free = start + sim_costs()->read;
	}
	return start + sim_costs()->read - now;
}

/* A store is off when the core is done with it and the GPU has room for it. */
static uint64_t store_time(struct sim_gpu *gpu)
{
	uint64_t now = sim_now();

	gpu->store_free = later(gpu->store_free, now) + sim_costs()->accept;
	return later(now + sim_costs()->store, gpu->store_free) - now;
}

static enum sim_fault fault(struct sim_gpu *gpu, uint32_t off, bool write)
{
	enum sim_fault f = SIM_FINE;

	if (!gpu->lost && gpu->watch.fault)
		f = gpu->watch.fault(off, write);
	if (f == SIM_LOST)
		gpu->lost = true;
	return f;
}

/* The address that an access of the aperture meets, or SIM_NEVER */
static uint64_t meets(struct sim_gpu *gpu, uint32_t off, unsigned int width)
{
	uint64_t pa = (uint64_t)FLD_GET(NV_PBUS_BAR0_WINDOW_BASE, gpu->latch) *
			      PRAMIN_WINDOW_GRAIN +
		      (off - NV_PRAMIN);

	if (pa + width <= gpu->size)
		return pa;
	gpu->outside++;
	return SIM_NEVER;
}

static bool in_aperture(uint32_t off)
{
	return off >= NV_PRAMIN && off - NV_PRAMIN < PRAMIN_APERTURE_SIZE;
}

/* There is always room in its FIFO. */
static uint32_t tlb_state(const struct sim_gpu *gpu)
{
	uint32_t val = FLD_PREP(NV_PFB_PRI_MMU_CTRL_PRI_FIFO_SPACE, 1);

	if (sim_now() >= gpu->tlb_free)
		val |= NV_PFB_PRI_MMU_CTRL_PRI_FIFO_EMPTY;
	return val;
}

static uint64_t answer(struct sim_gpu *gpu, uint32_t off, unsigned int width)
{
	uint64_t val = 0, pa;

	if (!in_aperture(off))
		return off == NV_PMC_BOOT_0	  ? BOOT_0 :
		       off == NV_PBUS_BAR0_WINDOW ? gpu->latch :
		       off == NV_PFB_PRI_MMU_CTRL ? tlb_state(gpu) :
						    0;
	pa = meets(gpu, off, width);
	gpu->reads++;
	if (pa == SIM_NEVER)
		return 0;
	if (gpu->watch.read)
		gpu->watch.read(pa, width);
	memcpy(&val, gpu->vram + pa, width);
	return val;
}

/* On the way to the GPU */
static void travel(struct sim_gpu *gpu, uint32_t off, uint64_t ns)
{
	uint64_t switches = sim_counts.switches;

	sim_point_after(ns);
	gpu->preempted += in_aperture(off) && sim_counts.switches != switches;
}

static int gpu_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	const uint64_t ones = width == 8 ? UINT64_MAX : (1ull << 8 * width) - 1;
	struct sim_gpu *gpu = io;
	uint64_t ns = read_time(gpu);
	enum sim_fault f;

	travel(gpu, off, ns - sim_costs()->read / 2);
	f = fault(gpu, off, false);
	*val = gpu->lost || f == SIM_ONES ? ones : answer(gpu, off, width);
	sim_point_after(sim_costs()->read / 2);
	return f == SIM_REFUSED || f == SIM_UNSURE ? -EIO : 0;
}

static void invalidate(struct sim_gpu *gpu, uint32_t raw)
{
	const uint64_t root =
		(uint64_t)FLD_GET(NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR, gpu->pdb)
			<< NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR_ALIGNMENT |
		(uint64_t)gpu->upper_pdb
			<< PRAMIN_MMU_INVALIDATE_UPPER_PDB_SHIFT;

	gpu->invalidates++;
	gpu->too_early += sim_now() < gpu->tlb_free;
	gpu->tlb_free = gpu->watch.invalidate ?
				gpu->watch.invalidate(root, raw) :
				sim_now() + INVALIDATE_NS;
}

static void arrive(struct sim_gpu *gpu, uint32_t off, unsigned int width,
		   uint64_t val)
{
	uint64_t pa;

	if (in_aperture(off)) {
		pa = meets(gpu, off, width);
		gpu->writes++;
		if (gpu->watch.write)
			gpu->watch.write(pa, width, val);
		if (pa != SIM_NEVER)
			memcpy(gpu->vram + pa, &val, width);
	} else if (off == NV_PBUS_BAR0_WINDOW) {
		gpu->moves += (uint32_t)val != gpu->latch;
		gpu->latch = (uint32_t)val;
		if (gpu->watch.moved)
			gpu->watch.moved(gpu->latch);
	} else if (off == NV_PFB_PRI_MMU_INVALIDATE_PDB) {
		gpu->pdb = (uint32_t)val;
	} else if (off == NV_PFB_PRI_MMU_INVALIDATE_UPPER_PDB) {
		gpu->upper_pdb = (uint32_t)val;
	} else if (off == NV_PFB_PRI_MMU_INVALIDATE) {
		invalidate(gpu, (uint32_t)val);
	}
}

static int gpu_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	struct sim_gpu *gpu = io;
	enum sim_fault f;

	travel(gpu, off, store_time(gpu));
	f = fault(gpu, off, true);
	if (!gpu->lost && f != SIM_REFUSED)
		arrive(gpu, off, width, val);
	sim_point_after(0);
	return f == SIM_REFUSED || f == SIM_UNSURE ? -EIO : 0;
}

static const char *gpu_meeting(void *io, uint64_t *offset)
{
	(void)io;
	*offset = 0;
	return "the place";
}

const struct pramin_io_ops sim_gpu_ops = {
	.name = "sim",
	.read = gpu_read,
	.write = gpu_write,
	.meeting = gpu_meeting,
};

const struct pramin_io_ops sim_gpu_alone_ops = {
	.name = "sim",
	.read = gpu_read,
	.write = gpu_write,
};
