// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The state file against damage: every byte changed in turn, cut short at
 * every length, and every stage of a creation that was interrupted. Damage is
 * refused or harmless; the image never changes.
 */
#define _GNU_SOURCE
#include "../../model/internal.h"
#include "model_files.h"

#define VRAM  (2 * MIB)
#define BYTES sizeof(struct model_state)

static uint8_t vram[VRAM];

static bool image_intact(const struct dir *d)
{
	static uint8_t now[VRAM + 1];

	return file_get(d->image, now, sizeof(now)) == (ssize_t)VRAM &&
	       !memcmp(now, vram, VRAM);
}

/* A board with known VRAM, closed, and its state as bytes */
static int make_board(struct dir *d, struct model_state *st)
{
	struct pramin_model *m;
	size_t i;

	for (i = 0; i < VRAM; i++)
		vram[i] = (uint8_t)(i * 31 + i / 251);
	CHECK_EQ(dir_make(d), 0);
	CHECK_EQ(open_file("g92", VRAM, d->image, &m, NULL), 0);
	CHECK_EQ(pramin_model_poke(m, 0, vram, VRAM), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0xa0000007), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0xa0000008), 0);
	CHECK_EQ(get(m, 0, 4), 0x092000a1);
	CHECK_EQ(get(m, APERTURE, 4) & 0xff, vram[0x80000]);
	pramin_model_destroy(m);
	CHECK_EQ(file_get(d->state, st, BYTES), BYTES);
	CHECK_EQ(st->phase, MODEL_STATE_CLEAN);
	CHECK(image_intact(d));
	return 0;
}

/* @st as a killed process would have left it */
static void make_crashed(struct model_state *st)
{
	st->phase = MODEL_STATE_IN_USE;
	st->holder = 4242;
	st->sum = st->live.clock_ns - model_live_ns(&st->live);
	st->live.clock_ns = 0;
}

/* The same while it was opened or closed, or by the version before */
static void make_crashed_at_the_door(struct model_state *st)
{
	st->phase = MODEL_STATE_OPENED;
	st->holder = 4242;
	st->sum = 0x1234;
}

/* Open with @st in place: 0, or the code; a refusal changes nothing. */
static int try_state(const struct dir *d, const struct model_state *st,
		     struct pramin_why *why)
{
	struct model_state after;
	struct pramin_model *m;
	int ret;

	if (file_put(d->state, st, BYTES))
		return -EIO;
	ret = open_file("g92", VRAM, d->image, &m, why);
	if (!ret) {
		pramin_model_destroy(m);
		return 0;
	}
	if (file_get(d->state, &after, BYTES) != (ssize_t)BYTES ||
	    memcmp(st, &after, BYTES))
		return -EIO;
	return ret;
}

static int a_flipped_byte_is_refused_while_the_checksum_holds(void)
{
	struct model_state st, bad;
	struct pramin_why why;
	struct dir d;
	size_t i;
	int flip;

	CHECK_EQ(make_board(&d, &st), 0);
	for (i = 0; i < BYTES; i++) {
		for (flip = 1; flip < 256; flip = flip * 2 + 1) {
			bool looks_crashed;
			int ret;

			bad = st;
			((uint8_t *)&bad)[i] ^= (uint8_t)flip;
			looks_crashed = bad.phase == MODEL_STATE_OPENED ||
					bad.phase == MODEL_STATE_IN_USE;
			ret = try_state(&d, &bad, &why);
			/* A phase that says "in use" without a pid is not. */
			if (looks_crashed)
				CHECK_HAS(why.what, "make no sense");
			CHECK_EQ(ret, -EINVAL);
			CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
			CHECK_HAS(why.what, d.state);
		}
	}
	CHECK(image_intact(&d));
	CHECK_EQ(try_state(&d, &st, &why), 0);
	dir_remove(&d);
	return 0;
}

/* After a crash only the identity and the sense of the counters protect it. */
static int a_flipped_byte_after_a_crash_is_refused_or_harmless(void)
{
	struct model_state st, bad;
	struct pramin_why why;
	struct dir d;
	size_t i, harmless = 0;

	CHECK_EQ(make_board(&d, &st), 0);
	make_crashed(&st);
	CHECK_EQ(try_state(&d, &st, &why), 0);
	for (i = 0; i < BYTES; i++) {
		int ret;

		bad = st;
		((uint8_t *)&bad)[i] ^= 0xff;
		ret = try_state(&d, &bad, &why);
		CHECK(ret == 0 || ret == -EINVAL);
		harmless += !ret;
		/* Never the identity */
		CHECK(ret || i >= offsetof(struct model_state, phase));
	}
	CHECK(harmless > 0 && harmless < 3 * BYTES / 4);
	CHECK(image_intact(&d));
	dir_remove(&d);
	return 0;
}

