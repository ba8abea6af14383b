// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The judge of histories: right ones pass, each kind of wrong one is found, and
 * on small random ones it agrees with a judge that tries all orders.
 */
#include "check.h"
#include "history_check.h"

static struct history h;
static struct history_fault fault;
static uint32_t seed;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static struct history_op *begin(unsigned int client, enum history_kind kind,
				uint64_t pa, uint64_t len, uint64_t val)
{
	return history_begin(&h, client, kind, pa, len, 8, &val);
}

static void end(struct history_op *op, uint64_t val)
{
	history_end(&h, op, &val);
}

/* One that nothing overlaps */
static void write_now(unsigned int client, uint64_t pa, uint64_t len,
		      uint64_t val)
{
	end(begin(client, HISTORY_WRITE, pa, len, val), 0);
}

static void read_now(unsigned int client, uint64_t pa, uint64_t len,
		     uint64_t val)
{
	end(begin(client, HISTORY_READ, pa, len, 0), val);
}

static int start(void)
{
	history_free(&h);
	CHECK(history_init(&h, 4, 64, 4096));
	return 0;
}

/* The history so far is right, or wrong at @op; and is over */
static int right(void)
{
	int ret = history_check(&h, NULL, &fault);

	if (ret)
		history_print(&h, &fault);
	CHECK_EQ(ret, 0);
	return start();
}

static int wrong_at(const struct history_op *op)
{
	CHECK_EQ(history_check(&h, NULL, &fault), -EIO);
	CHECK_EQ(fault.err, -EIO);
	CHECK(fault.op == op);
	return start();
}

static int wrong(void)
{
	CHECK_EQ(history_check(&h, NULL, &fault), -EIO);
	return start();
}

static int what_one_client_does_alone_is_right(void)
{
	CHECK_EQ(start(), 0);
	CHECK_EQ(right(), 0);
	read_now(0, 8, 8, 0);
	write_now(0, 8, 8, 0x1122334455667788);
	read_now(0, 8, 8, 0x1122334455667788);
	read_now(0, 12, 4, 0x11223344);
	write_now(0, 10, 2, 0xaabb);
	read_now(0, 8, 8, 0x11223344aabb7788);
	read_now(0, 11, 1, 0xaa);
	return right();
}

/* Either order of two writes that overlap, but one for all readers */
static int overlapping_writes_may_come_in_any_order(void)
{
	struct history_op *a, *b;
	uint64_t last;

	for (last = 1; last <= 2; last++) {
		CHECK_EQ(start(), 0);
		a = begin(0, HISTORY_WRITE, 0, 8, 1);
		b = begin(1, HISTORY_WRITE, 0, 8, 2);
		end(a, 0);
		end(b, 0);
		read_now(2, 0, 8, last);
		read_now(3, 0, 8, last);
		CHECK_EQ(right(), 0);
	}
	a = begin(0, HISTORY_WRITE, 0, 8, 1);
	b = begin(1, HISTORY_WRITE, 0, 8, 2);
	end(a, 0);
	end(b, 0);
	read_now(2, 0, 8, 1);
	read_now(3, 0, 8, 2);
	return wrong();
}

static int a_read_during_a_write_may_see_either(void)
{
	struct history_op *w;
	uint64_t val;

	for (val = 5; val <= 6; val++) {
		CHECK_EQ(start(), 0);
		write_now(0, 0, 4, 5);
		w = begin(0, HISTORY_WRITE, 0, 4, 6);
		read_now(1, 0, 4, val);
		end(w, 0);
		CHECK_EQ(right(), 0);
	}
	return 0;
}

static int a_stale_read_is_found(void)
{
	struct history_op *r;

	CHECK_EQ(start(), 0);
	write_now(0, 0, 4, 5);
	write_now(0, 0, 4, 6);
	r = begin(1, HISTORY_READ, 0, 4, 0);
	end(r, 5);
	return wrong_at(r);
}

static int the_initial_value_after_a_write_is_found(void)
{
	struct history_op *r;

	CHECK_EQ(start(), 0);
	write_now(0, 0, 8, 5);
	r = begin(0, HISTORY_READ, 0, 8, 0);
	end(r, 0);
	return wrong_at(r);
}

static int a_lost_write_is_found(void)
{
	struct history_op *a, *b;

	CHECK_EQ(start(), 0);
	a = begin(0, HISTORY_WRITE, 0, 1, 5);
	b = begin(1, HISTORY_WRITE, 1, 1, 6);
	end(a, 0);
	end(b, 0);
	read_now(2, 0, 2, 0x0600);
	return wrong();
}

