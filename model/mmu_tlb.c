// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the GPU remembers of earlier walks: pages, and directory entries, those
 * that say "nothing here" too. It asks memory only for what it does not have,
 * and forgets only when told to, or when the place is needed. PTEs that are not
 * valid are not remembered.
 *
 * So a translation may be of yesterday. When the TLB had a part in one, the same
 * walk is made by memory alone; if that ends elsewhere, the address becomes a
 * suspect. An invalidate that makes the two agree clears it: between the change
 * of a table and the end of its invalidate, old translations are no mistake. What
 * is left when somebody asks is a hazard (hazard.c).
 *
 * An invalidate takes effect when it is done, not when it is asked for.
 */
#include <string.h>

#include "../core/regs/tlb.h"
#include "mmu.h"
#include "shared.h"

#define LEVEL NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL

static struct model_tlb_entry *slot(struct model_mmu *mmu,
				    const struct model_tlb_key *k)
{
	uint64_t mix = k->root >> 12;

	mix = (mix * 31 + k->tag) * 31 + k->shift * UINT64_C(2) + k->gpc;
	mix *= UINT64_C(0x9e3779b97f4a7c15);
	return &mmu->tlb[(mix >> 32) % MODEL_TLB];
}

static bool same(const struct model_tlb_key *a, const struct model_tlb_key *b)
{
	return b->used && a->root == b->root && a->tag == b->tag &&
	       a->shift == b->shift && a->leaf == b->leaf && a->gpc == b->gpc;
}

static struct model_tlb_key key(const struct model_space *s, uint64_t va,
				int level, unsigned int shift, bool leaf)
{
	struct model_tlb_key k = { .root = s->root,
				   .tag = va >> shift,
				   .level = level,
				   .shift = (uint8_t)shift,
				   .leaf = leaf,
				   .gpc = s->gpc,
				   .used = true };

	return k;
}

static struct model_tlb_entry *find(struct model_mmu *mmu,
				    const struct model_tlb_key *k)
{
	struct model_tlb_entry *e = slot(mmu, k);

	return same(k, &e->key) ? e : NULL;
}

static bool present(const struct model_space *s, int level, uint64_t word)
{
	struct model_entry big, small;
	uint64_t dual[2] = { word, 0 };

	if (level == MODEL_PTE)
		return model_pte(s, false, word).kind == ENTRY_PAGE;
	if (level > 0)
		big = model_pde(s, word);
	else
		model_dual_pde(s, dual, &big, &small);
	return big.kind == ENTRY_PAGE || big.kind == ENTRY_TABLE;
}

/*
 * An entry from memory. The GPU fetches 32 bytes at a time, so what lies beside
 * it must have been written too.
 */
static void from_memory(struct model_fetch *f, const struct model_space *s,
			int level, uint64_t pa, unsigned int count,
			uint64_t word[2])
{
	uint64_t i;

	if (!model_is_written(f->m, pa - pa % 32, 32))
		model_hazard(f->m, PRAMIN_HAZARD_GARBAGE, pa);
	for (i = 0; i < count; i++) {
		word[i] = model_posted_read(f->m, f->mmu, pa + 8 * i);
		/* The halves of version 1 are stored one by one with right. */
		if ((s->version > 1 || level < 0) &&
		    (i ? word[i] & 6 : present(s, level, word[i])))
			model_posted_present(f->m, f->mmu, pa + 8 * i);
	}
}

/* As the GPU: directory entries by the TLB if it has them */
static bool gpu_words(struct model_fetch *f, const struct model_space *s,
		      int level, uint64_t va, uint64_t pa, unsigned int count,
		      uint64_t word[2])
{
	struct model_tlb_entry *e;
	struct model_tlb_key k;

	if (level == MODEL_PTE) {
		from_memory(f, s, level, pa, count, word);
		return true;
	}
	k = key(s, va, level, model_level_shift(s, level), false);
	e = find(f->mmu, &k);
	if (e) {
		f->cached = true;
	} else {
		e = slot(f->mmu, &k);
		e->key = k;
		from_memory(f, s, level, pa, count, e->word);
	}
	word[0] = e->word[0];
	word[1] = e->word[1];
	return true;
}

/* As another engine of the GPU, which has not translated anything yet */
static bool cold_words(struct model_fetch *f, const struct model_space *s,
		       int level, uint64_t va, uint64_t pa, unsigned int count,
		       uint64_t word[2])
{
	(void)va;
	from_memory(f, s, level, pa, count, word);
	return true;
}

