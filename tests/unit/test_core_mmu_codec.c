// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Encode and decode are inverses: for any word, for any entry that a format has,
 * and nothing else is encoded. What a format has is written out a second time
 * here, as widths.
 */
#include "core_mmu.h"

#include "../../core/mmu/format.h"

#define ALL_V1                                                               \
	(PRAMIN_MMU_VOLATILE | PRAMIN_MMU_PRIVILEGE | PRAMIN_MMU_READ_ONLY | \
	 PRAMIN_MMU_ENCRYPTED | PRAMIN_MMU_LOCK | PRAMIN_MMU_READ_DISABLE |  \
	 PRAMIN_MMU_WRITE_DISABLE)
#define ALL_V2                                                               \
	(PRAMIN_MMU_VOLATILE | PRAMIN_MMU_PRIVILEGE | PRAMIN_MMU_READ_ONLY | \
	 PRAMIN_MMU_ATOMIC_DISABLE)
#define ALL_V3 (ALL_V2 | PRAMIN_MMU_ACD)
#define ATS    PRAMIN_MMU_NO_ATS

/* Widths in bits; of addresses in each aperture: VRAM, peer, and system */
static const struct widths {
	const char *name;
	unsigned int va, levels, kind, pde_size;
	unsigned int page[3], table[3], comptag[3];
	unsigned int attrs, no_ats, no_ats_dual;
	uint64_t pages[5];
	bool sparse, nowhere;
} widths[] = {
	/* clang-format off */
	{ "v1-128k", 40, 3, 8, 2, { 37, 37, 40 }, { 37, 0, 40 }, { 17, 17, 17 },
	  ALL_V1, 0, 0, { 0x1000, 0x20000 }, false, false },
	{ "v1-64k", 40, 3, 8, 2, { 37, 37, 40 }, { 37, 0, 40 }, { 17, 17, 17 },
	  ALL_V1, 0, 0, { 0x1000, 0x10000 }, false, false },
	{ "v1-128k-gm200", 40, 3, 8, 2, { 37, 37, 40 }, { 37, 0, 40 },
	  { 17, 17, 17 }, ALL_V1, 0, 0, { 0x1000, 0x20000 }, true, false },
	{ "v1-64k-gm200", 40, 3, 8, 2, { 37, 37, 40 }, { 37, 0, 40 },
	  { 17, 17, 17 }, ALL_V1, 0, 0, { 0x1000, 0x10000 }, true, false },
	{ "v2-gp100", 49, 6, 8, 0, { 37, 37, 58 }, { 37, 0, 58 }, { 18, 18, 0 },
	  ALL_V2, 0, 0, { 0x1000, 0x10000, 0x200000 }, true, false },
	{ "v2-gv100", 49, 6, 8, 0, { 37, 37, 58 }, { 37, 0, 58 }, { 18, 18, 0 },
	  ALL_V2, ATS, 0, { 0x1000, 0x10000, 0x200000 }, true, false },
	{ "v2-tu102", 49, 6, 8, 0, { 37, 57, 58 }, { 37, 0, 58 }, { 20, 0, 0 },
	  ALL_V2, ATS, 0, { 0x1000, 0x10000, 0x200000 }, true, false },
	{ "v2-ga100", 49, 6, 8, 0, { 37, 57, 58 }, { 37, 0, 58 }, { 20, 0, 0 },
	  ALL_V2, ATS, 0, { 0x1000, 0x10000, 0x200000, 0x20000000 }, true, false },
	{ "v3-gh100", 57, 7, 4, 0, { 52, 52, 52 }, { 52, 0, 52 }, { 0, 0, 0 },
	  ALL_V3, ATS, ATS, { 0x1000, 0x10000, 0x200000, 0x20000000 },
	  true, true },
	{ "v3-gb100", 57, 7, 4, 0, { 52, 52, 52 }, { 52, 0, 52 }, { 0, 0, 0 },
	  ALL_V3, ATS, ATS,
	  { 0x1000, 0x10000, 0x200000, 0x20000000, 0x4000000000 }, true, true },
	/* clang-format on */
};

static unsigned int place(unsigned int aperture)
{
	return aperture < 2 ? aperture : 2;
}

