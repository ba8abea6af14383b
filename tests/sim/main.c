// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The simulator itself: the same seed is the same run, and time adds up. Then
 * the torture.
 *
 *	sim			everything, the torture shortly
 *	sim torture FIRST COUNT	that many seeds
 *	sim history FIRST COUNT	of the histories
 *	sim maps FIRST COUNT	of the torture of page tables
 */
#include <stdlib.h>

#include <pramin/pramin.h>

#include "figures.h"
#include "maps.h"
#include "torture.h"
#include "check.h"

#define CLIENTS 4u
#define READS	50u

/* A few seconds */
#define SEEDS	  600u
#define HISTORIES 300u
#define MAPS	  150u

static struct sim_gpu gpu;
static struct pramin_dev *dev;
static uint64_t ended[CLIENTS];

static void open_it(void *arg)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = SIM_VRAM,
	};

	(void)arg;
	if (pramin_open_io(&sim_gpu_ops, &gpu, &opts, &dev, NULL))
		sim_fail("not opened");
}

static void read_it(void *arg)
{
	const unsigned int i = (unsigned int)((uint64_t *)arg - ended);
	unsigned int n;
	uint32_t val = 0;
	int ret;

	for (n = 0; n < READS && !sim_failed(); n++) {
		ret = pramin_read32(dev, i / 2 * SIM_MIB + n * 4, &val);
		if (ret || val)
			sim_fail("client %u: read %u: %d (%s) val %x", i, n,
				 ret, pramin_last_why(dev)->what, val);
	}
	ended[i] = sim_now();
}

static void close_it(void *arg)
{
	(void)arg;
	if (pramin_close(dev, NULL))
		sim_fail("not closed");
}

static int go(void)
{
	const char *failure = sim_run();

	if (failure)
		printf("point %" PRIu64 ": %s\n", sim_step(), failure);
	return failure != NULL;
}

/* Some clients of one handle; the points that it took */
static int run(enum sim_order order, uint64_t seed, unsigned int clients,
	       uint64_t *points)
{
	struct sim_process *process;
	uint64_t i;

	sim_begin(order, seed, NULL, NULL);
	sim_gpu_begin(&gpu, NULL);
	process = sim_process_new();
	sim_client_new(process, open_it, NULL);
	CHECK_EQ(go(), 0);
	for (i = 0; i < clients; i++)
		sim_client_new(process, read_it, &ended[i]);
	CHECK_EQ(go(), 0);
	sim_client_new(process, close_it, NULL);
	CHECK_EQ(go(), 0);
	*points = sim_step();
	sim_end();
	CHECK_EQ(gpu.latch, SIM_LATCH);
	CHECK_EQ(gpu.reads, clients * READS);
	return 0;
}

static int the_same_seed_is_the_same_run(void)
{
	uint64_t first, again, other, seed, differ = 0;

	for (seed = 0; seed < 20; seed++) {
		CHECK_EQ(run(SIM_RANDOM, seed, CLIENTS, &first), 0);
		CHECK_EQ(run(SIM_RANDOM, seed, CLIENTS, &again), 0);
		CHECK_EQ(run(SIM_RANDOM, seed + 1, CLIENTS, &other), 0);
		CHECK_EQ(first, again);
		differ += first != other;
	}
	CHECK(differ > 10);
	return 0;
}

static int reads_of_one_position_overlap_in_time(void)
{
	uint64_t points, alone;

	CHECK_EQ(run(SIM_TIME, 0, 1, &points), 0);
	alone = ended[0];
	CHECK(alone > READS * sim_usual_costs.read);
	CHECK_EQ(run(SIM_TIME, 0, 2, &points), 0);
	CHECK(ended[0] > alone);
	CHECK(ended[1] < alone + alone / 10);
	return 0;
}

/* 64 accesses in each turn, and not one for each client */
static int clients_of_one_position_share_their_turns(void)
{
	uint64_t points;

	CHECK_EQ(run(SIM_TIME, 0, CLIENTS, &points), 0);
	CHECK(gpu.moves <= CLIENTS * READS / 32 + 2);
	return 0;
}

/* 64 spaces, 16 clients, against one lock around each map; tables of one pool */
static int virtual_gpus_map_at_the_same_time(void)
{
	struct sim_vgpu ours = {
		.clients = 16,
		.spaces = 64,
		.bytes = 2 * SIM_MIB,
		.batches = 1,
	};
	struct sim_vgpu one = ours;

	one.mutex = true;
	CHECK_EQ(sim_vgpu_run(&ours), 0);
	CHECK_EQ(sim_vgpu_run(&one), 0);
	CHECK_EQ(ours.pages, 64 * 512);
	CHECK_EQ(ours.stores, one.stores);
	CHECK_EQ(ours.invalidates, 64);
	CHECK(ours.per_us > 3 * one.per_us);
	CHECK(ours.moves < ours.pages / 100);
	CHECK(ours.least_part > 0.5);
	return 0;
}

