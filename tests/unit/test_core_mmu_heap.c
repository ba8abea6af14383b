// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM for page tables: what is given out, and what never is.
 */
#include "../../core/mmu/heap.h"
#include "core_rig.h"

static struct rig rig;
static struct pramin_heap heap;

/* A fake of 64 MiB, though it has no bytes for most of it: none are touched */
static void begin(void)
{
	rig_init(&rig, "ga102");
	rig.fake.regs[5].val = 64;
	if (rig_attach(&rig))
		exit(1);
	fake_forget(&rig.fake);
	memset(&heap, 0, sizeof(heap));
}

/* All host memory is back, and VRAM was not touched. */
static int end(void)
{
	CHECK_EQ(pramin_heap_fini(rig_op(&rig), &heap), 0);
	CHECK_EQ(rig.env.allocs - (rig.env.fail_at ? 1 : 0), rig.env.frees);
	CHECK_EQ(rig.fake.accesses, 0);
	return 0;
}

static int add(uint64_t pa, uint64_t len)
{
	return pramin_heap_add(rig_op(&rig), &heap, pa, len, NULL, 0);
}

static int get(uint32_t bytes, uint64_t *pa)
{
	return pramin_heap_alloc(rig_op(&rig), &heap, bytes, pa);
}

static int put(uint64_t pa, uint32_t bytes)
{
	return pramin_heap_free(rig_op(&rig), &heap, pa, bytes);
}

static int only_whole_mibs_of_the_ranges_are_used_and_never_the_last(void)
{
	static const struct {
		uint64_t pa, len;
		int want;
		enum pramin_reason reason;
	} cases[] = {
		{ 0, 0, -EINVAL, PRAMIN_REASON_POOL_RANGE },
		{ 1, 2 * MIB - 2, -EINVAL, PRAMIN_REASON_POOL_RANGE },
		{ 63 * MIB, MIB, -EINVAL, PRAMIN_REASON_POOL_RANGE },
		{ 64 * MIB, 0, -EINVAL, PRAMIN_REASON_POOL_RANGE },
		{ 64 * MIB, 1, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ UINT64_MAX, 2, -ERANGE, PRAMIN_REASON_OVERFLOW },
		{ 3 * MIB - 1, 2 * MIB, 0, PRAMIN_REASON_NONE },
		{ 3 * MIB, MIB, -EEXIST, PRAMIN_REASON_POOL_OVERLAP },
		{ 0, 64 * MIB, -EEXIST, PRAMIN_REASON_POOL_OVERLAP },
		{ 61 * MIB, 3 * MIB, 0, PRAMIN_REASON_NONE },
		{ 2 * MIB, MIB, 0, PRAMIN_REASON_NONE },
	};
	static const uint64_t want[] = { 2 * MIB, 3 * MIB, 61 * MIB, 62 * MIB };
	uint64_t pa;
	size_t i, j;

	begin();
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(add(cases[i].pa, cases[i].len), cases[i].want);
		if (cases[i].want)
			CHECK_EQ(rig.op.cause.reason, cases[i].reason);
	}
	for (i = 0; i < ARRAY_LEN(want); i++)
		for (j = 0; j < 4; j++) {
			CHECK_EQ(get(256 * KIB, &pa), 0);
			CHECK_EQ(pa, want[i] + j * 256 * KIB);
		}
	CHECK_EQ(get(256, &pa), -ENOMEM);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_POOL_FULL);
	CHECK_EQ(heap.bytes, 4 * MIB);
	CHECK_EQ(pramin_heap_fini(rig_op(&rig), &heap), -EBUSY);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_POOL_IN_USE);
	for (i = 0; i < ARRAY_LEN(want); i++)
		for (j = 0; j < 4; j++)
			CHECK_EQ(put(want[i] + j * 256 * KIB, 256 * KIB), 0);
	return end();
}

/* A size of VRAM that is no whole number of MiBs: its last MiB lies in two. */
static int of_an_odd_size_both_mibs_at_the_end_are_left_alone(void)
{
	uint64_t pa;

	begin();
	rig.gpu.vram_size = 4 * MIB + 4096;
	CHECK_EQ(add(2 * MIB, 2 * MIB), 0);
	CHECK_EQ(get(256 * KIB, &pa), 0);
	CHECK_EQ(pa, 2 * MIB);
	CHECK_EQ(put(pa, 256 * KIB), 0);
	CHECK_EQ(heap.ranges->mibs, 1);
	rig.gpu.vram_size = 4096;
	CHECK_EQ(add(0, 4096), -EINVAL);
	return end();
}

