// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The model's table against the published one, written out a second time here:
 * ids and names from NVIDIA's nv_arch.h and from nouveau's table, registers
 * from the headers that docs/hardware.md names. No macro of core/regs is used.
 */
#include <stdio.h>

#include "model_rig.h"

#define NONE	   0u
#define TESLA_SIZE 0x10020cu
#define RANGE	   0x100ce0u
#define USABLE	   0x1183a4u
#define GFW_MASK   0x118128u
#define GFW	   0x118234u
#define FSP	   0x200bcu
#define FSP_GB202  0xad00bcu
#define CC_GH100   0x1182ccu
#define CC_GB100   0x590u
#define BOOT_42	   0xa00u

/* clang-format off */
static const struct row {
	unsigned int id;
	const char *name, *family;
	uint32_t window;
	unsigned int bits;
	uint32_t vram, ready, cc;
} rows[] = {
	{ 0x050, "g80", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x084, "g84", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x086, "g86", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x092, "g92", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x094, "g94", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x096, "g96", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x098, "g98", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x0a0, "gt200", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x0a3, "gt215", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x0a5, "gt216", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x0a8, "gt218", "tesla", PBUS, 24, TESLA_SIZE, NONE, NONE },
	{ 0x0c0, "gf100", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0c1, "gf108", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0c3, "gf106", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0c4, "gf104", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0c8, "gf110", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0ce, "gf114", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0cf, "gf116", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0d7, "gf117", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0d9, "gf119", "fermi", PBUS, 24, NONE, NONE, NONE },
	{ 0x0e4, "gk104", "kepler", PBUS, 24, NONE, NONE, NONE },
	{ 0x0e6, "gk106", "kepler", PBUS, 24, NONE, NONE, NONE },
	{ 0x0e7, "gk107", "kepler", PBUS, 24, NONE, NONE, NONE },
	{ 0x0f0, "gk110", "kepler", PBUS, 24, NONE, NONE, NONE },
	{ 0x0f1, "gk110b", "kepler", PBUS, 24, NONE, NONE, NONE },
	{ 0x106, "gk208b", "kepler", PBUS, 24, NONE, NONE, NONE },
	{ 0x108, "gk208", "kepler", PBUS, 24, NONE, NONE, NONE },
	{ 0x117, "gm107", "maxwell", PBUS, 24, NONE, NONE, NONE },
	{ 0x118, "gm108", "maxwell", PBUS, 24, NONE, NONE, NONE },
	{ 0x120, "gm200", "maxwell", PBUS, 24, NONE, NONE, NONE },
	{ 0x124, "gm204", "maxwell", PBUS, 24, NONE, NONE, NONE },
	{ 0x126, "gm206", "maxwell", PBUS, 24, NONE, NONE, NONE },
	{ 0x130, "gp100", "pascal", PBUS, 24, NONE, NONE, NONE },
	{ 0x132, "gp102", "pascal", PBUS, 24, RANGE, NONE, NONE },
	{ 0x134, "gp104", "pascal", PBUS, 24, RANGE, NONE, NONE },
	{ 0x136, "gp106", "pascal", PBUS, 24, RANGE, NONE, NONE },
	{ 0x137, "gp107", "pascal", PBUS, 24, RANGE, NONE, NONE },
	{ 0x138, "gp108", "pascal", PBUS, 24, RANGE, NONE, NONE },
	{ 0x140, "gv100", "volta", PBUS, 24, NONE, NONE, NONE },
	{ 0x162, "tu102", "turing", PBUS, 24, RANGE, GFW, NONE },
	{ 0x164, "tu104", "turing", PBUS, 24, RANGE, GFW, NONE },
	{ 0x166, "tu106", "turing", PBUS, 24, RANGE, GFW, NONE },
	{ 0x168, "tu116", "turing", PBUS, 24, RANGE, GFW, NONE },
	{ 0x167, "tu117", "turing", PBUS, 24, RANGE, GFW, NONE },
	{ 0x170, "ga100", "ampere", PBUS, 24, RANGE, GFW, NONE },
	{ 0x172, "ga102", "ampere", PBUS, 24, USABLE, GFW, NONE },
	{ 0x173, "ga103", "ampere", PBUS, 24, USABLE, GFW, NONE },
	{ 0x174, "ga104", "ampere", PBUS, 24, USABLE, GFW, NONE },
	{ 0x176, "ga106", "ampere", PBUS, 24, USABLE, GFW, NONE },
	{ 0x177, "ga107", "ampere", PBUS, 24, USABLE, GFW, NONE },
	{ 0x17f, "ga102f", "ampere", PBUS, 24, USABLE, GFW, NONE },
	{ 0x180, "gh100", "hopper", XAL, 22, USABLE, FSP, CC_GH100 },
	{ 0x192, "ad102", "ada", PBUS, 24, USABLE, GFW, NONE },
	{ 0x193, "ad103", "ada", PBUS, 24, USABLE, GFW, NONE },
	{ 0x194, "ad104", "ada", PBUS, 24, USABLE, GFW, NONE },
	{ 0x196, "ad106", "ada", PBUS, 24, USABLE, GFW, NONE },
	{ 0x197, "ad107", "ada", PBUS, 24, USABLE, GFW, NONE },
	{ 0x1a0, "gb100", "blackwell", XAL, 23, USABLE, FSP, CC_GB100 },
	{ 0x1a2, "gb102", "blackwell", XAL, 23, USABLE, FSP, CC_GB100 },
	{ 0x1a3, "gb110", "blackwell", XAL, 23, USABLE, FSP, CC_GB100 },
	{ 0x1a4, "gb112", "blackwell", XAL, 23, USABLE, FSP, CC_GB100 },
	{ 0x1ab, "gb10b", "blackwell", XAL, 25, USABLE, FSP, CC_GB100 },
	{ 0x1b2, "gb202", "blackwell", XAL, 23, USABLE, FSP_GB202, CC_GB100 },
	{ 0x1b3, "gb203", "blackwell", XAL, 23, USABLE, FSP_GB202, CC_GB100 },
	{ 0x1b5, "gb205", "blackwell", XAL, 23, USABLE, FSP_GB202, CC_GB100 },
	{ 0x1b6, "gb206", "blackwell", XAL, 23, USABLE, FSP_GB202, CC_GB100 },
	{ 0x1b7, "gb207", "blackwell", XAL, 23, USABLE, FSP_GB202, CC_GB100 },
	{ 0x1bb, "gb20b", "blackwell", XAL, 25, USABLE, FSP_GB202, CC_GB100 },
	{ 0x1bc, "gb20c", "blackwell", XAL, 25, USABLE, FSP_GB202, CC_GB100 },
};
/* clang-format on */

