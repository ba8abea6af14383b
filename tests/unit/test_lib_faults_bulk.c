// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fault sweep of bulk calls: short ones over a 64 KiB line, which makes two
 * chunks of them, with every access failing once; long ones with a sample.
 */
#include "lib_sweep.h"

#define PA	(MIB - 13) /* three chunks' worth of ends, over a MiB line */
#define LEN	29u
#define LONG_PA	(MIB - 0x8005)
#define LONG	(0x8005u + 0x10000u + 100u)
#define FAR_SRC	(8 * KIB - 3)
#define NEAR	37u

/* Bytes that a write brings */
static uint8_t fresh[SWEEP_ROOM];

static int placed(struct trial *t)
{
	return pramin_write32(t->rig.dev, 0, *(uint32_t *)(void *)sweep_before);
}

/* After failure a read has filled what it says, and may have more. */
static int check_bytes(const struct trial *t, int ret, const uint8_t *seen,
		       uint64_t len)
{
	CHECK_EQ(ret ? t->bulk.done <= len : t->bulk.done == len, 1);
	CHECK(!memcmp(t->buf, seen, (size_t)t->bulk.done));
	return 0;
}

static int run_read(struct trial *t)
{
	return pramin_read(t->rig.dev, PA, t->buf, LEN, &t->bulk);
}

static int check_read(const struct trial *t, int ret, const uint8_t *seen)
{
	CHECK_EQ(t->buf[LEN], 0x5a);
	return check_bytes(t, ret, seen + PA, LEN);
}

static int run_read_long(struct trial *t)
{
	return pramin_read(t->rig.dev, LONG_PA, t->buf, LONG, &t->bulk);
}

static int check_read_long(const struct trial *t, int ret, const uint8_t *seen)
{
	CHECK_EQ(t->buf[LONG], 0x5a);
	return check_bytes(t, ret, seen + LONG_PA, LONG);
}

static int run_write(struct trial *t)
{
	return pramin_write(t->rig.dev, PA, fresh, LEN, &t->bulk);
}

static void apply_write(uint8_t *vram, const uint8_t *seen)
{
	(void)seen;
	memcpy(vram + PA, fresh, LEN);
}

static int run_write_long(struct trial *t)
{
	return pramin_write(t->rig.dev, LONG_PA, fresh, LONG, &t->bulk);
}

static void apply_write_long(uint8_t *vram, const uint8_t *seen)
{
	(void)seen;
	memcpy(vram + LONG_PA, fresh, LONG);
}

static int run_fill(struct trial *t)
{
	return pramin_fill(t->rig.dev, PA, 28, "\x11\x22\x33\x44", 4, &t->bulk);
}

static void apply_fill(uint8_t *vram, const uint8_t *seen)
{
	unsigned int i;

	(void)seen;
	for (i = 0; i < 28; i++)
		vram[PA + i] = (uint8_t)(0x11 * (i % 4 + 1));
}

static int reads_survive_every_fault(void)
{
	static const struct sweep_case cases[] = {
		{ .name = "read", .run = run_read, .check = check_read },
		{ .name = "read elsewhere", .prepare = placed, .run = run_read,
		  .check = check_read },
		{ .name = "long read", .prepare = placed, .run = run_read_long,
		  .check = check_read_long },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sweep(&cases[i]), 0);
	return 0;
}

