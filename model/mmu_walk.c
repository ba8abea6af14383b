// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The page walk.
 *
 *	version 3	 56 | 55:47 | 46:38 | 37:29 | 28:21 | 20:12 | 11:0
 *	version 2	      48:47 | 46:38 | 37:29 | 28:21 | 20:12 | 11:0
 *			PDE4  PDE3    PDE2    PDE1    PDE0    PTE
 *	version 1	      39:26 (39:27) | 25:12 (26:12) | 11:0
 *			      PDE0            PTE
 *
 * PDE0 is dual: it leads to a table of big pages and to one of small pages, and
 * both may say something about an address. A big page that is there wins; one
 * that hides ends the walk; else the small entry decides, and "sparse" of either
 * counts if neither has a page.
 *
 * Each entry points down one level, so a walk ends after six words whatever they
 * say.
 */
#include <errno.h>
#include <string.h>

#include "mmu.h"

#define SMALL_SHIFT 12u

unsigned int model_va_bits(const struct model_space *s)
{
	switch (s->version) {
	case 3:
		return 57;
	case 2:
		return 49;
	default:
		return 40;
	}
}

int model_top_level(const struct model_space *s)
{
	switch (s->version) {
	case 3:
		return 4;
	case 2:
		return 3;
	default:
		return 0;
	}
}

/* The lowest bit of the address that an entry of @level is chosen by */
unsigned int model_level_shift(const struct model_space *s, int level)
{
	if (s->version == 1)
		return s->big_shift + 10;
	return level ? 20 + 9 * (unsigned int)level : 21;
}

static uint64_t mask(unsigned int count)
{
	return (UINT64_C(1) << count) - 1;
}

/* Index bits of PDE@level; the root's may be fewer. */
static uint64_t index_of(const struct model_space *s, int level, uint64_t va)
{
	unsigned int shift = model_level_shift(s, level);
	unsigned int end = level == model_top_level(s) ?
				   model_va_bits(s) :
				   model_level_shift(s, level + 1);

	return va >> shift & mask(end - shift);
}

static bool fetch(struct model_fetch *f, const struct model_space *s, int level,
		  uint64_t va, uint64_t pa, unsigned int count,
		  uint64_t word[2], struct pramin_model_translation *t)
{
	uint64_t vram = f->m->vram_size, bytes = 8 * (uint64_t)count;

	t->level = level;
	t->entry_pa = pa;
	word[0] = word[1] = 0;
	if (vram < bytes || pa > vram - bytes ||
	    !f->words(f, s, level, va, pa, count, word)) {
		t->mapping = PRAMIN_MAPPING_BROKEN;
		return false;
	}
	t->entry = word[0];
	return true;
}

/* What an entry that is no table says */
static void end(const struct model_entry *e, uint64_t va, unsigned int shift,
		struct pramin_model_translation *t)
{
	static const enum pramin_model_mapping mapping[] = {
		[ENTRY_NONE] = PRAMIN_MAPPING_NONE,
		[ENTRY_PAGE] = PRAMIN_MAPPING_PAGE,
		[ENTRY_SPARSE] = PRAMIN_MAPPING_SPARSE,
		[ENTRY_HIDES] = PRAMIN_MAPPING_HIDDEN,
		[ENTRY_NOWHERE] = PRAMIN_MAPPING_NOWHERE,
	};

	t->mapping = mapping[e->kind];
	if (e->kind != ENTRY_PAGE)
		return;
	t->page_bytes = UINT64_C(1) << shift;
	t->pa = (e->pa & ~mask(shift)) | (va & mask(shift));
	t->aperture = e->aperture;
	t->peer = e->peer;
	t->kind = e->pte_kind;
	t->read_only = e->read_only;
	t->privileged = e->privileged;
	t->uncached = e->uncached;
	t->no_atomics = e->no_atomics;
}

/* From PDE @e to the PTE for @va: what it says, or the reason that it cannot */
static bool page_table(struct model_fetch *f, const struct model_space *s,
		       const struct model_entry *e, bool big, uint64_t va,
		       struct model_entry *pte,
		       struct pramin_model_translation *t)
{
	unsigned int shift = big ? s->big_shift : SMALL_SHIFT;
	unsigned int count = model_level_shift(s, 0) - shift;
	uint64_t index = va >> shift & mask(count), word[2];

	/* A table of version 1 may be a half to an eighth as long. */
	if (index >> (count - e->halvings)) {
		pte->kind = ENTRY_NONE;
		return true;
	}
	if (e->aperture != PRAMIN_MODEL_VIDEO) {
		t->mapping = PRAMIN_MAPPING_BROKEN;
		return false;
	}
	if (!fetch(f, s, MODEL_PTE, va, e->pa + 8 * index, 1, word, t))
		return false;
	*pte = model_pte(s, big, word[0]);
	end(pte, va, shift, t);
	return true;
}

/* @dual: the words of PDE0 */
static void last_levels(struct model_fetch *f, const struct model_space *s,
			const uint64_t dual[2], uint64_t va,
			struct pramin_model_translation *t)
{
	struct model_entry big, small, pte = { .kind = ENTRY_NONE };
	bool sparse;

	model_dual_pde(s, dual, &big, &small);
	if (big.kind == ENTRY_PAGE) {
		end(&big, va, model_level_shift(s, 0), t);
		return;
	}
	sparse = big.kind == ENTRY_SPARSE || small.kind == ENTRY_SPARSE;
	t->mapping = PRAMIN_MAPPING_NONE;
	if (big.kind == ENTRY_TABLE) {
		if (!page_table(f, s, &big, true, va, &pte, t))
			return;
		if (pte.kind == ENTRY_SPARSE)
			sparse = true;
		else if (pte.kind != ENTRY_NONE)
			return;
	}
	if (small.kind == ENTRY_TABLE) {
		if (!page_table(f, s, &small, false, va, &pte, t))
			return;
		if (pte.kind != ENTRY_NONE)
			return;
	}
	if (sparse)
		t->mapping = PRAMIN_MAPPING_SPARSE;
}

/* @va fits the format. */
void model_walk(struct model_fetch *f, const struct model_space *s,
		uint64_t va, struct pramin_model_translation *t)
{
	uint64_t at = s->root, word[2];
	int level;

	for (level = model_top_level(s);; level--) {
		bool dual = level == 0 && s->version > 1;
		uint64_t pa = at + index_of(s, level, va) * (dual ? 16 : 8);
		struct model_entry e;

		if (!fetch(f, s, level, va, pa, dual ? 2 : 1, word, t))
			return;
		if (!level)
			break;
		e = model_pde(s, word[0]);
		if (e.kind != ENTRY_TABLE) {
			end(&e, va, model_level_shift(s, level), t);
			if (e.kind == ENTRY_PAGE && level > s->large)
				t->mapping = PRAMIN_MAPPING_BROKEN;
			return;
		}
		if (e.aperture != PRAMIN_MODEL_VIDEO) {
			t->mapping = PRAMIN_MAPPING_BROKEN;
			return;
		}
		at = e.pa;
	}
	last_levels(f, s, word, va, t);
}
