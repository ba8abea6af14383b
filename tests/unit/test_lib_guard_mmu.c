// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reserved VRAM, and page tables: BAR1 is another way to write, and tables of others
 * may lie where nothing is to be written.
 */
#include "lib_rig.h"

#define VRAM (64 * MIB)
#define LAST (VRAM - MIB)

static struct pramin_dev *dev;
static struct pramin_pool *pool;
static struct pramin_bar1 *bar1;

static int start(unsigned int force, bool physical)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.force = force,
	};
	struct pramin_bar1_params params = {
		.size = sizeof(params),
		.flags = physical ? PRAMIN_BAR1_PHYSICAL : 0,
	};

	CHECK_EQ(pramin_open("model:tu102,vram=64M,bar1=128M,real", &opts, &dev,
			     NULL),
		 0);
	CHECK_EQ(pramin_pool_create(dev, &pool), 0);
	CHECK_EQ(pramin_pool_add(pool, 0, 8 * MIB), 0);
	params.pool = physical ? NULL : pool;
	return pramin_bar1_take(dev, &params, &bar1);
}

static int stop(void)
{
	CHECK_EQ(pramin_bar1_release(bar1), 0);
	CHECK_EQ(pramin_pool_destroy(pool), 0);
	return pramin_close(dev, NULL);
}

static int bar1_maps_no_reserved_vram(void)
{
	const struct pramin_map_piece pieces[] = { { 16 * MIB, 64 * KIB },
						   { LAST, 64 * KIB } };
	uint64_t off = PRAMIN_VA_ANY;

	CHECK_EQ(start(0, false), 0);
	CHECK_EQ(pramin_bar1_map(bar1, &off, pieces, 2, NULL), -EPERM);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_RESERVED);
	CHECK_EQ(off, PRAMIN_VA_ANY);
	CHECK_EQ(pramin_bar1_map(bar1, &off, pieces, 1, NULL), 0);
	CHECK_EQ(stop(), 0);
	CHECK_EQ(start(PRAMIN_FORCE_RESERVED, false), 0);
	off = PRAMIN_VA_ANY;
	CHECK_EQ(pramin_bar1_map(bar1, &off, pieces, 2, NULL), 0);
	return stop();
}

/* The same through its address space, in one call or in two */
static int the_space_of_bar1_maps_no_reserved_vram(void)
{
	const struct pramin_map_piece pieces[] = { { 16 * MIB, 64 * KIB },
						   { LAST - 4096, 64 * KIB } };
	struct pramin_map_op ops[] = {
		{ .kind = PRAMIN_UNMAP, .gpu_va = 8 * MIB, .len = 4096 },
		{ .kind = PRAMIN_MAP,
		  .gpu_va = MIB,
		  .len = 128 * KIB,
		  .pieces = pieces,
		  .count = 2 },
	};
	struct pramin_space_params params = {
		.size = sizeof(params),
		.flags = PRAMIN_SPACE_BAR,
	};
	struct pramin_change *change = NULL;
	struct pramin_space *space;

	CHECK_EQ(start(0, false), 0);
	space = pramin_bar1_space(bar1);
	CHECK_EQ(pramin_space_map(space, ops, 2, NULL), -EPERM);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_RESERVED);
	CHECK_EQ(pramin_space_prepare(space, &ops[1], 1, &change), -EPERM);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_RESERVED);
	CHECK(!change);
	/* Of a BAR that somebody else binds, too; engines are not guarded. */
	params.pool = pool;
	CHECK_EQ(pramin_space_create(dev, &params, &space), 0);
	CHECK_EQ(pramin_space_map(space, &ops[1], 1, NULL), -EPERM);
	CHECK_EQ(pramin_space_destroy(space), 0);
	params.flags = 0;
	CHECK_EQ(pramin_space_create(dev, &params, &space), 0);
	CHECK_EQ(pramin_space_map(space, &ops[1], 1, NULL), 0);
	CHECK_EQ(pramin_space_destroy(space), 0);
	CHECK_EQ(stop(), 0);
	CHECK_EQ(start(PRAMIN_FORCE_RESERVED, false), 0);
	CHECK_EQ(pramin_space_map(pramin_bar1_space(bar1), &ops[1], 1, NULL),
		 0);
	return stop();
}

