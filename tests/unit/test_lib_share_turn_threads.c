// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Whose turn it is, with real threads: newcomers and waiters, views that give
 * way, views that share or are alone, needs that would wait for themselves.
 *
 * A test knows that a thread waits from the room's queue, and in which order
 * threads came in from the order of their first accesses.
 */
#define _GNU_SOURCE
#include "lib_share_team.h"

#include "../../core/share_lock.h"

#define OFTEN 60u

static struct team team;
static uint32_t order; /* how many threads have touched the GPU */
static uint32_t came[TEAM_MAX];
static uint64_t place[TEAM_MAX]; /* what a member reads */
static _Thread_local unsigned int me;

/* How many wait for the window */
static uint32_t waiting(void)
{
	struct pramin_op op = { .gpu = &team.dev[0]->gpu };
	struct pramin_room *room = &op.gpu->meeting->room;
	const struct pramin_room_user *u;
	uint32_t n = 0;

	if (pramin_share_lock(&op))
		return UINT32_MAX;
	for (u = pramin_room_at(room, room->queue.first); u;
	     u = pramin_room_at(room, u->next))
		n++;
	pramin_share_unlock(op.gpu);
	return n;
}

static int await_waiting(uint32_t count)
{
	const struct timespec moment = { .tv_nsec = 100000 };
	unsigned int i;

	for (i = 0; i < 600000 && waiting() != count; i++)
		nanosleep(&moment, NULL);
	CHECK_EQ(waiting(), count);
	return 0;
}

static void note_order(void)
{
	came[me] = __atomic_add_fetch(&order, 1, __ATOMIC_RELAXED);
}

static int start(unsigned int handles, unsigned int timeout_ms)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = timeout_ms,
	};

	order = 0;
	memset(came, 0, sizeof(came));
	return team_open(&team, handles, &opts);
}

/* Read one's place, and note when the GPU was first touched for it. */
static int read_place(struct member *m)
{
	uint32_t val;

	me = m->number;
	share_stop = note_order;
	share_stop_in = 1;
	CHECK_EQ(pramin_read32(m->dev, place[me], &val), 0);
	CHECK_EQ(val, 0);
	return 0;
}

static int begin_reader(unsigned int number, uint64_t pa, uint32_t wait)
{
	place[number] = pa;
	CHECK_EQ(team_start(&team, number, read_place), 0);
	return await_waiting(wait);
}

/* @before: readers who come in while nobody waits, and leave their gate open */
static int closed_to_newcomers(unsigned int handles, uint32_t before)
{
	struct pramin_view *view;

	CHECK_EQ(start(handles, 20000), 0);
	CHECK_EQ(pramin_view_begin(team.dev[0], 0, 64, &view), 0);
	/* Nobody waits: whoever finds the window where it is comes in. */
	if (before) {
		CHECK_EQ(begin_reader(0, 128, 0), 0);
		CHECK_EQ(team_join(&team, 0), 0);
		CHECK_EQ(came[0], 1);
	}
	/* One needs another place. From then on nobody new comes in. */
	CHECK_EQ(begin_reader(1, 2 * MIB, 1), 0);
	CHECK_EQ(begin_reader(2, 256, 2), 0);
	CHECK_EQ(begin_reader(3, 2 * MIB + 8, 3), 0);
	CHECK_EQ(__atomic_load_n(&order, __ATOMIC_RELAXED), before);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(team_join(&team, 1), 0);
	CHECK_EQ(team_join(&team, 2), 0);
	CHECK_EQ(team_join(&team, 3), 0);
	/* Who waits for one place comes in together; the newcomer is last. */
	CHECK_EQ(came[1], before + 1);
	CHECK_EQ(came[3], before + 2);
	CHECK_EQ(came[2], before + 3);
	CHECK_EQ(team.gpu->window_changes, 3);
	return team_close(&team);
}

static int a_view_closes_to_newcomers_when_a_thread_waits(void)
{
	CHECK_EQ(closed_to_newcomers(1, 0), 0);
	return closed_to_newcomers(1, 1);
}

static int a_view_closes_to_newcomers_when_a_handle_waits(void)
{
	CHECK_EQ(closed_to_newcomers(4, 0), 0);
	return closed_to_newcomers(4, 1);
}