static int check_crashed(const struct dir *d, const struct model_state *st)
{
	struct pramin_model *m;

	CHECK_EQ(file_put(d->state, st, BYTES), 0);
	CHECK_EQ(open_file("g92", VRAM, d->image, &m, NULL), 0);
	CHECK_EQ(pramin_model_window(m), 0xa0000008);
	CHECK_EQ(counters(m).accesses, 4);
	CHECK_EQ(counters(m).moves, 2);
	CHECK_EQ(counters(m).simulated_ns, 2 * 100 + 2 * 900);
	pramin_model_destroy(m);
	return 0;
}

static int a_crashed_state_keeps_its_window_counters_and_clock(void)
{
	struct model_state st, good;
	struct dir d;

	CHECK_EQ(make_board(&d, &good), 0);
	CHECK_EQ(good.live.accesses, 4);
	CHECK_EQ(good.live.clock_ns, 2 * 100 + 2 * 900);
	st = good;
	make_crashed(&st);
	CHECK_EQ(check_crashed(&d, &st), 0);
	st = good;
	make_crashed_at_the_door(&st);
	CHECK_EQ(check_crashed(&d, &st), 0);
	/* Closed properly now: the checksum protects it again. */
	CHECK_EQ(file_get(d.state, &st, BYTES), BYTES);
	CHECK(!memcmp(&st, &good, BYTES));
	st.live.window ^= 1;
	CHECK_EQ(try_state(&d, &st, NULL), -EINVAL);
	dir_remove(&d);
	return 0;
}

/* Each one between the two increments of an access */
static int any_number_of_deaths_leaves_a_state_that_opens(void)
{
	struct model_state st;
	struct pramin_model *m;
	struct dir d;
	int deaths;

	CHECK_EQ(make_board(&d, &st), 0);
	for (deaths = 0; deaths < 5; deaths++) {
		if (deaths % 2)
			make_crashed(&st);
		else
			make_crashed_at_the_door(&st);
		st.live.accesses++;
		st.live.moves = st.live.window_writes + 1;
		CHECK_EQ(file_put(d.state, &st, BYTES), 0);
		CHECK_EQ(open_file("g92", VRAM, d.image, &m, NULL), 0);
		CHECK(counters(m).moves <= counters(m).window_writes);
		CHECK(counters(m).window_writes <= counters(m).register_writes);
		pramin_model_destroy(m);
		CHECK_EQ(file_get(d.state, &st, BYTES), BYTES);
	}
	dir_remove(&d);
	return 0;
}

static int states_cut_short_or_too_long_are_refused(void)
{
	uint8_t bytes[BYTES + 1] = { 0 };
	struct model_state st;
	struct pramin_model *m;
	struct pramin_why why;
	struct dir d;
	size_t len;

	CHECK_EQ(make_board(&d, &st), 0);
	memcpy(bytes, &st, BYTES);
	for (len = 0; len <= BYTES + 1; len++) {
		if (len == BYTES)
			continue;
		CHECK_EQ(file_put(d.state, bytes, len), 0);
		CHECK_EQ(open_file("g92", VRAM, d.image, &m, &why), -EINVAL);
		CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
		CHECK_HAS(why.what, "bytes, a state file has 488");
		CHECK_EQ(file_get(d.state, bytes, BYTES + 1), len);
		memcpy(bytes, &st, BYTES);
	}
	CHECK(image_intact(&d));
	dir_remove(&d);
	return 0;
}

