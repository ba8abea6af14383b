// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Parties that come, go, die and stop.
 */
#include "core_share.h"

static struct table t;
static struct pramin_hold view;

static uint64_t raw_of(uint64_t base)
{
	return base / 65536;
}

static int the_last_one_out_restores_what_the_first_one_found(void)
{
	CHECK_EQ(set_table(&t, 1), 0);
	CHECK_EQ(touch(&t, 0, MIB), 0);
	CHECK_EQ(sit_down(&t, 1), 0);
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(get_up(&t, 0), 0);
	CHECK_EQ(t.fake.window, raw_of(0));
	CHECK_EQ(get_up(&t, 1), 0);
	CHECK_EQ(t.fake.window, 0x8000003d);
	CHECK(!t.m->spot.moved);
	/* Nothing moved, nothing to restore */
	CHECK_EQ(sit_down(&t, 1), 0);
	t.fake.window_writes = 0;
	CHECK_EQ(get_up(&t, 1), 0);
	CHECK_EQ(t.fake.window_writes, 0);
	return 0;
}

static int whoever_comes_after_a_crash_repairs_it(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(touch(&t, 0, MIB), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 1), &view, MIB, 1, true), 0);
	t.p[0].dead = t.p[1].dead = true;
	CHECK_EQ(sit_down(&t, 2), 0);
	CHECK_EQ(t.fake.window, 0x8000003d);
	CHECK(!t.m->seat[0].taken && !t.m->seat[1].taken);
	CHECK_EQ(touch(&t, 2, 5), 0);
	/* The same seat again, and a register that does not take its value */
	t.p[2].dead = true;
	t.fake.stuck = true;
	CHECK_EQ(sit_down(&t, 2), -EIO);
	CHECK(t.m->spot.moved);
	t.fake.stuck = false;
	CHECK_EQ(sit_down(&t, 2), 0);
	CHECK_EQ(t.fake.window, 0x8000003d);
	CHECK_EQ(get_up(&t, 2), 0);
	return 0;
}

static int who_comes_while_the_last_one_goes_keeps_the_right_value(void)
{
	struct party *late = &t.p[1];

	CHECK_EQ(set_table(&t, 1), 0);
	CHECK_EQ(touch(&t, 0, MIB), 0);
	late->config = t.p[0].config;
	late->config.env = late;
	CHECK_EQ(pramin_gpu_attach(op_of(&t, 1), &table_ops, &t, &late->config),
		 0);
	CHECK_EQ(get_up(&t, 0), 0);
	CHECK_EQ(t.fake.window, 0x8000003d);
	/* What it has read is what the other one had put there. */
	CHECK(late->gpu.saved_raw != t.fake.window);
	CHECK_EQ(pramin_share_join(op_of(&t, 1), t.m, 1, 101), 0);
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(get_up(&t, 1), 0);
	CHECK_EQ(t.fake.window, 0x8000003d);
	return 0;
}

