// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Compare and find against memcmp() and the plainest search there is.
 */
#include "core_rig.h"

#define FIND_MAX  4096u
#define LOOKAHEAD 256u /* bytes read behind what was looked for */

static uint8_t buf[FAKE_VRAM];

static int compare(struct rig *r, uint64_t pa, const void *with, uint64_t len,
		   uint64_t *same)
{
	return pramin_bulk_compare(rig_op(r), pa, with, len, same, &r->bulk);
}

static int find(struct rig *r, uint64_t pa, uint64_t len, const void *pattern,
		uint64_t pattern_len, bool *found, uint64_t *at)
{
	return pramin_bulk_find(rig_op(r), pa, len, pattern, pattern_len, found,
				at, &r->bulk);
}

/* Bytes of VRAM that were read */
static uint64_t bytes_read(const struct rig *r)
{
	const uint64_t *n = r->fake.reads;

	return n[0] + 2 * n[1] + 4 * n[2] + 8 * n[3];
}

static int compare_tells_how_many_leading_bytes_are_equal(void)
{
	uint64_t seed = 41, pa, len, diff, same;
	unsigned int i;
	struct rig r;

	rig_open(&r, "gh100");
	for (i = 0; i < 2000; i++) {
		pa = rnd_edge(&seed, FAKE_VRAM);
		len = 1 + rnd_edge(&seed, FAKE_VRAM - pa);
		len = i % 50 ? len % 1000 + 1 : len;
		len = len < FAKE_VRAM - pa ? len : FAKE_VRAM - pa;
		memcpy(buf, r.fake.vram + pa, len);
		diff = rnd_below(&seed, len + 1);
		if (diff < len)
			buf[diff] ^= (uint8_t)(1u << rnd_below(&seed, 8));
		/* A later difference does not matter. */
		if (diff + 1 < len)
			buf[len - 1] ^= 0x10;
		fake_forget(&r.fake);
		CHECK_EQ(compare(&r, pa, buf, len, &same), 0);
		CHECK_EQ(same, diff);
		CHECK(bytes_read(&r) <= diff + LOOKAHEAD);
	}
	CHECK_EQ(r.fake.stray, 0);
	return 0;
}

static int compare_finds_a_difference_at_every_byte_around_a_line(void)
{
	static const uint64_t lines[] = { 256, GRAIN, MIB };
	uint64_t pa, same, k;
	struct rig r;
	size_t i;

	rig_open(&r, "tu102");
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		pa = lines[i] - 13;
		memcpy(buf, r.fake.vram + pa, 40);
		for (k = 0; k < 40; k++) {
			buf[k] ^= 1;
			CHECK_EQ(compare(&r, pa, buf, 40, &same), 0);
			CHECK_EQ(same, k);
			buf[k] ^= 1;
		}
		CHECK_EQ(compare(&r, pa, buf, 40, &same), 0);
		CHECK_EQ(same, 40);
	}
	return 0;
}

static int results_are_left_alone_on_failure(void)
{
	uint64_t same = 99, at = 99;
	bool found = true;
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(compare(&r, FAKE_VRAM, buf, 1, &same), -ERANGE);
	CHECK_EQ(find(&r, FAKE_VRAM, 1, "a", 1, &found, &at), -ERANGE);
	CHECK_EQ(find(&r, 0, 1, "a", 0, &found, &at), -EINVAL);
	r.fake.fault = (struct fake_fault){ .at = 3, .err = -ENOMEM };
	CHECK_EQ(compare(&r, 0, r.fake.vram, 64, &same), -ENOMEM);
	fake_forget(&r.fake);
	CHECK_EQ(find(&r, 0, 64, r.fake.vram, 1, &found, &at), -ENOMEM);
	CHECK_EQ(same, 99);
	CHECK_EQ(at, 99);
	CHECK(found);
	return 0;
}

