// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Address spaces on a device that fails, and the rarer entries.
 */
#include "core_vas.h"

static struct vas_rig v;

/* Accesses pass on to the model; number @fail_at fails, once */
static uint64_t accesses, fail_at;

static int flaky_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	if (++accesses == fail_at)
		return -EBUSY;
	return pramin_model_ops()->read(io, off, width, val);
}

static int flaky_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	if (++accesses == fail_at)
		return -EBUSY;
	return pramin_model_ops()->write(io, off, width, val);
}

static struct pramin_io_ops flaky;

static void begin(const char *chip)
{
	vas_begin(&v, chip, 0);
	flaky = *pramin_model_ops();
	flaky.read = flaky_read;
	flaky.write = flaky_write;
	v.rig.gpu.ops = &flaky;
	accesses = 0;
	fail_at = 0;
}

static int a_root_that_cannot_be_written_is_given_back(void)
{
	uint64_t nth;
	int ret = -1;

	for (nth = 1; ret && nth < 2000; nth += nth < 5 ? 1 : 64) {
		begin("tu102");
		v.rig.gpu.config.verify = true;
		fail_at = nth;
		ret = vas_new(&v);
		fail_at = 0;
		if (ret)
			CHECK_EQ(vas_end(&v), 0);
	}
	CHECK_EQ(ret, 0);
	CHECK(nth > 500);
	CHECK_EQ(vas_close(&v), 0);

	begin("tu102");
	v.rig.gpu.gone = true;
	CHECK_EQ(vas_new(&v), -ENODEV);
	v.rig.gpu.gone = false;
	return vas_end(&v);
}

/*
 * Pages to be split, in tables that another position shows than the new ones, and
 * a table with holes between what is stored
 */
static int before_the_batch(void)
{
	uint64_t filler;

	begin("tu102");
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 4 * MIB, 0), 0);
	CHECK_EQ(vas_map(&v, 8 * MIB, DATA_PA, 64 * KIB, 4096), 0);
	do
		CHECK_EQ(pramin_heap_alloc(vas_op(&v), &v.heap, 4096, &filler),
			 0);
	while (filler < HEAP_PA + MIB - 4096);
	CHECK_EQ(vas_map(&v, TIB, DATA_PA, 2 * MIB, 0), 0);
	v.rig.gpu.config.verify = true;
	return 0;
}

static int after_the_batch(void)
{
	uint64_t filler;

	CHECK(vas_is(&v, 0, DATA_PA, 4096));
	CHECK_EQ(vas_type(&v, 4096), PRAMIN_MMU_INVALID);
	CHECK_EQ(vas_type(&v, 2 * MIB + 4096), PRAMIN_MMU_INVALID);
	CHECK_EQ(vas_type(&v, 8 * MIB), PRAMIN_MMU_INVALID);
	CHECK(vas_is(&v, 8 * MIB + 4096, DATA_PA + 4096, 4096));
	CHECK(vas_is(&v, GIB, DATA_PA, 64 * KIB));
	/* The root, PD2, PD1, PD0 and a PT are not fillers. */
	for (filler = HEAP_PA + 5 * 4096; filler < HEAP_PA + MIB;
	     filler += 4096)
		CHECK_EQ(pramin_heap_free(vas_op(&v), &v.heap, filler, 4096),
			 0);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

/* Fail at each access of a batch that splits, links, maps and unmaps. */
static int whatever_fails_the_change_is_whole_when_executed_again(void)
{
	struct pramin_map_piece piece = { DATA_PA, 64 * KIB };
	struct pramin_map_op op[] = {
		{ .kind = PRAMIN_UNMAP, .gpu_va = 4096, .len = 4096 },
		{ .kind = PRAMIN_MAP,
		  .gpu_va = GIB,
		  .len = 64 * KIB,
		  .pieces = &piece,
		  .count = 1 },
		{ .kind = PRAMIN_UNMAP, .gpu_va = 2 * MIB + 4096, .len = 4096 },
		{ .kind = PRAMIN_UNMAP, .gpu_va = 8 * MIB, .len = 4096 },
		{ .kind = PRAMIN_UNMAP, .gpu_va = 8 * MIB + 8192, .len = 4096 },
		{ .kind = PRAMIN_UNMAP, .gpu_va = TIB + 4096, .len = 4096 },
	};
	struct pramin_change change, other;
	unsigned int calls;
	uint64_t nth, total;
	int ret = -1;

	CHECK_EQ(before_the_batch(), 0);
	total = accesses;
	CHECK_EQ(vas_batch(&v, op, ARRAY_LEN(op)), 0);
	total = accesses - total;
	CHECK_EQ(after_the_batch(), 0);
	for (nth = 1; nth <= total; nth++) {
		/* The runs of 512 stores are alike. */
		if (nth == 20)
			nth = total - 60;
		CHECK_EQ(before_the_batch(), 0);
		CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, op,
					    ARRAY_LEN(op), &change),
			 0);
		fail_at = accesses + nth;
		ret = pramin_vas_execute(vas_op(&v), &change);
		fail_at = 0;
		CHECK_EQ(ret, -EBUSY);
		CHECK_EQ(pramin_vas_drop(vas_op(&v), &change), -EBUSY);
		CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, op, 1, &other),
			 -EBUSY);
		CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_SPACE_UNFINISHED);
		CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), 0);
		CHECK_EQ(after_the_batch(), 0);
	}
	/* Both invalidates */
	for (calls = 1; calls <= 2; calls++) {
		begin("tu102");
		CHECK_EQ(vas_new(&v), 0);
		CHECK_EQ(vas_map(&v, 0, DATA_PA, 2 * MIB, 0), 0);
		v.sync.calls = 0;
		v.sync.fail_at = calls;
		v.sync.err = -ETIMEDOUT;
		CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, op, 2, &change),
			 0);
		CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), -ETIMEDOUT);
		/* Nothing is given back that the GPU may still know. */
		v.sync.fail_at = 0;
		CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), 0);
		CHECK(vas_true(&v));
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

