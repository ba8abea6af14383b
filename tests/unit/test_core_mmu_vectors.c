// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Entries whose words NVIDIA has published, in the tests of its UVM driver:
 * open-gpu-kernel-modules 570, kernel-open/nvidia-uvm/uvm_page_tree_test.c. Each
 * is encoded and decoded.
 */
#include "../check.h"

#include <pramin/mmu.h>

#define VOL    PRAMIN_MMU_VOLATILE
#define COH    PRAMIN_MMU_SYS_COH
#define VID    PRAMIN_MMU_VIDEO
#define NONCOH PRAMIN_MMU_SYS_NONCOH
#define ACD    PRAMIN_MMU_ACD
#define RO     PRAMIN_MMU_READ_ONLY
#define NO_ATS PRAMIN_MMU_NO_ATS

#define TABLE(ap, at, flags)                                        \
	{                                                           \
		.type = PRAMIN_MMU_TABLE, .aperture = ap, .pa = at, \
		.attrs = flags                                      \
	}
#define PAGE(ap, at, flags, knd)                                   \
	{                                                          \
		.type = PRAMIN_MMU_PAGE, .aperture = ap, .pa = at, \
		.attrs = flags, .kind = knd                        \
	}
#define TYPE(t)                        \
	{                              \
		.type = PRAMIN_MMU_##t \
	}

/* Levels */
#define V1_PD	 0
#define V1_BIG	 1
#define V1_SMALL 2
#define V2_PD3	 0
#define V2_PD1	 2
#define V2_PD0	 3
#define V2_BIG	 4
#define V2_SMALL 5
#define V3_PD4	 0
#define V3_PD1	 3
#define V3_PD0	 4
#define V3_BIG	 5
#define V3_SMALL 6

#define SYS1  0x9999999000ull
#define VID12 0x1bbbbbb000ull
#define SYS2  0x399999999999000ull
#define SYS3  0x9999999999000ull
#define VID3  0xbbbbbbb000ull

