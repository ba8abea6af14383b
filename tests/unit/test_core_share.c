// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * How calls of several parties come in and out, one interleaving at a time.
 */
#include "core_share.h"

static struct table t;

static uint64_t gate(unsigned int i)
{
	return t.m->seat[i].gate;
}

static bool lease_is_in(unsigned int i)
{
	return t.m->request[i].user.state == PRAMIN_ROOM_INSIDE;
}

static int who_finds_the_window_in_place_takes_no_lock(void)
{
	unsigned int locks;

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 1, 9), 0);
	CHECK_EQ(t.fake.window_changes, 1);
	locks = t.locks;
	CHECK_EQ(touch(&t, 0, MIB - 1), 0);
	CHECK_EQ(touch(&t, 1, 77), 0);
	CHECK_EQ(t.locks, locks);
	CHECK(lease_is_in(0) && lease_is_in(1));
	CHECK_EQ(pramin_gate_left(gate(0)), GATE_OPEN);
	/* Counted where the seat counts */
	CHECK_EQ(t.m->seat[0].stripe[1].stats.reads[0], 2);
	return 0;
}

static int an_idle_lease_keeps_nobody_out(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(touch(&t, 2, MIB), 0);
	CHECK_EQ(t.waits, 0);
	CHECK(!lease_is_in(0) && !lease_is_in(1) && lease_is_in(2));
	CHECK_EQ(gate(0), 0);
	CHECK_EQ(touch(&t, 0, MIB + 1), 0);
	CHECK_EQ(t.fake.window_changes, 2);
	return 0;
}

/* Party 0 is inside by its gate, party 1 waits: how many more may come? */
static unsigned int more, passed;

static void others_come_and_go(struct table *table)
{
	struct pramin_op first = table->p[0].op;

	for (passed = 0; passed < 200; passed++) {
		if (!pramin_gate_enter(op_of(table, 0), 7, 1, 1))
			break;
		pramin_leave(&table->p[0].op, 0);
	}
	more = pramin_gate_left(gate(0));
	pramin_leave(&first, 0);
}

static int a_gate_admits_one_quantum_while_somebody_waits(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	t.meanwhile = others_come_and_go;
	CHECK_EQ(touch(&t, 1, 2 * MIB), 0);
	CHECK_EQ(passed, PRAMIN_ROOM_QUANTUM);
	CHECK_EQ(more, 0);
	CHECK_EQ(t.waits, 1);
	CHECK(!lease_is_in(0));
	return 0;
}

static void two_gates_share(struct table *table)
{
	more = pramin_gate_left(gate(0)) + pramin_gate_left(gate(2));
	/* Whoever has not that much left does not come in. */
	passed = pramin_gate_enter(op_of(table, 3), 7, 1, PRAMIN_SLICE);
	pramin_leave(&table->p[0].op, 0);
	pramin_leave(&table->p[2].op, 0);
}

static int the_quantum_is_shared_out_among_the_gates(void)
{
	CHECK_EQ(set_table(&t, 4), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 2, 5), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	CHECK_EQ(come_in(&t, 2, 5), 0);
	t.meanwhile = two_gates_share;
	CHECK_EQ(touch(&t, 1, 2 * MIB), 0);
	CHECK_EQ(more, PRAMIN_ROOM_QUANTUM);
	CHECK(!passed);
	return 0;
}

static void one_leaves_and_comes_back(struct table *table)
{
	unsigned int locks;

	pramin_leave(&table->p[0].op, 0);
	more = pramin_gate_left(gate(0));
	locks = table->locks;
	passed = pramin_gate_enter(op_of(table, 0), 7, 1, 1);
	passed += table->locks == locks;
	pramin_leave(&table->p[0].op, 0);
	pramin_leave(&table->p[2].op, 0);
}

/* Else clients who share a position would make one access in each turn. */
static int a_gate_stays_while_its_turn_goes_on_without_it(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 2, 5), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	CHECK_EQ(come_in(&t, 2, 5), 0);
	t.meanwhile = one_leaves_and_comes_back;
	CHECK_EQ(touch(&t, 1, 2 * MIB), 0);
	CHECK_EQ(more, PRAMIN_ROOM_QUANTUM / 2);
	CHECK_EQ(passed, 2);
	CHECK_EQ(t.waits, 1);
	CHECK(!lease_is_in(0) && !lease_is_in(2));
	return 0;
}

