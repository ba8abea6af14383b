// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The model's page walk, by memory alone: every page size of every version, what
 * is sparse or hidden, and trees that lead nowhere.
 */
#include "model_mmu_rig.h"

static int board(const char *chip, unsigned int version,
		 struct pramin_model **m)
{
	CHECK_EQ(build(chip, GIB, m), 0);
	CHECK_EQ(make_tree(*m, version), 0);
	return 0;
}

static int small_and_big_pages_are_found_in_each_version(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		const struct gen *g = &gens[i];
		struct pramin_model_translation t;
		struct pramin_model *m;

		CHECK_EQ(board(g->chip, g->version, &m), 0);
		CHECK_EQ(walk(m, 0x5678).mapping, PRAMIN_MAPPING_NONE);
		CHECK_EQ(poke64(m, SMALL + 5 * 8, pte(g->version, PAGE)), 0);
		t = walk(m, 0x5678);
		CHECK_EQ(t.mapping, PRAMIN_MAPPING_PAGE);
		CHECK_EQ(t.pa, PAGE + 0x678);
		CHECK_EQ(t.page_bytes, 4096);
		CHECK_EQ(t.level, -1);
		CHECK_EQ(t.entry_pa, SMALL + 5 * 8);
		CHECK_EQ(t.entry, pte(g->version, PAGE));
		CHECK_EQ(t.aperture, PRAMIN_MODEL_VIDEO);
		CHECK_EQ(walk(m, 0x4fff).mapping, PRAMIN_MAPPING_NONE);
		CHECK_EQ(walk(m, 0x6000).mapping, PRAMIN_MAPPING_NONE);

		/* A big page that is there wins over the small one. */
		CHECK_EQ(poke64(m, BIG, pte(g->version, PAGE + MIB)), 0);
		t = walk(m, 0x5678);
		CHECK_EQ(t.pa, PAGE + MIB + 0x5678);
		CHECK_EQ(t.page_bytes, 0x10000);
		/* One that hides ends the walk, one that is invalid does not. */
		CHECK_EQ(poke64(m, BIG,
				g->version == 1 ? 2 :
				g->version == 2 ? 0x20 :
						  0x18),
			 0);
		CHECK_EQ(walk(m, 0x5678).mapping, PRAMIN_MAPPING_HIDDEN);
		CHECK_EQ(poke64(m, BIG, 0), 0);
		CHECK_EQ(walk(m, 0x5678).page_bytes, 4096);
		pramin_model_destroy(m);
	}
	return 0;
}

/* Pages above PDE0: who has them, and who finds a mistake */
static int large_pages_are_those_of_the_chip(void)
{
	static const struct {
		const char *chip;
		unsigned int version;
		int large;
	} cases[] = {
		{ "gp100", 2, 0 }, { "gv100", 2, 0 }, { "tu102", 2, 0 },
		{ "ga100", 2, 1 }, { "ad102", 2, 1 }, { "gh100", 3, 1 },
		{ "gb100", 3, 2 }, { "gb207", 3, 2 },
	};
	static const uint64_t at[] = { TABLE0, TABLE1, TABLE2 };
	static const uint64_t bytes[] = { 2 * MIB, 512 * MIB, 256 * GIB };
	size_t i;
	int level;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model_translation t;
		struct pramin_model *m;

		CHECK_EQ(board(cases[i].chip, cases[i].version, &m), 0);
		for (level = 0; level < 3; level++) {
			CHECK_EQ(poke64(m, at[level],
					pte(cases[i].version, 0)),
				 0);
			t = walk(m, 0x123456);
			CHECK_EQ(t.level, level);
			if (level > cases[i].large) {
				CHECK_EQ(t.mapping, PRAMIN_MAPPING_BROKEN);
				continue;
			}
			CHECK_EQ(t.mapping, PRAMIN_MAPPING_PAGE);
			CHECK_EQ(t.page_bytes, bytes[level]);
			CHECK_EQ(t.pa, 0x123456);
		}
		pramin_model_destroy(m);
	}
	return 0;
}

