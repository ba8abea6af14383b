// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a handle says about its GPU and about itself, and what options change.
 */
#include "lib_rig.h"

static struct rig rig;

/* One chip of each kind of window; the published facts, not our tables */
static const struct {
	const char *chip, *family, *window;
	uint32_t window_register, vram_register;
	uint64_t reach;
	bool target;
} kinds[] = {
	{ "g80", "tesla", "NV_PBUS_BAR0_WINDOW", 0x1700, 0x10020c, 1024 * GIB,
	  true },
	{ "gm200", "maxwell", "NV_PBUS_BAR0_WINDOW", 0x1700, 0, 1024 * GIB,
	  true },
	{ "tu102", "turing", "NV_PBUS_BAR0_WINDOW", 0x1700, 0x100ce0,
	  1024 * GIB, true },
	{ "ad102", "ada", "NV_PBUS_BAR0_WINDOW", 0x1700, 0x1183a4, 1024 * GIB,
	  true },
	{ "gh100", "hopper", "NV_XAL_EP_ZB_BAR0_WINDOW", 0x10fd40, 0x1183a4,
	  256 * GIB, false },
	{ "gb100", "blackwell", "NV_XAL_EP_ZB_BAR0_WINDOW", 0x10fd40, 0x1183a4,
	  512 * GIB, false },
	{ "gb10b", "blackwell", "NV_XAL_EP_ZB_BAR0_WINDOW", 0x10fd40, 0x1183a4,
	  256 * GIB, false },
};

static int info_states_the_published_facts(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct pramin_open_opts opts = {
			.size = sizeof(opts),
			.vram = kinds[i].vram_register ? 0 : 2 * GIB,
		};
		struct pramin_info info = { .size = sizeof(info) };
		uint32_t boot0;

		CHECK_EQ(rig_model(&rig, kinds[i].chip, 2 * GIB, false), 0);
		CHECK_EQ(rig_attach(&rig, &opts), 0);
		CHECK_EQ(pramin_info(rig.dev, &info), 0);
		CHECK_EQ(info.size, sizeof(info));
		CHECK(!strcmp(info.backend, "rig"));
		CHECK(!strcmp(info.chip, kinds[i].chip));
		CHECK(!strcmp(info.family, kinds[i].family));
		CHECK(!strcmp(info.window_name, kinds[i].window));
		CHECK_EQ(info.window_register, kinds[i].window_register);
		CHECK_EQ(info.vram_register, kinds[i].vram_register);
		CHECK_EQ(info.reach, kinds[i].reach);
		CHECK_EQ(info.has_target, kinds[i].target);
		CHECK_EQ(info.vram_size, 2 * GIB);
		CHECK_EQ(info.vram_by_hand, !kinds[i].vram_register);
		CHECK_EQ(info.chip_by_hand, false);
		CHECK_EQ(info.mapped, false);
		CHECK_HAS(info.not_verified, "coherent");
		boot0 = info.boot0;
		CHECK_EQ(info.boot42 != 0, (boot0 >> 24 & 0x1f) >= 0x11);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

/* A larger struct is one of a later library; a smaller one of an earlier. */
static int sizes_of_result_structs_are_respected(void)
{
	struct {
		struct pramin_info info;
		uint8_t beyond;
	} i;
	struct {
		struct pramin_stats stats;
		uint8_t beyond;
	} s;
	struct pramin_dev *dev;

	CHECK_EQ(rig_open(&rig, "tu102", 0, false), 0);
	dev = rig.dev;
	memset(&i, 0x5a, sizeof(i));
	i.info.size = sizeof(i.info) + 1;
	CHECK_EQ(pramin_info(dev, &i.info), -EINVAL);
	CHECK_EQ(i.info.boot0, 0x5a5a5a5a);
	i.info.size = 0;
	CHECK_EQ(pramin_info(dev, &i.info), -EINVAL);
	i.info.size = offsetof(struct pramin_info, boot0);
	CHECK_EQ(pramin_info(dev, &i.info), 0);
	CHECK(!strcmp(i.info.chip, "tu102"));
	CHECK_EQ(i.info.boot0, 0x5a5a5a5a);
	CHECK_EQ(i.info.size, offsetof(struct pramin_info, boot0));

	memset(&s, 0x5a, sizeof(s));
	s.stats.size = sizeof(s.stats) + 1;
	CHECK_EQ(pramin_stats(dev, &s.stats), -EINVAL);
	s.stats.size = 0;
	CHECK_EQ(pramin_stats(dev, &s.stats), -EINVAL);
	s.stats.size = offsetof(struct pramin_stats, proofs);
	CHECK_EQ(pramin_stats(dev, &s.stats), 0);
	CHECK_EQ(s.stats.moves, 0);
	CHECK_EQ(s.stats.proofs, 0x5a5a5a5a5a5a5a5a);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int open_with(const char *chip, const struct pramin_open_opts *opts,
		     int want, enum pramin_reason reason)
{
	CHECK_EQ(rig_model(&rig, chip, 4 * GIB, false), 0);
	CHECK_EQ(rig_attach(&rig, opts), want);
	if (want) {
		CHECK_EQ(rig.why.reason, reason);
		CHECK_EQ(rig.why.err, want);
		pramin_model_destroy(rig.model);
	}
	return 0;
}

static int bad_options_are_refused_before_the_gpu_is_touched(void)
{
	static const struct {
		struct pramin_open_opts opts;
		enum pramin_reason reason;
		bool touches;
	} cases[] = {
		{ { .size = 0 }, PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts) - 1 },
		  PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts) + 8 },
		  PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts), .chip = "tu1" },
		  PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts), .chip = "" },
		  PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts), .vram = 1 },
		  PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts),
		    .vram = UINT64_MAX }, PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts),
		    .vram = MIB + 1 }, PRAMIN_REASON_ARGUMENT, false },
		{ { .size = sizeof(struct pramin_open_opts),
		    .vram = 2048 * GIB + 4096 }, PRAMIN_REASON_ARGUMENT,
		  false },
		{ { .size = sizeof(struct pramin_open_opts), .base_bits = 33 },
		  PRAMIN_REASON_BASE_BITS, false },
		{ { .size = sizeof(struct pramin_open_opts),
		    .base_bits = UINT32_MAX }, PRAMIN_REASON_BASE_BITS, false },
		{ { .size = sizeof(struct pramin_open_opts), .base_bits = 23 },
		  PRAMIN_REASON_BASE_BITS, true },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(open_with("tu102", &cases[i].opts, -EINVAL,
				   cases[i].reason), 0);
		CHECK_EQ(rig.accesses != 0, cases[i].touches);
	}
	return 0;
}

