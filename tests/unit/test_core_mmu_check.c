// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a check finds, and that it ends whatever the tables hold.
 */
#include "core_mmu_tree.h"

#define FORMATS (PRAMIN_MMU_FORMATS - 1)
#define VA	0x40000000ull

static int check(struct mmu_board *b, struct mmu_told *t,
		 struct pramin_mmu_scan *scan)
{
	*t = (struct mmu_told){ .stop_at = t->stop_at };
	scan->size = sizeof(*scan);
	return pramin_mmu_check(&b->tree, told_finding, t, scan);
}

static int good_trees_have_no_findings(void)
{
	unsigned int i, l;

	for (i = 1; i <= FORMATS; i++) {
		struct pramin_mmu_scan scan = { .apertures = 1 };
		struct mmu_told t = { 0 };
		struct mmu_board b;
		unsigned int tables;

		CHECK_EQ(board_init(&b, i), 0);
		/* Each level a different part of the address space */
		for (l = 0; l < b.tree.format->levels; l++) {
			const uint64_t size = b.tree.format->level[l].page_size;

			if (size && size <= MMU_VRAM)
				CHECK_EQ(board_page(&b, size, l * VA, 0), 0);
		}
		CHECK_EQ(check(&b, &t, &scan), 0);
		CHECK_EQ(t.count, 0);
		CHECK_EQ(scan.called, 0);
		tables = (unsigned int)scan.tables;
		CHECK(tables >= 2);
		CHECK(scan.reads >= tables);
		CHECK(!b.bad);
		CHECK_EQ(b.live, 0);
		board_fini(&b);
	}
	return 0;
}

/* Raw words at one level of v2-ga100, below which or beside which all is well */
static const struct bad {
	unsigned int level;
	uint64_t raw[2];
	uint32_t apertures;
	unsigned int fault;
	unsigned int half;
} bads[] = {
	/* clang-format off */
	{ 1, { 0x2 | MMU_VRAM >> 4 }, 0, PRAMIN_MMU_FAULT_TABLE_OUTSIDE, 0 },
	{ 3, { 0, 0x2 | MMU_VRAM >> 4 }, 0, PRAMIN_MMU_FAULT_TABLE_OUTSIDE, 1 },
	{ 3, { 0x2 | MMU_VRAM >> 4, 0 }, 0, PRAMIN_MMU_FAULT_TABLE_OUTSIDE, 0 },
	{ 0, { 0x4 }, 0, PRAMIN_MMU_FAULT_TABLE_NOT_VRAM, 0 },
	{ 2, { 0x6 }, 0, PRAMIN_MMU_FAULT_TABLE_NOT_VRAM, 0 },
	{ 1, { 0x2 | 0x10000 >> 4 }, 0, PRAMIN_MMU_FAULT_TABLE_LOOP, 0 },
	{ 3, { 0x2 | 0x10000 >> 4, 0 }, 0, PRAMIN_MMU_FAULT_TABLE_LOOP, 0 },
	{ 5, { 0x1 | MMU_VRAM >> 4 }, 0, PRAMIN_MMU_FAULT_PAGE_OUTSIDE, 0 },
	{ 4, { 0x1 | (MMU_VRAM - 0x1000ull) >> 4 }, 0,
	  PRAMIN_MMU_FAULT_PAGE_MISALIGNED, 0 },
	{ 2, { 0x1 }, 0, PRAMIN_MMU_FAULT_PAGE_OUTSIDE, 0 },
	{ 3, { 0x1 | 0x1000 >> 4, 0 }, 0, PRAMIN_MMU_FAULT_PAGE_MISALIGNED, 0 },
	{ 1, { 0x1 }, 0, PRAMIN_MMU_FAULT_PAGE_LEVEL, 0 },
	{ 0, { ~0ull }, 0, PRAMIN_MMU_FAULT_PAGE_LEVEL, 0 },
	{ 5, { 0x11 }, 0, PRAMIN_MMU_FAULT_RESERVED, 0 },
	{ 3, { 0x1, 0x2 | 0x300000 >> 4 }, 0, PRAMIN_MMU_FAULT_OVERLAP, 0 },
	{ 5, { 0x3 }, 1u << PRAMIN_MMU_VIDEO, PRAMIN_MMU_FAULT_APERTURE, 0 },
	{ 5, { 0x5 }, 1u << PRAMIN_MMU_VIDEO | 1u << PRAMIN_MMU_PEER,
	  PRAMIN_MMU_FAULT_APERTURE, 0 },
	/* clang-format on */
};

