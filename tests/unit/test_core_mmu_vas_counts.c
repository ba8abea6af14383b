// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What changes cost: stores, reads, flushes, invalidates, moves of the window.
 */
#include "core_vas.h"

static struct vas_rig v;

/* Of the aperture, and of the window register, since @before */
struct counted {
	uint64_t stores, other_writes, reads, moves;
};

static struct counted count(const struct pramin_stats *before)
{
	const struct pramin_stats *now = &v.rig.gpu.stats;

	return (struct counted){
		.stores = now->writes[3] - before->writes[3],
		.other_writes = now->writes[0] + now->writes[1] +
				now->writes[2] - before->writes[0] -
				before->writes[1] - before->writes[2],
		.reads = now->reads[0] + now->reads[1] + now->reads[2] +
			 now->reads[3] - before->reads[0] - before->reads[1] -
			 before->reads[2] - before->reads[3],
		.moves = now->moves - before->moves,
	};
}

/* 1 GiB with pages of 4 KiB: @stores for the tables beside one for each page */
static int gib_of_small_pages(const char *chip, uint64_t big, bool fresh,
			      uint64_t stores, uint64_t off)
{
	const uint64_t pages = GIB / 4096;
	struct pramin_stats before;
	struct counted c;

	vas_open(&v, chip, big);
	/* A neighbour, so that the upper directories are there */
	if (!fresh)
		CHECK_EQ(vas_map(&v, 3 * GIB, DATA_PA, GIB, 2 * MIB), 0);
	before = v.rig.gpu.stats;
	CHECK_EQ(vas_map(&v, 2 * GIB, DATA_PA, GIB, 4096), 0);
	c = count(&before);
	CHECK_EQ(c.stores, pages + stores);
	CHECK_EQ(v.cost.stores, c.stores);
	CHECK_EQ(c.other_writes, 0);
	CHECK_EQ(c.reads, 0);
	CHECK_EQ(v.rig.gpu.stats.flushes - before.flushes, 2);
	CHECK_EQ(v.cost.flushes, 2);
	CHECK_EQ(v.sync.calls, 1);
	/* Leaf tables of 2 MiB in all, and some directories */
	CHECK(c.moves <= 8);
	CHECK(vas_is(&v, 2 * GIB, DATA_PA, 4096));
	CHECK(vas_is(&v, 3 * GIB - 1, DATA_PA + GIB - 1, 4096));
	CHECK(vas_true(&v));

	before = v.rig.gpu.stats;
	CHECK_EQ(vas_unmap(&v, 2 * GIB, GIB), 0);
	c = count(&before);
	CHECK_EQ(c.stores, off);
	CHECK_EQ(c.reads, 0);
	CHECK_EQ(v.cost.flushes, 1);
	CHECK_EQ(v.sync.calls, 1);
	CHECK_EQ(v.vas.table_count, fresh ? 1 : v.vas.table_count);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int a_store_for_each_page_and_little_more(void)
{
	/* Two PD0s in full, and one entry in PD1 for each */
	CHECK_EQ(gib_of_small_pages("tu102", 0, false, 1024 + 2, 2), 0);
	/* PD1 and PD2 in full too, and one entry in the root */
	CHECK_EQ(gib_of_small_pages("tu102", 0, true, 2048 + 1, 1), 0);
	CHECK_EQ(gib_of_small_pages("gh100", 0, false, 1024 + 2, 2), 0);
	CHECK_EQ(gib_of_small_pages("gh100", 0, true, 2048 + 512 + 1, 1), 0);
	/* v1: an entry in the root for each 64 MiB */
	CHECK_EQ(gib_of_small_pages("gm204", 64 * KIB, true, 16, 16), 0);
	return 0;
}

static int with_the_last_directory_there_one_store_links_a_table(void)
{
	struct pramin_stats before;
	unsigned int i;

	vas_open(&v, "tu102", 0);
	/* A page of each 512 MiB keeps its PD0. */
	for (i = 0; i < 2; i++)
		CHECK_EQ(vas_map(&v, 4 * GIB + i * 512 * MIB, DATA_PA, 2 * MIB,
				 2 * MIB),
			 0);
	before = v.rig.gpu.stats;
	CHECK_EQ(vas_map(&v, 4 * GIB + 2 * MIB, DATA_PA, 510 * MIB, 4096), 0);
	CHECK_EQ(count(&before).stores, 255 * 512 + 255);
	CHECK_EQ(v.sync.level, 3);
	return vas_close(&v);
}

static int pages_of_2_mib_take_a_store_each(void)
{
	struct pramin_stats before;
	unsigned int i;

	vas_open(&v, "tu102", 0);
	/* PD0s that exist: pages right behind and before the range */
	for (i = 0; i < 2; i++)
		CHECK_EQ(vas_map(&v, 4 * GIB + i * 512 * MIB, DATA_PA, 4096,
				 4096),
			 0);
	before = v.rig.gpu.stats;
	CHECK_EQ(vas_map(&v, 4 * GIB + 2 * MIB, DATA_PA + 2 * MIB, 510 * MIB,
			 0),
		 0);
	CHECK_EQ(count(&before).stores, 255);
	CHECK_EQ(v.cost.flushes, 1);
	CHECK_EQ(v.sync.calls, 1);
	before = v.rig.gpu.stats;
	CHECK_EQ(vas_unmap(&v, 4 * GIB + 2 * MIB, 510 * MIB), 0);
	CHECK_EQ(count(&before).stores, 255);
	CHECK_EQ(v.cost.flushes, 1);
	return vas_close(&v);
}

static int a_part_of_a_table_takes_a_store_for_each_page(void)
{
	struct pramin_stats before;

	vas_open(&v, "tu102", 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 2 * MIB, 4096), 0);
	before = v.rig.gpu.stats;
	CHECK_EQ(vas_unmap(&v, 4096, 2 * MIB - 8192), 0);
	CHECK_EQ(count(&before).stores, 510);
	CHECK_EQ(v.sync.level, 5);
	before = v.rig.gpu.stats;
	CHECK_EQ(vas_map(&v, 8192, DATA_PA, 128 * KIB, 4096), 0);
	CHECK_EQ(count(&before).stores, 32);
	CHECK_EQ(v.sync.calls, 0);
	return vas_close(&v);
}

