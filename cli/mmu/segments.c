// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Runs of a list become segments. When there are too many, those neighbours are
 * put together first that lose least by it: with a small hole between them, or
 * with little on one side of it.
 */
#include <stdlib.h>
#include <string.h>

#include "picture.h"

int segments_init(struct segments *segments)
{
	memset(segments, 0, sizeof(*segments));
	segments->seg = calloc(SEGMENTS_KEPT, sizeof(*segments->seg));
	return segments->seg ? 0 : -1;
}

void segments_free(struct segments *segments)
{
	free(segments->seg);
	segments->seg = NULL;
}

unsigned int picture_size_class(uint64_t page_size)
{
	if (page_size < 64u << 10)
		return 0;
	if (page_size < 2u << 20)
		return 1;
	if (page_size < 512u << 20)
		return 2;
	return page_size < 256ull << 30 ? 3 : 4;
}

static unsigned int class_of(const struct pramin_mmu_run *run)
{
	if (run->stop != PRAMIN_MMU_STOP_ENTRY)
		return PICTURE_UNKNOWN;
	if (run->entry.type == PRAMIN_MMU_SPARSE)
		return PICTURE_SPARSE;
	if (run->entry.type != PRAMIN_MMU_PAGE)
		return PICTURE_NOTHING;
	return run->entry.aperture * PICTURE_SIZES +
	       picture_size_class(run->page_size);
}

/* @b, which comes after @a, becomes part of it. */
static void join(struct segment *a, const struct segment *b)
{
	unsigned int i;

	a->last = b->last;
	a->runs += b->runs;
	for (i = 0; i < PICTURE_CLASSES; i++)
		a->bytes[i] += b->bytes[i];
}

static double mapped(const struct segment *seg)
{
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < PICTURE_CLASSES; i++)
		bytes += seg->bytes[i];
	return (double)bytes;
}

/* What it would cost to put @seg and the next one together */
static double loss(const struct segment *seg)
{
	const double hole = (double)(seg[1].va - seg[0].last - 1) + 4096;
	const double a = mapped(&seg[0]), b = mapped(&seg[1]);

	return hole * (a < b ? a : b);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

void segments_reduce(struct segments *segments, unsigned int most)
{
	static double lost[SEGMENTS_KEPT], sorted[SEGMENTS_KEPT];
	struct segment *seg = segments->seg;
	unsigned int n, joins, i, kept = 0;
	double limit;

	if (segments->count <= most)
		return;
	n = segments->count - 1;
	joins = segments->count - most;
	for (i = 0; i < n; i++)
		lost[i] = sorted[i] = loss(&seg[i]);
	qsort(sorted, n, sizeof(*sorted), by_value);
	limit = sorted[joins - 1];
	/* Those of the limit itself in the order of addresses, as many as needed */
	while (joins > 1 && sorted[joins - 2] >= limit)
		joins--;
	joins = segments->count - most - (joins - 1);
	for (i = 0; i < n; i++) {
		if (lost[i] < limit || (lost[i] <= limit && joins)) {
			joins -= lost[i] >= limit;
			join(&seg[kept], &seg[i + 1]);
		} else {
			seg[++kept] = seg[i + 1];
		}
	}
	segments->count = kept + 1;
}

void segments_add(struct segments *segments, const struct pramin_mmu_run *run)
{
	const unsigned int class = class_of(run);
	struct segment *seg;

	if (segments->count == SEGMENTS_KEPT)
		segments_reduce(segments, SEGMENTS_KEPT / 2);
	seg = &segments->seg[segments->count++];
	memset(seg, 0, sizeof(*seg));
	seg->va = run->va;
	seg->last = run->va + (run->len - 1);
	seg->runs = 1;
	seg->bytes[class] = run->len;
	seg->run = *run;
	segments->runs++;
	segments->bytes[class] += run->len;
	if (class < PICTURE_PAGES)
		segments->pages += run->count;
}
