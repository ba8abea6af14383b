// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Host memory of a model of a 140 GiB board, of which 64 separate MiB have
 * been written and 1 GiB of holes has been dumped.
 *
 * What counts is the growth of the process: resident pages of every kind,
 * counted by the kernel page by page (smaps_rollup), and page tables. Each form
 * of the model is measured in a child process of its own, after every step, and
 * the highest value stands.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define BOARD_VRAM (140 * GIB)
#define TOUCHED	   64u
/* From one touched MiB to the next; between them are holes */
#define APART (2 * GIB)
/* Odd, so that each MiB lies in one more page than it has to */
#define FIRST 12345u
#define HOLE  GIB
#define PIECE (64 * KIB)

/* A line "NAME: N kB" of a file in /proc, in bytes */
static int proc_value(const char *path, const char *name, uint64_t *bytes)
{
	char line[128];
	FILE *f = fopen(path, "re");
	int ret = -ENOENT;

	if (!f)
		return -errno;
	while (ret && fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		*bytes = strtoull(line + strlen(name), NULL, 10) * KIB;
		ret = 0;
	}
	fclose(f);
	return ret;
}

static int sample(uint64_t *resident, uint64_t *tables)
{
	int ret = proc_value("/proc/self/smaps_rollup", "Rss:", resident);

	return ret ? ret : proc_value("/proc/self/status", "VmPTE:", tables);
}

/* Note the growth since @base, if it is the highest so far. */
static int note(struct memory_use *use, const uint64_t base[2])
{
	uint64_t resident = 0, tables = 0;
	int ret = sample(&resident, &tables);

	if (ret)
		return ret;
	resident += tables;
	if (resident < base[0] + base[1])
		return 0;
	resident -= base[0] + base[1];
	if (resident > use->resident) {
		use->resident = resident;
		use->tables = tables > base[1] ? tables - base[1] : 0;
	}
	return 0;
}

static int touch(struct pramin_dev *dev, unsigned char *piece)
{
	unsigned int i;
	uint64_t off;
	int ret = 0;

	for (i = 0; i < TOUCHED; i++) {
		memset(piece, (int)i + 1, PIECE);
		for (off = 0; off < MIB && !ret; off += PIECE)
			ret = pramin_write(dev, FIRST + i * APART + off, piece,
					   PIECE, NULL);
	}
	return ret;
}

static int dump_hole(struct pramin_dev *dev, unsigned char *piece)
{
	uint64_t off;
	int ret = 0;

	for (off = 0; off < HOLE && !ret; off += PIECE) {
		ret = pramin_read(dev, FIRST + 2 * MIB + off, piece, PIECE,
				  NULL);
		if (!ret && (piece[0] || piece[PIECE - 1]))
			ret = -EIO;
	}
	return ret;
}

static int measure(const struct pramin_model_params *params,
		   struct memory_use *use)
{
	static unsigned char piece[PIECE];
	uint64_t base[2] = { 0, 0 };
	struct board board;
	struct stat st;
	int ret;

	memset(piece, 1, sizeof(piece));
	ret = sample(&base[0], &base[1]);
	if (!ret)
		ret = board_open(params, true, &board);
	if (ret)
		return ret;
	ret = note(use, base);
	if (!ret)
		ret = touch(board.dev, piece);
	if (!ret)
		ret = note(use, base);
	if (!ret)
		ret = dump_hole(board.dev, piece);
	if (!ret)
		ret = note(use, base);
	if (!ret && params->file && stat(params->file, &st) == 0)
		use->disk = (uint64_t)st.st_blocks * 512;
	board_close(&board);
	return ret;
}

static int measure_form(const char *image, struct memory_use *use, int to)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "gh100",
		.vram = BOARD_VRAM,
		.flat = use->flat,
		.file = use->file ? image : NULL,
	};
	int ret = measure(&params, use);

	if (!ret && write(to, use, sizeof(*use)) != (ssize_t)sizeof(*use))
		ret = -EPIPE;
	return ret;
}

static void remove_image(const char *image)
{
	char *state;

	unlink(image);
	if (asprintf(&state, "%s.state", image) < 0)
		return;
	unlink(state);
	free(state);
}

int memory_measure(const char *image, struct memory_use *use)
{
	int ends[2], status, ret = 0;
	pid_t child;

	if (pipe(ends))
		return -errno;
	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(measure_form(image, use, ends[1]) ? 1 : 0);
	close(ends[1]);
	if (child < 0)
		ret = -EAGAIN;
	else if (read(ends[0], use, sizeof(*use)) != (ssize_t)sizeof(*use))
		ret = -EIO;
	close(ends[0]);
	if (child > 0)
		waitpid(child, &status, 0);
	if (use->file)
		remove_image(image);
	return ret;
}
