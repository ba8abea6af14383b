// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Address spaces as a GPU sees them: the model walks what the library has stored,
 * through a TLB, and of stores it may see any before another until they are
 * flushed.
 */
#include "lib_space.h"

static struct space_rig s;

static const char *const chips[] = { "gf100", "gm204", "gp102", "gv100",
				     "tu102", "ga102", "gh100", "gb100" };

static uint64_t seed;

static uint64_t rnd(uint64_t limit)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % limit;
}

static int the_gpu_finds_what_is_mapped_and_not_what_is_not(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		uint64_t va = 6 * MIB, val = 0;

		CHECK_EQ(space_open(&s, chips[i], (uint32_t)i + 1), 0);
		CHECK_EQ(pramin_model_watch(s.rig.model, &s.gpu, va), 0);
		CHECK_EQ(space_map(&s, va, DATA_PA, 4 * MIB, 0), 0);
		CHECK_EQ(space_gpu_pa(&s, va + 4095), DATA_PA + 4095);
		CHECK_EQ(space_gpu_pa(&s, va + 3 * MIB), DATA_PA + 3 * MIB);
		CHECK_EQ(pramin_model_gpu_write(s.rig.model, &s.gpu, va + 8, 8,
						0x1122334455667788),
			 0);
		CHECK_EQ(pramin_read64(s.rig.dev, DATA_PA + 8, &val), 0);
		CHECK_EQ(val, 0x1122334455667788);
		CHECK_EQ(space_one(&s, PRAMIN_PROTECT, va, 0, 64 * KIB, 0), 0);
		CHECK_EQ(space_unmap(&s, va + 128 * KIB, 4096), 0);
		CHECK_EQ(space_gpu_pa(&s, va + 128 * KIB), UINT64_MAX);
		CHECK_EQ(space_gpu_pa(&s, va + 132 * KIB), DATA_PA + 132 * KIB);
		CHECK_EQ(space_unmap(&s, va, 128 * KIB), 0);
		CHECK_EQ(space_gpu_pa(&s, va), UINT64_MAX);
		CHECK_EQ(space_close(&s), 0);
	}
	return 0;
}

/*
 * Random changes, with addresses that the GPU translates after every single access:
 * it never sees a table that is not there, two sizes at once, or what was before.
 */
static int random(const char *chip, uint32_t posted, uint32_t flags)
{
	enum {
		SLOTS = 2048,
		WATCHED = 12
	};
	static uint64_t want[SLOTS];
	uint64_t base = 512 * MIB - 4 * MIB;
	unsigned int step, i;

	seed = posted;
	memset(want, 0, sizeof(want));
	CHECK_EQ(space_begin(&s, chip, posted), 0);
	s.params.flags = flags;
	CHECK_EQ(space_new(&s), 0);
	for (i = 0; i < WATCHED; i++)
		CHECK_EQ(pramin_model_watch(s.rig.model, &s.gpu,
					    base + rnd(SLOTS) * 4096),
			 0);
	for (step = 0; step < 250; step++) {
		static const unsigned int grain[] = { 1, 16, 512 };
		unsigned int g = grain[rnd(3)];
		unsigned int first = (unsigned int)rnd(SLOTS / g) * g;
		unsigned int n = (unsigned int)(1 + rnd(3)) * g;
		bool used = want[first];
		uint64_t pa = DATA_PA + first * 4096ull;

		if (first + n > SLOTS)
			n = SLOTS - first;
		for (i = 1; i < n; i++)
			if ((want[first + i] != 0) != used)
				n = i;
		if (!used) {
			CHECK_EQ(space_map(&s, base + first * 4096ull, pa,
					   n * 4096ull, 0),
				 0);
		} else if (rnd(3)) {
			CHECK_EQ(space_unmap(&s, base + first * 4096ull,
					     n * 4096ull),
				 0);
			pa = 0;
		} else {
			CHECK_EQ(space_one(&s, PRAMIN_PROTECT,
					   base + first * 4096ull, 0,
					   n * 4096ull, 0),
				 0);
			continue;
		}
		for (i = 0; i < n; i++)
			want[first + i] = pa ? pa + i * 4096ull : UINT64_MAX;
		for (i = 0; i < n; i++)
			if (!pa)
				want[first + i] = 0;
		for (i = 0; i < 20; i++) {
			uint64_t at = rnd(SLOTS);

			CHECK_EQ(space_gpu_pa(&s, base + at * 4096),
				 want[at] ? want[at] : UINT64_MAX);
		}
	}
	CHECK_EQ(space_safe(&s), 0);
	return space_close(&s);
}

