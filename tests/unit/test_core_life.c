// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Faults at the beginning and at the end of a GPU's life, and in the middle of
 * calls that are too long for each access to fail in turn.
 */
#include "core_rig.h"

#define SAVED 0x8000003du

static int an_open_reports_an_error_of_each_of_its_accesses(void)
{
	uint64_t at;
	struct rig r;
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_LEN(fake_kinds); i++) {
		at = 0;
		do {
			at++;
			rig_init(&r, fake_kinds[i].name);
			r.config.vram_fallback = 2 * MIB;
			r.fake.fault =
				(struct fake_fault){ at, -ENODEV, at % 2 };
			ret = rig_attach(&r);
			CHECK_EQ(ret, r.fake.accesses < at ? 0 : -ENODEV);
			CHECK(!ret ||
			      r.op.cause.reason == PRAMIN_REASON_BACKEND_GONE);
			CHECK_EQ(r.fake.reg_writes, 0);
		} while (ret);
		CHECK(at > 3);
	}
	return 0;
}

static int a_gpu_lost_silently_while_it_is_opened_is_gone_and_nothing_else(void)
{
	uint64_t at, wrong = 0;
	struct rig r;
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_LEN(fake_kinds); i++) {
		at = 0;
		do {
			rig_init(&r, fake_kinds[i].name);
			r.config.vram_fallback = 2 * MIB;
			r.fake.fault.at = ++at;
			r.fake.fault.sticky = true;
			ret = rig_attach(&r);
			CHECK_EQ(r.fake.reg_writes, 0);
			if (!ret || ret == -ENODEV)
				continue;
			printf("%s, access %" PRIu64 ": %d, reason %d\n",
			       fake_kinds[i].name, at, ret,
			       (int)r.op.cause.reason);
			wrong++;
		} while (ret);
	}
	CHECK_EQ(wrong, 0);
	return 0;
}

/* Accesses of a close: write, read, and both twice more if they fail */
static int a_close_survives_any_single_fault(void)
{
	static const int errs[] = { 0, -ENODEV, -EPERM };
	uint64_t at;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(errs); i++) {
		for (at = 1; at <= 2; at++) {
			rig_open(&r, "gb100");
			CHECK_EQ(rig_touch(&r, 0), 0);
			fake_forget(&r.fake);
			r.fake.fault =
				(struct fake_fault){ at, errs[i], false };
			CHECK_EQ(rig_detach(&r), 0);
			CHECK_EQ(r.fake.window, SAVED);
			CHECK_EQ(r.fake.accesses, errs[i] ? at + 2 : 4);
		}
	}
	return 0;
}

static int a_close_that_cannot_restore_says_why(void)
{
	struct rig r;
	uint64_t at;

	for (at = 1; at <= 2; at++) {
		rig_open(&r, "gb100");
		CHECK_EQ(rig_touch(&r, 0), 0);
		fake_forget(&r.fake);
		r.fake.fault = (struct fake_fault){ at, -ENODEV, true };
		CHECK_EQ(rig_detach(&r), -ENODEV);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_BACKEND_GONE);

		rig_open(&r, "gb100");
		CHECK_EQ(rig_touch(&r, 0), 0);
		fake_forget(&r.fake);
		r.fake.fault = (struct fake_fault){ at, 0, true };
		CHECK_EQ(rig_detach(&r), -ENODEV);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_ALL_ONES);
	}
	return 0;
}

/* Over more than a MiB, so that chunks and moves have gone well before */
static int long_calls_lose_nothing_that_they_count_as_done(void)
{
	static uint8_t buf[2 * MIB];
	uint64_t at, i;
	struct rig r;
	int ret;

	for (at = 1;; at += 40009) {
		rig_open(&r, "gh100");
		r.fake.fault = (struct fake_fault){ at, 0, true };
		ret = pramin_bulk_read(rig_op(&r), 77, buf, 2 * MIB, &r.bulk);
		for (i = 0; i < r.bulk.done; i++)
			CHECK_EQ(buf[i], fake_byte(77 + i));
		if (!ret)
			break;
		CHECK_EQ(ret, -ENODEV);

		rig_open(&r, "gh100");
		r.fake.fault = (struct fake_fault){ at, -ENOMEM, false };
		memset(buf, 0x3c, sizeof(buf));
		CHECK_EQ(pramin_bulk_write(rig_op(&r), 77, buf, 2 * MIB,
					   &r.bulk),
			 -ENOMEM);
		for (i = 0; i < r.bulk.done; i++)
			CHECK_EQ(r.fake.vram[77 + i], 0x3c);

		/* Downwards: the end of the range is done first. */
		rig_open(&r, "gh100");
		r.fake.fault = (struct fake_fault){ at, 0, true };
		CHECK_EQ(pramin_bulk_copy(rig_op(&r), 2 * MIB - 9, GRAIN,
					  2 * MIB, &r.bulk),
			 -ENODEV);
		for (i = 2 * MIB - r.bulk.done; i < 2 * MIB; i++)
			CHECK_EQ(r.fake.vram[2 * MIB - 9 + i],
				 fake_byte(GRAIN + i));
	}
	CHECK_EQ(r.bulk.done, 2 * MIB);
	return 0;
}

static int over_the_model_a_lost_gpu_ends_each_call_the_same_way(void)
{
	static const struct {
		const char *fault;
		int want;
	} cases[] = {
		{ "gone", -ENODEV },
		{ "dead", -ENODEV },
	};
	struct pramin_model *model;
	uint64_t val = 0;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open_model(&r, "gh100", 0, &model);
		CHECK_EQ(rig_attach_model(&r, model), 0);
		CHECK_EQ(rig_write(&r, 5 * GIB, 8, 42), 0);
		CHECK_EQ(pramin_model_fault(model, cases[i].fault, NULL), 0);
		CHECK_EQ(rig_read(&r, 5 * GIB, 8, &val), cases[i].want);
		CHECK_EQ(val, 0);
		pramin_model_mend(model);
		CHECK_EQ(rig_read(&r, 5 * GIB, 8, &val), -ENODEV);
		CHECK_EQ(rig_detach(&r), 0);
		CHECK_EQ(pramin_model_window(model), r.gpu.saved_raw);
		pramin_model_destroy(model);
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(an_open_reports_an_error_of_each_of_its_accesses),
	TEST(a_gpu_lost_silently_while_it_is_opened_is_gone_and_nothing_else),
	TEST(a_close_survives_any_single_fault),
	TEST(a_close_that_cannot_restore_says_why),
	TEST(long_calls_lose_nothing_that_they_count_as_done),
	TEST(over_the_model_a_lost_gpu_ends_each_call_the_same_way),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
