// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * When the model's walks see what the CPU has written, and what they must not
 * meet: entries that were never written, and halves of them.
 */
#include "model_mmu_rig.h"

#define GARBAGE PRAMIN_HAZARD_GARBAGE

static int board(const char *chip, unsigned int version, uint32_t seed,
		 struct pramin_model **m)
{
	struct pramin_model_params p = { .chip = chip,
					 .vram = GIB,
					 .posted = seed };

	CHECK_EQ(build_why(&p, m, NULL), 0);
	CHECK_EQ(make_tree(*m, version), 0);
	return 0;
}

static int a_walk_may_miss_a_write_until_something_is_read(void)
{
	unsigned int early = 0, late = 0;
	uint32_t seed;

	for (seed = 1; seed <= 64; seed++) {
		struct pramin_model *m;
		bool seen = false;
		int i;

		CHECK_EQ(board("tu102", 2, seed, &m), 0);
		CHECK_EQ(vram_wr(m, SMALL, 8, pte(2, PAGE)), 0);
		/* The CPU is never late for itself. */
		CHECK_EQ(walk(m, 0).pa, PAGE);
		for (i = 0; i < 3; i++) {
			bool now = gpu_walk(m, 0).mapping ==
				   PRAMIN_MAPPING_PAGE;

			/* What has been seen stays. */
			CHECK(now || !seen);
			seen = now;
			early += now;
			late += !now;
		}
		vram_rd(m, 512 * MIB, 1);
		CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
		CHECK_EQ(all_hazards(m), 0);
		pramin_model_destroy(m);
	}
	CHECK(early > 20 && late > 20);
	return 0;
}

static int two_words_come_in_any_order(void)
{
	unsigned int met[4] = { 0 };
	uint32_t seed;

	for (seed = 1; seed <= 200; seed++) {
		struct pramin_model *m;
		unsigned int first, second;

		CHECK_EQ(board("gh100", 3, seed, &m), 0);
		CHECK_EQ(vram_wr(m, SMALL, 8, pte(3, PAGE)), 0);
		CHECK_EQ(vram_wr(m, SMALL + 8, 8, pte(3, PAGE)), 0);
		first = gpu_walk(m, 0).mapping == PRAMIN_MAPPING_PAGE;
		second = gpu_walk(m, 0x1000).mapping == PRAMIN_MAPPING_PAGE;
		met[first * 2 + second]++;
		pramin_model_destroy(m);
	}
	CHECK(met[0] > 20 && met[1] > 20 && met[2] > 20 && met[3] > 20);
	return 0;
}

static int the_same_seed_makes_the_same_choices(void)
{
	uint32_t seed;

	for (seed = 1; seed < 20; seed++) {
		struct pramin_model *m[2];
		int i;

		CHECK_EQ(board("tu102", 2, seed, &m[0]), 0);
		CHECK_EQ(board("tu102", 2, seed, &m[1]), 0);
		for (i = 0; i < 40; i++) {
			uint64_t pa = SMALL + 8 * (uint64_t)i;
			uint64_t va = 0x1000 * (uint64_t)i;

			CHECK_EQ(vram_wr(m[0], pa, 8, pte(2, PAGE)), 0);
			CHECK_EQ(vram_wr(m[1], pa, 8, pte(2, PAGE)), 0);
			CHECK_EQ(gpu_walk(m[0], va).mapping,
				 gpu_walk(m[1], va).mapping);
		}
		pramin_model_destroy(m[0]);
		pramin_model_destroy(m[1]);
	}
	return 0;
}

/* Of the default the first writes count too, once something has translated. */
static int without_a_seed_it_begins_with_the_first_walk(void)
{
	struct pramin_model_params flat = { .chip = "tu102",
					    .vram = GIB,
					    .flat = true };
	unsigned int late = 0;
	struct pramin_model *m;
	uint64_t i;

	CHECK_EQ(board("tu102", 2, 0, &m), 0);
	CHECK_EQ(vram_wr(m, SMALL, 8, pte(2, PAGE)), 0);
	CHECK_EQ(gpu_walk(m, 0).pa, PAGE);
	for (i = 1; i < 100; i++) {
		CHECK_EQ(vram_wr(m, SMALL + 8 * i, 8, pte(2, PAGE)), 0);
		late += gpu_walk(m, i << 12).mapping == PRAMIN_MAPPING_NONE;
	}
	CHECK(late > 20 && late < 80);
	pramin_model_destroy(m);

	CHECK_EQ(build_why(&flat, &m, NULL), 0);
	CHECK_EQ(make_tree(m, 2), 0);
	for (i = 0; i < 100; i++) {
		CHECK_EQ(vram_wr(m, SMALL + 8 * i, 8, pte(2, PAGE)), 0);
		CHECK_EQ(gpu_walk(m, i << 12).pa, PAGE);
	}
	pramin_model_destroy(m);
	return 0;
}

