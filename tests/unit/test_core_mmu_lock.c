// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One at a time invalidates or binds: who waits for whom, who is next, and what
 * becomes of it when one of them dies or is stopped. Every interleaving is written
 * down: what happens while somebody waits is a function.
 */
#include "core_mmu_dev.h"

static struct pramin_mmu_hold hold[PARTIES];
static int result[PARTIES];

static int take(unsigned int i)
{
	result[i] = pramin_mmu_take(mmu_op(i), &hold[i]);
	return result[i];
}

static void drop(unsigned int i)
{
	pramin_mmu_drop(&dev.t.p[i].op, &hold[i]);
}

static uint32_t word(void)
{
	return dev.t.m->mmu.lock.word;
}

/* Nobody has it, nobody waits, and no row is left behind. */
static int is_idle(void)
{
	unsigned int i;

	CHECK_EQ(word(), 0);
	for (i = 0; i < PRAMIN_MMU_WAITS; i++)
		CHECK_EQ(dev.t.m->mmu.lock.wait[i].state, 0);
	return 0;
}

static int meet(void)
{
	CHECK_EQ(mmu_meet("tu102", PARTIES), 0);
	dev.t.locks = 0;
	return 0;
}

static int uncontended_it_needs_no_other_lock(void)
{
	unsigned int i;

	CHECK_EQ(meet(), 0);
	for (i = 0; i < PARTIES; i++) {
		CHECK_EQ(take(i), 0);
		CHECK_EQ(word(), 1 + i);
		CHECK_EQ(dev.t.m->mmu.lock.pid, 100 + i);
		drop(i);
		CHECK_EQ(is_idle(), 0);
	}
	CHECK_EQ(dev.t.locks, 0);
	CHECK_EQ(dev.t.waits, 0);
	return 0;
}

static int a_user_who_meets_nobody_has_it_at_once(void)
{
	CHECK_EQ(mmu_open("tu102"), 0);
	CHECK_EQ(take(0), 0);
	drop(0);
	CHECK_EQ(dev.t.locks, 0);
	return 0;
}

static void first_drops(struct table *t)
{
	(void)t;
	drop(0);
}

static int whoever_waits_gets_it_from_the_one_who_drops_it(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = first_drops;
	CHECK_EQ(take(1), 0);
	CHECK_EQ(dev.t.waits, 1);
	CHECK_EQ(dev.t.wakes, 1);
	CHECK_EQ(dev.t.m->mmu.lock.pid, 101);
	drop(1);
	CHECK_EQ(is_idle(), 0);
	/* And the short way is open again. */
	CHECK_EQ(take(2), 0);
	CHECK_EQ(word(), 3);
	drop(2);
	return 0;
}

