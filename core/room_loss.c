// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What may go wrong in a room: the position is lost, a party dies, the GPU goes
 * away; and the invariants that hold all the same.
 */
#include "room_list.h"

static void lose(struct pramin_room *room)
{
	room->base_known = false;
	/* Those inside look at it without the lock. */
	__atomic_store_n(&room->epoch, room->epoch + 1, __ATOMIC_RELAXED);
}

void pramin_room_forget(struct pramin_room *room)
{
	room_wake_none(room);
	lose(room);
}

void pramin_room_doubt(struct pramin_room *room)
{
	room_wake_none(room);
	room->base_known = false;
}

int pramin_room_reap(struct pramin_room *room, uint32_t party)
{
	struct pramin_room_user *u, *next;
	bool held = false;

	room_wake_none(room);
	for (u = room_at(room, room->queue.first); u; u = next) {
		next = room_at(room, u->next);
		if (u->party == party) {
			room_remove(room, &room->queue, u);
			room_set_state(u, PRAMIN_ROOM_IDLE);
		}
	}
	for (u = room_at(room, room->inside.first); u; u = next) {
		next = room_at(room, u->next);
		if (u->party == party) {
			room_go_out(room, u);
			held = true;
		}
	}
	/* Only one that was alone inside can have moved the window. */
	if (held && room->inside.first)
		room->base_known = false;
	else if (held)
		lose(room);
	pramin_room_settle(room);
	return room_out(room);
}

/* Put @user behind @prev, or first if that is NULL. */
static void insert(struct pramin_room *room, struct pramin_room_list *list,
		   struct pramin_room_user *prev, struct pramin_room_user *user)
{
	pramin_room_link self = room_link(room, user);

	user->prev = prev ? room_link(room, prev) : 0;
	user->next = prev ? prev->next : list->first;
	if (user->next)
		room_at(room, user->next)->prev = self;
	else
		list->last = self;
	if (prev)
		prev->next = self;
	else
		list->first = self;
}

/* Back into its list, by its ticket */
static void relink(struct pramin_room *room, struct pramin_room_list *list,
		   struct pramin_room_user *user)
{
	struct pramin_room_user *prev = room_at(room, list->last);

	while (prev && prev->ticket > user->ticket)
		prev = room_at(room, prev->prev);
	insert(room, list, prev, user);
}

void pramin_room_rebuild(struct pramin_room *room,
			 struct pramin_room_user *users, size_t count,
			 size_t stride)
{
	const struct pramin_room_list none = { 0, 0 };
	bool moving = false;
	size_t i;

	room_wake_none(room);
	room->inside = none;
	room->queue = none;
	room->base_known = false;
	for (i = 0; i < count; i++) {
		struct pramin_room_user *u =
			(void *)((unsigned char *)users + i * stride);

		if (u->state == PRAMIN_ROOM_INSIDE) {
			relink(room, &room->inside, u);
			moving |= room_is_mover(room, u);
		} else if (u->state == PRAMIN_ROOM_WAITING) {
			relink(room, &room->queue, u);
		}
	}
	if (!moving)
		room->mover = 0;
	pramin_room_settle(room);
}

int pramin_room_revoke(struct pramin_room *room)
{
	struct pramin_room_user *u;

	room_wake_none(room);
	room->revoked = true;
	while ((u = room_at(room, room->queue.first))) {
		room_remove(room, &room->queue, u);
		room_set_state(u, PRAMIN_ROOM_REFUSED);
		room_wake(room, u);
	}
	return room_out(room);
}

static bool list_ok(const struct pramin_room *room,
		    const struct pramin_room_list *list,
		    enum pramin_room_state state)
{
	const struct pramin_room_user *u, *prev = NULL;

	ROOM_FOR_EACH(u, room, list)
	{
		if (room_at(room, u->prev) != prev || u->state != state)
			return false;
		prev = u;
	}
	return room_at(room, list->last) == prev;
}

/* What must hold for one who is inside */
static int check_inside(const struct pramin_room *room,
			const struct pramin_room_user *user)
{
	const struct pramin_room_user *u;

	/* 5: whoever is not lost is shown, or is about to be */
	if (!pramin_room_lost(room, user) && !room_is_mover(room, user) &&
	    !room_in_reach(room, user))
		return 5;
	/* 6: alone, but for what its owner does below */
	if (!user->alone)
		return 0;
	ROOM_FOR_EACH(u, room, &room->inside)
	if (u->owner != user->owner)
		return 6;
	return 0;
}

int pramin_room_check(const struct pramin_room *room)
{
	const struct pramin_room_user *u;
	int ret = 0;

	/* 1: two lists, linked both ways, each of its own state */
	if (!list_ok(room, &room->inside, PRAMIN_ROOM_INSIDE) ||
	    !list_ok(room, &room->queue, PRAMIN_ROOM_WAITING))
		return 1;
	/* 2: no lost wake-up */
	u = room_at(room, room->queue.first);
	if (u && (!room->inside.first || room_fits(room, u)))
		return 2;
	/* 3: the mover is the only one inside, and the position unknown */
	if (room->mover &&
	    (room->inside.first != room->mover ||
	     room->inside.last != room->mover || room->base_known))
		return 3;
	/* 4: nobody waits for a GPU that is gone */
	if (room->revoked && room->queue.first)
		return 4;
	ROOM_FOR_EACH(u, room, &room->inside)
	if (!ret)
		ret = check_inside(room, u);
	/* 7: nobody waits for itself */
	ROOM_FOR_EACH(u, room, &room->queue)
	if (!ret && room_find_owner(room, &room->inside, u->owner))
		ret = 7;
	return ret;
}