static int a_change_is_executed_once_and_dropped_once(void)
{
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP_SPARSE,
		.gpu_va = 4096,
		.len = 4096,
	};
	struct pramin_change change, other;

	begin("tu102");
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &op, 1, &change), 0);
	CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), 0);
	CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), -EINVAL);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_CHANGE_STATE);
	CHECK_EQ(pramin_vas_drop(vas_op(&v), &change), 0);
	/* One that fails half-way keeps the other one out, which stays. */
	op.kind = PRAMIN_UNMAP;
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &op, 1, &change), 0);
	op = (struct pramin_map_op){
		.kind = PRAMIN_MAP_SPARSE,
		.gpu_va = 64 * KIB,
		.len = 4096,
	};
	CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &op, 1, &other), 0);
	fail_at = accesses + 1;
	CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), -EBUSY);
	CHECK_EQ(pramin_vas_execute(vas_op(&v), &other), -EBUSY);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_SPACE_UNFINISHED);
	CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), 0);
	CHECK_EQ(pramin_vas_execute(vas_op(&v), &other), 0);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int on_a_gpu_that_is_gone_a_space_ends_and_keeps_its_vram(void)
{
	struct pramin_map_op op = { .kind = PRAMIN_UNMAP, .len = 4096 };
	struct pramin_change change;
	uint64_t tables;
	int half_way;

	for (half_way = 0; half_way < 2; half_way++) {
		begin("tu102");
		CHECK_EQ(vas_new(&v), 0);
		CHECK_EQ(vas_map(&v, 0, DATA_PA, 4096, 4096), 0);
		CHECK_EQ(pramin_vas_prepare(vas_op(&v), &v.vas, &op, 1,
					    &change),
			 0);
		CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), -EBUSY);
		CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_SPACE_PENDING);
		tables = v.heap.tables;
		fail_at = half_way ? accesses + 1 : 0;
		v.rig.gpu.gone = !half_way;
		CHECK_EQ(pramin_vas_execute(vas_op(&v), &change),
			 half_way ? -EBUSY : -ENODEV);
		v.rig.gpu.gone = true;
		CHECK_EQ(pramin_vas_execute(vas_op(&v), &change), -ENODEV);
		if (!half_way)
			CHECK_EQ(pramin_vas_drop(vas_op(&v), &change), 0);
		CHECK_EQ(pramin_vas_fini(vas_op(&v), &v.vas), -ENODEV);
		CHECK_EQ(v.heap.tables, tables);
		v.rig.gpu.gone = false;
		pramin_heap_abandon(vas_op(&v), &v.heap);
		CHECK_EQ(vas_end(&v), 0);
	}
	return 0;
}