static int chip_vram_and_base_bits_can_be_given_by_hand(void)
{
	struct pramin_open_opts opts = { .size = sizeof(opts) };
	struct pramin_info info = { .size = sizeof(info) };

	opts.chip = "GB100";
	CHECK_EQ(open_with("gb10b", &opts, 0, PRAMIN_REASON_NONE), 0);
	CHECK_EQ(pramin_info(rig.dev, &info), 0);
	CHECK(info.chip_by_hand && !strcmp(info.chip, "gb100"));
	CHECK_EQ(info.reach, 512 * GIB);
	CHECK_EQ(rig_close(&rig), 0);

	opts.chip = NULL;
	opts.vram = 2 * MIB;
	CHECK_EQ(open_with("gb100", &opts, 0, PRAMIN_REASON_NONE), 0);
	CHECK_EQ(pramin_info(rig.dev, &info), 0);
	CHECK(info.vram_by_hand);
	CHECK_EQ(info.vram_size, 2 * MIB);
	CHECK_EQ(pramin_write8(rig.dev, 2 * MIB, 1), -ERANGE);
	CHECK_EQ(rig_close(&rig), 0);

	opts.vram = 0;
	for (opts.base_bits = 22; opts.base_bits <= 25; opts.base_bits++) {
		CHECK_EQ(open_with("gb20c", &opts, 0, PRAMIN_REASON_NONE), 0);
		CHECK_EQ(pramin_info(rig.dev, &info), 0);
		CHECK_EQ(info.reach, 1ull << (opts.base_bits + 16));
		CHECK_EQ(rig_close(&rig), 0);
	}
	CHECK_EQ(open_with("gb20c", &opts, -EINVAL, PRAMIN_REASON_BASE_BITS),
		 0);
	return 0;
}

