/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The only way from lib/ to threads, locks, waits, clocks and memory.
 *
 * No other file of lib/ calls pthread_*, clock_*, malloc() or their like, so
 * that a simulator can stand in for all of it by replacing sys.c.
 */
#ifndef PRAMIN_LIB_SYS_H
#define PRAMIN_LIB_SYS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Storage that each thread, or each process, has for itself. The simulator has
 * all of them in one thread of one process, and exchanges what lies there.
 */
#ifdef PRAMIN_SIM
#define SYS_PER_THREAD	__attribute__((section("sim_per_thread")))
#define SYS_PER_PROCESS __attribute__((section("sim_per_process")))
#else
#define SYS_PER_THREAD _Thread_local
#define SYS_PER_PROCESS
#endif

/* Zeroed memory, or NULL */
void *sys_alloc(size_t size);
void sys_free(void *ptr);

/* Zeroed pages of this process; they cost nothing until they are touched. */
void *sys_pages(size_t size);
void sys_pages_free(void *ptr, size_t size);

/* A number that no other call in this process has returned; from 1 */
uint64_t sys_serial(void);

/* ns; one clock for all processes, that only goes forward */
uint64_t sys_now(void);

/* The calling process, for messages */
uint32_t sys_process(void);

/*
 * The calling process, by a number below 2^31 that another one hardly has: process
 * ids are not enough, as two containers have the same ones.
 */
uint32_t sys_process_mark(void);

/* The calling thread's number, from 1; no other of this process has had it */
uint32_t sys_thread(void);

/* How many of these numbers have been given */
uint32_t sys_threads(void);

/* A lock that may lie in memory of several processes and outlives its owner */
struct sys_lock {
	pthread_mutex_t mutex;
};

/* 0, or a negative errno value */
int sys_lock_init(struct sys_lock *lock, bool processes);

/* 0; 1: had, but its last owner died with it; -ETIMEDOUT at sys_now() = @until */
int sys_lock_take(struct sys_lock *lock, uint64_t until);
void sys_lock_drop(struct sys_lock *lock);

/* Sleep while *@word is 0, until woken or until @until; may return early */
void sys_sleep_on(uint32_t *word, bool processes, uint64_t until);
void sys_wake(uint32_t *word, bool processes);

/* Sleep for about so long */
void sys_pause(uint64_t ns);

/* A thread of the library's own, for what comes while nobody calls */
struct sys_worker {
	pthread_t thread;
	void (*run)(void *arg);
	void *arg;
};

/*
 * Start one. It blocks all signals: handlers of the program do not run in it. 0, or
 * a negative errno value. @worker lies still until it has been joined.
 */
int sys_worker_start(struct sys_worker *worker, void (*run)(void *arg),
		     void *arg);
void sys_worker_join(struct sys_worker *worker);

/*
 * One lock for what belongs to the process as a whole. @child is called in each
 * forked child, with the lock held; the first one given is kept.
 */
void sys_global_take(void);
void sys_global_drop(void);
void sys_at_fork(void (*child)(void));

#endif /* PRAMIN_LIB_SYS_H */
