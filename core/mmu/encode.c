// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * From what an entry shall say to its words, or to the reason why the format
 * cannot say it.
 */
#include "codec.h"

#define REFUSED(name) PRAMIN_MMU_REFUSED_##name

/* How many bits of an address it holds */
static unsigned int addr_bits(const struct mmu_addr *addr)
{
	unsigned int bits = addr->shift + FLD_BITS(addr->mask);

	return addr->mask_hi ? bits + FLD_BITS(addr->mask_hi) : bits;
}

static bool fits(uint64_t mask, uint64_t val)
{
	return mask ? val <= mask >> FLD_SHIFT(mask) : !val;
}

static const struct mmu_pde_layout *
pde_layout(const struct pramin_mmu_format *format, unsigned int level)
{
	return format->level[level].halves == 2 ? format->layout->dual :
						  &format->layout->pde;
}

static enum pramin_mmu_refusal check_addr(const struct mmu_addr *addr,
					  uint64_t unit, uint64_t pa)
{
	if (pa % unit)
		return REFUSED(ALIGNMENT);
	if (pa >> addr_bits(addr))
		return REFUSED(WIDTH);
	return REFUSED(NOT);
}

static enum pramin_mmu_refusal check_page(const struct mmu_pte_layout *pte,
					  uint64_t page_size,
					  const struct pramin_mmu_entry *e)
{
	if (e->aperture >= PRAMIN_MMU_APERTURES)
		return REFUSED(APERTURE);
	if (!fits(pte->kind, e->kind))
		return REFUSED(KIND);
	if (!fits(pte->comptag[e->aperture], e->comptag))
		return REFUSED(COMPTAG);
	if (!fits(e->aperture == PRAMIN_MMU_PEER ? pte->peer : 0, e->peer))
		return REFUSED(PEER);
	if (e->pde_size)
		return REFUSED(UNUSED);
	return check_addr(&pte->addr[e->aperture], page_size, e->pa);
}

static enum pramin_mmu_refusal encode_page(const struct pramin_mmu_format *f,
					   uint64_t page_size,
					   const struct pramin_mmu_entry *e,
					   uint64_t *word)
{
	const struct mmu_pte_layout *pte = &f->layout->pte;
	enum pramin_mmu_refusal no = check_page(pte, page_size, e);
	unsigned int left = e->attrs;
	unsigned int i;
	uint64_t w;

	if (no)
		return no;
	w = pte->valid | pramin_mmu_fld_put(pte->aperture, e->aperture) |
	    pramin_mmu_fld_put(pte->kind, e->kind) |
	    pramin_mmu_addr_put(&pte->addr[e->aperture], e->pa);
	if (e->comptag)
		w |= pramin_mmu_fld_put(pte->comptag[e->aperture], e->comptag);
	if (e->peer)
		w |= pramin_mmu_fld_put(pte->peer, e->peer);
	for (i = 0; pte->attr[i].attr; i++) {
		if (left & pte->attr[i].attr)
			w |= pte->attr[i].mask;
		left &= ~(unsigned int)pte->attr[i].attr;
	}
	if (left == PRAMIN_MMU_ENCRYPTED)
		return REFUSED(ENCRYPTED);
	if (left)
		return REFUSED(ATTRIBUTE);
	*word = w;
	return REFUSED(NOT);
}

/* Neither an address nor what belongs to one; @pde_size is looked at elsewhere. */
static bool is_bare(const struct pramin_mmu_entry *e)
{
	return !(e->pa || e->aperture || e->kind || e->peer || e->comptag);
}

/* Which refusal a type means where there is no such entry */
static enum pramin_mmu_refusal no_such(unsigned int type)
{
	static const uint8_t refusal[] = {
		[PRAMIN_MMU_INVALID] = REFUSED(ATTRIBUTE),
		[PRAMIN_MMU_TABLE] = REFUSED(TABLE),
		[PRAMIN_MMU_PAGE] = REFUSED(PAGE_SIZE),
		[PRAMIN_MMU_SPARSE] = REFUSED(SPARSE),
		[PRAMIN_MMU_UNMAPPED] = REFUSED(UNMAPPED),
		[PRAMIN_MMU_NOWHERE] = REFUSED(NOWHERE),
	};

