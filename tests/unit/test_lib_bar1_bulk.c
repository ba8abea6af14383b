// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Bulk transfers that may go through BAR1: by measurement, or because they are told to.
 */
#include "lib_bar1.h"

static struct bar1_rig b;
static uint8_t out[2 * MIB], in[sizeof(out)];

/*
 * A BAR1 whose stores or loads cost less than the window's: the model's clock, but each
 * access through BAR1 takes back part of what it took.
 */
static uint64_t saved_ns, per_load, per_store;

static int cheap_read(void *m, unsigned int bar, uint64_t off,
		      unsigned int width, uint64_t *val)
{
	saved_ns += per_load;
	return pramin_model_ops()->bar_read(m, bar, off, width, val);
}

static int cheap_write(void *m, unsigned int bar, uint64_t off,
		       unsigned int width, uint64_t val)
{
	saved_ns += per_store;
	return pramin_model_ops()->bar_write(m, bar, off, width, val);
}

static uint64_t cheap_clock(void *m)
{
	return pramin_model_ops()->clock_ns(m) - saved_ns;
}

static int open_cheap(const char *chip, uint64_t load, uint64_t store)
{
	saved_ns = 0;
	per_load = load;
	per_store = store;
	CHECK_EQ(bar1_begin(&b, chip), 0);
	b.ops.bar_read = cheap_read;
	b.ops.bar_write = cheap_write;
	b.ops.clock_ns = cheap_clock;
	CHECK_EQ(bar1_take(&b), 0);
	return 0;
}

static struct pramin_bulk asked(enum pramin_way way)
{
	return (struct pramin_bulk){
		.size = sizeof(struct pramin_bulk),
		.way = way,
		.bar1 = b.bar1,
	};
}

/* Write and read @len bytes at @pa; which way did they go? 9: wrong bytes */
static int there_and_back(uint64_t pa, uint64_t len, enum pramin_way way,
			  enum pramin_way *write_went,
			  enum pramin_way *read_went)
{
	struct pramin_bulk bulk = asked(way), window = asked(PRAMIN_WAY_WINDOW);

	rig_pattern(out, len, (unsigned int)len);
	CHECK_EQ(pramin_write(b.s.rig.dev, pa, out, len, &bulk), 0);
	*write_went = bulk.went;
	CHECK_EQ(bulk.done, len);
	/* Seen from the other side */
	memset(in, 0, len);
	CHECK_EQ(pramin_read(b.s.rig.dev, pa, in, len, &window), 0);
	CHECK(!memcmp(in, out, len));
	memset(in, 0, len);
	bulk = asked(way);
	CHECK_EQ(pramin_read(b.s.rig.dev, pa, in, len, &bulk), 0);
	*read_went = bulk.went;
	CHECK_EQ(bulk.done, len);
	CHECK_EQ(bulk.suspects, window.suspects);
	CHECK_EQ(bulk.first_suspect, window.first_suspect);
	CHECK(!memcmp(in, out, len));
	return 0;
}

static int it_goes_through_bar1_when_told_to(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(bar1_chips); i++) {
		enum pramin_way w = 0, r = 0;
		struct pramin_model_counters before, now;
		struct pramin_space_info info = { .size = sizeof(info) };

		CHECK_EQ(bar1_open(&b, bar1_chips[i]), 0);
		before = bar1_count(&b);
		CHECK_EQ(there_and_back(DATA_PA - 12345, 100003,
					PRAMIN_WAY_BAR1, &w, &r),
			 0);
		now = bar1_count(&b);
		CHECK_EQ(w, PRAMIN_WAY_BAR1);
		CHECK_EQ(r, PRAMIN_WAY_BAR1);
		CHECK(now.bar_writes[3] - before.bar_writes[3] >= 12000);
		CHECK(now.bar_reads[3] - before.bar_reads[3] >= 12000);
		/* One byte, and none */
		CHECK_EQ(there_and_back(GIB - 1, 1, PRAMIN_WAY_BAR1, &w, &r),
			 0);
		CHECK_EQ(w, PRAMIN_WAY_BAR1);
		CHECK_EQ(there_and_back(5, 0, PRAMIN_WAY_BAR1, &w, &r), 0);
		/* Longer than one stretch, across a line of 16 MiB */
		CHECK_EQ(there_and_back(16 * MIB * 17 - MIB, 2 * MIB,
					PRAMIN_WAY_BAR1, &w, &r),
			 0);
		/* Nothing stays mapped. */
		CHECK_EQ(pramin_space_info(pramin_bar1_space(b.bar1), &info),
			 0);
		CHECK_EQ(info.tables, 1);
		CHECK_EQ(bar1_close(&b), 0);
	}
	return 0;
}