static int yield_lets_the_waiter_in_and_the_view_goes_on(void)
{
	struct pramin_view *view;
	struct pramin_span span;
	uint64_t accesses;

	CHECK_EQ(start(1, 20000), 0);
	CHECK_EQ(pramin_view_begin(team.dev[0], MIB, 4096, &view), 0);
	span = pramin_view_span(view);
	pramin_span_write64(span, 8, 77);
	accesses = team.gpu->accesses;
	CHECK_EQ(pramin_view_yield(view), 0);
	CHECK_EQ(team.gpu->accesses, accesses);

	CHECK_EQ(begin_reader(0, 5 * MIB, 1), 0);
	CHECK_EQ(pramin_view_yield(view), 0);
	CHECK_EQ(__atomic_load_n(&order, __ATOMIC_RELAXED), 1);
	/* There and back */
	CHECK_EQ(team.gpu->window_changes, 3);
	span = pramin_view_span(view);
	CHECK_EQ(pramin_span_read64(span, 8), 77);
	CHECK_EQ(team_join(&team, 0), 0);
	CHECK_EQ(pramin_view_end(view), 0);
	return team_close(&team);
}

/* The two numbers of "process N has kept the window at 0x0 for N ms" */
static int fail_to_read(struct member *m)
{
	const struct pramin_why *why;
	unsigned int pid, ms;
	uint32_t val;

	CHECK_EQ(pramin_read32(m->dev, 2 * MIB, &val), -ETIMEDOUT);
	why = pramin_last_why(m->dev);
	CHECK_EQ(why->reason, PRAMIN_REASON_TIMED_OUT);
	CHECK_EQ(sscanf(why->what,
			"process %u has kept the window at 0x100000 for %u ms",
			&pid, &ms),
		 2);
	CHECK_EQ(pid, getpid());
	CHECK(ms >= 30);
	return 0;
}

static int a_waiter_times_out_naming_who_and_for_how_long(void)
{
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(start(3, 30), 0);
	CHECK_EQ(pramin_view_begin(team.dev[0], MIB, 64, &view), 0);
	/* By another thread of this handle, and of other handles */
	CHECK_EQ(team_run(&team, 3, fail_to_read), 0);
	/* Nobody waits any more: the view is open to others again. */
	CHECK_EQ(waiting(), 0);
	CHECK_EQ(pramin_read32(team.dev[1], MIB + 64, &val), 0);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_read32(team.dev[2], 2 * MIB, &val), 0);
	return team_close(&team);
}

/* Until the lock cannot be had even to stop waiting */
static int give_up_without_the_lock(struct member *m)
{
	uint32_t val;

	do {
		CHECK_EQ(pramin_read32(m->dev, 2 * MIB, &val), -ETIMEDOUT);
	} while (pramin_last_why(m->dev)->reason != PRAMIN_REASON_STOPPED);
	team_say(m->team);
	CHECK_EQ(team_await(m->team, 2), 0);
	/* What waited in vain is not in the way of what its thread does next. */
	CHECK_EQ(pramin_read32(m->dev, MIB + 64, &val), 0);
	return 0;
}

static int a_thread_that_gave_up_without_the_lock_can_call_again(void)
{
	struct pramin_view *view;
	struct sys_lock *lock;

	CHECK_EQ(start(1, 200), 0);
	CHECK_EQ(pramin_view_begin(team.dev[0], MIB, 64, &view), 0);
	CHECK_EQ(team_start(&team, 0, give_up_without_the_lock), 0);
	CHECK_EQ(await_waiting(1), 0);
	lock = &team.dev[0]->meet.mem->lock;
	CHECK_EQ(sys_lock_take(lock, UINT64_MAX), 0);
	CHECK_EQ(team_await(&team, 1), 0);
	sys_lock_drop(lock);
	team_say(&team);
	CHECK_EQ(team_join(&team, 0), 0);
	CHECK_EQ(pramin_view_end(view), 0);
	return team_close(&team);
}

