// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * From the words of a page-table entry to what they say. Any word decodes: what
 * means nothing is set apart, as reserved or as ignored.
 */
#include "codec.h"

uint64_t pramin_mmu_addr_get(const struct mmu_addr *addr, uint64_t word)
{
	uint64_t units = pramin_mmu_fld_get(addr->mask, word);

	if (addr->mask_hi)
		units |= pramin_mmu_fld_get(addr->mask_hi, word)
			 << FLD_BITS(addr->mask);
	return units << addr->shift;
}

uint64_t pramin_mmu_addr_put(const struct mmu_addr *addr, uint64_t pa)
{
	const uint64_t units = pa >> addr->shift;
	uint64_t word = pramin_mmu_fld_put(addr->mask, units);

	if (addr->mask_hi)
		word |= pramin_mmu_fld_put(addr->mask_hi,
					   units >> FLD_BITS(addr->mask));
	return word;
}

static void decode_page(const struct mmu_pte_layout *pte, uint64_t page_size,
			uint64_t word, struct pramin_mmu_entry *e)
{
	const unsigned int aperture =
		(unsigned int)pramin_mmu_fld_get(pte->aperture, word);
	const struct mmu_addr *addr = &pte->addr[aperture];
	uint64_t known = pte->valid | pte->aperture | pte->kind |
			 pte->comptag[aperture] |
			 pramin_mmu_addr_put(addr, ~(page_size - 1));
	unsigned int i;

	e->type = PRAMIN_MMU_PAGE;
	e->aperture = (uint8_t)aperture;
	e->pa = pramin_mmu_addr_get(addr, word) & ~(page_size - 1);
	e->kind = (uint8_t)pramin_mmu_fld_get(pte->kind, word);
	if (pte->comptag[aperture])
		e->comptag = (uint32_t)pramin_mmu_fld_get(
			pte->comptag[aperture], word);
	if (aperture == PRAMIN_MMU_PEER) {
		e->peer = (uint8_t)pramin_mmu_fld_get(pte->peer, word);
		known |= pte->peer;
	}
	for (i = 0; pte->attr[i].attr; i++) {
		known |= pte->attr[i].mask;
		if (word & pte->attr[i].mask)
			e->attrs |= pte->attr[i].attr;
	}
	e->reserved = word & ~known;
}

static void decode_pte(const struct mmu_pte_layout *pte,
		       const struct pramin_mmu_level *level, uint64_t word,
		       struct pramin_mmu_entry *e)
{
	const uint64_t mask = pte->void_mask[level->big];
	const uint64_t code = word & mask;
	unsigned int i;

	if (word & pte->valid) {
		decode_page(pte, level->page_size, word, e);
		return;
	}
	e->ignored = word & ~mask;
	if (!code)
		return;
	for (i = 0; i < MMU_VOIDS; i++) {
		const struct mmu_void *v = &pte->voids[i];

		if (v->bits == code && (level->big || !v->big)) {
			e->type = v->type;
			e->attrs = v->attrs;
			return;
		}
	}
	/* A code that is not published, or not for pages of this size */
	e->reserved = code;
}

static void decode_table(const struct mmu_pde_layout *pde,
			 unsigned int aperture, uint64_t word,
			 struct pramin_mmu_entry *e)
{
	const struct mmu_addr *addr = &pde->addr[aperture];

	e->type = PRAMIN_MMU_TABLE;
	e->aperture = (uint8_t)aperture;
	e->pa = pramin_mmu_addr_get(addr, word);
	if (word & pde->vol)
		e->attrs |= PRAMIN_MMU_VOLATILE;
	e->reserved = word & ~(pde->aperture | pde->vol | pde->no_ats |
			       pde->size | pde->is_pte | addr->mask);
}

static void decode_pde(const struct mmu_pde_layout *pde, uint64_t word,
		       struct pramin_mmu_entry *e)
{
	const unsigned int code =
		(unsigned int)pramin_mmu_fld_get(pde->aperture, word);

	word &= pde->own;
	if (word & pde->is_pte) {
		/* A page at a level that has none */
		e->reserved = pde->is_pte;
		e->ignored = word & ~pde->is_pte;
		return;
	}
	if (word & pde->no_ats)
		e->attrs |= PRAMIN_MMU_NO_ATS;
	if (pde->size)
		e->pde_size = (uint8_t)pramin_mmu_fld_get(pde->size, word);
	if (code) {
		decode_table(pde, pramin_mmu_pde_aperture(code), word, e);
		return;
	}
	e->ignored = word & ~(pde->no_ats | pde->size);
	if (pde->sparse && (word & pde->vol)) {
		e->type = PRAMIN_MMU_SPARSE;
		e->ignored &= ~pde->vol;
	}
}

void pramin_mmu_decode_level(const struct pramin_mmu_format *format,
			     unsigned int level, const uint64_t *raw,
			     struct pramin_mmu_entry *half)
{
	const struct pramin_mmu_layout *layout = format->layout;
	const struct pramin_mmu_level *lv = &format->level[level];
	const struct mmu_pde_layout *pde;
	unsigned int i;

	for (i = 0; i < lv->halves; i++)
		half[i] = (struct pramin_mmu_entry){ 0 };
	if (lv->child[0] == PRAMIN_MMU_NO_LEVEL) {
		decode_pte(&layout->pte, lv, raw[0], half);
		return;
	}
	pde = lv->halves == 2 ? layout->dual : &layout->pde;
	if (lv->page_size && (raw[0] & pde->is_pte)) {
		decode_page(&layout->pte, lv->page_size, raw[0], half);
		if (lv->halves == 2)
			half[PRAMIN_MMU_SMALL].ignored = raw[1];
		return;
	}
	for (i = 0; i < lv->halves; i++)
		decode_pde(&pde[i], raw[pde[i].word], &half[i]);
}

int pramin_mmu_decode(const struct pramin_mmu_format *format,
		      unsigned int level, const uint64_t *raw,
		      struct pramin_mmu_entry *half)
{
	if (!format || level >= format->levels || !raw || !half)
		return -EINVAL;
	pramin_mmu_decode_level(format, level, raw, half);
	return 0;
}