static int in_the_model_a_mapping_never_pays(void)
{
	struct pramin_bar1_costs c = { .size = sizeof(c) }, again = c;
	enum pramin_way w, r;
	uint64_t before;

	CHECK_EQ(bar1_open(&b, "tu102"), 0);
	CHECK_EQ(pramin_bar1_costs(b.bar1, &c), 0);
	/* 512 accesses of 8 bytes each, and a proof, by either way */
	CHECK(c.window_write >= 512 * 100 && c.window_read >= 512 * 900);
	CHECK(c.bar1_write >= 512 * 100 && c.bar1_read >= 512 * 900);
	CHECK(c.map >= 2000);
	CHECK(!pramin_bar1_pays(&c, GIB, true));
	CHECK(!pramin_bar1_pays(&c, GIB, false));
	/* Measured once */
	before = bar1_count(&b).accesses;
	CHECK_EQ(pramin_bar1_costs(b.bar1, &again), 0);
	CHECK(!memcmp(&c, &again, sizeof(c)));
	CHECK_EQ(bar1_count(&b).accesses, before);
	before = bar1_count(&b).bar_writes[3];
	CHECK_EQ(there_and_back(DATA_PA, MIB, PRAMIN_WAY_FASTER, &w, &r), 0);
	CHECK_EQ(w, PRAMIN_WAY_WINDOW);
	CHECK_EQ(r, PRAMIN_WAY_WINDOW);
	CHECK_EQ(bar1_count(&b).bar_writes[3], before);
	return bar1_close(&b);
}

static int where_stores_cost_less_long_writes_go_through_bar1(void)
{
	struct pramin_bar1_costs c = { .size = sizeof(c) };
	enum pramin_way w, r;
	uint64_t len;

	/* 8 stores in the time of one, as where a CPU combines 64 bytes */
	CHECK_EQ(open_cheap("gh100", 0, 88), 0);
	CHECK_EQ(pramin_bar1_costs(b.bar1, &c), 0);
	CHECK(c.bar1_write < c.window_write / 4);
	CHECK_EQ(there_and_back(DATA_PA, 100, PRAMIN_WAY_FASTER, &w, &r), 0);
	CHECK_EQ(w, PRAMIN_WAY_WINDOW);
	CHECK_EQ(there_and_back(DATA_PA, MIB, PRAMIN_WAY_FASTER, &w, &r), 0);
	CHECK_EQ(w, PRAMIN_WAY_BAR1);
	CHECK_EQ(r, PRAMIN_WAY_WINDOW);
	/* It is worth while from some length on, and stays so. */
	for (len = 4096; !pramin_bar1_pays(&c, len, true); len += 4096)
		CHECK(len < MIB);
	CHECK(pramin_bar1_pays(&c, len + 4096, true));
	CHECK(pramin_bar1_pays(&c, UINT64_MAX, true));
	CHECK_EQ(bar1_close(&b), 0);

	/* And the other way round */
	CHECK_EQ(open_cheap("gf100", 800, 0), 0);
	CHECK_EQ(there_and_back(DATA_PA, MIB, PRAMIN_WAY_FASTER, &w, &r), 0);
	CHECK_EQ(w, PRAMIN_WAY_WINDOW);
	CHECK_EQ(r, PRAMIN_WAY_BAR1);
	return bar1_close(&b);
}

