// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Processes, clients, and who goes next.
 *
 * Whoever comes to a point chooses the next one and goes there directly; the
 * place outside, where sim_run() was called, sees the end only.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* A run that takes so many points goes round in circles. */
#define STEPS_MAX 100000000u

struct line {
	uintptr_t address;
	uint64_t free_at;
};

struct sim_counts sim_counts;

/* What has one value for each thread, or process (SYS_PER_THREAD in sys.h) */
extern unsigned char __start_sim_per_thread[], __stop_sim_per_thread[];
extern unsigned char __start_sim_per_process[], __stop_sim_per_process[];

static struct {
	enum sim_order order;
	struct sim_watch watch;
	uint64_t clock; /* SIM_RANDOM */
	uint64_t step;
	uint64_t turns;
	unsigned int stay; /* of 16 points, at how many it stays */
	bool alone;
	bool ending;
	struct sim_client *self;
	struct sim_client *last; /* whose statics are in place */
	struct sim_client client[SIM_CLIENTS];
	struct sim_process process[SIM_PROCESSES];
	unsigned int clients, processes;
	char failure[512];
} sim;

static size_t thread_bytes(void)
{
	return (size_t)(__stop_sim_per_thread - __start_sim_per_thread);
}

static size_t process_bytes(void)
{
	return (size_t)(__stop_sim_per_process - __start_sim_per_process);
}

static void *get(size_t size)
{
	void *ptr = calloc(1, size);

	if (!ptr)
		abort();
	return ptr;
}

void sim_begin(enum sim_order order, uint64_t seed,
	       const struct sim_costs *costs, const struct sim_watch *watch)
{
	static const unsigned int stays[] = { 0, 8, 12, 15 };

	memset(&sim, 0, sizeof(sim));
	sim.order = order;
	sim_seed(seed);
	sim_charge_begin(costs);
	if (watch)
		sim.watch = *watch;
	sim.stay = stays[sim_below(4)];
	sim_place_reset();
}

struct sim_process *sim_process_new(void)
{
	struct sim_process *p = &sim.process[sim.processes++];

	if (sim.processes > SIM_PROCESSES)
		abort();
	p->number = sim.processes;
	p->statics = get(process_bytes());
	return p;
}

