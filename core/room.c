// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who may use the window next.
 *
 * Every change ends in settle(), which lets in whoever may enter now. So
 * no call can forget a wake-up: between two calls, the room is never empty
 * while somebody waits, and the first of the queue is never one who fits.
 */
#include "room.h"
#include "window.h"

static void list_add(struct pramin_room_list *list,
		     struct pramin_room_user *user)
{
	user->prev = list->last;
	user->next = NULL;
	if (list->last)
		list->last->next = user;
	else
		list->first = user;
	list->last = user;
}

static void list_del(struct pramin_room_list *list,
		     struct pramin_room_user *user)
{
	if (user->prev)
		user->prev->next = user->next;
	else
		list->first = user->next;
	if (user->next)
		user->next->prev = user->prev;
	else
		list->last = user->prev;
	user->prev = NULL;
	user->next = NULL;
}

static bool shows(const struct pramin_room *room,
		  const struct pramin_room_user *user)
{
	return room->base_known &&
	       user->len <= pramin_shown(room->base, user->vram_pa);
}

/* May it share with those inside, whoever waits? */
static bool fits(const struct pramin_room *room,
		 const struct pramin_room_user *user)
{
	const struct pramin_room_user *u;

	if (user->alone || !shows(room, user))
		return false;
	for (u = room->inside.first; u; u = u->next)
		if (u->alone)
			return false;
	return true;
}

static void wake(struct pramin_room *room, struct pramin_room_user *user)
{
	user->next_woken = NULL;
	if (room->woken_last)
		room->woken_last->next_woken = user;
	else
		room->woken = user;
	room->woken_last = user;
}

static void wake_none(struct pramin_room *room)
{
	room->woken = NULL;
	room->woken_last = NULL;
}

static void go_in(struct pramin_room *room, struct pramin_room_user *user)
{
	user->state = PRAMIN_ROOM_INSIDE;
	user->epoch = room->epoch;
	list_add(&room->inside, user);
}

/* The first of a turn. It is the mover if the window stands elsewhere. */
static void go_first(struct pramin_room *room, struct pramin_room_user *user)
{
	room->left = room->quantum;
	if (!shows(room, user)) {
		/* Unknown from before the write until it was accepted */
		room->base_known = false;
		room->base = user->place;
		room->mover = user;
	}
	go_in(room, user);
}

static void go_woken(struct pramin_room *room, struct pramin_room_user *user)
{
	list_del(&room->queue, user);
	go_in(room, user);
	wake(room, user);
}

/*
 * A turn has its position: all who wait for it enter at once. Only a hold
 * without a bound must not pass another waiter.
 */
static void admit_group(struct pramin_room *room)
{
	struct pramin_room_user *u, *next;
	bool passing = false;

	for (u = room->queue.first; u; u = next) {
		next = u->next;
		if (fits(room, u) && !(u->lasting && passing))
			go_woken(room, u);
		else
			passing = true;
	}
}

/* Let in whoever may enter now. */
static void settle(struct pramin_room *room)
{
	struct pramin_room_user *u = room->queue.first;

	if (!room->inside.first && u) {
		list_del(&room->queue, u);
		go_first(room, u);
		wake(room, u);
		if (!room->mover)
			admit_group(room);
		return;
	}
	/* Nobody is overtaken by the first of the queue. */
	for (; u && fits(room, u); u = room->queue.first)
		go_woken(room, u);
}

static bool has_owner(const struct pramin_room_list *list, uint64_t owner)
{
	const struct pramin_room_user *u;

	for (u = list->first; u; u = u->next)
		if (u->owner == owner)
			return true;
	return false;
}

