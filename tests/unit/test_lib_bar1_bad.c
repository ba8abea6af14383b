// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1: what is refused, before anything is touched, and devices that fail.
 */
#include "lib_bar1.h"

static struct bar1_rig b;

/* Nothing was written to the GPU, and nothing is left taken. */
static int untouched(const struct pramin_model_counters *before)
{
	const struct pramin_model_counters now = bar1_count(&b);
	int i;

	CHECK_EQ(now.register_writes, before->register_writes);
	CHECK_EQ(now.binds, before->binds);
	for (i = 0; i < 4; i++) {
		CHECK_EQ(now.writes[i], before->writes[i]);
		CHECK_EQ(now.bar_reads[i], before->bar_reads[i]);
		CHECK_EQ(now.bar_writes[i], before->bar_writes[i]);
	}
	CHECK_EQ(bar1_as_found(&b), 0);
	return 0;
}

static int refused(int err, enum pramin_reason reason)
{
	const struct pramin_model_counters before = bar1_count(&b);
	struct pramin_bar1 *bar1 = NULL;
	int physical;

	for (physical = 0; physical < 2; physical++) {
		struct pramin_bar1_params params = b.params;

		if (physical) {
			params.pool = NULL;
			params.flags = PRAMIN_BAR1_PHYSICAL;
		}
		CHECK_EQ(pramin_bar1_take(b.s.rig.dev, &params, &bar1), err);
		CHECK_EQ(bar1_why(&b, err, reason), 0);
		CHECK(!bar1);
	}
	CHECK_EQ(untouched(&before), 0);
	return 0;
}

/* And everything still works through the window */
static int end(void)
{
	uint64_t val;

	CHECK_EQ(space_new(&b.s), 0);
	CHECK_EQ(space_map(&b.s, 0, DATA_PA, 2 * MIB, 0), 0);
	CHECK_EQ(space_gpu_pa(&b.s, 8), DATA_PA + 8);
	CHECK_EQ(pramin_write64(b.s.rig.dev, DATA_PA, 5), 0);
	CHECK_EQ(pramin_read64(b.s.rig.dev, DATA_PA, &val), 0);
	CHECK_EQ(val, 5);
	return space_close(&b.s);
}

static int one_that_is_absent_or_small_is_refused(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(bar1_chips); i++) {
		bar1_model.bar1 = PRAMIN_MODEL_NO_BAR1;
		CHECK_EQ(bar1_begin(&b, bar1_chips[i]), 0);
		bar1_model.bar1 = 0;
		CHECK_EQ(b.found.bytes, 0);
		CHECK_EQ(b.found.usable, 0);
		CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_BAR_ABSENT), 0);
		CHECK_EQ(end(), 0);

		CHECK_EQ(bar1_begin(&b, bar1_chips[i]), 0);
		b.params.need = BAR1_LIMIT + 1;
		CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_BAR_SMALL), 0);
		b.params.need = UINT64_MAX;
		CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_BAR_SMALL), 0);
		b.params.need = BAR1_LIMIT;
		CHECK_EQ(bar1_take(&b), 0);
		CHECK_EQ(pramin_bar1_release(b.bar1), 0);
		CHECK_EQ(end(), 0);
	}
	return 0;
}

static int one_that_the_console_uses_is_refused(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(bar1_chips); i++) {
		bar1_model.faults = "console";
		CHECK_EQ(bar1_begin(&b, bar1_chips[i]), 0);
		bar1_model.faults = NULL;
		CHECK(b.found.boot_vga);
		CHECK_HAS(b.found.claimed_by, "efifb");
		CHECK_EQ(refused(-EBUSY, PRAMIN_REASON_BAR_CONSOLE), 0);
		CHECK_HAS(pramin_last_why(b.s.rig.dev)->what, "efifb");
		CHECK_EQ(end(), 0);
	}
	return 0;
}

/* As a driver would have bound it: the register, and its second half */
static const struct {
	const char *chip;
	uint32_t low, high, val;
} bound[] = {
	{ "gf100", 0x1704, 0, 0x80000345 },
	{ "gp102", 0x1704, 0, 0x80000345 },
	{ "tu102", 0xb80f40, 0, 0x80000345 },
	{ "gh100", 0xb80f60, 0xb80f64, 0x345200 },
	{ "gb202", 0xb80f60, 0xb80f64, 0x345200 },
};

