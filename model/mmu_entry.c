// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The bits of page-table entries, as the hardware reads them: every word means
 * something, and what it does not look at does not matter.
 *
 * From github.com/NVIDIA/open-gpu-kernel-modules (595.45.04), below
 * src/common/inc/swref/published: maxwell/gm107/dev_mmu.h (version 1),
 * pascal/gp100/dev_mmu.h (2), hopper/gh100/dev_mmu.h (3); and from
 * github.com/NVIDIA/open-gpu-doc: pascal/gp100-mmu-format.pdf,
 * manuals/volta/gv100/dev_mmu.ref.txt. What an entry that is not valid may say
 * beside: kernel/gpu/mmu/arch of the former, kern_gmmu_gm200.c,
 * kern_gmmu_gv100.c, kern_gmmu_gh100.c; peer addresses: kern_gmmu_fmt_tu10x.c.
 *
 * The library has its own copy of all this. Neither is made from the other.
 */
#include "mmu.h"

/* Bits @hi down to @lo */
static uint64_t bits(uint64_t word, unsigned int hi, unsigned int lo)
{
	return word << (63 - hi) >> (63 - hi + lo);
}

static bool bit(uint64_t word, unsigned int n)
{
	return word >> n & 1;
}

/* Directory entries: 0 is invalid, and there are no peers. */
static enum pramin_model_aperture table_aperture(uint64_t code)
{
	return code == 1 ? PRAMIN_MODEL_VIDEO :
			   (enum pramin_model_aperture)code;
}

static struct model_entry v1_pte(const struct model_space *s, bool big,
				 uint64_t word)
{
	struct model_entry e = { ENTRY_NONE, PRAMIN_MODEL_VIDEO, 0, 0, 0, 0,
				 false, false, false, false };
	bool privileged = bit(word, 1), vol = bit(word, 32);

	if (!bit(word, 0)) {
		if (big && privileged)
			e.kind = ENTRY_HIDES;
		else if (vol && s->v1_sparse)
			e.kind = ENTRY_SPARSE;
		return e;
	}
	e.kind = ENTRY_PAGE;
	e.aperture = (enum pramin_model_aperture)bits(word, 34, 33);
	if (e.aperture >= PRAMIN_MODEL_SYS_COHERENT)
		e.pa = bits(word, 31, 4) << 12;
	else
		e.pa = bits(word, 28, 4) << 12;
	if (e.aperture == PRAMIN_MODEL_PEER)
		e.peer = (unsigned int)bits(word, 31, 29);
	e.pte_kind = (unsigned int)bits(word, 43, 36);
	e.privileged = privileged;
	e.read_only = bit(word, 2);
	e.uncached = vol;
	return e;
}

static struct model_entry v2_pte(const struct model_space *s, bool big,
				 uint64_t word)
{
	struct model_entry e = { ENTRY_NONE, PRAMIN_MODEL_VIDEO, 0, 0, 0, 0,
				 false, false, false, false };
	bool privileged = bit(word, 5), vol = bit(word, 3);

	if (!bit(word, 0)) {
		if (big && privileged)
			e.kind = ENTRY_HIDES;
		else if (vol)
			e.kind = ENTRY_SPARSE;
		return e;
	}
	e.kind = ENTRY_PAGE;
	e.aperture = (enum pramin_model_aperture)bits(word, 2, 1);
	if (e.aperture >= PRAMIN_MODEL_SYS_COHERENT)
		e.pa = bits(word, 53, 8) << 12;
	else
		e.pa = bits(word, 32, 8) << 12;
	if (e.aperture == PRAMIN_MODEL_PEER) {
		e.peer = (unsigned int)bits(word, 35, 33);
		/* What has no place is in COMPTAGLINE. */
		if (s->wide_peer)
			e.pa |= bits(word, 55, 36) << 37;
	}
	e.pte_kind = (unsigned int)bits(word, 63, 56);
	e.privileged = privileged;
	e.read_only = bit(word, 6);
	e.uncached = vol;
	e.no_atomics = bit(word, 7);
	return e;
}

