// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The file in which processes meet, when it is not what it should be: somebody
 * else's, damaged, too short, of another version, or on a full disk.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "lib_processes.h"

#include "../../lib/meet.h"

#define MEETING (64 * KIB) /* in the state file */

/* A backend that meets where the test says */
static struct pramin_io_ops ops;
static char place[300];

static const char *at_place(void *io, uint64_t *offset)
{
	(void)io;
	*offset = 0;
	return place;
}

static int model_without_file(struct pramin_model **model, uint64_t vram)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = vram,
	};

	scratch_path(place, sizeof(place), "", "place");
	scratch_empty();
	ops = *pramin_model_ops();
	ops.meeting = at_place;
	ops.close = NULL;
	return pramin_model_create(&params, model, NULL);
}

/* Overwrite part of the meeting. */
static int put(uint64_t off, const void *bytes, size_t len)
{
	int fd = open(state_path, O_WRONLY | O_CLOEXEC);
	ssize_t n = pwrite(fd, bytes, len, (off_t)(MEETING + off));

	close(fd);
	return n == (ssize_t)len ? 0 : -1;
}

static long state_size(void)
{
	struct stat st;

	return stat(state_path, &st) ? -1 : (long)st.st_size;
}

/* Open it, use it, close it, and look at what is left. */
static int works(void)
{
	struct pramin_dev *dev;
	uint32_t val;

	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(pramin_read32(dev, 7 * MIB, &val), 0);
	CHECK_EQ(val, 0xcafe);
	CHECK_EQ(pramin_write32(dev, 30 * MIB, 1), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	CHECK_EQ(state_size(), MEETING + sizeof(struct meet_mem));
	return 0;
}

static int files_with_something(void)
{
	const uint32_t val = 0xcafe;
	struct pramin_model *model;
	struct pramin_dev *dev;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(model_open(&model), 0);
	CHECK_EQ(pramin_model_poke(model, 7 * MIB, &val, sizeof(val)), 0);
	pramin_model_destroy(model);
	return works();
}

static int keep_open(unsigned int unused)
{
	struct pramin_dev *dev;

	(void)unused;
	if (open_gpu(&dev) || pramin_write32(dev, 7 * MIB, 0xcafe))
		return 1;
	child_say();
	child_hear();
	return pramin_close(dev, NULL) ? 2 : 0;
}

static int a_place_that_is_a_link_or_no_file_is_refused(void)
{
	struct pramin_model *model;
	struct pramin_dev *dev = NULL;
	struct pramin_why why;

	CHECK_EQ(model_without_file(&model, 64 * MIB), 0);
	CHECK_EQ(symlink("elsewhere", place), 0);
	CHECK_EQ(pramin_open_io(&ops, model, NULL, &dev, &why), -EPERM);
	CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
	CHECK_EQ(scratch_files(), 1);
	CHECK_EQ(unlink(place), 0);
	CHECK_EQ(mkfifo(place, 0600), 0);
	CHECK_EQ(pramin_open_io(&ops, model, NULL, &dev, &why), -EINVAL);
	CHECK_EQ(unlink(place), 0);
	CHECK_EQ(pramin_open_io(&ops, model, NULL, &dev, &why), -EPERM);
	CHECK_EQ(scratch_files(), 0);
	CHECK_EQ(symlink("/dev/zero", place), 0);
	CHECK_EQ(pramin_open_io(&ops, model, NULL, &dev, &why), -EPERM);
	CHECK(!dev);
	pramin_model_destroy(model);
	return 0;
}

static int a_state_file_that_is_a_link_is_refused(void)
{
	char other[400];
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	long size;

	CHECK_EQ(files_with_something(), 0);
	snprintf(other, sizeof(other), "%s.other", state_path);
	CHECK_EQ(rename(state_path, other), 0);
	CHECK_EQ(symlink(other, state_path), 0);
	size = state_size();
	CHECK_EQ(open_with(&dev, false, 0, &why), -EINVAL);
	CHECK_HAS(why.what, "a symbolic link");
	CHECK_EQ(state_size(), size);
	CHECK_EQ(unlink(state_path), 0);
	CHECK_EQ(rename(other, state_path), 0);
	return works();
}

static int a_file_that_others_may_write_is_refused(void)
{
	static const mode_t modes[] = { 0620, 0602, 0666 };
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	size_t i;

	CHECK_EQ(files_with_something(), 0);
	for (i = 0; i < ARRAY_LEN(modes); i++) {
		CHECK_EQ(chmod(state_path, modes[i]), 0);
		CHECK_EQ(open_with(&dev, false, 0, &why), -EPERM);
		CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
		CHECK_HAS(why.what, "other users may write");
	}
	CHECK_EQ(chmod(state_path, 0644), 0);
	return works();
}

static int a_file_of_another_user_is_refused(void)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;

	if (geteuid())
		SKIP("only root can give a file away");
	CHECK_EQ(files_with_something(), 0);
	CHECK_EQ(chown(state_path, 65534, 65534), 0);
	CHECK_EQ(open_with(&dev, false, 0, &why), -EPERM);
	CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
	CHECK_HAS(why.what, "belongs to another user");
	CHECK_EQ(chown(state_path, 0, 0), 0);
	return works();
}

