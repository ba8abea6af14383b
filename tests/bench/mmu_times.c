// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Page tables by the wall clock, on the flat model; and the ways of others,
 * written from their descriptions, on the trapped one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define BOARD_VRAM (8 * GIB)
#define POOL_PA	   (16 * MIB)
#define POOL_LEN   (48 * MIB)
#define DUMP_LEN   (64 * MIB)
#define DATA_PA	   (2 * GIB)
#define MAP_VA	   (1 * GIB)
#define MAP_LEN	   (1 * GIB)
#define TREE_LEN   (4 * GIB)
#define PAGES	   262144u /* of 4 KiB in MAP_LEN */
#define RUNS	   9u
#define WALKS	   100000u
#define WAY_LEN	   (64 * MIB)
#define WAY_PAGES  16384u /* of 4 KiB in WAY_LEN */

struct tables {
	struct board board;
	struct pramin_pool *pool;
	struct pramin_space *space;
	struct pramin_space_info info;
};

static int tables_begin(struct tables *t, bool flat)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = BOARD_VRAM,
		.flat = flat,
	};
	struct pramin_space_params sp = { .size = sizeof(sp) };
	int ret;

	*t = (struct tables){ .info.size = sizeof(t->info) };
	ret = board_open(&params, false, &t->board);
	if (ret)
		return ret;
	ret = pramin_pool_create(t->board.dev, &t->pool);
	if (!ret)
		ret = pramin_pool_add(t->pool, POOL_PA, POOL_LEN);
	sp.pool = t->pool;
	if (!ret)
		ret = pramin_space_create(t->board.dev, &sp, &t->space);
	return ret ? ret : pramin_space_info(t->space, &t->info);
}

/*
 * VRAM of the pool holds something: of a MiB that the window leaves, the flat model
 * gives 64 KiB that are all zero back to the system, and that is not to be measured.
 */
static int fill_pool(struct tables *t)
{
	static unsigned char buf[MIB];
	uint64_t off;
	int ret = 0;

	memset(buf, 0x5a, sizeof(buf));
	for (off = MIB; off < 8 * MIB && !ret; off += MIB)
		ret = pramin_model_poke(t->board.model, POOL_PA + off, buf,
					MIB);
	/* The root is there already. */
	return ret ? ret :
		     pramin_model_poke(t->board.model, POOL_PA + 64 * KIB, buf,
				       MIB - 64 * KIB);
}

static int tables_end(struct tables *t, int ret)
{
	if (t->board.dev)
		board_close(&t->board);
	return ret;
}

static int change(struct tables *t, enum pramin_map_kind kind, uint64_t gpu_va,
		  uint64_t len)
{
	struct pramin_map_piece piece = { DATA_PA, len };
	struct pramin_map_op op = {
		.kind = kind,
		.gpu_va = gpu_va,
		.len = len,
		.page_size = kind == PRAMIN_MAP ? 4096 : 0,
		.pieces = &piece,
		.count = 1,
	};

	return pramin_space_map(t->space, &op, 1, NULL);
}

static void keep_least(double *least, double val)
{
	if (*least == 0 || val < *least)
		*least = val;
}

/* As many 64-bit stores as the map makes, through views of the same tables */
static int bare_stores(struct tables *t, double *ns)
{
	uint64_t start = now_ns(), off, i;
	int ret = 0;

	for (off = 0; off < MAP_LEN / 512 && !ret; off += MIB) {
		struct pramin_view *view;
		volatile uint64_t *to;

		ret = pramin_view_begin(t->board.dev, POOL_PA + off, MIB,
					&view);
		if (ret)
			break;
		to = (volatile void *)pramin_view_span(view).ptr;
		for (i = 0; to && i < MIB / 8; i++)
			to[i] = i;
		ret = pramin_view_end(view);
		if (!ret && !to)
			ret = -EOPNOTSUPP;
	}
	*ns = (double)(now_ns() - start) / PAGES;
	return ret;
}

