/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The policy of core/room.h, written a second time.
 *
 * Written from the header's words, over arrays instead of lists, so that the
 * two can be compared call by call (FINISH). Who is inside is a set; only the
 * queue has an order. `lost` stands for the epoch of a user: is it old?
 */
#define NONE 7

/* What a call says: enum pramin_room_says, and the errors that it may return */
#define OUT     0
#define IN      1
#define PLACE   2
#define WAIT    3
#define DRAINED 4
#define EINVAL  10
#define EBUSY   11
#define EIO     12
#define ENODEV  13
#define EAGAIN  14

/* enum pramin_room_state */
#define S_IDLE    0
#define S_WAITING 1
#define S_INSIDE  2
#define S_REFUSED 3

/* What a request may be */
#define BOUNDED    1	/* one access, so it may use the quantum */
#define LARGE      2	/* more than the quantum */
#define VIEW       3	/* lasting */
#define ALONE      4
#define ALONE_VIEW 5
#define IS_ALONE(u)   (kind[u] >= ALONE)
#define IS_LASTING(u) (kind[u] == VIEW || kind[u] == ALONE_VIEW)
#define COST(u)       (kind[u] == LARGE -> QUANTUM + 1 : 1)

/* Range 2 lies across two MiB: its window shows range 1 too, not vice versa. */
#define SHOWS(at, range) ((at) == (range) || ((at) == 2 && (range) == 1))
#define NOWHERE 3	/* a window that shows nobody's range */

byte kind[USERS];	/* of the request; 0: none */
byte rng[USERS];	/* what it needs to see */

byte st[USERS];		/* enum pramin_room_state */
byte lost[USERS];
byte queue[USERS];
byte nq;
byte mover = NONE;
byte base;
byte known;
byte revoked;
byte allowed;		/* 0 while nobody waits: then it is of no effect */

hidden byte who, says, k, x;
hidden byte woken[USERS];
hidden byte nwoken;
hidden byte passing, held;
hidden byte was[USERS];	/* st[] before the call */

#if USERS == 2
#define ANY(is) (is(0) || is(1))
#elif USERS == 3
#define ANY(is) (is(0) || is(1) || is(2))
#else
#define ANY(is) (is(0) || is(1) || is(2) || is(3))
#endif

/* The last user may be a second request of client 0's, below its first. */
#ifdef NEST
#define OWNER(u) ((u) == USERS - 1 -> 0 : (u))
#else
#define OWNER(u) (u)
#endif

#define INSIDE(u)      (st[u] == S_INSIDE)
#define ALONE_IN(u)    (INSIDE(u) && IS_ALONE(u))
#define LASTING_IN(u)  (INSIDE(u) && IS_LASTING(u))
#define OWN_WAITS(u)   (st[u] == S_WAITING && OWNER(u) == OWNER(who))
#define OWN_INSIDE(u)  (INSIDE(u) && OWNER(u) == OWNER(who))
#define OWN_LOST(u)    (OWN_INSIDE(u) && lost[u])
#define FITS(u)        (!IS_ALONE(u) && known && SHOWS(base, rng[u]) && \
			!ANY(ALONE_IN))

inline begin(u)
{
	who = u;
	nwoken = 0;
	for (k : 0 .. USERS - 1) {
		was[k] = st[k]
	}
}

inline dequeue(u)
{
	k = 0;
	do
	:: queue[k] != u -> k++
	:: else -> break
	od;
	do
	:: k + 1 < nq -> queue[k] = queue[k + 1]; k++
	:: else -> break
	od;
	nq--;
	queue[nq] = 0
}

inline go_in(u)
{
	st[u] = S_INSIDE;
	lost[u] = 0
}

inline go_out(u)
{
	st[u] = S_IDLE;
	lost[u] = 0;
	if
	:: mover == u -> mover = NONE
	:: else -> skip
	fi
}

inline go_woken(u)
{
	dequeue(u);
	go_in(u);
	wake(u)
}

inline wake(u)
{
#ifdef POLICY_WAKES_ONE
	/* Of all who enter, only the first is told. */
	if
	:: nwoken == 0 -> woken[nwoken] = u; nwoken++
	:: else -> skip
	fi
#else
	woken[nwoken] = u;
	nwoken++
#endif
}

inline go_first(u)
{
	allowed = QUANTUM;
	if
	:: !(known && SHOWS(base, rng[u])) ->
#ifndef POLICY_STALE_BASE
		known = 0;
#endif
		base = rng[u];
		mover = u
	:: else -> skip
	fi;
	go_in(u)
}

/* A turn has its position: all who wait for it enter, in order. */
inline admit()
{
	passing = 0;
	held = 0;	/* those who stay, all in front of the next to look at */
	do
	:: held < nq ->
		x = queue[held];
		if
#ifdef POLICY_PULLS_VIEWS
		:: FITS(x) -> go_woken(x)
#else
		:: FITS(x) && !(IS_LASTING(x) && passing) -> go_woken(x)
#endif
		:: else -> passing = 1; held++
		fi
	:: else -> break
	od
}

