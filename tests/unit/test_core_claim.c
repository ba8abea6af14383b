// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Claims: whose a range is, and when it ends.
 */
#include "../../core/mmu/claim.h"
#include "core_share.h"

static struct table t;

static int claim(unsigned int i, uint64_t pa, uint64_t len)
{
	return pramin_vram_claim(op_of(&t, i), pa, len);
}

static int drop(unsigned int i, uint64_t pa, uint64_t len)
{
	return pramin_vram_unclaim(op_of(&t, i), pa, len);
}

static uint32_t claims(unsigned int i)
{
	static struct pramin_claim_row rows[PRAMIN_CLAIMS];
	uint32_t count = 9999;

	return pramin_claim_list(op_of(&t, i), rows, &count) ? 8888 : count;
}

/* Refused because of that claim of party @by? */
static int in_the_way(unsigned int i, uint64_t first, uint64_t last,
		      unsigned int by)
{
	const struct pramin_cause *cause = &t.p[i].op.cause;

	CHECK_EQ(cause->reason, PRAMIN_REASON_CLAIMED);
	CHECK_EQ(cause->arg[0], first);
	CHECK_EQ(cause->arg[1], last);
	CHECK_EQ(cause->arg[2], 100 + by);
	CHECK(!strcmp(cause->text, "VRAM"));
	return 0;
}

static int what_overlaps_is_refused_and_named(void)
{
	static const struct {
		uint64_t pa, len;
		bool free;
	} cases[] = {
		{ 0x10000, 0x1000, false }, { 0x0ffff, 1, true },
		{ 0x0ffff, 2, false },	    { 0x10fff, 1, false },
		{ 0x11000, 1, true },	    { 0, FAKE_VRAM, false },
		{ 0x10800, 0x10, false },   { 0, 0x10000, true },
		{ 0, 0x10001, false },	    { 0x11000, FAKE_VRAM - 0x11000,
						    true },
	};
	unsigned int i, who;

	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(claim(0, 0x10000, 0x1000), 0);
	/* Neither by another handle nor by the same one */
	for (who = 0; who < 2; who++) {
		for (i = 0; i < ARRAY_LEN(cases); i++) {
			int ret = claim(who, cases[i].pa, cases[i].len);

			CHECK_EQ(ret, cases[i].free ? 0 : -EBUSY);
			if (ret)
				CHECK_EQ(in_the_way(who, 0x10000, 0x10fff, 0),
					 0);
			else
				CHECK_EQ(drop(who, cases[i].pa, cases[i].len),
					 0);
		}
	}
	CHECK_EQ(claims(0), 1);
	return 0;
}

static int kinds_do_not_disturb_each_other(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(claim(0, 0, FAKE_VRAM), 0);
	CHECK_EQ(pramin_claim(op_of(&t, 1), PRAMIN_CLAIM_BAR1, 0, UINT64_MAX),
		 0);
	CHECK_EQ(pramin_claim(op_of(&t, 0), PRAMIN_CLAIM_BAR2, 0, UINT64_MAX),
		 0);
	CHECK_EQ(pramin_claim(op_of(&t, 0), PRAMIN_CLAIM_BAR1, 5, 5), -EBUSY);
	CHECK(!strcmp(t.p[0].op.cause.text, "BAR1"));
	CHECK_EQ(t.p[0].op.cause.arg[2], 101);
	CHECK_EQ(pramin_claim_check(op_of(&t, 1), PRAMIN_CLAIM_BAR1, 0), 0);
	CHECK_EQ(pramin_claim_check(op_of(&t, 0), PRAMIN_CLAIM_BAR1, 0),
		 -ENOENT);
	CHECK_EQ(pramin_claim_check(op_of(&t, 0), PRAMIN_CLAIM_VRAM, 1),
		 -ENOENT);
	CHECK_EQ(claims(1), 3);
	return 0;
}

static int bad_ranges_are_refused_and_take_nothing(void)
{
	static const struct {
		uint64_t pa, len;
		int err;
		enum pramin_reason reason;
	} cases[] = {
		{ 0, 0, -EINVAL, PRAMIN_REASON_CLAIM_EMPTY },
		{ UINT64_MAX, 0, -EINVAL, PRAMIN_REASON_CLAIM_EMPTY },
		{ FAKE_VRAM, 1, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ 0, FAKE_VRAM + 1, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ FAKE_VRAM - 1, 2, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ UINT64_MAX, 1, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ UINT64_MAX, 2, -ERANGE, PRAMIN_REASON_OVERFLOW },
		{ 1, UINT64_MAX, -ERANGE, PRAMIN_REASON_VRAM_END },
		{ 2, UINT64_MAX, -ERANGE, PRAMIN_REASON_OVERFLOW },
	};
	unsigned int i, locks;

	CHECK_EQ(set_table(&t, 1), 0);
	locks = t.locks;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		int ret = claim(0, cases[i].pa, cases[i].len);

		CHECK_EQ(ret, cases[i].err);
		CHECK_EQ(t.p[0].op.cause.reason, cases[i].reason);
		CHECK_EQ(drop(0, cases[i].pa, cases[i].len), cases[i].err);
	}
	CHECK_EQ(t.locks, locks);
	CHECK_EQ(claims(0), 0);
	return 0;
}

