// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * 64 virtual GPUs: address spaces over one pool, that some threads map, unmap,
 * protect and split at the same time, while the GPU translates in all of them and
 * sees stores late and in any order. Its page is the right one or none, always, and
 * nothing happens that hardware would not have forgiven.
 *
 *	VGPU_SECONDS	how long each chip is tortured at least, beyond some steps
 *	VGPU_SEED	what is random
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <time.h>

#include "lib_space.h"

#define SPACES	64u
#define THREADS 8u
#define OWN	(SPACES / THREADS)
#define WALKERS 2u
#define STEPS	40u

/* Each has 8 MiB of addresses, and memory of its own for them. */
#define BASE_VA	   (6 * MIB)
#define PAGES	   2048u
#define MEMORY	   (16 * MIB)
#define VRAM_BYTES (2 * GIB)

/* What a page is: nothing, or memory at the same place, or one page further */
enum {
	NOTHING = 0,
	SAME,
	NEXT
};

struct vgpu {
	struct pramin_space *space;
	struct pramin_model_space gpu;
	uint64_t memory;
	uint8_t page[PAGES];
	bool read_only[PAGES];
};

struct worker {
	pthread_t thread;
	unsigned int number;
	uint64_t random;
	uint64_t batches, splits, walks;
	const char *failed;
};

static struct space_rig s;
static struct vgpu vgpus[SPACES];
static struct worker workers[THREADS + WALKERS];
static uint32_t done;
static uint64_t seconds, seed;

static uint64_t below(struct worker *w, uint64_t n)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (w->random >> 33) % n;
}

static uint64_t now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec;
}

static uint64_t memory_of(const struct vgpu *v, unsigned int i, uint8_t what)
{
	return v->memory + (i + (what == NEXT)) * 4096ull;
}

/* How many pages from @first on are as the first one is: mapped, or not? */
static unsigned int run_of(const struct vgpu *v, unsigned int first,
			   unsigned int count)
{
	unsigned int i = first;

	while (i < first + count && !v->page[i] == !v->page[first])
		i++;
	return i - first;
}

/* One operation on free or on mapped pages; what it does is noted */
static void pick(struct worker *w, struct vgpu *v, unsigned int first,
		 unsigned int count, struct pramin_map_op *op,
		 struct pramin_map_piece *piece)
{
	uint8_t what = below(w, 3) ? SAME : NEXT;
	bool read_only = below(w, 2);
	unsigned int i;

	*op = (struct pramin_map_op){
		.gpu_va = BASE_VA + first * 4096ull,
		.len = count * 4096ull,
		.pieces = piece,
		.count = 1,
		.attrs = read_only ? PRAMIN_MMU_READ_ONLY : 0,
	};
	*piece =
		(struct pramin_map_piece){ memory_of(v, first, what), op->len };
	op->kind = !v->page[first] ? PRAMIN_MAP :
		   below(w, 3)	   ? PRAMIN_UNMAP :
				     PRAMIN_PROTECT;
	for (i = first; i < first + count; i++) {
		if (op->kind == PRAMIN_UNMAP)
			v->page[i] = NOTHING;
		else if (op->kind == PRAMIN_MAP)
			v->page[i] = what;
		v->read_only[i] = read_only;
	}
}

/* Up to three operations, each behind the one before */
static bool step(struct worker *w, struct vgpu *v)
{
	struct pramin_map_result cost = { .size = sizeof(cost) };
	struct pramin_map_piece piece[3];
	struct pramin_map_op ops[3];
	unsigned int first = (unsigned int)below(w, PAGES), n = 0;

	if (below(w, 2))
		first = first / 512 * 512;
	while (n < 1 + below(w, 3) && first < PAGES) {
		unsigned int most = below(w, 2) ? 512 : 40;
		unsigned int count = 1 + (unsigned int)below(w, most);

		if (below(w, 3) == 0)
			count = 512;
		if (count > PAGES - first)
			count = PAGES - first;
		count = run_of(v, first, count);
		pick(w, v, first, count, &ops[n], &piece[n]);
		n++;
		first += count;
	}
	if (pramin_space_map(v->space, ops, n, &cost))
		return false;
	w->batches++;
	w->splits += cost.invalidates == 2;
	return cost.invalidates <= 2;
}

/* Is a page what was noted, to an engine that the changes are known to? */
static bool is_right(const struct vgpu *v, unsigned int i)
{
	struct pramin_model_translation t = { .size = sizeof(t) };

	if (pramin_model_gpu_translate(s.rig.model, &v->gpu,
				       BASE_VA + i * 4096ull, &t))
		return false;
	if (!v->page[i])
		return t.mapping == PRAMIN_MAPPING_NONE ||
		       t.mapping == PRAMIN_MAPPING_HIDDEN;
	return t.mapping == PRAMIN_MAPPING_PAGE &&
	       t.pa == memory_of(v, i, v->page[i]) &&
	       t.read_only == v->read_only[i];
}

