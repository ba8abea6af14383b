// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Every fault does what model.h says, at the access that it names, and nothing
 * to the accesses before it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "model_rig.h"

#define OUTSIDE 0xbad0b000u

static int with_faults(const char *chip, const char *faults,
		       struct pramin_model **m)
{
	struct pramin_model_params p = { .chip = chip,
					 .vram = GIB,
					 .faults = faults };
	int ret = build_why(&p, m, NULL);

	if (!ret)
		pramin_model_set_window(*m, 0);
	return ret;
}

static int gone_reads_all_ones_and_swallows_writes(void)
{
	struct pramin_model *m;
	uint32_t val;

	CHECK_EQ(with_faults("tu102", "gone@4", &m), 0);
	CHECK_EQ(wr(m, APERTURE, 4, 0x11), 0);
	CHECK_EQ(get(m, APERTURE, 4), 0x11);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(config(m, 0), 0x1e0410de);
	CHECK_EQ(get(m, APERTURE, 4), 0xffffffff);
	CHECK_EQ(get(m, APERTURE, 1), 0xff);
	CHECK_EQ(get(m, APERTURE, 2), 0xffff);
	CHECK_EQ(get(m, APERTURE, 8), UINT64_MAX);
	CHECK_EQ(get(m, 0, 4), 0xffffffff);
	CHECK_EQ(wr(m, APERTURE, 4, 0x22), 0);
	CHECK_EQ(wr(m, PBUS, 4, 7), 0);
	CHECK_EQ(config(m, 0), 0xffffffff);
	CHECK_EQ(pramin_model_window(m), 0);
	CHECK_EQ(pramin_model_peek(m, 0, &val, 4), 0);
	CHECK_EQ(val, 0x11);
	CHECK_EQ(counters(m).accesses, 10);
	CHECK_EQ(counters(m).window_writes, 0);
	pramin_model_mend(m);
	CHECK_EQ(get(m, APERTURE, 4), 0x11);
	pramin_model_destroy(m);
	return 0;
}

static int blip_is_gone_for_one_access(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("tu102", "blip@2:blip@4", &m), 0);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(get(m, 0, 4), 0xffffffff);
	CHECK_EQ(wr(m, APERTURE, 4, 1), 0);
	CHECK_EQ(wr(m, APERTURE, 4, 2), 0);
	CHECK_EQ(get(m, APERTURE, 4), 1);
	pramin_model_destroy(m);
	return 0;
}

static int dead_and_fail_are_reported_and_nothing_is_written(void)
{
	struct pramin_model *m;
	uint64_t val = 5;
	uint32_t cfg = 6;

	CHECK_EQ(with_faults("tu102", "fail@2:dead@5", &m), 0);
	CHECK_EQ(wr(m, APERTURE, 4, 1), 0);
	CHECK_EQ(wr(m, APERTURE, 4, 2), -ENODEV);
	CHECK_EQ(get(m, APERTURE, 4), 1);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(rd(m, 0, 4, &val), -ENODEV);
	CHECK_EQ(wr(m, APERTURE, 4, 3), -ENODEV);
	CHECK_EQ(pramin_model_ops()->config_read(m, 0, &cfg), -ENODEV);
	CHECK_EQ(val, 5);
	CHECK_EQ(cfg, 6);
	pramin_model_mend(m);
	CHECK_EQ(get(m, APERTURE, 4), 1);
	pramin_model_destroy(m);
	return 0;
}

static int full_refuses_vram_writes_and_only_those(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("tu102", "full@2", &m), 0);
	CHECK_EQ(wr(m, APERTURE, 4, 1), 0);
	CHECK(!pramin_model_ops()->explain(m));
	CHECK_EQ(wr(m, APERTURE, 4, 2), -ENOMEM);
	CHECK_HAS(pramin_model_ops()->explain(m), "full");
	CHECK_EQ(wr(m, APERTURE + 0x80000, 8, 2), -ENOMEM);
	CHECK_EQ(get(m, APERTURE, 4), 1);
	CHECK_EQ(wr(m, PBUS, 4, 5), 0);
	CHECK_EQ(pramin_model_window(m), 5);
	pramin_model_destroy(m);
	return 0;
}

