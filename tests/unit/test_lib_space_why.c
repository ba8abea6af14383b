// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Everything that pools and address spaces refuse: by name, with a sentence, and
 * with nothing changed. For each reason a case; one without fails the last test.
 */
#include "lib_space.h"

static struct space_rig s;
static bool covered[PRAMIN_REASON_COUNT];

/* What must not change by a refusal */
struct state {
	struct pramin_space_info info;
	struct pramin_stats stats;
};

static struct state look(void)
{
	struct state now = {
		.info.size = sizeof(now.info),
		.stats.size = sizeof(now.stats),
	};

	pramin_space_info(s.space, &now.info);
	pramin_stats(s.rig.dev, &now.stats);
	return now;
}

static int check_why(int err, enum pramin_reason reason)
{
	const struct pramin_why *why = pramin_last_why(s.rig.dev);

	if (why->reason != reason)
		printf("%s: %s\n", pramin_reason_name(why->reason), why->what);
	CHECK_EQ(why->reason, reason);
	CHECK_EQ(why->err, err);
	CHECK(why->what[0] && !strchr(why->what, '{'));
	CHECK(!strchr(why->next, '{'));
	covered[reason] = true;
	return 0;
}

#define PIECES(...)                                                   \
	.pieces = (const struct pramin_map_piece[]){ __VA_ARGS__ },   \
	.count = sizeof((struct pramin_map_piece[]){ __VA_ARGS__ }) / \
		 sizeof(struct pramin_map_piece)
#define ONE                   \
	{                     \
		DATA_PA, 4096 \
	}
#define V2_END (1ull << 49)

