// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 and BAR2 of the model: what they show at reset and when they are bound, by
 * the registers of each generation; how they are counted, and fail.
 */
#define _GNU_SOURCE
#include "model_files.h"
#include "model_mmu_rig.h"

#define NO_VRAM 0xbad0b000u

static uint64_t bar_get(struct pramin_model *m, unsigned int bar, uint64_t off,
			unsigned int width)
{
	uint64_t val = 0;
	int ret = pramin_model_ops()->bar_read(m, bar, off, width, &val);

	return ret ? (uint64_t)(int64_t)ret : val;
}

static int bar_put(struct pramin_model *m, unsigned int bar, uint64_t off,
		   unsigned int width, uint64_t val)
{
	return pramin_model_ops()->bar_write(m, bar, off, width, val);
}

static uint64_t bar_bytes(struct pramin_model *m, unsigned int bar)
{
	struct pramin_bar_info info;

	return pramin_model_ops()->bar_info(m, bar, &info) ? 1 : info.bytes;
}

/* The instance block of the tree, as a driver writes it */
static int make_inst(struct pramin_model *m, unsigned int version)
{
	return clear(m, INST, 0x1000) |
	       poke64(m, INST + 0x200, ROOT | 0x800 |
					       (version == 2 ? 0x400 : 0)) |
	       poke64(m, INST + 0x208, 0xffffffffff);
}

static bool bound(struct pramin_model *m, const struct gen *g, unsigned int bar)
{
	if (g->status)
		return !(get(m, g->status, 4) & 3u << (2 * bar));
	return !(get(m, g->block[bar], 4) & 3);
}

/* Bind @bar to the tables, or to VRAM: polls, or -1 */
static int bind_to(struct pramin_model *m, const struct gen *g,
		   unsigned int bar, bool tables)
{
	int polls;

	if (g->high[bar]) {
		wr(m, g->block[bar], 4, tables ? INST | 0x200 : 0);
		wr(m, g->high[bar], 4, 0);
	} else {
		wr(m, g->block[bar], 4, tables ? 0x80000000 | INST >> 12 : 0);
	}
	for (polls = 1; polls < 1000; polls++)
		if (bound(m, g, bar))
			return polls;
	return -1;
}

static int board(const struct gen *g, const char *faults,
		 struct pramin_model **m)
{
	struct pramin_model_params p = { .chip = g->chip,
					 .vram = GIB,
					 .faults = faults };

	CHECK_EQ(build_why(&p, m, NULL), 0);
	CHECK_EQ(make_tree(*m, g->version), 0);
	CHECK_EQ(make_inst(*m, g->version), 0);
	return 0;
}

static int at_reset_a_bar_shows_vram_from_0_on(void)
{
	struct pramin_model *m;
	unsigned int bar;

	CHECK_EQ(build("tu102", 128 * MIB, &m), 0);
	CHECK_EQ(bar_bytes(m, 1), 256 * MIB);
	CHECK_EQ(bar_bytes(m, 2), 32 * MIB);
	CHECK_EQ(get(m, 0xb80f40, 4), 0);
	CHECK_EQ(get(m, 0xb80f48, 4), 0x40000000);
	for (bar = 1; bar <= 2; bar++) {
		CHECK_EQ(bar_put(m, bar, 0x1234 * 8, 8, 0x0123456789abcdef), 0);
		CHECK_EQ(vram_rd(m, 0x1234 * 8, 8), 0x0123456789abcdef);
		CHECK_EQ(bar_get(m, bar, 0x1234 * 8 + 4, 4), 0x01234567);
		CHECK_EQ(bar_get(m, bar, 0x1234 * 8 + 2, 2), 0x89ab);
		CHECK_EQ(bar_get(m, bar, 0x1234 * 8 + 7, 1), 0x01);
	}
	CHECK_EQ(counters(m).bar_reads[0], 2);
	CHECK_EQ(counters(m).bar_reads[3], 0);
	CHECK_EQ(counters(m).bar_writes[3], 2);
	CHECK_EQ(counters(m).bar_faults, 0);
	/* Past VRAM, but in the BAR */
	CHECK_EQ(bar_get(m, 1, 128 * MIB - 4, 4), 0);
	CHECK_EQ(bar_get(m, 1, 128 * MIB, 4), NO_VRAM);
	CHECK_EQ(bar_put(m, 1, 128 * MIB, 4, 1), 0);
	CHECK_EQ(counters(m).bar_faults, 2);
	/* 2 writes and 2 * 4 + 3 reads of BARs, the rest of BAR0 */
	CHECK_EQ(counters(m).accesses, 15);
	CHECK_EQ(counters(m).simulated_ns, 12 * 900 + 3 * 100);
	pramin_model_destroy(m);
	return 0;
}