/* As the CPU */
static bool memory_words(struct model_fetch *f, const struct model_space *s,
			 int level, uint64_t va, uint64_t pa,
			 unsigned int count, uint64_t word[2])
{
	uint64_t i;

	(void)s;
	(void)level;
	(void)va;
	for (i = 0; i < count; i++) {
		word[i] = model_word(f->m, pa + 8 * i);
		if (f->mmu && model_posted_pending(f->mmu, pa + 8 * i))
			f->pending = true;
	}
	return true;
}

/* By the TLB where it knows something, without teaching it */
static bool probe_words(struct model_fetch *f, const struct model_space *s,
			int level, uint64_t va, uint64_t pa,
			unsigned int count, uint64_t word[2])
{
	struct model_tlb_entry *e = NULL;
	struct model_tlb_key k;

	if (level != MODEL_PTE) {
		k = key(s, va, level, model_level_shift(s, level), false);
		e = find(f->mmu, &k);
	}
	if (!e)
		return memory_words(f, s, level, va, pa, count, word);
	word[0] = e->word[0];
	word[1] = e->word[1];
	return true;
}

void model_walk_memory(struct pramin_model *m, const struct model_space *s,
		       uint64_t va, struct pramin_model_translation *t,
		       bool *pending)
{
	struct model_fetch f = { .m = m,
				 .words = memory_words,
				 .mmu = model_mmu_of(m) };

	model_walk(&f, s, va, t);
	if (pending)
		*pending = f.pending;
}

/* A page that the TLB has for @va */
static bool leaf_find(struct model_mmu *mmu, const struct model_space *s,
		      uint64_t va, struct pramin_model_translation *t)
{
	int level;

	for (level = -2; level <= s->large; level++) {
		unsigned int shift = level == -2 ? 12 :
				     level == -1 ? s->big_shift :
						   model_level_shift(s, level);
		struct model_tlb_key k = key(s, va, level, shift, true);
		const struct model_tlb_entry *e = find(mmu, &k);

		if (!e)
			continue;
		*t = e->leaf;
		t->pa |= va & (t->page_bytes - 1);
		return true;
	}
	return false;
}

static void leaf_put(struct model_mmu *mmu, const struct model_space *s,
		     uint64_t va, const struct pramin_model_translation *t)
{
	unsigned int shift = (unsigned int)__builtin_ctzll(t->page_bytes);
	struct model_tlb_key k = key(s, va, t->level, shift, true);
	struct model_tlb_entry *e = slot(mmu, &k);

	e->key = k;
	e->leaf = *t;
	e->leaf.pa &= ~(t->page_bytes - 1);
}

static bool agree(const struct pramin_model_translation *a,
		  const struct pramin_model_translation *b)
{
	if (a->mapping != b->mapping)
		return false;
	return a->mapping != PRAMIN_MAPPING_PAGE ||
	       (a->pa == b->pa && a->page_bytes == b->page_bytes &&
		a->aperture == b->aperture && a->peer == b->peer &&
		a->kind == b->kind && a->read_only == b->read_only &&
		a->privileged == b->privileged && a->uncached == b->uncached &&
		a->no_atomics == b->no_atomics);
}

static bool suspected(const struct model_mmu *mmu, const struct model_space *s,
		      uint64_t va)
{
	unsigned int i;

	for (i = 0; i < mmu->suspects; i++)
		if (mmu->suspect[i].va == va &&
		    mmu->suspect[i].space.root == s->root &&
		    mmu->suspect[i].space.gpc == s->gpc)
			return true;
	return false;
}

/* @t had a part from the TLB: does memory say the same? */
static void judge(struct pramin_model *m, struct model_mmu *mmu,
		  const struct model_space *s, uint64_t va,
		  const struct pramin_model_translation *t)
{
	struct pramin_model_translation now = { .size = sizeof(now) };
	bool pending = false;

	model_walk_memory(m, s, va, &now, &pending);
	/* What has not been flushed may be seen or not. */
	if (pending || agree(t, &now))
		return;
	if (t->mapping == PRAMIN_MAPPING_PAGE &&
	    now.mapping == PRAMIN_MAPPING_PAGE &&
	    t->page_bytes != now.page_bytes)
		model_hazard(m, PRAMIN_HAZARD_SPLIT, va);
	if (mmu->suspects < MODEL_SUSPECTS && !suspected(mmu, s, va)) {
		mmu->suspect[mmu->suspects].space = *s;
		mmu->suspect[mmu->suspects].va = va;
		mmu->suspects++;
	}
}

/* Would the TLB, as it is, send @s astray? */
static bool astray(struct pramin_model *m, struct model_mmu *mmu,
		   const struct model_suspect *s)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct pramin_model_translation now = { .size = sizeof(now) };
	struct model_fetch f = { .m = m, .words = probe_words, .mmu = mmu };

	if (!leaf_find(mmu, &s->space, s->va, &t))
		model_walk(&f, &s->space, s->va, &t);
	model_walk_memory(m, &s->space, s->va, &now, NULL);
	return !agree(&t, &now);
}