/* A new table linked before it was flushed: some walk goes astray. */
static int a_link_without_a_flush_before_it_is_found(void)
{
	unsigned int wrong = 0;
	uint32_t seed;
	int flush;

	for (flush = 0; flush < 2; flush++) {
		for (seed = 1; seed <= 50; seed++) {
			struct pramin_model *m;
			uint64_t was = pte(2, 0x5000), at = SMALL + 3 * MIB;
			int i;

			CHECK_EQ(board("tu102", 2, seed, &m), 0);
			/* What the page was before it became a table */
			CHECK_EQ(poke64(m, at, was), 0);
			CHECK_EQ(pramin_model_give_up(m, at, 8), 0);
			for (i = 0; i < 4; i++)
				CHECK_EQ(vram_wr(m, at + 8 * (uint64_t)i, 8, 0),
					 0);
			if (flush)
				vram_rd(m, 0, 4);
			CHECK_EQ(vram_wr(m, TABLE0 + 24, 8,
					 pde_small(2, at)),
				 0);
			if (gpu_walk(m, 2 * MIB).mapping ==
			    PRAMIN_MAPPING_PAGE) {
				wrong++;
				CHECK_EQ(hazards(m).count[GARBAGE], 1);
				CHECK_EQ(hazards(m).first[GARBAGE], at);
			} else {
				CHECK_EQ(all_hazards(m), 0);
			}
			pramin_model_destroy(m);
		}
		CHECK(flush ? !wrong : wrong > 5);
		wrong = 0;
	}
	return 0;
}

static int an_entry_in_two_stores_is_torn_if_a_walk_comes_between(void)
{
	static const struct {
		bool low_first, walk, torn;
	} cases[] = {
		{ true, true, true },
		{ true, false, false },
		/* VALID is in the lower half: nothing to see before it. */
		{ false, true, false },
		{ false, false, false },
	};
	/* An address that needs both halves */
	const uint64_t entry = 1 | 3ull << 32 | (PAGE >> 4);
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t lo = cases[i].low_first ? SMALL : SMALL + 4;
		uint64_t hi = cases[i].low_first ? SMALL + 4 : SMALL;
		struct pramin_model *m;

		CHECK_EQ(board("tu102", 2, PRAMIN_MODEL_IN_ORDER - 1, &m), 0);
		CHECK_EQ(vram_wr(m, lo, 4,
				 cases[i].low_first ? entry & 0xffffffff :
						      entry >> 32),
			 0);
		vram_rd(m, 0, 4);
		if (cases[i].walk)
			gpu_walk(m, 0);
		CHECK_EQ(vram_wr(m, hi, 4,
				 cases[i].low_first ? entry >> 32 :
						      entry & 0xffffffff),
			 0);
		vram_rd(m, 0, 4);
		gpu_walk(m, 0);
		CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_TORN], cases[i].torn);
		if (cases[i].torn)
			CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_TORN], SMALL);
		pramin_model_destroy(m);
	}
	return 0;
}

/* Both stores are made, and a walk sees one of them. */
static int an_entry_is_torn_on_its_way_too(void)
{
	unsigned int torn = 0;
	uint32_t seed;

	for (seed = 1; seed <= 100; seed++) {
		struct pramin_model *m;

		CHECK_EQ(board("tu102", 2, seed, &m), 0);
		CHECK_EQ(vram_wr(m, SMALL, 4, 1 | PAGE >> 4), 0);
		CHECK_EQ(vram_wr(m, SMALL + 4, 4, 0x06000000), 0);
		gpu_walk(m, 0);
		torn += hazards(m).count[PRAMIN_HAZARD_TORN] > 0;
		pramin_model_destroy(m);
	}
	CHECK(torn > 10 && torn < 60);
	return 0;
}