static int version_1_has_big_pages_of_128_kib_too(void)
{
	struct pramin_model_space s = space_of(ROOT);
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct pramin_model *m;
	uint64_t va = 3 * 128 * MIB + 5 * 128 * KIB + 77;

	CHECK_EQ(board("gm204", 1, &m), 0);
	s.big_page = 128 * KIB;
	CHECK_EQ(poke64(m, ROOT + 3 * 8, pde_big(1, BIG) | pde_small(1, SMALL)),
		 0);
	CHECK_EQ(poke64(m, BIG + 5 * 8, pte(1, PAGE)), 0);
	CHECK_EQ(pramin_model_translate(m, &s, va, &t), 0);
	CHECK_EQ(t.pa, PAGE + 77);
	CHECK_EQ(t.page_bytes, 128 * KIB);
	/* The same tables by 64 KiB: another PDE */
	s.big_page = 0;
	CHECK_EQ(pramin_model_translate(m, &s, va, &t), 0);
	CHECK_EQ(t.mapping, PRAMIN_MAPPING_NONE);
	/* A table of an eighth ends after 16 MiB. */
	s.big_page = 128 * KIB;
	CHECK_EQ(poke64(m, ROOT + 3 * 8, pde_big(1, BIG) | 0xc), 0);
	CHECK_EQ(pramin_model_translate(m, &s, va, &t), 0);
	CHECK_EQ(t.mapping, PRAMIN_MAPPING_PAGE);
	CHECK_EQ(poke64(m, BIG + 128 * 8, pte(1, PAGE)), 0);
	CHECK_EQ(pramin_model_translate(m, &s, 3 * 128 * MIB + 16 * MIB, &t),
		 0);
	CHECK_EQ(t.mapping, PRAMIN_MAPPING_NONE);
	pramin_model_destroy(m);
	return 0;
}

static int sparse_is_said_by_either_half_and_by_directories(void)
{
	struct pramin_model *m;

	CHECK_EQ(board("tu102", 2, &m), 0);
	CHECK_EQ(poke64(m, SMALL, 8), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_SPARSE);
	CHECK_EQ(poke64(m, SMALL, 0), 0);
	CHECK_EQ(poke64(m, BIG, 8), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_SPARSE);
	/* A small page is still a page. */
	CHECK_EQ(poke64(m, SMALL, pte(2, PAGE)), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_PAGE);
	CHECK_EQ(poke64(m, TABLE0, 8), 0);
	CHECK_EQ(poke64(m, TABLE0 + 8, 0), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_SPARSE);
	CHECK_EQ(poke64(m, TABLE1, 8), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_SPARSE);
	CHECK_EQ(walk(m, 0).level, 1);
	pramin_model_destroy(m);

	CHECK_EQ(board("gh100", 3, &m), 0);
	CHECK_EQ(poke64(m, SMALL, 0x10), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_NOWHERE);
	CHECK_EQ(poke64(m, TABLE2, 8), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_SPARSE);
	pramin_model_destroy(m);

	/* Version 1 has it from GM2xx on. */
	CHECK_EQ(board("gm107", 1, &m), 0);
	CHECK_EQ(poke64(m, SMALL, 1ull << 32), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_NONE);
	pramin_model_destroy(m);
	CHECK_EQ(board("gm200", 1, &m), 0);
	CHECK_EQ(poke64(m, SMALL, 1ull << 32), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_SPARSE);
	CHECK_EQ(poke64(m, ROOT, 1ull << 35), 0);
	CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_SPARSE);
	pramin_model_destroy(m);
	return 0;
}

static int the_index_bits_of_each_level_are_its_own(void)
{
	/* One entry per level, at another index of each */
	static const uint64_t va = 1ull << 56 | 0x155ull << 47 | 0xaaull << 38 |
				   0x111ull << 29 | 0x77ull << 21 |
				   0x123ull << 12 | 0x456;
	struct pramin_model_translation t;
	struct pramin_model *m;

	CHECK_EQ(build("gb202", GIB, &m), 0);
	CHECK_EQ(poke64(m, ROOT + 8, pde(3, TABLE3)), 0);
	CHECK_EQ(poke64(m, TABLE3 + 0x155 * 8, pde(3, TABLE2)), 0);
	CHECK_EQ(poke64(m, TABLE2 + 0xaa * 8, pde(3, TABLE1)), 0);
	CHECK_EQ(poke64(m, TABLE1 + 0x111 * 8, pde(3, TABLE0)), 0);
	CHECK_EQ(poke64(m, TABLE0 + 0x77 * 16 + 8, pde_small(3, SMALL)), 0);
	CHECK_EQ(poke64(m, SMALL + 0x123 * 8, pte(3, PAGE)), 0);
	t = walk(m, va);
	CHECK_EQ(t.mapping, PRAMIN_MAPPING_PAGE);
	CHECK_EQ(t.pa, PAGE + 0x456);
	pramin_model_destroy(m);

	CHECK_EQ(build("tu102", GIB, &m), 0);
	CHECK_EQ(poke64(m, ROOT + 3 * 8, pde(2, TABLE2)), 0);
	CHECK_EQ(poke64(m, TABLE2 + 0xaa * 8, pde(2, TABLE1)), 0);
	CHECK_EQ(poke64(m, TABLE1 + 0x111 * 8, pde(2, TABLE0)), 0);
	CHECK_EQ(poke64(m, TABLE0 + 0x77 * 16, pde_big(2, BIG + 0x500)), 0);
	CHECK_EQ(poke64(m, BIG + 0x500 + 0x12 * 8, pte(2, PAGE)), 0);
	t = walk(m, (va & ((1ull << 47) - 1)) | 3ull << 47);
	CHECK_EQ(t.mapping, PRAMIN_MAPPING_PAGE);
	CHECK_EQ(t.pa, PAGE + 0x3456);
	pramin_model_destroy(m);
	return 0;
}

