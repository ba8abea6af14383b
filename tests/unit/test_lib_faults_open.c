// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fault sweep of open and close: every access that they make fails in turn.
 */
#include "lib_rig.h"

#define LOG_ROOM	64u

static struct rig rig;
static struct rig_access accesses[LOG_ROOM];

/* One of each order of checks at open; those without a register need a size */
static const struct {
	const char *chip;
	uint64_t vram;
} chips[] = {
	{ "g80", 0 },	{ "gk104", MIB }, { "gv100", MIB }, { "gp102", 0 },
	{ "tu102", 0 }, { "ga102", 0 },	  { "gh100", 0 },   { "gb100", 0 },
	{ "gb202", 0 },
};

static int attach(const char *chip, uint64_t vram, const char *fault,
		  uint64_t nth)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = vram,
	};
	int ret;

	ret = rig_model(&rig, chip, vram, false);
	if (ret)
		return ret;
	rig_log_here(&rig, accesses, LOG_ROOM);
	if (fault)
		ret = rig_fault(&rig, fault, nth);
	return ret ? ret : rig_attach(&rig, &opts);
}

/* The accesses of an open without a fault */
static int clean(size_t i, size_t *count)
{
	struct pramin_model_counters c = { .size = sizeof(c) };
	size_t n;

	CHECK_EQ(attach(chips[i].chip, chips[i].vram, NULL, 0), 0);
	*count = (size_t)rig.accesses;
	CHECK(*count > 0 && *count <= 10);
	for (n = 0; n < *count; n++)
		CHECK(!accesses[n].write);
	CHECK_EQ(pramin_model_counters(rig.model, &c), 0);
	CHECK(c.config_reads <= 4);
	CHECK_EQ(rig_close(&rig), 0);
	/* Nothing was moved, so nothing is restored. */
	CHECK_EQ(rig.accesses, *count);
	return 0;
}

/* @ret is negative: the reason is there, and nothing else has happened. */
static int check_refused(const char *chip, int ret)
{
	CHECK(!rig.dev);
	CHECK_EQ(rig.why.err, ret);
	CHECK(rig.why.what[0]);
	CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	pramin_model_mend(rig.model);
	CHECK_EQ(rig_attach(&rig, &(struct pramin_open_opts){
				.size = sizeof(struct pramin_open_opts),
				.chip = chip,
				.vram = MIB }), 0);
	return 0;
}

static int sweep_open(const char *fault, int want)
{
	size_t i, n, count;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		CHECK_EQ(clean(i, &count), 0);
		for (n = 1; n <= count + 1; n++) {
			int ret = attach(chips[i].chip, chips[i].vram, fault,
					 n);

			if (ret != (n <= count ? want : 0)) {
				printf("%s, %s@%zu (BAR0 0x%x) of %zu: %s\n",
				       chips[i].chip, fault, n,
				       accesses[n - 1].off, count,
				       rig.why.what);
				CHECK_EQ(ret, want);
			}
			if (ret)
				CHECK_EQ(check_refused(chips[i].chip, ret), 0);
			pramin_model_mend(rig.model);
			CHECK_EQ(rig_close(&rig), 0);
		}
	}
	return 0;
}

static int open_reports_every_failure_of_the_backend(void)
{
	CHECK_EQ(sweep_open("fail", -ENODEV), 0);
	CHECK_EQ(sweep_open("dead", -ENODEV), 0);
	return 0;
}

static int a_gpu_that_goes_away_during_open_is_enodev(void)
{
	return sweep_open("gone", -ENODEV);
}

/* All ones for one read: refused, or the GPU is known as what it is. */
static int one_read_of_ones_during_open_never_misleads(void)
{
	size_t i, n, count;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		CHECK_EQ(clean(i, &count), 0);
		for (n = 1; n <= count; n++) {
			struct pramin_info info = { .size = sizeof(info) };
			int ret = attach(chips[i].chip, chips[i].vram, "blip",
					 n);

			if (accesses[n - 1].off == 0)
				CHECK_EQ(ret, -ENODEV);
			CHECK(!ret || ret == -ENODEV || ret == -EOPNOTSUPP);
			if (ret)
				CHECK_EQ(check_refused(chips[i].chip, ret), 0);
			CHECK_EQ(pramin_info(rig.dev, &info), 0);
			CHECK(!strcmp(info.chip, chips[i].chip));
			CHECK_EQ(rig_close(&rig), 0);
		}
	}
	return 0;
}