/* Few different bytes, so that patterns repeat and overlap themselves */
static void make_dull(struct rig *r, uint64_t *seed, unsigned int letters)
{
	uint64_t i;

	for (i = 0; i < FAKE_VRAM; i++)
		r->fake.vram[i] = (uint8_t)rnd_below(seed, letters);
}

static bool plain_search(const uint8_t *in, uint64_t len, const uint8_t *what,
			 uint64_t n, uint64_t *at)
{
	uint64_t i;

	for (i = 0; n <= len && i <= len - n; i++) {
		if (memcmp(in + i, what, n))
			continue;
		*at = i;
		return true;
	}
	return false;
}

static int find_agrees_with_a_plain_search(void)
{
	uint64_t seed = 42, pa, len, n, at, where, pick;
	uint8_t pattern[64];
	unsigned int i;
	bool found, there;
	struct rig r;

	rig_open(&r, "tu102");
	make_dull(&r, &seed, 2);
	for (i = 0; i < 3000; i++) {
		pa = rnd_edge(&seed, FAKE_VRAM - 5000);
		len = rnd_below(&seed, 2000);
		n = 1 + rnd_below(&seed, i % 2 ? 8 : 24);
		/* From the range itself, or from anywhere */
		pick = i % 3 ? pa + rnd_below(&seed, len + 1) :
			       rnd_below(&seed, FAKE_VRAM - 64);
		memcpy(pattern, r.fake.vram + pick, n);
		there = plain_search(r.fake.vram + pa, len, pattern, n, &where);
		at = 99;
		fake_forget(&r.fake);
		CHECK_EQ(find(&r, pa, len, pattern, n, &found, &at), 0);
		CHECK_EQ(found, there);
		CHECK_EQ(at, there ? pa + where : 99);
		/* Each byte once, and not much beyond */
		CHECK(bytes_read(&r) <= (there ? where + n + LOOKAHEAD : len));
	}
	CHECK_EQ(r.env.allocs, 3000);
	CHECK_EQ(r.env.frees, 3000);
	CHECK_EQ(r.fake.stray, 0);
	return 0;
}

static int find_sees_a_pattern_over_every_line(void)
{
	static const uint64_t lines[] = { 256, GRAIN, MIB, 2 * MIB };
	uint64_t at, k;
	struct rig r;
	bool found;
	size_t i;

	rig_open(&r, "tu102");
	memset(r.fake.vram, 'a', FAKE_VRAM);
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		for (k = 0; k <= 8; k++) {
			memcpy(r.fake.vram + lines[i] - k, "aaaaaaab", 8);
			CHECK_EQ(find(&r, 3, 3 * MIB, "aaaaaaab", 8, &found,
				      &at),
				 0);
			CHECK(found);
			CHECK_EQ(at, lines[i] - k);
			memset(r.fake.vram + lines[i] - k, 'a', 8);
		}
	}
	return 0;
}

static int a_pattern_must_lie_inside_the_range(void)
{
	uint64_t at;
	struct rig r;
	bool found;

	rig_open(&r, "tu102");
	memset(r.fake.vram, 0, FAKE_VRAM);
	memcpy(r.fake.vram + 1000, "needle", 6);
	CHECK_EQ(find(&r, 900, 106, "needle", 6, &found, &at), 0);
	CHECK(found && at == 1000);
	CHECK_EQ(find(&r, 1000, 6, "needle", 6, &found, &at), 0);
	CHECK(found && at == 1000);
	CHECK_EQ(find(&r, 900, 105, "needle", 6, &found, &at), 0);
	CHECK(!found);
	CHECK_EQ(find(&r, 1001, 900, "needle", 6, &found, &at), 0);
	CHECK(!found);
	CHECK_EQ(find(&r, 1000, 5, "needle", 6, &found, &at), 0);
	CHECK(!found);
	return 0;
}

