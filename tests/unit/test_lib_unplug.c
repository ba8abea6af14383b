// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A card that is pulled out while it is open.
 */
#define _GNU_SOURCE
#include "lib_unplug.h"

static uint8_t buf[256 * KIB];

struct call {
	const char *name;
	int (*run)(struct pramin_dev *dev);
};

static int read8(struct pramin_dev *dev)
{
	uint8_t val;

	return pramin_read8(dev, 3, &val);
}

static int read64(struct pramin_dev *dev)
{
	uint64_t val;

	return pramin_read64(dev, 4096, &val);
}

static int write16(struct pramin_dev *dev)
{
	return pramin_write16(dev, 64, 1);
}

static int write64(struct pramin_dev *dev)
{
	return pramin_write64(dev, 0, 0);
}

static int bulk_read(struct pramin_dev *dev)
{
	return pramin_read(dev, 1, buf, sizeof(buf), NULL);
}

/* The word that a flush looks at is written too, and not with ones. */
static int bulk_write(struct pramin_dev *dev)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk), .done = 1 };
	int ret = pramin_write(dev, 0, buf, sizeof(buf), &bulk);

	return bulk.done ? -EINVAL : ret;
}

static int fill(struct pramin_dev *dev)
{
	return pramin_fill(dev, 0, sizeof(buf), "\1", 1, NULL);
}

static int compare(struct pramin_dev *dev)
{
	uint64_t same;

	return pramin_compare(dev, 0, buf, sizeof(buf), &same, NULL);
}

static int copy(struct pramin_dev *dev)
{
	return pramin_copy(dev, 0, 512 * KIB, sizeof(buf), NULL);
}

static int find(struct pramin_dev *dev)
{
	uint64_t at;
	bool found;

	return pramin_find(dev, 0, MIB, "x", 1, &found, &at, NULL);
}

static int batch(struct pramin_dev *dev)
{
	struct pramin_access list[] = {
		{ .kind = PRAMIN_ACCESS_WRITE, .width = 4, .val = 1 },
		{ .kind = PRAMIN_ACCESS_READ, .width = 4 },
	};

	return pramin_batch(dev, list, ARRAY_LEN(list), NULL);
}

static int position(struct pramin_dev *dev)
{
	struct pramin_position pos;

	return pramin_position(dev, &pos);
}

static const struct call calls[] = {
	{ "read8", read8 },	   { "read64", read64 },
	{ "write16", write16 },	   { "write64", write64 },
	{ "read", bulk_read },	   { "write", bulk_write },
	{ "fill", fill },	   { "compare", compare },
	{ "copy", copy },	   { "find", find },
	{ "batch", batch },	   { "position", position },
	{ "flush", pramin_flush }, { "check_window", pramin_check_window },
};

static int pulled_before(const struct call *call, bool placed)
{
	struct card *c = &cards[0];

	CHECK_EQ(card_open(c), 0);
	if (placed)
		CHECK_EQ(pramin_write32(c->dev, 0, 7), 0);
	CHECK_EQ(card_pull(c), 0);
	CHECK_EQ(call->run(c->dev), -ENODEV);
	CHECK_EQ(pramin_last_why(c->dev)->reason, PRAMIN_REASON_BACKEND_GONE);
	CHECK_EQ(call->run(c->dev), -ENODEV);
	CHECK_EQ(pramin_last_why(c->dev)->reason, PRAMIN_REASON_WAS_GONE);
	CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
	CHECK_EQ(card_open(c), 0);
	CHECK_EQ(pramin_write32(c->dev, 0, 7), 0);
	CHECK_EQ(pramin_close(c->dev, NULL), 0);
	return 0;
}

static int every_call_on_a_removed_gpu_is_enodev_and_it_can_be_reopened(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(calls); i++) {
		if (!pulled_before(&calls[i], true))
			continue;
		printf("%s\n", calls[i].name);
		return CHECK_FAILED;
	}
	return 0;
}

static int a_gpu_removed_before_the_first_move_is_found_by_the_move(void)
{
	return pulled_before(&calls[1], false);
}

/* After the first chunk */
static int pull_now(void *ctx, uint64_t done, uint64_t total)
{
	(void)total;
	return done == 64 * KIB ? card_pull(ctx) : 0;
}

static int what_was_done_before_the_removal_counts_and_no_more(void)
{
	struct card *c = &cards[0];
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = pull_now,
		.ctx = c,
	};
	int write;

	for (write = 0; write < 2; write++) {
		CHECK_EQ(card_open(c), 0);
		CHECK_EQ(write ? pramin_write(c->dev, 0, buf, sizeof(buf),
					      &bulk) :
				 pramin_read(c->dev, 0, buf, sizeof(buf),
					     &bulk),
			 -ENODEV);
		CHECK_EQ(bulk.done, 64 * KIB);
		CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
		memset(buf, 0, sizeof(buf));
	}
	return 0;
}