static const struct row *row_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

static int every_published_chip_is_in_the_table_once(void)
{
	const struct pramin_model_chip *c;
	size_t i, seen[ARRAY_LEN(rows)] = { 0 };

	for (i = 0; (c = pramin_model_chips(i)); i++) {
		const struct row *r = row_of(c->name);

		CHECK(r);
		seen[r - rows]++;
		CHECK(!strcmp(c->family, r->family));
		CHECK_EQ(c->boot0 >> 20, r->id);
		CHECK_EQ(c->window_register, r->window);
		CHECK_EQ(c->base_bits, r->bits);
		CHECK_EQ(c->vram_register, r->vram);
	}
	CHECK_EQ(i, ARRAY_LEN(rows));
	for (i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_EQ(seen[i], 1);
	CHECK(!pramin_model_chips(SIZE_MAX));
	return 0;
}

/* A register that the chip does not have answers with a PRI error. */
static int check_registers(struct pramin_model *m, const struct row *r)
{
	static const uint32_t all[] = {
		PBUS, XAL, TESLA_SIZE, RANGE,	 USABLE,   GFW_MASK,
		GFW,  FSP, FSP_GB202,  CC_GH100, CC_GB100, BOOT_42,
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(all); i++) {
		uint32_t off = all[i];
		bool has = off == r->window || off == r->vram ||
			   off == r->ready || off == r->cc ||
			   (off == GFW_MASK && r->ready == GFW) ||
			   (off == BOOT_42 && r->id >= 0x110);

		CHECK_EQ(get(m, off, 4) >> 8 == 0xbadf11, !has);
	}
	return 0;
}

static int every_chip_has_its_registers_and_no_others(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct pramin_model *m;
		int ret;

		CHECK_EQ(build(rows[i].name, 0, &m), 0);
		ret = check_registers(m, &rows[i]);
		CHECK_EQ(get(m, 0, 4), rows[i].id << 20 | 0xa1u);
		CHECK_EQ(get(m, 4, 4), 0);
		if (rows[i].id >= 0x110)
			CHECK_EQ(get(m, BOOT_42, 4),
				 rows[i].id << 20 | 0xa1000u);
		if (rows[i].ready)
			CHECK_EQ(get(m, rows[i].ready, 4), 0xff);
		if (rows[i].ready == GFW)
			CHECK_EQ(get(m, GFW_MASK, 4) & 1, 1);
		if (rows[i].cc)
			CHECK_EQ(get(m, rows[i].cc, 4), 0);
		pramin_model_destroy(m);
		if (ret)
			return ret;
	}
	return 0;
}

