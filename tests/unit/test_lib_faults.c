// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fault sweep of scalars, flush, position, restore and views.
 */
#include "lib_sweep.h"

#define AT	(MIB + 16) /* bytes of the pattern */
#define ONES	(MIB + 64) /* all ones that are data */

/* So that the call has to move the window, and needs no proof for it */
static int placed_elsewhere(struct trial *t)
{
	return pramin_write32(t->rig.dev, 0, *(uint32_t *)(void *)sweep_before);
}

static int read_value(struct trial *t, uint64_t pa, unsigned int width)
{
	struct pramin_dev *dev = t->rig.dev;
	uint8_t v8;
	uint16_t v16;
	uint32_t v32;
	int ret = 0;

	v8 = (uint8_t)t->val;
	v16 = (uint16_t)t->val;
	v32 = (uint32_t)t->val;
	switch (width) {
	case 1:
		ret = pramin_read8(dev, pa, &v8);
		t->val = v8;
		break;
	case 2:
		ret = pramin_read16(dev, pa, &v16);
		t->val = v16;
		break;
	case 4:
		ret = pramin_read32(dev, pa, &v32);
		t->val = v32;
		break;
	default:
		ret = pramin_read64(dev, pa, &t->val);
		break;
	}
	return ret;
}

/* @val is what VRAM holds, or untouched. */
static int check_value(const struct trial *t, int ret, const uint8_t *seen,
		       unsigned int width)
{
	uint64_t want = 0x5a5a5a5a5a5a5a5a >> (64 - 8 * width);

	if (ret == 0)
		want = 0;
	if (ret == 0)
		memcpy(&want, seen, width);
	CHECK_EQ(t->val, want);
	return 0;
}

#define READ(bits)                                                             \
	static int run_read##bits(struct trial *t)                             \
	{                                                                      \
		return read_value(t, AT, bits / 8);                            \
	}                                                                      \
	static int run_ones##bits(struct trial *t)                             \
	{                                                                      \
		return read_value(t, ONES, bits / 8);                          \
	}                                                                      \
	static int check_read##bits(const struct trial *t, int ret,            \
				    const uint8_t *seen)                       \
	{                                                                      \
		return check_value(t, ret, seen + AT, bits / 8);               \
	}                                                                      \
	static int check_ones##bits(const struct trial *t, int ret,            \
				    const uint8_t *seen)                       \
	{                                                                      \
		return check_value(t, ret, seen + ONES, bits / 8);             \
	}