/* A GPU that does not say what it is works once it is named. */
static int an_unknown_gpu_can_be_named_by_its_family(void)
{
	struct pramin_dev *dev;
	uint32_t val;

	CHECK_EQ(pramin_open("model:gb202,boot0=0x1d0000a1", NULL, &dev, NULL),
		 -EOPNOTSUPP);
	CHECK_EQ(pramin_open("model:gb202,boot0=0x1d0000a1,chip=blackwell",
			     NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_write32(dev, 5 * GIB, 0x1234), 0);
	CHECK_EQ(pramin_read32(dev, 5 * GIB, &val), 0);
	CHECK_EQ(val, 0x1234);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int verify_mode_looks_after_every_access_and_move(void)
{
	struct pramin_open_opts opts = { .size = sizeof(opts), .verify = true };
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(open_with("tu102", &opts, 0, PRAMIN_REASON_NONE), 0);
	CHECK_EQ(pramin_write32(rig.dev, 0, 1), 0);	/* move, access */
	CHECK_EQ(pramin_read32(rig.dev, 0, &val), 0);	/* access */
	CHECK_EQ(pramin_read32(rig.dev, MIB, &val), 0); /* move, access */
	CHECK_EQ(pramin_stats(rig.dev, &stats), 0);
	CHECK_EQ(stats.proofs, 5);
	/* Another agent moves the window: told, and not for the next call. */
	pramin_model_set_window(rig.model, 0x123);
	CHECK_EQ(pramin_read32(rig.dev, MIB, &val), -EIO);
	CHECK_EQ(pramin_read32(rig.dev, MIB, &val), 0);
	/* In a view, too, after a write as after a read */
	CHECK_EQ(pramin_view_begin(rig.dev, MIB, 16, &view), 0);
	pramin_model_set_window(rig.model, 0x123);
	pramin_view_write(view, 0, 4, 1);
	CHECK_EQ(pramin_view_end(view), -EIO);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_MISPLACED);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int position_decodes_the_register(void)
{
	static const struct {
		const char *chip;
		uint32_t raw;
		uint64_t base;
		enum pramin_target target;
	} cases[] = {
		{ "tu102", 0, 0, PRAMIN_TARGET_VRAM },
		{ "tu102", 0x00ffffff, 0xffffff0000, PRAMIN_TARGET_VRAM },
		{ "tu102", 0xfc000001, 0x10000, PRAMIN_TARGET_VRAM },
		{ "tu102", 0x01000000, 0, PRAMIN_TARGET_UNDEFINED },
		{ "tu102", 0x02000010, 0x100000, PRAMIN_TARGET_SYS_COHERENT },
		{ "tu102", 0x03000010, 0x100000,
		  PRAMIN_TARGET_SYS_NONCOHERENT },
		{ "gh100", 0x03000010, 0x100000, PRAMIN_TARGET_VRAM },
		{ "gh100", 0xffffffff, 0x3fffff0000, PRAMIN_TARGET_VRAM },
		{ "gb100", 0xffff0001, 0x7f00010000, PRAMIN_TARGET_VRAM },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_position pos;

		CHECK_EQ(rig_open(&rig, cases[i].chip, 0, false), 0);
		pramin_model_set_window(rig.model, cases[i].raw);
		CHECK_EQ(pramin_position(rig.dev, &pos), 0);
		CHECK_EQ(pos.raw, cases[i].raw);
		CHECK_EQ(pos.base, cases[i].base);
		CHECK_EQ(pos.target, cases[i].target);
		/* Looking is not moving. */
		CHECK_EQ(pramin_model_window(rig.model), cases[i].raw);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

/* Whatever the library counts, the model has seen. */
static int stats_equal_the_models_counters(void)
{
	struct pramin_model_counters before = { .size = sizeof(before) };
	struct pramin_model_counters c = { .size = sizeof(c) };
	struct pramin_stats s = { .size = sizeof(s) };
	static uint8_t buf[300000];
	uint64_t reads = 0, same;
	struct pramin_view *view;
	unsigned int i;
	uint64_t val;

	rig_pattern(buf, sizeof(buf), 3);
	CHECK_EQ(rig_open(&rig, "gh100", 4 * GIB, false), 0);
	CHECK_EQ(pramin_model_counters(rig.model, &before), 0);
	CHECK_EQ(pramin_write(rig.dev, 3 * MIB - 77, buf, sizeof(buf), NULL),
		 0);
	CHECK_EQ(pramin_copy(rig.dev, 9 * MIB + 3, 3 * MIB - 77, 200001, NULL),
		 0);
	CHECK_EQ(pramin_compare(rig.dev, 9 * MIB + 3, buf, 200001, &same, NULL),
		 0);
	CHECK_EQ(same, 200001);
	CHECK_EQ(pramin_fill(rig.dev, 9 * MIB, 4096, "\xff", 1, NULL), 0);
	CHECK_EQ(pramin_read64(rig.dev, 9 * MIB, &val), 0);
	CHECK_EQ(pramin_view_begin(rig.dev, 64 * MIB, 4, &view), 0);
	pramin_view_write(view, 0, 1, 3);
	pramin_view_write(view, 2, 2, 3);
	CHECK_EQ(pramin_view_read(view, 0, 2), 3);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_flush(rig.dev), 0);
	CHECK_EQ(pramin_stats(rig.dev, &s), 0);
	CHECK_EQ(pramin_model_counters(rig.model, &c), 0);

	for (i = 0; i < 4; i++) {
		uint64_t flushes = i == 2 ? s.flushes : 0;

		reads += s.reads[i];
		CHECK_EQ(c.reads[i], s.reads[i] + flushes);
		CHECK_EQ(c.writes[i], s.writes[i]);
	}
	CHECK(reads > 0 && s.flushes > 0 && s.liveness > 0);
	CHECK_EQ(c.moves, s.moves);
	CHECK_EQ(c.window_writes, s.moves);
	CHECK_EQ(s.proofs, 1);
	CHECK_EQ(s.restores, 0);
	CHECK_EQ(c.register_reads - before.register_reads,
		 s.proofs + s.liveness);
	CHECK_EQ(s.simulated_ns, c.simulated_ns);
	CHECK_EQ(c.outside + c.unknown, 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int a_flat_model_is_mapped(void)
{
	struct pramin_info info = { .size = sizeof(info) };
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "tu102", 0, true), 0);
	CHECK_EQ(pramin_read32(rig.dev, 0, &val), 0);
	CHECK_EQ(pramin_info(rig.dev, &info), 0);
	CHECK(info.mapped);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int a_flat_model_is_not_mapped_while_its_window_shows_no_vram(void)
{
	struct pramin_info info = { .size = sizeof(info) };

	CHECK_EQ(rig_model(&rig, "tu102", 0, true), 0);
	pramin_model_set_window(rig.model, 0x02000000);
	CHECK_EQ(rig_attach(&rig, NULL), 0);
	CHECK_EQ(pramin_info(rig.dev, &info), 0);
	CHECK_EQ(rig_close(&rig), 0);
	CHECK(!info.mapped);
	return 0;
}

static int the_version_is_three_numbers(void)
{
	unsigned int a, b, c;
	char rest;

	CHECK_EQ(sscanf(pramin_version(), "%u.%u.%u%c", &a, &b, &c, &rest), 3);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(info_states_the_published_facts),
		TEST(sizes_of_result_structs_are_respected),
		TEST(bad_options_are_refused_before_the_gpu_is_touched),
		TEST(chip_vram_and_base_bits_can_be_given_by_hand),
		TEST(an_unknown_gpu_can_be_named_by_its_family),
		TEST(verify_mode_looks_after_every_access_and_move),
		TEST(position_decodes_the_register),
		TEST(stats_equal_the_models_counters),
		TEST(a_flat_model_is_mapped),
		TEST(a_flat_model_is_not_mapped_while_its_window_shows_no_vram),
		TEST(the_version_is_three_numbers),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
