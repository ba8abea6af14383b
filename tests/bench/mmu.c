// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What page tables cost, counted on the trapped model: stores, reads, flushes,
 * invalidates, and the simulated clock. The figures repeat exactly.
 */
#include <errno.h>
#include <string.h>

#include "bench.h"

#define BOARD_VRAM (4 * GIB)
#define POOL_PA	   (16 * MIB)
#define POOL_LEN   (64 * MIB)
#define DATA_PA	   GIB
#define PAGES	   262144u /* of 4 KiB in a GiB */
#define BATCHES	   100u
#define UNMAPPED   (512 * 31u) /* pages, by unmap_in_parts() */
#define SLOTS	   64u
#define BATCH_OPS  16u

/* What one batch has cost, as the model saw it */
struct spent {
	uint64_t stores, reads, moves, flushes, invalidates, tables, ns;
};

struct bench_space {
	struct board board;
	struct pramin_pool *pool;
	struct pramin_space *space;
	struct mmu_row *row;
};

static const char *const chips[MMU_ROWS] = {
	"gf100", "gm206", "gp100", "gv100", "tu102", "ga102", "gh100", "gb202",
};

static uint64_t sum(const uint64_t count[4])
{
	return count[0] + count[1] + count[2] + count[3];
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static double larger_of(double a, double b)
{
	return a > b ? a : b;
}

/* Of every batch here: none splits a page. */
static void note_batch(struct mmu_row *row, const struct spent *s)
{
	row->batches++;
	row->invalidates = larger(row->invalidates, s->invalidates);
	if (s->tables)
		row->flushes_linked = larger(row->flushes_linked, s->flushes);
	else
		row->flushes = larger(row->flushes, s->flushes);
	row->reads += s->reads;
}

static int run_batch(struct bench_space *b, struct pramin_map_op *ops,
		     size_t count, struct spent *s)
{
	struct pramin_map_result result = { .size = sizeof(result) };
	struct pramin_model_counters from = board_counters(&b->board), to;
	int ret = pramin_space_map(b->space, ops, count, &result);

	if (ret) {
		fprintf(stderr, "bench: %s: %s\n", b->row->chip,
			pramin_last_why(b->board.dev)->what);
		return ret;
	}
	to = board_counters(&b->board);
	*s = (struct spent){
		.stores = sum(to.writes) - sum(from.writes),
		.reads = sum(to.reads) - sum(from.reads) - result.flushes,
		.moves = to.moves - from.moves,
		.flushes = result.flushes,
		.invalidates = to.invalidates - from.invalidates,
		.tables = result.tables_made,
		.ns = to.simulated_ns - from.simulated_ns,
	};
	note_batch(b->row, s);
	return 0;
}

static int change(struct bench_space *b, enum pramin_map_kind kind,
		  uint64_t gpu_va, uint64_t len, uint64_t page, struct spent *s)
{
	struct pramin_map_piece piece = { DATA_PA, len };
	struct pramin_map_op op = {
		.kind = kind,
		.gpu_va = gpu_va,
		.len = len,
		.page_size = page,
		.pieces = &piece,
		.count = 1,
	};

	return run_batch(b, &op, 1, s);
}

static int begin(struct bench_space *b, struct mmu_row *row)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = row->chip,
		.vram = BOARD_VRAM,
	};
	struct pramin_space_params sp = { .size = sizeof(sp) };
	struct pramin_space_info info = { .size = sizeof(info) };
	int ret;

	*b = (struct bench_space){ .row = row };
	ret = board_open(&params, false, &b->board);
	if (ret)
		return ret;
	ret = pramin_pool_create(b->board.dev, &b->pool);
	if (!ret)
		ret = pramin_pool_add(b->pool, POOL_PA, POOL_LEN);
	sp.pool = b->pool;
	if (!ret)
		ret = pramin_space_create(b->board.dev, &sp, &b->space);
	if (!ret)
		ret = pramin_space_info(b->space, &info);
	if (!ret)
		row->format = info.format->name;
	return ret;
}

