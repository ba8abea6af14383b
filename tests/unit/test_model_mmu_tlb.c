// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the model's TLB keeps and what makes it forget, by the registers of each
 * generation; and what it counts as a hazard.
 */
#include "model_mmu_rig.h"

static int board_with(const struct pramin_model_params *p, const struct gen *g,
		      struct pramin_model **m)
{
	struct pramin_model_params copy = *p;

	copy.chip = g->chip;
	copy.vram = GIB;
	CHECK_EQ(build_why(&copy, m, NULL), 0);
	CHECK_EQ(make_tree(*m, g->version), 0);
	return 0;
}

static int board(const struct gen *g, struct pramin_model **m)
{
	const struct pramin_model_params p = { .posted =
						       PRAMIN_MODEL_IN_ORDER };

	return board_with(&p, g, m);
}

static const struct gen *gen(const char *chip)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++)
		if (!strcmp(gens[i].chip, chip))
			return &gens[i];
	return NULL;
}

static int a_page_stays_until_it_is_invalidated(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		const struct gen *g = &gens[i];
		struct pramin_model *m;

		CHECK_EQ(board(g, &m), 0);
		/* A PTE that is not valid is not kept. */
		CHECK_EQ(gpu_walk(m, 0).mapping, PRAMIN_MAPPING_NONE);
		CHECK_EQ(vram_wr(m, SMALL, 8, pte(g->version, PAGE)), 0);
		CHECK_EQ(gpu_walk(m, 8).pa, PAGE + 8);
		CHECK_EQ(all_hazards(m), 0);

		CHECK_EQ(vram_wr(m, SMALL, 8, 0), 0);
		CHECK_EQ(gpu_walk(m, 16).pa, PAGE + 16);
		CHECK_EQ(walk(m, 16).mapping, PRAMIN_MAPPING_NONE);
		/* 2 us of reads at 0.9 */
		CHECK_EQ(invalidate(m, g, ROOT, ALL_VA), 3);
		CHECK_EQ(gpu_walk(m, 16).mapping, PRAMIN_MAPPING_NONE);
		CHECK_EQ(counters(m).invalidates, 1);
		/* Between the change and its invalidate nothing is wrong. */
		CHECK_EQ(all_hazards(m), 0);
		pramin_model_destroy(m);
	}
	return 0;
}

static int a_directory_entry_stays_also_if_it_says_nothing_is_there(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		const struct gen *g = &gens[i];
		uint64_t va = g->version == 1 ? 64 * MIB : 2 * MIB;
		uint64_t at = g->version == 1 ? ROOT + 8 : TABLE0 + 24;
		struct pramin_model *m;

		CHECK_EQ(board(g, &m), 0);
		CHECK_EQ(poke64(m, SMALL, pte(g->version, PAGE)), 0);
		CHECK_EQ(gpu_walk(m, va).mapping, PRAMIN_MAPPING_NONE);
		CHECK_EQ(vram_wr(m, at, 8, pde_small(g->version, SMALL)), 0);
		CHECK_EQ(gpu_walk(m, va).mapping, PRAMIN_MAPPING_NONE);
		CHECK_EQ(walk(m, va).pa, PAGE);
		/* Not deep enough, where there is a depth */
		CHECK(invalidate(m, g, ROOT, ALL_VA | DEPTH(1)) > 0);
		if (g->upper) {
			CHECK_EQ(gpu_walk(m, va).mapping, PRAMIN_MAPPING_NONE);
			CHECK(invalidate(m, g, ROOT, ALL_VA | DEPTH(2)) > 0);
		}
		CHECK_EQ(gpu_walk(m, va).pa, PAGE);
		CHECK_EQ(all_hazards(m), 0);
		pramin_model_destroy(m);
	}
	return 0;
}

/* Each level of the tree replaced by nothing, and the depth that shows it */
static int depth_reaches_as_far_as_it_says(void)
{
	static const uint64_t at[] = { TABLE0 + 8, TABLE1, TABLE2, ROOT };
	const struct gen *g = gen("tu102");
	unsigned int level, depth;

	for (level = 0; level < ARRAY_LEN(at); level++) {
		for (depth = 0; depth < 8; depth++) {
			struct pramin_model *m;

			CHECK_EQ(board(g, &m), 0);
			CHECK_EQ(poke64(m, SMALL, pte(2, PAGE)), 0);
			CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
			CHECK_EQ(vram_wr(m, at[level], 8, 0), 0);
			CHECK(invalidate(m, g, ROOT, ALL_VA | DEPTH(depth)) >
			      0);
			CHECK_EQ(gpu_walk(m, 0).mapping,
				 !depth || depth >= 2 + level ?
					 PRAMIN_MAPPING_NONE :
					 PRAMIN_MAPPING_PAGE);
			pramin_model_destroy(m);
		}
	}
	return 0;
}

