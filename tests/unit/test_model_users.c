// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Several users of one model with a file, in one process and in many: they see
 * one GPU, and what it costs does not grow with them.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "../../model/internal.h"
#include "model_files.h"

/* Runs @fn(@d, @n) in a child that opens its own handle; its pid, or -1 */
static pid_t in_child(int (*fn)(const struct dir *d, unsigned int n),
		      const struct dir *d, unsigned int n)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(fn(d, n));
	return pid;
}

static int exit_of(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static uint32_t phase_of(const struct dir *d)
{
	struct model_state st;

	return file_get(d->state, &st, sizeof(st)) == sizeof(st) ? st.phase :
								   UINT32_MAX;
}

static int two_handles_see_one_gpu(void)
{
	struct pramin_model *a, *b;
	struct pramin_model_counters ca, cb;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &a, NULL), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &b, NULL), 0);
	CHECK_EQ(wr(a, PBUS, 4, 0xf8000020), 0);
	CHECK_EQ(get(b, PBUS, 4), 0xf8000020);
	/* Both have looked, and know it as a hole. */
	CHECK_EQ(get(a, APERTURE + 8, 8), 0);
	CHECK_EQ(get(b, APERTURE + 8, 8), 0);
	CHECK_EQ(wr(a, APERTURE + 8, 8, 0x1122334455667788), 0);
	CHECK_EQ(get(b, APERTURE + 8, 8), 0x1122334455667788);
	CHECK_EQ(wr(b, APERTURE + 12, 2, 0xabcd), 0);
	CHECK_EQ(get(a, APERTURE + 8, 8), 0x1122abcd55667788);
	/* The other one moves the window. */
	CHECK_EQ(wr(b, PBUS, 4, 0x21), 0);
	CHECK_EQ(get(a, APERTURE, 4), 0);
	CHECK_EQ(wr(b, PBUS, 4, 0x01000020), 0);
	CHECK_EQ(get(a, APERTURE + 8, 4), 0xbad0b000);
	CHECK_EQ(wr(a, PBUS, 4, 0x1f), 0);
	CHECK_EQ(get(b, APERTURE + 0x10008, 4), 0x55667788);

	ca = counters(a);
	cb = counters(b);
	CHECK(!memcmp(&ca, &cb, sizeof(ca)));
	CHECK_EQ(ca.accesses, 14);
	CHECK_EQ(ca.window_writes, 4);
	CHECK_EQ(ca.moves, 4);
	CHECK_EQ(ca.outside, 1);
	CHECK_EQ(ca.vram_bytes, GRAIN);
	CHECK_EQ(ca.simulated_ns, 8 * 900 + 6 * 100);
	pramin_model_destroy(a);
	CHECK_EQ(get(b, APERTURE + 0x1000c, 4), 0x1122abcd);
	pramin_model_destroy(b);
	dir_remove(&d);
	return 0;
}

static int faults_and_costs_are_those_of_a_handle(void)
{
	struct pramin_model_params p = { .chip = "tu102",
					 .vram = GIB,
					 .faults = "gone@2",
					 .read_ns = 10,
					 .write_ns = 5000 };
	struct pramin_model *a, *b;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &a, NULL), 0);
	p.file = d.image;
	CHECK_EQ(build_why(&p, &b, NULL), 0);
	CHECK_EQ(get(a, 0, 4), 0x162000a1);
	CHECK_EQ(get(a, 0, 4), 0x162000a1);
	CHECK_EQ(get(b, 0, 4), 0x162000a1);
	CHECK_EQ(get(b, 0, 4), 0xffffffff);
	CHECK_EQ(get(a, 0, 4), 0x162000a1);
	CHECK_EQ(wr(b, 0x20, 4, 0), 0);
	CHECK_EQ(counters(a).simulated_ns, 3 * 900 + 2 * 10 + 5000);
	pramin_model_destroy(a);
	pramin_model_destroy(b);
	CHECK_EQ(open_file("tu102", GIB, d.image, &a, NULL), 0);
	CHECK_EQ(counters(a).simulated_ns, 3 * 900 + 2 * 10 + 5000);
	CHECK_EQ(counters(a).accesses, 6);
	pramin_model_destroy(a);
	dir_remove(&d);
	return 0;
}

static int look_and_answer(const struct dir *d, unsigned int n)
{
	struct pramin_model *m;

	if (open_file("tu102", GIB, d->image, &m, NULL))
		return 1;
	if (get(m, PBUS, 4) != 0x10 || get(m, APERTURE, 4) != 0xcafe)
		return 2;
	if (wr(m, APERTURE + 0x20000, 4, n) || wr(m, PBUS, 4, 0x12))
		return 3;
	pramin_model_destroy(m);
	return 0;
}