static int each_thing_that_is_wrong_is_found_where_it_is(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(bads); i++) {
		struct pramin_mmu_scan scan = { .apertures =
							bads[i].apertures };
		struct mmu_told t = { 0 };
		struct mmu_board b;
		uint64_t pa;

		CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
		pa = board_entry(&b, bads[i].level, VA);
		board_words(&b, pa)[0] = bads[i].raw[0];
		if (bads[i].level == 3)
			board_words(&b, pa)[1] = bads[i].raw[1];
		CHECK_EQ(check(&b, &t, &scan), 0);
		CHECK_EQ(t.count, 1);
		CHECK_EQ(t.finding[0].fault, bads[i].fault);
		CHECK_EQ(t.finding[0].ref.entry_pa, pa);
		CHECK_EQ(t.finding[0].ref.level, bads[i].level);
		CHECK_EQ(t.finding[0].ref.half, bads[i].half);
		CHECK_EQ(t.finding[0].ref.raw[0], bads[i].raw[0]);
		CHECK_EQ(t.finding[0].ref.raw[1], bads[i].raw[1]);
		CHECK_EQ(t.finding[0].ref.depth,
			 bads[i].level == 5 ? 4 : bads[i].level);
		CHECK(!b.bad);
		CHECK_EQ(b.live, 0);
		/* The same, and the callback says stop */
		t.stop_at = 1;
		CHECK_EQ(check(&b, &t, &scan), -ECANCELED);
		CHECK_EQ(scan.called, 1);
		CHECK_EQ(b.live, 0);
		board_fini(&b);
	}
	return 0;
}

static int one_entry_may_have_several_findings(void)
{
	struct pramin_mmu_scan scan = { .apertures = 1u << PRAMIN_MMU_PEER };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int n;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	/* Not aligned, ENCRYPTED, VRAM not wanted, beyond VRAM */
	*board_words(&b, board_entry(&b, 4, VA)) = 0x11 | MMU_VRAM >> 4 | 0x100;
	for (n = 0; n < 2; n++) {
		CHECK_EQ(check(&b, &t, &scan), 0);
		/* four tables on the way are in VRAM too */
		CHECK_EQ(t.count, 8);
		CHECK_EQ(t.finding[4].fault, PRAMIN_MMU_FAULT_PAGE_MISALIGNED);
		CHECK_EQ(t.finding[5].fault, PRAMIN_MMU_FAULT_RESERVED);
		CHECK_EQ(t.finding[6].fault, PRAMIN_MMU_FAULT_APERTURE);
		CHECK_EQ(t.finding[7].fault, PRAMIN_MMU_FAULT_PAGE_OUTSIDE);
	}
	for (n = 1; n <= 8; n++) {
		t.stop_at = n;
		CHECK_EQ(check(&b, &t, &scan), -ECANCELED);
		CHECK_EQ(t.count, n);
	}
	board_fini(&b);
	return 0;
}

static int valid_pages_below_a_big_entry_are_found_once_for_each(void)
{
	struct pramin_mmu_entry unmapped = { .type = PRAMIN_MMU_UNMAPPED };
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V3_GH100), 0);
	for (i = 0; i < 64; i++)
		CHECK_EQ(board_page(&b, 4096, i * 4096ull, 0), 0);
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 0);
	CHECK_EQ(board_page(&b, 65536, 0x10000, 0), 0);
	CHECK_EQ(board_map(&b, board_big(&b), 0x20000, &unmapped), 0);
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 2);
	CHECK_EQ(t.finding[0].fault, PRAMIN_MMU_FAULT_OVERLAP);
	CHECK_EQ(t.finding[0].ref.va, 0x10000);
	CHECK_EQ(t.finding[0].ref.size, 4096);
	CHECK(t.finding[0].ref.hidden);
	CHECK_EQ(t.finding[1].fault, PRAMIN_MMU_FAULT_HIDDEN);
	CHECK_EQ(t.finding[1].ref.va, 0x20000);
	t.stop_at = 2;
	CHECK_EQ(check(&b, &t, &scan), -ECANCELED);
	board_fini(&b);
	return 0;
}

/* Not known whether they are hidden: only the table is a finding. */
static int below_a_big_table_that_cannot_be_read_nothing_is_claimed(void)
{
	struct pramin_mmu_entry sys = { .type = PRAMIN_MMU_TABLE,
					.aperture = PRAMIN_MMU_SYS_COH };
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V3_GH100), 0);
	CHECK_EQ(board_page(&b, 4096, VA, 0), 0);
	CHECK_EQ(board_put(&b, 4, board_entry(&b, 4, VA), PRAMIN_MMU_BIG, &sys),
		 0);
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.finding[0].fault, PRAMIN_MMU_FAULT_TABLE_NOT_VRAM);
	board_fini(&b);
	return 0;
}

