/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A room with a few users, and an oracle of what is safe. The oracle keeps its
 * own record of where the window was put and shares no logic with the room.
 */
#ifndef PRAMIN_TESTS_CORE_ROOM_H
#define PRAMIN_TESTS_CORE_ROOM_H

#include "../../core/room.h"
#include "../../core/window.h"
#include "check.h"

#define MIB   (1024ull * 1024)
#define USERS 6

/* Links are distances: a copy of it is as good. */
struct hall {
	struct pramin_room room;
	struct pramin_room_user user[USERS];
	uint64_t at; /* where the window stands */
	bool at_known;
};

#define IN	PRAMIN_ROOM_IN
#define PLACE	PRAMIN_ROOM_PLACE
#define WAIT	PRAMIN_ROOM_WAIT
#define OUT	PRAMIN_ROOM_OUT
#define DRAINED PRAMIN_ROOM_DRAINED

static inline void hall_init(struct hall *h)
{
	unsigned int i;

	memset(h, 0, sizeof(*h));
	pramin_room_init(&h->room);
	for (i = 0; i < USERS; i++) {
		h->user[i].owner = i + 1;
		h->user[i].party = i + 1;
		h->user[i].len = 4;
	}
}

static inline int hall_enter(struct hall *h, unsigned int i, uint64_t pa)
{
	h->user[i].vram_pa = pa;
	return pramin_room_enter(&h->room, &h->user[i]);
}

static inline int hall_placed(struct hall *h, unsigned int i, int err)
{
	int ret = pramin_room_placed(&h->room, &h->user[i], err);

	if (ret == IN) {
		h->at = h->user[i].place;
		h->at_known = true;
	}
	return ret;
}

static inline bool hall_is(const struct hall *h, pramin_room_link link,
			   unsigned int i)
{
	return pramin_room_at(&h->room, link) == &h->user[i];
}

static inline pramin_room_link hall_link(const struct hall *h, unsigned int i)
{
	return (pramin_room_link)((intptr_t)&h->user[i] - (intptr_t)&h->room);
}

static inline bool hall_inside(const struct hall *h, unsigned int i)
{
	return h->user[i].state == PRAMIN_ROOM_INSIDE;
}

/* Why this is not safe, or NULL */
static inline const char *hall_unsafe(const struct hall *h)
{
	unsigned int i, j, inside = 0, waiting = 0, may = 0;

	for (i = 0; i < USERS; i++) {
		const struct pramin_room_user *u = &h->user[i];
		int says = pramin_room_result(&h->room, u);

		waiting += says == WAIT;
		inside += says == IN || says == PLACE;
		may += says == PLACE;
		if (says == IN && !pramin_room_lost(&h->room, u) &&
		    (!h->at_known || u->vram_pa < h->at ||
		     u->vram_pa + u->len > h->at + MIB))
			return "inside, and the window does not show it";
		for (j = 0; j < USERS; j++)
			if (u->alone && hall_inside(h, i) &&
			    hall_inside(h, j) && h->user[j].owner != u->owner)
				return "alone with another";
	}
	if (waiting && !inside)
		return "somebody waits for nobody";
	if (may && inside > 1)
		return "the window moves under a holder";
	return pramin_room_check(&h->room) ? "an invariant is broken" : NULL;
}

/* All holders finish, in turn. Is everybody served? */
static inline bool hall_drains(struct hall *h)
{
	unsigned int i, steps;

	for (steps = 0; steps < 8 * USERS; steps++)
		for (i = 0; i < USERS; i++)
			if (hall_is(h, h->room.mover, i))
				hall_placed(h, i, 0);
			else if (hall_inside(h, i))
				pramin_room_leave(&h->room, &h->user[i]);
	return !h->room.inside.first && !h->room.queue.first;
}

#endif /* PRAMIN_TESTS_CORE_ROOM_H */
