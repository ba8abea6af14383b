// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One model, many threads: nothing is lost or counted twice, and a fault meets
 * the access that it names and no other, whoever makes it. Under
 * ThreadSanitizer this also shows that nothing is shared unprotected.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/resource.h>

#include "model_files.h"

#define THREADS 4u
#define ROUNDS	3000u

/* One thread's part */
struct worker {
	unsigned int number;
	struct pramin_model *m;
	pthread_barrier_t *together;
	unsigned int ones, failed, answers, odd;
	int ret;
};

static struct worker workers[THREADS];
static const char *path; /* of an image, for those who open it */

typedef void *thread_fn(void *);

/* Worker 0 runs @first, the others @rest, all on @m and at the same time. */
static int in_threads(struct pramin_model *m, thread_fn *first, thread_fn *rest)
{
	pthread_t threads[THREADS];
	pthread_barrier_t together;
	unsigned int i;

	CHECK_EQ(pthread_barrier_init(&together, NULL, THREADS), 0);
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .number = i,
					      .m = m,
					      .together = &together };
		CHECK_EQ(pthread_create(&threads[i], NULL, i ? rest : first,
					&workers[i]),
			 0);
	}
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	pthread_barrier_destroy(&together);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(workers[i].ret, 0);
	return 0;
}

static struct worker sums(void)
{
	struct worker sum = { 0 };
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		sum.ones += workers[i].ones;
		sum.failed += workers[i].failed;
		sum.answers += workers[i].answers;
		sum.odd += workers[i].odd;
	}
	return sum;
}

/* Every kind of access, once a round */
static void *do_everything(void *arg)
{
	struct worker *w = arg;
	struct pramin_model *m = w->m;
	uint32_t off = APERTURE + w->number * 8, i;

	pthread_barrier_wait(w->together);
	for (i = 0; i < ROUNDS; i++) {
		wr(m, off, 8, i);
		wr(m, off, 1, i);
		w->ret |= get(m, off, 8) != i;
		w->ret |= get(m, off, 2) != (i & 0xffff);
		w->ret |= get(m, off, 4) != i;
		get(m, APERTURE + 0x80000, 4);
		w->ret |= get(m, 0, 4) != 0x162000a1;
		w->ret |= get(m, PBUS, 4) != 8;
		get(m, 0x20, 4);
		wr(m, 0x20, 4, 1);
		w->ret |= config(m, 0) != 0x1e0410de;
	}
	return NULL;
}

static int check_everything(struct pramin_model *m, uint64_t read_ns,
			    uint64_t write_ns)
{
	const uint64_t n = THREADS * ROUNDS;
	struct pramin_model_counters c;

	/* The last 512 KiB of VRAM: half of the aperture lies beyond. */
	CHECK_EQ(wr(m, PBUS, 4, 8), 0);
	CHECK_EQ(in_threads(m, do_everything, do_everything), 0);
	c = counters(m);
	CHECK_EQ(c.accesses, 10 * n + 1);
	CHECK_EQ(c.reads[0], 0);
	CHECK_EQ(c.reads[1], n);
	CHECK_EQ(c.reads[2], 2 * n);
	CHECK_EQ(c.reads[3], n);
	CHECK_EQ(c.writes[0], n);
	CHECK_EQ(c.writes[1], 0);
	CHECK_EQ(c.writes[2], 0);
	CHECK_EQ(c.writes[3], n);
	CHECK_EQ(c.register_reads, 3 * n);
	CHECK_EQ(c.register_writes, n + 1);
	CHECK_EQ(c.config_reads, n);
	CHECK_EQ(c.window_writes, 1);
	CHECK_EQ(c.moves, 1);
	CHECK_EQ(c.outside, n);
	CHECK_EQ(c.unknown, 2 * n);
	CHECK_EQ(c.vram_bytes, GRAIN);
	CHECK_EQ(c.simulated_ns, 8 * n * read_ns + (3 * n + 1) * write_ns);
	return 0;
}

