// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 on devices that fail, and on a backend that lets the CPU touch it.
 */
#include "lib_bar1.h"

static struct bar1_rig b;

/* The model behind a backend that fails one access, and has BAR1 mapped if told */
static struct {
	uint64_t accesses, fail_at;
	unsigned char *mapped; /* stands for BAR1; NULL: no pointers */
	uint64_t map_off, map_len;
} io;

static int note(void)
{
	return ++io.accesses == io.fail_at ? -EIO : 0;
}

static int io_read(void *m, uint32_t off, unsigned int width, uint64_t *val)
{
	int ret = note();

	return ret ? ret : pramin_model_ops()->read(m, off, width, val);
}

static int io_write(void *m, uint32_t off, unsigned int width, uint64_t val)
{
	int ret = note();

	return ret ? ret : pramin_model_ops()->write(m, off, width, val);
}

static int io_info(void *m, unsigned int bar, struct pramin_bar_info *info)
{
	int ret = note();

	return ret ? ret : pramin_model_ops()->bar_info(m, bar, info);
}

static int io_bar_read(void *m, unsigned int bar, uint64_t off,
		       unsigned int width, uint64_t *val)
{
	int ret = note();

	return ret ? ret :
		     pramin_model_ops()->bar_read(m, bar, off, width, val);
}

static int io_bar_write(void *m, unsigned int bar, uint64_t off,
			unsigned int width, uint64_t val)
{
	int ret = note();

	return ret ? ret :
		     pramin_model_ops()->bar_write(m, bar, off, width, val);
}

static volatile void *io_bar_map(void *m, unsigned int bar, uint64_t off,
				 uint64_t len)
{
	(void)m;
	(void)bar;
	io.map_off = off;
	io.map_len = len;
	return io.mapped;
}

/* The rig's handle goes, and one with this backend comes. */
static int change_backend(void)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = getenv("TEST_EXCLUSIVE") != NULL,
		.vram = GIB,
	};

	b.ops = *pramin_model_ops();
	b.ops.read = io_read;
	b.ops.write = io_write;
	b.ops.bar_info = io_info;
	b.ops.bar_read = io_bar_read;
	b.ops.bar_write = io_bar_write;
	b.ops.bar_map = io_bar_map;
	b.ops.close = NULL;
	memset(&io, 0, sizeof(io));
	CHECK_EQ(pramin_close(b.s.rig.dev, NULL), 0);
	CHECK_EQ(pramin_open_io(&b.ops, b.s.rig.model, &opts, &b.s.rig.dev,
				NULL),
		 0);
	CHECK_EQ(pramin_pool_create(b.s.rig.dev, &b.s.pool), 0);
	CHECK_EQ(pramin_pool_add(b.s.pool, POOL_PA, POOL_LEN), 0);
	b.params.pool = b.s.pool;
	return 0;
}

/* All that there is to do with it; the first failure, and how far it came */
static int work(void)
{
	const struct pramin_map_piece piece = { DATA_PA, 64 * KIB };
	struct pramin_bar1_info info = { .size = sizeof(info) };
	static const uint8_t out[90] = { 1, 2, 3 };
	uint64_t off = MIB, val;
	uint8_t in[90];
	int ret = bar1_take(&b);

	if (!ret)
		ret = pramin_bar1_info(b.bar1, &info);
	if (!ret)
		ret = pramin_bar1_map(b.bar1, &off, &piece, 1, NULL);
	if (!ret)
		ret = pramin_bar1_store(b.bar1, off + 1, out, sizeof(out));
	if (!ret)
		ret = pramin_bar1_load(b.bar1, off + 1, in, sizeof(in));
	if (!ret)
		ret = memcmp(in, out, sizeof(in));
	if (!ret)
		ret = pramin_bar1_write(b.bar1, off, 8, UINT64_MAX);
	if (!ret)
		ret = pramin_bar1_read(b.bar1, off, 8, &val);
	if (!ret)
		ret = pramin_bar1_load(b.bar1, off, in, 8);
	if (!ret)
		ret = pramin_bar1_flush(b.bar1);
	if (!ret)
		ret = pramin_bar1_unmap(b.bar1, off, 64 * KIB, NULL);
	return ret;
}

