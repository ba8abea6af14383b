// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Threads that map and unmap at once: in spaces of their own over one pool, in one
 * space, in one table; and a GPU that translates all the time.
 */
#include <pthread.h>

#include "lib_space.h"

#define THREADS 6
#define ROUNDS	60

static struct space_rig s;
static struct pramin_space *spaces[THREADS];
static struct pramin_model_space gpus[THREADS];
static uint32_t done;

struct member {
	pthread_t thread;
	unsigned int number;
	struct pramin_space *space;
	struct pramin_model_space *gpu;
	uint64_t base;	 /* of its addresses */
	uint64_t stride; /* of its pages */
	const char *failed;
};

static struct member members[THREADS + 1];

static bool change(const struct member *m, enum pramin_map_kind kind,
		   unsigned int first, unsigned int count, uint64_t page)
{
	struct pramin_map_piece piece[8];
	struct pramin_map_op op[8];
	unsigned int i;

	for (i = 0; i < count; i++) {
		piece[i] = (struct pramin_map_piece){
			DATA_PA + (uint64_t)m->number * 16 * MIB +
				(first + i) * page,
			page
		};
		op[i] = (struct pramin_map_op){
			.kind = kind,
			.gpu_va = m->base + (first + i) * m->stride,
			.len = page,
			.pieces = &piece[i],
			.count = 1,
		};
	}
	return !pramin_space_map(m->space, op, count, NULL);
}

static bool finds(const struct member *m, unsigned int page_no, uint64_t page,
		  bool mapped)
{
	struct pramin_model_translation t = { .size = sizeof(t) };

	if (pramin_model_gpu_translate(s.rig.model, m->gpu,
				       m->base + page_no * m->stride, &t))
		return false;
	if (!mapped)
		return t.mapping == PRAMIN_MAPPING_NONE;
	return t.mapping == PRAMIN_MAPPING_PAGE &&
	       t.pa == DATA_PA + (uint64_t)m->number * 16 * MIB +
			       page_no * page;
}