static int a_watched_address_is_translated_at_every_step(void)
{
	struct pramin_model_space s = space_of(ROOT);
	struct pramin_model *m;
	uint64_t i;

	CHECK_EQ(board("tu102", 2, PRAMIN_MODEL_IN_ORDER, &m), 0);
	CHECK_EQ(pramin_model_watch(m, &s, 0x1234), 0);
	CHECK_EQ(vram_wr(m, SMALL + 8, 8, pte(2, PAGE)), 0);
	/* Seen by now, and kept */
	CHECK_EQ(vram_wr(m, SMALL + 8, 8, 0), 0);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_STALE], 1);
	CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_STALE], 0x1234);
	CHECK_EQ(pramin_model_watch(m, NULL, 0), 0);
	CHECK_EQ(vram_wr(m, SMALL + 8, 8, pte(2, PAGE)), 0);
	CHECK_EQ(vram_wr(m, SMALL + 8, 8, 0), 0);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_STALE], 1);
	for (i = 0; i < 64; i++)
		CHECK_EQ(pramin_model_watch(m, &s, i << 12), 0);
	CHECK_EQ(pramin_model_watch(m, &s, i << 12), -ENOSPC);
	CHECK_EQ(pramin_model_watch(m, &s, 1ull << 49), -ERANGE);
	CHECK_EQ(pramin_model_watch(NULL, NULL, 0), -EINVAL);
	pramin_model_destroy(m);
	return 0;
}

/* The TLB knows that nothing is there, another engine does not. */
static int a_watched_address_is_also_seen_by_an_engine_that_knows_nothing(void)
{
	struct pramin_model_space s = space_of(ROOT);
	uint64_t at = SMALL + 3 * MIB, i;
	unsigned int found = 0;
	uint32_t seed;

	for (seed = 1; seed <= 200; seed++) {
		struct pramin_model *m;

		CHECK_EQ(board("tu102", 2, seed, &m), 0);
		CHECK_EQ(pramin_model_watch(m, &s, 2 * MIB), 0);
		for (i = 0; i < 4; i++)
			CHECK_EQ(vram_wr(m, at + 8 * i, 8, 0), 0);
		CHECK_EQ(vram_wr(m, TABLE0 + 24, 8, pde_small(2, at)), 0);
		found += hazards(m).count[GARBAGE] > 0;
		pramin_model_destroy(m);
	}
	CHECK(found > 20 && found < 100);
	return 0;
}

static int a_table_that_was_never_zeroed_is_a_hazard(void)
{
	struct pramin_model *m;
	uint64_t i;

	CHECK_EQ(board("tu102", 2, 0, &m), 0);
	/* Zeros that nobody wrote are not zeros. */
	CHECK_EQ(vram_wr(m, TABLE0 + 24, 8, pde_small(2, SMALL + 3 * MIB)), 0);
	vram_rd(m, 0, 4);
	CHECK_EQ(gpu_walk(m, 2 * MIB).mapping, PRAMIN_MAPPING_NONE);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_GARBAGE], 1);
	CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_GARBAGE], SMALL + 3 * MIB);
	/* The entry alone is not enough, the 32 bytes around it are. */
	for (i = 0; i < 4; i++) {
		CHECK_EQ(vram_wr(m, SMALL + 3 * MIB + 8 * i, 8, 0), 0);
		gpu_walk(m, 2 * MIB);
		CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_GARBAGE],
			 i < 3 ? 2 + i : 4);
	}
	CHECK_EQ(all_hazards(m), 4);
	pramin_model_destroy(m);
	return 0;
}

