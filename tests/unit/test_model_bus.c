// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the model offers to those who put it behind a bus: a reset of the function,
 * whether a register is there, and which VRAM an access would meet.
 */
#define _GNU_SOURCE
#include "model_mmu_rig.h"

static int a_register_is_there_if_it_does_not_read_an_error(void)
{
	static const char *const chips[] = { "g80",   "g92",   "gf100", "gm107",
					     "gp102", "gv100", "tu102", "ga102",
					     "gh100", "gb10b", "gb202" };
	struct pramin_model *m;
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		unsigned int there = 0;
		uint32_t off;

		CHECK_EQ(build(chips[i], 128 * MIB, &m), 0);
		for (off = 0; off < 0x1000000; off += 4) {
			bool has = pramin_model_has_register(m, off);

			if (off >= 0x700000 && off < 0x800000) {
				CHECK(has);
				off = 0x7ffffc;
				continue;
			}
			if (has == (get(m, off, 4) == 0xbadf1100)) {
				printf("%s: 0x%x\n", chips[i], off);
				return CHECK_FAILED;
			}
			there += has;
		}
		CHECK(there >= 3);
		CHECK(pramin_model_has_register(m, 0));
		CHECK(!pramin_model_has_register(m, 0x9400));
		pramin_model_destroy(m);
	}
	return 0;
}

static int the_aperture_is_located_by_the_window(void)
{
	struct pramin_model *m;
	uint64_t pa = 7;

	CHECK_EQ(build("tu102", 128 * MIB, &m), 0);
	CHECK_EQ(pramin_model_locate(m, 0, 0x700000, 4, &pa), 0);
	CHECK_EQ(pa, 127 * MIB);
	CHECK_EQ(wr(m, 0x1700, 4, 0x7f8), 0);
	CHECK_EQ(pramin_model_locate(m, 0, 0x77fff8, 8, &pa), 0);
	CHECK_EQ(pa, 128 * MIB - 8);
	pa = 7;
	CHECK_EQ(pramin_model_locate(m, 0, 0x780000, 1, &pa), -ENOENT);
	CHECK_EQ(pramin_model_locate(m, 0, 0x6ffffc, 4, &pa), -ENOENT);
	CHECK_EQ(pramin_model_locate(m, 0, 0x800000, 4, &pa), -ENOENT);
	CHECK_EQ(pramin_model_locate(m, 0, 0x100700000, 4, &pa), -ENOENT);
	CHECK_EQ(pramin_model_locate(m, 3, 0, 4, &pa), -ENOENT);
	/* System memory is no VRAM. */
	CHECK_EQ(wr(m, 0x1700, 4, 0x02000000), 0);
	CHECK_EQ(pramin_model_locate(m, 0, 0x700000, 4, &pa), -ENOENT);
	CHECK_EQ(pa, 7);
	pramin_model_destroy(m);

	CHECK_EQ(build("gh100", 128 * MIB, &m), 0);
	CHECK_EQ(wr(m, 0x10fd40, 4, 0x10), 0);
	CHECK_EQ(pramin_model_locate(m, 0, 0x700010, 4, &pa), 0);
	CHECK_EQ(pa, MIB + 0x10);
	CHECK_EQ(pramin_model_fault(m, "cc", NULL), 0);
	CHECK_EQ(pramin_model_locate(m, 0, 0x700010, 4, &pa), -ENOENT);
	CHECK_EQ(pramin_model_locate(m, 1, 0, 4, &pa), -ENOENT);
	pramin_model_destroy(m);
	return 0;
}

static void bind_to_tables(struct pramin_model *m, const struct gen *g,
			   unsigned int bar)
{
	unsigned int i;

	if (g->high[bar]) {
		wr(m, g->block[bar], 4, INST | 0x200);
		wr(m, g->high[bar], 4, 0);
	} else {
		wr(m, g->block[bar], 4, 0x80000000 | INST >> 12);
	}
	for (i = 0; i < 100; i++)
		get(m, g->block[bar], 4);
}

/* Tables that map 4 KiB of address 0x5000 to PAGE, and both BARs bound to them */
static int begin(const struct gen *g, struct pramin_model **m)
{
	struct pramin_model_params p = { .chip = g->chip, .vram = GIB };
	unsigned int bar;

	CHECK_EQ(build_why(&p, m, NULL), 0);
	CHECK_EQ(make_tree(*m, g->version), 0);
	CHECK_EQ(poke64(*m, SMALL + 5 * 8, pte(g->version, PAGE)), 0);
	CHECK_EQ(clear(*m, INST, 0x1000), 0);
	CHECK_EQ(poke64(*m, INST + 0x200,
			ROOT | 0x800 | (g->version == 2 ? 0x400 : 0)),
		 0);
	CHECK_EQ(poke64(*m, INST + 0x208, 0xffffffffff), 0);
	for (bar = 0; bar < 2; bar++)
		bind_to_tables(*m, g, bar);
	return 0;
}

