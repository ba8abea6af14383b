// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Two threads that do nothing but come in and go out, as fast as they can: so
 * often that each compare-and-exchange of a gate fails for one of them.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "lib_rig.h"

#define ROUNDS 200000u

static struct rig rig;

/* @away: every so often at another position */
struct racer {
	uint64_t vram_pa;
	unsigned int away;
	uint64_t failed;
};

static void *race(void *arg)
{
	struct racer *r = arg;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		uint64_t pa = r->vram_pa;
		uint32_t val;

		if (r->away && i % r->away == 0)
			pa += 2 * MIB;
		if (pramin_write32(rig.dev, pa, i) ||
		    pramin_read32(rig.dev, pa, &val) || val != i)
			r->failed++;
	}
	return NULL;
}

static int run(unsigned int away)
{
	struct racer a = { .vram_pa = 0x40, .away = away };
	struct racer b = { .vram_pa = 0x80 };
	struct pramin_stats stats = { .size = sizeof(stats) };
	pthread_t thread;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, true), 0);
	CHECK_EQ(pthread_create(&thread, NULL, race, &a), 0);
	race(&b);
	pthread_join(thread, NULL);
	CHECK_EQ(a.failed, 0);
	CHECK_EQ(b.failed, 0);
	CHECK_EQ(pramin_stats(rig.dev, &stats), 0);
	CHECK_EQ(stats.reads[2], 2 * ROUNDS);
	CHECK_EQ(stats.writes[2], 2 * ROUNDS);
	CHECK_EQ(stats.moves > 1, away != 0);
	return rig_close(&rig);
}

static int two_threads_at_one_position_never_meet_the_wrong_bytes(void)
{
	return run(0);
}

static int nor_where_one_of_them_needs_another_position_now_and_then(void)
{
	return run(4000);
}

static const struct check_test tests[] = {
	TEST(two_threads_at_one_position_never_meet_the_wrong_bytes),
	TEST(nor_where_one_of_them_needs_another_position_now_and_then),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