/* clang-format off */
/* The space has 2 MiB at 4 MiB, sparse 2 MiB at 8 MiB, and a page at 12 MiB */
static const struct {
	struct pramin_map_op op;
	int err;
	enum pramin_reason reason;
} cases[] = {
	{ { .kind = 4, .len = 4096 }, -EINVAL, PRAMIN_REASON_MAP_KIND },
	{ { .kind = UINT32_MAX, .len = 4096 }, -EINVAL, PRAMIN_REASON_MAP_KIND },
	{ { .kind = PRAMIN_UNMAP, .flags = 4, .len = 4096 }, -EINVAL,
	  PRAMIN_REASON_MAP_FLAGS },
	{ { .kind = PRAMIN_MAP, .flags = PRAMIN_MAP_NO_SPLIT, .len = 4096,
	    PIECES(ONE) }, -EINVAL, PRAMIN_REASON_MAP_FLAGS },
	{ { .kind = PRAMIN_MAP_SPARSE, .flags = PRAMIN_MAP_EXACT_ATTRS,
	    .len = 4096 }, -EINVAL, PRAMIN_REASON_MAP_FLAGS },
	{ { .kind = PRAMIN_UNMAP }, -EINVAL, PRAMIN_REASON_MAP_EMPTY },
	{ { .kind = PRAMIN_MAP, PIECES(ONE) }, -EINVAL,
	  PRAMIN_REASON_MAP_EMPTY },
	/* misaligned */
	{ { .kind = PRAMIN_UNMAP, .gpu_va = 1, .len = 4096 }, -EINVAL,
	  PRAMIN_REASON_MAP_MISALIGNED },
	{ { .kind = PRAMIN_UNMAP, .len = 4095 }, -EINVAL,
	  PRAMIN_REASON_MAP_MISALIGNED },
	{ { .kind = PRAMIN_UNMAP, .gpu_va = PRAMIN_VA_ANY, .len = 4096 },
	  -EINVAL, PRAMIN_REASON_MAP_MISALIGNED },
	{ { .kind = PRAMIN_MAP, .len = 4096, PIECES({ DATA_PA + 8, 4096 }) },
	  -EINVAL, PRAMIN_REASON_MAP_MISALIGNED },
	{ { .kind = PRAMIN_MAP, .len = 4096, PIECES({ DATA_PA, 4000 }) },
	  -EINVAL, PRAMIN_REASON_MAP_MISALIGNED },
	{ { .kind = PRAMIN_MAP, .len = 64 * KIB, .page_size = 64 * KIB,
	    PIECES({ DATA_PA + 4096, 64 * KIB }) }, -EINVAL,
	  PRAMIN_REASON_MAP_MISALIGNED },
	{ { .kind = PRAMIN_MAP, .gpu_va = 4096, .len = 64 * KIB,
	    .page_size = 64 * KIB, PIECES({ DATA_PA, 64 * KIB }) }, -EINVAL,
	  PRAMIN_REASON_MAP_MISALIGNED },
	{ { .kind = PRAMIN_MAP, .len = 4096, .page_size = 64 * KIB,
	    PIECES(ONE) }, -EINVAL, PRAMIN_REASON_MAP_MISALIGNED },
	/* outside, and wrapped */
	{ { .kind = PRAMIN_UNMAP, .gpu_va = V2_END, .len = 4096 }, -ERANGE,
	  PRAMIN_REASON_MAP_RANGE },
	{ { .kind = PRAMIN_UNMAP, .gpu_va = V2_END - 4096, .len = 8192 },
	  -ERANGE, PRAMIN_REASON_MAP_RANGE },
	{ { .kind = PRAMIN_UNMAP, .gpu_va = UINT64_MAX - 4095, .len = 4096 },
	  -ERANGE, PRAMIN_REASON_MAP_RANGE },
	{ { .kind = PRAMIN_UNMAP, .gpu_va = 4096, .len = UINT64_MAX - 4095 },
	  -ERANGE, PRAMIN_REASON_MAP_RANGE },
	{ { .kind = PRAMIN_MAP, .gpu_va = PRAMIN_VA_ANY, .len = 2 * V2_END,
	    .aperture = PRAMIN_MMU_SYS_COH, PIECES({ 0, 2 * V2_END }) },
	  -ENOMEM, PRAMIN_REASON_SPACE_FULL },
	/* memory */
	{ { .kind = PRAMIN_MAP, .len = 4096 }, -EINVAL,
	  PRAMIN_REASON_MAP_PIECES },
	{ { .kind = PRAMIN_MAP, .len = 8192, PIECES(ONE) }, -EINVAL,
	  PRAMIN_REASON_MAP_PIECES },
	{ { .kind = PRAMIN_MAP, .len = 4096, PIECES(ONE, ONE) }, -EINVAL,
	  PRAMIN_REASON_MAP_PIECES },
	{ { .kind = PRAMIN_MAP, .len = 4096, PIECES(ONE, { DATA_PA, 0 }) },
	  -EINVAL, PRAMIN_REASON_MAP_PIECES },
	{ { .kind = PRAMIN_MAP, .len = 4096, PIECES({ GIB, 4096 }) }, -ERANGE,
	  PRAMIN_REASON_MAP_PA },
	{ { .kind = PRAMIN_MAP, .len = 8192,
	    PIECES({ GIB - 4096, 8192 }) }, -ERANGE, PRAMIN_REASON_MAP_PA },
	{ { .kind = PRAMIN_MAP, .len = 4096,
	    PIECES({ UINT64_MAX - 4095, 4096 }) }, -ERANGE,
	  PRAMIN_REASON_MAP_PA },
	{ { .kind = PRAMIN_MAP, .len = 4096, .aperture = PRAMIN_MMU_SYS_COH,
	    PIECES({ 1ull << 58, 4096 }) }, -ERANGE, PRAMIN_REASON_MAP_PA },
	/* pages and entries that the chip has not */
	{ { .kind = PRAMIN_MAP, .len = 8192, .page_size = 8192,
	    PIECES({ DATA_PA, 8192 }) }, -EINVAL,
	  PRAMIN_REASON_MAP_PAGE_SIZE },
	{ { .kind = PRAMIN_MAP, .len = 4096, .page_size = 1, PIECES(ONE) },
	  -EINVAL, PRAMIN_REASON_MAP_PAGE_SIZE },
	{ { .kind = PRAMIN_MAP, .len = 512 * MIB, .page_size = 512 * MIB,
	    PIECES({ 0, 512 * MIB }) }, -EINVAL, PRAMIN_REASON_MAP_PAGE_SIZE },
	{ { .kind = PRAMIN_MAP_SPARSE, .len = 4096, .page_size = 4096 },
	  -EINVAL, PRAMIN_REASON_MAP_PAGE_SIZE },
	{ { .kind = PRAMIN_MAP, .len = 4096, .aperture = 4, PIECES(ONE) },
	  -EINVAL, PRAMIN_REASON_MAP_ENTRY },
	{ { .kind = PRAMIN_MAP, .len = 4096, .peer = 1, PIECES(ONE) }, -EINVAL,
	  PRAMIN_REASON_MAP_ENTRY },
	{ { .kind = PRAMIN_MAP, .len = 4096, .attrs = PRAMIN_MMU_LOCK,
	    PIECES(ONE) }, -EINVAL, PRAMIN_REASON_MAP_ENTRY },
	{ { .kind = PRAMIN_PROTECT, .gpu_va = 4 * MIB, .len = 4096,
	    .attrs = PRAMIN_MMU_VOLATILE }, -EINVAL, PRAMIN_REASON_MAP_ENTRY },
	{ { .kind = PRAMIN_PROTECT, .gpu_va = 4 * MIB, .len = 4096,
	    .attrs = PRAMIN_MMU_READ_DISABLE }, -EINVAL,
	  PRAMIN_REASON_MAP_ENTRY },
	/* what is there, and what is not */
	{ { .kind = PRAMIN_MAP, .gpu_va = 6 * MIB - 4096, .len = 8192,
	    PIECES({ DATA_PA, 8192 }) }, -EEXIST, PRAMIN_REASON_MAP_EXISTS },
	{ { .kind = PRAMIN_MAP, .gpu_va = 10 * MIB, .len = 4 * MIB,
	    PIECES({ DATA_PA, 4 * MIB }) }, -EEXIST,
	  PRAMIN_REASON_MAP_EXISTS },
	{ { .kind = PRAMIN_MAP_SPARSE, .gpu_va = 9 * MIB, .len = 4096 },
	  -EEXIST, PRAMIN_REASON_MAP_EXISTS },
	{ { .kind = PRAMIN_UNMAP, .gpu_va = 0, .len = V2_END }, -ENOENT,
	  PRAMIN_REASON_MAP_NOTHING },
	{ { .kind = PRAMIN_UNMAP, .gpu_va = 6 * MIB - 4096, .len = 8192 },
	  -ENOENT, PRAMIN_REASON_MAP_NOTHING },
	{ { .kind = PRAMIN_PROTECT, .gpu_va = 12 * MIB + 4096, .len = 4096 },
	  -ENOENT, PRAMIN_REASON_MAP_NOTHING },
	{ { .kind = PRAMIN_PROTECT, .gpu_va = 8 * MIB, .len = 4096 }, -EINVAL,
	  PRAMIN_REASON_MAP_SPARSE },
	{ { .kind = PRAMIN_UNMAP, .flags = PRAMIN_MAP_NO_SPLIT,
	    .gpu_va = 4 * MIB, .len = 64 * KIB }, -EINVAL,
	  PRAMIN_REASON_MAP_SPLIT },
	{ { .kind = PRAMIN_PROTECT, .flags = PRAMIN_MAP_NO_SPLIT,
	    .gpu_va = 5 * MIB, .len = MIB }, -EINVAL, PRAMIN_REASON_MAP_SPLIT },
};
/* clang-format on */

