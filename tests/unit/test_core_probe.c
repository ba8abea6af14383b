// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Opening a GPU: every refusal with its reason, what it costs, and that
 * nothing is ever written before the GPU is known to be usable.
 */
#include "core_rig.h"

#define MAX_READS  10u /* include/pramin/dev.h */
#define MAX_CONFIG 4u

/* Whatever an open returned, these hold. */
static int only_looked(const struct rig *r, uint32_t window)
{
	const struct fake *f = &r->fake;

	CHECK_EQ(f->reg_writes, 0);
	CHECK_EQ(f->writes[0] + f->writes[1] + f->writes[2] + f->writes[3], 0);
	CHECK_EQ(f->reads[0] + f->reads[1] + f->reads[2] + f->reads[3], 0);
	CHECK_EQ(f->window, window);
	CHECK(f->accesses <= MAX_READS);
	CHECK(f->config_reads <= MAX_CONFIG);
	return 0;
}

static void change(struct rig *r, struct fake_reg reg)
{
	struct fake_reg *at = fake_reg(&r->fake, reg.off);

	if (at)
		at->val = reg.val;
}

/* clang-format off */
static const struct refusal {
	const char *chip;
	struct fake_reg reg;
	int err;
	enum pramin_reason reason;
} refusals[] = {
	{ "tu102", { 0, FAKE_GONE }, -ENODEV, PRAMIN_REASON_ALL_ONES },
	/* BOOT_1 17:16 is 2 */
	{ "tu102", { 4, 0x00020000 }, -EOPNOTSUPP, PRAMIN_REASON_VF },
	{ "g84", { 4, 0xfffeffff }, -EOPNOTSUPP, PRAMIN_REASON_VF },
	/* Confidential computing: on, developer mode, undefined, no answer */
	{ "gh100", { 0x1182cc, 1 }, -EOPNOTSUPP, PRAMIN_REASON_CONFIDENTIAL },
	{ "gh100", { 0x1182cc, 3 }, -EOPNOTSUPP, PRAMIN_REASON_CONFIDENTIAL },
	{ "gh100", { 0x1182cc, 2 }, -EOPNOTSUPP, PRAMIN_REASON_CONFIDENTIAL },
	{ "gh100", { 0x1182cc, 0xbadf4100 }, -EOPNOTSUPP,
	  PRAMIN_REASON_CONFIDENTIAL },
	{ "gh100", { 0x1182cc, 0xfffffffd }, -EOPNOTSUPP,
	  PRAMIN_REASON_CONFIDENTIAL },
	{ "gb100", { 0x590, 1 }, -EOPNOTSUPP, PRAMIN_REASON_CONFIDENTIAL },
	{ "gb202", { 0x590, 3 }, -EOPNOTSUPP, PRAMIN_REASON_CONFIDENTIAL },
	/* Firmware: the gate is closed, or progress is not 0xff */
	{ "tu102", { 0x118128, 0xffffff8e }, -EOPNOTSUPP,
	  PRAMIN_REASON_FIRMWARE },
	{ "tu102", { 0x118234, 0xfe }, -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE },
	{ "ga102", { 0x118234, 0 }, -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE },
	{ "ga102", { 0x118234, 0xbadf5000 }, -EOPNOTSUPP,
	  PRAMIN_REASON_FIRMWARE },
	{ "gh100", { 0x200bc, 0 }, -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE },
	{ "gh100", { 0x200bc, 0x1ff }, -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE },
	{ "gb100", { 0x200bc, 0xfe }, -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE },
	{ "gb202", { 0xad00bc, 0 }, -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE },
	/* The size of VRAM */
	{ "g84", { 0x10020c, 0 }, -EOPNOTSUPP, PRAMIN_REASON_VRAM_ZERO },
	{ "g84", { 0x10020c, 0xbad0b012 }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_POISON },
	{ "g84", { 0x10020c, 0x000fff00 }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_ABSURD },
	{ "tu102", { 0x100ce0, 0 }, -EOPNOTSUPP, PRAMIN_REASON_VRAM_ZERO },
	{ "tu102", { 0x100ce0, 0xbadf1100 }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_POISON },
	/* MAG 0 */
	{ "tu102", { 0x100ce0, 0x0000000f }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_ABSURD },
	/* 15/16 of 1 MiB */
	{ "tu102", { 0x100ce0, 0x40000010 }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_ABSURD },
	{ "gh100", { 0x1183a4, 0 }, -EOPNOTSUPP, PRAMIN_REASON_VRAM_ZERO },
	{ "gh100", { 0x1183a4, 0xbad00100 }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_POISON },
	{ "gh100", { 0x1183a4, 0x00200001 }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_ABSURD },
	{ "gh100", { 0x1183a4, 0xbae00000 }, -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_ABSURD },
	/* Nothing has to be changed for this one. */
	{ "gf100", { 4, 0 }, -EOPNOTSUPP, PRAMIN_REASON_VRAM_NO_REGISTER },
};
/* clang-format on */

