// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which chip has which registers for its TLB and its BARs, written out a second
 * time: from NVIDIA's dev_fb.h, dev_vm.h and dev_bus.h and from nouveau, as
 * docs/hardware.md says.
 */
#include "core_rig.h"

/* clang-format off */
static const struct tlb_row {
	const char *family;
	uint32_t trigger, pdb, upper_pdb, ctrl, ack, level, scope;
} tlbs[] = {
	{ "tesla", 0, 0, 0, 0, 0, 0, 0 },
	{ "fermi", 0x100cbc, 0x100cb8, 0, 0x100c80, 0, 0, 0 },
	{ "kepler", 0x100cbc, 0x100cb8, 0, 0x100c80, 0, 0, 0 },
	{ "maxwell", 0x100cbc, 0x100cb8, 0, 0x100c80, 0, 0, 0 },
	{ "pascal", 0x100cbc, 0x100cb8, 0x100cec, 0x100c80, 0x180, 0x7000000, 0 },
	{ "volta", 0x100cbc, 0x100cb8, 0x100cec, 0x100c80, 0x180, 0x7000000, 0 },
	{ "turing", 0xb830b0, 0xb830a0, 0xb830a4, 0, 0x180, 0x7000000, 0 },
	{ "ampere", 0xb830b0, 0xb830a0, 0xb830a4, 0, 0x180, 0x7000000, 0x18000 },
	{ "ada", 0xb830b0, 0xb830a0, 0xb830a4, 0, 0x180, 0x7000000, 0x18000 },
	{ "hopper", 0xb830b0, 0xb830a0, 0xb830a4, 0, 0x180, 0x7000000, 0x18000 },
	{ "blackwell", 0xb830b0, 0xb830a0, 0xb830a4, 0, 0x180, 0x7000000, 0x18000 },
};

static const struct bar_row {
	const char *family;
	uint32_t ptr, target, mode;
	uint32_t off[2], high[2], high_ptr[2], status[2], busy[2], always[2];
} bars[] = {
	{ "tesla", 0, 0, 0, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 },
	  { 0, 0 } },
#define OLD(family) { family, 0x0fffffff, 0x30000000, 0x80000000, \
	  { 0x1704, 0x1714 }, { 0, 0 }, { 0, 0 }, { 0x1710, 0x1710 }, \
	  { 0x3, 0xc }, { 0, 0x40000000 } }
	OLD("fermi"), OLD("kepler"), OLD("maxwell"), OLD("pascal"), OLD("volta"),
#define VF(family) { family, 0x0fffffff, 0x30000000, 0x80000000, \
	  { 0xb80f40, 0xb80f48 }, { 0, 0 }, { 0, 0 }, { 0xb80f50, 0xb80f50 }, \
	  { 0x3, 0xc }, { 0, 0x40000000 } }
	VF("turing"), VF("ampere"), VF("ada"),
#define NEW(family) { family, 0xfffff000, 0xc00, 0x200, \
	  { 0xb80f60, 0xb80f70 }, { 0xb80f64, 0xb80f74 }, \
	  { 0xffffffff, 0xfffff }, { 0xb80f60, 0xb80f70 }, { 0x3, 0x3 }, \
	  { 0, 0 } }
	NEW("hopper"), NEW("blackwell"),
};
/* clang-format on */

static int each_family_has_its_tlb_registers(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(tlbs); i++) {
		const struct tlb_row *want = &tlbs[i];
		const struct pramin_tlb_desc *tlb =
			pramin_chip_by_name(want->family)->family->tlb;

		CHECK_EQ(tlb != NULL, want->trigger != 0);
		if (!tlb)
			continue;
		CHECK(!strcmp(
			tlb->name,
			want->ctrl ?
				"NV_PFB_PRI_MMU_INVALIDATE" :
				"NV_VIRTUAL_FUNCTION_PRIV_MMU_INVALIDATE"));
		CHECK_EQ(tlb->trigger, want->trigger);
		CHECK_EQ(tlb->pdb, want->pdb);
		CHECK_EQ(tlb->upper_pdb, want->upper_pdb);
		CHECK_EQ(tlb->ctrl, want->ctrl);
		CHECK_EQ(tlb->ack, want->ack);
		CHECK_EQ(tlb->cache_level, want->level);
		CHECK_EQ(tlb->inval_scope, want->scope);
	}
	return 0;
}

static int each_family_has_its_bar_registers(void)
{
	size_t i, bar;

	for (i = 0; i < ARRAY_LEN(bars); i++) {
		const struct bar_row *want = &bars[i];
		const struct pramin_bar_desc *d =
			pramin_chip_by_name(want->family)->family->bar;

		CHECK_EQ(d != NULL, want->ptr != 0);
		if (!d)
			continue;
		CHECK_EQ(d->ptr, want->ptr);
		CHECK_EQ(d->target, want->target);
		CHECK_EQ(d->mode, want->mode);
		CHECK_EQ(d->ptr_shift, 12);
		for (bar = 0; bar < 2; bar++) {
			const struct pramin_block_desc *b = &d->block[bar];

			CHECK(strstr(b->name,
				     bar ? "BAR2_BLOCK" : "BAR1_BLOCK"));
			CHECK_EQ(b->off, want->off[bar]);
			CHECK_EQ(b->high, want->high[bar]);
			CHECK_EQ(b->high_ptr, want->high_ptr[bar]);
			CHECK_EQ(b->status, want->status[bar]);
			CHECK_EQ(b->pending | b->outstanding, want->busy[bar]);
			CHECK_EQ(b->always, want->always[bar]);
		}
	}
	return 0;
}

static int both_blackwell_families_have_the_same_registers(void)
{
	const struct pramin_family *gb1 = pramin_chip_by_name("gb100")->family;
	const struct pramin_family *gb2 = pramin_chip_by_name("gb202")->family;

	CHECK(gb1 != gb2);
	CHECK(gb1->tlb == gb2->tlb && gb1->bar == gb2->bar);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(each_family_has_its_tlb_registers),
		TEST(each_family_has_its_bar_registers),
		TEST(both_blackwell_families_have_the_same_registers),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