static void *work(void *arg)
{
	struct worker *w = arg;
	uint64_t until = now_seconds() + seconds;
	unsigned int i, k;

	for (i = 0; !w->failed; i++) {
		struct vgpu *v = &vgpus[w->number * OWN + i % OWN];

		if (i >= STEPS && now_seconds() >= until)
			break;
		if (!step(w, v))
			w->failed = pramin_last_why(s.rig.dev)->what;
		for (k = 0; k < 12 && !w->failed; k++)
			if (!is_right(v, (unsigned int)below(w, PAGES)))
				w->failed = "a page is not what was mapped";
	}
	__atomic_fetch_add(&done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* The GPU: a page that any space may have here, or none */
static void *walk(void *arg)
{
	struct worker *w = arg;

	while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < THREADS) {
		const struct vgpu *v = &vgpus[below(w, SPACES)];
		unsigned int i = (unsigned int)below(w, PAGES);
		struct pramin_model_translation t = { .size = sizeof(t) };

		if (pramin_model_gpu_translate(s.rig.model, &v->gpu,
					       BASE_VA + i * 4096ull, &t))
			w->failed = "the GPU cannot translate";
		else if (t.mapping == PRAMIN_MAPPING_BROKEN)
			w->failed = "the GPU has met a broken table";
		else if (t.mapping == PRAMIN_MAPPING_PAGE &&
			 t.pa != memory_of(v, i, SAME) &&
			 t.pa != memory_of(v, i, NEXT))
			w->failed = "the GPU went astray";
		w->walks++;
	}
	return NULL;
}

static int begin(const char *chip)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = chip,
		.vram = VRAM_BYTES,
		.posted = (uint32_t)seed,
	};
	const struct pramin_open_opts opts = { .size = sizeof(opts),
					       .vram = VRAM_BYTES };
	static struct pramin_io_ops plain;
	unsigned int i;

	plain = *pramin_model_ops();
	plain.close = NULL;
	memset(&s, 0, sizeof(s));
	memset(vgpus, 0, sizeof(vgpus));
	CHECK_EQ(pramin_model_create(&params, &s.rig.model, &s.rig.why), 0);
	CHECK_EQ(pramin_open_io(&plain, s.rig.model, &opts, &s.rig.dev,
				&s.rig.why),
		 0);
	CHECK_EQ(pramin_pool_create(s.rig.dev, &s.pool), 0);
	CHECK_EQ(pramin_pool_add(s.pool, 16 * MIB, 64 * MIB), 0);
	s.params.size = sizeof(s.params);
	s.params.pool = s.pool;
	for (i = 0; i < SPACES; i++) {
		CHECK_EQ(space_new(&s), 0);
		vgpus[i].space = s.space;
		vgpus[i].gpu = s.gpu;
		vgpus[i].memory = 256 * MIB + i * MEMORY + BASE_VA % (2 * MIB);
	}
	return 0;
}

static int end(void)
{
	unsigned int i, k;

	for (i = 0; i < SPACES; i++)
		for (k = 0; k < PAGES; k += 7)
			CHECK(is_right(&vgpus[i], k));
	for (i = 0; i < SPACES; i++)
		CHECK_EQ(pramin_space_destroy(vgpus[i].space), 0);
	CHECK_EQ(pramin_pool_destroy(s.pool), 0);
	CHECK_EQ(space_safe(&s), 0);
	return rig_close(&s.rig);
}

static int torture(const char *chip)
{
	uint64_t splits = 0;
	unsigned int i;

	CHECK_EQ(begin(chip), 0);
	done = 0;
	for (i = 0; i < THREADS + WALKERS; i++) {
		workers[i] = (struct worker){ .number = i,
					      .random = seed * 100 + i };
		CHECK_EQ(pthread_create(&workers[i].thread, NULL,
					i < THREADS ? work : walk, &workers[i]),
			 0);
	}
	for (i = 0; i < THREADS + WALKERS; i++)
		pthread_join(workers[i].thread, NULL);
	for (i = 0; i < THREADS + WALKERS; i++) {
		splits += workers[i].splits;
		if (!workers[i].failed)
			continue;
		printf("%s, seed %" PRIu64 ", thread %u: %s\n", chip, seed, i,
		       workers[i].failed);
		return CHECK_FAILED;
	}
	CHECK(splits > 0);
	return end();
}

static int virtual_gpus_of_v1_change_at_once(void)
{
	return torture("gm206");
}

static int virtual_gpus_of_v2_change_at_once(void)
{
	return torture("ga102");
}

static int virtual_gpus_of_v3_change_at_once(void)
{
	return torture("gh100");
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(virtual_gpus_of_v1_change_at_once),
		TEST(virtual_gpus_of_v2_change_at_once),
		TEST(virtual_gpus_of_v3_change_at_once),
	};

	if (getenv("TEST_EXCLUSIVE")) {
		printf("skipped: a handle that is alone has one thread\n");
		printf("0 passed, 0 failed, 3 skipped\n");
		return 0;
	}
	seconds = number("VGPU_SECONDS", 0);
	seed = number("VGPU_SEED", 1);
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
