// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Every state that a few users can reach, and long random runs of more.
 */
#include <stdlib.h>

#include "core_room.h"

static struct hall hall;

enum {
	CANCEL = 8,
	LEAVE,
	PLACED,
	FAILED,
	REAP,
	FORGET,
	DOUBT,
	REVOKE,
	OPS
};

/* Operations below CANCEL enter: position, alone, lasting */
static void apply(struct hall *h, unsigned int i, unsigned int op)
{
	struct pramin_room_user *u = &h->user[i];

	if (op < CANCEL) {
		if (u->state == PRAMIN_ROOM_WAITING || hall_inside(h, i))
			return;
		u->alone = op & 2;
		u->lasting = op & 4;
		u->cost = 1;
		hall_enter(h, i, op & 1 ? MIB : 0);
	} else if (op == CANCEL) {
		pramin_room_cancel(&h->room, u);
	} else if (op == LEAVE) {
		pramin_room_leave(&h->room, u);
	} else if (op == PLACED) {
		hall_placed(h, i, 0);
	} else if (op == FAILED) {
		hall_placed(h, i, -EIO);
	} else if (op == REAP) {
		pramin_room_reap(&h->room, u->party);
	} else if (op == FORGET) {
		pramin_room_forget(&h->room);
		h->at_known = false;
	} else if (op == DOUBT) {
		pramin_room_doubt(&h->room);
	} else if (op == REVOKE) {
		pramin_room_revoke(&h->room);
	}
}

static const struct pramin_room_user *at(const struct hall *h,
					 pramin_room_link link)
{
	return pramin_room_at(&h->room, link);
}

/* What distinguishes two states; epochs count only as old and new */
#define KEY 32
static void key_of(const struct hall *h, unsigned int users, uint8_t *key)
{
	const struct pramin_room_user *u;
	unsigned int i, n = 0;

	memset(key, 0, KEY);
	for (i = 0; i < users; i++) {
		u = &h->user[i];
		if (u->state == PRAMIN_ROOM_IDLE)
			continue;
		key[i] = (uint8_t)(8 * (int)u->state + (u->vram_pa ? 1 : 0));
		key[i] |= u->alone ? 2 : 0;
		key[i] |= u->lasting ? 4 : 0;
		if (hall_inside(h, i) && pramin_room_lost(&h->room, u))
			key[i] |= 128;
	}
	for (u = at(h, h->room.inside.first); u; u = at(h, u->next))
		key[8 + n++] = (uint8_t)(u - h->user + 1);
	for (u = at(h, h->room.queue.first); u; u = at(h, u->next))
		key[8 + n++] = (uint8_t)(u - h->user + 1);
	u = at(h, h->room.mover);
	key[16] = u ? (uint8_t)(u - h->user + 1) : 0;
	key[17] = h->room.base_known;
	key[18] = h->room.base ? 1 : 0;
	key[19] = h->room.revoked;
	key[20] = h->room.queue.first ? (uint8_t)h->room.left : 0;
}

#define SLOTS  (1u << 18)
#define STATES 120000u

struct found {
	uint8_t key[KEY];
	struct hall hall;
};

static struct found *found;
static uint32_t slots[SLOTS];
static unsigned int states;

static void see(const struct hall *h, unsigned int users)
{
	uint8_t key[KEY];
	uint32_t hash = 2166136261u;
	unsigned int i;

	key_of(h, users, key);
	for (i = 0; i < KEY; i++)
		hash = (hash ^ key[i]) * 16777619u;
	for (hash ^= hash >> 15;; hash++) {
		uint32_t at = slots[hash % SLOTS];

		if (!at)
			break;
		if (!memcmp(found[at - 1].key, key, KEY))
			return;
	}
	if (states < STATES) {
		memcpy(found[states].key, key, KEY);
		found[states].hall = *h;
	}
	slots[hash % SLOTS] = ++states;
}

/* Whoever waited before and may go on now is listed, but for the caller. */
static bool all_told(const struct hall *before, unsigned int caller)
{
	const struct pramin_room_user *u;
	unsigned int i;

	for (i = 0; i < USERS; i++) {
		if (i == caller ||
		    before->user[i].state != PRAMIN_ROOM_WAITING ||
		    hall.user[i].state == PRAMIN_ROOM_WAITING ||
		    hall.user[i].state == PRAMIN_ROOM_IDLE)
			continue;
		for (u = at(&hall, hall.room.woken);
		     u && u != &hall.user[i];)
			u = at(&hall, u->next_woken);
		if (!u)
			return false;
	}
	return true;
}