static int a_bound_bar_is_located_by_its_tables(void)
{
	struct pramin_model_counters before, after;
	struct pramin_model *m;
	unsigned int bar;
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		uint64_t pa = 0, val;

		CHECK_EQ(begin(&gens[i], &m), 0);
		before.size = sizeof(before);
		after.size = sizeof(after);
		CHECK_EQ(pramin_model_counters(m, &before), 0);
		for (bar = 1; bar <= 2; bar++) {
			CHECK_EQ(pramin_model_locate(m, bar, 0x5008, 8, &pa),
				 0);
			CHECK_EQ(pa, PAGE + 8);
			CHECK_EQ(pramin_model_locate(m, bar, 0x6000, 8, &pa),
				 -ENOENT);
			CHECK_EQ(pramin_model_locate(m, bar, 0x5001, 8, &pa),
				 -ENOENT);
		}
		/* Nobody has noticed. */
		CHECK_EQ(pramin_model_counters(m, &after), 0);
		CHECK(!memcmp(&before, &after, sizeof(before)));
		/* The access itself agrees. */
		CHECK_EQ(poke64(m, PAGE + 8, 0x1122), 0);
		CHECK_EQ(pramin_model_ops()->bar_read(m, 1, 0x5008, 8, &val),
			 0);
		CHECK_EQ(val, 0x1122);
		pramin_model_destroy(m);
	}
	return 0;
}

static int a_reset_puts_registers_back_and_keeps_vram(void)
{
	struct pramin_model *m;
	size_t i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		const struct gen *g = &gens[i];
		uint32_t window = 0, block[2];
		uint64_t pa = 0, val;

		struct pramin_model_params p = { .chip = g->chip, .vram = GIB };

		CHECK_EQ(build_why(&p, &m, NULL), 0);
		window = pramin_model_window(m);
		block[0] = (uint32_t)get(m, g->block[0], 4);
		block[1] = (uint32_t)get(m, g->block[1], 4);
		pramin_model_destroy(m);

		CHECK_EQ(begin(g, &m), 0);
		/* The TLB knows the page. */
		CHECK_EQ(pramin_model_ops()->bar_read(m, 1, 0x5000, 8, &val),
			 0);
		pramin_model_set_window(m, 0x123);
		wr(m, g->pdb, 4, 0x1230);
		pramin_model_reset(m);
		CHECK_EQ(pramin_model_window(m), window);
		CHECK_EQ(get(m, g->block[0], 4), block[0]);
		CHECK_EQ(get(m, g->block[1], 4), block[1]);
		CHECK_EQ(get(m, g->pdb, 4), 0);
		CHECK_EQ(pramin_model_locate(m, 1, 0x5000, 8, &pa), 0);
		CHECK_EQ(pa, 0x5000);
		CHECK_EQ(poke64(m, 0x5000, 0x77), 0);
		CHECK_EQ(pramin_model_ops()->bar_read(m, 1, 0x5000, 8, &val),
			 0);
		CHECK_EQ(val, 0x77);

		/* Other tables, bound again: nothing of the old TLB is left. */
		CHECK_EQ(poke64(m, SMALL + 5 * 8, pte(g->version, PAGE + MIB)),
			 0);
		CHECK_EQ(poke64(m, PAGE + MIB, 0x99), 0);
		bind_to_tables(m, g, 0);
		CHECK_EQ(pramin_model_ops()->bar_read(m, 1, 0x5000, 8, &val),
			 0);
		CHECK_EQ(val, 0x99);
		pramin_model_destroy(m);
	}
	return 0;
}

/* What is stuck when the function is reset is not so behind it. */
static int a_reset_ends_what_is_under_way(void)
{
	const struct gen *g = &gens[4];
	struct pramin_model *m;
	uint64_t val;

	CHECK_EQ(begin(g, &m), 0);
	wr(m, g->trigger, 4, GO | ALL_VA | ALL_PDB);
	wr(m, g->block[0], 4, 0x80000000 | INST >> 12);
	CHECK(get(m, g->trigger, 4) & GO);
	pramin_model_reset(m);
	CHECK_EQ(get(m, g->trigger, 4), 0);
	CHECK_EQ(get(m, g->status, 4), 0);
	CHECK_EQ(pramin_model_ops()->bar_read(m, 1, PAGE, 8, &val), 0);
	CHECK_EQ(val, 0);
	pramin_model_destroy(m);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_register_is_there_if_it_does_not_read_an_error),
	TEST(the_aperture_is_located_by_the_window),
	TEST(a_bound_bar_is_located_by_its_tables),
	TEST(a_reset_puts_registers_back_and_keeps_vram),
	TEST(a_reset_ends_what_is_under_way),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
