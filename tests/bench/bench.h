/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The benchmark: what each part measures, and what it hands to the report.
 *
 *	counts.c	moves and bulk rates: counters and the simulated clock
 *	rules.c		placement rules of others, and traces to compare on
 *	batch.c		moves of batches against the fewest there are
 *	times.c		wall clock: views and scalars against bare loads
 *	memory.c	host memory of a large model
 *	share.c		sharing, in the simulator's time
 *	mmu.c		page tables: stores, flushes, invalidates
 *	mmu_times.c	page tables: wall clock, and the ways of others
 *	mmu_report.c	what these two found, as text and JSON
 *	vgpu.c		page tables of many at once, in the simulator's time
 *	loopback.c	the modelled card behind its socket
 *	report.c	the table and build/bench.json
 *
 * Counts and simulated times are the same in every run. Wall-clock figures are
 * comparisons within one run. All functions return 0 or a negative errno value.
 */
#ifndef PRAMIN_TESTS_BENCH_H
#define PRAMIN_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <pramin/pramin.h>

#include "../sim/figures.h"

#define KIB 1024ull
#define MIB (1024ull * KIB)
#define GIB (1024ull * MIB)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct board - a model and the handle that owns it
 *
 * The handle closes the model, so board_close() ends both.
 */
struct board {
	struct pramin_model *model;
	struct pramin_dev *dev;
};

int board_open(const struct pramin_model_params *params, bool exclusive,
	       struct board *board);
int board_close(struct board *board);

/* What the model has counted so far */
struct pramin_model_counters board_counters(const struct board *board);

/* 64 bits that look random and depend on @n alone */
uint64_t mix64(uint64_t n);

/*
 * A scan: scalar reads of one width over @bytes, upwards or downwards. Reading
 * each byte of 256 MiB alone takes minutes and tells no more, so a scan visits
 * each @stride-th byte, and every address within 64 bytes of a 64 KiB line,
 * where a placement rule may have to move. @stride equal to the width leaves
 * nothing out.
 */
struct scan {
	const char *chip;
	uint64_t bytes; /* a multiple of 1 MiB */
	uint64_t stride;
	unsigned int width; /* bytes */
	bool down;

	/* Results */
	uint64_t accesses;
	uint64_t moves;
};

int scan_run(struct scan *scan);

enum bulk_op {
	BULK_READ,
	BULK_COMPARE,
	BULK_FIND,
	BULK_WRITE,
	BULK_FILL,
	BULK_OPS
};

enum bulk_content {
	CONTENT_RANDOM,
	CONTENT_ZERO,
	CONTENT_ERASED,
	BULK_CONTENTS
};

/*
 * One bulk call on the simulated clock. @ideal_ns is what its bytes cost in
 * accesses of 8 bytes and nothing else: the ceiling of the bus.
 */
struct bulk_case {
	const char *chip;
	enum bulk_op op;
	enum bulk_content content;
	uint64_t vram_pa;
	uint64_t len;

	/* Results */
	uint64_t ideal_ns;
	uint64_t simulated_ns;
	uint64_t moves;
	double fraction;
};

int bulk_run(struct bulk_case *c);

extern const char *const bulk_op_names[BULK_OPS];
extern const char *const bulk_content_names[BULK_CONTENTS];
bool bulk_reads(enum bulk_op op);

enum trace_kind {
	TRACE_UP,
	TRACE_DOWN,
	TRACE_RANDOM,
	TRACE_NEAR,
	TRACE_PING_64K,
	TRACE_PING_1M,
	TRACES
};

/* A trace: @count aligned 32-bit reads */
struct trace {
	enum trace_kind kind;
	uint64_t count;
};

/*
 * A placement rule: the base is the address rounded down to @align; it stays
 * while the access lies within @keep bytes from it. @every_byte: no cache, the
 * register is written before each byte.
 */
struct rule {
	const char *name;
	const char *what;
	uint64_t align;
	uint64_t keep;
	bool every_byte;
};

#define RULES 4

extern const struct rule rules[RULES];
extern const char *const trace_names[TRACES];
uint64_t trace_at(const struct trace *trace, uint64_t i);

