// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Files that a model cannot use, and places where it cannot have any. Each
 * test has a directory of its own, and refusals leave it as it was.
 */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "model_files.h"

/* What cannot be an image: refused by name, and still there afterwards */
static int directories_fifos_links_and_halves_are_refused(void)
{
	static const struct {
		const char *image, *state; /* d, p, l, f, or - */
		const char *what;
	} cases[] = {
		{ "d", "-", "is a directory" },
		{ "-", "d", "is a directory" },
		{ "p", "-", "is a FIFO" },
		{ "-", "p", "is a FIFO" },
		{ "l", "-", "is a symbolic link" },
		{ "-", "l", "is a symbolic link" },
		{ "f", "-", "vram exists, but" },
		{ "f", "e", "has 0 bytes" },
		{ "-", "f", "has 9 bytes" },
		{ "f", "f", "has 9 bytes" },
	};
	struct pramin_model *m;
	struct pramin_why why;
	char target[112], buf[16];
	struct dir d;
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const char *kinds[2] = { cases[i].image, cases[i].state };
		int before;

		CHECK_EQ(dir_make(&d), 0);
		snprintf(target, sizeof(target), "%s/target", d.path);
		for (j = 0; j < 2; j++) {
			const char *path = j ? d.state : d.image;

			if (*kinds[j] == 'd')
				CHECK_EQ(mkdir(path, 0700), 0);
			if (*kinds[j] == 'p')
				CHECK_EQ(mkfifo(path, 0600), 0);
			if (*kinds[j] == 'l')
				CHECK_EQ(symlink(target, path), 0);
			if (*kinds[j] == 'f')
				CHECK_EQ(file_put(path, "some text", 9), 0);
			if (*kinds[j] == 'e')
				CHECK_EQ(file_put(path, "", 0), 0);
		}
		before = dir_count(d.path);
		CHECK_EQ(open_file("tu102", GIB, d.image, &m, &why), -EINVAL);
		CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
		CHECK_HAS(why.what, cases[i].what);
		CHECK_HAS(why.what, d.image);
		CHECK(why.next[0]);
		CHECK_EQ(dir_count(d.path), before);
		if (*kinds[0] == 'f')
			CHECK_EQ(file_get(d.image, buf, sizeof(buf)), 9);
		dir_remove(&d);
	}
	return 0;
}

static int devices_and_impossible_paths_are_refused(void)
{
	static const struct {
		const char *path;
		int want;
	} cases[] = {
		{ "", -EINVAL },
		{ "/dev/null", -EINVAL },
		{ "/dev/full", -EINVAL },
		{ "/nonexistent/dir/vram", -EINVAL },
		{ "/dev/null/vram", -EINVAL },
		{ "/", -EINVAL },
		{ ".", -EINVAL },
	};
	struct pramin_model *m;
	struct pramin_why why;
	char *large;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(open_file("tu102", GIB, cases[i].path, &m, &why),
			 cases[i].want);
		CHECK_HAS(why.what, cases[i].path);
		CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
	}
	CHECK_EQ(access("/dev/null.state", F_OK), -1);

	large = malloc(10001);
	CHECK(large);
	memset(large, 'x', 10000);
	large[10000] = '\0';
	CHECK_EQ(open_file("tu102", GIB, large, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "File name too long");
	free(large);
	return 0;
}