static int one_that_shows_tables_of_somebody_is_refused(void)
{
	const struct pramin_io_ops *ops = pramin_model_ops();
	size_t i;

	for (i = 0; i < ARRAY_LEN(bound); i++) {
		CHECK_EQ(bar1_begin(&b, bound[i].chip), 0);
		CHECK_EQ(ops->write(b.s.rig.model, bound[i].low, 4,
				    bound[i].val),
			 0);
		if (bound[i].high)
			CHECK_EQ(ops->write(b.s.rig.model, bound[i].high, 4, 0),
				 0);
		do
			CHECK_EQ(bar1_see(&b, &b.found), 0);
		while (b.found.pending || b.found.outstanding);
		CHECK(b.found.is_virtual && !b.found.bound);
		CHECK_EQ(b.found.inst_pa, 0x345000);
		CHECK_EQ(refused(-EBUSY, PRAMIN_REASON_BAR_IN_USE), 0);
		CHECK_EQ(end(), 0);
	}
	return 0;
}

static int tesla_has_none(void)
{
	struct pramin_bar1_status s = { .size = sizeof(s) };
	const struct pramin_bar1_params params = {
		.size = sizeof(params),
		.flags = PRAMIN_BAR1_PHYSICAL,
	};
	struct pramin_bar1 *bar1;

	CHECK_EQ(rig_open(&b.s.rig, "g84", 64 * MIB, false), 0);
	CHECK_EQ(pramin_bar1_status(b.s.rig.dev, &s), -EOPNOTSUPP);
	CHECK_EQ(bar1_why(&b, -EOPNOTSUPP, PRAMIN_REASON_NO_MMU), 0);
	CHECK_EQ(pramin_bar1_take(b.s.rig.dev, &params, &bar1), -EOPNOTSUPP);
	CHECK_EQ(bar1_why(&b, -EOPNOTSUPP, PRAMIN_REASON_NO_MMU), 0);
	return rig_close(&b.s.rig);
}

static int two_handles_do_not_both_have_it(void)
{
	struct pramin_bar1 *again = NULL;

	CHECK_EQ(bar1_open(&b, "gh100"), 0);
	CHECK_EQ(pramin_bar1_take(b.s.rig.dev, &b.params, &again), -EBUSY);
	CHECK_EQ(bar1_why(&b, -EBUSY, PRAMIN_REASON_CLAIMED), 0);
	CHECK(!again);
	CHECK_EQ(bar1_map(&b, 0, DATA_PA, 4 * KIB), 0);
	CHECK_EQ(pramin_bar1_write(b.bar1, 0, 8, 1), 0);
	CHECK_EQ(bar1_close(&b), 0);
	return 0;
}

