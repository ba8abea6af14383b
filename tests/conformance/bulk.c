// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Bulk calls and batches, over a 1 MiB line, with odd ends.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "suite.h"

#define KIB 1024ull
#define MIB (1024 * KIB)

/* A stretch of @bulk bytes with the 1 MiB line in its middle */
struct stretch {
	uint64_t pa;
	uint64_t len;
	uint8_t *put;
	uint8_t *got;
};

static int stretch_init(struct conform *c, struct stretch *s, uint32_t seed)
{
	s->pa = c->line - c->bulk / 2;
	s->len = c->bulk;
	s->put = malloc(s->len * 2);
	CHECK(s->put);
	s->got = s->put + s->len;
	memset(s->got, 0, s->len);
	conform_pattern(s->put, s->len, seed);
	return conform_keep(c, s->pa, s->len);
}

static int write_then_read(struct conform *c, struct stretch *s)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	uint8_t around[2];

	CONFORM_OK(c, pramin_write8(c->dev, s->pa, 0x5a));
	CONFORM_OK(c, pramin_write8(c->dev, s->pa + s->len - 1, 0xa5));
	/* One byte short of both ends, so that every width is used */
	CONFORM_OK(c, pramin_write(c->dev, s->pa + 1, s->put + 1, s->len - 2,
				   &bulk));
	CHECK_EQ(bulk.done, s->len - 2);
	CONFORM_OK(c, pramin_read(c->dev, s->pa + 1, s->got + 1, s->len - 2,
				  &bulk));
	CHECK_EQ(bulk.done, s->len - 2);
	CHECK(!memcmp(s->got + 1, s->put + 1, s->len - 2));
	CONFORM_OK(c, pramin_read8(c->dev, s->pa, &around[0]));
	CONFORM_OK(c, pramin_read8(c->dev, s->pa + s->len - 1, &around[1]));
	CHECK_EQ(around[0], 0x5a);
	CHECK_EQ(around[1], 0xa5);
	return 0;
}

static int what_bulk_writes_bulk_reads(struct conform *c)
{
	struct stretch s;
	int ret = stretch_init(c, &s, 1);

	ret = ret ? ret : write_then_read(c, &s);
	free(s.put);
	return ret;
}

static int fill_and_compare(struct conform *c, struct stretch *s)
{
	const uint64_t part = s->len / 4;
	unsigned int width;
	uint64_t same, i, at = s->pa;

	for (width = 1; width <= 8; width *= 2, at += part) {
		const uint64_t len = part - width;

		CONFORM_OK(c, pramin_fill(c->dev, at + 3, len, s->put, width,
					  NULL));
		for (i = 0; i < len; i++)
			s->got[i] = s->put[i % width];
		CONFORM_OK(c, pramin_compare(c->dev, at + 3, s->got, len, &same,
					     NULL));
		CHECK_EQ(same, len);
		s->got[len / 2] ^= 0x40;
		CONFORM_OK(c, pramin_compare(c->dev, at + 3, s->got, len, &same,
					     NULL));
		CHECK_EQ(same, len / 2);
	}
	CHECK_EQ(pramin_fill(c->dev, s->pa, 7, s->put, 4, NULL), -EINVAL);
	CHECK_EQ(pramin_fill(c->dev, s->pa, 6, s->put, 3, NULL), -EINVAL);
	return 0;
}

static int fill_repeats_and_compare_finds_the_difference(struct conform *c)
{
	struct stretch s;
	int ret = stretch_init(c, &s, 2);

	ret = ret ? ret : fill_and_compare(c, &s);
	free(s.put);
	return ret;
}

/* Both ways over itself, as memmove() */
static int copy_over(struct conform *c, struct stretch *s)
{
	const uint64_t half = s->len / 2, by = 13;

	CONFORM_OK(c, pramin_write(c->dev, s->pa, s->put, half, NULL));
	CONFORM_OK(c, pramin_copy(c->dev, s->pa + by, s->pa, half, NULL));
	CONFORM_OK(c, pramin_read(c->dev, s->pa, s->got, half + by, NULL));
	CHECK(!memcmp(s->got, s->put, by));
	CHECK(!memcmp(s->got + by, s->put, half));
	CONFORM_OK(c, pramin_copy(c->dev, s->pa, s->pa + by, half, NULL));
	CONFORM_OK(c, pramin_read(c->dev, s->pa, s->got, half + by, NULL));
	CHECK(!memcmp(s->got, s->put, half));
	CHECK(!memcmp(s->got + half, s->put + half - by, by));
	return 0;
}