static int accesses_outside_a_bar_are_refused(void)
{
	struct pramin_bar_info info;
	struct pramin_model *m;
	uint64_t val;

	CHECK_EQ(build("gh100", GIB, &m), 0);
	CHECK_EQ(bar_get(m, 0, 0, 4), (uint64_t)-EINVAL);
	CHECK_EQ(bar_get(m, 3, 0, 4), (uint64_t)-EINVAL);
	CHECK_EQ(bar_get(m, 1, 256 * MIB, 4), (uint64_t)-EINVAL);
	CHECK_EQ(bar_get(m, 1, 2, 4), (uint64_t)-EINVAL);
	CHECK_EQ(bar_get(m, 1, 0, 3), (uint64_t)-EINVAL);
	CHECK_EQ(bar_put(m, 2, 32 * MIB, 4, 0), -EINVAL);
	CHECK_EQ(bar_put(m, 2, UINT64_MAX, 1, 0), -EINVAL);
	CHECK_EQ(pramin_model_ops()->bar_info(m, 0, &info), -EINVAL);
	CHECK_EQ(counters(m).accesses, 0);
	/* Unlike a BAR0 access, this one is not of the BAR. */
	CHECK_EQ(rd(m, 0x1000000, 4, &val), -EINVAL);
	pramin_model_destroy(m);
	return 0;
}

static int sizes_are_those_that_a_bar_can_have(void)
{
	static const struct {
		const char *chip;
		uint64_t bar1, want; /* 1: refused */
	} cases[] = {
		{ "tu102", PRAMIN_MODEL_NO_BAR1, 0 },
		{ "tu102", MIB, MIB },
		{ "tu102", 16 * MIB, 16 * MIB },
		{ "gb202", 512 * GIB, 512 * GIB },
		{ "tu102", TIB, 1 },
		{ "tu102", MIB / 2, 1 },
		{ "tu102", 3 * MIB, 1 },
		{ "g92", 0, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model_params p = { .chip = cases[i].chip,
						 .bar1 = cases[i].bar1 };
		struct pramin_why why;
		struct pramin_model *m;
		int ret = build_why(&p, &m, &why);

		if (cases[i].want == 1) {
			CHECK_EQ(ret, -EINVAL);
			CHECK_HAS(why.what, "BAR1");
			continue;
		}
		CHECK_EQ(ret, 0);
		CHECK_EQ(bar_bytes(m, 1), cases[i].want);
		CHECK(cases[i].want ||
		      bar_get(m, 1, 0, 4) == (uint64_t)-EINVAL);
		pramin_model_destroy(m);
	}
	return 0;
}

static int a_bound_bar_shows_what_the_tables_say(void)
{
	unsigned int bar;
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		for (bar = 0; bar < 2; bar++) {
			const struct gen *g = &gens[i];
			struct pramin_model *m;
			uint64_t ro = g->version == 1 ? 4 :
				      g->version == 2 ? 0x40 :
							0x20;

			CHECK_EQ(board(g, NULL, &m), 0);
			CHECK_EQ(poke64(m, SMALL, pte(g->version, PAGE)), 0);
			CHECK_EQ(poke64(m, SMALL + 8,
					pte(g->version, PAGE + 0x3000) | ro),
				 0);
			CHECK_EQ(bind_to(m, g, bar, true), 3);
			CHECK_EQ(bar_put(m, bar + 1, 0x40, 8, 0x1122334455), 0);
			CHECK_EQ(vram_rd(m, PAGE + 0x40, 8), 0x1122334455);
			CHECK_EQ(bar_get(m, bar + 1, 0x44, 1), 0x11);
			/* Read-only, and not there */
			CHECK_EQ(bar_put(m, bar + 1, 0x1040, 4, 5), 0);
			CHECK_EQ(bar_get(m, bar + 1, 0x1040, 4), 0);
			CHECK_EQ(counters(m).bar_faults, 1);
			CHECK_EQ(bar_get(m, bar + 1, 0x2000, 4), NO_VRAM);
			CHECK_EQ(bar_put(m, bar + 1, 0x2000, 4, 5), 0);
			CHECK_EQ(counters(m).bar_faults, 3);
			/* The other one has stayed as it was. */
			CHECK_EQ(bar_get(m, 2 - bar, ROOT, 8),
				 vram_rd(m, ROOT, 8));
			CHECK_EQ(counters(m).binds, 1);
			CHECK_EQ(all_hazards(m), 0);
			CHECK_EQ(bind_to(m, g, bar, false), 3);
			CHECK_EQ(bar_get(m, bar + 1, PAGE + 0x40, 8),
				 0x1122334455);
			pramin_model_destroy(m);
		}
	}
	return 0;
}