/* Where the CPU sees the aperture, stores go there and not to the backend. */
static int stores_go_straight_to_a_mapped_aperture(void)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 4 * GIB,
		.flat = true,
	};
	struct pramin_why why;
	uint64_t before;

	memset(&v, 0, sizeof(v));
	rig_init(&v.rig, "tu102");
	CHECK_EQ(pramin_model_create(&params, &v.model, &why), 0);
	CHECK_EQ(rig_attach_model(&v.rig, v.model), 0);
	CHECK_EQ(pramin_heap_add(vas_op(&v), &v.heap, HEAP_PA, HEAP_SIZE, NULL, 0), 0);
	v.config = (struct pramin_vas_config){
		.format = pramin_mmu_format(PRAMIN_MMU_V2_TU102),
		.heap = &v.heap,
		.sync = &vas_sync_ops,
		.sync_ctx = &v.sync,
	};
	CHECK_EQ(vas_new(&v), 0);
	before = v.rig.gpu.stats.writes[3];
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 16 * MIB, 4096), 0);
	CHECK_EQ(v.rig.gpu.stats.writes[3] - before, v.cost.stores);
	CHECK(vas_is(&v, 16 * MIB - 4096, DATA_PA + 16 * MIB - 4096, 4096));
	CHECK(vas_true(&v));
	return vas_close(&v);
}

/* Turing keeps the upper bits of a peer's address apart from the lower ones. */
static int addresses_in_two_pieces_are_encoded_one_by_one(void)
{
	uint64_t pa = (1ull << 37) - 8 * 4096;
	struct pramin_map_piece piece = { pa, 64 * KIB };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.len = 64 * KIB,
		.page_size = 4096,
		.pieces = &piece,
		.count = 1,
		.aperture = PRAMIN_MMU_PEER,
		.peer = 3,
	};
	unsigned int i;

	begin("tu102");
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	for (i = 0; i < 16; i++) {
		struct vas_found f;

		vas_walk(&v, i * 4096, &f);
		CHECK_EQ(f.entry.type, PRAMIN_MMU_PAGE);
		CHECK_EQ(f.entry.aperture, PRAMIN_MMU_PEER);
		CHECK_EQ(f.entry.peer, 3);
		CHECK_EQ(f.pa, pa + i * 4096);
	}
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int attributes_are_the_usual_ones_and_more_or_exactly_those(void)
{
	struct pramin_map_piece piece = { DATA_PA, 4096 };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.len = 4096,
		.pieces = &piece,
		.count = 1,
		.attrs = PRAMIN_MMU_READ_ONLY,
		.pte_kind = 6,
	};
	struct vas_found f;

	begin("gh100");
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	vas_walk(&v, 0, &f);
	CHECK_EQ(f.entry.attrs,
		 PRAMIN_MMU_READ_ONLY |
			 v.config.format->page[PRAMIN_MMU_VIDEO]);
	CHECK(v.config.format->page[PRAMIN_MMU_VIDEO]);
	CHECK_EQ(f.entry.kind, 6);
	op.gpu_va = 4096;
	op.flags = PRAMIN_MAP_EXACT_ATTRS;
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	vas_walk(&v, 4096, &f);
	CHECK_EQ(f.entry.attrs, PRAMIN_MMU_READ_ONLY);
	/* Permissions change, and nothing else. */
	CHECK_EQ(vas_do(&v, PRAMIN_PROTECT, 0, 8192, PRAMIN_MMU_PRIVILEGE), 0);
	CHECK_EQ(v.sync.flags, PRAMIN_SYNC_DOWNGRADE);
	CHECK_EQ(v.cost.stores, 2);
	vas_walk(&v, 0, &f);
	CHECK_EQ(f.entry.attrs,
		 PRAMIN_MMU_PRIVILEGE |
			 v.config.format->page[PRAMIN_MMU_VIDEO]);
	CHECK_EQ(f.entry.kind, 6);
	/* Once more is no change at all. */
	CHECK_EQ(vas_do(&v, PRAMIN_PROTECT, 0, 8192, PRAMIN_MMU_PRIVILEGE), 0);
	CHECK_EQ(v.cost.stores, 0);
	CHECK_EQ(v.cost.flushes, 0);
	CHECK_EQ(v.sync.calls, 0);
	return vas_close(&v);
}