/* Writes of the window register that a trace costs: by a rule, and by us */
uint64_t rule_count(const struct rule *rule, const struct trace *trace);
int ours_count(const struct trace *trace, uint64_t *writes);

/*
 * Random batches: ratio of their moves to the fewest possible ones. Each starts
 * where the one before ended.
 */
struct batch_set {
	unsigned int batches;
	unsigned int max_phases;
	unsigned int max_units; /* of 64 KiB, in one phase */
	uint64_t seed;

	/* Results */
	uint64_t moves;
	uint64_t least;	 /* by trying everything */
	uint64_t inexact; /* batches with more moves than that */
	double worst;	 /* ratio of one batch */
	double bound;	 /* the worst ratio to what the library reports */
};

int batch_set_run(struct batch_set *set);

/* times.c */
#define BEST_OF	    21
#define VIEW_COPIES 4
#define VIEW_SIZES  3

struct view_time {
	uint64_t bytes;
	double view_ns, bare_ns; /* per read; the best of all copies */
	double ratio;
	double worst_copy; /* ratio of the worst pair of copies */
};

struct scalar_time {
	bool write;
	unsigned int bits;
	double call_ns; /* pramin_read32() and the like */
	double bare_ns; /* a volatile load or store */
	double ops_ns;	/* the model's own read or write, called directly */
	double overhead_ns;
};

#define SCALAR_TIMES 8

/* Whom a handle may meet */
enum scalar_form { ALONE, THREADS, PROCESSES, SCALAR_FORMS };

uint64_t now_ns(void); /* of a clock that only goes forward */
int times_view(struct view_time out[VIEW_SIZES]);

/* @image: path of an image that does not exist, for PROCESSES */
int times_scalar(enum scalar_form form, const char *image,
		 struct scalar_time out[SCALAR_TIMES]);

/* threads.c: real threads, against one pthread mutex around the same accesses */
struct wall_row {
	const char *name;
	unsigned int threads, positions;
	bool busy;	     /* each access takes 1 us; else it is a function */
	double ours, theirs; /* accesses per us, the best of all runs */
};

#define WALL_ROWS 9

int wall_run(struct wall_row rows[WALL_ROWS]);
double wall_ratio(const struct wall_row *row);
void wall_text(const struct wall_row rows[WALL_ROWS], FILE *f);
void wall_json(const struct wall_row rows[WALL_ROWS], FILE *f);

/* memory.c */
struct memory_use {
	bool flat, file;
	uint64_t resident; /* growth at its highest, bytes */
	uint64_t tables;   /* of it, page tables */
	uint64_t disk;	   /* blocks of the image; no memory */
};

#define MEMORY_FORMS 4

/* @image: path of an image file that does not exist and is removed again */
int memory_measure(const char *image, struct memory_use *use);

/* share.c */
#define SHARE_ROWS    27
#define SHARE_BATCHES 6
#define SHARE_DUMPS   6

struct share_row {
	const char *name;
	struct sim_load ours;
	struct sim_load theirs; /* one lock; of batches: combined */
};

struct share_results {
	struct share_row row[SHARE_ROWS];
	struct share_row batch[SHARE_BATCHES];
	struct share_row one[SHARE_ROWS]; /* the same, one read at a time */
	size_t ones;
	struct sim_dump dump[SHARE_DUMPS]; /* alone, with a reader, apart; twice */
};

int share_run(struct share_results *s);
double share_speedup(const struct share_row *row);
double share_least_part(const struct share_results *s);
void share_text(const struct share_results *s, FILE *f);
void share_json(const struct share_results *s, FILE *f);

/* mmu.c */
#define MMU_ROWS 8

/**
 * struct mmu_row - one chip
 * @stores: for each page of a GiB of 4 KiB pages, beside a GiB that is mapped
 * @fresh:  the same in an empty space
 * @large:  for 1 GiB in pages of 2 MiB, the directories being there; v1: 0
 * @over_limit: simulated time over that of the stores, moves, flushes and
 *          invalidates themselves
 * @unmap:  stores for each page that is unmapped, the most of all cases
 * @moves, @map_ns: of the map that @stores is of
 * @reads:  of tables, in all batches; flushes do not count
 * @flushes, @flushes_linked, @invalidates: of one batch, the most; without new
 *          tables, and with
 */