static void wait_in_vain(struct table *table)
{
	table->p[3].thread = 1;
	passed = (unsigned int)-touch(table, 3, 3 * MIB);
	more = pramin_gate_left(gate(0));
}

static int a_gate_opens_again_when_nobody_waits_any_more(void)
{
	CHECK_EQ(set_table(&t, 4), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	t.meanwhile = wait_in_vain;
	CHECK_EQ(touch(&t, 1, 2 * MIB), -ETIMEDOUT);
	CHECK_EQ(passed, ETIMEDOUT);
	CHECK(more < GATE_OPEN);
	CHECK_EQ(t.p[1].op.cause.reason, PRAMIN_REASON_TIMED_OUT);
	CHECK_EQ(t.p[1].op.cause.arg[0], 100);
	CHECK_EQ(t.p[1].op.cause.arg[2], 0);
	CHECK_EQ(pramin_gate_left(gate(0)), GATE_OPEN);
	CHECK(!t.m->wanted);
	CHECK_EQ(go_out(&t, 0), 0);
	return 0;
}

static struct pramin_hold view;

static void view_ends(struct table *table)
{
	(void)table;
	pramin_hold_end(&view);
}

/* Nested calls while somebody waits get no lease for others to use. */
static void nested_twice(struct table *table)
{
	passed = (unsigned int)touch(table, 0, 99);
	passed |= (unsigned int)touch(table, 0, 99);
	more = lease_is_in(0);
}

static int whoever_waits_for_a_view_comes_in_when_it_ends(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	CHECK_EQ(pramin_hold_read(&view, 1, 1), fake_byte(17));
	t.now += 7000000;
	t.meanwhile = view_ends;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(t.wakes, 1);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	t.now += 7000000;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	CHECK_EQ(t.p[1].op.cause.arg[0], 100);
	CHECK_EQ(t.p[1].op.cause.arg[1], 1007);
	t.meanwhile = nested_twice;
	CHECK_EQ(touch(&t, 1, MIB), -ETIMEDOUT);
	CHECK(!passed && !more);
	/* What it needs itself it has all the same, but no other position. */
	CHECK_EQ(touch(&t, 0, 99), 0);
	CHECK_EQ(touch(&t, 0, MIB), -EBUSY);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_VIEW_OPEN);
	pramin_hold_end(&view);
	CHECK_EQ(view.cause.err, 0);
	return 0;
}

static void view_yields(struct table *table)
{
	more = (unsigned int)-pramin_hold_yield(op_of(table, 0), &view);
}

static void elsewhere_and_out(struct table *table)
{
	pramin_leave(&table->p[1].op, 0);
}

static int a_view_that_yields_lets_the_waiter_in_and_goes_on(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	/* Nobody waits: nothing happens. */
	CHECK_EQ(pramin_hold_yield(op_of(&t, 0), &view), 0);
	CHECK_EQ(t.fake.window_changes, 1);
	t.meanwhile = view_yields;
	/* It waits in turn, behind the one that it lets in. */
	t.p[1].config.timeout_ns = TIMEOUT_NS;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(more, ETIMEDOUT);
	CHECK_EQ(pramin_hold_read(&view, 0, 1), UINT64_MAX);
	CHECK_EQ(view.cause.err, -ETIMEDOUT);
	pramin_hold_end(&view);

	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	CHECK_EQ(come_in(&t, 1, 5), 0);
	t.m->wanted = 1;
	CHECK_EQ(pramin_hold_yield(op_of(&t, 0), &view), 0);
	CHECK_EQ(pramin_hold_read(&view, 0, 1), fake_byte(16));
	elsewhere_and_out(&t);
	/* In verify mode it looks where it stands before it lets go. */
	t.p[0].gpu.config.verify = true;
	t.m->wanted = 1;
	t.fake.window = 0x77;
	CHECK_EQ(pramin_hold_yield(op_of(&t, 0), &view), -EIO);
	CHECK_EQ(view.cause.reason, PRAMIN_REASON_MISPLACED);
	pramin_hold_end(&view);
	/* The first failure is the one that counts. */
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	CHECK_EQ(pramin_hold_read(&view, 77, 1), UINT64_MAX);
	t.m->wanted = 1;
	t.fake.window = 0x77;
	CHECK_EQ(pramin_hold_yield(op_of(&t, 0), &view), -EIO);
	CHECK_EQ(view.cause.reason, PRAMIN_REASON_VIEW_END);
	pramin_hold_end(&view);
	return 0;
}

