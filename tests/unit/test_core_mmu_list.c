// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Lists of what is mapped, against lookups of single addresses.
 */
#include "core_mmu_tree.h"

#define FORMATS (PRAMIN_MMU_FORMATS - 1)
#define SPOTS	48

static uint64_t whole(const struct mmu_board *b)
{
	return 1ull << b->tree.format->va_bits;
}

static int list(struct mmu_board *b, uint64_t va, uint64_t len,
		struct mmu_told *told, struct pramin_mmu_scan *scan)
{
	*told = (struct mmu_told){ .stop_at = told->stop_at };
	if (scan)
		scan->size = sizeof(*scan);
	return pramin_mmu_list(&b->tree, va, len, told_run, told, scan);
}

static int pages_that_go_on_are_one_run(void)
{
	struct pramin_mmu_entry odd = { .type = PRAMIN_MMU_PAGE,
					.pa = 0x85000,
					.attrs = PRAMIN_MMU_READ_ONLY };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	/* Over the line between two tables: one run, until an attribute differs */
	for (i = 0; i < 8; i++)
		CHECK_EQ(board_page(&b, 4096, 0x1fc000 + i * 4096ull,
				    0x80000 + i * 4096ull),
			 0);
	CHECK_EQ(board_map(&b, 5, 0x1fc000 + 5 * 4096ull, &odd), 0);
	CHECK_EQ(list(&b, 0, whole(&b), &t, NULL), 0);
	CHECK_EQ(t.count, 3);
	CHECK_EQ(t.run[0].va, 0x1fc000);
	CHECK_EQ(t.run[0].len, 5 * 4096);
	CHECK_EQ(t.run[0].count, 5);
	CHECK_EQ(t.run[0].entry.pa, 0x80000);
	CHECK_EQ(t.run[0].page_size, 4096);
	CHECK_EQ(t.run[1].len, 4096);
	CHECK_EQ(t.run[1].entry.attrs, PRAMIN_MMU_READ_ONLY);
	CHECK_EQ(t.run[2].len, 2 * 4096);
	CHECK_EQ(t.run[2].entry.pa, 0x86000);
	/* Cut at both ends, in the middle of a page */
	CHECK_EQ(list(&b, 0x1fc800, 0x1000, &t, NULL), 0);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.run[0].va, 0x1fc800);
	CHECK_EQ(t.run[0].len, 0x1000);
	CHECK_EQ(t.run[0].entry.pa, 0x80800);
	CHECK_EQ(list(&b, 0x1fcfff, 1, &t, NULL), 0);
	CHECK_EQ(t.run[0].len, 1);
	CHECK_EQ(list(&b, 0x1fb000, 0x1000, &t, NULL), 0);
	CHECK_EQ(t.count, 0);
	board_fini(&b);
	return 0;
}

