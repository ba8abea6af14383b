// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The table of chips against the published ids, written out a second time
 * here: ids and names from NVIDIA's nv_arch.h and dev_master.ref.txt and from
 * nouveau's table, registers from the headers that docs/hardware.md names.
 */
#include "core_rig.h"

#define NONE	   0u
#define PBUS	   0x1700u
#define XAL	   0x10fd40u
#define TESLA_SIZE 0x10020cu
#define RANGE	   0x100ce0u
#define USABLE	   0x1183a4u

/* clang-format off */
static const struct row {
	unsigned int id;
	const char *name, *family;
	uint32_t window;
	unsigned int bits;
	uint32_t vram;
} rows[] = {
	{ 0x050, "g80",    "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x084, "g84",    "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x086, "g86",    "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x092, "g92",    "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x094, "g94",    "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x096, "g96",    "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x098, "g98",    "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x0a0, "gt200",  "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x0a3, "gt215",  "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x0a5, "gt216",  "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x0a8, "gt218",  "tesla", PBUS, 24, TESLA_SIZE },
	{ 0x0c0, "gf100",  "fermi", PBUS, 24, NONE },
	{ 0x0c1, "gf108",  "fermi", PBUS, 24, NONE },
	{ 0x0c3, "gf106",  "fermi", PBUS, 24, NONE },
	{ 0x0c4, "gf104",  "fermi", PBUS, 24, NONE },
	{ 0x0c8, "gf110",  "fermi", PBUS, 24, NONE },
	{ 0x0ce, "gf114",  "fermi", PBUS, 24, NONE },
	{ 0x0cf, "gf116",  "fermi", PBUS, 24, NONE },
	{ 0x0d7, "gf117",  "fermi", PBUS, 24, NONE },
	{ 0x0d9, "gf119",  "fermi", PBUS, 24, NONE },
	{ 0x0e4, "gk104",  "kepler", PBUS, 24, NONE },
	{ 0x0e6, "gk106",  "kepler", PBUS, 24, NONE },
	{ 0x0e7, "gk107",  "kepler", PBUS, 24, NONE },
	{ 0x0f0, "gk110",  "kepler", PBUS, 24, NONE },
	{ 0x0f1, "gk110b", "kepler", PBUS, 24, NONE },
	{ 0x106, "gk208b", "kepler", PBUS, 24, NONE },
	{ 0x108, "gk208",  "kepler", PBUS, 24, NONE },
	{ 0x117, "gm107",  "maxwell", PBUS, 24, NONE },
	{ 0x118, "gm108",  "maxwell", PBUS, 24, NONE },
	{ 0x120, "gm200",  "maxwell", PBUS, 24, NONE },
	{ 0x124, "gm204",  "maxwell", PBUS, 24, NONE },
	{ 0x126, "gm206",  "maxwell", PBUS, 24, NONE },
	{ 0x130, "gp100",  "pascal", PBUS, 24, NONE },
	{ 0x132, "gp102",  "pascal", PBUS, 24, RANGE },
	{ 0x134, "gp104",  "pascal", PBUS, 24, RANGE },
	{ 0x136, "gp106",  "pascal", PBUS, 24, RANGE },
	{ 0x137, "gp107",  "pascal", PBUS, 24, RANGE },
	{ 0x138, "gp108",  "pascal", PBUS, 24, RANGE },
	{ 0x140, "gv100",  "volta", PBUS, 24, NONE },
	{ 0x162, "tu102",  "turing", PBUS, 24, RANGE },
	{ 0x164, "tu104",  "turing", PBUS, 24, RANGE },
	{ 0x166, "tu106",  "turing", PBUS, 24, RANGE },
	{ 0x168, "tu116",  "turing", PBUS, 24, RANGE },
	{ 0x167, "tu117",  "turing", PBUS, 24, RANGE },
	{ 0x170, "ga100",  "ampere", PBUS, 24, RANGE },
	{ 0x172, "ga102",  "ampere", PBUS, 24, USABLE },
	{ 0x173, "ga103",  "ampere", PBUS, 24, USABLE },
	{ 0x174, "ga104",  "ampere", PBUS, 24, USABLE },
	{ 0x176, "ga106",  "ampere", PBUS, 24, USABLE },
	{ 0x177, "ga107",  "ampere", PBUS, 24, USABLE },
	{ 0x17f, "ga102f", "ampere", PBUS, 24, USABLE },
	{ 0x180, "gh100",  "hopper", XAL, 22, USABLE },
	{ 0x192, "ad102",  "ada", PBUS, 24, USABLE },
	{ 0x193, "ad103",  "ada", PBUS, 24, USABLE },
	{ 0x194, "ad104",  "ada", PBUS, 24, USABLE },
	{ 0x196, "ad106",  "ada", PBUS, 24, USABLE },
	{ 0x197, "ad107",  "ada", PBUS, 24, USABLE },
	{ 0x1a0, "gb100",  "blackwell", XAL, 23, USABLE },
	{ 0x1a2, "gb102",  "blackwell", XAL, 23, USABLE },
	{ 0x1a3, "gb110",  "blackwell", XAL, 23, USABLE },
	{ 0x1a4, "gb112",  "blackwell", XAL, 23, USABLE },
	{ 0x1ab, "gb10b",  "blackwell", XAL, 22, USABLE },
	{ 0x1b2, "gb202",  "blackwell", XAL, 23, USABLE },
	{ 0x1b3, "gb203",  "blackwell", XAL, 23, USABLE },
	{ 0x1b5, "gb205",  "blackwell", XAL, 23, USABLE },
	{ 0x1b6, "gb206",  "blackwell", XAL, 23, USABLE },
	{ 0x1b7, "gb207",  "blackwell", XAL, 23, USABLE },
	{ 0x1bb, "gb20b",  "blackwell", XAL, 22, USABLE },
	{ 0x1bc, "gb20c",  "blackwell", XAL, 22, USABLE },
};
/* clang-format on */

