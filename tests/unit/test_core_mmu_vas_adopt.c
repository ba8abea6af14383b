// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Trees that somebody else has made: read when they are needed, changed in place,
 * never freed.
 */
#include "core_vas.h"

static struct vas_rig v;
static struct pramin_vas theirs;

/* A tree by another space, which is given up then: its tables stay in VRAM. */
static uint64_t begin(const char *chip, uint64_t big, uint64_t pages)
{
	uint64_t root;

	vas_open(&v, chip, big);
	if (vas_map(&v, 0, DATA_PA, 4 * MIB + 64 * KIB, 0) ||
	    vas_map(&v, 64 * MIB, DATA_PA, pages * 4096, 4096))
		exit(1);
	theirs = v.vas;
	root = v.vas.root->vram_pa;
	v.config.adopt = true;
	v.config.exclusive = true;
	v.config.root_pa = root;
	return root;
}

/* The other space's memory goes, and the model. */
static int end(void)
{
	pramin_vas_abandon(vas_op(&v), &theirs);
	pramin_heap_abandon(vas_op(&v), &v.heap);
	CHECK_EQ(v.rig.env.allocs, v.rig.env.frees);
	CHECK_EQ(rig_detach(&v.rig), 0);
	pramin_model_destroy(v.model);
	return 0;
}

static int tables_are_read_whole_when_they_are_needed_first(void)
{
	uint64_t tables;

	begin("tu102", 0, 16);
	tables = v.heap.tables;
	CHECK_EQ(vas_new(&v), 0);
	/* Of the root, its four entries */
	CHECK_EQ(v.vas.reads, 4);
	CHECK_EQ(v.vas.table_count, 1);
	/* Down to the table of 64 MiB: PD2, PD1, PD0, PT4K */
	CHECK_EQ(vas_map(&v, 64 * MIB + 64 * KIB, DATA_PA, 4096, 0), 0);
	CHECK_EQ(v.vas.reads, 4 + 4 * 512);
	CHECK_EQ(v.vas.table_count, 5);
	CHECK_EQ(v.cost.stores, 1);
	CHECK_EQ(v.heap.tables, tables);
	CHECK(vas_is(&v, 64 * MIB + 64 * KIB, DATA_PA, 4096));
	/* Nothing is read twice. */
	CHECK_EQ(vas_unmap(&v, 64 * MIB, 64 * KIB), 0);
	CHECK_EQ(v.vas.reads, 4 + 4 * 512);
	CHECK_EQ(v.cost.stores, 16);
	CHECK_EQ(vas_unmap(&v, 64 * MIB + 64 * KIB, 4096), 0);
	/* Empty, but foreign: it stays. */
	CHECK_EQ(v.cost.tables_freed, 0);
	CHECK_EQ(v.heap.tables, tables);
	CHECK_EQ(vas_refs(&v, 64 * MIB, 5), 0);
	/* So there is no room for a large page. */
	CHECK_EQ(vas_map(&v, 64 * MIB, DATA_PA, 2 * MIB, 2 * MIB), -EEXIST);
	CHECK_EQ(vas_map(&v, 64 * MIB, DATA_PA, 4 * MIB, 0), 0);
	CHECK(vas_is(&v, 64 * MIB, DATA_PA, 64 * KIB));
	CHECK(vas_is(&v, 66 * MIB, DATA_PA + 2 * MIB, 2 * MIB));
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	CHECK_EQ(v.heap.tables, tables);
	return end();
}

static int an_empty_table_of_others_stays_when_a_change_is_dropped(void)
{
	struct pramin_map_op later = {
		.kind = PRAMIN_MAP_SPARSE,
		.gpu_va = 64 * MIB + 64 * KIB,
		.len = 4096,
	};
	struct pramin_change change;
	uint64_t tables;

	begin("tu102", 0, 1);
	tables = v.heap.tables;
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_unmap(&v, 64 * MIB, 4096), 0);
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &later, 1, &change), 0);
	CHECK_EQ(pramin_vas_drop(vas_op(&v), &change), 0);
	CHECK_EQ(vas_map(&v, 0x40000000, DATA_PA, 4096, 0), 0);
	CHECK_EQ(vas_unmap(&v, 0x40000000, 4096), 0);
	CHECK_EQ(v.heap.tables, tables);
	/* It is in the way of a larger page. */
	CHECK_EQ(vas_unmap(&v, 4 * MIB, 64 * KIB), 0);
	CHECK_EQ(vas_map(&v, 4 * MIB, DATA_PA, 2 * MIB, 0), 0);
	CHECK(vas_is(&v, 4 * MIB, DATA_PA, 64 * KIB));
	CHECK_EQ(vas_unmap(&v, 4 * MIB, 2 * MIB), 0);
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	v.vas = theirs;
	return end();
}