static int writes_survive_every_fault(void)
{
	static const struct sweep_case cases[] = {
		{ .name = "write", .run = run_write, .apply = apply_write,
		  .pa = PA, .len = LEN },
		{ .name = "write elsewhere", .prepare = placed,
		  .run = run_write, .apply = apply_write, .pa = PA,
		  .len = LEN },
		{ .name = "long write", .prepare = placed,
		  .run = run_write_long, .apply = apply_write_long,
		  .pa = LONG_PA, .len = LONG },
		{ .name = "fill", .run = run_fill, .apply = apply_fill,
		  .pa = PA, .len = 28 },
		{ .name = "fill elsewhere", .prepare = placed,
		  .run = run_fill, .apply = apply_fill, .pa = PA, .len = 28 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sweep(&cases[i]), 0);
	return 0;
}

/* Equal to VRAM, or different at byte 20 */
static int run_compare(struct trial *t)
{
	return pramin_compare(t->rig.dev, PA, sweep_before + PA, LEN, &t->val,
			      &t->bulk);
}

static int run_compare_other(struct trial *t)
{
	memcpy(t->buf, sweep_before + PA, LEN);
	t->buf[20] ^= 1;
	return pramin_compare(t->rig.dev, PA, t->buf, LEN, &t->val, &t->bulk);
}

static int check_same(const struct trial *t, int ret, const uint8_t *seen,
		      const uint8_t *with)
{
	uint64_t same;

	for (same = 0; same < LEN; same++)
		if (seen[PA + same] != with[same])
			break;
	CHECK_EQ(t->val, ret ? 0x5a5a5a5a5a5a5a5a : same);
	CHECK(t->bulk.done <= LEN);
	return 0;
}

static int check_compare(const struct trial *t, int ret, const uint8_t *seen)
{
	return check_same(t, ret, seen, sweep_before + PA);
}

static int check_compare_other(const struct trial *t, int ret,
			       const uint8_t *seen)
{
	return check_same(t, ret, seen, t->buf);
}

/* Five bytes across the line between the two chunks, or bytes not there */
static int run_find(struct trial *t)
{
	return pramin_find(t->rig.dev, PA, LEN, sweep_before + MIB - 2, 5,
			   &t->found, &t->val, &t->bulk);
}

static int run_find_none(struct trial *t)
{
	return pramin_find(t->rig.dev, PA, LEN, "\0\0\0", 3, &t->found, &t->val,
			   &t->bulk);
}

static int check_found(const struct trial *t, int ret, const uint8_t *seen)
{
	bool found = !memcmp(seen + MIB - 2, sweep_before + MIB - 2, 5);

	CHECK_EQ(t->found, !ret && found);
	CHECK_EQ(t->val, !ret && found ? MIB - 2 : 0x5a5a5a5a5a5a5a5a);
	return 0;
}

/* The same bytes every time, so a failure has to leave @found as it was. */
static int check_none(const struct trial *t, int ret, const uint8_t *seen)
{
	(void)seen;
	(void)ret;
	CHECK(!t->found);
	CHECK_EQ(t->val, 0x5a5a5a5a5a5a5a5a);
	return 0;
}

static int searches_survive_every_fault(void)
{
	static const struct sweep_case cases[] = {
		{ .name = "compare", .prepare = placed, .run = run_compare,
		  .check = check_compare },
		{ .name = "compare with another", .run = run_compare_other,
		  .check = check_compare_other },
		{ .name = "find", .prepare = placed, .run = run_find,
		  .check = check_found },
		{ .name = "find nothing", .run = run_find_none,
		  .check = check_none },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sweep(&cases[i]), 0);
	return 0;
}

/* Far fewer bytes than asked for, once the answer is known */
static int searches_count_what_they_have_read(void)
{
	static const struct sweep_case c = { .name = "search" };
	struct pramin_stats stats = { .size = sizeof(stats) };
	const uint64_t pa = 4096, other = 1003;
	struct trial *t = &trial;
	uint64_t same = 0, at = 0;

	CHECK_EQ(sweep_start(t, &c, false), 0);
	memset(t->buf, 0, 3 * 64 * KIB);
	t->buf[other] = 1;
	CHECK_EQ(pramin_compare(t->rig.dev, pa, t->buf, 3 * 64 * KIB, &same,
				&t->bulk), 0);
	CHECK_EQ(same, other);
	CHECK(t->bulk.done > other && t->bulk.done <= other + 256);
	CHECK_EQ(pramin_stats(t->rig.dev, &stats), 0);
	CHECK_EQ(stats.reads[3] * 8, t->bulk.done);

	t->buf[other] = 0;
	CHECK_EQ(pramin_compare(t->rig.dev, pa, t->buf, 3 * 64 * KIB, &same,
				&t->bulk), 0);
	CHECK_EQ(same, 3 * 64 * KIB);
	CHECK_EQ(t->bulk.done, 3 * 64 * KIB);

	CHECK_EQ(pramin_find(t->rig.dev, 0, MIB, "\0", 1, &t->found, &at,
			     &t->bulk), 0);
	CHECK(t->found);
	CHECK_EQ(at, pa);
	CHECK(t->bulk.done > pa && t->bulk.done <= pa + 256);
	CHECK_EQ(rig_close(&t->rig), 0);
	return 0;
}

/* Words that look like a PRI error are data, and counted. */
static int suspects_are_counted_where_they_are_read(void)
{
	static const struct sweep_case c = { .name = "suspects" };
	struct trial *t = &trial;

	CHECK_EQ(sweep_start(t, &c, false), 0);
	CHECK_EQ(pramin_read(t->rig.dev, MIB + 1, t->buf, 300, &t->bulk), 0);
	CHECK_EQ(t->bulk.suspects, 1);
	CHECK_EQ(t->bulk.first_suspect, MIB + 128);
	CHECK(!memcmp(t->buf, sweep_before + MIB + 1, 300));
	CHECK_EQ(pramin_read(t->rig.dev, MIB + 129, t->buf, 300, &t->bulk), 0);
	CHECK_EQ(t->bulk.suspects, 0);
	CHECK_EQ(pramin_copy(t->rig.dev, 0, MIB + 1, 300, &t->bulk), 0);
	CHECK_EQ(t->bulk.suspects, 1);
	CHECK_EQ(t->bulk.first_suspect, MIB + 128);
	CHECK_EQ(rig_close(&t->rig), 0);
	return 0;
}

#define COPY(name, dst, src, length)                                          \
	static int run_##name(struct trial *t)                                \
	{                                                                     \
		return pramin_copy(t->rig.dev, dst, src, length, &t->bulk);   \
	}                                                                     \
	static void apply_##name(uint8_t *vram, const uint8_t *seen)          \
	{                                                                     \
		/* The sources of a copy are all read before they change. */  \
		memcpy(vram + (dst), seen + (src), length);                   \
	}

COPY(near, PA + NEAR, PA, LEN)
COPY(near_overlap_up, PA, PA + 5, LEN)
COPY(near_overlap_down, PA + 5, PA, LEN)
COPY(far, PA, 64 * KIB * 3 + 5, LEN)
COPY(far_back, FAR_SRC, PA, LEN)
COPY(long_near, 0x88000, 0x8003, 0x7a000)
COPY(long_far, 0x91001, 0x2, 0x104000)

static int short_copies_survive_every_fault(void)
{
	static const struct sweep_case cases[] = {
		{ .name = "copy nearby", .run = run_near, .apply = apply_near,
		  .pa = PA + NEAR, .len = LEN },
		{ .name = "copy down by 5", .run = run_near_overlap_up,
		  .apply = apply_near_overlap_up, .pa = PA, .len = LEN },
		{ .name = "copy up by 5", .prepare = placed,
		  .run = run_near_overlap_down,
		  .apply = apply_near_overlap_down, .pa = PA + 5, .len = LEN,
		  .down = true },
		{ .name = "copy far", .run = run_far, .apply = apply_far,
		  .pa = PA, .len = LEN },
		{ .name = "copy far back", .prepare = placed,
		  .run = run_far_back, .apply = apply_far_back, .pa = FAR_SRC,
		  .len = LEN },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sweep(&cases[i]), 0);
	return 0;
}

static int long_copies_survive_faults_at_their_joints(void)
{
	static const struct sweep_case cases[] = {
		{ .name = "long copy nearby", .run = run_long_near,
		  .apply = apply_long_near, .pa = 0x88000, .len = 0x7a000 },
		{ .name = "long copy", .run = run_long_far,
		  .apply = apply_long_far, .pa = 0x91001, .len = 0x104000,
		  .down = true },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sweep(&cases[i]), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(reads_survive_every_fault),
		TEST(writes_survive_every_fault),
		TEST(searches_survive_every_fault),
		TEST(searches_count_what_they_have_read),
		TEST(suspects_are_counted_where_they_are_read),
		TEST(short_copies_survive_every_fault),
		TEST(long_copies_survive_faults_at_their_joints),
	};

	sweep_image();
	rig_pattern(fresh, sizeof(fresh), 77);
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
