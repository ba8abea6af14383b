// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a format cannot say is refused by name, and leaves the result alone.
 */
#include "core_mmu.h"

#define NO(name) PRAMIN_MMU_REFUSED_##name

static const struct refused {
	const char *format;
	unsigned int level;
	struct pramin_mmu_entry half[2];
	enum pramin_mmu_refusal why;
} cases[] = {
	/* clang-format off */
	{ "v2-gp100", 6, { { 0 } }, NO(LEVEL) },
	{ "v1-64k", 3, { { 0 } }, NO(LEVEL) },
	{ "v3-gh100", PRAMIN_MMU_NO_LEVEL, { { 0 } }, NO(LEVEL) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_TYPES } }, NO(TYPE) },
	{ "v2-gp100", 3, { { 0 }, { .type = 0xff } }, NO(TYPE) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_TABLE, .pa = 0x1000 } }, NO(TABLE) },
	{ "v1-64k", 1, { { .type = PRAMIN_MMU_TABLE } }, NO(TABLE) },
	/* 512 MiB before Ampere, 256 GiB before Blackwell, 2 MiB before Pascal */
	{ "v2-tu102", 2, { { .type = PRAMIN_MMU_PAGE } }, NO(PAGE_SIZE) },
	{ "v2-ga100", 1, { { .type = PRAMIN_MMU_PAGE } }, NO(PAGE_SIZE) },
	{ "v3-gh100", 2, { { .type = PRAMIN_MMU_PAGE } }, NO(PAGE_SIZE) },
	{ "v1-128k", 0, { { .type = PRAMIN_MMU_PAGE } }, NO(PAGE_SIZE) },
	{ "v2-ga100", 3, { { 0 }, { .type = PRAMIN_MMU_PAGE, .pa = 0x200000 } },
	  NO(PAGE_SIZE) },
	{ "v1-64k", 2, { { .type = PRAMIN_MMU_SPARSE } }, NO(SPARSE) },
	{ "v1-64k", 0, { { .type = PRAMIN_MMU_SPARSE } }, NO(SPARSE) },
	{ "v2-ga100", 3, { { 0 }, { .type = PRAMIN_MMU_SPARSE } }, NO(SPARSE) },
	{ "v2-ga100", 5, { { .type = PRAMIN_MMU_UNMAPPED } }, NO(UNMAPPED) },
	{ "v3-gh100", 6, { { .type = PRAMIN_MMU_UNMAPPED } }, NO(UNMAPPED) },
	{ "v3-gh100", 4, { { .type = PRAMIN_MMU_UNMAPPED } }, NO(UNMAPPED) },
	{ "v2-ga100", 5, { { .type = PRAMIN_MMU_NOWHERE } }, NO(NOWHERE) },
	{ "v3-gh100", 1, { { .type = PRAMIN_MMU_NOWHERE } }, NO(NOWHERE) },
	{ "v2-ga100", 0, { { .type = PRAMIN_MMU_TABLE,
			     .aperture = PRAMIN_MMU_PEER } }, NO(APERTURE) },
	{ "v2-ga100", 0, { { .type = PRAMIN_MMU_TABLE, .aperture = 4 } },
	  NO(APERTURE) },
	{ "v2-ga100", 5, { { .type = PRAMIN_MMU_PAGE, .aperture = 4 } },
	  NO(APERTURE) },
	{ "v2-ga100", 5, { { .type = PRAMIN_MMU_PAGE, .pa = 0x800 } },
	  NO(ALIGNMENT) },
	{ "v2-ga100", 4, { { .type = PRAMIN_MMU_PAGE, .pa = 0x1000 } },
	  NO(ALIGNMENT) },
	{ "v2-ga100", 3, { { .type = PRAMIN_MMU_PAGE, .pa = 0x100000 } },
	  NO(ALIGNMENT) },
	/* 128 KiB pages are not on the lines of 64 KiB ones. */
	{ "v1-128k", 1, { { .type = PRAMIN_MMU_PAGE, .pa = 0x10000 } },
	  NO(ALIGNMENT) },
	{ "v2-ga100", 3, { { .type = PRAMIN_MMU_TABLE, .pa = 0x80 } },
	  NO(ALIGNMENT) },
	{ "v2-ga100", 3, { { 0 }, { .type = PRAMIN_MMU_TABLE, .pa = 0x100 } },
	  NO(ALIGNMENT) },
	{ "v2-ga100", 5, { { .type = PRAMIN_MMU_PAGE, .pa = 1ull << 37 } },
	  NO(WIDTH) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_PAGE, .pa = 1ull << 37,
			     .aperture = PRAMIN_MMU_PEER } }, NO(WIDTH) },
	{ "v1-64k", 2, { { .type = PRAMIN_MMU_PAGE, .pa = 1ull << 40,
			   .aperture = PRAMIN_MMU_SYS_COH } }, NO(WIDTH) },
	{ "v3-gh100", 0, { { .type = PRAMIN_MMU_TABLE, .pa = 1ull << 52 } },
	  NO(WIDTH) },
	{ "v3-gh100", 6, { { .type = PRAMIN_MMU_PAGE,
			     .pa = UINT64_MAX - 0xfff } }, NO(WIDTH) },
	{ "v2-ga100", 5, { { .type = PRAMIN_MMU_PAGE,
			     .attrs = PRAMIN_MMU_ACD } }, NO(ATTRIBUTE) },
	{ "v3-gh100", 6, { { .type = PRAMIN_MMU_PAGE,
			     .attrs = PRAMIN_MMU_LOCK } }, NO(ATTRIBUTE) },
	{ "v1-64k", 2, { { .type = PRAMIN_MMU_PAGE,
			   .attrs = PRAMIN_MMU_ATOMIC_DISABLE } },
	  NO(ATTRIBUTE) },
	{ "v2-gp100", 0, { { .type = PRAMIN_MMU_TABLE,
			     .attrs = PRAMIN_MMU_NO_ATS } }, NO(ATTRIBUTE) },
	{ "v2-gp100", 0, { { .attrs = PRAMIN_MMU_VOLATILE } }, NO(ATTRIBUTE) },
	{ "v2-gp100", 5, { { .attrs = PRAMIN_MMU_VOLATILE } }, NO(ATTRIBUTE) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_SPARSE,
			     .attrs = PRAMIN_MMU_PRIVILEGE } }, NO(ATTRIBUTE) },
	{ "v2-gp100", 4, { { .type = PRAMIN_MMU_UNMAPPED,
			     .attrs = PRAMIN_MMU_VOLATILE } }, NO(ATTRIBUTE) },
	{ "v2-gv100", 3, { { .type = PRAMIN_MMU_TABLE,
			     .attrs = PRAMIN_MMU_NO_ATS } }, NO(ATTRIBUTE) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_PAGE,
			     .attrs = PRAMIN_MMU_ENCRYPTED } }, NO(ENCRYPTED) },
	{ "v3-gb100", 2, { { .type = PRAMIN_MMU_PAGE,
			     .attrs = PRAMIN_MMU_ENCRYPTED } }, NO(ENCRYPTED) },
	{ "v3-gh100", 6, { { .type = PRAMIN_MMU_PAGE, .kind = 0x10 } },
	  NO(KIND) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_PAGE, .comptag = 1u << 18 } },
	  NO(COMPTAG) },
	{ "v2-tu102", 5, { { .type = PRAMIN_MMU_PAGE, .comptag = 1u << 20 } },
	  NO(COMPTAG) },
	{ "v2-tu102", 5, { { .type = PRAMIN_MMU_PAGE, .comptag = 1,
			     .aperture = PRAMIN_MMU_PEER } }, NO(COMPTAG) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_PAGE, .comptag = 1,
			     .aperture = PRAMIN_MMU_SYS_COH } }, NO(COMPTAG) },
	{ "v3-gh100", 6, { { .type = PRAMIN_MMU_PAGE, .comptag = 1 } },
	  NO(COMPTAG) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_PAGE, .peer = 8,
			     .aperture = PRAMIN_MMU_PEER } }, NO(PEER) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_PAGE, .peer = 1 } }, NO(PEER) },
	{ "v1-64k", 0, { { .type = PRAMIN_MMU_TABLE, .pde_size = 4 } },
	  NO(PDE_SIZE) },
	{ "v1-64k", 0, { { 0 }, { .type = PRAMIN_MMU_TABLE, .pde_size = 1 } },
	  NO(PDE_SIZE) },
	{ "v2-gp100", 0, { { .pde_size = 1 } }, NO(PDE_SIZE) },
	{ "v2-gp100", 5, { { .pde_size = 1 } }, NO(UNUSED) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_PAGE, .pde_size = 1 } },
	  NO(UNUSED) },
	{ "v2-gp100", 5, { { .pa = 0x1000 } }, NO(UNUSED) },
	{ "v2-gp100", 5, { { .type = PRAMIN_MMU_SPARSE, .kind = 1 } },
	  NO(UNUSED) },
	{ "v2-gp100", 5, { { .aperture = PRAMIN_MMU_PEER } }, NO(UNUSED) },
	{ "v2-gp100", 5, { { .peer = 1 } }, NO(UNUSED) },
	{ "v2-gp100", 5, { { .comptag = 1 } }, NO(UNUSED) },
	{ "v2-gp100", 0, { { .pa = 0x1000 } }, NO(UNUSED) },
	{ "v2-gp100", 0, { { .type = PRAMIN_MMU_SPARSE, .pa = 0x1000 } },
	  NO(UNUSED) },
	{ "v2-gp100", 0, { { .type = PRAMIN_MMU_TABLE, .kind = 1 } },
	  NO(UNUSED) },
	{ "v2-gp100", 0, { { .type = PRAMIN_MMU_TABLE, .peer = 1 } },
	  NO(UNUSED) },
	{ "v2-gp100", 0, { { .type = PRAMIN_MMU_TABLE, .comptag = 1 } },
	  NO(UNUSED) },
	{ "v2-gp100", 3, { { .type = PRAMIN_MMU_PAGE },
			   { .type = PRAMIN_MMU_TABLE, .pa = 0x1000 } },
	  NO(HALVES) },
	{ "v2-gp100", 3, { { .type = PRAMIN_MMU_PAGE }, { .pa = 1 } },
	  NO(HALVES) },
	{ "v3-gh100", 4, { { .type = PRAMIN_MMU_PAGE },
			   { .attrs = PRAMIN_MMU_NO_ATS } }, NO(HALVES) },
	{ "v3-gh100", 4, { { .type = PRAMIN_MMU_PAGE }, { .pde_size = 1 } },
	  NO(HALVES) },
	/* clang-format on */
};

