// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Threads that share BAR1: each maps, stores, loads and unmaps its own VRAM, while others
 * do, while one looks on, and until it is released under them.
 */
#include <pthread.h>

#include "lib_bar1.h"

#define THREADS 4u
#define ROUNDS	12u
#define BYTES	(96 * KIB)

static struct bar1_rig b;
static bool until_released;
static uint32_t done;

/* One round; 0, or 1 if BAR1 was released, or -1 */
static int round_of(uint64_t pa, uint8_t *out, uint8_t *in, unsigned int seed)
{
	/* Pages of 4 KiB and large ones, at places that do not stay the same */
	const struct pramin_map_piece pieces[] = {
		{ pa, 64 * KIB + 4 * KIB * (seed % 4) },
		{ pa + MIB, BYTES - 64 * KIB - 4 * KIB * (seed % 4) },
	};
	uint64_t off = PRAMIN_VA_ANY, val = 0;
	int ret = pramin_bar1_map(b.bar1, &off, pieces, 2, NULL);

	if (ret)
		goto out;
	rig_pattern(out, BYTES, seed);
	ret = pramin_bar1_store(b.bar1, off + 3, out + 3, BYTES - 4099);
	if (!ret)
		ret = pramin_bar1_load(b.bar1, off + 3, in + 3, BYTES - 4099);
	if (!ret && memcmp(out + 3, in + 3, BYTES - 4099))
		return -1;
	if (!ret)
		ret = pramin_read64(b.s.rig.dev, pa + 8, &val);
	if (!ret && memcmp(&val, out + 8, 8))
		return -1;
	if (!ret)
		ret = pramin_bar1_unmap(b.bar1, off, BYTES, NULL);
out:
	if (ret != -EINVAL || !until_released)
		return ret ? -1 : 0;
	return pramin_last_why(b.s.rig.dev)->reason ==
			       PRAMIN_REASON_SPACE_GONE ?
		       1 :
		       -1;
}

static void *worker(void *arg)
{
	const unsigned int i = (unsigned int)(uintptr_t)arg;
	static uint8_t buf[THREADS][2][BYTES];
	unsigned int n;
	int ret = 0;

	for (n = 0; !ret && (n < ROUNDS || until_released); n++) {
		ret = round_of(DATA_PA + i * 2 * MIB, buf[i][0], buf[i][1],
			       i * ROUNDS + n);
		__atomic_fetch_add(&done, 1, __ATOMIC_RELAXED);
	}
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): it is no pointer */
	return (void *)(intptr_t)ret;
}

/* How many ended with @want? */
static unsigned int run(int want)
{
	pthread_t thread[THREADS];
	unsigned int i, as_wanted = 0;
	struct pramin_bar1_status s;

	done = 0;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(
			    &thread[i], NULL, worker,
			    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
			    (void *)(uintptr_t)i))
			return 0;
	while (__atomic_load_n(&done, __ATOMIC_RELAXED) < ROUNDS)
		if (bar1_see(&b, &s) || !s.bound)
			return 0;
	if (until_released && pramin_bar1_release(b.bar1))
		return 0;
	for (i = 0; i < THREADS; i++) {
		void *ret;

		pthread_join(thread[i], &ret);
		as_wanted += (int)(intptr_t)ret == want;
	}
	return as_wanted;
}

static int threads_share_bar1(void)
{
	struct pramin_space_info info = { .size = sizeof(info) };

	CHECK_EQ(bar1_open(&b, "tu102"), 0);
	CHECK_EQ(run(0), THREADS);
	CHECK_EQ(pramin_space_info(pramin_bar1_space(b.bar1), &info), 0);
	CHECK_EQ(info.tables, 1);
	return bar1_close(&b);
}

static int a_release_waits_and_the_others_are_told(void)
{
	CHECK_EQ(bar1_open(&b, "gh100"), 0);
	until_released = true;
	CHECK_EQ(run(1), THREADS);
	until_released = false;
	CHECK_EQ(bar1_as_found(&b), 0);
	CHECK_EQ(bar1_count(&b).bar_faults, 0);
	CHECK_EQ(pramin_pool_destroy(b.s.pool), 0);
	CHECK_EQ(space_safe(&b.s), 0);
	return rig_close(&b.s.rig);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(threads_share_bar1),
		TEST(a_release_waits_and_the_others_are_told),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