static int explore(unsigned int users, bool nested)
{
	unsigned int at, i, op;
	const char *why;

	found = calloc(STATES, sizeof(*found));
	CHECK(found);
	memset(slots, 0, sizeof(slots));
	states = 0;
	hall_init(&hall);
	hall.room.quantum = 2;
	if (nested)
		hall.user[1].owner = hall.user[0].owner;
	see(&hall, users);
	for (at = 0; at < states && at < STATES; at++) {
		for (i = 0; i < users; i++) {
			for (op = 0; op < OPS; op++) {
				hall = found[at].hall;
				apply(&hall, i, op);
				CHECK(all_told(&found[at].hall, i));
				why = hall_unsafe(&hall);
				if (why)
					printf("state %u, user %u, op %u: %s\n",
					       at, i, op, why);
				CHECK(!why);
				see(&hall, users);
			}
		}
		hall = found[at].hall;
		CHECK(hall_drains(&hall));
	}
	free(found);
	CHECK(states < STATES);
	return 0;
}

static int every_state_of_three_owners_is_safe_and_drains(void)
{
	CHECK_EQ(explore(3, false), 0);
	CHECK_EQ(states, 37904);
	return 0;
}

static int every_state_with_a_nested_request_is_safe_and_drains(void)
{
	CHECK_EQ(explore(3, true), 0);
	CHECK_EQ(states, 5336);
	return 0;
}

static uint32_t rnd(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*seed >> 33) % below;
}

static int random_runs_are_safe_and_everybody_is_served(void)
{
	uint64_t seed = 1;
	unsigned int run, step;

	for (run = 0; run < 400; run++) {
		hall_init(&hall);
		hall.room.quantum = rnd(&seed, 5);
		for (step = 0; step < 250; step++) {
			uint32_t op = rnd(&seed, OPS + 8);
			const char *why;

			if (op == REVOKE && step < 200)
				continue;
			op = op < OPS ? op : op % 2 ? LEAVE : PLACED;
			apply(&hall, rnd(&seed, USERS), op);
			why = hall_unsafe(&hall);
			if (why)
				printf("run %u, step %u: %s\n", run, step, why);
			CHECK(!why);
		}
		CHECK(hall_drains(&hall));
	}
	return 0;
}

/* Newcomers to an open room, against one who waits: counted from outside */
static int a_waiter_is_overtaken_for_at_most_one_quantum_in_each_turn(void)
{
	uint64_t seed = 2;
	unsigned int run, step, i;

	for (run = 0; run < 2000; run++) {
		uint32_t quantum = rnd(&seed, 9), passed = 0, turns = 0, ahead;

		hall_init(&hall);
		hall.room.quantum = quantum;
		for (i = 1; i < USERS; i++)
			hall_enter(&hall, i, rnd(&seed, 3) * MIB);
		if (hall_enter(&hall, 0, 3 * MIB) != WAIT)
			return CHECK_FAILED;
		for (ahead = 0, i = 1; i < USERS; i++)
			ahead += hall.user[i].state == PRAMIN_ROOM_WAITING;
		for (step = 0; !hall_inside(&hall, 0); step++) {
			struct pramin_room_user *u;

			CHECK(step < 4000);
			i = 1 + rnd(&seed, USERS - 1);
			u = &hall.user[i];
			if (hall_is(&hall, hall.room.mover, i)) {
				hall_placed(&hall, i, 0);
			} else if (hall_inside(&hall, i)) {
				u = hall_is(&hall, hall.room.inside.first, i) &&
						    !u->next ?
					    u :
					    NULL;
				pramin_room_leave(&hall.room, &hall.user[i]);
				if (u) {
					turns++;
					passed = 0;
				}
			} else if (u->state == PRAMIN_ROOM_IDLE) {
				u->cost = rnd(&seed, 4);
				if (hall_enter(&hall, i, rnd(&seed, 3) * MIB) ==
				    IN)
					passed += u->cost ? u->cost : 1;
				CHECK(passed <= quantum);
			}
		}
		CHECK(turns <= ahead + 1);
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_state_of_three_owners_is_safe_and_drains),
	TEST(every_state_with_a_nested_request_is_safe_and_drains),
	TEST(random_runs_are_safe_and_everybody_is_served),
	TEST(a_waiter_is_overtaken_for_at_most_one_quantum_in_each_turn),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