static int every_bad_operation_is_refused_and_changes_nothing(void)
{
	size_t i;

	CHECK_EQ(space_open(&s, "tu102", 0), 0);
	CHECK_EQ(space_map(&s, 4 * MIB, DATA_PA, 2 * MIB, 0), 0);
	CHECK_EQ(space_one(&s, PRAMIN_MAP_SPARSE, 8 * MIB, 0, 2 * MIB, 0), 0);
	CHECK_EQ(space_map(&s, 12 * MIB, DATA_PA, 4096, 0), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		/* Behind one that could be made, which is not */
		struct pramin_map_piece piece = { DATA_PA, 4096 };
		struct pramin_map_op ops[2] = {
			{ .kind = PRAMIN_MAP,
			  .gpu_va = 32 * MIB,
			  .len = 4096,
			  .pieces = &piece,
			  .count = 1 },
			cases[i].op,
		};
		struct pramin_change *change = NULL;
		struct state before = look(), after;
		size_t n = cases[i].op.len > V2_END / 2 ? 1 : 2;
		int ret =
			pramin_space_prepare(s.space, &ops[2 - n], n, &change);

		if (ret != cases[i].err ||
		    check_why(cases[i].err, cases[i].reason)) {
			printf("case %zu: %d, %s\n", i, ret,
			       pramin_last_why(s.rig.dev)->what);
			return CHECK_FAILED;
		}
		after = look();
		CHECK(!change);
		CHECK(space_same(&before.info, &after.info));
		CHECK(!memcmp(&before.stats, &after.stats,
			      sizeof(before.stats)));
	}
	return space_close(&s);
}