static int time_maps(struct mmu_times *times)
{
	const double pages = PAGES;
	struct tables t;
	unsigned int run;
	double ns;
	int ret = tables_begin(&t, true);

	if (!ret)
		ret = fill_pool(&t);
	for (run = 0; run < RUNS && !ret; run++) {
		uint64_t start = now_ns(), middle;

		ret = change(&t, PRAMIN_MAP, MAP_VA, MAP_LEN);
		middle = now_ns();
		if (!ret)
			ret = change(&t, PRAMIN_UNMAP, MAP_VA, MAP_LEN);
		keep_least(&times->unmap_ns,
			   (double)(now_ns() - middle) / pages);
		keep_least(&times->map_ns, (double)(middle - start) / pages);
	}
	/* Last: this writes over the root of the space. */
	for (run = 0; run < RUNS && !ret; run++) {
		ret = bare_stores(&t, &ns);
		keep_least(&times->bare_ns, ns);
	}
	return tables_end(&t, ret);
}

/* What VRAM up to the end of the pool holds, into a file */
static int dump_tables(struct tables *t, int fd)
{
	static unsigned char buf[MIB];
	uint64_t at;
	int ret = 0;

	for (at = 0; at < DUMP_LEN && !ret; at += MIB) {
		ret = pramin_model_peek(t->board.model, at, buf, MIB);
		if (!ret && pwrite(fd, buf, MIB, (off_t)at) != (ssize_t)MIB)
			ret = -EIO;
	}
	if (!ret && ftruncate(fd, (off_t)BOARD_VRAM))
		ret = -errno;
	return ret;
}

static int read_memory(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	memcpy(buf, (const unsigned char *)ctx + vram_pa, len);
	return 0;
}

static uint64_t any_va(uint64_t i)
{
	return MAP_VA + mix64(i) % TREE_LEN;
}

static int time_walks(const struct pramin_mmu_tree *tree, unsigned int walks,
		      double *best)
{
	struct pramin_mmu_walk walk;
	unsigned int run;
	uint64_t i;

	for (run = 0; run < RUNS; run++) {
		uint64_t start = now_ns();

		for (i = 0; i < walks; i++) {
			uint64_t va = any_va(i);
			int ret = pramin_mmu_translate(tree, va, &walk);

			if (ret || walk.pa != DATA_PA + va - MAP_VA)
				return ret ? ret : -EIO;
		}
		keep_least(best, (double)(now_ns() - start) / walks);
	}
	return 0;
}