static int own_tables_are_unlinked_when_the_space_ends(void)
{
	static const struct {
		const char *chip;
		uint64_t big;
	} chips[] = { { "tu102", 0 }, { "gh100", 0 }, { "gm204", 64 * KIB } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		uint64_t root = begin(chips[i].chip, chips[i].big, 16);
		uint64_t tables = v.heap.tables;
		uint64_t big =
			v.config.format->level[v.config.format->levels - 2]
				.page_size;

		CHECK_EQ(vas_new(&v), 0);
		CHECK_EQ(v.vas.root->vram_pa, root);
		CHECK_EQ(vas_map(&v, 1ull << 38, DATA_PA, 4096, 0), 0);
		CHECK_EQ(vas_map(&v, 64 * MIB + 2 * big, DATA_PA, big, big), 0);
		CHECK_EQ(vas_do(&v, PRAMIN_PROTECT, 4096, 4096,
				PRAMIN_MMU_READ_ONLY),
			 0);
		CHECK(v.heap.tables > tables);
		CHECK(vas_is(&v, 1ull << 38, DATA_PA, 4096));
		CHECK(vas_is(&v, 4096, DATA_PA + 4096, 4096));
		CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
		CHECK_EQ(v.heap.tables, tables);
		v.vas = theirs;
		CHECK_EQ(vas_type(&v, 1ull << 38), PRAMIN_MMU_INVALID);
		CHECK_EQ(vas_type(&v, 64 * MIB + 2 * big), PRAMIN_MMU_INVALID);
		/* What was in foreign tables stays. */
		CHECK(vas_is(&v, 64 * MIB, DATA_PA, 4096));
		CHECK_EQ(v.sync.level, 0);
		CHECK_EQ(end(), 0);
	}
	return 0;
}

static int a_big_entry_that_hides_small_ones_is_cleared_for_them(void)
{
	uint64_t pt, raw = 0x20;

	begin("tu102", 0, 16);
	/* PT64K of address 0: its second entry onwards */
	CHECK_EQ(vas_map(&v, 6 * MIB, DATA_PA, 64 * KIB, 64 * KIB), 0);
	theirs = v.vas;
	pt = pramin_vas_find(&v.vas, 6 * MIB, 4)->vram_pa;
	pramin_model_poke(v.model, pt + 8, &raw, 8);
	pramin_model_poke(v.model, pt + 16, &raw, 8);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_map(&v, 6 * MIB + 64 * KIB, DATA_PA, 8192, 0), 0);
	CHECK_EQ(vas_type(&v, 6 * MIB + 64 * KIB), PRAMIN_MMU_PAGE);
	CHECK(vas_is(&v, 6 * MIB + 64 * KIB, DATA_PA, 4096));
	/* The GPU may have kept that entry. */
	CHECK_EQ(v.sync.level, 3);
	CHECK_EQ(vas_type(&v, 6 * MIB + 128 * KIB), PRAMIN_MMU_UNMAPPED);
	/* A big page over it */
	CHECK_EQ(vas_map(&v, 6 * MIB + 128 * KIB, DATA_PA, 64 * KIB, 0), 0);
	CHECK(vas_is(&v, 6 * MIB + 128 * KIB, DATA_PA, 64 * KIB));
	CHECK_EQ(v.sync.level, 4);
	CHECK_EQ(vas_refs(&v, 6 * MIB, 4), 2);
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

static int bits_that_mean_nothing_are_no_mapping(void)
{
	uint64_t pt, pd0, raw = 0x00aa000000bbb000;

	begin("tu102", 0, 16);
	pt = pramin_vas_find(&v.vas, 64 * MIB, 5)->vram_pa;
	pd0 = pramin_vas_find(&v.vas, 64 * MIB, 3)->vram_pa;
	pramin_model_poke(v.model, pt + 8 * 100, &raw, 8);
	/* An entry of PD0 with an address and no aperture */
	pramin_model_poke(v.model, pd0 + 16 * 40, &raw, 8);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_map(&v, 64 * MIB + 64 * KIB, DATA_PA, 448 * KIB, 4096), 0);
	CHECK(vas_is(&v, 64 * MIB + 400 * KIB, DATA_PA + 336 * KIB, 4096));
	CHECK_EQ(vas_map(&v, 80 * MIB, DATA_PA, 2 * MIB, 2 * MIB), 0);
	CHECK(vas_is(&v, 80 * MIB, DATA_PA, 2 * MIB));
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

