// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Threads that fight for the same words through one window, by all kinds of
 * calls: what they wrote and saw has to be a history of a memory (history.h).
 *
 * A word is one access however it is reached, so long calls are judged by words
 * too; that is more than their documentation promises of them together.
 */
#define _GNU_SOURCE
#include "history_check.h"
#include "lib_share_team.h"
#include "scalars.h"

#define CLIENTS 4u
#define ROUNDS	250u
#define AREA	64u   /* bytes, in each of a few places */
#define LONG	2048u /* bytes around one of them: long enough to give way */
#define LONG_PA (6 * MIB - LONG / 2)

static struct team team;
static struct history history;
/* Over a MiB line, over a line of 64 KiB, and elsewhere */
static const uint64_t areas[] = {
	MIB - 32, 3 * MIB + 64 * KIB - 32, 5 * MIB, 3 * MIB + 512, 6 * MIB - 32,
};

/* A client; its values are not those of others, nor its own earlier ones */
struct client {
	struct pramin_dev *dev;
	unsigned int number;
	uint64_t writes;
	bool fails; /* now and then an access of its does */
};

static uint64_t some(uint64_t below)
{
	return share_random() % below;
}

static uint64_t fresh(struct client *c)
{
	uint64_t x = (++c->writes << 8 | c->number) * 0x9e3779b97f4a7c15;

	return (x ^ x >> 32) * 0xd6e8feb86659fd93;
}

static void fresh_bytes(struct client *c, uint8_t *buf, uint64_t len)
{
	uint64_t i, val;

	for (i = 0; i < len; i++) {
		val = fresh(c);
		memcpy(buf + i, &val, 1);
	}
}

static struct history_op *begin(const struct client *c, enum history_kind kind,
				uint64_t pa, uint64_t len, const void *bytes)
{
	return history_begin(&history, c->number, kind, pa, len, 8, bytes);
}

/* Note that it is done, unless it failed as the test wanted. */
static int end(const struct client *c, struct history_op *op, const void *bytes,
	       int ret)
{
	if (!ret)
		history_end(&history, op, bytes);
	else if (!c->fails || ret != -EFAULT)
		printf("%d: %s\n", ret, pramin_last_why(c->dev)->what);
	return !ret || (c->fails && ret == -EFAULT) ? 0 : CHECK_FAILED;
}

static void pick(uint64_t *pa, unsigned int *width)
{
	*width = 1u << some(4);
	*pa = areas[some(ARRAY_LEN(areas))] + *width * some(AREA / *width);
}

static int scalar(struct client *c)
{
	uint64_t pa, val = 0;
	struct history_op *op;
	unsigned int width;

	pick(&pa, &width);
	if (some(2)) {
		op = begin(c, HISTORY_READ, pa, width, NULL);
		return end(c, op, &val, scalar_read(c->dev, pa, width, &val));
	}
	val = fresh(c);
	op = begin(c, HISTORY_WRITE, pa, width, &val);
	return end(c, op, NULL, scalar_write(c->dev, pa, width, val));
}

static int transfer(struct client *c, uint64_t pa, uint64_t len)
{
	struct history_op *op;
	uint8_t buf[LONG];

	if (some(2)) {
		op = begin(c, HISTORY_READ, pa, len, NULL);
		return end(c, op, buf, pramin_read(c->dev, pa, buf, len, NULL));
	}
	fresh_bytes(c, buf, len);
	op = begin(c, HISTORY_WRITE, pa, len, buf);
	return end(c, op, NULL, pramin_write(c->dev, pa, buf, len, NULL));
}

static int bulk(struct client *c)
{
	uint64_t off = some(AREA);

	return transfer(c, areas[some(ARRAY_LEN(areas))] + off,
			some(AREA - off) + 1);
}

static int long_bulk(struct client *c)
{
	uint64_t off = some(LONG / 2);

	return transfer(c, LONG_PA + off, LONG - off - some(LONG / 4));
}

static int fill(struct client *c)
{
	uint64_t pa = areas[some(ARRAY_LEN(areas))], val = fresh(c), i;
	struct history_op *op;
	uint8_t buf[AREA];

	for (i = 0; i < AREA; i += 8)
		memcpy(buf + i, &val, 8);
	op = begin(c, HISTORY_WRITE, pa, AREA, buf);
	return end(c, op, NULL, pramin_fill(c->dev, pa, AREA, &val, 8, NULL));
}

/* What is equal up to somewhere was read up to there. */
static int compare(struct client *c)
{
	uint64_t pa = areas[some(ARRAY_LEN(areas))], same = 0;
	struct history_op *op;
	uint8_t buf[AREA];
	int ret;

	op = begin(c, HISTORY_READ, pa, AREA, NULL);
	ret = pramin_read(c->dev, pa, buf, AREA, NULL);
	if (end(c, op, buf, ret))
		return CHECK_FAILED;
	if (ret)
		return 0;
	op = begin(c, HISTORY_READ, pa, AREA, NULL);
	ret = pramin_compare(c->dev, pa, buf, AREA, &same, NULL);
	if (op && !ret)
		op->len = same;
	return end(c, op, buf, ret);
}

