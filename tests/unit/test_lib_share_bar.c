// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 among handles and processes: what it showed before is put back by close, or
 * by whoever comes after a process that was killed.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include "lib_share_team.h"
#include "../../core/mmu/bar.h"

#define BLOCK	  0xb80f40u
#define STATUS	  0xb80f50u
#define FOUND	  0x00000777u /* in the block register at first */
#define INST	  0x5000u
#define BOUND	  0x80000005u
#define BAR_BYTES 4096u

/* The registers, in memory that children see */
static struct {
	uint32_t block;
	uint32_t stuck;
	uint64_t writes;
} *bar;

static struct share_io io[3];
static struct share_gpu *gpu;

static int bar_gpu_read(void *ctx, uint32_t off, unsigned int width,
			uint64_t *val)
{
	if (off == BLOCK)
		*val = share_get(&bar->block);
	else if (off == STATUS)
		*val = 0;
	else
		return share_read(ctx, off, width, val);
	return 0;
}

static int bar_gpu_write(void *ctx, uint32_t off, unsigned int width,
			 uint64_t val)
{
	if (off != BLOCK)
		return share_write(ctx, off, width, val);
	if (!share_get(&bar->stuck))
		share_put(&bar->block, (uint32_t)val);
	share_add(&bar->writes, 1);
	return 0;
}

static int bar_gpu_info(void *ctx, unsigned int number,
			struct pramin_bar_info *info)
{
	(void)ctx;
	info->bytes = number == 1 ? 64 * MIB : 0;
	return 0;
}

static const struct pramin_io_ops bar_ops = {
	.name = "bar",
	.read = bar_gpu_read,
	.write = bar_gpu_write,
	.meeting = share_meeting,
	.close = share_close,
	.bar_info = bar_gpu_info,
};

static int make(void)
{
	unsigned int i;

	memset(io, 0, sizeof(io));
	gpu = share_gpu_new();
	CHECK(gpu);
	bar = mmap(NULL, BAR_BYTES, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(bar != MAP_FAILED);
	bar->block = FOUND;
	CHECK_EQ(share_place(&io[0], "meeting"), 0);
	for (i = 0; i < ARRAY_LEN(io); i++) {
		io[i].gpu = gpu;
		memcpy(io[i].path, io[0].path, sizeof(io[i].path));
	}
	return 0;
}

static int open_bar(unsigned int i, bool exclusive, struct pramin_dev **dev)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
		.exclusive = exclusive,
	};

	return pramin_open_io(&bar_ops, &io[i], &opts, dev, NULL);
}

static int take(struct pramin_dev *dev)
{
	struct pramin_op op;
	int ret = dev_begin(dev, &op);

	if (ret)
		return ret;
	return dev_end(dev, pramin_bar_take(&op, 1, 4096, NULL), &op);
}

static int bind_it(struct pramin_dev *dev)
{
	struct pramin_op op;
	int ret = take(dev);

	if (!ret)
		ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, pramin_bar_bind(&op, 1, INST), &op);
}

static int end(void)
{
	CHECK_EQ(share_check(gpu), 0);
	CHECK_EQ(bar->block, FOUND);
	share_gpu_free(gpu);
	munmap(bar, BAR_BYTES);
	return 0;
}

static int close_gives_a_bar_back(void)
{
	struct pramin_dev *first, *second;
	int exclusive;

	for (exclusive = 0; exclusive < 2; exclusive++) {
		CHECK_EQ(make(), 0);
		CHECK_EQ(open_bar(0, exclusive, &first), 0);
		CHECK_EQ(bind_it(first), 0);
		CHECK_EQ(bar->block, BOUND);
		CHECK_EQ(pramin_close(first, NULL), 0);
		CHECK_EQ(bar->writes, 2);
		CHECK_EQ(open_bar(1, false, &second), 0);
		CHECK_EQ(take(second), 0);
		CHECK_EQ(pramin_close(second, NULL), 0);
		CHECK_EQ(bar->writes, 2);
		CHECK_EQ(end(), 0);
	}
	return 0;
}

static int a_close_that_cannot_say_so_and_the_next_one_tries(void)
{
	struct pramin_dev *first, *second;
	struct pramin_why why;

	CHECK_EQ(make(), 0);
	CHECK_EQ(open_bar(0, false, &first), 0);
	CHECK_EQ(open_bar(1, false, &second), 0);
	CHECK_EQ(bind_it(first), 0);
	CHECK_EQ(take(second), -EBUSY);
	CHECK_EQ(pramin_last_why(second)->reason, PRAMIN_REASON_CLAIMED);
	bar->stuck = 1;
	CHECK_EQ(pramin_close(first, &why), -EIO);
	CHECK_EQ(why.reason, PRAMIN_REASON_NOT_BOUND);
	CHECK_EQ(io[0].closed, 1);
	bar->stuck = 0;
	CHECK_EQ(take(second), 0);
	CHECK_EQ(bar->block, FOUND);
	CHECK_EQ(pramin_close(second, NULL), 0);
	return end();
}

/* A child binds it, and is killed. */
static int killed_with_it(bool exclusive)
{
	struct pramin_dev *dev;
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (open_bar(2, exclusive, &dev) || bind_it(dev))
			_exit(1);
		raise(SIGKILL);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(bar->block, BOUND);
	return 0;
}

static int who_takes_it_next_puts_back_what_a_killed_one_left(void)
{
	struct pramin_dev *dev;
	int other, exclusive;

	for (other = 0; other < 2; other++) {
		for (exclusive = 0; exclusive < 2 - other; exclusive++) {
			CHECK_EQ(make(), 0);
			/* With others there, and with nobody */
			if (other)
				CHECK_EQ(open_bar(0, false, &dev), 0);
			CHECK_EQ(killed_with_it(exclusive), 0);
			if (!other)
				CHECK_EQ(open_bar(0, false, &dev), 0);
			CHECK_EQ(take(dev), 0);
			CHECK_EQ(bar->block, FOUND);
			CHECK_EQ(pramin_close(dev, NULL), 0);
			CHECK_EQ(end(), 0);
		}
	}
	return 0;
}

static int what_was_left_on_another_gpu_is_not_put_back(void)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = 4 * MIB,
	};
	struct pramin_dev *dev;

	CHECK_EQ(make(), 0);
	CHECK_EQ(killed_with_it(false), 0);
	CHECK_EQ(pramin_open_io(&bar_ops, &io[0], &opts, &dev, NULL), 0);
	/* To its registers BAR1 shows tables of somebody. */
	CHECK_EQ(take(dev), -EBUSY);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_BAR_IN_USE);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	bar->block = FOUND;
	return end();
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(close_gives_a_bar_back),
		TEST(a_close_that_cannot_say_so_and_the_next_one_tries),
		TEST(who_takes_it_next_puts_back_what_a_killed_one_left),
		TEST(what_was_left_on_another_gpu_is_not_put_back),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
