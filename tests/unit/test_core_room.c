// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who may use the window next: each answer, one after the other.
 */
#include "core_room.h"

static struct hall h;

/* User 0 inside at position 0, which is placed */
static void open_room(void)
{
	hall_init(&h);
	hall_enter(&h, 0, 0);
	hall_placed(&h, 0, 0);
}

static int says(unsigned int i)
{
	return pramin_room_result(&h.room, &h.user[i]);
}

static int leave(unsigned int i)
{
	return pramin_room_leave(&h.room, &h.user[i]);
}

static int the_first_places_and_those_of_its_position_share(void)
{
	hall_init(&h);
	CHECK_EQ(says(0), OUT);
	CHECK_EQ(hall_enter(&h, 0, 5), PLACE);
	CHECK_EQ(hall_enter(&h, 1, MIB - 4), WAIT);
	CHECK_EQ(hall_enter(&h, 2, MIB), WAIT);
	CHECK_EQ(says(1), WAIT);
	CHECK(!pramin_room_wanted(&h.room, &h.user[0]));
	CHECK_EQ(hall_placed(&h, 0, 0), IN);
	CHECK(hall_is(&h, h.room.woken, 1) && !h.user[1].next_woken);
	CHECK_EQ(says(1), IN);
	CHECK(pramin_room_wanted(&h.room, &h.user[0]));
	CHECK(!pramin_room_wanted(&h.room, &h.user[2]));
	CHECK_EQ(leave(0), OUT);
	CHECK(!h.room.woken);
	CHECK_EQ(leave(1), OUT);
	CHECK(hall_is(&h, h.room.woken, 2));
	CHECK_EQ(says(2), PLACE);
	CHECK_EQ(h.user[2].place, MIB);
	return 0;
}

static int the_position_of_an_empty_room_is_kept(void)
{
	open_room();
	CHECK(!pramin_room_wanted(&h.room, &h.user[0]));
	CHECK_EQ(leave(0), OUT);
	CHECK_EQ(hall_enter(&h, 1, 100), IN);
	CHECK_EQ(leave(1), OUT);
	pramin_room_forget(&h.room);
	CHECK_EQ(hall_enter(&h, 1, 100), PLACE);
	return 0;
}

static int a_range_that_is_only_partly_shown_does_not_enter(void)
{
	static const struct {
		uint64_t base, pa, len;
		int want;
	} cases[] = {
		{ MIB, MIB, MIB, IN },		 { MIB, MIB + 1, MIB - 1, IN },
		{ MIB, MIB + 65536, MIB, WAIT }, { MIB, MIB - 1, 1, WAIT },
		{ MIB, 2 * MIB - 1, 1, IN },	 { MIB, 2 * MIB - 1, 2, WAIT },
		{ MIB, 2 * MIB, 1, WAIT },	 { MIB, 0, 1, WAIT },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		hall_init(&h);
		CHECK_EQ(hall_enter(&h, 0, cases[i].base), PLACE);
		CHECK_EQ(hall_placed(&h, 0, 0), IN);
		h.user[1].len = cases[i].len;
		CHECK_EQ(hall_enter(&h, 1, cases[i].pa), cases[i].want);
	}
	return 0;
}

static int what_cannot_be_asked_is_invalid(void)
{
	open_room();
	CHECK_EQ(hall_enter(&h, 0, 0), -EINVAL);
	CHECK_EQ(hall_enter(&h, 1, MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 1, MIB), -EINVAL);
	h.user[2].len = 0;
	CHECK_EQ(hall_enter(&h, 2, 0), -EINVAL);
	h.user[2].len = MIB + 1;
	CHECK_EQ(hall_enter(&h, 2, 0), -EINVAL);
	CHECK_EQ(leave(1), -EINVAL);
	CHECK_EQ(leave(2), -EINVAL);
	CHECK_EQ(hall_placed(&h, 0, 0), -EINVAL);
	CHECK_EQ(hall_placed(&h, 1, 0), -EINVAL);
	CHECK_EQ(pramin_room_cancel(&h.room, &h.user[2]), -EINVAL);
	return 0;
}

static int an_owner_never_waits_for_itself(void)
{
	open_room();
	h.user[1].owner = h.user[2].owner = h.user[0].owner;
	CHECK_EQ(hall_enter(&h, 1, MIB), -EBUSY);
	h.user[1].alone = true;
	CHECK_EQ(hall_enter(&h, 1, 0), -EBUSY);
	h.user[1].alone = false;
	/* Closed to others, and still open to those who are inside */
	h.room.quantum = 0;
	CHECK_EQ(hall_enter(&h, 3, MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 4, 8), WAIT);
	CHECK_EQ(hall_enter(&h, 1, 8), IN);
	pramin_room_forget(&h.room);
	CHECK_EQ(hall_enter(&h, 2, 8), -EIO);
	h.user[5].owner = h.user[3].owner;
	CHECK_EQ(hall_enter(&h, 5, MIB), -EBUSY);
	return 0;
}

