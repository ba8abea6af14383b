// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the window is put, against an oracle that tries every base there is.
 *
 * The oracle shares nothing with the planner: it knows only that a base is a
 * multiple of 64 KiB and that a window shows 1 MiB from there. A failure prints
 * the seed that repeats it.
 */
#include "core_rig.h"

#define CASES 4000u

/* Does a window at @base show all of the run? */
static bool oracle_shows(uint64_t base, uint64_t pa, uint64_t len)
{
	return base <= pa && pa < base + WINDOW && pa + len - 1 < base + WINDOW;
}

/* How much of what follows @pa any one base can show, by trying them all */
static uint64_t oracle_most(uint64_t pa)
{
	uint64_t base, most = 0;

	for (base = 0; base <= pa; base += GRAIN)
		while (oracle_shows(base, pa, most + GRAIN))
			most += GRAIN;
	for (base = 0; base <= pa; base += GRAIN)
		while (oracle_shows(base, pa, most + 1))
			most++;
	return most;
}

/* Fewest positions in which the whole run can be shown: the greedy way */
static uint64_t oracle_moves(uint64_t pa, uint64_t len)
{
	uint64_t moves = 0;

	while (len) {
		uint64_t n = oracle_most(pa);

		n = n < len ? n : len;
		pa += n;
		len -= n;
		moves++;
	}
	return moves;
}

/* The rule: a MiB is left only at its end, unless the rest fits in one. */
static uint64_t rule_moves(uint64_t pa, uint64_t len)
{
	uint64_t moves = 0;

	while (len) {
		uint64_t n = oracle_most(pa), line = WINDOW - pa % WINDOW;

		if (len > n)
			n = line;
		n = n < len ? n : len;
		pa += n;
		len -= n;
		moves++;
	}
	return moves;
}

static int a_planned_window_shows_every_byte_of_the_run(void)
{
	uint64_t seed = 1, start, pa, len, base, k;
	unsigned int i;

	for (i = 0; i < 10 * CASES; i++) {
		start = seed;
		pa = rnd_edge(&seed, 1ull << 41);
		len = 1 + rnd_edge(&seed, pramin_run_max(pa));
		base = pramin_plan_base(pa, len);
		CHECK_SEED(base % GRAIN == 0);
		CHECK_SEED(oracle_shows(base, pa, len));
		for (k = 0; k < 16; k++)
			CHECK_SEED(oracle_shows(base,
						pa + rnd_below(&seed, len), 1));
		/* Neighbours share a position where they can. */
		CHECK_SEED(base % WINDOW == 0 ||
			   pa / WINDOW != (pa + len - 1) / WINDOW);
	}
	return 0;
}

static int the_longest_run_is_exact(void)
{
	uint64_t seed = 2, start, pa, max;
	unsigned int i;

	for (i = 0; i < CASES; i++) {
		start = seed;
		pa = rnd_edge(&seed, 8 * MIB);
		max = pramin_run_max(pa);
		CHECK_SEED(max == oracle_most(pa));
		CHECK_SEED(oracle_shows(pramin_plan_base(pa, max), pa, max));
	}
	return 0;
}

static int what_a_window_shows_is_counted_exactly(void)
{
	uint64_t seed = 3, start, base, pa, n;
	unsigned int i;

	for (i = 0; i < 10 * CASES; i++) {
		start = seed;
		base = rnd_edge(&seed, 1ull << 41) / GRAIN * GRAIN;
		pa = base + rnd_edge(&seed, 3 * MIB) - MIB;
		if (pa > 1ull << 42)
			continue; /* below 0 */
		n = pramin_shown(base, pa);
		CHECK_SEED((n > 0) == oracle_shows(base, pa, 1));
		CHECK_SEED(n == 0 || oracle_shows(base, pa, n));
		CHECK_SEED(n == 0 || !oracle_shows(base, pa, n + 1));
	}
	return 0;
}