static int bad_parameters_are_refused(void)
{
	struct pramin_pool *other;
	struct bar1_rig second;
	struct pramin_bar1 *bar1 = NULL;
	struct pramin_bar1_params p;
	struct pramin_bar1_status s;

	CHECK_EQ(bar1_begin(&b, "tu102"), 0);
	CHECK_EQ(bar1_begin(&second, "tu102"), 0);
	other = second.s.pool;
#define REFUSED(call)                                                       \
	do {                                                                \
		CHECK_EQ(call, -EINVAL);                                    \
		CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_ARGUMENT), 0); \
	} while (0)
	p = b.params;
	p.size--;
	REFUSED(pramin_bar1_take(b.s.rig.dev, &p, &bar1));
	p = b.params;
	p.flags = 2;
	REFUSED(pramin_bar1_take(b.s.rig.dev, &p, &bar1));
	p.flags = PRAMIN_BAR1_PHYSICAL; /* with a pool */
	REFUSED(pramin_bar1_take(b.s.rig.dev, &p, &bar1));
	p.flags = 0;
	p.pool = NULL;
	REFUSED(pramin_bar1_take(b.s.rig.dev, &p, &bar1));
	p.pool = other;
	REFUSED(pramin_bar1_take(b.s.rig.dev, &p, &bar1));
	REFUSED(pramin_bar1_take(b.s.rig.dev, NULL, &bar1));
	REFUSED(pramin_bar1_take(b.s.rig.dev, &b.params, NULL));
	CHECK_EQ(pramin_bar1_take(NULL, &b.params, &bar1), -EINVAL);
	REFUSED(pramin_bar1_status(b.s.rig.dev, NULL));
	s.size = 0;
	REFUSED(pramin_bar1_status(b.s.rig.dev, &s));
	s.size = sizeof(s) + 1;
	REFUSED(pramin_bar1_status(b.s.rig.dev, &s));
	CHECK_EQ(pramin_bar1_status(NULL, &s), -EINVAL);
	/* A pool that is gone, and one without room: BAR1 is free again. */
	CHECK_EQ(pramin_pool_destroy(b.s.pool), 0);
	CHECK_EQ(bar1_take(&b), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_SPACE_GONE), 0);
	CHECK_EQ(bar1_as_found(&b), 0);
	CHECK_EQ(pramin_pool_create(b.s.rig.dev, &b.params.pool), 0);
	CHECK_EQ(bar1_take(&b), -ENOMEM);
	CHECK_EQ(bar1_why(&b, -ENOMEM, PRAMIN_REASON_POOL_FULL), 0);
	CHECK_EQ(bar1_as_found(&b), 0);
	CHECK_EQ(pramin_pool_destroy(b.params.pool), 0);
	CHECK_EQ(bar1_count(&b).binds, 0);
	CHECK_EQ(rig_close(&second.s.rig), 0);
	return rig_close(&b.s.rig);
}

static int a_pool_that_has_room_for_the_root_only_is_refused(void)
{
	struct pramin_space *space[256];
	size_t n = 0;

	CHECK_EQ(bar1_begin(&b, "tu102"), 0);
	CHECK_EQ(pramin_pool_destroy(b.s.pool), 0);
	CHECK_EQ(pramin_pool_create(b.s.rig.dev, &b.s.pool), 0);
	CHECK_EQ(pramin_pool_add(b.s.pool, POOL_PA, MIB), 0);
	b.params.pool = b.s.params.pool = b.s.pool;
	while (n < ARRAY_LEN(space) &&
	       !pramin_space_create(b.s.rig.dev, &b.s.params, &space[n]))
		n++;
	CHECK_EQ(n, 256);
	CHECK_EQ(pramin_space_destroy(space[--n]), 0);
	CHECK_EQ(bar1_take(&b), -ENOMEM);
	CHECK_EQ(bar1_why(&b, -ENOMEM, PRAMIN_REASON_POOL_FULL), 0);
	CHECK_EQ(bar1_as_found(&b), 0);
	CHECK_EQ(bar1_count(&b).binds, 0);
	/* What it had taken is there again: root and instance block fit. */
	CHECK_EQ(pramin_space_destroy(space[--n]), 0);
	CHECK_EQ(bar1_take(&b), 0);
	while (n)
		CHECK_EQ(pramin_space_destroy(space[--n]), 0);
	return bar1_close(&b);
}