/* No VRAM of their own */
static const unsigned int integrated[] = { 0x0aa, 0x0ac, 0x0af,
					   0x0ea, 0x15b, 0x17b };

/* As the hardware lays it out: bits 28:24, 23:20, and bit 8 on top */
static uint32_t boot_0_of(unsigned int id)
{
	return (id & 0x1ff) << 20 | (id >> 9 & 1) << 8 | 0xa1;
}

static int every_published_chip_has_its_registers(void)
{
	const struct pramin_chip *chip;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		chip = pramin_chip_by_id(rows[i].id);
		CHECK(chip);
		CHECK_EQ(chip->id, rows[i].id);
		CHECK(!strcmp(chip->name, rows[i].name));
		CHECK(!strcmp(chip->family->name, rows[i].family));
		CHECK(!chip->integrated);
		CHECK_EQ(chip->window->off, rows[i].window);
		CHECK_EQ(chip->window->base, (1u << rows[i].bits) - 1);
		CHECK_EQ(chip->window->target,
			 rows[i].window == PBUS ? 0x03000000 : 0);
		CHECK(!strcmp(chip->window->name,
			      rows[i].window == PBUS ?
				      "NV_PBUS_BAR0_WINDOW" :
				      "NV_XAL_EP_ZB_BAR0_WINDOW"));
		CHECK_EQ(chip->vram ? chip->vram->off : 0, rows[i].vram);
		CHECK(pramin_chip_by_name(rows[i].name) == chip);
	}
	return 0;
}

static int only_the_gb10b_class_may_have_a_wider_base_than_is_used(void)
{
	const struct pramin_chip *chip;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		chip = pramin_chip_by_id(rows[i].id);
		CHECK_EQ(chip->window->base_widest,
			 rows[i].id == 0x1ab || rows[i].id == 0x1bb ||
					 rows[i].id == 0x1bc ?
				 0x1ffffff :
				 (1u << rows[i].bits) - 1);
	}
	return 0;
}

static int both_identification_registers_give_the_chip_id(void)
{
	unsigned int id;

	for (id = 0; id < 0x400; id++) {
		CHECK_EQ(pramin_chip_id_boot_0(boot_0_of(id)), id);
		CHECK_EQ(pramin_chip_id_boot_0(boot_0_of(id) | 0xe00ffeff), id);
		CHECK_EQ(pramin_chip_id_boot_42(id << 20 | 0xc00fffff), id);
	}
	return 0;
}

static int the_reach_follows_from_the_base_field(void)
{
	CHECK_EQ(pramin_base_reach(0x3fffff), 1ull << 38);
	CHECK_EQ(pramin_base_reach(0x7fffff), 1ull << 39);
	CHECK_EQ(pramin_base_reach(0xffffff), 1ull << 40);
	CHECK_EQ(pramin_base_reach(0x1ffffff), 1ull << 41);
	CHECK_EQ(pramin_base_reach(0xffffffff), 1ull << 48);
	return 0;
}

static bool is_listed(unsigned int id)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].id == id)
			return true;
	for (i = 0; i < ARRAY_LEN(integrated); i++)
		if (integrated[i] == id)
			return true;
	return false;
}