static int other_arguments_are_refused_too(void)
{
	struct pramin_map_piece piece = { DATA_PA, 2 * MIB };
	struct pramin_map_op ops[2] = {
		{ .kind = PRAMIN_MAP,
		  .gpu_va = 2 * MIB,
		  .len = 2 * MIB,
		  .pieces = &piece,
		  .count = 1 },
		{ .kind = PRAMIN_UNMAP, .gpu_va = 0, .len = 2 * MIB + 4096 },
	};
	struct pramin_map_result wrong = { .size = 1 };
	struct pramin_space_info info = { .size = 1 };
	struct pramin_space_params params;
	struct pramin_change *change;
	struct pramin_space *other;
	struct pramin_pool *pool;

	CHECK_EQ(space_open(&s, "tu102", 0), 0);
	CHECK_EQ(pramin_space_map(s.space, ops, 2, NULL), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_MAP_OVERLAP), 0);
	CHECK_EQ(pramin_space_map(s.space, ops, 0, NULL), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_MAP_EMPTY), 0);
	CHECK_EQ(pramin_space_map(s.space, NULL, 1, NULL), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_ARGUMENT), 0);
	CHECK_EQ(pramin_space_map(s.space, ops, 1, &wrong), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_ARGUMENT), 0);
	CHECK_EQ(pramin_space_retry(s.space, &wrong), -EINVAL);
	CHECK_EQ(pramin_space_info(s.space, &info), -EINVAL);
	CHECK_EQ(pramin_space_info(s.space, NULL), -EINVAL);
	CHECK_EQ(pramin_space_prepare(s.space, NULL, 1, &change), -EINVAL);
	CHECK_EQ(pramin_space_prepare(s.space, ops, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_space_execute(s.space, NULL, NULL), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_CHANGE_STATE), 0);
	CHECK_EQ(pramin_space_drop(s.space, NULL), 0);
	CHECK_EQ(pramin_space_prepare(s.space, ops, 1, &change), 0);
	CHECK_EQ(pramin_space_map(s.space, ops, 1, NULL), -EBUSY);
	CHECK_EQ(check_why(-EBUSY, PRAMIN_REASON_MAP_BUSY), 0);
	CHECK_EQ(pramin_space_execute(s.space, change, &wrong), -EINVAL);
	CHECK_EQ(pramin_space_destroy(s.space), -EBUSY);
	CHECK_EQ(check_why(-EBUSY, PRAMIN_REASON_SPACE_PENDING), 0);
	CHECK_EQ(pramin_space_drop(s.space, change), 0);

	CHECK_EQ(pramin_pool_create(s.rig.dev, &pool), 0);
	CHECK_EQ(pramin_pool_add(pool, MIB, MIB - 1), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_POOL_RANGE), 0);
	CHECK_EQ(pramin_pool_add(pool, MIB, 0), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_POOL_RANGE), 0);
	CHECK_EQ(pramin_pool_add(pool, GIB - MIB, MIB), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_POOL_RANGE), 0);
	CHECK_EQ(pramin_pool_add(pool, GIB, MIB), -ERANGE);
	/* Of the other pool */
	CHECK_EQ(pramin_pool_add(pool, POOL_PA + MIB, MIB), -EBUSY);
	CHECK_EQ(pramin_pool_add(pool, MIB, MIB), 0);
	params = s.params;
	params.pool = pool;
	CHECK_EQ(pramin_space_create(s.rig.dev, &params, &other), 0);
	/* Its MiB has room for the root and 255 more tables. */
	ops[0].gpu_va = 0;
	ops[0].len = 512 * MIB;
	ops[0].page_size = 4096;
	piece = (struct pramin_map_piece){ 0, 512 * MIB };
	CHECK_EQ(pramin_space_map(other, ops, 1, NULL), -ENOMEM);
	CHECK_EQ(check_why(-ENOMEM, PRAMIN_REASON_POOL_FULL), 0);
	CHECK_EQ(pramin_space_destroy(other), 0);
	CHECK_EQ(pramin_pool_destroy(pool), 0);

	CHECK_EQ(pramin_pool_destroy(s.pool), -EBUSY);
	CHECK_EQ(check_why(-EBUSY, PRAMIN_REASON_POOL_IN_USE), 0);
	CHECK_EQ(pramin_space_map(other, ops, 1, NULL), -EINVAL);
	CHECK_EQ(check_why(-EINVAL, PRAMIN_REASON_SPACE_GONE), 0);
	CHECK_EQ(pramin_space_map(NULL, ops, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_space_prepare(NULL, ops, 1, &change), -EINVAL);
	CHECK_EQ(pramin_space_execute(NULL, change, NULL), -EINVAL);
	CHECK_EQ(pramin_space_drop(NULL, NULL), -EINVAL);
	CHECK_EQ(pramin_space_retry(NULL, NULL), -EINVAL);
	CHECK_EQ(pramin_space_info(NULL, &info), -EINVAL);
	CHECK_EQ(pramin_space_destroy(NULL), 0);
	CHECK_EQ(pramin_pool_destroy(NULL), 0);
	CHECK_EQ(pramin_pool_add(NULL, 0, MIB), -EINVAL);
	CHECK_EQ(pramin_pool_create(NULL, &pool), -EINVAL);
	CHECK_EQ(pramin_pool_create(s.rig.dev, NULL), -EINVAL);
	return space_close(&s);
}