	return (enum pramin_mmu_refusal)refusal[type];
}

/* A PTE that is not valid */
static enum pramin_mmu_refusal encode_void(const struct mmu_pte_layout *pte,
					   bool big,
					   const struct pramin_mmu_entry *e,
					   uint64_t *word)
{
	enum pramin_mmu_refusal no = no_such(e->type);
	unsigned int i;

	if (!is_bare(e) || e->pde_size)
		return REFUSED(UNUSED);
	if (e->type == PRAMIN_MMU_INVALID && !e->attrs) {
		*word = 0;
		return REFUSED(NOT);
	}
	for (i = 0; i < MMU_VOIDS; i++) {
		const struct mmu_void *v = &pte->voids[i];

		if (v->type != e->type || (v->big && !big))
			continue;
		if (v->attrs == e->attrs) {
			*word = v->bits;
			return REFUSED(NOT);
		}
		no = REFUSED(ATTRIBUTE);
	}
	return no;
}

static enum pramin_mmu_refusal encode_pte(const struct pramin_mmu_format *f,
					  unsigned int level,
					  const struct pramin_mmu_entry *e,
					  uint64_t *word)
{
	const struct pramin_mmu_level *lv = &f->level[level];

	if (e->type == PRAMIN_MMU_PAGE)
		return encode_page(f, lv->page_size, e, word);
	if (e->type == PRAMIN_MMU_TABLE)
		return REFUSED(TABLE);
	return encode_void(&f->layout->pte, lv->big, e, word);
}

static enum pramin_mmu_refusal check_table(const struct mmu_pde_layout *pde,
					   const struct pramin_mmu_entry *e)
{
	const struct mmu_addr *addr;

	if (e->kind || e->peer || e->comptag)
		return REFUSED(UNUSED);
	if (e->aperture >= PRAMIN_MMU_APERTURES)
		return REFUSED(APERTURE);
	addr = &pde->addr[e->aperture];
	if (!addr->mask)
		return REFUSED(APERTURE);
	return check_addr(addr, 1ull << addr->shift, e->pa);
}

/* One half of a directory entry that is no page; adds to *@word */
static enum pramin_mmu_refusal encode_pde(const struct mmu_pde_layout *pde,
					  const struct pramin_mmu_entry *e,
					  uint64_t *word)
{
	unsigned int allowed = pde->no_ats ? PRAMIN_MMU_NO_ATS : 0;
	enum pramin_mmu_refusal no;
	uint64_t w = 0;

	if (e->type == PRAMIN_MMU_TABLE) {
		no = check_table(pde, e);
		if (no)
			return no;
		allowed |= PRAMIN_MMU_VOLATILE;
		w = pramin_mmu_fld_put(pde->aperture,
				       pramin_mmu_pde_code(e->aperture)) |
		    pramin_mmu_addr_put(&pde->addr[e->aperture], e->pa);
	} else if (e->type == PRAMIN_MMU_SPARSE && pde->sparse) {
		w = pde->vol;
	} else if (e->type != PRAMIN_MMU_INVALID) {
		return no_such(e->type);
	}
	if (e->type != PRAMIN_MMU_TABLE && !is_bare(e))
		return REFUSED(UNUSED);
	if (e->attrs & ~allowed)
		return REFUSED(ATTRIBUTE);
	if (!fits(pde->size, e->pde_size))
		return REFUSED(PDE_SIZE);
	if (e->attrs & PRAMIN_MMU_VOLATILE)
		w |= pde->vol;
	if (e->attrs & PRAMIN_MMU_NO_ATS)
		w |= pde->no_ats;
	if (e->pde_size)
		w |= pramin_mmu_fld_put(pde->size, e->pde_size);
	*word |= w;
	return REFUSED(NOT);
}