static int an_invalidate_is_for_its_page_directory(void)
{
	const struct gen *g = gen("tu102");
	struct pramin_model *m;

	CHECK_EQ(board(g, &m), 0);
	CHECK_EQ(poke64(m, SMALL, pte(2, PAGE)), 0);
	CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
	CHECK_EQ(vram_wr(m, SMALL, 8, 0), 0);
	CHECK(invalidate(m, g, ROOT + 0x1000, ALL_VA) > 0);
	CHECK(invalidate(m, g, ROOT | 1ull << 40, ALL_VA) > 0);
	/* Without ALL_VA there is no address that it could be for. */
	CHECK(invalidate(m, g, ROOT, 0) > 0);
	/* In system memory: another one */
	wr(m, g->pdb, 4, ROOT >> 8 | 2);
	wr(m, g->trigger, 4, GO | ALL_VA);
	get(m, g->trigger, 4);
	get(m, g->trigger, 4);
	CHECK_EQ(get(m, g->trigger, 4), ALL_VA);
	CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_STALE], 1);
	CHECK(invalidate(m, g, 0, ALL_VA | ALL_PDB) > 0);
	CHECK_EQ(gpu_walk(m, 0).mapping, PRAMIN_MAPPING_NONE);
	CHECK_EQ(all_hazards(m), 1);
	pramin_model_destroy(m);
	return 0;
}

static int hubtlb_only_leaves_the_engines_alone(void)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct pramin_model_space s = space_of(ROOT);
	const struct gen *g = gen("gh100");
	struct pramin_model *m;

	s.gpc = true;
	CHECK_EQ(board(g, &m), 0);
	CHECK_EQ(poke64(m, SMALL, pte(3, PAGE)), 0);
	CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
	CHECK_EQ(pramin_model_gpu_translate(m, &s, 0, &t), 0);
	CHECK_EQ(vram_wr(m, SMALL, 8, pte(3, PAGE + MIB)), 0);
	CHECK(invalidate(m, g, ROOT, ALL_VA | HUBTLB_ONLY) > 0);
	CHECK_EQ(gpu_walk(m, 0).pa, PAGE + MIB);
	CHECK_EQ(pramin_model_gpu_translate(m, &s, 0, &t), 0);
	CHECK_EQ(t.pa, PAGE);
	CHECK(invalidate(m, g, ROOT, ALL_VA) > 0);
	CHECK_EQ(pramin_model_gpu_translate(m, &s, 0, &t), 0);
	CHECK_EQ(t.pa, PAGE + MIB);
	pramin_model_destroy(m);
	return 0;
}

static int an_invalidate_takes_effect_when_it_is_done(void)
{
	const struct gen *g = gen("ga102");
	struct pramin_model *m;

	CHECK_EQ(board(g, &m), 0);
	CHECK_EQ(poke64(m, SMALL, pte(2, PAGE)), 0);
	CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
	CHECK_EQ(vram_wr(m, SMALL, 8, 0), 0);
	wr(m, g->pdb, 4, ROOT >> 8);
	wr(m, g->trigger, 4, GO | ALL_VA);
	CHECK_EQ(get(m, g->trigger, 4), GO | ALL_VA);
	CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
	/* A second one before that is lost. */
	wr(m, g->trigger, 4, GO | ALL_VA | ALL_PDB);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_BUSY], 1);
	CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_BUSY], g->trigger);
	CHECK_EQ(get(m, g->trigger, 4), GO | ALL_VA);
	CHECK_EQ(get(m, g->trigger, 4), ALL_VA);
	CHECK_EQ(gpu_walk(m, 0).mapping, PRAMIN_MAPPING_NONE);
	CHECK_EQ(counters(m).invalidates, 1);
	pramin_model_destroy(m);
	return 0;
}

static int before_turing_requests_queue(void)
{
	const struct gen *g = gen("gp100");
	struct pramin_model *m;
	unsigned int i;

	CHECK_EQ(board(g, &m), 0);
	CHECK_EQ(get(m, g->fifo, 4), 16 << 16 | 0x8000);
	for (i = 0; i < 16; i++)
		wr(m, g->trigger, 4, GO | ALL_VA | ALL_PDB);
	/* The first is as good as done by now. */
	CHECK_EQ(get(m, g->fifo, 4) & 0x8000, 0);
	CHECK_EQ(counters(m).invalidates, 16);
	for (i = 0; i < 3; i++)
		wr(m, g->trigger, 4, GO | ALL_VA | ALL_PDB);
	CHECK(hazards(m).count[PRAMIN_HAZARD_BUSY] > 0);
	for (i = 0; i < 100 && !(get(m, g->fifo, 4) & 0x8000); i++)
		;
	CHECK(i > 20 && i < 50);
	pramin_model_destroy(m);
	return 0;
}

static int a_stuck_invalidate_is_done_when_it_is_mended(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		const struct gen *g = &gens[i];
		struct pramin_model *m;

		CHECK_EQ(board(g, &m), 0);
		CHECK_EQ(poke64(m, SMALL, pte(g->version, PAGE)), 0);
		CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
		CHECK_EQ(invalidate(m, g, ROOT, ALL_VA), 3);
		CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
		CHECK_EQ(pramin_model_fault(m, "tlbstuck", NULL), 0);
		CHECK_EQ(vram_wr(m, SMALL, 8, 0), 0);
		CHECK_EQ(invalidate(m, g, ROOT, ALL_VA), -1);
		CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
		pramin_model_mend(m);
		CHECK_EQ(gpu_walk(m, 0).mapping, PRAMIN_MAPPING_NONE);
		CHECK_EQ(invalidate(m, g, ROOT, ALL_VA), 3);
		pramin_model_destroy(m);
	}
	return 0;
}