static int the_formats_are_found_by_number_and_by_name(void)
{
	unsigned int i;

	CHECK_EQ(ARRAY_LEN(widths), PRAMIN_MMU_FORMATS - 1);
	for (i = 0; i < ARRAY_LEN(widths); i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i + 1);

		CHECK(f);
		CHECK_EQ(f->id, i + 1);
		CHECK(!strcmp(f->name, widths[i].name));
		CHECK(pramin_mmu_format_by_name(f->name) == f);
		CHECK_EQ(f->va_bits, widths[i].va);
		CHECK_EQ(f->levels, widths[i].levels);
		CHECK_EQ(f->version, (unsigned int)(f->name[1] - '0'));
		CHECK(f->chips[0]);
	}
	CHECK(!pramin_mmu_format(PRAMIN_MMU_NONE));
	CHECK(!pramin_mmu_format(PRAMIN_MMU_FORMATS));
	CHECK(!pramin_mmu_format_by_name("v2"));
	CHECK(!pramin_mmu_format_by_name("v2-ga1000"));
	CHECK(!pramin_mmu_format_by_name(NULL));
	return 0;
}

static int the_levels_cover_the_address_without_gap(void)
{
	unsigned int i, l, h;

	for (i = 1; i < PRAMIN_MMU_FORMATS; i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i);

		CHECK_EQ(f->level[0].va_hi, f->va_bits - 1);
		for (l = 0; l < f->levels; l++) {
			const struct pramin_mmu_level *lv = &f->level[l];

			CHECK_EQ(lv->span, 1ull << lv->va_lo);
			CHECK_EQ(lv->entries,
				 1u << (lv->va_hi - lv->va_lo + 1));
			CHECK_EQ(lv->table_size,
				 (uint64_t)lv->entries * lv->entry_size);
			CHECK(lv->page_size == 0 || lv->page_size == lv->span);
			CHECK_EQ(lv->big, l == f->levels - 2u);
			for (h = 0; h < 2; h++) {
				if (lv->child[h] == PRAMIN_MMU_NO_LEVEL)
					continue;
				CHECK(lv->child[h] > l);
				CHECK_EQ(f->level[lv->child[h]].va_hi,
					 lv->va_lo - 1);
			}
			CHECK_EQ(lv->halves == 2,
				 lv->child[1] != PRAMIN_MMU_NO_LEVEL);
		}
		CHECK_EQ(f->level[f->levels - 1].va_lo, 12);
	}
	return 0;
}

static int each_page_size_has_its_level_and_no_other_has_one(void)
{
	unsigned int i, k, bit;

	for (i = 0; i < ARRAY_LEN(widths); i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i + 1);

		for (bit = 0; bit < 64; bit++) {
			const uint64_t size = 1ull << bit;
			bool has = false;
			unsigned int l = pramin_mmu_level_of_page(f, size);

			for (k = 0; k < ARRAY_LEN(widths[i].pages); k++)
				has = has || widths[i].pages[k] == size;
			CHECK_EQ(l != PRAMIN_MMU_NO_LEVEL, has);
			CHECK(!has || f->level[l].page_size == size);
		}
	}
	CHECK_EQ(pramin_mmu_level_of_page(NULL, 4096), PRAMIN_MMU_NO_LEVEL);
	CHECK_EQ(pramin_mmu_level_of_page(pramin_mmu_format(1), 0),
		 PRAMIN_MMU_NO_LEVEL);
	return 0;
}

