// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lib/sys.h on Linux.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

#define NS_PER_S 1000000000ull

/* Between two looks at a lock that nobody gives away, in ns */
#define LOOK_NS 50000000ull

void *sys_alloc(size_t size)
{
	return calloc(1, size);
}

void sys_free(void *ptr)
{
	free(ptr);
}

void *sys_pages(size_t size)
{
	void *ptr = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return ptr == MAP_FAILED ? NULL : ptr;
}

void sys_pages_free(void *ptr, size_t size)
{
	munmap(ptr, size);
}

uint64_t sys_serial(void)
{
	static atomic_uint_least64_t last;

	return atomic_fetch_add(&last, 1) + 1;
}

uint64_t sys_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static atomic_uint_least32_t last_thread;

uint32_t sys_thread(void)
{
	static SYS_PER_THREAD uint32_t number;

	if (!number)
		number = atomic_fetch_add(&last_thread, 1) + 1;
	return number;
}

uint32_t sys_threads(void)
{
	return atomic_load(&last_thread);
}

uint32_t sys_process(void)
{
	return (uint32_t)getpid();
}

uint32_t sys_process_mark(void)
{
	static uint64_t secret;
	uint64_t mark;

	sys_global_take();
	/* Without random numbers an address and the time have to do. */
	if (!secret && getrandom(&secret, sizeof(secret), GRND_NONBLOCK) !=
			       (ssize_t)sizeof(secret))
		secret = (uint64_t)(uintptr_t)&mark ^ sys_now();
	/* A forked child has the same secret. */
	mark = (secret ^ (uint64_t)getpid()) * 0x9e3779b97f4a7c15;
	sys_global_drop();
	return (uint32_t)(mark >> 33);
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};
}

int sys_lock_init(struct sys_lock *lock, bool processes)
{
	pthread_mutexattr_t attr;
	int err = pthread_mutexattr_init(&attr);

	if (err)
		return -err;
	if (processes) {
		err = pthread_mutexattr_setpshared(&attr,
						   PTHREAD_PROCESS_SHARED);
		if (!err)
			err = pthread_mutexattr_setrobust(&attr,
							  PTHREAD_MUTEX_ROBUST);
	}
	if (!err)
		err = pthread_mutex_init(&lock->mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	return -err;
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER
#endif
#elif defined(__SANITIZE_THREAD__)
#define THREAD_SANITIZER
#endif

#ifdef THREAD_SANITIZER
/* It does not know pthread_mutex_clocklock(), and would see no lock at all. */
static int lock_by(pthread_mutex_t *mutex, uint64_t until)
{
	int err = EBUSY;

	while (err == EBUSY && sys_now() < until) {
		sys_pause(20000);
		err = pthread_mutex_trylock(mutex);
	}
	return err == EBUSY ? ETIMEDOUT : err;
}
#else
static int lock_by(pthread_mutex_t *mutex, uint64_t until)
{
	int err = ETIMEDOUT;

	/*
	 * Its owner may be stopped when it has dropped the lock and not yet
	 * woken those who wait for it.
	 */
	while (err == ETIMEDOUT && sys_now() < until) {
		uint64_t look = sys_now() + LOOK_NS;
		struct timespec ts = to_timespec(look < until ? look : until);

		err = pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &ts);
	}
	return err;
}
#endif

int sys_lock_take(struct sys_lock *lock, uint64_t until)
{
	int err = pthread_mutex_trylock(&lock->mutex);

	if (err == EBUSY)
		err = lock_by(&lock->mutex, until);
	if (err == EOWNERDEAD) {
		pthread_mutex_consistent(&lock->mutex);
		return 1;
	}
	return -err;
}

void sys_lock_drop(struct sys_lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}

void sys_sleep_on(uint32_t *word, bool processes, uint64_t until)
{
	/* The bit set variant takes an absolute time. */
	int op = FUTEX_WAIT_BITSET | (processes ? 0 : FUTEX_PRIVATE_FLAG);
	struct timespec ts = to_timespec(until);

	syscall(SYS_futex, word, op, 0, &ts, NULL, FUTEX_BITSET_MATCH_ANY);
}

void sys_wake(uint32_t *word, bool processes)
{
	int op = FUTEX_WAKE | (processes ? 0 : FUTEX_PRIVATE_FLAG);

	syscall(SYS_futex, word, op, 1, NULL, NULL, 0);
}

void sys_pause(uint64_t ns)
{
	struct timespec ts = to_timespec(ns);

	nanosleep(&ts, NULL);
}

static void *work(void *arg)
{
	const struct sys_worker *worker = arg;

	worker->run(worker->arg);
	return NULL;
}

int sys_worker_start(struct sys_worker *worker, void (*run)(void *arg),
		     void *arg)
{
	sigset_t all, old;
	int err;

	worker->run = run;
	worker->arg = arg;
	/* A thread begins with the mask of whoever starts it. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

void sys_worker_join(struct sys_worker *worker)
{
	pthread_join(worker->thread, NULL);
}

static pthread_mutex_t global = PTHREAD_MUTEX_INITIALIZER;
static void (*fork_child)(void);

void sys_global_take(void)
{
	pthread_mutex_lock(&global);
}

void sys_global_drop(void)
{
	pthread_mutex_unlock(&global);
}

static void in_child(void)
{
	if (fork_child)
		fork_child();
	sys_global_drop();
}

static void register_at_fork(void)
{
	pthread_atfork(sys_global_take, sys_global_drop, in_child);
}

void sys_at_fork(void (*child)(void))
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	sys_global_take();
	if (!fork_child)
		fork_child = child;
	sys_global_drop();
	pthread_once(&once, register_at_fork);
}
