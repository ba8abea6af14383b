// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The registers of the MMU: flush, invalidate, bind; and what firmware has locked.
 *
 * Each starts something that is done some simulated time later, and says so. A
 * write that comes before that is lost and counts as a hazard. How long real ones
 * take is not published: the times are parameters.
 *
 * While something is under way, PENDING reads 1 for the first half of the time and
 * OUTSTANDING to its end, so that a caller that looks at one of them only is wrong.
 */
#include <errno.h>

#include "../core/regs/bar.h"
#include "../core/regs/flush.h"
#include "../core/regs/tlb.h"
#include "../core/regs/wpr.h"
#include "mmu.h"
#include "shared.h"

#define TRIGGER	    NV_PFB_PRI_MMU_INVALIDATE_TRIGGER
#define PENDING	    NV_PBUS_BIND_STATUS_BAR1_PENDING
#define OUTSTANDING NV_PBUS_BIND_STATUS_BAR1_OUTSTANDING
/* Before Turing requests wait in a FIFO of this many places (not published). */
#define FIFO_PLACES MODEL_REQUESTS

/* Simulated time until @done_ns */
static uint64_t wait(const struct pramin_model *m, const uint64_t *done_ns)
{
	uint64_t done = model_get64(done_ns), now;

	if (!done)
		return 0;
	now = model_clock(m);
	return done > now ? done - now : 0;
}

uint64_t model_bind_wait(const struct pramin_model *m, unsigned int bar)
{
	return wait(m, &m->live->bind_done_ns[bar]);
}

/* Something begins that takes @ns; when is it done? */
static uint64_t begin(struct pramin_model *m, uint64_t *done_ns, uint64_t ns,
		      bool stuck)
{
	uint64_t done = model_clock(m) + wait(m, done_ns) + ns;

	if (stuck)
		done += MODEL_NEVER;
	__atomic_store_n(done_ns, done, __ATOMIC_RELAXED);
	return done;
}

/* PENDING and OUTSTANDING, at bits 0 and 1 */
static uint32_t progress(uint64_t left, uint64_t ns)
{
	uint32_t bits = left ? OUTSTANDING : 0;

	return left > ns / 2 ? bits | PENDING : bits;
}

/* Requests that wait or are worked at */
static uint64_t queued(const struct pramin_model *m)
{
	uint64_t left = wait(m, &m->live->invalidate_done_ns);
	uint64_t ns = m->invalidate_ns;
	uint64_t count = (left + ns - 1) / ns;

	return count < FIFO_PLACES ? count : FIFO_PLACES;
}

static uint32_t fifo_read(const struct pramin_model *m)
{
	uint32_t count = (uint32_t)queued(m);

	return FLD_PREP(NV_PFB_PRI_MMU_CTRL_PRI_FIFO_SPACE,
			FIFO_PLACES - count) |
	       FLD_PREP(NV_PFB_PRI_MMU_CTRL_PRI_FIFO_EMPTY, !count);
}

static uint32_t bind_status(const struct pramin_model *m)
{
	uint32_t both = progress(model_bind_wait(m, 1), m->bind_ns);

	return progress(model_bind_wait(m, 0), m->bind_ns) | both << 2;
}

static bool block_read(const struct pramin_model *m, uint32_t off,
		       uint32_t *val)
{
	const struct model_mmu_regs *r = m->mmu_chip->regs;
	unsigned int bar;

	for (bar = 0; bar < 2; bar++) {
		*val = model_get32(&m->live->bar_block[bar][0]);
		if (off == r->block[bar]) {
			if (r->high[bar])
				*val |= progress(model_bind_wait(m, bar),
						 m->bind_ns);
			return true;
		}
		*val = model_get32(&m->live->bar_block[bar][1]);
		if (off == r->high[bar])
			return true;
	}
	return false;
}

/* A barrier for system memory begins. It pushes what is on its way to VRAM. */
static void membar(struct pramin_model *m, uint32_t flags, uint32_t off)
{
	struct model_mmu *mmu = model_mmu_of(m);

	model_hazard(m, PRAMIN_HAZARD_MEMBAR, off);
	begin(m, &m->live->flush_done_ns, m->flush_ns,
	      flags & MODEL_FLUSH_STUCK);
	if (mmu && !(flags & MODEL_FLUSH_STUCK))
		model_posted_flush(m, mmu);
}

static uint32_t flush_read(struct pramin_model *m, uint32_t flags, uint32_t off)
{
	uint32_t token;

	if (!m->mmu_chip->regs->flush_status)
		return progress(wait(m, &m->live->flush_done_ns), m->flush_ns);
	/* The read itself begins the flush. */
	token = __atomic_add_fetch(&m->live->flush_token, 1, __ATOMIC_RELAXED);
	membar(m, flags, off);
	return token & NV_XAL_EP_UFLUSH_FB_FLUSH_TOKEN;
}

