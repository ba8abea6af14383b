// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM that is not for us: what the registers tell of it, and that pools keep off.
 */
#include "lib_space.h"

static struct space_rig s;

static int list(struct pramin_reserved all[PRAMIN_RESERVED_MAX], size_t *count)
{
	return pramin_reserved(s.rig.dev, all, PRAMIN_RESERVED_MAX, count);
}

static int
the_last_mib_is_reserved_and_regions_where_the_chip_tells_of_them(void)
{
	static const struct {
		const char *chip;
		uint64_t reads;
		int first, second; /* may the model have that region? */
	} cases[] = {
		{ "gk104", 0, -EINVAL, -EINVAL },
		{ "gv100", 0, -EINVAL, -EINVAL },
		{ "tu102", 4, 0, 0 },
		{ "ga100", 4, 0, 0 },
		{ "ad104", 4, 0, 0 },
		{ "gh100", 4, 0, 0 },
		{ "gb100", 2, -EINVAL, 0 },
		{ "gb202", 0, -EINVAL, -EINVAL },
	};
	struct pramin_reserved all[PRAMIN_RESERVED_MAX];
	size_t i, n, want;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t before;

		CHECK_EQ(space_begin(&s, cases[i].chip, 0), 0);
		before = s.rig.accesses;
		CHECK_EQ(list(all, &n), 0);
		CHECK_EQ(s.rig.accesses - before, cases[i].reads);
		CHECK_EQ(n, 1);
		CHECK_EQ(all[0].kind, PRAMIN_RESERVED_WORKSPACE);
		CHECK_EQ(all[0].first, GIB - MIB);
		CHECK_EQ(all[0].last, GIB - 1);
		CHECK_EQ(pramin_model_set_wpr(s.rig.model, 0, MIB, 2 * MIB),
			 cases[i].first);
		CHECK_EQ(pramin_model_set_wpr(s.rig.model, 1, 3 * MIB,
					      3 * MIB + 4096),
			 cases[i].second);
		want = 1;
		CHECK_EQ(list(all, &n), 0);
		if (!cases[i].first) {
			CHECK_EQ(all[want].kind, PRAMIN_RESERVED_WPR1);
			CHECK_EQ(all[want].first, MIB);
			CHECK_EQ(all[want++].last, 2 * MIB - 1);
		}
		if (!cases[i].second) {
			CHECK_EQ(all[want].kind, PRAMIN_RESERVED_WPR2);
			CHECK_EQ(all[want].first, 3 * MIB);
			CHECK_EQ(all[want++].last, 3 * MIB + 4095);
		}
		CHECK_EQ(n, want);
		CHECK_EQ(space_close(&s), 0);
	}
	return 0;
}