static int only_what_was_claimed_is_given_back(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(claim(0, 0x1000, 0x1000), 0);
	CHECK_EQ(drop(0, 0x1000, 0xfff), -ENOENT);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_NOT_CLAIMED);
	CHECK(!strcmp(t.p[0].op.cause.text, "VRAM"));
	CHECK_EQ(drop(0, 0x1001, 0xfff), -ENOENT);
	CHECK_EQ(drop(1, 0x1000, 0x1000), -ENOENT);
	CHECK_EQ(drop(0, 0x1000, 0x1000), 0);
	CHECK_EQ(drop(0, 0x1000, 0x1000), -ENOENT);
	CHECK_EQ(claim(1, 0x1000, 0x1000), 0);
	return 0;
}

static int there_is_room_for_so_many_and_no_more(void)
{
	unsigned int i;

	CHECK_EQ(set_table(&t, 2), 0);
	for (i = 0; i < PRAMIN_CLAIMS; i++)
		CHECK_EQ(claim(i % 2, i * 0x1000, 0x1000), 0);
	CHECK_EQ(claims(0), PRAMIN_CLAIMS);
	CHECK_EQ(claim(0, 0x200000, 0x1000), -EBUSY);
	CHECK_EQ(t.p[0].op.cause.reason, PRAMIN_REASON_CLAIMS_FULL);
	CHECK_EQ(t.p[0].op.cause.arg[0], PRAMIN_CLAIMS);
	CHECK_EQ(drop(0, 0x4000, 0x1000), 0);
	CHECK_EQ(claim(0, 0x200000, 0x1000), 0);
	return 0;
}

static int claims_end_with_their_handle(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(claim(0, 0x1000, 0x1000), 0);
	CHECK_EQ(claim(1, 0x3000, 0x1000), 0);
	CHECK_EQ(get_up(&t, 0), 0);
	CHECK_EQ(claims(1), 1);
	CHECK_EQ(claim(1, 0x1000, 0x1000), 0);
	return 0;
}

static int the_dead_do_not_keep_their_claims(void)
{
	CHECK_EQ(set_table(&t, 3), 0);
	CHECK_EQ(claim(0, 0x1000, 0x1000), 0);
	CHECK_EQ(claim(1, 0x2000, 0x1000), 0);
	t.p[0].dead = true;
	/* It is in the way, and only then somebody looks. */
	CHECK_EQ(claim(2, 0x1800, 0x100), 0);
	CHECK_EQ(claims(2), 2);
	/* A table that is full of theirs has room. */
	t.p[1].dead = true;
	CHECK_EQ(claim(2, 0x2000, 1), 0);
	CHECK_EQ(claims(2), 2);
	return 0;
}

static int a_seat_that_is_taken_anew_has_no_claims(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(claim(0, 0x1000, 0x1000), 0);
	t.p[0].dead = true;
	CHECK_EQ(sit_down(&t, 0), 0);
	CHECK_EQ(claims(0), 0);
	return 0;
}

static int a_lock_that_is_not_had_is_said(void)
{
	CHECK_EQ(set_table(&t, 2), 0);
	CHECK_EQ(claim(0, 0x1000, 0x1000), 0);
	t.lock_from = t.locks;
	t.lock_says = -ETIMEDOUT;
	CHECK_EQ(claim(1, 0x1000, 1), -ETIMEDOUT);
	CHECK_EQ(t.p[1].op.cause.reason, PRAMIN_REASON_STOPPED);
	CHECK_EQ(drop(0, 0x1000, 0x1000), -ETIMEDOUT);
	CHECK_EQ(pramin_claim_check(op_of(&t, 0), PRAMIN_CLAIM_VRAM, 0x1000),
		 -ETIMEDOUT);
	CHECK_EQ(claims(0), 8888);
	t.lock_says = 0;
	CHECK_EQ(claims(0), 1);
	return 0;
}

static int who_meets_nobody_has_claims_of_its_own(void)
{
	struct party *p = &t.p[0];

	table_init(&t, "tu102");
	p->config = (struct pramin_gpu_config){
		.env_ops = &share_env,
		.env = p,
	};
	CHECK_EQ(pramin_gpu_attach(op_of(&t, 0), &table_ops, &t, &p->config),
		 0);
	CHECK_EQ(claim(0, 0x1000, 0x1000), 0);
	CHECK_EQ(claim(0, 0x1fff, 1), -EBUSY);
	CHECK_EQ(claims(0), 1);
	CHECK_EQ(pramin_claim_check(op_of(&t, 0), PRAMIN_CLAIM_VRAM, 0x1000),
		 0);
	CHECK_EQ(drop(0, 0x1000, 0x1000), 0);
	CHECK_EQ(claims(0), 0);
	CHECK_EQ(t.locks, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(what_overlaps_is_refused_and_named),
		TEST(kinds_do_not_disturb_each_other),
		TEST(bad_ranges_are_refused_and_take_nothing),
		TEST(only_what_was_claimed_is_given_back),
		TEST(there_is_room_for_so_many_and_no_more),
		TEST(claims_end_with_their_handle),
		TEST(the_dead_do_not_keep_their_claims),
		TEST(a_seat_that_is_taken_anew_has_no_claims),
		TEST(a_lock_that_is_not_had_is_said),
		TEST(who_meets_nobody_has_claims_of_its_own),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
