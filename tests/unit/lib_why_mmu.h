/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Part of test_lib_why.c: failures of core's page tables and BARs, by the numbers
 * that core gives. That it gives them is for test_core_mmu_*.c.
 */
#include "../../lib/why.h"

static const struct mmu_case {
	struct pramin_cause cause;
	const char *says, *says_too;
	bool next;
} mmu_cases[] = {
	{ { -EINVAL, PRAMIN_REASON_TABLE_MISALIGNED, { 0x123800, 4096, 0 },
	    "a page directory" },
	  "0x123800", "a page directory", false },
	{ { -EINVAL, PRAMIN_REASON_CLAIM_EMPTY, { 0x1234, 0, 0 }, NULL },
	  "0x1234", "0 bytes", true },
	{ { -EIO, PRAMIN_REASON_REGISTER_ERROR, { 0xb830b0, 0xbadf1100, 0 },
	    "NV_X" },
	  "NV_X (0xb830b0)", "0xbadf1100", true },
	{ { -EIO, PRAMIN_REASON_NOT_BOUND, { 0x1704, 0, 0x80000123 }, "NV_Y" },
	  "NV_Y (0x1704) reads 0x00000000", "0x80000123", true },
	{ { -EBUSY, PRAMIN_REASON_CLAIMED, { 0x1000, 0x1fff, 4711 }, "VRAM" },
	  "VRAM from 0x1000 to 0x1fff", "process 4711", true },
	{ { -EBUSY, PRAMIN_REASON_CLAIMS_FULL, { 256, 0, 0 }, NULL }, "256",
	  "claimed", true },
	{ { -EBUSY, PRAMIN_REASON_BAR_CONSOLE, { 1, 0, 0 }, "efifb" }, "BAR1",
	  "efifb", true },
	{ { -EBUSY, PRAMIN_REASON_BAR_IN_USE, { 2, 0x80000123, 0x123000 },
	    NULL },
	  "BAR2", "0x123000", true },
	{ { -EOPNOTSUPP, PRAMIN_REASON_NO_MMU, { 0, 0, 0 }, "g84" }, "g84",
	  "not supported", true },
	{ { -EOPNOTSUPP, PRAMIN_REASON_BAR_ABSENT, { 1, 0, 0 }, "sysfs" },
	  "BAR1", "sysfs", true },
	{ { -EOPNOTSUPP, PRAMIN_REASON_BAR_SMALL, { 1, 64 * MIB, 80 * MIB },
	    NULL },
	  "64 MiB", "0x5000000", true },
	{ { -ETIMEDOUT, PRAMIN_REASON_MMU_BUSY, { 4711, 5000, 0 }, NULL },
	  "process 4711", "5000 ms", true },
	{ { -ETIMEDOUT, PRAMIN_REASON_TLB_STUCK, { 0xb830b0, 0x80000001, 0 },
	    "NV_X" },
	  "NV_X (0xb830b0)", "0x80000001", true },
	{ { -ETIMEDOUT, PRAMIN_REASON_BIND_STUCK, { 0x1710, 3, 0 }, "NV_Z" },
	  "NV_Z (0x1710)", "0x00000003", true },
	{ { -ENOENT, PRAMIN_REASON_NOT_CLAIMED, { 0x1000, 0x1fff, 0 },
	    "VRAM" },
	  "VRAM from 0x1000 to 0x1fff", "not a claim", false },
};

static int what_only_page_tables_can_meet_has_its_reasons(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(mmu_cases); i++) {
		const struct mmu_case *c = &mmu_cases[i];
		struct pramin_why why;

		memset(&why, '{', sizeof(why));
		CHECK_EQ(why_from_cause(&why, &c->cause), c->cause.err);
		CHECK_EQ(check_why(&why, c->cause.err, c->cause.reason, c->says,
				   c->next),
			 0);
		CHECK_HAS(why.what, c->says_too);
	}
	return 0;
}

static int page_tables_that_are_not_modelled_have_their_reason(void)
{
	struct pramin_mmu_tree tree;

	CHECK_EQ(rig_open(&rig, "g80", 4 * MIB, false), 0);
	CHECK_EQ(last(pramin_mmu_tree_dev(rig.dev, 0, &tree), -EOPNOTSUPP,
		      PRAMIN_REASON_NO_MMU, "g80", true),
		 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}
