// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The plan of a batch: its number of moves against an oracle that tries every
 * base and every order, and that it is a plan at all. A failure prints the seed
 * that repeats it.
 */
#include "core_batch.h"

#define ENTRIES 512u
#define CASES	1000u

static struct pramin_access list[ENTRIES];

/* Plan a list; what stays is the caller's to free. */
static void *make_plan(struct batch_plan *plan, uint32_t count,
		       uint32_t granules, uint32_t start, uint32_t max_units,
		       uint32_t max_product)
{
	uint32_t *memory;
	uint32_t i;

	memset(plan, 0, sizeof(*plan));
	plan->list = list;
	plan->start = start;
	plan->last_base = granules < 16 ? 0 : granules - 16;
	for (i = 0; i < count; i++)
		plan->accesses += list[i].kind != PRAMIN_ACCESS_BARRIER;
	memory = malloc(pramin_batch_words(plan->accesses) * sizeof(*memory));
	pramin_batch_carve(plan, memory);
	if (max_units) {
		plan->max_units = max_units;
		plan->max_product = max_product;
	}
	pramin_batch_sort(plan, count);
	pramin_batch_plan(plan);
	return memory;
}

/* Every access once, where it is shown, phases in order, words in order */
static int check_visits(const struct batch_plan *plan, uint32_t count)
{
	static bool seen[ENTRIES];
	uint32_t at = plan->start, moves = 0, done = 0;
	uint32_t v, i, k;

	memset(seen, 0, sizeof(seen));
	for (v = 0; v < plan->visit_count; v++) {
		uint32_t base = plan->visits[v].base;

		moves += base != at;
		at = base;
		CHECK(base <= plan->last_base || base == plan->start);
		CHECK(plan->visits[v].end > done);
		for (; done < plan->visits[v].end; done++) {
			const struct pramin_access *a = &list[plan->seq[done]];
			uint32_t g = (uint32_t)(a->vram_pa / GRAIN);

			CHECK(a->kind != PRAMIN_ACCESS_BARRIER);
			CHECK(!seen[plan->seq[done]]);
			seen[plan->seq[done]] = true;
			CHECK(g >= base && g < base + 16);
		}
	}
	CHECK_EQ(done, plan->accesses);
	CHECK_EQ(moves, plan->moves);
	for (i = 0; i < done; i++) {
		for (k = i + 1; k < done; k++) {
			uint32_t a = plan->seq[i], b = plan->seq[k], j;

			if (a < b)
				continue;
			/* Swapped: another word, and no barrier between */
			CHECK(list[a].vram_pa / 8 != list[b].vram_pa / 8);
			for (j = b; j < a; j++)
				CHECK(list[j].kind != PRAMIN_ACCESS_BARRIER);
		}
	}
	CHECK(count >= done);
	return 0;
}

static uint32_t random_start(uint64_t *seed, uint32_t granules)
{
	return rnd_below(seed, 3) ? (uint32_t)rnd_below(seed, granules) :
				    BATCH_NOWHERE;
}

static int a_batch_within_the_exact_size_moves_as_seldom_as_the_oracle_can(void)
{
	uint64_t seed = 1, start;
	struct batch_plan plan;
	unsigned int i;

	for (i = 0; i < CASES; i++) {
		uint32_t granules, count;
		struct oracle o;
		void *memory;

		start = seed;
		granules = 1 + (uint32_t)rnd_below(&seed, 64);
		count = random_batch(&seed, granules,
				     1 + (uint32_t)rnd_below(&seed, 5), list);
		o.granules = granules;
		o.start = random_start(&seed, granules);
		memory = make_plan(&plan, count, granules, o.start, 0, 0);
		CHECK_SEED(plan.moves == oracle_moves(&o, list, count));
		CHECK_SEED(plan.least == plan.moves);
		CHECK_SEED(check_visits(&plan, count) == 0);
		free(memory);
	}
	return 0;
}

static int
beyond_the_exact_size_the_oracle_lies_between_the_bound_and_the_plan(void)
{
	uint64_t seed = 2, start;
	struct batch_plan plan;
	unsigned int i, worse = 0;

	for (i = 0; i < CASES; i++) {
		uint32_t granules, count, least, units, phases;
		struct oracle o;
		void *memory;

		start = seed;
		granules = 20 + (uint32_t)rnd_below(&seed, 45);
		phases = 2 + (uint32_t)rnd_below(&seed, 6);
		count = random_batch(&seed, granules, phases, list);
		o.granules = granules;
		o.start = random_start(&seed, granules);
		units = 1 + (uint32_t)rnd_below(&seed, 8);
		memory = make_plan(&plan, count, granules, o.start, units,
				   units + (uint32_t)rnd_below(&seed, 8));
		least = oracle_moves(&o, list, count);
		CHECK_SEED(plan.least <= least);
		CHECK_SEED(least <= plan.moves);
		CHECK_SEED(plan.moves - plan.least < phases);
		CHECK_SEED(check_visits(&plan, count) == 0);
		worse += plan.moves != least;
		free(memory);
	}
	/* The limits of this test do cut batches apart. */
	CHECK(worse > 0);
	return 0;
}

/* One access per 64 KiB unit and nothing else to think about */
static void put(uint32_t *count, uint32_t granule)
{
	list[(*count)++] = (struct pramin_access){
		.vram_pa = granule * GRAIN,
		.width = 4,
		.kind = PRAMIN_ACCESS_WRITE,
	};
}

static void barrier(uint32_t *count)
{
	list[(*count)++] =
		(struct pramin_access){ .kind = PRAMIN_ACCESS_BARRIER };
}