/* Closing the handle ends its spaces and pools. */
static int end(struct bench_space *b, int ret)
{
	if (b->board.dev)
		board_close(&b->board);
	return ret;
}

/*
 * The time of a map over what its stores, moves, flushes and invalidates take by
 * themselves: 100 ns, 100 ns, 900 ns, 2000 ns.
 */
static double over_limit(const struct spent *s)
{
	uint64_t limit = (s->stores + s->moves) * 100 + s->flushes * 900 +
			 s->invalidates * 2000;

	return (double)s->ns / (double)limit;
}

/* 1 GiB in pages of 4 KiB, in an empty space or beside a GiB that is mapped */
static int gib_of_small_pages(struct mmu_row *row, bool fresh)
{
	const double pages = PAGES;
	struct bench_space b;
	struct spent s;
	uint64_t reads;
	int ret = begin(&b, row);

	if (!ret && !fresh)
		ret = change(&b, PRAMIN_MAP, 3 * GIB, GIB, 0, &s);
	reads = row->reads;
	if (!ret)
		ret = change(&b, PRAMIN_MAP, 2 * GIB, GIB, 4096, &s);
	if (!ret && s.stores < PAGES)
		ret = -EIO;
	if (ret)
		return end(&b, ret);
	if (fresh) {
		row->fresh = (double)s.stores / pages;
	} else {
		row->stores = (double)s.stores / pages;
		row->moves = s.moves;
		row->map_ns = s.ns;
	}
	row->reads_per_pte = larger_of(row->reads_per_pte,
				       (double)(row->reads - reads) / pages);
	row->over_limit = larger_of(row->over_limit, over_limit(&s));
	ret = change(&b, PRAMIN_UNMAP, 2 * GIB, GIB, 0, &s);
	row->unmap = larger_of(row->unmap, (double)s.stores / pages);
	return end(&b, ret);
}

/* Unmap in 64 MiB all pages but the first of every 128 KiB, so all tables stay. */
static int unmap_in_parts(struct mmu_row *row)
{
	static struct pramin_map_op ops[512];
	const uint64_t part = 128 * KIB;
	struct bench_space b;
	struct spent s;
	size_t i;
	int ret = begin(&b, row);

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		ops[i] = (struct pramin_map_op){
			.kind = PRAMIN_UNMAP,
			.gpu_va = GIB + i * part + 4096,
			.len = part - 4096,
		};
	if (!ret)
		ret = change(&b, PRAMIN_MAP, GIB, ARRAY_SIZE(ops) * part, 4096,
			     &s);
	if (!ret)
		ret = run_batch(&b, ops, ARRAY_SIZE(ops), &s);
	if (!ret)
		row->unmap = larger_of(row->unmap, (double)s.stores / UNMAPPED);
	return end(&b, ret);
}

/*
 * The directories of 1 GiB, and nothing in them: a change that is prepared counts
 * on them while what they were made for is unmapped.
 */
static int make_directories(struct bench_space *b, uint64_t gpu_va)
{
	struct pramin_map_piece piece = { DATA_PA, 2 * MIB };
	struct pramin_map_op ops[2][2];
	struct pramin_change *pinned;
	struct spent s;
	size_t i;
	int ret;

	for (i = 0; i < 4; i++)
		ops[i / 2][i % 2] = (struct pramin_map_op){
			.kind = PRAMIN_MAP,
			.gpu_va = gpu_va + i % 2 * 512 * MIB + i / 2 * 2 * MIB,
			.len = piece.len,
			.page_size = piece.len,
			.pieces = &piece,
			.count = 1,
		};
	ret = run_batch(b, ops[0], 2, &s);
	if (!ret)
		ret = pramin_space_prepare(b->space, ops[1], 2, &pinned);
	if (ret)
		return ret;
	ops[0][0].kind = PRAMIN_UNMAP;
	ops[0][1].kind = PRAMIN_UNMAP;
	ret = run_batch(b, ops[0], 2, &s);
	return ret ? ret : pramin_space_drop(b->space, pinned);
}