static int a_gpu_that_walks_all_the_time_sees_nothing_it_should_not(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		CHECK_EQ(random(chips[i], (uint32_t)(i + 11), 0), 0);
		CHECK_EQ(random(chips[i], (uint32_t)(i + 31), PRAMIN_SPACE_BAR),
			 0);
	}
	return 0;
}

static int addresses_that_are_left_to_the_space_are_free_and_aligned(void)
{
	struct pramin_map_piece piece = { DATA_PA, 2 * MIB };
	struct pramin_map_op op[3];
	unsigned int i;

	CHECK_EQ(space_begin(&s, "tu102", 1), 0);
	s.params.va_limit = 16 * MIB;
	CHECK_EQ(space_new(&s), 0);
	CHECK_EQ(space_map(&s, 4 * MIB, DATA_PA, 4096, 0), 0);
	for (i = 0; i < 3; i++)
		op[i] = (struct pramin_map_op){
			.kind = PRAMIN_MAP,
			.gpu_va = i == 1 ? 0 : PRAMIN_VA_ANY,
			.len = 2 * MIB,
			.pieces = &piece,
			.count = 1,
		};
	CHECK_EQ(pramin_space_map(s.space, op, 3, NULL), 0);
	CHECK_EQ(op[0].gpu_va, 2 * MIB);
	CHECK_EQ(op[2].gpu_va, 6 * MIB);
	op[0].gpu_va = PRAMIN_VA_ANY;
	op[0].page_size = 64 * KIB;
	op[0].len = 64 * KIB;
	piece.len = 64 * KIB;
	CHECK_EQ(pramin_space_map(s.space, op, 1, NULL), 0);
	CHECK_EQ(op[0].gpu_va, 8 * MIB);
	/* To the end, and from the start again */
	op[0].page_size = 0;
	op[0].len = 6 * MIB;
	piece.len = 6 * MIB;
	op[0].gpu_va = PRAMIN_VA_ANY;
	CHECK_EQ(pramin_space_map(s.space, op, 1, NULL), 0);
	CHECK_EQ(op[0].gpu_va, 10 * MIB);
	CHECK_EQ(space_unmap(&s, 0, 4 * MIB), 0);
	op[0].len = 4 * MIB;
	piece.len = 4 * MIB;
	op[0].gpu_va = PRAMIN_VA_ANY;
	CHECK_EQ(pramin_space_map(s.space, op, 1, NULL), 0);
	CHECK_EQ(op[0].gpu_va, 0);
	op[0].gpu_va = PRAMIN_VA_ANY;
	CHECK_EQ(pramin_space_map(s.space, op, 1, NULL), -ENOMEM);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_SPACE_FULL);
	return space_close(&s);
}