static int what_a_window_shows_does_not_wrap_at_either_end(void)
{
	static const struct {
		uint64_t base, pa, want;
	} cases[] = {
		{ MIB, MIB - 1, 0 },
		{ MIB, MIB - 4, 0 },
		{ MIB, MIB - 8, 0 },
		{ MIB, 0, 0 },
		{ MIB, MIB, MIB },
		{ MIB, 2 * MIB - 1, 1 },
		{ MIB, 2 * MIB, 0 },
		{ 0, 0, MIB },
		{ 0, MIB, 0 },
		{ 0, UINT64_MAX, 0 },
		{ GRAIN, UINT64_MAX, 0 },
		{ GRAIN, GRAIN - 1, 0 },
		{ 1ull << 40, 0, 0 },
		{ UINT64_MAX - 65535, UINT64_MAX, MIB - 65535 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(pramin_shown(cases[i].base, cases[i].pa),
			 cases[i].want);
	return 0;
}

static int a_run_that_fits_costs_at_most_one_move(void)
{
	static uint8_t buf[WINDOW];
	uint64_t seed = 4, start, pa, len, moves;
	struct rig r;
	unsigned int i;

	rig_open(&r, "tu102");
	for (i = 0; i < CASES / 4; i++) {
		start = seed;
		pa = rnd_edge(&seed, FAKE_VRAM);
		len = 1 + rnd_edge(&seed, pramin_run_max(pa));
		if (len > FAKE_VRAM - pa)
			len = FAKE_VRAM - pa;
		if (i % 8)
			len = len % 300 + 1;
		if (len > FAKE_VRAM - pa)
			len = FAKE_VRAM - pa;
		moves = r.gpu.stats.moves;
		CHECK_SEED(
			!pramin_bulk_read(rig_op(&r), pa, buf, len, &r.bulk));
		CHECK_SEED(r.gpu.stats.moves <= moves + 1);
		CHECK_SEED(!memcmp(buf, r.fake.vram + pa, len));
	}
	CHECK_EQ(r.fake.stray, 0);
	return 0;
}

/*
 * A GPU whose VRAM is all zeros, and who looks only at the register: for bulk
 * calls over many MiB. Values of 4 bytes come from the VRAM registers.
 */
struct counter {
	uint32_t window;
	uint64_t moves, outside, from, to;
};

static int counter_read(void *io, uint32_t off, unsigned int width,
			uint64_t *val)
{
	struct counter *c = io;
	uint64_t pa = (uint64_t)c->window * GRAIN + (off - FAKE_PRAMIN);

	if (off == 0x1700)
		*val = c->window;
	else if (off < FAKE_PRAMIN)
		*val = off == 0 ? 0x084000a2 : 0;
	else
		*val = 0;
	if (off >= FAKE_PRAMIN && (pa < c->from || pa + width > c->to))
		c->outside++;
	return 0;
}

static int counter_write(void *io, uint32_t off, unsigned int width,
			 uint64_t val)
{
	struct counter *c = io;

	(void)width;
	if (off == 0x1700) {
		c->moves++;
		c->window = (uint32_t)val;
	}
	return 0;
}

static const struct pramin_io_ops counter_ops = {
	.name = "counter",
	.read = counter_read,
	.write = counter_write,
};

static int attach_counter(struct rig *r, struct counter *c)
{
	rig_init(r, "g84");
	memset(c, 0, sizeof(*c));
	c->window = 0x1234;
	r->config.vram = 64 * MIB;
	return pramin_gpu_attach(rig_op(r), &counter_ops, c, &r->config);
}

/* From a window that stands elsewhere */
static int a_long_run_costs_the_mib_lines_and_never_two_more_than_needed(void)
{
	uint64_t seed = 5, start, pa, len, at, want;
	struct counter c;
	struct rig r;
	bool found;
	unsigned int i;

	for (i = 0; i < 24; i++) {
		start = seed;
		CHECK_EQ(attach_counter(&r, &c), 0);
		pa = rnd_edge(&seed, 4 * MIB);
		len = 1 + rnd_edge(&seed, 5 * MIB);
		c.from = pa;
		c.to = pa + len;
		/* Looks at every byte, and needs no buffer */
		CHECK_SEED(!pramin_bulk_find(rig_op(&r), pa, len, "\1", 1,
					     &found, &at, &r.bulk));
		want = rule_moves(pa, len);
		CHECK_SEED(!found && r.bulk.done == len);
		CHECK_SEED(c.moves == want);
		CHECK_SEED(c.outside == 0);
		CHECK_SEED(want <= oracle_moves(pa, len) + 1);
		CHECK_SEED(want <= (pa + len - 1) / WINDOW - pa / WINDOW + 1);
	}
	return 0;
}

/*
 * A trace of scalar calls: the window moves exactly when the access is not
 * shown where it stands, and then to the MiB of that access.
 */
static int a_random_trace_moves_only_when_an_access_leaves_the_window(void)
{
	uint64_t seed = 6, start, pa, val, base = UINT64_MAX, moves = 0;
	struct counter c;
	struct rig r;
	unsigned int i, width;

	CHECK_EQ(attach_counter(&r, &c), 0);
	c.to = 64 * MIB;
	for (i = 0; i < 10 * CASES; i++) {
		start = seed;
		width = 1u << rnd_below(&seed, 4);
		pa = rnd_edge(&seed, i % 3 ? 3 * MIB : 64 * MIB);
		pa = pa / width * width;
		if (base == UINT64_MAX || !oracle_shows(base, pa, width)) {
			base = pa / WINDOW * WINDOW;
			moves++;
		}
		if (rnd_below(&seed, 2))
			CHECK_SEED(!rig_read(&r, pa, width, &val));
		else
			CHECK_SEED(!rig_write(&r, pa, width, 0));
		CHECK_SEED(c.moves == moves);
		CHECK_SEED((uint64_t)c.window * GRAIN == base);
	}
	CHECK_EQ(r.gpu.stats.moves, moves);
	CHECK_EQ(c.outside, 0);
	return 0;
}

/* Scalars, views and short runs together, on whatever position is there */
static int a_random_trace_of_runs_moves_at_most_once_for_each(void)
{
	static uint8_t buf[4096];
	uint64_t seed = 7, start, pa, len, moves, want;
	struct pramin_hold hold;
	struct counter c;
	struct rig r;
	unsigned int i;

	CHECK_EQ(attach_counter(&r, &c), 0);
	c.to = 64 * MIB;
	for (i = 0; i < CASES; i++) {
		start = seed;
		pa = rnd_edge(&seed, 63 * MIB);
		len = 1 + rnd_edge(&seed, i % 2 ? 16 : 4096);
		moves = c.moves;
		want = !oracle_shows((uint64_t)c.window * GRAIN, pa, len);
		if (rnd_below(&seed, 2)) {
			CHECK_SEED(
				!pramin_hold_begin(rig_op(&r), &hold, pa, len, false));
			pramin_hold_end(&hold);
			CHECK_SEED(c.moves == moves + want);
		} else {
			CHECK_SEED(!pramin_bulk_read(rig_op(&r), pa, buf, len,
						     &r.bulk));
			CHECK_SEED(c.moves == moves + want);
		}
	}
	CHECK_EQ(c.outside, 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_planned_window_shows_every_byte_of_the_run),
	TEST(the_longest_run_is_exact),
	TEST(what_a_window_shows_is_counted_exactly),
	TEST(what_a_window_shows_does_not_wrap_at_either_end),
	TEST(a_run_that_fits_costs_at_most_one_move),
	TEST(a_long_run_costs_the_mib_lines_and_never_two_more_than_needed),
	TEST(a_random_trace_moves_only_when_an_access_leaves_the_window),
	TEST(a_random_trace_of_runs_moves_at_most_once_for_each),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
