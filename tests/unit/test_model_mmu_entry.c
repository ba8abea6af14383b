// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The words of page tables mean to the model what NVIDIA's own tests say: the
 * vectors are those of kernel-open/nvidia-uvm/uvm_page_tree_test.c in
 * github.com/NVIDIA/open-gpu-kernel-modules (570), each recomputed here from the
 * published layout.
 */
#include "../../model/mmu.h"
#include "model_mmu_rig.h"

static const struct model_space v1 = { .version = 1,
				       .big_shift = 16,
				       .v1_sparse = true };
static const struct model_space v2 = { .version = 2, .big_shift = 16 };
static const struct model_space tu102 = { .version = 2,
					  .big_shift = 16,
					  .wide_peer = true };
static const struct model_space v3 = { .version = 3, .big_shift = 16 };

static int table_is(const struct model_entry *e,
		    enum pramin_model_aperture aperture, uint64_t pa)
{
	CHECK_EQ(e->kind, ENTRY_TABLE);
	CHECK_EQ(e->aperture, aperture);
	CHECK_EQ(e->pa, pa);
	return 0;
}

static int version_1_reads_the_published_vectors(void)
{
	static const uint64_t dual[2] = { 0x1bbbbbbd99999992, 0 };
	static const uint64_t none[2] = { 0, 0 };
	struct model_entry big, small, e;

	model_dual_pde(&v1, dual, &big, &small);
	CHECK_EQ(table_is(&big, PRAMIN_MODEL_SYS_COHERENT, 0x9999999000), 0);
	CHECK_EQ(table_is(&small, PRAMIN_MODEL_VIDEO, 0x1bbbbbb000), 0);
	model_dual_pde(&v1, none, &big, &small);
	CHECK_EQ(big.kind, ENTRY_NONE);
	CHECK_EQ(small.kind, ENTRY_NONE);

	e = model_pte(&v1, false, 0x599999991);
	CHECK_EQ(e.kind, ENTRY_PAGE);
	CHECK_EQ(e.aperture, PRAMIN_MODEL_SYS_COHERENT);
	CHECK_EQ(e.pa, 0x9999999000);
	CHECK(e.uncached && !e.read_only);
	CHECK(!model_pte(&v1, false, 0x499999991).uncached);
	e = model_pte(&v1, false, 0x800000001bbbbbb5);
	CHECK_EQ(e.aperture, PRAMIN_MODEL_VIDEO);
	CHECK_EQ(e.pa, 0x1bbbbbb000);
	CHECK(e.read_only);
	CHECK_EQ(model_pte(&v1, false, 0).kind, ENTRY_NONE);
	CHECK_EQ(model_pte(&v1, true, 2).kind, ENTRY_HIDES);
	CHECK_EQ(model_pte(&v1, false, 2).kind, ENTRY_NONE);
	CHECK_EQ(model_pte(&v1, true, 1ull << 32).kind, ENTRY_SPARSE);
	return 0;
}

static int version_2_reads_the_published_vectors(void)
{
	static const uint64_t dual[2] = { 0x3999999999999c, 0x1bbbbbb0a };
	struct model_entry big, small, e;

	e = model_pde(&v2, 0x3999999999990c);
	CHECK_EQ(table_is(&e, PRAMIN_MODEL_SYS_COHERENT, 0x399999999999000), 0);
	e = model_pde(&v2, 0x1bbbbbb0a);
	CHECK_EQ(table_is(&e, PRAMIN_MODEL_VIDEO, 0x1bbbbbb000), 0);
	e = model_pde(&v2, 0x1bbbbbb2a);
	CHECK_EQ(table_is(&e, PRAMIN_MODEL_VIDEO, 0x1bbbbbb000), 0);
	model_dual_pde(&v2, dual, &big, &small);
	CHECK_EQ(table_is(&big, PRAMIN_MODEL_SYS_COHERENT, 0x399999999999900),
		 0);
	CHECK_EQ(table_is(&small, PRAMIN_MODEL_VIDEO, 0x1bbbbbb000), 0);

	e = model_pte(&v2, false, 0x3999999999990d);
	CHECK_EQ(e.kind, ENTRY_PAGE);
	CHECK_EQ(e.aperture, PRAMIN_MODEL_SYS_COHERENT);
	CHECK_EQ(e.pa, 0x399999999999000);
	CHECK(e.uncached);
	CHECK(!model_pte(&v2, false, 0x39999999999905).uncached);
	/* Of a peer, by 25 bits, and from Turing on 20 more above */
	e = model_pte(&v2, false, 0x00fffffdffffff03);
	CHECK_EQ(e.aperture, PRAMIN_MODEL_PEER);
	CHECK_EQ(e.peer, 6);
	CHECK_EQ(e.pa, 0x1ffffff000);
	e = model_pte(&tu102, false, 0x00fffffdffffff03);
	CHECK_EQ(e.peer, 6);
	CHECK_EQ(e.pa, 0x1fffffffffff000);
	CHECK_EQ(model_pte(&v2, true, 0x20).kind, ENTRY_HIDES);
	CHECK_EQ(model_pte(&v2, true, 0x28).kind, ENTRY_HIDES);
	CHECK_EQ(model_pte(&v2, false, 0x20).kind, ENTRY_NONE);
	CHECK_EQ(model_pte(&v2, false, 0x8).kind, ENTRY_SPARSE);
	CHECK_EQ(model_pde(&v2, 0x8).kind, ENTRY_SPARSE);
	CHECK_EQ(model_pde(&v2, 0).kind, ENTRY_NONE);
	return 0;
}