static int boot_42_follows_from_a_given_boot_0(void)
{
	struct pramin_model_params p = { .chip = "tu102", .boot0 = 0x1a5001b2 };
	struct pramin_model *m;

	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(get(m, 0, 4), 0x1a5001b2);
	/* bit 8 of BOOT_0 is the sixth bit of the architecture */
	CHECK_EQ(get(m, BOOT_42, 4), 0x3a5b2000);
	pramin_model_destroy(m);
	return 0;
}

static int config_space_shows_an_nvidia_display_controller(void)
{
	const struct pramin_model_chip *c;
	uint32_t val = 7;
	size_t i;

	for (i = 0; (c = pramin_model_chips(i)); i++) {
		struct pramin_model *m;

		CHECK_EQ(build(c->name, 0, &m), 0);
		CHECK(c->device_id);
		CHECK_EQ(config(m, 0), (uint32_t)c->device_id << 16 | 0x10de);
		CHECK_EQ(config(m, 8), 0x030000a1);
		CHECK_EQ(config(m, 0xaf8), 0);
		CHECK_EQ(config(m, 0xffc), 0);
		CHECK_EQ(pramin_model_ops()->config_read(m, 4096, &val),
			 -EINVAL);
		CHECK_EQ(pramin_model_ops()->config_read(m, 2, &val), -EINVAL);
		CHECK_EQ(val, 7);
		CHECK_EQ(counters(m).config_reads, 4);
		CHECK_EQ(counters(m).accesses, 0);
		pramin_model_destroy(m);
	}
	return 0;
}

static int names_are_matched_without_case_and_only_whole(void)
{
	static const char *const wrong[] = {
		"",	  "t",	   "tu",    "tu10",  "tu1022",	" tu102",
		"tu102 ", "gk20a", "gv11b", "ga10b", "\033[2J", "tu102\n",
	};
	struct pramin_model_params p = { 0 };
	struct pramin_model *m;
	struct pramin_why why;
	size_t i;

	CHECK_EQ(build("Tu102", 0, &m), 0);
	pramin_model_destroy(m);
	CHECK_EQ(build("GB202", 0, &m), 0);
	pramin_model_destroy(m);
	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		p.chip = wrong[i];
		CHECK_EQ(build_why(&p, &m, &why), -EINVAL);
		CHECK(!m);
		CHECK_EQ(why.err, -EINVAL);
		CHECK_EQ(why.reason, PRAMIN_REASON_ARGUMENT);
		CHECK_HAS(why.what, "no modelled chip is named");
		CHECK(!strpbrk(why.what, "\033\n"));
	}
	p.chip = "tu103";
	CHECK_EQ(build_why(&p, &m, &why), -EINVAL);
	CHECK_HAS(why.next, "tu102 tu104 tu106 tu116 tu117");
	p.chip = NULL;
	CHECK_EQ(build_why(&p, &m, &why), -EINVAL);
	return 0;
}

