// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Looking up one address: pages of every size, the two halves of a dual entry, and
 * tables that cannot be followed.
 */
#include "core_mmu_tree.h"

#define FORMATS (PRAMIN_MMU_FORMATS - 1)

static int translate(struct mmu_board *b, uint64_t va,
		     struct pramin_mmu_walk *walk)
{
	memset(walk, 0x5a, sizeof(*walk));
	return pramin_mmu_translate(&b->tree, va, walk);
}

/* First, middle and last page of the whole address space, for each size */
static int pages_of_every_size_are_found_at_every_place(void)
{
	unsigned int i, l, k;

	for (i = 1; i <= FORMATS; i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i);
		const uint64_t end = 1ull << f->va_bits;

		for (l = 0; l < f->levels; l++) {
			const uint64_t size = f->level[l].page_size;
			const uint64_t at[] = { 0, size, end / 2, end - size,
						end / 4 - size };
			struct pramin_mmu_walk w;
			struct mmu_board b;

			if (!size)
				continue;
			CHECK_EQ(board_init(&b, i), 0);
			for (k = 0; k < ARRAY_LEN(at); k++) {
				/* v1 has no room for pages beyond its VRAM. */
				CHECK_EQ(board_page(&b, size, at[k], 0), 0);
				CHECK_EQ(translate(&b, at[k], &w), 0);
				CHECK_EQ(w.stop, PRAMIN_MMU_STOP_ENTRY);
				CHECK_EQ(w.entry.type, PRAMIN_MMU_PAGE);
				CHECK_EQ(w.level, l);
				CHECK_EQ(w.size, size);
				CHECK_EQ(w.pa, 0);
				CHECK_EQ(translate(&b, at[k] + size - 1, &w),
					 0);
				CHECK_EQ(w.pa, size - 1);
				CHECK_EQ(w.entry.type, PRAMIN_MMU_PAGE);
			}
			CHECK_EQ(translate(&b, end / 2 - 1, &w), 0);
			CHECK_EQ(w.entry.type, PRAMIN_MMU_INVALID);
			CHECK_EQ(w.pa, 0);
			CHECK(!b.bad);
			board_fini(&b);
		}
	}
	return 0;
}

static int a_lookup_reads_once_per_level(void)
{
	unsigned int i;

	for (i = 1; i <= FORMATS; i++) {
		const unsigned int dirs = pramin_mmu_format(i)->levels - 2u;
		struct pramin_mmu_walk w;
		struct mmu_board b;

		CHECK_EQ(board_init(&b, i), 0);
		CHECK_EQ(board_page(&b, 4096, 0x40000, 0x3000), 0);
		b.reads = 0;
		CHECK_EQ(translate(&b, 0x40123, &w), 0);
		CHECK_EQ(w.pa, 0x3123);
		CHECK_EQ(b.reads, dirs + 1);
		CHECK_EQ(w.reads, dirs + 1);
		/* The big page table exists now, and does not decide. */
		CHECK_EQ(board_page(
				 &b,
				 b.tree.format->level[board_big(&b)].page_size,
				 0, 0),
			 0);
		CHECK_EQ(translate(&b, 0x40123, &w), 0);
		CHECK_EQ(w.pa, 0x3123);
		CHECK_EQ(w.reads, dirs + 2);
		CHECK_EQ(translate(&b, 0x123, &w), 0);
		CHECK_EQ(w.level, board_big(&b));
		CHECK_EQ(w.reads, dirs + 1);
		board_fini(&b);
	}
	return 0;
}