static int a_single_phase_of_any_size_is_exact(void)
{
	struct batch_plan plan;
	uint32_t count = 0, i;
	void *memory;

	/* Every third granule, downwards: six to a window, from the lowest */
	for (i = 300; i > 0; i--)
		put(&count, 3 * i);
	memory = make_plan(&plan, count, 4096, BATCH_NOWHERE, 0, 0);
	CHECK_EQ(plan.moves, 50);
	CHECK_EQ(plan.least, 50);
	CHECK_EQ(check_visits(&plan, count), 0);
	free(memory);

	/* From where the window shows some of it already */
	memory = make_plan(&plan, count, 4096, 3 * 150 - 7, 0, 0);
	CHECK_EQ(plan.moves, 49 + 1);
	CHECK_EQ(plan.least, plan.moves);
	CHECK_EQ(check_visits(&plan, count), 0);
	free(memory);
	return 0;
}

static int a_large_phase_that_is_shown_already_costs_nothing(void)
{
	struct batch_plan plan;
	uint32_t count = 0, i;
	void *memory;

	for (i = 0; i < 8; i++)
		put(&count, 20 + i);
	barrier(&count);
	for (i = 0; i < 8; i++)
		put(&count, 27 - i);
	memory = make_plan(&plan, count, 64, 16, 4, 4);
	CHECK_EQ(plan.moves, 0);
	CHECK_EQ(plan.least, 0);
	CHECK_EQ(check_visits(&plan, count), 0);
	free(memory);
	return 0;
}

static int phases_that_alternate_share_each_end(void)
{
	struct batch_plan plan;
	uint32_t count = 0, i;
	void *memory;

	/* Each phase needs two windows; the second is the next one's first. */
	for (i = 0; i < 20; i++) {
		put(&count, 10);
		put(&count, 40);
		barrier(&count);
	}
	memory = make_plan(&plan, count, 64, BATCH_NOWHERE, 0, 0);
	CHECK_EQ(plan.phases, 20);
	CHECK_EQ(plan.moves, 2 + 19);
	CHECK_EQ(plan.least, plan.moves);
	CHECK_EQ(check_visits(&plan, count), 0);
	free(memory);
	return 0;
}

static int no_window_is_planned_beyond_the_end_of_vram(void)
{
	struct batch_plan plan;
	uint32_t count = 0;
	void *memory;

	put(&count, 63);
	put(&count, 48);
	put(&count, 2);
	memory = make_plan(&plan, count, 64, BATCH_NOWHERE, 0, 0);
	CHECK_EQ(plan.moves, 2);
	CHECK_EQ(check_visits(&plan, count), 0);
	free(memory);

	/* One stands there: it is used where it is, and not again. */
	barrier(&count);
	put(&count, 62);
	put(&count, 48);
	memory = make_plan(&plan, count, 64, 62, 0, 0);
	CHECK_EQ(plan.moves, 2);
	CHECK_EQ(plan.visits[0].base, 62);
	CHECK_EQ(plan.visits[plan.visit_count - 1].base, 48);
	free(memory);
	return 0;
}

static int a_thousand_phases_are_planned_in_parts_with_their_bound(void)
{
	static const uint32_t at[] = { 3, 30, 57, 90 };
	struct batch_plan plan;
	uint64_t seed = 3;
	uint32_t count = 0, parts, i;
	void *memory;

	for (i = 0; i < 250; i++) {
		put(&count, at[rnd_below(&seed, 4)]);
		barrier(&count);
	}
	memory = make_plan(&plan, count, 128, BATCH_NOWHERE, 4, 100);
	parts = 250 / 25;
	CHECK(plan.least <= plan.moves);
	CHECK(plan.moves - plan.least < parts);
	CHECK_EQ(check_visits(&plan, count), 0);
	parts = (uint32_t)plan.moves;
	free(memory);
	memory = make_plan(&plan, count, 128, BATCH_NOWHERE, 0, 0);
	CHECK_EQ(plan.least, plan.moves);
	/* No choice here: seams cost nothing. */
	CHECK_EQ(parts, plan.moves);
	free(memory);
	return 0;
}

static int a_list_in_any_order_is_sorted_by_word_and_then_by_place(void)
{
	struct batch_plan plan;
	uint64_t seed = 4;
	uint32_t n, i, count;
	void *memory;

	for (n = 1; n <= 100; n++) {
		count = 0;
		for (i = 0; i < n; i++) {
			put(&count, 1);
			list[i].vram_pa += rnd_below(&seed, n) * 4;
		}
		memory = make_plan(&plan, count, 64, BATCH_NOWHERE, 0, 0);
		for (i = 1; i < n; i++) {
			uint64_t a = list[plan.order[i - 1]].vram_pa / 8;
			uint64_t b = list[plan.order[i]].vram_pa / 8;

			CHECK(a < b ||
			      (a == b && plan.order[i - 1] < plan.order[i]));
		}
		free(memory);
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_batch_within_the_exact_size_moves_as_seldom_as_the_oracle_can),
	TEST(beyond_the_exact_size_the_oracle_lies_between_the_bound_and_the_plan),
	TEST(a_single_phase_of_any_size_is_exact),
	TEST(a_large_phase_that_is_shown_already_costs_nothing),
	TEST(phases_that_alternate_share_each_end),
	TEST(no_window_is_planned_beyond_the_end_of_vram),
	TEST(a_thousand_phases_are_planned_in_parts_with_their_bound),
	TEST(a_list_in_any_order_is_sorted_by_word_and_then_by_place),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