static int a_table_that_is_used_twice_is_refused(void)
{
	uint64_t pd0, raw[2], tables;

	begin("tu102", 0, 16);
	tables = v.heap.tables;
	pd0 = pramin_vas_find(&v.vas, 64 * MIB, 3)->vram_pa;
	pramin_model_peek(v.model, pd0 + 16 * 32, raw, 16);
	pramin_model_poke(v.model, pd0 + 16 * 50, raw, 16);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_unmap(&v, 64 * MIB, 4096), 0);
	CHECK_EQ(vas_unmap(&v, 100 * MIB, 4096), -EIO);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_SPACE_TREE);
	CHECK_EQ(v.rig.op.cause.arg[0], 100 * MIB);
	CHECK_EQ(v.heap.tables, tables);
	/* Elsewhere it goes on. */
	CHECK_EQ(vas_unmap(&v, 64 * MIB + 4096, 4096), 0);
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

static int a_table_outside_vram_is_refused_when_it_is_needed(void)
{
	uint64_t pd0, raw;

	begin("tu102", 0, 16);
	pd0 = pramin_vas_find(&v.vas, 64 * MIB, 3)->vram_pa;
	/* The half for small pages; its address is 32 GiB further now. */
	pramin_model_peek(v.model, pd0 + 16 * 32 + 8, &raw, 8);
	raw |= 1ull << 31;
	pramin_model_poke(v.model, pd0 + 16 * 32 + 8, &raw, 8);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_unmap(&v, 64 * MIB, 4096), -EIO);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_SPACE_TREE);
	CHECK_EQ(v.rig.op.cause.arg[0], 64 * MIB);
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

/* Where it begins and ends is looked at too, in tables that nobody has read yet. */
static int what_is_replaced_is_read_first(void)
{
	struct pramin_map_piece piece = { 2 * DATA_PA, 4096 };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.flags = PRAMIN_MAP_REPLACE,
		.gpu_va = 64 * MIB + 4096,
		.len = 4096,
		.pieces = &piece,
		.count = 1,
	};

	begin("tu102", 0, 16);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	CHECK_EQ(v.cost.stores, 1);
	CHECK_EQ(v.vas.reads, 4 + 4 * 512);
	CHECK(vas_is(&v, 64 * MIB, DATA_PA, 4096));
	CHECK(vas_is(&v, 64 * MIB + 4096, 2 * DATA_PA, 4096));
	CHECK(vas_is(&v, 64 * MIB + 8192, DATA_PA + 8192, 4096));
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

/* A page that begins there may begin before: only its table tells. */
static int what_follows_a_replacement_is_read_too(void)
{
	struct pramin_map_piece piece = { 2 * DATA_PA, 2 * MIB };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.flags = PRAMIN_MAP_REPLACE,
		.gpu_va = 2 * MIB,
		.len = 2 * MIB,
		.pieces = &piece,
		.count = 1,
	};
	unsigned int tables;

	begin("tu102", 0, 16);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_unmap(&v, 0, 2 * MIB), 0);
	tables = v.vas.table_count;
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	CHECK_EQ(v.vas.table_count, tables + 1);
	CHECK(vas_is(&v, 2 * MIB, 2 * DATA_PA, 2 * MIB));
	CHECK(vas_is(&v, 4 * MIB, DATA_PA + 4 * MIB, 64 * KIB));
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

/* Tables of v1 may be said to be shorter: that is not supported. */
static int short_tables_are_refused(void)
{
	uint64_t raw, root = begin("gm204", 64 * KIB, 16);

	pramin_model_peek(v.model, root, &raw, 8);
	raw |= 4;
	pramin_model_poke(v.model, root, &raw, 8);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_unmap(&v, 0, 4096), -EIO);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_SPACE_TREE);
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

/* A search for a hole reads what is in its way. */
static int addresses_are_found_in_adopted_trees(void)
{
	struct pramin_map_piece piece = { DATA_PA, 64 * KIB };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = PRAMIN_VA_ANY,
		.len = 64 * KIB,
		.pieces = &piece,
		.count = 1,
	};

	begin("tu102", 0, 16);
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	CHECK_EQ(op.gpu_va, 4 * MIB + 64 * KIB);
	CHECK(vas_is(&v, op.gpu_va, DATA_PA, 64 * KIB));
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

