// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a range of addresses is mapped to, in runs.
 */
#include "scan.h"

struct list {
	int (*call)(void *ctx, const struct pramin_mmu_run *run);
	void *ctx;
	struct pramin_mmu_run run; /* not yet told; @count 0: none */
};

static int tell(struct mmu_scan *s, struct list *list)
{
	if (!list->run.count)
		return 0;
	s->called++;
	if (list->call(list->ctx, &list->run))
		return -ECANCELED;
	list->run.count = 0;
	return 0;
}

/* Does @next go on where @run ends, with the same in it? */
static bool continues(const struct pramin_mmu_run *run,
		      const struct pramin_mmu_run *next)
{
	const struct pramin_mmu_entry *a = &run->entry, *b = &next->entry;

	if (!run->count || run->va + run->len != next->va ||
	    a->type != b->type || a->attrs != b->attrs ||
	    run->stop != next->stop)
		return false;
	if (a->type != PRAMIN_MMU_PAGE)
		return a->aperture == b->aperture;
	return run->page_size == next->page_size && a->pa + run->len == b->pa &&
	       a->aperture == b->aperture && a->kind == b->kind &&
	       a->peer == b->peer && a->comptag == b->comptag;
}

/* The part of an entry that is in the range */
static struct pramin_mmu_run piece_of(const struct mmu_scan *s,
				      const struct mmu_visit *v)
{
	const uint64_t end = v->va + v->size - 1;
	const uint64_t cut = s->va > v->va ? s->va - v->va : 0;
	struct pramin_mmu_run run = {
		.va = v->va + cut,
		.entry = *v->entry,
		.page_size = v->size,
		.count = 1,
		.level = (uint8_t)v->level,
		.stop = (uint8_t)v->stop,
	};

	run.len = (s->last < end ? s->last : end) - run.va + 1;
	if (run.entry.type == PRAMIN_MMU_PAGE)
		run.entry.pa += cut;
	/* Those of one entry */
	run.entry.reserved = 0;
	run.entry.ignored = 0;
	return run;
}

static int visit(struct mmu_scan *s, const struct mmu_visit *v)
{
	struct list *list = s->ctx;
	struct pramin_mmu_run next;
	int ret;

	if (v->entry->type == PRAMIN_MMU_INVALID || !v->stop)
		return 0;
	next = piece_of(s, v);
	if (continues(&list->run, &next)) {
		list->run.len += next.len;
		list->run.count++;
		return 0;
	}
	ret = tell(s, list);
	list->run = next;
	return ret;
}

int pramin_mmu_list(const struct pramin_mmu_tree *tree, uint64_t va,
		    uint64_t len,
		    int (*call)(void *ctx, const struct pramin_mmu_run *run),
		    void *ctx, struct pramin_mmu_scan *scan)
{
	struct list list = { .call = call, .ctx = ctx };
	struct mmu_scan *s;
	int ret, told;

	if (!call || !len)
		return -EINVAL;
	ret = pramin_mmu_scan_begin(tree, scan, &s);
	if (ret)
		return ret;
	if (va > s->last || len - 1 > s->last - va)
		return pramin_mmu_scan_end(s, scan, -ERANGE);
	s->va = va;
	s->last = va + (len - 1);
	s->visit = visit;
	s->ctx = &list;
	ret = pramin_mmu_scan_run(s);
	/* What was seen is true, whatever came after it. */
	told = ret == -ECANCELED ? 0 : tell(s, &list);
	return pramin_mmu_scan_end(s, scan, ret ? ret : told);
}
