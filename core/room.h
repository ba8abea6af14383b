/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Who may use the window next: group mutual exclusion, as a state machine.
 *
 * The room is the open window. Whoever needs what it shows shares it; the
 * others queue, and their positions take turns. The machine neither waits nor
 * moves anything: each call says what its caller may do, and lists in
 * room->woken who else may go on. Threads, a kernel and a simulator put their
 * own lock, wait and register write around the same calls.
 *
 *	enter -> IN ------------------------------------------> leave
 *	      -> PLACE --(write the register)--> placed ------> leave
 *	      -> WAIT --(woken, or cancel)--> ask pramin_room_result()
 *
 * A turn: the first of the queue enters. If the window does not show its range,
 * it is the mover, alone until placed(); then all who wait for what the window
 * shows enter together, also from behind others. Inside always means: the
 * window shows this range, or this user is the mover.
 *
 * Bounded bypass. Someone who queues is overtaken by, for each turn before its
 * own, (a) those who waited already when that turn opened, each once and all at
 * the same moment, so that only the longest of these bounded holds counts, and
 * (b) newcomers who declare at most one quantum of accesses between them. A
 * long hold (a view) overtakes nobody: it does not enter while another
 * waits ahead of it, and while it is inside nobody enters past a waiter. The
 * turns before one's own are at most the open one and one for each waiter
 * ahead; those of one position share theirs, unless alone, long, or failed.
 *
 * One call at a time for a room. Every call walks at most the users inside and
 * queued once. The room and its users may lie in memory that several processes
 * map: links are distances, and pramin_room_rebuild() makes them anew after one
 * of these processes died in the middle of a call.
 */
#ifndef PRAMIN_CORE_ROOM_H
#define PRAMIN_CORE_ROOM_H

#include "env.h"

/* Accesses that may overtake a waiter in one turn: about 60 us of reads */
#define PRAMIN_ROOM_QUANTUM 64u

/* What a call tells its caller; failures are negative errno values. */
enum pramin_room_says {
	PRAMIN_ROOM_OUT = 0, /* holds nothing, waits for nothing */
	PRAMIN_ROOM_IN,	     /* use the window, then leave() */
	PRAMIN_ROOM_PLACE,   /* put it at user->place, then placed() */
	PRAMIN_ROOM_WAIT,    /* sleep until listed in room->woken */
	PRAMIN_ROOM_DRAINED, /* revoked, and the last one is out */
};

enum pramin_room_state {
	PRAMIN_ROOM_IDLE = 0,
	PRAMIN_ROOM_WAITING,
	PRAMIN_ROOM_INSIDE,
	PRAMIN_ROOM_REFUSED, /* was waiting when the room was revoked */
};

/* Bytes from the room to a user; 0: none */
typedef int32_t pramin_room_link;

/**
 * struct pramin_room_user - one request; zeroed, and filled in before enter()
 * @vram_pa: first byte
 * @len:     bytes; at least 1, at most pramin_run_max(@vram_pa)
 * @run:     plan for so many bytes if the window has to move; 0 means @len
 * @owner:   who must not wait for itself: a thread
 * @party:   who dies at once: a process
 * @since:   the environment's, for messages
 * @cost:    accesses of this hold; 0 counts as 1
 * @alone:   with no other holder
 * @lasting: a hold without a bound, as a view is
 *
 * The rest belongs to the room. Memory stays until the user is out, less than
 * 2 GiB from the room.
 */
struct pramin_room_user {
	uint64_t vram_pa;
	uint64_t len;
	uint64_t run;
	uint64_t owner;
	uint64_t since;
	uint32_t party;
	uint32_t cost;
	bool alone;
	bool lasting;

	enum pramin_room_state state;
	uint64_t place;	 /* where the window goes for it */
	uint64_t epoch;	 /* of the room when it entered */
	uint64_t ticket; /* order of coming into its list */
	pramin_room_link prev, next;
	pramin_room_link next_woken;
};

struct pramin_room_list {
	pramin_room_link first, last;
};

/** struct pramin_room - the window of one GPU and all who want it */
struct pramin_room {
	struct pramin_room_list inside; /* oldest first */
	struct pramin_room_list queue;	/* in order of arrival */
	pramin_room_link mover;		/* inside, has not said placed() */
	pramin_room_link woken;		/* by the last call; valid until the
				 * next, so walk it under the lock
				 */
	pramin_room_link woken_last;
	uint64_t base;	 /* where it stands, or is being put */
	bool base_known; /* false while it is being put there */
	bool revoked;
	uint64_t epoch; /* how often the position was lost */
	uint64_t tickets;
	uint32_t quantum; /* may be changed at any time */
	uint32_t left;	  /* of it, in this turn */
};