static int whatever_differs_ends_a_run(void)
{
	static const struct {
		struct pramin_mmu_entry e;
		bool same;
	} cases[] = {
		{ { .pa = 0x81000 }, true },
		{ { .pa = 0x82000 }, false },
		{ { .pa = 0x80000 }, false },
		{ { .pa = 0x81000, .kind = 1 }, false },
		{ { .pa = 0x81000, .comptag = 1 }, false },
		{ { .pa = 0x81000, .attrs = PRAMIN_MMU_VOLATILE }, false },
		{ { .pa = 0x81000, .aperture = PRAMIN_MMU_SYS_COH }, false },
		{ { .pa = 0x81000, .aperture = PRAMIN_MMU_PEER }, false },
	};
	struct mmu_told t = { 0 };
	struct mmu_board b;
	size_t i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_TU102), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_mmu_entry e = cases[i].e;

		e.type = PRAMIN_MMU_PAGE;
		CHECK_EQ(board_page(&b, 4096, 0x10000, 0x80000), 0);
		CHECK_EQ(board_map(&b, 5, 0x11000, &e), 0);
		CHECK_EQ(list(&b, 0, whole(&b), &t, NULL), 0);
		CHECK_EQ(t.count, cases[i].same ? 1 : 2);
	}
	/* Two peers */
	for (i = 0; i < 2; i++) {
		struct pramin_mmu_entry e = { .type = PRAMIN_MMU_PAGE,
					      .aperture = PRAMIN_MMU_PEER,
					      .pa = 0x1000 * i,
					      .peer = (uint8_t)i };

		CHECK_EQ(board_map(&b, 5, 0x10000 + 0x1000 * i, &e), 0);
	}
	CHECK_EQ(list(&b, 0, whole(&b), &t, NULL), 0);
	CHECK_EQ(t.count, 2);
	/* A page of another size, though the address goes on */
	CHECK_EQ(board_page(&b, 65536, 0x20000, 0x90000), 0);
	CHECK_EQ(board_page(&b, 4096, 0x1f000, 0x8f000), 0);
	CHECK_EQ(list(&b, 0x1f000, 0x11000, &t, NULL), 0);
	CHECK_EQ(t.count, 2);
	CHECK_EQ(t.run[1].page_size, 65536);
	board_fini(&b);
	return 0;
}

static int sparse_and_unmapped_runs_go_over_levels(void)
{
	struct pramin_mmu_entry sparse = { .type = PRAMIN_MMU_SPARSE };
	struct pramin_mmu_entry unmapped = { .type = PRAMIN_MMU_UNMAPPED };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	CHECK_EQ(board_map(&b, 2, 0x20000000, &sparse), 0);
	CHECK_EQ(board_map(&b, 3, 0x1fe00000, &sparse), 0);
	CHECK_EQ(board_map(&b, 5, 0x40000000, &sparse), 0);
	CHECK_EQ(board_map(&b, 4, 0x40010000, &unmapped), 0);
	CHECK_EQ(board_map(&b, 4, 0x40020000, &unmapped), 0);
	/* Hidden by the latter */
	CHECK_EQ(board_page(&b, 4096, 0x40021000, 0), 0);
	CHECK_EQ(list(&b, 0, whole(&b), &t, NULL), 0);
	CHECK_EQ(t.count, 2);
	CHECK_EQ(t.run[0].va, 0x1fe00000);
	CHECK_EQ(t.run[0].len, 0x200000 + 0x20000000 + 4096);
	CHECK_EQ(t.run[0].entry.type, PRAMIN_MMU_SPARSE);
	CHECK_EQ(t.run[0].count, 3);
	CHECK_EQ(t.run[1].va, 0x40010000);
	CHECK_EQ(t.run[1].len, 0x20000);
	CHECK_EQ(t.run[1].entry.type, PRAMIN_MMU_UNMAPPED);
	board_fini(&b);
	return 0;
}