static int tables_that_cannot_be_read_are_broken(void)
{
	static const uint64_t at[] = { ROOT, TABLE2, TABLE1, TABLE0 };
	struct pramin_model *m;
	size_t i;

	for (i = 0; i < ARRAY_LEN(at); i++) {
		CHECK_EQ(board("tu102", 2, &m), 0);
		/* Past VRAM, in system memory, all ones */
		CHECK_EQ(poke64(m, at[i], pde(2, 2 * GIB)), 0);
		CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_BROKEN);
		CHECK_EQ(poke64(m, at[i], 4 | 0x1000 >> 4), 0);
		CHECK_EQ(walk(m, 0).mapping, PRAMIN_MAPPING_BROKEN);
		CHECK_EQ(poke64(m, at[i], UINT64_MAX), 0);
		CHECK(walk(m, 0).mapping == PRAMIN_MAPPING_BROKEN || i == 3);
		/* A table that leads to itself */
		CHECK_EQ(poke64(m, at[i], pde(2, at[i])), 0);
		CHECK(walk(m, 0).level < 4);
		pramin_model_destroy(m);
	}
	return 0;
}

static int random_tables_end_every_walk(void)
{
	static const char *const chips[] = { "gf100", "gp100", "tu102",
					     "ga102", "gh100", "gb202" };
	static uint64_t vram[MIB / 8];
	uint64_t x = 7;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		struct pramin_model_space s = space_of(0);
		struct pramin_model *m;

		for (n = 0; n < ARRAY_LEN(vram); n++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			/* Often a table, and in VRAM */
			vram[n] = x >> 32 & 1 ? x : (x & 0xffff8) | (x >> 60);
		}
		CHECK_EQ(build(chips[i], MIB, &m), 0);
		CHECK_EQ(pramin_model_poke(m, 0, vram, MIB), 0);
		for (n = 0; n < 20000; n++) {
			struct pramin_model_translation t = {
				.size = sizeof(t)
			};
			int ret;

			x = x * 6364136223846793005u + 1442695040888963407u;
			s.root = (x >> 20 & 0xff) << 12;
			ret = pramin_model_translate(m, &s, x >> 24, &t);
			CHECK_EQ(ret, 0);
			CHECK(t.mapping <= PRAMIN_MAPPING_BROKEN);
			if (n % 8)
				continue;
			CHECK_EQ(pramin_model_gpu_translate(m, &s, x >> 24, &t),
				 0);
		}
		pramin_model_destroy(m);
	}
	return 0;
}

static int bad_arguments_are_refused(void)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct pramin_model_space s = space_of(ROOT);
	struct pramin_model *m, *old;

	CHECK_EQ(build("tu102", GIB, &m), 0);
	CHECK_EQ(build("g92", 256 * MIB, &old), 0);
	CHECK_EQ(pramin_model_translate(m, &s, (1ull << 49) - 1, &t), 0);
	CHECK_EQ(pramin_model_translate(m, &s, 1ull << 49, &t), -ERANGE);
	CHECK_EQ(pramin_model_translate(m, NULL, 0, &t), -EINVAL);
	CHECK_EQ(pramin_model_translate(m, &s, 0, NULL), -EINVAL);
	CHECK_EQ(pramin_model_translate(NULL, &s, 0, &t), -EINVAL);
	/* Tesla has none of these tables. */
	CHECK_EQ(pramin_model_translate(old, &s, 0, &t), -EINVAL);
	s.version = 1;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -EINVAL);
	s.version = 3;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -EINVAL);
	s.version = 2;
	s.big_page = 128 * KIB;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -EINVAL);
	s.big_page = 64 * KIB;
	s.root = 0x800;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -EINVAL);
	s.root = GIB;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -ERANGE);
	s.root = ROOT;
	s.size = 0;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -EINVAL);
	s.size = sizeof(s) + 1;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -EINVAL);
	s.size = sizeof(s);
	t.size = 0;
	CHECK_EQ(pramin_model_gpu_translate(m, &s, 0, &t), -EINVAL);
	t.size = sizeof(t) + 1;
	CHECK_EQ(pramin_model_translate(m, &s, 0, &t), -EINVAL);
	pramin_model_destroy(m);
	pramin_model_destroy(old);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(small_and_big_pages_are_found_in_each_version),
		TEST(large_pages_are_those_of_the_chip),
		TEST(version_1_has_big_pages_of_128_kib_too),
		TEST(sparse_is_said_by_either_half_and_by_directories),
		TEST(the_index_bits_of_each_level_are_its_own),
		TEST(tables_that_cannot_be_read_are_broken),
		TEST(random_tables_end_every_walk),
		TEST(bad_arguments_are_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