static int a_table_that_was_given_up_is_a_hazard_until_it_is_written(void)
{
	struct pramin_model *m, *flat;
	struct pramin_model_params p = { .chip = "tu102",
					 .vram = GIB,
					 .flat = true };

	CHECK_EQ(board("tu102", 2, 0, &m), 0);
	gpu_walk(m, 0);
	CHECK_EQ(all_hazards(m), 0);
	CHECK_EQ(pramin_model_give_up(m, SMALL, 4096), 0);
	gpu_walk(m, 0);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_GARBAGE], 1);
	/* Its neighbours are not concerned. */
	CHECK_EQ(poke64(m, TABLE0 + 24, pde_small(2, SMALL + 4096)), 0);
	gpu_walk(m, 2 * MIB);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_GARBAGE], 1);
	CHECK_EQ(clear(m, SMALL, 4096), 0);
	gpu_walk(m, 0);
	CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_GARBAGE], 1);

	CHECK_EQ(pramin_model_give_up(m, 4, 8), -EINVAL);
	CHECK_EQ(pramin_model_give_up(m, 8, 4), -EINVAL);
	CHECK_EQ(pramin_model_give_up(NULL, 8, 8), -EINVAL);
	CHECK_EQ(pramin_model_give_up(m, GIB - 8, 16), -ERANGE);
	CHECK_EQ(pramin_model_give_up(m, 0, 2 * GIB), -ERANGE);
	CHECK_EQ(pramin_model_give_up(m, GIB - 8, 8), 0);
	CHECK_EQ(pramin_model_give_up(m, 0, 0), 0);
	CHECK_EQ(build_why(&p, &flat, NULL), 0);
	CHECK_EQ(pramin_model_give_up(flat, 0, 8), -EOPNOTSUPP);
	pramin_model_destroy(flat);
	pramin_model_destroy(m);
	return 0;
}

static int flush_registers_flush_and_are_hazards(void)
{
	static const struct {
		const char *chip;
		unsigned int version;
		bool hopper;
	} cases[] = { { "gf100", 1, false }, { "ad102", 2, false },
		      { "gh100", 3, true }, { "gb202", 3, true } };
	uint32_t token;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model *m;

		CHECK_EQ(board(cases[i].chip, cases[i].version, 3, &m), 0);
		for (n = 0; n < 20; n++) {
			CHECK_EQ(vram_wr(m, SMALL + 8 * n, 8,
					 pte(cases[i].version, PAGE)),
				 0);
			if (cases[i].hopper)
				CHECK_EQ(get(m, 0x10f800, 4), n + 1);
			else
				CHECK_EQ(wr(m, 0x70000, 4, 1), 0);
			CHECK_EQ(gpu_walk(m, n << 12).pa, PAGE);
		}
		CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_MEMBAR], 20);
		CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_MEMBAR],
			 cases[i].hopper ? 0x10f800 : 0x70000);
		for (n = 0; n < 1000; n++) {
			token = (uint32_t)get(m, cases[i].hopper ? 0x10f804 :
								   0x70000,
					      4);
			if (cases[i].hopper ? !(token >> 31) : !token)
				break;
		}
		CHECK(n > 1 && n < 1000);
		CHECK(!cases[i].hopper || token == 20);
		CHECK_EQ(pramin_model_fault(m, "flushstuck", NULL), 0);
		if (cases[i].hopper)
			token = (uint32_t)get(m, 0x10f800, 4);
		else
			CHECK_EQ(wr(m, 0x70000, 4, 1), 0);
		for (n = 0; n < 100; n++)
			CHECK(cases[i].hopper ? get(m, 0x10f804, 4) >> 31 :
						get(m, 0x70000, 4) == 3);
		pramin_model_mend(m);
		CHECK_EQ(get(m, cases[i].hopper ? 0x10f804 : 0x70000, 4),
			 cases[i].hopper ? token : 0);
		pramin_model_destroy(m);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_walk_may_miss_a_write_until_something_is_read),
		TEST(two_words_come_in_any_order),
		TEST(the_same_seed_makes_the_same_choices),
		TEST(without_a_seed_it_begins_with_the_first_walk),
		TEST(a_link_without_a_flush_before_it_is_found),
		TEST(an_entry_in_two_stores_is_torn_if_a_walk_comes_between),
		TEST(an_entry_is_torn_on_its_way_too),
		TEST(a_watched_address_is_translated_at_every_step),
		TEST(a_watched_address_is_also_seen_by_an_engine_that_knows_nothing),
		TEST(a_table_that_was_never_zeroed_is_a_hazard),
		TEST(a_table_that_was_given_up_is_a_hazard_until_it_is_written),
		TEST(flush_registers_flush_and_are_hazards),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