static int every_refusal_has_its_reason_and_writes_nothing(void)
{
	const struct refusal *c;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(refusals); i++) {
		c = &refusals[i];
		rig_init(&r, c->chip);
		change(&r, c->reg);
		CHECK_EQ(rig_attach(&r), c->err);
		CHECK_EQ(r.op.cause.err, c->err);
		CHECK_EQ(r.op.cause.reason, c->reason);
		CHECK_EQ(only_looked(&r, 0x8000003d), 0);
		CHECK_EQ(r.fake.stray, 0);
	}
	return 0;
}

static int a_refusal_names_the_register_and_its_value(void)
{
	struct rig r;

	rig_init(&r, "gh100");
	change(&r, (struct fake_reg){ 0x1182cc, 3 });
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	CHECK_EQ(r.op.cause.arg[0], 0x1182cc);
	CHECK_EQ(r.op.cause.arg[1], 3);

	rig_init(&r, "tu102");
	change(&r, (struct fake_reg){ 0x118128, 0x70 });
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	CHECK_EQ(r.op.cause.arg[0], 0x118128);
	CHECK_EQ(r.op.cause.arg[1], 0x70);

	rig_init(&r, "ga102");
	change(&r, (struct fake_reg){ 0x1183a4, 0xbadf1301 });
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	CHECK_EQ(r.op.cause.arg[0], 0x1183a4);
	CHECK_EQ(r.op.cause.arg[1], 0xbadf1301);

	rig_init(&r, "gf100");
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	CHECK(!strcmp(r.op.cause.text, "gf100"));
	return 0;
}

static int a_register_behind_a_closed_gate_is_not_read(void)
{
	struct rig r;

	rig_init(&r, "tu102");
	change(&r, (struct fake_reg){ 0x118128, 0 });
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	/* BOOT_0, BOOT_1, BOOT_42, the gate */
	CHECK_EQ(r.fake.accesses, 4);
	return 0;
}

static int a_window_register_that_reads_a_pri_error_is_refused(void)
{
	static const uint32_t poison[] = { 0xbadf1100, 0xbad00000, 0xbadfffff };
	static const char *const chips[] = { "tu102", "gh100", "gb100" };
	struct rig r;
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		for (k = 0; k < ARRAY_LEN(poison); k++) {
			rig_init(&r, chips[i]);
			r.fake.window = poison[k];
			CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
			CHECK_EQ(r.op.cause.reason,
				 PRAMIN_REASON_WINDOW_POISON);
			CHECK_EQ(r.op.cause.arg[0], poison[k]);
			CHECK_EQ(r.op.cause.arg[1], r.fake.kind->window_off);
			CHECK_EQ(only_looked(&r, poison[k]), 0);
		}
	}
	return 0;
}

/* The GPU answers to the end, so this is a value and not a lost GPU. */
static int a_window_register_that_alone_reads_all_ones_is_refused(void)
{
	struct rig r;

	rig_init(&r, "tu102");
	r.fake.window = FAKE_GONE;
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_WINDOW_POISON);
	CHECK_EQ(only_looked(&r, FAKE_GONE), 0);
	return 0;
}

