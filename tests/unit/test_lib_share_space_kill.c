// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A process that dies while it maps: at any of its stores, or at any moment. What
 * it leaves are page tables without a fault, in which a page is the right one or
 * none, and no claim.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "lib_processes.h"

#define POOL_PA	 (8 * MIB)
#define POOL_LEN (4 * MIB)
#define DATA_PA	 (24 * MIB)
#define BASE_VA	 (6 * MIB)
#define SPAN	 (8 * MIB)
#define MOMENTS	 20u
#define CHANGES	 9u

/* What a child tells */
static struct told {
	uint64_t root_pa;
	uint64_t writes[CHANGES]; /* of the script, up to the end of each */
} * told;

/* The write at which this process kills itself; 0: none */
static uint64_t last_write, writes;

static int counting_write(void *io, uint32_t off, unsigned int width,
			  uint64_t val)
{
	int ret = pramin_model_ops()->write(io, off, width, val);

	if (++writes == last_write)
		kill(getpid(), SIGKILL);
	return ret;
}

/* The same as any other handle of the file, but that its writes are counted */
static int open_counted(struct pramin_dev **dev)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = PATIENT_MS,
	};
	static struct pramin_io_ops ops;
	struct pramin_model *model;

	ops = *pramin_model_ops();
	ops.write = counting_write;
	if (model_open(&model))
		return -1;
	return pramin_open_io(&ops, model, &opts, dev, NULL);
}

static int space_make(struct pramin_dev *dev, struct pramin_space **space)
{
	struct pramin_space_params params = { .size = sizeof(params) };
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_pool *pool;
	int ret = pramin_pool_create(dev, &pool);

	if (!ret)
		ret = pramin_pool_add(pool, POOL_PA, POOL_LEN);
	params.pool = pool;
	if (!ret)
		ret = pramin_space_create(dev, &params, space);
	if (!ret)
		ret = pramin_space_info(*space, &info);
	if (!ret)
		told->root_pa = info.root_pa;
	return ret;
}

/* Memory is at the same place in DATA, so any page tells whether it is right. */
static int change(struct pramin_space *space, enum pramin_map_kind kind,
		  uint64_t off, uint64_t len, uint64_t page)
{
	struct pramin_map_piece piece = { DATA_PA + off, len };
	struct pramin_map_op op = {
		.kind = kind,
		.gpu_va = BASE_VA + off,
		.len = len,
		.page_size = page,
		.pieces = &piece,
		.count = 1,
	};

	return pramin_space_map(space, &op, 1, NULL);
}

/* Tables come and go, pages of three sizes are split, permissions change. */
static int script(struct pramin_space *space)
{
	static const struct {
		enum pramin_map_kind kind;
		uint64_t off, len, page;
	} changes[CHANGES] = {
		{ PRAMIN_MAP, 0, 2 * MIB, 0 },
		{ PRAMIN_MAP, 4 * MIB, 192 * KIB, 4096 },
		{ PRAMIN_MAP, 5 * MIB, 256 * KIB, 0 },
		{ PRAMIN_UNMAP, MIB, 68 * KIB, 0 },
		{ PRAMIN_PROTECT, 5 * MIB, 4096, 0 },
		{ PRAMIN_UNMAP, 4 * MIB, 192 * KIB, 0 },
		{ PRAMIN_UNMAP, 5 * MIB, 256 * KIB, 0 },
		{ PRAMIN_UNMAP, 0, MIB, 0 },
		{ PRAMIN_UNMAP, MIB + 68 * KIB, MIB - 68 * KIB, 0 },
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < CHANGES && !ret; i++) {
		ret = change(space, changes[i].kind, changes[i].off,
			     changes[i].len, changes[i].page);
		told->writes[i] = writes;
	}
	return ret;
}

/* @nth: the write of the script that is the last one; 0: all are made */
static int map_and_die(unsigned int nth)
{
	struct pramin_space *space;
	struct pramin_dev *dev;

	if (open_counted(&dev) || space_make(dev, &space))
		return 1;
	writes = 0;
	last_write = nth;
	if (script(space))
		return 2;
	return pramin_close(dev, NULL) ? 3 : 0;
}

/* The script, again and again */
static int map_for_ever(unsigned int arg)
{
	struct pramin_space *space;
	struct pramin_dev *dev;

	(void)arg;
	if (open_counted(&dev) || space_make(dev, &space))
		return 1;
	child_say();
	while (!script(space))
		;
	return 2;
}