static int read_only_spaces_need_no_device_to_end(void)
{
	begin("tu102", 0, 16);
	v.config.exclusive = false;
	v.config.heap = NULL;
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_unmap(&v, 0, 4096), -EPERM);
	v.sync.calls = 0;
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	CHECK_EQ(v.sync.calls, 0);
	return end();
}

/* Another thread, in the middle of this one's load */
static unsigned int takes, act_at;
static bool acting;
static struct rig_env *env;

static void take(void *ctx)
{
	(void)ctx;
	if (++takes != act_at || acting)
		return;
	acting = true;
	vas_unmap(&v, 64 * MIB + 8192, 4096);
	acting = false;
}

static void drop(void *ctx)
{
	(void)ctx;
}

static int two_threads_that_read_one_table_keep_one_of_the_copies(void)
{
	static const struct pramin_mutex_ops ops = { take, drop };
	unsigned int at;

	for (at = 2; at < 40; at++) {
		begin("tu102", 0, 16);
		CHECK_EQ(vas_new(&v), 0);
		v.vas.config.mutex.ops = &ops;
		takes = 0;
		act_at = at;
		CHECK_EQ(vas_unmap(&v, 64 * MIB, 4096), 0);
		act_at = 0;
		/* Each table was read once for the tree, whoever came first. */
		CHECK_EQ(v.vas.reads, 4 + 4 * 512);
		CHECK_EQ(v.vas.table_count, 5);
		CHECK_EQ(vas_type(&v, 64 * MIB), PRAMIN_MMU_INVALID);
		CHECK_EQ(vas_type(&v, 64 * MIB + 8192),
			 takes >= at ? PRAMIN_MMU_INVALID : PRAMIN_MMU_PAGE);
		CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
		CHECK_EQ(end(), 0);
		if (takes < at)
			break;
	}
	CHECK(at > 10);
	return 0;
}

static int failures_while_a_tree_is_read_leave_nothing(void)
{
	unsigned int nth;
	int ret = -1;

	for (nth = 1; ret && nth < 40; nth++) {
		begin("tu102", 0, 16);
		env = &v.rig.env;
		env->fail_at = env->allocs + nth;
		ret = vas_new(&v);
		if (ret) {
			CHECK_EQ(ret, -ENOMEM);
			env->fail_at = 0;
			env->allocs--;
			CHECK_EQ(end(), 0);
			continue;
		}
		ret = vas_unmap(&v, 64 * MIB, 4096);
		env->allocs -= ret ? 1 : 0;
		env->fail_at = 0;
		CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
		CHECK_EQ(end(), 0);
	}
	CHECK_EQ(ret, 0);
	CHECK(nth > 6);
	/* The GPU goes away in the middle of a table. */
	begin("tu102", 0, 16);
	pramin_model_fault(v.model, "gone@1", NULL);
	CHECK_EQ(vas_new(&v), -ENODEV);
	pramin_model_mend(v.model);
	CHECK_EQ(end(), 0);
	begin("tu102", 0, 16);
	CHECK_EQ(vas_new(&v), 0);
	pramin_model_fault(v.model, "gone@1", NULL);
	CHECK_EQ(vas_unmap(&v, 64 * MIB, 4096), -ENODEV);
	pramin_model_mend(v.model);
	v.rig.gpu.gone = false;
	CHECK_EQ(v.vas.table_count, 1);
	CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), 0);
	return end();
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(tables_are_read_whole_when_they_are_needed_first),
		TEST(an_empty_table_of_others_stays_when_a_change_is_dropped),
		TEST(own_tables_are_unlinked_when_the_space_ends),
		TEST(a_big_entry_that_hides_small_ones_is_cleared_for_them),
		TEST(bits_that_mean_nothing_are_no_mapping),
		TEST(a_table_that_is_used_twice_is_refused),
		TEST(a_table_outside_vram_is_refused_when_it_is_needed),
		TEST(what_is_replaced_is_read_first),
		TEST(what_follows_a_replacement_is_read_too),
		TEST(short_tables_are_refused),
		TEST(addresses_are_found_in_adopted_trees),
		TEST(read_only_spaces_need_no_device_to_end),
		TEST(two_threads_that_read_one_table_keep_one_of_the_copies),
		TEST(failures_while_a_tree_is_read_leave_nothing),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