static int tables_that_cannot_be_read_are_runs_of_their_own(void)
{
	struct pramin_mmu_entry sys = { .type = PRAMIN_MMU_TABLE,
					.aperture = PRAMIN_MMU_SYS_COH };
	struct pramin_mmu_entry far = { .type = PRAMIN_MMU_TABLE,
					.pa = MMU_VRAM };
	struct pramin_mmu_entry loop = { .type = PRAMIN_MMU_TABLE };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	uint64_t pa;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	loop.pa = b.tree.root_pa;
	CHECK_EQ(board_map(&b, 1, 0, &sys), 0);
	CHECK_EQ(board_map(&b, 1, 1ull << 38, &far), 0);
	CHECK_EQ(board_map(&b, 1, 1ull << 39, &loop), 0);
	/* A big page, and beside it small ones that cannot be read */
	CHECK_EQ(board_page(&b, 65536, (1ull << 40) + 65536, 0), 0);
	pa = board_entry(&b, 3, 1ull << 40);
	CHECK_EQ(board_put(&b, 3, pa, PRAMIN_MMU_SMALL, &sys), 0);
	/* Big ones that cannot be read: of the small ones nothing is known. */
	CHECK_EQ(board_page(&b, 4096, 1ull << 41, 0), 0);
	pa = board_entry(&b, 3, 1ull << 41);
	CHECK_EQ(board_put(&b, 3, pa, PRAMIN_MMU_BIG, &far), 0);
	/* Small ones only, that cannot be read */
	CHECK_EQ(board_map(&b, 3, 1ull << 42, &(struct pramin_mmu_entry){ 0 }),
		 0);
	pa = board_entry(&b, 3, 1ull << 42);
	CHECK_EQ(board_put(&b, 3, pa, PRAMIN_MMU_SMALL, &far), 0);

	CHECK_EQ(list(&b, 0, whole(&b), &t, NULL), 0);
	CHECK_EQ(t.count, 8);
	CHECK_EQ(t.run[0].stop, PRAMIN_MMU_STOP_NOT_VRAM);
	CHECK_EQ(t.run[0].len, 1ull << 38);
	CHECK_EQ(t.run[1].stop, PRAMIN_MMU_STOP_OUTSIDE);
	CHECK_EQ(t.run[2].stop, PRAMIN_MMU_STOP_LOOP);
	CHECK_EQ(t.run[3].stop, PRAMIN_MMU_STOP_NOT_VRAM);
	CHECK_EQ(t.run[3].va, 1ull << 40);
	CHECK_EQ(t.run[3].len, 65536);
	CHECK_EQ(t.run[4].entry.type, PRAMIN_MMU_PAGE);
	CHECK_EQ(t.run[5].stop, PRAMIN_MMU_STOP_NOT_VRAM);
	CHECK_EQ(t.run[5].va, (1ull << 40) + 2 * 65536);
	CHECK_EQ(t.run[5].len, 0x200000 - 2 * 65536);
	CHECK_EQ(t.run[6].stop, PRAMIN_MMU_STOP_OUTSIDE);
	CHECK_EQ(t.run[6].va, 1ull << 41);
	CHECK_EQ(t.run[6].len, 0x200000);
	CHECK_EQ(t.run[7].stop, PRAMIN_MMU_STOP_OUTSIDE);
	CHECK_EQ(t.run[7].va, 1ull << 42);
	CHECK_EQ(t.run[7].len, 0x200000);
	CHECK(!b.bad);
	board_fini(&b);
	return 0;
}

static int tables_are_read_by_rows_and_holes_cost_nothing(void)
{
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	for (i = 0; i < 512; i++)
		CHECK_EQ(board_page(&b, 4096, i * 4096ull, i * 4096ull), 0);
	CHECK_EQ(list(&b, 0, whole(&b), &t, &scan), 0);
	CHECK_EQ(t.count, 1);
	CHECK_EQ(t.run[0].len, 0x200000);
	CHECK_EQ(b.reads, 5);
	CHECK_EQ(scan.reads, 5);
	CHECK_EQ(scan.tables, 5);
	CHECK_EQ(scan.called, 1);
	/* 4 + 512 + 512 + 256 entries of directories, 512 of pages */
	CHECK_EQ(scan.entries, 4 + 512 + 512 + 256 + 512);
	/* One address: as many tables, one entry each */
	CHECK_EQ(list(&b, 0x5123, 1, &t, &scan), 0);
	CHECK_EQ(scan.entries, 5);
	CHECK_EQ(t.run[0].entry.pa, 0x5123);
	board_fini(&b);
	return 0;
}

