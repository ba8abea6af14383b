/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A call of the room: on the model, on the C code, and what must be so after
 * any of them.
 */
#ifdef UNTIED
#define TIE(call)
#define COMPARE
#else
c_decl {
	\#include "tie.h"
};
c_track "&tie_hall" "sizeof(tie_hall)" "UnMatched";

#define TIE(call) c_code { tie_said = call; };
#define COMPARE c_code { \
		differs = tie_differs(&(struct tie_model){ \
			.users = USERS, .says = says, \
			.state = now.st, .lost = now.lost, \
			.queue = now.queue, .queued = now.nq, \
			.woken = woken, .wakes = nwoken, \
			.mover = now.mover, .base = now.base, \
			.known = now.known, .revoked = now.revoked, \
			.left = now.allowed }); \
	}; \
	assert(differs == 0);
#endif
hidden int differs;

#ifdef BYPASS
/*
 * Who overtakes client 0 while it waits: counted from outside, by who was
 * inside before a call and who is after it.
 */
byte ahead;		/* who waited when it came: one bit each */
byte turns_due;		/* how many turns may still open before its own */
byte passed;		/* accesses of newcomers in this turn */
hidden byte opened;

#define STAYS(u) (was[u] == S_INSIDE && INSIDE(u))
#define CAME(u)  (was[u] != S_INSIDE && INSIDE(u))

inline see_newcomer(u, moved)
{
	assert(!IS_LASTING(u));
	if
	:: was[u] == S_WAITING -> assert(opened || moved)
	:: else ->
		passed = passed + COST(u);
		assert(passed <= QUANTUM)
	fi
}

inline see_bypass(moved)
{
	opened = !ANY(STAYS) && ANY(CAME);
	if
	:: st[0] == S_WAITING && was[0] != S_WAITING ->
		ahead = 0;
		for (k : 1 .. USERS - 1) {
			if
			:: st[k] == S_WAITING -> ahead = ahead | (1 << k)
			:: else -> skip
			fi
		};
		turns_due = nq;
		passed = 0
	:: was[0] == S_WAITING ->
		if
		:: opened ->
			assert(turns_due > 0);
			turns_due--;
			passed = 0
		:: else -> skip
		fi;
		for (k : 1 .. USERS - 1) {
			if
			:: st[0] == S_WAITING && CAME(k) && !(ahead & (1 << k)) ->
				see_newcomer(k, moved)
			:: else -> skip
			fi;
			if
			:: st[k] != S_WAITING -> ahead = ahead & ~(1 << k)
			:: else -> skip
			fi
		}
	:: else -> skip
	fi;
	if
	:: st[0] != S_WAITING -> ahead = 0; turns_due = 0; passed = 0
	:: else -> skip
	fi
}
#endif

inline finish(moved)
{
	if
	:: nq == 0 -> allowed = 0
	:: else -> skip
	fi;
	COMPARE
	for (k : 0 .. USERS - 1) {
		if
#ifdef CALLER_WAKES_ONE
		:: k < nwoken && k == 0 -> told[woken[k]] = 1
#else
		:: k < nwoken -> told[woken[k]] = 1
#endif
		:: else -> skip
		fi
	};
	for (k : 0 .. USERS - 1) {
		/* Whoever sleeps though it may go on is told: here, or before */
#ifndef SLEEPERS_UNCHECKED
		assert(k == who || phase[k] != P_ASLEEP ||
		       st[k] == S_WAITING || told[k]);
#endif
		assert(!revoked || st[k] != S_WAITING);
		assert(!revoked || was[k] == S_INSIDE || st[k] != S_INSIDE)
	};
#ifdef BYPASS
	see_bypass(moved);
#endif
	woken[0] = 0;
	for (k : 0 .. USERS - 1) {
		woken[k] = 0;
		was[k] = 0
	};
	nwoken = 0
}

inline call_enter(u)
{
	begin(u);
	enter(u);
	TIE(tie_enter(who, now.rng[who], now.kind[who]))
	finish(0)
}

inline call_placed(u, failed)
{
	begin(u);
	placed(u, failed);
	x = failed;
	TIE(tie_placed(who, x))
	finish(!failed)
}

inline call_leave(u)
{
	begin(u);
	leave(u);
	TIE(tie_leave(who))
	finish(0)
}

inline call_cancel(u)
{
	begin(u);
	cancel(u);
	TIE(tie_cancel(who))
	finish(0)
}

inline call_reap(u)
{
	begin(u);
	reap(u);
	TIE(tie_reap(who))
	finish(0)
}

/* Whoever shares it out lets newcomers in without a call. */
inline call_spend(u)
{
	begin(u);
	spend();
	TIE(tie_spend())
#ifdef BYPASS
	if
	:: st[0] == S_WAITING ->
		passed = passed + says;
		assert(passed <= QUANTUM)
	:: else -> skip
	fi;
#endif
	finish(0)
}

inline call_doubt(u)
{
	begin(u);
	doubt();
	TIE(tie_doubt())
	finish(0)
}

inline call_forget(u)
{
	begin(u);
	forget();
	TIE(tie_forget())
	finish(0)
}

inline call_revoke()
{
	begin(NONE);
	revoke();
	TIE(tie_revoke())
	finish(0)
}