static int its_time_is_a_parameter(void)
{
	struct pramin_model_params p = { .invalidate_ns = 90000,
					 .posted = PRAMIN_MODEL_IN_ORDER };
	struct pramin_model *m;

	CHECK_EQ(board_with(&p, gen("tu102"), &m), 0);
	CHECK_EQ(invalidate(m, gen("tu102"), ROOT, ALL_VA), 100);
	pramin_model_destroy(m);
	return 0;
}

static int a_change_without_an_invalidate_is_stale(void)
{
	struct pramin_model *m;

	CHECK_EQ(board(gen("tu102"), &m), 0);
	CHECK_EQ(poke64(m, SMALL, pte(2, PAGE)), 0);
	CHECK_EQ(gpu_walk(m, 0x123).pa, PAGE + 0x123);
	CHECK_EQ(vram_wr(m, SMALL, 8, pte(2, PAGE) | 0x40), 0);
	CHECK_EQ(all_hazards(m), 0);
	CHECK(!gpu_walk(m, 0x124).read_only);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_STALE], 1);
	CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_STALE], 0x124);
	/* Counted once each time that somebody asks */
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_STALE], 1);
	gpu_walk(m, 0x124);
	gpu_walk(m, 0x124);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_STALE], 2);
	pramin_model_destroy(m);
	return 0;
}

/* By the book, and with the middle step left out */
static int a_large_page_that_turns_small_at_once_is_a_hazard(void)
{
	const struct gen *g = gen("tu102");
	struct pramin_model *m;
	int careful;

	for (careful = 0; careful < 2; careful++) {
		CHECK_EQ(board(g, &m), 0);
		CHECK_EQ(poke64(m, TABLE0, pte(2, 2 * PAGE)), 0);
		CHECK_EQ(poke64(m, TABLE0 + 8, 0), 0);
		CHECK_EQ(gpu_walk(m, 0x1000).page_bytes, 2 * MIB);
		CHECK_EQ(vram_wr(m, SMALL + 8, 8, pte(2, 2 * PAGE + 0x1000)),
			 0);
		if (careful) {
			CHECK_EQ(vram_wr(m, TABLE0, 8, 0), 0);
			vram_rd(m, 0, 4);
			gpu_walk(m, 0x1000);
			CHECK(invalidate(m, g, ROOT, ALL_VA | DEPTH(2)) > 0);
		}
		CHECK_EQ(vram_wr(m, TABLE0 + 8, 8, pde_small(2, SMALL)), 0);
		CHECK_EQ(vram_wr(m, TABLE0, 8, 0), 0);
		vram_rd(m, 0, 4);
		gpu_walk(m, 0x1000);
		CHECK(invalidate(m, g, ROOT, ALL_VA | DEPTH(2)) > 0);
		CHECK_EQ(gpu_walk(m, 0x1000).page_bytes, 4096);
		CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_SPLIT], !careful);
		CHECK_EQ(all_hazards(m), !careful);
		if (!careful)
			CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_SPLIT], 0x1000);
		pramin_model_destroy(m);
	}
	return 0;
}

static int registers_that_a_chip_has_not_are_unknown(void)
{
	static const uint32_t regs[] = { 0x100cbc, 0x100cec, 0x100c80, 0xb830b0,
					 0xb80f40, 0xb80f60, 0x1704,   0x10f804 };
	static const struct {
		const char *chip;
		unsigned int has; /* bits of the above */
	} cases[] = {
		{ "g92", 0 },	   { "gf100", 0x45 }, { "gp100", 0x47 },
		{ "tu102", 0x18 }, { "gh100", 0xa8 },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model *m;
		uint64_t unknown = 0;

		CHECK_EQ(build(cases[i].chip, 0, &m), 0);
		for (j = 0; j < ARRAY_LEN(regs); j++) {
			unknown += !(cases[i].has >> j & 1);
			CHECK_EQ(get(m, regs[j], 4) == 0xbadf1100,
				 !(cases[i].has >> j & 1));
			CHECK_EQ(counters(m).unknown, unknown);
		}
		pramin_model_destroy(m);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_page_stays_until_it_is_invalidated),
		TEST(a_directory_entry_stays_also_if_it_says_nothing_is_there),
		TEST(depth_reaches_as_far_as_it_says),
		TEST(an_invalidate_is_for_its_page_directory),
		TEST(hubtlb_only_leaves_the_engines_alone),
		TEST(an_invalidate_takes_effect_when_it_is_done),
		TEST(before_turing_requests_queue),
		TEST(a_stuck_invalidate_is_done_when_it_is_mended),
		TEST(its_time_is_a_parameter),
		TEST(a_change_without_an_invalidate_is_stale),
		TEST(a_large_page_that_turns_small_at_once_is_a_hazard),
		TEST(registers_that_a_chip_has_not_are_unknown),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