static int other_chips_sizes_and_ids_are_refused(void)
{
	struct pramin_model_params p = { .chip = "tu102", .vram = GIB };
	struct pramin_model *m;
	struct pramin_why why;
	char before[4096], after[4096];
	struct dir d;
	ssize_t n;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	n = file_get(d.state, before, sizeof(before));

	CHECK_EQ(open_file("tu104", GIB, d.image, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "is a tu102 with 1G");
	CHECK_HAS(why.what, "not a tu104 with 1G");
	CHECK_HAS(why.next, "model:tu102,vram=1G");
	CHECK_EQ(open_file("tu102", 2 * GIB, d.image, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "not a tu102 with 2G");
	CHECK_EQ(open_file("tu102", 0, d.image, &m, &why), -EINVAL);
	p.boot0 = 0x162000a2;
	p.file = d.image;
	CHECK_EQ(build_why(&p, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "boot0 0x162000a2");
	CHECK_EQ(why.reason, PRAMIN_REASON_FILE);

	CHECK_EQ(file_get(d.state, after, sizeof(after)), n);
	CHECK(!memcmp(before, after, (size_t)n));
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int an_image_of_another_length_or_lost_is_refused(void)
{
	struct pramin_model *m;
	struct pramin_why why;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	CHECK_EQ(truncate(d.image, (off_t)GIB - 1), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "has 1073741823 bytes, its VRAM 1073741824");
	CHECK_EQ(truncate(d.image, (off_t)GIB + 1), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, &why), -EINVAL);
	CHECK_EQ(truncate(d.image, 0), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, &why), -EINVAL);
	CHECK_EQ(unlink(d.image), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "vram.state exists, but");
	CHECK_EQ(dir_count(d.path), 1);
	dir_remove(&d);
	return 0;
}

/* Other checks fail after the files were made: they go again. */
static int what_cannot_be_built_leaves_no_files(void)
{
	struct pramin_model_params p = { .chip = "tu102", .vram = GIB };
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	p.file = d.image;
	p.faults = "nonsense";
	CHECK_EQ(build_why(&p, &m, NULL), -EINVAL);
	CHECK_EQ(dir_count(d.path), 0);
	p.faults = NULL;
	p.vram = GIB + 1;
	CHECK_EQ(build_why(&p, &m, NULL), -EINVAL);
	CHECK_EQ(dir_count(d.path), 0);
	dir_remove(&d);
	return 0;
}

/* Each case in a child, as the user "nobody": root may do everything. */
static int in_child_as_nobody(const struct dir *d, int want)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (!pid) {
		struct pramin_model *m;
		struct pramin_why why;

		if (!geteuid() && (setgid(65534) || setuid(65534)))
			_exit(3);
		if (open_file("tu102", GIB, d->image, &m, &why) != want)
			_exit(1);
		_exit(want && why.reason != PRAMIN_REASON_NOT_ALLOWED ? 2 : 0);
	}
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static int what_may_not_be_read_or_written_is_eperm(void)
{
	struct pramin_model *m;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(chmod(d.path, 0555), 0);
	CHECK_EQ(in_child_as_nobody(&d, -EPERM), 0);
	CHECK_EQ(dir_count(d.path), 0);
	CHECK_EQ(chmod(d.path, 0777), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	CHECK_EQ(chmod(d.image, 0666), 0);
	CHECK_EQ(chmod(d.state, 0444), 0);
	CHECK_EQ(in_child_as_nobody(&d, -EPERM), 0);
	CHECK_EQ(chmod(d.state, 0666), 0);
	CHECK_EQ(chmod(d.image, 0), 0);
	CHECK_EQ(in_child_as_nobody(&d, -EPERM), 0);
	CHECK_EQ(chmod(d.image, 0666), 0);
	CHECK_EQ(in_child_as_nobody(&d, 0), 0);
	CHECK_EQ(chmod(d.path, 0), 0);
	CHECK_EQ(in_child_as_nobody(&d, -EPERM), 0);
	CHECK_EQ(chmod(d.path, 0700), 0);
	dir_remove(&d);
	return 0;
}

/* 0 if the file size limit is met with codes and never with SIGXFSZ */
static int under_a_size_limit(const struct dir *d)
{
	struct rlimit limit = { 1 << 20, RLIM_INFINITY };
	char other[112];
	struct pramin_model *m;
	struct pramin_why why;

	snprintf(other, sizeof(other), "%s/other", d->path);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 1;
	if (open_file("tu102", GIB, other, &m, &why) != -EINVAL ||
	    !strstr(why.what, "File too large") || dir_count(d->path) != 2)
		return 2;
	if (open_file("tu102", GIB, d->image, &m, &why))
		return 3;
	pramin_model_set_window(m, 15);
	if (wr(m, APERTURE, 4, 1) || wr(m, APERTURE + 0x10000, 4, 1) != -ENOMEM)
		return 4;
	if (get(m, APERTURE, 4) != 1 || get(m, APERTURE + 0x10000, 4))
		return 5;
	if (pramin_model_poke(m, (1 << 20) - 2, "\1\2\3\4", 4) != -ENOMEM ||
	    get(m, APERTURE + 0xfffc, 4))
		return 6;
	pramin_model_destroy(m);
	limit.rlim_cur = 100;
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 7;
	if (open_file("tu102", GIB, other, &m, &why) != -EINVAL ||
	    dir_count(d->path) != 2)
		return 8;
	return 0;
}

static int a_file_size_limit_is_an_error_and_no_signal(void)
{
	struct pramin_model *m;
	struct dir d;
	int status;
	pid_t pid;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		_exit(under_a_size_limit(&d));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	dir_remove(&d);
	return 0;
}

/* On a filesystem of 1 MiB: writes fail with a code, and nothing is lost. */
static int fill_the_disk(const struct dir *d)
{
	struct pramin_model_params p = {
		.chip = "tu102", .vram = GIB, .file = d->image, .flat = true
	};
	struct pramin_model *m;
	uint64_t pa, written = 0, val;
	int ret = 0, fd;

	/* A chunk of which only one page has its blocks */
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	pramin_model_destroy(m);
	fd = open(d->image, O_WRONLY | O_CLOEXEC);
	CHECK_EQ(pwrite(fd, "xyz", 3, 16 << 20), 3);
	close(fd);

	CHECK_EQ(build_why(&p, &m, NULL), 0);
	for (pa = 0; pa < 4 * MIB && !ret; pa += GRAIN) {
		pramin_model_set_window(m, (uint32_t)(pa / GRAIN));
		ret = wr(m, APERTURE + 8, 8, pa | 1);
		written += !ret;
	}
	CHECK_EQ(ret, -ENOMEM);
	CHECK(written >= 8 && written < 16);
	CHECK_HAS(pramin_model_ops()->explain(m), d->image);
	CHECK_HAS(pramin_model_ops()->explain(m), "No space left on device");
	/* No pointer to what could not be stored to; reads still work. */
	CHECK(!pramin_model_ops()->aperture(m));
	CHECK_EQ(get(m, APERTURE + 8, 8), 0);
	CHECK_EQ(wr(m, APERTURE + 8, 8, 0), 0);
	val = 7;
	CHECK_EQ(pramin_model_poke(m, 8 * MIB, &val, 8), -ENOMEM);
	CHECK_EQ(pramin_model_poke(m, 16 * MIB + 0x8000, &val, 8), -ENOMEM);
	CHECK_EQ(pramin_model_peek(m, 16 * MIB, &val, 8), 0);
	CHECK(!memcmp(&val, "xyz\0\0\0\0", 8));
	for (pa = 0; pa < written * GRAIN; pa += GRAIN) {
		CHECK_EQ(pramin_model_peek(m, pa + 8, &val, 8), 0);
		CHECK_EQ(val, pa | 1);
	}
	pramin_model_destroy(m);
	CHECK_EQ(build_why(&p, &m, NULL), 0);
	CHECK_EQ(pramin_model_peek(m, 8, &val, 8), 0);
	CHECK_EQ(val, 1);
	pramin_model_destroy(m);
	return 0;
}

static int a_full_disk_is_an_error_and_no_signal(void)
{
	struct dir d;
	int ret;

	CHECK_EQ(dir_make(&d), 0);
	if (mount("none", d.path, "tmpfs", 0, "size=1m")) {
		dir_remove(&d);
		SKIP("needs to mount a tmpfs");
	}
	ret = fill_the_disk(&d);
	umount2(d.path, MNT_DETACH);
	dir_remove(&d);
	return ret;
}

static const struct check_test tests[] = {
	TEST(directories_fifos_links_and_halves_are_refused),
	TEST(devices_and_impossible_paths_are_refused),
	TEST(other_chips_sizes_and_ids_are_refused),
	TEST(an_image_of_another_length_or_lost_is_refused),
	TEST(what_cannot_be_built_leaves_no_files),
	TEST(what_may_not_be_read_or_written_is_eperm),
	TEST(a_file_size_limit_is_an_error_and_no_signal),
	TEST(a_full_disk_is_an_error_and_no_signal),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
