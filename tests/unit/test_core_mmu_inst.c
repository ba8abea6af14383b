// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The words of instance blocks, and trees that are found through one.
 */
#include "core_mmu_tree.h"

static const struct pramin_mmu_format *format(const char *name)
{
	return pramin_mmu_format_by_name(name);
}

static int each_generation_has_its_words(void)
{
	static const struct {
		const char *format;
		uint64_t root_pa, limit;
		unsigned int aperture;
		bool valid, vol, tex, gcc;
		uint32_t word[4];
	} cases[] = {
		/* clang-format off */
		{ "v1-128k", 0x1234567000, 0xffffffffff, 0, true, false, false,
		  false, { 0x34567000, 0x12, 0xffffffff, 0xff } },
		{ "v1-64k", 0x1000, 0xfffffff, 3, true, true, false, false,
		  { 0x1007, 0, 0xfffffff, 0 } },
		{ "v1-64k-gm200", 0x1000, 0xfff, 0, true, false, false, false,
		  { 0x1800, 0, 0xfff, 0 } },
		{ "v1-128k-gm200", 0x1000, 0xfff, 0, true, false, false, false,
		  { 0x1000, 0, 0xfff, 0 } },
		{ "v2-gp100", 0x123456789000, 0x1ffffffffffff, 2, true, false,
		  true, true, { 0x56789c32, 0x1234, 0xffffffff, 0x1ffff } },
		{ "v2-gv100", 0x5000, 0, 0, true, true, false, false,
		  { 0x5c04, 0, 0, 0 } },
		{ "v2-ga100", 0, 0, 0, false, false, false, false,
		  { 0xc01, 0, 0, 0 } },
		{ "v3-gh100", 0xfedcba9876543000, 0, 0, true, false, false, true,
		  { 0x76543820, 0xfedcba98, 0, 0 } },
		/* clang-format on */
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pramin_mmu_inst inst = {
			.format = format(cases[i].format),
			.root_pa = cases[i].root_pa,
			.limit = cases[i].limit,
			.aperture = (uint8_t)cases[i].aperture,
			.valid = cases[i].valid,
			.vol = cases[i].vol,
			.replay_tex = cases[i].tex,
			.replay_gcc = cases[i].gcc,
		};
		struct pramin_mmu_inst back;
		uint32_t word[4];

		CHECK_EQ(pramin_mmu_inst_encode(&inst, word), 0);
		CHECK(!memcmp(word, cases[i].word, sizeof(word)));
		CHECK_EQ(pramin_mmu_inst_decode(inst.format, word, &back), 0);
		CHECK(back.format == inst.format);
		CHECK_EQ(back.root_pa, inst.root_pa);
		CHECK_EQ(back.limit, inst.limit);
		CHECK_EQ(back.aperture, inst.aperture);
		CHECK_EQ(back.valid, inst.valid);
		CHECK_EQ(back.vol, inst.vol);
		CHECK_EQ(back.replay_tex, inst.replay_tex);
		CHECK_EQ(back.replay_gcc, inst.replay_gcc);
	}
	return 0;
}