static int what_a_format_cannot_say_is_refused_by_name(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct refused *c = &cases[i];
		enum pramin_mmu_refusal why = PRAMIN_MMU_REFUSALS;
		uint64_t raw[2] = { 0x1234, 0x5678 };

		CHECK_EQ(pramin_mmu_encode(pramin_mmu_format_by_name(c->format),
					   c->level, c->half, raw, &why),
			 -EINVAL);
		if (why != c->why)
			printf("case %zu: %s\n", i,
			       pramin_mmu_refusal_name(why));
		CHECK_EQ(why, c->why);
		CHECK_EQ(raw[0], 0x1234);
		CHECK_EQ(raw[1], 0x5678);
	}
	return 0;
}

static int every_refusal_has_a_case_a_word_and_a_sentence(void)
{
	unsigned int r;
	size_t i;

	for (r = 1; r < PRAMIN_MMU_REFUSALS; r++) {
		bool met = false;

		for (i = 0; i < ARRAY_LEN(cases); i++)
			met = met || cases[i].why == r;
		CHECK(met);
		CHECK(pramin_mmu_refusal_name(r)[0]);
		CHECK(strlen(pramin_mmu_refusal_text(r)) > 10);
		CHECK(strcmp(pramin_mmu_refusal_name(r), "unknown"));
	}
	CHECK(!strcmp(pramin_mmu_refusal_name(NO(NOT)), "none"));
	CHECK(!strcmp(pramin_mmu_refusal_text(NO(NOT)), ""));
	CHECK(!strcmp(pramin_mmu_refusal_name(PRAMIN_MMU_REFUSALS), "unknown"));
	CHECK(!strcmp(pramin_mmu_refusal_text((enum pramin_mmu_refusal) - 1),
		      "unknown"));
	return 0;
}