struct mmu_row {
	const char *chip;
	const char *format;
	double stores, fresh, reads_per_pte, over_limit, unmap;
	uint64_t large, moves, map_ns;
	uint64_t batches, reads, flushes, flushes_linked, invalidates;
};

/* How others write 64 MiB of 4 KiB pages whose tables are there, and we */
enum mmu_way { MMU_OURS, MMU_REWALK, MMU_HALVES, MMU_WAYS };

struct mmu_cost {
	double stores, reads, ns; /* for each page; simulated */
};

/* mmu_times.c: wall clock, ns; the best of all runs */
struct mmu_times {
	double map_ns;	/* pramin_space_map(), for each page of 4 KiB */
	double bare_ns; /* the stores alone */
	double unmap_ns;
	uint64_t leaves;
	double walk_ns;	     /* of a dump that is mapped */
	double walk_file_ns; /* of the file, by pread() */
};

struct mmu_results {
	struct mmu_row row[MMU_ROWS];
	struct mmu_cost way[MMU_WAYS];
	struct mmu_times times;
};

int mmu_run(struct mmu_results *m);
int mmu_compare(struct mmu_results *m);
int mmu_time(const char *dump, struct mmu_times *t);
void mmu_text(const struct mmu_results *m, FILE *f);
void mmu_json(const struct mmu_results *m, FILE *f);

/* The worst of all rows */
double mmu_stores(const struct mmu_results *m);
double mmu_fresh(const struct mmu_results *m);
double mmu_reads(const struct mmu_results *m);
double mmu_large(const struct mmu_results *m);
double mmu_over_limit(const struct mmu_results *m);
double mmu_unmap(const struct mmu_results *m);
double mmu_invalidates(const struct mmu_results *m);
double mmu_flushes(const struct mmu_results *m);
double mmu_flushes_linked(const struct mmu_results *m);

/* vgpu.c */
#define VGPU_ROWS 8

struct vgpu_row {
	const char *name;
	struct sim_vgpu ours;
	struct sim_vgpu theirs; /* one lock */
};

int vgpu_run(struct vgpu_row rows[VGPU_ROWS]);
double vgpu_scaling(const struct vgpu_row *row);
/* For each page, the most of all rows */
double vgpu_moves(const struct vgpu_row rows[VGPU_ROWS]);
double vgpu_least_part(const struct vgpu_row rows[VGPU_ROWS]);
void vgpu_text(const struct vgpu_row rows[VGPU_ROWS], FILE *f);
void vgpu_json(const struct vgpu_row rows[VGPU_ROWS], FILE *f);

/* loopback.c: accesses per second, the best of all rounds; memory of the server */
struct loopback {
	double reads, bare_reads;
	double writes, bare_writes;
	uint64_t bytes;
};

/* @program: pramin-gpu */
int loopback_run(const char *program, struct loopback *l);
void loopback_json(const struct loopback *l, FILE *f);

/* report.c */
#define SCANS	  10
#define BULK_ROWS 64

/* The worst of all chips for one width and direction */
struct scan_row {
	struct scan worst;
	unsigned int chips;
	double per_mib;
};

struct results {
	struct memory_use memory[MEMORY_FORMS];
	struct view_time views[VIEW_SIZES];
	struct scalar_time scalars[SCALAR_FORMS][SCALAR_TIMES];
	struct wall_row walls[WALL_ROWS];
	struct scan_row scans[SCANS];
	size_t scan_count;
	struct bulk_case bulks[BULK_ROWS]; /* worst of all chips and starts */
	size_t bulk_count;
	struct batch_set batch_exact;
	struct batch_set batch_long;
	struct share_results share;
	struct mmu_results mmu;
	struct vgpu_row vgpus[VGPU_ROWS];
	struct loopback loopback;
	uint64_t trace_count;
	uint64_t traces[TRACES][RULES + 1]; /* ours last */
};

double loopback_reads(const struct results *r);
double loopback_writes(const struct results *r);
double loopback_memory(const struct results *r); /* MiB */

/* The table on @text, the object on @json; whether all limits are met */
bool report(const struct results *r, FILE *text, FILE *json);

#endif /* PRAMIN_TESTS_BENCH_H */