static int a_value_from_the_future_is_found(void)
{
	CHECK_EQ(start(), 0);
	read_now(1, 0, 4, 5);
	write_now(0, 0, 4, 5);
	return wrong();
}

static int a_value_from_nowhere_is_found(void)
{
	CHECK_EQ(start(), 0);
	write_now(0, 0, 4, 5);
	/* As if it had met another place */
	read_now(1, 8, 4, 5);
	CHECK_EQ(wrong(), 0);
	write_now(0, 8, 4, 5);
	read_now(0, 0, 4, 5);
	return wrong();
}

static int a_torn_value_is_found(void)
{
	struct history_op *w;

	CHECK_EQ(start(), 0);
	w = begin(0, HISTORY_WRITE, 0, 8, 0x1111111122222222);
	read_now(1, 0, 8, 0x0000000022222222);
	end(w, 0);
	CHECK_EQ(wrong(), 0);
	/* Two reads of halves may fall before and behind it. */
	w = begin(0, HISTORY_WRITE, 0, 8, 0x1111111122222222);
	read_now(1, 4, 4, 0);
	read_now(1, 0, 4, 0x22222222);
	end(w, 0);
	CHECK_EQ(right(), 0);
	/* But what was seen stays. */
	w = begin(0, HISTORY_WRITE, 0, 8, 0x1111111122222222);
	read_now(1, 0, 4, 0x22222222);
	read_now(1, 4, 4, 0);
	end(w, 0);
	return wrong();
}

static int the_old_value_after_the_new_one_is_found(void)
{
	struct history_op *w;

	CHECK_EQ(start(), 0);
	w = begin(0, HISTORY_WRITE, 0, 8, 7);
	read_now(1, 0, 8, 7);
	read_now(2, 0, 8, 0);
	end(w, 0);
	return wrong();
}

static int a_failed_write_may_be_seen_late_or_never(void)
{
	CHECK_EQ(start(), 0);
	begin(0, HISTORY_WRITE, 0, 8, 7);
	read_now(1, 0, 8, 0);
	read_now(1, 0, 8, 0);
	CHECK_EQ(right(), 0);
	begin(0, HISTORY_WRITE, 0, 8, 7);
	read_now(1, 0, 8, 0);
	read_now(1, 0, 8, 7);
	CHECK_EQ(right(), 0);
	/* Once seen it is there; and not before it began */
	begin(0, HISTORY_WRITE, 0, 8, 7);
	read_now(1, 0, 8, 7);
	read_now(1, 0, 8, 0);
	CHECK_EQ(wrong(), 0);
	read_now(1, 0, 8, 7);
	begin(0, HISTORY_WRITE, 0, 8, 7);
	CHECK_EQ(wrong(), 0);
	/* A read without an answer says nothing. */
	begin(0, HISTORY_READ, 0, 8, 0);
	write_now(1, 0, 8, 1);
	return right();
}

/* A long write, of which a read of one word sees half */
static int long_ops(unsigned int grain)
{
	const uint8_t bytes[24] = {
		1,  2,	3,  4,	5,  6,	7,  8,	9,  10, 11, 12,
		13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	};
	struct history_op *w;

	CHECK_EQ(start(), 0);
	w = history_begin(&h, 0, HISTORY_WRITE, 4, 24, grain, bytes);
	/* One word has come, the next not: either way it is no single access. */
	read_now(1, 8, 8, 0x0c0b0a0908070605);
	read_now(1, 16, 8, 0);
	read_now(1, 24, 4, 0x18171615);
	end(w, 0);
	CHECK_EQ(right(), 0);
	w = history_begin(&h, 0, HISTORY_WRITE, 4, 24, grain, bytes);
	read_now(1, 8, 8, 0x0c0b0a0900000000);
	end(w, 0);
	return history_check(&h, NULL, &fault);
}

static int the_bytes_of_a_long_write_come_as_its_grain_says(void)
{
	CHECK_EQ(long_ops(1), 0);
	CHECK_EQ(long_ops(8), -EIO);
	return 0;
}

static uint64_t initial(uint64_t pa)
{
	return pa + 1;
}

static int words_begin_with_what_the_caller_says(void)
{
	CHECK_EQ(start(), 0);
	read_now(0, 64, 8, 65);
	CHECK_EQ(history_check(&h, initial, &fault), 0);
	CHECK_EQ(history_check(&h, NULL, &fault), -EIO);
	CHECK_EQ(fault.pa, 64);
	return 0;
}