static int print_finding(void *ctx, const struct pramin_mmu_finding *finding)
{
	(void)ctx;
	printf("%s at va 0x%" PRIx64 "\n",
	       pramin_mmu_fault_name(finding->fault), finding->ref.va);
	return 0;
}

static int count_wrong(void *ctx, const struct pramin_mmu_run *run)
{
	uint64_t *wrong = ctx;

	/* The big entry that is being split says that nothing is below. */
	if (run->entry.type == PRAMIN_MMU_UNMAPPED)
		return 0;
	*wrong += run->entry.type != PRAMIN_MMU_PAGE || run->va < BASE_VA ||
		  run->va + run->len > BASE_VA + SPAN ||
		  run->entry.pa != DATA_PA + (run->va - BASE_VA);
	return 0;
}

/* What is left of it: tables and claims */
static int look(struct pramin_dev *dev)
{
	struct pramin_mmu_scan scan = { .size = sizeof(scan) };
	struct pramin_claim claims[PRAMIN_CLAIMS_MAX];
	struct pramin_mmu_tree tree;
	uint64_t wrong = 0;
	size_t count = 1;

	CHECK_EQ(pramin_mmu_tree_dev(dev, 0, &tree), 0);
	tree.root_pa = told->root_pa;
	CHECK_EQ(pramin_mmu_check(&tree, print_finding, NULL, &scan), 0);
	CHECK_EQ(scan.called, 0);
	CHECK_EQ(pramin_mmu_list(&tree, 0, 1ull << tree.format->va_bits,
				 count_wrong, &wrong, NULL),
		 0);
	CHECK_EQ(wrong, 0);
	CHECK_EQ(pramin_claim_vram(dev, POOL_PA, POOL_LEN), 0);
	CHECK_EQ(pramin_claims(dev, claims, PRAMIN_CLAIMS_MAX, &count), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(pramin_release_vram(dev, POOL_PA, POOL_LEN), 0);
	return 0;
}

static int begin(struct pramin_dev **dev)
{
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(told != MAP_FAILED);
	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(dev), 0);
	return 0;
}

static int end(struct pramin_dev *dev)
{
	munmap(told, sizeof(*told));
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	return 0;
}

static int die_at(struct pramin_dev *dev, unsigned int nth)
{
	struct child c;
	int status;

	CHECK_EQ(child_start(&c, map_and_die, nth), 0);
	CHECK(waitpid(c.pid, &status, 0) == c.pid);
	close(c.to);
	close(c.from);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	if (look(dev)) {
		printf("killed at write %u\n", nth);
		return CHECK_FAILED;
	}
	return 0;
}

/* The last writes of each change, which are not those that fill a new table */
static int die_in_each_change(struct pramin_dev *dev, const uint64_t *end)
{
	uint64_t nth, begin = 0;
	unsigned int i;

	for (i = 0; i < CHANGES; i++) {
		for (nth = 0; nth < 24 && end[i] - nth > begin; nth += 3)
			CHECK_EQ(die_at(dev, (unsigned int)(end[i] - nth)), 0);
		begin = end[i];
	}
	return 0;
}

/* KILL_ALL: at every one */
static int whoever_dies_at_a_store_leaves_sound_tables(void)
{
	uint64_t ends[CHANGES], stride, nth;
	struct pramin_dev *dev;
	struct child c;

	CHECK_EQ(begin(&dev), 0);
	CHECK_EQ(child_start(&c, map_and_die, 0), 0);
	CHECK_EQ(child_end(&c), 0);
	CHECK_EQ(look(dev), 0);
	memcpy(ends, told->writes, sizeof(ends));
	CHECK(ends[CHANGES - 1] > 1000);
	stride = getenv("KILL_ALL") ? 1 : ends[CHANGES - 1] / MOMENTS;
	for (nth = 1; nth <= ends[CHANGES - 1]; nth += stride)
		CHECK_EQ(die_at(dev, (unsigned int)nth), 0);
	CHECK_EQ(die_in_each_change(dev, ends), 0);
	return end(dev);
}

static int whoever_dies_at_any_moment_leaves_sound_tables(void)
{
	struct pramin_dev *dev;
	struct child c;
	unsigned int i;

	CHECK_EQ(begin(&dev), 0);
	for (i = 0; i < MOMENTS; i++) {
		CHECK_EQ(child_begin(&c, map_for_ever, 0), 0);
		usleep(i * 397 % 8000);
		CHECK_EQ(child_kill(&c), 0);
		CHECK_EQ(look(dev), 0);
	}
	return end(dev);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(whoever_dies_at_a_store_leaves_sound_tables),
		TEST(whoever_dies_at_any_moment_leaves_sound_tables),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
