// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A model with a file: what is kept, who may have it, what is refused. Each
 * test has a directory of its own, and refusals leave it as it was.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include "model_files.h"

static int vram_registers_and_counters_come_back(void)
{
	struct pramin_model_counters before, after;
	struct pramin_model *m;
	struct stat st;
	struct dir d;
	uint64_t val;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("gh100", 80 * GIB, d.image, &m, NULL), 0);
	CHECK_EQ(wr(m, XAL, 4, 0xf0000000 | 0x50000), 0);
	CHECK_EQ(wr(m, APERTURE + 8, 8, 0xfeedface), 0);
	CHECK_EQ(wr(m, APERTURE + 0x80000, 8, 0), 0);
	before = counters(m);
	CHECK_EQ(before.vram_bytes, GRAIN);
	pramin_model_destroy(m);

	CHECK_EQ(stat(d.image, &st), 0);
	CHECK_EQ(st.st_size, 80 * GIB);
	CHECK_EQ(st.st_mode & 0777, 0600);
	CHECK(st.st_blocks * 512 <= 2 * (off_t)GRAIN);
	CHECK_EQ(stat(d.state, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0600);
	CHECK_EQ(dir_count(d.path), 2);

	CHECK_EQ(open_file("GH100", 0, d.image, &m, NULL), 0);
	CHECK_EQ(pramin_model_window(m), 0xf0050000);
	after = counters(m);
	CHECK(!memcmp(&before, &after, sizeof(before)));
	CHECK_EQ(get(m, APERTURE + 8, 8), 0xfeedface);
	CHECK_EQ(pramin_model_peek(m, 0x50000 * GRAIN + 8, &val, 8), 0);
	CHECK_EQ(val, 0xfeedface);
	CHECK_EQ(counters(m).accesses, before.accesses + 1);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int fault_numbers_begin_anew_with_each_creation(void)
{
	struct pramin_model_params p = { .chip = "tu102",
					 .vram = GIB,
					 .faults = "gone@2" };
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	p.file = d.image;
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	get(m, 0, 4);
	get(m, 0, 4);
	pramin_model_destroy(m);
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(get(m, 0, 4), 0x162000a1);
	CHECK_EQ(get(m, 0, 4), 0xffffffff);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int the_image_is_raw_vram(void)
{
	static uint8_t file[2 << 20];
	struct pramin_model *m;
	struct dir d;
	int fd;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("g92", sizeof(file), d.image, &m, NULL), 0);
	CHECK_EQ(pramin_model_poke(m, 12345, "abc", 3), 0);
	pramin_model_destroy(m);
	CHECK_EQ(file_get(d.image, file, sizeof(file)), sizeof(file));
	CHECK(!memcmp(file + 12345, "abc", 3));

	/* Bytes put into a hole from outside, a part of a chunk */
	fd = open(d.image, O_WRONLY);
	CHECK_EQ(pwrite(fd, "xyz", 3, 0x120000), 3);
	close(fd);
	CHECK_EQ(open_file("g92", sizeof(file), d.image, &m, NULL), 0);
	pramin_model_set_window(m, 0x12);
	CHECK_EQ(get(m, APERTURE, 4), 0x007a7978);
	CHECK_EQ(wr(m, APERTURE + 0xfff8, 8, 9), 0);
	CHECK_EQ(get(m, APERTURE, 4), 0x007a7978);
	pramin_model_destroy(m);
	CHECK_EQ(file_get(d.image, file, sizeof(file)), sizeof(file));
	CHECK(!memcmp(file + 0x120000, "xyz", 4));
	CHECK_EQ(file[0x12fff8], 9);
	dir_remove(&d);
	return 0;
}

static int reading_holes_does_not_grow_the_image(void)
{
	static uint8_t buf[1 << 20];
	struct stat before, after;
	struct pramin_model *m;
	struct dir d;
	uint64_t pa;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", 8 * GIB, d.image, &m, NULL), 0);
	CHECK_EQ(stat(d.image, &before), 0);
	for (pa = 0; pa < GIB; pa += sizeof(buf))
		CHECK_EQ(pramin_model_peek(m, pa, buf, sizeof(buf)), 0);
	CHECK_EQ(get(m, APERTURE, 8), 0);
	CHECK_EQ(wr(m, APERTURE, 8, 0), 0);
	CHECK_EQ(stat(d.image, &after), 0);
	CHECK_EQ(after.st_blocks, before.st_blocks);
	CHECK_EQ(counters(m).vram_bytes, 0);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

/* The child moves the window, writes, says so, and is killed where it stands. */
static int a_killed_process_leaves_the_gpu_as_it_was(void)
{
	struct pramin_model *m;
	struct dir d;
	int ready[2], status;
	pid_t pid;
	char c;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(pipe(ready), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		if (open_file("tu102", GIB, d.image, &m, NULL))
			_exit(1);
		wr(m, PBUS, 4, 0x40000123);
		wr(m, APERTURE, 8, 0x1122334455667788);
		if (write(ready[1], "!", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	CHECK_EQ(read(ready[0], &c, 1), 1);
	close(ready[0]);
	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);

	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK_EQ(pramin_model_window(m), 0x40000123);
	CHECK_EQ(get(m, APERTURE, 8), 0x1122334455667788);
	CHECK_EQ(counters(m).accesses, 3);
	CHECK_EQ(counters(m).moves, 1);
	CHECK_EQ(counters(m).simulated_ns, 2 * 100 + 900);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int killed_at_any_moment_the_files_open_again(void)
{
	struct pramin_model *m;
	struct dir d;
	int round;

	for (round = 0; round < 60; round++) {
		/* New files each time, so that some die while creating them */
		int status, made = dir_make(&d);
		pid_t pid = fork();

		CHECK(!made && pid >= 0);
		if (!pid) {
			uint32_t i;

			if (open_file("tu102", GIB, d.image, &m, NULL))
				_exit(1);
			for (i = 0;; i++) {
				wr(m, PBUS, 4, i & 0xff);
				wr(m, APERTURE + (i % 0x1000) * 8, 8, i);
				get(m, APERTURE, 4);
			}
		}
		usleep(round < 50 ? (useconds_t)round * 10 : 2000);
		kill(pid, SIGKILL);
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK(WIFSIGNALED(status));
		CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
		pramin_model_destroy(m);
		dir_remove(&d);
	}
	return 0;
}

/* Two states of one image, and two images of one state: never both at once */
static int an_image_under_two_names_is_one_gpu(void)
{
	struct pramin_model *m, *other;
	char image2[112], state2[128], copy[4096];
	struct pramin_why why;
	struct dir d;
	ssize_t n;
	int state;

	for (state = 0; state < 2; state++) {
		CHECK_EQ(dir_make(&d), 0);
		CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
		pramin_model_destroy(m);
		snprintf(image2, sizeof(image2), "%s2", d.image);
		snprintf(state2, sizeof(state2), "%s.state", image2);
		CHECK_EQ(state ? link(d.state, state2) : link(d.image, image2),
			 0);
		n = file_get(state ? d.image : d.state, copy, sizeof(copy));
		CHECK_EQ(file_put(state ? image2 : state2, copy, (size_t)n), 0);
		if (state)
			CHECK_EQ(truncate(image2, (off_t)GIB), 0);
		CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
		CHECK_EQ(open_file("tu102", GIB, image2, &other, &why), -EBUSY);
		CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
		CHECK_HAS(why.what, "another name");
		/* The right name is free. */
		CHECK_EQ(open_file("tu102", GIB, d.image, &other, NULL), 0);
		pramin_model_destroy(other);
		pramin_model_destroy(m);
		CHECK_EQ(open_file("tu102", GIB, image2, &other, &why), 0);
		pramin_model_destroy(other);
		dir_remove(&d);
	}
	return 0;
}

/* Where nothing was written yet a store could meet a full disk. */
static int the_flat_form_gives_a_pointer_to_what_the_file_has(void)
{
	struct pramin_model_params p = { .chip = "gh100",
					 .vram = GIB,
					 .flat = true };
	static uint8_t mib[MIB];
	volatile uint32_t *ptr;
	struct pramin_model *m;
	struct dir d;
	uint32_t val;

	CHECK_EQ(dir_make(&d), 0);
	p.file = d.image;
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(wr(m, XAL, 4, 0x100), 0);
	CHECK(!pramin_model_ops()->aperture(m));
	memset(mib, 1, sizeof(mib));
	CHECK_EQ(pramin_model_poke(m, 0x1000000, mib, sizeof(mib) - 1), 0);
	ptr = pramin_model_ops()->aperture(m);
	CHECK(ptr);
	ptr[3] = 0xabcd;
	CHECK_EQ(get(m, APERTURE + 12, 4), 0xabcd);
	pramin_model_destroy(m);
	p.flat = false;
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(pramin_model_peek(m, 0x100000c, &val, 4), 0);
	CHECK_EQ(pramin_model_window(m), 0x100);
	CHECK_EQ(val, 0xabcd);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int nothing_is_inherited_over_exec_and_nothing_leaks(void)
{
	struct pramin_model *m;
	int before, during, i, fd;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	before = dir_count("/proc/self/fd");
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	during = dir_count("/proc/self/fd");
	CHECK_EQ(during - before, 2);
	for (fd = 3, i = 0; fd < 256; fd++)
		i += fcntl(fd, F_GETFD) == FD_CLOEXEC;
	CHECK(i >= 2);
	pramin_model_destroy(m);
	for (i = 0; i < 20; i++)
		CHECK_EQ(open_file("tu104", GIB, d.image, &m, NULL), -EINVAL);
	CHECK_EQ(dir_count("/proc/self/fd"), before);
	dir_remove(&d);
	return 0;
}

static const struct check_test tests[] = {
	TEST(vram_registers_and_counters_come_back),
	TEST(fault_numbers_begin_anew_with_each_creation),
	TEST(the_image_is_raw_vram),
	TEST(reading_holes_does_not_grow_the_image),
	TEST(a_killed_process_leaves_the_gpu_as_it_was),
	TEST(killed_at_any_moment_the_files_open_again),
	TEST(an_image_under_two_names_is_one_gpu),
	TEST(the_flat_form_gives_a_pointer_to_what_the_file_has),
	TEST(nothing_is_inherited_over_exec_and_nothing_leaks),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