static const struct vector {
	const char *format;
	unsigned int level;
	struct pramin_mmu_entry half[2];
	uint64_t raw[2];
} vectors[] = {
	/* clang-format off */
	{ "v1-128k", V1_PD, { TYPE(INVALID), TYPE(INVALID) }, { 0 } },
	{ "v1-128k", V1_PD, { TABLE(COH, SYS1, VOL), TABLE(VID, VID12, VOL) },
	  { 0x1bbbbbbd99999992 } },
	{ "v1-128k", V1_SMALL, { PAGE(COH, SYS1, VOL, 0) }, { 0x599999991 } },
	{ "v1-128k", V1_SMALL, { PAGE(COH, SYS1, 0, 0) }, { 0x499999991 } },
	{ "v1-128k", V1_SMALL,
	  { PAGE(VID, VID12, RO | PRAMIN_MMU_WRITE_DISABLE, 0) },
	  { 0x800000001bbbbbb5 } },
	{ "v1-128k", V1_SMALL, { TYPE(INVALID) }, { 0 } },
	{ "v1-128k", V1_BIG, { TYPE(UNMAPPED) }, { 0x2 } },
	{ "v1-64k", V1_BIG, { TYPE(UNMAPPED) }, { 0x2 } },
	{ "v1-64k-gm200", V1_BIG, { TYPE(SPARSE) }, { 0x100000000 } },
	{ "v1-128k-gm200", V1_SMALL, { TYPE(SPARSE) }, { 0x100000000 } },
	{ "v1-128k-gm200", V1_PD, { TYPE(SPARSE), TYPE(INVALID) },
	  { 0x800000000 } },

	{ "v2-gp100", V2_PD3, { TABLE(COH, SYS2, VOL) }, { 0x3999999999990c } },
	{ "v2-gp100", V2_PD1, { TABLE(VID, VID12, VOL) }, { 0x1bbbbbb0a } },
	{ "v2-gp100", V2_PD0,
	  { TABLE(COH, 0x399999999999900, VOL), TABLE(VID, VID12, VOL) },
	  { 0x3999999999999c, 0x1bbbbbb0a } },
	{ "v2-gp100", V2_PD0,
	  { TABLE(VID, 0x1bbbbbbb00, VOL), TABLE(COH, SYS2, VOL) },
	  { 0x1bbbbbbba, 0x3999999999990c } },
	{ "v2-gp100", V2_SMALL, { PAGE(COH, SYS2, VOL, 0) },
	  { 0x3999999999990d } },
	{ "v2-gp100", V2_SMALL, { PAGE(COH, SYS2, 0, 0) },
	  { 0x39999999999905 } },
	{ "v2-gp100", V2_BIG, { TYPE(UNMAPPED) }, { 0x20 } },
	{ "v2-gp100", V2_SMALL, { TYPE(INVALID) }, { 0 } },
	{ "v2-gp100", V2_SMALL, { TYPE(SPARSE) }, { 0x8 } },
	{ "v2-gp100", V2_PD1, { TYPE(SPARSE) }, { 0x8 } },
	{ "v2-gp100", V2_PD0, { TYPE(SPARSE), TYPE(INVALID) }, { 0x8, 0 } },
	{ "v2-gv100", V2_PD1, { TABLE(VID, VID12, VOL | NO_ATS) },
	  { 0x1bbbbbb2a } },
	{ "v2-gv100", V2_BIG,
	  { { .type = PRAMIN_MMU_UNMAPPED, .attrs = VOL } }, { 0x28 } },

	{ "v3-gh100", V3_PD4, { TABLE(COH, SYS3, VOL) }, { 0x999999999900c } },
	{ "v3-gh100", V3_PD1, { TABLE(VID, VID3, VOL) }, { 0xbbbbbbb00a } },
	{ "v3-gh100", V3_PD0,
	  { TABLE(COH, 0x9999999999900, VOL), TABLE(VID, VID3, VOL) },
	  { 0x999999999990c, 0xbbbbbbb00a } },
	{ "v3-gh100", V3_PD0,
	  { TABLE(VID, 0xbbbbbbbb00, VOL), TABLE(COH, SYS3, VOL) },
	  { 0xbbbbbbbb0a, 0x999999999900c } },
	{ "v3-gh100", V3_SMALL, { PAGE(COH, SYS3, VOL | ACD, 6) },
	  { 0x999999999968d } },
	{ "v3-gh100", V3_SMALL, { PAGE(COH, SYS3, ACD, 6) },
	  { 0x9999999999685 } },
	{ "v3-gh100", V3_SMALL, { PAGE(COH, SYS3, 0, 6) },
	  { 0x9999999999605 } },
	{ "v3-gh100", V3_SMALL, { PAGE(VID, VID3, RO | PRAMIN_MMU_ATOMIC_DISABLE, 6) },
	  { 0xbbbbbbb661 } },
	{ "v3-gh100", V3_SMALL, { TYPE(SPARSE) }, { 0x8 } },
	{ "v3-gh100", V3_SMALL, { PAGE(NONCOH, 0, VOL, 0xf) }, { 0xf0f } },
	{ "v3-gh100", V3_BIG, { TYPE(UNMAPPED) }, { 0x18 } },
	{ "v3-gb100", V3_BIG, { TYPE(NOWHERE) }, { 0x10 } },
	/* clang-format on */
};

/* But for padding */
static bool same(const struct pramin_mmu_entry *a,
		 const struct pramin_mmu_entry *b)
{
	return a->pa == b->pa && a->reserved == b->reserved &&
	       a->ignored == b->ignored && a->type == b->type &&
	       a->aperture == b->aperture && a->attrs == b->attrs &&
	       a->kind == b->kind && a->peer == b->peer &&
	       a->pde_size == b->pde_size && a->comptag == b->comptag;
}

static int published_words_are_what_their_entries_encode_to(void)
{
	enum pramin_mmu_refusal refusal;
	uint64_t raw[2];
	size_t i;

	for (i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct vector *v = &vectors[i];

		raw[0] = raw[1] = 0;
		CHECK_EQ(pramin_mmu_encode(pramin_mmu_format_by_name(v->format),
					   v->level, v->half, raw, &refusal),
			 0);
		CHECK_EQ(refusal, PRAMIN_MMU_REFUSED_NOT);
		CHECK_EQ(raw[0], v->raw[0]);
		CHECK_EQ(raw[1], v->raw[1]);
	}
	return 0;
}

static int published_words_decode_to_their_entries(void)
{
	struct pramin_mmu_entry half[2];
	size_t i;

	for (i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct vector *v = &vectors[i];

		memset(half, 0, sizeof(half));
		CHECK_EQ(pramin_mmu_decode(pramin_mmu_format_by_name(v->format),
					   v->level, v->raw, half),
			 0);
		CHECK(same(&half[0], &v->half[0]));
		CHECK(same(&half[1], &v->half[1]));
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(published_words_are_what_their_entries_encode_to),
		TEST(published_words_decode_to_their_entries),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
