// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Page tables read through an open GPU, and in a dump of one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "lib_rig.h"
#include "lib_scratch.h"

#define ROOT   0x10000ull
#define VRAM   (8 * MIB)
#define MAPPED (512 * 4 * KIB)

static struct rig rig;

/* In the model: PD3 to PT4K of v2, and 2 MiB of 4 KiB pages from 1 MiB on */
static int put_tables(struct pramin_model *model)
{
	static const uint64_t pdes[] = { 0x2 | 0x11000 >> 4, 0x2 | 0x12000 >> 4,
					 0x2 | 0x13000 >> 4 };
	const uint64_t dual[2] = { 0, 0x2 | 0x14000 >> 4 };
	const uint32_t inst[4] = { ROOT | 0xc00, 0, 0, 0 };
	unsigned int i;

	for (i = 0; i < 3; i++)
		CHECK_EQ(pramin_model_poke(model, ROOT + i * 0x1000, &pdes[i],
					   8),
			 0);
	CHECK_EQ(pramin_model_poke(model, ROOT + 0x3000, dual, 16), 0);
	for (i = 0; i < 512; i++) {
		const uint64_t pte = 1 | (MIB + i * 4096ull) >> 4;

		CHECK_EQ(pramin_model_poke(model, ROOT + 0x4000 + 8 * i, &pte,
					   8),
			 0);
	}
	CHECK_EQ(pramin_model_poke(model, 0x3200, inst, sizeof(inst)), 0);
	return 0;
}

static int count_run(void *ctx, const struct pramin_mmu_run *run)
{
	uint64_t *bytes = ctx;

	*bytes += run->len;
	return 0;
}

static int no_finding(void *ctx, const struct pramin_mmu_finding *finding)
{
	(void)ctx;
	(void)finding;
	return 1;
}

/* What any source of these tables gives */
static int check_tree(const struct pramin_mmu_tree *tree)
{
	struct pramin_mmu_scan scan = { .size = sizeof(scan) };
	struct pramin_mmu_walk w;
	uint64_t bytes = 0;

	CHECK_EQ(pramin_mmu_translate(tree, 0x1ff123, &w), 0);
	CHECK_EQ(w.pa, MIB + 0x1ff123);
	CHECK_EQ(pramin_mmu_list(tree, 0, 1ull << 49, count_run, &bytes, &scan),
		 0);
	CHECK_EQ(bytes, MAPPED);
	CHECK_EQ(scan.called, 1);
	CHECK_EQ(pramin_mmu_check(tree, no_finding, NULL, &scan), 0);
	return 0;
}

static int tables_are_read_through_the_window_a_row_at_a_time(void)
{
	struct pramin_stats before = { .size = sizeof(before) };
	struct pramin_stats after = { .size = sizeof(after) };
	struct pramin_mmu_tree tree;
	struct pramin_mmu_walk w;

	CHECK_EQ(rig_open(&rig, "tu102", VRAM, false), 0);
	CHECK_EQ(put_tables(rig.model), 0);
	CHECK_EQ(pramin_mmu_tree_dev(rig.dev, 0, &tree), 0);
	CHECK_EQ(tree.vram_size, VRAM);
	CHECK_EQ(tree.format->id, PRAMIN_MMU_V2_TU102);
	CHECK_EQ(pramin_mmu_tree_inst(&tree, 0x3000), 0);
	CHECK_EQ(tree.root_pa, ROOT);
	CHECK_EQ(pramin_stats(rig.dev, &before), 0);
	CHECK_EQ(pramin_mmu_translate(&tree, 0x5678, &w), 0);
	CHECK_EQ(pramin_stats(rig.dev, &after), 0);
	CHECK_EQ(w.pa, MIB + 0x5678);
	/* Four directories and a table; that of PD0 is 16 bytes. */
	CHECK_EQ(after.reads[3] - before.reads[3], 6);
	CHECK_EQ(after.moves - before.moves, 0);
	CHECK_EQ(check_tree(&tree), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int a_gpu_that_is_lost_ends_the_walk_with_its_reason(void)
{
	struct pramin_mmu_tree tree;
	struct pramin_mmu_walk w;
	uint64_t bytes = 0;

	CHECK_EQ(rig_open(&rig, "tu102", VRAM, false), 0);
	CHECK_EQ(put_tables(rig.model), 0);
	CHECK_EQ(pramin_mmu_tree_dev(rig.dev, 65536, &tree), 0);
	tree.root_pa = ROOT;
	CHECK_EQ(pramin_write32(rig.dev, 0, 1), 0);
	CHECK_EQ(rig_fault(&rig, "gone", 1), 0);
	CHECK_EQ(pramin_mmu_translate(&tree, 0, &w), -ENODEV);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_ALL_ONES);
	CHECK_EQ(pramin_mmu_list(&tree, 0, 4096, count_run, &bytes, NULL),
		 -ENODEV);
	CHECK_EQ(bytes, 0);
	CHECK_EQ(rig_close(&rig), -ENODEV);
	return 0;
}

static int a_dump_is_read_as_the_gpu_is(void)
{
	struct pramin_mmu_tree tree;
	struct pramin_mmu_walk w;
	char path[512];
	uint8_t *all;
	int fd;

	CHECK_EQ(rig_open(&rig, "tu102", VRAM, false), 0);
	CHECK_EQ(put_tables(rig.model), 0);
	all = malloc(VRAM);
	CHECK(all);
	CHECK_EQ(pramin_model_peek(rig.model, 0, all, VRAM), 0);
	CHECK_EQ(rig_close(&rig), 0);

	CHECK(scratch());
	snprintf(path, sizeof(path), "%s/dump", scratch());
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	CHECK_EQ(write(fd, all, VRAM), (ssize_t)VRAM);
	free(all);
	CHECK_EQ(pramin_mmu_tree_file(
			 fd, pramin_mmu_format(PRAMIN_MMU_V2_TU102), &tree),
		 0);
	CHECK_EQ(tree.vram_size, VRAM);
	tree.root_pa = ROOT;
	CHECK_EQ(check_tree(&tree), 0);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), (off_t)VRAM);
	/* It becomes shorter, and unreadable. */
	CHECK_EQ(ftruncate(fd, ROOT + 0x4800), 0);
	CHECK_EQ(pramin_mmu_translate(&tree, 0x1ff123, &w), -EIO);
	CHECK_EQ(pramin_mmu_translate(&tree, 0x1123, &w), 0);
	close(fd);
	CHECK_EQ(pramin_mmu_translate(&tree, 0x1123, &w), -EBADF);
	return 0;
}