/* Every call, by a thread that has a view of the first MiB */
static int nested_needs(struct pramin_dev *dev)
{
	struct pramin_access list[2] = {
		{ .vram_pa = 8, .width = 4 },
		{ .vram_pa = 3 * MIB, .width = 4 },
	};
	struct pramin_view *inner;
	uint8_t buf[8];
	uint32_t val;
	bool found;
	uint64_t at;

	CHECK_EQ(pramin_read32(dev, MIB, &val), -EBUSY);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_VIEW_OPEN);
	CHECK_EQ(pramin_write8(dev, MIB, 1), -EBUSY);
	CHECK_EQ(pramin_read(dev, MIB - 4, buf, 8, NULL), -EBUSY);
	CHECK_EQ(pramin_fill(dev, MIB, 8, buf, 8, NULL), -EBUSY);
	CHECK_EQ(pramin_copy(dev, 0, 4 * MIB, 8, NULL), -EBUSY);
	CHECK_EQ(pramin_compare(dev, MIB, buf, 8, &at, NULL), -EBUSY);
	CHECK_EQ(pramin_find(dev, MIB, 8, buf, 1, &found, &at, NULL), -EBUSY);
	CHECK_EQ(pramin_batch(dev, list, 2, NULL), -EBUSY);
	CHECK_EQ(pramin_view_begin(dev, MIB, 1, &inner), -EBUSY);
	CHECK_EQ(pramin_view_begin_alone(dev, 0, 1, &inner), -EBUSY);
	CHECK_EQ(pramin_close(dev, NULL), -EBUSY);

	CHECK_EQ(pramin_read32(dev, MIB - 4, &val), 0);
	CHECK_EQ(pramin_batch(dev, list, 1, NULL), 0);
	CHECK_EQ(pramin_copy(dev, 0, 4096, 8, NULL), 0);
	CHECK_EQ(pramin_flush(dev), 0);
	CHECK_EQ(pramin_check_window(dev), 0);
	CHECK_EQ(pramin_view_begin(dev, MIB - 1, 1, &inner), 0);
	CHECK_EQ(pramin_view_end(inner), 0);
	return 0;
}

static int nested_needs_are_refused_and_never_wait(void)
{
	struct pramin_view *view;

	CHECK_EQ(start(1, 20000), 0);
	CHECK_EQ(pramin_view_begin(team.dev[0], 0, 64, &view), 0);
	CHECK_EQ(nested_needs(team.dev[0]), 0);
	/* The same while another thread waits and keeps newcomers out */
	CHECK_EQ(begin_reader(0, 5 * MIB, 1), 0);
	CHECK_EQ(nested_needs(team.dev[0]), 0);
	CHECK_EQ(waiting(), 1);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(team_join(&team, 0), 0);

	CHECK_EQ(pramin_view_begin_alone(team.dev[0], 0, 64, &view), 0);
	CHECK_EQ(nested_needs(team.dev[0]), 0);
	CHECK_EQ(pramin_view_end(view), 0);
	return team_close(&team);
}

/* A view that the callback leaves open is in the way of its own call. */
static int keep_a_view(void *ctx, uint64_t done, uint64_t total)
{
	(void)total;
	return done == 64 * KIB ?
		       pramin_view_begin(team.dev[0], 7 * MIB, 8, ctx) :
		       0;
}

static int a_view_kept_by_the_callback_ends_the_call(void)
{
	static uint8_t buf[256 * KIB];
	struct pramin_view *view;
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = keep_a_view,
		.ctx = &view,
	};

	CHECK_EQ(start(1, 20000), 0);
	CHECK_EQ(pramin_read(team.dev[0], 0, buf, sizeof(buf), &bulk), -EBUSY);
	CHECK_EQ(bulk.done, 64 * KIB);
	CHECK_EQ(pramin_view_end(view), 0);
	return team_close(&team);
}

static int pause_between_chunks(void *ctx, uint64_t done, uint64_t total)
{
	(void)total;
	if (done != 64 * KIB)
		return 0;
	team_say(ctx);
	return team_await(ctx, 2);
}

static int read_with_a_pause(struct member *m)
{
	static uint8_t buf[256 * KIB];
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = pause_between_chunks,
		.ctx = m->team,
	};

	CHECK_EQ(pramin_read(m->dev, 0, buf, sizeof(buf), &bulk), 0);
	CHECK_EQ(bulk.done, sizeof(buf));
	CHECK_EQ(buf[100 * KIB], 0x5a);
	return 0;
}