static int bad_parameters_of_a_space_are_refused(void)
{
	static const struct {
		uint64_t va_limit, root_pa;
		uint32_t flags;
		enum pramin_reason reason;
	} bad[] = {
		{ V2_END + 4096, 0, 0, PRAMIN_REASON_SPACE_LIMIT },
		{ 4097, 0, 0, PRAMIN_REASON_SPACE_LIMIT },
		{ 0, 0, 8, PRAMIN_REASON_ARGUMENT },
		{ 0, 0, PRAMIN_SPACE_EXCLUSIVE, PRAMIN_REASON_ARGUMENT },
		{ 0, 100, PRAMIN_SPACE_ADOPT, PRAMIN_REASON_SPACE_ROOT },
		{ 0, GIB, PRAMIN_SPACE_ADOPT, PRAMIN_REASON_SPACE_ROOT },
		{ 0, UINT64_MAX - 4095, PRAMIN_SPACE_ADOPT,
		  PRAMIN_REASON_SPACE_ROOT },
	};
	struct pramin_space_params params;
	struct pramin_space *space = NULL;
	size_t i;

	CHECK_EQ(space_begin(&s, "tu102", 0), 0);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		params = s.params;
		params.va_limit = bad[i].va_limit;
		params.root_pa = bad[i].root_pa;
		params.flags = bad[i].flags;
		CHECK_EQ(pramin_space_create(s.rig.dev, &params, &space),
			 -EINVAL);
		CHECK_EQ(check_why(-EINVAL, bad[i].reason), 0);
		CHECK(!space);
	}
	params = s.params;
	params.pool = NULL;
	CHECK_EQ(pramin_space_create(s.rig.dev, &params, &space), -EINVAL);
	params.size = 0;
	CHECK_EQ(pramin_space_create(s.rig.dev, &params, &space), -EINVAL);
	CHECK_EQ(pramin_space_create(s.rig.dev, NULL, &space), -EINVAL);
	CHECK_EQ(pramin_space_create(s.rig.dev, &s.params, NULL), -EINVAL);
	CHECK_EQ(pramin_space_create(NULL, &s.params, &space), -EINVAL);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	CHECK_EQ(rig_close(&s.rig), 0);

	CHECK_EQ(space_begin(&s, "g80", 0), 0);
	CHECK_EQ(pramin_space_create(s.rig.dev, &s.params, &space),
		 -EOPNOTSUPP);
	CHECK_EQ(check_why(-EOPNOTSUPP, PRAMIN_REASON_SPACE_FORMAT), 0);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	return rig_close(&s.rig);
}