/* The five bits of PCF mean one thing in a valid entry, another without. */
static struct model_entry v3_pte(bool big, uint64_t word)
{
	struct model_entry e = { ENTRY_NONE, PRAMIN_MODEL_VIDEO, 0, 0, 0, 0,
				 false, false, false, false };
	uint64_t pcf = bits(word, 7, 3);

	if (!bit(word, 0)) {
		if (pcf == 1)
			e.kind = ENTRY_SPARSE;
		else if (pcf == 2)
			e.kind = ENTRY_NOWHERE;
		else if (pcf == 3 && big)
			e.kind = ENTRY_HIDES;
		return e;
	}
	e.kind = ENTRY_PAGE;
	e.aperture = (enum pramin_model_aperture)bits(word, 2, 1);
	e.pa = bits(word, 51, 12) << 12;
	if (e.aperture == PRAMIN_MODEL_PEER)
		e.peer = (unsigned int)bits(word, 63, 61);
	e.pte_kind = (unsigned int)bits(word, 11, 8);
	e.uncached = bit(pcf, 0);
	e.privileged = bit(pcf, 1);
	e.read_only = bit(pcf, 2);
	e.no_atomics = bit(pcf, 3);
	return e;
}

struct model_entry model_pte(const struct model_space *s, bool big,
			     uint64_t word)
{
	switch (s->version) {
	case 1:
		return v1_pte(s, big, word);
	case 2:
		return v2_pte(s, big, word);
	default:
		return v3_pte(big, word);
	}
}

/* @code is the aperture of a table, @pa where it is, if there is one. */
static struct model_entry table(uint64_t code, uint64_t pa, bool sparse)
{
	struct model_entry e = { ENTRY_NONE, PRAMIN_MODEL_VIDEO, 0, 0, 0, 0,
				 false, false, false, false };

	if (code) {
		e.kind = ENTRY_TABLE;
		e.aperture = table_aperture(code);
		e.pa = pa;
	} else if (sparse) {
		e.kind = ENTRY_SPARSE;
	}
	return e;
}

/*
 * Addresses of version 2 are narrower for VRAM; @lo, @shift: of the field. The
 * small half of a dual entry cannot be sparse, or it is not published.
 */
static struct model_entry v2_table(uint64_t word, unsigned int lo,
				   unsigned int shift, bool small)
{
	uint64_t code = bits(word, 2, 1);

	return table(code, bits(word, code == 1 ? 32 : 53, lo) << shift,
		     bit(word, 3) && !small);
}

static struct model_entry v3_table(uint64_t word, unsigned int lo, bool small)
{
	return table(bits(word, 2, 1), bits(word, 51, lo) << lo,
		     bit(word, 3) && !small);
}

struct model_entry model_pde(const struct model_space *s, uint64_t word)
{
	if (bit(word, 0))
		return model_pte(s, false, word);
	return s->version == 2 ? v2_table(word, 8, 12, false) :
				 v3_table(word, 12, false);
}

/* One word of version 1 holds both halves, and how much of them there is. */
static void v1_dual(const struct model_space *s, uint64_t word,
		    struct model_entry *big, struct model_entry *small)
{
	uint64_t code = bits(word, 1, 0);
	bool sparse = bit(word, 35) && s->v1_sparse;

	*big = table(code, bits(word, code == 1 ? 28 : 31, 4) << 12, sparse);
	code = bits(word, 33, 32);
	*small = table(code, bits(word, code == 1 ? 60 : 63, 36) << 12, false);
	big->halvings = small->halvings = (unsigned int)bits(word, 3, 2);
}

void model_dual_pde(const struct model_space *s, const uint64_t word[2],
		    struct model_entry *big, struct model_entry *small)
{
	if (s->version == 1) {
		v1_dual(s, word[0], big, small);
		return;
	}
	if (bit(word[0], 0)) {
		*big = model_pte(s, false, word[0]);
		*small = table(0, 0, false);
	} else if (s->version == 2) {
		*big = v2_table(word[0], 4, 8, false);
		*small = v2_table(word[1], 8, 12, true);
	} else {
		*big = v3_table(word[0], 8, false);
		*small = v3_table(word[1], 12, true);
	}
}