static int stuck_keeps_the_window_where_it_is(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("gh100", "stuck@2:moved=0x30000@4", &m), 0);
	CHECK_EQ(wr(m, XAL, 4, 1), 0);
	CHECK_EQ(wr(m, XAL, 4, 2), 0);
	CHECK_EQ(get(m, XAL, 4), 1);
	CHECK_EQ(wr(m, XAL, 1, 3), 0);
	CHECK_EQ(get(m, XAL, 4), 1);
	CHECK_EQ(counters(m).window_writes, 3);
	CHECK_EQ(counters(m).moves, 1);
	pramin_model_mend(m);
	CHECK_EQ(wr(m, XAL, 4, 2), 0);
	CHECK_EQ(get(m, XAL, 4), 2);
	pramin_model_destroy(m);
	return 0;
}

static int moved_moves_just_before_the_access_and_keeps_reserved_bits(void)
{
	struct pramin_model *m;
	uint32_t here = 0x1111, there = 0x2222;

	CHECK_EQ(with_faults("tu102", "moved=0x30000@3", &m), 0);
	CHECK_EQ(pramin_model_poke(m, 0x20000, &here, 4), 0);
	CHECK_EQ(pramin_model_poke(m, 0x30000, &there, 4), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0xf8000002), 0);
	CHECK_EQ(get(m, APERTURE, 4), here);
	CHECK_EQ(get(m, APERTURE, 4), there);
	CHECK_EQ(pramin_model_window(m), 0xf8000003);
	/* Somebody else did it. */
	CHECK_EQ(counters(m).window_writes, 1);
	/* The write of that very access wins; target 2 does not survive. */
	pramin_model_set_window(m, 0x02000009);
	CHECK_EQ(pramin_model_fault(m, "moved=131072", NULL), 0);
	CHECK_EQ(get(m, APERTURE, 4), here);
	CHECK_EQ(pramin_model_fault(m, "moved=0x20000", NULL), 0);
	CHECK_EQ(wr(m, PBUS, 4, 3), 0);
	CHECK_EQ(get(m, APERTURE, 4), there);
	pramin_model_destroy(m);
	return 0;
}

static int read_answers_one_read_at_its_width(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("tu102",
			     "read=0xbad0b012@1:read=0xffffffffffffffff@2:"
			     "read=0x1234567890abcdef@3:read=7@4",
			     &m),
		 0);
	CHECK_EQ(get(m, APERTURE, 4), 0xbad0b012);
	CHECK_EQ(get(m, APERTURE, 8), UINT64_MAX);
	CHECK_EQ(get(m, 0, 2), 0xcdef);
	/* The fourth access is a write: it happens, and the fault is over. */
	CHECK_EQ(wr(m, APERTURE, 4, 0x55), 0);
	CHECK_EQ(get(m, APERTURE, 4), 0x55);
	pramin_model_destroy(m);
	return 0;
}

static int vram_and_boot0_change_one_register(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("ga102", "vram=0:boot0=0xbadf1234@4", &m), 0);
	CHECK_EQ(get(m, 0x1183a4, 4), 0);
	CHECK_EQ(pramin_model_fault(m, "vram=0xbadf1100", NULL), 0);
	CHECK_EQ(get(m, 0x1183a4, 4), 0xbadf1100);
	CHECK_EQ(get(m, 0, 4), 0x172000a1);
	CHECK_EQ(get(m, 0, 4), 0xbadf1234);
	CHECK_EQ(get(m, 0, 4), 0xbadf1234);
	CHECK_EQ(get(m, 0xa00, 4), 0x172a1000);
	pramin_model_mend(m);
	CHECK_EQ(get(m, 0, 4), 0x172000a1);
	CHECK_EQ(get(m, 0x1183a4, 4), 1024);
	pramin_model_destroy(m);
	return 0;
}