static int alone_waits_for_all_and_keeps_all_out(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	CHECK_EQ(touch(&t, 1, 5), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, true), 0);
	CHECK_EQ(touch(&t, 1, 5), -ETIMEDOUT);
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK(!lease_is_in(0) && !lease_is_in(1));
	pramin_hold_end(&view);
	CHECK_EQ(touch(&t, 1, 5), 0);
	return 0;
}

static void a_large_quantum_is_cut(struct table *table)
{
	more = pramin_gate_left(gate(0));
	pramin_leave(&table->p[0].op, 0);
}

static int a_gate_holds_no_more_than_it_can_count(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	t.m->room.quantum = 1000;
	CHECK_EQ(come_in(&t, 0, 5), 0);
	t.meanwhile = a_large_quantum_is_cut;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(more, GATE_OPEN - 1);
	/* A lease that begins while somebody waits */
	CHECK_EQ(pramin_hold_begin(op_of(&t, 2), &view, MIB, 8, true), 0);
	pramin_hold_end(&view);
	return 0;
}

static unsigned int gave_way;

static void the_gate_closes_and_the_lock_is_gone(struct table *table)
{
	table->m->seat[0].gate &= ~GATE_LEFT;
	table->m->wanted = 1;
	table->lock_says = -ETIMEDOUT;
}

static int a_run_that_cannot_come_in_again_says_how_far_it_came(void)
{
	static uint8_t buf[64 * 8 * 3];
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	unsigned int write;

	for (write = 0; write < 2; write++) {
		CHECK_EQ(set_table(&t, 1), 0);
		CHECK_EQ(touch(&t, 0, 5), 0);
		t.at_access = the_gate_closes_and_the_lock_is_gone;
		t.access = 10;
		if (write)
			CHECK_EQ(pramin_bulk_write(op_of(&t, 0), 0, buf,
						   sizeof(buf), &bulk),
				 -ETIMEDOUT);
		else
			CHECK_EQ(pramin_bulk_read(op_of(&t, 0), 0, buf,
						  sizeof(buf), &bulk),
				 -ETIMEDOUT);
		CHECK_EQ(bulk.done, 0);
		/* Counted, and no more than one slice */
		CHECK_EQ(write ? t.m->seat[0].stripe[1].stats.writes[3] :
				 t.m->seat[0].stripe[1].stats.reads[3],
			 PRAMIN_SLICE);
		t.lock_says = 0;
		CHECK_EQ(touch(&t, 0, 2 * MIB), 0);
	}
	return 0;
}

static void the_bulk_goes_on(struct table *table)
{
	/* Between its slices; it has to come in again behind the waiter. */
	gave_way = (unsigned int)-pramin_give_way(&table->p[0].op, 100, 8);
}

static int a_long_run_gives_way_after_each_slice(void)
{
	static uint8_t buf[64 * 8 * 3];
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	unsigned int locks;

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_bulk_read(op_of(&t, 0), 0, buf, sizeof(buf), &bulk), 0);
	/* Wanted, but nobody there: out and in again at each slice */
	t.m->wanted = 1;
	locks = t.locks;
	CHECK_EQ(pramin_bulk_read(op_of(&t, 0), 0, buf, sizeof(buf), &bulk), 0);
	CHECK_EQ(t.locks, locks);
	CHECK_EQ(buf[1000], fake_byte(1000));

	CHECK_EQ(come_in(&t, 0, 5), 0);
	t.meanwhile = the_bulk_goes_on;
	t.p[0].config.timeout_ns = 0;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(gave_way, ETIMEDOUT);
	CHECK_EQ(t.p[0].op.inside, false);
	return 0;
}

static int when_all_places_are_taken_a_call_is_refused(void)
{
	static struct pramin_hold views[PRAMIN_REQUESTS];
	unsigned int n;

	CHECK_EQ(set_table(&t, 1), 0);
	for (n = 0; n < PRAMIN_REQUESTS - PRAMIN_SEATS; n++)
		CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &views[n], 0, 1,
					   false),
			 0);
	CHECK_EQ(touch(&t, 0, MIB), -EBUSY);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_TOO_MANY);
	while (n--)
		pramin_hold_end(&views[n]);
	CHECK_EQ(touch(&t, 0, MIB), 0);
	return 0;
}