static int a_table_with_two_parents_is_read_once(void)
{
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	uint64_t pa, entries;
	unsigned int i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	CHECK_EQ(board_page(&b, 4096, 0, 0), 0);
	CHECK_EQ(check(&b, &t, &scan), 0);
	entries = scan.entries;
	pa = board_entry(&b, 1, 0);
	for (i = 1; i < 512; i++)
		board_words(&b, pa)[i] = board_words(&b, pa)[0];
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 511);
	CHECK_EQ(t.finding[0].fault, PRAMIN_MMU_FAULT_TABLE_TWICE);
	CHECK_EQ(t.finding[0].ref.va, 1ull << 38);
	CHECK_EQ(scan.entries, entries);
	/* Half of a table is enough: two of 256 bytes, and one that lies over */
	t.stop_at = 1;
	CHECK_EQ(check(&b, &t, &scan), -ECANCELED);
	CHECK_EQ(t.count, 1);
	board_fini(&b);

	t.stop_at = 0;
	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	pa = board_entry(&b, 3, 0);
	board_words(&b, pa)[0] = 0x2 | 0x300f00 >> 4;
	board_words(&b, pa)[2] = 0x2 | 0x300e00 >> 4;
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 0);
	board_words(&b, pa)[5] = 0x2 | 0x300000 >> 4;
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.finding[0].fault, PRAMIN_MMU_FAULT_TABLE_TWICE);
	CHECK_EQ(t.finding[0].ref.half, PRAMIN_MMU_SMALL);
	board_fini(&b);
	return 0;
}

/* Every directory entry leads to the next directory: 512^4 ways */
static void tangle(struct mmu_board *b)
{
	const struct pramin_mmu_format *f = b->tree.format;
	uint64_t table_pa = b->tree.root_pa;
	unsigned int l, i;

	for (l = 0; l < f->levels - 2u; l++) {
		const struct pramin_mmu_level *lv = &f->level[l];
		const struct pramin_mmu_entry next = {
			.type = PRAMIN_MMU_TABLE,
			.pa = board_table(b, &f->level[f->levels - 1]),
		};

		for (i = 0; i < lv->entries; i++)
			board_put(b, l, table_pa + i * lv->entry_size,
				  lv->halves - 1u, &next);
		table_pa = next.pa;
	}
}

static int a_tangle_of_tables_costs_no_more_than_its_tables(void)
{
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V3_GB100), 0);
	tangle(&b);
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(scan.tables, 6);
	CHECK_EQ(scan.entries, 2 + 3 * 512 + 256 + 512);
	CHECK_EQ(t.count, 1 + 3 * 511 + 255);
	/* A list and a find have to go every way: the budget ends them. */
	scan.budget = 100000;
	CHECK_EQ(pramin_mmu_list(&b.tree, 0, 1ull << 57, told_run, &t, &scan),
		 -ETIMEDOUT);
	CHECK_EQ(scan.entries, 100000);
	CHECK_EQ(pramin_mmu_find(&b.tree, 0, 0, 1, told_ref, &t, &scan),
		 -ETIMEDOUT);
	CHECK_EQ(scan.entries, 100000);
	CHECK(scan.reads < 10);
	board_fini(&b);
	return 0;
}

static int a_check_out_of_budget_says_so(void)
{
	struct pramin_mmu_scan scan = { .budget = 300 };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GP100), 0);
	CHECK_EQ(board_page(&b, 4096, 0, 0), 0);
	CHECK_EQ(check(&b, &t, &scan), -ETIMEDOUT);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.finding[0].fault, PRAMIN_MMU_FAULT_BUDGET);
	CHECK_EQ(t.finding[0].ref.va, scan.va);
	CHECK_EQ(t.finding[0].ref.level, PRAMIN_MMU_NO_LEVEL);
	CHECK_EQ(scan.called, 1);
	board_fini(&b);
	return 0;
}

static int every_read_and_allocation_that_fails_ends_a_check(void)
{
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int n, reads, allocs;
	uint64_t pa;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	pa = board_entry(&b, 3, 0);
	/* So many tables that the set grows: one in each 4 KiB */
	for (n = 0; n < 256; n++)
		board_words(&b, pa)[2 * n] = 0x2 | (0x100000 + n * 0x1000) >> 4;
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 0);
	CHECK_EQ(scan.tables, 4 + 256);
	reads = (unsigned int)scan.reads;
	allocs = b.allocs;
	CHECK_EQ(allocs, 3);
	for (n = 1; n <= reads; n++) {
		b.reads = 0;
		b.fail_read = n;
		CHECK_EQ(check(&b, &t, &scan), -EIO);
		CHECK_EQ(b.live, 0);
	}
	b.fail_read = 0;
	for (n = 1; n <= allocs; n++) {
		b.allocs = 0;
		b.fail_alloc = n;
		CHECK_EQ(check(&b, &t, &scan), -ENOMEM);
		CHECK_EQ(b.live, 0);
	}
	b.fail_alloc = 0;
	scan.memory = 2047;
	CHECK_EQ(check(&b, &t, &scan), -ENOMEM);
	scan.memory = 2048;
	CHECK_EQ(check(&b, &t, &scan), -ENOMEM);
	scan.memory = 4096;
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(b.live, 0);
	board_fini(&b);
	return 0;
}

