// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is wrong with a tree. Every entry is looked at, those too that another one
 * hides; each table once, so that a tangle of tables costs no more than there are.
 */
#include "scan.h"
#include "seen.h"

struct verify {
	int (*call)(void *ctx, const struct pramin_mmu_finding *finding);
	void *ctx;
	uint32_t apertures;
	uint64_t hider_va; /* of the big page last found over small ones */
	bool hider_known;
	struct mmu_seen seen;
};

static int tell(struct mmu_scan *s, const struct mmu_visit *v,
		unsigned int fault)
{
	const struct verify *verify = s->ctx;
	struct pramin_mmu_finding finding;

	finding.fault = fault;
	pramin_mmu_scan_ref(s, v, &finding.ref);
	s->called++;
	return verify->call(verify->ctx, &finding) ? -ECANCELED : 0;
}

/* Bits that mean nothing: those of an address say something else than others. */
static int look_at_reserved(struct mmu_scan *s, const struct mmu_visit *v)
{
	const struct pramin_mmu_format *f = s->tree->format;
	const struct pramin_mmu_entry *e = v->entry;
	uint64_t reserved = e->reserved;
	uint64_t addr = 0;
	int ret = 0;

	if (!reserved)
		return 0;
	if (e->type == PRAMIN_MMU_INVALID &&
	    f->level[v->level].child[0] != PRAMIN_MMU_NO_LEVEL)
		return tell(s, v, PRAMIN_MMU_FAULT_PAGE_LEVEL);
	if (e->type == PRAMIN_MMU_PAGE)
		addr = f->layout->pte.addr[e->aperture].mask;
	if (reserved & addr)
		ret = tell(s, v, PRAMIN_MMU_FAULT_PAGE_MISALIGNED);
	if (!ret && (reserved & ~addr))
		ret = tell(s, v, PRAMIN_MMU_FAULT_RESERVED);
	return ret;
}

/* Small page tables beside a page in the other half; decode ignores them. */
static bool has_table_below(const struct mmu_scan *s, const struct mmu_visit *v)
{
	struct pramin_mmu_entry half[2];
	uint64_t raw[2] = { 0, 0 };

	if (s->tree->format->level[v->level].halves == 1)
		return false;
	raw[1] = v->raw[1];
	pramin_mmu_decode_level(s->tree->format, v->level, raw, half);
	return half[PRAMIN_MMU_SMALL].type == PRAMIN_MMU_TABLE;
}

static int look_at_page(struct mmu_scan *s, const struct mmu_visit *v)
{
	const struct pramin_mmu_level *lv = &s->tree->format->level[v->level];
	const struct pramin_mmu_entry *e = v->entry;
	struct verify *verify = s->ctx;
	const uint64_t big =
		s->tree->format->level[s->tree->format->levels - 2].page_size;
	const uint64_t hider_va = v->va - v->va % big;
	int ret = 0;

	if (e->aperture == PRAMIN_MMU_VIDEO &&
	    !pramin_mmu_in_vram(s->tree, e->pa, lv->page_size))
		ret = tell(s, v, PRAMIN_MMU_FAULT_PAGE_OUTSIDE);
	if (!ret && has_table_below(s, v))
		ret = tell(s, v, PRAMIN_MMU_FAULT_OVERLAP);
	/* Below a table that cannot be read it is not known. */
	if (ret || v->hider == PRAMIN_MMU_INVALID ||
	    v->hider == PRAMIN_MMU_TABLE)
		return ret;
	if (verify->hider_known && verify->hider_va == hider_va)
		return 0;
	verify->hider_known = true;
	verify->hider_va = hider_va;
	return tell(s, v,
		    v->hider == PRAMIN_MMU_PAGE ? PRAMIN_MMU_FAULT_OVERLAP :
						  PRAMIN_MMU_FAULT_HIDDEN);
}

static int look_at_table(struct mmu_scan *s, const struct mmu_visit *v)
{
	static const uint8_t faults[] = {
		[PRAMIN_MMU_STOP_NOT_VRAM] = PRAMIN_MMU_FAULT_TABLE_NOT_VRAM,
		[PRAMIN_MMU_STOP_OUTSIDE] = PRAMIN_MMU_FAULT_TABLE_OUTSIDE,
		[PRAMIN_MMU_STOP_LOOP] = PRAMIN_MMU_FAULT_TABLE_LOOP,
	};
	const struct pramin_mmu_level *level = s->tree->format->level;
	struct verify *verify = s->ctx;
	bool twice;
	int ret;

	if (v->stop)
		return tell(s, v, faults[v->stop]);
	ret = pramin_mmu_seen_add(
		&verify->seen, v->entry->pa,
		level[level[v->level].child[v->half]].table_size >> s->pde_size,
		&twice);
	if (ret || !twice)
		return ret;
	ret = tell(s, v, PRAMIN_MMU_FAULT_TABLE_TWICE);
	return ret ? ret : MMU_SKIP;
}

static int visit(struct mmu_scan *s, const struct mmu_visit *v)
{
	const struct pramin_mmu_entry *e = v->entry;
	const struct verify *verify = s->ctx;
	int ret = look_at_reserved(s, v);

	if (ret)
		return ret;
	if (e->type != PRAMIN_MMU_PAGE && e->type != PRAMIN_MMU_TABLE)
		return 0;
	if (!(verify->apertures >> e->aperture & 1))
		ret = tell(s, v, PRAMIN_MMU_FAULT_APERTURE);
	if (ret)
		return ret;
	return e->type == PRAMIN_MMU_PAGE ? look_at_page(s, v) :
					    look_at_table(s, v);
}

/* The budget is spent: there is no entry to show, only an address. */
static void tell_budget(struct mmu_scan *s, const struct verify *verify)
{
	const struct pramin_mmu_finding finding = {
		.fault = PRAMIN_MMU_FAULT_BUDGET,
		.ref = { .va = s->at, .level = PRAMIN_MMU_NO_LEVEL },
	};

	s->called++;
	verify->call(verify->ctx, &finding);
}

int pramin_mmu_check(const struct pramin_mmu_tree *tree,
		     int (*call)(void *ctx,
				 const struct pramin_mmu_finding *finding),
		     void *ctx, struct pramin_mmu_scan *scan)
{
	struct verify verify = {
		.call = call,
		.ctx = ctx,
		.apertures = ~0u,
		.seen = { .tree = tree, .max = PRAMIN_MMU_MEMORY },
	};
	struct mmu_scan *s;
	bool twice;
	int ret;

	if (!call)
		return -EINVAL;
	ret = pramin_mmu_scan_begin(tree, scan, &s);
	if (ret)
		return ret;
	if (scan && scan->apertures)
		verify.apertures = scan->apertures;
	if (scan && scan->memory)
		verify.seen.max = scan->memory;
	s->visit = visit;
	s->ctx = &verify;
	s->hidden = true;
	ret = pramin_mmu_seen_add(&verify.seen, tree->root_pa,
				  tree->format->level[0].table_size, &twice);
	if (!ret)
		ret = pramin_mmu_scan_run(s);
	if (ret == -ETIMEDOUT)
		tell_budget(s, &verify);
	pramin_mmu_seen_fini(&verify.seen);
	return pramin_mmu_scan_end(s, scan, ret);
}