static int accesses_of_all_threads_are_counted_once_each(void)
{
	struct pramin_model_params p = { .chip = "tu102", .vram = MIB };
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(check_everything(m, 900, 100), 0);
	pramin_model_destroy(m);

	CHECK_EQ(dir_make(&d), 0);
	p.file = d.image;
	p.read_ns = 7;
	p.write_ns = 1000;
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(check_everything(m, 7, 1000), 0);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

/* Reads of 0x11, and what else came of them */
static void *read_and_tell(void *arg)
{
	struct worker *w = arg;
	unsigned int i;

	pthread_barrier_wait(w->together);
	for (i = 0; i < ROUNDS; i++) {
		uint64_t val = get(w->m, APERTURE, 4);

		w->ones += val == 0xffffffff;
		w->failed += val == (uint64_t)-ENODEV;
		w->answers += val == 0x22;
		w->odd += val != 0x11 && val != 0x22 && val != 0xffffffff &&
			  val != (uint64_t)-ENODEV;
	}
	return NULL;
}

static int with_faults(const char *faults)
{
	struct pramin_model_params p = { .chip = "tu102",
					 .vram = GIB,
					 .faults = faults };
	struct pramin_model *m;
	uint32_t val = 0x11;

	CHECK_EQ(build_why(&p, &m, NULL), 0);
	pramin_model_set_window(m, 0);
	CHECK_EQ(pramin_model_poke(m, 0, &val, 4), 0);
	CHECK_EQ(in_threads(m, read_and_tell, read_and_tell), 0);
	CHECK_EQ(counters(m).accesses, THREADS * ROUNDS);
	CHECK_EQ(sums().odd, 0);
	pramin_model_destroy(m);
	return 0;
}

static int a_lasting_fault_is_there_from_its_access_on(void)
{
	const unsigned int n = THREADS * ROUNDS;
	char spec[64];
	unsigned int at;

	for (at = 1; at <= n; at += n / 5) {
		snprintf(spec, sizeof(spec), "gone@%u", at);
		CHECK_EQ(with_faults(spec), 0);
		CHECK_EQ(sums().ones, n - at + 1);
		snprintf(spec, sizeof(spec), "gone@%u:dead@%u", at, at + 7);
		CHECK_EQ(with_faults(spec), 0);
		CHECK_EQ(sums().ones, n - at + 1 < 7 ? n - at + 1 : 7);
		CHECK_EQ(sums().failed, n - at + 1 < 7 ? 0 : n - at - 6);
	}
	return 0;
}

static int a_fault_for_one_access_meets_exactly_one(void)
{
	CHECK_EQ(with_faults("blip@120:read=0x22@121:fail@122:blip@5000:"
			     "read=0x22@5000:fail@9000:fail:read=0x22"),
		 0);
	/* The two without a number are both for the first, and one fails. */
	CHECK_EQ(sums().ones, 2);
	CHECK_EQ(sums().answers, 1);
	CHECK_EQ(sums().failed, 3);
	return 0;
}

static void *add_and_mend(void *arg)
{
	static const char *const specs[] = { "blip", "gone", "read=0x22",
					     "boot0=1", "fail@1000000" };
	struct worker *w = arg;
	unsigned int i;

	pthread_barrier_wait(w->together);
	for (i = 0; i < ROUNDS / 10; i++) {
		w->ret |= pramin_model_fault(w->m, specs[i % 5], NULL);
		if (i % 5 == 4)
			pramin_model_mend(w->m);
	}
	pramin_model_mend(w->m);
	return NULL;
}

static int faults_may_come_and_go_while_others_access(void)
{
	struct pramin_model *m;
	uint32_t val = 0x11;

	CHECK_EQ(build("tu102", GIB, &m), 0);
	pramin_model_set_window(m, 0);
	CHECK_EQ(pramin_model_poke(m, 0, &val, 4), 0);
	CHECK_EQ(in_threads(m, add_and_mend, read_and_tell), 0);
	CHECK_EQ(sums().odd, 0);
	CHECK_EQ(get(m, APERTURE, 4), 0x11);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	pramin_model_destroy(m);
	return 0;
}

static void *write_doubles(void *arg)
{
	struct worker *w = arg;
	uint64_t i;

	pthread_barrier_wait(w->together);
	for (i = 0; i < ROUNDS; i++)
		wr(w->m, APERTURE + 8, 8, i << 32 | i);
	return NULL;
}

static void *read_doubles(void *arg)
{
	struct worker *w = arg;
	unsigned int i;

	pthread_barrier_wait(w->together);
	for (i = 0; i < ROUNDS; i++) {
		uint64_t val = get(w->m, APERTURE + 8, 8);

		w->ret |= val >> 32 != (uint32_t)val;
	}
	return NULL;
}

static int nobody_sees_half_of_an_access(void)
{
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(build("gh100", GIB, &m), 0);
	CHECK_EQ(in_threads(m, write_doubles, read_doubles), 0);
	pramin_model_destroy(m);
	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("gh100", GIB, d.image, &m, NULL), 0);
	CHECK_EQ(in_threads(m, write_doubles, read_doubles), 0);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

/* Each thread has a handle of its own, and they open and close them at once. */
static void *visit(void *arg)
{
	struct worker *w = arg;
	struct pramin_model *m;
	unsigned int i, n;

	pthread_barrier_wait(w->together);
	for (n = 0; n < 20; n++) {
		if (open_file("tu102", GIB, path, &m, NULL)) {
			w->ret = 1;
			return NULL;
		}
		for (i = 0; i < 50; i++) {
			wr(m, APERTURE + w->number * 8, 8, i);
			w->ret |= get(m, APERTURE + w->number * 8, 8) != i;
		}
		pramin_model_destroy(m);
	}
	return NULL;
}

static int handles_in_threads_see_one_gpu(void)
{
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	path = d.image;
	CHECK_EQ(in_threads(NULL, visit, visit), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK_EQ(counters(m).accesses, THREADS * 20 * 100);
	CHECK_EQ(counters(m).simulated_ns, THREADS * 20 * 50 * 1000);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

/* Some threads share a chunk, and all share the words of the bitmaps. */
static void *write_everywhere(void *arg)
{
	struct worker *w = arg;
	uint32_t i;

	pthread_barrier_wait(w->together);
	for (i = 0; i < 16; i++)
		w->ret |= wr(w->m, APERTURE + i * 0x10000 + w->number * 8, 8,
			     w->number + 1);
	return NULL;
}

static int memory_is_counted_once_whoever_needs_it_first(void)
{
	struct pramin_model *m;
	unsigned int round, i, t;

	for (round = 0; round < 20; round++) {
		CHECK_EQ(build("tu102", GIB, &m), 0);
		CHECK_EQ(in_threads(m, write_everywhere, write_everywhere), 0);
		CHECK_EQ(counters(m).vram_bytes, MIB);
		for (i = 0; i < 16; i++)
			for (t = 0; t < THREADS; t++)
				CHECK_EQ(get(m, APERTURE + i * 0x10000 + t * 8,
					     8),
					 t + 1);
		pramin_model_destroy(m);
	}
	return 0;
}

/* Reserved bits count the moves, so no value is seen twice. */
static void *move(void *arg)
{
	struct worker *w = arg;
	uint32_t i;

	pthread_barrier_wait(w->together);
	for (i = 1; i <= ROUNDS; i++)
		wr(w->m, XAL, 4, i << 22 | i % 64);
	return NULL;
}

static void *look(void *arg)
{
	struct worker *w = arg;
	uint32_t last = 0;
	unsigned int i;

	pthread_barrier_wait(w->together);
	for (i = 0; i < ROUNDS; i++) {
		uint32_t raw = (uint32_t)get(w->m, XAL, 4);
		struct pramin_model_counters c = counters(w->m);

		w->ret |= raw && (raw >> 22) % 64 != (raw & 0x3fffff) % 64;
		w->ret |= c.moves > c.window_writes;
		w->ret |= get(w->m, 0, 4) != 0x180000a1;
		w->ret |= pramin_model_ops()->clock_ns(w->m) < last;
		last = (uint32_t)pramin_model_ops()->clock_ns(w->m);
	}
	return NULL;
}

static int registers_can_be_read_while_the_window_moves(void)
{
	struct pramin_model *m;

	CHECK_EQ(build("gh100", GIB, &m), 0);
	pramin_model_set_window(m, 0);
	CHECK_EQ(in_threads(m, move, look), 0);
	CHECK_EQ(counters(m).moves, ROUNDS);
	CHECK_EQ(counters(m).window_writes, ROUNDS);
	pramin_model_destroy(m);
	return 0;
}

/* Only the thread that met the limit is told of it. */
static void *meet_the_limit(void *arg)
{
	struct worker *w = arg;
	const struct pramin_io_ops *ops = pramin_model_ops();

	w->ret = wr(w->m, APERTURE, 4, 1) != -ENOMEM;
	pthread_barrier_wait(w->together);
	w->ret |= !ops->explain(w->m) ||
		  !strstr(ops->explain(w->m), "File too large");
	return NULL;
}

static void *know_nothing(void *arg)
{
	struct worker *w = arg;

	pthread_barrier_wait(w->together);
	w->ret = pramin_model_ops()->explain(w->m) != NULL;
	return NULL;
}

static int each_thread_is_told_of_its_own_failure(void)
{
	struct rlimit old, limit;
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 1 << 20;
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_EQ(in_threads(m, meet_the_limit, know_nothing), 0);
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK(!pramin_model_ops()->explain(m));
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static const struct check_test tests[] = {
	TEST(accesses_of_all_threads_are_counted_once_each),
	TEST(a_lasting_fault_is_there_from_its_access_on),
	TEST(a_fault_for_one_access_meets_exactly_one),
	TEST(faults_may_come_and_go_while_others_access),
	TEST(nobody_sees_half_of_an_access),
	TEST(handles_in_threads_see_one_gpu),
	TEST(memory_is_counted_once_whoever_needs_it_first),
	TEST(registers_can_be_read_while_the_window_moves),
	TEST(each_thread_is_told_of_its_own_failure),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