/* Architectures whose listed chips all have the same registers */
static int unlisted_boards_are_known_where_their_kin_agree(void)
{
	static const unsigned int agree[] = { 0x05, 0x08, 0x09, 0x0c, 0x0d,
					      0x0f, 0x10, 0x11, 0x12, 0x14,
					      0x15, 0x16, 0x18, 0x19 };
	unsigned int id;
	size_t i;

	for (id = 0; id < 0x400; id++) {
		const struct pramin_chip *chip = pramin_chip_by_id(id);
		bool kin = false;

		for (i = 0; i < ARRAY_LEN(agree); i++)
			kin = kin || agree[i] == id >> 4;
		CHECK_EQ(chip != NULL, kin || is_listed(id));
		if (!chip)
			continue;
		CHECK_EQ(chip->id >> 4, id >> 4);
		CHECK_EQ(chip->id == id, is_listed(id));
	}
	return 0;
}

static void identify_as(struct rig *r, unsigned int id)
{
	struct fake_reg *boot_42 = fake_reg(&r->fake, 0xa00);

	r->fake.regs[0].val = boot_0_of(id);
	if (boot_42)
		boot_42->val = id << 20 | 0xa1000;
}

static int an_unlisted_turing_board_opens_as_kin_and_a_listed_one_does_not(void)
{
	struct rig r;

	rig_init(&r, "tu102");
	identify_as(&r, 0x16e);
	CHECK_EQ(rig_attach(&r), 0);
	CHECK(r.gpu.chip_is_kin);
	CHECK_EQ(r.gpu.chip->window->off, PBUS);
	CHECK_EQ(r.gpu.vram_size, FAKE_VRAM);

	rig_open(&r, "tu102");
	CHECK(!r.gpu.chip_is_kin);
	return 0;
}

static int an_unknown_chip_is_refused_with_its_raw_values(void)
{
	/* New architectures, and boards whose kin disagree */
	static const unsigned int ids[] = { 0x1c0, 0x1f4, 0x2a2, 0x3ff, 0x0b0,
					    0x070, 0x131, 0x171, 0x1a1, 0x1b4 };
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ids); i++) {
		rig_init(&r, ids[i] >= 0x110 ? "tu102" : "g84");
		identify_as(&r, ids[i]);
		CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_UNKNOWN_CHIP);
		CHECK_EQ(r.op.cause.arg[0], boot_0_of(ids[i]));
		CHECK_EQ(r.op.cause.arg[1],
			 ids[i] >= 0x110 ? ids[i] << 20 | 0xa1000 : 0);
	}
	return 0;
}

static int chips_before_g80_are_too_old(void)
{
	static const unsigned int ids[] = { 0x004, 0x010, 0x030, 0x04f };
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ids); i++) {
		rig_init(&r, "g84");
		identify_as(&r, ids[i]);
		CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_TOO_OLD);
	}
	return 0;
}

static int integrated_chips_are_refused_by_name(void)
{
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(integrated); i++) {
		rig_init(&r, integrated[i] >= 0x110 ? "tu102" : "g84");
		identify_as(&r, integrated[i]);
		CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_INTEGRATED);
		CHECK(r.op.cause.text);
		CHECK(!strcmp(r.op.cause.text, r.gpu.chip->name));
	}
	return 0;
}

static int two_registers_that_name_two_chips_are_a_conflict(void)
{
	static const struct {
		uint32_t boot_42;
		int want;
	} cases[] = {
		{ 0x164a1000, -EOPNOTSUPP }, /* TU104 */
		{ 0x180a1000, -EOPNOTSUPP }, /* GH100 */
		{ 0x162a1000, 0 },	     /* the same */
		{ 0x162fff00, 0 },	     /* another revision of it */
		{ 0, 0 },		     /* not served now */
		{ 0xbadf1100, 0 },	     /* likewise */
		{ 0xffffffff, 0 },
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_init(&r, "tu102");
		fake_reg(&r.fake, 0xa00)->val = cases[i].boot_42;
		CHECK_EQ(rig_attach(&r), cases[i].want);
		CHECK_EQ(r.op.cause.reason,
			 cases[i].want ? PRAMIN_REASON_ID_CONFLICT : 0);
		CHECK_EQ(r.gpu.boot_42, cases[i].boot_42);
	}
	return 0;
}