static int a_directory_that_others_may_write_to_is_refused(void)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	char dir[300];

	CHECK_EQ(files_with_something(), 0);
	snprintf(dir, sizeof(dir), "%s", state_path);
	*strrchr(dir, '/') = 0;
	CHECK_EQ(chmod(dir, 0702), 0);
	CHECK_EQ(open_with(&dev, false, 0, &why), -EPERM);
	CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
	CHECK_HAS(why.what, "other users may write to its directory");
	CHECK_HAS(why.next, "chmod go-w");
	/* In a sticky one they can make files, and not replace any. */
	CHECK_EQ(chmod(dir, 01777), 0);
	CHECK_EQ(works(), 0);
	/* One's own group is oneself. */
	CHECK_EQ(chown(dir, (uid_t)-1, getegid()), 0);
	CHECK_EQ(chmod(dir, 0770), 0);
	CHECK_EQ(works(), 0);
	if (!geteuid()) {
		CHECK_EQ(chown(dir, (uid_t)-1, 65534), 0);
		CHECK_EQ(chmod(dir, 0770), 0);
		CHECK_EQ(open_with(&dev, false, 0, &why), -EPERM);
		/* The owner of a sticky one may replace what others have there. */
		CHECK_EQ(chown(dir, 65534, (gid_t)-1), 0);
		CHECK_EQ(chmod(dir, 01777), 0);
		CHECK_EQ(open_with(&dev, false, 0, &why), -EPERM);
		CHECK_HAS(why.what, "its directory belongs to another user");
		CHECK_EQ(chown(dir, 0, 0), 0);
	}
	CHECK_EQ(chmod(dir, 0700), 0);
	return works();
}

static int a_file_that_is_too_short_is_made_longer(void)
{
	/* The first is the model's part alone, as earlier builds made it. */
	static const uint64_t sizes[] = { 488, MEETING, MEETING + 1,
					  MEETING + 4096 };
	size_t i;

	CHECK_EQ(files_with_something(), 0);
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		CHECK_EQ(truncate(state_path, (off_t)sizes[i]), 0);
		CHECK_EQ(works(), 0);
	}
	return 0;
}

/* What the dead may have left, and how it is damaged */
static int with_damage(uint64_t off, const void *bytes, size_t len)
{
	CHECK_EQ(files_with_something(), 0);
	CHECK_EQ(put(off, bytes, len), 0);
	return works();
}

static int what_is_damaged_is_made_anew_if_nobody_is_there(void)
{
	static uint8_t junk[sizeof(struct meet_mem)];
	const uint32_t version = 99, bytes = 1;
	size_t i;

	for (i = 0; i < sizeof(junk); i++)
		junk[i] = (uint8_t)(i * 7 + i / 256 + 1);
	CHECK_EQ(with_damage(0, junk, sizeof(junk)), 0);
	memset(junk, 0xff, sizeof(junk));
	CHECK_EQ(with_damage(0, junk, sizeof(junk)), 0);
	CHECK_EQ(with_damage(offsetof(struct meet_mem, lock), junk,
			     sizeof(struct sys_lock)),
		 0);
	CHECK_EQ(with_damage(offsetof(struct meet_mem, meeting.room), junk,
			     sizeof(struct pramin_room)),
		 0);
	CHECK_EQ(with_damage(offsetof(struct meet_mem, version), &version,
			     sizeof(version)),
		 0);
	return with_damage(offsetof(struct meet_mem, bytes), &bytes,
			   sizeof(bytes));
}

/* Nobody is there, and the file says where the window was: is it believed? */
static int told(const struct meet_mem *mem, uint32_t window)
{
	struct pramin_dev *dev;

	CHECK_EQ(files_with_something(), 0);
	CHECK_EQ(put(0, mem, sizeof(*mem)), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(window_now(), window);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), window);
	return 0;
}

static int a_value_to_restore_is_believed_if_it_is_about_this_gpu(void)
{
	static struct meet_mem good, mem;
	int fd;

	CHECK_EQ(files_with_something(), 0);
	fd = open(state_path, O_RDONLY | O_CLOEXEC);
	CHECK_EQ(pread(fd, &good, sizeof(good), (off_t)MEETING), sizeof(good));
	close(fd);
	good.meeting.spot.moved = 1;
	good.meeting.spot.saved_raw = 0x33;
	CHECK_EQ(told(&good, 0x33), 0);
	mem = good;
	mem.version++;
	CHECK_EQ(told(&mem, ORIGINAL), 0);
	mem = good;
	mem.boot_0++;
	CHECK_EQ(told(&mem, ORIGINAL), 0);
	mem = good;
	mem.vram_size *= 2;
	CHECK_EQ(told(&mem, ORIGINAL), 0);
	mem = good;
	mem.meeting.spot.moved = 2;
	CHECK_EQ(told(&mem, ORIGINAL), 0);
	/* Written back, these would keep everybody out for ever. */
	mem = good;
	mem.meeting.spot.saved_raw = UINT32_MAX;
	CHECK_EQ(told(&mem, ORIGINAL), 0);
	mem.meeting.spot.saved_raw = 0xbadf1100;
	CHECK_EQ(told(&mem, ORIGINAL), 0);
	return 0;
}