/* The entry of a big page over a valid small one */
static int big_entries_hide_small_ones_unless_they_are_invalid(void)
{
	static const struct {
		const char *format;
		uint64_t raw;
		unsigned int type;
		bool hides;
	} cases[] = {
		{ "v1-64k", 0, PRAMIN_MMU_INVALID, false },
		{ "v1-64k", 0x2, PRAMIN_MMU_UNMAPPED, true },
		{ "v1-64k", 0x100000000, PRAMIN_MMU_INVALID, false },
		{ "v1-64k-gm200", 0x100000000, PRAMIN_MMU_SPARSE, true },
		{ "v1-64k-gm200", 0x100000002, PRAMIN_MMU_SPARSE, true },
		{ "v2-gp100", 0, PRAMIN_MMU_INVALID, false },
		{ "v2-gp100", 0x20, PRAMIN_MMU_UNMAPPED, true },
		{ "v2-gp100", 0x8, PRAMIN_MMU_SPARSE, true },
		{ "v2-gp100", 0x28, PRAMIN_MMU_SPARSE, true },
		{ "v2-gv100", 0x28, PRAMIN_MMU_UNMAPPED, true },
		{ "v2-ga100", 0x1, PRAMIN_MMU_PAGE, true },
		{ "v2-ga100", 0xffff00, PRAMIN_MMU_INVALID, false },
		{ "v3-gh100", 0x18, PRAMIN_MMU_UNMAPPED, true },
		{ "v3-gh100", 0x10, PRAMIN_MMU_NOWHERE, true },
		{ "v3-gh100", 0x8, PRAMIN_MMU_SPARSE, true },
		{ "v3-gh100", 0x1000, PRAMIN_MMU_INVALID, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_mmu_walk w;
		struct mmu_board b;
		uint64_t pa;

		CHECK_EQ(
			board_init(
				&b,
				pramin_mmu_format_by_name(cases[i].format)->id),
			0);
		CHECK_EQ(board_page(&b, 4096, 0x41000, 0x3000), 0);
		pa = board_entry(&b, board_big(&b), 0x41000);
		*board_words(&b, pa) = cases[i].raw;
		CHECK_EQ(translate(&b, 0x41004, &w), 0);
		CHECK_EQ(w.stop, PRAMIN_MMU_STOP_ENTRY);
		if (cases[i].hides) {
			CHECK_EQ(w.entry.type, cases[i].type);
			CHECK_EQ(w.entry_pa, pa);
			CHECK_EQ(w.size, 0x10000);
		} else {
			CHECK_EQ(w.entry.type, PRAMIN_MMU_PAGE);
			CHECK_EQ(w.pa, 0x3004);
			CHECK_EQ(w.size, 4096);
		}
		board_fini(&b);
	}
	return 0;
}

static int the_entry_that_ends_the_walk_is_told_with_its_level(void)
{
	struct pramin_mmu_entry sparse = { .type = PRAMIN_MMU_SPARSE };
	struct pramin_mmu_walk w;
	struct mmu_board b;
	uint64_t pa;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V3_GB100), 0);
	CHECK_EQ(translate(&b, 0, &w), 0);
	CHECK_EQ(w.level, 0);
	CHECK_EQ(w.size, 1ull << 56);
	CHECK_EQ(w.entry.type, PRAMIN_MMU_INVALID);
	CHECK_EQ(w.entry_pa, b.tree.root_pa);
	/* Sparse in the middle of the tree, and in a dual entry */
	CHECK_EQ(board_map(&b, 2, 0, &sparse), 0);
	CHECK_EQ(translate(&b, 0x3fffffffff, &w), 0);
	CHECK_EQ(w.level, 2);
	CHECK_EQ(w.size, 256ull << 30);
	CHECK_EQ(w.entry.type, PRAMIN_MMU_SPARSE);
	CHECK_EQ(board_map(&b, 4, 1ull << 40, &sparse), 0);
	CHECK_EQ(translate(&b, (1ull << 40) + 77, &w), 0);
	CHECK_EQ(w.level, 4);
	CHECK_EQ(w.half, PRAMIN_MMU_BIG);
	CHECK_EQ(w.entry.type, PRAMIN_MMU_SPARSE);
	/* With a small page table beside it that table is read. */
	CHECK_EQ(board_page(&b, 4096, 1ull << 40, 0x5000), 0);
	pa = board_entry(&b, 4, 1ull << 40);
	CHECK_EQ(*board_words(&b, pa), 8);
	CHECK_EQ(translate(&b, (1ull << 40) + 77, &w), 0);
	CHECK_EQ(w.pa, 0x5000 + 77);
	/* A big page table without a small one: its invalid entry is the end. */
	CHECK_EQ(board_page(&b, 65536, 1ull << 41, 0x10000), 0);
	CHECK_EQ(translate(&b, (1ull << 41) + 65536, &w), 0);
	CHECK_EQ(w.level, 5);
	CHECK_EQ(w.size, 65536);
	CHECK_EQ(w.entry.type, PRAMIN_MMU_INVALID);
	board_fini(&b);
	return 0;
}

