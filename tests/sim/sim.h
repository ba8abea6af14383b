/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A simulator that runs the real library, core/ and lib/, one client at a time.
 *
 *	client	a coroutine; what is a thread elsewhere
 *	process	some clients that die, stop and go on together
 *	point	where the running client may be exchanged for another: before and
 *		behind each access of the GPU, before each operation on a word
 *		that others change (pramin_sim_point()), around locks and waits
 *
 *	sim.c		processes, clients, and who goes next
 *	sim_stack.c	coroutines
 *	sim_charge.c	what operations on shared words cost; random numbers
 *	sim_sys.c	lib/sys.h, on top of it
 *	sim_meet.c	lib/meet.c: one place where all processes meet
 *	sim_gpu.c	a GPU that knows its window register and VRAM
 *
 * Two orders. In SIM_RANDOM a seeded choice among those who can go on is made at
 * every point, and the clock is a count of points that jumps when all sleep. In
 * SIM_TIME each client has a time of its own, and the one who is least far goes
 * next: the same charges give the same run, to the nanosecond.
 *
 * One run at a time; all functions belong to the thread that does it.
 */
#ifndef PRAMIN_TESTS_SIM_H
#define PRAMIN_TESTS_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_CLIENTS   80u
#define SIM_PROCESSES 20u

#define SIM_NEVER UINT64_MAX

/* What a point of SIM_RANDOM costs on the clock, in ns */
#define SIM_STEP_NS 100u

enum sim_order {
	SIM_RANDOM,
	SIM_TIME
};

/**
 * struct sim_costs - charges of SIM_TIME, in ns
 * @read:    a round trip on the bus; those of several clients overlap
 * @store:   a posted store, to the client
 * @accept:  the GPU takes one store in this time, from all clients together
 * @atomic:  an operation on a word that is shared. Those on one cache line, or
 *           on one lock, queue behind each other.
 * @handoff: from a wake, or the release of a lock, to whoever waits for it
 * @one_read: the GPU serves one read at a time
 * @apart:   a compare-exchange is charged without the load before it: others
 *           come in between, and it is charged again when it fails
 */
struct sim_costs {
	uint64_t read;
	uint64_t store;
	uint64_t accept;
	uint64_t atomic;
	uint64_t handoff;
	bool one_read;
	bool apart;
};

extern const struct sim_costs sim_usual_costs;

enum sim_state {
	SIM_READY,
	SIM_ASLEEP, /* until woken, or until the deadline */
	SIM_ENDED,
	SIM_DEAD, /* killed in the middle; never goes on */
};

struct sim_stack;

struct sim_process {
	uint32_t number; /* from 1 */
	bool dead;
	uint64_t stopped_until; /* 0: it runs */
	bool global_lock;	/* sys_global_take() */
	unsigned int clients;
	struct sim_block *blocks; /* what it has from sys_alloc() */
	unsigned char *statics;	  /* variables of which each process has one */
};

struct sim_client {
	struct sim_process *process;
	unsigned int number; /* in the run, from 0 */
	enum sim_state state;
	void (*run)(void *arg);
	void *arg;
	uint64_t time; /* SIM_TIME: how far it is */
	uint64_t turn; /* when it went last: ties go to who waits longest */
	uint64_t deadline;
	const void *waits_for; /* a word, or a lock */
	bool for_lock;
	bool got_lock;
	uint64_t asleep_ns; /* in all */
	struct sim_stack *stack;
	unsigned char *statics; /* variables of which each thread has one */
};

/* A lock as sim_sys.c keeps it */
struct sim_lock {
	struct sim_client *owner;
	bool died; /* with its last owner */
};

/* Is it had by somebody who lives? */
static inline bool sim_lock_held(const struct sim_lock *lock)
{
	return lock->owner && lock->owner->state != SIM_DEAD;
}

/**
 * struct sim_watch - who looks on; members may be NULL
 * @step: at each point, before somebody is chosen; may kill and stop
 * @lock: its owner is about to release a lock
 */
struct sim_watch {
	void (*step)(struct sim_client *self);
	void (*lock)(const struct sim_lock *lock);
};

/* What has happened in all runs since sim_counts was cleared */
struct sim_counts {
	uint64_t points;
	uint64_t switches;
	uint64_t kills;
	uint64_t owner_kills; /* of a process that had a lock */
	uint64_t owner_deaths_seen;
	uint64_t stops;
	uint64_t lock_timeouts;
	uint64_t early_wakes; /* the wake came before the sleep */
};

extern struct sim_counts sim_counts;

/* Begin a run: no processes, no clients, time 0. */
void sim_begin(enum sim_order order, uint64_t seed,
	       const struct sim_costs *costs, const struct sim_watch *watch);

struct sim_process *sim_process_new(void);
struct sim_client *sim_client_new(struct sim_process *process,
				  void (*run)(void *arg), void *arg);

/* Go on until every client has ended or is dead. NULL, or why not */
const char *sim_run(void);

/* Give back all that a run has; clients that are dead leave their stacks. */
void sim_end(void);

/* Something is wrong: the run ends here. The first reason is kept. */
void sim_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool sim_failed(void);

struct sim_client *sim_self(void);
struct sim_client *sim_client_at(unsigned int number);
unsigned int sim_client_count(void);
enum sim_order sim_order(void);
const struct sim_costs *sim_costs(void);
uint64_t sim_now(void);
/* How far the client is that is furthest */
uint64_t sim_latest(void);
uint64_t sim_step(void); /* points so far */

uint64_t sim_random(void);
static inline uint64_t sim_below(uint64_t n)
{
	return n ? sim_random() % n : 0;
}

/* By sim_sys.c, before a lock is free */
void sim_unlocking(const struct sim_lock *lock);

/* At a point only */
void sim_kill(struct sim_process *process);
void sim_stop(struct sim_process *process, uint64_t ns);

/* Nobody else goes on until it is set to false. Its user must not sleep. */
void sim_alone(bool alone);

/* A point: others may go on. In SIM_TIME after @ns. */
void sim_point_after(uint64_t ns);

/* A point at which an operation on what lies at @word is charged */
void sim_point_on(const void *word);

/* Sleep until sim_wake(@on) or @deadline; for a lock if @lock. */
void sim_sleep(const void *on, bool lock, uint64_t deadline);

/* Who has slept on that for longest, or NULL */
struct sim_client *sim_sleeper(const void *on);
void sim_wake(struct sim_client *client, uint64_t handoff);

/* sim_charge.c: when an operation on that word is over, if it begins now */
void sim_charge_begin(const struct sim_costs *costs);
uint64_t sim_charge(const void *word, uint64_t now);
void sim_seed(uint64_t seed);

/* sim_stack.c: @entry must not return. */
struct sim_stack *sim_stack_get(void (*entry)(void));
void sim_stack_put(struct sim_stack *stack);
/* From the one that runs to that one; NULL is where sim_run() was called */
void sim_stack_switch(struct sim_stack *from, struct sim_stack *to);
/* Behind each switch, on the new stack */
void sim_stack_arrived(struct sim_stack *self);
/* As sim_stack_switch(), for good */
void sim_stack_leave(struct sim_stack *from, struct sim_stack *to)
	__attribute__((noreturn));

/* sim_sys.c */
void sim_memory_free(struct sim_process *process);

/* sim_meet.c: begin anew, with nobody and nothing there */
void sim_place_reset(void);
/* What the handles share; NULL before the first has come */
struct pramin_meeting *sim_place_meeting(void);
const struct sim_lock *sim_place_lock(void);

#endif /* PRAMIN_TESTS_SIM_H */
