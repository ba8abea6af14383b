/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Threads of a test, and how they tell each other how far they are: by counts
 * that only go up. A wait for one ends the test if it lasts for a minute, which
 * is a hang, and not a measurement.
 */
#ifndef PRAMIN_TESTS_LIB_SHARE_TEAM_H
#define PRAMIN_TESTS_LIB_SHARE_TEAM_H

#include <pthread.h>

#include "lib_share_gpu.h"
#include "../../lib/dev.h"

#define TEAM_MAX 16u

/*
 * Handles of one process have the meeting mapped once each. ThreadSanitizer
 * takes a lock that is mapped twice for two locks: threads of one handle that
 * are kept apart through another handle look like a race to it.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TEAM_TSAN true
#endif
#elif defined(__SANITIZE_THREAD__)
#define TEAM_TSAN true
#endif
#ifndef TEAM_TSAN
#define TEAM_TSAN false
#endif

struct team;

struct member {
	struct team *team;
	unsigned int number;
	struct pramin_dev *dev;
	int (*run)(struct member *m);
	int ret;
	pthread_t thread;
};

/**
 * struct team - one GPU, its handles, and the threads that use them
 * @step: what the members say; for team_say() and team_await()
 */
struct team {
	struct share_gpu *gpu;
	struct share_io io[TEAM_MAX];
	struct pramin_dev *dev[TEAM_MAX];
	unsigned int handles;
	struct member member[TEAM_MAX];
	struct pramin_why why;
	uint32_t step;
};

static inline void team_say(struct team *t)
{
	__atomic_fetch_add(&t->step, 1, __ATOMIC_RELEASE);
}

/* Until it was said @count times */
static inline int team_await(const struct team *t, uint32_t count)
{
	const struct timespec moment = { .tv_nsec = 100000 };
	unsigned int i;

	for (i = 0; i < 600000; i++) {
		if (__atomic_load_n(&t->step, __ATOMIC_ACQUIRE) >= count)
			return 0;
		nanosleep(&moment, NULL);
	}
	printf("step %u is not reached\n", count);
	return CHECK_FAILED;
}

/* @handles of one new GPU; several meet in a file, one in its own memory */
static inline int team_open_by(struct team *t, unsigned int handles,
			       const struct pramin_open_opts *opts,
			       const struct pramin_io_ops *ops)
{
	unsigned int i;

	memset(t, 0, sizeof(*t));
	t->gpu = share_gpu_new();
	CHECK(t->gpu);
	for (i = 0; i < handles; i++) {
		t->io[i].gpu = t->gpu;
		if (handles > 1 && !i)
			CHECK_EQ(share_place(&t->io[0], "meeting"), 0);
		if (i)
			memcpy(t->io[i].path, t->io[0].path,
			       sizeof(t->io[i].path));
		CHECK_EQ(pramin_open_io(ops, &t->io[i], opts, &t->dev[i],
					&t->why),
			 0);
	}
	t->handles = handles;
	return 0;
}

static inline int team_open(struct team *t, unsigned int handles,
			    const struct pramin_open_opts *opts)
{
	return team_open_by(t, handles, opts, &share_ops);
}

/* All handles; the last one puts the window back. */
static inline int team_close(struct team *t)
{
	unsigned int i;

	for (i = 0; i < t->handles; i++) {
		CHECK_EQ(pramin_close(t->dev[i], &t->why), 0);
		CHECK_EQ(t->io[i].closed, 1);
	}
	CHECK_EQ(share_check(t->gpu), 0);
	CHECK_EQ(t->gpu->window, SHARE_RAW);
	share_gpu_free(t->gpu);
	return 0;
}

static void *team_thread(void *arg)
{
	struct member *m = arg;

	m->ret = m->run(m);
	return NULL;
}

/* Start member @number, with a handle of the team. */
static inline int team_start(struct team *t, unsigned int number,
			     int (*run)(struct member *m))
{
	struct member *m = &t->member[number];

	m->team = t;
	m->number = number;
	m->dev = t->dev[number % t->handles];
	m->run = run;
	m->ret = -1;
	CHECK_EQ(pthread_create(&m->thread, NULL, team_thread, m), 0);
	return 0;
}

static inline int team_join(struct team *t, unsigned int number)
{
	CHECK_EQ(pthread_join(t->member[number].thread, NULL), 0);
	return t->member[number].ret;
}

/* So many members at once; all have to succeed. */
static inline int team_run(struct team *t, unsigned int members,
			   int (*run)(struct member *m))
{
	unsigned int i, bad = 0;

	for (i = 0; i < members; i++)
		CHECK_EQ(team_start(t, i, run), 0);
	for (i = 0; i < members; i++)
		bad += team_join(t, i) != 0;
	CHECK_EQ(bad, 0);
	return 0;
}

/* Until a call waits for the window */
static inline int team_await_waiting(const struct team *t)
{
	const struct timespec moment = { .tv_nsec = 100000 };
	uint32_t *wanted = &t->dev[0]->gpu.meeting->wanted;
	unsigned int i;

	for (i = 0; i < 600000 && !share_get(wanted); i++)
		nanosleep(&moment, NULL);
	CHECK_EQ(share_get(wanted), 1);
	return 0;
}

#endif /* PRAMIN_TESTS_LIB_SHARE_TEAM_H */