static void *run(void *arg)
{
	struct member *m = arg;
	unsigned int i, j;

	for (i = 0; i < ROUNDS && !m->failed; i++) {
		uint64_t page = i % 2 ? 4096 : 64 * KIB;

		if (page > m->stride)
			page = 4096;
		if (!change(m, PRAMIN_MAP, 0, 8, page))
			m->failed = "map";
		for (j = 0; j < 8; j++)
			if (!m->failed && !finds(m, j, page, true))
				m->failed = "is not mapped";
		if (!m->failed && !change(m, PRAMIN_PROTECT, 2, 4, page))
			m->failed = "protect";
		if (!m->failed && !change(m, PRAMIN_UNMAP, 4, 4, page))
			m->failed = "unmap";
		if (!m->failed && !finds(m, 5, page, false))
			m->failed = "is still mapped";
		if (!m->failed && !change(m, PRAMIN_UNMAP, 0, 4, page))
			m->failed = "unmap all";
	}
	__atomic_fetch_add(&done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* The GPU: whatever it sees is a page of the thread that has that address. */
static void *walk(void *arg)
{
	struct member *m = arg;
	unsigned int i = 0;

	while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < THREADS) {
		const struct member *who = &members[i++ % THREADS];
		struct pramin_model_translation t = { .size = sizeof(t) };
		uint64_t first = DATA_PA + who->number * 16 * MIB;

		if (pramin_model_gpu_translate(s.rig.model, who->gpu,
					       who->base + i % 8 * who->stride,
					       &t))
			m->failed = "translate";
		else if (t.mapping == PRAMIN_MAPPING_BROKEN)
			m->failed = "broken";
		else if (t.mapping == PRAMIN_MAPPING_PAGE &&
			 (t.pa < first || t.pa >= first + 16 * MIB))
			m->failed = "astray";
	}
	return NULL;
}

static int start(unsigned int number, struct pramin_space *space,
		 struct pramin_model_space *gpu, uint64_t base, uint64_t stride)
{
	members[number] = (struct member){
		.number = number,
		.space = space,
		.gpu = gpu,
		.base = base,
		.stride = stride,
	};
	return 0;
}

static int run_all(void)
{
	unsigned int i;

	done = 0;
	members[THREADS] = (struct member){ .number = THREADS };
	for (i = 0; i <= THREADS; i++)
		CHECK_EQ(pthread_create(&members[i].thread, NULL,
					i < THREADS ? run : walk, &members[i]),
			 0);
	for (i = 0; i <= THREADS; i++)
		pthread_join(members[i].thread, NULL);
	for (i = 0; i <= THREADS; i++)
		if (members[i].failed) {
			printf("thread %u: %s: %s\n", i, members[i].failed,
			       pramin_last_why(s.rig.dev)->what);
			return CHECK_FAILED;
		}
	return space_safe(&s);
}

static int threads_with_spaces_of_their_own_share_a_pool(void)
{
	unsigned int i;

	CHECK_EQ(space_begin(&s, "ga102", 77), 0);
	for (i = 0; i < THREADS; i++) {
		CHECK_EQ(space_new(&s), 0);
		spaces[i] = s.space;
		gpus[i] = s.gpu;
		start(i, spaces[i], &gpus[i], 4 * MIB, 64 * KIB);
	}
	CHECK_EQ(run_all(), 0);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(pramin_space_destroy(spaces[i]), 0);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	return rig_close(&s.rig);
}

static int threads_in_one_space_share_its_directories_and_leaves(void)
{
	struct pramin_space_info info = { .size = sizeof(info) };
	unsigned int i;

	CHECK_EQ(space_open(&s, "gh100", 5), 0);
	/* Two in one leaf, two in one directory, two far away */
	for (i = 0; i < THREADS; i++)
		start(i, s.space, &s.gpu,
		      i < 2 ? i * 4096 :
		      i < 4 ? i * 2 * MIB :
			      (uint64_t)i << 47,
		      i < 2 ? 8192 : 64 * KIB);
	CHECK_EQ(run_all(), 0);
	CHECK_EQ(pramin_space_info(s.space, &info), 0);
	CHECK(!info.prepared && !info.unfinished);
	CHECK_EQ(space_close(&s), 0);
	return 0;
}

/* One thread destroys what another one uses. */
static void *use(void *arg)
{
	struct member *m = arg;
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP_SPARSE,
		.gpu_va = 4096,
		.len = 4096,
	};
	int ret = 0;

	while (!ret) {
		op.kind = PRAMIN_MAP_SPARSE;
		ret = pramin_space_map(m->space, &op, 1, NULL);
		__atomic_fetch_add(&done, 1, __ATOMIC_RELEASE);
		op.kind = PRAMIN_UNMAP;
		if (!ret)
			ret = pramin_space_map(m->space, &op, 1, NULL);
	}
	if (ret != -EINVAL ||
	    pramin_last_why(s.rig.dev)->reason != PRAMIN_REASON_SPACE_GONE)
		m->failed = pramin_last_why(s.rig.dev)->what;
	return NULL;
}

static int a_space_ends_while_another_thread_uses_it(void)
{
	int i;

	for (i = 0; i < 20; i++) {
		CHECK_EQ(space_open(&s, "tu102", 0), 0);
		done = 0;
		start(0, s.space, &s.gpu, 0, 0);
		CHECK_EQ(pthread_create(&members[0].thread, NULL, use,
					&members[0]),
			 0);
		while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < 3)
			;
		/* It waits for the call that is under way. */
		CHECK_EQ(pramin_space_destroy(s.space), 0);
		pthread_join(members[0].thread, NULL);
		CHECK(!members[0].failed);
		s.space = NULL;
		CHECK_EQ(pramin_pool_destroy(s.pool), 0);
		CHECK_EQ(rig_close(&s.rig), 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(threads_with_spaces_of_their_own_share_a_pool),
		TEST(threads_in_one_space_share_its_directories_and_leaves),
		TEST(a_space_ends_while_another_thread_uses_it),
	};

	if (getenv("TEST_EXCLUSIVE")) {
		printf("skipped: a handle that is alone has one thread\n");
		printf("0 passed, 0 failed, 3 skipped\n");
		return 0;
	}
	space_of_threads = true;
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