/* A failure names the command that repeats it. */
static int torture(uint64_t first, uint64_t count)
{
	uint64_t seed;

	for (seed = first; seed < first + count; seed++) {
		const char *failure = torture_run(seed);

		if (!failure)
			continue;
		printf("%s\nrepeat it with: sim torture %" PRIu64 " 1\n",
		       failure, seed);
		return CHECK_FAILED;
	}
	return 0;
}

static int whatever_happens_every_byte_is_its_owners(void)
{
	unsigned int i, never = 0;

	CHECK_EQ(torture(1, SEEDS), 0);
	for (i = 0; i < SEEN_KINDS; i++) {
		if (!seen[i])
			printf("never: %s\n", seen_names[i]);
		never += !seen[i];
	}
	CHECK_EQ(never, 0);
	return 0;
}

static int histories(uint64_t first, uint64_t count)
{
	uint64_t seed;

	for (seed = first; seed < first + count; seed++) {
		const char *failure = history_run(seed);

		if (!failure)
			continue;
		printf("%s\nrepeat it with: sim history %" PRIu64 " 1\n",
		       failure, seed);
		return CHECK_FAILED;
	}
	return 0;
}

static int what_clients_write_and_see_is_a_history_of_one_memory(void)
{
	return histories(1, HISTORIES);
}

static int only_histories(uint64_t first, uint64_t count)
{
	int ret = histories(first, count);

	printf("%u passed, %u failed, 0 skipped\n", !ret, !!ret);
	return ret;
}

static int map_and_unmap(uint64_t first, uint64_t count)
{
	uint64_t seed;

	for (seed = first; seed < first + count; seed++) {
		const char *failure = maps_run(seed);

		if (!failure)
			continue;
		printf("%s\nrepeat it with: sim maps %" PRIu64 " 1\n", failure,
		       seed);
		return CHECK_FAILED;
	}
	return 0;
}

/* Did all of it happen? */
static int show_maps_seen(bool all)
{
	unsigned int i, never = 0;

	for (i = 0; i < MAPS_KINDS; i++) {
		if (all || !maps_seen[i])
			printf("%12" PRIu64 " times %s\n", maps_seen[i],
			       maps_seen_names[i]);
		never += !maps_seen[i];
	}
	return never ? CHECK_FAILED : 0;
}

static int whatever_happens_tables_lead_where_they_should(void)
{
	CHECK_EQ(map_and_unmap(1, MAPS), 0);
	return show_maps_seen(false);
}

static int only_maps(uint64_t first, uint64_t count)
{
	int ret = map_and_unmap(first, count);
	int never = show_maps_seen(true);

	if (!ret && count > MAPS)
		ret = never;
	printf("%u passed, %u failed, 0 skipped\n", !ret, !!ret);
	return ret;
}

/* For make sim, and to repeat a seed */
static int only_torture(uint64_t first, uint64_t count)
{
	int ret = torture(first, count);
	unsigned int i;

	for (i = 0; i < SEEN_KINDS; i++) {
		printf("%12" PRIu64 " times %s\n", seen[i], seen_names[i]);
		if (!ret && count > SEEDS && !seen[i])
			ret = CHECK_FAILED;
	}
	printf("%12" PRIu64 " points, %" PRIu64 " kills, %" PRIu64 " stops\n",
	       sim_counts.points, sim_counts.kills, sim_counts.stops);
	printf("%u passed, %u failed, 0 skipped\n", !ret, !!ret);
	return ret;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(the_same_seed_is_the_same_run),
		TEST(reads_of_one_position_overlap_in_time),
		TEST(clients_of_one_position_share_their_turns),
		TEST(virtual_gpus_map_at_the_same_time),
		TEST(what_clients_write_and_see_is_a_history_of_one_memory),
		TEST(whatever_happens_every_byte_is_its_owners),
		TEST(whatever_happens_tables_lead_where_they_should),
	};

	if (argc == 4 && !strcmp(argv[1], "torture"))
		return only_torture(strtoull(argv[2], NULL, 0),
				    strtoull(argv[3], NULL, 0));
	if (argc == 4 && !strcmp(argv[1], "maps"))
		return only_maps(strtoull(argv[2], NULL, 0),
				 strtoull(argv[3], NULL, 0));
	if (argc == 4 && !strcmp(argv[1], "history"))
		return only_histories(strtoull(argv[2], NULL, 0),
				      strtoull(argv[3], NULL, 0));
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