static int a_dead_holder_is_reaped_by_those_who_wait(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	CHECK_EQ(touch(&t, 2, 5), 0);
	t.p[0].dead = true;
	t.fake.window_reads = 0;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(t.waits, 1);
	/* After a death the register is read, and the move is proved. */
	CHECK_EQ(t.fake.window_reads, 2);
	CHECK_EQ(touch(&t, 2, 6), 0);
	CHECK_EQ(t.fake.window_reads, 2);
	/* Also by one whose time is up when it finds out */
	CHECK_EQ(sit_down(&t, 0), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.p[0].dead = true;
	t.p[1].gpu.config.timeout_ns = 1;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	/* And by name */
	CHECK_EQ(touch(&t, 2, 6), 0);
	reap_seat(&t, 1, 2);
	CHECK(!t.m->seat[2].taken);
	return 0;
}

static int who_dies_beside_others_does_not_disturb_them(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	CHECK_EQ(come_in(&t, 1, 5), 0);
	reap_seat(&t, 2, 1);
	/* Nobody joins it, it goes on, and the next one places. */
	CHECK_EQ(pramin_gate_left(t.m->seat[0].gate), 0);
	CHECK_EQ(go_out(&t, 0), 0);
	t.fake.window_writes = 0;
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(t.fake.window_writes, 1);
	return 0;
}

/* The lists and gates of a meeting whose lock's owner died half-way */
static int a_death_in_the_lock_is_mended_by_the_next_one(void)
{
	struct pramin_room *room;

	CHECK_EQ(set_table(&t, 3), 0);
	room = &t.m->room;
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	/* Party 2 died while it closed the gate of 1. */
	t.m->seat[1].gate = 0;
	room->inside.first = 12345;
	t.m->leases = 77;
	t.lock_says = 1;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	CHECK_EQ(pramin_room_check(room), 0);
	CHECK_EQ(t.m->leases, 1);
	CHECK_EQ(go_out(&t, 0), 0);
	CHECK_EQ(touch(&t, 1, MIB), 0);
	return 0;
}

static int a_closed_gate_with_a_call_inside_survives_a_death_in_the_lock(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	/* At 0, closed: all but the count is 0. */
	t.m->seat[0].gate &= ~GATE_LEFT;
	t.lock_says = 1;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	CHECK_EQ(t.m->leases, 1);
	CHECK_EQ(go_out(&t, 0), 0);
	CHECK_EQ(touch(&t, 1, MIB), 0);
	return 0;
}

static void let_in_and_die(struct table *table)
{
	struct pramin_request *r = NULL;
	unsigned int i;

	/* Party 0 leaves; whoever has the lock dies before the wake-up. */
	pramin_leave(&table->p[0].op, 0);
	for (i = PRAMIN_SEATS; i < PRAMIN_REQUESTS; i++)
		if (table->m->request[i].user.state == PRAMIN_ROOM_INSIDE)
			r = &table->m->request[i];
	r->wake = 0;
	table->lock_says = 1;
	reap_seat(table, 2, 3);
}

static int a_wake_up_that_died_with_its_giver_is_given_again(void)
{
	CHECK_EQ(set_table(&t, 4), 0);
	CHECK_EQ(pramin_share_ask(op_of(&t, 0),
				  &(struct pramin_want){ .len = 1,
							 .lasting = true }),
		 0);
	t.meanwhile = let_in_and_die;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(t.wakes, 2);
	return 0;
}

static int a_stopped_owner_of_the_lock_is_named(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(t.m->lock_pid, 0);
	t.m->lock_pid = 100;
	t.lock_says = -ETIMEDOUT;
	CHECK_EQ(touch(&t, 1, 5), -ETIMEDOUT);
	CHECK_EQ(t.p[1].op.cause.reason, PRAMIN_REASON_STOPPED);
	CHECK_EQ(t.p[1].op.cause.arg[0], 100);
	CHECK_EQ(pramin_share_forget(op_of(&t, 1)), -ETIMEDOUT);
	CHECK_EQ(get_up(&t, 1), -ETIMEDOUT);
	CHECK_EQ(sit_down(&t, 3), -ETIMEDOUT);
	pramin_share_reap_all(op_of(&t, 1), UINT64_MAX);
	pramin_share_tell(op_of(&t, 1));
	CHECK(t.m->seat[0].taken);
	/* Who is inside by a gate needs no lock. */
	CHECK_EQ(touch(&t, 0, 6), 0);
	t.lock_says = 0;
	CHECK_EQ(touch(&t, 1, 5), 0);
	return 0;
}

static int what_could_not_leave_is_made_to_leave_by_the_next(void)
{
	const struct pramin_want want = { .len = 1, .lasting = true };

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_share_ask(op_of(&t, 0), &want), 0);
	t.lock_says = -ETIMEDOUT;
	CHECK_EQ(pramin_leave(&t.p[0].op, 0), -ETIMEDOUT);
	t.lock_says = 0;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	/* A gate that was to be closed */
	CHECK_EQ(come_in(&t, 1, MIB), 0);
	CHECK_EQ(touch(&t, 0, 5), -ETIMEDOUT);
	t.m->seat[1].gate &= ~GATE_LEFT;
	t.lock_says = -ETIMEDOUT;
	CHECK_EQ(pramin_leave(&t.p[1].op, -EPERM), -EPERM);
	t.lock_says = 0;
	CHECK_EQ(touch(&t, 0, 5), 0);
	return 0;
}

static void no_lock_any_more(struct table *table)
{
	table->lock_says = -ETIMEDOUT;
	table->lock_from = table->locks;
	table->now += 2 * TIMEOUT_NS;
}

static int whoever_cannot_give_up_is_given_up_by_the_next(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.meanwhile = no_lock_any_more;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	CHECK_EQ(t.p[1].op.cause.reason, PRAMIN_REASON_STOPPED);
	t.lock_says = 0;
	CHECK(t.m->room.queue.first);
	CHECK_EQ(touch(&t, 0, 99), 0);
	CHECK(!t.m->room.queue.first);
	pramin_hold_end(&view);
	/* A mover */
	t.at_move = no_lock_any_more;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	t.lock_says = 0;
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK(!t.m->room.mover);
	return 0;
}