static int the_arithmetic_of_paying(void)
{
	static const struct {
		struct pramin_bar1_costs c;
		uint64_t len;
		bool write, read;
	} cases[] = {
		/* Equal, and slower */
		{ { 0, 100, 5120, 100, 5120, 0 }, GIB, false, false },
		{ { 0, 100, 5120, 101, 5121, 0 }, GIB, false, false },
		/* All that is gained goes into the entries: 20 for each page. */
		{ { 0, 120, 5120, 100, 5100, 0 }, GIB, false, false },
		{ { 0, 121, 5120, 100, 5099, 0 }, 4096, true, true },
		{ { 0, 121, 5120, 100, 5099, 1 }, 4096, false, false },
		{ { 0, 121, 5120, 100, 5099, 1 }, 8192, true, true },
		{ { 0, 121, 5120, 100, 5099, UINT64_MAX },
		  UINT64_MAX,
		  false,
		  false },
		/* Less than a page never pays. */
		{ { 0, 121, 5120, 100, 5099, 0 }, 4095, false, false },
		{ { 0, UINT64_MAX, UINT64_MAX, 0, 0, 0 }, GIB, true, true },
		{ { 0, 0, 0, 0, 0, 0 }, GIB, false, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(pramin_bar1_pays(&cases[i].c, cases[i].len, true),
			 cases[i].write);
		CHECK_EQ(pramin_bar1_pays(&cases[i].c, cases[i].len, false),
			 cases[i].read);
	}
	return 0;
}

static struct {
	uint64_t at, calls;
	bool release;
} progress;

static int at_progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)total;
	progress.calls++;
	if (done < progress.at)
		return 0;
	if (!progress.release)
		return 1;
	return pramin_bar1_release(b.bar1);
}

static int the_callback_may_stop_it_or_release_bar1(void)
{
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_bulk bulk;

	CHECK_EQ(bar1_open(&b, "ga102"), 0);
	bulk = asked(PRAMIN_WAY_BAR1);
	bulk.progress = at_progress;
	progress.at = 256 * KIB;
	CHECK_EQ(pramin_write(b.s.rig.dev, DATA_PA, out, MIB, &bulk),
		 -ECANCELED);
	CHECK_EQ(bar1_why(&b, -ECANCELED, PRAMIN_REASON_CANCELED), 0);
	CHECK_EQ(bulk.done, 256 * KIB);
	CHECK_EQ(progress.calls, 4);
	CHECK_EQ(pramin_space_info(pramin_bar1_space(b.bar1), &info), 0);
	CHECK_EQ(info.tables, 1);
	progress.release = true;
	CHECK_EQ(pramin_write(b.s.rig.dev, DATA_PA, out, MIB, &bulk), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_SPACE_GONE), 0);
	CHECK_EQ(bulk.done, 256 * KIB);
	/* What has been released is no way. */
	bulk.progress = NULL;
	CHECK_EQ(pramin_write(b.s.rig.dev, DATA_PA, out, MIB, &bulk), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_SPACE_GONE), 0);
	bulk.way = PRAMIN_WAY_FASTER;
	CHECK_EQ(pramin_write(b.s.rig.dev, DATA_PA, out, MIB, &bulk), 0);
	CHECK_EQ(bulk.went, PRAMIN_WAY_WINDOW);
	CHECK_EQ(bar1_take(&b), 0);
	return bar1_close(&b);
}