/* Tables of v1 are up to 64 units of the set long. */
static int memory_may_run_out_in_the_middle_of_a_table(void)
{
	struct pramin_mmu_scan scan = { .memory = 2048 };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V1_128K), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(board_page(&b, 4096, i * (128ull << 20), 0), 0);
	CHECK_EQ(check(&b, &t, &scan), -ENOMEM);
	scan.memory = 4096;
	CHECK_EQ(check(&b, &t, &scan), 0);
	CHECK_EQ(t.count, 0);
	CHECK_EQ(b.live, 0);
	board_fini(&b);
	return 0;
}

static int missing_arguments_are_refused(void)
{
	struct pramin_mmu_scan scan = { .size = 1 };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GP100), 0);
	CHECK_EQ(pramin_mmu_check(NULL, told_finding, &t, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_check(&b.tree, NULL, &t, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_check(&b.tree, told_finding, &t, &scan), -EINVAL);
	CHECK_EQ(pramin_mmu_check(&b.tree, told_finding, &t, NULL), 0);
	board_fini(&b);
	return 0;
}

/* Random words in a small VRAM, so that pointers meet tables */
static int random_memory_ends_in_a_report(void)
{
	uint64_t state = 5;
	unsigned int n, i;

	for (n = 0; n < 400; n++) {
		struct pramin_mmu_scan scan = { .budget = 1u << 16 };
		struct mmu_told t = { 0 };
		struct mmu_board b;
		int ret;

		CHECK_EQ(board_init(&b, n % FORMATS + 1), 0);
		b.tree.root_pa = 0;
		for (i = 0; i < MMU_VRAM / 8; i += n < 40 ? 1 : 61)
			board_words(&b, 0)[i] =
				mmu_random(&state) &
				(n & 1 ? 0x3ffff0fffff : 0x7fffeull) &
				mmu_random(&state);
		ret = check(&b, &t, &scan);
		CHECK(ret == 0 || ret == -ETIMEDOUT);
		ret = pramin_mmu_list(&b.tree, 0,
				      1ull << b.tree.format->va_bits, told_run,
				      &t, &scan);
		CHECK(ret == 0 || ret == -ETIMEDOUT);
		ret = pramin_mmu_find(&b.tree, 0, 0x1000, 0x1000, told_ref, &t,
				      &scan);
		CHECK(ret == 0 || ret == -ETIMEDOUT);
		CHECK(!b.bad);
		CHECK_EQ(b.live, 0);
		board_fini(&b);
	}
	return 0;
}

static int every_fault_has_a_case_a_word_and_a_sentence(void)
{
	unsigned int i, k;

	for (i = 0; i < PRAMIN_MMU_FAULTS; i++) {
		CHECK(strlen(pramin_mmu_fault_text(i)) > 20);
		for (k = 0; k < i; k++)
			CHECK(strcmp(pramin_mmu_fault_name(i),
				     pramin_mmu_fault_name(k)));
	}
	CHECK(!strcmp(pramin_mmu_fault_name(PRAMIN_MMU_FAULTS), "unknown"));
	CHECK(!strcmp(pramin_mmu_fault_text(PRAMIN_MMU_FAULTS), "unknown"));
	CHECK(!strcmp(pramin_mmu_fault_name(PRAMIN_MMU_FAULT_BUDGET),
		      "budget"));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(good_trees_have_no_findings),
		TEST(each_thing_that_is_wrong_is_found_where_it_is),
		TEST(one_entry_may_have_several_findings),
		TEST(valid_pages_below_a_big_entry_are_found_once_for_each),
		TEST(below_a_big_table_that_cannot_be_read_nothing_is_claimed),
		TEST(a_table_with_two_parents_is_read_once),
		TEST(a_tangle_of_tables_costs_no_more_than_its_tables),
		TEST(a_check_out_of_budget_says_so),
		TEST(every_read_and_allocation_that_fails_ends_a_check),
		TEST(memory_may_run_out_in_the_middle_of_a_table),
		TEST(missing_arguments_are_refused),
		TEST(random_memory_ends_in_a_report),
		TEST(every_fault_has_a_case_a_word_and_a_sentence),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
