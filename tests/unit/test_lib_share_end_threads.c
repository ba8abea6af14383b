// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Ends, while other threads are inside: close and revoke.
 */
#define _GNU_SOURCE
#include "lib_share_team.h"

#include "../../core/share_lock.h"

static struct team team;
static uint8_t buf[512 * KIB];
static struct pramin_view *kept;

static int start(unsigned int handles)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
	};

	kept = NULL;
	return team_open(&team, handles, &opts);
}

/* After close: a handle that the test has ended itself */
static int over(void)
{
	team.handles = 0;
	return team_close(&team);
}

/* Step 1: inside a call, in its callback; go on at step 2 */
static int stay(void *ctx, uint64_t done, uint64_t total)
{
	(void)total;
	if (done != 64 * KIB)
		return 0;
	team_say(ctx);
	return team_await(ctx, 2);
}

static int read_until_the_end(struct member *m)
{
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = stay,
		.ctx = m->team,
	};

	CHECK_EQ(pramin_read(m->dev, 0, buf, sizeof(buf), &bulk), -ENODEV);
	/* The handle is gone, and why with it. */
	CHECK_EQ(bulk.done, 64 * KIB);
	return 0;
}

static int close_meanwhile(struct member *m)
{
	CHECK_EQ(pramin_close(m->dev, NULL), 0);
	CHECK_EQ(team.io[0].closed, 1);
	/* Not before the call was out */
	CHECK_EQ(__atomic_load_n(&m->team->step, __ATOMIC_ACQUIRE), 2);
	return 0;
}

static int close_waits_for_calls_under_way(void)
{
	const struct timespec while_ = { .tv_nsec = 20000000 };

	CHECK_EQ(start(1), 0);
	CHECK_EQ(team_start(&team, 0, read_until_the_end), 0);
	CHECK_EQ(team_await(&team, 1), 0);
	CHECK_EQ(team_start(&team, 1, close_meanwhile), 0);
	/* Time to make the mistake; none is needed to pass. */
	nanosleep(&while_, NULL);
	CHECK_EQ(share_get(&team.io[0].closed), 0);
	team_say(&team);
	CHECK_EQ(team_join(&team, 0), 0);
	CHECK_EQ(team_join(&team, 1), 0);
	return over();
}

static int close_here(void *ctx, uint64_t done, uint64_t total)
{
	uint64_t *calls = ctx;

	(void)done;
	(void)total;
	++*calls;
	return pramin_close(team.dev[0], NULL) == -EBUSY ? 0 : -1;
}

static int close_in_a_callback_is_refused_and_the_call_goes_on(void)
{
	uint64_t calls = 0;
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = close_here,
		.ctx = &calls,
	};

	CHECK_EQ(start(1), 0);
	CHECK_EQ(pramin_read(team.dev[0], 0, buf, sizeof(buf), &bulk), 0);
	CHECK_EQ(calls, 7);
	return team_close(&team);
}

/* A view of another thread's: step 1 open; at step 2 it is used and ended */
static int keep_a_view(struct member *m)
{
	CHECK_EQ(pramin_view_begin(m->dev, MIB, 64, &kept), 0);
	pramin_view_write(kept, 0, 4, 5);
	team_say(m->team);
	CHECK_EQ(team_await(m->team, 2), 0);
	CHECK_EQ(pramin_view_read(kept, 0, 4), UINT64_MAX);
	CHECK_EQ(pramin_view_yield(kept), -ENODEV);
	CHECK_EQ(share_get(&team.io[0].closed), 0);
	/* The last one out frees the handle. */
	CHECK_EQ(pramin_view_end(kept), -ENODEV);
	CHECK_EQ(share_get(&team.io[0].closed), 1);
	return 0;
}

/* Waits for another place than the view's */
static int wait_in_vain(struct member *m)
{
	uint32_t val;

	CHECK_EQ(pramin_read32(m->dev, 4 * MIB, &val), -ENODEV);
	CHECK_EQ(pramin_last_why(m->dev)->reason, PRAMIN_REASON_REVOKED);
	return 0;
}

static int after_revoke_the_last_view_frees_the_handle(void)
{
	uint32_t val;

	CHECK_EQ(start(1), 0);
	CHECK_EQ(team_start(&team, 0, keep_a_view), 0);
	CHECK_EQ(team_await(&team, 1), 0);
	CHECK_EQ(pramin_close(team.dev[0], NULL), -EBUSY);
	CHECK_EQ(team_start(&team, 1, wait_in_vain), 0);
	CHECK_EQ(team_await_waiting(&team), 0);
	CHECK_EQ(pramin_revoke(team.dev[0]), 0);
	CHECK_EQ(team_join(&team, 1), 0);
	CHECK_EQ(pramin_read32(team.dev[0], MIB, &val), -ENODEV);
	CHECK_EQ(pramin_revoke(team.dev[0]), 0);
	CHECK_EQ(pramin_close(team.dev[0], NULL), 0);
	/* The window does not move under the view. */
	CHECK_EQ(team.gpu->window, 16);
	team_say(&team);
	CHECK_EQ(team_join(&team, 0), 0);
	return over();
}