static int whichever_access_fails_the_next_one_has_bar1(void)
{
	static const char *const chips[] = { "gf100", "tu102", "gb202" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		uint64_t n, all;
		int ret;

		CHECK_EQ(bar1_begin(&b, chips[i]), 0);
		CHECK_EQ(change_backend(), 0);
		n = io.accesses;
		CHECK_EQ(work(), 0);
		CHECK_EQ(pramin_bar1_release(b.bar1), 0);
		all = io.accesses - n;
		/* Stores that zero tables are alike: not each of them. */
		for (n = 1; n <= all; n += n > 40 && n < all - 150 ? 61 : 1) {
			b.bar1 = NULL;
			io.fail_at = io.accesses + n;
			ret = work();
			if (ret)
				CHECK_EQ(ret, -EIO);
			if (b.bar1)
				pramin_bar1_release(b.bar1);
			CHECK(io.accesses >= io.fail_at || !ret);
			io.fail_at = 0;
			CHECK_EQ(work(), 0);
			CHECK_EQ(pramin_bar1_release(b.bar1), 0);
			CHECK_EQ(bar1_as_found(&b), 0);
		}
		CHECK_EQ(bar1_count(&b).bar_faults, 0);
		CHECK_EQ(rig_close(&b.s.rig), 0);
	}
	return 0;
}

static int what_the_gpu_may_still_walk_stays_taken(void)
{
	struct pramin_bar1_info info = { .size = sizeof(info) };

	CHECK_EQ(bar1_begin(&b, "gh100"), 0);
	CHECK_EQ(change_backend(), 0);
	CHECK_EQ(bar1_take(&b), 0);
	CHECK_EQ(bar1_map(&b, 0, DATA_PA, 4 * KIB), 0);
	CHECK_EQ(pramin_bar1_info(b.bar1, &info), 0);
	/* The flush, then the look at the register fails: it stays bound. */
	io.fail_at = io.accesses + 2;
	CHECK_EQ(pramin_bar1_release(b.bar1), -EIO);
	CHECK_EQ(pramin_pool_destroy(b.s.pool), -EBUSY);
	CHECK_EQ(bar1_why(&b, -EBUSY, PRAMIN_REASON_POOL_IN_USE), 0);
	CHECK_EQ(bar1_see(&b, &b.found), 0);
	CHECK(b.found.bound && b.found.is_virtual);
	CHECK_EQ(b.found.inst_pa, info.inst_pa);
	CHECK_EQ(b.found.pid, 0);
	/* The next one puts back what was there. */
	CHECK_EQ(bar1_take(&b), 0);
	CHECK_EQ(pramin_bar1_release(b.bar1), 0);
	CHECK_EQ(bar1_see(&b, &b.found), 0);
	CHECK(!b.found.bound && !b.found.is_virtual);
	return rig_close(&b.s.rig);
}

static int a_change_left_half_way_keeps_all_out_until_it_is_made(void)
{
	struct pramin_space *space;
	uint64_t val;
	unsigned int i;

	CHECK_EQ(bar1_begin(&b, "tu102"), 0);
	CHECK_EQ(change_backend(), 0);
	for (i = 0; i < 2; i++) {
		CHECK_EQ(bar1_take(&b), 0);
		CHECK_EQ(bar1_map(&b, 0, DATA_PA, 4 * KIB), 0);
		io.fail_at = io.accesses + 1;
		CHECK_EQ(bar1_map(&b, 8 * MIB, DATA_PA, 4 * KIB), -EIO);
		CHECK_EQ(pramin_bar1_read(b.bar1, 0, 8, &val), -EBUSY);
		CHECK_EQ(bar1_why(&b, -EBUSY, PRAMIN_REASON_SPACE_UNFINISHED),
			 0);
		CHECK_EQ(pramin_bar1_flush(b.bar1), -EBUSY);
		CHECK_EQ(pramin_bar1_unmap(b.bar1, 0, 4 * KIB, NULL), -EBUSY);
		CHECK_EQ(bar1_map(&b, MIB, DATA_PA, 4 * KIB), -EBUSY);
		/* The second time it is released as it is. */
		if (i)
			break;
		space = pramin_bar1_space(b.bar1);
		CHECK_EQ(pramin_space_retry(space, NULL), 0);
		CHECK_EQ(pramin_bar1_read(b.bar1, 8 * MIB, 8, &val), 0);
		CHECK_EQ(pramin_bar1_release(b.bar1), 0);
	}
	return bar1_close(&b);
}