static int a_bar_that_is_being_bound_must_not_be_used(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		const struct gen *g = &gens[i];
		uint32_t last = g->high[0] ? g->high[0] : g->block[0];
		struct pramin_model *m;

		CHECK_EQ(board(g, NULL, &m), 0);
		CHECK_EQ(poke64(m, SMALL, pte(g->version, PAGE)), 0);
		wr(m, g->block[0], 4,
		   g->high[0] ? INST | 0x200 : 0x80000000 | INST >> 12);
		if (g->high[0]) {
			/* The lower half alone binds nothing. */
			CHECK(bound(m, g, 0));
			CHECK_EQ(bar_get(m, 1, PAGE, 4), 0);
			wr(m, g->high[0], 4, 0);
		}
		CHECK(!bound(m, g, 0));
		CHECK_EQ(bar_get(m, 1, 0, 4), NO_VRAM);
		CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_BUSY], 1);
		CHECK_EQ(hazards(m).first[PRAMIN_HAZARD_BUSY], 0);
		/* Nor may another bind begin. */
		wr(m, last, 4, 0);
		CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_BUSY], 2);
		while (!bound(m, g, 0))
			;
		CHECK_EQ(bar_get(m, 1, 0, 4), 0);
		CHECK_EQ(hazards(m).count[PRAMIN_HAZARD_BUSY], 2);
		pramin_model_destroy(m);
	}
	return 0;
}

static int a_stuck_bind_is_done_when_it_is_mended(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		struct pramin_model *m;

		CHECK_EQ(board(&gens[i], NULL, &m), 0);
		CHECK_EQ(bind_to(m, &gens[i], 0, false), 3);
		CHECK_EQ(pramin_model_fault(m, "bindstuck", NULL), 0);
		CHECK(bound(m, &gens[i], 0));
		CHECK_EQ(bind_to(m, &gens[i], 0, true), -1);
		CHECK(bound(m, &gens[i], 1));
		pramin_model_mend(m);
		CHECK(bound(m, &gens[i], 0));
		CHECK_EQ(bind_to(m, &gens[i], 0, true), 3);
		pramin_model_destroy(m);
	}
	return 0;
}

