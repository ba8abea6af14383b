// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which entries refer to a range of memory.
 */
#include "scan.h"

struct find {
	int (*call)(void *ctx, const struct pramin_mmu_ref *ref);
	void *ctx;
	uint64_t pa;
	uint64_t last;
	unsigned int aperture;
};

static int tell(struct mmu_scan *s, const struct find *find,
		const struct pramin_mmu_ref *ref)
{
	s->called++;
	return find->call(find->ctx, ref) ? -ECANCELED : 0;
}

static bool touches(const struct find *find, uint64_t pa, uint64_t len)
{
	return pa <= find->last && find->pa <= pa + (len - 1);
}

static int visit(struct mmu_scan *s, const struct mmu_visit *v)
{
	const struct pramin_mmu_level *lv = &s->tree->format->level[v->level];
	const struct pramin_mmu_entry *e = v->entry;
	const struct find *find = s->ctx;
	struct pramin_mmu_ref ref;
	uint64_t len;

	if (e->type == PRAMIN_MMU_PAGE)
		len = lv->page_size;
	else if (e->type == PRAMIN_MMU_TABLE)
		len = s->tree->format->level[lv->child[v->half]].table_size >>
		      s->pde_size;
	else
		return 0;
	if (e->aperture != find->aperture || !touches(find, e->pa, len))
		return 0;
	pramin_mmu_scan_ref(s, v, &ref);
	return tell(s, find, &ref);
}

/* The root has no entry that leads to it. */
static int look_at_root(struct mmu_scan *s, const struct find *find)
{
	const struct pramin_mmu_tree *tree = s->tree;
	const struct pramin_mmu_ref ref = {
		.size = s->last + 1,
		.entry = { .type = PRAMIN_MMU_TABLE, .pa = tree->root_pa },
		.level = PRAMIN_MMU_NO_LEVEL,
	};

	if (find->aperture != PRAMIN_MMU_VIDEO ||
	    !touches(find, tree->root_pa, tree->format->level[0].table_size))
		return 0;
	return tell(s, find, &ref);
}

int pramin_mmu_find(const struct pramin_mmu_tree *tree, unsigned int aperture,
		    uint64_t pa, uint64_t len,
		    int (*call)(void *ctx, const struct pramin_mmu_ref *ref),
		    void *ctx, struct pramin_mmu_scan *scan)
{
	struct find find = {
		.call = call,
		.ctx = ctx,
		.pa = pa,
		.last = pa + (len - 1),
		.aperture = aperture,
	};
	struct mmu_scan *s;
	int ret;

	if (!call || !len || aperture >= PRAMIN_MMU_APERTURES)
		return -EINVAL;
	ret = pramin_mmu_scan_begin(tree, scan, &s);
	if (ret)
		return ret;
	s->visit = visit;
	s->ctx = &find;
	s->hidden = true;
	if (find.last < pa || (aperture == PRAMIN_MMU_VIDEO &&
			       !pramin_mmu_in_vram(tree, pa, len)))
		ret = -ERANGE;
	if (!ret)
		ret = look_at_root(s, &find);
	if (!ret)
		ret = pramin_mmu_scan_run(s);
	return pramin_mmu_scan_end(s, scan, ret);
}