static int missing_arguments_are_refused(void)
{
	const struct pramin_mmu_format *f = pramin_mmu_format(5);
	struct pramin_mmu_entry e[2] = { { 0 }, { 0 } };
	enum pramin_mmu_refusal why = PRAMIN_MMU_REFUSALS;
	uint64_t raw[2] = { 0, 0 };

	CHECK_EQ(pramin_mmu_encode(NULL, 0, e, raw, &why), -EINVAL);
	CHECK_EQ(why, NO(NOT));
	CHECK_EQ(pramin_mmu_encode(f, 0, NULL, raw, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_encode(f, 0, e, NULL, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_encode(f, 9, e, raw, NULL), -EINVAL);
	CHECK_EQ(pramin_mmu_encode(f, 0, e, raw, NULL), 0);
	CHECK_EQ(pramin_mmu_decode(NULL, 0, raw, e), -EINVAL);
	CHECK_EQ(pramin_mmu_decode(f, 6, raw, e), -EINVAL);
	CHECK_EQ(pramin_mmu_decode(f, 0, NULL, e), -EINVAL);
	CHECK_EQ(pramin_mmu_decode(f, 0, raw, NULL), -EINVAL);
	return 0;
}

static int types_and_apertures_have_names(void)
{
	unsigned int i, k;

	for (i = 0; i < PRAMIN_MMU_TYPES; i++)
		for (k = 0; k < i; k++)
			CHECK(strcmp(pramin_mmu_type_name(i),
				     pramin_mmu_type_name(k)));
	CHECK(!strcmp(pramin_mmu_type_name(PRAMIN_MMU_TYPES), "unknown"));
	CHECK(!strcmp(pramin_mmu_type_name(PRAMIN_MMU_PAGE), "page"));
	for (i = 0; i < PRAMIN_MMU_APERTURES; i++)
		for (k = 0; k < i; k++)
			CHECK(strcmp(pramin_mmu_aperture_name(i),
				     pramin_mmu_aperture_name(k)));
	CHECK(!strcmp(pramin_mmu_aperture_name(PRAMIN_MMU_APERTURES),
		      "unknown"));
	CHECK(!strcmp(pramin_mmu_aperture_name(PRAMIN_MMU_VIDEO), "vram"));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(what_a_format_cannot_say_is_refused_by_name),
		TEST(every_refusal_has_a_case_a_word_and_a_sentence),
		TEST(missing_arguments_are_refused),
		TEST(types_and_apertures_have_names),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
