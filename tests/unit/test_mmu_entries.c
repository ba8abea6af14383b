// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The library's codec and the model's reading of the same words: written twice,
 * compared here over random words, words of few bits, and all combinations of the
 * lowest bits.
 */
#include <pramin/mmu.h>

#include "../../model/mmu.h"
#include "model_mmu_rig.h"

static const struct {
	const char *chip;
	uint64_t big_page;
	struct model_space space;
} cases[] = {
	{ "gf100", 65536, { .version = 1, .big_shift = 16 } },
	{ "gm107", 131072, { .version = 1, .big_shift = 17 } },
	{ "gm204", 65536,
	  { .version = 1, .big_shift = 16, .v1_sparse = true } },
	{ "gp100", 0, { .version = 2, .big_shift = 16 } },
	{ "gv100", 0, { .version = 2, .big_shift = 16 } },
	{ "tu102", 0, { .version = 2, .big_shift = 16, .wide_peer = true } },
	{ "ga102", 0,
	  { .version = 2, .big_shift = 16, .wide_peer = true, .large = 1 } },
	{ "gh100", 0, { .version = 3, .big_shift = 16, .large = 1 } },
	{ "gb202", 0, { .version = 3, .big_shift = 16, .large = 2 } },
};

static enum model_entry_kind kind_of(unsigned int type)
{
	static const enum model_entry_kind kinds[] = {
		[PRAMIN_MMU_INVALID] = ENTRY_NONE,
		[PRAMIN_MMU_TABLE] = ENTRY_TABLE,
		[PRAMIN_MMU_PAGE] = ENTRY_PAGE,
		[PRAMIN_MMU_SPARSE] = ENTRY_SPARSE,
		[PRAMIN_MMU_UNMAPPED] = ENTRY_HIDES,
		[PRAMIN_MMU_NOWHERE] = ENTRY_NOWHERE,
	};

	return kinds[type];
}

static bool both_say(const struct pramin_mmu_entry *l,
		     const struct model_entry *e, uint64_t page_size)
{
	bool page = e->kind == ENTRY_PAGE;
	uint64_t pa = page ? e->pa & ~(page_size - 1) : e->pa;

	if (kind_of(l->type) != e->kind)
		return false;
	if (!page && e->kind != ENTRY_TABLE)
		return true;
	return l->aperture == (unsigned int)e->aperture && l->pa == pa &&
	       (!page ||
		(l->kind == e->pte_kind && l->peer == e->peer &&
		 !(l->attrs & PRAMIN_MMU_READ_ONLY) == !e->read_only &&
		 !(l->attrs & PRAMIN_MMU_PRIVILEGE) == !e->privileged &&
		 !(l->attrs & PRAMIN_MMU_VOLATILE) == !e->uncached &&
		 !(l->attrs & PRAMIN_MMU_ATOMIC_DISABLE) == !e->no_atomics));
}

static int agree(const struct pramin_mmu_format *f, unsigned int level,
		 const struct model_space *s, const uint64_t word[2])
{
	const struct pramin_mmu_level *l = &f->level[level];
	struct pramin_mmu_entry half[2];
	struct model_entry mine[2];
	unsigned int i;
	bool ok;

	CHECK_EQ(pramin_mmu_decode(f, level, word, half), 0);
	if (l->halves == 2)
		model_dual_pde(s, word, &mine[0], &mine[1]);
	else if (l->child[0] == PRAMIN_MMU_NO_LEVEL)
		mine[0] = model_pte(s, l->big, word[0]);
	else
		mine[0] = model_pde(s, word[0]);
	for (i = 0; i < l->halves; i++) {
		ok = both_say(&half[i], &mine[i], l->page_size);
		/* Pages where the chip has none: the model says so in a walk. */
		if (!ok && mine[i].kind == ENTRY_PAGE && !l->page_size)
			ok = true;
		/* "Hides" and sparse at once: published from GV100 on only. */
		if (!ok && half[i].type == PRAMIN_MMU_SPARSE &&
		    half[i].attrs & PRAMIN_MMU_PRIVILEGE &&
		    mine[i].kind == ENTRY_HIDES)
			ok = true;
		if (!ok)
			printf("%s %s half %u: %016" PRIx64 " %016" PRIx64
			       ": type %u, kind %u, pa %" PRIx64 " %" PRIx64
			       ", aperture %u %u, attrs %x\n",
			       f->name, l->name, i, word[1], word[0],
			       half[i].type, mine[i].kind, half[i].pa,
			       mine[i].pa, half[i].aperture, mine[i].aperture,
			       half[i].attrs);
		CHECK(ok);
	}
	return 0;
}

static uint64_t next(uint64_t *x)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return *x ^ *x >> 29;
}

static int both_read_the_same_words_alike(void)
{
	uint64_t x = 5;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pramin_mmu_format *f = NULL;
		unsigned int level;

		CHECK_EQ(pramin_mmu_format_of_chip(cases[i].chip,
						   cases[i].big_page, &f),
			 0);
		for (level = 0; level < f->levels; level++) {
			for (n = 0; n < 4096; n++) {
				uint64_t low[2] = { n, n << 7 | n };
				uint64_t few[2] = { 1ull << n % 64 |
							    1ull << n / 64,
						    1ull << n / 64 };
				uint64_t any[2] = { next(&x), next(&x) };

				CHECK_EQ(agree(f, level, &cases[i].space, low),
					 0);
				CHECK_EQ(agree(f, level, &cases[i].space, few),
					 0);
				CHECK_EQ(agree(f, level, &cases[i].space, any),
					 0);
			}
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(both_read_the_same_words_alike),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
