// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Address spaces: which tables there are after each step, what they say, and that
 * nothing is left in the end.
 */
#include "core_vas.h"

static struct vas_rig v;

/* Chips of every format, with the big page */
static const struct {
	const char *chip;
	uint64_t big;
} chips[] = {
	{ "gf100", 128 * KIB }, { "gm204", 64 * KIB }, { "gp102", 64 * KIB },
	{ "gv100", 64 * KIB },	{ "tu102", 64 * KIB }, { "ga102", 64 * KIB },
	{ "gh100", 64 * KIB },	{ "gb100", 64 * KIB },
};

static int a_root_is_zeroed_whole_and_comes_back(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		uint8_t junk[4096], root[4096];

		vas_begin(&v, chips[i].chip, chips[i].big);
		memset(junk, 0xa5, sizeof(junk));
		CHECK_EQ(pramin_model_poke(v.model, HEAP_PA, junk,
					   sizeof(junk)),
			 0);
		CHECK_EQ(vas_new(&v), 0);
		CHECK_EQ(v.vas.root->vram_pa, HEAP_PA);
		CHECK_EQ(pramin_model_peek(v.model, HEAP_PA, root,
					   sizeof(root)),
			 0);
		memset(junk, 0, sizeof(junk));
		CHECK(!memcmp(junk, root, sizeof(root)));
		CHECK_EQ(v.vas.last.result.flushes, 1);
		CHECK_EQ(v.sync.calls, 0);
		CHECK(vas_true(&v));
		CHECK_EQ(vas_close(&v), 0);
		CHECK_EQ(v.sync.calls, 1);
		CHECK_EQ(v.sync.level, 0);
		CHECK_EQ(v.sync.flags, PRAMIN_SYNC_DOWNGRADE);
	}
	return 0;
}