static int the_largest_page_that_fits_is_taken(void)
{
	static const struct {
		const char *chip;
		uint64_t va, pa, len;
		/* pages of 4 KiB, 64 KiB, 2 MiB, 512 MiB */
		unsigned int pages[4];
	} cases[] = {
		{ "tu102", 0, DATA_PA, 2 * MIB, { 0, 0, 1, 0 } },
		{ "tu102", 0, DATA_PA, GIB, { 0, 0, 512, 0 } },
		{ "ga102", 0, DATA_PA, GIB, { 0, 0, 0, 2 } },
		{ "tu102",
		  4096,
		  DATA_PA + 4096,
		  2 * MIB - 4096,
		  { 15, 31, 0, 0 } },
		{ "tu102", 4096, DATA_PA + 4096, 4 * MIB, { 16, 31, 1, 0 } },
		/* Never in step: small pages only */
		{ "tu102", 0, DATA_PA + 4096, 2 * MIB, { 512, 0, 0, 0 } },
		/* In step for 64 KiB */
		{ "tu102", 0, DATA_PA + 64 * KIB, 2 * MIB, { 0, 32, 0, 0 } },
		{ "tu102",
		  60 * KIB,
		  DATA_PA + 60 * KIB,
		  12 * KIB,
		  { 3, 0, 0, 0 } },
		{ "ga102",
		  510 * MIB,
		  DATA_PA + 510 * MIB,
		  516 * MIB,
		  { 0, 0, 2, 1 } },
	};
	static const uint64_t size[] = { 4096, 64 * KIB, 2 * MIB, 512 * MIB };
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t va = cases[i].va, end = va + cases[i].len;
		unsigned int seen[4] = { 0 };

		vas_open(&v, cases[i].chip, 0);
		CHECK_EQ(vas_map(&v, va, cases[i].pa, cases[i].len, 0), 0);
		while (va < end) {
			struct vas_found f;
			unsigned int s = 0;

			vas_walk(&v, va, &f);
			CHECK_EQ(f.entry.type, PRAMIN_MMU_PAGE);
			CHECK_EQ(f.pa, cases[i].pa + (va - cases[i].va));
			while (size[s] != f.page)
				s++;
			seen[s]++;
			va += f.page;
		}
		CHECK_EQ(va, end);
		CHECK(!memcmp(seen, cases[i].pages, sizeof(seen)));
		CHECK(vas_true(&v));
		CHECK_EQ(vas_unmap(&v, cases[i].va, cases[i].len), 0);
		CHECK_EQ(v.vas.table_count, 1);
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

/* Pieces that are behind each other in memory are one to the pages. */
static int scattered_pieces_are_joined_where_they_touch(void)
{
	enum {
		N = 2048
	};
	static struct pramin_map_piece piece[N];
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = 16 * MIB,
		.len = N * 4096,
		.pieces = piece,
		.count = N,
	};
	unsigned int i;

	vas_open(&v, "tu102", 0);
	/* 4 MiB in a row, and then every second page */
	for (i = 0; i < N; i++)
		piece[i] = (struct pramin_map_piece){
			DATA_PA + (i < 1024 ? i : 2 * i) * 4096, 4096
		};
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	CHECK(vas_is(&v, 16 * MIB, DATA_PA, 2 * MIB));
	CHECK(vas_is(&v, 18 * MIB, DATA_PA + 2 * MIB, 2 * MIB));
	for (i = 1024; i < N; i++)
		CHECK(vas_is(&v, 16 * MIB + i * 4096, piece[i].pa, 4096));
	CHECK(vas_true(&v));
	return vas_close(&v);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_store_for_each_page_and_little_more),
		TEST(with_the_last_directory_there_one_store_links_a_table),
		TEST(pages_of_2_mib_take_a_store_each),
		TEST(a_part_of_a_table_takes_a_store_for_each_page),
		TEST(the_largest_page_that_fits_is_taken),
		TEST(scattered_pieces_are_joined_where_they_touch),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