static int what_cannot_be_judged_is_not_passed(void)
{
	unsigned int i;

	CHECK_EQ(start(), 0);
	for (i = 0; i < 65; i++)
		write_now(0, 0, 1, 1);
	CHECK_EQ(history_check(&h, NULL, &fault), -ENOSPC);
	history_free(&h);
	/* More at once than the search can tell apart */
	CHECK(history_init(&h, 2, 400, 4096));
	begin(0, HISTORY_WRITE, 0, 1, 1)->ended = 1000000;
	for (i = 0; i < 300; i++)
		write_now(1, 0, 1, 2);
	for (i = 0; i < 3; i++)
		read_now(1, 0, 1, 3);
	CHECK_EQ(history_check(&h, NULL, &fault), -EOVERFLOW);
	history_free(&h);
	CHECK(history_init(&h, 2, 400, 4096));
	for (i = 0; i < 65; i++)
		begin(0, HISTORY_WRITE, 0, 1, 1);
	CHECK_EQ(history_check(&h, NULL, &fault), -EOVERFLOW);
	return 0;
}

/* All orders of up to 7 pieces of one word: bit n of @had: n has its moment */
static bool try_all(const struct history_piece *p, size_t n, unsigned int had,
		    uint64_t val)
{
	size_t i, k;
	bool over = true;

	for (i = 0; i < n; i++)
		over &= had >> i & 1 || p[i].ended == HISTORY_NEVER;
	if (over)
		return true;
	for (i = 0; i < n; i++) {
		uint64_t next = (val & ~p[i].mask) | p[i].val;
		bool first = !(had >> i & 1);

		for (k = 0; k < n; k++)
			first &= had >> k & 1 || p[k].ended > p[i].began;
		if (p[i].op->kind == HISTORY_READ && next != val)
			first = false;
		if (first && try_all(p, n, had | 1u << i, next))
			return true;
	}
	return false;
}

/* Ops of three clients at random moments, with few values and widths */
static void make_some(unsigned int ops)
{
	struct history_op *open[3] = { NULL };
	unsigned int n = 0;

	while (n < ops || open[0] || open[1] || open[2]) {
		unsigned int c = rnd(3), width = 1u << rnd(3);
		uint64_t val = rnd(2) * (rnd(2) ? 0x0101 : 1);

		if (open[c]) {
			/* Some fail. */
			if (rnd(8))
				end(open[c], val);
			open[c] = NULL;
		} else if (n < ops) {
			open[c] = begin(c,
					rnd(2) ? HISTORY_READ : HISTORY_WRITE,
					width * rnd(4 / width), width, val);
			n++;
		}
	}
}

static int it_agrees_with_a_judge_that_tries_all_orders(void)
{
	unsigned int i, verdicts[2] = { 0, 0 };

	for (i = 0; i < 20000; i++) {
		struct history_piece *all;
		size_t count;
		bool is_right;

		seed = i + 1;
		CHECK_EQ(start(), 0);
		make_some(2 + i % 6);
		all = check_pieces(&h, &count);
		CHECK(all);
		is_right = try_all(all, count, 0, 0);
		free(all);
		verdicts[is_right]++;
		if (history_check(&h, NULL, &fault) != (is_right ? 0 : -EIO)) {
			printf("seed %u\n", seed);
			history_print(&h, &fault);
			return CHECK_FAILED;
		}
	}
	/* Neither judge says always the same. */
	CHECK(verdicts[0] > 2000 && verdicts[1] > 2000);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(what_one_client_does_alone_is_right),
		TEST(overlapping_writes_may_come_in_any_order),
		TEST(a_read_during_a_write_may_see_either),
		TEST(a_stale_read_is_found),
		TEST(the_initial_value_after_a_write_is_found),
		TEST(a_lost_write_is_found),
		TEST(a_value_from_the_future_is_found),
		TEST(a_value_from_nowhere_is_found),
		TEST(a_torn_value_is_found),
		TEST(the_old_value_after_the_new_one_is_found),
		TEST(a_failed_write_may_be_seen_late_or_never),
		TEST(the_bytes_of_a_long_write_come_as_its_grain_says),
		TEST(words_begin_with_what_the_caller_says),
		TEST(what_cannot_be_judged_is_not_passed),
		TEST(it_agrees_with_a_judge_that_tries_all_orders),
	};
	int ret = check_main(argc, argv, tests, ARRAY_LEN(tests));

	history_free(&h);
	return ret;
}