static int pointers_are_handed_out_where_there_are_any(void)
{
	static unsigned char memory[2 * MIB];
	struct pramin_bar1_info info = { .size = sizeof(info) };
	volatile void *ptr = NULL;
	uint64_t val, before;

	CHECK_EQ(bar1_begin(&b, "ad102"), 0);
	CHECK_EQ(change_backend(), 0);
	io.mapped = memory;
	CHECK_EQ(bar1_take(&b), 0);
	CHECK_EQ(io.map_off, 0);
	CHECK_EQ(io.map_len, BAR1_LIMIT);
	CHECK_EQ(pramin_bar1_info(b.bar1, &info), 0);
	CHECK(info.mapped);
	CHECK_EQ(bar1_map(&b, MIB, DATA_PA, 64 * KIB), 0);
	CHECK_EQ(pramin_bar1_pointer(b.bar1, MIB + 16, 64 * KIB - 16, &ptr), 0);
	CHECK(ptr == memory + MIB + 16);
	/* Calls use it too, but for the reads that flush. */
	before = io.accesses;
	CHECK_EQ(pramin_bar1_write(b.bar1, MIB + 16, 8, 0x1122334455667788ull),
		 0);
	CHECK_EQ(pramin_bar1_read(b.bar1, MIB + 16, 4, &val), 0);
	CHECK_EQ(val, 0x55667788);
	CHECK_EQ(io.accesses, before);
	CHECK_EQ(*(volatile uint64_t *)ptr, 0x1122334455667788ull);
	CHECK_EQ(pramin_bar1_store(b.bar1, MIB, "abc", 3), 0);
	CHECK_EQ(io.accesses, before + 1);
	CHECK(!memcmp(memory + MIB, "abc", 3));
	CHECK_EQ(bar1_count(&b).bar_writes[0], 0);
	return bar1_close(&b);
}

static int a_gpu_that_is_gone_is_said_by_every_call(void)
{
	const struct pramin_map_piece piece = { DATA_PA, 64 * KIB };
	uint64_t val = 5, off = 0;
	uint8_t buf[8];

	CHECK_EQ(bar1_open(&b, "gh100"), 0);
	CHECK_EQ(bar1_map(&b, MIB, DATA_PA, 64 * KIB), 0);
	/* All ones, but the GPU is there. */
	CHECK_EQ(pramin_bar1_write(b.bar1, MIB, 8, UINT64_MAX), 0);
	CHECK_EQ(pramin_bar1_read(b.bar1, MIB, 8, &val), 0);
	CHECK_EQ(val, UINT64_MAX);
	val = 5;
	CHECK_EQ(rig_fault(&b.s.rig, "gone", 1), 0);
	/* Posted */
	CHECK_EQ(pramin_bar1_write(b.bar1, MIB, 8, 1), 0);
	CHECK_EQ(pramin_bar1_read(b.bar1, MIB, 8, &val), -ENODEV);
	CHECK_EQ(bar1_why(&b, -ENODEV, PRAMIN_REASON_ALL_ONES), 0);
	CHECK_EQ(val, 5);
	CHECK_EQ(pramin_bar1_write(b.bar1, MIB, 8, 1), -ENODEV);
	CHECK_EQ(pramin_bar1_load(b.bar1, MIB, buf, 8), -ENODEV);
	CHECK_EQ(pramin_bar1_store(b.bar1, MIB, buf, 8), -ENODEV);
	CHECK_EQ(pramin_bar1_flush(b.bar1), -ENODEV);
	CHECK_EQ(pramin_bar1_map(b.bar1, &off, &piece, 1, NULL), -ENODEV);
	CHECK_EQ(pramin_bar1_unmap(b.bar1, MIB, 64 * KIB, NULL), -ENODEV);
	CHECK_EQ(pramin_bar1_release(b.bar1), -ENODEV);
	CHECK_EQ(bar1_see(&b, &b.found), -ENODEV);
	CHECK_EQ(bar1_take(&b), -ENODEV);
	/* The reason goes into the answer of close too. */
	CHECK_EQ(rig_close(&b.s.rig), -ENODEV);

	/* Between a store and its proof */
	CHECK_EQ(bar1_open(&b, "gf100"), 0);
	CHECK_EQ(bar1_map(&b, MIB, DATA_PA, 64 * KIB), 0);
	CHECK_EQ(rig_fault(&b.s.rig, "gone", 2), 0);
	CHECK_EQ(pramin_bar1_store(b.bar1, MIB, "12345678", 8), -ENODEV);
	CHECK_EQ(rig_close(&b.s.rig), -ENODEV);
	return 0;
}

static int a_flush_by_register_is_not_needed(void)
{
	uint64_t val;

	CHECK_EQ(bar1_begin(&b, "gp102"), 0);
	CHECK_EQ(pramin_model_fault(b.s.rig.model, "flushstuck", NULL), 0);
	CHECK_EQ(bar1_take(&b), 0);
	CHECK_EQ(bar1_map(&b, 0, DATA_PA, 4 * KIB), 0);
	CHECK_EQ(pramin_bar1_write(b.bar1, 0, 8, 77), 0);
	CHECK_EQ(pramin_bar1_flush(b.bar1), 0);
	CHECK_EQ(pramin_read64(b.s.rig.dev, DATA_PA, &val), 0);
	CHECK_EQ(val, 77);
	return bar1_close(&b);
}