static int alone_is_a_turn_of_its_own(void)
{
	open_room();
	h.user[1].alone = true;
	CHECK_EQ(hall_enter(&h, 1, 0), WAIT);
	h.room.left = 0;
	CHECK_EQ(hall_enter(&h, 2, 0), WAIT);
	CHECK_EQ(leave(0), OUT);
	CHECK_EQ(says(1), IN);
	CHECK_EQ(says(2), WAIT);
	CHECK_EQ(hall_enter(&h, 3, 0), WAIT);
	/* What its owner does below it is no other holder. */
	h.user[4].owner = h.user[1].owner;
	CHECK_EQ(hall_enter(&h, 4, 0), IN);
	CHECK_EQ(pramin_room_check(&h.room), 0);
	CHECK_EQ(leave(1), OUT);
	CHECK_EQ(says(2), IN);
	CHECK_EQ(says(3), IN);
	return 0;
}

static int the_room_closes_when_its_quantum_is_used(void)
{
	open_room();
	h.room.quantum = 3;
	CHECK_EQ(hall_enter(&h, 1, MIB), WAIT);
	h.user[2].cost = 2;
	CHECK_EQ(hall_enter(&h, 2, 0), IN);
	CHECK_EQ(leave(2), OUT);
	CHECK_EQ(hall_enter(&h, 2, 0), WAIT);
	/* One access is left, but somebody with two waits already. */
	CHECK_EQ(hall_enter(&h, 3, 0), WAIT);
	/* Nobody is kept out any more: those behind enter. */
	CHECK_EQ(pramin_room_cancel(&h.room, &h.user[1]), OUT);
	CHECK(hall_is(&h, h.room.woken, 2));
	CHECK(hall_is(&h, h.user[2].next_woken, 3));
	CHECK_EQ(pramin_room_cancel(&h.room, &h.user[2]), IN);
	return 0;
}

static int a_view_overtakes_nobody_and_closes_the_room(void)
{
	open_room();
	h.user[2].lasting = true;
	CHECK_EQ(hall_enter(&h, 1, MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 2, 0), WAIT);
	CHECK_EQ(hall_enter(&h, 3, MIB), WAIT);
	CHECK_EQ(leave(0), OUT);
	CHECK_EQ(says(1), PLACE);
	CHECK_EQ(hall_placed(&h, 1, 0), IN);
	CHECK_EQ(says(3), IN);
	leave(1);
	leave(3);
	CHECK_EQ(says(2), PLACE);
	CHECK_EQ(hall_placed(&h, 2, 0), IN);
	CHECK_EQ(hall_enter(&h, 0, 0), IN);
	CHECK_EQ(hall_enter(&h, 1, MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 3, 0), WAIT);
	CHECK(pramin_room_oldest(&h.room) == &h.user[2]);
	return 0;
}

static int a_view_that_waits_behind_another_is_not_pulled_forward(void)
{
	open_room();
	h.user[3].lasting = true;
	CHECK_EQ(hall_enter(&h, 1, MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 2, 2 * MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 3, MIB), WAIT);
	leave(0);
	CHECK_EQ(hall_placed(&h, 1, 0), IN);
	CHECK_EQ(says(3), WAIT);
	leave(1);
	CHECK_EQ(says(2), PLACE);
	CHECK_EQ(hall_placed(&h, 2, -EIO), OUT);
	CHECK_EQ(says(3), PLACE);
	return 0;
}

static int a_move_that_failed_passes_on_to_the_next(void)
{
	hall_init(&h);
	hall_enter(&h, 0, 0);
	hall_enter(&h, 1, 0);
	CHECK_EQ(hall_placed(&h, 0, -EIO), OUT);
	CHECK_EQ(says(1), PLACE);
	CHECK_EQ(pramin_room_cancel(&h.room, &h.user[1]), PLACE);
	CHECK_EQ(leave(1), OUT);
	CHECK_EQ(hall_enter(&h, 0, 0), PLACE);
	return 0;
}