static int a_size_register_that_alone_reads_all_ones_is_poison(void)
{
	static const struct {
		const char *chip;
		uint32_t off;
	} cases[] = { { "g84", 0x10020c },
		      { "tu102", 0x100ce0 },
		      { "gh100", 0x1183a4 } };
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_init(&r, cases[i].chip);
		change(&r, (struct fake_reg){ cases[i].off, FAKE_GONE });
		CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_VRAM_POISON);
		CHECK_EQ(only_looked(&r, 0x8000003d), 0);
	}
	return 0;
}

static int the_size_of_vram_is_decoded(void)
{
	static const struct {
		const char *chip;
		struct fake_reg reg;
		uint64_t want;
	} cases[] = {
		/* Bits 31:8 in place, and 7:0 are bits 39:32 */
		{ "g84", { 0x10020c, 0x10000000 }, 256 * MIB },
		{ "g84", { 0x10020c, 0x00000001 }, 4 * GIB },
		{ "g84", { 0x10020c, 0x80000001 }, 6 * GIB },
		{ "g84", { 0x10020c, 0x000000ff }, 1020 * GIB },
		{ "g84", { 0x10020c, 0x00100000 }, MIB },
		/* MAG 9:4, SCALE 3:0 in MiB, 15/16 with ECC */
		{ "tu102", { 0x100ce0, 0x00b << 0 | 11 << 4 }, 22 * GIB },
		{ "tu102",
		  { 0x100ce0, 0x40000000 | 0xb | 11 << 4 },
		  22 * GIB / 16 * 15 },
		{ "tu102", { 0x100ce0, 0x010 }, MIB },
		{ "tu102", { 0x100ce0, 0x3ff }, 63ull << 35 },
		{ "tu102", { 0x100ce0, 0xbffffc10 }, MIB },
		{ "gp102", { 0x100ce0, 0x20a }, 32 * GIB },
		/* MiB */
		{ "ga102", { 0x1183a4, 24564 }, 24564 * MIB },
		{ "gh100", { 0x1183a4, 1 }, MIB },
		{ "gh100", { 0x1183a4, 144384 }, 141 * GIB },
		{ "gb100", { 0x1183a4, 0x00200000 }, 2048 * GIB },
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_init(&r, cases[i].chip);
		change(&r, cases[i].reg);
		CHECK_EQ(rig_attach(&r), 0);
		CHECK_EQ(r.gpu.vram_size, cases[i].want);
	}
	return 0;
}

static int a_size_given_by_hand_wins_and_a_fallback_does_not(void)
{
	struct rig r;

	/* By hand: the register is not even read. */
	rig_init(&r, "tu102");
	change(&r, (struct fake_reg){ 0x100ce0, 0 });
	r.config.vram = 3 * MIB;
	r.config.vram_fallback = 2 * MIB;
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(r.gpu.vram_size, 3 * MIB);

	rig_init(&r, "tu102");
	r.config.vram_fallback = 2 * MIB;
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(r.gpu.vram_size, FAKE_VRAM);

	rig_init(&r, "gf100");
	r.config.vram_fallback = 2 * MIB;
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(r.gpu.vram_size, 2 * MIB);
	CHECK_EQ(r.fake.stray, 0);

	rig_init(&r, "gf100");
	r.config.vram = 3 * MIB;
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(r.gpu.vram_size, 3 * MIB);
	return 0;
}

