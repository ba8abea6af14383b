// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Finding what refers to a piece of memory.
 */
#include "core_mmu_tree.h"

static int find(struct mmu_board *b, uint64_t pa, uint64_t len,
		struct mmu_told *t, struct pramin_mmu_scan *scan)
{
	*t = (struct mmu_told){ .stop_at = t->stop_at };
	if (scan)
		scan->size = sizeof(*scan);
	return pramin_mmu_find(&b->tree, PRAMIN_MMU_VIDEO, pa, len, told_ref, t,
			       scan);
}

static int pages_that_share_a_byte_are_found_with_their_path(void)
{
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int i;
	uint64_t pa;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	CHECK_EQ(board_page(&b, 4096, 0x5000, 0x201000), 0);
	CHECK_EQ(board_page(&b, 4096, 1ull << 48, 0x201000), 0);
	CHECK_EQ(board_page(&b, 65536, 0x20000, 0x200000), 0);
	CHECK_EQ(board_page(&b, 2u << 20, 1ull << 30, 0x200000), 0);
	CHECK_EQ(board_page(&b, 4096, 0x7000, 0x202000), 0);

	CHECK_EQ(find(&b, 0x201fff, 1, &t, NULL), 0);
	CHECK_EQ(t.count, 4);
	CHECK_EQ(t.ref[0].va, 0x5000);
	CHECK_EQ(t.ref[0].size, 4096);
	CHECK_EQ(t.ref[0].level, 5);
	CHECK_EQ(t.ref[0].depth, 4);
	CHECK(!t.ref[0].hidden);
	for (i = 0; i < 4; i++) {
		pa = board_entry(&b, i, 0x5000);
		CHECK_EQ(t.ref[0].path[i], pa);
	}
	CHECK_EQ(t.ref[0].entry_pa, board_entry(&b, 5, 0x5000));
	CHECK_EQ(t.ref[0].raw[0], *board_words(&b, t.ref[0].entry_pa));
	CHECK_EQ(t.ref[1].va, 0x20000);
	CHECK_EQ(t.ref[1].level, 4);
	CHECK_EQ(t.ref[2].va, 1ull << 30);
	CHECK_EQ(t.ref[2].level, 3);
	CHECK_EQ(t.ref[2].depth, 3);
	CHECK_EQ(t.ref[3].va, 1ull << 48);

	CHECK_EQ(find(&b, 0x202000, 1, &t, NULL), 0);
	CHECK_EQ(t.count, 3);
	CHECK_EQ(find(&b, 0x3ff000, 4096, &t, NULL), 0);
	CHECK_EQ(t.count, 1);
	board_fini(&b);
	return 0;
}

static int tables_and_the_root_are_found(void)
{
	struct mmu_told t = { 0 };
	struct mmu_board b;
	uint64_t pa;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V3_GH100), 0);
	CHECK_EQ(board_page(&b, 4096, 0x5000, 0x201000), 0);
	CHECK(board_entry(&b, 5, 0x5000));
	CHECK_EQ(find(&b, b.tree.root_pa + 15, 1, &t, NULL), 0);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.ref[0].level, PRAMIN_MMU_NO_LEVEL);
	CHECK_EQ(t.ref[0].entry.pa, b.tree.root_pa);
	CHECK_EQ(t.ref[0].size, 1ull << 57);
	/* The root of v3 is 16 bytes long. */
	CHECK_EQ(find(&b, b.tree.root_pa + 16, 8, &t, NULL), 0);
	CHECK_EQ(t.count, 0);
	pa = board_entry(&b, 6, 0x5000);
	CHECK_EQ(find(&b, pa, 8, &t, NULL), 0);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.ref[0].level, 4);
	CHECK_EQ(t.ref[0].half, PRAMIN_MMU_SMALL);
	CHECK_EQ(t.ref[0].entry.type, PRAMIN_MMU_TABLE);
	CHECK_EQ(t.ref[0].raw[1],
		 board_words(&b, board_entry(&b, 4, 0x5000))[1]);
	/* All there is: the root, four directories, two page tables, one page */
	CHECK_EQ(find(&b, 0, MMU_VRAM, &t, NULL), 0);
	CHECK_EQ(t.count, 8);
	board_fini(&b);
	return 0;
}

static int hidden_pages_are_found_and_said_to_be(void)
{
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V1_64K_GM200), 0);
	CHECK_EQ(board_page(&b, 4096, 0x5000, 0x201000), 0);
	CHECK_EQ(board_page(&b, 65536, 0, 0x300000), 0);
	CHECK_EQ(find(&b, 0x201000, 1, &t, NULL), 0);
	CHECK_EQ(t.count, 1);
	CHECK(t.ref[0].hidden);
	CHECK_EQ(find(&b, 0x300000, 1, &t, NULL), 0);
	CHECK_EQ(t.count, 1);
	CHECK(!t.ref[0].hidden);
	board_fini(&b);
	return 0;
}

