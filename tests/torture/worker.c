// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A worker of the torture: opens the GPU, makes random calls in one to three
 * threads, closes it, and again, until it is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "torture.h"

uint64_t torture_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

uint64_t torture_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

void torture_fail(struct board *b, const char *format, ...)
{
	va_list args;

	if (__atomic_exchange_n(&b->failed, 1, __ATOMIC_ACQ_REL))
		return;
	va_start(args, format);
	vsnprintf(b->text, sizeof(b->text), format, args);
	va_end(args);
	__atomic_store_n(&b->has_text, 1, __ATOMIC_RELEASE);
}

/* Was it stopped at some moment from @from on? @now: is it still? */
static bool was_stopped(const struct board *b, uint32_t pid, uint64_t from,
			bool *now)
{
	uint32_t i = __atomic_load_n(&b->stops, __ATOMIC_ACQUIRE);
	bool found = false;

	while (i-- && !*now) {
		const struct stop *s = &b->stop[i % STOPS];
		uint64_t to = __atomic_load_n(&s->to, __ATOMIC_ACQUIRE);

		/* Who was continued just now may not have run yet. */
		if (to && to + 50000000 < from)
			break;
		found = true;
		*now = s->pid == pid && (!to || to + 50000000 > torture_now());
	}
	return found;
}

void torture_judge(struct thread *t, int ret, const struct pramin_why *why)
{
	struct board *b = t->b;
	unsigned int pid = 0;
	bool named = false;

	if (ret != -ETIMEDOUT && ret != -EBUSY) {
		torture_fail(b, "a call returned %d: %s", ret, why->what);
		return;
	}
	if (sscanf(why->what, "process %u", &pid) != 1 && ret == -ETIMEDOUT)
		torture_fail(b, "no process is named: %s", why->what);
	if (!was_stopped(b, pid, t->began, &named))
		torture_fail(b, "nobody was stopped, but: %s", why->what);
	if (ret == -EBUSY)
		torture_count(&b->shut, 1);
	else
		torture_count(named ? &b->timeouts : &b->late, 1);
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;

	while (t->calls-- && !t->b->failed)
		torture_call(t);
	return NULL;
}

/* 0, or it was in vain because somebody was stopped */
static int open_one(struct thread *t)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = TIMEOUT_MS,
		.verify = torture_pick(t, 8) == 0,
	};
	struct pramin_why why;
	int ret;

	t->began = torture_now();
	ret = pramin_open(t->b->gpu, &opts, &t->dev, &why);
	torture_count(&t->b->opens, !ret);
	if (ret)
		torture_judge(t, ret, &why);
	return ret;
}

static void close_one(struct thread *t)
{
	struct pramin_why why;
	int ret;

	t->began = torture_now();
	ret = pramin_close(t->dev, &why);
	if (ret)
		torture_judge(t, ret, &why);
}

/* From open to close, with one handle for all threads or one for each */
static void visit(struct thread *all, unsigned int threads)
{
	bool own = torture_pick(&all[0], 2);
	pthread_t id[THREADS];
	unsigned int opened = 0, i;

	while (opened < (own ? threads : 1) && !open_one(&all[opened]))
		opened++;
	if (opened < (own ? threads : 1))
		threads = opened;
	for (i = 0; i < threads; i++) {
		if (!own)
			all[i].dev = all[0].dev;
		all[i].calls = 1 + torture_pick(&all[i], 200);
		if (pthread_create(&id[i], NULL, thread_main, &all[i]))
			torture_fail(all[0].b, "no thread");
	}
	for (i = 0; i < threads && !all[0].b->failed; i++)
		pthread_join(id[i], NULL);
	for (i = 0; i < opened && !all[0].b->failed; i++)
		close_one(&all[i]);
}

void torture_work(struct board *b, unsigned int slot, uint64_t seed)
{
	static struct thread all[THREADS];
	unsigned int i, threads;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < THREADS; i++)
		all[i] = (struct thread){
			.b = b,
			.slot = slot,
			.lane = slot + SLOTS * i,
			.random = seed * 3 + i,
		};
	threads = 1 + torture_pick(&all[0], THREADS);
	while (!__atomic_load_n(&b->failed, __ATOMIC_RELAXED))
		visit(all, threads);
	_exit(1);
}