static int the_width_of_base_is_checked_against_what_the_chip_can_have(void)
{
	static const struct {
		const char *chip;
		unsigned int bits;
		int want;
		unsigned int reach_bits;
	} cases[] = {
		{ "tu102", 0, 0, 40 },	     { "tu102", 24, 0, 40 },
		{ "tu102", 23, -EINVAL, 0 }, { "tu102", 25, -EINVAL, 0 },
		{ "gh100", 0, 0, 38 },	     { "gh100", 22, 0, 38 },
		{ "gh100", 21, -EINVAL, 0 }, { "gh100", 23, -EINVAL, 0 },
		{ "gb100", 0, 0, 39 },	     { "gb100", 23, 0, 39 },
		{ "gb100", 24, -EINVAL, 0 }, { "gb100", 32, -EINVAL, 0 },
		{ "gb10b", 0, 0, 38 },	     { "gb10b", 21, -EINVAL, 0 },
		{ "gb10b", 22, 0, 38 },	     { "gb10b", 23, 0, 39 },
		{ "gb10b", 24, 0, 40 },	     { "gb10b", 25, 0, 41 },
		{ "gb10b", 26, -EINVAL, 0 }, { "gb10b", 1, -EINVAL, 0 },
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_init(&r, cases[i].chip);
		r.config.base_bits = cases[i].bits;
		CHECK_EQ(rig_attach(&r), cases[i].want);
		CHECK_EQ(only_looked(&r, 0x8000003d), 0);
		if (cases[i].want) {
			CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_BASE_BITS);
			CHECK_EQ(r.op.cause.arg[0], cases[i].bits);
			continue;
		}
		CHECK_EQ(r.gpu.reach, 1ull << cases[i].reach_bits);
		CHECK_EQ(r.gpu.base_mask,
			 (1u << (cases[i].reach_bits - 16)) - 1);
	}
	return 0;
}

static int an_open_reads_at_most_ten_registers_and_writes_none(void)
{
	static const unsigned int reads[] = { 4, 3, 5, 7, 7, 7, 7, 7, 7 };
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(fake_kinds); i++) {
		rig_init(&r, fake_kinds[i].name);
		r.config.vram_fallback = 2 * MIB;
		CHECK_EQ(rig_attach(&r), 0);
		CHECK_EQ(only_looked(&r, 0x8000003d), 0);
		CHECK_EQ(r.fake.stray, 0);
		CHECK_EQ(r.fake.accesses, reads[i]);
		CHECK_EQ(r.fake.window_reads, 1);
		CHECK_EQ(r.gpu.saved_raw, 0x8000003d);
		CHECK_EQ(r.gpu.boot_0, r.fake.regs[0].val);
		CHECK_EQ(r.gpu.stats.moves, 0);
	}
	return 0;
}

/* Registers of all ones that are not refused, each looked at again */
static int an_open_that_must_look_often_stays_within_its_ten_reads(void)
{
	static const uint32_t ones[] = { 4, 0xa00, 0x118128 };
	struct rig r;
	size_t i;

	rig_init(&r, "ga102");
	for (i = 0; i < ARRAY_LEN(ones); i++)
		change(&r, (struct fake_reg){ ones[i], FAKE_GONE });
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(only_looked(&r, 0x8000003d), 0);
	return 0;
}

static int firmware_is_asked_for_before_confidential_computing(void)
{
	struct rig r;

	rig_init(&r, "gh100");
	change(&r, (struct fake_reg){ 0x1182cc, 0xbadf5040 });
	change(&r, (struct fake_reg){ 0x200bc, 0 });
	CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_FIRMWARE);
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_refusal_has_its_reason_and_writes_nothing),
	TEST(a_refusal_names_the_register_and_its_value),
	TEST(a_register_behind_a_closed_gate_is_not_read),
	TEST(a_window_register_that_reads_a_pri_error_is_refused),
	TEST(a_window_register_that_alone_reads_all_ones_is_refused),
	TEST(a_size_register_that_alone_reads_all_ones_is_poison),
	TEST(the_size_of_vram_is_decoded),
	TEST(a_size_given_by_hand_wins_and_a_fallback_does_not),
	TEST(the_width_of_base_is_checked_against_what_the_chip_can_have),
	TEST(an_open_reads_at_most_ten_registers_and_writes_none),
	TEST(an_open_that_must_look_often_stays_within_its_ten_reads),
	TEST(firmware_is_asked_for_before_confidential_computing),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
