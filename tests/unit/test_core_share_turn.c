// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * How a turn is cut into parts for the handles that share its position.
 */
#include "core_share.h"

static struct table t;
static unsigned int passed;

static uint64_t gate(unsigned int i)
{
	return t.m->seat[i].gate;
}

/* One who waits and does nothing else: a request without a call */
static int waits_at(struct table *table, unsigned int seat, uint64_t pa)
{
	struct pramin_room_user *user = &table->m->request[900 + seat].user;

	*user = (struct pramin_room_user){
		.vram_pa = pa,
		.len = 1,
		.owner = 900 + seat,
		.party = seat,
	};
	return pramin_room_enter(&table->m->room, user);
}

static void two_more_wait(struct table *table)
{
	passed = waits_at(table, 2, MIB) == PRAMIN_ROOM_WAIT;
	passed += waits_at(table, 4, 3 * MIB) == PRAMIN_ROOM_WAIT;
	pramin_leave(&table->p[0].op, 0);
}

static int a_turn_is_shared_among_the_handles_of_its_position(void)
{
	unsigned int locks, i;

	CHECK_EQ(set_table(&t, 5), 0);
	CHECK_EQ(come_in(&t, 0, 5), 0);
	t.meanwhile = two_more_wait;
	CHECK_EQ(come_in(&t, 1, MIB), 0);
	CHECK_EQ(passed, 2);
	/* Two are inside, so the first gate has half of it, */
	CHECK_EQ(pramin_gate_left(gate(1)), PRAMIN_ROOM_QUANTUM / 2);
	/* and later ones a little, */
	CHECK_EQ(come_in(&t, 3, MIB), 0);
	CHECK_EQ(pramin_gate_left(gate(3)), 8);
	locks = t.locks;
	for (i = 0; i < 8; i++)
		CHECK(pramin_gate_enter(op_of(&t, 3), MIB, 1, 1));
	CHECK_EQ(t.locks, locks);
	CHECK_EQ(pramin_gate_left(gate(3)), 0);
	/* then more. */
	CHECK_EQ(come_in(&t, 3, MIB), 0);
	CHECK_EQ(pramin_gate_left(gate(3)), 8);
	CHECK_EQ(gate(3) & GATE_COUNT, 10);
	CHECK(!t.p[3].op.request);
	/* or what there is, */
	t.m->room.left = 3;
	for (i = 0; i < 8; i++)
		CHECK(pramin_gate_enter(op_of(&t, 3), MIB, 1, 1));
	CHECK_EQ(come_in(&t, 3, MIB), 0);
	CHECK_EQ(pramin_gate_left(gate(3)), 2);
	/* but not more calls than can be counted. */
	t.m->seat[3].gate |= GATE_COUNT;
	t.m->room.left = 3;
	CHECK_EQ(come_in(&t, 3, MIB), 0);
	CHECK(t.p[3].op.request != NULL);
	CHECK_EQ(go_out(&t, 3), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_turn_is_shared_among_the_handles_of_its_position),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
