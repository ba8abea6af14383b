/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Clients that share a window, and all that may happen to them.
 *
 * The register is not the room: `reg` is what the hardware shows, and changes
 * only by a step that writes it. A client knows of the room what calls told it;
 * its phase is what it believes. Every assertion is about these two, so that a
 * wrong policy, a wrong caller and a wrong belief are all found.
 *
 * One call of the room is one step: it runs under a lock. Between two calls
 * everybody else may run, and any client may die. Each call is also made on the
 * C code, and all that can be seen of both is compared (tie.h).
 *
 * What a run is made of is chosen by macros; scripts/spin.sh has the list.
 *	USERS, RANGES, KINDS	the size
 *	NEST		client 0 may ask a second time while inside
 *	FOREIGN		somebody else moves the window
 *	VERIFY		clients read the register back, as in verify mode
 *	OWNERSHIP_ONLY	without VERIFY: nothing is claimed about bytes
 *	FEW=N		one access for each hold, and at most N accidents
 *	ENDS		does every request end? (with FEW)
 *	BYPASS		count who overtakes client 0
 *	UNTIED		without the C code
 */
#ifndef USERS
#define USERS 3
#endif
#ifndef RANGES
#define RANGES 2
#endif
#ifndef KINDS
#define KINDS 3
#endif
#ifndef QUANTUM
#define QUANTUM 1
#endif
#ifdef NEST
#define CLIENTS (USERS - 1)
#else
#define CLIENTS USERS
#endif

#include "policy.pml"

/* What a client believes */
#define P_IDLE    0
#define P_ASLEEP  1	/* until somebody tells it */
#define P_MOVE    2	/* the mover, before its write */
#define P_MOVED   3
#define P_HOLDS   4
#define P_TOUCHES 5	/* has looked at the epoch, and accesses next */
#define P_TOUCHED 6
#define P_ASTRAY  7	/* alone, and has moved the window on its own */
#define P_LEAVES  8	/* is done, or has an error to report */
#define P_DEAD    9
#define P_GONE    10	/* was told that the GPU is gone, or has had enough */

#define HOLDING(u) (phase[u] >= P_MOVE && phase[u] <= P_LEAVES)
#define BUSY(u)    (phase[u] != P_IDLE && phase[u] != P_GONE)
#define MOVING(u)  (phase[u] == P_MOVE || phase[u] == P_MOVED || \
		    phase[u] == P_ASTRAY)
#define SOLE(u)    (HOLDING(u) && IS_ALONE(u))
#define WRONG(u)   wrong[u]

/* Is there another owner's, of which this is true? */
#define OTHER(v, u, is) (is(v) && OWNER(v) != OWNER(u))
#if USERS == 2
#define ELSE(u, is) (OTHER(0, u, is) || OTHER(1, u, is))
#elif USERS == 3
#define ELSE(u, is) (OTHER(0, u, is) || OTHER(1, u, is) || OTHER(2, u, is))
#else
#define ELSE(u, is) (OTHER(0, u, is) || OTHER(1, u, is) || \
		     OTHER(2, u, is) || OTHER(3, u, is))
#endif

byte phase[USERS];
byte told[USERS];
byte wrong[USERS];	/* its access met the wrong bytes, not yet reported */
byte reg = NOWHERE;
byte calm;		/* no accidents from now on */
#ifdef FEW
byte spent;		/* accidents so far, of FEW */
#define ACCIDENT (!calm && spent < FEW)
#define SPEND    spent++
#define LUCKY(u) (u == 0)	/* whose requests must end, by themselves */
#else
#define ACCIDENT (!calm)
#define SPEND    skip
#define LUCKY(u) false
#endif

#include "calls.pml"

/* After an answer: what does the client do next? */
inline heed(u)
{
	if
	:: says == IN -> phase[u] = P_HOLDS
	:: says == PLACE -> phase[u] = P_MOVE
	:: says == WAIT -> phase[u] = P_ASLEEP
	:: says == ENODEV -> phase[u] = P_GONE; clear(u)
	:: else -> phase[u] = P_IDLE; clear(u)
	fi
}

