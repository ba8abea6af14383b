/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Random torture: processes with clients that do anything the library offers,
 * under a random order, while processes are killed and stopped, the GPU makes
 * errors and is reset, and handles are revoked and closed.
 *
 * Every byte that is written has an owner. VRAM is cut at 64 KiB lines:
 *
 *	        line 16 m          line 16 m + 1 + slot
 *	  ---------|------------------------|--------------
 *	       |--256--|                |--256--|
 *	        slot (m - 1) % slots     slot
 *
 * so that accesses straddle the lines where chunks and windows end. A client
 * says what it is about to write (its intents); each write that reaches VRAM must
 * be one of them, of the client that runs. When a call returns, each byte is
 * what it was or what it should be; after success the latter.
 *
 *	torture.c	one run: what happens to whom
 *	torture_call.c	what a client does
 *	torture_mem.c	who owns what
 */
#ifndef PRAMIN_TESTS_SIM_TORTURE_H
#define PRAMIN_TESTS_SIM_TORTURE_H

#include <pramin/pramin.h>

#include "sim_gpu.h"

#define SLOTS	  12u
#define HALF	  128u
#define REGION	  (2 * HALF)
#define INTENTS	  16u
#define LINE	  0x10000u
#define TEAMS_MAX 4u

/* What a run may contain */
struct profile {
	bool kills, stops, faults, resets, revokes, lost, verify;
	unsigned int mibs;
	unsigned int timeout_ms;
};

/* What has happened, over all runs; each has to */
enum seen {
	SEEN_ACCESS_PREEMPTED,	/* others ran between entry and access */
	SEEN_OWNER_KILLED,	/* a process died with the lock, */
	SEEN_OWNER_DEATH_FOUND, /* and the next one was told */
	SEEN_MOVER_KILLED,	/* between the write and placed() */
	SEEN_CLOSED_BUSY,	/* a closed gate with calls inside */
	SEEN_SHARED_GATE,	/* several calls inside one */
	SEEN_LEASE_TAKEN,	/* of a process that is stopped */
	SEEN_EARLY_WAKE,	/* the wake came before the sleep */
	SEEN_RESET_MOVING,	/* a reset while the window was being moved */
	SEEN_RESET_CALLS,	/* told while calls were inside */
	SEEN_REVOKED_CALLS,	/* a handle with calls inside was revoked */
	SEEN_CLOSED_CALLS,	/* and one closed */
	SEEN_CANCELLED,
	SEEN_YIELDED,	  /* a view was elsewhere meanwhile */
	SEEN_TIMED_OUT,	  /* behind a process that is stopped */
	SEEN_LOCK_LATE,	  /* the lock was not had in time */
	SEEN_FAULT,	  /* an error of the backend */
	SEEN_LOST,	  /* the GPU was gone */
	SEEN_LEFT_MOVED,  /* all died, and the next opener put the value back */
	SEEN_KINDS
};

extern uint64_t seen[SEEN_KINDS];
extern const char *const seen_names[SEEN_KINDS];

struct intent {
	uint64_t pa;
	unsigned int len;
	unsigned char bytes[REGION];
};

struct team;

struct tester {
	struct sim_client *client;
	struct team *team;
	unsigned int slot;
	unsigned int calls; /* to make */
	bool in_call;
	const char *what; /* call */
	bool ones; /* a read of this call was answered so by a fault */
	uint64_t read_pa, read_len; /* what the call may read */
	uint64_t begun_asleep;
	unsigned int intents;
	struct intent intent[INTENTS];
};

/* A process and its handle */
struct team {
	struct sim_process *process;
	struct pramin_dev *dev;
	bool opened, closing, closed, revoked;
	unsigned int testers, ended, views;
	uint64_t leases; /* SEEN_LEASE_TAKEN: that it had when it was stopped */
};

struct torture {
	struct profile profile;
	struct sim_gpu gpu;
	unsigned int slots, teams;
	struct tester tester[SLOTS];
	struct team team[TEAMS_MAX];
	unsigned int kills, stops, faults;
	bool auditing;
};

extern struct torture tt;

/* The tester that runs; NULL: it is none */
struct tester *tester_self(void);

/* torture_mem.c */
void mem_begin(void);
/* A random range that this slot owns, of at most @max bytes */
void mem_pick(unsigned int slot, unsigned int max, uint64_t *pa,
	      unsigned int *len);
void mem_intend(struct tester *t, uint64_t pa, unsigned int len);
/* Against what is known; a failure ends the run. */
void mem_settle(struct tester *t, int ret);
void mem_check_read(const struct tester *t, uint64_t pa, const void *buf,
		    unsigned int len);
void mem_check_all(void);
extern const struct sim_gpu_watch mem_watch;

/* torture_call.c */
void call_random(struct tester *t);
void call_begin(struct tester *t, const char *what);
/* @ret is one that may be: what it says of the bytes, and of the wait */
int call_end(struct tester *t, int ret);

/* torture.c: one seed; NULL, or what went wrong */
const char *torture_run(uint64_t seed);
enum sim_fault torture_fault(uint32_t off, bool write);

/* history.c: one run of clients that fight for words. NULL, or why it is wrong */
const char *history_run(uint64_t seed);

#endif /* PRAMIN_TESTS_SIM_TORTURE_H */