static int callbacks_run_with_no_hold(void)
{
	struct pramin_view *view;

	CHECK_EQ(start(1, 20000), 0);
	CHECK_EQ(pramin_write8(team.dev[0], 100 * KIB, 0x5a), 0);
	CHECK_EQ(team_start(&team, 0, read_with_a_pause), 0);
	CHECK_EQ(team_await(&team, 1), 0);
	/* Even alone: nobody else is inside. */
	CHECK_EQ(pramin_view_begin_alone(team.dev[0], 5 * MIB, 8, &view), 0);
	CHECK_EQ(team.gpu->window, 5 * 16);
	CHECK_EQ(pramin_view_end(view), 0);
	team_say(&team);
	CHECK_EQ(team_join(&team, 0), 0);
	CHECK_EQ(team.gpu->window, 0);
	return team_close(&team);
}

/* All of them have their views open at the same time. */
static int share_a_position(struct member *m)
{
	uint64_t pa = MIB + m->number * 4096ull;
	struct pramin_view *view;

	CHECK_EQ(pramin_view_begin(m->dev, pa, 512 * KIB, &view), 0);
	team_say(m->team);
	CHECK_EQ(team_await(m->team, 8), 0);
	pramin_view_write(view, 0, 8, m->number + 1);
	CHECK_EQ(pramin_view_read(view, 0, 8), m->number + 1);
	return pramin_view_end(view);
}

static int views_that_overlap_are_open_together(void)
{
	CHECK_EQ(start(4, 20000), 0);
	CHECK_EQ(team_run(&team, 8, share_a_position), 0);
	CHECK_EQ(team.gpu->window_changes, 1);
	return team_close(&team);
}

/* Two words far apart, changed one after the other by whoever is alone */
static int update_alone(struct member *m)
{
	uint64_t a = 3 * MIB, b = 3 * MIB + 800 * KIB, val, other;
	struct pramin_view *view;
	unsigned int i;

	for (i = 0; i < OFTEN; i++) {
		if (m->number % 2) {
			CHECK_EQ(pramin_view_begin(m->dev, a, 1000 * KIB,
						   &view),
				 0);
			val = pramin_view_read(view, 0, 8);
			other = pramin_view_read(view, b - a, 8);
			CHECK_EQ(pramin_view_end(view), 0);
			CHECK_EQ(val, other);
			continue;
		}
		CHECK_EQ(pramin_view_begin_alone(m->dev, a, 1000 * KIB, &view),
			 0);
		val = pramin_view_read(view, 0, 8);
		pramin_view_write(view, 0, 8, val + 1);
		sched_yield();
		pramin_view_write(view, b - a, 8, val + 1);
		CHECK_EQ(pramin_view_end(view), 0);
	}
	return 0;
}

static int alone(unsigned int handles)
{
	uint64_t val;

	CHECK_EQ(start(handles, 20000), 0);
	team.gpu->unrest = 20;
	CHECK_EQ(team_run(&team, 4, update_alone), 0);
	CHECK_EQ(pramin_read64(team.dev[0], 3 * MIB, &val), 0);
	CHECK_EQ(val, 2 * OFTEN);
	return team_close(&team);
}

static int threads_never_see_half_of_an_update_alone(void)
{
	return alone(1);
}

static int handles_never_see_half_of_an_update_alone(void)
{
	return alone(4);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_view_closes_to_newcomers_when_a_thread_waits),
		TEST(a_view_closes_to_newcomers_when_a_handle_waits),
		TEST(yield_lets_the_waiter_in_and_the_view_goes_on),
		TEST(a_waiter_times_out_naming_who_and_for_how_long),
		TEST(a_thread_that_gave_up_without_the_lock_can_call_again),
		TEST(nested_needs_are_refused_and_never_wait),
		TEST(a_view_kept_by_the_callback_ends_the_call),
		TEST(callbacks_run_with_no_hold),
		TEST(views_that_overlap_are_open_together),
		TEST(threads_never_see_half_of_an_update_alone),
		TEST(handles_never_see_half_of_an_update_alone),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
