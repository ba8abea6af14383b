/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Part of test_lib_why.c: page tables that cannot be read.
 */
static int page_tables_that_are_not_modelled_have_their_reason(void)
{
	struct pramin_mmu_tree tree;

	CHECK_EQ(rig_open(&rig, "g80", 4 * MIB, false), 0);
	CHECK_EQ(last(pramin_mmu_tree_dev(rig.dev, 0, &tree), -EOPNOTSUPP,
		      PRAMIN_REASON_MMU_FORMAT, "g80", true),
		 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}
