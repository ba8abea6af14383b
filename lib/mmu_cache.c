// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Page tables whose reads are kept: pages of 4 KiB, each at one place of a table that
 * its address decides.
 *
 * The lock is held for a look and for a copy, never while the tree below reads: two
 * threads that miss the same page both read it.
 */
#include <errno.h>
#include <string.h>

#include <pramin/walk.h>

#include "sys.h"

#define PAGE 4096u

struct page {
	uint64_t number; /* of the page, from 1; 0: none */
	uint64_t bytes;
	uint8_t at[PAGE];
};

struct cache {
	struct pramin_mmu_tree inner;
	struct sys_lock lock;
	uint64_t places; /* a power of two */
	struct page *page[];
};

/* Copy what is there of that page; false: it is not. */
static bool look(struct cache *c, uint64_t number, size_t off, void *buf,
		 size_t len)
{
	const struct page *p;
	bool found;

	sys_lock_take(&c->lock, UINT64_MAX / 2);
	p = c->page[number & (c->places - 1)];
	found = p && p->number == number && off + len <= p->bytes;
	if (found)
		memcpy(buf, p->at + off, len);
	sys_lock_drop(&c->lock);
	return found;
}

/* @page is kept, in the place of another one. */
static void keep(struct cache *c, struct page *page)
{
	struct page **place = &c->page[page->number & (c->places - 1)];
	struct page *old;

	sys_lock_take(&c->lock, UINT64_MAX / 2);
	old = *place;
	*place = page;
	sys_lock_drop(&c->lock);
	sys_free(old);
}

/* A page that is not kept; without memory only what is asked for */
static int fetch(struct cache *c, uint64_t number, size_t off, void *buf,
		 size_t len)
{
	const struct pramin_mmu_tree *inner = &c->inner;
	const uint64_t pa = (number - 1) * PAGE;
	struct page *page = sys_alloc(sizeof(*page));
	int ret;

	if (!page)
		return inner->read(inner->ctx, pa + off, buf, len);
	page->number = number;
	page->bytes = inner->vram_size - pa;
	if (page->bytes > PAGE)
		page->bytes = PAGE;
	ret = inner->read(inner->ctx, pa, page->at, page->bytes);
	if (ret) {
		sys_free(page);
		/* What was asked for may be there though the rest is not. */
		return inner->read(inner->ctx, pa + off, buf, len);
	}
	memcpy(buf, page->at + off, len);
	keep(c, page);
	return 0;
}

static int read_cached(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	struct cache *c = ctx;
	uint8_t *to = buf;
	int ret = 0;

	while (len && !ret) {
		const uint64_t number = vram_pa / PAGE + 1;
		const size_t off = vram_pa % PAGE;
		const size_t n = len < PAGE - off ? len : PAGE - off;

		if (!look(c, number, off, to, n))
			ret = fetch(c, number, off, to, n);
		vram_pa += n;
		to += n;
		len -= n;
	}
	return ret;
}

/* The tree's own functions still get what they had. */
static void *alloc_inner(void *ctx, size_t size)
{
	const struct cache *c = ctx;

	return c->inner.alloc(c->inner.ctx, size);
}

static void free_inner(void *ctx, void *ptr)
{
	const struct cache *c = ctx;

	c->inner.free(c->inner.ctx, ptr);
}

int pramin_mmu_tree_cache(const struct pramin_mmu_tree *inner, uint64_t most,
			  struct pramin_mmu_tree *tree)
{
	uint64_t places = 1;
	struct cache *c;

	if (!inner || !tree || inner->size != sizeof(*inner) || !inner->read ||
	    !inner->alloc || !inner->free || most < PAGE)
		return -EINVAL;
	while (places * 2 <= most / PAGE && places < 1u << 20)
		places *= 2;
	c = sys_alloc(sizeof(*c) + places * sizeof(struct page *));
	if (!c)
		return -ENOMEM;
	if (sys_lock_init(&c->lock, false)) {
		sys_free(c);
		return -ENOMEM;
	}
	c->inner = *inner;
	c->places = places;
	*tree = *inner;
	tree->read = read_cached;
	tree->alloc = alloc_inner;
	tree->free = free_inner;
	tree->ctx = c;
	return 0;
}

void pramin_mmu_tree_uncache(struct pramin_mmu_tree *tree)
{
	struct cache *c;
	uint64_t i;

	if (!tree || tree->read != read_cached)
		return;
	c = tree->ctx;
	*tree = c->inner;
	for (i = 0; i < c->places; i++)
		sys_free(c->page[i]);
	sys_free(c);
}