/* A tree of one's own, and then with an entry that is wrong */
static int adopted_trees_that_are_none_are_refused(void)
{
	static const struct {
		uint64_t entry;
		int err;
		enum pramin_reason reason;
	} bad[] = {
		/* in system memory, the root itself */
		{ 0x0000000001000004, -EOPNOTSUPP, PRAMIN_REASON_SPACE_SYSMEM },
		{ 0, -EIO, PRAMIN_REASON_SPACE_TREE },
	};
	struct pramin_map_op op = { .kind = PRAMIN_UNMAP, .len = 4096 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		uint64_t root = 128 * MIB;
		uint64_t entry = bad[i].entry ? bad[i].entry :
						(root >> 12 << 8) | 2;

		CHECK_EQ(space_begin(&s, "tu102", 0), 0);
		CHECK_EQ(pramin_model_poke(s.rig.model, root, &entry, 8), 0);
		s.params.root_pa = root;
		s.params.flags = PRAMIN_SPACE_ADOPT;
		CHECK_EQ(space_new(&s), 0);
		CHECK_EQ(pramin_space_map(s.space, &op, 1, NULL), -EPERM);
		CHECK_EQ(check_why(-EPERM, PRAMIN_REASON_SPACE_READ_ONLY), 0);
		CHECK_EQ(pramin_space_destroy(s.space), 0);
		s.params.flags |= PRAMIN_SPACE_EXCLUSIVE;
		CHECK_EQ(space_new(&s), 0);
		CHECK_EQ(pramin_space_map(s.space, &op, 1, NULL), bad[i].err);
		CHECK_EQ(check_why(bad[i].err, bad[i].reason), 0);
		CHECK_EQ(space_close(&s), 0);
	}
	return 0;
}

