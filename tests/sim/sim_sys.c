// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lib/sys.h on top of the simulator.
 *
 * A lock lies in memory that a simulated process may leave behind, as struct
 * sim_lock; it is had by a client, and free if that client is dead.
 */
#ifndef PRAMIN_SIM
#define PRAMIN_SIM /* for an analyzer, which has no flags of ours */
#endif
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "../../core/env.h"
#include "../../lib/sys.h"

/* As stripes are aligned (core/share.h) */
#define BLOCK_ALIGN 128u

/* Memory of a process, which goes with it */
struct sim_block {
	_Alignas(BLOCK_ALIGN) struct sim_block *prev;
	struct sim_block *next;
	struct sim_process *process;
};

_Static_assert(sizeof(struct sim_lock) <= sizeof(struct sys_lock),
	       "a lock fits where the library keeps one");

static struct sim_lock *of(struct sys_lock *lock)
{
	return (struct sim_lock *)(void *)lock;
}

void *sys_alloc(size_t size)
{
	struct sim_process *p = sim_self()->process;
	size_t whole = (sizeof(struct sim_block) + size + BLOCK_ALIGN - 1) /
		       BLOCK_ALIGN * BLOCK_ALIGN;
	struct sim_block *b = aligned_alloc(BLOCK_ALIGN, whole);

	if (!b)
		return NULL;
	memset(b, 0, whole);
	b->process = p;
	b->next = p->blocks;
	if (b->next)
		b->next->prev = b;
	p->blocks = b;
	return b + 1;
}

void sys_free(void *ptr)
{
	struct sim_block *b = ptr;

	if (!b)
		return;
	b--;
	if (b->next)
		b->next->prev = b->prev;
	if (b->prev)
		b->prev->next = b->next;
	else
		b->process->blocks = b->next;
	free(b);
}

void sim_memory_free(struct sim_process *process)
{
	while (process->blocks)
		sys_free(process->blocks + 1);
}

void *sys_pages(size_t size)
{
	return sys_alloc(size);
}

void sys_pages_free(void *ptr, size_t size)
{
	(void)size;
	sys_free(ptr);
}

uint64_t sys_serial(void)
{
	static uint64_t last;

	return ++last;
}

uint64_t sys_now(void)
{
	return sim_now();
}

uint32_t sys_process(void)
{
	return sim_self()->process->number;
}

uint32_t sys_process_mark(void)
{
	return sys_process();
}

uint32_t sys_thread(void)
{
	return sim_self()->number + 1;
}

uint32_t sys_threads(void)
{
	return SIM_CLIENTS;
}

int sys_lock_init(struct sys_lock *lock, bool processes)
{
	(void)processes;
	*of(lock) = (struct sim_lock){ .owner = NULL };
	return 0;
}

static bool try_lock(struct sim_lock *l)
{
	if (sim_lock_held(l))
		return false;
	if (l->owner)
		l->died = true;
	l->owner = sim_self();
	return true;
}

int sys_lock_take(struct sys_lock *lock, uint64_t until)
{
	struct sim_client *self = sim_self();
	struct sim_lock *l = of(lock);
	bool died;

	sim_point_on(l);
	while (l->owner != self && !try_lock(l)) {
		if (sim_now() >= until) {
			sim_counts.lock_timeouts++;
			return -ETIMEDOUT;
		}
		sim_sleep(l, true, until);
	}
	died = l->died;
	l->died = false;
	sim_counts.owner_deaths_seen += died;
	return died;
}

/*
 * In SIM_TIME the lock goes to who has waited longest. In SIM_RANDOM all who
 * wait try again, and whoever comes just then may be faster.
 */
void sys_lock_drop(struct sys_lock *lock)
{
	struct sim_client *self = sim_self(), *next;
	struct sim_lock *l = of(lock);

	sim_point_on(l);
	if (l->owner != self) {
		sim_fail("client %u gives back a lock that it has not",
			 self->number);
		return;
	}
	sim_unlocking(l);
	l->owner = NULL;
	while ((next = sim_sleeper(l))) {
		sim_wake(next, sim_costs()->handoff);
		if (sim_order() == SIM_RANDOM)
			continue;
		l->owner = next;
		break;
	}
	sim_point_after(0);
}

void sys_sleep_on(uint32_t *word, bool processes, uint64_t until)
{
	(void)processes;
	sim_point_after(0);
	if (*word) {
		sim_counts.early_wakes++;
		return;
	}
	sim_sleep(word, false, until);
}

void sys_wake(uint32_t *word, bool processes)
{
	struct sim_client *sleeper;

	(void)processes;
	sim_point_after(0);
	sleeper = sim_sleeper(word);
	if (sleeper)
		sim_wake(sleeper, sim_costs()->handoff);
}

void sys_pause(uint64_t ns)
{
	sim_sleep(NULL, false, sim_now() + ns);
}

/* One lock for each process, whose clients alone can want it */
void sys_global_take(void)
{
	struct sim_process *p = sim_self()->process;

	sim_point_after(0);
	while (p->global_lock)
		sim_sleep(NULL, false, sim_now() + SIM_STEP_NS);
	p->global_lock = true;
}

void sys_global_drop(void)
{
	sim_self()->process->global_lock = false;
	sim_point_after(0);
}

/* Nor does the library need threads of its own here: they are for hardware. */
int sys_worker_start(struct sys_worker *worker, void (*run)(void *arg),
		     void *arg)
{
	(void)worker;
	(void)run;
	(void)arg;
	return -ENOSYS;
}

void sys_worker_join(struct sys_worker *worker)
{
	(void)worker;
}

/* No process here forks. */
void sys_at_fork(void (*child)(void))
{
	(void)child;
}

/*
 * What core does to words that others change. The counters of a stripe are not
 * charged (NULL): each thread has its own, as long as there are no more than
 * PRAMIN_STRIPES of them.
 */
void pramin_sim_point(const void *word)
{
	if (word && !sim_costs()->apart)
		sim_point_on(word);
	else
		sim_point_after(0);
}

void pramin_sim_between(const void *word)
{
	if (sim_costs()->apart)
		sim_point_on(word);
	else
		sim_point_after(0);
}