static int what_a_block_cannot_say_is_refused(void)
{
	static const struct pramin_mmu_inst cases[] = {
		{ .root_pa = 0x800, .limit = 0xfff, .valid = true },
		{ .root_pa = 1ull << 40, .limit = 0xfff, .valid = true },
		{ .aperture = PRAMIN_MMU_PEER, .limit = 0xfff, .valid = true },
		{ .aperture = 4, .limit = 0xfff, .valid = true },
		{ .limit = 0xfff },
		{ .limit = 0xfff, .valid = true, .replay_tex = true },
		{ .limit = 0xfff, .valid = true, .replay_gcc = true },
		{ .valid = true },
		{ .limit = 0x1000, .valid = true },
		{ .limit = 1ull << 40 | 0xfff, .valid = true },
	};
	struct pramin_mmu_inst good = { .valid = true };
	uint32_t word[4] = { 0x77, 0x77, 0x77, 0x77 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_mmu_inst inst = cases[i];

		inst.format = format("v1-128k");
		CHECK_EQ(pramin_mmu_inst_encode(&inst, word), -EINVAL);
		CHECK_EQ(word[0], 0x77);
	}
	CHECK_EQ(pramin_mmu_inst_encode(NULL, word), -EINVAL);
	CHECK_EQ(pramin_mmu_inst_encode(&good, word), -EINVAL);
	good.format = format("v2-tu102");
	CHECK_EQ(pramin_mmu_inst_encode(&good, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_inst_encode(&good, word), 0);
	CHECK_EQ(pramin_mmu_inst_decode(NULL, word, &good), -EINVAL);
	CHECK_EQ(pramin_mmu_inst_decode(good.format, NULL, &good), -EINVAL);
	CHECK_EQ(pramin_mmu_inst_decode(good.format, word, NULL), -EINVAL);
	return 0;
}

static int any_words_decode(void)
{
	uint64_t state = 7;
	unsigned int i, n;

	for (i = 1; i < PRAMIN_MMU_FORMATS; i++)
		for (n = 0; n < 10000; n++) {
			const uint64_t a = mmu_random(&state);
			const uint64_t b = mmu_random(&state);
			const uint32_t word[4] = { (uint32_t)a,
						   (uint32_t)(a >> 32),
						   (uint32_t)b,
						   (uint32_t)(b >> 32) };
			struct pramin_mmu_inst inst;

			CHECK_EQ(pramin_mmu_inst_decode(pramin_mmu_format(i),
							word, &inst),
				 0);
			CHECK(inst.aperture < PRAMIN_MMU_APERTURES);
			CHECK(inst.aperture != PRAMIN_MMU_PEER);
			CHECK_EQ(inst.root_pa % 4096, 0);
		}
	return 0;
}

/* A block at 0x3000 with these words */
static void put(struct mmu_board *b, uint32_t w0, uint32_t w1, uint32_t w2,
		uint32_t w3)
{
	const uint32_t word[4] = { w0, w1, w2, w3 };

	memcpy(b->vram + 0x3200, word, sizeof(word));
}

static int a_tree_is_found_through_its_block(void)
{
	struct pramin_mmu_walk w;
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_GP100), 0);
	CHECK_EQ(board_page(&b, 4096, 0x41000, 0x3000), 0);
	put(&b, 0x10c00, 0, 0x41fff, 0);
	b.tree.root_pa = 0;
	CHECK_EQ(pramin_mmu_tree_inst(&b.tree, 0x3000), 0);
	CHECK_EQ(b.reads, 1);
	CHECK_EQ(b.tree.root_pa, 0x10000);
	CHECK_EQ(b.tree.va_last, 0x41fff);
	CHECK_EQ(pramin_mmu_translate(&b.tree, 0x41010, &w), 0);
	CHECK_EQ(w.pa, 0x3010);
	CHECK_EQ(pramin_mmu_translate(&b.tree, 0x42000, &w), -ERANGE);
	/* A limit that is none */
	put(&b, 0x10c00, 0, ~0u, ~0u);
	CHECK_EQ(pramin_mmu_tree_inst(&b.tree, 0x3000), 0);
	CHECK_EQ(b.tree.va_last, 0);
	board_fini(&b);

	/* GM20x says which of its two formats. */
	CHECK_EQ(board_init(&b, PRAMIN_MMU_V1_128K_GM200), 0);
	put(&b, 0x10800, 0, 0xfff, 0);
	CHECK_EQ(pramin_mmu_tree_inst(&b.tree, 0x3000), 0);
	CHECK_EQ(b.tree.format->id, PRAMIN_MMU_V1_64K_GM200);
	put(&b, 0x10000, 0, 0xfff, 0);
	CHECK_EQ(pramin_mmu_tree_inst(&b.tree, 0x3000), 0);
	CHECK_EQ(b.tree.format->id, PRAMIN_MMU_V1_128K_GM200);
	board_fini(&b);
	return 0;
}

static bool same_tree(const struct pramin_mmu_tree *a,
		      const struct pramin_mmu_tree *b)
{
	return a->format == b->format && a->root_pa == b->root_pa &&
	       a->va_last == b->va_last && a->aperture == b->aperture;
}

static int blocks_that_lead_to_no_tree_are_refused(void)
{
	struct pramin_mmu_tree before;
	struct mmu_board b;

	CHECK_EQ(board_init(&b, PRAMIN_MMU_V2_TU102), 0);
	before = b.tree;
#define REFUSED(inst_pa, code)                                          \
	do {                                                            \
		CHECK_EQ(pramin_mmu_tree_inst(&b.tree, inst_pa), code); \
		CHECK(same_tree(&b.tree, &before));                     \
	} while (0)

	REFUSED(0x3200, -EINVAL);
	REFUSED(MMU_VRAM, -ERANGE);
	REFUSED(~0xfffull, -ERANGE);
	put(&b, 0xc01, 0, 0, 0);
	REFUSED(0x3000, -ENOENT);
	put(&b, 0x10800, 0, 0, 0);
	REFUSED(0x3000, -EOPNOTSUPP);
	put(&b, 0x10c02, 0, 0, 0);
	REFUSED(0x3000, -EOPNOTSUPP);
	put(&b, 0x10c00, 1, 0, 0);
	REFUSED(0x3000, -ERANGE);
	b.fail_read = b.reads + 1;
	REFUSED(0x3000, -EIO);
	before.read = b.tree.read = NULL;
	REFUSED(0x3000, -EINVAL);
	CHECK_EQ(pramin_mmu_tree_inst(NULL, 0x3000), -EINVAL);
	board_fini(&b);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(each_generation_has_its_words),
		TEST(what_a_block_cannot_say_is_refused),
		TEST(any_words_decode),
		TEST(a_tree_is_found_through_its_block),
		TEST(blocks_that_lead_to_no_tree_are_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
