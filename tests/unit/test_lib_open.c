// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A handle's life beside faults: a second user, views that keep it open,
 * what a file keeps, what the log says.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "lib_rig.h"
#include "lib_scratch.h"

static struct rig rig;
static char gpu[512], image[512];

static int name_board(void)
{
	CHECK(scratch());
	scratch_empty();
	scratch_path(gpu, sizeof(gpu), "model:tu102,vram=4M,file=", "board");
	scratch_path(image, sizeof(image), "", "board");
	return 0;
}

static int a_second_open_in_this_process_finds_the_same_gpu(void)
{
	struct pramin_dev *dev, *second = NULL;
	uint32_t val;

	CHECK_EQ(name_board(), 0);
	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_write32(dev, 8, 0x12345678), 0);
	CHECK_EQ(pramin_open(gpu, NULL, &second, NULL), 0);
	CHECK_EQ(pramin_read32(second, 8, &val), 0);
	CHECK_EQ(val, 0x12345678);
	CHECK_EQ(pramin_close(second, NULL), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* In a process of its own: 0 if it finds what the parent has written */
static int open_in_child(void)
{
	struct pramin_dev *dev = NULL;
	uint32_t val;
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (pramin_open(gpu, NULL, &dev, NULL))
			_exit(1);
		if (pramin_read32(dev, 8, &val) || val != 0x12345678)
			_exit(2);
		_exit(pramin_close(dev, NULL) ? 3 : 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int a_second_open_in_another_process_finds_the_same_gpu(void)
{
	struct pramin_dev *dev;
	uint32_t val;

	CHECK_EQ(name_board(), 0);
	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_write32(dev, 8, 0x12345678), 0);
	CHECK_EQ(open_in_child(), 0);
	/* The child has ended; that took nothing from its parent. */
	CHECK_EQ(open_in_child(), 0);
	CHECK_EQ(pramin_read32(dev, 8, &val), 0);
	CHECK_EQ(val, 0x12345678);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int a_model_without_a_file_may_be_open_twice(void)
{
	struct pramin_dev *one, *two;
	uint8_t val;

	CHECK_EQ(pramin_open("model:tu102", NULL, &one, NULL), 0);
	CHECK_EQ(pramin_open("model:tu102", NULL, &two, NULL), 0);
	CHECK_EQ(pramin_write8(one, 0, 7), 0);
	CHECK_EQ(pramin_read8(two, 0, &val), 0);
	CHECK_EQ(val, 0);
	CHECK_EQ(pramin_close(one, NULL), 0);
	CHECK_EQ(pramin_close(two, NULL), 0);
	return 0;
}

static int a_file_keeps_vram_and_the_window_as_it_was_found(void)
{
	static uint8_t bytes[70001], back[70001];
	struct pramin_position first, again;
	struct pramin_dev *dev;

	CHECK_EQ(name_board(), 0);
	rig_pattern(bytes, sizeof(bytes), 5);
	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_position(dev, &first), 0);
	CHECK_EQ(pramin_write(dev, MIB - 35003, bytes, sizeof(bytes), NULL), 0);
	CHECK_EQ(pramin_position(dev, &again), 0);
	CHECK(again.raw != first.raw);
	CHECK_EQ(pramin_close(dev, NULL), 0);

	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_position(dev, &again), 0);
	CHECK_EQ(again.raw, first.raw);
	CHECK_EQ(pramin_read(dev, MIB - 35003, back, sizeof(back), NULL), 0);
	CHECK(!memcmp(back, bytes, sizeof(back)));
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* The image is VRAM byte by byte, so other tools can look into it. */
static int the_image_is_vram_at_the_same_offsets(void)
{
	static uint8_t file[4 * MIB + 1];
	struct pramin_dev *dev;

	CHECK_EQ(name_board(), 0);
	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_write(dev, 3 * MIB + 5, "vram", 4, NULL), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(scratch_load(image, file, sizeof(file)), 4 * MIB);
	CHECK(!memcmp(file + 3 * MIB + 5, "vram", 4));
	CHECK_EQ(file[3 * MIB + 4], 0);
	CHECK_EQ(file[3 * MIB + 9], 0);
	return 0;
}

static int a_handle_with_an_open_view_does_not_close(void)
{
	struct pramin_why why = { .err = 0 };
	struct pramin_view *view, *inner;
	uint32_t val = 0;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(pramin_view_begin(rig.dev, MIB, 64, &view), 0);
	CHECK_EQ(pramin_view_begin(rig.dev, MIB + 4096, 64, &inner), 0);
	rig_log_here(&rig, NULL, 0);
	CHECK_EQ(pramin_close(rig.dev, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_VIEW_OPEN);
	CHECK_EQ(rig.accesses, rig.log_from);
	/* Nothing has been done: both work. */
	pramin_view_write(view, 4, 4, 77);
	CHECK_EQ(pramin_read32(rig.dev, MIB + 4, &val), 0);
	CHECK_EQ(val, 77);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_close(rig.dev, NULL), -EBUSY);
	CHECK_EQ(pramin_view_end(inner), 0);
	CHECK_EQ(pramin_close(rig.dev, NULL), 0);
	CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	pramin_model_destroy(rig.model);
	return 0;
}

static int restore_writes_once_and_only_after_a_move(void)
{
	static struct rig_access log[4];

	CHECK_EQ(rig_open(&rig, "gb100", 0, false), 0);
	rig_log_here(&rig, log, 4);
	CHECK_EQ(pramin_restore(rig.dev), 0);
	CHECK_EQ(rig.accesses, rig.log_from);
	CHECK_EQ(rig_close(&rig), 0);
	CHECK_EQ(rig_open(&rig, "gb100", 0, false), 0);
	CHECK_EQ(pramin_write8(rig.dev, 0, 1), 0);
	CHECK(pramin_model_window(rig.model) != rig.raw);
	rig_log_here(&rig, log, 4);
	CHECK_EQ(pramin_restore(rig.dev), 0);
	CHECK_EQ(rig.accesses - rig.log_from, 1);
	CHECK(log[0].write);
	CHECK_EQ(log[0].off, 0x10fd40);
	CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	/* Whoever goes on all the same does not misplace anything. */
	if (getenv("TEST_EXCLUSIVE")) {
		CHECK_EQ(pramin_write8(rig.dev, 1, 2), 0);
		CHECK_EQ(pramin_model_window(rig.model), 0);
	} else {
		CHECK_EQ(pramin_write8(rig.dev, 1, 2), -ENODEV);
		CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	}
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static char log_text[4096];
static unsigned int log_lines[3];

static void take_line(void *ctx, enum pramin_log_level level, const char *line)
{
	size_t used = strlen(log_text);

	if (ctx != &rig || level > PRAMIN_LOG_DEBUG || strchr(line, '\n'))
		log_text[0] = '\0';
	log_lines[level]++;
	snprintf(log_text + used, sizeof(log_text) - used, "%s\n", line);
}

static int the_log_tells_of_open_close_and_every_failure(void)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts), .log = take_line, .log_ctx = &rig,
	};
	struct pramin_dev *dev;
	uint32_t val;

	CHECK_EQ(pramin_open("model:tu102,boot0=0x16f000a1", &opts, &dev,
			     NULL), 0);
	CHECK_EQ(log_lines[PRAMIN_LOG_DEBUG], 1);
	CHECK_HAS(log_text, "tu102");
	CHECK_HAS(log_text, "11 GiB");
	CHECK_HAS(log_text, "NV_PBUS_BAR0_WINDOW");
	/* An implementation that is in no table, of a known architecture */
	CHECK_EQ(log_lines[PRAMIN_LOG_NOTICE], 1);
	CHECK_HAS(log_text, "0x16f000a1");
	CHECK_EQ(pramin_read32(dev, 6, &val), -EINVAL);
	CHECK_EQ(log_lines[PRAMIN_LOG_ERROR], 1);
	CHECK_HAS(log_text, "misaligned: address 0x6");
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(log_lines[PRAMIN_LOG_DEBUG], 2);

	log_text[0] = '\0';
	CHECK_EQ(pramin_open("model:gh100,vram=300G", &opts, &dev, NULL), 0);
	CHECK_EQ(log_lines[PRAMIN_LOG_NOTICE], 2);
	CHECK_HAS(log_text, "0x4000000000");
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_second_open_in_this_process_finds_the_same_gpu),
		TEST(a_second_open_in_another_process_finds_the_same_gpu),
		TEST(a_model_without_a_file_may_be_open_twice),
		TEST(a_file_keeps_vram_and_the_window_as_it_was_found),
		TEST(the_image_is_vram_at_the_same_offsets),
		TEST(a_handle_with_an_open_view_does_not_close),
		TEST(restore_writes_once_and_only_after_a_move),
		TEST(the_log_tells_of_open_close_and_every_failure),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