static int bad_calls_are_refused_and_change_nothing(void)
{
	const struct pramin_map_piece two[] = { { DATA_PA, UINT64_MAX - 4095 },
						{ DATA_PA, 8192 } };
	struct pramin_map_result bad = { .size = 1 };
	struct pramin_bar1_info info = { .size = sizeof(info) + 1 };
	volatile void *ptr = &bad;
	uint64_t val = 5, off = 0, before;
	uint8_t buf[16] = { 0 };

	CHECK_EQ(bar1_open(&b, "gp102"), 0);
	CHECK_EQ(bar1_map(&b, MIB, DATA_PA, 64 * KIB), 0);
	before = bar1_count(&b).accesses;
	REFUSED(pramin_bar1_info(b.bar1, NULL));
	REFUSED(pramin_bar1_info(b.bar1, &info));
	info.size = 0;
	REFUSED(pramin_bar1_info(b.bar1, &info));
	REFUSED(pramin_bar1_map(b.bar1, NULL, two, 1, NULL));
	REFUSED(pramin_bar1_map(b.bar1, &off, NULL, 1, NULL));
	REFUSED(pramin_bar1_map(b.bar1, &off, two, 1, &bad));
	REFUSED(pramin_bar1_pointer(b.bar1, MIB, 8, NULL));
	REFUSED(pramin_bar1_read(b.bar1, MIB, 8, NULL));
	REFUSED(pramin_bar1_load(b.bar1, MIB, NULL, 8));
	REFUSED(pramin_bar1_store(b.bar1, MIB, NULL, 8));
#undef REFUSED
#define REFUSED(call, err, reason)                                      \
	do {                                                            \
		CHECK_EQ(call, err);                                    \
		CHECK_EQ(bar1_why(&b, err, PRAMIN_REASON_##reason), 0); \
	} while (0)
	/* Pieces that do not fit in 64 bits, none, no whole page, no such VRAM */
	REFUSED(pramin_bar1_map(b.bar1, &off, two, 2, NULL), -EINVAL,
		MAP_EMPTY);
	REFUSED(pramin_bar1_map(b.bar1, &off, NULL, 0, NULL), -EINVAL,
		MAP_EMPTY);
	REFUSED(bar1_map(&b, 0, DATA_PA, 4095), -EINVAL, MAP_MISALIGNED);
	REFUSED(bar1_map(&b, 1, DATA_PA, 4096), -EINVAL, MAP_MISALIGNED);
	REFUSED(bar1_map(&b, 0, DATA_PA + 1, 4096), -EINVAL, MAP_MISALIGNED);
	REFUSED(bar1_map(&b, 0, GIB, 4096), -ERANGE, MAP_PA);
	REFUSED(bar1_map(&b, 0, DATA_PA, BAR1_BYTES), -ERANGE, MAP_RANGE);
	REFUSED(bar1_map(&b, UINT64_MAX - 8191, DATA_PA, 4096), -ERANGE,
		MAP_RANGE);
	REFUSED(bar1_map(&b, MIB + 60 * KIB, DATA_PA, 8 * KIB), -EEXIST,
		MAP_EXISTS);
	/* Accesses */
	REFUSED(pramin_bar1_read(b.bar1, MIB, 3, &val), -EINVAL, WIDTH);
	REFUSED(pramin_bar1_write(b.bar1, MIB, 16, 0), -EINVAL, WIDTH);
	REFUSED(pramin_bar1_read(b.bar1, MIB + 4, 8, &val), -EINVAL,
		MISALIGNED);
	REFUSED(pramin_bar1_read(b.bar1, MIB - 8, 8, &val), -ENOENT, BAR_HOLE);
	REFUSED(pramin_bar1_write(b.bar1, MIB + 64 * KIB, 8, 0), -ENOENT,
		BAR_HOLE);
	REFUSED(pramin_bar1_read(b.bar1, UINT64_MAX - 7, 8, &val), -ERANGE,
		BAR_RANGE);
	REFUSED(pramin_bar1_load(b.bar1, MIB - 1, buf, 2), -ENOENT, BAR_HOLE);
	REFUSED(pramin_bar1_store(b.bar1, MIB + 64 * KIB - 1, buf, 2), -ENOENT,
		BAR_HOLE);
	REFUSED(pramin_bar1_load(b.bar1, 1, buf, UINT64_MAX), -ERANGE,
		BAR_RANGE);
	REFUSED(pramin_bar1_store(b.bar1, UINT64_MAX, buf, 0), -ERANGE,
		BAR_RANGE);
	REFUSED(pramin_bar1_pointer(b.bar1, MIB, 0, &ptr), -EINVAL, EMPTY);
	REFUSED(pramin_bar1_pointer(b.bar1, 0, 8, &ptr), -ENOENT, BAR_HOLE);
	REFUSED(pramin_bar1_pointer(b.bar1, MIB, 64 * KIB + 1, &ptr), -ENOENT,
		BAR_HOLE);
	REFUSED(pramin_bar1_pointer(b.bar1, MIB, UINT64_MAX, &ptr), -ERANGE,
		BAR_RANGE);
	CHECK(ptr == &bad);
	CHECK_EQ(val, 5);
	CHECK_EQ(bar1_count(&b).accesses, before);
	REFUSED(pramin_bar1_unmap(b.bar1, 0, 4096, NULL), -ENOENT, MAP_NOTHING);
	REFUSED(pramin_bar1_unmap(b.bar1, MIB, 0, NULL), -EINVAL, MAP_EMPTY);
	/* The model has no pointers. */
	CHECK_EQ(pramin_bar1_pointer(b.bar1, MIB, 64 * KIB, &ptr), 0);
	CHECK(!ptr);
	return bar1_close(&b);
}

static int its_address_space_ends_with_it_and_not_before(void)
{
	const struct pramin_map_piece piece = { DATA_PA, 4096 };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = 0,
		.len = 4096,
		.pieces = &piece,
		.count = 1,
	};
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_bar1_info bar = { .size = sizeof(bar) };
	struct pramin_change *change;
	struct pramin_space *space;
	uint64_t val;

	CHECK_EQ(bar1_open(&b, "ga102"), 0);
	space = pramin_bar1_space(b.bar1);
	CHECK(space);
	REFUSED(pramin_space_destroy(space), -EBUSY, BAR_SPACE);
	REFUSED(pramin_pool_destroy(b.s.pool), -EBUSY, POOL_IN_USE);
	CHECK_EQ(pramin_space_prepare(space, &op, 1, &change), 0);
	REFUSED(pramin_bar1_release(b.bar1), -EBUSY, SPACE_PENDING);
	CHECK_EQ(pramin_space_execute(space, change, NULL), 0);
	CHECK_EQ(pramin_bar1_read(b.bar1, 0, 8, &val), 0);
	CHECK_EQ(pramin_bar1_release(b.bar1), 0);
	/* Released: all of it is refused by name. */
	REFUSED(pramin_bar1_release(b.bar1), -EINVAL, SPACE_GONE);
	REFUSED(pramin_space_info(space, &info), -EINVAL, SPACE_GONE);
	REFUSED(pramin_space_destroy(space), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_info(b.bar1, &bar), -EINVAL, SPACE_GONE);
	REFUSED(bar1_map(&b, 0, DATA_PA, 4096), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_unmap(b.bar1, 0, 4096, NULL), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_read(b.bar1, 0, 8, &val), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_write(b.bar1, 0, 8, 0), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_load(b.bar1, 0, &val, 8), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_store(b.bar1, 0, &val, 8), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_flush(b.bar1), -EINVAL, SPACE_GONE);
	REFUSED(pramin_bar1_pointer(b.bar1, 0, 8, &(volatile void *){ NULL }),
		-EINVAL, SPACE_GONE);
	CHECK(!pramin_bar1_space(b.bar1));
	/* And NULL */
	CHECK(!pramin_bar1_space(NULL));
	CHECK_EQ(pramin_bar1_release(NULL), 0);
	CHECK_EQ(pramin_bar1_info(NULL, &bar), -EINVAL);
	CHECK_EQ(pramin_bar1_map(NULL, &val, &piece, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_bar1_unmap(NULL, 0, 4096, NULL), -EINVAL);
	CHECK_EQ(pramin_bar1_read(NULL, 0, 8, &val), -EINVAL);
	CHECK_EQ(pramin_bar1_write(NULL, 0, 8, 0), -EINVAL);
	CHECK_EQ(pramin_bar1_load(NULL, 0, &val, 8), -EINVAL);
	CHECK_EQ(pramin_bar1_store(NULL, 0, &val, 8), -EINVAL);
	CHECK_EQ(pramin_bar1_flush(NULL), -EINVAL);
	CHECK_EQ(pramin_bar1_pointer(NULL, 0, 8, NULL), -EINVAL);
	/* It can be had again. */
	CHECK_EQ(bar1_take(&b), 0);
	return bar1_close(&b);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(one_that_is_absent_or_small_is_refused),
		TEST(one_that_the_console_uses_is_refused),
		TEST(one_that_shows_tables_of_somebody_is_refused),
		TEST(tesla_has_none),
		TEST(two_handles_do_not_both_have_it),
		TEST(bad_parameters_are_refused),
		TEST(a_pool_that_has_room_for_the_root_only_is_refused),
		TEST(bad_calls_are_refused_and_change_nothing),
		TEST(its_address_space_ends_with_it_and_not_before),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