/* An entry of each directory level, and each half, that leads nowhere good */
static int tables_that_cannot_be_read_end_the_walk_and_are_named(void)
{
	static const struct {
		struct pramin_mmu_entry e;
		unsigned int stop;
	} cases[] = {
		{ { .type = PRAMIN_MMU_TABLE, .aperture = PRAMIN_MMU_SYS_COH },
		  PRAMIN_MMU_STOP_NOT_VRAM },
		{ { .type = PRAMIN_MMU_TABLE,
		    .aperture = PRAMIN_MMU_SYS_NONCOH },
		  PRAMIN_MMU_STOP_NOT_VRAM },
		{ { .type = PRAMIN_MMU_TABLE, .pa = MMU_VRAM },
		  PRAMIN_MMU_STOP_OUTSIDE },
		{ { .type = PRAMIN_MMU_TABLE, .pa = 0x1ffffff000 },
		  PRAMIN_MMU_STOP_OUTSIDE },
	};
	unsigned int i, l, h, k;

	for (i = 1; i <= FORMATS; i++)
		for (k = 0; k < ARRAY_LEN(cases); k++)
			for (l = 0; l < pramin_mmu_format(i)->levels - 2u; l++)
				for (h = 0;
				     h < pramin_mmu_format(i)->level[l].halves;
				     h++) {
					struct pramin_mmu_walk w;
					struct mmu_board b;
					uint64_t pa;

					CHECK_EQ(board_init(&b, i), 0);
					pa = board_entry(&b, l, 0x123000);
					CHECK(pa);
					CHECK_EQ(board_put(&b, l, pa, h,
							   &cases[k].e),
						 0);
					CHECK_EQ(translate(&b, 0x123000, &w),
						 0);
					CHECK_EQ(w.stop, cases[k].stop);
					CHECK_EQ(w.level, l);
					CHECK_EQ(w.half, h);
					CHECK_EQ(w.entry_pa, pa);
					CHECK_EQ(w.pa, 0);
					CHECK(!b.bad);
					board_fini(&b);
				}
	return 0;
}

static int a_small_table_that_cannot_be_read_counts_where_it_would_be_read(void)
{
	struct pramin_mmu_entry table = { .type = PRAMIN_MMU_TABLE,
					  .pa = MMU_VRAM };
	struct pramin_mmu_walk w;
	struct mmu_board b;
	uint64_t pa;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	CHECK_EQ(board_page(&b, 65536, 0, 0x20000), 0);
	pa = board_entry(&b, 3, 0);
	CHECK_EQ(board_put(&b, 3, pa, PRAMIN_MMU_SMALL, &table), 0);
	CHECK_EQ(translate(&b, 5, &w), 0);
	CHECK_EQ(w.pa, 0x20005);
	CHECK_EQ(translate(&b, 65536, &w), 0);
	CHECK_EQ(w.stop, PRAMIN_MMU_STOP_OUTSIDE);
	CHECK_EQ(w.half, PRAMIN_MMU_SMALL);
	CHECK_EQ(w.level, 3);
	CHECK_EQ(w.entry_pa, pa);
	CHECK_EQ(w.reads, 5);
	board_fini(&b);
	return 0;
}

/* SIZE of the first directory entry of v1 */
static int set_size(struct mmu_board *b, unsigned int size)
{
	uint64_t *raw = board_words(b, b->tree.root_pa);
	struct pramin_mmu_entry half[2];

	pramin_mmu_decode(b->tree.format, 0, raw, half);
	half[0].pde_size = (uint8_t)size;
	return pramin_mmu_encode(b->tree.format, 0, half, raw, NULL);
}