/* Does the list say of @va what the lookup says? */
static int check_at(struct mmu_board *b, const struct pramin_mmu_run *run,
		    unsigned int count, uint64_t va)
{
	struct pramin_mmu_walk w;
	unsigned int i;

	if (va >= whole(b))
		return 0;
	CHECK_EQ(pramin_mmu_translate(&b->tree, va, &w), 0);
	for (i = 0; i < count; i++)
		if (va >= run[i].va && va - run[i].va < run[i].len)
			break;
	if (i == count) {
		CHECK_EQ(w.entry.type, PRAMIN_MMU_INVALID);
		return 0;
	}
	/* A lookup follows a loop as the GPU does: levels end it. */
	if (run[i].stop == PRAMIN_MMU_STOP_LOOP)
		return 0;
	CHECK_EQ(w.entry.type, run[i].entry.type);
	CHECK_EQ(w.entry.attrs, run[i].entry.attrs);
	CHECK_EQ(w.entry.aperture, run[i].entry.aperture);
	CHECK_EQ(w.stop, run[i].stop);
	if (w.entry.type == PRAMIN_MMU_PAGE) {
		CHECK_EQ(w.pa, run[i].entry.pa + (va - run[i].va));
		CHECK_EQ(w.size, run[i].page_size);
	}
	return 0;
}

/* Any entry that the level can have, from random words */
static int put_random(struct mmu_board *b, uint64_t va, uint64_t *state)
{
	const struct pramin_mmu_format *f = b->tree.format;
	unsigned int level = (unsigned int)(mmu_random(state) % f->levels);
	uint64_t pa = board_entry(b, level, va);
	struct pramin_mmu_entry e[2];
	uint64_t raw[2] = { mmu_random(state), 0 };

	if (!pa || level == 0)
		return 0;
	/* Small numbers are what is not valid; others are pages or far tables */
	if (raw[0] & 1ull << 40)
		raw[0] &= 0x3a;
	pramin_mmu_decode(f, level, raw, e);
	return pramin_mmu_encode(f, level, e, board_words(b, pa), NULL);
}

static int lists_of_random_trees_agree_with_lookups(void)
{
	uint64_t state = 11;
	unsigned int i, n, k;

	for (i = 1; i <= FORMATS; i++)
		for (n = 0; n < 60; n++) {
			struct mmu_told t = { 0 };
			uint64_t va[SPOTS];
			struct mmu_board b;

			CHECK_EQ(board_init(&b, i), 0);
			for (k = 0; k < SPOTS; k++) {
				/* Some near each other */
				va[k] = k % 4 ? va[k - 1] +
							(0x1000ull
							 << mmu_random(&state) %
								    10) :
						mmu_random(&state);
				va[k] &= whole(&b) - 1;
				CHECK_EQ(put_random(&b, va[k], &state), 0);
			}
			CHECK_EQ(list(&b, 0, whole(&b), &t, NULL), 0);
			CHECK(t.count <= 64);
			for (k = 1; k < t.count; k++)
				CHECK(t.run[k - 1].va + t.run[k - 1].len <=
				      t.run[k].va);
			for (k = 0; k < t.count; k++) {
				const struct pramin_mmu_run *r = &t.run[k];

				if (check_at(&b, t.run, t.count, r->va - 1) ||
				    check_at(&b, t.run, t.count, r->va) ||
				    check_at(&b, t.run, t.count,
					     r->va + r->len / 2) ||
				    check_at(&b, t.run, t.count,
					     r->va + r->len - 1) ||
				    check_at(&b, t.run, t.count,
					     r->va + r->len))
					return CHECK_FAILED;
			}
			for (k = 0; k < SPOTS; k++)
				if (check_at(&b, t.run, t.count, va[k]) ||
				    check_at(&b, t.run, t.count,
					     va[k] ^ 0x10000))
					return CHECK_FAILED;
			CHECK(!b.bad);
			CHECK_EQ(b.live, 0);
			board_fini(&b);
		}
	return 0;
}