#define WRITE(bits)                                                            \
	static int run_write##bits(struct trial *t)                            \
	{                                                                      \
		return pramin_write##bits(t->rig.dev, AT,                      \
					  (uint##bits##_t)0x1122334455667788); \
	}                                                                      \
	static void apply_write##bits(uint8_t *vram, const uint8_t *seen)      \
	{                                                                      \
		uint##bits##_t val = (uint##bits##_t)0x1122334455667788;       \
                                                                               \
		(void)seen;                                                    \
		memcpy(vram + AT, &val, sizeof(val));                          \
	}

READ(8)
READ(16)
READ(32)
READ(64)
WRITE(8)
WRITE(16)
WRITE(32)
WRITE(64)

#define READ_CASES(bits)                                                       \
	{ .name = "read" #bits, .run = run_read##bits,                         \
	  .check = check_read##bits },                                         \
	{ .name = "read" #bits " elsewhere", .prepare = placed_elsewhere,      \
	  .run = run_read##bits, .check = check_read##bits },                  \
	{ .name = "read" #bits " of ones", .prepare = placed_elsewhere,        \
	  .run = run_ones##bits, .check = check_ones##bits }
#define WRITE_CASES(bits)                                                      \
	{ .name = "write" #bits, .run = run_write##bits,                       \
	  .apply = apply_write##bits, .pa = AT, .len = bits / 8 },             \
	{ .name = "write" #bits " elsewhere", .prepare = placed_elsewhere,     \
	  .run = run_write##bits, .apply = apply_write##bits, .pa = AT,        \
	  .len = bits / 8 }

static int scalars_survive_every_fault(void)
{
	static const struct sweep_case cases[] = {
		READ_CASES(8),	READ_CASES(16),	 READ_CASES(32),
		READ_CASES(64), WRITE_CASES(8),	 WRITE_CASES(16),
		WRITE_CASES(32), WRITE_CASES(64),
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sweep(&cases[i]), 0);
	return 0;
}

static int run_flush(struct trial *t)
{
	return pramin_flush(t->rig.dev);
}

/* The flush reads the first word of the window: let it be all ones. */
static int ones_at_window(struct trial *t)
{
	uint64_t ones = UINT64_MAX;

	CHECK_EQ(placed_elsewhere(t), 0);
	CHECK_EQ(pramin_model_poke(t->rig.model, 0, &ones, 8), 0);
	return 0;
}

static int flush_survives_every_fault(void)
{
	static const struct sweep_case c = {
		.name = "flush", .prepare = placed_elsewhere, .run = run_flush,
	};

	return sweep(&c);
}

static int a_flush_that_reads_ones_asks_whether_the_gpu_is_there(void)
{
	static const struct sweep_case c = {
		.name = "flush", .prepare = ones_at_window, .run = run_flush,
	};
	struct trial *t = &trial;

	CHECK_EQ(sweep_start(t, &c, false), 0);
	CHECK_EQ(run_flush(t), 0);
	CHECK_EQ(t->rig.accesses - t->rig.log_from, 2);
	CHECK_EQ(rig_fault(&t->rig, "gone", 1), 0);
	CHECK_EQ(run_flush(t), -ENODEV);
	CHECK_EQ(rig_close(&t->rig), -ENODEV);
	return 0;
}

static int run_position(struct trial *t)
{
	struct pramin_position pos = { .raw = 0x5a5a5a5a };
	int ret = pramin_position(t->rig.dev, &pos);

	t->val = pos.raw;
	return ret;
}

static int check_position(const struct trial *t, int ret, const uint8_t *seen)
{
	(void)seen;
	if (ret)
		CHECK_EQ(t->val, 0x5a5a5a5a);
	return 0;
}

static int position_survives_every_fault(void)
{
	static const struct sweep_case c = {
		.name = "position", .prepare = placed_elsewhere,
		.run = run_position, .check = check_position,
		.shows_register = true,
	};

	return sweep(&c);
}

/* Begin, a write and a read of 32 bits, end */
static int run_view(struct trial *t)
{
	struct pramin_span span;
	struct pramin_view *before = t->view;
	int ret = pramin_view_begin(t->rig.dev, AT, 64, &t->view);

	if (ret)
		return t->view == before ? ret : -1;
	span = pramin_view_span(t->view);
	pramin_span_write32(span, 4, 0x11223344);
	t->val = pramin_span_read32(span, 8);
	ret = pramin_view_end(t->view);
	t->view = NULL;
	return ret;
}

static void apply_view(uint8_t *vram, const uint8_t *seen)
{
	(void)seen;
	memcpy(vram + AT + 4, "\x44\x33\x22\x11", 4);
}

static int check_view(const struct trial *t, int ret, const uint8_t *seen)
{
	uint32_t want;

	memcpy(&want, seen + AT + 8, 4);
	if (ret == 0)
		CHECK_EQ(t->val, want);
	else
		/* Not begun, read before the failure, or failed */
		CHECK(t->val == 0x5a5a5a5a5a5a5a5a || t->val == want ||
		      t->val == UINT32_MAX);
	return 0;
}

static int views_survive_every_fault(void)
{
	static const struct sweep_case cases[] = {
		{ .name = "view", .run = run_view, .apply = apply_view,
		  .check = check_view, .pa = AT + 4, .len = 4 },
		{ .name = "view elsewhere", .prepare = placed_elsewhere,
		  .run = run_view, .apply = apply_view, .check = check_view,
		  .pa = AT + 4, .len = 4 },
	};

	CHECK_EQ(sweep(&cases[0]), 0);
	CHECK_EQ(sweep(&cases[1]), 0);
	return 0;
}

/* restore is one write: what close does after it is swept with close. */
static int restore_passes_on_the_code_of_the_backend(void)
{
	static const struct sweep_case c = { .name = "restore" };
	static const struct {
		const char *fault;
		int want, close;
	} cases[] = {
		{ "fail", -ENODEV, 0 },	 { "dead", -ENODEV, -ENODEV },
		{ "blip", 0, 0 },	 { "gone", 0, -ENODEV },
		{ "stuck", 0, -EIO },	 { "full", 0, 0 },
	};
	struct trial *t = &trial;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(sweep_start(t, &c, false), 0);
		CHECK_EQ(placed_elsewhere(t), 0);
		rig_log_here(&t->rig, sweep_log, SWEEP_LOG);
		CHECK_EQ(rig_fault(&t->rig, cases[i].fault, 1), 0);
		CHECK_EQ(pramin_restore(t->rig.dev), cases[i].want);
		CHECK_EQ(t->rig.accesses - t->rig.log_from, 1);
		CHECK(is_window(&sweep_log[0], true));
		if (cases[i].close == 0) {
			CHECK_EQ(pramin_close(t->rig.dev, NULL), 0);
			t->rig.dev = NULL;
			CHECK_EQ(pramin_model_window(t->rig.model),
				 t->rig.raw);
		}
		CHECK_EQ(rig_close(&t->rig), cases[i].close);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(scalars_survive_every_fault),
		TEST(flush_survives_every_fault),
		TEST(a_flush_that_reads_ones_asks_whether_the_gpu_is_there),
		TEST(position_survives_every_fault),
		TEST(views_survive_every_fault),
		TEST(restore_passes_on_the_code_of_the_backend),
	};

	sweep_image();
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
