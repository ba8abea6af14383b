// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Page tables and BAR1, where the chip and the backend have them.
 *
 *	line - 1M   line        line + 1M    line + 2M
 *	 |   tests   |   pages   |   tables   |
 */
#include <errno.h>

#include "check.h"
#include "suite.h"

#define KIB 1024ull
#define MIB (1024 * KIB)

#define VA (64 * MIB)

/* Accesses of BAR1 and polls of its registers are not in the statistics. */
#define POLLS 100u

static int room_for_tables(struct conform *c)
{
	if (!c->is_free)
		SKIP("tables need VRAM that nothing has to be put back in");
	/* The last MiB of VRAM is never used for tables. */
	if (c->pa + c->len < c->line + 2 * MIB ||
	    c->info.vram_size < c->line + 3 * MIB)
		SKIP("tables need a third MiB of range, not the last of VRAM");
	return 0;
}

static int make_pool(struct conform *c, struct pramin_pool **pool)
{
	CONFORM_OK(c, pramin_pool_create(c->dev, pool));
	CONFORM_OK(c, pramin_pool_add(*pool, c->line + MIB, MIB));
	return 0;
}

/* The library's own walker reads the tables back. */
static int walk(struct conform *c, struct pramin_space *space, uint64_t va,
		struct pramin_mmu_walk *end)
{
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_mmu_tree tree;

	CONFORM_OK(c, pramin_space_info(space, &info));
	CONFORM_OK(c, pramin_mmu_tree_dev(c->dev, 0, &tree));
	tree.format = info.format;
	tree.root_pa = info.root_pa;
	CHECK_EQ(pramin_mmu_translate(&tree, va, end), 0);
	return 0;
}

static int map_and_walk(struct conform *c, struct pramin_space *space)
{
	const struct pramin_map_piece piece = { c->line, 64 * KIB };
	struct pramin_map_result result = { .size = sizeof(result) };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = VA,
		.len = 64 * KIB,
		.page_size = 4096,
		.pieces = &piece,
		.count = 1,
	};
	struct pramin_mmu_walk end;

	CONFORM_OK(c, pramin_space_map(space, &op, 1, &result));
	CHECK(result.stores >= 16);
	CHECK_EQ(result.reads, 0);
	CHECK_EQ(walk(c, space, VA + 0x5123, &end), 0);
	CHECK_EQ(end.entry.type, PRAMIN_MMU_PAGE);
	CHECK_EQ(end.pa, c->line + 0x5123);
	CHECK_EQ(end.size, 4096);
	CHECK_EQ(pramin_space_map(space, &op, 1, NULL), -EEXIST);
	op.kind = PRAMIN_UNMAP;
	op.page_size = 0;
	op.pieces = NULL;
	op.count = 0;
	CONFORM_OK(c, pramin_space_map(space, &op, 1, &result));
	CHECK(result.invalidates >= 1);
	CHECK_EQ(walk(c, space, VA + 0x5123, &end), 0);
	CHECK(end.entry.type != PRAMIN_MMU_PAGE);
	CHECK_EQ(pramin_space_map(space, &op, 1, NULL), -ENOENT);
	return 0;
}

static int what_is_mapped_is_found_by_a_walk(struct conform *c)
{
	struct pramin_space_params params = { .size = sizeof(params) };
	struct pramin_space *space = NULL;
	int ret = room_for_tables(c);

	if (ret)
		return ret;
	c->used += POLLS;
	ret = make_pool(c, &params.pool);
	if (ret)
		return ret;
	ret = pramin_space_create(c->dev, &params, &space);
	if (ret == -EOPNOTSUPP) {
		CONFORM_OK(c, pramin_pool_destroy(params.pool));
		SKIP("the page tables of this chip are not known");
	}
	CONFORM_OK(c, ret);
	ret = map_and_walk(c, space);
	if (ret)
		return ret;
	CONFORM_OK(c, pramin_space_destroy(space));
	CONFORM_OK(c, pramin_pool_destroy(params.pool));
	return 0;
}

static int through_bar1(struct conform *c, struct pramin_bar1 *bar1)
{
	const struct pramin_map_piece pieces[] = {
		{ c->line + 128 * KIB, 4 * KIB },
		{ c->line + 64 * KIB, 4 * KIB },
	};
	uint64_t off = PRAMIN_VA_ANY, val = 0;
	uint8_t put[64], got[64];
	volatile void *ptr = NULL;

	conform_pattern(put, sizeof(put), 7);
	CONFORM_OK(c, pramin_bar1_map(bar1, &off, pieces, 2, NULL));
	/* What BAR1 stores, over the joint of two pages, the window reads. */
	CONFORM_OK(c, pramin_bar1_store(bar1, off + 4 * KIB - 32, put, 64));
	CONFORM_OK(c, pramin_read(c->dev, pieces[0].pa + 4 * KIB - 32, got, 32,
				  NULL));
	CONFORM_OK(c, pramin_read(c->dev, pieces[1].pa, got + 32, 32, NULL));
	CHECK(!memcmp(put, got, sizeof(put)));
	/* And the other way round */
	CONFORM_OK(c, pramin_write64(c->dev, pieces[1].pa + 64, 0xcafeull));
	CONFORM_OK(c, pramin_flush(c->dev));
	CONFORM_OK(c, pramin_bar1_read(bar1, off + 4 * KIB + 64, 8, &val));
	CHECK_EQ(val, 0xcafe);
	CONFORM_OK(c, pramin_bar1_pointer(bar1, off + 4 * KIB, 4 * KIB, &ptr));
	if (ptr)
		CHECK_EQ(((volatile uint64_t *)ptr)[8], 0xcafe);
	CHECK_EQ(pramin_bar1_read(bar1, off + 1, 8, &val), -EINVAL);
	CONFORM_OK(c, pramin_bar1_unmap(bar1, off, 8 * KIB, NULL));
	CHECK_EQ(pramin_bar1_read(bar1, off, 8, &val), -ENOENT);
	return 0;
}

static int bar1_shows_what_is_mapped_in_it(struct conform *c)
{
	struct pramin_bar1_params params = { .size = sizeof(params) };
	struct pramin_bar1 *bar1 = NULL;
	const struct pramin_why *why;
	int ret = room_for_tables(c);

	if (ret)
		return ret;
	c->used += POLLS;
	ret = make_pool(c, &params.pool);
	if (ret)
		return ret;
	ret = pramin_bar1_take(c->dev, &params, &bar1);
	why = pramin_last_why(c->dev);
	if (ret == -EOPNOTSUPP ||
	    (ret && (why->reason == PRAMIN_REASON_BAR_CONSOLE ||
		     why->reason == PRAMIN_REASON_BAR_IN_USE))) {
		printf("skipped: no BAR1: %s\n", why->what);
		CONFORM_OK(c, pramin_pool_destroy(params.pool));
		return CHECK_SKIPPED;
	}
	CONFORM_OK(c, ret);
	ret = through_bar1(c, bar1);
	if (ret)
		return ret;
	CONFORM_OK(c, pramin_bar1_release(bar1));
	CONFORM_OK(c, pramin_pool_destroy(params.pool));
	return 0;
}

const struct conform_test conform_mmu[] = {
	{ "what_is_mapped_is_found_by_a_walk",
	  what_is_mapped_is_found_by_a_walk, true, 300, 0 },
	{ "bar1_shows_what_is_mapped_in_it", bar1_shows_what_is_mapped_in_it,
	  true, 300, 0 },
	{ NULL, NULL, false, 0, 0 },
};