/* Pages of something else: each would be changed, if it were taken for a root */
static int a_page_that_is_no_root_is_left_alone(void)
{
	static const struct {
		const char *chip;
		uint64_t word;
	} bad[] = {
		{ "tu102", 0xdeadbeefdeadbeef },
		{ "tu102", UINT64_MAX },
		{ "tu102", 0x00000001ffffff02 }, /* a table outside VRAM */
		{ "tu102", 0x00aa000000bbb000 }, /* an address only */
		{ "tu102", 0x9e3779b97f4a7c14 },
		{ "gh100", 0xdeadbeefdeadbeef },
		{ "gh100", UINT64_MAX },
		{ "gh100", 0x00000001fffff002 },
		{ "gm204", 0x00000000ffffff01 },
		{ "gm204", 0x9e3779b97f4a7c15 },
	};
	const uint64_t root = 128 * MIB;
	static uint64_t page[8192], after[8192];
	size_t i, w;

	for (w = 0; w < ARRAY_LEN(bad); w++) {
		CHECK_EQ(space_begin(&s, bad[w].chip, 0), 0);
		for (i = 0; i < ARRAY_LEN(page); i++)
			page[i] = bad[w].word;
		pramin_model_poke(s.rig.model, root, page, sizeof(page));
		s.params.root_pa = root;
		s.params.flags = PRAMIN_SPACE_ADOPT | PRAMIN_SPACE_EXCLUSIVE;
		CHECK_EQ(pramin_space_create(s.rig.dev, &s.params, &s.space),
			 -EIO);
		CHECK_EQ(check_why(-EIO, PRAMIN_REASON_SPACE_TREE), 0);
		/* What is only read may be anything. */
		s.params.flags = PRAMIN_SPACE_ADOPT;
		CHECK_EQ(space_new(&s), 0);
		CHECK_EQ(pramin_space_destroy(s.space), 0);
		s.space = NULL;
		pramin_model_peek(s.rig.model, root, after, sizeof(after));
		CHECK(!memcmp(page, after, sizeof(page)));
		CHECK_EQ(pramin_pool_destroy(s.pool), 0);
		CHECK_EQ(rig_close(&s.rig), 0);
	}
	return 0;
}

static int a_change_left_half_way_keeps_others_out(void)
{
	CHECK_EQ(space_open(&s, "tu102", 0), 0);
	s.rig.fail_at = s.rig.accesses + 5;
	s.rig.fail_code = -EBUSY;
	CHECK_EQ(space_map(&s, 0, DATA_PA, 4096, 0), -EBUSY);
	CHECK_EQ(space_map(&s, 4096, DATA_PA, 4096, 0), -EBUSY);
	CHECK_EQ(check_why(-EBUSY, PRAMIN_REASON_SPACE_UNFINISHED), 0);
	return space_close(&s);
}

/* After all others: those above have filled the list. */
static int every_reason_has_a_case_above(void)
{
	int i, missing = 0;

	if (!covered[PRAMIN_REASON_MAP_KIND])
		SKIP("it sums up the other tests: run all of them");
	/* Only core can provoke these: lib gives it sizes and claims. */
	covered[PRAMIN_REASON_POOL_SIZE] = true;
	covered[PRAMIN_REASON_POOL_FREE] = true;
	covered[PRAMIN_REASON_POOL_OVERLAP] = true;
	/* test_lib_space_own.c */
	covered[PRAMIN_REASON_POOL_KEEP] = true;
	for (i = PRAMIN_REASON_POOL_SIZE; i <= PRAMIN_REASON_CHANGE_STATE; i++)
		if (!covered[i]) {
			printf("no case for the reason \"%s\"\n",
			       pramin_reason_name((enum pramin_reason)i));
			missing++;
		}
	CHECK_EQ(missing, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(every_bad_operation_is_refused_and_changes_nothing),
		TEST(other_arguments_are_refused_too),
		TEST(bad_parameters_of_a_space_are_refused),
		TEST(adopted_trees_that_are_none_are_refused),
		TEST(a_page_that_is_no_root_is_left_alone),
		TEST(a_change_left_half_way_keeps_others_out),
		TEST(every_reason_has_a_case_above),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