static int two_processes_see_one_gpu(void)
{
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0x10), 0);
	CHECK_EQ(wr(m, APERTURE, 4, 0xcafe), 0);
	CHECK_EQ(get(m, APERTURE + 0x20000, 4), 0);
	CHECK_EQ(exit_of(in_child(look_and_answer, &d, 0xbeef)), 0);
	CHECK_EQ(pramin_model_window(m), 0x12);
	CHECK_EQ(get(m, APERTURE, 4), 0xbeef);
	CHECK_EQ(counters(m).accesses, 8);
	CHECK_EQ(counters(m).moves, 2);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int a_pointer_shows_what_others_write(void)
{
	struct pramin_model_params p = { .chip = "gh100",
					 .vram = MIB,
					 .flat = true };
	static uint8_t ones[MIB];
	volatile uint32_t *ptr;
	struct pramin_model *a, *b;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	p.file = d.image;
	CHECK_EQ(build_why(&p, &a, NULL), 0);
	CHECK_EQ(open_file("gh100", MIB, d.image, &b, NULL), 0);
	CHECK(!pramin_model_ops()->aperture(a));
	memset(ones, 1, sizeof(ones));
	CHECK_EQ(pramin_model_poke(b, 0, ones, sizeof(ones)), 0);
	ptr = pramin_model_ops()->aperture(a);
	CHECK(ptr);
	CHECK_EQ(ptr[5], 0x01010101);
	CHECK_EQ(wr(b, APERTURE + 20, 4, 77), 0);
	CHECK_EQ(ptr[5], 77);
	ptr[6] = 78;
	CHECK_EQ(get(b, APERTURE + 24, 4), 78);
	pramin_model_destroy(a);
	pramin_model_destroy(b);
	dir_remove(&d);
	return 0;
}

static int what_does_not_fit_is_refused_while_others_use_it(void)
{
	struct pramin_model_params p = { .chip = "tu102", .vram = GIB };
	struct pramin_model *m, *other;
	struct model_state before, after;
	struct pramin_why why;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	p.file = d.image;
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(file_get(d.state, &before, sizeof(before)), sizeof(before));
	CHECK_EQ(open_file("tu104", GIB, d.image, &other, &why), -EINVAL);
	CHECK_HAS(why.what, "not a tu104 with 1G");
	CHECK_EQ(open_file("tu102", 2 * GIB, d.image, &other, &why), -EINVAL);
	p.boot0 = 0x162000a2;
	CHECK_EQ(build_why(&p, &other, &why), -EINVAL);
	CHECK_HAS(why.what, "boot0 0x162000a2");
	CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
	CHECK_EQ(file_get(d.state, &after, sizeof(after)), sizeof(after));
	CHECK(!memcmp(&before, &after, sizeof(before)));
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int the_last_to_close_seals(void)
{
	struct pramin_model *m[3];
	unsigned int i;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(open_file("tu102", GIB, d.image, &m[i], NULL), 0);
		CHECK_EQ(wr(m[i], PBUS, 4, i), 0);
	}
	for (i = 0; i < 3; i++) {
		CHECK_EQ(phase_of(&d), MODEL_STATE_IN_USE);
		pramin_model_destroy(m[(i + 1) % 3]);
	}
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m[0], NULL), 0);
	CHECK_EQ(counters(m[0]).accesses, 3);
	pramin_model_destroy(m[0]);
	dir_remove(&d);
	return 0;
}

static int files_that_another_uses_are_not_discarded(void)
{
	struct pramin_model *a, *b;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &a, NULL), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &b, NULL), 0);
	pramin_model_discard(a);
	CHECK_EQ(dir_count(d.path), 2);
	CHECK_EQ(wr(b, PBUS, 4, 3), 0);
	pramin_model_discard(b);
	CHECK_EQ(dir_count(d.path), 2);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	dir_remove(&d);
	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &a, NULL), 0);
	pramin_model_discard(a);
	CHECK_EQ(dir_count(d.path), 0);
	dir_remove(&d);
	return 0;
}