static int tables_are_aligned_adjacent_and_fill_holes_first(void)
{
	uint64_t a, b, c, d, i;

	begin();
	CHECK_EQ(add(0, 2 * MIB), 0);
	CHECK_EQ(get(4096, &a), 0);
	CHECK_EQ(get(256, &b), 0);
	CHECK_EQ(get(4096, &c), 0);
	CHECK_EQ(get(256, &d), 0);
	CHECK_EQ(a, 0);
	CHECK_EQ(b, 4096);
	CHECK_EQ(c, 8192);
	CHECK_EQ(d, 4096 + 256);
	CHECK_EQ(put(a, 4096), 0);
	CHECK_EQ(get(4096, &a), 0);
	CHECK_EQ(a, 0);
	for (i = 3; i < 256; i++) {
		uint64_t pa;

		CHECK_EQ(get(4096, &pa), 0);
		CHECK_EQ(pa, i * 4096);
	}
	/* The next one does not fit, and opens an arena. */
	CHECK_EQ(get(4096, &c), 0);
	CHECK_EQ(c, MIB);
	CHECK_EQ(put(c, 4096), 0);
	for (i = 0; i < 256; i++)
		if (i != 1)
			CHECK_EQ(put(i * 4096, 4096), 0);
	CHECK_EQ(put(b, 256), 0);
	CHECK_EQ(heap.tables, 1);
	CHECK_EQ(put(d, 256), 0);
	CHECK(!heap.arenas);
	return end();
}

static int what_was_not_given_out_cannot_be_given_back(void)
{
	uint64_t pa;

	begin();
	CHECK_EQ(put(0, 4096), -EINVAL);
	CHECK_EQ(add(MIB, MIB), 0);
	CHECK_EQ(get(4096, &pa), 0);
	CHECK_EQ(put(pa, 256), -EINVAL);
	CHECK_EQ(put(pa, 8192), -EINVAL);
	CHECK_EQ(put(pa, 0), -EINVAL);
	CHECK_EQ(put(pa, 3), -EINVAL);
	CHECK_EQ(put(pa + 4096, 4096), -EINVAL);
	CHECK_EQ(put(pa + 256, 4096), -EINVAL);
	CHECK_EQ(put(pa - 4096, 4096), -EINVAL);
	CHECK_EQ(put(UINT64_MAX, 4096), -EINVAL);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_POOL_FREE);
	CHECK_EQ(heap.tables, 1);
	CHECK_EQ(put(pa, 4096), 0);
	CHECK_EQ(put(pa, 4096), -EINVAL);
	return end();
}

static int sizes_that_no_table_has_are_refused(void)
{
	static const uint32_t sizes[] = { 0,	    1,		128,
					  255,	    257,	4097,
					  3 * 4096, 512 * 1024, 0x80000000u };
	uint64_t pa = 7;
	size_t i;

	begin();
	CHECK_EQ(add(0, MIB), 0);
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		CHECK_EQ(get(sizes[i], &pa), -EINVAL);
		CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_POOL_SIZE);
	}
	CHECK_EQ(pa, 7);
	return end();
}

static int without_host_memory_nothing_is_taken(void)
{
	uint64_t pa;

	begin();
	rig.env.fail_at = 1;
	CHECK_EQ(add(0, 2 * MIB), -ENOMEM);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_NO_MEMORY);
	rig.env = (struct rig_env){ .fail_at = 2 };
	CHECK_EQ(add(0, 2 * MIB), 0);
	CHECK_EQ(get(4096, &pa), -ENOMEM);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_NO_MEMORY);
	CHECK_EQ(heap.tables, 0);
	return end();
}

/* Another thread, while this one waits for the lock */
struct other {
	unsigned int takes, at;
	void (*act)(void);
	bool inside;
};

static struct other other;

static void mutex_take(void *ctx)
{
	struct other *o = ctx;

	if (++o->takes == o->at && !o->inside) {
		o->inside = true;
		o->act();
		o->inside = false;
	}
}

static void mutex_drop(void *ctx)
{
	(void)ctx;
}

static uint64_t theirs;

static void give_back(void)
{
	put(theirs, 256 * KIB);
}

static void take_the_rest(void)
{
	get(256 * KIB, &theirs);
}

static int what_changes_while_memory_is_had_is_looked_at_again(void)
{
	static const struct pramin_mutex_ops ops = { mutex_take, mutex_drop };
	uint64_t pa[4], last;
	unsigned int i;

	begin();
	other = (struct other){ .act = give_back };
	heap.mutex = (struct pramin_mutex){ &ops, &other };
	CHECK_EQ(add(MIB, MIB), 0);
	for (i = 0; i < 4; i++)
		CHECK_EQ(get(256 * KIB, &pa[i]), 0);
	/* Full; but before the second look somebody gives a piece back. */
	theirs = pa[2];
	other.at = other.takes + 2;
	CHECK_EQ(get(256 * KIB, &last), 0);
	CHECK_EQ(last, pa[2]);
	for (i = 0; i < 4; i++)
		CHECK_EQ(put(pa[i], 256 * KIB), 0);
	/* Empty; but before the second look somebody opens the arena. */
	other.act = take_the_rest;
	other.at = other.takes + 2;
	CHECK_EQ(get(256 * KIB, &last), 0);
	CHECK_EQ(theirs, MIB);
	CHECK_EQ(last, MIB + 256 * KIB);
	CHECK_EQ(put(last, 256 * KIB), 0);
	CHECK_EQ(put(theirs, 256 * KIB), 0);
	return end();
}