static int apertures_are_kept_apart(void)
{
	struct pramin_mmu_entry e = { .type = PRAMIN_MMU_PAGE,
				      .aperture = PRAMIN_MMU_SYS_COH,
				      .pa = 1ull << 40 };
	struct pramin_mmu_entry sys = { .type = PRAMIN_MMU_TABLE,
					.aperture = PRAMIN_MMU_SYS_COH,
					.pa = 1ull << 41 };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GP100), 0);
	CHECK_EQ(board_map(&b, 5, 0x5000, &e), 0);
	CHECK_EQ(board_map(&b, 1, 1ull << 40, &sys), 0);
	CHECK_EQ(pramin_mmu_find(&b.tree, PRAMIN_MMU_SYS_COH, 1ull << 40, 4096,
				 told_ref, &t, NULL),
		 0);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.ref[0].va, 0x5000);
	/* A table there cannot be read, and is a reference all the same. */
	CHECK_EQ(pramin_mmu_find(&b.tree, PRAMIN_MMU_SYS_COH, 1ull << 41, 1,
				 told_ref, &t, NULL),
		 0);
	CHECK_EQ(t.count, 2);
	CHECK_EQ(pramin_mmu_find(&b.tree, PRAMIN_MMU_SYS_NONCOH, 1ull << 40,
				 4096, told_ref, &t, NULL),
		 0);
	CHECK_EQ(pramin_mmu_find(&b.tree, PRAMIN_MMU_PEER, 0, UINT64_MAX,
				 told_ref, &t, NULL),
		 0);
	CHECK_EQ(t.count, 2);
	board_fini(&b);
	return 0;
}

static int a_find_ends_when_told_or_out_of_budget_or_at_an_error(void)
{
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GP100), 0);
	CHECK_EQ(board_page(&b, 4096, 0x5000, 0), 0);
	t.stop_at = 1;
	CHECK_EQ(find(&b, 0, MMU_VRAM, &t, &scan), -ECANCELED);
	CHECK_EQ(scan.reads, 0);
	t.stop_at = 2;
	CHECK_EQ(find(&b, 0, MMU_VRAM, &t, &scan), -ECANCELED);
	CHECK_EQ(scan.called, 2);
	t.stop_at = 0;
	scan.budget = 3;
	CHECK_EQ(find(&b, 0, MMU_VRAM, &t, &scan), -ETIMEDOUT);
	scan.budget = 0;
	b.fail_read = b.reads + 5;
	CHECK_EQ(find(&b, 0, MMU_VRAM, &t, &scan), -EIO);
	b.fail_read = 0;
	b.fail_alloc = b.allocs + 1;
	CHECK_EQ(find(&b, 0, MMU_VRAM, &t, &scan), -ENOMEM);
	CHECK_EQ(b.live, 0);
	board_fini(&b);
	return 0;
}

static int places_that_are_none_are_refused(void)
{
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GP100), 0);
	CHECK_EQ(find(&b, 0, 0, &t, NULL), -EINVAL);
	CHECK_EQ(find(&b, MMU_VRAM, 1, &t, NULL), -ERANGE);
	CHECK_EQ(find(&b, 1, MMU_VRAM, &t, NULL), -ERANGE);
	CHECK_EQ(find(&b, UINT64_MAX, 2, &t, NULL), -ERANGE);
	CHECK_EQ(pramin_mmu_find(&b.tree, PRAMIN_MMU_SYS_COH, UINT64_MAX, 2,
				 told_ref, &t, NULL),
		 -ERANGE);
	CHECK_EQ(pramin_mmu_find(&b.tree, PRAMIN_MMU_APERTURES, 0, 1, told_ref,
				 &t, NULL),
		 -EINVAL);
	CHECK_EQ(pramin_mmu_find(&b.tree, 0, 0, 1, NULL, &t, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_find(NULL, 0, 0, 1, told_ref, &t, NULL), -EINVAL);
	CHECK_EQ(b.reads, 0);
	CHECK_EQ(b.live, 0);
	board_fini(&b);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(pages_that_share_a_byte_are_found_with_their_path),
		TEST(tables_and_the_root_are_found),
		TEST(hidden_pages_are_found_and_said_to_be),
		TEST(apertures_are_kept_apart),
		TEST(a_find_ends_when_told_or_out_of_budget_or_at_an_error),
		TEST(places_that_are_none_are_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