static enum pramin_mmu_refusal encode(const struct pramin_mmu_format *f,
				      unsigned int level,
				      const struct pramin_mmu_entry *half,
				      uint64_t word[2])
{
	const struct pramin_mmu_level *lv = &f->level[level];
	const struct mmu_pde_layout *pde;
	enum pramin_mmu_refusal no;
	unsigned int i;

	for (i = 0; i < lv->halves; i++)
		if (half[i].type >= PRAMIN_MMU_TYPES)
			return REFUSED(TYPE);
	if (lv->child[0] == PRAMIN_MMU_NO_LEVEL)
		return encode_pte(f, level, half, word);
	if (half[0].type == PRAMIN_MMU_PAGE && lv->page_size) {
		const struct pramin_mmu_entry *other = &half[PRAMIN_MMU_SMALL];

		if (lv->halves == 2 &&
		    (other->type != PRAMIN_MMU_INVALID || !is_bare(other) ||
		     other->attrs || other->pde_size))
			return REFUSED(HALVES);
		return encode_page(f, lv->page_size, half, word);
	}
	pde = pde_layout(f, level);
	for (i = 0; i < lv->halves; i++) {
		no = encode_pde(&pde[i], &half[i], &word[pde[i].word]);
		if (no)
			return no;
	}
	return REFUSED(NOT);
}

int pramin_mmu_encode(const struct pramin_mmu_format *format,
		      unsigned int level, const struct pramin_mmu_entry *half,
		      uint64_t *raw, enum pramin_mmu_refusal *refusal)
{
	enum pramin_mmu_refusal no = REFUSED(NOT);
	uint64_t word[2] = { 0, 0 };

	if (refusal)
		*refusal = no;
	if (!format || !half || !raw)
		return -EINVAL;
	no = level < format->levels ? encode(format, level, half, word) :
				      REFUSED(LEVEL);
	if (refusal)
		*refusal = no;
	if (no)
		return -EINVAL;
	raw[0] = word[0];
	if (format->level[level].entry_size == 16)
		raw[1] = word[1];
	return 0;
}

uint64_t pramin_mmu_pte_step(const struct pramin_mmu_format *format,
			     unsigned int level, unsigned int aperture)
{
	return pramin_mmu_addr_put(&format->layout->pte.addr[aperture],
				   format->level[level].page_size);
}

unsigned int pramin_mmu_attrs(const struct pramin_mmu_format *format,
			      unsigned int level, unsigned int type)
{
	const struct mmu_pde_layout *pde;
	unsigned int attrs = 0;
	unsigned int i;

	if (!format || level >= format->levels)
		return 0;
	if (type == PRAMIN_MMU_PAGE && format->level[level].page_size) {
		for (i = 0; format->layout->pte.attr[i].attr; i++)
			attrs |= format->layout->pte.attr[i].attr;
	} else if (type == PRAMIN_MMU_TABLE &&
		   format->level[level].child[0] != PRAMIN_MMU_NO_LEVEL) {
		pde = pde_layout(format, level);
		attrs = PRAMIN_MMU_VOLATILE;
		attrs |= pde->no_ats ? PRAMIN_MMU_NO_ATS : 0;
	}
	return attrs;
}

unsigned int pramin_mmu_pa_bits(const struct pramin_mmu_format *format,
				unsigned int level, unsigned int type,
				unsigned int aperture)
{
	const struct mmu_addr *addr;

	if (!format || level >= format->levels ||
	    aperture >= PRAMIN_MMU_APERTURES)
		return 0;
	if (type == PRAMIN_MMU_PAGE && format->level[level].page_size)
		return addr_bits(&format->layout->pte.addr[aperture]);
	if (type != PRAMIN_MMU_TABLE ||
	    format->level[level].child[0] == PRAMIN_MMU_NO_LEVEL)
		return 0;
	addr = &pde_layout(format, level)->addr[aperture];
	return addr->mask ? addr_bits(addr) : 0;
}