static int a_chip_names_its_format(void)
{
	static const struct {
		const char *chip;
		uint64_t big_page;
		int ret;
		const char *format;
	} cases[] = {
		{ "gf100", 0, 0, "v1-128k" },
		{ "kepler", 0x10000, 0, "v1-64k" },
		{ "gm107", 0x20000, 0, "v1-128k" },
		{ "GM204", 0, 0, "v1-128k-gm200" },
		{ "maxwell", 0x10000, 0, "v1-64k-gm200" },
		{ "gp100", 0, 0, "v2-gp100" },
		{ "gp102", 0x10000, 0, "v2-gp100" },
		{ "gp102", 0x20000, -EINVAL, NULL },
		{ "gv100", 0, 0, "v2-gv100" },
		{ "tu102", 0, 0, "v2-tu102" },
		{ "ga100", 0, 0, "v2-ga100" },
		{ "ga107", 0, 0, "v2-ga100" },
		{ "ad102", 0, 0, "v2-ga100" },
		{ "gh100", 0, 0, "v3-gh100" },
		{ "gb100", 0, 0, "v3-gb100" },
		{ "gb20b", 0, 0, "v3-gb100" },
		{ "g80", 0, -EOPNOTSUPP, NULL },
		{ "gt218", 0x10000, -EOPNOTSUPP, NULL },
		{ "gx100", 0, -EINVAL, NULL },
		{ "gm107", 0x1000, -EINVAL, NULL },
		{ NULL, 0, -EINVAL, NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pramin_mmu_format *f = NULL;

		CHECK_EQ(pramin_mmu_format_of_chip(cases[i].chip,
						   cases[i].big_page, &f),
			 cases[i].ret);
		CHECK_EQ(f != NULL, cases[i].ret == 0);
		CHECK(!f || !strcmp(f->name, cases[i].format));
	}
	CHECK_EQ(pramin_mmu_format_of_chip("gh100", 0, NULL), -EINVAL);
	return 0;
}

/* Whatever is decoded can be encoded, and is the word without what was set apart */
static int check_words(const struct pramin_mmu_format *f, unsigned int level,
		       const uint64_t word[2])
{
	const struct pramin_mmu_level *lv = &f->level[level];
	const bool two = lv->entry_size == 16;
	struct pramin_mmu_entry half[2], again[2];
	uint64_t apart[2], raw[2] = { 0, 0 };
	enum pramin_mmu_refusal refusal;
	unsigned int h;

	memset(half, 0xff, sizeof(half));
	CHECK_EQ(pramin_mmu_decode(f, level, word, half), 0);
	apart[0] = half[0].reserved | half[0].ignored;
	apart[1] = 0;
	if (lv->halves == 2)
		apart[two] |= half[1].reserved | half[1].ignored;
	CHECK_EQ(pramin_mmu_encode(f, level, half, raw, &refusal), 0);
	CHECK_EQ(raw[0], word[0] & ~apart[0]);
	CHECK_EQ(raw[1], two ? word[1] & ~apart[1] : 0);
	CHECK_EQ(apart[0] & ~word[0], 0);
	CHECK_EQ(two ? apart[1] & ~word[1] : 0, 0);

	CHECK_EQ(pramin_mmu_decode(f, level, raw, again), 0);
	for (h = 0; h < lv->halves; h++) {
		CHECK(mmu_same(&half[h], &again[h]));
		CHECK_EQ(again[h].reserved | again[h].ignored, 0);
	}
	return 0;
}

static int any_word_decodes_to_what_it_can_be_encoded_from(void)
{
	uint64_t state = 1;
	unsigned int i, l, n, bit;

	for (i = 1; i < PRAMIN_MMU_FORMATS; i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i);

		for (l = 0; l < f->levels; l++) {
			for (n = 0; n < 20000; n++) {
				uint64_t word[2] = { mmu_random(&state),
						     mmu_random(&state) };

				/* few bits, many bits, and small numbers */
				if (n & 1)
					word[0] &= mmu_random(&state);
				if (n & 2)
					word[1] &= mmu_random(&state);
				if (n & 4)
					word[0] >>= mmu_random(&state) % 64;
				if (check_words(f, l, word))
					return CHECK_FAILED;
			}
			for (n = 0; n < 0x1000; n++)
				for (bit = 0; bit < 65; bit++) {
					uint64_t high = bit < 64 ? 1ull << bit :
								   ~0ull;
					uint64_t word[2] = { n | high, n };

					if (check_words(f, l, word))
						return CHECK_FAILED;
				}
		}
	}
	return 0;
}

/* May a page of this level have these values? As in the table of widths */
static bool is_legal(const struct widths *w, const struct pramin_mmu_level *lv,
		     const struct pramin_mmu_entry *e)
{
	const unsigned int p = place(e->aperture);

	return e->pa % lv->page_size == 0 && e->pa >> w->page[p] == 0 &&
	       e->kind >> w->kind == 0 && e->comptag >> w->comptag[p] == 0 &&
	       (e->aperture == PRAMIN_MMU_PEER ? e->peer < 8 : !e->peer) &&
	       !(e->attrs & ~w->attrs);
}

static int check_page(const struct widths *w, const struct pramin_mmu_format *f,
		      unsigned int level, const struct pramin_mmu_entry *e)
{
	struct pramin_mmu_entry half[2] = { *e }, back[2];
	uint64_t raw[2] = { 0x5a5a, 0x5a5a };
	enum pramin_mmu_refusal refusal = PRAMIN_MMU_REFUSALS;
	const bool legal = is_legal(w, &f->level[level], e);
	int ret = pramin_mmu_encode(f, level, half, raw, &refusal);

	CHECK_EQ(ret, legal ? 0 : -EINVAL);
	CHECK_EQ(refusal != PRAMIN_MMU_REFUSED_NOT, !legal);
	if (!legal) {
		CHECK_EQ(raw[0], 0x5a5a);
		CHECK_EQ(raw[1], 0x5a5a);
		return 0;
	}
	CHECK_EQ(pramin_mmu_decode(f, level, raw, back), 0);
	CHECK(mmu_same(e, &back[0]));
	CHECK_EQ(back[0].reserved | back[0].ignored, 0);
	return 0;
}