static int the_last_page_of_all_is_like_any_other(void)
{
	uint64_t last;

	begin("gh100");
	CHECK_EQ(vas_new(&v), 0);
	last = v.vas.end - 4096;
	CHECK_EQ(vas_map(&v, v.vas.end - 2 * MIB, DATA_PA, 2 * MIB, 0), 0);
	CHECK_EQ(vas_unmap(&v, last, 4096), 0);
	CHECK(vas_is(&v, last - 4096, DATA_PA + 2 * MIB - 8192, 4096));
	CHECK_EQ(vas_type(&v, last), PRAMIN_MMU_INVALID);
	CHECK_EQ(vas_map(&v, last, DATA_PA, 4096, 0), 0);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int vram_beyond_the_entry_s_address_cannot_be_mapped(void)
{
	begin("tu102");
	CHECK_EQ(vas_new(&v), 0);
	v.rig.gpu.vram_size = 256 * GIB;
	CHECK_EQ(vas_map(&v, 0, 128 * GIB - 4096, 4096, 0), 0);
	CHECK_EQ(vas_map(&v, 4096, 128 * GIB, 4096, 0), -ERANGE);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_MAP_PA);
	CHECK_EQ(vas_map(&v, GIB, 0, 128 * GIB + 4096, 0), -ERANGE);
	CHECK_EQ(v.rig.op.cause.reason, PRAMIN_REASON_MAP_PA);
	v.rig.gpu.vram_size = 4 * GIB;
	return vas_close(&v);
}

static int a_split_that_is_not_wanted_is_refused_wherever_it_would_be(void)
{
	struct pramin_map_op op = {
		.kind = PRAMIN_UNMAP,
		.flags = PRAMIN_MAP_NO_SPLIT,
		.gpu_va = 3 * MIB,
		.len = 2 * MIB,
	};

	begin("tu102");
	CHECK_EQ(vas_new(&v), 0);
	CHECK_EQ(vas_map(&v, 2 * MIB, DATA_PA, 4 * MIB, 0), 0);
	CHECK_EQ(vas_batch(&v, &op, 1), -EINVAL);
	CHECK_EQ(v.rig.op.cause.arg[1], 2 * MIB);
	op.gpu_va = 2 * MIB;
	op.len = 3 * MIB;
	CHECK_EQ(vas_batch(&v, &op, 1), -EINVAL);
	CHECK_EQ(v.rig.op.cause.arg[1], 4 * MIB);
	/* At both ends: the first is named. */
	op.gpu_va = 3 * MIB;
	op.len = 2 * MIB;
	CHECK_EQ(vas_map(&v, 6 * MIB, DATA_PA, 2 * MIB, 0), 0);
	op.len = 4 * MIB;
	CHECK_EQ(vas_batch(&v, &op, 1), -EINVAL);
	CHECK_EQ(v.rig.op.cause.arg[1], 2 * MIB);
	op.gpu_va = 2 * MIB;
	op.len = 6 * MIB;
	CHECK_EQ(vas_batch(&v, &op, 1), 0);
	return vas_close(&v);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_root_that_cannot_be_written_is_given_back),
		TEST(whatever_fails_the_change_is_whole_when_executed_again),
		TEST(a_change_is_executed_once_and_dropped_once),
		TEST(on_a_gpu_that_is_gone_a_space_ends_and_keeps_its_vram),
		TEST(stores_go_straight_to_a_mapped_aperture),
		TEST(addresses_in_two_pieces_are_encoded_one_by_one),
		TEST(attributes_are_the_usual_ones_and_more_or_exactly_those),
		TEST(the_last_page_of_all_is_like_any_other),
		TEST(vram_beyond_the_entry_s_address_cannot_be_mapped),
		TEST(a_split_that_is_not_wanted_is_refused_wherever_it_would_be),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