/* Those in place are the ones of the client that ran last. */
static void put_statics(struct sim_client *c)
{
	struct sim_client *last = sim.last;

	if (last == c)
		return;
	if (last)
		memcpy(last->statics, __start_sim_per_thread, thread_bytes());
	memcpy(__start_sim_per_thread, c->statics, thread_bytes());
	if (!last || last->process != c->process) {
		if (last)
			memcpy(last->process->statics, __start_sim_per_process,
			       process_bytes());
		memcpy(__start_sim_per_process, c->process->statics,
		       process_bytes());
	}
	sim.last = c;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* From when on it may go; SIM_NEVER: not by itself */
static uint64_t ready_at(const struct sim_client *c)
{
	uint64_t at;

	if (c->state == SIM_ENDED || c->state == SIM_DEAD)
		return SIM_NEVER;
	at = c->state == SIM_ASLEEP ? c->deadline : c->time;
	return later(at, c->process->stopped_until);
}

/* The one that may go first; the one that went longest ago, if several may */
static struct sim_client *earliest(uint64_t *at)
{
	struct sim_client *best = NULL;
	unsigned int i;

	*at = SIM_NEVER;
	for (i = 0; i < sim.clients; i++) {
		struct sim_client *c = &sim.client[i];
		uint64_t when = ready_at(c);

		if (when < *at ||
		    (best && when == *at && c->turn < best->turn)) {
			best = c;
			*at = when;
		}
	}
	return best;
}

/*
 * Nobody can go on by itself, and the clock jumps. Nobody may be asleep whose
 * word says that it was woken; whoever has the lock, and is stopped or dead, may
 * have been about to do it.
 */
static bool all_slept_rightly(void)
{
	const struct sim_lock *lock = sim_place_lock();
	unsigned int i;

	if (lock && lock->owner)
		return true;
	for (i = 0; i < sim.clients; i++) {
		const struct sim_client *c = &sim.client[i];
		const uint32_t *word = c->waits_for;

		if (c->state == SIM_ASLEEP && word && !c->for_lock && *word &&
		    c->process->stopped_until <= sim.clock) {
			sim_fail("client %u sleeps though it was let in: a "
				 "wake-up is lost",
				 i);
			return false;
		}
	}
	return true;
}

static struct sim_client *any(void)
{
	struct sim_client *can[SIM_CLIENTS];
	unsigned int n = 0, i;

	for (i = 0; i < sim.clients; i++)
		if (ready_at(&sim.client[i]) <= sim.clock)
			can[n++] = &sim.client[i];
	if (!n) {
		uint64_t at;

		if (!all_slept_rightly() || !earliest(&at))
			return NULL;
		sim.clock = at;
		return any();
	}
	if (sim.self && ready_at(sim.self) <= sim.clock &&
	    sim_below(16) < sim.stay)
		return sim.self;
	return can[sim_below(n)];
}

/* Who goes next; NULL: nobody can, or it is over */
static struct sim_client *choose(void)
{
	struct sim_client *c;
	uint64_t at;

	if (sim_failed())
		return NULL;
	c = sim.order == SIM_TIME ? earliest(&at) : any();
	if (!c)
		return NULL;
	if (c->state == SIM_ASLEEP) {
		c->state = SIM_READY;
		if (c->deadline > c->time)
			c->asleep_ns += c->deadline - c->time;
		c->time = later(c->deadline, c->time);
	}
	c->turn = ++sim.turns;
	return c;
}

static void arrived(struct sim_client *c)
{
	if (sim.ending)
		sim_stack_leave(c->stack, NULL);
}

/* Let the next one go on; comes back when it is this one's turn. */
static void go_on(struct sim_client *self)
{
	struct sim_client *next = choose();

	if (next == self)
		return;
	sim_counts.switches++;
	sim.self = next;
	if (next)
		put_statics(next);
	sim_stack_switch(self ? self->stack : NULL, next ? next->stack : NULL);
	if (self)
		arrived(self);
}

/* The first function on each client's stack */
static void client_main(void)
{
	struct sim_client *c = sim.self, *next;

	sim_stack_arrived(c->stack);
	arrived(c);
	c->run(c->arg);
	c->state = SIM_ENDED;
	next = choose();
	sim.self = next;
	if (next)
		put_statics(next);
	sim_stack_leave(c->stack, next ? next->stack : NULL);
}

struct sim_client *sim_client_new(struct sim_process *process,
				  void (*run)(void *arg), void *arg)
{
	struct sim_client *c = &sim.client[sim.clients];

	if (sim.clients == SIM_CLIENTS)
		abort();
	c->number = sim.clients++;
	c->process = process;
	c->run = run;
	c->arg = arg;
	c->statics = get(thread_bytes());
	c->stack = sim_stack_get(client_main);
	if (sim.order == SIM_TIME)
		c->time = sim.self ? sim.self->time : sim_latest();
	process->clients++;
	return c;
}

const char *sim_run(void)
{
	unsigned int i;

	sim.self = NULL;
	go_on(NULL);
	sim.self = NULL;
	for (i = 0; i < sim.clients; i++)
		if (sim.client[i].state == SIM_READY ||
		    sim.client[i].state == SIM_ASLEEP)
			sim_fail(
				"client %u waits for ever, and nobody can wake "
				"it",
				i);
	return sim_failed() ? sim.failure : NULL;
}

void sim_end(void)
{
	unsigned int i;

	sim.ending = true;
	for (i = 0; i < sim.clients; i++) {
		struct sim_client *c = &sim.client[i];

		/* It comes back at once: nothing of it goes on. */
		sim.self = c;
		if (c->state != SIM_ENDED)
			sim_stack_switch(NULL, c->stack);
		sim_stack_put(c->stack);
		free(c->statics);
	}
	for (i = 0; i < sim.processes; i++) {
		sim_memory_free(&sim.process[i]);
		free(sim.process[i].statics);
	}
	memset(__start_sim_per_thread, 0, thread_bytes());
	memset(__start_sim_per_process, 0, process_bytes());
	memset(&sim, 0, sizeof(sim));
}

bool sim_failed(void)
{
	return sim.failure[0] != 0;
}

void sim_fail(const char *format, ...)
{
	va_list args;

	if (sim_failed())
		return;
	va_start(args, format);
	vsnprintf(sim.failure, sizeof(sim.failure), format, args);
	va_end(args);
}

struct sim_client *sim_self(void)
{
	return sim.self;
}

struct sim_client *sim_client_at(unsigned int number)
{
	return &sim.client[number];
}

unsigned int sim_client_count(void)
{
	return sim.clients;
}

enum sim_order sim_order(void)
{
	return sim.order;
}

uint64_t sim_now(void)
{
	return sim.order == SIM_RANDOM || !sim.self ? sim.clock :
						      sim.self->time;
}

uint64_t sim_latest(void)
{
	uint64_t latest = sim.clock;
	unsigned int i;

	for (i = 0; i < sim.clients; i++)
		latest = later(latest, sim.client[i].time);
	return latest;
}

uint64_t sim_step(void)
{
	return sim.step;
}

void sim_alone(bool alone)
{
	sim.alone = alone;
}

void sim_kill(struct sim_process *process)
{
	const struct sim_lock *lock = sim_place_lock();
	unsigned int i;

	sim_counts.kills++;
	if (lock && sim_lock_held(lock) && lock->owner->process == process)
		sim_counts.owner_kills++;
	process->dead = true;
	for (i = 0; i < sim.clients; i++) {
		struct sim_client *c = &sim.client[i];

		if (c->process == process && c->state != SIM_ENDED)
			c->state = SIM_DEAD;
	}
	for (i = 0; i < sim.clients; i++) {
		struct sim_client *c = &sim.client[i];

		/* The lock tells the next one who looks. */
		if (c->state == SIM_ASLEEP && c->for_lock &&
		    !sim_lock_held(c->waits_for))
			sim_wake(c, 0);
	}
}

void sim_stop(struct sim_process *process, uint64_t ns)
{
	sim_counts.stops++;
	process->stopped_until = sim_now() + ns;
}

void sim_unlocking(const struct sim_lock *lock)
{
	if (sim.watch.lock)
		sim.watch.lock(lock);
}

static void point(void)
{
	struct sim_client *self = sim.self;

	if (sim.alone && !sim_failed())
		return;
	sim_counts.points++;
	if (++sim.step > STEPS_MAX)
		sim_fail("no end after %u points", STEPS_MAX);
	if (sim.order == SIM_RANDOM)
		sim.clock += SIM_STEP_NS;
	if (sim.watch.step)
		sim.watch.step(self);
	go_on(self);
}

void sim_point_after(uint64_t ns)
{
	if (!sim.self || (sim.order == SIM_TIME && !ns))
		return;
	if (sim.order == SIM_TIME)
		sim.self->time += ns;
	point();
}

void sim_point_on(const void *word)
{
	if (!sim.self)
		return;
	if (sim.order == SIM_TIME)
		sim.self->time = sim_charge(word, sim.self->time);
	point();
}

void sim_sleep(const void *on, bool lock, uint64_t deadline)
{
	struct sim_client *self = sim.self;

	if (sim.alone)
		sim_fail("client %u sleeps where it must not", self->number);
	self->state = SIM_ASLEEP;
	self->waits_for = on;
	self->for_lock = lock;
	self->deadline = deadline;
	if (sim.order == SIM_RANDOM)
		self->time = sim.clock;
	point();
	self->waits_for = NULL;
	self->for_lock = false;
	if (sim.order == SIM_RANDOM)
		self->time = 0;
}

struct sim_client *sim_sleeper(const void *on)
{
	struct sim_client *first = NULL;
	unsigned int i;

	for (i = 0; i < sim.clients; i++) {
		struct sim_client *c = &sim.client[i];

		if (c->state == SIM_ASLEEP && c->waits_for == on &&
		    (!first || c->turn < first->turn))
			first = c;
	}
	return first;
}

void sim_wake(struct sim_client *client, uint64_t handoff)
{
	uint64_t now = sim_now();

	uint64_t end = now < client->deadline ? now : client->deadline;

	client->state = SIM_READY;
	/* What it is stopped beyond its deadline is no sleep. */
	if (end > client->time)
		client->asleep_ns += end - client->time;
	client->time = 0;
	if (sim.order == SIM_TIME)
		client->time = now + handoff;
}