/* The aperture is closed, and the window register takes no value. */
static int check_no_window(struct pramin_model *m, uint32_t reg)
{
	uint32_t before = (uint32_t)get(m, reg, 4);

	CHECK_EQ(get(m, APERTURE, 4), OUTSIDE);
	CHECK_EQ(wr(m, APERTURE, 4, 1), 0);
	CHECK_EQ(wr(m, reg, 4, before + 1), 0);
	CHECK_EQ(get(m, reg, 4), before);
	CHECK_EQ(counters(m).outside, 2);
	CHECK_EQ(counters(m).moves, 0);
	CHECK_EQ(counters(m).vram_bytes, 0);
	return 0;
}

static int a_virtual_function_has_no_window(void)
{
	struct pramin_model *m;
	int ret;

	CHECK_EQ(with_faults("tu102", "vf", &m), 0);
	CHECK_EQ(get(m, 4, 4), 0x20000);
	CHECK_EQ(get(m, PBUS, 4), 0);
	ret = check_no_window(m, PBUS);
	pramin_model_mend(m);
	CHECK_EQ(get(m, 4, 4), 0);
	pramin_model_destroy(m);
	return ret;
}

static int coherent_platforms_have_their_device_ids_and_no_window(void)
{
	static const struct {
		const char *chip;
		uint32_t id;
	} cases[] = {
		{ "gh100", 0x2342 }, { "gb100", 0x2941 }, { "gb102", 0x2941 },
		{ "gb110", 0x2941 }, { "gb112", 0x2941 }, { "gb10b", 0x2e12 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model *m;
		int ret;

		CHECK_EQ(with_faults(cases[i].chip, "coherent", &m), 0);
		CHECK_EQ(config(m, 0), cases[i].id << 16 | 0x10de);
		ret = check_no_window(m, XAL);
		pramin_model_destroy(m);
		if (ret)
			return ret;
		CHECK_EQ(with_faults(cases[i].chip, NULL, &m), 0);
		CHECK(config(m, 0) != (cases[i].id << 16 | 0x10de));
		pramin_model_destroy(m);
	}
	return 0;
}

static int confidential_computing_shows_its_mode_and_closes_the_window(void)
{
	static const struct {
		const char *chip, *fault;
		uint32_t reg, mode;
	} cases[] = {
		{ "gh100", "cc", 0x1182cc, 1 },
		{ "gh100", "devtools", 0x1182cc, 3 },
		{ "gb100", "cc", 0x590, 1 },
		{ "gb202", "devtools", 0x590, 3 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model *m;
		int ret;

		CHECK_EQ(with_faults(cases[i].chip, cases[i].fault, &m), 0);
		CHECK_EQ(get(m, cases[i].reg, 4), cases[i].mode);
		ret = check_no_window(m, XAL);
		pramin_model_destroy(m);
		if (ret)
			return ret;
	}
	return 0;
}

static int behind_the_firewall_only_config_space_answers(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("gb100", "firewall", &m), 0);
	CHECK_EQ(config(m, 0xaf8), 1u << 20);
	CHECK_EQ(config(m, 0), 0x290110de);
	CHECK_EQ(get(m, 0, 4), 0xffffffff);
	CHECK_EQ(wr(m, XAL, 4, 5), 0);
	CHECK_EQ(pramin_model_window(m), 0);
	pramin_model_mend(m);
	CHECK_EQ(config(m, 0xaf8), 0);
	CHECK_EQ(get(m, 0, 4), 0x1a0000a1);
	pramin_model_destroy(m);
	return 0;
}

static int firmware_that_is_not_ready_has_no_vram(void)
{
	static const struct {
		const char *chip;
		uint32_t reg, size;
	} cases[] = {
		{ "tu102", 0x118234, 0x100ce0 },
		{ "ad107", 0x118234, 0x1183a4 },
		{ "gh100", 0x200bc, 0x1183a4 },
		{ "gb112", 0x200bc, 0x1183a4 },
		{ "gb207", 0xad00bc, 0x1183a4 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct pramin_model *m;

		CHECK_EQ(with_faults(cases[i].chip, "notready", &m), 0);
		CHECK_EQ(get(m, cases[i].reg, 4), 0);
		CHECK_EQ(get(m, cases[i].size, 4), 0);
		CHECK_EQ(get(m, APERTURE, 4), OUTSIDE);
		pramin_model_mend(m);
		CHECK_EQ(get(m, cases[i].reg, 4), 0xff);
		CHECK(get(m, cases[i].size, 4));
		CHECK_EQ(get(m, APERTURE, 4), 0);
		pramin_model_destroy(m);
	}
	return 0;
}

static int without_a_number_a_fault_is_there_at_once(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("tu102", NULL, &m), 0);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(pramin_model_fault(m, "read=5", NULL), 0);
	CHECK_EQ(get(m, 0, 4), 5);
	CHECK_EQ(pramin_model_fault(m, "blip", NULL), 0);
	CHECK_EQ(get(m, 0, 4), 0xffffffff);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(pramin_model_fault(m, "gone", NULL), 0);
	CHECK_EQ(config(m, 0), 0xffffffff);
	CHECK_EQ(get(m, 0, 4), 0xffffffff);
	pramin_model_destroy(m);
	return 0;
}

static int a_number_that_has_passed_counts_for_faults_that_last(void)
{
	struct pramin_model *m;
	int i;

	CHECK_EQ(with_faults("tu102", NULL, &m), 0);
	for (i = 0; i < 5; i++)
		get(m, 0, 4);
	CHECK_EQ(pramin_model_fault(m, "blip@3", NULL), 0);
	CHECK_EQ(pramin_model_fault(m, "read=1@5", NULL), 0);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(pramin_model_fault(m, "gone@3", NULL), 0);
	CHECK_EQ(get(m, 0, 4), 0xffffffff);
	pramin_model_destroy(m);
	return 0;
}

/* In an order that is not sorted, more than the list first has room for */
static int many_faults_come_each_at_its_own_access(void)
{
	struct pramin_model *m;
	unsigned int i;

	CHECK_EQ(with_faults("tu102", NULL, &m), 0);
	for (i = 0; i < 1000; i++) {
		unsigned int n = (i * 389) % 1000;
		char spec[64];

		snprintf(spec, sizeof(spec), "read=%u@%u", n, 2 * n + 2);
		CHECK_EQ(pramin_model_fault(m, spec, NULL), 0);
	}
	for (i = 0; i < 1000; i++) {
		CHECK_EQ(get(m, 0, 4), 0x162000a1);
		CHECK_EQ(get(m, 0, 4), i);
	}
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	pramin_model_destroy(m);
	return 0;
}

static int mend_forgets_faults_that_have_not_come(void)
{
	struct pramin_model *m;

	CHECK_EQ(with_faults("tu102", "gone@2:vf:stuck", &m), 0);
	pramin_model_mend(m);
	CHECK_EQ(wr(m, PBUS, 4, 4), 0);
	CHECK_EQ(get(m, PBUS, 4), 4);
	CHECK_EQ(get(m, 4, 4), 0);
	pramin_model_destroy(m);
	return 0;
}

static const struct check_test tests[] = {
	TEST(gone_reads_all_ones_and_swallows_writes),
	TEST(blip_is_gone_for_one_access),
	TEST(dead_and_fail_are_reported_and_nothing_is_written),
	TEST(full_refuses_vram_writes_and_only_those),
	TEST(stuck_keeps_the_window_where_it_is),
	TEST(moved_moves_just_before_the_access_and_keeps_reserved_bits),
	TEST(read_answers_one_read_at_its_width),
	TEST(vram_and_boot0_change_one_register),
	TEST(a_virtual_function_has_no_window),
	TEST(coherent_platforms_have_their_device_ids_and_no_window),
	TEST(confidential_computing_shows_its_mode_and_closes_the_window),
	TEST(behind_the_firewall_only_config_space_answers),
	TEST(firmware_that_is_not_ready_has_no_vram),
	TEST(without_a_number_a_fault_is_there_at_once),
	TEST(a_number_that_has_passed_counts_for_faults_that_last),
	TEST(many_faults_come_each_at_its_own_access),
	TEST(mend_forgets_faults_that_have_not_come),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