static int names_are_found_in_any_case_and_only_as_a_whole(void)
{
	static const struct {
		const char *name, *chip;
	} cases[] = {
		{ "GH100", "gh100" },	{ "Tu102", "tu102" },
		{ "gK110B", "gk110b" }, { "ga102", "ga102" },
		{ "ga102f", "ga102f" }, { "HOPPER", "gh100" },
		{ "gh10", NULL },	{ "gh1000", NULL },
		{ "", NULL },		{ " gh100", NULL },
		{ "gh100 ", NULL },	{ "hoppe", NULL },
		{ "hoppers", NULL },	{ "nv04", NULL },
		{ "gh\xff", NULL },	{ "[a102", NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pramin_chip *chip =
			pramin_chip_by_name(cases[i].name);

		CHECK_EQ(chip != NULL, cases[i].chip != NULL);
		CHECK(!chip || !strcmp(chip->name, cases[i].chip));
	}
	return 0;
}

static int a_family_stands_for_a_board_with_vram_and_the_sure_base_width(void)
{
	static const struct {
		const char *family;
		uint32_t window;
		unsigned int bits;
		uint32_t vram;
	} cases[] = {
		{ "tesla", PBUS, 24, TESLA_SIZE },
		{ "fermi", PBUS, 24, NONE },
		{ "kepler", PBUS, 24, NONE },
		{ "maxwell", PBUS, 24, NONE },
		{ "pascal", PBUS, 24, RANGE },
		{ "volta", PBUS, 24, NONE },
		{ "turing", PBUS, 24, RANGE },
		{ "ampere", PBUS, 24, USABLE },
		{ "ada", PBUS, 24, USABLE },
		{ "hopper", XAL, 22, USABLE },
		{ "blackwell", XAL, 23, USABLE },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pramin_chip *chip =
			pramin_chip_by_name(cases[i].family);

		CHECK(chip);
		CHECK(!strcmp(chip->family->name, cases[i].family));
		CHECK(!chip->integrated);
		CHECK_EQ(chip->window->off, cases[i].window);
		CHECK_EQ(chip->window->base, (1u << cases[i].bits) - 1);
		CHECK_EQ(chip->vram ? chip->vram->off : 0, cases[i].vram);
	}
	return 0;
}

static int a_chip_given_by_hand_wins_over_the_registers(void)
{
	struct rig r;

	/* A GPU that says it is something newer than the table */
	rig_init(&r, "gh100");
	identify_as(&r, 0x1c2);
	r.config.chip = pramin_chip_by_name("hopper");
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(r.gpu.boot_0, boot_0_of(0x1c2));
	CHECK_EQ(r.gpu.boot_42, 0x1c2u << 20 | 0xa1000);
	CHECK(!r.gpu.chip_is_kin);
	CHECK_EQ(r.gpu.vram_size, FAKE_VRAM);
	CHECK_EQ(rig_touch(&r, 0x12345), 0);
	CHECK_EQ(r.fake.stray, 0);

	/* One from before BOOT_42, which is not read then */
	rig_init(&r, "g84");
	identify_as(&r, 0x04b);
	r.config.chip = pramin_chip_by_name("g84");
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(r.fake.stray, 0);

	/* An integrated one stays unusable. */
	rig_init(&r, "tu102");
	r.config.chip = pramin_chip_by_name("ga10b");
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_INTEGRATED);
	return 0;
}

static int the_model_and_the_core_know_the_same_chips(void)
{
	const struct pramin_model_chip *theirs;
	size_t i, boards = 0;

	for (i = 0; (theirs = pramin_model_chips(i)); i++) {
		unsigned int id = pramin_chip_id_boot_0(theirs->boot0);
		const struct pramin_chip *ours = pramin_chip_by_id(id);

		CHECK(ours && ours->id == id);
		CHECK(!strcmp(ours->name, theirs->name));
		CHECK(!strcmp(ours->family->name, theirs->family));
		CHECK_EQ(ours->window->off, theirs->window_register);
		CHECK_EQ(ours->window->base_widest,
			 (1u << theirs->base_bits) - 1);
		CHECK_EQ(ours->vram ? ours->vram->off : 0,
			 theirs->vram_register);
		boards += !ours->integrated;
	}
	CHECK_EQ(boards, ARRAY_LEN(rows));
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_published_chip_has_its_registers),
	TEST(only_the_gb10b_class_may_have_a_wider_base_than_is_used),
	TEST(both_identification_registers_give_the_chip_id),
	TEST(the_reach_follows_from_the_base_field),
	TEST(unlisted_boards_are_known_where_their_kin_agree),
	TEST(an_unlisted_turing_board_opens_as_kin_and_a_listed_one_does_not),
	TEST(an_unknown_chip_is_refused_with_its_raw_values),
	TEST(chips_before_g80_are_too_old),
	TEST(integrated_chips_are_refused_by_name),
	TEST(two_registers_that_name_two_chips_are_a_conflict),
	TEST(names_are_found_in_any_case_and_only_as_a_whole),
	TEST(a_family_stands_for_a_board_with_vram_and_the_sure_base_width),
	TEST(a_chip_given_by_hand_wins_over_the_registers),
	TEST(the_model_and_the_core_know_the_same_chips),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