static void revoke(struct table *table)
{
	struct pramin_op op;

	/* Its other call may be under way. */
	pramin_op_init(&op, &table->p[1].gpu);
	pramin_share_revoke(&op);
}

static int a_revoked_handle_lets_nobody_in(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.meanwhile = revoke;
	CHECK_EQ(touch(&t, 1, MIB), -ENODEV);
	CHECK_EQ(t.p[1].op.cause.reason, PRAMIN_REASON_REVOKED);
	CHECK_EQ(touch(&t, 1, 5), -ENODEV);
	pramin_hold_end(&view);
	CHECK_EQ(get_up(&t, 1), 0);

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(come_in(&t, 1, 5), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	revoke(&t);
	CHECK_EQ(go_out(&t, 1), 0);
	CHECK_EQ(t.m->seat[1].gate, 0);
	CHECK_EQ(get_up(&t, 0), -EBUSY);
	t.lock_says = -ETIMEDOUT;
	revoke(&t);
	pramin_share_revoke(op_of(&t, 0));
	t.lock_says = 0;
	CHECK_EQ(pramin_hold_read(&view, 0, 1), UINT64_MAX);
	CHECK_EQ(view.cause.err, -ENODEV);
	pramin_hold_end(&view);
	CHECK_EQ(get_up(&t, 0), 0);
	return 0;
}

static int a_signal_restores_only_what_nobody_else_uses(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_share_restore(&t.p[1].gpu), 0);
	CHECK_EQ(touch(&t, 0, MIB), 0);
	CHECK_EQ(pramin_share_restore(&t.p[0].gpu), 0);
	CHECK_EQ(t.fake.window, raw_of(MIB));
	CHECK_EQ(get_up(&t, 1), 0);
	CHECK_EQ(pramin_share_restore(&t.p[0].gpu), 0);
	CHECK_EQ(t.fake.window, 0x8000003d);
	/* Nobody goes on. */
	CHECK_EQ(touch(&t, 0, MIB), -ENODEV);
	t.fake.window = 7;
	t.p[0].gpu.gone = true;
	CHECK_EQ(pramin_share_restore(&t.p[0].gpu), 0);
	CHECK_EQ(t.fake.window, 7);
	return 0;
}

static int a_signal_restores_nothing_under_another_thread(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, MIB, 16, false), 0);
	t.p[1].dead = true;
	t.p[0].thread = 2;
	CHECK_EQ(pramin_share_restore(&t.p[0].gpu), 0);
	CHECK_EQ(t.fake.window, raw_of(MIB));
	/* One's own view is at its end, and a dead handle is no other. */
	t.p[0].thread = 1;
	t.m->request[PRAMIN_REQUESTS - 1].user.party = 1;
	CHECK_EQ(pramin_share_restore(&t.p[0].gpu), 0);
	CHECK_EQ(t.fake.window, 0x8000003d);
	return 0;
}

static void revoked_but_not_woken(struct table *table)
{
	table->p[1].gpu.revoked = true;
}

static void another_is_revoked(struct table *table)
{
	struct pramin_op op;

	pramin_op_init(&op, &table->p[2].gpu);
	pramin_share_revoke(&op);
}

static int only_the_calls_of_a_revoked_handle_fail(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.meanwhile = another_is_revoked;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	CHECK_EQ(t.wakes, 0);
	/* Whoever revoked it could not get the lock to wake it. */
	t.meanwhile = revoked_but_not_woken;
	CHECK_EQ(touch(&t, 1, MIB), -ENODEV);
	/* The view of another keeps nobody from quitting. */
	CHECK_EQ(get_up(&t, 1), 0);
	t.lock_says = -ETIMEDOUT;
	pramin_hold_end(&view);
	CHECK_EQ(view.cause.err, -ETIMEDOUT);
	t.lock_says = 0;
	CHECK_EQ(get_up(&t, 0), 0);
	return 0;
}

static void die_in_the_lock(struct table *table)
{
	/* The one that has been woken before is not woken again. */
	table->lock_says = 1;
	reap_seat(table, 3, 2);
}