static int what_is_dropped_before_one_can_ask_is_not_waited_for(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	/* It is taken at the first look, and free when the lock is had. */
	dev.t.at_lock = first_drops;
	CHECK_EQ(take(1), 0);
	CHECK_EQ(dev.t.waits, 0);
	drop(1);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void third_asks_then_first_drops(struct table *t)
{
	t->meanwhile = first_drops;
	take(2);
}

static int those_who_wait_are_served_in_the_order_in_which_they_came(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = third_asks_then_first_drops;
	/*
	 * The second came first, so the third, which has the thread, waits in
	 * vain, for the second.
	 */
	CHECK_EQ(take(1), 0);
	CHECK_EQ(result[2], -ETIMEDOUT);
	CHECK_EQ(mmu_cause(2)->reason, PRAMIN_REASON_MMU_BUSY);
	CHECK_EQ(mmu_cause(2)->arg[0], 101);
	CHECK_EQ(mmu_cause(2)->arg[1], TIMEOUT_NS / 1000000);
	drop(1);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void second_drops(struct table *t)
{
	(void)t;
	drop(1);
}

static int who_comes_meanwhile_does_not_overtake_who_waits(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = first_drops;
	CHECK_EQ(take(1), 0);
	/* It came by a row: the next ones wait under the lock, too. */
	dev.t.meanwhile = second_drops;
	CHECK_EQ(take(3), 0);
	CHECK_EQ(dev.t.waits, 2);
	drop(3);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static int a_wait_in_vain_leaves_nothing_behind(void)
{
	uint64_t began;

	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	began = dev.t.now;
	CHECK_EQ(take(1), -ETIMEDOUT);
	CHECK_EQ(dev.t.now - began, TIMEOUT_NS);
	CHECK_EQ(mmu_cause(1)->reason, PRAMIN_REASON_MMU_BUSY);
	CHECK_EQ(mmu_cause(1)->arg[0], 100);
	drop(0);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void revoke_the_second(struct table *t)
{
	pramin_share_revoke(op_of(t, 1));
}

static int a_handle_that_is_revoked_stops_waiting(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = revoke_the_second;
	CHECK_EQ(take(1), -ENODEV);
	CHECK_EQ(mmu_cause(1)->reason, PRAMIN_REASON_REVOKED);
	drop(0);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void first_dies(struct table *t)
{
	t->p[0].dead = true;
	t->now += 100000000;
}

static int it_is_had_from_an_owner_who_has_died(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = first_dies;
	CHECK_EQ(take(1), 0);
	CHECK_EQ(dev.t.waits, 1);
	drop(1);
	CHECK_EQ(is_idle(), 0);

	/* One that came by a row */
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(1), 0);
	dev.t.meanwhile = second_drops;
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = first_dies;
	CHECK_EQ(take(2), 0);
	drop(2);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

/* The second waits, and dies before it is its turn. */
static void second_died_waiting(struct table *t)
{
	t->p[1].dead = true;
	reap_seat(t, 2, 1);
	drop(0);
}

static int one_who_died_waiting_is_not_given_it(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = second_died_waiting;
	/* Its own thread goes on here, and finds that it is not its turn. */
	CHECK_EQ(take(1), -ETIMEDOUT);
	CHECK_EQ(take(2), 0);
	drop(2);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void first_cannot_hand_on(struct table *t)
{
	t->lock_from = t->locks + 1;
	t->lock_says = -ETIMEDOUT;
	drop(0);
	t->lock_from = 0;
	t->lock_says = 0;
}

static int a_drop_without_the_lock_is_made_good_by_those_who_wait(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = first_cannot_hand_on;
	CHECK_EQ(take(1), 0);
	drop(1);
	CHECK_EQ(is_idle(), 0);

	/* The first by a row */
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(1), 0);
	dev.t.meanwhile = second_drops;
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = first_cannot_hand_on;
	CHECK_EQ(take(2), 0);
	drop(2);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static int a_drop_keeps_the_cause_of_its_call(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(1), 0);
	dev.t.meanwhile = second_drops;
	CHECK_EQ(take(0), 0);
	dev.t.p[0].op.cause.reason = PRAMIN_REASON_TLB_STUCK;
	first_cannot_hand_on(&dev.t);
	CHECK_EQ(mmu_cause(0)->reason, PRAMIN_REASON_TLB_STUCK);
	reap_seat(&dev.t, 1, 4);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void the_lock_is_stopped(struct table *t)
{
	t->lock_from = t->locks + 1;
	t->lock_says = -ETIMEDOUT;
	t->now += TIMEOUT_NS;
}

static int giving_up_without_the_lock_is_made_good_later(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = the_lock_is_stopped;
	CHECK_EQ(take(1), -ETIMEDOUT);
	CHECK_EQ(mmu_cause(1)->reason, PRAMIN_REASON_STOPPED);
	dev.t.lock_says = 0;
	dev.t.lock_from = 0;
	drop(0);
	CHECK_EQ(is_idle(), 0);

	/* Asking needs the lock. */
	CHECK_EQ(take(0), 0);
	dev.t.lock_from = dev.t.locks + 1;
	dev.t.lock_says = -ETIMEDOUT;
	CHECK_EQ(take(1), -ETIMEDOUT);
	CHECK_EQ(mmu_cause(1)->reason, PRAMIN_REASON_STOPPED);
	dev.t.lock_says = 0;
	dev.t.lock_from = 0;
	drop(0);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void given_at_the_last_moment(struct table *t)
{
	t->now += TIMEOUT_NS;
	/* Handed on when the other has looked at the word, not yet given up */
	t->p[0].dead = true;
}

static int what_is_given_at_the_last_moment_is_taken(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = given_at_the_last_moment;
	CHECK_EQ(take(1), 0);
	drop(1);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void first_drops_at_the_next_lock(struct table *t)
{
	t->at_lock = first_drops;
}

static void time_is_over(struct table *t)
{
	t->now += TIMEOUT_NS;
	/* At the look for the dead nothing has happened yet. */
	t->at_lock = first_drops_at_the_next_lock;
}

static int what_is_given_to_one_who_gives_up_is_taken(void)
{
	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	dev.t.meanwhile = time_is_over;
	CHECK_EQ(take(1), 0);
	CHECK_EQ(dev.t.waits, 1);
	drop(1);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void a_little_later(struct table *t)
{
	t->now += 50000000;
}

static int a_wait_ends_in_time_whenever_the_looks_are(void)
{
	uint64_t began;

	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	began = dev.t.now;
	dev.t.meanwhile = a_little_later;
	CHECK_EQ(take(1), -ETIMEDOUT);
	CHECK_EQ(dev.t.now - began, TIMEOUT_NS);
	drop(0);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static int who_came_first_is_next_in_whatever_row(void)
{
	struct pramin_mmu_lock *l;

	CHECK_EQ(meet(), 0);
	l = &dev.t.m->mmu.lock;
	l->wait[0] = (struct pramin_mmu_wait){ .ticket = 9, .seat = 1,
					       .state = 1 };
	l->wait[1] = (struct pramin_mmu_wait){ .ticket = 3, .seat = 2,
					       .state = 1 };
	l->wait[2] = (struct pramin_mmu_wait){ .ticket = 7, .seat = 1,
					       .state = 1 };
	l->word = 1u << 31;
	pramin_share_reap_all(mmu_op(0), dev.t.now);
	CHECK_EQ(word(), 0x80000101);
	CHECK_EQ(l->wait[1].wake, 1);
	CHECK_EQ(l->pid, 102);
	return 0;
}

static int too_many_who_wait_are_refused(void)
{
	unsigned int i;

	CHECK_EQ(meet(), 0);
	CHECK_EQ(take(0), 0);
	for (i = 0; i < PRAMIN_MMU_WAITS; i++) {
		dev.t.m->mmu.lock.wait[i].state = 1;
		dev.t.m->mmu.lock.wait[i].seat = 4;
	}
	CHECK_EQ(take(1), -EBUSY);
	CHECK_EQ(mmu_cause(1)->reason, PRAMIN_REASON_TOO_MANY);
	CHECK_EQ(mmu_cause(1)->arg[0], PRAMIN_MMU_WAITS);
	reap_seat(&dev.t, 1, 4);
	drop(0);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static void another_wants_to_invalidate(struct mmu_dev *d)
{
	const struct pramin_tlb_request req = { .all = true };

	d->at_trigger = NULL;
	result[1] = pramin_tlb_invalidate(mmu_op(1), &req);
}

static int an_invalidate_keeps_others_from_its_registers(void)
{
	const struct pramin_tlb_request req = { .page_dir = 0x1000 };
	const struct mmu_write want[] = { { 0xb830a0, 0x10 },
					  { 0xb830a4, 0 },
					  { 0xb830b0, 0x80000001 } };

	CHECK_EQ(meet(), 0);
	dev.at_trigger = another_wants_to_invalidate;
	CHECK_EQ(pramin_tlb_invalidate(mmu_op(0), &req), 0);
	CHECK_EQ(result[1], -ETIMEDOUT);
	CHECK_EQ(mmu_wrote(want, 3), 0);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

static int a_failed_invalidate_drops_the_lock(void)
{
	const struct pramin_tlb_request req = { .page_dir = 0x1000 };

	CHECK_EQ(meet(), 0);
	dev.tlb_after = FOREVER;
	CHECK_EQ(pramin_tlb_invalidate(mmu_op(0), &req), -ETIMEDOUT);
	CHECK_EQ(mmu_cause(0)->reason, PRAMIN_REASON_TLB_STUCK);
	CHECK_EQ(is_idle(), 0);
	/* Neither is it held for one that cannot begin. */
	CHECK_EQ(take(0), 0);
	CHECK_EQ(pramin_tlb_invalidate(mmu_op(1), &req), -ETIMEDOUT);
	CHECK_EQ(mmu_cause(1)->reason, PRAMIN_REASON_MMU_BUSY);
	drop(0);
	CHECK_EQ(is_idle(), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(uncontended_it_needs_no_other_lock),
		TEST(a_user_who_meets_nobody_has_it_at_once),
		TEST(whoever_waits_gets_it_from_the_one_who_drops_it),
		TEST(what_is_dropped_before_one_can_ask_is_not_waited_for),
		TEST(those_who_wait_are_served_in_the_order_in_which_they_came),
		TEST(who_comes_meanwhile_does_not_overtake_who_waits),
		TEST(a_wait_in_vain_leaves_nothing_behind),
		TEST(a_handle_that_is_revoked_stops_waiting),
		TEST(it_is_had_from_an_owner_who_has_died),
		TEST(one_who_died_waiting_is_not_given_it),
		TEST(a_drop_without_the_lock_is_made_good_by_those_who_wait),
		TEST(a_drop_keeps_the_cause_of_its_call),
		TEST(giving_up_without_the_lock_is_made_good_later),
		TEST(what_is_given_at_the_last_moment_is_taken),
		TEST(what_is_given_to_one_who_gives_up_is_taken),
		TEST(a_wait_ends_in_time_whenever_the_looks_are),
		TEST(who_came_first_is_next_in_whatever_row),
		TEST(too_many_who_wait_are_refused),
		TEST(an_invalidate_keeps_others_from_its_registers),
		TEST(a_failed_invalidate_drops_the_lock),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