inline clear(u)
{
	kind[u] = 0;
	rng[u] = 0;
	told[u] = 0;
	wrong[u] = 0
}

/* A thread with two requests is busy with the second. */
#ifdef NEST
#define SECOND (USERS - 1)
#define FREE(u) (u != 0 || phase[SECOND] == P_IDLE || phase[SECOND] == P_GONE)
#define SUB(u)     (u == SECOND)
#define MAY_ASK(u) (u != SECOND || phase[0] == P_HOLDS || phase[0] == P_MOVE)
#else
#define FREE(u) true
#define SUB(u) false
#define MAY_ASK(u) true
#endif

inline choose(u)
{
	if
	:: rng[u] = 0
	:: rng[u] = 1
#if RANGES > 2
	:: rng[u] = 2
#endif
	fi;
	if
	:: kind[u] = BOUNDED
#if KINDS != 1
	:: kind[u] = VIEW
#endif
#if KINDS > 2
	:: kind[u] = ALONE
#endif
#if KINDS > 3
	:: kind[u] = LARGE
#endif
#if KINDS > 4
	:: kind[u] = ALONE_VIEW
#endif
	fi
}

/* The mover writes the register. */
inline move(u)
{
	assert(!ELSE(u, HOLDING));
	reg = rng[u]
}

/* The access, between two looks at the epoch */
inline touch(u)
{
	assert(!ELSE(u, MOVING));
	assert(!ELSE(u, SOLE));
	wrong[u] = !SHOWS(reg, rng[u]);
#ifndef FOREIGN
	/* Only a reset may have come between: then it shows no range. */
	assert(!wrong[u] || reg == NOWHERE);
#endif
	phase[u] = P_TOUCHED
}

inline finish_touch(u)
{
	if
#ifdef VERIFY
	:: reg != base -> call_forget(u); phase[u] = P_LEAVES
#endif
#ifndef CALLER_FORGETS_EPOCH
	:: lost[u] -> phase[u] = P_LEAVES
#endif
	:: else ->
#ifndef OWNERSHIP_ONLY
		/* What is not reported was right. */
		assert(!wrong[u]);
#endif
#ifdef FEW
		phase[u] = P_LEAVES
#else
		phase[u] = P_HOLDS
#endif
	fi;
	wrong[u] = 0
}

inline finish_move(u)
{
	call_placed(u, 0);
	if
	:: says == EAGAIN -> phase[u] = P_MOVE
	:: else ->
		assert(says == IN);
#ifdef CALLER_DROPS_HOLD
		call_leave(u);
#endif
		phase[u] = P_HOLDS
	fi
}

inline done(u)
{
	assert(says == OUT || says == DRAINED);
	/* "The last one is out" is true, and somebody says it. */
	assert(says != DRAINED || (revoked && !ELSE(u, HOLDING) && FREE(u)));
	assert(says == DRAINED || !revoked || ELSE(u, BUSY) || SUB(u));
	phase[u] = P_IDLE;
	clear(u)
}

inline clear_dead(u)
{
	phase[u] = P_IDLE;
	clear(u);
#ifdef NEST
	if
	:: u == 0 && phase[SECOND] != P_GONE ->
		phase[SECOND] = P_IDLE;
		clear(SECOND)
	:: else -> skip
	fi
#endif
}