static int the_longest_pattern_is_found_and_a_longer_one_refused(void)
{
	static uint8_t pattern[FIND_MAX + 1];
	uint64_t at = 0;
	struct rig r;
	bool found;

	rig_open(&r, "tu102");
	/* The worst for a search that starts over */
	memset(r.fake.vram, 'a', FAKE_VRAM);
	memset(pattern, 'a', sizeof(pattern));
	pattern[FIND_MAX - 1] = 'b';
	r.fake.vram[FAKE_VRAM - 1] = 'b';
	CHECK_EQ(find(&r, 0, FAKE_VRAM, pattern, FIND_MAX, &found, &at), 0);
	CHECK(found);
	CHECK_EQ(at, FAKE_VRAM - FIND_MAX);
	CHECK_EQ(bytes_read(&r), FAKE_VRAM);
	CHECK_EQ(r.gpu.stats.moves, 4);

	fake_forget(&r.fake);
	CHECK_EQ(find(&r, 0, FAKE_VRAM, pattern, FIND_MAX + 1, &found, &at),
		 -EINVAL);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_FIND_LEN);
	CHECK_EQ(find(&r, 0, FAKE_VRAM, pattern, 0, &found, &at), -EINVAL);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_FIND_LEN);
	CHECK_EQ(find(&r, 0, FAKE_VRAM, pattern, UINT64_MAX, &found, &at),
		 -EINVAL);
	CHECK_EQ(r.fake.accesses, 0);
	return 0;
}

static int find_without_memory_says_so_and_touches_nothing(void)
{
	uint64_t at;
	struct rig r;
	bool found;

	rig_open(&r, "tu102");
	r.env.fail_at = 1;
	CHECK_EQ(find(&r, 0, 64, "abc", 3, &found, &at), -ENOMEM);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_NO_MEMORY);
	CHECK(r.op.cause.arg[0] > 0);
	CHECK_EQ(r.fake.accesses, 0);
	CHECK_EQ(r.env.frees, 0);
	/* Reads, writes, fills and compares need none. */
	CHECK_EQ(compare(&r, 0, buf, 64, &at), 0);
	CHECK_EQ(r.env.allocs, 1);
	return 0;
}

/* done counts bytes that are known to be done, not the chunk they are in. */
static int a_compare_that_stops_early_counts_only_what_it_read(void)
{
	uint64_t same;
	struct rig r;

	rig_open(&r, "tu102");
	memcpy(buf, r.fake.vram, GRAIN);
	buf[1000] ^= 1;
	fake_forget(&r.fake);
	CHECK_EQ(compare(&r, 0, buf, GRAIN, &same), 0);
	CHECK_EQ(same, 1000);
	CHECK_EQ(bytes_read(&r), 1024);
	CHECK(r.bulk.done >= 1000 && r.bulk.done <= 1024);
	return 0;
}

static int a_find_that_succeeds_counts_only_what_it_read(void)
{
	uint64_t at;
	struct rig r;
	bool found;

	rig_open(&r, "tu102");
	memset(r.fake.vram, 0, FAKE_VRAM);
	r.fake.vram[GRAIN + 1000] = 1;
	fake_forget(&r.fake);
	CHECK_EQ(find(&r, 0, 3 * GRAIN, "\1", 1, &found, &at), 0);
	CHECK_EQ(at, GRAIN + 1000);
	CHECK_EQ(bytes_read(&r), GRAIN + 1024);
	CHECK(r.bulk.done > GRAIN + 1000 && r.bulk.done <= GRAIN + 1024);
	return 0;
}

static const struct check_test tests[] = {
	TEST(compare_tells_how_many_leading_bytes_are_equal),
	TEST(compare_finds_a_difference_at_every_byte_around_a_line),
	TEST(results_are_left_alone_on_failure),
	TEST(find_agrees_with_a_plain_search),
	TEST(find_sees_a_pattern_over_every_line),
	TEST(a_pattern_must_lie_inside_the_range),
	TEST(the_longest_pattern_is_found_and_a_longer_one_refused),
	TEST(find_without_memory_says_so_and_touches_nothing),
	TEST(a_compare_that_stops_early_counts_only_what_it_read),
	TEST(a_find_that_succeeds_counts_only_what_it_read),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