static int one_big_page_at_0_takes_one_table_per_level(void)
{
	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 64 * KIB, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 5);
	CHECK_EQ(vas_refs(&v, 0, 0), 1);
	CHECK_EQ(vas_refs(&v, 0, 1), 1);
	CHECK_EQ(vas_refs(&v, 0, 2), 1);
	CHECK_EQ(vas_refs(&v, 0, 3), 1);
	CHECK_EQ(vas_refs(&v, 0, 4), 1);
	CHECK_EQ(vas_refs(&v, 0, 5), -1);
	CHECK(vas_is(&v, 4096, DATA_PA + 4096, 64 * KIB));
	CHECK(vas_true(&v));
	CHECK_EQ(vas_unmap(&v, 0, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	CHECK_EQ(v.cost.stores, 1);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int the_upper_half_of_v3_has_an_entry_of_its_own(void)
{
	uint64_t va = 1ull << 56;

	vas_open(&v, "gh100", 0);
	CHECK_EQ(vas_map(&v, va, DATA_PA, 64 * KIB, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 6);
	CHECK(!v.vas.root->child[0]);
	CHECK(v.vas.root->child[1]);
	CHECK(vas_is(&v, va, DATA_PA, 64 * KIB));
	CHECK_EQ(vas_type(&v, 0), PRAMIN_MMU_INVALID);
	CHECK_EQ(vas_unmap(&v, va, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	return vas_close(&v);
}

static int adjacent_pages_share_a_table_in_whatever_order(void)
{
	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 64 * KIB, DATA_PA, 64 * KIB, 64 * KIB), 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA + MIB, 64 * KIB, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 5);
	CHECK_EQ(vas_refs(&v, 0, 4), 2);
	CHECK_EQ(vas_unmap(&v, 64 * KIB, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 5);
	CHECK(vas_is(&v, 0, DATA_PA + MIB, 64 * KIB));
	CHECK(vas_true(&v));
	CHECK_EQ(vas_unmap(&v, 0, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	return vas_close(&v);
}

static int big_and_small_pages_stand_in_two_tables_of_one_entry(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		uint64_t big = chips[i].big;
		unsigned int depth;

		vas_open(&v, chips[i].chip, big);
		depth = v.config.format->levels - 1u;
		CHECK_EQ(vas_map(&v, big, DATA_PA, big, big), 0);
		CHECK_EQ(vas_map(&v, 0, DATA_PA + MIB, 4096, 4096), 0);
		CHECK_EQ(v.vas.table_count, depth + 1);
		CHECK_EQ(vas_refs(&v, 0, depth - 2), 2);
		CHECK(vas_is(&v, big + 4096, DATA_PA + 4096, big));
		CHECK(vas_is(&v, 0, DATA_PA + MIB, 4096));
		CHECK_EQ(vas_type(&v, 4096), PRAMIN_MMU_INVALID);
		CHECK(vas_true(&v));
		/* The halves go one by one, either first. */
		CHECK_EQ(vas_unmap(&v, big, big), 0);
		CHECK_EQ(vas_refs(&v, 0, depth - 2), 1);
		CHECK(vas_is(&v, 0, DATA_PA + MIB, 4096));
		CHECK_EQ(vas_map(&v, big, DATA_PA, big, big), 0);
		CHECK_EQ(vas_unmap(&v, 0, 4096), 0);
		CHECK(vas_is(&v, big, DATA_PA, big));
		CHECK(vas_true(&v));
		/* Both at once */
		CHECK_EQ(vas_map(&v, 0, DATA_PA, big, 4096), 0);
		CHECK_EQ(vas_unmap(&v, 0, 2 * big), 0);
		CHECK_EQ(v.vas.table_count, 1);
		CHECK(vas_true(&v));
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

/* 16 pages, 2 MiB apart, from @va on: @dirs directories above their tables */
static int at_a_stride(uint64_t va, unsigned int dirs)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		CHECK_EQ(vas_map(&v, va + i * 2 * MIB, DATA_PA, 64 * KIB,
				 64 * KIB),
			 0);
	CHECK_EQ(v.vas.table_count, 16 + dirs);
	CHECK(vas_true(&v));
	for (i = 0; i < 16; i++)
		CHECK_EQ(vas_unmap(&v, va + i * 2 * MIB, 64 * KIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	CHECK(vas_true(&v));
	return 0;
}

static int pages_at_a_stride_take_a_table_each_also_over_a_boundary(void)
{
	vas_open(&v, "tu102", 0);
	CHECK_EQ(at_a_stride(0, 4), 0);
	CHECK_EQ(at_a_stride(512 * MIB - 16 * MIB, 5), 0);
	CHECK_EQ(at_a_stride(128 * TIB - 16 * MIB, 7), 0);
	return vas_close(&v);
}

static int pages_of_2_mib_stand_in_the_last_directory(void)
{
	uint64_t va = 34983 * 2 * MIB;

	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, va, DATA_PA, 2 * MIB, 0), 0);
	CHECK_EQ(v.vas.table_count, 4);
	CHECK(vas_is(&v, va + MIB, DATA_PA + MIB, 2 * MIB));
	CHECK_EQ(v.cost.level, 0);
	CHECK_EQ(vas_map(&v, va + 2 * MIB, DATA_PA, 2 * MIB, 2 * MIB), 0);
	/* The GPU keeps entries of directories, also those that lead nowhere. */
	CHECK_EQ(v.cost.level, 3);
	CHECK_EQ(v.cost.stores, 1);
	CHECK_EQ(v.cost.flushes, 1);
	CHECK_EQ(v.cost.invalidates, 1);
	CHECK_EQ(vas_unmap(&v, va, 4 * MIB), 0);
	CHECK_EQ(v.vas.table_count, 1);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int larger_pages_stand_where_the_chip_has_them(void)
{
	static struct pramin_map_piece piece = { 0, 512 * GIB };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = 1024 * GIB,
		.len = 512 * GIB,
		.pieces = &piece,
		.count = 1,
		.aperture = PRAMIN_MMU_SYS_COH,
	};
	static const struct {
		const char *chip;
		uint64_t page;
		unsigned int tables;
	} cases[] = {
		{ "gh100", 512 * MIB, 5 },
		{ "gb100", 256 * GIB, 3 },
	};
	size_t i;

	vas_open(&v, "ga102", 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, GIB, 0), 0);
	CHECK_EQ(v.vas.table_count, 3);
	CHECK_EQ(vas_refs(&v, 0, 2), 2);
	CHECK(vas_is(&v, 512 * MIB, DATA_PA + 512 * MIB, 512 * MIB));
	CHECK_EQ(vas_unmap(&v, 0, GIB), 0);
	CHECK_EQ(vas_close(&v), 0);

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		vas_open(&v, cases[i].chip, 0);
		CHECK_EQ(vas_batch(&v, &op, 1), 0);
		CHECK_EQ(v.vas.table_count, cases[i].tables);
		CHECK(vas_is(&v, 1280 * GIB, 256 * GIB, cases[i].page));
		CHECK(vas_true(&v));
		CHECK_EQ(vas_unmap(&v, op.gpu_va, op.len), 0);
		CHECK_EQ(v.vas.table_count, 1);
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

static int a_whole_table_of_small_pages_comes_and_goes(void)
{
	uint64_t va = 1ull << 47;
	unsigned int i;

	vas_open(&v, "tu102", 0);
	for (i = 0; i < 512; i++)
		CHECK_EQ(vas_map(&v, va + i * 4096, DATA_PA + i * 4096, 4096,
				 4096),
			 0);
	CHECK_EQ(vas_refs(&v, va, 5), 512);
	CHECK_EQ(v.vas.table_count, 5);
	CHECK(vas_true(&v));
	for (i = 512; i--;)
		CHECK_EQ(vas_unmap(&v, va + i * 4096, 4096), 0);
	CHECK_EQ(v.vas.table_count, 1);
	return vas_close(&v);
}

static int halves_of_a_table_count_their_references(void)
{
	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, MIB, 4096), 0);
	CHECK_EQ(vas_refs(&v, 0, 5), 256);
	CHECK_EQ(vas_map(&v, MIB, DATA_PA, MIB, 4096), 0);
	CHECK_EQ(vas_refs(&v, 0, 5), 512);
	CHECK_EQ(vas_unmap(&v, 0, MIB), 0);
	CHECK_EQ(vas_refs(&v, 0, 5), 256);
	CHECK_EQ(vas_unmap(&v, MIB, MIB), 0);
	CHECK_EQ(vas_refs(&v, 0, 5), -1);
	return vas_close(&v);
}

static int invalidates_are_as_deep_as_the_highest_entry_that_changed(void)
{
	vas_open(&v, "tu102", 0);
	/* The first one changes the root. */
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 4096, 4096), 0);
	CHECK_EQ(v.sync.calls, 1);
	CHECK_EQ(v.sync.level, 0);
	CHECK_EQ(v.sync.flags, 0);
	CHECK_EQ(v.sync.root_pa, v.vas.root->vram_pa);
	CHECK_EQ(v.cost.flushes, 2);
	/* A second one, beside it: the GPU keeps no invalid leaf entry. */
	CHECK_EQ(vas_map(&v, 4096, DATA_PA, 4096, 4096), 0);
	CHECK_EQ(v.sync.calls, 0);
	CHECK_EQ(v.cost.level, PRAMIN_MMU_NO_LEVEL);
	CHECK_EQ(v.cost.stores, 1);
	CHECK_EQ(v.cost.flushes, 1);
	/* A table beside it */
	CHECK_EQ(vas_map(&v, 2 * MIB, DATA_PA, 4096, 4096), 0);
	CHECK_EQ(v.sync.calls, 1);
	CHECK_EQ(v.sync.level, 3);
	CHECK_EQ(v.sync.flags, 0);
	CHECK_EQ(v.cost.stores, 512 + 1);
	CHECK_EQ(v.cost.flushes, 2);
	CHECK_EQ(v.cost.tables_made, 1);
	/* And back */
	CHECK_EQ(vas_unmap(&v, 2 * MIB, 4096), 0);
	CHECK_EQ(v.sync.level, 3);
	CHECK_EQ(v.sync.flags, PRAMIN_SYNC_DOWNGRADE);
	CHECK_EQ(v.cost.stores, 1);
	CHECK_EQ(v.cost.flushes, 1);
	CHECK_EQ(v.cost.tables_freed, 1);
	CHECK_EQ(vas_unmap(&v, 4096, 4096), 0);
	CHECK_EQ(v.sync.calls, 1);
	CHECK_EQ(v.sync.level, 5);
	CHECK_EQ(v.sync.flags, PRAMIN_SYNC_DOWNGRADE);
	CHECK_EQ(vas_unmap(&v, 0, 4096), 0);
	CHECK_EQ(v.sync.level, 0);
	CHECK_EQ(v.cost.tables_freed, 4);
	return vas_close(&v);
}

static int a_batch_invalidates_once_however_many_ranges_it_has(void)
{
	enum {
		N = 100
	};
	static struct pramin_map_piece piece[N];
	static struct pramin_map_op op[N];
	unsigned int i;

	vas_open(&v, "tu102", 0);
	v.config.bar = true;
	v.vas.config.bar = true;
	for (i = 0; i < N; i++) {
		piece[i] =
			(struct pramin_map_piece){ DATA_PA + i * 4096, 4096 };
		op[i] = (struct pramin_map_op){
			.kind = PRAMIN_MAP,
			.gpu_va = (uint64_t)((i * 37) % N) * 3 * MIB,
			.len = 4096,
			.pieces = &piece[i],
			.count = 1,
		};
	}
	CHECK_EQ(vas_batch(&v, op, N), 0);
	CHECK_EQ(v.sync.calls, 1);
	CHECK_EQ(v.sync.level, 0);
	CHECK_EQ(v.sync.flags, PRAMIN_SYNC_HUB_ONLY);
	CHECK_EQ(v.cost.invalidates, 1);
	CHECK_EQ(v.cost.flushes, 2);
	CHECK(vas_true(&v));
	for (i = 0; i < N; i++) {
		CHECK(vas_is(&v, op[i].gpu_va, piece[i].pa, 4096));
		if (i % 2)
			op[i].kind = PRAMIN_UNMAP;
		else
			op[i].gpu_va += 4096;
	}
	CHECK_EQ(vas_batch(&v, op, N), 0);
	CHECK_EQ(v.sync.calls, 1);
	CHECK_EQ(v.sync.level, 3);
	CHECK_EQ(v.sync.flags, PRAMIN_SYNC_HUB_ONLY | PRAMIN_SYNC_DOWNGRADE);
	CHECK_EQ(v.cost.flushes, 1);
	CHECK_EQ(v.cost.tables_freed, N / 2);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

/* First, middle and last page of an entry's table, and those at its borders */
static int edges_of(uint64_t page)
{
	unsigned int level = vas_level(&v, page);
	uint64_t reach = pramin_level_reach(&v.config.format->level[level]);
	uint64_t base = v.vas.end / 2 + reach;
	uint64_t at[5], pa = 0;
	unsigned int i;

	at[0] = base;
	at[1] = base + reach / 2;
	at[2] = base + reach - page;
	at[3] = base - page;
	at[4] = base + reach;
	for (i = 0; i < 5; i++) {
		struct pramin_map_piece piece = { pa, page };
		struct pramin_map_op op = {
			.kind = PRAMIN_MAP,
			.gpu_va = at[i],
			.len = page,
			.page_size = page,
			.pieces = &piece,
			.count = 1,
			.aperture = PRAMIN_MMU_SYS_NONCOH,
		};

		CHECK_EQ(vas_batch(&v, &op, 1), 0);
		CHECK(vas_is(&v, at[i], pa, page));
		CHECK(vas_is(&v, at[i] + page - 1, pa + page - 1, page));
		pa += page;
	}
	CHECK(vas_true(&v));
	for (i = 0; i < 5; i++) {
		CHECK_EQ(vas_unmap(&v, at[i], page), 0);
		CHECK_EQ(vas_type(&v, at[i]), PRAMIN_MMU_INVALID);
	}
	CHECK_EQ(v.vas.table_count, 1);
	return 0;
}

static int every_size_of_page_works_at_every_edge(void)
{
	size_t i;
	unsigned int l;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		vas_open(&v, chips[i].chip, chips[i].big);
		for (l = 0; l < v.config.format->levels; l++)
			if (v.config.format->level[l].page_size)
				CHECK_EQ(edges_of(v.config.format->level[l]
							  .page_size),
					 0);
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_root_is_zeroed_whole_and_comes_back),
		TEST(one_big_page_at_0_takes_one_table_per_level),
		TEST(the_upper_half_of_v3_has_an_entry_of_its_own),
		TEST(adjacent_pages_share_a_table_in_whatever_order),
		TEST(big_and_small_pages_stand_in_two_tables_of_one_entry),
		TEST(pages_at_a_stride_take_a_table_each_also_over_a_boundary),
		TEST(pages_of_2_mib_stand_in_the_last_directory),
		TEST(larger_pages_stand_where_the_chip_has_them),
		TEST(a_whole_table_of_small_pages_comes_and_goes),
		TEST(halves_of_a_table_count_their_references),
		TEST(invalidates_are_as_deep_as_the_highest_entry_that_changed),
		TEST(a_batch_invalidates_once_however_many_ranges_it_has),
		TEST(every_size_of_page_works_at_every_edge),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
