// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Handles in different threads are independent: their bytes, their counters,
 * and the reasons of their failures. Under ThreadSanitizer this also shows
 * that they share nothing unprotected.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "lib_rig.h"

#define THREADS	4u
#define ROUNDS	40u

/* One thread's part; runs with its handle only */
struct worker {
	unsigned int number;
	pthread_barrier_t *together;
	struct rig rig;
	int ret;
};

static struct worker workers[THREADS];

static int work_rounds(struct worker *w)
{
	struct pramin_dev *dev = w->rig.dev;
	uint64_t pa = (w->number + 1) * MIB - 33;
	uint8_t bytes[100], back[100];
	unsigned int i;
	uint32_t val;

	for (i = 0; i < ROUNDS; i++) {
		uint64_t bad = 0x1001 + 2 * (uint64_t)w->number;
		char where[32];

		rig_pattern(bytes, sizeof(bytes), w->number * ROUNDS + i);
		CHECK_EQ(pramin_write(dev, pa, bytes, sizeof(bytes), NULL), 0);
		CHECK_EQ(pramin_read32(dev, bad, &val), -EINVAL);
		CHECK_EQ(pramin_copy(dev, pa + 200, pa, 100, NULL), 0);
		CHECK_EQ(pramin_read(dev, pa + 200, back, 100, NULL), 0);
		CHECK(!memcmp(bytes, back, sizeof(back)));
		/* Meanwhile the others have failed, with other numbers. */
		snprintf(where, sizeof(where), "0x%llx",
			 (unsigned long long)bad);
		CHECK_HAS(pramin_last_why(dev)->what, where);
	}
	return 0;
}

static int work(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		CHECK_EQ(rig_open(&w->rig, i % 2 ? "gh100" : "tu102", 16 * MIB,
				  false), 0);
		CHECK_EQ(work_rounds(w), 0);
		CHECK_EQ(rig_close(&w->rig), 0);
	}
	return 0;
}

static void *run_worker(void *arg)
{
	struct worker *w = arg;

	pthread_barrier_wait(w->together);
	w->ret = work(w);
	return NULL;
}

static int in_threads(void *(*run)(void *), unsigned int count)
{
	pthread_t threads[THREADS];
	pthread_barrier_t together;
	unsigned int i;

	CHECK_EQ(pthread_barrier_init(&together, NULL, count), 0);
	for (i = 0; i < count; i++) {
		workers[i].number = i;
		workers[i].together = &together;
		workers[i].ret = -1;
		CHECK_EQ(pthread_create(&threads[i], NULL, run, &workers[i]),
			 0);
	}
	for (i = 0; i < count; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	pthread_barrier_destroy(&together);
	for (i = 0; i < count; i++)
		CHECK_EQ(workers[i].ret, 0);
	return 0;
}

static int handles_in_different_threads_are_independent(void)
{
	return in_threads(run_worker, THREADS);
}

/* Fails in its thread; then looks at what the other thread's handle says. */
static int look(struct worker *w)
{
	const struct worker *other = &workers[1 - w->number];
	uint32_t val;

	CHECK_EQ(rig_open(&w->rig, "tu102", 16 * MIB, false), 0);
	CHECK_EQ(w->number ? pramin_read32(w->rig.dev, 2, &val) :
			     pramin_read32(w->rig.dev, GIB, &val),
		 w->number ? -EINVAL : -ERANGE);
	pthread_barrier_wait(w->together);
	CHECK_EQ(pramin_last_why(other->rig.dev)->err, 0);
	CHECK_EQ(pramin_last_why(w->rig.dev)->reason,
		 w->number ? PRAMIN_REASON_MISALIGNED : PRAMIN_REASON_VRAM_END);
	pthread_barrier_wait(w->together);
	CHECK_EQ(rig_close(&w->rig), 0);
	return 0;
}

static void *run_look(void *arg)
{
	struct worker *w = arg;

	w->ret = look(w);
	return NULL;
}

static int the_last_reason_belongs_to_its_thread(void)
{
	return in_threads(run_look, 2);
}

/* A handle may wander from thread to thread, one at a time. */
static void *run_guest(void *arg)
{
	struct worker *w = arg;
	uint32_t val;

	w->ret = pramin_last_why(w->rig.dev)->err;
	if (!w->ret && pramin_read32(w->rig.dev, 6, &val) != -EINVAL)
		w->ret = -1;
	if (!w->ret && pramin_write32(w->rig.dev, 8, 0x77))
		w->ret = -1;
	return NULL;
}

static int a_handle_may_change_its_thread(void)
{
	struct worker *w = &workers[0];
	pthread_t thread;
	uint32_t val;

	CHECK_EQ(rig_open(&w->rig, "tu102", 16 * MIB, false), 0);
	CHECK_EQ(pramin_read64(w->rig.dev, 4, &(uint64_t){ 0 }), -EINVAL);
	CHECK_EQ(pthread_create(&thread, NULL, run_guest, w), 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(w->ret, 0);
	CHECK_HAS(pramin_last_why(w->rig.dev)->what, "0x4");
	CHECK_EQ(pramin_read32(w->rig.dev, 8, &val), 0);
	CHECK_EQ(val, 0x77);
	CHECK_EQ(rig_close(&w->rig), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(handles_in_different_threads_are_independent),
		TEST(the_last_reason_belongs_to_its_thread),
		TEST(a_handle_may_change_its_thread),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
