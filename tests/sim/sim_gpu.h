/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A GPU of the simulator's own: a Volta that knows its window register, some MiB of
 * VRAM, and the registers of TLB invalidates, and answers 0 everywhere else. It shares
 * names with core/regs/ and nothing else, and shows each write of VRAM, with the
 * address that it really met, to whoever watches.
 */
#ifndef PRAMIN_TESTS_SIM_GPU_H
#define PRAMIN_TESTS_SIM_GPU_H

#include <pramin/io.h>

#include "sim.h"

#define SIM_MIB	  0x100000u
#define SIM_VRAM  (8 * SIM_MIB)
#define SIM_VRAM_MAX (256 * SIM_MIB)
#define SIM_LATCH 0x000000a5u /* the window register as the VBIOS left it */

enum sim_fault {
	SIM_FINE,
	SIM_REFUSED, /* -EIO, and nothing was done */
	SIM_UNSURE,  /* -EIO, and it was done all the same */
	SIM_ONES,    /* a read answers all ones */
	SIM_LOST,    /* the GPU is gone from here on, silently */
};

/**
 * struct sim_gpu_watch - members may be NULL
 * @fault: what becomes of the access that comes next
 * @write: these bytes are about to be written
 * @read:  these bytes were read
 * @moved: the window register was written
 * @invalidate: an invalidate of that page directory was asked for, by @raw; the
 *         result is when it will be done
 */
struct sim_gpu_watch {
	enum sim_fault (*fault)(uint32_t off, bool write);
	void (*write)(uint64_t vram_pa, unsigned int width, uint64_t val);
	void (*read)(uint64_t vram_pa, unsigned int width);
	void (*moved)(uint32_t raw);
	uint64_t (*invalidate)(uint64_t root_pa, uint32_t raw);
};

struct sim_gpu {
	unsigned char *vram;
	uint64_t size; /* of it; SIM_VRAM, unless it is changed after the begin */
	uint32_t latch;
	uint32_t pdb, upper_pdb;
	bool lost;
	struct sim_gpu_watch watch;

	uint64_t reads;
	uint64_t writes;
	uint64_t moves;
	uint64_t preempted; /* accesses of VRAM before which others ran */
	uint64_t outside; /* beyond the end of VRAM */
	uint64_t invalidates;
	uint64_t too_early; /* of them, begun before the last one was done */

	uint64_t read_free; /* SIM_TIME: when it can serve the next read, */
	uint64_t store_free; /* and take the next store; */
	uint64_t tlb_free;   /* when the TLB is done */
};

/* VRAM of zeros, and the register as at the start; one at a time */
void sim_gpu_begin(struct sim_gpu *gpu, const struct sim_gpu_watch *watch);

/* Its processes can meet; or each handle is alone with its threads. */
extern const struct pramin_io_ops sim_gpu_ops;
extern const struct pramin_io_ops sim_gpu_alone_ops;

#endif /* PRAMIN_TESTS_SIM_GPU_H */