proctype client(byte me)
{
	do
	:: atomic {
		phase[me] == P_IDLE && MAY_ASK(me) -> choose(me);
		d_step { call_enter(me); heed(me) }
	}
	:: phase[me] == P_IDLE -> phase[me] = P_GONE
	:: phase[me] == P_GONE -> break

	:: d_step {
		phase[me] == P_ASLEEP && told[me] ->
		told[me] = 0; say_result(me); heed(me)
	}

	/* The mover: may fail before its write, and after it */
#ifdef CALLER_PLACES_EARLY
	:: d_step { phase[me] == P_MOVED -> move(me); phase[me] = P_HOLDS }
	:: d_step { phase[me] == P_MOVE -> finish_move(me); phase[me] = P_MOVED }
#else
	:: d_step { phase[me] == P_MOVE -> move(me); phase[me] = P_MOVED }
	:: d_step { phase[me] == P_MOVED -> finish_move(me) }
#endif
	:: d_step {
		MOVING(me) && phase[me] != P_ASTRAY && ACCIDENT && !LUCKY(me) ->
		SPEND; call_placed(me, 1); done(me)
	}

	/* An access: any number of them, or with FEW exactly one */
	:: d_step {
		phase[me] == P_HOLDS && FREE(me) ->
		phase[me] = (lost[me] -> P_LEAVES : P_TOUCHES)
	}
	:: d_step { phase[me] == P_TOUCHES -> touch(me) }
	:: d_step { phase[me] == P_TOUCHED -> finish_touch(me) }
	:: d_step {
		(phase[me] == P_HOLDS || phase[me] == P_LEAVES) && FREE(me) ->
		call_leave(me); done(me)
	}

	/*
	 * It hands out what newcomers may take, while somebody waits. With
	 * FEW only something: doing nothing for ever would be no progress.
	 */
#ifdef FEW
	:: d_step { phase[me] == P_HOLDS && allowed > 0 -> call_spend(me) }
#else
	:: d_step { phase[me] == P_HOLDS && nq > 0 -> call_spend(me) }
#endif

	/* An error of the device */
	:: d_step {
		phase[me] == P_TOUCHED && ACCIDENT && !LUCKY(me) ->
		SPEND; call_doubt(me); phase[me] = P_LEAVES; wrong[me] = 0
	}
	/* One that is alone moves the window as it likes. */
	:: d_step {
		phase[me] == P_HOLDS && IS_ALONE(me) && FREE(me) ->
		assert(!ELSE(me, HOLDING));
		reg = (reg == 0 -> 1 : 0);
		phase[me] = P_ASTRAY
	}
	:: d_step {
		phase[me] == P_ASTRAY ->
#ifndef CALLER_KEEPS_STALE_BASE
		call_forget(me);
#endif
		phase[me] = P_LEAVES
	}

	/* Its time is up, perhaps after it was let in. */
	:: d_step {
		phase[me] == P_ASLEEP && ACCIDENT && !LUCKY(me) ->
		SPEND; call_cancel(me); told[me] = 0; heed(me)
	}
	/* It dies. Sooner or later somebody finds that. */
	:: d_step {
		(phase[me] == P_ASLEEP || HOLDING(me)) && OWNER(me) == me &&
		ACCIDENT && !LUCKY(me) ->
		SPEND; phase[me] = P_DEAD; told[me] = 0; wrong[me] = 0
	}
	:: d_step { phase[me] == P_DEAD -> call_reap(me); clear_dead(me) }
#ifdef CALLER_REAPS_THE_LIVING
	:: d_step { HOLDING(me) && !calm -> call_reap(me) }
#endif
	od
}

#ifdef FOREIGN_RETURNS
#define FOREIGN_STAYS true
#else
#define FOREIGN_STAYS (!ANY(WRONG))
#endif

proctype fate()
{
	do
	:: d_step { ACCIDENT -> SPEND; call_forget(NONE); reg = NOWHERE }
	:: d_step { ACCIDENT && !revoked -> SPEND; call_revoke() }
#ifdef FOREIGN
	:: d_step { ACCIDENT && FOREIGN_STAYS -> SPEND; reg = NOWHERE }
	:: d_step { ACCIDENT && FOREIGN_STAYS -> SPEND; reg = 0 }
	:: d_step { ACCIDENT && FOREIGN_STAYS -> SPEND; reg = 1 }
#endif
	:: calm = 1; break
	od
}

init {
	atomic {
#ifndef UNTIED
		c_code { tie_init(QUANTUM, CLIENTS); };
#endif
		run client(0);
		run client(1);
#if USERS > 2
		run client(2);
#endif
#if USERS > 3
		run client(3);
#endif
		run fate()
	}
}

#ifdef ENDS
/* Every request ends, for one to whom nothing happens itself. */
#define ENDED (phase[0] == P_IDLE || phase[0] == P_GONE)
ltl ends { [] (!ENDED -> <> ENDED) }
#endif