static int another_version_is_refused_while_somebody_is_there(void)
{
	const uint32_t version = 99;
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	struct child other;
	uint32_t old;
	int fd;

	CHECK_EQ(files_with_something(), 0);
	CHECK_EQ(child_begin(&other, keep_open, 0), 0);
	fd = open(state_path, O_RDONLY | O_CLOEXEC);
	CHECK_EQ(pread(fd, &old, 4,
		       (off_t)(MEETING + offsetof(struct meet_mem, version))),
		 4);
	close(fd);
	CHECK_EQ(put(offsetof(struct meet_mem, version), &version, 4), 0);
	CHECK_EQ(open_with(&dev, false, 0, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
	CHECK_HAS(why.what, "another version");
	CHECK_EQ(open_with(&dev, true, 0, &why), -EBUSY);
	CHECK(!dev);
	/* It has not been touched. */
	CHECK_EQ(put(offsetof(struct meet_mem, version), &old, 4), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(user_of(dev, other.pid).pid, other.pid);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(child_go(&other), 0);
	CHECK_EQ(child_end(&other), 0);
	return works();
}

static int another_gpu_in_the_same_place_is_refused(void)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 128 * MIB,
	};
	struct pramin_model *one, *two;
	struct pramin_dev *dev, *more = NULL;
	struct pramin_why why;

	CHECK_EQ(model_without_file(&one, 64 * MIB), 0);
	CHECK_EQ(pramin_model_create(&params, &two, NULL), 0);
	CHECK_EQ(scratch_store(place, "", 0), 0);
	CHECK_EQ(chmod(place, 0600), 0);
	CHECK_EQ(pramin_open_io(&ops, one, NULL, &dev, &why), 0);
	CHECK_EQ(pramin_open_io(&ops, two, NULL, &more, &why), -EBUSY);
	CHECK_HAS(why.what, "0x4000000 bytes");
	CHECK(!more);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pramin_open_io(&ops, two, NULL, &more, &why), 0);
	CHECK_EQ(pramin_close(more, NULL), 0);
	pramin_model_destroy(one);
	pramin_model_destroy(two);
	return 0;
}

/* In a child, because it cannot be undone */
static int open_with_a_limit(unsigned int limit)
{
	const struct rlimit limits = { .rlim_cur = limit, .rlim_max = limit };
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	long size = state_size();

	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limits), 0);
	CHECK_EQ(open_with(&dev, false, 0, &why), -ENOMEM);
	CHECK_HAS(why.what, "no room");
	CHECK(!dev);
	CHECK_EQ(state_size(), size);
	return 0;
}

static int a_limit_on_files_is_an_error_and_no_signal(void)
{
	struct child child;

	CHECK_EQ(files_with_something(), 0);
	CHECK_EQ(truncate(state_path, MEETING), 0);
	CHECK_EQ(child_start(&child, open_with_a_limit, MEETING + 4096), 0);
	CHECK_EQ(child_end(&child), 0);
	return works();
}

/* On a disk of its own that is as good as full */
static int open_on_a_full_disk(unsigned int unused)
{
	static uint8_t block[4096];
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	int fd;

	(void)unused;
	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", scratch(), "tmpfs", 0, "size=64k"))
		return CHECK_SKIPPED;
	CHECK_EQ(open_with(&dev, false, 0, &why), -ENOMEM);
	CHECK_HAS(why.what, "no room");
	CHECK(!dev);
	/* What it has made is gone again; and now without any room */
	CHECK_EQ(scratch_files(), 0);
	scratch_path(place, sizeof(place), "", "filler");
	fd = open(place, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
	CHECK(open_with(&dev, false, 0, &why) < 0);
	CHECK(why.what[0]);
	CHECK_EQ(scratch_files(), 1);
	return 0;
}

static int a_full_disk_is_an_error_and_no_signal(void)
{
	struct child child;
	int ret;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(child_start(&child, open_on_a_full_disk, 0), 0);
	ret = child_end(&child);
	if (ret == CHECK_SKIPPED)
		SKIP("no file system can be mounted here");
	return ret;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_place_that_is_a_link_or_no_file_is_refused),
		TEST(a_state_file_that_is_a_link_is_refused),
		TEST(a_file_that_others_may_write_is_refused),
		TEST(a_file_of_another_user_is_refused),
		TEST(a_directory_that_others_may_write_to_is_refused),
		TEST(a_file_that_is_too_short_is_made_longer),
		TEST(what_is_damaged_is_made_anew_if_nobody_is_there),
		TEST(a_value_to_restore_is_believed_if_it_is_about_this_gpu),
		TEST(another_version_is_refused_while_somebody_is_there),
		TEST(another_gpu_in_the_same_place_is_refused),
		TEST(a_limit_on_files_is_an_error_and_no_signal),
		TEST(a_full_disk_is_an_error_and_no_signal),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
