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
	CHECK(h.room.woken == &h.user[1] && !h.user[1].next_woken);
	CHECK_EQ(says(1), IN);
	CHECK(pramin_room_wanted(&h.room, &h.user[0]));
	CHECK(!pramin_room_wanted(&h.room, &h.user[2]));
	CHECK_EQ(leave(0), OUT);
	CHECK(!h.room.woken);
	CHECK_EQ(leave(1), OUT);
	CHECK(h.room.woken == &h.user[2]);
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
	CHECK_EQ(hall_enter(&h, 2, 8), -EBUSY);
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
	CHECK(h.room.woken == &h.user[2]);
	CHECK(h.user[2].next_woken == &h.user[3]);
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

static int what_a_dead_owner_held_is_lost_for_those_beside_it(void)
{
	open_room();
	h.user[2].owner = 9;
	CHECK_EQ(hall_enter(&h, 1, 0), IN);
	CHECK_EQ(hall_enter(&h, 2, MIB), WAIT);
	CHECK_EQ(hall_enter(&h, 3, MIB), WAIT);
	/* One who only waited has touched nothing. */
	CHECK_EQ(pramin_room_reap(&h.room, 9), OUT);
	CHECK_EQ(says(2), OUT);
	CHECK(!pramin_room_lost(&h.room, &h.user[1]));
	CHECK_EQ(pramin_room_reap(&h.room, h.user[0].owner), OUT);
	CHECK(pramin_room_lost(&h.room, &h.user[1]));
	CHECK_EQ(hall_enter(&h, 0, 0), WAIT);
	CHECK_EQ(leave(1), OUT);
	CHECK_EQ(says(3), PLACE);
	/* A mover that dies */
	CHECK_EQ(pramin_room_reap(&h.room, h.user[3].owner), OUT);
	CHECK(h.room.woken == &h.user[0]);
	CHECK_EQ(says(0), PLACE);
	return 0;
}

static int a_revoked_room_refuses_and_the_last_one_drains_it(void)
{
	open_room();
	hall_enter(&h, 1, MIB);
	hall_enter(&h, 2, 0);
	CHECK_EQ(pramin_room_revoke(&h.room), OUT);
	CHECK(h.room.woken == &h.user[1]);
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
	h.user[0].prev = &h.user[1];
	CHECK_EQ(pramin_room_check(&h.room), 1);
	h.user[0].prev = NULL;
	h.user[1].state = PRAMIN_ROOM_IDLE;
	CHECK_EQ(pramin_room_check(&h.room), 1);
	h.user[1].state = PRAMIN_ROOM_WAITING;
	h.user[1].vram_pa = 0;
	CHECK_EQ(pramin_room_check(&h.room), 2);
	h.user[1].vram_pa = MIB;
	h.room.mover = &h.user[0];
	CHECK_EQ(pramin_room_check(&h.room), 3);
	h.room.mover = &h.user[1];
	CHECK_EQ(pramin_room_check(&h.room), 3);
	h.room.mover = NULL;
	h.room.revoked = true;
	CHECK_EQ(pramin_room_check(&h.room), 4);
	h.room.revoked = false;
	h.room.base_known = false;
	CHECK_EQ(pramin_room_check(&h.room), 5);
	h.room.base_known = true;
	h.user[1].owner = h.user[0].owner;
	CHECK_EQ(pramin_room_check(&h.room), 7);
	h.room.inside.first = h.room.inside.last = NULL;
	CHECK_EQ(pramin_room_check(&h.room), 2);
	open_room();
	hall_enter(&h, 1, 0);
	h.user[1].alone = true;
	CHECK_EQ(pramin_room_check(&h.room), 6);
	h.user[0].alone = true;
	CHECK_EQ(pramin_room_check(&h.room), 6);
	h.room.mover = &h.user[0];
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
	TEST(what_a_dead_owner_held_is_lost_for_those_beside_it),
	TEST(a_revoked_room_refuses_and_the_last_one_drains_it),
	TEST(a_broken_invariant_is_found),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