static int a_move_over_a_reset_is_made_again(void)
{
	hall_init(&h);
	hall_enter(&h, 0, 0);
	pramin_room_forget(&h.room);
	CHECK_EQ(hall_placed(&h, 0, 0), -EAGAIN);
	CHECK_EQ(says(0), PLACE);
	CHECK_EQ(hall_placed(&h, 0, 0), IN);
	CHECK(!pramin_room_lost(&h.room, &h.user[0]));
	return 0;
}

static int nobody_joins_those_whom_a_dead_one_leaves_behind(void)
{
	open_room();
	h.user[2].party = 9;
	CHECK_EQ(hall_enter(&h, 1, 0), IN);
	CHECK_EQ(hall_enter(&h, 2, MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 3, MIB), WAIT);
	/* One who only waited has touched nothing. */
	CHECK_EQ(pramin_room_reap(&h.room, 9), OUT);
	CHECK_EQ(says(2), OUT);
	CHECK(h.room.base_known);
	/* It cannot have moved the window while another was inside. */
	CHECK_EQ(pramin_room_reap(&h.room, h.user[0].party), OUT);
	CHECK(!pramin_room_lost(&h.room, &h.user[1]));
	CHECK_EQ(hall_enter(&h, 0, 0), WAIT);
	CHECK_EQ(leave(1), OUT);
	CHECK_EQ(says(3), PLACE);
	/* A mover that dies */
	CHECK_EQ(h.room.epoch, 0);
	CHECK_EQ(pramin_room_reap(&h.room, h.user[3].party), OUT);
	CHECK_EQ(h.room.epoch, 1);
	CHECK(hall_is(&h, h.room.woken, 0));
	CHECK_EQ(says(0), PLACE);
	return 0;
}

static int in_doubt_those_inside_go_on_and_the_next_one_places(void)
{
	open_room();
	h.user[2].owner = h.user[0].owner;
	pramin_room_doubt(&h.room);
	CHECK(!pramin_room_lost(&h.room, &h.user[0]));
	CHECK_EQ(hall_enter(&h, 1, 0), WAIT);
	CHECK_EQ(hall_enter(&h, 2, 0), IN);
	leave(2);
	leave(0);
	CHECK_EQ(says(1), PLACE);
	CHECK_EQ(pramin_room_check(&h.room), 0);
	return 0;
}

static int a_nested_request_on_a_lost_position_fails(void)
{
	open_room();
	h.user[1].owner = h.user[0].owner;
	pramin_room_forget(&h.room);
	CHECK_EQ(hall_enter(&h, 1, 0), -EIO);
	leave(0);
	/* Nor while its own move is under way */
	CHECK_EQ(hall_enter(&h, 0, 0), PLACE);
	CHECK_EQ(hall_enter(&h, 1, 0), -EBUSY);
	return 0;
}

static int a_user_may_ask_to_be_shown_more_than_it_needs(void)
{
	open_room();
	h.user[0].run = h.user[1].run = MIB;
	CHECK_EQ(hall_enter(&h, 1, MIB - 65536), IN);
	leave(1);
	leave(0);
	CHECK_EQ(hall_enter(&h, 0, 2 * MIB - 65536), PLACE);
	CHECK_EQ(h.user[0].place, 2 * MIB - 65536);
	return 0;
}

/* The lists are lost; what the users say of themselves is not. */
static void shatter(void)
{
	unsigned int i;

	for (i = 0; i < USERS; i++)
		h.user[i].prev = h.user[i].next = -1;
	h.room.inside.first = h.room.queue.last = 77;
}

static void rebuild(void)
{
	pramin_room_rebuild(&h.room, h.user, USERS, sizeof(h.user[0]));
}

static int lists_are_made_anew_in_the_old_order(void)
{
	open_room();
	hall_enter(&h, 4, 0);
	hall_enter(&h, 3, MIB);
	hall_enter(&h, 5, 2 * MIB);
	hall_enter(&h, 1, MIB);
	shatter();
	rebuild();
	CHECK_EQ(pramin_room_check(&h.room), 0);
	CHECK(hall_is(&h, h.room.inside.first, 0));
	CHECK(hall_is(&h, h.room.inside.last, 4));
	CHECK(hall_is(&h, h.room.queue.first, 3));
	CHECK(hall_is(&h, h.user[3].next, 5));
	CHECK(hall_is(&h, h.room.queue.last, 1));
	/* Nobody trusts the position; those inside go on. */
	CHECK_EQ(hall_enter(&h, 2, 0), WAIT);
	CHECK(!pramin_room_lost(&h.room, &h.user[4]));
	leave(4);
	leave(0);
	CHECK_EQ(says(3), PLACE);
	return 0;
}