static int a_list_ends_when_told_or_out_of_budget_or_at_an_error(void)
{
	struct pramin_mmu_scan scan = { .size = 0 };
	struct mmu_told t = { 0 };
	struct mmu_board b;
	unsigned int i;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	for (i = 0; i < 8; i++)
		CHECK_EQ(board_page(&b, 4096, i * 0x2000ull, i * 4096ull), 0);
	t.stop_at = 3;
	CHECK_EQ(list(&b, 0, whole(&b), &t, &scan), -ECANCELED);
	CHECK_EQ(t.count, 3);
	/* At the last one, which is told at the end */
	t.stop_at = 8;
	CHECK_EQ(list(&b, 0, whole(&b), &t, &scan), -ECANCELED);
	CHECK_EQ(t.count, 8);
	t.stop_at = 0;
	scan.budget = 4 + 5;
	CHECK_EQ(list(&b, 0, whole(&b), &t, &scan), -ETIMEDOUT);
	CHECK_EQ(t.count, 3);
	CHECK_EQ(scan.entries, 9);
	CHECK_EQ(scan.va, 0x5000);
	scan.budget = 0;
	for (i = 1; i <= 5; i++) {
		b.reads = 0;
		b.fail_read = i;
		CHECK_EQ(list(&b, 0, whole(&b), &t, &scan), -EIO);
		CHECK_EQ(t.count, 0);
		CHECK_EQ(scan.reads, i);
	}
	b.fail_read = 0;
	b.fail_alloc = b.allocs + 1;
	b.reads = 0;
	CHECK_EQ(list(&b, 0, whole(&b), &t, &scan), -ENOMEM);
	CHECK_EQ(b.reads, 0);
	CHECK_EQ(b.live, 0);
	board_fini(&b);
	return 0;
}

static int ranges_that_are_none_are_refused(void)
{
	struct pramin_mmu_scan scan = { .size = sizeof(scan) - 1 };
	struct mmu_told t = { 0 };
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GA100), 0);
	CHECK_EQ(list(&b, 0, 0, &t, NULL), -EINVAL);
	CHECK_EQ(list(&b, 0, whole(&b) + 1, &t, NULL), -ERANGE);
	CHECK_EQ(list(&b, whole(&b), 1, &t, NULL), -ERANGE);
	CHECK_EQ(list(&b, whole(&b) - 1, 2, &t, NULL), -ERANGE);
	CHECK_EQ(list(&b, 4096, UINT64_MAX, &t, NULL), -ERANGE);
	CHECK_EQ(list(&b, UINT64_MAX, 2, &t, NULL), -ERANGE);
	CHECK_EQ(list(&b, whole(&b) - 1, 1, &t, NULL), 0);
	CHECK_EQ(pramin_mmu_list(&b.tree, 0, 1, NULL, NULL, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_list(&b.tree, 0, 1, told_run, &t, &scan), -EINVAL);
	CHECK_EQ(pramin_mmu_list(NULL, 0, 1, told_run, &t, NULL), -EINVAL);
	b.tree.va_last = 0xffff;
	CHECK_EQ(list(&b, 0, 0x10001, &t, NULL), -ERANGE);
	CHECK_EQ(list(&b, 0, 0x10000, &t, NULL), 0);
	b.tree.alloc = NULL;
	CHECK_EQ(list(&b, 0, 1, &t, NULL), -EINVAL);
	b.tree.alloc = board_alloc;
	b.tree.free = NULL;
	CHECK_EQ(list(&b, 0, 1, &t, NULL), -EINVAL);
	CHECK_EQ(b.live, 0);
	board_fini(&b);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(pages_that_go_on_are_one_run),
		TEST(whatever_differs_ends_a_run),
		TEST(sparse_and_unmapped_runs_go_over_levels),
		TEST(tables_that_cannot_be_read_are_runs_of_their_own),
		TEST(tables_are_read_by_rows_and_holes_cost_nothing),
		TEST(lists_of_random_trees_agree_with_lookups),
		TEST(a_list_ends_when_told_or_out_of_budget_or_at_an_error),
		TEST(ranges_that_are_none_are_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
