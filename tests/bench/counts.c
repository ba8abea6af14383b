// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Figures that are counted, on the trapped model: window moves of scans, and
 * simulated time of bulk calls. They repeat exactly.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

const char *const bulk_op_names[BULK_OPS] = {
	[BULK_READ] = "read", [BULK_COMPARE] = "compare",
	[BULK_FIND] = "find", [BULK_WRITE] = "write",
	[BULK_FILL] = "fill",
};

const char *const bulk_content_names[BULK_CONTENTS] = {
	[CONTENT_RANDOM] = "random",
	[CONTENT_ZERO] = "zero",
	[CONTENT_ERASED] = "erased",
};

bool bulk_reads(enum bulk_op op)
{
	return op == BULK_READ || op == BULK_COMPARE || op == BULK_FIND;
}

int board_open(const struct pramin_model_params *params, bool exclusive,
	       struct board *board)
{
	/* By hand, as some chips have no register that tells it */
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = params->vram,
		.exclusive = exclusive,
	};
	struct pramin_why why;
	int ret = pramin_model_create(params, &board->model, &why);

	if (!ret) {
		ret = pramin_open_io(pramin_model_ops(), board->model, &opts,
				     &board->dev, &why);
		if (ret)
			pramin_model_destroy(board->model);
	}
	if (ret)
		fprintf(stderr, "bench: %s: %s\n", params->chip, why.what);
	return ret;
}

int board_close(struct board *board)
{
	return pramin_close(board->dev, NULL);
}

struct pramin_model_counters board_counters(const struct board *board)
{
	struct pramin_model_counters counters = { .size = sizeof(counters) };

	pramin_model_counters(board->model, &counters);
	return counters;
}

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014) */
uint64_t mix64(uint64_t n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15u;
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
	n = (n ^ n >> 27) * 0x94d049bb133111ebu;
	return n ^ n >> 31;
}

static const struct pramin_model_chip *find_chip(const char *name)
{
	const struct pramin_model_chip *chip;
	size_t i;

	for (i = 0; (chip = pramin_model_chips(i)); i++)
		if (!strcmp(chip->name, name))
			return chip;
	return NULL;
}

static int open_chip(const char *name, uint64_t room, struct board *board,
		     uint64_t *vram)
{
	const struct pramin_model_chip *chip = find_chip(name);
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = name,
	};

	if (!chip || chip->vram < room)
		return -EINVAL;
	params.vram = chip->vram;
	*vram = chip->vram;
	return board_open(&params, true, board);
}

static int read_width(struct pramin_dev *dev, uint64_t vram_pa,
		      unsigned int width)
{
	uint8_t v8;
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;

	switch (width) {
	case 1:
		return pramin_read8(dev, vram_pa, &v8);
	case 2:
		return pramin_read16(dev, vram_pa, &v16);
	case 4:
		return pramin_read32(dev, vram_pa, &v32);
	default:
		return pramin_read64(dev, vram_pa, &v64);
	}
}

/* The first address after @off that a scan visits, within one 64 KiB block */
static uint64_t scan_next(const struct scan *scan, uint64_t off)
{
	uint64_t next = off - off % scan->stride + scan->stride;
	uint64_t near = off + scan->width;

	if (near < 64)
		return near;
	if (near < 64 * KIB - 64)
		near = 64 * KIB - 64;
	return near < next ? near : next;
}

/* Downwards is the same addresses in reverse, so that both cost the same. */
static int scan_block(struct scan *scan, struct pramin_dev *dev, uint64_t block,
		      const uint32_t *offs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		uint32_t off = offs[scan->down ? count - 1 - i : i];
		int ret = read_width(dev, block + off, scan->width);

		if (ret)
			return ret;
	}
	scan->accesses += count;
	return 0;
}

static int scan_all(struct scan *scan, const struct board *board,
		    uint64_t start, const uint32_t *offs, size_t count)
{
	const uint64_t blocks = scan->bytes / (64 * KIB);
	uint64_t before, i;
	/*
	 * The window starts out at the far end: the scan must pay for its
	 * first position, and the proof after open is over.
	 */
	uint64_t far = scan->down ? start : start + scan->bytes - scan->width;
	int ret = read_width(board->dev, far, scan->width);

	before = board_counters(board).moves;
	for (i = 0; i < blocks && !ret; i++) {
		uint64_t n = scan->down ? blocks - 1 - i : i;

		ret = scan_block(scan, board->dev, start + n * 64 * KIB, offs,
				 count);
	}
	scan->moves = board_counters(board).moves - before;
	return ret;
}

