// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Puts the input in the place of a model's state file and opens the model.
 *
 * Bit 0 of the first byte clear: the rest is the file. Set: the rest is a list
 * of changes to a good file, (offset, value) byte by byte, after which bits 1
 * and 2 ask for its two checksums to be made right, or nothing would ever get
 * past them. With bit 3 the offsets count from where the registers of the MMU
 * begin, and BARs are used by what these say. The model works, or refuses and changes neither file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pramin/pramin.h>

#include "fuzz_board.h"

#define ROOM		BOARD_HEAD
#define IDENTITY	48u  /* bytes before the first checksum */
#define ALL		480u /* bytes before the second */
#define MMU		288u /* bytes before its registers */
#define BOARD		"model:tu102,vram=1M,file="

static char gpu[256];
static uint8_t good[ROOM];
static size_t good_size;

static size_t load(const char *path, uint8_t *buf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	MUST(fd >= 0);
	n = pread(fd, buf, ROOM, 0);
	MUST(n >= 0);
	close(fd);
	return (size_t)n;
}

/* A board with something at its beginning, and a good state file */
static void make_board(void)
{
	struct pramin_dev *dev;

	board_begin();
	snprintf(gpu, sizeof(gpu), BOARD "%s", image);
	MUST(pramin_open(gpu, NULL, &dev, NULL) == 0);
	MUST(pramin_write(dev, 0, head, ROOM, NULL) == 0);
	MUST(pramin_close(dev, NULL) == 0);
	good_size = load(state, good);
	/* What lies far behind the model's part is the library's. */
	MUST(good_size > ALL + 8);
	good_size = ALL + 8;
}

/* 64-bit FNV-1a, as the format says */
static void checksum(uint8_t *buf, size_t len)
{
	uint64_t sum = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < len; i++)
		sum = (sum ^ buf[i]) * 0x100000001b3;
	memcpy(buf + len, &sum, sizeof(sum));
}

static size_t make_state(const uint8_t *data, size_t size, uint8_t *buf)
{
	uint8_t mode = data[0];
	size_t i;

	data++;
	size--;
	if (!(mode & 1)) {
		size = size < ROOM ? size : ROOM;
		memcpy(buf, data, size);
		return size;
	}
	memcpy(buf, good, good_size);
	for (i = 0; i + 1 < size; i += 2)
		buf[(data[i] + (mode & 8 ? MMU : 0)) % good_size] = data[i + 1];
	if (mode & 2)
		checksum(buf, IDENTITY);
	if (mode & 4)
		checksum(buf, ALL);
	return good_size;
}

static void store(const char *path, const uint8_t *buf, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	MUST(fd >= 0);
	MUST(write(fd, buf, size) == (ssize_t)size);
	close(fd);
}

static void check_image(const struct stat *before)
{
	uint8_t now[ROOM];
	struct stat st;

	MUST(stat(image, &st) == 0);
	MUST(st.st_size == before->st_size);
	MUST(st.st_ino == before->st_ino);
	MUST(load(image, now) == ROOM);
	MUST(!memcmp(now, head, ROOM));
}

/* Whatever BAR1 and BAR2 are bound to */
static void use_bars(void)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 1u << 20,
		.file = image,
	};
	const struct pramin_io_ops *ops = pramin_model_ops();
	struct pramin_model_hazards hazards = { .size = sizeof(hazards) };
	struct pramin_model *model;
	uint64_t val;
	unsigned int i;

	MUST(pramin_model_create(&params, &model, NULL) == 0);
	for (i = 0; i < 8; i++)
		MUST(ops->bar_read(model, 1 + i % 2, 0x1000 * i, 8, &val) == 0);
	MUST(pramin_model_hazards(model, &hazards) == 0);
	pramin_model_destroy(model);
}

static void use(struct pramin_dev *dev)
{
	uint8_t buf[64];
	int ret = pramin_read(dev, 100, buf, sizeof(buf), NULL);

	if (!ret) {
		MUST(!memcmp(buf, head + 100, sizeof(buf)));
		MUST(pramin_write(dev, 100, buf, sizeof(buf), NULL) == 0);
	}
	MUST(ret == 0);
	MUST(pramin_close(dev, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t file[ROOM], now[ROOM];
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	struct stat before;
	size_t len;
	int ret;

	if (!size)
		return 0;
	if (!dir[0])
		make_board();
	len = make_state(data, size, file);
	store(state, file, len);
	MUST(stat(image, &before) == 0);

	ret = pramin_open(gpu, NULL, &dev, &why);
	if (!ret) {
		use(dev);
		use_bars();
		MUST(load(state, now) >= good_size);
	} else {
		MUST(!dev && why.err == ret && why.what[0]);
		/* The window that it tells of may be an error value. */
		if (why.reason != PRAMIN_REASON_WINDOW_POISON) {
			MUST(ret == -EINVAL);
			MUST(why.reason == PRAMIN_REASON_FILE);
			MUST(load(state, now) == len);
			MUST(!memcmp(now, file, len));
		}
	}
	check_image(&before);
	return 0;
}
