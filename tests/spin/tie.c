// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The C code of the room, driven by the verifier of the model.
 *
 * Everything that knows what a room looks like inside is in this file. What is
 * not compared: absolute epochs and tickets (they grow for ever; the model has
 * only old or not), the order of those inside, and what is left of a quantum
 * while nobody waits, which nobody reads.
 */
#include "tie.h"

#define MIB (1024ull * 1024)

struct tie_hall tie_hall;
int tie_said;
static bool wakes_nobody; /* the last call, so the list is an older one's */

/* The ranges of policy.pml, and where the window goes for each */
static const struct {
	uint64_t pa, len, base;
} ranges[] = {
	{ 5, 4, 0 },
	{ MIB, 16, MIB },
	{ MIB - 8, 16, MIB - 65536 },
};

/* Kinds of policy.pml */
enum {
	BOUNDED = 1,
	LARGE,
	VIEW,
	ALONE,
	ALONE_VIEW
};

static int number_of(int ret)
{
	switch (ret) {
	case -EINVAL:
		return 10;
	case -EBUSY:
		return 11;
	case -EIO:
		return 12;
	case -ENODEV:
		return 13;
	case -EAGAIN:
		return 14;
	default:
		return ret >= 0 && ret <= PRAMIN_ROOM_DRAINED ? ret : 99;
	}
}

void tie_init(uint32_t quantum, unsigned int owners)
{
	unsigned int i;

	tie_hall = (struct tie_hall){ 0 };
	pramin_room_init(&tie_hall.room);
	tie_hall.room.quantum = quantum;
	for (i = 0; i < TIE_USERS; i++) {
		/* The one behind the last owner is a second one of the first. */
		tie_hall.user[i].owner = i < owners ? i + 1 : 1;
		tie_hall.user[i].party = i < owners ? 10 * (i + 1) : 10;
	}
}

int tie_enter(unsigned int i, unsigned int range, unsigned int kind)
{
	struct pramin_room_user *user = &tie_hall.user[i];

	user->vram_pa = ranges[range].pa;
	user->len = ranges[range].len;
	user->cost = kind == LARGE ? tie_hall.room.quantum + 1 : 1;
	user->alone = kind == ALONE || kind == ALONE_VIEW;
	user->lasting = kind == VIEW || kind == ALONE_VIEW;
	return number_of(pramin_room_enter(&tie_hall.room, user));
}

int tie_placed(unsigned int i, int failed)
{
	return number_of(pramin_room_placed(&tie_hall.room, &tie_hall.user[i],
					    failed ? -EIO : 0));
}

int tie_leave(unsigned int i)
{
	return number_of(pramin_room_leave(&tie_hall.room, &tie_hall.user[i]));
}

int tie_cancel(unsigned int i)
{
	return number_of(pramin_room_cancel(&tie_hall.room, &tie_hall.user[i]));
}

int tie_reap(unsigned int i)
{
	return number_of(
		pramin_room_reap(&tie_hall.room, tie_hall.user[i].party));
}

int tie_spend(void)
{
	wakes_nobody = true;
	return (int)pramin_room_spend(&tie_hall.room);
}

int tie_doubt(void)
{
	pramin_room_doubt(&tie_hall.room);
	return 0;
}

int tie_forget(void)
{
	pramin_room_forget(&tie_hall.room);
	return 0;
}

int tie_revoke(void)
{
	return number_of(pramin_room_revoke(&tie_hall.room));
}

static bool is_user(pramin_room_link link, unsigned int i)
{
	return pramin_room_at(&tie_hall.room, link) == &tie_hall.user[i];
}

/* What one user says of itself, and what the room answers about it */
static int user_differs(const struct tie_model *m, unsigned int i)
{
	const struct pramin_room *room = &tie_hall.room;
	const struct pramin_room_user *user = &tie_hall.user[i];
	bool inside = m->state[i] == PRAMIN_ROOM_INSIDE;
	int says;

	if (user->state != (enum pramin_room_state)m->state[i])
		return __LINE__;
	if (inside && pramin_room_lost(room, user) != (m->lost[i] != 0))
		return __LINE__;
	if (is_user(room->mover, i) != (m->mover == i))
		return __LINE__;
	if (inside)
		says = m->mover == i ? PRAMIN_ROOM_PLACE : PRAMIN_ROOM_IN;
	else if (m->state[i] == PRAMIN_ROOM_WAITING)
		says = PRAMIN_ROOM_WAIT;
	else
		says = m->state[i] == PRAMIN_ROOM_REFUSED ? -ENODEV :
							    PRAMIN_ROOM_OUT;
	if (pramin_room_result(room, user) != says)
		return __LINE__;
	if (pramin_room_wanted(room, user) !=
	    (inside && m->mover == TIE_NONE && m->queued > 0))
		return __LINE__;
	return 0;
}

/* Those who wait, in order, and those whom the last call has woken */
static int lists_differ(const struct tie_model *m)
{
	const struct pramin_room *room = &tie_hall.room;
	pramin_room_link link = room->queue.first;
	unsigned int i;

	for (i = 0; i < m->queued; i++) {
		if (!is_user(link, m->queue[i]))
			return __LINE__;
		link = tie_hall.user[m->queue[i]].next;
	}
	if (pramin_room_at(room, link))
		return __LINE__;
	if (wakes_nobody)
		return 0;
	link = room->woken;
	for (i = 0; i < m->wakes; i++) {
		if (!is_user(link, m->woken[i]))
			return __LINE__;
		link = tie_hall.user[m->woken[i]].next_woken;
	}
	return pramin_room_at(room, link) ? __LINE__ : 0;
}

int tie_differs(const struct tie_model *m)
{
	const struct pramin_room *room = &tie_hall.room;
	const struct pramin_room_user *oldest = pramin_room_oldest(room);
	unsigned int i, inside = 0;
	int at;

	if (tie_said != m->says)
		return __LINE__;
	for (i = 0; i < m->users; i++) {
		at = user_differs(m, i);
		if (at)
			return at;
		inside += m->state[i] == PRAMIN_ROOM_INSIDE;
	}
	at = lists_differ(m);
	wakes_nobody = false;
	if (at)
		return at;
	if (room->base_known != (m->known != 0) ||
	    room->base != ranges[m->base].base ||
	    room->revoked != (m->revoked != 0))
		return __LINE__;
	if (m->queued && room->left != m->left)
		return __LINE__;
	if (inside ? !oldest || oldest->state != PRAMIN_ROOM_INSIDE : !!oldest)
		return __LINE__;
	return pramin_room_check(room) ? __LINE__ : 0;
}