static int users_meet_in_the_state_file_behind_what_the_model_keeps(void)
{
	const struct pramin_io_ops *ops = pramin_model_ops();
	struct pramin_model *m;
	uint64_t offset = 1;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(build("g92", VRAM, &m), 0);
	CHECK(!ops->meeting(m, &offset));
	pramin_model_destroy(m);
	CHECK_EQ(open_file("g92", VRAM, d.image, &m, NULL), 0);
	CHECK(!strcmp(ops->meeting(m, &offset), d.state));
	CHECK_EQ(offset, MODEL_MEETING);
	CHECK_EQ(offset % (64 * KIB), 0);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

/* Lengths up to there are damage; from there on all belongs to others. */
static int what_lies_where_users_meet_is_left_alone(void)
{
	static const uint64_t lens[] = { BYTES + 1, 4096, MODEL_MEETING - 1,
					 MODEL_MEETING, MODEL_MEETING + 1,
					 3 * MODEL_MEETING };
	static uint8_t bytes[4 * MODEL_MEETING], after[sizeof(bytes)];
	struct model_state st;
	struct pramin_model *m;
	struct dir d;
	size_t i;

	CHECK_EQ(make_board(&d, &st), 0);
	memset(bytes, 0xa5, sizeof(bytes));
	for (i = 0; i < ARRAY_LEN(lens); i++) {
		int want = lens[i] < MODEL_MEETING ? -EINVAL : 0;

		memcpy(bytes, &st, BYTES);
		CHECK_EQ(file_put(d.state, bytes, lens[i]), 0);
		CHECK_EQ(open_file("g92", VRAM, d.image, &m, NULL), want);
		if (!want) {
			get(m, APERTURE, 4);
			pramin_model_destroy(m);
			CHECK_EQ(open_file("g92", VRAM, d.image, &m, NULL), 0);
			pramin_model_destroy(m);
		}
		CHECK_EQ(file_get(d.state, after, sizeof(after)), lens[i]);
		CHECK(!memcmp(after + BYTES, bytes + BYTES, lens[i] - BYTES));
	}
	CHECK(image_intact(&d));
	dir_remove(&d);
	return 0;
}

static int foreign_files_and_other_versions_are_refused(void)
{
	struct model_state st, bad;
	struct pramin_model *m;
	struct pramin_why why;
	struct dir d;

	CHECK_EQ(make_board(&d, &st), 0);
	memset(&bad, 'x', sizeof(bad));
	CHECK_EQ(try_state(&d, &bad, &why), -EINVAL);
	CHECK_HAS(why.what, "not written by this program");
	memset(&bad, 0, sizeof(bad));
	CHECK_EQ(try_state(&d, &bad, &why), -EINVAL);
	bad = st;
	bad.version = 3;
	CHECK_EQ(try_state(&d, &bad, &why), -EINVAL);
	CHECK_HAS(why.what, "another version");
	bad.version = 1;
	CHECK_EQ(try_state(&d, &bad, &why), -EINVAL);
	CHECK_HAS(why.what, "an earlier version has written it");
	CHECK_HAS(why.what, d.state);
	/* Which was shorter */
	CHECK_EQ(file_put(d.state, &bad, 216), 0);
	CHECK_EQ(open_file("g92", VRAM, d.image, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "an earlier version has written it");
	CHECK(image_intact(&d));
	dir_remove(&d);
	return 0;
}

/* A new state, sealed, without the image that belongs to it */
static int make_unfinished(struct dir *d)
{
	struct pramin_model *m;
	struct model_state st;

	CHECK_EQ(dir_make(d), 0);
	CHECK_EQ(open_file("g92", VRAM, d->image, &m, NULL), 0);
	model_state_fill(&st, m);
	pramin_model_destroy(m);
	CHECK_EQ(unlink(d->image), 0);
	CHECK_EQ(file_put(d->state, &st, BYTES), 0);
	return 0;
}

static int an_interrupted_creation_is_taken_up_again(void)
{
	struct pramin_model *m;
	struct dir d;
	int stage;

	for (stage = 0; stage < 4; stage++) {
		CHECK_EQ(make_unfinished(&d), 0);
		if (stage == 0)
			CHECK_EQ(truncate(d.state, 0), 0);
		if (stage >= 2)
			CHECK_EQ(file_put(d.image, "", 0), 0);
		if (stage == 3)
			CHECK_EQ(truncate(d.image, (off_t)VRAM), 0);
		CHECK_EQ(open_file("g92", VRAM, d.image, &m, NULL), 0);
		CHECK_EQ(wr(m, APERTURE, 4, 1), 0);
		pramin_model_destroy(m);
		CHECK_EQ(open_file("g92", VRAM, d.image, &m, NULL), 0);
		CHECK_EQ(get(m, APERTURE, 4), 1);
		pramin_model_destroy(m);
		dir_remove(&d);
	}
	return 0;
}

static int an_unfinished_creation_does_not_take_a_foreign_image(void)
{
	struct pramin_model *m;
	struct pramin_why why;
	struct dir d;
	char buf[16];

	CHECK_EQ(make_unfinished(&d), 0);
	CHECK_EQ(file_put(d.image, "my thesis", 9), 0);
	CHECK_EQ(open_file("g92", VRAM, d.image, &m, &why), -EINVAL);
	CHECK_HAS(why.what, "has 9 bytes");
	CHECK_EQ(file_get(d.image, buf, sizeof(buf)), 9);
	CHECK(!memcmp(buf, "my thesis", 9));
	dir_remove(&d);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_flipped_byte_is_refused_while_the_checksum_holds),
	TEST(a_flipped_byte_after_a_crash_is_refused_or_harmless),
	TEST(a_crashed_state_keeps_its_window_counters_and_clock),
	TEST(any_number_of_deaths_leaves_a_state_that_opens),
	TEST(states_cut_short_or_too_long_are_refused),
	TEST(users_meet_in_the_state_file_behind_what_the_model_keeps),
	TEST(what_lies_where_users_meet_is_left_alone),
	TEST(foreign_files_and_other_versions_are_refused),
	TEST(an_interrupted_creation_is_taken_up_again),
	TEST(an_unfinished_creation_does_not_take_a_foreign_image),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