static int a_view_shows_all_ones_takes_stores_and_ends_with_enodev(void)
{
	struct card *c = &cards[0];
	struct pramin_view *view;
	struct pramin_span span;

	CHECK_EQ(card_open(c), 0);
	CHECK_EQ(pramin_view_begin(c->dev, 0, MIB, &view), 0);
	span = pramin_view_span(view);
	CHECK(span.ptr != NULL);
	pramin_span_write32(span, 0x1000, 5);
	CHECK_EQ(pramin_span_read32(span, 0x1000), 5);
	CHECK_EQ(card_pull(c), 0);
	CHECK_EQ(pramin_span_read32(span, 0x1000), 0xffffffff);
	CHECK_EQ(pramin_span_read8(span, MIB - 1), 0xff);
	pramin_span_write64(span, 0x80000, 6);
	pramin_span_write32(span, 0, 7);
	/* What a flush would read is no proof. */
	CHECK_EQ(pramin_flush(c->dev), -ENODEV);
	CHECK_EQ(pramin_view_end(view), -ENODEV);
	CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
	return 0;
}

static int the_end_of_a_view_tells_of_a_removal(void)
{
	struct card *c = &cards[0];
	struct pramin_view *view;

	CHECK_EQ(card_open(c), 0);
	CHECK_EQ(pramin_view_begin(c->dev, 64, 64, &view), 0);
	CHECK_EQ(card_pull(c), 0);
	pramin_span_write8(pramin_view_span(view), 0, 1);
	CHECK_EQ(pramin_view_end(view), -ENODEV);
	CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
	return 0;
}

static int another_gpu_goes_on(void)
{
	uint32_t val = 0;

	CHECK_EQ(card_open(&cards[0]), 0);
	CHECK_EQ(card_open(&cards[1]), 0);
	CHECK_EQ(pramin_write32(cards[0].dev, 8, 1), 0);
	CHECK_EQ(pramin_write32(cards[1].dev, 8, 2), 0);
	CHECK_EQ(card_pull(&cards[0]), 0);
	CHECK_EQ(pramin_read32(cards[0].dev, 8, &val), -ENODEV);
	CHECK_EQ(pramin_read32(cards[1].dev, 8, &val), 0);
	CHECK_EQ(val, 2);
	CHECK_EQ(pramin_close(cards[1].dev, NULL), 0);
	CHECK_EQ(pramin_close(cards[0].dev, NULL), -ENODEV);
	return 0;
}

/* A card off the bus answers; nothing faults. */
static int reads_of_all_ones_are_enodev_without_a_fault(void)
{
	struct card *c = &cards[0];
	uint32_t val;

	CHECK_EQ(card_open(c), 0);
	CHECK_EQ(pramin_write32(c->dev, 8, 1), 0);
	memset(c->bar0, 0xff, BAR0_SIZE);
	CHECK_EQ(pramin_read32(c->dev, 8, &val), -ENODEV);
	CHECK_EQ(pramin_last_why(c->dev)->reason, PRAMIN_REASON_ALL_ONES);
	CHECK(!unplug_is_gone(c->unplug));
	/* This card is memory, and takes the value of its register back. */
	CHECK_EQ(pramin_close(c->dev, NULL), 0);
	return 0;
}

static bool in_maps(const char *path)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[1024];
	bool found = false;

	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, path) != NULL;
	if (maps)
		fclose(maps);
	return found;
}

static int what_is_let_go_is_not_mapped_any_more_and_reads_as_ones(void)
{
	struct card *c = &cards[0];
	uint32_t off;

	CHECK_EQ(card_open(c), 0);
	CHECK_EQ(pramin_write32(c->dev, 8, 1), 0);
	CHECK(in_maps(c->path));
	unplug_let_go(c->unplug);
	CHECK(!in_maps(c->path));
	for (off = 0; off < BAR0_SIZE; off += 4096)
		CHECK_EQ(*(volatile uint64_t *)card_at(c, off), UINT64_MAX);
	*(volatile uint32_t *)card_at(c, 0x1234) = 1;
	CHECK_EQ(*(volatile uint32_t *)card_at(c, 0x1234 + 64 * KIB),
		 UINT32_MAX);
	CHECK_EQ(pramin_write32(c->dev, 8, 1), -ENODEV);
	CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
	return 0;
}

static int nothing_is_watched_after_the_end(void)
{
	struct card *c = &cards[0];
	struct unplug *unplug;
	char page[4096];

	CHECK_EQ(card_open(c), 0);
	unplug_let_go(c->unplug);
	CHECK_EQ(unplug_watch(c->unplug, page, sizeof(page)), -ENODEV);
	pramin_close(c->dev, NULL);
	/* What was used is used again. */
	unplug = unplug_new();
	CHECK(unplug != NULL);
	CHECK(!unplug_is_gone(unplug));
	CHECK(!unplug_fault(page));
	CHECK_EQ(unplug_watch(unplug, page, sizeof(page)), 0);
	unplug_unwatch(unplug, page);
	CHECK(!unplug_fault(page));
	CHECK(!unplug_is_gone(unplug));
	unplug_free(unplug);
	unplug_free(NULL);
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_call_on_a_removed_gpu_is_enodev_and_it_can_be_reopened),
	TEST(a_gpu_removed_before_the_first_move_is_found_by_the_move),
	TEST(what_was_done_before_the_removal_counts_and_no_more),
	TEST(a_view_shows_all_ones_takes_stores_and_ends_with_enodev),
	TEST(the_end_of_a_view_tells_of_a_removal),
	TEST(another_gpu_goes_on),
	TEST(reads_of_all_ones_are_enodev_without_a_fault),
	TEST(what_is_let_go_is_not_mapped_any_more_and_reads_as_ones),
	TEST(nothing_is_watched_after_the_end),
};

int main(int argc, char **argv)
{
	memset(buf, 0x5a, sizeof(buf));
	if (pramin_catch_sigbus())
		return 1;
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
