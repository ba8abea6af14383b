// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Mapping over what is mapped, as a GPU sees it whose TLB keeps what it can and which
 * sees stores late: nothing that hardware would not have forgiven.
 */
#include "lib_space.h"

static struct space_rig s;

static int replace(uint64_t gpu_va, uint64_t pa, uint64_t len)
{
	struct pramin_map_piece piece = { pa, len };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.flags = PRAMIN_MAP_REPLACE,
		.gpu_va = gpu_va,
		.len = len,
		.pieces = &piece,
		.count = 1,
	};

	return pramin_space_map(s.space, &op, 1, NULL);
}

/* The GPU has seen all of it, so that its TLB may have it. */
static void look(uint64_t len)
{
	uint64_t va;

	for (va = 0; va < len; va += 4096)
		space_gpu_pa(&s, va);
}

static int on(const char *chip, uint32_t posted)
{
	static const struct {
		uint64_t va, pa, len;
	} cases[] = {
		{ 0, 16 * MIB, 8 * MIB },	       /* large by large */
		{ 2 * MIB, 32 * MIB + 4096, 2 * MIB }, /* by small */
		{ 4 * MIB, 64 * KIB, 2 * MIB },	       /* by big */
		{ 4 * MIB + 4096, 4096, 64 * KIB },    /* big by small */
		{ 5 * MIB + 60 * KIB, 8192, MIB },     /* over an edge */
		{ 0, 48 * MIB, 8 * MIB },	       /* everything */
	};
	uint64_t want[8 * MIB / 4096];
	uint64_t i, k;

	CHECK_EQ(space_open(&s, chip, posted), 0);
	CHECK_EQ(space_map(&s, 0, DATA_PA, 8 * MIB, 0), 0);
	CHECK_EQ(replace(0, 0, 4095), -EINVAL);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const uint64_t pa = DATA_PA + cases[i].pa;

		look(8 * MIB);
		CHECK_EQ(replace(cases[i].va, pa, cases[i].len), 0);
		for (k = 0; k < cases[i].len / 4096; k++)
			want[cases[i].va / 4096 + k] = pa + k * 4096;
		for (k = 0; k < ARRAY_LEN(want); k++)
			CHECK_EQ(space_gpu_pa(&s, k * 4096), want[k]);
		CHECK_EQ(space_safe(&s), 0);
	}
	return space_close(&s);
}

static int the_gpu_sees_the_new_memory_and_nothing_that_is_no_order(void)
{
	uint32_t seed;

	for (seed = 0; seed < 4; seed++) {
		CHECK_EQ(on("tu102", seed), 0);
		CHECK_EQ(on("gb100", seed), 0);
		CHECK_EQ(on("gm204", seed), 0);
	}
	return 0;
}

static int what_is_refused_says_that_it_can_be_asked_for(void)
{
	CHECK_EQ(space_open(&s, "ga102", 0), 0);
	CHECK_EQ(space_map(&s, 0, DATA_PA, 4096, 0), 0);
	CHECK_EQ(space_map(&s, 0, DATA_PA, 4096, 0), -EEXIST);
	CHECK_HAS(pramin_last_why(s.rig.dev)->next, "replace");
	return space_close(&s);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(the_gpu_sees_the_new_memory_and_nothing_that_is_no_order),
		TEST(what_is_refused_says_that_it_can_be_asked_for),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