/* Each value of each field, one field at a time, beside any aperture */
static int check_fields(const struct widths *w,
			const struct pramin_mmu_format *f, unsigned int level,
			unsigned int aperture)
{
	const struct pramin_mmu_entry blank = {
		.type = PRAMIN_MMU_PAGE,
		.aperture = (uint8_t)aperture,
	};
	struct pramin_mmu_entry e;
	unsigned int n;
	int bad = 0;

	for (n = 0; n < 64 && !bad; n++) {
		e = blank;
		e.pa = 1ull << n;
		bad = check_page(w, f, level, &e);
		e.pa = ~((1ull << n) - 1) & ((1ull << 37) - 1);
		bad = bad || check_page(w, f, level, &e);
	}
	for (n = 0; n < 256 && !bad; n++) {
		e = blank;
		e.kind = (uint8_t)n;
		bad = check_page(w, f, level, &e);
		e = blank;
		e.peer = (uint8_t)n;
		bad = bad || check_page(w, f, level, &e);
	}
	for (n = 0; n < 1u << 10 && !bad; n++) {
		e = blank;
		e.attrs = (uint16_t)n;
		bad = check_page(w, f, level, &e);
	}
	for (n = 0; n <= 1u << 20 && !bad; n += n < 0x400 ? 1 : 0x3ff) {
		e = blank;
		e.comptag = n;
		bad = check_page(w, f, level, &e);
	}
	return bad;
}

static int each_value_of_each_field_of_a_page_round_trips_or_is_refused(void)
{
	unsigned int i, l, a;

	for (i = 0; i < ARRAY_LEN(widths); i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i + 1);

		for (l = 0; l < f->levels; l++)
			for (a = 0; a < PRAMIN_MMU_APERTURES; a++)
				if (f->level[l].page_size &&
				    check_fields(&widths[i], f, l, a))
					return CHECK_FAILED;
	}
	return 0;
}

/* A table in one half, the other half empty, @unit being its alignment */
static int check_table(const struct widths *w,
		       const struct pramin_mmu_format *f, unsigned int level,
		       unsigned int h, const struct pramin_mmu_entry *e)
{
	const struct pramin_mmu_level *lv = &f->level[level];
	const unsigned int p = place(e->aperture);
	const uint64_t unit = f->level[lv->child[h]].align;
	const unsigned int ats = lv->halves == 2 ? w->no_ats_dual : w->no_ats;
	struct pramin_mmu_entry half[2] = { { 0 }, { 0 } }, back[2];
	uint64_t raw[2] = { 0, 0 };
	bool legal = e->pa % unit == 0 && w->table[p] &&
		     e->pa >> w->table[p] == 0 &&
		     !(e->attrs & ~(ats | PRAMIN_MMU_VOLATILE)) &&
		     e->pde_size >> (h ? 0 : w->pde_size) == 0;

	half[h] = *e;
	CHECK_EQ(pramin_mmu_encode(f, level, half, raw, NULL),
		 legal ? 0 : -EINVAL);
	if (!legal)
		return 0;
	CHECK_EQ(pramin_mmu_decode(f, level, raw, back), 0);
	CHECK(mmu_same(&back[h], e));
	CHECK(lv->halves == 1 || back[!h].type == PRAMIN_MMU_INVALID);
	CHECK_EQ(back[h].reserved | back[h].ignored, 0);
	return 0;
}

static int each_value_of_each_field_of_a_table_round_trips_or_is_refused(void)
{
	unsigned int i, l, h, a, n;

	for (i = 0; i < ARRAY_LEN(widths); i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i + 1);

		for (l = 0; l < f->levels - 2u; l++)
			for (n = 0; n < 4 * 1024 * f->level[l].halves; n++) {
				struct pramin_mmu_entry e = {
					.type = PRAMIN_MMU_TABLE,
				};

				h = n % f->level[l].halves;
				a = n / f->level[l].halves % 4;
				e.aperture = (uint8_t)a;
				e.attrs = (uint16_t)(n >> 3);
				if (check_table(&widths[i], f, l, h, &e))
					return CHECK_FAILED;
				e.attrs = 0;
				e.pa = 1ull << (n / 8 % 64);
				e.pde_size = (uint8_t)(n / 512);
				if (check_table(&widths[i], f, l, h, &e))
					return CHECK_FAILED;
			}
	}
	return 0;
}

