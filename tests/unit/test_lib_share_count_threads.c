// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What sharing counts, and what can be counted of it: the counters of a handle,
 * accesses by which a waiter is overtaken, waits that nobody ended.
 */
#define _GNU_SOURCE
#include "lib_share_team.h"


#define OFTEN 100u
#define TURNS 20u

static struct team team;
static uint8_t buf[256 * KIB];

static int start(unsigned int handles)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
	};

	return team_open(&team, handles, &opts);
}

/* Known numbers of accesses of each width; all in one MiB */
static int some_of_each(struct member *m)
{
	uint64_t pa = (m->number + 1) * 4096ull, val;
	struct pramin_view *view;
	unsigned int i;

	for (i = 0; i < OFTEN; i++) {
		CHECK_EQ(pramin_write8(m->dev, pa, 1), 0);
		CHECK_EQ(pramin_write16(m->dev, pa, 1), 0);
		CHECK_EQ(pramin_write32(m->dev, pa, 1), 0);
		CHECK_EQ(pramin_write64(m->dev, pa, 1), 0);
		CHECK_EQ(pramin_read64(m->dev, pa, &val), 0);
		CHECK_EQ(pramin_read(m->dev, pa, &val, 7, NULL), 0);
		CHECK_EQ(pramin_flush(m->dev), 0);
		CHECK_EQ(pramin_view_begin(m->dev, pa, 8, &view), 0);
		pramin_view_write(view, 0, 4, 0xffffffff);
		CHECK_EQ(pramin_view_read(view, 0, 4), 0xffffffff);
		CHECK_EQ(pramin_view_end(view), 0);
	}
	return 0;
}

static int what_threads_do_is_counted_once(void)
{
	const uint64_t n = 9 * OFTEN; /* more threads than places to count in */
	struct pramin_stats s = { .size = sizeof(s) };

	CHECK_EQ(start(1), 0);
	team.gpu->unrest = 50;
	CHECK_EQ(team_run(&team, 9, some_of_each), 0);
	CHECK_EQ(pramin_stats(team.dev[0], &s), 0);
	CHECK_EQ(s.writes[0], n);
	CHECK_EQ(s.writes[1], n);
	CHECK_EQ(s.writes[2], 2 * n);
	CHECK_EQ(s.writes[3], n);
	CHECK_EQ(s.reads[0], n);
	CHECK_EQ(s.reads[1], n);
	CHECK_EQ(s.reads[2], 2 * n);
	CHECK_EQ(s.reads[3], n);
	CHECK_EQ(s.liveness, n);
	CHECK_EQ(s.flushes, n);
	CHECK_EQ(s.moves, 1);
	CHECK_EQ(s.proofs, 1);
	return team_close(&team);
}

static uint64_t made_before, made_by_then;

static void note_made(void)
{
	made_by_then = share_get(&team.gpu->reads[3]);
}

static int read_elsewhere(struct member *m)
{
	uint32_t val;

	share_stop = note_made;
	share_stop_in = 1;
	CHECK_EQ(pramin_read32(m->dev, 5 * MIB, &val), 0);
	return 0;
}

/* In the middle of a long call: from here on somebody waits. */
static void let_one_wait(void)
{
	made_before = share_get(&team.gpu->reads[3]);
	if (!team_start(&team, 0, read_elsewhere))
		team_await_waiting(&team);
}

static int a_long_call_gives_way_within_64_accesses(void)
{
	unsigned int at;

	for (at = 1; at < 200; at++) {
		CHECK_EQ(start(1), 0);
		CHECK_EQ(pramin_read(team.dev[0], 0, buf, 8, NULL), 0);
		share_stop = let_one_wait;
		share_stop_in = at;
		CHECK_EQ(pramin_read(team.dev[0], 0, buf, sizeof(buf), NULL),
			 0);
		CHECK_EQ(team_join(&team, 0), 0);
		CHECK(made_by_then - made_before <= 64);
		/* There and back */
		CHECK_EQ(team.gpu->window_changes, 3);
		CHECK_EQ(team_close(&team), 0);
	}
	return 0;
}

/* An environment that sees waits that end by time, though they were granted */
static struct pramin_env_ops watched;
static const struct pramin_env_ops *real;
static uint32_t waits, overslept;

static void watch_wait(void *env, uint32_t *word, uint64_t until)
{
	real->wait(env, word, until);
	share_add(&waits, 1);
	share_add(&overslept, real->now(env) >= until &&
				      __atomic_load_n(word, __ATOMIC_ACQUIRE));
}

/* Waits for the other, who keeps a view until it does */
static int take_turns(struct member *m)
{
	struct pramin_view *view;
	unsigned int i;

	for (i = 0; i < TURNS; i++) {
		CHECK_EQ(pramin_view_begin(m->dev, m->number * 2 * MIB, 8,
					   &view),
			 0);
		if (i + 1 < TURNS)
			CHECK_EQ(team_await_waiting(&team), 0);
		CHECK_EQ(pramin_view_end(view), 0);
	}
	return 0;
}

/*
 * A wait that is not woken ends by itself in the end, at the next look at who
 * has died: only counting tells. Some may do so where the machine is slow.
 */
static int waiters_are_woken(unsigned int handles)
{
	unsigned int i;

	CHECK_EQ(start(handles), 0);
	waits = 0;
	overslept = 0;
	for (i = 0; i < handles; i++) {
		real = team.dev[i]->gpu.config.env_ops;
		watched = *real;
		watched.wait = watch_wait;
		team.dev[i]->gpu.config.env_ops = &watched;
	}
	CHECK_EQ(team_run(&team, 2, take_turns), 0);
	CHECK(waits >= TURNS);
	CHECK(overslept <= TURNS / 2);
	return team_close(&team);
}

static int threads_that_wait_are_woken(void)
{
	return waiters_are_woken(1);
}

static int handles_that_wait_are_woken(void)
{
	return waiters_are_woken(2);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(what_threads_do_is_counted_once),
		TEST(a_long_call_gives_way_within_64_accesses),
		TEST(threads_that_wait_are_woken),
		TEST(handles_that_wait_are_woken),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