static int where_there_is_no_room_the_faster_way_is_the_window(void)
{
	struct pramin_bulk bulk;

	CHECK_EQ(open_cheap("tu102", 800, 90), 0);
	CHECK_EQ(bar1_map(&b, 0, DATA_PA, BAR1_LIMIT), 0);
	/* Nothing can be measured. */
	bulk = asked(PRAMIN_WAY_FASTER);
	CHECK_EQ(pramin_read(b.s.rig.dev, DATA_PA, in, MIB, &bulk), 0);
	CHECK_EQ(bulk.went, PRAMIN_WAY_WINDOW);
	CHECK_EQ(pramin_bar1_unmap(b.bar1, 0, BAR1_LIMIT, NULL), 0);
	CHECK_EQ(pramin_read(b.s.rig.dev, DATA_PA, in, MIB, &bulk), 0);
	CHECK_EQ(bulk.went, PRAMIN_WAY_BAR1);
	/* Measured, but no room */
	CHECK_EQ(bar1_map(&b, 0, DATA_PA, BAR1_LIMIT - 64 * KIB), 0);
	CHECK_EQ(pramin_read(b.s.rig.dev, DATA_PA, in, MIB, &bulk), 0);
	CHECK_EQ(bulk.went, PRAMIN_WAY_WINDOW);
	CHECK_EQ(bulk.done, MIB);
	bulk.way = PRAMIN_WAY_BAR1;
	CHECK_EQ(pramin_read(b.s.rig.dev, DATA_PA, in, MIB, &bulk), -ENOMEM);
	CHECK_EQ(bar1_why(&b, -ENOMEM, PRAMIN_REASON_SPACE_FULL), 0);
	CHECK_EQ(bulk.done, 0);
	return bar1_close(&b);
}

static int other_ways_are_refused(void)
{
	struct pramin_bar1_costs c = { .size = sizeof(c) };
	struct pramin_bulk bulk;

	CHECK_EQ(bar1_begin(&b, "gb202"), 0);
	bulk = asked(PRAMIN_WAY_BAR1);
	CHECK_EQ(pramin_read(b.s.rig.dev, DATA_PA, in, 8, &bulk), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_ARGUMENT), 0);
	CHECK_EQ(bar1_take(&b), 0);
	bulk = asked((enum pramin_way)3);
	CHECK_EQ(pramin_write(b.s.rig.dev, DATA_PA, in, 8, &bulk), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_ARGUMENT), 0);
	bulk = asked(PRAMIN_WAY_BAR1);
	CHECK_EQ(pramin_read(b.s.rig.dev, GIB - 4, in, 8, &bulk), -ERANGE);
	CHECK_EQ(bulk.done, 0);
	CHECK_EQ(pramin_bar1_costs(NULL, &c), -EINVAL);
	CHECK_EQ(pramin_bar1_costs(b.bar1, NULL), -EINVAL);
	c.size = 0;
	CHECK_EQ(pramin_bar1_costs(b.bar1, &c), -EINVAL);
	c.size = sizeof(c) + 1;
	CHECK_EQ(pramin_bar1_costs(b.bar1, &c), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_ARGUMENT), 0);
	CHECK_EQ(pramin_bar1_release(b.bar1), 0);
	c.size = sizeof(c);
	CHECK_EQ(pramin_bar1_costs(b.bar1, &c), -EINVAL);

	/* Physical, it maps nothing. */
	b.params.pool = NULL;
	b.params.flags = PRAMIN_BAR1_PHYSICAL;
	CHECK_EQ(bar1_take(&b), 0);
	CHECK_EQ(pramin_bar1_costs(b.bar1, &c), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_BAR_PHYSICAL), 0);
	bulk = asked(PRAMIN_WAY_BAR1);
	CHECK_EQ(pramin_read(b.s.rig.dev, DATA_PA, in, 8, &bulk), -EINVAL);
	CHECK_EQ(bar1_why(&b, -EINVAL, PRAMIN_REASON_BAR_PHYSICAL), 0);
	bulk.way = PRAMIN_WAY_FASTER;
	CHECK_EQ(pramin_read(b.s.rig.dev, DATA_PA, in, 8, &bulk), 0);
	CHECK_EQ(bulk.went, PRAMIN_WAY_WINDOW);
	return bar1_close(&b);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(it_goes_through_bar1_when_told_to),
		TEST(in_the_model_a_mapping_never_pays),
		TEST(where_stores_cost_less_long_writes_go_through_bar1),
		TEST(the_arithmetic_of_paying),
		TEST(the_callback_may_stop_it_or_release_bar1),
		TEST(where_there_is_no_room_the_faster_way_is_the_window),
		TEST(other_ways_are_refused),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