static int a_prepared_change_keeps_its_range_and_its_tables(void)
{
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_map_piece piece = { DATA_PA, 4096 };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.gpu_va = 8192,
		.len = 4096,
		.pieces = &piece,
		.count = 1,
	};
	struct pramin_change *change, *other;

	CHECK_EQ(space_open(&s, "tu102", 3), 0);
	CHECK_EQ(space_map(&s, 0, DATA_PA, 8192, 0), 0);
	CHECK_EQ(pramin_space_prepare(s.space, &op, 1, &change), 0);
	/* Pieces were copied. */
	piece.pa = 0;
	CHECK_EQ(space_map(&s, 4096 * 2, DATA_PA, 4096, 0), -EBUSY);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_MAP_BUSY);
	/* All else in its table goes: the table stays. */
	CHECK_EQ(space_unmap(&s, 0, 8192), 0);
	CHECK_EQ(s.cost.tables_freed, 0);
	CHECK_EQ(pramin_space_destroy(s.space), -EBUSY);
	CHECK_EQ(pramin_space_execute(s.space, change, &s.cost), 0);
	CHECK_EQ(s.cost.stores, 1);
	CHECK_EQ(space_gpu_pa(&s, 8192), DATA_PA);
	/* It has ended. */
	CHECK_EQ(pramin_space_execute(s.space, change, NULL), -EINVAL);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason,
		 PRAMIN_REASON_CHANGE_STATE);
	CHECK_EQ(pramin_space_drop(s.space, change), -EINVAL);

	/* Dropped, with its table empty by then: the next change unlinks it. */
	piece.pa = DATA_PA;
	op.gpu_va = 12288;
	CHECK_EQ(pramin_space_prepare(s.space, &op, 1, &other), 0);
	CHECK_EQ(space_unmap(&s, 8192, 4096), 0);
	CHECK_EQ(pramin_space_drop(s.space, other), 0);
	CHECK_EQ(pramin_space_info(s.space, &info), 0);
	CHECK_EQ(info.tables, 5);
	CHECK_EQ(info.prepared, 0);
	CHECK_EQ(space_map(&s, 1ull << 40, DATA_PA, 4096, 0), 0);
	CHECK_EQ(s.cost.tables_freed, 3);
	CHECK_EQ(pramin_space_info(s.space, &info), 0);
	CHECK_EQ(info.tables, 5);
	CHECK_EQ(space_unmap(&s, 1ull << 40, 4096), 0);
	return space_close(&s);
}

static int two_changes_that_make_one_table_make_it_once(void)
{
	struct pramin_map_piece piece = { DATA_PA, 4096 };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.len = 4096,
		.pieces = &piece,
		.count = 1,
	};
	struct pramin_space_info before = { .size = sizeof(before) };
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_change *change[2];

	CHECK_EQ(space_open(&s, "gh100", 3), 0);
	CHECK_EQ(pramin_space_info(s.space, &before), 0);
	CHECK_EQ(pramin_space_prepare(s.space, &op, 1, &change[0]), 0);
	op.gpu_va = 4096;
	CHECK_EQ(pramin_space_prepare(s.space, &op, 1, &change[1]), 0);
	CHECK_EQ(pramin_space_execute(s.space, change[1], &s.cost), -EINVAL);
	s.cost.size = sizeof(s.cost);
	CHECK_EQ(pramin_space_execute(s.space, change[1], &s.cost), 0);
	CHECK_EQ(s.cost.tables_made, 5);
	CHECK_EQ(pramin_space_execute(s.space, change[0], &s.cost), 0);
	CHECK_EQ(s.cost.tables_made, 0);
	CHECK_EQ(s.cost.stores, 1);
	CHECK_EQ(pramin_space_info(s.space, &info), 0);
	CHECK_EQ(info.pool_bytes, before.pool_bytes + 5 * 4096);
	return space_close(&s);
}