/* Each of these waits for as long as hardware may take. */
static int hardware_that_does_not_get_done_is_said(void)
{
	uint64_t val;

	if (getenv("TEST_EXCLUSIVE"))
		SKIP("the same waits as without TEST_EXCLUSIVE");
	CHECK_EQ(bar1_begin(&b, "tu102"), 0);
	CHECK_EQ(pramin_model_fault(b.s.rig.model, "bindstuck", NULL), 0);
	CHECK_EQ(bar1_take(&b), -ETIMEDOUT);
	CHECK_EQ(bar1_why(&b, -ETIMEDOUT, PRAMIN_REASON_BIND_STUCK), 0);
	CHECK(!b.bar1);
	pramin_model_mend(b.s.rig.model);
	/* What the first one left stays taken; the BAR is put back and taken. */
	CHECK_EQ(bar1_take(&b), 0);
	CHECK_EQ(bar1_map(&b, 0, DATA_PA, 4 * KIB), 0);
	CHECK_EQ(pramin_model_fault(b.s.rig.model, "tlbstuck", NULL), 0);
	CHECK_EQ(pramin_bar1_unmap(b.bar1, 0, 4 * KIB, NULL), -ETIMEDOUT);
	CHECK_EQ(bar1_why(&b, -ETIMEDOUT, PRAMIN_REASON_TLB_STUCK), 0);
	CHECK_EQ(pramin_bar1_read(b.bar1, 0, 8, &val), -EBUSY);
	pramin_model_mend(b.s.rig.model);
	CHECK_EQ(pramin_space_retry(pramin_bar1_space(b.bar1), NULL), 0);
	CHECK_EQ(pramin_bar1_read(b.bar1, 0, 8, &val), -ENOENT);
	CHECK_EQ(pramin_bar1_release(b.bar1), 0);
	CHECK_EQ(bar1_as_found(&b), 0);
	return rig_close(&b.s.rig);
}

/* After a reset BAR1 shows VRAM from address 0 on: a store would go to its offset. */
static int a_reset_ends_what_bar1_shows(void)
{
	static const uint64_t off = 8 * MIB;
	uint64_t val, there = 0x1122334455667788;
	volatile void *ptr;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bar1_chips); i++) {
		CHECK_EQ(bar1_open(&b, bar1_chips[i]), 0);
		CHECK_EQ(bar1_map(&b, off, DATA_PA, 4 * KIB), 0);
		CHECK_EQ(pramin_bar1_write(b.bar1, off, 8, 1), 0);
		pramin_model_poke(b.s.rig.model, off, &there, 8);
		pramin_model_reset(b.s.rig.model);
		CHECK_EQ(pramin_forget(b.s.rig.dev), 0);
		CHECK_EQ(pramin_bar1_write(b.bar1, off, 8, 2), -EIO);
		CHECK_EQ(bar1_why(&b, -EIO, PRAMIN_REASON_BAR_RESET), 0);
		CHECK_EQ(pramin_bar1_store(b.bar1, off, &off, 8), -EIO);
		CHECK_EQ(pramin_bar1_read(b.bar1, off, 8, &val), -EIO);
		CHECK_EQ(pramin_bar1_flush(b.bar1), -EIO);
		CHECK_EQ(pramin_bar1_unmap(b.bar1, off, 4 * KIB, NULL), -EIO);
		CHECK_EQ(pramin_bar1_pointer(b.bar1, off, 8, &ptr), -EIO);
		CHECK_EQ(bar1_why(&b, -EIO, PRAMIN_REASON_BAR_RESET), 0);
		pramin_model_peek(b.s.rig.model, off, &val, 8);
		CHECK_EQ(val, there);
		CHECK_EQ(pramin_bar1_release(b.bar1), 0);
		CHECK_EQ(bar1_take(&b), 0);
		CHECK_EQ(bar1_map(&b, off, DATA_PA, 4 * KIB), 0);
		CHECK_EQ(pramin_bar1_write(b.bar1, off, 8, 3), 0);
		CHECK_EQ(pramin_bar1_flush(b.bar1), 0);
		CHECK_EQ(pramin_read64(b.s.rig.dev, DATA_PA, &val), 0);
		CHECK_EQ(val, 3);
		CHECK_EQ(bar1_close(&b), 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(whichever_access_fails_the_next_one_has_bar1),
		TEST(what_the_gpu_may_still_walk_stays_taken),
		TEST(a_change_left_half_way_keeps_all_out_until_it_is_made),
		TEST(pointers_are_handed_out_where_there_are_any),
		TEST(a_gpu_that_is_gone_is_said_by_every_call),
		TEST(a_flush_by_register_is_not_needed),
		TEST(hardware_that_does_not_get_done_is_said),
		TEST(a_reset_ends_what_bar1_shows),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