static uint32_t flush_status(const struct pramin_model *m)
{
	uint32_t token = model_get32(&m->live->flush_token);

	if (!wait(m, &m->live->flush_done_ns))
		return token & NV_XAL_EP_UFLUSH_FB_FLUSH_TOKEN;
	return ((token - 1) & NV_XAL_EP_UFLUSH_FB_FLUSH_TOKEN) |
	       NV_XAL_EP_UFLUSH_FB_FLUSH_COMPLETED_STATUS;
}

/* Which of the registers of protected regions? 4: none */
static unsigned int wpr_at(const struct pramin_model *m, uint32_t off)
{
	unsigned int i = 0;

	while (i < 4 && off != m->mmu_chip->regs->wpr[i])
		i++;
	return i;
}

/* VRAM of any address can be accessed all the same: what happens is not known. */
int pramin_model_set_wpr(struct pramin_model *m, unsigned int region,
			 uint64_t first, uint64_t end)
{
	const size_t lo = 2 * (size_t)region;

	if (!m || region > 1 || (first | end) % 4096 ||
	    !m->mmu_chip->regs->wpr[lo])
		return -EINVAL;
	if (first > end || end > m->vram_size)
		return -ERANGE;
	model_put32(&m->wpr[lo],
		    FLD_PREP(NV_PFB_PRI_MMU_WPR_ADDR_VAL,
			     (uint32_t)(first >> PRAMIN_WPR_SHIFT)));
	model_put32(&m->wpr[lo + 1],
		    FLD_PREP(NV_PFB_PRI_MMU_WPR_ADDR_VAL,
			     (uint32_t)(end >> PRAMIN_WPR_SHIFT)));
	return 0;
}

bool model_mmu_has(const struct pramin_model *m, uint32_t off)
{
	const struct model_mmu_regs *r = m->mmu_chip->regs;

	return off &&
	       (off == r->trigger || off == r->pdb || off == r->upper_pdb ||
		off == r->fifo || off == r->block[0] || off == r->block[1] ||
		off == r->high[0] || off == r->high[1] ||
		off == r->bind_status || off == r->flush ||
		off == r->flush_status || wpr_at(m, off) < 4);
}

bool model_mmu_reg_read(struct pramin_model *m, uint32_t flags, uint32_t off,
			uint32_t *val)
{
	const struct model_mmu_regs *r = m->mmu_chip->regs;

	if (!model_mmu_has(m, off))
		return false;
	if (block_read(m, off, val))
		return true;
	if (off == r->trigger) {
		*val = model_get32(&m->live->invalidate) & ~TRIGGER;
		if (wait(m, &m->live->invalidate_done_ns))
			*val |= TRIGGER;
	} else if (off == r->pdb) {
		*val = model_get32(&m->live->pdb[0]);
	} else if (off == r->upper_pdb) {
		*val = model_get32(&m->live->pdb[1]);
	} else if (off == r->fifo) {
		*val = fifo_read(m);
	} else if (off == r->bind_status) {
		*val = bind_status(m);
	} else if (off == r->flush) {
		*val = flush_read(m, flags, off);
	} else if (wpr_at(m, off) < 4) {
		*val = model_get32(&m->wpr[wpr_at(m, off)]);
	} else {
		*val = flush_status(m);
	}
	return true;
}

/* Page directory base that an invalidate is for; system memory: none */
static uint64_t invalidate_root(const struct pramin_model *m)
{
	uint32_t lo = model_get32(&m->live->pdb[0]);
	uint64_t hi = model_get32(&m->live->pdb[1]);

	if (FLD_GET(NV_PFB_PRI_MMU_INVALIDATE_PDB_APERTURE, lo))
		return UINT64_MAX;
	hi = FLD_GET(NV_PFB_PRI_MMU_INVALIDATE_UPPER_PDB_ADDR, hi);
	return (uint64_t)FLD_GET(NV_PFB_PRI_MMU_INVALIDATE_PDB_ADDR, lo) << 12 |
	       hi << 40;
}

static void invalidate(struct pramin_model *m, uint32_t flags, uint32_t off,
		       uint32_t val)
{
	const struct model_mmu_regs *r = m->mmu_chip->regs;
	struct model_mmu *mmu;
	uint64_t done;

	if (queued(m) >= (r->fifo ? FIFO_PLACES : 1) || !model_lock(m)) {
		model_hazard(m, PRAMIN_HAZARD_BUSY, off);
		return;
	}
	model_put32(&m->live->invalidate, val);
	if (!r->depth)
		val &= ~NV_PFB_PRI_MMU_INVALIDATE_CACHE_LEVEL;
	else if (val & NV_PFB_PRI_MMU_INVALIDATE_SYS_MEMBAR)
		model_hazard(m, PRAMIN_HAZARD_MEMBAR, off);
	done = begin(m, &m->live->invalidate_done_ns, m->invalidate_ns,
		     flags & MODEL_TLB_STUCK);
	mmu = model_mmu_of(m);
	if (mmu)
		model_tlb_request(m, mmu, invalidate_root(m), val, done);
	__atomic_add_fetch(&m->live->invalidates, 1, __ATOMIC_RELEASE);
	model_unlock(m);
}