static int use_and_see(struct member *m)
{
	struct pramin_view *view;
	uint32_t val;
	int ret;

	for (;;) {
		ret = pramin_write32(m->dev, m->number * MIB, 1);
		if (!ret)
			ret = pramin_read32(m->dev, m->number * MIB, &val);
		if (!ret)
			ret = pramin_view_begin(m->dev, m->number * MIB, 8,
						&view);
		if (ret)
			break;
		val = (uint32_t)pramin_view_read(view, 0, 4);
		ret = pramin_view_end(view);
		if (ret)
			break;
		CHECK_EQ(val, 1);
		team_say(m->team);
	}
	CHECK_EQ(ret, -ENODEV);
	return 0;
}

static int revoke_ends_all_threads_whatever_they_do(void)
{
	unsigned int i, round;

	for (round = 0; round < 20; round++) {
		CHECK_EQ(start(1), 0);
		for (i = 0; i < 4; i++)
			CHECK_EQ(team_start(&team, i, use_and_see), 0);
		CHECK_EQ(team_await(&team, 8), 0);
		CHECK_EQ(pramin_revoke(team.dev[0]), 0);
		for (i = 0; i < 4; i++)
			CHECK_EQ(team_join(&team, i), 0);
		CHECK_EQ(team_close(&team), 0);
	}
	return 0;
}

/* Step 1: open; from step 2 on it may be ended */
static int end_a_view(struct member *m)
{
	struct pramin_view *view;

	CHECK_EQ(pramin_view_begin(m->dev, m->number * 4096, 64, &view), 0);
	team_say(m->team);
	while (__atomic_load_n(&m->team->step, __ATOMIC_ACQUIRE) < 3)
		;
	return pramin_view_end(view);
}

static int close_and_the_last_views_may_end_at_the_same_moment(void)
{
	unsigned int round;

	for (round = 0; round < 200; round++) {
		CHECK_EQ(start(1), 0);
		CHECK_EQ(team_start(&team, 0, end_a_view), 0);
		CHECK_EQ(team_start(&team, 1, end_a_view), 0);
		CHECK_EQ(team_await(&team, 2), 0);
		CHECK_EQ(pramin_revoke(team.dev[0]), 0);
		team_say(&team);
		CHECK_EQ(pramin_close(team.dev[0], NULL), 0);
		CHECK_EQ(team_join(&team, 0), 0);
		CHECK_EQ(team_join(&team, 1), 0);
		CHECK_EQ(team.io[0].closed, 1);
		CHECK_EQ(over(), 0);
	}
	return 0;
}

/* Waits for another place; let in and revoked at about the same moment */
static int wait_for_either(struct member *m)
{
	uint32_t val = 1;
	int ret = pramin_read32(m->dev, (2 + m->number) * MIB, &val);

	CHECK(ret == -ENODEV || (ret == 0 && val == 0));
	return 0;
}

static int revoke_and_a_turn_may_come_at_the_same_moment(void)
{
	struct pramin_view *view;
	unsigned int round, i;

	for (round = 0; round < 100; round++) {
		CHECK_EQ(start(1), 0);
		CHECK_EQ(pramin_view_begin(team.dev[0], 0, 64, &view), 0);
		for (i = 0; i < 3; i++)
			CHECK_EQ(team_start(&team, i, wait_for_either), 0);
		CHECK_EQ(team_await_waiting(&team), 0);
		CHECK_EQ(pramin_view_end(view), 0);
		CHECK_EQ(pramin_revoke(team.dev[0]), 0);
		for (i = 0; i < 3; i++)
			CHECK_EQ(team_join(&team, i), 0);
		CHECK_EQ(team_close(&team), 0);
	}
	return 0;
}

static int other_handles_outlive_one_that_is_revoked(void)
{
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(start(2), 0);
	CHECK_EQ(pramin_view_begin(team.dev[0], MIB, 8, &view), 0);
	CHECK_EQ(pramin_revoke(team.dev[0]), 0);
	CHECK_EQ(pramin_write32(team.dev[1], MIB + 64, 9), 0);
	CHECK_EQ(pramin_read32(team.dev[1], MIB + 64, &val), 0);
	CHECK_EQ(val, 9);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_read32(team.dev[1], 3 * MIB, &val), 0);
	return team_close(&team);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(close_waits_for_calls_under_way),
		TEST(close_in_a_callback_is_refused_and_the_call_goes_on),
		TEST(after_revoke_the_last_view_frees_the_handle),
		TEST(revoke_ends_all_threads_whatever_they_do),
		TEST(close_and_the_last_views_may_end_at_the_same_moment),
		TEST(revoke_and_a_turn_may_come_at_the_same_moment),
		TEST(other_handles_outlive_one_that_is_revoked),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