static int a_region_without_bytes_is_none_and_a_short_list_is_filled(void)
{
	struct pramin_reserved all[PRAMIN_RESERVED_MAX];
	size_t n = 99;

	CHECK_EQ(space_begin(&s, "tu102", 0), 0);
	CHECK_EQ(pramin_model_set_wpr(s.rig.model, 0, MIB, MIB), 0);
	CHECK_EQ(list(all, &n), 0);
	CHECK_EQ(n, 1);
	CHECK_EQ(pramin_model_set_wpr(s.rig.model, 0, MIB, 2 * MIB), 0);
	CHECK_EQ(pramin_reserved(s.rig.dev, all, 1, &n), 0);
	CHECK_EQ(n, 1);
	CHECK_EQ(pramin_reserved(s.rig.dev, NULL, 0, &n), 0);
	CHECK_EQ(n, 0);
	CHECK_EQ(pramin_reserved(s.rig.dev, NULL, 1, &n), -EINVAL);
	CHECK_EQ(pramin_reserved(s.rig.dev, all, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_reserved(NULL, all, 1, &n), -EINVAL);
	CHECK_EQ(pramin_model_set_wpr(s.rig.model, 2, 0, MIB), -EINVAL);
	CHECK_EQ(pramin_model_set_wpr(s.rig.model, 0, 1, MIB), -EINVAL);
	CHECK_EQ(pramin_model_set_wpr(s.rig.model, 0, MIB, 0), -ERANGE);
	CHECK_EQ(pramin_model_set_wpr(s.rig.model, 0, 0, GIB + 4096), -ERANGE);
	CHECK_HAS(pramin_reserved_name(PRAMIN_RESERVED_WORKSPACE), "VBIOS");
	CHECK_HAS(pramin_reserved_name(PRAMIN_RESERVED_WPR1), "WPR1");
	CHECK_HAS(pramin_reserved_name(PRAMIN_RESERVED_WPR2), "WPR2");
	CHECK_HAS(pramin_reserved_name((enum pramin_reserved_kind)9),
		  "reserved");
	return space_close(&s);
}

/* One access: the register that it is meant for */
static int answer(uint64_t nth, const char *what)
{
	char spec[64];

	snprintf(spec, sizeof(spec), "%s@%" PRIu64, what, nth);
	return pramin_model_fault(s.rig.model, spec, &s.rig.why);
}

static int a_register_that_answers_an_error_tells_of_no_region(void)
{
	static const char *const answers[] = { "read=0xffffffff",
					       "read=0xbadf4100" };
	struct pramin_reserved all[PRAMIN_RESERVED_MAX];
	struct pramin_model_counters c = { .size = sizeof(c) };
	size_t n, i;

	for (i = 0; i < 2 * ARRAY_LEN(answers); i++) {
		CHECK_EQ(space_begin(&s, "ga102", 0), 0);
		CHECK_EQ(pramin_model_set_wpr(s.rig.model, 0, MIB, 2 * MIB), 0);
		CHECK_EQ(pramin_model_counters(s.rig.model, &c), 0);
		CHECK_EQ(answer(c.accesses + 1 + i / 2, answers[i % 2]), 0);
		CHECK_EQ(list(all, &n), 0);
		CHECK_EQ(n, 1);
		CHECK_EQ(space_close(&s), 0);
	}
	return 0;
}

static int a_gpu_that_is_gone_tells_nothing_and_gets_no_pool(void)
{
	struct pramin_reserved all[PRAMIN_RESERVED_MAX];
	struct pramin_model_counters c = { .size = sizeof(c) };
	size_t n = 7;

	CHECK_EQ(space_begin(&s, "ga102", 0), 0);
	CHECK_EQ(pramin_model_counters(s.rig.model, &c), 0);
	CHECK_EQ(answer(c.accesses + 1, "gone"), 0);
	CHECK_EQ(list(all, &n), -ENODEV);
	CHECK_EQ(n, 7);
	CHECK_EQ(pramin_pool_add(s.pool, 64 * MIB, MIB), -ENODEV);
	pramin_model_mend(s.rig.model);
	pramin_close(s.rig.dev, NULL);
	pramin_model_destroy(s.rig.model);
	return 0;
}

/* 48 to 56 MiB, of which firmware has locked 49.5 to 51.25 */
static int a_pool_keeps_off_what_firmware_has_locked(void)
{
	struct pramin_space_params params;
	struct pramin_space *spaces[3];
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_pool *pool;
	uint64_t va;
	size_t i;

	CHECK_EQ(space_begin(&s, "ga102", 0), 0);
	CHECK_EQ(pramin_model_set_wpr(s.rig.model, 1, 99 * MIB / 2,
				      205 * MIB / 4),
		 0);
	CHECK_EQ(pramin_pool_create(s.rig.dev, &pool), 0);
	CHECK_EQ(pramin_pool_add(pool, 49 * MIB, 3 * MIB), -EINVAL);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_POOL_RANGE);
	CHECK_HAS(pramin_last_why(s.rig.dev)->what, "locked");
	/* What was refused is not claimed. */
	CHECK_EQ(pramin_pool_add(pool, 48 * MIB, 8 * MIB), 0);
	/* Nor can a table have been made there. */
	CHECK_EQ(pramin_pool_keep(pool, 50 * MIB, 4096), -EINVAL);
	CHECK_EQ(pramin_pool_keep(pool, 64 * MIB, 4096), -EINVAL);
	params = s.params;
	params.pool = pool;
	for (i = 0; i < ARRAY_LEN(spaces); i++) {
		CHECK_EQ(pramin_space_create(s.rig.dev, &params, &spaces[i]),
			 0);
		s.space = spaces[i];
		/* 512 KiB of tables each: they reach beyond the first MiB. */
		for (va = 0; va < 256 * MIB; va += 2 * MIB)
			CHECK_EQ(space_map(&s, va, DATA_PA, 4096, 0), 0);
		CHECK_EQ(pramin_space_info(spaces[i], &info), 0);
	}
	CHECK(info.pool_bytes > MIB);
	for (va = 49 * MIB; va < 52 * MIB; va += 8) {
		uint64_t word;

		CHECK_EQ(pramin_model_peek(s.rig.model, va, &word, 8), 0);
		CHECK_EQ(word, 0);
	}
	for (i = 0; i < ARRAY_LEN(spaces); i++)
		CHECK_EQ(pramin_space_destroy(spaces[i]), 0);
	s.space = NULL;
	CHECK_EQ(pramin_pool_destroy(pool), 0);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	CHECK_EQ(space_safe(&s), 0);
	return rig_close(&s.rig);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(the_last_mib_is_reserved_and_regions_where_the_chip_tells_of_them),
		TEST(a_region_without_bytes_is_none_and_a_short_list_is_filled),
		TEST(a_register_that_answers_an_error_tells_of_no_region),
		TEST(a_gpu_that_is_gone_tells_nothing_and_gets_no_pool),
		TEST(a_pool_keeps_off_what_firmware_has_locked),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