inline settle()
{
	if
	:: !ANY(INSIDE) && nq > 0 ->
		x = queue[0];
		dequeue(x);
		go_first(x);
		wake(x);
		if
		:: mover == NONE -> admit()
		:: else -> skip
		fi
	:: else ->
		do
		:: nq > 0 && FITS(queue[0]) -> x = queue[0]; go_woken(x)
		:: else -> break
		od
	fi
}

inline say_out()
{
	if
	:: revoked && !ANY(INSIDE) -> says = DRAINED
	:: else -> says = OUT
	fi
}

inline say_result(u)
{
	if
	:: st[u] == S_INSIDE && mover == u -> says = PLACE
	:: st[u] == S_INSIDE && mover != u -> says = IN
	:: st[u] == S_WAITING -> says = WAIT
	:: st[u] == S_REFUSED -> says = ENODEV
	:: st[u] == S_IDLE -> says = OUT
	fi
}

/* A newcomer that fits: may it pass those who wait? Else the turn is closed. */
inline say_pass(u)
{
	if
	:: nq == 0 -> says = IN
#ifdef POLICY_NO_QUANTUM
	:: nq > 0 && !IS_LASTING(u) && !ANY(LASTING_IN) -> says = IN
#else
	:: nq > 0 && !IS_LASTING(u) && !ANY(LASTING_IN) && COST(u) <= allowed ->
		allowed = allowed - COST(u);
		says = IN
#endif
	:: else -> allowed = 0; says = WAIT
	fi
}

inline enter_other(u)
{
	if
	:: FITS(u) -> say_pass(u)
	:: else -> says = WAIT
	fi;
	if
	:: says == IN -> go_in(u)
	:: else ->
		if
		:: nq == 0 -> allowed = QUANTUM
		:: else -> skip
		fi;
		st[u] = S_WAITING;
		queue[nq] = u;
		nq++
	fi
}

inline enter(u)
{
	if
#ifndef POLICY_ENTER_REVOKED
	:: revoked -> says = ENODEV
	:: !revoked && ANY(OWN_WAITS) -> says = EBUSY
#else
	:: ANY(OWN_WAITS) -> says = EBUSY
#endif
	:: else ->
		if
		:: ANY(OWN_LOST) -> says = EIO
		:: ANY(OWN_INSIDE) && !ANY(OWN_LOST) ->
			if
			:: IS_ALONE(u) || mover != NONE ||
			   !SHOWS(base, rng[u]) -> says = EBUSY
			:: else -> go_in(u); says = IN
			fi
		:: !ANY(INSIDE) -> go_first(u); say_result(u)
		:: else -> enter_other(u)
		fi
	fi
}

inline placed(u, failed)
{
	if
	:: st[u] != S_INSIDE || mover != u -> says = EINVAL
	:: else ->
		if
		:: failed -> go_out(u); settle(); say_out()
		:: !failed && lost[u] -> lost[u] = 0; says = EAGAIN
		:: else -> mover = NONE; known = 1; admit(); says = IN
		fi
	fi
}

inline leave(u)
{
	if
	:: st[u] != S_INSIDE -> says = EINVAL
	:: else -> go_out(u); settle(); say_out()
	fi
}

inline cancel(u)
{
	if
	:: st[u] == S_IDLE -> says = EINVAL
	:: st[u] == S_WAITING ->
		dequeue(u);
		st[u] = S_IDLE;
		settle();
		says = OUT
	:: else -> say_result(u)
	fi
}

/* All that newcomers may still take: handed out, so it cannot pass again. */
inline spend()
{
	says = (ANY(LASTING_IN) -> 0 : allowed);
	allowed = 0
}

inline doubt()
{
	known = 0;
	says = OUT
}

inline forget()
{
#ifndef POLICY_KEEPS_BASE
	known = 0;
#endif
#ifndef POLICY_NO_EPOCH
	for (k : 0 .. USERS - 1) {
		lost[k] = (st[k] == S_INSIDE)
	}
#endif
	says = OUT
}

/* The owner of @u is dead, and each owner is a party of its own. */
inline reap(u)
{
	held = 0;
	for (x : 0 .. USERS - 1) {
		if
		:: st[x] == S_WAITING && OWNER(x) == u ->
			dequeue(x);
			st[x] = S_IDLE
		:: st[x] == S_INSIDE && OWNER(x) == u ->
			go_out(x);
			held = 1
		:: else -> skip
		fi
	}
#ifndef POLICY_TRUSTS_THE_DEAD
	/* Whoever is still inside goes on; if nobody is, nobody can tell. */
	if
	:: held -> known = 0
	:: else -> skip
	fi;
#endif
	settle();
	say_out()
}

inline revoke()
{
	revoked = 1;
	do
	:: nq > 0 ->
		x = queue[0];
		dequeue(x);
#ifdef POLICY_REVOKES_SILENTLY
		st[x] = S_REFUSED
#else
		st[x] = S_REFUSED;
		wake(x)
#endif
	:: else -> break
	od;
	say_out()
}