static void a_watcher_looks(struct table *table)
{
	static struct pramin_survey seats[PRAMIN_SEATS];
	uint64_t now = 0;

	passed = pramin_share_survey(op_of(table, 4), seats, &now) == 0 &&
		 now == table->now && seats[0].pid == 100 &&
		 seats[0].holds == 3 && seats[0].held_since == now - 50 &&
		 seats[1].waits == 3 && seats[1].waits_since == now - 10 &&
		 !seats[1].holds && !seats[2].pid;
	table->lock_says = -ETIMEDOUT;
	more = (unsigned int)-pramin_share_survey(op_of(table, 4), seats, &now);
	table->lock_says = 0;
}

static void a_third_one_waits(struct table *table)
{
	table->meanwhile = a_watcher_looks;
	table->p[1].thread = 3;
	table->m->hint = 100;
	touch(table, 1, 3 * MIB);
}

static void a_second_one_waits(struct table *table)
{
	table->now += 10;
	table->meanwhile = a_third_one_waits;
	table->p[1].thread = 2;
	pramin_hold_end(&view);
	table->m->hint = 0;
	gave_way = (unsigned int)-touch(table, 1, 3 * MIB);
	table->p[1].thread = 1;
}

static int a_watcher_sees_who_holds_and_who_waits(void)
{
	static struct pramin_hold views[3];

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(sit_down(&t, 4), 0);
	t.now += 1000;
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 0, 8, false), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &views[0], 0, 8, false), 0);
	t.now += 10;
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &views[1], 0, 8, false), 0);
	/* Its place in memory says nothing about its age. */
	pramin_hold_end(&views[0]);
	t.m->hint = 1;
	t.now += 10;
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &views[0], 0, 8, false), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &views[2], 0, 8, false), 0);
	t.now += 30;
	t.meanwhile = a_second_one_waits;
	CHECK_EQ(touch(&t, 1, 2 * MIB), -ETIMEDOUT);
	CHECK(passed);
	CHECK_EQ(more, ETIMEDOUT);
	CHECK_EQ(gave_way, ETIMEDOUT);
	return 0;
}

static int a_full_gate_sends_calls_to_the_room(void)
{
	CHECK_EQ(set_table(&t, 1), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	t.m->seat[0].gate |= GATE_COUNT;
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(t.m->seat[0].gate & GATE_COUNT, GATE_COUNT);
	return 0;
}

static int a_mapped_aperture_follows_the_window(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	t.fake.mapped = true;
	CHECK_EQ(touch(&t, 0, 5), 0);
	CHECK_EQ(touch(&t, 1, MIB + 5), 0);
	CHECK_EQ(touch(&t, 0, MIB + 6), 0);
	CHECK_EQ(touch(&t, 0, 6), 0);
	CHECK_EQ(pramin_hold_begin(op_of(&t, 0), &view, 16, 16, false), 0);
	CHECK_EQ(view.ptr[3], fake_byte(19));
	pramin_hold_end(&view);
	return 0;
}

static const struct check_test tests[] = {
	TEST(who_finds_the_window_in_place_takes_no_lock),
	TEST(an_idle_lease_keeps_nobody_out),
	TEST(a_gate_admits_one_quantum_while_somebody_waits),
	TEST(the_quantum_is_shared_out_among_the_gates),
	TEST(a_gate_stays_while_its_turn_goes_on_without_it),
	TEST(a_gate_opens_again_when_nobody_waits_any_more),
	TEST(whoever_waits_for_a_view_comes_in_when_it_ends),
	TEST(a_view_that_yields_lets_the_waiter_in_and_goes_on),
	TEST(alone_waits_for_all_and_keeps_all_out),
	TEST(a_long_run_gives_way_after_each_slice),
	TEST(a_gate_holds_no_more_than_it_can_count),
	TEST(a_run_that_cannot_come_in_again_says_how_far_it_came),
	TEST(when_all_places_are_taken_a_call_is_refused),
	TEST(a_watcher_sees_who_holds_and_who_waits),
	TEST(a_full_gate_sends_calls_to_the_room),
	TEST(a_mapped_aperture_follows_the_window),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