static int batch(struct client *c)
{
	struct pramin_batch b = {
		.size = sizeof(b),
		.flags = (uint32_t)some(4),
	};
	struct pramin_access list[12];
	struct history_op *op[12];
	unsigned int i, width;
	int ret;

	for (i = 0; i < ARRAY_LEN(list); i++) {
		uint64_t pa;

		pick(&pa, &width);
		list[i] = (struct pramin_access){
			.vram_pa = pa,
			.val = fresh(c),
			.width = (uint8_t)width,
			.kind = some(2) ? PRAMIN_ACCESS_READ :
					  PRAMIN_ACCESS_WRITE,
		};
		op[i] = begin(c,
			      list[i].kind == PRAMIN_ACCESS_READ ?
				      HISTORY_READ :
				      HISTORY_WRITE,
			      pa, width, &list[i].val);
	}
	ret = pramin_batch(c->dev, list, ARRAY_LEN(list), &b);
	/* Marks count, whatever became of the rest. */
	for (i = 0; i < ARRAY_LEN(list); i++)
		if (list[i].done)
			history_end(&history, op[i], &list[i].val);
	return end(c, NULL, NULL, ret);
}

/* Accessors in a view, alone or not; with some luck it has to give way */
static int in_a_view(struct client *c)
{
	uint64_t pa = areas[some(ARRAY_LEN(areas))], val;
	bool may_fail = share_fail_in != 0;
	struct pramin_view *view;
	struct history_op *op;
	unsigned int i;
	int ret;

	ret = some(4) ? pramin_view_begin(c->dev, pa, AREA, &view) :
			pramin_view_begin_alone(c->dev, pa, AREA, &view);
	if (ret)
		return end(c, NULL, NULL, ret);
	for (i = 0; i < 6 && !ret; i++) {
		unsigned int width = 1u << some(4);
		uint64_t off = width * some(AREA / width);

		if (some(2)) {
			op = begin(c, HISTORY_READ, pa + off, width, NULL);
			val = pramin_view_read(view, off, width);
			/* No value is all ones, but of a read that failed. */
			if (val != UINT64_MAX)
				history_end(&history, op, &val);
		} else {
			val = fresh(c);
			op = begin(c, HISTORY_WRITE, pa + off, width, &val);
			pramin_view_write(view, off, width, val);
			/* It does not say so if it failed. */
			if (!may_fail)
				history_end(&history, op, NULL);
		}
		if (some(2))
			ret = pramin_view_yield(view);
	}
	ret = pramin_view_end(view);
	return end(c, NULL, NULL, ret);
}

static int client(struct member *m)
{
	static int (*const acts[])(struct client * c) = {
		scalar,	   scalar, scalar,  bulk,  bulk,
		long_bulk, fill,   compare, batch, in_a_view,
	};
	struct client c = {
		.dev = m->dev,
		.number = m->number,
		.fails = m->team->step && m->number % 2,
	};
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		if (c.fails && !some(40)) {
			share_fail_code = -EFAULT;
			share_fail_in = (unsigned int)some(12) + 1;
		}
		if (acts[some(ARRAY_LEN(acts))](&c))
			return CHECK_FAILED;
		share_fail_in = 0;
	}
	return 0;
}

/* What is in VRAM at last belongs to the history as well. */
static int read_at_last(unsigned int number)
{
	const struct client c = { .dev = team.dev[0], .number = number };
	struct history_op *op;
	uint8_t buf[LONG];
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(areas); i++) {
		op = begin(&c, HISTORY_READ, areas[i], AREA, NULL);
		CHECK_EQ(pramin_read(c.dev, areas[i], buf, AREA, NULL), 0);
		history_end(&history, op, buf);
	}
	op = begin(&c, HISTORY_READ, LONG_PA, LONG, NULL);
	CHECK_EQ(pramin_read(c.dev, LONG_PA, buf, LONG, NULL), 0);
	history_end(&history, op, buf);
	return 0;
}

static int judge(void)
{
	struct history_fault fault;
	size_t ops = 0;
	unsigned int i;

	for (i = 0; i <= CLIENTS; i++)
		ops += history.list[i].count;
	CHECK(ops > CLIENTS * ROUNDS);
	if (history_check(&history, NULL, &fault)) {
		history_print(&history, &fault);
		return CHECK_FAILED;
	}
	history_free(&history);
	return 0;
}

static int threads_make_a_history(unsigned int handles, bool fails)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
	};
	unsigned int round;

	for (round = 0; round < 2; round++) {
		CHECK(history_init(&history, CLIENTS + 1, ROUNDS * 12,
				   ROUNDS * 12 * AREA));
		CHECK_EQ(team_open(&team, handles, &opts), 0);
		team.gpu->unrest = round ? 20 : 3;
		team.step = fails;
		CHECK_EQ(team_run(&team, CLIENTS, client), 0);
		CHECK_EQ(read_at_last(CLIENTS), 0);
		CHECK_EQ(team_close(&team), 0);
		CHECK_EQ(judge(), 0);
	}
	return 0;
}

static int threads_of_one_handle_see_one_memory(void)
{
	return threads_make_a_history(1, false);
}

static int handles_see_one_memory(void)
{
	return threads_make_a_history(CLIENTS, false);
}

static int threads_and_handles_together_see_one_memory(void)
{
	return threads_make_a_history(TEAM_TSAN ? CLIENTS : 2, false);
}

static int accesses_that_fail_leave_one_memory(void)
{
	CHECK_EQ(threads_make_a_history(1, true), 0);
	return threads_make_a_history(CLIENTS, true);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(threads_of_one_handle_see_one_memory),
		TEST(handles_see_one_memory),
		TEST(threads_and_handles_together_see_one_memory),
		TEST(accesses_that_fail_leave_one_memory),
	};
	int ret = check_main(argc, argv, tests, ARRAY_LEN(tests));

	history_free(&history);
	return ret;
}