static int copy_may_overlap_in_both_directions(struct conform *c)
{
	struct stretch s;
	int ret = stretch_init(c, &s, 3);

	ret = ret ? ret : copy_over(c, &s);
	free(s.put);
	return ret;
}

static int find_in(struct conform *c, struct stretch *s)
{
	static const char needle[] = "over the line";
	const uint64_t len = sizeof(needle) - 1, at = c->line - 5;
	uint64_t found_at = 0;
	bool found = true;

	memset(s->put, 'o', s->len);
	CONFORM_OK(c, pramin_fill(c->dev, s->pa, s->len, "o", 1, NULL));
	CONFORM_OK(c, pramin_find(c->dev, s->pa, s->len, needle, len, &found,
				  &found_at, NULL));
	CHECK(!found);
	CONFORM_OK(c, pramin_write(c->dev, at, needle, len, NULL));
	CONFORM_OK(c, pramin_find(c->dev, s->pa, s->len, needle, len, &found,
				  &found_at, NULL));
	CHECK(found);
	CHECK_EQ(found_at, at);
	CHECK_EQ(pramin_find(c->dev, s->pa, s->len, needle, 0, &found,
			     &found_at, NULL),
		 -EINVAL);
	return 0;
}

static int find_sees_what_lies_over_the_line(struct conform *c)
{
	struct stretch s;
	int ret = stretch_init(c, &s, 4);

	ret = ret ? ret : find_in(c, &s);
	free(s.put);
	return ret;
}

static int stop(void *ctx, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	return ++*(int *)ctx;
}

static int progress_can_stop_a_bulk_call(struct conform *c)
{
	int calls = 0;
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = stop,
		.ctx = &calls,
	};
	uint8_t buf[512];

	CHECK_EQ(pramin_read(c->dev, c->line - 256, buf, sizeof(buf), &bulk),
		 -ECANCELED);
	CHECK_EQ(calls, 1);
	CHECK(bulk.done <= sizeof(buf));
	return 0;
}

#define ACCESSES 32u

static int batch_at(struct conform *c, struct pramin_access *list)
{
	struct pramin_batch batch = { .size = sizeof(batch) };
	unsigned int i;

	/* To and fro over the line: one move for each side is enough. */
	for (i = 0; i < ACCESSES; i++)
		list[i] = (struct pramin_access){
			.vram_pa = c->line + 8 * (i / 2 * 2) +
				   (i % 2 ? 8 : -256ull),
			.val = 0x1111111111111111ull * (i % 15 + 1),
			.width = 8,
			.kind = PRAMIN_ACCESS_WRITE,
		};
	batch.flags = PRAMIN_BATCH_FLUSH;
	CONFORM_OK(c, pramin_batch(c->dev, list, ACCESSES, &batch));
	CHECK_EQ(batch.done, ACCESSES);
	CHECK_EQ(batch.moves, batch.least);
	CHECK(batch.moves <= 2);
	for (i = 0; i < ACCESSES; i++) {
		list[i].kind = PRAMIN_ACCESS_READ;
		list[i].val = 0;
	}
	batch.flags = 0;
	CONFORM_OK(c, pramin_batch(c->dev, list, ACCESSES, &batch));
	for (i = 0; i < ACCESSES; i++)
		CHECK_EQ(list[i].val, 0x1111111111111111ull * (i % 15 + 1));
	list[3].width = 3;
	CHECK_EQ(pramin_batch(c->dev, list, ACCESSES, &batch), -EINVAL);
	CHECK_EQ(batch.bad, 3);
	list[3].width = 8;
	list[5].vram_pa = c->end;
	CHECK_EQ(pramin_batch(c->dev, list, ACCESSES, &batch), -ERANGE);
	CHECK_EQ(batch.bad, 5);
	return 0;
}

static int a_batch_moves_as_seldom_as_it_can(struct conform *c)
{
	struct pramin_access list[ACCESSES];

	CHECK_EQ(conform_keep(c, c->line - 256, 512), 0);
	return batch_at(c, list);
}

const struct conform_test conform_bulk[] = {
#define ROW(fn, writes, fixed, words)         \
	{                                     \
#fn, fn, writes, fixed, words \
	}
	ROW(what_bulk_writes_bulk_reads, true, 60, 2),
	ROW(fill_repeats_and_compare_finds_the_difference, true, 600, 3),
	ROW(copy_may_overlap_in_both_directions, true, 200, 3),
	ROW(find_sees_what_lies_over_the_line, true, 120, 3),
	ROW(progress_can_stop_a_bulk_call, false, 80, 0),
	ROW(a_batch_moves_as_seldom_as_it_can, true, 160, 0),
	{ NULL, NULL, false, 0, 0 },
};