int scan_run(struct scan *scan)
{
	struct board board;
	uint64_t vram, off;
	uint32_t *offs;
	size_t count = 0;
	int ret;

	scan->accesses = 0;
	offs = malloc(64 * KIB * sizeof(*offs));
	if (!offs)
		return -ENOMEM;
	for (off = 0; off < 64 * KIB; off = scan_next(scan, off))
		offs[count++] = (uint32_t)off;

	ret = open_chip(scan->chip, scan->bytes, &board, &vram);
	if (!ret) {
		uint64_t start = (vram - scan->bytes) / 2;

		ret = scan_all(scan, &board, start - start % MIB, offs, count);
		board_close(&board);
	}
	free(offs);
	return ret;
}

/* What VRAM holds around the range, and what a write puts there */
static void make_content(enum bulk_content content, unsigned char *buf,
			 uint64_t len)
{
	uint64_t i, n;

	switch (content) {
	case CONTENT_RANDOM:
		for (i = 0; i + 8 <= len; i += 8) {
			n = mix64(i);
			memcpy(buf + i, &n, sizeof(n));
		}
		for (; i < len; i++)
			buf[i] = (unsigned char)mix64(i);
		break;
	case CONTENT_ERASED:
		memset(buf, 0xff, len);
		break;
	default:
		memset(buf, 0, len);
		break;
	}
}

/* 24 bytes that occur nowhere in what make_content() makes */
static const unsigned char absent[] = "not a part of the VRAM.";

static int call(const struct bulk_case *c, struct pramin_dev *dev,
		unsigned char *buf, const unsigned char *want)
{
	uint64_t same = c->len, at;
	bool found = false;
	int ret = -EINVAL;

	switch (c->op) {
	case BULK_READ:
		ret = pramin_read(dev, c->vram_pa, buf, c->len, NULL);
		break;
	case BULK_COMPARE:
		ret = pramin_compare(dev, c->vram_pa, want, c->len, &same,
				     NULL);
		break;
	case BULK_FIND:
		ret = pramin_find(dev, c->vram_pa, c->len, absent,
				  sizeof(absent), &found, &at, NULL);
		break;
	case BULK_WRITE:
		ret = pramin_write(dev, c->vram_pa, want, c->len, NULL);
		break;
	case BULK_FILL:
		ret = pramin_fill(dev, c->vram_pa, c->len, want, 1, NULL);
		break;
	default:
		break;
	}
	/* A figure of a call that did something else would mean nothing. */
	if (!ret && (same != c->len || found))
		ret = -EIO;
	if (!ret && c->op == BULK_READ && memcmp(buf, want, c->len) != 0)
		ret = -EIO;
	return ret;
}

/* Content reaches from the MiB line below to the byte behind the range. */
static int prepare(const struct bulk_case *c, const struct board *board,
		   unsigned char *content)
{
	uint64_t before = c->vram_pa % MIB;

	make_content(c->content, content, before + c->len);
	/* Zeros are what a new board holds: they are left unwritten. */
	if (c->content == CONTENT_ZERO)
		return 0;
	return pramin_model_poke(board->model, c->vram_pa - before, content,
				 before + c->len);
}

int bulk_run(struct bulk_case *c)
{
	const bool reads = bulk_reads(c->op);
	struct pramin_model_counters before, after;
	uint64_t lead = c->vram_pa % MIB, vram;
	unsigned char *content, *buf = NULL;
	struct board board;
	int ret = open_chip(c->chip, c->vram_pa + c->len, &board, &vram);

	if (ret)
		return ret;
	content = malloc(lead + c->len);
	if (c->op == BULK_READ)
		buf = malloc(c->len);
	ret = !content || (c->op == BULK_READ && !buf) ? -ENOMEM : 0;
	if (!ret)
		ret = prepare(c, &board, content);
	before = board_counters(&board);
	if (!ret)
		ret = call(c, board.dev, buf, content + lead);
	after = board_counters(&board);
	board_close(&board);
	free(buf);
	free(content);

	/* The model's defaults: 900 ns a read, 100 ns a posted write */
	c->ideal_ns = c->len * (reads ? 900 : 100) / 8;
	c->simulated_ns = after.simulated_ns - before.simulated_ns;
	c->moves = after.moves - before.moves;
	c->fraction = c->simulated_ns ?
			      (double)c->ideal_ns / (double)c->simulated_ns :
			      0;
	return ret;
}