/* From now on BAR1 or BAR2 shows what its block says. */
static void bind(struct pramin_model *m, uint32_t flags, unsigned int bar)
{
	begin(m, &m->live->bind_done_ns[bar], m->bind_ns,
	      flags & MODEL_BIND_STUCK);
	model_put32(&m->live->bar_bound[bar][0],
		    model_get32(&m->live->bar_block[bar][0]));
	model_put32(&m->live->bar_bound[bar][1],
		    model_get32(&m->live->bar_block[bar][1]));
	__atomic_add_fetch(&m->live->binds[bar], 1, __ATOMIC_RELEASE);
}

static void block_write(struct pramin_model *m, uint32_t flags, uint32_t off,
			uint32_t mask, uint32_t bits)
{
	const struct model_mmu_regs *r = m->mmu_chip->regs;
	unsigned int bar = off == r->block[1] || off == r->high[1];
	bool high = off == r->high[bar];
	uint32_t *latch = &m->live->bar_block[bar][high], val;

	if (model_bind_wait(m, bar)) {
		model_hazard(m, PRAMIN_HAZARD_BUSY, off);
		return;
	}
	val = (model_get32(latch) & ~mask) | (bits & mask);
	/* These two say how far the bind is. */
	if (r->high[bar] && !high)
		val &= ~(PENDING | OUTSTANDING);
	model_put32(latch, val);
	if (!r->high[bar] || high)
		bind(m, flags, bar);
}

void model_mmu_reg_write(struct pramin_model *m, uint32_t flags, uint32_t off,
			 uint32_t mask, uint32_t bits)
{
	const struct model_mmu_regs *r = m->mmu_chip->regs;

	bits &= mask;
	if (off == r->trigger) {
		bits |= model_get32(&m->live->invalidate) & ~mask & ~TRIGGER;
		if (bits & TRIGGER)
			invalidate(m, flags, off, bits);
		else
			model_put32(&m->live->invalidate, bits);
	} else if (off == r->pdb) {
		bits |= model_get32(&m->live->pdb[0]) & ~mask;
		model_put32(&m->live->pdb[0], bits);
	} else if (off == r->upper_pdb) {
		bits |= model_get32(&m->live->pdb[1]) & ~mask;
		model_put32(&m->live->pdb[1], bits);
	} else if (off == r->block[0] || off == r->block[1] ||
		   off == r->high[0] || off == r->high[1]) {
		block_write(m, flags, off, mask, bits);
	} else if (off == r->flush && !r->flush_status && bits & PENDING) {
		membar(m, flags, off);
	}
}

/* At reset BAR1 and BAR2 show VRAM. */
static uint32_t block_at_reset(const struct pramin_model *m, unsigned int bar)
{
	const struct model_mmu_regs *r = m->mmu_chip->regs;

	return bar && r->block[1] && !r->high[1] ?
		       NV_PBUS_BAR2_BLOCK_DEBUG_CYA :
		       0;
}

void model_mmu_init(struct pramin_model *m)
{
	m->mmu_chip = model_mmu_chip(m);
	m->wpr[0] = NV_PFB_PRI_MMU_WPR_ADDR_VAL;
	m->wpr[2] = NV_PFB_PRI_MMU_WPR_ADDR_VAL;
	m->live->bar_block[1][0] = block_at_reset(m, 1);
}

/* What was stuck is done. */
void model_mmu_mend(struct pramin_model *m)
{
	struct model_live *l = m->live;
	uint64_t *const done[] = { &l->bind_done_ns[0], &l->bind_done_ns[1],
				   &l->invalidate_done_ns, &l->flush_done_ns };
	uint64_t now = model_clock(m);
	size_t i;

	for (i = 0; i < sizeof(done) / sizeof(done[0]); i++)
		if (model_get64(done[i]) > now + MODEL_NEVER / 2)
			__atomic_store_n(done[i], now, __ATOMIC_RELAXED);
	if (model_mmu_of(m))
		model_tlb_mend(model_mmu_of(m), now);
}

/*
 * Registers as after power-on. An invalidate that nobody asked for tells every
 * handle to empty its TLB; a bind, to read what is bound anew.
 */
void model_mmu_reset(struct pramin_model *m)
{
	struct model_live *l = m->live;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		model_put32(&l->bar_block[i][0], block_at_reset(m, i));
		model_put32(&l->bar_block[i][1], 0);
		model_put32(&l->bar_bound[i][0], 0);
		model_put32(&l->bar_bound[i][1], 0);
		model_put32(&l->pdb[i], 0);
		__atomic_store_n(&l->bind_done_ns[i], 0, __ATOMIC_RELAXED);
		__atomic_add_fetch(&l->binds[i], 1, __ATOMIC_RELEASE);
	}
	model_put32(&l->invalidate, 0);
	__atomic_store_n(&l->invalidate_done_ns, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&l->flush_done_ns, 0, __ATOMIC_RELAXED);
	__atomic_add_fetch(&l->invalidates, 1, __ATOMIC_RELEASE);
}