static int an_instance_block_that_makes_no_sense_shows_nothing(void)
{
	static const struct {
		const char *chip;
		uint64_t pdb;
		bool works;
	} cases[] = {
		{ "tu102", ROOT | 0xc00, true },
		/* Of Pascal and later the big page has one size. */
		{ "tu102", ROOT | 0x400, true },
		/* Volta and later: nothing is bound without bit 10 */
		{ "tu102", ROOT | 0x800, false },
		{ "gv100", ROOT | 0x800, false },
		{ "gh100", ROOT | 0x800, true },
		{ "gh100", ROOT | 0xc00, true },
		/* System memory, past VRAM */
		{ "tu102", ROOT | 0xc02, false },
		{ "tu102", ROOT | 0xc00 | 1ull << 32, false },
		{ "tu102", GIB | 0xc00, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct gen *g = &gens[0];
		struct pramin_model *m;

		while (strcmp(g->chip, cases[i].chip))
			g++;
		CHECK_EQ(board(g, NULL, &m), 0);
		CHECK_EQ(poke64(m, SMALL, pte(g->version, PAGE)), 0);
		CHECK_EQ(poke64(m, INST + 0x200, cases[i].pdb), 0);
		CHECK_EQ(bind_to(m, g, 0, true), 3);
		CHECK_EQ(bar_get(m, 1, 0, 4), cases[i].works ? 0 : NO_VRAM);
		pramin_model_destroy(m);
	}
	return 0;
}

static int blocks_outside_vram_show_nothing(void)
{
	struct pramin_model *m;

	CHECK_EQ(board(&gens[4], NULL, &m), 0);
	wr(m, 0xb80f40, 4, 0x80000000 | (uint32_t)(GIB >> 12));
	get(m, 0, 4), get(m, 0, 4), get(m, 0, 4);
	CHECK_EQ(bar_get(m, 1, 0, 4), NO_VRAM);
	/* In system memory */
	wr(m, 0xb80f40, 4, 0xa0000000 | (uint32_t)(INST >> 12));
	get(m, 0, 4), get(m, 0, 4), get(m, 0, 4);
	CHECK_EQ(bar_get(m, 1, 0, 4), NO_VRAM);
	CHECK_EQ(all_hazards(m), 0);
	pramin_model_destroy(m);
	return 0;
}

static int up_to_pascal_the_limit_counts_and_the_format_is_chosen(void)
{
	const struct gen *g = &gens[2]; /* gp100 */
	struct pramin_model *m;

	CHECK_EQ(board(g, NULL, &m), 0);
	CHECK_EQ(poke64(m, SMALL, pte(2, PAGE)), 0);
	CHECK_EQ(poke64(m, SMALL + 8, pte(2, PAGE)), 0);
	CHECK_EQ(poke64(m, INST + 0x208, 0x0abc), 0);
	CHECK_EQ(bind_to(m, g, 0, true), 3);
	CHECK_EQ(bar_get(m, 1, 0xffc, 4), 0);
	CHECK_EQ(bar_get(m, 1, 0x1000, 4), NO_VRAM);
	/* The block is read once for each bind. */
	CHECK_EQ(poke64(m, INST + 0x208, 0x1fff), 0);
	CHECK_EQ(bar_get(m, 1, 0x1000, 4), NO_VRAM);
	CHECK_EQ(bind_to(m, g, 0, true), 3);
	CHECK_EQ(bar_get(m, 1, 0x1000, 4), 0);

	/* The same VRAM as version 1, with big pages of 128 KiB */
	CHECK_EQ(poke64(m, INST + 0x200, ROOT), 0);
	CHECK_EQ(poke64(m, INST + 0x208, GIB), 0);
	CHECK_EQ(poke64(m, ROOT, pde_big(1, BIG)), 0);
	CHECK_EQ(poke64(m, BIG + 8, pte(1, PAGE)), 0);
	CHECK_EQ(poke64(m, PAGE + 0x11000, 0x77), 0);
	CHECK_EQ(bind_to(m, g, 0, true), 3);
	CHECK(invalidate(m, g, 0, ALL_VA | ALL_PDB) > 0);
	CHECK_EQ(bar_get(m, 1, 0x31000, 8), 0x77);
	CHECK_EQ(all_hazards(m), 0);
	pramin_model_destroy(m);
	return 0;
}

static int a_read_of_a_bar_flushes_too(void)
{
	const struct gen *g = &gens[4];
	struct pramin_model *m;
	uint64_t i;

	CHECK_EQ(board(g, NULL, &m), 0);
	CHECK_EQ(bind_to(m, g, 0, true), 3);
	for (i = 0; i < 64; i++) {
		CHECK_EQ(vram_wr(m, SMALL + 8 * i, 8, pte(2, PAGE)), 0);
		CHECK_EQ(bar_get(m, 1, i << 12, 4), 0);
	}
	CHECK_EQ(all_hazards(m), 0);
	pramin_model_destroy(m);
	return 0;
}

static int faults_count_and_meet_bar_accesses(void)
{
	struct pramin_bar_info info;
	struct pramin_model *m;
	uint64_t val = 7;

	CHECK_EQ(board(&gens[4], "fail@2:read=0x123456789@3:blip@4:full@6", &m),
		 0);
	CHECK_EQ(bar_put(m, 1, 0, 4, 0x55), 0);
	CHECK_EQ(pramin_model_ops()->bar_read(m, 1, 0, 4, &val), -ENODEV);
	CHECK_EQ(val, 7);
	CHECK_EQ(bar_get(m, 1, 0, 4), 0x23456789);
	CHECK_EQ(bar_get(m, 1, 0, 2), 0xffff);
	CHECK_EQ(bar_get(m, 1, 0, 4), 0x55);
	CHECK_EQ(bar_put(m, 1, 0, 4, 0x66), -ENOMEM);
	CHECK_EQ(pramin_model_fault(m, "fail", NULL), 0);
	CHECK_EQ(bar_put(m, 1, 0, 4, 0x77), -ENODEV);
	CHECK_EQ(pramin_model_fault(m, "gone", NULL), 0);
	CHECK_EQ(bar_put(m, 1, 0, 4, 0x77), 0);
	CHECK_EQ(bar_get(m, 1, 0, 8), UINT64_MAX);
	pramin_model_mend(m);
	CHECK_EQ(bar_get(m, 1, 0, 4), 0x55);
	CHECK_EQ(pramin_model_fault(m, "cc", NULL), -EINVAL);
	CHECK_EQ(pramin_model_fault(m, "vf", NULL), 0);
	CHECK_EQ(bar_get(m, 1, 0, 4), NO_VRAM);
	CHECK_EQ(pramin_model_fault(m, "console", NULL), 0);
	CHECK_EQ(pramin_model_ops()->bar_info(m, 1, &info), 0);
	CHECK(info.boot_vga && !strcmp(info.claimed_by, "efifb"));
	CHECK_EQ(pramin_model_ops()->bar_info(m, 2, &info), 0);
	CHECK(!info.boot_vga && !info.claimed_by);
	CHECK_EQ(pramin_model_fault(m, "dead", NULL), 0);
	CHECK_EQ(pramin_model_ops()->bar_info(m, 1, &info), -ENODEV);
	pramin_model_destroy(m);

	CHECK_EQ(build("g92", 0, &m), 0);
	CHECK_EQ(pramin_model_fault(m, "tlbstuck", NULL), -EINVAL);
	CHECK_EQ(pramin_model_fault(m, "bindstuck", NULL), -EINVAL);
	CHECK_EQ(pramin_model_fault(m, "console", NULL), -EINVAL);
	pramin_model_destroy(m);
	return 0;
}

static int users_of_a_file_share_binds_and_invalidates(void)
{
	const struct gen *g = &gens[4];
	struct pramin_model *a, *b;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file(g->chip, 64 * MIB, d.image, &a, NULL), 0);
	CHECK_EQ(open_file(g->chip, 64 * MIB, d.image, &b, NULL), 0);
	CHECK_EQ(make_tree(a, 2), 0);
	CHECK_EQ(make_inst(a, 2), 0);
	CHECK_EQ(poke64(a, SMALL, pte(2, PAGE)), 0);
	CHECK_EQ(poke64(a, PAGE, 0xaa), 0);
	CHECK_EQ(bind_to(a, g, 0, true), 3);
	CHECK_EQ(bar_get(b, 1, 0, 8), 0xaa);
	/* What one has in its TLB, the invalidate of another drops. */
	CHECK_EQ(vram_wr(a, SMALL, 8, pte(2, PAGE + 0x1000)), 0);
	CHECK_EQ(bar_get(b, 1, 0, 8), 0xaa);
	CHECK(invalidate(a, g, ROOT, ALL_VA) > 0);
	CHECK_EQ(bar_get(b, 1, 0, 8), 0);
	CHECK_EQ(bar_get(a, 1, 0, 8), 0);
	CHECK_EQ(counters(b).invalidates, 1);
	CHECK_EQ(all_hazards(b), 0);
	pramin_model_destroy(a);
	pramin_model_destroy(b);

	/* The registers are kept. */
	CHECK_EQ(open_file(g->chip, 64 * MIB, d.image, &a, NULL), 0);
	CHECK_EQ(get(a, g->block[0], 4), 0x80000000 | INST >> 12);
	CHECK_EQ(poke64(a, PAGE + 0x1008, 0xbb), 0);
	CHECK_EQ(bar_get(a, 1, 8, 8), 0xbb);
	pramin_model_destroy(a);
	dir_remove(&d);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(at_reset_a_bar_shows_vram_from_0_on),
		TEST(accesses_outside_a_bar_are_refused),
		TEST(sizes_are_those_that_a_bar_can_have),
		TEST(a_bound_bar_shows_what_the_tables_say),
		TEST(a_bar_that_is_being_bound_must_not_be_used),
		TEST(a_stuck_bind_is_done_when_it_is_mended),
		TEST(an_instance_block_that_makes_no_sense_shows_nothing),
		TEST(blocks_outside_vram_show_nothing),
		TEST(up_to_pascal_the_limit_counts_and_the_format_is_chosen),
		TEST(a_read_of_a_bar_flushes_too),
		TEST(faults_count_and_meet_bar_accesses),
		TEST(users_of_a_file_share_binds_and_invalidates),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