static int gib_of_large_pages(struct mmu_row *row)
{
	struct bench_space b;
	struct spent s;
	int ret = begin(&b, row);

	/* v1 has no pages of 2 MiB. */
	if (ret || !strncmp(row->format, "v1", 2))
		return end(&b, ret);
	ret = make_directories(&b, 2 * GIB);
	if (!ret)
		ret = change(&b, PRAMIN_MAP, 2 * GIB, GIB, 2 * MIB, &s);
	if (!ret && (s.tables || s.stores < 512))
		ret = -EIO;
	if (!ret)
		row->large = s.stores;
	return end(&b, ret);
}

static struct pramin_map_op any_op(unsigned int slot, bool *mapped,
				   uint64_t seed)
{
	struct pramin_map_op op = { .gpu_va = slot * 64 * MIB, .count = 1 };
	uint64_t x = mix64(seed);

	if (!*mapped) {
		op.kind = PRAMIN_MAP;
		op.page_size = x % 2 * 4096;
	} else if (x % 4) {
		op.kind = PRAMIN_UNMAP;
	} else {
		op.kind = PRAMIN_PROTECT;
		op.attrs = x / 4 % 2 ? PRAMIN_MMU_READ_ONLY : 0;
		return op;
	}
	*mapped = !*mapped;
	return op;
}

/*
 * Batches of up to 16 operations, each on a slot of 4 MiB: what is mapped is
 * unmapped or its permissions change, what is not is mapped in pages of any size.
 */
static int random_batches(struct mmu_row *row)
{
	struct pramin_map_piece piece = { DATA_PA, 4 * MIB };
	bool mapped[SLOTS] = { false };
	struct bench_space b;
	unsigned int i, n, slot;
	int ret = begin(&b, row);

	for (i = 0; i < BATCHES && !ret; i++) {
		struct pramin_map_op ops[BATCH_OPS];
		struct spent s;

		slot = (unsigned int)(mix64(i) % SLOTS);
		for (n = 0; n < 1 + i % BATCH_OPS; n++) {
			ops[n] = any_op(slot, &mapped[slot], i * BATCH_OPS + n);
			ops[n].pieces = &piece;
			ops[n].len = piece.len;
			slot = (slot + 1) % SLOTS;
		}
		ret = run_batch(&b, ops, n, &s);
	}
	return end(&b, ret);
}

static int run_row(struct mmu_row *row)
{
	int ret = gib_of_small_pages(row, false);

	if (!ret)
		ret = gib_of_small_pages(row, true);
	if (!ret)
		ret = unmap_in_parts(row);
	if (!ret)
		ret = gib_of_large_pages(row);
	return ret ? ret : random_batches(row);
}

int mmu_run(struct mmu_results *m)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < MMU_ROWS && !ret; i++) {
		m->row[i] = (struct mmu_row){ .chip = chips[i] };
		ret = run_row(&m->row[i]);
	}
	return ret;
}

/* The worst of all rows. One that has no such thing has 0. */
#define WORST(name, member)                                                 \
	double name(const struct mmu_results *m)                            \
	{                                                                   \
		double worst = 0;                                           \
		size_t i;                                                   \
                                                                            \
		for (i = 0; i < MMU_ROWS; i++)                              \
			worst = larger_of(worst, (double)m->row[i].member); \
		return worst;                                               \
	}

WORST(mmu_stores, stores)
WORST(mmu_fresh, fresh)
WORST(mmu_reads, reads_per_pte)
WORST(mmu_large, large)
WORST(mmu_over_limit, over_limit)
WORST(mmu_unmap, unmap)
WORST(mmu_invalidates, invalidates)
WORST(mmu_flushes, flushes)
WORST(mmu_flushes_linked, flushes_linked)
