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

static unsigned int more;

static struct pramin_op outer;

static void nested_beside_a_full_gate(struct table *table)
{
	outer = table->p[0].op;
	passed = (unsigned int)touch(table, 0, 5);
	/* Even if there is something left of the turn */
	table->m->room.left = 5;
	passed |= (unsigned int)touch(table, 0, 5);
	more = table->m->room.left;
	table->m->seat[0].gate &= ~(GATE_COUNT | GATE_LEFT) | 1;
	/* With a place to count it, it has its part. */
	passed |= (unsigned int)touch(table, 0, 5);
	passed |= table->m->room.left;
	table->m->seat[0].gate &= ~GATE_COUNT;
	pramin_leave(&outer, 0);
}

static int a_full_gate_does_not_grow(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(touch(&t, 0, 5), 0);
	t.m->seat[0].gate |= GATE_COUNT;
	CHECK_EQ(come_in(&t, 0, 5), 0);
	t.meanwhile = nested_beside_a_full_gate;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK_EQ(more, 5);
	CHECK(!passed);
	return 0;
}

static void nested_in_doubt(struct table *table)
{
	outer = table->p[0].op;
	outer.doubt = true;
	pramin_share_tell(&outer);
	outer.doubt = false;
	passed = (unsigned int)touch(table, 0, 5);
	more = table->m->leases != 0;
	pramin_leave(&outer, 0);
}

static int in_doubt_no_gate_opens(void)
{
	const struct pramin_want want = { .len = 1, .alone = true };

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(pramin_share_ask(op_of(&t, 0), &want), 0);
	t.meanwhile = nested_in_doubt;
	CHECK_EQ(touch(&t, 1, MIB), 0);
	CHECK(!passed && !more);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_full_gate_does_not_grow),
		TEST(in_doubt_no_gate_opens),
		TEST(a_turn_is_shared_among_the_handles_of_its_position),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