static int a_bulk_write_through_bar1_is_refused_too(void)
{
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.way = PRAMIN_WAY_BAR1,
	};
	uint8_t buf[16] = { 1 };

	CHECK_EQ(start(0, false), 0);
	bulk.bar1 = bar1;
	CHECK_EQ(pramin_write(dev, LAST - 8, buf, 16, &bulk), -EPERM);
	CHECK_EQ(bulk.done, 0);
	CHECK_EQ(pramin_read(dev, LAST - 8, buf, 16, &bulk), 0);
	CHECK_EQ(bulk.went, PRAMIN_WAY_BAR1);
	CHECK_EQ(buf[0], 0);
	return stop();
}

static int physical_bar1_is_read_there_and_not_written(void)
{
	volatile void *ptr;
	uint64_t val;

	CHECK_EQ(start(0, true), 0);
	CHECK_EQ(pramin_bar1_write(bar1, LAST, 4, 1), -EPERM);
	CHECK_EQ(pramin_bar1_store(bar1, LAST - 4, "01234567", 8), -EPERM);
	CHECK_EQ(pramin_bar1_pointer(bar1, LAST - 4096, 8192, &ptr), -EPERM);
	CHECK_EQ(pramin_bar1_read(bar1, LAST, 4, &val), 0);
	CHECK_EQ(val, 0);
	CHECK_EQ(pramin_bar1_write(bar1, LAST - 4, 4, 1), 0);
	CHECK_EQ(stop(), 0);
	CHECK_EQ(start(PRAMIN_FORCE_RESERVED, true), 0);
	CHECK_EQ(pramin_bar1_write(bar1, LAST, 4, 1), 0);
	CHECK_EQ(pramin_bar1_pointer(bar1, LAST, 4096, &ptr), 0);
	return stop();
}

static int a_tree_there_is_adopted_to_be_read_only(void)
{
	struct pramin_space_params params = {
		.size = sizeof(params),
		.root_pa = LAST,
		.flags = PRAMIN_SPACE_ADOPT,
	};
	struct pramin_space *space;

	CHECK_EQ(start(0, true), 0);
	CHECK_EQ(pramin_space_create(dev, &params, &space), 0);
	CHECK_EQ(pramin_space_destroy(space), 0);
	params.flags |= PRAMIN_SPACE_EXCLUSIVE;
	params.pool = pool;
	CHECK_EQ(pramin_space_create(dev, &params, &space), -EPERM);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_RESERVED);
	return stop();
}

static int who_shares_with_a_driver_takes_no_bar(void)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.force = PRAMIN_FORCE_SHARED,
	};
	struct pramin_bar1_params params = {
		.size = sizeof(params),
		.flags = PRAMIN_BAR1_PHYSICAL,
	};
	struct pramin_bar1_status before = { .size = sizeof(before) }, after;

	CHECK_EQ(pramin_open("model:tu102,vram=64M", &opts, &dev, NULL), 0);
	CHECK_EQ(pramin_bar1_status(dev, &before), 0);
	CHECK_EQ(pramin_bar1_take(dev, &params, &bar1), -EPERM);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_FORCED_WRITE);
	after = (struct pramin_bar1_status){ .size = sizeof(after) };
	CHECK_EQ(pramin_bar1_status(dev, &after), 0);
	CHECK_EQ(before.block, after.block);
	return pramin_close(dev, NULL);
}

static const struct check_test tests[] = {
	TEST(bar1_maps_no_reserved_vram),
	TEST(the_space_of_bar1_maps_no_reserved_vram),
	TEST(a_bulk_write_through_bar1_is_refused_too),
	TEST(physical_bar1_is_read_there_and_not_written),
	TEST(a_tree_there_is_adopted_to_be_read_only),
	TEST(who_shares_with_a_driver_takes_no_bar),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