static int time_dump(int fd, const struct tables *t, struct mmu_times *times)
{
	struct pramin_mmu_tree tree;
	void *memory;
	int ret = pramin_mmu_tree_file(fd, t->info.format, &tree);

	if (ret)
		return ret;
	tree.root_pa = t->info.root_pa;
	ret = pramin_mmu_tree_cache(&tree, DUMP_LEN, &tree);
	if (!ret)
		ret = time_walks(&tree, WALKS / 50, &times->walk_file_ns);
	pramin_mmu_tree_uncache(&tree);
	if (ret)
		return ret;
	memory = mmap(NULL, DUMP_LEN, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	tree.read = read_memory;
	tree.ctx = memory;
	ret = time_walks(&tree, WALKS, &times->walk_ns);
	munmap(memory, DUMP_LEN);
	return ret;
}

int mmu_time(const char *dump, struct mmu_times *times)
{
	struct tables t;
	int fd, ret = time_maps(times);

	if (ret)
		return ret;
	ret = tables_begin(&t, true);
	if (!ret)
		ret = change(&t, PRAMIN_MAP, MAP_VA, TREE_LEN);
	times->leaves = TREE_LEN / 4096;
	fd = open(dump, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (!ret && fd < 0)
		ret = -errno;
	if (!ret)
		ret = dump_tables(&t, fd);
	if (!ret)
		ret = time_dump(fd, &t, times);
	if (fd >= 0) {
		close(fd);
		unlink(dump);
	}
	return tables_end(&t, ret);
}

/* The entry of a level for @gpu_va in a table, decoded */
static int look(struct tables *t, unsigned int level, uint64_t table_pa,
		uint64_t gpu_va, struct pramin_mmu_entry *e, uint64_t *entry_pa)
{
	const struct pramin_mmu_level *l = &t->info.format->level[level];
	uint64_t index = (gpu_va >> l->va_lo) % l->entries;
	uint64_t raw[2] = { 0 };
	int ret;

	/* Of a dual entry the half that leads to small pages */
	*entry_pa = table_pa + index * l->entry_size + l->entry_size - 8;
	ret = pramin_read64(t->board.dev, *entry_pa, &raw[l->halves - 1]);
	return ret ? ret : pramin_mmu_decode(t->info.format, level, raw, e);
}

/* Each directory is read, and what was written is read again. */
static int rewalk_page(struct tables *t, uint64_t gpu_va, uint64_t val)
{
	const struct pramin_mmu_format *f = t->info.format;
	uint64_t table_pa = t->info.root_pa, entry_pa;
	unsigned int level = 0;
	int ret;

	while (f->level[level].child[0] != PRAMIN_MMU_NO_LEVEL) {
		const unsigned int half = f->level[level].halves - 1u;
		struct pramin_mmu_entry e[2];

		ret = look(t, level, table_pa, gpu_va, e, &entry_pa);
		if (!ret && e[half].type != PRAMIN_MMU_TABLE)
			ret = -EIO;
		if (ret)
			return ret;
		table_pa = e[half].pa;
		level = f->level[level].child[half];
	}
	entry_pa = table_pa + (gpu_va >> 12) % f->level[level].entries * 8;
	ret = pramin_write64(t->board.dev, entry_pa, val);
	return ret ? ret : pramin_read64(t->board.dev, entry_pa, &val);
}

/* The tables that one leaf is in are known, so an entry is two stores. */
static int halves(struct tables *t, uint64_t table_pa)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < WAY_PAGES && !ret; i++) {
		uint64_t entry_pa = table_pa + i * 8;

		ret = pramin_write32(t->board.dev, entry_pa + 4, 0);
		if (!ret)
			ret = pramin_write32(t->board.dev, entry_pa, 0);
	}
	return ret ? ret : pramin_flush(t->board.dev);
}

static int one_way(struct tables *t, enum mmu_way way)
{
	uint64_t i;
	int ret = 0;

	if (way == MMU_OURS)
		return change(t, PRAMIN_MAP, MAP_VA, WAY_LEN);
	if (way == MMU_HALVES)
		return halves(t, POOL_PA + MIB);
	for (i = 0; i < WAY_PAGES && !ret; i++)
		ret = rewalk_page(t, MAP_VA + i * 4096, i);
	return ret;
}

static uint64_t sum(const uint64_t count[4])
{
	return count[0] + count[1] + count[2] + count[3];
}

int mmu_compare(struct mmu_results *m)
{
	struct tables t;
	unsigned int way;
	int ret = tables_begin(&t, false);

	for (way = 0; way < MMU_WAYS && !ret; way++) {
		struct pramin_model_counters from = board_counters(&t.board);
		struct pramin_model_counters to;

		ret = one_way(&t, (enum mmu_way)way);
		to = board_counters(&t.board);
		m->way[way] = (struct mmu_cost){
			.stores = (double)(sum(to.writes) - sum(from.writes)) /
				  WAY_PAGES,
			.reads = (double)(sum(to.reads) - sum(from.reads)) /
				 WAY_PAGES,
			.ns = (double)(to.simulated_ns - from.simulated_ns) /
			      WAY_PAGES,
		};
	}
	return tables_end(&t, ret);
}
