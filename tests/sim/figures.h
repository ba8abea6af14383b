/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Rates and waits of sharing, in simulated time. Includes no header of the
 * simulator, so that the benchmark can link all of it as one object.
 */
#ifndef PRAMIN_TESTS_SIM_FIGURES_H
#define PRAMIN_TESTS_SIM_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct sim_load - clients that read or write 32 bits, as fast as they can
 * @processes: each has one handle, shared by its clients
 * @clients:   in all; a multiple of @processes
 * @positions: MiBs that they use, each client one
 * @crossed:   the clients of each process are at all of them; else neighbours
 *             share one
 * @write:     writes, not reads
 * @batch:     0, or: in batches of so many, whose accesses are at all positions
 *             in turn
 * @combined:  one client makes the batches of all, joined to one, and hears of
 *             them and answers for nothing: no scheme of that kind does better
 * @mutex:     not the library: one lock around placing and access, which goes
 *             to who has waited longest
 * @handoff, @accept, @one_read, @apart: charges (sim.h); 0: the usual ones
 */
struct sim_load {
	unsigned int processes;
	unsigned int clients;
	unsigned int positions;
	bool crossed;
	bool write;
	unsigned int batch;
	bool combined;
	bool mutex;
	uint64_t handoff;
	uint64_t accept;
	bool one_read;
	bool apart;

	/* Results */
	uint64_t ns;
	uint64_t accesses;
	uint64_t moves;
	double per_us;	   /* accesses */
	double least_part; /* of the worst served client, of its fair share */
};

/**
 * struct sim_dump - a bulk read, and beside it a reader of random addresses
 * @reader: there is one
 * @apart:  in a process of its own
 * @one_read: the GPU serves one read at a time
 */
struct sim_dump {
	bool reader;
	bool apart;
	bool one_read;

	/* Results */
	uint64_t bytes;
	uint64_t ns;
	double per_us; /* bytes of the dump */
	uint64_t reads;
	uint64_t median_ns, p99_ns, worst_ns;
};

/**
 * struct sim_vgpu - virtual GPUs that map at the same time
 * @clients:   threads of one handle; each maps its spaces one after the other
 * @spaces:    address spaces in all, a multiple of @clients; one pool for all
 * @bytes:     that each maps, in pages of 4 KiB
 * @batches:   in so many batches
 * @mutex:     one lock around each map
 * @accept, @handoff: charges; 0: the usual ones
 */
struct sim_vgpu {
	unsigned int clients;
	unsigned int spaces;
	uint64_t bytes;
	unsigned int batches;
	bool mutex;
	uint64_t accept;
	uint64_t handoff;

	/* Results */
	uint64_t ns; /* until the last one is done */
	uint64_t pages;
	uint64_t stores;
	uint64_t moves;
	uint64_t invalidates;
	double per_us; /* pages */
	/* Stores of the client that had made the fewest when the first was done */
	double least_part;
};

/* 0, or a negative errno value; the reason on stderr */
int sim_load_run(struct sim_load *load);
int sim_dump_run(struct sim_dump *dump);
int sim_vgpu_run(struct sim_vgpu *vgpu);

#endif /* PRAMIN_TESTS_SIM_FIGURES_H */