static int who_came_in_before_a_death_in_the_lock_stays_inside(void)
{
	CHECK_EQ(set_table(&t, 4), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.meanwhile = let_in_and_die;
	t.p[0].op = view.inside;
	CHECK_EQ(come_in(&t, 1, MIB), 0);
	CHECK_EQ(t.wakes, 2);
	die_in_the_lock(&t);
	CHECK_EQ(t.wakes, 2);
	CHECK_EQ(go_out(&t, 1), 0);
	return 0;
}

static int without_deaths_nobody_looks_for_the_dead(void)
{
	struct pramin_env_ops ops = share_env;

	CHECK_EQ(set_table(&t, 2), 0);
	ops.dead = NULL;
	t.p[0].gpu.config.env_ops = t.p[1].gpu.config.env_ops = &ops;
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.p[0].dead = true;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	pramin_hold_end(&view);
	CHECK_EQ(pramin_share_restore(&t.p[1].gpu), 0);
	CHECK_EQ(t.fake.window, raw_of(0));
	return 0;
}

static int a_flush_or_a_check_before_any_move_touches_nothing(void)
{
	CHECK_EQ(set_table(&t, 1), 0);
	fake_forget(&t.fake);
	CHECK_EQ(pramin_scalar_flush(op_of(&t, 0)), 0);
	CHECK_EQ(pramin_scalar_check(op_of(&t, 0)), 0);
	CHECK_EQ(t.fake.accesses, 0);
	CHECK_EQ(touch(&t, 0, MIB), 0);
	CHECK_EQ(pramin_scalar_flush(op_of(&t, 0)), 0);
	CHECK_EQ(pramin_scalar_check(op_of(&t, 0)), 0);
	CHECK_EQ(t.fake.window_changes, 1);
	/* By the gate they need no lock; without it they do. */
	t.m->seat[0].gate = 0;
	t.lock_says = -ETIMEDOUT;
	CHECK_EQ(pramin_scalar_flush(op_of(&t, 0)), -ETIMEDOUT);
	CHECK_EQ(pramin_scalar_check(op_of(&t, 0)), -ETIMEDOUT);
	t.p[0].gpu.gone = true;
	CHECK_EQ(pramin_scalar_check(op_of(&t, 0)), -ENODEV);
	return 0;
}

/* The one before may have died between telling it and waking it. */
static int a_death_in_the_lock_wakes_also_whom_it_has_told(void)
{
	unsigned int wakes;

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.lock_says = 1;
	pramin_share_reap_all(op_of(&t, 1), UINT64_MAX);
	wakes = t.wakes;
	t.lock_says = 1;
	pramin_share_reap_all(op_of(&t, 1), UINT64_MAX);
	CHECK_EQ(t.wakes, wakes + 1);
	pramin_hold_end(&view);
	return 0;
}

static int who_could_not_leave_in_time_may_come_in_again(void)
{
	CHECK_EQ(set_table(&t, 1), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.lock_says = -ETIMEDOUT;
	pramin_hold_end(&view);
	CHECK_EQ(view.cause.err, -ETIMEDOUT);
	t.lock_says = 0;
	/* Elsewhere, by the same thread */
	CHECK_EQ(touch(&t, 0, MIB), 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_death_in_the_lock_wakes_also_whom_it_has_told),
	TEST(who_could_not_leave_in_time_may_come_in_again),
	TEST(the_last_one_out_restores_what_the_first_one_found),
	TEST(whoever_comes_after_a_crash_repairs_it),
	TEST(who_comes_while_the_last_one_goes_keeps_the_right_value),
	TEST(a_dead_holder_is_reaped_by_those_who_wait),
	TEST(who_dies_beside_others_does_not_disturb_them),
	TEST(a_death_in_the_lock_is_mended_by_the_next_one),
	TEST(a_closed_gate_with_a_call_inside_survives_a_death_in_the_lock),
	TEST(a_wake_up_that_died_with_its_giver_is_given_again),
	TEST(a_stopped_owner_of_the_lock_is_named),
	TEST(what_could_not_leave_is_made_to_leave_by_the_next),
	TEST(whoever_cannot_give_up_is_given_up_by_the_next),
	TEST(a_revoked_handle_lets_nobody_in),
	TEST(a_signal_restores_only_what_nobody_else_uses),
	TEST(a_signal_restores_nothing_under_another_thread),
	TEST(only_the_calls_of_a_revoked_handle_fail),
	TEST(who_came_in_before_a_death_in_the_lock_stays_inside),
	TEST(without_deaths_nobody_looks_for_the_dead),
	TEST(a_flush_or_a_check_before_any_move_touches_nothing),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