static int other_codes_of_the_backend_are_passed_on_by_open(void)
{
	static const int codes[] = { -EPERM, -ENOMEM, -ETIMEDOUT, -EIO };
	size_t i;
	uint64_t n;

	for (i = 0; i < ARRAY_LEN(codes); i++)
		for (n = 1; n <= 3; n++) {
			CHECK_EQ(rig_model(&rig, "tu102", 0, false), 0);
			rig.fail_at = n;
			rig.fail_code = codes[i];
			CHECK_EQ(rig_attach(&rig, NULL), codes[i]);
			CHECK_EQ(check_refused("tu102", codes[i]), 0);
			CHECK_EQ(rig_close(&rig), 0);
		}
	return 0;
}

static const struct close_case {
	const char *fault;
	uint64_t nth;
	int want;
	enum pramin_reason reason;
} close_cases[] = {
	{ "fail", 1, 0, 0 },
	{ "fail", 2, 0, 0 },
	{ "blip", 1, 0, 0 },
	{ "blip", 2, 0, 0 },
	{ "full", 1, 0, 0 },
	{ "moved=0x50000", 1, 0, 0 },
	{ "moved=0x50000", 2, 0, 0 },
	{ "stuck", 2, 0, 0 },
	{ "dead", 1, -ENODEV, PRAMIN_REASON_BACKEND_GONE },
	{ "dead", 2, -ENODEV, PRAMIN_REASON_BACKEND_GONE },
	{ "gone", 1, -ENODEV, PRAMIN_REASON_ALL_ONES },
	{ "gone", 2, -ENODEV, PRAMIN_REASON_ALL_ONES },
	{ "stuck", 1, -EIO, PRAMIN_REASON_NOT_RESTORED },
};

static int close_one(const struct close_case *c)
{
	CHECK_EQ(rig_open(&rig, "tu102", MIB * 4, false), 0);
	CHECK_EQ(pramin_write32(rig.dev, MIB, 1), 0);
	CHECK(pramin_model_window(rig.model) != rig.raw);
	CHECK_EQ(rig_fault(&rig, c->fault, c->nth), 0);
	rig_log_here(&rig, accesses, LOG_ROOM);
	CHECK_EQ(pramin_close(rig.dev, &rig.why), c->want);
	rig.dev = NULL;
	CHECK(rig.accesses - rig.log_from <= 8);
	if (c->want) {
		CHECK_EQ(rig.why.err, c->want);
		CHECK_EQ(rig.why.reason, c->reason);
		CHECK(rig.why.what[0]);
	} else {
		CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	}
	pramin_model_destroy(rig.model);
	return 0;
}

static int close_puts_the_window_back_if_anything_can(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(close_cases); i++)
		if (close_one(&close_cases[i])) {
			printf("close with %s@%u\n", close_cases[i].fault,
			       (unsigned int)close_cases[i].nth);
			return CHECK_FAILED;
		}
	return 0;
}

static int close_costs_two_accesses_after_a_move_and_none_without(void)
{
	CHECK_EQ(rig_open(&rig, "gh100", 0, false), 0);
	rig_log_here(&rig, NULL, 0);
	CHECK_EQ(rig_close(&rig), 0);
	CHECK_EQ(rig.accesses - rig.log_from, 0);

	CHECK_EQ(rig_open(&rig, "gh100", 0, false), 0);
	CHECK_EQ(pramin_write32(rig.dev, 0, 1), 0);
	rig_log_here(&rig, NULL, 0);
	CHECK_EQ(rig_close(&rig), 0);
	CHECK_EQ(rig.accesses - rig.log_from, 2);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(open_reports_every_failure_of_the_backend),
		TEST(a_gpu_that_goes_away_during_open_is_enodev),
		TEST(one_read_of_ones_during_open_never_misleads),
		TEST(other_codes_of_the_backend_are_passed_on_by_open),
		TEST(close_puts_the_window_back_if_anything_can),
		TEST(close_costs_two_accesses_after_a_move_and_none_without),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
