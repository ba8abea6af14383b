// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who may use the window next.
 *
 * Every change ends in pramin_room_settle(), which lets in whoever may enter
 * now. So no call can forget a wake-up: between two calls, the room is never
 * empty while somebody waits, and the first of the queue is never one who fits.
 */
#include "room_list.h"

static void go_in(struct pramin_room *room, struct pramin_room_user *user)
{
	user->epoch = room->epoch;
	room_append(room, &room->inside, user);
	room_set_state(user, PRAMIN_ROOM_INSIDE);
}

/* The first of a turn. It is the mover if the window stands elsewhere. */
static void go_first(struct pramin_room *room, struct pramin_room_user *user)
{
	room->left = room->quantum;
	if (!room_shows(room, user)) {
		/* Unknown from before the write until it was accepted */
		room->base_known = false;
		room->base = user->place;
		room->mover = room_link(room, user);
	}
	go_in(room, user);
}

static void go_woken(struct pramin_room *room, struct pramin_room_user *user)
{
	room_remove(room, &room->queue, user);
	go_in(room, user);
	room_wake(room, user);
}

/*
 * A turn has its position: all who wait for it enter at once. Only a hold
 * without a bound must not pass another waiter.
 */
static void admit_group(struct pramin_room *room)
{
	struct pramin_room_user *u, *next;
	bool passing = false;

	for (u = room_at(room, room->queue.first); u; u = next) {
		next = room_at(room, u->next);
		if (room_fits(room, u) && !(u->lasting && passing))
			go_woken(room, u);
		else
			passing = true;
	}
}

/* Let in whoever may enter now. */
void pramin_room_settle(struct pramin_room *room)
{
	struct pramin_room_user *u = room_at(room, room->queue.first);

	if (!room->inside.first && u) {
		room_remove(room, &room->queue, u);
		go_first(room, u);
		room_wake(room, u);
		if (!room->mover)
			admit_group(room);
		return;
	}
	/* Nobody is overtaken by the first of the queue. */
	for (; u && room_fits(room, u); u = room_at(room, room->queue.first))
		go_woken(room, u);
}

static bool lasting_inside(const struct pramin_room *room)
{
	const struct pramin_room_user *u;

	ROOM_FOR_EACH(u, room, &room->inside)
	if (u->lasting)
		return true;
	return false;
}

/*
 * May a newcomer that fits enter past those who wait? The first who may not
 * ends it for this turn: else a smaller or later one would overtake it.
 */
static bool may_pass(struct pramin_room *room,
		     const struct pramin_room_user *user)
{
	uint32_t cost = user->cost ? user->cost : 1;

	if (!room->queue.first)
		return true;
	if (user->lasting || cost > room->left || lasting_inside(room)) {
		room->left = 0;
		return false;
	}
	room->left -= cost;
	return true;
}

uint32_t pramin_room_spend(struct pramin_room *room)
{
	uint32_t left = lasting_inside(room) ? 0 : room->left;

	room->left = 0;
	return left;
}

void pramin_room_init(struct pramin_room *room)
{
	*room = (struct pramin_room){ .quantum = PRAMIN_ROOM_QUANTUM };
}

/* A request of an owner that is inside already: now, or never */
static int enter_nested(struct pramin_room *room,
			const struct pramin_room_user *outer,
			struct pramin_room_user *user)
{
	if (pramin_room_lost(room, outer))
		return -EIO;
	/* An owner that is alone may share with itself. */
	if (user->alone || room->mover || !room_in_reach(room, user))
		return -EBUSY;
	go_in(room, user);
	return PRAMIN_ROOM_IN;
}

int pramin_room_enter(struct pramin_room *room, struct pramin_room_user *user)
{
	const struct pramin_room_user *outer;

	room_wake_none(room);
	if (user->state == PRAMIN_ROOM_WAITING ||
	    user->state == PRAMIN_ROOM_INSIDE || user->len == 0 ||
	    user->len > pramin_run_max(user->vram_pa))
		return -EINVAL;
	if (room->revoked)
		return -ENODEV;
	user->place = pramin_plan_base(user->vram_pa,
				       user->run ? user->run : user->len);

	if (room_find_owner(room, &room->queue, user->owner))
		return -EBUSY;
	outer = room_find_owner(room, &room->inside, user->owner);
	if (outer)
		return enter_nested(room, outer, user);
	if (!room->inside.first) {
		go_first(room, user);
		return pramin_room_result(room, user);
	}
	if (room_fits(room, user) && may_pass(room, user)) {
		go_in(room, user);
		return PRAMIN_ROOM_IN;
	}
	if (!room->queue.first)
		room->left = room->quantum;
	room_append(room, &room->queue, user);
	room_set_state(user, PRAMIN_ROOM_WAITING);
	return PRAMIN_ROOM_WAIT;
}

int pramin_room_result(const struct pramin_room *room,
		       const struct pramin_room_user *user)
{
	if (user->state == PRAMIN_ROOM_INSIDE)
		return room_is_mover(room, user) ? PRAMIN_ROOM_PLACE :
						   PRAMIN_ROOM_IN;
	if (user->state == PRAMIN_ROOM_WAITING)
		return PRAMIN_ROOM_WAIT;
	return user->state == PRAMIN_ROOM_REFUSED ? -ENODEV : PRAMIN_ROOM_OUT;
}

int pramin_room_leave(struct pramin_room *room, struct pramin_room_user *user)
{
	room_wake_none(room);
	if (user->state != PRAMIN_ROOM_INSIDE)
		return -EINVAL;
	room_go_out(room, user);
	pramin_room_settle(room);
	return room_out(room);
}

int pramin_room_placed(struct pramin_room *room, struct pramin_room_user *user,
		       int err)
{
	room_wake_none(room);
	if (user->state != PRAMIN_ROOM_INSIDE || !room_is_mover(room, user))
		return -EINVAL;
	if (err)
		return pramin_room_leave(room, user);
	if (pramin_room_lost(room, user)) {
		/* Written before the reset or after it? Nobody knows. */
		user->epoch = room->epoch;
		return -EAGAIN;
	}
	room->mover = 0;
	room->base_known = true;
	admit_group(room);
	return PRAMIN_ROOM_IN;
}

int pramin_room_cancel(struct pramin_room *room, struct pramin_room_user *user)
{
	room_wake_none(room);
	if (user->state == PRAMIN_ROOM_IDLE)
		return -EINVAL;
	if (user->state != PRAMIN_ROOM_WAITING)
		return pramin_room_result(room, user);
	room_remove(room, &room->queue, user);
	room_set_state(user, PRAMIN_ROOM_IDLE);
	/* Those behind may have waited for its sake only. */
	pramin_room_settle(room);
	return PRAMIN_ROOM_OUT;
}

bool pramin_room_wanted(const struct pramin_room *room,
			const struct pramin_room_user *user)
{
	/* While the window moves, those who wait may just wait for that. */
	return user->state == PRAMIN_ROOM_INSIDE && !room->mover &&
	       room->queue.first;
}

const struct pramin_room_user *
pramin_room_oldest(const struct pramin_room *room)
{
	return room_at(room, room->inside.first);
}