/* Does a request of @bits drop what stands at @level? */
static bool deep_enough(uint32_t bits, int level)
{
	uint32_t depth = FLD_GET(LEVEL, bits);

	return depth == NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL_ALL ||
	       level < (int)depth - 1;
}

static bool concerns(const struct model_tlb_request *r, uint64_t root, bool gpc)
{
	if (!(r->bits & NV_PFB_PRI_MMU_INVALIDATE_ALL_VA))
		return false;
	if (gpc && r->bits & NV_PFB_PRI_MMU_INVALIDATE_HUBTLB_ONLY)
		return false;
	return r->bits & NV_PFB_PRI_MMU_INVALIDATE_ALL_PDB || r->root == root;
}

static void apply(struct pramin_model *m, struct model_mmu *mmu,
		  const struct model_tlb_request *r)
{
	unsigned int i, kept = 0;

	for (i = 0; i < MODEL_TLB; i++) {
		struct model_tlb_key *k = &mmu->tlb[i].key;

		if (k->used && concerns(r, k->root, k->gpc) &&
		    deep_enough(r->bits, k->level))
			k->used = false;
	}
	for (i = 0; i < mmu->suspects; i++) {
		const struct model_suspect *s = &mmu->suspect[i];

		if (!concerns(r, s->space.root, s->space.gpc) ||
		    astray(m, mmu, s))
			mmu->suspect[kept++] = *s;
	}
	mmu->suspects = kept;
}

/* Another handle has asked for something: all is forgotten, to be safe. */
static void forget_all(struct pramin_model *m, struct model_mmu *mmu)
{
	const struct model_tlb_request all = {
		.bits = NV_PFB_PRI_MMU_INVALIDATE_ALL_VA |
			NV_PFB_PRI_MMU_INVALIDATE_ALL_PDB,
	};

	apply(m, mmu, &all);
}

/* What is done by now */
void model_tlb_settle(struct pramin_model *m, struct model_mmu *mmu)
{
	uint32_t count = model_get32(&m->live->invalidates);
	unsigned int done = 0;
	uint64_t now;

	if (count != mmu->seen) {
		mmu->seen = count;
		forget_all(m, mmu);
	}
	if (!mmu->requests)
		return;
	now = model_clock(m);
	while (done < mmu->requests && mmu->request[done].done_ns <= now)
		apply(m, mmu, &mmu->request[done++]);
	memmove(&mmu->request[0], &mmu->request[done],
		(mmu->requests - done) * sizeof(mmu->request[0]));
	mmu->requests -= done;
}

void model_tlb_request(struct pramin_model *m, struct model_mmu *mmu,
		       uint64_t root, uint32_t bits, uint64_t done_ns)
{
	model_tlb_settle(m, mmu);
	mmu->seen++;
	if (mmu->requests == MODEL_REQUESTS) {
		forget_all(m, mmu);
		mmu->requests = 0;
	}
	mmu->request[mmu->requests].root = root;
	mmu->request[mmu->requests].bits = bits;
	mmu->request[mmu->requests].done_ns = done_ns;
	mmu->requests++;
}

/* Nothing is stuck any more. */
void model_tlb_mend(struct model_mmu *mmu, uint64_t now)
{
	unsigned int i;

	for (i = 0; i < mmu->requests; i++)
		if (mmu->request[i].done_ns > now + MODEL_NEVER / 2)
			mmu->request[i].done_ns = now;
}

void model_gpu_translate(struct pramin_model *m, struct model_mmu *mmu,
			 const struct model_space *s, uint64_t va,
			 struct pramin_model_translation *t)
{
	struct model_fetch f = { .m = m, .words = gpu_words, .mmu = mmu };

	model_tlb_settle(m, mmu);
	if (leaf_find(mmu, s, va, t)) {
		f.cached = true;
	} else {
		model_walk(&f, s, va, t);
		if (t->mapping == PRAMIN_MAPPING_PAGE)
			leaf_put(mmu, s, va, t);
	}
	if (f.cached)
		judge(m, mmu, s, va, t);
}

void model_watch_run(struct pramin_model *m, struct model_mmu *mmu)
{
	struct pramin_model_translation t = { .size = sizeof(t) };
	struct model_fetch f = { .m = m, .words = cold_words, .mmu = mmu };
	unsigned int i;

	for (i = 0; i < mmu->watches; i++) {
		const struct model_suspect *w = &mmu->watch[i];

		model_gpu_translate(m, mmu, &w->space, w->va, &t);
		model_walk(&f, &w->space, w->va, &t);
	}
}