/* v1: SIZE makes tables 1, 2, 4, 8 times shorter. */
static int short_tables_of_v1_end_where_size_says(void)
{
	unsigned int size;

	for (size = 0; size < 4; size++) {
		const uint64_t end = (64ull << 20) >> size;
		struct pramin_mmu_step step[PRAMIN_MMU_LEVELS_MAX];
		struct pramin_mmu_walk w;
		struct mmu_board b;
		unsigned int count;

		CHECK_EQ(board_init(&b, PRAMIN_MMU_V1_64K), 0);
		CHECK_EQ(board_page(&b, 4096, end - 4096, 0x7000), 0);
		CHECK_EQ(set_size(&b, size), 0);
		CHECK_EQ(translate(&b, end - 1, &w), 0);
		CHECK_EQ(w.pa, 0x7fff);
		if (!size) {
			board_fini(&b);
			continue;
		}
		CHECK_EQ(translate(&b, end, &w), 0);
		CHECK_EQ(w.stop, PRAMIN_MMU_STOP_SIZE);
		CHECK_EQ(w.entry.type, PRAMIN_MMU_INVALID);
		CHECK_EQ(pramin_mmu_explain(&b.tree, end, step, &count, &w), 0);
		CHECK_EQ(count, 2);
		CHECK_EQ(step[1].stop, PRAMIN_MMU_STOP_SIZE);
		CHECK_EQ(step[1].index, 16384u >> size);
		CHECK_EQ(w.reads, 1);
		/* The same with a table of big pages, which is as short */
		CHECK_EQ(board_page(&b, 65536, 0, 0), 0);
		CHECK_EQ(set_size(&b, size), 0);
		CHECK_EQ(translate(&b, end, &w), 0);
		CHECK_EQ(w.stop, PRAMIN_MMU_STOP_SIZE);
		CHECK_EQ(w.level, board_big(&b));
		board_fini(&b);
	}
	return 0;
}

static int every_step_is_explained_with_its_table_and_words(void)
{
	struct pramin_mmu_step step[PRAMIN_MMU_LEVELS_MAX];
	struct pramin_mmu_walk w;
	struct mmu_board b;
	const uint64_t va = (1ull << 56) + (3ull << 47) + (5ull << 38) +
			    (7ull << 29) + (9ull << 21) + 0x12345;
	unsigned int count, i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V3_GH100), 0);
	CHECK_EQ(board_page(&b, 4096, va - 0x345, 0x6000), 0);
	CHECK(board_entry(&b, board_big(&b), va));
	CHECK_EQ(pramin_mmu_explain(&b.tree, va, step, &count, &w), 0);
	CHECK_EQ(count, 7);
	CHECK_EQ(w.pa, 0x6345);
	for (i = 0; i < count; i++) {
		static const uint32_t index[] = { 1, 3, 5, 7, 9, 1, 0x12 };
		const struct pramin_mmu_level *lv =
			&b.tree.format->level[step[i].level];

		CHECK_EQ(step[i].level, i);
		CHECK_EQ(step[i].index, index[i]);
		CHECK_EQ(step[i].halves, lv->halves);
		CHECK_EQ(step[i].entry_pa,
			 step[i].table_pa + index[i] * lv->entry_size);
		CHECK_EQ(step[i].raw[0], *board_words(&b, step[i].entry_pa));
		CHECK_EQ(step[i].stop,
			 i == 6 ? PRAMIN_MMU_STOP_ENTRY : PRAMIN_MMU_STOP_NOT);
	}
	CHECK_EQ(step[4].next, PRAMIN_MMU_BIG);
	CHECK_EQ(step[4].raw[1], board_words(&b, step[4].entry_pa)[1]);
	CHECK_EQ(step[5].table_pa, step[4].half[PRAMIN_MMU_BIG].pa);
	CHECK_EQ(step[6].table_pa, step[4].half[PRAMIN_MMU_SMALL].pa);
	/* Without a big page table the small half leads on. */
	CHECK_EQ(board_page(&b, 4096, 0, 0x8000), 0);
	CHECK_EQ(pramin_mmu_explain(&b.tree, 0, step, &count, NULL), 0);
	CHECK_EQ(count, 6);
	CHECK_EQ(step[4].next, PRAMIN_MMU_SMALL);
	CHECK_EQ(step[5].level, 6);
	board_fini(&b);
	return 0;
}