static int version_3_reads_the_published_vectors(void)
{
	static const uint64_t dual[2] = { 0x999999999990c, 0xbbbbbbb00a };
	static const uint64_t swap[2] = { 0xbbbbbbbb0a, 0x999999999900c };
	struct model_entry big, small, e;

	e = model_pde(&v3, 0x999999999900c);
	CHECK_EQ(table_is(&e, PRAMIN_MODEL_SYS_COHERENT, 0x9999999999000), 0);
	e = model_pde(&v3, 0xbbbbbbb00a);
	CHECK_EQ(table_is(&e, PRAMIN_MODEL_VIDEO, 0xbbbbbbb000), 0);
	model_dual_pde(&v3, dual, &big, &small);
	CHECK_EQ(table_is(&big, PRAMIN_MODEL_SYS_COHERENT, 0x9999999999900), 0);
	CHECK_EQ(table_is(&small, PRAMIN_MODEL_VIDEO, 0xbbbbbbb000), 0);
	model_dual_pde(&v3, swap, &big, &small);
	CHECK_EQ(table_is(&big, PRAMIN_MODEL_VIDEO, 0xbbbbbbbb00), 0);
	CHECK_EQ(table_is(&small, PRAMIN_MODEL_SYS_COHERENT, 0x9999999999000),
		 0);

	e = model_pte(&v3, false, 0x999999999968d);
	CHECK_EQ(e.kind, ENTRY_PAGE);
	CHECK_EQ(e.aperture, PRAMIN_MODEL_SYS_COHERENT);
	CHECK_EQ(e.pa, 0x9999999999000);
	CHECK_EQ(e.pte_kind, 6);
	CHECK(e.uncached);
	CHECK(!model_pte(&v3, false, 0x9999999999685).uncached);
	CHECK(!model_pte(&v3, false, 0x9999999999605).uncached);
	e = model_pte(&v3, false, 0xbbbbbbb661);
	CHECK_EQ(e.aperture, PRAMIN_MODEL_VIDEO);
	CHECK_EQ(e.pa, 0xbbbbbbb000);
	CHECK(e.read_only && e.no_atomics);
	CHECK_EQ(model_pte(&v3, false, 0x8).kind, ENTRY_SPARSE);
	CHECK_EQ(model_pte(&v3, false, 0x10).kind, ENTRY_NOWHERE);
	CHECK_EQ(model_pte(&v3, true, 0x18).kind, ENTRY_HIDES);
	CHECK_EQ(model_pte(&v3, false, 0xf0f).pte_kind, 0xf);
	return 0;
}

static int every_word_means_something(void)
{
	static const struct model_space *const spaces[] = { &v1, &v2, &v3 };
	uint64_t x = 1;
	size_t i, n;

	for (n = 0; n < 100000; n++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		for (i = 0; i < 3; i++) {
			const uint64_t dual[2] = { x, ~x };
			struct model_entry big, small;

			model_dual_pde(spaces[i], dual, &big, &small);
			CHECK(big.kind <= ENTRY_TABLE);
			CHECK(small.kind <= ENTRY_TABLE);
			CHECK(model_pte(spaces[i], true, x).kind < ENTRY_TABLE);
			CHECK(i == 0 ||
			      model_pde(spaces[i], x).kind <= ENTRY_TABLE);
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(version_1_reads_the_published_vectors),
		TEST(version_2_reads_the_published_vectors),
		TEST(version_3_reads_the_published_vectors),
		TEST(every_word_means_something),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
