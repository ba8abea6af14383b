// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Claims through the public API, by one process.
 */
#include <unistd.h>

#include "lib_rig.h"

static struct rig rig;
static struct pramin_claim claims[PRAMIN_CLAIMS_MAX];

static const struct pramin_why *why(void)
{
	return pramin_last_why(rig.dev);
}

static int a_claim_is_listed_until_it_is_released(void)
{
	size_t count = 9;

	CHECK_EQ(rig_open(&rig, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(pramin_claims(rig.dev, claims, PRAMIN_CLAIMS_MAX, &count), 0);
	CHECK_EQ(count, 0);
	CHECK_EQ(pramin_claim_vram(rig.dev, 3 * MIB, MIB), 0);
	CHECK_EQ(pramin_claim_vram(rig.dev, 64 * MIB - 1, 1), 0);
	CHECK_EQ(pramin_claims(rig.dev, claims, PRAMIN_CLAIMS_MAX, &count), 0);
	CHECK_EQ(count, 2);
	CHECK_EQ(claims[0].kind, PRAMIN_CLAIM_VRAM);
	CHECK_EQ(claims[0].first + claims[1].first, 67 * MIB - 1);
	CHECK_EQ(claims[0].last + claims[1].last, 68 * MIB - 2);
	CHECK_EQ(claims[0].pid, getpid());
	CHECK(claims[0].self && claims[1].self);
	/* As many as there is room for */
	CHECK_EQ(pramin_claims(rig.dev, claims, 1, &count), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(pramin_claims(rig.dev, NULL, 0, &count), 0);
	CHECK_EQ(count, 0);
	CHECK_EQ(pramin_release_vram(rig.dev, 3 * MIB, MIB), 0);
	CHECK_EQ(pramin_release_vram(rig.dev, 64 * MIB - 1, 1), 0);
	CHECK_EQ(pramin_claims(rig.dev, claims, PRAMIN_CLAIMS_MAX, &count), 0);
	CHECK_EQ(count, 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int an_overlap_names_the_claim_and_the_process(void)
{
	char pid[32];

	CHECK_EQ(rig_open(&rig, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(pramin_claim_vram(rig.dev, 0x300000, 0x100000), 0);
	CHECK_EQ(pramin_claim_vram(rig.dev, 0x3fffff, 1), -EBUSY);
	CHECK_EQ(why()->reason, PRAMIN_REASON_CLAIMED);
	snprintf(pid, sizeof(pid), "process %d", (int)getpid());
	CHECK_HAS(why()->what, pid);
	CHECK_HAS(why()->what, "VRAM from 0x300000 to 0x3fffff");
	CHECK_EQ(pramin_claim_vram(rig.dev, 0x400000, 1), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int a_claim_touches_no_hardware_and_keeps_nobody_out(void)
{
	uint64_t accesses;
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "tu102", 64 * MIB, false), 0);
	accesses = rig.accesses;
	CHECK_EQ(pramin_claim_vram(rig.dev, 0, 64 * MIB), 0);
	CHECK_EQ(pramin_release_vram(rig.dev, 0, 64 * MIB), 0);
	CHECK_EQ(pramin_claim_vram(rig.dev, 0, 64 * MIB), 0);
	CHECK_EQ(rig.accesses, accesses);
	CHECK_EQ(pramin_write32(rig.dev, 0x1000, 7), 0);
	CHECK_EQ(pramin_read32(rig.dev, 0x1000, &val), 0);
	CHECK_EQ(val, 7);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int bad_arguments_are_refused(void)
{
	size_t count;

	CHECK_EQ(pramin_claim_vram(NULL, 0, 1), -EINVAL);
	CHECK_EQ(pramin_release_vram(NULL, 0, 1), -EINVAL);
	CHECK_EQ(pramin_claims(NULL, claims, 1, &count), -EINVAL);
	CHECK_EQ(rig_open(&rig, "gh100", 288 * GIB, false), 0);
	CHECK_EQ(pramin_claims(rig.dev, NULL, 1, &count), -EINVAL);
	CHECK_EQ(pramin_claims(rig.dev, claims, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_claim_vram(rig.dev, 5, 0), -EINVAL);
	CHECK_EQ(why()->reason, PRAMIN_REASON_CLAIM_EMPTY);
	CHECK_EQ(pramin_claim_vram(rig.dev, 288 * GIB, 1), -ERANGE);
	CHECK_EQ(why()->reason, PRAMIN_REASON_VRAM_END);
	CHECK_EQ(pramin_claim_vram(rig.dev, UINT64_MAX, 2), -ERANGE);
	CHECK_EQ(why()->reason, PRAMIN_REASON_OVERFLOW);
	CHECK_EQ(pramin_release_vram(rig.dev, 0, 1), -ENOENT);
	CHECK_EQ(why()->reason, PRAMIN_REASON_NOT_CLAIMED);
	/* Beyond the window's reach, which ends at 256 GiB */
	CHECK_EQ(pramin_claim_vram(rig.dev, 287 * GIB, GIB), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int one_claim_too_many_is_refused(void)
{
	unsigned int i;

	CHECK_EQ(rig_open(&rig, "tu102", 64 * MIB, false), 0);
	for (i = 0; i < PRAMIN_CLAIMS_MAX; i++)
		CHECK_EQ(pramin_claim_vram(rig.dev, 2 * i, 1), 0);
	CHECK_EQ(pramin_claim_vram(rig.dev, 2 * i, 1), -EBUSY);
	CHECK_EQ(why()->reason, PRAMIN_REASON_CLAIMS_FULL);
	CHECK_HAS(why()->what, "256");
	CHECK_EQ(pramin_release_vram(rig.dev, 0, 1), 0);
	CHECK_EQ(pramin_claim_vram(rig.dev, 2 * i, 1), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_claim_is_listed_until_it_is_released),
		TEST(an_overlap_names_the_claim_and_the_process),
		TEST(a_claim_touches_no_hardware_and_keeps_nobody_out),
		TEST(bad_arguments_are_refused),
		TEST(one_claim_too_many_is_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