static int each_read_that_fails_is_returned_with_the_steps_before_it(void)
{
	struct pramin_mmu_step step[PRAMIN_MMU_LEVELS_MAX];
	struct pramin_mmu_walk w;
	struct mmu_board b;
	unsigned int n, count;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_TU102), 0);
	CHECK_EQ(board_page(&b, 4096, 0x41000, 0x3000), 0);
	CHECK(board_entry(&b, board_big(&b), 0x41000));
	for (n = 1; n <= 6; n++) {
		b.reads = 0;
		b.fail_read = n;
		CHECK_EQ(translate(&b, 0x41000, &w), -EIO);
		CHECK_EQ(w.entry_pa, 0x5a5a5a5a5a5a5a5a);
		CHECK_EQ(w.stop, 0x5a);
		b.reads = 0;
		CHECK_EQ(pramin_mmu_explain(&b.tree, 0x41000, step, &count,
					    NULL),
			 -EIO);
		CHECK_EQ(count, n - 1);
	}
	b.fail_read = 0;
	CHECK_EQ(translate(&b, 0x41000, &w), 0);
	board_fini(&b);
	return 0;
}

static int bad_trees_and_addresses_are_refused(void)
{
	struct pramin_mmu_step step[PRAMIN_MMU_LEVELS_MAX];
	struct pramin_mmu_walk w;
	struct pramin_mmu_tree t;
	struct mmu_board b;
	unsigned int count;

#define REFUSED(change, va, code)                                 \
	do {                                                      \
		t = b.tree;                                       \
		change;                                           \
		CHECK_EQ(pramin_mmu_translate(&t, va, &w), code); \
		CHECK_EQ(b.reads, 0);                             \
	} while (0)

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_TU102), 0);
	REFUSED(t.size--, 0, -EINVAL);
	REFUSED(t.format = NULL, 0, -EINVAL);
	REFUSED(t.read = NULL, 0, -EINVAL);
	REFUSED(t.root_pa += 8, 0, -EINVAL);
	REFUSED(t.root_pa += 0x800, 0, -EINVAL);
	REFUSED(t.root_pa = MMU_VRAM, 0, -ERANGE);
	REFUSED(t.root_pa = ~0xfffull, 0, -ERANGE);
	REFUSED(t.vram_size = 16, 0, -ERANGE);
	REFUSED(t.vram_size = 0, 0, -ERANGE);
	REFUSED(t.aperture = PRAMIN_MMU_SYS_COH, 0, -EOPNOTSUPP);
	REFUSED(t.aperture = PRAMIN_MMU_PEER, 0, -EOPNOTSUPP);
	REFUSED(t.aperture = PRAMIN_MMU_APERTURES, 0, -EINVAL);
	REFUSED(t.va_last = 1ull << 49, 0, -ERANGE);
	REFUSED(, 1ull << 49, -ERANGE);
	REFUSED(, UINT64_MAX, -ERANGE);
	REFUSED(t.va_last = 0xfff, 0x1000, -ERANGE);
	CHECK_EQ(pramin_mmu_translate(NULL, 0, &w), -EINVAL);
	CHECK_EQ(pramin_mmu_translate(&b.tree, 0, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_explain(&b.tree, 0, NULL, &count, &w), -EINVAL);
	CHECK_EQ(pramin_mmu_explain(&b.tree, 0, step, NULL, &w), -EINVAL);
	CHECK_EQ(pramin_mmu_translate(&b.tree, (1ull << 49) - 1, &w), 0);
	board_fini(&b);
	return 0;
}

static int stops_have_names(void)
{
	unsigned int i, k;

	for (i = 0; i < PRAMIN_MMU_STOPS; i++)
		for (k = 0; k < i; k++)
			CHECK(strcmp(pramin_mmu_stop_name(i),
				     pramin_mmu_stop_name(k)));
	CHECK(!strcmp(pramin_mmu_stop_name(PRAMIN_MMU_STOPS), "unknown"));
	CHECK(!strcmp(pramin_mmu_stop_name(PRAMIN_MMU_STOP_OUTSIDE),
		      "outside"));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(pages_of_every_size_are_found_at_every_place),
		TEST(a_lookup_reads_once_per_level),
		TEST(big_entries_hide_small_ones_unless_they_are_invalid),
		TEST(the_entry_that_ends_the_walk_is_told_with_its_level),
		TEST(tables_that_cannot_be_read_end_the_walk_and_are_named),
		TEST(a_small_table_that_cannot_be_read_counts_where_it_would_be_read),
		TEST(short_tables_of_v1_end_where_size_says),
		TEST(every_step_is_explained_with_its_table_and_words),
		TEST(each_read_that_fails_is_returned_with_the_steps_before_it),
		TEST(bad_trees_and_addresses_are_refused),
		TEST(stops_have_names),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
