/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The lists of a room, for the two files that change them: room.c, turns, and
 * room_loss.c, what goes wrong.
 */
#ifndef PRAMIN_CORE_ROOM_LIST_H
#define PRAMIN_CORE_ROOM_LIST_H

#include "room.h"
#include "window.h"

static inline struct pramin_room_user *room_at(const struct pramin_room *room,
					       pramin_room_link link)
{
	return pramin_room_at(room, link);
}

static inline pramin_room_link room_link(const struct pramin_room *room,
					 const struct pramin_room_user *user)
{
	return (pramin_room_link)((uintptr_t)user - (uintptr_t)room);
}

/* For each user of a list; the body may not unlink it */
#define ROOM_FOR_EACH(u, room, list) \
	for (u = room_at(room, (list)->first); u; u = room_at(room, u->next))

static inline void room_append(struct pramin_room *room,
			       struct pramin_room_list *list,
			       struct pramin_room_user *user)
{
	pramin_room_link self = room_link(room, user);

	user->ticket = ++room->tickets;
	user->prev = list->last;
	user->next = 0;
	if (list->last)
		room_at(room, list->last)->next = self;
	else
		list->first = self;
	list->last = self;
}

static inline void room_remove(struct pramin_room *room,
			       struct pramin_room_list *list,
			       struct pramin_room_user *user)
{
	if (user->prev)
		room_at(room, user->prev)->next = user->next;
	else
		list->first = user->next;
	if (user->next)
		room_at(room, user->next)->prev = user->prev;
	else
		list->last = user->prev;
	user->prev = 0;
	user->next = 0;
}

/*
 * The last thing to change: whoever dies in the middle leaves users whose other
 * members are right for the state that they say they have.
 */
static inline void room_set_state(struct pramin_room_user *user,
				  enum pramin_room_state state)
{
	__atomic_store_n(&user->state, state, __ATOMIC_RELEASE);
}

/* Would the window show it, if it is where it was put last? */
static inline bool room_in_reach(const struct pramin_room *room,
				 const struct pramin_room_user *user)
{
	return user->len <= pramin_shown(room->base, user->vram_pa);
}

static inline bool room_shows(const struct pramin_room *room,
			      const struct pramin_room_user *user)
{
	return room->base_known && room_in_reach(room, user);
}

/* May it share with those inside, whoever waits? */
static inline bool room_fits(const struct pramin_room *room,
			     const struct pramin_room_user *user)
{
	const struct pramin_room_user *u;

	if (user->alone || !room_shows(room, user))
		return false;
	ROOM_FOR_EACH(u, room, &room->inside)
	if (u->alone)
		return false;
	return true;
}

static inline bool room_is_mover(const struct pramin_room *room,
				 const struct pramin_room_user *user)
{
	return room_at(room, room->mover) == user;
}

static inline const struct pramin_room_user *
room_find_owner(const struct pramin_room *room,
		const struct pramin_room_list *list, uint64_t owner)
{
	const struct pramin_room_user *u;

	ROOM_FOR_EACH(u, room, list)
	if (u->owner == owner)
		break;
	return u;
}

static inline void room_wake(struct pramin_room *room,
			     struct pramin_room_user *user)
{
	pramin_room_link self = room_link(room, user);

	user->next_woken = 0;
	if (room->woken_last)
		room_at(room, room->woken_last)->next_woken = self;
	else
		room->woken = self;
	room->woken_last = self;
}

static inline void room_wake_none(struct pramin_room *room)
{
	room->woken = 0;
	room->woken_last = 0;
}

static inline void room_go_out(struct pramin_room *room,
			       struct pramin_room_user *user)
{
	if (room_is_mover(room, user))
		room->mover = 0;
	room_remove(room, &room->inside, user);
	room_set_state(user, PRAMIN_ROOM_IDLE);
}

static inline int room_out(const struct pramin_room *room)
{
	return room->revoked && !room->inside.first ? PRAMIN_ROOM_DRAINED :
						      PRAMIN_ROOM_OUT;
}

/* Let in whoever may enter now; all of them are woken. */
void pramin_room_settle(struct pramin_room *room);

#endif /* PRAMIN_CORE_ROOM_LIST_H */