static bool lasting_inside(const struct pramin_room *room)
{
	const struct pramin_room_user *u;

	for (u = room->inside.first; u; u = u->next)
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

void pramin_room_init(struct pramin_room *room)
{
	*room = (struct pramin_room){ .quantum = PRAMIN_ROOM_QUANTUM };
}

int pramin_room_enter(struct pramin_room *room, struct pramin_room_user *user)
{
	wake_none(room);
	if (user->state == PRAMIN_ROOM_WAITING ||
	    user->state == PRAMIN_ROOM_INSIDE || user->len == 0 ||
	    user->len > pramin_run_max(user->vram_pa))
		return -EINVAL;
	if (room->revoked)
		return -ENODEV;
	user->place = pramin_plan_base(user->vram_pa, user->len);

	if (has_owner(&room->queue, user->owner))
		return -EBUSY;
	if (has_owner(&room->inside, user->owner)) {
		/* An owner that is alone may share with itself. */
		if (user->alone || !shows(room, user))
			return -EBUSY;
		go_in(room, user);
		return PRAMIN_ROOM_IN;
	}
	if (!room->inside.first) {
		go_first(room, user);
		return pramin_room_result(room, user);
	}
	if (fits(room, user) && may_pass(room, user)) {
		go_in(room, user);
		return PRAMIN_ROOM_IN;
	}
	if (!room->queue.first)
		room->left = room->quantum;
	user->state = PRAMIN_ROOM_WAITING;
	list_add(&room->queue, user);
	return PRAMIN_ROOM_WAIT;
}

int pramin_room_result(const struct pramin_room *room,
		       const struct pramin_room_user *user)
{
	if (user->state == PRAMIN_ROOM_INSIDE)
		return room->mover == user ? PRAMIN_ROOM_PLACE : PRAMIN_ROOM_IN;
	if (user->state == PRAMIN_ROOM_WAITING)
		return PRAMIN_ROOM_WAIT;
	return user->state == PRAMIN_ROOM_REFUSED ? -ENODEV : PRAMIN_ROOM_OUT;
}

static void go_out(struct pramin_room *room, struct pramin_room_user *user)
{
	if (room->mover == user)
		room->mover = NULL;
	list_del(&room->inside, user);
	user->state = PRAMIN_ROOM_IDLE;
}

static int out(const struct pramin_room *room)
{
	return room->revoked && !room->inside.first ? PRAMIN_ROOM_DRAINED :
						      PRAMIN_ROOM_OUT;
}

int pramin_room_leave(struct pramin_room *room, struct pramin_room_user *user)
{
	wake_none(room);
	if (user->state != PRAMIN_ROOM_INSIDE)
		return -EINVAL;
	go_out(room, user);
	settle(room);
	return out(room);
}

int pramin_room_placed(struct pramin_room *room, struct pramin_room_user *user,
		       int err)
{
	wake_none(room);
	if (user->state != PRAMIN_ROOM_INSIDE || room->mover != user)
		return -EINVAL;
	if (err)
		return pramin_room_leave(room, user);
	if (pramin_room_lost(room, user)) {
		/* Written before the reset or after it? Nobody knows. */
		user->epoch = room->epoch;
		return -EAGAIN;
	}
	room->mover = NULL;
	room->base_known = true;
	admit_group(room);
	return PRAMIN_ROOM_IN;
}

int pramin_room_cancel(struct pramin_room *room, struct pramin_room_user *user)
{
	wake_none(room);
	if (user->state == PRAMIN_ROOM_IDLE)
		return -EINVAL;
	if (user->state != PRAMIN_ROOM_WAITING)
		return pramin_room_result(room, user);
	list_del(&room->queue, user);
	user->state = PRAMIN_ROOM_IDLE;
	/* Those behind may have waited for its sake only. */
	settle(room);
	return PRAMIN_ROOM_OUT;
}

static void lose(struct pramin_room *room)
{
	room->base_known = false;
	room->epoch++;
}

void pramin_room_forget(struct pramin_room *room)
{
	wake_none(room);
	lose(room);
}

int pramin_room_reap(struct pramin_room *room, uint64_t owner)
{
	struct pramin_room_user *u, *next;
	bool held = false;

	wake_none(room);
	for (u = room->queue.first; u; u = next) {
		next = u->next;
		if (u->owner == owner) {
			list_del(&room->queue, u);
			u->state = PRAMIN_ROOM_IDLE;
		}
	}
	for (u = room->inside.first; u; u = next) {
		next = u->next;
		if (u->owner == owner) {
			go_out(room, u);
			held = true;
		}
	}
	if (held)
		lose(room);
	settle(room);
	return out(room);
}

int pramin_room_revoke(struct pramin_room *room)
{
	struct pramin_room_user *u;

	wake_none(room);
	room->revoked = true;
	while ((u = room->queue.first)) {
		list_del(&room->queue, u);
		u->state = PRAMIN_ROOM_REFUSED;
		wake(room, u);
	}
	return out(room);
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
	return room->inside.first;
}

static bool list_ok(const struct pramin_room_list *list,
		    enum pramin_room_state state)
{
	const struct pramin_room_user *u, *prev = NULL;

	for (u = list->first; u; prev = u, u = u->next)
		if (u->prev != prev || u->state != state)
			return false;
	return list->last == prev;
}

/* What must hold for one who is inside; @n is how many others are. */
static int check_inside(const struct pramin_room *room,
			const struct pramin_room_user *user)
{
	const struct pramin_room_user *u;

	/* 5: whoever is not lost is shown, or is about to be */
	if (!pramin_room_lost(room, user) && room->mover != user &&
	    !shows(room, user))
		return 5;
	/* 6: alone, but for what its owner does below */
	for (u = room->inside.first; user->alone && u; u = u->next)
		if (u->owner != user->owner)
			return 6;
	return 0;
}

int pramin_room_check(const struct pramin_room *room)
{
	const struct pramin_room_user *u;
	int ret = 0;

	/* 1: two lists, linked both ways, each of its own state */
	if (!list_ok(&room->inside, PRAMIN_ROOM_INSIDE) ||
	    !list_ok(&room->queue, PRAMIN_ROOM_WAITING))
		return 1;
	/* 2: no lost wake-up */
	if (room->queue.first &&
	    (!room->inside.first || fits(room, room->queue.first)))
		return 2;
	/* 3: the mover is the only one inside, and the position unknown */
	if (room->mover &&
	    (room->inside.first != room->mover ||
	     room->inside.last != room->mover || room->base_known))
		return 3;
	/* 4: nobody waits for a GPU that is gone */
	if (room->revoked && room->queue.first)
		return 4;
	for (u = room->inside.first; u && !ret; u = u->next)
		ret = check_inside(room, u);
	/* 7: nobody waits for itself */
	for (u = room->queue.first; u && !ret; u = u->next)
		if (has_owner(&room->inside, u->owner))
			ret = 7;
	return ret;
}