static int what_an_entry_may_have_can_be_asked(void)
{
	unsigned int i, l, a;

	for (i = 0; i < ARRAY_LEN(widths); i++) {
		const struct widths *w = &widths[i];
		const struct pramin_mmu_format *f = pramin_mmu_format(i + 1);

		for (l = 0; l < f->levels; l++) {
			const bool dir = l < f->levels - 2u;
			const bool page = f->level[l].page_size != 0;

			CHECK_EQ(pramin_mmu_attrs(f, l, PRAMIN_MMU_PAGE),
				 page ? w->attrs : 0);
			CHECK_EQ(pramin_mmu_attrs(f, l, PRAMIN_MMU_TABLE),
				 !dir ? 0 :
					PRAMIN_MMU_VOLATILE |
						 (f->level[l].halves == 2 ?
							  w->no_ats_dual :
							  w->no_ats));
			for (a = 0; a < 4; a++) {
				CHECK_EQ(pramin_mmu_pa_bits(f, l,
							    PRAMIN_MMU_PAGE, a),
					 page ? w->page[place(a)] : 0);
				CHECK_EQ(pramin_mmu_pa_bits(
						 f, l, PRAMIN_MMU_TABLE, a),
					 dir ? w->table[place(a)] : 0);
				CHECK_EQ(pramin_mmu_pa_bits(
						 f, l, PRAMIN_MMU_SPARSE, a),
					 0);
			}
			CHECK_EQ(pramin_mmu_attrs(f, l, PRAMIN_MMU_SPARSE), 0);
			CHECK_EQ(pramin_mmu_pa_bits(f, l, PRAMIN_MMU_PAGE, 4),
				 0);
		}
		CHECK_EQ(pramin_mmu_attrs(f, l, PRAMIN_MMU_PAGE), 0);
		CHECK_EQ(pramin_mmu_pa_bits(f, l, PRAMIN_MMU_PAGE, 0), 0);
	}
	CHECK_EQ(pramin_mmu_attrs(NULL, 0, PRAMIN_MMU_PAGE), 0);
	CHECK_EQ(pramin_mmu_pa_bits(NULL, 0, PRAMIN_MMU_PAGE, 0), 0);
	return 0;
}

/* What the mapper writes by default is legal, and next pages are a step apart. */
static int check_defaults(const struct pramin_mmu_format *f, unsigned int a)
{
	const unsigned int small = f->levels - 1u;
	struct pramin_mmu_entry e[2] = { {
		.type = PRAMIN_MMU_PAGE,
		.aperture = (uint8_t)a,
		.attrs = f->page[a],
		.pa = 0x40000,
	} };
	uint64_t raw[2], next[2];

	CHECK_EQ(pramin_mmu_encode(f, small, e, raw, NULL), 0);
	e[0].pa += 4096;
	CHECK_EQ(pramin_mmu_encode(f, small, e, next, NULL), 0);
	CHECK_EQ(next[0] - raw[0], pramin_mmu_pte_step(f, small, a));
	e[0].type = PRAMIN_MMU_TABLE;
	e[0].attrs = f->table[a];
	CHECK_EQ(pramin_mmu_encode(f, 0, e, raw, NULL),
		 a == PRAMIN_MMU_PEER ? -EINVAL : 0);
	return 0;
}

static int defaults_are_legal(void)
{
	unsigned int i, a;

	for (i = 1; i < PRAMIN_MMU_FORMATS; i++)
		for (a = 0; a < PRAMIN_MMU_APERTURES; a++)
			if (check_defaults(pramin_mmu_format(i), a))
				return CHECK_FAILED;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(the_formats_are_found_by_number_and_by_name),
		TEST(the_levels_cover_the_address_without_gap),
		TEST(each_page_size_has_its_level_and_no_other_has_one),
		TEST(a_chip_names_its_format),
		TEST(any_word_decodes_to_what_it_can_be_encoded_from),
		TEST(each_value_of_each_field_of_a_page_round_trips_or_is_refused),
		TEST(each_value_of_each_field_of_a_table_round_trips_or_is_refused),
		TEST(what_an_entry_may_have_can_be_asked),
		TEST(defaults_are_legal),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