static int what_was_destroyed_is_refused_by_name(void)
{
	struct pramin_map_op op = { .kind = PRAMIN_UNMAP, .len = 4096 };
	struct pramin_change *change;
	struct pramin_space *again;

	CHECK_EQ(space_open(&s, "tu102", 1), 0);
	CHECK_EQ(pramin_pool_destroy(s.pool), -EBUSY);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_POOL_IN_USE);
	CHECK_EQ(pramin_space_destroy(s.space), 0);
	CHECK_EQ(pramin_space_destroy(s.space), -EINVAL);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_SPACE_GONE);
	CHECK_EQ(pramin_space_map(s.space, &op, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_space_prepare(s.space, &op, 1, &change), -EINVAL);
	CHECK_EQ(pramin_space_retry(s.space, NULL), -EINVAL);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	CHECK_EQ(pramin_pool_destroy(s.pool), -EINVAL);
	CHECK_EQ(pramin_pool_add(s.pool, 0, MIB), -EINVAL);
	CHECK_EQ(pramin_space_create(s.rig.dev, &s.params, &again), -EINVAL);
	CHECK_EQ(pramin_last_why(s.rig.dev)->reason, PRAMIN_REASON_SPACE_GONE);
	return rig_close(&s.rig);
}

static int closing_the_handle_leaves_mappings_and_frees_memory(void)
{
	struct pramin_map_op op = { .kind = PRAMIN_UNMAP, .len = 4096 };
	struct pramin_change *change;

	CHECK_EQ(space_open(&s, "tu102", 0), 0);
	CHECK_EQ(space_map(&s, 0, DATA_PA, 4 * MIB, 4096), 0);
	CHECK_EQ(pramin_space_prepare(s.space, &op, 1, &change), 0);
	CHECK_EQ(pramin_close(s.rig.dev, NULL), 0);
	CHECK_EQ(space_gpu_pa(&s, 0), DATA_PA);
	CHECK_EQ(space_gpu_pa(&s, 4 * MIB - 1), DATA_PA + 4 * MIB - 1);
	pramin_model_destroy(s.rig.model);
	return 0;
}

/* The first store that fails, the second ...: then once more, and all is right. */
static int a_change_that_fails_half_way_is_stored_again(void)
{
	unsigned int nth, failed = 0;

	for (nth = 1; nth < 1200; nth += nth < 20 ? 1 : 37) {
		int ret;

		CHECK_EQ(space_open(&s, "tu102", nth), 0);
		CHECK_EQ(space_map(&s, 0, DATA_PA, 2 * MIB, 0), 0);
		s.rig.fail_at = s.rig.accesses + nth;
		s.rig.fail_code = -EBUSY;
		ret = space_unmap(&s, 4096, 4096);
		s.rig.fail_at = 0;
		if (!ret) {
			CHECK_EQ(space_close(&s), 0);
			break;
		}
		failed++;
		CHECK_EQ(ret, -EBUSY);
		CHECK_EQ(space_map(&s, 4 * MIB, DATA_PA, 4096, 0), -EBUSY);
		CHECK_EQ(pramin_last_why(s.rig.dev)->reason,
			 PRAMIN_REASON_SPACE_UNFINISHED);
		if (nth % 2) {
			CHECK_EQ(pramin_space_retry(s.space, NULL), 0);
			CHECK_EQ(pramin_space_retry(s.space, NULL), 0);
			CHECK_EQ(space_gpu_pa(&s, 0), DATA_PA);
			CHECK_EQ(space_gpu_pa(&s, 4096), UINT64_MAX);
			CHECK_EQ(space_gpu_pa(&s, 8192), DATA_PA + 8192);
		}
		/* Or the space ends, with the change half-way. */
		CHECK_EQ(space_close(&s), 0);
	}
	CHECK(failed > 20);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(the_gpu_finds_what_is_mapped_and_not_what_is_not),
		TEST(a_gpu_that_walks_all_the_time_sees_nothing_it_should_not),
		TEST(addresses_that_are_left_to_the_space_are_free_and_aligned),
		TEST(a_prepared_change_keeps_its_range_and_its_tables),
		TEST(two_changes_that_make_one_table_make_it_once),
		TEST(what_was_destroyed_is_refused_by_name),
		TEST(closing_the_handle_leaves_mappings_and_frees_memory),
		TEST(a_change_that_fails_half_way_is_stored_again),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