/* Against a map of bytes: nothing overlaps, and all of it comes back. */
static int random_tables_never_overlap(void)
{
	enum {
		LIVE = 200
	};
	static uint8_t taken[3 * MIB / 256];
	struct {
		uint64_t pa;
		uint32_t bytes;
	} live[LIVE] = { { 0 } };
	const uint64_t start = 0x1234;
	uint64_t seed = start;
	unsigned int step, i, n;

	begin();
	CHECK_EQ(add(0, 2 * MIB), 0);
	CHECK_EQ(add(2 * MIB, MIB), 0);
	memset(taken, 0, sizeof(taken));
	for (step = 0; step < 20000; step++) {
		i = (unsigned int)rnd_below(&seed, LIVE);
		n = live[i].bytes / 256;
		if (n) {
			CHECK_SEED(!put(live[i].pa, live[i].bytes));
			memset(&taken[live[i].pa / 256], 0, n);
			live[i].bytes = 0;
			continue;
		}
		n = 1u << rnd_below(&seed, 9);
		if (get(n * 256, &live[i].pa))
			continue;
		live[i].bytes = n * 256;
		CHECK_SEED(live[i].pa % live[i].bytes == 0);
		while (n--) {
			CHECK_SEED(!taken[live[i].pa / 256 + n]);
			taken[live[i].pa / 256 + n] = 1;
		}
	}
	for (i = 0; i < LIVE; i++)
		if (live[i].bytes)
			CHECK_SEED(!put(live[i].pa, live[i].bytes));
	return end();
}

static int a_range_of_many_mibs_is_opened_mib_by_mib(void)
{
	uint64_t pa[70];
	unsigned int i, n = 0;

	begin();
	rig.gpu.vram_size = 256 * MIB;
	rig.gpu.reach = 256 * MIB;
	CHECK_EQ(add(MIB, 66 * MIB), 0);
	CHECK_EQ(add(100 * MIB, 2 * MIB), 0);
	for (i = 0; i < 70 * 4; i++) {
		uint64_t at;

		if (get(256 * KIB, &at))
			break;
		if (i % 4 == 0)
			pa[n++] = at;
	}
	CHECK_EQ(i, 68 * 4);
	CHECK_EQ(pa[65], 66 * MIB);
	CHECK_EQ(pa[66], 100 * MIB);
	/* The last first: from the second range too */
	while (n--)
		for (i = 4; i--;)
			CHECK_EQ(put(pa[n] + i * 256 * KIB, 256 * KIB), 0);
	return end();
}

/* An arena below others that are open; and a range whose MiBs are all open */
static int arenas_open_where_the_lowest_mib_is_free(void)
{
	static uint64_t pa[64 * 4];
	unsigned int i;
	uint64_t at;

	begin();
	rig.gpu.vram_size = 256 * MIB;
	rig.gpu.reach = 256 * MIB;
	CHECK_EQ(add(MIB, 64 * MIB), 0);
	for (i = 0; i < ARRAY_LEN(pa); i++)
		CHECK_EQ(get(256 * KIB, &pa[i]), 0);
	CHECK_EQ(get(256, &at), -ENOMEM);
	for (i = 0; i < 4; i++)
		CHECK_EQ(put(pa[4 + i], 256 * KIB), 0);
	CHECK_EQ(get(4096, &at), 0);
	CHECK_EQ(at, 2 * MIB);
	CHECK_EQ(put(at, 4096), 0);
	for (i = 0; i < ARRAY_LEN(pa); i++)
		if (i / 4 != 1)
			CHECK_EQ(put(pa[i], 256 * KIB), 0);
	return end();
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(only_whole_mibs_of_the_ranges_are_used_and_never_the_last),
		TEST(of_an_odd_size_both_mibs_at_the_end_are_left_alone),
		TEST(tables_are_aligned_adjacent_and_fill_holes_first),
		TEST(what_was_not_given_out_cannot_be_given_back),
		TEST(sizes_that_no_table_has_are_refused),
		TEST(without_host_memory_nothing_is_taken),
		TEST(what_changes_while_memory_is_had_is_looked_at_again),
		TEST(random_tables_never_overlap),
		TEST(a_range_of_many_mibs_is_opened_mib_by_mib),
		TEST(arenas_open_where_the_lowest_mib_is_free),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