static int a_mover_is_still_the_mover_after_a_rebuild(void)
{
	hall_init(&h);
	hall_enter(&h, 0, 0);
	hall_enter(&h, 1, 0);
	rebuild();
	CHECK_EQ(says(0), PLACE);
	CHECK_EQ(pramin_room_check(&h.room), 0);
	CHECK_EQ(hall_placed(&h, 0, 0), IN);
	/* One that died before it was inside is not; the others go on. */
	leave(0);
	leave(1);
	hall_enter(&h, 2, MIB);
	hall_enter(&h, 1, 0);
	h.user[2].state = PRAMIN_ROOM_IDLE;
	rebuild();
	CHECK_EQ(says(1), PLACE);
	CHECK_EQ(pramin_room_check(&h.room), 0);
	return 0;
}

static int a_revoked_room_refuses_and_the_last_one_drains_it(void)
{
	open_room();
	hall_enter(&h, 1, MIB);
	hall_enter(&h, 2, 0);
	CHECK_EQ(pramin_room_revoke(&h.room), OUT);
	CHECK(hall_is(&h, h.room.woken, 1));
	CHECK_EQ(says(1), -ENODEV);
	CHECK_EQ(pramin_room_cancel(&h.room, &h.user[1]), -ENODEV);
	CHECK_EQ(hall_enter(&h, 1, 0), -ENODEV);
	CHECK_EQ(leave(2), OUT);
	CHECK_EQ(leave(0), DRAINED);
	CHECK_EQ(pramin_room_revoke(&h.room), DRAINED);
	return 0;
}

static int a_broken_invariant_is_found(void)
{
	open_room();
	hall_enter(&h, 1, MIB);
	CHECK_EQ(pramin_room_check(&h.room), 0);
	h.user[0].prev = hall_link(&h, 1);
	CHECK_EQ(pramin_room_check(&h.room), 1);
	h.user[0].prev = 0;
	h.user[1].state = PRAMIN_ROOM_IDLE;
	CHECK_EQ(pramin_room_check(&h.room), 1);
	h.user[1].state = PRAMIN_ROOM_WAITING;
	h.user[1].vram_pa = 0;
	CHECK_EQ(pramin_room_check(&h.room), 2);
	h.user[1].vram_pa = MIB;
	h.room.mover = hall_link(&h, 0);
	CHECK_EQ(pramin_room_check(&h.room), 3);
	h.room.mover = hall_link(&h, 1);
	CHECK_EQ(pramin_room_check(&h.room), 3);
	h.room.mover = 0;
	h.room.revoked = true;
	CHECK_EQ(pramin_room_check(&h.room), 4);
	h.room.revoked = false;
	h.room.base = 2 * MIB;
	CHECK_EQ(pramin_room_check(&h.room), 5);
	h.room.base = 0;
	h.user[1].owner = h.user[0].owner;
	CHECK_EQ(pramin_room_check(&h.room), 7);
	h.room.inside.first = h.room.inside.last = 0;
	CHECK_EQ(pramin_room_check(&h.room), 2);
	open_room();
	hall_enter(&h, 1, 0);
	h.user[1].alone = true;
	CHECK_EQ(pramin_room_check(&h.room), 6);
	h.user[0].alone = true;
	CHECK_EQ(pramin_room_check(&h.room), 6);
	h.room.mover = hall_link(&h, 0);
	CHECK_EQ(pramin_room_check(&h.room), 3);
	return 0;
}

static const struct check_test tests[] = {
	TEST(the_first_places_and_those_of_its_position_share),
	TEST(the_position_of_an_empty_room_is_kept),
	TEST(a_range_that_is_only_partly_shown_does_not_enter),
	TEST(what_cannot_be_asked_is_invalid),
	TEST(an_owner_never_waits_for_itself),
	TEST(alone_is_a_turn_of_its_own),
	TEST(the_room_closes_when_its_quantum_is_used),
	TEST(a_view_overtakes_nobody_and_closes_the_room),
	TEST(a_view_that_waits_behind_another_is_not_pulled_forward),
	TEST(a_move_that_failed_passes_on_to_the_next),
	TEST(a_move_over_a_reset_is_made_again),
	TEST(nobody_joins_those_whom_a_dead_one_leaves_behind),
	TEST(in_doubt_those_inside_go_on_and_the_next_one_places),
	TEST(a_nested_request_on_a_lost_position_fails),
	TEST(a_user_may_ask_to_be_shown_more_than_it_needs),
	TEST(lists_are_made_anew_in_the_old_order),
	TEST(a_mover_is_still_the_mover_after_a_rebuild),
	TEST(a_revoked_room_refuses_and_the_last_one_drains_it),
	TEST(a_broken_invariant_is_found),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