static unsigned int reads, bytes_read;
static struct pramin_mmu_tree counted;

static int count_read(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	reads++;
	bytes_read += (unsigned int)len;
	return counted.read(ctx, vram_pa, buf, len);
}

static int what_a_cache_has_is_not_read_again(void)
{
	struct pramin_mmu_tree tree, inner;
	struct pramin_mmu_walk w;
	unsigned int before, i;

	CHECK_EQ(rig_open(&rig, "tu102", VRAM, false), 0);
	CHECK_EQ(put_tables(rig.model), 0);
	CHECK_EQ(pramin_mmu_tree_dev(rig.dev, 0, &counted), 0);
	inner = counted;
	inner.read = count_read;
	inner.root_pa = ROOT;
	CHECK_EQ(pramin_mmu_tree_cache(NULL, 1 << 20, &tree), -EINVAL);
	CHECK_EQ(pramin_mmu_tree_cache(&inner, 1 << 20, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_tree_cache(&inner, 4095, &tree), -EINVAL);
	inner.size--;
	CHECK_EQ(pramin_mmu_tree_cache(&inner, 4096, &tree), -EINVAL);
	inner.size++;
	CHECK_EQ(pramin_mmu_tree_cache(&inner, 1 << 20, &tree), 0);
	reads = 0;
	bytes_read = 0;
	CHECK_EQ(check_tree(&tree), 0);
	before = reads;
	CHECK(before > 0);
	CHECK_EQ(bytes_read, reads * 4096);
	for (i = 0; i < 3; i++)
		CHECK_EQ(check_tree(&tree), 0);
	CHECK_EQ(reads, before);
	pramin_mmu_tree_uncache(&tree);
	CHECK(tree.read == count_read);
	/* That one has nothing to give back. */
	pramin_mmu_tree_uncache(&tree);
	pramin_mmu_tree_uncache(NULL);
	/* One place: pages displace each other, and all is right. */
	CHECK_EQ(pramin_mmu_tree_cache(&inner, 4096, &tree), 0);
	CHECK_EQ(check_tree(&tree), 0);
	CHECK_EQ(check_tree(&tree), 0);
	pramin_mmu_tree_uncache(&tree);
	CHECK(reads > 2 * before);
	/* A page that cannot be read whole: what is asked for still can. */
	inner.vram_size = VRAM + 4096 - 8;
	CHECK_EQ(pramin_mmu_tree_cache(&inner, 4096, &tree), 0);
	CHECK_EQ(tree.read(tree.ctx, VRAM, &w, 8), -ERANGE);
	pramin_mmu_tree_uncache(&tree);
	return rig_close(&rig);
}

static int what_cannot_be_a_tree_is_refused(void)
{
	const struct pramin_mmu_format *f =
		pramin_mmu_format(PRAMIN_MMU_V2_TU102);
	struct pramin_mmu_tree tree;
	struct pramin_dev *dev;
	int ends[2];

	CHECK_EQ(pramin_mmu_tree_dev(NULL, 0, &tree), -EINVAL);
	CHECK_EQ(pramin_open("model:gm204,vram=8M", NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_mmu_tree_dev(dev, 0, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_tree_dev(dev, 4096, &tree), -EINVAL);
	CHECK_HAS(pramin_last_why(dev)->what, "big pages");
	CHECK_EQ(pramin_mmu_tree_dev(dev, 65536, &tree), 0);
	CHECK_EQ(tree.format->id, PRAMIN_MMU_V1_64K_GM200);
	CHECK_EQ(pramin_close(dev, NULL), 0);

	CHECK_EQ(pramin_mmu_tree_file(-1, f, &tree), -EBADF);
	CHECK_EQ(pramin_mmu_tree_file(0, NULL, &tree), -EINVAL);
	CHECK_EQ(pramin_mmu_tree_file(0, f, NULL), -EINVAL);
	CHECK_EQ(pipe(ends), 0);
	CHECK_EQ(pramin_mmu_tree_file(ends[0], f, &tree), -EINVAL);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(tables_are_read_through_the_window_a_row_at_a_time),
		TEST(a_gpu_that_is_lost_ends_the_walk_with_its_reason),
		TEST(a_dump_is_read_as_the_gpu_is),
		TEST(what_a_cache_has_is_not_read_again),
		TEST(what_cannot_be_a_tree_is_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