void pramin_room_init(struct pramin_room *room);

/* From a link to its user, or NULL */
static inline struct pramin_room_user *
pramin_room_at(const struct pramin_room *room, pramin_room_link link)
{
	const uintptr_t at = (uintptr_t)room + (uintptr_t)(ptrdiff_t)link;

	/* Users are never const, whatever the caller may do with the room. */
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): it is a distance */
	return link ? (struct pramin_room_user *)at : NULL;
}

/**
 * pramin_room_enter() - ask for the window
 *
 * A request of an owner that is inside already never waits: if the window shows
 * it, it enters even if newcomers do not (it is not counted as overtaking).
 * Nested and alone at once is -EBUSY always. A holder that is alone and moves
 * the window on its own calls pramin_room_forget() before it leaves.
 *
 * Return: IN, PLACE, WAIT, or
 *   -EINVAL  no byte, more than a window shows, or the user is in use
 *   -EBUSY   the owner is inside and this would have to wait, or it waits
 *   -EIO     the owner is inside, and the position was lost meanwhile
 *   -ENODEV  revoked
 */
int pramin_room_enter(struct pramin_room *room, struct pramin_room_user *user);

/* What a woken user, or one that looks again, may do: IN, PLACE, WAIT, OUT, or
 * -ENODEV: it was waiting when the room was revoked.
 */
int pramin_room_result(const struct pramin_room *room,
		       const struct pramin_room_user *user);

/**
 * pramin_room_placed() - the mover has written the register, or could not
 * @err: 0, or why not: then the user is out, as after leave()
 *
 * Return: IN; OUT or DRAINED if @err; or
 *   -EAGAIN  the position was dropped meanwhile: place again
 *   -EINVAL  not the mover
 */
int pramin_room_placed(struct pramin_room *room, struct pramin_room_user *user,
		       int err);

/* A mover that leaves leaves an unknown position. OUT, DRAINED, or -EINVAL */
int pramin_room_leave(struct pramin_room *room, struct pramin_room_user *user);

/**
 * pramin_room_cancel() - stop waiting: time is up, or a signal came
 *
 * Return: OUT; IN or PLACE if it was let in meanwhile and has to go on or
 * leave(); -ENODEV if revoked; -EINVAL if it never waited.
 */
int pramin_room_cancel(struct pramin_room *room, struct pramin_room_user *user);

/* The position is lost: a reset, a foreign mover. Nobody enters until those
 * inside, who find their epoch gone, have left; the next one places.
 */
void pramin_room_forget(struct pramin_room *room);

/* The position is in doubt: an error, a death. Those inside go on, because
 * nobody can have moved the window away from them; nobody enters until they have
 * left, and the next one places.
 */
void pramin_room_doubt(struct pramin_room *room);

/**
 * pramin_room_reap() - a party is dead: drop all it holds and waits for
 *
 * Its users are idle afterwards. If one was inside, the position is in doubt;
 * if nobody else was it is forgotten, as by pramin_room_forget(): nobody knows
 * what the dead one did last.
 *
 * Return: OUT or DRAINED.
 */
int pramin_room_reap(struct pramin_room *room, uint32_t party);

/**
 * pramin_room_rebuild() - the party that was in a call has died there
 * @users: every user that may be in the room, @stride bytes apart
 *
 * Makes the lists anew from what each user says of itself, and doubts the
 * position. Nobody is listed as woken: look at them all. The dead one's users
 * are still there, for pramin_room_reap().
 */
void pramin_room_rebuild(struct pramin_room *room,
			 struct pramin_room_user *users, size_t count,
			 size_t stride);

/* The GPU goes away: all waiters are woken with -ENODEV, nobody enters again.
 * OUT while there are holders, DRAINED if there are none.
 */
int pramin_room_revoke(struct pramin_room *room);

/* All that newcomers may still take of this turn: the caller shares it out.
 * Leaves room->woken as it is.
 */
uint32_t pramin_room_spend(struct pramin_room *room);

/* Does this holder keep somebody out? Then it should leave soon. */
bool pramin_room_wanted(const struct pramin_room *room,
			const struct pramin_room_user *user);

/* Has the window been lost since this holder entered? */
static inline bool pramin_room_lost(const struct pramin_room *room,
				    const struct pramin_room_user *user)
{
	return user->epoch != room->epoch;
}

/* Who has been inside longest, or NULL: the name in a time-out message */
const struct pramin_room_user *
pramin_room_oldest(const struct pramin_room *room);

/* Every invariant. 0, or the number in room.c of the first that is broken */
int pramin_room_check(const struct pramin_room *room);

#endif /* PRAMIN_CORE_ROOM_H */