static int reading_holes_costs_nothing_with_two_users(void)
{
	static uint8_t buf[1 << 20];
	struct stat before, after;
	struct pramin_model *m[2];
	uint64_t pa;
	struct dir d;
	int i;

	CHECK_EQ(dir_make(&d), 0);
	for (i = 0; i < 2; i++)
		CHECK_EQ(open_file("tu102", 8 * GIB, d.image, &m[i], NULL), 0);
	CHECK_EQ(wr(m[0], PBUS, 4, 0), 0);
	CHECK_EQ(wr(m[0], APERTURE, 4, 1), 0);
	CHECK_EQ(stat(d.image, &before), 0);
	for (i = 0; i < 2; i++) {
		for (pa = MIB; pa < GIB; pa += sizeof(buf))
			CHECK_EQ(pramin_model_peek(m[i], pa, buf, sizeof(buf)),
				 0);
		for (pa = 8; pa < 64 * MIB; pa += 512) {
			if (pa % MIB == 8)
				pramin_model_set_window(m[i],
							(uint32_t)(pa / GRAIN));
			CHECK_EQ(get(m[i], APERTURE + (uint32_t)(pa % MIB), 8),
				 0);
			CHECK_EQ(wr(m[i], APERTURE + (uint32_t)(pa % MIB), 8,
				    0),
				 0);
		}
	}
	CHECK_EQ(stat(d.image, &after), 0);
	CHECK_EQ(after.st_blocks, before.st_blocks);
	CHECK_EQ(counters(m[0]).vram_bytes, GRAIN);
	CHECK_EQ(counters(m[1]).vram_bytes, GRAIN);
	pramin_model_destroy(m[0]);
	pramin_model_destroy(m[1]);
	dir_remove(&d);
	return 0;
}

#define CHILDREN 3u
#define ROUNDS	 60u

/* Comes and goes; each visit makes five accesses. */
static int visit(const struct dir *d, unsigned int n)
{
	struct pramin_model *m;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		if (open_file("tu102", GIB, d->image, &m, NULL))
			return 1;
		if (wr(m, APERTURE + 8 * n, 8, i + 1) ||
		    wr(m, PBUS, 4, 0x100) || wr(m, 0x20, 4, 0) ||
		    get(m, APERTURE + 8 * n, 8) != i + 1 ||
		    get(m, 0, 4) != 0x162000a1)
			return 2;
		pramin_model_destroy(m);
	}
	return 0;
}

static int nothing_is_lost_when_users_come_and_go(void)
{
	struct pramin_model_counters c;
	struct pramin_model *m;
	pid_t pids[CHILDREN];
	unsigned int i;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_set_window(m, 0x100);
	pramin_model_destroy(m);
	for (i = 0; i < CHILDREN; i++)
		pids[i] = in_child(visit, &d, i);
	for (i = 0; i < CHILDREN; i++)
		CHECK_EQ(exit_of(pids[i]), 0);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	c = counters(m);
	CHECK_EQ(c.accesses, 5 * CHILDREN * ROUNDS);
	CHECK_EQ(c.window_writes, CHILDREN * ROUNDS);
	CHECK_EQ(c.moves, 0);
	CHECK_EQ(c.unknown, CHILDREN * ROUNDS);
	CHECK_EQ(c.simulated_ns, CHILDREN * ROUNDS * (3 * 100 + 2 * 900));
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

/* Every fourth word, of chunks that nobody has written before */
static int scatter(const struct dir *d, unsigned int n)
{
	struct pramin_model *m;
	uint32_t off;

	if (open_file("tu102", GIB, d->image, &m, NULL))
		return 1;
	for (off = 8 * n; off < MIB; off += 32)
		if (wr(m, APERTURE + off, 8, off + 1))
			return 2;
	for (off = 8 * n; off < MIB; off += 32)
		if (get(m, APERTURE + off, 8) != off + 1)
			return 3;
	pramin_model_destroy(m);
	return 0;
}

static int who_needs_a_chunk_first_undoes_nothing(void)
{
	struct pramin_model *m;
	unsigned int i, round;
	uint32_t off;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	for (round = 0; round < 20; round++) {
		pid_t pids[CHILDREN];

		pramin_model_set_window(m, round * 16);
		for (i = 0; i < CHILDREN; i++)
			pids[i] = in_child(scatter, &d, i);
		for (i = 0; i < CHILDREN; i++)
			CHECK_EQ(exit_of(pids[i]), 0);
		for (off = 0; off < MIB; off += 8)
			CHECK_EQ(get(m, APERTURE + off, 8),
				 off % 32 < 24 ? off - off % 8 + 1 : 0);
	}
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static const struct check_test tests[] = {
	TEST(two_handles_see_one_gpu),
	TEST(faults_and_costs_are_those_of_a_handle),
	TEST(two_processes_see_one_gpu),
	TEST(a_pointer_shows_what_others_write),
	TEST(what_does_not_fit_is_refused_while_others_use_it),
	TEST(the_last_to_close_seals),
	TEST(files_that_another_uses_are_not_discarded),
	TEST(reading_holes_costs_nothing_with_two_users),
	TEST(nothing_is_lost_when_users_come_and_go),
	TEST(who_needs_a_chunk_first_undoes_nothing),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