static int parameters_of_another_size_are_refused(void)
{
	struct {
		struct pramin_model_params p;
		char later[8];
	} big = { .p = { .chip = "tu102" } };
	struct pramin_model_counters c = { 0 };
	struct pramin_model *m = NULL;
	struct pramin_why why;

	big.p.size = 0;
	CHECK_EQ(pramin_model_create(&big.p, &m, &why), -EINVAL);
	big.p.size = sizeof(big);
	CHECK_EQ(pramin_model_create(&big.p, &m, &why), -EINVAL);
	CHECK_EQ(pramin_model_create(NULL, &m, &why), -EINVAL);
	CHECK_EQ(pramin_model_create(NULL, &m, NULL), -EINVAL);
	CHECK(!m);

	/* An older caller's struct ends earlier. */
	big.p.size = offsetof(struct pramin_model_params, boot0);
	big.p.faults = "nonsense";
	CHECK_EQ(pramin_model_create(&big.p, &m, &why), 0);
	CHECK_EQ(pramin_model_counters(m, &c), -EINVAL);
	c.size = sizeof(c) + 1;
	CHECK_EQ(pramin_model_counters(m, &c), -EINVAL);
	c.size = offsetof(struct pramin_model_counters, reads);
	c.reads[0] = 77;
	CHECK_EQ(pramin_model_counters(m, &c), 0);
	CHECK_EQ(c.reads[0], 77);
	CHECK_EQ(c.size, offsetof(struct pramin_model_counters, reads));
	pramin_model_destroy(m);
	pramin_model_destroy(NULL);
	return 0;
}

/* What the published decoding makes of the register */
static uint64_t decode(struct pramin_model *m, uint32_t reg)
{
	uint32_t v = (uint32_t)get(m, reg, 4);
	uint64_t size;

	switch (reg) {
	case TESLA_SIZE:
		return (uint64_t)(v & 0xff) << 32 | (v & 0xffffff00u);
	case RANGE:
		size = (uint64_t)((v >> 4) & 0x3f) << ((v & 0xf) + 20);
		return v & 0x40000000u ? size / 16 * 15 : size;
	default:
		return v * MIB;
	}
}

static int every_default_size_is_in_the_size_register(void)
{
	const struct pramin_model_chip *c;
	size_t i;

	for (i = 0; (c = pramin_model_chips(i)); i++) {
		struct pramin_model *m;
		uint8_t byte;

		CHECK_EQ(build(c->name, 0, &m), 0);
		if (c->vram_register)
			CHECK_EQ(decode(m, c->vram_register), c->vram);
		CHECK_EQ(pramin_model_peek(m, c->vram - 1, &byte, 1), 0);
		CHECK_EQ(pramin_model_peek(m, c->vram, &byte, 1), -ERANGE);
		pramin_model_destroy(m);
	}
	return 0;
}

