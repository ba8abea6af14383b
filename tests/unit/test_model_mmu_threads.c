// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A GPU that translates all the time, while the CPU maps and unmaps by the book:
 * it sees old or new, and nothing that hardware would not have forgiven. And by
 * less than the book: then it does.
 */
#include <pthread.h>

#include "model_mmu_rig.h"

#define ROUNDS 200u
#define PAGES  32u

/* Of the page directories that the threads have */
struct team {
	struct pramin_model *m;
	const struct gen *g;
	uint64_t wrong;
	uint32_t ends;
};

static void *reader(void *arg)
{
	struct team *team = arg;
	struct pramin_model_space s = space_of(ROOT);
	uint64_t n = 0, val, wrong = 0;

	while (!__atomic_load_n(&team->ends, __ATOMIC_ACQUIRE)) {
		uint64_t page = n++ % PAGES;
		int ret = pramin_model_gpu_read(team->m, &s, page << 12, 8,
						&val);

		/* Each page says which it is, for this address. */
		wrong += ret && ret != -ENOENT;
		wrong += !ret && val % PAGES != page;
	}
	__atomic_fetch_add(&team->wrong, wrong, __ATOMIC_RELAXED);
	return NULL;
}

static uint64_t page_at(unsigned int which, uint64_t page)
{
	return PAGE + which * MIB + (page << 12);
}

static int prepare(struct team *team)
{
	uint64_t page;
	unsigned int which;

	CHECK_EQ(build(team->g->chip, 64 * MIB, &team->m), 0);
	CHECK_EQ(make_tree(team->m, team->g->version), 0);
	for (which = 0; which < 2; which++)
		for (page = 0; page < PAGES; page++)
			CHECK_EQ(poke64(team->m, page_at(which, page),
					which * PAGES + page),
				 0);
	return 0;
}

static int rounds(struct team *team)
{
	unsigned int version = team->g->version, i;
	uint64_t page;

	for (i = 0; i < ROUNDS; i++) {
		for (page = 0; page < PAGES; page++)
			vram_wr(team->m, SMALL + 8 * page, 8,
				i % 3 == 2 ? 0 :
					     pte(version, page_at(i % 3, page)));
		vram_rd(team->m, 0, 4);
		if (invalidate(team->m, team->g, ROOT, ALL_VA | DEPTH(1)) < 0)
			return -1;
	}
	return 0;
}

static int a_gpu_that_reads_all_the_time_sees_old_or_new(void)
{
	static const char *const chips[] = { "gm206", "tu102", "gh100" };
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		struct team team = { .g = gens };
		pthread_t threads[2];

		while (strcmp(team.g->chip, chips[i]))
			team.g++;
		CHECK_EQ(prepare(&team), 0);
		for (j = 0; j < 2; j++)
			CHECK_EQ(pthread_create(&threads[j], NULL, reader,
						&team),
				 0);
		CHECK_EQ(rounds(&team), 0);
		__atomic_store_n(&team.ends, 1, __ATOMIC_RELEASE);
		for (j = 0; j < 2; j++)
			pthread_join(threads[j], NULL);
		CHECK_EQ(team.wrong, 0);
		CHECK_EQ(all_hazards(team.m), 0);
		CHECK_EQ(counters(team.m).invalidates, ROUNDS);
		pramin_model_destroy(team.m);
	}
	return 0;
}

/* Threads that use BAR1 while another one binds it anew */
static void *bar_reader(void *arg)
{
	struct team *team = arg;
	uint64_t val, wrong = 0;

	while (!__atomic_load_n(&team->ends, __ATOMIC_ACQUIRE)) {
		wrong += !!pramin_model_ops()->bar_read(team->m, 1, 0x1000, 8,
							&val);
		/* VRAM, the page, or nothing at all */
		wrong += val && val != 1 && val != 0xbad0b000bad0b000;
	}
	__atomic_fetch_add(&team->wrong, wrong, __ATOMIC_RELAXED);
	return NULL;
}

static int binding_a_bar_that_is_in_use_ends_well_and_is_noticed(void)
{
	struct team team = { .g = &gens[4] };
	pthread_t thread;
	unsigned int i;

	CHECK_EQ(prepare(&team), 0);
	CHECK_EQ(poke64(team.m, SMALL + 8, pte(2, page_at(0, 1))), 0);
	CHECK_EQ(poke64(team.m, INST + 0x200, ROOT | 0xc00), 0);
	CHECK_EQ(pthread_create(&thread, NULL, bar_reader, &team), 0);
	for (i = 0; i < ROUNDS || !hazards(team.m).count[PRAMIN_HAZARD_BUSY];
	     i++) {
		wr(team.m, 0xb80f40, 4, i % 2 ? 0x80000000 | INST >> 12 : 0);
		while (get(team.m, 0xb80f50, 4))
			;
	}
	__atomic_store_n(&team.ends, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	CHECK_EQ(team.wrong, 0);
	CHECK_EQ(counters(team.m).binds, i);
	pramin_model_destroy(team.m);
	return 0;
}

static int every_access_of_a_bar_is_counted_once(void)
{
	struct team team = { .g = &gens[4] };
	struct pramin_model_counters c;
	pthread_t threads[3];
	uint64_t n = 0;
	size_t i;

	CHECK_EQ(prepare(&team), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, bar_reader, &team),
			 0);
	for (n = 0; n < 2000; n++)
		pramin_model_ops()->bar_write(team.m, 2, 0x2000, 4, n);
	__atomic_store_n(&team.ends, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	c = counters(team.m);
	CHECK_EQ(c.bar_writes[2], 2000);
	CHECK_EQ(c.accesses, c.bar_reads[3] + 2000);
	CHECK_EQ(c.simulated_ns, 900 * c.bar_reads[3] + 100 * 2000);
	pramin_model_destroy(team.m);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_gpu_that_reads_all_the_time_sees_old_or_new),
		TEST(binding_a_bar_that_is_in_use_ends_well_and_is_noticed),
		TEST(every_access_of_a_bar_is_counted_once),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