static int a_size_is_held_or_refused_with_its_neighbours(void)
{
	static const struct {
		const char *chip;
		uint64_t size;
		const char *next; /* NULL: accepted */
	} cases[] = {
		{ "tu102", 8 * GIB, NULL },
		{ "tu102", MIB, NULL },
		{ "tu102", 63 * MIB, NULL },
		{ "tu102", 64 * MIB, NULL },
		{ "tu102", TIB, NULL },
		{ "tu102", 2016 * GIB, NULL },
		/* MAG has six bits: 64 does not fit */
		{ "tu102", 2 * TIB, "size that it can have is 2016G" },
		/* only with ECC: 15/16 of 8 GiB, of 16 MiB */
		{ "tu102", 7680 * MIB, NULL },
		{ "ga100", 15 * MIB / 16 * 3, NULL },
		{ "tu102", 141 * GIB, "140G and 145920M" },
		{ "tu102", 65 * MIB, "64M and 67200K" },
		{ "tu102", 8 * GIB + 1, "8G and 8400M" },
		{ "tu102", 8 * GIB - 1, "8160M and 8G" },
		{ "ga102", 24 * GIB + MIB, NULL },
		{ "ga102", 2 * TIB, NULL },
		{ "ga102", 24 * GIB + 1, "24G and 24577M" },
		{ "gh100", 141 * GIB, NULL },
		{ "gh100", 512 * GIB, NULL },
		{ "gh100", 2 * TIB + MIB, "size that it can have is 2T" },
		{ "gh100", MIB - 1, "size that it can have is 1M" },
		{ "gh100", 1, "size that it can have is 1M" },
		{ "gh100", UINT64_MAX, "size that it can have is 2T" },
		{ "tu102", UINT64_MAX, "size that it can have is 2016G" },
		{ "g92", MIB + 256, NULL },
		{ "g92", TIB - 256, NULL },
		{ "g92", 5 * GIB + 768, NULL },
		{ "g92", MIB + 255, "1M and 1048832" },
		{ "g92", TIB, "size that it can have is 1099511627520" },
		{ "gv100", 16 * GIB + 4096, NULL },
		{ "gv100", 2 * TIB, NULL },
		{ "gv100", 16 * GIB + 2048, "16G and 16777220K" },
		{ "gv100", 2 * TIB + 4096, "size that it can have is 2T" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model_params p = { .chip = cases[i].chip,
						 .vram = cases[i].size };
		uint32_t reg = row_of(cases[i].chip)->vram;
		struct pramin_model *m;
		struct pramin_why why;
		uint8_t byte;

		CHECK_EQ(build_why(&p, &m, &why), cases[i].next ? -EINVAL : 0);
		if (cases[i].next) {
			CHECK_EQ(why.reason, PRAMIN_REASON_ARGUMENT);
			CHECK_HAS(why.next, cases[i].next);
			continue;
		}
		if (reg)
			CHECK_EQ(decode(m, reg), cases[i].size);
		CHECK_EQ(pramin_model_peek(m, cases[i].size - 1, &byte, 1), 0);
		CHECK_EQ(pramin_model_peek(m, cases[i].size, &byte, 1),
			 -ERANGE);
		pramin_model_destroy(m);
	}
	return 0;
}

/* The plain values first: ECC only where nothing else says the size */
static int ecc_is_set_only_where_the_size_needs_it(void)
{
	struct pramin_model *m;

	CHECK_EQ(build("tu102", 60 * GIB, &m), 0);
	CHECK_EQ(get(m, RANGE, 4) & 0x40000000u, 0);
	pramin_model_destroy(m);
	CHECK_EQ(build("tu102", 945 * GIB / 16, &m), 0);
	CHECK_EQ(get(m, RANGE, 4) & 0x40000000u, 0x40000000u);
	CHECK_EQ(decode(m, RANGE), 945 * GIB / 16);
	pramin_model_destroy(m);
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_published_chip_is_in_the_table_once),
	TEST(every_chip_has_its_registers_and_no_others),
	TEST(boot_42_follows_from_a_given_boot_0),
	TEST(config_space_shows_an_nvidia_display_controller),
	TEST(names_are_matched_without_case_and_only_whole),
	TEST(parameters_of_another_size_are_refused),
	TEST(every_default_size_is_in_the_size_register),
	TEST(a_size_is_held_or_refused_with_its_neighbours),
	TEST(ecc_is_set_only_where_the_size_needs_it),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
